/* Mandelbrot and Julia sets: a tight loop of f64 locals with an exit in the middle; few memory accesses. */
#include "guest.h"

enum { W = 160, H = 120 };

static NOINLINE int escape(double x, double y, double cx, double cy, int limit) {
    int n = 0;
    for (; n < limit; n++) {
        double x2 = x * x, y2 = y * y;
        if (x2 + y2 > 4) break;
        y = 2 * x * y + cy;
        x = x2 - y2 + cx;
    }
    return n;
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 12); n > 0; n--) {
        double zoom = 1.5 / n;
        for (int j = 0; j < H; j++)
            for (int i = 0; i < W; i++) {
                double x = (i - W / 2) * (2 * zoom / H), y = (j - H / 2) * (2 * zoom / H);
                sum = mix(sum, (u32)escape(0, 0, x - 0.7, y, 200));
                sum += (u32)escape(x, y, -0.4, 0.6, 200);
            }
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
