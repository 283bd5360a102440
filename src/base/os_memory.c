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
    return (size_t)getpagesize();
}

static void *map(size_t size, int protection)
{
    void *p = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void *cw_os_map(const Alloc *alloc, size_t size)
{
    (void)alloc;
#if CW_OWN_ALLOCATOR
    void *early = cw_early_map(size);
    if (early)
        return early;
#endif
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

bool cw_os_decommit(void *p, size_t size)
{
    return size == 0 || mmap(p, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
}

void cw_os_release(void *p, size_t size)
{
    if (p)
        munmap(p, size);
}

bool cw_os_map_image(void *p, size_t size, int image)
{
    return mmap(p, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE | MAP_FIXED, image, 0) != MAP_FAILED;
}

const void *cw_os_image_view(int image, size_t size)
{
    void *p = mmap(NULL, size, PROT_READ, MAP_SHARED, image, 0);
    return p == MAP_FAILED ? NULL : p;
}

void cw_os_image_free(int image)
{
    if (image >= 0)
        close(image);
}

void cw_os_tracker_done(OsTracker *tracker)
{
    if (tracker->fd >= 0)
        close(tracker->fd);
    tracker->fd = -1;
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

bool cw_os_decommit(void *p, size_t size)
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

bool cw_os_map_image(void *p, size_t size, int image)
{
    (void)p;
    (void)size;
    (void)image;
    return false;
}

const void *cw_os_image_view(int image, size_t size)
{
    (void)image;
    (void)size;
    return NULL;
}

void cw_os_image_free(int image)
{
    (void)image;
}

void cw_os_tracker_done(OsTracker *tracker)
{
    (void)tracker;
}

#endif

/* ---- Images: memfd; what was written: PAGEMAP_SCAN (Linux 6.7) ---- */

#if CW_HAVE_MMAP && defined(__linux__)
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

/* linux/memfd.h, linux/fcntl.h, linux/fs.h: newer than some of the headers that this is built with */
#define IMAGE_FLAGS (1u | 2u)               /* MFD_CLOEXEC | MFD_ALLOW_SEALING */
#define ADD_SEALS 1033                      /* F_ADD_SEALS */
#define ALL_SEALS (1 | 2 | 4 | 8)           /* F_SEAL_SEAL | SHRINK | GROW | WRITE */

int cw_os_image_new(const void *bytes, size_t n_bytes, size_t size)
{
    int image = (int)syscall(SYS_memfd_create, "cwasm-image", IMAGE_FLAGS);
    if (image < 0)
        return -1;
    ssize_t n = 1;
    for (size_t at = 0; at < n_bytes && n > 0; at += (size_t)n)
        n = write(image, (const char *)bytes + at, n_bytes - at);
    if (n <= 0 || ftruncate(image, (off_t)size) || fcntl(image, ADD_SEALS, ALL_SEALS)) {
        close(image);
        return -1;
    }
    return image;
}

bool cw_os_forget(void *p, size_t size)
{
    return size == 0 || madvise(p, size, MADV_DONTNEED) == 0;
}

void cw_os_make_pages(void *p, size_t size)
{
    enum { POPULATE_WRITE = 23 };   /* Linux 5.14; older kernels refuse, and the pages come one by one */
    uintptr_t mask = cw_os_page_size() - 1, from = (uintptr_t)p & ~mask, to = ((uintptr_t)p + size) & ~mask;
    if (from < to)
        (void)madvise((void *)from, to - from, POPULATE_WRITE);
}

typedef struct ScanRegion { u64 start, end, categories; } ScanRegion;
typedef struct ScanArgument {
    u64 size, flags, start, end, walk_end, vec, vec_len, max_pages, category_inverted, category_mask, category_anyof_mask, return_mask;
} ScanArgument;
#define SCAN _IOWR('f', 16, ScanArgument)
enum { SCAN_IS_FILE = 1 << 2, SCAN_IS_PRESENT = 1 << 3, SCAN_IS_SWAPPED = 1 << 4, SCAN_IS_ZERO = 1 << 5 };

/* A page that was written is anonymous: neither the image's nor the shared page of zeros. */
bool cw_os_written(const OsTracker *tracker, void *p, size_t size, OsRange *ranges, size_t cap, size_t *n)
{
    ScanRegion regions[64];
    ScanArgument a = {
        .size = sizeof a, .start = (u64)(uintptr_t)p, .end = (u64)(uintptr_t)p + size, .vec = (u64)(uintptr_t)regions,
        .vec_len = CW_MIN(cap, CW_COUNT(regions)), .category_inverted = SCAN_IS_FILE | SCAN_IS_ZERO,
        .category_mask = SCAN_IS_FILE | SCAN_IS_ZERO, .category_anyof_mask = SCAN_IS_PRESENT | SCAN_IS_SWAPPED,
        .return_mask = SCAN_IS_PRESENT,
    };
    if (tracker->fd < 0 || tracker->process != getpid())
        return false;
    int found = ioctl(tracker->fd, SCAN, &a);
    if (found < 0 || a.walk_end != a.end)
        return false;
    for (int i = 0; i < found; i++)
        ranges[i] = (OsRange){ (u8 *)(uintptr_t)regions[i].start, (size_t)(regions[i].end - regions[i].start) };
    *n = (size_t)found;
    return true;
}

void cw_os_tracker_init(OsTracker *tracker)
{
    *tracker = (OsTracker){ open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC), getpid() };
    OsRange range;
    size_t n;
    u8 here;
    u8 *page = (u8 *)((uintptr_t)&here & ~(uintptr_t)(cw_os_page_size() - 1));
    if (tracker->fd >= 0 && !cw_os_written(tracker, page, cw_os_page_size(), &range, 1, &n))   /* an older kernel */
        cw_os_tracker_done(tracker);
}

#else

int cw_os_image_new(const void *bytes, size_t n, size_t size)
{
    (void)bytes;
    (void)n;
    (void)size;
    return -1;
}

bool cw_os_forget(void *p, size_t size)
{
    (void)p;
    (void)size;
    return false;
}

void cw_os_make_pages(void *p, size_t size)
{
    (void)p;
    (void)size;
}

bool cw_os_written(const OsTracker *tracker, void *p, size_t size, OsRange *ranges, size_t cap, size_t *n)
{
    (void)tracker;
    (void)p;
    (void)size;
    (void)ranges;
    (void)cap;
    (void)n;
    return false;
}

void cw_os_tracker_init(OsTracker *tracker)
{
    *tracker = (OsTracker){ -1, 0 };
}

#endif

size_t cw_os_round(u64 size)
{
    u64 mask = cw_os_page_size() - 1;
    if (size > SIZE_MAX - mask)
        return 0;
    return (size_t)((size + mask) & ~mask);
}
