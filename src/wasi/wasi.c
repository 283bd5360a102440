/* wasi.c - the embedder's side: making a cwasm_wasi and giving things to the guest. */
#include "wasi/net.h"
#include "wasi/vfs_tree.h"


/* ---- Life ---- */

static Status bad_argument(Error *err, const char *why)
{
    return cw_fail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, "%s", why);
}

/* What a stream may do: descriptor 0 is read, 1 and 2 are written. */
static Rights stream_rights(int guest_fd)
{
    return RIGHTS_STREAM & ~(guest_fd == 0 ? RIGHT_FD_WRITE : RIGHT_FD_READ);
}

/* Makes a handle without a host descriptor for guest descriptor 0, 1 or 2; cw_ops_null until it is given another object. */
static Status new_virtual(cwasm_wasi *w, int guest_fd, Handle **made, Error *err)
{
    Handle *h = cw_handle_new(&w->table);
    if (!h)
        return cw_no_memory(err);
    h->ops = &cw_ops_null;
    h->filetype = FILETYPE_UNKNOWN;
    h->base = h->inheriting = stream_rights(guest_fd) & ~(RIGHT_FD_SYNC | RIGHT_FD_DATASYNC);
    *made = h;
    return CWASM_OK;
}

/* Puts a handle in place of guest descriptor 0, 1 or 2. */
static Status put_stream(cwasm_wasi *w, int guest_fd, Handle *take_h, Error *err)
{
    if (cw_captable_set(&w->table, (u32)guest_fd, take_h))
        return CWASM_OK;
    cw_handle_drop(&w->table, take_h);
    return cw_no_memory(err);
}

Status cwasm_wasi_new(const cwasm_allocator *allocator, cwasm_wasi **wasi, Error *err)
{
    const Alloc *a = allocator ? allocator : &cw_default_alloc;
    cwasm_wasi *w = cw_calloc(a, 1, sizeof *w);
    if (!w)
        return cw_no_memory(err);
    w->alloc = *a;
    pthread_mutex_init(&w->lock, NULL);
    cw_captable_init(&w->table, &w->alloc);
    for (int fd = 0; fd < 3; fd++) {
        Handle *h = NULL;
        Status status = new_virtual(w, fd, &h, err);
        if (!status)
            status = put_stream(w, fd, h, err);
        if (status) {
            cwasm_wasi_free(w);
            return status;
        }
    }
    *wasi = w;
    return CWASM_OK;
}

static void strings_done(cwasm_wasi *w, Strings *s)
{
    cw_vec_done(&w->alloc, &s->text);
    cw_vec_done(&w->alloc, &s->at);
}

void cwasm_wasi_free(cwasm_wasi *w)
{
    if (!w)
        return;
    cw_captable_done(&w->table);
    for (Tree *t = w->trees, *next; t; t = next) {
        next = t->next;
        cw_tree_free(t);
    }
    if (w->proc_known)
        cw_host_close(w->fds.fd);
    cw_net_free(w, w->net);
    strings_done(w, &w->args);
    strings_done(w, &w->env);
    pthread_mutex_destroy(&w->lock);
    Alloc a = w->alloc;
    cw_free(&a, w, sizeof *w);
}

void cw_wasi_force_path_walk(cwasm_wasi *w, bool on)
{
    w->walks = on;
    w->has_beneath = !on && cw_host_has_beneath();
}
void cw_wasi_force_no_proc(cwasm_wasi *w, bool on) { w->no_proc = on; }
void cwasm_wasi_max_handles(cwasm_wasi *w, uint32_t n) { w->table.limit = CW_MIN(n, (u32)CAPTABLE_LIMIT); }

void cw_wasi_on_signal(cwasm_wasi *w, bool (*stop)(void *ctx), void *ctx)
{
    w->stop = stop;
    w->stop_ctx = ctx;
}

/* ---- Arguments and environment ---- */

/* Appends the n pieces as one string. The pointers of args_get are 32 bits, so is everything here. */
static Status strings_add(cwasm_wasi *w, Strings *s, const char *const *pieces, int n, Error *err)
{
    size_t size = 1;
    for (int i = 0; i < n; i++)
        size += strlen(pieces[i]);
    if (size > (u32)INT32_MAX - s->text.n)
        return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "arguments or environment of more than 2 GiB");
    if (!cw_vec_reserve(&w->alloc, &s->text, size) || !cw_vec_push(&w->alloc, &s->at, s->text.n))
        return cw_no_memory(err);
    for (int i = 0; i < n; i++) {
        size_t piece = strlen(pieces[i]);
        memcpy(s->text.at + s->text.n, pieces[i], piece);
        s->text.n += (u32)piece;
    }
    s->text.at[s->text.n++] = 0;
    return CWASM_OK;
}

static void strings_remove(Strings *s, u32 i)
{
    u32 start = s->at.at[i];
    u32 end = i + 1 < s->at.n ? s->at.at[i + 1] : s->text.n;
    memmove(s->text.at + start, s->text.at + end, s->text.n - end);
    s->text.n -= end - start;
    for (u32 k = i; k + 1 < s->at.n; k++)
        s->at.at[k] = s->at.at[k + 1] - (end - start);
    s->at.n--;
}

Status cwasm_wasi_args(cwasm_wasi *w, size_t argc, const char *const *argv, Error *err)
{
    Strings args = { .text = { NULL, 0, 0 } };
    for (size_t i = 0; i < argc; i++) {
        Status status = strings_add(w, &args, &argv[i], 1, err);
        if (status) {
            strings_done(w, &args);
            return status;
        }
    }
    strings_done(w, &w->args);
    w->args = args;
    return CWASM_OK;
}

/* name_size bytes of name, and "=value" or whatever follows. */
static Status put_env(cwasm_wasi *w, const char *const *pieces, int n, const char *name, size_t name_size, Error *err)
{
    u32 old = 0;
    while (old < w->env.at.n) {
        const char *s = w->env.text.at + w->env.at.at[old];
        if (strncmp(s, name, name_size) == 0 && s[name_size] == '=')
            break;
        old++;
    }
    TRY(strings_add(w, &w->env, pieces, n, err));
    if (old + 1 < w->env.at.n)
        strings_remove(&w->env, old);
    return CWASM_OK;
}

Status cwasm_wasi_env(cwasm_wasi *w, const char *name, const char *value, Error *err)
{
    if (!name[0] || strchr(name, '='))
        return bad_argument(err, "the name of an environment variable is empty or contains '='");
    const char *pieces[3] = { name, "=", value };
    return put_env(w, pieces, 3, name, strlen(name), err);
}

Status cwasm_wasi_env_array(cwasm_wasi *w, const char *const *envp, Error *err)
{
    for (; *envp; envp++) {
        const char *equals = strchr(*envp, '=');
        if (equals && equals != *envp)
            TRY(put_env(w, envp, 1, *envp, (size_t)(equals - *envp), err));
    }
    return CWASM_OK;
}

/* ---- Standard streams ---- */

/* A handle for a borrowed host descriptor; NULL and OK if may_be_closed and it is. guest_fd: 0, 1, 2, or -1 for any other. */
static Status borrow(cwasm_wasi *w, int guest_fd, int host_fd, bool may_be_closed, Handle **made, Error *err)
{
    HostStat st;
    bool readable, writable;
    u16 fdflags;
    Errno e = cw_host_fstat(host_fd, &st);
    *made = NULL;
    if (e == ERRNO_BADF && may_be_closed)
        return CWASM_OK;
    if (!e)
        e = cw_host_describe(host_fd, &readable, &writable, &fdflags);
    if (e)
        return cw_fail(err, CWASM_HOST, CWASM_NO_OFFSET, "descriptor %d cannot be handed over: %s", host_fd, cw_errno_text(e));
    Handle *h = cw_handle_new(&w->table);
    if (!h)
        return cw_no_memory(err);
    h->fd = host_fd;
    h->filetype = cw_host_filetype(st.type);
    /* Whether calls wait is our own affair: the flag on the open file is shared with other processes and is never changed. */
    h->fdflags = fdflags & ~FDFLAG_NONBLOCK;
    if (st.type == HOST_SOCKET) {
        cw_socket_init(h, host_fd, false);
        h->may_listen = true;
        h->base = h->inheriting = RIGHTS_SOCKET;
        *made = h;
        return CWASM_OK;
    }
    /* C libraries take a character device that cannot be seeked for a terminal (isatty), so the others get those rights. */
    u64 position;
    bool seekable = st.type == HOST_REGULAR || st.type == HOST_BLOCK || (st.type == HOST_CHAR && !cw_host_is_terminal(host_fd));
    if (seekable && cw_host_seek(host_fd, 0, WHENCE_CUR, &position))
        seekable = false;
    h->ops = !seekable ? &cw_ops_host_stream : st.type == HOST_REGULAR ? &cw_ops_host_file : &cw_ops_host_device;
    h->base = st.type == HOST_REGULAR ? RIGHTS_FILE : RIGHTS_STREAM | (seekable ? RIGHT_FD_SEEK | RIGHT_FD_TELL : 0);
    if (st.type == HOST_DIRECTORY)
        h->filetype = FILETYPE_UNKNOWN;   /* as a stream it can only fail; it grants no tree */
    if (!readable || guest_fd == 1 || guest_fd == 2)
        h->base &= ~RIGHT_FD_READ;
    if (!writable || guest_fd == 0)
        h->base &= ~(RIGHT_FD_WRITE | RIGHT_FD_ALLOCATE | RIGHT_FD_FILESTAT_SET_SIZE | RIGHT_FD_FILESTAT_SET_TIMES);
    *made = h;
    return CWASM_OK;
}

Status cwasm_wasi_stdio_fd(cwasm_wasi *w, int guest_fd, int host_fd, Error *err)
{
    if (guest_fd < 0 || guest_fd > 2)
        return bad_argument(err, "a standard stream is descriptor 0, 1 or 2");
    Handle *h;
    TRY(borrow(w, guest_fd, host_fd, false, &h, err));
    return put_stream(w, guest_fd, h, err);
}

Status cwasm_wasi_inherit_stdio(cwasm_wasi *w, Error *err)
{
    for (int fd = 0; fd < 3; fd++) {
        Handle *h;
        TRY(borrow(w, fd, fd, true, &h, err));
        if (h)   /* what is closed in this process stays closed for the guest */
            TRY(put_stream(w, fd, h, err));
    }
    return CWASM_OK;
}

Status cw_wasi_pass_fd(cwasm_wasi *w, int host_fd, u32 *guest_fd, Error *err)
{
    Handle *h;
    if (cw_captable_reserve(&w->table))
        return cw_fail(err, CWASM_LIMIT, CWASM_NO_OFFSET, "too many open descriptors");
    TRY(borrow(w, -1, host_fd, false, &h, err));
    *guest_fd = cw_captable_add(&w->table, h);
    return CWASM_OK;
}

Status cwasm_wasi_stdin_bytes(cwasm_wasi *w, const void *bytes, size_t size, Error *err)
{
    Handle *h = NULL;
    TRY(new_virtual(w, 0, &h, err));
    if (!cw_bytes_init(&w->alloc, h, bytes, size)) {
        cw_handle_drop(&w->table, h);
        return cw_no_memory(err);
    }
    return put_stream(w, 0, h, err);
}

static Status put_callback(cwasm_wasi *w, int guest_fd, ptrdiff_t (*read)(void *ctx, void *bytes, size_t size),
                           ptrdiff_t (*write)(void *ctx, const void *bytes, size_t size), void *ctx, Error *err)
{
    Handle *h = NULL;
    TRY(new_virtual(w, guest_fd, &h, err));
    if (!cw_callback_init(&w->alloc, h, read, write, ctx)) {
        cw_handle_drop(&w->table, h);
        return cw_no_memory(err);
    }
    return put_stream(w, guest_fd, h, err);
}

Status cwasm_wasi_stdin_callback(cwasm_wasi *w, ptrdiff_t (*read)(void *ctx, void *bytes, size_t size), void *ctx, Error *err)
{
    return put_callback(w, 0, read, NULL, ctx, err);
}

Status cwasm_wasi_stdout_callback(cwasm_wasi *w, int guest_fd, ptrdiff_t (*write)(void *ctx, const void *bytes, size_t size), void *ctx,
                                  Error *err)
{
    if (guest_fd != 1 && guest_fd != 2)
        return bad_argument(err, "output streams are descriptors 1 and 2");
    return put_callback(w, guest_fd, NULL, write, ctx, err);
}

Status cwasm_wasi_stdio_close(cwasm_wasi *w, int guest_fd, Error *err)
{
    if (guest_fd < 0 || guest_fd > 2)
        return bad_argument(err, "a standard stream is descriptor 0, 1 or 2");
    if (cw_captable_get(&w->table, (u32)guest_fd))
        cw_captable_close(&w->table, (u32)guest_fd);
    return CWASM_OK;
}
