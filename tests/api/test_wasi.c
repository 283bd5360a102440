/* test_wasi.c - the WASI part of the API: arguments, variables, standard streams from memory and to callbacks, exit. */
#include "cm.h"
#include "fixture.h"

/* Writes its arguments and variables, NUL-separated, to stdout, copies stdin to stderr, and exits with the number of bytes read. */
static const char wat[] =
    "(module"
    "  (import \"wasi_snapshot_preview1\" \"args_get\" (func $args_get (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"args_sizes_get\" (func $args_sizes_get (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"environ_get\" (func $environ_get (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"environ_sizes_get\" (func $environ_sizes_get (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"fd_write\" (func $fd_write (param i32 i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"fd_read\" (func $fd_read (param i32 i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $proc_exit (param i32)))"
    "  (memory (export \"memory\") 1)"
    "  (func $write (param $fd i32) (param $p i32) (param $n i32)"
    "    i32.const 0 local.get $p i32.store i32.const 4 local.get $n i32.store"
    "    local.get $fd i32.const 0 i32.const 1 i32.const 8 call $fd_write if unreachable end)"
    "  (func (export \"_start\") (local $total i32)"
    "    i32.const 16 i32.const 20 call $args_sizes_get if unreachable end"
    "    i32.const 1000 i32.const 2000 call $args_get if unreachable end"
    "    i32.const 1 i32.const 2000 i32.const 20 i32.load call $write"
    "    i32.const 24 i32.const 28 call $environ_sizes_get if unreachable end"
    "    i32.const 1000 i32.const 4000 call $environ_get if unreachable end"
    "    i32.const 1 i32.const 4000 i32.const 28 i32.load call $write"
    "    loop $more"
    "      i32.const 0 i32.const 8000 i32.store i32.const 4 i32.const 5 i32.store"
    "      i32.const 0 i32.const 0 i32.const 1 i32.const 12 call $fd_read if unreachable end"
    "      i32.const 2 i32.const 8000 i32.const 12 i32.load call $write"
    "      i32.const 12 i32.load local.get $total i32.add local.set $total"
    "      i32.const 12 i32.load br_if $more"
    "    end"
    "    local.get $total call $proc_exit unreachable))";

typedef struct Sink {
    char text[300];
    size_t n;
    size_t most;      /* bytes taken at once */
    bool fails;
} Sink;

static ptrdiff_t take(void *ctx, const void *bytes, size_t size)
{
    Sink *s = ctx;
    if (s->fails)
        return -1;
    if (s->most && size > s->most)
        size = s->most;
    assert_true(s->n + size <= sizeof s->text);
    memcpy(s->text + s->n, bytes, size);
    s->n += size;
    return (ptrdiff_t)size;
}

static void test_streams(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(wat);
    const Variant *v;
    for (size_t i = 0; (v = variant_dispatcher(i)); i++) {
        Fixture f;
        cwasm_wasi *wasi;
        Sink out = { .n = 0 }, errs = { .n = 0 };
        char name[] = "prog", value[] = "1";
        const char *argv[] = { name, "two words", "" };
        const char *const envp[] = { "B=2", "no equals sign", "=no name", "C=x=y", NULL };
        char input[] = "hello, world";
        fixture_open(&f, v, wasm);
        assert_ok(cwasm_wasi_new(NULL, &wasi, &f.err), &f.err);
        assert_ok(cwasm_wasi_args(wasi, 3, argv, &f.err), &f.err);
        name[0] = 'x';   /* copied */
        assert_ok(cwasm_wasi_env(wasi, "A", "0", &f.err), &f.err);
        assert_ok(cwasm_wasi_env(wasi, "A", value, &f.err), &f.err);   /* replaces */
        value[0] = '9';
        assert_ok(cwasm_wasi_env_array(wasi, envp, &f.err), &f.err);
        assert_ok(cwasm_wasi_stdin_bytes(wasi, input, strlen(input), &f.err), &f.err);
        memset(input, '#', strlen(input));
        assert_ok(cwasm_wasi_stdout_callback(wasi, 1, take, &out, &f.err), &f.err);
        assert_ok(cwasm_wasi_stdout_callback(wasi, 2, take, &errs, &f.err), &f.err);
        assert_ok(cwasm_wasi_define(wasi, f.linker, &f.err), &f.err);
        fixture_instantiate(&f);
        assert_status(CWASM_EXIT, fixture_call(&f, "_start", NO_ARGS, NULL, 0), &f.err);
        assert_int_equal(cwasm_store_exit_code(f.store), 12);
        static const char expected[] = "prog\0two words\0\0A=1\0B=2\0C=x=y";
        assert_int_equal(out.n, sizeof expected);
        assert_memory_equal(out.text, expected, sizeof expected);
        assert_int_equal(errs.n, 12);
        assert_memory_equal(errs.text, "hello, world", 12);
        cwasm_store_free(f.store);
        f.store = NULL;
        cwasm_wasi_free(wasi);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

/* Without anything given: no arguments, no variables, end of file, and what is written is dropped. */
static void test_nothing_given(void **state)
{
    (void)state;
    Fixture f;
    cwasm_wasi *wasi;
    fixture_open_wat(&f, NULL, wat);
    assert_ok(cwasm_wasi_new(NULL, &wasi, &f.err), &f.err);
    assert_ok(cwasm_wasi_define(wasi, f.linker, &f.err), &f.err);
    fixture_instantiate(&f);
    assert_status(CWASM_EXIT, fixture_call(&f, "_start", NO_ARGS, NULL, 0), &f.err);
    assert_int_equal(cwasm_store_exit_code(f.store), 0);
    cwasm_store_free(f.store);
    f.store = NULL;
    cwasm_wasi_free(wasi);
    fixture_close(&f);
}

/* A callback that fails is an error to the guest. */
static void test_failing_callback(void **state)
{
    (void)state;
    Fixture f;
    cwasm_wasi *wasi;
    Sink out = { .fails = true };
    fixture_open_wat(&f, NULL, wat);
    assert_ok(cwasm_wasi_new(NULL, &wasi, &f.err), &f.err);
    assert_ok(cwasm_wasi_args(wasi, 1, (const char *const[]){ "x" }, &f.err), &f.err);
    assert_ok(cwasm_wasi_stdout_callback(wasi, 1, take, &out, &f.err), &f.err);
    assert_ok(cwasm_wasi_define(wasi, f.linker, &f.err), &f.err);
    fixture_instantiate(&f);
    assert_status(CWASM_TRAP, fixture_call(&f, "_start", NO_ARGS, NULL, 0), &f.err);
    assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_UNREACHABLE);
    cwasm_store_free(f.store);
    f.store = NULL;
    cwasm_wasi_free(wasi);
    fixture_close(&f);
}

static void test_wrong_arguments(void **state)
{
    (void)state;
    cwasm_wasi *wasi;
    cwasm_error err;
    Sink out = { .n = 0 };
    assert_ok(cwasm_wasi_new(NULL, &wasi, &err), &err);
    assert_status(CWASM_ARGUMENT, cwasm_wasi_stdout_callback(wasi, 0, take, &out, &err), &err);
    assert_status(CWASM_ARGUMENT, cwasm_wasi_stdout_callback(wasi, 3, take, &out, &err), &err);
    assert_status(CWASM_ARGUMENT, cwasm_wasi_stdio_fd(wasi, 3, 1, &err), &err);
    assert_status(CWASM_ARGUMENT, cwasm_wasi_env(wasi, "", "x", &err), &err);
    assert_status(CWASM_ARGUMENT, cwasm_wasi_env(wasi, "a=b", "x", &err), &err);
    assert_int_not_equal(cwasm_wasi_dir(wasi, "/no/such/folder", "/x", CWASM_DIR_READ_ONLY, &err), CWASM_OK);
    cwasm_wasi_free(wasi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams), cmocka_unit_test(test_nothing_given), cmocka_unit_test(test_failing_callback),
        cmocka_unit_test(test_wrong_arguments),
    };
    return RUN(tests);
}
