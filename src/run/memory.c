/*
 * memory.c - linear memories (specification 4.2.9, 4.5.3.4).
 *
 * Explicit: exactly the current size is mapped, and growing may move it. Guarded: the memory lies at the start of a reservation
 * that covers every address a 32-bit index with a 32-bit offset can make, so an access beyond the size faults and nothing is
 * ever compared; it never moves. Memories for which page protection is too coarse or the address space too small are explicit,
 * whatever the engine says. In place: of prepared modules (link/prepare.c); bounds are compared, but address space up to the maximum is reserved, so
 * that the memory can begin with an image and go back to it. Shared memories are in place, too, as they must not move (shared_memory.c).
 */
#include "run/memory.h"

#include "base/os_memory.h"

#define MAX_BYTES_32 ((u64)1 << 32)
#define MAX_BYTES_64 ((u64)1 << 46)
#define MAX_BYTES_HOST ((u64)(SIZE_MAX / 2))
#if CW_TSAN
#define MAX_RESERVED ((u64)1 << 24)   /* it makes shadow memory for reservations */
#else
#define MAX_RESERVED MAX_BYTES_32     /* what an in-place memory reserves at most */
#endif
#define KEPT_BYTES ((size_t)256 << 10)   /* what a memory keeps of what was written to it, when it is reset */

/* What data points at while there is nothing to point at. */
static u8 nothing[16];

/* Bytes of n pages, UINT64_MAX if that overflows. */
static u64 bytes_of(const Limits *limits, u64 pages)
{
    return pages > UINT64_MAX >> limits->page_log2 ? UINT64_MAX : pages << limits->page_log2;
}

static u64 max_bytes(const Limits *limits)
{
    /* The size in pages has to fit a result of memory.size, which leaves 1-byte pages one page less. */
    u64 max = limits->is64 ? MAX_BYTES_64 : limits->page_log2 == 0 ? UINT32_MAX : MAX_BYTES_32;
    if (limits->has_max)
        max = CW_MIN(max, bytes_of(limits, limits->max));
    return CW_MIN(max, MAX_BYTES_HOST >> limits->page_log2 << limits->page_log2);
}

static bool may_guard(const Engine *engine, const Limits *limits)
{
    return engine->config.bounds == CWASM_BOUNDS_GUARD && !limits->is64 && sizeof(void *) == 8
           && cw_os_page_size() <= (size_t)1 << limits->page_log2;
}

/* Do guard pages alone check accesses? */
#define UNCHECKED (UINT64_MAX / 2)
static bool pages_check(const Memory *m) { return m->check_size == UNCHECKED; }

/* Makes m a memory of `size` bytes at the start of a reservation, beginning with the image (NULL: zeros), or leaves it untouched. guarding: NULL, or the engine if it is
 * so long that pages can check accesses. */
static bool map_in_place(Memory *m, u64 size, u64 reserved, MemoryImage *image, const Engine *guarding)
{
    size_t imaged = image ? image->size : 0;
    u8 *data = reserved <= SIZE_MAX / 2 ? cw_os_reserve((size_t)reserved) : NULL;
    if (!data)
        return false;
    m->data = data;
    m->mapped = reserved;
    if ((imaged && !cw_os_map_image(data, imaged, image->fd)) || !cw_os_commit(data + imaged, (size_t)size - imaged) || (guarding && !cw_guard_add(m))) {
        cw_os_release(data, (size_t)reserved);
        m->data = nothing;
        m->mapped = 0;
        return false;
    }
    if (image)
        cw_image_retain(image);
    m->image = image;
    m->in_place = true;
    m->guarded = guarding != NULL;
    m->size = size;
    m->check_size = guarding && guarding->locates_faults ? UNCHECKED : size;
    return true;
}

static bool map_explicit(Memory *m, u64 size)
{
    if (size) {
        size_t mapped = cw_os_round(size);
        u8 *data = mapped ? cw_os_map(&m->store->alloc, mapped) : NULL;
        if (!data)
            return false;
        m->data = data;
        m->mapped = mapped;
    }
    m->size = m->check_size = size;
    return true;
}

/* Without reservations the maximum is allocated. */
static bool map_maximum(Memory *m, const Alloc *alloc, u64 size)
{
    size_t mapped = cw_os_round(m->max_size);
    u8 *data = mapped ? cw_os_map(alloc, mapped) : NULL;
    if (!data)
        return false;
    m->data = data;
    m->mapped = mapped;
    m->size = m->check_size = size;
    return true;
}

/* Reserves the maximum; if there is no room, less, and the memory grows so far only. */
static bool map_shared(Memory *m, const Alloc *alloc, u64 size)
{
    if (m->max_size == 0)
        return true;
    if (!CW_HAVE_MMAP)
        return map_maximum(m, alloc, size);
    while (!map_in_place(m, size, cw_os_round(m->max_size), NULL, false)) {
        u64 less = m->max_size / 2 >> m->limits.page_log2 << m->limits.page_log2;
        if (m->max_size == size || less == 0)
            return false;
        m->max_size = CW_MAX(less, size);
    }
    return true;
}

/* Sets m up, without bytes yet; *size gets what it is to have. */
static Status begin(Memory *m, const Limits *limits, u64 *size, Error *err)
{
    u64 max = max_bytes(limits);
    *size = bytes_of(limits, limits->min);
    if (*size > max)
        return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "memory of %llu pages is larger than this implementation can make",
                       (unsigned long long)limits->min);
    m->data = nothing;
    m->max_size = max;
    m->limits = *limits;
    return CWASM_OK;
}

static Status check_limit(const Store *store, const Limits *limits, Error *err)
{
    u64 size = bytes_of(limits, limits->min);
    if (store->limit_memory && size > store->limit_memory)
        return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "memory of %llu bytes is larger than the store's limit of %llu",
                       (unsigned long long)size, (unsigned long long)store->limit_memory);
    return CWASM_OK;
}

/* A memory without bytes yet, not in the store's list; *size gets what it is to have. */
static Status new_empty(Store *store, const Limits *limits, u64 *size, Memory **memory, Error *err)
{
    TRY(check_limit(store, limits, err));
    Memory *m = cw_calloc(&store->alloc, 1, sizeof *m);
    if (!m)
        return cw_no_memory(err);
    Status status = begin(m, limits, size, err);
    if (status) {
        cw_free(&store->alloc, m, sizeof *m);
        return status;
    }
    m->store = store;
    *memory = m;
    return CWASM_OK;
}

Status cw_memory_init_shared(Memory *m, const Engine *engine, const Limits *limits, Error *err)
{
    u64 size;
    TRY(begin(m, limits, &size, err));
    bool guarded = may_guard(engine, limits) && map_in_place(m, size, CW_GUARD_BYTES, NULL, engine);
    return guarded || map_shared(m, &engine->config.alloc, size) ? CWASM_OK : cw_no_memory(err);
}

static Status new_shared(Store *store, const Limits *limits, Memory **memory, Error *err)
{
    SharedMemory *shared;
    TRY(check_limit(store, limits, err));
    TRY(cw_shared_memory_new(store->engine, limits, &shared, err));
    bool ok = cw_store_use_shared(store, shared);
    cw_shared_memory_release(shared);
    if (!ok)
        return cw_no_memory(err);
    *memory = &shared->memory;
    return CWASM_OK;
}

static void add_to_store(Memory *m)
{
    m->next = m->store->memories;
    m->store->memories = m;
}

Status cw_memory_new(Store *store, const Limits *limits, Memory **memory, Error *err)
{
    Memory *m;
    u64 size;
    if (limits->shared)
        return new_shared(store, limits, memory, err);
    TRY(new_empty(store, limits, &size, &m, err));
    if (!(may_guard(store->engine, limits) && map_in_place(m, size, CW_GUARD_BYTES, NULL, store->engine)) && !map_explicit(m, size)) {
        cw_free(&store->alloc, m, sizeof *m);
        return cw_no_memory(err);
    }
    add_to_store(m);
    *memory = m;
    return CWASM_OK;
}

Status cw_memory_new_image(Store *store, const Limits *limits, MemoryImage *image, Memory **memory, Error *err)
{
    Memory *m;
    u64 size;
    TRY(new_empty(store, limits, &size, &m, err));
    bool guarded = may_guard(store->engine, limits);
    u64 reserved = guarded ? CW_GUARD_BYTES : CW_MAX(size, CW_MIN(m->max_size, MAX_RESERVED));
    if (((u64)1 << limits->page_log2) < cw_os_page_size() || (image && image->size > size) ||
        !map_in_place(m, size, CW_MAX(reserved, cw_os_page_size()), image, guarded ? store->engine : NULL)) {
        cw_free(&store->alloc, m, sizeof *m);
        return cw_fail(err, CWASM_HOST, CWASM_NO_OFFSET, "cannot reserve address space for a memory");
    }
    add_to_store(m);
    *memory = m;
    return CWASM_OK;
}

void cw_memory_done(Memory *m, const Alloc *alloc)
{
    if (m->guarded)
        cw_guard_remove(m);
    if (m->in_place)
        cw_os_release(m->data, (size_t)m->mapped);
    else if (m->mapped)
        cw_os_unmap(alloc, m->data, (size_t)m->mapped);
    cw_image_release(m->image);
}

void cw_memory_free(Memory *m)
{
    const Alloc *alloc = &m->store->alloc;
    cw_memory_done(m, alloc);
    cw_free(alloc, m, sizeof *m);
}

/* Puts back what [p, p + size) began with. */
static void restore(const Memory *m, u8 *p, size_t size)
{
    size_t at = (size_t)(p - m->data), imaged = m->image && at < m->image->size ? CW_MIN(size, m->image->size - at) : 0;
    if (imaged)
        memcpy(p, m->image->bytes + at, imaged);
    memset(p + imaged, 0, size - imaged);
}

/* A few pages are written over and stay mapped, which saves a fault each at the next use; more go back to the system. */
static bool forget(Memory *m, size_t size, const OsTracker *tracker)
{
    OsRange ranges[32];
    size_t n, sum = 0;
    if (!cw_os_written(tracker, m->data, size, ranges, CW_COUNT(ranges), &n))
        return cw_os_forget(m->data, size);
    for (size_t i = 0; i < n; i++)
        sum += ranges[i].size;
    if (sum > KEPT_BYTES)
        return cw_os_forget(m->data, size);
    for (size_t i = 0; i < n; i++)
        restore(m, ranges[i].p, ranges[i].size);
    return true;
}

bool cw_memory_reset(Memory *m, const OsTracker *tracker)
{
    u64 size = bytes_of(&m->limits, m->limits.min);
    if (m->shared || !m->in_place || !cw_os_decommit(m->data + size, (size_t)(m->size - size)))
        return false;
    m->size = size;
    if (!pages_check(m))
        m->check_size = size;
    return forget(m, (size_t)size, tracker);
}

/* Beyond what was reserved (64-bit memories): moves to a mapping of its own. */
static bool move_out(Memory *m, u64 size)
{
    size_t mapped = cw_os_round(size);
    u8 *data = mapped ? cw_os_map(&m->store->alloc, mapped) : NULL;
    if (!data)
        return false;
    memcpy(data, m->data, (size_t)m->size);
    cw_os_release(m->data, (size_t)m->mapped);
    m->data = data;
    m->mapped = mapped;
    m->in_place = false;
    return true;
}

/* Other threads may be reading the size of a shared memory: it says what is there already, and what accesses may reach. So check_size comes first. */
static bool grow_in_place(Memory *m, u64 size)
{
    u64 from = m->size & ~(u64)(cw_os_page_size() - 1);   /* pages of a module may be smaller than the system's */
    bool ok = !m->in_place || (size <= m->mapped ? cw_os_commit(m->data + from, (size_t)(size - from)) : !m->shared && move_out(m, size));
    if (ok) {
        if (!pages_check(m))
            cw_store_release(&m->check_size, size);
        cw_store_release(&m->size, size);
    }
    return ok;
}

/* Brings an explicit memory to `size` bytes, more than now. */
static bool grow_explicit(Memory *m, u64 size)
{
    if (!m->mapped)
        return map_explicit(m, size);
    size_t mapped = cw_os_round(size);
    if (mapped != m->mapped || CW_STRESS) {
        u8 *data = mapped ? cw_os_grow(&m->store->alloc, m->data, (size_t)m->mapped, mapped) : NULL;
        if (!data)
            return false;
        m->data = data;
        m->mapped = mapped;
    }
    m->size = m->check_size = size;
    return true;
}

static u64 grow(Memory *m, u64 delta, u64 limit)
{
    u64 pages = cw_memory_pages(m);
    if (delta == 0)
        return pages;
    u64 more = bytes_of(&m->limits, delta);
    if (more > m->max_size - m->size)
        return UINT64_MAX;
    u64 size = m->size + more;
    if (limit && size > limit)
        return UINT64_MAX;
    return (m->in_place || m->shared ? grow_in_place(m, size) : grow_explicit(m, size)) ? pages : UINT64_MAX;
}

u64 cw_memory_grow_within(Memory *m, u64 delta, u64 limit)
{
    if (!m->shared)
        return grow(m, delta, limit);
    pthread_mutex_lock(&m->shared->lock);
    u64 pages = grow(m, delta, limit);
    pthread_mutex_unlock(&m->shared->lock);
    return pages;
}
