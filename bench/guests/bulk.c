/* memory.copy and memory.fill of many sizes, from 8 bytes to 64 KiB, with some work between.
   cflags: -mbulk-memory */
#include "guest.h"

static u8 a[1 << 17], b[1 << 17];

int main(int argc, char **argv) {
    u32 sum = 0;
    for (u32 i = 0; i < sizeof a; i++) a[i] = (u8)rnd();
    for (int n = rounds(argc, argv, 6000); n > 0; n--) {
        for (u32 i = 0; i < 3000; i++) {         /* small: the cost of the call */
            u32 at = (i * 40503u) & 0xffff, size = 8 + (at & 63);
            memcpy(b + at, a + (at ^ 0x5550), size);
            if (i % 8 == 0) memset(b + at + 16, (int)i, size);
            sum += b[at + 7];
        }
        for (u32 size = 256; size <= 65536; size *= 4) { /* large: the speed of memory */
            memcpy(b + 64, a + 3, size);
            memmove(a + 128, a + 61, size);      /* overlapping */
            memset(b + size / 2, n, size / 4);
            sum = mix(sum, a[size] + (u32)b[size]);
        }
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
