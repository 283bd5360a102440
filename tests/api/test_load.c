/* test_load.c - ways of loading: in several threads, checked late, with custom sections that come later. */
#include <stdlib.h>

#include "cm.h"
#include "fixture.h"

/* ---- Threads ---- */

enum { N_FUNCS = 6000, BODY = 400 };

/* 6000 functions of 400 bytes: nop ... end. Those named are invalid. */
static Wasm many_functions(const uint32_t *invalid, size_t n_invalid)
{
    static const uint8_t head[] = { 0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3 };
    Wasm wasm = { malloc(sizeof head + 64 + N_FUNCS + N_FUNCS * (BODY + 2)), 0 };
    assert_non_null(wasm.bytes);
    uint8_t *p = wasm.bytes;
    memcpy(p, head, sizeof head);
    p += sizeof head;
#define LEB4(x) (*p++ = (uint8_t)((x) | 0x80), *p++ = (uint8_t)((x) >> 7 | 0x80), *p++ = (uint8_t)((x) >> 14 | 0x80), *p++ = (uint8_t)((x) >> 21))
    LEB4((uint32_t)N_FUNCS + 4);
    LEB4((uint32_t)N_FUNCS);
    memset(p, 0, N_FUNCS);
    p += N_FUNCS;
    *p++ = 10;
    LEB4((uint32_t)N_FUNCS * (BODY + 2) + 4);
    LEB4((uint32_t)N_FUNCS);
    for (uint32_t i = 0; i < N_FUNCS; i++) {
        *p++ = (uint8_t)(BODY | 0x80);
        *p++ = BODY >> 7;
        memset(p, 0x01, BODY);
        p[0] = 0;
        p[BODY - 1] = 0x0b;
        for (size_t k = 0; k < n_invalid; k++)
            if (invalid[k] == i)
                p[100 + k] = k % 2 ? 0x1a : 0x6a;   /* drop, i32.add: of nothing */
        p += BODY;
    }
    wasm.size = (size_t)(p - wasm.bytes);
    return wasm;
}

static cwasm_status load_with(uint32_t n_threads, Wasm wasm, cwasm_error *err)
{
    cwasm_config *config = cwasm_config_new();
    cwasm_engine *engine;
    cwasm_module *module = NULL;
    assert_non_null(config);
    cwasm_config_load_threads(config, n_threads);
    assert_int_equal(cwasm_engine_new(config, &engine, NULL), CWASM_OK);
    cwasm_config_free(config);
    cwasm_status status = cwasm_module_new_borrowed(engine, wasm.bytes, wasm.size, &module, err);
    if (status == CWASM_OK)
        cwasm_module_free(module);
    cwasm_engine_free(engine);
    return status;
}

static void test_first_error(void **state)
{
    (void)state;
    static const uint32_t invalid[][3] = { { 5, 3000, 5999 }, { 5999, 5998, 4000 }, { 2500, 2501, 2502 }, { 0, 1, 2 }, { 5999, 5999, 5999 } };
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        Wasm wasm = many_functions(invalid[i], 3);
        cwasm_error one = { 0 }, many = { 0 };
        assert_int_equal(load_with(1, wasm, &one), CWASM_INVALID);
        for (uint32_t n = 0; n <= 9; n += 1 + n / 2) {
            for (int again = 0; again < 10; again++) {
                assert_int_equal(load_with(n, wasm, &many), CWASM_INVALID);
                assert_string_equal(many.message, one.message);
                assert_int_equal(many.offset, one.offset);
                assert_int_equal(many.func_index, one.func_index);
                assert_int_equal(load_with(n, wasm, NULL), CWASM_INVALID);
            }
        }
        free(wasm.bytes);
    }
}

static void test_valid_in_threads(void **state)
{
    (void)state;
    Wasm wasm = many_functions(NULL, 0);
    for (uint32_t n = 0; n < 6; n++)
        assert_int_equal(load_with(n, wasm, NULL), CWASM_OK);
    free(wasm.bytes);
}

/* ---- Checked late ---- */

static const char late_wat[] =
    "(module"
    "  (type $v (func)) (type $i (func (param i32) (result i32)))"
    "  (table 2 funcref) (elem (i32.const 0) $bad $deep)"
    "  (func $bad (export \"bad\") (result i32) (local i64) nop nop nop nop nop nop nop nop i32.const 7)"
    "  (func (export \"good\") (param i32) (result i32) (if (local.get 0) (then (drop (call $bad)))) (i32.const 42))"
    "  (func (export \"tail\") (result i32) (return_call $bad))"
    "  (func (export \"indirect\") (result i32) (call_indirect (result i32) (i32.const 0)))"
    "  (func $deep (export \"deep\") (param i32) (result i32) (local i64 f64)"
    "    (if (result i32) (local.get 0)"
    "      (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))"
    "      (else (i32.trunc_f64_s (f64.add (local.get 2) (f64.convert_i64_s (local.get 1))))))))";

/* $bad begins with a drop of nothing. */
static Wasm late_module(void)
{
    static const uint8_t nops[] = { 1, 1, 1, 1, 1, 1, 1, 1 };
    Wasm wasm = wat_parse(late_wat);
    uint8_t *p = wasm.bytes;
    while (memcmp(p, nops, sizeof nops) != 0)
        p++;
    *p = 0x1a;
    return wasm;
}

static void expect_invalid(Fixture *f, const char *name, const cwasm_val *args, size_t n_args)
{
    cwasm_val result;
    assert_int_equal(fixture_call(f, name, args, n_args, &result, 1), CWASM_TRAP);
    const cwasm_trap *trap = cwasm_store_trap(f->store);
    assert_int_equal(trap->code, CWASM_TRAP_INVALID_FUNCTION);
    assert_ptr_equal(strstr(trap->message, "invalid function 0: type mismatch: drop expects a value"), trap->message);
    assert_string_equal(f->err.message, trap->message);
}

static void test_late(void **state)
{
    (void)state;
    Wasm wasm = late_module();
    assert_int_equal(load_with(1, wasm, NULL), CWASM_INVALID);
    for (size_t i = 0; variant_dispatcher(i); i++) {
        Variant v = *variant_dispatcher(i);
        v.compile = CWASM_COMPILE_LAZY_VALIDATION;
        Fixture f;
        fixture_open(&f, &v, wasm);
        fixture_instantiate(&f);
        for (int again = 0; again < 2; again++) {
            assert_int_equal(fixture_i32(&f, "good", ARGS(cwasm_i32(0))), 42);
            expect_invalid(&f, "bad", NO_ARGS);
            expect_invalid(&f, "good", ARGS(cwasm_i32(1)));
            expect_invalid(&f, "tail", NO_ARGS);
            expect_invalid(&f, "indirect", NO_ARGS);
            assert_int_equal(fixture_i32(&f, "deep", ARGS(cwasm_i32(1000))), 1000);
        }
        cwasm_val result;
        assert_int_equal(fixture_call(&f, "deep", ARGS(cwasm_i32(100000000)), &result, 1), CWASM_TRAP);
        assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_STACK_EXHAUSTED);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

/* ---- Custom sections that come later ---- */

typedef struct Later {
    uint8_t *bytes;
    Wasm whole;
    int fetched;
} Later;

static size_t fetch(void *ctx)
{
    Later *later = ctx;
    later->fetched++;
    memcpy(later->bytes, later->whole.bytes, later->whole.size);
    return later->whole.size;
}

/* Where the last section that is not custom ends. */
static size_t end_of_code(const Wasm *wasm)
{
    size_t end = 8;
    for (size_t at = 8; at < wasm->size;) {
        assert_true(wasm->bytes[at + 1] < 0x80);   /* small sections */
        size_t next = at + 2 + wasm->bytes[at + 1];
        if (wasm->bytes[at] != 0)
            end = next;
        at = next;
    }
    return end;
}

static void test_partial(void **state)
{
    (void)state;
    Later later = { .whole = wat_parse("(module (func $trapping (export \"f\") unreachable) (@custom \"mine\" \"contents of mine\"))") };
    later.bytes = malloc(later.whole.size);
    assert_non_null(later.bytes);
    const size_t size_of_whole = later.whole.size;
    for (int how = 0; how < 6; how++) {
        bool by_trap = how & 1, damaged = how >= 4;   /* damaged: the last section, the one with names, is not whole */
        const char *wanted = damaged ? "f" : "trapping";   /* without names that of the export */
        size_t wanted_size = strlen(wanted);
        later.whole.size = size_of_whole;
        memcpy(later.bytes, later.whole.bytes, later.whole.size);
        uint8_t *p = later.bytes;
        while (memcmp(p, "contents", 8) != 0)
            p++;
        memset(p, 0, 16);
        while (memcmp(p, "trapping", 8) != 0)
            p = p > later.bytes + later.whole.size - 9 ? later.bytes : p + 1;
        memset(p, 0, 8);
        later.fetched = 0;

        cwasm_engine *engine;
        cwasm_module *module;
        cwasm_store *store;
        cwasm_linker *linker;
        cwasm_instance *instance;
        cwasm_error err;
        assert_int_equal(cwasm_engine_new(NULL, &engine, NULL), CWASM_OK);
        size_t there = how < 2 ? later.whole.size : end_of_code(&later.whole);   /* from 2 on: without the headers of custom sections */
        memset(later.bytes + there, 0xff, later.whole.size - there);
        if (damaged)
            later.whole.size--;
        assert_int_equal(cwasm_module_new_partial(engine, later.bytes, there, fetch, &later, &module, &err), CWASM_OK);
        assert_int_equal(cwasm_store_new(engine, &store, NULL), CWASM_OK);
        assert_int_equal(cwasm_linker_new(engine, &linker, NULL), CWASM_OK);
        assert_int_equal(cwasm_linker_instantiate(linker, store, module, &instance, &err), CWASM_OK);
        assert_int_equal(later.fetched, 0);
        size_t size;
        if (by_trap) {
            assert_int_equal(cwasm_func_call(store, cwasm_instance_func(instance, "f"), NULL, 0, NULL, 0, &err), CWASM_TRAP);
            const cwasm_trap *trap = cwasm_store_trap(store);
            assert_true(trap->frames[0].name_size == wanted_size && memcmp(trap->frames[0].name, wanted, wanted_size) == 0);
        } else {
            const char *mine = cwasm_module_custom_section(module, "mine", 0, &size);
            assert_true(mine && size == 16 && memcmp(mine, "contents of mine", 16) == 0);
        }
        const char *name = cwasm_module_func_name(module, 0, &size);
        assert_true(name && size == wanted_size && memcmp(name, wanted, wanted_size) == 0);
        assert_int_equal(later.fetched, 1);
        cwasm_linker_free(linker);
        cwasm_store_free(store);
        cwasm_module_free(module);
        cwasm_engine_free(engine);
    }
    free(later.bytes);
    free(later.whole.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_error), cmocka_unit_test(test_valid_in_threads), cmocka_unit_test(test_late), cmocka_unit_test(test_partial),
    };
    return RUN(tests);
}
