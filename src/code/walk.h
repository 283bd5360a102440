/*
 * walk.h - the walker: one pass over a function body that checks it (specification appendix "Validation Algorithm") and, in its second
 * instantiation, emits IR as it goes.
 *
 * The text is walk.inc, compiled twice: by check.c without emission (at load, every function) and by translate.c with it (when a function is
 * first called). Types are tracked in both, so bytes are never translated unchecked. In check mode the operand stack is an array of
 * ValType; in emit mode an array of Ent, which also says where each value is.
 *
 * Emission (emit.c) follows the abstract stack: `local.get`, constants and `drop` emit nothing, an operation's result stays in its
 * accumulator until something needs it in a slot, and then its producer is patched to store it. See docs/design.md, "Translation".
 */
#ifndef CW_CODE_WALK_H
#define CW_CODE_WALK_H

#include "code/code.h"
#include "code/in_place.h"
#include "wasm/decode.h"
#include "wasm/opcodes.h"

/* Where an operand is. */
typedef enum EntKind {
    E_SLOT,      /* in its own slot of the frame */
    E_LOCAL,     /* the value of local x, not copied yet */
    E_CONST,     /* the constant c */
    E_ACC,       /* only in the accumulator of its class: the result of acc[class].producer */
    E_SUM        /* i32, not computed yet: local x (or NONE) + (local y << shift, or NONE) + the constant c */
} EntKind;

typedef struct Ent {
    ValType type;
    u8 kind;         /* EntKind */
    u8 shift;        /* E_SUM */
    u32 slot;        /* own slot, whatever the kind */
    u32 x;           /* E_LOCAL, E_SUM */
    union {
        u32 below;   /* E_LOCAL: next entry further down with the same local, or NONE */
        u32 y;       /* E_SUM */
    };
    u64 c;           /* E_CONST, E_SUM */
} Ent;

/* Accumulator classes. */
enum { CLASS_INT, CLASS_F64, CLASS_F32, CLASS_V128, N_CLASSES };   /* v128 is never pending: results are also in their slot */

typedef struct Acc {
    u32 pending;     /* index of the entry that is only in this accumulator, or NONE */
    u32 producer;    /* its instruction */
    u16 op;          /* the producer's IR opcode in its _R form; _D is the next one */
    u32 mirror;      /* slot whose value this accumulator also holds, or NONE */
} Acc;

/* An instruction that may still be taken back or patched: cleared wherever control can arrive or leave. */
typedef struct Hist {
    u32 at;
    u16 ir;
    u16 op;          /* Op, 0 for none */
    u8 form;
    bool local;      /* dst is a local */
    u32 dst;         /* slot that field d names, or NONE */
} Hist;
#define N_HIST 4
#define N_SUMS 8     /* so many sums at once wait to be computed */

typedef struct Ctl {
    u16 op;              /* OP_block, OP_loop, OP_if, OP_else; OP_illegal for the function */
    bool unreachable;    /* typing: the rest of the block cannot be reached */
    bool entered_dead;   /* emission: the block itself cannot be reached */
    ValType one;         /* inline block type: its result, or T_NONE */
    const Type *type;    /* block type given by index, or NULL */
    u32 height;          /* entries below */
    u32 inits;           /* Walk.inits when the block was entered */
    u32 catches;         /* legacy catch: its level among the enclosing ones, from 1 */
    u32 slot;            /* emission: slot of the first parameter or result */
    u32 label;           /* loops: IR offset of the head; checking with side table: the head */
    u32 side;            /* checking with side table: the row at the head */
    u32 fixes;           /* forward branches to the end: chain through their target words, or NONE */
    u32 else_fix;        /* the target word of an if's branch to its else, or NONE */
    u32 mirrors[N_CLASSES];        /* slots that accumulators are copies of on every way to the end so far; ANY before the first */
    u32 else_mirrors[N_CLASSES];   /* the same on the way to the else */
    bool called;         /* emission: a call comes before the block; in an else, before or in what was the if's other arm */
    u32 stub, stub_of;   /* br_table: move-and-branch code made for this label by the table numbered stub_of */
    u32 fuel_at, fuel;   /* the enclosing accounting instruction and its count */
    u32 range;           /* emission: the innermost try range that covers what is inside, as index + 1; 0 for none */
    u32 caught, clause;  /* legacy catch, emission: index of its try's range, its last clause so far */
} Ctl;

typedef struct LocalRun { u32 end; ValType type; } LocalRun;     /* locals below `end` have the type */
typedef struct MapEntry { u32 ir, at; } MapEntry;                /* IR offset, byte offset from the body's start */

/* The target word of a branch is the same as that word of a table: known when all labels are. */
typedef struct KnownCase { u32 word, table_word; } KnownCase;

typedef struct RootRecord RootRecord;

typedef struct Walk {
    /* the function */
    Module *module;
    const Alloc *alloc;
    Error *err;
    u32 func_index;
    const Type *type;
    Reader r;
    const u8 *op_at;                 /* start of the current instruction */
    u32 n_locals;
    VEC(LocalRun) runs;
    VEC(ValType) locals;             /* the first locals, expanded */
    /* Locals without default value: a bit each, 1 once it is set, and which were set, in order; a block's end unsets what it set. Between
     * functions all bits are 0. */
    u8 *is_set;
    u32 is_set_bytes;
    VEC(u32) inits;
    /* operand and control stacks */
    u32 n;                           /* entries */
    ValType *types;                  /* check mode */
    Ent *ents;                       /* emit mode */
    u32 cap;
    VEC(Ctl) ctls;
    Ctl *top;
    u32 slots, max_slots;            /* operand slots in use; check mode: most ever (above the locals) */
    u32 local_slots;                 /* of declared locals */
    ValType address0;                /* type of addresses of memory 0 */
    u32 n_simple;                    /* check mode: so many locals come first that are numbers and named by one byte */
    bool plain;                      /* check mode: without the fast path (tests) */
    bool gated;                      /* a feature is off that only pass_gate asks for; then there is no fast path either */
    u32 catches, max_catches;        /* legacy catches that enclose the current point, and most ever */
    /* check mode: side table (walk_sides.inc) */
    bool want_sides;
    const u8 *sides_of;              /* the body that `sides` is of; NULL: it cannot run in place */
    u32 sides_first;                 /* offset of the first instruction */
    u32 side_calls;                  /* the last call's row, or NONE */
    VEC(Side) sides;

    /* emission */
    CodeTarget target;
    bool far;                        /* the frame has slots that an instruction cannot name */
    bool watched;                    /* far, want_map or record */
    bool failed;                     /* an allocation failed on the way; said at the end */
    bool dead;                       /* the current point cannot be reached: nothing is emitted */
    u8 *ir;
    u32 at, ir_cap;                  /* write position */
    Acc acc[N_CLASSES];
    Hist hist[N_HIST];
    u32 n_hist;
    u32 sums[N_SUMS];                /* the entries that are E_SUM, from the bottom */
    u32 n_sums;
    u32 flushed;                     /* entries below are in their slots or constants */
    u32 first_slot;                  /* of the operand stack */
    u32 head;                        /* IR offset of the last loop that was entered */
    u32 *local_slot;                 /* slot of each local */
    u32 *local_top;                  /* topmost entry that names the local, or NONE */
    u32 locals_cap;
    VEC(u32) relocs;                 /* IR offsets of words that hold IR offsets */
    bool called;                     /* a call comes before, or may */
    u32 tables;                      /* br_tables so far */
    u32 jump;                        /* target word of the last jump that does nothing else, or NONE */
    u32 swapped;                     /* 1 + label of the br_if whose branch took the place of the br that follows it; 0: none */
    VEC(KnownCase) known;            /* branches that go where a br_table would lead them */
    u32 fuel_at, fuel;
    VEC(TryRange) tries;             /* by `begin` */
    VEC(CatchClause) clauses;
    u32 return_fixes;                /* clauses that lead to the function's label and carry results, or NONE */
    bool late;                       /* functions that are called directly are checked here if they were not */
    bool want_map;
    VEC(MapEntry) map;
    bool want_branches;              /* hints.c is interested in where if and br_if are: offsets from the body's start */
    VEC(u32) branches;
    u32 want_loop;                   /* the loop whose head begins at this offset of the body is wanted; 0: none */
    u32 loop_at;                     /* its IR offset */
    RootRecord *record;              /* rootmap.c is interested in references at safepoints, or NULL */
} Walk;

/* Checks the body of a function and fills in its FuncDecl. w: zeroed but for module and alloc, reused between functions. */
Status cw_walk_check(Walk *w, u32 func_index, Error *err);
/* Checks and emits: IR in w->ir[0 .. w->at), branch targets as offsets listed in w->relocs. */
Status cw_walk_translate(Walk *w, u32 func_index, Error *err);
void cw_walk_done(Walk *w);
/* After cw_walk_translate: the type of a local. */
ValType cw_walk_local_type(const Walk *w, u32 x);

/* IR of a callee, or a stub that translates it when called (code.c). is_call: from a call instruction, whose word the stub patches. */
const u8 *cw_code_callee(Module *module, u32 func_index, bool is_call);

#endif
