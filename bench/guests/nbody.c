/* Planets around a sun, leapfrog steps: f64 arithmetic on struct fields, sqrt and division. */
#include "guest.h"
#include <math.h>

enum { BODIES = 6 };
typedef struct { double x, y, z, vx, vy, vz, m; } Body;
static Body body[BODIES];

static NOINLINE void step(double dt) {
    for (int i = 0; i < BODIES; i++) {
        Body *a = &body[i];
        for (int j = i + 1; j < BODIES; j++) {
            Body *b = &body[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double d2 = dx * dx + dy * dy + dz * dz + 1e-9;
            double f = dt / (d2 * sqrt(d2));
            a->vx -= dx * b->m * f, a->vy -= dy * b->m * f, a->vz -= dz * b->m * f;
            b->vx += dx * a->m * f, b->vy += dy * a->m * f, b->vz += dz * a->m * f;
        }
    }
    for (int i = 0; i < BODIES; i++) {
        Body *a = &body[i];
        a->x += dt * a->vx, a->y += dt * a->vy, a->z += dt * a->vz;
    }
}

static double energy(void) {
    double e = 0;
    for (int i = 0; i < BODIES; i++) {
        Body *a = &body[i];
        e += 0.5 * a->m * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (int j = i + 1; j < BODIES; j++) {
            double dx = a->x - body[j].x, dy = a->y - body[j].y, dz = a->z - body[j].z;
            e -= a->m * body[j].m / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return e;
}

int main(int argc, char **argv) {
    body[0].m = 40;
    for (int i = 1; i < BODIES; i++) {
        double r = 1.5 * i, v = sqrt(body[0].m / r);
        body[i] = (Body){r, 0.25 * i, 0.125 / i, -0.02 * i, v, 0.01 * i, 0.004 / i};
    }
    double before = energy();
    for (int n = rounds(argc, argv, 450000); n > 0; n--) step(0.0005);
    printf("%.9f %.9f %.9f\n", before, energy(), body[3].x);
    return 0;
}
