/*
 * test_allocation.c - the embedder's allocator: everything comes from it and goes back, sizes are told truly, and when the n-th request
 * fails - for every n - the call fails with a clear status, nothing leaks and nothing crashes.
 */
#include "cm.h"
#include "fixture.h"

typedef struct Block {
    size_t size;
    size_t magic;
    max_align_t bytes[];
} Block;

enum { MAGIC = 0x600d };

typedef struct Counting {
    size_t blocks, bytes;      /* live */
    size_t requests;           /* allocations and growths so far */
    size_t fail_at;            /* the request that fails; 0: none */
    bool fail_after;           /* and all after it */
    bool wrong;                /* a size or pointer that we never gave */
} Counting;

static void *counting_realloc(void *ctx, void *p, size_t old_size, size_t new_size)
{
    Counting *c = ctx;
    Block *block = p ? (Block *)((char *)p - offsetof(Block, bytes)) : NULL;
    if ((!p && old_size) || (p && (block->magic != MAGIC || block->size != old_size))) {
        c->wrong = true;
        return NULL;
    }
    if (new_size == 0) {
        if (p) {
            c->blocks--, c->bytes -= old_size;
            block->magic = 0;
            free(block);
        }
        return NULL;
    }
    if (++c->requests == c->fail_at || (c->fail_after && c->fail_at && c->requests > c->fail_at))
        return NULL;
    Block *fresh = malloc(offsetof(Block, bytes) + new_size);
    if (!fresh)
        abort();
    fresh->size = new_size, fresh->magic = MAGIC;
    memset(fresh->bytes, 0xa5, new_size);   /* nobody may count on zeros */
    if (p) {
        memcpy(fresh->bytes, block->bytes, old_size < new_size ? old_size : new_size);
        memset(block->bytes, 0x5a, old_size);
        block->magic = 0;
        free(block);                        /* always moves */
        c->bytes -= old_size;
    } else {
        c->blocks++;
    }
    c->bytes += new_size;
    return fresh->bytes;
}

static cwasm_trap_code host(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller;
    slots[0] = cwasm_slot_from_i32(cwasm_slot_i32(slots[0]) + 1);
    return CWASM_TRAP_NONE;
}

/* Something of everything. */
static const char all_wat[] =
    "(module $with-a-name"
    "  (type $ii (func (param i32) (result i32)))"
    "  (import \"h\" \"host\" (func $host (type $ii)))"
    "  (import \"h\" \"m\" (memory $shared 1))"
    "  (import \"h\" \"t\" (table $theirs 1 funcref))"
    "  (import \"h\" \"g\" (global $theirs (mut i32)))"
    "  (memory $own (export \"memory\") 1 20)"
    "  (memory $third 1)"
    "  (table $table (export \"table\") 10 100 funcref)"
    "  (table $refs 3 externref)"
    "  (global $g (export \"g\") (mut i32) (i32.const 5))"
    "  (global $h i64 (i64.add (i64.const 2) (i64.const 3)))"
    "  (data (memory $own) (i32.const 0) \"active\")"
    "  (data $passive \"passive\")"
    "  (elem (table $table) (i32.const 0) func $host $fac $loop $br)"
    "  (elem $later func $fac $br)"
    "  (func $fac (export \"fac\") (type $ii) local.get 0 i32.eqz if (result i32) i32.const 1 else"
    "    local.get 0 local.get 0 i32.const 1 i32.sub call $fac i32.mul end)"
    "  (func $loop (export \"loop\") (type $ii) (local i32 f64)"
    "    loop $l local.get 1 local.get 0 i32.add local.set 1 local.get 2 f64.const 1 f64.add local.set 2"
    "    local.get 0 i32.const 1 i32.sub local.tee 0 br_if $l end local.get 1 local.get 2 i32.trunc_f64_s i32.add)"
    "  (func $br (export \"br\") (type $ii)"
    "    block block block block local.get 0 br_table 0 1 2 3 end i32.const 10 return end i32.const 20 return end i32.const 30 return end i32.const 40)"
    "  (func (export \"indirect\") (param i32 i32) (result i32) local.get 1 local.get 0 call_indirect $table (type $ii))"
    "  (func (export \"grow\") (type $ii) local.get 0 memory.grow $own)"
    "  (func (export \"grow table\") (type $ii) ref.func $fac local.get 0 table.grow $table)"
    "  (func (export \"init\") i32.const 8 i32.const 0 i32.const 2 table.init $table $later"
    "    i32.const 100 i32.const 0 i32.const 7 memory.init $own $passive)"
    "  (func (export \"trap\") (type $ii) local.get 0 call $deep)"
    "  (func $deep (type $ii) local.get 0 i32.eqz if unreachable end local.get 0 i32.const 1 i32.sub call $deep)"
    "  (func (export \"many\") (result i32 i64 f32 f64 i32) i32.const 1 i64.const 2 f32.const 3 f64.const 4 i32.const 5)"
    "  (func $start i32.const 1 call $host global.set $g)"
    "  (start $start))";

/* What a step may end with when memory fails, beside success. Guest code may also see grow fail. */
static bool expected_failure(const Counting *c, cwasm_status status, const cwasm_error *err, cwasm_store *store)
{
    if (!c->fail_at || c->requests < c->fail_at)
        return false;
    if (status == CWASM_NO_MEMORY)
        return err->status == CWASM_NO_MEMORY && strlen(err->message) > 3;
    return status == CWASM_TRAP && store && cwasm_store_trap(store)->code == CWASM_TRAP_OUT_OF_MEMORY;
}

static void write_nothing(void *ctx, const char *text, size_t size)
{
    (void)text;
    *(size_t *)ctx += size;
}

/* Runs everything with the counting allocator; true if nothing failed. */
static bool run_everything(Counting *c, cwasm_compile compile, Wasm wasm, const char **step)
{
    cwasm_allocator allocator = { counting_realloc, c };
    cwasm_config *config = cwasm_config_new();
    cwasm_engine *engine = NULL;
    cwasm_module *module = NULL;
    cwasm_store *store = NULL;
    cwasm_linker *linker = NULL;
    cwasm_instance *instance = NULL;
    cwasm_error err = { 0 };
    bool fine = false;
    size_t written = 0;
#define STEP(call)                                                                                                             \
    do {                                                                                                                       \
        *step = #call;                                                                                                         \
        cwasm_status status_ = (call);                                                                                         \
        if (status_) {                                                                                                         \
            if (!expected_failure(c, status_, &err, store))                                                                    \
                fail_msg("request %zu failed: %s: %s: %s", c->fail_at, #call, cwasm_status_name(status_), err.message);        \
            goto out;                                                                                                          \
        }                                                                                                                      \
    } while (0)
    cwasm_config_allocator(config, &allocator);
    cwasm_config_compile(config, compile);
    STEP(cwasm_engine_new(config, &engine, &err));
    STEP(cwasm_module_new(engine, wasm.bytes, wasm.size, &module, &err));
    STEP(cwasm_store_new(engine, &store, &err));
    STEP(cwasm_linker_new(engine, &linker, &err));
    STEP(cwasm_linker_define_func(linker, "h", "host", "i:i", host, NULL, &err));
    cwasm_limits one = { .min = 1, .page_log2 = 16 }, table_limits = { .min = 5 };
    cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY };
    STEP(cwasm_memory_new(store, &one, &ext.of.memory, &err));
    STEP(cwasm_linker_define(linker, "h", 1, "m", 1, &ext, &err));
    ext.kind = CWASM_EXTERN_TABLE;
    STEP(cwasm_table_new(store, CWASM_FUNCREF, &table_limits, NULL, &ext.of.table, &err));
    STEP(cwasm_linker_define(linker, "h", 1, "t", 1, &ext, &err));
    ext.kind = CWASM_EXTERN_GLOBAL;
    cwasm_val seven = cwasm_i32(7), val, many[5];
    STEP(cwasm_global_new(store, &seven, true, &ext.of.global, &err));
    STEP(cwasm_linker_define(linker, "h", 1, "g", 1, &ext, &err));
    cwasm_func *func;
    STEP(cwasm_func_new(store, "iIfF:F", host, NULL, &func, &err));
    STEP(cwasm_linker_instantiate(linker, store, module, &instance, &err));
    STEP(cwasm_linker_define_instance(linker, "self", 4, instance, &err));
#define CALL(name, n_results, ...)                                                                                             \
    STEP(cwasm_func_call(store, cwasm_instance_func(instance, name), __VA_ARGS__, n_results ? &val : NULL, n_results, &err))
    CALL("fac", 1, ARGS(cwasm_i32(5)));
    assert_int_equal(val.of.i32, 120);
    CALL("loop", 1, ARGS(cwasm_i32(10)));
    assert_int_equal(val.of.i32, 65);
    CALL("indirect", 1, ARGS(cwasm_i32(3), cwasm_i32(2)));
    assert_int_equal(val.of.i32, 30);
    CALL("indirect", 1, ARGS(cwasm_i32(0), cwasm_i32(41)));
    assert_int_equal(val.of.i32, 42);
    CALL("grow", 1, ARGS(cwasm_i32(3)));
    if (val.of.i32 != 1) {
        assert_true(c->fail_at && val.of.i32 == -1);
        goto out;
    }
    CALL("grow table", 1, ARGS(cwasm_i32(30)));
    if (val.of.i32 != 10) {
        assert_true(c->fail_at && val.of.i32 == -1);
        goto out;
    }
    CALL("init", 0, NO_ARGS);
    STEP(cwasm_func_call(store, cwasm_instance_func(instance, "many"), NULL, 0, many, 5, &err));
    assert_int_equal(many[4].of.i32, 5);
    *step = "trap";
    cwasm_status status = cwasm_func_call(store, cwasm_instance_func(instance, "trap"), &seven, 1, &val, 1, &err);
    if (status == CWASM_NO_MEMORY || (status == CWASM_TRAP && cwasm_store_trap(store)->code == CWASM_TRAP_OUT_OF_MEMORY)) {
        assert_true(expected_failure(c, status, &err, store));
        goto out;
    }
    assert_int_equal(status, CWASM_TRAP);
    assert_int_equal(cwasm_store_trap(store)->code, CWASM_TRAP_UNREACHABLE);   /* a backtrace may lack what memory was missing for */
    for (uint32_t i = 1; i < cwasm_module_n_funcs(module); i++)
        STEP(cwasm_module_disassemble(module, i, write_nothing, &written, &err));
    fine = true;
out:
    cwasm_store_free(store);
    cwasm_linker_free(linker);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    cwasm_config_free(config);
    return fine;
}

/* A prepared module and a pool, used a few times. */
static const char pool_wat[] =
    "(module (import \"h\" \"host\" (func $host (param i32) (result i32)))"
    "  (memory 1 5) (data (i32.const 8) \"data\") (table 4 20 funcref) (elem (i32.const 1) func $host $run) (elem $e func $run $host)"
    "  (global $g (mut i32) (i32.const 4))"
    "  (func $run (export \"run\") (param i32) (result i32)"
    "    i32.const 0 i32.const 0 i32.const 2 table.init $e elem.drop $e ref.null func i32.const 5 table.grow drop i32.const 1 memory.grow drop"
    "    global.get $g local.get 0 call $host i32.add global.set $g i32.const 8 i32.const 0 i32.store global.get $g))";

static bool run_pool(Counting *c, cwasm_compile compile, Wasm wasm, const char **step)
{
    static const cwasm_host_def defs[] = { { "host", "i:i", host } };
    cwasm_allocator allocator = { counting_realloc, c };
    cwasm_config *config = cwasm_config_new();
    cwasm_engine *engine = NULL;
    cwasm_module *module = NULL;
    cwasm_store *store = NULL;
    cwasm_linker *linker = NULL;
    cwasm_prepared *prepared = NULL;
    cwasm_pool *pool = NULL;
    cwasm_instance *instance;
    cwasm_error err = { 0 };
    bool fine = false;
    cwasm_val val;
    cwasm_config_allocator(config, &allocator);
    cwasm_config_compile(config, compile);
    STEP(cwasm_engine_new(config, &engine, &err));
    STEP(cwasm_module_new(engine, wasm.bytes, wasm.size, &module, &err));
    STEP(cwasm_linker_new(engine, &linker, &err));
    STEP(cwasm_linker_define_funcs(linker, "h", defs, 1, NULL, &err));
    STEP(cwasm_linker_prepare(linker, module, &prepared, &err));
    STEP(cwasm_pool_new(prepared, 1, &pool, &err));
    for (int round = 0; round < 3; round++) {
        STEP(cwasm_pool_take(pool, &store, &err));
        STEP(cwasm_store_set_env(store, defs, c, &err));
        STEP(cwasm_prepared_instantiate(prepared, store, &instance, &err));
        STEP(cwasm_func_call(store, cwasm_instance_func(instance, "run"), ARGS(cwasm_i32(5)), &val, 1, &err));
        assert_int_equal(val.of.i32, 10);
        cwasm_pool_give(pool, store);
        store = NULL;
    }
    fine = true;
out:
    if (store)
        cwasm_pool_give(pool, store);
    cwasm_pool_free(pool);
    cwasm_prepared_free(prepared);
    cwasm_linker_free(linker);
    cwasm_module_free(module);
    cwasm_engine_free(engine);
    cwasm_config_free(config);
    return fine;
}

static void assert_all_back(const Counting *c, const char *step)
{
    if (c->wrong)
        fail_msg("request %zu failed (%s): the allocator was given a pointer or size that is not its own", c->fail_at, step);
    if (c->blocks || c->bytes)
        fail_msg("request %zu failed (%s): %zu blocks, %zu bytes never came back", c->fail_at, step, c->blocks, c->bytes);
}

static void test_all_comes_back(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(all_wat);
    for (int compile = CWASM_COMPILE_LAZY; compile <= CWASM_COMPILE_EAGER; compile++) {
        Counting c = { 0 };
        const char *step;
        assert_true(run_everything(&c, (cwasm_compile)compile, wasm, &step));
        assert_true(c.requests > 10);
        assert_all_back(&c, "nothing");
    }
    free(wasm.bytes);
}

typedef bool Scenario(Counting *c, cwasm_compile compile, Wasm wasm, const char **step);

/* Each request fails once, alone and with all after it. */
static void fail_each(const char *wat, Scenario *run)
{
    Wasm wasm = wat_parse(wat);
    for (int compile = CWASM_COMPILE_LAZY; compile <= CWASM_COMPILE_EAGER; compile++)
        for (int after = 0; after < 2; after++) {
            size_t n = 0;
            for (;;) {
                Counting c = { .fail_at = ++n, .fail_after = after };
                const char *step = "";
                run(&c, (cwasm_compile)compile, wasm, &step);
                assert_all_back(&c, step);
                if (c.requests < n)
                    break;   /* the n-th request never came: all of them have failed once */
            }
            print_message("%s: %zu requests, each failed once%s\n", compile ? "eager" : "lazy", n - 1, after ? ", with all after it" : "");
        }
    free(wasm.bytes);
}

static void test_nth_fails(void **state)
{
    (void)state;
    fail_each(all_wat, run_everything);
}

static void test_nth_fails_in_a_pool(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(pool_wat);
    Counting c = { 0 };
    const char *step;
    assert_true(run_pool(&c, CWASM_COMPILE_LAZY, wasm, &step));
    assert_all_back(&c, "nothing");
    free(wasm.bytes);
    fail_each(pool_wat, run_pool);
}

/* Modules that are rejected give everything back, too. */
static void test_rejected(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(all_wat);
    Counting c = { 0 };
    cwasm_allocator allocator = { counting_realloc, &c };
    cwasm_config *config = cwasm_config_new();
    cwasm_engine *engine;
    cwasm_error err;
    cwasm_config_allocator(config, &allocator);
    assert_int_equal(cwasm_engine_new(config, &engine, &err), CWASM_OK);
    cwasm_config_free(config);
    size_t before_blocks = c.blocks, before_bytes = c.bytes;
    for (size_t size = 0; size < wasm.size; size++) {
        cwasm_module *module = (cwasm_module *)&c;
        uint8_t *copy = malloc(size ? size : 1);   /* of the exact size: reads past the end show under a sanitizer */
        memcpy(copy, wasm.bytes, size);
        cwasm_status status = cwasm_module_new(engine, copy, size, &module, &err);
        if (status == CWASM_OK) {
            cwasm_module_free(module);   /* cut between two sections */
        } else {
            assert_true(status == CWASM_MALFORMED || status == CWASM_INVALID);
            assert_ptr_equal(module, &c);
        }
        free(copy);
        if (c.blocks > before_blocks + 64 || c.bytes > before_bytes + 65536)
            fail_msg("cut to %zu bytes: %zu blocks, %zu bytes are kept", size, c.blocks - before_blocks, c.bytes - before_bytes);
    }
    cwasm_engine_free(engine);
    assert_all_back(&c, "rejected modules");
    free(wasm.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_comes_back), cmocka_unit_test(test_nth_fails), cmocka_unit_test(test_nth_fails_in_a_pool),
        cmocka_unit_test(test_rejected),
    };
    return RUN(tests);
}
