/* cm.h - cmocka with what it wants included before it. */
#ifndef TEST_SUPPORT_CM_H
#define TEST_SUPPORT_CM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A status; the message of err when it is another one. */
#define assert_status(expected, got, err)                                                                                      \
    do {                                                                                                                       \
        cwasm_status got_ = (got);                                                                                             \
        if (got_ != (expected))                                                                                                \
            fail_msg("expected %s, got %s: %s", cwasm_status_name(expected), cwasm_status_name(got_), (err)->message);         \
    } while (0)
#define assert_ok(got, err) assert_status(CWASM_OK, got, err)

/* Text that begins with a prefix. */
#define assert_begins(prefix, text)                                                                                            \
    do {                                                                                                                       \
        if (strncmp((text), (prefix), strlen(prefix)))                                                                         \
            fail_msg("expected \"%s...\", got \"%s\"", (prefix), (text));                                                      \
    } while (0)

#define RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
