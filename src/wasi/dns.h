/*
 * dns.h - messages of the Domain Name System (RFC 1035), and the two files that say how names are looked up. Nothing here touches the network:
 * see net.c.
 *
 * A resolver of our own, not the C library's: it reads its files when the rules are made and needs none later, so that the process can be
 * confined; it stops when the guest is to stop; and it is the same in every build (a static glibc cannot look up names at all).
 */
#ifndef CW_WASI_DNS_H
#define CW_WASI_DNS_H

#include "wasi/net_rules.h"

enum { DNS_QUERY_MAX = 12 + NET_NAME_MAX + 2 + 4, DNS_TYPE_A = 1, DNS_TYPE_AAAA = 28, DNS_PORT = 53 };

/* Writes a question; its size. name comes from cw_net_name. */
size_t cw_dns_query(u8 buf[DNS_QUERY_MAX], u16 id, const char *name, u16 type);

typedef enum DnsResult {
    DNS_NOT_OURS,    /* not the answer to this question: wait on */
    DNS_ANSWER,      /* addresses, or none of this type */
    DNS_NO_NAME,     /* there is no such name */
    DNS_TRUNCATED,   /* ask again by TCP */
    DNS_FAILED       /* the server cannot tell */
} DnsResult;

/* Takes apart what came for the question; appends the addresses (port 0) to addrs, up to max in all. */
DnsResult cw_dns_parse(const u8 *message, size_t size, u16 id, const char *name, u16 type, NetAddr *addrs, u32 max, u32 *n);

/* The addresses of a name in the text of a hosts file. */
void cw_dns_hosts(const char *text, const char *name, NetAddr *addrs, u32 max, u32 *n);
/* The name servers in the text of a resolv.conf. */
u32 cw_dns_servers(const char *text, NetAddr *servers, u32 max);

#endif
