/* bytes.c - the parts of bytes.h and leb128.h that are out of line. */
#include "base/bytes.h"

#include "base/leb128.h"

CW_COLD void cw_unexpected_end(const Reader *r, const char *what, Error *err)
{
    (void)cw_fail(err, CWASM_MALFORMED, (u64)(r->end - r->base), "unexpected end of section or function: expected %s, found the end", what);
}

Status cw_leb(Reader *r, u64 *v, unsigned bits, bool is_signed, const char *what, Error *err)
{
    u64 x = 0;
    const u8 *p = r->p, *limit = r->limit > r->end ? r->limit : r->end;
    if (bits == 32 && !is_signed && r->end - p >= 5 && (p[0] & p[1] & p[2] & p[3] & 0x80) && p[4] < 0x10) {   /* as linkers write them */
        *v = (p[0] & 0x7fu) | (p[1] & 0x7fu) << 7 | (p[2] & 0x7fu) << 14 | (p[3] & 0x7fu) << 21 | (u32)p[4] << 28;
        r->p += 5;
        return CWASM_OK;
    }
    for (unsigned shift = 0;; shift += 7) {
        if (r->p == limit)
            return cw_unexpected_end(r, what, err), CWASM_MALFORMED;
        u8 byte = *r->p++;
        u64 low = byte & 0x7fu;
        unsigned left = bits - shift;   /* bits that this byte can give, if fewer than 7 */
        if (left < 7) {
            u64 unused = is_signed ? 0x7fu & (~0u << (left - 1)) : 0x7fu & (~0u << left);   /* signed: with the sign bit */
            if ((low & unused) != 0 && !(is_signed && (low & unused) == unused))
                return cw_fail(err, CWASM_MALFORMED, cw_reader_at(r) - 1,
                               "integer too large: expected %s of %u bits, found the last byte 0x%02x", what, bits, byte);
        }
        x |= low << shift;
        if (!(byte & 0x80)) {
            if (r->p > r->end)
                return cw_unexpected_end(r, what, err), CWASM_MALFORMED;
            if (is_signed && shift + 7 < 64 && (byte & 0x40))
                x |= ~(u64)0 << (shift + 7);
            *v = x;
            return CWASM_OK;
        }
        if (left <= 7)
            return cw_fail(err, CWASM_MALFORMED, cw_reader_at(r) - 1,
                           "integer representation too long: expected %s of %u bits in at most %u bytes, found more", what, bits,
                           (bits + 6) / 7);
    }
}
