/* test_host.c - host functions: every kind of signature, what a caller gives access to, traps, exit, and calls back into the guest. */
#include "cm.h"
#include "fixture.h"

/* ---- Signatures ---- */

static cwasm_trap_code take_all(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)caller;
    char *text = env;
    cwasm_val ref = { CWASM_EXTERNREF, { .bits = { slots[5], 0 } } };
    uint64_t host = 0;
    bool is_host = cwasm_val_extern(&ref, &host);
    snprintf(text, 200, "%d %lld %g %g %d %d:%llu", cwasm_slot_i32(slots[0]), (long long)slots[1], (double)cwasm_slot_f32(slots[2]),
             cwasm_slot_f64(slots[3]), slots[4] != 0, is_host, (unsigned long long)host);
    return CWASM_TRAP_NONE;
}

static cwasm_trap_code give_all(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller;
    int32_t n = cwasm_slot_i32(slots[0]);
    slots[0] = cwasm_slot_from_i32(-n);
    slots[1] = (uint64_t)(int64_t)-n;
    slots[2] = cwasm_slot_from_f32((float)n / 2);
    slots[3] = cwasm_slot_from_f64(n * 1e10);
    slots[4] = cwasm_slot_from_i32(n + 1);
    return CWASM_TRAP_NONE;
}

/* The address of the environment is the result. */
static cwasm_trap_code give_env(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)caller;
    slots[0] = (uint64_t)(uintptr_t)env;
    return CWASM_TRAP_NONE;
}

static cwasm_trap_code nothing(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller, (void)slots;
    return CWASM_TRAP_NONE;
}

static void test_signatures(void **state)
{
    (void)state;
    static const char wat[] =
        "(module"
        "  (import \"h\" \"take\" (func $take (param i32 i64 f32 f64 funcref externref)))"
        "  (import \"h\" \"give\" (func $give (param i32) (result i32 i64 f32 f64 i32)))"
        "  (import \"h\" \"env\" (func $env (result i64)))"
        "  (elem declare func $give)"
        "  (func (export \"take\") (param externref) i32.const -7 i64.const -8 f32.const 1.5 f64.const -2.5 ref.func $give local.get 0 call $take)"
        "  (func (export \"give\") (param i32) (result i32 i64 f32 f64 i32) local.get 0 call $give)"
        "  (func (export \"sum\") (param i32) (result f64) (local f64)"
        "    local.get 0 call $give f64.convert_i32_s local.set 1 local.get 1 f64.add local.set 1"
        "    f64.promote_f32 local.get 1 f64.add local.set 1 f64.convert_i64_s local.get 1 f64.add local.set 1"
        "    i64.extend_i32_u f64.convert_i64_s local.get 1 f64.add)"
        "  (func (export \"env\") (result i64) call $env))";
    Wasm wasm = wat_parse(wat);
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        char text[200] = "";
        cwasm_val r[5];
        fixture_open(&f, v, wasm);
        assert_ok(cwasm_linker_define_func(f.linker, "h", "take", "iIfFpe:", take_all, text, &f.err), &f.err);
        assert_ok(cwasm_linker_define_func(f.linker, "h", "give", "i:iIfFi", give_all, NULL, &f.err), &f.err);
        assert_ok(cwasm_linker_define_func(f.linker, "h", "env", ":I", give_env, &f, &f.err), &f.err);
        fixture_instantiate(&f);
        assert_ok(fixture_call(&f, "take", ARGS(cwasm_externref(99)), NULL, 0), &f.err);
        assert_string_equal(text, "-7 -8 1.5 -2.5 1 1:99");
        assert_ok(fixture_call(&f, "take", ARGS(cwasm_null(CWASM_EXTERNREF)), NULL, 0), &f.err);
        assert_string_equal(text, "-7 -8 1.5 -2.5 1 0:0");
        assert_ok(fixture_call(&f, "give", ARGS(cwasm_i32(5)), r, 5), &f.err);
        assert_int_equal(r[0].of.i32, -5);
        assert_true(r[1].of.i64 == -5 && r[2].of.f32 == 2.5f && r[3].of.f64 == 5e10);
        assert_int_equal(r[4].of.i32, 6);
        assert_true(r[0].type == CWASM_I32 && r[1].type == CWASM_I64 && r[2].type == CWASM_F32 && r[3].type == CWASM_F64);
        /* i32 results are zero-extended: -1 + 1 + 0.5 + 1e10 + 2^32 - 1 */
        assert_ok(fixture_call(&f, "sum", ARGS(cwasm_i32(1)), r, 1), &f.err);
        assert_true(r[0].of.f64 == 2 + 1e10 + 0.5 - 1 + 4294967295.0);
        assert_ok(fixture_call(&f, "env", NO_ARGS, r, 1), &f.err);
        assert_true((uintptr_t)r[0].of.i64 == (uintptr_t)&f);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

static void test_bad_signatures(void **state)
{
    (void)state;
    Fixture f;
    cwasm_func *func = (cwasm_func *)&f;
    fixture_open_wat(&f, NULL, "(module)");
    static const char *const bad[] = { "", "i", "y:", "i:y", "i:i:i", "i :i", "ii:i ", ":", "iI:fF" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bool fine = i >= 7;
        assert_status(fine ? CWASM_OK : CWASM_ARGUMENT, cwasm_func_new(f.store, bad[i], nothing, NULL, &func, &f.err), &f.err);
        if (!fine)
            assert_ptr_equal(func, &f);   /* untouched */
        assert_status(fine ? CWASM_OK : CWASM_ARGUMENT, cwasm_linker_define_func(f.linker, "m", "n", bad[i], nothing, NULL, &f.err),
                      &f.err);
    }
    cwasm_functype type = cwasm_func_type(func);
    assert_int_equal(type.n_params, 2);
    assert_int_equal(type.n_results, 2);
    assert_true(type.params[0] == CWASM_I32 && type.params[1] == CWASM_I64 && type.results[0] == CWASM_F32 && type.results[1] == CWASM_F64);
    fixture_close(&f);
}

/* A host function is called like any other: by the embedder, through a table, by a tail call, as the start function. */
static cwasm_trap_code add_one(void *env, cwasm_caller *caller, uint64_t *slots)
{
    int *calls = env;
    ++*calls;
    if (caller && cwasm_caller_instance(caller) == NULL)
        *calls += 100;
    slots[0] = cwasm_slot_from_i32(cwasm_slot_i32(slots[0]) + 1);
    return CWASM_TRAP_NONE;
}

static cwasm_trap_code count_start(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)slots;
    *(int *)env += cwasm_caller_store(caller) != NULL;
    return CWASM_TRAP_NONE;
}

static void test_ways_to_call(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(
        "(module"
        "  (import \"h\" \"add\" (func $add (param i32) (result i32)))"
        "  (import \"h\" \"start\" (func $start))"
        "  (start $start)"
        "  (table (export \"t\") 4 funcref) (elem (i32.const 0) $add)"
        "  (export \"add\" (func $add))"
        "  (func (export \"direct\") (param i32) (result i32) local.get 0 call $add call $add)"
        "  (func (export \"indirect\") (param i32 i32) (result i32) local.get 0 local.get 1 call_indirect (param i32) (result i32))"
        "  (func (export \"tail\") (param i32) (result i32) local.get 0 return_call $add)"
        "  (func $tail-indirect (param i32 i32) (result i32) local.get 0 local.get 1 return_call_indirect (param i32) (result i32))"
        "  (func (export \"after tail\") (param i32) (result i32) local.get 0 i32.const 0 call $tail-indirect i32.const 100 i32.mul))");
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        int calls = 0, starts = 0;
        cwasm_val r;
        fixture_open(&f, v, wasm);
        assert_ok(cwasm_linker_define_func(f.linker, "h", "add", "i:i", add_one, &calls, &f.err), &f.err);
        assert_ok(cwasm_linker_define_func(f.linker, "h", "start", ":", count_start, &starts, &f.err), &f.err);
        fixture_instantiate(&f);
        assert_int_equal(starts, 1);
        assert_int_equal(fixture_i32(&f, "direct", ARGS(cwasm_i32(5))), 7);
        assert_int_equal(fixture_i32(&f, "indirect", ARGS(cwasm_i32(5), cwasm_i32(0))), 6);
        assert_int_equal(fixture_i32(&f, "tail", ARGS(cwasm_i32(7))), 8);
        assert_int_equal(fixture_i32(&f, "after tail", ARGS(cwasm_i32(7))), 800);
        assert_int_equal(calls, 5);
        assert_int_equal(fixture_i32(&f, "add", ARGS(cwasm_i32(41))), 42);   /* the re-exported import, called by the embedder */
        assert_int_equal(calls, 106);
        /* a host function of this store, put into the guest's table */
        cwasm_func *func;
        assert_ok(cwasm_func_new(f.store, "i:i", add_one, &calls, &func, &f.err), &f.err);
        cwasm_val ref = cwasm_funcref(func);
        assert_ptr_equal(cwasm_val_func(&ref), func);
        assert_int_equal(cwasm_table_set(cwasm_instance_table(f.instance, "t"), 3, &ref), CWASM_OK);
        assert_int_equal(fixture_i32(&f, "indirect", ARGS(cwasm_i32(8), cwasm_i32(3))), 9);
        cwasm_val arg = cwasm_i32(1);
        assert_ok(cwasm_func_call(f.store, func, &arg, 1, &r, 1, &f.err), &f.err);
        assert_int_equal(r.of.i32, 2);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

/* ---- Calls back into the guest ---- */

typedef struct Bounce {
    const char *name;        /* the export to call */
    cwasm_func *func;        /* if set, called instead */
    uint64_t depth, deepest;
    bool ignore;             /* go on after a failed call */
    cwasm_status last;
} Bounce;

static cwasm_trap_code bounce(void *env, cwasm_caller *caller, uint64_t *slots)
{
    Bounce *b = env;
    cwasm_store *store = cwasm_caller_store(caller);
    cwasm_val arg = cwasm_i32(cwasm_slot_i32(slots[0])), result = cwasm_i32(0);
    cwasm_func *func = b->func ? b->func : cwasm_instance_func(cwasm_caller_instance(caller), b->name);
    cwasm_error err;
    if (++b->depth > b->deepest)
        b->deepest = b->depth;
    b->last = cwasm_func_call(store, func, &arg, 1, &result, 1, &err);
    b->depth--;
    if (b->last == CWASM_EXIT && !b->ignore)
        return CWASM_TRAP_EXIT;
    if (b->last && !b->ignore)
        return cwasm_store_trap(store) ? cwasm_store_trap(store)->code : CWASM_TRAP_HOST;
    slots[0] = cwasm_slot_from_i32(b->last ? -1 : result.of.i32);
    return CWASM_TRAP_NONE;
}

static const char bounce_wat[] =
    "(module"
    "  (import \"h\" \"bounce\" (func $bounce (param i32) (result i32)))"
    "  (memory (export \"memory\") 1 10)"
    "  (global $g (export \"g\") (mut i32) (i32.const 0))"
    /* n + (n - 1) + ... through the host at every level; the locals and pending operands survive */
    "  (func (export \"sum\") (param $n i32) (result i32) (local $x i32) (local $y i64)"
    "    local.get $n i32.const 3 i32.mul local.set $x"
    "    i64.const 77 local.set $y"
    "    local.get $n i32.eqz if i32.const 0 return end"
    "    local.get $n"
    "    local.get $n i32.const 1 i32.sub call $bounce"
    "    i32.add"
    "    local.get $x i32.const 3 i32.div_u local.get $n i32.sub i32.add"
    "    local.get $y i32.wrap_i64 i32.const 77 i32.sub i32.add)"
    "  (func (export \"forever\") (param $n i32) (result i32) local.get $n i32.const 1 i32.add call $bounce i32.const 1 i32.add)"
    /* plain guest recursion between two crossings */
    "  (func $down (param $n i32) (result i32)"
    "    local.get $n i32.eqz if (result i32) i32.const 0 call $bounce else local.get $n i32.const 1 i32.sub call $down end)"
    "  (func (export \"forever deep\") (param i32) (result i32) i32.const 50 call $down)"
    "  (func (export \"trap\") (param $n i32) (result i32)"
    "    local.get $n i32.eqz if unreachable end local.get $n i32.const 1 i32.sub call $bounce)"
    "  (func (export \"grow\") (param $n i32) (result i32) local.get $n memory.grow)"
    "  (func (export \"grow in host\") (param $n i32) (result i32)"
    "    local.get $n call $bounce drop i32.const 131072 i32.const 9 i32.store i32.const 131072 i32.load memory.size i32.add)"
    "  (func (export \"stack\") (param $n i32) (result i32)"
    "    local.get $n i32.const 1 i32.add local.get $n i32.const 5 i32.mul local.get $n call $bounce i32.sub i32.mul)"
    "  (func (export \"id\") (param i32) (result i32) local.get 0)"
    "  (func (export \"loop\") (param $n i32) (result i32) (local $s i32)"
    "    loop $l local.get $s local.get $n call $bounce i32.add local.set $s local.get $n i32.const 1 i32.sub local.tee $n br_if $l end"
    "    local.get $s))";

static void open_bounce(Fixture *f, const Variant *v, Wasm wasm, Bounce *b, const char *name)
{
    *b = (Bounce){ .name = name };
    fixture_open(f, v, wasm);
    assert_ok(cwasm_linker_define_func(f->linker, "h", "bounce", "i:i", bounce, b, &f->err), &f->err);
    fixture_instantiate(f);
}

static void test_nested(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(bounce_wat);
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        Bounce b;
        open_bounce(&f, v, wasm, &b, "sum");
        assert_int_equal(fixture_i32(&f, "sum", ARGS(cwasm_i32(60))), 60 * 61 / 2);
        assert_int_equal(b.deepest, 60);
        b.name = "id";
        assert_int_equal(fixture_i32(&f, "stack", ARGS(cwasm_i32(10))), 11 * 40);
        assert_int_equal(fixture_i32(&f, "loop", ARGS(cwasm_i32(10))), 55);
        /* the memory moves while the guest waits for the host */
        b.name = "grow";
        assert_int_equal(fixture_i32(&f, "grow in host", ARGS(cwasm_i32(3))), 9 + 4);
        /* the same host function calls another host function, itself through the API */
        fixture_close(&f);
    }
    free(wasm.bytes);
}

/* Recursion through the host without end is a trap, wherever it happens; never an overflow of the C stack. */
static void test_exhaustion(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(bounce_wat);
    const Variant *v;
    for (size_t i = 0; (v = variant_dispatcher(i)); i++) {
        Fixture f;
        Bounce b;
        static const char *const names[] = { "forever", "forever deep" };
        for (int k = 0; k < 2; k++) {
            cwasm_val r;
            open_bounce(&f, v, wasm, &b, names[k]);
            assert_status(CWASM_TRAP, fixture_call(&f, names[k], ARGS(cwasm_i32(0)), &r, 1), &f.err);
            assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_STACK_EXHAUSTED);
            assert_true(b.deepest > 20);
            b.name = "sum";
            assert_int_equal(fixture_i32(&f, "sum", ARGS(cwasm_i32(20))), 210);   /* the stack is whole again */
            /* a host function that swallows the trap: the guest goes on with -1 on every level */
            b.name = names[k], b.ignore = true, b.deepest = 0;
            assert_ok(fixture_call(&f, names[k], ARGS(cwasm_i32(0)), &r, 1), &f.err);
            assert_int_equal(r.of.i32, k ? -1 : (int32_t)b.deepest - 1);
            fixture_close(&f);
        }
    }
    free(wasm.bytes);
}

static void test_nested_trap(void **state)
{
    (void)state;
    Wasm wasm = wat_parse(bounce_wat);
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        Bounce b;
        cwasm_val r;
        open_bounce(&f, v, wasm, &b, "trap");
        for (int depth = 0; depth < 4; depth++) {
            assert_status(CWASM_TRAP, fixture_call(&f, "trap", ARGS(cwasm_i32(depth)), &r, 1), &f.err);
            assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_UNREACHABLE);
            assert_begins("unreachable", f.err.message);
        }
        b.ignore = true;
        assert_int_equal(fixture_i32(&f, "trap", ARGS(cwasm_i32(1))), -1);
        assert_int_equal(b.last, CWASM_TRAP);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

/* ---- Traps and exit by the host ---- */

static cwasm_trap_code fail_with_text(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env;
    char text[64];
    snprintf(text, sizeof text, "no such key %d", cwasm_slot_i32(slots[0]));
    return cwasm_caller_trap(caller, text);
}

static cwasm_trap_code fail_with_code(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env, (void)caller;
    return (cwasm_trap_code)slots[0];
}

static cwasm_trap_code leave(void *env, cwasm_caller *caller, uint64_t *slots)
{
    (void)env;
    return cwasm_caller_exit(caller, (uint32_t)slots[0]);
}

static void test_host_trap(void **state)
{
    (void)state;
    Wasm wasm = wat_parse("(module (import \"h\" \"fail\" (func $fail (param i32) (result i32)))"
                          "  (global $g (export \"g\") (mut i32) (i32.const 0))"
                          "  (func $inner (param i32) (result i32) local.get 0 call $fail i32.const 1 global.set $g)"
                          "  (func (export \"run\") (param i32) (result i32) local.get 0 call $inner i32.const 1 i32.add)"
                          "  (func (export \"tail\") (param i32) (result i32) local.get 0 return_call $fail)"
                          "  (func (export \"fine\") (result i32) i32.const 7))");
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        cwasm_val r;
        static const char *const names[] = { "run", "tail" };
        for (int k = 0; k < 2; k++) {
            fixture_open(&f, v, wasm);
            assert_ok(cwasm_linker_define_func(f.linker, "h", "fail", "i:i", fail_with_text, NULL, &f.err), &f.err);
            fixture_instantiate(&f);
            assert_null(cwasm_store_trap(f.store));
            assert_status(CWASM_TRAP, fixture_call(&f, names[k], ARGS(cwasm_i32(5)), &r, 1), &f.err);
            assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_HOST);
            assert_non_null(strstr(cwasm_store_trap(f.store)->message, "no such key 5"));
            assert_non_null(strstr(f.err.message, "no such key 5"));
            assert_int_equal(fixture_i32(&f, "fine", NO_ARGS), 7);
            assert_int_equal(cwasm_global_get(cwasm_instance_global(f.instance, "g")).of.i32, 0);
            fixture_close(&f);

            fixture_open(&f, v, wasm);
            assert_ok(cwasm_linker_define_func(f.linker, "h", "fail", "i:i", fail_with_code, NULL, &f.err), &f.err);
            fixture_instantiate(&f);
            assert_status(CWASM_TRAP, fixture_call(&f, names[k], ARGS(cwasm_i32(CWASM_TRAP_INTEGER_OVERFLOW)), &r, 1), &f.err);
            assert_int_equal(cwasm_store_trap(f.store)->code, CWASM_TRAP_INTEGER_OVERFLOW);
            assert_begins("integer overflow", cwasm_store_trap(f.store)->message);
            fixture_close(&f);

            fixture_open(&f, v, wasm);
            assert_ok(cwasm_linker_define_func(f.linker, "h", "fail", "i:i", leave, NULL, &f.err), &f.err);
            fixture_instantiate(&f);
            assert_status(CWASM_EXIT, fixture_call(&f, names[k], ARGS(cwasm_i32(300)), &r, 1), &f.err);
            assert_int_equal(cwasm_store_exit_code(f.store), 300);
            assert_int_equal(fixture_i32(&f, "fine", NO_ARGS), 7);
            fixture_close(&f);
        }
    }
    free(wasm.bytes);
}

/* exit in a nested call ends the outermost one. */
static void test_nested_exit(void **state)
{
    (void)state;
    Wasm wasm = wat_parse("(module (import \"h\" \"bounce\" (func $bounce (param i32) (result i32)))"
                          "  (import \"h\" \"exit\" (func $exit (param i32)))"
                          "  (func (export \"run\") (param $n i32) (result i32)"
                          "    local.get $n i32.eqz if i32.const 42 call $exit end"
                          "    local.get $n i32.const 1 i32.sub call $bounce))");
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        Bounce b = { .name = "run" };
        cwasm_val r;
        fixture_open(&f, v, wasm);
        assert_ok(cwasm_linker_define_func(f.linker, "h", "bounce", "i:i", bounce, &b, &f.err), &f.err);
        assert_ok(cwasm_linker_define_func(f.linker, "h", "exit", "i:", leave, NULL, &f.err), &f.err);
        fixture_instantiate(&f);
        assert_status(CWASM_EXIT, fixture_call(&f, "run", ARGS(cwasm_i32(5)), &r, 1), &f.err);
        assert_int_equal(cwasm_store_exit_code(f.store), 42);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

/* ---- What the caller gives access to ---- */

static cwasm_trap_code look(void *env, cwasm_caller *caller, uint64_t *slots)
{
    Fixture *f = env;
    uint32_t ptr = cwasm_slot_u32(slots[0]), size = cwasm_slot_u32(slots[1]);
    if (cwasm_caller_store(caller) != f->store)
        return CWASM_TRAP_HOST;
    uint8_t *view = cwasm_caller_view(caller, ptr, size);
    cwasm_memory *memory = cwasm_caller_memory(caller);
    if ((view == NULL) != (!memory || cwasm_memory_view(memory, ptr, size) == NULL))
        return CWASM_TRAP_HOST;
    /* 64-bit sums that overflow lie outside, too */
    if (memory && (cwasm_caller_view(caller, UINT64_MAX, 2) || cwasm_caller_view(caller, 1, UINT64_MAX) ||
                   cwasm_memory_view(memory, UINT64_MAX - 1, UINT64_MAX)))
        return CWASM_TRAP_HOST;
    if (view && size)
        view[0]++, view[size - 1]++;
    slots[0] = view != NULL;
    return CWASM_TRAP_NONE;
}

static void test_views(void **state)
{
    (void)state;
    Wasm wasm = wat_parse("(module (import \"h\" \"look\" (func $look (param i32 i32) (result i32))) (memory 1 2)"
                          "  (func (export \"look\") (param i32 i32) (result i32) local.get 0 local.get 1 call $look)"
                          "  (func (export \"at\") (param i32) (result i32) local.get 0 i32.load8_u)"
                          "  (func (export \"grow\") (result i32) i32.const 1 memory.grow))");
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        fixture_open(&f, v, wasm);
        assert_ok(cwasm_linker_define_func(f.linker, "h", "look", "ii:i", look, &f, &f.err), &f.err);
        fixture_instantiate(&f);
        static const struct { int64_t ptr, size; int expected; } cases[] = {
            { 0, 1, 1 }, { 65535, 1, 1 }, { 65536, 0, 1 }, { 65537, 0, 0 }, { 65536, 1, 0 }, { 0, 65536, 1 }, { 0, 65537, 0 },
            { 1, 65536, 0 }, { -1, 0, 0 }, { -1, 1, 0 }, { 1, -1, 0 }, { -1, -1, 0 }, { 0, 0, 1 },
        };
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
            assert_int_equal(fixture_i32(&f, "look", ARGS(cwasm_i32((int32_t)cases[k].ptr), cwasm_i32((int32_t)cases[k].size))), cases[k].expected);
        assert_int_equal(fixture_i32(&f, "at", ARGS(cwasm_i32(0))), 3);       /* [0,1) counts twice, [0,65536) once */
        assert_int_equal(fixture_i32(&f, "at", ARGS(cwasm_i32(65535))), 3);
        assert_int_equal(fixture_i32(&f, "grow", NO_ARGS), 1);
        assert_int_equal(fixture_i32(&f, "look", ARGS(cwasm_i32(65536), cwasm_i32(65536))), 1);
        assert_int_equal(fixture_i32(&f, "look", ARGS(cwasm_i32(65536), cwasm_i32(65537))), 0);
        fixture_close(&f);
    }
    free(wasm.bytes);
}

static void test_no_memory(void **state)
{
    (void)state;
    Fixture f;
    fixture_open_wat(&f, NULL, "(module (import \"h\" \"look\" (func $look (param i32 i32) (result i32)))"
                               "  (func (export \"look\") (param i32 i32) (result i32) local.get 0 local.get 1 call $look))");
    assert_ok(cwasm_linker_define_func(f.linker, "h", "look", "ii:i", look, &f, &f.err), &f.err);
    fixture_instantiate(&f);
    assert_int_equal(fixture_i32(&f, "look", ARGS(cwasm_i32(0), cwasm_i32(0))), 0);
    fixture_close(&f);
}

/* One host function serves two instances: the caller is the one that called. */
static cwasm_trap_code first_byte(void *env, cwasm_caller *caller, uint64_t *slots)
{
    const cwasm_instance **last = env;
    *last = cwasm_caller_instance(caller);
    slots[0] = *(const uint8_t *)cwasm_caller_view(caller, 0, 1);
    return CWASM_TRAP_NONE;
}

static void test_two_instances(void **state)
{
    (void)state;
    Fixture f;
    const cwasm_instance *last = NULL;
    fixture_open_wat(&f, NULL, "(module (import \"h\" \"first\" (func $first (result i32))) (memory (export \"memory\") 1)"
                               "  (table (export \"t\") 1 funcref) (elem (i32.const 0) $first)"
                               "  (func (export \"first\") (result i32) call $first)"
                               "  (func (export \"indirect\") (result i32) i32.const 0 call_indirect (result i32)))");
    assert_ok(cwasm_linker_define_func(f.linker, "h", "first", ":i", first_byte, &last, &f.err), &f.err);
    fixture_instantiate(&f);
    cwasm_instance *a = f.instance;
    fixture_instantiate(&f);
    cwasm_instance *b = f.instance;
    assert_ptr_not_equal(a, b);
    *(uint8_t *)cwasm_memory_view(cwasm_instance_memory(a, "memory"), 0, 1) = 1;
    *(uint8_t *)cwasm_memory_view(cwasm_instance_memory(b, "memory"), 0, 1) = 2;
    static const char *const names[] = { "first", "indirect" };
    for (int k = 0; k < 2; k++) {
        f.instance = a;
        assert_int_equal(fixture_i32(&f, names[k], NO_ARGS), 1);
        assert_ptr_equal(last, a);
        f.instance = b;
        assert_int_equal(fixture_i32(&f, names[k], NO_ARGS), 2);
        assert_ptr_equal(last, b);
    }
    fixture_close(&f);
}

/* One linker with host functions serves many stores. */
static void test_linker_of_many_stores(void **state)
{
    (void)state;
    Fixture f;
    int calls = 0;
    fixture_open_wat(&f, NULL, "(module (import \"h\" \"add\" (func $add (param i32) (result i32)))"
                               "  (func (export \"run\") (param i32) (result i32) local.get 0 call $add))");
    assert_ok(cwasm_linker_define_func(f.linker, "h", "add", "i:i", add_one, &calls, &f.err), &f.err);
    cwasm_store *stores[5];
    for (int i = 0; i < 5; i++) {
        cwasm_instance *instance;
        cwasm_val arg = cwasm_i32(i), r;
        assert_ok(cwasm_store_new(f.engine, &stores[i], &f.err), &f.err);
        assert_ok(cwasm_linker_instantiate(f.linker, stores[i], f.module, &instance, &f.err), &f.err);
        assert_ok(cwasm_func_call(stores[i], cwasm_instance_func(instance, "run"), &arg, 1, &r, 1, &f.err), &f.err);
        assert_int_equal(r.of.i32, i + 1);
    }
    assert_int_equal(calls, 5);
    for (int i = 0; i < 5; i++)
        cwasm_store_free(stores[i]);
    fixture_close(&f);
}

/* Arguments are checked before anything runs. */
static void test_wrong_calls(void **state)
{
    (void)state;
    Fixture f;
    int calls = 0;
    fixture_open_wat(&f, NULL, "(module (import \"h\" \"add\" (func $add (param i32) (result i32)))"
                               "  (func (export \"run\") (param i32 i64 externref) (result i32) local.get 0 call $add))");
    assert_ok(cwasm_linker_define_func(f.linker, "h", "add", "i:i", add_one, &calls, &f.err), &f.err);
    fixture_instantiate(&f);
    cwasm_val r = cwasm_i64(123);
    cwasm_val null = cwasm_null(CWASM_EXTERNREF);
    assert_status(CWASM_ARGUMENT, fixture_call(&f, "run", NO_ARGS, &r, 1), &f.err);
    assert_status(CWASM_ARGUMENT, fixture_call(&f, "run", ARGS(cwasm_i32(1), cwasm_i64(2)), &r, 1), &f.err);
    assert_status(CWASM_ARGUMENT, fixture_call(&f, "run", ARGS(cwasm_i32(1), cwasm_i64(2), null, null), &r, 1), &f.err);
    assert_status(CWASM_ARGUMENT, fixture_call(&f, "run", ARGS(cwasm_i32(1), cwasm_i32(2), null), &r, 1), &f.err);
    assert_status(CWASM_ARGUMENT, fixture_call(&f, "run", ARGS(cwasm_f32(1), cwasm_i64(2), null), &r, 1), &f.err);
    assert_status(CWASM_ARGUMENT, fixture_call(&f, "run", ARGS(cwasm_i32(1), cwasm_i64(2), cwasm_null(CWASM_FUNCREF)), &r, 1), &f.err);
    assert_status(CWASM_ARGUMENT, fixture_call(&f, "run", ARGS(cwasm_i32(1), cwasm_i64(2), null), NULL, 0), &f.err);
    assert_status(CWASM_ARGUMENT, fixture_call(&f, "run", ARGS(cwasm_i32(1), cwasm_i64(2), null), &r, 2), &f.err);
    assert_int_equal(calls, 0);
    assert_true(r.type == CWASM_I64 && r.of.i64 == 123);   /* untouched */
    assert_ok(fixture_call(&f, "run", ARGS(cwasm_i32(1), cwasm_i64(2), null), &r, 1), &f.err);
    assert_int_equal(r.of.i32, 2);
    fixture_close(&f);
}

static void test_user_data(void **state)
{
    (void)state;
    Fixture f;
    fixture_open_wat(&f, NULL, "(module)");
    assert_null(cwasm_store_user_data(f.store));
    cwasm_store_set_user_data(f.store, &f);
    assert_ptr_equal(cwasm_store_user_data(f.store), &f);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signatures),   cmocka_unit_test(test_bad_signatures), cmocka_unit_test(test_ways_to_call),
        cmocka_unit_test(test_nested),       cmocka_unit_test(test_exhaustion),     cmocka_unit_test(test_nested_trap),
        cmocka_unit_test(test_host_trap),    cmocka_unit_test(test_nested_exit),    cmocka_unit_test(test_views),
        cmocka_unit_test(test_no_memory),    cmocka_unit_test(test_two_instances),  cmocka_unit_test(test_linker_of_many_stores),
        cmocka_unit_test(test_wrong_calls),  cmocka_unit_test(test_user_data),
    };
    return RUN(tests);
}
