/* clock_res_get, clock_time_get, random_get, sched_yield. */
#include "support.h"
#include <time.h>

static uint64_t now(uint32_t id)
{
    uint64_t t = 0;
    OK("time", raw_clock_time_get(id, 0, AT(&t)));
    return t;
}

int main(void)
{
    for (uint32_t id = 0; id < 4; id++) {
        uint64_t res = 0;
        printf("# clock %u\n", id);
        OK("resolution", raw_clock_res_get(id, AT(&res)));
        TRUE("resolution is not 0", res > 0 && res <= 1000000000);
        uint64_t a = now(id), b = now(id);
        TRUE("does not go back", b >= a);
    }
    TRUE("realtime is after 2020", now(0) > 1577836800ull * 1000000000);
    volatile uint32_t x = 0;
    uint64_t cpu = now(2);
    for (int i = 0; i < 3000000; i++)
        x += (uint32_t)i;
    TRUE("computing takes CPU time", now(2) > cpu);
    uint64_t t;
    BAD("no such clock: time", raw_clock_time_get(4, 0, AT(&t)), INVAL);
    BAD("no such clock: resolution", raw_clock_res_get(4, AT(&t)), INVAL);
    BAD("clock -1", raw_clock_time_get(0xffffffff, 0, AT(&t)), INVAL);
    BAD("time: outside", raw_clock_time_get(0, 0, 0xfffffffc), FAULT);
    BAD("resolution: outside", raw_clock_res_get(0, 0xffffffff), FAULT);
    char odd[16];
    OK("time: unaligned", raw_clock_time_get(0, 0, AT(odd + 3)));
    TRUE("libc", time(NULL) > 1577836800);

    OK("sched_yield", raw_sched_yield());

    static uint8_t buf[3 << 20];
    OK("random: nothing", raw_random_get(AT(buf), 0));
    OK("random: 3 MiB", raw_random_get(AT(buf), sizeof buf));
    uint32_t counts[256] = { 0 };
    for (size_t i = 0; i < sizeof buf; i++)
        counts[buf[i]]++;
    bool even = true;
    for (int i = 0; i < 256; i++)
        even &= counts[i] > 11000 && counts[i] < 13600;   /* 12288 expected, 12 standard deviations */
    TRUE("random: bytes are even", even);
    uint8_t a[16] = { 0 }, b[16] = { 0 };
    OK("random", raw_random_get(AT(a), 16));
    OK("random", raw_random_get(AT(b), 16));
    TRUE("random: two differ", memcmp(a, b, 16) != 0);
    BAD("random: outside", raw_random_get(0xffffff00, 16), FAULT);
    BAD("random: too long", raw_random_get(AT(buf), 0xffffffff), FAULT);
    return done();
}
