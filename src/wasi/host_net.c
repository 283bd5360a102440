/*
 * host_net.c - host_net.h on Linux: with host_posix.c the only file of wasi/ with system calls.
 *
 * What a filter of system calls has to know (walls):
 *
 *   before the guest runs, for --net with names and --listen    open, read, fstat of /etc/hosts and /etc/resolv.conf; socket, bind, listen, connect
 *   while it runs, if it holds any socket or listener           accept4 recvmsg sendmsg shutdown getsockname getpeername getsockopt ppoll fcntl
 *   while it runs, if there is any rule of --net                socket (AF_INET, AF_INET6; SOCK_STREAM, SOCK_DGRAM) bind listen connect setsockopt
 *
 * No files are opened for the network while a guest runs, and no socket of another family is ever made.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "wasi/host_net.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef TCP_FASTOPEN_CONNECT
#define TCP_FASTOPEN_CONNECT 30
#endif

static Errno failed(void) { return cw_host_errno(errno); }
static Errno result(int r) { return CW_LIKELY(r >= 0) ? ERRNO_SUCCESS : failed(); }

typedef union SockAddr {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_storage room;
} SockAddr;

static socklen_t to_host(const NetAddr *addr, SockAddr *s)
{
    memset(s, 0, sizeof *s);
    if (addr->v6) {
        s->in6.sin6_family = AF_INET6;
        s->in6.sin6_port = htons(addr->port);
        memcpy(&s->in6.sin6_addr, addr->ip, 16);
        return sizeof s->in6;
    }
    s->in.sin_family = AF_INET;
    s->in.sin_port = htons(addr->port);
    memcpy(&s->in.sin_addr, cw_net_ip4(addr), 4);
    return sizeof s->in;
}

static bool from_host(const SockAddr *s, socklen_t size, NetAddr *addr)
{
    if (size >= sizeof s->in && s->any.sa_family == AF_INET) {
        cw_net_set_ip4(addr, (const u8 *)&s->in.sin_addr, ntohs(s->in.sin_port));
        return true;
    }
    if (size >= sizeof s->in6 && s->any.sa_family == AF_INET6) {
        *addr = (NetAddr){ .port = ntohs(s->in6.sin6_port), .v6 = true };
        memcpy(addr->ip, &s->in6.sin6_addr, 16);
        return true;
    }
    return false;
}

Errno cw_host_socket(bool v6, bool dgram, bool nonblock, int *fd)
{
    int r = socket(v6 ? AF_INET6 : AF_INET, (dgram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | (nonblock ? SOCK_NONBLOCK : 0), 0);
    if (r < 0)
        return failed();
    *fd = r;
    return ERRNO_SUCCESS;
}

Errno cw_host_bind(int fd, const NetAddr *addr)
{
    SockAddr s;
    socklen_t size = to_host(addr, &s);
    return result(bind(fd, &s.any, size));
}

Errno cw_host_listen(int fd, u32 backlog) { return result(listen(fd, (int)CW_MIN(backlog, (u32)SOMAXCONN))); }

Errno cw_host_connect(int fd, const NetAddr *addr)
{
    SockAddr s;
    socklen_t size = to_host(addr, &s);
    return result(connect(fd, &s.any, size));
}

Errno cw_host_local_addr(int fd, NetAddr *addr)
{
    SockAddr s;
    socklen_t size = sizeof s;
    if (getsockname(fd, &s.any, &size) < 0)
        return failed();
    return from_host(&s, size, addr) ? ERRNO_SUCCESS : ERRNO_AFNOSUPPORT;
}

Errno cw_host_peer_addr(int fd, NetAddr *addr)
{
    SockAddr s;
    socklen_t size = sizeof s;
    if (getpeername(fd, &s.any, &size) < 0)
        return failed();
    return from_host(&s, size, addr) ? ERRNO_SUCCESS : ERRNO_AFNOSUPPORT;
}

Errno cw_host_send_to(int fd, struct iovec *iov, int n, bool dont_wait, const NetAddr *to, size_t *done)
{
    SockAddr s;
    struct msghdr m = { 0 };
    m.msg_iov = iov;
    m.msg_iovlen = n;
    m.msg_namelen = to_host(to, &s);
    m.msg_name = &s;
    ssize_t r = sendmsg(fd, &m, MSG_NOSIGNAL | (dont_wait ? MSG_DONTWAIT : 0));
    if (r < 0)
        return failed();
    *done = (size_t)r;
    return ERRNO_SUCCESS;
}

Errno cw_host_recv_from(int fd, struct iovec *iov, int n, bool peek, bool wait_all, bool dont_wait, size_t *done, bool *truncated,
                        NetAddr *from, bool *has_from)
{
    SockAddr s;
    struct msghdr m = { 0 };   /* no room for control data: descriptors sent along are dropped by the kernel */
    m.msg_iov = iov;
    m.msg_iovlen = n;
    m.msg_namelen = sizeof s;
    m.msg_name = &s;
    ssize_t r = recvmsg(fd, &m, (peek ? MSG_PEEK : 0) | (wait_all ? MSG_WAITALL : 0) | (dont_wait ? MSG_DONTWAIT : 0));
    if (r < 0)
        return failed();
    *done = (size_t)r;
    *truncated = (m.msg_flags & MSG_TRUNC) != 0;
    *has_from = from_host(&s, m.msg_namelen, from);
    return ERRNO_SUCCESS;
}

Errno cw_host_listen_unix(const char *path, bool nonblock, u32 backlog, int *fd)
{
    struct sockaddr_un s = { .sun_family = AF_UNIX };
    struct stat st;
    if (!*path || strlen(path) >= sizeof s.sun_path)   /* an empty one would be made up by the kernel */
        return *path ? ERRNO_NAMETOOLONG : ERRNO_NOENT;
    strcpy(s.sun_path, path);
    int r = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (nonblock ? SOCK_NONBLOCK : 0), 0);
    if (r < 0)
        return failed();
    int bound = bind(r, (struct sockaddr *)&s, sizeof s);
    if (bound < 0 && errno == EADDRINUSE && lstat(path, &st) == 0 && S_ISSOCK(st.st_mode)) {
        /* left over by a server that ended? Then nobody answers. */
        int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        bool stale = probe >= 0 && connect(probe, (struct sockaddr *)&s, sizeof s) < 0 && errno == ECONNREFUSED;
        if (probe >= 0)
            close(probe);
        errno = EADDRINUSE;
        if (stale && unlink(path) == 0)
            bound = bind(r, (struct sockaddr *)&s, sizeof s);
    }
    Errno e = result(bound);
    if (!e)
        e = cw_host_listen(r, backlog);
    if (e)
        close(r);
    else
        *fd = r;
    return e;
}

/* ---- Options ---- */

typedef enum OptionKind { SWITCH, NUMBER, FACT, TIME, LINGER } OptionKind;
static const struct { int level, name; OptionKind kind; } options[] = {
#define OPT(id, level, name, kind) { level, name, kind },
    HOST_OPTIONS
#undef OPT
};

Errno cw_host_get_option(int fd, HostOption option, s64 *value)
{
    int level = options[option].level, name = options[option].name, number = 0;
    struct timeval time = { 0 };
    struct linger linger = { 0 };
    socklen_t size;
    int r;
    switch (options[option].kind) {
    case TIME:
        size = sizeof time;
        r = getsockopt(fd, level, name, &time, &size);
        if (__builtin_mul_overflow((s64)time.tv_sec, 1000000, value) || __builtin_add_overflow(*value, (s64)time.tv_usec, value))
            *value = INT64_MAX;   /* the kernel takes any number for "never" */
        return result(r);
    case LINGER:
        size = sizeof linger;
        r = getsockopt(fd, level, name, &linger, &size);
        *value = linger.l_onoff ? linger.l_linger : -1;
        return result(r);
    default:
        size = sizeof number;
        r = getsockopt(fd, level, name, &number, &size);
        *value = option == HOST_OPT_ERROR && number ? cw_host_errno(number) : number;
        return result(r);
    }
}

Errno cw_host_set_option(int fd, HostOption option, s64 value)
{
    int level = options[option].level, name = options[option].name;
    if (value < -1 || (options[option].kind != TIME && value > INT32_MAX))
        return ERRNO_INVAL;
    int number = (int)value;
    struct timeval time = { .tv_sec = (time_t)(value / 1000000), .tv_usec = (suseconds_t)(value % 1000000) };
    struct linger linger = { .l_onoff = value >= 0, .l_linger = value >= 0 ? (int)value : 0 };
    switch (options[option].kind) {
    case FACT: return ERRNO_NOPROTOOPT;
    case TIME: return result(setsockopt(fd, level, name, &time, sizeof time));
    case LINGER: return result(setsockopt(fd, level, name, &linger, sizeof linger));
    case SWITCH: number = number != 0; break;
    case NUMBER: break;
    }
    return result(setsockopt(fd, level, name, &number, sizeof number));
}

Errno cw_host_set_membership(int fd, bool join, const NetAddr *group, u32 device)
{
    if (group->v6) {
        struct ipv6_mreq m = { .ipv6mr_interface = device };
        memcpy(&m.ipv6mr_multiaddr, group->ip, 16);
        return result(setsockopt(fd, IPPROTO_IPV6, join ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, &m, sizeof m));
    }
    struct ip_mreq m;
    memcpy(&m.imr_multiaddr, cw_net_ip4(group), 4);
    memcpy(&m.imr_interface, &device, 4);
    return result(setsockopt(fd, IPPROTO_IP, join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &m, sizeof m));
}

/* ---- Files ---- */

char *cw_host_read_text(const Alloc *a, const char *path, size_t most, size_t *size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return NULL;
    size_t room = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? CW_MIN((size_t)st.st_size, most) : 0, n = 0;
    char *text = cw_alloc(a, room + 1);
    while (text && n < room) {
        ssize_t r = read(fd, text + n, room - n);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            break;
        n += (size_t)r;
    }
    close(fd);
    if (!text)
        return NULL;
    memset(text + n, 0, room + 1 - n);   /* it shrank meanwhile: the text ends there */
    *size = room;
    return text;
}
