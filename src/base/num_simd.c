/* num_simd.c - the byte permutations where the processor has no instruction for them. */
#include "base/num_simd.h"

u8x16 cw_swizzle_slowly(u8x16 a, u8x16 indices)
{
    CW_EACH(u8x16, 16, indices[i] < 16 ? a[indices[i] & 15] : 0);
}

u8x16 cw_shuffle_slowly(u8x16 a, u8x16 b, u8x16 lanes)
{
    CW_EACH(u8x16, 16, lanes[i] < 16 ? a[lanes[i] & 15] : b[lanes[i] & 15]);
}
