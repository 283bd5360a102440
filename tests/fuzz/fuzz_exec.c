/*
 * fuzz_exec.c - libFuzzer target: instantiate what is valid, call its exports with fuel and limits, in two variants that must agree.
 *
 * The first byte chooses the variant that is compared with the plain one, the rest is the module. Variants that can be interrupted have threads, too:
 * a guest that waits for nobody waits for ever and uses no fuel, so a second thread interrupts runs that take long. What those did is not compared.
 *
 * Functions run in place only where no fuel is counted. Such a variant gets what the plain one has ended with fuel left: it ends as well.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <time.h>

#include "cwasm.h"

enum { MAX_CALLS = 16, MAX_VALUES = 16, FUEL = 20000, INTERRUPTIBLE = 2, N_FUELED = 32, N_VARIANTS = 36, TICK_MS = 20, TICKS = 4 };

typedef struct Outcome {
    cwasm_status instance, status[MAX_CALLS];
    cwasm_trap_code trap[MAX_CALLS];
    uint64_t result[MAX_CALLS];
    uint64_t fuel, memory;
    uint32_t n;
    bool interrupted;
} Outcome;

/* ---- Runs that take long ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static cwasm_store *watched;   /* under the lock, as the rest */
static unsigned ticks;

static void *watch(void *unused)
{
    const struct timespec tick = { .tv_nsec = TICK_MS * 1000000 };
    (void)unused;
    for (;;) {
        nanosleep(&tick, NULL);
        pthread_mutex_lock(&lock);
        if (watched && ++ticks > TICKS)
            cwasm_store_interrupt(watched);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static void set_watched(cwasm_store *store)
{
    static bool started;
    pthread_t thread;
    pthread_mutex_lock(&lock);
    watched = store;
    ticks = 0;
    if (!started && pthread_create(&thread, NULL, watch, NULL))
        abort();
    started = true;
    pthread_mutex_unlock(&lock);
}

/* ---- One run ---- */

static cwasm_trap_code host(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)slots;
    uint8_t *view = cwasm_caller_view(caller, 0, 1);
    if (view)
        *view ^= 1;
    return CWASM_TRAP_NONE;
}

static char letter(cwasm_valtype type)
{
    switch (type) {
    case CWASM_I32: return 'i';
    case CWASM_I64: return 'I';
    case CWASM_F32: return 'f';
    case CWASM_F64: return 'F';
    case CWASM_V128: return 'V';
    case CWASM_FUNCREF: return 'p';
    default: return 'e';
    }
}

/* Something of the right type for every import. */
static void define_imports(cwasm_linker *linker, cwasm_store *store, const cwasm_module *module)
{
    for (size_t i = 0; i < cwasm_module_n_imports(module) && i < 50; i++) {
        cwasm_import import = cwasm_module_import(module, i);
        const cwasm_externtype *type = &import.type;
        cwasm_extern ext = { .kind = type->kind };
        cwasm_status status = CWASM_ARGUMENT;
        cwasm_val init = cwasm_null(type->type);
        char signature[80], *p = signature;
        switch (type->kind) {
        case CWASM_EXTERN_FUNC:
            if (type->func.n_params > 30 || type->func.n_results > type->func.n_params)
                break;   /* the host function leaves its slots alone: results must have been there */
            for (uint32_t k = 0; k < type->func.n_params; k++)
                *p++ = letter(type->func.params[k]);
            *p++ = ':';
            bool same = true;
            for (uint32_t k = 0; k < type->func.n_results; k++) {
                same = same && type->func.results[k] == type->func.params[k];
                *p++ = letter(type->func.results[k]);
            }
            *p = 0;
            if (same)
                status = cwasm_func_new(store, signature, host, NULL, &ext.of.func, NULL);
            break;
        case CWASM_EXTERN_MEMORY: status = cwasm_memory_new(store, &type->limits, &ext.of.memory, NULL); break;
        case CWASM_EXTERN_TABLE: status = cwasm_table_new(store, type->type, &type->limits, NULL, &ext.of.table, NULL); break;
        case CWASM_EXTERN_GLOBAL: status = cwasm_global_new(store, &init, type->is_mutable, &ext.of.global, NULL); break;
        case CWASM_EXTERN_TAG: break;
        }
        if (status == CWASM_OK)
            (void)!cwasm_linker_define(linker, import.module, import.module_size, import.name, import.name_size, &ext, NULL);
    }
}

static void run(cwasm_engine *engine, bool fueled, const uint8_t *data, size_t size, Outcome *o)
{
    cwasm_module *module = NULL;
    cwasm_store *store = NULL;
    cwasm_linker *linker = NULL;
    cwasm_instance *instance = NULL;
    cwasm_error err;
    memset(o, 0, sizeof *o);
    if ((o->instance = cwasm_module_new(engine, data, size, &module, &err)))
        return;
    if (cwasm_store_new(engine, &store, &err) || cwasm_linker_new(engine, &linker, &err))
        abort();
    if (fueled)
        cwasm_store_set_fuel(store, FUEL);
    cwasm_store_limit_memory(store, 16 << 20);
    cwasm_store_limit_table(store, 100000);
    define_imports(linker, store, module);
    set_watched(store);
    o->instance = cwasm_linker_instantiate(linker, store, module, &instance, &err);
    o->interrupted = o->instance == CWASM_TRAP && cwasm_store_trap(store)->code == CWASM_TRAP_INTERRUPTED;
    for (size_t i = 0; o->instance == CWASM_OK && !o->interrupted && i < cwasm_module_n_exports(module) && o->n < MAX_CALLS; i++) {
        cwasm_export export = cwasm_module_export(module, i);
        cwasm_extern ext;
        cwasm_val args[MAX_VALUES], results[MAX_VALUES];
        if (!cwasm_instance_export(instance, export.name, export.name_size, &ext))
            abort();
        if (ext.kind == CWASM_EXTERN_MEMORY)
            o->memory += cwasm_memory_size(ext.of.memory);
        if (ext.kind != CWASM_EXTERN_FUNC)
            continue;
        cwasm_functype type = cwasm_func_type(ext.of.func);
        if (type.n_params > MAX_VALUES || type.n_results > MAX_VALUES)
            continue;
        for (uint32_t k = 0; k < type.n_params; k++) {
            args[k] = cwasm_null(type.params[k]);
            if (!cwasm_valtype_is_ref(type.params[k]))
                args[k].of.bits[0] = type.params[k] == CWASM_F32 ? 0x40000000 : type.params[k] == CWASM_F64 ? 0x4000000000000000 : k + 1;
        }
        o->status[o->n] = cwasm_func_call(store, ext.of.func, args, type.n_params, results, type.n_results, &err);
        if (o->status[o->n] == CWASM_TRAP) {
            const cwasm_trap *trap = cwasm_store_trap(store);
            o->trap[o->n] = trap->code;
            o->interrupted = trap->code == CWASM_TRAP_INTERRUPTED;
            for (uint32_t k = 0; k < trap->n_frames; k++)
                if (trap->frames[k].offset != CWASM_NO_OFFSET && trap->frames[k].offset >= size)
                    abort();
        } else if (o->status[o->n] == CWASM_OK) {
            for (uint32_t k = 0; k < type.n_results; k++)
                if (type.results[k] == CWASM_I32 || type.results[k] == CWASM_I64)   /* bits of a NaN may differ between code variants */
                    o->result[o->n] = o->result[o->n] * 31 + results[k].of.bits[0];
        }
        o->n++;
    }
    if (fueled)
        o->fuel = cwasm_store_fuel(store);
    set_watched(NULL);
    cwasm_store_free(store);
    cwasm_linker_free(linker);
    cwasm_module_free(module);
}

static cwasm_engine *make_engine(unsigned variant)
{
    cwasm_config *config = cwasm_config_new();
    cwasm_engine *engine;
    cwasm_error err;
    if (variant >= N_FUELED) {
        static const uint32_t tier_up[N_VARIANTS - N_FUELED] = { 1, 2, 10, UINT32_MAX };
        (void)!cwasm_config_feature(config, "threads", false);
        cwasm_config_tier_up(config, tier_up[variant - N_FUELED]);
    } else {
        (void)!cwasm_config_feature(config, "threads", variant & INTERRUPTIBLE);
        cwasm_config_fuel(config, true);
        cwasm_config_compile(config, variant & 1 ? CWASM_COMPILE_EAGER : CWASM_COMPILE_LAZY);
        cwasm_config_interruption(config, variant & INTERRUPTIBLE);
        if (variant & 4)
            (void)!cwasm_config_bounds(config, CWASM_BOUNDS_GUARD);   /* not everywhere */
        for (unsigned d = CWASM_DISPATCH_SWITCH; d <= CWASM_DISPATCH_TAIL; d++)
            if (variant >> 3 == d && cwasm_has_dispatch((cwasm_dispatch)d))
                (void)!cwasm_config_dispatch(config, (cwasm_dispatch)d);
    }
    if (cwasm_engine_new(config, &engine, &err))
        abort();
    cwasm_config_free(config);
    return engine;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static cwasm_engine *engines[N_VARIANTS];
    static Outcome plain, other;
    if (size < 9)
        return 0;
    unsigned variant = data[0] % N_VARIANTS;
    uint8_t *module = malloc(size - 1);
    if (!module)
        abort();
    memcpy(module, data + 1, size - 1);
    bool fueled = variant < N_FUELED;
    unsigned base = fueled ? variant & INTERRUPTIBLE : 0;
    if (!engines[base])
        engines[base] = make_engine(base);
    run(engines[base], true, module, size - 1, &plain);
    if (plain.instance == CWASM_OK && variant != base && !plain.interrupted && (fueled || plain.fuel)) {
        if (!engines[variant])
            engines[variant] = make_engine(variant);
        run(engines[variant], fueled, module, size - 1, &other);
        if (!fueled)
            other.fuel = plain.fuel;
        if (!other.interrupted && memcmp(&plain, &other, sizeof plain)) {
            fprintf(stderr, "variant %u differs from the plain one\n", variant);
            abort();
        }
    }
    free(module);
    return 0;
}
