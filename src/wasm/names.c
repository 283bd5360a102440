/* names.c - the name section, decoded once and published with one compare-exchange. */
#include "wasm/names.h"

#include "base/leb128.h"
#include "base/utf8.h"

enum { SUBSECTION_MODULE = 0, SUBSECTION_FUNCTIONS = 1, SUBSECTION_LOCALS = 2 };

struct NameMap {
    Name module;
    Reader locals;      /* the validated contents of the subsection */
    u32 n_funcs;
    Name funcs[];       /* by function index */
};

static size_t map_size(u32 n_funcs) { return sizeof(NameMap) + n_funcs * sizeof(Name); }

/* ---- Decoding ---- */

static Status read_name(Reader *r, Name *name)
{
    const u8 *s;
    TRY(cw_leb_u32(r, &name->n, "a size", NULL));
    TRY(cw_read_bytes(r, name->n, &s, "a name", NULL));
    if (!cw_utf8_valid(s, name->n))
        return CWASM_MALFORMED;
    name->s = (const char *)s;
    return CWASM_OK;
}

/* One (index, name) pair. */
static Status read_assoc(Reader *r, u32 *index, Name *name)
{
    TRY(cw_leb_u32(r, index, "an index", NULL));
    return read_name(r, name);
}

static Status read_functions(Reader *r, NameMap *map)
{
    u32 n;
    TRY(cw_leb_u32(r, &n, "a count", NULL));
    for (u32 i = 0; i < n; i++) {
        u32 index;
        Name name;
        TRY(read_assoc(r, &index, &name));
        if (index < map->n_funcs)
            map->funcs[index] = name;
    }
    return CWASM_OK;
}

/* The name of one local, or, with func = CWASM_NO_INDEX, only a check that all reads well. */
static Status find_local(Reader *r, u32 func, u32 local, Name *found)
{
    u32 n_funcs, n, func_index, index;
    Name name;
    TRY(cw_leb_u32(r, &n_funcs, "a count", NULL));
    for (u32 i = 0; i < n_funcs; i++) {
        TRY(cw_leb_u32(r, &func_index, "an index", NULL));
        TRY(cw_leb_u32(r, &n, "a count", NULL));
        for (u32 k = 0; k < n; k++) {
            TRY(read_assoc(r, &index, &name));
            if (func_index == func && index == local)
                *found = name;
        }
    }
    return CWASM_OK;
}

static Status read_subsection(u8 id, Reader r, NameMap *map)
{
    Name ignored;
    Reader content = r;
    switch (id) {
    case SUBSECTION_MODULE:
        TRY(read_name(&r, &map->module));
        break;
    case SUBSECTION_FUNCTIONS:
        TRY(read_functions(&r, map));
        break;
    case SUBSECTION_LOCALS:
        TRY(find_local(&r, CWASM_NO_INDEX, 0, &ignored));
        map->locals = content;
        break;
    default:
        return CWASM_OK;   /* labels, types, fields and what may come: not used */
    }
    return r.p == r.end ? CWASM_OK : CWASM_MALFORMED;
}

static Status read_section(Reader r, NameMap *map)
{
    while (r.p < r.end) {
        u8 id;
        u32 size;
        const u8 *content;
        TRY(cw_read_u8(&r, &id, "a subsection", NULL));
        TRY(cw_leb_u32(&r, &size, "a size", NULL));
        TRY(cw_read_bytes(&r, size, &content, "a subsection", NULL));
        TRY(read_subsection(id, (Reader){ content, content + size, r.base, NULL }, map));
    }
    return CWASM_OK;
}

/* NULL if out of memory. */
static NameMap *decode(const Module *module)
{
    NameMap *map = cw_calloc(module->alloc, 1, map_size(module->n_funcs));
    if (!map)
        return NULL;
    map->n_funcs = module->n_funcs;
    cw_module_fetch(module);
    for (u32 i = 0; i < module->n_customs; i++) {
        const CustomSection *custom = &module->customs[i];
        if (custom->name.n != 4 || memcmp(custom->name.s, "name", 4) != 0)
            continue;
        if (read_section((Reader){ custom->bytes.p, custom->bytes.p + custom->bytes.n, module->bytes, NULL }, map) != CWASM_OK) {
            memset(map, 0, map_size(module->n_funcs));
            map->n_funcs = module->n_funcs;
        }
        break;
    }
    return map;
}

/* The names, decoded now if they were not; NULL if out of memory. Of threads that come at once, one wins and the others drop theirs. */
static const NameMap *names_of(const Module *module)
{
    NameMap **slot = (NameMap **)(uintptr_t)&module->names;   /* a cache: the only field that changes after loading */
    NameMap *map = cw_load_acquire(slot);
    if (map)
        return map;
    NameMap *mine = decode(module), *other = NULL;
    if (!mine)
        return NULL;
    if (__atomic_compare_exchange_n(slot, &other, mine, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return mine;
    cw_free(module->alloc, mine, map_size(mine->n_funcs));
    return other;
}

void cw_names_free(Module *module)
{
    if (module->names)
        cw_free(module->alloc, module->names, map_size(module->names->n_funcs));
    module->names = NULL;
}

/* ---- Lookup ---- */

Name cw_func_name(const Module *module, u32 func_index)
{
    const NameMap *map = names_of(module);
    if (map && func_index < map->n_funcs && map->funcs[func_index].s)
        return map->funcs[func_index];
    for (u32 i = 0; i < module->n_exports; i++)
        if (module->exports[i].kind == CWASM_EXTERN_FUNC && module->exports[i].index == func_index)
            return module->exports[i].name;
    return (Name){ NULL, 0 };
}

Name cw_module_name(const Module *module)
{
    const NameMap *map = names_of(module);
    return map ? map->module : (Name){ NULL, 0 };
}

Name cw_local_name(const Module *module, u32 func_index, u32 local_index)
{
    const NameMap *map = names_of(module);
    Name found = { NULL, 0 };
    if (map && map->locals.p && func_index != CWASM_NO_INDEX) {
        Reader r = map->locals;
        if (find_local(&r, func_index, local_index, &found) != CWASM_OK)
            found = (Name){ NULL, 0 };
    }
    return found;
}
