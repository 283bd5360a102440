;; Operand classes: slot, accumulator, constant; results go straight to the local that takes them.
(module
  (func $slot-slot (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
  (func $slot-const (param i32) (result i32) local.get 0 i32.const 5 i32.mul)
  (func $const-slot (param i32) (result i32) i32.const 5 local.get 0 i32.sub)
  (func $chain (param i32 i32 i32) (result i32) local.get 0 local.get 1 i32.add local.get 2 i32.xor i32.const 3 i32.shl)
  (func $two-pending (param i32 i32) (result i32) local.get 0 local.get 1 i32.add local.get 0 local.get 1 i32.sub i32.mul)
  (func $to-local (param i32 i32) (result i32) local.get 0 local.get 1 i32.add local.set 0 local.get 0 local.get 0 i32.mul)
  (func $float (param f64 f64) (result f64) local.get 0 local.get 1 f64.mul local.get 0 f64.add)
  (func $big-const (param i64) (result i64) local.get 0 i64.const 0x123456789abcdef i64.add)
  (func $sub-const (param i64) (result i64) local.get 0 i64.const 1 i64.sub)
)
