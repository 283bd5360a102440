/* pair.c - which instructions share a dispatch with the one behind them. */
#include "code/pair.h"

/* Numbers of the instructions that begin pairs; 0 is none. */
enum {
    NO_PAIR,
#define FIRST(a) FIRST_##a,
#include "code/pairs.def"
    N_FIRSTS
};

static const u8 first_of[N_IR] = {
#define FIRST(a) [IR_##a] = FIRST_##a,
#include "code/pairs.def"
};
_Static_assert(N_FIRSTS <= UINT8_MAX + 1, "a number of a first instruction has 8 bits");

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

u32 cw_pair_of(u32 a, u32 b)
{
    u32 first = first_of[a];
    if (CW_LIKELY(!first))
        return 0;
    for (u32 k = begin[first]; k < begin[first + 1]; k++) {
        if (second[k] == b)
            return BEGIN_PAIRS + k;
    }
    return 0;
}

void cw_pair_up(u8 *ir, u32 size, const u64 *handlers)
{
    for (u32 at = 0; at < size;) {
        Ins *p = (Ins *)(void *)(ir + at);
        u32 op = (u32)p->handler, pair = 0;
        at += cw_ir_size[op];
        if (CW_UNLIKELY(op >= IR_br_table_S && op <= IR_br_table_load_R))
            at += ((u32)p->imm + 1) * 8;   /* the targets */
        else if (at < size)
            pair = cw_pair_of(op, (u32)((const Ins *)(const void *)(ir + at))->handler);
        p->handler = handlers[pair ? pair : op];
    }
}
