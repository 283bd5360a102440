/* test_alloc.c - allocation through the embedder's allocator, arenas, growable arrays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fail_alloc.h"

static void test_sizes(void **state)
{
    (void)state;
    FAIL_ALLOC(f, SIZE_MAX);
    void *nothing = cw_alloc(&f.alloc, 0);
    assert_non_null(nothing);
    u64 *zeroed = cw_calloc(&f.alloc, 4, sizeof *zeroed);
    for (int i = 0; i < 4; i++)
        assert_int_equal(zeroed[i], 0);
    zeroed[3] = 7;
    zeroed = cw_realloc(&f.alloc, zeroed, 4 * sizeof *zeroed, 8 * sizeof *zeroed);
    assert_int_equal(zeroed[3], 7);
    char *text = cw_strdup(&f.alloc, "abc");
    assert_string_equal(text, "abc");
    assert_int_equal(f.out, 3);
    cw_free(&f.alloc, nothing, 1);
    cw_free(&f.alloc, zeroed, 8 * sizeof *zeroed);
    cw_free(&f.alloc, text, 4);
    cw_free(&f.alloc, NULL, 99);
    assert_int_equal(f.out, 0);
    assert_false(f.wrong_size);
}

static void test_overflow(void **state)
{
    (void)state;
    FAIL_ALLOC(f, SIZE_MAX);
    assert_null(cw_calloc(&f.alloc, SIZE_MAX / 2, 3));
    Arena arena;
    cw_arena_init(&arena, &f.alloc);
    assert_null(cw_arena_calloc(&arena, SIZE_MAX / 2, 3));
    assert_null(cw_arena_alloc(&arena, SIZE_MAX));
    cw_arena_done(&arena);
    assert_int_equal(f.out, 0);
}

static void test_failure(void **state)
{
    (void)state;
    FAIL_ALLOC(f, 1);
    char *p = cw_alloc(&f.alloc, 4);
    memcpy(p, "abc", 4);
    assert_null(cw_realloc(&f.alloc, p, 4, 100));
    assert_string_equal(p, "abc");   /* still valid */
    assert_null(cw_alloc(&f.alloc, 1));
    assert_null(cw_calloc(&f.alloc, 1, 1));
    assert_null(cw_strdup(&f.alloc, "x"));
    cw_free(&f.alloc, p, 4);
    assert_int_equal(f.out, 0);
}

static void test_arena(void **state)
{
    (void)state;
    FAIL_ALLOC(f, SIZE_MAX);
    Arena arena;
    cw_arena_init(&arena, &f.alloc);
    u8 *blocks[200];
    for (size_t i = 0; i < 200; i++) {
        size_t size = i * 37 % 700 + 1;
        blocks[i] = cw_arena_alloc(&arena, size);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)i, size);
    }
    u8 *big = cw_arena_calloc(&arena, 3, 1000000);
    assert_int_equal(big[2999999], 0);
    for (size_t i = 0; i < 200; i++) {   /* nothing overlaps */
        size_t size = i * 37 % 700 + 1;
        assert_int_equal(blocks[i][0], i);
        assert_int_equal(blocks[i][size - 1], i);
    }
    assert_true(arena.total >= 3000000);
    cw_arena_done(&arena);
    assert_int_equal(f.out, 0);
    assert_false(f.wrong_size);
}

static void test_arena_failure(void **state)
{
    (void)state;
    FAIL_ALLOC(f, 1);
    Arena arena;
    cw_arena_init(&arena, &f.alloc);
    assert_non_null(cw_arena_alloc(&arena, 16));
    assert_null(cw_arena_alloc(&arena, 1000000));
    cw_arena_done(&arena);
    assert_int_equal(f.out, 0);
}

static void test_vec(void **state)
{
    (void)state;
    FAIL_ALLOC(f, SIZE_MAX);
    VEC(u32) v = { 0 };
    for (u32 i = 0; i < 10000; i++)
        assert_true(cw_vec_push(&f.alloc, &v, i * 3));
    assert_int_equal(v.n, 10000);
    for (u32 i = 0; i < 10000; i++)
        assert_int_equal(v.at[i], i * 3);
    f.left = 0;
    assert_false(cw_vec_reserve(&f.alloc, &v, v.cap));
    assert_int_equal(v.at[9999], 29997);   /* nothing changed */
    assert_false(cw_vec_reserve(&f.alloc, &v, UINT32_MAX));
    cw_vec_done(&f.alloc, &v);
    assert_null(v.at);
    assert_int_equal(f.out, 0);
    assert_false(f.wrong_size);
}

static void test_default(void **state)
{
    (void)state;
    void *p = cw_alloc(&cw_default_alloc, 10);
    assert_non_null(p);
    p = cw_realloc(&cw_default_alloc, p, 10, 20);
    assert_non_null(p);
    cw_free(&cw_default_alloc, p, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes), cmocka_unit_test(test_overflow), cmocka_unit_test(test_failure), cmocka_unit_test(test_arena),
        cmocka_unit_test(test_arena_failure), cmocka_unit_test(test_vec), cmocka_unit_test(test_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
