/*
 * check.c - validity of everything outside of expressions (specification 3.2.5-3.2.9, 3.4), and the table of exports.
 */
#include "wasm/features.h"
#include "wasm/hash.h"
#include "wasm/limits.h"
#include "wasm/names.h"

/* ---- Exports by name ---- */

typedef struct ExportRow {
    UT_hash_handle hh;
    const Export *export;
} ExportRow;

struct ExportTable {
    ExportRow *head;
    u64 seed;
    ExportRow rows[];   /* in the arena, like the table itself; uthash's buckets come from the allocator */
};

static ExportRow *find_row(const ExportTable *table, const char *name, size_t size, u32 hash)
{
    ExportRow *row;
    HASH_FIND_BYHASHVALUE(hh, table->head, name, size, hash, row);
    return row;
}

static Status make_export_table(Module *m, Error *err)
{
    const Alloc *hash_alloc = m->alloc;
    ExportTable *table = cw_arena_alloc(&m->arena, sizeof *table + m->n_exports * sizeof(ExportRow));
    if (!table)
        return cw_no_memory(err);
    table->head = NULL;
    table->seed = cw_hash_seed(table);
    m->export_table = table;
    for (u32 i = 0; i < m->n_exports; i++) {
        const Export *e = &m->exports[i];
        ExportRow *row = &table->rows[i];
        u32 hash = cw_hash(table->seed, e->name.s, e->name.n);
        row->export = e;
        if (find_row(table, e->name.s, e->name.n, hash))
            return cw_fail(err, CWASM_INVALID, cw_at(m, (const u8 *)e->name.s), "duplicate export name: \"%.*s\" is exported twice",
                           (int)CW_MIN(e->name.n, 200u), e->name.s);
        HASH_ADD_KEYPTR_BYHASHVALUE(hh, table->head, e->name.s, e->name.n, hash, row);
        if (!row->hh.tbl)
            return cw_no_memory(err);
    }
    return CWASM_OK;
}

const Export *cw_module_find_export(const Module *module, const char *name, size_t size)
{
    const ExportTable *table = module->export_table;
    if (!table || size > UINT32_MAX)
        return NULL;
    const ExportRow *row = find_row(table, name, size, cw_hash(table->seed, name, size));
    return row ? row->export : NULL;
}

/* ---- Indices ---- */

static Status unknown(const char *what, u32 index, u32 n, u64 at, Error *err)
{
    return cw_fail(err, CWASM_INVALID, at, "unknown %s %u: expected an index below %u", what, (unsigned)index, (unsigned)n);
}

static Status check_index(const Module *m, cwasm_externkind kind, u32 index, u64 at, Error *err)
{
    static const char *const names[] = { "function", "table", "memory", "global", "tag" };
    const u32 counts[] = { m->n_funcs, m->n_tables, m->n_memories, m->n_globals, m->n_tags };
    return index < counts[kind] ? CWASM_OK : unknown(names[kind], index, counts[kind], at, err);
}

static void declare(Module *m, u32 func) { m->declared[func >> 3] |= (u8)(1u << (func & 7)); }

static Status check_exports(Module *m, Error *err)
{
    for (u32 i = 0; i < m->n_exports; i++) {
        const Export *e = &m->exports[i];
        TRY(check_index(m, e->kind, e->index, e->at, err));
        if (e->kind == CWASM_EXTERN_FUNC)
            declare(m, e->index);
        if (e->kind == CWASM_EXTERN_GLOBAL && m->globals[e->index].type.is_mutable)
            TRY(cw_need_feature(m, FEATURE_MUTABLE_GLOBAL, e->at, "an exported mutable global", err));
    }
    return make_export_table(m, err);
}

static Status check_start(const Module *m, Error *err)
{
    if (!m->has_start)
        return CWASM_OK;
    TRY(check_index(m, CWASM_EXTERN_FUNC, m->start, m->start_at, err));
    const Type *type = m->funcs[m->start].type;
    if (type->n_params || type->n_results)
        return cw_fail(err, CWASM_INVALID, m->start_at, "start function: expected no parameters and no results, found %u and %u",
                       (unsigned)type->n_params, (unsigned)type->n_results);
    return CWASM_OK;
}

/* ---- Types ---- */

static Status check_order(const Limits *limits, u64 at, Error *err)
{
    if (limits->min > limits->max)
        return cw_fail(err, CWASM_INVALID, at, "size minimum must not be greater than maximum: found %llu and %llu",
                       (unsigned long long)limits->min, (unsigned long long)limits->max);
    return CWASM_OK;
}

static bool beyond(const Limits *limits, u64 most) { return limits->min > most || (limits->has_max && limits->max > most); }

/* Specification 3.2.18; custom page sizes: only 1 byte and 64 KiB. */
static Status check_memory(const Limits *limits, u64 at, Error *err)
{
    if (limits->page_log2 != 16 && limits->page_log2 != 0)
        return cw_fail(err, CWASM_INVALID, at, "invalid custom page size: expected 1 or 65536 bytes, found 2^%u", limits->page_log2);
    if (limits->page_log2 == 16) {
        if (beyond(limits, limits->is64 ? CW_MAX_PAGES_64 : CW_MAX_PAGES_32))
            return cw_fail(err, CWASM_INVALID, at, limits->is64 ? "memory size must be at most 2^48 pages: found %llu" :
                           "memory size must be at most 65536 pages (4GiB): found %llu",
                           (unsigned long long)(limits->has_max ? limits->max : limits->min));
    } else if (!limits->is64 && beyond(limits, UINT32_MAX)) {
        return cw_fail(err, CWASM_INVALID, at, "memory size must be at most 2^32-1 pages of 1 byte: found %llu",
                       (unsigned long long)(limits->has_max ? limits->max : limits->min));
    }
    TRY(check_order(limits, at, err));
    if (limits->shared && !limits->has_max)
        return cw_fail(err, CWASM_INVALID, at, "shared memory must have maximum");
    return CWASM_OK;
}

static Status check_table(const Module *m, u32 i, Error *err)
{
    const TableDecl *table = &m->tables[i];
    const Limits *limits = &table->type.limits;
    char text[48];
    if (!limits->is64 && beyond(limits, UINT32_MAX))
        return cw_fail(err, CWASM_INVALID, table->at, "table size must be at most 2^32-1: found %llu",
                       (unsigned long long)(limits->has_max ? limits->max : limits->min));
    TRY(check_order(limits, table->at, err));
    if (i >= m->n_table_imports && !table->has_init && !cw_has_default(table->type.type))
        return cw_fail(err, CWASM_INVALID, table->at, "type mismatch: a table of %s needs an initial value",
                       cw_valtype_text(table->type.type, text, sizeof text));
    return CWASM_OK;
}

static Status check_types(const Module *m, Error *err)
{
    for (u32 i = 0; i < m->n_tables; i++)
        TRY(check_table(m, i, err));
    for (u32 i = 0; i < m->n_memories; i++)
        TRY(check_memory(&m->memories[i], m->memory_at[i], err));
    for (u32 i = 0; i < m->n_tags; i++)
        if (m->tags[i]->n_results)
            return cw_fail(err, CWASM_INVALID, CWASM_NO_OFFSET, "non-empty tag result type: tag %u has %u results", (unsigned)i,
                           (unsigned)m->tags[i]->n_results);
    return CWASM_OK;
}

/* ---- Segments ---- */

static Status check_elem(Module *m, const ElemSegment *e, Error *err)
{
    if (e->mode == SEGMENT_ACTIVE) {
        TRY(check_index(m, CWASM_EXTERN_TABLE, e->table, e->at, err));
        ValType type = m->tables[e->table].type.type;
        char want[48], got[48];
        if (!cw_matches(m->registry, e->type, type))
            return cw_fail(err, CWASM_INVALID, e->at, "type mismatch: an element segment of %s for a table of %s",
                           cw_valtype_text(e->type, got, sizeof got), cw_valtype_text(type, want, sizeof want));
    }
    if (!e->funcs)
        return CWASM_OK;   /* those in expressions are declared already */
    for (u32 i = 0; i < e->n; i++) {
        TRY(check_index(m, CWASM_EXTERN_FUNC, e->funcs[i], e->at, err));
        declare(m, e->funcs[i]);
    }
    return CWASM_OK;
}

static Status check_segments(Module *m, Error *err)
{
    for (u32 i = 0; i < m->n_elems; i++)
        TRY(check_elem(m, &m->elems[i], err));
    for (u32 i = 0; i < m->n_datas; i++)
        if (m->datas[i].mode == SEGMENT_ACTIVE)
            TRY(check_index(m, CWASM_EXTERN_MEMORY, m->datas[i].memory, m->datas[i].at, err));
    return CWASM_OK;
}

/* ---- Module ---- */

Status cw_module_check_decls(Module *module, Error *err)
{
    TRY(check_types(module, err));
    TRY(check_exports(module, err));
    TRY(check_start(module, err));
    return check_segments(module, err);
}

void cw_module_fetch(const Module *module)
{
    Module *m = (Module *)(uintptr_t)module;   /* as with the names: what is fetched late looks as if it had been there */
    if (!cw_load_acquire(&m->fetch))
        return;
    pthread_mutex_lock(&m->fetch_lock);
    if (m->fetch)
        cw_decode_more(m, m->fetch(m->fetch_ctx));
    cw_store_release(&m->fetch, NULL);
    pthread_mutex_unlock(&m->fetch_lock);
}

void cw_module_done(Module *module)
{
    const Alloc *hash_alloc = module->alloc;
    if (module->export_table)
        HASH_CLEAR(hh, module->export_table->head);
    module->export_table = NULL;
    cw_names_free(module);
    cw_free(module->alloc, module->owned_bytes, module->size);
    module->owned_bytes = NULL;
    cw_arena_done(&module->arena);
}
