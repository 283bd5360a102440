/* test_error.c - error records, names of statuses and traps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/error.h"

static void test_fail(void **state)
{
    (void)state;
    Error err = { 0 };
    assert_int_equal(cw_fail(&err, CWASM_INVALID, 17, "unknown type %d", 3), CWASM_INVALID);
    assert_int_equal(err.status, CWASM_INVALID);
    assert_int_equal(err.offset, 17);
    assert_int_equal(err.func_index, CWASM_NO_INDEX);
    assert_string_equal(err.message, "unknown type 3");
    assert_int_equal(cw_no_memory(&err), CWASM_NO_MEMORY);
    assert_true(err.offset == CWASM_NO_OFFSET);
}

static void test_no_record(void **state)
{
    (void)state;
    assert_int_equal(cw_fail(NULL, CWASM_LIMIT, 0, "%s", "nobody reads this"), CWASM_LIMIT);
    assert_int_equal(cw_no_memory(NULL), CWASM_NO_MEMORY);
}

static void test_truncation(void **state)
{
    (void)state;
    Error err;
    char text[2000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    (void)cw_fail(&err, CWASM_HOST, 0, "%s", text);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
}

static Status passes_on(Status status)
{
    TRY(status);
    return CWASM_ARGUMENT;
}

static void test_try(void **state)
{
    (void)state;
    assert_int_equal(passes_on(CWASM_LINK), CWASM_LINK);
    assert_int_equal(passes_on(CWASM_OK), CWASM_ARGUMENT);
}

static void test_names(void **state)
{
    (void)state;
    for (int s = CWASM_OK; s <= CWASM_HOST; s++)
        assert_string_not_equal(cwasm_status_name((cwasm_status)s), "unknown status");
    assert_string_equal(cwasm_status_name((cwasm_status)99), "unknown status");
    assert_string_equal(cwasm_trap_text(CWASM_TRAP_DIVIDE_BY_ZERO), "integer divide by zero");
    assert_string_equal(cwasm_trap_text(CWASM_TRAP_EXIT), "exit");
    assert_string_equal(cwasm_trap_text(CWASM_TRAP_COUNT), "unknown trap");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail), cmocka_unit_test(test_no_record), cmocka_unit_test(test_truncation), cmocka_unit_test(test_try),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
