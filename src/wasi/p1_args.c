/* p1_args.c - arguments and environment. The strings are kept as the guest wants them; only its addresses have to be added. */
#include "wasi/wasi.h"

static Errno get(Call *c, const Strings *s)
{
    GuestPtr pointers = cw_arg_ptr(c, 0), text = cw_arg_ptr(c, 1);
    u8 *p = cw_guest(c, pointers, (u64)s->at.n * 4);
    u8 *q = cw_guest(c, text, s->text.n);
    if (!p || !q)
        return ERRNO_FAULT;
    for (u32 i = 0; i < s->at.n; i++)
        cw_put32(p + (size_t)i * 4, (u32)(text.at + s->at.at[i]));
    if (s->text.n)
        memcpy(q, s->text.at, s->text.n);
    return ERRNO_SUCCESS;
}

static Errno sizes_get(Call *c, const Strings *s)
{
    u8 *count = cw_guest(c, cw_arg_ptr(c, 0), 4);
    u8 *size = cw_guest(c, cw_arg_ptr(c, 1), 4);
    if (!count || !size)
        return ERRNO_FAULT;
    cw_put32(count, s->at.n);
    cw_put32(size, s->text.n);
    return ERRNO_SUCCESS;
}

/* args_get(argv: ptr to count pointers, argv_buf: ptr to size bytes) - writes both; sizes as args_sizes_get says.
 *   argv      [ptr 0][ptr 1]...          each points into argv_buf
 *   argv_buf  string 0 NUL string 1 NUL ...
 * Errors: FAULT. POSIX: argv of main. */
Errno cw_p1_args_get(Call *c) { return get(c, &c->wasi->args); }

/* args_sizes_get(count: ptr u32, size: ptr u32) - the number of arguments, and the bytes of all of them with their NULs.
 * Errors: FAULT. POSIX: argc. */
Errno cw_p1_args_sizes_get(Call *c) { return sizes_get(c, &c->wasi->args); }

/* environ_get(environ, environ_buf) - as args_get, strings are "NAME=value". Errors: FAULT. POSIX: environ. */
Errno cw_p1_environ_get(Call *c) { return get(c, &c->wasi->env); }

/* environ_sizes_get(count, size) - as args_sizes_get. Errors: FAULT. */
Errno cw_p1_environ_sizes_get(Call *c) { return sizes_get(c, &c->wasi->env); }
