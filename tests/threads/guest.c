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

static void on_all(void (*run)(void *))
{
    Thread *threads[N];
    for (int i = 0; i < N; i++)
        threads[i] = must(start(run, (void *)(intptr_t)i));
    for (int i = 0; i < N; i++)
        join(threads[i]);
}

static void files(void)
{
    on_all(files_run);
    check(opened == N * 80, "every open gave a descriptor");
    on_all(chaos_run);
    check(true, "chaos");
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
