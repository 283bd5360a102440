;; Compare and branch as one instruction, loop latches, select, br_table; and code that cannot be reached.
(module
  ;; eqz chains in front of branches
  (func (export "eqz1") (param i32) (result i32) local.get 0 i32.eqz if (result i32) i32.const 1 else i32.const 2 end)
  (func (export "eqz2") (param i32) (result i32) local.get 0 i32.eqz i32.eqz if (result i32) i32.const 1 else i32.const 2 end)
  (func (export "eqz3") (param i32) (result i32)
    block (result i32) i32.const 1 local.get 0 i32.eqz i32.eqz i32.eqz br_if 0 drop i32.const 2 end)
  (func (export "eqz64") (param i64) (result i32) local.get 0 i64.eqz if (result i32) i32.const 1 else i32.const 2 end)
  (func (export "eqz64 low half") (param i64) (result i32)
    block (result i32) i32.const 1 local.get 0 i64.eqz i32.eqz br_if 0 drop i32.const 2 end)
  (func (export "and") (param i32 i32) (result i32) local.get 0 local.get 1 i32.and if (result i32) i32.const 1 else i32.const 2 end)
  (func (export "and const") (param i32) (result i32) block (result i32) i32.const 1 local.get 0 i32.const 8 i32.and br_if 0 drop i32.const 2 end)
  (func (export "and eqz") (param i32) (result i32) block (result i32) i32.const 1 local.get 0 i32.const 8 i32.and i32.eqz br_if 0 drop i32.const 2 end)
  (func (export "sub as condition") (param i32 i32) (result i32) local.get 0 local.get 1 i32.sub if (result i32) i32.const 1 else i32.const 2 end)
  (func (export "const left") (param i32) (result i32) block (result i32) i32.const 1 i32.const 5 local.get 0 i32.lt_s br_if 0 drop i32.const 2 end)
  (func (export "const right") (param i32) (result i32) block (result i32) i32.const 1 local.get 0 i32.const 5 i32.lt_s br_if 0 drop i32.const 2 end)
  (func (export "lt_u big const") (param i32) (result i32) block (result i32) i32.const 1 local.get 0 i32.const 0x80000000 i32.lt_u br_if 0 drop i32.const 2 end)
  (func (export "ge_s minus one") (param i32) (result i32) local.get 0 i32.const -1 i32.ge_s if (result i32) i32.const 1 else i32.const 2 end)
  (func (export "i64 big const") (param i64) (result i32) block (result i32) i32.const 1 local.get 0 i64.const 0x100000000 i64.eq br_if 0 drop i32.const 2 end)
  (func (export "i64 minus one") (param i64) (result i32) block (result i32) i32.const 1 local.get 0 i64.const -1 i64.eq br_if 0 drop i32.const 2 end)
  (func (export "both const") (result i32) block (result i32) i32.const 1 i32.const 3 i32.const 4 i32.lt_s br_if 0 drop i32.const 2 end)
  (func (export "same local") (param i32) (result i32) block (result i32) i32.const 1 local.get 0 local.get 0 i32.lt_s br_if 0 drop i32.const 2 end)
  (func (export "acc left") (param i32 i32) (result i32)
    block (result i32) i32.const 1 local.get 0 i32.const 3 i32.mul local.get 1 i32.gt_s br_if 0 drop i32.const 2 end)
  (func (export "acc right") (param i32 i32) (result i32)
    block (result i32) i32.const 1 local.get 1 local.get 0 i32.const 3 i32.mul i32.gt_s br_if 0 drop i32.const 2 end)
  ;; the comparison's result is kept as well as branched on: no fusion
  (func (export "compare kept") (param i32 i32) (result i32)
    (local $c i32)
    block
      local.get 0
      local.get 1
      i32.lt_s
      local.tee $c
      br_if 0
      i32.const 10
      local.get $c
      i32.add
      return
    end
    i32.const 20
    local.get $c
    i32.add)
  (func (export "compare with set between") (param i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.lt_s
    i32.const 100
    local.set 0
    if (result i32)
      local.get 0
    else
      local.get 1
    end)
  ;; the operand of the comparison is changed by a tee inside the same expression
  (func (export "tee in compare") (param i32) (result i32)
    local.get 0
    local.get 0
    i32.const 1
    i32.add
    local.tee 0
    i32.lt_s
    if (result i32)
      local.get 0
    else
      i32.const -1
    end)
  ;; a label between the comparison and the branch
  (func (export "label between") (param i32 i32) (result i32)
    block $b (result i32)
      local.get 0
      i32.const 0
      local.get 1
      br_if $b
      drop
      i32.const 10
      i32.lt_s
      br $b
    end
    if (result i32)
      i32.const 1
    else
      i32.const 2
    end)
  ;; if with a compare, nested, both arms with values
  (func (export "clamp") (param $x i32) (param $lo i32) (param $hi i32) (result i32)
    local.get $x
    local.get $lo
    i32.lt_s
    if (result i32)
      local.get $lo
    else
      local.get $x
      local.get $hi
      i32.gt_s
      if (result i32)
        local.get $hi
      else
        local.get $x
      end
    end)
  ;; the loop latch: add, compare, branch, with the counter read in the body and after the loop
  (func (export "latch up") (param $n i32) (result i32 i32)
    (local $i i32) (local $s i32)
    loop $l
      local.get $s
      local.get $i
      i32.add
      local.set $s
      local.get $i
      i32.const 1
      i32.add
      local.tee $i
      local.get $n
      i32.lt_s
      br_if $l
    end
    local.get $s
    local.get $i)
  (func (export "latch down") (param $n i32) (result i32 i32)
    (local $s i32)
    loop $l
      local.get $s
      local.get $n
      i32.add
      local.set $s
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $l
    end
    local.get $s
    local.get $n)
  (func (export "latch ne") (param $n i32) (result i32 i32)
    (local $i i32) (local $s i32)
    loop $l
      local.get $s
      i32.const 3
      i32.add
      local.set $s
      local.get $i
      i32.const 2
      i32.add
      local.tee $i
      local.get $n
      i32.ne
      br_if $l
    end
    local.get $s
    local.get $i)
  (func (export "latch set") (param $n i32) (result i32 i32)
    (local $i i32) (local $s i32)
    loop $l
      local.get $i
      i32.const 1
      i32.add
      local.set $i
      local.get $s
      local.get $i
      i32.add
      local.set $s
      local.get $i
      local.get $n
      i32.lt_u
      br_if $l
    end
    local.get $s
    local.get $i)
  (func (export "latch 64") (param $n i64) (result i64 i64)
    (local $i i64) (local $s i64)
    loop $l
      local.get $s
      local.get $i
      i64.add
      local.set $s
      local.get $i
      i64.const 1
      i64.add
      local.tee $i
      local.get $n
      i64.ne
      br_if $l
    end
    local.get $s
    local.get $i)
  (func (export "latch limit in loop") (param $n i32) (result i32)
    (local $i i32)
    loop $l
      local.get $n
      i32.const 1
      i32.sub
      local.set $n
      local.get $i
      i32.const 1
      i32.add
      local.tee $i
      local.get $n
      i32.lt_s
      br_if $l
    end
    local.get $i)
  (func (export "latch own limit") (param $i i32) (result i32)
    loop $l
      local.get $i
      i32.const 1
      i32.add
      local.tee $i
      local.get $i
      i32.const 7
      i32.and
      i32.lt_s
      br_if $l
    end
    local.get $i)
  ;; a while loop: the test at the head, br at the end
  (func (export "while") (param $n i32) (result i32)
    (local $i i32) (local $s i32)
    block $out
      loop $l
        local.get $i
        local.get $n
        i32.ge_s
        br_if $out
        local.get $s
        local.get $i
        i32.add
        local.set $s
        local.get $i
        i32.const 1
        i32.add
        local.set $i
        br $l
      end
    end
    local.get $s)
  (func (export "nested loops") (param $n i32) (result i32)
    (local $i i32) (local $j i32) (local $s i32)
    loop $o
      i32.const 0
      local.set $j
      loop $in
        local.get $s
        local.get $i
        local.get $j
        i32.mul
        i32.add
        local.set $s
        local.get $j
        i32.const 1
        i32.add
        local.tee $j
        local.get $n
        i32.lt_s
        br_if $in
      end
      local.get $i
      i32.const 1
      i32.add
      local.tee $i
      local.get $n
      i32.lt_s
      br_if $o
    end
    local.get $s)
  ;; select in all forms
  (func (export "select") (param i32 i32 i32) (result i32) local.get 0 local.get 1 local.get 2 select)
  (func (export "select cmp") (param i32 i32) (result i32) local.get 0 local.get 1 local.get 0 local.get 1 i32.lt_u select)
  (func (export "select eqz") (param i32) (result i32) i32.const 10 i32.const 20 local.get 0 i32.eqz select)
  (func (export "select eqz64") (param i64) (result i64) i64.const 10 local.get 0 local.get 0 i64.eqz select)
  (func (export "select acc") (param i32 i32 i32) (result i32)
    local.get 0 i32.const 1 i32.add local.get 1 i32.const 2 i32.add local.get 2 i32.const 3 i32.add select)
  (func (export "select to operand") (param i32 i32 i32) (result i32) local.get 0 local.get 1 local.get 2 select local.set 0 local.get 0 local.get 1 i32.sub)
  (func (export "select to condition") (param i32 i32 i32) (result i32) local.get 0 local.get 1 local.get 2 select local.set 2 local.get 2)
  (func (export "select f32") (param f32 f32 i32) (result f32) local.get 0 local.get 1 local.get 2 select)
  (func (export "select f64 acc") (param f64 f64 i32) (result f64) local.get 0 f64.neg local.get 1 f64.abs local.get 2 i32.const 1 i32.and select)
  (func (export "select typed") (param i64 i64 i32) (result i64) local.get 0 local.get 1 local.get 2 select (result i64))
  (func (export "select both const") (param i32) (result i32) i32.const 3 i32.const 3 local.get 0 select)
  (func (export "select nested") (param i32 i32 i32) (result i32)
    local.get 0
    local.get 1
    local.get 2
    local.get 0
    local.get 1
    i32.gt_s
    select
    local.get 2
    select)
  ;; max3 with compare and select, result back to a local that is an operand
  (func (export "max in loop") (param $n i32) (result i32)
    (local $m i32) (local $x i32)
    loop $l
      local.get $n
      i32.const 7
      i32.mul
      i32.const 31
      i32.rem_u
      local.tee $x
      local.get $m
      local.get $x
      local.get $m
      i32.gt_s
      select
      local.set $m
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $l
    end
    local.get $m)
  ;; br_table: index of every class
  (func (export "table const") (result i32) block $a block $b i32.const 1 br_table $b $a end i32.const 10 return end i32.const 20)
  (func (export "table acc") (param i32) (result i32)
    block $a block $b block $c local.get 0 i32.const 100 i32.sub br_table $a $b $c end i32.const 3 return end i32.const 2 return end i32.const 1)
  (func (export "table load") (param i32) (result i32)
    block $a block $b local.get 0 i32.load8_u br_table $a $b end i32.const 2 return end i32.const 1)
  (func (export "table only default") (param i32) (result i32) block i32.const 5 local.set 0 local.get 0 br_table 0 end local.get 0)
  (memory 1)
  (data (i32.const 0) "\00\01\02")
)
(assert_return (invoke "eqz1" (i32.const 0)) (i32.const 1))
(assert_return (invoke "eqz1" (i32.const 8)) (i32.const 2))
(assert_return (invoke "eqz2" (i32.const 0)) (i32.const 2))
(assert_return (invoke "eqz2" (i32.const 8)) (i32.const 1))
(assert_return (invoke "eqz3" (i32.const 0)) (i32.const 1))
(assert_return (invoke "eqz3" (i32.const 8)) (i32.const 2))
(assert_return (invoke "eqz64" (i64.const 0x100000000)) (i32.const 2))
(assert_return (invoke "eqz64" (i64.const 0)) (i32.const 1))
(assert_return (invoke "eqz64 low half" (i64.const 0x100000000)) (i32.const 1))
(assert_return (invoke "eqz64 low half" (i64.const 0)) (i32.const 2))
(assert_return (invoke "and" (i32.const 12) (i32.const 3)) (i32.const 2))
(assert_return (invoke "and" (i32.const 12) (i32.const 4)) (i32.const 1))
(assert_return (invoke "and const" (i32.const 7)) (i32.const 2))
(assert_return (invoke "and const" (i32.const 8)) (i32.const 1))
(assert_return (invoke "and eqz" (i32.const 7)) (i32.const 1))
(assert_return (invoke "and eqz" (i32.const 8)) (i32.const 2))
(assert_return (invoke "sub as condition" (i32.const 8) (i32.const 8)) (i32.const 2))
(assert_return (invoke "sub as condition" (i32.const 8) (i32.const 7)) (i32.const 1))
(assert_return (invoke "const left" (i32.const 5)) (i32.const 2))
(assert_return (invoke "const left" (i32.const 6)) (i32.const 1))
(assert_return (invoke "const right" (i32.const 4)) (i32.const 1))
(assert_return (invoke "const right" (i32.const 5)) (i32.const 2))
(assert_return (invoke "lt_u big const" (i32.const 0x7fffffff)) (i32.const 1))
(assert_return (invoke "lt_u big const" (i32.const -1)) (i32.const 2))
(assert_return (invoke "ge_s minus one" (i32.const -1)) (i32.const 1))
(assert_return (invoke "ge_s minus one" (i32.const -2)) (i32.const 2))
(assert_return (invoke "i64 big const" (i64.const 0x100000000)) (i32.const 1))
(assert_return (invoke "i64 big const" (i64.const 0)) (i32.const 2))
(assert_return (invoke "i64 minus one" (i64.const -1)) (i32.const 1))
(assert_return (invoke "i64 minus one" (i64.const 0xffffffff)) (i32.const 2))
(assert_return (invoke "both const") (i32.const 1))
(assert_return (invoke "same local" (i32.const 1)) (i32.const 2))
(assert_return (invoke "acc left" (i32.const 2) (i32.const 5)) (i32.const 1))
(assert_return (invoke "acc left" (i32.const 2) (i32.const 6)) (i32.const 2))
(assert_return (invoke "acc right" (i32.const 2) (i32.const 7)) (i32.const 1))
(assert_return (invoke "acc right" (i32.const 2) (i32.const 6)) (i32.const 2))
(assert_return (invoke "compare kept" (i32.const 2) (i32.const 6)) (i32.const 21))
(assert_return (invoke "compare kept" (i32.const 6) (i32.const 6)) (i32.const 10))
(assert_return (invoke "compare with set between" (i32.const 2) (i32.const 6)) (i32.const 100))
(assert_return (invoke "compare with set between" (i32.const 7) (i32.const 6)) (i32.const 6))
(assert_return (invoke "tee in compare" (i32.const 7)) (i32.const 8))
(assert_return (invoke "tee in compare" (i32.const 0x7fffffff)) (i32.const -1))
(assert_return (invoke "label between" (i32.const 7) (i32.const 1)) (i32.const 2))
(assert_return (invoke "label between" (i32.const 7) (i32.const 0)) (i32.const 1))
(assert_return (invoke "label between" (i32.const 11) (i32.const 0)) (i32.const 2))
(assert_return (invoke "clamp" (i32.const 5) (i32.const 1) (i32.const 9)) (i32.const 5))
(assert_return (invoke "clamp" (i32.const -5) (i32.const 1) (i32.const 9)) (i32.const 1))
(assert_return (invoke "clamp" (i32.const 15) (i32.const 1) (i32.const 9)) (i32.const 9))
(assert_return (invoke "latch up" (i32.const 10)) (i32.const 45) (i32.const 10))
(assert_return (invoke "latch up" (i32.const -4)) (i32.const 0) (i32.const 1))
(assert_return (invoke "latch down" (i32.const 10)) (i32.const 55) (i32.const 0))
(assert_return (invoke "latch ne" (i32.const 10)) (i32.const 15) (i32.const 10))
(assert_return (invoke "latch set" (i32.const 10)) (i32.const 55) (i32.const 10))
(assert_return (invoke "latch 64" (i64.const 10)) (i64.const 45) (i64.const 10))
(assert_return (invoke "latch limit in loop" (i32.const 11)) (i32.const 6))
(assert_return (invoke "latch own limit" (i32.const -5)) (i32.const 0))
(assert_return (invoke "while" (i32.const 10)) (i32.const 45))
(assert_return (invoke "while" (i32.const 0)) (i32.const 0))
(assert_return (invoke "nested loops" (i32.const 10)) (i32.const 2025))
(assert_return (invoke "select" (i32.const 1) (i32.const 2) (i32.const 0)) (i32.const 2))
(assert_return (invoke "select" (i32.const 1) (i32.const 2) (i32.const 0x100)) (i32.const 1))
(assert_return (invoke "select cmp" (i32.const 1) (i32.const -1)) (i32.const 1))
(assert_return (invoke "select cmp" (i32.const -1) (i32.const 1)) (i32.const 1))
(assert_return (invoke "select eqz" (i32.const 0)) (i32.const 10))
(assert_return (invoke "select eqz" (i32.const 4)) (i32.const 20))
(assert_return (invoke "select eqz64" (i64.const 0)) (i64.const 10))
(assert_return (invoke "select eqz64" (i64.const 0x400000000)) (i64.const 0x400000000))
(assert_return (invoke "select acc" (i32.const 1) (i32.const 2) (i32.const -3)) (i32.const 4))
(assert_return (invoke "select acc" (i32.const 1) (i32.const 2) (i32.const 3)) (i32.const 2))
(assert_return (invoke "select to operand" (i32.const 1) (i32.const 2) (i32.const 0)) (i32.const 0))
(assert_return (invoke "select to operand" (i32.const 1) (i32.const 2) (i32.const 1)) (i32.const -1))
(assert_return (invoke "select to condition" (i32.const 1) (i32.const 2) (i32.const 1)) (i32.const 1))
(assert_return (invoke "select f32" (f32.const nan:0x200001) (f32.const 2) (i32.const 1)) (f32.const nan:0x200001))
(assert_return (invoke "select f64 acc" (f64.const 1) (f64.const -2) (i32.const 2)) (f64.const 2))
(assert_return (invoke "select f64 acc" (f64.const 1) (f64.const -2) (i32.const 3)) (f64.const -1))
(assert_return (invoke "select typed" (i64.const 1) (i64.const 2) (i32.const 0)) (i64.const 2))
(assert_return (invoke "select both const" (i32.const 0)) (i32.const 3))
(assert_return (invoke "select nested" (i32.const 1) (i32.const 2) (i32.const 3)) (i32.const 1))
(assert_return (invoke "select nested" (i32.const 4) (i32.const 2) (i32.const 0)) (i32.const 2))
(assert_return (invoke "max in loop" (i32.const 40)) (i32.const 30))
(assert_return (invoke "table const") (i32.const 20))
(assert_return (invoke "table acc" (i32.const 100)) (i32.const 1))
(assert_return (invoke "table acc" (i32.const 101)) (i32.const 2))
(assert_return (invoke "table acc" (i32.const 102)) (i32.const 3))
(assert_return (invoke "table acc" (i32.const 99)) (i32.const 3))
(assert_return (invoke "table load" (i32.const 0)) (i32.const 1))
(assert_return (invoke "table load" (i32.const 2)) (i32.const 2))
(assert_return (invoke "table only default" (i32.const 9)) (i32.const 5))

;; Unreachable code is checked and never run; what follows it is not confused by it.
(module
  (memory 1)
  (func $two (param i32 i64) (result i32 i64) local.get 0 local.get 1)
  (func (export "after br") (param i32) (result i32)
    block (result i32)
      local.get 0
      br 0
      i32.add
      i32.load
      i64.extend_i32_u
      call $two
      drop
      i64.const 1
      i64.store
      i32.const 1
      loop (param i32) (result f64)
        drop
        i32.const 1
        br 0
      end
      i32.trunc_f64_s
    end
    i32.const 1
    i32.add)
  (func (export "after return") (param i32) (result i32)
    local.get 0
    return
    unreachable
    select
    drop
    i32.const 5
    local.set 0
    local.tee 0
    i32.const 9
    i32.add)
  (func (export "dead if") (param i32) (result i32)
    block
      br 0
      i32.const 1
      if (result i32)
        i32.const 2
      else
        i32.const 3
      end
      local.set 0
    end
    local.get 0)
  (func (export "both arms leave") (param i32) (result i32)
    local.get 0
    if (result i32)
      i32.const 1
      return
    else
      i32.const 2
      return
    end
    i32.const 5
    i32.add)
  (func (export "one arm leaves") (param i32) (result i32)
    i32.const 10
    local.get 0
    if (param i32) (result i32)
      drop
      i32.const 1
      return
    else
      i32.const 2
      i32.add
    end
    i32.const 100
    i32.add)
  (func (export "loop never ends") (param i32) (result i32)
    loop
      local.get 0
      i32.const 1
      i32.add
      local.tee 0
      i32.const 10
      i32.gt_s
      if
        local.get 0
        return
      end
      br 0
    end
    unreachable)
  (func (export "dead loop") (param i32) (result i32)
    block (result i32)
      local.get 0
      br 0
      loop
        br 0
      end
    end)
  (func (export "dead br_table") (param i32) (result i32)
    block (result i32)
      local.get 0
      br 0
      i32.const 4
      br_table 0 0 1 1
    end)
  (func (export "dead br_if keeps types") (param i32) (result i32 i64)
    block (result i32 i64)
      local.get 0
      i64.const 7
      br 0
      i32.const 4
      br_if 0
      unreachable
    end)
  (func (export "dead multi") (param i32) (result i32)
    local.get 0
    block (param i32) (result i32 i32)
      i32.const 5
      br 0
      br_if 0
      br_if 0
      drop
      drop
      drop
      unreachable
    end
    i32.sub)
  (func (export "unreachable last") (param i32) local.get 0 br_if 0 unreachable)
  (func (export "dead call") (param i32) (result i32)
    local.get 0
    return
    call $two
    i32.wrap_i64
    i32.add
    memory.size
    i32.add
    memory.grow)
  (func (export "dead end of block") (result i32)
    (local i32)
    block
      block
        br 1
      end
      i32.const 1
      local.set 0
    end
    block
      block
        br 0
      end
      local.get 0
      i32.const 2
      i32.add
      local.set 0
    end
    local.get 0)
)
(assert_return (invoke "after br" (i32.const 4)) (i32.const 5))
(assert_return (invoke "after return" (i32.const 4)) (i32.const 4))
(assert_return (invoke "dead if" (i32.const 4)) (i32.const 4))
(assert_return (invoke "both arms leave" (i32.const 4)) (i32.const 1))
(assert_return (invoke "both arms leave" (i32.const 0)) (i32.const 2))
(assert_return (invoke "one arm leaves" (i32.const 4)) (i32.const 1))
(assert_return (invoke "one arm leaves" (i32.const 0)) (i32.const 112))
(assert_return (invoke "loop never ends" (i32.const 0)) (i32.const 11))
(assert_return (invoke "dead loop" (i32.const 3)) (i32.const 3))
(assert_return (invoke "dead br_table" (i32.const 3)) (i32.const 3))
(assert_return (invoke "dead br_if keeps types" (i32.const 3)) (i32.const 3) (i64.const 7))
(assert_return (invoke "dead multi" (i32.const 3)) (i32.const -2))
(assert_return (invoke "unreachable last" (i32.const 3)))
(assert_trap (invoke "unreachable last" (i32.const 0)) "unreachable")
(assert_return (invoke "dead call" (i32.const 3)) (i32.const 3))
(assert_return (invoke "dead end of block") (i32.const 2))

;; Machines that say their next state before they go to the loop that looks at it: the jump leads to the case itself.
(module
  (func (export "machine") (param $state i32) (param $n i32) (result i32) (local $sum i32)
    (block $out
      (loop $next
        (block $two
          (block $one
            (block $zero (br_table $zero $one $two $out (local.get $state)))
            (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
            (local.set $state (i32.const 2))
            (br $next))
          (local.set $sum (i32.mul (local.get $sum) (i32.const 3)))
          (if (i32.eqz (local.tee $n (i32.sub (local.get $n) (i32.const 1)))) (then (local.set $state (i32.const -1)) (br $next)))
          (local.set $state (i32.const 0))
          (br $next))
        (local.set $sum (i32.add (local.get $sum) (i32.const 10)))
        (local.set $state (i32.const 1))
        (br $next)))
    (i32.add (i32.mul (local.get $sum) (i32.const 100)) (local.get $state)))
  (func (export "another local") (param $state i32) (param $other i32) (result i32)
    (loop $next (result i32)
      (block $one
        (block $zero (br_table $zero $one (local.get $state)))
        (local.set $state (i32.add (local.get $state) (local.get $other)))
        (local.set $other (i32.const 0))
        (br $next))
      (i32.add (i32.mul (local.get $state) (i32.const 10)) (local.get $other))))
  ;; a value on the way, and a table that needs it moved
  (func (export "with value") (param $state i32) (result i32)
    (i32.const 1000)
    (i32.const 5)
    (loop $next (param i32) (result i32)
      (block $two (param i32) (result i32)
        (block $one (param i32) (result i32)
          (block $zero (param i32) (result i32) (br_table $zero $one $two (local.get $state)))
          (i32.add (i32.const 1)) (local.tee $state) (local.get $state) (drop)
          (local.set $state (i32.const 2))
          (br $next))
        (i32.add (i32.const 100))
        (local.set $state (i32.const 0))
        (br $next))
      (i32.mul (i32.const 2)))
    i32.add)
  ;; the function itself is a case, with a value
  (func (export "returns") (param $state i32) (result i32)
    (i32.const 7)
    (loop $next (param i32) (result i32)
      (block $one (param i32) (result i32) (br_table $one 2 (local.get $state)))
      (i32.add (i32.const 1))
      (local.set $state (i32.const 1))
      (br $next)))
  ;; the second loop begins with something else, the third looks at what is not a local
  (func (export "not at once") (param $state i32) (result i32) (local $n i32)
    (block $out
      (loop $next
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (block $zero (br_table $zero $out (local.get $state)))
        (local.set $state (i32.const 1))
        (br $next)))
    (block $out2
      (loop $next
        (block $zero (br_table $zero $out2 (i32.add (local.get $state) (i32.const -1))))
        (local.set $state (i32.const 2))
        (br $next)))
    (i32.add (i32.mul (local.get $n) (i32.const 10)) (local.get $state))))
(assert_return (invoke "machine" (i32.const 0) (i32.const 1)) (i32.const 3299))
(assert_return (invoke "machine" (i32.const 0) (i32.const 2)) (i32.const 13199))
(assert_return (invoke "machine" (i32.const 1) (i32.const 1)) (i32.const -1))
(assert_return (invoke "machine" (i32.const 2) (i32.const 1)) (i32.const 2999))
(assert_return (invoke "machine" (i32.const 7) (i32.const 1)) (i32.const 7))
(assert_return (invoke "another local" (i32.const 0) (i32.const 4)) (i32.const 40))
(assert_return (invoke "another local" (i32.const 1) (i32.const 4)) (i32.const 14))
(assert_return (invoke "with value" (i32.const 0)) (i32.const 1012))
(assert_return (invoke "with value" (i32.const 1)) (i32.const 1212))
(assert_return (invoke "with value" (i32.const 9)) (i32.const 1010))
(assert_return (invoke "returns" (i32.const 0)) (i32.const 8))
(assert_return (invoke "returns" (i32.const 1)) (i32.const 7))
(assert_return (invoke "not at once" (i32.const 0)) (i32.const 22))
(assert_return (invoke "not at once" (i32.const 1)) (i32.const 12))

;; "leave if so; back to the loop": the branches change places
(module
  (memory 1)
  (func (export "count to") (param $n i32) (result i32)   ;; leaves past other code
    (local $i i32)
    block
      block
        loop
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if 2 (i32.ge_u (local.get $i) (local.get $n)))
          br 0
        end
      end
      (return (i32.const -1))
    end
    local.get $i)
  (func (export "to the next") (param $n i64) (result i64)   ;; leaves to what comes next
    (local $s i64)
    block
      loop
        (local.set $s (i64.add (local.get $s) (local.get $n)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (br_if 1 (i64.eqz (local.get $n)))
        br 0
      end
    end
    local.get $s)
  (func (export "two leave") (param $n i32) (result i32)   ;; both ends of one block, the first from above
    (local $i i32)
    block
      loop
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if 1 (i32.eq (local.get $i) (i32.const 5)))
        (br_if 1 (i32.and (i32.load8_u (local.get $i)) (local.get $n)))
        br 0
      end
    end
    local.get $i)
  (func (export "the function") (param $n i32)   ;; leaves the function
    loop
      (i32.store (i32.const 0) (local.get $n))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if 1 (i32.lt_s (local.get $n) (i32.const 0)))
      br 0
    end
    unreachable)
  (func (export "floats") (param $x f64) (result i32)   ;; not less is not greater or equal
    (local $i i32)
    block
      loop
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set $x (f64.mul (local.get $x) (f64.const 0.5)))
        (br_if 1 (f64.lt (local.get $x) (f64.const 1)))
        (br_if 1 (i32.eq (local.get $i) (i32.const 100)))
        br 0
      end
    end
    local.get $i)
  (func (export "outer loop") (param $n i32) (result i32)   ;; the jump goes to the loop around, the branch into it
    (local $i i32)
    loop $outer
      block $in
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $in (i32.ge_u (local.get $i) (local.get $n)))
        br $outer
      end
      (local.set $n (i32.sub (local.get $n) (i32.const 3)))
      (br_if $outer (i32.gt_s (local.get $n) (local.get $i)))
    end
    local.get $i)
  (func (export "always") (param $n i32) (result i32)
    block
      loop
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if 1 (i32.const 1))
        br 0
      end
    end
    local.get $n)
  (func (export "null") (param $r externref) (param $n i32) (result i32)
    block
      loop
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if 1 (i32.gt_u (local.get $n) (i32.const 9)))
        (br_on_null 1 (local.get $r))
        drop
        br 0
      end
    end
    local.get $n))
(assert_return (invoke "count to" (i32.const 10)) (i32.const 10))
(assert_return (invoke "count to" (i32.const 0)) (i32.const 1))
(assert_return (invoke "to the next" (i64.const 4)) (i64.const 10))
(assert_return (invoke "to the next" (i64.const 1)) (i64.const 1))
(assert_return (invoke "two leave" (i32.const 1)) (i32.const 5))
(assert_return (invoke "the function" (i32.const 3)))
(assert_return (invoke "two leave" (i32.const 255)) (i32.const 5))
(assert_return (invoke "floats" (f64.const 8)) (i32.const 4))
(assert_return (invoke "floats" (f64.const nan)) (i32.const 100))
(assert_return (invoke "outer loop" (i32.const 10)) (i32.const 10))
(assert_return (invoke "always" (i32.const 7)) (i32.const 8))
(assert_return (invoke "null" (ref.null extern) (i32.const 0)) (i32.const 1))
(assert_return (invoke "null" (ref.extern 1) (i32.const 0)) (i32.const 10))

;; what was just copied is read where it came from
(module
  (func (export "gcd") (param i32 i32) (result i32) (local i32)
    loop
      local.get 0 local.get 1 local.tee 2 i32.rem_u local.set 1
      local.get 2 local.set 0
      local.get 1 br_if 0
    end
    local.get 0)
  (func (export "old and new") (param i32 i32) (result i32)
    local.get 0 local.tee 1 local.get 1 i32.const 1 i32.add local.set 0 local.get 0 i32.mul local.get 1 i32.sub)
  ;; what was on the stack is gone from there: a constant takes its place
  (func (export "from the stack") (param $a f64) (result i32) (local $n i32)
    (i32.trunc_sat_f64_s (local.get $a)) (f64.store (i32.const 64) (local.get $a)) local.set $n
    (i32.rotr (i32.const 4) (local.get $n)))
  ;; as in a sum, as an address and as its index, while the original changes
  (memory 1) (data (i32.const 8) "\01\00\00\00\02\00\00\00\03\00\00\00\04\00\00\00")
  (func (export "next") (param $pc i32) (result i32) (local $old i32) (local $next i32)
    (local.set $old (local.get $pc))
    (local.set $pc (local.tee $next (i32.add (local.get $old) (i32.const 1))))
    (i32.add (i32.add (i32.mul (local.get $old) (i32.const 10000)) (i32.mul (local.get $pc) (i32.const 100))) (local.get $next)))
  (func (export "address") (param $p i32) (result i32) (local $old i32) (local $v i32)
    (local.set $old (local.get $p))
    (local.set $v (i32.load (i32.add (local.get $old) (i32.const 4))))
    (local.set $p (i32.const 0))
    (i32.add (i32.mul (local.get $v) (i32.const 100)) (i32.add (local.get $old) (local.get $p))))
  (func (export "index") (param $i i32) (result i32) (local $old i32) (local $v i32)
    (local.set $old (local.get $i))
    (local.set $v (i32.load (i32.add (i32.shl (local.get $old) (i32.const 2)) (i32.const 8))))
    (local.set $i (i32.add (local.get $old) (local.get $i)))
    (i32.add (i32.mul (local.get $v) (i32.const 100)) (local.get $i))))
(assert_return (invoke "from the stack" (f64.const inf)) (i32.const 8))
(assert_return (invoke "from the stack" (f64.const 2)) (i32.const 1))
(assert_return (invoke "next" (i32.const 5)) (i32.const 50606))
(assert_return (invoke "address" (i32.const 12)) (i32.const 312))
(assert_return (invoke "index" (i32.const 3)) (i32.const 406))
(assert_return (invoke "gcd" (i32.const 1071) (i32.const 462)) (i32.const 21))
(assert_return (invoke "old and new" (i32.const 6) (i32.const 0)) (i32.const 36))

;; a br_table that leads to what comes next, with values to move: the jump behind it stays
(module
  (func (export "table to the next") (param f32 i32) (result f32)
    (block (result f32)
      (f32.add (local.get 0) (f32.const 1))
      (f32.mul (local.get 0) (f32.const 2))
      (br_table 0 0 (local.get 1))))
  (func (export "two labels") (param f32 i32) (result f32)
    (f32.add
      (block (result f32)
        (drop (block (result f32)
          (i32.const 7)
          (f32.mul (local.get 0) (f32.const 2))
          (br_table 1 0 (local.get 1))))
        (f32.const 100))
      (f32.const 1))))
(assert_return (invoke "table to the next" (f32.const 3) (i32.const 0)) (f32.const 6))
(assert_return (invoke "table to the next" (f32.const 3) (i32.const 5)) (f32.const 6))
(assert_return (invoke "two labels" (f32.const 3) (i32.const 0)) (f32.const 7))
(assert_return (invoke "two labels" (f32.const 3) (i32.const 1)) (f32.const 101))

;; loops that begin with their test: it is made at their end as well, in all its forms
(module
  (func (export "until zero") (param $n i32) (result i32) (local $s i32)
    (block $out (loop $l
      (br_if $out (i32.eqz (local.get $n)))
      (local.set $s (i32.add (local.get $s) (local.get $n)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br $l)))
    (local.get $s))
  (func (export "until zero, the count first") (param $n i64) (result i64) (local $s i64)
    (block $out (loop $l
      (br_if $out (i64.eqz (local.get $n)))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (local.set $s (i64.add (local.get $s) (local.get $n)))
      (br $l)))
    (local.get $s))
  (func (export "while zero") (param $n i32) (result i32) (local $i i32)
    (block $out (loop $l
      (br_if $out (local.get $n))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (local.set $n (i32.gt_u (local.get $i) (i32.const 6)))
      (br $l)))
    (local.get $i))
  (func (export "while") (param $n i64) (result i32) (local $i i32)
    (loop $l
      (if (i64.ne (local.get $n) (i64.const 0)) (then
        (local.set $i (i32.add (local.get $i) (i32.const 3)))
        (local.set $n (i64.shr_u (local.get $n) (i64.const 1)))
        (br $l))))
    (local.get $i))
  (func (export "for") (param $n i32) (result i32) (local $i i32) (local $s i32)
    (block $out (loop $l
      (br_if $out (i32.ge_s (local.get $i) (local.get $n)))
      (local.set $s (i32.xor (i32.shl (local.get $s) (i32.const 1)) (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $l)))
    (local.get $s))
  (func (export "for, turned") (param $n i64) (result i64) (local $i i64) (local $s i64)
    (loop $l
      (if (i64.gt_u (local.get $n) (local.get $i)) (then
        (local.set $s (i64.xor (i64.shl (local.get $s) (i64.const 1)) (local.get $i)))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br $l))))
    (local.get $s))
  (func (export "to a constant") (param $i i32) (result i32) (local $p i32)
    (block $out (loop $l
      (br_if $out (i32.eq (local.get $i) (i32.const 100)))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $l)))
    (local.get $p))
  (func (export "to a long constant") (param $i i64) (result i64) (local $p i64)
    (block $out (loop $l
      (br_if $out (i64.ge_u (local.get $i) (i64.const 0x8000000000000001)))
      (local.set $p (i64.add (local.get $p) (i64.const 4)))
      (local.set $i (i64.add (local.get $i) (i64.const 0x1000000000000000)))
      (br $l)))
    (local.get $p))
  (func (export "below") (param $i f64) (result f64)
    (block $out (loop $l
      (br_if $out (f64.ge (local.get $i) (f64.const 10)))
      (local.set $i (f64.add (local.get $i) (f64.const 3)))
      (br $l)))
    (local.get $i))
  (func (export "two in one") (param $n i32) (param $m i32) (result i32) (local $s i32) (local $i i32) (local $j i32)
    (block $out (loop $l
      (br_if $out (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $j (i32.const 0))
      (block $in (loop $k
        (br_if $in (i32.ge_u (local.get $j) (local.get $m)))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $k (i32.and (local.get $j) (i32.const 1)))
        (local.set $s (i32.add (local.get $s) (local.get $i)))
        (br $k)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $l)))
    (local.get $s))
  ;; the test is of a block in the loop, not of the loop
  (func (export "only a block") (param $n i32) (result i32) (local $s i32)
    (loop $l
      (block $b
        (br_if $b (i32.eqz (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (local.set $s (i32.add (local.get $s) (i32.const 5)))
        (br $l))
      (local.set $s (i32.add (local.get $s) (i32.const 1000))))
    (local.get $s))
  ;; an operand of the test has just got a value from elsewhere
  (func (export "moved") (param $a i32) (param $b i32) (result i32) (local $t i32) (local $n i32)
    (block $out (loop $l
      (br_if $out (i32.lt_u (local.get $a) (local.get $b)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (local.set $t (i32.sub (local.get $a) (local.get $b)))
      (local.set $a (local.get $t))
      (br $l)))
    (i32.add (i32.mul (local.get $n) (i32.const 100)) (local.get $a)))
  (func (export "fibonacci") (param $n i64) (result i64) (local $a i64) (local $b i64) (local $t i64)
    (local.set $b (i64.const 1))
    (block $out (loop $l
      (br_if $out (i64.eqz (local.get $n)))
      (local.set $t (i64.add (local.get $a) (local.get $b)))
      (local.set $a (local.get $b))
      (local.set $b (local.get $t))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br $l)))
    (local.get $a))
  (func (export "gcd") (param $a i64) (param $b i64) (result i64) (local $t i64)
    (block $out (loop $l
      (br_if $out (i64.eqz (local.get $b)))
      (local.set $t (i64.rem_u (local.get $a) (local.get $b)))
      (local.set $a (local.get $b))
      (local.set $b (local.get $t))
      (br $l)))
    (local.get $a))
  ;; the old value is wanted after the new one is there, and is in the accumulator
  (func (export "old ones") (param $a i64) (param $b i64) (result i64)
    (local.set $a (i64.mul (local.get $a) (i64.const 3)))
    (i64.add
      (i64.sub (local.get $a) (local.tee $a (i64.add (local.get $a) (local.get $b))))
      (i64.mul (local.get $a) (i64.const 10))))
  (func (export "old floats") (param $a f64) (param $b f64) (result f64)
    (local.set $a (f64.mul (local.get $a) (f64.const 3)))
    (f64.sub (local.get $a) (local.tee $a (f64.div (local.get $a) (local.get $b)))))
  (func (export "old comparison") (param $a i32) (param $b i64) (result i32)
    (local.set $b (i64.mul (local.get $b) (i64.const 3)))
    (i32.sub (local.get $a) (i32.shl (local.tee $a (i64.lt_s (local.get $b) (i64.const 10))) (i32.const 4)))))
(assert_return (invoke "until zero" (i32.const 0)) (i32.const 0))
(assert_return (invoke "until zero" (i32.const 1)) (i32.const 1))
(assert_return (invoke "until zero" (i32.const 10)) (i32.const 55))
(assert_return (invoke "until zero, the count first" (i64.const 10)) (i64.const 45))
(assert_return (invoke "until zero, the count first" (i64.const 0)) (i64.const 0))
(assert_return (invoke "while zero" (i32.const 0)) (i32.const 7))
(assert_return (invoke "while zero" (i32.const 1)) (i32.const 0))
(assert_return (invoke "while" (i64.const 0x100000000)) (i32.const 99))
(assert_return (invoke "while" (i64.const 0)) (i32.const 0))
(assert_return (invoke "for" (i32.const 0)) (i32.const 0))
(assert_return (invoke "for" (i32.const -1)) (i32.const 0))
(assert_return (invoke "for" (i32.const 5)) (i32.const 2))
(assert_return (invoke "for, turned" (i64.const 5)) (i64.const 2))
(assert_return (invoke "for, turned" (i64.const 1)) (i64.const 0))
(assert_return (invoke "to a constant" (i32.const 98)) (i32.const 8))
(assert_return (invoke "to a constant" (i32.const 100)) (i32.const 0))
(assert_return (invoke "to a long constant" (i64.const 1)) (i64.const 32))
(assert_return (invoke "to a long constant" (i64.const -1)) (i64.const 0))
(assert_return (invoke "below" (f64.const 0)) (f64.const 12))
(assert_return (invoke "below" (f64.const 10)) (f64.const 10))
(assert_return (invoke "two in one" (i32.const 4) (i32.const 6)) (i32.const 18))
(assert_return (invoke "two in one" (i32.const 4) (i32.const 0)) (i32.const 0))
(assert_return (invoke "only a block" (i32.const 4)) (i32.const 1020))
(assert_return (invoke "only a block" (i32.const 0)) (i32.const 1000))
(assert_return (invoke "moved" (i32.const 47) (i32.const 10)) (i32.const 407))
(assert_return (invoke "moved" (i32.const 7) (i32.const 10)) (i32.const 7))
(assert_return (invoke "fibonacci" (i64.const 90)) (i64.const 2880067194370816120))
(assert_return (invoke "fibonacci" (i64.const 0)) (i64.const 0))
(assert_return (invoke "gcd" (i64.const 1071) (i64.const 462)) (i64.const 21))
(assert_return (invoke "gcd" (i64.const 7) (i64.const 0)) (i64.const 7))
(assert_return (invoke "old ones" (i64.const 5) (i64.const 7)) (i64.const 213))
(assert_return (invoke "old floats" (f64.const 2) (f64.const 4)) (f64.const 4.5))
(assert_return (invoke "old comparison" (i32.const 1) (i64.const 3)) (i32.const -15))
(assert_return (invoke "old comparison" (i32.const 1) (i64.const 30)) (i32.const 1))

;; what the head of a loop has tested is in the accumulator behind it, whichever way it came there
(module
  (memory 1)
  (data (i32.const 16) "\20\00\00\00\05\00\00\00") (data (i32.const 32) "\30\00\00\00\06\00\00\00") (data (i32.const 48) "\00\00\00\00\07\00\00\00")
  (func (export "list") (param $p i32) (result i32) (local $s i32)
    (block $out (loop $l
      (br_if $out (i32.eqz (local.get $p)))
      (local.set $s (i32.add (i32.mul (local.get $s) (i32.const 10)) (i32.load offset=4 (local.get $p))))
      (local.set $p (i32.load (local.get $p)))
      (br $l)))
    (local.get $s))
  (func (export "gcd") (param $a i32) (param $b i32) (result i32) (local $t i32)
    (block $out (loop $l
      (br_if $out (i32.eqz (local.get $b)))
      (local.set $t (local.get $b))
      (local.set $b (i32.rem_u (local.get $a) (local.get $b)))
      (local.set $a (local.get $t))
      (br $l)))
    (local.get $a))
  ;; the accumulator holds something else at the end
  (func (export "product behind it") (param $n i64) (result i64) (local $s i64)
    (loop $l
      (if (i64.ne (local.get $n) (i64.const 0)) (then
        (local.set $s (i64.add (local.get $s) (local.get $n)))
        (local.set $n (i64.shr_u (local.get $n) (i64.const 1)))
        (local.set $s (i64.mul (local.get $s) (i64.const 3)))
        (br $l))))
    (local.get $s))
  (func (export "either way") (param $n i32) (param $c i32) (result i32) (local $s i32)
    (block $out (loop $l
      (br_if $out (i32.eqz (local.get $n)))
      (local.set $s (i32.add (local.get $s) (i32.and (local.get $n) (i32.const 7))))
      (if (local.get $c) (then
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $l)))
      (local.set $n (i32.shr_u (local.get $n) (i32.const 1)))
      (local.set $s (i32.add (local.get $s) (i32.const 100)))
      (br $l)))
    (i32.add (local.get $s) (local.get $n)))
  (func (export "until it is there") (param $n i32) (result i32) (local $f i32)
    (block $out (loop $l
      (br_if $out (local.get $f))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (local.set $f (i32.le_s (local.get $n) (i32.const 3)))
      (br $l)))
    (i32.add (i32.mul (local.get $f) (i32.const 1000)) (local.get $n))))
(assert_return (invoke "list" (i32.const 16)) (i32.const 567))
(assert_return (invoke "list" (i32.const 0)) (i32.const 0))
(assert_return (invoke "gcd" (i32.const 1071) (i32.const 462)) (i32.const 21))
(assert_return (invoke "product behind it" (i64.const 5)) (i64.const 156))
(assert_return (invoke "either way" (i32.const 12) (i32.const 0)) (i32.const 414))
(assert_return (invoke "either way" (i32.const 12) (i32.const 1)) (i32.const 38))
(assert_return (invoke "until it is there" (i32.const 6)) (i32.const 1003))
