/*
 * gc_frames.c - references in the frames of guest functions, for the collector: every activation, every frame, exactly.
 *
 * Each activation says where its innermost frame stands: the allocating instruction, or the call of the host function under which
 * the collection happens. All others stand in the call that made the frame above them.
 */
#include "interp/slow.h"
#include "run/heap.h"

/* What is known about a place where frames stood. */
typedef struct Place {
    const u8 *pc;
    const RootMap *map;
    const RootSite *site;
    u32 saved;             /* slot of the saved pc and fp */
} Place;

enum { PLACES = 1024 };    /* a power of two */
typedef struct FramePlaces { Place at[PLACES]; } FramePlaces;

static bool look_up(const Instance *inst, const u8 *pc, Place *place)
{
    Module *m = inst->module;
    u32 f = cw_code_find(m, pc);
    if (f == CWASM_NO_INDEX)
        return false;
    Place p = { pc, NULL, NULL, m->funcs[f].type->param_slots };
    p.site = cw_code_roots(m, f, pc, &p.map);
    if (!p.site)
        return false;
    *place = p;
    return true;
}

static void mark_frame(Heap *heap, const Place *p, const u64 *fp)
{
    for (u32 i = 0; i < p->map->n_locals; i++)
        cw_heap_mark(heap, fp[p->map->locals[i]]);
    for (u32 i = 0; i < p->site->n; i++)
        cw_heap_mark(heap, fp[p->site->slots[i]]);
}

static bool walk_activation(Store *s, const Activation *a, FramePlaces *places, bool mark)
{
    FrameWalk walk = cw_frames(a);
    if (!walk.pc)
        return true;
    for (;;) {
        Place *p = &places->at[((uintptr_t)walk.pc * 0x9e3779b1u >> 8) % PLACES];
        if (p->pc != walk.pc && !look_up(walk.inst, walk.pc, p))
            return false;
        if (mark)
            mark_frame(s->heap, p, walk.fp);
        if (!cw_frame_out(&walk, p->saved))
            return true;
    }
}

bool cw_frame_roots(Store *s, bool mark)
{
    if (!s->activation)
        return true;
    if (!s->places && !(s->places = cw_calloc(&s->alloc, 1, sizeof(FramePlaces))))
        return false;
    s->places_bytes = sizeof(FramePlaces);
    for (const Activation *a = s->activation; a; a = a->prev)
        if (!walk_activation(s, a, s->places, mark))
            return false;
    return true;
}
