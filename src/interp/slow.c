/* slow.c - the long parts of handlers: calls that leave the instance, tail calls, bulk operations, translation. */
#include "interp/slow.h"

#include "code/in_place.h"

#include <stdio.h>
#include "run/heap.h"

void cw_move_slots(u64 *to, const u64 *from, u32 n) { memmove(to, from, (size_t)n * 8); }
void cw_zero_slots(u64 *slots, u32 n) { memset(slots, 0, (size_t)n * 8); }

Trap cw_host_call(Instance *inst, Func *f, u64 *slots, const Ins *pc, u64 *fp)
{
    const HostFunc *host = (const HostFunc *)(const void *)f;
    Store *store = cw_publish(inst, pc, fp);
    Activation *activation = store->activation;
    u64 *sp = store->sp;
    store->sp = slots + CW_MAX(host->type->param_slots, host->type->result_slots);
    u32 held;
    if (!cw_temps_push_params(store, host->type, slots, &held)) {
        store->sp = sp;
        return CWASM_TRAP_OUT_OF_MEMORY;
    }
    activation->in_host = true;
    store->exception = NULL;   /* what an earlier host function kept to itself */
    Caller caller = { store, inst };
    Trap trap = host->fn(host->env, &caller, slots);
    activation->in_host = false;
    cw_temps_pop(store, held);
    store->sp = sp;
    return (u32)trap < CWASM_TRAP_COUNT ? trap : CWASM_TRAP_HOST;
}

Trap cw_throw(Instance *inst, const Ins *pc, u64 *fp)
{
    Store *store = cw_publish(inst, pc, fp);
    store->exception = cw_exception_new(store, inst->tags[(u32)pc->imm], fp + pc->a);
    return store->exception ? CWASM_TRAP_UNCAUGHT_EXCEPTION : store->heap_trap;
}

Trap cw_throw_ref(Instance *inst, u64 ref)
{
    if (!ref)
        return CWASM_TRAP_NULL_EXCEPTION_REFERENCE;
    inst->store->exception = cw_ref_exception(ref);
    return CWASM_TRAP_UNCAUGHT_EXCEPTION;
}

u64 *cw_cross_call(Instance *inst, Func *f, u64 *args, const Ins *return_pc, u64 *fp)
{
    const Type *type = cw_func_type(f);
    u64 *callee = args + SWITCH_SLOTS;
    if (!cw_has_room(inst, callee, (u64)f->frame_slots + type->result_slots))
        return NULL;
    cw_move_slots(callee, args, type->param_slots);
    args[0] = (u64)(uintptr_t)inst;
    args[1] = (u64)(uintptr_t)return_pc;
    args[2] = (u64)(uintptr_t)fp;
    args[3] = type->result_slots;
    u64 *saved = callee + type->param_slots;
    saved[0] = (u64)(uintptr_t)cw_stub(inst->store->engine->dispatch, STUB_SWITCH_BACK);
    saved[1] = (u64)(uintptr_t)args;
    memset(saved + FRAME_SAVED, 0, (size_t)f->n_zero * 8);
    return callee;
}

bool cw_replace_frame(Instance *inst, u64 *fp, u32 a, u32 own_params, u32 n, u32 frame, u32 zero)
{
    if (!cw_has_room(inst, fp, frame))
        return false;
    u64 return_pc = fp[own_params], caller = fp[own_params + 1];
    cw_move_slots(fp, fp + a, n);
    fp[n] = return_pc;
    fp[n + 1] = caller;
    memset(fp + n + FRAME_SAVED, 0, (size_t)zero * 8);
    return true;
}

u64 *cw_return_call_func(Instance *inst, Func *f, u64 *fp, u32 a, u32 own_params)
{
    const Type *type = cw_func_type(f);
    u32 n = type->param_slots;
    const Ins *switch_back = cw_stub(inst->store->engine->dispatch, STUB_SWITCH_BACK);
    if (f->inst == inst || fp[own_params] == (u64)(uintptr_t)switch_back)
        return cw_replace_frame(inst, fp, a, own_params, n, f->frame_slots, f->n_zero) ? fp : NULL;
    /* The caller runs in this instance: a switch frame takes the place of this frame, the callee's comes above it. */
    if (!cw_has_room(inst, fp + SWITCH_SLOTS, (u64)f->frame_slots + type->result_slots))
        return NULL;
    u64 return_pc = fp[own_params], caller = fp[own_params + 1];
    u64 *callee = fp + SWITCH_SLOTS;
    cw_move_slots(callee, fp + a, n);
    fp[0] = (u64)(uintptr_t)inst;
    fp[1] = return_pc;
    fp[2] = caller;
    fp[3] = type->result_slots;
    callee[n] = (u64)(uintptr_t)switch_back;
    callee[n + 1] = (u64)(uintptr_t)fp;
    memset(callee + n + FRAME_SAVED, 0, (size_t)f->n_zero * 8);
    return callee;
}

bool cw_func_is_a(const Instance *inst, const Func *f, u32 type_id)
{
    const TypeRegistry *types = inst->module->registry;
    return cw_type_matches(cw_type_at(types, f->type_id), cw_type_at(types, type_id));
}

/* Memory ran out or, in a module that is checked late, the function is invalid. */
static CW_COLD const u8 *translate_failed(Store *store, u32 func_index, const Error *err)
{
    bool invalid = err->status == CWASM_INVALID || err->status == CWASM_MALFORMED || err->status == CWASM_UNSUPPORTED;
    store->translate_trap = invalid ? CWASM_TRAP_INVALID_FUNCTION : CWASM_TRAP_OUT_OF_MEMORY;
    if (invalid) {
        store->has_host_message = true;
        snprintf(store->last->host_message, sizeof store->last->host_message, "invalid function %u: %.160s (at offset 0x%llx)", func_index, err->message,
                 (unsigned long long)err->offset);
    }
    return NULL;
}

const u8 *cw_translate(Instance *inst, u32 func_index, u64 *callee_frame)
{
    Module *m = inst->module;
    Error err;
    bool in_place;
    const u8 *code = cw_code_enter(m, func_index, &in_place, &err);
    if (CW_UNLIKELY(!code))
        return translate_failed(inst->store, func_index, &err);
    if (in_place)   /* it is asked for again at the next call */
        return code;
    Func *f = &inst->funcs[func_index - m->n_func_imports];
    f->entry = code;
    if (CW_UNLIKELY(m->unchecked)) {
        f->frame_slots = m->funcs[func_index].frame_slots;
        f->n_zero = m->funcs[func_index].n_local_slots;
    }
    if (callee_frame) {
        /* The last word of the call instruction, just before the return address. */
        u64 *site = (u64 *)(uintptr_t)callee_frame[m->funcs[func_index].type->param_slots] - 1;
        cw_store_release(site, (u64)(uintptr_t)code);
    }
    return code;
}

bool cw_enter_late(const Func *func, u64 *fp)
{
    const Type *type = cw_func_type(func);
    const u64 *limit = func->inst->stack_limit;
    if (fp > limit || (u64)(limit - fp) < (u64)func->frame_slots + type->result_slots)
        return false;
    memset(fp + type->param_slots + FRAME_SAVED, 0, (size_t)func->n_zero * 8);
    return true;
}

/* ---- Bulk operations (specification 4.4.6, 4.4.7): checked whole before anything is written ---- */

Trap cw_memory_fill(Instance *inst, u64 at, u64 value, u64 n, u64 memory)
{
    Memory *m = inst->memories[memory];
    if (!cw_memory_has(m, at, n))
        return CWASM_TRAP_MEMORY_OUT_OF_BOUNDS;
    if (n)
        cw_racy_fill(m->data + at, (u8)value, (size_t)n);
    return CWASM_TRAP_NONE;
}

Trap cw_memory_copy(Instance *inst, u64 to, u64 from, u64 n, u64 memories)
{
    Memory *d = inst->memories[(u32)memories], *s = inst->memories[memories >> 32];
    if (!cw_memory_has(d, to, n) || !cw_memory_has(s, from, n))
        return CWASM_TRAP_MEMORY_OUT_OF_BOUNDS;
    if (n)
        cw_racy_move(d->data + to, s->data + from, (size_t)n);
    return CWASM_TRAP_NONE;
}

Trap cw_memory_init(Instance *inst, u64 to, u64 from, u64 n, u64 memory_data)
{
    Memory *m = inst->memories[(u32)memory_data];
    u32 data = (u32)(memory_data >> 32);
    u64 size = inst->data_sizes[data];
    if (n > size || from > size - n || !cw_memory_has(m, to, n))
        return CWASM_TRAP_MEMORY_OUT_OF_BOUNDS;
    if (n)
        cw_racy_copy(m->data + to, inst->module->datas[data].bytes.p + from, (size_t)n);
    return CWASM_TRAP_NONE;
}

Trap cw_wait(Instance *inst, const Memory *m, u64 at, u64 expected, bool is64, s64 timeout, u64 *result)
{
    u32 how = 0;
    if (!m->shared)
        return CWASM_TRAP_EXPECTED_SHARED_MEMORY;
    Trap trap = cw_shared_memory_wait(m->shared, inst->store, at, expected, is64, timeout, &how);
    *result = how;
    return trap;
}

Trap cw_table_fill(Instance *inst, u64 at, u64 value, u64 n, u64 table)
{
    Table *t = inst->tables[table];
    if (!cw_table_has(t, at, n))
        return CWASM_TRAP_TABLE_OUT_OF_BOUNDS;
    for (u64 i = 0; i < n; i++)
        t->elems[at + i] = value;
    return CWASM_TRAP_NONE;
}

Trap cw_table_copy(Instance *inst, u64 to, u64 from, u64 n, u64 tables)
{
    Table *d = inst->tables[(u32)tables], *s = inst->tables[tables >> 32];
    if (!cw_table_has(d, to, n) || !cw_table_has(s, from, n))
        return CWASM_TRAP_TABLE_OUT_OF_BOUNDS;
    if (n)
        memmove(d->elems + to, s->elems + from, (size_t)n * 8);
    return CWASM_TRAP_NONE;
}

Trap cw_table_init(Instance *inst, u64 to, u64 from, u64 n, u64 table_elem)
{
    Table *t = inst->tables[(u32)table_elem];
    const ElemInst *e = &inst->elems[table_elem >> 32];
    if (n > e->n || from > e->n - n || !cw_table_has(t, to, n))
        return CWASM_TRAP_TABLE_OUT_OF_BOUNDS;
    if (n)
        memcpy(t->elems + to, e->refs + from, (size_t)n * 8);
    return CWASM_TRAP_NONE;
}
