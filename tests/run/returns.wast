;; Returns: jumps to them, moves before them, from frames with 1 to 4 parameter slots, behind a call and before any; constants of globals that do not change.
(module
  (memory 1)
  (global $sp (mut i32) (i32.const 1024))
  (global $seven i32 (i32.const 7))
  (global $big i64 (i64.const -81985529216486896))
  (global $half f32 (f32.const 0.5))
  (global $third f64 (f64.const 0.25))
  (global $copy i32 (global.get $seven))
  (global $sum i32 (i32.add (i32.const 40) (i32.const 2)))
  (func (export "constants") (result i32 i64 f32 f64 i32 i32)
    global.get $seven global.get $big global.get $half global.get $third global.get $copy global.get $sum)
  (func $nothing)
  ;; The last instruction of an arm, and what it leaves: a parameter, a constant, a sum with a constant, an accumulator, a call's result.
  (func $i32-1 (export "i32-1") (param $k i32) (result i32)
    local.get $k i32.const 1 i32.eq if (result i32)
      local.get 0
    else
      local.get $k i32.const 2 i32.eq if (result i32)
        i32.const 41
      else
        local.get $k i32.const 3 i32.eq if (result i32)
          local.get 0 i32.const 1 i32.add
        else
          local.get $k i32.const 4 i32.eq if (result i32)
            local.get 0 local.get 0 i32.mul
          else
            local.get $k i32.const 5 i32.eq if (result i32)
              i32.const 1  call $i32-1
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result i32) local.get 0 else i32.const 9 end
            end
          end
        end
      end
    end)
  (func $i32-2 (export "i32-2") (param $k i32) (param i32) (result i32)
    local.get $k i32.const 1 i32.eq if (result i32)
      local.get 1
    else
      local.get $k i32.const 2 i32.eq if (result i32)
        i32.const 41
      else
        local.get $k i32.const 3 i32.eq if (result i32)
          local.get 1 i32.const 1 i32.add
        else
          local.get $k i32.const 4 i32.eq if (result i32)
            local.get 1 local.get 1 i32.mul
          else
            local.get $k i32.const 5 i32.eq if (result i32)
              i32.const 1 local.get 1 call $i32-2
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result i32) local.get 1 else i32.const 9 end
            end
          end
        end
      end
    end)
  (func $i32-3 (export "i32-3") (param $k i32) (param i32) (param i32) (result i32)
    local.get $k i32.const 1 i32.eq if (result i32)
      local.get 2
    else
      local.get $k i32.const 2 i32.eq if (result i32)
        i32.const 41
      else
        local.get $k i32.const 3 i32.eq if (result i32)
          local.get 2 i32.const 1 i32.add
        else
          local.get $k i32.const 4 i32.eq if (result i32)
            local.get 2 local.get 2 i32.mul
          else
            local.get $k i32.const 5 i32.eq if (result i32)
              i32.const 1 local.get 1 local.get 2 call $i32-3
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result i32) local.get 2 else i32.const 9 end
            end
          end
        end
      end
    end)
  (func $i32-4 (export "i32-4") (param $k i32) (param i32) (param i32) (param i32) (result i32)
    local.get $k i32.const 1 i32.eq if (result i32)
      local.get 3
    else
      local.get $k i32.const 2 i32.eq if (result i32)
        i32.const 41
      else
        local.get $k i32.const 3 i32.eq if (result i32)
          local.get 3 i32.const 1 i32.add
        else
          local.get $k i32.const 4 i32.eq if (result i32)
            local.get 3 local.get 3 i32.mul
          else
            local.get $k i32.const 5 i32.eq if (result i32)
              i32.const 1 local.get 1 local.get 2 local.get 3 call $i32-4
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result i32) local.get 3 else i32.const 9 end
            end
          end
        end
      end
    end)
  (func (export "void-i32-1") (param $k i32)
    block
      local.get $k i32.const 1 i32.eq br_if 0
      local.get $k i32.const 2 i32.eq if i32.const 0 local.get $k i32.store return end
      call $nothing
      i32.const 0 local.get 0 i32.store
      br 0
    end)
  (func (export "frame-1") (param $k i32) (result i32) (local $at i32)
    global.get $sp i32.const 16 i32.sub local.tee $at global.set $sp
    local.get $at local.get 0 i32.store
    local.get $k if call $nothing end
    local.get $at i32.load
    local.get $at i32.const 16 i32.add global.set $sp)
  (func (export "frame-void-1") (param $k i32) (local $at i32)
    global.get $sp i32.const 16 i32.sub local.tee $at global.set $sp
    i32.const 0 local.get 0 i32.store
    local.get $at i32.const 16 i32.add global.set $sp)
  (func (export "void-i32-2") (param $k i32) (param i32)
    block
      local.get $k i32.const 1 i32.eq br_if 0
      local.get $k i32.const 2 i32.eq if i32.const 0 local.get $k i32.store return end
      call $nothing
      i32.const 0 local.get 1 i32.store
      br 0
    end)
  (func (export "frame-2") (param $k i32) (param i32) (result i32) (local $at i32)
    global.get $sp i32.const 16 i32.sub local.tee $at global.set $sp
    local.get $at local.get 1 i32.store
    local.get $k if call $nothing end
    local.get $at i32.load
    local.get $at i32.const 16 i32.add global.set $sp)
  (func (export "frame-void-2") (param $k i32) (param i32) (local $at i32)
    global.get $sp i32.const 16 i32.sub local.tee $at global.set $sp
    i32.const 0 local.get 1 i32.store
    local.get $at i32.const 16 i32.add global.set $sp)
  (func (export "void-i32-3") (param $k i32) (param i32) (param i32)
    block
      local.get $k i32.const 1 i32.eq br_if 0
      local.get $k i32.const 2 i32.eq if i32.const 0 local.get $k i32.store return end
      call $nothing
      i32.const 0 local.get 2 i32.store
      br 0
    end)
  (func (export "frame-3") (param $k i32) (param i32) (param i32) (result i32) (local $at i32)
    global.get $sp i32.const 16 i32.sub local.tee $at global.set $sp
    local.get $at local.get 2 i32.store
    local.get $k if call $nothing end
    local.get $at i32.load
    local.get $at i32.const 16 i32.add global.set $sp)
  (func (export "frame-void-3") (param $k i32) (param i32) (param i32) (local $at i32)
    global.get $sp i32.const 16 i32.sub local.tee $at global.set $sp
    i32.const 0 local.get 2 i32.store
    local.get $at i32.const 16 i32.add global.set $sp)
  (func (export "void-i32-4") (param $k i32) (param i32) (param i32) (param i32)
    block
      local.get $k i32.const 1 i32.eq br_if 0
      local.get $k i32.const 2 i32.eq if i32.const 0 local.get $k i32.store return end
      call $nothing
      i32.const 0 local.get 3 i32.store
      br 0
    end)
  (func (export "frame-4") (param $k i32) (param i32) (param i32) (param i32) (result i32) (local $at i32)
    global.get $sp i32.const 16 i32.sub local.tee $at global.set $sp
    local.get $at local.get 3 i32.store
    local.get $k if call $nothing end
    local.get $at i32.load
    local.get $at i32.const 16 i32.add global.set $sp)
  (func (export "frame-void-4") (param $k i32) (param i32) (param i32) (param i32) (local $at i32)
    global.get $sp i32.const 16 i32.sub local.tee $at global.set $sp
    i32.const 0 local.get 3 i32.store
    local.get $at i32.const 16 i32.add global.set $sp)
  (func $i64-1 (export "i64-1") (param $k i32) (result i64)
    local.get $k i32.const 1 i32.eq if (result i64)
      local.get 0 i64.extend_i32_u
    else
      local.get $k i32.const 2 i32.eq if (result i64)
        i64.const 41
      else
        local.get $k i32.const 3 i32.eq if (result i64)
          local.get 0 i64.extend_i32_u i64.const 1 i64.add
        else
          local.get $k i32.const 4 i32.eq if (result i64)
            local.get 0 i64.extend_i32_u local.get 0 i64.extend_i32_u i64.mul
          else
            local.get $k i32.const 5 i32.eq if (result i64)
              i32.const 1  call $i64-1
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result i64) local.get 0 i64.extend_i32_u else i64.const 9 end
            end
          end
        end
      end
    end)
  (func $i64-2 (export "i64-2") (param $k i32) (param i64) (result i64)
    local.get $k i32.const 1 i32.eq if (result i64)
      local.get 1
    else
      local.get $k i32.const 2 i32.eq if (result i64)
        i64.const 41
      else
        local.get $k i32.const 3 i32.eq if (result i64)
          local.get 1 i64.const 1 i64.add
        else
          local.get $k i32.const 4 i32.eq if (result i64)
            local.get 1 local.get 1 i64.mul
          else
            local.get $k i32.const 5 i32.eq if (result i64)
              i32.const 1 local.get 1 call $i64-2
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result i64) local.get 1 else i64.const 9 end
            end
          end
        end
      end
    end)
  (func $i64-3 (export "i64-3") (param $k i32) (param i64) (param i64) (result i64)
    local.get $k i32.const 1 i32.eq if (result i64)
      local.get 2
    else
      local.get $k i32.const 2 i32.eq if (result i64)
        i64.const 41
      else
        local.get $k i32.const 3 i32.eq if (result i64)
          local.get 2 i64.const 1 i64.add
        else
          local.get $k i32.const 4 i32.eq if (result i64)
            local.get 2 local.get 2 i64.mul
          else
            local.get $k i32.const 5 i32.eq if (result i64)
              i32.const 1 local.get 1 local.get 2 call $i64-3
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result i64) local.get 2 else i64.const 9 end
            end
          end
        end
      end
    end)
  (func $i64-4 (export "i64-4") (param $k i32) (param i64) (param i64) (param i64) (result i64)
    local.get $k i32.const 1 i32.eq if (result i64)
      local.get 3
    else
      local.get $k i32.const 2 i32.eq if (result i64)
        i64.const 41
      else
        local.get $k i32.const 3 i32.eq if (result i64)
          local.get 3 i64.const 1 i64.add
        else
          local.get $k i32.const 4 i32.eq if (result i64)
            local.get 3 local.get 3 i64.mul
          else
            local.get $k i32.const 5 i32.eq if (result i64)
              i32.const 1 local.get 1 local.get 2 local.get 3 call $i64-4
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result i64) local.get 3 else i64.const 9 end
            end
          end
        end
      end
    end)
  (func $f32-1 (export "f32-1") (param $k i32) (result f32)
    local.get $k i32.const 1 i32.eq if (result f32)
      local.get 0 f32.convert_i32_u
    else
      local.get $k i32.const 2 i32.eq if (result f32)
        f32.const 41
      else
        local.get $k i32.const 3 i32.eq if (result f32)
          local.get 0 f32.convert_i32_u f32.const 1 f32.add
        else
          local.get $k i32.const 4 i32.eq if (result f32)
            local.get 0 f32.convert_i32_u local.get 0 f32.convert_i32_u f32.mul
          else
            local.get $k i32.const 5 i32.eq if (result f32)
              i32.const 1  call $f32-1
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result f32) local.get 0 f32.convert_i32_u else f32.const 9 end
            end
          end
        end
      end
    end)
  (func $f32-2 (export "f32-2") (param $k i32) (param f32) (result f32)
    local.get $k i32.const 1 i32.eq if (result f32)
      local.get 1
    else
      local.get $k i32.const 2 i32.eq if (result f32)
        f32.const 41
      else
        local.get $k i32.const 3 i32.eq if (result f32)
          local.get 1 f32.const 1 f32.add
        else
          local.get $k i32.const 4 i32.eq if (result f32)
            local.get 1 local.get 1 f32.mul
          else
            local.get $k i32.const 5 i32.eq if (result f32)
              i32.const 1 local.get 1 call $f32-2
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result f32) local.get 1 else f32.const 9 end
            end
          end
        end
      end
    end)
  (func $f32-3 (export "f32-3") (param $k i32) (param f32) (param f32) (result f32)
    local.get $k i32.const 1 i32.eq if (result f32)
      local.get 2
    else
      local.get $k i32.const 2 i32.eq if (result f32)
        f32.const 41
      else
        local.get $k i32.const 3 i32.eq if (result f32)
          local.get 2 f32.const 1 f32.add
        else
          local.get $k i32.const 4 i32.eq if (result f32)
            local.get 2 local.get 2 f32.mul
          else
            local.get $k i32.const 5 i32.eq if (result f32)
              i32.const 1 local.get 1 local.get 2 call $f32-3
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result f32) local.get 2 else f32.const 9 end
            end
          end
        end
      end
    end)
  (func $f32-4 (export "f32-4") (param $k i32) (param f32) (param f32) (param f32) (result f32)
    local.get $k i32.const 1 i32.eq if (result f32)
      local.get 3
    else
      local.get $k i32.const 2 i32.eq if (result f32)
        f32.const 41
      else
        local.get $k i32.const 3 i32.eq if (result f32)
          local.get 3 f32.const 1 f32.add
        else
          local.get $k i32.const 4 i32.eq if (result f32)
            local.get 3 local.get 3 f32.mul
          else
            local.get $k i32.const 5 i32.eq if (result f32)
              i32.const 1 local.get 1 local.get 2 local.get 3 call $f32-4
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result f32) local.get 3 else f32.const 9 end
            end
          end
        end
      end
    end)
  (func $f64-1 (export "f64-1") (param $k i32) (result f64)
    local.get $k i32.const 1 i32.eq if (result f64)
      local.get 0 f64.convert_i32_u
    else
      local.get $k i32.const 2 i32.eq if (result f64)
        f64.const 41
      else
        local.get $k i32.const 3 i32.eq if (result f64)
          local.get 0 f64.convert_i32_u f64.const 1 f64.add
        else
          local.get $k i32.const 4 i32.eq if (result f64)
            local.get 0 f64.convert_i32_u local.get 0 f64.convert_i32_u f64.mul
          else
            local.get $k i32.const 5 i32.eq if (result f64)
              i32.const 1  call $f64-1
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result f64) local.get 0 f64.convert_i32_u else f64.const 9 end
            end
          end
        end
      end
    end)
  (func $f64-2 (export "f64-2") (param $k i32) (param f64) (result f64)
    local.get $k i32.const 1 i32.eq if (result f64)
      local.get 1
    else
      local.get $k i32.const 2 i32.eq if (result f64)
        f64.const 41
      else
        local.get $k i32.const 3 i32.eq if (result f64)
          local.get 1 f64.const 1 f64.add
        else
          local.get $k i32.const 4 i32.eq if (result f64)
            local.get 1 local.get 1 f64.mul
          else
            local.get $k i32.const 5 i32.eq if (result f64)
              i32.const 1 local.get 1 call $f64-2
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result f64) local.get 1 else f64.const 9 end
            end
          end
        end
      end
    end)
  (func $f64-3 (export "f64-3") (param $k i32) (param f64) (param f64) (result f64)
    local.get $k i32.const 1 i32.eq if (result f64)
      local.get 2
    else
      local.get $k i32.const 2 i32.eq if (result f64)
        f64.const 41
      else
        local.get $k i32.const 3 i32.eq if (result f64)
          local.get 2 f64.const 1 f64.add
        else
          local.get $k i32.const 4 i32.eq if (result f64)
            local.get 2 local.get 2 f64.mul
          else
            local.get $k i32.const 5 i32.eq if (result f64)
              i32.const 1 local.get 1 local.get 2 call $f64-3
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result f64) local.get 2 else f64.const 9 end
            end
          end
        end
      end
    end)
  (func $f64-4 (export "f64-4") (param $k i32) (param f64) (param f64) (param f64) (result f64)
    local.get $k i32.const 1 i32.eq if (result f64)
      local.get 3
    else
      local.get $k i32.const 2 i32.eq if (result f64)
        f64.const 41
      else
        local.get $k i32.const 3 i32.eq if (result f64)
          local.get 3 f64.const 1 f64.add
        else
          local.get $k i32.const 4 i32.eq if (result f64)
            local.get 3 local.get 3 f64.mul
          else
            local.get $k i32.const 5 i32.eq if (result f64)
              i32.const 1 local.get 1 local.get 2 local.get 3 call $f64-4
            else
              call $nothing
              local.get $k i32.const 6 i32.eq if (result f64) local.get 3 else f64.const 9 end
            end
          end
        end
      end
    end)
  (func (export "load") (result i32) i32.const 0 i32.load)
  (func (export "clear") i32.const 0 i32.const 0 i32.store)
  (func (export "sp") (result i32) global.get $sp)
  ;; A jump to a jump to a return, and jumps that go round in a circle behind an exit.
  (func (export "far") (param i32 i32) (result i32)
    block
      block
        block
          local.get 0 br_if 0
          local.get 1 i32.const 3 i32.gt_u br_if 1
          i32.const 5 local.set 1
          br 2
        end
        br 1
      end
      local.get 1 i32.const 100 i32.add local.set 1
    end
    local.get 1)
  (func (export "circle") (param i32) (result i32)
    local.get 0 if i32.const 1 return end
    i32.const 2 i32.const 0 br_if 0
    loop loop br 1 end end
    unreachable))
(assert_return (invoke "i32-1" (i32.const 1)) (i32.const 1))
(assert_return (invoke "i32-1" (i32.const 2)) (i32.const 41))
(assert_return (invoke "i32-1" (i32.const 3)) (i32.const 4))
(assert_return (invoke "i32-1" (i32.const 4)) (i32.const 16))
(assert_return (invoke "i32-1" (i32.const 5)) (i32.const 1))
(assert_return (invoke "i32-1" (i32.const 6)) (i32.const 6))
(assert_return (invoke "i32-1" (i32.const 7)) (i32.const 9))
(assert_return (invoke "i32-2" (i32.const 1) (i32.const 11)) (i32.const 11))
(assert_return (invoke "i32-2" (i32.const 2) (i32.const 11)) (i32.const 41))
(assert_return (invoke "i32-2" (i32.const 3) (i32.const 11)) (i32.const 12))
(assert_return (invoke "i32-2" (i32.const 4) (i32.const 11)) (i32.const 121))
(assert_return (invoke "i32-2" (i32.const 5) (i32.const 11)) (i32.const 11))
(assert_return (invoke "i32-2" (i32.const 6) (i32.const 11)) (i32.const 11))
(assert_return (invoke "i32-2" (i32.const 7) (i32.const 11)) (i32.const 9))
(assert_return (invoke "i32-3" (i32.const 1) (i32.const 11) (i32.const 12)) (i32.const 12))
(assert_return (invoke "i32-3" (i32.const 2) (i32.const 11) (i32.const 12)) (i32.const 41))
(assert_return (invoke "i32-3" (i32.const 3) (i32.const 11) (i32.const 12)) (i32.const 13))
(assert_return (invoke "i32-3" (i32.const 4) (i32.const 11) (i32.const 12)) (i32.const 144))
(assert_return (invoke "i32-3" (i32.const 5) (i32.const 11) (i32.const 12)) (i32.const 12))
(assert_return (invoke "i32-3" (i32.const 6) (i32.const 11) (i32.const 12)) (i32.const 12))
(assert_return (invoke "i32-3" (i32.const 7) (i32.const 11) (i32.const 12)) (i32.const 9))
(assert_return (invoke "i32-4" (i32.const 1) (i32.const 11) (i32.const 12) (i32.const 13)) (i32.const 13))
(assert_return (invoke "i32-4" (i32.const 2) (i32.const 11) (i32.const 12) (i32.const 13)) (i32.const 41))
(assert_return (invoke "i32-4" (i32.const 3) (i32.const 11) (i32.const 12) (i32.const 13)) (i32.const 14))
(assert_return (invoke "i32-4" (i32.const 4) (i32.const 11) (i32.const 12) (i32.const 13)) (i32.const 169))
(assert_return (invoke "i32-4" (i32.const 5) (i32.const 11) (i32.const 12) (i32.const 13)) (i32.const 13))
(assert_return (invoke "i32-4" (i32.const 6) (i32.const 11) (i32.const 12) (i32.const 13)) (i32.const 13))
(assert_return (invoke "i32-4" (i32.const 7) (i32.const 11) (i32.const 12) (i32.const 13)) (i32.const 9))
(assert_return (invoke "frame-1" (i32.const 0)) (i32.const 0))
(assert_return (invoke "frame-1" (i32.const 1)) (i32.const 1))
(assert_return (invoke "frame-1" (i32.const 2)) (i32.const 2))
(assert_return (invoke "frame-void-1" (i32.const 5)))
(assert_return (invoke "load") (i32.const 5))
(invoke "clear")
(assert_return (invoke "void-i32-1" (i32.const 1)))
(assert_return (invoke "load") (i32.const 0))
(invoke "clear")
(assert_return (invoke "void-i32-1" (i32.const 2)))
(assert_return (invoke "load") (i32.const 2))
(invoke "clear")
(assert_return (invoke "void-i32-1" (i32.const 3)))
(assert_return (invoke "load") (i32.const 3))
(assert_return (invoke "frame-2" (i32.const 0) (i32.const 11)) (i32.const 11))
(assert_return (invoke "frame-2" (i32.const 1) (i32.const 11)) (i32.const 11))
(assert_return (invoke "frame-2" (i32.const 2) (i32.const 11)) (i32.const 11))
(assert_return (invoke "frame-void-2" (i32.const 5) (i32.const 11)))
(assert_return (invoke "load") (i32.const 11))
(invoke "clear")
(assert_return (invoke "void-i32-2" (i32.const 1) (i32.const 11)))
(assert_return (invoke "load") (i32.const 0))
(invoke "clear")
(assert_return (invoke "void-i32-2" (i32.const 2) (i32.const 11)))
(assert_return (invoke "load") (i32.const 2))
(invoke "clear")
(assert_return (invoke "void-i32-2" (i32.const 3) (i32.const 11)))
(assert_return (invoke "load") (i32.const 11))
(assert_return (invoke "frame-3" (i32.const 0) (i32.const 11) (i32.const 12)) (i32.const 12))
(assert_return (invoke "frame-3" (i32.const 1) (i32.const 11) (i32.const 12)) (i32.const 12))
(assert_return (invoke "frame-3" (i32.const 2) (i32.const 11) (i32.const 12)) (i32.const 12))
(assert_return (invoke "frame-void-3" (i32.const 5) (i32.const 11) (i32.const 12)))
(assert_return (invoke "load") (i32.const 12))
(invoke "clear")
(assert_return (invoke "void-i32-3" (i32.const 1) (i32.const 11) (i32.const 12)))
(assert_return (invoke "load") (i32.const 0))
(invoke "clear")
(assert_return (invoke "void-i32-3" (i32.const 2) (i32.const 11) (i32.const 12)))
(assert_return (invoke "load") (i32.const 2))
(invoke "clear")
(assert_return (invoke "void-i32-3" (i32.const 3) (i32.const 11) (i32.const 12)))
(assert_return (invoke "load") (i32.const 12))
(assert_return (invoke "frame-4" (i32.const 0) (i32.const 11) (i32.const 12) (i32.const 13)) (i32.const 13))
(assert_return (invoke "frame-4" (i32.const 1) (i32.const 11) (i32.const 12) (i32.const 13)) (i32.const 13))
(assert_return (invoke "frame-4" (i32.const 2) (i32.const 11) (i32.const 12) (i32.const 13)) (i32.const 13))
(assert_return (invoke "frame-void-4" (i32.const 5) (i32.const 11) (i32.const 12) (i32.const 13)))
(assert_return (invoke "load") (i32.const 13))
(invoke "clear")
(assert_return (invoke "void-i32-4" (i32.const 1) (i32.const 11) (i32.const 12) (i32.const 13)))
(assert_return (invoke "load") (i32.const 0))
(invoke "clear")
(assert_return (invoke "void-i32-4" (i32.const 2) (i32.const 11) (i32.const 12) (i32.const 13)))
(assert_return (invoke "load") (i32.const 2))
(invoke "clear")
(assert_return (invoke "void-i32-4" (i32.const 3) (i32.const 11) (i32.const 12) (i32.const 13)))
(assert_return (invoke "load") (i32.const 13))
(assert_return (invoke "i64-1" (i32.const 1)) (i64.const 1))
(assert_return (invoke "i64-1" (i32.const 2)) (i64.const 41))
(assert_return (invoke "i64-1" (i32.const 3)) (i64.const 4))
(assert_return (invoke "i64-1" (i32.const 4)) (i64.const 16))
(assert_return (invoke "i64-1" (i32.const 5)) (i64.const 1))
(assert_return (invoke "i64-1" (i32.const 6)) (i64.const 6))
(assert_return (invoke "i64-1" (i32.const 7)) (i64.const 9))
(assert_return (invoke "i64-2" (i32.const 1) (i64.const 11)) (i64.const 11))
(assert_return (invoke "i64-2" (i32.const 2) (i64.const 11)) (i64.const 41))
(assert_return (invoke "i64-2" (i32.const 3) (i64.const 11)) (i64.const 12))
(assert_return (invoke "i64-2" (i32.const 4) (i64.const 11)) (i64.const 121))
(assert_return (invoke "i64-2" (i32.const 5) (i64.const 11)) (i64.const 11))
(assert_return (invoke "i64-2" (i32.const 6) (i64.const 11)) (i64.const 11))
(assert_return (invoke "i64-2" (i32.const 7) (i64.const 11)) (i64.const 9))
(assert_return (invoke "i64-3" (i32.const 1) (i64.const 11) (i64.const 12)) (i64.const 12))
(assert_return (invoke "i64-3" (i32.const 2) (i64.const 11) (i64.const 12)) (i64.const 41))
(assert_return (invoke "i64-3" (i32.const 3) (i64.const 11) (i64.const 12)) (i64.const 13))
(assert_return (invoke "i64-3" (i32.const 4) (i64.const 11) (i64.const 12)) (i64.const 144))
(assert_return (invoke "i64-3" (i32.const 5) (i64.const 11) (i64.const 12)) (i64.const 12))
(assert_return (invoke "i64-3" (i32.const 6) (i64.const 11) (i64.const 12)) (i64.const 12))
(assert_return (invoke "i64-3" (i32.const 7) (i64.const 11) (i64.const 12)) (i64.const 9))
(assert_return (invoke "i64-4" (i32.const 1) (i64.const 11) (i64.const 12) (i64.const 13)) (i64.const 13))
(assert_return (invoke "i64-4" (i32.const 2) (i64.const 11) (i64.const 12) (i64.const 13)) (i64.const 41))
(assert_return (invoke "i64-4" (i32.const 3) (i64.const 11) (i64.const 12) (i64.const 13)) (i64.const 14))
(assert_return (invoke "i64-4" (i32.const 4) (i64.const 11) (i64.const 12) (i64.const 13)) (i64.const 169))
(assert_return (invoke "i64-4" (i32.const 5) (i64.const 11) (i64.const 12) (i64.const 13)) (i64.const 13))
(assert_return (invoke "i64-4" (i32.const 6) (i64.const 11) (i64.const 12) (i64.const 13)) (i64.const 13))
(assert_return (invoke "i64-4" (i32.const 7) (i64.const 11) (i64.const 12) (i64.const 13)) (i64.const 9))
(assert_return (invoke "f32-1" (i32.const 1)) (f32.const 1))
(assert_return (invoke "f32-1" (i32.const 2)) (f32.const 41))
(assert_return (invoke "f32-1" (i32.const 3)) (f32.const 4))
(assert_return (invoke "f32-1" (i32.const 4)) (f32.const 16))
(assert_return (invoke "f32-1" (i32.const 5)) (f32.const 1))
(assert_return (invoke "f32-1" (i32.const 6)) (f32.const 6))
(assert_return (invoke "f32-1" (i32.const 7)) (f32.const 9))
(assert_return (invoke "f32-2" (i32.const 1) (f32.const 11)) (f32.const 11))
(assert_return (invoke "f32-2" (i32.const 2) (f32.const 11)) (f32.const 41))
(assert_return (invoke "f32-2" (i32.const 3) (f32.const 11)) (f32.const 12))
(assert_return (invoke "f32-2" (i32.const 4) (f32.const 11)) (f32.const 121))
(assert_return (invoke "f32-2" (i32.const 5) (f32.const 11)) (f32.const 11))
(assert_return (invoke "f32-2" (i32.const 6) (f32.const 11)) (f32.const 11))
(assert_return (invoke "f32-2" (i32.const 7) (f32.const 11)) (f32.const 9))
(assert_return (invoke "f32-3" (i32.const 1) (f32.const 11) (f32.const 12)) (f32.const 12))
(assert_return (invoke "f32-3" (i32.const 2) (f32.const 11) (f32.const 12)) (f32.const 41))
(assert_return (invoke "f32-3" (i32.const 3) (f32.const 11) (f32.const 12)) (f32.const 13))
(assert_return (invoke "f32-3" (i32.const 4) (f32.const 11) (f32.const 12)) (f32.const 144))
(assert_return (invoke "f32-3" (i32.const 5) (f32.const 11) (f32.const 12)) (f32.const 12))
(assert_return (invoke "f32-3" (i32.const 6) (f32.const 11) (f32.const 12)) (f32.const 12))
(assert_return (invoke "f32-3" (i32.const 7) (f32.const 11) (f32.const 12)) (f32.const 9))
(assert_return (invoke "f32-4" (i32.const 1) (f32.const 11) (f32.const 12) (f32.const 13)) (f32.const 13))
(assert_return (invoke "f32-4" (i32.const 2) (f32.const 11) (f32.const 12) (f32.const 13)) (f32.const 41))
(assert_return (invoke "f32-4" (i32.const 3) (f32.const 11) (f32.const 12) (f32.const 13)) (f32.const 14))
(assert_return (invoke "f32-4" (i32.const 4) (f32.const 11) (f32.const 12) (f32.const 13)) (f32.const 169))
(assert_return (invoke "f32-4" (i32.const 5) (f32.const 11) (f32.const 12) (f32.const 13)) (f32.const 13))
(assert_return (invoke "f32-4" (i32.const 6) (f32.const 11) (f32.const 12) (f32.const 13)) (f32.const 13))
(assert_return (invoke "f32-4" (i32.const 7) (f32.const 11) (f32.const 12) (f32.const 13)) (f32.const 9))
(assert_return (invoke "f64-1" (i32.const 1)) (f64.const 1))
(assert_return (invoke "f64-1" (i32.const 2)) (f64.const 41))
(assert_return (invoke "f64-1" (i32.const 3)) (f64.const 4))
(assert_return (invoke "f64-1" (i32.const 4)) (f64.const 16))
(assert_return (invoke "f64-1" (i32.const 5)) (f64.const 1))
(assert_return (invoke "f64-1" (i32.const 6)) (f64.const 6))
(assert_return (invoke "f64-1" (i32.const 7)) (f64.const 9))
(assert_return (invoke "f64-2" (i32.const 1) (f64.const 11)) (f64.const 11))
(assert_return (invoke "f64-2" (i32.const 2) (f64.const 11)) (f64.const 41))
(assert_return (invoke "f64-2" (i32.const 3) (f64.const 11)) (f64.const 12))
(assert_return (invoke "f64-2" (i32.const 4) (f64.const 11)) (f64.const 121))
(assert_return (invoke "f64-2" (i32.const 5) (f64.const 11)) (f64.const 11))
(assert_return (invoke "f64-2" (i32.const 6) (f64.const 11)) (f64.const 11))
(assert_return (invoke "f64-2" (i32.const 7) (f64.const 11)) (f64.const 9))
(assert_return (invoke "f64-3" (i32.const 1) (f64.const 11) (f64.const 12)) (f64.const 12))
(assert_return (invoke "f64-3" (i32.const 2) (f64.const 11) (f64.const 12)) (f64.const 41))
(assert_return (invoke "f64-3" (i32.const 3) (f64.const 11) (f64.const 12)) (f64.const 13))
(assert_return (invoke "f64-3" (i32.const 4) (f64.const 11) (f64.const 12)) (f64.const 144))
(assert_return (invoke "f64-3" (i32.const 5) (f64.const 11) (f64.const 12)) (f64.const 12))
(assert_return (invoke "f64-3" (i32.const 6) (f64.const 11) (f64.const 12)) (f64.const 12))
(assert_return (invoke "f64-3" (i32.const 7) (f64.const 11) (f64.const 12)) (f64.const 9))
(assert_return (invoke "f64-4" (i32.const 1) (f64.const 11) (f64.const 12) (f64.const 13)) (f64.const 13))
(assert_return (invoke "f64-4" (i32.const 2) (f64.const 11) (f64.const 12) (f64.const 13)) (f64.const 41))
(assert_return (invoke "f64-4" (i32.const 3) (f64.const 11) (f64.const 12) (f64.const 13)) (f64.const 14))
(assert_return (invoke "f64-4" (i32.const 4) (f64.const 11) (f64.const 12) (f64.const 13)) (f64.const 169))
(assert_return (invoke "f64-4" (i32.const 5) (f64.const 11) (f64.const 12) (f64.const 13)) (f64.const 13))
(assert_return (invoke "f64-4" (i32.const 6) (f64.const 11) (f64.const 12) (f64.const 13)) (f64.const 13))
(assert_return (invoke "f64-4" (i32.const 7) (f64.const 11) (f64.const 12) (f64.const 13)) (f64.const 9))
(assert_return (invoke "sp") (i32.const 1024))
(assert_return (invoke "constants") (i32.const 7) (i64.const -81985529216486896) (f32.const 0.5) (f64.const 0.25) (i32.const 7) (i32.const 42))
(assert_return (invoke "far" (i32.const 1) (i32.const 2)) (i32.const 2))
(assert_return (invoke "far" (i32.const 0) (i32.const 2)) (i32.const 5))
(assert_return (invoke "far" (i32.const 0) (i32.const 9)) (i32.const 109))
(assert_return (invoke "circle" (i32.const 1)) (i32.const 1))
