/*
 * net.h - what a guest may do on the network: rules, their checks, and looking up names.
 */
#ifndef CW_WASI_NET_H
#define CW_WASI_NET_H

#include "wasi/dns.h"
#include "wasi/host_net.h"
#include "wasi/wasi.h"

#define NET_SERVERS 3

struct Net {
    NetRules rules;
    bool has_files;             /* the two files have been read */
    bool has_server;            /* servers were given, not read */
    NetAddr servers[NET_SERVERS];
    u32 n_servers;
    char *hosts;                /* text of /etc/hosts, NULL: none */
    size_t hosts_size;
};

void cw_net_free(cwasm_wasi *wasi, Net *net);

/* ERRNO_ACCES, noted for the trace, unless a rule allows it. With the lock. */
Errno cw_net_check(Call *c, NetUse use, const NetAddr *addr);
/* ERRNO_ACCES unless some rule is about one of the two uses: without any there is no need for a socket. With the lock. */
Errno cw_net_check_any(Call *c, NetUse use, NetUse other);
/* Whether a connection from there may be accepted: if there are rules about that, one must allow it. With the lock. */
bool cw_net_accepts(Call *c, int fd);

/* The addresses of a host name or numeric address, IPv4 first, with port 0; at most NET_NAME_ADDRS. Waits, so without the lock.
 * Errors: ACCES (by the rules), INVAL (no host name), NOENT (no such name, or no address), AGAIN (nobody answers), INTR (c->trap is set). */
Errno cw_net_resolve(Call *c, const char *text, size_t size, NetAddr addrs[NET_NAME_ADDRS], u32 *n);

#endif
