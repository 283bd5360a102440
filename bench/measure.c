/* Runs commands in turn and prints what each cost:  measure SECONDS ROUNDS OUT CMD [ARG...] [::: CMD [ARG...]]...
 *
 * With ROUNDS > 1 the order is A B C A B C ..., so that a slow phase of the machine hits all of them. Standard output
 * of command i goes to OUT.i (of the last round), input is empty. A line per run: i, wall, user and system microseconds,
 * peak resident KiB, and the exit status (or 1000 + signal). SECONDS is the limit for one run.
 *
 * A program of its own because the peak that wait4 reports for a child starts at the peak of the parent that spawned it:
 * a Python parent would hide anything below 10 MiB. This one has to stay small: link it statically. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static volatile pid_t child;

static void too_long(int sig) {
    (void)sig;
    if (child > 0) kill(child, SIGKILL);
}

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long us(struct timeval t) { return t.tv_sec * 1000000LL + t.tv_usec; }

static int run(int index, char **command, const char *out, int limit) {
    char file[4096];
    posix_spawn_file_actions_t io;
    struct rusage r;
    int status;
    pid_t pid;
    snprintf(file, sizeof file, "%s.%d", out, index);
    posix_spawn_file_actions_init(&io);
    posix_spawn_file_actions_addopen(&io, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&io, 1, file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    long long start = now();
    int error = posix_spawn(&pid, command[0], &io, NULL, command, environ);
    if (error) return fprintf(stderr, "measure: %s: %s\n", command[0], strerror(error)), 1;
    child = pid;
    alarm((unsigned)limit);
    while (wait4(pid, &status, 0, &r) < 0) {}
    long long wall = now() - start;
    child = 0;
    alarm(0);
    posix_spawn_file_actions_destroy(&io);
    printf("%d %.1f %lld %lld %ld %d\n", index, (double)wall / 1000, us(r.ru_utime), us(r.ru_stime), r.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status));
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 5) return fputs("usage: measure SECONDS ROUNDS OUT CMD [ARG...] [::: CMD [ARG...]]...\n", stderr), 2;
    int limit = atoi(argv[1]), rounds = atoi(argv[2]);
    signal(SIGALRM, too_long);
    for (int i = 4; i < argc; i++)
        if (strcmp(argv[i], ":::") == 0) argv[i] = NULL;
    while (rounds-- > 0)
        for (int i = 4, index = 0; i < argc; index++) {
            if (run(index, argv + i, argv[3], limit)) return 1;
            while (i < argc && argv[i]) i++;
            i++;
        }
    return 0;
}
