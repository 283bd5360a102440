/*
 * nested.c - host paths that lead through what a guest may write.
 *
 * `--dir A --dir A/sub`: in one run the guest can put a link in the place of A/sub, and the next run would follow it and hand over whatever it names.
 * So what was opened by a path that leads through a directory handed over for writing must lie in that directory, in whatever order and
 * spelling they were given. What is looked at is what is open, not what the path names by now.
 */
#include "wasi/vfs_tree.h"

typedef struct Given {
    const char *path;
    int fd;
    bool writable;    /* the guest may change it: names, if it is a directory */
    bool is_file;
} Given;
typedef VEC(Given) Givens;

static bool add_tree(cwasm_wasi *w, Givens *g, const Handle *h)
{
    const Tree *t = ((const Node *)h->object)->tree;
    bool ok = true;
    if (t->root->lower.layer)
        ok = cw_vec_push(&w->alloc, g, (Given){ h->source, t->root->lower.fd, false, false });
    if (ok && t->upper_path)
        ok = cw_vec_push(&w->alloc, g, (Given){ t->upper_path, t->root->upper.fd, !h->read_only, false });
    for (const MemNode *file = t->mem.all; ok && file; file = file->next)
        if (file->bound >= 0)
            ok = cw_vec_push(&w->alloc, g, (Given){ file->target, file->bound, !file->bound_read_only, true });
    return ok;
}

/* Whether what is at a path is the directory, or in it. */
static bool is_in(const char *path, int top)
{
    int fd;
    if (cw_host_open_folder(path, &fd))
        return false;
    bool in = cw_host_is_inside(fd, top);
    cw_host_close(fd);
    return in;
}

/* Whether a path, as it is written, leads through the directory or one in it: the next component is then the guest's. */
static bool leads_through(const char *path, int top)
{
    char part[HOST_PATH_MAX];
    if (path[0] != '/' && is_in(".", top))
        return true;
    for (size_t i = 1; path[i] && i < sizeof part; i++) {
        if (path[i] != '/')
            continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (is_in(part, top))
            return true;
    }
    return false;
}

/* Whether the file fd, opened by this path, has its name in the directory or beneath it. */
static bool lies_in(const char *path, int fd, int top)
{
    char dir[HOST_PATH_MAX];
    int parent;
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + 1 : 0;
    if (n >= sizeof dir)
        return false;
    memcpy(dir, path, n);
    strcpy(dir + n, ".");
    if (cw_host_open_folder(dir, &parent))
        return false;
    HostStat here, is;
    bool in = cw_host_is_inside(parent, top) && !cw_host_lstat(parent, path + n, &here) && !cw_host_fstat(fd, &is) && cw_host_same(&here, &is);
    cw_host_close(parent);
    return in;
}

/* Whether the guest could change what is read under this name: its own, and those of what links lead to. */
static bool can_change(const Given *given, const char *path)
{
    if (given->is_file)
        return cw_host_is_same(path, given->fd);
    char real[HOST_PATH_MAX];
    int fd;
    bool can = leads_through(path, given->fd);
    if (!can && !cw_host_open_file(path, &fd)) {
        can = cw_host_path_of(fd, real) && leads_through(real, given->fd);
        cw_host_close(fd);
    }
    return can;
}

static Status all_given(cwasm_wasi *w, Givens *g, Error *err)
{
    bool ok = true;
    for (u32 i = 3; ok && i < w->table.slots.n; i++) {
        const Handle *h = w->table.slots.at[i];
        if (h && h->preopen)
            ok = h->ops == &cw_ops_host_dir ? cw_vec_push(&w->alloc, g, (Given){ h->source, h->fd, !h->read_only, false }) : add_tree(w, g, h);
    }
    return ok ? CWASM_OK : cw_no_memory(err);
}

Status cw_wasi_check_nested(cwasm_wasi *w, Error *err)
{
    Givens g = { NULL, 0, 0 };
    Status status = all_given(w, &g, err);
    for (u32 t = 0; t < g.n && !status; t++) {
        const Given *top = &g.at[t];
        for (u32 i = 0; i < g.n && !status && top->writable && !top->is_file; i++) {
            const Given *in = &g.at[i];
            if (i != t && leads_through(in->path, top->fd) && !(in->is_file ? lies_in(in->path, in->fd, top->fd) : cw_host_is_inside(in->fd, top->fd)))
                status = cw_fail(err, CWASM_HOST, CWASM_NO_OFFSET,
                                 "refused to hand over \"%.100s\": a link in \"%.100s\", which is handed over for writing, leads out of it; "
                                 "name the place it leads to instead", in->path, top->path);
        }
    }
    cw_vec_done(&w->alloc, &g);
    return status;
}

Status cw_wasi_check_manifest(cwasm_wasi *w, const char *manifest, Error *err)
{
    Givens g = { NULL, 0, 0 };
    Status status = all_given(w, &g, err);
    for (u32 t = 0; t < g.n && !status; t++) {
        const Given *top = &g.at[t];
        if (top->writable && can_change(top, manifest))
            status = cw_fail(err, CWASM_HOST, CWASM_NO_OFFSET,
                             "refused to hand over \"%.100s\" for writing: with the manifest \"%.100s\" the guest could change what the next run is "
                             "handed; hand it over as read-only, or keep the manifest elsewhere", top->path, manifest);
    }
    cw_vec_done(&w->alloc, &g);
    return status;
}
