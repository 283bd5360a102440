/*
 * path.h - from a path the guest gives to an object beneath one of its directories.
 *
 * The promise: whatever the path, the links in the tree and other processes do meanwhile, the object found was at some moment of the call
 * beneath the directory (or is it), was reached without an absolute link or a magic link of procfs, and is not on a file system that
 * is an interface to the kernel.
 *
 * There are two resolvers with the same answers: the kernel (openat2, RESOLVE_BENEATH) and a walk that opens one component at a time and
 * never lets the kernel follow a link.
 */
#ifndef CW_WASI_PATH_H
#define CW_WASI_PATH_H

#include "wasi/wasi.h"

/* What a path names, as an O_PATH descriptor, and its attributes. follow: a link at the end is followed. Paths come from cw_guest_path. */
Errno cw_path_object(cwasm_wasi *w, const Handle *dir, const char *path, bool follow, int *fd, HostStat *st);

typedef enum PathEnd {
    PATH_NAME,     /* an ordinary component */
    PATH_DOT,      /* "." or a path that ends in "/." */
    PATH_DOTDOT
} PathEnd;

/* Where a name is to be made, removed or changed: the directory it is in, and the last component. */
typedef struct PathParent {
    int dir;
    bool owned;                     /* dir is ours to close */
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

/* Opens or makes a regular file, or opens a directory; anything else is refused with ERRNO_ACCES before it is opened. *st describes what
 * was opened. */
Errno cw_path_open(cwasm_wasi *w, const Handle *dir, const char *path, const PathOpen *open, int *fd, HostStat *st);

#endif
