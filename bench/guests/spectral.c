/* Spectral norm of an infinite matrix given by a formula: f64 division, int to float conversion, calls. */
#include "guest.h"
#include <math.h>

enum { N = 500 };
static double u[N], v[N], t[N];

static NOINLINE double entry(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static NOINLINE void times(const double *x, double *y) {
    for (int i = 0; i < N; i++) {
        double s = 0;
        for (int j = 0; j < N; j++) s += entry(i, j) * x[j];
        y[i] = s;
    }
}

static NOINLINE void transposed(const double *x, double *y) {
    for (int i = 0; i < N; i++) {
        double s = 0;
        for (int j = 0; j < N; j++) s += x[j] / ((i + j) * (i + j + 1) / 2 + j + 1);
        y[i] = s;
    }
}

int main(int argc, char **argv) {
    double uv = 0, vv = 0;
    for (int i = 0; i < N; i++) u[i] = 1;
    for (int n = rounds(argc, argv, 45); n > 0; n--) {
        times(u, t), transposed(t, v);
        times(v, t), transposed(t, u);
    }
    for (int i = 0; i < N; i++) uv += u[i] * v[i], vv += v[i] * v[i];
    printf("%.9f\n", sqrt(uv / vv));
    return 0;
}
