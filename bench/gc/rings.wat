(module
  (type $node (struct (field $next (mut (ref null $node))) (field $v (mut i32))))
  (global $live (mut (ref null $node)) (ref.null $node))
  (func (export "rings") (param $n i32) (result i32) (local $first (ref null $node)) (local $x (ref null $node)) (local $i i32)
    (loop $l
      (local.set $first (struct.new $node (ref.null $node) (i32.const 0)))
      (local.set $x (local.get $first))
      (local.set $i (i32.const 99))
      (loop $m
        (local.set $x (struct.new $node (local.get $x) (local.get $i)))
        (br_if $m (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (struct.set $node $next (local.get $first) (local.get $x))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $n)))
