/*
 * limits.c - ending a guest that does not end by itself: by fuel, and by the clock.
 *
 * Both are switched on in the config, because they are code variants: without them nothing is emitted and nothing is paid. A trapped
 * store can be used again.
 */
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "cwasm.h"
#include "guests.h"

static void *interrupt_soon(void *store)
{
    struct timespec tenth = { 0, 100000000 };
    nanosleep(&tenth, NULL);
    cwasm_store_interrupt(store);   /* the one call that any thread may make */
    return NULL;
}

static void say_trap(const cwasm_store *store)
{
    const cwasm_trap *trap = cwasm_store_trap(store);
    printf("%s, in function %.*s\n", cwasm_trap_text(trap->code), (int)trap->frames[0].name_size, trap->frames[0].name);
}

static int spin(cwasm_module *module, cwasm_linker *linker, cwasm_store *store)
{
    cwasm_instance *instance;
    cwasm_error err;
    if (cwasm_linker_instantiate(linker, store, module, &instance, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    cwasm_func *forever = cwasm_instance_func(instance, "spin");

    cwasm_store_set_fuel(store, 100000);
    if (cwasm_func_call(store, forever, NULL, 0, NULL, 0, &err) != CWASM_TRAP)
        return 1;
    say_trap(store);

    pthread_t thread;
    cwasm_store_set_fuel(store, UINT64_MAX);
    if (pthread_create(&thread, NULL, interrupt_soon, store) != 0)
        return 1;
    cwasm_status status = cwasm_func_call(store, forever, NULL, 0, NULL, 0, &err);
    pthread_join(thread, NULL);
    if (status != CWASM_TRAP)
        return 1;
    say_trap(store);
    return 0;
}

int main(void)
{
    cwasm_engine *engine = NULL;
    cwasm_module *module = NULL;
    cwasm_store *store = NULL;
    cwasm_linker *linker = NULL;
    cwasm_error err;
    int status = 1;

    cwasm_config *config = cwasm_config_new();
    if (!config)
        return 1;
    cwasm_config_fuel(config, true);
    cwasm_config_interruption(config, true);
    if (cwasm_engine_new(config, &engine, &err) || cwasm_module_new(engine, spin_wasm, sizeof spin_wasm, &module, &err) ||
        cwasm_store_new(engine, &store, &err) || cwasm_linker_new(engine, &linker, &err))
        fprintf(stderr, "%s\n", err.message);
    else
        status = spin(module, linker, store);
    cwasm_config_free(config);
    cwasm_linker_free(linker);
    cwasm_store_free(store);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    return status;
}
