/*
 * Failing system calls. The host program (../faults.c) has a function that lets the next call of one kind fail, and every error of the host
 * must come out as the one of preview 1 that has its name, with nothing half-done. Needs an empty directory as /.
 */
#include "support.h"
#include "../faults.h"

__attribute__((import_module("test"), import_name("fail"))) void fail(uint32_t call, uint32_t error);

static uint32_t fd, n;
static char buf[256];
static uint32_t iov[4];

/* The next system call of this kind fails with the error; what the guest then calls gives it, too. */
#define FAILS(call, error, what)                                    \
    do {                                                            \
        fail(FAULT_##call, __WASI_ERRNO_##error);                   \
        errno_is(#what " when " #call " fails with " #error, what, __WASI_ERRNO_##error); \
        fail(FAULT_NONE, 0);                                        \
    } while (0)
/* A signal came: it is made again. */
#define REPEATS(call, what)                                         \
    do {                                                            \
        fail(FAULT_##call, __WASI_ERRNO_INTR);                      \
        errno_is(#what " when " #call " is interrupted", what, 0);  \
        fail(FAULT_NONE, 0);                                        \
    } while (0)

int main(void)
{
    static __wasi_filestat_t st;
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

    FAILS(read, IO, raw_fd_read(fd, AT(iov), 1, AT(&n)));
    FAILS(readv, IO, raw_fd_read(fd, AT(iov), 2, AT(&n)));
    FAILS(write, NOSPC, raw_fd_write(fd, AT(iov), 1, AT(&n)));
    FAILS(write, DQUOT, raw_fd_write(fd, AT(iov), 1, AT(&n)));
    FAILS(write, FBIG, raw_fd_write(fd, AT(iov), 1, AT(&n)));
    FAILS(write, PIPE, raw_fd_write(fd, AT(iov), 1, AT(&n)));
    FAILS(writev, NOSPC, raw_fd_write(fd, AT(iov), 2, AT(&n)));
    FAILS(pwrite, NOSPC, raw_fd_pwrite(fd, AT(iov), 1, 0, AT(&n)));
    FAILS(lseek, OVERFLOW, raw_fd_seek(fd, 0, 0, AT(buf)));
    FAILS(lseek, IO, raw_fd_tell(fd, AT(buf)));
    FAILS(ftruncate, NOSPC, raw_fd_filestat_set_size(fd, 100));
    FAILS(ftruncate, TXTBSY, raw_fd_filestat_set_size(fd, 100));
    FAILS(fallocate, NOTSUP, raw_fd_allocate(fd, 0, 100));
    FAILS(fallocate, NOSPC, raw_fd_allocate(fd, 0, 100));
    FAILS(fsync, IO, raw_fd_sync(fd));
    FAILS(fsync, NOSPC, raw_fd_sync(fd));
    FAILS(fdatasync, IO, raw_fd_datasync(fd));
    FAILS(fstat, IO, raw_fd_filestat_get(fd, AT(&st)));
    FAILS(fadvise, INVAL, raw_fd_advise(fd, 0, 0, 0));
    FAILS(utimensat, ROFS, raw_fd_filestat_set_times(fd, 1, 1, 5));
    FAILS(utimensat, PERM, raw_path_filestat_set_times(ROOT, 0, S("f"), 1, 1, 5));
    FAILS(getrandom, NOSYS, raw_random_get(AT(buf), 16));
    FAILS(mkdirat, NOSPC, raw_path_create_directory(ROOT, S("d")));
    FAILS(mkdirat, ROFS, raw_path_create_directory(ROOT, S("d")));
    FAILS(mkdirat, MLINK, raw_path_create_directory(ROOT, S("d")));
    FAILS(unlinkat, BUSY, raw_path_unlink_file(ROOT, S("f")));
    FAILS(unlinkat, ROFS, raw_path_remove_directory(ROOT, S("d")));
    FAILS(renameat, XDEV, raw_path_rename(ROOT, S("f"), ROOT, S("g")));
    FAILS(renameat, NOSPC, raw_path_rename(ROOT, S("f"), ROOT, S("g")));
    FAILS(linkat, MLINK, raw_path_link(ROOT, 0, S("f"), ROOT, S("g")));
    FAILS(linkat, XDEV, raw_path_link(ROOT, 0, S("f"), ROOT, S("g")));
    FAILS(symlinkat, DQUOT, raw_path_symlink(S("f"), ROOT, S("g")));
    FAILS(readlinkat, IO, raw_path_readlink(ROOT, S("l"), AT(buf), 100, AT(&n)));
    FAILS(openat, NOSPC, open_at(ROOT, "new", 0, CREAT, R_WRITE, &n));
    FAILS(openat, NFILE, open_at(ROOT, "new", 0, CREAT, R_WRITE, &n));
    FAILS(openat, MFILE, open_at(ROOT, "new", 0, CREAT, R_WRITE, &n));
    FAILS(open, MFILE, open_at(ROOT, "f", 0, 0, R_READ, &n));
    FAILS(open, TXTBSY, open_at(ROOT, "f", 0, 0, R_WRITE, &n));
    FAILS(syscall, MFILE, open_at(ROOT, "f", 0, 0, R_READ, &n));
    FAILS(syscall, NOMEM, stat_at(ROOT, "f", 0, &st));
    FAILS(syscall, IO, raw_fd_readdir(ROOT, AT(buf), sizeof buf, 0, AT(&n)));

    OK("nothing of it happened", raw_fd_filestat_get(fd, AT(&st)));
    IS("no directory", stat_at(ROOT, "d", 0, &st), NOENT);
    IS("no other name", stat_at(ROOT, "g", 0, &st), NOENT);
    IS("no new file", stat_at(ROOT, "new", 0, &st), NOENT);
    uint32_t next;
    OK("no descriptor is lost", open_at(ROOT, "f", 0, 0, R_READ, &next));
    NUM("the next number", next, fd + 1);
    return done();
}
