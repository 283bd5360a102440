/*
 * load.h - decodes and checks the declarations of a module that a test gives as bytes.
 */
#ifndef CW_TEST_LOAD_H
#define CW_TEST_LOAD_H

#include "wasm/features.h"

#define ALL_FEATURES (~(Features)0)
/* Nothing that came after WebAssembly 2.0, and no vectors. */
#define WEBASSEMBLY_2 (FEATURE_MUTABLE_GLOBAL | FEATURE_SATURATING | FEATURE_SIGN_EXTENSION | FEATURE_MULTI_VALUE | FEATURE_BULK_MEMORY | FEATURE_REFERENCE_TYPES)
#define PREAMBLE 0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00
/* The bytes of a module, and their number, for a parameter list. */
#define MODULE(...) (const u8[]){ PREAMBLE, __VA_ARGS__ }, sizeof(const u8[]){ PREAMBLE, __VA_ARGS__ }

/* Free with unload, also when *status is not 0. */
static inline Status load(Module *m, const Alloc *alloc, Features features, const u8 *bytes, size_t size, Error *err)
{
    *m = (Module){ .alloc = alloc, .registry = cw_types_new(alloc), .features = features, .bytes = bytes, .size = size };
    cw_arena_init(&m->arena, alloc);
    if (!m->registry)
        return cw_no_memory(err);
    TRY(cw_module_decode(m, err));
    return cw_module_check_decls(m, err);
}

static inline void unload(Module *m)
{
    cw_module_done(m);
    cw_types_free(m->registry);
}

#endif
