/* repeat.h - the clocks and the randomness that a guest sees: the host's, or such that a run can be repeated. */
#ifndef CW_WASI_REPEAT_H
#define CW_WASI_REPEAT_H

#include "wasi/host.h"

/* How far a clock that stands goes on each time it is read. */
#define CLOCK_STEP_NS 1000u

typedef struct Clock {
    unsigned kind;      /* cwasm_clock */
    s64 offset;         /* CWASM_CLOCK_OFFSET */
    u64 start, passed;  /* CWASM_CLOCK_FIXED: time of the realtime clock at the beginning, and what has passed since */
} Clock;

/* ChaCha20 (RFC 8439) with the seed as key. */
typedef struct Random {
    bool seeded;
    u64 seed, block;
    u8 bytes[64];
    u32 used;           /* of bytes */
} Random;

/* The time of clock id; read: the guest looks at it, and a clock that stands goes a step on. ERRNO_INVAL if there is no such clock. */
Errno cw_clock_time(Clock *c, u32 id, bool read, u64 *ns);
Errno cw_clock_resolution(const Clock *c, u32 id, u64 *ns);
/* Lets time pass on a clock that stands. */
void cw_clock_pass(Clock *c, u64 ns);
Errno cw_random_fill(Random *r, void *buf, size_t size);

#endif
