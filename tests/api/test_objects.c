/* test_objects.c - values, memories, globals and tables, as the embedder and as the guest see them. */
#include "cm.h"
#include "fixture.h"

static void test_values(void **state)
{
    (void)state;
    cwasm_val v = cwasm_i32(-1);
    assert_true(v.type == CWASM_I32 && v.of.i32 == -1);
    v = cwasm_i64(INT64_MIN);
    assert_true(v.type == CWASM_I64 && v.of.i64 == INT64_MIN);
    v = cwasm_f32(1.5f);
    assert_true(v.type == CWASM_F32 && v.of.f32 == 1.5f);
    v = cwasm_f64(-0.25);
    assert_true(v.type == CWASM_F64 && v.of.f64 == -0.25);
    static const uint64_t numbers[] = { 0, 1, 7, UINT32_MAX, UINT64_C(1) << 61, (UINT64_C(1) << 62) - 1 };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint64_t got = 42;
        v = cwasm_externref(numbers[i]);
        assert_true(v.type == CWASM_EXTERNREF && v.of.ref != 0);
        assert_true(cwasm_val_extern(&v, &got) && got == numbers[i]);
        assert_null(cwasm_val_func(&v));
    }
    uint64_t untouched = 42;
    v = cwasm_null(CWASM_EXTERNREF);
    assert_false(cwasm_val_extern(&v, &untouched));
    assert_int_equal(untouched, 42);
    v = cwasm_funcref(NULL);
    assert_true(v.type == CWASM_FUNCREF && v.of.ref == 0);
    assert_null(cwasm_val_func(&v));
    assert_false(cwasm_val_extern(&v, &untouched));
    v = cwasm_i32(5);
    assert_null(cwasm_val_func(&v));
    assert_false(cwasm_val_extern(&v, &untouched));
}

static void test_valtypes(void **state)
{
    (void)state;
    static const struct { cwasm_valtype type; const char *name; bool is_ref; } types[] = {
        { CWASM_I32, "i32", false }, { CWASM_I64, "i64", false },       { CWASM_F32, "f32", false },           { CWASM_F64, "f64", false },
        { CWASM_V128, "v128", false }, { CWASM_FUNCREF, "funcref", true }, { CWASM_EXTERNREF, "externref", true },
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char buf[16], tiny[3];
        assert_string_equal(cwasm_valtype_name(types[i].type, buf, sizeof buf), types[i].name);
        assert_ptr_equal(cwasm_valtype_name(types[i].type, tiny, sizeof tiny), tiny);
        assert_int_equal(strlen(tiny), 2);   /* cut, but terminated */
        assert_int_equal(cwasm_valtype_is_ref(types[i].type), types[i].is_ref);
    }
    assert_non_null(cwasm_valtype_name(0xffffffff, (char[8]){ 0 }, 8));
}

static void test_memory(void **state)
{
    (void)state;
    Wasm wasm = wat_parse("(module (import \"h\" \"m\" (memory 1 5)) (memory $own (export \"own\") 2)"
                          "  (func (export \"get\") (param i32) (result i32) local.get 0 i32.load8_u)"
                          "  (func (export \"set\") (param i32 i32) local.get 0 local.get 1 i32.store8)"
                          "  (func (export \"size\") (result i32) memory.size)"
                          "  (func (export \"grow\") (param i32) (result i32) local.get 0 memory.grow)"
                          "  (func (export \"grow own\") (param i32) (result i32) local.get 0 memory.grow $own))");
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        cwasm_memory *memory;
        cwasm_limits limits = { .min = 1, .max = 5, .has_max = true, .page_log2 = 16 };
        fixture_open(&f, v, wasm);
        assert_ok(cwasm_memory_new(f.store, &limits, &memory, &f.err), &f.err);
        cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY, .of.memory = memory };
        assert_ok(cwasm_linker_define(f.linker, "h", 1, "m", 1, &ext, &f.err), &f.err);
        fixture_instantiate(&f);
        cwasm_limits type = cwasm_memory_type(memory);
        assert_true(type.min == 1 && type.max == 5 && type.has_max && !type.shared && !type.is64 && type.page_log2 == 16);
        assert_true(cwasm_memory_size(memory) == 65536);
        assert_true(cwasm_store_memory_size(f.store) == 3 * 65536);
        uint8_t *bytes = cwasm_memory_view(memory, 0, 65536);
        assert_non_null(bytes);
        for (int k = 0; k < 65536; k++)
            assert_int_equal(bytes[k], 0);
        bytes[100] = 77;
        assert_int_equal(fixture_i32(&f, "get", ARGS(cwasm_i32(100))), 77);
        assert_ok(fixture_call(&f, "set", ARGS(cwasm_i32(65535), cwasm_i32(0x1ff)), NULL, 0), &f.err);
        assert_int_equal(*(uint8_t *)cwasm_memory_view(memory, 65535, 1), 0xff);
        assert_null(cwasm_memory_view(memory, 65535, 2));
        assert_null(cwasm_memory_view(memory, UINT64_MAX, 1));
        assert_non_null(cwasm_memory_view(memory, 65536, 0));
        assert_null(cwasm_memory_view(memory, 65537, 0));
        /* the host grows, the guest sees it; the guest grows, the host sees it */
        uint64_t old = 99;
        assert_int_equal(cwasm_memory_grow(memory, 2, &old), CWASM_OK);
        assert_true(old == 1 && cwasm_memory_size(memory) == 3 * 65536);
        assert_int_equal(fixture_i32(&f, "size", NO_ARGS), 3);
        assert_int_equal(fixture_i32(&f, "get", ARGS(cwasm_i32(100))), 77);
        assert_ok(fixture_call(&f, "set", ARGS(cwasm_i32(3 * 65536 - 1), cwasm_i32(9)), NULL, 0), &f.err);
        assert_int_equal(fixture_i32(&f, "grow", ARGS(cwasm_i32(1))), 3);
        assert_true(cwasm_memory_size(memory) == 4 * 65536);
        assert_int_equal(*(uint8_t *)cwasm_memory_view(memory, 3 * 65536 - 1, 1), 9);
        old = 99;
        assert_int_equal(cwasm_memory_grow(memory, 2, &old), CWASM_LIMIT);
        assert_int_equal(cwasm_memory_grow(memory, UINT64_MAX, &old), CWASM_LIMIT);
        assert_true(old == 99);
        assert_int_equal(cwasm_memory_grow(memory, 0, NULL), CWASM_OK);
        assert_int_equal(fixture_i32(&f, "grow", ARGS(cwasm_i32(2))), -1);
        /* the store's limit binds what the type does not */
        cwasm_store_limit_memory(f.store, 4 * 65536);
        cwasm_memory *own = cwasm_instance_memory(f.instance, "own");
        assert_int_equal(fixture_i32(&f, "grow own", ARGS(cwasm_i32(2))), 2);
        assert_int_equal(fixture_i32(&f, "grow own", ARGS(cwasm_i32(1))), -1);
        assert_int_equal(cwasm_memory_grow(own, 1, NULL), CWASM_LIMIT);
        cwasm_store_limit_memory(f.store, 0);
        assert_int_equal(fixture_i32(&f, "grow own", ARGS(cwasm_i32(1))), 4);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

static void test_memory_limits(void **state)
{
    (void)state;
    Fixture f;
    cwasm_memory *memory = (cwasm_memory *)&f;
    fixture_open_wat(&f, NULL, "(module (memory 3))");
    cwasm_limits bad[] = {
        { .min = 2, .max = 1, .has_max = true, .page_log2 = 16 },      /* more at least than at most */
        { .min = 65537, .page_log2 = 16 },                              /* beyond 4 GiB */
        { .min = 0, .max = 65537, .has_max = true, .page_log2 = 16 },
        { .min = UINT64_MAX, .page_log2 = 16 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_not_equal(cwasm_memory_new(f.store, &bad[i], &memory, &f.err), CWASM_OK);
        assert_ptr_equal(memory, &f);
    }
    cwasm_store_limit_memory(f.store, 2 * 65536);
    assert_status(CWASM_LIMIT, cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err), &f.err);
    cwasm_limits three = { .min = 3, .page_log2 = 16 };
    assert_status(CWASM_LIMIT, cwasm_memory_new(f.store, &three, &memory, &f.err), &f.err);
    cwasm_store_limit_memory(f.store, 3 * 65536);
    fixture_instantiate(&f);
    fixture_close(&f);
}

static void test_globals(void **state)
{
    (void)state;
    Wasm wasm = wat_parse("(module (import \"h\" \"i\" (global $i (mut i32))) (import \"h\" \"d\" (global $d f64)) (import \"h\" \"r\" (global $r (mut externref)))"
                          "  (global (export \"own\") (mut i64) (i64.const -5)) (global (export \"const\") f32 (f32.const 1.5))"
                          "  (func $f) (global (export \"func\") (mut funcref) (ref.func $f)) (export \"r\" (global $r))"
                          "  (func (export \"bump\") (result i32) global.get $i i32.const 1 i32.add global.set $i global.get $i)"
                          "  (func (export \"d\") (result i32) global.get $d i32.trunc_f64_s)"
                          "  (func (export \"is null\") (result i32) global.get $r ref.is_null))");
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        bool is_mutable;
        cwasm_extern ext = { .kind = CWASM_EXTERN_GLOBAL };
        cwasm_val val = cwasm_i32(-3);
        uint64_t host;
        fixture_open(&f, v, wasm);
        assert_ok(cwasm_global_new(f.store, &val, true, &ext.of.global, &f.err), &f.err);
        cwasm_global *counter = ext.of.global;
        assert_ok(cwasm_linker_define(f.linker, "h", 1, "i", 1, &ext, &f.err), &f.err);
        val = cwasm_f64(12.75);
        assert_ok(cwasm_global_new(f.store, &val, false, &ext.of.global, &f.err), &f.err);
        assert_ok(cwasm_linker_define(f.linker, "h", 1, "d", 1, &ext, &f.err), &f.err);
        cwasm_global *constant = ext.of.global;
        val = cwasm_externref(31);
        assert_ok(cwasm_global_new(f.store, &val, true, &ext.of.global, &f.err), &f.err);
        assert_ok(cwasm_linker_define(f.linker, "h", 1, "r", 1, &ext, &f.err), &f.err);
        fixture_instantiate(&f);
        assert_int_equal(fixture_i32(&f, "bump", NO_ARGS), -2);
        assert_int_equal(cwasm_global_get(counter).of.i32, -2);
        val = cwasm_i32(100);
        assert_int_equal(cwasm_global_set(counter, &val), CWASM_OK);
        assert_int_equal(fixture_i32(&f, "bump", NO_ARGS), 101);
        assert_int_equal(cwasm_global_type(counter, &is_mutable), CWASM_I32);
        assert_true(is_mutable);
        assert_int_equal(cwasm_global_type(constant, &is_mutable), CWASM_F64);
        assert_false(is_mutable);
        assert_int_equal(fixture_i32(&f, "d", NO_ARGS), 12);
        val = cwasm_f64(1);
        assert_int_equal(cwasm_global_set(constant, &val), CWASM_ARGUMENT);
        assert_int_equal(cwasm_global_set(counter, &val), CWASM_ARGUMENT);
        assert_true(cwasm_global_get(constant).of.f64 == 12.75);
        /* those that the module made */
        assert_true(cwasm_global_get(cwasm_instance_global(f.instance, "own")).of.i64 == -5);
        assert_true(cwasm_global_get(cwasm_instance_global(f.instance, "const")).of.f32 == 1.5f);
        val = cwasm_global_get(cwasm_instance_global(f.instance, "func"));
        assert_non_null(cwasm_val_func(&val));
        val = cwasm_null(CWASM_FUNCREF);
        assert_int_equal(cwasm_global_set(cwasm_instance_global(f.instance, "func"), &val), CWASM_OK);
        val = cwasm_global_get(cwasm_instance_global(f.instance, "func"));
        assert_true(cwasm_val_func(&val) == NULL && val.of.ref == 0);
        val = cwasm_global_get(cwasm_instance_global(f.instance, "r"));
        assert_true(cwasm_val_extern(&val, &host) && host == 31);
        assert_int_equal(fixture_i32(&f, "is null", NO_ARGS), 0);
        val = cwasm_null(CWASM_EXTERNREF);
        assert_int_equal(cwasm_global_set(cwasm_instance_global(f.instance, "r"), &val), CWASM_OK);
        assert_int_equal(fixture_i32(&f, "is null", NO_ARGS), 1);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

static void test_tables(void **state)
{
    (void)state;
    Wasm wasm = wat_parse("(module (import \"h\" \"t\" (table $t 2 10 funcref)) (table $e (export \"e\") 3 externref)"
                          "  (func $seven (export \"seven\") (result i32) i32.const 7)"
                          "  (elem (table $t) (i32.const 1) func $seven)"
                          "  (func (export \"call\") (param i32) (result i32) local.get 0 call_indirect $t (result i32))"
                          "  (func (export \"size\") (result i32) table.size $t)"
                          "  (func (export \"grow\") (param i32) (result i32) ref.null func local.get 0 table.grow $t)"
                          "  (func (export \"null\") (param i32) (result i32) local.get 0 table.get $e ref.is_null))");
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        cwasm_limits limits = { .min = 2, .max = 10, .has_max = true };
        cwasm_extern ext = { .kind = CWASM_EXTERN_TABLE };
        cwasm_val val, r;
        cwasm_valtype type;
        uint64_t old = 99, host;
        fixture_open(&f, v, wasm);
        assert_ok(cwasm_table_new(f.store, CWASM_FUNCREF, &limits, NULL, &ext.of.table, &f.err), &f.err);
        cwasm_table *table = ext.of.table;
        assert_ok(cwasm_linker_define(f.linker, "h", 1, "t", 1, &ext, &f.err), &f.err);
        fixture_instantiate(&f);
        limits = cwasm_table_type(table, &type);
        assert_true(limits.min == 2 && limits.max == 10 && limits.has_max && type == CWASM_FUNCREF);
        assert_true(cwasm_table_size(table) == 2);
        assert_true(cwasm_table_get(table, 0, &val) && val.of.ref == 0);
        assert_true(cwasm_table_get(table, 1, &val) && cwasm_val_func(&val));
        assert_false(cwasm_table_get(table, 2, &val));
        assert_false(cwasm_table_get(table, UINT64_MAX, &val));
        /* what comes out can be called, and put elsewhere */
        assert_ok(cwasm_func_call(f.store, cwasm_val_func(&val), NULL, 0, &r, 1, &f.err), &f.err);
        assert_int_equal(r.of.i32, 7);
        assert_int_equal(cwasm_table_set(table, 0, &val), CWASM_OK);
        assert_int_equal(fixture_i32(&f, "call", ARGS(cwasm_i32(0))), 7);
        val = cwasm_null(CWASM_FUNCREF);
        assert_int_equal(cwasm_table_set(table, 0, &val), CWASM_OK);
        assert_status(CWASM_TRAP, fixture_call(&f, "call", ARGS(cwasm_i32(0)), &r, 1), &f.err);
        val = cwasm_externref(1);
        assert_int_equal(cwasm_table_set(table, 0, &val), CWASM_ARGUMENT);
        val = cwasm_i32(1);
        assert_int_equal(cwasm_table_set(table, 0, &val), CWASM_ARGUMENT);
        val = cwasm_null(CWASM_FUNCREF);
        assert_int_equal(cwasm_table_set(table, 2, &val), CWASM_ARGUMENT);
        /* growing by the host, with a value, and by the guest */
        val = cwasm_funcref(cwasm_instance_func(f.instance, "seven"));
        assert_int_equal(cwasm_table_grow(table, 3, &val, &old), CWASM_OK);
        assert_true(old == 2 && cwasm_table_size(table) == 5);
        assert_int_equal(fixture_i32(&f, "size", NO_ARGS), 5);
        assert_int_equal(fixture_i32(&f, "call", ARGS(cwasm_i32(4))), 7);
        assert_int_equal(fixture_i32(&f, "grow", ARGS(cwasm_i32(2))), 5);
        assert_true(cwasm_table_size(table) == 7);
        assert_int_equal(cwasm_table_grow(table, 4, NULL, &old), CWASM_LIMIT);
        assert_int_equal(cwasm_table_grow(table, UINT64_MAX, NULL, &old), CWASM_LIMIT);
        assert_true(old == 2 && cwasm_table_size(table) == 7);
        assert_int_equal(fixture_i32(&f, "grow", ARGS(cwasm_i32(4))), -1);
        assert_int_equal(fixture_i32(&f, "grow", ARGS(cwasm_i32(-1))), -1);
        /* external references, and the store's limit */
        cwasm_table *refs = cwasm_instance_table(f.instance, "e");
        val = cwasm_externref(5);
        assert_int_equal(cwasm_table_set(refs, 2, &val), CWASM_OK);
        assert_int_equal(fixture_i32(&f, "null", ARGS(cwasm_i32(2))), 0);
        assert_int_equal(fixture_i32(&f, "null", ARGS(cwasm_i32(1))), 1);
        assert_true(cwasm_table_get(refs, 2, &val) && cwasm_val_extern(&val, &host) && host == 5);
        cwasm_store_limit_table(f.store, 5);
        assert_int_equal(cwasm_table_grow(refs, 2, NULL, NULL), CWASM_OK);
        assert_int_equal(cwasm_table_grow(refs, 1, NULL, NULL), CWASM_LIMIT);
        limits = (cwasm_limits){ .min = 6 };
        assert_status(CWASM_LIMIT, cwasm_table_new(f.store, CWASM_FUNCREF, &limits, NULL, &table, &f.err), &f.err);
        limits = (cwasm_limits){ .min = 4 };
        val = cwasm_externref(8);
        assert_ok(cwasm_table_new(f.store, CWASM_EXTERNREF, &limits, &val, &table, &f.err), &f.err);
        assert_true(cwasm_table_get(table, 3, &val) && cwasm_val_extern(&val, &host) && host == 8);
        assert_status(CWASM_ARGUMENT, cwasm_table_new(f.store, CWASM_FUNCREF, &limits, &val, &table, &f.err), &f.err);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

/* A default store refuses tables of more than ten million elements. */
static void test_table_default_limit(void **state)
{
    (void)state;
    Fixture f;
    fixture_open_wat(&f, NULL, "(module (table 10000001 funcref))");
    assert_status(CWASM_LIMIT, cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err), &f.err);
    cwasm_store_limit_table(f.store, 0);
    fixture_instantiate(&f);
    fixture_close(&f);
}

/* A function of one store means nothing in another. */
/* 64-bit memories and tables, and references whose type the API cannot spell. */
static void test_wide_and_typed(void **state)
{
    (void)state;
    Fixture f;
    cwasm_memory *memory;
    cwasm_table *table;
    cwasm_valtype type;
    cwasm_val r;
    uint64_t old;
    fixture_open_wat(&f, NULL, "(module (type $t (func (result i32)))"
                               "  (import \"m\" \"m\" (memory i64 1)) (import \"m\" \"t\" (table i64 1 funcref))"
                               "  (func (export \"load\") (param i64) (result i32) (i32.load8_u (local.get 0)))"
                               "  (func $five (export \"five\") (type $t) (i32.const 5))"
                               "  (global (export \"g\") (mut (ref $t)) (ref.func $five))"
                               "  (func (export \"ref\") (param (ref null $t)) (result (ref null $t)) (local.get 0))"
                               "  (func (export \"sure\") (param (ref $t)) (result (ref $t)) (local.get 0)))");
    cwasm_limits limits = { .min = 1, .is64 = true, .page_log2 = 16 };
    assert_ok(cwasm_memory_new(f.store, &limits, &memory, &f.err), &f.err);
    assert_true(cwasm_memory_type(memory).is64);
    assert_ok(cwasm_table_new(f.store, CWASM_FUNCREF, &limits, NULL, &table, &f.err), &f.err);
    assert_true(cwasm_table_type(table, &type).is64);
    cwasm_extern m = { CWASM_EXTERN_MEMORY, { .memory = memory } }, t = { CWASM_EXTERN_TABLE, { .table = table } };
    assert_ok(cwasm_linker_define(f.linker, "m", 1, "m", 1, &m, &f.err), &f.err);
    assert_ok(cwasm_linker_define(f.linker, "m", 1, "t", 1, &t, &f.err), &f.err);
    fixture_instantiate(&f);
    assert_int_equal(cwasm_memory_grow(memory, 65536, &old), CWASM_OK);
    assert_int_equal(old, 1);
    uint8_t *byte = cwasm_memory_view(memory, 0x10000fff0, 1);
    assert_non_null(byte);
    *byte = 42;
    assert_ok(fixture_call(&f, "load", ARGS(cwasm_i64(0x10000fff0)), &r, 1), &f.err);
    assert_int_equal(r.of.i32, 42);
    assert_int_equal(cwasm_memory_grow(memory, UINT64_MAX, NULL), CWASM_LIMIT);
    limits.min = (uint64_t)1 << 49;
    assert_status(CWASM_ARGUMENT, cwasm_memory_new(f.store, &limits, &memory, &f.err), &f.err);
    limits = (cwasm_limits){ .min = 65537, .page_log2 = 16 };
    assert_status(CWASM_ARGUMENT, cwasm_memory_new(f.store, &limits, &memory, &f.err), &f.err);

    cwasm_func *five = cwasm_instance_func(f.instance, "five");
    assert_ok(fixture_call(&f, "ref", ARGS(cwasm_funcref(five)), &r, 1), &f.err);
    assert_int_equal(r.type, CWASM_FUNCREF);
    assert_ptr_equal(cwasm_val_func(&r), five);
    assert_ok(fixture_call(&f, "sure", ARGS(r), &r, 1), &f.err);
    assert_ptr_equal(cwasm_val_func(&r), five);
    assert_ok(fixture_call(&f, "ref", ARGS(cwasm_null(CWASM_FUNCREF)), &r, 1), &f.err);
    assert_true(r.type == CWASM_FUNCREF && r.of.ref == 0);
    assert_status(CWASM_ARGUMENT, fixture_call(&f, "sure", ARGS(cwasm_null(CWASM_FUNCREF)), &r, 1), &f.err);
    assert_status(CWASM_ARGUMENT, fixture_call(&f, "ref", ARGS(cwasm_funcref(cwasm_instance_func(f.instance, "load"))), &r, 1), &f.err);
    cwasm_extern g;
    assert_true(cwasm_instance_export(f.instance, "g", 1, &g));
    r = cwasm_global_get(g.of.global);
    assert_ptr_equal(cwasm_val_func(&r), five);
    r = cwasm_null(CWASM_FUNCREF);
    assert_int_equal(cwasm_global_set(g.of.global, &r), CWASM_ARGUMENT);
    fixture_close(&f);
}

static void test_other_store(void **state)
{
    (void)state;
    Fixture a, b;
    static const char wat[] = "(module (func (export \"f\")) (table (export \"t\") 1 funcref) (global (export \"g\") (mut funcref) (ref.null func))"
                              "  (func (export \"take\") (param funcref)))";
    fixture_open_wat(&a, NULL, wat);
    fixture_open_wat(&b, NULL, wat);
    fixture_instantiate(&a);
    fixture_instantiate(&b);
    cwasm_val ref = cwasm_funcref(cwasm_instance_func(a.instance, "f"));
    assert_int_equal(cwasm_table_set(cwasm_instance_table(b.instance, "t"), 0, &ref), CWASM_ARGUMENT);
    assert_int_equal(cwasm_global_set(cwasm_instance_global(b.instance, "g"), &ref), CWASM_ARGUMENT);
    assert_status(CWASM_ARGUMENT, fixture_call(&b, "take", &ref, 1, NULL, 0), &b.err);
    assert_status(CWASM_ARGUMENT, cwasm_func_call(b.store, cwasm_val_func(&ref), NULL, 0, NULL, 0, &b.err), &b.err);
    assert_int_equal(cwasm_table_set(cwasm_instance_table(a.instance, "t"), 0, &ref), CWASM_OK);
    fixture_close(&a);
    fixture_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),  cmocka_unit_test(test_valtypes), cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_limits), cmocka_unit_test(test_globals), cmocka_unit_test(test_tables),
        cmocka_unit_test(test_table_default_limit), cmocka_unit_test(test_other_store),
        cmocka_unit_test(test_wide_and_typed),
    };
    return RUN(tests);
}
