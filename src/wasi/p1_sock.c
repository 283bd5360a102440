/*
 * p1_sock.c - sockets. Preview 1 cannot make any: a guest has those that the embedder hands over, and what it accepts on them. The extensions
 * that can are in sockets.def.
 *
 * Errors of every call here, beside those at the call: BADF, NOTSOCK, NOTCAPABLE, FAULT, INVAL (unknown flags).
 */
#include "wasi/sock.h"

/* sock_accept(fd, fdflags: 4 non-blocking or 0, new_fd: ptr u32) - takes the next connection.
 * Errors: AGAIN, INVAL (not listening), MFILE, CONNABORTED. POSIX: accept. */
Errno cw_p1_sock_accept(Call *c)
{
    u32 flags = cw_arg32(c, 1);
    u8 *new_fd = cw_guest(c, cw_arg_ptr(c, 2), 4);
    if (!new_fd)
        return ERRNO_FAULT;
    return flags & ~(u32)FDFLAG_NONBLOCK ? ERRNO_INVAL : cw_sock_accept_next(c, flags, new_fd);
}

/* sock_recv(fd, iovs, iovs_len, riflags: 1 peek, 2 wait for all, size: ptr u32, roflags: ptr u16: 1 the message was cut off)
 * Errors: AGAIN, CONNRESET, NOTCONN ... POSIX: recvmsg. */
Errno cw_p1_sock_recv(Call *c)
{
    struct iovec iov[HOST_IOV_MAX];
    int n;
    size_t done;
    u16 ro;
    u32 flags = cw_arg32(c, 3);
    u8 *size = cw_guest(c, cw_arg_ptr(c, 4), 4);
    u8 *roflags = cw_guest(c, cw_arg_ptr(c, 5), 2);
    if (!size || !roflags)
        return ERRNO_FAULT;
    if (flags & ~(u32)(RIFLAG_PEEK | RIFLAG_WAITALL))
        return ERRNO_INVAL;
    Errno e = cw_guest_iovs(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), iov, &n);
    if (e)
        return e;
    e = c->h->ops->recv(c, c->h, iov, n, flags, &done, &ro);
    if (!e) {
        cw_put32(size, (u32)done);
        cw_put16(roflags, ro);
    }
    return e;
}

/* sock_send(fd, iovs, iovs_len, siflags: 0, size: ptr u32) - a broken connection is an error, never a signal.
 * Errors: AGAIN, PIPE, CONNRESET, NOTCONN, MSGSIZE ... POSIX: sendmsg. */
Errno cw_p1_sock_send(Call *c)
{
    struct iovec iov[HOST_IOV_MAX];
    int n;
    size_t done;
    u8 *size = cw_guest(c, cw_arg_ptr(c, 4), 4);
    if (!size)
        return ERRNO_FAULT;
    if (cw_arg32(c, 3) != 0)
        return ERRNO_INVAL;
    Errno e = cw_guest_iovs(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), iov, &n);
    if (e)
        return e;
    e = c->h->ops->send(c, c->h, iov, n, &done);
    if (!e)
        cw_put32(size, (u32)done);
    return e;
}

/* sock_shutdown(fd, how: 1 receiving, 2 sending, 3 both) - Errors: INVAL (how), NOTCONN. POSIX: shutdown. */
Errno cw_p1_sock_shutdown(Call *c)
{
    u32 how = cw_arg32(c, 1);
    if (how == 0 || (how & ~(u32)(SDFLAG_RD | SDFLAG_WR)))
        return ERRNO_INVAL;
    return c->h->ops->shutdown(c, c->h, how);
}
