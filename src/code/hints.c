/*
 * hints.c - branch hints (the custom section metadata.code.branch_hint): whether they are well-formed and every one stands at a branch.
 *
 * Nothing that runs looks at them: the interpreter lays code out in the order of the module. So loading passes over the section, whatever is in it, as
 * the specification wants (appendix, "Custom Sections"); this is for tools that ask.
 *
 *   vec(function index, vec(offset in the body, size 1, 0 or 1)), both in ascending order
 */
#include "code/hints.h"

#include "code/walk.h"

static const char section_name[] = "metadata.code.branch_hint";
#define WHAT "@metadata.code.branch_hint annotation"

/* Checks the n hints of a function; w: reused, for the offsets of its branches. */
static Status check_func(Walk *w, u32 func, u32 n, Reader *r, Error *err)
{
    const Module *m = w->module;
    w->branches.n = 0;
    TRY(cw_walk_translate(w, func, err));
    u32 branch = 0;
    u64 least = 0;
    for (u32 i = 0; i < n; i++) {
        u64 at = cw_at(m, r->p);
        u32 offset, size;
        u8 hint;
        TRY(cw_leb_u32(r, &offset, "the offset of a branch hint", err));
        TRY(cw_leb_u32(r, &size, "the size of a branch hint", err));
        TRY(cw_read_u8(r, &hint, "a branch hint", err));
        if (size != 1 || hint > 1)
            return cw_fail(err, CWASM_MALFORMED, at, WHAT ": invalid value: a hint is one byte, 0 or 1");
        if (offset < least)
            return cw_fail(err, CWASM_MALFORMED, at, WHAT ": hints of function %u are not in ascending order", (unsigned)func);
        least = (u64)offset + 1;
        while (branch < w->branches.n && w->branches.at[branch] < offset)
            branch++;
        if (branch == w->branches.n || w->branches.at[branch] != offset)
            return cw_fail(err, CWASM_INVALID, at, WHAT ": invalid target: no if and no br_if at offset %u of function %u", (unsigned)offset,
                           (unsigned)func);
    }
    return CWASM_OK;
}

static Status check_section(Walk *w, Bytes bytes, Error *err)
{
    const Module *m = w->module;
    Reader r = { bytes.p, bytes.p + bytes.n, m->bytes, bytes.p + bytes.n };
    u32 n_funcs;
    u64 least = m->n_func_imports;
    if (m->n_funcs > m->n_func_imports && bytes.p > m->funcs[m->n_func_imports].body)
        return cw_fail(err, CWASM_MALFORMED, cw_at(m, bytes.p), WHAT ": the section comes after the code section");
    TRY(cw_leb_u32(&r, &n_funcs, "a number of functions with branch hints", err));
    for (u32 i = 0; i < n_funcs; i++) {
        u64 at = cw_at(m, r.p);
        u32 func, n;
        TRY(cw_leb_u32(&r, &func, "a function index", err));
        TRY(cw_leb_u32(&r, &n, "a number of branch hints", err));
        if (func >= m->n_funcs || func < m->n_func_imports)
            return cw_fail(err, CWASM_INVALID, at, WHAT ": invalid target: the module does not define function %u", (unsigned)func);
        if (func < least)
            return cw_fail(err, CWASM_MALFORMED, at, WHAT ": functions are not in ascending order: %u", (unsigned)func);
        least = (u64)func + 1;
        TRY(check_func(w, func, n, &r, err));
    }
    if (r.p != r.end)
        return cw_fail(err, CWASM_MALFORMED, cw_at(m, r.p), WHAT ": bytes follow the last hint");
    return CWASM_OK;
}

Status cw_hints_check(Module *m, Error *err)
{
    bool seen = false;
    Walk w = { .module = m, .alloc = m->alloc, .want_branches = true };
    Status status = CWASM_OK;
    for (u32 i = 0; i < m->n_customs && status == CWASM_OK; i++) {
        const CustomSection *section = &m->customs[i];
        if (section->name.n != sizeof section_name - 1 || memcmp(section->name.s, section_name, section->name.n) != 0)
            continue;
        status = seen ? cw_fail(err, CWASM_MALFORMED, cw_at(m, section->bytes.p), WHAT ": there is more than one such section")
                      : check_section(&w, section->bytes, err);
        seen = true;
    }
    cw_walk_done(&w);
    return status;
}
