/*
 * host_function.c - functions of the host that a guest calls: one is handed bytes of guest memory, one keeps state.
 *
 * A host function gets its arguments as 64-bit slots and writes its result to slots[0]: nothing is boxed. Its type is a short string:
 * parameters, ':', results, with i = i32, I = i64, f = f32, F = f64.
 */
#include <stdio.h>

#include "cwasm.h"
#include "guests.h"

/* log(pointer, size) */
static cwasm_trap_code host_log(void *env, cwasm_caller *caller, uint64_t *slots)
{
    FILE *out = env;
    uint32_t size = cwasm_slot_u32(slots[1]);
    /* NULL if any of these bytes lies outside the guest's memory: never trust a pointer of a guest */
    const char *text = cwasm_caller_view(caller, cwasm_slot_u32(slots[0]), size);
    if (!text)
        return cwasm_caller_trap(caller, "log: text outside of memory");
    fprintf(out, "guest says: %.*s\n", (int)size, text);
    return CWASM_TRAP_NONE;
}

/* next() -> i32 */
static cwasm_trap_code host_next(void *env, cwasm_caller *caller, uint64_t *slots)
{
    int *counter = env;
    (void)caller;
    slots[0] = cwasm_slot_from_i32(++*counter);
    return CWASM_TRAP_NONE;
}

int main(void)
{
    cwasm_engine *engine = NULL;
    cwasm_module *module = NULL;
    cwasm_store *store = NULL;
    cwasm_linker *linker = NULL;
    cwasm_instance *instance;
    cwasm_error err;
    cwasm_val result;
    int counter = 20, status = 1;

    if (cwasm_engine_new(NULL, &engine, &err) || cwasm_module_new(engine, greet_wasm, sizeof greet_wasm, &module, &err) ||
        cwasm_store_new(engine, &store, &err) || cwasm_linker_new(engine, &linker, &err) ||
        cwasm_linker_define_func(linker, "host", "log", "ii:", host_log, stdout, &err) ||
        cwasm_linker_define_func(linker, "host", "next", ":i", host_next, &counter, &err) ||
        cwasm_linker_instantiate(linker, store, module, &instance, &err) ||
        cwasm_func_call(store, cwasm_instance_func(instance, "run"), NULL, 0, &result, 1, &err)) {
        fprintf(stderr, "%s\n", err.message);
    } else {
        printf("21 + 22 = %d\n", result.of.i32);
        status = 0;
    }
    cwasm_linker_free(linker);
    cwasm_store_free(store);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    return status;
}
