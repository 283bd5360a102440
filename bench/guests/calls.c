/* Direct calls: Fibonacci, Ackermann, Takeuchi, mutual recursion, and n queens. */
#include "guest.h"

static NOINLINE u32 fib(u32 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

static NOINLINE u32 ackermann(u32 m, u32 n) {
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static NOINLINE int tak(int x, int y, int z) {
    return y < x ? tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) : z;
}

static NOINLINE int odd(u32 n);
static NOINLINE int even(u32 n) { return n == 0 ? 1 : odd(n - 1); }
static NOINLINE int odd(u32 n) { return n == 0 ? 0 : even(n - 1); }

static NOINLINE u32 queens(u32 all, u32 columns, u32 left, u32 right) {
    u32 count = 0;
    if (columns == all) return 1;
    for (u32 free = all & ~(columns | left | right); free;) {
        u32 bit = free & -free;
        free ^= bit;
        count += queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return count;
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 60); n > 0; n--) {
        sum = mix(sum, fib(27 + (n & 1)));
        sum = mix(sum, ackermann(2, 200 + (u32)n));
        sum = mix(sum, (u32)tak(14 + (n & 1), 8, 2));
        for (u32 i = 0; i < 300; i++) sum += (u32)even(500 + i);
        sum = mix(sum, queens(0x1ff, 0, 0, 0));
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
