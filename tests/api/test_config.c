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
    static const struct { const char *feature, *wat; } cases[] = {
        { "tail-call", "(module (func $f return_call $f))" },
        { "multi-memory", "(module (memory 1) (memory 1))" },
        { "extended-const", "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))" },
        { "sign-extension", "(module (func (param i32) (result i32) local.get 0 i32.extend8_s))" },
        { "saturating-float-to-int", "(module (func (param f32) (result i32) local.get 0 i32.trunc_sat_f32_s))" },
        { "bulk-memory", "(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.fill))" },
        { "reference-types", "(module (table 1 externref))" },
        { "multi-value", "(module (func (result i32 i32) i32.const 1 i32.const 2))" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Wasm wasm = wat_parse(cases[i].wat);
        for (int on = 0; on < 2; on++) {
            cwasm_config *config = cwasm_config_new();
            cwasm_engine *engine;
            cwasm_module *module;
            cwasm_error err;
            if (cwasm_config_feature(config, cases[i].feature, on) == CWASM_OK) {   /* not every version can switch each one off */
                assert_ok(cwasm_engine_new(config, &engine, &err), &err);
                cwasm_status status = cwasm_module_new(engine, wasm.bytes, wasm.size, &module, &err);
                if (on) {
                    assert_ok(status, &err);
                    cwasm_module_free(module);
                } else {
                    if (status != CWASM_UNSUPPORTED)
                        fail_msg("%s off: %s: %s", cases[i].feature, cwasm_status_name(status), status ? err.message : "");
                    if (!strstr(err.message, cases[i].feature))
                        fail_msg("%s is not named in \"%s\"", cases[i].feature, err.message);
                }
                cwasm_engine_free(engine);
            }
            cwasm_config_free(config);
        }
        free(wasm.bytes);
    }
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
        cmocka_unit_test(test_features), cmocka_unit_test(test_switched_off), cmocka_unit_test(test_dispatchers),
        cmocka_unit_test(test_copied),   cmocka_unit_test(test_version),
    };
    return RUN(tests);
}
