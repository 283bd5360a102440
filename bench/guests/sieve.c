/* Sieve of Eratosthenes, once with a byte per number and once with a bit per odd number. */
#include "guest.h"

enum { LIMIT = 1000000 };
static u8 bytes[LIMIT + 1];
static u32 bits[LIMIT / 64 + 1];

static NOINLINE u32 byte_sieve(void) {
    u32 count = 0;
    memset(bytes, 0, sizeof bytes);
    for (u32 i = 2; i <= LIMIT; i++) {
        if (bytes[i]) continue;
        count++;
        for (u32 j = i * 2; j <= LIMIT; j += i) bytes[j] = 1;
    }
    return count;
}

static NOINLINE u32 bit_sieve(void) {
    u32 count = 1;
    memset(bits, 0, sizeof bits);
    for (u32 i = 3; i * i <= LIMIT; i += 2)
        if (!(bits[i >> 6] >> (i >> 1 & 31) & 1))
            for (u32 j = i * i; j <= LIMIT; j += 2 * i) bits[j >> 6] |= 1u << (j >> 1 & 31);
    for (u32 i = 3; i <= LIMIT; i += 2) count += !(bits[i >> 6] >> (i >> 1 & 31) & 1);
    return count;
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 18); n > 0; n--) sum = mix(mix(sum, byte_sieve()), bit_sieve());
    printf("%08x\n", (unsigned)sum);
    return 0;
}
