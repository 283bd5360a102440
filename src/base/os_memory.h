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

#if CW_OWN_ALLOCATOR
/* Of the program (cli/alloc.c): whole pages of its own zeros that nobody had yet, which can be resized and given back like a mapping; or NULL. */
void *cw_early_map(size_t size);
#endif

/* Zeroed read-write bytes, not counted as used until touched; NULL on failure. */
void *cw_os_map(const Alloc *alloc, size_t size);
/* Makes a mapping larger; the new bytes are zero. The result may lie elsewhere; NULL on failure, then p stays as it was. */
void *cw_os_grow(const Alloc *alloc, void *p, size_t old_size, size_t new_size);
/* Gives a mapping back; p may be NULL. */
void cw_os_unmap(const Alloc *alloc, void *p, size_t size);

/* Memory that is there will be written soon: its pages are made at once, which takes half the time of a fault for each. Only whole pages at the end. */
void cw_os_make_pages(void *p, size_t size);
#define CW_MANY_PAGES ((size_t)64 * 1024)   /* from here on it is worth its system call where nothing is known of the memory */

/* Address space that faults at every access; NULL where that is impossible. */
void *cw_os_reserve(size_t size);
/* Makes [p, p + size) of a reservation read-write and zero. */
bool cw_os_commit(void *p, size_t size);
/* Undoes that: the bytes are forgotten, and every access faults again. */
bool cw_os_decommit(void *p, size_t size);
void cw_os_release(void *p, size_t size);

/* ---- Contents that many mappings begin with, each with changes of its own (copy on write). size: whole pages ---- */

/* Keeps a copy of n bytes, and zeros up to size, that can be mapped and that nobody can change any more. A descriptor, or -1 where that is impossible. */
int cw_os_image_new(const void *bytes, size_t n, size_t size);
void cw_os_image_free(int image);
/* The image itself, to read; NULL on failure. Undone by cw_os_release. */
const void *cw_os_image_view(int image, size_t size);
/* Puts the image at p, inside a reservation, read-write; what is written there stays private. */
bool cw_os_map_image(void *p, size_t size, int image);
/* Forgets what was written to [p, p + size): the bytes are the image's again, or zero. False on failure. */
bool cw_os_forget(void *p, size_t size);

/* Asks the system what was written. It looks at the process that made it: of no use after a fork. */
typedef struct OsTracker { int fd; int process; } OsTracker;   /* fd -1: the system cannot tell */
void cw_os_tracker_init(OsTracker *tracker);
void cw_os_tracker_done(OsTracker *tracker);
/* Where in [p, p + size) something was written since it was mapped or last forgotten: at most `cap` ranges, in order, in whole pages. False if there
 * are more, or the system cannot tell. */
typedef struct OsRange { u8 *p; size_t size; } OsRange;
bool cw_os_written(const OsTracker *tracker, void *p, size_t size, OsRange *ranges, size_t cap, size_t *n);

#endif
