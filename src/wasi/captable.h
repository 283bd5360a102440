/*
 * captable.h - what a guest holds: a table from small numbers to handles.
 *
 * A handle is one open object with its rights: base rights say what may be done with it, inheriting rights bound what is opened through it.
 * Nothing else grants access: no call takes a host path, a host descriptor or the process's working directory.
 *
 * Handles are allocated one by one and counted: the table holds one reference, a call in progress another, so that closing a number never
 * takes a handle away from a call that waits. All of it under the lock of the cwasm_wasi (wasi.h).
 */
#ifndef CW_WASI_CAPTABLE_H
#define CW_WASI_CAPTABLE_H

#include "base/alloc.h"
#include "wasi/host.h"

typedef enum HandleKind {
    HANDLE_NULL,       /* reads end, writes vanish */
    HANDLE_BYTES,      /* reads come from memory */
    HANDLE_CALLBACK,   /* writes go to the embedder */
    HANDLE_FILE,       /* regular file */
    HANDLE_DIR,        /* directory */
    HANDLE_STREAM,     /* terminal, pipe, device: only from the embedder, never found by path */
    HANDLE_SOCKET
} HandleKind;

typedef struct Handle {
    HandleKind kind;
    u32 refs;             /* freed with the last: cw_handle_drop */
    Filetype filetype;
    int fd;               /* host descriptor, -1 if there is none */
    bool owned;           /* fd is ours: closed with the handle, and nobody else shares its flags */
    bool seekable;        /* it has a position; else seeking is ERRNO_SPIPE whatever the rights. True for directories, which lack the rights */
    bool read_only;       /* in a read-only tree: refused below the rights, too */
    u16 fdflags;          /* FDFLAG_*, as the guest sees them */
    Rights base, inheriting;

    u64 dev, ino;         /* directories */
    char *preopen;        /* guest name of a preopened directory, terminated; NULL: not a preopen */
    u32 preopen_size;
    u64 cookie;           /* directories: of the next entry that was read ahead */

    u8 *bytes;            /* HANDLE_BYTES, owned, one byte longer than bytes_size */
    size_t bytes_size, bytes_at;
    ptrdiff_t (*write)(void *ctx, const void *bytes, size_t size);   /* HANDLE_CALLBACK */
    void *write_ctx;
} Handle;

/* Directory entries read ahead. One buffer for all handles, so that a guest cannot make us hold one for each. */
#define ENTRIES_SIZE 32768
typedef struct Entries {
    u8 *buf;           /* NULL until needed */
    u32 at, end;
    const Handle *of;  /* NULL: of nobody */
} Entries;

typedef struct CapTable {
    const Alloc *alloc;
    Entries entries;
    VEC(Handle *) slots;   /* NULL: free */
    u32 free_hint;         /* no slot below it is free */
    u32 n_open, limit;
} CapTable;

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
/* Puts a handle at a number below 3, in place of what is there; false if there is no memory. */
bool cw_captable_set(CapTable *t, u32 fd, Handle *take_h);
/* fd is open. */
void cw_captable_close(CapTable *t, u32 fd);
/* Moves `from` to `to`, closing what is there; both are open. */
void cw_captable_renumber(CapTable *t, u32 from, u32 to);

/* ERRNO_SUCCESS if the handle has all of these rights, else ERRNO_NOTCAPABLE, or ERRNO_ROFS if only a read-only tree is in the way. */
Errno cw_handle_check(const Handle *h, Rights rights);

#endif
