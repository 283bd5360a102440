/* os_thread.c - threads for short work. */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE 1   /* sched_getaffinity */
#endif
#include "base/os_thread.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

enum { MOST_THREADS = 16, STACK_BYTES = 256 * 1024 };

u32 cw_os_processors(void)
{
#ifdef CPU_COUNT
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (u32)CPU_COUNT(&set);
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (u32)n : 1;
}

typedef struct Work {
    void (*run)(void *ctx);
    void *ctx;
} Work;

static void *begin(void *arg)
{
    const Work *work = arg;
    work->run(work->ctx);
    return NULL;
}

void cw_os_run_threads(u32 n, void (*run)(void *ctx), void *ctx)
{
    pthread_t threads[MOST_THREADS];
    u32 made = 0;
    Work work = { run, ctx };
    pthread_attr_t attr;
    if (n > 1 && pthread_attr_init(&attr) == 0) {
        sigset_t all, before;
        sigfillset(&all);
        (void)pthread_attr_setstacksize(&attr, STACK_BYTES);
        if (pthread_sigmask(SIG_SETMASK, &all, &before) == 0) {   /* inherited by the threads */
            while (made + 1 < n && made < MOST_THREADS && pthread_create(&threads[made], &attr, begin, &work) == 0)
                made++;
            (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        }
        pthread_attr_destroy(&attr);
    }
    run(ctx);
    for (u32 i = 0; i < made; i++)
        pthread_join(threads[i], NULL);
}
