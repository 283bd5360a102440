;; The legacy instructions: rethrow and delegate in nests, values, locals, loops.
(module
  (tag $e)
  (tag $i (param i32))
  (tag $mixed (param i64 f32 f64 i32))
  (global $g (mut i32) (i32.const 0))
  (func $boom (param i32) (throw $i (local.get 0)))
  (func $note (param i32) (global.set $g (i32.add (i32.mul (global.get $g) (i32.const 10)) (local.get 0))))
  (func (export "g") (result i32) (global.get $g) (global.set $g (i32.const 0)))

  (func (export "values") (param $a i32) (result i32 i64 f32 f64 i32 i32)
    local.get $a
    try (result i64 f32 f64 i32)
      local.get $a
      i32.const 10
      i32.mul
      local.set $a
      i64.const -5
      f32.const 1.5
      f64.const -2.5
      local.get $a
      throw $mixed
    catch $i
      drop
      unreachable
    catch $mixed
    end
    local.get $a)

  ;; the exception of an outer catch, from inside an inner one that has caught another
  (func $outer_again (param $depth i32)
    try
      (call $boom (i32.const 1))
    catch $i
      drop
      try
        (call $boom (i32.const 2))
      catch $i
        drop
        try
          (call $boom (i32.const 3))
        catch_all
          (if (i32.eq (local.get $depth) (i32.const 0)) (then rethrow 1))
          (if (i32.eq (local.get $depth) (i32.const 1)) (then rethrow 2))
          (if (i32.eq (local.get $depth) (i32.const 2)) (then rethrow 3))
        end
      end
    end)
  (func (export "outer-again") (param i32) (result i32)
    try (result i32)
      (call $outer_again (local.get 0))
      i32.const 0
    catch $i
    end)

  ;; a catch block is a block: br goes to its end, with results
  (func (export "br-from-catch") (param i32) (result i32)
    try $t (result i32)
      (call $boom (i32.const 4))
      i32.const 1
    catch $i
      i32.const 100
      i32.add
      local.get 0
      br_if $t
      i32.const 1000
      i32.add
    end)

  ;; clean-up in every frame
  (func $relay (param $n i32)
    (if (i32.eqz (local.get $n)) (then (throw $i (i32.const 5))))
    try
      (call $relay (i32.sub (local.get $n) (i32.const 1)))
    catch_all
      (global.set $g (i32.add (global.get $g) (i32.const 1)))
      rethrow 0
    end)
  (func (export "relay") (param i32) (result i32 i32)
    try (result i32)
      (call $relay (local.get 0))
      i32.const 0
    catch $i
    end
    global.get $g
    (global.set $g (i32.const 0)))

  ;; what is thrown in a catch is not caught by the same try, but by the next one
  (func (export "throw-in-catch") (result i32)
    try (result i32)
      try (result i32)
        (call $boom (i32.const 6))
        i32.const 0
      catch $i
        i32.const 1
        i32.add
        throw $i
      catch_all
        i32.const -1
      end
    catch $i
      i32.const 100
      i32.add
    end)

  ;; delegate past two tries, to the function, from a catch
  (func (export "delegate-far") (param i32) (result i32)
    try $a (result i32)
      try $b (result i32)
        try $c (result i32)
          try (call $boom (local.get 0)) delegate $a
          i32.const 0
        catch $i
          drop
          i32.const 3
        end
      catch $i
        drop
        i32.const 2
      end
    catch $i
      i32.const 1000
      i32.add
    end)
  (func $delegate_function (param i32)
    try
      try
        try (call $boom (local.get 0)) delegate 2
      catch_all
        (call $note (i32.const 1))
      end
    catch_all
      (call $note (i32.const 2))
    end)
  (func (export "delegate-function") (param i32) (result i32)
    try (result i32) (call $delegate_function (local.get 0)) i32.const 0 catch $i end)
  (func (export "delegate-from-catch") (result i32)
    try $a (result i32)
      try $b (result i32)
        throw $e
      catch $e
        try (result i32)
          try (call $boom (i32.const 8)) delegate $b   ;; $b is in its catch: goes to what is around it
          i32.const 0
        catch_all
          i32.const -2
        end
      end
    catch $i
    end)
  ;; delegate to a loop and to a block inside of a try
  (func (export "delegate-loop") (param $n i32) (result i32)
    (local $sum i32)
    loop $l
      try
        block $blk
          try (call $boom (local.get $n)) delegate $blk
        end
      catch $i
        local.get $sum
        i32.add
        local.set $sum
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $l
    end
    local.get $sum)

  ;; the old and the new in one function
  (func (export "both") (result i32)
    (local $e exnref)
    try (result i32)
      try
        (call $boom (i32.const 9))
      catch_all
        block $h (result exnref)
          try_table (catch_all_ref $h) rethrow 2 end
          unreachable
        end
        local.set $e
      end
      local.get $e
      throw_ref
    catch $i
    end)
)
(assert_return (invoke "values" (i32.const 4)) (i32.const 4) (i64.const -5) (f32.const 1.5) (f64.const -2.5) (i32.const 40) (i32.const 40))
(assert_return (invoke "outer-again" (i32.const 0)) (i32.const 3))
(assert_return (invoke "outer-again" (i32.const 1)) (i32.const 2))
(assert_return (invoke "outer-again" (i32.const 2)) (i32.const 1))
(assert_return (invoke "outer-again" (i32.const 3)) (i32.const 0))
(assert_return (invoke "br-from-catch" (i32.const 1)) (i32.const 104))
(assert_return (invoke "br-from-catch" (i32.const 0)) (i32.const 1104))
(assert_return (invoke "relay" (i32.const 2000)) (i32.const 5) (i32.const 2000))
(assert_return (invoke "throw-in-catch") (i32.const 107))
(assert_return (invoke "delegate-far" (i32.const 7)) (i32.const 1007))
(assert_return (invoke "delegate-function" (i32.const 7)) (i32.const 7))
(assert_return (invoke "g") (i32.const 0))
(assert_return (invoke "delegate-from-catch") (i32.const 8))
(assert_return (invoke "delegate-loop" (i32.const 4)) (i32.const 10))
(assert_return (invoke "both") (i32.const 9))

(assert_invalid (module (tag $e (param i32)) (func (try (do) (catch $e)))) "type mismatch")
(assert_invalid (module (func (try (do) (catch 0)))) "unknown tag")
(assert_invalid (module (func (block (try (do) (catch_all (rethrow 1)))))) "invalid rethrow label")
