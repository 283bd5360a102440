;; Operand propagation: local.get emits nothing, so a later write to the local must not change the value that is already on the stack.
(module
  ;; set after get
  (func (export "set-after-get") (param $x i32) (result i32)
    local.get $x
    i32.const 100
    local.set $x
    local.get $x
    i32.sub)
  (func (export "tee-after-get") (param $x i32) (result i32)
    local.get $x
    local.get $x
    i32.const 1
    i32.add
    local.tee $x
    i32.mul
    local.get $x
    i32.add)
  ;; many pending gets of one local, all of them older than the write
  (func (export "gets-then-set") (param $x i32) (result i32)
    local.get $x
    local.get $x
    local.get $x
    local.get $x
    i32.const 7
    local.set $x
    local.get $x
    i32.add
    i32.add
    i32.add
    i32.add)
  ;; the value written is computed from the local that is pending
  (func (export "self-update") (param $x i32) (result i32 i32)
    local.get $x
    local.get $x
    i32.const 3
    i32.mul
    local.set $x
    local.get $x)
  ;; swap by the operand stack
  (func (export "swap") (param $a i32) (param $b i32) (result i32 i32)
    local.get $a
    local.get $b
    local.set $a
    local.set $b
    local.get $a
    local.get $b)
  (func (export "rotate3") (param $a i64) (param $b i64) (param $c i64) (result i64 i64 i64)
    local.get $a
    local.get $b
    local.get $c
    local.set $b
    local.set $a
    local.set $c
    local.get $a
    local.get $b
    local.get $c)
  ;; copies of copies: b = a; a changes; b must not
  (func (export "copy-then-change") (param $a i32) (result i32 i32)
    (local $b i32)
    local.get $a
    local.set $b
    local.get $a
    i32.const 5
    i32.add
    local.set $a
    local.get $a
    local.get $b)
  (func (export "copy-chain") (param $a i32) (result i32)
    (local $b i32) (local $c i32)
    local.get $a
    local.tee $b
    local.tee $c
    i32.const 1
    i32.add
    local.tee $a
    local.get $b
    local.get $c
    i32.add
    i32.mul)
  ;; set x = x while it is pending
  (func (export "set-self") (param $x i32) (result i32)
    local.get $x
    local.get $x
    local.set $x
    local.get $x
    i32.add)
  ;; tee of a constant, of a local, of an accumulator
  (func (export "tee-kinds") (param $x i32) (result i32)
    (local $y i32) (local $z i32)
    i32.const 11
    local.tee $y
    local.get $x
    local.tee $z
    i32.add
    local.get $x
    i32.const 2
    i32.shl
    local.tee $x
    i32.add
    local.get $y
    local.get $z
    local.get $x
    i32.sub
    i32.xor
    i32.add)
  ;; a pending accumulator result below another computation
  (func (export "pending-below") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.add
    local.get $a
    local.get $b
    i32.sub
    i32.mul)
  (func (export "pending-deep") (param $a i32) (param $b i32) (result i32)
    (i32.add
      (i32.mul (local.get $a) (local.get $b))
      (i32.add
        (i32.sub (local.get $a) (local.get $b))
        (i32.add
          (i32.xor (local.get $a) (local.get $b))
          (i32.add (i32.and (local.get $a) (local.get $b)) (i32.or (local.get $a) (local.get $b)))))))
  ;; a pending float and a pending integer accumulator at once
  (func (export "two-accumulators") (param $a i32) (param $x f64) (result i32 f64)
    local.get $a
    i32.const 1
    i32.add
    local.get $x
    f64.const 0.5
    f64.mul
    local.get $a
    i32.const 2
    i32.mul
    local.set $a
    local.get $x
    local.get $x
    f64.add
    local.set $x)
  (func (export "int-float-int") (param $a i32) (param $x f64) (result f64)
    local.get $a
    i32.const 3
    i32.add
    local.get $x
    f64.const 2
    f64.mul
    i32.trunc_f64_s
    i32.mul
    f64.convert_i32_s
    local.get $x
    f64.add)
  ;; the producer is patched to store to the local, but the local is still pending below
  (func (export "patch-conflict") (param $x i32) (param $y i32) (result i32)
    local.get $x
    local.get $y
    i32.const 10
    i32.add
    local.set $x
    local.get $x
    i32.const 1000
    i32.mul
    i32.add)
  (func (export "patch-conflict-tee") (param $x i32) (param $y i32) (result i32)
    local.get $x
    local.get $y
    i32.const 10
    i32.add
    local.tee $x
    i32.const 1000
    i32.mul
    i32.add
    local.get $x
    i32.const 1000000
    i32.mul
    i32.add)
  ;; the result of a set is read through the accumulator and through the slot
  (func (export "mirror") (param $x i32) (result i32)
    (local $y i32) (local $z i32)
    local.get $x
    i32.const 1
    i32.add
    local.set $y
    local.get $y
    local.get $y
    i32.mul
    local.set $z
    local.get $y
    local.get $z
    i32.sub)
  ;; the mirrored slot is overwritten while the accumulator still holds the old value
  (func (export "mirror-stale") (param $x i32) (result i32)
    (local $y i32)
    local.get $x
    i32.const 1
    i32.add
    local.set $y        ;; accumulator mirrors y
    i32.const 5
    local.set $y        ;; a constant goes to y without the accumulator
    local.get $y
    local.get $x
    i32.add)
  (func (export "mirror-copy") (param $x i32) (param $w i32) (result i32)
    (local $y i32)
    local.get $x
    i32.const 1
    i32.add
    local.set $y
    local.get $w
    local.set $y        ;; a copy between locals
    local.get $y
    local.get $y
    i32.add)
  ;; drop of what was computed, of what traps, of a local
  (func (export "drops") (param $x i32) (param $y i32) (result i32)
    local.get $x
    local.get $y
    local.get $x
    local.get $y
    i32.mul
    drop
    i32.const 3
    drop
    i32.sub)
  (func (export "drop-traps") (param $x i32) (param $y i32)
    local.get $x
    local.get $y
    i32.div_s
    drop)
  (func (export "drop-conversion-traps") (param $x f64)
    local.get $x
    i32.trunc_f64_s
    drop)
  ;; i32 values held in a 64-bit slot stay zero-extended
  (func (export "wrap-then-extend") (param $x i64) (result i64)
    local.get $x
    i32.wrap_i64
    i64.extend_i32_u)
  (func (export "wrap-negative") (param $x i32) (result i64)
    i32.const 0
    local.get $x
    i32.sub
    i64.extend_i32_u)
  (func (export "wrap-tee") (param $x i64) (result i64)
    (local $y i32)
    local.get $x
    i32.wrap_i64
    local.tee $y
    i64.extend_i32_u
    local.get $y
    i64.extend_i32_s
    i64.add)
  (func (export "not-then-extend") (param $x i32) (result i64)
    local.get $x
    i32.const -1
    i32.xor
    i64.extend_i32_u)
  (func (export "shl-then-extend") (param $x i32) (param $n i32) (result i64)
    local.get $x
    local.get $n
    i32.shl
    i64.extend_i32_u)
  (func (export "extend8-then-extend") (param $x i32) (result i64)
    local.get $x
    i32.extend8_s
    i64.extend_i32_u)
  (func (export "load8s-then-extend") (param $x i32) (result i64)
    i32.const 0
    local.get $x
    i32.store8
    i32.const 0
    i32.load8_s
    i64.extend_i32_u)
  (func (export "select-then-extend") (param $x i32) (param $c i32) (result i64)
    local.get $x
    i32.const -2
    local.get $c
    select
    i64.extend_i32_u)
  (memory 1)
)
(assert_return (invoke "set-after-get" (i32.const 7)) (i32.const -93))
(assert_return (invoke "tee-after-get" (i32.const 5)) (i32.const 36))
(assert_return (invoke "gets-then-set" (i32.const 10)) (i32.const 47))
(assert_return (invoke "self-update" (i32.const 4)) (i32.const 4) (i32.const 12))
(assert_return (invoke "swap" (i32.const 1) (i32.const 2)) (i32.const 2) (i32.const 1))
(assert_return (invoke "rotate3" (i64.const 1) (i64.const 2) (i64.const 3)) (i64.const 2) (i64.const 3) (i64.const 1))
(assert_return (invoke "copy-then-change" (i32.const 9)) (i32.const 14) (i32.const 9))
(assert_return (invoke "copy-chain" (i32.const 3)) (i32.const 24))
(assert_return (invoke "set-self" (i32.const 21)) (i32.const 42))
(assert_return (invoke "tee-kinds" (i32.const 6)) (i32.const 14))
(assert_return (invoke "pending-below" (i32.const 9) (i32.const 4)) (i32.const 65))
(assert_return (invoke "pending-deep" (i32.const 12) (i32.const 10)) (i32.const 150))
(assert_return (invoke "two-accumulators" (i32.const 8) (f64.const 3)) (i32.const 9) (f64.const 1.5))
(assert_return (invoke "int-float-int" (i32.const 4) (f64.const 2.25)) (f64.const 30.25))
(assert_return (invoke "patch-conflict" (i32.const 3) (i32.const 4)) (i32.const 14003))
(assert_return (invoke "patch-conflict-tee" (i32.const 3) (i32.const 4)) (i32.const 14014003))
(assert_return (invoke "mirror" (i32.const 4)) (i32.const -20))
(assert_return (invoke "mirror-stale" (i32.const 4)) (i32.const 9))
(assert_return (invoke "mirror-copy" (i32.const 4) (i32.const 30)) (i32.const 60))
(assert_return (invoke "drops" (i32.const 4) (i32.const 30)) (i32.const -26))
(assert_trap (invoke "drop-traps" (i32.const 4) (i32.const 0)) "integer divide by zero")
(assert_trap (invoke "drop-traps" (i32.const 0x80000000) (i32.const -1)) "integer overflow")
(assert_trap (invoke "drop-conversion-traps" (f64.const nan)) "invalid conversion to integer")
(assert_return (invoke "wrap-then-extend" (i64.const 0x123456789abcdef0)) (i64.const 0x9abcdef0))
(assert_return (invoke "wrap-negative" (i32.const 1)) (i64.const 0xffffffff))
(assert_return (invoke "wrap-tee" (i64.const 0xfffffffffffffffe)) (i64.const 0xfffffffc))
(assert_return (invoke "not-then-extend" (i32.const 0)) (i64.const 0xffffffff))
(assert_return (invoke "shl-then-extend" (i32.const -1) (i32.const 4)) (i64.const 0xfffffff0))
(assert_return (invoke "shl-then-extend" (i32.const -1) (i32.const 36)) (i64.const 0xfffffff0))
(assert_return (invoke "extend8-then-extend" (i32.const 0x80)) (i64.const 0xffffff80))
(assert_return (invoke "load8s-then-extend" (i32.const 0xfe)) (i64.const 0xfffffffe))
(assert_return (invoke "select-then-extend" (i32.const -1) (i32.const 1)) (i64.const 0xffffffff))
(assert_return (invoke "select-then-extend" (i32.const -1) (i32.const 0)) (i64.const 0xfffffffe))

;; Caches at labels: what the accumulator mirrors on one path is not what it mirrors on the other.
(module
  (func (export "if-changes") (param $c i32) (param $x i32) (result i32)
    (local $y i32)
    local.get $x
    i32.const 1
    i32.add
    local.set $y
    local.get $c
    if
      local.get $x
      i32.const 10
      i32.mul
      local.set $y
    end
    local.get $y
    local.get $y
    i32.add)
  (func (export "else-changes") (param $c i32) (param $x i32) (result i32)
    (local $y i32)
    local.get $c
    if
      local.get $x
      i32.const 10
      i32.mul
      local.set $y
    else
      local.get $x
      i32.const 3
      i32.add
      local.set $x
    end
    local.get $x
    local.get $y
    i32.sub)
  ;; a pending get across a block that changes the local on one path
  (func (export "get-across-if") (param $c i32) (param $x i32) (result i32)
    local.get $x
    local.get $c
    if
      i32.const 1000
      local.set $x
    end
    local.get $x
    i32.sub)
  (func (export "get-across-block") (param $c i32) (param $x i32) (result i32)
    local.get $x
    block
      local.get $c
      br_if 0
      local.get $x
      i32.const 7
      i32.add
      local.set $x
    end
    local.get $x
    i32.mul)
  ;; a pending get across a loop that changes the local in every turn
  (func (export "get-across-loop") (param $n i32) (result i32)
    (local $sum i32)
    local.get $n
    loop $again
      local.get $sum
      local.get $n
      i32.add
      local.set $sum
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end
    local.get $sum
    i32.mul
    local.get $n
    i32.sub)
  ;; a constant below a block
  (func (export "const-across-block") (param $c i32) (result i32)
    i32.const 40
    block (result i32)
      i32.const 2
      local.get $c
      br_if 0
      drop
      i32.const 3
    end
    i32.add)
  ;; a pending accumulator below a block
  (func (export "acc-across-block") (param $c i32) (param $x i32) (result i32)
    local.get $x
    i32.const 5
    i32.mul
    block
      local.get $c
      i32.eqz
      br_if 0
      local.get $x
      i32.const 100
      i32.add
      local.set $x
    end
    local.get $x
    i32.add)
  ;; the loop entry keeps no cache from before the loop: x is set at the end of the loop and read at its head
  (func (export "loop-head") (param $n i32) (result i32)
    (local $x i32) (local $sum i32)
    i32.const 1
    local.get $n
    i32.add
    local.set $x
    loop $again
      local.get $sum
      local.get $x
      i32.add
      local.set $sum
      local.get $sum
      i32.const 3
      i32.and
      local.set $x
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end
    local.get $sum)
  ;; br_if: the accumulator survives the fall-through, and what is pending stays pending
  (func (export "br_if-fallthrough") (param $c i32) (param $x i32) (result i32)
    block $out (result i32)
      local.get $x
      i32.const 9
      i32.add
      local.get $c
      br_if $out
      local.get $x
      i32.mul
    end)
  (func (export "br_if-with-local") (param $c i32) (param $x i32) (result i32)
    block $out (result i32)
      local.get $x
      local.get $c
      br_if $out
      drop
      local.get $x
      i32.const 50
      i32.add
      local.set $x
      local.get $x
    end
    local.get $x
    i32.add)
  ;; the condition of br_if is the local that the fall-through value is
  (func (export "br_if-same-local") (param $x i32) (result i32)
    block $out (result i32)
      local.get $x
      local.get $x
      br_if $out
      i32.const 77
      i32.add
    end)
  (func (export "br_if-tee-condition") (param $x i32) (result i32)
    block $out (result i32)
      local.get $x
      local.get $x
      i32.const 1
      i32.sub
      local.tee $x
      br_if $out
      local.get $x
      i32.const 500
      i32.add
      i32.add
    end
    local.get $x
    i32.const 1000
    i32.mul
    i32.add)
  ;; set in a dead path, and after a label that only dead code branches to
  (func (export "dead-set") (param $x i32) (result i32)
    block
      br 0
      i32.const 99
      local.set $x
    end
    local.get $x)
)
(assert_return (invoke "if-changes" (i32.const 0) (i32.const 4)) (i32.const 10))
(assert_return (invoke "if-changes" (i32.const 1) (i32.const 4)) (i32.const 80))
(assert_return (invoke "else-changes" (i32.const 0) (i32.const 4)) (i32.const 7))
(assert_return (invoke "else-changes" (i32.const 1) (i32.const 4)) (i32.const -36))
(assert_return (invoke "get-across-if" (i32.const 0) (i32.const 4)) (i32.const 0))
(assert_return (invoke "get-across-if" (i32.const 1) (i32.const 4)) (i32.const -996))
(assert_return (invoke "get-across-block" (i32.const 0) (i32.const 4)) (i32.const 44))
(assert_return (invoke "get-across-block" (i32.const 1) (i32.const 4)) (i32.const 16))
(assert_return (invoke "get-across-loop" (i32.const 10)) (i32.const 550))
(assert_return (invoke "const-across-block" (i32.const 0)) (i32.const 43))
(assert_return (invoke "const-across-block" (i32.const 1)) (i32.const 42))
(assert_return (invoke "acc-across-block" (i32.const 0) (i32.const 3)) (i32.const 18))
(assert_return (invoke "acc-across-block" (i32.const 1) (i32.const 3)) (i32.const 118))
(assert_return (invoke "loop-head" (i32.const 1)) (i32.const 2))
(assert_return (invoke "loop-head" (i32.const 2)) (i32.const 6))
(assert_return (invoke "loop-head" (i32.const 10)) (i32.const 16))
(assert_return (invoke "br_if-fallthrough" (i32.const 0) (i32.const 3)) (i32.const 36))
(assert_return (invoke "br_if-fallthrough" (i32.const 1) (i32.const 3)) (i32.const 12))
(assert_return (invoke "br_if-with-local" (i32.const 0) (i32.const 3)) (i32.const 106))
(assert_return (invoke "br_if-with-local" (i32.const 1) (i32.const 3)) (i32.const 6))
(assert_return (invoke "br_if-same-local" (i32.const 0)) (i32.const 77))
(assert_return (invoke "br_if-same-local" (i32.const 5)) (i32.const 5))
(assert_return (invoke "br_if-tee-condition" (i32.const 1)) (i32.const 501))
(assert_return (invoke "br_if-tee-condition" (i32.const 5)) (i32.const 4005))
(assert_return (invoke "dead-set" (i32.const 5)) (i32.const 5))
;; What was just copied to a local is read where it came from: a constant on its left goes somewhere else.
(module
  (func (export "i32.sub") (param $x i32) (result i32) (local $y i32)
    (block (result i32) (br_if 0 (local.get $x) (i32.const 1)))
    local.set $y
    i32.const 16
    local.get $y
    i32.sub)
  (func (export "i32.shl") (param $x i32) (result i32) (local $y i32)
    (block (result i32) (br_if 0 (local.get $x) (i32.const 1)))
    local.set $y
    i32.const 1
    local.get $y
    i32.shl)
  (func (export "i32.div_u") (param $x i32) (result i32) (local $y i32)
    (block (result i32) (br_if 0 (local.get $x) (i32.const 1)))
    local.set $y
    i32.const 100
    local.get $y
    i32.div_u)
  (func (export "i64.sub") (param $x i64) (result i64) (local $y i64)
    (block (result i64) (br_if 0 (local.get $x) (i32.const 1)))
    local.set $y
    i64.const 16
    local.get $y
    i64.sub)
  (func (export "i64.rotl") (param $x i64) (result i64) (local $y i64)
    (block (result i64) (br_if 0 (local.get $x) (i32.const 1)))
    local.set $y
    i64.const 3
    local.get $y
    i64.rotl)
  (func (export "f32.sub") (param $x f32) (result f32) (local $y f32)
    (block (result f32) (br_if 0 (local.get $x) (i32.const 1)))
    local.set $y
    f32.const 16
    local.get $y
    f32.sub)
  (func (export "f32.div") (param $x f32) (result f32) (local $y f32)
    (block (result f32) (br_if 0 (local.get $x) (i32.const 1)))
    local.set $y
    f32.const 16
    local.get $y
    f32.div)
  (func (export "f64.sub") (param $x f64) (result f64) (local $y f64)
    (block (result f64) (br_if 0 (local.get $x) (i32.const 1)))
    local.set $y
    f64.const 16
    local.get $y
    f64.sub)
  (func (export "f64.div") (param $x f64) (result f64) (local $y f64)
    (block (result f64) (br_if 0 (local.get $x) (i32.const 1)))
    local.set $y
    f64.const 16
    local.get $y
    f64.div)
  (func (export "i64.lt_s") (param $x i64) (result i32) (local $y i64)
    (block (result i64) (br_if 0 (local.get $x) (i32.const 1)))
    local.set $y
    i64.const 16
    local.get $y
    i64.lt_s)
  (func (export "f64.copysign") (param $x f64) (result f64) (local $y f64)
    (block (result f64) (br_if 0 (local.get $x) (i32.const 1)))
    local.set $y
    f64.const -16
    local.get $y
    f64.copysign)
)
(assert_return (invoke "i32.sub" (i32.const 5)) (i32.const 11))
(assert_return (invoke "i32.shl" (i32.const 5)) (i32.const 32))
(assert_return (invoke "i32.div_u" (i32.const 5)) (i32.const 20))
(assert_return (invoke "i64.sub" (i64.const 5)) (i64.const 11))
(assert_return (invoke "i64.rotl" (i64.const 5)) (i64.const 96))
(assert_return (invoke "f32.sub" (f32.const 5)) (f32.const 11))
(assert_return (invoke "f32.div" (f32.const 5)) (f32.const 3.2))
(assert_return (invoke "f64.sub" (f64.const 5)) (f64.const 11))
(assert_return (invoke "f64.div" (f64.const 5)) (f64.const 3.2))
(assert_return (invoke "i64.lt_s" (i64.const 5)) (i32.const 0))
(assert_return (invoke "f64.copysign" (f64.const 5)) (f64.const 16))
