/*
 * memory.c - linear memories (specification 4.2.9, 4.5.3.4).
 *
 * Explicit: exactly the current size is mapped, and growing may move it. Guarded: the memory lies at the start of a reservation
 * that covers every address a 32-bit index with a 32-bit offset can make, so an access beyond the size faults and nothing is
 * ever compared; it never moves. Memories for which page protection is too coarse or the address space too small are explicit,
 * whatever the engine says.
 */
#include "base/os_memory.h"
#include "run/objects.h"

#define MAX_BYTES_32 ((u64)1 << 32)
#define MAX_BYTES_64 ((u64)1 << 46)
#define MAX_BYTES_HOST ((u64)(SIZE_MAX / 2))

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

static bool may_guard(const Store *store, const Limits *limits)
{
    return store->engine->config.bounds == CWASM_BOUNDS_GUARD && !limits->is64 && sizeof(void *) == 8
           && cw_os_page_size() <= (size_t)1 << limits->page_log2;
}

/* Makes m a guarded memory of `size` bytes, or leaves it untouched. */
static bool map_guarded(Memory *m, u64 size)
{
    u8 *data = cw_os_reserve((size_t)CW_GUARD_BYTES);
    if (!data)
        return false;
    m->data = data;
    if (!cw_os_commit(data, (size_t)size) || !cw_guard_add(m)) {
        cw_os_release(data, (size_t)CW_GUARD_BYTES);
        m->data = nothing;
        return false;
    }
    m->mapped = CW_GUARD_BYTES;
    m->guarded = true;
    m->size = size;
    m->check_size = UINT64_MAX / 2;
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

Status cw_memory_new(Store *store, const Limits *limits, Memory **memory, Error *err)
{
    u64 size = bytes_of(limits, limits->min), max = max_bytes(limits);
    if (size > max)
        return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "memory of %llu pages is larger than this implementation can make",
                       (unsigned long long)limits->min);
    if (store->limit_memory && size > store->limit_memory)
        return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "memory of %llu bytes is larger than the store's limit of %llu",
                       (unsigned long long)size, (unsigned long long)store->limit_memory);
    Memory *m = cw_calloc(&store->alloc, 1, sizeof *m);
    if (!m)
        return cw_no_memory(err);
    m->data = nothing;
    m->max_size = max;
    m->limits = *limits;
    m->store = store;
    if (!(may_guard(store, limits) && map_guarded(m, size)) && !map_explicit(m, size)) {
        cw_free(&store->alloc, m, sizeof *m);
        return cw_no_memory(err);
    }
    m->next = store->memories;
    store->memories = m;
    *memory = m;
    return CWASM_OK;
}

void cw_memory_free(Memory *m)
{
    const Alloc *alloc = &m->store->alloc;
    if (m->guarded) {
        cw_guard_remove(m);
        cw_os_release(m->data, (size_t)m->mapped);
    } else if (m->mapped) {
        cw_os_unmap(alloc, m->data, (size_t)m->mapped);
    }
    cw_free(alloc, m, sizeof *m);
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

u64 cw_memory_grow(Memory *m, u64 delta)
{
    u64 pages = cw_memory_pages(m);
    if (delta == 0)
        return pages;
    u64 more = bytes_of(&m->limits, delta), limit = m->store->limit_memory;
    if (more > m->max_size - m->size)
        return UINT64_MAX;
    u64 size = m->size + more;
    if (limit && size > limit)
        return UINT64_MAX;
    if (!m->guarded)
        return grow_explicit(m, size) ? pages : UINT64_MAX;
    if (!cw_os_commit(m->data + m->size, (size_t)more))
        return UINT64_MAX;
    m->size = size;
    return pages;
}
