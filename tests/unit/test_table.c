/* test_table.c - tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "run/objects.h"

static cwasm_engine *engine;
static cwasm_store *store;

static int open_store(void **state)
{
    (void)state;
    return cwasm_engine_new(NULL, &engine, NULL) || cwasm_store_new(engine, &store, NULL);
}

static int close_store(void **state)
{
    (void)state;
    cwasm_store_free(store);
    cwasm_engine_free(engine);
    return 0;
}

static Table *make(u64 min, u64 max, u64 init)
{
    TableType type = { T_EXTERNREF, { .min = min, .max = max, .has_max = max != UINT64_MAX } };
    Table *t = NULL;
    assert_int_equal(cw_table_new(store, &type, init, &t, NULL), CWASM_OK);
    return t;
}

static void test_growth(void **state)
{
    (void)state;
    Table *t = make(2, 6, CW_HOST_REF(5));
    assert_true(t->elems[0] == CW_HOST_REF(5) && t->elems[1] == CW_HOST_REF(5));
    assert_int_equal(cw_table_grow(t, 0, 1), 2);
    assert_int_equal(cw_table_grow(t, 3, CW_HOST_REF(6)), 2);
    assert_int_equal(t->size, 5);
    assert_true(t->elems[1] == CW_HOST_REF(5));
    assert_true(t->elems[2] == CW_HOST_REF(6) && t->elems[4] == CW_HOST_REF(6));
    assert_true(cw_table_grow(t, 2, 0) == UINT64_MAX);
    assert_true(cw_table_grow(t, UINT64_MAX, 0) == UINT64_MAX);
    assert_int_equal(cw_table_grow(t, 1, 0), 5);
    assert_true(t->elems[5] == 0);
    assert_true(cw_table_grow(t, 1, 0) == UINT64_MAX);
    assert_true(cw_table_has(t, 6, 0));
    assert_false(cw_table_has(t, 6, 1));
    assert_false(cw_table_has(t, UINT64_MAX, 2));
}

static void test_empty(void **state)
{
    (void)state;
    Table *t = make(0, UINT64_MAX, 0);
    assert_non_null(t->elems);
    assert_true(cw_table_has(t, 0, 0));
    assert_false(cw_table_has(t, 0, 1));
    for (u64 i = 0; i < 100; i++)
        assert_int_equal(cw_table_grow(t, 1, CW_HOST_REF(i)), i);
    for (u64 i = 0; i < 100; i++)
        assert_true(t->elems[i] == CW_HOST_REF(i));
}

static void test_limits(void **state)
{
    (void)state;
    TableType type = { T_FUNCREF, { .min = 10000001, .max = UINT64_MAX } };
    Table *t = NULL;
    Error err;
    assert_int_equal(cw_table_new(store, &type, 0, &t, &err), CWASM_LIMIT);
    type.limits.min = (u64)UINT32_MAX + 1;
    cwasm_store_limit_table(store, 0);
    assert_int_equal(cw_table_new(store, &type, 0, &t, &err), CWASM_LIMIT);
    assert_null(t);
    t = make(1, UINT64_MAX, 0);
    assert_true(cw_table_grow(t, UINT32_MAX, 0) == UINT64_MAX);   /* its size would not fit in an i32 */
    cwasm_store_limit_table(store, 3);
    assert_int_equal(cw_table_grow(t, 2, 0), 1);
    assert_true(cw_table_grow(t, 1, 0) == UINT64_MAX);
    assert_int_equal(cw_table_grow(t, 0, 0), 3);
}

static void test_public(void **state)
{
    (void)state;
    cwasm_table *t = NULL;
    cwasm_error err;
    cwasm_val val = cwasm_externref(77);
    cwasm_limits l = { .min = 2, .max = 3, .has_max = true };
    uint64_t x = 0;
    assert_int_equal(cwasm_table_new(store, CWASM_I32, &l, NULL, &t, &err), CWASM_ARGUMENT);
    assert_int_equal(cwasm_table_new(store, CWASM_FUNCREF, &l, &val, &t, &err), CWASM_ARGUMENT);
    assert_int_equal(cwasm_table_new(store, CWASM_EXTERNREF, &l, &val, &t, &err), CWASM_OK);
    assert_int_equal(cwasm_table_size(t), 2);
    assert_true(cwasm_table_get(t, 1, &val));
    assert_int_equal(val.type, CWASM_EXTERNREF);
    assert_true(cwasm_val_extern(&val, &x));
    assert_int_equal(x, 77);
    assert_false(cwasm_table_get(t, 2, &val));
    val = cwasm_null(CWASM_EXTERNREF);
    assert_int_equal(cwasm_table_set(t, 0, &val), CWASM_OK);
    assert_int_equal(cwasm_table_set(t, 2, &val), CWASM_ARGUMENT);
    val = cwasm_i32(1);
    assert_int_equal(cwasm_table_set(t, 0, &val), CWASM_ARGUMENT);
    assert_int_equal(cwasm_table_grow(t, 2, NULL, &x), CWASM_LIMIT);
    assert_int_equal(cwasm_table_grow(t, 1, NULL, &x), CWASM_OK);
    assert_int_equal(x, 2);
    assert_true(cwasm_table_get(t, 2, &val));
    assert_false(cwasm_val_extern(&val, &x));
    l = cwasm_table_type(t, &val.type);
    assert_int_equal(val.type, CWASM_EXTERNREF);
    assert_true(l.has_max && l.max == 3);
}

#define WITH_STORE(f) cmocka_unit_test_setup_teardown(f, open_store, close_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(test_growth), WITH_STORE(test_empty), WITH_STORE(test_limits), WITH_STORE(test_public),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
