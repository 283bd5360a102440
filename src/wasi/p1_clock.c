/* p1_clock.c - clocks: 0 realtime, 1 monotonic, 2 CPU time of the process, 3 of the thread. */
#include "wasi/wasi.h"

/* clock_res_get(id, resolution: ptr u64) - nanoseconds, never 0.
 * Errors: INVAL (no such clock), FAULT. POSIX: clock_getres. */
Errno cw_p1_clock_res_get(Call *c)
{
    u64 ns;
    u8 *p = cw_guest(c, cw_arg_ptr(c, 1), 8);
    if (!p)
        return ERRNO_FAULT;
    Errno e = cw_clock_resolution(&c->wasi->clock, cw_arg32(c, 0), &ns);
    if (!e)
        cw_put64(p, ns ? ns : 1);
    return e;
}

/* clock_time_get(id, precision: u64, time: ptr u64) - nanoseconds; the precision asked for is always met.
 * Errors: INVAL (no such clock), FAULT. POSIX: clock_gettime. */
Errno cw_p1_clock_time_get(Call *c)
{
    u64 ns;
    u8 *p = cw_guest(c, cw_arg_ptr(c, 2), 8);
    if (!p)
        return ERRNO_FAULT;
    Errno e = cw_clock_time(&c->wasi->clock, cw_arg32(c, 0), true, &ns);
    if (!e)
        cw_put64(p, ns);
    return e;
}
