/*
 * path.c - resolving paths beneath a directory, and opening what is found.
 *
 * Resolving gives O_PATH descriptors: they stand for an object without opening it, so looking at a device, a FIFO or a file on procfs has
 * no effect, and later steps act on the very object that was checked instead of on its name.
 */
#include "wasi/path.h"

/* ---- The walk ---- */

#define MAX_LINKS 40   /* as in Linux */

/* What a walk is to end at. */
typedef enum WalkGoal {
    WALK_OBJECT,          /* the object, a link at the end is not followed */
    WALK_OBJECT_FOLLOW,   /* the object, after following links at the end */
    WALK_DIRECTORY,       /* the object, which must be a directory */
    WALK_PARENT_FOLLOW    /* the directory and the name that are left when all links at the end have been followed */
} WalkGoal;

typedef struct Walk {
    const Alloc *alloc;
    const Handle *top;
    VEC(int) dirs;        /* open directories from below `top` down to where the walk is; ".." goes back along them, never by a name */
    VEC(char) todo;       /* what is still to be resolved, terminated */
    u32 at;               /* in todo */
    int links;
} Walk;

static int walk_here(const Walk *k) { return k->dirs.n ? k->dirs.at[k->dirs.n - 1] : k->top->fd; }

/* Makes todo from text (length bytes) and rest, which may lie in the old todo and may be NULL. */
static Errno walk_splice(Walk *k, const char *text, size_t length, const char *rest)
{
    size_t tail = rest ? strlen(rest) : 0;
    VEC(char) todo = { NULL, 0, 0 };
    if (!cw_vec_reserve(k->alloc, &todo, (u32)(length + tail + 1)))
        return ERRNO_NOMEM;
    memcpy(todo.at, text, length);
    if (tail)
        memcpy(todo.at + length, rest, tail);
    todo.at[length + tail] = 0;
    cw_vec_done(k->alloc, &k->todo);
    k->todo.at = todo.at;
    k->todo.cap = todo.cap;
    k->at = 0;
    return ERRNO_SUCCESS;
}

/* Continues with the text of the link that fd (an O_PATH descriptor) stands for; `rest` of todo follows it. */
static Errno walk_link(Walk *k, int fd, u64 dev, const char *rest)
{
    char text[HOST_PATH_MAX];
    size_t length;
    if (++k->links > MAX_LINKS)
        return ERRNO_LOOP;
    Errno e = cw_host_readlink(fd, "", text, sizeof text, &length);
    if (e)
        return e;
    if (length == 0)
        return ERRNO_NOENT;
    if (length == sizeof text)
        return ERRNO_NAMETOOLONG;
    /* Magic links lead to an object, not along their text, which reads "/where/it/is" or "pipe:[1]". The kernel's answer is ELOOP. */
    if (dev != k->top->dev && cw_host_is_procfs(fd) && (text[0] == '/' || memchr(text, ':', length)))
        return ERRNO_LOOP;
    if (text[0] == '/')
        return ERRNO_PERM;
    return walk_splice(k, text, length, rest);
}

/* ERRNO_SUCCESS if the directory may be searched: looking up "." and ".." needs that too. */
static Errno walk_may_search(int dir)
{
    int fd;
    Errno e = cw_host_open_object(dir, ".", &fd);
    if (!e)
        cw_host_close(fd);
    return e;
}

/* One step of walk_run: "." or "..". */
static Errno walk_dot(Walk *k, bool up)
{
    Errno e = walk_may_search(walk_here(k));
    if (e || !up)
        return e;
    if (k->dirs.n == 0)
        return ERRNO_PERM;
    cw_host_close(k->dirs.at[--k->dirs.n]);
    return ERRNO_SUCCESS;
}

/* Walks todo. *fd gets the object; it stays as it is if that is the directory where the walk ends. WALK_PARENT_FOLLOW ends in the parent and
 * fills name and slash. */
static Errno walk_run(Walk *k, WalkGoal goal, int *fd, char name[HOST_NAME_MAX + 1], bool *slash)
{
    for (;;) {
        while (k->todo.at[k->at] == '/')
            k->at++;
        const char *s = k->todo.at + k->at;
        size_t length = strcspn(s, "/");
        const char *rest = s + length;
        bool trailing = s[length] == '/';
        bool last = s[length + strspn(s + length, "/")] == 0;
        if (length == 0)   /* the end was ".", ".." or a directory with a slash */
            return goal == WALK_PARENT_FOLLOW ? ERRNO_ISDIR : ERRNO_SUCCESS;
        if (length > HOST_NAME_MAX)
            return ERRNO_NAMETOOLONG;
        char component[HOST_NAME_MAX + 1];
        memcpy(component, s, length);
        component[length] = 0;
        k->at += (u32)length;

        bool up = strcmp(component, "..") == 0;
        if (up || strcmp(component, ".") == 0) {
            Errno e = walk_dot(k, up);
            if (e)
                return e;
            continue;
        }

        int next;
        HostStat st;
        bool is_goal = last && goal == WALK_PARENT_FOLLOW;
        Errno e = cw_host_open_object(walk_here(k), component, &next);
        if (e && !(e == ERRNO_NOENT && is_goal))
            return e;
        if (!e) {
            e = cw_host_fstat(next, &st);
            if (!e && st.type == HOST_SYMLINK && (!last || trailing || goal != WALK_OBJECT)) {
                e = walk_link(k, next, st.dev, rest);
                cw_host_close(next);
                if (e)
                    return e;
                continue;
            }
            if (!e && st.type != HOST_DIRECTORY && (!last || trailing || goal == WALK_DIRECTORY))
                e = ERRNO_NOTDIR;
            if (!e && last && !trailing && !is_goal) {
                *fd = next;
                return ERRNO_SUCCESS;
            }
            if (!e && !is_goal && !cw_vec_push(k->alloc, &k->dirs, next))
                e = ERRNO_NOMEM;
            if (e || is_goal)
                cw_host_close(next);
            if (e)
                return e;
        }
        if (is_goal) {
            memcpy(name, component, length + 1);
            *slash = trailing;
            return ERRNO_SUCCESS;
        }
    }
}

/* *fd is always the caller's to close. name and slash only for WALK_PARENT_FOLLOW. */
static Errno walk(cwasm_wasi *w, const Handle *dir, const char *path, WalkGoal goal, int *fd, char name[HOST_NAME_MAX + 1], bool *slash)
{
    if (path[0] == '/')
        return ERRNO_PERM;
    Walk k = { .alloc = &w->alloc, .top = dir };
    int found = -1;
    Errno e = walk_splice(&k, path, strlen(path), NULL);
    if (!e)
        e = walk_run(&k, goal, &found, name, slash);
    if (!e && found < 0) {
        if (k.dirs.n)
            found = k.dirs.at[--k.dirs.n];
        else
            e = cw_host_open_object(dir->fd, ".", &found);
    }
    while (k.dirs.n)
        cw_host_close(k.dirs.at[--k.dirs.n]);
    cw_vec_done(k.alloc, &k.dirs);
    cw_vec_done(k.alloc, &k.todo);
    if (!e)
        *fd = found;
    return e;
}

/* ---- Either resolver ---- */

static Errno resolve(cwasm_wasi *w, const Handle *dir, const char *path, WalkGoal goal, int *fd)
{
    if (w->has_beneath) {
        /* AGAIN: a rename somewhere made the kernel unsure about a "..". Should that not end, the walk does not depend on it. */
        for (int tries = 0; tries < 32; tries++) {
            Errno e = cw_host_open_beneath(dir->fd, path, goal != WALK_OBJECT, goal == WALK_DIRECTORY, fd);
            if (e != ERRNO_AGAIN)
                return e;
        }
    }
    return walk(w, dir, path, goal, fd, NULL, NULL);
}

/* ERRNO_PERM for objects on procfs and its kin. A directory's own file system was checked when it was opened. */
static Errno check_fs(const Handle *dir, int fd, u64 dev)
{
    return dev != dir->dev && cw_host_is_kernel_fs(fd) ? ERRNO_PERM : ERRNO_SUCCESS;
}

Errno cw_path_object(cwasm_wasi *w, const Handle *dir, const char *path, bool follow, int *fd, HostStat *st)
{
    int found;
    Errno e = resolve(w, dir, path, follow ? WALK_OBJECT_FOLLOW : WALK_OBJECT, &found);
    if (e)
        return e;
    e = cw_host_fstat(found, st);
    if (!e)
        e = check_fs(dir, found, st->dev);
    if (e)
        cw_host_close(found);
    else
        *fd = found;
    return e;
}

static Errno check_parent(const Handle *dir, PathParent *p)
{
    HostStat st;
    Errno e = cw_host_fstat(p->dir, &st);
    if (!e)
        e = check_fs(dir, p->dir, st.dev);
    if (e)
        cw_path_done(p);
    return e;
}

Errno cw_path_parent(cwasm_wasi *w, const Handle *dir, const char *path, bool change, PathParent *p)
{
    if (change && dir->read_only)
        return ERRNO_ROFS;
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    size_t length = end - start;
    if (path[0] == '/')
        return ERRNO_PERM;
    *p = (PathParent){ .dir = dir->fd, .slash = path[end] == '/' };

    bool dot = length == 1 && path[start] == '.';
    bool dotdot = length == 2 && path[start] == '.' && path[start + 1] == '.';
    if (dot || dotdot) {
        /* There is no name to act on; the path still has to lead somewhere inside. */
        Errno e = resolve(w, dir, path, WALK_DIRECTORY, &p->dir);
        if (e)
            return e;
        p->owned = true;
        p->end = dot ? PATH_DOT : PATH_DOTDOT;
        return check_parent(dir, p);
    }
    if (start > 0) {
        char head[HOST_PATH_MAX];
        memcpy(head, path, start);
        head[start] = 0;
        Errno e = resolve(w, dir, head, WALK_DIRECTORY, &p->dir);
        if (e)
            return e;
        p->owned = true;
        e = check_parent(dir, p);
        if (e)
            return e;
    }
    if (length > HOST_NAME_MAX) {
        cw_path_done(p);
        return ERRNO_NAMETOOLONG;
    }
    memcpy(p->name, path + start, length);
    p->name[length] = 0;
    return ERRNO_SUCCESS;
}

Errno cw_path_parent_follow(cwasm_wasi *w, const Handle *dir, const char *path, bool change, PathParent *p)
{
    if (change && dir->read_only)
        return ERRNO_ROFS;
    *p = (PathParent){ .owned = true };
    Errno e = walk(w, dir, path, WALK_PARENT_FOLLOW, &p->dir, p->name, &p->slash);
    return e ? e : check_parent(dir, p);
}

void cw_path_done(PathParent *p)
{
    if (p->owned)
        cw_host_close(p->dir);
    p->owned = false;
}

/* ---- Opening ---- */

/* A file is opened for something at least. */
static HostOpen host_open(const PathOpen *o)
{
    bool write = o->write || o->truncate;
    return (HostOpen){ .read = o->read || !write, .write = write, .fdflags = o->fdflags };
}

/* Without /proc: opens the name again and makes sure that it is still the object that was looked at. ERRNO_STALE if not. */
static Errno open_by_name(cwasm_wasi *w, const Handle *dir, const char *path, const HostOpen *how, int *fd)
{
    PathParent p;
    Errno e = cw_path_parent_follow(w, dir, path, false, &p);
    if (e)
        return e == ERRNO_NOENT || e == ERRNO_ISDIR ? ERRNO_STALE : e;
    e = cw_host_open(p.dir, p.name, how, fd);
    if (!e && !(how->fdflags & FDFLAG_NONBLOCK)) {
        e = cw_host_set_flags(*fd, how->fdflags);
        if (e)
            cw_host_close(*fd);
    }
    cw_path_done(&p);
    return e == ERRNO_NOENT || e == ERRNO_LOOP || e == ERRNO_NXIO ? ERRNO_STALE : e;
}

/*
 * Opens the object that `object` (O_PATH, attributes st) stands for.
 *
 * Free of races: `object` holds the inode, and its type and file system were read from it. Directories are opened as "." of it and
 * regular files through /proc/thread-self/fd, both of which name the inode and not a path; and whatever was opened is used only if
 * its device and inode number are those of `object`, which cannot be reused while `object` is open. Without /proc a file is opened by its
 * path once more, with the same confinement and check; then another process that exchanges the file at the right moment can make
 * us open something else beneath the directory, never blocking, but what it was is closed again and the guest gets ERRNO_AGAIN.
 */
static Errno open_object(cwasm_wasi *w, const Handle *dir, const char *path, const PathOpen *o, int object, const HostStat *st, int *fd)
{
    if (st->type == HOST_SYMLINK)
        return o->directory ? ERRNO_NOTDIR : ERRNO_LOOP;
    if (st->type == HOST_DIRECTORY && (o->write || o->truncate || o->create))
        return ERRNO_ISDIR;
    if (st->type != HOST_DIRECTORY && o->directory)
        return ERRNO_NOTDIR;
    if (st->type != HOST_DIRECTORY && st->type != HOST_REGULAR)
        return ERRNO_ACCES;

    HostOpen how = host_open(o);
    int opened;
    Errno e = ERRNO_NOSYS;
    if (st->type == HOST_DIRECTORY) {
        how.fdflags = 0;
        e = cw_host_reopen_dir(object, &opened);
        if (e == ERRNO_ACCES && !w->no_proc)   /* it may be listed but not searched */
            e = cw_host_reopen(object, &how, &opened) ? ERRNO_ACCES : ERRNO_SUCCESS;
    } else {
        if (!w->no_proc)
            e = cw_host_reopen(object, &how, &opened);
        if (e == ERRNO_NOSYS)
            e = open_by_name(w, dir, path, &how, &opened);
    }
    if (e)
        return e;
    HostStat now;
    e = cw_host_fstat(opened, &now);
    if (!e && (now.dev != st->dev || now.ino != st->ino || now.type != st->type))
        e = ERRNO_STALE;
    if (!e && o->truncate)
        e = cw_host_truncate(opened, 0);
    if (e)
        cw_host_close(opened);
    else
        *fd = opened;
    return e;
}

/* Makes the file; ERRNO_EXIST if something has that name by now, ERRNO_ISDIR if the path asks for a directory. */
static Errno create_file(cwasm_wasi *w, const Handle *dir, const char *path, const PathOpen *o, int *fd, HostStat *st)
{
    PathParent p;
    bool slash = path[strlen(path) - 1] == '/';
    Errno e = o->follow && !o->exclusive && !slash ? cw_path_parent_follow(w, dir, path, true, &p)
                                                   : cw_path_parent(w, dir, path, true, &p);
    if (e)
        return e;
    HostOpen how = host_open(o);
    int made;
    e = p.end != PATH_NAME || p.slash ? ERRNO_ISDIR : cw_host_create(p.dir, p.name, &how, &made);
    cw_path_done(&p);
    if (e)
        return e;
    e = cw_host_fstat(made, st);
    if (e)
        cw_host_close(made);
    else
        *fd = made;
    return e;
}

Errno cw_path_open(cwasm_wasi *w, const Handle *dir, const char *path, const PathOpen *o, int *fd, HostStat *st)
{
    if (dir->read_only && (o->write || o->create || o->truncate))
        return ERRNO_ROFS;
    bool follow = o->follow && !(o->create && o->exclusive);
    bool slash = path[strlen(path) - 1] == '/';
    for (int tries = 0; tries < 16; tries++) {
        int object;
        Errno e = cw_path_object(w, dir, path, follow, &object, st);
        if (!e) {
            e = o->create && o->exclusive ? ERRNO_EXIST : open_object(w, dir, path, o, object, st, fd);
            cw_host_close(object);
            if (e != ERRNO_STALE)
                return e;
        } else if (o->create && (e == ERRNO_NOENT || (e == ERRNO_NOTDIR && slash))) {
            e = create_file(w, dir, path, o, fd, st);
            if (e != ERRNO_EXIST || o->exclusive)
                return e;
        } else {
            return e;
        }
    }
    return ERRNO_AGAIN;   /* somebody keeps exchanging the file under us */
}
