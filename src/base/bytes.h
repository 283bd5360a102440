/*
 * bytes.h - a cursor over the bytes of a module, and the fixed-width reads of the binary format (specification 5.1-5.2).
 *
 * Invariant: base <= p <= end, and offsets in errors count from base. A read that fails leaves p at the offending byte, or anywhere
 * before it. `what` names what was expected, for the message. A section or function body that is cut short is often one whose size
 * is wrong; `limit`, the end of the whole module (NULL if unknown), lets messages say what is wrong with an integer that `end` cuts.
 */
#ifndef CW_BASE_BYTES_H
#define CW_BASE_BYTES_H

#include "base/error.h"

typedef struct Reader { const u8 *p, *end, *base, *limit; } Reader;

CW_INLINE u64 cw_reader_at(const Reader *r) { return (u64)(r->p - r->base); }
CW_INLINE size_t cw_reader_left(const Reader *r) { return (size_t)(r->end - r->p); }

/* Little-endian reads of any alignment. */
CW_INLINE u32 cw_load_le32(const u8 *p)
{
    return (u32)p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24;
}
CW_INLINE u64 cw_load_le64(const u8 *p) { return cw_load_le32(p) | (u64)cw_load_le32(p + 4) << 32; }

/* The message `unexpected end`: always CWASM_MALFORMED. */
void cw_unexpected_end(const Reader *r, const char *what, Error *err);

CW_INLINE Status cw_read_u8(Reader *r, u8 *v, const char *what, Error *err)
{
    if (CW_UNLIKELY(r->p == r->end))
        return cw_unexpected_end(r, what, err), CWASM_MALFORMED;
    *v = *r->p++;
    return CWASM_OK;
}

/* *p gets the address of the next n bytes. */
CW_INLINE Status cw_read_bytes(Reader *r, u64 n, const u8 **p, const char *what, Error *err)
{
    if (CW_UNLIKELY(n > cw_reader_left(r)))
        return cw_unexpected_end(r, what, err), CWASM_MALFORMED;
    *p = r->p;
    r->p += n;
    return CWASM_OK;
}

/* The bits of an f32 (or any four bytes), of an f64. */
CW_INLINE Status cw_read_le32(Reader *r, u32 *v, const char *what, Error *err)
{
    const u8 *p;
    TRY(cw_read_bytes(r, 4, &p, what, err));
    *v = cw_load_le32(p);
    return CWASM_OK;
}
CW_INLINE Status cw_read_le64(Reader *r, u64 *v, const char *what, Error *err)
{
    const u8 *p;
    TRY(cw_read_bytes(r, 8, &p, what, err));
    *v = cw_load_le64(p);
    return CWASM_OK;
}

#endif
