/* Dense linear algebra in doubles, after the kinds of kernels that compiler people measure: Cholesky and LU decomposition, Gram-Schmidt, Durbin's
   recursion, matrix products with a transposed or triangular operand, correlation. Column and row accesses in deep loops. */
#include <math.h>

#include "../guest.h"

enum { N = 48 };
typedef double Matrix[N][N];
static Matrix a, b, c, q;
static double x[N], y[N], z[N];

static void init(int seed) {
    for (int i = 0; i < N; i++) {
        x[i] = 1.0 / (i + seed + 2), y[i] = (i + 1.0) / N, z[i] = 0;
        for (int j = 0; j < N; j++) {
            a[i][j] = (i * j % 17 + seed % 5) / 17.0;
            b[i][j] = (i + j == N ? 2.0 : (i - j) * 0.5) / N;
            c[i][j] = 0;
        }
    }
}

/* c = a * aT + N * I: symmetric and positive definite */
static void positive(void) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j <= i; j++) {
            double s = i == j ? N : 0;
            for (int k = 0; k < N; k++) s += a[i][k] * a[j][k];
            c[i][j] = c[j][i] = s;
        }
}

static void cholesky(void) {
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < i; j++) {
            for (int k = 0; k < j; k++) c[i][j] -= c[i][k] * c[j][k];
            c[i][j] /= c[j][j];
        }
        for (int k = 0; k < i; k++) c[i][i] -= c[i][k] * c[i][k];
        c[i][i] = sqrt(c[i][i]);
    }
}

static void lu(void) {
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < i; j++) {
            for (int k = 0; k < j; k++) c[i][j] -= c[i][k] * c[k][j];
            c[i][j] /= c[j][j];
        }
        for (int j = i; j < N; j++)
            for (int k = 0; k < i; k++) c[i][j] -= c[i][k] * c[k][j];
    }
}

static void gram_schmidt(void) {
    for (int k = 0; k < N; k++) {
        double norm = 0;
        for (int i = 0; i < N; i++) norm += c[i][k] * c[i][k];
        norm = sqrt(norm) + 1e-9;
        for (int i = 0; i < N; i++) q[i][k] = c[i][k] / norm;
        for (int j = k + 1; j < N; j++) {
            double r = 0;
            for (int i = 0; i < N; i++) r += q[i][k] * c[i][j];
            for (int i = 0; i < N; i++) c[i][j] -= q[i][k] * r;
        }
    }
}

static void durbin(void) {
    double alpha = -x[0], beta = 1;
    y[0] = -x[0];
    for (int k = 1; k < N; k++) {
        beta *= 1 - alpha * alpha;
        double sum = 0;
        for (int i = 0; i < k; i++) sum += x[k - i - 1] * y[i];
        alpha = -(x[k] + sum) / beta;
        for (int i = 0; i < k; i++) z[i] = y[i] + alpha * y[k - i - 1];
        for (int i = 0; i < k; i++) y[i] = z[i];
        y[k] = alpha;
    }
}

/* b += aT * b with a lower triangular; then y = bT * (b * y) */
static void triangular(void) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            for (int k = i + 1; k < N; k++) b[i][j] += a[k][i] * b[k][j] * 0.01;
            b[i][j] *= 0.9;
        }
    for (int i = 0; i < N; i++) z[i] = 0;
    for (int i = 0; i < N; i++) {
        double s = 0;
        for (int j = 0; j < N; j++) s += b[i][j] * y[j];
        for (int j = 0; j < N; j++) z[j] += b[i][j] * s;
    }
}

static void correlation(void) {
    for (int j = 0; j < N; j++) {
        double mean = 0, dev = 0;
        for (int i = 0; i < N; i++) mean += b[i][j];
        mean /= N;
        for (int i = 0; i < N; i++) dev += (b[i][j] - mean) * (b[i][j] - mean);
        dev = sqrt(dev / N);
        dev = dev <= 0.001 ? 1.0 : dev;
        for (int i = 0; i < N; i++) b[i][j] = (b[i][j] - mean) / (sqrt((double)N) * dev);
    }
    for (int i = 0; i < N; i++)
        for (int j = i; j < N; j++) {
            double s = 0;
            for (int k = 0; k < N; k++) s += b[k][i] * b[k][j];
            q[i][j] = q[j][i] = s;
        }
}

static u32 check(u32 sum, const double *p, int n) {
    for (int i = 0; i < n; i++) sum = mix(sum, (u32)(int32_t)(p[i] * 1000 > 1e9 || p[i] * 1000 < -1e9 ? 1e9 : p[i] * 1000));
    return sum;
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 150); n > 0; n--) {
        init(n);
        positive(), cholesky();
        sum = check(sum, c[0], N * N);
        positive(), lu();
        sum = check(sum, c[0], N * N);
        positive(), gram_schmidt();
        sum = check(sum, q[0], N * N);
        durbin(), triangular();
        sum = check(check(sum, y, N), z, N);
        correlation();
        sum = check(sum, q[0], N * N);
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
