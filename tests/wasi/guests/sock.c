/* sock_accept, sock_recv, sock_send, sock_shutdown. Descriptor 0 is a socket, which one says the first argument:
 *   stream   one end of a pair; the other sends "hello world", waits for "answer", sends "more" and closes
 *   dgram    one end of a datagram pair; the other sends "first datagram" and "second"
 *   listen   a listening socket; two clients connect: the first sends "from client" and reads to the end, the second does nothing
 *   idle     one end of a pair, nothing is sent; the other end is closed when it gets "x"
 *   full     one end of a pair, nobody reads the other
 *   refused  a datagram socket that has sent something to a port where nobody is */
#include "support.h"

static char a[64], b[64];
static uint32_t n, fd;
static uint16_t flags;
static __wasi_fdstat_t fs;

static int recv_into(uint32_t s, uint32_t size, uint32_t riflags)
{
    uint32_t iov[2] = { AT(a), size };
    memset(a, '?', sizeof a);
    flags = 0xffff;
    return raw_sock_recv(s, AT(iov), 1, riflags, AT(&n), AT(&flags));
}
static int send_text(uint32_t s, const char *text)
{
    uint32_t iov[2] = { AT(text), (uint32_t)strlen(text) };
    return raw_sock_send(s, AT(iov), 1, 0, AT(&n));
}

static void stream(void)
{
    OK("fdstat", raw_fd_fdstat_get(0, AT(&fs)));
    NUM("  type", fs.fs_filetype, 6);
    OK("peek", recv_into(0, 5, 1));
    text_is("  bytes", a, n, "hello");
    NUM("  flags", flags, 0);
    OK("recv", recv_into(0, 5, 0));
    text_is("  bytes", a, n, "hello");
    uint32_t two[4] = { AT(a), 2, AT(b), 4 };
    OK("recv all into two buffers", raw_sock_recv(0, AT(two), 2, 2, AT(&n), AT(&flags)));
    NUM("  bytes", n, 6);
    text_is("  first", a, 2, " w");
    text_is("  second", b, 4, "orld");
    BAD("recv: unknown flag", recv_into(0, 1, 4), INVAL);
    uint32_t out[4] = { AT("ans"), 3, AT("wer"), 3 };
    BAD("send: flags", raw_sock_send(0, AT(out), 2, 1, AT(&n)), INVAL);
    OK("send two buffers", raw_sock_send(0, AT(out), 2, 0, AT(&n)));
    NUM("  bytes", n, 6);
    NUM("fd_read", read_from(0, a, 64), 4);
    text_is("  bytes", a, 4, "more");
    OK("recv at the end", recv_into(0, 5, 0));
    NUM("  bytes", n, 0);
    IS("send to one that is gone", send_text(0, "x"), PIPE);
    IS("write to one that is gone", write_to(0, "x", 1), PIPE);
    BAD("shutdown: 0", raw_sock_shutdown(0, 0), INVAL);
    BAD("shutdown: 4", raw_sock_shutdown(0, 4), INVAL);
    BAD("recv: outside", raw_sock_recv(0, 0xfffffff0, 4, 0, AT(&n), AT(&flags)), FAULT);
    BAD("recv: size outside", raw_sock_recv(0, AT(two), 2, 0, 0xfffffffd, AT(&flags)), FAULT);
    BAD("recv: flags outside", raw_sock_recv(0, AT(two), 2, 0, AT(&n), 0xffffffff), FAULT);
    BAD("send: outside", raw_sock_send(0, AT(out), 0x20000000, 0, AT(&n)), FAULT);
    BAD("send: size outside", raw_sock_send(0, AT(out), 1, 0, 0xfffffffe), FAULT);
    IS("accept on one that does not listen", raw_sock_accept(0, 0, AT(&fd)), INVAL);
    IS("seek", raw_fd_seek(0, 0, 0, AT(a)), SPIPE);
}

static void dgram(void)
{
    OK("fdstat", raw_fd_fdstat_get(0, AT(&fs)));
    NUM("  type", fs.fs_filetype, 5);
    OK("recv into too little", recv_into(0, 5, 0));
    text_is("  bytes", a, n, "first");
    NUM("  cut off", flags, 1);
    OK("recv", recv_into(0, 64, 0));
    text_is("  bytes", a, n, "second");
    NUM("  whole", flags, 0);
}

static void listening(void)
{
    BAD("accept: unknown flag", raw_sock_accept(0, 1, AT(&fd)), INVAL);
    BAD("accept: outside", raw_sock_accept(0, 0, 0xfffffffd), FAULT);
    OK("accept", raw_sock_accept(0, 0, AT(&fd)));
    TRUE("  number", fd > 2);
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  type", fs.fs_filetype, 6);
    NUM("  flags", fs.fs_flags, 0);
    OK("recv", recv_into(fd, 11, 2));
    text_is("  bytes", a, n, "from client");
    OK("send", send_text(fd, "to client"));
    OK("shutdown sending", raw_sock_shutdown(fd, 2));
    IS("send", send_text(fd, "x"), PIPE);
    OK("shutdown both", raw_sock_shutdown(fd, 3));
    IS("accept on a connection", raw_sock_accept(fd, 0, AT(&n)), NOTCAPABLE);
    OK("close", raw_fd_close(fd));
    OK("accept, non-blocking", raw_sock_accept(0, 4, AT(&fd)));
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  flags", fs.fs_flags, 4);
    IS("recv", recv_into(fd, 5, 0), AGAIN);
    OK("close", raw_fd_close(fd));
    OK("make the listener non-blocking", raw_fd_fdstat_set_flags(0, 4));
    IS("accept", raw_sock_accept(0, 0, AT(&fd)), AGAIN);
    OK("give up accepting", raw_fd_fdstat_set_rights(0, R_READ, 0));
    IS("accept", raw_sock_accept(0, 0, AT(&fd)), NOTCAPABLE);
}

static void idle(void)
{
    __wasi_subscription_t in[2] = { { .userdata = 1, .u.tag = 1 }, { .userdata = 2, .u.tag = 0 } };
    __wasi_event_t out[2];
    in[1].u.u.clock.id = 1;
    in[1].u.u.clock.timeout = 50000000;
    OK("set non-blocking", raw_fd_fdstat_set_flags(0, 4));
    IS("recv", recv_into(0, 5, 0), AGAIN);
    NUM("read", read_from(0, a, 5), -__WASI_ERRNO_AGAIN);
    OK("poll", raw_poll_oneoff(AT(in), AT(out), 2, AT(&n)));
    NUM("  events", n, 1);
    NUM("  the clock", out[0].userdata, 2);
    OK("send", send_text(0, "x"));
    in[1].u.u.clock.timeout = 5000000000;
    OK("poll", raw_poll_oneoff(AT(in), AT(out), 2, AT(&n)));
    NUM("  events", n, 1);
    NUM("  the socket", out[0].userdata, 1);
    NUM("  hangup", out[0].fd_readwrite.flags, 1);
    OK("recv", recv_into(0, 5, 0));
    NUM("  bytes", n, 0);
    OK("give up everything", raw_fd_fdstat_set_rights(0, 0, 0));
    IS("recv", recv_into(0, 5, 0), NOTCAPABLE);
    IS("send", send_text(0, "x"), NOTCAPABLE);
    IS("shutdown", raw_sock_shutdown(0, 3), NOTCAPABLE);
    IS("accept", raw_sock_accept(0, 0, AT(&fd)), NOTCAPABLE);
}

static void full(void)
{
    static char much[1 << 16];
    uint32_t iov[2] = { AT(much), sizeof much };
    OK("set non-blocking", raw_fd_fdstat_set_flags(0, 4));
    int e = 0;
    for (int i = 0; i < 10000 && !e; i++)
        e = raw_sock_send(0, AT(iov), 1, 0, AT(&n));
    IS("send more than fits", e, AGAIN);
    IS("write it", raw_fd_write(0, AT(iov), 1, AT(&n)), AGAIN);
}

static void refused(void)
{
    __wasi_subscription_t in = { .userdata = 1, .u.tag = 1 };
    __wasi_event_t out;
    OK("poll", raw_poll_oneoff(AT(&in), AT(&out), 1, AT(&n)));
    IS("the event: the next call tells the error", out.error, SUCCESS);
    NUM("  hangup", out.fd_readwrite.flags, 1);
    IS("what the error is", recv_into(0, 5, 0), CONNREFUSED);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "stream") == 0)
        stream();
    else if (strcmp(what, "dgram") == 0)
        dgram();
    else if (strcmp(what, "listen") == 0)
        listening();
    else if (strcmp(what, "idle") == 0)
        idle();
    else if (strcmp(what, "full") == 0)
        full();
    else if (strcmp(what, "refused") == 0)
        refused();
    else
        return 2;
    return done();
}
