/* vfs_sock.c - sockets of the host as handles. */
#include "wasi/net.h"

void cw_socket_init(Handle *h, int host_fd, bool owned)
{
    h->ops = &cw_ops_socket;
    h->fd = host_fd;
    h->owned = owned;
    h->filetype = cw_host_socket_type(host_fd);
}

static Errno sock_recv(Call *c, Handle *h, struct iovec *iov, int n, u32 riflags, size_t *done, u16 *roflags)
{
    Errno e;
    bool truncated, dont_wait = cw_handle_dont_wait(h);
    do
        CW_UNLOCKED(c, e = cw_host_recv(h->fd, iov, n, riflags & RIFLAG_PEEK, riflags & RIFLAG_WAITALL, dont_wait, done, &truncated));
    while (cw_call_again(c, h, false, e));
    if (!e)
        *roflags = truncated ? ROFLAG_DATA_TRUNCATED : 0;
    return e;
}

static Errno sock_send(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    Errno e;
    bool dont_wait = cw_handle_dont_wait(h);
    do
        CW_UNLOCKED(c, e = cw_host_send(h->fd, iov, n, dont_wait, done));
    while (cw_call_again(c, h, true, e));
    return e;
}

static Errno sock_read(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    u16 roflags;
    return sock_recv(c, h, iov, n, 0, done, &roflags);
}

/* The next connection from a peer that the rules accept; others are closed. */
static Errno sock_accept(Call *c, Handle *h, u16 fdflags, Handle *made)
{
    int fd;
    for (;;) {
        Errno e = ERRNO_SUCCESS;
        if (cw_handle_dont_wait(h))
            e = cw_handle_ready(c, h, false);
        if (e)
            return e;
        do
            CW_UNLOCKED(c, e = cw_host_accept(h->fd, fdflags & FDFLAG_NONBLOCK, &fd));
        while (cw_call_again(c, h, false, e));
        if (e)
            return e;
        if (cw_net_accepts(c, fd))
            break;
        cw_host_close(fd);
        if (cw_call_stopped(c))
            return ERRNO_INTR;
    }
    cw_socket_init(made, fd, true);
    made->fdflags = fdflags;
    made->base = made->inheriting = h->inheriting & RIGHTS_SOCKET & ~RIGHT_SOCK_ACCEPT;
    return ERRNO_SUCCESS;
}

static Errno sock_shutdown(Call *c, Handle *h, u32 how)
{
    (void)c;
    return cw_host_shutdown(h->fd, how & SDFLAG_RD, how & SDFLAG_WR);
}

static Errno sock_stat(Call *c, Handle *h, HostStat *st)
{
    (void)c;
    return cw_host_fstat(h->fd, st);
}

const HandleOps cw_ops_socket = {
    .kind = "socket", .read = sock_read, .write = sock_send, .stat = sock_stat, .set_flags = cw_host_handle_flags,
    .accept = sock_accept, .recv = sock_recv, .send = sock_send, .shutdown = sock_shutdown,
};
