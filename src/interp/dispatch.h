/* dispatch.h - what each dispatch_*.c gives to interp.c. Which of them a build has, CMake says: CW_HAVE_TAIL, CW_HAVE_GOTO, CW_HAVE_SWITCH. */
#ifndef CW_INTERP_DISPATCH_H
#define CW_INTERP_DISPATCH_H

#include "interp/slow.h"

typedef struct DispatchTables {
    const void *const *handlers;   /* by IR opcode */
    const void *const *stubs;      /* N_STUBS instructions of two words, in the order of the enum in slow.h */
} DispatchTables;

/* In the low byte of what an access out of bounds leaves in mem_size, beside its size: it was the second one of an instruction, and pc is 16 bytes
 * beyond its begin (handlers.inc). */
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

Trap cw_run_tail(const u8 *pc, u64 *fp, Instance *inst);
Trap cw_run_goto(const u8 *pc, u64 *fp, Instance *inst);
Trap cw_run_switch(const u8 *pc, u64 *fp, Instance *inst);

#endif
