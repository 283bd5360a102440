/*
 * shared_memory.c - memories that several stores, on several threads, use at once (the threads proposal).
 *
 * One object for all of them: its address space is reserved up to the maximum, so it never moves, and its size only grows (memory.c).
 *
 * Waiting: who waits is in a list of the memory, under its lock, with the address it waits at. The word is compared under the same lock and
 * notifying takes it too, so nothing is lost between looking and sleeping, and a waiter that was notified is out of the list: nobody wakes it for
 * another, and it is not woken for nothing. Threads sleep on Store.park, a word that is 0 while there is nothing new.
 */
#include "base/atomic.h"
#include "base/park.h"
#include "run/memory.h"

struct Waiter {
    Waiter *next, *previous;
    Store *store;
    u64 at;
    bool notified;
};

Status cw_shared_memory_new(Engine *engine, const Limits *limits, SharedMemory **shared, Error *err)
{
    const Alloc *alloc = &engine->config.alloc;
    SharedMemory *s = cw_calloc(alloc, 1, sizeof *s);
    if (!s)
        return cw_no_memory(err);
    Limits l = *limits;
    l.shared = true;
    Status status = cw_memory_init_shared(&s->memory, engine, &l, err);
    if (status == CWASM_OK && pthread_mutex_init(&s->lock, NULL)) {
        cw_memory_done(&s->memory, alloc);
        status = cw_no_memory(err);
    }
    if (status) {
        cw_free(alloc, s, sizeof *s);
        return status;
    }
    s->memory.shared = s;
    s->engine = engine;
    s->refs = 1;
    *shared = s;
    return CWASM_OK;
}

void cw_shared_memory_retain(SharedMemory *s) { __atomic_fetch_add(&s->refs, 1, __ATOMIC_RELAXED); }

void cw_shared_memory_release(SharedMemory *s)
{
    if (!s || __atomic_fetch_sub(&s->refs, 1, __ATOMIC_ACQ_REL) != 1)
        return;
    const Alloc *alloc = &s->engine->config.alloc;
    cw_memory_done(&s->memory, alloc);
    pthread_mutex_destroy(&s->lock);
    cw_free(alloc, s, sizeof *s);
}

bool cw_store_use_shared(Store *store, SharedMemory *shared)
{
    for (const SharedRef *ref = store->shared; ref; ref = ref->next)
        if (ref->shared == shared)
            return true;
    SharedRef *ref = cw_alloc(&store->alloc, sizeof *ref);
    if (!ref)
        return false;
    cw_shared_memory_retain(shared);
    *ref = (SharedRef){ shared, store->shared };
    store->shared = ref;
    return true;
}

/* ---- Waiting ---- */

static void link_last(SharedMemory *s, Waiter *w)
{
    w->previous = s->last;
    *(s->last ? &s->last->next : &s->first) = w;
    s->last = w;
}

static void unlink_waiter(SharedMemory *s, Waiter *w)
{
    *(w->previous ? &w->previous->next : &s->first) = w->next;
    *(w->next ? &w->next->previous : &s->last) = w->previous;
    __atomic_fetch_sub(&s->n_waiters, 1, __ATOMIC_SEQ_CST);
}

/* True if the store was asked to stop; that is seen herewith. */
static bool interrupted(Store *store)
{
    if (!__atomic_load_n(&store->interrupt, __ATOMIC_SEQ_CST))
        return false;
    cw_store_relaxed(&store->interrupt, 0u);
    return true;
}

static u64 word_at(const SharedMemory *s, u64 at, bool is64)
{
    const u8 *p = s->memory.data + at;
    return is64 ? cw_atomic_load_u64((const u64 *)(const void *)p) : cw_atomic_load_u32((const u32 *)(const void *)p);
}

/* With the lock, which is given up while it sleeps. */
static Trap sleep_until_notified(SharedMemory *s, Waiter *w, u64 deadline, u32 *result)
{
    enum { NOTIFIED = 0, TIMED_OUT = 2 };
    for (;;) {
        /* Cleared before looking: what comes after the look sets it again, and cw_park returns at once. */
        __atomic_store_n(&w->store->park, 0u, __ATOMIC_SEQ_CST);
        if (w->notified) {
            *result = NOTIFIED;
            return CWASM_TRAP_NONE;
        }
        bool stop = interrupted(w->store);
        if (stop || (deadline != UINT64_MAX && cw_now_ns() >= deadline)) {
            unlink_waiter(s, w);
            *result = TIMED_OUT;
            return stop ? CWASM_TRAP_INTERRUPTED : CWASM_TRAP_NONE;
        }
        pthread_mutex_unlock(&s->lock);
        cw_park(&w->store->park, 0, deadline);
        pthread_mutex_lock(&s->lock);
    }
}

Trap cw_shared_memory_wait(SharedMemory *s, Store *store, u64 at, u64 expected, bool is64, s64 timeout, u32 *result)
{
    enum { NOT_EQUAL = 1 };
    Waiter w = { .store = store, .at = at };
    u64 deadline = UINT64_MAX;
    if (timeout >= 0) {
        u64 now = cw_now_ns();
        deadline = (u64)timeout < UINT64_MAX - now ? now + (u64)timeout : UINT64_MAX;
    }
    Trap trap = CWASM_TRAP_NONE;
    pthread_mutex_lock(&s->lock);
    __atomic_fetch_add(&s->n_waiters, 1, __ATOMIC_SEQ_CST);   /* before the word is read: see cw_shared_memory_notify */
    if (word_at(s, at, is64) == expected) {
        link_last(s, &w);
        trap = sleep_until_notified(s, &w, deadline, result);
    } else {
        __atomic_fetch_sub(&s->n_waiters, 1, __ATOMIC_SEQ_CST);
        *result = NOT_EQUAL;
    }
    pthread_mutex_unlock(&s->lock);
    return trap;
}

u32 cw_shared_memory_notify(SharedMemory *s, u64 at, u32 most)
{
    u32 n = 0;
    /* Nobody waits: whoever comes now reads the word after what this thread wrote before it notified. (An addition, so that it comes after
     * plain writes of the guest, too.) */
    if (!most || !__atomic_fetch_add(&s->n_waiters, 0, __ATOMIC_SEQ_CST))
        return 0;
    pthread_mutex_lock(&s->lock);
    for (Waiter *w = s->first, *next; w && n < most; w = next) {
        next = w->next;
        if (w->at != at)
            continue;
        unlink_waiter(s, w);
        w->notified = true;
        cw_store_wake(w->store);   /* under the lock: until it is given up, w and its store exist */
        n++;
    }
    pthread_mutex_unlock(&s->lock);
    return n;
}

void cw_store_wake(Store *store)
{
    __atomic_store_n(&store->park, 1u, __ATOMIC_SEQ_CST);
    cw_unpark(&store->park);
}
