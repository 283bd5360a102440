/*
 * vfs_tree.h - file systems that are not simply the host's: in memory (tmpfs), copy-on-write over a directory of the host (overlay), and
 * directories that hold single files of the host.
 *
 * A tree is two layers: an upper one that takes all changes (memory, or a directory of the host) and for an overlay a lower one (a directory
 * of the host that is only read). A node is an object of the tree in use: it may exist in the upper layer, in the lower one or, a
 * directory, in both; its entries are then the union. Changing something that is only in the lower layer copies it up first. What
 * is removed but exists in the lower layer is marked as hidden in the upper one: a mark in memory, or an empty file ".wh.NAME" beside
 * where it was, as in layers of container images. A mark says nothing about the upper layer's own object of that name, so whatever is made in
 * place of something hidden begins afresh, directories too.
 *
 * All of it works under the lock of the cwasm_wasi.
 */
#ifndef CW_WASI_VFS_TREE_H
#define CW_WASI_VFS_TREE_H

#include "wasi/path.h"
#include "wasi/vfs_mem.h"

typedef struct Tree Tree;
typedef struct Layer Layer;

/* An object in a layer. */
typedef struct Obj {
    const Layer *layer;   /* NULL: there is none */
    MemNode *mem;         /* memory: held */
    int fd;               /* host: for looking, an O_PATH descriptor */
    int io;               /* host: a regular file opened for reading or writing, -1: not yet */
    bool io_write;
    bool borrowed;        /* fd belongs to somebody else */
} Obj;

/* Called for each entry. node: not only a mark. */
typedef Errno EachEntry(void *ctx, const char *name, u32 size, u64 ino, HostType type, bool node, bool hidden);

/* What a layer can do. Only look, drop, stat, readlink, list, open and pread are asked of a lower layer. */
struct Layer {
    Errno (*look)(Tree *t, const Obj *dir, const char *name, Obj *found, HostStat *st);
    void (*drop)(Tree *t, Obj *obj);
    Errno (*stat)(Tree *t, const Obj *obj, HostStat *st);
    Errno (*readlink)(Tree *t, const Obj *obj, char *text, size_t size, size_t *length);
    Errno (*list)(Tree *t, const Obj *dir, EachEntry *each, void *ctx);
    Errno (*hidden)(Tree *t, const Obj *dir, const char *name, bool *yes);
    Errno (*hide)(Tree *t, const Obj *dir, const char *name);
    Errno (*clear)(Tree *t, const Obj *dir);   /* all marks, before the directory is removed */
    /* A new object. target: of links. like: of the host, whose permissions it gets; may be NULL. */
    Errno (*make)(Tree *t, const Obj *dir, const char *name, HostType type, const char *target, const Obj *like, Obj *made);
    Errno (*unlink)(Tree *t, const Obj *dir, const char *name, bool is_dir);
    Errno (*link)(Tree *t, const Obj *dir, const char *name, const Obj *obj, const Obj *new_dir, const char *new_name);
    Errno (*rename)(Tree *t, const Obj *dir, const char *name, const Obj *new_dir, const char *new_name);
    Errno (*set_times)(Tree *t, const Obj *obj, HostTime atim, HostTime mtim);
    Errno (*sync)(Tree *t, const Obj *obj, HostType type, bool data_only);
    /* Regular files: open before the rest. dir and name: where it is, for hosts without /proc. */
    Errno (*open)(Tree *t, Obj *obj, const Obj *dir, const char *name, bool write);
    Errno (*pread)(Tree *t, const Obj *obj, const struct iovec *iov, int n, u64 at, size_t *done);
    Errno (*pwrite)(Tree *t, const Obj *obj, const struct iovec *iov, int n, u64 at, size_t *done);
    Errno (*set_size)(Tree *t, const Obj *obj, u64 size);
    Errno (*allocate)(Tree *t, const Obj *obj, u64 offset, u64 length);   /* NULL: the size is all there is to it */
};
extern const Layer cw_layer_mem, cw_layer_host;

/* An object in use; one per name as long as anybody uses it, so that all handles see what is copied up. */
typedef struct Node {
    NameKey key;            /* in tree->live under its parent; not if it is the root or removed */
    Tree *tree;
    u32 refs;               /* places, handles, children in use */
    struct Node *parent;    /* held; NULL: the root */
    bool removed;           /* has no name any more */
    u64 owed_ino;           /* of a file in the upper directory that has lost this name; 0: none */
    struct Node *next_owed;
    HostType type;
    u64 ino;
    Obj upper, lower;
} Node;

/* The merged entries of a directory (vfs_listing.c), for one handle that reads it. */
typedef struct ListingEntry {
    const char *name;      /* in text */
    u64 ino;
    u32 cookie, name_at, name_size;
    Filetype type;
    bool lower, node, hidden;
} ListingEntry;
typedef struct Listing {
    const Handle *of;
    VEC(ListingEntry) entries;
    VEC(char) text;
} Listing;
enum { N_LISTINGS = 8 };

struct Tree {
    Tree *next;
    cwasm_wasi *wasi;
    const Alloc *alloc;
    const char *kind;       /* "tmpfs", "overlay", "files" */
    MemFs mem;
    NameTable live;
    Node *root;
    u64 dev;
    u64 upper_dev, lower_dev;
    bool overlay;           /* names that begin with ".wh." are not the guest's */
    bool fixed;             /* names cannot be changed */
    u64 bytes, bytes_max;   /* quota: sizes of the upper layer's files in whole blocks, and its names */
    u64 names, names_max;
    Node *owed;             /* what has lost its name and may be open: its bytes still count */
    char *upper_path;       /* for people; may be NULL */
    Listing *listings[N_LISTINGS];
    u32 next_listing;
};

/* Makes a tree whose upper layer is in memory, or the directory upper_fd (taken) of the host; lower_fd (taken) or -1. On failure nothing
 * is left open. */
Errno cw_tree_new(cwasm_wasi *w, const char *kind, int take_upper_fd, int take_lower_fd, Tree **tree);
/* Nothing of it is in use any more. */
void cw_tree_free(Tree *tree);
/* Limits; counts what is in the upper layer already. 0: no limit. */
Errno cw_tree_limit(Tree *tree, u64 bytes, u64 names);
/* In a tree in memory: a file of the host (its path, for people; O_PATH, taken) under a name of the root. */
Errno cw_tree_bind(Tree *tree, const char *name, const char *path, int take_fd, bool read_only);

Node *cw_node_hold(Node *node);
void cw_node_drop(Node *node);
Errno cw_node_stat(Node *node, HostStat *st);
Errno cw_node_look(Node *dir, const char *name, Node **found);
/* Makes sure that the node is in the upper layer. bytes: with a file's content. */
Errno cw_node_copy_up(Node *node, bool bytes);
Errno cw_node_set_times(Node *node, HostTime atim, HostTime mtim);
Errno cw_node_readlink(Node *node, char *text, size_t size, size_t *length);
CW_INLINE Obj *cw_node_obj(Node *node) { return node->upper.layer ? &node->upper : &node->lower; }
/* Pays for a file that grows from one size to another, or is paid back; ERRNO_NOSPC. */
Errno cw_tree_charge(Tree *t, u64 from, u64 to);
/* Whether the size of such an object counts: long links take room. */
CW_INLINE bool cw_tree_counts(HostType type, u64 size) { return type == HOST_REGULAR || (type == HOST_SYMLINK && size > HOST_NAME_MAX); }

Errno cw_node_make(Node *dir, const char *name, HostType type, const char *target, Node **made);   /* made may be NULL */
Errno cw_node_unlink(Node *dir, const char *name);
Errno cw_node_rmdir(Node *dir, const char *name);
Errno cw_node_link(Node *dir, const char *name, Node *new_dir, const char *new_name);
Errno cw_node_rename(Node *dir, const char *name, Node *new_dir, const char *new_name);

/* Entries of a directory in the order of their cookies, "." and ".." not among them. */
Errno cw_listing_new(Node *dir, Listing **listing);
void cw_listing_free(const Alloc *a, Listing *take_listing);
/* The first entry whose cookie is at least `cookie`; entry->name NULL at the end. */
void cw_listing_at(const Listing *l, u64 cookie, DirEntry *entry);
CW_INLINE u32 cw_listing_count(const Listing *l) { return l->entries.n; }

/* Handles (vfs_tree_ops.c). */
void cw_tree_handle(Handle *h, Node *take_node);
extern const HandleOps cw_ops_tree_file, cw_ops_tree_dir;

#endif
