;; Calls two functions of its host: one with bytes of its memory, one for a number.
(module
  (import "host" "log" (func $log (param i32 i32)))
  (import "host" "next" (func $next (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello from the guest")
  (func (export "run") (result i32)
    (call $log (i32.const 16) (i32.const 20))
    (i32.add (call $next) (call $next))))
