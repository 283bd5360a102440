/* prepare.c - prepared modules and pools; the work is in link/prepare.c and link/pool.c. */
#include "link/prepare.h"

Status cwasm_linker_prepare(const cwasm_linker *linker, cwasm_module *module, cwasm_prepared **prepared, cwasm_error *err)
{
    return cw_prepare(linker, module, prepared, err);
}

void cwasm_prepared_free(cwasm_prepared *prepared)
{
    cw_prepared_release(prepared);
}

Status cwasm_prepared_instantiate(const cwasm_prepared *prepared, cwasm_store *store, cwasm_instance **instance, cwasm_error *err)
{
    return cw_prepared_instantiate(prepared, store, instance, err);
}

Status cwasm_pool_new(cwasm_prepared *prepared, size_t max_idle, cwasm_pool **pool, cwasm_error *err)
{
    return cw_pool_new(prepared, max_idle, pool, err);
}

void cwasm_pool_free(cwasm_pool *pool)
{
    cw_pool_free(pool);
}

Status cwasm_pool_take(cwasm_pool *pool, cwasm_store **store, cwasm_error *err)
{
    return cw_pool_take(pool, store, err);
}

void cwasm_pool_give(cwasm_pool *pool, cwasm_store *take_store)
{
    cw_pool_give(pool, take_store);
}
