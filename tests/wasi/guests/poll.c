/* poll_oneoff: clocks, files, errors of single subscriptions. Needs an empty directory as /; stdin is a pipe that stays open and empty, or as
 * the first argument says: "data" (7 bytes wait in it), "hangup" (closed, empty). "forever": waits for it without end. */
#include "support.h"
#include <poll.h>
#include <time.h>

static __wasi_subscription_t in[600];
static __wasi_event_t out[600];
static uint32_t n;

static __wasi_subscription_t clock_sub(uint64_t userdata, uint32_t id, uint64_t timeout, uint16_t flags)
{
    __wasi_subscription_t s = { .userdata = userdata, .u.tag = 0 };
    s.u.u.clock.id = id;
    s.u.u.clock.timeout = timeout;
    s.u.u.clock.flags = flags;
    return s;
}
static __wasi_subscription_t fd_sub(uint64_t userdata, uint32_t fd, bool write)
{
    __wasi_subscription_t s = { .userdata = userdata, .u.tag = write ? 2 : 1 };
    s.u.u.fd_read.file_descriptor = (int)fd;
    return s;
}
static uint64_t now(uint32_t id)
{
    uint64_t t = 0;
    raw_clock_time_get(id, 0, AT(&t));
    return t;
}
static int poll_it(uint32_t count) { return raw_poll_oneoff(AT(in), AT(out), count, AT(&n)); }

static void event_is(uint32_t i, uint64_t userdata, int type, int error)
{
    NUM("  userdata", out[i].userdata, userdata);
    NUM("  type", out[i].type, type);
    char name[40];   /* errnos.txt names it */
    snprintf(name, sizeof name, "event: %s", errno_name(error));
    errno_is(name, out[i].error, error);
}

#define MS 1000000ull

static void clocks(void)
{
    for (uint32_t id = 0; id < 2; id++) {
        uint64_t start = now(id);
        in[0] = clock_sub(11, id, 60 * MS, 0);
        OK("relative, 60 ms", poll_it(1));
        NUM("  events", n, 1);
        event_is(0, 11, 0, 0);
        uint64_t took = now(id) - start;
        TRUE("  not too early", took >= 60 * MS);
        TRUE("  not much too late", took < 2000 * MS);
        start = now(id);
        in[0] = clock_sub(12, id, start + 50 * MS, 1);
        OK("absolute, in 50 ms", poll_it(1));
        event_is(0, 12, 0, 0);
        TRUE("  not too early", now(id) >= start + 50 * MS);
        in[0] = clock_sub(13, id, start - 1, 1);
        start = now(1);
        OK("absolute, in the past", poll_it(1));
        NUM("  events", n, 1);
        TRUE("  at once", now(1) - start < 500 * MS);
        in[0] = clock_sub(14, id, 0, 0);
        OK("relative 0", poll_it(1));
        NUM("  events", n, 1);
        in[0] = clock_sub(15, id, ~0ull, 0);
        in[1] = clock_sub(16, id, 5 * MS, 0);
        in[2] = clock_sub(17, id, ~0ull, 1);
        OK("the nearest of three, two of them never", poll_it(3));
        NUM("  events", n, 1);
        event_is(0, 16, 0, 0);
    }
    uint64_t cpu = now(2), start = now(1);
    in[0] = clock_sub(1, 1, 300 * MS, 0);
    OK("sleep 300 ms", poll_it(1));
    TRUE("  slept", now(1) - start >= 300 * MS);
    TRUE("  without using the CPU", now(2) - cpu < 150 * MS);
    in[0] = clock_sub(21, 2, 5, 0);
    OK("CPU time cannot be waited for", poll_it(1));
    event_is(0, 21, 0, __WASI_ERRNO_NOTSUP);
    if (!bad_values_trap()) {
        in[0] = clock_sub(22, 77, 5, 0);
        OK("no such clock", poll_it(1));
        event_is(0, 22, 0, __WASI_ERRNO_INVAL);
        in[0] = clock_sub(23, 1, 5, 2);
        OK("unknown clock flag", poll_it(1));
        event_is(0, 23, 0, __WASI_ERRNO_INVAL);
    }
    struct timespec ts = { 0, 20000000 };
    NUM("nanosleep", nanosleep(&ts, NULL), 0);
}

static void descriptors(void)
{
    uint32_t file, none;
    OK("make", make_file(ROOT, "f", "0123456789"));
    OK("open", open_at(ROOT, "f", 0, 0, R_FILE, &file));
    OK("open", open_at(ROOT, "f", 0, 0, R_READ, &none));
    uint64_t pos;
    OK("seek", raw_fd_seek(file, 3, 0, AT(&pos)));
    in[0] = fd_sub(1, file, false);
    in[1] = fd_sub(2, file, true);
    in[2] = clock_sub(3, 1, 10000 * MS, 0);
    uint64_t start = now(1);
    OK("a file is ready", poll_it(3));
    TRUE("  at once", now(1) - start < 1000 * MS);
    NUM("  events", n, 2);
    event_is(0, 1, 1, 0);
    NUM("  bytes to its end", out[0].fd_readwrite.nbytes, 7);
    event_is(1, 2, 2, 0);
    in[0] = fd_sub(1, 1000, false);
    in[1] = fd_sub(2, 0xffffffff, true);
    in[2] = fd_sub(3, none, false);
    in[3] = fd_sub(4, ROOT, false);
    in[4] = fd_sub(5, file, false);
    OK("bad descriptors are events", poll_it(5));
    NUM("  events", n, 5);
    event_is(0, 1, 1, __WASI_ERRNO_BADF);
    event_is(1, 2, 2, __WASI_ERRNO_BADF);
    event_is(2, 3, 1, __WASI_ERRNO_NOTCAPABLE);
    event_is(3, 4, 1, __WASI_ERRNO_NOTCAPABLE);
    event_is(4, 5, 1, 0);
    for (uint32_t i = 0; i < 600; i++)
        in[i] = fd_sub(i, file, i & 1);
    OK("600 subscriptions", poll_it(600));
    NUM("  events", n, 600);
    event_is(599, 599, 2, 0);

    IS("no subscriptions", raw_poll_oneoff(AT(in), AT(out), 0, AT(&n)), INVAL);
    in[0].u.tag = 3;
    BAD("unknown type", poll_it(1), INVAL);
    in[0].u.tag = 1;
    BAD("in outside", raw_poll_oneoff(0xffffffd0, AT(out), 2, AT(&n)), FAULT);
    BAD("out outside", raw_poll_oneoff(AT(in), 0xffffffe1, 1, AT(&n)), FAULT);
    BAD("count outside", raw_poll_oneoff(AT(in), AT(out), 1, 0xffffffff), FAULT);
    BAD("more than there is memory", raw_poll_oneoff(AT(in), AT(out), 0x10000000, AT(&n)), FAULT);
    /* events over subscriptions, unaligned */
    static char odd[200];
    in[0] = fd_sub(77, file, false), in[1] = fd_sub(78, file, true);
    memcpy(odd + 1, in, 96);
    OK("in and out are the same, unaligned", raw_poll_oneoff(AT(odd + 1), AT(odd + 1), 2, AT(odd + 101)));
    memcpy(&n, odd + 101, 4);
    NUM("  events", n, 2);
    memcpy(out, odd + 1, 64);
    event_is(0, 77, 1, 0);
    event_is(1, 78, 2, 0);
    OK("close", raw_fd_close(file));
    OK("close", raw_fd_close(none));
}

static void streams(const char *what)
{
    in[0] = fd_sub(1, 0, false);
    in[1] = clock_sub(2, 1, 200 * MS, 0);
    uint64_t start = now(1);
    OK("stdin", poll_it(2));
    uint64_t took = now(1) - start;
    if (strcmp(what, "data") == 0) {
        TRUE("  at once", took < 150 * MS);
        NUM("  events", n, 1);
        event_is(0, 1, 1, 0);
        NUM("  bytes", out[0].fd_readwrite.nbytes, 7);
        NUM("  no hangup", out[0].fd_readwrite.flags, 0);
        struct pollfd p = { .fd = 0, .events = POLLRDNORM };
        NUM("libc poll", poll(&p, 1, 1000), 1);
        NUM("  revents", p.revents, POLLRDNORM);
    } else if (strcmp(what, "hangup") == 0) {
        TRUE("  at once", took < 150 * MS);
        NUM("  events", n, 1);
        event_is(0, 1, 1, 0);
        NUM("  bytes", out[0].fd_readwrite.nbytes, 0);
        NUM("  hangup", out[0].fd_readwrite.flags, 1);
    } else {
        TRUE("  waited", took >= 200 * MS && took < 2000 * MS);
        NUM("  events", n, 1);
        event_is(0, 2, 0, 0);
    }
    in[0] = fd_sub(5, 1, true);
    OK("stdout has room", poll_it(1));
    event_is(0, 5, 2, 0);
    in[0] = fd_sub(6, 1, false);
    OK("stdout cannot be read", poll_it(1));
    event_is(0, 6, 1, __WASI_ERRNO_NOTCAPABLE);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "forever") == 0) {
        in[0] = fd_sub(1, 0, false);
        return poll_it(1);
    }
    printf("# streams %s\n", what), streams(what);
    if (!*what) {
        printf("# clocks\n"), clocks();
        printf("# descriptors\n"), descriptors();
    }
    return done();
}
