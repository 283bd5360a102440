/* call.c - waiting: signals that end the guest, and descriptors whose open file we share with others. */
#include "wasi/wasi.h"

bool cw_call_stopped(Call *c)
{
    if (!c->wasi->stop || !c->wasi->stop(c->wasi->stop_ctx))
        return false;
    c->trap = CWASM_TRAP_INTERRUPTED;
    return true;
}

static Errno poll_one(Call *c, const Handle *h, bool write, u64 timeout_ns, bool *ready)
{
    HostPoll poll = { .fd = h->fd, .write = write };
    u64 scratch[HOST_POLL_SCRATCH / 8];
    Errno e;
    CW_UNLOCKED(c, e = cw_host_poll(&poll, 1, timeout_ns, scratch));
    *ready = poll.ready;
    return e;
}

bool cw_call_again(Call *c, const Handle *h, bool write, Errno e)
{
    bool ready;
    if (CW_LIKELY(e != ERRNO_INTR && e != ERRNO_AGAIN))
        return false;
    if (e == ERRNO_INTR)
        return !cw_call_stopped(c);
    if (h->owned || (h->fdflags & FDFLAG_NONBLOCK))
        return false;
    do
        e = poll_one(c, h, write, UINT64_MAX, &ready);
    while (e == ERRNO_INTR && !cw_call_stopped(c));
    return e == ERRNO_SUCCESS;
}

Errno cw_handle_ready(Call *c, const Handle *h, bool write)
{
    bool ready;
    Errno e;
    do
        e = poll_one(c, h, write, 0, &ready);
    while (e == ERRNO_INTR && !cw_call_stopped(c));
    return e ? e : ready ? ERRNO_SUCCESS : ERRNO_AGAIN;
}
