/* vfs_host_dir.c - directories of the host as handles: names by system calls with one component, opening, listing. */
#include "wasi/path.h"

/* ---- Names ---- */

static Place host_top(const Handle *dir) { return (Place){ .fd = dir->fd }; }

static Errno host_look(Place dir, const char *name, Place *found, HostStat *st)
{
    int fd;
    Errno e = cw_host_open_object(dir.fd, name, &fd);
    if (e)
        return e;
    e = cw_host_fstat(fd, st);
    if (e)
        cw_host_close(fd);
    else
        found->fd = fd;
    return e;
}

static void host_drop(Place place)
{
    cw_host_close(place.fd);
}

static Errno host_stat(Place place, HostStat *st)
{
    return cw_host_fstat(place.fd, st);
}

static Errno host_stat_name(Place dir, const char *name, HostStat *st)
{
    return cw_host_lstat(dir.fd, name, st);
}

static Errno host_set_times(Place place, HostTime atim, HostTime mtim)
{
    return cw_host_set_times(place.fd, atim, mtim);
}

static Errno host_readlink(Place dir, const char *name, char *text, size_t size, size_t *length)
{
    return cw_host_readlink(dir.fd, name, text, size, length);
}

static Errno host_follow(const Handle *top, Place link, const HostStat *st, char *text, size_t size, size_t *length)
{
    Errno e = host_readlink(link, "", text, size, length);
    /* Magic links lead to an object, not along their text, which reads "/where/it/is" or "pipe:[1]". The kernel's answer is ELOOP. */
    if (!e && st->dev != top->dev && cw_host_is_procfs(link.fd) && *length && (text[0] == '/' || memchr(text, ':', *length)))
        return ERRNO_LOOP;
    return e;
}

static Errno host_mkdir(Place dir, const char *name)
{
    return cw_host_mkdir(dir.fd, name, 0777);
}

static Errno host_rmdir(Place dir, const char *name)
{
    return cw_host_rmdir(dir.fd, name);
}

static Errno host_unlink(Place dir, const char *name)
{
    return cw_host_unlink(dir.fd, name);
}

static Errno host_symlink(const char *target, Place dir, const char *name)
{
    return cw_host_symlink(target, dir.fd, name);
}

static Errno host_link(Place dir, const char *name, Place new_dir, const char *new_name)
{
    return cw_host_link(dir.fd, name, new_dir.fd, new_name);
}

static Errno host_rename(Place dir, const char *name, Place new_dir, const char *new_name)
{
    return cw_host_rename(dir.fd, name, new_dir.fd, new_name);
}

/* The kernel resolves. */
static Errno host_resolve(cwasm_wasi *w, const Handle *top, const char *path, WalkGoal goal, Place *found)
{
    if (w->has_beneath) {
        /* AGAIN: a rename somewhere made the kernel unsure about a "..". Should that not end, the walk does not depend on it. */
        for (int tries = 0; tries < 32; tries++) {
            Errno e = cw_host_open_beneath(top->fd, path, goal != WALK_OBJECT, goal == WALK_DIRECTORY, &found->fd);
            if (e != ERRNO_AGAIN)
                return e;
        }
    }
    return ERRNO_NOSYS;
}

/* ERRNO_PERM for objects on procfs and its kin. A directory's own file system was checked when it was opened. */
static Errno host_refuse(const Handle *top, Place place, const HostStat *st)
{
    return st->dev != top->dev && cw_host_is_kernel_fs(place.fd) ? ERRNO_PERM : ERRNO_SUCCESS;
}

/* ---- Opening ---- */

static const HandleOps *ops_of(int fd, const HostStat *st)
{
    u64 position;
    switch (st->type) {
    case HOST_DIRECTORY: return &cw_ops_host_dir;
    case HOST_REGULAR: return &cw_ops_host_file;
    case HOST_CHAR: return !cw_host_is_terminal(fd) && !cw_host_seek(fd, 0, WHENCE_CUR, &position) ? &cw_ops_host_device : &cw_ops_host_stream;
    default: return &cw_ops_host_stream;
    }
}

/* dir: it may be the top of a tree (".", "x/.."); NULL: it cannot be. */
static void fill(Handle *made, int fd, const HostStat *st, const Handle *dir)
{
    made->top = dir && dir->top && st->dev == dir->dev && st->ino == dir->ino;
    made->ops = ops_of(fd, st);
    made->fd = fd;
    made->owned = true;
    made->filetype = cw_host_filetype(st->type);
    made->dev = st->dev;
    made->ino = st->ino;
}

/* A file is opened for something at least. */
static HostOpen how_to_open(const PathOpen *o)
{
    bool write = o->write || o->truncate;
    return (HostOpen){ .read = o->read || !write, .write = write, .fdflags = o->fdflags };
}

/* Without /proc: opens the name again and makes sure that it is still the object that was looked at. ERRNO_STALE if not. */
static Errno open_by_name(cwasm_wasi *w, const Handle *dir, const char *path, const HostOpen *how, const HostStat *st, int *fd)
{
    PathParent p;
    HostStat now;
    Errno e = cw_path_parent_follow(w, dir, path, false, &p);
    if (e)
        return e == ERRNO_NOENT || e == ERRNO_ISDIR ? ERRNO_STALE : e;
    e = cw_host_open(p.dir.fd, p.name, how, fd);
    if (!e) {
        e = cw_host_fstat(*fd, &now);
        if (!e && !cw_host_same(&now, st))
            e = ERRNO_STALE;
        if (!e && !(how->fdflags & FDFLAG_NONBLOCK))
            e = cw_host_set_flags(*fd, how->fdflags);
        if (e)
            cw_host_close(*fd);
    }
    cw_path_done(&p);
    return e == ERRNO_NOENT || e == ERRNO_LOOP || e == ERRNO_NXIO ? ERRNO_STALE : e;
}

bool cw_wasi_has_proc(cwasm_wasi *w)
{
    if (w->no_proc || w->proc_known)
        return !w->no_proc;
    Errno e = cw_host_open_fds(&w->fds);
    w->proc_known = !e;
    w->no_proc = e == ERRNO_NOENT || e == ERRNO_NOTDIR || e == ERRNO_ACCES;   /* no descriptor left: asked again next time */
    return w->proc_known;
}

/*
 * Opens the object that `place` (O_PATH, attributes st) stands for.
 *
 * Free of races: the place holds the inode, and its type and file system were read from it. Directories are opened as "." of it and
 * regular files by the place's name on procfs, both of which name the inode and not a path; and whatever was opened is used only if
 * its device and inode number are those of the place, which cannot be reused while it is open. Without /proc a file is opened by its
 * path once more, with the same confinement and check; then another process that exchanges the file at the right moment can make
 * us open something else beneath the directory, never blocking, but what it was is closed again and the guest gets ERRNO_AGAIN.
 *
 * This is as few calls as can be: Linux has no way to open a regular file or fail. What tells the type without opening (O_PATH) does not read, and what is
 * known of a name before it is opened says nothing of what has the name then.
 */
static Errno host_open(cwasm_wasi *w, const Handle *dir, const char *path, Place place, const HostStat *st, const PathOpen *o, Handle *made)
{
    int object = place.fd;
    HostOpen how = how_to_open(o);
    int opened;
    Errno e = ERRNO_NOSYS;
    if (st->type == HOST_DIRECTORY) {
        how.fdflags = 0;
        e = cw_host_reopen_dir(object, &opened);
        if (e == ERRNO_ACCES && cw_wasi_has_proc(w))   /* it may be listed but not searched */
            e = cw_host_reopen(&w->fds, object, st, &how, &opened) ? ERRNO_ACCES : ERRNO_SUCCESS;
    } else {
        if (st->type != HOST_REGULAR)
            how.fdflags |= FDFLAG_NONBLOCK;   /* opening a FIFO would wait for the other end; handles wait on their own account (vfs_host.c) */
        if (cw_wasi_has_proc(w))
            e = cw_host_reopen(&w->fds, object, st, &how, &opened);
        if (e == ERRNO_NOSYS)
            e = open_by_name(w, dir, path, &how, st, &opened);
    }
    if (e)
        return e;
    if (o->truncate && st->type == HOST_REGULAR)
        e = cw_host_truncate(opened, 0);
    if (e) {
        cw_host_close(opened);
        return e;
    }
    fill(made, opened, st, dir);
    return ERRNO_SUCCESS;
}

/* What O_DIRECTORY opens is a directory, and opening one changes nothing and waits for nothing, so it may be looked at afterwards. */
static Errno host_open_dir(cwasm_wasi *w, const Handle *dir, const char *path, bool follow, Handle *made)
{
    HostStat st;
    int fd;
    Errno e = w->has_beneath ? cw_host_open_dir_beneath(dir->fd, path, follow, &fd) : ERRNO_NOSYS;
    if (e)
        return e;
    e = cw_host_fstat(fd, &st);
    if (!e)
        e = host_refuse(dir, (Place){ .fd = fd }, &st);
    if (e) {
        cw_host_close(fd);
        return e;
    }
    fill(made, fd, &st, dir);
    return ERRNO_SUCCESS;
}

static Errno host_create(cwasm_wasi *w, Place dir, const char *name, const PathOpen *o, Handle *made)
{
    (void)w;
    HostOpen how = how_to_open(o);
    HostStat st;
    int fd;
    Errno e = cw_host_create(dir.fd, name, &how, &fd);
    if (e)
        return e;
    e = cw_host_fstat(fd, &st);
    if (e)
        cw_host_close(fd);
    else
        fill(made, fd, &st, NULL);
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
    Errno e = cookie > INT64_MAX ? ERRNO_INVAL : cw_host_seek(h->fd, (s64)cookie, WHENCE_SET, &position);
    if (e)
        return e == ERRNO_INVAL ? ERRNO_SUCCESS : e;   /* behind the last position that the file system has */
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
    if (h->top && strcmp(d.name, "..") == 0)
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

static const NameOps host_names = {
    .top = host_top, .look = host_look, .drop = host_drop, .stat = host_stat, .stat_name = host_stat_name, .set_times = host_set_times,
    .readlink = host_readlink, .follow = host_follow, .mkdir = host_mkdir, .rmdir = host_rmdir, .unlink = host_unlink,
    .symlink = host_symlink, .link = host_link, .rename = host_rename, .create = host_create, .open = host_open, .open_dir = host_open_dir,
    .resolve = host_resolve, .refuse = host_refuse,
};

const HandleOps cw_ops_host_dir = {
    .kind = "directory", DIR_OPS, .names = &host_names, .sync = cw_host_handle_sync, .stat = dir_stat, .set_times = dir_set_times,
    .readdir = host_readdir,
};
