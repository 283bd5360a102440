/* Runs a command and prints what it had in memory when it exited, in KiB: all of it, and what was its own (not pages of files):
 *
 *     resident CMD [ARG...]
 *
 * The peak that wait4 reports is counted in batches of up to 64 pages per processor by recent kernels, so that a small program's is anything
 * between nothing and the truth. This stops the program at its exit and reads smaps_rollup, which looks at every page. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static int print(pid_t pid) {
    char path[64], line[256];
    long rss = -1, own = -1;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file) return perror("resident: smaps_rollup"), 1;
    while (fgets(line, sizeof line, file)) {
        sscanf(line, "Rss: %ld kB", &rss);
        sscanf(line, "Anonymous: %ld kB", &own);
    }
    fclose(file);
    printf("%ld %ld\n", rss, own);
    return rss < 0 || own < 0;
}

int main(int argc, char **argv) {
    int status, failed = 1;
    if (argc < 2) return fputs("usage: resident CMD [ARG...]\n", stderr), 2;
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        execv(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
        int sig = WSTOPSIG(status);
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) failed = print(pid);
        else if (sig == SIGTRAP) ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEEXIT);
        ptrace(PTRACE_CONT, pid, 0, sig == SIGTRAP ? 0 : sig);
    }
    return failed;
}
