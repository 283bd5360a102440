/*
 * test_gc_exceptions.c - exceptions are objects like others: they refer to structures and structures to them, in cycles, too; millions of them
 * pass through a small heap; what still refers to one keeps it: frames, legacy catches, tables, globals, handles of the host.
 */
#include "cm.h"
#include "fixture.h"

#define MIB ((uint64_t)1 << 20)

static const char program[] =
    "(module"
    "  (import \"h\" \"see\" (func $see (param exnref) (result exnref)))"
    "  (type $node (struct (field $v (mut i32)) (field $e (mut exnref)) (field $next (mut (ref null $node)))))"
    "  (type $bytes (array (mut i8)))"
    "  (tag $t (export \"t\") (param i32 (ref null $node) exnref))"
    "  (tag $none)"
    "  (tag $big (param v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128))"
    "  (global $g (mut exnref) (ref.null exn))"
    "  (table $table 3 exnref)"
    "  (func $make (param $v i32) (param $n (ref null $node)) (param $e exnref) (result exnref)"
    "    (block $h (result i32 (ref null $node) exnref exnref)"
    "      (try_table (catch_ref $t $h) (throw $t (local.get $v) (local.get $n) (local.get $e))) (unreachable))"
    "    (local.set $e) (drop) (drop) (drop) (local.get $e))"
    "  (func $value (param $e exnref) (result i32)"
    "    (block $h (result i32 (ref null $node) exnref) (try_table (catch $t $h) (throw_ref (local.get $e))) (unreachable))"
    "    (drop) (drop))"
    "  (func $node_of (param $e exnref) (result (ref null $node))"
    "    (block $h (result i32 (ref null $node) exnref) (try_table (catch $t $h) (throw_ref (local.get $e))) (unreachable))"
    "    (drop) (return))"
    /* n cycles of a node and the exception that carries it */
    "  (func (export \"cycles\") (param $n i32) (result i32) (local $x (ref null $node)) (local $s i32)"
    "    (loop $l"
    "      (local.set $x (struct.new $node (local.get $n) (ref.null exn) (ref.null $node)))"
    "      (struct.set $node $e (local.get $x) (call $make (local.get $n) (local.get $x) (ref.null exn)))"
    "      (drop (array.new_default $bytes (i32.const 24)))"
    "      (local.set $s (i32.add (local.get $s) (struct.get $node $v (call $node_of (struct.get $node $e (local.get $x))))))"
    "      (local.set $s (i32.sub (local.get $s) (call $value (struct.get $node $e (local.get $x)))))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "    (local.get $s))"
    /* exceptions of 264 bytes, each dropped */
    "  (func (export \"big\") (param $n i32) (result i32) (local $v v128)"
    "    (loop $l"
    "      (block $h (try_table (catch_all $h) (throw $big (local.get $v) (local.get $v) (local.get $v) (local.get $v) (local.get $v) (local.get $v)"
    "        (local.get $v) (local.get $v) (local.get $v) (local.get $v) (local.get $v) (local.get $v) (local.get $v) (local.get $v) (local.get $v)"
    "        (local.get $v))))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "    (local.get $n))"
    /* a chain of exceptions; then garbage, then the sum of the chain */
    "  (func (export \"chain\") (param $n i32) (param $garbage i32) (result i32) (local $e exnref) (local $s i32)"
    "    (loop $l"
    "      (local.set $e (call $make (local.get $n) (ref.null $node) (local.get $e)))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "    (loop $l (drop (array.new_default $bytes (i32.const 1000))) (br_if $l (local.tee $garbage (i32.sub (local.get $garbage) (i32.const 1)))))"
    "    (block $end (loop $l"
    "      (br_if $end (ref.is_null (local.get $e)))"
    "      (block $h (result i32 (ref null $node) exnref) (try_table (catch $t $h) (throw_ref (local.get $e))) (unreachable))"
    "      (local.set $e) (drop) (i32.add (local.get $s)) (local.set $s)"
    "      (br $l)))"
    "    (local.get $s))"
    /* kept by a table, a global, a node, the host, and an operand below a call */
    "  (func $garbage (param $n i32)"
    "    (loop $l (drop (call $make (i32.const 1) (struct.new $node (i32.const 2) (ref.null exn) (ref.null $node)) (ref.null exn)))"
    "      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))"
    "  (func (export \"kept\") (param $garbage i32) (result i32) (local $x (ref null $node))"
    "    (table.set $table (i32.const 1) (call $make (i32.const 1) (ref.null $node) (ref.null exn)))"
    "    (global.set $g (call $make (i32.const 10) (ref.null $node) (ref.null exn)))"
    "    (local.set $x (struct.new $node (i32.const 7) (call $make (i32.const 100) (ref.null $node) (ref.null exn)) (ref.null $node)))"
    "    (call $make (i32.const 1000) (local.get $x) (ref.null exn))"
    "    (drop (call $see (call $make (i32.const 10000) (ref.null $node) (ref.null exn))))"
    "    (call $garbage (local.get $garbage))"
    "    (call $value) (i32.add (call $value (table.get $table (i32.const 1)))) (i32.add (call $value (global.get $g)))"
    "    (i32.add (call $value (struct.get $node $e (local.get $x)))))"
    "  (func (export \"legacy\") (param $n i32) (result i32)"
    "    try (result i32)"
    "      try (result i32)"
    "        (throw $t (i32.const 40) (struct.new $node (i32.const 2) (ref.null exn) (ref.null $node)) (ref.null exn))"
    "      catch_all"
    "        (call $garbage (local.get $n))"
    "        try (throw $none) catch $none (call $garbage (local.get $n)) end"
    "        rethrow 0"
    "      end"
    "    catch $t"
    "      (drop) (struct.get $node $v) (i32.add)"
    "    end)"
    ")";

typedef struct Env { cwasm_store *store; cwasm_exception *kept; int seen; } Env;

static cwasm_trap_code see(void *data, cwasm_caller *caller, uint64_t *slots)
{
    Env *env = data;
    (void)caller;
    cwasm_val val = { .type = CWASM_EXNREF };
    val.of.bits[0] = slots[0];
    cwasm_exception_free(env->kept);
    env->kept = cwasm_val_exception(&val);
    env->seen++;
    return cwasm_store_collect(env->store) == CWASM_OK ? CWASM_TRAP_NONE : CWASM_TRAP_HOST;
}

static Wasm wasm;

static void open_program(Fixture *f, Env *env, const Variant *v, bool stress)
{
    cwasm_config *config = variant_config(v);
    assert_int_equal(cwasm_config_feature(config, "legacy-exceptions", true), CWASM_OK);
    cwasm_config_gc_stress(config, stress);
    fixture_open_config(f, v, config, wasm);
    *env = (Env){ f->store, NULL, 0 };
    assert_ok(cwasm_linker_define_func(f->linker, "h", "see", "x:x", see, env, &f->err), &f->err);
    fixture_instantiate(f);
}

static void close_program(Fixture *f, Env *env)
{
    cwasm_exception_free(env->kept);
    fixture_close(f);
}

/* Hundreds of megabytes of exceptions in a heap of 6 MiB. */
static void test_small_heap(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_dispatcher(i)); i++) {
        Fixture f;
        Env env;
        cwasm_heap_stats stats;
        open_program(&f, &env, v, false);
        cwasm_store_limit_heap(f.store, 6 * MIB);
        assert_int_equal(fixture_i32(&f, "cycles", ARGS(cwasm_i32(1000000))), 0);
        cwasm_store_heap_stats(f.store, &stats);
        assert_in_range(stats.committed, 1, 6 * MIB);
        assert_true(stats.allocated > 100 * MIB);
        assert_int_equal(fixture_i32(&f, "big", ARGS(cwasm_i32(500000))), 0);
        cwasm_store_heap_stats(f.store, &stats);
        assert_in_range(stats.committed, 1, 6 * MIB);
        assert_true(stats.allocated > 220 * MIB);
        close_program(&f, &env);
    }
}

/* What is reachable stays, until there is too much of it. */
static void test_limit(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        Env env;
        cwasm_val r;
        open_program(&f, &env, v, false);
        cwasm_store_limit_heap(f.store, 6 * MIB);
        assert_int_equal(fixture_i32(&f, "chain", ARGS(cwasm_i32(20000), cwasm_i32(20000))), 20000 * 20001 / 2);
        assert_status(CWASM_TRAP, fixture_call(&f, "chain", ARGS(cwasm_i32(1000000), cwasm_i32(1)), &r, 1), &f.err);
        assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_OUT_OF_MEMORY);
        assert_int_equal(cwasm_store_trap(f.store)->n_frames, 2);
        assert_int_equal(fixture_i32(&f, "chain", ARGS(cwasm_i32(20000), cwasm_i32(20000))), 20000 * 20001 / 2);
        close_program(&f, &env);
    }
}

static void test_kept(void **state)
{
    (void)state;
    const Variant *v;
    for (int stress = 0; stress < 2; stress++) {
        for (size_t i = 0; (v = variant_get(i)); i++) {
            Fixture f;
            Env env;
            int garbage = stress ? 100 : 200000;
            open_program(&f, &env, v, stress);
            assert_int_equal(fixture_i32(&f, "kept", ARGS(cwasm_i32(garbage))), 1111);
            assert_int_equal(fixture_i32(&f, "legacy", ARGS(cwasm_i32(garbage))), 42);
            if (stress)
                assert_int_equal(fixture_i32(&f, "cycles", ARGS(cwasm_i32(50))), 0);
            /* the host still has its own, whatever was collected */
            assert_int_equal(env.seen, 1);
            assert_int_equal(cwasm_store_collect(f.store), CWASM_OK);
            assert_ptr_equal(cwasm_exception_tag(env.kept), cwasm_instance_tag(f.instance, "t"));
            assert_int_equal(cwasm_exception_value(env.kept, 0).of.i32, 10000);
            close_program(&f, &env);
        }
    }
}

/* Handles given back and taken again, in numbers; after the last one nothing is left. */
static void test_handles(void **state)
{
    (void)state;
    Fixture f;
    Env env;
    cwasm_heap_stats stats;
    open_program(&f, &env, variant_get(0), false);
    cwasm_tag *tag;
    assert_ok(cwasm_tag_new(f.store, "Ix", &tag, &f.err), &f.err);
    cwasm_exception *first = NULL, *e[64] = { NULL };
    for (int i = 0; i < 20000; i++) {
        cwasm_val values[2] = { cwasm_i64(i), cwasm_exnref(i % 3 ? first : NULL) };
        cwasm_exception_free(e[i % 64]);
        assert_ok(cwasm_exception_new(tag, values, 2, &e[i % 64], &f.err), &f.err);
        if (i == 0) {
            values[1] = cwasm_exnref(e[0]);
            first = cwasm_val_exception(&values[1]);
            assert_ptr_equal(first, e[0]);
        }
        if (i % 1000 == 999) {
            cwasm_store_release_refs(f.store);
            assert_int_equal(cwasm_store_collect(f.store), CWASM_OK);
            assert_int_equal(cwasm_exception_value(first, 0).of.i64, 0);
            assert_int_equal(cwasm_exception_value(e[i % 64], 0).of.i64, i);
        }
    }
    for (int i = 0; i < 64; i++)
        cwasm_exception_free(e[i]);
    cwasm_exception_free(first);
    cwasm_store_release_refs(f.store);
    assert_int_equal(cwasm_store_collect(f.store), CWASM_OK);
    cwasm_store_heap_stats(f.store, &stats);
    assert_int_equal(stats.live, 0);
    close_program(&f, &env);
}

/* The function that the host entered was replaced, by a tail call into another instance, when the collector walks its frames. */
static void test_entry_replaced(void **state)
{
    (void)state;
    static const char outer[] =
        "(module (import \"a\" \"cycles\" (func $cycles (param i32) (result i32)))"
        "  (func (export \"f\") (param i32) (result i32) (return_call $cycles (local.get 0))))";
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        Env env;
        cwasm_module *module;
        cwasm_instance *instance;
        cwasm_val r, n = cwasm_i32(100);
        open_program(&f, &env, v, true);
        Wasm text = wat_parse(outer);
        assert_ok(cwasm_module_new(f.engine, text.bytes, text.size, &module, &f.err), &f.err);
        free(text.bytes);
        assert_ok(cwasm_linker_define_instance(f.linker, "a", 1, f.instance, &f.err), &f.err);
        assert_ok(cwasm_linker_instantiate(f.linker, f.store, module, &instance, &f.err), &f.err);
        assert_ok(cwasm_func_call(f.store, cwasm_instance_func(instance, "f"), &n, 1, &r, 1, &f.err), &f.err);
        assert_int_equal(r.of.i32, 0);
        cwasm_module_free(module);
        close_program(&f, &env);
    }
}

int main(void)
{
    wasm = wat_parse(program);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_heap), cmocka_unit_test(test_limit), cmocka_unit_test(test_kept), cmocka_unit_test(test_handles),
        cmocka_unit_test(test_entry_replaced),
    };
    int failed = RUN(tests);
    free(wasm.bytes);
    return failed;
}
