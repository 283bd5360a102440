/* linker.c - the linker's functions for the embedder; the work is in link/linker.c. */
#include "api/api.h"

#include <stdio.h>

Status cwasm_linker_new(cwasm_engine *engine, cwasm_linker **linker, cwasm_error *err)
{
    return cw_linker_new(engine, linker, err);
}

void cwasm_linker_free(cwasm_linker *linker)
{
    cw_linker_free(linker);
}

static Status check_name(size_t module_size, size_t name_size, Error *err)
{
    if (module_size > INT32_MAX || name_size > INT32_MAX)
        return cw_wrong_argument(err, "name too long");
    return CWASM_OK;
}

Status cwasm_linker_define_func(cwasm_linker *linker, const char *module, const char *name, const char *signature,
                                cwasm_host_func fn, void *env, cwasm_error *err)
{
    const Type *type;
    TRY(check_name(strlen(module), strlen(name), err));
    TRY(cw_signature_type(cw_linker_engine(linker), signature, &type, err));
    return cw_linker_define_func(linker, cw_name(module, strlen(module)), cw_name(name, strlen(name)), type, fn, env, err);
}

Status cwasm_linker_define_funcs(cwasm_linker *linker, const char *module, const cwasm_host_def *defs, size_t n_defs, void *env,
                                 cwasm_error *err)
{
    TRY(check_name(strlen(module), 0, err));
    return cw_linker_define_funcs(linker, cw_name(module, strlen(module)), defs, n_defs, env, err);
}

Status cwasm_linker_define(cwasm_linker *linker, const char *module, size_t module_size, const char *name, size_t name_size,
                           const cwasm_extern *ext, cwasm_error *err)
{
    TRY(check_name(module_size, name_size, err));
    if ((unsigned)ext->kind > CWASM_EXTERN_TAG || !ext->of.func)
        return cw_wrong_argument(err, "the extern value is empty");
    return cw_linker_define(linker, cw_name(module, module_size), cw_name(name, name_size), ext, err);
}

Status cwasm_linker_define_instance(cwasm_linker *linker, const char *module, size_t module_size, cwasm_instance *instance,
                                    cwasm_error *err)
{
    TRY(check_name(module_size, 0, err));
    return cw_linker_define_instance(linker, cw_name(module, module_size), instance, err);
}

/* What stands for a function that nothing defines; env is the import. */
static cwasm_trap_code unknown(void *env, cwasm_caller *caller, uint64_t *slots)
{
    const Import *import = env;
    char module[80], name[80], text[200];
    (void)slots;
    snprintf(text, sizeof text, "unknown import called: %s.%s", cw_name_text(import->module.s, import->module.n, module, sizeof module),
             cw_name_text(import->name.s, import->name.n, name, sizeof name));
    return cwasm_caller_trap(caller, text);
}

void cwasm_linker_unknown_traps(cwasm_linker *linker, bool on)
{
    cw_linker_set_unknown(linker, on ? unknown : NULL);
}

Status cwasm_linker_instantiate(cwasm_linker *linker, cwasm_store *store, cwasm_module *module, cwasm_instance **instance,
                                cwasm_error *err)
{
    return cw_linker_instantiate(linker, store, module, instance, err);
}

Status cwasm_store_set_env(cwasm_store *store, const cwasm_host_def *defs, void *env, cwasm_error *err)
{
    return cw_store_set_env(store, defs, env) ? CWASM_OK : cw_no_memory(err);
}
