;; Several instances of this module work on one memory: word 0 is a counter, word 4 how many are still at work.
(module
  (import "env" "memory" (memory 1 1 shared))
  (func (export "work") (param $n i32)
    (loop $l
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (if (i32.eq (i32.atomic.rmw.sub (i32.const 4) (i32.const 1)) (i32.const 1))
      (then (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))))
  (func (export "wait") (result i32) (local $left i32)
    (block $done
      (loop $l
        (br_if $done (i32.eqz (local.tee $left (i32.atomic.load (i32.const 4)))))
        (drop (memory.atomic.wait32 (i32.const 4) (local.get $left) (i64.const -1)))
        (br $l)))
    (i32.atomic.load (i32.const 0))))
