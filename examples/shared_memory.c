/*
 * shared_memory.c - a guest on several threads: one instance per thread, each in a store of its own, over one shared memory.
 *
 * Four workers count with atomic additions; the main thread waits for them inside the guest (memory.atomic.wait), until the last one notifies it.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "cwasm.h"
#include "guests.h"

enum { WORKERS = 4, COUNT = 10000 };

typedef struct Worker {
    pthread_t thread;
    cwasm_engine *engine;
    cwasm_module *module;
    cwasm_linker *linker;
    cwasm_error err;
} Worker;

static void *work(void *argument)
{
    Worker *w = argument;
    cwasm_store *store;
    cwasm_instance *instance;
    cwasm_val n = cwasm_i32(COUNT);
    if (cwasm_store_new(w->engine, &store, &w->err))
        return NULL;
    if (cwasm_linker_instantiate(w->linker, store, w->module, &instance, &w->err) == CWASM_OK)
        (void)!cwasm_func_call(store, cwasm_instance_func(instance, "work"), &n, 1, NULL, 0, &w->err);
    cwasm_store_free(store);
    return NULL;
}

int main(void)
{
    cwasm_engine *engine;
    cwasm_module *module;
    cwasm_linker *linker;
    cwasm_store *store;
    cwasm_instance *instance;
    cwasm_shared_memory *shared;
    cwasm_error err;
    Worker workers[WORKERS];
    const cwasm_limits limits = { .min = 1, .max = 1, .has_max = true, .shared = true, .page_log2 = 16 };

    if (cwasm_engine_new(NULL, &engine, &err) || cwasm_module_new(engine, team_wasm, sizeof team_wasm, &module, &err) ||
        cwasm_linker_new(engine, &linker, &err) || cwasm_store_new(engine, &store, &err) ||
        cwasm_shared_memory_new(engine, &limits, &shared, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    /* The linker keeps the memory, and gives it to every instance it makes. */
    cwasm_memory *memory = cwasm_shared_memory_memory(shared);
    cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY, .of.memory = memory };
    if (cwasm_linker_define(linker, "env", 3, "memory", 6, &ext, &err) ||
        cwasm_linker_instantiate(linker, store, module, &instance, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    const int32_t at_work = WORKERS;
    memcpy(cwasm_memory_view(memory, 4, 4), &at_work, 4);   /* before anybody else sees it (on a little-endian host) */

    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (Worker){ .engine = engine, .module = module, .linker = linker };
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            fprintf(stderr, "no thread\n");
            return 1;
        }
    }
    cwasm_val count = cwasm_i32(0);
    if (cwasm_func_call(store, cwasm_instance_func(instance, "wait"), NULL, 0, &count, 1, &err))
        fprintf(stderr, "%s\n", err.message);
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(workers[i].thread, NULL);
        if (workers[i].err.status)
            fprintf(stderr, "worker %d: %s\n", i, workers[i].err.message);
    }
    printf("%d workers counted to %d\n", WORKERS, count.of.i32);
    cwasm_store_free(store);
    cwasm_linker_free(linker);
    cwasm_shared_memory_free(shared);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    return count.of.i32 == WORKERS * COUNT ? 0 : 1;
}
