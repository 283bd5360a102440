/*
 * faults.c - runs guests/faults.c with a host whose system calls can be made to fail.
 *
 *     faults faults.wasm DIRECTORY [UPPER]        UPPER: the guest gets an overlay of both instead of DIRECTORY
 *     faults faults.wasm DIRECTORY signals        nothing fails, but a signal comes each millisecond, while the guest waits for what a thread does
 *
 * Descriptor 0 of the guest is a connected socket, and the first number after 2 a listening one. CWASM_TEST_NET has rules for the network. CWASM_TEST_TRACE names a file that gets "function
 * error" for each call (see errnos.py).
 *
 * The linker puts __wrap_X between the library and each system call X (-Wl,--wrap, see run.py), so the library is the one that is shipped and
 * pays nothing for it. Each wrapper takes and hands on six words, which all these calls fit into.
 */
#include "wasi/wasi.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "faults.h"
#include "trace.h"

static int armed, host_error;
static int fails(int which)
{
    if (armed != which)
        return 0;
    armed = FAULT_NONE;
    errno = host_error;
    return 1;
}

/* posix_fadvise returns the error. */
#define FORTIFIED FAULT
#define FAULT(id, symbol)                                                                                     \
    long __real_##symbol(long a, long b, long c, long d, long e, long f, long g);                             \
    long __wrap_##symbol(long a, long b, long c, long d, long e, long f, long g);                             \
    long __wrap_##symbol(long a, long b, long c, long d, long e, long f, long g)                              \
    {                                                                                                         \
        if (fails(FAULT_##id))                                                                                \
            return FAULT_##id == FAULT_fadvise ? host_error : -1;                                             \
        return __real_##symbol(a, b, c, d, e, f, g);                                                          \
    }
FAULT_ROWS
#ifdef __GLIBC__
FORTIFIED_ROWS
#endif
#undef FAULT

/* ---- Real signals ---- */

static int pair[2];
static u32 listener_port;
static unsigned n_signals;
static void on_signal(int n) { (void)n, n_signals++; }

/* Sends two bytes to the guest and connects to it, with time between. */
static void *other_side(void *x)
{
    for (int i = 0; i < 3; i++) {
        nanosleep(&(struct timespec){ 0, 150000000 }, NULL);
        if (i < 2) {
            if (send(pair[1], "x", 1, 0) != 1)
                abort();
        } else {
            struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((u16)listener_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
            int s = socket(AF_INET, SOCK_STREAM, 0);
            if (connect(s, (struct sockaddr *)&to, sizeof to))
                abort();
        }
    }
    return x;
}

static bool storm(void)
{
    sigset_t alarm;
    pthread_t thread;
    struct sigaction action = { .sa_handler = on_signal };   /* no SA_RESTART */
    struct itimerval each = { { 0, 1000 }, { 0, 1000 } };
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    if (pthread_sigmask(SIG_BLOCK, &alarm, NULL) || pthread_create(&thread, NULL, other_side, NULL) || pthread_sigmask(SIG_UNBLOCK, &alarm, NULL))
        return false;
    return pthread_detach(thread) == 0 && sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &each, NULL) == 0;
}

/* The socket that was opened last, which nobody tells us of. */
static u32 port_of_listener(void)
{
    struct sockaddr_in at;
    int listens;
    for (int fd = 255; fd > 2; fd--) {
        socklen_t size = sizeof listens, room = sizeof at;
        if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens && getsockname(fd, (struct sockaddr *)&at, &room) == 0)
            return ntohs(at.sin_port);
    }
    return 0;
}

static cwasm_trap_code fail(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller;
    static const int host[] = {
#define ERRNO(id, number, name, text) [number] = name,
#define ERRNO_OWN(id, number, text)
#include "wasi/errno.def"
    };
    uint32_t e = cwasm_slot_u32(slots[1]);
    armed = (int)cwasm_slot_u32(slots[0]);
    host_error = e < sizeof host / sizeof host[0] ? host[e] : 0;
    return CWASM_TRAP_NONE;
}

int main(int argc, char **argv)
{
    static char bytes[1 << 20];
    cwasm_error err = { .message = "" };
    cwasm_engine *engine = NULL; cwasm_module *module = NULL; cwasm_store *store = NULL; cwasm_linker *linker = NULL; cwasm_wasi *wasi = NULL;
    cwasm_instance *instance;
    u32 listener;
    const bool signals = argc == 4 && strcmp(argv[3], "signals") == 0;
    const char *rules = getenv("CWASM_TEST_NET");
    FILE *file = (argc == 3 || argc == 4) && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 ? fopen(argv[1], "rb") : NULL;
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file)
        fclose(file);
    int status = 1;
    if (!cwasm_engine_new(NULL, &engine, &err) && !cwasm_module_new(engine, bytes, size, &module, &err) &&
        !cwasm_store_new(engine, &store, &err) && !cwasm_linker_new(engine, &linker, &err) && !cwasm_wasi_new(NULL, &wasi, &err) &&
        !cwasm_wasi_inherit_stdio(wasi, &err) && !cwasm_wasi_stdio_fd(wasi, 0, pair[0], &err) &&
        !cwasm_wasi_listen(wasi, signals ? "tcp://127.0.0.1:0" : "tcp://127.0.0.1:0,nonblock", &listener, &err) &&
        !(rules && (cwasm_wasi_max_handles(wasi, 100), cwasm_wasi_net_allow(wasi, rules, &err))) &&
        !(argc == 3 || signals ? cwasm_wasi_dir(wasi, argv[2], "/", 0, &err) : cwasm_wasi_overlay(wasi, argv[2], "/", argv[3], 0, NULL, &err)) &&
        !cwasm_wasi_args(wasi, (size_t)argc - 2, (const char *[]){ "faults", signals ? "signals" : "overlay" }, &err) && trace_to_file(wasi) && !cwasm_wasi_define(wasi, linker, &err) &&
        !cwasm_linker_define_func(linker, "test", "fail", "ii:", fail, NULL, &err) &&
        !cwasm_linker_instantiate(linker, store, module, &instance, &err) &&
        (listener_port = port_of_listener()) != 0 && (!signals || storm())) {
        cwasm_status s = cwasm_func_call(store, cwasm_instance_func(instance, "_start"), NULL, 0, NULL, 0, &err);
        status = s == CWASM_OK ? 0 : s == CWASM_EXIT ? (int)cwasm_store_exit_code(store) : 1;
    }
    if (signals && n_signals < 100) {
        printf("FAIL only %u signals came\n", n_signals);
        status = 1;
    }
    if (err.message[0] && status)
        fprintf(stderr, "%s\n", err.message);
    trace_end();
    cwasm_linker_free(linker);
    cwasm_store_free(store);
    cwasm_wasi_free(wasi);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    return status;
}
