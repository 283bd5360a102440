/*
 * p1_path.c - calls that take a path. How paths are resolved, and what is refused, is path.c's affair.
 *
 * Paths are relative to a directory the guest holds and cannot leave it: "..", absolute paths and links that would lead outside give
 * ERRNO_PERM. A call that acts on a name acts on the last component and never follows it; what Linux does for ".", ".." and trailing
 * slashes is done here, so that the host is only ever given one plain component.
 *
 * Errors of every call here, beside those at the call: BADF, NOTDIR, NOTCAPABLE (the right of its row in preview1.def), ROFS (a read-only
 * tree), FAULT; NOENT, NAMETOOLONG, INVAL (a NUL), ILSEQ (not UTF-8), LOOP, ACCES, PERM (outside, or on procfs and its kin).
 */
#include "wasi/path.h"

/* The path that arguments i (address) and i + 1 (size) give. */
static Errno arg_path(const Call *c, u32 i, char path[HOST_PATH_MAX])
{
    return cw_guest_path(c, cw_arg_ptr(c, i), cw_arg32(c, i + 1), path);
}

/* For names that may not end in a slash: the error for one that does. */
static Errno slash_error(const PathParent *p, Errno missing, Errno dir, Errno other)
{
    HostStat st;
    Errno e = cw_host_lstat(p->dir, p->name, &st);
    if (e)
        return e == ERRNO_NOENT ? missing : e;
    return st.type == HOST_DIRECTORY ? dir : other;
}

/* path_create_directory(fd, path, size) - mode 0777 as the host's umask allows.
 * Errors: EXIST, NOSPC ... POSIX: mkdirat. */
Errno cw_p1_path_create_directory(Call *c)
{
    char path[HOST_PATH_MAX];
    PathParent p;
    Errno e = arg_path(c, 1, path);
    if (!e)
        e = cw_path_parent(c->wasi, c->h, path, true, &p);
    if (e)
        return e;
    e = p.end == PATH_NAME ? cw_host_mkdir(p.dir, p.name) : ERRNO_EXIST;
    cw_path_done(&p);
    return e;
}

static Errno filestat(Call *c, HostStat *st)
{
    char path[HOST_PATH_MAX];
    int fd;
    u32 lookup = cw_arg32(c, 1);
    if (lookup & ~(u32)LOOKUP_SYMLINK_FOLLOW)
        return ERRNO_INVAL;
    Errno e = arg_path(c, 2, path);
    if (!e)
        e = cw_path_object(c->wasi, c->h, path, lookup & LOOKUP_SYMLINK_FOLLOW, &fd, st);
    if (!e)
        cw_host_close(fd);
    return e;
}

/* path_filestat_get(fd, lookup: 1 follow a link at the end, path, size, stat: ptr 64 bytes, see guest.c)
 * POSIX: fstatat. */
Errno cw_p1_path_filestat_get(Call *c)
{
    HostStat st;
    u8 *out = cw_guest(c, cw_arg_ptr(c, 4), FILESTAT_SIZE);
    Errno e = out ? filestat(c, &st) : ERRNO_FAULT;
    if (!e)
        cw_put_filestat(out, &st, cw_host_filetype(st.type));
    return e;
}

/* Preview 0: 56 bytes. */
Errno cw_p0_path_filestat_get(Call *c)
{
    HostStat st;
    u8 *out = cw_guest(c, cw_arg_ptr(c, 4), FILESTAT0_SIZE);
    Errno e = out ? filestat(c, &st) : ERRNO_FAULT;
    if (!e)
        cw_put_filestat0(out, &st, cw_host_filetype(st.type));
    return e;
}

/* path_filestat_set_times(fd, lookup, path, size, atim: u64, mtim: u64, flags: 1 atim, 2 atim now, 4 mtim, 8 mtim now)
 * Errors: INVAL (a time and its "now"). POSIX: utimensat. */
Errno cw_p1_path_filestat_set_times(Call *c)
{
    char path[HOST_PATH_MAX];
    HostTime atim, mtim;
    HostStat st;
    int fd;
    u32 lookup = cw_arg32(c, 1);
    if (lookup & ~(u32)LOOKUP_SYMLINK_FOLLOW)
        return ERRNO_INVAL;
    Errno e = cw_guest_times(cw_arg64(c, 4), cw_arg64(c, 5), cw_arg32(c, 6), &atim, &mtim);
    if (!e)
        e = arg_path(c, 2, path);
    if (!e && c->h->read_only)
        e = ERRNO_ROFS;
    if (!e)
        e = cw_path_object(c->wasi, c->h, path, lookup & LOOKUP_SYMLINK_FOLLOW, &fd, &st);
    if (e)
        return e;
    e = cw_host_set_times(fd, atim, mtim);
    cw_host_close(fd);
    return e;
}

/* path_link(old_fd, lookup, old_path, old_size, new_fd, new_path, new_size) - a second name for a file or a symbolic link.
 * Errors: EXIST, PERM (a directory), XDEV, MLINK ... POSIX: linkat. */
Errno cw_p1_path_link(Call *c)
{
    char path[HOST_PATH_MAX];
    PathParent old, new;
    u32 lookup = cw_arg32(c, 1);
    if (lookup & ~(u32)LOOKUP_SYMLINK_FOLLOW)
        return ERRNO_INVAL;
    Errno e = arg_path(c, 2, path);
    if (e)
        return e;
    /* The old tree counts as changed: through a link elsewhere, its file could be. */
    if (lookup & LOOKUP_SYMLINK_FOLLOW)
        e = cw_path_parent_follow(c->wasi, c->h, path, true, &old);
    else
        e = cw_path_parent(c->wasi, c->h, path, true, &old);
    if (e)
        return e == ERRNO_ISDIR ? ERRNO_PERM : e;
    if (old.end != PATH_NAME)
        e = ERRNO_PERM;
    else if (old.slash)
        e = slash_error(&old, ERRNO_NOENT, ERRNO_PERM, ERRNO_NOTDIR);
    if (!e)
        e = arg_path(c, 5, path);
    if (!e)
        e = cw_path_parent(c->wasi, c->h2, path, true, &new);
    if (!e) {
        if (new.end != PATH_NAME)
            e = ERRNO_EXIST;
        else if (new.slash)
            e = slash_error(&new, ERRNO_NOENT, ERRNO_EXIST, ERRNO_EXIST);
        else
            e = cw_host_link(old.dir, old.name, new.dir, new.name);
        cw_path_done(&new);
    }
    cw_path_done(&old);
    return e;
}

/* path_open(fd, lookup, path, size, oflags: 1 create, 2 directory, 4 exclusive, 8 truncate, base: u64, inheriting: u64,
 *           fdflags: 1 append, 2 dsync, 4 non-blocking, 8 rsync, 16 sync, new_fd: ptr u32)
 *
 * Opens a regular file or a directory. The new descriptor has the base rights that are asked for, as far as they mean something for what is
 * opened; asking for more than fd's inheriting rights gives NOTCAPABLE. Creating needs RIGHT_PATH_CREATE_FILE, truncating
 * RIGHT_PATH_FILESTAT_SET_SIZE. Whether the host's file is opened for reading or writing follows from the base rights.
 *
 * In a read-only tree asking to write gives ROFS; other rights to change things are left out silently, as C libraries ask for them
 * even to read.
 *
 * Errors: EXIST, ISDIR (a directory for writing), NOTDIR, ACCES (also devices, FIFOs, sockets), LOOP (a link that is not followed), MFILE,
 * INVAL (unknown flags) ... POSIX: openat. */
Errno cw_p1_path_open(Call *c)
{
    char path[HOST_PATH_MAX];
    u32 lookup = cw_arg32(c, 1), oflags = cw_arg32(c, 4), fdflags = cw_arg32(c, 7);
    Rights base = cw_arg64(c, 5) & RIGHTS_BY_PATH, inheriting = cw_arg64(c, 6) & RIGHTS_BY_PATH;
    const Handle *dir = c->h;
    CapTable *table = &c->wasi->table;

    u8 *new_fd = cw_guest(c, cw_arg_ptr(c, 8), 4);
    if (!new_fd)
        return ERRNO_FAULT;
    if ((lookup & ~(u32)LOOKUP_SYMLINK_FOLLOW) || (oflags & ~(u32)OFLAGS_ALL) || (fdflags & ~(u32)FDFLAGS_ALL) ||
        ((oflags & OFLAG_CREAT) && (oflags & OFLAG_DIRECTORY)))
        return ERRNO_INVAL;
    Errno e = arg_path(c, 2, path);
    if (e)
        return e;

    Rights need = (oflags & OFLAG_CREAT ? RIGHT_PATH_CREATE_FILE : 0) | (oflags & OFLAG_TRUNC ? RIGHT_PATH_FILESTAT_SET_SIZE : 0);
    e = cw_handle_check(dir, need);
    if (e)
        return e;
    bool write = base & (RIGHT_FD_WRITE | RIGHT_FD_ALLOCATE);
    if (dir->read_only) {
        if (write)
            return ERRNO_ROFS;
        base &= ~RIGHTS_CHANGE;
        inheriting &= ~RIGHTS_CHANGE;
    }
    Rights inherit = base | inheriting;
    if (fdflags & FDFLAG_DSYNC)
        inherit |= RIGHT_FD_DATASYNC;
    if (fdflags & (FDFLAG_SYNC | FDFLAG_RSYNC))
        inherit |= RIGHT_FD_SYNC;
    if (inherit & ~dir->inheriting)
        return ERRNO_NOTCAPABLE;

    e = cw_captable_reserve(table);
    if (e)
        return e;
    Handle *h = cw_handle_new(table);
    if (!h)
        return ERRNO_NOMEM;
    PathOpen how = {
        .how = { .read = base & RIGHT_FD_READ, .write = write, .fdflags = (u16)fdflags },
        .follow = lookup & LOOKUP_SYMLINK_FOLLOW,
        .create = oflags & OFLAG_CREAT,
        .exclusive = oflags & OFLAG_EXCL,
        .directory = oflags & OFLAG_DIRECTORY,
        .truncate = oflags & OFLAG_TRUNC,
    };
    HostStat st;
    e = cw_path_open(c->wasi, dir, path, &how, &h->fd, &st);
    if (e) {
        cw_handle_drop(table, h);
        return e;
    }
    bool is_dir = st.type == HOST_DIRECTORY;
    h->kind = is_dir ? HANDLE_DIR : HANDLE_FILE;
    h->filetype = cw_host_filetype(st.type);
    h->owned = true;
    h->seekable = true;
    h->read_only = dir->read_only;
    h->fdflags = (u16)fdflags;
    h->base = base & (is_dir ? RIGHTS_DIR : RIGHTS_FILE);
    h->inheriting = is_dir ? inheriting : 0;
    h->dev = st.dev;
    h->ino = st.ino;
    cw_put32(new_fd, cw_captable_add(table, h));
    return ERRNO_SUCCESS;
}

/* path_readlink(fd, path, size, buf: ptr, buf_size, used: ptr u32) - writes the text of a link, cut at buf_size.
 * Errors: INVAL (not a link). POSIX: readlinkat. */
Errno cw_p1_path_readlink(Call *c)
{
    char path[HOST_PATH_MAX], text[HOST_PATH_MAX];
    PathParent p;
    u32 size = cw_arg32(c, 4);
    u8 *buf = cw_guest(c, cw_arg_ptr(c, 3), size);
    u8 *used = cw_guest(c, cw_arg_ptr(c, 5), 4);
    if (!buf || !used)
        return ERRNO_FAULT;
    Errno e = arg_path(c, 1, path);
    if (!e)
        e = cw_path_parent(c->wasi, c->h, path, false, &p);
    if (e)
        return e;
    size_t length = 0;
    if (p.end != PATH_NAME)
        e = ERRNO_INVAL;
    else if (p.slash) {
        int fd;
        HostStat st;
        e = cw_path_object(c->wasi, c->h, path, true, &fd, &st);
        if (!e) {
            cw_host_close(fd);
            e = ERRNO_INVAL;   /* with a slash it is a directory */
        }
    } else {
        e = cw_host_readlink(p.dir, p.name, text, sizeof text, &length);
    }
    cw_path_done(&p);
    if (e)
        return e;
    u32 n = (u32)CW_MIN(length, size);
    memcpy(buf, text, n);
    cw_put32(used, n);
    return ERRNO_SUCCESS;
}

/* path_remove_directory(fd, path, size) - Errors: NOTEMPTY, NOTDIR, BUSY, INVAL ("."). POSIX: unlinkat(AT_REMOVEDIR). */
Errno cw_p1_path_remove_directory(Call *c)
{
    char path[HOST_PATH_MAX];
    PathParent p;
    Errno e = arg_path(c, 1, path);
    if (!e)
        e = cw_path_parent(c->wasi, c->h, path, true, &p);
    if (e)
        return e;
    e = p.end == PATH_NAME ? cw_host_rmdir(p.dir, p.name) : p.end == PATH_DOT ? ERRNO_INVAL : ERRNO_NOTEMPTY;
    cw_path_done(&p);
    return e;
}

/* path_rename(fd, old_path, old_size, new_fd, new_path, new_size) - replaces what has the new name, atomically.
 * Errors: NOTEMPTY, NOTDIR, ISDIR, XDEV, INVAL (into itself), BUSY ("." and "..") ... POSIX: renameat. */
Errno cw_p1_path_rename(Call *c)
{
    char path[HOST_PATH_MAX];
    PathParent old, new;
    Errno e = arg_path(c, 1, path);
    if (!e)
        e = cw_path_parent(c->wasi, c->h, path, true, &old);
    if (e)
        return e;
    e = arg_path(c, 4, path);
    if (!e)
        e = cw_path_parent(c->wasi, c->h2, path, true, &new);
    if (!e) {
        if (old.end != PATH_NAME || new.end != PATH_NAME)
            e = ERRNO_BUSY;
        else if (old.slash || new.slash)
            e = slash_error(&old, ERRNO_NOENT, ERRNO_SUCCESS, ERRNO_NOTDIR);
        if (!e)
            e = cw_host_rename(old.dir, old.name, new.dir, new.name);
        cw_path_done(&new);
    }
    cw_path_done(&old);
    return e;
}

/* path_symlink(target, target_size, fd, path, size) - makes a link; it may dangle, but not be absolute.
 * Errors: EXIST, PERM (an absolute target), NOSPC ... POSIX: symlinkat. */
Errno cw_p1_path_symlink(Call *c)
{
    char target[HOST_PATH_MAX], path[HOST_PATH_MAX];
    PathParent p;
    Errno e = arg_path(c, 0, target);
    if (!e && target[0] == '/')
        e = ERRNO_PERM;
    if (!e)
        e = arg_path(c, 3, path);
    if (!e)
        e = cw_path_parent(c->wasi, c->h, path, true, &p);
    if (e)
        return e;
    if (p.end != PATH_NAME)
        e = ERRNO_EXIST;
    else if (p.slash)
        e = slash_error(&p, ERRNO_NOENT, ERRNO_EXIST, ERRNO_EXIST);
    else
        e = cw_host_symlink(target, p.dir, p.name);
    cw_path_done(&p);
    return e;
}

/* path_unlink_file(fd, path, size) - removes a name that is not a directory; a link itself, not what it points to.
 * Errors: ISDIR, BUSY. POSIX: unlinkat. */
Errno cw_p1_path_unlink_file(Call *c)
{
    char path[HOST_PATH_MAX];
    PathParent p;
    Errno e = arg_path(c, 1, path);
    if (!e)
        e = cw_path_parent(c->wasi, c->h, path, true, &p);
    if (e)
        return e;
    if (p.end != PATH_NAME)
        e = ERRNO_ISDIR;
    else if (p.slash)
        e = slash_error(&p, ERRNO_NOENT, ERRNO_ISDIR, ERRNO_NOTDIR);
    else
        e = cw_host_unlink(p.dir, p.name);
    cw_path_done(&p);
    return e;
}
