/*
 * support.h - what the guests share: the calls of preview 1 as the host sees them, and checks that print one line each.
 *
 * <wasi/api.h> measures paths with strlen and knows no proc_raise; the raw imports here take an address and a length. A guest ends with
 * `return done();`: 0 if every check held.
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

/* With PREVIEW0 the calls of the older wasi_unstable: all guests then run by it; the four calls with other layouts are below. */
#ifdef PREVIEW0
#define MODULE "wasi_unstable"
#define raw_fd_filestat_get p0_fd_filestat_get
#define raw_path_filestat_get p0_path_filestat_get
#define raw_fd_seek p0_fd_seek
#define raw_poll_oneoff p0_poll_oneoff
#define raw_sock_accept p1_sock_accept
#else
#define MODULE "wasi_snapshot_preview1"
#endif
#define RAW(name) __attribute__((import_module(MODULE), import_name(#name)))
RAW(args_get) int32_t raw_args_get(uint32_t argv, uint32_t buf);
RAW(args_sizes_get) int32_t raw_args_sizes_get(uint32_t count, uint32_t size);
RAW(environ_get) int32_t raw_environ_get(uint32_t env, uint32_t buf);
RAW(environ_sizes_get) int32_t raw_environ_sizes_get(uint32_t count, uint32_t size);
RAW(clock_res_get) int32_t raw_clock_res_get(uint32_t id, uint32_t out);
RAW(clock_time_get) int32_t raw_clock_time_get(uint32_t id, uint64_t precision, uint32_t out);
RAW(fd_advise) int32_t raw_fd_advise(uint32_t fd, uint64_t offset, uint64_t length, uint32_t advice);
RAW(fd_allocate) int32_t raw_fd_allocate(uint32_t fd, uint64_t offset, uint64_t length);
RAW(fd_close) int32_t raw_fd_close(uint32_t fd);
RAW(fd_datasync) int32_t raw_fd_datasync(uint32_t fd);
RAW(fd_fdstat_get) int32_t raw_fd_fdstat_get(uint32_t fd, uint32_t out);
RAW(fd_fdstat_set_flags) int32_t raw_fd_fdstat_set_flags(uint32_t fd, uint32_t flags);
RAW(fd_fdstat_set_rights) int32_t raw_fd_fdstat_set_rights(uint32_t fd, uint64_t base, uint64_t inheriting);
RAW(fd_filestat_get) int32_t raw_fd_filestat_get(uint32_t fd, uint32_t out);
RAW(fd_filestat_set_size) int32_t raw_fd_filestat_set_size(uint32_t fd, uint64_t size);
RAW(fd_filestat_set_times) int32_t raw_fd_filestat_set_times(uint32_t fd, uint64_t atim, uint64_t mtim, uint32_t flags);
RAW(fd_pread) int32_t raw_fd_pread(uint32_t fd, uint32_t iovs, uint32_t n, uint64_t offset, uint32_t out);
RAW(fd_prestat_get) int32_t raw_fd_prestat_get(uint32_t fd, uint32_t out);
RAW(fd_prestat_dir_name) int32_t raw_fd_prestat_dir_name(uint32_t fd, uint32_t name, uint32_t size);
RAW(fd_pwrite) int32_t raw_fd_pwrite(uint32_t fd, uint32_t iovs, uint32_t n, uint64_t offset, uint32_t out);
RAW(fd_read) int32_t raw_fd_read(uint32_t fd, uint32_t iovs, uint32_t n, uint32_t out);
RAW(fd_readdir) int32_t raw_fd_readdir(uint32_t fd, uint32_t buf, uint32_t size, uint64_t cookie, uint32_t out);
RAW(fd_renumber) int32_t raw_fd_renumber(uint32_t from, uint32_t to);
RAW(fd_seek) int32_t raw_fd_seek(uint32_t fd, int64_t offset, uint32_t whence, uint32_t out);
RAW(fd_sync) int32_t raw_fd_sync(uint32_t fd);
RAW(fd_tell) int32_t raw_fd_tell(uint32_t fd, uint32_t out);
RAW(fd_write) int32_t raw_fd_write(uint32_t fd, uint32_t iovs, uint32_t n, uint32_t out);
RAW(path_create_directory) int32_t raw_path_create_directory(uint32_t fd, uint32_t path, uint32_t size);
RAW(path_filestat_get) int32_t raw_path_filestat_get(uint32_t fd, uint32_t lookup, uint32_t path, uint32_t size, uint32_t out);
RAW(path_filestat_set_times)
int32_t raw_path_filestat_set_times(uint32_t fd, uint32_t lookup, uint32_t path, uint32_t size, uint64_t atim, uint64_t mtim, uint32_t flags);
RAW(path_link)
int32_t raw_path_link(uint32_t old_fd, uint32_t lookup, uint32_t old, uint32_t old_size, uint32_t new_fd, uint32_t new, uint32_t new_size);
RAW(path_open)
int32_t raw_path_open(uint32_t fd, uint32_t lookup, uint32_t path, uint32_t size, uint32_t oflags, uint64_t base, uint64_t inheriting,
                      uint32_t fdflags, uint32_t out);
RAW(path_readlink) int32_t raw_path_readlink(uint32_t fd, uint32_t path, uint32_t size, uint32_t buf, uint32_t buf_size, uint32_t out);
RAW(path_remove_directory) int32_t raw_path_remove_directory(uint32_t fd, uint32_t path, uint32_t size);
RAW(path_rename) int32_t raw_path_rename(uint32_t fd, uint32_t old, uint32_t old_size, uint32_t new_fd, uint32_t new, uint32_t new_size);
RAW(path_symlink) int32_t raw_path_symlink(uint32_t target, uint32_t target_size, uint32_t fd, uint32_t path, uint32_t size);
RAW(path_unlink_file) int32_t raw_path_unlink_file(uint32_t fd, uint32_t path, uint32_t size);
RAW(poll_oneoff) int32_t raw_poll_oneoff(uint32_t in, uint32_t out, uint32_t n, uint32_t n_events);
RAW(proc_exit) _Noreturn void raw_proc_exit(uint32_t code);
RAW(proc_raise) int32_t raw_proc_raise(uint32_t signal);
RAW(sched_yield) int32_t raw_sched_yield(void);
RAW(random_get) int32_t raw_random_get(uint32_t buf, uint32_t size);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("sock_accept"))) int32_t raw_sock_accept(uint32_t fd, uint32_t flags, uint32_t out);
RAW(sock_recv) int32_t raw_sock_recv(uint32_t fd, uint32_t iovs, uint32_t n, uint32_t flags, uint32_t size, uint32_t roflags);
RAW(sock_send) int32_t raw_sock_send(uint32_t fd, uint32_t iovs, uint32_t n, uint32_t flags, uint32_t size);
RAW(sock_shutdown) int32_t raw_sock_shutdown(uint32_t fd, uint32_t how);

#ifdef PREVIEW0
#undef raw_fd_filestat_get
#undef raw_path_filestat_get
#undef raw_fd_seek
#undef raw_poll_oneoff
#undef raw_sock_accept
#define raw_sock_accept p1_sock_accept

static inline bool is_inside(uint32_t at, uint64_t size) { return at + size <= (uint64_t)__builtin_wasm_memory_size(0) << 16; }

/* A filestat of preview 0 has 56 bytes, with 32 bits for the links. */
static inline int32_t filestat_of(int32_t error, const uint8_t *old, uint32_t out)
{
    __wasi_filestat_t *st = (__wasi_filestat_t *)(uintptr_t)out;
    uint32_t links;
    if (error)
        return error;
    memcpy(st, old, 16);
    st->filetype = old[16];
    memcpy(&links, old + 20, 4);
    st->nlink = links;
    memcpy(&st->size, old + 24, 32);
    return 0;
}
static inline int32_t raw_fd_filestat_get(uint32_t fd, uint32_t out)
{
    uint8_t old[56];
    return is_inside(out, 64) ? filestat_of(p0_fd_filestat_get(fd, (uint32_t)(uintptr_t)old), old, out) : p0_fd_filestat_get(fd, out);
}
static inline int32_t raw_path_filestat_get(uint32_t fd, uint32_t lookup, uint32_t path, uint32_t size, uint32_t out)
{
    uint8_t old[56];
    return is_inside(out, 64) ? filestat_of(p0_path_filestat_get(fd, lookup, path, size, (uint32_t)(uintptr_t)old), old, out)
                              : p0_path_filestat_get(fd, lookup, path, size, out);
}
/* whence: from here 0, from the end 1, from the start 2 */
static inline int32_t raw_fd_seek(uint32_t fd, int64_t offset, uint32_t whence, uint32_t out)
{
    return p0_fd_seek(fd, offset, whence == 0 ? 2 : whence == 1 ? 0 : whence == 2 ? 1 : whence, out);
}
/* A subscription has 56 bytes: clocks have an identifier of 64 bits before the clock's number. */
static inline int32_t raw_poll_oneoff(uint32_t in, uint32_t out, uint32_t n, uint32_t n_events)
{
    static uint8_t old[1024][56];
    if (n > 1024 || !is_inside(in, (uint64_t)n * 48) || (n && !is_inside(in, 1)))
        return p0_poll_oneoff(in, out, n, n_events);
    memset(old, 0, sizeof old);
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *sub = (const uint8_t *)(uintptr_t)in + i * 48;
        memcpy(old[i], sub, 16);
        if (sub[8] == 0)
            memcpy(old[i] + 24, sub + 16, 26);
        else
            memcpy(old[i] + 16, sub + 16, 4);
    }
    return p0_poll_oneoff((uint32_t)(uintptr_t)old, out, n, n_events);
}
#endif

/* ---- Checks ---- */

static int failures;
static FILE *results;   /* where checks are printed; NULL: stdout */
#define say(...) fprintf(results ? results : stdout, __VA_ARGS__)

static const char *const errno_names[] = {
    "SUCCESS", "2BIG", "ACCES", "ADDRINUSE", "ADDRNOTAVAIL", "AFNOSUPPORT", "AGAIN", "ALREADY", "BADF", "BADMSG", "BUSY", "CANCELED",
    "CHILD", "CONNABORTED", "CONNREFUSED", "CONNRESET", "DEADLK", "DESTADDRREQ", "DOM", "DQUOT", "EXIST", "FAULT", "FBIG", "HOSTUNREACH",
    "IDRM", "ILSEQ", "INPROGRESS", "INTR", "INVAL", "IO", "ISCONN", "ISDIR", "LOOP", "MFILE", "MLINK", "MSGSIZE", "MULTIHOP",
    "NAMETOOLONG", "NETDOWN", "NETRESET", "NETUNREACH", "NFILE", "NOBUFS", "NODEV", "NOENT", "NOEXEC", "NOLCK", "NOLINK", "NOMEM",
    "NOMSG", "NOPROTOOPT", "NOSPC", "NOSYS", "NOTCONN", "NOTDIR", "NOTEMPTY", "NOTRECOVERABLE", "NOTSOCK", "NOTSUP", "NOTTY", "NXIO",
    "OVERFLOW", "OWNERDEAD", "PERM", "PIPE", "PROTO", "PROTONOSUPPORT", "PROTOTYPE", "RANGE", "ROFS", "SPIPE", "SRCH", "STALE",
    "TIMEDOUT", "TXTBSY", "XDEV", "NOTCAPABLE"
};

static inline const char *errno_name(int e) { return e >= 0 && e <= 76 ? errno_names[e] : "?"; }

/* An error number is the expected one. */
static inline void errno_is(const char *name, int got, int want)
{
    if (got == want) {
        say("ok %s\n", name);
    } else {
        say("FAIL %s: got %s want %s\n", name, errno_name(got), errno_name(want));
        failures++;
    }
}
#define IS(name, got, want) errno_is(name, got, __WASI_ERRNO_##want)
#define OK(name, got) errno_is(name, got, 0)

/* Some runtimes (Wasmtime) end the guest when an address lies outside its memory or an enum has no such value. With the environment variable
 * BAD_VALUES_TRAP set, checks of that are left out, so that the others can be compared. */
static inline bool bad_values_trap(void)
{
    static int known;
    if (!known)
        known = getenv("BAD_VALUES_TRAP") ? 1 : 2;
    return known == 1;
}
#define BAD(name, call, want)         \
    do {                              \
        if (!bad_values_trap())       \
            IS(name, call, want);     \
    } while (0)

/* A trap must not take with it what was said before. */
__attribute__((constructor)) static void say_at_once(void)
{
    if (bad_values_trap())
        setvbuf(stdout, NULL, _IOLBF, 256);
}

static inline void number_is(const char *name, long long got, long long want)
{
    if (got == want) {
        say("ok %s\n", name);
    } else {
        say("FAIL %s: got %lld want %lld\n", name, got, want);
        failures++;
    }
}
#define NUM(name, got, want) number_is(name, (long long)(got), (long long)(want))
#define TRUE(name, condition) number_is(name, !!(condition), 1)

static inline void text_is(const char *name, const char *got, size_t size, const char *want)
{
    if (size == strlen(want) && memcmp(got, want, size) == 0) {
        say("ok %s\n", name);
    } else {
        say("FAIL %s: got %.*s want %s\n", name, (int)size, got, want);
        failures++;
    }
}

static inline int done(void)
{
    fflush(results ? results : stdout);
    return failures != 0;
}

/* ---- Short forms ---- */

#define AT(p) ((uint32_t)(uintptr_t)(p))
#define S(path) AT(path), (uint32_t)strlen(path)
#define FOLLOW 1u
#define CREAT 1u
#define DIRECTORY 2u
#define EXCL 4u
#define TRUNC 8u
#define R_READ __WASI_RIGHTS_FD_READ
#define R_WRITE __WASI_RIGHTS_FD_WRITE
#define R_SEEK __WASI_RIGHTS_FD_SEEK
#define R_TELL __WASI_RIGHTS_FD_TELL
#define R_STAT __WASI_RIGHTS_FD_FILESTAT_GET
/* Rights of regular files and of directories. */
#define R_FILE ((uint64_t)0x08e001ff)
#define R_DIR ((uint64_t)0x07bffe19)

/* The first preopened directory. */
#define ROOT 3u

static inline int open_at(uint32_t dir, const char *path, uint32_t lookup, uint32_t oflags, uint64_t rights, uint32_t *fd)
{
    return raw_path_open(dir, lookup, S(path), oflags, rights, 0, 0, AT(fd));
}
static inline int open_dir(uint32_t dir, const char *path, uint32_t *fd)
{
    return raw_path_open(dir, FOLLOW, S(path), DIRECTORY, R_DIR, R_DIR | R_FILE, 0, AT(fd));
}
static inline int write_to(uint32_t fd, const void *bytes, uint32_t size)
{
    uint32_t iov[2] = { AT(bytes), size }, n = 0;
    int e = raw_fd_write(fd, AT(iov), 1, AT(&n));
    return e ? e : n == size ? 0 : -1;
}
/* Bytes read, or minus the error. */
static inline int read_from(uint32_t fd, void *bytes, uint32_t size)
{
    uint32_t iov[2] = { AT(bytes), size }, n = 0;
    int e = raw_fd_read(fd, AT(iov), 1, AT(&n));
    return e ? -e : (int)n;
}
/* Makes a file with this content. */
static inline int make_file(uint32_t dir, const char *path, const char *text)
{
    uint32_t fd;
    int e = open_at(dir, path, 0, CREAT | TRUNC, R_WRITE, &fd);
    if (e)
        return e;
    e = write_to(fd, text, (uint32_t)strlen(text));
    raw_fd_close(fd);
    return e;
}
static inline int stat_at(uint32_t dir, const char *path, uint32_t lookup, __wasi_filestat_t *st)
{
    return raw_path_filestat_get(dir, lookup, S(path), AT(st));
}
/* Content of a file as a terminated string in a static buffer, or NULL. */
static inline const char *content(uint32_t dir, const char *path)
{
    static char text[4096];
    uint32_t fd;
    if (open_at(dir, path, FOLLOW, 0, R_READ, &fd))
        return NULL;
    int n = read_from(fd, text, sizeof text - 1);
    raw_fd_close(fd);
    if (n < 0)
        return NULL;
    text[n] = 0;
    return text;
}

#endif
