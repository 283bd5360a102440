/*
 * sock.h - what the socket extensions share (sock.c). Each function is the body of a call: with the lock, c->h is the socket, guest memory for
 * the result has been looked up before.
 */
#ifndef CW_WASI_SOCK_H
#define CW_WASI_SOCK_H

#include "wasi/net.h"

/* A new socket at the lowest free number, written to *new_fd (4 bytes of guest memory). Takes the lock by itself. */
Errno cw_sock_make(Call *c, bool v6, bool dgram, u8 *new_fd);
Errno cw_sock_bind_to(Call *c, const NetAddr *addr);
Errno cw_sock_connect_to(Call *c, const NetAddr *addr);
/* addr is where a datagram goes; streams go where they are connected. */
Errno cw_sock_send_some(Call *c, GuestPtr iovs, u32 n_iovs, const NetAddr *addr, size_t *done);
/* *has_from: the sender is known. riflags as in sock_recv. */
Errno cw_sock_recv_some(Call *c, GuestPtr iovs, u32 n_iovs, u32 riflags, size_t *done, bool *truncated, NetAddr *from, bool *has_from);
/* Takes the next connection that the rules accept. new_fd: guest memory. */
Errno cw_sock_accept_next(Call *c, u32 fdflags, u8 *new_fd);

/* The addresses of a host (may be empty: then of this machine) with the port of a service: a number or one of a few well-known names.
 * ERRNO_NOENT: no such name; ERRNO_NOPROTOOPT: no such service. Without the lock. */
Errno cw_sock_find(Call *c, const char *host, size_t host_size, const char *service, size_t service_size, bool passive,
                   NetAddr addrs[NET_NAME_ADDRS], u32 *n);

#define SOCK(body, name, signature, args, ...) Errno cw_sock_##body(Call *c);
#define SOCK_AS(function, name, signature, args)
#define SOCK_GET(name, option, size)
#define SOCK_SET(name, option, type)
#include "wasi/sockets.def"
#undef SOCK
#undef SOCK_AS
#undef SOCK_GET
#undef SOCK_SET
/* For the trace: the address at a guest's structure, without its port for WasmEdge, where that is an argument of its own. */
bool cw_we_address_text(cwasm_caller *caller, u64 at, char buf[NET_ADDR_TEXT]);
bool cw_wamr_address_text(cwasm_caller *caller, u64 at, char buf[NET_ADDR_TEXT]);

/* The bodies of SOCK_GET and SOCK_SET. */
Errno cw_sock_get(Call *c, HostOption option, u32 size);
Errno cw_sock_set(Call *c, HostOption option);

#endif
