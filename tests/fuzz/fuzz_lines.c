/*
 * fuzz_lines.c - libFuzzer target: any bytes as a line table and its strings.
 *
 * Four bytes say how large the two sections of strings are, at the end of the input. What is asked for all at once and one by one must be the same. With
 * an odd first byte the module is one that is refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cwasm.h"
#include "lines.h"

enum { N = 100 };   /* more than are looked up in one pass */

static void check(const cwasm_source *s)
{
    char path[300];
    if (!s->file && (s->directory || s->line || s->column))
        abort();
    size_t n = cwasm_source_path(s, path, sizeof path), files = s->file ? strlen(s->file) : 0;
    if (n < files || (s->directory && n < files + strlen(s->directory)) || strlen(path) != (n < sizeof path ? n : sizeof path - 1))
        abort();
}

static void ask(const cwasm_module *module)
{
    cwasm_frame frames[N];
    cwasm_source all[N], one;
    uint64_t code = cwasm_module_code_offset(module);
    for (unsigned i = 0; i < N; i++) {
        uint64_t address = i < 80 ? i : i < 90 ? i * 37 : (uint64_t)1 << (i - 60);
        frames[i] = (cwasm_frame){ .module = module, .offset = code + address };
    }
    size_t known = cwasm_frame_sources(frames, N, all);
    for (unsigned i = 0; i < N; i++) {
        check(&all[i]);
        known -= all[i].file != NULL;
        if (i % 9)
            continue;
        if (cwasm_frame_sources(&frames[i], 1, &one) != (all[i].file != NULL) || one.file != all[i].file || one.directory != all[i].directory ||
            one.line != all[i].line || one.column != all[i].column)
            abort();
    }
    if (known)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static cwasm_engine *engine;
    cwasm_module *module;
    cwasm_error err;
    if (!engine && cwasm_engine_new(NULL, &engine, &err))
        abort();
    if (size < 4)
        return 0;
    size_t line_strings = data[0] | (size_t)data[1] << 8, strings = data[2] | (size_t)data[3] << 8;
    data += 4;
    size -= 4;
    strings = strings < size ? strings : size;
    line_strings = line_strings < size - strings ? line_strings : size - strings;
    size_t lines = size - strings - line_strings;
    uint8_t *bytes = malloc(size + LINES_OVERHEAD), *exact;
    if (!bytes)
        abort();
    size_t n = lines_module(bytes, (Piece){ data, lines }, (Piece){ data + lines, line_strings }, (Piece){ data + lines + line_strings, strings });
    if (!(exact = realloc(bytes, n)))
        abort();
    if (line_strings & 1) {
        exact[LINES_BODY] = 0x1a;
        if (cwasm_module_new_borrowed(engine, exact, n, &module, &err) != CWASM_INVALID || err.func_index != 0 || err.offset != LINES_BODY ||
            cwasm_module_new_unchecked(engine, exact, n, NULL, NULL, &module, &err))
            abort();
    } else if (cwasm_module_new_borrowed(engine, exact, n, &module, &err)) {
        abort();
    }
    ask(module);
    cwasm_module_free(module);
    free(exact);
    return 0;
}
