/*
 * test_in_place.c - functions that run as their bytes and those that are translated call each other, trap, throw and go from one to the other, and nothing
 * shows which is which.
 */
#include "cm.h"
#include "fixture.h"

/* $simd, $tail: translated at the first call. */
static const char text[] =
    "(module\n"
    "  (import \"host\" \"call\" (func $host (param i32) (result i32)))\n"
    "  (memory (export \"memory\") 1 3)\n"
    "  (table funcref (elem $leaf $fib $sum))\n"
    "  (type $unary (func (param i32) (result i32)))\n"
    "  (tag $e (param i32))\n"
    "  (global $g (mut i64) (i64.const 0))\n"
    "  (func $leaf (export \"leaf\") (param i32) (result i32) (i32.div_u (i32.const 100) (local.get 0)))\n"
    "  (func $fib (export \"fib\") (param i32) (result i32)\n"
    "    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (local.get 0))\n"
    "      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))\n"
    /* values below the loop, a value that the loop carries, one that leaves it */
    "  (func $sum (export \"sum\") (param i32) (result i32) (local $i i32)\n"
    "    (i32.const 1000) (local.get 0)\n"
    "    (i32.const 0)\n"
    "    (loop $l (param i32) (result i32)\n"
    "      (i32.add (local.tee $i (i32.add (local.get $i) (i32.const 1))))\n"
    "      (br_if $l (i32.lt_s (local.get $i) (local.get 0))))\n"
    "    (i32.add) (i32.add))\n"
    "  (func $nested (export \"nested\") (param i32) (result i32) (local $i i32) (local $j i32) (local $s i32)\n"
    "    (loop $outer\n"
    "      (local.set $j (i32.const 0))\n"
    "      (block $done (loop $inner\n"
    "        (br_if $done (i32.ge_u (local.get $j) (local.get $i)))\n"
    "        (local.set $s (i32.add (local.get $s) (call $pick (local.get $j))))\n"
    "        (local.set $j (i32.add (local.get $j) (i32.const 1))) (br $inner)))\n"
    "      (local.set $i (i32.add (local.get $i) (i32.const 1)))\n"
    "      (br_if $outer (i32.lt_u (local.get $i) (local.get 0))))\n"
    "    (local.get $s))\n"
    "  (func $pick (param i32) (result i32)\n"
    "    (block $c (block $b (block $a (br_table $a $b $c (i32.rem_u (local.get 0) (i32.const 4))))\n"
    "      (return (i32.const 1))) (return (i32.const 10)))\n"
    "    (i32.const 100))\n"
    "  (func $tail (param i32) (result i32) (return_call $leaf (local.get 0)))\n"
    "  (func $simd (param i32) (result i32) (i32.add (call $leaf (local.get 0)) (i32x4.extract_lane 0 (i32x4.splat (i32.const 5)))))\n"
    "  (func $between (param i32) (result i32) (i32.add (call $simd (local.get 0)) (call $tail (local.get 0))))\n"
    "  (func (export \"mixed\") (param i32) (result i32) (i32.mul (call $between (local.get 0)) (i32.const 2)))\n"
    "  (func (export \"indirect\") (param i32) (result i32) (call_indirect (type $unary) (i32.const 7) (local.get 0)))\n"
    "  (func (export \"ask\") (param i32) (result i32) (i32.add (call $host (local.get 0)) (call $leaf (local.get 0))))\n"
    "  (func $throw (param i32) (throw $e (local.get 0)))\n"
    "  (func $through (param i32) (result i32) (call $throw (local.get 0)) (i32.const 1))\n"
    "  (func (export \"caught\") (param i32) (result i32)\n"
    "    (block $h (result i32) (try_table (result i32) (catch $e $h) (call $through (local.get 0)))))\n"
    "  (func (export \"thrown\") (param i32) (result i32) (call $through (local.get 0)))\n"
    "  (func $deep (export \"deep\") (param i32) (result i32) (i32.add (call $deep (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))\n"
    "  (func $grow (result i32) (memory.grow (i32.const 1)))\n"
    "  (func (export \"grown\") (param i32) (result i32)\n"
    "    (drop (call $grow)) (i32.store (local.get 0) (i32.const 77)) (i32.add (memory.size) (i32.load (local.get 0))))\n"
    "  (func (export \"bulk\") (param i32) (result i32)\n"
    "    (memory.fill (i32.const 8) (i32.const 3) (i32.const 9)) (memory.copy (i32.const 20) (i32.const 8) (local.get 0))\n"
    "    (i32.load (i32.const 20)))\n"
    "  (func (export \"numbers\") (param i32) (result i32)\n"
    "    (global.set $g (i64.add (global.get $g) (i64.const -0x123456789abcdef)))\n"
    "    (i64.store offset=0xfff8 (i32.const 0) (global.get $g))\n"
    "    (f64.store (i32.const 0) (f64.mul (f64.convert_i32_s (local.get 0)) (f64.const -1.5)))\n"
    "    (f32.store (i32.const 8) (f32.demote_f64 (f64.load (i32.const 0))))\n"
    "    (i32.xor (i32.trunc_sat_f32_s (f32.load (i32.const 8)))\n"
    "      (select (i32.load16_s (i32.const 0xfffa)) (i32.load8_u offset=1 (i32.const 0xfff8)) (i32.extend8_s (local.get 0)))))\n"
    ")\n";

enum { MOST_FRAMES = 8 };

/* What a call does, as it is seen from outside. */
typedef struct Outcome {
    cwasm_status status;
    int32_t result;
    char message[512];
    size_t n_frames;
    uint32_t funcs[MOST_FRAMES];
    uint64_t offsets[MOST_FRAMES];
} Outcome;

/* Calls back, and adds which function called. */
static cwasm_trap_code ask(void *env, cwasm_caller *caller, uint64_t *slots)
{
    Fixture *f = env;
    cwasm_frame frame;
    cwasm_val arg = cwasm_i32((int32_t)slots[0]), result;
    if (cwasm_caller_backtrace(caller, &frame, 1) != 1 ||
        cwasm_func_call(f->store, cwasm_instance_func(f->instance, "leaf"), &arg, 1, &result, 1, &f->err))
        return CWASM_TRAP_HOST;
    slots[0] = (uint32_t)result.of.i32 + frame.func_index + (uint32_t)frame.offset;
    return CWASM_TRAP_NONE;
}

static Outcome call(Fixture *f, const char *name, int32_t x)
{
    Outcome o = { 0 };
    cwasm_val arg = cwasm_i32(x), result = cwasm_i32(0);
    o.status = cwasm_func_call(f->store, cwasm_instance_func(f->instance, name), &arg, 1, &result, 1, &f->err);
    if (o.status == CWASM_OK) {
        o.result = result.of.i32;
        return o;
    }
    const cwasm_trap *trap = cwasm_store_trap(f->store);
    snprintf(o.message, sizeof o.message, "%s", f->err.message);
    o.n_frames = trap->n_frames_total;
    for (size_t i = 0; i < trap->n_frames && i < MOST_FRAMES; i++) {
        o.funcs[i] = trap->frames[i].func_index;
        o.offsets[i] = trap->frames[i].offset;
    }
    return o;
}

/* Each several times: in place, then translated. */
static const struct Step { const char *name; int32_t arg; } steps[] = {
    { "leaf", 7 }, { "leaf", 0 }, { "leaf", 3 }, { "leaf", 0 }, { "fib", 1 }, { "fib", 15 }, { "fib", 3 }, { "sum", 1 }, { "sum", 1000 }, { "sum", 3 },
    { "nested", 1 }, { "nested", 40 }, { "nested", 2 }, { "mixed", 10 }, { "mixed", 0 }, { "mixed", 9 }, { "mixed", 0 }, { "indirect", 0 },
    { "indirect", 1 }, { "indirect", 2 }, { "indirect", 3 }, { "ask", 5 }, { "ask", 0 }, { "ask", 4 }, { "caught", 42 }, { "caught", 43 },
    { "caught", 44 }, { "thrown", 1 }, { "thrown", 2 }, { "thrown", 3 }, { "deep", 0 }, { "deep", 5 }, { "grown", 65536 }, { "grown", 131072 },
    { "grown", 196608 }, { "grown", 262144 }, { "bulk", 12 }, { "bulk", 65530 }, { "bulk", 3 }, { "numbers", 5 }, { "numbers", -7 },
    { "numbers", 100000 }, { "leaf", 0 }, { "nested", 30 }, { "sum", 50 },
};
enum { N_STEPS = sizeof steps / sizeof *steps };

static void run(const Variant *v, Outcome *outcomes)
{
    Fixture f;
    fixture_open_wat(&f, v, text);
    assert_ok(cwasm_linker_define_func(f.linker, "host", "call", "i:i", ask, &f, &f.err), &f.err);
    fixture_instantiate(&f);
    for (size_t i = 0; i < N_STEPS; i++)
        outcomes[i] = call(&f, steps[i].name, steps[i].arg);
    fixture_close(&f);
}

static void test_nothing_shows(void **state)
{
    (void)state;
    static Outcome expected[N_STEPS], got[N_STEPS];
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        run(v, i ? got : expected);
        if (i == 0) {   /* what it is compared with does what it should */
            assert_int_equal(expected[0].result, 14);
            assert_int_equal(expected[1].status, CWASM_TRAP);
            assert_int_equal(expected[5].result, 610);
            assert_int_equal(expected[8].result, 2000 + 500500);
            assert_int_equal(expected[24].result, 42);
            assert_int_equal(expected[27].status, CWASM_TRAP);
            assert_int_equal(expected[27].n_frames, 3);
            continue;
        }
        for (size_t k = 0; k < N_STEPS; k++) {
            bool same = expected[k].status == got[k].status && expected[k].result == got[k].result && !strcmp(expected[k].message, got[k].message)
                        && expected[k].n_frames == got[k].n_frames && !memcmp(expected[k].funcs, got[k].funcs, sizeof got[k].funcs)
                        && !memcmp(expected[k].offsets, got[k].offsets, sizeof got[k].offsets);
            if (!same)
                fail_msg("%s: step %zu, %s %d: %d %s, %zu frames, the innermost func %u at 0x%llx; expected %d %s, %zu frames, func %u at 0x%llx",
                         variant_name(v), k, steps[k].name, (int)steps[k].arg, (int)got[k].result, got[k].message, got[k].n_frames,
                         (unsigned)got[k].funcs[0], (unsigned long long)got[k].offsets[0], (int)expected[k].result, expected[k].message,
                         expected[k].n_frames, (unsigned)expected[k].funcs[0], (unsigned long long)expected[k].offsets[0]);
        }
    }
}

/* Offsets, rows and targets far apart: as much code as runs in place. */
static void test_long_bodies(void **state)
{
    (void)state;
    enum { NOPS = 65000, CASES = 64000 };
    static char loops[NOPS * 4 + 1000], cases[CASES * 3 + 1000];
    char *p = loops + sprintf(loops, "(module (func $f (param i32) (result i32) (local.get 0))"
                                     "(func (export \"f\") (param i32) (result i32) (local i32) loop $l ");
    for (int i = 0; i < NOPS; i++)
        p += sprintf(p, "nop ");
    sprintf(p, "local.get 1 local.get 0 call $f i32.add local.set 1 local.get 0 i32.const 1 i32.sub local.tee 0 br_if $l end local.get 1))");
    p = cases + sprintf(cases, "(module (func (export \"f\") (param i32) (result i32) (block $b (block $a local.get 0 br_table ");
    for (int i = 0; i < CASES; i++)
        p += sprintf(p, "%d ", i == CASES - 1 ? 0 : 1);
    sprintf(p, "$b) i32.const 5 return) i32.const 6))");
    for (size_t i = 0; variant_get(i); i++) {
        Fixture f;
        fixture_open_wat(&f, variant_get(i), loops);
        fixture_instantiate(&f);
        for (int n = 0; n < 3; n++)
            assert_int_equal(call(&f, "f", 10).result, 55);
        fixture_close(&f);
        fixture_open_wat(&f, variant_get(i), cases);
        fixture_instantiate(&f);
        assert_int_equal(call(&f, "f", CASES - 1).result, 5);
        assert_int_equal(call(&f, "f", CASES).result, 6);
        assert_int_equal(call(&f, "f", CASES - 2).result, 6);
        assert_int_equal(call(&f, "f", CASES - 1).result, 5);
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_nothing_shows), cmocka_unit_test(test_long_bodies) };
    return RUN(tests);
}
