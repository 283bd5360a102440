/* config.c - configurations: a struct with defaults, copied into the engine. */
#include "api/config.h"

#include "base/os_memory.h"
#include "interp/interp.h"
#include "wasm/features.h"

#define DEFAULT_STACK ((size_t)8 << 20)
#define DEFAULT_HOST_STACK ((size_t)256 << 10)
#define DEFAULT_TIER_UP 2
#define LEAST_STACK ((size_t)64 << 10)

void cw_config_default(Config *config)
{
    *config = (Config){
        .alloc = cw_default_alloc,
        .dispatch = CWASM_DISPATCH_AUTO,
        .bounds = CWASM_BOUNDS_EXPLICIT,
        .compile = CWASM_COMPILE_LAZY,
        .tier_up = DEFAULT_TIER_UP,
        .stack_size = DEFAULT_STACK,
        .host_stack_size = DEFAULT_HOST_STACK,
        .features = FEATURES_DEFAULT,
    };
}

cwasm_config *cwasm_config_new(void)
{
    Config *config = cw_alloc(&cw_default_alloc, sizeof *config);
    if (config)
        cw_config_default(config);
    return config;
}

void cwasm_config_free(cwasm_config *config)
{
    cw_free(&cw_default_alloc, config, sizeof *config);
}

void cwasm_config_allocator(cwasm_config *config, const cwasm_allocator *allocator)
{
    config->alloc = *allocator;
}

Status cwasm_config_dispatch(cwasm_config *config, cwasm_dispatch dispatch)
{
    if (!cw_dispatch(dispatch))
        return CWASM_ARGUMENT;
    config->dispatch = dispatch;
    return CWASM_OK;
}

Status cwasm_config_bounds(cwasm_config *config, cwasm_bounds bounds)
{
    bool possible = bounds == CWASM_BOUNDS_EXPLICIT
                    || (bounds == CWASM_BOUNDS_GUARD && CW_HAVE_MMAP && sizeof(void *) == 8 && cw_os_page_size() <= 65536);
    if (!possible)
        return CWASM_ARGUMENT;
    config->bounds = bounds;
    return CWASM_OK;
}

void cwasm_config_compile(cwasm_config *config, cwasm_compile compile)
{
    config->compile = compile;
}

void cwasm_config_tier_up(cwasm_config *config, uint32_t runs)
{
    config->tier_up = runs;
}

void cwasm_config_load_threads(cwasm_config *config, uint32_t n)
{
    config->load_threads = n;
}

void cwasm_config_stack_size(cwasm_config *config, size_t bytes)
{
    config->stack_size = CW_MAX(bytes, LEAST_STACK);
}

void cwasm_config_host_stack_size(cwasm_config *config, size_t bytes)
{
    config->host_stack_size = bytes;
}

static void set_variant(Config *config, u32 bit, bool on)
{
    config->variant = on ? config->variant | bit : config->variant & ~bit;
}

void cwasm_config_fuel(cwasm_config *config, bool on)
{
    set_variant(config, VARIANT_FUEL, on);
}

void cwasm_config_interruption(cwasm_config *config, bool on)
{
    set_variant(config, VARIANT_INTERRUPT, on);
}

void cwasm_config_gc_stress(cwasm_config *config, bool on)
{
    config->gc_stress = on;
}

Status cwasm_config_feature(cwasm_config *config, const char *name, bool on)
{
    const FeatureInfo *feature = cw_feature_named(name, strlen(name));
    if (strcmp(name, "all") == 0) {
        for (size_t i = 0; i < N_FEATURES; i++)
            if (!on || cw_features[i].implemented)
                config->features = on ? config->features | cw_features[i].bit : config->features & ~cw_features[i].bit;
        return CWASM_OK;
    }
    if (!feature)
        return CWASM_ARGUMENT;
    if (on && !feature->implemented)
        return CWASM_UNSUPPORTED;
    config->features = on ? config->features | feature->bit : config->features & ~feature->bit;
    return CWASM_OK;
}

const char *cwasm_feature_name(size_t i, bool *implemented, bool *on_by_default)
{
    if (i >= N_FEATURES)
        return NULL;
    if (implemented)
        *implemented = cw_features[i].implemented;
    if (on_by_default)
        *on_by_default = cw_features[i].on_by_default;
    return cw_features[i].name;
}

bool cwasm_has_dispatch(cwasm_dispatch dispatch)
{
    return cw_dispatch(dispatch) != NULL;
}

const char *cwasm_dispatch_name(cwasm_dispatch dispatch)
{
    switch (dispatch) {
    case CWASM_DISPATCH_AUTO: return cw_dispatch(CWASM_DISPATCH_AUTO)->name;
    case CWASM_DISPATCH_SWITCH: return "switch";
    case CWASM_DISPATCH_GOTO: return "goto";
    case CWASM_DISPATCH_TAIL: return "tail";
    }
    return "unknown";
}
