/*
 * lookup.c - asks the library for the source of addresses, as debug information counts them.
 *
 *     lookup MODULE <addresses        one a line; prints "address path:line:column" of those that are known, and last how many
 */
#include <stdio.h>
#include <stdlib.h>

#include "cwasm.h"

static unsigned char *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    long end;
    if (file && !fseek(file, 0, SEEK_END) && (end = ftell(file)) > 0) {
        rewind(file);
        *size = (size_t)end;
        bytes = malloc(*size);
        if (bytes && fread(bytes, 1, *size, file) != *size)
            *size = 0;
    }
    if (file)
        fclose(file);
    return bytes;
}

int main(int argc, char **argv)
{
    size_t size = 0, n = 0, room = 0;
    unsigned char *bytes = argc == 2 ? read_all(argv[1], &size) : NULL;
    cwasm_engine *engine;
    cwasm_module *module;
    cwasm_frame *frames = NULL;
    cwasm_error err;
    if (!bytes || cwasm_engine_new(NULL, &engine, &err))
        return fprintf(stderr, "lookup MODULE <addresses\n"), 2;
    if (cwasm_module_new_borrowed(engine, bytes, size, &module, &err))
        return fprintf(stderr, "%s: %s\n", argv[1], err.message), 1;
    for (unsigned long long address; scanf("%lli", (long long *)&address) == 1; n++) {
        if (n == room && !(frames = realloc(frames, (room = room * 2 + 64) * sizeof *frames)))
            return 1;
        frames[n] = (cwasm_frame){ .module = module, .offset = cwasm_module_code_offset(module) + address };
    }
    cwasm_source *sources = calloc(n + 1, sizeof *sources);
    if (!sources)
        return 1;
    size_t known = cwasm_frame_sources(frames, n, sources), counted = 0;
    for (size_t i = 0; i < n; i++) {
        char path[4096];
        (void)cwasm_source_path(&sources[i], path, sizeof path);
        if (sources[i].file)
            printf("0x%llx %s:%u:%u\n", (unsigned long long)(frames[i].offset - cwasm_module_code_offset(module)), path, (unsigned)sources[i].line,
                   (unsigned)sources[i].column);
        counted += sources[i].file != NULL;
    }
    printf("%zu known\n", known);
    free(sources);
    free(frames);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    free(bytes);
    return known == counted ? 0 : 1;
}
