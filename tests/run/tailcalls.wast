;; Tail calls: ten million in constant stack, between functions, through tables, across instances; frames of different size.
(module
  (func $count (export "count") (param $n i32) (param $sum i64) (result i64)
    local.get $n
    i32.eqz
    if
      local.get $sum
      return
    end
    local.get $n
    i32.const 1
    i32.sub
    local.get $sum
    local.get $n
    i64.extend_i32_u
    i64.add
    return_call $count)
  (func $even (export "even") (param $n i32) (result i32)
    local.get $n
    i32.eqz
    if
      i32.const 1
      return
    end
    local.get $n
    i32.const 1
    i32.sub
    return_call $odd)
  (func $odd (export "odd") (param $n i32) (result i32)
    (local i64 i64 i64)
    local.get $n
    i32.eqz
    if
      i32.const 0
      return
    end
    local.get $n
    i32.const 1
    i32.sub
    return_call $even)
  ;; more parameters, fewer parameters, and the arguments permuted: a parallel move
  (func $wide (export "wide") (param $n i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (result i32)
    local.get $n
    i32.eqz
    if
      local.get $a
      i32.const 1000
      i32.mul
      local.get $b
      i32.const 100
      i32.mul
      i32.add
      local.get $c
      i32.const 10
      i32.mul
      i32.add
      local.get $d
      i32.add
      return
    end
    local.get $d
    local.get $c
    local.get $b
    local.get $a
    local.get $n
    i32.const 1
    i32.sub
    return_call $wide-last)
  (func $wide-last (param $d i32) (param $c i32) (param $b i32) (param $a i32) (param $n i32) (result i32)
    local.get $n
    local.get $b
    local.get $a
    local.get $d
    local.get $c
    return_call $wide)
  (func $narrow (export "narrow") (param $n i32) (result i32)
    local.get $n
    i32.const 1
    i32.sub
    local.get $n
    i32.const 2
    local.get $n
    i32.const 3
    i32.const 4
    i32.const 5
    i32.const 6
    return_call $broad)
  (func $broad (param $n i32) (param i32 i32 i32 i32 i32 i32 i32) (result i32)
    local.get $n
    i32.const 0
    i32.gt_s
    if
      local.get $n
      return_call $narrow
    end
    local.get 1 local.get 2 i32.add local.get 3 i32.add local.get 4 i32.add
    local.get 5 i32.add local.get 6 i32.add local.get 7 i32.add)
  ;; the tail call happens with junk on the operand stack
  (func $junk (export "junk") (param $n i32) (param $x i32) (result i32)
    i32.const 9
    i32.const 8
    local.get $n
    i32.eqz
    if
      local.get $x
      return
    end
    f64.const 1
    local.get $n
    i32.const 1
    i32.sub
    local.get $x
    local.get $n
    i32.xor
    return_call $junk)
  ;; from the middle of nested control
  (func $nested (export "nested") (param $n i32) (param $x i32) (result i32)
    block
      loop
        local.get $n
        i32.eqz
        br_if 1
        local.get $n
        i32.const 1
        i32.and
        if
          local.get $n
          i32.const 1
          i32.sub
          local.get $x
          i32.const 3
          i32.add
          return_call $nested
        else
          local.get $n
          i32.const 2
          i32.sub
          local.set $n
          br 1
        end
      end
    end
    local.get $x)
  ;; results: more than the caller has parameters
  (func $multi (export "multi") (param $n i32) (result i32 i64 f32 f64 i32)
    local.get $n
    i32.const 7
    return_call $multi2)
  (func $multi2 (param $n i32) (param $x i32) (result i32 i64 f32 f64 i32)
    local.get $n
    i32.eqz
    if
      local.get $x
      i64.const 2
      f32.const 3
      f64.const 4
      i32.const 5
      return
    end
    local.get $n
    i32.const 1
    i32.sub
    return_call $multi)
  (func (export "use-multi") (param $n i32) (result i32)
    (local $f f64)
    i32.const 1000
    local.get $n
    call $multi
    i32.const 0
    i32.add
    drop
    local.set $f
    drop
    i32.wrap_i64
    i32.add
    i32.add
    local.get $f
    i32.trunc_f64_s
    i32.add)
  (type $f (func (param i32 i64) (result i64)))
  (table $t 4 funcref)
  (elem (table $t) (i32.const 0) func $ind0 $ind1 $even)
  (func $ind0 (export "indirect") (param $n i32) (param $s i64) (result i64)
    local.get $n
    i32.eqz
    if
      local.get $s
      return
    end
    local.get $n
    i32.const 1
    i32.sub
    local.get $s
    i64.const 2
    i64.add
    i32.const 1
    return_call_indirect $t (type $f))
  (func $ind1 (param $n i32) (param $s i64) (result i64)
    local.get $n
    i32.eqz
    if
      local.get $s
      return
    end
    local.get $n
    i32.const 1
    i32.sub
    local.get $s
    i64.const 1
    i64.sub
    local.get $n
    i32.const 1
    i32.and
    return_call_indirect $t (type $f))
  (func (export "indirect-trap") (param $i i32) (result i64)
    i32.const 0
    i64.const 0
    local.get $i
    return_call_indirect $t (type $f))
)
(assert_return (invoke "count" (i32.const 10000000) (i64.const 0)) (i64.const 50000005000000))
(assert_return (invoke "even" (i32.const 10000000)) (i32.const 1))
(assert_return (invoke "odd" (i32.const 10000000)) (i32.const 0))
(assert_return (invoke "wide" (i32.const 0) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)) (i32.const 1234))
(assert_return (invoke "wide" (i32.const 1) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)) (i32.const 2143))
(assert_return (invoke "wide" (i32.const 1001) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)) (i32.const 2143))
(assert_return (invoke "narrow" (i32.const 100001)) (i32.const 22))
(assert_return (invoke "junk" (i32.const 100000) (i32.const 0)) (i32.const 100000))
(assert_return (invoke "nested" (i32.const 100001) (i32.const 0)) (i32.const 3))
(assert_return (invoke "multi" (i32.const 1000)) (i32.const 7) (i64.const 2) (f32.const 3) (f64.const 4) (i32.const 5))
(assert_return (invoke "use-multi" (i32.const 1000)) (i32.const 1013))
(assert_return (invoke "indirect" (i32.const 10000000) (i64.const 0)) (i64.const 5000000))
(assert_trap (invoke "indirect-trap" (i32.const 2)) "indirect call type mismatch")
(assert_trap (invoke "indirect-trap" (i32.const 3)) "uninitialized element")
(assert_trap (invoke "indirect-trap" (i32.const 4)) "undefined element")

;; Across instances: the stack stays constant, and the right instance goes on.
(module $A
  (type $f (func (param i32 i32) (result i32)))
  (table (export "t") 2 funcref)
  (memory 1)
  (global $mine i32 (i32.const 1))
  (elem (i32.const 0) $ping)
  (func $ping (export "ping") (type $f)
    local.get 0
    i32.eqz
    if
      local.get 1
      return
    end
    local.get 0
    i32.const 1
    i32.sub
    local.get 1
    global.get $mine
    i32.add
    i32.const 1
    return_call_indirect (type $f))
  (func (export "call-then-look") (param $n i32) (result i32)
    i32.const 0
    i32.const 5
    i32.store
    local.get $n
    i32.const 0
    call $ping
    i32.const 0
    i32.load
    i32.const 100000000
    i32.mul
    i32.add)
)
(register "A" $A)
(module $B
  (type $f (func (param i32 i32) (result i32)))
  (import "A" "t" (table 2 funcref))
  (import "A" "ping" (func $ping (type $f)))
  (memory 2)
  (global $mine i32 (i32.const 2))
  (elem (i32.const 1) $pong)
  (func $pong (export "pong") (type $f)
    local.get 0
    i32.eqz
    if
      local.get 1
      return
    end
    local.get 0
    i32.const 1
    i32.sub
    local.get 1
    global.get $mine
    i32.add
    return_call $ping)
  (func (export "call-then-look") (param $n i32) (result i32)
    i32.const 0
    i32.const 7
    i32.store
    local.get $n
    i32.const 0
    call $pong
    i32.const 0
    i32.load
    i32.const 100000000
    i32.mul
    i32.add
    memory.size
    i32.const 10000000
    i32.mul
    i32.add)
  ;; an exported function that is only a tail call into the other instance
  (func (export "away") (param i32) (result i32)
    local.get 0
    i32.const 0
    return_call $ping)
)
(assert_return (invoke $A "ping" (i32.const 10000000) (i32.const 0)) (i32.const 15000000))
(assert_return (invoke $B "pong" (i32.const 10000001) (i32.const 0)) (i32.const 15000002))
(assert_return (invoke $A "call-then-look" (i32.const 1001)) (i32.const 500001501))
(assert_return (invoke $B "call-then-look" (i32.const 1001)) (i32.const 720001502))
(assert_return (invoke $B "away" (i32.const 4)) (i32.const 6))

;; A tail call to an imported host function.
(module
  (import "spectest" "print_i32" (func $print (param i32)))
  (table funcref (elem $print))
  (func (export "direct") (param i32) local.get 0 return_call $print)
  (func (export "indirect") (param i32) local.get 0 i32.const 0 return_call_indirect (param i32))
  (func $in (param i32) local.get 0 return_call $print)
  (func (export "after") (param i32) (result i32)
    local.get 0
    local.get 0
    call $in
    i32.const 1
    i32.add)
)
(assert_return (invoke "direct" (i32.const 1)))
(assert_return (invoke "indirect" (i32.const 1)))
(assert_return (invoke "after" (i32.const 1)) (i32.const 2))
