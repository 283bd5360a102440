/*
 * num.h - the specification's arithmetic (4.3) where C's differs: traps, saturation, rounding, NaN, signed zero.
 *
 * Inline and branch-light, because handlers are made of it; no libm calls, which would cost every handler a stack frame on
 * machines without SSE4.1. Functions that can trap set *trap and return anything. C's + - * / and sqrt on floats are IEEE 754 here:
 * the build sets -ffp-contract=off and never -ffast-math.
 */
#ifndef CW_BASE_NUM_H
#define CW_BASE_NUM_H

#include "base/platform.h"
#include "cwasm.h"

CW_INLINE u32 cw_bits_f32(f32 x) { u32 b; memcpy(&b, &x, 4); return b; }
CW_INLINE u64 cw_bits_f64(f64 x) { u64 b; memcpy(&b, &x, 8); return b; }
CW_INLINE f32 cw_f32_bits(u32 b) { f32 x; memcpy(&x, &b, 4); return x; }
CW_INLINE f64 cw_f64_bits(u64 b) { f64 x; memcpy(&x, &b, 8); return x; }
/* Of a slot in memory; an f32 is in the low half. gcc 12 would go from the bits through a register for integers. clang has no need. */
#if defined(__clang__)
CW_INLINE f32 cw_f32_at(const u64 *slot) { return cw_f32_bits((u32)*slot); }
CW_INLINE f64 cw_f64_at(const u64 *slot) { return cw_f64_bits(*slot); }
#else
typedef f32 __attribute__((may_alias)) SlotF32;
typedef f64 __attribute__((may_alias)) SlotF64;
CW_INLINE f32 cw_f32_at(const u64 *slot) { return *(const SlotF32 *)(const void *)slot; }
CW_INLINE f64 cw_f64_at(const u64 *slot) { return *(const SlotF64 *)(const void *)slot; }
#endif

/* ---- Integers ---- */

/* Hacker's Delight, 5-1; the compiler makes it one instruction where the target has it. */
CW_INLINE u32 cw_popcnt32(u32 x)
{
    x -= (x >> 1) & 0x55555555;
    x = (x & 0x33333333) + ((x >> 2) & 0x33333333);
    x = (x + (x >> 4)) & 0x0f0f0f0f;
    return (x * 0x01010101) >> 24;
}
CW_INLINE u64 cw_popcnt64(u64 x)
{
    x -= (x >> 1) & 0x5555555555555555;
    x = (x & 0x3333333333333333) + ((x >> 2) & 0x3333333333333333);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return (x * 0x0101010101010101) >> 56;
}

#define CW_DEFINE_DIV(S, U, MIN)                                                                     \
    CW_INLINE S cw_div_##S(S a, S b, u32 *trap)                                                      \
    {                                                                                                \
        if (CW_UNLIKELY(b == 0)) { *trap = CWASM_TRAP_DIVIDE_BY_ZERO; return 0; }                    \
        if (CW_UNLIKELY(b == -1 && a == MIN)) { *trap = CWASM_TRAP_INTEGER_OVERFLOW; return 0; }     \
        return a / b;                                                                                \
    }                                                                                                \
    CW_INLINE U cw_div_##U(U a, U b, u32 *trap)                                                      \
    {                                                                                                \
        if (CW_UNLIKELY(b == 0)) { *trap = CWASM_TRAP_DIVIDE_BY_ZERO; return 0; }                    \
        return a / b;                                                                                \
    }                                                                                                \
    CW_INLINE S cw_rem_##S(S a, S b, u32 *trap)                                                      \
    {                                                                                                \
        if (CW_UNLIKELY(b == 0)) { *trap = CWASM_TRAP_DIVIDE_BY_ZERO; return 0; }                    \
        return b == -1 ? 0 : a % b;                                                                  \
    }                                                                                                \
    CW_INLINE U cw_rem_##U(U a, U b, u32 *trap)                                                      \
    {                                                                                                \
        if (CW_UNLIKELY(b == 0)) { *trap = CWASM_TRAP_DIVIDE_BY_ZERO; return 0; }                    \
        return a % b;                                                                                \
    }
CW_DEFINE_DIV(s32, u32, INT32_MIN)
CW_DEFINE_DIV(s64, u64, INT64_MIN)

/* ---- Floats ---- */

CW_INLINE f32 cw_abs_f32(f32 x) { return cw_f32_bits(cw_bits_f32(x) & 0x7fffffff); }
CW_INLINE f64 cw_abs_f64(f64 x) { return cw_f64_bits(cw_bits_f64(x) & 0x7fffffffffffffff); }
CW_INLINE f32 cw_neg_f32(f32 x) { return cw_f32_bits(cw_bits_f32(x) ^ 0x80000000); }
CW_INLINE f64 cw_neg_f64(f64 x) { return cw_f64_bits(cw_bits_f64(x) ^ 0x8000000000000000); }
CW_INLINE f32 cw_copysign_f32(f32 x, f32 y) { return cw_f32_bits((cw_bits_f32(x) & 0x7fffffff) | (cw_bits_f32(y) & 0x80000000)); }
CW_INLINE f64 cw_copysign_f64(f64 x, f64 y)
{
    return cw_f64_bits((cw_bits_f64(x) & 0x7fffffffffffffff) | (cw_bits_f64(y) & 0x8000000000000000));
}

/* x, but quiet if it is a NaN. A compiler that knows x to be no -0 may take x + 0 for x: it must not know anything about it. No instruction
 * is made for that. */
#define CW_DEFINE_QUIET(F)                                                                           \
    CW_INLINE F cw_quiet_##F(F x)                                                                    \
    {                                                                                                \
        CW_FORGET_FLOAT(x);                                                                          \
        return x + 0;                                                                                \
    }
CW_DEFINE_QUIET(f32)
CW_DEFINE_QUIET(f64)

/* Rounding: below 2^23 (2^52) by way of an integer or by adding and taking away that power; above, the number is an integer or NaN. The sign is
 * copied back because -0.5 rounds to -0. */
#define CW_DEFINE_ROUND(F, I, LIMIT)                                                                 \
    CW_INLINE F cw_trunc_##F(F x)                                                                    \
    {                                                                                                \
        if (CW_UNLIKELY(!(cw_abs_##F(x) < LIMIT))) return cw_quiet_##F(x);                           \
        return cw_copysign_##F((F)(I)x, x);                                                          \
    }                                                                                                \
    CW_INLINE F cw_floor_##F(F x)                                                                    \
    {                                                                                                \
        if (CW_UNLIKELY(!(cw_abs_##F(x) < LIMIT))) return cw_quiet_##F(x);                           \
        F t = (F)(I)x;                                                                               \
        return cw_copysign_##F(t > x ? t - 1 : t, x);                                                \
    }                                                                                                \
    CW_INLINE F cw_ceil_##F(F x)                                                                     \
    {                                                                                                \
        if (CW_UNLIKELY(!(cw_abs_##F(x) < LIMIT))) return cw_quiet_##F(x);                           \
        F t = (F)(I)x;                                                                               \
        return cw_copysign_##F(t < x ? t + 1 : t, x);                                                \
    }                                                                                                \
    CW_INLINE F cw_nearest_##F(F x)                                                                  \
    {                                                                                                \
        if (CW_UNLIKELY(!(cw_abs_##F(x) < LIMIT))) return cw_quiet_##F(x);                           \
        F c = cw_copysign_##F(LIMIT, x);                                                             \
        return cw_copysign_##F((x + c) - c, x);                                                      \
    }                                                                                                \
    /* The order of a and b is not predictable. Both are the same bits but for zeros of two signs. */  \
    CW_INLINE F cw_min_##F(F a, F b)                                                                 \
    {                                                                                                \
        if (CW_UNLIKELY(a != a || b != b)) return a + b;                                             \
        return cw_##F##_bits(cw_bits_##F(a < b ? a : b) | cw_bits_##F(b < a ? b : a));                \
    }                                                                                                \
    CW_INLINE F cw_max_##F(F a, F b)                                                                 \
    {                                                                                                \
        if (CW_UNLIKELY(a != a || b != b)) return a + b;                                             \
        return cw_##F##_bits(cw_bits_##F(a > b ? a : b) & cw_bits_##F(b > a ? b : a));                \
    }
CW_DEFINE_ROUND(f32, s32, 8388608.0f)
CW_DEFINE_ROUND(f64, s64, 4503599627370496.0)

/* Float to integer. LOW and HIGH are the exclusive bounds of what truncates into the range, exact in the float type. */
#define CW_DEFINE_TRUNC(I, F, LOW_TEST, HIGH, MIN, MAX)                                               \
    CW_INLINE I cw_trunc_##I##_##F(F x, u32 *trap)                                                   \
    {                                                                                                \
        if (CW_UNLIKELY(x != x)) { *trap = CWASM_TRAP_INVALID_CONVERSION; return 0; }                \
        if (CW_UNLIKELY(!(LOW_TEST && x < HIGH))) { *trap = CWASM_TRAP_INTEGER_OVERFLOW; return 0; } \
        return (I)x;                                                                                 \
    }                                                                                                \
    CW_INLINE I cw_sat_##I##_##F(F x)                                                                \
    {                                                                                                \
        return x != x ? 0 : !(LOW_TEST) ? MIN : !(x < HIGH) ? MAX : (I)x;                            \
    }
CW_DEFINE_TRUNC(s32, f32, x >= -2147483648.0f, 2147483648.0f, INT32_MIN, INT32_MAX)
CW_DEFINE_TRUNC(u32, f32, x > -1.0f, 4294967296.0f, 0, UINT32_MAX)
CW_DEFINE_TRUNC(s32, f64, x > -2147483649.0, 2147483648.0, INT32_MIN, INT32_MAX)
CW_DEFINE_TRUNC(u32, f64, x > -1.0, 4294967296.0, 0, UINT32_MAX)
CW_DEFINE_TRUNC(s64, f32, x >= -9223372036854775808.0f, 9223372036854775808.0f, INT64_MIN, INT64_MAX)
CW_DEFINE_TRUNC(u64, f32, x > -1.0f, 18446744073709551616.0f, 0, UINT64_MAX)
CW_DEFINE_TRUNC(s64, f64, x >= -9223372036854775808.0, 9223372036854775808.0, INT64_MIN, INT64_MAX)
CW_DEFINE_TRUNC(u64, f64, x > -1.0, 18446744073709551616.0, 0, UINT64_MAX)

/* The upper half of a product of 128 bits. */
CW_INLINE u64 cw_mul_high_u64(u64 a, u64 b)
{
#ifdef __SIZEOF_INT128__
    return (u64)((unsigned __int128)a * b >> 64);
#else
    u64 a0 = (u32)a, a1 = a >> 32, b0 = (u32)b, b1 = b >> 32;
    u64 low = a0 * b0, mid = a1 * b0 + (low >> 32), mid2 = a0 * b1 + (u32)mid;
    return a1 * b1 + (mid >> 32) + (mid2 >> 32);
#endif
}
CW_INLINE u64 cw_mul_high_s64(s64 a, s64 b)
{
    return cw_mul_high_u64((u64)a, (u64)b) - (a < 0 ? (u64)b : 0) - (b < 0 ? (u64)a : 0);
}

#endif
