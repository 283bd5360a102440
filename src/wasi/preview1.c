/*
 * preview1.c - linking: every row of preview1.def becomes a host function that makes the checks of its row and runs its body.
 */
#include "wasi/wasi.h"

/* What a row demands of the descriptors among the arguments. */
typedef enum Demand { DEMAND_NONE, DEMAND_ANY, DEMAND_SEEK, DEMAND_SOCK, DEMAND_DIR } Demand;
typedef struct Check {
    Demand demand;
    u32 at;
    Rights rights;
    bool second;
    u32 at2;
    Rights rights2;
} Check;

#define CHECK_NONE { DEMAND_NONE, 0, 0, false, 0, 0 }
#define CHECK_FD(rights) { DEMAND_ANY, 0, rights, false, 0, 0 }
#define CHECK_SEEK(rights) { DEMAND_SEEK, 0, rights, false, 0, 0 }
#define CHECK_SOCK(rights) { DEMAND_SOCK, 0, rights, false, 0, 0 }
#define CHECK_DIR(n, rights) { DEMAND_DIR, n, rights, false, 0, 0 }
#define CHECK_FDS(n, rights, m, rights2) { DEMAND_ANY, n, rights, true, m, rights2 }
#define CHECK_DIRS(n, rights, m, rights2) { DEMAND_DIR, n, rights, true, m, rights2 }

CW_INLINE Errno check_one(const Call *c, Demand demand, u32 at, Rights rights, Handle **h)
{
    *h = cw_captable_get(&c->wasi->table, cw_arg32(c, at));
    if (CW_UNLIKELY(!*h))
        return ERRNO_BADF;
    cw_handle_hold(*h);
    if (demand == DEMAND_DIR && (*h)->kind != HANDLE_DIR)
        return ERRNO_NOTDIR;
    if (demand == DEMAND_SEEK && !(*h)->seekable)
        return ERRNO_SPIPE;
    if (demand == DEMAND_SOCK && (*h)->kind != HANDLE_SOCKET)
        return ERRNO_NOTSOCK;
    return cw_handle_check(*h, rights);
}

/* Inlined with a constant check, so that a call pays for its own checks only. The lock, and how long the handles live: see wasi.h. */
CW_INLINE cwasm_trap_code enter(void *env, cwasm_caller *caller, u64 *slots, const Check check, bool has_result, Errno (*body)(Call *c))
{
    Call c = { .wasi = env, .caller = caller, .slots = slots };
    Errno e = ERRNO_SUCCESS;
    if (check.demand != DEMAND_NONE) {
        cw_wasi_lock(c.wasi);
        e = check_one(&c, check.demand, check.at, check.rights, &c.h);
    }
    if (check.second && !e)
        e = check_one(&c, check.demand, check.at2, check.rights2, &c.h2);
    if (!e)
        e = body(&c);
    if (check.demand != DEMAND_NONE) {
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
#define P1(name, signature, p0, ...)              \
    HOST_FUNC(p1, name, signature, __VA_ARGS__)   \
    P0_##p0(name, signature, __VA_ARGS__)
#include "wasi/preview1.def"
#undef P1
#undef P0_SAME
#undef P0_NONE
#undef P0_OWN

static const cwasm_host_def preview1[] = {
#define P1(name, signature, p0, ...) { #name, signature, p1_##name },
#include "wasi/preview1.def"
#undef P1
};

#define P0_SAME(name) p1_##name
#define P0_NONE(name) NULL
#define P0_OWN(name) p0_##name
static const cwasm_host_def preview0[] = {
#define P1(name, signature, p0, ...) { #name, signature, P0_##p0(name) },
#include "wasi/preview1.def"
#undef P1
};

Status cwasm_wasi_define(cwasm_wasi *wasi, cwasm_linker *linker, Error *err)
{
    TRY(cwasm_linker_define_funcs(linker, "wasi_snapshot_preview1", preview1, CW_COUNT(preview1), wasi, err));
    return cwasm_linker_define_funcs(linker, "wasi_unstable", preview0, CW_COUNT(preview0), wasi, err);
}
