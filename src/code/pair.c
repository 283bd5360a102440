/* pair.c - which instructions share a dispatch with the one behind them. */
#include "code/pair.h"

/* Numbers of the instructions that begin pairs; 0 is none. */
enum {
    NO_PAIR,
#define FIRST(a) FIRST_##a,
#include "code/pairs.def"
    N_FIRSTS,
    SPECIAL = N_FIRSTS   /* of those that may become something else here, and of tables of branches, which have their targets behind them */
};

/* Returns that have forms for what was saved in slot 1, 2 or 3. */
#define RETURNS \
    AT(ret_0) AT(ret_S) AT(ret_R) AT(ret_R_f64) AT(ret_I) AT(leave_S) AT(ret_0_deep) AT(ret_S_deep) AT(ret_R_deep)

static const u8 first_of[N_IR] = {
#define FIRST(a) [IR_##a] = FIRST_##a,
#include "code/pairs.def"
#define AT(id) [IR_##id] = SPECIAL,
    AT(br_table_S) AT(br_table_R) AT(br_table_add_S) AT(br_table_add_R) AT(br_table_load_S) AT(br_table_load_R) AT(br) AT(br_copy) AT(br_copyi) AT(br_add)
    AT(br_set_r) RETURNS
#undef AT
};
_Static_assert(SPECIAL <= UINT8_MAX, "a number of a first instruction has 8 bits");

/* The first pair of each, and what its pairs end with. */
static const u16 begin[N_FIRSTS + 1] = {
    0,
#define FIRST(a) BEGIN_##a - BEGIN_PAIRS,
#include "code/pairs.def"
    N_HANDLERS - BEGIN_PAIRS
};
static const u16 second[] = {
#define THEN(a, b) IR_##b,
#include "code/pairs.def"
};
_Static_assert(CW_COUNT(second) == N_HANDLERS - BEGIN_PAIRS, "pairs are numbered without gaps");

/* Where in its row a pair is, from 1, by a number made of both instructions: 0 most often if they are no pair. Pairs with the same number lose their place to
 * the last of them, and are looked for in their row. */
enum { N_PLACES = 2944, FACTOR_FIRST = 40210, FACTOR_SECOND = 33811 };
#define PLACE(first, b) ((((first) * FACTOR_FIRST + (b) * FACTOR_SECOND) & 0xffff) * N_PLACES >> 16)
#if defined(__clang__)
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif
static const u8 place[N_PLACES] = {
#define THEN(a, b) [PLACE((u32)FIRST_##a, (u32)IR_##b)] = IR_##a##__##b - BEGIN_##a + 1,
#include "code/pairs.def"
};

static CW_NOINLINE u32 pair_in_row(u32 first, u32 b)
{
    for (u32 k = begin[first]; k < begin[first + 1]; k++) {
        if (second[k] == b)
            return BEGIN_PAIRS + k;
    }
    return 0;
}

CW_INLINE u32 pair_of(u32 first, u32 b)
{
    if (!first)
        return 0;
    u32 k = place[PLACE(first, b)];
    if (!k)
        return 0;
    k += begin[first] - 1u;
    return CW_LIKELY(k < begin[first + 1] && second[k] == b) ? BEGIN_PAIRS + k : pair_in_row(first, b);
}

u32 cw_pair_of(u32 a, u32 b)
{
    u32 first = first_of[a];
    return first == SPECIAL ? 0 : pair_of(first, b);
}

/*
 * A jump to a return, with the move that the jump makes, is the return itself: one instruction less, and each return has a history of its own in the branch
 * predictor. It takes the jump's place and leaves what it does not need unused. Returns behind no call (x) read what was just stored (RETURN_DEEP).
 */
static CW_NOINLINE u32 jump_or_return(const u8 *ir, u32 at, u32 size)
{
    Ins *p = (Ins *)(void *)(ir + at);
    u32 op = (u32)p->handler, ret;
    if (p->ext[0] <= at || p->ext[0] >= size)
        return op;
    const Ins *to = (const Ins *)(const void *)(ir + p->ext[0]);
    bool called = p->x, one = false;   /* one: an integer from a slot */
    switch (to->handler) {
    case IR_ret_0: case IR_ret_0_deep: ret = called ? IR_ret_0_deep : IR_ret_0; break;
    case IR_ret_S: case IR_ret_S_deep: ret = called ? IR_ret_S_deep : IR_ret_S; one = true; break;
    case IR_ret_R: case IR_ret_R_deep: ret = called ? IR_ret_R_deep : IR_ret_R; break;
    case IR_ret_S_f64: case IR_ret_S_f32: case IR_ret_R_f64: case IR_ret_R_f32: ret = (u32)to->handler; break;
    default: return op;
    }
    if (op == IR_br)
        p->a = to->a;
    else if (to->a != p->d || (!one && (op != IR_br_copy || (ret != IR_ret_S_f64 && ret != IR_ret_S_f32))))
        return op;
    else if (op == IR_br_set_r)
        ret = called ? IR_ret_R_deep : IR_ret_R;
    else if (op != IR_br_copy)
        ret = op == IR_br_add ? IR_ret_add : IR_ret_K;
    p->d = to->d;
    return ret;
}

/* A copy and the return of what it copied are one return. */
static u32 copy_and_return(Ins *p, const Ins *ret)
{
    u32 next = (u32)ret->handler;
    if (ret->a != p->d || (next != IR_ret_S && next != IR_ret_S_deep && next != IR_ret_S_f64 && next != IR_ret_S_f32))
        return IR_copy;
    p->d = ret->d;
    return next;
}

/* The form of a return for what was saved in the slot. */
static u32 return_at(u32 op, u32 slot)
{
    if (slot < 1 || slot > 3)
        return op;
    switch (op) {
#define AT(id) case IR_##id: return IR_##id##_at_1 + slot - 1;
    RETURNS
#undef AT
    default: return op;
    }
}

void cw_pair_up(u8 *ir, u32 size, const u64 *handlers)
{
    u64 none = 0, *word = &none;       /* of the instruction before, */
    u32 before = 0, before_first = 0;  /* which is this, and its number */
    for (u32 at = 0; at < size;) {
        Ins *p = (Ins *)(void *)(ir + at);
        u32 op = (u32)p->handler, first = first_of[op], here = at;
        at += cw_ir_size[op];
        if (first == FIRST_copy) {
            op = at < size ? copy_and_return(p, (const Ins *)(const void *)(ir + at)) : op;
        } else if (first == SPECIAL) {
            if (op >= IR_br_table_S && op <= IR_br_table_load_R)
                at += ((u32)p->imm + 1) * 8;
            else if (op >= IR_br && op <= IR_br_set_r)
                op = jump_or_return(ir, here, size);
        }
        u32 pair = pair_of(before_first, op);
        *word = handlers[pair ? pair : before];
        first = first_of[op];
        if (CW_UNLIKELY(first == SPECIAL)) {
            op = return_at(op, p->d);
            first = 0;
        }
        before = op;
        before_first = first;
        word = &p->handler;
    }
    *word = handlers[before];
}
