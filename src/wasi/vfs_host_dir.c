/*
 * vfs_host_dir.c - directories of the host as handles. How paths are resolved, and what is refused, is path.c's affair.
 *
 * A call that acts on a name acts on the last component and never follows it; what Linux does for ".", ".." and trailing slashes is done
 * here, so that the host is only ever given one plain component.
 */
#include "wasi/path.h"

/* For names that may not end in a slash: the error for one that does. */
static Errno slash_error(const PathParent *p, Errno missing, Errno dir, Errno other)
{
    HostStat st;
    Errno e = cw_host_lstat(p->dir, p->name, &st);
    if (e)
        return e == ERRNO_NOENT ? missing : e;
    return st.type == HOST_DIRECTORY ? dir : other;
}

static Errno host_path_mkdir(Call *c, Handle *dir, const char *path)
{
    PathParent p;
    Errno e = cw_path_parent(c->wasi, dir, path, true, &p);
    if (e)
        return e;
    e = p.end == PATH_NAME ? cw_host_mkdir(p.dir, p.name) : ERRNO_EXIST;
    cw_path_done(&p);
    return e;
}

static Errno host_path_stat(Call *c, Handle *dir, const char *path, bool follow, HostStat *st)
{
    int fd;
    Errno e = cw_path_object(c->wasi, dir, path, follow, &fd, st);
    if (!e)
        cw_host_close(fd);
    return e;
}

static Errno host_path_set_times(Call *c, Handle *dir, const char *path, bool follow, HostTime atim, HostTime mtim)
{
    HostStat st;
    int fd;
    if (dir->read_only)
        return ERRNO_ROFS;
    Errno e = cw_path_object(c->wasi, dir, path, follow, &fd, &st);
    if (e)
        return e;
    e = cw_host_set_times(fd, atim, mtim);
    cw_host_close(fd);
    return e;
}

static Errno host_path_link(Call *c, Handle *old_dir, const char *old_path, bool follow, Handle *new_dir, const char *new_path)
{
    PathParent old, new;
    /* The old tree counts as changed: through a link elsewhere, its file could be. */
    Errno e = follow ? cw_path_parent_follow(c->wasi, old_dir, old_path, true, &old)
                     : cw_path_parent(c->wasi, old_dir, old_path, true, &old);
    if (e)
        return e == ERRNO_ISDIR ? ERRNO_PERM : e;
    if (old.end != PATH_NAME)
        e = ERRNO_PERM;
    else if (old.slash)
        e = slash_error(&old, ERRNO_NOENT, ERRNO_PERM, ERRNO_NOTDIR);
    if (!e)
        e = cw_path_parent(c->wasi, new_dir, new_path, true, &new);
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

static Errno host_path_open(Call *c, Handle *dir, const char *path, const PathOpen *how, Handle *made)
{
    HostStat st;
    Errno e = cw_path_open(c->wasi, dir, path, how, &made->fd, &st);
    if (e)
        return e;
    made->ops = st.type == HOST_DIRECTORY ? &cw_ops_host_dir : &cw_ops_host_file;
    made->filetype = cw_host_filetype(st.type);
    made->owned = true;
    made->dev = st.dev;
    made->ino = st.ino;
    return ERRNO_SUCCESS;
}

static Errno host_path_readlink(Call *c, Handle *dir, const char *path, char text[HOST_PATH_MAX], size_t *length)
{
    PathParent p;
    Errno e = cw_path_parent(c->wasi, dir, path, false, &p);
    if (e)
        return e;
    if (p.end != PATH_NAME) {
        e = ERRNO_INVAL;
    } else if (p.slash) {
        HostStat st;
        e = host_path_stat(c, dir, path, true, &st);
        if (!e)
            e = ERRNO_INVAL;   /* with a slash it is a directory */
    } else {
        e = cw_host_readlink(p.dir, p.name, text, HOST_PATH_MAX, length);
    }
    cw_path_done(&p);
    return e;
}

static Errno host_path_rmdir(Call *c, Handle *dir, const char *path)
{
    PathParent p;
    Errno e = cw_path_parent(c->wasi, dir, path, true, &p);
    if (e)
        return e;
    e = p.end == PATH_NAME ? cw_host_rmdir(p.dir, p.name) : p.end == PATH_DOT ? ERRNO_INVAL : ERRNO_NOTEMPTY;
    cw_path_done(&p);
    return e;
}

static Errno host_path_rename(Call *c, Handle *old_dir, const char *old_path, Handle *new_dir, const char *new_path)
{
    PathParent old, new;
    Errno e = cw_path_parent(c->wasi, old_dir, old_path, true, &old);
    if (e)
        return e;
    e = cw_path_parent(c->wasi, new_dir, new_path, true, &new);
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

static Errno host_path_symlink(Call *c, const char *target, Handle *dir, const char *path)
{
    PathParent p;
    Errno e = cw_path_parent(c->wasi, dir, path, true, &p);
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

static Errno host_path_unlink(Call *c, Handle *dir, const char *path)
{
    PathParent p;
    Errno e = cw_path_parent(c->wasi, dir, path, true, &p);
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

/* ---- Listing ---- */

/* Makes sure that the entry for `cookie` is at r->at; r->at == r->end at the end of the directory.
 *
 * Cookies are the file system's own (d_off of getdents64, what telldir gives), so they keep their meaning while the directory changes
 * and for directories of any size. Entries that were read ahead are used for the cookie that follows, never for cookie 0, which asks
 * for a fresh look. */
static Errno seek_entry(const Alloc *alloc, Entries *r, const Handle *h, u64 cookie)
{
    if (!r->buf) {
        r->buf = cw_alloc(alloc, ENTRIES_SIZE);
        if (!r->buf)
            return ERRNO_NOMEM;
    }
    if (r->of == h && cookie != 0) {
        if (cookie == r->next && r->next_at < r->end) {
            r->at = r->next_at;
            r->cookie = cookie;
        }
        if (cookie == r->cookie && r->at < r->end)
            return ERRNO_SUCCESS;
    }
    r->of = NULL;
    r->at = r->end = 0;
    u64 position;
    if (cookie > INT64_MAX)
        return ERRNO_INVAL;
    Errno e = cw_host_seek(h->fd, (s64)cookie, WHENCE_SET, &position);
    if (e)
        return e;
    size_t size;
    e = cw_host_read_entries(h->fd, r->buf, ENTRIES_SIZE, &size);
    if (e)
        return e == ERRNO_NOENT ? ERRNO_SUCCESS : e;   /* the directory was removed: it has no entries */
    r->of = h;
    r->end = (u32)size;
    r->cookie = cookie;
    return ERRNO_SUCCESS;
}

static Errno host_readdir(Call *c, Handle *h, u64 cookie, DirEntry *entry)
{
    Entries *r = &c->wasi->table.entries;
    Errno e = seek_entry(&c->wasi->alloc, r, h, cookie);
    *entry = (DirEntry){ .name = NULL };
    if (e || r->at == r->end)
        return e;
    r->next_at = r->at;
    HostDirent d = cw_host_entry(r->buf, &r->next_at);
    r->next = d.next;
    if (!d.has_type) {
        HostStat st;
        if (cw_host_lstat(h->fd, d.name, &st) == ERRNO_SUCCESS)
            d.type = st.type;
    }
    if (h->preopen && strcmp(d.name, "..") == 0)
        d.ino = h->ino;   /* the guest's root is its own parent */
    *entry = (DirEntry){ d.next, d.ino, cw_host_filetype(d.type), d.name, d.name_size };
    return ERRNO_SUCCESS;
}

/* ---- The directory itself ---- */

static Errno dir_stat(Call *c, Handle *h, HostStat *st)
{
    (void)c;
    return cw_host_fstat(h->fd, st);
}

static Errno dir_set_times(Call *c, Handle *h, HostTime atim, HostTime mtim)
{
    (void)c;
    return h->read_only ? ERRNO_ROFS : cw_host_set_times(h->fd, atim, mtim);
}

Errno cw_dir_seek(Call *c, Handle *h, s64 offset, int whence, u64 *position)
{
    (void)c, (void)h, (void)offset, (void)whence, (void)position;
    return ERRNO_ISDIR;
}

Errno cw_dir_pio(Call *c, Handle *h, struct iovec *iov, int n, u64 offset, size_t *done)
{
    (void)c, (void)h, (void)iov, (void)n, (void)offset, (void)done;
    return ERRNO_ISDIR;
}

const HandleOps cw_ops_host_dir = {
    .kind = "directory", .pread = cw_dir_pio, .pwrite = cw_dir_pio, .seek = cw_dir_seek, .sync = cw_host_handle_sync, .stat = dir_stat,
    .set_times = dir_set_times, .readdir = host_readdir, .path_open = host_path_open, .path_stat = host_path_stat,
    .path_set_times = host_path_set_times, .path_mkdir = host_path_mkdir, .path_rmdir = host_path_rmdir,
    .path_unlink = host_path_unlink, .path_readlink = host_path_readlink, .path_symlink = host_path_symlink,
    .path_link = host_path_link, .path_rename = host_path_rename,
};
