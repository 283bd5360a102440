/*
 * decode_segments.c - constant expressions, element and data segments (specification 5.4.9, 5.5.12, 5.5.14).
 *
 * A constant expression is only delimited here: its instructions are read, their types checked by code/const_expr.
 */
#include "wasm/decoder.h"
#include "wasm/opcodes.h"

/* ---- Constant expressions ---- */

/* code: as in opcodes.def. */
static Status not_constant(Decoder *d, u32 code, u64 at)
{
    u32 number = code & 0xfff;
    u16 op = code < 0x100 ? cw_op_of_byte[code]
             : code >> 12 == 0xfc && number < N_OPS_FC ? cw_op_of_fc[number]
             : code >> 12 == 0xfb && number < N_OPS_FB ? cw_op_of_fb[number] : OP_illegal;
    if (op == OP_illegal)
        return cw_op_missing(d->m, code, at, d->err);
    return cw_fail(d->err, CWASM_INVALID, at, "constant expression required: found %s", cw_ops[op].text);
}

static Status skip_index(Decoder *d, const char *what)
{
    u32 index;
    return cw_leb_u32(&d->r, &index, what, d->err);
}

/* After the prefix byte, which lies at `at`. */
static Status skip_prefixed(Decoder *d, u8 prefix, u64 at)
{
    u32 number;
    const u8 *bytes;
    TRY(cw_leb_u32(&d->r, &number, "an opcode", d->err));
    u32 code = (u32)prefix << 12 | CW_MIN(number, 0xfff);
    switch (code) {
    case 0xfb000: case 0xfb001:   /* struct.new, struct.new_default */
    case 0xfb006: case 0xfb007:   /* array.new, array.new_default */
        return skip_index(d, "a type index");
    case 0xfb008:                 /* array.new_fixed */
        TRY(skip_index(d, "a type index"));
        return skip_index(d, "a number of elements");
    case 0xfb01a: case 0xfb01b: case 0xfb01c:   /* any.convert_extern, extern.convert_any, ref.i31 */
        return CWASM_OK;
    case 0xfd00c:                 /* v128.const */
        return cw_read_bytes(&d->r, 16, &bytes, "16 bytes", d->err);
    default:
        return not_constant(d, code, at);
    }
}

static Status note_ref_func(Decoder *d)
{
    u32 index;
    TRY(cw_leb_u32(&d->r, &index, "a function index", d->err));
    if (index < d->m->n_funcs)   /* if not, code/const_expr says so */
        d->m->declared[index >> 3] |= (u8)(1u << (index & 7));
    return CWASM_OK;
}

Status cw_read_const_expr(Decoder *d, ConstExpr *e)
{
    const u8 *begin = d->r.p;
    for (;;) {
        u8 code;
        u32 word;
        s32 s;
        s64 l;
        u64 at = cw_reader_at(&d->r);
        TRY(cw_read_u8(&d->r, &code, "an instruction or end", d->err));
        switch (code) {
        case 0x0b:
            *e = (ConstExpr){ begin, d->r.p };
            return CWASM_OK;
        case 0x23: TRY(skip_index(d, "a global index")); break;
        case 0x41: TRY(cw_leb_s32(&d->r, &s, "a constant", d->err)); break;
        case 0x42: TRY(cw_leb_s64(&d->r, &l, "a constant", d->err)); break;
        case 0x43: TRY(cw_read_bytes(&d->r, 4, &(const u8 *){ NULL }, "4 bytes", d->err)); break;
        case 0x44: TRY(cw_read_bytes(&d->r, 8, &(const u8 *){ NULL }, "8 bytes", d->err)); break;
        case 0x6a: case 0x6b: case 0x6c:   /* i32.add, sub, mul */
        case 0x7c: case 0x7d: case 0x7e:   /* i64.add, sub, mul */
            break;
        case 0xd0: TRY(cw_read_heaptype(d->m, &d->r, &word, d->err)); break;
        case 0xd2: TRY(note_ref_func(d)); break;
        case 0xfb: case 0xfc: case 0xfd: case 0xfe: TRY(skip_prefixed(d, code, at)); break;
        default: return not_constant(d, code, at);
        }
    }
}

/* ---- Element segments ---- */

/* Flags: bit 0 not active; bit 1 explicit table (active) or declarative (not active); bit 2 expressions instead of indices. */
enum { ELEM_NOT_ACTIVE = 1, ELEM_EXPLICIT = 2, ELEM_EXPRS = 4 };

static Status read_elem_funcs(Decoder *d, ElemSegment *e)
{
    u32 *funcs;
    TRY(READ_COUNT(d, 0, ELEM_ENTRIES, &e->n));
    TRY(NEW_ARRAY(d, &funcs, e->n));
    e->funcs = funcs;
    for (u32 i = 0; i < e->n; i++)
        TRY(cw_leb_u32(&d->r, &funcs[i], "a function index", d->err));
    return CWASM_OK;
}

static Status read_elem_exprs(Decoder *d, ElemSegment *e)
{
    ConstExpr *exprs;
    TRY(READ_COUNT(d, 0, ELEM_ENTRIES, &e->n));
    TRY(NEW_ARRAY(d, &exprs, e->n));
    e->exprs = exprs;
    for (u32 i = 0; i < e->n; i++)
        TRY(cw_read_const_expr(d, &exprs[i]));
    return CWASM_OK;
}

static Status read_elem_kind(Decoder *d)
{
    u8 kind;
    TRY(cw_read_u8(&d->r, &kind, "an element kind", d->err));
    if (kind != 0)
        return cw_fail(d->err, CWASM_MALFORMED, cw_reader_at(&d->r) - 1, "malformed element kind: expected 0x00 (func), found 0x%02x", kind);
    return CWASM_OK;
}

static Status read_elem(Decoder *d, ElemSegment *e)
{
    u32 flags;
    e->at = cw_reader_at(&d->r);
    TRY(cw_leb_u32(&d->r, &flags, "the kind of an element segment", d->err));
    if (flags > 7)
        return cw_fail(d->err, CWASM_MALFORMED, e->at, "malformed elements segment kind: expected 0 to 7, found %u", (unsigned)flags);
    if (flags)
        TRY(cw_need_feature(d->m, FEATURE_BULK_MEMORY, e->at, "an element segment that is not a list of functions for table 0", d->err));
    bool exprs = flags & ELEM_EXPRS, explicit = flags & ELEM_EXPLICIT;
    if (flags & ELEM_NOT_ACTIVE) {
        e->mode = explicit ? SEGMENT_DECLARATIVE : SEGMENT_PASSIVE;
    } else {
        e->mode = SEGMENT_ACTIVE;
        if (explicit)
            TRY(cw_leb_u32(&d->r, &e->table, "a table index", d->err));
        TRY(cw_read_const_expr(d, &e->offset));
    }
    e->type = exprs ? T_FUNCREF : T_REF | H_FUNC;   /* indices make non-null references */
    if (flags & (ELEM_NOT_ACTIVE | ELEM_EXPLICIT)) {
        if (exprs)
            TRY(cw_read_reftype(d->m, &d->r, &e->type, d->err));
        else
            TRY(read_elem_kind(d));
    }
    return exprs ? read_elem_exprs(d, e) : read_elem_funcs(d, e);
}

Status cw_decode_elems(Decoder *d)
{
    Module *m = d->m;
    u32 n;
    TRY(READ_COUNT(d, 0, ELEMS, &n));
    TRY(NEW_ARRAY(d, &m->elems, n));
    for (; m->n_elems < n; m->n_elems++)
        TRY(read_elem(d, &m->elems[m->n_elems]));
    return CWASM_OK;
}

/* ---- Data segments ---- */

static Status read_data(Decoder *d, DataSegment *s)
{
    u32 flags, size;
    s->at = cw_reader_at(&d->r);
    TRY(cw_leb_u32(&d->r, &flags, "the kind of a data segment", d->err));
    if (flags > 2)
        return cw_fail(d->err, CWASM_MALFORMED, s->at, "malformed data segment kind: expected 0 to 2, found %u", (unsigned)flags);
    if (flags == 1)
        TRY(cw_need_feature(d->m, FEATURE_BULK_MEMORY, s->at, "a passive data segment", d->err));
    s->mode = flags == 1 ? SEGMENT_PASSIVE : SEGMENT_ACTIVE;
    if (flags == 2)
        TRY(cw_leb_u32(&d->r, &s->memory, "a memory index", d->err));
    if (s->mode == SEGMENT_ACTIVE)
        TRY(cw_read_const_expr(d, &s->offset));
    TRY(cw_leb_u32(&d->r, &size, "the size of a data segment", d->err));
    s->bytes.n = size;
    return cw_read_bytes(&d->r, size, &s->bytes.p, "the bytes of a data segment", d->err);
}

Status cw_decode_datas(Decoder *d)
{
    Module *m = d->m;
    u32 n;
    TRY(READ_COUNT(d, 0, DATAS, &n));
    TRY(NEW_ARRAY(d, &m->datas, n));
    for (; m->n_datas < n; m->n_datas++)
        TRY(read_data(d, &m->datas[m->n_datas]));
    return CWASM_OK;
}
