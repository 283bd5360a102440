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

/* ---- Atomic: the operand and the result are in host order, the memory is little-endian ---- */

#if CW_BIG_ENDIAN
#define CW_ATOMIC_LE(M, v) cw_swap_##M(v)
#else
#define CW_ATOMIC_LE(M, v) (v)
#endif

/* Operations that work on swapped words as well as on others. */
#define CW_ATOMIC_BUILTIN(name, builtin, M) \
    CW_INLINE M cw_atomic_##name##_##M(M *p, M v) { return CW_ATOMIC_LE(M, builtin(p, CW_ATOMIC_LE(M, v), __ATOMIC_SEQ_CST)); }
/* Those with a carry. */
#if CW_BIG_ENDIAN
#define CW_ATOMIC_SUM(name, op, M)                                                                                                 \
    CW_INLINE M cw_atomic_##name##_##M(M *p, M v)                                                                                  \
    {                                                                                                                              \
        M was = __atomic_load_n(p, __ATOMIC_RELAXED);                                                                              \
        while (!__atomic_compare_exchange_n(p, &was, cw_swap_##M((M)(cw_swap_##M(was) op v)), true, __ATOMIC_SEQ_CST,              \
                                            __ATOMIC_RELAXED))                                                                     \
            continue;                                                                                                              \
        return cw_swap_##M(was);                                                                                                   \
    }
#else
#define CW_ATOMIC_SUM(name, op, M) \
    CW_INLINE M cw_atomic_##name##_##M(M *p, M v) { return __atomic_fetch_##name(p, v, __ATOMIC_SEQ_CST); }
#endif
#define CW_ATOMICS(M)                                                                                                              \
    CW_INLINE M cw_atomic_load_##M(const M *p) { return CW_ATOMIC_LE(M, __atomic_load_n(p, __ATOMIC_SEQ_CST)); }                   \
    CW_INLINE void cw_atomic_store_##M(M *p, M v) { __atomic_store_n(p, CW_ATOMIC_LE(M, v), __ATOMIC_SEQ_CST); }                   \
    CW_ATOMIC_SUM(add, +, M)                                                                                                       \
    CW_ATOMIC_SUM(sub, -, M)                                                                                                       \
    CW_ATOMIC_BUILTIN(and, __atomic_fetch_and, M)                                                                                  \
    CW_ATOMIC_BUILTIN(or, __atomic_fetch_or, M)                                                                                    \
    CW_ATOMIC_BUILTIN(xor, __atomic_fetch_xor, M)                                                                                  \
    CW_ATOMIC_BUILTIN(xchg, __atomic_exchange_n, M)                                                                                \
    /* What was there; v is there now if that was `expected`. */                                                                   \
    CW_INLINE M cw_atomic_cmpxchg_##M(M *p, M expected, M v)                                                                       \
    {                                                                                                                              \
        M was = CW_ATOMIC_LE(M, expected);                                                                                         \
        __atomic_compare_exchange_n(p, &was, CW_ATOMIC_LE(M, v), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                       \
        return CW_ATOMIC_LE(M, was);                                                                                               \
    }
CW_ATOMICS(u8)
CW_ATOMICS(u16)
CW_ATOMICS(u32)
CW_ATOMICS(u64)
#undef CW_ATOMICS
#undef CW_ATOMIC_SUM
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
