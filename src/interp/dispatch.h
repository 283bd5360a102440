/* dispatch.h - what each dispatch_*.c gives to interp.c. Which of them a build has, CMake says: CW_HAVE_TAIL, CW_HAVE_GOTO, CW_HAVE_SWITCH. */
#ifndef CW_INTERP_DISPATCH_H
#define CW_INTERP_DISPATCH_H

#include "interp/slow.h"

typedef struct DispatchTables {
    const void *const *handlers;   /* by IR opcode */
    const void *const *stubs;      /* N_STUBS instructions of two words, in the order of the enum in slow.h */
} DispatchTables;

/* An access out of bounds in one word; size may carry OOB_SECOND: it was the second access of an instruction, and pc is 16 bytes beyond its begin
 * (handlers.inc). */
#define ACCESS(at, size) ((at) << TRAP_DETAIL_SHIFT | (size))
enum { OOB_SECOND = 0x80 };

extern const DispatchTables cw_tables_tail, cw_tables_switch;
DispatchTables cw_tables_goto(void);   /* labels are known only inside their function */

/* The end of every trap (r is its word), where an exception may have been caught: text of trap_exit in each dispatcher. */
#define END_TRAP()                                                         \
    do {                                                                   \
        const Activation *caught = cw_trap_exit(inst, pc, fp, r);          \
        if (!caught)                                                       \
            return (Trap)(r & TRAP_CODE);                                  \
        pc = (const Ins *)(const void *)caught->pc;                        \
        fp = caught->fp;                                                   \
        inst = caught->inst;                                               \
        const Memory *first = inst->memory0;                               \
        mem = first ? first->data : NULL;                                  \
        mem_size = first ? cw_memory_check_size(first) : 0;                \
        DISPATCH();                                                        \
    } while (0)

/* The end of every failed bounds check of memory 0: another thread may have made the memory larger meanwhile, then the instruction is run again. */
#define END_OUT_OF_BOUNDS(word)                                                                              \
    do {                                                                                                     \
        u64 access = (word), at = access >> TRAP_DETAIL_SHIFT;                                               \
        mem_size = cw_memory_check_size(inst->memory0);                                                      \
        if (at + (access & (OOB_SECOND - 1)) <= mem_size) {                                                  \
            pc -= (access & OOB_SECOND) != 0;                                                                \
            DISPATCH();                                                                                      \
        }                                                                                                    \
        TRAP_WORD(CWASM_TRAP_MEMORY_OUT_OF_BOUNDS | TRAP_HAS_DETAIL | at << TRAP_DETAIL_SHIFT);               \
    } while (0)

Trap cw_run_tail(const u8 *pc, u64 *fp, Instance *inst);
Trap cw_run_goto(const u8 *pc, u64 *fp, Instance *inst);
Trap cw_run_switch(const u8 *pc, u64 *fp, Instance *inst);

#endif
