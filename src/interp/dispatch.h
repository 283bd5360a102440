/* dispatch.h - what each dispatch_*.c gives to interp.c. Which of them a build has, CMake says: CW_HAVE_TAIL, CW_HAVE_GOTO, CW_HAVE_SWITCH. */
#ifndef CW_INTERP_DISPATCH_H
#define CW_INTERP_DISPATCH_H

#include "interp/slow.h"

typedef struct DispatchTables {
    const void *const *handlers;   /* by IR opcode */
    const void *const *stubs;      /* N_STUBS instructions of two words, in the order of the enum in slow.h */
} DispatchTables;

extern const DispatchTables cw_tables_tail, cw_tables_switch;
DispatchTables cw_tables_goto(void);   /* labels are known only inside their function */

Trap cw_run_tail(const u8 *pc, u64 *fp, Instance *inst);
Trap cw_run_goto(const u8 *pc, u64 *fp, Instance *inst);
Trap cw_run_switch(const u8 *pc, u64 *fp, Instance *inst);

#endif
