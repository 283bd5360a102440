/* instance.c - the life of instances and of the modules they hold. Made in link/instantiate.c, freed with their store. */
#include "code/code.h"
#include "run/objects.h"

void cw_module_retain(Module *module)
{
    __atomic_fetch_add(&module->refs, 1, __ATOMIC_RELAXED);
}

void cw_module_release(Module *module)
{
    if (__atomic_fetch_sub(&module->refs, 1, __ATOMIC_ACQ_REL) != 1)
        return;
    const Alloc *alloc = module->alloc;
    if (module->code)
        cw_code_done(module);
    cw_module_done(module);
    cw_free(alloc, module, sizeof *module);
}

size_t cw_instance_bytes(const Module *module)
{
    return sizeof(Instance) + (size_t)(module->n_globals - module->n_global_imports) * sizeof(Global);
}

void cw_instance_free(Instance *inst)
{
    Module *module = inst->module;
    cw_arena_done(&inst->arena);
    cw_free(&inst->store->alloc, inst, cw_instance_bytes(module));
    cw_module_release(module);
}

cwasm_extern cw_instance_extern(const Instance *inst, cwasm_externkind kind, u32 index)
{
    cwasm_extern e = { .kind = kind };
    switch (kind) {
    case CWASM_EXTERN_FUNC: e.of.func = cw_instance_func(inst, index); break;
    case CWASM_EXTERN_TABLE: e.of.table = inst->tables[index]; break;
    case CWASM_EXTERN_MEMORY: e.of.memory = inst->memories[index]; break;
    case CWASM_EXTERN_GLOBAL: e.of.global = inst->globals[index]; break;
    case CWASM_EXTERN_TAG: e.of.tag = inst->tags[index]; break;
    }
    return e;
}
