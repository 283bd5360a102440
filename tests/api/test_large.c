/*
 * test_large.c - bodies that a translator with anything more than linear work would choke on: deep nesting, very many pending reads, locals,
 * parameters, results, branch targets. Built as bytes: the text format would be slower than the test.
 */
#include <time.h>

#include "cm.h"
#include "fixture.h"

/* ---- A module as bytes ---- */

typedef struct Bytes {
    uint8_t *at;
    size_t n, room;
} Bytes;

static void put(Bytes *b, const void *bytes, size_t n)
{
    if (b->n + n > b->room)
        b->at = realloc(b->at, b->room = 2 * (b->n + n));
    memcpy(b->at + b->n, bytes, n);
    b->n += n;
}

static void put_byte(Bytes *b, int byte)
{
    uint8_t x = (uint8_t)byte;
    put(b, &x, 1);
}

static void put_leb(Bytes *b, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        put_byte(b, (int)(n & 0x7f) | 0x80);
    put_byte(b, (int)n);
}

#define OPS(b, ...) put(b, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

enum { I32 = 0x7f, I64 = 0x7e, LOCAL_GET = 0x20, LOCAL_SET = 0x21, I32_CONST = 0x41, I32_ADD = 0x6a, DROP = 0x1a, BLOCK = 2, LOOP = 3, IF = 4,
       ELSE = 5, END = 0x0b, BR = 0x0c, BR_IF = 0x0d, BR_TABLE = 0x0e, CALL = 0x10, RETURN_CALL = 0x12 };

static void put_section(Bytes *module, int id, Bytes *content)
{
    put_byte(module, id);
    put_leb(module, content->n);
    put(module, content->at, content->n);
    free(content->at);
    *content = (Bytes){ 0 };
}

static void put_types(Bytes *types, uint32_t n_params, int param, uint32_t n_results, int result)
{
    put_byte(types, 0x60);
    put_leb(types, n_params);
    for (uint32_t i = 0; i < n_params; i++)
        put_byte(types, param);
    put_leb(types, n_results);
    for (uint32_t i = 0; i < n_results; i++)
        put_byte(types, result);
}

/* A module of functions with the given types and bodies (with their locals); function 0 is exported as "f". Frees the bodies. */
static Wasm make_module(Bytes types, uint32_t n_types, const uint32_t *kinds, Bytes *bodies, uint32_t n)
{
    Bytes m = { 0 }, s = { 0 };
    put(&m, "\0asm\1\0\0\0", 8);
    put_leb(&s, n_types);
    put(&s, types.at, types.n);
    free(types.at);
    put_section(&m, 1, &s);
    put_leb(&s, n);
    for (uint32_t i = 0; i < n; i++)
        put_leb(&s, kinds[i]);
    put_section(&m, 3, &s);
    put(&s, "\1\1f\0\0", 5);
    put_section(&m, 7, &s);
    put_leb(&s, n);
    for (uint32_t i = 0; i < n; i++) {
        put_leb(&s, bodies[i].n);
        put(&s, bodies[i].at, bodies[i].n);
        free(bodies[i].at);
    }
    put_section(&m, 10, &s);
    return (Wasm){ m.at, m.n };
}

/* A module of one function i32 -> i32. */
static Wasm make_one(Bytes body)
{
    Bytes types = { 0 };
    uint32_t kind = 0;
    put_types(&types, 1, I32, 1, I32);
    return make_module(types, 1, &kind, &body, 1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Calls "f" with x under every dispatcher and expects a result; frees the module. */
static void expect(const char *what, Wasm wasm, int32_t x, int32_t result)
{
    const Variant *v;
    for (size_t i = 0; (v = variant_dispatcher(i)); i++) {
        Fixture f;
        double start = now();
        fixture_open(&f, v, wasm);
        fixture_instantiate(&f);
        double loaded = now();
        cwasm_val r;
        assert_ok(fixture_call(&f, "f", ARGS(cwasm_i32(x)), &r, 1), &f.err);
        if (r.of.i32 != result)
            fail_msg("%s, %s: expected %d, got %d", what, variant_name(v), result, r.of.i32);
        print_message("%s, %s: %zu bytes, load %.0f ms, translate and run %.0f ms\n", what, variant_name(v), wasm.size, (loaded - start) * 1e3,
                      (now() - loaded) * 1e3);
        if (now() - start > 20)   /* it should be a fraction of a second, also under a sanitizer */
            fail_msg("%s: this takes far too long", what);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

static void test_nested_blocks(void **state)
{
    (void)state;
    static const uint8_t openers[] = { BLOCK, LOOP };
    for (int k = 0; k < 2; k++) {
        Bytes b = { 0 };
        uint32_t n = 330000;   /* 3 bytes each: 1 MB */
        put_leb(&b, 0);
        for (uint32_t i = 0; i < n; i++)
            OPS(&b, openers[k], 0x40);
        OPS(&b, LOCAL_GET, 0, I32_CONST, 1, I32_ADD, LOCAL_SET, 0);
        for (uint32_t i = 0; i < n; i++)
            OPS(&b, END);
        OPS(&b, LOCAL_GET, 0, END);
        expect(k ? "nested loops" : "nested blocks", make_one(b), 41, 42);
    }
}

/* Each level branches to the outermost, the middle and the innermost. */
static void test_nested_branches(void **state)
{
    (void)state;
    Bytes b = { 0 };
    uint32_t n = 50000;
    put_leb(&b, 0);
    for (uint32_t i = 0; i < n; i++) {
        OPS(&b, BLOCK, 0x40, LOCAL_GET, 0, 0x45, BR_IF);
        put_leb(&b, i);
        OPS(&b, LOCAL_GET, 0, I32_CONST, 0x7f, 0x46, BR_IF);
        put_leb(&b, i / 2);
    }
    for (uint32_t i = 0; i < n; i++)
        OPS(&b, LOCAL_GET, 0, I32_CONST, 1, I32_ADD, LOCAL_SET, 0, END);
    OPS(&b, LOCAL_GET, 0, END);
    expect("nested branches", make_one(b), 5, 5 + 50000);
}

static void test_nested_ifs(void **state)
{
    (void)state;
    Bytes b = { 0 };
    uint32_t n = 100000;
    put_leb(&b, 0);
    for (uint32_t i = 0; i < n; i++)
        OPS(&b, LOCAL_GET, 0, IF, I32);
    OPS(&b, LOCAL_GET, 0);
    for (uint32_t i = 0; i < n; i++)
        OPS(&b, ELSE, I32_CONST, 7, END);
    OPS(&b, END);
    expect("nested ifs", make_one(b), 42, 42);
}

/* Reads that emit nothing, then drops. */
static void test_gets_and_drops(void **state)
{
    (void)state;
    Bytes b = { 0 };
    uint32_t n = 2400000;   /* 3 bytes each: 7 MB */
    put_leb(&b, 0);
    for (uint32_t i = 0; i < n; i++)
        OPS(&b, LOCAL_GET, 0, DROP);
    OPS(&b, LOCAL_GET, 0, END);
    expect("7 MB of local.get and drop", make_one(b), 42, 42);

    b = (Bytes){ 0 };   /* thousands of pending reads of one local, each forced out by the write, again and again */
    put_leb(&b, 0);
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 1000; i++)
            OPS(&b, LOCAL_GET, 0);
        OPS(&b, LOCAL_GET, 0, I32_CONST, 1, I32_ADD, LOCAL_SET, 0);
        for (int i = 0; i < 1000; i++)
            OPS(&b, DROP);
    }
    OPS(&b, LOCAL_GET, 0, END);
    expect("pending reads forced out", make_one(b), 42, 142);
}

/* A deep operand stack with writes to another local in between: nothing of it may be walked for each write. */
static void test_writes_under_deep_stack(void **state)
{
    (void)state;
    Bytes b = { 0 };
    int deep = 20000, writes = 200000;
    put_leb(&b, 1);
    put_leb(&b, 1);
    put_byte(&b, I32);
    for (int i = 0; i < deep; i++)
        OPS(&b, LOCAL_GET, 0);
    for (int i = 0; i < writes; i++)
        OPS(&b, LOCAL_GET, 1, I32_CONST, 1, I32_ADD, LOCAL_SET, 1);
    for (int i = 0; i < deep; i++)
        OPS(&b, DROP);
    OPS(&b, LOCAL_GET, 1, END);
    expect("writes below a deep stack", make_one(b), 42, writes);
}

/* Blocks opened below a deep stack: entering one must not walk all of it either. */
static void test_blocks_under_deep_stack(void **state)
{
    (void)state;
    Bytes b = { 0 };
    int deep = 20000, blocks = 100000;
    put_leb(&b, 0);
    for (int i = 0; i < deep; i++)
        OPS(&b, LOCAL_GET, 0);
    for (int i = 0; i < blocks; i++)
        OPS(&b, BLOCK, 0x40, LOCAL_GET, 0, BR_IF, 0, END);
    for (int i = 0; i + 1 < deep; i++)
        OPS(&b, DROP);
    OPS(&b, END);
    expect("blocks below a deep stack", make_one(b), 42, 42);
}

static void test_br_table(void **state)
{
    (void)state;
    Bytes b = { 0 };
    uint32_t n = 100000;
    put_leb(&b, 0);
    OPS(&b, BLOCK, 0x40, BLOCK, 0x40, BLOCK, 0x40, LOCAL_GET, 0, BR_TABLE);
    put_leb(&b, n);
    for (uint32_t i = 0; i < n; i++)
        put_leb(&b, i == n - 1 ? 1 : 0);
    put_leb(&b, 2);
    OPS(&b, END, I32_CONST, 1, 0x0f, END, I32_CONST, 2, 0x0f, END, I32_CONST, 3, END);
    Wasm wasm = make_one(b), again[2];
    for (int k = 0; k < 2; k++) {
        again[k] = (Wasm){ malloc(wasm.size), wasm.size };
        memcpy(again[k].bytes, wasm.bytes, wasm.size);
    }
    expect("br_table first", wasm, 0, 1);
    expect("br_table last", again[0], (int32_t)n - 1, 2);
    expect("br_table default", again[1], (int32_t)n, 3);

    b = (Bytes){ 0 };   /* many small tables, each with many different labels */
    put_leb(&b, 0);
    for (int k = 0; k < 200; k++) {
        for (int i = 0; i < 100; i++)
            OPS(&b, BLOCK, 0x40);
        OPS(&b, LOCAL_GET, 0, BR_TABLE);
        put_leb(&b, 99);
        for (uint32_t i = 0; i < 100; i++)
            put_leb(&b, i);
        for (int i = 0; i < 100; i++)
            OPS(&b, END, LOCAL_GET, 0, I32_CONST, 0, I32_ADD, LOCAL_SET, 0);
    }
    OPS(&b, LOCAL_GET, 0, END);
    expect("many br_tables", make_one(b), 50, 50);
}

static void test_many_locals(void **state)
{
    (void)state;
    static const uint32_t counts[] = { 1000, 32767, 32768, 49999, 50000 };
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        Bytes b = { 0 };
        uint32_t n = counts[k];
        put_leb(&b, 1);
        put_leb(&b, n - 1);   /* and one parameter */
        put_byte(&b, I32);
        /* the last local is read, written, used as operand, across a loop and as an argument */
        for (uint32_t x = 1; x < n; x += n / 7) {
            OPS(&b, LOCAL_GET, 0, LOCAL_SET);
            put_leb(&b, x);
            OPS(&b, LOCAL_GET);
            put_leb(&b, x);
            OPS(&b, LOCAL_GET);
            put_leb(&b, n - 1);
            OPS(&b, I32_ADD, LOCAL_SET);
            put_leb(&b, n - 1);
        }
        OPS(&b, LOOP, 0x40, LOCAL_GET);
        put_leb(&b, n - 1);
        OPS(&b, I32_CONST, 0x7f, I32_ADD, 0x22);
        put_leb(&b, n - 1);
        OPS(&b, I32_CONST, 10, 0x4a, BR_IF, 0, END, LOCAL_GET);   /* counts down to 10 */
        put_leb(&b, n - 1);
        OPS(&b, LOCAL_GET);
        put_leb(&b, n - 2);
        OPS(&b, I32_ADD, END);
        expect("many locals", make_one(b), 42, 10);
    }
    /* one more than the suite's and other engines' limit is refused, clearly */
    Bytes b = { 0 };
    put_leb(&b, 1);
    put_leb(&b, UINT32_MAX);
    put_byte(&b, I64);
    OPS(&b, LOCAL_GET, 0, END);
    Wasm wasm = make_one(b);
    cwasm_engine *engine;
    cwasm_module *module;
    cwasm_error err;
    assert_int_equal(cwasm_engine_new(NULL, &engine, NULL), CWASM_OK);
    cwasm_status status = cwasm_module_new(engine, wasm.bytes, wasm.size, &module, &err);
    assert_true(status == CWASM_MALFORMED || status == CWASM_LIMIT);
    cwasm_engine_free(engine);
    free(wasm.bytes);
}

/* f(x): push x .. x + n - 1, call a function of n parameters and results that gives them back reversed, add all with alternating signs. */
static void test_many_params(void **state)
{
    (void)state;
    for (int tail = 0; tail < 2; tail++) {
        Bytes types = { 0 }, bodies[3] = { { 0 }, { 0 }, { 0 } };
        uint32_t n = 1000, kinds[3] = { 0, 1, 1 };
        put_types(&types, 1, I32, 1, I32);
        put_types(&types, n, I32, n, I32);
        put_leb(&bodies[0], 1);
        put_leb(&bodies[0], 1);
        put_byte(&bodies[0], I32);
        for (uint32_t i = 0; i < n; i++) {
            OPS(&bodies[0], LOCAL_GET, 0, I32_CONST);
            put_byte(&bodies[0], (int)(i & 31));
            OPS(&bodies[0], I32_ADD);
        }
        OPS(&bodies[0], CALL, 1);
        for (uint32_t i = 0; i < n; i++)   /* the first popped is the last result: number 0 reversed twice or once */
            OPS(&bodies[0], LOCAL_GET, 1, I32_CONST, 3, 0x6c, I32_ADD, LOCAL_SET, 1);
        OPS(&bodies[0], LOCAL_GET, 1, END);
        put_leb(&bodies[1], 0);
        for (uint32_t i = n; i-- > 0;) {
            OPS(&bodies[1], LOCAL_GET);
            put_leb(&bodies[1], i);
        }
        if (tail)
            OPS(&bodies[1], RETURN_CALL, 2);
        OPS(&bodies[1], END);
        put_leb(&bodies[2], 0);
        for (uint32_t i = n; i-- > 0;) {
            OPS(&bodies[2], LOCAL_GET);
            put_leb(&bodies[2], i);
        }
        OPS(&bodies[2], END);
        uint32_t expected = 0;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t popped = tail ? n - 1 - i : i;
            expected = (popped & 31) + 5 + expected * 3;
        }
        expect("1,000 parameters and results", make_module(types, 2, kinds, bodies, 3), 5, (int32_t)expected);
    }
}

/* A loop with many parameters that rotate in every turn. */
static void test_many_loop_params(void **state)
{
    (void)state;
    Bytes types = { 0 }, b = { 0 };
    uint32_t n = 500, kind = 0;
    put_types(&types, 1, I32, 1, I32);
    put_types(&types, n, I32, n, I32);
    put_leb(&b, 1);
    put_leb(&b, n);
    put_byte(&b, I32);
    for (uint32_t i = 0; i < n; i++) {
        OPS(&b, I32_CONST);
        put_byte(&b, (int)(i & 63));
    }
    OPS(&b, LOOP, 1);
    for (uint32_t i = n; i-- > 0;) {
        OPS(&b, LOCAL_SET);
        put_leb(&b, i + 1);
    }
    for (uint32_t i = 0; i < n; i++) {
        OPS(&b, LOCAL_GET);
        put_leb(&b, (i + 1) % n + 1);
    }
    OPS(&b, LOCAL_GET, 0, I32_CONST, 0x7f, I32_ADD, 0x22, 0, BR_IF, 0, END);
    for (uint32_t i = 0; i + 1 < n; i++)
        OPS(&b, DROP);
    OPS(&b, END);
    int32_t turns = 137, first = turns % (int32_t)n;
    int32_t value = first & 63;
    expect("500 loop parameters", make_module(types, 2, &kind, &b, 1), turns, value);
}

/* A long straight line: one expression of 300,000 operations, and one of 100,000 calls. */
static void test_long_line(void **state)
{
    (void)state;
    Bytes b = { 0 };
    put_leb(&b, 0);
    OPS(&b, LOCAL_GET, 0);
    for (int i = 0; i < 300000; i++)
        OPS(&b, I32_CONST, 3, I32_ADD);
    OPS(&b, END);
    expect("long expression", make_one(b), 42, 42 + 900000);
    Bytes types = { 0 }, bodies[2] = { { 0 }, { 0 } };
    uint32_t kinds[2] = { 0, 0 };
    put_types(&types, 1, I32, 1, I32);
    put_leb(&bodies[0], 0);
    OPS(&bodies[0], LOCAL_GET, 0);
    for (int i = 0; i < 100000; i++)
        OPS(&bodies[0], CALL, 1);
    OPS(&bodies[0], END);
    put_leb(&bodies[1], 0);
    OPS(&bodies[1], LOCAL_GET, 0, I32_CONST, 1, I32_ADD, END);
    expect("100,000 calls", make_module(types, 1, kinds, bodies, 2), 42, 100042);
}

/* Many slots in one frame, also more than the 16-bit fields of instructions can name (emit_far.inc): everything must work up there, too. */
static void test_wide_frame(void **state)
{
    (void)state;
    static const int heights[] = { 32700, 32760, 65440, 65525, 65540, 70000, 500000 };
    for (size_t k = 0; k < sizeof heights / sizeof *heights; k++) {
        Bytes types = { 0 }, bodies[3] = { { 0 }, { 0 }, { 0 } };
        uint32_t kinds[3] = { 0, 0, 1 };
        put_types(&types, 1, I32, 1, I32);
        put_types(&types, 2, I32, 2, I32);
        Bytes *b = &bodies[0];
        put_leb(b, 1);
        put_leb(b, 2);
        put_byte(b, I32);
        for (int i = 0; i < heights[k]; i++)
            OPS(b, I32_CONST, 1, CALL, 1);   /* 2, in a slot of its own */
        for (int i = 0; i < 60; i++) {
            OPS(b, LOCAL_GET, 0, CALL, 1, LOCAL_GET, 0, I32_CONST, 3, 0x6c, I32_ADD);          /* 4x + 1 */
            OPS(b, 0x22, 1, LOCAL_GET, 1, 0x46);                                               /* tee, eq: 1 */
            OPS(b, IF, I32, LOCAL_GET, 1, CALL, 1, ELSE, I32_CONST, 0, END);                   /* 4x + 2 */
            OPS(b, BLOCK, I32, LOCAL_GET, 0, LOCAL_GET, 1, LOCAL_GET, 0, BR_IF, 0, DROP, END, DROP); /* x below, 4x + 1 leaves */
            OPS(b, LOCAL_GET, 0, LOCAL_GET, 1, CALL, 2, 0x6b);                                 /* swapped: 4x + 1 - x */
            OPS(b, LOCAL_GET, 0, LOCAL_GET, 1, LOCAL_GET, 0, 0x1b);                            /* select: x */
            OPS(b, 0x6b, LOCAL_SET, 2);                                                        /* 2x + 1 */
            OPS(b, LOOP, 0x40, LOCAL_GET, 2, I32_CONST, 0x7f, I32_ADD, 0x22, 2, I32_CONST, 5, 0x4a, BR_IF, 0, END);
            OPS(b, LOCAL_GET, 2, I32_ADD);                                                     /* 4x + 2 + 5 */
            OPS(b, 0xac, 0xc4, 0xa7, 0xb7, 0xaa);                                              /* to i64, extend32_s, to i32, f64 and back */
        }
        for (int i = 0; i + 1 < heights[k] + 60; i++)
            OPS(b, I32_ADD);
        OPS(b, END);
        put_leb(&bodies[1], 0);
        OPS(&bodies[1], LOCAL_GET, 0, I32_CONST, 1, I32_ADD, END);
        put_leb(&bodies[2], 0);
        OPS(&bodies[2], LOCAL_GET, 1, LOCAL_GET, 0, END);
        expect("wide frame", make_module(types, 2, kinds, bodies, 3), 10, 2 * heights[k] + 60 * 47);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nested_blocks), cmocka_unit_test(test_nested_branches), cmocka_unit_test(test_nested_ifs),
        cmocka_unit_test(test_gets_and_drops), cmocka_unit_test(test_writes_under_deep_stack),
        cmocka_unit_test(test_blocks_under_deep_stack), cmocka_unit_test(test_br_table), cmocka_unit_test(test_many_locals),
        cmocka_unit_test(test_many_params), cmocka_unit_test(test_many_loop_params), cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_wide_frame),
    };
    return RUN(tests);
}
