/*
 * interp.c - entering guest code from the host, and what is left of it after a trap.
 *
 * Guest functions never recurse in C. Guest -> host -> guest does: each entry is an Activation on the C stack, chained in the store, which
 * knows where guest code stands, so that re-entry continues above it on the guest stack and backtraces cross host frames.
 */
#include <setjmp.h>
#include <stdio.h>

#include "interp/dispatch.h"
#include "run/heap.h"

/* ---- Dispatchers of this build ---- */

static DispatchTables tables_of(cwasm_dispatch kind)
{
    switch (kind) {
#ifdef CW_HAVE_TAIL
    case CWASM_DISPATCH_TAIL: return cw_tables_tail;
#endif
#ifdef CW_HAVE_GOTO
    case CWASM_DISPATCH_GOTO: return cw_tables_goto();
#endif
#ifdef CW_HAVE_SWITCH
    case CWASM_DISPATCH_SWITCH: return cw_tables_switch;
#endif
    default: return (DispatchTables){ NULL, NULL };
    }
}

/* A table of words and a table of pointers are the same bytes (ir.h: the handler word). */
_Static_assert(sizeof(void *) == sizeof(u64), "handler words are pointers");

/* Filled in once: what it holds is constant, but label addresses are known only inside their function. */
static Dispatch dispatches[4];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill(cwasm_dispatch kind, const char *name, Trap (*run)(const u8 *, u64 *, Instance *))
{
    dispatches[kind] = (Dispatch){ kind, name, (const u64 *)(const void *)tables_of(kind).handlers, run };
}

static void fill_all(void)
{
#ifdef CW_HAVE_TAIL
    fill(CWASM_DISPATCH_TAIL, "tail", cw_run_tail);
#endif
#ifdef CW_HAVE_GOTO
    fill(CWASM_DISPATCH_GOTO, "goto", cw_run_goto);
#endif
#ifdef CW_HAVE_SWITCH
    fill(CWASM_DISPATCH_SWITCH, "switch", cw_run_switch);
#endif
}

const Dispatch *cw_dispatch(cwasm_dispatch kind)
{
    if (kind == CWASM_DISPATCH_AUTO)
        kind = CW_DEFAULT_DISPATCH;
    if ((unsigned)kind >= CW_COUNT(dispatches))
        return NULL;
    pthread_once(&once, fill_all);
    return dispatches[kind].run ? &dispatches[kind] : NULL;
}

const Ins *cw_stub(const Dispatch *dispatch, int stub)
{
    return (const Ins *)(const void *)(tables_of(dispatch->kind).stubs + 2 * stub);
}

const u8 *cw_host_func_entry(const Engine *engine) { return (const u8 *)cw_stub(engine->dispatch, STUB_HOST_ENTER); }

const u8 *cw_func_entry(Module *module, u32 func_index)
{
    const u8 *code = cw_code_entry(module, func_index);
    return code ? code : (const u8 *)cw_stub(module->engine->dispatch, STUB_LAZY_ENTER);
}

/* ---- Backtrace ---- */

/* Calls visit for every activation of a guest function, innermost first, until it returns false. */
static void walk_frames(Store *s, bool (*visit)(void *ctx, RawFrame frame), void *ctx)
{
    for (const Activation *a = s->activation; a; a = a->prev) {
        FrameWalk walk = cw_frames(a);
        for (bool more = walk.pc != NULL; more;) {
            u32 func = cw_pc_func(s, walk.inst, walk.pc);
            if (func == CWASM_NO_INDEX)
                break;
            if (!visit(ctx, (RawFrame){ walk.inst, func, walk.pc }))
                return;
            more = cw_frame_out(&walk, walk.inst->module->funcs[func].type->param_slots);
        }
    }
}

/* The first half of the array keeps the innermost frames, the second half, a ring, the outermost. */
static bool add_frame(void *ctx, RawFrame frame)
{
    Store *s = ctx;
    u32 i = s->n_raw_total++, half = CWASM_MAX_FRAMES / 2;
    s->last->raw[i < CWASM_MAX_FRAMES ? i : half + (i - half) % half] = frame;
    return true;
}

static CW_COLD void capture(Store *s)
{
    s->n_raw_total = 0;
    walk_frames(s, add_frame, s);
    u32 n = CW_MIN(s->n_raw_total, CWASM_MAX_FRAMES), half = CWASM_MAX_FRAMES / 2;
    if (s->n_raw_total > CWASM_MAX_FRAMES) {   /* unroll the ring */
        RawFrame ring[CWASM_MAX_FRAMES / 2];
        memcpy(ring, s->last->raw + half, sizeof ring);
        for (u32 i = 0; i < half; i++)
            s->last->raw[half + i] = ring[(s->n_raw_total - half + i) % half];
    }
    s->n_raw = n;
}

static cwasm_frame resolve(RawFrame raw)
{
    Module *m = raw.inst->module;
    Name name = cw_func_name(m, raw.func);
    return (cwasm_frame){ raw.inst, m, raw.func, name.s, name.n, cw_code_offset(m, raw.func, raw.pc) };
}

typedef struct Backtrace {
    cwasm_frame *frames;
    size_t n, max;
} Backtrace;

static bool add_resolved(void *ctx, RawFrame frame)
{
    Backtrace *b = ctx;
    if (b->n < b->max)
        b->frames[b->n++] = resolve(frame);
    return b->n < b->max;
}

size_t cw_backtrace(Store *s, cwasm_frame *frames, size_t n)
{
    Backtrace b = { frames, 0, n };
    if (n)
        walk_frames(s, add_resolved, &b);
    return b.n;
}

void cw_trap_resolve(Store *s)
{
    for (u32 i = 0; i < s->n_raw; i++)
        s->last->trap.frames[i] = resolve(s->last->raw[i]);
    s->last->trap.n_frames = s->n_raw;
    s->last->trap.n_frames_total = s->n_raw_total;
    s->trap_resolved = true;
}

static void describe(const Store *s, Trap trap, char *text, size_t size)
{
    const char *words = s->has_host_message ? s->last->host_message : cwasm_trap_text(trap);
    if (trap == CWASM_TRAP_UNCAUGHT_EXCEPTION && s->exception) {
        int n = snprintf(text, size, "%.100s: ", words);
        cw_exception_text(s->exception, text + n, size - (size_t)n);
    } else if (trap == CWASM_TRAP_OUT_OF_MEMORY && s->heap_is_full)
        snprintf(text, size, "%.100s: the limit for structures, arrays and exceptions is %llu bytes", words, (unsigned long long)s->limit_heap);
    else if (!s->has_detail)
        snprintf(text, size, "%s", words);
    else if (trap == CWASM_TRAP_MEMORY_OUT_OF_BOUNDS || trap == CWASM_TRAP_UNALIGNED_ATOMIC)
        snprintf(text, size, "%s: address 0x%llx", words, (unsigned long long)s->detail);
    else
        snprintf(text, size, "%s %llu", words, (unsigned long long)s->detail);
}

Status cw_trap_status(Store *s, Trap trap, Error *err)
{
    if (trap == CWASM_TRAP_NONE)
        return CWASM_OK;
    if (trap == CWASM_TRAP_EXIT)
        return cw_fail(err, CWASM_EXIT, CWASM_NO_OFFSET, "exit with status %u", s->exit_code);
    s->last->trap = (cwasm_trap){ .code = trap };
    describe(s, trap, s->last->trap.message, sizeof s->last->trap.message);
    s->has_host_message = s->has_detail = s->heap_is_full = false;
    s->has_trap = true;
    s->trap_resolved = false;
    cw_fail(err, CWASM_TRAP, CWASM_NO_OFFSET, "%s", s->last->trap.message);
    if (err && s->n_raw) {
        err->func_index = s->last->raw[0].func;
        err->offset = cw_code_offset(s->last->raw[0].inst->module, s->last->raw[0].func, s->last->raw[0].pc);
    }
    return CWASM_TRAP;
}

/* ---- Entry ---- */

_Thread_local Activation *cw_guarded_activation;

/* Runs with a way out for faults in guarded memories. */
static CW_NOINLINE Trap run_guarded(Store *store, Activation *activation, const u8 *code, u64 *fp, Instance *inst)
{
    jmp_buf fault_exit;
    activation->fault_exit = &fault_exit;
    activation->outer_guarded = cw_guarded_activation;
    cw_guarded_activation = activation;
    Trap trap = _setjmp(fault_exit) ? CWASM_TRAP_MEMORY_OUT_OF_BOUNDS : store->engine->dispatch->run(code, fp, inst);
    cw_guarded_activation = activation->outer_guarded;
    return trap;
}

static Trap call_host(Store *store, Func *func, u64 *slots)
{
    const HostFunc *host = (const HostFunc *)(const void *)func;
    Caller caller = { store, NULL };
    u32 held;
    if (!cw_temps_push_params(store, host->type, slots, &held))
        return CWASM_TRAP_OUT_OF_MEMORY;
    Trap trap = host->fn(host->env, &caller, slots);
    cw_temps_pop(store, held);
    return (u32)trap < CWASM_TRAP_COUNT ? trap : CWASM_TRAP_HOST;
}

static Trap call_guest(Store *store, Func *func, u64 *slots, Activation *activation)
{
    Instance *inst = func->inst;
    const Type *type = cw_func_type(func);
    const u8 *code = cw_translate(inst, func->index, NULL);
    if (!code)
        return store->translate_trap;
    u64 *fp = store->sp;
    u64 need = (u64)func->frame_slots + type->result_slots;
    if (fp > store->stack_limit || (u64)(store->stack_limit - fp) < need)
        return CWASM_TRAP_STACK_EXHAUSTED;
    cw_move_slots(fp, slots, type->param_slots);
    u64 *saved = fp + type->param_slots;
    saved[0] = (u64)(uintptr_t)cw_stub(store->engine->dispatch, STUB_EXIT);
    saved[1] = 0;
    memset(saved + FRAME_SAVED, 0, (size_t)func->n_zero * 8);
    *activation = (Activation){ .prev = store->activation, .store = store, .base = fp };
    store->activation = activation;
    Trap trap = store->engine->config.bounds == CWASM_BOUNDS_GUARD ? run_guarded(store, activation, code, fp, inst)
                                                                  : store->engine->dispatch->run(code, fp, inst);
    if (trap == CWASM_TRAP_NONE) {
        cw_move_slots(slots, fp, type->result_slots);
    } else {
        store->has_detail = activation->trap & TRAP_HAS_DETAIL;
        store->detail = activation->trap >> TRAP_DETAIL_SHIFT;
    }
    return trap;
}

Trap cw_call(Store *store, Func *func, u64 *slots)
{
    u8 *address = __builtin_frame_address(0);   /* how deep is the C stack? (not a local's address: ASan may keep locals elsewhere) */
    bool outermost = store->depth == 0;
    if (outermost) {
        store->c_stack_base = address;
        store->raw_exception = NULL;
        store->has_trap = store->has_host_message = store->has_detail = false;
        store->n_raw = store->n_raw_total = 0;
    }
    size_t used = (size_t)(address < store->c_stack_base ? store->c_stack_base - address : address - store->c_stack_base);
    u64 *sp = store->sp;
    Activation *outer = store->activation;
    Activation activation;
    store->exception = NULL;
    store->depth++;
    Trap trap = used > store->engine->config.host_stack_size ? CWASM_TRAP_STACK_EXHAUSTED
                : cw_is_host_func(func)                       ? call_host(store, func, slots)
                                                              : call_guest(store, func, slots, &activation);
    /* The frames of an exception that came through a host function are those of where it was thrown. */
    if (CW_UNLIKELY(trap != CWASM_TRAP_NONE && trap != CWASM_TRAP_EXIT)
        && (trap != CWASM_TRAP_UNCAUGHT_EXCEPTION || !store->exception || store->raw_exception != store->exception)) {
        capture(store);
        store->raw_exception = trap == CWASM_TRAP_UNCAUGHT_EXCEPTION ? store->exception : NULL;
    }
    store->activation = outer;
    store->sp = sp;
    store->depth--;
    return trap;
}
