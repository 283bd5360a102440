/* test_store.c - stores, host functions, globals, values, and what happens when allocations fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "run/objects.h"

/* An allocator that counts what is out, checks sizes, and fails from the `left`-th call on. */
typedef struct Failing { size_t out, left; } Failing;

static void *failing_realloc(void *ctx, void *p, size_t old_size, size_t new_size)
{
    Failing *f = ctx;
    if (new_size == 0) {
        f->out -= old_size;
        free(p);
        return NULL;
    }
    if (f->left == 0)
        return NULL;
    f->left--;
    void *q = realloc(p, new_size);
    assert_non_null(q);
    f->out += new_size - old_size;
    return q;
}

static cwasm_trap_code nothing(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller, (void)slots;
    return CWASM_TRAP_NONE;
}

/* One of everything that needs no module; the status of the first failure. */
static cwasm_status build(cwasm_engine *engine, cwasm_error *err)
{
    cwasm_store *store = NULL;
    cwasm_linker *linker = NULL;
    cwasm_func *func;
    cwasm_memory *memory;
    cwasm_table *table;
    cwasm_global *global;
    cwasm_val seven = cwasm_i32(7);
    cwasm_limits limits = { .min = 1 };
    uint64_t old;
    cwasm_status s = cwasm_store_new(engine, &store, err);
    if (!s)
        s = cwasm_func_new(store, "iIfF:pe", nothing, NULL, &func, err);
    if (!s)
        s = cwasm_memory_new(store, &limits, &memory, err);
    if (!s)
        s = cwasm_table_new(store, CWASM_FUNCREF, &limits, NULL, &table, err);
    if (!s && (s = cwasm_table_grow(table, 10, NULL, &old)) == CWASM_LIMIT)
        s = cw_no_memory(err);   /* this function cannot tell */
    if (!s)
        s = cwasm_global_new(store, &seven, true, &global, err);
    if (!s)
        s = cwasm_linker_new(engine, &linker, err);
    char name[] = "a";
    for (; !s && name[0] <= 'z'; name[0]++) {
        cwasm_extern ext = { .kind = CWASM_EXTERN_GLOBAL, .of.global = global };
        s = cwasm_linker_define(linker, name, 1, "g", 1, &ext, err);
        if (!s)
            s = cwasm_linker_define_func(linker, "m", name, "i:i", nothing, NULL, err);
    }
    cwasm_linker_free(linker);
    cwasm_store_free(store);
    return s;
}

static void test_failing_allocations(void **state)
{
    (void)state;
    Failing f = { 0, 0 };
    cwasm_allocator allocator = { failing_realloc, &f };
    cwasm_config *config = cwasm_config_new();
    cwasm_config_allocator(config, &allocator);
    for (size_t n = 0;; n++) {
        cwasm_engine *engine = NULL;
        cwasm_error err = { .status = CWASM_OK };
        f.left = n;
        cwasm_status s = cwasm_engine_new(config, &engine, &err);
        if (!s)
            s = build(engine, &err);
        cwasm_engine_free(engine);
        assert_int_equal(f.out, 0);
        if (s == CWASM_OK)
            break;
        assert_int_equal(s, CWASM_NO_MEMORY);
        assert_int_equal(err.status, CWASM_NO_MEMORY);
        assert_true(n < 1000);
    }
    cwasm_config_free(config);
}

static cwasm_engine *engine;
static cwasm_store *store, *other;

static int open_stores(void **state)
{
    (void)state;
    return cwasm_engine_new(NULL, &engine, NULL) || cwasm_store_new(engine, &store, NULL) || cwasm_store_new(engine, &other, NULL);
}

static int close_stores(void **state)
{
    (void)state;
    cwasm_store_free(store);
    cwasm_store_free(other);
    cwasm_engine_free(engine);
    return 0;
}

static void test_stack(void **state)
{
    (void)state;
    assert_ptr_equal(store->sp, store->stack);
    assert_true(store->stack_limit < store->stack + store->stack_bytes / sizeof(u64));
    assert_int_equal(store->stack_bytes, (size_t)8 << 20);
    *store->stack_limit = 1;
    store->stack[0] = 1;
}

static void test_signatures(void **state)
{
    (void)state;
    cwasm_func *f = NULL;
    cwasm_error err;
    const char *const wrong[] = { "", "i", "y:", "i:i:i", ":v", "i,i:" };
    for (size_t i = 0; i < CW_COUNT(wrong); i++)
        assert_int_equal(cwasm_func_new(store, wrong[i], nothing, NULL, &f, &err), CWASM_ARGUMENT);
    assert_null(f);
    assert_int_equal(cwasm_func_new(store, ":", nothing, NULL, &f, &err), CWASM_OK);
    cwasm_functype t = cwasm_func_type(f);
    assert_true(t.n_params == 0 && t.n_results == 0);
    assert_int_equal(cwasm_func_new(store, "iIfFVpe:Fi", nothing, NULL, &f, &err), CWASM_OK);
    t = cwasm_func_type(f);
    const cwasm_valtype params[] = { CWASM_I32, CWASM_I64, CWASM_F32, CWASM_F64, CWASM_V128, CWASM_FUNCREF, CWASM_EXTERNREF };
    assert_int_equal(t.n_params, CW_COUNT(params));
    for (u32 i = 0; i < t.n_params; i++)
        assert_int_equal(t.params[i], params[i]);
    assert_true(t.n_results == 2 && t.results[0] == CWASM_F64 && t.results[1] == CWASM_I32);
    assert_true(f->frame_slots >= 10);

    char many[202];   /* more than the buffer on the C stack */
    memset(many, 'i', sizeof many);
    many[200] = ':';
    many[201] = 0;
    assert_int_equal(cwasm_func_new(store, many, nothing, NULL, &f, &err), CWASM_OK);
    assert_int_equal(cwasm_func_type(f).n_params, 200);
}

static void test_call_arguments(void **state)
{
    (void)state;
    cwasm_func *f, *foreign;
    cwasm_error err;
    cwasm_val args[2] = { cwasm_i32(1), cwasm_i64(2) }, result;
    assert_int_equal(cwasm_func_new(store, "ip:", nothing, NULL, &f, NULL), CWASM_OK);
    assert_int_equal(cwasm_func_new(other, ":", nothing, NULL, &foreign, NULL), CWASM_OK);
    assert_int_equal(cwasm_func_call(store, f, args, 1, NULL, 0, &err), CWASM_ARGUMENT);
    assert_int_equal(cwasm_func_call(store, f, args, 2, &result, 1, &err), CWASM_ARGUMENT);
    assert_int_equal(cwasm_func_call(store, f, args, 2, NULL, 0, &err), CWASM_ARGUMENT);
    assert_string_equal(err.message, "argument 1: a i64 where a funcref is expected");
    args[1] = cwasm_funcref(foreign);
    assert_int_equal(cwasm_func_call(store, f, args, 2, NULL, 0, &err), CWASM_ARGUMENT);
    assert_int_equal(cwasm_func_call(store, foreign, NULL, 0, NULL, 0, &err), CWASM_ARGUMENT);
    args[1] = cwasm_externref(1);
    assert_int_equal(cwasm_func_call(store, f, args, 2, NULL, 0, &err), CWASM_ARGUMENT);
}

static void test_globals(void **state)
{
    (void)state;
    cwasm_global *g;
    cwasm_func *f, *foreign;
    bool is_mutable;
    uint64_t x;
    cwasm_val val = cwasm_f32(1.5f);
    assert_int_equal(cwasm_global_new(store, &val, false, &g, NULL), CWASM_OK);
    assert_true(g->cell[0] == 0x3fc00000);
    assert_int_equal(cwasm_global_set(g, &val), CWASM_ARGUMENT);
    assert_int_equal(cwasm_global_type(g, &is_mutable), CWASM_F32);
    assert_false(is_mutable);

    val = cwasm_i32(-1);
    assert_int_equal(cwasm_global_new(store, &val, true, &g, NULL), CWASM_OK);
    assert_true(g->cell[0] == UINT32_MAX);   /* zero-extended */
    assert_int_equal(cwasm_global_get(g).of.i32, -1);
    val = cwasm_i64(1);
    assert_int_equal(cwasm_global_set(g, &val), CWASM_ARGUMENT);

    val = (cwasm_val){ .type = CWASM_V128 };
    for (u32 i = 0; i < 16; i++)
        val.of.v128[i] = (u8)i;
    assert_int_equal(cwasm_global_new(store, &val, true, &g, NULL), CWASM_OK);
    assert_true(g->cell[0] == 0x0706050403020100 && g->cell[1] == 0x0f0e0d0c0b0a0908);
    assert_memory_equal(cwasm_global_get(g).of.v128, val.of.v128, 16);

    assert_int_equal(cwasm_func_new(store, ":", nothing, NULL, &f, NULL), CWASM_OK);
    assert_int_equal(cwasm_func_new(other, ":", nothing, NULL, &foreign, NULL), CWASM_OK);
    val = cwasm_funcref(f);
    assert_int_equal(cwasm_global_new(store, &val, true, &g, NULL), CWASM_OK);
    val = cwasm_global_get(g);
    assert_ptr_equal(cwasm_val_func(&val), f);
    assert_false(cwasm_val_extern(&val, &x));
    val = cwasm_funcref(foreign);
    assert_int_equal(cwasm_global_set(g, &val), CWASM_ARGUMENT);
    val = cwasm_null(CWASM_FUNCREF);
    assert_int_equal(cwasm_global_set(g, &val), CWASM_OK);
    val = cwasm_global_get(g);
    assert_null(cwasm_val_func(&val));

    val = cwasm_null(0);
    assert_int_equal(cwasm_global_new(store, &val, true, &g, NULL), CWASM_ARGUMENT);
}

static void test_settings(void **state)
{
    (void)state;
    cwasm_store_set_fuel(store, UINT64_MAX);
    assert_true(cwasm_store_fuel(store) == INT64_MAX);
    store->fuel = -3;
    assert_int_equal(cwasm_store_fuel(store), 0);
    cwasm_store_interrupt(store);
    assert_int_equal(store->interrupt, 1);
    cwasm_store_clear_interrupt(store);
    assert_int_equal(store->interrupt, 0);
    cwasm_store_set_user_data(store, &store);
    assert_ptr_equal(cwasm_store_user_data(store), &store);
    assert_null(cwasm_store_trap(store));

    cwasm_config *config = cwasm_config_new();
    assert_int_equal(cwasm_config_feature(config, "no-such-thing", true), CWASM_ARGUMENT);
    bool implemented, on;
    for (size_t i = 0; cwasm_feature_name(i, &implemented, &on); i++) {
        const char *name = cwasm_feature_name(i, NULL, NULL);
        assert_int_equal(cwasm_config_feature(config, name, true), implemented ? CWASM_OK : CWASM_UNSUPPORTED);
        assert_int_equal(cwasm_config_feature(config, name, false), CWASM_OK);
        assert_true(implemented || !on);
    }
    cwasm_config_free(config);
    cwasm_config_free(NULL);
    cwasm_engine_free(NULL);
    cwasm_module_free(NULL);
    cwasm_store_free(NULL);
    cwasm_linker_free(NULL);
}

#define WITH_STORES(f) cmocka_unit_test_setup_teardown(f, open_stores, close_stores)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failing_allocations), WITH_STORES(test_stack),   WITH_STORES(test_signatures),
        WITH_STORES(test_call_arguments),           WITH_STORES(test_globals), WITH_STORES(test_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
