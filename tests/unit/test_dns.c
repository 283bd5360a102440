/* test_dns.c - messages of DNS, also broken and hostile ones; hosts files and resolv.conf. */
#include "cm.h"

#include "wasi/dns.h"

enum { ID = 0x1234, MAX = 8 };

static size_t put(u8 *m, size_t at, const void *bytes, size_t size)
{
    memcpy(m + at, bytes, size);
    return at + size;
}

/* The answer to the question for the A records of "www.example.com" (as a query has it), with n records of 4 bytes each. */
static size_t answer(u8 *m, u16 flags, u32 n)
{
    size_t at = cw_dns_query(m, ID, "www.example.com", DNS_TYPE_A);
    m[2] = (u8)(flags >> 8);
    m[3] = (u8)flags;
    m[7] = (u8)n;
    for (u32 i = 0; i < n; i++) {
        static const u8 record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0 };
        at = put(m, at, record, sizeof record);
        m[at++] = (u8)i;
    }
    return at;
}

static DnsResult parse(const u8 *m, size_t size, NetAddr *addrs, u32 *n)
{
    *n = 0;
    u8 *copy = malloc(size ? size : 1);   /* of just this size, so that reading on is found */
    memcpy(copy, m, size);
    DnsResult result = cw_dns_parse(copy, size, ID, "www.example.com", DNS_TYPE_A, addrs, MAX, n);
    free(copy);
    assert_true(*n <= MAX);
    return result;
}

static void test_query(void **state)
{
    (void)state;
    static const u8 want[] = { 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 2, 'b', 'c', 0, 0, 28, 0, 1 };
    u8 m[DNS_QUERY_MAX];
    assert_int_equal(cw_dns_query(m, ID, "a.bc", DNS_TYPE_AAAA), sizeof want);
    assert_memory_equal(m, want, sizeof want);
    char name[NET_NAME_MAX + 1];
    for (int i = 0; i < NET_NAME_MAX; i++)
        name[i] = i % 64 == 63 ? '.' : 'a';
    name[NET_NAME_MAX] = 0;
    assert_true(cw_dns_query(m, ID, name, DNS_TYPE_A) <= DNS_QUERY_MAX);
}

static void test_answers(void **state)
{
    (void)state;
    u8 m[2000];
    u32 n;
    NetAddr addrs[MAX];
    char text[NET_ADDR_TEXT];
    assert_int_equal(parse(m, answer(m, 0x8180, 3), addrs, &n), DNS_ANSWER);
    assert_int_equal(n, 3);
    assert_string_equal(cw_net_addr_text(&addrs[2], text), "10.0.0.2:0");
    assert_int_equal(parse(m, answer(m, 0x8180, 20), addrs, &n), DNS_ANSWER);
    assert_int_equal(n, MAX);
    assert_int_equal(parse(m, answer(m, 0x8180, 0), addrs, &n), DNS_ANSWER);
    assert_int_equal(parse(m, answer(m, 0x8183, 0), addrs, &n), DNS_NO_NAME);
    assert_int_equal(parse(m, answer(m, 0x8182, 0), addrs, &n), DNS_FAILED);
    assert_int_equal(parse(m, answer(m, 0x8380, 1), addrs, &n), DNS_TRUNCATED);
    assert_int_equal(n, 0);
    /* not the answer to our question */
    size_t size = answer(m, 0x0100, 1);
    assert_int_equal(parse(m, size, addrs, &n), DNS_NOT_OURS);
    size = answer(m, 0x8180, 1);
    m[0] ^= 1;
    assert_int_equal(parse(m, size, addrs, &n), DNS_NOT_OURS);
    size = answer(m, 0x8180, 1);
    m[13] = 'W';   /* the case does not matter */
    assert_int_equal(parse(m, size, addrs, &n), DNS_ANSWER);
    m[13] = 'v';
    assert_int_equal(parse(m, size, addrs, &n), DNS_NOT_OURS);
    size = answer(m, 0x8180, 1);
    m[5] = 2;
    assert_int_equal(parse(m, size, addrs, &n), DNS_NOT_OURS);
    assert_int_equal(parse(m, 12, addrs, &n), DNS_NOT_OURS);
    /* a record of another type before it, as for an alias */
    static const u8 alias[] = { 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 2, 0xc0, 16 };
    u8 a[2000];
    size = answer(m, 0x8180, 1);
    size_t head = answer(a, 0x8180, 0), at = put(a, head, alias, sizeof alias);
    at = put(a, at, m + head, size - head);
    a[7] = 2;
    assert_int_equal(parse(a, at, addrs, &n), DNS_ANSWER);
    assert_int_equal(n, 1);
}

/* Cut off anywhere, and with any byte changed: no byte is read behind the end, and nothing never ends. */
static void test_hostile(void **state)
{
    (void)state;
    u8 m[2000], x[2000];
    u32 n, random = 1;
    NetAddr addrs[MAX];
    size_t size = answer(m, 0x8180, 4), question = answer(x, 0x8180, 0);
    for (size_t cut = 0; cut < size; cut++)
        assert_true(parse(m, cut, addrs, &n) != DNS_ANSWER || cut == size);
    for (size_t at = 0; at < size; at++) {
        for (int value = 0; value < 256; value++) {
            memcpy(x, m, size);
            x[at] = (u8)value;
            parse(x, size, addrs, &n);
        }
    }
    for (int i = 0; i < 100000; i++) {
        memcpy(x, m, question);
        for (size_t at = question; at < size; at++)
            x[at] = (u8)((random = random * 1664525u + 1013904223u) >> 24);
        x[6] = (u8)(random >> 8);
        parse(x, size, addrs, &n);
    }
}

static u32 hosts(const char *text, const char *name, NetAddr *addrs)
{
    u32 n = 0;
    cw_dns_hosts(text, name, addrs, MAX, &n);
    return n;
}

static void test_files(void **state)
{
    (void)state;
    NetAddr addrs[MAX];
    char text[NET_ADDR_TEXT];
    static const char file[] = "# 1.1.1.1 host\n127.0.0.1 localhost\n\n  10.0.0.1\thost Alias.Example # other\n10.0.0.2 host host\nfe80::1 host\nx host\n9.9.9.9";
    assert_int_equal(hosts(file, "host", addrs), 3);
    assert_string_equal(cw_net_addr_text(&addrs[1], text), "10.0.0.2:0");
    assert_string_equal(cw_net_addr_text(&addrs[2], text), "[fe80::1]:0");
    assert_int_equal(hosts(file, "alias.example", addrs), 1);
    assert_int_equal(hosts(file, "other", addrs), 0);
    assert_int_equal(hosts("", "host", addrs), 0);
    assert_int_equal(hosts("1.2.3.4 host", "host", addrs), 1);
    static const char resolv[] = "# c\nsearch a b\nnameserver 10.0.0.53\noptions x\nnameserver fe80::53\nnameserver junk\nnameserver 1.1.1.1\nnameserver 2.2.2.2\n";
    assert_int_equal(cw_dns_servers(resolv, addrs, 3), 3);
    assert_string_equal(cw_net_addr_text(&addrs[0], text), "10.0.0.53:53");
    assert_string_equal(cw_net_addr_text(&addrs[1], text), "[fe80::53]:53");
    assert_string_equal(cw_net_addr_text(&addrs[2], text), "1.1.1.1:53");
    assert_int_equal(cw_dns_servers("", addrs, 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query), cmocka_unit_test(test_answers), cmocka_unit_test(test_hostile), cmocka_unit_test(test_files),
    };
    return RUN(tests);
}
