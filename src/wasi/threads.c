/*
 * threads.c - wasi-threads: `wasi.thread-spawn` and the program around it (cwasm_wasi_threads in cwasm.h).
 *
 * A thread of the guest is a thread of the host with a store and an instance of its own; all instances of the one module import the same shared
 * memory, and their WASI calls work on the same descriptors. The program ends when its main function returns, or when any of its threads traps
 * or exits: that one is the culprit, whose store is kept, and all others are interrupted. What happens to them then is of no interest.
 *
 * One lock guards everything here. The list of members is what may be interrupted: a store is freed only after its member was taken off.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/error.h"
#include "wasi/preview1.h"

#define LAST_ID 0x1fffffff               /* the two bits above it are the C library's */
#define HOST_STACK ((size_t)2 << 20)     /* C stack of a thread: address space */
#define DEFAULT_THREADS 1024
enum { GRACE_MS = 100 };                 /* for a member to reach a point where it can be interrupted */

typedef struct Member {
    struct Member *next, *previous;
    cwasm_wasi_threads *threads;
    cwasm_store *store;
    u32 id;                /* 0: the main function */
    u32 argument;
} Member;

struct cwasm_wasi_threads {
    Alloc alloc;
    cwasm_engine *engine;
    cwasm_linker *linker;
    cwasm_module *module;
    cwasm_wasi_threads_options options;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    Member *members;
    u32 n_running;         /* threads, without the main function, until they touch nothing here any more */
    u32 last_id;
    bool main_runs;
    bool is_over;
    cwasm_status status;   /* once it is over: how it ended */
    cwasm_error err;
    cwasm_store *culprit;
    u32 culprit_id;
};

/* ---- Members ---- */

static void link_member(cwasm_wasi_threads *t, Member *m)
{
    m->next = t->members;
    m->previous = NULL;
    if (t->members)
        t->members->previous = m;
    t->members = m;
}

static void unlink_member(cwasm_wasi_threads *t, Member *m)
{
    *(m->previous ? &m->previous->next : &t->members) = m->next;
    if (m->next)
        m->next->previous = m->previous;
}

/* A number that no running thread has; there are far fewer than numbers. */
static u32 new_id(cwasm_wasi_threads *t)
{
    for (;;) {
        t->last_id = t->last_id < LAST_ID ? t->last_id + 1 : 1;
        const Member *m = t->members;
        while (m && m->id != t->last_id)
            m = m->next;
        if (!m)
            return t->last_id;
    }
}

/* Waits for a change, at most until `until`; false if that has passed. */
static bool wait_until(cwasm_wasi_threads *t, const struct timespec *until)
{
    return pthread_cond_timedwait(&t->changed, &t->lock, until) != ETIMEDOUT;
}

static struct timespec grace_from_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += (long)GRACE_MS * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

/* With the lock: a member has ended with this. If it is the first to end the program, that is how the program ended, and all others are interrupted. */
static bool end_program(cwasm_wasi_threads *t, Member *m, cwasm_status status, const cwasm_error *err)
{
    if (t->is_over)
        return false;
    t->is_over = true;
    t->status = status;
    t->err = *err;
    t->culprit = m->store;
    t->culprit_id = m->id;
    for (Member *other = t->members; other; other = other->next)
        if (other != m)
            cwasm_store_interrupt(other->store);
    return true;
}

/* ---- Threads ---- */

static Status run_thread(const Member *m, Error *err)
{
    cwasm_instance *instance;
    TRY(cwasm_linker_instantiate(m->threads->linker, m->store, m->threads->module, &instance, err));
    cwasm_func *start = cwasm_instance_func(instance, "wasi_thread_start");
    if (!start)
        return cw_fail(err, CWASM_LINK, CWASM_NO_OFFSET, "a thread was started, but the module exports no function wasi_thread_start");
    const cwasm_val args[2] = { cwasm_i32((int32_t)m->id), cwasm_i32((int32_t)m->argument) };
    return cwasm_func_call(m->store, start, args, 2, NULL, 0, err);
}

/* The main function may sit in a host call, which nobody interrupts. */
static void wait_for_main(cwasm_wasi_threads *t)
{
    struct timespec until = grace_from_now();
    while (t->main_runs && wait_until(t, &until))
        continue;
    if (!t->main_runs || !t->options.stuck)
        return;
    pthread_mutex_unlock(&t->lock);
    t->options.stuck(t->options.ctx, t->status, &t->err);   /* both stay as they are */
    pthread_mutex_lock(&t->lock);
}

static void *thread_main(void *arg)
{
    Member *m = arg;
    cwasm_wasi_threads *t = m->threads;
    cwasm_error err = { .offset = CWASM_NO_OFFSET, .func_index = CWASM_NO_INDEX };
    Status status = run_thread(m, &err);
    pthread_mutex_lock(&t->lock);
    bool is_culprit = status != CWASM_OK && end_program(t, m, status, &err);
    if (is_culprit)
        wait_for_main(t);
    unlink_member(t, m);
    pthread_mutex_unlock(&t->lock);
    if (!is_culprit)
        cwasm_store_free(m->store);   /* the culprit's is asked about: it goes with the program */
    cw_free(&t->alloc, m, sizeof *m);
    pthread_mutex_lock(&t->lock);
    t->n_running--;
    pthread_cond_broadcast(&t->changed);
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

/* With all signals blocked but those that a fault sends: they are for the threads of the embedder. */
static int start_detached(Member *m)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS };
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t blocked, before;
    sigfillset(&blocked);
    for (size_t i = 0; i < CW_COUNT(faults); i++)
        sigdelset(&blocked, faults[i]);
    if (pthread_attr_init(&attr))
        return EAGAIN;
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, HOST_STACK);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    int e = pthread_create(&thread, &attr, thread_main, m);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return e;
}

static Member *new_member(cwasm_wasi_threads *t, u32 argument)
{
    Member *m = cw_calloc(&t->alloc, 1, sizeof *m);
    if (!m || cwasm_store_new(t->engine, &m->store, NULL)) {
        cw_free(&t->alloc, m, sizeof *m);
        return NULL;
    }
    m->threads = t;
    m->argument = argument;
    if (t->options.setup)
        t->options.setup(t->options.ctx, m->store);
    return m;
}

static void drop_member(cwasm_wasi_threads *t, Member *m)
{
    cwasm_store_free(m->store);
    cw_free(&t->alloc, m, sizeof *m);
}

/* Makes m a thread; its number, or 0. */
static u32 start_thread(cwasm_wasi_threads *t, Member *m)
{
    u32 id = 0;
    pthread_mutex_lock(&t->lock);
    if (!t->is_over && t->n_running < t->options.max_threads) {
        id = m->id = new_id(t);
        link_member(t, m);
        t->n_running++;
        if (start_detached(m)) {
            unlink_member(t, m);
            t->n_running--;
            id = 0;
        }
    }
    pthread_mutex_unlock(&t->lock);
    return id;
}

/* thread-spawn(argument) - starts a thread, which calls the export wasi_thread_start(number, argument); the result is its number, 1 to 0x1fffffff,
 * or minus an error: AGAIN (too many threads, or no memory for one). POSIX: pthread_create. */
static cwasm_trap_code thread_spawn(void *env, cwasm_caller *caller, u64 *slots)
{
    cwasm_wasi_threads *t = env;
    (void)caller;
    Member *m = new_member(t, cwasm_slot_u32(slots[0]));
    u32 id = m ? start_thread(t, m) : 0;
    if (m && !id)
        drop_member(t, m);
    slots[0] = cwasm_slot_from_i32(id ? (int32_t)id : -(int32_t)ERRNO_AGAIN);
    return CWASM_TRAP_NONE;
}

/* ---- The program ---- */

/* Makes the shared memories that the module imports, and defines them. */
static Status define_memories(cwasm_wasi_threads *t, Error *err)
{
    bool any = false;
    for (size_t i = 0; i < cwasm_module_n_imports(t->module); i++) {
        cwasm_import import = cwasm_module_import(t->module, i);
        cwasm_shared_memory *memory;
        if (import.type.kind != CWASM_EXTERN_MEMORY || !import.type.limits.shared)
            continue;
        const cwasm_limits *l = &import.type.limits;
        u64 most = t->options.max_memory;
        if (most && l->min > most >> l->page_log2)
            return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "memory of %llu bytes is larger than the limit of %llu",
                           (unsigned long long)(l->min << l->page_log2), (unsigned long long)most);
        TRY(cwasm_shared_memory_new(t->engine, l, &memory, err));
        cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY, .of.memory = cwasm_shared_memory_memory(memory) };
        Status status = cwasm_linker_define(t->linker, import.module, import.module_size, import.name, import.name_size, &ext, err);
        cwasm_shared_memory_free(memory);   /* the linker has it */
        TRY(status);
        any = true;
    }
    if (!any)
        return cw_fail(err, CWASM_LINK, CWASM_NO_OFFSET, "a program with threads imports its memory, and it is shared: link with --import-memory and --shared-memory");
    return CWASM_OK;
}

static bool init_condition(pthread_cond_t *c)
{
    pthread_condattr_t attr;
    if (pthread_condattr_init(&attr))
        return false;
    bool ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 && pthread_cond_init(c, &attr) == 0;
    pthread_condattr_destroy(&attr);
    return ok;
}

Status cwasm_wasi_threads_new(cwasm_engine *engine, cwasm_linker *linker, cwasm_module *module, const cwasm_wasi_threads_options *options,
                              cwasm_wasi_threads **threads, cwasm_error *err)
{
    const Alloc *alloc = options && options->allocator ? options->allocator : &cw_default_alloc;
    cwasm_wasi_threads *t = cw_calloc(alloc, 1, sizeof *t);
    if (!t)
        return cw_no_memory(err);
    t->alloc = *alloc;
    t->engine = engine;
    t->linker = linker;
    t->module = module;
    if (options)
        t->options = *options;
    if (!t->options.max_threads)
        t->options.max_threads = DEFAULT_THREADS;
    bool lock = pthread_mutex_init(&t->lock, NULL) == 0, condition = lock && init_condition(&t->changed);
    Status status = condition ? CWASM_OK : cw_no_memory(err);
    if (status == CWASM_OK)
        status = define_memories(t, err);
    if (status == CWASM_OK)   /* last: it keeps t */
        status = cwasm_linker_define_func(linker, "wasi", "thread-spawn", "i:i", thread_spawn, t, err);
    if (status) {
        if (condition)
            pthread_cond_destroy(&t->changed);
        if (lock)
            pthread_mutex_destroy(&t->lock);
        cw_free(alloc, t, sizeof *t);
        return status;
    }
    *threads = t;
    return CWASM_OK;
}

Status cwasm_wasi_threads_call(cwasm_wasi_threads *t, cwasm_store *store, cwasm_func *func, const cwasm_val *args, size_t n_args,
                               cwasm_val *results, size_t n_results, cwasm_error *err)
{
    cwasm_error mine = { .offset = CWASM_NO_OFFSET, .func_index = CWASM_NO_INDEX };
    Member main = { .threads = t, .store = store };
    pthread_mutex_lock(&t->lock);
    bool is_over = t->is_over;   /* a thread that the start function made has ended it */
    t->main_runs = !is_over;
    if (!is_over)
        link_member(t, &main);
    pthread_mutex_unlock(&t->lock);
    Status status = is_over ? CWASM_OK : cwasm_func_call(store, func, args, n_args, results, n_results, &mine);
    pthread_mutex_lock(&t->lock);
    end_program(t, &main, status, &mine);
    if (!is_over)
        unlink_member(t, &main);
    t->main_runs = false;
    pthread_cond_broadcast(&t->changed);
    struct timespec until = grace_from_now();
    while (t->n_running && wait_until(t, &until))
        continue;
    status = t->status;
    if (status && err)
        *err = t->err;
    pthread_mutex_unlock(&t->lock);
    return status;
}

cwasm_store *cwasm_wasi_threads_culprit(cwasm_wasi_threads *t, uint32_t *thread_id)
{
    pthread_mutex_lock(&t->lock);
    cwasm_store *store = t->culprit;
    if (store && thread_id)
        *thread_id = t->culprit_id;
    pthread_mutex_unlock(&t->lock);
    return store;
}

uint32_t cwasm_wasi_threads_running(cwasm_wasi_threads *t)
{
    pthread_mutex_lock(&t->lock);
    u32 n = t->n_running;
    pthread_mutex_unlock(&t->lock);
    return n;
}

void cwasm_wasi_threads_free(cwasm_wasi_threads *t)
{
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    if (!t->is_over) {   /* the main function was never called */
        t->is_over = true;
        for (Member *m = t->members; m; m = m->next)
            cwasm_store_interrupt(m->store);
    }
    while (t->n_running)
        pthread_cond_wait(&t->changed, &t->lock);
    pthread_mutex_unlock(&t->lock);
    if (t->culprit_id)
        cwasm_store_free(t->culprit);
    pthread_cond_destroy(&t->changed);
    pthread_mutex_destroy(&t->lock);
    Alloc alloc = t->alloc;
    cw_free(&alloc, t, sizeof *t);
}
