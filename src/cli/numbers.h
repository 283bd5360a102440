/* numbers.h - numbers, sizes, durations and times in option values. Each gives NULL, or what is wrong with the text. */
#ifndef CW_CLI_NUMBERS_H
#define CW_CLI_NUMBERS_H

#include <stdint.h>

/* A decimal number; *end is what comes after it. */
const char *cw_parse_u64(const char *text, uint64_t *out, const char **end);
/* A decimal number and nothing else. */
const char *cw_parse_number(const char *text, uint64_t *out);
/* 64M, 1GiB: powers of 1024. */
const char *cw_parse_size(const char *text, uint64_t *out);
/* 2s, 500ms, 1.5s, 2m, 1h; a number alone is seconds. */
const char *cw_parse_duration(const char *text, uint64_t *ns);
/* Seconds since 1970, or 2024-02-29, or 2024-02-29T12:00:00Z. */
const char *cw_parse_time(const char *text, int64_t *ns);

#endif
