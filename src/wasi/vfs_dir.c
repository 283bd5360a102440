/*
 * vfs_dir.c - the operations of directories that take a path, the same for every file system (path.h).
 *
 * A call that acts on a name acts on the last component and never follows it; what Linux does for ".", ".." and trailing slashes is done
 * here, so that the file system is only ever given one plain component.
 */
#include "wasi/path.h"

/* For names that may not end in a slash: the error for one that does. */
static Errno slash_error(const PathParent *p, Errno missing, Errno dir, Errno other)
{
    HostStat st;
    Errno e = p->names->stat_name(p->dir, p->name, &st);
    if (e)
        return e == ERRNO_NOENT ? missing : e;
    return st.type == HOST_DIRECTORY ? dir : other;
}

Errno cw_path_mkdir(Call *c, Handle *dir, const char *path)
{
    PathParent p;
    Errno e = cw_path_parent(c->wasi, dir, path, true, &p);
    if (e)
        return e;
    e = p.end == PATH_NAME ? p.names->mkdir(p.dir, p.name) : ERRNO_EXIST;
    cw_path_done(&p);
    return e;
}

Errno cw_path_stat(Call *c, Handle *dir, const char *path, bool follow, HostStat *st)
{
    Place found;
    Errno e;
    const NameOps *names = dir->ops->names;
    if (cw_path_is_name(path)) {
        /* Its attributes are those of the entry, unless that is to be followed, or may be on a file system that must not be touched. */
        e = names->stat_name(names->top(dir), path, st);
        if (e || !((follow && st->type == HOST_SYMLINK) || (names->refuse && st->dev != dir->dev)))
            return e;
    }
    e = cw_path_object(c->wasi, dir, path, follow, &found, st);
    if (!e)
        names->drop(found);
    return e;
}

Errno cw_path_set_times(Call *c, Handle *dir, const char *path, bool follow, HostTime atim, HostTime mtim)
{
    HostStat st;
    Place found;
    if (dir->read_only)
        return ERRNO_ROFS;
    Errno e = cw_path_object(c->wasi, dir, path, follow, &found, &st);
    if (e)
        return e;
    e = dir->ops->names->set_times(found, atim, mtim);
    dir->ops->names->drop(found);
    return e;
}

Errno cw_path_link(Call *c, Handle *old_dir, const char *old_path, bool follow, Handle *new_dir, const char *new_path)
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
            e = old.names->link(old.dir, old.name, new.dir, new.name);
        cw_path_done(&new);
    }
    cw_path_done(&old);
    return e;
}

Errno cw_path_readlink(Call *c, Handle *dir, const char *path, char text[HOST_PATH_MAX], size_t *length)
{
    PathParent p;
    Errno e = cw_path_parent(c->wasi, dir, path, false, &p);
    if (e)
        return e;
    if (p.end != PATH_NAME) {
        e = ERRNO_INVAL;
    } else if (p.slash) {
        HostStat st;
        e = cw_path_stat(c, dir, path, true, &st);
        if (!e)
            e = ERRNO_INVAL;   /* with a slash it is a directory */
    } else {
        e = p.names->readlink(p.dir, p.name, text, HOST_PATH_MAX, length);
    }
    cw_path_done(&p);
    return e;
}

Errno cw_path_rmdir(Call *c, Handle *dir, const char *path)
{
    PathParent p;
    Errno e = cw_path_parent(c->wasi, dir, path, true, &p);
    if (e)
        return e;
    e = p.end == PATH_NAME ? p.names->rmdir(p.dir, p.name) : p.end == PATH_DOT ? ERRNO_INVAL : ERRNO_NOTEMPTY;
    cw_path_done(&p);
    return e;
}

Errno cw_path_rename(Call *c, Handle *old_dir, const char *old_path, Handle *new_dir, const char *new_path)
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
            e = old.names->rename(old.dir, old.name, new.dir, new.name);
        cw_path_done(&new);
    }
    cw_path_done(&old);
    return e;
}

Errno cw_path_symlink(Call *c, const char *target, Handle *dir, const char *path)
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
        e = p.names->symlink(target, p.dir, p.name);
    cw_path_done(&p);
    return e;
}

Errno cw_path_unlink(Call *c, Handle *dir, const char *path)
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
        e = p.names->unlink(p.dir, p.name);
    cw_path_done(&p);
    return e;
}

/* ---- What directories refuse ---- */

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
