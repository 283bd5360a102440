/*
 * decode_types.c - value, reference and heap types, and the type section (specification 5.3, 5.5.4).
 *
 * While a recursion group is read, indices of its own members become the REC form; cw_types_intern makes canonical types of them.
 */
#include "wasm/decoder.h"

#include <stdio.h>

#define INDEFINITE 0x40u   /* single-byte negative s33: the abstract types */

enum { BYTE_REC = 0x4e, BYTE_SUB_FINAL = 0x4f, BYTE_SUB = 0x50, BYTE_REF = 0x64, BYTE_REF_NULL = 0x63 };

/* ---- Value types ---- */

/* Type indices [first, end) are those of the recursion group being read. */
typedef struct Scope { const Module *m; u32 first, end; } Scope;

/* Types are signed LEB128 numbers of one byte. */
static Status malformed_type(u8 byte, const char *malformed, const char *expected, u64 at, Error *err)
{
    return cw_fail(err, CWASM_MALFORMED, at, "%s: expected %s, found 0x%02x", byte & 0x80 ? "integer representation too long" : malformed,
                   expected, byte);
}

static Status unknown_type(u32 index, u64 at, Error *err)
{
    return cw_fail(err, CWASM_INVALID, at, "unknown type %u", (unsigned)index);
}

/* A type index as the concrete heap type word. */
static Status concrete(const Scope *scope, u32 index, u64 at, u32 *heap, Error *err)
{
    if (index < scope->first)
        *heap = T_CONCRETE | scope->m->types[index]->id << T_ID_SHIFT;
    else if (index < scope->end)
        *heap = T_CONCRETE | T_REC | (index - scope->first) << T_ID_SHIFT;
    else
        return unknown_type(index, at, err);
    return CWASM_OK;
}

/* Is the byte an abstract heap type, and if so, is its feature on? */
static bool is_abstract_heap(u8 byte) { return byte >= H_EXN && byte <= H_NOEXN; }

static Status need_abstract_heap(const Module *m, u8 byte, u64 at, Error *err)
{
    if (byte == H_FUNC)
        return CWASM_OK;
    if (byte == H_EXTERN)
        return cw_need_feature(m, FEATURE_REFERENCE_TYPES, at, "reference type externref", err);
    char what[48] = "reference type ";
    cw_valtype_text(T_REF | T_NULL | byte, what + strlen(what), sizeof what - strlen(what));
    return cw_need_feature(m, byte == H_EXN || byte == H_NOEXN ? FEATURE_EXCEPTIONS : FEATURE_GC, at, what, err);
}

static Status read_heap(const Scope *scope, Reader *r, u32 *heap, Error *err)
{
    u64 at = cw_reader_at(r);
    if (r->p < r->end && (*r->p & 0xc0) == INDEFINITE) {
        u8 byte = *r->p++;
        if (!is_abstract_heap(byte))
            return cw_fail(err, CWASM_MALFORMED, at, "malformed heap type: expected a heap type, found 0x%02x", byte);
        TRY(need_abstract_heap(scope->m, byte, at, err));
        *heap = byte;
        return CWASM_OK;
    }
    s64 index;
    TRY(cw_leb_s33(r, &index, "a heap type", err));
    if (index < 0)
        return cw_fail(err, CWASM_MALFORMED, at, "malformed heap type: expected a heap type, found %lld", (long long)index);
    TRY(concrete(scope, (u32)index, at, heap, err));
    return cw_need_feature(scope->m, FEATURE_FUNCTION_REFS | FEATURE_GC, at, "a reference to a defined type", err);
}

/* After its first byte, which is_ref_byte. */
static bool is_ref_byte(u8 byte) { return byte == BYTE_REF || byte == BYTE_REF_NULL || is_abstract_heap(byte); }

static Status read_ref(const Scope *scope, Reader *r, u8 byte, ValType *type, Error *err)
{
    u64 at = cw_reader_at(r) - 1;
    if (is_abstract_heap(byte)) {
        *type = T_REF | T_NULL | byte;
        return need_abstract_heap(scope->m, byte, at, err);
    }
    u32 heap;
    TRY(read_heap(scope, r, &heap, err));
    *type = T_REF | (byte == BYTE_REF_NULL ? T_NULL : 0) | heap;
    return byte == BYTE_REF_NULL ? CWASM_OK : cw_need_feature(scope->m, FEATURE_FUNCTION_REFS | FEATURE_GC, at, "a non-null reference type", err);
}

static Status read_val(const Scope *scope, Reader *r, ValType *type, Error *err)
{
    u8 byte;
    TRY(cw_read_u8(r, &byte, "a value type", err));
    if (CW_LIKELY(byte >= T_V128 && byte <= T_I32)) {
        *type = byte;
        return byte == T_V128 ? cw_need_feature(scope->m, FEATURE_SIMD, cw_reader_at(r) - 1, "value type v128", err) : CWASM_OK;
    }
    if (is_ref_byte(byte)) {
        u64 at = cw_reader_at(r) - 1;
        TRY(read_ref(scope, r, byte, type, err));
        return cw_need_feature(scope->m, FEATURE_REFERENCE_TYPES, at, "a reference as a value", err);
    }
    return malformed_type(byte, "malformed value type", "a value type", cw_reader_at(r) - 1, err);
}

static Scope module_scope(const Module *m) { return (Scope){ m, m->n_types, m->n_types }; }

Status cw_read_valtype(const Module *module, Reader *r, ValType *type, Error *err)
{
    Scope scope = module_scope(module);
    return read_val(&scope, r, type, err);
}

Status cw_read_reftype(const Module *module, Reader *r, ValType *type, Error *err)
{
    Scope scope = module_scope(module);
    u8 byte;
    TRY(cw_read_u8(r, &byte, "a reference type", err));
    if (!is_ref_byte(byte))
        return malformed_type(byte, "malformed reference type", "a reference type", cw_reader_at(r) - 1, err);
    return read_ref(&scope, r, byte, type, err);
}

Status cw_read_heaptype(const Module *module, Reader *r, u32 *heap, Error *err)
{
    Scope scope = module_scope(module);
    return read_heap(&scope, r, heap, err);
}

Status cw_read_typeidx(const Module *module, Reader *r, const Type **type, Error *err)
{
    u64 at = cw_reader_at(r);
    u32 index;
    TRY(cw_leb_u32(r, &index, "a type index", err));
    if (index >= module->n_types)
        return unknown_type(index, at, err);
    *type = module->types[index];
    return CWASM_OK;
}

/* ---- Composite types: into the Decoder's scratch vectors ---- */

static Status read_val_list(Decoder *d, const Scope *scope, u32 most, const char *what, u32 *n)
{
    TRY(cw_read_count(d, 0, most, what, n));
    if (!cw_vec_reserve(d->m->alloc, &d->words, *n))
        return cw_no_memory(d->err);
    for (u32 i = 0; i < *n; i++) {
        ValType type;
        TRY(read_val(scope, &d->r, &type, d->err));
        d->words.at[d->words.n++] = type;
    }
    return CWASM_OK;
}

static Status read_mutability(Decoder *d, bool *is_mutable)
{
    u8 byte;
    TRY(cw_read_u8(&d->r, &byte, "a mutability", d->err));
    if (byte > 1)
        return cw_fail(d->err, CWASM_MALFORMED, cw_reader_at(&d->r) - 1, "malformed mutability: expected 0x00 or 0x01, found 0x%02x", byte);
    *is_mutable = byte;
    return CWASM_OK;
}

static Status read_field(Decoder *d, const Scope *scope)
{
    Field field = { 0 };
    if (d->r.p < d->r.end && (*d->r.p == T_I8 || *d->r.p == T_I16))
        field.type = *d->r.p++;
    else
        TRY(read_val(scope, &d->r, &field.type, d->err));
    TRY(read_mutability(d, &field.is_mutable));
    return cw_vec_push(d->m->alloc, &d->fields, field) ? CWASM_OK : cw_no_memory(d->err);
}

static Status read_composite(Decoder *d, const Scope *scope, TypeDraft *draft)
{
    u64 at = cw_reader_at(&d->r);
    TRY(cw_read_u8(&d->r, &draft->kind, "a function, structure or array type", d->err));
    switch (draft->kind) {
    case TYPE_FUNC:
        TRY(read_val_list(d, scope, LIMIT_PARAMS, cw_limit_what_PARAMS, &draft->n_params));
        TRY(read_val_list(d, scope, LIMIT_RESULTS, cw_limit_what_RESULTS, &draft->n_results));
        return draft->n_results > 1 ? cw_need_feature(d->m, FEATURE_MULTI_VALUE, at, "a function with more than one result", d->err) : CWASM_OK;
    case TYPE_STRUCT:
        TRY(READ_COUNT(d, 0, FIELDS, &draft->n_fields));
        for (u32 i = 0; i < draft->n_fields; i++)
            TRY(read_field(d, scope));
        return cw_need_feature(d->m, FEATURE_GC, at, "a structure type", d->err);
    case TYPE_ARRAY:
        draft->n_fields = 1;
        TRY(read_field(d, scope));
        return cw_need_feature(d->m, FEATURE_GC, at, "an array type", d->err);
    default:
        return malformed_type(draft->kind, "malformed definition type",
                              "0x60 (func), 0x5f (struct), 0x5e (array), 0x50 or 0x4f (sub) or 0x4e (rec)", at, d->err);
    }
}

/* index: of the type itself; a supertype comes before it. */
static Status read_super(Decoder *d, const Scope *scope, u32 index, TypeDraft *draft)
{
    u64 at = cw_reader_at(&d->r);
    u32 n, super;
    TRY(cw_leb_u32(&d->r, &n, "the number of supertypes", d->err));
    if (n > 1)
        return cw_fail(d->err, CWASM_INVALID, at, "sub type %u has %u supertypes: expected at most one", (unsigned)index, (unsigned)n);
    if (n == 0)
        return CWASM_OK;
    at = cw_reader_at(&d->r);
    TRY(cw_leb_u32(&d->r, &super, "the type index of a supertype", d->err));
    if (super >= index)
        return cw_fail(d->err, CWASM_INVALID, at, "unknown type %u: a supertype must come before sub type %u", (unsigned)super,
                       (unsigned)index);
    return concrete(scope, super, at, &draft->super, d->err);
}

static Status read_sub(Decoder *d, const Scope *scope, u32 index)
{
    TypeDraft draft = { .is_final = true };
    u64 at = cw_reader_at(&d->r);
    bool has_prefix = d->r.p < d->r.end && (*d->r.p == BYTE_SUB || *d->r.p == BYTE_SUB_FINAL);
    if (has_prefix) {
        draft.is_final = *d->r.p++ == BYTE_SUB_FINAL;
        TRY(read_super(d, scope, index, &draft));
    }
    TRY(read_composite(d, scope, &draft));
    if (has_prefix)
        TRY(cw_need_feature(d->m, FEATURE_GC, at, "a type with subtyping", d->err));
    return cw_vec_push(d->m->alloc, &d->drafts, draft) ? CWASM_OK : cw_no_memory(d->err);
}

/* ---- Recursion groups ---- */

/* The vectors have stopped moving: points the drafts at their parts. */
static void link_drafts(Decoder *d)
{
    u32 word = 0, field = 0;
    for (u32 i = 0; i < d->drafts.n; i++) {
        TypeDraft *draft = &d->drafts.at[i];
        draft->params = draft->n_params ? d->words.at + word : NULL;
        word += draft->n_params;
        draft->results = draft->n_results ? d->words.at + word : NULL;
        word += draft->n_results;
        draft->fields = draft->n_fields ? d->fields.at + field : NULL;
        field += draft->n_fields;
    }
}

/* Says which type of the module it was; ids[0] is its index in the group. */
static Status describe_failure(Decoder *d, const Scope *scope, Status status, u64 at)
{
    if (status == CWASM_INVALID) {
        const TypeDraft *bad = &d->drafts.at[d->ids.at[0]];
        u32 super = cw_type_id(bad->super);
        if (bad->super & T_REC) {
            super += scope->first;
        } else {
            u32 i = 0;   /* the error path may search */
            while (i < scope->first && d->m->types[i]->id != super)
                i++;
            super = i;
        }
        return cw_fail(d->err, status, at, "sub type %u does not match super type %u", (unsigned)(scope->first + d->ids.at[0]),
                       (unsigned)super);
    }
    if (d->err && status == CWASM_LIMIT)
        d->err->offset = at;
    return status;
}

static Status intern_group(Decoder *d, const Scope *scope, u64 at)
{
    const Alloc *alloc = d->m->alloc;
    u32 n = d->drafts.n;
    d->ids.n = 0;
    if (!cw_vec_reserve(alloc, &d->ids, n) || !cw_vec_reserve(alloc, &d->types, n))
        return cw_no_memory(d->err);
    d->m->types = d->types.at;   /* it may have moved */
    link_drafts(d);
    Status status = cw_types_intern(d->m->registry, d->drafts.at, n, d->ids.at, d->err);
    if (status != CWASM_OK)
        return describe_failure(d, scope, status, at);
    for (u32 i = 0; i < n; i++)
        d->types.at[d->types.n++] = cw_type_at(d->m->registry, d->ids.at[i]);
    d->m->n_types = d->types.n;
    return CWASM_OK;
}

static Status read_group(Decoder *d)
{
    u64 at = cw_reader_at(&d->r);
    u32 first = d->types.n, n = 1;
    bool is_rec = d->r.p < d->r.end && *d->r.p == BYTE_REC;
    if (is_rec) {
        d->r.p++;
        TRY(READ_COUNT(d, first, TYPES, &n));
    }
    Scope scope = { d->m, first, first + n };
    d->drafts.n = d->words.n = d->fields.n = 0;
    for (u32 i = 0; i < n; i++)
        TRY(read_sub(d, &scope, first + i));
    if (is_rec)
        TRY(cw_need_feature(d->m, FEATURE_GC, at, "a recursion group", d->err));
    return intern_group(d, &scope, at);
}

static Status read_groups(Decoder *d)
{
    u32 n;
    TRY(READ_COUNT(d, 0, TYPES, &n));
    for (u32 i = 0; i < n; i++) {
        TRY(CW_LIMIT(TYPES, (u64)d->types.n + 1, cw_reader_at(&d->r), d->err));
        TRY(read_group(d));
    }
    return CWASM_OK;
}

Status cw_decode_types(Decoder *d)
{
    Module *m = d->m;
    Status status = read_groups(d);
    m->types = NULL;   /* they were in the vector */
    m->n_types = 0;
    TRY(status);
    TRY(cw_copy_array(d, (void **)&m->types, d->types.at, d->types.n, sizeof *m->types));
    m->n_types = d->types.n;
    return CWASM_OK;
}

/* ---- Types of tables, memories, globals (specification 5.3.10-5.3.13) ---- */

enum { LIMITS_MAX = 1, LIMITS_SHARED = 2, LIMITS_64 = 4, LIMITS_PAGE = 8 };

static Status malformed_flags(Decoder *d, u8 flags, u64 at)
{
    return cw_fail(d->err, CWASM_MALFORMED, at, "malformed limits flags: found 0x%02x", flags);
}

/* The rest of the limits after their flags. Both kinds of index are read with 64 bits; check.c bounds them. */
static Status read_limits_rest(Decoder *d, u8 flags, Limits *limits)
{
    *limits = (Limits){ .max = UINT64_MAX, .has_max = flags & LIMITS_MAX, .shared = (flags & LIMITS_SHARED) != 0,
                        .is64 = (flags & LIMITS_64) != 0 };
    TRY(cw_leb_u64(&d->r, &limits->min, "a size", d->err));
    if (limits->has_max)
        TRY(cw_leb_u64(&d->r, &limits->max, "a maximal size", d->err));
    return CWASM_OK;
}

Status cw_read_table_type(Decoder *d, TableType *type)
{
    TRY(cw_read_reftype(d->m, &d->r, &type->type, d->err));
    u64 at = cw_reader_at(&d->r);
    u8 flags;
    TRY(cw_read_u8(&d->r, &flags, "limits flags", d->err));
    if (flags & ~(LIMITS_MAX | LIMITS_64))
        return malformed_flags(d, flags, at);
    TRY(read_limits_rest(d, flags, &type->limits));
    return flags & LIMITS_64 ? cw_need_feature(d->m, FEATURE_MEMORY64, at, "a table with 64-bit indices", d->err) : CWASM_OK;
}

/* log2 of the page size. Without the feature, what does not even read is malformed as ever. */
static Status read_page_size(Decoder *d, Limits *limits)
{
    u64 at = cw_reader_at(&d->r);
    u32 log2;
    TRY(cw_leb_u32(&d->r, &log2, "a page size", d->err));
    if (log2 > 64)
        return cw_fail(d->err, CWASM_MALFORMED, at, "invalid custom page size: expected its binary logarithm, found %u", (unsigned)log2);
    limits->page_log2 = (u8)log2;
    return CWASM_OK;
}

Status cw_read_memory_type(Decoder *d, Limits *limits)
{
    u64 at = cw_reader_at(&d->r);
    u8 flags;
    TRY(cw_read_u8(&d->r, &flags, "limits flags", d->err));
    if (flags & ~(LIMITS_MAX | LIMITS_SHARED | LIMITS_64 | LIMITS_PAGE))
        return malformed_flags(d, flags, at);
    bool paged = flags & LIMITS_PAGE;
    Status status = read_limits_rest(d, flags, limits);
    limits->page_log2 = 16;
    if (status == CWASM_OK && paged)
        status = read_page_size(d, limits);
    if (paged && !(d->m->features & FEATURE_CUSTOM_PAGE_SIZES) && status != CWASM_OK)
        return malformed_flags(d, flags, at);
    TRY(status);
    if (paged)
        TRY(cw_need_feature(d->m, FEATURE_CUSTOM_PAGE_SIZES, at, "a memory with its own page size", d->err));
    if (flags & LIMITS_SHARED)
        TRY(cw_need_feature(d->m, FEATURE_THREADS, at, "a shared memory", d->err));
    return flags & LIMITS_64 ? cw_need_feature(d->m, FEATURE_MEMORY64, at, "a memory with 64-bit addresses", d->err) : CWASM_OK;
}

Status cw_read_global_type(Decoder *d, GlobalType *type)
{
    TRY(cw_read_valtype(d->m, &d->r, &type->type, d->err));
    return read_mutability(d, &type->is_mutable);
}
