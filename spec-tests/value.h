/*
 * value.h - WebAssembly values in the JSON of the test suite: arguments to be made, expectations to be met.
 *
 * Number types are decimal text (i32 and i64 signed or not; f32 and f64 as their bit pattern), an expected float may be "nan:canonical" or
 * "nan:arithmetic", v128 is a list of lanes, references carry a host number, "null", or nothing: then any of that kind.
 */
#ifndef SPEC_VALUE_H
#define SPEC_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "cwasm.h"

/* Makes an argument for a parameter of type `want`. On failure false, and *feature names what the API cannot express yet, or is NULL if
 * the JSON makes no sense. */
bool value_make(const json_t *json, cwasm_valtype want, cwasm_val *val, const char **feature);

/* Whether got is what json expects: exact bits, but for NaN patterns and alternatives ("either"). */
bool value_fits(const cwasm_store *store, const json_t *json, const cwasm_val *got);

/* For messages: "i32:7 (0x7)". */
void value_write(FILE *out, const cwasm_val *val);
void value_write_expected(FILE *out, const json_t *json);

/* A copy of an expectation that the same value cannot meet. */
json_t *value_flipped(const json_t *json);

#endif
