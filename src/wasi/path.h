/*
 * path.h - from a path the guest gives to an object beneath one of its directories, on any file system.
 *
 * The promise: whatever the path, the links in the tree and other processes do meanwhile, the object found was at some moment of the call
 * beneath the directory (or is it), was reached without an absolute link or a magic link of procfs, and is not on a file system that
 * is an interface to the kernel.
 *
 * A file system gives NameOps: what can be done with one name in one directory. What paths, links, ".", ".." and slashes mean is said
 * once, here and in vfs_dir.c, so it is the same everywhere. For the host there are two resolvers with the same answers: the kernel
 * (openat2, RESOLVE_BENEATH) and the walk, which opens one component at a time and never lets the kernel follow a link.
 */
#ifndef CW_WASI_PATH_H
#define CW_WASI_PATH_H

#include "wasi/wasi.h"

/* An object that was found: an O_PATH descriptor of the host, or a node of a tree in memory (vfs_tree.h). */
typedef union Place {
    int fd;
    struct Node *node;
} Place;

/* What a walk is to end at. */
typedef enum WalkGoal {
    WALK_OBJECT,          /* the object, a link at the end is not followed */
    WALK_OBJECT_FOLLOW,   /* the object, after following links at the end */
    WALK_DIRECTORY,       /* the object, which must be a directory */
    WALK_PARENT_FOLLOW    /* the directory and the name that are left when all links at the end have been followed */
} WalkGoal;

/* Names are single components, neither "." nor ".." unless said otherwise, of at most HOST_NAME_MAX bytes. Nothing follows a link. `top` is
 * the directory that the guest named. */
struct NameOps {
    /* The place of a directory that the guest holds; borrowed. */
    Place (*top)(const Handle *dir);
    /* A place of one's own, and what it is; name may be ".": dir itself. Needs the right to search dir. */
    Errno (*look)(Place dir, const char *name, Place *found, HostStat *st);
    void (*drop)(Place place);
    Errno (*stat)(Place place, HostStat *st);
    Errno (*stat_name)(Place dir, const char *name, HostStat *st);
    Errno (*set_times)(Place place, HostTime atim, HostTime mtim);
    /* The text of a link, cut at size. */
    Errno (*readlink)(Place dir, const char *name, char *text, size_t size, size_t *length);
    /* The same for a place, in order to follow it. */
    Errno (*follow)(const Handle *top, Place link, const HostStat *st, char *text, size_t size, size_t *length);
    Errno (*mkdir)(Place dir, const char *name);
    Errno (*rmdir)(Place dir, const char *name);
    Errno (*unlink)(Place dir, const char *name);
    Errno (*symlink)(const char *target, Place dir, const char *name);
    Errno (*link)(Place dir, const char *name, Place new_dir, const char *new_name);
    Errno (*rename)(Place dir, const char *name, Place new_dir, const char *new_name);
    /* Make a regular file, or open what was found (a regular file or a directory): they fill what path_open fills (captable.h).
     * open gives STALE if the path has to be looked up again. */
    Errno (*create)(cwasm_wasi *w, Place dir, const char *name, const PathOpen *how, Handle *made);
    Errno (*open)(cwasm_wasi *w, const Handle *top, const char *path, Place place, const HostStat *st, const PathOpen *how, Handle *made);
    /* May be NULL: opens a directory in one go; on any error `look` and `open` have the last word. */
    Errno (*open_dir)(cwasm_wasi *w, const Handle *top, const char *path, bool follow, Handle *made);
    /* May be NULL: resolves a whole path by other means than the walk; NOSYS if it cannot. */
    Errno (*resolve)(cwasm_wasi *w, const Handle *top, const char *path, WalkGoal goal, Place *found);
    /* May be NULL: an error for objects that must not be touched. */
    Errno (*refuse)(const Handle *top, Place place, const HostStat *st);
};

/* What a path names, and its attributes. follow: a link at the end is followed. Paths come from cw_guest_path. Drop it. */
Errno cw_path_object(cwasm_wasi *w, const Handle *dir, const char *path, bool follow, Place *found, HostStat *st);

typedef enum PathEnd {
    PATH_NAME,     /* an ordinary component */
    PATH_DOT,      /* "." or a path that ends in "/." */
    PATH_DOTDOT
} PathEnd;

/* Whether a path is one plain component: no slash in it, neither "." nor "..", not too long. */
CW_INLINE bool cw_path_is_name(const char *path)
{
    size_t n = strcspn(path, "/");
    return !path[n] && n <= HOST_NAME_MAX && strcmp(path, ".") != 0 && strcmp(path, "..") != 0;
}

/* Where a name is to be made, removed or changed: the directory it is in, and the last component. */
typedef struct PathParent {
    const NameOps *names;
    Place dir;
    bool owned;                     /* dir is ours to drop */
    PathEnd end;
    bool slash;                     /* the path ended in '/': it means a directory */
    char name[HOST_NAME_MAX + 1];   /* PATH_NAME: no '/' in it, neither "." nor ".." */
} PathParent;

/* For calls that act on the last component itself and never follow it. change: the call changes the directory; ERRNO_ROFS in a read-only
 * tree. Close with cw_path_done. */
Errno cw_path_parent(cwasm_wasi *w, const Handle *dir, const char *path, bool change, PathParent *parent);
/* The same after following links at the end of the path; what they name need not exist. */
Errno cw_path_parent_follow(cwasm_wasi *w, const Handle *dir, const char *path, bool change, PathParent *parent);
void cw_path_done(PathParent *parent);

/* path_open of every directory: opens or makes a regular file, or opens a directory; anything else is refused with ERRNO_ACCES before it is
 * opened, but for character devices and FIFOs in a tree that allows them. */
Errno cw_path_open(Call *c, Handle *dir, const char *path, const PathOpen *how, Handle *made);

/* The other operations with paths, for every directory (vfs_dir.c). */
Errno cw_path_mkdir(Call *c, Handle *dir, const char *path);
Errno cw_path_stat(Call *c, Handle *dir, const char *path, bool follow, HostStat *st);
Errno cw_path_set_times(Call *c, Handle *dir, const char *path, bool follow, HostTime atim, HostTime mtim);
Errno cw_path_link(Call *c, Handle *old_dir, const char *old_path, bool follow, Handle *new_dir, const char *new_path);
Errno cw_path_readlink(Call *c, Handle *dir, const char *path, char text[HOST_PATH_MAX], size_t *length);
Errno cw_path_rmdir(Call *c, Handle *dir, const char *path);
Errno cw_path_rename(Call *c, Handle *old_dir, const char *old_path, Handle *new_dir, const char *new_path);
Errno cw_path_symlink(Call *c, const char *target, Handle *dir, const char *path);
Errno cw_path_unlink(Call *c, Handle *dir, const char *path);
/* What a directory's table of operations begins with. */
#define DIR_OPS                                                                                                             \
    .pread = cw_dir_pio, .pwrite = cw_dir_pio, .seek = cw_dir_seek, .path_open = cw_path_open, .path_stat = cw_path_stat,     \
    .path_set_times = cw_path_set_times, .path_mkdir = cw_path_mkdir, .path_rmdir = cw_path_rmdir, .path_unlink = cw_path_unlink, \
    .path_readlink = cw_path_readlink, .path_symlink = cw_path_symlink, .path_link = cw_path_link, .path_rename = cw_path_rename

/* For directories, which lack the rights to get here. */
Errno cw_dir_seek(Call *c, Handle *h, s64 offset, int whence, u64 *position);
Errno cw_dir_pio(Call *c, Handle *h, struct iovec *iov, int n, u64 offset, size_t *done);

#endif
