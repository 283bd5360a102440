/*
 * sock_wamr.c - the sockets of WebAssembly Micro Runtime, as its library lib-socket (wasi_socket_ext.h) uses them.
 *
 *   addr        0 kind (4 bytes: 0 IPv4, 1 IPv6)   4 IPv4: 4 bytes, port (2)   4 IPv6: 8 times 2 bytes, port (2)   24
 *   addr_ip     the same without port                                                                             20
 *   addr_info   0 addr   24 type (4 bytes: 0 datagram, 1 stream)   28
 *   hints       0 type (4 bytes, -1 any)   4 family (4 bytes: 0 IPv4, 1 IPv6, 2 any)   8 whether they count (1 byte)   12
 *
 * Numbers, ports and the words of an IPv6 address are little-endian, as everything in guest memory. Errors of every call beside those at the
 * call: BADF, NOTSOCK, NOTCAPABLE, FAULT, INVAL, ACCES (no rule of --net allows it).
 */
#include "wasi/sock.h"

enum { KIND_IPV4 = 0, KIND_IPV6 = 1, FAMILY_ANY = 2, TYPE_DGRAM = 0, TYPE_STREAM = 1, ADDR_SIZE = 24, ADDR_IP_SIZE = 20, INFO_SIZE = 28 };

/* p: an addr, or an addr_ip if there is no port. */
static Errno get_addr(const u8 *p, bool has_port, NetAddr *addr)
{
    u32 kind = p ? cw_get32(p) : 0;
    if (!p)
        return ERRNO_FAULT;
    if (kind > KIND_IPV6)
        return ERRNO_AFNOSUPPORT;
    if (kind == KIND_IPV4) {
        u8 ip[4];
        memcpy(ip, p + 4, 4);
        cw_net_set_ip4(addr, ip, has_port ? cw_get16(p + 8) : 0);
        return ERRNO_SUCCESS;
    }
    *addr = (NetAddr){ .port = has_port ? cw_get16(p + 20) : 0, .v6 = true };
    for (u32 i = 0; i < 16; i++)
        addr->ip[i] = p[4 + (i ^ 1)];
    return ERRNO_SUCCESS;
}

static void put_addr(u8 *p, const NetAddr *addr)
{
    memset(p, 0, ADDR_SIZE);
    cw_put32(p, addr->v6 ? KIND_IPV6 : KIND_IPV4);
    if (!addr->v6) {
        memcpy(p + 4, cw_net_ip4(addr), 4);
        cw_put16(p + 8, addr->port);
        return;
    }
    for (u32 i = 0; i < 16; i++)
        p[4 + (i ^ 1)] = addr->ip[i];
    cw_put16(p + 20, addr->port);
}

bool cw_wamr_address_text(cwasm_caller *caller, u64 at, char buf[NET_ADDR_TEXT])
{
    NetAddr addr;
    if (get_addr(cwasm_caller_view(caller, at, ADDR_SIZE), true, &addr))
        return false;
    cw_net_addr_text(&addr, buf);
    return true;
}

/* sock_open(pool: not used, family: 0 IPv4, 1 IPv6; type: 0 datagram, 1 stream; fd: ptr u32) - Errors: AFNOSUPPORT, MFILE. POSIX: socket. */
Errno cw_sock_wamr_open(Call *c)
{
    u32 family = cw_arg32(c, 1), type = cw_arg32(c, 2);
    u8 *fd = cw_guest(c, cw_arg_ptr(c, 3), 4);
    if (!fd)
        return ERRNO_FAULT;
    if (family > KIND_IPV6)
        return ERRNO_AFNOSUPPORT;
    if (type > TYPE_STREAM)
        return ERRNO_INVAL;
    return cw_sock_make(c, family == KIND_IPV6, type == TYPE_DGRAM, fd);
}

/* sock_bind(fd, addr: ptr) - Errors: ADDRINUSE, ADDRNOTAVAIL, AFNOSUPPORT. POSIX: bind. */
Errno cw_sock_wamr_bind(Call *c)
{
    NetAddr addr;
    Errno e = get_addr(cw_guest(c, cw_arg_ptr(c, 1), ADDR_SIZE), true, &addr);
    return e ? e : cw_sock_bind_to(c, &addr);
}

/* sock_connect(fd, addr: ptr) - Errors: CONNREFUSED, INPROGRESS (non-blocking), NETUNREACH, TIMEDOUT ... POSIX: connect. */
Errno cw_sock_wamr_connect(Call *c)
{
    NetAddr addr;
    Errno e = get_addr(cw_guest(c, cw_arg_ptr(c, 1), ADDR_SIZE), true, &addr);
    return e ? e : cw_sock_connect_to(c, &addr);
}

/* sock_recv_from(fd, iovs, iovs_len, riflags, addr: ptr, size: ptr u32) - POSIX: recvfrom. */
Errno cw_sock_wamr_recv_from(Call *c)
{
    size_t done;
    bool truncated, has_from;
    NetAddr from;
    u8 *addr = cw_guest(c, cw_arg_ptr(c, 4), ADDR_SIZE), *size = cw_guest(c, cw_arg_ptr(c, 5), 4);
    if (!addr || !size)
        return ERRNO_FAULT;
    Errno e = cw_sock_recv_some(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), cw_arg32(c, 3), &done, &truncated, &from, &has_from);
    if (e)
        return e;
    if (has_from)
        put_addr(addr, &from);
    cw_put32(size, (u32)done);
    return ERRNO_SUCCESS;
}

/* sock_send_to(fd, iovs, iovs_len, siflags: 0, addr: ptr, size: ptr u32) - Errors: MSGSIZE, NETUNREACH ... POSIX: sendto. */
Errno cw_sock_wamr_send_to(Call *c)
{
    NetAddr to;
    size_t done;
    u8 *size = cw_guest(c, cw_arg_ptr(c, 5), 4);
    Errno e = size ? get_addr(cw_guest(c, cw_arg_ptr(c, 4), ADDR_SIZE), true, &to) : ERRNO_FAULT;
    if (!e && cw_arg32(c, 3) != 0)
        e = ERRNO_INVAL;
    if (!e)
        e = cw_sock_send_some(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), &to, &done);
    if (!e)
        cw_put32(size, (u32)done);
    return e;
}

static Errno address(Call *c, Errno (*of)(int fd, NetAddr *addr))
{
    NetAddr addr;
    u8 *p = cw_guest(c, cw_arg_ptr(c, 1), ADDR_SIZE);
    Errno e = p ? of(c->h->fd, &addr) : ERRNO_FAULT;
    if (!e)
        put_addr(p, &addr);
    return e;
}

/* sock_addr_local, sock_addr_remote (fd, addr: ptr) - Errors: NOTCONN, AFNOSUPPORT. POSIX: getsockname, getpeername. */
Errno cw_sock_wamr_addr_local(Call *c) { return address(c, cw_host_local_addr); }
Errno cw_sock_wamr_addr_remote(Call *c) { return address(c, cw_host_peer_addr); }

/* ---- Options that are more than one number ---- */

/* sock_get_linger(fd, on: ptr u8, seconds: ptr s32) */
Errno cw_sock_wamr_get_linger(Call *c)
{
    s64 value;
    u8 *on = cw_guest(c, cw_arg_ptr(c, 1), 1), *seconds = cw_guest(c, cw_arg_ptr(c, 2), 4);
    Errno e = on && seconds ? cw_host_get_option(c->h->fd, HOST_OPT_LINGER, &value) : ERRNO_FAULT;
    if (e)
        return e;
    *on = value >= 0;
    cw_put32(seconds, value >= 0 ? (u32)value : 0);
    return ERRNO_SUCCESS;
}

/* sock_set_linger(fd, on, seconds) */
Errno cw_sock_wamr_set_linger(Call *c)
{
    return cw_host_set_option(c->h->fd, HOST_OPT_LINGER, cw_arg32(c, 1) ? (s64)(cw_arg32(c, 2) & INT32_MAX) : -1);
}

static HostOption loop_option(Call *c) { return cw_arg32(c, 1) ? HOST_OPT_MULTICAST_LOOP6 : HOST_OPT_MULTICAST_LOOP; }

/* sock_get_ip_multicast_loop(fd, ipv6, on: ptr u8) */
Errno cw_sock_wamr_get_multicast_loop(Call *c)
{
    s64 value;
    u8 *on = cw_guest(c, cw_arg_ptr(c, 2), 1);
    Errno e = on ? cw_host_get_option(c->h->fd, loop_option(c), &value) : ERRNO_FAULT;
    if (!e)
        *on = value != 0;
    return e;
}

/* sock_set_ip_multicast_loop(fd, ipv6, on) */
Errno cw_sock_wamr_set_multicast_loop(Call *c) { return cw_host_set_option(c->h->fd, loop_option(c), cw_arg32(c, 2) != 0); }

/* sock_set_ip_add_membership, sock_set_ip_drop_membership (fd, group: ptr addr_ip, interface) - a group is received from only if its address
 * may be bound to, with the port that the socket has. */
static Errno membership(Call *c, bool join)
{
    NetAddr group, local;
    Errno e = get_addr(cw_guest(c, cw_arg_ptr(c, 1), ADDR_IP_SIZE), false, &group);
    if (!e)
        e = cw_host_local_addr(c->h->fd, &local);
    if (e)
        return e;
    group.port = local.port;
    if (join)
        e = cw_net_check(c, NET_UDP_BIND, &group);
    return e ? e : cw_host_set_membership(c->h->fd, join, &group, cw_arg32(c, 2));
}

Errno cw_sock_wamr_add_membership(Call *c) { return membership(c, true); }
Errno cw_sock_wamr_drop_membership(Call *c) { return membership(c, false); }

/* ---- Names ---- */

/* A terminated string of at most NET_NAME_MAX bytes; false if it lies outside or is longer. */
static bool get_string(Call *c, u32 arg, char buf[NET_NAME_MAX + 2], size_t *size)
{
    GuestPtr at = cw_arg_ptr(c, arg);
    for (*size = 0; *size <= NET_NAME_MAX; at.at++, ++*size) {
        const u8 *p = cw_guest(c, at, 1);
        if (!p)
            return false;
        buf[*size] = (char)*p;
        if (!buf[*size])
            return true;
    }
    return false;
}

/* sock_addr_resolve(host: ptr, service: ptr, hints: ptr, infos: ptr, max, n: ptr u32) - fills up to max addr_infos; n is how many there are.
 * None (n = 0) if there is no such name. Errors: AGAIN (nobody answers), NOPROTOOPT (service). POSIX: getaddrinfo. */
Errno cw_sock_wamr_addr_resolve(Call *c)
{
    char host[NET_NAME_MAX + 2], service[NET_NAME_MAX + 2];
    size_t host_size, service_size;
    NetAddr addrs[NET_NAME_ADDRS];
    u32 n = 0, found = 0, max = cw_arg32(c, 4);
    const u8 *hints = cw_guest(c, cw_arg_ptr(c, 2), 12);
    u8 *infos = cw_guest(c, cw_arg_ptr(c, 3), (u64)max * INFO_SIZE), *n_found = cw_guest(c, cw_arg_ptr(c, 5), 4);
    if (!hints || !infos || !n_found || !get_string(c, 0, host, &host_size) || !get_string(c, 1, service, &service_size))
        return ERRNO_FAULT;
    bool counts = hints[8];
    u32 type = counts ? cw_get32(hints) : UINT32_MAX, family = counts ? cw_get32(hints + 4) : FAMILY_ANY;
    Errno e = cw_sock_find(c, host, host_size, service, service_size, false, addrs, &n);
    if (e == ERRNO_NOENT || e == ERRNO_INVAL)
        n = 0;
    else if (e)
        return e;
    for (u32 i = 0; i < n; i++) {
        if (family != FAMILY_ANY && addrs[i].v6 != (family == KIND_IPV6))
            continue;
        for (u32 t = TYPE_STREAM + 1; t-- > TYPE_DGRAM;) {
            if (type <= TYPE_STREAM && t != type)
                continue;
            if (found < max) {
                put_addr(infos + (size_t)found * INFO_SIZE, &addrs[i]);
                cw_put32(infos + (size_t)found * INFO_SIZE + ADDR_SIZE, t);
            }
            found++;
        }
    }
    cw_put32(n_found, found);
    return ERRNO_SUCCESS;
}
