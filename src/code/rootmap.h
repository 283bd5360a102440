/*
 * rootmap.h - the references in the frames of a function, instruction by instruction: for the collector.
 */
#ifndef CW_CODE_ROOTMAP_H
#define CW_CODE_ROOTMAP_H

#include "wasm/module.h"

typedef struct RootSite {
    u32 at;               /* IR offset of the instruction */
    u32 n;
    const u32 *slots;     /* of operands */
} RootSite;

typedef struct RootMap {
    u32 n_locals;
    const u32 *locals;    /* slots of locals: at every site */
    bool complete;        /* all sites are in `sites`, by offset */
    u32 n_sites;
    RootSite *sites;
    struct FoundSite *found;   /* if not complete: those that were asked for */
} RootMap;

typedef struct FoundSite { struct FoundSite *next; RootSite site; u32 end; } FoundSite;

typedef struct RecordedSite { u32 at, first, n; } RecordedSite;

/* The site of the instruction that IR offset `at` lies in; *map is made if it is NULL. w: a Walk of its own, without handlers. NULL if out of
 * memory. What it makes lies in the arena. */
struct Walk;
const RootSite *cw_rootmap_site(struct Walk *w, Arena *arena, RootMap **map, u32 func, u32 at);

/* The emitter is about to have emitted an instruction at offset `at`, its operands still on the abstract stack. */
void cw_record_roots(struct Walk *w, u32 at, u32 ir, u32 first_argument);

#endif
