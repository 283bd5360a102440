/*
 * park.h - a thread that sleeps on a word.
 *
 * cw_park returns when the word is not `value`, when the deadline has passed, or for no reason at all; cw_unpark, after the word was
 * changed, sees to it that it does so at once, and may be called from a signal handler. Linux: futexes. Elsewhere the word is looked at every other millisecond.
 */
#ifndef CW_BASE_PARK_H
#define CW_BASE_PARK_H

#include "base/platform.h"

/* Monotonic clock. */
u64 cw_now_ns(void);

/* deadline: in time of cw_now_ns; UINT64_MAX: none. */
void cw_park(u32 *word, u32 value, u64 deadline);
void cw_unpark(u32 *word);

#endif
