/* The three layouts of wasi_unstable (preview 0) that differ from preview 1, and that the other calls are there. Needs an empty directory. */
#include "support.h"

#define OLD(name) __attribute__((import_module("wasi_unstable"), import_name(#name)))
OLD(fd_seek) int32_t old_fd_seek(uint32_t fd, int64_t offset, uint32_t whence, uint32_t out);
OLD(fd_filestat_get) int32_t old_fd_filestat_get(uint32_t fd, uint32_t out);
OLD(path_filestat_get) int32_t old_path_filestat_get(uint32_t fd, uint32_t lookup, uint32_t path, uint32_t size, uint32_t out);
OLD(poll_oneoff) int32_t old_poll_oneoff(uint32_t in, uint32_t out, uint32_t n, uint32_t n_events);
OLD(path_open) int32_t old_path_open(uint32_t fd, uint32_t lookup, uint32_t path, uint32_t size, uint32_t oflags, uint64_t base,
                                     uint64_t inheriting, uint32_t fdflags, uint32_t out);
OLD(fd_write) int32_t old_fd_write(uint32_t fd, uint32_t iovs, uint32_t n, uint32_t out);
OLD(fd_close) int32_t old_fd_close(uint32_t fd);
OLD(proc_raise) int32_t old_proc_raise(uint32_t signal);
OLD(clock_time_get) int32_t old_clock_time_get(uint32_t id, uint64_t precision, uint32_t out);
OLD(fd_prestat_get) int32_t old_fd_prestat_get(uint32_t fd, uint32_t out);
OLD(sock_shutdown) int32_t old_sock_shutdown(uint32_t fd, uint32_t how);

typedef struct OldStat {   /* 56 bytes */
    uint64_t dev, ino;
    uint8_t type;
    uint32_t nlink;
    uint64_t size, atim, mtim, ctim;
} OldStat;
_Static_assert(sizeof(OldStat) == 56, "layout of preview 0");

typedef struct OldSub {   /* 56 bytes */
    uint64_t userdata;
    uint8_t type;
    union {
        struct { uint64_t identifier; uint32_t id; uint64_t timeout, precision; uint16_t flags; } clock;
        uint32_t fd;
    } u;
} OldSub;
_Static_assert(sizeof(OldSub) == 56, "layout of preview 0");

int main(void)
{
    uint32_t fd, n;
    uint64_t pos;
    OK("path_open", old_path_open(ROOT, 0, S("f"), CREAT, R_FILE, 0, 0, AT(&fd)));
    uint32_t iov[2] = { AT("0123456789"), 10 };
    OK("fd_write", old_fd_write(fd, AT(iov), 1, AT(&n)));
    OK("seek: 2 is from the start", old_fd_seek(fd, 3, 2, AT(&pos)));
    NUM("  position", pos, 3);
    OK("seek: 0 is from here", old_fd_seek(fd, 3, 0, AT(&pos)));
    NUM("  position", pos, 6);
    OK("seek: 1 is from the end", old_fd_seek(fd, -1, 1, AT(&pos)));
    NUM("  position", pos, 9);
    BAD("seek: 3", old_fd_seek(fd, 0, 3, AT(&pos)), INVAL);

    OldStat st[2];
    __wasi_filestat_t now;
    memset(st, '?', sizeof st);
    OK("fd_filestat_get", old_fd_filestat_get(fd, AT(st)));
    OK("now", raw_fd_filestat_get(fd, AT(&now)));
    NUM("  dev", st[0].dev, now.dev);
    NUM("  ino", st[0].ino, now.ino);
    NUM("  type", st[0].type, 4);
    NUM("  nlink", st[0].nlink, 1);
    NUM("  size", st[0].size, 10);
    NUM("  mtim", st[0].mtim, now.mtim);
    NUM("  ctim", st[0].ctim, now.ctim);
    NUM("  56 bytes", st[1].dev, 0x3f3f3f3f3f3f3f3f);
    memset(st, '?', sizeof st);
    OK("path_filestat_get", old_path_filestat_get(ROOT, 0, S("f"), AT(st)));
    NUM("  ino", st[0].ino, now.ino);
    NUM("  size", st[0].size, 10);
    NUM("  56 bytes", st[1].dev, 0x3f3f3f3f3f3f3f3f);

    OldSub in[3] = { { .userdata = 1, .type = 0 }, { .userdata = 2, .type = 1 }, { .userdata = 3, .type = 0 } };
    __wasi_event_t out[3];
    in[0].u.clock.identifier = 99, in[0].u.clock.id = 1, in[0].u.clock.timeout = 30000000;
    uint64_t a, b;
    OK("clock_time_get", old_clock_time_get(1, 0, AT(&a)));
    OK("poll_oneoff, a clock", old_poll_oneoff(AT(in), AT(out), 1, AT(&n)));
    OK("clock_time_get", old_clock_time_get(1, 0, AT(&b)));
    TRUE("  waited", b - a >= 30000000);
    NUM("  userdata", out[0].userdata, 1);
    NUM("  error", out[0].error, 0);
    in[1].u.fd = fd;
    in[2].u.clock.id = 1, in[2].u.clock.timeout = a, in[2].u.clock.flags = 1;
    OK("poll_oneoff, a file and an absolute time", old_poll_oneoff(AT(&in[1]), AT(out), 2, AT(&n)));
    NUM("  events", n, 2);
    NUM("  userdata", out[0].userdata, 2);
    NUM("  bytes", out[0].fd_readwrite.nbytes, 1);
    NUM("  userdata", out[1].userdata, 3);
    OK("fd_close", old_fd_close(fd));
    OK("proc_raise", old_proc_raise(0));
    OK("fd_prestat_get", old_fd_prestat_get(ROOT, AT(out)));
    IS("sock_shutdown", old_sock_shutdown(ROOT, 1), NOTSOCK);
    return done();
}
