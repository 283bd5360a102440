/* func.c - host functions, and calling any function from the host. */
#include "api/api.h"
#include "interp/interp.h"

#include <stdio.h>

Status cwasm_func_new(cwasm_store *store, const char *signature, cwasm_host_func fn, void *env, cwasm_func **func, cwasm_error *err)
{
    const Type *type;
    TRY(cw_signature_type(store->engine, signature, &type, err));
    return cw_host_func_new(store, type, fn, env, NULL, func, err);
}

cwasm_functype cwasm_func_type(const cwasm_func *func)
{
    return cw_functype_public(cw_func_type(func));
}

static Status check_call(const Store *store, const Func *func, const Type *type, const cwasm_val *args, size_t n_args,
                         size_t n_results, Error *err)
{
    char what[32];
    if (cw_func_store(func) != store)
        return cw_wrong_argument(err, "the function belongs to another store");
    if (n_args != type->n_params || n_results != type->n_results)
        return cw_wrong_argument(err, "%zu arguments and room for %zu results, but the function has %u parameters and %u results",
                                 n_args, n_results, (unsigned)type->n_params, (unsigned)type->n_results);
    for (u32 i = 0; i < type->n_params; i++) {
        snprintf(what, sizeof what, "argument %u", (unsigned)i);
        TRY(cw_val_check(store, &args[i], type->params[i], what, err));
    }
    return CWASM_OK;
}

static Status call(Store *store, Func *func, const Type *type, u64 *slots, const cwasm_val *args, cwasm_val *results, Error *err)
{
    u64 *to = slots;
    for (u32 i = 0; i < type->n_params; i++)
        to = cw_val_to_slots(&args[i], to);
    Trap trap = cw_call(store, func, slots);
    if (CW_UNLIKELY(trap != CWASM_TRAP_NONE))
        return cw_trap_status(store, trap, err);
    const u64 *from = slots;
    for (u32 i = 0; i < type->n_results; i++)
        from = cw_val_from_slots(store, type->results[i], from, &results[i]);
    return CWASM_OK;
}

Status cwasm_func_call(cwasm_store *store, cwasm_func *func, const cwasm_val *args, size_t n_args, cwasm_val *results,
                       size_t n_results, cwasm_error *err)
{
    const Type *type = cw_func_type(func);
    u64 few[16], *slots = few;   /* below every guest lies this frame */
    TRY(check_call(store, func, type, args, n_args, n_results, err));
    size_t n = CW_MAX(type->param_slots, type->result_slots);
    if (n > CW_COUNT(few) && !(slots = cw_alloc(&store->alloc, n * sizeof *slots)))
        return cw_no_memory(err);
    Status status = call(store, func, type, slots, args, results, err);
    if (slots != few)
        cw_free(&store->alloc, slots, n * sizeof *slots);
    return status;
}
