/*
 * leb128.h - LEB128 integers (specification 5.2.2).
 *
 * The fast functions take what is usual, one or two bytes, and return false, nothing changed, on anything else. The others take
 * everything and fail with the specification's words: `integer representation too long` when the last byte that the width allows
 * asks for another, `integer too large` when it has bits beyond the width, `unexpected end`.
 */
#ifndef CW_BASE_LEB128_H
#define CW_BASE_LEB128_H

#include "base/bytes.h"

/* Any width up to 64 bits; *v is sign-extended to 64 bits if is_signed. */
Status cw_leb(Reader *r, u64 *v, unsigned bits, bool is_signed, const char *what, Error *err);

CW_INLINE bool cw_leb_u32_fast(const u8 **p, const u8 *end, u32 *v)
{
    const u8 *s = *p;
    if (CW_LIKELY(s < end && s[0] < 0x80)) {
        *v = s[0];
        *p = s + 1;
        return true;
    }
    if (CW_LIKELY(end - s >= 2 && s[1] < 0x80)) {
        *v = (s[0] & 0x7fu) | (u32)s[1] << 7;
        *p = s + 2;
        return true;
    }
    return false;
}

CW_INLINE bool cw_leb_s32_fast(const u8 **p, const u8 *end, s32 *v)
{
    const u8 *s = *p;
    if (CW_LIKELY(s < end && s[0] < 0x80)) {
        *v = (s32)((u32)s[0] << 25) >> 25;
        *p = s + 1;
        return true;
    }
    if (CW_LIKELY(end - s >= 2 && s[1] < 0x80)) {
        *v = (s32)(((s[0] & 0x7fu) | (u32)s[1] << 7) << 18) >> 18;
        *p = s + 2;
        return true;
    }
    return false;
}

CW_INLINE Status cw_leb_u32(Reader *r, u32 *v, const char *what, Error *err)
{
    if (CW_LIKELY(cw_leb_u32_fast(&r->p, r->end, v)))
        return CWASM_OK;
    u64 wide;
    TRY(cw_leb(r, &wide, 32, false, what, err));
    *v = (u32)wide;
    return CWASM_OK;
}

CW_INLINE Status cw_leb_s32(Reader *r, s32 *v, const char *what, Error *err)
{
    if (CW_LIKELY(cw_leb_s32_fast(&r->p, r->end, v)))
        return CWASM_OK;
    u64 wide;
    TRY(cw_leb(r, &wide, 32, true, what, err));
    *v = (s32)(u32)wide;
    return CWASM_OK;
}

CW_INLINE Status cw_leb_u64(Reader *r, u64 *v, const char *what, Error *err)
{
    u32 narrow;
    if (CW_LIKELY(cw_leb_u32_fast(&r->p, r->end, &narrow))) {
        *v = narrow;
        return CWASM_OK;
    }
    return cw_leb(r, v, 64, false, what, err);
}

/* Block types and heap types: a type index is not negative. */
CW_INLINE Status cw_leb_s33(Reader *r, s64 *v, const char *what, Error *err)
{
    s32 narrow;
    if (CW_LIKELY(cw_leb_s32_fast(&r->p, r->end, &narrow))) {
        *v = narrow;
        return CWASM_OK;
    }
    u64 wide;
    TRY(cw_leb(r, &wide, 33, true, what, err));
    *v = (s64)wide;
    return CWASM_OK;
}

CW_INLINE Status cw_leb_s64(Reader *r, s64 *v, const char *what, Error *err)
{
    s32 narrow;
    if (CW_LIKELY(cw_leb_s32_fast(&r->p, r->end, &narrow))) {
        *v = narrow;
        return CWASM_OK;
    }
    u64 wide;
    TRY(cw_leb(r, &wide, 64, true, what, err));
    *v = (s64)wide;
    return CWASM_OK;
}

#endif
