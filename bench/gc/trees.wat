;; Binary trees: one of depth $n lives from begin to end, 2^($n - d) trees of each depth d = 4, 6, ... $n come and go. Gives the number of nodes made.
(module
  (type $node (struct (field $left (ref null $node)) (field $right (ref null $node))))
  (global $live (mut (ref null $node)) (ref.null $node))
  (func $make (param $depth i32) (result (ref $node))
    (if (result (ref $node)) (i32.eqz (local.get $depth))
      (then (struct.new $node (ref.null $node) (ref.null $node)))
      (else (struct.new $node (call $make (i32.sub (local.get $depth) (i32.const 1))) (call $make (i32.sub (local.get $depth) (i32.const 1)))))))
  (func $count (param $tree (ref null $node)) (result i32)
    (if (result i32) (ref.is_null (local.get $tree))
      (then (i32.const 0))
      (else (i32.add (i32.const 1) (i32.add (call $count (struct.get $node $left (local.get $tree))) (call $count (struct.get $node $right (local.get $tree))))))))
  (func (export "trees") (param $n i32) (result i32) (local $d i32) (local $turns i32) (local $sum i32)
    (global.set $live (call $make (local.get $n)))
    (local.set $d (i32.const 4))
    (loop $depths
      (local.set $turns (i32.shl (i32.const 1) (i32.sub (local.get $n) (local.get $d))))
      (loop $again
        (local.set $sum (i32.add (local.get $sum) (call $count (call $make (local.get $d)))))
        (br_if $again (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
      (br_if $depths (i32.le_s (local.tee $d (i32.add (local.get $d) (i32.const 2))) (local.get $n))))
    (i32.add (local.get $sum) (call $count (global.get $live)))))
