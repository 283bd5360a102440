/*
 * pool.c - one request, one instance: a pool hands out instances that know nothing of each other, each as new, in a few microseconds.
 */
#include <stdio.h>

#include "cwasm.h"
#include "guests.h"

int main(void)
{
    cwasm_engine *engine = NULL;
    cwasm_module *module = NULL;
    cwasm_linker *linker = NULL;
    cwasm_prepared *prepared = NULL;
    cwasm_pool *pool = NULL;
    cwasm_error err;
    int64_t total = 0;

    if (cwasm_engine_new(NULL, &engine, &err) || cwasm_module_new(engine, counter_wasm, sizeof counter_wasm, &module, &err) ||
        cwasm_linker_new(engine, &linker, &err) || cwasm_linker_prepare(linker, module, &prepared, &err) ||
        cwasm_pool_new(prepared, 4, &pool, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    for (int request = 0; request < 1000; request++) {
        cwasm_store *store;
        cwasm_instance *instance;
        cwasm_val n = cwasm_i64(10), count = cwasm_i64(0);
        if (cwasm_pool_take(pool, &store, &err)) {
            fprintf(stderr, "%s\n", err.message);
            return 1;
        }
        /* the guest counts up in a global, which begins at 0 for each request */
        if (cwasm_prepared_instantiate(prepared, store, &instance, &err) ||
            cwasm_func_call(store, cwasm_instance_func(instance, "count_to"), &n, 1, &count, 1, &err))
            fprintf(stderr, "%s\n", err.message);
        total += count.of.i64;
        cwasm_pool_give(pool, store);
    }
    printf("1000 requests: %lld\n", (long long)total);
    cwasm_pool_free(pool);
    cwasm_prepared_free(prepared);
    cwasm_linker_free(linker);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    return total == 10000 ? 0 : 1;
}
