/* global.c - globals. */
#include "api/api.h"

Status cwasm_global_new(cwasm_store *store, const cwasm_val *init, bool is_mutable, cwasm_global **global, cwasm_error *err)
{
    u64 value[2] = { 0, 0 };
    GlobalType type = { init->type, is_mutable };
    if (!cw_is_num(type.type) && !cw_is_vec(type.type) && !cw_is_ref(type.type))
        return cw_wrong_argument(err, "the initial value has no valid type");
    TRY(cw_val_check(store, init, type.type, "initial value", err));
    cw_val_to_slots(init, value);
    return cw_global_new(store, type, value, global, err);
}

cwasm_valtype cwasm_global_type(const cwasm_global *global, bool *is_mutable)
{
    if (is_mutable)
        *is_mutable = global->type.is_mutable;
    return global->type.type;
}

cwasm_val cwasm_global_get(const cwasm_global *global)
{
    cwasm_val val;
    cw_val_from_slots(global->store, global->type.type, global->cell, &val);
    return val;
}

Status cwasm_global_set(cwasm_global *global, const cwasm_val *val)
{
    if (!global->type.is_mutable)
        return CWASM_ARGUMENT;
    TRY(cw_val_check(global->store, val, global->type.type, "value", NULL));
    cw_val_to_slots(val, global->cell);
    return CWASM_OK;
}
