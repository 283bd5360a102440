/*
 * slow.h - what handlers call because it is too long for a handler: calls that leave the instance, bulk operations, translation.
 */
#ifndef CW_INTERP_SLOW_H
#define CW_INTERP_SLOW_H

#include "base/atomic.h"
#include "base/num_simd.h"
#include "code/code.h"
#include "code/ir.h"
#include "interp/interp.h"
#include "run/heap.h"

/* A switch frame, pushed below the arguments of a call into another instance: caller's instance, return pc, caller's fp, result slots. */
#define SWITCH_SLOTS 4

/* Calls a host function: arguments and results in slots. pc and fp say where the guest stands. */
Trap cw_host_call(Instance *inst, Func *f, u64 *slots, const Ins *pc, u64 *fp);

/* Says where the guest stands: before anything that walks its frames. */
CW_INLINE Store *cw_publish(Instance *inst, const Ins *pc, u64 *fp)
{
    Store *store = inst->store;
    Activation *a = store->activation;
    a->pc = (const u8 *)pc;
    a->fp = fp;
    a->inst = inst;
    return store;
}

/* Makes the exception that a throw instruction throws and leaves it in the store; the trap code is UNCAUGHT_EXCEPTION or why there is none. */
Trap cw_throw(Instance *inst, const Ins *pc, u64 *fp);
/* The same with an exnref. */
Trap cw_throw_ref(Instance *inst, u64 ref);

/* A walk over the frames of an activation, from where guest code left it outwards. A NULL pc: unknown where it stands. */
typedef struct FrameWalk {
    Instance *inst;
    const u8 *pc;
    u64 *fp;
    const u8 *exit, *switch_back;   /* stubs */
} FrameWalk;
FrameWalk cw_frames(const Activation *activation);
/* To the caller of the frame, whose function has so many parameter slots. pc is then inside the call instruction. False if the host entered here. */
bool cw_frame_out(FrameWalk *walk, u32 param_slots);

/* unwind.c: looks for what catches the store's exception in the frames of the activation, from the innermost, where it left guest code, out to its
 * entry. If there is something, its values are put there and pc, fp and inst of the activation say where to go on. Else false, and nothing changed. */
bool cw_unwind(Activation *activation);
/* The end of every trap: leaves in the activation what the backtrace needs. Where an exception is caught: the activation with the state to go on
 * with; else NULL. */
const Activation *cw_trap_exit(Instance *inst, const Ins *pc, u64 *fp, u64 trap);
/* Which function of inst holds the pc; CWASM_NO_INDEX if none. */
u32 cw_pc_func(Store *store, const Instance *inst, const u8 *pc);

/* Room on the guest stack for a frame of n slots at fp, with nothing computed beyond it. */
CW_INLINE bool cw_has_room(const Instance *inst, const u64 *fp, u64 n)
{
    return fp <= inst->stack_limit && (u64)(inst->stack_limit - fp) >= n;
}

/* A slot, by an address that is computed before it is used. Processors hand over at once what was just stored, but only if neither the address that it was
 * stored at nor that it is read from has an index (Intel, since Golden Cove). For what all else waits for: the saved pc and fp of a frame above all. */
CW_INLINE u64 *cw_slot_at(u64 *frame, u32 i)
{
    u64 *slot = frame + i;
    CW_OPAQUE(slot);
    return slot;
}

/* Prepares a call of f, which lives in another instance, with arguments at args; returns the callee's frame, NULL if the stack is full. */
u64 *cw_cross_call(Instance *inst, Func *f, u64 *args, const Ins *return_pc, u64 *fp);

/* Tail call within the instance: moves n arguments from fp[a] to fp[0] and the saved pc and fp behind them. False if the stack is full. */
bool cw_replace_frame(Instance *inst, u64 *fp, u32 a, u32 own_params, u32 n, u32 frame, u32 zero);

/* Tail call of any guest func; returns the new fp or NULL if the stack is full. */
u64 *cw_return_call_func(Instance *inst, Func *f, u64 *fp, u32 a, u32 own_params);

/* True if f's type is declared a subtype of the canonical type. */
bool cw_func_is_a(const Instance *inst, const Func *f, u32 type_id);

/* in_place.c: runs a function from its beginning, or from the return of a call on. Where to go on with code, or the trap word, is in the activation that
 * they return; after a trap its pc is one of the bytes. */
const Activation *cw_in_place_enter(Instance *inst, const Ins *pc, u64 *fp);
const Activation *cw_in_place_resume(Instance *inst, const Ins *pc, u64 *fp);

/* Code of a function of inst, which translates it or not (cw_code_enter). callee_frame: NULL, or the frame of a direct call whose call site gets the code. NULL if it cannot. */
const u8 *cw_translate(Instance *inst, u32 func_index, u64 *callee_frame);
/* What the caller could not do for a function whose frame it did not know (cw_code_trust): zeroes the locals. False if the stack is too small. */
bool cw_enter_late(const Func *func, u64 *fp);

void cw_move_slots(u64 *to, const u64 *from, u32 n);
void cw_zero_slots(u64 *slots, u32 n);

Trap cw_memory_fill(Instance *inst, u64 at, u64 value, u64 n, u64 memory);
Trap cw_memory_copy(Instance *inst, u64 to, u64 from, u64 n, u64 memories);
Trap cw_memory_init(Instance *inst, u64 to, u64 from, u64 n, u64 memory_data);
Trap cw_table_fill(Instance *inst, u64 at, u64 value, u64 n, u64 table);
Trap cw_table_copy(Instance *inst, u64 to, u64 from, u64 n, u64 tables);
Trap cw_table_init(Instance *inst, u64 to, u64 from, u64 n, u64 table_elem);

/* memory.atomic.wait at an address that has been checked; see cw_shared_memory_wait. */
Trap cw_wait(Instance *inst, const Memory *m, u64 at, u64 expected, bool is64, s64 timeout, u64 *result);

/* gc_ops.c: operations on objects that may collect, or are long. Operands in the slots that pc names; a result goes to slot d. */
#define CW_GC_OPS(OP)                                                                                                              \
    OP(struct_new) OP(struct_new_default) OP(array_new) OP(array_new_default) OP(array_new_fixed) OP(array_new_data) OP(array_new_elem) \
    OP(array_fill) OP(array_copy) OP(array_init_data) OP(array_init_elem)
#define CW_GC_OP(id) Trap cw_gc_##id(Instance *inst, const Ins *pc, u64 *fp);
CW_GC_OPS(CW_GC_OP)
#undef CW_GC_OP

/* Is a non-null reference one to an object of the type? */
CW_INLINE bool cw_object_is_a(const Instance *inst, u64 ref, const Type *type)
{
    if (!cw_ref_is_object(ref))
        return false;
    u32 id = cw_object_type(cw_ref_object(ref));
    return id == type->id || cw_type_matches(cw_type_at(inst->module->registry, id), type);
}

/* Instructions that code returns to or enters by. */
enum { STUB_EXIT, STUB_SWITCH_BACK, STUB_HOST_ENTER, STUB_LAZY_ENTER, N_STUBS };

/* IR of a stub; every dispatcher has its own. */
const Ins *cw_stub(const Dispatch *dispatch, int stub);

/* For handlers and functions in place: the C type of a value type, */
#define C_i32 u32
#define C_i64 u64
#define C_f32 f32
#define C_f64 f64
/* and where memory 0 is, which a host function or another instance may have changed or moved. */
#define RELOAD_MEMORY()                                        \
    do {                                                       \
        const Memory *first = inst->memory0;                   \
        mem = first ? first->data : NULL;                      \
        mem_size = first ? cw_memory_check_size(first) : 0;    \
    } while (0)

#endif
