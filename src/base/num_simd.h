/*
 * num_simd.h - lane arithmetic of v128 (specification 4.3.6 on), made of GNU vector extensions, so that one text serves every target.
 *
 * A value is a V128: its two slots as numbers, the low half first. cw_as_<lanes>() looks at it as lanes, lane 0 first, and cw_of_<lanes>() turns
 * back; both are nothing to the machine. Where the compilers find no good SSE2 code for the portable text (saturation, uniform shifts,
 * bit masks) the baseline intrinsics of x86-64 are used; the stress build does without,
 * so that the text of all other targets is tested, too. Results never differ.
 */
#ifndef CW_BASE_NUM_SIMD_H
#define CW_BASE_NUM_SIMD_H

#include "base/num.h"

typedef s8 s8x16 __attribute__((vector_size(16)));
typedef u8 u8x16 __attribute__((vector_size(16)));
typedef s16 s16x8 __attribute__((vector_size(16)));
typedef u16 u16x8 __attribute__((vector_size(16)));
typedef s32 s32x4 __attribute__((vector_size(16)));
typedef u32 u32x4 __attribute__((vector_size(16)));
typedef s64 s64x2 __attribute__((vector_size(16)));
typedef u64 u64x2 __attribute__((vector_size(16)));
typedef f32 f32x4 __attribute__((vector_size(16)));
typedef f64 f64x2 __attribute__((vector_size(16)));
typedef s8 s8x8 __attribute__((vector_size(8)));
typedef u8 u8x8 __attribute__((vector_size(8)));
typedef s16 s16x4 __attribute__((vector_size(8)));
typedef u16 u16x4 __attribute__((vector_size(8)));
typedef s32 s32x2 __attribute__((vector_size(8)));
typedef u32 u32x2 __attribute__((vector_size(8)));
typedef f32 f32x2 __attribute__((vector_size(8)));
typedef u64x2 V128;

#if defined(__SSE2__) && !CW_STRESS
#include <emmintrin.h>
#define CW_SSE2 1
#else
#define CW_SSE2 0
#endif

/* ---- Lanes of a value ---- */

#define CW_LANES(T)                                  \
    CW_INLINE T cw_as_##T(V128 v) { return (T)v; }     \
    CW_INLINE V128 cw_of_##T(T v) { return (V128)v; }
CW_LANES(s8x16)
CW_LANES(u8x16)
CW_LANES(s16x8)
CW_LANES(u16x8)
CW_LANES(s32x4)
CW_LANES(u32x4)
CW_LANES(f32x4)
CW_LANES(s64x2)
CW_LANES(u64x2)
CW_LANES(f64x2)

/* Byte offset of a lane of 2^log2 bytes in the two slots of a value. */
CW_INLINE u32 cw_lane_at(u32 lane, u32 log2)
{
    return lane << log2;
}

CW_INLINE V128 cw_v128_load(const u64 *slots) { V128 v; memcpy(&v, slots, 16); return v; }
CW_INLINE void cw_v128_store(u64 *slots, V128 v) { memcpy(slots, &v, 16); }

/* One lane replaced: a comparison with the lane numbers and no narrow store, which would stall the next wide load. */
#define CW_DEFINE_LANE(T, M, ...)                                    \
    CW_INLINE T cw_splat_##T(M x) { return (T){ 0 } + x; }           \
    CW_INLINE T cw_replace_##T(T v, u32 lane, M x)                   \
    {                                                                \
        const T numbers = { __VA_ARGS__ };                           \
        T here = (T)(numbers == cw_splat_##T((M)lane));              \
        return (v & ~here) | (cw_splat_##T(x) & here);               \
    }
CW_DEFINE_LANE(u8x16, u8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
CW_DEFINE_LANE(u16x8, u16, 0, 1, 2, 3, 4, 5, 6, 7)
CW_DEFINE_LANE(u32x4, u32, 0, 1, 2, 3)
CW_DEFINE_LANE(u64x2, u64, 0, 1)

/* Lane by lane; `i` is the lane. */
#define CW_EACH(T, n, expr)                  \
    do {                                     \
        T each;                              \
        for (int i = 0; i < (n); i++)        \
            each[i] = (__typeof__(each[0]))(expr); \
        return each;                         \
    } while (0)

/* mask ? x : y on lanes of integers; a mask lane is 0 or all ones. */
#define CW_SELECT(mask, x, y) ((y) ^ (((x) ^ (y)) & (mask)))

/* ---- Any lane ---- */

CW_INLINE u32 cw_any_true(u64x2 a)
{
#if CW_SSE2
    return _mm_movemask_epi8(_mm_cmpeq_epi8((__m128i)a, _mm_setzero_si128())) != 0xffff;
#else
    return (a[0] | a[1]) != 0;
#endif
}

#if CW_SSE2
#define CW_DEFINE_ALL_TRUE(T, n) \
    CW_INLINE u32 cw_all_true_##T(T a) { return _mm_movemask_epi8((__m128i)(a == 0)) == 0; }
#else
#define CW_DEFINE_ALL_TRUE(T, n)            \
    CW_INLINE u32 cw_all_true_##T(T a)      \
    {                                       \
        u32 all = 1;                        \
        for (int i = 0; i < n; i++)         \
            all &= a[i] != 0;               \
        return all;                         \
    }
#endif
CW_DEFINE_ALL_TRUE(u8x16, 16)
CW_DEFINE_ALL_TRUE(u16x8, 8)
CW_DEFINE_ALL_TRUE(u32x4, 4)
CW_DEFINE_ALL_TRUE(u64x2, 2)

#if CW_SSE2
CW_INLINE u32 cw_bitmask_s8x16(s8x16 a) { return (u32)_mm_movemask_epi8((__m128i)a); }
CW_INLINE u32 cw_bitmask_s16x8(s16x8 a) { return (u32)_mm_movemask_epi8(_mm_packs_epi16((__m128i)a, _mm_setzero_si128())); }
CW_INLINE u32 cw_bitmask_s32x4(s32x4 a) { return (u32)_mm_movemask_ps((__m128)a); }
CW_INLINE u32 cw_bitmask_s64x2(s64x2 a) { return (u32)_mm_movemask_pd((__m128d)a); }
#else
#define CW_DEFINE_BITMASK(T, n)             \
    CW_INLINE u32 cw_bitmask_##T(T a)       \
    {                                       \
        u32 mask = 0;                       \
        for (int i = 0; i < n; i++)         \
            mask |= (u32)(a[i] < 0) << i;   \
        return mask;                        \
    }
CW_DEFINE_BITMASK(s8x16, 16)
CW_DEFINE_BITMASK(s16x8, 8)
CW_DEFINE_BITMASK(s32x4, 4)
CW_DEFINE_BITMASK(s64x2, 2)
#endif

/* ---- Bytes by number: indices out of range select 0 ---- */

/* pshufb is not in the baseline of x86-64 but in every such processor since 2006: used where it is, without a call. Asking the processor
 * is left to the first use: in a virtual machine a cpuid instruction takes microseconds, and the compiler's __builtin_cpu_supports would
 * execute a dozen of them before main. */
#if defined(__x86_64__) && !CW_STRESS && !defined(__APPLE__)
#define CW_PSHUFB 1
extern u8 cw_ssse3;   /* atomic: CW_SSSE3_YES, or anything else for the slow functions, which find out */
enum { CW_SSSE3_UNKNOWN, CW_SSSE3_NO, CW_SSSE3_YES };
CW_INLINE u8x16 cw_pshufb(u8x16 a, u8x16 indices)
{
    __asm__("pshufb %1, %0" : "+x"(a) : "x"(indices));
    return a;
}
#else
#define CW_PSHUFB 0
#endif

u8x16 cw_swizzle_slowly(u8x16 a, u8x16 indices);
u8x16 cw_shuffle_slowly(u8x16 a, u8x16 b, u8x16 lanes);

CW_INLINE u8x16 cw_add_sat_u8x16(u8x16 a, u8x16 b);

/* Bit 7 of an index means 0; lanes < 32: of a, then of b. */
#if CW_PSHUFB
#define CW_HAS_PSHUFB() CW_LIKELY(cw_load_relaxed(&cw_ssse3) == CW_SSSE3_YES)
CW_INLINE u8x16 cw_swizzle_quickly(u8x16 a, u8x16 indices) { return cw_pshufb(a, cw_add_sat_u8x16(indices, cw_splat_u8x16(0x70))); }
CW_INLINE u8x16 cw_shuffle_quickly(u8x16 a, u8x16 b, u8x16 lanes)
{
    return cw_pshufb(a, lanes + cw_splat_u8x16(0x70)) | cw_pshufb(b, lanes - cw_splat_u8x16(16));
}
CW_INLINE u8x16 cw_swizzle(u8x16 a, u8x16 indices) { return CW_HAS_PSHUFB() ? cw_swizzle_quickly(a, indices) : cw_swizzle_slowly(a, indices); }
CW_INLINE u8x16 cw_shuffle(u8x16 a, u8x16 b, u8x16 lanes)
{
    return CW_HAS_PSHUFB() ? cw_shuffle_quickly(a, b, lanes) : cw_shuffle_slowly(a, b, lanes);
}
#else
CW_INLINE u8x16 cw_swizzle(u8x16 a, u8x16 indices) { return cw_swizzle_slowly(a, indices); }
CW_INLINE u8x16 cw_shuffle(u8x16 a, u8x16 b, u8x16 lanes) { return cw_shuffle_slowly(a, b, lanes); }
#endif

/* ---- Shifts by one number, modulo the bits of a lane ---- */

#if CW_SSE2
#define CW_COUNT128(n) _mm_cvtsi32_si128((int)(n))
CW_INLINE u16x8 cw_shl_u16x8(u16x8 a, u32 n) { return (u16x8)_mm_sll_epi16((__m128i)a, CW_COUNT128(n & 15)); }
CW_INLINE u32x4 cw_shl_u32x4(u32x4 a, u32 n) { return (u32x4)_mm_sll_epi32((__m128i)a, CW_COUNT128(n & 31)); }
CW_INLINE u64x2 cw_shl_u64x2(u64x2 a, u32 n) { return (u64x2)_mm_sll_epi64((__m128i)a, CW_COUNT128(n & 63)); }
CW_INLINE u16x8 cw_shr_u16x8(u16x8 a, u32 n) { return (u16x8)_mm_srl_epi16((__m128i)a, CW_COUNT128(n & 15)); }
CW_INLINE u32x4 cw_shr_u32x4(u32x4 a, u32 n) { return (u32x4)_mm_srl_epi32((__m128i)a, CW_COUNT128(n & 31)); }
CW_INLINE u64x2 cw_shr_u64x2(u64x2 a, u32 n) { return (u64x2)_mm_srl_epi64((__m128i)a, CW_COUNT128(n & 63)); }
CW_INLINE s16x8 cw_shr_s16x8(s16x8 a, u32 n) { return (s16x8)_mm_sra_epi16((__m128i)a, CW_COUNT128(n & 15)); }
CW_INLINE s32x4 cw_shr_s32x4(s32x4 a, u32 n) { return (s32x4)_mm_sra_epi32((__m128i)a, CW_COUNT128(n & 31)); }
CW_INLINE s64x2 cw_shr_s64x2(s64x2 a, u32 n)
{
    u64x2 sign = cw_shr_u64x2((u64x2){ 0 } + ((u64)1 << 63), n);
    return (s64x2)((cw_shr_u64x2((u64x2)a, n) ^ sign) - sign);
}
CW_INLINE u8x16 cw_shl_u8x16(u8x16 a, u32 n)
{
    return (u8x16)_mm_sll_epi16((__m128i)a, CW_COUNT128(n & 7)) & cw_splat_u8x16((u8)(0xff << (n & 7)));
}
CW_INLINE u8x16 cw_shr_u8x16(u8x16 a, u32 n)
{
    return (u8x16)_mm_srl_epi16((__m128i)a, CW_COUNT128(n & 7)) & cw_splat_u8x16((u8)(0xff >> (n & 7)));
}
CW_INLINE s8x16 cw_shr_s8x16(s8x16 a, u32 n)
{
    u8x16 sign = cw_splat_u8x16((u8)(0x80 >> (n & 7)));
    return (s8x16)((cw_shr_u8x16((u8x16)a, n) ^ sign) - sign);
}
#else
#define CW_DEFINE_SHIFT(S, U, s, u, bits)                                                                   \
    CW_INLINE U cw_shl_##U(U a, u32 n) { return a << ((U){ 0 } + (u)(n & (bits - 1))); }                    \
    CW_INLINE U cw_shr_##U(U a, u32 n) { return a >> ((U){ 0 } + (u)(n & (bits - 1))); }                    \
    CW_INLINE S cw_shr_##S(S a, u32 n) { return a >> ((S){ 0 } + (s)(n & (bits - 1))); }
CW_DEFINE_SHIFT(s8x16, u8x16, s8, u8, 8)
CW_DEFINE_SHIFT(s16x8, u16x8, s16, u16, 16)
CW_DEFINE_SHIFT(s32x4, u32x4, s32, u32, 32)
CW_DEFINE_SHIFT(s64x2, u64x2, s64, u64, 64)
#endif

/* ---- Integers ---- */

/* In unsigned arithmetic, which wraps. */
#define CW_DEFINE_ABS(S, U) \
    CW_INLINE S cw_abs_##S(S a) { U sign = (U)(a < 0); return (S)(((U)a ^ sign) - sign); }
CW_DEFINE_ABS(s8x16, u8x16)
CW_DEFINE_ABS(s16x8, u16x8)
CW_DEFINE_ABS(s32x4, u32x4)
CW_DEFINE_ABS(s64x2, u64x2)

#define CW_DEFINE_MIN_MAX(T)                                                                \
    CW_INLINE T cw_min_##T(T a, T b) { T less = (T)(a < b); return CW_SELECT(less, a, b); } \
    CW_INLINE T cw_max_##T(T a, T b) { T more = (T)(a > b); return CW_SELECT(more, a, b); }
CW_DEFINE_MIN_MAX(s8x16)
CW_DEFINE_MIN_MAX(u16x8)
CW_DEFINE_MIN_MAX(s32x4)
CW_DEFINE_MIN_MAX(u32x4)
#if CW_SSE2
CW_INLINE u8x16 cw_min_u8x16(u8x16 a, u8x16 b) { return (u8x16)_mm_min_epu8((__m128i)a, (__m128i)b); }
CW_INLINE u8x16 cw_max_u8x16(u8x16 a, u8x16 b) { return (u8x16)_mm_max_epu8((__m128i)a, (__m128i)b); }
CW_INLINE s16x8 cw_min_s16x8(s16x8 a, s16x8 b) { return (s16x8)_mm_min_epi16((__m128i)a, (__m128i)b); }
CW_INLINE s16x8 cw_max_s16x8(s16x8 a, s16x8 b) { return (s16x8)_mm_max_epi16((__m128i)a, (__m128i)b); }
#else
CW_DEFINE_MIN_MAX(u8x16)
CW_DEFINE_MIN_MAX(s16x8)
#endif

CW_INLINE u8x16 cw_popcnt_u8x16(u8x16 a)
{
    /* Shifts of 16 bits: what comes from the neighbour is masked away. */
    a -= (u8x16)((u16x8)a >> 1) & 0x55;
    a = (a & 0x33) + ((u8x16)((u16x8)a >> 2) & 0x33);
    return (a + (u8x16)((u16x8)a >> 4)) & 0x0f;
}

#if CW_SSE2
#define CW_DEFINE_SAT(T, name)                                                                                          \
    CW_INLINE T cw_add_sat_##T(T a, T b) { return (T)_mm_adds_##name((__m128i)a, (__m128i)b); }                         \
    CW_INLINE T cw_sub_sat_##T(T a, T b) { return (T)_mm_subs_##name((__m128i)a, (__m128i)b); }
CW_DEFINE_SAT(s8x16, epi8)
CW_DEFINE_SAT(u8x16, epu8)
CW_DEFINE_SAT(s16x8, epi16)
CW_DEFINE_SAT(u16x8, epu16)
CW_INLINE u8x16 cw_avgr_u8x16(u8x16 a, u8x16 b) { return (u8x16)_mm_avg_epu8((__m128i)a, (__m128i)b); }
CW_INLINE u16x8 cw_avgr_u16x8(u16x8 a, u16x8 b) { return (u16x8)_mm_avg_epu16((__m128i)a, (__m128i)b); }
#else
#define CW_DEFINE_SAT_U(T)                                                                        \
    CW_INLINE T cw_add_sat_##T(T a, T b) { T sum = a + b; return sum | (T)(sum < a); }            \
    CW_INLINE T cw_sub_sat_##T(T a, T b) { return (a - b) & (T)(a > b); }                         \
    CW_INLINE T cw_avgr_##T(T a, T b) { return (a | b) - ((a ^ b) >> 1); }
#define CW_DEFINE_SAT_S(T, n, low, high)                                                          \
    CW_INLINE T cw_add_sat_##T(T a, T b) { CW_EACH(T, n, cw_clamp(a[i] + b[i], low, high)); }     \
    CW_INLINE T cw_sub_sat_##T(T a, T b) { CW_EACH(T, n, cw_clamp(a[i] - b[i], low, high)); }
#define cw_clamp(x, low, high) ((x) < (low) ? (low) : (x) > (high) ? (high) : (x))
CW_DEFINE_SAT_U(u8x16)
CW_DEFINE_SAT_U(u16x8)
CW_DEFINE_SAT_S(s8x16, 16, INT8_MIN, INT8_MAX)
CW_DEFINE_SAT_S(s16x8, 8, INT16_MIN, INT16_MAX)
#endif

/* Lanes of a, then of b, in half the bits. */
#if CW_SSE2
CW_INLINE s8x16 cw_narrow_s8x16(s16x8 a, s16x8 b) { return (s8x16)_mm_packs_epi16((__m128i)a, (__m128i)b); }
CW_INLINE u8x16 cw_narrow_u8x16(s16x8 a, s16x8 b) { return (u8x16)_mm_packus_epi16((__m128i)a, (__m128i)b); }
CW_INLINE s16x8 cw_narrow_s16x8(s32x4 a, s32x4 b) { return (s16x8)_mm_packs_epi32((__m128i)a, (__m128i)b); }
CW_INLINE u16x8 cw_narrow_u16x8(s32x4 a, s32x4 b)
{
    /* Negative lanes to 0, the rest moved down by 2^15 so that the signed instruction saturates where it should. */
    a = (s32x4)((u32x4)(a & ~(a < 0)) - 0x8000u);
    b = (s32x4)((u32x4)(b & ~(b < 0)) - 0x8000u);
    return (u16x8)_mm_packs_epi32((__m128i)a, (__m128i)b) ^ 0x8000;
}
#else
#define CW_DEFINE_NARROW(T, F, n, low, high) \
    CW_INLINE T cw_narrow_##T(F a, F b) { CW_EACH(T, n, cw_clamp(i < n / 2 ? a[i % (n / 2)] : b[i % (n / 2)], low, high)); }
CW_DEFINE_NARROW(s8x16, s16x8, 16, INT8_MIN, INT8_MAX)
CW_DEFINE_NARROW(u8x16, s16x8, 16, 0, UINT8_MAX)
CW_DEFINE_NARROW(s16x8, s32x4, 8, INT16_MIN, INT16_MAX)
CW_DEFINE_NARROW(u16x8, s32x4, 8, 0, UINT16_MAX)
#endif

/* Half the lanes in twice the bits. */
#define CW_DEFINE_EXTEND8(T, F, H)                                                                                              \
    CW_INLINE T cw_extend_low_##T(F a) { return __builtin_convertvector(__builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7), T); } \
    CW_INLINE T cw_extend_high_##T(F a) { return __builtin_convertvector(__builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15), T); }
#define CW_DEFINE_EXTEND4(T, F, H)                                                                                              \
    CW_INLINE T cw_extend_low_##T(F a) { return __builtin_convertvector(__builtin_shufflevector(a, a, 0, 1, 2, 3), T); }        \
    CW_INLINE T cw_extend_high_##T(F a) { return __builtin_convertvector(__builtin_shufflevector(a, a, 4, 5, 6, 7), T); }
#define CW_DEFINE_EXTEND2(T, F, H)                                                                                              \
    CW_INLINE T cw_extend_low_##T(F a) { return __builtin_convertvector(__builtin_shufflevector(a, a, 0, 1), T); }              \
    CW_INLINE T cw_extend_high_##T(F a) { return __builtin_convertvector(__builtin_shufflevector(a, a, 2, 3), T); }
CW_DEFINE_EXTEND8(s16x8, s8x16, s8x8)
CW_DEFINE_EXTEND8(u16x8, u8x16, u8x8)
CW_DEFINE_EXTEND4(s32x4, s16x8, s16x4)
CW_DEFINE_EXTEND4(u32x4, u16x8, u16x4)
CW_DEFINE_EXTEND2(s64x2, s32x4, s32x2)
CW_DEFINE_EXTEND2(u64x2, u32x4, u32x2)

/* The same of eight bytes of memory. */
#define CW_DEFINE_WIDEN(T, F) \
    CW_INLINE T cw_widen_##T(u64 bits) { return cw_extend_low_##T(cw_as_##F((V128){ bits, 0 })); }
CW_DEFINE_WIDEN(s16x8, s8x16)
CW_DEFINE_WIDEN(u16x8, u8x16)
CW_DEFINE_WIDEN(s32x4, s16x8)
CW_DEFINE_WIDEN(u32x4, u16x8)
CW_DEFINE_WIDEN(s64x2, s32x4)
CW_DEFINE_WIDEN(u64x2, u32x4)

/* Sums of neighbours, which a wide lane holds as its halves, in whatever order. */
CW_INLINE s16x8 cw_extadd_s16x8(s8x16 a) { return ((s16x8)a >> 8) + ((s16x8)((u16x8)a << 8) >> 8); }
CW_INLINE u16x8 cw_extadd_u16x8(u8x16 a) { return ((u16x8)a >> 8) + ((u16x8)a & 0xff); }
CW_INLINE s32x4 cw_extadd_s32x4(s16x8 a) { return ((s32x4)a >> 16) + ((s32x4)((u32x4)a << 16) >> 16); }
CW_INLINE u32x4 cw_extadd_u32x4(u16x8 a) { return ((u32x4)a >> 16) + ((u32x4)a & 0xffff); }

CW_INLINE s32x4 cw_dot_s16x8(s16x8 a, s16x8 b)
{
#if CW_SSE2
    return (s32x4)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
    CW_EACH(s32x4, 4, (s32)((u32)(a[2 * i] * b[2 * i]) + (u32)(a[2 * i + 1] * b[2 * i + 1])));
#endif
}

/* (a * b + 2^14) >> 15; only -1 * -1 overflows. */
CW_INLINE s16x8 cw_q15mulr(s16x8 a, s16x8 b)
{
#if CW_SSE2
    u16x8 low = (u16x8)_mm_mullo_epi16((__m128i)a, (__m128i)b), high = (u16x8)_mm_mulhi_epi16((__m128i)a, (__m128i)b);
    u16x8 q = (high << 1 | low >> 15) + (low >> 14 & 1);
    return (s16x8)(q ^ (u16x8)(q == 0x8000));
#else
    CW_EACH(s16x8, 8, cw_clamp((a[i] * b[i] + 0x4000) >> 15, INT16_MIN, INT16_MAX));
#endif
}

/* Relaxed: both operands signed, the sum of two products modulo 2^16 (only -128 * -128 twice leaves the range). */
CW_INLINE s16x8 cw_dot_s8x16(s8x16 a, s8x16 b)
{
    u16x8 odd = (u16x8)((s16x8)a >> 8) * (u16x8)((s16x8)b >> 8);
    u16x8 even = (u16x8)((s16x8)((u16x8)a << 8) >> 8) * (u16x8)((s16x8)((u16x8)b << 8) >> 8);
    return (s16x8)(odd + even);
}
CW_INLINE s32x4 cw_dot_add_s8x16(s8x16 a, s8x16 b, s32x4 c)
{
    return (s32x4)((u32x4)cw_extadd_s32x4(cw_dot_s8x16(a, b)) + (u32x4)c);
}

/* ---- Floats ---- */

/*
 * Rounding: below 2^23 (2^52) adding and taking away that power rounds to nearest, and what that did too much is undone; above, the number is
 * an integer or NaN, which x + 0 makes quiet (num.h: cw_quiet). The sign is copied back because -0.5 rounds to -0.
 *
 * min and max: where the operands are equal or two zeros, or-ing (and-ing) their bits picks the right zero; NaN comes from a + b.
 */
#define CW_DEFINE_FLOATS(F, S, U, LIMIT, SIGN)                                                                          \
    CW_INLINE F cw_round_result_##F(F x, F rounded)                                                                     \
    {                                                                                                                   \
        U sign = (U)x & (SIGN), small = (U)((F)((U)x & ~((U){ 0 } + (SIGN))) < LIMIT);                                  \
        CW_FORGET_FLOAT(x);                                                                                             \
        U exact = (U)(x + 0), result = ((U)rounded & ~((U){ 0 } + (SIGN))) | sign;                                      \
        return (F)CW_SELECT(small, result, exact);                                                                      \
    }                                                                                                                   \
    CW_INLINE F cw_near_##F(F x)                                                                                        \
    {                                                                                                                   \
        F c = (F)(((U)x & (SIGN)) | (U)((F){ 0 } + LIMIT));                                                             \
        return (x + c) - c;                                                                                             \
    }                                                                                                                   \
    CW_INLINE F cw_nearest_##F(F x) { return cw_round_result_##F(x, cw_near_##F(x)); }                                  \
    CW_INLINE F cw_floor_##F(F x)                                                                                       \
    {                                                                                                                   \
        F t = cw_near_##F(x);                                                                                           \
        return cw_round_result_##F(x, t - (F)((U)(t > x) & (U)((F){ 0 } + 1)));                                         \
    }                                                                                                                   \
    CW_INLINE F cw_ceil_##F(F x)                                                                                        \
    {                                                                                                                   \
        F t = cw_near_##F(x);                                                                                           \
        return cw_round_result_##F(x, t + (F)((U)(t < x) & (U)((F){ 0 } + 1)));                                         \
    }                                                                                                                   \
    CW_INLINE F cw_trunc_##F(F x)                                                                                       \
    {                                                                                                                   \
        F magnitude = (F)((U)x & ~((U){ 0 } + (SIGN))), t = cw_near_##F(magnitude);                                     \
        return cw_round_result_##F(x, t - (F)((U)(t > magnitude) & (U)((F){ 0 } + 1)));                                 \
    }                                                                                                                   \
    CW_INLINE F cw_min_##F(F a, F b)                                                                                    \
    {                                                                                                                   \
        U less = (U)(a < b), more = (U)(a > b), equal = (U)(a == b);                                                    \
        return (F)((less & (U)a) | (more & (U)b) | (equal & ((U)a | (U)b)) | (~(less | more | equal) & (U)(a + b)));    \
    }                                                                                                                   \
    CW_INLINE F cw_max_##F(F a, F b)                                                                                    \
    {                                                                                                                   \
        U less = (U)(a < b), more = (U)(a > b), equal = (U)(a == b);                                                    \
        return (F)((more & (U)a) | (less & (U)b) | (equal & (U)a & (U)b) | (~(less | more | equal) & (U)(a + b)));      \
    }                                                                                                                   \
    CW_INLINE F cw_pmin_##F(F a, F b) { U less = (U)(b < a); return (F)CW_SELECT(less, (U)b, (U)a); }                   \
    CW_INLINE F cw_pmax_##F(F a, F b) { U less = (U)(a < b); return (F)CW_SELECT(less, (U)b, (U)a); }
CW_DEFINE_FLOATS(f32x4, s32x4, u32x4, 8388608.0f, 0x80000000u)
CW_DEFINE_FLOATS(f64x2, s64x2, u64x2, 4503599627370496.0, 0x8000000000000000u)

#if CW_SSE2
CW_INLINE f32x4 cw_sqrt_f32x4(f32x4 a) { return (f32x4)_mm_sqrt_ps((__m128)a); }
CW_INLINE f64x2 cw_sqrt_f64x2(f64x2 a) { return (f64x2)_mm_sqrt_pd((__m128d)a); }
#else
CW_INLINE f32x4 cw_sqrt_f32x4(f32x4 a) { CW_EACH(f32x4, 4, __builtin_sqrtf(a[i])); }
CW_INLINE f64x2 cw_sqrt_f64x2(f64x2 a) { CW_EACH(f64x2, 2, __builtin_sqrt(a[i])); }
#endif

CW_INLINE f64x2 cw_promote(f32x4 a) { return (f64x2){ a[0], a[1] }; }
CW_INLINE f32x4 cw_demote(f64x2 a) { return (f32x4){ (f32)a[0], (f32)a[1], 0, 0 }; }
CW_INLINE f64x2 cw_convert_low_s32x4(s32x4 a) { return (f64x2){ a[0], a[1] }; }
CW_INLINE f64x2 cw_convert_low_u32x4(u32x4 a) { return (f64x2){ a[0], a[1] }; }

CW_INLINE s32x4 cw_sat_s32x4_f32x4(f32x4 a)
{
#if CW_SSE2
    /* The instruction gives 2^31 for whatever does not fit. */
    s32x4 t = (s32x4)_mm_cvttps_epi32((__m128)a);
    return (t ^ (s32x4)(a >= 2147483648.0f)) & (s32x4)(a == a);
#else
    CW_EACH(s32x4, 4, cw_sat_s32_f32(a[i]));
#endif
}
CW_INLINE u32x4 cw_sat_u32x4_f32x4(f32x4 a)
{
#if CW_SSE2
    /* NaN and negative numbers to 0; the part from 2^31 on is converted by itself. */
    f32x4 x = (f32x4)((u32x4)a & (u32x4)(a > 0));
    u32x4 high = (u32x4)(x >= 2147483648.0f);
    u32x4 t = (u32x4)_mm_cvttps_epi32((__m128)(x - (f32x4)(high & (u32x4)((f32x4){ 0 } + 2147483648.0f))));
    return (t ^ (high & 0x80000000u)) | (u32x4)(x >= 4294967296.0f);
#else
    CW_EACH(u32x4, 4, cw_sat_u32_f32(a[i]));
#endif
}
CW_INLINE s32x4 cw_sat_s32x4_f64x2(f64x2 a) { return (s32x4){ cw_sat_s32_f64(a[0]), cw_sat_s32_f64(a[1]), 0, 0 }; }
CW_INLINE u32x4 cw_sat_u32x4_f64x2(f64x2 a) { return (u32x4){ cw_sat_u32_f64(a[0]), cw_sat_u32_f64(a[1]), 0, 0 }; }

#endif
