/*
 * test_threads.c - one module used by many threads, each with a store of its own: all of them call cold functions at the same moment, so
 * that several want to translate the same function at once. Worth running under ThreadSanitizer.
 */
#include <pthread.h>

#include "cm.h"
#include "fixture.h"

enum { N_THREADS = 8, N_FUNCS = 64, ROUNDS = 6 };

/* N functions that call each other by direct, indirect and tail calls, loop, and touch memory. */
static Wasm make_module(void)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "(module (import \"h\" \"host\" (func $host (param i32) (result i32))) (memory 1) (table %d funcref) (elem (i32.const 0)", N_FUNCS);
    for (int i = 0; i < N_FUNCS; i++)
        fprintf(out, " $f%d", i);
    fprintf(out, ") (type $t (func (param i32) (result i32)))\n");
    for (int i = 0; i < N_FUNCS; i++) {
        fprintf(out, "(func $f%d (export \"f%d\") (type $t) (local i32 i32)\n", i, i);
        fprintf(out, "  i32.const %d local.set 1\n", i % 7 + 1);
        fprintf(out, "  loop $l local.get 2 local.get 0 i32.add i32.const %d i32.xor local.set 2\n", i * 77);
        fprintf(out, "    i32.const %d local.get 2 i32.store i32.const %d i32.load local.set 2\n", i * 4, i * 4);
        fprintf(out, "    local.get 1 i32.const 1 i32.sub local.tee 1 br_if $l end\n");
        if (i == 0)
            fprintf(out, "  local.get 2 call $host)\n");
        else if (i % 3 == 0)
            fprintf(out, "  local.get 2 call $f%d local.get 2 i32.add)\n", i / 2);
        else if (i % 3 == 1)
            fprintf(out, "  local.get 2 i32.const %d call_indirect (type $t) local.get 2 i32.xor)\n", i - 1);
        else
            fprintf(out, "  local.get 2 return_call $f%d)\n", i / 3);
    }
    fprintf(out, "(func (export \"trap\") (type $t) local.get 0 i32.const 0 i32.div_u))\n");
    fclose(out);
    Wasm wasm = wat_parse(text);
    free(text);
    return wasm;
}

static cwasm_trap_code host(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller;
    slots[0] = cwasm_slot_from_i32(cwasm_slot_i32(slots[0]) * 3 + 1);
    return CWASM_TRAP_NONE;
}

typedef struct Worker {
    pthread_t thread;
    pthread_barrier_t *barrier;
    cwasm_engine *engine;
    cwasm_module *module;
    Wasm wasm;
    int id;
    int32_t results[N_FUNCS];
    const char *wrong;
} Worker;

static void *work(void *arg)
{
    Worker *w = arg;
    cwasm_store *store;
    cwasm_linker *linker;
    cwasm_instance *instance;
    cwasm_error err;
    if (cwasm_store_new(w->engine, &store, &err) || cwasm_linker_new(w->engine, &linker, &err) ||
        cwasm_linker_define_func(linker, "h", "host", "i:i", host, NULL, &err) ||
        cwasm_linker_instantiate(linker, store, w->module, &instance, &err)) {
        w->wrong = "no instance";
        pthread_barrier_wait(w->barrier);
        return NULL;
    }
    cwasm_store_set_fuel(store, UINT64_MAX);
    pthread_barrier_wait(w->barrier);
    for (int k = 0; k < N_FUNCS; k++) {
        /* half of them in one order, half in the other, some twisted: they meet everywhere */
        int i = w->id % 2 ? N_FUNCS - 1 - k : w->id % 4 ? k : (k * 37 + w->id) % N_FUNCS;
        char name[16];
        cwasm_val x = cwasm_i32(i + 1), r;
        snprintf(name, sizeof name, "f%d", i);
        if (cwasm_func_call(store, cwasm_instance_func(instance, name), &x, 1, &r, 1, &err))
            w->wrong = "a call failed";
        else
            w->results[i] = r.of.i32;
    }
    /* backtraces translate again, on demand */
    cwasm_val x = cwasm_i32(1), r;
    if (cwasm_func_call(store, cwasm_instance_func(instance, "trap"), &x, 1, &r, 1, &err) != CWASM_TRAP ||
        cwasm_store_trap(store)->n_frames != 1 || cwasm_store_trap(store)->frames[0].offset == CWASM_NO_OFFSET)
        w->wrong = "the trap is wrong";
    /* and each thread loads the module for itself, in the same engine */
    cwasm_module *own;
    if (cwasm_module_new(w->engine, w->wasm.bytes, w->wasm.size, &own, &err) ||
        cwasm_linker_instantiate(linker, store, own, &instance, &err) ||
        cwasm_func_call(store, cwasm_instance_func(instance, "f63"), &x, 1, &r, 1, &err))
        w->wrong = "an own module failed";
    else
        cwasm_module_free(own);   /* before its store */
    cwasm_store_free(store);
    cwasm_linker_free(linker);
    return NULL;
}

static void test_cold_functions(void **state)
{
    (void)state;
    Wasm wasm = make_module();
    const Variant *v;
    int32_t expected[N_FUNCS];
    bool have_expected = false;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        if (v->bounds == CWASM_BOUNDS_GUARD || (v->compile == CWASM_COMPILE_EAGER && (v->fuel || v->interruption)))
            continue;
        for (int round = 0; round < ROUNDS; round++) {
            Worker workers[N_THREADS];
            pthread_barrier_t barrier;
            Fixture f;
            fixture_open(&f, v, wasm);
            pthread_barrier_init(&barrier, NULL, N_THREADS);
            memset(workers, 0, sizeof workers);
            for (int k = 0; k < N_THREADS; k++) {
                workers[k] = (Worker){ .barrier = &barrier, .engine = f.engine, .module = f.module, .wasm = wasm, .id = k };
                assert_int_equal(pthread_create(&workers[k].thread, NULL, work, &workers[k]), 0);
            }
            for (int k = 0; k < N_THREADS; k++)
                pthread_join(workers[k].thread, NULL);
            for (int k = 0; k < N_THREADS; k++) {
                if (workers[k].wrong)
                    fail_msg("%s: thread %d: %s", variant_name(v), k, workers[k].wrong);
                if (!have_expected)
                    memcpy(expected, workers[0].results, sizeof expected);
                have_expected = true;
                assert_memory_equal(workers[k].results, expected, sizeof expected);
            }
            pthread_barrier_destroy(&barrier);
            fixture_close(&f);
        }
    }
    free(wasm.bytes);
}

/* Engines of different kinds at the same time, in different threads: there is no global state. */
static void *own_engine(void *arg)
{
    Worker *w = arg;
    const Variant *v;
    for (size_t i = (size_t)w->id; (v = variant_get(i)); i += N_THREADS) {
        Fixture f;
        cwasm_val x = cwasm_i32(5), r;
        fixture_open(&f, v, w->wasm);
        if (cwasm_linker_define_func(f.linker, "h", "host", "i:i", host, NULL, &f.err))
            w->wrong = "define";
        fixture_instantiate(&f);
        if (fixture_call(&f, "f60", &x, 1, &r, 1))
            w->wrong = "call";
        w->results[0] = r.of.i32;
        fixture_close(&f);
    }
    return NULL;
}

static void test_own_engines(void **state)
{
    (void)state;
    Wasm wasm = make_module();
    Worker workers[N_THREADS];
    variant_get(0);   /* fills its table before there are threads */
    memset(workers, 0, sizeof workers);
    for (int k = 0; k < N_THREADS; k++) {
        workers[k].wasm = wasm;
        workers[k].id = k;
        assert_int_equal(pthread_create(&workers[k].thread, NULL, own_engine, &workers[k]), 0);
    }
    int32_t first = 0;
    for (int k = 0; k < N_THREADS; k++) {
        pthread_join(workers[k].thread, NULL);
        assert_null(workers[k].wrong);
        if (!variant_get((size_t)k))
            continue;
        if (!k)
            first = workers[k].results[0];
        assert_int_equal(workers[k].results[0], first);
    }
    free(wasm.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_cold_functions), cmocka_unit_test(test_own_engines) };
    return RUN(tests);
}
