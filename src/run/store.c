/* store.c - a store: the guest stack and the lists of everything that lives in it. */
#include "base/os_memory.h"
#include "run/heap.h"

#define DEFAULT_TABLE_LIMIT 10000000
#define DEFAULT_HEAP_LIMIT ((u64)1 << 30)
#define STACK_MARGIN 64   /* slots behind stack_limit, for what handlers write beyond a frame */
#define KEPT_STACK ((size_t)64 << 10)   /* of a store that is used again */

static void set_defaults(Store *s)
{
    s->limit_memory = 0;
    s->limit_table = DEFAULT_TABLE_LIMIT;
    s->limit_heap = DEFAULT_HEAP_LIMIT;
}

Status cw_store_new(Engine *engine, Store **store, Error *err)
{
    const Alloc *alloc = &engine->config.alloc;
    Store *s = cw_calloc(alloc, 1, sizeof *s);
    if (!s)
        return cw_no_memory(err);
    size_t bytes = cw_os_round(engine->config.stack_size), behind = cw_os_round(sizeof(Outcome));
    u64 *stack = bytes && bytes <= SIZE_MAX - behind ? cw_os_map(alloc, bytes + behind) : NULL;
    if (!stack) {
        cw_free(alloc, s, sizeof *s);
        return cw_no_memory(err);
    }
    s->engine = engine;
    s->alloc = *alloc;
    s->stack = s->sp = stack;
    s->stack_bytes = bytes;
    s->last = (Outcome *)(void *)((u8 *)stack + bytes);
    s->stack_limit = stack + bytes / sizeof(u64) - STACK_MARGIN;
    set_defaults(s);
    *store = s;
    return CWASM_OK;
}

void cw_store_drop_new(Store *store, Memory *memories, SharedRef *shared, Table *tables)
{
    while (store->shared != shared) {
        SharedRef *ref = store->shared;
        store->shared = ref->next;
        cw_shared_memory_release(ref->shared);
        cw_free(&store->alloc, ref, sizeof *ref);
    }
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

StoreMark cw_store_mark(const Store *s)
{
    return (StoreMark){ s->instances, s->host_funcs, s->memories, s->shared, s->tables, s->globals, s->tags };
}

/* Frees what was made since the mark, in an order in which nothing is needed any more. */
static void drop_since(Store *s, const StoreMark *mark)
{
    cw_tags_free(s, mark->tags);
    while (s->instances != mark->instances) {
        Instance *i = s->instances;
        s->instances = i->next;
        cw_instance_free(i);
    }
    while (s->host_funcs != mark->host_funcs) {
        HostFunc *f = s->host_funcs;
        s->host_funcs = f->next;
        cw_host_func_free(f);
    }
    while (s->globals != mark->globals) {
        Global *g = s->globals;
        s->globals = g->next;
        cw_global_free(g);
    }
    cw_store_drop_new(s, mark->memories, mark->shared, mark->tables);
    cw_heap_free(s);
}

void cw_store_rewind(Store *s, const StoreMark *mark)
{
    drop_since(s, mark);
    cw_store_clear_envs(s);
    /* A few pages stay, the rest of a deep recursion does not. */
    if (s->stack_bytes > KEPT_STACK)
        (void)!cw_os_forget((u8 *)s->stack + KEPT_STACK, s->stack_bytes - KEPT_STACK);
    s->fuel = 0;
    cw_store_relaxed(&s->interrupt, 0u);
    cw_store_relaxed(&s->park, 0u);
    s->user_data = NULL;
    set_defaults(s);
    s->exit_code = 0;
    s->has_host_message = s->has_detail = s->has_trap = s->trap_resolved = false;
    s->n_raw = s->n_raw_total = 0;
    memset(s->pc_funcs, 0, sizeof s->pc_funcs);   /* of instances that are gone */
}

void cw_store_free(Store *store)
{
    static const StoreMark nothing;
    if (!store)
        return;
    drop_since(store, &nothing);
    cw_vec_done(&store->alloc, &store->envs);
    cw_os_unmap(&store->alloc, store->stack, store->stack_bytes + cw_os_round(sizeof(Outcome)));
    Alloc alloc = store->alloc;
    cw_free(&alloc, store, sizeof *store);
}
