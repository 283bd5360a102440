/*
 * Calls random functions of both preview modules with random arguments and random memory. Arguments: seed, number of calls. The calls come
 * from preview1.def and sockets.def by way of ../fuzz.py, which writes them to fuzz_calls.inc: one arm per row, with a value made for each kind of argument.
 * Most values are such that the call gets somewhere; the others lie. With THREADS, several threads do so at once, with the same descriptors, paths and memory:
 * what one has made for a call another one writes over while the host reads it.
 */
#ifdef THREADS
#include "../../threads/shim.h"
#define strlen length
#define PER_THREAD static _Thread_local
#else
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#define PER_THREAD static
#endif

PER_THREAD uint64_t state;
static uint32_t rnd(uint32_t below)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return below ? (uint32_t)(state >> 16) % below : (uint32_t)(state >> 16);
}

#if defined(THREADS) && APART
enum { ARENA = 1 << 21 };
#else
enum { ARENA = 1 << 18 };
#endif
static uint8_t arena[ARENA];

#if defined(THREADS) && APART   /* no memory that another thread uses: races in it would be the guest's */
static _Thread_local uint32_t part;
static uint32_t in_arena(uint32_t room) { return (uint32_t)(uintptr_t)arena + part * (ARENA / 8) + rnd(ARENA / 8 - (room < ARENA / 8 ? room : ARENA / 8 - 1)); }
#else
static uint32_t in_arena(uint32_t room) { return (uint32_t)(uintptr_t)arena + rnd(ARENA - room); }
#endif

static uint32_t memory_end(void) { return (uint32_t)__builtin_wasm_memory_size(0) << 16; }

static uint32_t any_ptr(void)
{
#if defined(THREADS) && APART
    return rnd(24) ? in_arena(4096) & ~(rnd(4) ? 7u : 0u) : memory_end() + rnd(80);
#endif
    switch (rnd(24)) {
    case 0: return memory_end() - rnd(80);
    case 1: return memory_end() + rnd(80);
    case 2: return 0xffffffffu - rnd(80);
    case 3: return memory_end() + rnd(0) % (0xffffffffu - memory_end());
    case 4: return rnd(16);
    default: return in_arena(4096) & ~(rnd(4) ? 7u : 0u);
    }
}

static uint32_t any_fd(void)
{
    switch (rnd(16)) {
    case 0: return rnd(0);
    case 1: return rnd(300);
    case 2: case 3: case 4: return 3 + rnd(3);   /* the preopens */
    default: return rnd(24);
    }
}

static uint32_t any_u32(void) { return rnd(4) ? rnd(32) : rnd(2) ? rnd(5000) : rnd(0); }
static uint32_t any_flags(void) { return rnd(40) ? rnd(2) ? 0 : rnd(32) : rnd(0); }
static uint64_t any_u64(void)
{
    switch (rnd(8)) {
    case 0: return (uint64_t)rnd(0) << 32 | rnd(0);
    case 1: return (uint64_t)INT64_MAX - 2 + rnd(5);
    case 2: return UINT64_MAX - rnd(5);
    default: return rnd(rnd(2) ? 64 : 100000);
    }
}
static uint64_t any_rights(void)
{
    uint64_t all = (1 << 30) - 1;
    return rnd(3) ? all & ~((uint64_t)rnd(2) << rnd(30)) : rnd(2) ? all & ((uint64_t)rnd(0) << 16 | rnd(0)) : rnd(3) ? rnd(0) & all : any_u64();
}

static const char *const parts[] = {
    "a", "b", "c", "d", "f", "g", "l1", "l2", "up", "out", "abs", "loop", "ro", ".", "..", "..", "none", "", "fifo", "secret", "canary", "root",
    "..\\canary", "\xff\xfe", "a\0b", "/", "proc", "self", "etc", "passwd",
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
};

PER_THREAD uint32_t path_size;
/* Writes a path somewhere; its length in path_size. */
static uint32_t any_path(void)
{
    char *p = (char *)(uintptr_t)in_arena(8192);
    uint32_t n = rnd(60) ? 1 + rnd(5) : rnd(2) ? 0 : 1 + rnd(40);
    path_size = 0;
    if (rnd(40) == 0)
        p[path_size++] = '/';
    for (uint32_t i = 0; i < n; i++) {
        const char *part = parts[rnd(3) ? rnd(13) : rnd(sizeof parts / sizeof parts[0])];
        uint32_t size = (uint32_t)strlen(part) + (part[0] == 'a' && rnd(30) == 0 ? 2 : 0);
        memcpy(p + path_size, part, size);
        path_size += size;
        if (i + 1 < n || rnd(6) == 0)
            p[path_size++] = '/';
    }
    if (rnd(50) == 0)
        path_size = any_u32();
    return rnd(60) ? (uint32_t)(uintptr_t)p : any_ptr();
}

PER_THREAD uint32_t iovs_n;
static uint32_t any_iovs(void)
{
    uint32_t n = rnd(30) ? rnd(6) : rnd(3000), at = in_arena(n * 8 + 8), *p = (uint32_t *)(uintptr_t)(at & ~3u);
    for (uint32_t i = 0; i < n; i++) {
        p[2 * i] = any_ptr();
        p[2 * i + 1] = rnd(8) ? rnd(200) : any_u32();
    }
    iovs_n = rnd(60) ? n : any_u32();
    return rnd(60) ? (uint32_t)(uintptr_t)p : any_ptr();
}

PER_THREAD uint32_t subs_out, subs_n;
static uint32_t any_subs(int preview0)
{
    uint32_t size = preview0 ? 56 : 48, n = rnd(30) ? rnd(5) : rnd(300);
    uint8_t *p = (uint8_t *)(uintptr_t)(in_arena(n * size + 8) & ~7u);
    for (uint32_t i = 0; i < n; i++, p += size) {
        memset(p, 0, size);
        p[8] = (uint8_t)(rnd(20) ? rnd(3) : rnd(256));
        uint32_t fd = p[8] == 0 ? rnd(5) : any_fd();
        memcpy(p + (preview0 && p[8] == 0 ? 24 : 16), &fd, 4);
        uint64_t timeout = rnd(30) ? rnd(100000) : any_u64();
        uint16_t abstime = (uint16_t)rnd(3) == 0;
        memcpy(p + (preview0 ? 32 : 24), &timeout, 8);
        memcpy(p + (preview0 ? 48 : 40), &abstime, 2);
    }
    if (n) {   /* so that it ends: a clock that is due */
        memset(p - size, 0, size);
        (p - size)[preview0 ? 24 : 16] = 1;
    }
    p -= (size_t)n * size;
    subs_out = rnd(8) ? any_ptr() : (uint32_t)(uintptr_t)p;   /* also over the subscriptions */
    subs_n = n;
    return (uint32_t)(uintptr_t)p;
}

/* Addresses as WasmEdge and WAMR write them, mostly of this machine. */
static uint32_t any_we_addr(void)
{
    uint32_t *p = (uint32_t *)(uintptr_t)(in_arena(256) & ~7u);
    uint8_t *buf = (uint8_t *)(p + 4);
    static const uint8_t sizes[] = { 4, 4, 16, 128, 128, 5 };
    memset(buf, 0, 128);
    p[0] = rnd(40) ? (uint32_t)(uintptr_t)buf : any_ptr();
    p[1] = rnd(40) ? sizes[rnd(6)] : any_u32();
    if (p[1] == 128) {
        buf[0] = (uint8_t)rnd(4);
        memcpy(buf + 2, "\x7f\0\0\1", 4);
    } else if (p[1] == 16) {
        buf[15] = 1;
    } else {
        memcpy(buf, "\x7f\0\0\1", 4);
    }
    return rnd(60) ? (uint32_t)(uintptr_t)p : any_ptr();
}

static uint32_t any_wamr_addr(void)
{
    uint8_t *p = (uint8_t *)(uintptr_t)(in_arena(64) & ~7u);
    memset(p, 0, 24);
    p[0] = (uint8_t)(rnd(20) ? rnd(2) : rnd(256));
    if (p[0] == 0) {
        memcpy(p + 4, "\x7f\0\0\1", 4);
        p[8] = (uint8_t)rnd(10);
    } else {
        p[18] = 1;
        p[20] = (uint8_t)rnd(10);
    }
    return rnd(60) ? (uint32_t)(uintptr_t)p : any_ptr();
}

static void scribble(void)
{
    uint8_t *at = (uint8_t *)(uintptr_t)in_arena(512);
    for (uint32_t i = 0; i < 512; i += 4) {
        uint32_t x = rnd(3) ? rnd(0) : rnd(64);
        memcpy(at + i, &x, 4);
    }
}

#include "fuzz_calls.inc"

static void random_calls(uint64_t seed, uint32_t calls)
{
    state = 88172645463325252ull ^ seed * 0x9e3779b97f4a7c15ull;
    for (int i = 0; i < 20; i++)
        rnd(0);
    for (uint32_t i = 0; i < calls; i++) {
        if (rnd(4) == 0)
            scribble();
        random_call(rnd(N_CALLS));
    }
}

#ifdef THREADS

enum { N = 6 };   /* fewer than parts of the arena */
static uint64_t words[2];   /* seed, calls */

static void run(void *argument)
{
    uint32_t me = (uint32_t)(uintptr_t)argument;
#if APART
    part = me;
#endif
    random_calls(words[0] * 31 + me, (uint32_t)words[1] / N);
}

void begin(void) __attribute__((export_name("_start")));
void begin(void)
{
    char *argv[8], *text = (char *)arena;
    size_t n, size;
    if (wasi_args_sizes_get(&n, &size) || n != 3 || size > 4096 || wasi_args_get(argv, text))
        wasi_proc_exit(1);
    for (int i = 0; i < 2; i++)
        for (const char *p = argv[i + 1]; *p; p++)
            words[i] = words[i] * 10 + (uint64_t)(*p - '0');
    Thread *threads[N] = { NULL };
    for (uint32_t i = 1; i < N; i++)
        threads[i] = start(run, (void *)(uintptr_t)i);
    run(NULL);
    for (uint32_t i = 1; i < N; i++)
        if (threads[i])
            join(threads[i]);
}

#else

int main(int argc, char **argv)
{
    random_calls(argc > 1 ? strtoull(argv[1], NULL, 10) : 1, argc > 2 ? (uint32_t)atoi(argv[2]) : 1000);
    return 0;
}

#endif
