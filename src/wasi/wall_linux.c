/*
 * wall_linux.c - the second wall on Linux, of three parts, each put up only if the kernel has it:
 *
 *   files   Landlock (5.13): opening, making, removing, renaming and linking work beneath the directories handed over and nowhere else.
 *           It does not restrict stat, readlink, chmod, utimensat and the like, nor what is open already.
 *   code    prctl(PR_SET_MDWE) (6.3): no memory that could be written becomes executable. An interpreter needs none.
 *   calls   seccomp (3.17): only the system calls of wall_calls.def, by a filter that wall_filter.c makes.
 *
 * A guest without any directory or file of the host has no use for a call that takes a path: they are left out of its filter, which then does
 * what Landlock would do for it, and Landlock is not asked, unless there are sockets, whose ports and names only Landlock knows.
 *
 * Structures and numbers are the kernel's interface; its headers may be absent (musl) or older than the kernel.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "wasi/wall.h"

#include "cwasm.h"

#if defined(__linux__)

#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Tools that instrument a program (sanitizers, coverage) make system calls and files of their own. */
#ifndef CW_INSTRUMENTED
#define CW_INSTRUMENTED 0
#endif

/* ---- Files ---- */

enum { NR_LANDLOCK_CREATE_RULESET = 444, NR_LANDLOCK_ADD_RULE = 445, NR_LANDLOCK_RESTRICT_SELF = 446 };
enum { LANDLOCK_VERSION = 1, LANDLOCK_PATH_BENEATH = 1, LANDLOCK_NET_PORT = 2 };

struct landlock_ruleset {
    u64 files;
    u64 net;      /* version 4 */
    u64 scoped;   /* version 6 */
};
struct landlock_port {
    u64 allowed, port;
};
struct landlock_beneath {
    u64 allowed;
    s32 fd;
} __attribute__((packed));

#define FS_EXECUTE ((u64)1 << 0)
#define FS_WRITE_FILE ((u64)1 << 1)
#define FS_READ_FILE ((u64)1 << 2)
#define FS_READ_DIR ((u64)1 << 3)
#define FS_REMOVE_DIR ((u64)1 << 4)
#define FS_REMOVE_FILE ((u64)1 << 5)
#define FS_MAKE_DIR ((u64)1 << 7)
#define FS_MAKE_REG ((u64)1 << 8)
#define FS_MAKE_SOCK ((u64)1 << 9)
#define FS_MAKE_FIFO ((u64)1 << 10)
#define FS_MAKE_SYM ((u64)1 << 12)
#define FS_REFER ((u64)1 << 13)      /* version 2: renaming and linking into another directory */
#define FS_TRUNCATE ((u64)1 << 14)   /* version 3 */
#define FS_IOCTL_DEV ((u64)1 << 15)  /* version 5 */
#define FS_VERSION_1 (FS_REFER - 1)

/* Never allowed: executing, and making device nodes (or renaming them: that is the same for Landlock). */
#define FS_READ (FS_READ_FILE | FS_READ_DIR)
#define FS_WRITE                                                                                                    \
    (FS_WRITE_FILE | FS_TRUNCATE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG | FS_MAKE_SOCK | FS_MAKE_FIFO | \
     FS_MAKE_SYM | FS_REFER)
#define FS_FOR_FILES (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE)

static struct landlock_ruleset landlock_handled(long version, const WallPlan *plan)
{
    struct landlock_ruleset handled = { .files = FS_VERSION_1 };
    if (version >= 2)
        handled.files |= FS_REFER;
    if (version >= 3)
        handled.files |= FS_TRUNCATE;
    if (version >= 4)
        handled.net = (WALL_BIND | WALL_CONNECT) & ~plan->any_port;   /* TCP */
    if (version >= 5)
        handled.files |= FS_IOCTL_DEV;
    if (version >= 6)
        handled.scoped = 3;   /* abstract sockets, and signals to processes outside */
    return handled;
}

static bool landlock_rules(int ruleset, const WallPlan *plan, const struct landlock_ruleset *handled)
{
    for (size_t i = 0; i < plan->n_roots; i++) {
        const WallRoot *root = &plan->roots[i];
        u64 allowed = FS_READ | (root->read_only ? 0 : FS_WRITE);
        if (!root->directory)
            allowed &= FS_FOR_FILES;
        struct landlock_beneath rule = { allowed & handled->files, root->fd };
        if (syscall(NR_LANDLOCK_ADD_RULE, ruleset, LANDLOCK_PATH_BENEATH, &rule, 0))
            return false;
    }
    for (size_t i = 0; i < plan->n_ports; i++) {
        struct landlock_port rule = { plan->ports[i].use & handled->net, plan->ports[i].port };
        if (rule.allowed && syscall(NR_LANDLOCK_ADD_RULE, ruleset, LANDLOCK_NET_PORT, &rule, 0))
            return false;
    }
    return true;
}

/* NULL, or why it could not be done; then nothing is restricted. */
static const char *wall_files(const WallPlan *plan)
{
    long version = syscall(NR_LANDLOCK_CREATE_RULESET, NULL, (size_t)0, LANDLOCK_VERSION);
    if (version < 1)
        return errno == EOPNOTSUPP ? "Landlock is switched off in this kernel (boot parameter lsm=)"
               : errno == ENOSYS   ? "this kernel has no Landlock (Linux 5.13)"
                                   : "Landlock is not available here (a container's seccomp profile?)";
    /* Version 1 forbids every renaming and linking between directories, also between those handed over. */
    for (size_t i = 0; version == 1 && i < plan->n_roots; i++)
        if (!plan->roots[i].read_only)
            return "Landlock of this kernel forbids renaming between directories (before Linux 5.19), so it fits read-only trees only";
    struct landlock_ruleset handled = landlock_handled(version, plan);
    size_t size = version >= 6 ? sizeof handled : version >= 4 ? offsetof(struct landlock_ruleset, scoped) : offsetof(struct landlock_ruleset, net);
    int ruleset = (int)syscall(NR_LANDLOCK_CREATE_RULESET, &handled, size, 0);
    if (ruleset < 0)
        return "Landlock rules cannot be made";
    bool ok = landlock_rules(ruleset, plan, &handled) && syscall(NR_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0;
    int error = errno;
    close(ruleset);
    errno = error;
    return ok ? NULL : "Landlock cannot restrict what is handed over here";
}

/* ---- Code ---- */

static const char *wall_code(void)
{
    enum { SET_MDWE = 65, REFUSE_EXEC_GAIN = 1 };
    return prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) ? "this kernel cannot refuse executable memory (PR_SET_MDWE, Linux 6.3)" : NULL;
}

/* ---- Calls ---- */

static const char *wall_calls(const WallPlan *plan)
{
    /* SPEC_ALLOW: else older kernels switch off the forwarding of stores to loads, which an interpreter lives on. */
    enum { SET_MODE_FILTER = 1, FLAG_SPEC_ALLOW = 4 };
    struct { u16 n; const WallIns *ins; } program;
    WallIns made[WALL_MAX_INS];
    program.ins = cw_wall_ready_filter(plan, &program.n);
    if (!program.ins) {
        program.n = cw_wall_make_filter(plan, made);
        program.ins = made;
    }
    if (program.n == 0)
        return "system calls are not filtered on this processor";
    if (syscall(SYS_seccomp, SET_MODE_FILTER, FLAG_SPEC_ALLOW, &program))
        return "this kernel cannot filter system calls (seccomp, SECCOMP_FILTER_FLAG_SPEC_ALLOW)";
    return NULL;
}

/* ---- All ---- */

/* A part could not be put up: because the kernel lacks it, as the text says, or only now. The latter is no reason to do without. */
static unsigned missed(const char **why)
{
    if (errno != ENOMEM && errno != EMFILE && errno != ENFILE)
        return 0;
    *why = strerror(errno);
    return WALL_SHORT;
}

unsigned cw_wall_raise(const WallPlan *plan, const char *why[N_WALLS])
{
    unsigned stand = 0;
    if (CW_INSTRUMENTED) {
        why[0] = "this build is instrumented (sanitizers, coverage)";
        return 0;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
        why[0] = "this kernel cannot give up privileges for good (PR_SET_NO_NEW_PRIVS)";
        return missed(why);
    }
    bool shut = (plan->walls & CWASM_WALL_CALLS) && !plan->paths && !plan->sockets;   /* the filter is a wall around files, too */
    static const unsigned order[] = { CWASM_WALL_FILES, CWASM_WALL_CODE, CWASM_WALL_CALLS };   /* the last forbids the others */
    for (size_t i = 0; i < CW_COUNT(order); i++) {
        if (!(plan->walls & order[i]) || (shut && order[i] == CWASM_WALL_FILES))
            continue;
        errno = 0;
        why[i] = order[i] == CWASM_WALL_FILES ? wall_files(plan) : order[i] == CWASM_WALL_CODE ? wall_code() : wall_calls(plan);
        stand |= why[i] ? missed(&why[i]) : order[i];
    }
    if (shut && (plan->walls & CWASM_WALL_FILES)) {
        errno = 0;
        why[0] = stand & CWASM_WALL_CALLS ? NULL : wall_files(plan);
        stand |= why[0] ? missed(why) : CWASM_WALL_FILES;
    }
    return stand;
}

#else

unsigned cw_wall_raise(const WallPlan *plan, const char *why[N_WALLS])
{
    (void)plan;
    why[0] = "the second wall is Linux's";
    return 0;
}

#endif
