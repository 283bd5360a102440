/* capabilities.c - telling the embedder what a guest is handed. */
#include "wasi/vfs_tree.h"

static void describe(const Handle *h, u32 fd, cwasm_wasi_capability *c)
{
    *c = (cwasm_wasi_capability){
        .fd = fd, .kind = h->ops->kind, .guest_path = h->preopen, .host_path = h->source, .read_only = h->read_only, .devices = h->devices,
        .rights = h->base, .inheriting = h->inheriting,
    };
    if (h->ops == &cw_ops_tree_dir && h->preopen) {
        const Tree *t = ((const Node *)h->object)->tree;
        c->kind = t->kind;
        c->upper_path = t->upper_path;
        c->quota = (cwasm_wasi_quota){ t->bytes_max, t->names_max };
    }
}

bool cwasm_wasi_capability_at(const cwasm_wasi *w, size_t i, cwasm_wasi_capability *c)
{
    for (u32 fd = 0; fd < w->table.slots.n; fd++) {
        const Handle *h = cw_captable_get(&w->table, fd);
        if (!h)
            continue;
        if (i-- == 0) {
            describe(h, fd, c);
            return true;
        }
        const Node *node = h->ops == &cw_ops_tree_dir ? h->object : NULL;
        if (!node || !node->tree->fixed)
            continue;
        for (const MemEntry *e = node->tree->root->upper.mem->first; e; e = e->next) {
            if (i-- != 0)
                continue;
            *c = (cwasm_wasi_capability){
                .fd = fd, .kind = "single file", .guest_path = e->key.name, .host_path = e->node->target, .read_only = e->node->bound_read_only,
                .rights = RIGHTS_FILE & ~(e->node->bound_read_only ? RIGHTS_CHANGE : 0),
            };
            return true;
        }
    }
    return false;
}

const char *cwasm_wasi_right_name(unsigned bit)
{
    static const char *const names[] = {
        "fd_datasync", "fd_read", "fd_seek", "fd_fdstat_set_flags", "fd_sync", "fd_tell", "fd_write", "fd_advise", "fd_allocate",
        "path_create_directory", "path_create_file", "path_link_source", "path_link_target", "path_open", "fd_readdir", "path_readlink",
        "path_rename_source", "path_rename_target", "path_filestat_get", "path_filestat_set_size", "path_filestat_set_times",
        "fd_filestat_get", "fd_filestat_set_size", "fd_filestat_set_times", "path_symlink", "path_remove_directory", "path_unlink_file",
        "poll_fd_readwrite", "sock_shutdown", "sock_accept",
    };
    return bit < CW_COUNT(names) ? names[bit] : NULL;
}
