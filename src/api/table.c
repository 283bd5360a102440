/* table.c - tables. */
#include "api/api.h"
#include "wasm/features.h"

/* The reference an API parameter stands for: of val, or null if val is NULL. */
static Status reference(const Store *store, ValType type, const cwasm_val *val, u64 *ref, Error *err)
{
    cwasm_val null = cwasm_null(type);
    u64 slots[2];
    if (!val)
        val = &null;
    TRY(cw_val_check(store, val, type, "element", err));
    cw_val_to_slots(val, slots);
    *ref = slots[0];
    return CWASM_OK;
}

Status cwasm_table_new(cwasm_store *store, cwasm_valtype type, const cwasm_limits *limits, const cwasm_val *init,
                       cwasm_table **table, cwasm_error *err)
{
    u64 ref;
    if (!cw_is_ref(type))
        return cw_wrong_argument(err, "tables hold references only");
    if (limits->shared)
        return cw_wrong_argument(err, "tables cannot be shared");
    if (limits->is64 && !(store->engine->config.features & FEATURE_MEMORY64))
        return cw_fail(err, CWASM_UNSUPPORTED, CWASM_NO_OFFSET, "64-bit tables are not switched on");
    if (!limits->is64 && (limits->min > UINT32_MAX || (limits->has_max && limits->max > UINT32_MAX)))
        return cw_wrong_argument(err, "table size must be at most 2^32-1");
    if (limits->has_max && limits->min > limits->max)
        return cw_wrong_argument(err, "size minimum must not be greater than maximum");
    TRY(reference(store, type, init, &ref, err));
    TableType t = { type, { .min = limits->min, .max = limits->has_max ? limits->max : UINT64_MAX, .has_max = limits->has_max,
                            .is64 = limits->is64 } };
    return cw_table_new(store, &t, ref, table, err);
}

cwasm_limits cwasm_table_type(const cwasm_table *table, cwasm_valtype *type)
{
    if (type)
        *type = table->type.type;
    return cw_limits_public(&table->type.limits);
}

uint64_t cwasm_table_size(const cwasm_table *table)
{
    return table->size;
}

bool cwasm_table_get(const cwasm_table *table, uint64_t i, cwasm_val *val)
{
    if (i >= table->size)
        return false;
    cw_val_from_slots(table->store, table->type.type, &table->elems[i], val);
    return true;
}

Status cwasm_table_set(cwasm_table *table, uint64_t i, const cwasm_val *val)
{
    if (i >= table->size)
        return CWASM_ARGUMENT;
    return reference(table->store, table->type.type, val, &table->elems[i], NULL);
}

Status cwasm_table_grow(cwasm_table *table, uint64_t delta, const cwasm_val *init, uint64_t *old_size)
{
    u64 ref;
    TRY(reference(table->store, table->type.type, init, &ref, NULL));
    u64 old = cw_table_grow(table, delta, ref);
    if (old == UINT64_MAX)
        return CWASM_LIMIT;
    if (old_size)
        *old_size = old;
    return CWASM_OK;
}
