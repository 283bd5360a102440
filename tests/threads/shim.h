/*
 * shim.h - what a guest with threads needs when there is no C library for it: WASI calls, threads with their own stacks and thread-local data, a
 * mutex, a condition variable and a semaphore, in the shape of pthreads. See start.s for the first instructions of a thread.
 */
#ifndef SHIM_H
#define SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
WASI(fd_write) int wasi_fd_write(int fd, const void *iovs, int n, size_t *done);
WASI(fd_read) int wasi_fd_read(int fd, const void *iovs, int n, size_t *done);
WASI(fd_close) int wasi_fd_close(int fd);
WASI(fd_renumber) int wasi_fd_renumber(int from, int to);
WASI(fd_fdstat_set_flags) int wasi_fd_fdstat_set_flags(int fd, int flags);
WASI(path_open) int wasi_path_open(int dir, int lookup, const char *path, size_t size, int oflags, uint64_t base, uint64_t inheriting, int fdflags, int *fd);
WASI(path_create_directory) int wasi_path_create_directory(int dir, const char *path, size_t size);
WASI(path_filestat_get) int wasi_path_filestat_get(int dir, int lookup, const char *path, size_t size, void *stat);
WASI(path_rename) int wasi_path_rename(int dir, const char *path, size_t size, int new_dir, const char *new_path, size_t new_size);
WASI(path_remove_directory) int wasi_path_remove_directory(int dir, const char *path, size_t size);
WASI(fd_readdir) int wasi_fd_readdir(int fd, void *buf, size_t size, uint64_t cookie, size_t *used);
WASI(fd_pread) int wasi_fd_pread(int fd, const void *iovs, int n, uint64_t offset, size_t *done);
WASI(fd_fdstat_get) int wasi_fd_fdstat_get(int fd, void *stat);
WASI(fd_fdstat_set_rights) int wasi_fd_fdstat_set_rights(int fd, uint64_t base, uint64_t inheriting);
WASI(fd_filestat_get) int wasi_fd_filestat_get(int fd, void *stat);
WASI(fd_prestat_get) int wasi_fd_prestat_get(int fd, void *prestat);
WASI(fd_prestat_dir_name) int wasi_fd_prestat_dir_name(int fd, char *name, size_t size);
WASI(path_unlink_file) int wasi_path_unlink_file(int dir, const char *path, size_t size);
WASI(sock_open) int wasi_sock_open(int pool, int family, int type, int *fd);
WASI(sock_connect) int wasi_sock_connect(int fd, const void *addr);
WASI(sock_send_to) int wasi_sock_send_to(int fd, const void *iovs, int n, int flags, const void *addr, size_t *done);
WASI(poll_oneoff) int wasi_poll_oneoff(const void *in, void *out, int n, int *events);
WASI(args_sizes_get) int wasi_args_sizes_get(size_t *n, size_t *size);
WASI(args_get) int wasi_args_get(char **argv, char *text);
WASI(sched_yield) int wasi_sched_yield(void);
WASI(proc_exit) _Noreturn void wasi_proc_exit(int code);
__attribute__((import_module("wasi"), import_name("thread-spawn"))) int wasi_thread_spawn(void *argument);

enum { EAGAIN_WASI = 6, STACK = 16384 };

/* ---- Memory and text ---- */

void *memset(void *p, int c, size_t n) { for (char *d = p; n; n--) *d++ = (char)c; return p; }
void *memcpy(void *p, const void *q, size_t n) { char *d = p; for (const char *s = q; n; n--) *d++ = *s++; return p; }
static size_t length(const char *s) { size_t n = 0; while (s[n]) n++; return n; }
static bool equal(const char *a, const char *b) { while (*a && *a == *b) a++, b++; return *a == *b; }

extern char __heap_base;
static uintptr_t heap;   /* 0: at __heap_base */

/* Never freed. Grows the memory, while others do the same and all of them use it. */
static void *allocate(size_t size)
{
    uintptr_t start = (uintptr_t)&__heap_base, zero = 0;
    __atomic_compare_exchange_n(&heap, &zero, start, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    uintptr_t at = __atomic_fetch_add(&heap, (size + 63) & ~(size_t)63, __ATOMIC_SEQ_CST);
    while (__builtin_wasm_memory_size(0) << 16 < at + size)
        if (__builtin_wasm_memory_grow(0, 1) == (size_t)-1)
            return NULL;
    return (void *)at;
}

static void say(const char *s)
{
    const struct { const char *p; size_t n; } iov = { s, length(s) };
    size_t done;
    wasi_fd_write(1, &iov, 1, &done);
}

static void say_number(const char *what, int x)
{
    char line[64];
    size_t n = length(what), digits = 0;
    memcpy(line, what, n);
    char text[16];
    do text[digits++] = (char)('0' + x % 10), x /= 10; while (x);
    while (digits) line[n++] = text[--digits];
    line[n++] = '\n';
    line[n] = 0;
    say(line);
}

static void check(bool ok, const char *what)
{
    say(ok ? "ok " : "FAIL ");
    say(what);
    say("\n");
    if (!ok)
        wasi_proc_exit(1);
}

/* ---- Waiting ---- */

static int wait32(int *p, int expected, int64_t timeout) { return __builtin_wasm_memory_atomic_wait32(p, expected, timeout); }
static int notify(int *p, unsigned n) { return (int)__builtin_wasm_memory_atomic_notify(p, n); }

typedef struct Mutex { int state; } Mutex;   /* 0 free, 1 taken, 2 taken and somebody may wait */
static void lock(Mutex *m)
{
    int free = 0;
    if (__atomic_compare_exchange_n(&m->state, &free, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        return;
    while (__atomic_exchange_n(&m->state, 2, __ATOMIC_SEQ_CST))
        wait32(&m->state, 2, -1);
}
static void unlock(Mutex *m)
{
    if (__atomic_exchange_n(&m->state, 0, __ATOMIC_SEQ_CST) == 2)
        notify(&m->state, 1);
}

typedef struct Condition { int sequence; } Condition;
static void await(Condition *c, Mutex *m)
{
    int now = __atomic_load_n(&c->sequence, __ATOMIC_SEQ_CST);
    unlock(m);
    wait32(&c->sequence, now, -1);
    lock(m);
}
static void signal_all(Condition *c)
{
    __atomic_fetch_add(&c->sequence, 1, __ATOMIC_SEQ_CST);
    notify(&c->sequence, -1u);
}

/* ---- Threads ---- */

typedef struct Thread {
    char *stack;           /* its end: start.s reads it */
    char *tls;
    void (*run)(void *);
    void *argument;
    int tid;
    int done;              /* 1: joined threads may go on */
    struct Thread *spare;
} Thread;

static Mutex spares_lock;
static Thread *spares;     /* of threads that were joined: stacks to use again */

void __wasm_init_tls(void *);

void thread_start(int tid, Thread *t)
{
    __wasm_init_tls(t->tls);
    t->tid = tid;
    t->run(t->argument);
    __atomic_store_n(&t->done, 1, __ATOMIC_SEQ_CST);
    notify(&t->done, -1u);
}

static Thread *new_thread(void)
{
    lock(&spares_lock);
    Thread *t = spares;
    if (t)
        spares = t->spare;
    unlock(&spares_lock);
    if (t)
        return t;
    t = allocate(sizeof *t);
    char *stack = allocate(STACK), *tls = allocate(__builtin_wasm_tls_size() + 64);
    if (!t || !stack || !tls)
        return NULL;
    t->stack = stack + STACK;
    t->tls = tls;
    return t;
}

static void give_back(Thread *t)
{
    lock(&spares_lock);
    t->spare = spares;
    spares = t;
    unlock(&spares_lock);
}

/* NULL if there can be no more. */
static Thread *start(void (*run)(void *), void *argument)
{
    Thread *t = new_thread();
    if (!t)
        return NULL;
    t->run = run;
    t->argument = argument;
    t->done = 0;
    if (wasi_thread_spawn(t) > 0)
        return t;
    give_back(t);
    return NULL;
}

static int join(Thread *t)
{
    while (!__atomic_load_n(&t->done, __ATOMIC_SEQ_CST))
        wait32(&t->done, 0, -1);
    int tid = t->tid;
    /* The stack is used until the thread has left thread_start, which does nothing more but return. */
    give_back(t);
    return tid;
}

static void sleep_ms(uint64_t ms)
{
    /* a subscription to the monotonic clock */
    struct { uint64_t userdata; uint8_t type, pad[7]; uint32_t clock, pad2; uint64_t timeout, precision; uint16_t flags, pad3[3]; } in = { 0 };
    char out[32];
    int n;
    in.clock = 1;
    in.timeout = ms * 1000000;
    wasi_poll_oneoff(&in, out, 1, &n);
}

#endif
