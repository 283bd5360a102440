/*
 * disasm.c - IR as text, for people and golden tests: translates the function again with opcode numbers for handlers.
 */
#include <stdio.h>

#include "code/walk.h"

typedef struct Out {
    void (*write)(void *ctx, const char *text, size_t size);
    void *ctx;
} Out;

static void CW_PRINTF(2, 3) put(const Out *out, const char *fmt, ...)
{
    char line[160];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    if (n > 0)
        out->write(out->ctx, line, CW_MIN((size_t)n, sizeof line - 1));
}

static bool is_call(u32 ir) { return (ir >= IR_call_0 && ir <= IR_call_n) || ir == IR_call_big || ir == IR_return_call || ir == IR_return_call_same; }

static void operand(const Out *out, u32 ir, const Ins *p, char kind)
{
    switch (kind) {
    case 'a': put(out, "s%u", p->a); break;
    case 'd': put(out, "s%u", p->d); break;
    case 'b': put(out, "s%u", p->b); break;
    case 'x': put(out, "s%u", p->x); break;
    case 'i': put(out, "%d", p->imm); break;
    case 'u': put(out, "0x%x", (u32)p->imm); break;
    case 'o': put(out, "%u", p->x); break;
    case 'k':
    case 'K': {
        u64 word = p->ext[kind == 'K'];
        if (is_call(ir))
            put(out, "func %llu", (unsigned long long)word);
        else
            put(out, "0x%llx", (unsigned long long)word);
        break;
    }
    case 'l':
    case 'h':
    case 'L':
    case 'H': {
        u64 word = p->ext[kind == 'L' || kind == 'H'];
        u32 half = (u32)(kind == 'h' || kind == 'H' ? word >> 32 : word);
        put(out, half < 0x10000 || half > 0xffff0000 ? "%d" : "0x%x", (s32)half);
        break;
    }
    case 'v': put(out, "%u", (u32)(u16)p->ext[0]); break;
    case 'w': put(out, "%u", (u32)(u16)(p->ext[0] >> 16)); break;
    case 't': put(out, "@%llu", (unsigned long long)p->ext[0]); break;
    default: put(out, "$%c", kind);
    }
}

static u32 instruction(const Out *out, const u8 *base, u32 at)
{
    const Ins *p = (const Ins *)(const void *)(base + at);
    u32 ir = (u32)p->handler;
    put(out, "%5u  %s", at, cw_ir_name(ir));
    const char *text = cw_ir_text[ir];
    if (*text)
        put(out, "%*s ", (int)CW_MAX(1, 24 - (int)strlen(cw_ir_name(ir))), "");
    for (; *text; text++) {
        if (*text == '$' && text[1])
            operand(out, ir, p, *++text);
        else
            put(out, "%c", *text);
    }
    u32 size = cw_ir_size[ir];
    if (ir >= IR_br_table_S && ir <= IR_br_table_load_R) {
        u32 n = (u32)p->imm + 1, first = (size - (u32)sizeof(Ins)) / 8;
        put(out, " ->");
        for (u32 i = 0; i < n; i++)
            put(out, " @%llu", (unsigned long long)p->ext[first + i]);
        size += n * 8;
    }
    put(out, "\n");
    return size;
}

/* try 1: @24 .. @96, catch tag 0 -> @120 s3, catch_all -> @144 exnref s4, else try 0 */
static void try_range(const Out *out, const Walk *w, u32 i)
{
    const TryRange *t = &w->tries.at[i];
    put(out, "try %u: @%u .. @%u", i, t->begin, t->end);
    for (u32 c = t->first; c != NONE; c = w->clauses.at[c].next) {
        const CatchClause *clause = &w->clauses.at[c];
        if (clause->tag == NONE)
            put(out, ", catch_all -> @%u", clause->target);
        else
            put(out, ", catch tag %u -> @%u s%u", clause->tag, clause->target, clause->slot);
        if (clause->ref != NO_SLOT)
            put(out, " exnref s%u", clause->ref);
    }
    if (t->next == NONE)
        put(out, ", else the caller\n");
    else
        put(out, ", else try %u\n", t->next);
}

Status cw_code_disassemble(Module *m, u32 f, void (*write)(void *ctx, const char *text, size_t size), void *ctx, Error *err)
{
    if (f < m->n_func_imports || f >= m->n_funcs)
        return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "function %u is not defined in the module", f);
    if (m->unchecked)   /* as a call would */
        TRY(cw_code_get(m, f, err) ? CWASM_OK : CWASM_INVALID);
    Walk w = { .module = m, .alloc = m->alloc, .target = *cw_code_target(m) };
    w.target.handlers = NULL;
    Status status = cw_walk_translate(&w, f, err);
    if (!status) {
        Out out = { write, ctx };
        const FuncDecl *decl = &m->funcs[f];
        put(&out, "func %u: %u parameter slots, %u local slots, frame %u, %u bytes\n", f, decl->type->param_slots, decl->n_local_slots,
            decl->frame_slots, w.at);
        for (u32 at = 0; at < w.at;)
            at += instruction(&out, w.ir, at);
        for (u32 i = 0; i < w.tries.n; i++)
            try_range(&out, &w, i);
    }
    cw_walk_done(&w);
    return status;
}
