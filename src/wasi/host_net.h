/*
 * host_net.h - the network of the operating system as WASI needs it; host_net.c implements it. The rules of host.h hold here, too.
 */
#ifndef CW_WASI_HOST_NET_H
#define CW_WASI_HOST_NET_H

#include "wasi/host.h"
#include "wasi/net_rules.h"

Errno cw_host_socket(bool v6, bool dgram, bool nonblock, int *fd);
Errno cw_host_bind(int fd, const NetAddr *addr);
Errno cw_host_listen(int fd, u32 backlog);
/* ERRNO_INTR: it goes on; wait until the socket can be written, then ask for HOST_OPT_ERROR. */
Errno cw_host_connect(int fd, const NetAddr *addr);
Errno cw_host_local_addr(int fd, NetAddr *addr);
/* ERRNO_AFNOSUPPORT if it is no IP socket. */
Errno cw_host_peer_addr(int fd, NetAddr *addr);
/* A datagram. */
Errno cw_host_send_to(int fd, struct iovec *iov, int n, bool dont_wait, const NetAddr *to, size_t *done);
/* *has_from is false if the sender is unknown, as for a connected stream. */
Errno cw_host_recv_from(int fd, struct iovec *iov, int n, bool peek, bool wait_all, bool dont_wait, size_t *done, bool *truncated,
                        NetAddr *from, bool *has_from);
/* A listening socket at a path; one that nobody listens at any more is replaced. */
Errno cw_host_listen_unix(const char *path, bool nonblock, u32 backlog, int *fd);

/* OPT(id, level, host name, what it is): numbers and switches are themselves, times are microseconds (0: none), LINGER is seconds or -1 for
 * off; the error is an Errno. */
#define HOST_OPTIONS                                               \
    OPT(REUSE_ADDR, SOL_SOCKET, SO_REUSEADDR, SWITCH)              \
    OPT(REUSE_PORT, SOL_SOCKET, SO_REUSEPORT, SWITCH)              \
    OPT(TYPE, SOL_SOCKET, SO_TYPE, FACT)                           \
    OPT(ERROR, SOL_SOCKET, SO_ERROR, FACT)                         \
    OPT(DONT_ROUTE, SOL_SOCKET, SO_DONTROUTE, SWITCH)              \
    OPT(BROADCAST, SOL_SOCKET, SO_BROADCAST, SWITCH)               \
    OPT(SEND_BUFFER, SOL_SOCKET, SO_SNDBUF, NUMBER)                \
    OPT(RECV_BUFFER, SOL_SOCKET, SO_RCVBUF, NUMBER)                \
    OPT(KEEP_ALIVE, SOL_SOCKET, SO_KEEPALIVE, SWITCH)              \
    OPT(OOB_INLINE, SOL_SOCKET, SO_OOBINLINE, SWITCH)              \
    OPT(LINGER, SOL_SOCKET, SO_LINGER, LINGER)                     \
    OPT(RECV_LOW, SOL_SOCKET, SO_RCVLOWAT, NUMBER)                 \
    OPT(RECV_TIMEOUT, SOL_SOCKET, SO_RCVTIMEO, TIME)               \
    OPT(SEND_TIMEOUT, SOL_SOCKET, SO_SNDTIMEO, TIME)               \
    OPT(LISTENS, SOL_SOCKET, SO_ACCEPTCONN, FACT)                  \
    OPT(NO_DELAY, IPPROTO_TCP, TCP_NODELAY, SWITCH)                \
    OPT(KEEP_IDLE, IPPROTO_TCP, TCP_KEEPIDLE, NUMBER)              \
    OPT(KEEP_INTERVAL, IPPROTO_TCP, TCP_KEEPINTVL, NUMBER)         \
    OPT(QUICK_ACK, IPPROTO_TCP, TCP_QUICKACK, SWITCH)              \
    OPT(FAST_OPEN, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, SWITCH)      \
    OPT(TTL, IPPROTO_IP, IP_TTL, NUMBER)                           \
    OPT(MULTICAST_TTL, IPPROTO_IP, IP_MULTICAST_TTL, NUMBER)       \
    OPT(MULTICAST_LOOP, IPPROTO_IP, IP_MULTICAST_LOOP, SWITCH)     \
    OPT(MULTICAST_LOOP6, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, SWITCH) \
    OPT(V6_ONLY, IPPROTO_IPV6, IPV6_V6ONLY, SWITCH)
typedef enum HostOption {
#define OPT(id, level, name, kind) HOST_OPT_##id,
    HOST_OPTIONS
#undef OPT
} HostOption;
Errno cw_host_get_option(int fd, HostOption option, s64 *value);
Errno cw_host_set_option(int fd, HostOption option, s64 value);   /* ERRNO_NOPROTOOPT for a FACT */
/* Joins or leaves a multicast group; device: index of the interface, or for IPv4 its address, lowest byte first; 0: any. */
Errno cw_host_set_membership(int fd, bool join, const NetAddr *group, u32 device);

/* At most `most` bytes of a regular file, terminated; NULL if there is none or no memory. Free with cw_free(a, text, *size + 1). */
char *cw_host_read_text(const Alloc *a, const char *path, size_t most, size_t *size);

#endif
