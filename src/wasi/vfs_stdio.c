/* vfs_stdio.c - streams without a host descriptor: closed ones, input from memory, and the embedder's callbacks. */
#include "wasi/wasi.h"

/* ---- Closed for the outside: reads end, writes vanish ---- */

static Errno null_read(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    (void)c, (void)h, (void)iov, (void)n;
    *done = 0;
    return ERRNO_SUCCESS;
}

static Errno null_write(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    (void)c, (void)h;
    *done = 0;
    for (int i = 0; i < n; i++)
        *done += iov[i].iov_len;
    return ERRNO_SUCCESS;
}

static void null_ready(Call *c, Handle *h, bool write, u64 *nbytes, bool *hangup)
{
    (void)c, (void)h;
    *nbytes = 0;
    *hangup = !write;
}

/* Streams have no attributes but their type. */
static Errno stream_stat(Call *c, Handle *h, HostStat *st)
{
    (void)c, (void)h;
    *st = (HostStat){ .type = HOST_OTHER };
    return ERRNO_SUCCESS;
}

const HandleOps cw_ops_null = {
    .kind = "closed stream", .read = null_read, .write = null_write, .stat = stream_stat, .ready = null_ready,
};

/* ---- Input from memory ---- */

typedef struct Bytes {
    size_t size;
    u8 at[];
} Bytes;

bool cw_bytes_init(const Alloc *alloc, Handle *h, const void *bytes, size_t size)
{
    Bytes *b = size > SIZE_MAX - sizeof *b ? NULL : cw_alloc(alloc, sizeof *b + size);
    if (!b)
        return false;
    b->size = size;
    if (size)
        memcpy(b->at, bytes, size);
    h->ops = &cw_ops_bytes;
    h->object = b;
    return true;
}

static void bytes_close(const Alloc *alloc, Handle *h)
{
    Bytes *b = h->object;
    cw_free(alloc, b, sizeof *b + b->size);
}

static Errno bytes_read(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    (void)c;
    const Bytes *b = h->object;
    *done = 0;
    for (int i = 0; i < n; i++) {
        size_t size = CW_MIN(iov[i].iov_len, b->size - (size_t)h->position);
        memcpy(iov[i].iov_base, b->at + h->position, size);
        h->position += size;
        *done += size;
    }
    return ERRNO_SUCCESS;
}

static void bytes_ready(Call *c, Handle *h, bool write, u64 *nbytes, bool *hangup)
{
    (void)c, (void)write;
    *nbytes = ((const Bytes *)h->object)->size - h->position;
    *hangup = false;
}

const HandleOps cw_ops_bytes = {
    .kind = "bytes", .read = bytes_read, .stat = stream_stat, .ready = bytes_ready, .close = bytes_close,
};

/* ---- The embedder's functions ---- */

typedef struct Callback {
    ptrdiff_t (*read)(void *ctx, void *bytes, size_t size);
    ptrdiff_t (*write)(void *ctx, const void *bytes, size_t size);
    void *ctx;
} Callback;

bool cw_callback_init(const Alloc *alloc, Handle *h, ptrdiff_t (*read)(void *ctx, void *bytes, size_t size),
                      ptrdiff_t (*write)(void *ctx, const void *bytes, size_t size), void *ctx)
{
    Callback *b = cw_alloc(alloc, sizeof *b);
    if (!b)
        return false;
    *b = (Callback){ read, write, ctx };
    h->ops = &cw_ops_callback;
    h->object = b;
    return true;
}

static void callback_close(const Alloc *alloc, Handle *h) { cw_free(alloc, h->object, sizeof(Callback)); }

/* Hands over buffers one by one; a short count ends it, so that what was taken is what is counted. */
static Errno callback_move(Call *c, Handle *h, struct iovec *iov, int n, bool write, size_t *done)
{
    const Callback *b = h->object;
    if (write ? !b->write : !b->read)
        return ERRNO_BADF;
    *done = 0;
    for (int i = 0; i < n; i++) {
        ptrdiff_t took;
        if (write)
            CW_UNLOCKED(c, took = b->write(b->ctx, iov[i].iov_base, iov[i].iov_len));
        else
            CW_UNLOCKED(c, took = b->read(b->ctx, iov[i].iov_base, iov[i].iov_len));
        if (took < 0 || (size_t)took > iov[i].iov_len)
            return *done ? ERRNO_SUCCESS : ERRNO_IO;
        *done += (size_t)took;
        if ((size_t)took < iov[i].iov_len)
            break;
    }
    return ERRNO_SUCCESS;
}

static Errno callback_read(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    return callback_move(c, h, iov, n, false, done);
}

static Errno callback_write(Call *c, Handle *h, struct iovec *iov, int n, size_t *done)
{
    return callback_move(c, h, iov, n, true, done);
}

static void callback_ready(Call *c, Handle *h, bool write, u64 *nbytes, bool *hangup)
{
    (void)c, (void)h, (void)write;
    *nbytes = 1;
    *hangup = false;
}

const HandleOps cw_ops_callback = {
    .kind = "callback", .read = callback_read, .write = callback_write, .stat = stream_stat, .ready = callback_ready,
    .close = callback_close,
};
