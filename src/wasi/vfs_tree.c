/* vfs_tree.c - nodes of a tree: finding them, copying them up, changing names. See vfs_tree.h. */
#include "wasi/vfs_tree.h"

#define RESERVED ".wh."              /* names of the overlay's own, not for guests */
#define SCRATCH ".wh..wh.scratch"    /* a file on its way into the upper layer */

/* ---- Quota ---- */

static u64 blocks(u64 size) { return size > UINT64_MAX - MEM_CHUNK ? size : (size + MEM_CHUNK - 1) / MEM_CHUNK * MEM_CHUNK; }

Errno cw_tree_charge(Tree *t, u64 from, u64 to)
{
    u64 old = blocks(from), new = blocks(to);
    if (new > old && t->bytes_max && (t->bytes > t->bytes_max || new - old > t->bytes_max - t->bytes))
        return ERRNO_NOSPC;
    if (new >= old)
        t->bytes += new - old;
    else
        t->bytes -= CW_MIN(t->bytes, old - new);
    return ERRNO_SUCCESS;
}

static Errno charge_name(Tree *t)
{
    if (t->names_max && t->names >= t->names_max)
        return ERRNO_NOSPC;
    t->names++;
    return ERRNO_SUCCESS;
}

static void refund_name(Tree *t) { t->names -= t->names > 0; }

/* ---- Life ---- */

static void obj_drop(Tree *t, Obj *obj)
{
    if (obj->layer)
        obj->layer->drop(t, obj);
    obj->layer = NULL;
}

static Obj host_obj(int fd) { return (Obj){ .layer = &cw_layer_host, .fd = fd, .io = -1 }; }

Errno cw_tree_new(cwasm_wasi *w, const char *kind, int upper_fd, int lower_fd, Tree **tree)
{
    Tree *t = cw_calloc(&w->alloc, 1, sizeof *t);
    Node *root = t ? cw_calloc(&w->alloc, 1, sizeof *root) : NULL;
    HostStat upper = { .ino = 0 }, lower = { .ino = 0 };
    Errno e = root ? ERRNO_SUCCESS : ERRNO_NOMEM;
    if (!e && upper_fd >= 0)
        e = cw_host_fstat(upper_fd, &upper);
    if (!e && lower_fd >= 0)
        e = cw_host_fstat(lower_fd, &lower);
    if (!e) {
        *t = (Tree){ .wasi = w, .alloc = &w->alloc, .kind = kind, .root = root, .upper_dev = upper.dev, .lower_dev = lower.dev };
        t->overlay = lower_fd >= 0;
        t->dev = (u64)0xca << 32 | ++w->n_trees;
        cw_mem_init(&t->mem, t->alloc, &w->clock);
        *root = (Node){ .tree = t, .refs = 1, .type = HOST_DIRECTORY };
        if (upper_fd >= 0) {
            root->upper = host_obj(upper_fd);
        } else {
            root->upper = (Obj){ .layer = &cw_layer_mem, .mem = cw_mem_new(&t->mem, HOST_DIRECTORY, NULL), .fd = -1, .io = -1 };
            if (!root->upper.mem)
                e = ERRNO_NOMEM;
            else
                cw_mem_hold(root->upper.mem)->nlink++;   /* goes with cw_mem_done, entries and all */
        }
        root->ino = upper_fd >= 0 ? upper.ino : 1;
        if (lower_fd >= 0)
            root->lower = host_obj(lower_fd);
    }
    if (e) {
        if (t)
            cw_free(&w->alloc, t, sizeof *t);
        if (root)
            cw_free(&w->alloc, root, sizeof *root);
        if (upper_fd >= 0)
            cw_host_close(upper_fd);
        if (lower_fd >= 0)
            cw_host_close(lower_fd);
        return e;
    }
    t->next = w->trees;
    w->trees = t;
    *tree = t;
    return ERRNO_SUCCESS;
}

void cw_tree_free(Tree *t)
{
    for (u32 i = 0; i < N_LISTINGS; i++)
        cw_listing_free(t->alloc, t->listings[i]);
    cw_node_drop(t->root);
    if (t->upper_path)
        cw_free(t->alloc, t->upper_path, strlen(t->upper_path) + 1);
    cw_names_done(t->alloc, &t->live);
    cw_mem_done(&t->mem);
    cw_free(t->alloc, t, sizeof *t);
}

Node *cw_node_hold(Node *node)
{
    node->refs++;
    return node;
}

/* Nobody uses a node that has lost its name; if it was the object's last, and no other such node stands for the same, its bytes are free. */
static void give_back(Node *node)
{
    Tree *t = node->tree;
    HostStat st;
    bool others = false;
    for (Node **p = &t->owed; *p;) {
        if (*p == node) {
            *p = node->next_owed;
        } else {
            others |= (*p)->owed_ino == node->owed_ino;
            p = &(*p)->next_owed;
        }
    }
    if (!others && !node->upper.layer->stat(t, &node->upper, &st) && st.nlink == 0)
        (void)cw_tree_charge(t, st.size, 0);
}

void cw_node_drop(Node *node)
{
    while (node && --node->refs == 0) {
        Node *parent = node->parent;
        Tree *t = node->tree;
        if (parent && !node->removed)
            cw_names_remove(&t->live, &node->key);
        if (parent)
            cw_name_done(t->alloc, &node->key);
        if (node->owed_ino)
            give_back(node);
        obj_drop(t, &node->upper);
        obj_drop(t, &node->lower);
        cw_free(t->alloc, node, sizeof *node);
        node = parent;
    }
}

Errno cw_tree_bind(Tree *t, const char *name, const char *path, int fd, bool read_only)
{
    MemNode *node = cw_mem_new(&t->mem, HOST_REGULAR, path);
    Errno e = node ? cw_mem_add(&t->mem, t->root->upper.mem, name, node) : ERRNO_NOMEM;
    if (!e) {
        node->bound = fd;
        node->bound_read_only = read_only;
    } else {
        cw_host_close(fd);
    }
    if (node)
        cw_mem_drop(&t->mem, node);
    return e;
}

/* ---- Looking ---- */

static bool is_reserved(const Tree *t, const char *name) { return t->overlay && strncmp(name, RESERVED, strlen(RESERVED)) == 0; }

/* A number for the guest: the layers' own must not meet. */
static u64 ino_of(const Tree *t, const Obj *obj, const HostStat *st)
{
    if (obj->layer == &cw_layer_mem)
        return st->ino | (u64)(t->overlay) << 62;
    u64 dev = st->dev - (obj->borrowed ? 0 : t->lower_dev ? t->lower_dev : t->upper_dev);
    return st->ino ^ ((dev * 0x9e3779b97f4a7c15u) >> 3);
}

/* Whether the lower layer shows something under a name, and what. Names that are hidden are not there. */
static Errno look_lower(Node *dir, const char *name, Obj *found, HostStat *st)
{
    Tree *t = dir->tree;
    bool hidden = false;
    if (!dir->lower.layer)
        return ERRNO_NOENT;
    Errno e = dir->upper.layer ? dir->upper.layer->hidden(t, &dir->upper, name, &hidden) : ERRNO_SUCCESS;
    if (e || hidden)
        return e ? e : ERRNO_NOENT;
    return cw_layer_host.look(t, &dir->lower, name, found, st);
}

/* As for directories of the host: nothing on procfs and its kin. */
static Errno refuse(const Obj *obj, const HostStat *st, u64 dev)
{
    return obj->layer == &cw_layer_host && !obj->borrowed && st->dev != dev && cw_host_is_kernel_fs(obj->fd) ? ERRNO_PERM : ERRNO_SUCCESS;
}

/* Finds the objects of a name in both layers; NOENT if there is none. The lower one counts if the upper one is absent, or if both are
 * directories. */
static Errno look_layers(Node *dir, const char *name, Obj *upper, Obj *lower, HostStat *st)
{
    Tree *t = dir->tree;
    HostStat below;
    *upper = *lower = (Obj){ .layer = NULL };
    Errno e = dir->upper.layer ? dir->upper.layer->look(t, &dir->upper, name, upper, st) : ERRNO_NOENT;
    if (!e)
        e = refuse(upper, st, t->upper_dev);
    if (e && e != ERRNO_NOENT)
        goto out;
    if (!upper->layer || st->type == HOST_DIRECTORY) {
        e = look_lower(dir, name, lower, &below);
        if (!e)
            e = refuse(lower, &below, t->lower_dev);
        if (e && e != ERRNO_NOENT)
            goto out;
        if (upper->layer && lower->layer && below.type != HOST_DIRECTORY)
            obj_drop(t, lower);
        if (!upper->layer && lower->layer)
            *st = below;
    }
    e = upper->layer || lower->layer ? ERRNO_SUCCESS : ERRNO_NOENT;
out:
    if (e) {
        obj_drop(t, upper);
        obj_drop(t, lower);
    }
    return e;
}

/* The node of a name that has none yet; takes the objects, also if there is no memory. */
static Errno adopt(Node *dir, const char *name, Obj upper, Obj lower, const HostStat *st, Node **found)
{
    Tree *t = dir->tree;
    Node *node = cw_calloc(t->alloc, 1, sizeof *node);
    bool named = node && cw_name_init(t->alloc, &node->key, name);
    if (!named || !cw_names_add(t->alloc, &t->live, &node->key, dir)) {
        if (named)
            cw_name_done(t->alloc, &node->key);
        if (node)
            cw_free(t->alloc, node, sizeof *node);
        obj_drop(t, &upper);
        obj_drop(t, &lower);
        return ERRNO_NOMEM;
    }
    node->tree = t;
    node->refs = 1;
    node->parent = cw_node_hold(dir);
    node->type = st->type;
    node->upper = upper;
    node->lower = lower;
    node->ino = ino_of(t, cw_node_obj(node), st);
    *found = node;
    return ERRNO_SUCCESS;
}

Errno cw_node_look(Node *dir, const char *name, Node **found)
{
    Tree *t = dir->tree;
    HostStat st;
    Obj upper, lower;
    if (dir->removed || is_reserved(t, name))
        return ERRNO_NOENT;
    Node *node = (Node *)(void *)cw_names_find(&t->live, dir, name);   /* the key is its beginning */
    if (node) {
        *found = cw_node_hold(node);
        return ERRNO_SUCCESS;
    }
    Errno e = look_layers(dir, name, &upper, &lower, &st);
    return e ? e : adopt(dir, name, upper, lower, &st, found);
}

Errno cw_node_stat(Node *node, HostStat *st)
{
    const Obj *obj = cw_node_obj(node);
    Errno e = obj->layer->stat(node->tree, obj, st);
    st->ino = node->ino;
    st->dev = node->tree->dev;
    if (!e && node->removed && !node->upper.layer)
        st->nlink = 0;
    return e;
}

Errno cw_node_readlink(Node *node, char *text, size_t size, size_t *length)
{
    const Obj *obj = cw_node_obj(node);
    return node->type == HOST_SYMLINK ? obj->layer->readlink(node->tree, obj, text, size, length) : ERRNO_INVAL;
}

/* ---- Copying up ---- */

static Errno copy_bytes(Tree *t, Obj *from, const Obj *to)
{
    u8 buf[16384];
    for (u64 at = 0;;) {
        size_t got, put;
        struct iovec in = { buf, sizeof buf };
        Errno e = from->layer->pread(t, from, &in, 1, at, &got);
        if (e || got == 0)
            return e;
        for (size_t done = 0; done < got; done += put) {
            struct iovec out = { buf + done, got - done };
            e = to->layer->pwrite(t, to, &out, 1, at + done, &put);
            if (e || put == 0)
                return e ? e : ERRNO_IO;
        }
        at += got;
    }
}

/* The node loses a name: the bytes are given back when nobody has it open any more. Objects in memory see to that themselves (vfs_layer.c). */
static void owe_bytes(Node *node, const HostStat *st)
{
    if (node->upper.layer != &cw_layer_host || !cw_tree_counts(st->type, st->size))
        return;
    node->owed_ino = st->ino;
    node->next_owed = node->tree->owed;
    node->tree->owed = node;
}

/* Makes the copy of a file under a name of its own in the root; its times are the original's. */
static Errno copy_file(Node *node, const HostStat *st, bool bytes, Obj *made)
{
    Tree *t = node->tree;
    Node *parent = node->parent;
    Errno e = node->lower.layer->open(t, &node->lower, node->removed ? NULL : &parent->lower, node->key.name, false);
    if (!e)
        e = cw_tree_charge(t, 0, bytes ? st->size : 0);
    if (e)
        return e;
    const Layer *layer = t->root->upper.layer;
    e = layer->make(t, &t->root->upper, SCRATCH, HOST_REGULAR, NULL, &node->lower, made);
    if (e == ERRNO_EXIST) {   /* left behind by a run that was killed */
        e = layer->unlink(t, &t->root->upper, SCRATCH, false);
        if (!e)
            e = layer->make(t, &t->root->upper, SCRATCH, HOST_REGULAR, NULL, &node->lower, made);
    }
    if (!e) {
        e = bytes ? copy_bytes(t, &node->lower, made) : ERRNO_SUCCESS;
        if (!e)
            e = layer->set_times(t, made, (HostTime){ HOST_TIME_SET, st->atim }, (HostTime){ HOST_TIME_SET, st->mtim });
        if (e) {
            obj_drop(t, made);
            (void)layer->unlink(t, &t->root->upper, SCRATCH, false);
        }
    }
    if (e)
        (void)cw_tree_charge(t, bytes ? st->size : 0, 0);
    return e;
}

/* node has a parent in the upper layer, or is removed. */
static Errno copy_one(Node *node, bool bytes)
{
    Tree *t = node->tree;
    HostStat st;
    Obj made;
    const Layer *layer = t->root->upper.layer;
    const Obj *dir = node->removed ? &t->root->upper : &node->parent->upper;
    Errno e = node->lower.layer->stat(t, &node->lower, &st);
    if (!e)
        e = charge_name(t);
    if (e)
        return e;
    if (node->type == HOST_REGULAR) {
        e = copy_file(node, &st, bytes, &made);
        if (!e && node->removed)
            (void)layer->unlink(t, dir, SCRATCH, false);
        else if (!e && (e = layer->rename(t, &t->root->upper, SCRATCH, dir, node->key.name)) != ERRNO_SUCCESS) {
            (void)layer->unlink(t, &t->root->upper, SCRATCH, false);
            obj_drop(t, &made);
        }
    } else if (node->type == HOST_DIRECTORY || node->type == HOST_SYMLINK) {
        char target[HOST_PATH_MAX];
        size_t length = 0;
        if (node->type == HOST_SYMLINK)
            e = node->lower.layer->readlink(t, &node->lower, target, sizeof target - 1, &length);
        target[length] = 0;
        const char *name = node->removed ? SCRATCH : node->key.name;
        if (!e)
            e = layer->make(t, dir, name, node->type, node->type == HOST_SYMLINK ? target : NULL, &node->lower, &made);
        if (!e) {
            e = layer->set_times(t, &made, (HostTime){ HOST_TIME_SET, st.atim }, (HostTime){ HOST_TIME_SET, st.mtim });
            if (e || node->removed)
                (void)layer->unlink(t, dir, name, node->type == HOST_DIRECTORY);
            if (e)
                obj_drop(t, &made);
        }
    } else {
        e = ERRNO_ACCES;   /* devices, sockets */
    }
    if (e) {
        refund_name(t);
        return e;
    }
    if (made.mem)
        made.mem->ino = node->ino & (((u64)1 << 62) - 1);
    node->upper = made;
    if (node->removed) {   /* a copy without a name */
        refund_name(t);
        if (!made.layer->stat(t, &node->upper, &st))
            owe_bytes(node, &st);
    }
    return ERRNO_SUCCESS;
}

Errno cw_node_copy_up(Node *node, bool bytes)
{
    while (!node->upper.layer) {
        Node *top = node;   /* the uppermost that is missing: no recursion, paths may be deep */
        while (!top->removed && top->parent && !top->parent->upper.layer)
            top = top->parent;
        Errno e = copy_one(top, bytes);
        if (e)
            return e;
    }
    return ERRNO_SUCCESS;
}

Errno cw_node_set_times(Node *node, HostTime atim, HostTime mtim)
{
    Errno e = cw_node_copy_up(node, true);
    return e ? e : node->upper.layer->set_times(node->tree, &node->upper, atim, mtim);
}

/* ---- Changing names ---- */

/* Before a name in dir is made, changed or removed. */
static Errno may_change(Node *dir, const char *name)
{
    if (dir->tree->fixed)
        return ERRNO_ROFS;
    if (dir->removed)
        return ERRNO_NOENT;
    if (is_reserved(dir->tree, name))
        return ERRNO_INVAL;
    return cw_node_copy_up(dir, true);
}

/* Hides what the lower layer shows under a name, if it does. */
static Errno hide_lower(Node *dir, const char *name)
{
    Tree *t = dir->tree;
    Obj obj;
    HostStat st;
    Errno e = look_lower(dir, name, &obj, &st);
    if (e)
        return e == ERRNO_NOENT ? ERRNO_SUCCESS : e;
    obj_drop(t, &obj);
    e = charge_name(t);
    if (e)
        return e;
    e = dir->upper.layer->hide(t, &dir->upper, name);
    if (e)
        refund_name(t);
    return e;
}

/* The node has lost its name. */
static void detach(Node *node)
{
    cw_names_remove(&node->tree->live, &node->key);
    node->removed = true;
}

Errno cw_node_make(Node *dir, const char *name, HostType type, const char *target, Node **made)
{
    Tree *t = dir->tree;
    Node *old;
    Obj obj;
    Errno e = cw_node_look(dir, name, &old);
    if (!e) {
        cw_node_drop(old);
        return ERRNO_EXIST;
    }
    if (e != ERRNO_NOENT)
        return e;
    u64 size = target && strlen(target) > HOST_NAME_MAX ? strlen(target) : 0;   /* long links take room */
    e = may_change(dir, name);
    if (!e)
        e = charge_name(t);
    if (e)
        return e;
    e = cw_tree_charge(t, 0, size);
    if (e) {
        refund_name(t);
        return e;
    }
    e = dir->upper.layer->make(t, &dir->upper, name, type, target, NULL, &obj);
    if (!e && made) {   /* with what was opened to make it: there may be no descriptor left */
        HostStat st;
        e = obj.layer->stat(t, &obj, &st);
        if (e)
            obj_drop(t, &obj);
        else
            e = adopt(dir, name, obj, (Obj){ .layer = NULL }, &st, made);
        if (e)
            (void)dir->upper.layer->unlink(t, &dir->upper, name, false);
    } else if (!e) {
        obj_drop(t, &obj);
    }
    if (e) {
        (void)cw_tree_charge(t, size, 0);
        refund_name(t);
    }
    return e;
}

/* Removes a name that node, which is no directory with entries, has. */
static Errno remove_name(Node *dir, const char *name, Node *node)
{
    Tree *t = dir->tree;
    HostStat st;
    bool is_dir = node->type == HOST_DIRECTORY;
    Errno e = may_change(dir, name);
    if (!e)
        e = hide_lower(dir, name);
    if (!e && node->upper.layer) {
        e = node->upper.layer->stat(t, &node->upper, &st);
        if (!e && is_dir)
            e = node->upper.layer->clear(t, &node->upper);
        if (!e)
            e = dir->upper.layer->unlink(t, &dir->upper, name, is_dir);
        if (!e) {
            refund_name(t);
            owe_bytes(node, &st);
        }
    }
    if (!e)
        detach(node);
    return e;
}

Errno cw_node_unlink(Node *dir, const char *name)
{
    Node *node;
    Errno e = cw_node_look(dir, name, &node);
    if (e)
        return e;
    e = node->type == HOST_DIRECTORY ? ERRNO_ISDIR : remove_name(dir, name, node);
    cw_node_drop(node);
    return e;
}

static Errno is_empty(Node *dir)
{
    Listing *l;
    Errno e = cw_listing_new(dir, &l);
    if (e)
        return e;
    e = cw_listing_count(l) ? ERRNO_NOTEMPTY : ERRNO_SUCCESS;
    cw_listing_free(dir->tree->alloc, l);
    return e;
}

Errno cw_node_rmdir(Node *dir, const char *name)
{
    Node *node;
    Errno e = cw_node_look(dir, name, &node);
    if (e)
        return e;
    e = node->type != HOST_DIRECTORY ? ERRNO_NOTDIR : is_empty(node);
    if (!e)
        e = remove_name(dir, name, node);
    cw_node_drop(node);
    return e;
}

Errno cw_node_link(Node *dir, const char *name, Node *new_dir, const char *new_name)
{
    Tree *t = dir->tree;
    Node *node, *old;
    if (new_dir->tree != t)
        return ERRNO_XDEV;
    Errno e = cw_node_look(dir, name, &node);
    if (e)
        return e;
    e = cw_node_look(new_dir, new_name, &old);
    if (!e) {
        cw_node_drop(old);
        e = ERRNO_EXIST;
    } else if (e == ERRNO_NOENT) {
        e = node->type == HOST_DIRECTORY ? ERRNO_PERM : may_change(new_dir, new_name);
        if (!e)
            e = cw_node_copy_up(node, true);
        if (!e)
            e = charge_name(t);
        if (!e) {
            e = node->upper.layer->link(t, &dir->upper, name, &node->upper, &new_dir->upper, new_name);
            if (e)
                refund_name(t);
        }
    }
    cw_node_drop(node);
    return e;
}

/* ---- Renaming ---- */

typedef VEC(Node *) NodeVec;

/* Copies a directory up with everything in it, so that it needs the lower layer no more. */
static Errno copy_all(Node *top)
{
    Tree *t = top->tree;
    NodeVec todo = { NULL, 0, 0 };
    Errno e = cw_vec_push(t->alloc, &todo, cw_node_hold(top)) ? ERRNO_SUCCESS : ERRNO_NOMEM;
    if (e)
        cw_node_drop(top);
    while (todo.n) {
        Node *node = todo.at[--todo.n];
        Listing *l = NULL;
        if (!e)
            e = cw_node_copy_up(node, true);
        if (!e && node->type == HOST_DIRECTORY && node->lower.layer)
            e = cw_listing_new(node, &l);
        DirEntry d = { .next = 0 };
        while (l && !e) {
            Node *child;
            cw_listing_at(l, d.next, &d);
            if (!d.name)
                break;
            e = cw_node_look(node, d.name, &child);
            if (e == ERRNO_NOENT) {   /* another process took it from the lower layer */
                e = ERRNO_SUCCESS;
            } else if (!e && !cw_vec_push(t->alloc, &todo, child)) {
                cw_node_drop(child);
                e = ERRNO_NOMEM;
            }
        }
        cw_listing_free(t->alloc, l);
        cw_node_drop(node);
    }
    cw_vec_done(t->alloc, &todo);
    return e;
}

static bool is_below(const Node *node, const Node *top)
{
    while (node && node != top)
        node = node->removed ? NULL : node->parent;
    return node != NULL;
}

/* A directory that was copied up whole has been moved: what is beneath it has nothing below any more. */
static void forget_lower(Node *top)
{
    Tree *t = top->tree;
    for (u32 i = 0; i < t->live.n_buckets; i++) {
        for (NameKey *k = t->live.buckets[i]; k; k = k->chain) {
            Node *node = (Node *)(void *)k;
            if (node->upper.layer && is_below(node, top))
                obj_drop(t, &node->lower);
        }
    }
}

/* node becomes dir/name; both names are free to change, and what had the new one is no directory with entries. */
static Errno move(Node *from, const char *name, Node *node, Node *dir, const char *new_name, Node *old)
{
    Tree *t = node->tree;
    HostStat st = { .nlink = 2 };
    NameKey key;
    Errno e = node->type == HOST_DIRECTORY ? copy_all(node) : cw_node_copy_up(node, true);
    if (!e)
        e = hide_lower(dir, new_name);
    if (!e)
        e = hide_lower(from, name);
    if (!e && old && old->upper.layer) {
        e = old->upper.layer->stat(t, &old->upper, &st);
        if (!e && old->type == HOST_DIRECTORY)
            e = old->upper.layer->clear(t, &old->upper);
    }
    if (e)
        return e;
    if (!cw_name_init(t->alloc, &key, new_name))
        return ERRNO_NOMEM;
    e = dir->upper.layer->rename(t, &from->upper, name, &dir->upper, new_name);
    if (e) {
        cw_name_done(t->alloc, &key);
        return e;
    }
    if (old) {
        if (old->upper.layer) {
            refund_name(t);
            owe_bytes(old, &st);
        }
        detach(old);
    }
    cw_names_remove(&t->live, &node->key);
    cw_name_done(t->alloc, &node->key);
    Node *parent = node->parent;
    node->key = key;
    node->parent = cw_node_hold(dir);
    (void)!cw_names_add(t->alloc, &t->live, &node->key, dir);   /* there are buckets: one was just taken out */
    cw_node_drop(parent);
    if (node->type == HOST_DIRECTORY)
        forget_lower(node);
    else
        obj_drop(t, &node->lower);
    return ERRNO_SUCCESS;
}

/* Errors in the order of Linux. */
static Errno may_rename(Node *node, Node *dir, Node *old)
{
    bool is_dir = node->type == HOST_DIRECTORY;
    if (is_dir && is_below(dir, node))
        return ERRNO_INVAL;
    if (!old)
        return ERRNO_SUCCESS;
    if (is_below(node, old))
        return ERRNO_NOTEMPTY;
    if (is_dir && old->type != HOST_DIRECTORY)
        return ERRNO_NOTDIR;
    if (!is_dir && old->type == HOST_DIRECTORY)
        return ERRNO_ISDIR;
    return is_dir ? is_empty(old) : ERRNO_SUCCESS;
}

static bool same_object(Node *a, Node *b)
{
    HostStat x, y;
    if (a == b)
        return true;
    if (a->type == HOST_DIRECTORY || !a->upper.layer || !b->upper.layer || a->upper.layer != b->upper.layer)
        return false;
    if (a->upper.mem)
        return a->upper.mem == b->upper.mem;
    return !cw_host_fstat(a->upper.fd, &x) && !cw_host_fstat(b->upper.fd, &y) && cw_host_same(&x, &y);
}

Errno cw_node_rename(Node *dir, const char *name, Node *new_dir, const char *new_name)
{
    Node *node, *old = NULL;
    if (new_dir->tree != dir->tree)
        return ERRNO_XDEV;
    Errno e = cw_node_look(dir, name, &node);
    if (e)
        return e;
    e = cw_node_look(new_dir, new_name, &old);
    if (!e || e == ERRNO_NOENT) {
        e = new_dir->removed ? ERRNO_NOENT : ERRNO_SUCCESS;
        if (!e && !(old && same_object(node, old))) {   /* else two names of one thing: POSIX wants both to stay */
            e = may_rename(node, new_dir, old);
            if (!e)
                e = may_change(dir, name);
            if (!e)
                e = may_change(new_dir, new_name);
            if (!e)
                e = move(dir, name, node, new_dir, new_name, old);
        }
        if (old)
            cw_node_drop(old);
    }
    cw_node_drop(node);
    return e;
}

/* ---- What is in the upper layer already ---- */

typedef struct Count {
    u64 bytes, names;
    Tree *tree;
    const Obj *dir;
    u32 depth;
} Count;

static Errno count_one(void *ctx, const char *name, u32 size, u64 ino, HostType type, bool node, bool hidden)
{
    (void)size, (void)ino, (void)hidden;
    Count *c = ctx;
    Obj obj;
    HostStat st;
    c->names++;
    if (!node || (type != HOST_REGULAR && type != HOST_DIRECTORY))
        return ERRNO_SUCCESS;
    Errno e = c->dir->layer->look(c->tree, c->dir, name, &obj, &st);
    if (e)
        return e == ERRNO_NOENT ? ERRNO_SUCCESS : e;
    if (st.type == HOST_REGULAR)
        c->bytes += blocks(st.size);
    if (st.type == HOST_DIRECTORY) {
        Count inner = { .tree = c->tree, .dir = &obj, .depth = c->depth + 1 };
        e = inner.depth > 200 ? ERRNO_NAMETOOLONG : obj.layer->list(c->tree, &obj, count_one, &inner);
        c->bytes += inner.bytes;
        c->names += inner.names;
    }
    obj_drop(c->tree, &obj);
    return e;
}

Errno cw_tree_limit(Tree *t, u64 bytes, u64 names)
{
    Count c = { .tree = t, .dir = &t->root->upper };
    Errno e = bytes || names ? c.dir->layer->list(t, c.dir, count_one, &c) : ERRNO_SUCCESS;
    t->bytes = c.bytes;
    t->names = c.names;
    t->bytes_max = bytes;
    t->names_max = names;
    return e;
}
