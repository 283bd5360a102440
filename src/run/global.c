/* global.c - globals made by the embedder; those of instances lie in their instance. */
#include "run/objects.h"

Status cw_global_new(Store *store, GlobalType type, const u64 value[2], Global **global, Error *err)
{
    Global *g = cw_calloc(&store->alloc, 1, sizeof *g);
    if (!g)
        return cw_no_memory(err);
    *g = (Global){ .cell = { value[0], value[1] }, .type = type, .store = store, .next = store->globals };
    store->globals = g;
    *global = g;
    return CWASM_OK;
}

void cw_global_free(Global *g)
{
    cw_free(&g->store->alloc, g, sizeof *g);
}
