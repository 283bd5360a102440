/*
 * unwind.c - walks over the frames of guest code; from where an exception was thrown to what catches it (specification 4.4.8).
 *
 * Unwinding is called by the common end of all traps in the dispatchers, after the state of guest code was put into the activation. Walks the guest frames as a
 * backtrace does: every frame holds its caller's pc and fp, and which function (so, where in the frame) is known from the pc. Nothing of this
 * is prepared while nothing is thrown. No C recursion: a million frames are a million turns of a loop.
 */
#include "interp/slow.h"

u32 cw_pc_func(Store *store, const Instance *inst, const u8 *pc)
{
    PcFunc *c = &store->pc_funcs[((uintptr_t)pc >> 3) % PC_FUNCS];
    if (c->pc != pc) {
        u32 func = cw_code_find(inst->module, pc);
        if (func == CWASM_NO_INDEX)
            return func;
        *c = (PcFunc){ pc, func };
    }
    return c->func;
}

FrameWalk cw_frames(const Activation *a)
{
    const Dispatch *dispatch = a->inst ? a->inst->store->engine->dispatch : NULL;
    if (!a->pc || !dispatch)
        return (FrameWalk){ 0 };
    return (FrameWalk){ a->inst, a->pc, a->fp, (const u8 *)cw_stub(dispatch, STUB_EXIT), (const u8 *)cw_stub(dispatch, STUB_SWITCH_BACK) };
}

bool cw_frame_out(FrameWalk *walk, u32 param_slots)
{
    const u64 *saved = walk->fp + param_slots;
    const u8 *to = (const u8 *)(uintptr_t)saved[0];
    walk->fp = (u64 *)(uintptr_t)saved[1];
    if (to == walk->switch_back) {
        const u64 *frame = walk->fp;
        walk->inst = (Instance *)(uintptr_t)frame[0];
        to = (const u8 *)(uintptr_t)frame[1];   /* the exit where the entered function was replaced by a tail call into another instance */
        walk->fp = (u64 *)(uintptr_t)frame[2];
    }
    walk->pc = to - 1;
    return to != walk->exit;
}

/* The innermost range that covers the offset, or NONE. */
static u32 innermost(const HandlerTable *t, u32 at)
{
    u32 low = 0, high = t->n_ranges;
    while (low < high) {   /* the first that begins after it */
        u32 middle = (low + high) / 2;
        if (t->ranges[middle].begin <= at)
            low = middle + 1;
        else
            high = middle;
    }
    u32 i = low ? low - 1 : NONE;
    while (i != NONE && at >= t->ranges[i].end)
        i = t->ranges[i].parent;
    return i;
}

static const CatchClause *find_clause(const HandlerTable *t, const Instance *inst, u32 at, const Tag *tag)
{
    for (u32 i = innermost(t, at); i != NONE; i = t->ranges[i].next) {
        for (u32 c = t->ranges[i].first; c != NONE; c = t->clauses[c].next) {
            const CatchClause *clause = &t->clauses[c];
            if (clause->tag == NONE || inst->tags[clause->tag] == tag)
                return clause;
        }
    }
    return NULL;
}

static void land(Activation *activation, const CatchClause *clause, const u8 *ir, u64 *fp, const Instance *inst)
{
    Store *store = inst->store;
    const Exception *exception = store->exception;
    if (clause->tag != NONE)
        memcpy(fp + clause->slot, exception->values, (size_t)exception->tag->type->param_slots * 8);
    if (clause->ref != NO_SLOT)
        fp[clause->ref] = cw_exception_ref(exception);
    activation->pc = ir + clause->target;
    activation->fp = fp;
    activation->inst = (Instance *)inst;
    activation->trap = 0;
    store->exception = store->raw_exception = NULL;
}

bool cw_unwind(Activation *activation)
{
    Store *store = activation->inst->store;
    bool gone = activation->trap & TRAP_IN_TAIL_CALL;   /* the innermost frame catches nothing */
    if (!store->exception)   /* a host function returned the code without throwing */
        return false;
    for (FrameWalk walk = cw_frames(activation);;) {
        u32 func = cw_pc_func(store, walk.inst, walk.pc);
        if (func == CWASM_NO_INDEX)
            return false;
        const u8 *ir;
        const HandlerTable *handlers = cw_code_handlers(walk.inst->module, func, &ir);
        const CatchClause *clause = handlers && !gone ? find_clause(handlers, walk.inst, (u32)(walk.pc - ir), store->exception->tag) : NULL;
        if (clause) {
            land(activation, clause, ir, walk.fp, walk.inst);
            return true;
        }
        gone = false;
        if (!cw_frame_out(&walk, walk.inst->module->funcs[func].type->param_slots))
            return false;
    }
}

const Activation *cw_trap_exit(Instance *inst, const Ins *pc, u64 *fp, u64 trap)
{
    Activation *activation = cw_publish(inst, pc, fp)->activation;
    activation->trap = trap;
    return (trap & TRAP_CODE) == CWASM_TRAP_UNCAUGHT_EXCEPTION && cw_unwind(activation) ? activation : NULL;
}
