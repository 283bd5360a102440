;; Copies at merge points: values of branches, loop parameters and br_table go to the label's slots as one parallel move.
(module
  (func (export "loop-swap") (param $n i32) (param $a i32) (param $b i32) (result i32 i32)
    (local $t i32)
    local.get $a
    local.get $b
    loop $again (param i32 i32) (result i32 i32)
      local.set $b
      local.set $a
      local.get $b
      local.get $a
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end)
  ;; a cycle of three kept only in the loop's parameters
  (func $rot (param i32 i32 i32) (result i32 i32 i32)
    local.get 1
    local.get 2
    local.get 0)
  (func (export "loop-rotate") (param $n i32) (result i32 i32 i32)
    i32.const 1
    i32.const 2
    i32.const 3
    loop $again (param i32 i32 i32) (result i32 i32 i32)
      call $rot
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end)
  ;; locals are pending in a different order than the label's slots
  (func (export "br-permute") (param $a i32) (param $b i32) (param $c i32) (result i32 i32 i32)
    block (result i32 i32 i32)
      local.get $c
      local.get $a
      local.get $b
      br 0
    end)
  (func (export "return-reverse") (param $a i32) (param $b i32) (param $c i32) (param $d i32) (result i32 i32 i32 i32)
    local.get $d
    local.get $c
    local.get $b
    local.get $a)
  (func (export "return-reverse-explicit") (param $a i32) (param $b i32) (param $c i32) (param $d i32) (result i32 i32 i32 i32)
    local.get $d
    local.get $c
    local.get $b
    local.get $a
    return)
  (func (export "return-duplicate") (param $a i32) (param $b i32) (result i32 i32 i32 i32)
    local.get $b
    local.get $b
    local.get $a
    local.get $a)
  ;; more results than parameters: they overlap what is saved in the frame
  (func (export "return-more") (param $a i32) (result i32 i32 i32 i32 i32 i32 i32 i32)
    (local $l i32)
    i32.const 1
    local.get $a
    i32.const 3
    local.get $l
    local.get $a
    i32.const 2
    i32.mul
    i32.const 6
    local.get $a
    i32.const 8)
  (func (export "return-more-wide") (param $a f32) (result f64 i64 f32 i32 f64)
    local.get $a
    f64.promote_f32
    i64.const 2
    local.get $a
    i32.const 4
    f64.const 5)
  (func $many (param i32) (result i32 i32 i32 i32 i32 i32)
    (local i32 i32)
    local.get 0
    local.get 0
    i32.const 1
    i32.add
    local.tee 1
    local.get 1
    i32.const 1
    i32.add
    local.tee 2
    local.get 0
    local.get 1
    local.get 2)
  (func (export "nested-many") (param i32) (result i32)
    i32.const 1000
    local.get 0
    call $many
    call $many
    i32.add
    i32.add
    i32.add
    i32.add
    i32.add
    i32.mul
    i32.sub
    i32.xor
    i32.add
    i32.add
    i32.add)
  ;; br out of deep stacks with junk below
  (func (export "br-drops") (param $c i32) (result i32 i32)
    i32.const 1
    block (result i32)
      i32.const 2
      i32.const 3
      i32.const 4
      local.get $c
      br_if 0
      drop
      i32.const 30
      br 0
    end)
  (func (export "br_if-drops") (param $c i32) (result i32)
    i32.const 100
    block $out (result i32 i32)
      i32.const 9
      i32.const 8
      i32.const 7
      i32.const 6
      local.get $c
      br_if $out
      i32.add
      i32.add
      br $out
    end
    i32.sub
    i32.add)
  ;; br_table to labels of different depth, with values, from junk
  (func (export "br_table-values") (param $i i32) (result i32)
    block $two (result i32)
      block $one (result i32)
        block $zero (result i32)
          i32.const 1000
          i32.const 7
          local.get $i
          br_table $zero $one $two $one $zero $two
        end
        i32.const 10
        i32.add
      end
      i32.const 100
      i32.add
    end
    local.get $i
    i32.add)
  (func (export "br_table-pair") (param $i i32) (param $a i32) (param $b i32) (result i32)
    block $out (result i32 i32)
      block $in (result i32 i32)
        local.get $b
        local.get $a
        local.get $i
        br_table $in $out
      end
      local.set $a
      local.set $b
      local.get $a
      local.get $b
    end
    i32.sub)
  (func (export "br_table-loop") (param $n i32) (result i32)
    (local $i i32) (local $sum i32)
    block $exit
      loop $next
        block $c
          block $b
            block $a
              local.get $i
              local.get $n
              i32.ge_u
              br_if $exit
              local.get $i
              i32.const 3
              i32.rem_u
              br_table $a $b $c
            end
            local.get $sum
            i32.const 1
            i32.add
            local.set $sum
            local.get $i
            i32.const 1
            i32.add
            local.set $i
            br $next
          end
          local.get $sum
          i32.const 10
          i32.add
          local.set $sum
          local.get $i
          i32.const 1
          i32.add
          local.set $i
          br $next
        end
        local.get $sum
        i32.const 100
        i32.add
        local.set $sum
        local.get $i
        i32.const 1
        i32.add
        local.set $i
        br $next
      end
    end
    local.get $sum)
  ;; br_table back to a loop with parameters: (sum, n) -> (sum + n, n - 1)
  (func (export "br_table-to-loop") (param $n i32) (result i32)
    (local $sum i32)
    i32.const 0
    local.get $n
    block $stop (param i32 i32) (result i32 i32)
      loop $l (param i32 i32) (result i32 i32)
        local.set $n
        local.get $n
        i32.add
        local.set $sum
        local.get $sum
        local.get $n
        i32.const 1
        i32.sub
        local.get $n
        i32.const 1
        i32.le_u
        br_table $l $stop
      end
    end
    i32.const 1000
    i32.mul
    i32.add)
  ;; the loop's parameters are swapped locals plus a constant
  (func (export "loop-shift") (param $n i32) (param $a i32) (param $b i32) (param $c i32) (result i32)
    local.get $a
    local.get $b
    local.get $c
    loop $l (param i32 i32 i32) (result i32)
      local.set $a
      local.set $b
      local.set $c
      i32.const 7
      local.get $a
      local.get $b
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $l
      drop
      drop
      drop
      local.get $a
      i32.const 10000
      i32.mul
      local.get $b
      i32.const 100
      i32.mul
      i32.add
      local.get $c
      i32.add
    end)
  (func (export "if-params") (param $c i32) (param $a i32) (param $b i32) (result i32 i32)
    local.get $a
    local.get $b
    local.get $c
    if (param i32 i32) (result i32 i32)
      i32.add
      local.get $a
    else
      i32.sub
      local.get $b
    end)
  ;; an if without else passes its parameters through
  (func (export "if-no-else") (param $c i32) (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    local.get $c
    if (param i32 i32) (result i32 i32)
      local.set $a
      local.set $b
      local.get $a
      local.get $b
    end
    i32.sub)
  ;; the parameter of a block is a local that the block overwrites
  (func (export "block-param-overwritten") (param $x i32) (result i32)
    local.get $x
    block (param i32) (result i32)
      i32.const 50
      local.set $x
      local.get $x
      i32.mul
    end
    local.get $x
    i32.add)
  (func (export "loop-param-overwritten") (param $x i32) (param $n i32) (result i32)
    local.get $x
    loop $l (param i32) (result i32)
      local.get $x
      i32.const 2
      i32.mul
      local.set $x
      local.get $x
      i32.add
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $l
    end)
  ;; br_if with several values, taken and not taken, then used
  (func (export "br_if-pair") (param $c i32) (param $a i32) (param $b i32) (result i32 i32)
    block $out (result i32 i32)
      local.get $b
      local.get $a
      local.get $c
      br_if $out
      local.set $b
      local.set $a
      local.get $b
      local.get $a
      i32.const 1
      i32.add
    end)
  ;; mixed widths and kinds across a merge
  (func (export "mixed") (param $c i32) (param $i i32) (param $l i64) (param $f f32) (param $d f64) (result f64 f32 i64 i32)
    block $out (result f64 f32 i64 i32)
      local.get $d
      local.get $f
      local.get $l
      local.get $i
      local.get $c
      br_if $out
      drop drop drop drop
      local.get $f
      f64.promote_f32
      local.get $d
      f32.demote_f64
      local.get $i
      i64.extend_i32_s
      local.get $l
      i32.wrap_i64
    end)
  ;; a branch to the function's own label
  (func (export "br-function") (param $c i32) (param $a i32) (result i32 i32)
    local.get $a
    i32.const 5
    local.get $c
    br_if 0
    br 0)
  (func (export "br_table-function") (param $c i32) (param $a i32) (result i32 i32)
    block
      i32.const 9
      local.get $a
      local.get $c
      br_table 1 1
    end
    unreachable)
  ;; results in the middle of a loop that is left by br 1 with values
  (func (export "leave-loop") (param $n i32) (result i32 i32)
    (local $i i32)
    block $out (result i32 i32)
      loop $l
        local.get $i
        local.get $n
        local.get $i
        local.get $n
        i32.eq
        br_if $out
        drop
        i32.const 1
        i32.add
        local.set $i
        br $l
      end
      unreachable
    end)
)
(assert_return (invoke "loop-swap" (i32.const 1) (i32.const 10) (i32.const 20)) (i32.const 20) (i32.const 10))
(assert_return (invoke "loop-swap" (i32.const 2) (i32.const 10) (i32.const 20)) (i32.const 10) (i32.const 20))
(assert_return (invoke "loop-swap" (i32.const 7) (i32.const 10) (i32.const 20)) (i32.const 20) (i32.const 10))
(assert_return (invoke "loop-rotate" (i32.const 1)) (i32.const 2) (i32.const 3) (i32.const 1))
(assert_return (invoke "loop-rotate" (i32.const 2)) (i32.const 3) (i32.const 1) (i32.const 2))
(assert_return (invoke "loop-rotate" (i32.const 3)) (i32.const 1) (i32.const 2) (i32.const 3))
(assert_return (invoke "br-permute" (i32.const 1) (i32.const 2) (i32.const 3)) (i32.const 3) (i32.const 1) (i32.const 2))
(assert_return (invoke "return-reverse" (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4))
  (i32.const 4) (i32.const 3) (i32.const 2) (i32.const 1))
(assert_return (invoke "return-reverse-explicit" (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4))
  (i32.const 4) (i32.const 3) (i32.const 2) (i32.const 1))
(assert_return (invoke "return-duplicate" (i32.const 1) (i32.const 2)) (i32.const 2) (i32.const 2) (i32.const 1) (i32.const 1))
(assert_return (invoke "return-more" (i32.const 50))
  (i32.const 1) (i32.const 50) (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 6) (i32.const 50) (i32.const 8))
(assert_return (invoke "return-more-wide" (f32.const 1.5)) (f64.const 1.5) (i64.const 2) (f32.const 1.5) (i32.const 4) (f64.const 5))
(assert_return (invoke "nested-many" (i32.const 3)) (i32.const 869))
(assert_return (invoke "br-drops" (i32.const 1)) (i32.const 1) (i32.const 4))
(assert_return (invoke "br-drops" (i32.const 0)) (i32.const 1) (i32.const 30))
(assert_return (invoke "br_if-drops" (i32.const 1)) (i32.const 101))
(assert_return (invoke "br_if-drops" (i32.const 0)) (i32.const 88))
(assert_return (invoke "br_table-values" (i32.const 0)) (i32.const 117))
(assert_return (invoke "br_table-values" (i32.const 1)) (i32.const 108))
(assert_return (invoke "br_table-values" (i32.const 2)) (i32.const 9))
(assert_return (invoke "br_table-values" (i32.const 3)) (i32.const 110))
(assert_return (invoke "br_table-values" (i32.const 4)) (i32.const 121))
(assert_return (invoke "br_table-values" (i32.const 5)) (i32.const 12))
(assert_return (invoke "br_table-values" (i32.const -1)) (i32.const 6))
(assert_return (invoke "br_table-pair" (i32.const 0) (i32.const 10) (i32.const 3)) (i32.const 7))
(assert_return (invoke "br_table-pair" (i32.const 1) (i32.const 10) (i32.const 3)) (i32.const -7))
(assert_return (invoke "br_table-pair" (i32.const -1) (i32.const 10) (i32.const 3)) (i32.const -7))
(assert_return (invoke "br_table-loop" (i32.const 10)) (i32.const 334))
(assert_return (invoke "br_table-loop" (i32.const 0)) (i32.const 0))
(assert_return (invoke "br_table-to-loop" (i32.const 4)) (i32.const 10))
(assert_return (invoke "loop-shift" (i32.const 1) (i32.const 1) (i32.const 2) (i32.const 3)) (i32.const 30201))
(assert_return (invoke "loop-shift" (i32.const 2) (i32.const 1) (i32.const 2) (i32.const 3)) (i32.const 20307))
(assert_return (invoke "loop-shift" (i32.const 3) (i32.const 1) (i32.const 2) (i32.const 3)) (i32.const 30207))
(assert_return (invoke "if-params" (i32.const 1) (i32.const 10) (i32.const 3)) (i32.const 13) (i32.const 10))
(assert_return (invoke "if-params" (i32.const 0) (i32.const 10) (i32.const 3)) (i32.const 7) (i32.const 3))
(assert_return (invoke "if-no-else" (i32.const 1) (i32.const 10) (i32.const 3)) (i32.const -7))
(assert_return (invoke "if-no-else" (i32.const 0) (i32.const 10) (i32.const 3)) (i32.const 7))
(assert_return (invoke "block-param-overwritten" (i32.const 4)) (i32.const 250))
(assert_return (invoke "loop-param-overwritten" (i32.const 1) (i32.const 3)) (i32.const 15))
(assert_return (invoke "br_if-pair" (i32.const 1) (i32.const 10) (i32.const 3)) (i32.const 3) (i32.const 10))
(assert_return (invoke "br_if-pair" (i32.const 0) (i32.const 10) (i32.const 3)) (i32.const 10) (i32.const 4))
(assert_return (invoke "mixed" (i32.const 1) (i32.const -1) (i64.const 0x1fffffffe) (f32.const 1.25) (f64.const 2.5))
  (f64.const 2.5) (f32.const 1.25) (i64.const 0x1fffffffe) (i32.const -1))
(assert_return (invoke "mixed" (i32.const 0) (i32.const -1) (i64.const 0x1fffffffe) (f32.const 1.25) (f64.const 2.5))
  (f64.const 1.25) (f32.const 2.5) (i64.const -1) (i32.const -2))
(assert_return (invoke "br-function" (i32.const 0) (i32.const 8)) (i32.const 8) (i32.const 5))
(assert_return (invoke "br-function" (i32.const 1) (i32.const 8)) (i32.const 8) (i32.const 5))
(assert_return (invoke "br_table-function" (i32.const 1) (i32.const 8)) (i32.const 9) (i32.const 8))
(assert_return (invoke "leave-loop" (i32.const 6)) (i32.const 6) (i32.const 6))

;; Wide merges: more values than fit in any register set, all permuted in every turn.
(module
  (type $eight (func (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32 i32 i32 i32 i32 i32 i32 i32)))
  (func $shuffle (type $eight)
    local.get 3 local.get 7 local.get 0 local.get 5 local.get 1 local.get 2 local.get 4 local.get 6)
  (func (export "shuffle-loop") (param $n i32) (result i32)
    (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $e i32) (local $f i32) (local $g i32) (local $h i32)
    i32.const 1 i32.const 2 i32.const 3 i32.const 4 i32.const 5 i32.const 6 i32.const 7 i32.const 8
    loop $l (type $eight)
      local.set $h local.set $g local.set $f local.set $e local.set $d local.set $c local.set $b local.set $a
      local.get $d local.get $h local.get $a local.get $f local.get $b local.get $c local.get $e local.get $g
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $l
    end
    local.set $h local.set $g local.set $f local.set $e local.set $d local.set $c local.set $b local.set $a
    local.get $a
    i32.const 10
    i32.mul local.get $b i32.add i32.const 10
    i32.mul local.get $c i32.add i32.const 10
    i32.mul local.get $d i32.add i32.const 10
    i32.mul local.get $e i32.add i32.const 10
    i32.mul local.get $f i32.add i32.const 10
    i32.mul local.get $g i32.add i32.const 10
    i32.mul local.get $h i32.add)
  (func $tail-shuffle (export "shuffle-tail") (param $n i32) (param i32 i32 i32 i32 i32 i32 i32 i32)
        (result i32 i32 i32 i32 i32 i32 i32 i32)
    local.get $n
    i32.eqz
    if
      local.get 1 local.get 2 local.get 3 local.get 4 local.get 5 local.get 6 local.get 7 local.get 8
      return
    end
    local.get $n
    i32.const 1
    i32.sub
    local.get 4 local.get 8 local.get 1 local.get 6 local.get 2 local.get 3 local.get 5 local.get 7
    return_call $tail-shuffle)
  (func (export "shuffle-calls") (result i32 i32 i32 i32 i32 i32 i32 i32)
    i32.const 1 i32.const 2 i32.const 3 i32.const 4 i32.const 5 i32.const 6 i32.const 7 i32.const 8
    call $shuffle
    call $shuffle
    call $shuffle)
)
(assert_return (invoke "shuffle-loop" (i32.const 1)) (i32.const 48162357))
(assert_return (invoke "shuffle-loop" (i32.const 3)) (i32.const 35617482))
(assert_return (invoke "shuffle-loop" (i32.const 1000)) (i32.const 12345678))
(assert_return (invoke "shuffle-calls")
  (i32.const 3) (i32.const 5) (i32.const 6) (i32.const 1) (i32.const 7) (i32.const 4) (i32.const 8) (i32.const 2))
(assert_return (invoke "shuffle-tail" (i32.const 3)
    (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8))
  (i32.const 3) (i32.const 5) (i32.const 6) (i32.const 1) (i32.const 7) (i32.const 4) (i32.const 8) (i32.const 2))

;; What an accumulator holds is still known where branches meet, if it is the same on every way there; and after a test, of what was tested.
(module
  (memory 1)
  (data (i32.const 0) "\05\00\00\00\0b\00\00\00\00\00\00\00\00\00\f8\3f\00\00\00\00\00\00\04\40")
  (tag $e)
  (func $throws (throw $e))

  (func (export "tested") (param $p i32) (result i32) (local $x i32)
    (local.set $x (i32.load (local.get $p)))
    (if (result i32) (i32.eq (local.get $x) (i32.const 5)) (then (i32.mul (local.get $x) (i32.const 3))) (else (i32.sub (local.get $x) (i32.const 1)))))
  (func (export "tested for zero") (param $x i64) (result i64)
    (local.set $x (i64.add (local.get $x) (i64.const -1)))
    (block (br_if 0 (i64.eqz (local.get $x))) (return (i64.mul (local.get $x) (i64.const 3))))
    (i64.sub (local.get $x) (i64.const 9)))
  (func (export "tested bits") (param $x i32) (result i32)
    (local.set $x (i32.mul (local.get $x) (i32.const 3)))
    (block (br_if 0 (i32.and (local.get $x) (i32.const 4))) (return (i32.xor (local.get $x) (i32.const 1))))
    (i32.shl (local.get $x) (i32.const 1)))
  (func (export "agree") (param $c i32) (result i32) (local $t i32)
    (if (local.get $c) (then (local.set $t (i32.load (i32.const 0)))) (else (local.set $t (i32.load (i32.const 4)))))
    (i32.add (local.get $t) (i32.const 100)))
  (func (export "disagree") (param $c i32) (result i32) (local $t i32) (local $u i32)
    (if (local.get $c)
      (then (local.set $u (i32.load (i32.const 4))) (local.set $t (i32.load (i32.const 0))))
      (else (local.set $t (i32.load (i32.const 4))) (local.set $u (i32.load (i32.const 0)))))
    (i32.sub (i32.mul (local.get $t) (i32.const 10)) (local.get $u)))
  ;; the jump with the increment leaves no sum in the accumulator
  (func (export "jump adds") (param $i i32) (param $c i32) (result i32)
    (block $out
      (block $in
        (br_if $in (i32.eqz (local.get $c)))
        (local.set $i (i32.add (local.get $i) (i32.const 7)))
        (br $out))
      (local.set $i (i32.mul (local.get $i) (i32.const 3))))
    (i32.add (local.get $i) (i32.const 100)))
  (func (export "jump sets") (param $i i32) (param $c i32) (result i32) (local $t i32)
    (block $out
      (block $in
        (br_if $in (i32.eqz (local.get $c)))
        (local.set $t (i32.const 50))
        (br $out))
      (local.set $t (i32.mul (local.get $i) (i32.const 3))))
    (i32.add (local.get $t) (i32.const 100)))
  (func (export "no else") (param $p i32) (result i32) (local $t i32)
    (local.set $t (i32.load (local.get $p)))
    (if (i32.gt_s (local.get $t) (i32.const 6)) (then (local.set $t (i32.mul (local.get $t) (i32.const 3)))))
    (i32.add (local.get $t) (i32.const 1)))
  (func (export "no else, another") (param $p i32) (result i32) (local $t i32) (local $u i32)
    (local.set $t (i32.load (local.get $p)))
    (if (i32.gt_s (local.get $t) (i32.const 6)) (then (local.set $u (i32.mul (local.get $t) (i32.const 3)))))
    (i32.add (i32.mul (local.get $t) (i32.const 1000)) (local.get $u)))
  (func (export "result") (param $c i32) (result i32)
    (i32.mul (if (result i32) (local.get $c) (then (i32.load (i32.const 0))) (else (i32.load (i32.const 4)))) (i32.const 7)))
  (func (export "moved") (param $c i32) (result i32)
    (i32.add (i32.const 1000)
      (block (result i32)
        (drop (br_if 0 (i32.add (local.get $c) (i32.const 20)) (local.get $c)))
        (i32.load (i32.const 4)))))
  (func (export "table") (param $c i32) (result i32) (local $t i32)
    (local.set $t (i32.rem_u (local.get $c) (i32.const 3)))
    (block $b (block $a (br_table $a $b (local.get $t))) (return (i32.add (local.get $t) (i32.const 40))))
    (i32.mul (local.get $t) (i32.const 5)))
  (func (export "loop") (param $t i32) (result i32) (local $sum i32)
    (local.set $t (i32.mul (local.get $t) (i32.const 2)))
    (loop
      (local.set $sum (i32.add (local.get $sum) (i32.mul (local.get $t) (local.get $t))))
      (br_if 0 (i32.lt_s (local.tee $t (i32.add (local.get $t) (i32.const 3))) (i32.const 12))))
    (i32.sub (i32.mul (local.get $sum) (i32.const 100)) (local.get $t)))
  (func (export "latch") (param $n i32) (result i32)
    (loop (br_if 0 (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 3))) (i32.const 0))))
    (i32.mul (local.get $n) (i32.const 10)))
  (func (export "latch of two") (param $n i32) (result i32) (local $i i32)
    (loop
      (local.set $i (i32.add (local.get $i) (i32.const 5)))
      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.sub (i32.mul (local.get $n) (i32.const 1000)) (local.get $i)))
  (func (export "floats") (param $c i32) (result f64) (local $x f64)
    (if (local.get $c) (then (local.set $x (f64.load (i32.const 8)))) (else (local.set $x (f64.load (i32.const 16)))))
    (if (f64.gt (local.get $x) (f64.const 2)) (then (local.set $x (f64.mul (local.get $x) (f64.const 2)))))
    (f64.add (local.get $x) (f64.const 0.25)))
  (func (export "vectors") (param $c i32) (result i32) (local $x v128)
    (if (local.get $c) (then (local.set $x (i32x4.splat (i32.load (i32.const 0))))) (else (local.set $x (i32x4.splat (local.get $c)))))
    (i32x4.extract_lane 2 (i32x4.add (local.get $x) (local.get $x))))
  ;; what is caught comes from elsewhere
  (func (export "caught") (param $c i32) (result i32) (local $t i32)
    (block $h
      (try_table (catch $e $h)
        (local.set $t (i32.load (i32.const 0)))
        (if (local.get $c) (then (call $throws)))
        (local.set $t (i32.load (i32.const 4)))))
    (i32.add (local.get $t) (i32.const 100))))
(assert_return (invoke "tested" (i32.const 0)) (i32.const 15))
(assert_return (invoke "tested" (i32.const 4)) (i32.const 10))
(assert_return (invoke "tested for zero" (i64.const 1)) (i64.const -9))
(assert_return (invoke "tested for zero" (i64.const 5)) (i64.const 12))
(assert_return (invoke "tested bits" (i32.const 4)) (i32.const 24))
(assert_return (invoke "tested bits" (i32.const 1)) (i32.const 2))
(assert_return (invoke "agree" (i32.const 1)) (i32.const 105))
(assert_return (invoke "agree" (i32.const 0)) (i32.const 111))
(assert_return (invoke "disagree" (i32.const 1)) (i32.const 39))
(assert_return (invoke "disagree" (i32.const 0)) (i32.const 105))
(assert_return (invoke "jump adds" (i32.const 4) (i32.const 1)) (i32.const 111))
(assert_return (invoke "jump adds" (i32.const 4) (i32.const 0)) (i32.const 112))
(assert_return (invoke "jump sets" (i32.const 4) (i32.const 1)) (i32.const 150))
(assert_return (invoke "jump sets" (i32.const 4) (i32.const 0)) (i32.const 112))
(assert_return (invoke "no else" (i32.const 0)) (i32.const 6))
(assert_return (invoke "no else" (i32.const 4)) (i32.const 34))
(assert_return (invoke "no else, another" (i32.const 0)) (i32.const 5000))
(assert_return (invoke "no else, another" (i32.const 4)) (i32.const 11033))
(assert_return (invoke "result" (i32.const 1)) (i32.const 35))
(assert_return (invoke "result" (i32.const 0)) (i32.const 77))
(assert_return (invoke "moved" (i32.const 3)) (i32.const 1023))
(assert_return (invoke "moved" (i32.const 0)) (i32.const 1011))
(assert_return (invoke "table" (i32.const 3)) (i32.const 40))
(assert_return (invoke "table" (i32.const 4)) (i32.const 5))
(assert_return (invoke "table" (i32.const 5)) (i32.const 10))
(assert_return (invoke "loop" (i32.const 1)) (i32.const 21386))
(assert_return (invoke "latch" (i32.const 10)) (i32.const -20))
(assert_return (invoke "latch of two" (i32.const 4)) (i32.const -20))
(assert_return (invoke "floats" (i32.const 1)) (f64.const 1.75))
(assert_return (invoke "floats" (i32.const 0)) (f64.const 5.25))
(assert_return (invoke "vectors" (i32.const 1)) (i32.const 10))
(assert_return (invoke "vectors" (i32.const 0)) (i32.const 0))
(assert_return (invoke "caught" (i32.const 1)) (i32.const 105))
(assert_return (invoke "caught" (i32.const 0)) (i32.const 111))

;; br_if with values that are where the label wants them: one branch, no way round
(module
  (func (export "down") (param $n i32) (result i32)
    (local.get $n)
    (loop $l (param i32) (result i32)
      (i32.sub (i32.const 1))
      (local.tee $n)
      (br_if $l (local.get $n))))
  (func (export "down by a comparison") (param $n i32) (result i32) (local $steps i32)
    (local.get $n)
    (loop $l (param i32) (result i32)
      (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
      (i32.sub (i32.const 3))
      (local.tee $n)
      (br_if $l (i32.gt_s (local.get $n) (i32.const 0))))
    (i32.add (i32.mul (local.get $steps) (i32.const 100))))
  (func (export "two up") (param $n i64) (result i64 f64)
    (i64.const 1) (f64.const 0.5)
    (loop $l (param i64 f64) (result i64 f64)
      (f64.mul (f64.const 2))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $l (i64.ne (local.get $n) (i64.const 0)))))
  (func (export "computed") (param $x i32) (param $c i32) (result i32)
    (i32.const 5)
    (block $b (result i32)
      (i32.mul (local.get $x) (local.get $x))
      (br_if $b (i32.eqz (local.get $c)))
      (i32.add (i32.const 1000)))
    (i32.add))
  (func (export "one below") (param $x i32) (param $c i32) (result i32)
    (block $b (result i32)
      (i32.const 7)
      (i32.mul (local.get $x) (local.get $x))
      (br_if $b (i32.eqz (local.get $c)))
      (i32.sub)))
  (func (export "a local and a constant") (param $x i32) (param $c i32) (result i32 i32)
    (block $b (result i32 i32)
      (local.get $x) (i32.const 9)
      (br_if $b (local.get $c))
      (local.set $x (i32.const 77))
      (i32.add (i32.const 1)))))
(assert_return (invoke "down" (i32.const 5)) (i32.const 0))
(assert_return (invoke "down by a comparison" (i32.const 10)) (i32.const 398))
(assert_return (invoke "two up" (i64.const 4)) (i64.const 1) (f64.const 8))
(assert_return (invoke "computed" (i32.const 6) (i32.const 0)) (i32.const 41))
(assert_return (invoke "computed" (i32.const 6) (i32.const 1)) (i32.const 1041))
(assert_return (invoke "one below" (i32.const 6) (i32.const 0)) (i32.const 36))
(assert_return (invoke "one below" (i32.const 6) (i32.const 1)) (i32.const -29))
(assert_return (invoke "a local and a constant" (i32.const 6) (i32.const 1)) (i32.const 6) (i32.const 9))
(assert_return (invoke "a local and a constant" (i32.const 6) (i32.const 0)) (i32.const 6) (i32.const 10))
