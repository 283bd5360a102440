/*
 * code.h - from bytes to IR: checking at load, translation when a function is first called.
 */
#ifndef CW_CODE_CODE_H
#define CW_CODE_CODE_H

#include "code/rootmap.h"
#include "wasm/module.h"

#define NONE UINT32_MAX

/* After cw_code_init: checks all function bodies and constant expressions and fills FuncDecl's frame fields. First error by offset, whatever the number of threads;
 * 0 threads: as many as are worth it. */
Status cw_code_check(Module *module, u32 n_threads, Error *err);
/* Checks constant expressions only. A body is checked when it, or a function that calls it directly, is translated; until then, and for ever
 * if it is invalid, its frame_slots are 0. */
Status cw_code_trust(Module *module, Error *err);
/* After cw_code_trust: checks one body if it was not. Under the lock for translation. */
bool cw_code_check_late(Module *module, u32 func_index, Error *err);

/* Code variants, never patches of running code: with accounting of fuel, with interruption points. */
enum { VARIANT_FUEL = 1, VARIANT_INTERRUPT = 2 };

/* What translation has to know of the engine. */
typedef struct CodeTarget {
    const u64 *handlers;           /* the dispatcher's words, by IR opcode; NULL: the opcodes themselves (disassembly) */
    u32 variant;                   /* VARIANT_ bits */
    u32 globals_at, global_size;   /* own global i of an instance is at this byte + i * this size */
    u32 tier_up;                   /* so many runs of a function's code, about, before it is translated (in_place.h); 0: translate at the first call */
} CodeTarget;

/* Prepares module->code for translation. */
Status cw_code_init(Module *module, const CodeTarget *target, Error *err);
void cw_code_done(Module *module);
const CodeTarget *cw_code_target(const Module *module);

/* IR of a function of the module (not an import), translated now if it was not. Thread-safe. NULL and *err on failed allocation or an
 * implementation limit. */
const u8 *cw_code_get(Module *module, u32 func_index, Error *err);

/* IR of a function if it is already translated, else NULL. */
const u8 *cw_code_entry(Module *module, u32 func_index);

/* What has been translated so far. Thread-safe. */
cwasm_translated cw_code_translated(const Module *module);

/* Which function holds this IR pc; CWASM_NO_INDEX if none. */
u32 cw_code_find(const Module *module, const u8 *pc);

/* Byte offset in the module of the operation that IR pc (of func_index) executes; re-runs the walker. CWASM_NO_OFFSET if unknown. */
u64 cw_code_offset(Module *module, u32 func_index, const u8 *pc);

/*
 * Where exceptions go (specification 4.4.8). Code that does not throw never looks at this. A function's ranges are sorted by `begin`; of two that
 * begin together the inner one comes later. They nest: of the ranges that begin at or before a pc the last one, or one that encloses it (parent),
 * is the innermost that covers it.
 */
typedef struct TryRange {
    u32 begin, end;        /* IR offsets: a pc inside an instruction in [begin, end) is covered */
    u32 first;             /* clause, or NONE */
    u32 parent;            /* the range that encloses this one, or NONE */
    u32 next;              /* where the search goes on if no clause fits: the parent, or what `delegate` says; NONE: in the caller */
} TryRange;

typedef struct CatchClause {
    u32 tag;               /* tag index; NONE for catch_all */
    u32 target;            /* IR offset */
    u32 next;              /* clause of the same range, or NONE */
    u32 slot;              /* frame slot of the first value */
    u32 ref;               /* frame slot that gets the exnref, or NO_SLOT */
} CatchClause;
#define NO_SLOT UINT32_MAX

typedef struct HandlerTable {
    u32 n_ranges;
    const TryRange *ranges;
    const CatchClause *clauses;
} HandlerTable;

/* Handlers of a translated function, NULL if it has none; *ir: its code. */
const HandlerTable *cw_code_handlers(const Module *module, u32 func_index, const u8 **ir);
/* The slots with references in a frame of the function that stands at pc, an address within a call or an allocation; made when first asked
 * for. *map has those of locals. Thread-safe. NULL if out of memory. */
const RootSite *cw_code_roots(Module *module, u32 func_index, const u8 *pc, const RootMap **map);

/* Writes the IR of one function as text: a header line, then a line per instruction. */
Status cw_code_disassemble(Module *module, u32 func_index, void (*write)(void *ctx, const char *text, size_t size), void *ctx, Error *err);

#endif
