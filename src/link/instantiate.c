/*
 * instantiate.c - instantiation (specification 4.5.4): check imports, allocate, evaluate initialisers, run active segments, start.
 *
 * Until the first segment is run, failing leaves nothing behind. From then on the instance belongs to the store: its functions
 * may have got into tables of others, and what segments wrote stays written (as the specification has it).
 */
#include "base/atomic.h"
#include "base/os_memory.h"
#include "link/const_eval.h"
#include "interp/interp.h"
#include "link/externtype.h"
#include "link/link.h"

/* ---- Imports ---- */

static CW_COLD Status misfit(const Module *m, const Import *import, const cwasm_extern *ext, Error *err)
{
    char module[80], name[80], is[100], want[100];
    cwasm_externtype is_type = cw_extern_type(ext), want_type = cw_module_externtype(m, import->kind, import->index);
    return cw_fail(err, CWASM_LINK, import->at, "incompatible import type: %s.%s is a %s, but the module asks for a %s",
                   cw_name_text(import->module.s, import->module.n, module, sizeof module),
                   cw_name_text(import->name.s, import->name.n, name, sizeof name), cw_externtype_text(&is_type, is, sizeof is),
                   cw_externtype_text(&want_type, want, sizeof want));
}

static Status check_imports(const Store *store, const Module *m, const cwasm_extern *imports, Error *err)
{
    if (store->engine != m->engine)
        return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "module and store belong to different engines");
    for (u32 i = 0; i < m->n_imports; i++) {
        const Import *import = &m->imports[i];
        char module[80], name[80];
        if (!cw_extern_is_usable(&imports[i], store))
            return cw_fail(err, CWASM_ARGUMENT, import->at, "import %s.%s belongs to another store",
                           cw_name_text(import->module.s, import->module.n, module, sizeof module),
                           cw_name_text(import->name.s, import->name.n, name, sizeof name));
        if (!cw_extern_matches(&imports[i], m, import->kind, import->index))
            return misfit(m, import, &imports[i], err);
    }
    return CWASM_OK;
}

/* ---- Allocation ---- */

/* Never NULL for an empty array. */
static void *array(Arena *arena, u32 n, size_t size)
{
    return cw_arena_calloc(arena, CW_MAX(n, 1u), size);
}

static Instance *allocate(Store *store, Module *m)
{
    Instance *inst = cw_calloc(&store->alloc, 1, cw_instance_bytes(m));
    if (!inst)
        return NULL;
    Arena *arena = &inst->arena;
    cw_arena_init(arena, &store->alloc);
    cw_module_retain(m);
    inst->module = m;
    inst->store = store;
    inst->stack_limit = store->stack_limit;
    bool ok = (inst->memories = array(arena, m->n_memories, sizeof *inst->memories))
              && (inst->tables = array(arena, m->n_tables, sizeof *inst->tables))
              && (inst->globals = array(arena, m->n_globals, sizeof *inst->globals))
              && (inst->tags = array(arena, m->n_tags, sizeof *inst->tags))
              && (inst->imports = array(arena, m->n_func_imports, sizeof *inst->imports))
              && (inst->funcs = array(arena, m->n_funcs - m->n_func_imports, sizeof *inst->funcs))
              && (inst->elems = array(arena, m->n_elems, sizeof *inst->elems))
              && (inst->data_sizes = array(arena, m->n_datas, sizeof *inst->data_sizes));
    if (ok)
        return inst;
    cw_instance_free(inst);
    return NULL;
}

/* Shared memories are kept alive by the store, everything else belongs to it. */
static bool put_imports(Instance *inst, const cwasm_extern *imports)
{
    const Module *m = inst->module;
    for (u32 i = 0; i < m->n_imports; i++) {
        u32 index = m->imports[i].index;
        switch (imports[i].kind) {
        case CWASM_EXTERN_FUNC: inst->imports[index] = imports[i].of.func; break;
        case CWASM_EXTERN_TABLE: inst->tables[index] = imports[i].of.table; break;
        case CWASM_EXTERN_MEMORY:
            inst->memories[index] = imports[i].of.memory;
            if (imports[i].of.memory->shared && !cw_store_use_shared(inst->store, imports[i].of.memory->shared))
                return false;
            break;
        case CWASM_EXTERN_GLOBAL: inst->globals[index] = imports[i].of.global; break;
        case CWASM_EXTERN_TAG: inst->tags[index] = imports[i].of.tag; break;
        }
    }
    return true;
}

static bool make_funcs(Instance *inst)
{
    Module *m = inst->module;
    Func *f = inst->funcs;
    for (u32 i = m->n_func_imports; i < m->n_funcs; i++, f++) {
        const FuncDecl *decl = &m->funcs[i];
        *f = (Func){ .entry = cw_func_entry(m, i), .inst = inst, .type_id = decl->type->id, .index = i };
        if (!m->unchecked || cw_code_entry(m, i)) {   /* else another thread may be finding out */
            f->frame_slots = decl->frame_slots;
            f->n_zero = decl->n_local_slots;
        }
        if (!f->entry)
            return false;
    }
    return true;
}

static bool make_tags(Instance *inst)
{
    const Module *m = inst->module;
    Tag *t = array(&inst->arena, m->n_tags - m->n_tag_imports, sizeof *t);
    if (!t)
        return false;
    for (u32 i = m->n_tag_imports; i < m->n_tags; i++, t++) {
        *t = (Tag){ .type = m->tags[i], .store = inst->store, .module = m, .index = i };
        inst->tags[i] = t;
    }
    return true;
}

static const u64 *global_cell(void *ctx, u32 index)
{
    return ((const Instance *)ctx)->globals[index]->cell;
}

static u64 func_ref(void *ctx, u32 index)
{
    return cw_func_ref(cw_instance_func(ctx, index));
}

static bool eval(Instance *inst, const ConstExpr *e, u64 value[2])
{
    ConstEnv env = { inst->store, inst, global_cell, func_ref };
    value[0] = value[1] = 0;
    return cw_const_eval(inst->module, e, &env, value);
}

static bool make_globals(Instance *inst)
{
    const Module *m = inst->module;
    Global *g = inst->own_globals;
    for (u32 i = m->n_global_imports; i < m->n_globals; i++, g++) {
        g->type = m->globals[i].type;
        g->store = inst->store;
        inst->globals[i] = g;
        if (!eval(inst, &m->globals[i].init, g->cell))
            return false;
    }
    return true;
}

static Status make_tables(Instance *inst, Error *err)
{
    const Module *m = inst->module;
    for (u32 i = m->n_table_imports; i < m->n_tables; i++) {
        u64 init[2] = { 0, 0 };
        if (m->tables[i].has_init && !eval(inst, &m->tables[i].init, init))
            return cw_no_memory(err);
        TRY(cw_table_new(inst->store, &m->tables[i].type, init[0], &inst->tables[i], err));
    }
    return CWASM_OK;
}

/* Copying less than this is faster than mapping it. */
#define SMALL_IMAGE ((size_t)64 << 10)

/* In place where the memory will be put back to its beginning, or begins with much; if it can be had. */
static Status make_memory(Store *store, const Limits *limits, MemoryImage *const *image, Memory **memory, Error *err)
{
    if (image && (store->spare || (*image && (*image)->size > SMALL_IMAGE)) && cw_memory_new_image(store, limits, *image, memory, NULL) == CWASM_OK)
        return CWASM_OK;
    return cw_memory_new(store, limits, memory, err);
}

static Status make_memories(Instance *inst, MemoryImage *const *images, Error *err)
{
    const Module *m = inst->module;
    for (u32 i = m->n_memory_imports; i < m->n_memories; i++)
        TRY(make_memory(inst->store, &m->memories[i], images ? &images[i - m->n_memory_imports] : NULL, &inst->memories[i], err));
    if (m->n_memories)
        inst->memory0 = inst->memories[0];
    return CWASM_OK;
}

/* The references of an element segment; false if an allocation failed. */
static bool eval_elems(Instance *inst, const ElemSegment *segment, u64 *refs)
{
    u64 value[2];
    for (u32 i = 0; i < segment->n; i++) {
        if (segment->funcs)
            value[0] = cw_func_ref(cw_instance_func(inst, segment->funcs[i]));
        else if (!eval(inst, &segment->exprs[i], value))
            return false;
        refs[i] = value[0];
    }
    return true;
}

/* Passive segments are kept; active ones go straight to their table and are as good as dropped, declarative ones are nothing. */
static bool make_segments(Instance *inst)
{
    const Module *m = inst->module;
    for (u32 i = 0; i < m->n_elems; i++) {
        const ElemSegment *segment = &m->elems[i];
        if (segment->mode != SEGMENT_PASSIVE || segment->n == 0)
            continue;
        u64 *refs = inst->elems[i].refs ? inst->elems[i].refs : cw_arena_calloc(&inst->arena, segment->n, sizeof *refs);
        if (!refs)
            return false;
        inst->elems[i] = (ElemInst){ refs, segment->n };   /* first: while it is filled, objects are made */
        if (!eval_elems(inst, segment, refs))
            return false;
    }
    for (u32 i = 0; i < m->n_datas; i++)
        inst->data_sizes[i] = m->datas[i].mode == SEGMENT_PASSIVE ? m->datas[i].bytes.n : 0;
    return true;
}

static Status make_all(Instance *inst, const cwasm_extern *imports, MemoryImage *const *images, Error *err)
{
    if (!put_imports(inst, imports) || !make_funcs(inst) || !make_tags(inst) || !make_globals(inst))
        return cw_no_memory(err);
    TRY(make_tables(inst, err));
    TRY(make_memories(inst, images, err));
    return make_segments(inst) ? CWASM_OK : cw_no_memory(err);
}

/* ---- Active segments, start ---- */

/* A trap without guest frames. */
static Status trap(Store *store, Trap code, Error *err)
{
    store->n_raw = store->n_raw_total = 0;
    store->has_host_message = false;
    return cw_trap_status(store, code, err);
}

static Status run_elems(Instance *inst, Error *err)
{
    const Module *m = inst->module;
    for (u32 i = 0; i < m->n_elems; i++) {
        const ElemSegment *segment = &m->elems[i];
        u64 at[2];
        if (segment->mode != SEGMENT_ACTIVE)
            continue;
        Table *table = inst->tables[segment->table];
        if (!eval(inst, &segment->offset, at))
            return cw_no_memory(err);
        if (!cw_table_has(table, at[0], segment->n))
            return trap(inst->store, CWASM_TRAP_TABLE_OUT_OF_BOUNDS, err);
        if (!eval_elems(inst, segment, table->elems + at[0]))
            return cw_no_memory(err);
    }
    return CWASM_OK;
}

static Status run_datas(Instance *inst, Error *err)
{
    const Module *m = inst->module;
    for (u32 i = 0; i < m->n_datas; i++) {
        const DataSegment *segment = &m->datas[i];
        u64 at[2];
        if (segment->mode != SEGMENT_ACTIVE)
            continue;
        Memory *memory = inst->memories[segment->memory];
        if (segment->memory >= m->n_memory_imports && memory->image)
            continue;   /* it began with them */
        if (!eval(inst, &segment->offset, at))
            return cw_no_memory(err);
        if (!cw_memory_has(memory, at[0], segment->bytes.n))
            return trap(inst->store, CWASM_TRAP_MEMORY_OUT_OF_BOUNDS, err);
        if (segment->bytes.n >= CW_MANY_PAGES)
            cw_os_make_pages(memory->data + at[0], (size_t)segment->bytes.n);
        if (segment->bytes.n)
            cw_racy_copy(memory->data + at[0], segment->bytes.p, (size_t)segment->bytes.n);
    }
    return CWASM_OK;
}

Status cw_instance_start(Instance *inst, Error *err)
{
    u64 slots[1] = { 0 };   /* of type () -> () */
    if (!inst->module->has_start)
        return CWASM_OK;
    Trap code = cw_call(inst->store, cw_instance_func(inst, inst->module->start), slots);
    return code == CWASM_TRAP_NONE ? CWASM_OK : cw_trap_status(inst->store, code, err);
}

Status cw_instance_build(Store *store, Module *module, const cwasm_extern *imports, MemoryImage *const *images, Instance **instance, Error *err)
{
    TRY(check_imports(store, module, imports, err));
    Memory *memories = store->memories;
    SharedRef *shared = store->shared;
    Table *tables = store->tables;
    Instance *inst = allocate(store, module);
    if (!inst)
        return cw_no_memory(err);
    store->building = inst;   /* what it holds already is alive */
    Status status = make_all(inst, imports, images, err);
    store->building = NULL;
    if (status != CWASM_OK) {
        cw_store_drop_new(store, memories, shared, tables);
        cw_instance_free(inst);
        return status;
    }
    inst->next = store->instances;
    store->instances = inst;
    *instance = inst;
    TRY(run_elems(inst, err));
    return run_datas(inst, err);
}

Status cw_instantiate(Store *store, Module *module, const cwasm_extern *imports, Instance **instance, Error *err)
{
    Instance *inst;
    TRY(cw_instance_build(store, module, imports, NULL, &inst, err));
    TRY(cw_instance_start(inst, err));
    *instance = inst;
    return CWASM_OK;
}

/* ---- Back to the beginning ---- */

static bool reset_tables(Instance *inst)
{
    const Module *m = inst->module;
    for (u32 i = m->n_table_imports; i < m->n_tables; i++) {
        u64 init[2] = { 0, 0 };
        if (m->tables[i].has_init && !eval(inst, &m->tables[i].init, init))
            return false;
        cw_table_reset(inst->tables[i], init[0]);
    }
    return true;
}

static bool reset_memories(Instance *inst, const OsTracker *tracker)
{
    const Module *m = inst->module;
    for (u32 i = m->n_memory_imports; i < m->n_memories; i++)
        if (!cw_memory_reset(inst->memories[i], tracker))
            return false;
    return true;
}

bool cw_instance_reset(Instance *inst, const OsTracker *tracker)
{
    return reset_memories(inst, tracker) && make_globals(inst) && reset_tables(inst) && make_segments(inst)
           && run_elems(inst, NULL) == CWASM_OK && run_datas(inst, NULL) == CWASM_OK;
}

bool cw_instance_data_end(Instance *inst, u32 memory, u64 *end, u64 *sum)
{
    const Module *m = inst->module;
    *end = *sum = 0;
    for (u32 i = 0; i < m->n_datas; i++) {
        const DataSegment *segment = &m->datas[i];
        u64 at[2];
        if (segment->mode != SEGMENT_ACTIVE || segment->memory != memory)
            continue;
        if (!eval(inst, &segment->offset, at))
            return false;
        *end = CW_MAX(*end, at[0] + segment->bytes.n);
        *sum += segment->bytes.n;
    }
    return true;
}
