/* Quicksort and heapsort of integers in place: loads, compares and swaps with unpredictable branches. */
#include "guest.h"

enum { N = 100000 };
static int32_t v[N];

static NOINLINE void quicksort(int32_t *lo, int32_t *hi) { /* [lo, hi] */
    while (hi - lo > 16) {
        int32_t *i = lo, *j = hi, pivot = lo[(hi - lo) / 2];
        do {
            while (*i < pivot) i++;
            while (*j > pivot) j--;
            if (i <= j) {
                int32_t t = *i;
                *i++ = *j, *j-- = t;
            }
        } while (i <= j);
        if (j - lo < hi - i) quicksort(lo, j), lo = i;
        else quicksort(i, hi), hi = j;
    }
    for (int32_t *p = lo + 1; p <= hi; p++) {
        int32_t x = *p, *q = p;
        for (; q > lo && q[-1] > x; q--) *q = q[-1];
        *q = x;
    }
}

static void sift(int32_t *a, int root, int n) {
    int32_t x = a[root];
    for (int child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && a[child + 1] > a[child]) child++;
        if (a[child] <= x) break;
        a[root] = a[child];
    }
    a[root] = x;
}

static NOINLINE void heapsort(int32_t *a, int n) {
    for (int i = n / 2; i-- > 0;) sift(a, i, n);
    for (int i = n - 1; i > 0; i--) {
        int32_t t = a[0];
        a[0] = a[i], a[i] = t;
        sift(a, 0, i);
    }
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 26); n > 0; n--) {
        for (int i = 0; i < N; i++) v[i] = (int32_t)rnd();
        if (n % 3 == 0) heapsort(v, N); else quicksort(v, v + N - 1);
        for (int i = 1; i < N; i++)
            if (v[i - 1] > v[i]) return puts("not sorted"), 1;
        sum = mix(sum, (u32)v[N / 3]);
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
