/* guest.c - a program with threads; its first argument says what it does. Prints "ok <check>" and "FAIL <check>". */
#include "shim.h"

enum { N = 8, ROUNDS = 400 };

static Thread *must(Thread *t)
{
    if (!t)
        check(false, "a thread starts");
    return t;
}

/* ---- together: mutex, condition variable, atomics, thread-local data, join ---- */

static _Thread_local int local = 41;
static Mutex mutex;
static Condition turn_changed;
static int plain, atomic, turn, locals_wrong;

static void together_run(void *argument)
{
    int me = (int)(intptr_t)argument;
    local += me;
    for (int i = 0; i < ROUNDS; i++) {
        lock(&mutex);
        plain++;
        unlock(&mutex);
        __atomic_fetch_add(&atomic, 3, __ATOMIC_SEQ_CST);
    }
    for (int i = 0; i < 20; i++) {   /* one after the other */
        lock(&mutex);
        while (turn % N != me)
            await(&turn_changed, &mutex);
        turn++;
        signal_all(&turn_changed);
        unlock(&mutex);
    }
    if (local != 41 + me)
        __atomic_fetch_add(&locals_wrong, 1, __ATOMIC_SEQ_CST);
}

static void together(void)
{
    Thread *threads[N];
    int ids[N];
    for (int i = 0; i < N; i++)
        threads[i] = must(start(together_run, (void *)(intptr_t)i));
    for (int i = 0; i < N; i++)
        ids[i] = join(threads[i]);
    check(plain == N * ROUNDS, "mutex");
    check(atomic == N * ROUNDS * 3, "atomics");
    check(turn == N * 20, "condition variable");
    check(!locals_wrong && local == 41, "thread-local data");
    bool different = true, valid = true;
    for (int i = 0; i < N; i++) {
        valid = valid && ids[i] > 0 && ids[i] <= 0x1fffffff;
        for (int k = 0; k < i; k++)
            different = different && ids[i] != ids[k];
    }
    check(valid, "thread numbers");
    check(different, "thread numbers differ");
}

/* ---- stress: threads that come and go, start others, and grow the memory ---- */

static int alive, most_alive, runs;

static void stress_run(void *argument)
{
    int depth = (int)(intptr_t)argument, now = __atomic_add_fetch(&alive, 1, __ATOMIC_SEQ_CST), most = most_alive;
    while (now > most && !__atomic_compare_exchange_n(&most_alive, &most, now, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        continue;
    char *p = allocate(5000);
    for (int i = 0; p && i < 5000; i += 100)
        p[i] = (char)i;
    notify(&alive, 2);
    Thread *child = depth ? start(stress_run, (void *)(intptr_t)(depth - 1)) : NULL;
    wait32(&alive, -1, 1000);
    if (child)
        join(child);
    for (int i = 0; p && i < 5000; i += 100)
        if (p[i] != (char)i)
            check(false, "memory is one's own");
    __atomic_fetch_sub(&alive, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&runs, 1, __ATOMIC_SEQ_CST);
}

static void stress(void)
{
    int started = 0;
    for (int round = 0; round < 25; round++) {
        Thread *threads[N];
        for (int i = 0; i < N; i++)
            started += (threads[i] = start(stress_run, (void *)(intptr_t)(i % 3))) != NULL;
        for (int i = 0; i < N; i++)
            if (threads[i])
                join(threads[i]);
    }
    check(alive == 0, "all have ended");
    check(started == 25 * N, "all were started");
    check(runs > started, "and their children");
}

static void on_all(void (*run)(void *))
{
    Thread *threads[N];
    for (int i = 0; i < N; i++)
        threads[i] = must(start(run, (void *)(intptr_t)i));
    for (int i = 0; i < N; i++)
        join(threads[i]);
}

/* ---- files: the descriptors are those of all threads ---- */

static int opened;

static void files_run(void *argument)
{
    char name[] = "file-0";
    name[5] = (char)('0' + (int)(intptr_t)argument);
    for (int i = 0; i < 40; i++) {
        int fd;
        char back[8];
        size_t done;
        const struct { const void *p; size_t n; } out = { name, 6 }, in = { back, 6 };
        if (wasi_path_open(3, 0, name, 6, 9 /* create, truncate */, 0x42 /* read, write */, 0, 0, &fd) ||
            wasi_fd_write(fd, &out, 1, &done) || done != 6 || wasi_fd_close(fd) ||
            wasi_path_open(3, 0, name, 6, 0, 2, 0, 0, &fd) || wasi_fd_read(fd, &in, 1, &done) || done != 6)
            check(false, "files");
        for (int k = 0; k < 6; k++)
            if (back[k] != name[k])
                check(false, "a descriptor is its own file");
        if (wasi_fd_close(fd))
            check(false, "close");
        __atomic_fetch_add(&opened, 2, __ATOMIC_SEQ_CST);
    }
    wasi_path_unlink_file(3, name, 6);
}

/* Closes, renumbers and uses the same few numbers as everybody else, never caring what comes of it. */
static void chaos_run(void *argument)
{
    uint32_t seed = (uint32_t)(intptr_t)argument * 2654435761u + 1;
    for (int i = 0; i < 600; i++) {
        seed = seed * 1664525 + 1013904223;
        int fd = 4 + (int)(seed >> 20) % 6, other;
        char bytes[16];
        size_t done;
        const struct { void *p; size_t n; } iov = { bytes, sizeof bytes };
        switch (seed >> 28 & 7) {
        case 0: wasi_fd_close(fd); break;
        case 1: wasi_fd_renumber(fd, 4 + (int)(seed >> 10) % 6); break;
        case 2: wasi_fd_read(fd, &iov, 1, &done); break;
        case 3: wasi_fd_write(fd, &iov, 1, &done); break;
        case 4: wasi_fd_fdstat_set_flags(fd, seed >> 12 & 1 ? 1 : 0); break;
        default: wasi_path_open(3, 0, "chaos", 5, 1, 0x4a, 0, 0, &other); break;
        }
    }
}

static void files(void)
{
    on_all(files_run);
    check(opened == N * 80, "every open gave a descriptor");
    on_all(chaos_run);
    check(true, "chaos");
}

/* ---- races: attacks on the table of handles ----
 *
 * 3 to 6 are preopened: a writable directory of the host, a read-only one, a tmpfs and an overlay. All threads close, renumber (also over the
 * preopens and over each other), open, list, read, wait for and shrink the rights of the same few numbers. Nothing of what they get may be from
 * outside of the trees; the runner looks whether anything there or in the read-only trees changed. */

enum { FIRST = 3, LAST = 15, TREES = 4, RACES = 5000 };
static const uint64_t R_DIR = 0x7bffe19, R_ALL = 0x7bffe19 | 0x8e001ff;
static int spare[TREES];   /* the trees once more, at numbers that nobody else uses */

static bool has_secret(const char *bytes, size_t n)
{
    for (size_t i = 0; i + 6 <= n; i++)
        if (bytes[i] == 'S' && bytes[i + 1] == 'E' && bytes[i + 2] == 'C' && bytes[i + 3] == 'R' && bytes[i + 4] == 'E' && bytes[i + 5] == 'T')
            return true;
    return false;
}

/* Nothing outside is reached from a number, whatever it stands for just now. */
static void try_to_leave(int fd, bool into)
{
    static const char *const ways[] = { "..", "../canary/secret.txt", "out/secret.txt", "sub/../../canary/secret.txt", "/etc/passwd", "out" };
    char stat[64];
    int got;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (wasi_path_open(fd, 1, ways[i], length(ways[i]), 0, 2, 0, 0, &got) == 0 || wasi_path_filestat_get(fd, 1, ways[i], length(ways[i]), stat) == 0)
            check(false, "nothing outside is reached");
    }
    if (into && wasi_path_open(fd, 0, "../made", 7, 1, 0x42, 0, 0, &got) == 0)
        check(false, "nothing is made outside");
}

static void list(int fd)
{
    char entries[512];
    size_t used = sizeof entries;
    uint64_t cookie = 0;
    for (int calls = 0; calls < 20 && used == sizeof entries; calls++) {
        if (wasi_fd_readdir(fd, entries, sizeof entries, cookie, &used))
            return;
        if (used > sizeof entries)
            check(false, "no more entries than there is room for");
        for (size_t at = 0; at + 24 <= used;) {
            uint32_t name;
            memcpy(&name, entries + at + 16, 4);
            if (at + 24 + name > used)
                break;
            if (has_secret(entries + at + 24, name))
                check(false, "no listing of what is outside");
            memcpy(&cookie, entries + at, 8);
            at += 24 + name;
        }
    }
}

/* Waits for two numbers for no time, or a little. */
static void wait_a_moment(int fd, int other)
{
    struct { uint64_t userdata; uint8_t type, pad[7]; uint32_t what, pad2; uint64_t timeout, precision; uint16_t flags, pad3[3]; } in[3] = { 0 };
    char out[3 * 32];
    int n;
    in[0].type = 1, in[0].what = (uint32_t)fd;
    in[1].type = 2, in[1].what = (uint32_t)other;
    in[2].what = 1, in[2].timeout = 20000;
    wasi_poll_oneoff(in, out, 3, &n);
}

static void race_run(void *argument)
{
    uint32_t seed = (uint32_t)(intptr_t)argument * 2654435761u + 7;
    char bytes[64], name[] = "name-0";
    size_t done;
    const struct { void *p; size_t n; } iov = { bytes, sizeof bytes };
    for (int i = 0; i < RACES; i++) {
        seed = seed * 1664525 + 1013904223;
        int fd = FIRST + (int)(seed >> 22) % (LAST - FIRST), other = FIRST + (int)(seed >> 8 & 0xff) % (LAST - FIRST), got;
        name[5] = (char)('0' + (seed >> 5) % 6);
        switch (seed >> 27) {
        case 0: case 1: wasi_fd_close(fd); break;
        case 2: case 3: case 4: case 5: wasi_fd_renumber(fd, other); break;
        case 6: case 7: list(fd); break;
        case 8: if (!wasi_fd_read(fd, &iov, 1, &done) && has_secret(bytes, done)) check(false, "the secret was read"); break;
        case 9: if (!wasi_fd_pread(fd, &iov, 1, 0, &done) && has_secret(bytes, done)) check(false, "the secret was read"); break;
        case 10: wasi_fd_write(fd, &iov, 1, &done); break;
        case 11: wait_a_moment(fd, other); break;
        case 12: try_to_leave(fd, seed & 64); break;
        case 13: wasi_fd_fdstat_set_rights(fd, R_DIR & ~(uint64_t)0x40, R_ALL & ~(uint64_t)(seed & 64)); break;
        case 14: wasi_fd_prestat_get(fd, bytes); wasi_fd_prestat_dir_name(fd, bytes, sizeof bytes); break;
        case 15: wasi_path_create_directory(fd, name, 6); break;
        case 16: wasi_path_remove_directory(fd, name, 6); break;
        case 17: wasi_path_unlink_file(fd, name, 6); break;
        case 18: wasi_path_rename(fd, name, 6, other, "name-1", 6); break;
        case 19: wasi_fd_filestat_get(fd, bytes); wasi_fd_fdstat_get(fd, bytes); break;
        case 20: case 21: case 22: wasi_path_open(fd, 0, name, 6, 1, 0x4a, 0, 0, &got); break;   /* create, read, write */
        case 23: case 24: wasi_path_open(fd, 0, name, 6, 2, R_DIR, R_ALL, 0, &got); break;       /* a directory */
        case 25: wasi_fd_fdstat_set_flags(fd, seed & 64 ? 1 : 0); break;
        default: wasi_path_open(spare[seed >> 3 & 3], 0, seed & 64 ? "." : "sub", seed & 64 ? 1 : 3, 2, R_DIR, R_ALL, 0, &got); break;
        }
    }
}

static void races(void)
{
    for (int i = 0; i < TREES; i++) {   /* beyond the numbers that the threads use */
        int held[LAST], n = 0, fd = 0;
        while (n < LAST && wasi_path_open(FIRST + i, 0, ".", 1, 2, R_DIR & ~(uint64_t)(i == 1 ? 0x17c1e40 : 0), R_ALL & ~(uint64_t)(i == 1 ? 0x17c1f40 : 0), 0, &fd) == 0 && fd < LAST + i)
            held[n++] = fd;
        if (fd < LAST)
            check(false, "the trees are there");
        spare[i] = fd;
        while (n)
            wasi_fd_close(held[--n]);
    }
    on_all(race_run);
    for (int i = 0; i < TREES; i++)
        try_to_leave(spare[i], false);
    check(true, "nothing was reached");
}

/* ---- address: one that the rules allow and one that they do not, exchanged by another thread while calls look at them ---- */

static struct { uint32_t kind; uint8_t ip[4]; uint16_t port; uint8_t rest[14]; } address = { .ip = { 127, 0, 0, 1 } };
static int ports[2], exchanging = 1;

static void exchange_run(void *argument)
{
    (void)argument;
    for (uint32_t i = 0; __atomic_load_n(&exchanging, __ATOMIC_SEQ_CST); i++)
        __atomic_store_n(&address.port, (uint16_t)ports[i & 1], __ATOMIC_RELAXED);
}

static void addresses(void)
{
    const struct { const void *p; size_t n; } iov = { "hello", 5 };
    int fd;
    unsigned seen = 0;   /* a bit each: sent, connected, and refused to do either */
    size_t done;
    Thread *t = must(start(exchange_run, NULL));
    enum { ROUNDS = 3000, MORE = 10000 };   /* on a busy machine the other thread may not have run yet: it is waited for */
    for (int i = 0; i < ROUNDS || (seen != 15 && i < ROUNDS + MORE); i++) {
        if (i >= ROUNDS)
            sleep_ms(1);
        int e = wasi_sock_open(0, 0, i & 1, &fd);
        if (e)
            check(false, "a socket");
        e = i & 1 ? wasi_sock_connect(fd, &address) : wasi_sock_send_to(fd, &iov, 1, 0, &address, &done);
        seen |= 1u << ((i & 1) + (e ? 2 : 0));
        wasi_fd_close(fd);
    }
    __atomic_store_n(&exchanging, 0, __ATOMIC_SEQ_CST);
    join(t);
    check(seen == 15, "both addresses were tried");
}

/* A thread reads from a pipe or terminal (stdin), another closes the number under it. */
static int read_done;
static void reader_run(void *argument)
{
    char bytes[16];
    size_t done = 0;
    const struct { void *p; size_t n; } iov = { bytes, sizeof bytes };
    *(int *)argument = wasi_fd_read(0, &iov, 1, &done);
    read_done = (int)done;
}

static void close_under_read(void)
{
    int error = -1;
    Thread *t = must(start(reader_run, &error));
    sleep_ms(100);
    check(wasi_fd_close(0) == 0, "closed while another thread waits for it");
    say("closed\n");   /* the test writes to the pipe now */
    join(t);
    check(error == 0 && read_done == 3, "and that one still reads");
}

/* ---- how it ends ---- */

static int never;
static volatile int zero;
static void spin_run(void *argument) { (void)argument; while (!__atomic_load_n(&never, __ATOMIC_SEQ_CST)) continue; }
static void sleep_run(void *argument) { (void)argument; wait32(&never, 0, -1); }
static void poll_run(void *argument) { (void)argument; sleep_ms(3600000); }
static void trap_run(void *argument) { (void)argument; sleep_ms(20); zero = 1000 / zero; }
static void exit_run(void *argument) { sleep_ms(20); wasi_proc_exit((int)(intptr_t)argument); }
static void exit_now_run(void *argument) { wasi_proc_exit((int)(intptr_t)argument); }

static void spawn_until_refused(void)
{
    int n = 0;
    while (start(sleep_run, NULL))
        n++;
    say_number("threads ", n);
    if (allocate(STACK))   /* else it was memory that ran out, not threads */
        check(wasi_thread_spawn(NULL) == -EAGAIN_WASI, "the error is EAGAIN");
}

/* A thread that ends makes room for another. */
static void room_again(void)
{
    for (int i = 0; i < 20; i++) {
        Thread *t;
        while (!(t = start(stress_run, NULL)))
            wasi_sched_yield();
        join(t);
    }
    check(runs == 20, "one after the other");
}

static const struct { const char *name; void (*do_it)(void); } actions[] = {
    { "together", together }, { "stress", stress }, { "files", files }, { "close-under-read", close_under_read },
    { "races", races }, { "addresses", addresses },
    { "until-refused", spawn_until_refused }, { "room-again", room_again },
};

/* name: "main activity", "what a second and third thread do" */
static const struct { const char *name; void (*first)(void *); void (*second)(void *); void (*main)(void *); } endings[] = {
    { "trap while main spins", trap_run, spin_run, spin_run },
    { "trap while main waits", trap_run, sleep_run, sleep_run },
    { "trap while main is in the host", trap_run, poll_run, poll_run },
    { "exit while main spins", exit_run, spin_run, spin_run },
    { "exit while main waits", exit_run, sleep_run, sleep_run },
    { "exit while main is in the host", exit_run, poll_run, poll_run },
    { "main traps", spin_run, sleep_run, trap_run },
    { "main exits", spin_run, sleep_run, exit_run },
    { "main exits, others in the host", poll_run, poll_run, exit_run },
    { "main returns", spin_run, sleep_run, NULL },
    { "all exit", exit_now_run, exit_now_run, exit_now_run },
    { "nobody ends", spin_run, sleep_run, sleep_run },
    { "nobody ends, main spins", spin_run, sleep_run, spin_run },
    { "nobody ends, main in the host", spin_run, sleep_run, poll_run },
};

__attribute__((export_name("_start"))) void _start(void)
{
    size_t n, size;
    wasi_args_sizes_get(&n, &size);
    char **argv = allocate(n * sizeof *argv), *text = allocate(size);
    wasi_args_get(argv, text);
    if (n < 2)
        check(false, "an argument");
    for (size_t i = 2; i < n && i < 4; i++)
        for (const char *digit = argv[i]; *digit; digit++)
            ports[i - 2] = ports[i - 2] * 10 + *digit - '0';
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (equal(argv[1], actions[i].name)) {
            actions[i].do_it();
            return;
        }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (equal(argv[1], endings[i].name)) {
            must(start(endings[i].second, (void *)7));
            must(start(endings[i].second, (void *)7));
            must(start(endings[i].first, (void *)7));
            if (endings[i].main)
                endings[i].main((void *)7);
            return;
        }
    check(false, "a known argument");
}
