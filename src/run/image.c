/*
 * image.c - contents that many memories begin with: made once from a module's data segments, mapped copy on write by each memory. Making a memory
 * costs the same for a kilobyte of data and for a gigabyte, and what no instance changes is in the host's memory once.
 */
#include "run/objects.h"

Status cw_image_new(const Alloc *alloc, const u8 *bytes, size_t n, MemoryImage **image, Error *err)
{
    MemoryImage *i = cw_calloc(alloc, 1, sizeof *i);
    if (!i)
        return cw_no_memory(err);
    i->alloc = alloc;
    i->refs = 1;
    i->size = cw_os_round(n);
    i->fd = cw_os_image_new(bytes, n, i->size);
    i->bytes = i->fd >= 0 ? cw_os_image_view(i->fd, i->size) : NULL;
    if (!i->bytes) {
        cw_image_release(i);
        return cw_fail(err, CWASM_HOST, CWASM_NO_OFFSET, "cannot make an image of %zu bytes of data", n);
    }
    *image = i;
    return CWASM_OK;
}

void cw_image_retain(MemoryImage *i)
{
    __atomic_fetch_add(&i->refs, 1, __ATOMIC_RELAXED);
}

void cw_image_release(MemoryImage *i)
{
    if (!i || __atomic_fetch_sub(&i->refs, 1, __ATOMIC_ACQ_REL) != 1)
        return;
    if (i->bytes)
        cw_os_release((void *)(uintptr_t)i->bytes, i->size);
    cw_os_image_free(i->fd);
    cw_free(i->alloc, i, sizeof *i);
}
