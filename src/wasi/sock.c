/* sock.c - what the socket extensions share: the rules are checked here, whatever form a call has. */
#include "wasi/sock.h"

static bool is_dgram(const Handle *h) { return h->filetype == FILETYPE_SOCKET_DGRAM; }

Errno cw_sock_make(Call *c, bool v6, bool dgram, u8 *new_fd)
{
    CapTable *table = &c->wasi->table;
    int fd;
    cw_wasi_lock(c->wasi);
    Errno e = dgram ? cw_net_check_any(c, NET_UDP, NET_UDP_BIND) : cw_net_check_any(c, NET_TCP, NET_TCP_LISTEN);
    if (!e)
        e = cw_captable_reserve(table);
    Handle *h = e ? NULL : cw_handle_new(table);
    if (!e && !h)
        e = ERRNO_NOMEM;
    if (!e)
        e = cw_host_socket(v6, dgram, false, &fd);
    if (e) {
        cw_handle_drop(table, h);
    } else {
        cw_socket_init(h, fd, true);
        h->base = h->inheriting = dgram ? RIGHTS_SOCKET & ~RIGHT_SOCK_ACCEPT : RIGHTS_SOCKET;
        cw_put32(new_fd, cw_captable_add(table, h));
    }
    cw_wasi_unlock(c->wasi);
    return e;
}

/* An IPv6 socket that is bound to :: also gets what comes for IPv4, unless it is told not to. */
static bool takes_ipv4(const Handle *h, const NetAddr *addr)
{
    s64 only = 0;
    return addr->v6 && cw_net_is_any(addr) && !cw_net_is_v4(addr) && !cw_host_get_option(h->fd, HOST_OPT_V6_ONLY, &only) && !only;
}

static Errno check_bind(Call *c, const NetAddr *addr)
{
    NetUse use = is_dgram(c->h) ? NET_UDP_BIND : NET_TCP_LISTEN;
    NetAddr any4;
    cw_net_set_ip4(&any4, (const u8[4]){ 0 }, addr->port);
    Errno e = cw_net_check(c, use, addr);
    return e || !takes_ipv4(c->h, addr) ? e : cw_net_check(c, use, &any4);
}

Errno cw_sock_bind_to(Call *c, const NetAddr *addr)
{
    Errno e = check_bind(c, addr);
    if (e && cw_net_is_any(addr) && addr->port == 0)
        c->wasi->refusal.is_set = false;   /* what happens to a socket that is not bound: the system chooses. It gives no right to listen */
    else if (e)
        return e;
    Errno done = cw_host_bind(c->h->fd, addr);
    if (!done && !e && !is_dgram(c->h))
        c->h->may_listen = true;
    return done;
}

/* sock_listen(fd, backlog) - Errors: ACCES (the socket's address may not be listened at), INVAL, ADDRINUSE. POSIX: listen. */
Errno cw_sock_listen(Call *c)
{
    NetAddr addr;
    Errno e = ERRNO_SUCCESS;
    if (!c->h->may_listen) {
        /* not bound, or only to an address of the system's choice: what counts is what that allows, any address and a port of its choice */
        e = cw_host_local_addr(c->h->fd, &addr);
        addr.port = 0;
        if (!e)
            e = check_bind(c, &addr);
    }
    return e ? e : cw_host_listen(c->h->fd, cw_arg32(c, 1));
}

/* Where it really goes: Linux takes 0.0.0.0 and :: as destinations for this machine. */
static NetAddr destination(const NetAddr *addr)
{
    NetAddr to = *addr;
    if (cw_net_is_any(addr)) {
        if (cw_net_is_v4(addr))
            to.ip[12] = 127;
        to.ip[15] = 1;
    }
    return to;
}

/* Waits for the end of a connect that a signal interrupted. */
static Errno connected(Call *c, const Handle *h)
{
    u64 scratch[HOST_POLL_SCRATCH / 8];
    s64 error;
    for (;;) {
        HostPoll poll = { .fd = h->fd, .write = true };
        Errno e;
        CW_UNLOCKED(c, e = cw_host_poll(&poll, 1, UINT64_MAX, scratch));
        if (e == ERRNO_INTR && !cw_call_stopped(c))
            continue;
        if (!e)
            e = cw_host_get_option(h->fd, HOST_OPT_ERROR, &error);
        return e ? e : (Errno)error;
    }
}

Errno cw_sock_connect_to(Call *c, const NetAddr *addr)
{
    Handle *h = c->h;
    NetAddr to = destination(addr);
    Errno e = cw_net_check(c, is_dgram(h) ? NET_UDP : NET_TCP, &to);
    if (e)
        return e;
    CW_UNLOCKED(c, e = cw_host_connect(h->fd, &to));
    if (e != ERRNO_INTR)
        return e;
    return cw_call_stopped(c) ? e : connected(c, h);
}

Errno cw_sock_send_some(Call *c, GuestPtr iovs, u32 n_iovs, const NetAddr *addr, size_t *done)
{
    struct iovec iov[HOST_IOV_MAX];
    int n;
    Handle *h = c->h;
    NetAddr to = destination(addr);
    Errno e = cw_guest_iovs(c, iovs, n_iovs, iov, &n);
    if (!e && is_dgram(h))
        e = cw_net_check(c, NET_UDP, &to);
    if (e)
        return e;
    bool dont_wait = cw_handle_dont_wait(h), dgram = is_dgram(h);
    do
        CW_UNLOCKED(c, e = dgram ? cw_host_send_to(h->fd, iov, n, dont_wait, &to, done) : cw_host_send(h->fd, iov, n, dont_wait, done));
    while (cw_call_again(c, h, true, e));
    return e;
}

Errno cw_sock_recv_some(Call *c, GuestPtr iovs, u32 n_iovs, u32 riflags, size_t *done, bool *truncated, NetAddr *from, bool *has_from)
{
    struct iovec iov[HOST_IOV_MAX];
    int n;
    Handle *h = c->h;
    if (riflags & ~(u32)(RIFLAG_PEEK | RIFLAG_WAITALL))
        return ERRNO_INVAL;
    Errno e = cw_guest_iovs(c, iovs, n_iovs, iov, &n);
    if (e)
        return e;
    bool dont_wait = cw_handle_dont_wait(h);
    do
        CW_UNLOCKED(c, e = cw_host_recv_from(h->fd, iov, n, riflags & RIFLAG_PEEK, riflags & RIFLAG_WAITALL, dont_wait, done, truncated,
                                             from, has_from));
    while (cw_call_again(c, h, false, e));
    if (!e && !*has_from && !is_dgram(h))
        *has_from = !cw_host_peer_addr(h->fd, from);   /* of a stream: who it is connected to */
    return e;
}

Errno cw_sock_accept_next(Call *c, u32 flags, u8 *new_fd)
{
    CapTable *table = &c->wasi->table;
    Errno e = cw_captable_reserve(table);
    if (e)
        return e;
    Handle *h = cw_handle_new(table);
    if (!h)
        return ERRNO_NOMEM;
    e = c->h->ops->accept(c, c->h, (u16)flags, h);
    if (!e)
        e = cw_captable_reserve(table);   /* again: while we waited, other threads opened things */
    if (e) {
        cw_handle_drop(table, h);
        return e;
    }
    cw_put32(new_fd, cw_captable_add(table, h));
    return ERRNO_SUCCESS;
}

Errno cw_sock_get(Call *c, HostOption option, u32 size)
{
    s64 value;
    u8 *p = cw_guest(c, cw_arg_ptr(c, 1), size);
    Errno e = p ? cw_host_get_option(c->h->fd, option, &value) : ERRNO_FAULT;
    if (e)
        return e;
    if (size == 1)
        *p = (u8)value;
    else if (size == 4)
        cw_put32(p, (u32)value);
    else
        cw_put64(p, (u64)value);
    return ERRNO_SUCCESS;
}

Errno cw_sock_set(Call *c, HostOption option)
{
    u64 value = c->slots[1];
    return value > INT64_MAX ? ERRNO_INVAL : cw_host_set_option(c->h->fd, option, (s64)value);
}

/* ---- Names and services ---- */

static const struct { const char *name; u16 port; } services[] = {
    { "ftp", 21 }, { "ssh", 22 }, { "telnet", 23 }, { "smtp", 25 }, { "domain", 53 }, { "http", 80 }, { "pop3", 110 }, { "ntp", 123 },
    { "imap", 143 }, { "ldap", 389 }, { "https", 443 }, { "ldaps", 636 }, { "imaps", 993 }, { "pop3s", 995 }, { "mqtt", 1883 },
    { "mysql", 3306 }, { "postgresql", 5432 }, { "http-alt", 8080 },
};

static bool port_of(const char *service, size_t size, u16 *port)
{
    *port = 0;
    if (size == 0 || cw_net_parse_port(service, size, port))
        return true;
    for (size_t i = 0; i < CW_COUNT(services); i++) {
        if (strlen(services[i].name) == size && memcmp(services[i].name, service, size) == 0) {
            *port = services[i].port;
            return true;
        }
    }
    return false;
}

Errno cw_sock_find(Call *c, const char *host, size_t host_size, const char *service, size_t service_size, bool passive,
                   NetAddr addrs[NET_NAME_ADDRS], u32 *n)
{
    u16 port;
    if (!port_of(service, service_size, &port))
        return ERRNO_NOPROTOOPT;
    Errno e = ERRNO_SUCCESS;
    if (host_size) {
        e = cw_net_resolve(c, host, host_size, addrs, n);
    } else if (passive) {
        cw_net_set_ip4(&addrs[0], (const u8[4]){ 0 }, 0);
        addrs[1] = (NetAddr){ .v6 = true };
        *n = 2;
    } else {
        cw_net_set_ip4(&addrs[0], (const u8[4]){ 127, 0, 0, 1 }, 0);
        addrs[1] = (NetAddr){ .ip = { [15] = 1 }, .v6 = true };
        *n = 2;
    }
    for (u32 i = 0; !e && i < *n; i++)
        addrs[i].port = port;
    return e;
}
