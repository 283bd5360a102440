/* func.c - functions: what they are, and making host functions. */
#include "run/objects.h"

const Type *cw_func_type(const Func *func)
{
    if (cw_is_host_func(func))
        return ((const HostFunc *)func)->type;
    return func->inst->module->funcs[func->index].type;
}

Store *cw_func_store(const Func *func)
{
    return cw_is_host_func(func) ? ((const HostFunc *)func)->store : func->inst->store;
}

static const StoreEnv *find_env(const Store *store, const cwasm_host_def *defs)
{
    for (u32 i = 0; defs && i < store->envs.n; i++)
        if (store->envs.at[i].defs == defs)
            return &store->envs.at[i];
    return NULL;
}

Status cw_host_func_new(Store *store, const Type *type, cwasm_host_func fn, void *env, const cwasm_host_def *defs, Func **func, Error *err)
{
    const StoreEnv *own = find_env(store, defs);
    HostFunc *f = cw_calloc(&store->alloc, 1, sizeof *f);
    if (!f)
        return cw_no_memory(err);
    /* A frame holds the arguments, the saved pc and fp, and the results over both. */
    u32 frame = CW_MAX(type->param_slots + 2, type->result_slots);
    *f = (HostFunc){
        .func = { .entry = store->engine->host_entry, .type_id = type->id, .frame_slots = frame },
        .type = type, .fn = fn, .env = own ? own->env : env, .linker_env = env, .defs = defs, .store = store, .next = store->host_funcs,
    };
    store->host_funcs = f;
    *func = &f->func;
    return CWASM_OK;
}

bool cw_store_set_env(Store *store, const cwasm_host_def *defs, void *env)
{
    StoreEnv *known = (StoreEnv *)(uintptr_t)find_env(store, defs);
    if (known)
        known->env = env;
    else if (!cw_vec_push(&store->alloc, &store->envs, ((StoreEnv){ defs, env })))
        return false;
    for (HostFunc *f = store->host_funcs; f; f = f->next)
        if (f->defs == defs)
            f->env = env;
    return true;
}

void cw_store_clear_envs(Store *store)
{
    store->envs.n = 0;
    for (HostFunc *f = store->host_funcs; f; f = f->next)
        f->env = f->linker_env;
}

void cw_host_func_free(HostFunc *f)
{
    cw_free(&f->store->alloc, f, sizeof *f);
}

static ValType type_of_letter(char c)
{
    switch (c) {
    case 'i': return T_I32;
    case 'I': return T_I64;
    case 'f': return T_F32;
    case 'F': return T_F64;
    case 'V': return T_V128;
    case 'p': return T_FUNCREF;
    case 'e': return T_EXTERNREF;
    case 'x': return T_EXNREF;
    default: return T_NONE;
    }
}

/* Turns the letters into types[0..*n_params) and types[*n_params..*n_params + *n_results); false if there is anything else. */
static bool read_signature(const char *signature, ValType *types, u32 *n_params, u32 *n_results)
{
    u32 n = 0, params = 0;
    bool colon = false;
    for (const char *s = signature; *s; s++) {
        if (*s == ':' && !colon) {
            colon = true;
            params = n;
        } else if ((types[n++] = type_of_letter(*s)) == T_NONE) {
            return false;
        }
    }
    *n_params = params;
    *n_results = n - params;
    return colon;
}

bool cw_signature_spells(const char *signature, const Type *type)
{
    const char *s = signature;
    if (type->kind != TYPE_FUNC || !type->is_plain)
        return false;
    for (u32 i = 0; i < type->n_params; i++, s++)
        if (!*s || type_of_letter(*s) != type->params[i])
            return false;
    if (*s++ != ':')
        return false;
    for (u32 i = 0; i < type->n_results; i++, s++)
        if (!*s || type_of_letter(*s) != type->results[i])
            return false;
    return !*s;
}

Status cw_signature_type(Engine *engine, const char *signature, const Type **type, Error *err)
{
    size_t n = strlen(signature);
    u32 n_params, n_results;
    ValType few[64], *types = few;
    if (n > 2000)
        return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "signature has more than 2000 letters");
    if (n > CW_COUNT(few) && !(types = cw_alloc(&engine->config.alloc, n * sizeof *types)))
        return cw_no_memory(err);
    bool ok = read_signature(signature, types, &n_params, &n_results);
    const Type *made = ok ? cw_types_func(engine->types, types, n_params, types + n_params, n_results) : NULL;
    if (types != few)
        cw_free(&engine->config.alloc, types, n * sizeof *types);
    if (!ok)
        return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET,
                       "signature \"%.100s\" is not of the form \"ii:i\" (parameters, colon, results; letters i I f F V p e)",
                       signature);
    if (!made)
        return cw_no_memory(err);
    *type = made;
    return CWASM_OK;
}
