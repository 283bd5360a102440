/* vfs_tree_ops.c - trees (vfs_tree.h) as handles: files, directories, names, listing. */
#include "wasi/vfs_tree.h"

/* ---- Files. The position is the handle's own. ---- */

static Errno file_pread(Call *c, Handle *h, struct iovec *iov, int n, u64 offset, size_t *done)
{
    (void)c;
    Node *node = h->object;
    Obj *obj = cw_node_obj(node);
    /* Copied up by another handle, it is not open there yet. */
    Errno e = obj->layer->open(node->tree, obj, NULL, NULL, false);
    return e ? e : obj->layer->pread(node->tree, obj, iov, n, offset, done);
}

static Errno file_read(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    Errno e = file_pread(c, h, iov, n, h->position, done);
    if (!e)
        h->position += *done;
    return e;
}

/* Cuts an array of iovecs to what ends before the largest offset; false if nothing is left. */
static bool fits(struct iovec *iov, int *n, u64 offset)
{
    u64 room = INT64_MAX - offset;
    for (int i = 0; i < *n; i++) {
        if (iov[i].iov_len > room) {
            iov[i].iov_len = (size_t)room;
            *n = i + (room > 0);
            break;
        }
        room -= iov[i].iov_len;
    }
    return *n > 0;
}

static u64 total(const struct iovec *iov, int n)
{
    u64 size = 0;
    for (int i = 0; i < n; i++)
        size += iov[i].iov_len;
    return size;
}

static Errno file_pwrite(Call *c, Handle *h, struct iovec *iov, int n, u64 offset, size_t *done)
{
    (void)c;
    Node *node = h->object;
    Tree *t = node->tree;
    Obj *obj = &node->upper;
    HostStat st;
    if (h->read_only)
        return ERRNO_ROFS;
    if (!fits(iov, &n, offset))
        return ERRNO_FBIG;
    Errno e = obj->layer->stat(t, obj, &st);
    u64 end = offset + total(iov, n);
    if (!e)
        e = cw_tree_charge(t, st.size, CW_MAX(st.size, end));
    if (e)
        return e;
    e = obj->layer->pwrite(t, obj, iov, n, offset, done);
    u64 size = e ? st.size : CW_MAX(st.size, offset + *done);
    (void)cw_tree_charge(t, CW_MAX(st.size, end), size);
    if (!e && (h->fdflags & (FDFLAG_SYNC | FDFLAG_DSYNC)))
        e = obj->layer->sync(t, obj, HOST_REGULAR, !(h->fdflags & FDFLAG_SYNC));
    return e;
}

static Errno file_write(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    HostStat st;
    u64 at = h->position;
    if (h->fdflags & FDFLAG_APPEND) {
        Errno e = cw_node_stat(h->object, &st);
        if (e)
            return e;
        at = st.size;
    }
    Errno e = file_pwrite(c, h, iov, n, at, done);
    if (!e)
        h->position = at + *done;
    return e;
}

static Errno file_seek(Call *c, Handle *h, s64 offset, int whence, u64 *position)
{
    (void)c;
    HostStat st;
    s64 base = whence == WHENCE_CUR ? (s64)h->position : 0, at;
    if (whence == WHENCE_END) {
        Errno e = cw_node_stat(h->object, &st);
        if (e)
            return e;
        base = (s64)st.size;
    }
    if (__builtin_add_overflow(base, offset, &at))
        return ERRNO_OVERFLOW;
    if (at < 0)
        return ERRNO_INVAL;
    *position = h->position = (u64)at;
    return ERRNO_SUCCESS;
}

static Errno file_advise(Call *c, Handle *h, u64 offset, u64 length, int advice)
{
    (void)c, (void)h, (void)advice;
    return offset > INT64_MAX || length > INT64_MAX ? ERRNO_INVAL : ERRNO_SUCCESS;
}

/* Changes the size, paying for it; with a length it only grows, to offset + length. */
static Errno resize(Node *node, u64 offset, u64 length)
{
    Tree *t = node->tree;
    Obj *obj = &node->upper;
    HostStat st;
    Errno e = obj->layer->stat(t, obj, &st);
    if (e)
        return e;
    u64 size = length ? CW_MAX(st.size, offset + length) : offset;
    e = cw_tree_charge(t, st.size, size);
    if (e)
        return e;
    e = length && obj->layer->allocate ? obj->layer->allocate(t, obj, offset, length) : obj->layer->set_size(t, obj, size);
    if (e)
        (void)cw_tree_charge(t, size, st.size);
    return e;
}

static Errno file_set_size(Call *c, Handle *h, u64 size)
{
    (void)c;
    Node *node = h->object;
    if (h->read_only)
        return ERRNO_ROFS;
    if (size > INT64_MAX || !h->opened_to_write)   /* the right alone does not do, as with ftruncate */
        return ERRNO_INVAL;
    return resize(node, size, 0);
}

static Errno file_allocate(Call *c, Handle *h, u64 offset, u64 length)
{
    (void)c;
    if (h->read_only)
        return ERRNO_ROFS;
    if (length == 0 || offset > INT64_MAX || length > INT64_MAX)
        return ERRNO_INVAL;
    if (offset + length > INT64_MAX)
        return ERRNO_FBIG;
    return resize(h->object, offset, length);
}

static Errno tree_sync(Call *c, Handle *h, bool data_only)
{
    (void)c;
    Node *node = h->object;
    Obj *obj = &node->upper;
    if (!obj->layer)
        return ERRNO_SUCCESS;   /* never changed */
    Errno e = node->type == HOST_REGULAR ? obj->layer->open(node->tree, obj, NULL, NULL, false) : ERRNO_SUCCESS;
    return e ? e : obj->layer->sync(node->tree, obj, node->type, data_only);
}

static Errno tree_stat(Call *c, Handle *h, HostStat *st)
{
    (void)c;
    return cw_node_stat(h->object, st);
}

static Errno tree_set_times(Call *c, Handle *h, HostTime atim, HostTime mtim)
{
    (void)c;
    return h->read_only ? ERRNO_ROFS : cw_node_set_times(h->object, atim, mtim);
}

static void file_ready(Call *c, Handle *h, bool write, u64 *nbytes, bool *hangup)
{
    (void)c;
    HostStat st;
    *hangup = false;
    *nbytes = write ? 1 : 0;
    if (!write && !cw_node_stat(h->object, &st) && st.size > h->position)
        *nbytes = st.size - h->position;
}

static void tree_close(const Alloc *alloc, Handle *h)
{
    Node *node = h->object;
    Tree *t = node->tree;
    for (u32 i = 0; i < N_LISTINGS; i++) {
        if (t->listings[i] && t->listings[i]->of == h) {
            cw_listing_free(alloc, t->listings[i]);
            t->listings[i] = NULL;
        }
    }
    cw_node_drop(node);
}

const HandleOps cw_ops_tree_file = {
    .kind = "file", .read = file_read, .write = file_write, .pread = file_pread, .pwrite = file_pwrite, .seek = file_seek,
    .advise = file_advise, .allocate = file_allocate, .set_size = file_set_size, .sync = tree_sync, .stat = tree_stat,
    .set_times = tree_set_times, .ready = file_ready, .close = tree_close,
};

/* ---- Names ---- */

static Place tree_top(const Handle *dir) { return (Place){ .node = dir->object }; }

static Errno tree_look(Place dir, const char *name, Place *found, HostStat *st)
{
    Errno e = ERRNO_SUCCESS;
    if (strcmp(name, ".") == 0)
        found->node = cw_node_hold(dir.node);
    else
        e = cw_node_look(dir.node, name, &found->node);
    if (e)
        return e;
    e = cw_node_stat(found->node, st);
    if (e)
        cw_node_drop(found->node);
    return e;
}

static void tree_drop(Place place)
{
    cw_node_drop(place.node);
}

static Errno tree_place_stat(Place place, HostStat *st)
{
    return cw_node_stat(place.node, st);
}

static Errno tree_stat_name(Place dir, const char *name, HostStat *st)
{
    Place found;
    Errno e = tree_look(dir, name, &found, st);
    if (!e)
        cw_node_drop(found.node);
    return e;
}

static bool is_bound_read_only(const Node *node)
{
    const Node *root = node->tree->root;
    if (!node->upper.borrowed)
        return false;
    const MemEntry *e = cw_mem_find(&node->tree->mem, root->upper.mem, node->key.name);
    return !e || e->node->bound_read_only;
}

static Errno tree_place_set_times(Place place, HostTime atim, HostTime mtim)
{
    return is_bound_read_only(place.node) ? ERRNO_ROFS : cw_node_set_times(place.node, atim, mtim);
}

static Errno tree_readlink(Place dir, const char *name, char *text, size_t size, size_t *length)
{
    Node *node;
    Errno e = cw_node_look(dir.node, name, &node);
    if (e)
        return e;
    e = cw_node_readlink(node, text, size, length);
    cw_node_drop(node);
    return e;
}

static Errno tree_follow(const Handle *top, Place link, const HostStat *st, char *text, size_t size, size_t *length)
{
    (void)top, (void)st;
    return cw_node_readlink(link.node, text, size, length);
}

static Errno tree_mkdir(Place dir, const char *name)
{
    return cw_node_make(dir.node, name, HOST_DIRECTORY, NULL, NULL);
}

static Errno tree_rmdir(Place dir, const char *name)
{
    return cw_node_rmdir(dir.node, name);
}

static Errno tree_unlink(Place dir, const char *name)
{
    return cw_node_unlink(dir.node, name);
}

static Errno tree_symlink(const char *target, Place dir, const char *name)
{
    return cw_node_make(dir.node, name, HOST_SYMLINK, target, NULL);
}

static Errno tree_link(Place dir, const char *name, Place new_dir, const char *new_name)
{
    return cw_node_link(dir.node, name, new_dir.node, new_name);
}

static Errno tree_rename(Place dir, const char *name, Place new_dir, const char *new_name)
{
    return cw_node_rename(dir.node, name, new_dir.node, new_name);
}

void cw_tree_handle(Handle *h, Node *take_node)
{
    h->ops = take_node->type == HOST_DIRECTORY ? &cw_ops_tree_dir : &cw_ops_tree_file;
    h->object = take_node;
    h->filetype = cw_host_filetype(take_node->type);
    h->dev = take_node->tree->dev;
    h->ino = take_node->ino;
}

/* A single file of the host: from here on it is a file of the host like any other. */
static Errno open_bound(cwasm_wasi *w, Node *node, const PathOpen *o, Handle *made)
{
    HostStat st;
    bool write = o->write || o->truncate;
    HostOpen how = { .read = o->read || !write, .write = write, .fdflags = o->fdflags };
    if (write && is_bound_read_only(node))
        return ERRNO_ROFS;
    Errno e = !cw_wasi_has_proc(w) ? ERRNO_ACCES : cw_host_fstat(node->upper.fd, &st);   /* the node's own have another number */
    if (!e)
        e = cw_host_reopen(&w->fds, node->upper.fd, &st, &how, &made->fd);
    if (e)
        return e == ERRNO_NOSYS ? ERRNO_ACCES : e;
    made->owned = true;
    made->ops = &cw_ops_host_file;
    made->filetype = FILETYPE_REGULAR_FILE;
    made->read_only = is_bound_read_only(node);
    return o->truncate ? cw_host_truncate(made->fd, 0) : ERRNO_SUCCESS;
}

static Errno tree_open(cwasm_wasi *w, const Handle *top, const char *path, Place place, const HostStat *st, const PathOpen *o, Handle *made)
{
    (void)top, (void)path, (void)st;
    Node *node = place.node;
    if (node->upper.borrowed)
        return open_bound(w, node, o, made);
    bool write = o->write || o->truncate;
    Errno e = write ? cw_node_copy_up(node, !o->truncate) : ERRNO_SUCCESS;
    if (!e && node->type == HOST_REGULAR) {
        Obj *obj = cw_node_obj(node), *dir = obj == &node->upper ? &node->parent->upper : &node->parent->lower;
        e = obj->layer->open(node->tree, obj, node->removed ? NULL : dir, node->key.name, write);
    }
    if (!e && o->truncate)
        e = resize(node, 0, 0);
    if (!e) {
        cw_tree_handle(made, cw_node_hold(node));
        made->opened_to_write = write;
    }
    return e;
}

static Errno tree_create(cwasm_wasi *w, Place dir, const char *name, const PathOpen *o, Handle *made)
{
    Node *node;
    Errno e = cw_node_make(dir.node, name, HOST_REGULAR, NULL, &node);
    if (e)
        return e;
    PathOpen how = *o;
    how.write = true;   /* as the host's creat: also with no right to write, the new file is there */
    e = tree_open(w, NULL, NULL, (Place){ .node = node }, NULL, &how, made);
    cw_node_drop(node);
    return e;
}

/* ---- Listing ---- */

static Errno tree_readdir(Call *c, Handle *h, u64 cookie, DirEntry *entry)
{
    (void)c;
    enum { DOT, DOTDOT };   /* their cookies */
    Node *node = h->object;
    Tree *t = node->tree;
    if (node->removed) {
        *entry = (DirEntry){ .name = NULL };   /* as on Linux: not even "." */
        return ERRNO_SUCCESS;
    }
    if (cookie == DOT || cookie == DOTDOT) {
        const Node *of = cookie == DOTDOT && node->parent && !h->preopen ? node->parent : node;
        *entry = (DirEntry){ cookie + 1, of->ino, FILETYPE_DIRECTORY, cookie == DOT ? "." : "..", cookie == DOT ? 1 : 2 };
    }
    u32 i = 0;
    while (i < N_LISTINGS && !(t->listings[i] && t->listings[i]->of == h))
        i++;
    if (cookie == DOT && i < N_LISTINGS) {   /* asks for a fresh look */
        cw_listing_free(t->alloc, t->listings[i]);
        t->listings[i] = NULL;
    }
    if (cookie == DOT || cookie == DOTDOT)
        return ERRNO_SUCCESS;
    if (i == N_LISTINGS) {
        Listing *l;
        Errno e = cw_listing_new(node, &l);
        if (e)
            return e;
        i = t->next_listing++ % N_LISTINGS;
        cw_listing_free(t->alloc, t->listings[i]);
        l->of = h;
        t->listings[i] = l;
    }
    cw_listing_at(t->listings[i], cookie, entry);
    return ERRNO_SUCCESS;
}

static const NameOps tree_names = {
    .top = tree_top, .look = tree_look, .drop = tree_drop, .stat = tree_place_stat, .stat_name = tree_stat_name,
    .set_times = tree_place_set_times, .readlink = tree_readlink, .follow = tree_follow, .mkdir = tree_mkdir, .rmdir = tree_rmdir,
    .unlink = tree_unlink, .symlink = tree_symlink, .link = tree_link, .rename = tree_rename, .create = tree_create, .open = tree_open,
};

const HandleOps cw_ops_tree_dir = {
    .kind = "directory", DIR_OPS, .names = &tree_names, .sync = tree_sync, .stat = tree_stat, .set_times = tree_set_times,
    .readdir = tree_readdir, .close = tree_close,
};
