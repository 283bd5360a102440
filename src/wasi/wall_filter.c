/*
 * wall_filter.c - the filter of system calls that the second wall installs (wall_linux.c), in the kernel's classic BPF.
 *
 * What installing it costs is the kernel's work, done anew in every process. It runs the filter in an interpreter once for every number of every
 * architecture, to know the numbers that are always allowed: only the first numbers, reading and writing among them, are worth that; for the
 * others the path meets at once an instruction that this interpreter does not know, and it goes on to the next number. Then each instruction is
 * checked, translated and compiled: so the numbers are a list of as few comparisons as possible, not a search with short paths. Making the filter
 * touches code and memory that nothing else wants, so the two that most runs want are at hand (wall_ready.inc; unit_wall compares them).
 */
#include "wasi/wall.h"

#include "cwasm.h"

#if defined(__linux__)

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

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
enum { BPF_LOAD = 0x20, BPF_JUMP_EQUAL = 0x15, BPF_JUMP_ABOVE = 0x35 /* at or above */, BPF_OR_K = 0x44, BPF_AND_K = 0x54, BPF_RETURN = 0x06 };
/* struct seccomp_data; arguments are 64 bits, little-endian here */
enum { DATA_NUMBER = 0, DATA_ARCHITECTURE = 4, DATA_ARGUMENT_0 = 16, DATA_ARGUMENT_1 = 24, DATA_ARGUMENT_2 = 32 };
#define RETURN_KILL 0x80000000u
#define RETURN_ALLOW 0x7fff0000u
#define RETURN_ERRNO 0x00050000u

/* What becomes of a call, in the order of their instructions: those that look at arguments jump on to one of the last two. */
typedef enum Verdict { DENIED, KILLED, CLONE, SOCKET, CONTROL, REFUSED, ALLOWED, N_VERDICTS } Verdict;
enum { N_CALLS = 512, MAX_INS = WALL_MAX_INS };
#if defined(__x86_64__)
enum { OFTEN = SYS_select };   /* the calls below may be made often */
#else
enum { OFTEN = SYS_fsync };
#endif

typedef struct Filter {
    WallIns *ins;                   /* MAX_INS */
    u8 yes[MAX_INS], no[MAX_INS];   /* of a jump: 1 + the verdict that it leads to, 0: it has its target */
    u32 n;
} Filter;

static u32 emit(Filter *f, unsigned code, u32 k)
{
    u32 at = f->n < MAX_INS ? f->n : MAX_INS - 1;   /* too long a filter is refused in the end */
    f->ins[at] = (WallIns){ .code = (u16)code, .k = k };
    f->yes[at] = f->no[at] = 0;
    f->n++;
    return at;
}

/* A jump to a verdict; otherwise the next instruction follows: the kernel's compiler makes one instruction of that, and two of a jump both ways. */
static void emit_jump(Filter *f, unsigned code, u32 k, Verdict to)
{
    f->yes[emit(f, code, k)] = (u8)(1 + to);
}

/* The verdicts on the numbers from `first` to `end` - 1, from above: ranges by the first number of the one above, single ones in between by
 * being equal. Before that the test of the architecture: another's calls have other numbers (i386 on x86-64). */
static void emit_ranges(Filter *f, const u8 verdict[N_CALLS], u32 first, u32 end)
{
    Verdict above = (Verdict)verdict[end - 1];
    emit(f, BPF_LOAD, DATA_ARCHITECTURE);
    f->no[emit(f, BPF_JUMP_EQUAL, ARCHITECTURE)] = 1 + KILLED;
    emit(f, BPF_LOAD, DATA_NUMBER);
    for (u32 n = end; n-- > first;) {
        if (verdict[n] == above)
            continue;
        if (n > first && verdict[n - 1] == above) {
            emit_jump(f, BPF_JUMP_EQUAL, n, (Verdict)verdict[n]);
        } else {
            emit_jump(f, BPF_JUMP_ABOVE, n + 1, above);
            above = (Verdict)verdict[n];
        }
    }
    emit_jump(f, BPF_JUMP_ABOVE, 0, above);
}

/* The instructions that jumps with this verdict lead to. */
static void emit_verdict(Filter *f, Verdict verdict)
{
    static const u32 thread = 0x00010000;
    switch (verdict) {
    case DENIED: emit(f, BPF_RETURN, RETURN_ERRNO | ENOSYS); break;
    case KILLED: emit(f, BPF_RETURN, RETURN_KILL); break;
    case ALLOWED: emit(f, BPF_RETURN, RETURN_ALLOW); break;
    case REFUSED: emit(f, BPF_RETURN, RETURN_ERRNO | EPERM); break;
    case CONTROL:
        /* ioctl: how much can be read, whether there is a terminal and how wide. No input pushed into a terminal.
         * fcntl: duplicates and flags. Not F_SETOWN and F_SETSIG, which signal other processes, not leases and F_NOTIFY. Neither has harmful
         * commands with the other's numbers (0 and 3 are no ioctl, 1, 2 and 4 ask about a file's blocks). */
        emit(f, BPF_LOAD, DATA_ARGUMENT_1);
        emit_jump(f, BPF_JUMP_EQUAL, 0x541b /* FIONREAD */, ALLOWED);
        emit_jump(f, BPF_JUMP_EQUAL, 0x5401 /* TCGETS */, ALLOWED);
        emit_jump(f, BPF_JUMP_EQUAL, 0x5413 /* TIOCGWINSZ */, ALLOWED);
        f->no[emit(f, BPF_JUMP_ABOVE, F_SETFL + 1)] = 1 + ALLOWED;
        break;   /* goes on to what is refused */
    case CLONE:   /* CLONE_THREAD, and none of CLONE_NEW*, CLONE_PTRACE, CLONE_VFORK */
        emit(f, BPF_LOAD, DATA_ARGUMENT_0);
        emit(f, BPF_AND_K, thread | 0x7e020000 | 0x80 | 0x2000 | 0x4000);
        emit_jump(f, BPF_JUMP_EQUAL, thread, ALLOWED);
        emit_jump(f, BPF_JUMP_ABOVE, 0, REFUSED);
        break;
    case SOCKET:   /* AF_INET and AF_INET6, SOCK_STREAM and SOCK_DGRAM, and the protocol that these mean */
        emit(f, BPF_LOAD, DATA_ARGUMENT_2);
        emit_jump(f, BPF_JUMP_ABOVE, 1, REFUSED);
        emit(f, BPF_LOAD, DATA_ARGUMENT_0);
        f->ins[emit(f, BPF_JUMP_EQUAL, AF_INET)].yes = 1;
        f->no[emit(f, BPF_JUMP_EQUAL, AF_INET6)] = 1 + REFUSED;
        emit(f, BPF_LOAD, DATA_ARGUMENT_1);
        emit(f, BPF_AND_K, ~(u32)(SOCK_CLOEXEC | SOCK_NONBLOCK));
        emit_jump(f, BPF_JUMP_EQUAL, SOCK_STREAM, ALLOWED);
        emit_jump(f, BPF_JUMP_EQUAL, SOCK_DGRAM, ALLOWED);
        emit_jump(f, BPF_JUMP_ABOVE, 0, REFUSED);
        break;
    case N_VERDICTS: break;
    }
}

static void verdicts(const WallPlan *plan, u8 verdict[N_CALLS])
{
    memset(verdict, DENIED, N_CALLS);
#define CALL(name) verdict[SYS_##name] = ALLOWED;
#define SPARE_CALL(name) CALL(name)
#define PATH_CALL(name) if (plan->paths) CALL(name)
#define SOCKET_CALL(name) if (plan->sockets) CALL(name)
#define NET_CALL(name) if (plan->net) CALL(name)
#define THREAD_CALL(name) if (plan->walls & CWASM_WALL_THREADS) CALL(name)
#include "wasi/wall_calls.def"
#undef CALL
#undef SPARE_CALL
#undef PATH_CALL
#undef SOCKET_CALL
#undef NET_CALL
#undef THREAD_CALL
    verdict[NO_CALL] = DENIED;
    verdict[SYS_ioctl] = verdict[SYS_fcntl] = CONTROL;
    if (verdict[SYS_clone])
        verdict[SYS_clone] = CLONE;
    if (verdict[SYS_socket])
        verdict[SYS_socket] = SOCKET;
}

u16 cw_wall_make_filter(const WallPlan *plan, WallIns made[WALL_MAX_INS])
{
    u8 verdict[N_CALLS];
    u32 verdict_at[N_VERDICTS];
    Filter filter = { .ins = made }, *f = &filter;
    verdicts(plan, verdict);
    emit(f, BPF_LOAD, DATA_NUMBER);
    u32 rare = emit(f, BPF_JUMP_ABOVE, OFTEN);
    emit_ranges(f, verdict, 0, OFTEN);
    f->ins[rare].yes = (u8)(f->n - rare - 1);
    emit(f, BPF_OR_K, 0);   /* what the kernel's interpreter does not know; it changes nothing */
    emit_ranges(f, verdict, OFTEN, N_CALLS);
    for (u32 v = 0; v < N_VERDICTS; v++) {
        verdict_at[v] = f->n;
        if ((v != CLONE && v != SOCKET) || memchr(verdict, (int)v, N_CALLS))
            emit_verdict(f, (Verdict)v);
    }
    for (u32 i = 0; i < f->n && f->n < MAX_INS; i++) {
        if (f->yes[i])
            f->ins[i].yes = (u8)(verdict_at[f->yes[i] - 1] - i - 1);
        if (f->no[i])
            f->ins[i].no = (u8)(verdict_at[f->no[i] - 1] - i - 1);
    }
    return f->n < MAX_INS ? (u16)f->n : 0;
}

#if defined(__x86_64__)

static const WallIns without_files[] = {
#define WITHOUT_FILES(code, yes, no, k) { code, yes, no, k },
#include "wasi/wall_ready.inc"
}, with_files[] = {
#define WITH_FILES(code, yes, no, k) { code, yes, no, k },
#include "wasi/wall_ready.inc"
};

const WallIns *cw_wall_ready_filter(const WallPlan *plan, u16 *n)
{
    if (plan->sockets || plan->net || (plan->walls & CWASM_WALL_THREADS))
        return NULL;
    *n = plan->paths ? CW_COUNT(with_files) : CW_COUNT(without_files);
    return plan->paths ? with_files : without_files;
}

#else

const WallIns *cw_wall_ready_filter(const WallPlan *plan, u16 *n)
{
    (void)plan, (void)n;
    return NULL;
}

#endif
#else

u16 cw_wall_make_filter(const WallPlan *plan, WallIns made[WALL_MAX_INS])
{
    (void)plan, (void)made;
    return 0;
}

const WallIns *cw_wall_ready_filter(const WallPlan *plan, u16 *n)
{
    (void)plan, (void)n;
    return NULL;
}

#endif
#endif
