/* memory.h - what memory.c gives to shared_memory.c: a memory in place, without an owner. */
#ifndef CW_RUN_MEMORY_H
#define CW_RUN_MEMORY_H

#include "run/objects.h"

/* m: zeroed. On failure there is nothing to undo. */
Status cw_memory_init_shared(Memory *m, const Engine *engine, const Limits *limits, Error *err);
void cw_memory_done(Memory *m, const Alloc *alloc);

#endif
