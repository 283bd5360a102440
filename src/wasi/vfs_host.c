/* vfs_host.c - files, devices and streams of the host as handles: each operation is one system call on h->fd. */
#include "wasi/wasi.h"

/* Cuts an array of iovecs to at most `most` bytes. */
static int cut(struct iovec *iov, int n, size_t most)
{
    for (int i = 0; i < n; i++) {
        if (iov[i].iov_len >= most) {
            iov[i].iov_len = most;
            return i + 1;
        }
        most -= iov[i].iov_len;
    }
    return n;
}

static Errno host_read(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    Errno e;
    if (cw_handle_dont_wait(h) && (e = cw_handle_ready(c, h, false)) != ERRNO_SUCCESS)
        return e;
    do
        CW_UNLOCKED(c, e = cw_host_read(h->fd, iov, n, done));
    while (cw_call_again(c, h, false, e));
    return e;
}

static Errno host_write(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    Errno e;
    if (h->read_only)
        return ERRNO_ROFS;
    if (cw_handle_dont_wait(h)) {
        if ((e = cw_handle_ready(c, h, true)) != ERRNO_SUCCESS)
            return e;
        if (h->ops != &cw_ops_host_file)
            n = cut(iov, n, HOST_PIPE_ATOMIC);   /* more might wait */
    }
    do
        CW_UNLOCKED(c, e = cw_host_write(h->fd, iov, n, done));
    while (cw_call_again(c, h, true, e));
    return e;
}

static Errno host_pread(Call *c, Handle *h, struct iovec *iov, int n, u64 offset, size_t *done)
{
    Errno e;
    do
        CW_UNLOCKED(c, e = cw_host_pread(h->fd, iov, n, offset, done));
    while (cw_call_again(c, h, false, e));
    return e;
}

static Errno host_pwrite(Call *c, Handle *h, struct iovec *iov, int n, u64 offset, size_t *done)
{
    Errno e;
    if (h->read_only)
        return ERRNO_ROFS;
    bool append = h->fdflags & FDFLAG_APPEND;
    do
        CW_UNLOCKED(c, e = cw_host_pwrite(h->fd, iov, n, offset, append, h->owned, done));
    while (cw_call_again(c, h, true, e));
    return e;
}

static Errno host_seek(Call *c, Handle *h, s64 offset, int whence, u64 *position)
{
    (void)c;
    return cw_host_seek(h->fd, offset, whence, position);
}

static Errno host_advise(Call *c, Handle *h, u64 offset, u64 length, int advice)
{
    (void)c;
    return cw_host_advise(h->fd, offset, length, advice);
}

static Errno host_allocate(Call *c, Handle *h, u64 offset, u64 length)
{
    (void)c;
    return h->read_only ? ERRNO_ROFS : cw_host_allocate(h->fd, offset, length);
}

static Errno host_set_size(Call *c, Handle *h, u64 size)
{
    (void)c;
    return h->read_only ? ERRNO_ROFS : cw_host_truncate(h->fd, size);
}

Errno cw_host_handle_sync(Call *c, Handle *h, bool data_only)
{
    Errno e;
    CW_UNLOCKED(c, e = cw_host_sync(h->fd, data_only));
    return e;
}

static Errno host_stat(Call *c, Handle *h, HostStat *st)
{
    (void)c;
    return cw_host_fstat(h->fd, st);
}

static Errno host_set_times(Call *c, Handle *h, HostTime atim, HostTime mtim)
{
    (void)c;
    return h->read_only ? ERRNO_ROFS : cw_host_set_times(h->fd, atim, mtim);
}

/* A descriptor that the embedder lent keeps its append mode, as its open file is shared; non-blocking mode is our own for it. */
Errno cw_host_handle_flags(Call *c, Handle *h, u16 fdflags)
{
    (void)c;
    if (h->owned)
        return cw_host_set_flags(h->fd, fdflags);
    return (fdflags ^ h->fdflags) & FDFLAG_APPEND ? ERRNO_NOTSUP : ERRNO_SUCCESS;
}

/* Regular files never wait; what can be read is the bytes from the position to the end. */
static void host_file_ready(Call *c, Handle *h, bool write, u64 *nbytes, bool *hangup)
{
    (void)c;
    HostStat st;
    u64 position;
    *hangup = false;
    *nbytes = write ? 1 : 0;
    if (!write && !cw_host_fstat(h->fd, &st) && !cw_host_seek(h->fd, 0, WHENCE_CUR, &position) && st.size > position)
        *nbytes = st.size - position;
}

#define HOST_STREAM_OPS                                                                                                      \
    .read = host_read, .write = host_write, .sync = cw_host_handle_sync, .stat = host_stat, .set_flags = cw_host_handle_flags
#define HOST_FILE_OPS                                                                                                        \
    HOST_STREAM_OPS, .pread = host_pread, .pwrite = host_pwrite, .seek = host_seek, .advise = host_advise,                     \
    .allocate = host_allocate, .set_size = host_set_size, .set_times = host_set_times

const HandleOps cw_ops_host_file = { .kind = "file", HOST_FILE_OPS, .ready = host_file_ready };
const HandleOps cw_ops_host_device = { .kind = "device", HOST_FILE_OPS };
const HandleOps cw_ops_host_stream = { .kind = "stream", HOST_STREAM_OPS };
