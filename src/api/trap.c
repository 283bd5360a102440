/* trap.c - what the last call ended with. */
#include "interp/interp.h"

const cwasm_trap *cwasm_store_trap(const cwasm_store *store)
{
    Store *s = (Store *)store;   /* names and offsets of the frames are looked up when first asked for */
    if (!s->has_trap)
        return NULL;
    if (!s->trap_resolved)
        cw_trap_resolve(s);
    return &s->last->trap;
}

uint32_t cwasm_store_exit_code(const cwasm_store *store)
{
    return store->exit_code;
}
