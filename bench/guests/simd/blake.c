/* The compression function of BLAKE2s over four independent streams: one lane each, or one after the other. */
#include "../guest.h"

static const u8 sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};
static const u32 iv[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
/* Word by stream. */
static u32 h[8][4], message[16][4];

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
typedef v128_t word;
#define STREAMS 1
#define LOAD(a, s) wasm_v128_load(a)
#define STORE(a, s, x) wasm_v128_store(a, x)
#define ADD wasm_i32x4_add
#define XOR wasm_v128_xor
#define ROT(x, n) wasm_v128_or(wasm_u32x4_shr(x, n), wasm_i32x4_shl(x, 32 - (n)))
#define SPLAT wasm_i32x4_splat
#else
typedef u32 word;
#define STREAMS 4
#define LOAD(a, s) (a)[s]
#define STORE(a, s, x) ((a)[s] = (x))
#define ADD(x, y) ((x) + (y))
#define XOR(x, y) ((x) ^ (y))
#define ROT(x, n) ((x) >> (n) | (x) << (32 - (n)))
#define SPLAT(x) (x)
#endif

#define G(a, b, c, d, x, y)                                  \
    a = ADD(ADD(a, b), LOAD(message[x], s));                 \
    d = XOR(d, a), d = ROT(d, 16);                           \
    c = ADD(c, d), b = XOR(b, c), b = ROT(b, 12);            \
    a = ADD(ADD(a, b), LOAD(message[y], s));                 \
    d = XOR(d, a), d = ROT(d, 8);                            \
    c = ADD(c, d), b = XOR(b, c), b = ROT(b, 7)

static NOINLINE void compress(u32 count) {
    for (int s = 0; s < STREAMS; s++) {
        word v0 = LOAD(h[0], s), v1 = LOAD(h[1], s), v2 = LOAD(h[2], s), v3 = LOAD(h[3], s);
        word v4 = LOAD(h[4], s), v5 = LOAD(h[5], s), v6 = LOAD(h[6], s), v7 = LOAD(h[7], s);
        word v8 = SPLAT(iv[0]), v9 = SPLAT(iv[1]), v10 = SPLAT(iv[2]), v11 = SPLAT(iv[3]);
        word v12 = SPLAT(iv[4] ^ count), v13 = SPLAT(iv[5]), v14 = SPLAT(iv[6]), v15 = SPLAT(iv[7]);
        for (int r = 0; r < 10; r++) {
            const u8 *p = sigma[r];
            G(v0, v4, v8, v12, p[0], p[1]);
            G(v1, v5, v9, v13, p[2], p[3]);
            G(v2, v6, v10, v14, p[4], p[5]);
            G(v3, v7, v11, v15, p[6], p[7]);
            G(v0, v5, v10, v15, p[8], p[9]);
            G(v1, v6, v11, v12, p[10], p[11]);
            G(v2, v7, v8, v13, p[12], p[13]);
            G(v3, v4, v9, v14, p[14], p[15]);
        }
#define OUT(i, x, y) STORE(h[i], s, XOR(LOAD(h[i], s), XOR(x, y)))
        OUT(0, v0, v8), OUT(1, v1, v9), OUT(2, v2, v10), OUT(3, v3, v11);
        OUT(4, v4, v12), OUT(5, v5, v13), OUT(6, v6, v14), OUT(7, v7, v15);
    }
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int i = 0; i < 8; i++)
        for (int s = 0; s < 4; s++) h[i][s] = iv[i] ^ (u32)s;
    for (int n = rounds(argc, argv, 20000); n > 0; n--) {
        for (int i = 0; i < 16; i++) message[i][n & 3] = rnd();
        compress((u32)n);
    }
    for (int i = 0; i < 8; i++)
        for (int s = 0; s < 4; s++) sum = mix(sum, h[i][s]);
    printf("%08x\n", sum);
    return 0;
}
