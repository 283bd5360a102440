/* hash.c - a keyed hash in the manner of wyhash: products of 64 x 64 bits, their halves folded. */
#include "wasm/hash.h"

#include <time.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif

/* High half xor low half of the 128-bit product, from 32-bit halves so that it needs no 128-bit type. */
static u64 fold(u64 a, u64 b)
{
    u64 a0 = (u32)a, a1 = a >> 32, b0 = (u32)b, b1 = b >> 32;
    u64 mid = a1 * b0 + (a0 * b0 >> 32);
    u64 mid2 = a0 * b1 + (u32)mid;
    return (a * b) ^ (a1 * b1 + (mid >> 32) + (mid2 >> 32));
}

static u64 load(const u8 *p, size_t n)
{
    u64 x = 0;
    memcpy(&x, p, n);
    return x;
}

u64 cw_hash_seed(const void *table)
{
#if defined(__linux__)
    /* 16 random bytes that the kernel gives every process; the first 8 guard the C stack. No call, and no look at the clock, which maps pages. */
    const u8 *random = (const u8 *)(uintptr_t)getauxval(AT_RANDOM);
    if (random)
        return fold((u64)(uintptr_t)table ^ 0x2d358dccaa6c78a5u, load(random + 8, 8) ^ 0x8bb84b93962eacc9u);
#endif
    struct timespec now = { 0, 0 };
    (void)timespec_get(&now, TIME_UTC);
    u64 code = (u64)(uintptr_t)&cw_hash_seed;   /* address-space randomisation of the program, of the heap, of the stack */
    return fold((u64)(uintptr_t)table ^ 0x2d358dccaa6c78a5u, code ^ 0x8bb84b93962eacc9u) ^
           fold((u64)now.tv_nsec ^ 0x4b33a62ed433d4a3u, (u64)(uintptr_t)&now ^ (u64)now.tv_sec << 20);
}

u32 cw_hash(u64 seed, const void *bytes, size_t size)
{
    const u8 *p = bytes;
    u64 h = seed ^ fold(seed ^ 0x2d358dccaa6c78a5u, (u64)size ^ 0x8bb84b93962eacc9u);
    size_t n = size;
    for (; n > 16; n -= 16, p += 16)
        h = fold(load(p, 8) ^ 0x4b33a62ed433d4a3u, load(p + 8, 8) ^ h);
    size_t first = CW_MIN(n, 8);
    h = fold(load(p, first) ^ 0x4d5a2da51de1aa47u ^ seed, load(p + first, n - first) ^ h);
    h = fold(h ^ 0xa0761d6478bd642fu, seed ^ 0xe7037ed1a0b428dbu);
    return (u32)(h ^ h >> 32);
}
