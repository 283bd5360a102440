/* test_os_thread.c - work in several threads, also where threads cannot be made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

#include "base/os_thread.h"

#if !CW_TSAN && !CW_ASAN   /* which wrap the function themselves */
/* The test's own pthread_create: fails after so many. */
static int can_make = 1000;

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*begin)(void *), void *arg)
{
    union { void *p; int (*f)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *); } real = { dlsym(RTLD_NEXT, "pthread_create") };
    return can_make-- > 0 ? real.f(thread, attr, begin, arg) : EAGAIN;
}
#define LIMIT_THREADS(n) (can_make = (n))
#else
#define LIMIT_THREADS(n) ((void)(n))
#endif

enum { PARTS = 1000 };
typedef struct Parts { u32 next, done[PARTS], workers; } Parts;

static void work(void *ctx)
{
    Parts *parts = ctx;
    __atomic_fetch_add(&parts->workers, 1, __ATOMIC_RELAXED);
    for (u32 i; (i = __atomic_fetch_add(&parts->next, 1, __ATOMIC_RELAXED)) < PARTS;)
        parts->done[i]++;
}

static void test_everything_is_done(void **state)
{
    (void)state;
    for (int possible = 0; possible < 5; possible++) {
        for (u32 n = 0; n < 40; n = n * 2 + 1) {
            static Parts parts;
            parts = (Parts){ 0 };
            LIMIT_THREADS(possible);
            cw_os_run_threads(n, work, &parts);
            assert_in_range(parts.workers, 1, n ? n : 1);
#if !CW_TSAN && !CW_ASAN
            assert_in_range(parts.workers, 1, (u32)possible + 1);
#endif
            for (u32 i = 0; i < PARTS; i++)
                assert_int_equal(parts.done[i], 1);
        }
    }
}

static void test_processors(void **state)
{
    (void)state;
    assert_in_range(cw_os_processors(), 1, 1u << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_everything_is_done), cmocka_unit_test(test_processors) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
