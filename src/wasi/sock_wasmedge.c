/*
 * sock_wasmedge.c - the sockets of WasmEdge, both versions, as the crates wasmedge_wasi_socket, tokio_wasi and their kin use them.
 *
 *   address   0 buf: ptr   4 size   8; what is in buf follows from size:
 *     4, 16   an IPv4 or IPv6 address in network order
 *     128     0 family (2 bytes: 1 IPv4, 2 IPv6)   2 the address
 *
 * Version 2 has the large form and so can say of which family an address is; here every call takes all of them. Errors of every call beside
 * those at the call: BADF, NOTSOCK, NOTCAPABLE, FAULT, INVAL (a size or number that has no meaning), ACCES (no rule of --net allows it).
 */
#include "wasi/sock.h"

enum { FAMILY_ANY = 0, FAMILY_INET4 = 1, FAMILY_INET6 = 2, TYPE_ANY = 0, TYPE_DGRAM = 1, TYPE_STREAM = 2, LARGE = 128 };

/* The buffer that the address structure at p names, its size in *size; NULL if any of it lies outside. */
static u8 *address_buf(Call *c, GuestPtr p, u32 *size)
{
    const u8 *a = cw_guest(c, p, 8);
    if (!a)
        return NULL;
    GuestPtr at = { cw_get32(a) };
    *size = cw_get32(a + 4);
    return cw_guest(c, at, *size);
}

/* Takes apart the size bytes at p. */
static Errno read_address(const u8 *p, u32 size, u32 port, NetAddr *addr)
{
    u32 family = size == 4 ? FAMILY_INET4 : size == 16 ? FAMILY_INET6 : size == LARGE ? cw_get16(p) : FAMILY_ANY;
    if (size == LARGE)
        p += 2;
    if ((family != FAMILY_INET4 && family != FAMILY_INET6) || port > UINT16_MAX)
        return size == LARGE ? ERRNO_AFNOSUPPORT : ERRNO_INVAL;
    if (family == FAMILY_INET4) {
        cw_net_set_ip4(addr, p, (u16)port);
        return ERRNO_SUCCESS;
    }
    *addr = (NetAddr){ .port = (u16)port, .v6 = true };
    memcpy(addr->ip, p, 16);
    return ERRNO_SUCCESS;
}

static Errno get_address(Call *c, u32 arg, u32 port_arg, NetAddr *addr)
{
    u32 size;
    const u8 *p = address_buf(c, cw_arg_ptr(c, arg), &size);
    return p ? read_address(p, size, cw_arg32(c, port_arg), addr) : ERRNO_FAULT;
}

bool cw_we_address_text(cwasm_caller *caller, u64 at, char buf[NET_ADDR_TEXT])
{
    NetAddr addr;
    u32 size;
    Call c = { .caller = caller };
    const u8 *p = address_buf(&c, (GuestPtr){ at }, &size);
    if (!p || read_address(p, size, 0, &addr))
        return false;
    cw_net_addr_text(&addr, buf);
    *strrchr(buf, ':') = 0;
    return true;
}

/* Writes an address in the form that its buffer has room for; NOMEM if there is not enough. */
static Errno put_address(u8 *p, u32 size, const NetAddr *addr)
{
    u32 need = addr->v6 ? 16 : 4;
    if (size == LARGE) {
        cw_put16(p, addr->v6 ? FAMILY_INET6 : FAMILY_INET4);
        p += 2;
    } else if (size < need) {
        return ERRNO_NOMEM;
    }
    memcpy(p, addr->v6 ? addr->ip : cw_net_ip4(addr), need);
    return ERRNO_SUCCESS;
}

/* sock_open(family: 1 IPv4, 2 IPv6; type: 1 datagram, 2 stream; fd: ptr u32) - Errors: AFNOSUPPORT, MFILE. POSIX: socket. */
Errno cw_sock_we_open(Call *c)
{
    u32 family = cw_arg32(c, 0), type = cw_arg32(c, 1);
    u8 *fd = cw_guest(c, cw_arg_ptr(c, 2), 4);
    if (!fd)
        return ERRNO_FAULT;
    if (family != FAMILY_INET4 && family != FAMILY_INET6)
        return ERRNO_AFNOSUPPORT;
    if (type != TYPE_DGRAM && type != TYPE_STREAM)
        return ERRNO_INVAL;
    return cw_sock_make(c, family == FAMILY_INET6, type == TYPE_DGRAM, fd);
}

/* sock_bind(fd, address: ptr, port) - Errors: ADDRINUSE, ADDRNOTAVAIL. POSIX: bind. */
Errno cw_sock_we_bind(Call *c)
{
    NetAddr addr;
    Errno e = get_address(c, 1, 2, &addr);
    return e ? e : cw_sock_bind_to(c, &addr);
}

/* sock_connect(fd, address: ptr, port) - Errors: CONNREFUSED, INPROGRESS (non-blocking), NETUNREACH, TIMEDOUT ... POSIX: connect. */
Errno cw_sock_we_connect(Call *c)
{
    NetAddr addr;
    Errno e = get_address(c, 1, 2, &addr);
    return e ? e : cw_sock_connect_to(c, &addr);
}

/* sock_accept(fd, new_fd: ptr u32) - preview 1's without flags: the new one waits. */
Errno cw_sock_we_accept(Call *c)
{
    u8 *new_fd = cw_guest(c, cw_arg_ptr(c, 1), 4);
    return new_fd ? cw_sock_accept_next(c, 0, new_fd) : ERRNO_FAULT;
}

/* port: NULL if the caller does not ask for it. */
static Errno recv_from(Call *c, bool has_port, u32 size_arg)
{
    size_t done;
    bool truncated, has_from;
    NetAddr from;
    u32 room;
    u8 *address = address_buf(c, cw_arg_ptr(c, 3), &room);
    u8 *port = has_port ? cw_guest(c, cw_arg_ptr(c, 5), 2) : NULL;
    u8 *size = cw_guest(c, cw_arg_ptr(c, size_arg), 4), *roflags = cw_guest(c, cw_arg_ptr(c, size_arg + 1), 2);
    if (!address || (has_port && !port) || !size || !roflags)
        return ERRNO_FAULT;
    if (room < 4)
        return ERRNO_INVAL;
    Errno e = cw_sock_recv_some(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), cw_arg32(c, 4), &done, &truncated, &from, &has_from);
    if (!e && has_from)
        e = put_address(address, room, &from);
    if (e)
        return e;
    if (port)
        cw_put16(port, has_from ? from.port : 0);
    cw_put32(size, (u32)done);
    cw_put16(roflags, truncated ? ROFLAG_DATA_TRUNCATED : 0);
    return ERRNO_SUCCESS;
}

/* sock_recv_from(fd, iovs, iovs_len, address: ptr, riflags, size: ptr u32, roflags: ptr u16), version 1 - POSIX: recvfrom. */
Errno cw_sock_we_recv_from1(Call *c) { return recv_from(c, false, 5); }

/* sock_recv_from(fd, iovs, iovs_len, address: ptr, riflags, port: ptr u16, size: ptr u32, roflags: ptr u16), version 2. */
Errno cw_sock_we_recv_from(Call *c) { return recv_from(c, true, 6); }

/* sock_send_to(fd, iovs, iovs_len, address: ptr, port, siflags: 0, size: ptr u32) - Errors: MSGSIZE, NETUNREACH ... POSIX: sendto. */
Errno cw_sock_we_send_to(Call *c)
{
    NetAddr addr;
    size_t done;
    u8 *size = cw_guest(c, cw_arg_ptr(c, 6), 4);
    Errno e = size ? get_address(c, 3, 4, &addr) : ERRNO_FAULT;
    if (!e && cw_arg32(c, 5) != 0)
        e = ERRNO_INVAL;
    if (!e)
        e = cw_sock_send_some(c, cw_arg_ptr(c, 1), cw_arg32(c, 2), &addr, &done);
    if (!e)
        cw_put32(size, (u32)done);
    return e;
}

/* ---- Addresses of a socket ---- */

typedef Errno AddressOf(int fd, NetAddr *addr);

/* (fd, address: ptr, type: ptr u32, port: ptr u32), version 1 - the type is 4 or 6. */
static Errno address1(Call *c, AddressOf *of)
{
    NetAddr addr;
    u32 room;
    u8 *buf = address_buf(c, cw_arg_ptr(c, 1), &room), *type = cw_guest(c, cw_arg_ptr(c, 2), 4), *port = cw_guest(c, cw_arg_ptr(c, 3), 4);
    if (!buf || !type || !port)
        return ERRNO_FAULT;
    if (room != 4 && room != 16)
        return ERRNO_INVAL;
    Errno e = of(c->h->fd, &addr);
    if (!e)
        e = put_address(buf, room, &addr);
    if (e)
        return e;
    cw_put32(type, addr.v6 ? 6 : 4);
    cw_put32(port, addr.port);
    return ERRNO_SUCCESS;
}

/* (fd, address: ptr, port: ptr u32), version 2 - the address has its large form. */
static Errno address2(Call *c, AddressOf *of)
{
    NetAddr addr;
    u32 room;
    u8 *buf = address_buf(c, cw_arg_ptr(c, 1), &room), *port = cw_guest(c, cw_arg_ptr(c, 2), 4);
    if (!buf || !port)
        return ERRNO_FAULT;
    if (room != LARGE)
        return ERRNO_INVAL;
    Errno e = of(c->h->fd, &addr);
    if (!e)
        e = put_address(buf, room, &addr);
    if (!e)
        cw_put32(port, addr.port);
    return e;
}

/* sock_getlocaladdr, sock_getpeeraddr - Errors: NOTCONN, AFNOSUPPORT (no IP socket), NOMEM (IPv6 into 4 bytes). POSIX: getsockname,
 * getpeername. */
Errno cw_sock_we_local_addr1(Call *c) { return address1(c, cw_host_local_addr); }
Errno cw_sock_we_peer_addr1(Call *c) { return address1(c, cw_host_peer_addr); }
Errno cw_sock_we_local_addr(Call *c) { return address2(c, cw_host_local_addr); }
Errno cw_sock_we_peer_addr(Call *c) { return address2(c, cw_host_peer_addr); }

/* ---- Options ---- */

enum { NAME_TYPE = 1, NAME_LINGER = 9, NAME_RECV_TIMEOUT = 11, NAME_SEND_TIMEOUT = 12, NAME_DEVICE = 14 };
static const u8 options[] = {
    HOST_OPT_REUSE_ADDR, HOST_OPT_TYPE, HOST_OPT_ERROR, HOST_OPT_DONT_ROUTE, HOST_OPT_BROADCAST, HOST_OPT_SEND_BUFFER, HOST_OPT_RECV_BUFFER,
    HOST_OPT_KEEP_ALIVE, HOST_OPT_OOB_INLINE, HOST_OPT_LINGER, HOST_OPT_RECV_LOW, HOST_OPT_RECV_TIMEOUT, HOST_OPT_SEND_TIMEOUT,
    HOST_OPT_LISTENS,
};

/* Bytes of an option's value: timeval { s64 seconds, s64 microseconds }, linger { s32 on, s32 seconds }, or s32. */
static u32 value_size(u32 name) { return name == NAME_RECV_TIMEOUT || name == NAME_SEND_TIMEOUT ? 16 : name == NAME_LINGER ? 8 : 4; }

static Errno check_option(Call *c)
{
    u32 level = cw_arg32(c, 1), name = cw_arg32(c, 2);
    return level != 0 || name > NAME_DEVICE ? ERRNO_INVAL : ERRNO_SUCCESS;
}

/* sock_getsockopt(fd, level: 0, name: 0 ... 14, value: ptr, size: ptr u32) - size is the room, then what was written. The error is an Errno,
 * the type 1 or 2 as in sock_open; the device is empty: none can be bound to.
 * Errors: NOMEM (too little room). POSIX: getsockopt. */
Errno cw_sock_we_getsockopt(Call *c)
{
    u32 name = cw_arg32(c, 2), need = value_size(name);
    s64 value;
    u8 *size = cw_guest(c, cw_arg_ptr(c, 4), 4);
    Errno e = check_option(c);
    if (!size)
        return ERRNO_FAULT;
    u32 room = cw_get32(size);
    u8 *p = cw_guest(c, cw_arg_ptr(c, 3), room);
    if (!p)
        return ERRNO_FAULT;
    if (e)
        return e;
    if (name == NAME_DEVICE) {
        cw_put32(size, 0);
        return ERRNO_SUCCESS;
    }
    if (room < need)
        return ERRNO_NOMEM;
    e = cw_host_get_option(c->h->fd, (HostOption)options[name], &value);
    if (e)
        return e;
    if (name == NAME_TYPE)
        value = c->h->filetype == FILETYPE_SOCKET_DGRAM ? TYPE_DGRAM : TYPE_STREAM;
    if (need == 16) {
        cw_put64(p, (u64)(value / 1000000));
        cw_put64(p + 8, (u64)(value % 1000000));
    } else if (need == 8) {
        cw_put32(p, value >= 0);
        cw_put32(p + 4, value >= 0 ? (u32)value : 0);
    } else {
        cw_put32(p, (u32)value);
    }
    cw_put32(size, need);
    return ERRNO_SUCCESS;
}

/* sock_setsockopt(fd, level: 0, name, value: ptr, size) - Errors: NOPROTOOPT (cannot be set), NOTSUP (binding to a device). POSIX: setsockopt. */
Errno cw_sock_we_setsockopt(Call *c)
{
    u32 name = cw_arg32(c, 2), need = value_size(name), size = cw_arg32(c, 4);
    const u8 *p = cw_guest(c, cw_arg_ptr(c, 3), size);
    Errno e = check_option(c);
    if (!p)
        return ERRNO_FAULT;
    if (e)
        return e;
    if (name == NAME_DEVICE)
        return size ? ERRNO_NOTSUP : ERRNO_SUCCESS;
    if (size < need)
        return ERRNO_INVAL;
    s64 value = (s32)cw_get32(p);
    if (need == 16) {
        u64 seconds = cw_get64(p), micro = cw_get64(p + 8);
        if (seconds > INT32_MAX || micro >= 1000000)
            return ERRNO_DOM;
        value = (s64)(seconds * 1000000 + micro);
    } else if (need == 8) {
        value = value ? (s32)(cw_get32(p + 4) & INT32_MAX) : -1;
    }
    return cw_host_set_option(c->h->fd, (HostOption)options[name], value);
}

/* ---- Names ---- */

/* Numbers behind those of preview 1. */
enum { AI_AGAIN = 78, AI_FAIL = 80, AI_FAMILY = 81, AI_MEMORY = 82, AI_NO_DATA = 83, AI_NO_NAME = 84, AI_SERVICE = 85, AI_SOCKTYPE = 86 };
enum { FLAG_PASSIVE = 1, FLAG_CANONICAL = 2, FLAG_NUMERIC = 4 };

/*   addrinfo:  0 flags (2 bytes)   2 family (1)   3 type (1)   4 protocol (1: 1 TCP, 2 UDP)   8 size of the address   12 sockaddr: ptr
 *              16 canonical name: ptr   20 its size   24 next: ptr   28
 *   sockaddr:  0 family (1)   4 size   8 data: ptr   12; data is port (network order) and address as in sockaddr_in, from its third byte on */
enum { ADDRINFO_SIZE = 28, DATA4 = 14, DATA6 = 26 };

/* Fills the addrinfo at *at; *at becomes the next one. */
static Errno put_addrinfo(Call *c, GuestPtr *at, const NetAddr *addr, u32 type, const char *canonical, size_t canonical_size)
{
    u8 *p = cw_guest(c, *at, ADDRINFO_SIZE);
    u8 *sockaddr = p ? cw_guest(c, (GuestPtr){ cw_get32(p + 12) }, 12) : NULL;
    u32 size = addr->v6 ? DATA6 : DATA4;
    u8 *data = sockaddr ? cw_guest(c, (GuestPtr){ cw_get32(sockaddr + 8) }, size) : NULL;
    if (!data)
        return ERRNO_FAULT;
    u32 room = cw_get32(p + 20);
    u8 *name = canonical_size && room > canonical_size ? cw_guest(c, (GuestPtr){ cw_get32(p + 16) }, canonical_size + 1) : NULL;
    memset(data, 0, size);
    data[0] = (u8)(addr->port >> 8);
    data[1] = (u8)addr->port;
    if (addr->v6)
        memcpy(data + 6, addr->ip, 16);
    else
        memcpy(data + 2, cw_net_ip4(addr), 4);
    sockaddr[0] = addr->v6 ? FAMILY_INET6 : FAMILY_INET4;
    cw_put32(sockaddr + 4, size);
    if (name) {
        memcpy(name, canonical, canonical_size);
        name[canonical_size] = 0;
    }
    cw_put16(p, 0);
    p[2] = addr->v6 ? FAMILY_INET6 : FAMILY_INET4;
    p[3] = (u8)type;
    p[4] = type == TYPE_DGRAM ? 2 : 1;
    cw_put32(p + 8, size + 2);
    cw_put32(p + 20, name ? (u32)canonical_size : 0);
    at->at = cw_get32(p + 24);
    return ERRNO_SUCCESS;
}

/* A guest's string, which may or may not include its NUL; false if it lies outside or is too long. */
static bool get_string(Call *c, u32 arg, char buf[NET_NAME_MAX + 2], size_t *size)
{
    u32 n = cw_arg32(c, arg + 1);
    const u8 *p = n <= NET_NAME_MAX + 1 ? cw_guest(c, cw_arg_ptr(c, arg), n) : NULL;
    if (!p)
        return false;
    memcpy(buf, p, n);
    buf[n] = 0;
    *size = strlen(buf);
    return true;
}

/* sock_getaddrinfo(host: ptr, size, service: ptr, size, hints: ptr addrinfo, list: ptr ptr addrinfo, max, n: ptr u32) - fills a list of max
 * addrinfos that the guest has made: with their sockaddrs, data of 26 bytes, and linked.
 * Errors: ACCES (no rule allows the name), and WasmEdge's own: 78 try again, 81 family, 82 max is 0, 83 and 84 no such name, 85 service,
 * 86 type. POSIX: getaddrinfo. */
Errno cw_sock_we_getaddrinfo(Call *c)
{
    char host[NET_NAME_MAX + 2], service[NET_NAME_MAX + 2];
    size_t host_size, service_size;
    NetAddr addrs[NET_NAME_ADDRS];
    u32 n = 0, done = 0, max = cw_arg32(c, 6);
    const u8 *hints = cw_guest(c, cw_arg_ptr(c, 4), ADDRINFO_SIZE), *list = cw_guest(c, cw_arg_ptr(c, 5), 4);
    u8 *n_done = cw_guest(c, cw_arg_ptr(c, 7), 4);
    if (!hints || !list || !n_done || !get_string(c, 0, host, &host_size) || !get_string(c, 2, service, &service_size))
        return ERRNO_FAULT;
    u32 flags = cw_get16(hints), family = hints[2], type = hints[3], protocol = hints[4];
    GuestPtr at = { cw_get32(list) };
    if (host_size == 0 && service_size == 0)
        return AI_NO_NAME;
    if (max == 0)
        return AI_MEMORY;
    if (family > FAMILY_INET6)
        return AI_FAMILY;
    if (type > TYPE_STREAM || protocol > 2)
        return AI_SOCKTYPE;
    if ((flags & FLAG_NUMERIC) && host_size && !cw_net_parse_ip(host, host_size, addrs))
        return AI_NO_NAME;
    Errno e = cw_sock_find(c, host, host_size, service, service_size, flags & FLAG_PASSIVE, addrs, &n);
    if (e)
        return e == ERRNO_NOENT || e == ERRNO_INVAL ? AI_NO_NAME : e == ERRNO_AGAIN ? AI_AGAIN : e == ERRNO_NOPROTOOPT ? AI_SERVICE : e;
    for (u32 i = 0; i < n; i++) {
        if (family != FAMILY_ANY && addrs[i].v6 != (family == FAMILY_INET6))
            continue;
        for (u32 t = TYPE_STREAM; t >= TYPE_DGRAM && done < max; t--) {
            if ((type != TYPE_ANY && t != type) || (protocol == 1 && t == TYPE_DGRAM) || (protocol == 2 && t == TYPE_STREAM))
                continue;
            e = put_addrinfo(c, &at, &addrs[i], t, host, flags & FLAG_CANONICAL && done == 0 ? host_size : 0);
            if (e)
                return e;
            done++;
        }
    }
    if (done == 0)
        return AI_NO_DATA;
    cw_put32(n_done, done);
    return ERRNO_SUCCESS;
}
