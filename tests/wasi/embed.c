/*
 * embed.c - the embedder's side of WASI: streams in memory, what is refused, limits, and running out of memory at every allocation.
 *
 *     embed echo.wasm paths.wasm fds.wasm DIRECTORY
 *
 * run.py --library builds and runs it. Prints like the guests do.
 */
#include "wasi/wasi.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace.h"

static int failures;
static cwasm_error err;

static void expect(const char *name, bool ok, const char *got)
{
    printf(ok ? "ok %s\n" : "FAIL %s: got %s\n", name, got);
    failures += !ok;
}
static void status_is(const char *name, cwasm_status got, cwasm_status want)
{
    expect(name, got == want, got ? err.message : "success");
}

/* ---- An allocator that counts, and fails when told to ---- */

typedef struct Counting {
    size_t n, fail_at, bytes;   /* fail_at 0: never */
} Counting;

static void *counting_realloc(void *ctx, void *p, size_t old_size, size_t new_size)
{
    Counting *c = ctx;
    if (new_size == 0) {
        c->bytes -= old_size;
        free(p);
        return NULL;
    }
    if (++c->n == c->fail_at)
        return NULL;
    void *q = realloc(p, new_size);
    if (q)
        c->bytes += new_size - old_size;
    return q;
}

/* ---- Running a guest ---- */

typedef struct Output {
    char text[70000];
    size_t size, most;   /* most: bytes taken at a time */
    int left;            /* calls until it fails; -1: never */
} Output;

static ptrdiff_t collect(void *ctx, const void *bytes, size_t size)
{
    Output *o = ctx;
    if (o->left == 0)
        return -1;
    o->left -= o->left > 0;
    size = size < o->most ? size : o->most;
    if (o->size + size >= sizeof o->text)
        return -1;
    memcpy(o->text + o->size, bytes, size);
    o->size += size;
    o->text[o->size] = 0;
    return (ptrdiff_t)size;
}

static void *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(2);
    }
    void *bytes = malloc(1 << 22);
    *size = fread(bytes, 1, 1 << 22, f);
    fclose(f);
    return bytes;
}

static cwasm_engine *engine;

static cwasm_module *load(const char *path)
{
    size_t size;
    void *bytes = read_file(path, &size);
    cwasm_module *m;
    if (cwasm_module_new(engine, bytes, size, &m, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.message);
        exit(2);
    }
    free(bytes);
    return m;
}

/* The guest's exit code, or -1 if it did not run to its end. */
static int run(cwasm_module *module, cwasm_wasi *wasi)
{
    cwasm_store *store = NULL;
    cwasm_linker *linker = NULL;
    cwasm_instance *instance;
    int code = -1;
    cwasm_status status = cwasm_store_new(engine, &store, &err);
    if (!status)
        status = cwasm_linker_new(engine, &linker, &err);
    if (!status)
        status = trace_to_file(wasi) ? cwasm_wasi_define(wasi, linker, &err) : CWASM_HOST;
    if (!status)
        status = cwasm_linker_instantiate(linker, store, module, &instance, &err);
    if (!status)
        status = cwasm_func_call(store, cwasm_instance_func(instance, "_start"), NULL, 0, NULL, 0, &err);
    if (status == CWASM_OK)
        code = 0;
    if (status == CWASM_EXIT)
        code = (int)cwasm_store_exit_code(store);
    cwasm_linker_free(linker);
    cwasm_store_free(store);
    return code;
}

static Output out, errors;

static cwasm_wasi *fresh(void)
{
    cwasm_wasi *w;
    if (cwasm_wasi_new(NULL, &w, &err))
        exit(2);
    out = (Output){ .most = SIZE_MAX, .left = -1 };
    errors = out;
    if (cwasm_wasi_stdout_callback(w, 1, collect, &out, &err) || cwasm_wasi_stdout_callback(w, 2, collect, &errors, &err))
        exit(2);
    return w;
}

static void text_is(const char *name, const Output *o, const char *want) { expect(name, strcmp(o->text, want) == 0, o->text); }

static void streams(cwasm_module *echo)
{
    cwasm_wasi *w;
    status_is("new", cwasm_wasi_new(NULL, &w, &err), CWASM_OK);
    expect("everything closed: the guest runs", run(echo, w) == 0, err.message);
    cwasm_wasi_free(w);

    w = fresh();
    status_is("stdin from memory", cwasm_wasi_stdin_bytes(w, "some input\n", 11, &err), CWASM_OK);
    const char *argv[] = { "echo", "one", "two words" };
    status_is("args", cwasm_wasi_args(w, 1, argv, &err), CWASM_OK);
    status_is("args again", cwasm_wasi_args(w, 3, argv, &err), CWASM_OK);
    status_is("env", cwasm_wasi_env(w, "A", "1", &err), CWASM_OK);
    status_is("env", cwasm_wasi_env(w, "AB", "2", &err), CWASM_OK);
    status_is("env", cwasm_wasi_env(w, "C", "", &err), CWASM_OK);
    status_is("env replaces", cwasm_wasi_env(w, "A", "longer than before", &err), CWASM_OK);
    const char *envp[] = { "noequals", "=noname", "AB=3=4", "D=5", NULL };
    status_is("env array", cwasm_wasi_env_array(w, envp, &err), CWASM_OK);
    expect("run", run(echo, w) == 0, err.message);
    text_is("stdout", &out, "some input\n");
    text_is("stderr", &errors, "[one][two words]{C=}{A=longer than before}{AB=3=4}{D=5}");
    cwasm_wasi_free(w);

    w = fresh();
    status_is("stdin, empty", cwasm_wasi_stdin_bytes(w, NULL, 0, &err), CWASM_OK);
    expect("run", run(echo, w) == 0, err.message);
    text_is("stdout", &out, "");
    cwasm_wasi_free(w);

    w = fresh();
    static char big[60000];
    memset(big, 'b', sizeof big - 1);
    status_is("stdin", cwasm_wasi_stdin_bytes(w, "replaced", 8, &err), CWASM_OK);
    status_is("stdin, 60 kB", cwasm_wasi_stdin_bytes(w, big, sizeof big - 1, &err), CWASM_OK);
    out.most = 7;
    expect("a callback that takes 7 bytes at a time", run(echo, w) == 0, err.message);
    text_is("stdout", &out, big);
    cwasm_wasi_free(w);

    w = fresh();
    status_is("stdin", cwasm_wasi_stdin_bytes(w, big, 1000, &err), CWASM_OK);
    out.left = 3;
    expect("a callback that fails is an error for the guest", run(echo, w) == 3, err.message);
    expect("after three calls", out.size == 192, out.text);
    cwasm_wasi_free(w);

    printf("# host descriptors\n");
    w = fresh();
    int pipe_fds[2];
    u32 guest_fd = 0;
    if (pipe(pipe_fds))
        exit(2);
    status_is("stdin", cwasm_wasi_stdio_fd(w, 0, pipe_fds[0], &err), CWASM_OK);
    status_is("a further descriptor", cw_wasi_pass_fd(w, pipe_fds[1], &guest_fd, &err), CWASM_OK);
    expect("  has number 3", guest_fd == 3, "another");
    if (write(pipe_fds[1], "by pipe", 7) != 7)
        exit(2);
    close(pipe_fds[1]);
    expect("run", run(echo, w) == 0, err.message);
    text_is("stdout", &out, "by pipe");
    cwasm_wasi_free(w);
    expect("a borrowed descriptor stays open", fcntl(pipe_fds[0], F_GETFD) >= 0, "closed");
    close(pipe_fds[0]);
}

static void refusals(const char *dir)
{
    cwasm_wasi *w = fresh();
    status_is("descriptor 3 as a standard stream", cwasm_wasi_stdio_fd(w, 3, 0, &err), CWASM_ARGUMENT);
    status_is("descriptor -1", cwasm_wasi_stdio_fd(w, -1, 0, &err), CWASM_ARGUMENT);
    status_is("a host descriptor that is not open", cwasm_wasi_stdio_fd(w, 0, 9999, &err), CWASM_HOST);
    status_is("a callback for stdin", cwasm_wasi_stdout_callback(w, 0, collect, &out, &err), CWASM_ARGUMENT);
    status_is("env without a name", cwasm_wasi_env(w, "", "x", &err), CWASM_ARGUMENT);
    status_is("env with = in its name", cwasm_wasi_env(w, "A=B", "x", &err), CWASM_ARGUMENT);
    status_is("dir that is not there", cwasm_wasi_dir(w, "/nonexistent/dir", "/", 0, &err), CWASM_HOST);
    expect("  names it", strstr(err.message, "/nonexistent/dir") != NULL, err.message);
    status_is("dir with unknown flags", cwasm_wasi_dir(w, dir, "/", 0x80, &err), CWASM_ARGUMENT);
    status_is("dir without a name", cwasm_wasi_dir(w, dir, "", 0, &err), CWASM_ARGUMENT);
    status_is("dir with a name that is not UTF-8", cwasm_wasi_dir(w, dir, "\xff", 0, &err), CWASM_ARGUMENT);
    status_is("procfs", cwasm_wasi_dir(w, "/proc", "/", 0, &err), CWASM_HOST);
    expect("  says why", strstr(err.message, "interface to the kernel") != NULL, err.message);
    status_is("no error record", cwasm_wasi_dir(w, "/proc", "/", 0, NULL), CWASM_HOST);
    cwasm_wasi_max_handles(w, 3);
    status_is("more than the limit", cwasm_wasi_dir(w, dir, "/", 0, &err), CWASM_LIMIT);
    cwasm_wasi_free(w);
    cwasm_wasi_free(NULL);
}

/* A guest that prints its own checks, in every way to resolve and open. */
static void guest(const char *name, cwasm_module *module, const char *dir, u32 limit)
{
    for (int mode = 0; mode < 4; mode++) {
        char text[100], command[300];
        cwasm_wasi *w = fresh();
        cw_wasi_force_path_walk(w, mode & 1);
        cw_wasi_force_no_proc(w, mode & 2);
        if (limit)
            cwasm_wasi_max_handles(w, limit);
        snprintf(command, sizeof command, "rm -rf '%s' && mkdir -p '%s/two'", dir, dir);
        if (system(command))
            exit(2);
        status_is("dir", cwasm_wasi_dir(w, dir, "/", CWASM_DIR_READ_WRITE, &err), CWASM_OK);
        snprintf(command, sizeof command, "%s/two", dir);
        status_is("dir", cwasm_wasi_dir(w, command, "/two", CWASM_DIR_READ_WRITE, &err), CWASM_OK);
        snprintf(text, sizeof text, "%s%s%s", name, mode & 1 ? ", walking" : "", mode & 2 ? ", without /proc" : "");
        const char *argv[] = { name };
        status_is("args", cwasm_wasi_args(w, 1, argv, &err), CWASM_OK);
        int code = run(module, w);
        expect(text, code == 0, code < 0 ? err.message : out.text);
        cwasm_wasi_free(w);
    }
}

/* ---- Opening what an O_PATH descriptor stands for, where the numbers of descriptors mean something else ---- */

static int object, pipe_number;
static HostFds fds;
static HostStat object_st;

/* In a table of descriptors that differs from the one that fds tells of: there pipe_number is a pipe, opening which would wait; here it is the file. */
static bool opens_the_file(void)
{
    const HostOpen how = { .read = true };
    char text[8] = "";
    int fd;
    if (dup2(object, pipe_number) != pipe_number)
        return false;
    alarm(20);
    return cw_host_reopen(&fds, pipe_number, &object_st, &how, &fd) == ERRNO_SUCCESS && read(fd, text, sizeof text - 1) == 4 && strcmp(text, "file") == 0;
}

static void *with_own_table(void *good)
{
    *(bool *)good = unshare(CLONE_FILES) == 0 && opens_the_file();
    return NULL;
}

static void reopening(const char *dir)
{
    char path[300];
    const HostOpen how = { .read = true };
    HostStat other = { .type = HOST_REGULAR };
    int pipes[2], fd, status = 1;
    bool good = false;
    pthread_t thread;
    snprintf(path, sizeof path, "rm -rf '%s' && mkdir '%s' && printf file > '%s/f'", dir, dir, dir);
    if (system(path) || pipe(pipes))
        exit(2);
    snprintf(path, sizeof path, "%s/f", dir);
    expect("descriptors on procfs", cw_host_open_fds(&fds) == ERRNO_SUCCESS, "an error");
    expect("the object", cw_host_open_file(path, &object) == ERRNO_SUCCESS && cw_host_fstat(object, &object_st) == ERRNO_SUCCESS, "an error");
    expect("reopen", cw_host_reopen(&fds, object, &object_st, &how, &fd) == ERRNO_SUCCESS, "an error");
    close(fd);
    expect("reopen what is another object", cw_host_reopen(&fds, object, &other, &how, &fd) == ERRNO_STALE, "another answer");
    pipe_number = pipes[1];
    pid_t child = fork();
    if (child == 0)
        _exit(!opens_the_file());
    expect("reopen after fork", waitpid(child, &status, 0) == child && status == 0, "a failure");
    close(pipes[1]);   /* as a regular file now: a thread's own table is noticed by what was opened */
    pipe_number = open("/dev/null", O_RDONLY);
    expect("reopen in a thread with descriptors of its own", pthread_create(&thread, NULL, with_own_table, &good) == 0 && pthread_join(thread, NULL) == 0 && good, "a failure");
    alarm(0);
    struct rlimit limit, none;
    cwasm_wasi *w = fresh();
    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &none);
    expect("no descriptor for /proc", !cw_wasi_has_proc(w), "one");
    setrlimit(RLIMIT_NOFILE, &limit);
    expect("  is not for ever", cw_wasi_has_proc(w), "none");
    cwasm_wasi_free(w);
    close(pipes[0]);
    close(pipe_number);
    close(object);
    close(fds.fd);
}

/* Everything that allocates, with the n-th allocation failing. True if n was beyond the last. */
static bool without_memory(cwasm_module *echo, const char *dir, size_t n)
{
    Counting c = { .fail_at = n };
    cwasm_allocator alloc = { counting_realloc, &c };
    cwasm_wasi *w = NULL;
    const char *argv[] = { "echo", "x" };
    out = (Output){ .most = SIZE_MAX, .left = -1 };
    errors = out;
    cwasm_status s = cwasm_wasi_new(&alloc, &w, &err);
    if (!s)
        s = cwasm_wasi_args(w, 2, argv, &err);
    if (!s)
        s = cwasm_wasi_env(w, "A", "1", &err);
    if (!s)
        s = cwasm_wasi_env(w, "A", "2", &err);
    if (!s)
        s = cwasm_wasi_stdin_bytes(w, "in", 2, &err);
    if (!s)
        s = cwasm_wasi_stdout_callback(w, 1, collect, &out, &err);
    if (!s)
        s = cwasm_wasi_stdout_callback(w, 2, collect, &errors, &err);
    if (!s)
        s = cwasm_wasi_dir(w, dir, "/", 0, &err);
    if (s && s != CWASM_NO_MEMORY && s != CWASM_LIMIT)
        status_is("out of memory is said", s, CWASM_NO_MEMORY);
    if (!s) {
        cw_wasi_force_path_walk(w, true);
        if (run(echo, w) != 0)
            expect("the guest got an error number and went on", false, err.message);
    }
    cwasm_wasi_free(w);
    if (c.bytes)
        expect("everything was freed", false, "a leak");
    return c.n < n;
}

int main(int argc, char **argv)
{
    if (argc != 5 || cwasm_engine_new(NULL, &engine, &err))
        return 2;
    cwasm_module *echo = load(argv[1]), *paths = load(argv[2]), *numbers = load(argv[3]);
    printf("# streams\n");
    streams(echo);
    printf("# refusals\n");
    refusals(argv[4]);
    printf("# guests\n");
    guest("paths", paths, argv[4], 0);
    guest("fds", numbers, argv[4], 300);
    printf("# reopening\n");
    reopening(argv[4]);
    printf("# without memory\n");
    size_t n = 1;
    while (n < 1000 && !without_memory(echo, argv[4], n))
        n++;
    expect("every allocation failed once", n > 20 && n < 1000, "another number");
    cwasm_module_free(echo);
    cwasm_module_free(paths);
    cwasm_module_free(numbers);
    cwasm_engine_free(engine);
    trace_end();
    return failures != 0;
}
