/*
 * toml.h - reading a strict subset of TOML 1.0, value by value and in place.
 *
 *   # comments;  [table] and [[table]] with one bare name;  key = value with a bare or quoted key
 *   values: "basic" and 'literal' strings of one line, whole numbers (decimal, with _ between digits), true, false,
 *           and arrays of strings, over several lines and with a comma at the end if liked
 *
 * Left out: dotted keys and tables, inline tables, multi-line strings, floats, dates, hexadecimal numbers, arrays of other things. Each is an
 * error that says so, never something else.
 */
#ifndef CW_CLI_TOML_H
#define CW_CLI_TOML_H

#include <stdbool.h>
#include <stddef.h>

typedef enum TomlKind { TOML_STRING, TOML_NUMBER, TOML_BOOL, TOML_ARRAY } TomlKind;

typedef struct TomlValue {
    const char *key;
    TomlKind kind;     /* TOML_ARRAY: comes once before its items, which are strings with in_array set */
    bool in_array;
    char *text;        /* terminated; strings stay in the buffer, a number's digits last until the call ends */
    size_t size;       /* strings: bytes, NULs among them */
    bool yes;
} TomlValue;

typedef struct Toml {
    char *at, *end;
    int line;
    void *ctx;
    /* Both give what is wrong, or NULL. is_array: [[name]]. */
    const char *(*table)(void *ctx, const char *name, bool is_array);
    const char *(*value)(void *ctx, const TomlValue *value);
} Toml;

/* Reads size bytes; bytes[size] must be writable, too. NULL, or what is wrong in toml->line. */
const char *cw_toml_read(Toml *toml, char *bytes, size_t size);

#endif
