;; Calls: arguments in place, results over the arguments, recursion, many parameters and results of mixed types.
(module
  (func $fac (export "fac") (param $n i64) (result i64)
    local.get $n
    i64.eqz
    if (result i64)
      i64.const 1
    else
      local.get $n
      local.get $n
      i64.const 1
      i64.sub
      call $fac
      i64.mul
    end)
  (func $fib (export "fib") (param $n i32) (result i32)
    local.get $n
    i32.const 2
    i32.lt_u
    if
      local.get $n
      return
    end
    local.get $n
    i32.const 1
    i32.sub
    call $fib
    local.get $n
    i32.const 2
    i32.sub
    call $fib
    i32.add)
  (func $ackermann (export "ackermann") (param $m i32) (param $n i32) (result i32)
    local.get $m
    i32.eqz
    if
      local.get $n
      i32.const 1
      i32.add
      return
    end
    local.get $n
    i32.eqz
    if
      local.get $m
      i32.const 1
      i32.sub
      i32.const 1
      call $ackermann
      return
    end
    local.get $m
    i32.const 1
    i32.sub
    local.get $m
    local.get $n
    i32.const 1
    i32.sub
    call $ackermann
    call $ackermann)
  (func $even (export "even") (param $n i32) (result i32)
    local.get $n
    i32.eqz
    if (result i32)
      i32.const 1
    else
      local.get $n
      i32.const 1
      i32.sub
      call $odd
    end)
  (func $odd (export "odd") (param $n i32) (result i32)
    local.get $n
    i32.eqz
    if (result i32)
      i32.const 0
    else
      local.get $n
      i32.const 1
      i32.sub
      call $even
    end)
  ;; recursion that is deep but must fit
  (func $deep (export "deep") (param $n i32) (result i32)
    local.get $n
    i32.eqz
    if (result i32)
      i32.const 0
    else
      i32.const 1
      local.get $n
      i32.const 1
      i32.sub
      call $deep
      i32.add
    end)
  ;; locals of a callee are zero, whatever the stack held before
  (func $dirty (param i32 i64 f32 f64)
    (local i64 i64 i64 i64 i64 i64 i64 i64)
    i64.const -1 local.set 4
    i64.const -1 local.set 5
    i64.const -1 local.set 6
    i64.const -1 local.set 7
    i64.const -1 local.set 8
    i64.const -1 local.set 9
    i64.const -1 local.set 10
    i64.const -1 local.set 11)
  (func $clean (param i32) (result i64)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    local.get 1 local.get 2 i64.or local.get 3 i64.or local.get 4 i64.or local.get 5 i64.or
    local.get 6 i64.or local.get 7 i64.or local.get 8 i64.or local.get 9 i64.or local.get 10 i64.or)
  (func $clean1 (result i32) (local i32) local.get 0)
  (func $clean2 (result i32) (local i32 f64) local.get 1 i32.trunc_f64_s local.get 0 i32.add)
  (func $clean3 (result i64) (local i32 f64 i64) local.get 2)
  (func (export "locals-zero") (result i64)
    i32.const 5 i64.const 6 f32.const 7 f64.const 8
    call $dirty
    i32.const 1
    call $clean
    i32.const 5 i64.const 6 f32.const 7 f64.const 8
    call $dirty
    call $clean1
    i64.extend_i32_s
    i64.or
    i32.const 5 i64.const 6 f32.const 7 f64.const 8
    call $dirty
    call $clean2
    i64.extend_i32_s
    i64.or
    i32.const 5 i64.const 6 f32.const 7 f64.const 8
    call $dirty
    call $clean3
    i64.or)
  ;; arguments are locals, constants, accumulators, in every order; what is pending below survives the call
  (func $sub3 (param i32 i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.sub
    local.get 2
    i32.sub)
  (func (export "args") (param $a i32) (param $b i32) (result i32)
    local.get $a
    i32.const 100
    local.get $b
    i32.const 3
    i32.mul
    local.get $a
    call $sub3
    local.get $b
    i32.add
    i32.const 17
    local.get $a
    local.get $b
    call $sub3
    i32.mul
    i32.add)
  ;; a callee that changes its parameters does not change the caller's locals
  (func $clobber (param i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.add
    i32.const -1
    local.set 0
    i32.const -1
    local.set 1)
  (func (export "args-by-value") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    call $clobber
    local.get $a
    i32.const 10
    i32.mul
    i32.add
    local.get $b
    i32.const 100
    i32.mul
    i32.add)
  (func (export "result-to-local") (param $a i32) (result i32)
    local.get $a
    local.get $a
    i32.const 1
    call $clobber
    local.set $a
    local.get $a
    i32.const 10
    i32.mul
    i32.add)
  (func (export "result-dropped") (param $a i32) (result i32)
    local.get $a
    i32.const 3
    call $clobber
    drop
    local.get $a)
  (func $swap (param i32 f64) (result f64 i32) local.get 1 local.get 0)
  (func (export "swap-twice") (param $i i32) (param $d f64) (result i32 f64)
    (local $x i32)
    local.get $i
    local.get $d
    call $swap
    local.set $x
    local.get $x
    f64.convert_i32_s
    f64.add
    local.get $x
    i32.const 1
    i32.add
    call $swap2)
  (func $swap2 (param f64 i32) (result i32 f64) local.get 1 local.get 0)
  (func $none)
  (func (export "calls-between") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.add
    call $none
    local.get $a
    local.get $b
    i32.mul
    call $none
    i32.sub
    call $none)
  ;; float arguments and results
  (func $hypot2 (param f64 f64) (result f64)
    local.get 0
    local.get 0
    f64.mul
    local.get 1
    local.get 1
    f64.mul
    f64.add)
  (func (export "floats") (param $x f64) (result f64)
    local.get $x
    f64.const 1
    f64.add
    local.get $x
    f64.const 1
    f64.sub
    call $hypot2
    local.get $x
    f64.neg
    f64.const 0.5
    call $hypot2
    f64.div)
)
(assert_return (invoke "fac" (i64.const 20)) (i64.const 2432902008176640000))
(assert_return (invoke "fib" (i32.const 20)) (i32.const 6765))
(assert_return (invoke "ackermann" (i32.const 2) (i32.const 9)) (i32.const 21))
(assert_return (invoke "even" (i32.const 5000)) (i32.const 1))
(assert_return (invoke "odd" (i32.const 5000)) (i32.const 0))
(assert_return (invoke "deep" (i32.const 10000)) (i32.const 10000))
(assert_return (invoke "locals-zero") (i64.const 0))
(assert_return (invoke "args" (i32.const 5) (i32.const 2)) (i32.const 915))
(assert_return (invoke "args-by-value" (i32.const 5) (i32.const 2)) (i32.const 257))
(assert_return (invoke "result-to-local" (i32.const 5)) (i32.const 65))
(assert_return (invoke "result-dropped" (i32.const 5)) (i32.const 5))
(assert_return (invoke "swap-twice" (i32.const 5) (f64.const 2.5)) (i32.const 6) (f64.const 7.5))
(assert_return (invoke "calls-between" (i32.const 5) (i32.const 2)) (i32.const -3))
(assert_return (invoke "floats" (f64.const 3)) (f64.const 2.1621621621621623))

;; Indirect calls through tables of two instances, and what the table's type check sees.
(module $A
  (type $ii (func (param i32) (result i32)))
  (table (export "table") 12 funcref)
  (memory (export "memory") 1)
  (global $id (export "id") (mut i32) (i32.const 1))
  (data (i32.const 0) "\01")
  (elem (i32.const 0) $inc $where $grow $trap $wrong)
  (func $inc (export "inc") (type $ii) local.get 0 i32.const 1 i32.add)
  ;; which instance runs: its global, its memory, its memory's size
  (func $where (export "where") (type $ii)
    global.get $id
    i32.const 10
    i32.mul
    i32.const 0
    i32.load8_u
    i32.add
    i32.const 100
    i32.mul
    memory.size
    i32.add
    local.get 0
    i32.add)
  (func $grow (export "grow") (type $ii) local.get 0 memory.grow)
  (func $trap (type $ii) unreachable)
  (func $wrong (param i64) (result i32) i32.const 0)
  (func (export "call") (param $i i32) (param $x i32) (result i32)
    local.get $x
    local.get $i
    call_indirect (type $ii))
)
(register "A" $A)
(module $B
  (type $same (func (param i32) (result i32)))
  (import "A" "table" (table 1 funcref))
  (import "A" "where" (func $a-where (param i32) (result i32)))
  (import "A" "grow" (func $a-grow (param i32) (result i32)))
  (import "A" "memory" (memory $a-memory 1))
  (memory $mine (export "memory") 2)
  (global $id (mut i32) (i32.const 2))
  (data (memory $mine) (i32.const 0) "\02")
  (elem (i32.const 8) $where $bounce)
  (func $where (export "where") (type $same)
    global.get $id
    i32.const 10
    i32.mul
    i32.const 0
    i32.load8_u $mine
    i32.add
    i32.const 100
    i32.mul
    memory.size $mine
    i32.add
    local.get 0
    i32.add)
  ;; from here to A and back, by import and by table, and the own state is still there
  (func $bounce (export "bounce") (type $same)
    (local $sum i32)
    local.get 0
    call $a-where
    local.set $sum
    local.get 0
    call $where
    local.get $sum
    i32.add
    local.set $sum
    i32.const 5
    i32.const 1
    call_indirect (type $same)
    local.get $sum
    i32.add
    local.set $sum
    i32.const 0
    i32.load8_u $mine
    i32.const 1000000
    i32.mul
    local.get $sum
    i32.add)
  (func (export "call") (param $i i32) (param $x i32) (result i32)
    local.get $x
    local.get $i
    call_indirect (type $same))
  ;; A grows its memory while B holds it as its memory 0
  (func (export "grow-theirs") (result i32)
    memory.size $a-memory
    i32.const 3
    call $a-grow
    drop
    memory.size $a-memory
    i32.const 100
    i32.mul
    i32.add
    i32.const 262140
    i32.const 77
    i32.store $a-memory
    i32.const 262140
    i32.load $a-memory
    i32.const 10000
    i32.mul
    i32.add)
)
(assert_return (invoke $A "call" (i32.const 0) (i32.const 41)) (i32.const 42))
(assert_return (invoke $A "call" (i32.const 1) (i32.const 0)) (i32.const 1101))
(assert_return (invoke $A "call" (i32.const 8) (i32.const 0)) (i32.const 2202))
(assert_return (invoke $B "call" (i32.const 1) (i32.const 0)) (i32.const 1101))
(assert_return (invoke $B "call" (i32.const 8) (i32.const 0)) (i32.const 2202))
(assert_return (invoke $B "bounce" (i32.const 0)) (i32.const 2004409))
(assert_return (invoke $A "call" (i32.const 9) (i32.const 0)) (i32.const 2004409))
(assert_trap (invoke $A "call" (i32.const 3) (i32.const 0)) "unreachable")
(assert_trap (invoke $B "call" (i32.const 3) (i32.const 0)) "unreachable")
(assert_trap (invoke $A "call" (i32.const 4) (i32.const 0)) "indirect call type mismatch")
(assert_trap (invoke $A "call" (i32.const 5) (i32.const 0)) "uninitialized element")
(assert_trap (invoke $A "call" (i32.const 12) (i32.const 0)) "undefined element")
(assert_trap (invoke $B "call" (i32.const -1) (i32.const 0)) "undefined element")
(assert_return (invoke $B "call" (i32.const 1) (i32.const 0)) (i32.const 1101))
(assert_return (invoke $B "grow-theirs") (i32.const 770401))
(assert_return (invoke $A "call" (i32.const 1) (i32.const 0)) (i32.const 1104))

;; Recursion through another instance, deep.
(module $P
  (type $ii (func (param i32) (result i32)))
  (table (export "t") 2 funcref)
  (func $down (export "down") (type $ii)
    local.get 0
    i32.eqz
    if (result i32)
      i32.const 0
    else
      i32.const 1
      local.get 0
      i32.const 1
      i32.sub
      i32.const 1
      call_indirect (type $ii)
      i32.add
    end)
  (elem (i32.const 0) $down)
)
(register "P" $P)
(module $Q
  (type $ii (func (param i32) (result i32)))
  (import "P" "t" (table 2 funcref))
  (import "P" "down" (func $p (type $ii)))
  (func $down (export "down") (type $ii)
    local.get 0
    i32.eqz
    if (result i32)
      i32.const 0
    else
      i32.const 1
      local.get 0
      i32.const 1
      i32.sub
      call $p
      i32.add
    end)
  (elem (i32.const 1) $down)
  (func $forever (export "forever") (type $ii) local.get 0 call $p2)
  (func $p2 (type $ii) local.get 0 call $forever i32.const 1 i32.add)
)
(assert_return (invoke $P "down" (i32.const 5000)) (i32.const 5000))
(assert_return (invoke $Q "down" (i32.const 5000)) (i32.const 5000))
(assert_exhaustion (invoke $Q "forever" (i32.const 0)) "call stack exhausted")
(assert_return (invoke $Q "down" (i32.const 5000)) (i32.const 5000))
