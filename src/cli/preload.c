/* preload.c - --preload NAME=FILE: modules that are instantiated before the program, for its imports. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/run.h"

/* Reads all files, while files may still be opened. */
int cw_preloads_load(Run *run, cwasm_engine *engine)
{
    const Args *args = run->args;
    if (args->n_preloads == 0)
        return 0;
    if (args->threads) {   /* each thread has a store of its own, and an instance belongs to one */
        cw_complain("--preload cannot be combined with -S threads");
        return cw_run_end(run, KIND_USAGE, STATUS_USAGE);
    }
    run->preloads = calloc(args->n_preloads, sizeof *run->preloads);
    if (!run->preloads) {
        cw_complain("out of memory");
        return cw_run_end(run, KIND_LIMIT, STATUS_NOT_RUNNABLE);
    }
    for (size_t i = 0; i < args->n_preloads; i++) {
        Preload *p = &run->preloads[i];
        p->name = args->preloads[i];
        p->path = p->name + strlen(p->name) + 1;
        int status = cw_module(p->path, engine, &p->file, &p->module, &run->err);
        if (status)
            return cw_load_failed(run, status);
    }
    return 0;
}

cwasm_status cw_preloads_instantiate(Run *run, cwasm_linker *linker, const Preload **at_fault, cwasm_error *err)
{
    for (size_t i = 0; i < run->args->n_preloads; i++) {
        const Preload *p = *at_fault = &run->preloads[i];
        cwasm_instance *instance;
        cwasm_status status = cwasm_linker_instantiate(linker, run->store, p->module, &instance, err);
        cwasm_func *initialize = status ? NULL : cwasm_instance_func(instance, "_initialize");
        if (initialize)
            status = cwasm_func_call(run->store, initialize, NULL, 0, NULL, 0, err);
        if (!status)
            status = cwasm_linker_define_instance(linker, p->name, strlen(p->name), instance, err);
        if (status)
            return status;
    }
    return CWASM_OK;
}

bool cw_preloads_provide(const Run *run, const cwasm_module *module, const cwasm_import *import)
{
    for (size_t i = 0; run->preloads && i < run->args->n_preloads && run->preloads[i].module != module; i++) {
        const Preload *p = &run->preloads[i];
        if (strlen(p->name) == import->module_size && memcmp(p->name, import->module, import->module_size) == 0 &&
            cwasm_module_find_export(p->module, import->name, import->name_size, NULL))
            return true;
    }
    return false;
}

void cw_preloads_free(Run *run)
{
    for (size_t i = 0; run->preloads && i < run->args->n_preloads; i++)
        cw_module_end(run->preloads[i].module, &run->preloads[i].file);
    free(run->preloads);
    run->preloads = NULL;
}
