/*
 * wat.h - modules as text in tests: WAT in, bytes out, by `wasm-tools parse` ($WASM_TOOLS, PATH, or what tools.py finds).
 *
 * Everything here ends the process with a message when it fails: a test cannot go on without its module.
 */
#ifndef TEST_SUPPORT_WAT_H
#define TEST_SUPPORT_WAT_H

#include <stddef.h>
#include <stdint.h>

typedef struct Wasm {
    uint8_t *bytes;   /* free() */
    size_t size;
} Wasm;

/* text: a module in the text format. */
Wasm wat_parse(const char *text);
/* path: a .wat or .wasm file. */
Wasm wat_parse_file(const char *path);

/* A whole file, as it is. */
Wasm file_read(const char *path);

#endif
