/*
 * utf8.h - strict UTF-8 (Unicode table 3-7): no surrogates, nothing above U+10FFFF, no over-long forms.
 */
#ifndef CW_BASE_UTF8_H
#define CW_BASE_UTF8_H

#include "base/platform.h"

/* Index of the first byte that does not begin a well-formed sequence; n if all is well. */
size_t cw_utf8_check(const u8 *s, size_t n);

/* Would a terminal or an editor obey the character that s begins with, of n bytes in all, and not show it? Control characters (C0, DEL, C1), marks of
 * direction, separators of lines. Its length, or 0. */
size_t cw_utf8_control(const void *s, size_t n);

CW_INLINE bool cw_utf8_valid(const void *s, size_t n) { return cw_utf8_check((const u8 *)s, n) == n; }

#endif
