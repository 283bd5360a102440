/* p1_proc.c - the guest as a process. */
#include "wasi/wasi.h"

/* proc_exit(code) - does not return to the guest. POSIX: _exit, but the embedder gets all 32 bits. */
Errno cw_p1_proc_exit(Call *c)
{
    c->trap = cwasm_caller_exit(c->caller, cw_arg32(c, 0));
    return ERRNO_SUCCESS;
}

/* proc_raise(signal) - a signal whose default is to end the process ends the guest with 128 + its number, as a shell would report
 * it; one that is ignored or stops a process does nothing. Guests cannot install handlers.
 * Errors: INVAL (no such signal). POSIX: raise. */
Errno cw_p1_proc_raise(Call *c)
{
    enum { SIG_NONE = 0, SIG_CHLD = 16, SIG_CONT, SIG_STOP, SIG_TSTP, SIG_TTIN, SIG_TTOU, SIG_URG, SIG_WINCH = 27, SIG_SYS = 30 };
    u32 signal = cw_arg32(c, 0);
    if (signal > SIG_SYS)
        return ERRNO_INVAL;
    if (signal == SIG_NONE || (signal >= SIG_CHLD && signal <= SIG_URG) || signal == SIG_WINCH)
        return ERRNO_SUCCESS;
    c->trap = cwasm_caller_exit(c->caller, 128 + signal);
    return ERRNO_SUCCESS;
}

/* sched_yield() - lets other threads of the host run. Errors: none. POSIX: sched_yield. */
Errno cw_p1_sched_yield(Call *c)
{
    (void)c;
    cw_host_yield();
    return ERRNO_SUCCESS;
}
