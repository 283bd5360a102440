/* SHA-256 over a pseudo-random buffer: rotates, adds and xors in straight lines. */
#include "guest.h"

static u32 K[64], H0[8];
static u8 data[1 << 16];

/* The constants are the first 32 bits of the fractional parts of cube and square roots of primes. Integer search. */
static void constants(void) {
    int n = 0;
    for (u32 p = 2; n < 64; p++) {
        int prime = 1;
        for (u32 d = 2; d * d <= p; d++)
            if (p % d == 0) prime = 0;
        if (!prime) continue;
        u64 lo = 0, hi = 8ull << 32; /* cube root of p in 32.32, p < 512 */
        while (hi - lo > 1) {
            u64 m = (lo + hi) / 2;
            unsigned __int128 c = (unsigned __int128)m * m * m;
            if (c <= (unsigned __int128)p << 96) lo = m; else hi = m;
        }
        K[n] = (u32)lo;
        if (n < 8) {
            lo = 0, hi = 8ull << 32;
            while (hi - lo > 1) {
                u64 m = (lo + hi) / 2;
                if ((unsigned __int128)m * m <= (unsigned __int128)p << 64) lo = m; else hi = m;
            }
            H0[n] = (u32)lo;
        }
        n++;
    }
}

static inline u32 rotr(u32 x, int n) { return x >> n | x << (32 - n); }

static NOINLINE void block(u32 h[8], const u8 *p) {
    u32 w[64], s[8];
    for (int i = 0; i < 16; i++, p += 4) w[i] = (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
    for (int i = 16; i < 64; i++) {
        u32 a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rotr(a, 7) ^ rotr(a, 18) ^ a >> 3) + (rotr(b, 17) ^ rotr(b, 19) ^ b >> 10);
    }
    for (int i = 0; i < 8; i++) s[i] = h[i];
    u32 a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], k = s[7];
    for (int i = 0; i < 64; i++) {
        u32 t = k + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + K[i] + w[i];
        u32 v = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)));
        k = g, g = f, f = e, e = d + t, d = c, c = b, b = a, a = t + v;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += k;
}

int main(int argc, char **argv) {
    u32 h[8];
    constants();
    for (u32 i = 0; i < sizeof data; i++) data[i] = (u8)rnd();
    memcpy(h, H0, sizeof h);
    for (int n = rounds(argc, argv, 150); n > 0; n--)
        for (u32 i = 0; i < sizeof data; i += 64) block(h, data + i);
    for (int i = 0; i < 8; i++) printf("%08x", (unsigned)h[i]);
    printf("\n");
    return 0;
}
