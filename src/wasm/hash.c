/* hash.c - a keyed hash in the manner of wyhash: products of 64 x 64 bits, their halves folded. */
#include "wasm/hash.h"

#include <time.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif

/* High half xor low half of the 128-bit product. */
static u64 fold(u64 a, u64 b)
{
#if defined(__SIZEOF_INT128__)
    unsigned __int128 product = (unsigned __int128)a * b;
    return (u64)product ^ (u64)(product >> 64);
#else
    u64 a0 = (u32)a, a1 = a >> 32, b0 = (u32)b, b1 = b >> 32;
    u64 mid = a1 * b0 + (a0 * b0 >> 32);
    u64 mid2 = a0 * b1 + (u32)mid;
    return (a * b) ^ (a1 * b1 + (mid >> 32) + (mid2 >> 32));
#endif
}

static u64 load8(const u8 *p)
{
    u64 x;
    memcpy(&x, p, sizeof x);
    return x;
}

static u64 load4(const u8 *p)
{
    u32 x;
    memcpy(&x, p, sizeof x);
    return x;
}

u64 cw_hash_seed(const void *table)
{
#if defined(__linux__)
    /* 16 random bytes that the kernel gives every process; the first 8 guard the C stack. No call, and no look at the clock, which maps pages. */
    const u8 *random = (const u8 *)(uintptr_t)getauxval(AT_RANDOM);
    if (random)
        return fold((u64)(uintptr_t)table ^ 0x2d358dccaa6c78a5u, load8(random + 8) ^ 0x8bb84b93962eacc9u);
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
        h = fold(load8(p) ^ 0x4b33a62ed433d4a3u, load8(p + 8) ^ h);
    /* what is left in two words, which may overlap */
    u64 first = 0, last = 0;
    if (n >= 8) {
        first = load8(p);
        last = load8(p + n - 8);
    } else if (n >= 4) {
        first = load4(p);
        last = load4(p + n - 4);
    } else if (n) {
        first = (u64)p[0] << 16 | (u64)p[n >> 1] << 8 | p[n - 1];
    }
    h = fold(first ^ 0x4d5a2da51de1aa47u ^ seed, last ^ h);
    h = fold(h ^ 0xa0761d6478bd642fu, seed ^ 0xe7037ed1a0b428dbu);
    return (u32)(h ^ h >> 32);
}
