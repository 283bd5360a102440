;; Exceptions: what is where when something is caught, how deep, through which kinds of calls, and across instances.
(module
  (tag $e)
  (tag $i (param i32))
  (tag $mixed (param i64 f32 f64 i32))
  (tag $wide (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32))
  (tag $x (param exnref))
  (global $g (mut i32) (i32.const 0))
  (global $ge (mut exnref) (ref.null exn))
  (table $t 4 funcref)
  (table $te 2 exnref)
  (memory 1)
  (elem (table $t) (i32.const 0) func $throw_i $fine $tail_throw)

  (func $throw_i (param i32) (result i32) (throw $i (local.get 0)))
  (func $fine (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $tail_throw (param i32) (result i32) (return_call $throw_i (i32.mul (local.get 0) (i32.const 3))))

  ;; values of every kind, with entries of every kind below the label
  (func (export "values") (param $a i32) (param $b i64) (result i32 i64 i64 f32 f64 i32 i32)
    local.get $a
    local.get $b
    block $h (result i64 f32 f64 i32)
      i32.const 77
      local.get $a
      i32.const 1
      i32.add
      try_table (catch $mixed $h)
        local.get $a
        i32.const 10
        i32.mul
        local.set $a
        i64.const 0
        local.set $b
        i64.const -5
        f32.const 1.5
        f64.const -2.5
        local.get $a
        throw $mixed
      end
      unreachable
    end
    local.get $a)

  ;; results of the function itself
  (func (export "to-function-1") (param i32) (result i32)
    i32.const 5
    i32.const 6
    try_table (catch $i 0) local.get 0 call $throw_i drop end
    drop drop i32.const -1)
  (func (export "to-function-0") (param i32)
    i32.const 3
    global.set $g
    try_table (catch $e 0) local.get 0 if throw $e end end
    i32.const 4
    global.set $g)
  (func (export "to-function-n") (result i64 f32 f64 i32)
    try_table (catch $mixed 0) (throw $mixed (i64.const 1) (f32.const 2) (f64.const 3) (i32.const 4)) end
    unreachable)
  (func (export "to-function-f64") (param f64) (result f64)
    (local i32 i32 i32)
    block (result exnref) try_table (catch_all_ref 0) throw $e end unreachable end
    drop
    block $h (result i64 f32 f64 i32)
      try_table (catch $mixed $h) (throw $mixed (i64.const 1) (f32.const 2) (f64.add (local.get 0) (f64.const 0.5)) (i32.const 4)) end
      unreachable
    end
    drop
    local.set 0
    drop
    drop
    local.get 0)
  (func (export "g") (result i32) global.get $g)

  ;; a handler that is a loop, with parameters
  (func (export "to-loop") (param $n i32) (result i32)
    (local $sum i32) (local $x i32)
    i32.const 1000
    local.get $n
    loop $again (param i32) (result i32)
      local.set $x
      local.get $sum
      local.get $x
      i32.add
      local.set $sum
      try_table (catch $i $again)
        local.get $x
        if
          local.get $x
          i32.const 1
          i32.sub
          throw $i
        end
      end
      local.get $sum
    end
    i32.add)

  ;; a catch per turn of a loop
  (func (export "in-loop") (param $n i32) (result i32)
    (local $sum i32)
    loop $again
      block $h (result i32)
        try_table (result i32) (catch $i $h)
          local.get $n
          i32.const 3
          i32.rem_u
          i32.eqz
          if (result i32)
            local.get $n
            call $throw_i
          else
            i32.const 1
          end
        end
        br 0
      end
      local.get $sum
      i32.add
      local.set $sum
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end
    local.get $sum)

  ;; a local set in the body, just before what throws, fused or not
  (func (export "locals") (param $a i32) (param $b i32) (result i32 i32 i32)
    (local $c i32)
    block $h (result i32)
      try_table (catch $i $h)
        local.get $a
        i32.const 1
        i32.add
        local.tee $a
        local.get $b
        i32.lt_s
        local.set $c
        local.get $b
        local.get $a
        local.set $b
        call $throw_i
        drop
      end
      i32.const -1
    end
    local.get $a
    local.get $c
    i32.const 256
    i32.mul
    local.get $b
    i32.add)

  ;; arithmetic right before and right after a try does not slip into it
  (func (export "edges") (param $a i32) (param $b i32) (result i32)
    block $out
      block $h
        local.get $a
        local.get $b
        i32.lt_s
        try_table (param i32) (catch_all $h)
          br_if $out
        end
        i32.const 1
        call $throw_i
        return
      end
      i32.const -2
      return
    end
    i32.const 9)

  (func (export "wide") (result i32)
    (local $s i32)
    block $h (result i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
      try_table (catch $wide $h)
        i32.const 1 i32.const 2 i32.const 3 i32.const 4 i32.const 5 i32.const 6 i32.const 7 i32.const 8 i32.const 9 i32.const 10
        i32.const 11 i32.const 12 i32.const 13 i32.const 14 i32.const 15 i32.const 16 i32.const 17 i32.const 18 i32.const 19 i32.const 20
        throw $wide
      end
      unreachable
    end
    i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub i32.sub
    i32.sub i32.sub)

  ;; through calls of all kinds
  (func (export "indirect") (param i32 i32) (result i32)
    (block $h (result i32)
      (try_table (result i32) (catch $i $h)
        (call_indirect $t (param i32) (result i32) (local.get 1) (local.get 0)))
      (return))
    (i32.add (i32.const 100)))
  (func $tail_in_try (param i32) (result i32)
    (block $h (result i32) (try_table (catch $i $h) (return_call $throw_i (local.get 0))) (unreachable)))
  (func (export "tail-in-try") (param i32) (result i32)
    (block $h (result i32) (try_table (catch $i $h) (return (i32.add (call $tail_in_try (local.get 0)) (i32.const 1000)))) (unreachable)))

  (func $down (param $n i32)
    local.get $n
    i32.eqz
    if (throw $i (global.get $g)) end
    local.get $n
    i32.const 1
    i32.sub
    call $down
    global.get $g
    i32.const 1
    i32.add
    global.set $g)
  (func (export "deep") (param $n i32) (result i32)
    i32.const 42
    global.set $g
    block $h (result i32)
      try_table (catch $i $h) local.get $n call $down end
      i32.const -1
    end)
  ;; as deep as the stack goes is a trap, and no exception
  (func $endless call $endless global.get $g drop)
  (func (export "exhausted") block try_table (catch_all 0) call $endless end end)
  ;; a catch in every frame, throwing on: what the clean-up code of C++ does
  (func $relay (param $n i32)
    (local $e exnref)
    local.get $n
    i32.eqz
    if (throw $i (i32.const 5)) end
    block $h (result exnref)
      try_table (catch_all_ref $h)
        local.get $n
        i32.const 1
        i32.sub
        call $relay
      end
      return
    end
    local.set $e
    global.get $g
    i32.const 1
    i32.add
    global.set $g
    local.get $e
    throw_ref)
  (func (export "relay") (param $n i32) (result i32 i32)
    i32.const 0
    global.set $g
    block $h (result i32)
      try_table (catch $i $h) local.get $n call $relay end
      i32.const -1
    end
    global.get $g)

  ;; references kept: in a local, a global, a table, in another exception
  (func (export "null") (throw_ref (ref.null exn)))
  (func (export "keep") (local $e exnref)
    block $h (result i32 exnref) try_table (catch_ref $i $h) (throw $i (i32.const 31)) end unreachable end
    global.set $ge
    drop
    block $h (result i32 exnref) try_table (catch_ref $i $h) (throw $i (i32.const 32)) end unreachable end
    local.set $e
    drop
    i32.const 1
    local.get $e
    table.set $te)
  (func (export "kept") (param i32) (result i32)
    (block $h (result i32)
      (try_table (catch $i $h)
        (if (local.get 0) (then (throw_ref (global.get $ge))) (else (throw_ref (table.get $te (i32.const 1))))))
      (unreachable)))
  (func (export "inside") (result i32)
    (local $e exnref)
    (local.set $e (block $h (result i32 exnref) (try_table (catch_ref $i $h) (throw $i (i32.const 33))) (unreachable)))
    drop
    (local.set $e (block $h (result exnref) (try_table (catch $x $h) (throw $x (local.get $e))) (unreachable)))
    (call $garbage (i32.const 20000))
    (block $h (result i32) (try_table (catch $i $h) (throw_ref (local.get $e))) (unreachable)))
  ;; megabytes of it
  (func $garbage (export "garbage") (param $n i32)
    loop $again
      block $h
        try_table (catch_all $h)
          (throw $mixed (i64.const 1) (f32.const 2) (f64.const 3) (local.get $n))
        end
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end)
  ;; all of it reachable: a list of exceptions
  (func (export "list") (param $n i32)
    (local $e exnref)
    loop $again
      block $h (result exnref exnref)
        try_table (catch_ref $x $h) (throw $x (local.get $e)) end
        unreachable
      end
      local.set $e
      drop
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end)

  ;; a label that only a handler reaches; code that cannot be reached around it
  (func (export "dead") (param i32) (result i32)
    block $h
      try_table (catch_all $h)
        local.get 0
        br_if 0
        throw $e
      end
      i32.const 1
      return
      try_table (catch_all $h) throw $e end
    end
    i32.const 2)
  ;; out of a try by br_table, with values: no handler covers what comes after
  (func (export "out") (param $k i32) (result i32)
    block $catch (result i32)
      block $c
        block $b (result i32)
          block $a (result i32)
            try_table (catch $i $catch)
              i32.const 50
              i32.const 60
              local.get $k
              br_table $a $b $a
            end
            unreachable
          end
          i32.const 1
          i32.add
          return
        end
        call $throw_i
        drop
      end
      i32.const 0
    end)
  ;; nested tries, inner first, then the outer clause in order
  (func (export "nested") (param $k i32) (result i32)
    block $all
      block $second (result i32)
        block $first (result i32)
          try_table (catch $i $second) (catch_all $all)
            block $no
              try_table (catch $e $no)
                try_table (catch $i $first)
                  (if (i32.eq (local.get $k) (i32.const 0)) (then (throw $i (i32.const 7))))
                  (if (i32.eq (local.get $k) (i32.const 1)) (then (throw $e)))
                  (if (i32.eq (local.get $k) (i32.const 2)) (then (throw $x (ref.null exn))))
                end
                (if (i32.eq (local.get $k) (i32.const 3)) (then (throw $i (i32.const 8))))
              end
              i32.const 20
              return
            end
            (if (i32.eq (local.get $k) (i32.const 1)) (then (throw $i (i32.const 9))))
          end
          unreachable
        end
        i32.const 100
        i32.add
        return
      end
      i32.const 200
      i32.add
      return
    end
    i32.const 300)
)

(assert_return (invoke "values" (i32.const 4) (i64.const 9))
  (i32.const 4) (i64.const 9) (i64.const -5) (f32.const 1.5) (f64.const -2.5) (i32.const 40) (i32.const 40))
(assert_return (invoke "to-function-1" (i32.const 12)) (i32.const 12))
(assert_return (invoke "to-function-0" (i32.const 1)))
(assert_return (invoke "g") (i32.const 3))
(assert_return (invoke "to-function-0" (i32.const 0)))
(assert_return (invoke "g") (i32.const 4))
(assert_return (invoke "to-function-n") (i64.const 1) (f32.const 2) (f64.const 3) (i32.const 4))
(assert_return (invoke "to-function-f64" (f64.const 8)) (f64.const 8.5))
(assert_return (invoke "to-loop" (i32.const 10)) (i32.const 1055))
(assert_return (invoke "in-loop" (i32.const 10)) (i32.const 25))
(assert_return (invoke "locals" (i32.const 5) (i32.const 7)) (i32.const 7) (i32.const 6) (i32.const 262))
(assert_return (invoke "edges" (i32.const 1) (i32.const 2)) (i32.const 9))
(assert_exception (invoke "edges" (i32.const 2) (i32.const 1)))
(assert_return (invoke "wide") (i32.const -10))
(assert_return (invoke "indirect" (i32.const 0) (i32.const 7)) (i32.const 107))
(assert_return (invoke "indirect" (i32.const 1) (i32.const 7)) (i32.const 8))
(assert_return (invoke "indirect" (i32.const 2) (i32.const 7)) (i32.const 121))
(assert_trap (invoke "indirect" (i32.const 3) (i32.const 7)) "uninitialized element")
(assert_return (invoke "tail-in-try" (i32.const 3)) (i32.const 3))
(assert_return (invoke "deep" (i32.const 0)) (i32.const 42))
(assert_return (invoke "deep" (i32.const 100000)) (i32.const 42))
(assert_exhaustion (invoke "exhausted") "call stack exhausted")
(assert_return (invoke "relay" (i32.const 2000)) (i32.const 5) (i32.const 2000))
(assert_trap (invoke "null") "null exception reference")
(assert_return (invoke "keep"))
(assert_return (invoke "garbage" (i32.const 200000)))
(assert_return (invoke "kept" (i32.const 0)) (i32.const 32))
(assert_return (invoke "kept" (i32.const 1)) (i32.const 31))
(assert_return (invoke "inside") (i32.const 33))
(assert_return (invoke "list" (i32.const 1000)))
(assert_return (invoke "list" (i32.const 1000)))
(assert_return (invoke "kept" (i32.const 1)) (i32.const 31))
(assert_return (invoke "dead" (i32.const 0)) (i32.const 2))
(assert_return (invoke "dead" (i32.const 1)) (i32.const 1))
(assert_return (invoke "out" (i32.const 0)) (i32.const 61))
(assert_exception (invoke "out" (i32.const 1)))
(assert_return (invoke "nested" (i32.const 0)) (i32.const 107))
(assert_return (invoke "nested" (i32.const 1)) (i32.const 209))
(assert_return (invoke "nested" (i32.const 2)) (i32.const 300))
(assert_return (invoke "nested" (i32.const 3)) (i32.const 208))
(assert_return (invoke "nested" (i32.const 4)) (i32.const 20))

;; Across instances: calls, tail calls, memory and globals of the right instance afterwards
(module $A
  (tag $e (export "e") (param i32))
  (tag $own (export "own") (param i32))
  (memory (export "m") 1)
  (table (export "t") 4 funcref)
  (elem (i32.const 0) func $boom)
  (func $boom (export "boom") (param i32) (result i32)
    (i32.store (i32.const 0) (local.get 0))
    (throw $e (local.get 0)))
  (func (export "own_boom") (param i32) (result i32) (throw $own (local.get 0)))
  (func (export "call_back") (param i32) (result i32)
    (i32.add (call_indirect (param i32) (result i32) (local.get 0) (i32.const 1)) (i32.const 1)))
  (func (export "call_back_tail") (param i32) (result i32) (return_call_indirect (param i32) (result i32) (local.get 0) (i32.const 1)))
)
(register "A")
(module $B
  (tag $e (import "A" "e") (param i32))
  (tag $alias (import "A" "e") (param i32))
  (tag $mine (param i32))
  (func $boom (import "A" "boom") (param i32) (result i32))
  (func $own_boom (import "A" "own_boom") (param i32) (result i32))
  (func $call_back (import "A" "call_back") (param i32) (result i32))
  (func $call_back_tail (import "A" "call_back_tail") (param i32) (result i32))
  (table (import "A" "t") 4 funcref)
  (memory 1)
  (elem (i32.const 1) func $throw_mine)
  (data (i32.const 0) "\07\00\00\00")
  (func $throw_mine (param i32) (result i32)
    (if (i32.eq (local.get 0) (i32.const 2)) (then (return_call $boom (i32.const 22))))
    (if (i32.eq (local.get 0) (i32.const 3)) (then (return (call $boom (i32.const 33)))))
    (throw $mine (local.get 0)))
  ;; the memory afterwards is this instance's
  (func (export "catch") (param i32) (result i32)
    (block $h (result i32) (try_table (result i32) (catch $e $h) (call $boom (local.get 0))) (drop) (i32.const -1))
    (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 1000))))
  (func (export "catch_alias") (param i32) (result i32)
    (block $h (result i32) (try_table (result i32) (catch $mine $h) (catch $alias $h) (call $boom (local.get 0)))))
  (func (export "catch_indirect") (param i32) (result i32)
    (block $h (result i32)
      (try_table (result i32) (catch $e $h) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))))
    (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 1000))))
  (func (export "not_mine") (param i32) (result i32)
    (block $h (result i32) (try_table (result i32) (catch $mine $h) (catch $e $h) (call $own_boom (local.get 0)))))
  (func $tail (param i32) (result i32)
    (block $h (result i32) (try_table (catch $e $h) (return_call $boom (local.get 0))) (unreachable)))
  (func (export "tail") (param i32) (result i32)
    (block $h (result i32) (try_table (result i32) (catch $e $h) (call $tail (local.get 0))) (return))
    (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 1000))))
  (func (export "back") (param i32) (result i32)
    (block $h (result i32) (try_table (result i32) (catch $mine $h) (catch $e $h) (call $call_back (local.get 0))) (return))
    (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 1000))))
  (func (export "back_tail") (param i32) (result i32)
    (block $h (result i32) (try_table (result i32) (catch $mine $h) (catch $e $h) (call $call_back_tail (local.get 0))) (return))
    (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 1000))))
)
(assert_return (invoke "catch" (i32.const 5)) (i32.const 7005))
(assert_return (invoke "catch_alias" (i32.const 5)) (i32.const 5))
(assert_return (invoke "catch_indirect" (i32.const 6)) (i32.const 7006))
(assert_exception (invoke "not_mine" (i32.const 6)))
(assert_return (invoke "tail" (i32.const 8)) (i32.const 7008))
(assert_return (invoke "back" (i32.const 1)) (i32.const 7001))
(assert_return (invoke "back" (i32.const 2)) (i32.const 7022))
(assert_return (invoke "back" (i32.const 3)) (i32.const 7033))
(assert_return (invoke "back_tail" (i32.const 1)) (i32.const 7001))
(assert_return (invoke "back_tail" (i32.const 2)) (i32.const 7022))
(assert_return (invoke "back_tail" (i32.const 3)) (i32.const 7033))
(assert_exception (invoke $A "boom" (i32.const 1)))

;; Two instances of one module have two tags
(module definition $M
  (tag $e (export "e"))
  (func (export "boom") (throw $e))
)
(module instance $M1 $M)
(module instance $M2 $M)
(register "M1" $M1)
(register "M2" $M2)
(module
  (tag $e1 (import "M1" "e"))
  (tag $e2 (import "M2" "e"))
  (func $boom2 (import "M2" "boom"))
  (func (export "which") (result i32)
    (block $h1
      (block $h2
        (try_table (catch $e1 $h1) (catch $e2 $h2) (call $boom2))
        (unreachable))
      (return (i32.const 2)))
    (i32.const 1))
)
(assert_return (invoke "which") (i32.const 2))

;; Validation
(assert_invalid (module (tag $e (param i32)) (func (block $h (try_table (catch $e $h))))) "type mismatch")
(assert_invalid (module (func (try_table (catch_all 1)))) "unknown label")
(assert_invalid (module (func (try_table (catch 0 0)))) "unknown tag")
(assert_invalid (module (func (param i32) (throw_ref (local.get 0)))) "type mismatch")
(assert_invalid (module (tag $e (param i32)) (func (loop $l (try_table (catch $e $l))))) "type mismatch")
(assert_invalid (module (tag $e (param i32 i64)) (func (throw $e (i64.const 1) (i32.const 1)))) "type mismatch")
