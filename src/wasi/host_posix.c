/*
 * host_posix.c - host.h on Linux. With host_net.c and wall_linux.c the only files of wasi/ with system calls.
 *
 * Raw system calls are used where the C library may be older than the kernel, or musl: openat2, getdents64, pwritev2.
 * SIGPIPE: sockets are written with MSG_NOSIGNAL; for pipes there is no such flag, so the program that embeds us has to ignore the
 * signal (the cwasm program does).
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#define _FILE_OFFSET_BITS 64

#include "wasi/host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#if !defined(__linux__)
#error "wasi/host_posix.c knows Linux only: it needs O_PATH, getdents64 and /proc"
#endif

/* Repeats a call that a signal interrupted. */
#define RETRY(result, call)                             \
    do                                                  \
        result = (call);                                \
    while (CW_UNLIKELY(result < 0 && errno == EINTR))

/* ---- Error numbers ---- */

CW_COLD Errno cw_host_errno(int host)
{
    switch (host) {
#define ERRNO(id, number, name, text) case name: return ERRNO_##id;
#define ERRNO_OWN(id, number, text)
#include "wasi/errno.def"
#undef ERRNO
#undef ERRNO_OWN
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK: return ERRNO_AGAIN;
#endif
#if EOPNOTSUPP != ENOTSUP
    case EOPNOTSUPP: return ERRNO_NOTSUP;
#endif
    /* Not in POSIX, but said by Linux. */
    case EHOSTDOWN: return ERRNO_HOSTUNREACH;
    case ENOMEDIUM: return ERRNO_NODEV;
    case ESHUTDOWN: return ERRNO_PIPE;
    case ESOCKTNOSUPPORT: return ERRNO_PROTONOSUPPORT;
    case EPFNOSUPPORT: return ERRNO_AFNOSUPPORT;
    case ETOOMANYREFS: return ERRNO_MFILE;
    case EUSERS: return ERRNO_NFILE;
    default: return ERRNO_IO;
    }
}

static CW_COLD Errno failed(void) { return cw_host_errno(errno); }
/* For calls that return 0 or -1. */
static inline Errno result(int r) { return CW_LIKELY(r >= 0) ? ERRNO_SUCCESS : failed(); }

const char *cw_errno_text(Errno e)
{
    switch (e) {
#define ERRNO(id, number, name, text) case number: return text;
#define ERRNO_OWN(id, number, text) case number: return text;
#include "wasi/errno.def"
#undef ERRNO
#undef ERRNO_OWN
    default: return "unknown error";
    }
}

/* ---- Names ---- */

/* Linux 5.6; the structure and the numbers are part of its interface. */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
struct open_how_v0 {
    u64 flags, mode, resolve;
};
#define HOW_NO_MAGICLINKS 0x02u
#define HOW_BENEATH 0x08u

bool cw_host_has_beneath(void)
{
    /* A size of 0 is refused before anything is looked at; seccomp filters older than the call answer EPERM or ENOSYS. */
    long r = syscall(SYS_openat2, -1, "", NULL, (size_t)0);
    return r < 0 && errno == EINVAL;
}

static Errno open_path(const char *path, int flags, int *fd)
{
    int r;
    RETRY(r, openat(AT_FDCWD, path, flags | O_CLOEXEC));
    if (r < 0)
        return failed();
    *fd = r;
    return ERRNO_SUCCESS;
}

Errno cw_host_open_tree(const char *path, int *fd) { return open_path(path, O_RDONLY | O_DIRECTORY, fd); }

Errno cw_host_open_folder(const char *path, int *fd) { return open_path(path, O_PATH | O_DIRECTORY, fd); }

Errno cw_host_open_file(const char *path, int *fd)
{
    int r = -1;   /* for gcc 13 */
    struct stat s;
    Errno e = open_path(path, O_PATH, &r);
    if (e)
        return e;
    if (fstat(r, &s) < 0 || !S_ISREG(s.st_mode)) {
        e = S_ISDIR(s.st_mode) ? ERRNO_ISDIR : ERRNO_NOTSUP;
        close(r);
        return e;
    }
    *fd = r;
    return ERRNO_SUCCESS;
}

bool cw_host_is_inside(int dir, int top)
{
    struct stat want, is, last = { .st_ino = 0 };
    bool inside = false;
    int at = dir, up;
    if (fstat(top, &want) < 0)
        return false;
    while (fstat(at, &is) == 0) {
        inside = is.st_dev == want.st_dev && is.st_ino == want.st_ino;
        if (inside || (is.st_dev == last.st_dev && is.st_ino == last.st_ino))
            break;   /* found, or the root of the host: its own parent */
        last = is;
        up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (at != dir)
            close(at);
        at = up;
        if (up < 0)
            break;
    }
    if (at >= 0 && at != dir)
        close(at);
    return inside;
}

bool cw_host_is_same(const char *path, int fd)
{
    struct stat named, is;
    return stat(path, &named) == 0 && fstat(fd, &is) == 0 && named.st_dev == is.st_dev && named.st_ino == is.st_ino;
}

/* thread-self, as a thread may have a descriptor table of its own. */
#define FD_FOLDER "/proc/thread-self/fd/"
static void fd_path(char path[64], int fd)
{
    char digits[12], *p = digits + sizeof digits;
    *--p = 0;
    do
        *--p = (char)('0' + fd % 10);
    while (fd /= 10);
    memcpy(path, FD_FOLDER, sizeof FD_FOLDER - 1);
    memcpy(path + sizeof FD_FOLDER - 1, p, (size_t)(digits + sizeof digits - p));
}

bool cw_host_path_of(int fd, char path[HOST_PATH_MAX])
{
    char link[64];
    fd_path(link, fd);
    ssize_t n = readlink(link, path, HOST_PATH_MAX - 1);
    path[n < 0 ? 0 : n] = 0;
    return n > 0;
}

static Errno open_beneath(int dir, const char *path, int flags, int *fd)
{
    struct open_how_v0 how = { .flags = (u64)flags | O_CLOEXEC, .resolve = HOW_BENEATH | HOW_NO_MAGICLINKS };
    long r;
    RETRY(r, syscall(SYS_openat2, dir, path, &how, sizeof how));
    if (r < 0)
        return errno == EXDEV ? ERRNO_PERM : failed();
    *fd = (int)r;
    return ERRNO_SUCCESS;
}

Errno cw_host_open_beneath(int dir, const char *path, bool follow, bool directory, int *fd)
{
    return open_beneath(dir, path, O_PATH | (follow ? 0 : O_NOFOLLOW) | (directory ? O_DIRECTORY : 0), fd);
}

Errno cw_host_open_dir_beneath(int dir, const char *path, bool follow, int *fd)
{
    return open_beneath(dir, path, O_RDONLY | O_DIRECTORY | (follow ? 0 : O_NOFOLLOW), fd);
}

static Errno opened(int r, int *fd)
{
    if (r < 0)
        return failed();
    *fd = r;
    return ERRNO_SUCCESS;
}

Errno cw_host_open_object(int dir, const char *name, int *fd)
{
    int r;
    RETRY(r, openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
    return opened(r, fd);
}

static int open_flags(const HostOpen *how)
{
    int flags = O_CLOEXEC | O_NOCTTY;
    flags |= how->write ? (how->read ? O_RDWR : O_WRONLY) : O_RDONLY;
    if (how->fdflags & FDFLAG_APPEND)
        flags |= O_APPEND;
    if (how->fdflags & FDFLAG_NONBLOCK)
        flags |= O_NONBLOCK;
    if (how->fdflags & (FDFLAG_SYNC | FDFLAG_RSYNC))
        flags |= O_SYNC;
    else if (how->fdflags & FDFLAG_DSYNC)
        flags |= O_DSYNC;
    return flags;
}

Errno cw_host_open_fds(HostFds *fds)
{
    int r;
    fds->pid = getpid();
    RETRY(r, openat(AT_FDCWD, "/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (r < 0)
        return failed();
    if (!cw_host_is_procfs(r)) {
        close(r);
        return ERRNO_NOENT;
    }
    fds->fd = r;
    return ERRNO_SUCCESS;
}

static bool same_object(int fd, const HostStat *st)
{
    struct stat is;
    return fstat(fd, &is) == 0 && (u64)is.st_dev == st->dev && (u64)is.st_ino == st->ino;
}

Errno cw_host_reopen(const HostFds *fds, int object, const HostStat *st, const HostOpen *how, int *fd)
{
    char path[64];
    int r;
    fd_path(path, object);
    if (fds->pid == getpid()) {
        RETRY(r, openat(fds->fd, path + sizeof FD_FOLDER - 1, open_flags(how)));
        if ((r >= 0 && same_object(r, st)) || (r < 0 && errno != ENOENT && errno != EACCES))
            return opened(r, fd);
        if (r >= 0)
            close(r);
    }
    RETRY(r, openat(AT_FDCWD, path, open_flags(how)));
    /* ENOENT: no /proc. EACCES: perhaps only /proc is closed to us, as it is to set-user-id programs. */
    if (r < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES))
        return ERRNO_NOSYS;
    if (r >= 0 && !same_object(r, st)) {
        close(r);
        return ERRNO_STALE;
    }
    return opened(r, fd);
}

Errno cw_host_reopen_dir(int object, int *fd)
{
    int r;
    RETRY(r, openat(object, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return opened(r, fd);
}

Errno cw_host_open(int dir, const char *name, const HostOpen *how, int *fd)
{
    int r;
    RETRY(r, openat(dir, name, open_flags(how) | O_NOFOLLOW | O_NONBLOCK));
    return opened(r, fd);
}

Errno cw_host_create(int dir, const char *name, const HostOpen *how, int *fd)
{
    int r;
    RETRY(r, openat(dir, name, open_flags(how) | O_NOFOLLOW | O_CREAT | O_EXCL, how->mode ? how->mode : 0666));
    return opened(r, fd);
}

/* Linux closes the descriptor even when it reports EINTR; repeating would close somebody else's. */
void cw_host_close(int fd) { (void)close(fd); }

static u64 nanoseconds(struct timespec t)
{
    u64 ns;
    if (t.tv_sec < 0)
        return 0;
    if (__builtin_mul_overflow((u64)t.tv_sec, 1000000000u, &ns) || __builtin_add_overflow(ns, (u64)t.tv_nsec, &ns))
        return UINT64_MAX;
    return ns;
}

static HostStat from_stat(const struct stat *s)
{
    mode_t m = s->st_mode;
    return (HostStat){
        .type = S_ISREG(m)    ? HOST_REGULAR
                : S_ISDIR(m)  ? HOST_DIRECTORY
                : S_ISLNK(m)  ? HOST_SYMLINK
                : S_ISCHR(m)  ? HOST_CHAR
                : S_ISBLK(m)  ? HOST_BLOCK
                : S_ISFIFO(m) ? HOST_FIFO
                : S_ISSOCK(m) ? HOST_SOCKET
                              : HOST_OTHER,
        .dev = (u64)s->st_dev,
        .ino = (u64)s->st_ino,
        .nlink = (u64)s->st_nlink,
        .size = (u64)s->st_size,
        .atim = nanoseconds(s->st_atim),
        .mtim = nanoseconds(s->st_mtim),
        .ctim = nanoseconds(s->st_ctim),
    };
}

Filetype cw_host_filetype(HostType type)
{
    switch (type) {
    case HOST_REGULAR: return FILETYPE_REGULAR_FILE;
    case HOST_DIRECTORY: return FILETYPE_DIRECTORY;
    case HOST_SYMLINK: return FILETYPE_SYMBOLIC_LINK;
    case HOST_CHAR: return FILETYPE_CHARACTER_DEVICE;
    case HOST_BLOCK: return FILETYPE_BLOCK_DEVICE;
    case HOST_SOCKET: return FILETYPE_SOCKET_STREAM;
    case HOST_FIFO:   /* preview 1 has no name for it */
    case HOST_OTHER: break;
    }
    return FILETYPE_UNKNOWN;
}

Errno cw_host_fstat(int fd, HostStat *st)
{
    struct stat s;
    if (fstat(fd, &s) < 0)
        return failed();
    *st = from_stat(&s);
    return ERRNO_SUCCESS;
}

Errno cw_host_lstat(int dir, const char *name, HostStat *st)
{
    struct stat s;
    if (fstatat(dir, name, &s, AT_SYMLINK_NOFOLLOW) < 0)
        return failed();
    *st = from_stat(&s);
    return ERRNO_SUCCESS;
}

/* f_type of file systems whose files are handles on the kernel, on other processes or on devices (linux/magic.h). */
#define MAGIC_PROC 0x9fa0u
static const u32 kernel_fs[] = {
    MAGIC_PROC,
    0x62656572, /* sysfs */
    0x00001cd1, /* devpts */
    0x0027e0eb, /* cgroup */
    0x63677270, /* cgroup2 */
    0x64626720, /* debugfs */
    0x74726163, /* tracefs */
    0x73636673, /* securityfs */
    0xf97cff8c, /* selinuxfs */
    0x43415d53, /* smackfs */
    0x5a3c69f0, /* apparmorfs */
    0xcafe4a11, /* bpf */
    0x62656570, /* configfs */
    0xde5e81e4, /* efivarfs */
    0x6165676c, /* pstore */
    0x42494e4d, /* binfmt_misc */
    0x19800202, /* mqueue */
    0x6e736673, /* nsfs */
    0x65735543, /* fusectl */
    0x07655821, /* resctrl */
    0xabba1974, /* xenfs */
    0x6e667364, /* nfsd */
    0x67596969, /* rpc_pipefs */
    0xa647361,  /* functionfs */
    0xaee71ee7, /* gadgetfs */
    0x23c9b64e, /* spufs */
    0x6f70726f, /* oprofilefs */
    0x00c0ffee, /* hostfs */
    0x5345434d, /* secretmem */
    0x444d4142, /* dma-buf */
    0x50494446, /* pidfs */
    0x474d454d, /* guest_memfd */
    0x9fa1,     /* openpromfs */
    0x9fa2,     /* usbdevfs */
    0x6c6f6f70, /* binderfs */
    0x50495045, /* pipefs */
    0x534f434b, /* sockfs */
    0x09041934, /* anonymous inodes */
};

static bool fs_magic(int fd, u32 *magic)
{
    struct statfs fs;
    int r;
    RETRY(r, fstatfs(fd, &fs));
    if (r < 0)
        return false;
    *magic = (u32)fs.f_type;
    return true;
}

bool cw_host_is_kernel_fs(int fd)
{
    u32 magic;
    if (!fs_magic(fd, &magic))
        return true;
    for (size_t i = 0; i < CW_COUNT(kernel_fs); i++)
        if (kernel_fs[i] == magic)
            return true;
    return false;
}

bool cw_host_is_procfs(int fd)
{
    u32 magic;
    return fs_magic(fd, &magic) && magic == MAGIC_PROC;
}

Errno cw_host_readlink(int dir, const char *name, char *text, size_t size, size_t *length)
{
    ssize_t r = readlinkat(dir, name, text, size);
    if (r < 0)
        return failed();
    *length = (size_t)r;
    return ERRNO_SUCCESS;
}

Errno cw_host_mkdir(int dir, const char *name, u16 mode) { return result(mkdirat(dir, name, mode)); }

u16 cw_host_mode(int fd)
{
    struct stat s;
    return fstat(fd, &s) < 0 ? 0 : (u16)(s.st_mode & 0777);
}

Errno cw_host_rmdir(int dir, const char *name) { return result(unlinkat(dir, name, AT_REMOVEDIR)); }
Errno cw_host_unlink(int dir, const char *name) { return result(unlinkat(dir, name, 0)); }
Errno cw_host_symlink(const char *target, int dir, const char *name) { return result(symlinkat(target, dir, name)); }

Errno cw_host_rename(int dir, const char *name, int new_dir, const char *new_name)
{
    return result(renameat(dir, name, new_dir, new_name));
}

Errno cw_host_link(int dir, const char *name, int new_dir, const char *new_name)
{
    return result(linkat(dir, name, new_dir, new_name, 0));
}

static struct timespec to_timespec(u64 ns)
{
    return (struct timespec){ .tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u) };
}

static struct timespec utime(HostTime t)
{
    if (t.kind == HOST_TIME_SET)
        return to_timespec(t.ns);
    return (struct timespec){ .tv_nsec = t.kind == HOST_TIME_NOW ? UTIME_NOW : UTIME_OMIT };
}

Errno cw_host_set_times(int fd, HostTime atim, HostTime mtim)
{
    struct timespec times[2] = { utime(atim), utime(mtim) };
    if (utimensat(fd, "", times, AT_EMPTY_PATH) == 0)
        return ERRNO_SUCCESS;
    if (errno != EINVAL)
        return failed();
    /* Before Linux 5.8. */
    char path[64];
    fd_path(path, fd);
    return result(utimensat(AT_FDCWD, path, times, 0));
}

/* ---- Descriptors ---- */

Errno cw_host_describe(int fd, bool *readable, bool *writable, u16 *fdflags)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return failed();
    *readable = (flags & O_ACCMODE) != O_WRONLY && !(flags & O_PATH);
    *writable = (flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH);
    u16 f = 0;
    if (flags & O_APPEND)
        f |= FDFLAG_APPEND;
    if (flags & O_NONBLOCK)
        f |= FDFLAG_NONBLOCK;
    if ((flags & O_SYNC) == O_SYNC)
        f |= FDFLAG_SYNC;
    else if (flags & O_DSYNC)
        f |= FDFLAG_DSYNC;
    *fdflags = f;
    return ERRNO_SUCCESS;
}

Errno cw_host_set_flags(int fd, u16 fdflags)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return failed();
    flags &= ~(O_APPEND | O_NONBLOCK);
    flags |= (fdflags & FDFLAG_APPEND ? O_APPEND : 0) | (fdflags & FDFLAG_NONBLOCK ? O_NONBLOCK : 0);
    return result(fcntl(fd, F_SETFL, flags));
}

bool cw_host_is_terminal(int fd) { return isatty(fd) == 1; }

Filetype cw_host_socket_type(int fd)
{
    int type;
    socklen_t size = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM)
        return FILETYPE_SOCKET_DGRAM;
    return FILETYPE_SOCKET_STREAM;
}

static inline Errno transferred(ssize_t r, size_t *done)
{
    if (CW_UNLIKELY(r < 0))
        return failed();
    *done = (size_t)r;
    return ERRNO_SUCCESS;
}

Errno cw_host_read(int fd, const struct iovec *iov, int n, size_t *done)
{
    return transferred(n == 1 ? read(fd, iov->iov_base, iov->iov_len) : readv(fd, iov, n), done);
}

Errno cw_host_write(int fd, const struct iovec *iov, int n, size_t *done)
{
    return transferred(n == 1 ? write(fd, iov->iov_base, iov->iov_len) : writev(fd, iov, n), done);
}

Errno cw_host_pread(int fd, const struct iovec *iov, int n, u64 offset, size_t *done)
{
    if (offset > INT64_MAX)
        return ERRNO_INVAL;
    off_t at = (off_t)offset;
    return transferred(n == 1 ? pread(fd, iov->iov_base, iov->iov_len, at) : preadv(fd, iov, n, at), done);
}

#ifndef SYS_pwritev2
#define PWRITEV2(fd, iov, n, offset, flags) (errno = ENOSYS, (ssize_t)-1)
#else
#define PWRITEV2(fd, iov, n, offset, flags) \
    (ssize_t)syscall(SYS_pwritev2, fd, iov, (long)(n), (long)(offset), (long)((u64)(offset) >> 32), flags)
#endif
#define NO_APPEND 0x20   /* RWF_NOAPPEND, Linux 6.9 */

Errno cw_host_pwrite(int fd, const struct iovec *iov, int n, u64 offset, bool append, bool owned, size_t *done)
{
    if (offset > INT64_MAX)
        return ERRNO_INVAL;
    off_t at = (off_t)offset;
    if (append) {
        /* POSIX: pwrite writes at the offset. Linux appends, unless told not to. */
        ssize_t r = PWRITEV2(fd, iov, n, offset, NO_APPEND);
        if (r >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS))
            return transferred(r, done);
        int flags = owned ? fcntl(fd, F_GETFL) : -1;
        if (flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_APPEND) == 0) {
            r = pwritev(fd, iov, n, at);
            Errno e = transferred(r, done);
            if (fcntl(fd, F_SETFL, flags) < 0 && !e)
                e = failed();
            return e;
        }
    }
    return transferred(n == 1 ? pwrite(fd, iov->iov_base, iov->iov_len, at) : pwritev(fd, iov, n, at), done);
}

Errno cw_host_seek(int fd, s64 offset, int whence, u64 *position)
{
    static const int host[] = { [WHENCE_SET] = SEEK_SET, [WHENCE_CUR] = SEEK_CUR, [WHENCE_END] = SEEK_END };
    off_t r = lseek(fd, (off_t)offset, host[whence]);
    if (r < 0)
        return failed();
    *position = (u64)r;
    return ERRNO_SUCCESS;
}

Errno cw_host_truncate(int fd, u64 size)
{
    if (size > INT64_MAX)
        return ERRNO_INVAL;
    int r;
    RETRY(r, ftruncate(fd, (off_t)size));
    return result(r);
}

Errno cw_host_allocate(int fd, u64 offset, u64 length)
{
    if (length == 0 || offset > INT64_MAX || length > INT64_MAX)
        return ERRNO_INVAL;
    if (offset + length > INT64_MAX)
        return ERRNO_FBIG;
    int r;
    RETRY(r, fallocate(fd, 0, (off_t)offset, (off_t)length));
    return result(r);
}

Errno cw_host_advise(int fd, u64 offset, u64 length, int advice)
{
    static const int host[] = { POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE };
    if (advice < 0 || (size_t)advice >= CW_COUNT(host) || offset > INT64_MAX || length > INT64_MAX)
        return ERRNO_INVAL;
    int e = posix_fadvise(fd, (off_t)offset, (off_t)length, host[advice]);
    return e ? cw_host_errno(e) : ERRNO_SUCCESS;
}

Errno cw_host_sync(int fd, bool data_only)
{
    int r;
    RETRY(r, data_only ? fdatasync(fd) : fsync(fd));
    return result(r);
}

u64 cw_host_available(int fd)
{
    int n = 0;
    return ioctl(fd, FIONREAD, &n) == 0 && n > 0 ? (u64)n : 0;
}

/* struct linux_dirent64: ino 8, next 8, record length 2, type 1, name */
enum { DIRENT_NEXT = 8, DIRENT_SIZE = 16, DIRENT_TYPE = 18, DIRENT_NAME = 19 };

Errno cw_host_read_entries(int fd, u8 *buf, size_t size, size_t *done)
{
    long r;
    RETRY(r, syscall(SYS_getdents64, fd, buf, size));
    return transferred(r, done);
}

HostDirent cw_host_entry(const u8 *buf, u32 *at)
{
    const u8 *p = buf + *at;
    HostDirent d = { .name = (const char *)p + DIRENT_NAME, .has_type = true };
    u16 size;
    memcpy(&d.ino, p, sizeof d.ino);
    memcpy(&d.next, p + DIRENT_NEXT, sizeof d.next);
    memcpy(&size, p + DIRENT_SIZE, sizeof size);
    d.name_size = (u32)strnlen(d.name, (size_t)size - DIRENT_NAME);
    switch (p[DIRENT_TYPE] << 12) {
    case S_IFREG: d.type = HOST_REGULAR; break;
    case S_IFDIR: d.type = HOST_DIRECTORY; break;
    case S_IFLNK: d.type = HOST_SYMLINK; break;
    case S_IFCHR: d.type = HOST_CHAR; break;
    case S_IFBLK: d.type = HOST_BLOCK; break;
    case S_IFIFO: d.type = HOST_FIFO; break;
    case S_IFSOCK: d.type = HOST_SOCKET; break;
    default: d.type = HOST_OTHER, d.has_type = false; break;
    }
    *at += size;
    return d;
}

/* ---- Sockets ---- */

Errno cw_host_accept(int fd, bool nonblock, int *new_fd)
{
    return opened(accept4(fd, NULL, NULL, SOCK_CLOEXEC | (nonblock ? SOCK_NONBLOCK : 0)), new_fd);
}

Errno cw_host_recv(int fd, struct iovec *iov, int n, bool peek, bool wait_all, bool dont_wait, size_t *done, bool *truncated)
{
    struct msghdr m = { 0 };   /* no room for control data: descriptors sent along are dropped by the kernel */
    m.msg_iov = iov;
    m.msg_iovlen = n;
    Errno e = transferred(recvmsg(fd, &m, (peek ? MSG_PEEK : 0) | (wait_all ? MSG_WAITALL : 0) | (dont_wait ? MSG_DONTWAIT : 0)), done);
    if (!e)
        *truncated = (m.msg_flags & MSG_TRUNC) != 0;
    return e;
}

Errno cw_host_send(int fd, struct iovec *iov, int n, bool dont_wait, size_t *done)
{
    struct msghdr m = { 0 };
    m.msg_iov = iov;
    m.msg_iovlen = n;
    return transferred(sendmsg(fd, &m, MSG_NOSIGNAL | (dont_wait ? MSG_DONTWAIT : 0)), done);
}

Errno cw_host_shutdown(int fd, bool rd, bool wr) { return result(shutdown(fd, rd && wr ? SHUT_RDWR : rd ? SHUT_RD : SHUT_WR)); }

/* ---- Waiting, time, randomness ---- */

/* Descriptors that come more than once are one pollfd: the kernel takes no more of those than there may be descriptors. The table behind the
 * pollfds finds them by number; it holds indices + 1, 0 is free. Returns how many pollfds there are. */
static nfds_t merge(HostPoll *polls, size_t n, struct pollfd *p)
{
    u32 *table = (u32 *)(void *)(p + n);
    size_t mask = 1;
    nfds_t used = 0;
    while (mask <= n)
        mask *= 2;
    memset(table, 0, mask * sizeof *table);   /* at most 2 n entries */
    mask--;
    for (size_t i = 0; i < n; i++) {
        size_t h = (u32)polls[i].fd & mask;
        while (table[h] && p[table[h] - 1].fd != polls[i].fd)
            h = (h + 1) & mask;
        if (!table[h]) {
            p[used] = (struct pollfd){ .fd = polls[i].fd };
            table[h] = (u32)++used;
        }
        polls[i].at = table[h] - 1;
        p[polls[i].at].events |= polls[i].write ? POLLOUT : POLLIN | POLLRDHUP;
    }
    return used;
}

Errno cw_host_poll(HostPoll *polls, size_t n, u64 timeout_ns, void *scratch)
{
    struct pollfd *p = scratch;
    _Static_assert(sizeof *p + 2 * sizeof(u32) == HOST_POLL_SCRATCH, "host.h says how much room a pollfd takes");
    nfds_t used = n ? merge(polls, n, p) : 0;
    struct timespec timeout = to_timespec(timeout_ns);
    if (ppoll(p, used, timeout_ns == UINT64_MAX ? NULL : &timeout, NULL) < 0)
        return failed();
    for (size_t i = 0; i < n; i++) {
        short r = p[polls[i].at].revents & ((polls[i].write ? POLLOUT : POLLIN | POLLRDHUP) | POLLHUP | POLLERR | POLLNVAL);
        polls[i].ready = r != 0;
        polls[i].hangup = (r & (POLLHUP | POLLRDHUP)) != 0;
        polls[i].error = r & POLLNVAL ? ERRNO_BADF : ERRNO_SUCCESS;
        if (r & POLLERR) {
            /* The reader of a pipe is gone, or a socket has an error, which the next call on it tells. */
            polls[i].hangup = true;
            polls[i].error = polls[i].write ? ERRNO_PIPE : ERRNO_IO;
        }
    }
    return ERRNO_SUCCESS;
}

static const clockid_t clocks[] = {
    [CLOCK_ID_REALTIME] = CLOCK_REALTIME,
    [CLOCK_ID_MONOTONIC] = CLOCK_MONOTONIC,
    [CLOCK_ID_PROCESS_CPUTIME] = CLOCK_PROCESS_CPUTIME_ID,
    [CLOCK_ID_THREAD_CPUTIME] = CLOCK_THREAD_CPUTIME_ID,
};

Errno cw_host_clock_time(u32 id, u64 *ns)
{
    struct timespec t;
    if (id >= CW_COUNT(clocks))
        return ERRNO_INVAL;
    if (clock_gettime(clocks[id], &t) < 0)
        return failed();
    *ns = nanoseconds(t);
    return ERRNO_SUCCESS;
}

Errno cw_host_clock_resolution(u32 id, u64 *ns)
{
    struct timespec t;
    if (id >= CW_COUNT(clocks))
        return ERRNO_INVAL;
    if (clock_getres(clocks[id], &t) < 0)
        return failed();
    *ns = nanoseconds(t);
    return ERRNO_SUCCESS;
}

Errno cw_host_random(void *buf, size_t size)
{
    for (u8 *p = buf; size;) {
        ssize_t r;
        RETRY(r, getrandom(p, CW_MIN(size, (size_t)1 << 20), 0));
        if (r < 0)
            return failed();
        p += r;
        size -= (size_t)r;
    }
    return ERRNO_SUCCESS;
}

void cw_host_yield(void) { (void)sched_yield(); }
