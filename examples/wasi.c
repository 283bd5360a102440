/*
 * wasi.c - running a WASI program inside another: its output goes to a callback, its exit status comes back.
 *
 *     wasi [PROGRAM.wasm [argument...]]      without arguments: a built-in hello
 *
 * The guest gets what is handed to it here and nothing else: no directory, no variable, no clock of ours to stop.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cwasm.h"
#include "guests.h"

/* Takes what the guest writes; returns how much was taken. */
static ptrdiff_t prefix_lines(void *ctx, const void *bytes, size_t size)
{
    int *at_line_start = ctx;
    const char *text = bytes;
    for (size_t i = 0; i < size; i++) {
        if (*at_line_start)
            fputs("| ", stdout);
        putchar(text[i]);
        *at_line_start = text[i] == '\n';
    }
    return (ptrdiff_t)size;
}

static unsigned char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    if (file && fseek(file, 0, SEEK_END) == 0 && ftell(file) > 0) {
        *size = (size_t)ftell(file);
        rewind(file);
        bytes = malloc(*size);
        if (bytes && fread(bytes, 1, *size, file) != *size) {
            free(bytes);
            bytes = NULL;
        }
    }
    if (file)
        fclose(file);
    return bytes;
}

static int run(const void *bytes, size_t size, size_t argc, const char *const *argv)
{
    cwasm_engine *engine = NULL;
    cwasm_module *module = NULL;
    cwasm_store *store = NULL;
    cwasm_linker *linker = NULL;
    cwasm_wasi *wasi = NULL;
    cwasm_instance *instance;
    cwasm_error err;
    cwasm_status status;
    int exit_code = 1, at_line_start = 1;

    if (cwasm_engine_new(NULL, &engine, &err) || cwasm_module_new(engine, bytes, size, &module, &err) ||
        cwasm_store_new(engine, &store, &err) || cwasm_linker_new(engine, &linker, &err) || cwasm_wasi_new(NULL, &wasi, &err) ||
        cwasm_wasi_args(wasi, argc, argv, &err) || cwasm_wasi_stdin_bytes(wasi, "some input\n", 11, &err) ||
        cwasm_wasi_stdout_callback(wasi, 1, prefix_lines, &at_line_start, &err) || cwasm_wasi_define(wasi, linker, &err)) {
        fprintf(stderr, "%s\n", err.message);
        goto out;
    }
    status = cwasm_linker_instantiate(linker, store, module, &instance, &err);
    if (status == CWASM_OK)
        status = cwasm_func_call(store, cwasm_instance_func(instance, "_start"), NULL, 0, NULL, 0, &err);
    if (status == CWASM_OK)
        exit_code = 0;
    else if (status == CWASM_EXIT)   /* the guest called proc_exit: not an error */
        exit_code = (int)cwasm_store_exit_code(store);
    else
        fprintf(stderr, "%s\n", err.message);
    printf("exit code %d\n", exit_code);
out:
    cwasm_linker_free(linker);
    cwasm_store_free(store);
    cwasm_wasi_free(wasi);   /* after the store */
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    return exit_code;
}

int main(int argc, char **argv)
{
    static const char *const hello[] = { "hello.wasm" };
    if (argc < 2)
        return run(hello_wasm, sizeof hello_wasm, 1, hello);
    size_t size = 0;
    unsigned char *bytes = read_file(argv[1], &size);
    if (!bytes) {
        perror(argv[1]);
        return 1;
    }
    int status = run(bytes, size, (size_t)argc - 1, (const char *const *)argv + 1);
    free(bytes);
    return status;
}
