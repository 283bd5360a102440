/*
 * captable.h - what a guest holds: a table from small numbers to handles.
 *
 * A handle is one open object with its rights: base rights say what may be done with it, inheriting rights bound what is opened through it.
 * Nothing else grants access: no call takes a host path, a host descriptor or the process's working directory.
 *
 * What an object does is its table of operations: files and directories of the host (vfs_host.c, vfs_host_dir.c), standard streams in
 * memory (vfs_stdio.c), sockets (vfs_sock.c). The calls in p1_*.c know no kinds: they check and pass on.
 *
 * Handles are allocated one by one and counted: the table holds one reference, a call in progress another, so that closing a number never
 * takes a handle away from a call that waits. All of it under the lock of the cwasm_wasi (wasi.h).
 */
#ifndef CW_WASI_CAPTABLE_H
#define CW_WASI_CAPTABLE_H

#include "base/alloc.h"
#include "wasi/host.h"

typedef struct Call Call;
typedef struct Handle Handle;
typedef struct CapTable CapTable;
typedef struct NameOps NameOps;   /* path.h */

/* What path_open is asked for. read and write follow from the rights; truncate implies write for regular files. */
typedef struct PathOpen {
    bool read, write, follow, create, exclusive, directory, truncate;
    u16 fdflags;
} PathOpen;

/* One directory entry. name is valid until the next call on the table. */
typedef struct DirEntry {
    u64 next;            /* cookie of the entry after this one */
    u64 ino;
    Filetype type;
    const char *name;    /* NULL: the directory ends here */
    u32 name_size;
} DirEntry;

/*
 * What can be done with a kind of object. NULL: the object does not do that; the row of the call in preview1.def says with which error.
 * Rights, flags of the call and guest memory have been checked; an operation refuses what its object cannot, also below the rights (a
 * read-only tree). Sizes in *done are written on success only. They are called with the lock of the cwasm_wasi; what may wait goes into CW_UNLOCKED
 * and asks cw_call_again.
 */
typedef struct HandleOps {
    const char *kind;    /* for people: "file", "directory", "pipe" ... */

    /* Bytes. iov has at least one element, none is empty. */
    Errno (*read)(Call *c, Handle *h, struct iovec *iov, int n, size_t *done);
    Errno (*write)(Call *c, Handle *h, struct iovec *iov, int n, size_t *done);
    Errno (*pread)(Call *c, Handle *h, struct iovec *iov, int n, u64 offset, size_t *done);
    Errno (*pwrite)(Call *c, Handle *h, struct iovec *iov, int n, u64 offset, size_t *done);
    Errno (*seek)(Call *c, Handle *h, s64 offset, int whence, u64 *position);
    Errno (*advise)(Call *c, Handle *h, u64 offset, u64 length, int advice);
    Errno (*allocate)(Call *c, Handle *h, u64 offset, u64 length);
    Errno (*set_size)(Call *c, Handle *h, u64 size);
    Errno (*sync)(Call *c, Handle *h, bool data_only);

    /* Any object. */
    Errno (*stat)(Call *c, Handle *h, HostStat *st);
    Errno (*set_times)(Call *c, Handle *h, HostTime atim, HostTime mtim);
    Errno (*set_flags)(Call *c, Handle *h, u16 fdflags);   /* h->fdflags is still the old ones; NULL: kept in the handle only */
    /* For poll_oneoff: it never waits; how much can be read or written. NULL: the host descriptor is polled. */
    void (*ready)(Call *c, Handle *h, bool write, u64 *nbytes, bool *hangup);

    /* Sockets. made: a new handle with fd -1. */
    Errno (*accept)(Call *c, Handle *h, u16 fdflags, Handle *made);
    Errno (*recv)(Call *c, Handle *h, struct iovec *iov, int n, u32 riflags, size_t *done, u16 *roflags);
    Errno (*send)(Call *c, Handle *h, struct iovec *iov, int n, size_t *done);
    Errno (*shutdown)(Call *c, Handle *h, u32 how);

    /* Directories. Paths come from cw_guest_path. What has two directories is called only if both have the same operations. */
    Errno (*readdir)(Call *c, Handle *h, u64 cookie, DirEntry *entry);
    /* Fills made's ops, object or fd, filetype, dev and ino. */
    Errno (*path_open)(Call *c, Handle *dir, const char *path, const PathOpen *how, Handle *made);
    Errno (*path_stat)(Call *c, Handle *dir, const char *path, bool follow, HostStat *st);
    Errno (*path_set_times)(Call *c, Handle *dir, const char *path, bool follow, HostTime atim, HostTime mtim);
    Errno (*path_mkdir)(Call *c, Handle *dir, const char *path);
    Errno (*path_rmdir)(Call *c, Handle *dir, const char *path);
    Errno (*path_unlink)(Call *c, Handle *dir, const char *path);
    Errno (*path_readlink)(Call *c, Handle *dir, const char *path, char text[HOST_PATH_MAX], size_t *length);
    Errno (*path_symlink)(Call *c, const char *target, Handle *dir, const char *path);
    Errno (*path_link)(Call *c, Handle *old_dir, const char *old, bool follow, Handle *new_dir, const char *new);
    Errno (*path_rename)(Call *c, Handle *old_dir, const char *old, Handle *new_dir, const char *new);

    const NameOps *names;   /* of directories: what the path operations work with */

    /* Frees h->object; the host descriptor is closed by the table. */
    void (*close)(const Alloc *alloc, Handle *h);
} HandleOps;

struct Handle {
    const HandleOps *ops;
    u32 refs;             /* freed with the last: cw_handle_drop */
    Filetype filetype;
    int fd;               /* host descriptor, -1 if there is none */
    bool owned;           /* fd is ours: closed with the handle, and nobody else shares its flags */
    bool read_only;       /* in a read-only tree: refused below the rights, too */
    bool devices;         /* in a tree whose character devices and FIFOs may be opened */
    bool given;           /* a socket that the embedder handed over, among the preopens */
    bool may_listen;      /* a stream socket whose address was allowed for listening, or that the embedder handed over */
    u16 fdflags;          /* FDFLAG_*, as the guest sees them */
    Rights base, inheriting;

    u64 dev, ino;         /* directories */
    char *preopen;        /* guest name of a preopened directory, terminated; NULL: not a preopen */
    u32 preopen_size;
    bool top;             /* the top of a preopened tree, however it was opened: what is above it does not show */

    char *source;         /* for people: what on the host it is; NULL: nothing of the host */

    void *object;         /* what the operations work on, if that is more than fd */
    u64 position;         /* of objects whose position the host does not keep */
    bool opened_to_write; /* of those that the host does not keep open */
};

/* Directory entries read ahead. One buffer for all handles, so that a guest cannot make us hold one for each. */
#define ENTRIES_SIZE 32768
typedef struct Entries {
    u8 *buf;            /* NULL until needed */
    u32 at, end;        /* the entry that `cookie` means */
    u32 next_at;        /* the one after it, and its cookie */
    u64 cookie, next;
    const Handle *of;   /* NULL: of nobody */
} Entries;

struct CapTable {
    const Alloc *alloc;
    Entries entries;
    VEC(Handle *) slots;   /* NULL: free */
    u32 free_hint;         /* no slot below it is free */
    u32 n_open, limit;
};

#define CAPTABLE_LIMIT 65536

void cw_captable_init(CapTable *t, const Alloc *alloc);
/* Closes everything. */
void cw_captable_done(CapTable *t);

/* A closed handle with every field 0, fd -1 and one reference, the caller's; NULL if there is no memory. */
Handle *cw_handle_new(CapTable *t);
CW_INLINE Handle *cw_handle_hold(Handle *h) { return h->refs++, h; }
/* Gives a reference back; with the last one what the handle holds is closed. May be NULL. */
void cw_handle_drop(CapTable *t, Handle *take_h);

/* The handle of a descriptor, or NULL. */
CW_INLINE Handle *cw_captable_get(const CapTable *t, u32 fd) { return fd < t->slots.n ? t->slots.at[fd] : NULL; }

/* Makes sure that the next cw_captable_add succeeds: ERRNO_MFILE or ERRNO_NOMEM. */
Errno cw_captable_reserve(CapTable *t);
/* Puts a handle at the lowest free number; needs cw_captable_reserve before. */
u32 cw_captable_add(CapTable *t, Handle *take_h);
/* Puts a handle at a number, in place of what is there; false if there is no memory. */
bool cw_captable_set(CapTable *t, u32 fd, Handle *take_h);
/* fd is open. */
void cw_captable_close(CapTable *t, u32 fd);
/* Moves `from` to `to`, closing what is there; both are open. */
void cw_captable_renumber(CapTable *t, u32 from, u32 to);

/* A directory: the only kind of object that paths start at. */
CW_INLINE bool cw_handle_is_dir(const Handle *h) { return h->ops->path_open != NULL; }

/* ERRNO_SUCCESS if the handle has all of these rights, else ERRNO_NOTCAPABLE, or ERRNO_ROFS if only a read-only tree is in the way. */
Errno cw_handle_check(const Handle *h, Rights rights);

#endif
