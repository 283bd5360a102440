/*
 * test_wasi_threads.c - cwasm_wasi_threads: programs that start their own threads, and the ways they end, seen by an embedder.
 */
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "cm.h"
#include "fixture.h"

/* A thread adds its argument to the word at 0 and says so by the word at 4, unless the argument is one of those that end it otherwise. */
static const char guest_wat[] =
    "(module"
    "  (import \"env\" \"memory\" (memory 1 4 shared))"
    "  (import \"wasi\" \"thread-spawn\" (func $spawn (param i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
    "  (import \"h\" \"block\" (func $block))"
    "  (func $spin (loop $l (br $l)))"
    "  (func $sleep (drop (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const -1))))"
    "  (func (export \"wasi_thread_start\") (param $id i32) (param $what i32)"
    "    (if (i32.eq (local.get $what) (i32.const -1)) (then unreachable))"
    "    (if (i32.eq (local.get $what) (i32.const -2)) (then (call $exit (i32.const 42))))"
    "    (if (i32.eq (local.get $what) (i32.const -3)) (then (call $spin)))"
    "    (if (i32.eq (local.get $what) (i32.const -4)) (then (call $sleep)))"
    "    (drop (i32.atomic.rmw.add (i32.const 0) (local.get $what)))"
    "    (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))"
    "    (drop (memory.atomic.notify (i32.const 4) (i32.const -1))))"
    /* n threads with the arguments 1 to n; the sum of those, once all have said so */
    "  (func (export \"sum\") (param $n i32) (result i32) (local $i i32)"
    "    (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1)))"
    "      (if (i32.le_s (call $spawn (local.get $i)) (i32.const 0)) (then unreachable))"
    "      (br_if $l (i32.lt_u (local.get $i) (local.get $n))))"
    "    (loop $wait (local.set $i (i32.atomic.load (i32.const 4)))"
    "      (if (i32.lt_u (local.get $i) (local.get $n))"
    "        (then (drop (memory.atomic.wait32 (i32.const 4) (local.get $i) (i64.const -1))) (br $wait))))"
    "    (i32.atomic.load (i32.const 0)))"
    /* one thread with this argument, then waits for ever, spins, or blocks in the host */
    "  (func (export \"sleep\") (param i32) (result i32) (drop (call $spawn (local.get 0))) (call $sleep) (i32.const 0))"
    "  (func (export \"spin\") (param i32) (result i32) (drop (call $spawn (local.get 0))) (call $spin) (i32.const 0))"
    "  (func (export \"block\") (param i32) (result i32) (drop (call $spawn (local.get 0))) (call $block) (i32.const 0))"
    /* n threads that sleep; what the last thread-spawn gave */
    "  (func (export \"many\") (param $n i32) (result i32) (local $r i32)"
    "    (loop $l (local.set $r (call $spawn (i32.const -4)))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "    (local.get $r)))";

typedef struct Program {
    Fixture f;
    cwasm_wasi *wasi;
    cwasm_wasi_threads *threads;
    cwasm_val result;
    sem_t unblock;
    int n_setups;              /* atomic */
    uint64_t fuel;             /* of each thread */
    cwasm_status stuck_status;
    int n_stuck;
} Program;

static cwasm_trap_code block(void *env, cwasm_caller *caller, uint64_t *slots)
{
    Program *p = env;
    (void)caller, (void)slots;
    sem_wait(&p->unblock);
    return CWASM_TRAP_NONE;
}

static void setup(void *ctx, cwasm_store *store)
{
    Program *p = ctx;
    __atomic_fetch_add(&p->n_setups, 1, __ATOMIC_SEQ_CST);
    cwasm_store_set_fuel(store, p->fuel);
}

static void stuck(void *ctx, cwasm_status status, const cwasm_error *err)
{
    Program *p = ctx;
    (void)err;
    p->stuck_status = status;
    p->n_stuck++;
    sem_post(&p->unblock);
}

static void program_open(Program *p, const Variant *v, const cwasm_wasi_threads_options *more)
{
    Variant with = *v;
    cwasm_wasi_threads_options options = more ? *more : (cwasm_wasi_threads_options){ 0 };
    with.interruption = true;
    memset(p, 0, sizeof *p);
    p->fuel = UINT64_MAX;
    options.setup = setup;
    options.stuck = stuck;
    options.ctx = p;
    assert_int_equal(sem_init(&p->unblock, 0, 0), 0);
    fixture_open_wat(&p->f, &with, guest_wat);
    assert_ok(cwasm_wasi_new(NULL, &p->wasi, &p->f.err), &p->f.err);
    assert_ok(cwasm_wasi_define(p->wasi, p->f.linker, &p->f.err), &p->f.err);
    assert_ok(cwasm_linker_define_func(p->f.linker, "h", "block", ":", block, p, &p->f.err), &p->f.err);
    assert_ok(cwasm_wasi_threads_new(p->f.engine, p->f.linker, p->f.module, &options, &p->threads, &p->f.err), &p->f.err);
    fixture_instantiate(&p->f);
}

static cwasm_status program_call(Program *p, const char *name, int32_t argument)
{
    cwasm_func *func = cwasm_instance_func(p->f.instance, name);
    assert_non_null(func);
    return cwasm_wasi_threads_call(p->threads, p->f.store, func, ARGS(cwasm_i32(argument)), &p->result, 1, &p->f.err);
}

static void program_close(Program *p)
{
    cwasm_wasi_threads_free(p->threads);
    cwasm_store_free(p->f.store);
    p->f.store = NULL;
    cwasm_wasi_free(p->wasi);
    fixture_close(&p->f);
    sem_destroy(&p->unblock);
}

/* Threads work together; each store is set up; the main function's end is the program's. */
static void test_sum(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_dispatcher(i)); i++) {
        Program p;
        uint32_t id = 77;
        program_open(&p, v, NULL);
        assert_null(cwasm_wasi_threads_culprit(p.threads, &id));   /* not over */
        assert_int_equal(id, 77);
        assert_ok(program_call(&p, "sum", 10), &p.f.err);
        assert_int_equal(p.result.of.i32, 55);
        assert_int_equal(p.n_setups, 10);
        assert_ptr_equal(cwasm_wasi_threads_culprit(p.threads, &id), p.f.store);
        assert_int_equal(id, 0);
        program_close(&p);
    }
}

/* A trap of a thread, or proc_exit, ends a main function that waits, computes, or sits in the host. */
static void test_ends(void **state)
{
    (void)state;
    static const char *const mains[] = { "sleep", "spin", "block" };
    for (size_t i = 0; i < 3; i++)
        for (int exits = 0; exits < 2; exits++) {
            Program p;
            uint32_t id = 0;
            program_open(&p, variant_dispatcher(0), NULL);
            cwasm_status status = program_call(&p, mains[i], exits ? -2 : -1);
            assert_status(exits ? CWASM_EXIT : CWASM_TRAP, status, &p.f.err);
            cwasm_store *culprit = cwasm_wasi_threads_culprit(p.threads, &id);
            assert_non_null(culprit);
            assert_ptr_not_equal(culprit, p.f.store);
            assert_int_equal(id, 1);
            if (exits)
                assert_int_equal(cwasm_store_exit_code(culprit), 42);
            else
                assert_int_equal(cwasm_store_trap(culprit)->code, CWASM_TRAP_UNREACHABLE);
            assert_int_equal(p.n_stuck, i == 2);
            if (i == 2)
                assert_int_equal(p.stuck_status, status);
            program_close(&p);
        }
}

/* Threads that compute or wait for ever end with the main function, before free returns. */
static void test_main_ends(void **state)
{
    (void)state;
    Program p;
    program_open(&p, variant_dispatcher(0), NULL);
    assert_ok(program_call(&p, "many", 20), &p.f.err);
    assert_in_range(p.result.of.i32, 1, 0x1fffffff);
    program_close(&p);
    const Variant fuel = { .fuel = true };
    program_open(&p, &fuel, NULL);
    cwasm_store_set_fuel(p.f.store, UINT64_MAX);
    p.fuel = 100000;   /* a thread's own limit ends the program, too */
    assert_status(CWASM_TRAP, program_call(&p, "sleep", -3), &p.f.err);
    assert_int_equal(cwasm_store_trap(cwasm_wasi_threads_culprit(p.threads, NULL))->code, CWASM_TRAP_OUT_OF_FUEL);
    program_close(&p);
}

static void test_limits(void **state)
{
    (void)state;
    Program p;
    const cwasm_wasi_threads_options few = { .max_threads = 3 }, small = { .max_memory = 65535 }, enough = { .max_memory = 65536 };
    program_open(&p, variant_dispatcher(0), &few);
    assert_ok(program_call(&p, "many", 4), &p.f.err);
    assert_int_equal(p.result.of.i32, -6);   /* EAGAIN */
    program_close(&p);
    program_open(&p, variant_dispatcher(0), &enough);
    assert_ok(program_call(&p, "sum", 1), &p.f.err);
    program_close(&p);
    /* what fails leaves nothing behind in the linker */
    Fixture f;
    cwasm_wasi_threads *threads = NULL;
    fixture_open_wat(&f, NULL, guest_wat);
    assert_status(CWASM_LIMIT, cwasm_wasi_threads_new(f.engine, f.linker, f.module, &small, &threads, &f.err), &f.err);
    assert_status(CWASM_LINK, cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err), &f.err);
    fixture_close(&f);
    fixture_open_wat(&f, NULL, "(module (import \"wasi\" \"thread-spawn\" (func (param i32) (result i32))) (memory 1))");
    assert_status(CWASM_LINK, cwasm_wasi_threads_new(f.engine, f.linker, f.module, NULL, &threads, &f.err), &f.err);
    assert_begins("a program with threads imports its memory", f.err.message);
    assert_status(CWASM_LINK, cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err), &f.err);
    fixture_close(&f);
}

/* The function that a new thread calls is missing: that ends the program, and says so. */
static void test_no_start_function(void **state)
{
    (void)state;
    Fixture f;
    Variant v = { .interruption = true };
    cwasm_wasi_threads *threads;
    fixture_open_wat(&f, &v,
                     "(module (import \"env\" \"memory\" (memory 1 1 shared)) (import \"wasi\" \"thread-spawn\" (func $spawn (param i32) (result i32)))"
                     "  (func (export \"_start\") (drop (call $spawn (i32.const 0))) (loop $l (br $l))))");
    assert_ok(cwasm_wasi_threads_new(f.engine, f.linker, f.module, NULL, &threads, &f.err), &f.err);
    fixture_instantiate(&f);
    cwasm_func *func = cwasm_instance_func(f.instance, "_start");
    assert_status(CWASM_LINK, cwasm_wasi_threads_call(threads, f.store, func, NULL, 0, NULL, 0, &f.err), &f.err);
    assert_non_null(strstr(f.err.message, "wasi_thread_start"));
    cwasm_wasi_threads_free(threads);
    fixture_close(&f);
}

/* Threads of a start function run before the main function is called, and end when it never is. */
static void test_never_called(void **state)
{
    (void)state;
    Fixture f;
    Variant v = { .interruption = true };
    cwasm_wasi_threads *threads;
    fixture_open_wat(&f, &v,
                     "(module (import \"env\" \"memory\" (memory 1 1 shared)) (import \"wasi\" \"thread-spawn\" (func $spawn (param i32) (result i32)))"
                     "  (func (export \"wasi_thread_start\") (param i32 i32) (loop $l (br $l)))"
                     "  (func $once (if (i32.eqz (i32.atomic.rmw.xchg (i32.const 0) (i32.const 1))) (then (drop (call $spawn (i32.const 0))))))"
                     "  (start $once))");
    assert_ok(cwasm_wasi_threads_new(f.engine, f.linker, f.module, NULL, &threads, &f.err), &f.err);
    fixture_instantiate(&f);
    assert_int_equal(cwasm_wasi_threads_running(threads), 1);
    cwasm_wasi_threads_free(threads);
    fixture_close(&f);
    cwasm_wasi_threads_free(NULL);
}

/* ---- Memory ---- */

static void *counted(void *ctx, void *p, size_t old_size, size_t new_size)
{
    __atomic_fetch_add((size_t *)ctx, new_size - old_size, __ATOMIC_SEQ_CST);
    if (new_size)
        return realloc(p, new_size);
    free(p);
    return NULL;
}

static void test_allocator(void **state)
{
    (void)state;
    Program p;
    size_t taken = 0;
    const cwasm_allocator allocator = { counted, &taken };
    const cwasm_wasi_threads_options options = { .allocator = &allocator };
    program_open(&p, variant_dispatcher(0), &options);
    assert_true(taken > 0);
    assert_ok(program_call(&p, "sum", 5), &p.f.err);
    program_close(&p);
    assert_int_equal(taken, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum), cmocka_unit_test(test_ends), cmocka_unit_test(test_main_ends), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_no_start_function), cmocka_unit_test(test_never_called), cmocka_unit_test(test_allocator),
    };
    return RUN(tests);
}
