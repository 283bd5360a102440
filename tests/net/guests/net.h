/*
 * net.h - the socket extensions as guests import them: WasmEdge's (we_) and WAMR's (wamr_). Where both have a name, the signatures differ and
 * the host chooses by them. Layouts are in docs/wasi-sockets.md.
 */
#ifndef NET_H
#define NET_H

#include "../../wasi/guests/support.h"

#define IMPORT(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))
#define NOT_FOUND 84   /* WasmEdge's own error numbers */
typedef uint32_t u32;

/* ---- WasmEdge ---- */

IMPORT("sock_open") int we_open(u32 family, u32 type, u32 fd);
IMPORT("sock_open_v2") int we_open_v2(u32 family, u32 type, u32 fd);
IMPORT("sock_bind") int we_bind(u32 fd, u32 address, u32 port);
IMPORT("sock_connect") int we_connect(u32 fd, u32 address, u32 port);
IMPORT("sock_listen") int sock_listen(u32 fd, u32 backlog);
IMPORT("sock_accept") int we_accept(u32 fd, u32 new_fd);
IMPORT("sock_recv_from") int we_recv_from1(u32 fd, u32 iovs, u32 n, u32 address, u32 flags, u32 size, u32 roflags);
IMPORT("sock_recv_from") int we_recv_from(u32 fd, u32 iovs, u32 n, u32 address, u32 flags, u32 port, u32 size, u32 roflags);
IMPORT("sock_send_to") int we_send_to(u32 fd, u32 iovs, u32 n, u32 address, u32 port, u32 flags, u32 size);
IMPORT("sock_getsockopt") int we_getsockopt(u32 fd, u32 level, u32 name, u32 value, u32 size);
IMPORT("sock_setsockopt") int we_setsockopt(u32 fd, u32 level, u32 name, u32 value, u32 size);
IMPORT("sock_getlocaladdr") int we_local1(u32 fd, u32 address, u32 type, u32 port);
IMPORT("sock_getpeeraddr") int we_peer1(u32 fd, u32 address, u32 type, u32 port);
IMPORT("sock_getlocaladdr") int we_local(u32 fd, u32 address, u32 port);
IMPORT("sock_getpeeraddr") int we_peer(u32 fd, u32 address, u32 port);
IMPORT("sock_getpeeraddr_v2") int we_peer_v2(u32 fd, u32 address, u32 port);
IMPORT("sock_getaddrinfo")
int we_getaddrinfo(u32 host, u32 host_size, u32 service, u32 service_size, u32 hints, u32 list, u32 max, u32 n);

enum { WE_INET4 = 1, WE_INET6 = 2, WE_DGRAM = 1, WE_STREAM = 2 };
typedef struct WeAddress { u32 buf, size; } WeAddress;
typedef struct WeSockaddr { uint8_t family; u32 size, data; } WeSockaddr;
typedef struct WeAddrinfo {
    uint16_t flags;
    uint8_t family, type, protocol;
    u32 size, addr, canonical, canonical_size, next;
} WeAddrinfo;

/* ---- WAMR ---- */

IMPORT("sock_open") int wamr_open(u32 pool, u32 family, u32 type, u32 fd);
IMPORT("sock_bind") int wamr_bind(u32 fd, u32 addr);
IMPORT("sock_connect") int wamr_connect(u32 fd, u32 addr);
IMPORT("sock_recv_from") int wamr_recv_from(u32 fd, u32 iovs, u32 n, u32 flags, u32 addr, u32 size);
IMPORT("sock_send_to") int wamr_send_to(u32 fd, u32 iovs, u32 n, u32 flags, u32 addr, u32 size);
IMPORT("sock_addr_local") int wamr_local(u32 fd, u32 addr);
IMPORT("sock_addr_remote") int wamr_remote(u32 fd, u32 addr);
IMPORT("sock_addr_resolve") int wamr_resolve(u32 host, u32 service, u32 hints, u32 infos, u32 max, u32 n);
IMPORT("sock_close") int wamr_close(u32 fd);
#define WAMR_OPTIONS                                                                                                                    \
    OPTION(reuse_addr, uint8_t) OPTION(reuse_port, uint8_t) OPTION(broadcast, uint8_t) OPTION(keep_alive, uint8_t)                      \
    OPTION(recv_buf_size, u32) OPTION(send_buf_size, u32) OPTION(recv_timeout, uint64_t) OPTION(send_timeout, uint64_t)                 \
    OPTION(tcp_no_delay, uint8_t) OPTION(tcp_quick_ack, uint8_t) OPTION(tcp_keep_idle, u32) OPTION(tcp_keep_intvl, u32)                 \
    OPTION(tcp_fastopen_connect, uint8_t) OPTION(ip_ttl, uint8_t) OPTION(ip_multicast_ttl, uint8_t) OPTION(ipv6_only, uint8_t)
#define PARAM_uint8_t u32
#define PARAM_u32 u32
#define PARAM_uint64_t uint64_t
#define OPTION(name, type)                                             \
    IMPORT("sock_get_" #name) int wamr_get_##name(u32 fd, u32 value);   \
    IMPORT("sock_set_" #name) int wamr_set_##name(u32 fd, PARAM_##type value);
WAMR_OPTIONS
#undef OPTION
IMPORT("sock_get_linger") int wamr_get_linger(u32 fd, u32 on, u32 seconds);
IMPORT("sock_set_linger") int wamr_set_linger(u32 fd, u32 on, u32 seconds);
IMPORT("sock_get_ip_multicast_loop") int wamr_get_loop(u32 fd, u32 ipv6, u32 on);
IMPORT("sock_set_ip_multicast_loop") int wamr_set_loop(u32 fd, u32 ipv6, u32 on);
IMPORT("sock_set_ip_add_membership") int wamr_join(u32 fd, u32 group, u32 device);
IMPORT("sock_set_ip_drop_membership") int wamr_leave(u32 fd, u32 group, u32 device);

enum { WAMR_INET4 = 0, WAMR_INET6 = 1, WAMR_ANY = 2, WAMR_DGRAM = 0, WAMR_STREAM = 1 };
typedef struct WamrAddr {
    u32 kind;
    union {
        struct { uint8_t ip[4]; uint16_t port; } v4;
        struct { uint16_t ip[8], port; } v6;
    };
} WamrAddr;
typedef struct WamrInfo { WamrAddr addr; int type; } WamrInfo;
typedef struct WamrHints { int type; u32 family; uint8_t enabled; } WamrHints;

static inline WamrAddr wamr4(const char *ip, u32 port)
{
    WamrAddr a = { .kind = WAMR_INET4 };
    unsigned b[4] = { 0 };
    sscanf(ip, "%u.%u.%u.%u", &b[0], &b[1], &b[2], &b[3]);
    for (int i = 0; i < 4; i++)
        a.v4.ip[i] = (uint8_t)b[i];
    a.v4.port = (uint16_t)port;
    return a;
}

/* Eight words in hexadecimal: "0:0:0:0:0:0:0:1". */
static inline WamrAddr wamr6(const char *ip, u32 port)
{
    WamrAddr a = { .kind = WAMR_INET6 };
    unsigned w[8] = { 0 };
    sscanf(ip, "%x:%x:%x:%x:%x:%x:%x:%x", &w[0], &w[1], &w[2], &w[3], &w[4], &w[5], &w[6], &w[7]);
    for (int i = 0; i < 8; i++)
        a.v6.ip[i] = (uint16_t)w[i];
    a.v6.port = (uint16_t)port;
    return a;
}
static inline WamrAddr wamr_addr(const char *ip, u32 port) { return strchr(ip, ':') ? wamr6(ip, port) : wamr4(ip, port); }

#endif
