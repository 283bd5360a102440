/* test_gc.c - the collector under load and under a limit; references that the host holds; what happens when memory runs out. */
#include <pthread.h>
#include <time.h>

#include "cm.h"
#include "fixture.h"

#define MIB ((uint64_t)1 << 20)

static const char program[] =
    "(module"
    "  (import \"h\" \"host\" (func $host (param externref i32) (result externref)))"
    "  (type $node (struct (field $next (mut (ref null $node))) (field $v (mut i32))))"
    "  (type $back (struct (field $v i64) (field $payload (ref null $node)) (field $next (mut (ref null $back)))))"
    "  (type $nodes (array (mut (ref null $node))))"
    "  (type $tree (struct (field $l (ref null $tree)) (field $r (ref null $tree))))"
    "  (type $bytes (array (mut i8)))"
    "  (global $kept (export \"kept\") (mut (ref null $nodes)) (ref.null $nodes))"
    "  (global $any (export \"any\") (mut anyref) (ref.null any))"
    "  (table $t (export \"t\") 3 anyref)"
    /* n rings of 100 nodes, each dropped when the next is made */
    "  (func (export \"rings\") (param $n i32) (local $first (ref null $node)) (local $x (ref null $node)) (local $i i32)"
    "    (loop $l"
    "      (local.set $first (struct.new $node (ref.null $node) (i32.const 0)))"
    "      (local.set $x (local.get $first))"
    "      (local.set $i (i32.const 99))"
    "      (loop $m"
    "        (local.set $x (struct.new $node (local.get $x) (local.get $i)))"
    "        (br_if $m (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))"
    "      (struct.set $node $next (local.get $first) (local.get $x))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))"
    /* a list, its length */
    "  (func $list (param $n i32) (result (ref null $node)) (local $x (ref null $node))"
    "    (loop $l"
    "      (local.set $x (struct.new $node (local.get $x) (local.get $n)))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "    (local.get $x))"
    "  (func $sum (param $x (ref null $node)) (result i32) (local $s i32)"
    "    (block $end (loop $l"
    "      (br_if $end (ref.is_null (local.get $x)))"
    "      (local.set $s (i32.add (local.get $s) (struct.get $node $v (local.get $x))))"
    "      (local.set $x (struct.get $node $next (local.get $x)))"
    "      (br $l)))"
    "    (local.get $s))"
    "  (func (export \"list\") (param $n i32) (param $garbage i32) (result i32) (local $x (ref null $node))"
    "    (local.set $x (call $list (local.get $n)))"
    "    (loop $l (drop (call $list (i32.const 1000))) (br_if $l (local.tee $garbage (i32.sub (local.get $garbage) (i32.const 1)))))"
    "    (call $sum (local.get $x)))"
    /* the link is the last field, and each element has another object: the mark stack grows */
    "  (func (export \"backlist\") (param $n i32) (param $garbage i32) (result i32) (local $x (ref null $back)) (local $s i32)"
    "    (loop $l"
    "      (local.set $x (struct.new $back (i64.const 1) (struct.new $node (ref.null $node) (local.get $n)) (local.get $x)))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "    (loop $l (drop (call $list (i32.const 1000))) (br_if $l (local.tee $garbage (i32.sub (local.get $garbage) (i32.const 1)))))"
    "    (block $end (loop $l"
    "      (br_if $end (ref.is_null (local.get $x)))"
    "      (local.set $s (i32.add (local.get $s) (struct.get $node $v (struct.get $back $payload (local.get $x)))))"
    "      (local.set $x (struct.get $back $next (local.get $x)))"
    "      (br $l)))"
    "    (local.get $s))"
    /* a big array whose elements change all the time */
    "  (func (export \"array\") (param $n i32) (param $rounds i32) (result i32)"
    "    (local $a (ref null $nodes)) (local $i i32) (local $s i32)"
    "    (local.set $a (array.new_default $nodes (local.get $n)))"
    "    (loop $l"
    "      (local.set $i (i32.rem_u (i32.mul (local.get $rounds) (i32.const 7919)) (local.get $n)))"
    "      (array.set $nodes (local.get $a) (local.get $i) (struct.new $node (array.get $nodes (local.get $a) (i32.const 0)) (local.get $i)))"
    "      (br_if $l (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))"
    "    (local.set $i (i32.const 1))"
    "    (loop $l"
    "      (if (i32.eqz (ref.is_null (array.get $nodes (local.get $a) (local.get $i))))"
    "        (then (if (i32.ne (struct.get $node $v (array.get $nodes (local.get $a) (local.get $i))) (local.get $i)) (then (unreachable)))"
    "          (local.set $s (i32.add (local.get $s) (i32.const 1)))))"
    "      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))"
    "    (local.get $s))"
    "  (func $tree (param $d i32) (result (ref null $tree))"
    "    (if (i32.eqz (local.get $d)) (then (return (struct.new_default $tree))))"
    "    (struct.new $tree (call $tree (i32.sub (local.get $d) (i32.const 1))) (call $tree (i32.sub (local.get $d) (i32.const 1)))))"
    "  (func $count (param $t (ref null $tree)) (result i32)"
    "    (if (ref.is_null (local.get $t)) (then (return (i32.const 0))))"
    "    (i32.add (i32.const 1) (i32.add (call $count (struct.get $tree $l (local.get $t))) (call $count (struct.get $tree $r (local.get $t))))))"
    "  (func (export \"trees\") (param $d i32) (param $n i32) (result i32) (local $long (ref null $tree)) (local $s i32)"
    "    (local.set $long (call $tree (local.get $d)))"
    "    (loop $l"
    "      (local.set $s (i32.add (local.get $s) (call $count (call $tree (i32.const 10)))))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "    (i32.add (local.get $s) (call $count (local.get $long))))"
    /* sizes of all kinds, in turn */
    "  (func (export \"sizes\") (param $n i32) (param $most i32) (result i32) (local $b (ref null $bytes)) (local $i i32)"
    "    (loop $l"
    "      (local.set $i (i32.rem_u (i32.mul (local.get $n) (i32.const 40503)) (local.get $most)))"
    "      (local.set $b (array.new $bytes (local.get $i) (i32.add (local.get $i) (i32.const 1))))"
    "      (if (i32.ne (array.get_u $bytes (local.get $b) (local.get $i)) (i32.and (local.get $i) (i32.const 255))) (then (unreachable)))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "    (array.len (local.get $b)))"
    /* until there is no memory */
    "  (func (export \"hoard\") (param $n i32) (local $i i32)"
    "    (global.set $kept (array.new_default $nodes (local.get $n)))"
    "    (loop $l"
    "      (array.set $nodes (global.get $kept) (local.get $i) (struct.new $node (ref.null $node) (local.get $i)))"
    "      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))"
    "  (func (export \"forget\") (global.set $kept (ref.null $nodes)))"
    "  (func (export \"huge\") (param $n i32) (result i32) (array.len (array.new_default $nodes (local.get $n))))"
    /* for the host */
    "  (func (export \"make\") (param i32) (result (ref null struct)) (struct.new $node (ref.null $node) (local.get 0)))"
    "  (func (export \"value\") (param (ref $node)) (result i32) (struct.get $node $v (local.get 0)))"
    "  (func (export \"external\") (param i32) (result externref) (extern.convert_any (struct.new $node (ref.null $node) (local.get 0))))"
    "  (func (export \"internal\") (param externref) (result anyref) (any.convert_extern (local.get 0)))"
    "  (func (export \"i31\") (param i32) (result eqref) (ref.i31 (local.get 0)))"
    "  (func (export \"bytes\") (result arrayref) (array.new_default $bytes (i32.const 5)))"
    "  (func (export \"through the host\") (param $n i32) (result i32) (local $x (ref null $node))"
    "    (local.set $x (struct.new $node (ref.null $node) (i32.const 1)))"
    "    (struct.new $node (ref.null $node) (i32.const 20))"
    "    (call $host (extern.convert_any (struct.new $node (ref.null $node) (i32.const 300))) (local.get $n))"
    "    (i32.add (struct.get $node $v (ref.cast (ref $node) (any.convert_extern))) (struct.get $node $v (local.get $x)))"
    "    (local.set $n)"
    "    (i32.add (struct.get $node $v) (local.get $n)))"
    "  (func (export \"deep\") (param $n i32) (result i32) (local $x (ref null $node))"
    "    (local.set $x (struct.new $node (ref.null $node) (local.get $n)))"
    "    (drop (call $host (ref.null extern) (local.get $n)))"
    "    (struct.get $node $v (local.get $x)))"
    ")";

typedef struct Env { Fixture *f; int called; } Env;

/* Collects, directly or by running the guest again, and hands the first argument back. */
static cwasm_trap_code host(void *arg, cwasm_caller *caller, uint64_t *slots)
{
    Env *env = arg;
    Fixture *f = env->f;
    int32_t n = cwasm_slot_i32(slots[1]);
    env->called++;
    uint64_t ref = slots[0];
    slots[0] = 8;   /* in the way: looks like an address */
    assert_true(cwasm_store_collect(cwasm_caller_store(caller)) == CWASM_OK);
    (void)fixture_i32(f, "list", ARGS(cwasm_i32(1000), cwasm_i32(2)));
    if (n > 0)
        assert_int_equal(fixture_i32(f, "deep", ARGS(cwasm_i32(n - 1))), n - 1);
    assert_true(cwasm_store_collect(cwasm_caller_store(caller)) == CWASM_OK);
    slots[0] = ref;
    return CWASM_TRAP_NONE;
}

static void open_with(Fixture *f, Env *env, const Variant *v, bool stress)
{
    Wasm wasm = wat_parse(program);
    cwasm_config *config = variant_config(v);
    cwasm_config_gc_stress(config, stress);
    cwasm_config_host_stack_size(config, (size_t)4 << 20);   /* instrumented code needs more */
    fixture_open_config(f, v, config, wasm);
    *env = (Env){ f, 0 };
    cwasm_store_set_fuel(f->store, UINT64_MAX);
    assert_ok(cwasm_linker_define_func(f->linker, "h", "host", "ei:e", host, env, &f->err), &f->err);
    fixture_instantiate(f);
    free(wasm.bytes);
}

static cwasm_heap_stats stats_of(const Fixture *f)
{
    cwasm_heap_stats stats;
    cwasm_store_heap_stats(f->store, &stats);
    return stats;
}

static void report(const char *what, const Fixture *f)
{
    cwasm_heap_stats s = stats_of(f);
    print_message("%s: %.1f MiB allocated, %u collections, %.1f MiB alive last, %.1f MiB taken, pauses: last %.2f ms, longest %.2f, sum %.0f\n", what,
                  (double)s.allocated / MIB, (unsigned)s.collections, (double)s.live / MIB, (double)s.committed / MIB,
                  (double)s.last_pause_ns / 1e6, (double)s.max_pause_ns / 1e6, (double)s.total_pause_ns / 1e6);
}

/* Gigabytes in total in 64 MiB. */
static void test_gigabytes(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_dispatcher(i)); i++) {
        Fixture f;
        Env env;
        open_with(&f, &env, v, false);
        cwasm_store_limit_heap(f.store, 64 * MIB);
        assert_ok(fixture_call(&f, "rings", ARGS(cwasm_i32(i ? 50000 : 500000)), NULL, 0), &f.err);
        report("rings", &f);
        assert_true(stats_of(&f).allocated >= (i ? 110 : 1100) * MIB && stats_of(&f).committed <= 64 * MIB);
        assert_int_equal(fixture_i32(&f, "list", ARGS(cwasm_i32(1000000), cwasm_i32(i ? 100 : 20000))), (int32_t)500000500000);
        report("list", &f);
        assert_int_equal(fixture_i32(&f, "backlist", ARGS(cwasm_i32(500000), cwasm_i32(i ? 100 : 5000))), (int32_t)125000250000);
        report("backlist", &f);
        assert_int_equal(fixture_i32(&f, "array", ARGS(cwasm_i32(100000), cwasm_i32(i ? 100000 : 10000000))), 99999);
        report("array", &f);
        assert_int_equal(fixture_i32(&f, "trees", ARGS(cwasm_i32(18), cwasm_i32(i ? 100 : 10000))), (1 << 19) - 1 + 2047 * (i ? 100 : 10000));
        report("trees", &f);
        assert_true(fixture_i32(&f, "sizes", ARGS(cwasm_i32(i ? 1000 : 20000), cwasm_i32(100000))) > 0);
        report("sizes", &f);
        assert_true(stats_of(&f).committed <= 64 * MIB);
        fixture_close(&f);
    }
}

/* The same programs, small, with a collection at every allocation; that is also more collections than there are epochs. */
static void test_stress(void **state)
{
    (void)state;
    Fixture f;
    Env env;
    open_with(&f, &env, variant_dispatcher(0), true);
    assert_ok(fixture_call(&f, "rings", ARGS(cwasm_i32(30)), NULL, 0), &f.err);
    assert_int_equal(fixture_i32(&f, "list", ARGS(cwasm_i32(3000), cwasm_i32(1))), 4501500);
    assert_int_equal(fixture_i32(&f, "backlist", ARGS(cwasm_i32(2000), cwasm_i32(1))), 2001000);   /* overflows the first mark stack */
    assert_int_equal(fixture_i32(&f, "array", ARGS(cwasm_i32(500), cwasm_i32(2000))), 499);
    assert_int_equal(fixture_i32(&f, "trees", ARGS(cwasm_i32(5), cwasm_i32(1))), 63 + 2047);
    assert_true(fixture_i32(&f, "sizes", ARGS(cwasm_i32(300), cwasm_i32(20000))) > 0);
    assert_true(stats_of(&f).collections > 5000);
    report("stress", &f);
    fixture_close(&f);
}

static void test_limit(void **state)
{
    (void)state;
    Fixture f;
    Env env;
    open_with(&f, &env, variant_dispatcher(0), false);
    cwasm_store_limit_heap(f.store, 8 * MIB);
    for (int round = 0; round < 3; round++) {
        assert_status(CWASM_TRAP, fixture_call(&f, "hoard", ARGS(cwasm_i32(500000)), NULL, 0), &f.err);
        assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_OUT_OF_MEMORY);
        assert_true(stats_of(&f).committed <= 8 * MIB);
        assert_status(CWASM_TRAP, fixture_call(&f, "hoard", ARGS(cwasm_i32(-1)), NULL, 0), &f.err);
        assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_OUT_OF_MEMORY);
        assert_ok(fixture_call(&f, "forget", NO_ARGS, NULL, 0), &f.err);
        /* now there is room again, for small objects and for one large one */
        assert_ok(fixture_call(&f, "hoard", ARGS(cwasm_i32(150000)), NULL, 0), &f.err);
        assert_ok(fixture_call(&f, "forget", NO_ARGS, NULL, 0), &f.err);
        assert_int_equal(fixture_i32(&f, "huge", ARGS(cwasm_i32(900000))), 900000);
        assert_status(CWASM_TRAP, fixture_call(&f, "huge", ARGS(cwasm_i32(2000000)), (cwasm_val[1]){ 0 }, 1), &f.err);
    }
    assert_ok(cwasm_store_collect(f.store), &f.err);
    assert_true(stats_of(&f).committed <= MIB);
    fixture_close(&f);
}

static void test_handles(void **state)
{
    (void)state;
    for (int stress = 0; stress < 2; stress++) {
        Fixture f;
        Env env;
        cwasm_val held[300], r;
        int32_t number;
        uint64_t host_value;
        open_with(&f, &env, variant_dispatcher(0), stress);
        for (int i = 0; i < 300; i++) {
            assert_ok(fixture_call(&f, "make", ARGS(cwasm_i32(i)), &held[i], 1), &f.err);
            assert_int_equal(cwasm_val_refkind(f.store, &held[i]), CWASM_REF_STRUCT);
        }
        assert_ok(fixture_call(&f, "rings", ARGS(cwasm_i32(stress ? 1 : 20000)), NULL, 0), &f.err);
        assert_true(stats_of(&f).collections > 0 && stats_of(&f).live >= 300 * 16);
        for (int i = 0; i < 300; i++)
            assert_int_equal(fixture_i32(&f, "value", &held[i], 1), i);
        /* by table and global of the API */
        cwasm_table *t = cwasm_instance_table(f.instance, "t");
        cwasm_global *any = cwasm_instance_global(f.instance, "any");
        assert_true(cwasm_table_set(t, 1, &held[7]) == CWASM_OK && cwasm_global_set(any, &held[8]) == CWASM_OK);
        cwasm_store_release_refs(f.store);
        assert_ok(cwasm_store_collect(f.store), &f.err);
        assert_true(stats_of(&f).live < 100);
        assert_true(cwasm_table_get(t, 1, &r));
        assert_int_equal(fixture_i32(&f, "value", &r, 1), 7);
        r = cwasm_global_get(any);
        assert_int_equal(fixture_i32(&f, "value", &r, 1), 8);
        /* kinds and types */
        assert_ok(fixture_call(&f, "bytes", NO_ARGS, &r, 1), &f.err);
        assert_int_equal(cwasm_val_refkind(f.store, &r), CWASM_REF_ARRAY);
        assert_status(CWASM_ARGUMENT, fixture_call(&f, "value", &r, 1, &held[0], 1), &f.err);
        assert_ok(fixture_call(&f, "external", ARGS(cwasm_i32(55)), &r, 1), &f.err);
        assert_int_equal(r.type, CWASM_EXTERNREF);
        assert_int_equal(cwasm_val_refkind(f.store, &r), CWASM_REF_STRUCT);
        assert_false(cwasm_val_extern(&r, &host_value));
        assert_ok(fixture_call(&f, "internal", &r, 1, &held[1], 1), &f.err);
        assert_int_equal(fixture_i32(&f, "value", &held[1], 1), 55);
        assert_ok(fixture_call(&f, "internal", ARGS(cwasm_externref(99)), &r, 1), &f.err);
        assert_true(cwasm_val_extern(&r, &host_value) && host_value == 99 && r.type == CWASM_ANYREF);
        assert_int_equal(cwasm_val_refkind(f.store, &r), CWASM_REF_HOST);
        assert_ok(fixture_call(&f, "i31", ARGS(cwasm_i32(-3)), &r, 1), &f.err);
        assert_true(cwasm_val_i31(&r, &number) && number == -3);
        assert_int_equal(cwasm_val_refkind(f.store, &r), CWASM_REF_I31);
        r = cwasm_i31ref(0x7fffffff);
        assert_true(cwasm_val_i31(&r, &number) && number == -1);
        assert_status(CWASM_ARGUMENT, fixture_call(&f, "value", &r, 1, &held[0], 1), &f.err);
        assert_status(CWASM_ARGUMENT, fixture_call(&f, "value", ARGS(cwasm_null(CWASM_ANYREF)), &held[0], 1), &f.err);
        fixture_close(&f);
    }
}

static void test_host_calls(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        Env env;
        open_with(&f, &env, v, i % 3 == 0);
        if (i % 3 == 0) {   /* with a small list, or every allocation takes long */
            assert_int_equal(fixture_i32(&f, "through the host", ARGS(cwasm_i32(0))), 321);
        } else {
            assert_int_equal(fixture_i32(&f, "through the host", ARGS(cwasm_i32(4))), 321);
            assert_int_equal(env.called, 5);
        }
        fixture_close(&f);
    }
}

/* Interrupted from another thread in the middle of marking or anywhere else, again and again, and all is well afterwards. */
typedef struct Interrupter { cwasm_store *store; bool done; } Interrupter;

static void *interrupter(void *arg)
{
    Interrupter *in = arg;
    while (!__atomic_load_n(&in->done, __ATOMIC_RELAXED)) {   /* an interruption may come before the call, and is taken back then */
        struct timespec ms = { 0, 20000000 };
        nanosleep(&ms, NULL);
        cwasm_store_interrupt(in->store);
    }
    return NULL;
}

static void test_interruption(void **state)
{
    (void)state;
    Variant v = { .interruption = true };
    Fixture f;
    Env env;
    pthread_t thread;
    open_with(&f, &env, &v, false);
    Interrupter in = { f.store, false };
    assert_ok(fixture_call(&f, "hoard", ARGS(cwasm_i32(1000000)), NULL, 0), &f.err);
    assert_int_equal(pthread_create(&thread, NULL, interrupter, &in), 0);
    for (int i = 0; i < 20; i++) {
        assert_status(CWASM_TRAP, fixture_call(&f, "rings", ARGS(cwasm_i32(100000000)), NULL, 0), &f.err);
        assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_INTERRUPTED);
        cwasm_store_clear_interrupt(f.store);
    }
    __atomic_store_n(&in.done, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    cwasm_store_clear_interrupt(f.store);
    cwasm_store_interrupt(f.store);
    assert_status(CWASM_TRAP, cwasm_store_collect(f.store), &f.err);   /* is given up */
    cwasm_store_clear_interrupt(f.store);
    assert_ok(fixture_call(&f, "forget", NO_ARGS, NULL, 0), &f.err);
    assert_ok(cwasm_store_collect(f.store), &f.err);
    assert_true(stats_of(&f).live < 1000);
    assert_int_equal(fixture_i32(&f, "list", ARGS(cwasm_i32(1000), cwasm_i32(1000))), 500500);
    fixture_close(&f);
}

/* Every request for memory fails once. */
typedef struct Failing { size_t requests, fail_at; } Failing;

static void *failing_realloc(void *ctx, void *p, size_t old_size, size_t new_size)
{
    Failing *a = ctx;
    (void)old_size;
    if (new_size == 0) {
        free(p);
        return NULL;
    }
    return ++a->requests == a->fail_at ? NULL : realloc(p, new_size);
}

static void test_no_memory(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(program);
    size_t failures = 0;
    for (size_t n = 0;; n++) {
        Failing failing = { 0, 0 };
        cwasm_allocator allocator = { failing_realloc, &failing };
        Fixture f = { 0 };
        Env env = { &f, 0 };
        cwasm_val r;
        cwasm_config *config = cwasm_config_new();
        cwasm_config_allocator(config, &allocator);
        assert_ok(cwasm_engine_new(config, &f.engine, &f.err), &f.err);
        cwasm_config_free(config);
        assert_ok(cwasm_module_new(f.engine, wasm.bytes, wasm.size, &f.module, &f.err), &f.err);
        assert_ok(cwasm_store_new(f.engine, &f.store, &f.err), &f.err);
        assert_ok(cwasm_linker_new(f.engine, &f.linker, &f.err), &f.err);
        assert_ok(cwasm_linker_define_func(f.linker, "h", "host", "ei:e", host, &env, &f.err), &f.err);
        fixture_instantiate(&f);
        failing.requests = 0;
        failing.fail_at = n + 1;
        cwasm_status status = fixture_call(&f, "list", ARGS(cwasm_i32(100000), cwasm_i32(1000)), &r, 1);
        if (status) {
            assert_status(CWASM_TRAP, status, &f.err);
            assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_OUT_OF_MEMORY);
            failures++;
        } else {
            assert_int_equal(r.of.i32, (int32_t)5000050000);
        }
        /* and afterwards all is well */
        for (int i = 0; i < 10; i++)
            assert_true(fixture_call(&f, "make", ARGS(cwasm_i32(i)), &r, 1) == CWASM_OK || failing.requests >= failing.fail_at);
        failing.fail_at = 0;
        assert_ok(fixture_call(&f, "make", ARGS(cwasm_i32(7)), &r, 1), &f.err);
        assert_int_equal(fixture_i32(&f, "list", ARGS(cwasm_i32(10), cwasm_i32(5000))), 55);
        assert_int_equal(fixture_i32(&f, "value", &r, 1), 7);
        bool done = failing.requests < n;
        fixture_close(&f);
        if (done)
            break;
    }
    assert_true(failures > 20);
    free(wasm.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gigabytes),  cmocka_unit_test(test_stress),       cmocka_unit_test(test_limit),
        cmocka_unit_test(test_handles),    cmocka_unit_test(test_host_calls),   cmocka_unit_test(test_interruption),
        cmocka_unit_test(test_no_memory),
    };
    return RUN(tests);
}
