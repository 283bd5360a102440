/* table.c - tables (specification 4.2.8, 4.5.3.3): references in a growable array, from the store's allocator. */
#include "run/objects.h"

/* Implementation limit on elements: a size must fit a result of table.size. */
static u64 max_elements(const Limits *limits)
{
    u64 max = limits->is64 ? SIZE_MAX / 2 / sizeof(u64) : UINT32_MAX;
    return limits->has_max ? CW_MIN(max, limits->max) : max;
}

static void fill(Table *t, u64 at, u64 n, u64 init)
{
    for (u64 i = 0; i < n; i++)
        t->elems[at + i] = init;
}

Status cw_table_new(Store *store, const TableType *type, u64 init, Table **table, Error *err)
{
    u64 n = type->limits.min, limit = store->limit_table;
    if (n > max_elements(&type->limits) || n > SIZE_MAX / 2 / sizeof(u64))
        return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "table of %llu elements is larger than this implementation can make",
                       (unsigned long long)n);
    if (limit && n > limit)
        return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "table of %llu elements is larger than the store's limit of %llu",
                       (unsigned long long)n, (unsigned long long)limit);
    Table *t = cw_calloc(&store->alloc, 1, sizeof *t);
    if (!t)
        return cw_no_memory(err);
    u64 cap = CW_MAX(n, 1);   /* never NULL: 0 elements may be copied to and from */
    t->elems = cw_alloc(&store->alloc, (size_t)cap * sizeof(u64));
    if (!t->elems) {
        cw_free(&store->alloc, t, sizeof *t);
        return cw_no_memory(err);
    }
    t->size = n;
    t->cap = cap;
    t->type = *type;
    t->store = store;
    fill(t, 0, n, init);
    t->next = store->tables;
    store->tables = t;
    *table = t;
    return CWASM_OK;
}

void cw_table_reset(Table *t, u64 init)
{
    t->size = t->type.limits.min;
    fill(t, 0, t->size, init);
}

void cw_table_free(Table *t)
{
    const Alloc *alloc = &t->store->alloc;
    cw_free(alloc, t->elems, (size_t)t->cap * sizeof(u64));
    cw_free(alloc, t, sizeof *t);
}

u64 cw_table_grow(Table *t, u64 delta, u64 init)
{
    u64 old = t->size, max = max_elements(&t->type.limits), limit = t->store->limit_table;
    max = CW_MIN(max, (u64)(SIZE_MAX / 2 / sizeof(u64)));
    if (limit)
        max = CW_MIN(max, limit);
    if (delta == 0)
        return old;
    if (old > max || delta > max - old)
        return UINT64_MAX;
    u64 size = old + delta;
    if (size > t->cap) {
        u64 cap = CW_STRESS ? size : CW_MIN(CW_MAX(size, t->cap + t->cap / 2), max);
        u64 *elems = cw_realloc(&t->store->alloc, t->elems, (size_t)t->cap * sizeof(u64), (size_t)cap * sizeof(u64));
        if (!elems)
            return UINT64_MAX;
        t->elems = elems;
        t->cap = cap;
    }
    t->size = size;
    fill(t, old, delta, init);
    return old;
}
