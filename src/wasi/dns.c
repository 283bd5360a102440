/* dns.c - messages of DNS, hosts files, resolv.conf. */
#include "wasi/dns.h"

static u32 get16(const u8 *p) { return (u32)p[0] << 8 | p[1]; }
static u8 *put16(u8 *p, u32 v)
{
    p[0] = (u8)(v >> 8);
    p[1] = (u8)v;
    return p + 2;
}

/* ---- Messages ---- */

/*   0 id   2 flags   4 questions   6 answers   8 authorities   10 additional   12 */
enum { HEAD = 12, FLAG_RESPONSE = 0x8000, FLAG_TRUNCATED = 0x0200, FLAG_RECURSE = 0x0100, CLASS_IN = 1, RCODE_NO_NAME = 3 };

size_t cw_dns_query(u8 buf[DNS_QUERY_MAX], u16 id, const char *name, u16 type)
{
    u8 *p = buf;
    p = put16(put16(p, id), FLAG_RECURSE);
    p = put16(put16(put16(put16(p, 1), 0), 0), 0);
    for (const char *s = name;;) {
        size_t n = strcspn(s, ".");
        *p++ = (u8)n;
        memcpy(p, s, n);
        p += n;
        if (!s[n])
            break;
        s += n + 1;
    }
    *p++ = 0;
    p = put16(put16(p, type), CLASS_IN);
    return (size_t)(p - buf);
}

/* The position behind the name at `at`, 0 if it runs out of the message. */
static size_t skip_name(const u8 *m, size_t size, size_t at)
{
    while (at < size) {
        if ((m[at] & 0xc0) == 0xc0)
            return at + 2 <= size ? at + 2 : 0;
        if (m[at] & 0xc0)
            return 0;
        if (m[at] == 0)
            return at + 1;
        at += 1u + m[at];
    }
    return 0;
}

DnsResult cw_dns_parse(const u8 *m, size_t size, u16 id, const char *name, u16 type, NetAddr *addrs, u32 max, u32 *n)
{
    u8 question[DNS_QUERY_MAX];
    size_t question_size = cw_dns_query(question, id, name, type);
    if (size < HEAD || get16(m) != id || !(get16(m + 2) & FLAG_RESPONSE) || get16(m + 4) != 1 || size < question_size)
        return DNS_NOT_OURS;
    for (size_t i = HEAD; i < question_size; i++) {   /* some servers change the case of letters */
        u8 a = m[i], b = question[i];
        if (a != b && !(b >= 'a' && b <= 'z' && a == (b & ~0x20)))
            return DNS_NOT_OURS;
    }
    u32 flags = get16(m + 2), code = flags & 15;
    if (flags & FLAG_TRUNCATED)
        return DNS_TRUNCATED;
    if (code == RCODE_NO_NAME)
        return DNS_NO_NAME;
    if (code != 0)
        return DNS_FAILED;
    size_t at = question_size, want = type == DNS_TYPE_A ? 4 : 16;
    for (u32 answers = get16(m + 6); answers; answers--) {
        at = skip_name(m, size, at);
        if (at == 0 || size - at < 10)
            return DNS_FAILED;
        u32 is = get16(m + at), class = get16(m + at + 2), length = get16(m + at + 8);
        at += 10;
        if (size - at < length)
            return DNS_FAILED;
        if (is == type && class == CLASS_IN && length == want && *n < max) {
            NetAddr *addr = &addrs[(*n)++];
            if (type == DNS_TYPE_A) {
                cw_net_set_ip4(addr, m + at, 0);
            } else {
                *addr = (NetAddr){ .v6 = true };
                memcpy(addr->ip, m + at, 16);
            }
        }
        at += length;
    }
    return DNS_ANSWER;
}

/* ---- Files ---- */

#define BLANKS " \t\r"

/* The next word of a line, its size in *n; false at the end of the line or at a comment. */
static bool next_word(const char **line, const char **word, size_t *n)
{
    *line += strspn(*line, BLANKS);
    *word = *line;
    *n = strcspn(*line, BLANKS "\n#");
    *line += *n;
    return *n != 0;
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end ? end + 1 : NULL;
}

void cw_dns_hosts(const char *text, const char *name, NetAddr *addrs, u32 max, u32 *n)
{
    for (const char *line = text; line; line = next_line(line)) {
        const char *at = line, *word;
        size_t size;
        NetAddr addr;
        if (!next_word(&at, &word, &size) || !cw_net_parse_ip(word, size, &addr))
            continue;
        while (next_word(&at, &word, &size)) {
            char alias[NET_NAME_MAX + 1];
            if (!cw_net_name(word, size, alias) || strcmp(alias, name) != 0)
                continue;
            if (*n < max)
                addrs[(*n)++] = addr;
            break;
        }
    }
}

u32 cw_dns_servers(const char *text, NetAddr *servers, u32 max)
{
    u32 n = 0;
    for (const char *line = text; line && n < max; line = next_line(line)) {
        const char *at = line, *word;
        size_t size;
        if (!next_word(&at, &word, &size) || size != 10 || memcmp(word, "nameserver", 10) != 0)
            continue;
        if (next_word(&at, &word, &size) && cw_net_parse_ip(word, size, &servers[n]))
            servers[n++].port = DNS_PORT;
    }
    return n;
}
