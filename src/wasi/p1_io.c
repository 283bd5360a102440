/*
 * p1_io.c - reading, writing and positions.
 *
 * Descriptors 0 to 2 need no host descriptor: they may read from memory, write to a callback, or be closed for the outside.
 */
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

static size_t total(const struct iovec *iov, int n)
{
    size_t size = 0;
    for (int i = 0; i < n; i++)
        size += iov[i].iov_len;
    return size;
}

static Errno read_some(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    Errno e;
    bool truncated;
    *done = 0;
    if (n == 0)
        return ERRNO_SUCCESS;
    bool dont_wait = cw_handle_dont_wait(h);
    switch (h->kind) {
    case HANDLE_BYTES:
        for (int i = 0; i < n; i++) {
            size_t size = CW_MIN(iov[i].iov_len, h->bytes_size - h->bytes_at);
            memcpy(iov[i].iov_base, h->bytes + h->bytes_at, size);
            h->bytes_at += size;
            *done += size;
        }
        return ERRNO_SUCCESS;
    case HANDLE_FILE:
    case HANDLE_STREAM:
        if (dont_wait && (e = cw_handle_ready(c, h, false)) != ERRNO_SUCCESS)
            return e;
        do
            CW_UNLOCKED(c, e = cw_host_read(h->fd, iov, n, done));
        while (cw_call_again(c, h, false, e));
        return e;
    case HANDLE_SOCKET:
        do
            CW_UNLOCKED(c, e = cw_host_recv(h->fd, iov, n, false, false, dont_wait, done, &truncated));
        while (cw_call_again(c, h, false, e));
        return e;
    case HANDLE_NULL: return ERRNO_SUCCESS;
    case HANDLE_DIR: return ERRNO_ISDIR;
    case HANDLE_CALLBACK: break;
    }
    return ERRNO_BADF;
}

static Errno write_some(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    Errno e;
    *done = 0;
    if (n == 0)
        return ERRNO_SUCCESS;
    bool dont_wait = cw_handle_dont_wait(h);
    switch (h->kind) {
    case HANDLE_FILE:
    case HANDLE_STREAM:
        if (h->read_only)
            return ERRNO_ROFS;
        if (dont_wait) {
            if ((e = cw_handle_ready(c, h, true)) != ERRNO_SUCCESS)
                return e;
            if (h->kind == HANDLE_STREAM)
                n = cut(iov, n, HOST_PIPE_ATOMIC);   /* more might wait */
        }
        do
            CW_UNLOCKED(c, e = cw_host_write(h->fd, iov, n, done));
        while (cw_call_again(c, h, true, e));
        return e;
    case HANDLE_SOCKET:
        do
            CW_UNLOCKED(c, e = cw_host_send(h->fd, iov, n, dont_wait, done));
        while (cw_call_again(c, h, true, e));
        return e;
    case HANDLE_CALLBACK:
        for (int i = 0; i < n; i++) {
            ptrdiff_t took;
            CW_UNLOCKED(c, took = h->write(h->write_ctx, iov[i].iov_base, iov[i].iov_len));
            if (took < 0 || (size_t)took > iov[i].iov_len)
                return *done ? ERRNO_SUCCESS : ERRNO_IO;
            *done += (size_t)took;
            if ((size_t)took < iov[i].iov_len)
                break;
        }
        return ERRNO_SUCCESS;
    case HANDLE_NULL: *done = total(iov, n); return ERRNO_SUCCESS;
    case HANDLE_DIR: return ERRNO_ISDIR;
    case HANDLE_BYTES: break;
    }
    return ERRNO_BADF;
}

/* fd_read(fd, iovs: ptr to iovs_len times { buf: u32, size: u32 }, iovs_len, nread: ptr u32) - reads into the buffers in order, at most
 * 1024 of them at a time.
 * Errors: BADF, NOTCAPABLE (RIGHT_FD_READ), FAULT, INVAL (sizes add up to more than a u32), AGAIN, ISDIR, IO ... POSIX: readv. */
Errno cw_p1_fd_read(Call *c)
{
    struct iovec iov[HOST_IOV_MAX];
    int n;
    size_t done;
    u8 *nread = cw_guest(c, cw_arg_ptr(c, 3), 4);
    if (!nread)
        return ERRNO_FAULT;
    Errno e = cw_guest_iovs(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), iov, &n);
    if (!e)
        e = read_some(c, c->h, iov, n, &done);
    if (!e)
        cw_put32(nread, (u32)done);
    return e;
}

/* fd_write(fd, iovs, iovs_len, nwritten: ptr u32) - writes the buffers in order, in append mode at the end of the file.
 * Errors: BADF, NOTCAPABLE (RIGHT_FD_WRITE), FAULT, INVAL, AGAIN, PIPE, NOSPC, IO ... POSIX: writev. */
Errno cw_p1_fd_write(Call *c)
{
    struct iovec iov[HOST_IOV_MAX];
    int n;
    size_t done;
    u8 *nwritten = cw_guest(c, cw_arg_ptr(c, 3), 4);
    if (!nwritten)
        return ERRNO_FAULT;
    Errno e = cw_guest_iovs(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), iov, &n);
    if (!e)
        e = write_some(c, c->h, iov, n, &done);
    if (!e)
        cw_put32(nwritten, (u32)done);
    return e;
}

/* fd_pread(fd, iovs, iovs_len, offset: u64, nread: ptr u32) - as fd_read, at an offset and without moving the position.
 * Errors: as fd_read, NOTCAPABLE also without RIGHT_FD_SEEK, INVAL (offset beyond 2^63), SPIPE. POSIX: preadv. */
Errno cw_p1_fd_pread(Call *c)
{
    struct iovec iov[HOST_IOV_MAX];
    int n;
    size_t done = 0;
    u8 *nread = cw_guest(c, cw_arg_ptr(c, 4), 4);
    if (!nread)
        return ERRNO_FAULT;
    Errno e = cw_guest_iovs(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), iov, &n);
    if (e)
        return e;
    do
        CW_UNLOCKED(c, e = cw_host_pread(c->h->fd, iov, n, cw_arg64(c, 3), &done));
    while (cw_call_again(c, c->h, false, e));
    if (!e)
        cw_put32(nread, (u32)done);
    return e;
}

/* fd_pwrite(fd, iovs, iovs_len, offset: u64, nwritten: ptr u32) - as fd_write, at the offset (in append mode too, as POSIX wants) and
 * without moving the position.
 * Errors: as fd_write, NOTCAPABLE also without RIGHT_FD_SEEK, INVAL (offset beyond 2^63), SPIPE. POSIX: pwritev. */
Errno cw_p1_fd_pwrite(Call *c)
{
    struct iovec iov[HOST_IOV_MAX];
    int n;
    size_t done = 0;
    const Handle *h = c->h;
    u8 *nwritten = cw_guest(c, cw_arg_ptr(c, 4), 4);
    if (!nwritten)
        return ERRNO_FAULT;
    Errno e = cw_guest_iovs(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), iov, &n);
    if (e)
        return e;
    if (h->read_only)
        return ERRNO_ROFS;
    bool append = h->fdflags & FDFLAG_APPEND;
    do
        CW_UNLOCKED(c, e = cw_host_pwrite(h->fd, iov, n, cw_arg64(c, 3), append, h->owned, &done));
    while (cw_call_again(c, h, true, e));
    if (!e)
        cw_put32(nwritten, (u32)done);
    return e;
}

static Errno seek(Call *c, s64 offset, u32 whence, GuestPtr result)
{
    u64 position;
    u8 *p = cw_guest(c, result, 8);
    if (!p)
        return ERRNO_FAULT;
    if (whence > WHENCE_END)
        return ERRNO_INVAL;
    Errno e = ERRNO_SUCCESS;
    if (offset != 0 || whence != WHENCE_CUR)
        e = cw_handle_check(c->h, RIGHT_FD_SEEK);
    if (!e)
        e = cw_host_seek(c->h->fd, offset, (int)whence, &position);
    if (!e)
        cw_put64(p, position);
    return e;
}

/* fd_seek(fd, offset: s64, whence: 0 start, 1 current, 2 end; position: ptr u64) - moves the position and writes the new one.
 * Errors: BADF, NOTCAPABLE (RIGHT_FD_SEEK; RIGHT_FD_TELL suffices to stay), FAULT, INVAL (whence, position before 0), SPIPE.
 * POSIX: lseek. */
Errno cw_p1_fd_seek(Call *c) { return seek(c, (s64)cw_arg64(c, 1), cw_arg32(c, 2), cw_arg_ptr(c, 3)); }

/* Preview 0 has another order: 0 current, 1 end, 2 start. */
Errno cw_p0_fd_seek(Call *c)
{
    static const u8 whence[] = { WHENCE_CUR, WHENCE_END, WHENCE_SET };
    u32 w = cw_arg32(c, 2);
    return seek(c, (s64)cw_arg64(c, 1), w < CW_COUNT(whence) ? whence[w] : UINT32_MAX, cw_arg_ptr(c, 3));
}

/* fd_tell(fd, position: ptr u64) - writes the position.
 * Errors: BADF, NOTCAPABLE (RIGHT_FD_TELL), FAULT, SPIPE. POSIX: lseek(fd, 0, SEEK_CUR). */
Errno cw_p1_fd_tell(Call *c) { return seek(c, 0, WHENCE_CUR, cw_arg_ptr(c, 1)); }
