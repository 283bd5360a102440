/* check.c - the walker without emission: every function body at load. */
#define CW_EMIT 0
#include "code/walk.inc"

Status cw_walk_check(Walk *w, u32 func_index, Error *err)
{
    TRY(walk_function(w, func_index, err));
    FuncDecl *f = &w->module->funcs[func_index];
    f->n_local_slots = w->local_slots;
    f->n_catch_slots = w->max_catches;
    u32 base = w->type->param_slots + FRAME_SAVED + w->local_slots + w->max_catches;
    u64 frame = (u64)base + w->max_slots + FRAME_SCRATCH;
    if (frame > UINT16_MAX) {
        cw_fail(err, CWASM_LIMIT, cw_at(w->module, f->body), "function too large: it needs %llu slots for locals and operands, at most %u are supported",
                (unsigned long long)frame, (unsigned)UINT16_MAX);
        if (err)
            err->func_index = func_index;
        return CWASM_LIMIT;
    }
    f->frame_slots = (u32)frame;
    return CWASM_OK;
}
