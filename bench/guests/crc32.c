/* CRC-32 three ways: bit by bit, with one table, and with four tables. Byte loads, table loads, short loops. */
#include "guest.h"

static u32 table[4][256];
static u8 data[1 << 16];

static NOINLINE u32 bitwise(u32 c, const u8 *p, u32 n) {
    while (n--) {
        c ^= *p++;
        for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
    }
    return c;
}

static NOINLINE u32 bytewise(u32 c, const u8 *p, u32 n) {
    while (n--) c = c >> 8 ^ table[0][(c ^ *p++) & 255];
    return c;
}

static NOINLINE u32 wordwise(u32 c, const u8 *p, u32 n) {
    for (; n >= 4; n -= 4, p += 4) {
        u32 w;
        memcpy(&w, p, 4);
        c ^= w;
        c = table[3][c & 255] ^ table[2][c >> 8 & 255] ^ table[1][c >> 16 & 255] ^ table[0][c >> 24];
    }
    return c;
}

int main(int argc, char **argv) {
    u32 a = ~0u, b = ~0u, c = ~0u;
    for (u32 i = 0; i < sizeof data; i++) data[i] = (u8)rnd();
    for (u32 i = 0; i < 256; i++) {
        u8 byte = (u8)i;
        table[0][i] = bitwise(0, &byte, 1);
    }
    for (int t = 1; t < 4; t++)
        for (int i = 0; i < 256; i++) table[t][i] = table[t - 1][i] >> 8 ^ table[0][table[t - 1][i] & 255];
    for (int n = rounds(argc, argv, 300); n > 0; n--) {
        if (n % 4 == 0) a = bitwise(a, data, sizeof data / 2);
        for (int i = 0; i < 2; i++) b = bytewise(b, data, sizeof data);
        for (int i = 0; i < 3; i++) c = wordwise(c, data, sizeof data);
    }
    printf("%08x %08x %08x\n", (unsigned)~a, (unsigned)~b, (unsigned)~c);
    return 0;
}
