/* grant_net.c - what the options of the network hand to the guest: rules, listeners, sockets of socket activation. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/run.h"
#include "wasi/wasi.h"

enum { FIRST_FD = 3, MOST_FDS = 1024 };

static bool failed(cwasm_error *err, const char *text)
{
    snprintf(err->message, sizeof err->message, "%s", text);
    return false;
}

/* A number from the environment, -1 if it is not there or is none. */
static long number_of(const char *name)
{
    const char *text = getenv(name);
    char *end;
    if (!text || *text < '0' || *text > '9')
        return -1;
    long n = strtol(text, &end, 10);
    return *end ? -1 : n;
}

static bool take(cwasm_wasi *wasi, int fd, cwasm_error *err)
{
    struct stat st;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fstat(fd, &st) < 0 || !S_ISSOCK(st.st_mode) || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        snprintf(err->message, sizeof err->message, "descriptor %d is no socket", fd);
        return false;
    }
    return cw_wasi_take_socket(wasi, fd, flags & O_NONBLOCK ? FDFLAG_NONBLOCK : 0, NULL, err) == CWASM_OK;
}

/* The protocol of sd_listen_fds(3): descriptors from 3 on, if LISTEN_PID is us. The guest gets them from its 3 on and is told how many; it
 * is not told a process id, as it has none. */
static bool listen_fds(cwasm_wasi *wasi, cwasm_error *err)
{
    char text[24];
    long n = number_of("LISTEN_FDS");
    if (n <= 0)
        return failed(err, "LISTEN_FDS is not set: the program was not started by socket activation");
    if (number_of("LISTEN_PID") != (long)getpid())
        return failed(err, "LISTEN_PID is not this process: the sockets are for another one");
    if (n > MOST_FDS)
        return failed(err, "LISTEN_FDS is more than 1024");
    for (int i = 0; i < (int)n; i++)
        if (!take(wasi, FIRST_FD + i, err))
            return false;
    snprintf(text, sizeof text, "%ld", n);
    const char *names = getenv("LISTEN_FDNAMES");
    return !cwasm_wasi_env(wasi, "LISTEN_FDS", text, err) && !(names && cwasm_wasi_env(wasi, "LISTEN_FDNAMES", names, err));
}

static bool listen_at(cwasm_wasi *wasi, const ListenGrant *grant, cwasm_error *err)
{
    char address[512];
    if (!grant->is_tcplisten)
        return !cwasm_wasi_listen(wasi, grant->address, NULL, err);
    if (snprintf(address, sizeof address, "tcp://%s,nonblock", grant->address) >= (int)sizeof address)
        return failed(err, "the address is too long");
    return !cwasm_wasi_listen(wasi, address, NULL, err);
}

const char *cw_grant_net(const Args *args, cwasm_wasi *wasi, cwasm_error *err)
{
    for (size_t i = 0; i < args->n_dns_servers; i++)
        if (cwasm_wasi_dns_server(wasi, args->dns_servers[i], err))
            return "--dns-server";
    for (size_t i = 0; i < args->n_nets; i++)
        if (cwasm_wasi_net_allow(wasi, args->nets[i], err))
            return "--net";
    if (args->listen_fds && !listen_fds(wasi, err))
        return "--listen-fds";
    for (size_t i = 0; i < args->n_listens; i++)
        if (!listen_at(wasi, &args->listens[i], err))
            return args->listens[i].is_tcplisten ? "--tcplisten" : "--listen";
    return NULL;
}
