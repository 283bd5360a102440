/* Validation of UTF-8: the lookup algorithm of Keiser and Lemire ("Validating UTF-8 in less than one instruction per byte") with vectors, a
   plain byte-by-byte check without. */
#include "../guest.h"

enum { SIZE = 1 << 16 };
static u8 text[SIZE + 64];

#ifdef __wasm_simd128__
#include <wasm_simd128.h>

enum {
    TOO_SHORT = 1, TOO_LONG = 2, OVERLONG_3 = 4, TOO_LARGE = 8, SURROGATE = 16, OVERLONG_2 = 32, TOO_LARGE_1000 = 64, OVERLONG_4 = 64,
    TWO_CONTS = 128, CARRY = TOO_SHORT | TOO_LONG | TWO_CONTS
};

static v128_t check_special(v128_t input, v128_t prev1) {
    const v128_t high1 = wasm_u8x16_const(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TWO_CONTS, TWO_CONTS,
        TWO_CONTS, TWO_CONTS, TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,
        TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4);
    const v128_t low1 = wasm_u8x16_const(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY, CARRY | TOO_LARGE,
        CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
        CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
        CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE,
        CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000);
    const v128_t high2 = wasm_u8x16_const(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
        TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4, TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,
        TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE, TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE, TOO_SHORT, TOO_SHORT,
        TOO_SHORT, TOO_SHORT);
    const v128_t nibble = wasm_u8x16_const_splat(15);
    return wasm_v128_and(wasm_v128_and(wasm_i8x16_swizzle(high1, wasm_u8x16_shr(prev1, 4)), wasm_i8x16_swizzle(low1, wasm_v128_and(prev1, nibble))),
        wasm_i8x16_swizzle(high2, wasm_u8x16_shr(input, 4)));
}

#define PREV(n, input, last)                                                                                                          \
    wasm_i8x16_shuffle(last, input, 16 - n, 17 - n, 18 - n, 19 - n, 20 - n, 21 - n, 22 - n, 23 - n, 24 - n, 25 - n, 26 - n, 27 - n, 28 - n, \
        29 - n, 30 - n, 31 - n)

static NOINLINE int valid(const u8 *p, u32 n) {
    v128_t error = wasm_i32x4_const_splat(0), last = error, incomplete = error;
    const v128_t most = wasm_u8x16_const(255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0xf0 - 1, 0xe0 - 1, 0xc0 - 1);
    for (u32 i = 0; i < n; i += 16) {
        v128_t input = wasm_v128_load(p + i);
        if (!wasm_i8x16_bitmask(input)) {
            error = wasm_v128_or(error, incomplete);
            incomplete = wasm_i32x4_const_splat(0);
        } else {
            v128_t prev1 = PREV(1, input, last), prev2 = PREV(2, input, last), prev3 = PREV(3, input, last);
            v128_t special = check_special(input, prev1);
            v128_t third = wasm_u8x16_sub_sat(prev2, wasm_u8x16_const_splat(0xe0 - 0x80));
            v128_t fourth = wasm_u8x16_sub_sat(prev3, wasm_u8x16_const_splat(0xf0 - 0x80));
            v128_t must = wasm_v128_and(wasm_v128_or(third, fourth), wasm_u8x16_const_splat(0x80));
            error = wasm_v128_or(error, wasm_v128_xor(must, special));
            incomplete = wasm_u8x16_sub_sat(input, most);
        }
        last = input;
    }
    return !wasm_v128_any_true(wasm_v128_or(error, incomplete));
}
#else
static NOINLINE int valid(const u8 *p, u32 n) {
    for (const u8 *end = p + n; p < end;) {
        u32 c = *p++;
        if (c < 0x80) continue;
        int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
        if (c < 0xc2 || c > 0xf4 || end - p < more) return 0;
        if ((c == 0xe0 && p[0] < 0xa0) || (c == 0xed && p[0] > 0x9f) || (c == 0xf0 && p[0] < 0x90) || (c == 0xf4 && p[0] > 0x8f)) return 0;
        for (; more; more--)
            if ((*p++ & 0xc0) != 0x80) return 0;
    }
    return 1;
}
#endif

static u32 fill(void) {
    u32 n = 0;
    while (n < SIZE - 4) {
        u32 r = rnd(), kind = r & 7, c = r >> 8;
        if (kind < 4) {
            text[n++] = 32 + c % 95;
        } else if (kind < 6) {
            text[n++] = 0xc3 + c % 25;
            text[n++] = 0x80 | (c >> 8 & 63);
        } else if (kind < 7) {
            text[n++] = 0xe1 + c % 12;
            text[n++] = 0x80 | (c >> 4 & 63);
            text[n++] = 0x80 | (c >> 10 & 63);
        } else {
            text[n++] = 0xf1 + c % 3;
            text[n++] = 0x80 | (c >> 2 & 63);
            text[n++] = 0x80 | (c >> 8 & 63);
            text[n++] = 0x80 | (c >> 14 & 63);
        }
    }
    while (n < SIZE) text[n++] = ' ';
    return n;
}

int main(int argc, char **argv) {
    u32 n = fill(), good = 0, sum = 0;
    for (int i = rounds(argc, argv, 260); i > 0; i--) {
        u32 at = SIZE - 1 - rnd() % (SIZE / 8), was = text[at];   /* an error near the end, or none */
        text[at] = (i & 3) ? was : (u8)rnd();
        u32 ok = (u32)valid(text, n);
        good += ok;
        sum = mix(sum, ok);
        text[at] = (u8)was;
    }
    printf("%u %08x\n", good, sum);
    return 0;
}
