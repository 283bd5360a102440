/* signals.c - what may end a run from outside. */
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "cli/run.h"

/* The one run of this process; signal handlers have no other way to find it. */
static Run *the_run;

static void write_stderr(const char *text)
{
    size_t n = strlen(text);
    while (n > 0) {
        ssize_t done = write(2, text, n);
        if (done <= 0)
            return;
        text += done;
        n -= (size_t)done;
    }
}

static void on_end(int signal_number)
{
    Run *run = the_run;
    run->signal = signal_number;
    run->trap = NULL;
    run->message[0] = '\0';
    cw_run_end(run, KIND_SIGNAL, 128 + signal_number);
    cw_trace_end();
    cw_report_write(run);
    _exit(run->status);
}

void cw_signals_install(Run *run)
{
    static const int ending[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
    the_run = run;
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_end;
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        sigaction(ending[i], &action, &before);
        if (before.sa_handler == SIG_IGN && ending[i] != SIGTERM && getpid() != 1)
            sigaction(ending[i], &before, NULL);   /* nohup, background jobs */
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);   /* beyond RLIMIT_FSIZE: an error for the guest (FBIG), not the end of us */
}

/* ---- Timeout --------------------------------------------------------------------------------------------------- */

enum { GRACE_MICROSECONDS = 100000 };   /* for the guest to reach a point where it can be interrupted */

static volatile sig_atomic_t timed_out;

static bool set_timer(uint64_t ns)
{
    struct itimerval timer;
    memset(&timer, 0, sizeof timer);
    timer.it_value.tv_sec = (time_t)(ns / 1000000000);
    timer.it_value.tv_usec = (suseconds_t)(ns / 1000 % 1000000);
    return setitimer(ITIMER_REAL, &timer, NULL) == 0;
}

static void on_alarm(int signal_number)
{
    (void)signal_number;
    Run *run = the_run;
    if (!timed_out && run->store) {
        timed_out = 1;
        cwasm_store_interrupt(run->store);
        (void)set_timer((uint64_t)GRACE_MICROSECONDS * 1000);
        return;
    }
    run->trap = NULL;
    strcpy(run->message, "timeout");
    cw_run_end(run, KIND_TIMEOUT, STATUS_TRAP);
    cw_trace_end();
    cw_report_write(run);
    write_stderr("cwasm: trap: interrupted: timeout (inside a host call)\n");
    _exit(run->status);
}

bool cw_timeout_start(Run *run)
{
    if (!run->args->timeout_ns)
        return true;
    the_run = run;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    sigset_t unblock;
    sigemptyset(&unblock);
    sigaddset(&unblock, SIGALRM);
    return sigaction(SIGALRM, &action, NULL) == 0 && sigprocmask(SIG_UNBLOCK, &unblock, NULL) == 0 && set_timer(run->args->timeout_ns);
}

bool cw_timeout_is_over(void *ctx)
{
    (void)ctx;
    return timed_out;
}

void cw_timeout_stop(void)
{
    (void)set_timer(0);
}
