/*
 * hello.c - the shortest embedding: load a module, call a function of it.
 *
 * engine (settings) -> module (checked code) -> store (live objects) -> instance (of a module in a store) -> func.
 */
#include <stdio.h>

#include "cwasm.h"
#include "guests.h"

int main(void)
{
    cwasm_engine *engine = NULL;
    cwasm_module *module = NULL;
    cwasm_store *store = NULL;
    cwasm_linker *linker = NULL;
    cwasm_instance *instance;
    cwasm_error err;
    int status = 1;

    if (cwasm_engine_new(NULL, &engine, &err) || cwasm_module_new(engine, add_wasm, sizeof add_wasm, &module, &err) ||
        cwasm_store_new(engine, &store, &err) || cwasm_linker_new(engine, &linker, &err) ||
        cwasm_linker_instantiate(linker, store, module, &instance, &err)) {
        fprintf(stderr, "%s\n", err.message);
        goto out;
    }
    cwasm_func *add = cwasm_instance_func(instance, "add");
    cwasm_val args[2] = { cwasm_i32(40), cwasm_i32(2) }, sum;
    if (cwasm_func_call(store, add, args, 2, &sum, 1, &err)) {
        fprintf(stderr, "%s\n", err.message);
        goto out;
    }
    printf("40 + 2 = %d\n", sum.of.i32);
    status = 0;
out:   /* stores, linkers and modules before their engine; every free takes NULL */
    cwasm_linker_free(linker);
    cwasm_store_free(store);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    return status;
}
