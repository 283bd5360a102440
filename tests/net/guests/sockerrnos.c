/*
 * sockerrnos.c - every function of sockets.def, under every name, with every error that can be provoked: bad descriptors, addresses and rights by
 * what the table says of each; the host's errors by system calls that the host program (tests/wasi/faults.c) lets fail. sockcalls.h is made of
 * the table by sockcalls.py. With rules that allow nothing, what is refused.
 */
#include "net.h"
#include "../../wasi/faults.h"

__attribute__((import_module("test"), import_name("fail"))) void fail(u32 call, u32 error);

typedef struct Row {
    const char *form, *kinds;
    int (*call)(const uint64_t *args);
    bool needs_right;
} Row;
#include "sockcalls.h"
enum { N_ROWS = sizeof rows / sizeof rows[0], OUTSIDE = 0xfffffffe };
enum {
#define ERRNO(id, number, host, text) E_##id = number,
#define ERRNO_OWN(id, number, text) E_##id = number,
#include "../../../src/wasi/errno.def"
    E_END = 0
};

static uint8_t ip4[4] = { 127, 0, 0, 1 }, scratch[8][128];
static WeAddress address4;
static WamrAddr waddr4;
static char bytes[8];
static u32 iov[2], s, listener, dgram, n;
static char name[200];

static bool is(const Row *row, const char *what)   /* sock_bind also is sock_bind_v2 */
{
    size_t size = strlen(what);
    return strncmp(row->form, what, size) == 0 && (row->form[size] == '/' || strncmp(row->form + size, "_v2/", 4) == 0);
}

/* Arguments that mean something, for the socket fd. */
static void fill(const Row *row, u32 fd, uint64_t args[8])
{
    address4 = (WeAddress){ AT(ip4), 4 };
    waddr4 = wamr4("127.0.0.1", 0);
    memcpy(ip4, (uint8_t[]){ 127, 0, 0, 1 }, 4);
    iov[0] = AT(bytes), iov[1] = sizeof bytes;
    memset(scratch, 0, sizeof scratch);
    for (int i = 0; row->kinds[i]; i++) {
        switch (row->kinds[i]) {
        case 'f': args[i] = fd; break;
        case 'v': args[i] = AT(iov); break;
        case 'n': args[i] = 1; break;
        case 'e': args[i] = AT(&address4); break;
        case 'w': args[i] = AT(&waddr4); break;
        case 's': case 'c': args[i] = AT("localhost"); break;
        case 'z': args[i] = 9; break;
        case 'p': args[i] = AT(scratch[i]); break;
        default: args[i] = 0;
        }
    }
    if (strcmp(row->form, "sock_open/4") == 0)
        args[2] = WAMR_STREAM;
    else if (is(row, "sock_open"))
        args[0] = WE_INET4, args[1] = WE_STREAM;
    else if (is(row, "sock_getsockopt"))
        scratch[4][0] = 4;
    else if (is(row, "sock_setsockopt"))
        args[4] = 4;
    else if (is(row, "sock_shutdown"))
        args[1] = 1;
    else if ((is(row, "sock_getlocaladdr") || is(row, "sock_getpeeraddr")) && strlen(row->kinds) == 3)
        address4 = (WeAddress){ AT(scratch[7]), sizeof scratch[7] };
    else if (is(row, "sock_getaddrinfo"))
        args[2] = AT("80"), args[3] = 2, args[6] = 1;
    else if (is(row, "sock_addr_resolve"))
        args[1] = AT("80"), args[4] = 1;
}

static int call(const Row *row, u32 fd)
{
    uint64_t args[8];
    fill(row, fd, args);
    return row->call(args);
}

static const char *says(const Row *row, const char *what) { return snprintf(name, sizeof name, "%s: %s", row->form, what), name; }

/* ---- What each row says ---- */

static void bad_arguments(void)
{
    u32 bare;
    OK("open", wamr_open(0, WAMR_INET4, WAMR_STREAM, AT(&bare)));
    OK("give up its rights", raw_fd_fdstat_set_rights(bare, 0, 0));
    for (const Row *row = rows; row < rows + N_ROWS; row++) {
        uint64_t args[8];
        if (row->kinds[0] == 'f') {
            IS(says(row, "no descriptor"), call(row, 9999), BADF);
            if (!is(row, "sock_close"))
                IS(says(row, "no socket"), call(row, 1), NOTSOCK);
            if (row->needs_right)
                IS(says(row, "no right"), call(row, bare), NOTCAPABLE);
        }
        for (int i = 0; row->kinds[i]; i++) {
            fill(row, s, args);
            if (!strchr("vewpsc", row->kinds[i]))
                continue;
            args[i] = OUTSIDE;
            snprintf(name, sizeof name, "%s: parameter %d outside", row->form, i);
            IS(name, row->call(args), FAULT);
            if (row->kinds[i] == 'e') {
                fill(row, s, args);
                address4.buf = OUTSIDE;
                IS(says(row, "a buffer outside"), row->call(args), FAULT);
            }
        }
    }
    raw_fd_close(bare);
}

/* ---- The host's errors ---- */

/* For each name of the function: the next system call of this kind fails, and the function with it. */
static void each(const char *what, u32 fd, int fault, const int *errors)
{
    for (const Row *row = rows; row < rows + N_ROWS; row++) {
        bool of = strcmp(what, "get") == 0   ? strncmp(row->form, "sock_get_", 9) == 0
                  : strcmp(what, "set") == 0 ? strncmp(row->form, "sock_set_", 9) == 0 && !strstr(row->form, "membership")
                                             : is(row, what);
        for (const int *e = errors; of && *e; e++) {
            snprintf(name, sizeof name, "%s: the host's %s", row->form, errno_name(*e));
            fail((u32)fault, (u32)*e);
            errno_is(name, call(row, fd), *e);
            fail(FAULT_NONE, 0);
        }
    }
}
#define EACH(what, fd, fault, ...) each(what, fd, FAULT_##fault, (const int[]){ __VA_ARGS__, 0 })

static void failing_host(void)
{
    EACH("sock_open", 0, socket, E_ACCES, E_AFNOSUPPORT, E_INVAL, E_MFILE, E_NFILE, E_NOBUFS, E_NOMEM, E_PERM, E_PROTONOSUPPORT);
    EACH("sock_bind", s, bind, E_ACCES, E_ADDRINUSE, E_ADDRNOTAVAIL, E_AFNOSUPPORT, E_INVAL, E_NOBUFS, E_NOMEM, E_NOTSUP, E_PERM);
    EACH("sock_connect", s, connect, E_ACCES, E_ADDRINUSE, E_ADDRNOTAVAIL, E_AFNOSUPPORT, E_AGAIN, E_ALREADY, E_CONNREFUSED, E_CONNRESET, E_HOSTUNREACH,
         E_INPROGRESS, E_INVAL, E_ISCONN, E_NETDOWN, E_NETUNREACH, E_NOBUFS, E_NOTSUP, E_PERM, E_PROTOTYPE, E_TIMEDOUT);
    EACH("sock_listen", s, listen, E_ACCES, E_ADDRINUSE, E_DESTADDRREQ, E_INVAL, E_NOBUFS, E_NOTSUP);
    EACH("sock_accept", listener, accept, E_CONNABORTED, E_INVAL, E_MFILE, E_NFILE, E_NOBUFS, E_NOMEM, E_NOTSUP, E_PERM, E_PROTO);
    for (u32 i = 0; i < 2; i++) {   /* of a datagram socket and of a stream */
        u32 fd = i ? s : dgram;
        EACH("sock_recv_from", fd, recvmsg, E_AGAIN, E_CONNREFUSED, E_CONNRESET, E_INVAL, E_IO, E_NOBUFS, E_NOMEM, E_NOTCONN, E_NOTSUP, E_TIMEDOUT);
        EACH("sock_recv", fd, recvmsg, E_AGAIN, E_CONNREFUSED, E_CONNRESET, E_INVAL, E_IO, E_NOBUFS, E_NOMEM, E_NOTCONN, E_NOTSUP, E_TIMEDOUT);
        EACH("sock_send_to", fd, sendmsg, E_ACCES, E_AFNOSUPPORT, E_AGAIN, E_CONNREFUSED, E_CONNRESET, E_DESTADDRREQ, E_HOSTUNREACH, E_INVAL, E_IO, E_ISCONN,
             E_MSGSIZE, E_NETDOWN, E_NETUNREACH, E_NOBUFS, E_NOMEM, E_NOTCONN, E_NOTSUP, E_PERM, E_PIPE, E_TIMEDOUT);
        EACH("sock_send", fd, sendmsg, E_ACCES, E_AGAIN, E_CONNRESET, E_DESTADDRREQ, E_INVAL, E_IO, E_MSGSIZE, E_NETDOWN, E_NETUNREACH, E_NOBUFS, E_NOMEM,
             E_NOTCONN, E_NOTSUP, E_PIPE);
    }
    EACH("sock_getlocaladdr", s, getsockname, E_INVAL, E_NOBUFS);
    EACH("sock_addr_local", s, getsockname, E_INVAL, E_NOBUFS);
    EACH("sock_getpeeraddr", s, getpeername, E_INVAL, E_NOBUFS, E_NOTCONN);
    EACH("sock_addr_remote", s, getpeername, E_INVAL, E_NOBUFS, E_NOTCONN);
    EACH("get", s, getsockopt, E_ACCES, E_INVAL, E_NOBUFS, E_NOMEM, E_NOPROTOOPT, E_NOTSUP);
    EACH("sock_getsockopt", s, getsockopt, E_ACCES, E_INVAL, E_NOBUFS, E_NOMEM, E_NOPROTOOPT, E_NOTSUP);
    EACH("set", s, setsockopt, E_DOM, E_INVAL, E_ISCONN, E_NOBUFS, E_NOMEM, E_NOPROTOOPT, E_NOTSUP, E_PERM);
    EACH("sock_setsockopt", s, setsockopt, E_DOM, E_INVAL, E_ISCONN, E_NOBUFS, E_NOMEM, E_NOPROTOOPT, E_PERM);
    EACH("sock_set_ip_add_membership", dgram, setsockopt, E_ADDRINUSE, E_ADDRNOTAVAIL, E_INVAL, E_NODEV, E_NOBUFS, E_NOMEM, E_NOPROTOOPT);
    EACH("sock_set_ip_drop_membership", dgram, setsockopt, E_ADDRNOTAVAIL, E_INVAL, E_NODEV, E_NOBUFS, E_NOMEM, E_NOPROTOOPT);
    EACH("sock_set_ip_add_membership", dgram, getsockname, E_INVAL, E_NOBUFS);
    EACH("sock_set_ip_drop_membership", dgram, getsockname, E_INVAL, E_NOBUFS);
    /* Descriptor 0 is a socket, but none of IP. */
    for (const Row *row = rows; row < rows + N_ROWS; row++) {
        if (is(row, "sock_getlocaladdr") || is(row, "sock_getpeeraddr") || is(row, "sock_addr_local") || is(row, "sock_addr_remote")) {
            uint64_t args[8];
            fill(row, 0, args);
            address4 = (WeAddress){ AT(scratch[0]), row->form[strlen(row->form) - 1] == '3' ? 128 : 16 };
            IS(says(row, "not of IP"), row->call(args), AFNOSUPPORT);
        }
    }
}

/* ---- Other values that are wrong ---- */

static void wrong_values(void)
{
    for (const Row *row = rows; row < rows + N_ROWS; row++) {
        uint64_t args[8];
        fill(row, s, args);
        if (is(row, "sock_recv_from")) {
            args[strlen(row->kinds) == 6 ? 3 : 4] = 4;
            IS(says(row, "flags"), row->call(args), INVAL);
        } else if (is(row, "sock_recv") || is(row, "sock_send") || is(row, "sock_send_to")) {
            args[is(row, "sock_send_to") && strlen(row->kinds) == 7 ? 5 : 3] = 4;
            IS(says(row, "flags"), row->call(args), INVAL);
        } else if (strncmp(row->form, "sock_set_", 9) == 0 && strlen(row->kinds) == 2) {
            args[1] = 0xffffffffffffffff;
            IS(says(row, "value"), row->call(args), INVAL);
        }
        fill(row, s, args);
        for (int i = 0; row->kinds[i]; i++) {
            if (row->kinds[i] == 'w' && !is(row, "sock_recv_from") && !strstr(row->form, "sock_addr")) {
                waddr4.kind = 2;
                IS(says(row, "kind of address"), row->call(args), AFNOSUPPORT);
            } else if (row->kinds[i] == 'e' && !strstr(row->form, "recv_from") && !strstr(row->form, "addr")) {
                address4.size = 128;
                address4.buf = AT(scratch[7]);
                IS(says(row, "family of address"), row->call(args), AFNOSUPPORT);
                address4.size = 5;
                IS(says(row, "size of address"), row->call(args), INVAL);
            } else if (row->kinds[i] == 'e' && strstr(row->form, "recv_from")) {
                address4.size = 3;
                IS(says(row, "size of address"), row->call(args), INVAL);
            }
        }
    }
    waddr4 = (WamrAddr){ .kind = 2 };
    IS("sock_set_ip_add_membership/3: kind", wamr_join(dgram, AT(&waddr4), 0), AFNOSUPPORT);
    IS("sock_set_ip_drop_membership/3: kind", wamr_leave(dgram, AT(&waddr4), 0), AFNOSUPPORT);
    WeAddrinfo hints = { .type = 9 };
    u32 list = AT(&hints);
    NUM("sock_getaddrinfo/8: type", we_getaddrinfo(AT("localhost"), 9, AT("1"), 1, AT(&hints), AT(&list), 1, AT(&n)), 86);
    /* an IPv6 sender or peer into a buffer for IPv4 */
    u32 six, other, port;
    uint8_t ip6[16] = { [15] = 1 };
    WeAddress address6 = { AT(ip6), 16 };
    OK("open", we_open(WE_INET6, WE_DGRAM, AT(&six)));
    OK("open", we_open(WE_INET6, WE_DGRAM, AT(&other)));
    OK("bind", we_bind(six, AT(&address6), 0));
    OK("its address", we_local1(six, AT(&address6), AT(scratch[0]), AT(&port)));
    OK("connect", we_connect(other, AT(&address6), port));
    address4 = (WeAddress){ AT(ip4), 4 };
    IS("sock_getpeeraddr/4: IPv6", we_peer1(other, AT(&address4), AT(scratch[0]), AT(&n)), NOMEM);
    for (const Row *row = rows; row < rows + N_ROWS; row++) {
        if (is(row, "sock_recv_from") && strlen(row->kinds) > 6) {
            OK("send", raw_sock_send(other, (iov[0] = AT(bytes), iov[1] = 1, AT(iov)), 1, 0, AT(&n)));
            IS(says(row, "IPv6"), call(row, six), NOMEM);
        }
    }
    raw_fd_close(six);
    raw_fd_close(other);
    for (const Row *row = rows; row < rows + N_ROWS; row++) {   /* the table is full */
        if (!is(row, "sock_open") && !is(row, "sock_accept"))
            continue;
        u32 count = 0, fd, last = 0;
        while (!raw_fd_renumber(0, 0) && !wamr_open(0, 0, WAMR_DGRAM, AT(&fd)) && count < 2000)
            count++, last = fd;
        IS(says(row, "no more descriptors"), call(row, listener), MFILE);
        for (; count; count--, last--)
            raw_fd_close(last);
    }
}

/* ---- What works under each name ---- */

static void works(void)
{
    u32 a, b, c, size, port, type;
    uint16_t roflags, port16;
    address4 = (WeAddress){ AT(ip4), 4 };
    WeAddress large = { AT(scratch[0]), 128 };
    iov[0] = AT(bytes), iov[1] = sizeof bytes;
    OK("sock_open_v2", f_sock_open_v2_3(WE_INET4, WE_STREAM, AT(&a)));
    OK("sock_bind_v2", f_sock_bind_v2_3(a, AT(&address4), 0));
    OK("sock_listen_v2", f_sock_listen_v2_2(a, 3));
    OK("sock_getlocaladdr_v2", f_sock_getlocaladdr_v2_3(a, AT(&large), AT(&port)));
    OK("sock_open_v2", f_sock_open_v2_3(WE_INET4, WE_STREAM, AT(&b)));
    OK("sock_connect_v2", f_sock_connect_v2_3(b, AT(&address4), port));
    OK("sock_accept_v2", f_sock_accept_v2_3(a, 4, AT(&c)));
    IS("nothing there", f_sock_recv_v2_6(c, AT(iov), 1, 0, AT(&size), AT(&roflags)), AGAIN);
    OK("sock_getpeeraddr_v2", f_sock_getpeeraddr_v2_3(b, AT(&large), AT(&port)));
    OK("sock_getpeeraddr/4", f_sock_getpeeraddr_4(b, AT(&address4), AT(&type), AT(&port)));
    OK("sock_send_v2", f_sock_send_v2_5(c, AT(iov), 1, 0, AT(&size)));
    OK("sock_recv_v2", f_sock_recv_v2_6(b, AT(iov), 1, 0, AT(&size), AT(&roflags)));
    OK("sock_send_to_v2", f_sock_send_to_v2_7(c, AT(iov), 1, AT(&address4), port, 0, AT(&size)));
    OK("sock_recv_from_v2", f_sock_recv_from_v2_8(b, AT(iov), 1, AT(&address4), 0, AT(&port16), AT(&size), AT(&roflags)));
    OK("non-blocking", raw_fd_fdstat_set_flags(a, 4));
    for (const Row *row = rows; row < rows + N_ROWS; row++)
        if (is(row, "sock_accept"))
            IS(says(row, "nobody"), call(row, a), AGAIN);
    OK("sock_close", f_sock_close_1(a));
    OK("sock_close", f_sock_close_1(b));
    OK("sock_close", f_sock_close_1(c));
    WamrAddr group = wamr4("224.0.0.99", 0);
    fail(FAULT_NONE, 0);
    int joined = wamr_join(dgram, AT(&group), 0);
    if (joined)   /* no route for multicast: by the interface of loopback */
        joined = wamr_join(dgram, AT(&group), 0x0100007f), n = 0x0100007f;
    else
        n = 0;
    OK("join a group", joined);
    OK("leave it", wamr_leave(dgram, AT(&group), n));
    OK("multicast loop of IPv4", wamr_set_loop(dgram, 0, 1));
    OK("get it", wamr_get_loop(dgram, 0, AT(scratch[0])));
}

/* ---- Rules that allow something else ---- */

static void refused(void)
{
    u32 fd, udp;
    WeAddrinfo hints = { 0 };
    u32 list = AT(&hints);
    OK("open", wamr_open(0, WAMR_INET4, WAMR_STREAM, AT(&fd)));
    OK("open", wamr_open(0, WAMR_INET4, WAMR_DGRAM, AT(&udp)));
    for (const Row *row = rows; row < rows + N_ROWS; row++) {
        uint64_t args[8];
        fill(row, is(row, "sock_send_to") ? udp : fd, args);
        waddr4.v4.port = 9;
        if (is(row, "sock_bind"))
            args[2] = 9;
        if (is(row, "sock_bind") || is(row, "sock_connect") || is(row, "sock_listen") || is(row, "sock_send_to"))
            IS(says(row, "refused"), row->call(args), ACCES);
    }
    WamrAddr group = wamr4("224.0.0.99", 0);
    IS("sock_set_ip_add_membership/3: refused", wamr_join(udp, AT(&group), 0), ACCES);
    IS("sock_getaddrinfo/8: refused", we_getaddrinfo(AT("example.com"), 11, AT("1"), 1, AT(&hints), AT(&list), 1, AT(&n)), ACCES);
    IS("sock_addr_resolve/6: refused", wamr_resolve(AT("example.com"), AT("1"), AT(scratch[0]), AT(scratch[1]), 1, AT(&n)), ACCES);
    NUM("sock_getaddrinfo/8: nobody answers", we_getaddrinfo(AT("x.test"), 6, AT("1"), 1, AT(&hints), AT(&list), 1, AT(&n)), 78);
    IS("sock_addr_resolve/6: nobody answers", wamr_resolve(AT("x.test"), AT("1"), AT(scratch[0]), AT(scratch[1]), 1, AT(&n)), AGAIN);
}

/* No rule at all. */
static void nothing(void)
{
    for (const Row *row = rows; row < rows + N_ROWS; row++)
        if (is(row, "sock_open"))
            IS(says(row, "no rule"), call(row, 0), ACCES);
}

int main(int argc, char **argv)
{
    u32 fd;
    if (argc > 1 && strcmp(argv[1], "nothing") == 0)
        return nothing(), done();
    if (argc > 1 && strcmp(argv[1], "refused") == 0)
        return refused(), done();
    listener = 3;
    OK("open", wamr_open(0, WAMR_INET4, WAMR_STREAM, AT(&s)));
    OK("open", wamr_open(0, WAMR_INET4, WAMR_DGRAM, AT(&dgram)));
    OK("a listener that waits", raw_fd_fdstat_set_flags(listener, 0));
    for (fd = 0; fd < 2; fd++)
        OK("non-blocking", raw_fd_fdstat_set_flags(fd ? s : dgram, 4));
    bad_arguments();
    failing_host();
    wrong_values();
    works();
    return done();
}
