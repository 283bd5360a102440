;; Atomic instructions: one form, operands in slots.
(module
  (memory 1 4 shared) (memory $other i64 1 1 shared)
  (func $load (param i32) (result i32) local.get 0 i32.atomic.load offset=4)
  (func $store (param i32 i64) local.get 0 local.get 1 i64.const 1 i64.add i64.atomic.store32)
  (func $add (param i32) (result i32) local.get 0 i32.const 1 i32.atomic.rmw.add local.get 0 i32.atomic.rmw8.xor_u)
  (func $cas (param i32 i64 i64) (result i64) local.get 0 local.get 1 local.get 2 i64.atomic.rmw16.cmpxchg_u)
  (func $other (param i64) (result i32) local.get 0 i32.const 7 i32.atomic.rmw.xchg $other offset=4294967296)
  (func $wait (param i32) (result i32) local.get 0 i32.const 0 i64.const -1 memory.atomic.wait32)
  (func $wait64 (param i64) (result i32) local.get 0 i64.const 0 i64.const -1 memory.atomic.wait64 $other)
  (func $notify (param i32) (result i32) atomic.fence local.get 0 i32.const 1 memory.atomic.notify)
)
