/* os_memory.c - mmap and its fall-back. */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE 1   /* mremap, MAP_ANONYMOUS */
#endif
#include "base/os_memory.h"

#if CW_HAVE_MMAP
#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

/* The sanitizers do not follow mremap, and the stress build wants every growth to move. */
#if defined(MREMAP_MAYMOVE) && !CW_STRESS && !CW_TSAN
#define USE_MREMAP 1
#else
#define USE_MREMAP 0
#endif

size_t cw_os_page_size(void)
{
    long size = sysconf(_SC_PAGESIZE);
    return size > 0 ? (size_t)size : 4096;
}

static void *map(size_t size, int protection)
{
    void *p = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void *cw_os_map(const Alloc *alloc, size_t size)
{
    (void)alloc;
    return map(size, PROT_READ | PROT_WRITE);
}

void *cw_os_grow(const Alloc *alloc, void *p, size_t old_size, size_t new_size)
{
    (void)alloc;
#if USE_MREMAP
    void *q = mremap(p, old_size, new_size, MREMAP_MAYMOVE);
    return q == MAP_FAILED ? NULL : q;
#else
    void *q = map(new_size, PROT_READ | PROT_WRITE);
    if (q) {
        memcpy(q, p, old_size);
        munmap(p, old_size);
    }
    return q;
#endif
}

void cw_os_unmap(const Alloc *alloc, void *p, size_t size)
{
    (void)alloc;
    if (p)
        munmap(p, size);
}

void *cw_os_reserve(size_t size)
{
    return map(size, PROT_NONE);
}

bool cw_os_commit(void *p, size_t size)
{
    return size == 0 || mprotect(p, size, PROT_READ | PROT_WRITE) == 0;
}

void cw_os_release(void *p, size_t size)
{
    if (p)
        munmap(p, size);
}

#else /* no mmap */

size_t cw_os_page_size(void)
{
    return 4096;
}

void *cw_os_map(const Alloc *alloc, size_t size)
{
    return cw_calloc(alloc, size, 1);
}

void *cw_os_grow(const Alloc *alloc, void *p, size_t old_size, size_t new_size)
{
    u8 *q = cw_realloc(alloc, p, old_size, new_size);
    if (q)
        memset(q + old_size, 0, new_size - old_size);
    return q;
}

void cw_os_unmap(const Alloc *alloc, void *p, size_t size)
{
    cw_free(alloc, p, size);
}

void *cw_os_reserve(size_t size)
{
    (void)size;
    return NULL;
}

bool cw_os_commit(void *p, size_t size)
{
    (void)p;
    (void)size;
    return false;
}

void cw_os_release(void *p, size_t size)
{
    (void)p;
    (void)size;
}

#endif

size_t cw_os_round(u64 size)
{
    u64 mask = cw_os_page_size() - 1;
    if (size > SIZE_MAX - mask)
        return 0;
    return (size_t)((size + mask) & ~mask);
}
