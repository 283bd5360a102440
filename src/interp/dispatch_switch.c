/*
 * dispatch_switch.c - the handler text as one portable switch: any compiler, sanitizer builds. A pair goes on at the label of its second.
 */
#include "interp/dispatch.h"
#include "interp/keep.h"

#ifdef CW_COUNT_PAIRS
#include "interp/count_pairs.h"
#define COUNT(pc) count_instruction(pc)
#define WORD_OF(a, b) IR_##a
#else
#define COUNT(pc) (void)0
#define WORD_OF(a, b) IR_##a##__##b
#define ADVANCE(size) (pc = (const Ins *)((const u8 *)pc + (size)))
#endif

#define HANDLER(id) case IR_##id: L_##id: __attribute__((unused));
#define COLD(id) L_##id:
#define OTHER(id) goto L_##id
#define DISPATCH() goto dispatch
#define NEXT(size) do { pc = (const Ins *)((const u8 *)pc + (size)); DISPATCH(); } while (0)
#define JUMP(target) do { pc = (target); DISPATCH(); } while (0)
#define TRAP_WORD(word) do { r = (word); goto trap_exit; } while (0)
#define LEAVE() return CWASM_TRAP_NONE
#define FAILING_AT(at) (void)0
#define OUT_OF_BOUNDS(at, size) do { mem_size = ACCESS(at, size); goto out_of_bounds; } while (0)   /* mem_size is read anew there */

#define IR(id, size, text) (const void *)(uintptr_t)IR_##id,
static const void *const handlers[N_HANDLERS] = {
#include "code/ir.def"
#define THEN(a, b) (const void *)(uintptr_t)WORD_OF(a, b),
#include "code/pairs.def"
};
#undef IR

#define STUB(id) (const void *)(uintptr_t)IR_##id, NULL
static const void *const stubs[2 * N_STUBS] = { STUB(exit), STUB(switch_back), STUB(host_enter), STUB(lazy_enter) };

const DispatchTables cw_tables_switch = { handlers, stubs };

Trap cw_run_switch(const u8 *start, u64 *fp, Instance *inst)
{
    const Ins *pc = (const Ins *)(const void *)start;
    const Memory *memory0 = inst->memory0;
    u8 *mem = memory0 ? memory0->data : NULL;
    u64 mem_size = memory0 ? cw_memory_check_size(memory0) : 0;
    u64 r = 0;
    ACCUMULATORS();

dispatch:
    COUNT(pc);
    switch (pc->handler) {
#include "interp/handlers.inc"
    default:
        CW_UNREACHABLE();
    }

out_of_bounds:
    END_OUT_OF_BOUNDS(mem_size);

trap_exit:
    END_TRAP();
}
