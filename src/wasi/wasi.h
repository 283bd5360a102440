/*
 * wasi.h - what the files of wasi/ share: the object behind cwasm_wasi, a call in progress, and guest memory.
 *
 * A call of the guest goes: preview1.c (table row: descriptors, rights) -> cw_p1_<name> in p1_*.c (arguments, guest memory) -> path.c for
 * everything that takes a path -> host_posix.c. A body returns the Errno for the guest; guest memory that it will write is looked up
 * before anything happens, so that a bad pointer has no other effect than ERRNO_FAULT.
 *
 * Threads: one cwasm_wasi may serve the instances of many threads. The rule is one lock for everything in it - the table, the handles, what is
 * read ahead. preview1.c takes it for every call whose row names a descriptor, and the handles of the call stay alive until it ends, even if
 * another thread closes their numbers. So a body need not think of other threads, but for two things:
 *
 *   - What may wait (reading, writing, accepting, syncing, a callback of the embedder) goes into CW_UNLOCKED. Afterwards other threads may have changed
 *     anything: numbers that were free are taken, numbers that were looked up are closed.
 *   - A body whose row has CHECK_NONE runs without the lock: it takes it by itself (cw_wasi_lock) if it touches more than its arguments.
 *
 * What the embedder sets up (args, env, stop ...) does not change while guests run and is read without it. Guest memory may be shared, and is
 * changed by other threads at any time: read each word once, check the copy.
 */
#ifndef CW_WASI_WASI_H
#define CW_WASI_WASI_H

#include <pthread.h>

#include "base/alloc.h"
#include "wasi/captable.h"
#include "wasi/net_rules.h"
#include "wasi/repeat.h"

/* Strings in the layout args_get and environ_get hand out. */
typedef struct Strings {
    VEC(char) text;   /* one after the other, each terminated */
    VEC(u32) at;      /* where each begins */
} Strings;

typedef struct Net Net;   /* net.h */

/* What the rules of the network refused, for the trace. */
typedef struct Refusal {
    bool is_set, has_addr;
    u8 use;             /* NetUse */
    NetAddr addr;
} Refusal;

struct cwasm_wasi {
    Alloc alloc;
    pthread_mutex_t lock;
    CapTable table;
    struct Tree *trees;   /* file systems of its own (vfs_tree.h) */
    u32 n_trees;
    Strings args, env;
    Clock clock;
    Random random;
    bool has_beneath;   /* the kernel resolves paths (openat2), which is found out with the first directory; else path.c walks */
    bool walks;         /* path.c walks, whatever the kernel can do (tests) */
    bool no_proc;       /* never reopen by way of /proc: there is none, or what is called so is something else */
    bool proc_known;    /* that has been looked at, and fds is open if there is one */
    HostFds fds;
    bool (*stop)(void *ctx);
    void *stop_ctx;
    void (*trace)(void *ctx, const cwasm_wasi_call *call);   /* NULL: calls are not watched */
    void *trace_ctx;
    Net *net;           /* NULL: nothing of the network */
    Refusal refusal;    /* the last one */
};

/* One call in progress. */
struct Call {
    cwasm_wasi *wasi;
    cwasm_caller *caller;
    const u64 *slots;       /* the arguments */
    Handle *h, *h2;         /* the descriptors that the table row names */
    cwasm_trap_code trap;   /* not NONE: ends the guest */
};

CW_INLINE void cw_wasi_lock(cwasm_wasi *w) { pthread_mutex_lock(&w->lock); }
CW_INLINE void cw_wasi_unlock(cwasm_wasi *w) { pthread_mutex_unlock(&w->lock); }
/* Runs one statement of a body without the lock. */
#define CW_UNLOCKED(c, statement)      \
    do {                               \
        cw_wasi_unlock((c)->wasi);     \
        statement;                     \
        cw_wasi_lock((c)->wasi);       \
    } while (0)

/* ---- Switches for tests and the program, beyond cwasm.h ---- */

/* Walk paths component by component even if the kernel could resolve them; false asks the kernel again. */
void cw_wasi_force_path_walk(cwasm_wasi *wasi, bool on);
/* Whether files can be reopened by way of /proc: what is mounted there cannot be exchanged by the guest, a plain directory could be. With the
 * lock. */
bool cw_wasi_has_proc(cwasm_wasi *wasi);
/* Do without /proc, as in a chroot that has none. */
void cw_wasi_force_no_proc(cwasm_wasi *wasi, bool on);
/* Called when a signal interrupts a call that waits; true ends the guest with INTERRUPTED, false goes on waiting. Without it the wait goes
 * on. Signal handlers must be installed without SA_RESTART. */
void cw_wasi_on_signal(cwasm_wasi *wasi, bool (*stop)(void *ctx), void *ctx);
/* After everything is handed over (nested.c): an error if a path that was given leads through a directory that the guest may write, and out of it; */
CW_CHECKED Status cw_wasi_check_nested(cwasm_wasi *wasi, Error *err);
/* and if the guest may write the manifest, or the directory that this is in. */
CW_CHECKED Status cw_wasi_check_manifest(cwasm_wasi *wasi, const char *manifest, Error *err);
/* Hands an open host descriptor (a listening socket, a pipe, a file) to the guest at the lowest free number, *guest_fd. It is borrowed.
 * Do this after the last cwasm_wasi_dir: C libraries look for directories up to the first number that is none. */
CW_CHECKED Status cw_wasi_pass_fd(cwasm_wasi *wasi, int host_fd, u32 *guest_fd, Error *err);

/* Hands over a socket that is ours from here on, also if it fails: closed with the handle, its non-blocking mode is changed when the guest
 * wants it. fdflags: NONBLOCK if it is. Unlike cw_wasi_pass_fd it may come before directories. guest_fd may be NULL. */
CW_CHECKED Status cw_wasi_take_socket(cwasm_wasi *wasi, int take_host_fd, u16 fdflags, u32 *guest_fd, Error *err);
/* Words for what the rules of the network refused last ("no rule of --net allows ..."), once: false if there is nothing new. */
bool cw_wasi_refusal(cwasm_wasi *wasi, char *buf, size_t size);
/* Whether rules let the guest make sockets. */
bool cw_wasi_has_net(const cwasm_wasi *wasi);

/* ---- Guest memory ---- */

/* An address in the guest's memory 0. */
typedef struct GuestPtr {
    u64 at;
} GuestPtr;

CW_INLINE u32 cw_arg32(const Call *c, u32 i) { return cwasm_slot_u32(c->slots[i]); }
CW_INLINE u64 cw_arg64(const Call *c, u32 i) { return c->slots[i]; }
CW_INLINE GuestPtr cw_arg_ptr(const Call *c, u32 i) { return (GuestPtr){ cwasm_slot_u32(c->slots[i]) }; }

/* size bytes of guest memory, or NULL if any lies outside. */
CW_INLINE u8 *cw_guest(const Call *c, GuestPtr p, u64 size) { return cwasm_caller_view(c->caller, p.at, size); }

/* Little-endian fields of any alignment. What they give is a copy: the compiler must not read the memory, which other threads of the guest may
 * change, once more when the value is used after it was checked. */
CW_INLINE u32 cw_get32(const u8 *p)
{
    u32 v = (u32)p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24;
    __asm__("" : "+r"(v));
    return v;
}
CW_INLINE u64 cw_get64(const u8 *p) { return cw_get32(p) | (u64)cw_get32(p + 4) << 32; }
CW_INLINE u16 cw_get16(const u8 *p)
{
    u32 v = (u32)(p[0] | p[1] << 8);
    __asm__("" : "+r"(v));
    return (u16)v;
}
CW_INLINE void cw_put16(u8 *p, u16 v)
{
    p[0] = (u8)v;
    p[1] = (u8)(v >> 8);
}
CW_INLINE void cw_put32(u8 *p, u32 v)
{
    cw_put16(p, (u16)v);
    cw_put16(p + 2, (u16)(v >> 16));
}
CW_INLINE void cw_put64(u8 *p, u64 v)
{
    cw_put32(p, (u32)v);
    cw_put32(p + 4, (u32)(v >> 32));
}

/* Checks an array of n iovecs, all of it, and gives the first HOST_IOV_MAX that are not empty. ERRNO_FAULT if the array or a buffer lies
 * outside, ERRNO_INVAL if the lengths add up to more than a u32. */
Errno cw_guest_iovs(const Call *c, GuestPtr array, u32 n, struct iovec iov[HOST_IOV_MAX], int *n_iov);

/* Copies a path and terminates it. ERRNO_FAULT, ERRNO_NAMETOOLONG, ERRNO_INVAL for a NUL inside, ERRNO_ILSEQ if it is not UTF-8,
 * ERRNO_NOENT if it is empty. */
Errno cw_guest_path(const Call *c, GuestPtr p, u32 size, char path[HOST_PATH_MAX]);

/* Writes a filestat: 64 bytes, or the 56 of preview 0. */
enum { FILESTAT_SIZE = 64, FILESTAT0_SIZE = 56 };
void cw_put_filestat(u8 *p, const HostStat *st, Filetype type);
void cw_put_filestat0(u8 *p, const HostStat *st, Filetype type);

/* The two times and the fst_flags of a call; ERRNO_INVAL if a time is both given and "now", or a flag is unknown. */
Errno cw_guest_times(u64 atim, u64 mtim, u32 flags, HostTime *a, HostTime *m);

/* ---- Calls that wait (call.c): called with the lock, given up where they wait ---- */

/* True if a host call that waits is to be made again after it gave e: a signal came that does not end the guest, or a borrowed descriptor
 * does not wait by itself and has now been waited for. After false, e is the answer; c->trap may be set. write: waits for room. */
bool cw_call_again(Call *c, const Handle *h, bool write, Errno e);
/* Whether h must not wait although its host descriptor would: the flag of a borrowed descriptor is not ours to change. */
CW_INLINE bool cw_handle_dont_wait(const Handle *h) { return !h->owned && (h->fdflags & FDFLAG_NONBLOCK); }
/* ERRNO_AGAIN if the descriptor cannot be read (written) right now. */
Errno cw_handle_ready(Call *c, const Handle *h, bool write);
/* After ERRNO_INTR: true if the guest is to end, then c->trap is set. */
bool cw_call_stopped(Call *c);

/* ---- Kinds of objects ---- */

extern const HandleOps cw_ops_host_file;     /* regular files */
extern const HandleOps cw_ops_host_device;   /* what has positions but is no file: /dev/null; only from the embedder */
extern const HandleOps cw_ops_host_stream;   /* terminals, pipes: only from the embedder */
extern const HandleOps cw_ops_host_dir;
extern const HandleOps cw_ops_socket;
extern const HandleOps cw_ops_null;          /* reads end, writes vanish */
extern const HandleOps cw_ops_bytes;         /* reads come from memory */
extern const HandleOps cw_ops_callback;      /* reads and writes go to the embedder */

/* Gives h, which is made for it, the object of the kind: size bytes are copied; false if there is no memory. */
CW_CHECKED bool cw_bytes_init(const Alloc *alloc, Handle *h, const void *bytes, size_t size);
CW_CHECKED bool cw_callback_init(const Alloc *alloc, Handle *h, ptrdiff_t (*read)(void *ctx, void *bytes, size_t size),
                                 ptrdiff_t (*write)(void *ctx, const void *bytes, size_t size), void *ctx);

/* Makes a new handle a socket of the host; the rights are left to the caller. */
void cw_socket_init(Handle *h, int host_fd, bool owned);

/* sync and set_flags of everything that has a host descriptor. */
Errno cw_host_handle_sync(Call *c, Handle *h, bool data_only);
Errno cw_host_handle_flags(Call *c, Handle *h, u16 fdflags);

/* ---- The bodies, in p1_*.c ---- */

#define P1(name, signature, args, p0, check) Errno cw_p1_##name(Call *c);
#include "wasi/preview1.def"
#undef P1
Errno cw_p0_fd_seek(Call *c);
Errno cw_p0_fd_filestat_get(Call *c);
Errno cw_p0_path_filestat_get(Call *c);
Errno cw_p0_poll_oneoff(Call *c);

#endif
