/* num_simd.c - the byte permutations where the processor has no instruction for them. */
#include "base/num_simd.h"

#if CW_PSHUFB
#include <cpuid.h>

u8 cw_ssse3 = CW_SSSE3_UNKNOWN;

static void find_out(void)
{
    unsigned a, b, c = 0, d;
    if (cw_load_relaxed(&cw_ssse3) == CW_SSSE3_UNKNOWN)
        cw_store_relaxed(&cw_ssse3, __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSSE3) ? CW_SSSE3_YES : CW_SSSE3_NO);
}
#else
static void find_out(void) {}
#endif

u8x16 cw_swizzle_slowly(u8x16 a, u8x16 indices)
{
    find_out();
    CW_EACH(u8x16, 16, indices[i] < 16 ? a[indices[i] & 15] : 0);
}

u8x16 cw_shuffle_slowly(u8x16 a, u8x16 b, u8x16 lanes)
{
    find_out();
    CW_EACH(u8x16, 16, lanes[i] < 16 ? a[lanes[i] & 15] : b[lanes[i] & 15]);
}
