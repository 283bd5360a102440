/*
 * linker.c - imports by name: module name -> name -> what satisfies them.
 *
 * Two levels of hash tables, so that a name that is missing can be compared with its neighbours. Host functions are kept as
 * definitions and become functions of a store at each instantiation; so one linker serves many stores, and instantiating only
 * reads it.
 */
#include "link/externtype.h"
#include "link/link.h"
#include "wasm/hash.h"

#include <stdio.h>

typedef struct Entry {
    UT_hash_handle hh;
    const Type *host_type;   /* of a host function; else NULL, and ext is meant */
    cwasm_host_func fn;
    void *env;
    cwasm_extern ext;
    SharedMemory *shared;    /* that ext is, or NULL. All that a linker keeps alive: the rest belongs to stores, which may be freed before it */
    u32 n;
    char name[];
} Entry;

typedef struct Space {
    UT_hash_handle hh;
    Entry *entries;
    const cwasm_host_def *defs;   /* borrowed table of more host functions, or NULL */
    size_t n_defs;
    void *env;
    u32 n;
    char name[];
} Space;

struct cwasm_linker {
    Engine *engine;
    Space *spaces;
    u64 seed;   /* of the hashes of all names */
    cwasm_host_func unknown;   /* stands for functions that nothing defines, with the Import as its env; or NULL */
};

Status cw_linker_new(Engine *engine, Linker **linker, Error *err)
{
    Linker *l = cw_calloc(&engine->config.alloc, 1, sizeof *l);
    if (!l)
        return cw_no_memory(err);
    l->engine = engine;
    l->seed = cw_hash_seed(l);
    *linker = l;
    return CWASM_OK;
}

Engine *cw_linker_engine(const Linker *l)
{
    return l->engine;
}

void cw_linker_set_unknown(Linker *l, cwasm_host_func fn)
{
    l->unknown = fn;
}

static void free_space(const Alloc *hash_alloc, Space *space)
{
    Entry *e, *next;
    HASH_ITER(hh, space->entries, e, next) {
        HASH_DEL(space->entries, e);
        cw_shared_memory_release(e->shared);
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

static u32 hash_of(const Linker *l, Name name) { return cw_hash(l->seed, name.s, name.n); }

static Space *space_at(const Linker *l, Name module, u32 hash)
{
    Space *space;
    HASH_FIND_BYHASHVALUE(hh, l->spaces, module.s, module.n, hash, space);
    return space;
}

static Entry *entry_at(const Space *space, Name name, u32 hash)
{
    Entry *e;
    HASH_FIND_BYHASHVALUE(hh, space->entries, name.s, name.n, hash, e);
    return e;
}

/* Nothing is hashed where nothing is defined. */
static Space *find_space(const Linker *l, Name module) { return l->spaces ? space_at(l, module, hash_of(l, module)) : NULL; }

static Entry *find_entry(const Linker *l, const Space *space, Name name)
{
    return space->entries ? entry_at(space, name, hash_of(l, name)) : NULL;
}

/* The space of that name, made if it does not exist; NULL if out of memory. */
static Space *get_space(Linker *l, Name module)
{
    const Alloc *hash_alloc = &l->engine->config.alloc;
    u32 hash = hash_of(l, module);
    Space *space = space_at(l, module, hash);
    if (space)
        return space;
    if (!(space = cw_calloc(hash_alloc, 1, sizeof *space + module.n)))
        return NULL;
    memcpy(space->name, module.s, module.n);
    space->n = module.n;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, l->spaces, space->name, space->n, hash, space);
    if (space->hh.tbl)
        return space;
    cw_free(hash_alloc, space, sizeof *space + module.n);
    return NULL;
}

static Entry *get_entry(Linker *l, Name module, Name name)
{
    const Alloc *hash_alloc = &l->engine->config.alloc;
    Space *space = get_space(l, module);
    u32 hash = hash_of(l, name);
    Entry *e = space ? entry_at(space, name, hash) : NULL;
    if (e || !space)
        return e;
    if (!(e = cw_calloc(hash_alloc, 1, sizeof *e + name.n)))
        return NULL;
    memcpy(e->name, name.s, name.n);
    e->n = name.n;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, space->entries, e->name, e->n, hash, e);
    if (e->hh.tbl)
        return e;
    cw_free(hash_alloc, e, sizeof *e + name.n);
    return NULL;
}

Status cw_linker_define_func(Linker *l, Name module, Name name, const Type *type, cwasm_host_func fn, void *env, Error *err)
{
    Entry *e = get_entry(l, module, name);
    if (!e)
        return cw_no_memory(err);
    cw_shared_memory_release(e->shared);
    e->shared = NULL;
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
    SharedMemory *before = e->shared;
    e->host_type = NULL;
    e->ext = *ext;
    e->shared = ext->kind == CWASM_EXTERN_MEMORY ? ext->of.memory->shared : NULL;
    if (e->shared)
        cw_shared_memory_retain(e->shared);
    cw_shared_memory_release(before);
    return CWASM_OK;
}

Status cw_linker_define_instance(Linker *l, Name module, const Instance *inst, Error *err)
{
    const Module *m = inst->module;
    for (u32 i = 0; i < m->n_exports; i++) {
        cwasm_extern ext = cw_instance_extern(inst, m->exports[i].kind, m->exports[i].index);
        TRY(cw_linker_define(l, module, m->exports[i].name, &ext, err));
    }
    return CWASM_OK;
}

Status cw_linker_define_funcs(Linker *l, Name module, const cwasm_host_def *defs, size_t n_defs, void *env, Error *err)
{
    Space *space = get_space(l, module);
    if (!space)
        return cw_no_memory(err);
    space->defs = defs;
    space->n_defs = n_defs;
    space->env = env;
    return CWASM_OK;
}

/* The first row of that name from defs[from] on, or NULL. */
static const cwasm_host_def *find_def(const Space *space, Name name, size_t from)
{
    for (size_t i = from; i < space->n_defs; i++) {
        const cwasm_host_def *d = &space->defs[i];
        u32 n = 0;
        while (n < name.n && d->name[n] && d->name[n] == name.s[n])   /* the import's name may hold NUL */
            n++;
        if (d->fn && n == name.n && !d->name[n])
            return d;
    }
    return NULL;
}

/* ---- What may have been meant ---- */

enum { LONGEST_COMPARED = 64 };

/* Edit distance of two names, UINT32_MAX if one is too long to bother. */
static CW_COLD u32 distance(const char *a, u32 n_a, const char *b, u32 n_b)
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
static CW_COLD Name nearest(const Linker *l, const Import *import, const Space **where)
{
    for (const Space *space = l->spaces; space; space = space->hh.next) {
        *where = space;
        if (find_entry(l, space, import->name) || find_def(space, import->name, 0))
            return import->name;
    }
    const Space *space = *where = find_space(l, import->module);
    Name best = { NULL, 0 };
    u32 least = (import->name.n + 1) / 3 + 1;   /* a distance below this is near */
    for (const Entry *e = space ? space->entries : NULL; e; e = e->hh.next) {
        u32 d = distance(import->name.s, import->name.n, e->name, e->n);
        if (d < least) {
            best = (Name){ e->name, e->n };
            least = d;
        }
    }
    for (size_t i = 0; space && i < space->n_defs; i++) {
        const cwasm_host_def *def = &space->defs[i];
        u32 n = (u32)strlen(def->name);
        u32 d = def->fn ? distance(import->name.s, import->name.n, def->name, n) : UINT32_MAX;
        if (d < least) {
            best = (Name){ def->name, n };
            least = d;
        }
    }
    return best;
}

static CW_COLD Status unknown_import(const Linker *l, const Module *m, const Import *import, Error *err)
{
    char module[80], name[80], type[100], near_module[60], near_name[60];
    const Space *space = NULL;
    Name near = nearest(l, import, &space);
    cwasm_externtype t = cw_module_externtype(m, import->kind, import->index);
    cw_name_text(import->module.s, import->module.n, module, sizeof module);
    cw_name_text(import->name.s, import->name.n, name, sizeof name);
    cw_externtype_text(&t, type, sizeof type);
    if (!near.s)
        return cw_fail(err, CWASM_LINK, import->at, "unknown import: %s.%s (%s) is not defined", module, name, type);
    return cw_fail(err, CWASM_LINK, import->at, "unknown import: %s.%s (%s) is not defined; did you mean %s.%s?", module, name,
                   type, cw_name_text(space->name, space->n, near_module, sizeof near_module),
                   cw_name_text(near.s, near.n, near_name, sizeof near_name));
}

/* ---- Instantiate ---- */

/* None of the rows of that name has the type of the import. */
static CW_COLD Status no_such_form(const Linker *l, const Space *space, const Module *m, const Import *import, Error *err)
{
    char module[80], name[80], want[100], is[100], forms[300] = "";
    cwasm_externtype t = cw_module_externtype(m, import->kind, import->index);
    for (const cwasm_host_def *d = NULL; (d = find_def(space, import->name, d ? (size_t)(d - space->defs) + 1 : 0));) {
        const Type *type;
        size_t n = strlen(forms);
        TRY(cw_signature_type(l->engine, d->signature, &type, err));
        cwasm_externtype form = { .kind = CWASM_EXTERN_FUNC, .func = cw_functype_public(type) };
        snprintf(forms + n, sizeof forms - n, "%s%s", n ? " or " : "", cw_externtype_text(&form, is, sizeof is));
    }
    return cw_fail(err, CWASM_LINK, import->at, "incompatible import type: %s.%s is a %s, but the module asks for a %s",
                   cw_name_text(import->module.s, import->module.n, module, sizeof module),
                   cw_name_text(import->name.s, import->name.n, name, sizeof name), forms, cw_externtype_text(&t, want, sizeof want));
}

/* The row of that name and type: the same name may have several rows that differ in their signatures. *def is NULL if there is no row
 * of that name. Modules import in the order of the tables, mostly: the row at *near is looked at first, and those behind it. */
static Status choose_def(const Linker *l, const Space *space, const Module *m, const Import *import, size_t *near, const cwasm_host_def **def,
                         const Type **type, Error *err)
{
    const Type *want = import->kind == CWASM_EXTERN_FUNC ? m->funcs[import->index].type : NULL;
    *def = find_def(space, import->name, *near);
    if (!*def || !want || !cw_signature_spells((*def)->signature, want))
        *def = find_def(space, import->name, 0);
    if (!*def)
        return CWASM_OK;
    *near = (size_t)(*def - space->defs);
    while (*def) {
        if (want && cw_signature_spells((*def)->signature, want)) {   /* nearly always: nothing to make and to look up */
            *type = want;
            return CWASM_OK;
        }
        TRY(cw_signature_type(l->engine, (*def)->signature, type, err));
        if (want && ((*type)->id == want->id || cw_type_matches(*type, want)))
            return CWASM_OK;
        *def = find_def(space, import->name, (size_t)(*def - space->defs) + 1);
    }
    return no_such_form(l, space, m, import, err);
}

Status cw_linker_find(const Linker *l, const Module *m, const Import *import, size_t *near, HostImport *host, cwasm_extern *ext, Error *err)
{
    const Space *space = find_space(l, import->module);
    const Entry *e = space ? find_entry(l, space, import->name) : NULL;
    const cwasm_host_def *def = NULL;
    const Type *type = e ? e->host_type : NULL;
    if (space && !e)
        TRY(choose_def(l, space, m, import, near, &def, &type, err));
    if (!e && !def) {
        if (!l->unknown || import->kind != CWASM_EXTERN_FUNC)
            return unknown_import(l, m, import, err);
        /* instances keep the module alive, and so the import */
        *host = (HostImport){ m->funcs[import->index].type, l->unknown, (void *)(uintptr_t)import, NULL };
        return CWASM_OK;
    }
    *host = e ? (HostImport){ type, e->fn, e->env, NULL } : (HostImport){ type, def->fn, space->env, space->defs };
    if (!type)
        *ext = e->ext;
    return CWASM_OK;
}

static Status resolve_one(const Linker *l, Store *store, const Module *m, const Import *import, size_t *near, cwasm_extern *ext, Error *err)
{
    HostImport host;
    TRY(cw_linker_find(l, m, import, near, &host, ext, err));
    if (!host.type)
        return CWASM_OK;
    ext->kind = CWASM_EXTERN_FUNC;
    return cw_host_func_new(store, host.type, host.fn, host.env, host.defs, &ext->of.func, err);
}

static Status resolve(const Linker *l, Store *store, const Module *m, cwasm_extern *imports, Error *err)
{
    size_t near = 0;
    for (u32 i = 0; i < m->n_imports; i++)
        TRY(resolve_one(l, store, m, &m->imports[i], &near, &imports[i], err));
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
