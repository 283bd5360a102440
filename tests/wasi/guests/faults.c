/*
 * Failing system calls. The host program (../faults.c) has a function that lets the next call of one kind fail, and every error of the host
 * must come out as the one of preview 1 that has its name, with nothing half-done. Needs an empty directory as /; with the argument "overlay" it is
 * one, whose changes go to a directory of the host.
 */
#include "support.h"
#undef ROOT
#define ROOT 4u   /* behind the listener */
#include "../faults.h"

__attribute__((import_module("test"), import_name("fail"))) void fail(uint32_t call, uint32_t error);

static uint32_t fd, n;
static char buf[256];
static uint32_t iov[4];
static uint16_t flags;

enum {
#define ERRNO(id, number, host, text) E_##id = number,
#define ERRNO_OWN(id, number, text)
#include "../../../src/wasi/errno.def"
};

/* The next system call of this kind fails with each of the errors; what the guest then calls gives it, too. */
#define EACH(call, what, ...)                                                                             \
    do {                                                                                                  \
        static const int errors[] = { __VA_ARGS__ };                                                      \
        for (size_t i_ = 0; i_ < sizeof errors / sizeof errors[0]; i_++) {                                \
            char name_[300];                                                                              \
            snprintf(name_, sizeof name_, "%s when %s fails with %s", #what, #call, errno_name(errors[i_])); \
            fail(FAULT_##call, (uint32_t)errors[i_]);                                                     \
            errno_is(name_, what, errors[i_]);                                                            \
            fail(FAULT_NONE, 0);                                                                          \
        }                                                                                                 \
    } while (0)
/* A signal came: it is made again. */
#define REPEATS(call, what)                                         \
    do {                                                            \
        fail(FAULT_##call, __WASI_ERRNO_INTR);                      \
        errno_is(#what " when " #call " is interrupted", what, 0);  \
        fail(FAULT_NONE, 0);                                        \
    } while (0)

/* Waits in each call that can, while signals come. */
static void signals(void)
{
    static __wasi_subscription_t in[2] = { { .userdata = 1, .u.tag = 1 }, { .userdata = 2, .u.tag = 0 } };
    __wasi_event_t out[2];
    uint64_t start, now;
    in[1].u.u.clock.id = 1;
    in[1].u.u.clock.timeout = 50000000;
    iov[0] = AT(buf), iov[1] = 1;
    OK("time", raw_clock_time_get(1, 1, AT(&start)));
    OK("wait for a clock", raw_poll_oneoff(AT(&in[1]), AT(out), 1, AT(&n)));
    OK("time", raw_clock_time_get(1, 1, AT(&now)));
    TRUE("  all of it", now - start >= 50000000);
    OK("read", raw_fd_read(0, AT(iov), 1, AT(&n)));
    NUM("  a byte", n, 1);
    in[1].u.u.clock.timeout = 5000000000;
    OK("wait for a socket", raw_poll_oneoff(AT(in), AT(out), 2, AT(&n)));
    NUM("  it came", out[0].userdata, 1);
    OK("receive", raw_sock_recv(0, AT(iov), 1, 0, AT(&n), AT(&flags)));
    NUM("  a byte", n, 1);
    OK("accept", raw_sock_accept(3, 0, AT(&n)));
    uint32_t some;
    OK("a file", open_at(ROOT, "file", 0, CREAT, R_FILE, &fd));
    static char much[1 << 16];
    iov[0] = AT(much), iov[1] = sizeof much;
    for (int i = 0; i < 300; i++) {
        int e = raw_fd_write(fd, AT(iov), 1, AT(&some));
        if (e || some != sizeof much)
            IS("write", e, SUCCESS);
    }
    OK("sync", raw_fd_sync(fd));
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "signals") == 0) {
        signals();
        return done();
    }
    static __wasi_filestat_t st;
    const bool overlay = argc > 1 && strcmp(argv[1], "overlay") == 0;
    iov[0] = AT(buf), iov[1] = 4, iov[2] = AT(buf + 100), iov[3] = 4;
    OK("a file", make_file(ROOT, "f", "0123456789"));
    OK("a link", raw_path_symlink(S("f"), ROOT, S("l")));
    OK("open", open_at(ROOT, "f", 0, 0, R_FILE, &fd));

    /* every error number there is */
    for (int e = 1; e < 76; e++) {
        if (e == __WASI_ERRNO_INTR)
            continue;
        char name[80];
        n = 777;
        fail(FAULT_pread, (uint32_t)e);
        snprintf(name, sizeof name, "host error %s", errno_name(e));
        errno_is(name, raw_fd_pread(fd, AT(iov), 1, 0, AT(&n)), e);
        NUM("no count", n, 777);
    }

    REPEATS(read, raw_fd_read(fd, AT(iov), 1, AT(&n)));
    REPEATS(readv, raw_fd_read(fd, AT(iov), 2, AT(&n)));
    REPEATS(pread, raw_fd_pread(fd, AT(iov), 1, 0, AT(&n)));
    REPEATS(write, raw_fd_write(fd, AT(iov), 1, AT(&n)));
    REPEATS(writev, raw_fd_write(fd, AT(iov), 2, AT(&n)));
    REPEATS(pwrite, raw_fd_pwrite(fd, AT(iov), 1, 0, AT(&n)));
    REPEATS(ftruncate, raw_fd_filestat_set_size(fd, 10));
    REPEATS(fallocate, raw_fd_allocate(fd, 0, 10));
    REPEATS(fsync, raw_fd_sync(fd));
    REPEATS(fdatasync, raw_fd_datasync(fd));
    REPEATS(getrandom, raw_random_get(AT(buf), 16));

    OK("a directory", raw_path_create_directory(ROOT, S("full")));
    if (overlay) {   /* which keeps the position itself */
        EACH(pread, raw_fd_read(fd, AT(iov), 1, AT(&n)), E_IO, E_NOMEM);
        EACH(pwrite, raw_fd_write(fd, AT(iov), 1, AT(&n)), E_DQUOT, E_FBIG, E_IO, E_NOSPC, E_PIPE);
    } else {
        EACH(read, raw_fd_read(fd, AT(iov), 1, AT(&n)), E_IO, E_ISDIR, E_NXIO, E_NOMEM, E_NOBUFS, E_OVERFLOW, E_CONNRESET, E_NOTCONN, E_TIMEDOUT);
        EACH(readv, raw_fd_read(fd, AT(iov), 2, AT(&n)), E_IO);
        EACH(write, raw_fd_write(fd, AT(iov), 1, AT(&n)), E_CONNRESET, E_DESTADDRREQ, E_DQUOT, E_FBIG, E_IO, E_NETDOWN, E_NETUNREACH, E_NOBUFS,
             E_NOSPC, E_NXIO, E_PERM, E_PIPE);
        EACH(writev, raw_fd_write(fd, AT(iov), 2, AT(&n)), E_NOSPC, E_PIPE);
        EACH(lseek, raw_fd_seek(fd, 0, 0, AT(buf)), E_OVERFLOW, E_IO, E_NXIO);
        EACH(lseek, raw_fd_tell(fd, AT(buf)), E_OVERFLOW, E_IO);
    }
    EACH(fallocate, raw_fd_allocate(fd, 0, 100), E_DQUOT, E_FBIG, E_IO, E_NODEV, E_NOSPC, E_NOTSUP, E_NOSYS, E_PERM, E_TXTBSY);
    EACH(pwrite, raw_fd_pwrite(fd, AT(iov), 1, 0, AT(&n)), E_AGAIN, E_DQUOT, E_FBIG, E_IO, E_NOSPC, E_NXIO, E_PERM, E_PIPE, E_SPIPE);
    EACH(ftruncate, raw_fd_filestat_set_size(fd, 100), E_DQUOT, E_FBIG, E_IO, E_NOSPC, E_PERM, E_ROFS, E_TXTBSY);
    EACH(fsync, raw_fd_sync(fd), E_DQUOT, E_IO, E_NOSPC, E_ROFS);
    EACH(fdatasync, raw_fd_datasync(fd), E_DQUOT, E_IO, E_NOSPC, E_ROFS);
    EACH(fstat, raw_fd_filestat_get(fd, AT(&st)), E_IO, E_NOMEM, E_OVERFLOW);
    EACH(utimensat, raw_fd_filestat_set_times(fd, 1, 1, 5), E_ACCES, E_PERM, E_ROFS);
    if (!overlay)
        EACH(fadvise, raw_fd_advise(fd, 0, 0, 0), E_INVAL, E_SPIPE);
    EACH(getrandom, raw_random_get(AT(buf), 16), E_NOSYS, E_AGAIN, E_IO);
    if (!overlay)
        EACH(fcntl, raw_fd_fdstat_set_flags(fd, 1), E_PERM);

    /* what is done to a name */
    EACH(mkdirat, raw_path_create_directory(ROOT, S("d")), E_ACCES, E_DQUOT, E_IO, E_MLINK, E_NOMEM, E_NOSPC, E_PERM, E_ROFS);
    EACH(unlinkat, raw_path_unlink_file(ROOT, S("f")), E_ACCES, E_BUSY, E_IO, E_NOMEM, E_PERM, E_ROFS, E_TXTBSY);
    EACH(unlinkat, raw_path_remove_directory(ROOT, S("full")), E_ACCES, E_BUSY, E_IO, E_NOMEM, E_NOTEMPTY, E_PERM, E_ROFS);
    EACH(renameat, raw_path_rename(ROOT, S("f"), ROOT, S("g")), E_ACCES, E_BUSY, E_DQUOT, E_EXIST, E_IO, E_MLINK, E_NOMEM, E_NOSPC, E_PERM, E_ROFS, E_TXTBSY,
         E_XDEV);
    EACH(linkat, raw_path_link(ROOT, 0, S("f"), ROOT, S("g")), E_ACCES, E_DQUOT, E_IO, E_MLINK, E_NOMEM, E_NOSPC, E_PERM, E_ROFS, E_XDEV);
    EACH(symlinkat, raw_path_symlink(S("f"), ROOT, S("g")), E_ACCES, E_DQUOT, E_IO, E_NOMEM, E_NOSPC, E_PERM, E_ROFS);
    EACH(readlinkat, raw_path_readlink(ROOT, S("l"), AT(buf), 100, AT(&n)), E_ACCES, E_IO, E_NOMEM);
    EACH(utimensat, raw_path_filestat_set_times(ROOT, 0, S("f"), 1, 1, 5), E_ACCES, E_IO, E_PERM, E_ROFS);
    EACH(openat, open_at(ROOT, "new", 0, CREAT, R_WRITE, &n), E_DQUOT, E_IO, E_MFILE, E_NFILE, E_NOMEM, E_NOSPC, E_PERM, E_ROFS);
    if (!overlay)
        EACH(openat, open_at(ROOT, "f", 0, 0, R_WRITE, &n), E_AGAIN, E_BUSY, E_FBIG, E_MFILE, E_NFILE, E_NODEV, E_NXIO, E_OVERFLOW, E_PERM, E_ROFS, E_TXTBSY);

    /* looking a name up */
    if (!overlay) {
        EACH(syscall, open_at(ROOT, "f", 0, 0, R_READ, &n), E_ACCES, E_IO, E_LOOP, E_MFILE, E_NAMETOOLONG, E_NFILE, E_NOMEM);
        EACH(fstatat, stat_at(ROOT, "f", 0, &st), E_ACCES, E_IO, E_NOMEM, E_OVERFLOW);
        EACH(syscall, stat_at(ROOT, "./f", 0, &st), E_ACCES, E_IO, E_NOMEM, E_OVERFLOW);
        EACH(syscall, raw_path_filestat_set_times(ROOT, 0, S("f"), 1, 1, 5), E_NOMEM);
    }
    EACH(syscall, raw_fd_readdir(ROOT, AT(buf), sizeof buf, 0, AT(&n)), E_IO, E_NOMEM);

    /* sockets: 0 is one end of a pair, 3 listens */
    EACH(recvmsg, raw_sock_recv(0, AT(iov), 1, 0, AT(&n), AT(&flags)), E_CONNREFUSED, E_CONNRESET, E_IO, E_NOBUFS, E_NOMEM, E_NOTCONN, E_TIMEDOUT);
    EACH(sendmsg, raw_sock_send(0, AT(iov), 1, 0, AT(&n)), E_ACCES, E_CONNRESET, E_DESTADDRREQ, E_HOSTUNREACH, E_IO, E_ISCONN, E_MSGSIZE, E_NETDOWN,
         E_NETUNREACH, E_NOBUFS, E_NOMEM, E_NOTCONN, E_PIPE, E_TIMEDOUT);
    EACH(accept, raw_sock_accept(3, 0, AT(&n)), E_CONNABORTED, E_MFILE, E_NFILE, E_NOBUFS, E_NOMEM, E_NOTSUP, E_PERM, E_PROTO);
    EACH(shutdown, raw_sock_shutdown(0, 1), E_NOTCONN, E_NOBUFS);
    IS("nobody connects", raw_sock_accept(3, 0, AT(&n)), AGAIN);
    REPEATS(sendmsg, raw_sock_send(0, AT(iov), 1, 0, AT(&n)));
    fail(FAULT_accept, E_INTR);
    IS("accept is interrupted", raw_sock_accept(3, 0, AT(&n)), AGAIN);

    /* waiting */
    __wasi_subscription_t in = { .userdata = 1, .u.tag = 2, .u.u.fd_write.file_descriptor = 0 };
    __wasi_event_t out;
    REPEATS(ppoll, raw_poll_oneoff(AT(&in), AT(&out), 1, AT(&n)));
    EACH(ppoll, raw_poll_oneoff(AT(&in), AT(&out), 1, AT(&n)), E_NOMEM);
    OK("after all of it", raw_poll_oneoff(AT(&in), AT(&out), 1, AT(&n)));

    OK("nothing of it happened", raw_fd_filestat_get(fd, AT(&st)));
    IS("no directory", stat_at(ROOT, "d", 0, &st), NOENT);
    IS("no other name", stat_at(ROOT, "g", 0, &st), NOENT);
    IS("no new file", stat_at(ROOT, "new", 0, &st), NOENT);
    uint32_t next;
    OK("no descriptor is lost", open_at(ROOT, "f", 0, 0, R_READ, &next));
    NUM("the next number", next, fd + 1);
    return done();
}
