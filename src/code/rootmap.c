/*
 * rootmap.c - which slots of a frame hold references that the collector must see, at each instruction where it may run (a safepoint:
 * calls and allocations).
 *
 * Made by translating the function once more, when a collection first finds a frame of it, and kept beside its code. The set at a safepoint is
 * the function's locals of traced types, plus the entries of such types on the abstract stack that are in their own slots; entries that
 * still name a local are covered by it, and nothing is pending in an accumulator there. At calls, entries from the arguments on are left
 * out: they are the callee's.
 *
 * A function with a deep stack at very many safepoints would need a table of quadratic size; such a one gets its sites one by one, as they
 * are asked for.
 */
#include "code/rootmap.h"

#include "code/walk.h"

struct RootRecord {
    const Alloc *alloc;
    u32 only;                    /* record this instruction only; or NONE */
    u64 budget;                  /* entries that may still be looked at */
    bool out_of_budget, failed;
    VEC(RecordedSite) sites;
    VEC(u32) slots;
};

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

/* By name, so that new calls and new allocations are safepoints without being listed. */
static bool is_call(u32 ir) { return begins(cw_ir_name(ir), "call_") || begins(cw_ir_name(ir), "return_call") || begins(cw_ir_name(ir), "far_call"); }
static bool is_allocation(u32 ir)
{
    return begins(cw_ir_name(ir), "struct_new") || begins(cw_ir_name(ir), "array_new") || begins(cw_ir_name(ir), "throw");
}

void cw_record_roots(Walk *w, u32 at, u32 ir, u32 first_argument)
{
    RootRecord *rec = w->record;
    bool call = is_call(ir);
    if ((!call && !is_allocation(ir)) || (rec->only != NONE && rec->only != at) || rec->out_of_budget)
        return;
    if (rec->only == NONE) {
        if (rec->budget < w->n + 1u) {
            rec->out_of_budget = true;
            return;
        }
        rec->budget -= w->n + 1u;
    }
    u32 first = rec->slots.n;
    for (u32 i = 0; i < w->n; i++) {
        const Ent *e = &w->ents[i];
        if (e->kind != E_SLOT || !cw_is_ref(e->type) || (call && e->slot >= first_argument) || !cw_is_traced(w->module->registry, e->type))
            continue;
        if (!cw_vec_push(rec->alloc, &rec->slots, e->slot))
            rec->failed = true;
    }
    /* What the enclosing legacy catches caught. */
    u32 caught = w->first_slot - w->module->funcs[w->func_index].n_catch_slots;
    for (u32 i = 0; i < w->catches; i++)
        rec->failed |= !cw_vec_push(rec->alloc, &rec->slots, caught + i);
    if (!cw_vec_push(rec->alloc, &rec->sites, (RecordedSite){ at, first, rec->slots.n - first }))
        rec->failed = true;
}

/* ---- Looking up ---- */

static const RootSite *find_site(const RootMap *map, u32 at)
{
    u32 low = 0, high = map->n_sites;
    while (low < high) {   /* the last site that begins at or before it */
        u32 middle = low + (high - low) / 2;
        if (map->sites[middle].at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &map->sites[low - 1] : NULL;
}

static u32 *copy_slots(Arena *arena, const u32 *from, u32 n)
{
    u32 *to = cw_arena_alloc(arena, n * sizeof *to);
    if (to && n)
        memcpy(to, from, n * sizeof *to);
    return to;
}

/* Runs the walker; false if there is not enough memory. */
static bool record(Walk *w, RootRecord *rec, u32 func)
{
    rec->sites.n = rec->slots.n = 0;
    rec->out_of_budget = false;
    return cw_walk_translate(w, func, NULL) == CWASM_OK && !rec->failed;
}

static bool keep_locals(Walk *w, Arena *arena, RootMap *map)
{
    VEC(u32) slots = { NULL, 0, 0 };
    bool ok = true;
    for (u32 x = 0; x < w->n_locals; x++)
        if (cw_is_traced(w->module->registry, cw_walk_local_type(w, x)))
            ok = ok && cw_vec_push(w->alloc, &slots, w->local_slot[x]);
    map->n_locals = slots.n;
    map->locals = ok ? copy_slots(arena, slots.at, slots.n) : NULL;
    cw_vec_done(w->alloc, &slots);
    return map->locals != NULL;
}

static bool keep_sites(const RootRecord *rec, Arena *arena, RootMap *map)
{
    u32 *slots = copy_slots(arena, rec->slots.at, rec->slots.n);
    map->sites = cw_arena_alloc(arena, rec->sites.n * sizeof *map->sites);
    if (!slots || !map->sites)
        return false;
    map->n_sites = rec->sites.n;
    for (u32 i = 0; i < rec->sites.n; i++) {
        const RecordedSite *s = &rec->sites.at[i];
        map->sites[i] = (RootSite){ s->at, s->n, slots + s->first };
    }
    map->complete = true;
    return true;
}

static RootMap *make_map(Walk *w, RootRecord *rec, Arena *arena, u32 func)
{
    rec->only = NONE;
    rec->budget = 65536 + (u64)w->module->funcs[func].body_size * 8;
    RootMap *map = cw_arena_calloc(arena, 1, sizeof *map);
    if (!map || !record(w, rec, func) || !keep_locals(w, arena, map) || (!rec->out_of_budget && !keep_sites(rec, arena, map)))
        return NULL;
    return map;
}

/* One site of a function without a complete map: the walker says which instruction `at` lies in. */
static const RootSite *make_site(Walk *w, RootRecord *rec, Arena *arena, RootMap *map, u32 func, u32 at)
{
    for (const FoundSite *f = map->found; f; f = f->next)
        if (at >= f->site.at && at < f->end)
            return &f->site;
    w->want_map = true;
    w->record = NULL;
    if (cw_walk_translate(w, func, NULL) != CWASM_OK)
        return NULL;
    u32 begin = 0, end = w->at;
    for (u32 i = 0; i < w->map.n; i++) {
        if (w->map.at[i].ir <= at)
            begin = w->map.at[i].ir;
        else
            end = CW_MIN(end, w->map.at[i].ir);
    }
    w->want_map = false;
    w->record = rec;
    rec->only = begin;
    FoundSite *f = cw_arena_alloc(arena, sizeof *f);
    if (!f || !record(w, rec, func) || rec->sites.n == 0)
        return NULL;
    const RecordedSite *s = &rec->sites.at[rec->sites.n - 1];
    *f = (FoundSite){ map->found, { s->at, s->n, copy_slots(arena, rec->slots.at + s->first, s->n) }, end };
    if (!f->site.slots)
        return NULL;
    map->found = f;
    return &f->site;
}

const RootSite *cw_rootmap_site(Walk *w, Arena *arena, RootMap **map, u32 func, u32 at)
{
    RootRecord rec = { .alloc = w->alloc, .only = NONE };
    const RootSite *site = NULL;
    w->record = &rec;
    if (!*map)
        *map = make_map(w, &rec, arena, func);
    if (*map)
        site = (*map)->complete ? find_site(*map, at) : make_site(w, &rec, arena, *map, func, at);
    w->record = NULL;
    cw_vec_done(w->alloc, &rec.sites);
    cw_vec_done(w->alloc, &rec.slots);
    return site;
}
