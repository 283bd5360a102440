/*
 * in_place.h - functions that run as the bytes they came as, before they are worth translating (interp/in_place.c).
 *
 * Most functions of a small program run once or twice. Translating one takes as long as running its bytes five to ten times, so that comes first: a
 * function is translated when it goes on running (CodeTarget.tier_up), at a call or at the head of a loop that it is in. Frames are the
 * same either way, and at a loop's head every value is in its slot, so that the translated code goes on where the bytes were left. That is for modules
 * with little code only (check_all.c): the check at load makes the side tables on the way. In larger programs a second walk over the
 * functions that are called, or side tables for all, cost more than the functions that run once are worth.
 *
 * Bytes say neither where a branch leads nor how many operands it drops. That is in the side table, made by the check walk, with a row for each
 * branch in the order of the bytes (Titzer, "A fast in-place interpreter for WebAssembly", OOPSLA 2022). A call has two rows, which hold an
 * instruction, IR_in_place_resume: the address that the callee returns to. So nothing of a frame says that it is one of these but its pc: that of
 * its return, or, of the innermost frame, a pointer to the bytes.
 *
 * It can be done with functions of numbers that use what WebAssembly 1.0 has, and memory.copy and memory.fill (side_runs_op in walk_sides.inc); all others are translated
 * at their first call. So there are no references in these frames, and no handlers of exceptions.
 */
#ifndef CW_CODE_IN_PLACE_H
#define CW_CODE_IN_PLACE_H

#include "code/ir.h"
#include "wasm/module.h"

/* Where a branch leads. Offsets are from the function's body. A longer body, or more rows, and it does not run in place: the tables of all functions
 * of a small program are made when it starts. */
typedef struct Side {
    u16 to;            /* the byte to go on at */
    u16 side;          /* and the row */
    u16 height;        /* operands that stay below what the branch carries */
    u16 arity;         /* what it carries */
} Side;
enum { MAX_SIDE = UINT16_MAX - 1 };   /* the number above is no row, while tables are made */

/* What a call returns to, in the place of two rows. */
typedef struct SideCall {
    u64 handler;       /* IR_in_place_resume. Until it is published: the row of the call before it, or NONE */
    u16 call, next;    /* the bytes of the call, and behind it */
    u16 side;          /* the row behind it */
    u16 height;        /* operands then, with the results */
} SideCall;
_Static_assert(sizeof(SideCall) == 2 * sizeof(Side), "two rows");

typedef struct InPlace {
    u64 enter[2];      /* the instruction IR_in_place, where the function is entered */
    const u8 *body;
    u32 func;
    u32 first;         /* the first instruction, behind the locals */
    u32 end;           /* the last one */
    u32 first_slot;    /* of the operand stack */
    u32 n_params;
    u32 n_sides;
    u32 left;          /* what it may still do before it is translated, in bytes of code run; UINT32_MAX: anything (relaxed atomic; races lose some) */
    _Alignas(8) Side sides[];
} InPlace;
_Static_assert(offsetof(InPlace, sides) % 8 == 0, "calls are aligned");

/* The function whose call this is the return address of. */
CW_INLINE InPlace *cw_in_place_of(const SideCall *call)
{
    return (InPlace *)(void *)((u8 *)((Side *)(void *)(uintptr_t)call - (call->side - 2)) - offsetof(InPlace, sides));
}

/* Checks all function bodies, and makes the side tables of those that can run in place. */
Status cw_code_check_with_sides(Module *module, Error *err);
/* At a call: IR of a function, or InPlace.enter, *in_place then; translates it if it is worth it. As cw_code_get. */
const u8 *cw_code_enter(Module *module, u32 func_index, bool *in_place, Error *err);
/* The function's IR at the head of the loop whose first instruction is at that offset of the body; translates it. NULL if out of memory. */
const u8 *cw_code_loop(Module *module, u32 func_index, u32 loop);

#endif
