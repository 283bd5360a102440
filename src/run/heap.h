/*
 * heap.h - structures, arrays and exceptions (specification 4.2.14, 4.2.15), and the collector that frees them.
 *
 * An object is a header and the fields at the offsets of its Type, or the elements. It never moves; references are its address. The
 * collector marks exactly what can be reached from tables, globals, element segments, frames (interp/gc_frames.c), handles of the host
 * and temps, with an explicit stack; sweeping happens a run of cells at a time, as memory is wanted again.
 *
 * What is "live" is a number in each header: the epoch in which the object was made or last marked. A collection opens a new epoch, so
 * nothing is ever unmarked; objects of epochs before Heap.live_epoch are free space, whoever finds them.
 */
#ifndef CW_RUN_HEAP_H
#define CW_RUN_HEAP_H

#include "run/objects.h"

struct Object {
    u32 head;          /* type id, pin, epoch */
    u32 n;             /* elements of an array, else 0 */
    /* fields or elements */
};

#define OBJECT_ID ((1u << (32 - T_ID_SHIFT)) - 1)
#define OBJECT_PINNED (1u << 20)           /* in Store.handles */
#define OBJECT_EPOCH_SHIFT 21
#define OBJECT_HEADER sizeof(Object)

CW_INLINE u8 *cw_object_data(Object *o) { return (u8 *)(o + 1); }
CW_INLINE u32 cw_object_type(const Object *o) { return o->head & OBJECT_ID; }

/* References: 0 is null; the low bits tell i31, host values and objects apart (objects.h). */
CW_INLINE bool cw_ref_is_object(u64 ref) { return ref != 0 && (ref & 3) == 0; }
CW_INLINE bool cw_ref_is_i31(u64 ref) { return (ref & 3) == 1; }
CW_INLINE bool cw_ref_is_host(u64 ref) { return (ref & 3) == 3; }
CW_INLINE Object *cw_ref_object(u64 ref) { return (Object *)(uintptr_t)ref; }
CW_INLINE u64 cw_object_ref(const Object *o) { return (u64)(uintptr_t)o; }
#define CW_I31_REF(v) ((u64)((u32)(v) & 0x7fffffff) << 2 | 1)

/* True if a non-null reference is of a heap type (the T_HEAP_MASK part of a ValType) of its hierarchy. */
bool cw_ref_is(const TypeRegistry *types, u64 ref, u32 heap);

/* ---- Making objects: these may collect. NULL: store->heap_trap says why (OUT_OF_MEMORY, INTERRUPTED) ---- */

/* Fields from slots (v128: two); slots NULL: defaults. */
Object *cw_struct_new(Store *store, const Type *type, const u64 *slots);
/* n elements, all with the value in *slots (v128: two slots); NULL: defaults. */
Object *cw_array_new(Store *store, const Type *type, u64 n, const u64 *slots);
/* n elements from slots (v128: two each). */
Object *cw_array_new_fixed(Store *store, const Type *type, u32 n, const u64 *slots);
/* Nothing but the header is set. */
Object *cw_array_new_raw(Store *store, const Type *type, u64 n);
/* Room for an exception whose tag has the type; nothing but the header is set. */
Object *cw_exception_object_new(Store *store, const Type *type);

/* Writes n elements with the value in *slots, from data on. */
void cw_fill_elements(u8 *data, const Type *array, u64 n, const u64 *slots);

/* ---- Roots ---- */

/* Keeps a value while C code holds it; last in, first out. False if out of memory. */
bool cw_temps_push(Store *store, u64 value, bool traced);
CW_INLINE void cw_temps_pop(Store *store, u32 n) { store->temps.n = store->temps_traced.n -= n; }
/* The arguments of a function that C code holds; *n: how many to pop. */
bool cw_temps_push_params(Store *store, const Type *type, const u64 *slots, u32 *n);

/* The host gets this reference: its object lives until the handles are released. */
void cw_heap_pin(Store *store, u64 ref);
void cw_heap_release_pins(Store *store);

/* ---- Collecting ---- */

/* False: store->heap_trap; nothing has changed then. */
bool cw_heap_collect(Store *store);
/* Marks what a reference points to. During a collection, by those who know roots. */
void cw_heap_mark(Heap *heap, u64 ref);
/* All roots but frames: roots.c. */
void cw_mark_store_roots(Store *store);
/* Gives memory of no use back to the allocator. */
void cw_heap_trim(Store *store);

void cw_heap_free(Store *store);
void cw_heap_stats(const Store *store, cwasm_heap_stats *stats);

#endif
