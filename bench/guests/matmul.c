/* f64 matrix product, naive and blocked, and an LU factorisation: address arithmetic around multiply-add. */
#include "guest.h"

enum { N = 128, B = 16 };
static double a[N][N], b[N][N], c[N][N];

static NOINLINE void naive(void) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double s = 0;
            for (int k = 0; k < N; k++) s += a[i][k] * b[k][j];
            c[i][j] = s;
        }
}

static NOINLINE void blocked(void) {
    memset(c, 0, sizeof c);
    for (int kk = 0; kk < N; kk += B)
        for (int jj = 0; jj < N; jj += B)
            for (int i = 0; i < N; i++)
                for (int k = kk; k < kk + B; k++) {
                    double f = a[i][k];
                    for (int j = jj; j < jj + B; j++) c[i][j] += f * b[k][j];
                }
}

static NOINLINE double lu(void) { /* in c, without pivoting; returns the determinant's leading factor product */
    double det = 1;
    for (int i = 0; i < N; i++) c[i][i] += 1e4;
    for (int k = 0; k < N; k++) {
        det *= c[k][k] * 1e-4;
        for (int i = k + 1; i < N; i++) {
            double f = c[i][k] / c[k][k];
            for (int j = k; j < N; j++) c[i][j] -= f * c[k][j];
        }
    }
    return det;
}

int main(int argc, char **argv) {
    double sum = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (double)(rnd() & 1023) / 256 - 2;
            b[i][j] = (double)(rnd() & 1023) / 256 - 2;
        }
    for (int n = rounds(argc, argv, 18); n > 0; n--) {
        naive();
        sum += c[n % N][n * 7 % N];
        blocked();
        sum += c[n * 5 % N][n % N];
        sum += lu();
        a[n % N][n % N] += 0.5;
    }
    printf("%.9g\n", sum);
    return 0;
}
