/*
 * dispatch_tail.c - the handler text as functions that end in guaranteed tail calls: the machine state never leaves the registers.
 *
 * With preserve_none (clang >= 19) arguments come in the order r12 r13 r14 r15 rdi rsi rdx on x86-64: the cold ones first, so that pc and fp, used
 * by every instruction, get registers with short encodings and cold state survives calls of C functions unspilled. l0 is room for a local
 * pinned to a register. Without guaranteed tail calls this file would overflow the C stack: CMake tests for them.
 */
#include "interp/dispatch.h"

#ifdef CW_PRESERVE_NONE
#define CONVENTION __attribute__((preserve_none))
#define STATE Instance *inst, u64 mem_size, u8 *mem, u64 l0, const Ins *pc, u64 *fp, u64 r, f64 xd, f32 xs, V128 xv
#define PASS inst, mem_size, mem, l0, pc, fp, r, xd, xs, xv
#define UNUSED_STATE (void)inst, (void)mem_size, (void)mem, (void)l0, (void)pc, (void)fp, (void)r, (void)xd, (void)xs, (void)xv
#else
#define CONVENTION
#define STATE const Ins *pc, u64 *fp, u8 *mem, u64 r, Instance *inst, u64 mem_size, f64 xd, f32 xs, V128 xv
#define PASS pc, fp, mem, r, inst, mem_size, xd, xs, xv
#define UNUSED_STATE (void)inst, (void)mem_size, (void)mem, (void)pc, (void)fp, (void)r, (void)xd, (void)xs, (void)xv
#endif

/* Where a page fault finds pc (fault.c). */
#if defined(CW_PRESERVE_NONE) && defined(__x86_64__)
#define PC_IS_KNOWN() __asm__ volatile("" : "+D"(pc) : : "memory")
#endif

typedef CONVENTION Trap (*Handler)(STATE);

#define MUSTTAIL __attribute__((musttail))
#define DISPATCH() MUSTTAIL return ((Handler)(uintptr_t)pc->handler)(PASS)
#define NEXT(size) do { pc = (const Ins *)((const u8 *)pc + (size)); DISPATCH(); } while (0)
#define JUMP(target) do { pc = (target); DISPATCH(); } while (0)
#define TRAP_WORD(word) do { r = (word); MUSTTAIL return trap_exit(PASS); } while (0)
#define LEAVE() return CWASM_TRAP_NONE
#define GO_OUT_OF_BOUNDS() MUSTTAIL return out_of_bounds(PASS)
/* The handlers of ordinary programs begin at half a cache line, which keeps single programs from swinging with every change of the text; the others
 * (handlers_*.inc) close up. What the text asks for is halved: whole lines are 1 % faster and 33 kB larger, and the program is to stay below 1 MiB. */
#define HANDLER_ALIGNMENT 64
#define HANDLER(id)                     \
    static CONVENTION Trap h_##id(STATE); \
    __attribute__((aligned(HANDLER_ALIGNMENT / 2))) static CONVENTION Trap h_##id(STATE)
#define COLD(id)                                      \
    static CONVENTION CW_NOINLINE Trap h_##id(STATE); \
    static CONVENTION CW_NOINLINE Trap h_##id(STATE)
#define OTHER(id) MUSTTAIL return h_##id(PASS)

/* The cold end of every trap: leaves what the backtrace needs, or goes on where an exception is caught. */
static CONVENTION CW_NOINLINE Trap trap_exit(STATE)
{
    UNUSED_STATE;
    END_TRAP();
}

/* A failed bounds check of memory 0: mem_size is the access. */
static CONVENTION CW_NOINLINE Trap out_of_bounds(STATE)
{
    UNUSED_STATE;
    u64 access = mem_size;
    mem_size = cw_memory_check_size(inst->memory0);
    if ((access >> TRAP_DETAIL_SHIFT) + (access & (OOB_SECOND - 1)) <= mem_size) {
        pc -= (access & OOB_SECOND) != 0;
        DISPATCH();
    }
    TRAP_WORD(CWASM_TRAP_MEMORY_OUT_OF_BOUNDS | TRAP_HAS_DETAIL | access >> TRAP_DETAIL_SHIFT << TRAP_DETAIL_SHIFT);
}

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wunused-parameter"
#else
#pragma GCC diagnostic ignored "-Wunused-parameter"
#endif
#include "interp/handlers.inc"

#define IR(id, size, text) (const void *)h_##id,
static const void *const handlers[N_IR] = {
#include "code/ir.def"
};
#undef IR

static const void *const stubs[2 * N_STUBS] = {
    (const void *)h_exit, NULL, (const void *)h_switch_back, NULL, (const void *)h_host_enter, NULL, (const void *)h_lazy_enter, NULL,
};

const DispatchTables cw_tables_tail = { handlers, stubs };

Trap cw_run_tail(const u8 *start, u64 *fp, Instance *inst)
{
    const Ins *pc = (const Ins *)(const void *)start;
    const Memory *memory0 = inst->memory0;
    u8 *mem = memory0 ? memory0->data : NULL;
    u64 mem_size = memory0 ? cw_memory_check_size(memory0) : 0;
    u64 r = 0;
#ifdef CW_PRESERVE_NONE
    u64 l0 = 0;
#endif
    f64 xd = 0;
    f32 xs = 0;
    V128 xv = { 0 };
    return ((Handler)(uintptr_t)pc->handler)(PASS);
}
