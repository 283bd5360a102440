/*
 * features.h - the proposals that can be switched, from features.def: FEATURE_SIMD ... are the bits of a Features set.
 */
#ifndef CW_WASM_FEATURES_H
#define CW_WASM_FEATURES_H

#include "wasm/module.h"

enum {
#define FEATURE(id, name, implemented, on, text) FEATURE_INDEX_##id,
#include "wasm/features.def"
#undef FEATURE
    N_FEATURES
};

enum {
#define FEATURE(id, name, implemented, on, text) FEATURE_##id = 1 << FEATURE_INDEX_##id,
#include "wasm/features.def"
#undef FEATURE
};

/* On unless the embedder says otherwise. */
#define FEATURE(id, name, implemented, on, text) | ((on) ? FEATURE_##id : 0)
enum { FEATURES_DEFAULT = 0
#include "wasm/features.def"
};
#undef FEATURE

typedef struct FeatureInfo {
    Features bit;
    const char *name;      /* as in `-W name` */
    const char *text;      /* as in "needs the fixed-width SIMD proposal" */
    bool implemented, on_by_default;
} FeatureInfo;

extern const FeatureInfo cw_features[N_FEATURES];

/* The feature of that name, or NULL. */
const FeatureInfo *cw_feature_named(const char *name, size_t size);

/* The cold half of cw_need_feature. */
Status cw_lacks_feature(const Module *module, Features feature, u64 at, const char *what, Error *err);

/* CWASM_UNSUPPORTED unless the one feature is on; what: the thing found, a noun in the singular ("value type v128"). */
CW_INLINE Status cw_need_feature(const Module *module, Features feature, u64 at, const char *what, Error *err)
{
    return CW_LIKELY(module->features & feature) ? CWASM_OK : cw_lacks_feature(module, feature, at, what, err);
}

#endif
