/*
 * emit.c - IR from the abstract stack. The rules that keep it right:
 *
 *   1. At most one entry is pending in each accumulator (E_ACC). Whoever emits an instruction that overwrites an accumulator first spills
 *      the entry that is pending there: its producer is patched from _R to _D. No spill instruction exists.
 *   2. acc.mirror names a slot that the accumulator is a copy of; every write of that slot by anything else forgets it (wrote()).
 *   3. Entries naming a local are copied to their own slots before the local is overwritten.
 *   4. Where control flow meets (labels), every entry is in its own slot or a constant, nothing is pending, nothing is mirrored.
 *   5. Only the very last instruction may be taken back or given another destination, and only while hist knows it: hist is cleared at
 *      labels and after branches and calls.
 *   6. Code that runs on one side of a branch only (moves before a jump) changes nothing in the abstract stack.
 */
#include "code/emit.h"

#include "code/rootmap.h"
#include "wasm/limits.h"

/* ---- Instructions ---- */

static u16 op_ir[N_OPS] = {
#define UN(code, id, text, R, T, expr) [OP_##id] = IR_##id##_S_R,
#define BIN(code, id, text, R, T, expr) [OP_##id] = IR_##id##_SS_R,
#define BINC(code, id, text, R, T, expr) [OP_##id] = IR_##id##_SS_R,
#define CMP(code, id, text, T, expr, neg, swap) [OP_##id] = IR_##id##_SS_R,
#define FCMP(code, id, text, T, expr, swap) [OP_##id] = IR_##id##_SS_R,
#define LOAD(code, id, text, R, M) [OP_##id] = IR_##id##_S_R,
#define STORE(code, id, text, T, M) [OP_##id] = IR_##id##_SS,
#define V_UN(code, id, text, R, T, expr) [OP_##id] = IR_##id##_S,
#define V_BIN(code, id, text, R, T, expr) [OP_##id] = IR_##id##_SS,
#define V_BINC(code, id, text, R, T, expr) [OP_##id] = IR_##id##_SS,
#define V_TER(code, id, text, R, T, expr) [OP_##id] = IR_##id##_SSS,
#define V_SHIFT(code, id, text, T, expr) [OP_##id] = IR_##id##_SS,
#define V_TEST(code, id, text, T, expr) [OP_##id] = IR_##id##_S_R,
#define V_SPLAT(code, id, text, S, T) [OP_##id] = IR_##id##_S,
#define V_EXTRACT(code, id, text, S, M) [OP_##id] = IR_##id##_S_R,
#define V_REPLACE(code, id, text, S, T) [OP_##id] = IR_##id##_S,
#define V_LOAD(code, id, text, R, M, expr) [OP_##id] = IR_##id##_S,
#define V_STORE(code, id, text) [OP_##id] = IR_##id##_SS,
#define V_LOAD_LANE(code, id, text, T, M) [OP_##id] = IR_##id##_M,
#define V_STORE_LANE(code, id, text, T, M) [OP_##id] = IR_##id##_M,
#define A_LOAD(code, id, text, R, M) [OP_##id] = IR_##id##_M,
#define A_STORE(code, id, text, T, M) [OP_##id] = IR_##id##_M,
#define A_RMW(code, id, text, R, M, op) [OP_##id] = IR_##id##_M,
#define A_CMPXCHG(code, id, text, R, M) [OP_##id] = IR_##id##_M,
#include "wasm/opcodes.def"
};

/* Offsets within the families of ir.def. */
enum { FORM_SS, FORM_SI, FORM_RS, FORM_RI, FORM_SR, FORM_NONE = 0xff };
enum { CMP_BR = 8, CMP_INC = 12, CMP_INCS = 14, CMP_SEL = 16, CMP_INC2 = 20, FCMP_BRN = 12 };   /* CMP_INC2: i32 only */
enum { ADDR_S, ADDR_I, ADDR_R, ADDR_X, ADDR_XR, ADDR_Y, ADDR_YR, ADDR_W, ADDR_WR, ADDR_N, ADDR_NR, ADDR_Z };
enum { LOAD_M = 24, LOAD_M64, STORE_M = 36, STORE_M64 };

#define INS(w, at_) ((Ins *)(void *)((w)->ir + (at_)))

static u32 class_of(ValType t)
{
    switch (t) {
    case T_F64: return CLASS_F64;
    case T_F32: return CLASS_F32;
    case T_V128: return CLASS_V128;
    default: return CLASS_INT;
    }
}

bool cw_emit_grow(Walk *w, size_t extra)
{
    size_t need = (size_t)w->at + EMIT_ROOM + extra;
    if (need > UINT32_MAX / 4)
        return false;
    size_t cap = CW_STRESS && need < 16384 ? need : CW_MAX(CW_MAX(need, (size_t)w->ir_cap * 2), (size_t)5 * EMIT_ROOM);
    u8 *moved = cw_realloc(w->alloc, w->ir, w->ir_cap, cap);
    if (!moved)
        return false;
    w->ir = moved;
    w->ir_cap = (u32)cap;
    return true;
}

/* Functions with far slots (emit_far.inc): slots of the window. Two each for operands, and for a result; then room for operands that are a block. */
enum { NEAR_A, NEAR_D = 2, NEAR_B = 4, NEAR_X = 6, NEAR_RESULT = 8, NEAR_BLOCK = 10 };
static u32 bring_near(Walk *w, u32 slot, u32 i);

CW_INLINE u32 append(Walk *w, u32 ir, Op op, u32 form, u32 a, u32 d, u32 b, u32 x)
{
    u32 at = w->at;
    Ins *ins = INS(w, at);
    ins->handler = ir;
    ins->a = (u16)a;
    ins->d = (u16)d;
    ins->b = (u16)b;
    ins->x = (u16)x;
    w->at += cw_ir_size[ir];
    if (w->n_hist == N_HIST) {
        memmove(w->hist, w->hist + 1, (N_HIST - 1) * sizeof w->hist[0]);
        w->n_hist--;
    }
    w->hist[w->n_hist++] = (Hist){ at, (u16)ir, (u16)op, (u8)form, false, NONE };
    return at;
}

/* In functions of which more than the code is wanted, or with far slots. */
static CW_NOINLINE u32 emit_watched(Walk *w, u32 ir, Op op, u32 form, u32 a, u32 d, u32 b, u32 x)
{
    if (w->far) {
        a = bring_near(w, a, NEAR_A);
        d = bring_near(w, d, NEAR_D);
        b = bring_near(w, b, NEAR_B);
        x = bring_near(w, x, NEAR_X);
    }
    u32 at = append(w, ir, op, form, a, d, b, x);
    if (w->far)
        w->n_hist = 0;
    if (w->want_map)
        w->failed |= !cw_vec_push(w->alloc, &w->map, (MapEntry){ at, (u32)(w->op_at - w->module->funcs[w->func_index].body) });
    if (w->record)
        cw_record_roots(w, at, ir, ir >= IR_far_call_func && ir <= IR_far_call_ref ? b | x << 16 : a);
    return at;
}

static void join_increment(Walk *w);

/* Appends an instruction; extension words are left to the caller. */
static CW_NOINLINE u32 emit(Walk *w, u32 ir, Op op, u32 form, u32 a, u32 d, u32 b, u32 x)
{
    if (w->n_hist >= 2 && w->hist[w->n_hist - 1].ir == IR_i32_add_SI_D)
        join_increment(w);
    if (CW_UNLIKELY(w->watched))
        return emit_watched(w, ir, op, form, a, d, b, x);
    return append(w, ir, op, form, a, d, b, x);
}

static u32 emit_imm(Walk *w, u32 ir, Op op, u32 form, u32 a, u32 d, u32 imm)
{
    return emit(w, ir, op, form, a, d, imm & 0xffff, imm >> 16);
}

#include "code/emit_far.inc"

/* Takes the last instruction back. Only for instructions without branch targets. */
static Hist unemit(Walk *w)
{
    Hist h = w->hist[--w->n_hist];
    w->at = h.at;
    if (CW_UNLIKELY(w->want_map))
        while (w->map.n && w->map.at[w->map.n - 1].ir >= w->at)
            w->map.n--;
    return h;
}

static Hist *last(Walk *w) { return w->n_hist ? &w->hist[w->n_hist - 1] : NULL; }

/* Most often it is the last. */
static Hist *remembered(Walk *w, u32 at)
{
    Hist *h = w->hist + w->n_hist;
    while (h > w->hist) {
        if ((--h)->at == at)
            return h;
    }
    return NULL;
}

static void set_op(Walk *w, u32 at, u32 ir)
{
    INS(w, at)->handler = ir;
    Hist *h = remembered(w, at);
    if (h)
        h->ir = (u16)ir;
}

static void set_dst(Walk *w, u32 at, u32 slot, bool local)
{
    Hist *h = remembered(w, at);
    if (h) {
        h->dst = slot;
        h->local = local;
    }
}

/* A slot was written: accumulators that mirrored it no longer do. */
static void wrote(Walk *w, u32 slot)
{
    for (u32 c = 0; c < N_CLASSES; c++) {
        if (w->acc[c].mirror == slot)
            w->acc[c].mirror = NONE;
    }
}

/* ---- Entries ---- */

static Ent *ent(Walk *w, u32 from_top) { return &w->ents[w->n - 1 - from_top]; }

/* Own slot of the next entry. */
static u32 next_slot(const Walk *w) { return w->first_slot + w->slots; }

static Ent *push(Walk *w, EntKind kind, ValType type)
{
    Ent *e = &w->ents[w->n++];
    *e = (Ent){ .type = type, .kind = (u8)kind, .slot = next_slot(w) };
    w->slots += cw_slots(type);
    if (w->slots > w->max_slots)
        w->max_slots = w->slots;
    return e;
}

static Ent pop(Walk *w)
{
    Ent e = w->ents[--w->n];
    w->slots -= cw_slots(e.type);
    if (e.kind == E_LOCAL)
        w->local_top[e.x] = e.below;
    else if (e.kind == E_ACC)
        w->acc[class_of(e.type)].pending = NONE;
    else if (e.kind == E_SUM)
        w->n_sums--;
    if (w->flushed > w->n)
        w->flushed = w->n;
    return e;
}

static void push_local(Walk *w, u32 x, ValType type)
{
    u32 i = w->n;
    Ent *e = push(w, E_LOCAL, type);
    e->x = x;
    e->below = w->local_top[x];
    w->local_top[x] = i;
}

/* The slot a non-constant, non-pending entry can be read from. */
static u32 slot_of(const Walk *w, const Ent *e) { return e->kind == E_LOCAL ? w->local_slot[e->x] : e->slot; }

static void emit_set(Walk *w, u32 c, u32 to);

/* Rule 1. */
static void spill(Walk *w, u32 c)
{
    if (c >= N_CLASSES || w->acc[c].pending == NONE)
        return;
    Acc *acc = &w->acc[c];
    Ent *e = &w->ents[acc->pending];
    if (CW_UNLIKELY(w->far)) {
        emit_set(w, c, e->slot);
    } else {
        set_op(w, acc->producer, acc->op + 1u);
        INS(w, acc->producer)->d = (u16)e->slot;
        set_dst(w, acc->producer, e->slot, false);
        wrote(w, e->slot);
    }
    e->kind = E_SLOT;
    acc->mirror = e->slot;
    acc->pending = NONE;
}

static void spill_all(Walk *w)
{
    for (u32 c = 0; c < N_CLASSES; c++)
        spill(w, c);
}

static void emit_copy(Walk *w, u32 from, u32 to)
{
    Hist *h = last(w);
    if (is_far(from) || is_far(to)) {
        emit_far(w, IR_far_copy, to, from);
        wrote(w, to);
        return;
    }
    if (h && h->ir == IR_copy) {
        const Ins *p = INS(w, h->at);
        u32 from0 = p->a, to0 = p->d;
        if (to0 != from && to0 != to && from0 != to) {
            unemit(w);
            emit(w, IR_copy2, 0, FORM_NONE, from0, to0, from, to);
            wrote(w, to);
            return;
        }
    }
    u32 at = emit(w, IR_copy, 0, FORM_NONE, from, to, 0, 0);
    wrote(w, to);
    set_dst(w, at, NONE, false);
}

static void emit_copyi(Walk *w, u64 bits, u32 to)
{
    u32 at = is_far(to) ? emit_far(w, IR_far_copyi, to, 0) : emit(w, IR_copyi, 0, FORM_NONE, 0, to, 0, 0);
    INS(w, at)->ext[0] = bits;
    wrote(w, to);
}

static bool set_sum_too(Walk *w, u32 to);

static void emit_set(Walk *w, u32 c, u32 to)
{
    static const u16 set[N_CLASSES] = { IR_set_r, IR_set_d, IR_set_s, IR_set_v };
    static const u16 far_set[N_CLASSES] = { IR_far_set_r, IR_far_set_d, IR_far_set_s, IR_far_set_v };
    if (c == CLASS_INT && !is_far(to) && set_sum_too(w, to))
        return;
    if (is_far(to))
        emit_far(w, far_set[c], to, 0);
    else
        emit(w, set[c], 0, FORM_NONE, 0, to, 0, 0);
    wrote(w, to);
}

/* Copies an entry's value to a slot without changing the entry (rule 6); an entry that is already there is left alone. */
static void copy_to(Walk *w, const Ent *e, u32 to)
{
    u32 c = class_of(e->type);
    switch ((EntKind)e->kind) {
    case E_CONST:
        emit_copyi(w, e->c, to);
        break;
    case E_ACC:
        emit_set(w, c, to);
        break;
    case E_SLOT:
    case E_LOCAL: {
        u32 from = slot_of(w, e);
        if (from == to)
            break;
        if (c < N_CLASSES && w->acc[c].mirror == from) {
            emit_set(w, c, to);
            break;
        }
        if (c == CLASS_V128) {   /* in one piece: a wide load of two narrow stores stalls */
            if (is_far(from) || is_far(to))
                emit_far(w, IR_far_copyv, to, from);
            else
                emit(w, IR_copyv, 0, FORM_NONE, from, to, 0, 0);
            wrote(w, to);
            break;
        }
        emit_copy(w, from, to);
        break;
    }
    case E_SUM:
        CW_UNREACHABLE();
    }
}

static void settle_entry(Walk *w, u32 i);

/* Puts entry i into its own slot. */
static void materialize(Walk *w, u32 i)
{
    Ent *e = &w->ents[i];
    switch ((EntKind)e->kind) {
    case E_SLOT:
        return;
    case E_ACC:
        spill(w, class_of(e->type));
        return;
    case E_LOCAL: {
        /* The list of the local is in stack order from the top: this entry may be in the middle. */
        u32 *link = &w->local_top[e->x];
        while (*link != i)
            link = &w->ents[*link].below;
        copy_to(w, e, e->slot);
        *link = e->below;
        break;
    }
    case E_CONST:
        copy_to(w, e, e->slot);
        break;
    case E_SUM:
        settle_entry(w, i);
        spill(w, CLASS_INT);
        return;
    }
    e->kind = E_SLOT;
}

/* Rule 3: local x is about to change. The whole list goes, so this is linear in what was pushed. */
static void materialize_local(Walk *w, u32 x)
{
    for (u32 i = w->local_top[x]; i != NONE;) {
        Ent *e = &w->ents[i];
        copy_to(w, e, e->slot);
        e->kind = E_SLOT;
        i = e->below;
    }
    w->local_top[x] = NONE;
}

void cw_emit_flush(Walk *w, u32 keep)
{
    /* From the top, so that each entry is the head of its local's list. */
    for (u32 i = w->n; i > w->flushed; i--) {
        Ent *e = &w->ents[i - 1];
        if (e->kind != E_CONST || w->n - i < keep)
            materialize(w, i - 1);
    }
    for (u32 i = w->n; i > 0 && w->n - i < keep; i--)   /* constants below the mark that become parameters */
        materialize(w, i - 1);
    w->flushed = w->n;
}

/* An operand: S slot, R accumulator (slot valid unless pending), I constant. */
typedef struct Opd { char k; bool pending; u32 slot; u64 c; } Opd;

static Opd use(const Walk *w, const Ent *e)
{
    u32 c = class_of(e->type);
    switch ((EntKind)e->kind) {
    case E_ACC: return (Opd){ 'R', true, NONE, 0 };
    case E_CONST: return (Opd){ 'I', false, NONE, e->c };
    default: {
        u32 slot = slot_of(w, e);
        return (Opd){ c < N_CLASSES && w->acc[c].mirror == slot ? 'R' : 'S', false, slot, 0 };
    }
    }
}

/* A popped constant goes to a slot above the stack (FRAME_SCRATCH): position 0, 1 ... from the top. */
static Opd const_to_slot(Walk *w, Opd o, u32 position)
{
    u32 slot = next_slot(w) + position;
    emit_copyi(w, o.c, slot);
    return (Opd){ 'S', false, slot, 0 };
}

/* Is popped entry e the result of the last instruction and of no other use? Then that instruction may be taken back. */
static bool is_last(const Walk *w, const Ent *e)
{
    if (!w->n_hist)
        return false;
    const Hist *h = &w->hist[w->n_hist - 1];
    if (e->kind == E_ACC)
        return w->acc[class_of(e->type)].producer == h->at;
    return e->kind == E_SLOT && h->dst == e->slot && !h->local;
}

/* Pushes the result of the instruction at `at`, emitted in its _R form ir. */
static void push_result(Walk *w, ValType type, u32 at, u32 ir)
{
    u32 c = class_of(type);
    w->acc[c].pending = w->n;
    w->acc[c].producer = at;
    w->acc[c].op = (u16)ir;
    w->acc[c].mirror = NONE;
    push(w, E_ACC, type);
}

/* Pushes the result of an instruction that wrote its own slot d and, for integers and references, r. */
static void push_stored(Walk *w, ValType type, u32 at)
{
    u32 slot = push(w, E_SLOT, type)->slot;
    set_result(w, at, slot, type);
    set_dst(w, at, slot, false);
    wrote(w, slot);
    w->acc[CLASS_INT].mirror = class_of(type) == CLASS_INT ? slot : NONE;
}

typedef struct Address { u32 form, a, b; u32 imm; bool wide; u64 ext; } Address;   /* wide: offset in imm32 over b and x */
static Address address(Walk *w, const Ent *e, u32 offset, u32 log2, bool may_fuse);

#include "code/emit_fuse.inc"

static void label(Walk *w)
{
    w->n_hist = 0;
    for (u32 c = 0; c < N_CLASSES; c++)
        w->acc[c] = (Acc){ NONE, 0, 0, NONE };
}

/* ---- Values ---- */

void cw_emit_const(Walk *w, ValType type, u64 bits) { push(w, E_CONST, type)->c = bits; }

void cw_emit_drop(Walk *w) { (void)pop(w); }

void cw_emit_local_get(Walk *w, u32 x, ValType type) { push_local(w, x, type); }

/* Local x is about to get the pending result of the last instruction, while its old value is still wanted: that is saved before the instruction, whose
 * result then needs no move of its own. Moves leave accumulators alone, and nobody has looked at the slots that they write. */
static void save_before_last(Walk *w, u32 x)
{
    Hist *h = last(w);
    u64 bytes[4];
    MapEntry places[2] = { { 0 } };   /* an instruction with two accesses has two */
    u32 size = cw_ir_size[h->ir], n_places = 0;
    for (u32 i = w->map.n; i-- > 0 && w->map.at[i].ir >= h->at && n_places < 2;)
        places[n_places++] = w->map.at[i];
    Acc *acc = &w->acc[class_of(ent(w, 0)->type)];
    memcpy(bytes, INS(w, h->at), size);
    Hist moved = unemit(w);
    materialize_local(w, x);
    const Ins *p = (const Ins *)(const void *)bytes;
    u32 at = emit(w, moved.ir, (Op)moved.op, moved.form, p->a, p->d, p->b, p->x);
    memcpy(INS(w, at), bytes, size);
    if (n_places)
        w->map.at[w->map.n - 1].at = places[n_places - 1].at;
    if (n_places == 2)
        w->failed |= !cw_vec_push(w->alloc, &w->map, (MapEntry){ at + places[0].ir - moved.at, places[0].at });
    acc->producer = at;
}

void cw_emit_local_set(Walk *w, u32 x, bool tee)
{
    if (CW_UNLIKELY(w->n_sums))
        settle_for_set(w, x);
    u32 to = w->local_slot[x];
    Ent e = *ent(w, 0);
    if (e.kind == E_LOCAL && e.x == x) {
        if (!tee)
            (void)pop(w);
        return;
    }
    bool others = w->local_top[x] != NONE, before = others && e.kind == E_ACC && is_last(w, &e);
    if (before)
        save_before_last(w, x);
    else if (others)
        materialize_local(w, x);
    bool was_last = (!others || before) && is_last(w, &e);
    (void)pop(w);
    u32 c = class_of(e.type);
    u32 slot = e.kind == E_CONST || e.kind == E_ACC ? NONE : slot_of(w, &e);
    if (e.kind == E_ACC) {
        if (was_last) {
            u32 at = w->acc[c].producer;
            set_op(w, at, w->acc[c].op + 1u);
            INS(w, at)->d = (u16)to;
            set_dst(w, at, to, true);
        } else {
            emit_set(w, c, to);
        }
        wrote(w, to);
        w->acc[c].mirror = to;
    } else if (e.kind == E_SLOT && was_last) {
        Hist *h = last(w);
        INS(w, h->at)->d = (u16)to;
        h->dst = to;
        h->local = true;
        u32 mirrored = NONE;
        for (u32 k = 0; k < N_CLASSES; k++) {
            if (w->acc[k].mirror == slot)
                mirrored = k;
        }
        wrote(w, to);
        wrote(w, slot);
        if (mirrored != NONE)
            w->acc[mirrored].mirror = to;
    } else {
        copy_to(w, &e, to);
        if (slot != NONE && c < N_CLASSES && w->acc[c].mirror == slot)
            w->acc[c].mirror = to;
    }
    if (tee)
        push_local(w, x, e.type);
}

void cw_emit_un(Walk *w, Op op)
{
    const OpInfo *info = &cw_ops[op];
    settle_top(w, 1);
    Ent e = pop(w);
    spill(w, class_of(info->out));
    if (op == OP_i32_wrap_i64 && fuse_wrap(w, &e))
        return;
    if (op == OP_i64_eqz)
        op = fuse_eqz(w, &e);
    if (op == OP_i32_eqz && is_last(w, &e)) {
        /* eqz of an integer comparison: negate the comparison in place. */
        Hist *h = last(w);
        u32 neg = cw_ops[h->op].neg;
        if (cw_ops[h->op].kind == KIND_CMP && h->form <= FORM_RI && h->ir < op_ir[h->op] + CMP_BR) {
            u32 ir = op_ir[neg] + 2u * h->form;
            h->op = (u16)neg;
            h->dst = NONE;
            u32 at = h->at;
            set_op(w, at, ir);
            push_result(w, T_I32, at, ir);
            return;
        }
    }
    Opd a = use(w, &e);
    if (a.k == 'I')
        a = const_to_slot(w, a, 0);
    u32 ir = op_ir[op] + (a.k == 'R' ? 2u : 0);
    u32 at = emit(w, ir, op, a.k == 'R', a.slot, 0, 0, 0);
    push_result(w, info->out, at, ir);
}

static u32 form_of(char a, char b)
{
    if (a == 'R')
        return b == 'I' ? FORM_RI : FORM_RS;
    return b == 'I' ? FORM_SI : b == 'R' ? FORM_SR : FORM_SS;
}

static void emit_binary(Walk *w, Op op, Opd a, Opd b)
{
    const OpInfo *info = &cw_ops[op];
    u32 form = form_of(a.k, b.k);
    u32 ir = op_ir[op] + 2u * form;
    u32 at;
    if (b.k == 'I' && info->in == T_I32) {
        at = emit_imm(w, ir, op, form, a.slot, 0, (u32)b.c);
    } else {
        at = emit(w, ir, op, form, a.slot, 0, b.slot, 0);
        if (b.k == 'I')
            INS(w, at)->ext[0] = b.c;
    }
    push_result(w, info->out, at, ir);
}

void cw_emit_bin(Walk *w, Op op)
{
    const OpInfo *info = &cw_ops[op];
    if (push_sum(w, op))
        return;
    settle_top(w, 2);
    Ent eb = pop(w), ea = pop(w);
    spill(w, class_of(info->out));
    Opd a = use(w, &ea), b = use(w, &eb);
    if (a.k == 'R' && b.k == 'R' && a.slot == b.slot && emit_twice(w, op))
        return;
    bool swaps = info->commutes || info->swap;
#define SWAP() do { Opd t = a; a = b; b = t; if (info->swap) { op = (Op)info->swap; info = &cw_ops[op]; } } while (0)
    if (a.k == 'I') {
        if (b.k != 'I' && swaps)
            SWAP();
        else
            a = const_to_slot(w, a, 0);
    }
    if (a.k == 'R' && b.k == 'R') {   /* at most one of them is pending */
        if (b.pending)
            a.k = 'S';
        else
            b.k = 'S';
    }
    if (b.k == 'R' && swaps)
        SWAP();
#undef SWAP
    if (b.k == 'I' && (op == OP_i32_sub || op == OP_i64_sub)) {
        op = op == OP_i32_sub ? OP_i32_add : OP_i64_add;
        b.c = op == OP_i32_add ? (u32)-(u32)b.c : -b.c;
    }
    Hist *h = last(w);
    bool after_last = h && is_last(w, ea.kind == E_ACC ? &ea : &eb);   /* at most one of them is pending, now a or b */
    if (after_last && a.pending && b.k == 'I' && fuse_bits(w, op, (u32)b.c))
        return;
    if (after_last && info->commutes && ((a.pending && b.k == 'S') || (b.pending && a.k == 'S'))) {
        u32 slot = a.pending ? b.slot : a.slot;
        if (fuse_load_op(w, op, slot) || fuse_load_muladd(w, op, slot) || fuse_pair(w, op, slot))
            return;
    }
    bool add = op == OP_i32_add || op == OP_i64_add || op == OP_f32_add || op == OP_f64_add;
    bool sub = op == OP_i32_sub || op == OP_i64_sub || op == OP_f32_sub || op == OP_f64_sub;
    if ((add || sub) && after_last &&
        ((a.pending && b.k == 'S' && fuse_sum(w, info->out, b.slot, sub, false)) || (b.pending && a.k == 'S' && fuse_sum(w, info->out, a.slot, sub, true))))
        return;
    if (op == OP_i32_add && b.k == 'I' && a.pending && after_last && h->ir == IR_global_get_R) {
        u32 offset = (u32)INS(w, h->at)->imm;
        unemit(w);
        u32 at = emit_imm(w, IR_global_add_R, 0, FORM_NONE, 0, 0, (u32)b.c);
        INS(w, at)->ext[0] = offset;
        push_result(w, T_I32, at, IR_global_add_R);
        return;
    }
    emit_binary(w, op, a, b);
}

/* ---- Memory ---- */

/* The address operand of a memory-0 access; e is popped. may_fuse: the instruction that computed it may be taken back. */
static Address address(Walk *w, const Ent *e, u32 offset, u32 log2, bool may_fuse)
{
    Hist *h = last(w);
    if (may_fuse && h && h->op == OP_i32_add && is_last(w, e)) {
        const Ins *p = INS(w, h->at);
        u32 a = p->a, b = p->b;
        s32 imm = p->imm;
        if (h->form == FORM_SS && offset <= 0xffff) {
            unemit(w);
            return (Address){ ADDR_X, a, b, offset, false, 0 };
        }
        if (h->form == FORM_RS && offset <= 0xffff) {
            const Hist *g = w->n_hist >= 2 ? &w->hist[w->n_hist - 2] : NULL;
            if (g && log2 && g->op == OP_i32_shl && (g->form == FORM_SI || g->form == FORM_RI) && g->dst == NONE &&
                (u32)INS(w, g->at)->imm == log2) {
                u32 index = INS(w, g->at)->a;
                bool in_r = g->form == FORM_RI;
                unemit(w);
                unemit(w);
                return (Address){ in_r ? ADDR_YR : ADDR_Y, b, index, offset, false, 0 };
            }
            unemit(w);
            return (Address){ ADDR_XR, b, 0, offset, false, 0 };
        }
        if ((h->form == FORM_SI || h->form == FORM_RI) && offset == 0) {
            u32 form = h->form == FORM_SI ? ADDR_W : ADDR_WR;
            unemit(w);
            return (Address){ form, a, 0, (u32)imm, true, 0 };
        }
    }
    Opd o = use(w, e);
    if (o.k == 'I') {
        u64 at = (u64)(u32)o.c + offset;
        if (at <= UINT32_MAX)
            return (Address){ ADDR_I, 0, 0, (u32)at, true, 0 };
        o = const_to_slot(w, o, 0);
    }
    return (Address){ o.k == 'R' ? ADDR_R : ADDR_S, o.slot, 0, offset, true, 0 };
}

/* Operands of the plain forms: a slot, whatever it takes. The entry must still be on the stack. */
static u32 in_slot(Walk *w, u32 i)
{
    Ent *e = &w->ents[i];
    if (e->kind == E_CONST || e->kind == E_ACC || e->kind == E_SUM)
        materialize(w, i);
    return slot_of(w, &w->ents[i]);
}

/* Only 32-bit addresses of memory 0 have more than the plain forms. */
static bool is_plain(const Walk *w, u32 memory) { return memory || w->address0 == T_I64; }
static bool is64(const Walk *w, u32 memory) { return w->module->memories[memory].is64; }

void cw_emit_load(Walk *w, Op op, u64 offset, u32 memory)
{
    const OpInfo *info = &cw_ops[op];
    u32 c = class_of(info->out);
    if (is_plain(w, memory)) {
        u32 a = in_slot(w, w->n - 1);
        (void)pop(w);
        spill(w, c);
        u32 at = emit(w, op_ir[op] + (is64(w, memory) ? LOAD_M64 : LOAD_M), 0, FORM_NONE, a, 0, memory, 0);
        INS(w, at)->ext[0] = offset;
        u32 slot = push(w, E_SLOT, info->out)->slot;
        set_result(w, at, slot, info->out);
        set_dst(w, at, slot, false);
        wrote(w, slot);
        w->acc[c].mirror = slot;
        return;
    }
    if (ent(w, 0)->kind == E_SUM && !is_address(ent(w, 0), (u32)offset, info->log2))
        settle_top(w, 1);
    Ent e = pop(w);
    spill(w, c);
    if (fuse_chain(w, op, &e, (u32)offset))
        return;
    Address m = scalar_address(w, &e, (u32)offset, info->log2, true);
    u32 ir = op_ir[op] + 2 * m.form;
    u32 at = m.wide ? emit_imm(w, ir, op, m.form, m.a, 0, m.imm) : emit(w, ir, op, m.form, m.a, 0, m.b, m.imm);
    if (m.form >= ADDR_N)
        INS(w, at)->ext[0] = m.ext;
    push_result(w, info->out, at, ir);
}

void cw_emit_store(Walk *w, Op op, u64 offset, u32 memory)
{
    const OpInfo *info = &cw_ops[op];
    if (is_plain(w, memory)) {
        u32 a = in_slot(w, w->n - 2), d = in_slot(w, w->n - 1);
        (void)pop(w);
        (void)pop(w);
        u32 at = emit(w, op_ir[op] + (is64(w, memory) ? STORE_M64 : STORE_M), 0, FORM_NONE, a, d, memory, 0);
        INS(w, at)->ext[0] = offset;
        return;
    }
    settle_top(w, 1);
    if (ent(w, 1)->kind == E_SUM && !is_address(ent(w, 1), (u32)offset, info->log2))
        settle_top(w, 2);
    Ent ev = pop(w), ea = pop(w);
    if (fuse_move(w, op, &ea, &ev, (u32)offset) || fuse_update(w, op, &ea, &ev, (u32)offset))
        return;
    Opd v = use(w, &ev);
    bool value_in_r = v.k == 'R' && class_of(info->in) == CLASS_INT;
    /* Folding takes the address computation back: not if r has to keep what came after it. */
    Address m = scalar_address(w, &ea, (u32)offset, info->log2, ev.kind != E_ACC && !value_in_r);
    if (value_in_r && m.form == ADDR_R)
        v.k = 'S';   /* both are mirrored in r, neither is pending */
    u32 ir = op_ir[op] + 3 * m.form + (v.k == 'S' ? 0 : v.k == 'R' ? 1 : 2);
    u32 d = v.k == 'S' ? v.slot : 0;
    u32 at = m.wide ? emit_imm(w, ir, 0, FORM_NONE, m.a, d, m.imm) : emit(w, ir, 0, FORM_NONE, m.a, d, m.b, m.imm);
    if (m.form >= ADDR_N)
        INS(w, at)->ext[0] = m.ext;
    if (v.k == 'I')
        INS(w, at)->ext[m.form >= ADDR_N] = v.c;
}

static u32 global_offset(const Walk *w, u32 index)
{
    return w->target.globals_at + (index - w->module->n_global_imports) * w->target.global_size;
}

#include "code/emit_simd.inc"

/* ---- Select, globals, plain forms ---- */

void cw_emit_select(Walk *w)
{
    Ent c = pop(w);
    Ent *eb = ent(w, 0), *ea = ent(w, 1);
    ValType type = ea->type ? ea->type : eb->type;
    if (type == T_V128) {
        emit_select_vector(w, &c);
        return;
    }
    bool a_slot = ea->kind == E_SLOT || ea->kind == E_LOCAL, b_slot = eb->kind == E_SLOT || eb->kind == E_LOCAL;
    Hist *h = last(w);
    if (a_slot && b_slot && h && is_last(w, &c) && cw_ops[h->op].kind == KIND_CMP && h->form <= FORM_RI) {
        Op op = (Op)h->op;
        u32 form = h->form;
        bool narrow = cw_ops[op].in == T_I32;
        const Ins *p = INS(w, h->at);
        u64 x = p->a, y = p->b;
        u64 imm = form == FORM_SI || form == FORM_RI ? (narrow ? (u32)p->imm : p->ext[0]) : 0;
        unemit(w);
        Ent b = pop(w), a = pop(w);
        spill(w, CLASS_INT);
        u32 at = emit(w, op_ir[op] + CMP_SEL + form, 0, FORM_NONE, slot_of(w, &a), 0, slot_of(w, &b), 0);
        INS(w, at)->ext[0] = form == FORM_SI || form == FORM_RI ? x : x | y << 32;
        INS(w, at)->ext[1] = imm;
        push_stored(w, type, at);
        return;
    }
    /* Operands that are not slots, but one constant for which there are forms. */
    if (ea->kind == E_ACC || (ea->kind == E_CONST && eb->kind == E_CONST))
        materialize(w, w->n - 2);
    if (eb->kind == E_ACC)
        materialize(w, w->n - 1);
    Ent b = pop(w), a = pop(w);
    /* r as condition survives what was emitted since: moves do not change it. Other entries pending in r are spilled, it is overwritten. */
    Opd cond = use(w, &c);
    if (cond.k == 'I')
        cond = const_to_slot(w, cond, 2);
    spill(w, CLASS_INT);
    bool in_r = cond.k == 'R';
    u32 x = in_r ? 0 : cond.slot;
    u32 at;
    if (a.kind == E_CONST) {
        at = emit(w, in_r ? IR_select_R_IS : IR_select_S_IS, 0, FORM_NONE, 0, 0, slot_of(w, &b), x);
        INS(w, at)->ext[0] = a.c;
    } else if (b.kind == E_CONST) {
        at = emit(w, in_r ? IR_select_R_SI : IR_select_S_SI, 0, FORM_NONE, slot_of(w, &a), 0, 0, x);
        INS(w, at)->ext[0] = b.c;
    } else {
        at = emit(w, in_r ? IR_select_R : IR_select_S, 0, FORM_NONE, slot_of(w, &a), 0, slot_of(w, &b), x);
    }
    push_stored(w, type, at);
}

void cw_emit_global_get(Walk *w, u32 index)
{
    ValType type = w->module->globals[index].type.type;
    u32 c = class_of(type);
    if (c == CLASS_V128) {
        emit_global_get_vector(w, index);
        return;
    }
    if (index < w->module->n_global_imports) {
        spill(w, CLASS_INT);
        push_stored(w, type, emit_imm(w, IR_global_get_import, 0, FORM_NONE, 0, 0, index));
        return;
    }
    static const u16 get[N_CLASSES] = { IR_global_get_R, IR_global_get_f64_R, IR_global_get_f32_R };
    spill(w, c);
    push_result(w, type, emit_imm(w, get[c], 0, FORM_NONE, 0, 0, global_offset(w, index)), get[c]);
}

void cw_emit_global_set(Walk *w, u32 index)
{
    Ent *e = ent(w, 0);
    u32 c = class_of(e->type);
    if (c == CLASS_V128) {
        emit_global_set_vector(w, index);
        return;
    }
    if (index < w->module->n_global_imports) {
        u32 a = in_slot(w, w->n - 1);
        (void)pop(w);
        emit_imm(w, IR_global_set_import, 0, FORM_NONE, a, 0, index);
        return;
    }
    u32 offset = global_offset(w, index);
    if (e->kind == E_CONST) {
        u32 at = emit_imm(w, IR_global_set_I, 0, FORM_NONE, 0, 0, offset);
        INS(w, at)->ext[0] = pop(w).c;
        return;
    }
    if (c != CLASS_INT && e->kind == E_ACC)
        materialize(w, w->n - 1);
    Ent v = pop(w);
    Opd o = use(w, &v);
    Hist *h = last(w);
    if (h && h->ir == IR_global_add_D && h->local && h->dst == o.slot && INS(w, h->at)->ext[0] == offset) {
        set_op(w, h->at, IR_global_move_D);
        return;
    }
    if (h && adds_to_slot(w, h) && h->local && h->dst == o.slot && o.k == 'R') {
        u32 a = INS(w, h->at)->a, imm = (u32)INS(w, h->at)->imm, d = h->dst;
        unemit(w);
        u32 at = emit_imm(w, IR_global_set_add_D, 0, FORM_NONE, a, d, imm);
        INS(w, at)->ext[0] = offset;
        set_dst(w, at, d, true);
        return;
    }
    if (h && h->op == OP_i32_add && h->form == FORM_SI && is_last(w, &v)) {
        u32 a = INS(w, h->at)->a, imm = (u32)INS(w, h->at)->imm;
        unemit(w);
        u32 at = emit_imm(w, IR_global_set_add, 0, FORM_NONE, a, 0, imm);
        INS(w, at)->ext[0] = offset;
        return;
    }
    if (o.k == 'R' && c == CLASS_INT)
        emit_imm(w, IR_global_set_R, 0, FORM_NONE, 0, 0, offset);
    else
        emit_imm(w, IR_global_set_S, 0, FORM_NONE, o.slot, 0, offset);
}

void cw_emit_plain(Walk *w, u32 ir, u32 n, ValType result, u32 imm, u64 ext)
{
    u32 f[3] = { 0, 0, 0 };
    for (u32 i = 0; i < n; i++)
        f[i] = in_slot(w, w->n - n + i);
    for (u32 i = 0; i < n; i++)
        (void)pop(w);
    if (result)
        spill(w, CLASS_INT);
    u32 at;
    if (n == 3)
        at = emit(w, ir, 0, FORM_NONE, f[0], f[1], f[2], 0);
    else if (ir == IR_table_grow || ir == IR_table_grow64)   /* a: initial value, b: delta; d is the result */
        at = emit(w, ir, 0, FORM_NONE, f[0], 0, f[1], 0);
    else
        at = emit_imm(w, ir, 0, FORM_NONE, f[0], f[1], imm);
    if (cw_ir_size[ir] > sizeof(Ins))
        INS(w, at)->ext[0] = ext;
    if (result)
        push_stored(w, result, at);
}

void cw_emit_atomic(Walk *w, Op op, u32 n, ValType result, u64 offset, u32 memory)
{
    u32 f[3] = { 0, 0, 0 };
    u32 ir = op == OP_memory_atomic_notify ? IR_atomic_notify : op == OP_memory_atomic_wait32 ? IR_atomic_wait32
             : op == OP_memory_atomic_wait64 ? IR_atomic_wait64 : op_ir[op];
    for (u32 i = 0; i < n; i++)
        f[i] = in_slot(w, w->n - n + i);
    for (u32 i = 0; i < n; i++)
        (void)pop(w);
    if (result)
        spill(w, CLASS_INT);
    u32 at = emit(w, ir, 0, FORM_NONE, f[0], 0, f[1], f[2]);
    INS(w, at)->ext[0] = offset;
    INS(w, at)->ext[1] = memory;
    if (result)
        push_stored(w, result, at);
}

void cw_emit_wide(Walk *w, u32 ir, u32 n)
{
    u32 f[4] = { 0, 0, 0, 0 };
    for (u32 i = 0; i < n; i++)
        f[i] = in_slot(w, w->n - n + i);
    for (u32 i = 0; i < n; i++)
        (void)pop(w);
    u32 d = next_slot(w);
    f[3] = bring_near(w, f[3], NEAR_D);
    u32 at = emit(w, ir, 0, FORM_NONE, f[0], 0, f[1], f[2]);
    if (n == 4)
        INS(w, at)->ext[0] = f[3];
    set_result(w, at, d, T_V128);   /* two slots, too */
    for (u32 i = 0; i < 2; i++) {
        push(w, E_SLOT, T_I64);
        wrote(w, d + i);
    }
}

/* ---- Branches ---- */

/* Notes that the word at offset `word` holds an IR offset, to be made an address. */
static void reloc(Walk *w, u32 word)
{
    if (!cw_vec_push(w->alloc, &w->relocs, word))
        w->failed = true;
}

static u64 *word_at(Walk *w, u32 word) { return (u64 *)(void *)(w->ir + word); }

/* Lets the target word of a branch lead to a label: loops are known, the rest is chained. */
static void branch_to(Walk *w, Ctl *ctl, u32 word)
{
    reloc(w, word);
    if (ctl->op == OP_loop) {
        *word_at(w, word) = ctl->label;
    } else {
        *word_at(w, word) = ctl->fixes;
        ctl->fixes = word;
    }
}

/* In chains of forward branches: not a word of the IR, but the target of a catch clause. */
#define IN_CLAUSES 0x80000000u

static void bind(Walk *w, u32 fixes)
{
    while (fixes != NONE) {
        if (fixes & IN_CLAUSES) {
            CatchClause *clause = &w->clauses.at[fixes & ~IN_CLAUSES];
            fixes = clause->target;
            clause->target = w->at;
            continue;
        }
        u32 next = (u32)*word_at(w, fixes);
        *word_at(w, fixes) = w->at;
        fixes = next;
    }
}

/* Adds the latch form if the last instruction is an i32 or i64 addition into a local whose result r the comparison (op, R with b) uses. */
static bool fuse_latch(Walk *w, Op op, Opd b, u32 *word)
{
    split_increments(w);
    Hist *g = last(w);
    bool narrow = cw_ops[op].in == T_I32;
    if (!g || !g->local || g->dst == NONE || g->op != (narrow ? OP_i32_add : OP_i64_add) ||
        (g->form != FORM_SI && g->form != FORM_SS))
        return false;
    if (b.k == 'I' && !narrow && (s64)b.c != (s32)b.c)
        return false;
    if (b.k == 'S' && b.slot == g->dst)
        return false;   /* the comparison wants the new value */
    const Ins *p = INS(w, g->at);
    bool by_slot = g->form == FORM_SS;
    u64 addend = by_slot ? p->b : narrow ? (u64)(s64)p->imm : p->ext[0];
    u32 a = p->a, d = g->dst;
    unemit(w);
    g = last(w);
    if (narrow && !by_slot && a == d && g && g->ir == IR_i32_add_SI_D && g->local && g->dst != d && INS(w, g->at)->a == g->dst) {
        u32 other = g->dst;
        addend = (u32)INS(w, g->at)->imm | addend << 32;
        unemit(w);
        u32 ir = op_ir[op] + CMP_INC2 + (b.k == 'I');
        u32 at = b.k == 'I' ? emit_imm(w, ir, 0, FORM_NONE, a, other, (u32)b.c) : emit(w, ir, 0, FORM_NONE, a, other, b.slot, 0);
        INS(w, at)->ext[1] = addend;
        *word = at + (u32)offsetof(Ins, ext);
        return true;
    }
    u32 ir = op_ir[op] + (by_slot ? CMP_INCS : CMP_INC) + (b.k == 'I');
    u32 at = b.k == 'I' ? emit_imm(w, ir, 0, FORM_NONE, a, d, (u32)b.c) : emit(w, ir, 0, FORM_NONE, a, d, b.slot, 0);
    INS(w, at)->ext[1] = addend;
    *word = at + (u32)offsetof(Ins, ext);
    return true;
}

/* Emits the branch taken if the popped condition is true (sense) or false; returns its target word. */
static u32 conditional(Walk *w, const Ent *e, bool sense)
{
    const u32 ext = (u32)offsetof(Ins, ext);
    u32 word;
    Hist *h = last(w);
    if (h && h->op && is_last(w, e)) {
        const OpInfo *info = &cw_ops[h->op];
        const Ins *p = INS(w, h->at);
        u32 form = h->form, a = p->a, b = p->b;
        s32 imm = p->imm;
        if ((info->kind == KIND_CMP || info->kind == KIND_FCMP) && form <= FORM_RI) {
            Op op = (Op)h->op;
            bool is_imm = form == FORM_SI || form == FORM_RI, narrow = info->in == T_I32;
            u64 c = !is_imm ? 0 : narrow ? (u64)(u32)imm : p->ext[0];
            u32 offset = CMP_BR;
            if (!sense && info->kind == KIND_CMP)
                op = (Op)info->neg;
            else if (!sense)
                offset = FCMP_BRN;
            unemit(w);
            Opd right = { is_imm ? 'I' : 'S', false, b, c };
            if (info->kind == KIND_CMP && (form == FORM_RS || form == FORM_RI) && fuse_latch(w, op, right, &word))
                return word;
            if (form == FORM_RI && (op == OP_i32_eq || op == OP_i32_ne) && fuse_load_branch(w, op == OP_i32_eq ? TEST_EQ : TEST_NE, (u32)imm, &word))
                return word;
            u32 ir = op_ir[op] + offset + form, at;
            if (is_imm && narrow) {
                at = emit_imm(w, ir, 0, FORM_NONE, a, 0, (u32)imm);
            } else {
                at = emit(w, ir, 0, FORM_NONE, a, 0, b, 0);
                if (is_imm)
                    INS(w, at)->ext[1] = c;
            }
            return at + ext;
        }
        if (h->op == OP_i32_eqz || h->op == OP_i64_eqz) {
            bool wide = h->op == OP_i64_eqz, in_r = form == 1;
            unemit(w);
            /* What is tested may be a comparison whose only use was this test. */
            Hist *g = last(w);
            if (!wide && in_r && g && g->dst == NONE && g->ir == op_ir[g->op] + 2u * g->form && g->form <= FORM_RI &&
                (cw_ops[g->op].kind == KIND_CMP || cw_ops[g->op].kind == KIND_FCMP || g->op == OP_i32_and || g->op == OP_i64_eqz)) {
                w->acc[CLASS_INT].producer = g->at;
                return conditional(w, &(Ent){ .type = T_I32, .kind = E_ACC }, !sense);
            }
            if (in_r && fuse_latch(w, wide ? (sense ? OP_i64_eq : OP_i64_ne) : (sense ? OP_i32_eq : OP_i32_ne),
                                   (Opd){ 'I', false, 0, 0 }, &word))
                return word;
            if (in_r && !wide && fuse_load_branch(w, sense ? TEST_EQ : TEST_NE, 0, &word))
                return word;
            u32 ir = wide ? (sense ? IR_brz64_S : IR_brnz64_S) : (sense ? IR_brz_S : IR_brnz_S);
            return emit(w, ir + in_r, 0, FORM_NONE, a, 0, 0, 0) + ext;
        }
        if (h->op == OP_i32_and && form <= FORM_RI) {
            unemit(w);
            if (form == FORM_RI && fuse_load_branch(w, sense ? TEST_AND : TEST_NAND, (u32)imm, &word))
                return word;
            u32 ir = (sense ? IR_br_and_SS : IR_brn_and_SS) + form;
            bool is_imm = form == FORM_SI || form == FORM_RI;
            return (is_imm ? emit_imm(w, ir, 0, FORM_NONE, a, 0, (u32)imm) : emit(w, ir, 0, FORM_NONE, a, 0, b, 0)) + ext;
        }
    }
    Opd o = use(w, e);
    if (o.k == 'I')
        o = const_to_slot(w, o, 0);
    if (o.k == 'R' && h && h->local && h->dst == o.slot && e->kind == E_LOCAL &&
        fuse_latch(w, sense ? OP_i32_ne : OP_i32_eq, (Opd){ 'I', false, 0, 0 }, &word))
        return word;
    if (o.pending && is_last(w, e) && fuse_load_branch(w, sense ? TEST_NE : TEST_EQ, 0, &word))
        return word;
    u32 ir = sense ? IR_brnz_S : IR_brz_S;
    return emit(w, ir + (o.k == 'R'), 0, FORM_NONE, o.k == 'R' ? 0 : o.slot, 0, 0, 0) + ext;
}

/* Are the top n entries where a branch to the label wants them (so that materialize puts them there)? */
static bool in_place(const Walk *w, const Ctl *ctl, u32 n) { return n == 0 || w->ents[w->n - n].slot == ctl->slot; }

/* Moves the top n entries to the label's slots, in ascending order: a destination is never a source of a later move, since targets are
 * not above sources. Changes no entry (rule 6). */
static void move_to(Walk *w, const Ctl *ctl, u32 n)
{
    u32 to = ctl->slot;
    for (u32 i = w->n - n; i < w->n; i++) {
        copy_to(w, &w->ents[i], to);
        to += cw_slots(w->ents[i].type);
    }
}

static void materialize_top(Walk *w, u32 n)
{
    for (u32 i = w->n; i > w->n - n; i--)
        materialize(w, i - 1);
}

static bool is_function(const Walk *w, const Ctl *ctl) { return ctl == w->ctls.at; }

/* A jump that gives a local a constant, to a loop that begins with a br_table on that local: it goes to that case. So Go's compiler makes its gotos. */
static bool known_case(Walk *w, const Ctl *ctl, u32 word)
{
    const Ins *p = INS(w, word - (u32)offsetof(Ins, ext));
    if (ctl->op != OP_loop || p->handler != IR_br_copyi || w->far)
        return false;
    const Ins *head = INS(w, ctl->label);
    if (head->handler != IR_br_table_S || head->a != p->d)
        return false;
    u32 i = (u32)p->ext[1], n = (u32)head->imm;
    KnownCase known = { word, ctl->label + (u32)offsetof(Ins, ext) + CW_MIN(i, n) * 8 };
    if (!cw_vec_push(w->alloc, &w->known, known))
        w->failed = true;
    reloc(w, word);
    return true;
}

void cw_emit_br(Walk *w, u32 depth, u32 n)
{
    Ctl *ctl = &w->ctls.at[w->ctls.n - 1 - depth];
    if (is_function(w, ctl)) {
        cw_emit_return(w);
        return;
    }
    if (n)
        move_to(w, ctl, n);
    u32 word = emit_jump(w);
    if (!known_case(w, ctl, word))
        branch_to(w, ctl, word);
    w->n_hist = 0;
}

/* Binds a forward branch that only code just emitted jumps over: accumulators are as they were. */
static void bind_skip(Walk *w, u32 word)
{
    reloc(w, word);
    *word_at(w, word) = w->at;
    w->n_hist = 0;
}

void cw_emit_br_if(Walk *w, u32 depth, u32 n)
{
    Ctl *ctl = &w->ctls.at[w->ctls.n - 1 - depth];
    Ent cond = *ent(w, 0);
    bool returns = is_function(w, ctl) && n > 0;
    bool moves = !is_function(w, ctl) && !in_place(w, ctl, n);
    if (returns || moves) {
        if (returns && (n > 1 || w->type->results[0] == T_V128)) {
            /* Several results, and vectors, are returned from their own slots; put them there on both paths, under the condition. */
            for (u32 i = w->n - 1; i > w->n - 1 - n; i--)
                materialize(w, i - 1);
        }
        cond = pop(w);
        u32 skip = conditional(w, &cond, false);
        w->n_hist = 0;
        Acc before[N_CLASSES];
        memcpy(before, w->acc, sizeof before);
        if (returns) {
            cw_emit_return(w);
        } else {
            move_to(w, ctl, n);
            branch_to(w, ctl, emit_jump(w));
        }
        memcpy(w->acc, before, sizeof before);   /* on the path that goes on, nothing was written */
        bind_skip(w, skip);
        return;
    }
    if (n && !is_function(w, ctl)) {
        for (u32 i = w->n - 1; i > w->n - 1 - n; i--)
            materialize(w, i - 1);
    }
    cond = pop(w);
    branch_to(w, ctl, conditional(w, &cond, true));
    w->n_hist = 0;
}

/* Pushes the condition "the reference in the slot is null", or is not; the instruction is fused into the branch that follows at once. */
static void push_null_test(Walk *w, u32 slot, bool null)
{
    spill(w, CLASS_INT);
    u32 ir = null ? IR_i64_eqz_S_R : op_ir[OP_i64_ne] + 2u * FORM_SI;
    u32 at = emit(w, ir, null ? OP_i64_eqz : OP_i64_ne, null ? 0 : FORM_SI, slot, 0, 0, 0);
    if (!null)
        INS(w, at)->ext[0] = 0;
    push_result(w, T_I32, at, ir);
}

void cw_emit_br_on_null(Walk *w, u32 depth, u32 n)
{
    u32 slot = in_slot(w, w->n - 1);
    Ent e = pop(w);
    /* The condition is never stored, so that its own slot may be the reference's. */
    push_null_test(w, slot, true);
    cw_emit_br_if(w, depth, n);
    if (e.kind == E_LOCAL)
        push_local(w, e.x, e.type);
    else
        push(w, E_SLOT, e.type);
}

void cw_emit_br_on_non_null(Walk *w, u32 depth, u32 n)
{
    push_null_test(w, in_slot(w, w->n - 1), false);
    cw_emit_br_if(w, depth, n);
    (void)pop(w);
}

void cw_emit_ref_as_non_null(Walk *w) { emit(w, IR_ref_as_non_null, 0, FORM_NONE, in_slot(w, w->n - 1), 0, 0, 0); }

u32 cw_emit_br_table(Walk *w, u32 n_targets, u32 n)
{
    /* Constants and pending values are materialised once for all targets; n values are below the index. */
    for (u32 i = w->n - 1; i > w->n - 1 - n; i--)
        materialize(w, i - 1);
    Ent index = pop(w);
    u32 at;
    if (!fuse_br_table(w, &index, n_targets, &at)) {
        Opd o = use(w, &index);
        if (o.k == 'I')
            o = const_to_slot(w, o, 0);
        at = emit_imm(w, o.k == 'R' ? IR_br_table_R : IR_br_table_S, 0, FORM_NONE, o.k == 'R' ? 0 : o.slot, 0, n_targets);
    }
    u32 word = w->at;
    w->at += (n_targets + 1) * 8;
    w->tables++;
    w->n_hist = 0;
    return word;
}

void cw_emit_br_table_target(Walk *w, u32 word, u32 depth, u32 n)
{
    Ctl *ctl = &w->ctls.at[w->ctls.n - 1 - depth];
    if ((!is_function(w, ctl) && in_place(w, ctl, n)) || (is_function(w, ctl) && n == 0)) {
        branch_to(w, ctl, word);
        return;
    }
    /* Moves or a return are needed: code after the table, once per label. */
    if (ctl->stub_of != w->tables) {
        ctl->stub_of = w->tables;
        ctl->stub = w->at;
        cw_emit_br(w, depth, n);
    }
    reloc(w, word);
    *word_at(w, word) = ctl->stub;
}

void cw_emit_unreachable(Walk *w)
{
    emit(w, IR_unreachable, 0, FORM_NONE, 0, 0, 0, 0);
    w->n_hist = 0;
}

void cw_emit_return(Walk *w)
{
    u32 n = w->type->n_results, own = w->type->param_slots;
    if (n <= 1 && fuse_return(w, n ? ent(w, 0) : NULL, own)) {
        w->n_hist = 0;
        return;
    }
    if (n == 0) {
        emit(w, IR_ret_0, 0, FORM_NONE, 0, own, 0, 0);
    } else if (n == 1 && w->type->results[0] != T_V128) {
        Ent *e = ent(w, 0);
        u32 c = class_of(w->type->results[0]);
        static const u16 ret_S[N_CLASSES] = { IR_ret_S, IR_ret_S_f64, IR_ret_S_f32 };
        static const u16 ret_R[N_CLASSES] = { IR_ret_R, IR_ret_R_f64, IR_ret_R_f32 };
        static const u16 ret_I[N_CLASSES] = { IR_ret_I, IR_ret_I_f64, IR_ret_I_f32 };
        Opd o = use(w, e);
        u32 at = emit(w, o.k == 'I' ? ret_I[c] : o.k == 'R' ? ret_R[c] : ret_S[c], 0, FORM_NONE, o.k == 'S' ? o.slot : 0, own, 0, 0);
        if (o.k == 'I')
            INS(w, at)->ext[0] = o.c;
    } else {
        materialize_top(w, n);
        emit_imm(w, IR_ret_n, 0, FORM_NONE, block_near(w, w->ents[w->n - n].slot, w->type->result_slots), own, w->type->result_slots);
    }
    w->n_hist = 0;
}

/* ---- Structure ---- */

/* The accounting instructions of the code variant, at function entry and loop heads. */
static void accounting(Walk *w)
{
    if (w->target.variant & VARIANT_FUEL) {
        w->fuel_at = emit_imm(w, IR_fuel, 0, FORM_NONE, 0, 0, 1);
        w->fuel = 1;
    }
    if (w->target.variant & VARIANT_INTERRUPT)
        emit(w, IR_poll, 0, FORM_NONE, 0, 0, 0, 0);
    w->n_hist = 0;
}

void cw_emit_begin(Walk *w)
{
    w->n_sums = 0;
    label(w);
    accounting(w);
}

void cw_emit_block(Walk *w, u32 n_params) { cw_emit_flush(w, n_params); }

void cw_emit_loop(Walk *w, Ctl *ctl)
{
    label(w);
    ctl->label = w->at;
    ctl->fuel_at = w->fuel_at;
    ctl->fuel = w->fuel;
    accounting(w);
}

u32 cw_emit_if(Walk *w, u32 n_params)
{
    /* The entries under the condition go to their slots; moves leave the condition's accumulator alone. */
    Ent cond = pop(w);
    cw_emit_flush(w, n_params);
    u32 word = conditional(w, &cond, false);
    reloc(w, word);
    w->n_hist = 0;
    return word;
}

/* Results to their own slots before control meets other control. */
void cw_emit_else(Walk *w, Ctl *ctl)
{
    if (!w->dead) {
        u32 n = ctl->type ? ctl->type->n_results : ctl->one != T_NONE;
        materialize_top(w, n);
        branch_to(w, ctl, emit_jump(w));
    }
    *word_at(w, ctl->else_fix) = w->at;
    ctl->else_fix = NONE;
    label(w);
}

static void end_accounting(Walk *w, const Ctl *ctl)
{
    if ((w->target.variant & VARIANT_FUEL) && ctl->op == OP_loop) {
        w->fuel_at = ctl->fuel_at;
        w->fuel = ctl->fuel;
    }
}

void cw_emit_end(Walk *w, Ctl *ctl, u32 n_results)
{
    bool arrives = ctl->fixes != NONE || ctl->else_fix != NONE;
    if (arrives) {
        if (!w->dead)
            materialize_top(w, n_results);
        bind(w, ctl->fixes);
        if (ctl->else_fix != NONE)
            *word_at(w, ctl->else_fix) = w->at;
        label(w);
    }
    end_accounting(w, ctl);
}

/* Returns what catch clauses with the function's label left in the first operand slots. */
static void return_caught(Walk *w)
{
    u32 own = w->type->param_slots;
    label(w);
    bind(w, w->return_fixes);
    if (w->type->n_results == 1 && w->type->results[0] != T_V128) {
        static const u16 ret[N_CLASSES] = { IR_ret_S, IR_ret_S_f64, IR_ret_S_f32 };
        emit(w, ret[class_of(w->type->results[0])], 0, FORM_NONE, w->first_slot, own, 0, 0);
    } else {
        emit_imm(w, IR_ret_n, 0, FORM_NONE, block_near(w, w->first_slot, w->type->result_slots), own, w->type->result_slots);
    }
    w->n_hist = 0;
}

void cw_emit_end_function(Walk *w, Ctl *ctl)
{
    if (!w->dead && w->type->n_results > 0)
        cw_emit_return(w);
    bind(w, ctl->fixes);   /* only branches without results come here */
    if (w->type->n_results == 0 && (!w->dead || ctl->fixes != NONE))
        cw_emit_return(w);
    if (w->return_fixes != NONE)
        return_caught(w);
    for (u32 i = 0; i < w->known.n; i++)
        *word_at(w, w->known.at[i].word) = *word_at(w, w->known.at[i].table_word);
}

void cw_emit_push_slots(Walk *w, const ValType *types, u32 n)
{
    for (u32 i = 0; i < n; i++)
        push(w, E_SLOT, types[i]);
    w->flushed = w->n;
}

/* ---- Calls ---- */

/* Arguments to their slots, what is pending below spilled; returns the slot of the first argument. */
/* The word of a direct call: where the callee's code is or will be; in disassembly its index. */
static u64 callee_word(Walk *w, u32 func_index, bool is_call)
{
    if (!w->target.handlers)
        return func_index;
    const u8 *code = cw_code_callee(w->module, func_index, is_call);
    w->failed |= !code;
    return (u64)(uintptr_t)code;
}

static u32 arguments(Walk *w, u32 n)
{
    u32 first = n ? w->ents[w->n - n].slot : next_slot(w);
    materialize_top(w, n);
    spill_all(w);
    return first;
}

static void results(Walk *w, const Type *type)
{
    label(w);
    for (u32 i = 0; i < type->n_results; i++) {
        Ent *e = push(w, E_SLOT, type->results[i]);
        u32 c = class_of(e->type);
        if (type->n_results == 1 && c != CLASS_V128)
            w->acc[c].mirror = e->slot;
    }
}

static void pop_n(Walk *w, u32 n)
{
    while (n--)
        (void)pop(w);
}

void cw_emit_call(Walk *w, u32 func_index)
{
    const FuncDecl *f = &w->module->funcs[func_index];
    u32 first = arguments(w, f->type->n_params);
    if (is_far(first)) {
        emit_far(w, IR_far_call_func, first, func_index);
    } else if (func_index < w->module->n_func_imports) {
        emit_imm(w, IR_call_import, 0, FORM_NONE, first, 0, func_index);
    } else {
        u64 code = callee_word(w, func_index, true);
        if (f->frame_slots > UINT16_MAX || f->n_local_slots > INT16_MAX) {
            u32 at = emit(w, IR_call_big, 0, FORM_NONE, first, f->type->param_slots, 0, 0);
            INS(w, at)->ext[0] = f->frame_slots | (u64)f->n_local_slots << 32;
            INS(w, at)->ext[1] = code;
        } else {
            u32 n = f->n_local_slots;
            u32 ir = n <= 4 ? IR_call_0 + n : n <= 8 ? IR_call_8 : IR_call_n;
            u32 at = emit(w, ir, 0, FORM_NONE, first, f->type->param_slots, f->frame_slots, n);
            INS(w, at)->ext[0] = code;
        }
    }
    pop_n(w, f->type->n_params);
    results(w, f->type);
}

/* The index or reference on top of the arguments: in r, or a slot. */
static Opd table_index(Walk *w, u32 n_params, bool in_slot_only)
{
    /* Arguments first; moves and patches leave the index's accumulator alone. */
    for (u32 i = w->n - 1; i > w->n - 1 - n_params; i--)
        materialize(w, i - 1);
    if (in_slot_only)
        (void)in_slot(w, w->n - 1);
    Ent e = pop(w);
    Opd o = use(w, &e);
    if (o.k == 'I')
        o = const_to_slot(w, o, 0);
    return o;
}

void cw_emit_call_indirect(Walk *w, const Type *type, u32 table)
{
    bool wide = w->module->tables[table].type.limits.is64;
    Opd o = table_index(w, type->n_params, wide || w->far);
    u32 first = arguments(w, type->n_params);
    u32 at;
    if (is_far(first))
        at = emit_imm(w, IR_far_call_table, 0, FORM_NONE, o.slot, 0, first);
    else
        at = emit(w, wide ? IR_call_indirect_64 : o.k == 'R' ? IR_call_indirect_R : IR_call_indirect_S, 0, FORM_NONE, first, type->param_slots,
                  o.k == 'R' && !wide ? 0 : o.slot, 0);
    INS(w, at)->ext[0] = type->id | (u64)table << 32;
    pop_n(w, type->n_params);
    results(w, type);
}

void cw_emit_return_call(Walk *w, u32 func_index)
{
    const FuncDecl *f = &w->module->funcs[func_index];
    u32 own = w->type->param_slots;
    u32 first = block_near(w, arguments(w, f->type->n_params), f->type->param_slots);
    if (func_index < w->module->n_func_imports) {
        u32 at = emit_imm(w, IR_return_call_import, 0, FORM_NONE, first, f->type->param_slots, func_index);
        INS(w, at)->ext[0] = own;
    } else {
        u32 at = emit_imm(w, IR_return_call, 0, FORM_NONE, first, f->type->param_slots, f->n_local_slots);
        INS(w, at)->ext[0] = callee_word(w, func_index, false);
        INS(w, at)->ext[1] = own | (u64)f->frame_slots << 32;
    }
    w->n_hist = 0;
}

void cw_emit_return_call_indirect(Walk *w, const Type *type, u32 table)
{
    Opd o = table_index(w, type->n_params, true);
    u32 first = block_near(w, arguments(w, type->n_params), type->param_slots);
    bool wide = w->module->tables[table].type.limits.is64;
    u32 at = emit(w, wide ? IR_return_call_indirect_64 : IR_return_call_indirect, 0, FORM_NONE, first, type->param_slots, o.slot, 0);
    INS(w, at)->ext[0] = type->id | (u64)table << 32;
    INS(w, at)->ext[1] = w->type->param_slots;
    w->n_hist = 0;
}

void cw_emit_call_ref(Walk *w, const Type *type)
{
    Opd o = table_index(w, type->n_params, true);
    u32 first = arguments(w, type->n_params);
    if (is_far(first))
        emit_imm(w, IR_far_call_ref, 0, FORM_NONE, o.slot, 0, first);
    else
        emit(w, IR_call_ref, 0, FORM_NONE, first, type->param_slots, o.slot, 0);
    pop_n(w, type->n_params);
    results(w, type);
}

void cw_emit_return_call_ref(Walk *w, const Type *type)
{
    Opd o = table_index(w, type->n_params, true);
    u32 first = block_near(w, arguments(w, type->n_params), type->param_slots);
    u32 at = emit(w, IR_return_call_ref, 0, FORM_NONE, first, type->param_slots, o.slot, 0);
    INS(w, at)->ext[0] = w->type->param_slots;
    w->n_hist = 0;
}

/* ---- Exceptions ---- */

/*
 * A try emits nothing but what every block does at its entry. Its range and its clauses go to tables beside the code (code.h). What makes that right:
 * at the entry every entry of the abstract stack is in its own slot or a constant, so the values below a label are where the code at the label
 * expects them, whatever the body did; locals are in their slots at every instruction that can throw (local.set writes at once); and code at
 * labels assumes nothing about accumulators. hist is cleared at both ends of a range: an instruction neither leaves nor enters it by fusion.
 */

Status cw_emit_try(Walk *w, u32 *range)
{
    u32 parent = w->top->range ? w->top->range - 1 : NONE;
    if (!cw_vec_push(w->alloc, &w->tries, (TryRange){ w->at, w->at, NONE, parent, parent }))
        return cw_no_memory(w->err);
    *range = w->tries.n;
    w->n_hist = 0;
    return CWASM_OK;
}

void cw_emit_try_end(Walk *w, const Ctl *ctl)
{
    w->tries.at[ctl->range - 1].end = w->at;
    w->n_hist = 0;
}

/* Adds a clause to a range, after `last`, or as its first if that is NONE. */
static Status add_clause(Walk *w, u32 range, u32 last_clause, CatchClause clause)
{
    u32 i = w->clauses.n;
    clause.next = NONE;
    if (!cw_vec_push(w->alloc, &w->clauses, clause))
        return cw_no_memory(w->err);
    if (last_clause == NONE)
        w->tries.at[range].first = i;
    else
        w->clauses.at[last_clause].next = i;
    return CWASM_OK;
}

Status cw_emit_catch_clause(Walk *w, u32 tag, bool ref, Ctl *ctl)
{
    u32 values = tag == NONE ? 0 : w->module->tags[tag]->param_slots;
    u32 clause = w->clauses.n;
    u32 range = w->tries.n - 1, last_clause = w->tries.at[range].first == NONE ? NONE : clause - 1;
    TRY(add_clause(w, range, last_clause, (CatchClause){ .tag = tag, .slot = ctl->slot, .ref = ref ? ctl->slot + values : NO_SLOT }));
    CatchClause *c = &w->clauses.at[clause];
    if (ctl->op == OP_loop) {
        c->target = ctl->label;
    } else {
        u32 *fixes = is_function(w, ctl) && w->type->n_results ? &w->return_fixes : &ctl->fixes;
        c->target = *fixes;
        *fixes = IN_CLAUSES | clause;
    }
    return CWASM_OK;
}

/* The slot that holds what a legacy catch caught. */
static u32 caught_slot(const Walk *w, const Ctl *ctl)
{
    return w->first_slot - w->module->funcs[w->func_index].n_catch_slots + ctl->catches - 1;
}

Status cw_emit_catch(Walk *w, Ctl *ctl, u32 tag)
{
    if (ctl->op == OP_try) {
        ctl->caught = ctl->range - 1;
        ctl->clause = NONE;
        cw_emit_try_end(w, ctl);
    }
    if (!w->dead) {
        u32 n = ctl->type ? ctl->type->n_results : ctl->one != T_NONE;
        materialize_top(w, n);
        branch_to(w, ctl, emit_jump(w));
    }
    label(w);
    u32 before = ctl->clause;
    ctl->clause = w->clauses.n;
    return add_clause(w, ctl->caught, before,
                      (CatchClause){ .tag = tag, .target = w->at, .slot = ctl->slot, .ref = caught_slot(w, ctl) });
}

void cw_emit_delegate(Walk *w, const Ctl *ctl, const Ctl *to)
{
    w->tries.at[ctl->range - 1].next = to->range ? to->range - 1 : NONE;
}

void cw_emit_throw(Walk *w, u32 tag)
{
    u32 first = block_near(w, arguments(w, w->module->tags[tag]->n_params), w->module->tags[tag]->param_slots);
    emit_imm(w, IR_throw, 0, FORM_NONE, first, 0, tag);
    w->n_hist = 0;
}

void cw_emit_throw_ref(Walk *w)
{
    u32 a = in_slot(w, w->n - 1);
    spill_all(w);
    emit(w, IR_throw_ref, 0, FORM_NONE, a, 0, 0, 0);
    w->n_hist = 0;
}

void cw_emit_rethrow(Walk *w, const Ctl *ctl)
{
    spill_all(w);
    emit(w, IR_throw_ref, 0, FORM_NONE, caught_slot(w, ctl), 0, 0, 0);
    w->n_hist = 0;
}
#include "code/emit_gc.inc"
