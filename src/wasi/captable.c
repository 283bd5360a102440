/* captable.c - the table of handles. */
#include "wasi/captable.h"

void cw_captable_init(CapTable *t, const Alloc *alloc)
{
    *t = (CapTable){ .alloc = alloc, .limit = CAPTABLE_LIMIT };
}

void cw_captable_done(CapTable *t)
{
    for (u32 i = 0; i < t->slots.n; i++)
        cw_handle_drop(t, t->slots.at[i]);
    cw_vec_done(t->alloc, &t->slots);
    cw_free(t->alloc, t->entries.buf, ENTRIES_SIZE);
}

Handle *cw_handle_new(CapTable *t)
{
    Handle *h = cw_calloc(t->alloc, 1, sizeof *h);
    if (h) {
        h->fd = -1;
        h->refs = 1;
    }
    return h;
}

void cw_handle_drop(CapTable *t, Handle *h)
{
    if (!h || --h->refs)
        return;
    if (t->entries.of == h)
        t->entries.of = NULL;
    if (h->ops && h->ops->close)
        h->ops->close(t->alloc, h);
    if (h->owned && h->fd >= 0)
        cw_host_close(h->fd);
    if (h->preopen)
        cw_free(t->alloc, h->preopen, (size_t)h->preopen_size + 1);
    if (h->source)
        cw_free(t->alloc, h->source, strlen(h->source) + 1);
    cw_free(t->alloc, h, sizeof *h);
}

Errno cw_captable_reserve(CapTable *t)
{
    if (t->n_open >= t->limit)
        return ERRNO_MFILE;
    while (t->free_hint < t->slots.n && t->slots.at[t->free_hint])
        t->free_hint++;
    if (t->free_hint == t->slots.n && !cw_vec_push(t->alloc, &t->slots, NULL))
        return ERRNO_NOMEM;
    return ERRNO_SUCCESS;
}

u32 cw_captable_add(CapTable *t, Handle *take_h)
{
    u32 fd = t->free_hint++;
    t->slots.at[fd] = take_h;
    t->n_open++;
    return fd;
}

bool cw_captable_set(CapTable *t, u32 fd, Handle *take_h)
{
    while (t->slots.n <= fd)
        if (!cw_vec_push(t->alloc, &t->slots, NULL))
            return false;
    if (t->slots.at[fd])
        cw_handle_drop(t, t->slots.at[fd]);
    else
        t->n_open++;
    t->slots.at[fd] = take_h;
    return true;
}

void cw_captable_close(CapTable *t, u32 fd)
{
    cw_handle_drop(t, t->slots.at[fd]);
    t->slots.at[fd] = NULL;
    t->n_open--;
    if (fd < t->free_hint)
        t->free_hint = fd;
}

void cw_captable_renumber(CapTable *t, u32 from, u32 to)
{
    if (from == to)
        return;
    Handle *moved = t->slots.at[from];
    t->slots.at[from] = NULL;
    cw_handle_drop(t, t->slots.at[to]);
    t->slots.at[to] = moved;
    t->n_open--;
    if (from < t->free_hint)
        t->free_hint = from;
}

Errno cw_handle_check(const Handle *h, Rights rights)
{
    Rights have = h->base & RIGHT_FD_SEEK ? h->base | RIGHT_FD_TELL : h->base;
    Rights missing = rights & ~have;
    if (CW_LIKELY(!missing))
        return ERRNO_SUCCESS;
    /* A program understands "read-only file system" better than "capabilities insufficient". */
    return h->read_only && !(missing & ~RIGHTS_CHANGE) ? ERRNO_ROFS : ERRNO_NOTCAPABLE;
}
