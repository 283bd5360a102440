/*
 * prepare.h - prepared modules, and pools of stores for them: what is the same for all instances of a module is done once.
 */
#ifndef CW_LINK_PREPARE_H
#define CW_LINK_PREPARE_H

#include "link/link.h"

typedef struct cwasm_prepared Prepared;
typedef struct cwasm_pool Pool;

/* Finds the imports and makes the images. CWASM_LINK if an import is missing, does not fit, or is no host function. */
Status cw_prepare(const Linker *linker, Module *module, Prepared **prepared, Error *err);
void cw_prepared_retain(Prepared *prepared);
/* May be NULL. */
void cw_prepared_release(Prepared *prepared);
Engine *cw_prepared_engine(const Prepared *prepared);
/* An instance, built but not started. */
Status cw_prepared_build(const Prepared *prepared, Store *store, Instance **instance, Error *err);
/* Like cw_linker_instantiate. In a store of a pool for this prepared module: the instance that the store has kept. */
Status cw_prepared_instantiate(const Prepared *prepared, Store *store, Instance **instance, Error *err);

Status cw_pool_new(Prepared *prepared, size_t max_idle, Pool **pool, Error *err);
/* May be NULL. */
void cw_pool_free(Pool *pool);
Status cw_pool_take(Pool *pool, Store **store, Error *err);
void cw_pool_give(Pool *pool, Store *take_store);

#endif
