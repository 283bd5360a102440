/*
 * fail_calls.c - runs a program, static or not, whose system call of a given number, counted from its first one on, fails:
 *
 *     fail_calls N ERROR LOG COMMAND...        N 0: none
 *
 * The kernel does not see that call; exit and exit_group never fail. Lines in LOG: "call NUMBER FIRST-ARGUMENT RESULT" for each call, with " failed" for that one; at the end what the
 * process's Seccomp and NoNewPrivs are (/proc/PID/status), and "exit N" or "signal N".
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PTRACE_GET_SYSCALL_INFO
#define PTRACE_GET_SYSCALL_INFO 0x420e
#endif
enum { ENTRY = 1, EXIT = 2, NT_PRSTATUS_ = 1, NT_ARM_CALL = 0x404 };
struct info {   /* struct ptrace_syscall_info, which the headers of C libraries have under other names */
    unsigned char op, pad[3];
    unsigned arch;
    unsigned long long ip, sp;
    union {
        struct { unsigned long long nr, args[6]; } entry;
        struct { long long rval; unsigned char is_error; } exit;
    } u;
};

static void check(long status, const char *what)
{
    if (status < 0) {
        perror(what);
        exit(99);
    }
}

/* At the entry of a call: the kernel makes none instead. */
static void skip_call(pid_t pid)
{
#if defined(__x86_64__)
    check(ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, orig_rax), -1L), "skipping a call");
#elif defined(__aarch64__)
    int none = -1;
    struct iovec v = { &none, sizeof none };
    check(ptrace(PTRACE_SETREGSET, pid, NT_ARM_CALL, &v), "skipping a call");
#else
    exit(98);
#endif
}

static void set_result(pid_t pid, long result)
{
#if defined(__x86_64__)
    check(ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax), result), "a result");
#elif defined(__aarch64__)
    struct user_regs_struct regs;
    struct iovec v = { &regs, sizeof regs };
    check(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS_, &v), "registers");
    regs.regs[0] = (unsigned long long)result;
    check(ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS_, &v), "a result");
#else
    exit(98);
#endif
}

static void write_state(pid_t pid, FILE *log)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, "Seccomp:", 8) == 0 || strncmp(line, "NoNewPrivs:", 11) == 0)
            fputs(line, log);
    if (status)
        fclose(status);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 99;
    const unsigned long at = strtoul(argv[1], NULL, 10);
    const long error = strtol(argv[2], NULL, 10);
    FILE *log = fopen(argv[3], "we");
    if (!log)
        return 99;
    pid_t pid = fork();
    check(pid, "fork");
    if (pid == 0) {
        check(ptrace(PTRACE_TRACEME, 0, 0, 0), "ptrace");
        raise(SIGSTOP);
        execv(argv[4], argv + 4);
        _exit(97);
    }
    int status;
    check(waitpid(pid, &status, 0), "waitpid");
    if (!WIFSTOPPED(status))
        return 99;
    check(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL), "ptrace options");
    unsigned long n = 0;
    int begun = 0, failing = 0, signal_number = 0;
    unsigned long long number = 0, argument = 0;
    for (;;) {
        check(ptrace(PTRACE_SYSCALL, pid, 0, signal_number), "ptrace");
        check(waitpid(pid, &status, 0), "waitpid");
        signal_number = 0;
        if (WIFEXITED(status) || WIFSIGNALED(status))
            break;
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
            write_state(pid, log);
        } else if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
            begun = 1;   /* what comes next is the exit of execve */
        } else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
            struct info info;
            check(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info), "PTRACE_GET_SYSCALL_INFO (Linux 5.3)");
            if (!begun) {
                continue;
            } else if (info.op == ENTRY) {
                number = info.u.entry.nr;
                argument = info.u.entry.args[0];
                failing = ++n == at && number != SYS_exit && number != SYS_exit_group;
                if (failing)
                    skip_call(pid);
            } else if (info.op == EXIT && n > 0) {
                if (failing)
                    set_result(pid, -error);
                fprintf(log, "call %llu %llu %lld%s\n", number, argument, failing ? -error : info.u.exit.rval, failing ? " failed" : "");
                failing = 0;
            }
        } else if (WIFSTOPPED(status)) {
            signal_number = WSTOPSIG(status);
        }
    }
    if (WIFEXITED(status))
        fprintf(log, "exit %d\n", WEXITSTATUS(status));
    else
        fprintf(log, "signal %d\n", WTERMSIG(status));
    return fclose(log) ? 99 : 0;
}
