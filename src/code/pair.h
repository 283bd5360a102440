/*
 * pair.h - the last step of translation: from opcodes to the dispatcher's words, two instructions in one dispatch where pairs.def says so.
 */
#ifndef CW_CODE_PAIR_H
#define CW_CODE_PAIR_H

#include "code/ir.h"

/* The pair that instruction a is with b behind it, or 0. */
u32 cw_pair_of(u32 a, u32 b);
/* The handler words of a function's IR: opcodes before, entries of `handlers` (N_HANDLERS of them) after. */
void cw_pair_up(u8 *ir, u32 size, const u64 *handlers);

#endif
