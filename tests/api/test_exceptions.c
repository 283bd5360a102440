/* test_exceptions.c - exceptions and the host: throwing, catching, passing on, tags, values, reports. */
#include "cm.h"
#include "fixture.h"

typedef struct Env {
    cwasm_store *store;
    cwasm_tag *tag, *other;
    cwasm_func *back;        /* a guest function to call back */
    cwasm_exception *kept;
    int mode;
} Env;

static const char guest_wat[] =
    "(module"
    "  (import \"h\" \"throw\" (func $throw (param i32) (result i32)))"
    "  (import \"h\" \"call\" (func $call (param i32) (result i32)))"
    "  (import \"h\" \"t\" (tag $t (param i32 f64)))"
    "  (tag $own (export \"own\") (param i64))"
    "  (tag $none (export \"none\"))"
    "  (table (export \"table\") 2 2 funcref) (elem (i32.const 0) $throw $call)"
    "  (func $throw_own (param i32) (result i32) (throw $own (i64.extend_i32_s (local.get 0))))"
    "  (func $throw_t (export \"throw_t\") (param i32) (result i32) (throw $t (local.get 0) (f64.const 0.5)))"
    "  (func (export \"throw_own\") (param i32) (result i32) (call $throw_own (local.get 0)))"
    "  (func (export \"trap\") (param i32) (result i32) unreachable)"
    "  (func (export \"fine\") (param i32) (result i32) (local.get 0))"
    "  (func (export \"catch\") (param i32) (result i32)"
    "    (block $h (result i32 f64)"
    "      (try_table (catch $t $h) (return (call $throw (local.get 0)))) (unreachable)) (drop) (i32.const 1000) (i32.add))"
    "  (func (export \"catch_indirect\") (param i32) (result i32)"
    "    (block $h (result i32 f64)"
    "      (try_table (catch $t $h) (return (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))) (unreachable))"
    "    (drop) (i32.const 1000) (i32.add))"
    "  (func $tail (param i32) (result i32)"
    "    (block $h (result i32 f64)"
    "      (try_table (catch $t $h) (return_call $throw (local.get 0))) (unreachable)) (drop) (i32.const 1) (i32.add))"
    "  (func (export \"catch_tail\") (param i32) (result i32)"
    "    (block $h (result i32 f64)"
    "      (try_table (catch $t $h) (return (call $tail (local.get 0)))) (unreachable)) (drop) (i32.const 1000) (i32.add))"
    "  (func (export \"no_catch\") (param i32) (result i32) (call $throw (local.get 0)))"
    "  (func (export \"through\") (param i32) (result i32)"
    "    (block $h (result i64)"
    "      (block $h2 (result i32 f64)"
    "        (try_table (catch $own $h) (catch $t $h2) (return (call $call (local.get 0)))) (unreachable))"
    "      (drop) (i32.const 3000) (i32.add) (return))"
    "    (i32.wrap_i64) (i32.const 2000) (i32.add))"
    "  (func (export \"through_uncaught\") (param i32) (result i32) (call $call (local.get 0)))"
    "  (func (export \"ref\") (result exnref)"
    "    (block $h (result exnref) (try_table (catch_all_ref $h) (throw $own (i64.const 77))) (unreachable)))"
    "  (func (export \"throw_ref\") (param exnref) (throw_ref (local.get 0)))"
    "  (func (export \"garbage\") (param i32)"
    "    (loop $l (block $h (try_table (catch_all $h) (throw $none)))"
    "      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))";

static cwasm_trap_code host_throw(void *env, cwasm_caller *caller, uint64_t *slots)
{
    Env *e = env;
    int32_t x = cwasm_slot_i32(slots[0]);
    cwasm_val values[2] = { cwasm_i32(x), cwasm_f64(x / 2.0) };
    switch (x) {
    case 1: return cwasm_caller_throw(caller, e->tag, values, 1);              /* too few */
    case 2: return cwasm_caller_throw(caller, e->tag, (cwasm_val[]){ values[1], values[0] }, 2);
    case 3: return CWASM_TRAP_UNCAUGHT_EXCEPTION;                              /* nothing was thrown */
    case 4: return CWASM_TRAP_NONE;
    default: return cwasm_caller_throw(caller, e->tag, values, 2);
    }
}

/* Calls back; mode says what becomes of an exception. */
static cwasm_trap_code host_call(void *env, cwasm_caller *caller, uint64_t *slots)
{
    Env *e = env;
    cwasm_val arg = cwasm_i32(cwasm_slot_i32(slots[0])), result;
    cwasm_status status = cwasm_func_call(e->store, e->back, &arg, 1, &result, 1, NULL);
    if (status == CWASM_OK) {
        slots[0] = cwasm_slot_from_i32(result.of.i32);
        return CWASM_TRAP_NONE;
    }
    assert_int_equal(status, CWASM_TRAP);
    if (cwasm_store_trap(e->store)->code != CWASM_TRAP_UNCAUGHT_EXCEPTION) {
        assert_null(cwasm_store_take_exception(e->store));
        return cwasm_store_trap(e->store)->code;
    }
    if (e->mode == 0)   /* passed on as it is */
        return CWASM_TRAP_UNCAUGHT_EXCEPTION;
    cwasm_exception *x = cwasm_store_take_exception(e->store);
    assert_non_null(x);
    assert_null(cwasm_store_take_exception(e->store));
    if (e->mode == 1) {   /* caught */
        assert_ptr_equal(cwasm_exception_tag(x), e->other);
        slots[0] = cwasm_slot_from_i32((int32_t)cwasm_exception_value(x, 0).of.i64 + 1);
        cwasm_exception_free(x);
        return CWASM_TRAP_NONE;
    }
    if (e->mode == 2) {   /* replaced */
        cwasm_exception_free(x);
        return cwasm_caller_throw(caller, e->tag, (cwasm_val[]){ arg, cwasm_f64(0) }, 2);
    }
    if (e->mode == 3) {   /* thrown again, after calls that do other things */
        cwasm_instance *instance = cwasm_caller_instance(caller);
        cwasm_val n = cwasm_i32(200000);
        assert_int_equal(cwasm_func_call(e->store, cwasm_instance_func(instance, "garbage"), &n, 1, NULL, 0, NULL), CWASM_OK);
        return cwasm_caller_throw_exception(caller, x);
    }
    e->kept = x;   /* kept to itself */
    slots[0] = 5;
    return CWASM_TRAP_NONE;
}

static void open(Fixture *f, const Variant *v, Wasm wasm, Env *e)
{
    fixture_open(f, v, wasm);
    *e = (Env){ .store = f->store };
    assert_ok(cwasm_tag_new(f->store, "iF", &e->tag, &f->err), &f->err);
    cwasm_extern ext = { .kind = CWASM_EXTERN_TAG, .of.tag = e->tag };
    assert_ok(cwasm_linker_define(f->linker, "h", 1, "t", 1, &ext, &f->err), &f->err);
    assert_ok(cwasm_linker_define_func(f->linker, "h", "throw", "i:i", host_throw, e, &f->err), &f->err);
    assert_ok(cwasm_linker_define_func(f->linker, "h", "call", "i:i", host_call, e, &f->err), &f->err);
    fixture_instantiate(f);
    e->other = cwasm_instance_tag(f->instance, "own");
    assert_non_null(e->other);
    assert_null(cwasm_instance_tag(f->instance, "throw_t"));
}

static int32_t call(Fixture *f, const char *name, int32_t x) { return fixture_i32(f, name, ARGS(cwasm_i32(x))); }

static void expect_trap(Fixture *f, const char *name, int32_t x, cwasm_trap_code code, const char *message)
{
    cwasm_val r;
    assert_status(CWASM_TRAP, fixture_call(f, name, ARGS(cwasm_i32(x)), &r, 1), &f->err);
    assert_int_equal(cwasm_store_trap(f->store)->code, code);
    assert_string_equal(cwasm_store_trap(f->store)->message, message);
}

static void test_host_throws(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(guest_wat);
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        Env e;
        open(&f, v, wasm, &e);
        assert_int_equal(call(&f, "catch", 10), 1010);
        assert_int_equal(call(&f, "catch_indirect", 11), 1011);
        assert_int_equal(call(&f, "catch_tail", 12), 1012);   /* the frame that made the tail call is gone */
        assert_int_equal(call(&f, "catch", 4), 4);
        expect_trap(&f, "no_catch", 10, CWASM_TRAP_UNCAUGHT_EXCEPTION, "uncaught exception: a tag of the host (i32 10, f64 5)");
        assert_int_equal(cwasm_store_trap(f.store)->n_frames, 1);
        cwasm_exception *x = cwasm_store_take_exception(f.store);
        assert_ptr_equal(cwasm_exception_tag(x), e.tag);
        assert_int_equal(cwasm_exception_value(x, 0).of.i32, 10);
        assert_true(cwasm_exception_value(x, 1).of.f64 == 5.0);
        cwasm_exception_free(x);
        expect_trap(&f, "catch", 1, CWASM_TRAP_HOST, "host function failed: it throws with wrong values: 1 values for a tag with 2 parameters");
        expect_trap(&f, "catch", 2, CWASM_TRAP_HOST, "host function failed: it throws with wrong values: value 0: a f64 where a i32 is expected");
        expect_trap(&f, "catch", 3, CWASM_TRAP_UNCAUGHT_EXCEPTION, "uncaught exception");
        assert_null(cwasm_store_take_exception(f.store));
        fixture_close(&f);
    }
    free(wasm.bytes);
}

static void test_host_catches(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(guest_wat);
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        Env e;
        open(&f, v, wasm, &e);
        e.back = cwasm_instance_func(f.instance, "fine");
        assert_int_equal(call(&f, "through", 7), 7);
        e.back = cwasm_instance_func(f.instance, "throw_own");
        assert_int_equal(call(&f, "through", 7), 2007);
        e.mode = 1;
        assert_int_equal(call(&f, "through", 7), 8);
        e.mode = 2;
        assert_int_equal(call(&f, "through", 7), 3007);
        e.mode = 3;
        assert_int_equal(call(&f, "through", 7), 2007);
        e.mode = 4;
        assert_int_equal(call(&f, "through", 7), 5);
        assert_int_equal(cwasm_exception_value(e.kept, 0).of.i64, 7);
        assert_ok(fixture_call(&f, "garbage", ARGS(cwasm_i32(100000)), NULL, 0), &f.err);
        assert_int_equal(cwasm_exception_value(e.kept, 0).of.i64, 7);
        cwasm_exception_free(e.kept);
        e.back = cwasm_instance_func(f.instance, "trap");
        expect_trap(&f, "through", 7, CWASM_TRAP_UNREACHABLE, "unreachable");
        /* Of an exception that came through a host function, the frames of where it was thrown are kept. */
        e.mode = 0;
        e.back = cwasm_instance_func(f.instance, "throw_own");
        expect_trap(&f, "through_uncaught", 7, CWASM_TRAP_UNCAUGHT_EXCEPTION, "uncaught exception: tag 1 \"own\" (i64 7)");
        assert_int_equal(cwasm_store_trap(f.store)->n_frames, 3);
        /* A host function called by the host. */
        cwasm_extern ext;
        cwasm_val func, r;
        assert_true(cwasm_instance_export(f.instance, "table", 5, &ext));
        assert_true(cwasm_table_get(ext.of.table, 0, &func));
        assert_status(CWASM_TRAP, cwasm_func_call(f.store, cwasm_val_func(&func), ARGS(cwasm_i32(9)), &r, 1, &f.err), &f.err);
        assert_string_equal(f.err.message, "uncaught exception: a tag of the host (i32 9, f64 4.5)");
        fixture_close(&f);
    }
    free(wasm.bytes);
}

static void test_references(void **state)
{
    (void)state;
    Fixture f, g;
    Env e, other;
    cwasm_val ref;
    Wasm wasm = wat_parse(guest_wat);
    open(&f, NULL, wasm, &e);
    open(&g, NULL, wasm, &other);
    assert_ok(fixture_call(&f, "ref", NO_ARGS, &ref, 1), &f.err);
    assert_int_equal(ref.type, CWASM_EXNREF);
    assert_ok(fixture_call(&f, "garbage", ARGS(cwasm_i32(100000)), NULL, 0), &f.err);
    assert_status(CWASM_TRAP, fixture_call(&f, "throw_ref", &ref, 1, NULL, 0), &f.err);
    assert_string_equal(f.err.message, "uncaught exception: tag 1 \"own\" (i64 77)");
    cwasm_exception *x = cwasm_val_exception(&ref), *taken = cwasm_store_take_exception(f.store);
    assert_ptr_equal(x, taken);
    assert_int_equal(cwasm_exception_value(x, 0).of.i64, 77);
    cwasm_exception_free(x);
    cwasm_exception_free(taken);
    cwasm_exception_free(NULL);
    assert_status(CWASM_ARGUMENT, fixture_call(&g, "throw_ref", &ref, 1, NULL, 0), &g.err);
    ref = cwasm_null(CWASM_EXNREF);
    assert_null(cwasm_val_exception(&ref));
    assert_status(CWASM_TRAP, fixture_call(&f, "throw_ref", &ref, 1, NULL, 0), &f.err);
    assert_string_equal(f.err.message, "null exception reference");
    assert_ok(cwasm_exception_new(e.tag, (cwasm_val[]){ cwasm_i32(1), cwasm_f64(2) }, 2, &x, &f.err), &f.err);
    ref = cwasm_exnref(x);
    cwasm_exception_free(x);
    assert_status(CWASM_TRAP, fixture_call(&f, "throw_ref", &ref, 1, NULL, 0), &f.err);
    assert_string_equal(f.err.message, "uncaught exception: a tag of the host (i32 1, f64 2)");
    assert_status(CWASM_ARGUMENT, cwasm_exception_new(e.tag, NULL, 0, &x, &f.err), &f.err);
    cwasm_functype type = cwasm_tag_type(e.tag);
    assert_int_equal(type.n_params, 2);
    assert_int_equal(type.n_results, 0);
    cwasm_tag *tag = e.tag;
    assert_status(CWASM_ARGUMENT, cwasm_tag_new(f.store, "i:i", &tag, &f.err), &f.err);
    assert_status(CWASM_ARGUMENT, cwasm_tag_new(f.store, "iy", &tag, &f.err), &f.err);
    assert_ptr_equal(tag, e.tag);
    fixture_close(&f);
    fixture_close(&g);
    free(wasm.bytes);
}

/* A tag of another type does not link; one of another store neither. */
static void test_linking(void **state)
{
    (void)state;
    Fixture f, g;
    cwasm_extern ext = { .kind = CWASM_EXTERN_TAG };
    static const char wat[] = "(module (import \"h\" \"t\" (tag (param i32 f64))))";
    fixture_open_wat(&f, NULL, wat);
    fixture_open_wat(&g, NULL, wat);
    assert_status(CWASM_ARGUMENT, cwasm_linker_define(f.linker, "h", 1, "t", 1, &ext, &f.err), &f.err);
    assert_ok(cwasm_tag_new(f.store, "if", &ext.of.tag, &f.err), &f.err);
    assert_ok(cwasm_linker_define(f.linker, "h", 1, "t", 1, &ext, &f.err), &f.err);
    assert_status(CWASM_LINK, cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err), &f.err);
    assert_begins("incompatible import type: h.t is a tag (i32, f32), but the module asks for a tag (i32, f64)", f.err.message);
    assert_ok(cwasm_tag_new(g.store, "iF", &ext.of.tag, &g.err), &g.err);
    assert_ok(cwasm_linker_define(f.linker, "h", 1, "t", 1, &ext, &f.err), &f.err);
    assert_status(CWASM_ARGUMENT, cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err), &f.err);
    fixture_close(&f);
    fixture_close(&g);
}

/* A million frames. */
static void test_deep(void **state)
{
    (void)state;
    const Variant *v;
    Wasm wasm = wat_parse("(module (tag $t (param i32))"
                          "  (func $down (param i32) (if (i32.eqz (local.get 0)) (then (throw $t (i32.const 42))))"
                          "    (call $down (i32.sub (local.get 0) (i32.const 1))))"
                          "  (func (export \"f\") (param i32) (result i32)"
                          "    (block $h (result i32) (try_table (catch $t $h) (call $down (local.get 0))) (unreachable)))"
                          "  (func (export \"g\") (param i32) (result i32) (call $down (local.get 0)) (i32.const 0)))");
    for (size_t i = 0; (v = variant_dispatcher(i)); i++) {
        cwasm_config *config = variant_config(v);
        cwasm_config_stack_size(config, (size_t)256 << 20);
        Fixture f = { 0 };
        cwasm_val r;
        assert_ok(cwasm_engine_new(config, &f.engine, &f.err), &f.err);
        assert_ok(cwasm_module_new(f.engine, wasm.bytes, wasm.size, &f.module, &f.err), &f.err);
        assert_ok(cwasm_store_new(f.engine, &f.store, &f.err), &f.err);
        assert_ok(cwasm_linker_new(f.engine, &f.linker, &f.err), &f.err);
        fixture_instantiate(&f);
        assert_int_equal(call(&f, "f", 1000000), 42);
        assert_status(CWASM_TRAP, fixture_call(&f, "g", ARGS(cwasm_i32(1000000)), &r, 1), &f.err);
        assert_int_equal(cwasm_store_trap(f.store)->n_frames_total, 1000002);
        fixture_close(&f);
        cwasm_config_free(config);
    }
    free(wasm.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host_throws), cmocka_unit_test(test_host_catches), cmocka_unit_test(test_references),
        cmocka_unit_test(test_linking),     cmocka_unit_test(test_deep),
    };
    return RUN(tests);
}
