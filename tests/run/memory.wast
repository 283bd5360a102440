;; Addresses: i32 arithmetic wraps before the offset is added, the sum of address and offset does not.
(module
  (memory 1 4)
  (data (i32.const 0) "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
  (data (i32.const 65528) "\f0\f1\f2\f3\f4\f5\f6\f7")
  ;; address = a + b, folded into the load
  (func (export "a+b") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.add
    i32.load8_u)
  (func (export "a+b offset") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.add
    i32.load8_u offset=4)
  (func (export "a+b big offset") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.add
    i32.load8_u offset=0xffffffff)
  (func (export "a+imm") (param $a i32) (result i32)
    local.get $a
    i32.const 16
    i32.add
    i32.load8_u)
  (func (export "a-imm") (param $a i32) (result i32)
    local.get $a
    i32.const 16
    i32.sub
    i32.load8_u)
  (func (export "a+neg imm offset") (param $a i32) (result i32)
    local.get $a
    i32.const -8
    i32.add
    i32.load8_u offset=8)
  (func (export "a+imm+offset") (param $a i32) (result i32)
    local.get $a
    i32.const 0x7fffffff
    i32.add
    i32.load8_u offset=0x7fffffff)
  (func (export "a+a") (param $a i32) (result i32)
    local.get $a
    local.get $a
    i32.add
    i32.load8_u)
  (func (export "a+(b<<2)") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.const 2
    i32.shl
    i32.add
    i32.load8_u)
  (func (export "(b<<3)+a") (param $a i32) (param $b i32) (result i32)
    local.get $b
    i32.const 3
    i32.shl
    local.get $a
    i32.add
    i32.load8_u offset=1)
  (func (export "a+(b<<35)") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.const 35
    i32.shl
    i32.add
    i32.load8_u)
  (func (export "a+(b*8)") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.const 8
    i32.mul
    i32.add
    i32.load8_u)
  (func (export "const") (result i32)
    i32.const 9
    i32.load8_u offset=3)
  (func (export "const end") (result i32)
    i32.const 65535
    i32.load8_u)
  (func (export "const out") (result i32)
    i32.const 65535
    i32.load8_u offset=1)
  (func (export "const minus") (result i32)
    i32.const -1
    i32.load8_u offset=1)
  (func (export "or") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.or
    i32.load8_u)
  (func (export "and") (param $a i32) (result i32)
    local.get $a
    i32.const 15
    i32.and
    i32.load8_u offset=2)
  ;; the address computation is used again after the load
  (func (export "address tee") (param $a i32) (param $b i32) (result i32)
    (local $p i32)
    local.get $a
    local.get $b
    i32.add
    local.tee $p
    i32.load8_u
    local.get $p
    i32.const 1000
    i32.mul
    i32.add)
  (func (export "post-increment") (param $p i32) (result i32)
    (local $x i32)
    local.get $p
    i32.load8_u
    local.get $p
    i32.const 1
    i32.add
    local.tee $p
    i32.load8_u
    i32.const 256
    i32.mul
    i32.add
    local.get $p
    i32.const 65536
    i32.mul
    i32.add)
  (func (export "pointer chase") (param $p i32) (result i32)
    local.get $p
    i32.load8_u
    i32.load8_u offset=1
    i32.load8_u offset=1
    i32.load8_u offset=1)
  (func (export "load to own address") (param $p i32) (result i32)
    local.get $p
    i32.load8_u offset=3
    local.set $p
    local.get $p
    i32.load8_u offset=3)
  ;; stores with folded addresses and every kind of value
  (func (export "store a+b") (param $a i32) (param $b i32) (param $v i32) (result i32)
    local.get $a
    local.get $b
    i32.add
    local.get $v
    i32.store offset=64
    local.get $a
    local.get $b
    i32.add
    i32.load offset=64)
  (func (export "store acc value") (param $a i32) (param $v i32) (result i32)
    local.get $a
    local.get $v
    i32.const 3
    i32.mul
    i32.store offset=64
    local.get $a
    i32.load offset=64)
  (func (export "store acc address") (param $a i32) (param $v i32) (result i32)
    local.get $a
    i32.const 7
    i32.xor
    local.get $v
    i32.store offset=64
    local.get $a
    i32.const 7
    i32.xor
    i32.load offset=64)
  (func (export "store acc both") (param $a i32) (param $v i32) (result i32)
    local.get $a
    i32.const 7
    i32.xor
    local.get $v
    i32.const 9
    i32.add
    i32.store offset=64
    local.get $a
    i32.const 7
    i32.xor
    i32.load offset=64)
  (func (export "store then read local") (param $a i32) (param $v i32) (result i32)
    local.get $a
    local.get $a
    i32.store offset=64
    local.get $v
    local.set $a
    i32.const 0
    i32.load offset=64
    local.get $a
    i32.add)
  ;; read - modify - write of one place
  (func (export "increment") (param $p i32) (result i32)
    local.get $p
    local.get $p
    i32.load offset=128
    i32.const 1
    i32.add
    i32.store offset=128
    local.get $p
    i32.load offset=128)
  ;; a load is not moved over a store
  (func (export "load before store") (param $p i32) (param $v i32) (result i32)
    local.get $p
    i32.load offset=128
    local.get $p
    local.get $v
    i32.store offset=128
    local.get $p
    i32.load offset=128
    i32.const 1000
    i32.mul
    i32.add)
  (func (export "store8") (param $v i32) (result i32)
    i32.const 256
    i32.const -1
    i32.store
    i32.const 257
    local.get $v
    i32.store8
    i32.const 256
    i32.load)
  (func (export "store16") (param $v i32) (result i32)
    i32.const 256
    i32.const -1
    i32.store
    i32.const 257
    local.get $v
    i32.store16
    i32.const 256
    i32.load)
  (func (export "store64") (param $v i64) (result i64 i64)
    i32.const 256
    i64.const -1
    i64.store
    i32.const 257
    local.get $v
    i64.store8
    i32.const 259
    local.get $v
    i64.store16
    i32.const 256
    i64.load
    i32.const 256
    i64.const -1
    i64.store
    i32.const 258
    local.get $v
    i64.store32
    i32.const 256
    i64.load)
  (func (export "load widths") (result i64)
    i32.const 65528
    i64.load8_s
    i32.const 65528
    i64.load8_u
    i64.add
    i32.const 65528
    i64.load16_s
    i64.add
    i32.const 65528
    i64.load16_u
    i64.add
    i32.const 65528
    i64.load32_s
    i64.add
    i32.const 65528
    i64.load32_u
    i64.add
    i32.const 65528
    i64.load
    i64.xor)
  (func (export "i32 at") (param i32) (result i32) local.get 0 i32.load)
  (func (export "i64 at") (param i32) (result i64) local.get 0 i64.load)
  (func (export "f64 at") (param i32) (result f64) local.get 0 f64.load)
  (func (export "i16 at") (param i32) (result i32) local.get 0 i32.load16_u)
  (func (export "store i64 at") (param i32) local.get 0 i64.const -1 i64.store)
  (func (export "store f32 at") (param i32) local.get 0 f32.const 1 f32.store offset=65532)
  (func (export "float roundtrip") (param f64) (result i64)
    i32.const 512
    local.get 0
    f64.store
    i32.const 512
    i64.load)
  (func (export "float from int") (param i64) (result f64)
    i32.const 512
    local.get 0
    i64.store
    i32.const 512
    f64.load)
  (func (export "f32 in f64 slot") (param f32) (result f32 i32)
    i32.const 512
    local.get 0
    f32.store
    i32.const 512
    f32.load
    i32.const 512
    i32.load)
)
(assert_return (invoke "a+b" (i32.const 3) (i32.const 4)) (i32.const 7))
(assert_return (invoke "a+b" (i32.const -3) (i32.const 4)) (i32.const 1))
(assert_return (invoke "a+b" (i32.const 0x80000000) (i32.const 0x80000001)) (i32.const 1))
(assert_trap (invoke "a+b" (i32.const -3) (i32.const 2)) "out of bounds memory access")
(assert_return (invoke "a+b" (i32.const 65530) (i32.const 5)) (i32.const 0xf7))
(assert_trap (invoke "a+b" (i32.const 65530) (i32.const 6)) "out of bounds memory access")
(assert_return (invoke "a+b offset" (i32.const -3) (i32.const 4)) (i32.const 5))
(assert_trap (invoke "a+b offset" (i32.const -3) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "a+b offset" (i32.const -4) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "a+b big offset" (i32.const 1) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "a+b big offset" (i32.const -1) (i32.const 2)) "out of bounds memory access")
(assert_return (invoke "a+imm" (i32.const 3)) (i32.const 19))
(assert_return (invoke "a+imm" (i32.const -16)) (i32.const 0))
(assert_trap (invoke "a+imm" (i32.const -17)) "out of bounds memory access")
(assert_return (invoke "a-imm" (i32.const 20)) (i32.const 4))
(assert_trap (invoke "a-imm" (i32.const 15)) "out of bounds memory access")
(assert_return (invoke "a+neg imm offset" (i32.const 8)) (i32.const 8))
(assert_trap (invoke "a+neg imm offset" (i32.const 7)) "out of bounds memory access")
(assert_trap (invoke "a+imm+offset" (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "a+imm+offset" (i32.const 3)) "out of bounds memory access")
(assert_trap (invoke "a+imm+offset" (i32.const 0x80000001)) "out of bounds memory access")
(assert_return (invoke "a+a" (i32.const 9)) (i32.const 18))
(assert_return (invoke "a+a" (i32.const 0x80000004)) (i32.const 8))
(assert_return (invoke "a+(b<<2)" (i32.const 1) (i32.const 5)) (i32.const 21))
(assert_return (invoke "a+(b<<2)" (i32.const 9) (i32.const -2)) (i32.const 1))
(assert_return (invoke "a+(b<<2)" (i32.const 9) (i32.const 0x40000001)) (i32.const 13))
(assert_return (invoke "a+(b<<2)" (i32.const 9) (i32.const 0xc0000001)) (i32.const 13))
(assert_return (invoke "(b<<3)+a" (i32.const 2) (i32.const 3)) (i32.const 27))
(assert_trap (invoke "(b<<3)+a" (i32.const -1) (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "a+(b<<35)" (i32.const 1) (i32.const 2)) (i32.const 17))
(assert_return (invoke "a+(b*8)" (i32.const 1) (i32.const 2)) (i32.const 17))
(assert_return (invoke "a+(b*8)" (i32.const 1) (i32.const 0x20000001)) (i32.const 9))
(assert_return (invoke "const") (i32.const 12))
(assert_return (invoke "const end") (i32.const 0xf7))
(assert_trap (invoke "const out") "out of bounds memory access")
(assert_trap (invoke "const minus") "out of bounds memory access")
(assert_return (invoke "or" (i32.const 3) (i32.const 8)) (i32.const 11))
(assert_return (invoke "and" (i32.const -1)) (i32.const 17))
(assert_return (invoke "address tee" (i32.const 3) (i32.const 8)) (i32.const 11011))
(assert_return (invoke "post-increment" (i32.const 3)) (i32.const 263171))
(assert_return (invoke "pointer chase" (i32.const 3)) (i32.const 6))
(assert_return (invoke "load to own address" (i32.const 3)) (i32.const 9))
(assert_return (invoke "store a+b" (i32.const 3) (i32.const 8) (i32.const 99)) (i32.const 99))
(assert_return (invoke "store a+b" (i32.const -3) (i32.const 8) (i32.const 98)) (i32.const 98))
(assert_trap (invoke "store a+b" (i32.const -3) (i32.const 2) (i32.const 98)) "out of bounds memory access")
(assert_return (invoke "store acc value" (i32.const 3) (i32.const 5)) (i32.const 15))
(assert_return (invoke "store acc address" (i32.const 3) (i32.const 5)) (i32.const 5))
(assert_return (invoke "store acc both" (i32.const 3) (i32.const 5)) (i32.const 14))
(assert_return (invoke "store then read local" (i32.const 0) (i32.const 5)) (i32.const 5))
(assert_return (invoke "increment" (i32.const 0)) (i32.const 1))
(assert_return (invoke "increment" (i32.const 0)) (i32.const 2))
(assert_return (invoke "load before store" (i32.const 0) (i32.const 7)) (i32.const 7002))
(assert_return (invoke "store8" (i32.const 0x123)) (i32.const 0xffff23ff))
(assert_return (invoke "store16" (i32.const 0x12345)) (i32.const 0xff2345ff))
(assert_return (invoke "store64" (i64.const 0x123456789abcdef0)) (i64.const 0xffffffdef0fff0ff) (i64.const 0xffff9abcdef0ffff))
(assert_return (invoke "load widths") (i64.const -579005073412834992))
(assert_return (invoke "i32 at" (i32.const 65532)) (i32.const 0xf7f6f5f4))
(assert_trap (invoke "i32 at" (i32.const 65533)) "out of bounds memory access")
(assert_trap (invoke "i32 at" (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "i32 at" (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "i32 at" (i32.const -4)) "out of bounds memory access")
(assert_return (invoke "i64 at" (i32.const 65528)) (i64.const 0xf7f6f5f4f3f2f1f0))
(assert_trap (invoke "i64 at" (i32.const 65529)) "out of bounds memory access")
(assert_trap (invoke "f64 at" (i32.const 65529)) "out of bounds memory access")
(assert_return (invoke "i16 at" (i32.const 65534)) (i32.const 0xf7f6))
(assert_trap (invoke "i16 at" (i32.const 65535)) "out of bounds memory access")
(assert_trap (invoke "store i64 at" (i32.const 65529)) "out of bounds memory access")
(assert_return (invoke "i32 at" (i32.const 65532)) (i32.const 0xf7f6f5f4)) ;; nothing of it was written
(assert_trap (invoke "store f32 at" (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "store f32 at" (i32.const 0)))
(assert_return (invoke "i32 at" (i32.const 65532)) (i32.const 0x3f800000))
(assert_return (invoke "float roundtrip" (f64.const nan:0x4000000000001)) (i64.const 0x7ff4000000000001))
(assert_return (invoke "float from int" (i64.const 0x3ff8000000000000)) (f64.const 1.5))
(assert_return (invoke "f32 in f64 slot" (f32.const -nan:0x200001)) (f32.const -nan:0x200001) (i32.const 0xffa00001))

;; Growing: the base and the size change under running loops, in callees, and in callers of callees.
(module
  (memory (export "memory") 1 20)
  ;; grows in every turn and touches the new last page at once
  (func (export "grow-loop") (param $n i32) (result i32)
    (local $sum i32) (local $old i32)
    loop $l
      i32.const 1
      memory.grow
      local.tee $old
      i32.const 16
      i32.shl
      local.get $n
      i32.store
      local.get $old
      i32.const 16
      i32.shl
      i32.const 65532
      i32.add
      local.get $n
      i32.store
      local.get $old
      i32.const 16
      i32.shl
      i32.load
      local.get $sum
      i32.add
      local.set $sum
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $l
    end
    local.get $sum
    i32.const 100
    i32.mul
    memory.size
    i32.add)
  (func $grow (result i32) i32.const 1 memory.grow)
  (func $grow2 (result i32) call $grow)
  ;; the store's address and value are pending over a call that grows
  (func (export "grow-under-store") (result i32)
    memory.size
    i32.const 16
    i32.shl
    call $grow2
    i32.store
    memory.size
    i32.const 1
    i32.sub
    i32.const 16
    i32.shl
    i32.load)
  (func (export "grow-fails") (result i32 i32 i32)
    i32.const 100
    memory.grow
    i32.const -1
    memory.grow
    memory.size)
  (func (export "grow-zero") (result i32) i32.const 0 memory.grow)
  (func (export "size-is-no-cache") (result i32)
    memory.size
    call $grow
    drop
    memory.size
    i32.sub)
)
(assert_return (invoke "grow-loop" (i32.const 5)) (i32.const 1506))
(assert_return (invoke "grow-under-store") (i32.const 6))
(assert_return (invoke "grow-fails") (i32.const -1) (i32.const -1) (i32.const 7))
(assert_return (invoke "grow-zero") (i32.const 7))
(assert_return (invoke "size-is-no-cache") (i32.const -1))

;; A memory of no pages: every access is out of bounds, also with guard pages.
(module
  (memory 0 1)
  (func (export "load") (param i32) (result i32) local.get 0 i32.load8_u)
  (func (export "store") (param i32) local.get 0 i32.const 1 i32.store8)
  (func (export "load far") (result i64) i32.const -1 i64.load offset=0xffffffff)
  (func (export "fill nothing") i32.const 0 i32.const 1 i32.const 0 memory.fill)
  (func (export "fill at 1") i32.const 1 i32.const 1 i32.const 0 memory.fill)
  (func (export "grow") (result i32) i32.const 1 memory.grow)
)
(assert_trap (invoke "load" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "store" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "load far") "out of bounds memory access")
(assert_return (invoke "fill nothing"))
(assert_trap (invoke "fill at 1") "out of bounds memory access")
(assert_return (invoke "grow") (i32.const 0))
(assert_return (invoke "load" (i32.const 65535)) (i32.const 0))
(assert_trap (invoke "load" (i32.const 65536)) "out of bounds memory access")

;; Several memories: each index has its own base and size; copies between them.
(module
  (memory $a 1)
  (memory $b 2)
  (memory $c 0 3)
  (data $d "abcdefgh")
  (data (memory $b) (i32.const 0) "12345678")
  (func (export "sizes") (result i32 i32 i32) memory.size $a memory.size $b memory.size $c)
  (func (export "at") (param i32) (result i32 i32)
    local.get 0
    i32.load8_u $a
    local.get 0
    i32.load8_u $b)
  (func (export "c at") (param i32) (result i32) local.get 0 i32.load8_u $c)
  (func (export "b at") (param i32) (result i32) local.get 0 i32.load $b)
  (func (export "copy ab") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.copy $a $b)
  (func (export "copy bb") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.copy $b $b)
  (func (export "copy ca") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.copy $c $a)
  (func (export "init b") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.init $b $d)
  (func (export "fill c") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.fill $c)
  (func (export "grow c") (param i32) (result i32) local.get 0 memory.grow $c)
  (func (export "folded") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add i32.load8_u $b offset=2)
  (func (export "interleaved") (param i32) (result i32)
    local.get 0
    local.get 0
    i32.load8_u $b
    i32.store8 $a offset=100
    local.get 0
    i32.load8_u $a offset=100
    local.get 0
    i32.load8_u $b offset=1
    i32.add)
)
(assert_return (invoke "sizes") (i32.const 1) (i32.const 2) (i32.const 0))
(assert_return (invoke "at" (i32.const 0)) (i32.const 0) (i32.const 0x31))
(assert_trap (invoke "at" (i32.const 65536)) "out of bounds memory access")
(assert_return (invoke "b at" (i32.const 131068)) (i32.const 0))
(assert_trap (invoke "b at" (i32.const 131069)) "out of bounds memory access")
(assert_trap (invoke "c at" (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "copy ab" (i32.const 10) (i32.const 0) (i32.const 8)))
(assert_return (invoke "at" (i32.const 17)) (i32.const 0x38) (i32.const 0))
(assert_return (invoke "copy bb" (i32.const 2) (i32.const 0) (i32.const 6)))
(assert_return (invoke "b at" (i32.const 4)) (i32.const 0x36353433))
(assert_return (invoke "init b" (i32.const 0) (i32.const 2) (i32.const 4)))
(assert_return (invoke "b at" (i32.const 0)) (i32.const 0x66656463))
(assert_trap (invoke "init b" (i32.const 0) (i32.const 6) (i32.const 4)) "out of bounds memory access")
(assert_trap (invoke "copy ca" (i32.const 0) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "grow c" (i32.const 1)) (i32.const 0))
(assert_return (invoke "copy ca" (i32.const 0) (i32.const 10) (i32.const 2)))
(assert_return (invoke "c at" (i32.const 0)) (i32.const 0x31))
(assert_return (invoke "fill c" (i32.const 65535) (i32.const 0x1ff) (i32.const 1)))
(assert_return (invoke "c at" (i32.const 65535)) (i32.const 0xff))
(assert_trap (invoke "fill c" (i32.const 65535) (i32.const 1) (i32.const 2)) "out of bounds memory access")
(assert_return (invoke "c at" (i32.const 65535)) (i32.const 0xff))
(assert_return (invoke "folded" (i32.const -1) (i32.const 1)) (i32.const 0x65))
(assert_return (invoke "interleaved" (i32.const 0)) (i32.const 0xc7))

;; Bulk operations at the edges; a failing one writes nothing.
(module
  (memory 1)
  (data $d "\01\02\03\04")
  (data (i32.const 0) "abcdefgh")
  (table $t 8 funcref)
  (table $u 4 funcref)
  (elem $e func $f0 $f1 $f2)
  (elem (table $t) (i32.const 0) func $f0 $f1)
  (func $f0 (result i32) i32.const 10)
  (func $f1 (result i32) i32.const 11)
  (func $f2 (result i32) i32.const 12)
  (func (export "at") (param i32) (result i32) local.get 0 i32.load)
  (func (export "fill") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.fill)
  (func (export "copy") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.copy)
  (func (export "init") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.init $d)
  (func (export "drop") data.drop $d)
  (func (export "t at") (param i32) (result i32) local.get 0 call_indirect $t (result i32))
  (func (export "u at") (param i32) (result i32) local.get 0 call_indirect $u (result i32))
  (func (export "t copy") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 table.copy $t $t)
  (func (export "ut copy") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 table.copy $u $t)
  (func (export "t init") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 table.init $t $e)
  (func (export "t fill") (param i32 i32) local.get 0 ref.func $f2 local.get 1 table.fill $t)
  (func (export "t grow") (param i32) (result i32) ref.func $f1 local.get 0 table.grow $t)
  (func (export "t size") (result i32) table.size $t)
  (func (export "t null") (param i32) (result i32) local.get 0 table.get $t ref.is_null)
  (func (export "elem drop") elem.drop $e)
)
(assert_return (invoke "fill" (i32.const 65536) (i32.const 1) (i32.const 0)))
(assert_trap (invoke "fill" (i32.const 65537) (i32.const 1) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 0) (i32.const 1) (i32.const 65537)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const -1) (i32.const 1) (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 2) (i32.const 1) (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "at" (i32.const 0)) (i32.const 0x64636261))
(assert_return (invoke "fill" (i32.const 65532) (i32.const 0x89) (i32.const 4)))
(assert_return (invoke "at" (i32.const 65532)) (i32.const 0x89898989))
(assert_return (invoke "copy" (i32.const 1) (i32.const 0) (i32.const 7)))
(assert_return (invoke "at" (i32.const 0)) (i32.const 0x63626161))
(assert_return (invoke "copy" (i32.const 0) (i32.const 1) (i32.const 7)))
(assert_return (invoke "at" (i32.const 4)) (i32.const 0x67676665))
(assert_return (invoke "copy" (i32.const 65536) (i32.const 65536) (i32.const 0)))
(assert_trap (invoke "copy" (i32.const 65536) (i32.const 65537) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const 0) (i32.const 65533) (i32.const 4)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const 65533) (i32.const 0) (i32.const 4)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const -1) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const 1) (i32.const 1) (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "init" (i32.const 0) (i32.const 1) (i32.const 3)))
(assert_return (invoke "at" (i32.const 0)) (i32.const 0x64040302))
(assert_return (invoke "init" (i32.const 65536) (i32.const 4) (i32.const 0)))
(assert_trap (invoke "init" (i32.const 0) (i32.const 5) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "init" (i32.const 65535) (i32.const 0) (i32.const 2)) "out of bounds memory access")
(assert_return (invoke "drop"))
(assert_return (invoke "drop"))
(assert_return (invoke "init" (i32.const 0) (i32.const 0) (i32.const 0)))
(assert_trap (invoke "init" (i32.const 0) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "t at" (i32.const 1)) (i32.const 11))
(assert_return (invoke "t copy" (i32.const 1) (i32.const 0) (i32.const 2)))
(assert_return (invoke "t at" (i32.const 1)) (i32.const 10))
(assert_return (invoke "t at" (i32.const 2)) (i32.const 11))
(assert_trap (invoke "t copy" (i32.const 7) (i32.const 0) (i32.const 2)) "out of bounds table access")
(assert_trap (invoke "t at" (i32.const 7)) "uninitialized element")
(assert_return (invoke "ut copy" (i32.const 2) (i32.const 1) (i32.const 2)))
(assert_return (invoke "u at" (i32.const 3)) (i32.const 11))
(assert_trap (invoke "ut copy" (i32.const 3) (i32.const 1) (i32.const 2)) "out of bounds table access")
(assert_return (invoke "t init" (i32.const 5) (i32.const 0) (i32.const 3)))
(assert_return (invoke "t at" (i32.const 7)) (i32.const 12))
(assert_trap (invoke "t init" (i32.const 6) (i32.const 0) (i32.const 3)) "out of bounds table access")
(assert_return (invoke "t fill" (i32.const 0) (i32.const 8)))
(assert_return (invoke "t at" (i32.const 0)) (i32.const 12))
(assert_trap (invoke "t fill" (i32.const 1) (i32.const 8)) "out of bounds table access")
(assert_return (invoke "t grow" (i32.const 3)) (i32.const 8))
(assert_return (invoke "t at" (i32.const 10)) (i32.const 11))
(assert_return (invoke "t size") (i32.const 11))
(assert_return (invoke "t null" (i32.const 10)) (i32.const 0))
(assert_trap (invoke "t null" (i32.const 11)) "out of bounds table access")
(assert_return (invoke "elem drop"))
(assert_return (invoke "t init" (i32.const 11) (i32.const 0) (i32.const 0)))
(assert_trap (invoke "t init" (i32.const 0) (i32.const 0) (i32.const 1)) "out of bounds table access")
