/*
 * wall_linux.c - the second wall on Linux, of three parts, each put up only if the kernel has it:
 *
 *   files   Landlock (5.13): opening, making, removing, renaming and linking work beneath the directories handed over and nowhere else.
 *           It does not restrict stat, readlink, chmod, utimensat and the like, nor what is open already.
 *   code    prctl(PR_SET_MDWE) (6.3): no memory that could be written becomes executable. An interpreter needs none.
 *   calls   seccomp (3.17): only the system calls of wall_calls.def. The numbers become ranges, and the ranges a binary search: the
 *           kernel (5.11) runs the filter in an interpreter once for every number of every architecture when it is installed, to know the numbers that
 *           are always allowed, so the length of a path through it is what costs. Only the first numbers, reading and writing among them,
 *           are worth that; for the others the path soon meets an instruction that this interpreter does not know, and it goes on to the next number.
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
#include <sys/socket.h>
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
    close(ruleset);
    return ok ? NULL : "Landlock cannot restrict what is handed over here";
}

/* ---- Code ---- */

static const char *wall_code(void)
{
    enum { SET_MDWE = 65, REFUSE_EXEC_GAIN = 1 };
    return prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) ? "this kernel cannot refuse executable memory (PR_SET_MDWE, Linux 6.3)" : NULL;
}

/* ---- Calls ---- */

#if defined(__x86_64__)
#define ARCHITECTURE 0xc000003eu
#elif defined(__aarch64__)
#define ARCHITECTURE 0xc00000b7u
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE 0xc00000f3u
#endif

#if defined(ARCHITECTURE)

/* What some processors or older headers do not have. */
#define NO_CALL 511
#ifndef SYS_poll
#define SYS_poll NO_CALL
#endif
#ifndef SYS_open
#define SYS_open NO_CALL
#define SYS_stat NO_CALL
#endif
#ifndef SYS_newfstatat
#define SYS_newfstatat SYS_fstatat
#endif
#ifndef SYS_renameat
#define SYS_renameat SYS_renameat2
#endif
#ifndef SYS_pwritev2
#define SYS_pwritev2 NO_CALL
#endif
#ifndef SYS_rseq
#define SYS_rseq NO_CALL
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* classic BPF */
struct bpf_ins {
    u16 code;
    u8 yes, no;
    u32 k;
};
struct bpf_program {
    u16 n;
    const struct bpf_ins *ins;
};
enum { BPF_LOAD = 0x20, BPF_JUMP_EQUAL = 0x15, BPF_JUMP_ABOVE = 0x35 /* at or above */, BPF_OR_K = 0x44, BPF_AND_K = 0x54, BPF_RETURN = 0x06 };
/* struct seccomp_data; arguments are 64 bits, little-endian here */
enum { DATA_NUMBER = 0, DATA_ARCHITECTURE = 4, DATA_ARGUMENT_0 = 16, DATA_ARGUMENT_1 = 24, DATA_ARGUMENT_2 = 32 };
#define RETURN_KILL 0x80000000u
#define RETURN_ALLOW 0x7fff0000u
#define RETURN_ERRNO 0x00050000u

typedef enum Verdict { DENIED = 0, ALLOWED, IOCTL, CLONE, SOCKET, N_VERDICTS } Verdict;
enum { N_CALLS = 512, MAX_RANGES = 120, MAX_INS = 255 };   /* jumps reach 255 instructions */
#if defined(__x86_64__)
enum { OFTEN = SYS_select };   /* the calls below may be made often */
#else
enum { OFTEN = SYS_fsync };
#endif

typedef struct Filter {
    struct bpf_ins ins[MAX_INS];
    u8 leaf_yes[MAX_INS], leaf_no[MAX_INS];   /* of a jump: 1 + the verdict it leads to, 0 for another jump */
    u32 n;
    struct { u32 first; Verdict verdict; } ranges[MAX_RANGES];   /* each ends where the next begins */
} Filter;

static u32 emit(Filter *f, unsigned code, u32 k)
{
    f->ins[f->n] = (struct bpf_ins){ .code = (u16)code, .k = k };
    return f->n++;
}

/* A search among ranges[first..last], which end at `end`: their number minus one jumps, fewest to the widest. */
static void emit_search(Filter *f, u32 first, u32 last, u32 end)
{
    u32 middle = first + 1, begin = f->ranges[first].first;
    if (first == last) {
        f->leaf_yes[emit(f, BPF_JUMP_ABOVE, 0)] = (u8)(1 + f->ranges[first].verdict);
        return;
    }
    while (middle < last && f->ranges[middle].first - begin < end - f->ranges[middle + 1].first)
        middle++;
    u32 at = emit(f, BPF_JUMP_ABOVE, f->ranges[middle].first);
    if (first == middle - 1)
        f->leaf_no[at] = (u8)(1 + f->ranges[first].verdict);
    else
        emit_search(f, first, middle - 1, f->ranges[middle].first);
    if (middle == last) {
        f->leaf_yes[at] = (u8)(1 + f->ranges[last].verdict);
    } else {
        f->ins[at].yes = (u8)(f->n - at - 1);
        emit_search(f, middle, last, end);
    }
}

/* The same after the test of the architecture: another's calls have other numbers (i386 on x86-64). */
static void emit_ranges(Filter *f, u32 first, u32 last, u32 end)
{
    emit(f, BPF_LOAD, DATA_ARCHITECTURE);
    f->ins[emit(f, BPF_JUMP_EQUAL, ARCHITECTURE)].yes = 1;
    emit(f, BPF_RETURN, RETURN_KILL);
    emit(f, BPF_LOAD, DATA_NUMBER);
    emit_search(f, first, last, end);
}

/* The instructions that jumps with this verdict lead to. */
static void emit_verdict(Filter *f, Verdict verdict)
{
    static const u32 ioctls[] = { 0x541b /* FIONREAD */, 0x5401 /* TCGETS */, 0x5413 /* TIOCGWINSZ */ };
    static const u32 thread = 0x00010000;
    switch (verdict) {
    case DENIED: emit(f, BPF_RETURN, RETURN_ERRNO | ENOSYS); break;
    case ALLOWED: emit(f, BPF_RETURN, RETURN_ALLOW); break;
    case IOCTL:
        emit(f, BPF_LOAD, DATA_ARGUMENT_1);
        for (u32 i = 0; i < CW_COUNT(ioctls); i++)
            f->ins[emit(f, BPF_JUMP_EQUAL, ioctls[i])].yes = (u8)(CW_COUNT(ioctls) - i);   /* behind the refusal */
        emit(f, BPF_RETURN, RETURN_ERRNO | EPERM);
        emit(f, BPF_RETURN, RETURN_ALLOW);
        break;
    case CLONE:   /* CLONE_THREAD, and none of CLONE_NEW*, CLONE_PTRACE, CLONE_VFORK */
        emit(f, BPF_LOAD, DATA_ARGUMENT_0);
        emit(f, BPF_AND_K, thread | 0x7e020000 | 0x80 | 0x2000 | 0x4000);
        f->ins[emit(f, BPF_JUMP_EQUAL, thread)].yes = 1;
        emit(f, BPF_RETURN, RETURN_ERRNO | EPERM);
        emit(f, BPF_RETURN, RETURN_ALLOW);
        break;
    case SOCKET:   /* AF_INET and AF_INET6, SOCK_STREAM and SOCK_DGRAM, and the protocol that these mean */
        emit(f, BPF_LOAD, DATA_ARGUMENT_2);
        f->ins[emit(f, BPF_JUMP_EQUAL, 0)].no = 7;
        emit(f, BPF_LOAD, DATA_ARGUMENT_0);
        f->ins[emit(f, BPF_JUMP_EQUAL, 2)].yes = 1;
        f->ins[emit(f, BPF_JUMP_EQUAL, 10)].no = 4;
        emit(f, BPF_LOAD, DATA_ARGUMENT_1);
        emit(f, BPF_AND_K, ~(u32)(SOCK_CLOEXEC | SOCK_NONBLOCK));
        f->ins[emit(f, BPF_JUMP_EQUAL, SOCK_STREAM)].yes = 2;
        f->ins[emit(f, BPF_JUMP_EQUAL, SOCK_DGRAM)].yes = 1;
        emit(f, BPF_RETURN, RETURN_ERRNO | EPERM);
        emit(f, BPF_RETURN, RETURN_ALLOW);
        break;
    case N_VERDICTS: break;
    }
}

static void verdicts(const WallPlan *plan, u8 verdict[N_CALLS])
{
    memset(verdict, DENIED, N_CALLS);
#define CALL(name) verdict[SYS_##name] = ALLOWED;
#define SPARE_CALL(name) CALL(name)
#define SOCKET_CALL(name) if (plan->sockets) CALL(name)
#define NET_CALL(name) if (plan->net) CALL(name)
#define THREAD_CALL(name) if (plan->walls & CWASM_WALL_THREADS) CALL(name)
#include "wasi/wall_calls.def"
#undef CALL
#undef SPARE_CALL
#undef SOCKET_CALL
#undef NET_CALL
#undef THREAD_CALL
    verdict[NO_CALL] = DENIED;
    /* On a terminal others could push input for whoever reads it next (TIOCSTI). */
    verdict[SYS_ioctl] = plan->terminal ? IOCTL : ALLOWED;
    if (verdict[SYS_clone])
        verdict[SYS_clone] = CLONE;
    if (verdict[SYS_socket])
        verdict[SYS_socket] = SOCKET;
}

static bool make_filter(Filter *f, const WallPlan *plan)
{
    u8 verdict[N_CALLS];
    u32 n = 0, n_often = 0, verdict_at[N_VERDICTS];
    verdicts(plan, verdict);
    for (u32 i = 0; i < N_CALLS; i++) {
        if (i > 0 && i != OFTEN && verdict[i] == verdict[i - 1])
            continue;
        if (n == MAX_RANGES)
            return false;
        n_often += i < OFTEN;
        f->ranges[n].first = i;
        f->ranges[n++].verdict = (Verdict)verdict[i];
    }
    memset(f->leaf_yes, 0, sizeof f->leaf_yes);
    memset(f->leaf_no, 0, sizeof f->leaf_no);
    f->n = 0;
    emit(f, BPF_LOAD, DATA_NUMBER);
    u32 rare = emit(f, BPF_JUMP_ABOVE, OFTEN);
    emit_ranges(f, 0, n_often - 1, OFTEN);
    f->ins[rare].yes = (u8)(f->n - rare - 1);
    emit(f, BPF_OR_K, 0);   /* what the kernel's interpreter does not know; it changes nothing */
    emit_ranges(f, n_often, n - 1, N_CALLS);
    u32 end = f->n;
    for (u32 v = 0; v < N_VERDICTS; v++) {
        verdict_at[v] = f->n;
        bool used = false;
        for (u32 i = 0; i < n; i++)
            used |= f->ranges[i].verdict == v;
        if (used)
            emit_verdict(f, (Verdict)v);
    }
    for (u32 i = 0; i < end; i++) {
        if (f->leaf_yes[i])
            f->ins[i].yes = (u8)(verdict_at[f->leaf_yes[i] - 1] - i - 1);
        if (f->leaf_no[i])
            f->ins[i].no = (u8)(verdict_at[f->leaf_no[i] - 1] - i - 1);
    }
    return true;
}

static const char *wall_calls(const WallPlan *plan)
{
    /* SPEC_ALLOW: else older kernels switch off the forwarding of stores to loads, which an interpreter lives on. */
    enum { SET_MODE_FILTER = 1, FLAG_SPEC_ALLOW = 4 };
    Filter f;
    if (!make_filter(&f, plan))
        return "the system calls make too long a filter";
    struct bpf_program program = { (u16)f.n, f.ins };
    if (syscall(SYS_seccomp, SET_MODE_FILTER, FLAG_SPEC_ALLOW, &program))
        return "this kernel cannot filter system calls (seccomp, SECCOMP_FILTER_FLAG_SPEC_ALLOW)";
    return NULL;
}

#else

static const char *wall_calls(const WallPlan *plan)
{
    (void)plan;
    return "system calls are not filtered on this processor";
}

#endif

/* ---- All ---- */

unsigned cw_wall_raise(const WallPlan *plan, const char *why[N_WALLS])
{
    unsigned stand = 0;
    if (CW_INSTRUMENTED) {
        why[0] = "this build is instrumented (sanitizers, coverage)";
        return 0;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
        why[0] = "this kernel cannot give up privileges for good (PR_SET_NO_NEW_PRIVS)";
        return 0;
    }
    static const unsigned order[] = { CWASM_WALL_FILES, CWASM_WALL_CODE, CWASM_WALL_CALLS };   /* the last forbids the others */
    for (size_t i = 0; i < CW_COUNT(order); i++) {
        if (!(plan->walls & order[i]))
            continue;
        why[i] = order[i] == CWASM_WALL_FILES ? wall_files(plan) : order[i] == CWASM_WALL_CODE ? wall_code() : wall_calls(plan);
        stand |= why[i] ? 0 : order[i];
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
