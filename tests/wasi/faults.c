/*
 * faults.c - runs guests/faults.c with a host whose system calls can be made to fail.
 *
 *     faults faults.wasm DIRECTORY [UPPER]        UPPER: the guest gets an overlay of both instead of DIRECTORY
 *
 * Descriptor 0 of the guest is a connected socket, and the first number after 2 a listening one. CWASM_TEST_TRACE names a file that gets "function
 * error" for each call (see errnos.py).
 *
 * The linker puts __wrap_X between the library and each system call X (-Wl,--wrap, see run.py), so the library is the one that is shipped and
 * pays nothing for it. Each wrapper takes and hands on six words, which all these calls fit into.
 */
#include "wasi/wasi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "faults.h"
#include "trace.h"

static int armed, host_error;
static int fails(int which)
{
    if (armed != which)
        return 0;
    armed = FAULT_NONE;
    errno = host_error;
    return 1;
}

/* posix_fadvise returns the error. */
#define FORTIFIED FAULT
#define FAULT(id, symbol)                                                                                     \
    long __real_##symbol(long a, long b, long c, long d, long e, long f, long g);                             \
    long __wrap_##symbol(long a, long b, long c, long d, long e, long f, long g);                             \
    long __wrap_##symbol(long a, long b, long c, long d, long e, long f, long g)                              \
    {                                                                                                         \
        if (fails(FAULT_##id))                                                                                \
            return FAULT_##id == FAULT_fadvise ? host_error : -1;                                             \
        return __real_##symbol(a, b, c, d, e, f, g);                                                          \
    }
FAULT_ROWS
#ifdef __GLIBC__
FORTIFIED_ROWS
#endif
#undef FAULT

static cwasm_trap_code fail(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller;
    static const int host[] = {
#define ERRNO(id, number, name, text) [number] = name,
#define ERRNO_OWN(id, number, text)
#include "wasi/errno.def"
    };
    uint32_t e = cwasm_slot_u32(slots[1]);
    armed = (int)cwasm_slot_u32(slots[0]);
    host_error = e < sizeof host / sizeof host[0] ? host[e] : 0;
    return CWASM_TRAP_NONE;
}

int main(int argc, char **argv)
{
    static char bytes[1 << 20];
    cwasm_error err = { .message = "" };
    cwasm_engine *engine = NULL; cwasm_module *module = NULL; cwasm_store *store = NULL; cwasm_linker *linker = NULL; cwasm_wasi *wasi = NULL;
    cwasm_instance *instance;
    u32 listener;
    int pair[2];
    FILE *file = (argc == 3 || argc == 4) && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 ? fopen(argv[1], "rb") : NULL;
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file)
        fclose(file);
    int status = 1;
    if (!cwasm_engine_new(NULL, &engine, &err) && !cwasm_module_new(engine, bytes, size, &module, &err) &&
        !cwasm_store_new(engine, &store, &err) && !cwasm_linker_new(engine, &linker, &err) && !cwasm_wasi_new(NULL, &wasi, &err) &&
        !cwasm_wasi_inherit_stdio(wasi, &err) && !cwasm_wasi_stdio_fd(wasi, 0, pair[0], &err) &&
        !cwasm_wasi_listen(wasi, "tcp://127.0.0.1:0,nonblock", &listener, &err) &&
        !(argc == 3 ? cwasm_wasi_dir(wasi, argv[2], "/", 0, &err) : cwasm_wasi_overlay(wasi, argv[2], "/", argv[3], 0, NULL, &err)) &&
        !cwasm_wasi_args(wasi, (size_t)argc - 2, (const char *[]){ "faults", "overlay" }, &err) && trace_to_file(wasi) && !cwasm_wasi_define(wasi, linker, &err) &&
        !cwasm_linker_define_func(linker, "test", "fail", "ii:", fail, NULL, &err) &&
        !cwasm_linker_instantiate(linker, store, module, &instance, &err)) {
        cwasm_status s = cwasm_func_call(store, cwasm_instance_func(instance, "_start"), NULL, 0, NULL, 0, &err);
        status = s == CWASM_OK ? 0 : s == CWASM_EXIT ? (int)cwasm_store_exit_code(store) : 1;
    }
    if (err.message[0] && status)
        fprintf(stderr, "%s\n", err.message);
    trace_end();
    cwasm_linker_free(linker);
    cwasm_store_free(store);
    cwasm_wasi_free(wasi);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    return status;
}
