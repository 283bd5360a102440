/* test_names.c - the name section, and names from exports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>

#include "every_section.h"
#include "fail_alloc.h"
#include "load.h"
#include "wasm/names.h"

static bool is(Name name, const char *text)
{
    return text ? name.s && name.n == strlen(text) && memcmp(name.s, text, name.n) == 0 : name.s == NULL && name.n == 0;
}

static void test_names(void **state)
{
    (void)state;
    Module m;
    assert_int_equal(load(&m, &cw_default_alloc, ALL_FEATURES, every_section, sizeof every_section, NULL), CWASM_OK);
    assert_null(m.names);   /* on demand */
    assert_true(is(cw_func_name(&m, 0), "if"));
    assert_true(is(cw_func_name(&m, 1), "main"));
    assert_true(is(cw_func_name(&m, 2), "other"));
    assert_true(is(cw_func_name(&m, 3), NULL));
    assert_true(is(cw_func_name(&m, CWASM_NO_INDEX), NULL));
    assert_true(is(cw_module_name(&m), "every"));
    assert_true(is(cw_local_name(&m, 1, 0), "l0"));
    assert_true(is(cw_local_name(&m, 1, 1), NULL));
    assert_true(is(cw_local_name(&m, 0, 0), NULL));
    unload(&m);
}

/* (type (func)) (func) (func), both exported by name; and a name section of the given contents */
#define HEAD PREAMBLE, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x03, 0x02, 0x00, 0x00, 0x07, 0x09, 0x02, 0x01, 'a', 0x00, 0x00, \
             0x01, 'b', 0x00, 0x01, 0x0a, 0x07, 0x02, 0x02, 0x00, 0x0b, 0x02, 0x00, 0x0b
#define NAMES(first, second, n, ...) { first, second, (const u8[]){ HEAD, 0x00, 5 + (n), 4, 'n', 'a', 'm', 'e', __VA_ARGS__ }, \
                                       sizeof(const u8[]){ HEAD, 0x00, 5 + (n), 4, 'n', 'a', 'm', 'e', __VA_ARGS__ } }

static void test_malformed(void **state)
{
    (void)state;
    const struct { const char *first, *second; const u8 *bytes; size_t size; } rows[] = {
        NAMES("x", "b", 6, 0x01, 0x04, 0x01, 0x00, 0x01, 'x'),                                    /* the other from its export */
        NAMES("x", "b", 8, 0x09, 0x00, 0x01, 0x04, 0x01, 0x00, 0x01, 'x'),                        /* unknown subsection */
        NAMES("a", "b", 6, 0x01, 0x04, 0x01, 0x63, 0x01, 'x'),                                    /* no such function */
        NAMES("a", "b", 6, 0x01, 0x05, 0x01, 0x00, 0x01, 'x'),                                    /* too long for the section */
        NAMES("a", "b", 6, 0x01, 0x04, 0x01, 0x00, 0x02, 'x'),                                    /* too long for the subsection */
        NAMES("a", "b", 7, 0x01, 0x05, 0x01, 0x00, 0x01, 'x', 'y'),                               /* too short */
        NAMES("a", "b", 6, 0x01, 0x04, 0x01, 0x00, 0x01, 0xff),                                   /* not UTF-8 */
        NAMES("a", "b", 8, 0x01, 0x04, 0x01, 0x00, 0x01, 'x', 0x00, 0x7f),                        /* good, then bad */
        NAMES("a", "b", 3, 0x01, 0x01, 0x7f),
        NAMES("a", "b", 1, 0x01),
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        Module m;
        Error err = { 0 };
        if (load(&m, &cw_default_alloc, 0, rows[i].bytes, rows[i].size, &err) != CWASM_OK)
            fail_msg("row %zu: %s", i, err.message);
        if (!is(cw_func_name(&m, 0), rows[i].first) || !is(cw_func_name(&m, 1), rows[i].second))
            fail_msg("row %zu", i);
        unload(&m);
    }
}

static void test_no_section(void **state)
{
    (void)state;
    static const u8 bytes[] = { HEAD };
    Module m;
    assert_int_equal(load(&m, &cw_default_alloc, 0, bytes, sizeof bytes, NULL), CWASM_OK);
    assert_true(is(cw_func_name(&m, 1), "b"));
    assert_true(is(cw_module_name(&m), NULL));
    assert_true(is(cw_local_name(&m, 0, 0), NULL));
    unload(&m);
}

static void test_no_memory(void **state)
{
    (void)state;
    FAIL_ALLOC(f, SIZE_MAX);
    Module m;
    assert_int_equal(load(&m, &f.alloc, ALL_FEATURES, every_section, sizeof every_section, NULL), CWASM_OK);
    f.left = 0;
    assert_true(is(cw_func_name(&m, 1), "main"));   /* the export */
    assert_true(is(cw_func_name(&m, 2), NULL));
    assert_true(is(cw_module_name(&m), NULL));
    f.left = 1;
    assert_true(is(cw_func_name(&m, 2), "other"));
    unload(&m);
    assert_int_equal(f.out, 0);
    assert_false(f.wrong_size);
}

enum { N_THREADS = 8 };

static void *ask(void *module)
{
    return (void *)(uintptr_t)cw_func_name(module, 2).s;
}

/* Many first askers at once: all get the same names, and nothing leaks. */
static void test_threads(void **state)
{
    (void)state;
    for (int round = 0; round < 50; round++) {
        Module m;
        assert_int_equal(load(&m, &cw_default_alloc, ALL_FEATURES, every_section, sizeof every_section, NULL), CWASM_OK);
        pthread_t threads[N_THREADS];
        for (size_t i = 0; i < N_THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, ask, &m), 0);
        for (size_t i = 0; i < N_THREADS; i++) {
            void *s;
            pthread_join(threads[i], &s);
            assert_memory_equal(s, "other", 5);
        }
        unload(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names), cmocka_unit_test(test_malformed), cmocka_unit_test(test_no_section),
        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
