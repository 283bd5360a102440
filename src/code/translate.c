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
    u64 v = (p[0] & 0x7fu) | (p[1] & 0x7fu) << 7;
    if (p[1] < 0x80) {
        *x = (u64)((s64)(v << 50) >> 50);
        return p + 2;
    }
    for (u32 i = 2; i < most; i++) {
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
    static const void *const at[256] = {
        [0 ... 255] = &&leave, [0x02] = &&do_block, [0x03] = &&do_block, [0x04] = &&do_block, [0x05] = &&do_block, [0x0b] = &&do_block, [0x0c] = &&do_block,
        [0x0d] = &&do_br_if, [0x10] = &&do_call, [0x11] = &&do_call_indirect, [0x1a] = &&do_drop, [0x1b] = &&do_select, [0x20] = &&do_local_get,
        [0x21] = &&do_local_set, [0x22] = &&do_local_set, [0x23] = &&do_global_get, [0x24] = &&do_global_set, [0x41] = &&do_i32_const,
        [0x42] = &&do_i64_const, [0x43] = &&do_f32_const, [0x44] = &&do_f64_const,
#include "code/byte_rows.inc"
    };
    const u8 *p = w->r.p, *end = w->r.end, *next;
    if (w->dead || w->target.variant || p == end || end[-1] != 0x0b)
        return CWASM_OK;
    const Module *m = w->module;
    const bool memory32 = m->n_memories && w->address0 == T_I32;
    const ValType *locals = w->locals.at;
    const u32 n_locals = w->locals.n;
    u32 height = w->top->height, x, op;
    u64 bits;
    ValType t;
/* The number at `at`: x, and `next` behind it. */
#define READ_INDEX(at)                                    \
    do {                                                  \
        if (CW_LIKELY(*(at) < 0x80)) {                    \
            x = *(at);                                    \
            next = (at) + 1;                              \
        } else {                                          \
            u32 number;                                   \
            next = read_long_index(at, &number);          \
            if (!next)                                    \
                goto leave;                               \
            x = number;                                   \
        }                                                 \
    } while (0)
#define TYPE(i) (w->ents[w->n - 1 - (i)].type)
#define HAS(i) (w->n > height + (i))
/* There is room for what may be emitted: every entry above the mark may have to be copied. */
#define EMITS() ((size_t)w->at + EMIT_ROOM + (size_t)(w->n - w->flushed) * 24 <= w->ir_cap && ((void)(w->op_at = p), true))
/* On to the instruction at `to`. Each jumps by itself, which is easier to predict; compilers would make one way out of all of these. */
#define GO_IF(may, to)                                            \
    do {                                                          \
        p = (to);                                                 \
        if (CW_UNLIKELY(!(may)))                                  \
            goto leave;                                           \
        op = *p;                                                  \
        __asm__ volatile("" : "+r"(p), "+r"(op) : "i"(__LINE__)); \
        goto *at[op];                                             \
    } while (0)
/* There is room on the stack for what an instruction may push: looked at behind those that push. One without immediates that is not `end` has something
 * behind it. */
#define GO(to) GO_IF(p < end && w->cap - w->n >= 4, to)
#define GO_POPPED(to) GO_IF(p < end, to)
#define GO_SHORT() GO_IF(true, p + 1)
/* What the walker has a function for, which reads what is behind the opcode. */
#define WALK(from, call)          \
    do {                          \
        if (!EMITS())             \
            goto leave;           \
        if (w->n_sums)            \
            cw_emit_settle(w);    \
        w->r.p = (from);          \
        TRY(call);                \
    } while (0)
    GO(p);
do_block:   /* and loop, if, else, end, br */
    WALK(p + 1, op == 0x0b ? walk_end(w, done) : op == 0x0c ? walk_br(w) : op == 0x05 ? walk_else(w) : enter(w, (Op)cw_op_of_byte[op]));
    if (*done)
        return CWASM_OK;
    p = w->r.p;
    height = w->top->height;
    if (w->dead && (p == end || (*p != 0x0b && *p != 0x05)))
        goto leave;
    GO(p);
do_br_if:
    WALK(p + 1, walk_br_if(w));
    GO(w->r.p);
do_call:
    READ_INDEX(p + 1);
    WALK(next, walk_call_of(w, x, false));
    GO(next);
do_call_indirect:
    WALK(p + 1, walk_call_indirect(w, false));
    GO(w->r.p);
do_select:
    WALK(p + 1, walk_select(w, false));
    GO(w->r.p);
do_global_get:
    WALK(p + 1, walk_op(w, OP_global_get, done));
    GO(w->r.p);
do_global_set:
    WALK(p + 1, walk_op(w, OP_global_set, done));
    GO(w->r.p);
do_drop:
    if (!HAS(0))
        goto leave;
    cw_emit_drop(w);
    GO_SHORT();
do_local_get:
    READ_INDEX(p + 1);
    if (x >= n_locals || !cw_is_num(t = locals[x]))
        goto leave;
    cw_emit_local_get(w, x, t);
    GO(next);
do_local_set:   /* and local.tee */
    READ_INDEX(p + 1);
    if (x >= n_locals || !cw_is_num(t = locals[x]) || !HAS(0) || TYPE(0) != t || !EMITS())
        goto leave;
    cw_emit_local_set(w, x, op == 0x22);
    GO_POPPED(next);
do_i32_const:
    next = read_signed(p + 1, 5, &bits);
    if (!next)
        goto leave;
    cw_emit_const(w, T_I32, (u32)bits);
    GO(next);
do_i64_const:
    next = read_signed(p + 1, 9, &bits);
    if (!next)
        goto leave;
    cw_emit_const(w, T_I64, bits);
    GO(next);
do_f32_const: {
    u32 v;
    if (end - p < 6)
        goto leave;
    memcpy(&v, p + 1, 4);
    cw_emit_const(w, T_F32, v);
    GO(p + 5);
}
do_f64_const:
    if (end - p < 10)
        goto leave;
    memcpy(&bits, p + 1, 8);
    cw_emit_const(w, T_F64, bits);
    GO(p + 9);
do_un:
    if (!HAS(0) || TYPE(0) != simple[op].in || !EMITS())
        goto leave;
    cw_emit_un(w, (Op)cw_op_of_byte[op]);
    GO_SHORT();
do_bin:
    t = simple[op].in;
    if (!HAS(1) || TYPE(0) != t || TYPE(1) != t || !EMITS())
        goto leave;
    cw_emit_bin(w, (Op)cw_op_of_byte[op]);
    GO_SHORT();
do_load:
    if (!memory32 || p[1] > simple[op].log2)
        goto leave;
    READ_INDEX(p + 2);
    if (!HAS(0) || TYPE(0) != T_I32 || !EMITS())
        goto leave;
    cw_emit_load(w, (Op)cw_op_of_byte[op], x, 0);
    GO_POPPED(next);
do_store:
    if (!memory32 || p[1] > simple[op].log2)
        goto leave;
    READ_INDEX(p + 2);
    if (!HAS(1) || TYPE(0) != simple[op].in || TYPE(1) != T_I32 || !EMITS())
        goto leave;
    cw_emit_store(w, (Op)cw_op_of_byte[op], x, 0);
    GO_POPPED(next);
leave:
    w->r.p = p;
    return CWASM_OK;
#undef READ_INDEX
#undef TYPE
#undef HAS
#undef EMITS
#undef GO_IF
#undef GO
#undef GO_POPPED
#undef GO_SHORT
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

/* Branches that lead to a jump lead to where that goes; a few times over, for jumps may go round in a circle. */
static void skip_jumps(Walk *w)
{
    for (u32 i = 0; i < w->relocs.n; i++) {
        u64 *word = (u64 *)(void *)(w->ir + w->relocs.at[i]);
        for (u32 times = 0; times < 4 && *word < w->at; times++) {
            const Ins *to = (const Ins *)(const void *)(w->ir + *word);
            if (to->handler != IR_br)
                break;
            *word = to->ext[0];
        }
    }
}

Status cw_walk_translate(Walk *w, u32 func_index, Error *err)
{
    TRY(walk_function(w, func_index, err));
    if (w->failed)
        return cw_no_memory(err);
    skip_jumps(w);
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
