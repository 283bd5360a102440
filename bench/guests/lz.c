/* A small LZ77 compressor and its decompressor over mixed data: hash chains, unaligned loads, match loops. */
#include "guest.h"

enum { SIZE = 100000, HASH = 1 << 13, WINDOW = 32768 };
static u8 input[SIZE], packed[SIZE + SIZE / 8 + 16], output[SIZE];
static int32_t head[HASH], before[WINDOW];

static void make_input(void) {
    static const char *w[] = {"the ", "quick ", "interpreter ", "runs ", "a ", "module ", "with ", "bytes;\n", "{", "}", "= ", "0x1f "};
    for (u32 i = 0; i < SIZE;) {
        u32 r = rnd();
        if (r % 50 == 0)
            for (u32 k = 0; k < 40 && i < SIZE; k++) input[i++] = (u8)rnd();
        else
            for (const char *s = w[(r >> 8) * (r >> 16 & 15) % 12]; *s && i < SIZE;) input[i++] = (u8)*s++;
    }
}

static u32 load32(const u8 *p) {
    u32 x;
    memcpy(&x, p, 4);
    return x;
}

/* Tokens: a byte n < 128 and n + 1 literals, or a byte 128 + length - 4 and a 16-bit distance. */
static NOINLINE u32 compress(void) {
    u8 *out = packed;
    u32 i = 0, literals = 0;
    memset(head, 0xff, sizeof head);
    while (i < SIZE) {
        u32 best = 0, from = 0;
        if (i + 4 <= SIZE) {
            u32 h = load32(input + i) * 2654435761u >> 19;
            int32_t at = head[h];
            u32 most = SIZE - i < 131 ? SIZE - i : 131;
            for (int tries = 8; at >= 0 && i - (u32)at < WINDOW && tries > 0; tries--, at = before[at & (WINDOW - 1)]) {
                if (best && input[(u32)at + best] != input[i + best]) continue;
                u32 n = 0;
                while (n < most && input[(u32)at + n] == input[i + n]) n++;
                if (n > best) {
                    best = n, from = i - (u32)at;
                    if (n == most) break;
                }
            }
            before[i & (WINDOW - 1)] = head[h], head[h] = (int32_t)i;
        }
        if (best >= 4) {
            if (literals) *out++ = (u8)(literals - 1), memcpy(out, input + i - literals, literals), out += literals, literals = 0;
            *out++ = (u8)(128 + best - 4), *out++ = (u8)from, *out++ = (u8)(from >> 8);
            i += best;
        } else {
            i++;
            if (++literals == 128) *out++ = 127, memcpy(out, input + i - 128, 128), out += 128, literals = 0;
        }
    }
    if (literals) *out++ = (u8)(literals - 1), memcpy(out, input + i - literals, literals), out += literals;
    return (u32)(out - packed);
}

static NOINLINE u32 expand(u32 n) {
    const u8 *p = packed, *end = packed + n;
    u8 *out = output;
    while (p < end) {
        u32 t = *p++;
        if (t < 128) {
            for (u32 k = 0; k <= t; k++) *out++ = *p++;
        } else {
            const u8 *from = out - (p[0] | p[1] << 8);
            p += 2;
            for (u32 k = 0; k < t - 124; k++) *out++ = *from++;
        }
    }
    return (u32)(out - output);
}

int main(int argc, char **argv) {
    u32 sum = 0;
    make_input();
    for (int n = rounds(argc, argv, 120); n > 0; n--) {
        u32 size = compress();
        if (expand(size) != SIZE || memcmp(input, output, SIZE)) return puts("not the same"), 1;
        sum = mix(sum, size);
        for (u32 k = 0; k < 50; k++) input[rnd() % SIZE] ^= 1;
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
