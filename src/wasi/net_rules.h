/*
 * net_rules.h - the allow-list of --net: which addresses and names a guest may use. Nothing here touches the network.
 *
 * The grammar is in docs/wasi-sockets.md. Addresses are compared as 16 bytes, IPv4 as ::ffff:a.b.c.d, so that an IPv4 address written as IPv6
 * is still that IPv4 address to the rules. A rule with a name allows the addresses that the name had when the guest first looked it up: they
 * are pinned for the life of the guest, so whoever answers for the name cannot point it elsewhere later.
 */
#ifndef CW_WASI_NET_RULES_H
#define CW_WASI_NET_RULES_H

#include "base/alloc.h"

typedef struct NetAddr {
    u8 ip[16];
    u16 port;
    bool v6;   /* written as IPv6; false: IPv4 */
} NetAddr;

/* USE(id, word in rules, words for people) */
#define NET_USES                                                 \
    USE(TCP, "tcp", "connecting by TCP to")                      \
    USE(TCP_LISTEN, "tcp-listen", "listening by TCP at")         \
    USE(TCP_FROM, "tcp-from", "accepting connections from")      \
    USE(UDP, "udp", "sending by UDP to")                         \
    USE(UDP_BIND, "udp-bind", "receiving by UDP at")             \
    USE(DNS, "dns", "looking up")
typedef enum NetUse {
#define USE(id, word, text) NET_##id,
    NET_USES
#undef USE
    NET_N_USES
} NetUse;

typedef enum NetHost { NET_HOST_ANY, NET_HOST_RANGE, NET_HOST_NAME } NetHost;

typedef struct NetRule {
    NetUse use;
    NetHost host;
    bool v4;                 /* RANGE: of IPv4 addresses */
    u8 ip[16], bits;         /* RANGE: the first bits of ip, of 128 */
    char *name;              /* NAME: terminated, lower case; "*.x" is all names that end in ".x", "*" every name */
    u16 port, last_port;
} NetRule;

#define NET_NAME_MAX 253     /* longest host name */
#define NET_NAME_ADDRS 32    /* addresses kept of one name */
#define NET_PINNED_NAMES 256

/* A name that was looked up and that a rule for connecting mentions. */
typedef struct NetPin {
    char *name;
    u32 n;
    NetAddr *addrs;
} NetPin;

typedef struct NetRules {
    VEC(NetRule) rules;
    VEC(NetPin) pins;
} NetRules;

void cw_net_rules_done(NetRules *r, const Alloc *a);
/* Adds the rules of a list. CWASM_ARGUMENT says which is wrong and why; then none was added. */
CW_CHECKED Status cw_net_rules_add(NetRules *r, const Alloc *a, const char *list, Error *err);

/* Whether some rule is about this use at all. */
bool cw_net_any(const NetRules *r, NetUse use);
bool cw_net_allows(const NetRules *r, NetUse use, const NetAddr *addr);
/* Whether a name (from cw_net_name) may be looked up; localhost always may. */
bool cw_net_allows_name(const NetRules *r, const char *name);
/* Whether what the name's addresses are matters to a rule, so that they are to be pinned. */
bool cw_net_wants_pin(const NetRules *r, const char *name);
const NetPin *cw_net_pin(const NetRules *r, const char *name);
/* Pins; n > 0. False if there are too many pinned names or no memory. */
CW_CHECKED bool cw_net_add_pin(NetRules *r, const Alloc *a, const char *name, const NetAddr *addrs, u32 n);

/* A host name in lower case without a dot at its end; false if it is none. */
bool cw_net_name(const char *text, size_t size, char name[NET_NAME_MAX + 1]);
/* A numeric address, "127.0.0.1" or "::1"; port 0. False if it is none. */
bool cw_net_parse_ip(const char *text, size_t size, NetAddr *addr);
bool cw_net_parse_port(const char *text, size_t size, u16 *port);
void cw_net_set_ip4(NetAddr *addr, const u8 ip[4], u16 port);
CW_INLINE const u8 *cw_net_ip4(const NetAddr *addr) { return addr->ip + 12; }
bool cw_net_is_v4(const NetAddr *addr);   /* also ::ffff:a.b.c.d */
bool cw_net_is_any(const NetAddr *addr);  /* 0.0.0.0, :: */
/* "127.0.0.1:80", "[::1]:80"; returns buf. */
#define NET_ADDR_TEXT 56
const char *cw_net_addr_text(const NetAddr *addr, char buf[NET_ADDR_TEXT]);
const char *cw_net_use_word(NetUse use);
const char *cw_net_use_text(NetUse use);

#endif
