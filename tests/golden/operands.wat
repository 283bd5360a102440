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
  ;; Integer globals that do not change are the constants that they begin with.
  (global $five i32 (i32.const 5))
  (global $minus i64 (i64.const -2))
  (global $quarter f64 (f64.const 0.25))
  (global $sum i32 (i32.add (i32.const 1) (i32.const 2)))
  (func $constant-globals (param i32 i64 f64) (result i32)
    local.get 1 global.get $minus i64.add local.set 1
    local.get 2 global.get $quarter f64.add local.set 2
    local.get 0 global.get $five i32.and global.get $sum i32.or)
)
