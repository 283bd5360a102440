/* f32 matrix product with a register tile: 4 rows by one vector, or 4 by 4 floats. The sums are added in the same order in both. */
#include "../guest.h"

enum { M = 64, N = 96, K = 128 };
static float a[M][K], b[K][N], c[M][N];

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
static NOINLINE void product(void) {
    for (int i = 0; i < M; i += 4)
        for (int j = 0; j < N; j += 8) {
            v128_t s[4][2];
            for (int x = 0; x < 4; x++) s[x][0] = s[x][1] = wasm_f32x4_const_splat(0);
            for (int k = 0; k < K; k++) {
                v128_t b0 = wasm_v128_load(&b[k][j]), b1 = wasm_v128_load(&b[k][j + 4]);
                for (int x = 0; x < 4; x++) {
                    v128_t f = wasm_v128_load32_splat(&a[i + x][k]);
                    s[x][0] = wasm_f32x4_add(s[x][0], wasm_f32x4_mul(f, b0));
                    s[x][1] = wasm_f32x4_add(s[x][1], wasm_f32x4_mul(f, b1));
                }
            }
            for (int x = 0; x < 4; x++) {
                wasm_v128_store(&c[i + x][j], s[x][0]);
                wasm_v128_store(&c[i + x][j + 4], s[x][1]);
            }
        }
}
#else
static NOINLINE void product(void) {
    for (int i = 0; i < M; i += 4)
        for (int j = 0; j < N; j += 4) {
            float s[4][4] = {{0}};
            for (int k = 0; k < K; k++)
                for (int x = 0; x < 4; x++)
                    for (int y = 0; y < 4; y++) s[x][y] += a[i + x][k] * b[k][j + y];
            for (int x = 0; x < 4; x++)
                for (int y = 0; y < 4; y++) c[i + x][j + y] = s[x][y];
        }
}
#endif

int main(int argc, char **argv) {
    float total = 0;
    for (int k = 0; k < K; k++) {
        for (int i = 0; i < M; i++) a[i][k] = (float)(rnd() & 255) / 256 - 0.5f;
        for (int j = 0; j < N; j++) b[k][j] = (float)(rnd() & 255) / 256 - 0.5f;
    }
    for (int n = rounds(argc, argv, 190); n > 0; n--) {
        product();
        for (int i = 0; i < M; i++) a[i][n % K] = 0.0625f * c[i][n % N];
        total += c[n % M][n % N];
    }
    printf("%.6f %.6f\n", (double)total, (double)c[M - 1][N - 1]);
    return 0;
}
