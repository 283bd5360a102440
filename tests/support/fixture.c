/* fixture.c - see fixture.h. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define UNDER_TSAN 1   /* no room for guard pages beside the shadow memory */
#else
#define UNDER_TSAN 0
#endif

static void must(cwasm_status status, const char *what, const cwasm_error *err)
{
    if (status == CWASM_OK)
        return;
    fprintf(stderr, "%s: %s: %s\n", what, cwasm_status_name(status), err ? err->message : "");
    abort();
}

const Variant *variant_get(size_t i)
{
    static const uint32_t tiers[] = { 2, 0, 1, UINT32_MAX };   /* the first: the default */
    static Variant all[80];
    static size_t n;
    if (!n) {
        for (int d = CWASM_DISPATCH_SWITCH; d <= CWASM_DISPATCH_TAIL; d++)
            for (unsigned bits = 0; bits < 16 && cwasm_has_dispatch((cwasm_dispatch)d); bits++) {
                Variant v = { (cwasm_dispatch)d, bits & 1 ? CWASM_BOUNDS_GUARD : CWASM_BOUNDS_EXPLICIT,
                              bits & 2 ? CWASM_COMPILE_EAGER : CWASM_COMPILE_LAZY, bits & 4, bits & 8, tiers[0] };
                if (UNDER_TSAN && v.bounds == CWASM_BOUNDS_GUARD)
                    continue;
                all[n++] = v;
                for (size_t t = 1; bits == 0 && t < sizeof tiers / sizeof *tiers; t++) {
                    v.tier_up = tiers[t];
                    all[n++] = v;
                }
            }
    }
    return i < n ? &all[i] : NULL;
}

const Variant *variant_dispatcher(size_t i)
{
    const Variant *v;
    for (size_t k = 0; (v = variant_get(k)); k++)
        if (v->bounds == CWASM_BOUNDS_EXPLICIT && v->compile == CWASM_COMPILE_LAZY && !v->fuel && !v->interruption && v->tier_up == 2
            && i-- == 0)
            return v;
    return NULL;
}

const char *variant_name(const Variant *v)
{
    static char name[80];
    snprintf(name, sizeof name, "%s%s%s%s%s%s", cwasm_dispatch_name(v->dispatch), v->bounds == CWASM_BOUNDS_GUARD ? " guard" : "",
             v->compile == CWASM_COMPILE_EAGER ? " eager" : "", v->fuel ? " fuel" : "", v->interruption ? " interruption" : "",
             v->tier_up == 0 ? " tier-up 0" : v->tier_up == 1 ? " tier-up 1" : v->tier_up == UINT32_MAX ? " in place" : "");
    return name;
}

cwasm_config *variant_config(const Variant *v)
{
    cwasm_config *config = cwasm_config_new();
    must(config ? CWASM_OK : CWASM_NO_MEMORY, "config", NULL);
    must(cwasm_config_dispatch(config, v->dispatch), "dispatch", NULL);
    must(cwasm_config_bounds(config, v->bounds), "bounds", NULL);
    cwasm_config_compile(config, v->compile);
    cwasm_config_tier_up(config, v->tier_up);
    cwasm_config_fuel(config, v->fuel);
    cwasm_config_interruption(config, v->interruption);
    return config;
}

void fixture_open(Fixture *f, const Variant *v, Wasm wasm) { fixture_open_config(f, v, v ? variant_config(v) : NULL, wasm); }

void fixture_open_config(Fixture *f, const Variant *v, cwasm_config *take_config, Wasm wasm)
{
    memset(f, 0, sizeof *f);
    must(cwasm_engine_new(take_config, &f->engine, &f->err), "engine", &f->err);
    cwasm_config_free(take_config);
    must(cwasm_module_new(f->engine, wasm.bytes, wasm.size, &f->module, &f->err), "module", &f->err);
    must(cwasm_store_new(f->engine, &f->store, &f->err), "store", &f->err);
    must(cwasm_linker_new(f->engine, &f->linker, &f->err), "linker", &f->err);
    if (v && v->fuel)
        cwasm_store_set_fuel(f->store, UINT64_MAX);
}

void fixture_open_wat(Fixture *f, const Variant *v, const char *wat)
{
    Wasm wasm = wat_parse(wat);
    fixture_open(f, v, wasm);
    free(wasm.bytes);
}

void fixture_instantiate(Fixture *f)
{
    must(cwasm_linker_instantiate(f->linker, f->store, f->module, &f->instance, &f->err), "instance", &f->err);
}

void fixture_close(Fixture *f)
{
    cwasm_store_free(f->store);
    cwasm_linker_free(f->linker);
    cwasm_module_free(f->module);
    cwasm_engine_free(f->engine);
    memset(f, 0, sizeof *f);
}

cwasm_status fixture_call(Fixture *f, const char *name, const cwasm_val *args, size_t n_args, cwasm_val *results, size_t n_results)
{
    cwasm_func *func = cwasm_instance_func(f->instance, name);
    must(func ? CWASM_OK : CWASM_ARGUMENT, name, NULL);
    return cwasm_func_call(f->store, func, args, n_args, results, n_results, &f->err);
}

int32_t fixture_i32(Fixture *f, const char *name, const cwasm_val *args, size_t n_args)
{
    cwasm_val result;
    must(fixture_call(f, name, args, n_args, &result, 1), name, &f->err);
    must(result.type == CWASM_I32 ? CWASM_OK : CWASM_ARGUMENT, name, NULL);
    return result.of.i32;
}
