/*
 * os_thread.h - short work spread over the processors.
 */
#ifndef CW_BASE_OS_THREAD_H
#define CW_BASE_OS_THREAD_H

#include "base/platform.h"

/* Processors this process may run on, at least 1. */
u32 cw_os_processors(void);

/* Runs work(ctx) in at most n threads at once, of which the caller is one, and returns when all have ended. work must share out what there is to
 * do: where threads cannot be made there are fewer of them, down to the caller alone. Signals are left to the program's own threads. */
void cw_os_run_threads(u32 n, void (*work)(void *ctx), void *ctx);

#endif
