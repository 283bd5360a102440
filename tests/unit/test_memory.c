/* test_memory.c - linear memories, explicit and guarded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/os_memory.h"
#include "run/objects.h"

#define PAGE 65536u
#define GUARD (CW_HAVE_MMAP ? CWASM_BOUNDS_GUARD : CWASM_BOUNDS_EXPLICIT)

typedef struct Fixture { cwasm_engine *engine; cwasm_store *store; } Fixture;

static Fixture open_store(cwasm_bounds bounds)
{
    Fixture f;
    cwasm_config *config = cwasm_config_new();
    assert_non_null(config);
    assert_int_equal(cwasm_config_bounds(config, bounds), CWASM_OK);
    assert_int_equal(cwasm_engine_new(config, &f.engine, NULL), CWASM_OK);
    cwasm_config_free(config);
    assert_int_equal(cwasm_store_new(f.engine, &f.store, NULL), CWASM_OK);
    return f;
}

static void close_store(Fixture f)
{
    cwasm_store_free(f.store);
    cwasm_engine_free(f.engine);
}

static Limits limits(u64 min, u64 max)
{
    return (Limits){ .min = min, .max = max, .has_max = max != UINT64_MAX, .page_log2 = 16 };
}

static Memory *make(Store *store, u64 min, u64 max)
{
    Limits l = limits(min, max);
    Memory *m = NULL;
    assert_int_equal(cw_memory_new(store, &l, &m, NULL), CWASM_OK);
    return m;
}

static void check_growth(cwasm_bounds bounds)
{
    Fixture f = open_store(bounds);
    Memory *m = make(f.store, 1, 5);
    assert_int_equal(m->size, PAGE);
    for (u32 i = 0; i < PAGE; i++)
        assert_int_equal(m->data[i], 0);
    m->data[0] = 7;
    m->data[PAGE - 1] = 8;
    assert_int_equal(cw_memory_grow(m, 0), 1);
    assert_int_equal(cw_memory_grow(m, 2), 1);
    assert_int_equal(m->size, 3 * PAGE);
    assert_int_equal(m->data[0], 7);
    assert_int_equal(m->data[PAGE - 1], 8);
    assert_int_equal(m->data[PAGE], 0);
    m->data[3 * PAGE - 1] = 9;
    assert_true(cw_memory_grow(m, 3) == UINT64_MAX);
    assert_true(cw_memory_grow(m, UINT64_MAX) == UINT64_MAX);
    assert_true(cw_memory_grow(m, UINT64_MAX >> 16) == UINT64_MAX);
    assert_int_equal(cw_memory_grow(m, 2), 3);
    assert_int_equal(m->data[3 * PAGE - 1], 9);
    assert_int_equal(m->data[5 * PAGE - 1], 0);
    assert_true(cw_memory_grow(m, 1) == UINT64_MAX);
    assert_int_equal(cw_memory_grow(m, 0), 5);
    assert_int_equal(cwasm_store_memory_size(f.store), 5 * PAGE);
    close_store(f);
}

static void test_growth_explicit(void **state)
{
    (void)state;
    check_growth(CWASM_BOUNDS_EXPLICIT);
}

static void test_growth_guarded(void **state)
{
    (void)state;
    check_growth(GUARD);
}

static void check_empty(cwasm_bounds bounds)
{
    Fixture f = open_store(bounds);
    Memory *m = make(f.store, 0, UINT64_MAX);
    assert_non_null(cwasm_memory_view(m, 0, 0));
    assert_null(cwasm_memory_view(m, 0, 1));
    assert_null(cwasm_memory_view(m, 1, 0));
    assert_int_equal(cw_memory_grow(m, 0), 0);
    assert_int_equal(cw_memory_grow(m, 1), 0);
    assert_non_null(cwasm_memory_view(m, 0, PAGE));
    assert_non_null(cwasm_memory_view(m, PAGE, 0));
    assert_null(cwasm_memory_view(m, 1, PAGE));
    assert_null(cwasm_memory_view(m, UINT64_MAX, 2));
    assert_null(cwasm_memory_view(m, 2, UINT64_MAX));
    *(u8 *)cwasm_memory_view(m, PAGE - 1, 1) = 1;
    make(f.store, 0, 0);
    close_store(f);
}

static void test_empty(void **state)
{
    (void)state;
    check_empty(CWASM_BOUNDS_EXPLICIT);
    check_empty(GUARD);
}

static void test_limits(void **state)
{
    (void)state;
    Fixture f = open_store(CWASM_BOUNDS_EXPLICIT);
    Memory *m = NULL;
    Limits l = limits(65537, UINT64_MAX);
    Error err;
    assert_int_equal(cw_memory_new(f.store, &l, &m, &err), CWASM_LIMIT);
    l = limits(UINT64_MAX, UINT64_MAX);
    assert_int_equal(cw_memory_new(f.store, &l, &m, &err), CWASM_LIMIT);
    assert_null(m);

    m = make(f.store, 1, UINT64_MAX);   /* no maximum: the implementation's */
    assert_true(m->max_size == (u64)1 << 32);
    assert_true(cw_memory_grow(m, 65536) == UINT64_MAX);

    cwasm_store_limit_memory(f.store, 3 * PAGE);
    assert_int_equal(cw_memory_grow(m, 2), 1);
    assert_true(cw_memory_grow(m, 1) == UINT64_MAX);
    assert_int_equal(cw_memory_grow(m, 0), 3);
    l = limits(4, UINT64_MAX);
    assert_int_equal(cw_memory_new(f.store, &l, &m, &err), CWASM_LIMIT);
    cwasm_store_limit_memory(f.store, 0);
    assert_int_equal(cw_memory_grow(m, 1), 3);
    close_store(f);
}

static void test_small_pages(void **state)
{
    (void)state;
    Fixture f = open_store(GUARD);
    Limits l = { .min = 10, .max = UINT64_MAX, .page_log2 = 0 };
    Memory *m;
    assert_int_equal(cw_memory_new(f.store, &l, &m, NULL), CWASM_OK);
    assert_false(m->guarded);   /* page protection is too coarse */
    assert_int_equal(m->check_size, 10);
    m->data[9] = 1;
    assert_int_equal(cw_memory_grow(m, 1), 10);
    assert_int_equal(m->size, 11);
    assert_int_equal(m->data[9], 1);
    assert_int_equal(m->data[10], 0);
    assert_int_equal(cw_memory_grow(m, 9000), 11);
    assert_int_equal(m->data[9], 1);
    assert_int_equal(m->data[9010], 0);
    assert_true(cw_memory_grow(m, UINT32_MAX) == UINT64_MAX);
    close_store(f);
}

static void test_guards_are_found(void **state)
{
    (void)state;
    enum { N = 70 };   /* more than one chunk of the registry */
    Fixture f = open_store(GUARD);
    Memory *m[N], *found;
    u64 at;
    for (u32 i = 0; i < N; i++)
        m[i] = make(f.store, 1, 2);
    for (u32 i = 0; i < N; i++) {
        if (!m[i]->guarded)
            continue;   /* address space was short: explicit instead */
        assert_true(f.engine->locates_faults ? m[i]->check_size > (u64)8 << 30 : m[i]->check_size == m[i]->size);
        assert_true(cw_guard_find(m[i]->data + 5, &found, &at));
        assert_ptr_equal(found, m[i]);
        assert_int_equal(at, 5);
        assert_true(cw_guard_find(m[i]->data + CW_GUARD_BYTES - 1, &found, &at));
        assert_ptr_equal(found, m[i]);
        u8 *before = m[i]->data;
        assert_int_equal(cw_memory_grow(m[i], 1), 1);
        assert_ptr_equal(before, m[i]->data);
    }
    assert_false(cw_guard_find(f.store, &found, &at));
    assert_false(cw_guard_find(NULL, &found, &at));
    u8 *gone = m[0]->data;
    bool was = m[0]->guarded;
    close_store(f);
    if (was)
        assert_false(cw_guard_find(gone, &found, &at));
}

static void test_public(void **state)
{
    (void)state;
    Fixture f = open_store(CWASM_BOUNDS_EXPLICIT);
    cwasm_memory *m = NULL;
    cwasm_error err;
    uint64_t old = 99;
    cwasm_limits l = { .min = 2, .max = 1, .has_max = true };
    assert_int_equal(cwasm_memory_new(f.store, &l, &m, &err), CWASM_ARGUMENT);
    l = (cwasm_limits){ .min = 1, .page_log2 = 12 };
    assert_int_equal(cwasm_memory_new(f.store, &l, &m, &err), CWASM_ARGUMENT);
    l = (cwasm_limits){ .min = 1, .max = 2, .has_max = true };
    assert_int_equal(cwasm_memory_new(f.store, &l, &m, &err), CWASM_OK);
    l = cwasm_memory_type(m);
    assert_int_equal(l.page_log2, 16);
    assert_int_equal(l.max, 2);
    assert_int_equal(cwasm_memory_grow(m, 2, &old), CWASM_LIMIT);
    assert_int_equal(old, 99);
    assert_int_equal(cwasm_memory_grow(m, 1, &old), CWASM_OK);
    assert_int_equal(old, 1);
    assert_int_equal(cwasm_memory_size(m), 2 * PAGE);
    close_store(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growth_explicit), cmocka_unit_test(test_growth_guarded), cmocka_unit_test(test_empty),
        cmocka_unit_test(test_limits),          cmocka_unit_test(test_small_pages),    cmocka_unit_test(test_guards_are_found),
        cmocka_unit_test(test_public),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
