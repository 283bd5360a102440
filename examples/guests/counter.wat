;; Counts in a global, so that every instance has a count of its own.
(module
  (global $count (mut i64) (i64.const 0))
  (func (export "count_to") (param $n i64) (result i64)
    (loop $next
      (global.set $count (i64.add (global.get $count) (i64.const 1)))
      (br_if $next (i64.lt_u (global.get $count) (local.get $n))))
    (global.get $count)))
