/* Multiple-precision integers with 32-bit limbs in 64-bit arithmetic: a factorial, its decimal digits, and a modular
   power by Montgomery multiplication. i64 multiply, add, shift. */
#include "guest.h"

enum { LIMBS = 400, K = 32 };
static u32 big[LIMBS];

static NOINLINE int times_small(u32 *x, int n, u32 f) {
    u64 carry = 0;
    for (int i = 0; i < n; i++) carry += (u64)x[i] * f, x[i] = (u32)carry, carry >>= 32;
    if (carry) x[n++] = (u32)carry;
    return n;
}

static NOINLINE u32 divide_small(u32 *x, int n, u32 d) {
    u64 rest = 0;
    for (int i = n; i-- > 0;) rest = rest << 32 | x[i], x[i] = (u32)(rest / d), rest %= d;
    return (u32)rest;
}

/* out = a * b / 2^(32 K) mod m */
static NOINLINE void montgomery(u32 *out, const u32 *a, const u32 *b, const u32 *m, u32 inverse) {
    u32 t[K + 2] = {0};
    for (int i = 0; i < K; i++) {
        u64 c = 0;
        for (int j = 0; j < K; j++) c += (u64)a[j] * b[i] + t[j], t[j] = (u32)c, c >>= 32;
        c += t[K], t[K] = (u32)c, t[K + 1] = (u32)(c >> 32);
        u32 q = t[0] * inverse;
        c = ((u64)q * m[0] + t[0]) >> 32;
        for (int j = 1; j < K; j++) c += (u64)q * m[j] + t[j], t[j - 1] = (u32)c, c >>= 32;
        c += t[K], t[K - 1] = (u32)c, t[K] = t[K + 1] + (u32)(c >> 32);
    }
    u64 borrow = 0;
    u32 d[K];
    for (int j = 0; j < K; j++) borrow = (u64)t[j] - m[j] - (borrow & 1), d[j] = (u32)borrow, borrow = borrow >> 32 & 1;
    memcpy(out, borrow > t[K] ? t : d, sizeof d);
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 14); n > 0; n--) {
        int size = 1;
        memset(big, 0, sizeof big);
        big[0] = 1;
        for (u32 f = 2; f <= 1000 + (u32)n; f++) size = times_small(big, size, f);
        while (size) {
            sum = mix(sum, divide_small(big, size, 1000000000));
            while (size && !big[size - 1]) size--;
        }
        u32 m[K], x[K], y[K], inverse = 1;
        for (int i = 0; i < K; i++) m[i] = rnd(), x[i] = rnd();
        m[0] |= 1, m[K - 1] |= 0x80000000u, x[K - 1] &= 0x7fffffff;
        for (int i = 0; i < 5; i++) inverse *= 2 - m[0] * inverse;
        memcpy(y, x, sizeof y);
        for (int i = 0; i < 1024; i++) {
            montgomery(y, y, y, m, -inverse);
            if (m[i / 32] >> (i & 31) & 1) montgomery(y, y, x, m, -inverse);
        }
        for (int i = 0; i < K; i++) sum = mix(sum, y[i]);
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
