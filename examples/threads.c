/*
 * threads.c - one module, many instances, several threads.
 *
 * An engine, its modules and linkers of host functions are shared; each thread has stores of its own. The module is checked once, and
 * its functions are translated once, whichever thread calls them first.
 */
#include <pthread.h>
#include <stdio.h>

#include "cwasm.h"
#include "guests.h"

enum { THREADS = 4, INSTANCES = 8, COUNT = 10000 };

typedef struct Worker {
    pthread_t thread;
    cwasm_engine *engine;
    cwasm_module *module;
    cwasm_linker *linker;
    int64_t total;
    cwasm_error err;
} Worker;

static void *work(void *argument)
{
    Worker *w = argument;
    cwasm_store *store;
    if (cwasm_store_new(w->engine, &store, &w->err))
        return NULL;
    for (int i = 0; i < INSTANCES; i++) {
        cwasm_instance *instance;
        cwasm_val n = cwasm_i64(COUNT), count;
        if (cwasm_linker_instantiate(w->linker, store, w->module, &instance, &w->err) ||
            cwasm_func_call(store, cwasm_instance_func(instance, "count_to"), &n, 1, &count, 1, &w->err))
            break;
        w->total += count.of.i64;
    }
    cwasm_store_free(store);
    return NULL;
}

int main(void)
{
    cwasm_engine *engine = NULL;
    cwasm_module *module = NULL;
    cwasm_linker *linker = NULL;
    cwasm_error err;
    Worker workers[THREADS];
    int64_t total = 0;

    if (cwasm_engine_new(NULL, &engine, &err) || cwasm_module_new(engine, counter_wasm, sizeof counter_wasm, &module, &err) ||
        cwasm_linker_new(engine, &linker, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (Worker){ .engine = engine, .module = module, .linker = linker };
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            fprintf(stderr, "no thread\n");
            return 1;
        }
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        total += workers[i].total;
        if (workers[i].err.status)
            fprintf(stderr, "thread %d: %s\n", i, workers[i].err.message);
    }
    printf("%d threads, %d instances each: %lld\n", THREADS, INSTANCES, (long long)total);
    cwasm_linker_free(linker);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    return total == (int64_t)THREADS * INSTANCES * COUNT ? 0 : 1;
}
