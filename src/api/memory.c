/* memory.c - linear memories. */
#include "api/api.h"
#include "wasm/features.h"
#include "wasm/limits.h"

/* Limits as the decoder would have made them; refuses what a module could not have said either (spec 3.2.4). */
static Status check_limits(const Engine *engine, const cwasm_limits *l, Limits *limits, Error *err)
{
    Features on = engine->config.features;
    u8 page_log2 = l->page_log2;
    if (!(on & FEATURE_CUSTOM_PAGE_SIZES) && page_log2 == 0)
        page_log2 = 16;   /* a literal that does not mention it */
    if (page_log2 != 16 && (page_log2 != 0 || !(on & FEATURE_CUSTOM_PAGE_SIZES)))
        return cw_wrong_argument(err, "invalid custom page size");
    if (l->shared && !(on & FEATURE_THREADS))
        return cw_fail(err, CWASM_UNSUPPORTED, CWASM_NO_OFFSET, "shared memories are not switched on");
    if (l->is64 && !(on & FEATURE_MEMORY64))
        return cw_fail(err, CWASM_UNSUPPORTED, CWASM_NO_OFFSET, "64-bit memories are not switched on");
    if (l->shared && !l->has_max)
        return cw_wrong_argument(err, "shared memory must have maximum");
    u64 most = page_log2 == 16 ? (l->is64 ? CW_MAX_PAGES_64 : CW_MAX_PAGES_32) : l->is64 ? UINT64_MAX : UINT32_MAX;
    if (l->min > most || (l->has_max && l->max > most))
        return cw_wrong_argument(err, "memory size must be at most %llu pages", (unsigned long long)most);
    if (l->has_max && l->min > l->max)
        return cw_wrong_argument(err, "size minimum must not be greater than maximum");
    *limits = (Limits){ .min = l->min, .max = l->has_max ? l->max : UINT64_MAX, .has_max = l->has_max, .shared = l->shared,
                        .is64 = l->is64, .page_log2 = page_log2 };
    return CWASM_OK;
}

Status cwasm_memory_new(cwasm_store *store, const cwasm_limits *limits, cwasm_memory **memory, cwasm_error *err)
{
    Limits l;
    TRY(check_limits(store->engine, limits, &l, err));
    return cw_memory_new(store, &l, memory, err);
}

Status cwasm_shared_memory_new(cwasm_engine *engine, const cwasm_limits *limits, cwasm_shared_memory **memory, cwasm_error *err)
{
    Limits l;
    cwasm_limits shared = *limits;
    shared.shared = true;
    TRY(check_limits(engine, &shared, &l, err));
    return cw_shared_memory_new(engine, &l, memory, err);
}

void cwasm_shared_memory_free(cwasm_shared_memory *memory)
{
    cw_shared_memory_release(memory);
}

cwasm_memory *cwasm_shared_memory_memory(cwasm_shared_memory *memory)
{
    return &memory->memory;
}

cwasm_shared_memory *cwasm_memory_shared(cwasm_memory *memory)
{
    if (memory->shared)
        cw_shared_memory_retain(memory->shared);
    return memory->shared;
}

uint32_t cwasm_memory_notify(cwasm_memory *memory, uint64_t ptr, uint32_t count)
{
    return memory->shared ? cw_shared_memory_notify(memory->shared, ptr, count) : 0;
}

cwasm_limits cwasm_memory_type(const cwasm_memory *memory)
{
    return cw_limits_public(&memory->limits);
}

uint64_t cwasm_memory_size(const cwasm_memory *memory)
{
    return cw_memory_size(memory);
}

void *cwasm_memory_view(cwasm_memory *memory, uint64_t ptr, uint64_t size)
{
    return cw_memory_has(memory, ptr, size) ? memory->data + ptr : NULL;
}

Status cwasm_memory_grow(cwasm_memory *memory, uint64_t delta, uint64_t *old_pages)
{
    u64 old = cw_memory_grow(memory, delta);
    if (old == UINT64_MAX)
        return CWASM_LIMIT;
    if (old_pages)
        *old_pages = old;
    return CWASM_OK;
}
