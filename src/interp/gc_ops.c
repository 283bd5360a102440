/*
 * gc_ops.c - operations on structures and arrays that allocate or copy (specification 4.6.4, 4.6.5).
 *
 * Operands lie in consecutive slots from fp[a] on. Whatever allocates says first where the guest stands: the collector walks its frames.
 */
#include "interp/slow.h"
#include "run/heap.h"

#define TYPE ((const Type *)(uintptr_t)pc->ext[0])

static Trap result(Store *store, const Object *o, u64 *slot)
{
    if (CW_UNLIKELY(!o))
        return store->heap_trap;
    *slot = cw_object_ref(o);
    return CWASM_TRAP_NONE;
}

Trap cw_gc_struct_new(Instance *inst, const Ins *pc, u64 *fp)
{
    Store *store = cw_publish(inst, pc, fp);
    return result(store, cw_struct_new(store, TYPE, fp + pc->a), fp + pc->d);
}

Trap cw_gc_struct_new_default(Instance *inst, const Ins *pc, u64 *fp)
{
    Store *store = cw_publish(inst, pc, fp);
    return result(store, cw_struct_new(store, TYPE, NULL), fp + pc->d);
}

Trap cw_gc_array_new(Instance *inst, const Ins *pc, u64 *fp)
{
    Store *store = cw_publish(inst, pc, fp);
    const u64 *value = fp + pc->a;
    u32 n = (u32)value[cw_slots(TYPE->fields[0].type)];
    return result(store, cw_array_new(store, TYPE, n, value), fp + pc->d);
}

Trap cw_gc_array_new_default(Instance *inst, const Ins *pc, u64 *fp)
{
    Store *store = cw_publish(inst, pc, fp);
    return result(store, cw_array_new(store, TYPE, (u32)fp[pc->a], NULL), fp + pc->d);
}

Trap cw_gc_array_new_fixed(Instance *inst, const Ins *pc, u64 *fp)
{
    Store *store = cw_publish(inst, pc, fp);
    return result(store, cw_array_new_fixed(store, TYPE, (u32)pc->imm, fp + pc->a), fp + pc->d);
}

/* ---- Segments ---- */

static void copy_data(u8 *to, const u8 *from, u64 n, u32 size)
{
    if (n)
        memcpy(to, from, (size_t)(n * size));
}

/* The bytes of n elements in data segment i from `from` on; NULL if they are not all there. */
static const u8 *data_bytes(const Instance *inst, u32 i, u32 from, u64 bytes)
{
    u64 size = inst->data_sizes[i];
    return bytes <= size && from <= size - bytes ? inst->module->datas[i].bytes.p + from : NULL;
}

static const u64 *elem_refs(const Instance *inst, u32 i, u32 from, u32 n)
{
    static const u64 none;
    const ElemInst *e = &inst->elems[i];
    if (n > e->n || from > e->n - n)
        return NULL;
    return n ? e->refs + from : &none;
}

Trap cw_gc_array_new_data(Instance *inst, const Ins *pc, u64 *fp)
{
    Store *store = cw_publish(inst, pc, fp);
    u32 from = (u32)fp[pc->a], n = (u32)fp[pc->a + 1];
    const u8 *bytes = data_bytes(inst, (u32)pc->imm, from, (u64)n * TYPE->size);
    if (!bytes)
        return CWASM_TRAP_MEMORY_OUT_OF_BOUNDS;
    Object *o = cw_array_new_raw(store, TYPE, n);
    if (o)
        copy_data(cw_object_data(o), bytes, n, TYPE->size);
    return result(store, o, fp + pc->d);
}

Trap cw_gc_array_new_elem(Instance *inst, const Ins *pc, u64 *fp)
{
    Store *store = cw_publish(inst, pc, fp);
    u32 from = (u32)fp[pc->a], n = (u32)fp[pc->a + 1];
    const u64 *refs = elem_refs(inst, (u32)pc->imm, from, n);
    if (!refs)
        return CWASM_TRAP_TABLE_OUT_OF_BOUNDS;
    return result(store, cw_array_new_fixed(store, TYPE, n, refs), fp + pc->d);
}

/* ---- Bulk ---- */

static bool has(const Object *o, u32 at, u32 n) { return n <= o->n && at <= o->n - n; }

Trap cw_gc_array_fill(Instance *inst, const Ins *pc, u64 *fp)
{
    (void)inst;
    const u64 *s = fp + pc->a;
    u32 at = (u32)s[1], n = (u32)s[2 + cw_slots(TYPE->fields[0].type)];
    Object *o = cw_ref_object(s[0]);
    if (!o)
        return CWASM_TRAP_NULL_ARRAY_REFERENCE;
    if (!has(o, at, n))
        return CWASM_TRAP_ARRAY_OUT_OF_BOUNDS;
    cw_fill_elements(cw_object_data(o) + (size_t)at * TYPE->size, TYPE, n, s + 2);
    return CWASM_TRAP_NONE;
}

Trap cw_gc_array_copy(Instance *inst, const Ins *pc, u64 *fp)
{
    (void)inst;
    const u64 *s = fp + pc->a;
    Object *to = cw_ref_object(s[0]), *from = cw_ref_object(s[2]);
    u32 at = (u32)s[1], from_at = (u32)s[3], n = (u32)s[4];
    if (!to || !from)
        return CWASM_TRAP_NULL_ARRAY_REFERENCE;
    if (!has(to, at, n) || !has(from, from_at, n))
        return CWASM_TRAP_ARRAY_OUT_OF_BOUNDS;
    size_t size = TYPE->size;
    memmove(cw_object_data(to) + at * size, cw_object_data(from) + from_at * size, n * size);
    return CWASM_TRAP_NONE;
}

Trap cw_gc_array_init_data(Instance *inst, const Ins *pc, u64 *fp)
{
    const u64 *s = fp + pc->a;
    Object *o = cw_ref_object(s[0]);
    u32 at = (u32)s[1], from = (u32)s[2], n = (u32)s[3], size = TYPE->size;
    if (!o)
        return CWASM_TRAP_NULL_ARRAY_REFERENCE;
    if (!has(o, at, n))
        return CWASM_TRAP_ARRAY_OUT_OF_BOUNDS;
    const u8 *bytes = data_bytes(inst, (u32)pc->imm, from, (u64)n * size);
    if (!bytes)
        return CWASM_TRAP_MEMORY_OUT_OF_BOUNDS;
    copy_data(cw_object_data(o) + (size_t)at * size, bytes, n, size);
    return CWASM_TRAP_NONE;
}

Trap cw_gc_array_init_elem(Instance *inst, const Ins *pc, u64 *fp)
{
    const u64 *s = fp + pc->a;
    Object *o = cw_ref_object(s[0]);
    u32 at = (u32)s[1], from = (u32)s[2], n = (u32)s[3];
    if (!o)
        return CWASM_TRAP_NULL_ARRAY_REFERENCE;
    if (!has(o, at, n))
        return CWASM_TRAP_ARRAY_OUT_OF_BOUNDS;
    const u64 *refs = elem_refs(inst, (u32)pc->imm, from, n);
    if (!refs)
        return CWASM_TRAP_TABLE_OUT_OF_BOUNDS;
    memcpy(cw_object_data(o) + (size_t)at * 8, refs, (size_t)n * 8);
    return CWASM_TRAP_NONE;
}
