/*
 * linker.c - imports by name: module name -> name -> what satisfies them.
 *
 * Two levels of hash tables, so that a name that is missing can be compared with its neighbours. Host functions are kept as
 * definitions and become functions of a store at each instantiation; so one linker serves many stores, and instantiating only
 * reads it.
 */
#include "link/externtype.h"
#include "link/link.h"

/* uthash through the engine's allocator: functions that change a table have the locals hash_alloc and (to insert) hash_full, which
 * a failed insertion sets; the table is then as it was. */
#define HASH_NONFATAL_OOM 1
#define uthash_malloc(size) cw_alloc(hash_alloc, (size))
#define uthash_free(p, size) cw_free(hash_alloc, (p), (size))
#define uthash_nonfatal_oom(element) ((void)(element), hash_full = true)
#include <uthash.h>

typedef struct Entry {
    UT_hash_handle hh;
    const Type *host_type;   /* of a host function; else NULL, and ext is meant */
    cwasm_host_func fn;
    void *env;
    cwasm_extern ext;
    u32 n;
    char name[];
} Entry;

typedef struct Space {
    UT_hash_handle hh;
    Entry *entries;
    u32 n;
    char name[];
} Space;

struct cwasm_linker {
    Engine *engine;
    Space *spaces;
};

Status cw_linker_new(Engine *engine, Linker **linker, Error *err)
{
    Linker *l = cw_calloc(&engine->config.alloc, 1, sizeof *l);
    if (!l)
        return cw_no_memory(err);
    l->engine = engine;
    *linker = l;
    return CWASM_OK;
}

Engine *cw_linker_engine(const Linker *l)
{
    return l->engine;
}

static void free_space(const Alloc *hash_alloc, Space *space)
{
    Entry *e, *next;
    HASH_ITER(hh, space->entries, e, next) {
        HASH_DEL(space->entries, e);
        cw_free(hash_alloc, e, sizeof *e + e->n);
    }
    cw_free(hash_alloc, space, sizeof *space + space->n);
}

void cw_linker_free(Linker *l)
{
    Space *space, *next;
    if (!l)
        return;
    const Alloc *hash_alloc = &l->engine->config.alloc;
    HASH_ITER(hh, l->spaces, space, next) {
        HASH_DEL(l->spaces, space);
        free_space(hash_alloc, space);
    }
    cw_free(hash_alloc, l, sizeof *l);
}

/* ---- Define ---- */

static Space *find_space(const Linker *l, Name module)
{
    Space *space;
    HASH_FIND(hh, l->spaces, module.s, module.n, space);
    return space;
}

static Entry *find_entry(const Space *space, Name name)
{
    Entry *e;
    HASH_FIND(hh, space->entries, name.s, name.n, e);
    return e;
}

/* The space of that name, made if it does not exist; NULL if out of memory. */
static Space *get_space(Linker *l, Name module)
{
    const Alloc *hash_alloc = &l->engine->config.alloc;
    bool hash_full = false;
    Space *space = find_space(l, module);
    if (space)
        return space;
    if (!(space = cw_calloc(hash_alloc, 1, sizeof *space + module.n)))
        return NULL;
    memcpy(space->name, module.s, module.n);
    space->n = module.n;
    HASH_ADD_KEYPTR(hh, l->spaces, space->name, space->n, space);
    if (!hash_full)
        return space;
    cw_free(hash_alloc, space, sizeof *space + module.n);
    return NULL;
}

static Entry *get_entry(Linker *l, Name module, Name name)
{
    const Alloc *hash_alloc = &l->engine->config.alloc;
    bool hash_full = false;
    Space *space = get_space(l, module);
    Entry *e = space ? find_entry(space, name) : NULL;
    if (e || !space)
        return e;
    if (!(e = cw_calloc(hash_alloc, 1, sizeof *e + name.n)))
        return NULL;
    memcpy(e->name, name.s, name.n);
    e->n = name.n;
    HASH_ADD_KEYPTR(hh, space->entries, e->name, e->n, e);
    if (!hash_full)
        return e;
    cw_free(hash_alloc, e, sizeof *e + name.n);
    return NULL;
}

Status cw_linker_define_func(Linker *l, Name module, Name name, const Type *type, cwasm_host_func fn, void *env, Error *err)
{
    Entry *e = get_entry(l, module, name);
    if (!e)
        return cw_no_memory(err);
    e->host_type = type;
    e->fn = fn;
    e->env = env;
    return CWASM_OK;
}

Status cw_linker_define(Linker *l, Name module, Name name, const cwasm_extern *ext, Error *err)
{
    Entry *e = get_entry(l, module, name);
    if (!e)
        return cw_no_memory(err);
    e->host_type = NULL;
    e->ext = *ext;
    return CWASM_OK;
}

Status cw_linker_define_instance(Linker *l, Name module, const Instance *inst, Error *err)
{
    const Module *m = inst->module;
    for (u32 i = 0; i < m->n_exports; i++) {
        cwasm_extern ext;
        if (cw_instance_extern(inst, m->exports[i].kind, m->exports[i].index, &ext))
            TRY(cw_linker_define(l, module, m->exports[i].name, &ext, err));
    }
    return CWASM_OK;
}

/* ---- What may have been meant ---- */

enum { LONGEST_COMPARED = 64 };

/* Edit distance of two names, UINT32_MAX if one is too long to bother. */
static u32 distance(const char *a, u32 n_a, const char *b, u32 n_b)
{
    u8 row[LONGEST_COMPARED + 1];
    if (n_a > LONGEST_COMPARED || n_b > LONGEST_COMPARED)
        return UINT32_MAX;
    for (u32 j = 0; j <= n_b; j++)
        row[j] = (u8)j;
    for (u32 i = 1; i <= n_a; i++) {
        u8 diagonal = row[0];
        row[0] = (u8)i;
        for (u32 j = 1; j <= n_b; j++) {
            u8 change = (u8)(diagonal + (a[i - 1] != b[j - 1]));
            u8 insert = (u8)(CW_MIN(row[j], row[j - 1]) + 1);
            diagonal = row[j];
            row[j] = CW_MIN(change, insert);
        }
    }
    return row[n_b];
}

/* The defined name that is most like the missing one: the same in another module, or nearly the same in this one. */
static const Entry *nearest(const Linker *l, const Import *import, const Space **where)
{
    for (const Space *space = l->spaces; space; space = space->hh.next) {
        const Entry *e = find_entry(space, import->name);
        if (e) {
            *where = space;
            return e;
        }
    }
    const Space *space = find_space(l, import->module);
    const Entry *best = NULL;
    u32 least = (import->name.n + 1) / 3;
    for (const Entry *e = space ? space->entries : NULL; e; e = e->hh.next) {
        u32 d = distance(import->name.s, import->name.n, e->name, e->n);
        if (d <= least && (!best || d < least)) {
            best = e;
            least = d;
        }
    }
    *where = space;
    return best;
}

static CW_COLD Status unknown_import(const Linker *l, const Module *m, const Import *import, Error *err)
{
    char module[80], name[80], type[100], near_module[60], near_name[60];
    const Space *space = NULL;
    const Entry *near = nearest(l, import, &space);
    cwasm_externtype t = cw_module_externtype(m, import->kind, import->index);
    cw_name_text(import->module.s, import->module.n, module, sizeof module);
    cw_name_text(import->name.s, import->name.n, name, sizeof name);
    cw_externtype_text(&t, type, sizeof type);
    if (!near)
        return cw_fail(err, CWASM_LINK, import->at, "unknown import: %s.%s (%s) is not defined", module, name, type);
    return cw_fail(err, CWASM_LINK, import->at, "unknown import: %s.%s (%s) is not defined; did you mean %s.%s?", module, name,
                   type, cw_name_text(space->name, space->n, near_module, sizeof near_module),
                   cw_name_text(near->name, near->n, near_name, sizeof near_name));
}

/* ---- Instantiate ---- */

static const Entry *find_import(const Linker *l, const Import *import)
{
    const Space *space = find_space(l, import->module);
    return space ? find_entry(space, import->name) : NULL;
}

static Status resolve(const Linker *l, Store *store, const Module *m, cwasm_extern *imports, Error *err)
{
    for (u32 i = 0; i < m->n_imports; i++)
        if (!find_import(l, &m->imports[i]))
            return unknown_import(l, m, &m->imports[i], err);
    for (u32 i = 0; i < m->n_imports; i++) {
        const Entry *e = find_import(l, &m->imports[i]);
        if (e->host_type) {
            imports[i].kind = CWASM_EXTERN_FUNC;
            TRY(cw_host_func_new(store, e->host_type, e->fn, e->env, &imports[i].of.func, err));
        } else {
            imports[i] = e->ext;
        }
    }
    return CWASM_OK;
}

Status cw_linker_instantiate(const Linker *l, Store *store, Module *module, Instance **instance, Error *err)
{
    if (l->engine != store->engine || l->engine != module->engine)
        return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "linker, store and module belong to different engines");
    size_t bytes = CW_MAX(module->n_imports, 1u) * sizeof(cwasm_extern);
    cwasm_extern *imports = cw_alloc(&store->alloc, bytes);
    if (!imports)
        return cw_no_memory(err);
    Status status = resolve(l, store, module, imports, err);
    if (status == CWASM_OK)
        status = cw_instantiate(store, module, imports, instance, err);
    cw_free(&store->alloc, imports, bytes);
    return status;
}
