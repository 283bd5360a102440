/* utf8.c - strict UTF-8 validation; eight bytes at a time while they are ASCII. */
#include "base/utf8.h"

/* Length of the sequence at s (n > 0 bytes), or 0 if it is not well-formed. */
static size_t sequence(const u8 *s, size_t n)
{
    u8 b = s[0];
    if (b < 0x80)
        return 1;
    if (b < 0xc2 || b > 0xf4)
        return 0;   /* continuation byte, over-long, beyond U+10FFFF */
    size_t size = b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
    if (size > n)
        return 0;
    u8 low = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;     /* over-long */
    u8 high = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;    /* surrogates; beyond U+10FFFF */
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return size;
}

size_t cw_utf8_check(const u8 *s, size_t n)
{
    size_t i = 0;
    while (i < n) {
        u64 word;
        while (n - i >= sizeof word) {
            memcpy(&word, s + i, sizeof word);
            if (word & 0x8080808080808080u)
                break;
            i += sizeof word;
        }
        if (i == n)
            break;
        size_t size = sequence(s + i, n - i);
        if (size == 0)
            break;
        i += size;
    }
    return i;
}

size_t cw_utf8_control(const void *text, size_t n)
{
    const u8 *s = text;
    if (n > 0 && (s[0] < 0x20 || s[0] == 0x7f))
        return 1;
    if (n > 1 && ((s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0) || (s[0] == 0xd8 && s[1] == 0x9c /* U+061C */)))
        return 2;
    if (n > 2 && s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xa8 && s[2] <= 0xae)))
        return 3;   /* U+200E, U+200F, U+2028 to U+202E */
    return n > 2 && s[0] == 0xe2 && s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9 ? 3 : 0;   /* U+2066 to U+2069 */
}
