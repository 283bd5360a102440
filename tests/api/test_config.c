/* test_config.c - configs, features and dispatchers. */
#include "cm.h"
#include "fixture.h"

static void test_features(void **state)
{
    (void)state;
    size_t n = 0, n_implemented = 0;
    const char *name;
    bool implemented, on;
    for (size_t i = 0; (name = cwasm_feature_name(i, &implemented, &on)); i++) {
        cwasm_config *config = cwasm_config_new();
        assert_true(strlen(name) > 1);
        assert_true(implemented || !on);
        assert_int_equal(cwasm_config_feature(config, name, false), CWASM_OK);
        assert_int_equal(cwasm_config_feature(config, name, true), implemented ? CWASM_OK : CWASM_UNSUPPORTED);
        cwasm_config_free(config);
        assert_string_equal(cwasm_feature_name(i, NULL, NULL), name);
        n++, n_implemented += implemented;
    }
    assert_true(n > 10 && n_implemented >= 3);
    assert_null(cwasm_feature_name(n, NULL, NULL));
    assert_null(cwasm_feature_name(SIZE_MAX, NULL, NULL));
    cwasm_config *config = cwasm_config_new();
    assert_int_equal(cwasm_config_feature(config, "no such feature", true), CWASM_ARGUMENT);
    assert_int_equal(cwasm_config_feature(config, "", true), CWASM_ARGUMENT);
    cwasm_config_free(config);
}

/* A module that needs a feature loads with it and is refused without it; the message names it. */
static void test_switched_off(void **state)
{
    (void)state;
    /* the text format has none of these */
    static uint8_t legacy[] = { 0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 0x06, 0x40, 0x19, 0x0b, 0x0b };
    static const struct { const char *feature, *wat; } cases[] = {
        { "legacy-exceptions", NULL },
        { "compact-imports", "(module (import \"m\" (item \"a\" (func)) (item \"b\" (func))))" },
        { "tail-call", "(module (func $f return_call $f))" },
        { "tail-call", "(module (table 1 funcref) (func (return_call_indirect (i32.const 0))))" },
        { "tail-call", "(module (type $t (func)) (func (param (ref $t)) (return_call_ref $t (local.get 0))))" },
        { "multi-memory", "(module (memory 1) (memory 1))" },
        { "extended-const", "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))" },
        { "sign-extension", "(module (func (param i32) (result i32) local.get 0 i32.extend8_s))" },
        { "saturating-float-to-int", "(module (func (param f32) (result i32) local.get 0 i32.trunc_sat_f32_s))" },
        { "bulk-memory", "(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.fill))" },
        { "reference-types", "(module (table 1 externref))" },
        { "multi-value", "(module (func (result i32 i32) i32.const 1 i32.const 2))" },
        { "multi-value", "(module (type $t (func (param i32))) (func i32.const 1 (block (param i32) drop)))" },
        { "sign-extension", "(module (func (param i64) (result i64) local.get 0 i64.extend32_s))" },
        { "saturating-float-to-int", "(module (func (param f64) (result i64) local.get 0 i64.trunc_sat_f64_u))" },
        { "bulk-memory", "(module (memory 1) (data \"\"))" },
        { "bulk-memory", "(module (table 1 funcref) (func (table.copy (i32.const 0) (i32.const 0) (i32.const 0))))" },
        { "bulk-memory", "(module (func $f) (elem declare func $f))" },
        { "reference-types", "(module (table 1 funcref) (table 1 funcref))" },
        { "reference-types", "(module (import \"m\" \"t\" (table 1 funcref)) (table 1 funcref))" },
        { "reference-types", "(module (table 1 funcref) (func (drop (table.size 0))))" },
        { "reference-types", "(module (func (param funcref)))" },
        { "reference-types", "(module (func (drop (ref.is_null (ref.null func)))))" },
        { "reference-types", "(module (func (param i32) (drop (select (result i32) (i32.const 1) (i32.const 2) (local.get 0)))))" },
        { "mutable-global", "(module (global (export \"g\") (mut i32) (i32.const 0)))" },
        { "mutable-global", "(module (import \"m\" \"g\" (global (mut i32))))" },
        { "simd", "(module (func (param v128)))" },
        { "simd", "(module (memory 1) (func (drop (v128.load (i32.const 0)))))" },
        { "relaxed-simd", "(module (func (param v128 v128) (result v128) local.get 0 local.get 1 i8x16.relaxed_swizzle))" },
        { "threads", "(module (memory 1 1 shared))" },
        { "threads", "(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))" },
        { "threads", "(module (memory 1) (func (drop (memory.atomic.notify (i32.const 0) (i32.const 0)))))" },
        { "threads", "(module (func (atomic.fence)))" },
        { "function-references", "(module (type $t (func)) (func (param (ref null $t)) (call_ref $t (local.get 0))))" },
        { "gc", "(module (type (struct)))" },
        { "gc", "(module (type (array i32)))" },
        { "gc", "(module (rec (type (func)) (type (func))))" },
        { "gc", "(module (func (param anyref)))" },
        { "gc", "(module (func (drop (ref.i31 (i32.const 1)))))" },
        { "exceptions", "(module (func (param exnref)))" },
        { "exceptions", "(module (func (try_table)))" },
        { "exceptions", "(module (func (unreachable) (throw_ref)))" },
        { "memory64", "(module (memory i64 1))" },
        { "memory64", "(module (table i64 1 funcref))" },
        { "memory64", "(module (import \"m\" \"m\" (memory i64 1)))" },
        { "multi-memory", "(module (import \"m\" \"m\" (memory 1)) (memory 1))" },
        { "function-references", "(module (table 1 (ref func) (ref.func 0)) (func))" },
        { "custom-page-sizes", "(module (memory 1 (pagesize 1)))" },
        { "wide-arithmetic", "(module (func (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1))))" },
        { "wide-arithmetic", "(module (func (param i64 i64) (result i64 i64) (i64.add128 (local.get 0) (local.get 1) (i64.const 1) (i64.const 1))))" },
    };
    const char *name;
    for (size_t k = 0; (name = cwasm_feature_name(k, NULL, NULL)); k++) {
        size_t i = 0;
        while (i < sizeof cases / sizeof *cases && strcmp(cases[i].feature, name))
            i++;
        if (i == sizeof cases / sizeof *cases)
            fail_msg("no case for %s", name);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Wasm wasm = cases[i].wat ? wat_parse(cases[i].wat) : (Wasm){ .bytes = legacy, .size = sizeof legacy };
        for (int on = 0; on < 2; on++) {
            cwasm_config *config = cwasm_config_new();
            cwasm_engine *engine;
            cwasm_module *module;
            cwasm_error err;
            assert_int_equal(cwasm_config_feature(config, "all", true), CWASM_OK);
            assert_int_equal(cwasm_config_feature(config, cases[i].feature, on), CWASM_OK);
            assert_ok(cwasm_engine_new(config, &engine, &err), &err);
            cwasm_status status = cwasm_module_new(engine, wasm.bytes, wasm.size, &module, &err);
            if (on) {
                assert_ok(status, &err);
                cwasm_module_free(module);
            } else {
                if (status != CWASM_UNSUPPORTED)
                    fail_msg("%s off: %s: %s", cases[i].feature, cwasm_status_name(status), status ? err.message : "");
                char quoted[80];
                snprintf(quoted, sizeof quoted, "\"%s\"", cases[i].feature);
                if (!strstr(err.message, quoted))
                    fail_msg("%s is not named in \"%s\"", cases[i].feature, err.message);
            }
            cwasm_engine_free(engine);
            cwasm_config_free(config);
        }
        if (cases[i].wat)
            free(wasm.bytes);
    }
}

/* Without anything that came after it, WebAssembly 1.0 is left. */
static void test_all(void **state)
{
    (void)state;
    static const char first[] =
        "(module (import \"m\" \"g\" (global $g i32)) (memory (export \"m\") 1 2) (table 2 funcref) (elem (i32.const 0) $f $f) (data (global.get $g) \"x\")"
        "  (global $mine (mut i64) (i64.const 1)) (type $t (func (param i32) (result i32)))"
        "  (func $f (type $t) (block (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) (else (call_indirect (type $t) (i32.const 0) (i32.const 1)))))"
        "    (drop (memory.grow (memory.size))) (global.set $mine (i64.load (i32.const 0))) (f32.store (i32.const 8) (f32.convert_i32_u (local.get 0)))))";
    Wasm wasm = wat_parse(first);
    for (int on = 0; on < 2; on++) {
        cwasm_config *config = cwasm_config_new();
        cwasm_engine *engine;
        cwasm_module *module;
        cwasm_error err;
        assert_int_equal(cwasm_config_feature(config, "all", on), CWASM_OK);
        assert_ok(cwasm_engine_new(config, &engine, &err), &err);
        assert_ok(cwasm_module_new(engine, wasm.bytes, wasm.size, &module, &err), &err);
        cwasm_module_free(module);
        cwasm_engine_free(engine);
        cwasm_config_free(config);
    }
    free(wasm.bytes);
}

static void test_dispatchers(void **state)
{
    (void)state;
    static const char *const names[] = { "", "switch", "goto", "tail" };
    unsigned n = 0;
    assert_true(cwasm_has_dispatch(CWASM_DISPATCH_AUTO));
    for (int d = CWASM_DISPATCH_SWITCH; d <= CWASM_DISPATCH_TAIL; d++) {
        cwasm_config *config = cwasm_config_new();
        assert_string_equal(cwasm_dispatch_name((cwasm_dispatch)d), names[d]);
        bool has = cwasm_has_dispatch((cwasm_dispatch)d);
        assert_int_equal(cwasm_config_dispatch(config, (cwasm_dispatch)d), has ? CWASM_OK : CWASM_ARGUMENT);
        n += has;
        cwasm_config_free(config);
    }
    assert_true(n >= 1);
    const char *automatic = cwasm_dispatch_name(CWASM_DISPATCH_AUTO);
    assert_true(!strcmp(automatic, "switch") || !strcmp(automatic, "goto") || !strcmp(automatic, "tail"));
    assert_false(cwasm_has_dispatch((cwasm_dispatch)99));
    cwasm_config *config = cwasm_config_new();
    assert_int_equal(cwasm_config_dispatch(config, (cwasm_dispatch)99), CWASM_ARGUMENT);
    assert_int_equal(cwasm_config_bounds(config, (cwasm_bounds)99), CWASM_ARGUMENT);
    cwasm_config_free(config);
}

/* The engine copies its config; one config makes many engines. */
static void test_copied(void **state)
{
    (void)state;
    Wasm wasm = wat_parse("(module (func (export \"loop\") (loop br 0)))");
    cwasm_config *config = cwasm_config_new();
    cwasm_engine *engines[2];
    cwasm_error err;
    cwasm_config_fuel(config, true);
    assert_ok(cwasm_engine_new(config, &engines[0], &err), &err);
    assert_ok(cwasm_engine_new(config, &engines[1], &err), &err);
    cwasm_config_fuel(config, false);
    cwasm_config_free(config);
    for (int i = 0; i < 2; i++) {
        cwasm_module *module;
        cwasm_store *store;
        cwasm_linker *linker;
        cwasm_instance *instance;
        assert_ok(cwasm_module_new(engines[i], wasm.bytes, wasm.size, &module, &err), &err);
        assert_ok(cwasm_store_new(engines[i], &store, &err), &err);
        assert_ok(cwasm_linker_new(engines[i], &linker, &err), &err);
        assert_ok(cwasm_linker_instantiate(linker, store, module, &instance, &err), &err);
        cwasm_store_set_fuel(store, 1000);
        assert_status(CWASM_TRAP, cwasm_func_call(store, cwasm_instance_func(instance, "loop"), NULL, 0, NULL, 0, &err), &err);
        cwasm_store_free(store);
        cwasm_linker_free(linker);
        cwasm_module_free(module);
        cwasm_engine_free(engines[i]);
    }
    free(wasm.bytes);
}

/* Version and header agree. */
static void test_version(void **state)
{
    (void)state;
    int major, minor, patch;
    assert_int_equal(sscanf(CWASM_VERSION, "%d.%d.%d", &major, &minor, &patch), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_features), cmocka_unit_test(test_switched_off), cmocka_unit_test(test_all), cmocka_unit_test(test_dispatchers),
        cmocka_unit_test(test_copied),   cmocka_unit_test(test_version),
    };
    return RUN(tests);
}
