;; What an accumulator holds where ways meet: what it holds on all of them; and after a test, what was tested.
(module
  (memory 1)
  (func $tested (param $p i32) (result i32) (local $x i32)
    (local.set $x (i32.load (local.get $p)))
    (if (result i32) (i32.eq (local.get $x) (i32.const 5)) (then (i32.mul (local.get $x) (i32.const 3))) (else (i32.sub (local.get $x) (i32.const 1)))))
  (func $agree (param $c i32) (result i32) (local $t i32)
    (if (local.get $c) (then (local.set $t (i32.load (i32.const 0)))) (else (local.set $t (i32.load (i32.const 4)))))
    (i32.mul (local.get $t) (i32.const 100)))
  (func $disagree (param $i i32) (param $c i32) (result i32)
    (block $out
      (block $in
        (br_if $in (i32.eqz (local.get $c)))
        (local.set $i (i32.add (local.get $i) (i32.const 7)))
        (br $out))
      (local.set $i (i32.mul (local.get $i) (i32.const 3))))
    (i32.mul (local.get $i) (i32.const 100)))
  (func $loop (param $i i32) (result i32)
    (local.set $i (i32.mul (local.get $i) (i32.const 3)))
    (loop (br_if 0 (i32.lt_s (local.tee $i (i32.mul (local.get $i) (local.get $i))) (i32.const 100))))
    (i32.mul (local.get $i) (i32.const 5))))
