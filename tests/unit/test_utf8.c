/* test_utf8.c - strict UTF-8, compared with a decoder written from the definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/utf8.h"

/* Encodes any 21-bit number in `size` bytes, well-formed or not. */
static void encode(u8 *to, u32 c, size_t size)
{
    static const u8 lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = size; i-- > 1; c >>= 6)
        to[i] = (u8)(0x80 | (c & 0x3f));
    to[0] = (u8)(lead[size] | c);
}

static size_t shortest(u32 c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

/* All scalar values, surrogates, over-long forms and what lies beyond U+10FFFF, alone and behind eight ASCII bytes. */
static void test_all_code_points(void **state)
{
    (void)state;
    static const u32 bits[] = { 0, 7, 11, 16, 21 };
    u8 s[16];
    memcpy(s, "abcdefgh", 8);
    for (u32 c = 0; c < 0x200000; c++) {
        for (size_t size = shortest(c); size <= 4; size++) {
            if (c >> bits[size])
                continue;
            encode(s + 8, c, size);
            bool good = size == shortest(c) && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
            if (cw_utf8_valid(s + 8, size) != good || cw_utf8_check(s, 8 + size) != (good ? 8 + size : 8))
                fail_msg("U+%04X in %zu bytes", (unsigned)c, size);
        }
    }
}

static void test_malformed(void **state)
{
    (void)state;
    static const struct { const char *s; size_t n, bad; } rows[] = {
        { "", 0, 0 },
        { "a\0b", 3, 3 },
        { "\x80", 1, 0 },
        { "ab\xbf", 3, 2 },
        { "\xc3", 1, 0 },            /* cut off */
        { "\xe2\x82", 2, 0 },
        { "\xf0\x9f\x98", 3, 0 },
        { "\xc3(", 2, 0 },           /* continuation missing */
        { "\xe2\x82(", 3, 0 },
        { "\xe2(\x82", 3, 0 },
        { "\xf0\x9f(\x80", 4, 0 },
        { "\xfe", 1, 0 },
        { "\xff", 1, 0 },
        { "\xf8\x88\x80\x80\x80", 5, 0 },
        { "gr\xc3\xbc\xc3\x9f" "e \xf0\x9f\x98\x80!", 13, 13 },
        { "12345678901234567\xed\xa0\x80", 20, 17 },
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++)
        assert_int_equal(cw_utf8_check((const u8 *)rows[i].s, rows[i].n), rows[i].bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_all_code_points), cmocka_unit_test(test_malformed) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
