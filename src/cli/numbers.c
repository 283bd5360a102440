/* numbers.c - numbers, sizes, durations and times in option values. */
#include "cli/numbers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *cw_parse_u64(const char *text, uint64_t *out, const char **end)
{
    if (*text < '0' || *text > '9')
        return "a number is wanted";
    uint64_t x = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        if (__builtin_mul_overflow(x, 10, &x) || __builtin_add_overflow(x, (uint64_t)(*text - '0'), &x))
            return "the number is too large";
    *out = x;
    *end = text;
    return NULL;
}

const char *cw_parse_number(const char *text, uint64_t *out)
{
    const char *end, *wrong = cw_parse_u64(text, out, &end);
    return wrong ? wrong : *end ? "a whole number is wanted" : NULL;
}

const char *cw_parse_size(const char *text, uint64_t *out)
{
    const char *end, *wrong = cw_parse_u64(text, out, &end);
    if (wrong)
        return wrong;
    static const char units[] = "kmgt";
    unsigned shift = 0;
    if (*end) {
        const char *unit = strchr(units, *end | 0x20);
        if (!unit)
            return "a size is a number with K, M, G or nothing after it";
        shift = 10 * (unsigned)(unit - units + 1);
        end++;
        if (*end == 'i')
            end++;
        if (*end == 'B' || *end == 'b')
            end++;
    }
    if (*end)
        return "a size is a number with K, M, G or nothing after it";
    if (shift && *out >> (64 - shift))
        return "the size is too large";
    *out <<= shift;
    return NULL;
}

const char *cw_parse_duration(const char *text, uint64_t *ns)
{
    static const char usage[] = "a duration is a number with ms, s, m, h or d after it";
    static const struct { const char *name; double factor; } units[] = {
        { "", 1e9 }, { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "m", 60e9 }, { "min", 60e9 }, { "h", 3600e9 },
        { "d", 86400e9 },
    };
    if (!((*text >= '0' && *text <= '9') || *text == '.') || text[1] == 'x' || text[1] == 'X')
        return usage;
    char *end;
    double x = strtod(text, &end);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(end, units[i].name) != 0)
            continue;
        x *= units[i].factor;
        if (!(x >= 1000) || x > 9e18)
            return "the duration must be at least 1 us and at most 290 years";
        *ns = (uint64_t)x;
        return NULL;
    }
    return usage;
}

const char *cw_parse_time(const char *text, int64_t *ns)
{
    static const char usage[] = "a time is seconds since 1970, or 2024-02-29, or 2024-02-29T12:00:00Z";
    static const uint64_t most = INT64_MAX / 1000000000;
    const char *end;
    uint64_t x[6] = { 0 };
    if (cw_parse_u64(text, &x[0], &end))
        return usage;
    if (*end == '-') {
        for (size_t i = 1; i < 6; i++) {
            if (*end != "?--T::"[i] || cw_parse_u64(end + 1, &x[i], &end) || x[i] > 60)
                return usage;
            if (i == 2 && !*end)
                break;
        }
        if (*end && strcmp(end, "Z") != 0)
            return usage;
        if (x[0] < 1970 || x[0] > 2261 || x[1] < 1 || x[1] > 12 || x[2] < 1 || x[2] > 31 || x[3] > 23 || x[4] > 59)
            return usage;
        /* days of the proleptic Gregorian calendar; the year begins in March */
        uint64_t y = x[0] - (x[1] <= 2), m = (x[1] + 9) % 12;
        uint64_t days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + x[2] - 1 - 719468;
        x[0] = ((days * 24 + x[3]) * 60 + x[4]) * 60 + x[5];
    } else if (*end) {
        return usage;
    }
    if (x[0] > most)
        return "the time is too far away";
    *ns = (int64_t)(x[0] * 1000000000);
    return NULL;
}
