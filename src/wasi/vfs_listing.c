/*
 * vfs_listing.c - the entries of a directory of a tree, both layers merged.
 *
 * Cookies come from the names themselves (a hash of 31 bits, so that the `long` of C libraries for wasm32 holds them), entries are in the
 * order of their cookies: a cookie keeps its meaning whatever is added or removed, without anything being remembered. A listing is
 * made when a directory is read from the beginning and kept while it is read on, so even names of one hash keep their places.
 */
#include "wasi/vfs_tree.h"

#include <stdlib.h>

typedef struct Merge {
    Tree *tree;
    Listing *l;
    bool lower;    /* which layer is being read */
} Merge;

static u32 cookie_of(const char *name, u32 size)
{
    u64 h = 0xcbf29ce484222325u;
    for (u32 i = 0; i < size; i++)
        h = (h ^ (u8)name[i]) * 0x100000001b3u;
    h ^= h >> 32;
    return (u32)(h % 0x7ffffff0u) + 2;   /* 0 and 1 are "." and ".." */
}

static Errno add(void *ctx, const char *name, u32 size, u64 ino, HostType type, bool node, bool hidden)
{
    Merge *m = ctx;
    const Alloc *a = m->tree->alloc;
    if (m->lower && !node)
        return ERRNO_SUCCESS;   /* marks of the lower layer mean nothing here */
    ListingEntry e = {
        .cookie = cookie_of(name, size), .name_at = m->l->text.n, .name_size = size, .ino = ino, .type = cw_host_filetype(type),
        .lower = m->lower, .node = node, .hidden = hidden,
    };
    if (size > UINT32_MAX / 2 - m->l->text.n || !cw_vec_reserve(a, &m->l->text, size + 1) || !cw_vec_push(a, &m->l->entries, e))
        return ERRNO_NOMEM;
    memcpy(m->l->text.at + m->l->text.n, name, size);
    m->l->text.at[m->l->text.n + size] = 0;
    m->l->text.n += size + 1;
    return ERRNO_SUCCESS;
}

/* By name, the upper layer first. */
static int by_name(const void *a, const void *b)
{
    const ListingEntry *x = a, *y = b;
    if (x->cookie != y->cookie)
        return x->cookie < y->cookie ? -1 : 1;
    int order = strcmp(x->name, y->name);
    return order ? order : (int)x->lower - (int)y->lower;
}

/* Joins what has one name, and leaves what the guest sees. */
static void merge(Listing *l)
{
    u32 n = 0;
    for (u32 i = 0; i < l->entries.n;) {
        ListingEntry *e = &l->entries.at[i];
        ListingEntry *seen = NULL;
        bool hidden = false;
        for (; i < l->entries.n && strcmp(l->entries.at[i].name, e->name) == 0; i++) {
            ListingEntry *k = &l->entries.at[i];
            hidden |= k->hidden;
            if (!seen && k->node && !(k->lower && hidden))
                seen = k;
        }
        if (seen)
            l->entries.at[n++] = *seen;
    }
    l->entries.n = n;
    for (u32 i = 1; i < n; i++)   /* names of one hash */
        l->entries.at[i].cookie = CW_MAX(l->entries.at[i].cookie, l->entries.at[i - 1].cookie + 1);
}

Errno cw_listing_new(Node *dir, Listing **listing)
{
    Tree *t = dir->tree;
    Listing *l = cw_calloc(t->alloc, 1, sizeof *l);
    if (!l)
        return ERRNO_NOMEM;
    Merge m = { t, l, false };
    Errno e = dir->upper.layer ? dir->upper.layer->list(t, &dir->upper, add, &m) : ERRNO_SUCCESS;
    m.lower = true;
    if (!e && dir->lower.layer)
        e = dir->lower.layer->list(t, &dir->lower, add, &m);
    if (e) {
        cw_listing_free(t->alloc, l);
        return e;
    }
    for (u32 i = 0; i < l->entries.n; i++)
        l->entries.at[i].name = l->text.at + l->entries.at[i].name_at;
    if (l->entries.n)
        qsort(l->entries.at, l->entries.n, sizeof *l->entries.at, by_name);
    merge(l);
    for (u32 i = 0; i < l->entries.n; i++) {   /* numbers as stat tells them, for what is in use */
        const Node *node = (const Node *)(const void *)cw_names_find(&t->live, dir, l->entries.at[i].name);
        if (node) {
            l->entries.at[i].ino = node->ino;
            l->entries.at[i].type = cw_host_filetype(node->type);
        } else if (!l->entries.at[i].lower && dir->upper.mem) {
            l->entries.at[i].ino |= (u64)t->overlay << 62;
        }
    }
    *listing = l;
    return ERRNO_SUCCESS;
}

void cw_listing_free(const Alloc *a, Listing *l)
{
    if (!l)
        return;
    cw_vec_done(a, &l->entries);
    cw_vec_done(a, &l->text);
    cw_free(a, l, sizeof *l);
}

void cw_listing_at(const Listing *l, u64 cookie, DirEntry *entry)
{
    u32 low = 0, high = l->entries.n;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (l->entries.at[middle].cookie < cookie)
            low = middle + 1;
        else
            high = middle;
    }
    *entry = (DirEntry){ .name = NULL };
    if (low < l->entries.n) {
        const ListingEntry *e = &l->entries.at[low];
        *entry = (DirEntry){ (u64)e->cookie + 1, e->ino, e->type, e->name, e->name_size };
    }
}
