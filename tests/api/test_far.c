/*
 * test_far.c - functions whose frames have more slots than the 16-bit fields of an instruction can name: the same program with and without
 * 33,000 vectors before its locals must give the same results, under every dispatcher and variant, with collections at every allocation, too.
 */
#include "cm.h"
#include "fixture.h"

#define PADDING 33000

/* $P stands for the locals that push all others away. Every function takes an i32 and gives an i64. */
static const char program[] =
    "(module"
    "  (import \"h\" \"add\" (func $host (param i32 i64) (result i64)))"
    "  (import \"h\" \"collect\" (func $collect (param externref) (result externref)))"
    "  (type $box (struct (field $n (mut i32)) (field $next (mut (ref null $box)))))"
    "  (type $wide (struct (field v128) (field i32) (field v128) (field (ref null $box))))"
    "  (type $boxes (array (mut (ref null $box))))"
    "  (type $bytes (array (mut i8)))"
    "  (type $vectors (array (mut v128)))"
    "  (type $f (func (param i32 i64) (result i64)))"
    "  (type $two (func (param i32 v128 i32) (result i32 v128 i64)))"
    "  (memory $m 1) (memory $k i64 1)"
    "  (data $d \"abcdefgh\")"
    "  (table $t 4 funcref) (elem (table $t) (i32.const 0) func $near $host $far)"
    "  (table $u i64 8 anyref)"
    "  (tag $e (param i32 v128 (ref null $box)))"
    "  (tag $none)"
    "  (global $g (mut v128) (v128.const i64x2 1 2)) (global $h (mut i64) (i64.const 0))"
    "  (elem declare func $near $far $host $swap)"
    "  (func $near (type $f) (i64.add (i64.extend_i32_u (local.get 0)) (local.get 1)))"
    "  (func $far (type $f) (local $P) (local $x i64)"
    "    (local.set $x (i64.mul (local.get 1) (i64.const 3)))"
    "    (i64.sub (local.get $x) (i64.extend_i32_u (local.get 0))))"
    "  (func $swap (type $two) (local $P) (local $v v128)"
    "    (local.set $v (i32x4.add (local.get 1) (i32x4.splat (local.get 0))))"
    "    (local.get 2) (local.get $v) (i64x2.extract_lane 1 (local.get $v)))"
    "  (func $fac (param $n i64) (result i64) (local $P) (local $r i64)"
    "    (if (i64.gt_u (local.get $n) (i64.const 1))"
    "      (then (local.set $r (i64.mul (local.get $n) (call $fac (i64.sub (local.get $n) (i64.const 1))))))"
    "      (else (local.set $r (i64.const 1))))"
    "    (local.get $r))"
    "  (func $throws (param i32) (result i32) (local $P) (local $b (ref null $box)) (local $n i32)"
    "    (local.set $n (local.get 0))"
    "    (local.set $b (struct.new $box (local.get $n) (ref.null $box)))"
    "    (if (i32.and (local.get $n) (i32.const 1))"
    "      (then (throw $e (local.get $n) (i32x4.splat (local.get $n)) (local.get $b))))"
    "    (if (i32.and (local.get $n) (i32.const 2)) (then (throw $none)))"
    "    (local.get $n))"
    "  (func (export \"scalars\") (param i32) (result i64)"
    "    (local $P) (local $i i32) (local $sum i64) (local $d f64) (local $s f32) (local $k i32)"
    "    (local.set $i (local.get 0))"
    "    (loop $l"
    "      (local.set $sum (i64.add (i64.rotl (local.get $sum) (i64.const 5)) (i64.extend_i32_s (local.get $i))))"
    "      (local.set $d (f64.add (f64.mul (local.get $d) (f64.const 0.5)) (f64.convert_i32_s (local.get $i))))"
    "      (local.set $s (f32.sub (f32.demote_f64 (local.get $d)) (f32.sqrt (f32.abs (local.get $s)))))"
    "      (local.set $k (select (local.get $i) (local.get $k) (f64.lt (local.get $d) (f64.const 7))))"
    "      (local.set $sum (i64.xor (local.get $sum) (i64.reinterpret_f64 (local.get $d))))"
    "      (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (i32.reinterpret_f32 (local.get $s)))))"
    "      (block $a (block $b (block $c"
    "        (br_table $a $b $c (i32.and (local.get $i) (i32.const 3))))"
    "        (local.set $sum (i64.mul (local.get $sum) (i64.const 31))))"
    "        (local.set $sum (i64.sub (i64.const 5) (local.get $sum))))"
    "      (br_if $l (i32.gt_s (local.tee $i (i32.sub (local.get $i) (i32.const 1))) (i32.const 0))))"
    "    (i64.add (local.get $sum) (i64.extend_i32_s (local.get $k))))"
    "  (func (export \"values\") (param i32) (result i64) (local $P) (local $i i32) (local $x i64)"
    "    (local.set $i (local.get 0))"
    /* values through labels, with others below, from slots, locals, constants and accumulators */
    "    (i64.const 1000)"
    "    (block $o (result i64 i32)"
    "      (i64.extend_i32_u (local.get $i)) (i32.mul (local.get $i) (i32.const 3))"
    "      (br_if $o (i32.eqz (i32.rem_u (local.get $i) (i32.const 3))))"
    "      (drop) (drop) (local.get $x) (local.get $i)"
    "      (br_if $o (i32.eq (i32.rem_u (local.get $i) (i32.const 3)) (i32.const 1)))"
    "      (drop) (drop) (i64.const 77) (i32.const 78))"
    "    (local.set $i)"
    "    (i64.add) (i64.add (i64.extend_i32_u (local.get $i)))"
    "    (local.set $x)"
    "    (loop $l (param) (result i64)"
    "      (local.set $x (i64.add (local.get $x) (i64.const 7)))"
    "      (local.get $x)"
    "      (if (param i64) (result i64) (i64.lt_u (local.get $x) (i64.const 5000))"
    "        (then (drop) (br $l)) (else (i64.const 2) (i64.mul))))"
    "    (block $r (result i64)"
    "      (i64.const 5) (i64.const 6) (i64.const 7)"
    "      (br_table $r $r 1 (local.get $i)))"
    "    (i64.add))"
    "  (func (export \"calls\") (param i32) (result i64) (local $P) (local $f (ref null $f)) (local $v v128)"
    "    (local $a i32) (local $x i64) (local $n i32)"
    "    (local.set $f (ref.func $far))"
    "    (local.set $x (call $far (local.get 0) (i64.const 100)))"
    "    (local.set $x (call $host (local.get 0) (local.get $x)))"
    "    (i64.const 123456)"   /* below arguments, all the time */
    "    (local.set $x (call_ref $f (local.get 0) (local.get $x) (local.get $f)))"
    "    (local.set $n (i32.const 3))"
    "    (loop $l"
    "      (local.set $x (call_indirect $t (type $f) (local.get $n) (local.get $x) (i32.sub (local.get $n) (i32.const 1))))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "    (local.set $f (ref.func $host))"
    "    (local.set $x (call_ref $f (i32.const 9) (local.get $x) (local.get $f)))"
    "    (call $swap (local.get 0) (v128.const i32x4 1 2 3 4) (i32.const 55))"
    "    (local.set $x (i64.add (local.get $x)))"
    "    (local.set $v) (local.set $a)"
    "    (local.set $x (i64.add (local.get $x) (i64.extend_i32_u (i32.add (local.get $a) (i32x4.extract_lane 2 (local.get $v))))))"
    "    (local.set $x (i64.add (local.get $x) (call $fac (i64.const 10))))"
    "    (i64.add (local.get $x)))"
    "  (func $tail (param i32 i64) (result i64) (local $P) (local $n i32) (local $f (ref null $f))"
    "    (local.set $n (i32.sub (local.get 0) (i32.const 1)))"
    "    (local.set $f (ref.func $near))"
    "    (if (i32.eq (local.get $n) (i32.const 3)) (then (return_call $host (local.get $n) (local.get 1))))"
    "    (if (i32.eq (local.get $n) (i32.const 4)) (then (return_call_indirect $t (type $f) (local.get $n) (local.get 1) (i32.const 1))))"
    "    (if (i32.eq (local.get $n) (i32.const 5)) (then (return_call_ref $f (local.get $n) (local.get 1) (local.get $f))))"
    "    (if (i32.eq (local.get $n) (i32.const 6)) (then (return_call $far (local.get $n) (local.get 1))))"
    "    (return_call $tail (local.get $n) (i64.add (local.get 1) (i64.const 10))))"
    "  (func (export \"tails\") (param i32) (result i64) (local $P) (local $x i64)"
    "    (local.set $x (call $tail (i32.const 2000) (i64.const 1)))"
    "    (i64.add (call $tail (i32.const 4) (local.get $x)) (i64.add (call $tail (i32.const 5) (local.get $x)) (call $tail (i32.const 6) (local.get $x)))))"
    "  (func (export \"memory\") (param i32) (result i64) (local $P) (local $i i32) (local $j i64) (local $x i64) (local $d f64) (local $s f32)"
    "    (local.set $i (local.get 0)) (local.set $j (i64.extend_i32_u (local.get 0)))"
    "    (i32.store offset=4 (local.get $i) (i32.const 0x01020304))"
    "    (i64.store8 (i32.add (local.get $i) (i32.const 100)) (i64.const 0xfe))"
    "    (i64.store offset=16 (local.get $i) (local.get $j))"
    "    (f64.store offset=24 (local.get $i) (f64.const 1.5)) (local.set $d (f64.load offset=24 (local.get $i)))"
    "    (f32.store (i32.const 8) (f32.const 2.5)) (local.set $s (f32.load (i32.const 8)))"
    "    (i64.store $k offset=8 (local.get $j) (i64.const 0x1122334455667788))"
    "    (local.set $x (i64.add (i64.load32_s $k offset=9 (local.get $j)) (i64.load8_s (i32.add (local.get $i) (i32.const 100)))))"
    "    (memory.fill (i32.add (local.get $i) (i32.const 200)) (local.get $i) (i32.const 5))"
    "    (memory.init $d (i32.add (local.get $i) (i32.const 202)) (i32.const 1) (i32.const 4))"
    "    (memory.copy $k $m (local.get $j) (i32.add (local.get $i) (i32.const 200)) (local.get $i))"
    "    (local.set $x (i64.add (local.get $x) (i64.load $k (local.get $j))))"
    "    (local.set $i (memory.grow (local.get $i)))"
    "    (local.set $j (memory.grow $k (local.get $j)))"
    "    (i64.add (i64.add (local.get $x) (i64.extend_i32_s (local.get $i)))"
    "      (i64.add (local.get $j) (i64.add (i64.trunc_sat_f64_s (local.get $d)) (i64.trunc_sat_f32_s (local.get $s))))))"
    "  (func (export \"vectors\") (param i32) (result i64) (local $P) (local $v v128) (local $w v128) (local $n i32) (local $x i64)"
    "    (local.set $n (local.get 0))"
    "    (local.set $v (i32x4.splat (local.get $n)))"
    "    (local.set $w (v128.const i16x8 1 2 3 4 5 6 7 8))"
    "    (local.set $v (i16x8.add (i16x8.shl (local.get $w) (local.get $n)) (i16x8.shr_s (local.get $v) (i32.const 1))))"
    "    (local.set $w (i8x16.shuffle 0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 31 (local.get $v) (local.get $w)))"
    "    (v128.store offset=32 (local.get $n) (local.get $w))"
    "    (local.set $v (v128.load32_splat offset=36 (local.get $n)))"
    "    (local.set $v (v128.load16_lane offset=40 3 (local.get $n) (local.get $v)))"
    "    (v128.store8_lane offset=41 5 (local.get $n) (local.get $v))"
    "    (v128.store $k offset=7 (i64.extend_i32_u (local.get $n)) (local.get $w))"
    "    (local.set $w (v128.load $k offset=9 (i64.extend_i32_u (local.get $n))))"
    "    (local.set $v (v128.bitselect (local.get $v) (local.get $w) (i64x2.splat (i64.const 0x00ff00ff0f0f3355))))"
    "    (local.set $w (select (local.get $v) (local.get $w) (v128.any_true (local.get $v))))"
    "    (local.set $w (i32x4.replace_lane 2 (local.get $w) (i8x16.bitmask (local.get $v))))"
    "    (local.set $w (f64x2.add (local.get $w) (f64x2.convert_low_i32x4_s (local.get $v))))"
    "    (local.set $v (global.get $g)) (global.set $g (i64x2.add (local.get $v) (local.get $w)))"
    "    (block $b (result v128) (local.get $v) (br_if $b (local.get $n)) (drop) (local.get $w)) (local.set $w)"
    "    (local.set $x (i64.add (i64x2.extract_lane 0 (local.get $w)) (i64x2.extract_lane 1 (global.get $g))))"
    "    (global.set $h (local.get $x))"
    "    (i64.add (global.get $h) (i64.load offset=41 (local.get $n))))"
    "  (func (export \"exceptions\") (param i32) (result i64) (local $P) (local $n i32) (local $x i64) (local $b (ref null $box))"
    "    (local $v v128) (local $r exnref)"
    "    (local.set $n (local.get 0))"
    "    (loop $l"
    "      (block $done"
    "        (block $all (result exnref)"
    "          (block $h (result i32 v128 (ref null $box) exnref)"
    "            (try_table (catch_ref $e $h) (catch_all_ref $all)"
    "              (local.set $x (i64.add (local.get $x) (i64.extend_i32_u (call $throws (local.get $n))))))"
    "            (br $done))"
    "          (local.set $r) (local.set $b) (local.set $v)"
    "          (i64.extend_i32_u) (i64.mul (local.get $x) (i64.const 3)) (i64.add) (local.set $x)"
    "          (local.set $x (i64.add (local.get $x) (i64.extend_i32_u (struct.get $box $n (local.get $b)))))"
    "          (local.set $x (i64.add (local.get $x) (i64.extend_i32_u (i32x4.extract_lane 3 (local.get $v)))))"
    "          (block $again (try_table (catch_all $again) (throw_ref (local.get $r))))"
    "          (br $done))"
    "        (local.set $r)"
    "        (block $h2 (try_table (catch $none $h2) (throw_ref (local.get $r))) (return (i64.const -1)))"
    "        (local.set $x (i64.add (local.get $x) (i64.const 1))))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "    (local.get $x))"
    "  (func (export \"objects\") (param i32) (result i64) (local $P) (local $n i32) (local $x i64) (local $b (ref null $box)) (local $w (ref null $wide))"
    "    (local $a (ref null $boxes)) (local $y (ref null $bytes)) (local $z (ref null $vectors)) (local $q anyref)"
    "    (local.set $n (local.get 0))"
    "    (local.set $a (array.new $boxes (ref.null $box) (i32.const 10)))"
    "    (loop $l"
    "      (local.set $b (struct.new $box (local.get $n) (local.get $b)))"
    "      (array.set $boxes (local.get $a) (i32.rem_u (local.get $n) (i32.const 10)) (local.get $b))"
    "      (local.set $w (struct.new $wide (i32x4.splat (local.get $n)) (local.get $n) (v128.const i64x2 5 6) (struct.new $box (i32.const 4) (local.get $b))))"
    "      (drop (array.new_default $bytes (i32.const 100)))"
    "      (local.set $x (i64.add (local.get $x) (i64.extend_i32_u (struct.get $box $n (struct.get $wide 3 (local.get $w))))))"
    "      (local.set $x (i64.add (local.get $x) (i64x2.extract_lane 1 (struct.get $wide 2 (local.get $w)))))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    /* on the operand stack while others collect */
    "    (struct.new $box (i32.const 40) (ref.null $box))"
    "    (struct.new $box (i32.const 41) (ref.null $box))"
    "    (drop (call $collect (extern.convert_any (local.get $a))))"
    "    (array.new_fixed $boxes 3 (struct.new $box (i32.const 42) (local.get $b)) (local.get $b) (ref.null $box))"
    "    (local.set $q)"
    "    (struct.get $box $n) (local.set $n) (struct.get $box $n) (i32.add (local.get $n)) (local.set $n)"
    "    (table.set $u (i64.const 3) (local.get $q))"
    "    (table.copy $u $u (i64.const 4) (i64.const 3) (i64.const 1))"
    "    (local.set $a (ref.cast (ref $boxes) (table.get $u (i64.const 4))))"
    "    (local.set $x (i64.add (local.get $x) (i64.extend_i32_u (struct.get $box $n (array.get $boxes (local.get $a) (i32.const 0))))))"
    "    (local.set $y (array.new_data $bytes $d (i32.const 2) (i32.const 4)))"
    "    (array.fill $bytes (local.get $y) (i32.const 1) (i32.const 200) (i32.const 2))"
    "    (array.copy $bytes $bytes (local.get $y) (i32.const 0) (local.get $y) (i32.const 1) (i32.const 3))"
    "    (local.set $z (array.new $vectors (v128.const i64x2 8 9) (i32.const 3)))"
    "    (array.set $vectors (local.get $z) (i32.const 1) (i64x2.splat (local.get $x)))"
    "    (local.set $x (i64.add (local.get $x) (i64x2.extract_lane 0 (array.get $vectors (local.get $z) (i32.const 1)))))"
    "    (local.set $x (i64.add (local.get $x) (i64.extend_i32_s (array.get_s $bytes (local.get $y) (i32.const 1)))))"
    "    (local.set $q (ref.i31 (local.get $n)))"
    "    (drop (block $no (result anyref)"
    "      (i64.extend_i32_u (i31.get_u (br_on_cast_fail $no anyref (ref i31) (local.get $q)))) (i64.add (local.get $x)) (local.set $x)"
    "      (ref.cast (ref null i31) (local.get $q))))"
    "    (block $null (br_on_null $null (local.get $b)) (struct.get $box $n) (i64.extend_i32_u) (i64.add (local.get $x)) (local.set $x))"
    "    (loop $l"
    "      (local.set $x (i64.add (local.get $x) (i64.extend_i32_u (struct.get $box $n (ref.as_non_null (local.get $b))))))"
    "      (br_if $l (i32.eqz (ref.is_null (local.tee $b (struct.get $box $next (local.get $b)))))))"
    "    (local.get $x))"
    "  (func (export \"wide\") (param i32) (result i64) (local $P) (local $a i64) (local $b i64)"
    "    (local.set $a (i64.const -2)) (local.set $b (i64.extend_i32_u (local.get 0)))"
    "    (i64.add128 (local.get $a) (local.get $b) (local.get $a) (local.get $b)) (local.set $b) (local.set $a)"
    "    (i64.mul_wide_u (local.get $a) (local.get $a)) (i64.add (local.get $b)) (i64.mul (i64.const 3)) (i64.add))"
    "  (func $inner (param i32) (result i64) (local $P) (local $x i32)"
    "    (local.set $x (local.get 0))"
    "    (i64.extend_i32_u (i32.div_u (i32.const 1000) (i32.sub (local.get $x) (i32.const 5)))))"
    "  (func (export \"trap\") (param i32) (result i64) (local $P) (local $y i64)"
    "    (local.set $y (call $inner (local.get 0)))"
    "    (i64.add (local.get $y) (i64.const 1))))";

static cwasm_trap_code host_add(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env;
    (void)caller;
    slots[0] = (uint32_t)slots[0] * 2 + slots[1];
    return CWASM_TRAP_NONE;
}

static cwasm_trap_code host_collect(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env;
    (void)slots;
    return cwasm_store_collect(cwasm_caller_store(caller)) == CWASM_OK ? CWASM_TRAP_NONE : CWASM_TRAP_HOST;
}

/* The program with the far locals, or with one vector instead. */
static char *text(bool far)
{
    const char *vector = " v128";
    size_t n = far ? PADDING : 1, places = 0;
    for (const char *p = program; (p = strstr(p, " $P)")); p++)
        places++;
    char *out = malloc(sizeof program + places * n * 5), *to = out;
    for (const char *p = program, *next;; p = next + 4) {
        next = strstr(p, " $P)");
        size_t size = next ? (size_t)(next - p) : strlen(p) + 1;
        memcpy(to, p, size);
        to += size;
        if (!next)
            return out;
        for (size_t i = 0; i < n; i++)
            memcpy(to, vector, 5), to += 5;
        *to++ = ')';
    }
}

static Wasm wasms[2];   /* near, far */

static void open_program(Fixture *f, const Variant *v, bool far, bool gc_stress)
{
    cwasm_config *config = variant_config(v);
    assert_int_equal(cwasm_config_feature(config, "wide-arithmetic", true), CWASM_OK);
    cwasm_config_stack_size(config, 64u << 20);
    cwasm_config_gc_stress(config, gc_stress);
    fixture_open_config(f, v, config, wasms[far]);
    assert_ok(cwasm_linker_define_func(f->linker, "h", "add", "iI:I", host_add, NULL, &f->err), &f->err);
    assert_ok(cwasm_linker_define_func(f->linker, "h", "collect", "e:e", host_collect, NULL, &f->err), &f->err);
    fixture_instantiate(f);
}

static const char *const exports[] = { "scalars", "values", "calls", "tails", "memory", "vectors", "exceptions", "objects", "wide" };

static int64_t call(Fixture *f, const char *name, int32_t x)
{
    cwasm_val r = { 0 };
    assert_ok(fixture_call(f, name, ARGS(cwasm_i32(x)), &r, 1), &f->err);
    return r.of.i64;
}

static void compare(const Variant *v, bool gc_stress)
{
    Fixture near, far;
    open_program(&near, v, false, gc_stress);
    open_program(&far, v, true, gc_stress);
    for (size_t i = 0; i < sizeof exports / sizeof *exports; i++) {
        for (int32_t x = 1; x < 12; x++) {
            int64_t a = call(&near, exports[i], x), b = call(&far, exports[i], x);
            if (a != b)
                fail_msg("%s(%d), %s: %lld with near slots, %lld with far ones", exports[i], x, variant_name(v), (long long)a, (long long)b);
        }
    }
    fixture_close(&near);
    fixture_close(&far);
}

static void test_same_results(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++)
        compare(v, false);
}

static void test_same_results_when_collecting(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_dispatcher(i)); i++)
        compare(v, true);
}

/* The trap of a division in a far slot, its frames and their offsets; and the stack's end, exactly as with near slots. */
static void test_traps(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        cwasm_val r;
        open_program(&f, v, true, false);
        assert_int_equal(call(&f, "trap", 9), 251);
        assert_status(CWASM_TRAP, fixture_call(&f, "trap", ARGS(cwasm_i32(5)), &r, 1), &f.err);
        const cwasm_trap *trap = cwasm_store_trap(f.store);
        assert_int_equal(trap->code, CWASM_TRAP_DIVIDE_BY_ZERO);
        assert_int_equal(trap->n_frames, 2);
        assert_int_equal(trap->frames[0].func_index + 1, trap->frames[1].func_index);
        assert_int_equal(wasms[true].bytes[trap->frames[0].offset], 0x6e);   /* i32.div_u */
        assert_int_equal(wasms[true].bytes[trap->frames[1].offset], 0x10);   /* call */
        fixture_close(&f);
    }
}

static void test_stack_exhausted(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_dispatcher(i)); i++) {
        Fixture f;
        cwasm_val r;
        cwasm_config *config = variant_config(v);
        assert_int_equal(cwasm_config_feature(config, "wide-arithmetic", true), CWASM_OK);
        cwasm_config_stack_size(config, 3u << 20);   /* of 0.7 MB each: fac(10) has no room */
        fixture_open_config(&f, v, config, wasms[true]);
        assert_ok(cwasm_linker_define_func(f.linker, "h", "add", "iI:I", host_add, NULL, &f.err), &f.err);
        assert_ok(cwasm_linker_define_func(f.linker, "h", "collect", "e:e", host_collect, NULL, &f.err), &f.err);
        fixture_instantiate(&f);
        assert_status(CWASM_TRAP, fixture_call(&f, "calls", ARGS(cwasm_i32(5)), &r, 1), &f.err);
        assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_STACK_EXHAUSTED);
        assert_int_equal(call(&f, "scalars", 3), call(&f, "scalars", 3));
        fixture_close(&f);
    }
}

int main(void)
{
    for (int far = 0; far < 2; far++) {
        char *wat = text(far);
        wasms[far] = wat_parse(wat);
        free(wat);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_results), cmocka_unit_test(test_same_results_when_collecting), cmocka_unit_test(test_traps),
        cmocka_unit_test(test_stack_exhausted),
    };
    int failed = RUN(tests);
    free(wasms[0].bytes);
    free(wasms[1].bytes);
    return failed;
}
