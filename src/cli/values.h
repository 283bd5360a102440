/*
 * values.h - values on the command line: arguments of --invoke, and its results.
 *
 * Arguments: i32 and i64 decimal or hexadecimal, signed or unsigned; f32 and f64 decimal or hexadecimal, inf, nan, nan:0x123;
 * externref a number, every reference null. Results: value, colon, type: 42:i32, -0.5:f64, nan:f32, null:funcref.
 */
#ifndef CW_CLI_VALUES_H
#define CW_CLI_VALUES_H

#include "cli/out.h"
#include "cwasm.h"

/* False if text is no value of the type. */
bool cw_value_parse(const char *text, cwasm_valtype type, cwasm_val *val);
void cw_out_value(Out *out, const cwasm_val *val);

#endif
