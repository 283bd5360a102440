/* call_indirect: a merge sort with comparison functions, objects with a table of methods, and a filter chain. */
#include "guest.h"

enum { N = 20000, SHAPES = 512 };

typedef struct { u32 id; int32_t x, y; } Point;
typedef int Compare(const Point *, const Point *);

static int by_x(const Point *a, const Point *b) { return a->x < b->x ? -1 : a->x > b->x; }
static int by_y_down(const Point *a, const Point *b) { return b->y < a->y ? -1 : b->y > a->y; }
static int by_distance(const Point *a, const Point *b) {
    int64_t d = ((int64_t)a->x * a->x + (int64_t)a->y * a->y) - ((int64_t)b->x * b->x + (int64_t)b->y * b->y);
    return d < 0 ? -1 : d > 0;
}
static Compare *const order[] = {by_x, by_y_down, by_distance};

static NOINLINE void merge_sort(Point *v, Point *spare, int n, Compare *less) {
    if (n < 2) return;
    int half = n / 2, i = 0, j = half, k = 0;
    merge_sort(v, spare, half, less);
    merge_sort(v + half, spare, n - half, less);
    memcpy(spare, v, (size_t)half * sizeof *v);
    while (i < half) v[k++] = j < n && less(&v[j], &spare[i]) < 0 ? v[j++] : spare[i++];
}

typedef struct Shape Shape;
typedef struct { double (*area)(const Shape *); void (*grow)(Shape *, double); int (*sides)(const Shape *); } Methods;
struct Shape { const Methods *is; double a, b; };

static double rect_area(const Shape *s) { return s->a * s->b; }
static double ring_area(const Shape *s) { return 3.140625 * (s->a * s->a - s->b * s->b); }
static double tri_area(const Shape *s) { return s->a * s->b * 0.5; }
static void both_grow(Shape *s, double f) { s->a *= f, s->b *= f; }
static void one_grow(Shape *s, double f) { s->a += f * 0.25; }
static int four(const Shape *s) { return s->a == s->b ? 5 : 4; }
static int three(const Shape *s) { (void)s; return 3; }
static int none(const Shape *s) { return s->b > 0; }
static const Methods rect = {rect_area, both_grow, four}, ring = {ring_area, one_grow, none}, tri = {tri_area, both_grow, three};

typedef u32 Step(u32);
static u32 rotate(u32 x) { return x << 7 | x >> 25; }
static u32 scramble(u32 x) { return x * 0x9e3779b1u; }
static u32 fold(u32 x) { return x ^ x >> 15; }
static u32 bump(u32 x) { return x + 0x7f4a7c15u; }
static Step *const step[] = {rotate, scramble, fold, bump};

int main(int argc, char **argv) {
    static Point v[N], spare[N];
    static Shape shape[SHAPES];
    static u8 program[64];
    u32 sum = 0;
    double area = 0;
    for (int i = 0; i < N; i++) v[i] = (Point){(u32)i, (int32_t)(rnd() % 20001) - 10000, (int32_t)(rnd() % 20001) - 10000};
    for (int i = 0; i < SHAPES; i++) {
        u32 r = rnd();
        shape[i] = (Shape){r % 3 == 0 ? &rect : r % 3 == 1 ? &ring : &tri, 1 + (r >> 8 & 15), 1 + (r >> 12 & 7)};
    }
    for (int i = 0; i < 64; i++) program[i] = (u8)(rnd() >> 7 & 3);
    for (int n = rounds(argc, argv, 36); n > 0; n--) {
        merge_sort(v, spare, N, order[n % 3]);
        sum = mix(sum, v[N / 2].id);
        for (int k = 0; k < 300; k++)
            for (int i = k & 1; i < SHAPES; i += 2) {
                Shape *s = &shape[i];
                area += s->is->area(s);
                if (s->is->sides(s) > 3) s->is->grow(s, k & 2 ? 1.03125 : 0.96875);
            }
        for (int k = 0; k < 2000; k++)
            for (int i = 0; i < 64; i++) sum = step[program[i]](sum);
    }
    printf("%08x %.3f\n", (unsigned)sum, area);
    return 0;
}
