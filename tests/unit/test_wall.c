/* The second wall (src/wasi/wall*.c): what a confined process can still do. Each case confines a child process, as it is for good. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cwasm.h"
#include "wasi/wall.h"

static char base[64];
static unsigned possible;   /* the walls that this kernel has */
enum { ALL = CWASM_WALL_FILES | CWASM_WALL_CALLS | CWASM_WALL_CODE };

/* The checks of a child: each prints what is wrong. */
static int wrong;
static void expect(const char *what, int right)
{
    if (!right) {
        fprintf(stderr, "%s: errno %d\n", what, errno);
        wrong++;
    }
}

static void make(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", base, name);
    FILE *f = fopen(path, "w");
    if (!f || fputs(text, f) < 0 || fclose(f))
        abort();
}

static int can_open(const char *name, int flags)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", base, name);
    int fd = open(path, flags, 0666);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int moves(const char *from, const char *to)
{
    char a[128], b[128];
    snprintf(a, sizeof a, "%s/%s", base, from);
    snprintf(b, sizeof b, "%s/%s", base, to);
    return renameat(AT_FDCWD, a, AT_FDCWD, b) == 0;
}

/* Confines this process as the cwasm program does for --dir one --dir two --dir readonly:ro. */
static unsigned confine(unsigned walls)
{
    static const char *const dirs[] = { "one", "two", "readonly" };
    cwasm_wasi *wasi;
    cwasm_error err;
    unsigned up = 0;
    if (cwasm_wasi_new(NULL, &wasi, &err))
        abort();
    for (int i = 0; i < 3; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", base, dirs[i]);
        if (cwasm_wasi_dir(wasi, path, path, i == 2 ? CWASM_DIR_READ_ONLY : CWASM_DIR_READ_WRITE, &err))
            abort();
    }
    cwasm_status status = cwasm_wasi_confine(wasi, walls, &up, &err);
    if ((status == CWASM_OK) != (up == (walls & ALL)) || (status && !err.message[0]))
        abort();
    return up;
}

/* Fails unless the child ends with 0. */
static void wait_for(pid_t child)
{
    int status = -1;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Runs test(up) in a child that is confined; fails if a check of it did. */
static void in_child(unsigned walls, void (*test)(unsigned up))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        unsigned up = confine(walls);
        test(up);
        _exit(wrong != 0);
    }
    wait_for(child);
}

static void files(unsigned up)
{
    bool is_shut = up & CWASM_WALL_FILES;
    expect("read what was given", can_open("one/file", O_RDONLY));
    expect("write it", can_open("one/file", O_RDWR | O_TRUNC));
    expect("make a file", can_open("one/new", O_RDWR | O_CREAT));
    expect("read what is read-only", can_open("readonly/file", O_RDONLY));
    expect("move between trees", moves("one/new", "two/new"));
    expect("the parent's directory", !is_shut || (!can_open("outside", O_RDONLY) && errno == EACCES));
    expect("another file", !is_shut || !can_open("../../etc/passwd", O_RDONLY));
    expect("a new file outside", !is_shut || !can_open("made", O_RDWR | O_CREAT));
    expect("write what is read-only", !is_shut || !can_open("readonly/file", O_WRONLY));
    expect("make a file in it", !is_shut || !can_open("readonly/new", O_RDWR | O_CREAT));
    expect("move out", !is_shut || !moves("one/file", "stolen"));
    expect("move in", !is_shut || !moves("outside", "one/stolen"));
    expect("procfs", !is_shut || open("/proc/self/mem", O_RDWR) < 0);
}

static void code(unsigned up)
{
    bool is_shut = up & CWASM_WALL_CODE;
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    expect("memory", p != MAP_FAILED);
    expect("made executable", !is_shut || mprotect(p, 4096, PROT_READ | PROT_EXEC) != 0);
    expect("mapped executable", !is_shut || mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

static void calls(unsigned up)
{
    if (!(up & CWASM_WALL_CALLS))
        return;
    char *none[] = { NULL };
    static const long denied[] = {
        SYS_kill, SYS_ptrace, SYS_socket, SYS_clone, SYS_clone3, SYS_unshare, SYS_mount, SYS_prctl, SYS_seccomp, SYS_fchmodat, SYS_fchownat,
        SYS_fchmod, SYS_mknodat, SYS_setuid, SYS_process_vm_writev, SYS_shmget, SYS_shmat, SYS_semget, SYS_msgget, SYS_keyctl, SYS_bpf,
        SYS_perf_event_open, SYS_io_uring_setup, SYS_userfaultfd, SYS_memfd_create, SYS_name_to_handle_at, SYS_open_by_handle_at,
        SYS_pidfd_open, SYS_execveat, SYS_personality, SYS_syslog, SYS_clock_settime, SYS_tgkill, SYS_init_module, SYS_reboot, 500, 511,
        512, 100000
    };
    for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "call %ld", denied[i]);
        errno = 0;
        expect(name, syscall(denied[i], -1L, 0L, 0L, 0L, 0L, 0L) == -1 && errno == ENOSYS);
    }
    expect("execve", execve("/bin/true", none, none) < 0 && errno == ENOSYS);
    int pipes[2];
    expect("a pipe", pipe(pipes) == 0);
    expect("FIONREAD", ioctl(pipes[0], FIONREAD, &(int){ 0 }) == 0);
    expect("FIOASYNC", ioctl(pipes[0], FIOASYNC, &(int){ 1 }) < 0 && errno == EPERM);
    expect("flags", fcntl(pipes[0], F_SETFL, fcntl(pipes[0], F_GETFL) | O_NONBLOCK) == 0);
    expect("an owner of signals", fcntl(pipes[0], F_SETOWN, getppid()) < 0 && errno == EPERM);
    expect("which signal", fcntl(pipes[0], 10 /* F_SETSIG */, SIGKILL) < 0 && errno == EPERM);
    expect("a lock", fcntl(pipes[0], F_SETLK, &(struct flock){ .l_type = F_WRLCK }) < 0 && errno == EPERM);
}

/* A guest that was given no file: no call that takes a path and that Landlock would look at, with Landlock or without. */
static void no_paths(unsigned up)
{
    if (!(up & CWASM_WALL_CALLS))
        return;
    static const long denied[] = {
        SYS_openat, SYS_mkdirat, SYS_unlinkat, SYS_linkat, SYS_symlinkat, SYS_readlinkat, SYS_truncate, SYS_openat2,
#if defined(SYS_open)
        SYS_open, SYS_creat, SYS_mkdir, SYS_rmdir, SYS_unlink, SYS_link, SYS_symlink, SYS_rename,
#endif
        SYS_getdents64, SYS_landlock_create_ruleset, SYS_socket, SYS_kill, SYS_chdir, SYS_fchdir, SYS_execve,
    };
    for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "call %ld", denied[i]);
        errno = 0;
        expect(name, syscall(denied[i], (long)"/", (long)"/", 0L, 0L, 0L, 0L) == -1 && errno == ENOSYS);
    }
    expect("openat", syscall(SYS_openat, AT_FDCWD, ".", O_RDONLY) == -1 && errno == ENOSYS);
    struct stat st;
    expect("fstat", fstat(0, &st) == 0);
}

static void other_numbers(unsigned up)
{
    (void)up;
#if defined(__x86_64__)
    expect("x32's write", syscall(0x40000000 | 1, 2, "x\n", 2L) < 0);
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");   /* getpid of i386: the end */
    (void)result;
#endif
}

static int token;

static void *run_thread(void *x) { return x; }

static void threads(unsigned up)
{
    pthread_t thread;
    void *result = NULL;
    (void)up;
    expect("a thread", pthread_create(&thread, NULL, run_thread, &token) == 0 && pthread_join(thread, &result) == 0 && result == &token);
    expect("no process", !(up & CWASM_WALL_CALLS) || fork() < 0);
}

/* Confines this process as the cwasm program does without directories. */
static void without_files(unsigned walls, void (*test)(unsigned up))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        cwasm_wasi *wasi;
        unsigned up = 0;
        if (cwasm_wasi_new(NULL, &wasi, NULL) || cwasm_wasi_inherit_stdio(wasi, NULL))
            _exit(2);
        if (cwasm_wasi_confine(wasi, walls, &up, NULL) == CWASM_OK && up != walls)
            _exit(3);
        if ((possible & CWASM_WALL_CALLS & walls) && (walls & CWASM_WALL_FILES))   /* the filter does it, whatever the kernel has */
            expect("files", (up & CWASM_WALL_FILES) != 0);
        test(up);
        _exit(wrong != 0);
    }
    wait_for(child);
}

static void can_open_own(unsigned up)
{
    (void)up;
    expect("a file of the embedder", can_open("outside", O_RDONLY));
}

static void cannot_open(unsigned up)
{
    expect("a file", !(up & CWASM_WALL_FILES) || !can_open("outside", O_RDONLY));
}

static void no_files_at_all(void **state)
{
    (void)state;
    without_files(ALL, no_paths);
    without_files(ALL, calls);
    without_files(CWASM_WALL_FILES | CWASM_WALL_CALLS, no_paths);
    without_files(CWASM_WALL_FILES, cannot_open);
    without_files(CWASM_WALL_CALLS, can_open_own);   /* not asked to keep from files */
}

/* wall_ready.inc is what would be made. */
static void ready_filters(void **state)
{
    (void)state;
    for (int paths = 0; paths < 2; paths++) {
        WallPlan plan = { .walls = ALL, .paths = paths };
        u16 n_ready = 0, n;
        WallIns made[WALL_MAX_INS];
        const WallIns *ready = cw_wall_ready_filter(&plan, &n_ready);
        n = cw_wall_make_filter(&plan, made);
        if (!ready)
            continue;   /* another processor */
        bool same = n == n_ready;
        for (u16 i = 0; same && i < n; i++)
            same = ready[i].code == made[i].code && ready[i].yes == made[i].yes && ready[i].no == made[i].no && ready[i].k == made[i].k;
        const char *name = paths ? "WITH_FILES" : "WITHOUT_FILES";
        for (u16 i = 0; !same && i < n; i++)
            print_message("%s(0x%02x, %u, %u, 0x%x)\n", name, made[i].code, made[i].yes, made[i].no, made[i].k);
        assert_true(same);
        plan.sockets = true;
        assert_null(cw_wall_ready_filter(&plan, &n_ready));
        plan = (WallPlan){ .walls = ALL | CWASM_WALL_THREADS, .paths = paths };
        assert_null(cw_wall_ready_filter(&plan, &n_ready));
    }
    for (unsigned i = 0; i < 16; i++) {   /* each of them fits */
        WallPlan plan = { .walls = ALL | (i & 1 ? CWASM_WALL_THREADS : 0), .paths = i & 2, .sockets = i & 4, .net = (i & 12) == 12 };
        WallIns made[WALL_MAX_INS];
        u16 n = cw_wall_make_filter(&plan, made);
        assert_true(n < WALL_MAX_INS);
        assert_true(n > 0 || !(possible & CWASM_WALL_CALLS));
    }
}

static void what_works(void **state)
{
    (void)state;
    in_child(ALL, files);
    in_child(CWASM_WALL_FILES, files);
}

static void no_executable_memory(void **state)
{
    (void)state;
    in_child(ALL, code);
}

static void no_other_calls(void **state)
{
    (void)state;
    in_child(ALL, calls);
    in_child(ALL | CWASM_WALL_THREADS, threads);
}

static void no_other_architecture(void **state)
{
    (void)state;
    if (!(possible & CWASM_WALL_CALLS)) {
        print_message("this kernel or build has no system call filter\n");
        return;
    }
#if defined(__x86_64__)
    pid_t child = fork();
    if (child == 0) {
        confine(ALL);
        other_numbers(ALL);
        _exit(0);
    }
    int status = -1;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_true(WIFSIGNALED(status));
    assert_true(WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV);   /* SEGV: a kernel without i386 calls */
#endif
}

/* TIOCSTI pushes input into a terminal; with a terminal among the streams only harmless requests pass. */
static void no_terminal_tricks(void **state)
{
    (void)state;
    int host = posix_openpt(O_RDWR | O_NOCTTY), status = -1;
    assert_true(host >= 0 && grantpt(host) == 0 && unlockpt(host) == 0);
    pid_t child = fork();
    if (child == 0) {
        cwasm_wasi *wasi;
        unsigned up;
        setsid();
        int terminal = open(ptsname(host), O_RDWR);
        if (terminal < 0 || cwasm_wasi_new(NULL, &wasi, NULL) || cwasm_wasi_stdio_fd(wasi, 0, terminal, NULL))
            _exit(2);
        if (cwasm_wasi_confine(wasi, ALL, &up, NULL) && (up & CWASM_WALL_CALLS) != (possible & CWASM_WALL_CALLS))
            _exit(3);
        expect("isatty", isatty(terminal));
        expect("TIOCSTI", !(up & CWASM_WALL_CALLS) || (ioctl(terminal, TIOCSTI, "x") < 0 && errno == EPERM));
        _exit(wrong != 0);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
    close(host);
}

/* ---- With rules for the network ---- */

static int makes(int family, int type, int protocol)
{
    int fd = socket(family, type, protocol);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int goes(int (*call)(int, const struct sockaddr *, socklen_t), int type, const char *host, int port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, type, 0), failed = inet_pton(AF_INET, host, &to.sin_addr) != 1 || call(fd, (struct sockaddr *)&to, sizeof to) != 0;
    int why = failed ? errno : 0;
    close(fd);
    errno = why;
    return !failed || why != EACCES;   /* refused by the other side is not refused by the wall */
}

/* Version of Landlock in this kernel: ports are from 4 on. */
static long landlock(void) { return syscall(444, NULL, 0L, 1L); }

static void with_net(const char *rules, void (*test)(unsigned up))
{
    fflush(NULL);
    long version = landlock();
    pid_t child = fork();
    if (child == 0) {
        cwasm_wasi *wasi;
        cwasm_error err;
        unsigned up = 0;
        if (cwasm_wasi_new(NULL, &wasi, &err) || cwasm_wasi_net_allow(wasi, rules, &err))
            _exit(2);
        if (cwasm_wasi_confine(wasi, ALL, &up, &err) && !err.message[0])
            _exit(3);
        test(version >= 4 ? up : up & ~(unsigned)CWASM_WALL_FILES);
        _exit(wrong != 0);
    }
    int status = -1;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
}

static void only_ip(unsigned up)
{
    bool is_shut = up & CWASM_WALL_CALLS;
    expect("IPv4 stream", makes(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    expect("IPv4 datagram", makes(AF_INET, SOCK_DGRAM, 0));
    expect("IPv6", makes(AF_INET6, SOCK_STREAM, 0) || errno == EAFNOSUPPORT);
    static const int refused[][3] = {
        { AF_UNIX, SOCK_STREAM, 0 }, { AF_NETLINK, SOCK_RAW, 0 }, { AF_PACKET, SOCK_RAW, 0 }, { 40 /* vsock */, SOCK_STREAM, 0 },
        { 38 /* alg */, SOCK_SEQPACKET, 0 }, { AF_INET, SOCK_RAW, 1 }, { AF_INET, SOCK_RAW, 0 }, { AF_INET6, SOCK_RAW, 58 },
        { AF_INET, SOCK_SEQPACKET, 0 }, { AF_INET, SOCK_STREAM, 132 /* SCTP */ }, { AF_INET, SOCK_STREAM, 262 /* MPTCP */ },
        { AF_INET, SOCK_DGRAM, 1 /* ping */ }, { AF_INET | 0x100, SOCK_STREAM, 0 }, { -1, SOCK_STREAM, 0 }
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char name[40];
        snprintf(name, sizeof name, "socket %d, %d, %d", refused[i][0], refused[i][1], refused[i][2]);
        expect(name, !is_shut || (!makes(refused[i][0], refused[i][1], refused[i][2]) && errno == EPERM));
    }
    expect("a pair", !is_shut || socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){ 0, 0 }) < 0);
}

static void ports(unsigned up)
{
    bool is_shut = up & CWASM_WALL_FILES;
    expect("connect to the port", goes(connect, SOCK_STREAM, "127.0.0.1", 47001));
    expect("to the last of a range", goes(connect, SOCK_STREAM, "127.0.0.1", 47012));
    expect("to another", !is_shut || !goes(connect, SOCK_STREAM, "127.0.0.1", 47013));
    expect("to one for listening", !is_shut || !goes(connect, SOCK_STREAM, "127.0.0.1", 47002));
    expect("bind to the port", goes(bind, SOCK_STREAM, "127.0.0.1", 47002));
    expect("bind to any", goes(bind, SOCK_STREAM, "127.0.0.1", 0));
    expect("bind to another", !is_shut || !goes(bind, SOCK_STREAM, "127.0.0.1", 47001));
    expect("UDP is not looked at", goes(connect, SOCK_DGRAM, "127.0.0.1", 47013));
}

static void no_tcp(unsigned up)
{
    expect("connect", !(up & CWASM_WALL_FILES) || !goes(connect, SOCK_STREAM, "127.0.0.1", 47001));
    expect("bind", !(up & CWASM_WALL_FILES) || !goes(bind, SOCK_STREAM, "127.0.0.1", 47001));
}

static void any_connect(unsigned up)
{
    expect("connect", goes(connect, SOCK_STREAM, "127.0.0.1", 47013));
    expect("bind", !(up & CWASM_WALL_FILES) || !goes(bind, SOCK_STREAM, "127.0.0.1", 47001));
}

static void name_server(unsigned up)
{
    expect("the name server", goes(connect, SOCK_STREAM, "127.0.0.1", 47053));
    expect("the service", goes(connect, SOCK_STREAM, "127.0.0.1", 47443));
    expect("another", !(up & CWASM_WALL_FILES) || !goes(connect, SOCK_STREAM, "127.0.0.1", 53));
}

static void network(void **state)
{
    (void)state;
    with_net("tcp:127.0.0.1:80", only_ip);
    with_net("tcp:127.0.0.1:47001,tcp:10.0.0.0/8:47010-47012,tcp-listen:127.0.0.1:47002", ports);
    with_net("udp:127.0.0.1:53", no_tcp);
    with_net("tcp:127.0.0.1,tcp-from:127.0.0.1", any_connect);
    with_net("tcp:127.0.0.1:1-65,tcp:127.0.0.1:47013", any_connect);
}

static void network_names(void **state)
{
    (void)state;
    fflush(NULL);
    long version = landlock();
    pid_t child = fork();
    if (child == 0) {
        cwasm_wasi *wasi;
        unsigned up = 0;
        if (cwasm_wasi_new(NULL, &wasi, NULL) || cwasm_wasi_dns_server(wasi, "127.0.0.1:47053", NULL) ||
            cwasm_wasi_net_allow(wasi, "tcp:example.com:47443", NULL))
            _exit(2);
        if (cwasm_wasi_confine(wasi, ALL, &up, NULL) == CWASM_ARGUMENT)
            _exit(3);
        name_server(version >= 4 ? up : 0);
        _exit(wrong != 0);
    }
    int status = -1;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
}

static void wrong_flags(void **state)
{
    (void)state;
    cwasm_wasi *wasi;
    cwasm_error err;
    assert_int_equal(cwasm_wasi_new(NULL, &wasi, &err), CWASM_OK);
    assert_int_equal(cwasm_wasi_confine(wasi, 64, NULL, &err), CWASM_ARGUMENT);
    assert_int_equal(cwasm_wasi_confine(wasi, 0, NULL, &err), CWASM_OK);
    cwasm_wasi_free(wasi);
}

/* Finds out what there is, in a child. */
static unsigned find_out(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit((int)confine(ALL));
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
}

static int setup(void **state)
{
    static const char *const dirs[] = { "", "/one", "/two", "/readonly" };
    (void)state;
    strcpy(base, "/tmp/cwasm-wall-XXXXXX");
    if (!mkdtemp(base))
        return -1;
    for (int i = 1; i < 4; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", base, dirs[i]);
        if (mkdir(path, 0777))
            return -1;
    }
    make("outside", "outside");
    make("one/file", "one");
    make("readonly/file", "readonly");
    possible = find_out();
    print_message("walls: files %s, calls %s, code %s\n", possible & CWASM_WALL_FILES ? "yes" : "no",
                  possible & CWASM_WALL_CALLS ? "yes" : "no", possible & CWASM_WALL_CODE ? "yes" : "no");
    return 0;
}

static int teardown(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", base);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_flags),      cmocka_unit_test(what_works),    cmocka_unit_test(no_executable_memory),
        cmocka_unit_test(no_other_calls),   cmocka_unit_test(no_files_at_all), cmocka_unit_test(ready_filters),
        cmocka_unit_test(no_other_architecture), cmocka_unit_test(no_terminal_tricks), cmocka_unit_test(network),
        cmocka_unit_test(network_names),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
