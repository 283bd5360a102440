/*
 * alloc.h - every byte of the library comes from the embedder's allocator, through these.
 *
 * Arena: memory of one lifetime (a module), freed at once. Growable arrays: `VEC(T)` with cw_vec_push; elements move when it grows.
 */
#ifndef CW_BASE_ALLOC_H
#define CW_BASE_ALLOC_H

#include "base/error.h"

typedef cwasm_allocator Alloc;

/* The C library's allocator. */
extern const Alloc cw_default_alloc;

/* Uninitialised memory; NULL on failure. size may be 0: then a unique pointer of 1 byte. */
void *cw_alloc(const Alloc *a, size_t size);
/* Zeroed n * size bytes; NULL on failure or overflow. */
void *cw_calloc(const Alloc *a, size_t n, size_t size);
/* NULL on failure; then p is still valid. */
void *cw_realloc(const Alloc *a, void *p, size_t old_size, size_t new_size);
/* size as it was allocated; p may be NULL. */
void cw_free(const Alloc *a, void *p, size_t size);
/* NUL-terminated copy; free with cw_free(a, s, strlen(s) + 1). */
char *cw_strdup(const Alloc *a, const char *s);

/* ---- Arena ---- */

typedef struct ArenaChunk ArenaChunk;
typedef struct Arena {
    const Alloc *alloc;
    ArenaChunk *chunks;
    u8 *p, *end;
    size_t total;     /* bytes asked of the allocator */
} Arena;

void cw_arena_init(Arena *arena, const Alloc *alloc);
void cw_arena_done(Arena *arena);
/* 16-byte aligned, uninitialised; NULL on failure. */
void *cw_arena_alloc(Arena *arena, size_t size);
/* Zeroed n * size bytes; NULL on failure or overflow. */
void *cw_arena_calloc(Arena *arena, size_t n, size_t size);

/* ---- Growable array ---- */

#define VEC(T) struct { T *at; u32 n, cap; }

/* Makes room for `more` elements behind n; false on failure, then nothing changed. */
bool cw_vec_grow(const Alloc *a, void **at, u32 *cap, u32 n, u32 more, size_t element);
#define cw_vec_reserve(a, v, more)                                                                  \
    (CW_LIKELY((u32)(more) <= (v)->cap - (v)->n)                                                    \
         ? true                                                                                     \
         : cw_vec_grow((a), (void **)&(v)->at, &(v)->cap, (v)->n, (u32)(more), sizeof *(v)->at))
/* True and the element appended, or false. */
#define cw_vec_push(a, v, ...) (cw_vec_reserve((a), (v), 1) ? ((v)->at[(v)->n++] = (__VA_ARGS__), true) : false)
#define cw_vec_done(a, v) (cw_free((a), (v)->at, (v)->cap * sizeof *(v)->at), (v)->at = NULL, (v)->n = (v)->cap = 0)

#endif
