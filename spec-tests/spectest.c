/* spectest.c - see spectest.h. The print functions print nothing: nobody reads it, and it would cost time. */
#include "spectest.h"

#include <string.h>

static cwasm_trap_code print_nothing(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller, (void)slots;
    return CWASM_TRAP_NONE;
}

static cwasm_status define(cwasm_linker *linker, const char *name, cwasm_extern ext, cwasm_error *err)
{
    return cwasm_linker_define(linker, "spectest", 8, name, strlen(name), &ext, err);
}

static cwasm_status define_global(cwasm_linker *linker, cwasm_store *store, const char *name, cwasm_val val, cwasm_error *err)
{
    cwasm_extern ext = { .kind = CWASM_EXTERN_GLOBAL };
    cwasm_status status = cwasm_global_new(store, &val, false, &ext.of.global, err);
    return status ? status : define(linker, name, ext, err);
}

static cwasm_status define_table(cwasm_linker *linker, cwasm_store *store, const char *name, bool is64, cwasm_error *err)
{
    cwasm_extern ext = { .kind = CWASM_EXTERN_TABLE };
    cwasm_limits limits = { .min = 10, .max = 20, .has_max = true, .is64 = is64 };
    cwasm_status status = cwasm_table_new(store, CWASM_FUNCREF, &limits, NULL, &ext.of.table, err);
    return status ? status : define(linker, name, ext, err);
}

static cwasm_status define_memory(cwasm_linker *linker, cwasm_store *store, const char *name, bool shared, cwasm_error *err)
{
    cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY };
    cwasm_limits limits = { .min = 1, .max = 2, .has_max = true, .shared = shared, .page_log2 = 16 };
    cwasm_status status = cwasm_memory_new(store, &limits, &ext.of.memory, err);
    return status ? status : define(linker, name, ext, err);
}

cwasm_status spectest_define(cwasm_linker *linker, cwasm_store *store, const char *missing[5], cwasm_error *err)
{
    static const char *const prints[][2] = {
        { "print", ":" },         { "print_i32", "i:" },      { "print_i64", "I:" },     { "print_f32", "f:" },
        { "print_f64", "F:" },    { "print_i32_f32", "if:" }, { "print_f64_f64", "FF:" },
    };
    cwasm_status status;
    size_t n_missing = 0;
    for (size_t i = 0; i < sizeof prints / sizeof *prints; i++)
        if ((status = cwasm_linker_define_func(linker, "spectest", prints[i][0], prints[i][1], print_nothing, NULL, err)))
            return status;
    if ((status = define_global(linker, store, "global_i32", cwasm_i32(666), err)) ||
        (status = define_global(linker, store, "global_i64", cwasm_i64(666), err)) ||
        (status = define_global(linker, store, "global_f32", cwasm_f32(666.6f), err)) ||
        (status = define_global(linker, store, "global_f64", cwasm_f64(666.6), err)) ||
        (status = define_table(linker, store, "table", false, err)) ||
        (status = define_memory(linker, store, "memory", false, err)))
        return status;
    if ((status = define_table(linker, store, "table64", true, err)))
        missing[n_missing++] = "table64";
    if (status && status != CWASM_UNSUPPORTED)
        return status;
    if ((status = define_memory(linker, store, "shared_memory", true, err)))
        missing[n_missing++] = "shared_memory";
    missing[n_missing] = NULL;
    return status == CWASM_UNSUPPORTED ? CWASM_OK : status;
}
