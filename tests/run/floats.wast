;; Floats: NaN payloads survive everything that is not arithmetic, zeros keep their sign, nothing is contracted or kept in more precision.
(module
  (memory 1)
  (global $g32 (mut f32) (f32.const 0))
  (global $g64 (mut f64) (f64.const 0))
  (func $id32 (param f32) (result f32) local.get 0)
  (func $id64 (param f64) (result f64) local.get 0)
  ;; a signalling NaN through locals, the stack, a global, memory, a call, a block, select
  (func (export "way32") (param f32) (result f32)
    (local $x f32)
    local.get 0
    local.tee $x
    global.set $g32
    i32.const 8
    global.get $g32
    f32.store
    i32.const 8
    f32.load
    call $id32
    block (param f32) (result f32)
      local.set $x
      local.get $x
      i32.const 1
      br_if 0
    end
    f32.const 1
    i32.const 1
    select)
  (func (export "way64") (param f64) (result f64)
    (local $x f64)
    local.get 0
    local.tee $x
    global.set $g64
    i32.const 8
    global.get $g64
    f64.store
    i32.const 8
    f64.load
    call $id64
    block (param f64) (result f64)
      local.set $x
      local.get $x
      i32.const 1
      br_if 0
    end
    f64.const 1
    i32.const 1
    select)
  (func (export "const32") (result i32) f32.const nan:0x200001 i32.reinterpret_f32)
  (func (export "const64") (result i64) f64.const -nan:0x4000000000001 i64.reinterpret_f64)
  (func (export "neg32") (param f32) (result i32) local.get 0 f32.neg i32.reinterpret_f32)
  (func (export "abs32") (param f32) (result i32) local.get 0 f32.abs i32.reinterpret_f32)
  (func (export "neg64") (param f64) (result i64) local.get 0 f64.neg i64.reinterpret_f64)
  (func (export "abs64") (param f64) (result i64) local.get 0 f64.abs i64.reinterpret_f64)
  (func (export "copysign32") (param f32 f32) (result i32) local.get 0 local.get 1 f32.copysign i32.reinterpret_f32)
  (func (export "copysign64") (param f64 f64) (result i64) local.get 0 local.get 1 f64.copysign i64.reinterpret_f64)
  (func (export "reinterpret") (param i32) (result i32) local.get 0 f32.reinterpret_i32 i32.reinterpret_f32)
  (func (export "reinterpret64") (param i64) (result i64) local.get 0 f64.reinterpret_i64 i64.reinterpret_f64)
  ;; as operands from a slot, the accumulator, a constant
  (func (export "min32") (param f32 f32) (result f32) local.get 0 local.get 1 f32.min)
  (func (export "max32") (param f32 f32) (result f32) local.get 0 local.get 1 f32.max)
  (func (export "min64") (param f64 f64) (result f64) local.get 0 local.get 1 f64.min)
  (func (export "max64") (param f64 f64) (result f64) local.get 0 local.get 1 f64.max)
  (func (export "min64 acc") (param f64 f64) (result f64) local.get 0 f64.neg local.get 1 f64.min)
  (func (export "max64 acc") (param f64 f64) (result f64) local.get 0 local.get 1 f64.neg f64.max)
  (func (export "min64 const") (param f64) (result f64) local.get 0 f64.const -0 f64.min)
  (func (export "max64 const") (param f64) (result f64) f64.const 0 local.get 0 f64.max)
  (func (export "add zero") (param f64) (result f64) local.get 0 f64.const 0 f64.add)
  (func (export "sub zero") (param f64) (result f64) local.get 0 f64.const 0 f64.sub)
  (func (export "zero minus") (param f64) (result f64) f64.const 0 local.get 0 f64.sub)
  (func (export "mul one") (param f64) (result f64) local.get 0 f64.const 1 f64.mul)
  (func (export "mul zero") (param f64) (result f64) local.get 0 f64.const 0 f64.mul)
  (func (export "mul add") (param f64 f64 f64) (result f64) local.get 0 local.get 1 f64.mul local.get 2 f64.add)
  (func (export "mul add32") (param f32 f32 f32) (result f32) local.get 0 local.get 1 f32.mul local.get 2 f32.add)
  (func (export "mul sub") (param f64 f64 f64) (result f64) local.get 2 local.get 0 local.get 1 f64.mul f64.sub)
  (func (export "add add32") (param f32 f32 f32) (result f32) local.get 0 local.get 1 f32.add local.get 2 f32.add)
  (func (export "sum32") (param $n i32) (result f32)
    (local $s f32)
    loop $l
      local.get $s
      f32.const 0.1
      f32.add
      local.set $s
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $l
    end
    local.get $s)
  (func (export "sqrt32") (param f32) (result f32) local.get 0 f32.sqrt)
  (func (export "nearest") (param f64) (result f64) local.get 0 f64.nearest)
  (func (export "nearest32") (param f32) (result f32) local.get 0 f32.nearest)
  (func (export "trunc") (param f64) (result f64) local.get 0 f64.trunc)
  (func (export "ceil") (param f64) (result f64) local.get 0 f64.ceil)
  (func (export "floor") (param f64) (result f64) local.get 0 f64.floor)
  ;; comparisons with NaN, both ways and negated, as values and as branches
  (func (export "compare") (param f64 f64) (result i32)
    local.get 0 local.get 1 f64.eq
    local.get 0 local.get 1 f64.ne i32.const 1 i32.shl i32.or
    local.get 0 local.get 1 f64.lt i32.const 2 i32.shl i32.or
    local.get 0 local.get 1 f64.gt i32.const 3 i32.shl i32.or
    local.get 0 local.get 1 f64.le i32.const 4 i32.shl i32.or
    local.get 0 local.get 1 f64.ge i32.const 5 i32.shl i32.or)
  (func (export "compare not") (param f64 f64) (result i32)
    local.get 0 local.get 1 f64.eq i32.eqz
    local.get 0 local.get 1 f64.ne i32.eqz i32.const 1 i32.shl i32.or
    local.get 0 local.get 1 f64.lt i32.eqz i32.const 2 i32.shl i32.or
    local.get 0 local.get 1 f64.gt i32.eqz i32.const 3 i32.shl i32.or
    local.get 0 local.get 1 f64.le i32.eqz i32.const 4 i32.shl i32.or
    local.get 0 local.get 1 f64.ge i32.eqz i32.const 5 i32.shl i32.or)
  (func (export "branch lt") (param f64 f64) (result i32)
    block (result i32) i32.const 1 local.get 0 local.get 1 f64.lt br_if 0 drop i32.const 0 end)
  (func (export "branch not lt") (param f64 f64) (result i32)
    block (result i32) i32.const 1 local.get 0 local.get 1 f64.lt i32.eqz br_if 0 drop i32.const 0 end)
  (func (export "branch ge") (param f64 f64) (result i32)
    local.get 0 local.get 1 f64.ge if (result i32) i32.const 1 else i32.const 0 end)
  (func (export "branch not ne") (param f32 f32) (result i32)
    local.get 0 local.get 1 f32.ne i32.eqz if (result i32) i32.const 1 else i32.const 0 end)
  (func (export "select lt") (param f64 f64) (result f64) local.get 0 local.get 1 local.get 0 local.get 1 f64.lt select)
)
(assert_return (invoke "way32" (f32.const nan:0x200001)) (f32.const nan:0x200001))
(assert_return (invoke "way32" (f32.const -nan:0x000001)) (f32.const -nan:0x000001))
(assert_return (invoke "way64" (f64.const nan:0x4000000000001)) (f64.const nan:0x4000000000001))
(assert_return (invoke "way64" (f64.const -nan:0x1)) (f64.const -nan:0x1))
(assert_return (invoke "const32") (i32.const 0x7fa00001))
(assert_return (invoke "const64") (i64.const 0xfff4000000000001))
(assert_return (invoke "neg32" (f32.const nan:0x200001)) (i32.const 0xffa00001))
(assert_return (invoke "neg32" (f32.const 0)) (i32.const 0x80000000))
(assert_return (invoke "abs32" (f32.const -nan:0x200001)) (i32.const 0x7fa00001))
(assert_return (invoke "neg64" (f64.const -nan:0x4000000000001)) (i64.const 0x7ff4000000000001))
(assert_return (invoke "abs64" (f64.const -nan:0x4000000000001)) (i64.const 0x7ff4000000000001))
(assert_return (invoke "copysign32" (f32.const nan:0x200001) (f32.const -1)) (i32.const 0xffa00001))
(assert_return (invoke "copysign32" (f32.const -1) (f32.const nan:0x200001)) (i32.const 0x3f800000))
(assert_return (invoke "copysign64" (f64.const nan:0x1) (f64.const -nan)) (i64.const 0xfff0000000000001))
(assert_return (invoke "reinterpret" (i32.const 0x7f800001)) (i32.const 0x7f800001))
(assert_return (invoke "reinterpret64" (i64.const 0xfff0000000000001)) (i64.const 0xfff0000000000001))
(assert_return (invoke "min32" (f32.const 0) (f32.const -0)) (f32.const -0))
(assert_return (invoke "min32" (f32.const -0) (f32.const 0)) (f32.const -0))
(assert_return (invoke "max32" (f32.const 0) (f32.const -0)) (f32.const 0))
(assert_return (invoke "max32" (f32.const -0) (f32.const 0)) (f32.const 0))
(assert_return (invoke "max32" (f32.const -0) (f32.const -0)) (f32.const -0))
(assert_return (invoke "min64" (f64.const 0) (f64.const -0)) (f64.const -0))
(assert_return (invoke "min64" (f64.const -0) (f64.const 0)) (f64.const -0))
(assert_return (invoke "max64" (f64.const 0) (f64.const -0)) (f64.const 0))
(assert_return (invoke "max64" (f64.const -0) (f64.const 0)) (f64.const 0))
(assert_return (invoke "min64 acc" (f64.const 0) (f64.const 0)) (f64.const -0))
(assert_return (invoke "max64 acc" (f64.const 0) (f64.const 0)) (f64.const 0))
(assert_return (invoke "min64 const" (f64.const 0)) (f64.const -0))
(assert_return (invoke "max64 const" (f64.const -0)) (f64.const 0))
(assert_return (invoke "min32" (f32.const nan:0x200001) (f32.const 1)) (f32.const nan:arithmetic))
(assert_return (invoke "max32" (f32.const 1) (f32.const nan:0x200001)) (f32.const nan:arithmetic))
(assert_return (invoke "min64" (f64.const 1) (f64.const nan)) (f64.const nan:canonical))
(assert_return (invoke "max64" (f64.const nan) (f64.const 1)) (f64.const nan:canonical))
(assert_return (invoke "min64" (f64.const -inf) (f64.const nan)) (f64.const nan:canonical))
(assert_return (invoke "max64" (f64.const nan) (f64.const inf)) (f64.const nan:canonical))
(assert_return (invoke "add zero" (f64.const -0)) (f64.const 0))
(assert_return (invoke "sub zero" (f64.const -0)) (f64.const -0))
(assert_return (invoke "zero minus" (f64.const 0)) (f64.const 0))
(assert_return (invoke "mul zero" (f64.const -1)) (f64.const -0))
(assert_return (invoke "mul zero" (f64.const inf)) (f64.const nan:canonical))
(assert_return (invoke "mul one" (f64.const nan:0x1)) (f64.const nan:arithmetic))
(assert_return (invoke "add zero" (f64.const nan:0x1)) (f64.const nan:arithmetic))
(assert_return (invoke "sub zero" (f64.const nan:0x1)) (f64.const nan:arithmetic))
;; two roundings: a fused multiply-add would give another result
(assert_return (invoke "mul add" (f64.const 0x1.0000000000001p+0) (f64.const 0x1.0000000000001p+0) (f64.const -0x1.0000000000002p+0)) (f64.const 0))
(assert_return (invoke "mul sub" (f64.const 0x1.0000000000001p+0) (f64.const 0x1.0000000000001p+0) (f64.const 0x1.0000000000002p+0)) (f64.const 0))
(assert_return (invoke "mul add32" (f32.const 0x1.000002p+0) (f32.const 0x1.000002p+0) (f32.const -0x1.000004p+0)) (f32.const 0))
(assert_return (invoke "add add32" (f32.const 16777216) (f32.const 1) (f32.const 1)) (f32.const 16777216))
(assert_return (invoke "sum32" (i32.const 1000)) (f32.const 99.99905))
(assert_return (invoke "sqrt32" (f32.const 2)) (f32.const 0x1.6a09e6p+0))
(assert_return (invoke "sqrt32" (f32.const -0)) (f32.const -0))
(assert_return (invoke "sqrt32" (f32.const -1)) (f32.const nan:canonical))
(assert_return (invoke "nearest" (f64.const 0.5)) (f64.const 0))
(assert_return (invoke "nearest" (f64.const -0.5)) (f64.const -0))
(assert_return (invoke "nearest" (f64.const 1.5)) (f64.const 2))
(assert_return (invoke "nearest" (f64.const 2.5)) (f64.const 2))
(assert_return (invoke "nearest" (f64.const 4503599627370497.5)) (f64.const 4503599627370498))
(assert_return (invoke "nearest32" (f32.const 8388609.5)) (f32.const 8388610))
(assert_return (invoke "trunc" (f64.const -0.9)) (f64.const -0))
(assert_return (invoke "ceil" (f64.const -0.9)) (f64.const -0))
(assert_return (invoke "floor" (f64.const 0.9)) (f64.const 0))
(assert_return (invoke "floor" (f64.const nan:0x1)) (f64.const nan:arithmetic))
(assert_return (invoke "compare" (f64.const 1) (f64.const 2)) (i32.const 0x16))
(assert_return (invoke "compare" (f64.const 2) (f64.const 1)) (i32.const 0x2a))
(assert_return (invoke "compare" (f64.const 0) (f64.const -0)) (i32.const 0x31))
(assert_return (invoke "compare" (f64.const nan) (f64.const 1)) (i32.const 0x02))
(assert_return (invoke "compare" (f64.const 1) (f64.const nan)) (i32.const 0x02))
(assert_return (invoke "compare" (f64.const nan) (f64.const nan)) (i32.const 0x02))
(assert_return (invoke "compare not" (f64.const nan) (f64.const 1)) (i32.const 0x3d))
(assert_return (invoke "compare not" (f64.const 1) (f64.const 2)) (i32.const 0x29))
(assert_return (invoke "branch lt" (f64.const nan) (f64.const 1)) (i32.const 0))
(assert_return (invoke "branch lt" (f64.const 0) (f64.const 1)) (i32.const 1))
(assert_return (invoke "branch not lt" (f64.const nan) (f64.const 1)) (i32.const 1))
(assert_return (invoke "branch not lt" (f64.const 1) (f64.const nan)) (i32.const 1))
(assert_return (invoke "branch not lt" (f64.const 0) (f64.const 1)) (i32.const 0))
(assert_return (invoke "branch ge" (f64.const 1) (f64.const nan)) (i32.const 0))
(assert_return (invoke "branch ge" (f64.const 0) (f64.const -0)) (i32.const 1))
(assert_return (invoke "branch not ne" (f32.const nan) (f32.const nan)) (i32.const 0))
(assert_return (invoke "branch not ne" (f32.const 0) (f32.const -0)) (i32.const 1))
(assert_return (invoke "select lt" (f64.const nan) (f64.const 1)) (f64.const 1))

;; Conversions at every boundary.
(module
  (func (export "i32.f32.s") (param f32) (result i32) local.get 0 i32.trunc_f32_s)
  (func (export "i32.f32.u") (param f32) (result i32) local.get 0 i32.trunc_f32_u)
  (func (export "i32.f64.s") (param f64) (result i32) local.get 0 i32.trunc_f64_s)
  (func (export "i32.f64.u") (param f64) (result i32) local.get 0 i32.trunc_f64_u)
  (func (export "i64.f32.s") (param f32) (result i64) local.get 0 i64.trunc_f32_s)
  (func (export "i64.f32.u") (param f32) (result i64) local.get 0 i64.trunc_f32_u)
  (func (export "i64.f64.s") (param f64) (result i64) local.get 0 i64.trunc_f64_s)
  (func (export "i64.f64.u") (param f64) (result i64) local.get 0 i64.trunc_f64_u)
  (func (export "sat i32.f32.s") (param f32) (result i32) local.get 0 i32.trunc_sat_f32_s)
  (func (export "sat i32.f32.u") (param f32) (result i32) local.get 0 i32.trunc_sat_f32_u)
  (func (export "sat i32.f64.s") (param f64) (result i32) local.get 0 i32.trunc_sat_f64_s)
  (func (export "sat i32.f64.u") (param f64) (result i32) local.get 0 i32.trunc_sat_f64_u)
  (func (export "sat i64.f32.s") (param f32) (result i64) local.get 0 i64.trunc_sat_f32_s)
  (func (export "sat i64.f32.u") (param f32) (result i64) local.get 0 i64.trunc_sat_f32_u)
  (func (export "sat i64.f64.s") (param f64) (result i64) local.get 0 i64.trunc_sat_f64_s)
  (func (export "sat i64.f64.u") (param f64) (result i64) local.get 0 i64.trunc_sat_f64_u)
  (func (export "f32.i32.u") (param i32) (result f32) local.get 0 f32.convert_i32_u)
  (func (export "f32.i64.s") (param i64) (result f32) local.get 0 f32.convert_i64_s)
  (func (export "f32.i64.u") (param i64) (result f32) local.get 0 f32.convert_i64_u)
  (func (export "f64.i64.u") (param i64) (result f64) local.get 0 f64.convert_i64_u)
  (func (export "f64.i32.s") (param i32) (result f64) local.get 0 f64.convert_i32_s)
  (func (export "demote") (param f64) (result f32) local.get 0 f32.demote_f64)
  (func (export "promote") (param f32) (result f64) local.get 0 f64.promote_f32)
  ;; an i32 result is zero-extended in its slot
  (func (export "trunc then extend") (param f64) (result i64) local.get 0 i32.trunc_f64_s i64.extend_i32_u)
)
(assert_return (invoke "i32.f32.s" (f32.const 2147483520)) (i32.const 2147483520))
(assert_trap (invoke "i32.f32.s" (f32.const 2147483648)) "integer overflow")
(assert_return (invoke "i32.f32.s" (f32.const -2147483648)) (i32.const -2147483648))
(assert_trap (invoke "i32.f32.s" (f32.const -2147483904)) "integer overflow")
(assert_trap (invoke "i32.f32.s" (f32.const nan)) "invalid conversion to integer")
(assert_trap (invoke "i32.f32.s" (f32.const inf)) "integer overflow")
(assert_return (invoke "i32.f32.u" (f32.const 4294967040)) (i32.const -256))
(assert_trap (invoke "i32.f32.u" (f32.const 4294967296)) "integer overflow")
(assert_return (invoke "i32.f32.u" (f32.const -0.99999994)) (i32.const 0))
(assert_trap (invoke "i32.f32.u" (f32.const -1)) "integer overflow")
(assert_return (invoke "i32.f64.s" (f64.const 2147483647.9999998)) (i32.const 2147483647))
(assert_trap (invoke "i32.f64.s" (f64.const 2147483648)) "integer overflow")
(assert_return (invoke "i32.f64.s" (f64.const -2147483648.9999995)) (i32.const -2147483648))
(assert_trap (invoke "i32.f64.s" (f64.const -2147483649)) "integer overflow")
(assert_return (invoke "i32.f64.u" (f64.const 4294967295.9999995)) (i32.const -1))
(assert_trap (invoke "i32.f64.u" (f64.const 4294967296)) "integer overflow")
(assert_return (invoke "i32.f64.u" (f64.const -0.9999999999999999)) (i32.const 0))
(assert_trap (invoke "i32.f64.u" (f64.const -1)) "integer overflow")
(assert_trap (invoke "i32.f64.u" (f64.const -nan)) "invalid conversion to integer")
(assert_return (invoke "i64.f32.s" (f32.const 9223371487098961920)) (i64.const 9223371487098961920))
(assert_trap (invoke "i64.f32.s" (f32.const 9223372036854775808)) "integer overflow")
(assert_return (invoke "i64.f32.s" (f32.const -9223372036854775808)) (i64.const -9223372036854775808))
(assert_trap (invoke "i64.f32.s" (f32.const -9223373136366403584)) "integer overflow")
(assert_return (invoke "i64.f32.u" (f32.const 18446742974197923840)) (i64.const -1099511627776))
(assert_trap (invoke "i64.f32.u" (f32.const 18446744073709551616)) "integer overflow")
(assert_return (invoke "i64.f64.s" (f64.const 9223372036854774784)) (i64.const 9223372036854774784))
(assert_trap (invoke "i64.f64.s" (f64.const 9223372036854775808)) "integer overflow")
(assert_return (invoke "i64.f64.s" (f64.const -9223372036854775808)) (i64.const -9223372036854775808))
(assert_trap (invoke "i64.f64.s" (f64.const -9223372036854777856)) "integer overflow")
(assert_return (invoke "i64.f64.u" (f64.const 18446744073709549568)) (i64.const -2048))
(assert_trap (invoke "i64.f64.u" (f64.const 18446744073709551616)) "integer overflow")
(assert_return (invoke "i64.f64.u" (f64.const 9223372036854775808)) (i64.const -9223372036854775808))
(assert_return (invoke "i64.f64.u" (f64.const -0.9999999999999999)) (i64.const 0))
(assert_trap (invoke "i64.f64.u" (f64.const -1)) "integer overflow")
(assert_trap (invoke "i64.f64.u" (f64.const nan)) "invalid conversion to integer")
(assert_trap (invoke "i64.f64.s" (f64.const -inf)) "integer overflow")
(assert_return (invoke "sat i32.f32.s" (f32.const 2147483648)) (i32.const 2147483647))
(assert_return (invoke "sat i32.f32.s" (f32.const -2147483904)) (i32.const -2147483648))
(assert_return (invoke "sat i32.f32.s" (f32.const nan)) (i32.const 0))
(assert_return (invoke "sat i32.f32.u" (f32.const 4294967296)) (i32.const -1))
(assert_return (invoke "sat i32.f32.u" (f32.const -1)) (i32.const 0))
(assert_return (invoke "sat i32.f64.s" (f64.const 2147483648)) (i32.const 2147483647))
(assert_return (invoke "sat i32.f64.s" (f64.const -inf)) (i32.const -2147483648))
(assert_return (invoke "sat i32.f64.u" (f64.const 1e30)) (i32.const -1))
(assert_return (invoke "sat i32.f64.u" (f64.const -1e30)) (i32.const 0))
(assert_return (invoke "sat i32.f64.u" (f64.const -nan:0x1)) (i32.const 0))
(assert_return (invoke "sat i64.f32.s" (f32.const 9223372036854775808)) (i64.const 9223372036854775807))
(assert_return (invoke "sat i64.f32.s" (f32.const -inf)) (i64.const -9223372036854775808))
(assert_return (invoke "sat i64.f32.u" (f32.const 18446744073709551616)) (i64.const -1))
(assert_return (invoke "sat i64.f32.u" (f32.const -0.5)) (i64.const 0))
(assert_return (invoke "sat i64.f64.s" (f64.const 9223372036854775808)) (i64.const 9223372036854775807))
(assert_return (invoke "sat i64.f64.s" (f64.const nan)) (i64.const 0))
(assert_return (invoke "sat i64.f64.u" (f64.const inf)) (i64.const -1))
(assert_return (invoke "sat i64.f64.u" (f64.const 9223372036854775808)) (i64.const -9223372036854775808))
(assert_return (invoke "sat i64.f64.u" (f64.const -inf)) (i64.const 0))
(assert_return (invoke "f32.i32.u" (i32.const -1)) (f32.const 4294967296))
(assert_return (invoke "f32.i32.u" (i32.const 0x80000080)) (f32.const 2147483648))
(assert_return (invoke "f32.i32.u" (i32.const 0x80000081)) (f32.const 0x1.000002p+31))
(assert_return (invoke "f32.i64.s" (i64.const 0x7fffff4000000001)) (f32.const 0x1.fffffep+62))
(assert_return (invoke "f32.i64.s" (i64.const 16777217)) (f32.const 16777216))
(assert_return (invoke "f32.i64.u" (i64.const 0x8000008000000001)) (f32.const 0x1.000002p+63))
(assert_return (invoke "f32.i64.u" (i64.const 0x0020000020000001)) (f32.const 0x1.000002p+53))
(assert_return (invoke "f32.i64.u" (i64.const 0xfffffe8000000001)) (f32.const 0x1.fffffep+63))
(assert_return (invoke "f64.i64.u" (i64.const 0x8000000000000400)) (f64.const 0x1.0000000000000p+63))
(assert_return (invoke "f64.i64.u" (i64.const 0x8000000000000401)) (f64.const 0x1.0000000000001p+63))
(assert_return (invoke "f64.i64.u" (i64.const -1)) (f64.const 0x1p+64))
(assert_return (invoke "f64.i32.s" (i32.const -1)) (f64.const -1))
(assert_return (invoke "demote" (f64.const 0x1.000001p+0)) (f32.const 0x1p+0))
(assert_return (invoke "demote" (f64.const 0x1.0000010000001p+0)) (f32.const 0x1.000002p+0))
(assert_return (invoke "demote" (f64.const 0x1p-150)) (f32.const 0))
(assert_return (invoke "demote" (f64.const 0x1.0000000000001p-150)) (f32.const 0x1p-149))
(assert_return (invoke "demote" (f64.const 0x1.fffffefffffffp+127)) (f32.const 0x1.fffffep+127))
(assert_return (invoke "demote" (f64.const 0x1.ffffffp+127)) (f32.const inf))
(assert_return (invoke "demote" (f64.const nan:0x1)) (f32.const nan:arithmetic))
(assert_return (invoke "promote" (f32.const nan:0x1)) (f64.const nan:arithmetic))
(assert_return (invoke "promote" (f32.const -nan)) (f64.const nan:canonical))
(assert_return (invoke "promote" (f32.const 0x1p-149)) (f64.const 0x1p-149))
(assert_return (invoke "trunc then extend" (f64.const -1)) (i64.const 0xffffffff))
