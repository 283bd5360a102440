;; Compare and branch in one, loop latches, select, br_table.
(module
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
)
