;; Calls: arguments in place, results over them; tail calls; imports; indirect.
(module
  (import "h" "host" (func $host (param i32) (result i32)))
  (table 2 funcref)
  (func $leaf (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
  (func $locals (param i32) (result i64) (local i64 i64 i64) local.get 1)
  (func $call (param i32) (result i32) local.get 0 i32.const 1 call $leaf local.get 0 i32.mul)
  (func $nested (param i32) (result i32) local.get 0 local.get 0 local.get 0 call $leaf call $leaf)
  (func $tail (param i32 i32) (result i32) local.get 1 local.get 0 return_call $leaf)
  (func $outside (param i32) (result i32) local.get 0 call $host)
  (func $indirect (param i32 i32) (result i32) local.get 0 local.get 1 i32.const 1 call_indirect (param i32 i32) (result i32))
  (func $more-results (param i32) (result i32 i32 i32 i32) local.get 0 i32.const 1 local.get 0 i32.const 2)
)
