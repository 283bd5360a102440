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

CW_INLINE u32 pair_of(u32 a, u32 b)
{
    u32 first = first_of[a];
    if (!first)
        return 0;
    u32 k = place[PLACE(first, b)];
    if (!k)
        return 0;
    k += begin[first] - 1u;
    return CW_LIKELY(k < begin[first + 1] && second[k] == b) ? BEGIN_PAIRS + k : pair_in_row(first, b);
}

u32 cw_pair_of(u32 a, u32 b) { return pair_of(a, b); }

void cw_pair_up(u8 *ir, u32 size, const u64 *handlers)
{
    u8 *end = ir + size;
    for (u8 *at = ir; at < end;) {
        Ins *p = (Ins *)(void *)at;
        u32 op = (u32)p->handler, handler = op, pair;
        at += cw_ir_size[op];
        if (CW_UNLIKELY(op >= IR_br_table_S && op <= IR_br_table_load_R))
            at += (size_t)((u32)p->imm + 1) * 8;   /* the targets */
        else if (CW_LIKELY(at < end) && (pair = pair_of(op, (u32)((const Ins *)(const void *)at)->handler)))
            handler = pair;
        p->handler = handlers[handler];
    }
}
