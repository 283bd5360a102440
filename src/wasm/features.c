/* features.c - the table of proposals, and the messages about those that are missing or switched off, and about limits. */
#include "wasm/features.h"

#include "wasm/limits.h"

const FeatureInfo cw_features[N_FEATURES] = {
#define FEATURE(id, name, implemented, on, text) { FEATURE_##id, name, text, implemented, on },
#include "wasm/features.def"
#undef FEATURE
};

const FeatureInfo *cw_feature_named(const char *name, size_t size)
{
    for (size_t i = 0; i < N_FEATURES; i++)
        if (strlen(cw_features[i].name) == size && memcmp(cw_features[i].name, name, size) == 0)
            return &cw_features[i];
    return NULL;
}

CW_COLD Status cw_lacks_feature(const Module *module, Features feature, u64 at, const char *what, Error *err)
{
    (void)module;
    for (size_t i = 0; i < N_FEATURES; i++) {
        const FeatureInfo *f = &cw_features[i];
        if (!(f->bit & feature))
            continue;
        if (!f->implemented)
            return cw_fail(err, CWASM_UNSUPPORTED, at, "%s needs the %s proposal (\"%s\"), which cwasm does not implement yet", what,
                           f->text, f->name);
        return cw_fail(err, CWASM_UNSUPPORTED, at, "%s needs the %s proposal (\"%s\"), which is switched off; switch it on with -W %s", what,
                       f->text, f->name, f->name);
    }
    return cw_fail(err, CWASM_UNSUPPORTED, at, "%s is not supported", what);
}

CW_COLD Status cw_over_limit(u64 n, u64 most, const char *what, u64 at, Error *err)
{
    return cw_fail(err, CWASM_LIMIT, at, "too many %s: found %llu, cwasm allows at most %llu", what, (unsigned long long)n,
                   (unsigned long long)most);
}
