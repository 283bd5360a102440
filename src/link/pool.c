/*
 * pool.c - stores that are used again, each with an instance of one prepared module that is put back to its beginning instead of being made anew: what
 * that costs depends on what the guest wrote, not on how large it is.
 *
 * A store has a Spare while it belongs to a pool. The instance is reset when the store is given back, so that a store that waits holds nothing
 * of its last user. What cannot be reset (a memory that had to move, for one) is thrown away and made anew at the next use.
 */
#include "link/prepare.h"

struct Spare {
    const Prepared *prepared;
    Instance *inst;       /* NULL: the store is empty */
    bool in_use;          /* inst was handed out, or is not fit to be */
    StoreMark mark;       /* with inst */
    Store *next;          /* in the pool's list */
};

struct cwasm_pool {
    Alloc alloc;
    Prepared *prepared;
    OsTracker tracker;
    size_t max_idle, n_idle;
    Store *idle;
    pthread_mutex_t lock;   /* of n_idle and idle */
};

static const StoreMark empty;

Status cw_pool_new(Prepared *prepared, size_t max_idle, Pool **pool, Error *err)
{
    const Alloc *alloc = &cw_prepared_engine(prepared)->config.alloc;
    Pool *p = cw_calloc(alloc, 1, sizeof *p);
    if (!p)
        return cw_no_memory(err);
    p->alloc = *alloc;
    p->prepared = prepared;
    p->max_idle = max_idle;
    pthread_mutex_init(&p->lock, NULL);
    cw_os_tracker_init(&p->tracker);
    cw_prepared_retain(prepared);
    *pool = p;
    return CWASM_OK;
}

static void free_store(Pool *p, Store *store)
{
    cw_free(&p->alloc, store->spare, sizeof *store->spare);
    store->spare = NULL;
    cw_store_free(store);
}

void cw_pool_free(Pool *p)
{
    if (!p)
        return;
    for (Store *s = p->idle, *next; s; s = next) {
        next = s->spare->next;
        free_store(p, s);
    }
    cw_os_tracker_done(&p->tracker);
    pthread_mutex_destroy(&p->lock);
    cw_prepared_release(p->prepared);
    Alloc alloc = p->alloc;
    cw_free(&alloc, p, sizeof *p);
}

static Store *pop(Pool *p)
{
    pthread_mutex_lock(&p->lock);
    Store *s = p->idle;
    if (s) {
        p->idle = s->spare->next;
        p->n_idle--;
    }
    pthread_mutex_unlock(&p->lock);
    return s;
}

static bool push(Pool *p, Store *s)
{
    pthread_mutex_lock(&p->lock);
    bool has_room = p->n_idle < p->max_idle;
    if (has_room) {
        s->spare->next = p->idle;
        p->idle = s;
        p->n_idle++;
    }
    pthread_mutex_unlock(&p->lock);
    return has_room;
}

Status cw_pool_take(Pool *p, Store **store, Error *err)
{
    Store *s = pop(p);
    if (!s) {
        TRY(cw_store_new(cw_prepared_engine(p->prepared), &s, err));
        s->spare = cw_calloc(&p->alloc, 1, sizeof *s->spare);
        if (!s->spare) {
            cw_store_free(s);
            return cw_no_memory(err);
        }
        s->spare->prepared = p->prepared;
    }
    *store = s;
    return CWASM_OK;
}

void cw_pool_give(Pool *p, Store *s)
{
    Spare *spare = s->spare;
    cw_store_rewind(s, spare->inst ? &spare->mark : &empty);
    if (spare->inst && spare->in_use && !cw_instance_reset(spare->inst, &p->tracker)) {
        cw_store_rewind(s, &empty);
        spare->inst = NULL;
    }
    spare->in_use = false;
    if (!push(p, s))
        free_store(p, s);
}

/* The limits of the store are set after its instance was made. */
static Status check_limits(const Store *store, const Instance *inst, Error *err)
{
    const Module *m = inst->module;
    for (u32 i = m->n_memory_imports; i < m->n_memories; i++)
        if (store->limit_memory && inst->memories[i]->size > store->limit_memory)
            return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "memory of %llu bytes is larger than the store's limit of %llu",
                           (unsigned long long)inst->memories[i]->size, (unsigned long long)store->limit_memory);
    for (u32 i = m->n_table_imports; i < m->n_tables; i++)
        if (store->limit_table && inst->tables[i]->size > store->limit_table)
            return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "table of %llu elements is larger than the store's limit of %llu",
                           (unsigned long long)inst->tables[i]->size, (unsigned long long)store->limit_table);
    return CWASM_OK;
}

Status cw_prepared_instantiate(const Prepared *prepared, Store *store, Instance **instance, Error *err)
{
    Spare *spare = store->spare;
    bool is_spare = spare && spare->prepared == prepared && !spare->in_use;
    Instance *inst = is_spare ? spare->inst : NULL;
    if (inst) {
        TRY(check_limits(store, inst, err));
    } else {
        StoreMark now = cw_store_mark(store);
        bool is_first = is_spare && memcmp(&now, &empty, sizeof now) == 0;
        TRY(cw_prepared_build(prepared, store, &inst, err));
        if (is_first) {
            spare->inst = inst;
            spare->mark = cw_store_mark(store);
        }
    }
    if (is_spare)
        spare->in_use = true;
    TRY(cw_instance_start(inst, err));
    *instance = inst;
    return CWASM_OK;
}
