/* roots.c - what keeps objects alive besides frames: tables, globals, element segments, exceptions on their way, what the host and C code hold. */
#include "run/heap.h"

static void mark_all(Heap *heap, const u64 *refs, u64 n)
{
    for (u64 i = 0; i < n; i++)
        cw_heap_mark(heap, refs[i]);
}

static void mark_instance(Heap *heap, const Instance *inst)
{
    const Module *m = inst->module;
    for (u32 i = 0; i < m->n_globals - m->n_global_imports; i++)
        if (cw_is_traced(m->registry, inst->own_globals[i].type.type))
            cw_heap_mark(heap, inst->own_globals[i].cell[0]);
    for (u32 i = 0; i < m->n_elems; i++)
        if (inst->elems[i].n && cw_is_traced(m->registry, m->elems[i].type))
            mark_all(heap, inst->elems[i].refs, inst->elems[i].n);
}

void cw_mark_store_roots(Store *store)
{
    Heap *heap = store->heap;
    const TypeRegistry *types = store->engine->types;
    for (const Table *t = store->tables; t; t = t->next)
        if (cw_is_traced(types, t->type.type))
            mark_all(heap, t->elems, t->size);
    for (const Global *g = store->globals; g; g = g->next)
        if (cw_is_traced(types, g->type.type))
            cw_heap_mark(heap, g->cell[0]);
    for (const Instance *i = store->instances; i; i = i->next)
        mark_instance(heap, i);
    if (store->building)
        mark_instance(heap, store->building);
    for (u32 i = 0; i < store->temps.n; i++)
        if (store->temps_traced.at[i])
            cw_heap_mark(heap, store->temps.at[i]);
    cw_mark_exceptions(store);
    for (u32 i = 0; i < store->handles.n; i++)
        cw_heap_mark(heap, cw_object_ref(store->handles.at[i]));
}

bool cw_temps_push(Store *store, u64 value, bool traced)
{
    if (!cw_vec_reserve(&store->alloc, &store->temps, 1) || !cw_vec_reserve(&store->alloc, &store->temps_traced, 1))
        return false;
    store->temps.at[store->temps.n++] = value;
    store->temps_traced.at[store->temps_traced.n++] = traced;
    return true;
}

bool cw_temps_push_params(Store *store, const Type *type, const u64 *slots, u32 *n)
{
    *n = 0;
    for (u32 i = 0; type->n_refs && i < type->n_params; i++) {
        if (cw_is_traced(store->engine->types, type->params[i])) {
            if (!cw_temps_push(store, *slots, true)) {
                cw_temps_pop(store, *n);
                *n = 0;
                return false;
            }
            ++*n;
        }
        slots += cw_slots(type->params[i]);
    }
    return true;
}
