;; local.get emits nothing; what is pending is saved when the local changes.
(module
  (func $swap (param i32 i32) (result i32 i32) local.get 0 local.get 1 local.set 0 local.set 1 local.get 0 local.get 1)
  (func $saved (param i32) (result i32) local.get 0 local.get 0 i32.const 1 i32.add local.set 0 local.get 0 i32.mul)
  (func $dropped (param i32 i32) local.get 0 local.get 1 i32.mul drop local.get 0 drop)
  (func $tee (param i32) (result i32) (local i32) local.get 0 i32.const 1 i32.add local.tee 1 local.get 1 i32.mul)
  (func $copy (param i32) (result i32) (local i32) local.get 0 local.set 1 local.get 1)
)
