/*
 * test_shared_memory.c - guests on several threads over one memory: what belongs to whom, waiting and what ends it, and racing on purpose.
 * Worth running under ThreadSanitizer.
 */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "cm.h"
#include "fixture.h"

static const cwasm_limits limits = { .min = 1, .max = 64, .has_max = true, .shared = true, .page_log2 = 16 };

static const char guest_wat[] =
    "(module (import \"env\" \"memory\" (memory 1 64 shared))"
    "  (func (export \"add\") (param i32 i32) (result i32)"
    "    (loop $l (drop (i32.atomic.rmw.add (local.get 0) (i32.const 1)))"
    "      (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))"
    "    (i32.atomic.load (local.get 0)))"
    "  (func (export \"load\") (param i32) (result i32) (i32.atomic.load (local.get 0)))"
    "  (func (export \"store\") (param i32 i32) (result i32) (i32.atomic.store (local.get 0) (local.get 1)) (local.get 1))"
    "  (func (export \"wait\") (param i32 i32 i64) (result i32) (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))"
    "  (func (export \"wait64\") (param i32 i64 i64) (result i32) (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))"
    "  (func (export \"notify\") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))"
    "  (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))"
    /* a mutex of three states at address p, and a critical section of plain accesses at p + 4 and p + 8 */
    "  (func $lock (param i32) (local i32)"
    "    (if (i32.atomic.rmw.cmpxchg (local.get 0) (i32.const 0) (i32.const 1))"
    "      (then (loop $l"
    "        (if (i32.atomic.rmw.xchg (local.get 0) (i32.const 2))"
    "          (then (drop (memory.atomic.wait32 (local.get 0) (i32.const 2) (i64.const -1))) (br $l)))))))"
    "  (func $unlock (param i32)"
    "    (if (i32.eq (i32.atomic.rmw.xchg (local.get 0) (i32.const 0)) (i32.const 2))"
    "      (then (drop (memory.atomic.notify (local.get 0) (i32.const 1))))))"
    "  (func (export \"locked\") (param i32 i32) (result i32)"
    "    (loop $l"
    "      (call $lock (local.get 0))"
    "      (i32.store offset=4 (local.get 0) (i32.add (i32.load offset=4 (local.get 0)) (i32.const 1)))"
    "      (i32.store offset=8 (local.get 0) (i32.add (i32.load offset=8 (local.get 0)) (i32.const 3)))"
    "      (call $unlock (local.get 0))"
    "      (br_if $l (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))"
    "    (i32.const 0))"
    /* plain and atomic accesses, bulk operations, growth, without any order: never a wrong address, never a trap that is none */
    "  (func (export \"race\") (param $n i32) (param $seed i32) (result i32) (local $x i32) (local $at i32)"
    "    (loop $l"
    "      (local.set $seed (i32.add (i32.mul (local.get $seed) (i32.const 1664525)) (i32.const 1013904223)))"
    "      (local.set $at (i32.and (i32.shr_u (local.get $seed) (i32.const 8)) (i32.const 0xff8)))"
    "      (i32.store offset=4096 (local.get $at) (i32.add (i32.load offset=4100 (local.get $at)) (i32.const 1)))"
    "      (f64.store offset=4096 (local.get $at) (f64.load offset=4104 (local.get $at)))"
    "      (v128.store offset=4096 (local.get $at) (v128.load offset=4112 (local.get $at)))"
    "      (drop (i64.atomic.rmw.add offset=4096 (local.get $at) (i64.const 1)))"
    "      (memory.copy (i32.add (local.get $at) (i32.const 4096)) (i32.const 4096) (i32.const 64))"
    "      (memory.fill (i32.add (local.get $at) (i32.const 4096)) (local.get $seed) (i32.const 16))"
    "      (if (i32.eqz (i32.and (local.get $seed) (i32.const 0xff00)))"
    "        (then (drop (memory.grow (i32.and (i32.shr_u (local.get $seed) (i32.const 31)) (i32.const 1))))))"
    /* the last word of what memory.size says is there, always */
    "      (local.set $x (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 4)))"
    "      (i32.store (local.get $x) (i32.load (local.get $x)))"
    "      (local.set $n (i32.sub (local.get $n) (i32.const 1)))"
    "      (br_if $l (local.get $n)))"
    "    (memory.size))"
    /* tells another thread a new size by an atomic store; that one then writes there at once */
    "  (func (export \"grower\") (param $n i32) (result i32)"
    "    (loop $l"
    "      (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then (return (i32.const -1))))"
    "      (i32.atomic.store (i32.const 0) (memory.size))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "    (i32.const 0))"
    "  (func (export \"follower\") (param $last i32) (result i32) (local $size i32)"
    "    (loop $l"
    "      (local.set $size (i32.atomic.load (i32.const 0)))"
    "      (if (local.get $size)"
    "        (then (i32.store (i32.sub (i32.shl (local.get $size) (i32.const 16)) (i32.const 4)) (local.get $size))"
    "              (drop (v128.load (i32.sub (i32.shl (local.get $size) (i32.const 16)) (i32.const 16))))))"
    "      (br_if $l (i32.lt_u (local.get $size) (local.get $last))))"
    "    (local.get $size)))";

typedef struct Team {
    Fixture f;                       /* the instance of the main thread */
    cwasm_shared_memory *shared;
    cwasm_memory *memory;
} Team;

static void define(Fixture *f, cwasm_memory *memory)
{
    cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY, .of.memory = memory };
    assert_ok(cwasm_linker_define(f->linker, "env", 3, "memory", 6, &ext, &f->err), &f->err);
}

static void team_open(Team *t, const Variant *v)
{
    fixture_open_wat(&t->f, v, guest_wat);
    assert_ok(cwasm_shared_memory_new(t->f.engine, &limits, &t->shared, &t->f.err), &t->f.err);
    t->memory = cwasm_shared_memory_memory(t->shared);
    define(&t->f, t->memory);
    fixture_instantiate(&t->f);
}

static void team_close(Team *t)
{
    cwasm_shared_memory_free(t->shared);
    fixture_close(&t->f);
}

/* A call on a thread of its own, in a store of its own. */
typedef struct Worker {
    pthread_t thread;
    Team *team;
    const char *name;
    cwasm_val args[3];
    size_t n_args;
    cwasm_store *store;
    cwasm_func *func;
    cwasm_status status;
    cwasm_error err;
    int32_t result;
    bool done;        /* atomic */
} Worker;

static void *work(void *arg)
{
    Worker *w = arg;
    cwasm_val r = cwasm_i32(0);
    w->status = cwasm_func_call(w->store, w->func, w->args, w->n_args, &r, 1, &w->err);
    w->result = r.of.i32;
    __atomic_store_n(&w->done, true, __ATOMIC_SEQ_CST);
    return NULL;
}

static void start(Worker *w, Team *team, const char *name, const cwasm_val *args, size_t n_args)
{
    cwasm_instance *instance;
    *w = (Worker){ .team = team, .name = name, .n_args = n_args };
    memcpy(w->args, args, n_args * sizeof *args);
    assert_ok(cwasm_store_new(team->f.engine, &w->store, &w->err), &w->err);
    cwasm_store_set_fuel(w->store, UINT64_MAX);
    assert_ok(cwasm_linker_instantiate(team->f.linker, w->store, team->f.module, &instance, &w->err), &w->err);
    w->func = cwasm_instance_func(instance, name);
    assert_non_null(w->func);
    assert_int_equal(pthread_create(&w->thread, NULL, work, w), 0);
}

static void end(Worker *w)
{
    pthread_join(w->thread, NULL);
    cwasm_store_free(w->store);
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

/* Notifies until `n` were woken: those that were started may not be asleep yet. */
static void notify_all_of(Team *t, int32_t at, uint32_t n)
{
    for (uint32_t woken = 0; woken < n;) {
        uint32_t now = cwasm_memory_notify(t->memory, (uint64_t)at, n - woken);
        assert_true(now <= n - woken);
        woken += now;
        if (!now)
            sleep_ms(1);
    }
}

/* ---- Belonging ---- */

static void test_life(void **state)
{
    (void)state;
    Team t;
    team_open(&t, NULL);
    assert_int_equal(fixture_i32(&t.f, "store", ARGS(cwasm_i32(8), cwasm_i32(77))), 77);

    /* another handle, of the memory of an instance */
    cwasm_shared_memory *again = cwasm_memory_shared(t.memory);
    assert_ptr_equal(again, t.shared);
    cwasm_shared_memory_free(t.shared);
    cwasm_shared_memory_free(NULL);

    /* a second store, which outlives the first, the linker and the handles */
    cwasm_store *store;
    cwasm_instance *instance;
    assert_ok(cwasm_store_new(t.f.engine, &store, &t.f.err), &t.f.err);
    assert_ok(cwasm_linker_instantiate(t.f.linker, store, t.f.module, &instance, &t.f.err), &t.f.err);
    cwasm_linker_free(t.f.linker);
    cwasm_store_free(t.f.store);
    cwasm_shared_memory_free(again);
    cwasm_val r;
    assert_ok(cwasm_func_call(store, cwasm_instance_func(instance, "load"), ARGS(cwasm_i32(8)), &r, 1, &t.f.err), &t.f.err);
    assert_int_equal(r.of.i32, 77);
    assert_true(cwasm_store_memory_size(store) == 65536);
    cwasm_store_free(store);
    cwasm_module_free(t.f.module);
    cwasm_engine_free(t.f.engine);
}

static void test_definitions(void **state)
{
    (void)state;
    Fixture f;
    fixture_open_wat(&f, NULL, guest_wat);
    cwasm_shared_memory *first, *second;
    cwasm_limits l = { .min = 1, .page_log2 = 16 };
    assert_status(CWASM_ARGUMENT, cwasm_shared_memory_new(f.engine, &l, &first, &f.err), &f.err);
    assert_begins("shared memory must have maximum", f.err.message);
    l.has_max = true;
    l.max = 64;
    assert_ok(cwasm_shared_memory_new(f.engine, &l, &first, &f.err), &f.err);   /* `shared` goes without saying */
    assert_true(cwasm_memory_type(cwasm_shared_memory_memory(first)).shared);
    l.max = 65;
    assert_ok(cwasm_shared_memory_new(f.engine, &l, &second, &f.err), &f.err);
    /* the linker keeps what it defines, and lets go of what is replaced */
    define(&f, cwasm_shared_memory_memory(second));
    cwasm_shared_memory_free(second);
    assert_status(CWASM_LINK, cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err), &f.err);
    assert_begins("incompatible import type: env.memory is a memory 1..65 shared, but the module asks for a memory 1..64 shared", f.err.message);
    define(&f, cwasm_shared_memory_memory(first));
    define(&f, cwasm_shared_memory_memory(first));
    cwasm_shared_memory_free(first);
    fixture_instantiate(&f);
    assert_int_equal(fixture_i32(&f, "load", ARGS(cwasm_i32(0))), 0);
    /* of another engine */
    Fixture other;
    fixture_open_wat(&other, NULL, guest_wat);
    cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY, .of.memory = cwasm_shared_memory_memory(first) };
    assert_ok(cwasm_linker_define(other.linker, "env", 3, "memory", 6, &ext, &other.err), &other.err);
    assert_status(CWASM_ARGUMENT, cwasm_linker_instantiate(other.linker, other.store, other.module, &other.instance, &other.err), &other.err);
    fixture_close(&other);
    fixture_close(&f);
    /* what is not shared has no handle */
    fixture_open_wat(&f, NULL, "(module (memory (export \"m\") 1) (memory (export \"s\") 1 2 shared))");
    fixture_instantiate(&f);
    assert_null(cwasm_memory_shared(cwasm_instance_memory(f.instance, "m")));
    assert_int_equal(cwasm_memory_notify(cwasm_instance_memory(f.instance, "m"), 0, 1), 0);
    cwasm_shared_memory *own = cwasm_memory_shared(cwasm_instance_memory(f.instance, "s"));
    assert_non_null(own);
    cwasm_store_free(f.store);
    f.store = NULL;
    assert_true(cwasm_memory_size(cwasm_shared_memory_memory(own)) == 65536);   /* outlives the store that made it */
    uint64_t old;
    assert_int_equal(cwasm_memory_grow(cwasm_shared_memory_memory(own), 1, &old), CWASM_OK);
    assert_true(old == 1);
    assert_int_equal(cwasm_memory_grow(cwasm_shared_memory_memory(own), 1, &old), CWASM_LIMIT);
    cwasm_shared_memory_free(own);
    fixture_close(&f);
}

/* A store's limit holds for what its guests do, whoever made the memory. */
static void test_limit(void **state)
{
    (void)state;
    Team t;
    team_open(&t, NULL);
    cwasm_store_limit_memory(t.f.store, 3 * 65536);
    assert_int_equal(fixture_i32(&t.f, "grow", ARGS(cwasm_i32(2))), 1);
    assert_int_equal(fixture_i32(&t.f, "grow", ARGS(cwasm_i32(1))), -1);
    Worker w;
    start(&w, &t, "grow", ARGS(cwasm_i32(1)));
    end(&w);
    assert_int_equal(w.result, 3);
    team_close(&t);
}

/* ---- Waiting ---- */

static void test_wait(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_dispatcher(i)); i++) {
        Team t;
        Worker w[6];
        team_open(&t, v);
        /* woken in the order they came, as many as asked for, only those at that address */
        for (int k = 0; k < 6; k++)
            start(&w[k], &t, k % 2 ? "wait" : "wait64", ARGS(cwasm_i32(k < 4 ? 64 : 128), k % 2 ? cwasm_i32(0) : cwasm_i64(0), cwasm_i64(-1)));
        assert_int_equal(cwasm_memory_notify(t.memory, 68, UINT32_MAX), 0);
        notify_all_of(&t, 64, 4);
        for (int k = 0; k < 4; k++) {
            end(&w[k]);
            assert_ok(w[k].status, &w[k].err);
            assert_int_equal(w[k].result, 0);
        }
        assert_int_equal(cwasm_memory_notify(t.memory, 64, UINT32_MAX), 0);
        notify_all_of(&t, 128, 2);
        for (int k = 4; k < 6; k++) {
            end(&w[k]);
            assert_int_equal(w[k].result, 0);
        }
        /* one that times out is gone: nobody is woken for it */
        start(&w[0], &t, "wait", ARGS(cwasm_i32(64), cwasm_i32(0), cwasm_i64(1000000)));
        end(&w[0]);
        assert_int_equal(w[0].result, 2);
        assert_int_equal(cwasm_memory_notify(t.memory, 64, 1), 0);
        team_close(&t);
    }
}

/* Interruption ends a wait at once, whether the code polls or not; and one that came before it. */
static void test_interrupt(void **state)
{
    (void)state;
    for (int polls = 0; polls < 2; polls++) {
        Variant v = { .interruption = polls };
        Team t;
        Worker w[2];
        team_open(&t, &v);
        start(&w[0], &t, "wait", ARGS(cwasm_i32(64), cwasm_i32(0), cwasm_i64(-1)));
        start(&w[1], &t, "wait", ARGS(cwasm_i32(64), cwasm_i32(0), cwasm_i64(-1)));
        sleep_ms(polls ? 0 : 20);
        cwasm_store_interrupt(w[0].store);
        pthread_join(w[0].thread, NULL);
        assert_status(CWASM_TRAP, w[0].status, &w[0].err);
        assert_int_equal(cwasm_store_trap(w[0].store)->code, CWASM_TRAP_INTERRUPTED);
        assert_int_equal(cwasm_store_trap(w[0].store)->n_frames, 1);
        /* seen herewith: the store can be used again, and waits again */
        cwasm_val r;
        assert_ok(cwasm_func_call(w[0].store, w[0].func, ARGS(cwasm_i32(64), cwasm_i32(0), cwasm_i64(1000)), &r, 1, &w[0].err), &w[0].err);
        assert_int_equal(r.of.i32, 2);
        /* the other one still waits; it is the only one */
        notify_all_of(&t, 64, 1);
        assert_int_equal(cwasm_memory_notify(t.memory, 64, 1), 0);
        end(&w[1]);
        assert_ok(w[1].status, &w[1].err);
        cwasm_store_free(w[0].store);
        team_close(&t);
    }
}

/* An interruption that is taken back may have been seen or not: a waiter has ended by it, or sleeps on and can be woken. Nothing is left of it. */
static void test_clear_interrupt(void **state)
{
    (void)state;
    int n_seen = 0;
    for (int polls = 0; polls < 2; polls++)
        for (int turn = 0; turn < 40; turn++) {
            const Variant v = { .interruption = polls };
            Team t;
            Worker w;
            cwasm_val r;
            team_open(&t, &v);
            start(&w, &t, "wait", ARGS(cwasm_i32(64), cwasm_i32(0), cwasm_i64(-1)));
            sleep_ms(turn % 2 * 3);
            for (int i = 0; i <= turn % 7; i++) {
                cwasm_store_interrupt(w.store);
                cwasm_store_clear_interrupt(w.store);
            }
            while (!__atomic_load_n(&w.done, __ATOMIC_SEQ_CST)) {
                (void)cwasm_memory_notify(t.memory, 64, 1);
                sleep_ms(1);
            }
            pthread_join(w.thread, NULL);
            if (w.status == CWASM_TRAP) {
                assert_int_equal(cwasm_store_trap(w.store)->code, CWASM_TRAP_INTERRUPTED);
                n_seen++;
            } else {
                assert_ok(w.status, &w.err);
                assert_int_equal(w.result, 0);
            }
            assert_ok(cwasm_func_call(w.store, w.func, ARGS(cwasm_i32(64), cwasm_i32(0), cwasm_i64(1000)), &r, 1, &w.err), &w.err);
            assert_int_equal(r.of.i32, 2);   /* timed out */
            cwasm_store_free(w.store);
            team_close(&t);
        }
    printf("%d of 80 interruptions were seen before they were taken back\n", n_seen);
}

/* ---- Racing ---- */

enum { N = 8 };

static void test_counters(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i += 3) {
        Team t;
        Worker w[N];
        enum { ADDS = 3000, LOCKS = 400 };
        team_open(&t, v);
        for (int k = 0; k < N; k++) {
            if (k % 2)
                start(&w[k], &t, "add", ARGS(cwasm_i32(16), cwasm_i32(ADDS)));
            else
                start(&w[k], &t, "locked", ARGS(cwasm_i32(256), cwasm_i32(LOCKS)));
        }
        for (int k = 0; k < N; k++) {
            end(&w[k]);
            assert_ok(w[k].status, &w[k].err);
        }
        assert_int_equal(fixture_i32(&t.f, "load", ARGS(cwasm_i32(16))), N / 2 * ADDS);
        assert_int_equal(fixture_i32(&t.f, "load", ARGS(cwasm_i32(256))), 0);
        assert_int_equal(fixture_i32(&t.f, "load", ARGS(cwasm_i32(260))), N / 2 * LOCKS);
        assert_int_equal(fixture_i32(&t.f, "load", ARGS(cwasm_i32(264))), N / 2 * LOCKS * 3);
        team_close(&t);
    }
}

static void test_races(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i += 5) {
        Team t;
        Worker w[N];
        team_open(&t, v);
        for (int k = 0; k < N; k++)
            start(&w[k], &t, "race", ARGS(cwasm_i32(3000), cwasm_i32(k * 77 + 1)));
        for (int k = 0; k < N; k++) {
            end(&w[k]);
            assert_ok(w[k].status, &w[k].err);
            assert_true(w[k].result >= 1 && w[k].result <= 64);
        }
        team_close(&t);
    }
}

/* Memory that another thread has added is there for an access whose size register is old. */
static void test_growth_is_seen(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Team t;
        Worker w[4];
        team_open(&t, v);
        for (int k = 0; k < 3; k++)
            start(&w[k], &t, "follower", ARGS(cwasm_i32(64)));
        start(&w[3], &t, "grower", ARGS(cwasm_i32(63)));
        for (int k = 0; k < 4; k++) {
            end(&w[k]);
            assert_ok(w[k].status, &w[k].err);
            assert_int_equal(w[k].result, k < 3 ? 64 : 0);
        }
        assert_int_equal(fixture_i32(&t.f, "load", ARGS(cwasm_i32(64 * 65536 - 4))), 64);
        team_close(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life), cmocka_unit_test(test_definitions), cmocka_unit_test(test_limit), cmocka_unit_test(test_wait),
        cmocka_unit_test(test_interrupt), cmocka_unit_test(test_clear_interrupt), cmocka_unit_test(test_counters), cmocka_unit_test(test_races),
        cmocka_unit_test(test_growth_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
