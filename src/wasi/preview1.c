/*
 * preview1.c - linking: every row of preview1.def becomes a host function that makes the checks of its row and runs its body.
 */
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

#define P0_SAME(prefix, name) prefix##p1_##name
#define P0_NONE(prefix, name) NULL
#define P0_OWN(prefix, name) prefix##p0_##name
static const cwasm_host_def preview1[] = {
#define P1(name, signature, args, p0, ...) { #name, signature, p1_##name },
#include "wasi/preview1.def"
#undef P1
}, preview0[] = {
#define P1(name, signature, args, p0, ...) { #name, signature, P0_##p0(, name) },
#include "wasi/preview1.def"
#undef P1
}, traced1[] = {
#define P1(name, signature, args, p0, ...) { #name, signature, traced_p1_##name },
#include "wasi/preview1.def"
#undef P1
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
