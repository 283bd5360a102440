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
    u32 frame = base + w->max_slots + FRAME_SCRATCH;
    if (cw_frame_is_far(func_index, frame)) {   /* emit_far.inc */
        f->n_local_slots += FAR_WINDOW;
        frame += FAR_WINDOW;
    }
    f->frame_slots = frame;
    return CWASM_OK;
}
