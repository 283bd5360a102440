/*
 * alloc.c - the program's allocator: fast to start, and it gives nothing back before the process ends.
 *
 * The engine names the size of a block when it resizes or frees it, so blocks need no headers. Small blocks are cut from a chunk and kept
 * in free lists by size, eight sizes per power of two; large ones are mappings of their own, which the kernel moves when they grow. With
 * musl this also saves a system call per size that is used for the first time.
 *
 * Sanitizer and development builds use the C library's allocator, which those tools know.
 */
#include <string.h>
#include <sys/mman.h>

#include "cli/cli.h"

#if !CW_FREE_AT_EXIT && defined(__linux__)

enum { SMALLEST = 16, LARGE = 32 * 1024, CHUNK = 256 * 1024, SECOND_CHUNK = 96 * 1024, N_CLASSES = 97, STEP = 4 * 1024, FILE_SURELY = 4096 };

/* A free block of so many classes above will do, up to twice the size: a table that grows leaves blocks of sizes that are seldom asked for. Its
 * rest is lost when it is given back. */
enum { WIDER = 8 };

/* The first chunks are what a small program needs. They lie behind the program's data: no system call, and no page table of their own. All of the
 * first is used, and the beginning of the file behind it; the pages of the second are made as it is used. */
StartSpace cw_start_space;
static _Alignas(4096) unsigned char second_chunk[SECOND_CHUNK];

typedef struct Free {
    struct Free *next;
} Free;

static struct {
    bool lock;
    unsigned char *p, *end;      /* what is left of the chunk */
    unsigned char *made;         /* up to here the pages of the second chunk are there; NULL in other chunks */
    Free *free[N_CLASSES];
    uint64_t there[2];           /* a bit for each class that has free blocks */
    int n_chunks;                /* 0, 1 or 2: of those without mapping */
    size_t mapped;               /* of memory_space */
    bool stack_is_used;
} heap;

/* Class of a size up to LARGE, and the size of its blocks: 16, 32, 48 ... 128 | 144, 160 ... 256 | 288, 320 ... */
static unsigned class_of(size_t size, size_t *rounded)
{
    if (size <= SMALLEST)
        size = SMALLEST;
    unsigned log = 63 - (unsigned)__builtin_clzll(size);             /* at least 4 */
    size_t step = log < 7 ? 16 : (size_t)1 << (log - 3), above = size - ((size_t)1 << log), steps = (above + step - 1) / step;
    *rounded = ((size_t)1 << log) + steps * step;
    return (log - 4) * 8 + (unsigned)steps;
}

static void *map(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void cw_populate(void *p, size_t size)
{
    enum { POPULATE_WRITE = 23 };   /* Linux 5.14; older kernels refuse, and the pages come one by one */
    uintptr_t from = (uintptr_t)p & ~(uintptr_t)4095;
    (void)madvise((void *)from, (uintptr_t)p + size - from, POPULATE_WRITE);
}

/* What is left of the old one is given up. */
static bool next_chunk(size_t size)
{
    heap.made = NULL;
    if (heap.n_chunks == 0 && size <= sizeof cw_start_space.heap) {
        heap.n_chunks = 1;
        heap.p = cw_start_space.heap;
        heap.end = heap.p + sizeof cw_start_space.heap;
        cw_populate(heap.p, sizeof cw_start_space.heap + FILE_SURELY);
    } else if (heap.n_chunks < 2) {
        heap.n_chunks = 2;
        heap.p = heap.made = second_chunk;
        heap.end = second_chunk + sizeof second_chunk;
    } else {
        unsigned char *chunk = map(CHUNK);
        if (!chunk)
            return false;
        heap.p = chunk;
        heap.end = chunk + CHUNK;
    }
    return true;
}

static void *take(size_t size)
{
    size_t rounded;
    unsigned class = class_of(size, &rounded);
    uint64_t there = heap.there[class >> 6] >> (class & 63);
    if (class < 64 && class > 64 - WIDER)
        there |= heap.there[1] << (64 - class);
    if (there & (((uint64_t)2 << WIDER) - 1)) {
        class += (unsigned)__builtin_ctzll(there);
        Free *block = heap.free[class];
        heap.free[class] = block->next;
        if (!block->next)
            heap.there[class >> 6] &= ~((uint64_t)1 << (class & 63));
        return block;
    }
    if ((size_t)(heap.end - heap.p) < rounded && !next_chunk(rounded))
        return NULL;
    void *p = heap.p;
    heap.p += rounded;
    if (heap.made && heap.p > heap.made) {
        /* in steps that double */
        size_t need = (size_t)(heap.p - heap.made), so_far = (size_t)(heap.made - second_chunk), left = sizeof second_chunk - so_far;
        size_t more = so_far > STEP ? so_far : STEP;
        more = more < need ? need : more > left ? left : more;
        cw_populate(heap.made, more);
        heap.made += more;
    }
    return p;
}

static void give(void *p, size_t size)
{
    size_t rounded;
    unsigned class = class_of(size, &rounded);
    Free *block = p;
    block->next = heap.free[class];
    heap.free[class] = block;
    heap.there[class >> 6] |= (uint64_t)1 << (class & 63);
}

static void *allocate(size_t size)
{
    if (size > LARGE)
        return map(size);
    cw_spin_lock(&heap.lock);
    void *p = take(size);
    cw_spin_unlock(&heap.lock);
    return p;
}

static void release(void *p, size_t size)
{
    if (size > LARGE) {
        munmap(p, size);
        return;
    }
    cw_spin_lock(&heap.lock);
    give(p, size);
    cw_spin_unlock(&heap.lock);
}

static void *resize(void *ctx, void *p, size_t old_size, size_t new_size)
{
    (void)ctx;
    if (!p)
        return allocate(new_size);
    if (new_size == 0) {
        release(p, old_size);
        return NULL;
    }
    if (old_size > LARGE && new_size > LARGE) {
        void *moved = mremap(p, old_size, new_size, MREMAP_MAYMOVE);
        return moved == MAP_FAILED ? NULL : moved;
    }
    size_t old_rounded, new_rounded;
    if (old_size <= LARGE && new_size <= LARGE && class_of(old_size, &old_rounded) == class_of(new_size, &new_rounded))
        return p;
    void *q = allocate(new_size);
    if (q) {
        memcpy(q, p, old_size < new_size ? old_size : new_size);
        release(p, old_size);
    }
    return q;
}

#if defined(CW_OWN_ALLOCATOR)
/* The library's default, which the musl build leaves to us (base/alloc.c). */
extern const cwasm_allocator cw_default_alloc;
const cwasm_allocator cw_default_alloc = { resize, NULL };

/* The first stack and the first small memories: no system calls, and no page tables of their own. */
static _Alignas(4096) unsigned char memory_space[256 * 1024], stack_space[8 * 1024 * 1024 + 64 * 1024];

void *cw_early_map(size_t size);
void *cw_early_map(size_t size)
{
    void *p = NULL;
    cw_spin_lock(&heap.lock);
    if (size <= sizeof memory_space - heap.mapped) {
        p = memory_space + heap.mapped;
        heap.mapped += size;
    } else if (size <= sizeof stack_space && size > sizeof memory_space && !heap.stack_is_used) {
        p = stack_space;
        heap.stack_is_used = true;
    }
    cw_spin_unlock(&heap.lock);
    return p;
}

const cwasm_allocator *cw_cli_allocator(void)
{
    return NULL;
}
#else
static const cwasm_allocator allocator = { resize, NULL };

const cwasm_allocator *cw_cli_allocator(void)
{
    return &allocator;
}
#endif

#else

StartSpace cw_start_space;

void cw_populate(void *p, size_t size)
{
    (void)p;
    (void)size;
}

const cwasm_allocator *cw_cli_allocator(void)
{
    return NULL;
}

#endif
