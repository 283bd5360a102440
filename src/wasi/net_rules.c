/* net_rules.c - parsing and matching rules. */
#include "wasi/net_rules.h"

#include <arpa/inet.h>
#include <stdio.h>

/* ---- Addresses and names ---- */

static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

bool cw_net_is_v4(const NetAddr *addr) { return memcmp(addr->ip, mapped, sizeof mapped) == 0; }

void cw_net_set_ip4(NetAddr *addr, const u8 ip[4], u16 port)
{
    memcpy(addr->ip, mapped, sizeof mapped);
    memcpy(addr->ip + 12, ip, 4);
    addr->port = port;
    addr->v6 = false;
}

bool cw_net_is_any(const NetAddr *addr)
{
    static const u8 zeros[16];
    return cw_net_is_v4(addr) ? memcmp(addr->ip + 12, zeros, 4) == 0 : memcmp(addr->ip, zeros, 16) == 0;
}

bool cw_net_parse_ip(const char *text, size_t size, NetAddr *addr)
{
    char buf[INET6_ADDRSTRLEN];
    u8 ip4[4];
    if (size == 0 || size >= sizeof buf || memchr(text, 0, size))
        return false;
    memcpy(buf, text, size);
    buf[size] = 0;
    if (inet_pton(AF_INET, buf, ip4) == 1) {
        cw_net_set_ip4(addr, ip4, 0);
        return true;
    }
    NetAddr a = { .v6 = true };
    if (inet_pton(AF_INET6, buf, a.ip) != 1)
        return false;
    *addr = a;
    return true;
}

const char *cw_net_addr_text(const NetAddr *addr, char buf[NET_ADDR_TEXT])
{
    char ip[INET6_ADDRSTRLEN];
    if (addr->v6) {
        inet_ntop(AF_INET6, addr->ip, ip, sizeof ip);
        snprintf(buf, NET_ADDR_TEXT, "[%s]:%u", ip, addr->port);
    } else {
        const u8 *p = cw_net_ip4(addr);
        snprintf(buf, NET_ADDR_TEXT, "%u.%u.%u.%u:%u", p[0], p[1], p[2], p[3], addr->port);
    }
    return buf;
}

bool cw_net_name(const char *text, size_t size, char name[NET_NAME_MAX + 1])
{
    size_t label = 0;
    bool digits = true;   /* of this label */
    if (size && text[size - 1] == '.')
        size--;
    if (size == 0 || size > NET_NAME_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        char ch = text[i];
        if (ch >= 'A' && ch <= 'Z')
            ch = (char)(ch | 0x20);
        bool plain = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_';
        if (!plain && ch != '.')
            return false;
        digits = plain && (label == 0 || digits) && ch >= '0' && ch <= '9';
        label = plain ? label + 1 : 0;
        if (label > 63 || (ch == '.' && (i == 0 || text[i - 1] == '.')))
            return false;
        name[i] = ch;
    }
    name[size] = 0;
    return !digits;   /* "127.1", "2130706433": addresses to some programs, never names */
}

static const struct { const char *word, *text; } uses[] = {
#define USE(id, word, text) [NET_##id] = { word, text },
    NET_USES
#undef USE
};
const char *cw_net_use_word(NetUse use) { return uses[use].word; }
const char *cw_net_use_text(NetUse use) { return uses[use].text; }

/* ---- Parsing ---- */

typedef struct Text { const char *s; size_t n; } Text;

static Status wrong(Error *err, Text rule, const char *why)
{
    return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "rule \"%.*s\": %s", (int)CW_MIN(rule.n, (size_t)100), rule.s, why);
}

static bool is_word(Text t, const char *word) { return t.n == strlen(word) && memcmp(t.s, word, t.n) == 0; }

/* A decimal number of up to `most`. */
static bool parse_number(Text t, u32 most, u32 *number)
{
    u32 n = 0;
    if (t.n == 0 || t.n > 5)
        return false;
    for (size_t i = 0; i < t.n; i++) {
        if (t.s[i] < '0' || t.s[i] > '9')
            return false;
        n = n * 10 + (u32)(t.s[i] - '0');
    }
    *number = n;
    return n <= most;
}

bool cw_net_parse_port(const char *text, size_t size, u16 *port)
{
    u32 number;
    if (!parse_number((Text){ text, size }, UINT16_MAX, &number))
        return false;
    *port = (u16)number;
    return true;
}

static const char *parse_ports(Text t, NetRule *rule)
{
    if (is_word(t, "*")) {
        rule->port = 0;
        rule->last_port = UINT16_MAX;
        return NULL;
    }
    const char *dash = memchr(t.s, '-', t.n);
    Text low = { t.s, dash ? (size_t)(dash - t.s) : t.n };
    Text high = { dash ? dash + 1 : t.s, dash ? t.n - low.n - 1 : t.n };
    bool ok = cw_net_parse_port(low.s, low.n, &rule->port) && cw_net_parse_port(high.s, high.n, &rule->last_port);
    return ok && rule->port <= rule->last_port ? NULL : "a port is a number up to 65535, two with a dash between them, or *";
}

/* Clears what is not among the first bits. */
static void mask(u8 ip[16], u32 bits)
{
    for (u32 i = 0; i < 16; i++, bits = bits > 8 ? bits - 8 : 0)
        ip[i] &= (u8)(bits >= 8 ? 0xff : 0xff00 >> bits);
}

static const char *parse_range(Text host, Text prefix, NetRule *rule)
{
    NetAddr addr;
    u32 bits;
    if (!cw_net_parse_ip(host.s, host.n, &addr))
        return "no such address; IPv6 addresses are written in [brackets]";
    rule->host = NET_HOST_RANGE;
    rule->v4 = cw_net_is_v4(&addr);
    u32 width = addr.v6 ? 128 : 32;
    bits = width;
    if (prefix.s && !parse_number(prefix, width, &bits))
        return "after / comes how many bits count: up to 32 for IPv4, 128 for IPv6";
    bits += 128 - width;
    if (rule->v4 && bits < 96)
        return "a range of IPv4 addresses that is written as IPv6 cannot be larger than all of IPv4";
    rule->bits = (u8)bits;
    memcpy(rule->ip, addr.ip, 16);
    mask(rule->ip, bits);
    return NULL;
}

/* A name, "*" or "*.name". */
static const char *parse_name(const Alloc *a, Text t, NetRule *rule)
{
    char name[NET_NAME_MAX + 3];
    size_t star = t.n > 2 && t.s[0] == '*' && t.s[1] == '.' ? 2 : 0;
    memcpy(name, "*.", 2);
    if (is_word(t, "*"))
        name[1] = 0;
    else if (!cw_net_name(t.s + star, t.n - star, name + star))
        return "no host name: letters, digits, dashes and dots, with *. before it for all names below it";
    rule->host = NET_HOST_NAME;
    rule->name = cw_strdup(a, name);
    return rule->name ? NULL : "out of memory";
}

/* Takes "HOST" and "PREFIX" off the front of "HOST[/PREFIX][:PORTS]", where an IPv6 HOST is in brackets; *t is what is left. */
static bool take_host(Text *t, Text *host, Text *prefix)
{
    const char *end = t->s + t->n, *p;
    *prefix = (Text){ NULL, 0 };
    if (t->n && t->s[0] == '[') {
        const char *close = memchr(t->s, ']', t->n);
        if (!close)
            return false;
        *host = (Text){ t->s + 1, (size_t)(close - t->s - 1) };
        p = close + 1;
        const char *slash = memchr(host->s, '/', host->n);   /* [fd00::/8] as well as [fd00::]/8 */
        if (slash) {
            *prefix = (Text){ slash + 1, (size_t)(close - slash - 1) };
            host->n = (size_t)(slash - host->s);
        }
    } else {
        for (p = t->s; p < end && *p != ':' && *p != '/'; p++)
            ;
        *host = (Text){ t->s, (size_t)(p - t->s) };
    }
    if (p < end && *p == '/' && !prefix->s) {
        const char *from = ++p;
        while (p < end && *p != ':')
            p++;
        *prefix = (Text){ from, (size_t)(p - from) };
    }
    *t = (Text){ p, (size_t)(end - p) };
    return true;
}

static bool push(NetRules *r, const Alloc *a, NetRule rule) { return cw_vec_push(a, &r->rules, rule); }

/* The two addresses of localhost, which is never looked up anywhere. */
static bool push_localhost(NetRules *r, const Alloc *a, NetRule rule)
{
    rule.host = NET_HOST_RANGE;
    rule.bits = 128;
    NetAddr addr;
    cw_net_set_ip4(&addr, (const u8[4]){ 127, 0, 0, 1 }, 0);
    memcpy(rule.ip, addr.ip, 16);
    rule.v4 = true;
    if (!push(r, a, rule))
        return false;
    memset(rule.ip, 0, 16);
    rule.ip[15] = 1;
    rule.v4 = false;
    return push(r, a, rule);
}

static const char *add_all(NetRules *r, const Alloc *a)
{
    for (NetUse use = 0; use < NET_N_USES; use++) {
        NetRule rule = { .use = use, .last_port = UINT16_MAX };
        if (use == NET_TCP_FROM)
            continue;
        if (use == NET_DNS && parse_name(a, (Text){ "*", 1 }, &rule))
            return "out of memory";
        if (!push(r, a, rule)) {
            if (rule.name)
                cw_free(a, rule.name, strlen(rule.name) + 1);
            return "out of memory";
        }
    }
    return NULL;
}

/* "USE:HOST[:PORTS]"; what is wrong, or NULL. */
static const char *add_rule(NetRules *r, const Alloc *a, Text t)
{
    NetRule rule = { .use = NET_N_USES, .last_port = UINT16_MAX };
    const char *colon = memchr(t.s, ':', t.n), *why = NULL;
    if (is_word(t, "none"))
        return NULL;
    if (is_word(t, "all"))
        return add_all(r, a);
    Text use = { t.s, colon ? (size_t)(colon - t.s) : t.n }, host, prefix;
    for (NetUse u = 0; u < NET_N_USES; u++)
        if (is_word(use, uses[u].word))
            rule.use = u;
    if (rule.use == NET_N_USES || !colon)
        return "begin with tcp:, tcp-listen:, tcp-from:, udp:, udp-bind: or dns:, or say all or none";
    t = (Text){ colon + 1, t.n - use.n - 1 };
    if (rule.use == NET_DNS) {
        why = parse_name(a, t, &rule);
        host = t;
    } else {
        if (!take_host(&t, &host, &prefix) || (t.n && *t.s != ':') || host.n == 0)
            return "after the colon comes HOST, HOST:PORT or ADDRESS/BITS:PORT";
        if (t.n)
            why = parse_ports((Text){ t.s + 1, t.n - 1 }, &rule);
        NetAddr addr;
        bool numeric = cw_net_parse_ip(host.s, host.n, &addr) || prefix.s || memchr(host.s, ':', host.n);
        bool connects = rule.use == NET_TCP || rule.use == NET_UDP;
        if (!why && numeric)
            why = parse_range(host, prefix, &rule);
        else if (!why && is_word(host, "localhost"))
            return push_localhost(r, a, rule) ? NULL : "out of memory";
        else if (!why && !is_word(host, "*"))
            why = connects ? parse_name(a, host, &rule) : "an address is wanted, a range of them, localhost, or *";
        if (!why && rule.use == NET_TCP_FROM && t.n)
            why = "clients choose their ports: leave it out";
    }
    if (!why && !push(r, a, rule))
        why = "out of memory";
    if (why && rule.name)
        cw_free(a, rule.name, strlen(rule.name) + 1);
    return why;
}

static void cut_rules(NetRules *r, const Alloc *a, u32 n)
{
    while (r->rules.n > n) {
        NetRule *rule = &r->rules.at[--r->rules.n];
        if (rule->name)
            cw_free(a, rule->name, strlen(rule->name) + 1);
    }
}

Status cw_net_rules_add(NetRules *r, const Alloc *a, const char *list, Error *err)
{
    u32 before = r->rules.n;
    for (;;) {
        Text t = { list, strcspn(list, ",") };
        const char *why = t.n ? add_rule(r, a, t) : "it is empty; leave --net out, or say none";
        if (why) {
            cut_rules(r, a, before);
            return strcmp(why, "out of memory") == 0 ? cw_no_memory(err) : wrong(err, t, why);
        }
        if (!t.s[t.n])
            return CWASM_OK;
        list += t.n + 1;
    }
}

void cw_net_rules_done(NetRules *r, const Alloc *a)
{
    cut_rules(r, a, 0);
    cw_vec_done(a, &r->rules);
    for (u32 i = 0; i < r->pins.n; i++) {
        NetPin *pin = &r->pins.at[i];
        cw_free(a, pin->name, strlen(pin->name) + 1);
        cw_free(a, pin->addrs, pin->n * sizeof *pin->addrs);
    }
    cw_vec_done(a, &r->pins);
}

/* ---- Matching ---- */

static bool name_matches(const char *pattern, const char *name)
{
    if (pattern[0] != '*')
        return strcmp(pattern, name) == 0;
    size_t n = strlen(name), m = strlen(pattern + 1);   /* ".example.com", or nothing for every name */
    return n > m && memcmp(name + n - m, pattern + 1, m) == 0;
}

static bool in_range(const NetRule *rule, const NetAddr *addr)
{
    u8 ip[16];
    memcpy(ip, addr->ip, 16);
    mask(ip, rule->bits);
    return cw_net_is_v4(addr) == rule->v4 && memcmp(ip, rule->ip, 16) == 0;
}

static bool is_pinned(const NetRules *r, const char *pattern, const NetAddr *addr)
{
    for (u32 i = 0; i < r->pins.n; i++) {
        const NetPin *pin = &r->pins.at[i];
        if (!name_matches(pattern, pin->name))
            continue;
        for (u32 k = 0; k < pin->n; k++)
            if (memcmp(pin->addrs[k].ip, addr->ip, 16) == 0)
                return true;
    }
    return false;
}

bool cw_net_any(const NetRules *r, NetUse use)
{
    for (u32 i = 0; i < r->rules.n; i++)
        if (r->rules.at[i].use == use)
            return true;
    return false;
}

bool cw_net_allows(const NetRules *r, NetUse use, const NetAddr *addr)
{
    for (u32 i = 0; i < r->rules.n; i++) {
        const NetRule *rule = &r->rules.at[i];
        if (rule->use != use || addr->port < rule->port || addr->port > rule->last_port)
            continue;
        if (rule->host == NET_HOST_ANY || (rule->host == NET_HOST_RANGE && in_range(rule, addr)) ||
            (rule->host == NET_HOST_NAME && is_pinned(r, rule->name, addr)))
            return true;
    }
    return false;
}

bool cw_net_allows_name(const NetRules *r, const char *name)
{
    if (strcmp(name, "localhost") == 0)
        return true;
    for (u32 i = 0; i < r->rules.n; i++)
        if (r->rules.at[i].host == NET_HOST_NAME && name_matches(r->rules.at[i].name, name))
            return true;
    return false;
}

bool cw_net_wants_pin(const NetRules *r, const char *name)
{
    for (u32 i = 0; i < r->rules.n; i++) {
        const NetRule *rule = &r->rules.at[i];
        if (rule->host == NET_HOST_NAME && rule->use != NET_DNS && name_matches(rule->name, name))
            return true;
    }
    return false;
}

const NetPin *cw_net_pin(const NetRules *r, const char *name)
{
    for (u32 i = 0; i < r->pins.n; i++)
        if (strcmp(r->pins.at[i].name, name) == 0)
            return &r->pins.at[i];
    return NULL;
}

bool cw_net_add_pin(NetRules *r, const Alloc *a, const char *name, const NetAddr *addrs, u32 n)
{
    NetPin pin = { .n = n };
    if (r->pins.n >= NET_PINNED_NAMES)
        return false;
    pin.name = cw_strdup(a, name);
    pin.addrs = cw_alloc(a, n * sizeof *addrs);
    if (pin.name && pin.addrs && cw_vec_push(a, &r->pins, pin)) {
        memcpy(pin.addrs, addrs, n * sizeof *addrs);
        return true;
    }
    if (pin.name)
        cw_free(a, pin.name, strlen(pin.name) + 1);
    cw_free(a, pin.addrs, n * sizeof *addrs);
    return false;
}
