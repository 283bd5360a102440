/* test_pair.c - which instructions are pairs: exactly the rows of pairs.def, whatever way they are looked up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "code/pair.h"

static void every_row_and_no_other(void **state)
{
    (void)state;
    static u16 row[N_IR];
    u32 n_rows = 0;
    for (u32 a = 0; a < N_IR; a++) {
        memset(row, 0, sizeof row);
#define THEN(first, then) if (a == IR_##first) row[IR_##then] = IR_##first##__##then;
#include "code/pairs.def"
        for (u32 b = 0; b < N_IR; b++) {
            if (cw_pair_of(a, b) != row[b])
                fail_msg("pair of %s and %s: %u, not %u", cw_ir_name(a), cw_ir_name(b), cw_pair_of(a, b), row[b]);
            n_rows += row[b] != 0;
        }
    }
    assert_int_equal(n_rows, N_HANDLERS - BEGIN_PAIRS);
}

static u64 word_of(u32 handler) { return (u64)handler * 3 + 1; }

/* Words of a function's code: of the pair where there is one, and targets of a table are left alone. */
static void words(void **state)
{
    (void)state;
    static u64 handlers[N_HANDLERS];
    for (u32 i = 0; i < N_HANDLERS; i++)
        handlers[i] = word_of(i);
    u64 ir[] = {
        IR_i32_load_S_R, 7, IR_i32_add_RI_R, 8,          /* a pair */
        IR_br_table_S, (u64)1 << 32, IR_i32_load_S_R, IR_i32_add_RI_R,
        IR_i32_load_S_D, 9, IR_ret_0, 10,                /* none */
    };
    cw_pair_up((u8 *)ir, sizeof ir, handlers);
    assert_int_equal(ir[0], word_of(IR_i32_load_S_R__i32_add_RI_R));
    assert_int_equal(ir[2], word_of(IR_i32_add_RI_R));
    assert_int_equal(ir[4], word_of(IR_br_table_S));
    assert_int_equal(ir[6], IR_i32_load_S_R);
    assert_int_equal(ir[7], IR_i32_add_RI_R);
    assert_int_equal(ir[8], word_of(IR_i32_load_S_D));
    assert_int_equal(ir[10], word_of(IR_ret_0));
    assert_int_equal(ir[1] + ir[3] + ir[9] + ir[11], 34);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_row_and_no_other), cmocka_unit_test(words) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
