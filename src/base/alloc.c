/* alloc.c - allocation through the embedder's allocator, arenas, growable arrays. */
#include "base/alloc.h"

#include "base/os_memory.h"

/* The program linked with musl brings an allocator of its own (src/cli/alloc.c): the C library's takes system calls before its first block. */
#if !CW_OWN_ALLOCATOR
#include <stdlib.h>

static void *libc_realloc(void *ctx, void *p, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    if (new_size == 0) {
        free(p);
        return NULL;
    }
    return realloc(p, new_size);
}

const Alloc cw_default_alloc = { libc_realloc, NULL };
#endif

void *cw_alloc(const Alloc *a, size_t size)
{
    return a->realloc(a->ctx, NULL, 0, size ? size : 1);
}

static void clear(void *p, size_t size)
{
    if (size >= CW_MANY_PAGES)
        cw_os_make_pages(p, size);
    memset(p, 0, size);
}

void *cw_calloc(const Alloc *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        return NULL;
    void *p = cw_alloc(a, bytes);
    if (p)
        clear(p, bytes);
    return p;
}

void *cw_realloc(const Alloc *a, void *p, size_t old_size, size_t new_size)
{
#if CW_STRESS
    old_size = old_size ? old_size : 1;
    void *q = cw_alloc(a, new_size);
    if (q && p) {
        memcpy(q, p, CW_MIN(old_size, new_size));
        memset(p, 0xa5, old_size);
        cw_free(a, p, old_size);
    }
    return q;
#else
    return a->realloc(a->ctx, p, p && !old_size ? 1 : old_size, new_size ? new_size : 1);
#endif
}

void cw_free(const Alloc *a, void *p, size_t size)
{
    if (p)
        a->realloc(a->ctx, p, size ? size : 1, 0);
}

char *cw_strdup(const Alloc *a, const char *s)
{
    size_t size = strlen(s) + 1;
    char *copy = cw_alloc(a, size);
    if (copy)
        memcpy(copy, s, size);
    return copy;
}

/* ---- Arena ---- */

struct ArenaChunk {
    ArenaChunk *next;
    size_t size;   /* with this header */
};

#define CHUNK_HEADER ((sizeof(ArenaChunk) + 15) & ~(size_t)15)
#define FIRST_CHUNK ((size_t)1024)
#define MAX_CHUNK ((size_t)1 << 20)

void cw_arena_init(Arena *arena, const Alloc *alloc)
{
    *arena = (Arena){ .alloc = alloc };
}

void cw_arena_done(Arena *arena)
{
    for (ArenaChunk *c = arena->chunks, *next; c; c = next) {
        next = c->next;
        cw_free(arena->alloc, c, c->size);
    }
    *arena = (Arena){ .alloc = arena->alloc };
}

void *cw_arena_alloc(Arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size = size ? (size + 15) & ~(size_t)15 : 16;
    if (!arena->p || size > (size_t)(arena->end - arena->p)) {
        size_t chunk = CW_STRESS ? 0 : CW_MIN(CW_MAX(FIRST_CHUNK, arena->total / 4), MAX_CHUNK);
        bool own = size + CHUNK_HEADER > chunk;   /* too big for a shared chunk: gets one of its own */
        if (own)
            chunk = size + CHUNK_HEADER;
        ArenaChunk *c = cw_alloc(arena->alloc, chunk);
        if (!c)
            return NULL;
        *c = (ArenaChunk){ arena->chunks, chunk };
        arena->chunks = c;
        arena->total += chunk;
        if (own)
            return (u8 *)c + CHUNK_HEADER;
        arena->p = (u8 *)c + CHUNK_HEADER;
        arena->end = (u8 *)c + chunk;
    }
    void *result = arena->p;
    arena->p += size;
    return result;
}

void *cw_arena_calloc(Arena *arena, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        return NULL;
    void *p = cw_arena_alloc(arena, bytes);
    if (p)
        clear(p, bytes);
    return p;
}

/* ---- Growable array ---- */

bool cw_vec_grow(const Alloc *a, void **at, u32 *cap, u32 n, u32 more, size_t element)
{
    u64 need = (u64)n + more;
    u64 want = CW_STRESS && need < 64 ? need : CW_MAX(CW_MAX(need, (u64)*cap * 2), element <= 16 ? 16 : 8);   /* stress: no room to spare, while that is cheap */
    if (need > UINT32_MAX / 2 || want * element > SIZE_MAX / 2)
        return false;
    want = CW_MIN(want, UINT32_MAX / 2);
    void *moved = cw_realloc(a, *at, *cap * element, (size_t)want * element);
    if (!moved)
        return false;
    *at = moved;
    *cap = (u32)want;
    return true;
}
