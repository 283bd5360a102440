/*
 * dispatch_tail.c - the handler text as functions that end in guaranteed tail calls: the machine state never leaves the registers.
 *
 * With preserve_none (clang >= 19) arguments come in the order r12 r13 r14 r15 rdi rsi rdx on x86-64: the cold ones first, so that pc and fp, used
 * by every instruction, get registers with short encodings and cold state survives calls of C functions unspilled. l0 is the address of the
 * last access to memory 0, for the case that it is out of bounds. Without guaranteed tail calls this file would overflow the C stack: CMake tests for them.
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
/* Handlers begin at a cache line, which keeps single programs from swinging with every change of the text. In the program the linker does it, and only
 * for those that ordinary programs execute (cmake/handlers.order). */
#ifdef CW_HANDLERS_ARE_LAID_OUT
#define HANDLER_ALIGNMENT 16
#else
#define HANDLER_ALIGNMENT 64
#endif
#define HANDLER(id)                     \
    static CONVENTION Trap h_##id(STATE); \
    __attribute__((aligned(HANDLER_ALIGNMENT))) static CONVENTION Trap h_##id(STATE)
#define COLD(id)                                      \
    static CONVENTION CW_NOINLINE Trap h_##id(STATE); \
    static CONVENTION CW_NOINLINE Trap h_##id(STATE)
#define OTHER(id) MUSTTAIL return h_##id(PASS)
/* To the second instruction of a pair. pc is where a page fault finds it (fault.c): not before the first has done its access, and when the second does. */
#if defined(CW_PRESERVE_NONE) && defined(__x86_64__)
#define ADVANCE(size) __asm__ volatile("add %1, %0" : "+D"(pc) : "i"(size) : "memory", "cc")
#else
#define ADVANCE(size) (pc = (const Ins *)((const u8 *)pc + (size)))
#endif

/* The cold end of every trap: leaves what the backtrace needs, or goes on where an exception is caught. */
static CONVENTION CW_NOINLINE Trap trap_exit(STATE)
{
    UNUSED_STATE;
    END_TRAP();
}

/* A failed bounds check of memory 0: one function for each size, and the address in l0, so that handlers need not say what failed: their slow
 * path is one jump. Where there is no l0, mem_size takes its place, which is read anew. */
#ifdef CW_PRESERVE_NONE
#define FAILING_AT(at) (l0 = (at))
#define FAILED_AT l0
#define SET_FAILED_AT(at) (void)0
#else
#define FAILING_AT(at) (void)0
#define FAILED_AT mem_size
#define SET_FAILED_AT(at) (mem_size = (at))
#endif
#define OUT_OF_BOUNDS_FUNCTION(id, size)                            \
    static CONVENTION CW_NOINLINE Trap out_of_bounds_##id(STATE)    \
    {                                                               \
        UNUSED_STATE;                                               \
        END_OUT_OF_BOUNDS(ACCESS(FAILED_AT, size));                 \
    }
OUT_OF_BOUNDS_FUNCTION(1, 1)
OUT_OF_BOUNDS_FUNCTION(2, 2)
OUT_OF_BOUNDS_FUNCTION(4, 4)
OUT_OF_BOUNDS_FUNCTION(8, 8)
OUT_OF_BOUNDS_FUNCTION(16, 16)
OUT_OF_BOUNDS_FUNCTION(second_1, 1 | OOB_SECOND)
OUT_OF_BOUNDS_FUNCTION(second_4, 4 | OOB_SECOND)
OUT_OF_BOUNDS_FUNCTION(second_8, 8 | OOB_SECOND)
/* size is a constant. */
#define OUT_OF_BOUNDS(at, size)                                               \
    do {                                                                      \
        SET_FAILED_AT(at);                                                    \
        switch (size) {                                                       \
        case 1: MUSTTAIL return out_of_bounds_1(PASS);                        \
        case 2: MUSTTAIL return out_of_bounds_2(PASS);                        \
        case 4: MUSTTAIL return out_of_bounds_4(PASS);                        \
        case 8: MUSTTAIL return out_of_bounds_8(PASS);                        \
        case 16: MUSTTAIL return out_of_bounds_16(PASS);                      \
        case 1 | OOB_SECOND: MUSTTAIL return out_of_bounds_second_1(PASS);    \
        case 4 | OOB_SECOND: MUSTTAIL return out_of_bounds_second_4(PASS);    \
        case 8 | OOB_SECOND: MUSTTAIL return out_of_bounds_second_8(PASS);    \
        default: CW_UNREACHABLE();                                            \
        }                                                                     \
    } while (0)

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wunused-parameter"
#else
#pragma GCC diagnostic ignored "-Wunused-parameter"
#endif
#include "interp/handlers.inc"

#define IR(id, size, text) (const void *)h_##id,
static const void *const handlers[N_HANDLERS] = {
#include "code/ir.def"
#define THEN(a, b) (const void *)h_##a##__##b,
#include "code/pairs.def"
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
