/* Stencils on grids: Jacobi and Gauss-Seidel sweeps, a heat equation in three dimensions, finite differences of electric and magnetic fields,
   alternating directions; and in integers all shortest paths and a folding by dynamic programming. */
#include "../guest.h"

enum { N = 40, M = 14, P = 44 };
static double a[N][N], b[N][N], hz[N][N], u[M][M][M], v[M][M][M];
static int path[P][P], fold[P][P];

static void init(int seed) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) a[i][j] = (i * (j + 2) + seed) / (double)N, b[i][j] = a[i][j] + 1, hz[i][j] = (i - j) / (double)N;
    for (int i = 0; i < M; i++)
        for (int j = 0; j < M; j++)
            for (int k = 0; k < M; k++) u[i][j][k] = v[i][j][k] = (i + j + (M - k)) * 10.0 / M;
    for (int i = 0; i < P; i++)
        for (int j = 0; j < P; j++) path[i][j] = (i * j + seed) % 7 == 0 ? (i * 7 + j * 3) % 31 + 1 : 999, fold[i][j] = 0;
}

static void jacobi(int steps) {
    while (steps-- > 0) {
        for (int i = 1; i < N - 1; i++)
            for (int j = 1; j < N - 1; j++) b[i][j] = 0.2 * (a[i][j] + a[i][j - 1] + a[i][j + 1] + a[i + 1][j] + a[i - 1][j]);
        for (int i = 1; i < N - 1; i++)
            for (int j = 1; j < N - 1; j++) a[i][j] = 0.2 * (b[i][j] + b[i][j - 1] + b[i][j + 1] + b[i + 1][j] + b[i - 1][j]);
    }
}

static void seidel(int steps) {
    while (steps-- > 0)
        for (int i = 1; i < N - 1; i++)
            for (int j = 1; j < N - 1; j++)
                a[i][j] = (a[i - 1][j - 1] + a[i - 1][j] + a[i - 1][j + 1] + a[i][j - 1] + a[i][j] + a[i][j + 1] + a[i + 1][j - 1] + a[i + 1][j] +
                           a[i + 1][j + 1]) / 9.0;
}

static void heat_step(double (*to)[M][M], double (*from)[M][M]) {
    for (int i = 1; i < M - 1; i++)
        for (int j = 1; j < M - 1; j++)
            for (int k = 1; k < M - 1; k++) {
                double c = from[i][j][k];
                to[i][j][k] = c + 0.125 * (from[i + 1][j][k] - 2 * c + from[i - 1][j][k]) + 0.125 * (from[i][j + 1][k] - 2 * c + from[i][j - 1][k]) +
                              0.125 * (from[i][j][k + 1] - 2 * c + from[i][j][k - 1]);
            }
}

static void fields(int steps) {
    for (int t = 0; t < steps; t++) {
        for (int j = 0; j < N; j++) b[0][j] = t;
        for (int i = 1; i < N; i++)
            for (int j = 0; j < N; j++) b[i][j] -= 0.5 * (hz[i][j] - hz[i - 1][j]);
        for (int i = 0; i < N; i++)
            for (int j = 1; j < N; j++) a[i][j] -= 0.5 * (hz[i][j] - hz[i][j - 1]);
        for (int i = 0; i < N - 1; i++)
            for (int j = 0; j < N - 1; j++) hz[i][j] -= 0.7 * (a[i][j + 1] - a[i][j] + b[i + 1][j] - b[i][j]);
    }
}

static void directions(void) {
    for (int i = 1; i < N - 1; i++) {
        double p[N] = {0}, q[N] = {1};
        for (int j = 1; j < N - 1; j++) {
            p[j] = 0.25 / (0.25 * p[j - 1] + 1.5);
            q[j] = (0.25 * a[j][i - 1] + 0.5 * a[j][i] + 0.25 * a[j][i + 1] + 0.25 * q[j - 1]) / (0.25 * p[j - 1] + 1.5);
        }
        b[N - 1][i] = 1;
        for (int j = N - 2; j > 0; j--) b[j][i] = p[j] * b[j + 1][i] + q[j];
    }
}

static void paths(void) {
    for (int k = 0; k < P; k++)
        for (int i = 0; i < P; i++)
            for (int j = 0; j < P; j++) path[i][j] = path[i][j] < path[i][k] + path[k][j] ? path[i][j] : path[i][k] + path[k][j];
}

static int larger(int x, int y) { return x > y ? x : y; }

static void folding(int seed) {
    for (int i = P - 1; i >= 0; i--)
        for (int j = i + 1; j < P; j++) {
            int best = larger(fold[i][j - 1], i + 1 < P ? fold[i + 1][j] : 0);
            if (i + 1 < P) best = larger(best, fold[i + 1][j - 1] + (i < j - 1 && ((i * seed + 1) % 4) + ((j * seed + 1) % 4) == 3));
            for (int k = i + 1; k < j; k++) best = larger(best, fold[i][k] + fold[k + 1][j]);
            fold[i][j] = best;
        }
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 160); n > 0; n--) {
        init(n);
        jacobi(10);
        seidel(10);
        for (int i = 0; i < 6; i++) heat_step(v, u), heat_step(u, v);
        fields(12);
        directions();
        paths();
        folding(n);
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) sum = mix(mix(sum, (u32)(int32_t)(a[i][j] * 100)), (u32)(int32_t)(b[i][j] * 100 + hz[i][j] * 10));
        for (int i = 0; i < M; i++) sum = mix(sum, (u32)(int32_t)(u[i][i / 2][M - 1 - i] * 1000));
        for (int i = 0; i < P; i++) sum = mix(mix(sum, (u32)path[i][P - 1 - i]), (u32)fold[0][i]);
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
