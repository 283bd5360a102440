/*
 * Ways around the rules of --net, one row each. given.py runs it, listens where nobody may come, and looks afterwards whether somebody came:
 *
 *     P   TCP and UDP: 127.0.0.1:P allowed; 127.0.0.2:P and [::1]:P are not
 *     D   TCP and UDP: 127.0.0.1:D, not allowed
 *     L   allowed for listening (TCP) and receiving (UDP) at 127.0.0.1
 *     H   not allowed for either
 *
 *     N   TCP: allowed for *.allowed.test, whose server answers as the name says (see given.py); dns:*.look.test. 127.0.0.2:N and [::1]:N listen, too
 *
 * Arguments: P D L H N, then the name of an attack if it is to be only that.
 */
#include "../../net/guests/net.h"
#include "attack.h"

static u32 P, D, L, H, N;
static u32 n;
static const char *only;   /* attack */

static void out(const char *what) { printf("  OUT: %s\n", what), got_out++; }
static void must_fail(const char *what, int e)
{
    if (e == 0 || e == __WASI_ERRNO_CONNREFUSED || e == __WASI_ERRNO_NETUNREACH || e == __WASI_ERRNO_TIMEDOUT || e == __WASI_ERRNO_INPROGRESS)
        out(what);   /* whatever came of it, it was tried */
}
static void must_work(const char *what, int e)
{
    if (e)
        printf("  OUT: %s gives %s: the attack was not tried\n", what, errno_name(e)), got_out++;
}

static u32 hello[2];
static u32 sock(u32 family, u32 type)
{
    u32 made = 0;
    must_work("a socket", wamr_open(0, family, type, AT(&made)));
    return made;
}
/* All ways to get at an address. */
static void reach(const char *what, const char *ip, u32 port)
{
    WamrAddr a = wamr_addr(ip, port);
    for (u32 family = 0; family < 2; family++) {   /* also by a socket of the other kind */
        u32 s = sock(family, WAMR_STREAM);
        int e = wamr_connect(s, AT(&a));
        if (e == 0 || e == __WASI_ERRNO_CONNREFUSED || e == __WASI_ERRNO_NETUNREACH)
            printf("  OUT: %s: connect to %s:%u gives %s\n", what, ip, port, errno_name(e)), got_out++;
        if (wamr_send_to(s, AT(hello), 1, 0, AT(&a), AT(&n)) == 0)
            printf("  OUT: %s: TCP to %s:%u\n", what, ip, port), got_out++;
        raw_fd_close(s);
        s = sock(family, WAMR_DGRAM);
        if (wamr_send_to(s, AT(hello), 1, 0, AT(&a), AT(&n)) == 0 || wamr_connect(s, AT(&a)) == 0 || write_to(s, "hello", 5) == 0)
            printf("  OUT: %s: UDP to %s:%u\n", what, ip, port), got_out++;
        raw_fd_close(s);
        /* WasmEdge's forms of the same */
        uint8_t bytes[128] = { (uint8_t)(a.kind == WAMR_INET4 ? WE_INET4 : WE_INET6) };
        if (a.kind == WAMR_INET4)
            memcpy(bytes + 2, a.v4.ip, 4);
        else
            for (int i = 0; i < 16; i++)
                bytes[2 + i] = (uint8_t)(a.v6.ip[i / 2] >> (i % 2 ? 0 : 8));
        WeAddress small = { AT(bytes + 2), a.kind == WAMR_INET4 ? 4 : 16 }, large = { AT(bytes), 128 };
        for (int form = 0; form < 2; form++) {
            we_open(family + 1, WE_DGRAM, AT(&s));
            if (we_send_to(s, AT(hello), 1, form ? AT(&large) : AT(&small), port, 0, AT(&n)) == 0)
                printf("  OUT: %s: WasmEdge's UDP to %s:%u\n", what, ip, port), got_out++;
            raw_fd_close(s);
            we_open(family + 1, WE_STREAM, AT(&s));
            if (we_connect(s, form ? AT(&large) : AT(&small), port) == 0)
                printf("  OUT: %s: WasmEdge's TCP to %s:%u\n", what, ip, port), got_out++;
            raw_fd_close(s);
        }
    }
}

ATTACK(other_port) { reach("another port", "127.0.0.1", D); reach("port 0", "127.0.0.1", 0); }
ATTACK(other_address) { reach("another address", "127.0.0.2", P); reach("IPv6", "0:0:0:0:0:0:0:1", P); }
ATTACK(mapped) { reach("mapped, another port", "0:0:0:0:0:ffff:7f00:1", D); reach("mapped, another address", "0:0:0:0:0:ffff:7f00:2", P); }
ATTACK(compatible) { reach("IPv4-compatible", "0:0:0:0:0:0:7f00:1", P); reach("IPv4-translated", "0:0:0:0:ffff:0:7f00:1", P); reach("NAT64", "64:ff9b:0:0:0:0:7f00:1", P); }
ATTACK(unspecified) { reach("0.0.0.0", "0.0.0.0", D); reach("::", "0:0:0:0:0:0:0:0", P); reach("mapped 0.0.0.0", "0:0:0:0:0:ffff:0:0", D); }
ATTACK(broadcast)
{
    reach("broadcast", "255.255.255.255", P);
    reach("multicast", "224.0.0.1", P);
    reach("multicast", "ff02:0:0:0:0:0:0:1", P);
}
ATTACK(port_wraps)
{
    uint8_t ip[4] = { 127, 0, 0, 1 };
    WeAddress a = { AT(ip), 4 };
    static const u32 ports[] = { 65536, 0x80000000, 0xffff0000 };
    for (int i = 0; i < 3; i++) {
        u32 s;
        we_open(WE_INET4, WE_STREAM, AT(&s));
        must_fail("a port beyond 16 bits", we_connect(s, AT(&a), ports[i] + D));
        must_fail("a port beyond 16 bits", we_connect(s, AT(&a), ports[i] + P));
        must_fail("binding to a port beyond 16 bits", we_bind(s, AT(&a), ports[i] + L));
        raw_fd_close(s);
    }
}
ATTACK(udp_connected_then_elsewhere)
{
    WamrAddr allowed = wamr4("127.0.0.1", P), other = wamr4("127.0.0.1", D);
    u32 s = sock(WAMR_INET4, WAMR_DGRAM);
    must_work("connect", wamr_connect(s, AT(&allowed)));
    must_fail("sending elsewhere", wamr_send_to(s, AT(hello), 1, 0, AT(&other), AT(&n)));
    must_fail("connecting elsewhere", wamr_connect(s, AT(&other)));
    must_work("sending", write_to(s, "hello", 5));
    must_fail("sending elsewhere", wamr_send_to(s, AT(hello), 1, 0, AT(&other), AT(&n)));
    u32 t = sock(WAMR_INET4, WAMR_DGRAM);
    must_work("renumber", raw_fd_renumber(s, t));
    must_fail("sending elsewhere", wamr_send_to(t, AT(hello), 1, 0, AT(&other), AT(&n)));
    raw_fd_close(t);
}
ATTACK(tcp_connected_then_elsewhere)
{
    WamrAddr allowed = wamr4("127.0.0.1", P), other = wamr4("127.0.0.1", D);
    u32 s = sock(WAMR_INET4, WAMR_STREAM);
    must_work("connect", wamr_connect(s, AT(&allowed)));
    must_fail("connecting elsewhere", wamr_connect(s, AT(&other)));
    raw_sock_shutdown(s, 3);
    must_fail("connecting elsewhere after shutdown", wamr_connect(s, AT(&other)));
    raw_fd_close(s);
}
ATTACK(fast_open)
{
    WamrAddr other = wamr4("127.0.0.1", D);
    u32 s = sock(WAMR_INET4, WAMR_STREAM);
    wamr_set_tcp_fastopen_connect(s, 1);
    must_fail("connect with fast open", wamr_connect(s, AT(&other)));
    must_fail("data with the first packet", wamr_send_to(s, AT(hello), 1, 0, AT(&other), AT(&n)));
    must_fail("write", write_to(s, "hello", 5));
    raw_fd_close(s);
}
ATTACK(bind_elsewhere)
{
    static const struct { const char *ip; int port; } places[] = { { "127.0.0.1", 0 }, { "0.0.0.0", 1 }, { "127.0.0.2", 1 }, { "0:0:0:0:0:0:0:0", 1 },
        { "0:0:0:0:0:0:0:1", 1 }, { "0:0:0:0:0:ffff:0:0", 1 }, { "0:0:0:0:0:ffff:7f00:2", 1 } };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        for (u32 type = 0; type < 2; type++) {
            WamrAddr a = wamr_addr(places[i].ip, places[i].port ? L : H);
            u32 s = sock(a.kind, type);
            wamr_set_reuse_addr(s, 1), wamr_set_reuse_port(s, 1);
            if (wamr_bind(s, AT(&a)) == 0)
                printf("  OUT: bound to %s, %s\n", places[i].ip, type ? "TCP" : "UDP"), got_out++;
            raw_fd_close(s);
        }
}
ATTACK(both_families)
{
    /* bound to IPv6 only, which is not allowed either; and the option changed after binding */
    WamrAddr any = wamr6("0:0:0:0:0:0:0:0", L);
    u32 s = sock(WAMR_INET6, WAMR_STREAM);
    wamr_set_ipv6_only(s, 1);
    must_fail("bind to [::], IPv6 only", wamr_bind(s, AT(&any)));
    wamr_set_ipv6_only(s, 0);
    must_fail("listen", sock_listen(s, 5));
    raw_fd_close(s);
}
ATTACK(listen_without_binding)
{
    WamrAddr allowed = wamr4("127.0.0.1", P), any = wamr4("0.0.0.0", 0), mine = wamr4("127.0.0.1", L);
    u32 s = sock(WAMR_INET4, WAMR_STREAM);
    must_fail("listen, not bound", sock_listen(s, 5));
    wamr_bind(s, AT(&any));
    must_fail("listen at a port of the system's choice", sock_listen(s, 5));
    raw_fd_close(s);
    s = sock(WAMR_INET4, WAMR_STREAM);
    must_work("connect", wamr_connect(s, AT(&allowed)));
    must_fail("listen, connected", sock_listen(s, 5));
    raw_sock_shutdown(s, 3);
    must_fail("listen after shutdown", sock_listen(s, 5));
    raw_fd_close(s);
    s = sock(WAMR_INET4, WAMR_STREAM);   /* bound where it may, which fails, and then elsewhere */
    wamr_bind(s, AT(&any));
    wamr_bind(s, AT(&mine));
    must_fail("listen after a bind that failed", sock_listen(s, 5));
    raw_fd_close(s);
}
ATTACK(groups)
{
    WamrAddr mine = wamr4("127.0.0.1", L);
    uint8_t group[20] = { 0, 0, 0, 0, 224, 0, 0, 251 }, group6[20] = { 1, 0, 0, 0, 2, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 251, 0 };
    u32 s = sock(WAMR_INET4, WAMR_DGRAM);
    must_work("bind", wamr_bind(s, AT(&mine)));
    must_fail("join", wamr_join(s, AT(group), 0));
    raw_fd_close(s);
    s = sock(WAMR_INET6, WAMR_DGRAM);
    must_fail("join", wamr_join(s, AT(group6), 0));
    raw_fd_close(s);
}
ATTACK(given_number)
{
    /* 3 is a listener that was handed over: it is no way to make others */
    WamrAddr other = wamr4("127.0.0.1", D);
    must_fail("connect by a listener", wamr_connect(ROOT, AT(&other)));
    must_fail("bind a listener again", wamr_bind(ROOT, AT(&other)));
    u32 s = sock(WAMR_INET4, WAMR_STREAM);
    must_work("renumber", raw_fd_renumber(ROOT, s));
    must_fail("prestat of its number", raw_fd_prestat_get(ROOT, AT(&n)));
    must_fail("connect by a listener", wamr_connect(s, AT(&other)));
    must_work("renumber", raw_fd_renumber(s, sock(WAMR_INET4, WAMR_STREAM)));
}

/* -- Names -- */

static WamrInfo infos[40];
static int resolve(const char *host)
{
    WamrHints hints = { .type = WAMR_STREAM, .family = WAMR_ANY, .enabled = 1 };
    n = 0;
    return wamr_resolve(AT(host), AT(""), AT(&hints), AT(infos), 40, AT(&n));
}
ATTACK(names_around_the_pattern)
{
    static const char *const names[] = { "allowed.test", "evilallowed.test", ".allowed.test", "allowed.test.", "x.allowed.test.evil.test", "x.allowed.testx", "xallowed.test.",
        "x.allowed", "test", "*", "*.allowed.test", "x..allowed.test", "look.test", "evillook.test", "x.allowed.test/../evil.test", "x.allowed.test@evil.test",
        "x.allowed.test evil.test", "x.allowed.test\tevil.test", "evil.test#.allowed.test", "evil.test?.allowed.test", "evil.test\\.allowed.test", "xn--.test",
        "\xe2\x80\xa4" "allowed.test", "x.allowed.te\xc5\xbf" "t" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (resolve(names[i]) == 0 && n)
            printf("  OUT: '%s' was looked up\n", names[i]), got_out++;
}
ATTACK(names_of_the_pattern)
{
    static const char *const names[] = { "here.allowed.test", "HERE.Allowed.TEST", "here.allowed.test.", "a.here.allowed.test" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (resolve(names[i]) || !n || infos[0].addr.kind != WAMR_INET4 || infos[0].addr.v4.ip[3] != 1)
            printf("  OUT: '%s' was not looked up: the attacks with names try nothing\n", names[i]), got_out++;
    infos[0].addr.v4.port = (uint16_t)N;
    u32 s = sock(WAMR_INET4, WAMR_STREAM);
    must_work("connect to a name's address", wamr_connect(s, AT(&infos[0].addr)));
    raw_fd_close(s);
    reach("a name's address, another port", "127.0.0.1", D);
}
ATTACK(numbers_as_names)
{
    /* what inet_aton understands; to us they are neither addresses nor names */
    static const char *const names[] = { "0177.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "127.000.000.001", "127.0.0.1.", "127.0.0.01",
        "127.0.0.1 ", " 127.0.0.1", "127.0.0.1\n", "[::1]", "::1%lo", "::ffff:127.0.0.1%1", "0:0:0:0:0:0:0:1%0", "127.0.0.1/8", "localhost:1", "1.0.0.127.in-addr.arpa", "::127.1", "0x7f000001.look.test" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (resolve(names[i]) == 0 && n)
            printf("  OUT: '%s' is %u.%u.%u.%u\n", names[i], infos[0].addr.v4.ip[0], infos[0].addr.v4.ip[1], infos[0].addr.v4.ip[2], infos[0].addr.v4.ip[3]), got_out++;
}
/* A name's addresses may be anything; only those of the first answer are allowed, and 0.0.0.0 is not a way to say 127.0.0.1. */
static void answered(const char *name, const char *ip)
{
    must_work(name, resolve(name));
    if (!n)
        out("the name server was not asked");
    for (u32 i = 0; i < n; i++) {
        if (infos[i].addr.kind == WAMR_INET4)
            infos[i].addr.v4.port = (uint16_t)N;
        else
            infos[i].addr.v6.port = (uint16_t)N;
        u32 s = sock(infos[i].addr.kind, WAMR_STREAM);
        must_fail(name, wamr_connect(s, AT(&infos[i].addr)));
        raw_fd_close(s);
    }
    reach(name, ip, N);
}
ATTACK(answers_unspecified) { answered("zero.allowed.test", "127.0.0.2"); answered("zero6.allowed.test", "0:0:0:0:0:0:0:1"); }
ATTACK(answers_for_looking_up_only) { answered("two.look.test", "127.0.0.2"); answered("six.look.test", "0:0:0:0:0:0:0:1"); }
ATTACK(answers_change)
{
    must_work("resolve", resolve("turns.allowed.test"));
    must_work("resolve", resolve("turns.allowed.test"));
    if (n != 1 || infos[0].addr.v4.ip[3] != 1)
        out("the second answer counts");
    must_work("resolve", resolve("TURNS.allowed.test."));
    if (n != 1 || infos[0].addr.v4.ip[3] != 1)
        out("the answer under another spelling counts");
    reach("the second answer", "127.0.0.2", N);
}
ATTACK(too_many_names)
{
    char name[40];
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "n%d.allowed.test", i);
        resolve(name);
    }
    reach("after many names", "127.0.0.2", N);
    must_work("resolve", resolve("turns.allowed.test"));
    if (n != 1 || infos[0].addr.v4.ip[3] != 1)
        out("many names make the first forgotten");
}
/* WasmEdge's list of results is the guest's: every pointer in it may lie, and it may run in a circle. */
ATTACK(list_that_lies)
{
    static WeAddrinfo list[2];
    static WeSockaddr addr;
    static uint8_t data[26];
    WeAddrinfo hints = { 0 };
    static const u32 lies[] = { 0xffffffff, 0xfffffff0, 0x7fffffff, 1u << 31, 0 };
    for (int i = 0; i < 5; i++)
        for (int where = 0; where < 4; where++) {
            u32 at = AT(list), done = 0;
            addr = (WeSockaddr){ .data = where == 0 ? lies[i] : AT(data) };
            list[0] = (WeAddrinfo){ .addr = where == 1 ? lies[i] : AT(&addr), .canonical = where == 2 ? lies[i] : 0, .canonical_size = where == 2 ? 0xffffffff : 0,
                                    .next = where == 3 ? lies[i] : AT(list) };
            hints.flags = 2;
            int e = we_getaddrinfo(S("localhost"), S("80"), AT(&hints), AT(&at), 8, AT(&done));
            if (e == 0 && lies[i] && where < 2)
                out("an address was written outside of memory");
        }
}

static const Attack attacks[] = {
    ROW(other_port, "ports that no rule names")
    ROW(other_address, "addresses that no rule names")
    ROW(mapped, "IPv4 written as IPv6")
    ROW(compatible, "other ways to put IPv4 into IPv6")
    ROW(unspecified, "0.0.0.0 and :: as names of this machine")
    ROW(broadcast, "broadcast and multicast")
    ROW(port_wraps, "ports that are the allowed one modulo 65536")
    ROW(udp_connected_then_elsewhere, "a datagram socket that is connected sends elsewhere")
    ROW(tcp_connected_then_elsewhere, "a stream that is connected connects elsewhere")
    ROW(fast_open, "data before the connection")
    ROW(bind_elsewhere, "binding to what no rule names, in all spellings")
    ROW(both_families, "IPv6 sockets that take IPv4")
    ROW(listen_without_binding, "listening without having bound")
    ROW(groups, "multicast groups")
    ROW(given_number, "the number of a listener that was handed over")
    ROW(answers_unspecified, "a name that is 0.0.0.0 or ::")   /* before 127.0.0.1 is allowed by a name */
    ROW(names_around_the_pattern, "names that are nearly those of the rule")
    ROW(names_of_the_pattern, "names of the rule in other spellings, and other ports of theirs")
    ROW(numbers_as_names, "octal, hexadecimal and short forms of addresses")
    ROW(answers_for_looking_up_only, "a name that may be looked up, but not connected to")
    ROW(answers_change, "a name that is another address later")
    ROW(too_many_names, "more names than are remembered")
    ROW(list_that_lies, "results written where the guest says")
};

static bool wished(const Attack *a) { return !only || strcmp(only, a->name) == 0; }

int main(int argc, char **argv)
{
    if (argc < 6)
        return 2;
    P = (u32)atoi(argv[1]), D = (u32)atoi(argv[2]), L = (u32)atoi(argv[3]), H = (u32)atoi(argv[4]), N = (u32)atoi(argv[5]);
    hello[0] = AT("hello"), hello[1] = 5;
    only = argc > 6 ? argv[6] : NULL;
    return run_attacks(attacks, sizeof attacks / sizeof attacks[0], wished);
}
