/*
 * instances.c - what instances cost inside one process: making, calling and dropping them in three ways, and holding thousands of them.
 *
 *   instances latency MODULE EXPORT RUNS   each way RUNS times: fresh (module instantiated), prepared (images), pooled (put back to the beginning);
 *                                          EXPORT is called once per instance; prints "WAY minimum median p99 mean" in nanoseconds
 *   instances rate MODULE EXPORT SECONDS THREADS   pooled instances made, called and given back per second by all threads
 *   instances density MODULE EXPORT N      N instances, each with its own store, memory and WASI, after one call; then one call through each
 *
 * Standard output of the guests goes to a callback that drops it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cwasm.h"

static const char *export_name;

static void die(const char *what, const cwasm_error *err)
{
    fprintf(stderr, "instances: %s%s%s\n", what, err ? ": " : "", err ? err->message : "");
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static ptrdiff_t drop(void *ctx, const void *bytes, size_t size)
{
    (void)ctx;
    (void)bytes;
    return (ptrdiff_t)size;
}

typedef struct Bench {
    cwasm_engine *engine;
    cwasm_module *module;
    cwasm_linker *linker;
    cwasm_prepared *prepared;
    cwasm_pool *pool;
} Bench;

static void *file_bytes(const char *path, size_t *size)
{
    FILE *in = fopen(path, "rb");
    if (!in || fseek(in, 0, SEEK_END))
        die(path, NULL);
    *size = (size_t)ftell(in);
    rewind(in);
    void *bytes = malloc(*size + 1);
    if (!bytes || fread(bytes, 1, *size, in) != *size)
        die(path, NULL);
    fclose(in);
    return bytes;
}

static void open_bench(Bench *b, const char *path, size_t max_idle)
{
    cwasm_error err;
    size_t size;
    void *bytes = file_bytes(path, &size);
    if (cwasm_engine_new(NULL, &b->engine, &err) || cwasm_module_new(b->engine, bytes, size, &b->module, &err) ||
        cwasm_linker_new(b->engine, &b->linker, &err) || cwasm_wasi_define(NULL, b->linker, &err) ||
        cwasm_linker_prepare(b->linker, b->module, &b->prepared, &err) || cwasm_pool_new(b->prepared, max_idle, &b->pool, &err))
        die(path, &err);
    free(bytes);
}

static void close_bench(Bench *b)
{
    cwasm_pool_free(b->pool);
    cwasm_prepared_free(b->prepared);
    cwasm_linker_free(b->linker);
    cwasm_module_free(b->module);
    cwasm_engine_free(b->engine);
}

static cwasm_wasi *new_wasi(void)
{
    cwasm_error err;
    cwasm_wasi *wasi;
    static const char *const args[] = { "guest" };
    if (cwasm_wasi_new(NULL, &wasi, &err) || cwasm_wasi_args(wasi, 1, args, &err) || cwasm_wasi_stdout_callback(wasi, 1, drop, NULL, &err))
        die("wasi", &err);
    return wasi;
}

/* Calls an export with as many i32 as it wants; ends at anything but success or exit code 0. */
static int call(cwasm_store *store, cwasm_instance *instance, const char *name, int argument)
{
    cwasm_error err;
    cwasm_func *func = cwasm_instance_func(instance, name);
    if (!func)
        die(name, NULL);
    cwasm_functype type = cwasm_func_type(func);
    cwasm_val in = cwasm_i32(argument), out = cwasm_i32(0);
    cwasm_status status = cwasm_func_call(store, func, &in, type.n_params, &out, type.n_results, &err);
    if (status && !(status == CWASM_EXIT && cwasm_store_exit_code(store) == 0))
        die(name, &err);
    return out.of.i32;
}

static void start(cwasm_store *store, cwasm_instance *instance)
{
    if (cwasm_instance_func(instance, "_initialize"))
        call(store, instance, "_initialize", 0);
}

typedef enum Way { FRESH, PREPARED, POOLED } Way;
static const char *const way_names[] = { "fresh", "prepared", "pooled" };

static void once(const Bench *b, Way way, int number)
{
    cwasm_error err;
    cwasm_store *store;
    cwasm_instance *instance;
    cwasm_wasi *wasi = new_wasi();
    if (way == POOLED ? cwasm_pool_take(b->pool, &store, &err) : cwasm_store_new(b->engine, &store, &err))
        die("store", &err);
    if (cwasm_wasi_attach(wasi, store, &err) ||
        (way == FRESH ? cwasm_linker_instantiate(b->linker, store, b->module, &instance, &err)
                      : cwasm_prepared_instantiate(b->prepared, store, &instance, &err)))
        die("instance", &err);
    start(store, instance);
    call(store, instance, export_name, number);
    if (way == POOLED)
        cwasm_pool_give(b->pool, store);
    else
        cwasm_store_free(store);
    cwasm_wasi_free(wasi);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void latency(const char *path, int runs)
{
    Bench b;
    double *times = malloc((size_t)runs * sizeof *times);
    open_bench(&b, path, 4);
    if (!times)
        die("memory", NULL);
    for (int way = FRESH; way <= POOLED; way++) {
        double sum = 0;
        for (int i = -20; i < runs; i++) {   /* the first ones translate */
            double from = now();
            once(&b, (Way)way, i);
            if (i >= 0)
                sum += times[i] = now() - from;
        }
        qsort(times, (size_t)runs, sizeof *times, by_value);
        printf("%s %.0f %.0f %.0f %.0f\n", way_names[way], times[0], times[runs / 2], times[runs - 1 - runs / 100], sum / runs);
    }
    free(times);
    close_bench(&b);
}

/* ---- Rate ---- */

typedef struct Worker {
    pthread_t thread;
    const Bench *bench;
    double until;
    long n;
} Worker;

static void *work(void *arg)
{
    Worker *w = arg;
    while (now() < w->until)
        for (int i = 0; i < 16; i++, w->n++)
            once(w->bench, POOLED, i);
    return NULL;
}

static void rate(const char *path, double seconds, int n_threads)
{
    Bench b;
    Worker workers[64];
    long sum = 0;
    if (n_threads < 1 || n_threads > 64)
        die("1 to 64 threads", NULL);
    open_bench(&b, path, 64);
    double from = now();
    for (int i = 0; i < n_threads; i++) {
        workers[i] = (Worker){ .bench = &b, .until = from + seconds * 1e9 };
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
            die("no thread", NULL);
    }
    for (int i = 0; i < n_threads; i++) {
        pthread_join(workers[i].thread, NULL);
        sum += workers[i].n;
    }
    printf("rate %.0f\n", (double)sum * 1e9 / (now() - from));
    close_bench(&b);
}

/* ---- Density ---- */

static long status_kib(const char *field)
{
    char line[256];
    long value = -1;
    FILE *in = fopen("/proc/self/status", "r");
    while (in && fgets(line, sizeof line, in))
        if (!strncmp(line, field, strlen(field)))
            value = atol(line + strlen(field) + 1);
    if (in)
        fclose(in);
    return value;
}

static long mappings(void)
{
    long n = 0;
    FILE *in = fopen("/proc/self/maps", "r");
    for (int c; in && (c = getc(in)) != EOF;)
        n += c == '\n';
    if (in)
        fclose(in);
    return n;
}

typedef struct Idle { cwasm_store *store; cwasm_instance *instance; cwasm_wasi *wasi; } Idle;

static void density(const char *path, int n)
{
    Bench b;
    cwasm_error err;
    Idle *idle = malloc((size_t)n * sizeof *idle);
    if (!idle)
        die("memory", NULL);
    open_bench(&b, path, 4);
    once(&b, PREPARED, 0);
    long rss = status_kib("VmRSS"), maps = mappings();
    double from = now();
    for (int i = 0; i < n; i++) {
        Idle *d = &idle[i];
        d->wasi = new_wasi();
        if (cwasm_store_new(b.engine, &d->store, &err) || cwasm_wasi_attach(d->wasi, d->store, &err) ||
            cwasm_prepared_instantiate(b.prepared, d->store, &d->instance, &err))
            die("instance", &err);
        start(d->store, d->instance);
        call(d->store, d->instance, export_name, i);
    }
    double started = now();
    long rss_idle = status_kib("VmRSS"), maps_idle = mappings();
    double called = now();
    for (int i = 0; i < n; i++)
        call(idle[i].store, idle[i].instance, export_name, i);
    double done = now();
    printf("instances %d\nstart_seconds %.3f\nkib_each %.1f\nmappings_each %.2f\nrequest_microseconds %.2f\n", n, (started - from) / 1e9,
           (double)(rss_idle - rss) / n, (double)(maps_idle - maps) / n, (done - called) / 1e3 / n);
    for (int i = 0; i < n; i++) {
        cwasm_store_free(idle[i].store);
        cwasm_wasi_free(idle[i].wasi);
    }
    free(idle);
    close_bench(&b);
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: instances latency MODULE EXPORT RUNS | rate MODULE EXPORT SECONDS THREADS | density MODULE EXPORT N\n");
        return 2;
    }
    export_name = argv[3];
    if (!strcmp(argv[1], "latency") && atoi(argv[4]) > 0)
        latency(argv[2], atoi(argv[4]));
    else if (!strcmp(argv[1], "rate") && argc == 6)
        rate(argv[2], atof(argv[4]), atoi(argv[5]));
    else if (!strcmp(argv[1], "density") && atoi(argv[4]) > 0)
        density(argv[2], atoi(argv[4]));
    else
        return 2;
    return 0;
}
