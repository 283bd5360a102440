/* f32 matrix product with a 4 by 4 register tile, a bias and a clamp: the inner loop of a small neural network. */
#include "guest.h"

enum { M = 64, N = 96, K = 128 };
static float a[M][K], b[K][N], c[M][N], bias[N];

static NOINLINE void layer(void) {
    for (int i = 0; i < M; i += 4)
        for (int j = 0; j < N; j += 4) {
            float s[4][4] = {{0}};
            for (int k = 0; k < K; k++)
                for (int x = 0; x < 4; x++)
                    for (int y = 0; y < 4; y++) s[x][y] += a[i + x][k] * b[k][j + y];
            for (int x = 0; x < 4; x++)
                for (int y = 0; y < 4; y++) {
                    float r = s[x][y] + bias[j + y];
                    c[i + x][j + y] = r < 0 ? 0 : r > 6 ? 6 : r;
                }
        }
}

int main(int argc, char **argv) {
    float total = 0;
    for (int k = 0; k < K; k++) {
        for (int i = 0; i < M; i++) a[i][k] = (float)(rnd() & 255) / 256 - 0.5f;
        for (int j = 0; j < N; j++) b[k][j] = (float)(rnd() & 255) / 256 - 0.5f;
    }
    for (int j = 0; j < N; j++) bias[j] = (float)j / N;
    for (int n = rounds(argc, argv, 190); n > 0; n--) {
        layer();
        for (int i = 0; i < M; i++) a[i][n % K] = 0.25f * c[i][n % N] - 0.5f; /* feed some of it back */
        total += c[n % M][n % N];
    }
    printf("%.6f %.6f\n", (double)total, (double)c[M - 1][N - 1]);
    return 0;
}
