/* p1_random.c - randomness. */
#include "wasi/wasi.h"

/* random_get(buf, size) - fills size bytes from the kernel's generator; any size.
 * Errors: FAULT. POSIX: getentropy. */
Errno cw_p1_random_get(Call *c)
{
    u32 size = cw_arg32(c, 1);
    cwasm_wasi *w = c->wasi;
    u8 *p = cw_guest(c, cw_arg_ptr(c, 0), size);
    if (!p)
        return ERRNO_FAULT;
    if (!w->random.seeded)
        return cw_host_random(p, size);
    cw_wasi_lock(w);
    Errno e = cw_random_fill(&w->random, p, size);
    cw_wasi_unlock(w);
    return e;
}
