/* translate.c - the walker with emission: a function when it is first called, and again for maps and disassembly. */
#define CW_EMIT 1

#include "code/pair.h"
#include "code/walk.h"

static Status begin(Walk *w);
static Status fast_run(Walk *w, bool *done);

#include "code/walk.inc"
#include "code/walk_fast.h"

/* ---- The simple instructions ---- */

/* A signed number, but for the longest ones: NULL for those, and for what is none. */
static const u8 *read_long_signed(const u8 *p, u32 most, u64 *x)
{
    u64 v = 0;
    for (u32 i = 0; i < most; i++) {
        u8 b = p[i];
        v |= (u64)(b & 0x7f) << 7 * i;
        if (b < 0x80) {
            if (i == 4 && most == 5 && (b & 0x78) != 0 && (b & 0x78) != 0x78)
                return NULL;
            *x = b & 0x40 ? v | ~(u64)0 << 7 * (i + 1) : v;
            return p + i + 1;
        }
    }
    return NULL;
}

CW_INLINE const u8 *read_signed(const u8 *p, u32 most, u64 *x)
{
    if (CW_LIKELY(*p < 0x80)) {
        *x = (u64)((s64)((u64)*p << 57) >> 57);
        return p + 1;
    }
    return read_long_signed(p, most, x);
}

/* As in check.c: types and immediates of the frequent instructions are looked at here, and what needs more is called from here; everything else is left
 * to the walker. Most of what is translated runs a few times only, so this is worth as much as the emitter. */
static CW_NOINLINE Status fast_run(Walk *w, bool *done)
{
    const u8 *p = w->r.p, *end = w->r.end;
    if (w->dead || w->target.variant || p == end || end[-1] != 0x0b)
        return CWASM_OK;
    const Module *m = w->module;
    const bool memory32 = m->n_memories && w->address0 == T_I32;
    const ValType *locals = w->locals.at;
    const u32 n_locals = w->locals.n;
    u32 height = w->top->height;
/* The number at `at`: x, and `next` behind it, or NULL. */
#define READ_INDEX(at)                                    \
    do {                                                  \
        if (CW_LIKELY(*(at) < 0x80)) {                    \
            x = *(at);                                    \
            next = (at) + 1;                              \
        } else {                                          \
            u32 number;                                   \
            next = read_long_index(at, &number);          \
            x = next ? number : 0;                        \
        }                                                 \
    } while (0)
#define TYPE(i) (w->ents[w->n - 1 - (i)].type)
#define HAS(i) (w->n > height + (i))
/* There is room for what may be emitted: every entry above the mark may have to be copied. */
#define EMITS() ((size_t)w->at + EMIT_ROOM + (size_t)(w->n - w->flushed) * 24 <= w->ir_cap && (w->op_at = p))
/* What the walker has a function for, which reads what is behind the opcode. */
#define WALK(from, call)          \
    if (!EMITS())                 \
        goto leave;               \
    if (w->n_sums)                \
        cw_emit_settle(w);        \
    w->r.p = (from);              \
    TRY(call);                    \
    next = w->r.p;                \
    break
    while (CW_LIKELY(p < end)) {
        const u8 *next;
        u32 x, op = *p;
        u64 bits;
        ValType t;
        if (CW_UNLIKELY(w->cap - w->n < 4))
            break;
        switch (op) {
        case 0x02:   /* block */
        case 0x03:   /* loop */
        case 0x04:   /* if */
        case 0x05:   /* else */
        case 0x0b:   /* end */
        case 0x0c:   /* br */
            if (!EMITS())
                goto leave;
            if (w->n_sums)
                cw_emit_settle(w);
            w->r.p = p + 1;
            if (op == 0x0b)
                TRY(walk_end(w, done));
            else if (op == 0x0c)
                TRY(walk_br(w));
            else if (op == 0x05)
                TRY(walk_else(w));
            else
                TRY(enter(w, (Op)cw_op_of_byte[op]));
            if (*done)
                return CWASM_OK;
            next = w->r.p;
            height = w->top->height;
            if (w->dead && (next == end || (*next != 0x0b && *next != 0x05))) {
                p = next;
                goto leave;
            }
            break;
        case 0x0d: WALK(p + 1, walk_br_if(w));
        case 0x10:
            READ_INDEX(p + 1);
            if (!next)
                goto leave;
            WALK(next, walk_call_of(w, x, false));
        case 0x11: WALK(p + 1, walk_call_indirect(w, false));
        case 0x1b: WALK(p + 1, walk_select(w, false));
        case 0x23: WALK(p + 1, walk_op(w, OP_global_get, done));
        case 0x24: WALK(p + 1, walk_op(w, OP_global_set, done));
        case 0x1a:   /* drop */
            if (!HAS(0))
                goto leave;
            cw_emit_drop(w);
            next = p + 1;
            break;
        case 0x20:   /* local.get */
            READ_INDEX(p + 1);
            if (!next || x >= n_locals || !cw_is_num(t = locals[x]))
                goto leave;
            cw_emit_local_get(w, x, t);
            break;
        case 0x21:   /* local.set */
        case 0x22:   /* local.tee */
            READ_INDEX(p + 1);
            if (!next || x >= n_locals || !cw_is_num(t = locals[x]) || !HAS(0) || TYPE(0) != t || !EMITS())
                goto leave;
            cw_emit_local_set(w, x, op == 0x22);
            break;
        case 0x41:   /* i32.const */
            next = read_signed(p + 1, 5, &bits);
            if (!next)
                goto leave;
            cw_emit_const(w, T_I32, (u32)bits);
            break;
        case 0x42:   /* i64.const */
            next = read_signed(p + 1, 9, &bits);
            if (!next)
                goto leave;
            cw_emit_const(w, T_I64, bits);
            break;
        case 0x43: { /* f32.const */
            u32 v;
            if (end - p < 6)
                goto leave;
            memcpy(&v, p + 1, 4);
            next = p + 5;
            cw_emit_const(w, T_F32, v);
            break;
        }
        case 0x44:   /* f64.const */
            if (end - p < 10)
                goto leave;
            memcpy(&bits, p + 1, 8);
            next = p + 9;
            cw_emit_const(w, T_F64, bits);
            break;
#define UN(code, id, text, R, T, expr) case code:
#include "wasm/opcodes.def"
            if (!HAS(0) || TYPE(0) != simple[op].in || !EMITS())
                goto leave;
            cw_emit_un(w, (Op)cw_op_of_byte[op]);
            next = p + 1;
            break;
#define BIN(code, id, text, R, T, expr) case code:
#define BINC(code, id, text, R, T, expr) case code:
#define CMP(code, id, text, T, expr, neg, swap) case code:
#define FCMP(code, id, text, T, expr, swap) case code:
#include "wasm/opcodes.def"
            t = simple[op].in;
            if (!HAS(1) || TYPE(0) != t || TYPE(1) != t || !EMITS())
                goto leave;
            cw_emit_bin(w, (Op)cw_op_of_byte[op]);
            next = p + 1;
            break;
#define LOAD(code, id, text, R, M) case code:
#include "wasm/opcodes.def"
            if (!memory32 || p[1] > simple[op].log2)
                goto leave;
            READ_INDEX(p + 2);
            if (!next || !HAS(0) || TYPE(0) != T_I32 ||
                !EMITS())
                goto leave;
            cw_emit_load(w, (Op)cw_op_of_byte[op], x, 0);
            break;
#define STORE(code, id, text, T, M) case code:
#include "wasm/opcodes.def"
            if (!memory32 || p[1] > simple[op].log2)
                goto leave;
            READ_INDEX(p + 2);
            if (!next || !HAS(1) || TYPE(0) != simple[op].in ||
                TYPE(1) != T_I32 || !EMITS())
                goto leave;
            cw_emit_store(w, (Op)cw_op_of_byte[op], x, 0);
            break;
        default:
            goto leave;
        }
        p = next;
    }
leave:
    w->r.p = p;
    return CWASM_OK;
#undef READ_INDEX
#undef TYPE
#undef HAS
#undef EMITS
#undef WALK
}

/* Slots of locals, then the emitter's state. */
static Status begin(Walk *w)
{
    if (w->locals_cap < w->n_locals) {
        cw_free(w->alloc, w->local_slot, w->locals_cap * sizeof *w->local_slot);
        cw_free(w->alloc, w->local_top, w->locals_cap * sizeof *w->local_top);
        w->local_slot = cw_alloc(w->alloc, w->n_locals * sizeof *w->local_slot);
        w->local_top = cw_alloc(w->alloc, w->n_locals * sizeof *w->local_top);
        w->locals_cap = w->local_slot && w->local_top ? w->n_locals : 0;
        if (!w->locals_cap) {
            cw_free(w->alloc, w->local_slot, w->n_locals * sizeof *w->local_slot);
            cw_free(w->alloc, w->local_top, w->n_locals * sizeof *w->local_top);
            w->local_slot = w->local_top = NULL;
            return cw_no_memory(w->err);
        }
    }
    u32 slot = 0;
    w->far = cw_frame_is_far(w->module->funcs[w->func_index].frame_slots);
    u32 window = w->far ? FAR_WINDOW : 0;
    for (u32 x = 0; x < w->n_locals; x++) {
        if (x == w->type->n_params)
            slot += FRAME_SAVED + window;
        w->local_slot[x] = slot;
        w->local_top[x] = NONE;
        slot += cw_slots(local_type(w, x));
    }
    w->first_slot = w->type->param_slots + FRAME_SAVED + window + w->local_slots + w->module->funcs[w->func_index].n_catch_slots;
    w->watched = w->far || w->want_map || w->record;
    w->at = 0;
    w->failed = false;
    w->n_hist = 0;
    w->flushed = 0;
    w->relocs.n = 0;
    w->tries.n = w->clauses.n = 0;
    w->return_fixes = NONE;
    w->map.n = 0;
    w->tables = 0;
    w->called = false;
    w->known.n = 0;
    w->jump = NONE;
    w->swapped = 0;
    w->fuel_at = NONE;
    w->fuel = 0;
    w->top->slot = w->first_slot;
    if (!cw_emit_reserve(w, 0))
        return cw_no_memory(w->err);
    cw_emit_begin(w);
    return CWASM_OK;
}

ValType cw_walk_local_type(const Walk *w, u32 x) { return local_type(w, x); }

Status cw_walk_translate(Walk *w, u32 func_index, Error *err)
{
    TRY(walk_function(w, func_index, err));
    if (w->failed)
        return cw_no_memory(err);
    if (w->target.handlers)
        cw_pair_up(w->ir, w->at, w->target.handlers);
    return CWASM_OK;
}

void cw_walk_done(Walk *w)
{
    const Alloc *a = w->alloc;
    cw_vec_done(a, &w->runs);
    cw_vec_done(a, &w->locals);
    cw_vec_done(a, &w->ctls);
    cw_vec_done(a, &w->inits);
    cw_free(a, w->is_set, w->is_set_bytes);
    cw_vec_done(a, &w->relocs);
    cw_vec_done(a, &w->tries);
    cw_vec_done(a, &w->clauses);
    cw_vec_done(a, &w->map);
    cw_vec_done(a, &w->branches);
    cw_vec_done(a, &w->known);
    cw_vec_done(a, &w->sides);
    cw_free(a, w->types, w->cap * sizeof *w->types);
    cw_free(a, w->ents, w->cap * sizeof *w->ents);
    cw_free(a, w->ir, w->ir_cap);
    cw_free(a, w->local_slot, w->locals_cap * sizeof *w->local_slot);
    cw_free(a, w->local_top, w->locals_cap * sizeof *w->local_top);
}
