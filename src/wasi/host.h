/*
 * host.h - the operating system as WASI needs it. host_posix.c implements it; only it and host_net.c make system calls.
 *
 * Functions return an Errno and leave their out-parameters alone on failure. Calls that can block return ERRNO_INTR when a signal
 * arrives, so that the caller can look whether the guest is to be stopped; all others are repeated. Every descriptor made here is
 * close-on-exec. Names are plain single components unless said otherwise; no function follows a symbolic link unless said otherwise.
 */
#ifndef CW_WASI_HOST_H
#define CW_WASI_HOST_H

#include <sys/uio.h>

#include "wasi/preview1.h"

typedef enum HostType { HOST_REGULAR, HOST_DIRECTORY, HOST_SYMLINK, HOST_CHAR, HOST_BLOCK, HOST_FIFO, HOST_SOCKET, HOST_OTHER } HostType;

typedef struct HostStat {
    HostType type;
    u64 dev, ino, nlink, size;
    u64 atim, mtim, ctim;   /* nanoseconds since 1970 */
} HostStat;
CW_INLINE bool cw_host_same(const HostStat *a, const HostStat *b) { return a->dev == b->dev && a->ino == b->ino; }

/* How a file is opened: always without becoming the controlling terminal. */
typedef struct HostOpen {
    bool read, write;
    u16 fdflags;
    u16 mode;   /* permissions of a new file, less the umask; 0: 0666 */
} HostOpen;

/* A timestamp to set. */
typedef enum HostTimeKind { HOST_TIME_OMIT, HOST_TIME_NOW, HOST_TIME_SET } HostTimeKind;
typedef struct HostTime {
    HostTimeKind kind;
    u64 ns;
} HostTime;

#define HOST_PATH_MAX 4096   /* longest path with its NUL */
#define HOST_NAME_MAX 255
#define HOST_IOV_MAX 1024
#define HOST_PIPE_ATOMIC 4096   /* a pipe that polls writable takes this much without blocking */

Filetype cw_host_filetype(HostType type);
/* What an errno of the host is to the guest; IO if WASI has no name for it. */
Errno cw_host_errno(int host);
/* English text for messages; never NULL. */
const char *cw_errno_text(Errno e);

/* ---- Names ---- */

/* True if the kernel can resolve beneath a directory by itself (openat2). */
bool cw_host_has_beneath(void);
/* Any path on the host, links are followed: a directory for reading; an O_PATH descriptor of a regular file, ERRNO_NOTSUP if it is none. */
Errno cw_host_open_tree(const char *path, int *fd);
Errno cw_host_open_file(const char *path, int *fd);
/* The same: an O_PATH descriptor of a directory. */
Errno cw_host_open_folder(const char *path, int *fd);
/* True if the directory is `top` or somewhere beneath it. */
bool cw_host_is_inside(int dir, int top);
/* True if a path of the host, links followed, names what fd is. */
bool cw_host_is_same(const char *path, int fd);
/* Where fd is on the host, as procfs tells; false if it does not. */
bool cw_host_path_of(int fd, char path[HOST_PATH_MAX]);
/* O_PATH descriptor of what `path` names, resolved by the kernel so that it cannot leave dir; the only function here that takes whole
 * guest paths. ERRNO_PERM if it tried, ERRNO_AGAIN if a rename disturbed it. */
Errno cw_host_open_beneath(int dir, const char *path, bool follow, bool directory, int *fd);
/* O_PATH descriptor of dir/name; a symbolic link gives a descriptor of the link. name may also be ".". */
Errno cw_host_open_object(int dir, const char *name, int *fd);
/* The same opened for reading, if it is a directory; ERRNO_NOTDIR if not, and then it has not been opened. */
Errno cw_host_open_dir_beneath(int dir, const char *path, bool follow, int *fd);
/* Where procfs names the descriptors of this process. */
typedef struct HostFds {
    int fd;    /* O_PATH */
    int pid;   /* of which process */
} HostFds;
/* An error if /proc is not procfs, or is not there. */
Errno cw_host_open_fds(HostFds *fds);
/* Opens the regular file or directory that an O_PATH descriptor stands for, by way of procfs, and makes sure that it is the object of st: else
 * ERRNO_STALE. ERRNO_NOSYS if procfs is not available. fds may be of another process, after fork, or miss what a thread has for itself: then the
 * whole path through /proc is used. */
Errno cw_host_reopen(const HostFds *fds, int object, const HostStat *st, const HostOpen *how, int *fd);
/* The same for directories, without /proc. */
Errno cw_host_reopen_dir(int object, int *fd);
/* Opens dir/name, never blocking. */
Errno cw_host_open(int dir, const char *name, const HostOpen *how, int *fd);
/* Makes a new regular file; ERRNO_EXIST if there is anything of that name. */
Errno cw_host_create(int dir, const char *name, const HostOpen *how, int *fd);
void cw_host_close(int fd);

Errno cw_host_fstat(int fd, HostStat *st);
Errno cw_host_lstat(int dir, const char *name, HostStat *st);
/* True if the object is on procfs, sysfs or another file system that is an interface to the kernel, or if that cannot be found out. */
bool cw_host_is_kernel_fs(int fd);
bool cw_host_is_procfs(int fd);
/* The text of the link that an O_PATH descriptor stands for (name "") or that dir/name is; not terminated, cut at size. */
Errno cw_host_readlink(int dir, const char *name, char *text, size_t size, size_t *length);

/* Permissions, for what is made like it: the nine bits, 0 if they cannot be told. */
u16 cw_host_mode(int fd);
/* mode: permissions less the umask. */
Errno cw_host_mkdir(int dir, const char *name, u16 mode);
Errno cw_host_rmdir(int dir, const char *name);
Errno cw_host_unlink(int dir, const char *name);
Errno cw_host_rename(int dir, const char *name, int new_dir, const char *new_name);
Errno cw_host_link(int dir, const char *name, int new_dir, const char *new_name);
Errno cw_host_symlink(const char *target, int dir, const char *name);
/* fd may be an O_PATH descriptor, also of a symbolic link. */
Errno cw_host_set_times(int fd, HostTime atim, HostTime mtim);

/* ---- Descriptors ---- */

/* Access mode and flags of a descriptor that was handed over. */
Errno cw_host_describe(int fd, bool *readable, bool *writable, u16 *fdflags);
Errno cw_host_set_flags(int fd, u16 fdflags);
bool cw_host_is_terminal(int fd);
Filetype cw_host_socket_type(int fd);

Errno cw_host_read(int fd, const struct iovec *iov, int n, size_t *done);
Errno cw_host_write(int fd, const struct iovec *iov, int n, size_t *done);
Errno cw_host_pread(int fd, const struct iovec *iov, int n, u64 offset, size_t *done);
/* append: the descriptor is in append mode; the bytes go to offset all the same. owned: nobody else uses the open file. */
Errno cw_host_pwrite(int fd, const struct iovec *iov, int n, u64 offset, bool append, bool owned, size_t *done);
Errno cw_host_seek(int fd, s64 offset, int whence, u64 *position);
Errno cw_host_truncate(int fd, u64 size);
Errno cw_host_allocate(int fd, u64 offset, u64 length);
Errno cw_host_advise(int fd, u64 offset, u64 length, int advice);
Errno cw_host_sync(int fd, bool data_only);
/* Bytes that can be read without blocking, 0 if unknown. */
u64 cw_host_available(int fd);

/* One directory entry; name is terminated. */
typedef struct HostDirent {
    u64 next;        /* cookie of the entry after this one */
    u64 ino;
    const char *name;
    u32 name_size;
    bool has_type;
    HostType type;
} HostDirent;
/* Fills buf with entries from the current position; *done is 0 at the end. */
Errno cw_host_read_entries(int fd, u8 *buf, size_t size, size_t *done);
/* Decodes the entry at *at, which is < end, and moves *at behind it. */
HostDirent cw_host_entry(const u8 *buf, u32 *at);

/* ---- Sockets ---- */

Errno cw_host_accept(int fd, bool nonblock, int *new_fd);
Errno cw_host_recv(int fd, struct iovec *iov, int n, bool peek, bool wait_all, bool dont_wait, size_t *done, bool *truncated);
Errno cw_host_send(int fd, struct iovec *iov, int n, bool dont_wait, size_t *done);
Errno cw_host_shutdown(int fd, bool rd, bool wr);

/* ---- Waiting, time, randomness ---- */

typedef struct HostPoll {
    int fd;
    bool write;              /* wait for room instead of data */
    bool ready, hangup;      /* out */
    Errno error;             /* out */
    u32 at;                  /* for cw_host_poll itself */
} HostPoll;
/* Waits until one is ready or timeout_ns has passed (UINT64_MAX: for ever), with one system call. ERRNO_INTR if a signal came first. polls[n..] is
 * not touched; scratch has room for n times HOST_POLL_SCRATCH bytes. The same descriptor may come many times. */
#define HOST_POLL_SCRATCH 16
Errno cw_host_poll(HostPoll *polls, size_t n, u64 timeout_ns, void *scratch);
/* id: CLOCK_ID_*. */
Errno cw_host_clock_time(u32 id, u64 *ns);
Errno cw_host_clock_resolution(u32 id, u64 *ns);
Errno cw_host_random(void *buf, size_t size);
void cw_host_yield(void);

#endif
