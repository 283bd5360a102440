/* module.c - loading modules and asking about them. */
#include "api/api.h"
#include "code/code.h"
#include "code/hints.h"
#include "interp/interp.h"

/* cw_code_get reports through err only: it is never NULL there. */
static CW_NOINLINE Status translate_all(Module *m, Error *err)
{
    Error unread;
    err = err ? err : &unread;
    for (u32 i = m->n_func_imports; i < m->n_funcs; i++)
        if (!cw_code_get(m, i, err))
            return err->status;
    return CWASM_OK;
}

static Status load(Module *m, bool bytes_stay, cwasm_compile compile, Error *err)
{
    const Engine *engine = m->engine;
    TRY(cw_module_decode(m, err));
    TRY(cw_module_check_decls(m, err));
    const Config *config = &engine->config;
    /* In place runs what is the same everywhere: no other code variant, no guard pages, whose faults are located in the registers of handlers. And bytes
     * that nobody else can change: what is translated is checked on the way, what runs in place was checked once. */
    bool in_place = bytes_stay && compile == CWASM_COMPILE_LAZY && !config->variant && config->bounds == CWASM_BOUNDS_EXPLICIT;
    const CodeTarget target = { engine->dispatch->handlers, config->variant, offsetof(Instance, own_globals), sizeof(Global),
                                in_place ? config->tier_up : 0 };
    TRY(cw_code_init(m, &target, err));
    if (compile == CWASM_COMPILE_LAZY_VALIDATION)
        TRY(cw_code_trust(m, err));
    else
        TRY(cw_code_check(m, config->load_threads, err));
    return compile == CWASM_COMPILE_EAGER ? translate_all(m, err) : CWASM_OK;
}

/* take_owned: the copy of the bytes that the module is to free, or NULL. */
static Status new_module(Engine *engine, const u8 *bytes, size_t size, u8 *take_owned, bool bytes_stay, size_t (*fetch)(void *ctx), void *ctx,
                         cwasm_compile compile, Module **module, Error *err)
{
    Module *m = cw_calloc(&engine->config.alloc, 1, sizeof *m);
    if (!m) {
        cw_free(&engine->config.alloc, take_owned, size);
        return cw_no_memory(err);
    }
    m->engine = engine;
    m->alloc = &engine->config.alloc;
    m->registry = engine->types;
    m->refs = 1;
    m->bytes = bytes;
    m->size = size;
    m->owned_bytes = take_owned;
    m->features = engine->config.features;
    m->fetch_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    m->fetch = fetch;
    m->fetch_ctx = ctx;
    cw_arena_init(&m->arena, m->alloc);
    Status status = load(m, bytes_stay, compile, err);
    if (status != CWASM_OK) {
        cw_module_release(m);
        return status;
    }
    *module = m;
    return CWASM_OK;
}

Status cwasm_module_new(cwasm_engine *engine, const void *bytes, size_t size, cwasm_module **module, cwasm_error *err)
{
    u8 *copy = cw_alloc(&engine->config.alloc, size);
    if (!copy)
        return cw_no_memory(err);
    if (size)
        memcpy(copy, bytes, size);
    return new_module(engine, copy, size, copy, true, NULL, NULL, engine->config.compile, module, err);
}

Status cwasm_module_new_borrowed(cwasm_engine *engine, const void *bytes, size_t size, cwasm_module **module, cwasm_error *err)
{
    return new_module(engine, bytes, size, NULL, false, NULL, NULL, engine->config.compile, module, err);
}

Status cwasm_module_new_partial(cwasm_engine *engine, const void *bytes, size_t size, size_t (*fetch)(void *ctx), void *ctx,
                                cwasm_module **module, cwasm_error *err)
{
    return new_module(engine, bytes, size, NULL, true, fetch, ctx, engine->config.compile, module, err);
}

Status cwasm_module_new_unchecked(cwasm_engine *engine, const void *bytes, size_t size, size_t (*fetch)(void *ctx), void *ctx,
                                  cwasm_module **module, cwasm_error *err)
{
    return new_module(engine, bytes, size, NULL, true, fetch, ctx, CWASM_COMPILE_LAZY_VALIDATION, module, err);
}

void cwasm_module_free(cwasm_module *module)
{
    if (module)
        cw_module_release(module);
}

size_t cwasm_module_n_imports(const cwasm_module *module)
{
    return module->n_imports;
}

cwasm_import cwasm_module_import(const cwasm_module *module, size_t i)
{
    const Import *import = &module->imports[i];
    return (cwasm_import){ .module = import->module.s, .module_size = import->module.n, .name = import->name.s,
                           .name_size = import->name.n, .type = cw_module_externtype(module, import->kind, import->index) };
}

size_t cwasm_module_n_exports(const cwasm_module *module)
{
    return module->n_exports;
}

cwasm_export cwasm_module_export(const cwasm_module *module, size_t i)
{
    const Export *e = &module->exports[i];
    return (cwasm_export){ .name = e->name.s, .name_size = e->name.n, .type = cw_module_externtype(module, e->kind, e->index) };
}

bool cwasm_module_find_export(const cwasm_module *module, const char *name, size_t name_size, cwasm_externtype *type)
{
    const Export *e = cw_module_find_export(module, name, name_size);
    if (e && type)
        *type = cw_module_externtype(module, e->kind, e->index);
    return e != NULL;
}

cwasm_translated cwasm_module_translated(const cwasm_module *module)
{
    return cw_code_translated(module);
}

Status cwasm_module_check_custom(cwasm_module *module, cwasm_error *err)
{
    cw_module_fetch(module);
    return cw_hints_check(module, err);
}

const void *cwasm_module_custom_section(const cwasm_module *module, const char *name, size_t i, size_t *size)
{
    size_t n = strlen(name);
    cw_module_fetch(module);
    for (u32 k = 0; k < module->n_customs; k++) {
        const CustomSection *section = &module->customs[k];
        if (section->name.n != n || memcmp(section->name.s, name, n) != 0 || i-- > 0)
            continue;
        *size = (size_t)section->bytes.n;
        return section->bytes.p;
    }
    return NULL;
}

uint64_t cwasm_module_code_offset(const cwasm_module *module)
{
    return module->code_begin ? cw_at(module, module->code_begin) : CWASM_NO_OFFSET;
}

const char *cwasm_module_func_name(const cwasm_module *module, uint32_t func_index, size_t *size)
{
    Name name = { NULL, 0 };
    if (func_index < module->n_funcs)
        name = cw_func_name(module, func_index);
    if (name.s)
        *size = name.n;
    return name.s;
}

size_t cwasm_module_n_funcs(const cwasm_module *module)
{
    return module->n_funcs;
}

Status cwasm_module_disassemble(const cwasm_module *module, uint32_t func_index,
                                void (*write)(void *ctx, const char *text, size_t size), void *ctx, cwasm_error *err)
{
    if (func_index < module->n_func_imports || func_index >= module->n_funcs)
        return cw_wrong_argument(err, "function %u is not a function with a body of this module", (unsigned)func_index);
    return cw_code_disassemble((Module *)module, func_index, write, ctx, err);   /* may translate it: not visible from outside */
}
