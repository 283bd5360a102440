/* test_check.c - validity outside of expressions, the export table, declared functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "fail_alloc.h"
#include "load.h"

#define TYPE_V 0x01, 0x04, 0x01, 0x60, 0x00, 0x00   /* (type (func)) */
#define FUNC_V TYPE_V, 0x03, 0x02, 0x01, 0x00       /* and a function of it */
#define CODE_V 0x0a, 0x04, 0x01, 0x02, 0x00, 0x0b   /* and its body */
#define TABLE_V 0x04, 0x04, 0x01, 0x70, 0x00, 0x00  /* (table 0 funcref) */

typedef struct Row {
    const u8 *bytes;
    size_t size;
    const char *message;   /* begins with; NULL: valid */
    u64 at;
} Row;

static void expect(const Row *rows, size_t n, Features features)
{
    for (size_t i = 0; i < n; i++) {
        Module m;
        Error err = { 0 };
        Status status = load(&m, &cw_default_alloc, features, rows[i].bytes, rows[i].size, &err);
        const char *want = rows[i].message ? rows[i].message : "";
        if (status != (rows[i].message ? CWASM_INVALID : CWASM_OK) || strncmp(err.message, want, strlen(want)) != 0 ||
            err.offset != rows[i].at)
            fail_msg("row %zu: expected \"%s\" at %llu, found \"%s\" at %llu", i, want, (unsigned long long)rows[i].at, err.message,
                     (unsigned long long)err.offset);
        unload(&m);
    }
}

/* 65536 is 80 80 04; 65537 is 81 80 04 */
static void test_memories(void **state)
{
    (void)state;
    const Row rows[] = {
        { MODULE(0x05, 0x05, 0x01, 0x00, 0x80, 0x80, 0x04), NULL, 0 },
        { MODULE(0x05, 0x05, 0x01, 0x00, 0x81, 0x80, 0x04), "memory size must be at most 65536 pages (4GiB)", 11 },
        { MODULE(0x05, 0x06, 0x01, 0x01, 0x00, 0x81, 0x80, 0x04), "memory size must be at most 65536 pages (4GiB)", 11 },
        { MODULE(0x05, 0x04, 0x01, 0x01, 0x02, 0x01), "size minimum must not be greater than maximum: found 2 and 1", 11 },
        { MODULE(0x02, 0x07, 0x01, 0x00, 0x00, 0x02, 0x01, 0x02, 0x01), "size minimum must not be greater than maximum", 14 },
        { MODULE(0x05, 0x05, 0x01, 0x04, 0x81, 0x80, 0x04), NULL, 0 },
        { MODULE(0x05, 0x0a, 0x01, 0x04, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40), "memory size must be at most 2^48 pages", 11 },
        { MODULE(0x05, 0x03, 0x01, 0x02, 0x00), "shared memory must have maximum", 11 },
        { MODULE(0x05, 0x04, 0x01, 0x08, 0x00, 0x00), NULL, 0 },
        { MODULE(0x05, 0x04, 0x01, 0x08, 0x00, 0x01), "invalid custom page size: expected 1 or 65536 bytes, found 2^1", 11 },
        { MODULE(0x05, 0x08, 0x01, 0x08, 0x80, 0x80, 0x80, 0x80, 0x10, 0x00), "memory size must be at most 2^32-1 pages of 1 byte", 11 },
    };
    expect(rows, CW_COUNT(rows), ALL_FEATURES);
}

static void test_tables(void **state)
{
    (void)state;
    const Row rows[] = {
        { MODULE(0x04, 0x08, 0x01, 0x70, 0x00, 0xff, 0xff, 0xff, 0xff, 0x0f), NULL, 0 },
        { MODULE(0x04, 0x08, 0x01, 0x70, 0x00, 0x80, 0x80, 0x80, 0x80, 0x10), "table size must be at most 2^32-1", 11 },
        { MODULE(0x04, 0x08, 0x01, 0x70, 0x04, 0x80, 0x80, 0x80, 0x80, 0x10), NULL, 0 },
        { MODULE(0x04, 0x05, 0x01, 0x70, 0x01, 0x02, 0x01), "size minimum must not be greater than maximum", 11 },
        { MODULE(0x04, 0x05, 0x01, 0x64, 0x70, 0x00, 0x00), "type mismatch: a table of (ref func) needs an initial value", 11 },
        { MODULE(0x02, 0x08, 0x01, 0x00, 0x00, 0x01, 0x64, 0x70, 0x00, 0x00), NULL, 0 },   /* the exporter gave it one */
    };
    expect(rows, CW_COUNT(rows), ALL_FEATURES);
}

static void test_exports(void **state)
{
    (void)state;
    const Row rows[] = {
        { MODULE(0x07, 0x05, 0x01, 0x01, 'a', 0x00, 0x00), "unknown function 0", 14 },
        { MODULE(0x07, 0x05, 0x01, 0x01, 'a', 0x01, 0x01), "unknown table 1", 14 },
        { MODULE(0x07, 0x05, 0x01, 0x01, 'a', 0x02, 0x00), "unknown memory 0", 14 },
        { MODULE(0x07, 0x05, 0x01, 0x01, 'a', 0x03, 0x00), "unknown global 0", 14 },
        { MODULE(0x07, 0x05, 0x01, 0x01, 'a', 0x04, 0x00), "unknown tag 0", 14 },
        { MODULE(FUNC_V, 0x07, 0x09, 0x02, 0x01, 'a', 0x00, 0x00, 0x01, 'a', 0x00, 0x00, CODE_V), "duplicate export name: \"a\"", 26 },
        { MODULE(TABLE_V, 0x07, 0x0a, 0x02, 0x02, 'a', 0x00, 0x01, 0x00, 0x01, 'a', 0x01, 0x00), NULL, 0 },   /* "a\0" and "a" */
        { MODULE(TABLE_V, 0x07, 0x07, 0x02, 0x00, 0x01, 0x00, 0x00, 0x01, 0x00), "duplicate export name: \"\"", 21 },
    };
    expect(rows, CW_COUNT(rows), ALL_FEATURES);
}

static void test_start(void **state)
{
    (void)state;
    const Row rows[] = {
        { MODULE(FUNC_V, 0x08, 0x01, 0x00, CODE_V), NULL, 0 },
        { MODULE(FUNC_V, 0x08, 0x01, 0x01, CODE_V), "unknown function 1", 20 },
        { MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x7f, 0x00, 0x03, 0x02, 0x01, 0x00, 0x08, 0x01, 0x00, CODE_V), "start function", 21 },
        { MODULE(0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f, 0x03, 0x02, 0x01, 0x00, 0x08, 0x01, 0x00, CODE_V), "start function", 21 },
    };
    expect(rows, CW_COUNT(rows), ALL_FEATURES);
}

static void test_segments(void **state)
{
    (void)state;
    const Row rows[] = {
        { MODULE(0x09, 0x06, 0x01, 0x00, 0x41, 0x00, 0x0b, 0x00), "unknown table 0", 11 },
        { MODULE(TABLE_V, 0x09, 0x08, 0x01, 0x02, 0x01, 0x41, 0x00, 0x0b, 0x00, 0x00), "unknown table 1", 17 },
        { MODULE(TABLE_V, 0x09, 0x07, 0x01, 0x00, 0x41, 0x00, 0x0b, 0x01, 0x00), "unknown function 0", 17 },
        { MODULE(TABLE_V, 0x09, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0x0b, 0x6f, 0x00), "type mismatch: an element segment of externref for", 17 },
        { MODULE(0x0b, 0x06, 0x01, 0x00, 0x41, 0x00, 0x0b, 0x00), "unknown memory 0", 11 },
        { MODULE(0x0b, 0x03, 0x01, 0x01, 0x00), NULL, 0 },   /* passive: needs none */
        { MODULE(0x05, 0x03, 0x01, 0x00, 0x00, 0x0b, 0x07, 0x01, 0x02, 0x01, 0x41, 0x00, 0x0b, 0x00), "unknown memory 1", 16 },
    };
    expect(rows, CW_COUNT(rows), ALL_FEATURES);
}

static void test_tags(void **state)
{
    (void)state;
    const Row rows[] = {
        { MODULE(0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f, 0x0d, 0x03, 0x01, 0x00, 0x00), "non-empty tag result type", CWASM_NO_OFFSET },
        { MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x7f, 0x00, 0x0d, 0x03, 0x01, 0x00, 0x00), NULL, 0 },
    };
    expect(rows, CW_COUNT(rows), ALL_FEATURES);
}

/* (type (func)) (func) (func) (func) (func) (func)
 * (global funcref (ref.func 1)) (export "" (func 3)) (start 0) (elem func 4) */
static void test_declared(void **state)
{
    (void)state;
    Module m;
    Status status = load(&m, &cw_default_alloc, WEBASSEMBLY_2,
                         MODULE(TYPE_V, 0x03, 0x06, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00,
                                0x06, 0x06, 0x01, 0x70, 0x00, 0xd2, 0x01, 0x0b,
                                0x07, 0x04, 0x01, 0x00, 0x00, 0x03,
                                0x08, 0x01, 0x00,
                                0x09, 0x05, 0x01, 0x01, 0x00, 0x01, 0x04,
                                0x0a, 0x10, 0x05, 0x02, 0x00, 0x0b, 0x02, 0x00, 0x0b, 0x02, 0x00, 0x0b, 0x02, 0x00, 0x0b, 0x02, 0x00, 0x0b),
                         NULL);
    assert_int_equal(status, CWASM_OK);
    for (u32 i = 0; i < 5; i++)
        assert_int_equal(cw_is_declared(&m, i), i == 1 || i == 3 || i == 4);
    unload(&m);
}

/* 5000 exports named by their number; lookup of each, and of names that are not there. */
static void test_many_exports(void **state)
{
    (void)state;
    enum { N = 5000 };
    static u8 bytes[64 + N * 10];
    const u8 head[] = { PREAMBLE, TABLE_V, 0x07 };
    memcpy(bytes, head, sizeof head);
    size_t n = sizeof head, size = (size_t)N * 8 + 2;   /* length, five digits, kind, index; the count */
    bytes[n++] = (u8)(size | 0x80);
    bytes[n++] = (u8)((size >> 7) | 0x80);
    bytes[n++] = (u8)(size >> 14);
    bytes[n++] = (u8)(N | 0x80);
    bytes[n++] = (u8)(N >> 7);
    for (u32 i = 0; i < N; i++) {
        char name[8];
        snprintf(name, sizeof name, "%05u", (unsigned)i);
        bytes[n++] = 5;
        memcpy(bytes + n, name, 5);
        n += 5;
        bytes[n++] = 1;
        bytes[n++] = 0;
    }
    FAIL_ALLOC(f, SIZE_MAX);
    Module m;
    Error err = { 0 };
    assert_int_equal(load(&m, &f.alloc, WEBASSEMBLY_2, bytes, n, &err), CWASM_OK);
    for (u32 i = 0; i < 2 * N; i++) {
        char name[8];
        snprintf(name, sizeof name, "%05u", (unsigned)i);
        const Export *e = cw_module_find_export(&m, name, 5);
        assert_ptr_equal(e, i < N ? &m.exports[i] : NULL);
        assert_null(cw_module_find_export(&m, name, 4));
    }
    unload(&m);
    assert_int_equal(f.out, 0);
    assert_false(f.wrong_size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memories), cmocka_unit_test(test_tables), cmocka_unit_test(test_exports), cmocka_unit_test(test_start),
        cmocka_unit_test(test_segments), cmocka_unit_test(test_tags), cmocka_unit_test(test_declared), cmocka_unit_test(test_many_exports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
