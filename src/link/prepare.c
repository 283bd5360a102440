/*
 * prepare.c - prepared modules: imports looked up once, and images of the memories as they are after the active data segments.
 *
 * The images come from an instance that is built once in a store of its own and never started. A prepared module imports host functions only: all
 * else belongs to one store.
 */
#include "link/prepare.h"

#include "link/externtype.h"

struct cwasm_prepared {
    Engine *engine;
    Module *module;
    u32 refs;              /* atomic */
    HostImport *imports;   /* one for each import of the module */
    MemoryImage **images;  /* one for each memory that the module defines, NULL: begins with zeros */
    bool has_images;       /* the memories can be mapped in place */
};

/* Data that is scattered over more address space than this is not worth an image. */
#define MAX_SPARSE ((u64)64 << 20)

static Status find_imports(Prepared *p, const Linker *linker, Error *err)
{
    const Module *m = p->module;
    size_t near = 0;
    for (u32 i = 0; i < m->n_imports; i++) {
        const Import *import = &m->imports[i];
        char module[80], name[80];
        cwasm_extern ext;
        TRY(cw_linker_find(linker, m, import, &near, &p->imports[i], &ext, err));
        if (!p->imports[i].type)
            return cw_fail(err, CWASM_LINK, import->at, "import %s.%s is defined by a value of one store: a prepared module can import host functions only",
                           cw_name_text(import->module.s, import->module.n, module, sizeof module),
                           cw_name_text(import->name.s, import->name.n, name, sizeof name));
    }
    return CWASM_OK;
}

/* False: out of memory, or the data is not worth it; the module is then prepared without images. */
static bool make_image(Prepared *p, Instance *inst, u32 memory)
{
    u64 end, sum;
    Memory *m = inst->memories[memory];
    if (!cw_instance_data_end(inst, memory, &end, &sum) || (end > MAX_SPARSE && end / 4 > sum) || m->limits.shared)
        return false;
    return end == 0 || cw_image_new(&p->engine->config.alloc, m->data, (size_t)end, &p->images[memory - p->module->n_memory_imports], NULL) == CWASM_OK;
}

static void make_images(Prepared *p, Instance *inst)
{
    const Module *m = p->module;
    p->has_images = true;
    for (u32 i = m->n_memory_imports; i < m->n_memories && p->has_images; i++)
        p->has_images = make_image(p, inst, i);
}

/* Builds one instance, to see whether imports fit and what memories begin with. Segments that trap do so again in every instance: no images then. */
static Status try_out(Prepared *p, Error *err)
{
    Store *store;
    Instance *inst;
    TRY(cw_store_new(p->engine, &store, err));
    store->limit_table = 0;
    Status status = cw_prepared_build(p, store, &inst, err);
    if (status == CWASM_OK)
        make_images(p, inst);
    cw_store_free(store);
    return status == CWASM_TRAP ? CWASM_OK : status;
}

Status cw_prepare(const Linker *linker, Module *module, Prepared **prepared, Error *err)
{
    Engine *engine = cw_linker_engine(linker);
    const Alloc *alloc = &engine->config.alloc;
    if (engine != module->engine)
        return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "linker and module belong to different engines");
    Prepared *p = cw_calloc(alloc, 1, sizeof *p);
    if (!p)
        return cw_no_memory(err);
    cw_module_retain(module);
    *p = (Prepared){ .engine = engine, .module = module, .refs = 1 };
    p->imports = cw_calloc(alloc, CW_MAX(module->n_imports, 1u), sizeof *p->imports);
    p->images = cw_calloc(alloc, CW_MAX(module->n_memories, 1u), sizeof(MemoryImage *));
    Status status = p->imports && p->images ? find_imports(p, linker, err) : cw_no_memory(err);
    if (status == CWASM_OK)
        status = try_out(p, err);
    if (status != CWASM_OK) {
        cw_prepared_release(p);
        return status;
    }
    *prepared = p;
    return CWASM_OK;
}

void cw_prepared_retain(Prepared *p)
{
    __atomic_fetch_add(&p->refs, 1, __ATOMIC_RELAXED);
}

void cw_prepared_release(Prepared *p)
{
    if (!p || __atomic_fetch_sub(&p->refs, 1, __ATOMIC_ACQ_REL) != 1)
        return;
    const Alloc *alloc = &p->engine->config.alloc;
    for (u32 i = 0; p->images && i < p->module->n_memories; i++)
        cw_image_release(p->images[i]);
    cw_free(alloc, p->images, CW_MAX(p->module->n_memories, 1u) * sizeof(MemoryImage *));
    cw_free(alloc, p->imports, CW_MAX(p->module->n_imports, 1u) * sizeof *p->imports);
    cw_module_release(p->module);
    cw_free(alloc, p, sizeof *p);
}

Engine *cw_prepared_engine(const Prepared *p)
{
    return p->engine;
}

static Status build(const Prepared *p, Store *store, cwasm_extern *imports, Instance **instance, Error *err)
{
    for (u32 i = 0; i < p->module->n_imports; i++) {
        const HostImport *h = &p->imports[i];
        imports[i].kind = CWASM_EXTERN_FUNC;
        TRY(cw_host_func_new(store, h->type, h->fn, h->env, h->defs, &imports[i].of.func, err));
    }
    return cw_instance_build(store, p->module, imports, p->has_images ? p->images : NULL, instance, err);
}

Status cw_prepared_build(const Prepared *p, Store *store, Instance **instance, Error *err)
{
    cwasm_extern few[32], *imports = few;
    size_t n = p->module->n_imports;
    if (store->engine != p->engine)
        return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "store and prepared module belong to different engines");
    if (n > CW_COUNT(few) && !(imports = cw_alloc(&store->alloc, n * sizeof *imports)))
        return cw_no_memory(err);
    Status status = build(p, store, imports, instance, err);
    if (imports != few)
        cw_free(&store->alloc, imports, n * sizeof *imports);
    return status;
}
