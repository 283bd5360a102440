/* vfs_mem.c - objects in memory, see vfs_mem.h. */
#include "wasi/vfs_mem.h"

/* ---- Names in directories ---- */

static u32 hash_of(const void *dir, const char *name, size_t size)
{
    u64 h = 0xcbf29ce484222325u ^ (u64)(uintptr_t)dir;
    for (size_t i = 0; i < size; i++)
        h = (h ^ (u8)name[i]) * 0x100000001b3u;
    return (u32)(h ^ h >> 32);
}

bool cw_name_init(const Alloc *a, NameKey *key, const char *name)
{
    *key = (NameKey){ .name = cw_strdup(a, name), .size = (u32)strlen(name) };
    return key->name != NULL;
}

void cw_name_done(const Alloc *a, NameKey *key) { cw_free(a, key->name, (size_t)key->size + 1); }

/* Doubles the buckets; on failure chains just get longer. */
static void grow(const Alloc *a, NameTable *t)
{
    u32 n = t->n_buckets ? t->n_buckets * 2 : 16;
    NameKey **buckets = cw_calloc(a, n, sizeof *buckets);
    if (!buckets)
        return;
    for (u32 i = 0; i < t->n_buckets; i++) {
        for (NameKey *k = t->buckets[i], *next; k; k = next) {
            next = k->chain;
            k->chain = buckets[k->hash & (n - 1)];
            buckets[k->hash & (n - 1)] = k;
        }
    }
    cw_free(a, t->buckets, t->n_buckets * sizeof *t->buckets);
    t->buckets = buckets;
    t->n_buckets = n;
}

bool cw_names_add(const Alloc *a, NameTable *t, NameKey *key, const void *dir)
{
    if (t->n >= t->n_buckets)
        grow(a, t);
    if (!t->n_buckets)
        return false;
    key->dir = dir;
    key->hash = hash_of(dir, key->name, key->size);
    key->chain = t->buckets[key->hash & (t->n_buckets - 1)];
    t->buckets[key->hash & (t->n_buckets - 1)] = key;
    t->n++;
    return true;
}

void cw_names_remove(NameTable *t, NameKey *key)
{
    NameKey **link = &t->buckets[key->hash & (t->n_buckets - 1)];
    while (*link != key)
        link = &(*link)->chain;
    *link = key->chain;
    t->n--;
}

NameKey *cw_names_find(const NameTable *t, const void *dir, const char *name)
{
    size_t size = strlen(name);
    if (!t->n_buckets)
        return NULL;
    u32 hash = hash_of(dir, name, size);
    for (NameKey *k = t->buckets[hash & (t->n_buckets - 1)]; k; k = k->chain)
        if (k->hash == hash && k->dir == dir && k->size == size && memcmp(k->name, name, size) == 0)
            return k;
    return NULL;
}

void cw_names_done(const Alloc *a, NameTable *t) { cw_free(a, t->buckets, t->n_buckets * sizeof *t->buckets); }

/* ---- Objects ---- */

u64 cw_mem_now(const MemFs *fs)
{
    u64 now = 0;
    (void)cw_clock_time(fs->clock, CLOCK_ID_REALTIME, false, &now);
    return now;
}

void cw_mem_init(MemFs *fs, const Alloc *alloc, Clock *clock) { *fs = (MemFs){ .alloc = alloc, .clock = clock, .next_ino = 1 }; }

MemNode *cw_mem_new(MemFs *fs, HostType type, const char *target)
{
    MemNode *node = cw_calloc(fs->alloc, 1, sizeof *node);
    if (!node)
        return NULL;
    node->refs = 1;
    node->type = type;
    node->bound = -1;
    if (target) {
        node->target = cw_strdup(fs->alloc, target);
        node->size = strlen(target);
        if (!node->target) {
            cw_free(fs->alloc, node, sizeof *node);
            return NULL;
        }
    }
    node->ino = fs->next_ino++;
    node->nlink = type == HOST_DIRECTORY ? 1 : 0;   /* "." */
    node->atim = node->mtim = node->ctim = cw_mem_now(fs);
    node->next = fs->all;
    node->link = &fs->all;
    if (fs->all)
        fs->all->link = &node->next;
    fs->all = node;
    return node;
}

static void free_chunks(MemFs *fs, MemNode *node, u32 from)
{
    for (u32 i = from; i < node->n_chunks; i++) {
        if (node->chunks[i])
            cw_free(fs->alloc, node->chunks[i], MEM_CHUNK);
        node->chunks[i] = NULL;
    }
}

static void free_entry(MemFs *fs, MemEntry *entry)
{
    cw_name_done(fs->alloc, &entry->key);
    cw_free(fs->alloc, entry, sizeof *entry);
}

static void free_node(MemFs *fs, MemNode *node)
{
    free_chunks(fs, node, 0);
    cw_free(fs->alloc, node->chunks, (size_t)node->n_chunks * sizeof *node->chunks);
    if (node->target)
        cw_free(fs->alloc, node->target, (size_t)node->size + 1);
    if (node->bound >= 0)
        cw_host_close(node->bound);
    *node->link = node->next;
    if (node->next)
        node->next->link = node->link;
    cw_free(fs->alloc, node, sizeof *node);
}

void cw_mem_drop(MemFs *fs, MemNode *node)
{
    if (--node->refs)
        return;
    cw_mem_clear(fs, node);   /* a directory goes without entries, but for marks */
    free_node(fs, node);
}

void cw_mem_done(MemFs *fs)
{
    for (MemNode *node = fs->all; node; node = node->next) {
        for (MemEntry *e = node->first, *next; e; e = next) {
            next = e->next;
            free_entry(fs, e);
        }
    }
    while (fs->all)
        free_node(fs, fs->all);
    cw_names_done(fs->alloc, &fs->names);
}

void cw_mem_stat(const MemNode *node, HostStat *st)
{
    *st = (HostStat){
        .type = node->type, .ino = node->ino, .nlink = node->nlink, .size = node->type == HOST_DIRECTORY ? MEM_CHUNK : node->size,
        .atim = node->atim, .mtim = node->mtim, .ctim = node->ctim,
    };
}

/* ---- Entries ---- */

MemEntry *cw_mem_find(const MemFs *fs, const MemNode *dir, const char *name)
{
    return (MemEntry *)(void *)cw_names_find(&fs->names, dir, name);   /* the key is its beginning */
}

/* The entry of a name, made if need be; NULL if there is no memory. */
static MemEntry *entry_of(MemFs *fs, MemNode *dir, const char *name)
{
    MemEntry *e = cw_mem_find(fs, dir, name);
    if (e)
        return e;
    e = cw_calloc(fs->alloc, 1, sizeof *e);
    if (!e)
        return NULL;
    bool named = cw_name_init(fs->alloc, &e->key, name);
    if (!named || !cw_names_add(fs->alloc, &fs->names, &e->key, dir)) {
        if (named)
            cw_name_done(fs->alloc, &e->key);
        cw_free(fs->alloc, e, sizeof *e);
        return NULL;
    }
    e->prev = dir->last;
    *(dir->last ? &dir->last->next : &dir->first) = e;
    dir->last = e;
    return e;
}

static void unlink_entry(MemFs *fs, MemNode *dir, MemEntry *e)
{
    *(e->prev ? &e->prev->next : &dir->first) = e->next;
    *(e->next ? &e->next->prev : &dir->last) = e->prev;
    cw_names_remove(&fs->names, &e->key);
    free_entry(fs, e);
}

Errno cw_mem_add(MemFs *fs, MemNode *dir, const char *name, MemNode *node)
{
    MemEntry *e = entry_of(fs, dir, name);
    if (!e)
        return ERRNO_NOSPC;
    e->node = cw_mem_hold(node);
    node->nlink++;
    dir->nlink += node->type == HOST_DIRECTORY;   /* its ".." */
    node->ctim = dir->mtim = dir->ctim = cw_mem_now(fs);
    return ERRNO_SUCCESS;
}

void cw_mem_remove(MemFs *fs, MemNode *dir, MemEntry *e)
{
    MemNode *node = e->node;
    node->nlink -= node->type == HOST_DIRECTORY && node->nlink == 2 ? 2 : 1;
    dir->nlink -= node->type == HOST_DIRECTORY;
    node->ctim = dir->mtim = dir->ctim = cw_mem_now(fs);
    e->node = NULL;
    if (!e->hidden)
        unlink_entry(fs, dir, e);
    cw_mem_drop(fs, node);
}

Errno cw_mem_hide(MemFs *fs, MemNode *dir, const char *name)
{
    MemEntry *e = entry_of(fs, dir, name);
    if (!e)
        return ERRNO_NOSPC;
    e->hidden = true;
    return ERRNO_SUCCESS;
}

void cw_mem_clear(MemFs *fs, MemNode *dir)
{
    for (MemEntry *e = dir->first, *next; e; e = next) {
        next = e->next;
        if (!e->node)
            unlink_entry(fs, dir, e);
    }
}

/* ---- Bytes ---- */

size_t cw_mem_read(MemFs *fs, MemNode *node, const struct iovec *iov, int n, u64 at)
{
    size_t done = 0;
    for (int i = 0; i < n; i++) {
        u8 *to = iov[i].iov_base;
        size_t left = iov[i].iov_len;
        while (left && at < node->size) {
            const u8 *chunk = at / MEM_CHUNK < node->n_chunks ? node->chunks[at / MEM_CHUNK] : NULL;
            size_t inside = (size_t)(at % MEM_CHUNK);
            size_t size = (size_t)CW_MIN(CW_MIN((u64)left, node->size - at), (u64)(MEM_CHUNK - inside));
            if (chunk)
                memcpy(to, chunk + inside, size);
            else
                memset(to, 0, size);
            to += size;
            left -= size;
            at += size;
            done += size;
        }
    }
    if (done && node->atim <= node->mtim)
        node->atim = cw_mem_now(fs);   /* as Linux does by default: only the first reading after a change */
    return done;
}

/* Makes the chunks of [at, end). */
static bool make_chunks(MemFs *fs, MemNode *node, u64 at, u64 end)
{
    u64 first = at / MEM_CHUNK, last = (end - 1) / MEM_CHUNK;
    if (last >= UINT32_MAX / 2)
        return false;
    if (last >= node->n_chunks) {
        u32 n = (u32)CW_MAX(last + 1, (u64)node->n_chunks + node->n_chunks / 2);
        u8 **chunks = cw_realloc(fs->alloc, node->chunks, (size_t)node->n_chunks * sizeof *chunks, (size_t)n * sizeof *chunks);
        if (!chunks)
            return false;
        memset(chunks + node->n_chunks, 0, (size_t)(n - node->n_chunks) * sizeof *chunks);
        node->chunks = chunks;
        node->n_chunks = n;
    }
    for (u64 i = first; i <= last; i++) {
        if (!node->chunks[i])
            node->chunks[i] = cw_calloc(fs->alloc, 1, MEM_CHUNK);
        if (!node->chunks[i])
            return false;
    }
    return true;
}

Errno cw_mem_write(MemFs *fs, MemNode *node, const struct iovec *iov, int n, u64 at, size_t *done)
{
    u64 size = 0;
    for (int i = 0; i < n; i++)
        size += iov[i].iov_len;
    *done = 0;
    if (size == 0)
        return ERRNO_SUCCESS;
    if (size > INT64_MAX - at)
        return ERRNO_FBIG;
    if (!make_chunks(fs, node, at, at + size))
        return ERRNO_NOSPC;
    for (int i = 0; i < n; i++) {
        const u8 *from = iov[i].iov_base;
        size_t left = iov[i].iov_len;
        while (left) {
            size_t inside = (size_t)(at % MEM_CHUNK), part = CW_MIN(left, MEM_CHUNK - inside);
            memcpy(node->chunks[at / MEM_CHUNK] + inside, from, part);
            from += part;
            left -= part;
            at += part;
        }
    }
    node->size = CW_MAX(node->size, at);
    node->mtim = node->ctim = cw_mem_now(fs);
    *done = (size_t)size;
    return ERRNO_SUCCESS;
}

Errno cw_mem_set_size(MemFs *fs, MemNode *node, u64 size)
{
    if (size / MEM_CHUNK >= UINT32_MAX / 2)
        return ERRNO_FBIG;
    if (size < node->size) {
        u32 keep = (u32)((size + MEM_CHUNK - 1) / MEM_CHUNK), inside = (u32)(size % MEM_CHUNK);
        free_chunks(fs, node, keep);
        if (inside && keep <= node->n_chunks && node->chunks[keep - 1])
            memset(node->chunks[keep - 1] + inside, 0, MEM_CHUNK - inside);   /* what a growing file shows again */
    }
    node->size = size;
    node->mtim = node->ctim = cw_mem_now(fs);
    return ERRNO_SUCCESS;
}
