/* wamr.c - every call of WAMR's sockets on loopback, and what they refuse. Needs rules for tcp, udp, listening and binding on localhost. */
#include "net.h"

static u32 l, c, s, n;
static char buf[64];
static uint16_t roflags;

static int send_text(u32 fd, const char *text)
{
    u32 iov[2] = { AT(text), (u32)strlen(text) };
    return raw_sock_send(fd, AT(iov), 1, 0, AT(&n));
}
static int recv_text(u32 fd)
{
    u32 iov[2] = { AT(buf), sizeof buf };
    n = 0;
    return raw_sock_recv(fd, AT(iov), 1, 0, AT(&n), AT(&roflags));
}

static void stream(const char *ip)
{
    WamrAddr a = wamr_addr(ip, 0), b, remote;
    uint16_t *port = a.kind == WAMR_INET4 ? &b.v4.port : &b.v6.port;
    OK("open", wamr_open(0, a.kind, WAMR_STREAM, AT(&l)));
    OK("set reuse_addr", wamr_set_reuse_addr(l, 1));
    OK("bind", wamr_bind(l, AT(&a)));
    OK("listen", sock_listen(l, 5));
    OK("local", wamr_local(l, AT(&b)));
    NUM("  kind", b.kind, a.kind);
    TRUE("  a port was chosen", *port != 0);
    OK("open", wamr_open((u32)-1, a.kind, WAMR_STREAM, AT(&c)));
    TRUE("  another number", c != l);
    IS("remote: not connected", wamr_remote(c, AT(&remote)), NOTCONN);
    OK("connect", wamr_connect(c, AT(&b)));
    OK("remote", wamr_remote(c, AT(&remote)));
    TRUE("  as connected", memcmp(&remote, &b, a.kind == WAMR_INET4 ? 10 : 22) == 0);
    OK("accept", raw_sock_accept(l, 0, AT(&s)));
    OK("local", wamr_local(c, AT(&b)));
    OK("remote", wamr_remote(s, AT(&remote)));
    TRUE("  is the client", memcmp(&remote, &b, a.kind == WAMR_INET4 ? 10 : 22) == 0);
    OK("send", send_text(c, "question"));
    OK("recv", recv_text(s));
    text_is("  bytes", buf, n, "question");
    /* send_to and recv_from of a stream: the address does not matter, and is the other end */
    u32 iov[2] = { AT("answer"), 6 }, room[2] = { AT(buf), sizeof buf };
    OK("send_to", wamr_send_to(s, AT(iov), 1, 0, AT(&a), AT(&n)));
    NUM("  bytes", n, 6);
    memset(&b, 0xff, sizeof b);
    OK("recv_from", wamr_recv_from(c, AT(room), 1, 0, AT(&b), AT(&n)));
    text_is("  bytes", buf, n, "answer");
    NUM("  kind", b.kind, a.kind);
    OK("connected twice", raw_sock_shutdown(c, 2));
    IS("connect again", wamr_connect(c, AT(&remote)), ISCONN);
    OK("recv the end", recv_text(s));
    NUM("  bytes", n, 0);
    OK("close", wamr_close(s));
    OK("close", wamr_close(c));
    IS("close again", wamr_close(c), BADF);
    OK("close the listener", raw_fd_close(l));
}

static void nonblocking(void)
{
    WamrAddr a = wamr4("127.0.0.1", 0);
    __wasi_subscription_t in[2] = { { .userdata = 1, .u.tag = 1 }, { .userdata = 2, .u.tag = 2 } };
    __wasi_event_t out[2];
    OK("open", wamr_open(0, WAMR_INET4, WAMR_STREAM, AT(&l)));
    OK("bind", wamr_bind(l, AT(&a)));
    OK("listen", sock_listen(l, 5));
    OK("local", wamr_local(l, AT(&a)));
    OK("set non-blocking", raw_fd_fdstat_set_flags(l, 4));
    IS("accept", raw_sock_accept(l, 0, AT(&s)), AGAIN);
    OK("open", wamr_open(0, WAMR_INET4, WAMR_STREAM, AT(&c)));
    OK("set non-blocking", raw_fd_fdstat_set_flags(c, 4));
    int e = wamr_connect(c, AT(&a));
    TRUE("connect is on its way", e == __WASI_ERRNO_INPROGRESS || e == 0);
    in[0].u.u.fd_read.file_descriptor = l;
    in[1].u.u.fd_write.file_descriptor = c;
    int seen = 0;
    for (int i = 0; i < 100 && seen != 3; i++) {
        OK("poll", raw_poll_oneoff(AT(in), AT(out), 2, AT(&n)));
        for (u32 k = 0; k < n; k++)
            seen |= (int)out[k].userdata;
    }
    NUM("both are ready", seen, 3);
    OK("accept, non-blocking", raw_sock_accept(l, 4, AT(&s)));
    IS("recv", recv_text(s), AGAIN);
    OK("send", send_text(c, "x"));
    in[0].u.u.fd_read.file_descriptor = s;
    OK("poll", raw_poll_oneoff(AT(in), AT(out), 1, AT(&n)));
    NUM("  bytes", out[0].fd_readwrite.nbytes, 1);
    OK("recv", recv_text(s));
    OK("close", raw_fd_close(s));
    OK("close", raw_fd_close(c));
    /* nobody listens there any more */
    OK("close", raw_fd_close(l));
    OK("open", wamr_open(0, WAMR_INET4, WAMR_STREAM, AT(&c)));
    IS("connect", wamr_connect(c, AT(&a)), CONNREFUSED);
    OK("close", raw_fd_close(c));
    OK("open", wamr_open(0, WAMR_INET4, WAMR_STREAM, AT(&c)));
    OK("set non-blocking", raw_fd_fdstat_set_flags(c, 4));
    e = wamr_connect(c, AT(&a));
    TRUE("connect is on its way", e == __WASI_ERRNO_INPROGRESS || e == __WASI_ERRNO_CONNREFUSED);
    if (e == __WASI_ERRNO_INPROGRESS) {
        in[1].u.u.fd_write.file_descriptor = c;
        OK("poll", raw_poll_oneoff(AT(&in[1]), AT(out), 1, AT(&n)));
        NUM("  ready without an error", out[0].error, 0);
        NUM("  hangup", out[0].fd_readwrite.flags, 1);
        IS("the error comes with the next call", send_text(c, "x"), CONNREFUSED);
    }
    OK("close", raw_fd_close(c));
}

static void datagrams(const char *ip)
{
    WamrAddr a = wamr_addr(ip, 0), from;
    u32 x, y, room[2] = { AT(buf), sizeof buf }, small[2] = { AT(buf), 3 }, iov[4] = { AT("data"), 4, AT("gram"), 4 };
    OK("open", wamr_open(0, a.kind, WAMR_DGRAM, AT(&x)));
    OK("open", wamr_open(0, a.kind, WAMR_DGRAM, AT(&y)));
    OK("bind", wamr_bind(x, AT(&a)));
    OK("local", wamr_local(x, AT(&a)));
    OK("send_to", wamr_send_to(y, AT(iov), 2, 0, AT(&a), AT(&n)));
    NUM("  bytes", n, 8);
    OK("recv_from, looking only", wamr_recv_from(x, AT(room), 1, 1, AT(&from), AT(&n)));
    OK("recv_from", wamr_recv_from(x, AT(room), 1, 0, AT(&from), AT(&n)));
    text_is("  bytes", buf, n, "datagram");
    OK("send_to the sender", wamr_send_to(x, AT(iov), 1, 0, AT(&from), AT(&n)));
    OK("recv_from into too little", wamr_recv_from(y, AT(small), 1, 0, AT(&from), AT(&n)));
    text_is("  bytes", buf, n, "dat");
    OK("connect", wamr_connect(y, AT(&a)));
    OK("send", send_text(y, "x"));
    OK("recv", recv_text(x));
    text_is("  bytes", buf, n, "x");
    IS("send_to: flags", wamr_send_to(y, AT(iov), 2, 1, AT(&a), AT(&n)), INVAL);
    IS("recv_from: flags", wamr_recv_from(x, AT(room), 1, 4, AT(&from), AT(&n)), INVAL);
    IS("listen", sock_listen(x, 5), NOTCAPABLE);
    IS("accept", raw_sock_accept(x, 0, AT(&s)), NOTCAPABLE);
    OK("close", raw_fd_close(x));
    OK("close", raw_fd_close(y));
}

static void options(void)
{
    u32 fd, dgram, six, seconds;
    uint8_t on;
    uint64_t t;
    OK("open", wamr_open(0, WAMR_INET4, WAMR_STREAM, AT(&fd)));
    OK("open", wamr_open(0, WAMR_INET4, WAMR_DGRAM, AT(&dgram)));
    OK("open", wamr_open(0, WAMR_INET6, WAMR_STREAM, AT(&six)));
#define SWITCH(name, where)                                       \
    on = 7;                                                       \
    OK("set " #name, wamr_set_##name(where, 1));                  \
    OK("get " #name, wamr_get_##name(where, AT(&on)));            \
    NUM("  on", on, 1);                                           \
    OK("set " #name, wamr_set_##name(where, 0));                  \
    OK("get " #name, wamr_get_##name(where, AT(&on)));            \
    NUM("  off", on, 0);
    SWITCH(reuse_addr, fd)
    SWITCH(reuse_port, fd)
    SWITCH(keep_alive, fd)
    SWITCH(tcp_no_delay, fd)
    SWITCH(tcp_quick_ack, fd)
    SWITCH(tcp_fastopen_connect, fd)
    SWITCH(broadcast, dgram)
    SWITCH(ipv6_only, six)
    OK("set recv_timeout", wamr_set_recv_timeout(fd, 1234000));
    OK("get recv_timeout", wamr_get_recv_timeout(fd, AT(&t)));
    NUM("  microseconds", t >= 1234000 && t < 1250000, 1);   /* the kernel counts in ticks */
    OK("set send_timeout", wamr_set_send_timeout(fd, 3000000));
    OK("get send_timeout", wamr_get_send_timeout(fd, AT(&t)));
    NUM("  microseconds", t, 3000000);
    OK("set send_buf_size", wamr_set_send_buf_size(fd, 50000));
    OK("get send_buf_size", wamr_get_send_buf_size(fd, AT(&n)));
    TRUE("  at least", n >= 50000);
    OK("set recv_buf_size", wamr_set_recv_buf_size(fd, 50000));
    OK("get recv_buf_size", wamr_get_recv_buf_size(fd, AT(&n)));
    TRUE("  at least", n >= 50000);
    OK("set tcp_keep_idle", wamr_set_tcp_keep_idle(fd, 77));
    OK("get tcp_keep_idle", wamr_get_tcp_keep_idle(fd, AT(&n)));
    NUM("  seconds", n, 77);
    OK("set tcp_keep_intvl", wamr_set_tcp_keep_intvl(fd, 7));
    OK("get tcp_keep_intvl", wamr_get_tcp_keep_intvl(fd, AT(&n)));
    NUM("  seconds", n, 7);
    OK("set ip_ttl", wamr_set_ip_ttl(fd, 33));
    OK("get ip_ttl", wamr_get_ip_ttl(fd, AT(&on)));
    NUM("  hops", on, 33);
    OK("set ip_multicast_ttl", wamr_set_ip_multicast_ttl(dgram, 3));
    OK("get ip_multicast_ttl", wamr_get_ip_multicast_ttl(dgram, AT(&on)));
    NUM("  hops", on, 3);
    OK("set ip_multicast_loop", wamr_set_loop(dgram, 0, 0));
    OK("get ip_multicast_loop", wamr_get_loop(dgram, 0, AT(&on)));
    NUM("  off", on, 0);
    OK("set linger", wamr_set_linger(fd, 1, 5));
    OK("get linger", wamr_get_linger(fd, AT(&on), AT(&seconds)));
    NUM("  on", on, 1);
    NUM("  seconds", seconds, 5);
    OK("set linger", wamr_set_linger(fd, 0, 5));
    OK("get linger", wamr_get_linger(fd, AT(&on), AT(&seconds)));
    NUM("  off", on, 0);
    WamrAddr group = wamr4("224.0.0.99", 0);
    IS("join a group that no rule allows", wamr_join(dgram, AT(&group), 0), ACCES);
    IS("set on what is no socket", wamr_set_reuse_addr(1, 1), NOTSOCK);
    IS("get outside", wamr_get_recv_timeout(fd, 0xfffffffc), FAULT);
    OK("receive no longer than", wamr_set_recv_timeout(dgram, 50000));
    IS("recv", recv_text(dgram), AGAIN);
    OK("give up changing", raw_fd_fdstat_set_rights(fd, R_READ, 0));
    IS("set", wamr_set_reuse_addr(fd, 1), NOTCAPABLE);
    OK("get", wamr_get_reuse_addr(fd, AT(&on)));
    IS("connect", wamr_connect(fd, AT(&group)), NOTCAPABLE);
    raw_fd_close(fd);
    raw_fd_close(dgram);
    raw_fd_close(six);
}

static void names(void)
{
    static WamrInfo infos[8];
    WamrHints hints = { .type = WAMR_STREAM, .family = WAMR_INET4, .enabled = 1 };
    OK("resolve", wamr_resolve(AT("localhost"), AT("8080"), AT(&hints), AT(infos), 8, AT(&n)));
    NUM("  one", n, 1);
    NUM("  port", infos[0].addr.v4.port, 8080);
    NUM("  address", infos[0].addr.v4.ip[0], 127);
    NUM("  type", infos[0].type, WAMR_STREAM);
    hints.enabled = 0;
    OK("resolve", wamr_resolve(AT("localhost"), AT("http"), AT(&hints), AT(infos), 1, AT(&n)));
    NUM("  both kinds of both families, one written", n, 4);
    NUM("  port", infos[0].addr.v4.port, 80);
    OK("resolve a number", wamr_resolve(AT("10.1.2.3"), AT(""), AT(&hints), AT(infos), 8, AT(&n)));
    NUM("  two types", n, 2);
    NUM("  address", infos[1].addr.v4.ip[3], 3);
    OK("resolve IPv6", wamr_resolve(AT("fe80::1:2"), AT(""), AT(&hints), AT(infos), 8, AT(&n)));
    NUM("  kind", infos[0].addr.kind, WAMR_INET6);
    NUM("  first word", infos[0].addr.v6.ip[0], 0xfe80);
    NUM("  last word", infos[0].addr.v6.ip[7], 2);
    IS("resolve what no rule allows", wamr_resolve(AT("example.com"), AT(""), AT(&hints), AT(infos), 8, AT(&n)), ACCES);
    IS("resolve: service", wamr_resolve(AT("localhost"), AT("no-such"), AT(&hints), AT(infos), 8, AT(&n)), NOPROTOOPT);
    OK("resolve junk", wamr_resolve(AT("a b"), AT(""), AT(&hints), AT(infos), 8, AT(&n)));
    NUM("  none", n, 0);
    IS("resolve: outside", wamr_resolve(0xfffffff0, AT(""), AT(&hints), AT(infos), 8, AT(&n)), FAULT);
    IS("resolve: infos outside", wamr_resolve(AT("localhost"), AT(""), AT(&hints), AT(infos), 0xffffffff, AT(&n)), FAULT);
}

static void wrong(void)
{
    WamrAddr a = wamr4("127.0.0.1", 1), other = { .kind = 2 };
    u32 fd, iov[2] = { AT("x"), 1 };
    IS("open: outside", wamr_open(0, 0, 1, 0xfffffffe), FAULT);
    IS("open: family", wamr_open(0, 2, 1, AT(&fd)), AFNOSUPPORT);
    IS("open: type", wamr_open(0, 0, 2, AT(&fd)), INVAL);
    OK("open", wamr_open(0, 0, WAMR_DGRAM, AT(&fd)));
    IS("bind: outside", wamr_bind(fd, 0xfffffff0), FAULT);
    IS("bind: kind", wamr_bind(fd, AT(&other)), AFNOSUPPORT);
    IS("connect: outside", wamr_connect(fd, 0xfffffff0), FAULT);
    IS("connect: no socket", wamr_connect(1, AT(&a)), NOTSOCK);
    IS("connect: not open", wamr_connect(999, AT(&a)), BADF);
    IS("send_to: size outside", wamr_send_to(fd, AT(iov), 1, 0, AT(&a), 0xfffffffe), FAULT);
    IS("send_to: iovs outside", wamr_send_to(fd, 0xfffffffc, 1, 0, AT(&a), AT(&n)), FAULT);
    IS("recv_from: outside", wamr_recv_from(fd, AT(iov), 1, 0, 0xfffffff0, AT(&n)), FAULT);
    IS("local: outside", wamr_local(fd, 0xfffffff0), FAULT);
    raw_fd_close(fd);
    u32 count = 0, last = 0;
    while (count < 300 && !wamr_open(0, 0, 1, AT(&fd)))
        count++, last = fd;
    TRUE("many", count == 300);
    for (; count; count--, last--)
        raw_fd_close(last);
}

int main(void)
{
    stream("127.0.0.1");
    stream("0:0:0:0:0:0:0:1");
    nonblocking();
    datagrams("127.0.0.1");
    datagrams("0:0:0:0:0:0:0:1");
    options();
    names();
    wrong();
    return done();
}
