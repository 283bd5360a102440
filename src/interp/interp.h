/*
 * interp.h - running code: what the rest of the library sees of the interpreter.
 */
#ifndef CW_INTERP_INTERP_H
#define CW_INTERP_INTERP_H

#include "run/objects.h"

/* One compiled form of the handler text (handlers.inc): switch, computed goto or tail calls. */
struct Dispatch {
    cwasm_dispatch kind;
    const char *name;
    const u64 *handlers;   /* word to put in front of an instruction, by IR opcode */
    Trap (*run)(const u8 *pc, u64 *fp, Instance *inst);
};

/* NULL if this build does not have it; CWASM_DISPATCH_AUTO gives the default. */
const Dispatch *cw_dispatch(cwasm_dispatch kind);

/* One entry from the host into guest code, on the C stack of the entering call. */
struct Activation {
    Activation *prev;
    Store *store;
    u64 *base;             /* frame of the entered function */
    /* where guest code stands when it left for the host (host call, trap) */
    const u8 *pc;          /* NULL if unknown */
    u64 *fp;
    Instance *inst;
    u64 trap;              /* the word of the trap: code and detail */
    u64 value;             /* in_place.c: what the accumulators hold where code goes on */
    bool in_host;          /* a host function runs */
    void *fault_exit;      /* guard pages: jmp_buf to leave guest code by, or NULL */
    Activation *outer_guarded;   /* guard pages: what cw_guarded_activation was */
};

/* The trap word. */
#define TRAP_CODE 0x7fu
#define TRAP_HAS_DETAIL 0x80u
#define TRAP_DETAIL_SHIFT 8
/* Of an uncaught exception: a host function called by a tail call threw it, so this frame is gone already. */
#define TRAP_IN_TAIL_CALL ((u64)1 << TRAP_DETAIL_SHIFT)

/* Calls func with arguments in slots[0..param_slots) and writes results to slots[0..result_slots). Any func, any store state. On a trap the raw
 * frames are captured in the store and the code is returned (CWASM_TRAP_EXIT for proc_exit); slots are then undefined. */
Trap cw_call(Store *store, Func *func, u64 *slots);

/* Turns a Trap into Status and fills err; CWASM_OK for CWASM_TRAP_NONE. Records the trap in the store. */
Status cw_trap_status(Store *store, Trap trap, Error *err);

/* Resolves names and offsets of store->raw into store->trap (at the first cwasm_store_trap). */
void cw_trap_resolve(Store *store);
/* The innermost n active guest functions, from inside a host function; how many there are. */
size_t cw_backtrace(Store *store, cwasm_frame *frames, size_t n);

/* IR that host functions are entered by (Func.entry of every HostFunc of the engine). */
const u8 *cw_host_func_entry(const Engine *engine);

/* What a function instance starts with: the translate stub of the module's function, or its code if already translated. */
const u8 *cw_func_entry(Module *module, u32 func_index);

/* For the collector: looks up what is known about every frame's place (mark false; may run out of memory), or marks what all frames refer to. */
bool cw_frame_roots(Store *store, bool mark);

/* Guard pages: the innermost activation that runs on this thread, for the fault handler. (Static TLS: reading it in a handler allocates nothing.) */
extern _Thread_local Activation *cw_guarded_activation __attribute__((tls_model("initial-exec")));
/* Guard pages: does the fault handler find out where guest code stood? If not, accesses are compared as well, so that every trap has its frames. */
bool cw_locates_faults(const Dispatch *dispatch);
/* Guard pages: installs the fault handler once per process; false where that is impossible. */
bool cw_guard_install(void);

#endif
