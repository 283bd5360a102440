/* test_linker.c - imports: found or missing, fitting or not, replaced, shared; instances as modules. */
#include "cm.h"
#include "fixture.h"

static cwasm_trap_code number(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)caller;
    slots[0] = cwasm_slot_from_i32(*(int *)env);
    return CWASM_TRAP_NONE;
}

/* Instantiates a module of one import and gives the status; the linker has one of everything. */
static cwasm_status try_import(const char *import, char message[512])
{
    Fixture f;
    char wat[400];
    int env = 5;
    cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY };
    snprintf(wat, sizeof wat, "(module %s)", import);
    fixture_open_wat(&f, NULL, wat);
    assert_ok(cwasm_linker_define_func(f.linker, "h", "f", "iI:f", number, &env, &f.err), &f.err);
    cwasm_limits memory = { .min = 2, .max = 5, .has_max = true, .page_log2 = 16 }, table = { .min = 3, .max = 7, .has_max = true };
    cwasm_val val = cwasm_i64(5);
    assert_ok(cwasm_memory_new(f.store, &memory, &ext.of.memory, &f.err), &f.err);
    assert_ok(cwasm_linker_define(f.linker, "h", 1, "m", 1, &ext, &f.err), &f.err);
    ext.kind = CWASM_EXTERN_TABLE;
    assert_ok(cwasm_table_new(f.store, CWASM_FUNCREF, &table, NULL, &ext.of.table, &f.err), &f.err);
    assert_ok(cwasm_linker_define(f.linker, "h", 1, "t", 1, &ext, &f.err), &f.err);
    ext.kind = CWASM_EXTERN_GLOBAL;
    assert_ok(cwasm_global_new(f.store, &val, false, &ext.of.global, &f.err), &f.err);
    assert_ok(cwasm_linker_define(f.linker, "h", 1, "const", 5, &ext, &f.err), &f.err);
    assert_ok(cwasm_global_new(f.store, &val, true, &ext.of.global, &f.err), &f.err);
    assert_ok(cwasm_linker_define(f.linker, "h", 1, "var", 3, &ext, &f.err), &f.err);
    assert_ok(cwasm_linker_define(f.linker, "nul\0in", 6, "", 0, &ext, &f.err), &f.err);
    cwasm_status status = cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err);
    strcpy(message, status ? f.err.message : "");
    assert_true(status == CWASM_OK || f.instance == NULL);
    fixture_close(&f);
    return status;
}

static void test_fits(void **state)
{
    (void)state;
    static const struct { const char *import; const char *says; } cases[] = {
        { "(import \"h\" \"f\" (func (param i32 i64) (result f32)))", NULL },
        { "(import \"h\" \"f\" (func (param i32) (result f32)))", "incompatible import type" },
        { "(import \"h\" \"f\" (func (param i32 i64)))", "incompatible import type" },
        { "(import \"h\" \"f\" (func (param i64 i32) (result f32)))", "incompatible import type" },
        { "(import \"h\" \"f\" (memory 1))", "incompatible import type" },
        { "(import \"h\" \"g\" (func))", "unknown import" },
        { "(import \"x\" \"f\" (func (param i32 i64) (result f32)))", "unknown import" },
        { "(import \"h\" \"m\" (memory 2 5))", NULL },
        { "(import \"h\" \"m\" (memory 1))", NULL },
        { "(import \"h\" \"m\" (memory 0 9))", NULL },
        { "(import \"h\" \"m\" (memory 3))", "incompatible import type" },
        { "(import \"h\" \"m\" (memory 2 4))", "incompatible import type" },
        { "(import \"h\" \"m\" (table 1 funcref))", "incompatible import type" },
        { "(import \"h\" \"t\" (table 3 7 funcref))", NULL },
        { "(import \"h\" \"t\" (table 1 funcref))", NULL },
        { "(import \"h\" \"t\" (table 3 externref))", "incompatible import type" },
        { "(import \"h\" \"t\" (table 4 funcref))", "incompatible import type" },
        { "(import \"h\" \"t\" (table 3 6 funcref))", "incompatible import type" },
        { "(import \"h\" \"const\" (global i64))", NULL },
        { "(import \"h\" \"const\" (global (mut i64)))", "incompatible import type" },
        { "(import \"h\" \"const\" (global i32))", "incompatible import type" },
        { "(import \"h\" \"var\" (global (mut i64)))", NULL },
        { "(import \"h\" \"var\" (global i64))", "incompatible import type" },
        { "(import \"nul\\00in\" \"\" (global (mut i64)))", NULL },
        { "(import \"nul\" \"\" (global (mut i64)))", "unknown import" },
        { "(import \"h\" \"f\" (func (param i32 i64) (result f32))) (import \"h\" \"nope\" (func))", "unknown import" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[512];
        cwasm_status status = try_import(cases[i].import, message);
        if (status != (cases[i].says ? CWASM_LINK : CWASM_OK))
            fail_msg("%s: %s: %s", cases[i].import, cwasm_status_name(status), message);
        if (cases[i].says)
            assert_begins(cases[i].says, message);
    }
    char message[512];
    assert_int_equal(try_import("(import \"some module\" \"some name\" (func))", message), CWASM_LINK);
    assert_non_null(strstr(message, "some module"));
    assert_non_null(strstr(message, "some name"));
}

static void test_replaced(void **state)
{
    (void)state;
    Fixture f;
    int one = 1, two = 2;
    char name[] = "f", module[] = "h", signature[] = ":i";
    fixture_open_wat(&f, NULL, "(module (import \"h\" \"f\" (func (result i32))) (export \"f\" (func 0)))");
    assert_ok(cwasm_linker_define_func(f.linker, module, name, signature, number, &one, &f.err), &f.err);
    name[0] = module[0] = signature[0] = 'x';   /* they are copied */
    fixture_instantiate(&f);
    cwasm_instance *first = f.instance;
    assert_ok(cwasm_linker_define_func(f.linker, "h", "f", ":i", number, &two, &f.err), &f.err);
    fixture_instantiate(&f);
    assert_int_equal(fixture_i32(&f, "f", NO_ARGS), 2);
    f.instance = first;
    assert_int_equal(fixture_i32(&f, "f", NO_ARGS), 1);
    fixture_close(&f);
}

/* A table may have several rows of one name: the import's type chooses. */
static void test_forms(void **state)
{
    (void)state;
    static const cwasm_host_def defs[] = { { "f", "i:i", NULL }, { "f", "ii:i", number }, { "f", "I:i", number }, { "f", ":i", number } };
    static const struct { const char *import; const char *says; } cases[] = {
        { "(import \"h\" \"f\" (func (param i32 i32) (result i32)))", NULL },
        { "(import \"h\" \"f\" (func (param i64) (result i32)))", NULL },
        { "(import \"h\" \"f\" (func (result i32)))", NULL },
        { "(import \"h\" \"f\" (func (result i32))) (import \"h\" \"f\" (func (param i64) (result i32)))", NULL },
        { "(import \"h\" \"f\" (func (param i32) (result i32)))",
          "h.f is a func (i32, i32) -> (i32) or func (i64) -> (i32) or func () -> (i32), but the module asks for a func (i32) -> (i32)" },
        { "(import \"h\" \"f\" (memory 1))", "incompatible import type" },
        { "(import \"h\" \"f\\00ffffffffffffffffffffffffffffff\" (func (result i32)))", "unknown import" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Fixture f;
        char wat[400];
        int env = 5;
        snprintf(wat, sizeof wat, "(module %s)", cases[i].import);
        fixture_open_wat(&f, NULL, wat);
        assert_ok(cwasm_linker_define_funcs(f.linker, "h", defs, sizeof defs / sizeof *defs, &env, &f.err), &f.err);
        cwasm_status status = cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err);
        assert_int_equal(status, cases[i].says ? CWASM_LINK : CWASM_OK);
        if (cases[i].says)
            assert_non_null(strstr(f.err.message, cases[i].says));
        fixture_close(&f);
    }
}

/* An instance's exports under a module name; what is exported again keeps its identity. */
static void test_instances(void **state)
{
    (void)state;
    Wasm a = wat_parse("(module (memory (export \"m\") 1) (global (export \"g\") (mut i32) (i32.const 3)) (table (export \"t\") 2 funcref)"
                       "  (func $f (export \"f\") (result i32) global.get 0 i32.const 0 i32.load8_u i32.add) (elem (i32.const 0) $f))");
    Wasm b = wat_parse("(module (import \"a\" \"m\" (memory 1)) (import \"a\" \"g\" (global $g (mut i32))) (import \"a\" \"t\" (table 2 funcref))"
                       "  (import \"a\" \"f\" (func $f (result i32)))"
                       "  (export \"m2\" (memory 0)) (export \"g2\" (global 0)) (export \"t2\" (table 0)) (export \"f2\" (func 0))"
                       "  (func $own (export \"set\") (param i32 i32) local.get 0 global.set $g i32.const 0 local.get 1 i32.store8)"
                       "  (func $nine (result i32) i32.const 9) (elem (i32.const 1) $nine)"
                       "  (func (export \"call\") (param i32) (result i32) local.get 0 call_indirect (result i32)))");
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        cwasm_module *module;
        cwasm_instance *instance;
        cwasm_extern x, y;
        fixture_open(&f, v, a);
        fixture_instantiate(&f);
        assert_ok(cwasm_linker_define_instance(f.linker, "a", 1, f.instance, &f.err), &f.err);
        assert_ok(cwasm_module_new(f.engine, b.bytes, b.size, &module, &f.err), &f.err);
        assert_ok(cwasm_linker_instantiate(f.linker, f.store, module, &instance, &f.err), &f.err);
        static const char *const names[][2] = { { "m", "m2" }, { "g", "g2" }, { "t", "t2" }, { "f", "f2" } };
        for (int k = 0; k < 4; k++) {
            assert_true(cwasm_instance_export(f.instance, names[k][0], 1, &x));
            assert_true(cwasm_instance_export(instance, names[k][1], 2, &y));
            assert_int_equal(x.kind, y.kind);
            if (x.kind != CWASM_EXTERN_FUNC)   /* a function may have many handles */
                assert_ptr_equal(x.of.memory, y.of.memory);
        }
        cwasm_instance *first = f.instance;
        f.instance = instance;
        assert_ok(fixture_call(&f, "set", ARGS(cwasm_i32(100), cwasm_i32(11)), NULL, 0), &f.err);
        assert_int_equal(fixture_i32(&f, "call", ARGS(cwasm_i32(0))), 111);
        assert_int_equal(fixture_i32(&f, "call", ARGS(cwasm_i32(1))), 9);
        assert_int_equal(fixture_i32(&f, "f2", NO_ARGS), 111);
        f.instance = first;
        assert_int_equal(fixture_i32(&f, "f", NO_ARGS), 111);
        cwasm_module_free(module);
        fixture_close(&f);
    }
    free(a.bytes);
    free(b.bytes);
}

static void test_exports(void **state)
{
    (void)state;
    Fixture f;
    cwasm_extern ext = { .kind = (cwasm_externkind)77 };
    fixture_open_wat(&f, NULL, "(module (func (export \"f\")) (memory (export \"m\") 1) (global (export \"g\") i32 (i32.const 1))"
                               "  (table (export \"t\") 1 funcref) (func (export \"nul\\00\")) (func (export \"\")))");
    fixture_instantiate(&f);
    assert_non_null(cwasm_instance_func(f.instance, "f"));
    assert_non_null(cwasm_instance_func(f.instance, ""));
    assert_non_null(cwasm_instance_memory(f.instance, "m"));
    assert_non_null(cwasm_instance_global(f.instance, "g"));
    assert_non_null(cwasm_instance_table(f.instance, "t"));
    assert_null(cwasm_instance_func(f.instance, "m"));   /* of another kind */
    assert_null(cwasm_instance_memory(f.instance, "f"));
    assert_null(cwasm_instance_global(f.instance, "x"));
    assert_null(cwasm_instance_table(f.instance, "g"));
    assert_null(cwasm_instance_func(f.instance, "nul"));
    assert_false(cwasm_instance_export(f.instance, "nul", 3, &ext));
    assert_int_equal(ext.kind, 77);
    assert_true(cwasm_instance_export(f.instance, "nul\0", 4, &ext));
    assert_int_equal(ext.kind, CWASM_EXTERN_FUNC);
    fixture_close(&f);
}

/* Values of one store cannot satisfy the imports of another. */
static void test_other_store(void **state)
{
    (void)state;
    Fixture a, b;
    fixture_open_wat(&a, NULL, "(module (memory (export \"m\") 1))");
    fixture_instantiate(&a);
    fixture_open_wat(&b, NULL, "(module (import \"a\" \"m\" (memory 1)))");
    cwasm_status status = cwasm_linker_define_instance(b.linker, "a", 1, a.instance, &b.err);
    if (status == CWASM_OK)
        status = cwasm_linker_instantiate(b.linker, b.store, b.module, &b.instance, &b.err);
    assert_true(status == CWASM_LINK || status == CWASM_ARGUMENT);
    fixture_close(&b);
    fixture_close(&a);
}

/* Instances that failed leave nothing behind that can be seen, but for what they wrote. */
static void test_failed_instance(void **state)
{
    (void)state;
    Fixture f;
    cwasm_extern ext = { .kind = CWASM_EXTERN_TABLE };
    cwasm_limits limits = { .min = 2 };
    cwasm_val val, r;
    fixture_open_wat(&f, NULL, "(module (import \"h\" \"t\" (table 2 funcref)) (func $f (result i32) i32.const 42)"
                               "  (elem (i32.const 0) $f) (memory 1) (data (i32.const 65535) \"xy\"))");
    assert_ok(cwasm_table_new(f.store, CWASM_FUNCREF, &limits, NULL, &ext.of.table, &f.err), &f.err);
    assert_ok(cwasm_linker_define(f.linker, "h", 1, "t", 1, &ext, &f.err), &f.err);
    for (int i = 0; i < 3; i++)
        assert_status(CWASM_TRAP, cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err), &f.err);
    assert_null(f.instance);
    /* the function it left in the table lives as long as the store */
    assert_true(cwasm_table_get(ext.of.table, 0, &val));
    assert_ok(cwasm_func_call(f.store, cwasm_val_func(&val), NULL, 0, &r, 1, &f.err), &f.err);
    assert_int_equal(r.of.i32, 42);
    fixture_close(&f);
}

/* The shortest complete program of cwasm.h. */
static int shortest(const uint8_t *bytes, size_t size)
{
    cwasm_engine *engine; cwasm_module *module; cwasm_store *store; cwasm_linker *linker; cwasm_instance *instance;
    cwasm_error err;
    if (cwasm_engine_new(NULL, &engine, &err) || cwasm_module_new(engine, bytes, size, &module, &err) ||
        cwasm_store_new(engine, &store, &err) || cwasm_linker_new(engine, &linker, &err) ||
        cwasm_linker_instantiate(linker, store, module, &instance, &err))
        return fprintf(stderr, "%s\n", err.message), 1;
    cwasm_func *add = cwasm_instance_func(instance, "add");
    cwasm_val args[2] = { cwasm_i32(1), cwasm_i32(2) }, sum;
    if (cwasm_func_call(store, add, args, 2, &sum, 1, &err))
        return fprintf(stderr, "%s\n", err.message), 1;
    cwasm_store_free(store);
    cwasm_linker_free(linker);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    return sum.of.i32;
}

static void test_shortest(void **state)
{
    (void)state;
    Wasm wasm = wat_parse("(module (func (export \"add\") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))");
    assert_int_equal(shortest(wasm.bytes, wasm.size), 3);
    free(wasm.bytes);
}

static void test_unknown_traps(void **state)
{
    (void)state;
    Fixture f;
    fixture_open_wat(&f, NULL, "(module (import \"a\" \"b\" (func $b)) (func (export \"f\") (call $b)) (func (export \"g\")))");
    assert_int_equal(CWASM_LINK, cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err));
    cwasm_linker_unknown_traps(f.linker, true);
    cwasm_prepared *prepared;
    assert_ok(cwasm_linker_prepare(f.linker, f.module, &prepared, &f.err), &f.err);
    assert_ok(cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err), &f.err);
    cwasm_linker_unknown_traps(f.linker, false);
    cwasm_instance *second;
    assert_int_equal(CWASM_LINK, cwasm_linker_instantiate(f.linker, f.store, f.module, &second, &f.err));
    assert_ok(cwasm_prepared_instantiate(prepared, f.store, &second, &f.err), &f.err);
    cwasm_prepared_free(prepared);
    cwasm_linker_free(f.linker);   /* the functions outlive it and the module's handle */
    cwasm_module_free(f.module);
    f.linker = NULL;
    f.module = NULL;
    cwasm_instance *instances[] = { f.instance, second };
    for (int i = 0; i < 2; i++) {
        assert_ok(cwasm_func_call(f.store, cwasm_instance_func(instances[i], "g"), NULL, 0, NULL, 0, &f.err), &f.err);
        assert_int_equal(CWASM_TRAP, cwasm_func_call(f.store, cwasm_instance_func(instances[i], "f"), NULL, 0, NULL, 0, &f.err));
        assert_int_equal(CWASM_TRAP_HOST, cwasm_store_trap(f.store)->code);
        assert_string_equal("unknown import called: a.b", cwasm_store_trap(f.store)->message);
    }
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),    cmocka_unit_test(test_replaced),    cmocka_unit_test(test_instances),
        cmocka_unit_test(test_exports), cmocka_unit_test(test_other_store), cmocka_unit_test(test_failed_instance),
        cmocka_unit_test(test_shortest), cmocka_unit_test(test_forms),        cmocka_unit_test(test_unknown_traps),
    };
    return RUN(tests);
}
