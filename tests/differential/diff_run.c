/*
 * diff_run.c - runs every exported function of a module in every variant of the engine and demands equal outcomes.
 *
 *     diff_run [--quick] MODULE.wasm...
 *
 * Prints for each module what happened, as text that another engine's run can be compared with (run.py does that with Wasmtime): a line per
 * call, and at the end globals and a hash of each memory. Arguments come from a fixed list of interesting values. Exit status 1 if two
 * variants differ.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

enum { ROUNDS = 3, MAX_VALUES = 64 };

/* Values that break things; the k-th parameter of the r-th round takes number r * 7 + k * 3 + function. */
static const int32_t i32s[] = { 0, 1, -1, 7, 31, 32, 100, 255, 65535, 65536, INT32_MAX, INT32_MIN, -7, 0x12345678, 4, 2 };
static const int64_t i64s[] = { 0,         1,         -1, 7,          63, 64, 0x100000000,  0xffffffff, INT64_MAX, INT64_MIN, -7, 0x123456789abcdef0, 0x7fffffff,
                                -INT64_C(0x80000001), 4, 2 };
static const uint32_t f32s[] = { 0,          0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0x00000001,
                                 0x4f000000, 0xcf000000, 0x3f000000, 0x42c80000, 0x7f7fffff, 0x4b800001, 0x5f000000, 0x40490fdb };
static const uint64_t f64s[] = { 0, 0x8000000000000000, 0x3ff0000000000000, 0xbff0000000000000, 0x7ff0000000000000, 0xfff0000000000000,
                                 0x7ff8000000000000, 1, 0x41e0000000000000, 0xc1e0000000000000, 0x3fe0000000000000, 0x4059000000000000,
                                 0x7fefffffffffffff, 0x43e0000000000000, 0x41dfffffffc00000, 0x400921fb54442d18 };

static cwasm_val argument(cwasm_valtype type, unsigned n)
{
    cwasm_val v = cwasm_null(type);
    n %= 16;
    switch (type) {
    case CWASM_I32: return cwasm_i32(i32s[n]);
    case CWASM_I64: return cwasm_i64(i64s[n]);
    case CWASM_F32: memcpy(&v.of.f32, &f32s[n], 4); return v;
    case CWASM_F64: memcpy(&v.of.f64, &f64s[n], 8); return v;
    case CWASM_V128:
        memcpy(&v.of.v128, &f64s[n], 8);
        memcpy(&v.of.v128[8], &f32s[(n + 5) % 15], 8);
        return v;
    case CWASM_EXTERNREF: return n % 3 ? cwasm_externref(n) : v;
    default: return v;
    }
}

static void print_value(FILE *out, const cwasm_val *v)
{
    uint32_t bits32;
    uint64_t bits64;
    switch (v->type) {
    case CWASM_I32: fprintf(out, " %" PRId32, v->of.i32); break;
    case CWASM_I64: fprintf(out, " %" PRId64, v->of.i64); break;
    case CWASM_F32:
        memcpy(&bits32, &v->of.f32, 4);
        fprintf(out, " f%" PRIx32, (bits32 & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits32);
        break;
    case CWASM_F64:
        memcpy(&bits64, &v->of.f64, 8);
        fprintf(out, " d%" PRIx64, (bits64 & INT64_MAX) > 0x7ff0000000000000 ? 0x7ff8000000000000 : bits64);
        break;
    case CWASM_V128:
        fputs(" v", out);
        for (int i = 16; i-- > 0;)
            fprintf(out, "%02x", v->of.v128[i]);
        break;
    default: fprintf(out, v->of.ref ? " ref" : " null"); break;
    }
}

static cwasm_trap_code nothing(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller, (void)slots;
    return CWASM_TRAP_NONE;
}

/* Every function import becomes a host function that gives its first arguments back, or zeros. */
static void define_imports(Fixture *f)
{
    for (size_t i = 0; i < cwasm_module_n_imports(f->module); i++) {
        cwasm_import import = cwasm_module_import(f->module, i);
        cwasm_extern ext = { .kind = import.type.kind };
        char signature[256], *p = signature;
        if (import.type.kind != CWASM_EXTERN_FUNC)
            continue;
        for (int side = 0; side < 2; side++) {
            const cwasm_valtype *types = side ? import.type.func.results : import.type.func.params;
            for (uint32_t k = 0; k < (side ? import.type.func.n_results : import.type.func.n_params) && p < signature + 200; k++)
                *p++ = types[k] == CWASM_I32 ? 'i' : types[k] == CWASM_I64 ? 'I' : types[k] == CWASM_F32 ? 'f' : types[k] == CWASM_F64 ? 'F'
                       : types[k] == CWASM_V128 ? 'V' : types[k] == CWASM_FUNCREF ? 'p' : 'e';
            *p++ = side ? 0 : ':';
        }
        if (!cwasm_func_new(f->store, signature, nothing, NULL, &ext.of.func, NULL))
            (void)!cwasm_linker_define(f->linker, import.module, import.module_size, import.name, import.name_size, &ext, NULL);
    }
}

static uint64_t hash_memory(cwasm_memory *memory)
{
    uint64_t hash = 0xcbf29ce484222325, size = cwasm_memory_size(memory);
    const uint8_t *bytes = cwasm_memory_view(memory, 0, size);
    for (uint64_t i = 0; i < size; i += 8) {   /* sizes are multiples of a page; zero words change nothing but the count */
        uint64_t word = 0;
        for (int k = 0; k < 8; k++)
            word |= (uint64_t)bytes[i + (uint64_t)k] << 8 * k;
        if (word)
            hash = (hash ^ word ^ i) * 0x100000001b3;
    }
    return hash;
}

/* Runs a module in one variant; the text of what happened, to be freed. */
static char *run(const Variant *v, Wasm wasm, const char *path)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    Fixture f = { 0 };
    cwasm_config *config = variant_config(v);
    cwasm_status status = cwasm_config_feature(config, "all", true);
    if (!status)
        status = cwasm_engine_new(config, &f.engine, &f.err);
    cwasm_config_free(config);
    if (!status)
        status = cwasm_module_new(f.engine, wasm.bytes, wasm.size, &f.module, &f.err);
    if (!status && !(status = cwasm_store_new(f.engine, &f.store, &f.err)) && !(status = cwasm_linker_new(f.engine, &f.linker, &f.err))) {
        cwasm_store_set_fuel(f.store, INT64_MAX);
        cwasm_store_limit_memory(f.store, 64 << 20);
        define_imports(&f);
        status = cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err);
    }
    if (status)
        fprintf(out, "%s: %s\n", status == CWASM_TRAP ? "instance" : cwasm_status_name(status), status == CWASM_TRAP ? cwasm_trap_text(cwasm_store_trap(f.store)->code) : f.err.message);
    size_t n_exports = status ? 0 : cwasm_module_n_exports(f.module);
    for (unsigned round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < n_exports; i++) {
            cwasm_export export = cwasm_module_export(f.module, i);
            cwasm_extern ext;
            cwasm_val args[MAX_VALUES], results[MAX_VALUES];
            if (export.type.kind != CWASM_EXTERN_FUNC || export.type.func.n_params > MAX_VALUES || export.type.func.n_results > MAX_VALUES)
                continue;
            cwasm_instance_export(f.instance, export.name, export.name_size, &ext);
            cwasm_functype type = cwasm_func_type(ext.of.func);
            for (uint32_t k = 0; k < type.n_params; k++)
                args[k] = argument(type.params[k], round * 7 + k * 3 + (unsigned)i);
            status = cwasm_func_call(f.store, ext.of.func, args, type.n_params, results, type.n_results, &f.err);
            fprintf(out, "%u #%zu:", round, i);
            if (status == CWASM_TRAP)
                fprintf(out, " trap %s", cwasm_trap_text(cwasm_store_trap(f.store)->code));
            else if (status)
                fprintf(out, " %s %s", cwasm_status_name(status), f.err.message);
            for (uint32_t k = 0; !status && k < type.n_results; k++)
                print_value(out, &results[k]);
            fputc('\n', out);
        }
    for (size_t i = 0; i < n_exports; i++) {
        cwasm_export export = cwasm_module_export(f.module, i);
        cwasm_extern ext;
        cwasm_instance_export(f.instance, export.name, export.name_size, &ext);
        if (ext.kind == CWASM_EXTERN_GLOBAL) {
            cwasm_val val = cwasm_global_get(ext.of.global);
            fprintf(out, "global #%zu:", i);
            print_value(out, &val);
            fputc('\n', out);
        } else if (ext.kind == CWASM_EXTERN_MEMORY) {
            fprintf(out, "memory #%zu: %" PRIu64 " %016" PRIx64 "\n", i, cwasm_memory_size(ext.of.memory), hash_memory(ext.of.memory));
        } else if (ext.kind == CWASM_EXTERN_TABLE) {
            fprintf(out, "table #%zu: %" PRIu64 "\n", i, cwasm_table_size(ext.of.table));
        }
    }
    fixture_close(&f);
    fclose(out);
    (void)path;
    return text;
}

/* The first line in which two texts differ. */
static void print_difference(const char *a, const char *b)
{
    while (*a && *b) {
        int la = (int)strcspn(a, "\n"), lb = (int)strcspn(b, "\n");
        if (la != lb || strncmp(a, b, (size_t)la)) {
            printf("  - %.*s\n  + %.*s\n", la, a, lb, b);
            return;
        }
        a += la + (a[la] != 0);
        b += lb + (b[lb] != 0);
    }
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && !strcmp(argv[1], "--quick");
    int failures = 0;
    for (int i = 1 + quick; i < argc; i++) {
        Wasm wasm = file_read(argv[i]);
        char *first = NULL;
        const Variant *v;
        printf("module %s\n", argv[i]);
        fflush(stdout);
        for (size_t k = 0; (v = quick ? variant_dispatcher(k) : variant_get(k)); k++) {
            char *text = run(v, wasm, argv[i]);
            if (!first) {
                first = text;
                fputs(text, stdout);
                fflush(stdout);
                continue;
            }
            if (strcmp(first, text)) {
                printf("DIFFERENT with %s:\n", variant_name(v));
                print_difference(first, text);
                failures++;
            }
            free(text);
        }
        free(first);
        free(wasm.bytes);
    }
    return failures ? 1 : 0;
}
