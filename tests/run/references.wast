;; References through locals, tables, globals, calls and branches.
(module
  (type $i (func (result i32)))
  (table $f 4 funcref)
  (table $e 4 externref)
  (global $gf (mut funcref) (ref.null func))
  (global $ge (mut externref) (ref.null extern))
  (elem declare func $one $two)
  (func $one (export "one") (type $i) i32.const 1)
  (func $two (type $i) i32.const 2)
  (func (export "extern way") (param externref i32) (result externref)
    (local externref)
    local.get 0
    local.tee 2
    global.set $ge
    local.get 1
    global.get $ge
    table.set $e
    local.get 1
    table.get $e
    block (param externref) (result externref)
      local.get 1
      br_if 0
    end
    local.get 2
    i32.const 1
    select (result externref))
  (func (export "is null") (param externref) (result i32) local.get 0 ref.is_null)
  (func (export "null local") (result i32) (local funcref) local.get 0 ref.is_null)
  (func (export "func way") (param i32) (result i32)
    (local $r funcref)
    ref.func $one
    ref.func $two
    local.get 0
    select (result funcref)
    local.tee $r
    global.set $gf
    i32.const 3
    global.get $gf
    table.set $f
    i32.const 3
    call_indirect $f (type $i)
    local.get $r
    ref.is_null
    i32.const 10
    i32.mul
    i32.add)
  (func (export "null call") (result i32)
    i32.const 2
    ref.null func
    table.set $f
    i32.const 2
    call_indirect $f (type $i))
  (func (export "is null branch") (param externref) (result i32)
    local.get 0
    ref.is_null
    if (result i32)
      i32.const 1
    else
      i32.const 2
    end)
  (func (export "is null eqz branch") (param externref) (result i32)
    block (result i32)
      i32.const 1
      local.get 0
      ref.is_null
      i32.eqz
      br_if 0
      drop
      i32.const 2
    end)
  (func (export "get func") (param i32) (result funcref) local.get 0 table.get $f)
)
(assert_return (invoke "extern way" (ref.extern 7) (i32.const 2)) (ref.extern 7))
(assert_return (invoke "extern way" (ref.extern 0) (i32.const 0)) (ref.extern 0))
(assert_return (invoke "extern way" (ref.null extern) (i32.const 1)) (ref.null extern))
(assert_trap (invoke "extern way" (ref.extern 1) (i32.const 4)) "out of bounds table access")
(assert_return (invoke "is null" (ref.extern 0)) (i32.const 0))
(assert_return (invoke "is null" (ref.null extern)) (i32.const 1))
(assert_return (invoke "null local") (i32.const 1))
(assert_return (invoke "func way" (i32.const 1)) (i32.const 1))
(assert_return (invoke "func way" (i32.const 0)) (i32.const 2))
(assert_return (invoke "get func" (i32.const 3)) (ref.func))
(assert_return (invoke "get func" (i32.const 2)) (ref.null func))
(assert_trap (invoke "null call") "uninitialized element")
(assert_return (invoke "is null branch" (ref.null extern)) (i32.const 1))
(assert_return (invoke "is null branch" (ref.extern 3)) (i32.const 2))
(assert_return (invoke "is null eqz branch" (ref.null extern)) (i32.const 2))
(assert_return (invoke "is null eqz branch" (ref.extern 3)) (i32.const 1))
