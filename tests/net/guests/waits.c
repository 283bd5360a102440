/*
 * waits.c - poll_oneoff on many things at once: descriptor 3 is a listener that nobody connects to.
 *
 *   clocks   three clocks       mixed   clocks, a listener, a socket, a stream, three times       many   very many subscriptions
 */
#include "net.h"

#include <time.h>

enum { MILLI = 1000000 };

static u32 n;
static __wasi_subscription_t in[20000];
static __wasi_event_t out[20000];

static uint64_t now(u32 id)
{
    uint64_t t = 0;
    raw_clock_time_get(id, 1, AT(&t));
    return t;
}
static __wasi_subscription_t clock_sub(uint64_t userdata, u32 id, uint64_t timeout, bool absolute)
{
    __wasi_subscription_t s = { .userdata = userdata, .u.tag = 0 };
    s.u.u.clock.id = id;
    s.u.u.clock.timeout = timeout;
    s.u.u.clock.flags = absolute;
    return s;
}
static __wasi_subscription_t fd_sub(uint64_t userdata, u32 fd, bool write)
{
    __wasi_subscription_t s = { .userdata = userdata, .u.tag = write ? 2 : 1 };
    s.u.u.fd_read.file_descriptor = fd;
    return s;
}

/* Waits; how long it took is between least and least + 100 ms, more on a busy machine. */
static void wait_for(const char *what, u32 subs, uint64_t least)
{
    uint64_t from = now(1);
    OK(what, raw_poll_oneoff(AT(in), AT(out), subs, AT(&n)));
    uint64_t took = now(1) - from;
    TRUE("  not too early", took >= least);
    TRUE("  not too late", took < least + 2000 * (uint64_t)MILLI);
}

static void clocks(void)
{
    in[0] = clock_sub(1, 1, 900 * MILLI, false);
    in[1] = clock_sub(2, 1, 300 * MILLI, false);
    in[2] = clock_sub(3, 0, now(0) + 600 * (uint64_t)MILLI, true);
    wait_for("the nearest of three clocks", 3, 300 * MILLI);
    NUM("  one event", n, 1);
    NUM("  it is", out[0].userdata, 2);
    in[0] = clock_sub(1, 1, now(1) + 300 * (uint64_t)MILLI, true);
    in[1] = clock_sub(2, 0, 5000 * (uint64_t)MILLI, false);
    wait_for("an absolute one", 2, 299 * MILLI);
    NUM("  it is", out[0].userdata, 1);
    in[0] = clock_sub(1, 0, 5, true);
    in[1] = clock_sub(2, 1, UINT64_MAX, false);
    wait_for("one that is long over", 2, 0);
    NUM("  one event", n, 1);
    IS("none", raw_poll_oneoff(AT(in), AT(out), 0, AT(&n)), INVAL);
}

static void mixed(void)
{
    u32 fd, iov[2] = { AT("x"), 1 };
    WamrAddr a = wamr4("127.0.0.1", 0);
    (void)a, (void)iov, (void)fd;
    for (int i = 0; i < 3; i++) {
        in[0] = fd_sub(1, 3, false);
        in[1] = clock_sub(2, 1, 300 * MILLI, false);
        in[2] = fd_sub(3, 3, false);
        in[3] = clock_sub(4, 0, 5000 * (uint64_t)MILLI, false);
        wait_for("a clock among listeners", 4, 300 * MILLI);
        NUM("  one event", n, 1);
        NUM("  it is", out[0].userdata, 2);
        NUM("  a clock", out[0].type, 0);
    }
}

static void many(void)
{
    for (u32 i = 0; i < 19999; i++)
        in[i] = fd_sub(i, 3, false);
    in[19999] = clock_sub(19999, 1, 200 * MILLI, false);
    wait_for("20000 subscriptions", 20000, 200 * MILLI);
    NUM("  one event", n, 1);
    for (u32 i = 0; i < 20000; i++)
        in[i] = fd_sub(i, i % 2 ? 3 : 1, i % 2 == 0);   /* stdout can be written, a listener cannot be read */
    wait_for("10000 that are ready", 20000, 0);
    NUM("  events", n, 10000);
    NUM("  the last", out[9999].userdata, 19998);
    IS("more than there can be", raw_poll_oneoff(0, 0, 300000, AT(&n)), FAULT);
    IS("far more", raw_poll_oneoff(0, 0, 0x10000000, AT(&n)), FAULT);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "clocks") == 0)
        clocks();
    else if (strcmp(what, "mixed") == 0)
        mixed();
    else
        many();
    return done();
}
