/* test_net_rules.c - the allow-list of the network: what parses, what matches, names and their pinned addresses. */
#include "cm.h"

#include "wasi/net_rules.h"

static const Alloc *const a = &cw_default_alloc;

static NetAddr addr_of(const char *ip, u16 port)
{
    NetAddr addr;
    if (!cw_net_parse_ip(ip, strlen(ip), &addr))
        fail_msg("%s is no address", ip);
    addr.port = port;
    return addr;
}

static bool allows(const char *rules, NetUse use, const char *ip, u16 port)
{
    NetRules r = { .rules = { NULL, 0, 0 } };
    Error err;
    assert_ok(cw_net_rules_add(&r, a, rules, &err), &err);
    NetAddr addr = addr_of(ip, port);
    bool is = cw_net_allows(&r, use, &addr);
    cw_net_rules_done(&r, a);
    return is;
}

static void test_matching(void **state)
{
    (void)state;
    static const struct { const char *rules; NetUse use; const char *ip; u16 port; bool allowed; } cases[] = {
        { "none", NET_TCP, "127.0.0.1", 80, false },
        { "tcp:127.0.0.1:80", NET_TCP, "127.0.0.1", 80, true },
        { "tcp:127.0.0.1:80", NET_TCP, "127.0.0.1", 81, false },
        { "tcp:127.0.0.1:80", NET_TCP, "127.0.0.2", 80, false },
        { "tcp:127.0.0.1:80", NET_UDP, "127.0.0.1", 80, false },
        { "tcp:127.0.0.1:80", NET_TCP_LISTEN, "127.0.0.1", 80, false },
        { "tcp:127.0.0.1", NET_TCP, "127.0.0.1", 65535, true },
        { "tcp:127.0.0.1:*", NET_TCP, "127.0.0.1", 0, true },
        { "tcp:127.0.0.1:80-90", NET_TCP, "127.0.0.1", 80, true },
        { "tcp:127.0.0.1:80-90", NET_TCP, "127.0.0.1", 90, true },
        { "tcp:127.0.0.1:80-90", NET_TCP, "127.0.0.1", 91, false },
        { "tcp:127.0.0.1:80-90", NET_TCP, "127.0.0.1", 79, false },
        { "tcp:10.0.0.0/8:443", NET_TCP, "10.255.0.1", 443, true },
        { "tcp:10.0.0.0/8:443", NET_TCP, "11.0.0.1", 443, false },
        { "tcp:10.1.2.3/8:443", NET_TCP, "10.9.9.9", 443, true },
        { "tcp:10.0.0.128/25", NET_TCP, "10.0.0.127", 1, false },
        { "tcp:10.0.0.128/25", NET_TCP, "10.0.0.200", 1, true },
        { "tcp:10.0.0.1/32", NET_TCP, "10.0.0.1", 1, true },
        { "tcp:0.0.0.0/0", NET_TCP, "1.2.3.4", 1, true },
        { "tcp:0.0.0.0/0", NET_TCP, "::1", 1, false },
        /* all of IPv6 is not IPv4, however that is written */
        { "tcp:[::]/0", NET_TCP, "::1", 1, true },
        { "tcp:[::]/0", NET_TCP, "1.2.3.4", 1, false },
        { "tcp:[::]/0", NET_TCP, "::ffff:1.2.3.4", 1, false },
        /* IPv4 written as IPv6 is IPv4 */
        { "tcp:127.0.0.1:80", NET_TCP, "::ffff:127.0.0.1", 80, true },
        { "tcp:10.0.0.0/8", NET_TCP, "::ffff:10.1.1.1", 80, true },
        { "tcp:[::ffff:10.0.0.0]/104", NET_TCP, "10.1.1.1", 80, true },
        { "tcp:[::ffff:10.0.0.0]/104", NET_TCP, "11.1.1.1", 80, false },
        { "tcp:[fd00::]/8:443", NET_TCP, "fd12::1", 443, true },
        { "tcp:[fd00::/8]:443", NET_TCP, "fd12::1", 443, true },
        { "tcp:[fd00::/8]:443", NET_TCP, "fe80::1", 443, false },
        { "tcp:[::1]:443", NET_TCP, "::1", 443, true },
        { "tcp:[::1]", NET_TCP, "::2", 443, false },
        { "tcp:*:443", NET_TCP, "1.2.3.4", 443, true },
        { "tcp:*:443", NET_TCP, "fe80::1", 443, true },
        { "tcp:*:443", NET_TCP, "fe80::1", 444, false },
        { "tcp:*", NET_TCP, "255.255.255.255", 1, true },
        { "tcp:localhost:80", NET_TCP, "127.0.0.1", 80, true },
        { "tcp:localhost:80", NET_TCP, "::1", 80, true },
        { "tcp:localhost:80", NET_TCP, "127.0.0.2", 80, false },
        { "tcp-listen:localhost:80", NET_TCP_LISTEN, "::1", 80, true },
        { "udp:1.1.1.1:53,tcp:2.2.2.2:53", NET_TCP, "2.2.2.2", 53, true },
        { "udp:1.1.1.1:53,tcp:2.2.2.2:53", NET_TCP, "1.1.1.1", 53, false },
        { "udp-bind:*:0", NET_UDP_BIND, "0.0.0.0", 0, true },
        { "udp-bind:*:1024-65535", NET_UDP_BIND, "0.0.0.0", 0, false },
        { "tcp-from:192.168.0.0/16", NET_TCP_FROM, "192.168.3.4", 5555, true },
        { "tcp-from:192.168.0.0/16", NET_TCP_FROM, "10.0.0.1", 5555, false },
        { "all", NET_TCP, "9.9.9.9", 9, true },
        { "all", NET_UDP_BIND, "::", 0, true },
        { "tcp:example.com:80", NET_TCP, "1.2.3.4", 80, false },   /* nobody looked it up */
        { "dns:*", NET_TCP, "1.2.3.4", 80, false },
    };
    for (size_t i = 0; i < CW_COUNT(cases); i++)
        if (allows(cases[i].rules, cases[i].use, cases[i].ip, cases[i].port) != cases[i].allowed)
            fail_msg("%s, %s %s:%u: wanted %d", cases[i].rules, cw_net_use_word(cases[i].use), cases[i].ip, cases[i].port, cases[i].allowed);
}

static void test_wrong(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", ",", "tcp", "tcp:", "tcp::80", "tcp:1.2.3.4:", "tcp:1.2.3.4:x", "tcp:1.2.3.4:70000", "tcp:1.2.3.4:90-80", "tcp:1.2.3.4:-1",
        "tcp:1.2.3.4/33", "tcp:1.2.3.4/", "tcp:1.2.3.4/x:80", "tcp:1.2.3/8", "tcp:[::1", "tcp:::1", "tcp:[::1]/129", "tcp:[1:2]:80",
        "tcp:[::1]80", "sctp:1.2.3.4", "TCP:1.2.3.4", "tcp:-:80x", "tcp:a..b", "tcp:.a", "tcp:a b", "tcp:*.", "tcp:*a.b", "tcp:a.*",
        "tcp:10.1:80", "tcp:2130706433:80", "tcp:[::ffff:0.0.0.0]/95", "tcp-listen:example.com:80", "tcp-from:1.2.3.4:80",
        "udp-bind:*.example.com", "dns:", "dns:a:53", "dns:1.2.3.4", "dns:*.*", "tcp:1.2.3.4,", ",tcp:1.2.3.4", "tcp:1.2.3.4,,tcp:1.2.3.5",
        "tcp:1.2.3.4:80:90", "tcp:1.2.3.4/8/8", "none,some", "tcp:1.2.3.4 :80", " tcp:1.2.3.4", "tcp:01.2.3.4", "tcp:0x7f.1",
        "tcp:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b",
    };
    for (size_t i = 0; i < CW_COUNT(wrong); i++) {
        NetRules r = { .rules = { NULL, 0, 0 } };
        Error err = { .message = "" };
        char good[200];
        if (cw_net_rules_add(&r, a, wrong[i], &err) != CWASM_ARGUMENT)
            fail_msg("\"%s\" was accepted", wrong[i]);
        assert_begins("rule \"", err.message);
        assert_int_equal(r.rules.n, 0);
        snprintf(good, sizeof good, "udp:*,tcp:localhost,%s", wrong[i]);   /* what comes before it is not kept either */
        assert_int_equal(cw_net_rules_add(&r, a, good, NULL), CWASM_ARGUMENT);
        assert_int_equal(r.rules.n, 0);
        cw_net_rules_done(&r, a);
    }
}

static void test_names(void **state)
{
    (void)state;
    static const struct { const char *rules, *name; bool allowed, pinned; } cases[] = {
        { "tcp:*", "example.com", false, false },           { "tcp:*", "localhost", true, false },
        { "dns:example.com", "example.com", true, false },  { "dns:Example.COM.", "example.com", true, false },
        { "dns:example.com", "www.example.com", false, false }, { "dns:*.example.com", "www.example.com", true, false },
        { "dns:*.example.com", "a.b.example.com", true, false }, { "dns:*.example.com", "example.com", false, false },
        { "dns:*.example.com", "badexample.com", false, false }, { "dns:*.example.com", "example.com.evil.org", false, false },
        { "dns:*", "anything.at.all", true, false },        { "all", "anything.at.all", true, false },
        { "tcp:example.com:443", "example.com", true, true }, { "udp:*.example.com", "x.example.com", true, true },
        { "tcp:example.com:443", "example.org", false, false }, { "dns:*,tcp:example.com:443", "example.org", true, false },
    };
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        NetRules r = { .rules = { NULL, 0, 0 } };
        Error err;
        assert_ok(cw_net_rules_add(&r, a, cases[i].rules, &err), &err);
        if (cw_net_allows_name(&r, cases[i].name) != cases[i].allowed || cw_net_wants_pin(&r, cases[i].name) != cases[i].pinned)
            fail_msg("%s, name %s", cases[i].rules, cases[i].name);
        cw_net_rules_done(&r, a);
    }
}

/* The addresses of a name are connected to as long as they are pinned to it, and only at the rule's port. */
static void test_pins(void **state)
{
    (void)state;
    NetRules r = { .rules = { NULL, 0, 0 } };
    Error err;
    NetAddr x = addr_of("10.0.0.1", 443), y = addr_of("10.0.0.2", 443), z = addr_of("10.0.0.1", 80), m = addr_of("::ffff:10.0.0.1", 443);
    assert_ok(cw_net_rules_add(&r, a, "tcp:*.example.com:443,udp:other.org", &err), &err);
    assert_false(cw_net_allows(&r, NET_TCP, &x));
    assert_null(cw_net_pin(&r, "a.example.com"));
    assert_true(cw_net_add_pin(&r, a, "a.example.com", &x, 1));
    assert_int_equal(cw_net_pin(&r, "a.example.com")->n, 1);
    assert_true(cw_net_allows(&r, NET_TCP, &x));
    assert_true(cw_net_allows(&r, NET_TCP, &m));
    assert_false(cw_net_allows(&r, NET_TCP, &y));
    assert_false(cw_net_allows(&r, NET_TCP, &z));
    assert_false(cw_net_allows(&r, NET_UDP, &x));
    assert_true(cw_net_add_pin(&r, a, "other.org", &y, 1));
    assert_true(cw_net_allows(&r, NET_UDP, &y));
    assert_false(cw_net_allows(&r, NET_TCP, &y));
    char name[40];
    for (int i = 2; i < NET_PINNED_NAMES; i++) {
        snprintf(name, sizeof name, "n%d.example.com", i);
        assert_true(cw_net_add_pin(&r, a, name, &x, 1));
    }
    assert_false(cw_net_add_pin(&r, a, "one.too.many.example.com", &x, 1));
    cw_net_rules_done(&r, a);
}

static void test_text(void **state)
{
    (void)state;
    char buf[NET_ADDR_TEXT];
    NetAddr x = addr_of("10.0.0.1", 443), y = addr_of("fe80::1:2", 65535);
    assert_string_equal(cw_net_addr_text(&x, buf), "10.0.0.1:443");
    assert_string_equal(cw_net_addr_text(&y, buf), "[fe80::1:2]:65535");
    x = addr_of("0.0.0.0", 1), y = addr_of("::", 1);
    assert_true(cw_net_is_any(&x) && cw_net_is_any(&y));
    x = addr_of("::ffff:0.0.0.0", 1), y = addr_of("::1", 1);
    assert_true(cw_net_is_any(&x) && !cw_net_is_any(&y));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matching), cmocka_unit_test(test_wrong), cmocka_unit_test(test_names),
        cmocka_unit_test(test_pins),     cmocka_unit_test(test_text),
    };
    return RUN(tests);
}
