/* park.c - see park.h. */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE 1   /* syscall */
#endif
#include "base/park.h"

#include <errno.h>
#include <time.h>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

u64 cw_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

#if defined(__linux__) && defined(SYS_futex)

void cw_park(u32 *word, u32 value, u64 deadline)
{
    struct timespec until = { .tv_sec = (time_t)(deadline / 1000000000u), .tv_nsec = (long)(deadline % 1000000000u) };
    syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, value, deadline == UINT64_MAX ? NULL : &until, NULL,
            FUTEX_BITSET_MATCH_ANY);
}

void cw_unpark(u32 *word)
{
    int kept = errno;
    syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
    errno = kept;
}

#else

void cw_park(u32 *word, u32 value, u64 deadline)
{
    struct timespec slice = { .tv_nsec = 2000000 };
    while (cw_load_acquire(word) == value && cw_now_ns() < deadline)
        nanosleep(&slice, NULL);
}

void cw_unpark(u32 *word) { (void)word; }

#endif
