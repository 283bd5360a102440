/*
 * probe.c - tries one thing on the network and prints how it went, for tests of the rules (WAMR's calls):
 *
 *   tcp IP PORT | udp IP PORT | listen IP PORT | listen-any FAMILY | bind-udp IP PORT    "SUCCESS" or the name of the error
 *   resolve HOST                                                        the addresses, sorted as they come, or the error
 *   names HOST PORT TIMES                                               TIMES: resolves and connects to the first address; a line for each
 *   serve                                                               accepts at descriptor 3 until a client says "end"; says who came
 *   wait WHAT                                                           blocks: accept, recv, poll, read, sleep, loop, connect IP PORT
 */
#include "net.h"

#include <time.h>
#include <unistd.h>

static u32 fd, n;

static int try_it(const char *what, const char *ip, u32 port)
{
    WamrAddr a = wamr_addr(ip, port);
    u32 stream = strcmp(what, "udp") != 0 && strcmp(what, "bind-udp") != 0;
    int e = wamr_open(0, a.kind, stream ? WAMR_STREAM : WAMR_DGRAM, AT(&fd));
    if (e)
        return e;
    if (strcmp(what, "tcp") == 0)
        return wamr_connect(fd, AT(&a));
    if (strcmp(what, "udp") == 0) {
        u32 iov[2] = { AT("hello"), 5 };
        e = wamr_send_to(fd, AT(iov), 1, 0, AT(&a), AT(&n));
        int connected = wamr_connect(fd, AT(&a));
        if (e != connected)
            printf("sending says %s, connecting ", errno_name(e));
        return connected;
    }
    wamr_set_reuse_addr(fd, 1);
    e = wamr_bind(fd, AT(&a));
    return e || !stream ? e : sock_listen(fd, 5);
}

static int resolve(const char *host, WamrInfo *infos, u32 max)
{
    WamrHints hints = { .type = WAMR_STREAM, .family = WAMR_ANY, .enabled = 1 };
    return wamr_resolve(AT(host), AT(""), AT(&hints), AT(infos), max, AT(&n));
}

static void print_addr(const WamrAddr *a)
{
    if (a->kind == WAMR_INET4) {
        printf("%u.%u.%u.%u", a->v4.ip[0], a->v4.ip[1], a->v4.ip[2], a->v4.ip[3]);
        return;
    }
    for (int i = 0; i < 8; i++)
        printf("%s%x", i ? ":" : "", a->v6.ip[i]);
}

static void print_names(const char *host, u32 port, int times)
{
    static WamrInfo infos[40];
    for (int i = 0; i < times; i++) {
        int e = resolve(host, infos, 40);
        if (e) {
            printf("%s\n", errno_name(e));
            continue;
        }
        for (u32 k = 0; k < n; k++) {
            printf(k ? " " : "");
            print_addr(&infos[k].addr);
        }
        if (n == 0)
            printf("none");
        if (n && port) {
            WamrAddr a = infos[0].addr;
            if (a.kind == WAMR_INET4)
                a.v4.port = (uint16_t)port;
            else
                a.v6.port = (uint16_t)port;
            wamr_open(0, a.kind, WAMR_STREAM, AT(&fd));
            printf(" %s", errno_name(wamr_connect(fd, AT(&a))));
            wamr_close(fd);
        }
        printf("\n");
        fflush(stdout);
        if (i + 1 < times)
            getchar();
    }
}

static int serve(void)
{
    char buf[16];
    for (;;) {
        u32 c;
        WamrAddr who;
        int e = raw_sock_accept(3, 0, AT(&c)), size;
        if (e)
            return printf("%s\n", errno_name(e)), 1;
        if (wamr_remote(c, AT(&who)))
            memset(&who, 0, sizeof who);
        size = read_from(c, buf, sizeof buf);
        print_addr(&who);
        printf(" %.*s\n", size > 0 ? size : 0, buf);
        fflush(stdout);
        write_to(c, "bye", 3);
        raw_fd_close(c);
        if (size == 3 && memcmp(buf, "end", 3) == 0)
            return 0;
    }
}

static void wait_for(const char *what, char **more)
{
    printf("waiting\n");
    fflush(stdout);
    if (strcmp(what, "accept") == 0) {
        raw_sock_accept(3, 0, AT(&fd));
    } else if (strcmp(what, "recv") == 0) {
        WamrAddr a = wamr4("127.0.0.1", 0);
        u32 buf, iov[2] = { AT(&buf), 4 };
        wamr_open(0, WAMR_INET4, WAMR_DGRAM, AT(&fd));
        wamr_bind(fd, AT(&a));
        wamr_recv_from(fd, AT(iov), 1, 0, AT(&a), AT(&n));
    } else if (strcmp(what, "poll") == 0) {
        __wasi_subscription_t in = { .u.tag = 1, .u.u.fd_read.file_descriptor = 3 };
        __wasi_event_t out;
        raw_poll_oneoff(AT(&in), AT(&out), 1, AT(&n));
    } else if (strcmp(what, "read") == 0) {
        getchar();
    } else if (strcmp(what, "sleep") == 0) {
        struct timespec t = { 1000, 0 };
        nanosleep(&t, NULL);
    } else if (strcmp(what, "loop") == 0) {
        for (volatile u32 i = 0;; i++)
            ;
    } else if (strcmp(what, "connect") == 0) {
        WamrAddr a = wamr4(more[0], (u32)atoi(more[1]));
        wamr_open(0, WAMR_INET4, WAMR_STREAM, AT(&fd));
        printf("%s\n", errno_name(wamr_connect(fd, AT(&a))));
    }
    printf("went on\n");
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "listen-any") == 0 && argc > 2) {
        int e = wamr_open(0, (u32)atoi(argv[2]), WAMR_STREAM, AT(&fd));
        printf("%s\n", errno_name(e ? e : sock_listen(fd, 5)));
    } else if (strcmp(what, "names") == 0 && argc > 4) {
        print_names(argv[2], (u32)atoi(argv[3]), atoi(argv[4]));
    } else if (strcmp(what, "serve") == 0) {
        return serve();
    } else if (strcmp(what, "wait") == 0 && argc > 2) {
        wait_for(argv[2], argv + 3);
    } else if (argc > 3) {
        printf("%s\n", errno_name(try_it(what, argv[2], (u32)atoi(argv[3]))));
    } else {
        return 2;
    }
    return 0;
}
