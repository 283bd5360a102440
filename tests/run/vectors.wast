;; Vectors take two slots: merges, moves, calls, globals and selects of them, mixed with scalars, and the accumulator that mirrors the last one.
(module $lib
  (global (export "g") (mut v128) (v128.const i32x4 1 2 3 4))
  (global (export "c") v128 (v128.const i64x2 5 6))
  (func (export "swap") (param i32 v128 v128 i64) (result v128 i64 v128 i32)
    local.get 2 local.get 3 local.get 1 local.get 0)
  (func (export "get") (result v128) global.get 0))
(register "lib" $lib)

(module
  (import "lib" "g" (global $ig (mut v128)))
  (import "lib" "c" (global $ic v128))
  (import "lib" "swap" (func $swap (param i32 v128 v128 i64) (result v128 i64 v128 i32)))
  (import "lib" "get" (func $get (result v128)))
  (memory 1)
  (global $own (mut v128) (global.get $ic))
  (type $t (func (param v128 i32) (result v128)))
  (table funcref (elem $pick $tail))

  (func $pick (type $t) (v128.xor (local.get 0) (i32x4.splat (local.get 1))))
  (func $tail (type $t) (return_call $pick (local.get 0) (i32.add (local.get 1) (i32.const 1))))

  (func (export "loop-swap") (param $n i32) (param $a v128) (param $b v128) (result v128)
    local.get $a
    local.get $b
    loop $again (param v128 v128) (result v128 v128)
      local.set $b
      local.set $a
      local.get $b
      local.get $a
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end
    i32x4.sub)
  ;; values between scalars move down by odd numbers of slots
  (func (export "br-down") (param $c i32) (param $v v128) (result v128 i32 v128)
    block $out (result v128 i32 v128)
      i64.const 7
      local.get $v
      i32.const 1
      local.get $v
      local.get $v
      i32x4.add
      local.get $c
      br_if $out
      drop drop drop drop
      local.get $v
      i32.const 2
      v128.const i32x4 9 9 9 9
    end)
  (func (export "br-table") (param $c i32) (param $v v128) (result v128)
    block $a (result v128)
      block $b (result v128)
        i32.const 3
        local.get $v
        i32x4.neg
        local.get $c
        br_table $a $b 2 1
      end
      v128.not
    end)
  ;; a conditional return of a vector that is still wanted afterwards
  (func (export "br-if-return") (param $c i32) (param $v v128) (result v128)
    local.get $v
    local.get $v
    i32x4.add
    local.get $c
    br_if 0
    i32.const 1
    i32x4.shl)
  ;; the local is overwritten while its old value is on the stack
  (func (export "old-local") (param $v v128) (result v128)
    local.get $v
    local.get $v
    local.get $v
    i32x4.add
    local.tee $v
    i32x4.sub
    local.get $v
    i32x4.mul)
  (func (export "select") (param $c i32) (param $a v128) (param $b v128) (result v128)
    (i32x4.sub
      (select (local.get $a) (i32x4.neg (local.get $b)) (i32.eqz (local.get $c)))
      (select (result v128) (i32x4.neg (local.get $a)) (v128.const i32x4 1 1 1 1) (i32.const 0))))
  (func (export "globals") (param $v v128) (result v128 v128 v128)
    (global.set $own (i32x4.add (global.get $own) (local.get $v)))
    (global.set $ig (local.get $v))
    global.get $own
    call $get
    global.get $ic)
  (func (export "calls") (param $v v128) (result v128 i64 v128 i32)
    i32.const 11
    local.get $v
    local.get $v
    i32x4.neg
    i64.const 22
    call $swap)
  (func (export "indirect") (param $v v128) (param $i i32) (result v128)
    local.get $v
    local.get $v
    i32.const 3
    local.get $i
    call_indirect (type $t)
    i32x4.add)
  ;; the accumulator does not survive calls, and does survive memory.grow
  (func (export "mirror") (param $v v128) (result v128)
    (local $t v128)
    local.get $v
    local.get $v
    i32x4.add
    local.tee $t
    (drop (memory.grow (i32.const 1)))
    local.get $v
    i32.const 0
    call $pick
    i32x4.sub
    local.get $t
    i32x4.add)
  (func (export "if") (param $c i32) (param $v v128) (result v128)
    local.get $v
    i32x4.neg
    local.get $c
    if (param v128) (result v128)
      local.get $v
      i32x4.sub
    else
      local.get $v
      i32x4.mul
    end
    local.get $v
    v128.xor)
  (func (export "memory") (param $i i32) (param $v v128) (result v128 i32)
    (v128.store offset=16 (i32.add (local.get $i) (i32.const 4)) (i32x4.add (local.get $v) (local.get $v)))
    (v128.store (i32.shl (local.get $i) (i32.const 4)) (local.get $v))
    (i8x16.add
      (v128.load offset=20 (local.get $i))
      (v128.load offset=0 (i32.add (i32.const 0) (i32.shl (local.get $i) (i32.const 4)))))
    (i32x4.extract_lane 2 (v128.load32_splat offset=4 (i32.shl (local.get $i) (i32.const 4)))))
  (func (export "lanes") (param $v v128) (result i32 i64 f32 f64)
    (i32.sub (i8x16.extract_lane_s 15 (local.get $v)) (i8x16.extract_lane_u 15 (local.get $v)))
    (i64x2.extract_lane 1 (i64x2.replace_lane 1 (local.get $v) (i64.add (i64.const 1) (i64x2.extract_lane 0 (local.get $v)))))
    (f32.add (f32x4.extract_lane 0 (f32x4.splat (f32.const 1.5))) (f32x4.extract_lane 3 (f32x4.replace_lane 3 (local.get $v) (f32.const 2))))
    (f64.mul (f64x2.extract_lane 1 (f64x2.splat (f64.const 1.5))) (f64.const 2)))
  (func (export "shuffle") (param $v v128) (result v128)
    (i8x16.shuffle 0 16 1 17 2 18 3 19 31 15 30 14 29 13 28 12 (local.get $v) (v128.not (local.get $v)))))

(assert_return (invoke "loop-swap" (i32.const 3) (v128.const i32x4 5 5 5 5) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 -4 -3 -2 -1))
(assert_return (invoke "loop-swap" (i32.const 2) (v128.const i32x4 5 5 5 5) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 4 3 2 1))
(assert_return (invoke "br-down" (i32.const 1) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 1 2 3 4) (i32.const 1) (v128.const i32x4 2 4 6 8))
(assert_return (invoke "br-down" (i32.const 0) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 1 2 3 4) (i32.const 2) (v128.const i32x4 9 9 9 9))
(assert_return (invoke "br-table" (i32.const 0) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 -1 -2 -3 -4))
(assert_return (invoke "br-table" (i32.const 1) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 0 1 2 3))
(assert_return (invoke "br-table" (i32.const 2) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 -1 -2 -3 -4))
(assert_return (invoke "br-table" (i32.const 9) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 -1 -2 -3 -4))
(assert_return (invoke "br-if-return" (i32.const 1) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 2 4 6 8))
(assert_return (invoke "br-if-return" (i32.const 0) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 4 8 12 16))
(assert_return (invoke "old-local" (v128.const i32x4 1 2 3 4)) (v128.const i32x4 -2 -8 -18 -32))
(assert_return (invoke "select" (i32.const 0) (v128.const i32x4 1 2 3 4) (v128.const i32x4 5 6 7 8)) (v128.const i32x4 0 1 2 3))
(assert_return (invoke "select" (i32.const 1) (v128.const i32x4 1 2 3 4) (v128.const i32x4 5 6 7 8)) (v128.const i32x4 -6 -7 -8 -9))
(assert_return (invoke "globals" (v128.const i64x2 1 1)) (v128.const i64x2 6 7) (v128.const i64x2 1 1) (v128.const i64x2 5 6))
(assert_return (invoke "calls" (v128.const i32x4 1 2 3 4)) (v128.const i32x4 -1 -2 -3 -4) (i64.const 22) (v128.const i32x4 1 2 3 4) (i32.const 11))
(assert_return (invoke "indirect" (v128.const i32x4 4 4 4 4) (i32.const 0)) (v128.const i32x4 11 11 11 11))
(assert_return (invoke "indirect" (v128.const i32x4 4 4 4 4) (i32.const 1)) (v128.const i32x4 4 4 4 4))
(assert_return (invoke "mirror" (v128.const i32x4 1 2 3 4)) (v128.const i32x4 3 6 9 12))
(assert_return (invoke "if" (i32.const 1) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 -1 -2 -7 -4))
(assert_return (invoke "if" (i32.const 0) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 -2 -2 -12 -12))
(assert_return (invoke "memory" (i32.const 8) (v128.const i32x4 1 2 3 4)) (v128.const i32x4 3 6 9 12) (i32.const 2))
(assert_return (invoke "lanes" (v128.const i64x2 5 -2)) (i32.const -256) (i64.const 6) (f32.const 3.5) (f64.const 3))
(assert_return (invoke "shuffle" (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))
  (v128.const i8x16 0 -1 1 -2 2 -3 3 -4 -16 15 -15 14 -14 13 -13 12))
