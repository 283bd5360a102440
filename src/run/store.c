/* store.c - a store: the guest stack and the lists of everything that lives in it. */
#include "base/os_memory.h"
#include "run/heap.h"

#define DEFAULT_TABLE_LIMIT 10000000
#define DEFAULT_HEAP_LIMIT ((u64)1 << 30)
#define STACK_MARGIN 64   /* slots behind stack_limit, for what handlers write beyond a frame */

Status cw_store_new(Engine *engine, Store **store, Error *err)
{
    const Alloc *alloc = &engine->config.alloc;
    Store *s = cw_calloc(alloc, 1, sizeof *s);
    if (!s)
        return cw_no_memory(err);
    size_t bytes = cw_os_round(engine->config.stack_size);
    u64 *stack = bytes ? cw_os_map(alloc, bytes) : NULL;
    if (!stack) {
        cw_free(alloc, s, sizeof *s);
        return cw_no_memory(err);
    }
    s->engine = engine;
    s->alloc = *alloc;
    s->stack = s->sp = stack;
    s->stack_bytes = bytes;
    s->stack_limit = stack + bytes / sizeof(u64) - STACK_MARGIN;
    s->limit_table = DEFAULT_TABLE_LIMIT;
    s->limit_heap = DEFAULT_HEAP_LIMIT;
    *store = s;
    return CWASM_OK;
}

void cw_store_drop_new(Store *store, Memory *memories, Table *tables)
{
    while (store->memories != memories) {
        Memory *m = store->memories;
        store->memories = m->next;
        cw_memory_free(m);
    }
    while (store->tables != tables) {
        Table *t = store->tables;
        store->tables = t->next;
        cw_table_free(t);
    }
}

void cw_store_free(Store *store)
{
    if (!store)
        return;
    cw_exceptions_free(store);   /* their sizes are in tags, which lie in instances */
    for (Instance *i = store->instances, *next; i; i = next) {
        next = i->next;
        cw_instance_free(i);
    }
    for (HostFunc *f = store->host_funcs, *next; f; f = next) {
        next = f->next;
        cw_host_func_free(f);
    }
    for (Global *g = store->globals, *next; g; g = next) {
        next = g->next;
        cw_global_free(g);
    }
    cw_store_drop_new(store, NULL, NULL);
    cw_heap_free(store);
    cw_os_unmap(&store->alloc, store->stack, store->stack_bytes);
    Alloc alloc = store->alloc;
    cw_free(&alloc, store, sizeof *store);
}
