/*
 * p1_path.c - calls that take a path: arguments, flags and rights. The rest is the directory's affair (path_* of its operations).
 *
 * Paths are relative to a directory the guest holds and cannot leave it: "..", absolute paths and links that would lead outside give
 * ERRNO_PERM. A call that acts on a name acts on the last component and never follows it.
 *
 * Errors of every call here, beside those at the call: BADF, NOTDIR, NOTCAPABLE (the right of its row in preview1.def), ROFS (a read-only
 * tree), FAULT; NOENT, NAMETOOLONG, INVAL (a NUL), ILSEQ (not UTF-8), LOOP, ACCES, PERM (outside, or on procfs and its kin).
 */
#include "wasi/wasi.h"

/* The path that arguments i (address) and i + 1 (size) give. */
static Errno arg_path(const Call *c, u32 i, char path[HOST_PATH_MAX])
{
    return cw_guest_path(c, cw_arg_ptr(c, i), cw_arg32(c, i + 1), path);
}

/* path_create_directory(fd, path, size) - mode 0777 as the host's umask allows.
 * Errors: EXIST, NOSPC ... POSIX: mkdirat. */
Errno cw_p1_path_create_directory(Call *c)
{
    char path[HOST_PATH_MAX];
    Errno e = arg_path(c, 1, path);
    return e ? e : c->h->ops->path_mkdir(c, c->h, path);
}

static Errno filestat(Call *c, HostStat *st)
{
    char path[HOST_PATH_MAX];
    u32 lookup = cw_arg32(c, 1);
    if (lookup & ~(u32)LOOKUP_SYMLINK_FOLLOW)
        return ERRNO_INVAL;
    Errno e = arg_path(c, 2, path);
    return e ? e : c->h->ops->path_stat(c, c->h, path, lookup & LOOKUP_SYMLINK_FOLLOW, st);
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
    u32 lookup = cw_arg32(c, 1);
    if (lookup & ~(u32)LOOKUP_SYMLINK_FOLLOW)
        return ERRNO_INVAL;
    Errno e = cw_guest_times(cw_arg64(c, 4), cw_arg64(c, 5), cw_arg32(c, 6), &atim, &mtim);
    if (!e)
        e = arg_path(c, 2, path);
    return e ? e : c->h->ops->path_set_times(c, c->h, path, lookup & LOOKUP_SYMLINK_FOLLOW, atim, mtim);
}

/* path_link(old_fd, lookup, old_path, old_size, new_fd, new_path, new_size) - a second name for a file or a symbolic link.
 * Errors: EXIST, PERM (a directory), XDEV, MLINK ... POSIX: linkat. */
Errno cw_p1_path_link(Call *c)
{
    char old[HOST_PATH_MAX], new[HOST_PATH_MAX];
    u32 lookup = cw_arg32(c, 1);
    if (lookup & ~(u32)LOOKUP_SYMLINK_FOLLOW)
        return ERRNO_INVAL;
    Errno e = arg_path(c, 2, old);
    if (!e)
        e = arg_path(c, 5, new);
    if (!e && c->h->ops != c->h2->ops)
        e = ERRNO_XDEV;
    return e ? e : c->h->ops->path_link(c, c->h, old, lookup & LOOKUP_SYMLINK_FOLLOW, c->h2, new);
}

/* path_open(fd, lookup, path, size, oflags: 1 create, 2 directory, 4 exclusive, 8 truncate, base: u64, inheriting: u64,
 *           fdflags: 1 append, 2 dsync, 4 non-blocking, 8 rsync, 16 sync, new_fd: ptr u32)
 *
 * Opens a regular file or a directory. The new descriptor has the base rights that are asked for, as far as they mean something for what is
 * opened; asking for more than fd's inheriting rights gives NOTCAPABLE. Creating needs RIGHT_PATH_CREATE_FILE, truncating
 * RIGHT_PATH_FILESTAT_SET_SIZE - or that the new descriptor may write and set its size: then nothing is won by refusing, and Go's os.Root relies
 * on it. Whether the host's file is opened for reading or writing follows from the base rights.
 *
 * In a read-only tree asking to write gives ROFS; other rights to change things are left out silently, as C libraries ask for them
 * even to read.
 *
 * Errors: EXIST, ISDIR (a directory for writing), NOTDIR, ACCES (also devices and FIFOs, unless the tree allows them, and sockets), LOOP (a link that is not followed), MFILE,
 * INVAL (unknown flags) ... POSIX: openat. */
Errno cw_p1_path_open(Call *c)
{
    char path[HOST_PATH_MAX];
    u32 lookup = cw_arg32(c, 1), oflags = cw_arg32(c, 4), fdflags = cw_arg32(c, 7);
    Rights base = cw_arg64(c, 5) & RIGHTS_BY_PATH, inheriting = cw_arg64(c, 6) & RIGHTS_BY_PATH;
    Handle *dir = c->h;
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

    const Rights cut_later = RIGHT_FD_WRITE | RIGHT_FD_FILESTAT_SET_SIZE;
    Rights need = oflags & OFLAG_CREAT ? RIGHT_PATH_CREATE_FILE : 0;
    if ((oflags & OFLAG_TRUNC) && (base & cut_later) != cut_later)
        need |= RIGHT_PATH_FILESTAT_SET_SIZE;
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
        .read = base & RIGHT_FD_READ,
        .write = write,
        .follow = lookup & LOOKUP_SYMLINK_FOLLOW,
        .create = oflags & OFLAG_CREAT,
        .exclusive = oflags & OFLAG_EXCL,
        .directory = oflags & OFLAG_DIRECTORY,
        .truncate = oflags & OFLAG_TRUNC,
        .fdflags = (u16)fdflags,
    };
    e = dir->ops->path_open(c, dir, path, &how, h);
    if (e) {
        cw_handle_drop(table, h);
        return e;
    }
    bool is_dir = cw_handle_is_dir(h);
    h->read_only = dir->read_only;
    h->devices = dir->devices && is_dir;
    h->fdflags = (u16)fdflags;
    h->base = base & (is_dir ? RIGHTS_DIR : RIGHTS_FILE);
    h->inheriting = is_dir ? inheriting : 0;
    cw_put32(new_fd, cw_captable_add(table, h));
    return ERRNO_SUCCESS;
}

/* path_readlink(fd, path, size, buf: ptr, buf_size, used: ptr u32) - writes the text of a link, cut at buf_size.
 * Errors: INVAL (not a link). POSIX: readlinkat. */
Errno cw_p1_path_readlink(Call *c)
{
    char path[HOST_PATH_MAX], text[HOST_PATH_MAX];
    size_t length;
    u32 size = cw_arg32(c, 4);
    u8 *buf = cw_guest(c, cw_arg_ptr(c, 3), size);
    u8 *used = cw_guest(c, cw_arg_ptr(c, 5), 4);
    if (!buf || !used)
        return ERRNO_FAULT;
    Errno e = arg_path(c, 1, path);
    if (!e)
        e = c->h->ops->path_readlink(c, c->h, path, text, &length);
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
    Errno e = arg_path(c, 1, path);
    return e ? e : c->h->ops->path_rmdir(c, c->h, path);
}

/* path_rename(fd, old_path, old_size, new_fd, new_path, new_size) - replaces what has the new name, atomically.
 * Errors: NOTEMPTY, NOTDIR, ISDIR, XDEV, INVAL (into itself), BUSY ("." and "..") ... POSIX: renameat. */
Errno cw_p1_path_rename(Call *c)
{
    char old[HOST_PATH_MAX], new[HOST_PATH_MAX];
    Errno e = arg_path(c, 1, old);
    if (!e)
        e = arg_path(c, 4, new);
    if (!e && c->h->ops != c->h2->ops)
        e = ERRNO_XDEV;
    return e ? e : c->h->ops->path_rename(c, c->h, old, c->h2, new);
}

/* path_symlink(target, target_size, fd, path, size) - makes a link; it may dangle, but not be absolute.
 * Errors: EXIST, PERM (an absolute target), NOSPC ... POSIX: symlinkat. */
Errno cw_p1_path_symlink(Call *c)
{
    char target[HOST_PATH_MAX], path[HOST_PATH_MAX];
    Errno e = arg_path(c, 0, target);
    if (!e && target[0] == '/')
        e = ERRNO_PERM;
    if (!e)
        e = arg_path(c, 3, path);
    return e ? e : c->h->ops->path_symlink(c, target, c->h, path);
}

/* path_unlink_file(fd, path, size) - removes a name that is not a directory; a link itself, not what it points to.
 * Errors: ISDIR, BUSY. POSIX: unlinkat. */
Errno cw_p1_path_unlink_file(Call *c)
{
    char path[HOST_PATH_MAX];
    Errno e = arg_path(c, 1, path);
    return e ? e : c->h->ops->path_unlink(c, c->h, path);
}
