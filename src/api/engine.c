/* engine.c - engines: a config made real, and the type registry. */
#include "api/config.h"
#include "interp/interp.h"

Status cwasm_engine_new(const cwasm_config *config, cwasm_engine **engine, cwasm_error *err)
{
    Config c;
    if (config)
        c = *config;
    else
        cw_config_default(&c);
    if (c.bounds == CWASM_BOUNDS_GUARD && !cw_guard_install())
        return cw_fail(err, CWASM_HOST, CWASM_NO_OFFSET, "cannot install the fault handler for guard pages");
    Engine *e = cw_calloc(&c.alloc, 1, sizeof *e);
    if (!e)
        return cw_no_memory(err);
    e->config = c;
    e->dispatch = cw_dispatch(c.dispatch);
    e->types = cw_types_new(&e->config.alloc);
    if (!e->types) {
        cw_free(&c.alloc, e, sizeof *e);
        return cw_no_memory(err);
    }
    e->locates_faults = cw_locates_faults(e->dispatch);
    e->host_entry = cw_host_func_entry(e);
    e->frame_roots = cw_frame_roots;
    *engine = e;
    return CWASM_OK;
}

void cwasm_engine_free(cwasm_engine *engine)
{
    if (!engine)
        return;
    Alloc alloc = engine->config.alloc;
    cw_types_free(engine->types);
    cw_free(&alloc, engine, sizeof *engine);
}
