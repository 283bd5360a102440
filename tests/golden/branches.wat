;; Compare and branch in one, loop latches, select, br_table.
(module
  (memory 1)
  (func $compare (param i32 i32) (result i32) local.get 0 local.get 1 i32.lt_s if (result i32) i32.const 1 else i32.const 2 end)
  (func $eqz (param i32) block local.get 0 i32.eqz br_if 0 unreachable end)
  (func $and (param i32) block local.get 0 i32.const 8 i32.and br_if 0 unreachable end)
  (func $latch-up (param i32) (local i32)
    loop local.get 1 i32.const 1 i32.add local.tee 1 local.get 0 i32.lt_s br_if 0 end)
  (func $latch-down (param i32) loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end)
  (func $select (param i32 i32) (result i32) local.get 0 local.get 1 local.get 0 local.get 1 i32.gt_s select)
  (func $table (param i32) (result i32)
    block block block local.get 0 br_table 0 1 2 end i32.const 10 return end i32.const 20 return end i32.const 30)
  (func $values (param i32 i32) (result i32 i32) block (result i32 i32) local.get 1 local.get 0 local.get 0 br_if 0 i32.const 1 i32.add end)
  (func $dead (param i32) (result i32) local.get 0 return i32.const 1 i32.add)
  ;; "Leave if so; back to the loop" is one branch each time round; where leaving is going on, it is nothing more.
  (func $leave-above (param i32 i32) (result i32)
    block
      block loop local.get 0 i32.const 3 i32.add local.tee 0 local.get 1 i32.gt_u br_if 2 br 0 end end
      i32.const 7 return
    end
    local.get 0)
  (func $leave-next (param f64 i32)
    block loop local.get 1 i32.load local.set 1 local.get 0 f64.const 1 f64.lt br_if 1 br 0 end end
    local.get 1 i32.const 5 i32.store)
  ;; The branch keeps its sense where the loop wants a value, and where other code comes between.
  (func $keeps (param i32) (result i32)
    i32.const 1
    block (param i32) (result i32)
      loop (param i32) (result i32) local.get 0 br_if 1 i32.const 2 i32.mul br 0 end
    end)
  ;; What was just copied is read where it came from.
  (func $gcd (param i32 i32) (result i32) (local i32)
    loop local.get 0 local.get 1 local.tee 2 i32.rem_u local.set 1 local.get 2 local.set 0 local.get 1 br_if 0 end
    local.get 0)
  ;; a loop that begins with its test, and values that move up in it
  (func (param $n i64) (result i64) (local $a i64) (local $b i64) (local $t i64)
    (block $out (loop $l
      (br_if $out (i64.eqz (local.get $n)))
      (local.set $t (i64.add (local.get $a) (local.get $b)))
      (local.set $a (local.get $b))
      (local.set $b (local.get $t))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br $l)))
    (local.get $a))
  (func (param $n i32) (result i32) (local $i i32) (local $s i32)
    (loop $l
      (if (i32.lt_u (local.get $i) (local.get $n)) (then
        (local.set $s (i32.xor (local.get $s) (local.get $i)))
        (br $l))))
    (local.get $s))
  ;; A branch to a jump goes where that goes.
  (func $jump-to-jump (param i32)
    (block $out
      (block $c
        (block $b (br_if $b (local.get 0)) (i32.store (i32.const 0) (i32.const 1)) (br $c))
        (br $out))
      (i32.store (i32.const 0) (i32.const 2)))
    (i32.store (i32.const 0) (i32.const 3)))
  (func $circle loop br 0 end)
)
