/*
 * os_memory.h - address space from the operating system: linear memories and guest stacks.
 *
 * Two ways: plain mappings that are read-write as a whole and may move when they grow (cw_os_map, cw_os_grow), and
 * reservations, of which parts are made accessible in place (cw_os_reserve, cw_os_commit). Where there is no mmap the first
 * kind comes from the allocator and the second does not exist. Sizes are multiples of cw_os_page_size, see cw_os_round.
 */
#ifndef CW_BASE_OS_MEMORY_H
#define CW_BASE_OS_MEMORY_H

#include "base/alloc.h"

/* -DCW_HAVE_MMAP=0 builds the fall-back anywhere. */
#ifndef CW_HAVE_MMAP
#if defined(__unix__) || defined(__APPLE__)
#define CW_HAVE_MMAP 1
#else
#define CW_HAVE_MMAP 0
#endif
#endif

size_t cw_os_page_size(void);
/* size rounded up to whole pages; 0 if that overflows (or size is 0). */
size_t cw_os_round(u64 size);

/* Zeroed read-write bytes, not counted as used until touched; NULL on failure. */
void *cw_os_map(const Alloc *alloc, size_t size);
/* Makes a mapping larger; the new bytes are zero. The result may lie elsewhere; NULL on failure, then p stays as it was. */
void *cw_os_grow(const Alloc *alloc, void *p, size_t old_size, size_t new_size);
/* Gives a mapping back; p may be NULL. */
void cw_os_unmap(const Alloc *alloc, void *p, size_t size);

/* Address space that faults at every access; NULL where that is impossible. */
void *cw_os_reserve(size_t size);
/* Makes [p, p + size) of a reservation read-write and zero. */
bool cw_os_commit(void *p, size_t size);
void cw_os_release(void *p, size_t size);

#endif
