/*
 * atomic.h - guest memory that several threads use at once.
 *
 * Atomic accesses are the compiler's builtins, sequentially consistent, on aligned little-endian words. Plain accesses may race: a guest that does
 * so reads torn or old values and nothing else happens. The thread sanitizer has to be told: its build makes them in functions it does not look
 * into, all others are the memcpy, memmove and memset that they are called after.
 */
#ifndef CW_BASE_ATOMIC_H
#define CW_BASE_ATOMIC_H

#include "base/num.h"

/* ---- Atomic ---- */

#define CW_ATOMIC_BUILTIN(name, builtin, M) \
    CW_INLINE M cw_atomic_##name##_##M(M *p, M v) { return builtin(p, v, __ATOMIC_SEQ_CST); }
#define CW_ATOMICS(M)                                                                                     \
    CW_INLINE M cw_atomic_load_##M(const M *p) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }           \
    CW_INLINE void cw_atomic_store_##M(M *p, M v) { __atomic_store_n(p, v, __ATOMIC_SEQ_CST); }           \
    CW_ATOMIC_BUILTIN(add, __atomic_fetch_add, M)                                                         \
    CW_ATOMIC_BUILTIN(sub, __atomic_fetch_sub, M)                                                         \
    CW_ATOMIC_BUILTIN(and, __atomic_fetch_and, M)                                                         \
    CW_ATOMIC_BUILTIN(or, __atomic_fetch_or, M)                                                           \
    CW_ATOMIC_BUILTIN(xor, __atomic_fetch_xor, M)                                                         \
    CW_ATOMIC_BUILTIN(xchg, __atomic_exchange_n, M)                                                       \
    /* What was there; v is there now if that was `expected`. */                                          \
    CW_INLINE M cw_atomic_cmpxchg_##M(M *p, M expected, M v)                                              \
    {                                                                                                     \
        __atomic_compare_exchange_n(p, &expected, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);          \
        return expected;                                                                                  \
    }
CW_ATOMICS(u8)
CW_ATOMICS(u16)
CW_ATOMICS(u32)
CW_ATOMICS(u64)
#undef CW_ATOMICS
#undef CW_ATOMIC_BUILTIN

CW_INLINE void cw_atomic_fence(void)
{
#if CW_TSAN   /* which does not know fences */
    static u32 nothing;
    __atomic_fetch_add(&nothing, 0, __ATOMIC_SEQ_CST);
#else
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/* ---- Plain, and perhaps racing ---- */

#if CW_TSAN
/* Not the C library's: the sanitizer watches those wherever they are called. */
#define CW_UNWATCHED static CW_NOINLINE __attribute__((no_sanitize("thread"), unused))
CW_UNWATCHED void cw_racy_move(void *to, const void *from, size_t n)
{
    volatile u8 *d = to;
    const volatile u8 *s = from;
    if ((uintptr_t)to <= (uintptr_t)from)
        for (size_t i = 0; i < n; i++)
            d[i] = s[i];
    else
        for (size_t i = n; i-- > 0;)
            d[i] = s[i];
}
CW_UNWATCHED void cw_racy_fill(void *to, u8 value, size_t n)
{
    for (volatile u8 *d = to; n; n--)
        *d++ = value;
}
#define cw_racy_copy cw_racy_move
#else
#define cw_racy_copy memcpy
#define cw_racy_move memmove
#define cw_racy_fill memset
#endif

#endif
