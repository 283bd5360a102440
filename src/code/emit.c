/*
 * emit.c - IR from the abstract stack. The rules that keep it right:
 *
 *   1. At most one entry is pending in each accumulator (E_ACC). Whoever emits an instruction that overwrites an accumulator first spills
 *      the entry that is pending there: its producer is patched from _R to _D. No spill instruction exists.
 *   2. acc.mirror names a slot that the accumulator is a copy of; every write of that slot by anything else forgets it (wrote()).
 *   3. Entries naming a local are copied to their own slots before the local is overwritten.
 *   4. Where control flow meets (labels), every entry is in its own slot or a constant and nothing is pending; a slot is mirrored if it is on
 *      every way there. At the head of a loop nothing is: the ways back are not known yet, and code in place comes there, too. Behind a test for
 *      zero that the head begins with, what was tested is in r: the test leaves it there (branch_on_slot), and ways back that go round the test
 *      have it there (ask_before_jump).
 *   5. Only the very last instruction may be taken back or given another destination, and only while hist knows it: hist is cleared at
 *      labels and after branches and calls.
 *   6. Code that runs on one side of a branch only (moves before a jump) changes nothing in the abstract stack.
 *
 * Here: instructions, entries, values and arithmetic; the rest of the same translation unit is in emit_*.inc, each with one idea.
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
#define LOAD_AS(code, id, text, R, M, as) [OP_##id] = IR_##as##_S_R,
#define STORE_AS(code, id, text, T, M, as) [OP_##id] = IR_##as##_SS,
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
#define A_LOAD_AS(code, id, text, R, M, as) [OP_##id] = IR_##as##_M,
#define A_STORE_AS(code, id, text, T, M, as) [OP_##id] = IR_##as##_M,
#define A_RMW_AS(code, id, text, R, M, op, as) [OP_##id] = IR_##as##_M,
#define A_CMPXCHG_AS(code, id, text, R, M, as) [OP_##id] = IR_##as##_M,
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
    u32 at = w->at, n = w->n_hist;
    Ins *ins = INS(w, at);
    w->at = at + cw_ir_size[ir];
    if (n == N_HIST) {
        for (n = 0; n < N_HIST - 1; n++)
            w->hist[n] = w->hist[n + 1];
    }
    w->n_hist = n + 1;
    w->hist[n] = (Hist){ at, (u16)ir, (u16)op, (u8)form, false, NONE };
    ins->handler = ir;
    ins->a = (u16)a;
    ins->d = (u16)d;
    ins->b = (u16)b;
    ins->x = (u16)x;
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

/* Something comes behind an increment. */
static CW_NOINLINE u32 emit_behind(Walk *w, u32 ir, Op op, u32 form, u32 a, u32 d, u32 b, u32 x)
{
    join_increment(w);
    return CW_UNLIKELY(w->watched) ? emit_watched(w, ir, op, form, a, d, b, x) : append(w, ir, op, form, a, d, b, x);
}

/* Appends an instruction; extension words are left to the caller. What is rare is called last, so that this has no frame. */
static CW_NOINLINE u32 emit(Walk *w, u32 ir, Op op, u32 form, u32 a, u32 d, u32 b, u32 x)
{
    if (w->n_hist >= 2 && w->hist[w->n_hist - 1].ir == IR_i32_add_SI_D)
        return emit_behind(w, ir, op, form, a, d, b, x);
    if (CW_UNLIKELY(w->watched))
        return emit_watched(w, ir, op, form, a, d, b, x);
    return append(w, ir, op, form, a, d, b, x);
}

static u32 emit_imm(Walk *w, u32 ir, Op op, u32 form, u32 a, u32 d, u32 imm)
{
    return emit(w, ir, op, form, a, d, imm & 0xffff, imm >> 16);
}

#include "code/emit_far.inc"

/* The code ends at `at` again. */
static void cut(Walk *w, u32 at)
{
    w->at = at;
    if (CW_UNLIKELY(w->want_map))
        while (w->map.n && w->map.at[w->map.n - 1].ir >= at)
            w->map.n--;
}

/* Takes the last instruction back. Only for instructions without branch targets. */
static Hist unemit(Walk *w)
{
    Hist h = w->hist[--w->n_hist];
    cut(w, h.at);
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

static Ent *push(Walk *w, EntKind kind, ValType type) { return cw_emit_push(w, kind, type); }

CW_INLINE Ent pop_here(Walk *w)
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

static Ent pop(Walk *w) { return pop_here(w); }

/* What is known of a number that was popped is no longer so. */
CW_INLINE void forget(Walk *w, const Ent *e, u32 c)
{
    if (e->kind == E_LOCAL)
        w->local_top[e->x] = e->below;
    else if (e->kind == E_ACC)
        w->acc[c].pending = NONE;
}

/* Two numbers of one class, which is what most operations take; none of them a sum. */
CW_INLINE void pop_two(Walk *w, u32 c, Ent *a, Ent *b)
{
    u32 n = w->n - 2;
    *a = w->ents[n];
    *b = w->ents[n + 1];
    w->n = n;
    w->slots -= 2;
    w->flushed = CW_MIN(w->flushed, n);
    forget(w, b, c);
    forget(w, a, c);
}

static void push_local(Walk *w, u32 x, ValType type) { cw_emit_local_get(w, x, type); }

/* The slot a non-constant, non-pending entry can be read from. */
static u32 slot_of(const Walk *w, const Ent *e) { return e->kind == E_LOCAL ? w->local_slot[e->x] : e->slot; }

static void emit_set(Walk *w, u32 c, u32 to);

static CW_NOINLINE void spill_pending(Walk *w, u32 c)
{
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

/* Rule 1. */
CW_INLINE void spill(Walk *w, u32 c)
{
    if (CW_UNLIKELY(w->acc[c].pending != NONE))
        spill_pending(w, c);
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
    if (!is_far(to) && bits <= UINT32_MAX) {
        (void)emit_imm(w, IR_copyi, 0, FORM_NONE, 0, to, (u32)bits);
    } else {
        u32 at = is_far(to) ? emit_far(w, IR_far_copyi, to, 0) : emit(w, IR_copyi64, 0, FORM_NONE, 0, to, 0, 0);
        INS(w, at)->ext[0] = bits;
    }
    wrote(w, to);
}

static bool set_sum_too(Walk *w, u32 to);

/* r goes where the last instruction has just copied from: values that move up by one from round to round. */
static bool set_behind_copy(Walk *w, u32 to)
{
    const Hist *h = last(w);
    if (!h || h->ir != IR_copy || INS(w, h->at)->a != to)
        return false;
    set_op(w, h->at, IR_shift);
    wrote(w, to);
    return true;
}

static void emit_set(Walk *w, u32 c, u32 to)
{
    static const u16 set[N_CLASSES] = { IR_set_r, IR_set_d, IR_set_s, IR_set_v };
    static const u16 far_set[N_CLASSES] = { IR_far_set_r, IR_far_set_d, IR_far_set_s, IR_far_set_v };
    if (c == CLASS_INT && !is_far(to) && (set_sum_too(w, to) || set_behind_copy(w, to)))
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

/* A local that was just copied is read where it was, where it has been for longer. (Not so what was on the stack: its slot may be free again, and the
 * place for another operand of the same instruction.) */
static u32 nearest(const Walk *w, u32 slot)
{
    const Hist *h = w->n_hist ? &w->hist[w->n_hist - 1] : NULL;
    return h && h->ir == IR_copy && INS(w, h->at)->d == slot && INS(w, h->at)->a < w->first_slot ? INS(w, h->at)->a : slot;
}

CW_INLINE Opd use_of_class(const Walk *w, const Ent *e, u32 c)
{
    switch ((EntKind)e->kind) {
    case E_ACC: return (Opd){ 'R', true, NONE, 0 };
    case E_CONST: return (Opd){ 'I', false, NONE, e->c };
    default: {
        u32 slot = nearest(w, slot_of(w, e));
        return (Opd){ w->acc[c].mirror == slot ? 'R' : 'S', false, slot, 0 };
    }
    }
}

static Opd use(const Walk *w, const Ent *e) { return use_of_class(w, e, class_of(e->type)); }

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

void cw_emit_drop(Walk *w) { (void)pop(w); }

/* Local x is about to get the pending result of the last instruction, while its old value is still wanted: that is saved before the instruction, whose
 * result then needs no move of its own. Moves leave accumulators alone, and nobody has looked at the slots that they write. */
static CW_NOINLINE void save_before_last(Walk *w, u32 x)
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
    const Ins *p = (const Ins *)(const void *)bytes;
    /* What it finds in its accumulator, if that is a copy of a slot, is still there. */
    const OpInfo *info = &cw_ops[moved.op];
    bool binary = (info->kind == KIND_BIN || info->kind == KIND_CMP || info->kind == KIND_FCMP) && (moved.form == FORM_RS || moved.form == FORM_RI);
    if (binary && p->a != (u16)NONE && !w->far)
        w->acc[class_of(info->in)].mirror = p->a;
    materialize_local(w, x);
    u32 at = emit(w, moved.ir, (Op)moved.op, moved.form, p->a, p->d, p->b, p->x);
    memcpy(INS(w, at), bytes, size);
    acc->mirror = NONE;
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
    Hist *h = last(w);
    if (CW_LIKELY(e.kind == E_ACC && w->local_top[x] == NONE && h)) {   /* most often it is the last instruction that writes the local instead */
        Acc *acc = &w->acc[class_of(e.type)];
        if (acc->producer == h->at) {
            (void)pop_here(w);
            h->ir = acc->op + 1u;
            h->dst = to;
            h->local = true;
            Ins *p = INS(w, h->at);
            p->handler = h->ir;
            p->d = (u16)to;
            wrote(w, to);
            acc->mirror = to;
            if (tee)
                push_local(w, x, e.type);
            return;
        }
    }
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
        h = last(w);
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
        if (slot != NONE && c < N_CLASSES && w->acc[c].mirror == slot && (tee || e.kind != E_LOCAL))
            w->acc[c].mirror = to;   /* a copy of both: most often the next that is wanted */
    }
    if (tee)
        push_local(w, x, e.type);
}

void cw_emit_un(Walk *w, Op op)
{
    const OpInfo *info = &cw_ops[op];
    if (CW_UNLIKELY(w->n_sums))
        settle_top(w, 1);
    Ent e = pop_here(w);
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
    if (b == 'R')
        return FORM_SR;   /* only one of them is */
    return (a == 'R' ? FORM_RS : FORM_SS) + (b == 'I');
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
    if (CW_UNLIKELY(w->n_sums))
        settle_top(w, 2);
    Ent ea, eb;
    u32 in = class_of(info->in);
    pop_two(w, in, &ea, &eb);
    spill(w, class_of(info->out));
    Opd a = use_of_class(w, &ea, in), b = use_of_class(w, &eb, in);
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

#include "code/emit_memory.inc"
#include "code/emit_simd.inc"
#include "code/emit_plain.inc"
#include "code/emit_branches.inc"
#include "code/emit_calls.inc"
#include "code/emit_gc.inc"
