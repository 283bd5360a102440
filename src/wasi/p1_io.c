/* p1_io.c - reading, writing and positions: arguments and guest memory; objects do the rest. Nothing to move: nothing is called. */
#include "wasi/wasi.h"

/* fd_read(fd, iovs: ptr to iovs_len times { buf: u32, size: u32 }, iovs_len, nread: ptr u32) - reads into the buffers in order, at most
 * 1024 of them at a time.
 * Errors: BADF, NOTCAPABLE (RIGHT_FD_READ), FAULT, INVAL (sizes add up to more than a u32), AGAIN, ISDIR, IO ... POSIX: readv. */
Errno cw_p1_fd_read(Call *c)
{
    struct iovec iov[HOST_IOV_MAX];
    int n;
    size_t done = 0;
    u8 *nread = cw_guest(c, cw_arg_ptr(c, 3), 4);
    if (!nread)
        return ERRNO_FAULT;
    Errno e = cw_guest_iovs(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), iov, &n);
    if (!e && n)
        e = c->h->ops->read(c, c->h, iov, n, &done);
    if (!e)
        cw_put32(nread, (u32)done);
    return e;
}

/* Most calls have one or two buffers: a small array for them keeps pages of the C stack from being touched. */
enum { FEW_IOVS = 8 };

static Errno write_from(Call *c, struct iovec *iov)
{
    int n;
    size_t done = 0;
    u8 *nwritten = cw_guest(c, cw_arg_ptr(c, 3), 4);
    if (!nwritten)
        return ERRNO_FAULT;
    Errno e = cw_guest_iovs(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), iov, &n);
    if (!e && n)
        e = c->h->ops->write(c, c->h, iov, n, &done);
    if (!e)
        cw_put32(nwritten, (u32)done);
    return e;
}

static CW_NOINLINE Errno write_many(Call *c)
{
    struct iovec iov[HOST_IOV_MAX];
    return write_from(c, iov);
}

/* fd_write(fd, iovs, iovs_len, nwritten: ptr u32) - writes the buffers in order, in append mode at the end of the file.
 * Errors: BADF, NOTCAPABLE (RIGHT_FD_WRITE), FAULT, INVAL, AGAIN, PIPE, NOSPC, IO ... POSIX: writev. */
Errno cw_p1_fd_write(Call *c)
{
    struct iovec few[FEW_IOVS];
    return cw_arg32(c, 2) <= FEW_IOVS ? write_from(c, few) : write_many(c);
}

/* Both calls at an offset. */
static Errno at_offset(Call *c, Errno (*op)(Call *c, Handle *h, struct iovec *iov, int n, u64 offset, size_t *done))
{
    struct iovec iov[HOST_IOV_MAX];
    int n;
    size_t done = 0;
    u8 *count = cw_guest(c, cw_arg_ptr(c, 4), 4);
    if (!count)
        return ERRNO_FAULT;
    Errno e = cw_guest_iovs(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), iov, &n);
    if (!e && cw_arg64(c, 3) > INT64_MAX)
        e = ERRNO_INVAL;
    if (!e && n)
        e = op(c, c->h, iov, n, cw_arg64(c, 3), &done);
    if (!e)
        cw_put32(count, (u32)done);
    return e;
}

/* fd_pread(fd, iovs, iovs_len, offset: u64, nread: ptr u32) - as fd_read, at an offset and without moving the position.
 * Errors: as fd_read, NOTCAPABLE also without RIGHT_FD_SEEK, INVAL (offset beyond 2^63), SPIPE. POSIX: preadv. */
Errno cw_p1_fd_pread(Call *c) { return at_offset(c, c->h->ops->pread); }

/* fd_pwrite(fd, iovs, iovs_len, offset: u64, nwritten: ptr u32) - as fd_write, at the offset (in append mode too, as POSIX wants) and
 * without moving the position.
 * Errors: as fd_write, NOTCAPABLE also without RIGHT_FD_SEEK, INVAL (offset beyond 2^63), SPIPE. POSIX: pwritev. */
Errno cw_p1_fd_pwrite(Call *c) { return at_offset(c, c->h->ops->pwrite); }

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
        e = c->h->ops->seek(c, c->h, offset, (int)whence, &position);
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
