/* 64-bit generators and hashes in locals: xorshift, splitmix, xoshiro, popcounts, leading zeros, a Monte Carlo pi. */
#include "guest.h"

static inline u64 rotl(u64 x, int k) { return x << k | x >> (64 - k); }

static u64 s[4];

static NOINLINE u64 splitmix(u64 *state) {
    u64 z = (*state += 0x9e3779b97f4a7c15ull);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

static NOINLINE u64 xoshiro(void) {
    u64 result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3], s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

static NOINLINE u64 xorshift(u64 x, int n) {
    u64 sum = 0;
    while (n--) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        sum += x >> 32;
    }
    return sum ^ x;
}

int main(int argc, char **argv) {
    u64 state = 42, sum = 0, inside = 0;
    for (int i = 0; i < 4; i++) s[i] = splitmix(&state);
    for (int n = rounds(argc, argv, 170); n > 0; n--) {
        sum = rotl(sum, 9) ^ xorshift(splitmix(&state), 200000);
        for (int i = 0; i < 60000; i++) {
            u64 r = xoshiro();
            double x = (double)(u32)r, y = (double)(r >> 32);
            inside += x * x + y * y < 18446744073709551616.0;
            sum += (u64)__builtin_popcountll(r) << (__builtin_clzll(r | 1) & 31);
        }
    }
    printf("%016llx %llu\n", (unsigned long long)sum, (unsigned long long)inside);
    return 0;
}
