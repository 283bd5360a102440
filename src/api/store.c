/* store.c - stores: life, fuel, interruption, limits. */
#include "api/api.h"
#include "run/heap.h"

Status cwasm_store_new(cwasm_engine *engine, cwasm_store **store, cwasm_error *err)
{
    return cw_store_new(engine, store, err);
}

void cwasm_store_free(cwasm_store *store)
{
    cw_store_free(store);
}

void cwasm_store_set_user_data(cwasm_store *store, void *data)
{
    store->user_data = data;
}

void *cwasm_store_user_data(const cwasm_store *store)
{
    return store->user_data;
}

void cwasm_store_set_fuel(cwasm_store *store, uint64_t fuel)
{
    store->fuel = (s64)CW_MIN(fuel, (u64)INT64_MAX);
}

uint64_t cwasm_store_fuel(const cwasm_store *store)
{
    return store->fuel > 0 ? (u64)store->fuel : 0;
}

void cwasm_store_interrupt(cwasm_store *store)
{
    __atomic_store_n(&store->interrupt, 1u, __ATOMIC_SEQ_CST);   /* before whoever waits in memory.atomic.wait looks */
    cw_store_wake(store);
}

void cwasm_store_clear_interrupt(cwasm_store *store)
{
    cw_store_relaxed(&store->interrupt, 0u);
}

void cwasm_store_limit_memory(cwasm_store *store, uint64_t bytes_per_memory)
{
    store->limit_memory = bytes_per_memory;
}

void cwasm_store_limit_table(cwasm_store *store, uint64_t elements_per_table)
{
    store->limit_table = elements_per_table;
}

uint64_t cwasm_store_memory_size(const cwasm_store *store)
{
    u64 sum = 0;
    for (const Memory *m = store->memories; m; m = m->next)
        sum += cw_memory_size(m);
    for (const SharedRef *ref = store->shared; ref; ref = ref->next)
        sum += cw_memory_size(&ref->shared->memory);
    return sum;
}

void cwasm_store_limit_heap(cwasm_store *store, uint64_t bytes)
{
    store->limit_heap = bytes;
}

void cwasm_store_heap_stats(const cwasm_store *store, cwasm_heap_stats *stats)
{
    cw_heap_stats(store, stats);
}

Status cwasm_store_collect(cwasm_store *store)
{
    if (!cw_heap_collect(store))
        return store->heap_trap == CWASM_TRAP_OUT_OF_MEMORY ? CWASM_NO_MEMORY : CWASM_TRAP;
    cw_heap_trim(store);
    return CWASM_OK;
}

void cwasm_store_keep_ref(cwasm_store *store, const cwasm_val *val)
{
    if (cw_is_ref(val->type) && cw_is_traced(store->engine->types, val->type))
        cw_heap_pin(store, val->of.ref);
}

void cwasm_store_release_refs(cwasm_store *store)
{
    cw_heap_release_pins(store);
}
