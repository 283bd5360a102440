/* What every guest shares. A guest does a fixed amount of work and prints one line that depends on all of it, so that a
   wrong engine is seen and no compiler can drop the work. The optional first argument is a percentage of the usual
   amount (`sieve.wasm 5` for a quick look). Guests must print the same natively and as wasm32-wasi: no libm functions
   but sqrt, no pointers or long in the output. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define NOINLINE __attribute__((noinline))

static inline int rounds(int argc, char **argv, int full) {
    int percent = argc > 1 ? atoi(argv[1]) : 100;
    int n = (int)((int64_t)full * percent / 100);
    return n > 0 ? n : 1;
}

/* A small generator for test data; guests that measure random numbers have their own. */
static u32 seed_ = 2463534242u;
static inline u32 rnd(void) {
    seed_ ^= seed_ << 13;
    seed_ ^= seed_ >> 17;
    seed_ ^= seed_ << 5;
    return seed_;
}

static inline u32 mix(u32 sum, u32 x) { return (sum << 5 | sum >> 27) * 0x9e3779b1u ^ x; }
