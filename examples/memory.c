/*
 * memory.c - passing text to a guest and back through its memory.
 *
 * cwasm_memory_view gives a checked pointer into guest memory, or NULL. It is good until the guest runs again or the memory grows: then
 * ask for it anew.
 */
#include <stdio.h>
#include <string.h>

#include "cwasm.h"
#include "guests.h"

static int shout(cwasm_store *store, cwasm_instance *instance, const char *text)
{
    enum { AT = 1024 };   /* this guest leaves all of its memory to us */
    cwasm_memory *memory = cwasm_instance_memory(instance, "memory");
    cwasm_error err;
    size_t size = strlen(text);

    void *view = cwasm_memory_view(memory, AT, size);
    if (!view) {
        fprintf(stderr, "the guest's memory of %llu bytes is too small\n", (unsigned long long)cwasm_memory_size(memory));
        return 1;
    }
    memcpy(view, text, size);
    cwasm_val args[2] = { cwasm_i32(AT), cwasm_i32((int32_t)size) };
    if (cwasm_func_call(store, cwasm_instance_func(instance, "upper"), args, 2, NULL, 0, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    view = cwasm_memory_view(memory, AT, size);
    printf("%.*s\n", (int)size, (const char *)view);
    return 0;
}

int main(void)
{
    cwasm_engine *engine = NULL;
    cwasm_module *module = NULL;
    cwasm_store *store = NULL;
    cwasm_linker *linker = NULL;
    cwasm_instance *instance;
    cwasm_error err;
    int status = 1;

    if (cwasm_engine_new(NULL, &engine, &err) || cwasm_module_new(engine, upper_wasm, sizeof upper_wasm, &module, &err) ||
        cwasm_store_new(engine, &store, &err) || cwasm_linker_new(engine, &linker, &err) ||
        cwasm_linker_instantiate(linker, store, module, &instance, &err))
        fprintf(stderr, "%s\n", err.message);
    else
        status = shout(store, instance, "memory is shared");
    cwasm_linker_free(linker);
    cwasm_store_free(store);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    return status;
}
