/*
 * vfs_mem.h - files, directories and links in memory: plain objects without paths, rights or quota, which vfs_tree.c puts to use.
 *
 * Objects are counted: each name of one, and whoever works with one, holds a reference. A directory entry may have a mark ("hidden"): in
 * an overlay, what the layer below has under that name is not to be seen. It may be there for the mark alone.
 */
#ifndef CW_WASI_VFS_MEM_H
#define CW_WASI_VFS_MEM_H

#include "wasi/captable.h"
#include "wasi/repeat.h"

/* ---- Names in directories ---- */

/* The beginning of whatever is found by directory and name. */
typedef struct NameKey {
    struct NameKey *chain;
    const void *dir;
    char *name;          /* terminated, owned */
    u32 size, hash;
} NameKey;

typedef struct NameTable {
    NameKey **buckets;
    u32 n_buckets, n;
} NameTable;

/* Copies the name; false if there is no memory. The key must not be in a table. */
CW_CHECKED bool cw_name_init(const Alloc *a, NameKey *key, const char *name);
void cw_name_done(const Alloc *a, NameKey *key);
CW_CHECKED bool cw_names_add(const Alloc *a, NameTable *t, NameKey *key, const void *dir);
void cw_names_remove(NameTable *t, NameKey *key);
NameKey *cw_names_find(const NameTable *t, const void *dir, const char *name);
void cw_names_done(const Alloc *a, NameTable *t);   /* the keys are not touched */

/* ---- Objects ---- */

#define MEM_CHUNK 4096u

typedef struct MemEntry MemEntry;
typedef struct MemNode {
    struct MemNode *next, **link;   /* all objects of the MemFs */
    u32 refs;
    HostType type;                  /* HOST_REGULAR, HOST_DIRECTORY or HOST_SYMLINK */
    u64 ino, nlink, size;
    u64 atim, mtim, ctim;
    u8 **chunks;                    /* HOST_REGULAR; NULL: zeros */
    u32 n_chunks;
    char *target;                   /* HOST_SYMLINK, size bytes; bound: its path on the host */
    MemEntry *first, *last;         /* HOST_DIRECTORY, in the order they were made */
    int bound;                      /* a file of the host in its place (O_PATH), -1: none */
    bool bound_read_only;
} MemNode;

struct MemEntry {
    NameKey key;
    MemEntry *next, *prev;
    MemNode *node;                  /* held; NULL: only a mark */
    bool hidden;
};

typedef struct MemFs {
    const Alloc *alloc;
    Clock *clock;      /* what times are taken from */
    NameTable names;
    MemNode *all;
    u64 next_ino;
} MemFs;

void cw_mem_init(MemFs *fs, const Alloc *alloc, Clock *clock);
/* Frees everything, whoever may hold it. */
void cw_mem_done(MemFs *fs);

/* A new object without a name, with one reference, the caller's; NULL if there is no memory. target: of links. */
MemNode *cw_mem_new(MemFs *fs, HostType type, const char *target);
CW_INLINE MemNode *cw_mem_hold(MemNode *node) { return node->refs++, node; }
void cw_mem_drop(MemFs *fs, MemNode *node);
void cw_mem_stat(const MemNode *node, HostStat *st);

/* The entry of a name, also if it is only a mark; NULL if there is none. */
MemEntry *cw_mem_find(const MemFs *fs, const MemNode *dir, const char *name);
/* Gives an object a name that no object has. */
Errno cw_mem_add(MemFs *fs, MemNode *dir, const char *name, MemNode *node);
/* Takes the name of an object away. */
void cw_mem_remove(MemFs *fs, MemNode *dir, MemEntry *entry);
Errno cw_mem_hide(MemFs *fs, MemNode *dir, const char *name);
/* Removes all marks of a directory. */
void cw_mem_clear(MemFs *fs, MemNode *dir);

/* Bytes of regular files. */
size_t cw_mem_read(MemFs *fs, MemNode *node, const struct iovec *iov, int n, u64 at);
/* ERRNO_NOSPC if there is no memory for all of it; then nothing is written. */
Errno cw_mem_write(MemFs *fs, MemNode *node, const struct iovec *iov, int n, u64 at, size_t *done);
Errno cw_mem_set_size(MemFs *fs, MemNode *node, u64 size);

u64 cw_mem_now(const MemFs *fs);

#endif
