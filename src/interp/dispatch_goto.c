/*
 * dispatch_goto.c - the handler text as one function with computed gotos: for compilers without guaranteed tail calls. Fast with gcc; clang 19
 * merges the indirect jumps into one and gets 0.6 of the speed.
 */
#include "interp/dispatch.h"
#include "interp/keep.h"

#define HANDLER(id) L_##id:
#define COLD(id) L_##id:
#define OTHER(id) goto L_##id
#define ADVANCE(size) (pc = (const Ins *)((const u8 *)pc + (size)))
#define DISPATCH() goto *(const void *)(uintptr_t)pc->handler
#define NEXT(size) do { pc = (const Ins *)((const u8 *)pc + (size)); DISPATCH(); } while (0)
#define JUMP(target) do { pc = (target); DISPATCH(); } while (0)
#define TRAP_WORD(word) do { r = (word); goto trap_exit; } while (0)
#define LEAVE() return CWASM_TRAP_NONE
#define FAILING_AT(at) (void)0
#define OUT_OF_BOUNDS(at, size) do { mem_size = ACCESS(at, size); goto out_of_bounds; } while (0)   /* mem_size is read anew there */

static Trap loop(const Ins *pc, u64 *fp, Instance *inst, DispatchTables *tables)
{
#define IR(id, size, text) &&L_##id,
    static const void *const handlers[N_HANDLERS] = {
#include "code/ir.def"
#define THEN(a, b) &&L_##a##__##b,
#include "code/pairs.def"
    };
#undef IR
    static const void *const stubs[2 * N_STUBS] = {
        &&L_exit, NULL, &&L_switch_back, NULL, &&L_host_enter, NULL, &&L_lazy_enter, NULL,
    };
    if (tables) {
        *tables = (DispatchTables){ handlers, stubs };
        return CWASM_TRAP_NONE;
    }
    const Memory *memory0 = inst->memory0;
    u8 *mem = memory0 ? memory0->data : NULL;
    u64 mem_size = memory0 ? cw_memory_check_size(memory0) : 0;
    u64 r = 0;
    ACCUMULATORS();
    DISPATCH();

#include "interp/handlers.inc"

out_of_bounds:
    END_OUT_OF_BOUNDS(mem_size);

trap_exit:
    END_TRAP();
}

DispatchTables cw_tables_goto(void)
{
    DispatchTables tables;
    (void)loop(NULL, NULL, NULL, &tables);
    return tables;
}

Trap cw_run_goto(const u8 *start, u64 *fp, Instance *inst)
{
    return loop((const Ins *)(const void *)start, fp, inst, NULL);
}
