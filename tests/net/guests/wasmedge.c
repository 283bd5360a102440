/* wasmedge.c - every call of WasmEdge's sockets, both versions, on loopback, and what they refuse. */
#include "net.h"

static u32 l, c, s, n, port, type;
static char buf[64];
static uint16_t roflags, port16;
static uint8_t ip4[4] = { 127, 0, 0, 1 }, ip6[16] = { [15] = 1 }, room[128];
static WeAddress addr4, addr6, addr128;

static void addresses(void)
{
    addr4 = (WeAddress){ AT(ip4), 4 };
    addr6 = (WeAddress){ AT(ip6), 16 };
    addr128 = (WeAddress){ AT(room), 128 };
}
static int send_text(u32 fd, const char *text)
{
    u32 iov[2] = { AT(text), (u32)strlen(text) };
    return raw_sock_send(fd, AT(iov), 1, 0, AT(&n));
}

static void stream(u32 family, WeAddress *a)
{
    u32 iov[2] = { AT(buf), sizeof buf };
    OK("open", we_open(family, WE_STREAM, AT(&l)));
    OK("bind", we_bind(l, AT(a), 0));
    OK("listen", sock_listen(l, 5));
    memset(room, 0xff, sizeof room);
    OK("local, version 2", we_local(l, AT(&addr128), AT(&port)));
    NUM("  family", room[0] | room[1] << 8, family);
    TRUE("  address", memcmp(room + 2, (void *)(uintptr_t)a->buf, a->size) == 0);
    TRUE("  port", port != 0);
    u32 was = port;
    OK("local, version 1", we_local1(l, AT(a), AT(&type), AT(&port)));
    NUM("  type", type, family == WE_INET4 ? 4 : 6);
    NUM("  port", port, was);
    OK("open", we_open_v2(family, WE_STREAM, AT(&c)));
    OK("connect by the large form", we_connect(c, AT(&addr128), port));
    OK("accept", we_accept(l, AT(&s)));
    OK("peer", we_peer1(c, AT(a), AT(&type), AT(&port)));
    NUM("  port", port, was);
    OK("peer", we_peer(s, AT(&addr128), AT(&port)));
    was = port;
    OK("local", we_local(c, AT(&addr128), AT(&port)));
    NUM("  port", port, was);
    OK("peer", we_peer_v2(s, AT(&addr128), AT(&port)));
    OK("send", send_text(c, "hello"));
    OK("recv", raw_sock_recv(s, AT(iov), 1, 0, AT(&n), AT(&roflags)));
    text_is("  bytes", buf, n, "hello");
    OK("shutdown", raw_sock_shutdown(c, 2));
    OK("recv the end", raw_sock_recv(s, AT(iov), 1, 0, AT(&n), AT(&roflags)));
    NUM("  bytes", n, 0);
    OK("close", raw_fd_close(s));
    OK("close", raw_fd_close(c));
    OK("close", raw_fd_close(l));
}

static void datagrams(void)
{
    u32 x, y, iov[2] = { AT("datagram"), 8 }, into[2] = { AT(buf), sizeof buf }, small[2] = { AT(buf), 4 };
    OK("open", we_open(WE_INET4, WE_DGRAM, AT(&x)));
    OK("open", we_open(WE_INET4, WE_DGRAM, AT(&y)));
    OK("bind", we_bind(x, AT(&addr4), 0));
    OK("local", we_local1(x, AT(&addr4), AT(&type), AT(&port)));
    OK("send_to", we_send_to(y, AT(iov), 1, AT(&addr4), port, 0, AT(&n)));
    NUM("  bytes", n, 8);
    memset(room, 0, sizeof room);
    OK("recv_from, version 2", we_recv_from(x, AT(into), 1, AT(&addr128), 0, AT(&port16), AT(&n), AT(&roflags)));
    text_is("  bytes", buf, n, "datagram");
    NUM("  whole", roflags, 0);
    NUM("  family", room[0], WE_INET4);
    TRUE("  from", memcmp(room + 2, ip4, 4) == 0);
    OK("send_to the sender", we_send_to(x, AT(iov), 1, AT(&addr128), port16, 0, AT(&n)));
    memset(ip4, 0, 4);
    OK("recv_from, version 1", we_recv_from1(y, AT(small), 1, AT(&addr4), 0, AT(&n), AT(&roflags)));
    text_is("  bytes", buf, n, "data");
    NUM("  cut off", roflags, 1);
    TRUE("  from", ip4[0] == 127 && ip4[3] == 1);
    IS("send_to: flags", we_send_to(y, AT(iov), 1, AT(&addr4), port, 1, AT(&n)), INVAL);
    raw_fd_close(x);
    raw_fd_close(y);
}

static void options(void)
{
    struct { int64_t sec, usec; } t;
    struct { int32_t on, seconds; } linger = { 1, 7 };
    int32_t value;
    OK("open", we_open(WE_INET4, WE_STREAM, AT(&l)));
    static const u32 switches[] = { 0, 3, 7, 8 };   /* REUSEADDR, DONTROUTE, KEEPALIVE, OOBINLINE */
    for (u32 i = 0; i < 4; i++) {
        value = 1;
        OK("set a switch", we_setsockopt(l, 0, switches[i], AT(&value), 4));
        value = 7, n = 4;
        OK("get it", we_getsockopt(l, 0, switches[i], AT(&value), AT(&n)));
        NUM("  on", value, 1);
        NUM("  size", n, 4);
    }
    n = 4;
    OK("get the type", we_getsockopt(l, 0, 1, AT(&value), AT(&n)));
    NUM("  stream", value, WE_STREAM);
    OK("get the error", we_getsockopt(l, 0, 2, AT(&value), AT(&n)));
    NUM("  none", value, 0);
    value = 40000;
    OK("set the send buffer", we_setsockopt(l, 0, 5, AT(&value), 4));
    OK("get it", we_getsockopt(l, 0, 5, AT(&value), AT(&n)));
    TRUE("  at least", value >= 40000);
    OK("set linger", we_setsockopt(l, 0, 9, AT(&linger), 8));
    linger.on = linger.seconds = 0, n = 8;
    OK("get it", we_getsockopt(l, 0, 9, AT(&linger), AT(&n)));
    NUM("  on", linger.on, 1);
    NUM("  seconds", linger.seconds, 7);
    t.sec = 2, t.usec = 500000;
    OK("set the receive timeout", we_setsockopt(l, 0, 11, AT(&t), 16));
    t.sec = t.usec = 9, n = 16;
    OK("get it", we_getsockopt(l, 0, 11, AT(&t), AT(&n)));
    NUM("  seconds", t.sec, 2);
    NUM("  and", t.usec, 500000);
    n = 4;
    OK("does it listen?", we_getsockopt(l, 0, 13, AT(&value), AT(&n)));
    NUM("  no", value, 0);
    n = 16;
    OK("get the device", we_getsockopt(l, 0, 14, AT(buf), AT(&n)));
    NUM("  none", n, 0);
    IS("set the device", we_setsockopt(l, 0, 14, AT("lo"), 2), NOTSUP);
    IS("set the type", we_setsockopt(l, 0, 1, AT(&value), 4), NOPROTOOPT);
    IS("set: level", we_setsockopt(l, 1, 0, AT(&value), 4), INVAL);
    IS("set: name", we_setsockopt(l, 0, 15, AT(&value), 4), INVAL);
    IS("set: too short", we_setsockopt(l, 0, 11, AT(&t), 8), INVAL);
    t.usec = 1000000;
    IS("set: microseconds", we_setsockopt(l, 0, 11, AT(&t), 16), DOM);
    IS("set: outside", we_setsockopt(l, 0, 0, 0xfffffffe, 4), FAULT);
    n = 3;
    IS("get: too short", we_getsockopt(l, 0, 0, AT(&value), AT(&n)), NOMEM);
    n = 0xffffffff;
    IS("get: outside", we_getsockopt(l, 0, 0, AT(&value), AT(&n)), FAULT);
    IS("get: size outside", we_getsockopt(l, 0, 0, AT(&value), 0xfffffffe), FAULT);
    raw_fd_close(l);
}

enum { LIST = 6 };
static WeAddrinfo infos[LIST];
static WeSockaddr sockaddrs[LIST];
static uint8_t data[LIST][26];
static char canonical[40];
static u32 list;

static void make_list(void)
{
    list = AT(infos);
    for (int i = 0; i < LIST; i++) {
        sockaddrs[i] = (WeSockaddr){ 0, 14, AT(data[i]) };
        infos[i] = (WeAddrinfo){ .addr = AT(&sockaddrs[i]), .next = i + 1 < LIST ? AT(&infos[i + 1]) : 0 };
    }
    infos[0].canonical = AT(canonical);
    infos[0].canonical_size = sizeof canonical;
    n = 0;
}
static int info(const char *host, const char *service, WeAddrinfo *hints)
{
    make_list();
    return we_getaddrinfo(AT(host), (u32)strlen(host), AT(service), (u32)strlen(service) + 1, AT(hints), AT(&list), LIST, AT(&n));
}

static void names(void)
{
    WeAddrinfo hints = { .family = WE_INET4, .type = WE_STREAM, .protocol = 1, .flags = 2 };
    OK("getaddrinfo", info("localhost", "80", &hints));
    NUM("  one", n, 1);
    NUM("  family", infos[0].family, WE_INET4);
    NUM("  type", infos[0].type, WE_STREAM);
    NUM("  size", infos[0].size, 16);
    NUM("  sockaddr", sockaddrs[0].family, WE_INET4);
    NUM("  port", data[0][0] << 8 | data[0][1], 80);
    NUM("  address", data[0][2], 127);
    text_is("  canonical name", canonical, infos[0].canonical_size, "localhost");
    hints = (WeAddrinfo){ .family = 0 };
    OK("getaddrinfo of all kinds", info("localhost", "https", &hints));
    NUM("  four", n, 4);
    NUM("  port", data[0][0] << 8 | data[0][1], 443);
    NUM("  the third is IPv6", infos[2].family, WE_INET6);
    NUM("  its size", sockaddrs[2].size, 26);
    NUM("  its address", data[2][21], 1);
    hints = (WeAddrinfo){ .family = WE_INET4, .flags = 1, .type = WE_DGRAM };
    OK("getaddrinfo for binding", info("", "53", &hints));
    NUM("  any address", data[0][2], 0);
    hints.flags = 4;
    NUM("getaddrinfo: not a number", info("localhost", "53", &hints), NOT_FOUND);
    IS("getaddrinfo: no rule", info("example.com", "53", &(WeAddrinfo){ .family = 0 }), ACCES);
    hints.flags = 0;
    NUM("getaddrinfo: service", info("localhost", "no-such", &hints), 85);
    NUM("getaddrinfo: nothing", we_getaddrinfo(AT(""), 0, AT(""), 0, AT(&hints), AT(&list), LIST, AT(&n)), NOT_FOUND);
    NUM("getaddrinfo: max", we_getaddrinfo(AT("localhost"), 9, AT("1"), 1, AT(&hints), AT(&list), 0, AT(&n)), 82);
    hints.family = 7;
    NUM("getaddrinfo: family", info("localhost", "1", &hints), 81);
    hints.family = WE_INET6;
    NUM("getaddrinfo: no IPv6 of an IPv4 address", info("127.0.0.1", "1", &hints), 83);
    hints = (WeAddrinfo){ .family = 0 };
    IS("getaddrinfo: outside", we_getaddrinfo(0xfffffff0, 32, AT("1"), 1, AT(&hints), AT(&list), LIST, AT(&n)), FAULT);
    IS("getaddrinfo: long", we_getaddrinfo(AT("x"), 0x1000, AT("1"), 1, AT(&hints), AT(&list), LIST, AT(&n)), FAULT);
    make_list();
    sockaddrs[0].data = 0xfffffff0;
    IS("getaddrinfo: data outside", we_getaddrinfo(AT("localhost"), 9, AT("1"), 1, AT(&hints), AT(&list), LIST, AT(&n)), FAULT);
    make_list();
    infos[0].next = 0xfffffff0;
    IS("getaddrinfo: next outside", we_getaddrinfo(AT("localhost"), 9, AT("1"), 1, AT(&hints), AT(&list), LIST, AT(&n)), FAULT);
    make_list();
    infos[0].next = list;   /* a list that bites its tail is filled over and over, but not for ever */
    OK("getaddrinfo: a ring", we_getaddrinfo(AT("localhost"), 9, AT("1"), 1, AT(&hints), AT(&list), 0xffffffff, AT(&n)));
    NUM("  four", n, 4);
}

static void wrong(void)
{
    WeAddress bad = { 0xfffffff0, 128 }, odd = { AT(room), 5 }, empty = { AT(room), 128 };
    u32 iov[2] = { AT(buf), 8 };
    memset(room, 0, sizeof room);
    IS("open: outside", we_open(1, 2, 0xfffffffe), FAULT);
    IS("open: family", we_open(0, 2, AT(&l)), AFNOSUPPORT);
    IS("open: AF_UNIX", we_open(3, 2, AT(&l)), AFNOSUPPORT);
    IS("open: type", we_open(1, 0, AT(&l)), INVAL);
    OK("open", we_open(1, WE_DGRAM, AT(&l)));
    IS("bind: outside", we_bind(l, 0xfffffffc, 0), FAULT);
    IS("bind: buffer outside", we_bind(l, AT(&bad), 0), FAULT);
    IS("bind: size", we_bind(l, AT(&odd), 0), INVAL);
    IS("bind: large form without a family", we_bind(l, AT(&empty), 0), AFNOSUPPORT);
    IS("bind: port", we_bind(l, AT(&addr4), 65536), INVAL);
    IS("bind: no socket", we_bind(1, AT(&addr4), 0), NOTSOCK);
    IS("connect: IPv6 from IPv4", we_connect(l, AT(&addr6), 1), AFNOSUPPORT);
    IS("recv_from: buffer outside", we_recv_from(l, AT(iov), 1, AT(&bad), 0, AT(&port16), AT(&n), AT(&roflags)), FAULT);
    IS("recv_from: port outside", we_recv_from(l, AT(iov), 1, AT(&addr4), 0, 0xffffffff, AT(&n), AT(&roflags)), FAULT);
    IS("local: size of version 1", we_local1(l, AT(&addr128), AT(&type), AT(&port)), INVAL);
    IS("local: size of version 2", we_local(l, AT(&addr4), AT(&port)), INVAL);
    IS("peer: not connected", we_peer(l, AT(&addr128), AT(&port)), NOTCONN);
    IS("accept: outside", we_accept(l, 0xfffffffe), NOTCAPABLE);
    raw_fd_close(l);
    OK("open", we_open(WE_INET6, WE_STREAM, AT(&l)));
    OK("bind", we_bind(l, AT(&addr6), 0));
    IS("local: IPv6 into 4 bytes", we_local1(l, AT(&addr4), AT(&type), AT(&port)), NOMEM);
    raw_fd_close(l);
}

int main(void)
{
    addresses();
    stream(WE_INET4, &addr4);
    stream(WE_INET6, &addr6);
    datagrams();
    options();
    names();
    wrong();
    return done();
}
