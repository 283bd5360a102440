/*
 * path.c - resolving paths beneath a directory, and opening what is found.
 *
 * Resolving gives places, on the host O_PATH descriptors: they stand for an object without opening it, so looking at a device, a FIFO or a
 * file on procfs has no effect, and later steps act on the very object that was checked instead of on its name.
 */
#include "wasi/path.h"

/* ---- The walk ---- */

#define MAX_LINKS 40   /* as in Linux */

typedef struct Walk {
    cwasm_wasi *wasi;
    const Alloc *alloc;
    const Handle *top;
    const NameOps *names;
    VEC(Place) dirs;       /* open directories from below `top` down to where the walk is; ".." goes back along them, never by a name */
    VEC(char) todo;       /* what is still to be resolved, terminated */
    u32 at;               /* in todo */
    int links;
} Walk;

static Place walk_here(const Walk *k) { return k->dirs.n ? k->dirs.at[k->dirs.n - 1] : k->names->top(k->top); }

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

/* Continues with the text of a link; `rest` of todo follows it. */
static Errno walk_link(Walk *k, Place link, const HostStat *st, const char *rest)
{
    char text[HOST_PATH_MAX];
    size_t length;
    if (++k->links > MAX_LINKS)
        return ERRNO_LOOP;
    Errno e = k->names->follow(k->top, link, st, text, sizeof text, &length);
    if (e)
        return e;
    if (length == 0)
        return ERRNO_NOENT;
    if (length == sizeof text)
        return ERRNO_NAMETOOLONG;
    if (text[0] == '/')
        return ERRNO_PERM;
    return walk_splice(k, text, length, rest);
}

/* One step of walk_run: "." or "..". */
static Errno walk_dot(Walk *k, bool up)
{
    Place here;
    HostStat st;
    Errno e = k->names->look(walk_here(k), ".", &here, &st);   /* looking up "." and ".." needs the right to search */
    if (e)
        return e;
    k->names->drop(here);
    if (!up)
        return ERRNO_SUCCESS;
    if (k->dirs.n == 0)
        return ERRNO_PERM;
    k->names->drop(k->dirs.at[--k->dirs.n]);
    return ERRNO_SUCCESS;
}

/* Walks todo. *found gets the object and *is_here false; true if that is the directory where the walk ends. WALK_PARENT_FOLLOW ends in the
 * parent and fills name and slash. */
static Errno walk_run(Walk *k, WalkGoal goal, Place *found, bool *is_here, char name[HOST_NAME_MAX + 1], bool *slash)
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

        Place next;
        HostStat st;
        bool is_goal = last && goal == WALK_PARENT_FOLLOW;
        Errno e = k->names->look(walk_here(k), component, &next, &st);
        if (e && !(e == ERRNO_NOENT && is_goal))
            return e;
        if (!e) {
            if (st.type == HOST_SYMLINK && (!last || trailing || goal != WALK_OBJECT)) {
                e = walk_link(k, next, &st, rest);
                k->names->drop(next);
                if (e)
                    return e;
                continue;
            }
            if (st.type != HOST_DIRECTORY && (!last || trailing || goal == WALK_DIRECTORY))
                e = ERRNO_NOTDIR;
            if (!e && last && !trailing && !is_goal) {
                *found = next;
                *is_here = false;
                return ERRNO_SUCCESS;
            }
            if (!e && !is_goal && !cw_vec_push(k->alloc, &k->dirs, next))
                e = ERRNO_NOMEM;
            if (e || is_goal)
                k->names->drop(next);
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

/* *found is always the caller's to drop. name and slash only for WALK_PARENT_FOLLOW. */
static Errno walk(cwasm_wasi *w, const Handle *dir, const char *path, WalkGoal goal, Place *found, char name[HOST_NAME_MAX + 1], bool *slash)
{
    if (path[0] == '/')
        return ERRNO_PERM;
    Walk k = { .wasi = w, .alloc = &w->alloc, .top = dir, .names = dir->ops->names };
    bool is_here = true;
    Errno e = walk_splice(&k, path, strlen(path), NULL);
    if (!e)
        e = walk_run(&k, goal, found, &is_here, name, slash);
    if (!e && is_here) {
        HostStat st;
        if (k.dirs.n)
            *found = k.dirs.at[--k.dirs.n];
        else
            e = k.names->look(k.names->top(dir), ".", found, &st);
    }
    while (k.dirs.n)
        k.names->drop(k.dirs.at[--k.dirs.n]);
    cw_vec_done(k.alloc, &k.dirs);
    cw_vec_done(k.alloc, &k.todo);
    return e;
}

/* ---- Either resolver ---- */

static Errno resolve(cwasm_wasi *w, const Handle *dir, const char *path, WalkGoal goal, Place *found)
{
    const NameOps *names = dir->ops->names;
    if (names->resolve) {
        Errno e = names->resolve(w, dir, path, goal, found);
        if (e != ERRNO_NOSYS)
            return e;
    }
    return walk(w, dir, path, goal, found, NULL, NULL);
}

/* The attributes of a place that was found, unless it must not be touched; then it is dropped. */
static Errno check_found(const Handle *dir, Place found, HostStat *st)
{
    const NameOps *names = dir->ops->names;
    Errno e = names->stat(found, st);
    if (!e && names->refuse)
        e = names->refuse(dir, found, st);
    if (e)
        names->drop(found);
    return e;
}

Errno cw_path_object(cwasm_wasi *w, const Handle *dir, const char *path, bool follow, Place *found, HostStat *st)
{
    Errno e = resolve(w, dir, path, follow ? WALK_OBJECT_FOLLOW : WALK_OBJECT, found);
    return e ? e : check_found(dir, *found, st);
}

Errno cw_path_parent(cwasm_wasi *w, const Handle *dir, const char *path, bool change, PathParent *p)
{
    const NameOps *names = dir->ops->names;
    HostStat st;
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
    *p = (PathParent){ .names = names, .dir = names->top(dir), .slash = path[end] == '/' };

    bool dot = length == 1 && path[start] == '.';
    bool dotdot = length == 2 && path[start] == '.' && path[start + 1] == '.';
    if (dot || dotdot) {
        /* There is no name to act on; the path still has to lead somewhere inside. */
        Errno e = resolve(w, dir, path, WALK_DIRECTORY, &p->dir);
        if (e)
            return e;
        p->owned = true;
        p->end = dot ? PATH_DOT : PATH_DOTDOT;
        return check_found(dir, p->dir, &st);
    }
    if (start > 0) {
        char head[HOST_PATH_MAX];
        memcpy(head, path, start);
        head[start] = 0;
        Errno e = resolve(w, dir, head, WALK_DIRECTORY, &p->dir);
        if (e)
            return e;
        p->owned = true;
        e = check_found(dir, p->dir, &st);
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
    HostStat st;
    *p = (PathParent){ .names = dir->ops->names, .owned = true };
    Errno e = walk(w, dir, path, WALK_PARENT_FOLLOW, &p->dir, p->name, &p->slash);
    return e ? e : check_found(dir, p->dir, &st);
}

void cw_path_done(PathParent *p)
{
    if (p->owned)
        p->names->drop(p->dir);
    p->owned = false;
}

/* ---- Opening ---- */

/* Whether what was found can be opened as asked. */
static Errno may_open(const Handle *dir, const HostStat *st, const PathOpen *o)
{
    if (st->type == HOST_SYMLINK)
        return o->directory ? ERRNO_NOTDIR : ERRNO_LOOP;
    if (st->type == HOST_DIRECTORY && (o->write || o->truncate || o->create))
        return ERRNO_ISDIR;
    if (st->type != HOST_DIRECTORY && o->directory)
        return ERRNO_NOTDIR;
    if (dir->devices && (st->type == HOST_CHAR || st->type == HOST_FIFO))
        return ERRNO_SUCCESS;
    return st->type == HOST_DIRECTORY || st->type == HOST_REGULAR ? ERRNO_SUCCESS : ERRNO_ACCES;
}

/* Makes the file; ERRNO_EXIST if something has that name by now, ERRNO_ISDIR if the path asks for a directory. */
static Errno create_file(cwasm_wasi *w, const Handle *dir, const char *path, const PathOpen *o, Handle *made)
{
    PathParent p;
    bool slash = path[strlen(path) - 1] == '/';
    Errno e = cw_path_parent(w, dir, path, true, &p);
    if (e)
        return e;
    e = p.end != PATH_NAME || p.slash ? ERRNO_ISDIR : p.names->create(w, p.dir, p.name, o, made);
    cw_path_done(&p);
    if (e != ERRNO_EXIST || !o->follow || o->exclusive || slash)
        return e;
    /* a link that leads to nothing yet, or somebody was faster */
    e = cw_path_parent_follow(w, dir, path, true, &p);
    if (e)
        return e;
    e = p.slash ? ERRNO_ISDIR : p.names->create(w, p.dir, p.name, o, made);
    cw_path_done(&p);
    return e;
}

Errno cw_path_open(Call *c, Handle *dir, const char *path, const PathOpen *o, Handle *made)
{
    cwasm_wasi *w = c->wasi;
    const NameOps *names = dir->ops->names;
    if (dir->read_only && (o->write || o->create || o->truncate))
        return ERRNO_ROFS;
    bool follow = o->follow && !(o->create && o->exclusive);
    bool slash = path[strlen(path) - 1] == '/';
    if (o->directory && names->open_dir && !o->write && !o->truncate && !names->open_dir(w, dir, path, follow, made))
        return ERRNO_SUCCESS;
    for (int tries = 0; tries < 16; tries++) {
        Place object;
        HostStat st;
        Errno e = cw_path_object(w, dir, path, follow, &object, &st);
        if (!e) {
            e = o->create && o->exclusive ? ERRNO_EXIST : may_open(dir, &st, o);
            if (!e)
                e = names->open(w, dir, path, object, &st, o, made);
            names->drop(object);
            if (e != ERRNO_STALE)
                return e;
        } else if (o->create && (e == ERRNO_NOENT || (e == ERRNO_NOTDIR && slash))) {
            e = create_file(w, dir, path, o, made);
            if (e != ERRNO_EXIST || o->exclusive)
                return e;
        } else {
            return e;
        }
    }
    return ERRNO_AGAIN;   /* somebody keeps exchanging the file under us */
}
