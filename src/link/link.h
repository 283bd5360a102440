/*
 * link.h - from modules to instances: imports by name, then instantiation.
 */
#ifndef CW_LINK_LINK_H
#define CW_LINK_LINK_H

#include "run/objects.h"

/* spec 4.5.4. imports: one for each import of the module, in order. On failure before the first segment is run nothing is left
 * behind; after that the instance stays in the store, since tables may refer to it. */
Status cw_instantiate(Store *store, Module *module, const cwasm_extern *imports, Instance **instance, Error *err);

/* The same in two steps. Building ends with the active segments; images: for each memory that the module defines what it begins with instead of
 * data segments, or NULL entries; NULL: none. *instance is set as soon as the instance belongs to the store. */
Status cw_instance_build(Store *store, Module *module, const cwasm_extern *imports, MemoryImage *const *images, Instance **instance, Error *err);
Status cw_instance_start(Instance *instance, Error *err);
/* Makes an instance that imports nothing but functions what it was after building; false if that is impossible (and then it is of no use). */
bool cw_instance_reset(Instance *instance, const OsTracker *tracker);
/* Where the active data segments of a memory that the module defines end. */
bool cw_instance_data_end(Instance *instance, u32 memory, u64 *end, u64 *sum);

typedef struct cwasm_linker Linker;

Status cw_linker_new(Engine *engine, Linker **linker, Error *err);
/* May be NULL. */
void cw_linker_free(Linker *linker);
Status cw_linker_define_func(Linker *linker, Name module, Name name, const Type *type, cwasm_host_func fn, void *env, Error *err);
Status cw_linker_define_funcs(Linker *linker, Name module, const cwasm_host_def *defs, size_t n_defs, void *env, Error *err);
Status cw_linker_define(Linker *linker, Name module, Name name, const cwasm_extern *ext, Error *err);
Status cw_linker_define_instance(Linker *linker, Name module, const Instance *instance, Error *err);
/* Looks up the imports, makes host functions of those defined by signature, instantiates. The linker is only read. */
Status cw_linker_instantiate(const Linker *linker, Store *store, Module *module, Instance **instance, Error *err);
Engine *cw_linker_engine(const Linker *linker);
/* fn stands for each function that nothing defines, with the import (an Import) as its env; NULL: they are errors. */
void cw_linker_set_unknown(Linker *linker, cwasm_host_func fn);
/* A host function as a linker knows it. */
typedef struct HostImport {
    const Type *type;
    cwasm_host_func fn;
    void *env;
    const cwasm_host_def *defs;   /* the table it comes from, or NULL */
} HostImport;
/* What satisfies an import: *ext, or *host, in which case host->type is not NULL. *near: where a table was looked into last, 0 before the first. */
Status cw_linker_find(const Linker *linker, const Module *m, const Import *import, size_t *near, HostImport *host, cwasm_extern *ext, Error *err);

#endif
