/* vfs_layer.c - the two kinds of layers a tree is made of: memory, and a directory of the host. */
#include "wasi/vfs_tree.h"

/* ---- Memory ---- */

static Errno mem_look(Tree *t, const Obj *dir, const char *name, Obj *found, HostStat *st)
{
    MemEntry *e = cw_mem_find(&t->mem, dir->mem, name);
    if (!e || !e->node)
        return ERRNO_NOENT;
    if (e->node->bound >= 0) {
        *found = (Obj){ .layer = &cw_layer_host, .fd = e->node->bound, .io = -1, .borrowed = true };
        return cw_host_fstat(found->fd, st);
    }
    *found = (Obj){ .layer = &cw_layer_mem, .mem = cw_mem_hold(e->node), .fd = -1, .io = -1 };
    cw_mem_stat(e->node, st);
    return ERRNO_SUCCESS;
}

/* With the last of all who have it open, what has no name any more gives its bytes back. */
static void mem_drop(Tree *t, Obj *obj)
{
    const MemNode *m = obj->mem;
    if (m->refs == 1 && m->nlink == 0 && cw_tree_counts(m->type, m->size))
        (void)cw_tree_charge(t, m->size, 0);
    cw_mem_drop(&t->mem, obj->mem);
}

static Errno mem_stat(Tree *t, const Obj *obj, HostStat *st)
{
    (void)t;
    cw_mem_stat(obj->mem, st);
    return ERRNO_SUCCESS;
}

static Errno mem_readlink(Tree *t, const Obj *obj, char *text, size_t size, size_t *length)
{
    (void)t;
    *length = (size_t)CW_MIN((u64)size, obj->mem->size);
    memcpy(text, obj->mem->target, *length);
    return ERRNO_SUCCESS;
}

static Errno mem_list(Tree *t, const Obj *dir, EachEntry *each, void *ctx)
{
    (void)t;
    for (const MemEntry *e = dir->mem->first; e; e = e->next) {
        u64 ino = e->node ? e->node->ino : 0;
        HostType type = e->node ? e->node->type : HOST_OTHER;
        Errno err = each(ctx, e->key.name, e->key.size, ino, type, e->node != NULL, e->hidden);
        if (err)
            return err;
    }
    return ERRNO_SUCCESS;
}

static Errno mem_hidden(Tree *t, const Obj *dir, const char *name, bool *yes)
{
    const MemEntry *e = cw_mem_find(&t->mem, dir->mem, name);
    *yes = e && e->hidden;
    return ERRNO_SUCCESS;
}

static Errno mem_hide(Tree *t, const Obj *dir, const char *name) { return cw_mem_hide(&t->mem, dir->mem, name); }

static Errno mem_clear(Tree *t, const Obj *dir)
{
    cw_mem_clear(&t->mem, dir->mem);
    return ERRNO_SUCCESS;
}

static Errno mem_make(Tree *t, const Obj *dir, const char *name, HostType type, const char *target, const Obj *like, Obj *made)
{
    (void)like;
    MemNode *node = cw_mem_new(&t->mem, type, target);
    if (!node)
        return ERRNO_NOSPC;
    Errno e = cw_mem_add(&t->mem, dir->mem, name, node);
    if (e) {
        cw_mem_drop(&t->mem, node);
        return e;
    }
    *made = (Obj){ .layer = &cw_layer_mem, .mem = node, .fd = -1, .io = -1 };
    return ERRNO_SUCCESS;
}

static Errno mem_unlink(Tree *t, const Obj *dir, const char *name, bool is_dir)
{
    (void)is_dir;
    MemEntry *e = cw_mem_find(&t->mem, dir->mem, name);
    if (!e || !e->node)
        return ERRNO_NOENT;
    cw_mem_remove(&t->mem, dir->mem, e);
    return ERRNO_SUCCESS;
}

static Errno mem_link(Tree *t, const Obj *dir, const char *name, const Obj *obj, const Obj *new_dir, const char *new_name)
{
    (void)dir, (void)name;
    return cw_mem_add(&t->mem, new_dir->mem, new_name, obj->mem);
}

/* What had the new name loses it. */
static Errno mem_rename(Tree *t, const Obj *dir, const char *name, const Obj *new_dir, const char *new_name)
{
    MemEntry *e = cw_mem_find(&t->mem, dir->mem, name), *old = cw_mem_find(&t->mem, new_dir->mem, new_name);
    MemNode *node = e->node, *lost = old ? old->node : NULL;
    if (lost) {   /* its entry is kept: nothing can fail from here on */
        cw_mem_hold(lost);
        bool hidden = old->hidden;
        old->hidden = true;
        cw_mem_remove(&t->mem, new_dir->mem, old);
        old->hidden = hidden;
        cw_mem_drop(&t->mem, lost);
    }
    Errno err = cw_mem_add(&t->mem, new_dir->mem, new_name, node);
    if (!err)
        cw_mem_remove(&t->mem, dir->mem, cw_mem_find(&t->mem, dir->mem, name));
    return err;
}

static u64 time_to_set(const MemFs *fs, HostTime time, u64 old)
{
    return time.kind == HOST_TIME_OMIT ? old : time.kind == HOST_TIME_SET ? time.ns : cw_mem_now(fs);
}

static Errno mem_set_times(Tree *t, const Obj *obj, HostTime atim, HostTime mtim)
{
    obj->mem->atim = time_to_set(&t->mem, atim, obj->mem->atim);
    obj->mem->mtim = time_to_set(&t->mem, mtim, obj->mem->mtim);
    obj->mem->ctim = cw_mem_now(&t->mem);
    return ERRNO_SUCCESS;
}

static Errno mem_sync(Tree *t, const Obj *obj, HostType type, bool data_only)
{
    (void)t, (void)obj, (void)type, (void)data_only;
    return ERRNO_SUCCESS;
}

static Errno mem_open(Tree *t, Obj *obj, const Obj *dir, const char *name, bool write)
{
    (void)t, (void)obj, (void)dir, (void)name, (void)write;
    return ERRNO_SUCCESS;
}

static Errno mem_pread(Tree *t, const Obj *obj, const struct iovec *iov, int n, u64 at, size_t *done)
{
    *done = cw_mem_read(&t->mem, obj->mem, iov, n, at);
    return ERRNO_SUCCESS;
}

static Errno mem_pwrite(Tree *t, const Obj *obj, const struct iovec *iov, int n, u64 at, size_t *done)
{
    return cw_mem_write(&t->mem, obj->mem, iov, n, at, done);
}

static Errno mem_set_size(Tree *t, const Obj *obj, u64 size) { return cw_mem_set_size(&t->mem, obj->mem, size); }

const Layer cw_layer_mem = {
    .look = mem_look, .drop = mem_drop, .stat = mem_stat, .readlink = mem_readlink, .list = mem_list, .hidden = mem_hidden,
    .hide = mem_hide, .clear = mem_clear, .make = mem_make, .unlink = mem_unlink, .link = mem_link, .rename = mem_rename,
    .set_times = mem_set_times, .sync = mem_sync, .open = mem_open, .pread = mem_pread, .pwrite = mem_pwrite, .set_size = mem_set_size,
};

/* ---- The host ---- */

#define MARK ".wh."

/* The name of the mark that hides a name; names near the limit cannot be hidden. */
static Errno mark_of(const char *name, char mark[HOST_NAME_MAX + 1])
{
    size_t size = strlen(name);
    if (size > HOST_NAME_MAX - strlen(MARK))
        return ERRNO_NAMETOOLONG;
    memcpy(mark, MARK, strlen(MARK));
    memcpy(mark + strlen(MARK), name, size + 1);
    return ERRNO_SUCCESS;
}

static Errno host_look(Tree *t, const Obj *dir, const char *name, Obj *found, HostStat *st)
{
    (void)t;
    int fd;
    Errno e = cw_host_open_object(dir->fd, name, &fd);
    if (e)
        return e;
    e = cw_host_fstat(fd, st);
    if (e)
        cw_host_close(fd);
    else
        *found = (Obj){ .layer = &cw_layer_host, .fd = fd, .io = -1 };
    return e;
}

static void host_drop(Tree *t, Obj *obj)
{
    (void)t;
    if (obj->io >= 0 && obj->io != obj->fd)
        cw_host_close(obj->io);
    if (!obj->borrowed)
        cw_host_close(obj->fd);
}

static Errno host_stat(Tree *t, const Obj *obj, HostStat *st)
{
    (void)t;
    return cw_host_fstat(obj->fd, st);
}

static Errno host_readlink(Tree *t, const Obj *obj, char *text, size_t size, size_t *length)
{
    (void)t;
    return cw_host_readlink(obj->fd, "", text, size, length);
}

static Errno host_list(Tree *t, const Obj *dir, EachEntry *each, void *ctx)
{
    int fd;
    Errno e = cw_host_reopen_dir(dir->fd, &fd);
    if (e)
        return e;
    u8 *buf = cw_alloc(t->alloc, ENTRIES_SIZE);
    e = buf ? ERRNO_SUCCESS : ERRNO_NOMEM;
    while (!e) {
        size_t size;
        e = cw_host_read_entries(fd, buf, ENTRIES_SIZE, &size);
        if (e || size == 0)
            break;
        for (u32 at = 0; at < size && !e;) {
            HostDirent d = cw_host_entry(buf, &at);
            if (strcmp(d.name, ".") == 0 || strcmp(d.name, "..") == 0)
                continue;
            HostStat st;
            if (!d.has_type && cw_host_lstat(fd, d.name, &st) == ERRNO_SUCCESS)
                d.type = st.type;
            bool mark = strncmp(d.name, MARK, strlen(MARK)) == 0;
            if (!mark)
                e = each(ctx, d.name, d.name_size, d.ino, d.type, true, false);
            else if (d.name_size > strlen(MARK))
                e = each(ctx, d.name + strlen(MARK), d.name_size - (u32)strlen(MARK), 0, HOST_OTHER, false, true);
        }
    }
    if (buf)
        cw_free(t->alloc, buf, ENTRIES_SIZE);
    cw_host_close(fd);
    return e;
}

static Errno host_hidden(Tree *t, const Obj *dir, const char *name, bool *yes)
{
    (void)t;
    HostStat st;
    char mark[HOST_NAME_MAX + 1];
    *yes = false;
    if (mark_of(name, mark))
        return ERRNO_SUCCESS;
    Errno e = cw_host_lstat(dir->fd, mark, &st);
    *yes = !e;
    return e == ERRNO_NOENT ? ERRNO_SUCCESS : e;
}

static Errno host_hide(Tree *t, const Obj *dir, const char *name)
{
    (void)t;
    char mark[HOST_NAME_MAX + 1];
    int fd;
    Errno e = mark_of(name, mark);
    if (!e)
        e = cw_host_create(dir->fd, mark, &(HostOpen){ .write = true }, &fd);
    if (!e)
        cw_host_close(fd);
    return e == ERRNO_EXIST ? ERRNO_SUCCESS : e;
}

static Errno clear_one(void *ctx, const char *name, u32 size, u64 ino, HostType type, bool node, bool hidden)
{
    (void)size, (void)ino, (void)type, (void)node;
    char mark[HOST_NAME_MAX + 1];
    if (!hidden || mark_of(name, mark))
        return ERRNO_SUCCESS;
    Errno e = cw_host_unlink(((const Obj *)ctx)->fd, mark);
    return e == ERRNO_NOENT ? ERRNO_SUCCESS : e;
}

static Errno host_clear(Tree *t, const Obj *dir)
{
    Obj copy = *dir;
    return host_list(t, dir, clear_one, &copy);
}

static Errno host_unlink(Tree *t, const Obj *dir, const char *name, bool is_dir)
{
    (void)t;
    return is_dir ? cw_host_rmdir(dir->fd, name) : cw_host_unlink(dir->fd, name);
}

static Errno host_make(Tree *t, const Obj *dir, const char *name, HostType type, const char *target, const Obj *like, Obj *made)
{
    HostStat st;
    int fd;
    Errno e;
    u16 mode = like ? cw_host_mode(like->fd) : 0;
    if (type == HOST_REGULAR) {
        e = cw_host_create(dir->fd, name, &(HostOpen){ .read = true, .write = true, .mode = mode }, &fd);
        if (!e)
            *made = (Obj){ .layer = &cw_layer_host, .fd = fd, .io = fd, .io_write = true };
        return e;
    }
    e = type == HOST_DIRECTORY ? cw_host_mkdir(dir->fd, name, mode ? mode | 0700 : 0777) : cw_host_symlink(target, dir->fd, name);
    if (e)
        return e;
    e = host_look(t, dir, name, made, &st);
    if (e)   /* no descriptor left for it */
        (void)host_unlink(t, dir, name, type == HOST_DIRECTORY);
    return e;
}

static Errno host_link(Tree *t, const Obj *dir, const char *name, const Obj *obj, const Obj *new_dir, const char *new_name)
{
    (void)t, (void)obj;
    return cw_host_link(dir->fd, name, new_dir->fd, new_name);
}

static Errno host_rename(Tree *t, const Obj *dir, const char *name, const Obj *new_dir, const char *new_name)
{
    (void)t;
    return cw_host_rename(dir->fd, name, new_dir->fd, new_name);
}

static Errno host_set_times(Tree *t, const Obj *obj, HostTime atim, HostTime mtim)
{
    (void)t;
    return cw_host_set_times(obj->fd, atim, mtim);
}

static Errno host_sync(Tree *t, const Obj *obj, HostType type, bool data_only)
{
    (void)t;
    int fd = obj->io;
    if (type == HOST_DIRECTORY) {
        Errno e = cw_host_reopen_dir(obj->fd, &fd);
        if (e)
            return e;
    }
    Errno e = cw_host_sync(fd, data_only);
    if (type == HOST_DIRECTORY)
        cw_host_close(fd);
    return e;
}

/* Without /proc the name is opened again, and must still be the same file. */
static Errno host_open(Tree *t, Obj *obj, const Obj *dir, const char *name, bool write)
{
    if (obj->io >= 0 && (obj->io_write || !write))
        return ERRNO_SUCCESS;
    HostOpen how = { .read = true, .write = write };
    HostStat is, was;
    int fd;
    Errno e = cw_host_fstat(obj->fd, &was);
    if (!e)
        e = !cw_wasi_has_proc(t->wasi) ? ERRNO_NOSYS : cw_host_reopen(&t->wasi->fds, obj->fd, &was, &how, &fd);
    if (e == ERRNO_NOSYS && dir) {
        e = cw_host_open(dir->fd, name, &how, &fd);
        if (e)
            return e;
        if (cw_host_fstat(fd, &is) || !cw_host_same(&is, &was))
            e = ERRNO_STALE;
        else
            e = cw_host_set_flags(fd, 0);
        if (e)
            cw_host_close(fd);
    }
    if (e)
        return e == ERRNO_NOSYS ? ERRNO_ACCES : e;
    if (obj->io >= 0 && obj->io != obj->fd)
        cw_host_close(obj->io);
    obj->io = fd;
    obj->io_write = write;
    return ERRNO_SUCCESS;
}

static Errno host_pread(Tree *t, const Obj *obj, const struct iovec *iov, int n, u64 at, size_t *done)
{
    (void)t;
    Errno e;
    do
        e = cw_host_pread(obj->io, iov, n, at, done);
    while (e == ERRNO_INTR);   /* regular files do not wait */
    return e;
}

static Errno host_pwrite(Tree *t, const Obj *obj, const struct iovec *iov, int n, u64 at, size_t *done)
{
    (void)t;
    Errno e;
    do
        e = cw_host_pwrite(obj->io, iov, n, at, false, true, done);
    while (e == ERRNO_INTR);
    return e;
}

static Errno host_allocate(Tree *t, const Obj *obj, u64 offset, u64 length)
{
    (void)t;
    return cw_host_allocate(obj->io, offset, length);
}

static Errno host_set_size(Tree *t, const Obj *obj, u64 size)
{
    (void)t;
    return cw_host_truncate(obj->io, size);
}

const Layer cw_layer_host = {
    .look = host_look, .drop = host_drop, .stat = host_stat, .readlink = host_readlink, .list = host_list, .hidden = host_hidden,
    .hide = host_hide, .clear = host_clear, .make = host_make, .unlink = host_unlink, .link = host_link, .rename = host_rename,
    .set_times = host_set_times, .sync = host_sync, .open = host_open, .pread = host_pread, .pwrite = host_pwrite,
    .set_size = host_set_size, .allocate = host_allocate,
};
