/* mounts.c - the embedder's side of files: directories, single files, memory and overlays as preopened directories. */
#include "base/utf8.h"
#include "wasi/vfs_tree.h"

static Status host_failed(Error *err, const char *what, const char *name, Errno e)
{
    return cw_fail(err, CWASM_HOST, CWASM_NO_OFFSET, "%s \"%s\": %s", what, name, cw_errno_text(e));
}

static Status bad_argument(Error *err, const char *why) { return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "%s", why); }

/* ---- Preopened directories ---- */

/* They begin at 3, also when standard streams are not open: C libraries look for them from there. */
static Status put_preopen(cwasm_wasi *w, Handle *take_h, Error *err)
{
    CapTable *t = &w->table;
    u32 fd = 3;
    while (cw_captable_get(t, fd))
        fd++;
    if (t->n_open < t->limit && cw_captable_set(t, fd, take_h))
        return CWASM_OK;
    Status status = t->n_open < t->limit ? cw_no_memory(err) : cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "too many open descriptors");
    cw_handle_drop(t, take_h);
    return status;
}

/* A handle with the guest's name for it; it has no operations yet. source may be NULL. */
static Status new_preopen(cwasm_wasi *w, const char *guest_path, const char *source, unsigned flags, Handle **made, Error *err)
{
    if (flags & ~(unsigned)(CWASM_DIR_READ_ONLY | CWASM_DIR_DEVICES))
        return bad_argument(err, "unknown flags of a directory or file");
    size_t size = strlen(guest_path);
    if (size == 0 || size >= HOST_PATH_MAX || !cw_utf8_valid(guest_path, size))
        return bad_argument(err, "the guest's name for a directory is empty, too long or not UTF-8");
    Handle *h = cw_handle_new(&w->table);
    if (!h)
        return cw_no_memory(err);
    h->owned = true;
    h->filetype = FILETYPE_DIRECTORY;
    h->preopen = cw_strdup(&w->alloc, guest_path);
    h->preopen_size = (u32)size;
    h->source = source ? cw_strdup(&w->alloc, source) : NULL;
    if (!h->preopen || (source && !h->source)) {
        cw_handle_drop(&w->table, h);
        return cw_no_memory(err);
    }
    h->read_only = flags & CWASM_DIR_READ_ONLY;
    h->devices = flags & CWASM_DIR_DEVICES;
    Rights denied = h->read_only ? RIGHTS_CHANGE : 0;
    h->base = RIGHTS_DIR & ~denied;
    h->inheriting = RIGHTS_BY_PATH & ~denied;
    *made = h;
    return CWASM_OK;
}

/* A directory of the host that may be handed over. */
static Status open_dir(const char *host_path, int *fd, HostStat *st, Error *err)
{
    Errno e = cw_host_open_tree(host_path, fd);
    if (e)
        return host_failed(err, "cannot open directory", host_path, e);
    e = cw_host_fstat(*fd, st);
    Status status = CWASM_OK;
    if (e)
        status = host_failed(err, "cannot open directory", host_path, e);
    else if (cw_host_is_kernel_fs(*fd))
        status = cw_fail(err, CWASM_HOST, CWASM_NO_OFFSET,
                         "refused to hand over directory \"%s\": it is on a file system that is an interface to the kernel", host_path);
    if (status)
        cw_host_close(*fd);
    return status;
}

Status cwasm_wasi_dir(cwasm_wasi *w, const char *host_path, const char *guest_path, unsigned flags, Error *err)
{
    Handle *h;
    HostStat st;
    TRY(new_preopen(w, guest_path, host_path, flags, &h, err));
    Status status = open_dir(host_path, &h->fd, &st, err);
    if (status) {
        h->fd = -1;
        cw_handle_drop(&w->table, h);
        return status;
    }
    h->ops = &cw_ops_host_dir;
    h->dev = st.dev;
    h->ino = st.ino;
    h->top = true;
    if (!w->walks && !w->has_beneath)
        w->has_beneath = cw_host_has_beneath();
    return put_preopen(w, h, err);
}

/* ---- Trees ---- */

enum { MEMORY_BYTES = 128 << 20, MEMORY_NAMES = 65536 };   /* when nothing is said */

/* The root of the tree as a preopened directory. */
static Status put_tree(cwasm_wasi *w, Handle *take_h, Tree *t, Error *err)
{
    cw_tree_handle(take_h, cw_node_hold(t->root));
    return put_preopen(w, take_h, err);
}

Status cwasm_wasi_tmpfs(cwasm_wasi *w, const char *guest_path, const cwasm_wasi_quota *quota, Error *err)
{
    Handle *h;
    Tree *t;
    TRY(new_preopen(w, guest_path, NULL, 0, &h, err));
    Errno e = cw_tree_new(w, "tmpfs", -1, -1, &t);
    if (!e)
        e = cw_tree_limit(t, quota && quota->bytes ? quota->bytes : MEMORY_BYTES, quota && quota->names ? quota->names : MEMORY_NAMES);
    if (e) {
        cw_handle_drop(&w->table, h);
        return cw_no_memory(err);
    }
    return put_tree(w, h, t, err);
}

Status cwasm_wasi_overlay(cwasm_wasi *w, const char *lower_path, const char *guest_path, const char *upper_path, unsigned flags,
                          const cwasm_wasi_quota *quota, Error *err)
{
    Handle *h;
    Tree *t;
    HostStat st, upper_st;
    int lower, upper = -1;
    if (flags & CWASM_DIR_DEVICES)
        return bad_argument(err, "an overlay has no devices");
    TRY(new_preopen(w, guest_path, lower_path, flags, &h, err));
    Status status = open_dir(lower_path, &lower, &st, err);
    if (!status && upper_path) {
        status = open_dir(upper_path, &upper, &upper_st, err);
        if (!status && (cw_host_is_inside(upper, lower) || cw_host_is_inside(lower, upper)))
            status = cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "the upper directory \"%s\" and the lower one lie within each other", upper_path);
        if (status) {
            if (upper >= 0 && status == CWASM_ARGUMENT)
                cw_host_close(upper);
            cw_host_close(lower);
        }
    }
    if (!status) {
        bool memory = upper < 0;
        Errno e = cw_tree_new(w, "overlay", upper, lower, &t);
        if (!e)
            e = cw_tree_limit(t, quota && quota->bytes ? quota->bytes : memory ? MEMORY_BYTES : 0,
                              quota && quota->names ? quota->names : memory ? MEMORY_NAMES : 0);
        if (e)
            status = host_failed(err, "cannot lay over directory", lower_path, e);
        else if (upper_path && !(t->upper_path = cw_strdup(&w->alloc, upper_path)))
            status = cw_no_memory(err);
    }
    if (status) {
        cw_handle_drop(&w->table, h);
        return status;
    }
    return put_tree(w, h, t, err);
}

/* ---- Single files ---- */

/* The preopened directory of this name, or NULL. */
static Handle *find_preopen(cwasm_wasi *w, const char *name)
{
    for (u32 fd = 3; fd < w->table.slots.n; fd++) {
        Handle *h = cw_captable_get(&w->table, fd);
        if (h && h->preopen && strcmp(h->preopen, name) == 0)
            return h;
    }
    return NULL;
}

/* The directory that holds single files under the guest's name `dir`, made if need be. */
static Status files_dir(cwasm_wasi *w, const char *dir, Tree **tree, Error *err)
{
    Handle *h = find_preopen(w, dir);
    if (h) {
        Node *node = h->ops == &cw_ops_tree_dir ? h->object : NULL;
        if (!node || !node->tree->fixed)
            return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET,
                           "\"%s\" is handed over already: a single file needs a directory of its own", dir);
        *tree = node->tree;
        return CWASM_OK;
    }
    TRY(new_preopen(w, dir, NULL, 0, &h, err));
    Errno e = cw_tree_new(w, "files", -1, -1, tree);
    if (e) {
        cw_handle_drop(&w->table, h);
        return cw_no_memory(err);
    }
    (*tree)->fixed = true;
    h->base = RIGHT_PATH_OPEN | RIGHT_FD_READDIR | RIGHT_FD_FILESTAT_GET | RIGHT_PATH_FILESTAT_GET | RIGHT_PATH_FILESTAT_SET_SIZE |
              RIGHT_PATH_FILESTAT_SET_TIMES;
    h->inheriting = RIGHTS_FILE | h->base;
    return put_tree(w, h, *tree, err);
}

Status cwasm_wasi_file(cwasm_wasi *w, const char *host_path, const char *guest_path, unsigned flags, Error *err)
{
    char dir[HOST_PATH_MAX];
    size_t size = strlen(guest_path);
    if (flags & ~(unsigned)CWASM_DIR_READ_ONLY)
        return bad_argument(err, "unknown flags of a directory or file");
    if (size == 0 || size >= HOST_PATH_MAX || !cw_utf8_valid(guest_path, size) || guest_path[size - 1] == '/')
        return bad_argument(err, "the guest's name for a file is empty, too long, not UTF-8 or ends in a slash");
    const char *slash = strrchr(guest_path, '/'), *name = slash ? slash + 1 : guest_path;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strlen(name) > HOST_NAME_MAX)
        return bad_argument(err, "the guest's name for a file is no name of a file");
    size_t length = slash == guest_path ? 1 : slash ? (size_t)(slash - guest_path) : 1;
    memcpy(dir, slash ? guest_path : ".", length);
    dir[length] = 0;

    int fd;
    Errno e = cw_host_open_file(host_path, &fd);
    if (e == ERRNO_NOTSUP)
        return cw_fail(err, CWASM_HOST, CWASM_NO_OFFSET, "refused to hand over file \"%s\": it is not a regular file", host_path);
    if (e)
        return host_failed(err, "cannot open file", host_path, e);
    Status status = CWASM_OK;
    Tree *t = NULL;
    if (cw_host_is_kernel_fs(fd))
        status = cw_fail(err, CWASM_HOST, CWASM_NO_OFFSET,
                         "refused to hand over file \"%s\": it is on a file system that is an interface to the kernel", host_path);
    if (!status)
        status = files_dir(w, dir, &t, err);
    if (!status && cw_mem_find(&t->mem, t->root->upper.mem, name))
        status = cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "two files are called \"%s\" for the guest", guest_path);
    if (status) {
        cw_host_close(fd);
        return status;
    }
    return cw_tree_bind(t, name, host_path, fd, flags & CWASM_DIR_READ_ONLY) ? cw_no_memory(err) : CWASM_OK;
}
