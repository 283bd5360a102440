/*
 * p1_poll.c - waiting for any of several things: clocks, data to read, room to write.
 *
 * One host poll waits for all descriptors, its timeout is the nearest clock. Objects that never wait say how much
 * they have (`ready` of their operations). A subscription that cannot be waited for is an event with an error, as the specification has it, so one bad descriptor
 * does not hide the others.
 */
#include "wasi/wasi.h"

/* Layout of a subscription: where its fields are. */
typedef struct Layout {
    u32 size, type, clock_id, timeout, flags, fd;
} Layout;
/*   0 userdata   8 type   16 clock id or fd (4 bytes)   24 timeout   32 precision   40 flags (2 bytes)   48 */
static const Layout layout1 = { 48, 8, 16, 24, 40, 16 };
/*   0 userdata   8 type   16 the clock's userdata, or fd (4 bytes)   24 clock id (4 bytes)   32 timeout   40 precision   48 flags   56 */
static const Layout layout0 = { 56, 8, 24, 32, 48, 16 };

typedef struct Sub {
    u64 userdata;
    u8 type;
    bool ready, hangup;
    Errno error;
    u32 clock_id;
    u64 deadline;        /* EVENT_CLOCK: in time of its clock */
    u64 nbytes;
    Handle *h;           /* held */
    size_t poll;         /* index of the HostPoll, or NO_POLL */
} Sub;
#define NO_POLL SIZE_MAX
#define MAX_SUBS (1u << 18)   /* bounds what we allocate for one call: more than each of CAPTABLE_LIMIT descriptors twice */

static void ready(Sub *s, Errno error)
{
    s->ready = true;
    s->error = error;
}

/* Takes apart the subscription at p; ERRNO_INVAL if its type is unknown. Other threads may change the bytes: each field is read once. */
static Errno parse(Call *c, const u8 *p, const Layout *layout, Sub *s)
{
    *s = (Sub){ .userdata = cw_get64(p), .type = p[layout->type], .poll = NO_POLL };
    if (s->type == EVENT_CLOCK) {
        u64 now;
        u64 timeout = cw_get64(p + layout->timeout);
        u16 flags = cw_get16(p + layout->flags);
        s->clock_id = cw_get32(p + layout->clock_id);
        if (flags & ~SUBCLOCK_ABSTIME)
            ready(s, ERRNO_INVAL);
        else if (s->clock_id == CLOCK_ID_PROCESS_CPUTIME || s->clock_id == CLOCK_ID_THREAD_CPUTIME)
            ready(s, ERRNO_NOTSUP);   /* waiting uses no CPU time: it would never come */
        else if (cw_clock_time(&c->wasi->clock, s->clock_id, false, &now))
            ready(s, ERRNO_INVAL);
        else if (flags & SUBCLOCK_ABSTIME)
            s->deadline = timeout;
        else
            s->deadline = timeout > UINT64_MAX - now ? UINT64_MAX : now + timeout;
        return ERRNO_SUCCESS;
    }
    if (s->type != EVENT_FD_READ && s->type != EVENT_FD_WRITE)
        return ERRNO_INVAL;
    s->h = cw_captable_get(&c->wasi->table, cw_get32(p + layout->fd));
    Errno e = ERRNO_BADF;
    if (s->h)
        e = cw_handle_check(cw_handle_hold(s->h), RIGHT_POLL_FD_READWRITE | (s->type == EVENT_FD_READ ? RIGHT_FD_READ : RIGHT_FD_WRITE));
    if (e)
        ready(s, e);
    return ERRNO_SUCCESS;
}

/* Decides what needs no waiting. */
static void look(Call *c, Sub *s)
{
    if (s->ready || s->type == EVENT_CLOCK || !s->h->ops->ready)
        return;
    s->h->ops->ready(c, s->h, s->type == EVENT_FD_WRITE, &s->nbytes, &s->hangup);
    ready(s, ERRNO_SUCCESS);
}

/* Marks clocks that are due, *any is set if one is; the time until the next is, UINT64_MAX if there is none. */
static u64 look_at_clocks(Call *c, Sub *subs, u32 n, bool *any)
{
    u64 wait = UINT64_MAX;
    for (u32 i = 0; i < n; i++) {
        u64 now;
        Sub *s = &subs[i];
        if (s->type != EVENT_CLOCK || s->ready)
            continue;
        Errno e = cw_clock_time(&c->wasi->clock, s->clock_id, false, &now);
        if (e || now >= s->deadline)
            ready(s, e);
        else
            wait = CW_MIN(wait, s->deadline - now);
        *any |= s->ready;
    }
    return wait;
}

/* Marks descriptors that the poll found ready; true if there is one. */
static bool look_at_polls(Sub *subs, u32 n, const HostPoll *polls)
{
    bool any = false;
    for (u32 i = 0; i < n; i++) {
        Sub *s = &subs[i];
        if (s->poll == NO_POLL || !polls[s->poll].ready)
            continue;
        bool is_socket = s->h->ops == &cw_ops_socket;
        /* An error of a socket is told by the next call on it: guests learn there how a connect went. */
        ready(s, is_socket && polls[s->poll].error != ERRNO_BADF ? ERRNO_SUCCESS : polls[s->poll].error);
        s->hangup = polls[s->poll].hangup;
        s->nbytes = s->type == EVENT_FD_READ ? cw_host_available(s->h->fd) : 1;
        any = true;
    }
    return any;
}

/* Waits until at least one subscription is ready; in the end all that are ready are marked. The host is asked once: again only after a signal
 * that does not end the guest, or if a timeout ended early. */
static Errno wait_for(Call *c, Sub *subs, u32 n, HostPoll *polls, size_t n_polls, void *scratch)
{
    bool any = false;
    for (u32 i = 0; i < n; i++)
        any |= subs[i].ready;
    u64 wait = look_at_clocks(c, subs, n, &any);
    while (n_polls || !any) {
        /* Waiting for a clock that stands takes no time. */
        u64 pass = !any && c->wasi->clock.kind == CWASM_CLOCK_FIXED && wait != UINT64_MAX ? wait : 0;
        Errno e = ERRNO_SUCCESS;
        if (n_polls || !pass)
            e = cw_host_poll(polls, n_polls, any || pass ? 0 : wait, scratch);
        if (e && (e != ERRNO_INTR || cw_call_stopped(c)))
            return e;
        if (!e)
            any |= look_at_polls(subs, n, polls);
        if (!e && !any && pass)
            cw_clock_pass(&c->wasi->clock, pass);
        wait = look_at_clocks(c, subs, n, &any);
        if (!e && any)
            break;
    }
    return ERRNO_SUCCESS;
}

/*   0 userdata   8 error (2 bytes)   10 type (1 byte)   16 nbytes   24 flags (2 bytes)   32 */
enum { EVENT_SIZE = 32 };
static void put_event(u8 *p, const Sub *s)
{
    memset(p, 0, EVENT_SIZE);
    cw_put64(p, s->userdata);
    cw_put16(p + 8, s->error);
    p[10] = s->type;
    if (s->type != EVENT_CLOCK) {
        cw_put64(p + 16, s->nbytes);
        cw_put16(p + 24, s->hangup ? EVENT_HANGUP : 0);
    }
}

static Errno poll_oneoff(Call *c, const Layout *layout)
{
    u32 n = cw_arg32(c, 2);
    if (n == 0)
        return ERRNO_INVAL;
    const u8 *in = cw_guest(c, cw_arg_ptr(c, 0), (u64)n * layout->size);
    u8 *out = cw_guest(c, cw_arg_ptr(c, 1), (u64)n * EVENT_SIZE);
    u8 *n_events = cw_guest(c, cw_arg_ptr(c, 3), 4);
    if (!in || !out || !n_events)
        return ERRNO_FAULT;
    if (n > MAX_SUBS)
        return ERRNO_NOMEM;

    enum { ON_STACK = 8, EACH = sizeof(Sub) + sizeof(HostPoll) + HOST_POLL_SCRATCH };
    _Static_assert(sizeof(Sub) % 8 == 0 && sizeof(HostPoll) % 4 == 0 && HOST_POLL_SCRATCH % 4 == 0, "the three arrays lie behind each other");
    union { u64 align; u8 bytes[ON_STACK * EACH]; } small;
    size_t size = (size_t)n * EACH;
    u8 *room = n <= ON_STACK ? small.bytes : cw_alloc(&c->wasi->alloc, size);
    if (!room)
        return ERRNO_NOMEM;
    Sub *subs = (Sub *)(void *)room;
    HostPoll *polls = (HostPoll *)(void *)(room + sizeof(Sub) * n);
    void *scratch = room + (sizeof(Sub) + sizeof(HostPoll)) * n;

    Errno e = ERRNO_SUCCESS;
    size_t n_polls = 0;
    u32 n_parsed = 0;
    cw_wasi_lock(c->wasi);   /* only to look the handles up: they are held while we wait without it */
    while (n_parsed < n) {
        Sub *s = &subs[n_parsed];
        e = parse(c, in + (size_t)n_parsed * layout->size, layout, s);
        n_parsed++;
        if (e)
            break;
        look(c, s);
        if (!s->ready && s->type != EVENT_CLOCK) {
            s->poll = n_polls;
            polls[n_polls++] = (HostPoll){ .fd = s->h->fd, .write = s->type == EVENT_FD_WRITE };
        }
    }
    cw_wasi_unlock(c->wasi);
    if (!e)
        e = wait_for(c, subs, n, polls, n_polls, scratch);
    cw_wasi_lock(c->wasi);
    for (u32 i = 0; i < n_parsed; i++)
        cw_handle_drop(&c->wasi->table, subs[i].h);
    cw_wasi_unlock(c->wasi);
    if (!e) {
        u32 done = 0;
        for (u32 i = 0; i < n; i++)
            if (subs[i].ready)
                put_event(out + (size_t)done++ * EVENT_SIZE, &subs[i]);
        cw_put32(n_events, done);
    }
    if (room != small.bytes)
        cw_free(&c->wasi->alloc, room, size);
    return e;
}

/* poll_oneoff(in: ptr n subscriptions, out: ptr n events, n, n_events: ptr u32) - waits until at least one is ready and writes an event for
 * each that is. Layouts are above.
 * Errors: INVAL (n = 0, or an unknown type of subscription), FAULT, NOMEM. In events: BADF, NOTCAPABLE (RIGHT_POLL_FD_READWRITE and
 * RIGHT_FD_READ or RIGHT_FD_WRITE), INVAL (no such clock), NOTSUP (a CPU-time clock), PIPE, IO. POSIX: ppoll, clock_nanosleep. */
Errno cw_p1_poll_oneoff(Call *c) { return poll_oneoff(c, &layout1); }

/* Preview 0: subscriptions of 56 bytes. */
Errno cw_p0_poll_oneoff(Call *c) { return poll_oneoff(c, &layout0); }
