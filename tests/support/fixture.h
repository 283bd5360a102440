/*
 * fixture.h - an engine with one module and one instance, for C tests; and the ways an engine can be configured.
 *
 * The functions that are not calls into the guest end the process with a message when they fail.
 */
#ifndef TEST_SUPPORT_FIXTURE_H
#define TEST_SUPPORT_FIXTURE_H

#include "cwasm.h"
#include "wat.h"

/* One way to run code. Every one must give the same results. */
typedef struct Variant {
    cwasm_dispatch dispatch;
    cwasm_bounds bounds;
    cwasm_compile compile;
    bool fuel;
    bool interruption;
    uint32_t tier_up;
} Variant;

/* The i-th variant this build has; NULL past the end. All dispatchers, bounds, compile modes, and code variants, crossed. */
const Variant *variant_get(size_t i);
/* Only the dispatchers, everything else at its default. */
const Variant *variant_dispatcher(size_t i);
/* "tail guard eager fuel" */
const char *variant_name(const Variant *v);
/* A config of that kind; free it. */
cwasm_config *variant_config(const Variant *v);

typedef struct Fixture {
    cwasm_engine *engine;
    cwasm_module *module;
    cwasm_store *store;       /* with all the fuel there is, if the variant counts it */
    cwasm_linker *linker;     /* empty: define what the module imports */
    cwasm_instance *instance; /* after fixture_instantiate */
    cwasm_error err;          /* of the last call */
} Fixture;

/* v may be NULL: defaults. */
void fixture_open(Fixture *f, const Variant *v, Wasm wasm);
/* The same with more said in the config, made by variant_config; frees that. */
void fixture_open_config(Fixture *f, const Variant *v, cwasm_config *take_config, Wasm wasm);
/* The same with a module as text. */
void fixture_open_wat(Fixture *f, const Variant *v, const char *wat);
void fixture_instantiate(Fixture *f);
void fixture_close(Fixture *f);

/* Calls an export. */
cwasm_status fixture_call(Fixture *f, const char *name, const cwasm_val *args, size_t n_args, cwasm_val *results, size_t n_results);
/* Calls an export with i32 parameters and one i32 result, and returns that; anything but success ends the test. */
int32_t fixture_i32(Fixture *f, const char *name, const cwasm_val *args, size_t n_args);

#define ARGS(...) (const cwasm_val[]){ __VA_ARGS__ }, sizeof((const cwasm_val[]){ __VA_ARGS__ }) / sizeof(cwasm_val)
#define NO_ARGS NULL, 0

#endif
