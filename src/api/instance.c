/* instance.c - the exports of instances. */
#include "run/objects.h"

cwasm_store *cwasm_instance_store(const cwasm_instance *instance)
{
    return instance->store;
}

const cwasm_module *cwasm_instance_module(const cwasm_instance *instance)
{
    return instance->module;
}

bool cwasm_instance_export(cwasm_instance *instance, const char *name, size_t name_size, cwasm_extern *ext)
{
    const Export *e = cw_module_find_export(instance->module, name, name_size);
    if (!e)
        return false;
    *ext = cw_instance_extern(instance, e->kind, e->index);
    return true;
}

static bool find(Instance *inst, const char *name, cwasm_externkind kind, cwasm_extern *ext)
{
    return cwasm_instance_export(inst, name, strlen(name), ext) && ext->kind == kind;
}

cwasm_func *cwasm_instance_func(cwasm_instance *instance, const char *name)
{
    cwasm_extern ext;
    return find(instance, name, CWASM_EXTERN_FUNC, &ext) ? ext.of.func : NULL;
}

cwasm_memory *cwasm_instance_memory(cwasm_instance *instance, const char *name)
{
    cwasm_extern ext;
    return find(instance, name, CWASM_EXTERN_MEMORY, &ext) ? ext.of.memory : NULL;
}

cwasm_global *cwasm_instance_global(cwasm_instance *instance, const char *name)
{
    cwasm_extern ext;
    return find(instance, name, CWASM_EXTERN_GLOBAL, &ext) ? ext.of.global : NULL;
}

cwasm_tag *cwasm_instance_tag(cwasm_instance *instance, const char *name)
{
    cwasm_extern ext;
    return find(instance, name, CWASM_EXTERN_TAG, &ext) ? ext.of.tag : NULL;
}

cwasm_table *cwasm_instance_table(cwasm_instance *instance, const char *name)
{
    cwasm_extern ext;
    return find(instance, name, CWASM_EXTERN_TABLE, &ext) ? ext.of.table : NULL;
}
