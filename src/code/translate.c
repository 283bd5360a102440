/* translate.c - the walker with emission: a function when it is first called, and again for maps and disassembly. */
#define CW_EMIT 1

#include "code/walk.h"

static Status begin(Walk *w);

#include "code/walk.inc"

/* Slots of locals, then the emitter's state. */
static Status begin(Walk *w)
{
    if (w->locals_cap < w->n_locals) {
        cw_free(w->alloc, w->local_slot, w->locals_cap * sizeof *w->local_slot);
        cw_free(w->alloc, w->local_top, w->locals_cap * sizeof *w->local_top);
        w->local_slot = cw_alloc(w->alloc, w->n_locals * sizeof *w->local_slot);
        w->local_top = cw_alloc(w->alloc, w->n_locals * sizeof *w->local_top);
        w->locals_cap = w->local_slot && w->local_top ? w->n_locals : 0;
        if (!w->locals_cap) {
            cw_free(w->alloc, w->local_slot, w->n_locals * sizeof *w->local_slot);
            cw_free(w->alloc, w->local_top, w->n_locals * sizeof *w->local_top);
            w->local_slot = w->local_top = NULL;
            return cw_no_memory(w->err);
        }
    }
    u32 slot = 0;
    w->far = cw_frame_is_far(w->func_index, w->module->funcs[w->func_index].frame_slots);
    u32 window = w->far ? FAR_WINDOW : 0;
    for (u32 x = 0; x < w->n_locals; x++) {
        if (x == w->type->n_params)
            slot += FRAME_SAVED + window;
        w->local_slot[x] = slot;
        w->local_top[x] = NONE;
        slot += cw_slots(local_type(w, x));
    }
    w->first_slot = w->type->param_slots + FRAME_SAVED + window + w->local_slots + w->module->funcs[w->func_index].n_catch_slots;
    w->at = 0;
    w->failed = false;
    w->n_hist = 0;
    w->flushed = 0;
    w->relocs.n = 0;
    w->tries.n = w->clauses.n = 0;
    w->return_fixes = NONE;
    w->map.n = 0;
    w->tables = 0;
    w->fuel_at = NONE;
    w->fuel = 0;
    w->top->slot = w->first_slot;
    if (!cw_emit_reserve(w, 0))
        return cw_no_memory(w->err);
    cw_emit_begin(w);
    return CWASM_OK;
}

ValType cw_walk_local_type(const Walk *w, u32 x) { return local_type(w, x); }

Status cw_walk_translate(Walk *w, u32 func_index, Error *err)
{
    TRY(walk_function(w, func_index, err));
    return w->failed ? cw_no_memory(err) : CWASM_OK;
}

void cw_walk_done(Walk *w)
{
    const Alloc *a = w->alloc;
    cw_vec_done(a, &w->runs);
    cw_vec_done(a, &w->locals);
    cw_vec_done(a, &w->ctls);
    cw_vec_done(a, &w->inits);
    cw_free(a, w->is_set, w->is_set_bytes);
    cw_vec_done(a, &w->relocs);
    cw_vec_done(a, &w->tries);
    cw_vec_done(a, &w->clauses);
    cw_vec_done(a, &w->map);
    cw_free(a, w->types, w->cap * sizeof *w->types);
    cw_free(a, w->ents, w->cap * sizeof *w->ents);
    cw_free(a, w->ir, w->ir_cap);
    cw_free(a, w->local_slot, w->locals_cap * sizeof *w->local_slot);
    cw_free(a, w->local_top, w->locals_cap * sizeof *w->local_top);
}
