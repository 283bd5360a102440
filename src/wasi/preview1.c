/*
 * preview1.c - linking: every row of preview1.def and sockets.def becomes a host function that makes the checks of its row and runs its body.
 */
#include "wasi/sock.h"
#include "wasi/trace.h"

/* What a row demands of a descriptor among the arguments. */
typedef struct Demand {
    bool wanted;
    u32 at;           /* which argument */
    Rights rights;
    size_t op;        /* offset of the operation in HandleOps; 0: any object will do */
    Errno missing;    /* without the operation */
    bool kind_first;  /* the operation tells kinds of objects apart: it is looked for before the rights */
} Demand;
typedef struct Check {
    Demand first, second;
} Check;

#define OP(name) offsetof(HandleOps, name)
#define DIRECTORY(n, rights) { true, n, rights, OP(path_open), ERRNO_NOTDIR, true }
#define CHECK_NONE { .first = { false, 0, 0, 0, 0, false } }
#define CHECK_FD(rights) { .first = { true, 0, rights, 0, 0, false } }
#define CHECK_OP(op, e, rights) { .first = { true, 0, rights, OP(op), ERRNO_##e, false } }
#define CHECK_IS(op, e, rights) { .first = { true, 0, rights, OP(op), ERRNO_##e, true } }
#define CHECK_DIR(n, rights) { .first = DIRECTORY(n, rights) }
#define CHECK_FDS(n, rights, m, rights2) { .first = { true, n, rights, 0, 0, false }, .second = { true, m, rights2, 0, 0, false } }
#define CHECK_DIRS(n, rights, m, rights2) { .first = DIRECTORY(n, rights), .second = DIRECTORY(m, rights2) }

CW_INLINE bool has_op(const Handle *h, size_t op)
{
    void (*f)(void);
    if (op == 0)
        return true;
    memcpy(&f, (const char *)h->ops + op, sizeof f);
    return f != NULL;
}

CW_INLINE Errno check_one(const Call *c, const Demand d, Handle **h)
{
    *h = cw_captable_get(&c->wasi->table, cw_arg32(c, d.at));
    if (CW_UNLIKELY(!*h))
        return ERRNO_BADF;
    cw_handle_hold(*h);
    if (d.kind_first && CW_UNLIKELY(!has_op(*h, d.op)))
        return d.missing;
    Errno e = cw_handle_check(*h, d.rights);
    return e || has_op(*h, d.op) ? e : d.missing;
}

/* Inlined with a constant check, so that a call pays for its own checks only. The lock, and how long the handles live: see wasi.h. */
CW_INLINE cwasm_trap_code enter(void *env, cwasm_caller *caller, u64 *slots, const Check check, bool has_result, Errno (*body)(Call *c))
{
    if (CW_UNLIKELY(!env))
        return cwasm_caller_trap(caller, "no WASI was attached to this store");
    Call c = { .wasi = env, .caller = caller, .slots = slots };
    Errno e = ERRNO_SUCCESS;
    if (check.first.wanted) {
        cw_wasi_lock(c.wasi);
        e = check_one(&c, check.first, &c.h);
    }
    if (check.second.wanted && !e)
        e = check_one(&c, check.second, &c.h2);
    if (!e)
        e = body(&c);
    if (check.first.wanted) {
        cw_handle_drop(&c.wasi->table, c.h);
        cw_handle_drop(&c.wasi->table, c.h2);
        cw_wasi_unlock(c.wasi);
    }
    if (has_result)
        slots[0] = e;
    return c.trap;
}

/* Signatures end in ":i", but for proc_exit. */
#define HAS_RESULT(signature) ((signature)[sizeof(signature) - 2] == 'i')

#define HOST_FUNC(prefix, name, signature, ...)                                                      \
    static cwasm_trap_code prefix##_##name(void *env, cwasm_caller *caller, u64 *slots)              \
    {                                                                                                \
        const Check check = __VA_ARGS__;                                                             \
        return enter(env, caller, slots, check, HAS_RESULT(signature), cw_##prefix##_##name);        \
    }
#define P0_SAME(name, signature, ...)
#define P0_NONE(name, signature, ...)
#define P0_OWN(name, signature, ...) HOST_FUNC(p0, name, signature, __VA_ARGS__)
#define P1(name, signature, args, p0, ...)              \
    HOST_FUNC(p1, name, signature, __VA_ARGS__)   \
    P0_##p0(name, signature, __VA_ARGS__)
#include "wasi/preview1.def"
#undef P1
#undef P0_SAME
#undef P0_NONE
#undef P0_OWN

/* Extensions are many and seldom called: they share one entry. wanted: argument 0 is a socket with these rights. */
static CW_NOINLINE cwasm_trap_code enter_sock(void *env, cwasm_caller *caller, u64 *slots, bool wanted, Rights rights, Errno (*body)(Call *c))
{
    Check check = CHECK_IS(shutdown, NOTSOCK, rights);
    check.first.wanted = wanted;
    return enter(env, caller, slots, check, true, body);
}

#define ANY_ARGUMENT false, 0
#define SOCKET(rights) true, rights
#define SOCK(body, name, signature, args, ...)                                                        \
    static cwasm_trap_code sock_##body(void *env, cwasm_caller *caller, u64 *slots)                   \
    {                                                                                                 \
        return enter_sock(env, caller, slots, __VA_ARGS__, cw_sock_##body);                           \
    }
#define SOCK_AS(function, name, signature, args)
#define SOCK_GET(name, option, size)                                                                  \
    static Errno cw_sock_get_##option(Call *c) { return cw_sock_get(c, HOST_OPT_##option, size); }    \
    SOCK(get_##option, name, "", "", SOCKET(0))
#define SOCK_SET(name, option, type)                                                                  \
    static Errno cw_sock_set_##option(Call *c) { return cw_sock_set(c, HOST_OPT_##option); }          \
    SOCK(set_##option, name, "", "", SOCKET(RIGHT_FD_FDSTAT_SET_FLAGS))
#include "wasi/sockets.def"
#undef SOCK
#undef SOCK_AS
#undef SOCK_GET
#undef SOCK_SET

/* The same functions, watched: see trace.c. */
#define TRACED(prefix, name, signature, args)                                                                     \
    static cwasm_trap_code traced_##prefix##_##name(void *env, cwasm_caller *caller, u64 *slots)                  \
    {                                                                                                             \
        static const TraceRow row = { #name, signature, args, HAS_RESULT(signature), prefix##_preview0 };                    \
        return cw_trace_call(env, caller, slots, &row, prefix##_##name);                                          \
    }
enum { p0_preview0 = true, p1_preview0 = false };
#define P0_SAME(name, signature, args)
#define P0_NONE(name, signature, args)
#define P0_OWN(name, signature, args) TRACED(p0, name, signature, args)
#define P1(name, signature, args, p0, ...)   \
    TRACED(p1, name, signature, args)        \
    P0_##p0(name, signature, args)
#include "wasi/preview1.def"
#undef P1
#undef P0_SAME
#undef P0_NONE
#undef P0_OWN

#define TRACED_SOCK(traced, fn, name, signature, args)                                         \
    static cwasm_trap_code traced(void *env, cwasm_caller *caller, u64 *slots)                 \
    {                                                                                          \
        static const TraceRow row = { name, signature, args, true, false };                    \
        return cw_trace_call(env, caller, slots, &row, fn);                                    \
    }
#define SOCK(body, name, signature, args, ...) TRACED_SOCK(traced_sock_##body, sock_##body, name, signature, args)
#define SOCK_AS(function, name, signature, args) TRACED_SOCK(traced_as_##function, function, name, signature, args)
#define KIND_1 "u8"
#define KIND_4 "u32"
#define KIND_8 "u64"
#define SOCK_GET(name, option, size) TRACED_SOCK(traced_sock_get_##option, sock_get_##option, name, "ii:i", "fd value:*" KIND_##size)
#define KIND_i "u32"
#define KIND_I "u64"
#define SOCK_SET(name, option, type) TRACED_SOCK(traced_sock_set_##option, sock_set_##option, name, "i" #type ":i", "fd value:" KIND_##type)
#include "wasi/sockets.def"
#undef SOCK
#undef SOCK_AS
#undef SOCK_GET
#undef SOCK_SET

/* Preview 1 comes first: a name and signature that both have is the specification's. */
#define P0_SAME(prefix, name) prefix##p1_##name
#define P0_NONE(prefix, name) NULL
#define P0_OWN(prefix, name) prefix##p0_##name
static const cwasm_host_def preview1[] = {
#define P1(name, signature, args, p0, ...) { #name, signature, p1_##name },
#include "wasi/preview1.def"
#undef P1
#define SOCK(body, name, signature, args, ...) { name, signature, sock_##body },
#define SOCK_AS(function, name, signature, args) { name, signature, function },
#define SOCK_GET(name, option, size) { name, "ii:i", sock_get_##option },
#define SOCK_SET(name, option, type) { name, "i" #type ":i", sock_set_##option },
#include "wasi/sockets.def"
#undef SOCK
#undef SOCK_AS
#undef SOCK_GET
#undef SOCK_SET
}, preview0[] = {
#define P1(name, signature, args, p0, ...) { #name, signature, P0_##p0(, name) },
#include "wasi/preview1.def"
#undef P1
}, traced1[] = {
#define P1(name, signature, args, p0, ...) { #name, signature, traced_p1_##name },
#include "wasi/preview1.def"
#undef P1
#define SOCK(body, name, signature, args, ...) { name, signature, traced_sock_##body },
#define SOCK_AS(function, name, signature, args) { name, signature, traced_as_##function },
#define SOCK_GET(name, option, size) { name, "ii:i", traced_sock_get_##option },
#define SOCK_SET(name, option, type) { name, "i" #type ":i", traced_sock_set_##option },
#include "wasi/sockets.def"
#undef SOCK
#undef SOCK_AS
#undef SOCK_GET
#undef SOCK_SET
}, traced0[] = {
#define P1(name, signature, args, p0, ...) { #name, signature, P0_##p0(traced_, name) },
#include "wasi/preview1.def"
#undef P1
};

Status cwasm_wasi_define(cwasm_wasi *wasi, cwasm_linker *linker, Error *err)
{
    bool traced = wasi && wasi->trace;
    TRY(cwasm_linker_define_funcs(linker, "wasi_snapshot_preview1", traced ? traced1 : preview1, CW_COUNT(preview1), wasi, err));
    return cwasm_linker_define_funcs(linker, "wasi_unstable", traced ? traced0 : preview0, CW_COUNT(preview0), wasi, err);
}

Status cwasm_wasi_attach(cwasm_wasi *wasi, cwasm_store *store, Error *err)
{
    static const cwasm_host_def *const tables[] = { preview1, preview0, traced1, traced0 };
    for (size_t i = 0; i < CW_COUNT(tables); i++)
        TRY(cwasm_store_set_env(store, tables[i], wasi, err));
    return CWASM_OK;
}
