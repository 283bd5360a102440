/*
 * test_prepare.c - prepared modules and pools: instances begin alike whatever the last user of their store has done, and never see each other.
 */
#include <pthread.h>

#include "cm.h"
#include "fixture.h"

/* Everything that an instance can change, and functions that change it. Memory: data on pages 0, 1 and 4, 6 pages to begin with. */
static const char wat[] =
    "(module"
    "  (import \"h\" \"tick\" (func $tick (param i32) (result i32)))"
    "  (type $t (func (result i32)))"
    "  (memory (export \"memory\") 6 4096)"
    "  (data (i32.const 16) \"hello\") (data (i32.const 65530) \"across the border\") (data (i32.const 300000) \"far\")"
    "  (data $passive \"passive\")"
    "  (global $g (export \"g\") (mut i32) (i32.const 7)) (global $h (mut i64) (i64.const -1))"
    "  (table $funcs (export \"table\") 4 100 funcref) (elem (table $funcs) (i32.const 1) func $one $two)"
    "  (elem $late func $two $one $two)"
    "  (func $one (type $t) i32.const 1) (func $two (type $t) i32.const 2)"
    "  (func $start global.get $g i32.const 1 i32.add global.set $g) (start $start)"
    "  (func (export \"spoil\") (param $pages i32) (result i32) (local $i i32)"
    "    i32.const 100 global.set $g i64.const 5 global.set $h"
    "    i32.const 0 ref.null func table.set $funcs i32.const 1 ref.func $two table.set $funcs"
    "    ref.func $one i32.const 10 table.grow $funcs drop"
    "    i32.const 2 i32.const 0 i32.const 2 table.init $funcs $late elem.drop $late"
    "    i32.const 1000 i32.const 0 i32.const 7 memory.init $passive data.drop $passive"
    "    i32.const 3 memory.grow drop"
    "    loop $next"
    "      local.get $i i32.const 4096 i32.mul i32.const 8 i32.add local.get $i i32.const 1 i32.add i32.store"
    "      local.get $i i32.const 1 i32.add local.tee $i local.get $pages i32.lt_u br_if $next"
    "    end"
    "    memory.size)"
    "  (func (export \"g_now\") (result i32) global.get $g)"
    "  (func (export \"h_now\") (result i64) global.get $h)"
    "  (func (export \"call\") (param i32) (result i32) local.get 0 call_indirect $funcs (type $t))"
    "  (func (export \"init\") i32.const 2000 i32.const 0 i32.const 7 memory.init $passive i32.const 0 i32.const 0 i32.const 3 table.init $funcs $late)"
    "  (func (export \"tick\") (param i32) (result i32) local.get 0 call $tick)"
    "  (func (export \"grow\") (param i32) (result i32) local.get 0 memory.grow)"
    "  (func (export \"trap\") unreachable))";

static cwasm_trap_code tick(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)caller;
    slots[0] = cwasm_slot_from_i32(cwasm_slot_i32(slots[0]) + *(const int32_t *)env);
    return CWASM_TRAP_NONE;
}

static int32_t default_step = 1;
static const cwasm_host_def defs[] = { { "tick", "i:i", tick } };

typedef struct Kit {
    cwasm_engine *engine;
    cwasm_module *module;
    cwasm_linker *linker;
    cwasm_prepared *prepared;
    cwasm_pool *pool;
    cwasm_error err;
} Kit;

static void open_kit(Kit *k, const Variant *v, const char *text, size_t max_idle)
{
    Wasm wasm = wat_parse(text);
    cwasm_config *config = v ? variant_config(v) : NULL;
    assert_ok(cwasm_engine_new(config, &k->engine, &k->err), &k->err);
    cwasm_config_free(config);
    assert_ok(cwasm_module_new(k->engine, wasm.bytes, wasm.size, &k->module, &k->err), &k->err);
    assert_ok(cwasm_linker_new(k->engine, &k->linker, &k->err), &k->err);
    assert_ok(cwasm_linker_define_funcs(k->linker, "h", defs, 1, &default_step, &k->err), &k->err);
    assert_ok(cwasm_linker_prepare(k->linker, k->module, &k->prepared, &k->err), &k->err);
    assert_ok(cwasm_pool_new(k->prepared, max_idle, &k->pool, &k->err), &k->err);
    free(wasm.bytes);
}

static void close_kit(Kit *k)
{
    cwasm_pool_free(k->pool);
    cwasm_prepared_free(k->prepared);
    cwasm_linker_free(k->linker);
    cwasm_module_free(k->module);
    cwasm_engine_free(k->engine);
}

static cwasm_store *take(Kit *k, cwasm_instance **instance)
{
    cwasm_store *store;
    assert_ok(cwasm_pool_take(k->pool, &store, &k->err), &k->err);
    cwasm_store_set_fuel(store, UINT64_MAX);
    assert_ok(cwasm_prepared_instantiate(k->prepared, store, instance, &k->err), &k->err);
    return store;
}

static int32_t call(cwasm_store *store, cwasm_instance *instance, const char *name, int32_t arg)
{
    cwasm_val in = cwasm_i32(arg), out = cwasm_i32(-1);
    cwasm_func *func = cwasm_instance_func(instance, name);
    cwasm_error err;
    if (!func)
        fail_msg("no export %s", name);
    cwasm_functype type = cwasm_func_type(func);
    assert_ok(cwasm_func_call(store, func, &in, type.n_params, &out, type.n_results, &err), &err);
    return out.of.i32;
}

static cwasm_trap_code trap_of(cwasm_store *store, cwasm_instance *instance, const char *name, int32_t arg)
{
    cwasm_val in = cwasm_i32(arg), out;
    cwasm_func *func = cwasm_instance_func(instance, name);
    cwasm_functype type = cwasm_func_type(func);
    assert_int_equal(CWASM_TRAP, cwasm_func_call(store, func, &in, type.n_params, &out, type.n_results, NULL));
    return cwasm_store_trap(store)->code;
}

/* A new instance, seen from outside and inside. */
static void check_new(cwasm_store *store, cwasm_instance *instance)
{
    cwasm_memory *memory = cwasm_instance_memory(instance, "memory");
    static const struct { size_t at; const char *text; } datas[] = { { 16, "hello" }, { 65530, "across the border" }, { 300000, "far" } };
    size_t size = 6 * 65536, d = 0;
    assert_int_equal(size, cwasm_memory_size(memory));
    const uint8_t *bytes = cwasm_memory_view(memory, 0, size);
    assert_non_null(bytes);
    for (size_t i = 0; i < size;) {
        if (d < 3 && i == datas[d].at) {
            assert_memory_equal(bytes + i, datas[d].text, strlen(datas[d].text));
            i += strlen(datas[d++].text);
        } else if (bytes[i++]) {
            fail_msg("byte %zu is %d", i - 1, bytes[i - 1]);
        }
    }
    assert_null(cwasm_memory_view(memory, size, 1));
    assert_int_equal(8, call(store, instance, "g_now", 0));   /* 7, and one start */
    assert_int_equal(4, cwasm_table_size(cwasm_instance_table(instance, "table")));
    assert_int_equal(1, call(store, instance, "call", 1));
    assert_int_equal(2, call(store, instance, "call", 2));
    assert_int_equal(CWASM_TRAP_UNINITIALIZED_ELEMENT, trap_of(store, instance, "call", 0));
    assert_int_equal(CWASM_TRAP_UNINITIALIZED_ELEMENT, trap_of(store, instance, "call", 3));
    assert_int_equal(CWASM_TRAP_UNDEFINED_ELEMENT, trap_of(store, instance, "call", 4));
    assert_int_equal(6, call(store, instance, "tick", 5));
}

/* Changes all there is; writes to that many pages of 4 KiB. */
static void spoil(cwasm_store *store, cwasm_instance *instance, int32_t pages)
{
    assert_int_equal(9, call(store, instance, "spoil", pages));
    assert_int_equal(100, call(store, instance, "g_now", 0));
    assert_int_equal(2, call(store, instance, "call", 1));
    assert_int_equal(1, call(store, instance, "call", 13));
}

static void test_pool(void **state)
{
    (void)state;
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Kit k;
        cwasm_instance *instance;
        open_kit(&k, v, wat, 2);
        static const int32_t pages[] = { 1, 20, 40, 63, 144, 2, 144 };   /* beyond what is kept, too, and what was grown */
        for (size_t round = 0; round < sizeof pages / sizeof *pages; round++) {
            cwasm_store *store = take(&k, &instance);
            check_new(store, instance);
            call(store, instance, "init", 0);   /* passive segments are there again */
            assert_memory_equal("passive", cwasm_memory_view(cwasm_instance_memory(instance, "memory"), 2000, 7), 7);
            spoil(store, instance, pages[round]);
            assert_int_equal(CWASM_TRAP_MEMORY_OUT_OF_BOUNDS, trap_of(store, instance, "init", 0));
            assert_int_equal(CWASM_TRAP_UNREACHABLE, trap_of(store, instance, "trap", 0));
            cwasm_pool_give(k.pool, store);
        }
        close_kit(&k);
    }
}

/* Instances that live at the same time, in stores of pools and others, share nothing that is written. */
static void test_apart(void **state)
{
    (void)state;
    Kit k;
    cwasm_instance *a, *b, *c;
    cwasm_store *own;
    open_kit(&k, NULL, wat, 1);
    cwasm_store *first = take(&k, &a), *second = take(&k, &b);
    assert_ok(cwasm_store_new(k.engine, &own, &k.err), &k.err);
    assert_ok(cwasm_prepared_instantiate(k.prepared, own, &c, &k.err), &k.err);
    spoil(first, a, 60);
    check_new(second, b);
    check_new(own, c);
    spoil(own, c, 3);
    check_new(second, b);
    assert_ok(cwasm_prepared_instantiate(k.prepared, own, &c, &k.err), &k.err);
    check_new(own, c);
    assert_ok(cwasm_prepared_instantiate(k.prepared, first, &a, &k.err), &k.err);   /* a second one beside the pool's */
    check_new(first, a);
    assert_ptr_equal(first, cwasm_instance_store(a));
    cwasm_pool_give(k.pool, first);
    cwasm_pool_give(k.pool, second);   /* one too many: freed */
    first = take(&k, &a);
    check_new(first, a);
    cwasm_pool_give(k.pool, first);
    cwasm_store_free(own);
    close_kit(&k);
}

/* What a user makes and sets in a store is gone for the next one. */
static void test_rewind(void **state)
{
    (void)state;
    Kit k;
    open_kit(&k, NULL, wat, 1);
    for (int round = 0; round < 4; round++) {
        cwasm_store *store;
        cwasm_instance *instance;
        cwasm_func *func;
        cwasm_memory *memory;
        cwasm_global *global;
        cwasm_tag *tag;
        cwasm_exception *exception;
        cwasm_val zero = cwasm_i32(0);
        int32_t step = 10;
        cwasm_limits limits = { .min = 1 };
        assert_ok(cwasm_pool_take(k.pool, &store, &k.err), &k.err);
        assert_null(cwasm_store_user_data(store));
        assert_null(cwasm_store_trap(store));
        assert_int_equal(0, cwasm_store_fuel(store));
        if (round == 2)   /* before the instance: it is then not the kept one */
            assert_ok(cwasm_global_new(store, &zero, true, &global, &k.err), &k.err);
        assert_ok(cwasm_prepared_instantiate(k.prepared, store, &instance, &k.err), &k.err);
        check_new(store, instance);
        assert_ok(cwasm_store_set_env(store, defs, &step, &k.err), &k.err);
        assert_int_equal(15, call(store, instance, "tick", 5));
        cwasm_store_set_user_data(store, &k);
        cwasm_store_set_fuel(store, 5);
        cwasm_store_limit_memory(store, 1);
        assert_int_equal(CWASM_LIMIT, cwasm_prepared_instantiate(k.prepared, store, &instance, &k.err));
        cwasm_store_limit_memory(store, 0);
        assert_ok(cwasm_func_new(store, "i:i", tick, &step, &func, &k.err), &k.err);
        assert_ok(cwasm_memory_new(store, &limits, &memory, &k.err), &k.err);
        assert_ok(cwasm_global_new(store, &zero, true, &global, &k.err), &k.err);
        assert_ok(cwasm_tag_new(store, "i", &tag, &k.err), &k.err);
        assert_ok(cwasm_exception_new(tag, &zero, 1, &exception, &k.err), &k.err);
        cwasm_exception_free(exception);
        trap_of(store, instance, "trap", 0);
        cwasm_pool_give(k.pool, store);
    }
    /* a limit below what the kept instance has */
    cwasm_store *store;
    cwasm_instance *instance;
    assert_ok(cwasm_pool_take(k.pool, &store, &k.err), &k.err);
    cwasm_store_limit_memory(store, 65536);
    assert_int_equal(CWASM_LIMIT, cwasm_prepared_instantiate(k.prepared, store, &instance, &k.err));
    cwasm_store_limit_memory(store, 0);
    cwasm_store_limit_table(store, 2);
    assert_int_equal(CWASM_LIMIT, cwasm_prepared_instantiate(k.prepared, store, &instance, &k.err));
    cwasm_pool_give(k.pool, store);
    close_kit(&k);
}

/* Pages that no reservation has room for. TSan makes shadow memory for what is mapped, and the library reserves less with it. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define OUT_OF_PLACE "400"
#endif
#endif
#ifndef OUT_OF_PLACE
#define OUT_OF_PLACE "80000"
#endif

/* Objects of the collector in globals, tables and exceptions; 64-bit memories that outgrow their place; pages of one byte; no memory at all. */
static void test_kinds(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "(module (type $s (struct (field (mut i32)))) (tag $e (param i32))"
        "  (global $o (mut (ref $s)) (struct.new $s (i32.const 5))) (table $t 2 (ref null $s))"
        "  (func (export \"run\") (param i32) (result i32)"
        "    i32.const 0 global.get $o table.set $t"
        "    i32.const 1 struct.new_default $s table.set $t"
        "    global.get $o global.get $o struct.get $s 0 local.get 0 i32.add struct.set $s 0"
        "    global.get $o struct.get $s 0)"
        "  (func (export \"throw\") (param i32) (result i32) local.get 0 throw $e))",
        "(module (memory i64 1 200000) (data (i64.const 8) \"\\05\")"
        "  (func (export \"run\") (param i32) (result i32)"
        "    i64.const " OUT_OF_PLACE " memory.grow drop i64.const 8 i64.const 8 i32.load local.get 0 i32.add i32.store i64.const 8 i32.load)"
        "  (func (export \"throw\") (param i32) (result i32) i64.const 5000000000 i32.const 1 i32.store unreachable))",
        "(module (memory 20 1000 (pagesize 1)) (data (i32.const 8) \"\\05\")"
        "  (func (export \"run\") (param i32) (result i32)"
        "    i32.const 8 i32.const 8 i32.load local.get 0 i32.add i32.store i32.const 100 memory.grow drop i32.const 8 i32.load)"
        "  (func (export \"throw\") (param i32) (result i32) unreachable))",
        "(module (global $g (mut i32) (i32.const 5))"
        "  (func (export \"run\") (param i32) (result i32) global.get $g local.get 0 i32.add global.set $g global.get $g)"
        "  (func (export \"throw\") (param i32) (result i32) unreachable))",
        "(module (memory 1) (data (i32.const 0) \"\\05\") (memory 1 (pagesize 1))"
        "  (func (export \"run\") (param i32) (result i32) i32.const 0 i32.const 0 i32.load local.get 0 i32.add i32.store i32.const 0 i32.load)"
        "  (func (export \"throw\") (param i32) (result i32) unreachable))",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Kit k;
        cwasm_config *config = cwasm_config_new();
        Wasm wasm = wat_parse(texts[i]);
        assert_ok(cwasm_config_feature(config, "custom-page-sizes", true), &k.err);
        assert_ok(cwasm_engine_new(config, &k.engine, &k.err), &k.err);
        assert_ok(cwasm_module_new(k.engine, wasm.bytes, wasm.size, &k.module, &k.err), &k.err);
        assert_ok(cwasm_linker_new(k.engine, &k.linker, &k.err), &k.err);
        assert_ok(cwasm_linker_prepare(k.linker, k.module, &k.prepared, &k.err), &k.err);
        assert_ok(cwasm_pool_new(k.prepared, 1, &k.pool, &k.err), &k.err);
        for (int round = 0; round < 3; round++) {
            cwasm_instance *instance;
            cwasm_store *store = take(&k, &instance);
            assert_int_equal(8, call(store, instance, "run", 3));
            assert_int_equal(18, call(store, instance, "run", 10));
            trap_of(store, instance, "throw", 1);
            cwasm_pool_give(k.pool, store);
        }
        cwasm_config_free(config);
        free(wasm.bytes);
        close_kit(&k);
    }
}

static void test_errors(void **state)
{
    (void)state;
    static const struct { const char *wat; cwasm_status prepare, instantiate; const char *text; } rows[] = {
        { "(module (import \"h\" \"gone\" (func)))", CWASM_LINK, 0, "unknown import: h.gone" },
        { "(module (import \"h\" \"tick\" (func)))", CWASM_LINK, 0, "incompatible import type: h.tick" },
        { "(module (import \"m\" \"memory\" (memory 1)))", CWASM_LINK, 0, "import m.memory is defined by a value of one store" },
        { "(module (memory 1) (data (i32.const 65536) \"x\"))", CWASM_OK, CWASM_TRAP, "out of bounds memory access" },
        { "(module (table 1 funcref) (func $f) (elem (i32.const 1) func $f))", CWASM_OK, CWASM_TRAP, "out of bounds table access" },
        { "(module (func $f unreachable) (start $f))", CWASM_OK, CWASM_TRAP, "unreachable" },
        { "(module (memory 1 1) (data (i32.const 0) \"\") (data (i32.const 65536) \"\"))", CWASM_OK, CWASM_OK, "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Kit k = { .engine = NULL };
        cwasm_store *home;
        cwasm_memory *memory;
        cwasm_limits limits = { .min = 1 };
        Wasm wasm = wat_parse(rows[i].wat);
        assert_ok(cwasm_engine_new(NULL, &k.engine, &k.err), &k.err);
        assert_ok(cwasm_module_new(k.engine, wasm.bytes, wasm.size, &k.module, &k.err), &k.err);
        assert_ok(cwasm_linker_new(k.engine, &k.linker, &k.err), &k.err);
        assert_ok(cwasm_store_new(k.engine, &home, &k.err), &k.err);
        assert_ok(cwasm_memory_new(home, &limits, &memory, &k.err), &k.err);
        cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY, .of.memory = memory };
        assert_ok(cwasm_linker_define(k.linker, "m", 1, "memory", 6, &ext, &k.err), &k.err);
        assert_ok(cwasm_linker_define_funcs(k.linker, "h", defs, 1, &default_step, &k.err), &k.err);
        assert_status(rows[i].prepare, cwasm_linker_prepare(k.linker, k.module, &k.prepared, &k.err), &k.err);
        if (rows[i].prepare) {
            assert_begins(rows[i].text, k.err.message);
        } else {
            assert_ok(cwasm_pool_new(k.prepared, 1, &k.pool, &k.err), &k.err);
            for (int round = 0; round < 3; round++) {
                cwasm_store *store;
                cwasm_instance *instance;
                assert_ok(cwasm_pool_take(k.pool, &store, &k.err), &k.err);
                assert_status(rows[i].instantiate, cwasm_prepared_instantiate(k.prepared, store, &instance, &k.err), &k.err);
                if (rows[i].instantiate)
                    assert_begins(rows[i].text, k.err.message);
                cwasm_pool_give(k.pool, store);
            }
        }
        cwasm_store_free(home);
        free(wasm.bytes);
        close_kit(&k);
    }
}

/* ---- WASI: one linker, one wasi per store ---- */

static const char wasi_wat[] =
    "(module (import \"wasi_snapshot_preview1\" \"args_sizes_get\" (func $sizes (param i32 i32) (result i32)))"
    "  (memory (export \"memory\") 1)"
    "  (func (export \"args\") (result i32) i32.const 0 i32.const 4 call $sizes drop i32.const 0 i32.load))";

static void test_wasi(void **state)
{
    (void)state;
    Kit k;
    Wasm wasm = wat_parse(wasi_wat);
    assert_ok(cwasm_engine_new(NULL, &k.engine, &k.err), &k.err);
    assert_ok(cwasm_module_new(k.engine, wasm.bytes, wasm.size, &k.module, &k.err), &k.err);
    assert_ok(cwasm_linker_new(k.engine, &k.linker, &k.err), &k.err);
    assert_ok(cwasm_wasi_define(NULL, k.linker, &k.err), &k.err);
    assert_ok(cwasm_linker_prepare(k.linker, k.module, &k.prepared, &k.err), &k.err);
    assert_ok(cwasm_pool_new(k.prepared, 1, &k.pool, &k.err), &k.err);
    static const char *const args[] = { "a", "b", "c", "d" };
    for (int32_t n = 0; n < 8; n++) {
        cwasm_store *store;
        cwasm_instance *instance;
        cwasm_wasi *wasi;
        assert_ok(cwasm_pool_take(k.pool, &store, &k.err), &k.err);
        assert_ok(cwasm_wasi_new(NULL, &wasi, &k.err), &k.err);
        assert_ok(cwasm_wasi_args(wasi, (size_t)n / 2, args, &k.err), &k.err);
        if (n % 2)
            assert_ok(cwasm_wasi_attach(wasi, store, &k.err), &k.err);
        assert_ok(cwasm_prepared_instantiate(k.prepared, store, &instance, &k.err), &k.err);
        if (n % 2) {
            assert_int_equal(n / 2, call(store, instance, "args", 0));
        } else {
            assert_int_equal(CWASM_TRAP_HOST, trap_of(store, instance, "args", 0));   /* and not the last user's */
            assert_string_equal("no WASI was attached to this store", cwasm_store_trap(store)->message);
        }
        cwasm_pool_give(k.pool, store);
        cwasm_wasi_free(wasi);
    }
    free(wasm.bytes);
    close_kit(&k);
}

/* ---- Threads ---- */

enum { THREADS = 8, ROUNDS = 60 };

static void *work(void *arg)
{
    Kit *k = arg;
    for (int round = 0; round < ROUNDS; round++) {
        cwasm_store *store;
        cwasm_instance *instance;
        cwasm_error err;
        if (cwasm_pool_take(k->pool, &store, &err) || cwasm_prepared_instantiate(k->prepared, store, &instance, &err))
            return (void *)(uintptr_t)"no instance";
        cwasm_memory *memory = cwasm_instance_memory(instance, "memory");
        const char *at = cwasm_memory_view(memory, 16, 5);
        cwasm_val n = cwasm_i32(round % 70 + 1), pages;
        if (!at || memcmp(at, "hello", 5) || cwasm_memory_size(memory) != 6 * 65536)
            return (void *)(uintptr_t)"not as new";
        if (cwasm_func_call(store, cwasm_instance_func(instance, "spoil"), &n, 1, &pages, 1, &err) || pages.of.i32 != 9)
            return (void *)(uintptr_t)"wrong result";
        cwasm_pool_give(k->pool, store);
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    Kit k;
    pthread_t threads[THREADS];
    open_kit(&k, NULL, wat, 3);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, work, &k));
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        if (wrong)
            fail_msg("thread %d: %s", i, (const char *)wrong);
    }
    close_kit(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool), cmocka_unit_test(test_apart), cmocka_unit_test(test_rewind), cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_errors), cmocka_unit_test(test_wasi), cmocka_unit_test(test_threads),
    };
    return RUN(tests);
}
