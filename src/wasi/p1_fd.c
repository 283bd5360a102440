/* p1_fd.c - descriptors: their state, attributes and numbers. */
#include "wasi/wasi.h"

/* fd_advise(fd, offset: u64, length: u64, advice: 0 normal, 1 sequential, 2 random, 3 will need, 4 don't need, 5 no reuse)
 * Errors: BADF, NOTCAPABLE (RIGHT_FD_ADVISE), INVAL, SPIPE. POSIX: posix_fadvise. */
Errno cw_p1_fd_advise(Call *c)
{
    u32 advice = cw_arg32(c, 3);
    return advice > 5 ? ERRNO_INVAL : c->h->ops->advise(c, c->h, cw_arg64(c, 1), cw_arg64(c, 2), (int)advice);
}

/* fd_allocate(fd, offset: u64, length: u64) - makes sure that the bytes have room on disk, growing the file if need be.
 * Errors: BADF, NOTCAPABLE (RIGHT_FD_ALLOCATE), INVAL (length 0), FBIG, NOSPC, NOTSUP (by the file system). POSIX: posix_fallocate. */
Errno cw_p1_fd_allocate(Call *c)
{
    return c->h->ops->allocate(c, c->h, cw_arg64(c, 1), cw_arg64(c, 2));
}

/* fd_close(fd) - also closes preopened directories and standard streams for the guest. Errors: BADF. POSIX: close. */
Errno cw_p1_fd_close(Call *c)
{
    cw_captable_close(&c->wasi->table, cw_arg32(c, 0));
    return ERRNO_SUCCESS;
}

/* fd_datasync(fd) - Errors: BADF, NOTCAPABLE (RIGHT_FD_DATASYNC), INVAL (a pipe), IO. POSIX: fdatasync. */
Errno cw_p1_fd_datasync(Call *c) { return c->h->ops->sync(c, c->h, true); }

/* fd_sync(fd) - Errors: BADF, NOTCAPABLE (RIGHT_FD_SYNC), INVAL (a pipe), IO. POSIX: fsync. */
Errno cw_p1_fd_sync(Call *c) { return c->h->ops->sync(c, c->h, false); }

/* fd_fdstat_get(fd, stat: ptr 24 bytes) - what the descriptor is and may do:
 *   0 filetype (1 byte)   2 fdflags (2 bytes)   8 base rights   16 inheriting rights   24
 * Errors: BADF, FAULT. POSIX: fcntl(F_GETFL). */
Errno cw_p1_fd_fdstat_get(Call *c)
{
    u8 *p = cw_guest(c, cw_arg_ptr(c, 1), 24);
    if (!p)
        return ERRNO_FAULT;
    memset(p, 0, 24);
    p[0] = (u8)c->h->filetype;
    cw_put16(p + 2, c->h->fdflags);
    cw_put64(p + 8, c->h->base);
    cw_put64(p + 16, c->h->inheriting);
    return ERRNO_SUCCESS;
}

/* fd_fdstat_set_flags(fd, fdflags) - append and non-blocking mode can be changed; the synchronous modes only as far as they stay as they
 * are. A descriptor that the embedder lent keeps its append mode, as its open file is shared; non-blocking mode is our own for it.
 * Errors: BADF, NOTCAPABLE (RIGHT_FD_FDSTAT_SET_FLAGS), INVAL (unknown flag), NOTSUP. POSIX: fcntl(F_SETFL). */
Errno cw_p1_fd_fdstat_set_flags(Call *c)
{
    u32 flags = cw_arg32(c, 1);
    Handle *h = c->h;
    if (flags & ~(u32)FDFLAGS_ALL)
        return ERRNO_INVAL;
    u32 changed = flags ^ h->fdflags;
    if (changed & (FDFLAG_DSYNC | FDFLAG_RSYNC | FDFLAG_SYNC))
        return ERRNO_NOTSUP;
    Errno e = changed && h->ops->set_flags ? h->ops->set_flags(c, h, (u16)flags) : ERRNO_SUCCESS;
    if (e)
        return e;
    h->fdflags = (u16)flags;
    return ERRNO_SUCCESS;
}

/* fd_fdstat_set_rights(fd, base: u64, inheriting: u64) - rights can only be given up.
 * Errors: BADF, NOTCAPABLE (a right it does not have). No POSIX twin; FreeBSD: cap_rights_limit. */
Errno cw_p1_fd_fdstat_set_rights(Call *c)
{
    Rights base = cw_arg64(c, 1), inheriting = cw_arg64(c, 2);
    if ((base & ~c->h->base) || (inheriting & ~c->h->inheriting))
        return ERRNO_NOTCAPABLE;
    c->h->base = base;
    c->h->inheriting = inheriting;
    return ERRNO_SUCCESS;
}

/* fd_filestat_get(fd, stat: ptr 64 bytes, see guest.c) - Errors: BADF, NOTCAPABLE (RIGHT_FD_FILESTAT_GET), FAULT. POSIX: fstat. */
Errno cw_p1_fd_filestat_get(Call *c)
{
    HostStat st;
    u8 *p = cw_guest(c, cw_arg_ptr(c, 1), FILESTAT_SIZE);
    Errno e = p ? c->h->ops->stat(c, c->h, &st) : ERRNO_FAULT;
    if (!e)
        cw_put_filestat(p, &st, c->h->filetype);
    return e;
}

/* Preview 0: 56 bytes. */
Errno cw_p0_fd_filestat_get(Call *c)
{
    HostStat st;
    u8 *p = cw_guest(c, cw_arg_ptr(c, 1), FILESTAT0_SIZE);
    Errno e = p ? c->h->ops->stat(c, c->h, &st) : ERRNO_FAULT;
    if (!e)
        cw_put_filestat0(p, &st, c->h->filetype);
    return e;
}

/* fd_filestat_set_size(fd, size: u64) - cuts the file or grows it with zeros.
 * Errors: BADF, NOTCAPABLE (RIGHT_FD_FILESTAT_SET_SIZE), INVAL (size beyond 2^63, not open for writing), FBIG, NOSPC. POSIX: ftruncate. */
Errno cw_p1_fd_filestat_set_size(Call *c)
{
    return c->h->ops->set_size(c, c->h, cw_arg64(c, 1));
}

/* fd_filestat_set_times(fd, atim: u64, mtim: u64, flags: 1 atim, 2 atim now, 4 mtim, 8 mtim now) - nanoseconds since 1970.
 * Errors: BADF, NOTCAPABLE (RIGHT_FD_FILESTAT_SET_TIMES), INVAL (a time and its "now"), PERM, ROFS. POSIX: futimens. */
Errno cw_p1_fd_filestat_set_times(Call *c)
{
    HostTime atim, mtim;
    Errno e = cw_guest_times(cw_arg64(c, 1), cw_arg64(c, 2), cw_arg32(c, 3), &atim, &mtim);
    return e ? e : c->h->ops->set_times(c, c->h, atim, mtim);
}

/* fd_renumber(from, to) - moves an open descriptor to the number of another one, which is closed. To its own number: nothing happens.
 * Errors: BADF (either is not open). POSIX: dup2 and close. */
Errno cw_p1_fd_renumber(Call *c)
{
    cw_captable_renumber(&c->wasi->table, cw_arg32(c, 0), cw_arg32(c, 1));
    return ERRNO_SUCCESS;
}
