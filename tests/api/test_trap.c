/*
 * test_trap.c - traps: the frames with names, indices and byte offsets, for every kind of trap in every position of an expression.
 *
 * A translator that folds operands, fuses instructions and patches producers must still know which byte of the module trapped.
 */
#include "cm.h"
#include "fixture.h"

/* Expressions of type i32 that trap; $z is a local that is 0, $nan one that is NaN, $far an address out of bounds. */
static const struct Kind {
    const char *expr;
    cwasm_trap_code code;
    const char *text;
    uint8_t opcode;     /* of the instruction that traps */
} kinds[] = {
    { "(i32.div_s (i32.const 1) (local.get $z))", CWASM_TRAP_DIVIDE_BY_ZERO, "integer divide by zero", 0x6d },
    { "(i32.rem_u (local.get $one) (local.get $z))", CWASM_TRAP_DIVIDE_BY_ZERO, "integer divide by zero", 0x70 },
    { "(i32.div_s (i32.add (local.get $one) (i32.const 0x7fffffff)) (i32.const -1))", CWASM_TRAP_INTEGER_OVERFLOW, "integer overflow", 0x6d },
    { "(i32.wrap_i64 (i64.div_u (i64.const 5) (i64.extend_i32_u (local.get $z))))", CWASM_TRAP_DIVIDE_BY_ZERO, "integer divide by zero", 0x80 },
    { "(i32.load (local.get $far))", CWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory access", 0x28 },
    { "(i32.load8_u offset=1 (i32.add (local.get $far) (local.get $one)))", CWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory access", 0x2d },
    { "(i32.load (i32.shl (local.get $far) (i32.const 2)))", CWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory access", 0x28 },
    { "(i32.trunc_f64_s (local.get $nan))", CWASM_TRAP_INVALID_CONVERSION, "invalid conversion to integer", 0xaa },
    { "(i32.trunc_f64_u (f64.add (local.get $nan) (f64.const 1)))", CWASM_TRAP_INVALID_CONVERSION, "invalid conversion to integer", 0xab },
    { "(block (result i32) unreachable)", CWASM_TRAP_UNREACHABLE, "unreachable", 0x00 },
    { "(call_indirect (result i32) (local.get $one))", CWASM_TRAP_UNINITIALIZED_ELEMENT, "uninitialized element", 0x11 },
    { "(call_indirect (result i32) (local.get $far))", CWASM_TRAP_UNDEFINED_ELEMENT, "undefined element", 0x11 },
    { "(call_indirect (result i32) (local.get $z))", CWASM_TRAP_INDIRECT_CALL_TYPE, "indirect call type mismatch", 0x11 },
    { "(ref.is_null (table.get (local.get $far)))", CWASM_TRAP_TABLE_OUT_OF_BOUNDS, "out of bounds table access", 0x25 },
    { "(block (result i32) (memory.fill (local.get $far) (i32.const 1) (i32.const 9)) (i32.const 1))", CWASM_TRAP_MEMORY_OUT_OF_BOUNDS,
      "out of bounds memory access", 0xfc },
    { "(block (result i32) (i64.store (local.get $far) (i64.const 1)) (i32.const 1))", CWASM_TRAP_MEMORY_OUT_OF_BOUNDS,
      "out of bounds memory access", 0x37 },
    /* Two accesses in one internal instruction: which of them it was. */
    { "(i32.load8_u (i32.load (local.get $far)))", CWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory access", 0x28 },
    { "(i32.load8_u offset=0xfffffff0 (i32.load (local.get $z)))", CWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory access", 0x2d },
    { "(i32.wrap_i64 (i64.load offset=0xfffffff0 (i32.load (local.get $z))))", CWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory access", 0x29 },
    { "(block (result i32) (i32.store (local.get $z) (i32.load (local.get $far))) (i32.const 1))", CWASM_TRAP_MEMORY_OUT_OF_BOUNDS,
      "out of bounds memory access", 0x28 },
    { "(block (result i32) (i64.store offset=0xfffffff0 (local.get $z) (i64.load (local.get $z))) (i32.const 1))", CWASM_TRAP_MEMORY_OUT_OF_BOUNDS,
      "out of bounds memory access", 0x37 },
    { "(block (result i32) (i32.store (local.get $far) (i32.add (i32.load (local.get $far)) (i32.const 1))) (i32.const 1))",
      CWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory access", 0x28 },
    { "(block (result i32) (i32.store offset=8 (i32.add (i32.add (local.get $far) (i32.const 16)) (i32.shl (local.get $one) (i32.const 2)))"
      " (i32.mul (local.get $one) (i32.const 3))) (i32.const 1))", CWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory access", 0x36 },
};

/* Where the expression stands; the function has (param $one i32) (result i32). */
static const char *const positions[] = {
    "%s",
    "(return %s)",
    "(i32.add (local.get $one) %s)",
    "(i32.add %s (local.get $one))",
    "(i32.add %s (i32.const 7))",
    "(i32.mul (i32.add (local.get $one) (i32.const 3)) %s)",
    "(drop %s) (i32.const 1)",
    "(local.set $x %s) (local.get $x)",
    "(local.tee $x %s)",
    "(local.set $one (i32.add (local.get $one) %s)) (local.get $one)",
    "(local.get $one) (local.set $one %s)",
    "(global.set $g %s) (i32.const 1)",
    "(block (br_if 0 %s)) (i32.const 1)",
    "(block (result i32) (br_if 0 (local.get $one) (i32.eqz %s)))",
    "(block (result i32) (br_if 0 (local.get $one) (i32.lt_s %s (local.get $one))))",
    "(block (result i32) (br 0 %s))",
    "(if (result i32) %s (then (i32.const 1)) (else (i32.const 2)))",
    "(if (result i32) (i32.eq (i32.const 5) %s) (then (i32.const 1)) (else (i32.const 2)))",
    "(if (result i32) (local.get $one) (then %s) (else (i32.const 2)))",
    "(if (result i32) (local.get $z) (then (i32.const 2)) (else %s))",
    "(loop $l (result i32) %s)",
    "(loop $l (result i32) (br_if $l %s) (i32.const 1))",
    "(block (block (br_table 0 1 %s))) (i32.const 1)",
    "(block (block (br_table 0 1 (i32.sub %s (i32.const 1))))) (i32.const 1)",
    "(block (br_if 0 (i32.ne (i32.const 3) %s))) (i32.const 1)",
    "(block (br_if 0 (i32.and (i32.const 3) %s))) (i32.const 1)",
    "(select (local.get $one) (local.get $x) %s)",
    "(select %s (local.get $x) (local.get $one))",
    "(select (local.get $x) %s (i32.eqz (local.get $one)))",
    "(i32.load %s)",
    "(i32.load offset=4 (i32.add %s (local.get $one)))",
    "(i32.store %s (local.get $one)) (i32.const 1)",
    "(i32.store (local.get $z) %s) (i32.const 1)",
    "(i32.store (i32.add (local.get $z) (i32.const 8)) (i32.add %s (i32.const 1))) (i32.const 1)",
    "(call $id %s)",
    "(call $add (i32.const 1) %s)",
    "(call $add %s (local.get $one))",
    "(call_indirect (param i32) (result i32) %s (i32.const 2))",
    "(return_call $id %s)",
    "(memory.grow (i32.and %s (i32.const 0)))",
    "(i32.eqz %s)",
    "(i32.eqz (i32.eqz %s))",
    "(i32.wrap_i64 (i64.extend_i32_s %s))",
    "(i32.trunc_f64_s (f64.mul (f64.convert_i32_s %s) (f64.const 2)))",
    "(f64.store (local.get $z) (f64.convert_i32_s %s)) (i32.const 1)",
    "(i32.add (call $id (local.get $one)) %s)",
    "(block (result i32) (drop (call $id (local.get $one))) %s)",
    "(local.set $x (i32.add (local.get $one) (i32.const 1))) (i32.sub (local.get $x) %s)",
};

enum { N_KINDS = sizeof kinds / sizeof *kinds, N_POSITIONS = sizeof positions / sizeof *positions };

static Wasm make_positions(void)
{
    char *text, expr[512];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "(module (memory 1 1) (table 3 funcref) (elem (i32.const 0) $add) (elem (i32.const 2) $id) (global $g (mut i32) (i32.const 0))\n"
                 "(func $id (param i32) (result i32) local.get 0)\n"
                 "(func $add (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)\n");
    for (int k = 0; k < N_KINDS; k++)
        for (int p = 0; p < N_POSITIONS; p++) {
            fprintf(out, "(func $f%d.%d (param $one i32) (result i32) (local $x i32) (local $z i32) (local $far i32) (local $nan f64)\n"
                         "  (local.set $far (i32.const 70000)) (local.set $nan (f64.const nan)) ", k, p);
            snprintf(expr, sizeof expr, positions[p], kinds[k].expr);
            fprintf(out, "%s)\n", expr);
            fprintf(out, "(func $outer%d.%d (export \"%d.%d\") (result i32) (i32.sub (call $f%d.%d (i32.const 1)) (i32.const 1)))\n",
                    k, p, k, p, k, p);
        }
    fprintf(out, ")");
    fclose(out);
    Wasm wasm = wat_parse(text);
    free(text);
    return wasm;
}

static void assert_frame(const cwasm_frame *frame, const char *name, const cwasm_module *module, Wasm wasm, uint8_t opcode, const char *what)
{
    if (!frame->name || frame->name_size != strlen(name) || memcmp(frame->name, name, frame->name_size))
        fail_msg("%s: expected frame %s, got %.*s", what, name, (int)frame->name_size, frame->name ? frame->name : "");
    assert_ptr_equal(frame->module, module);
    if (frame->offset >= wasm.size || wasm.bytes[frame->offset] != opcode)
        fail_msg("%s: frame %s: expected an instruction 0x%02x, offset 0x%llx has 0x%02x", what, name, opcode,
                 (unsigned long long)frame->offset, frame->offset < wasm.size ? wasm.bytes[frame->offset] : 0);
}

static void test_positions(void **state)
{
    (void)state;
    Wasm wasm = make_positions();
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        fixture_open(&f, v, wasm);
        fixture_instantiate(&f);
        for (int k = 0; k < N_KINDS; k++)
            for (int p = 0; p < N_POSITIONS; p++) {
                char name[40], what[600];
                cwasm_val r;
                snprintf(name, sizeof name, "%d.%d", k, p);
                snprintf(what, sizeof what, "%s: %s in %s", variant_name(v), kinds[k].expr, positions[p]);
                cwasm_status status = fixture_call(&f, name, NO_ARGS, &r, 1);
                const cwasm_trap *trap = cwasm_store_trap(f.store);
                if (status != CWASM_TRAP || !trap || trap->code != kinds[k].code)
                    fail_msg("%s: expected %s, got %s: %s", what, kinds[k].text, cwasm_status_name(status), status ? f.err.message : "");
                assert_begins(kinds[k].text, trap->message);
                assert_begins(kinds[k].text, f.err.message);
                if (trap->n_frames != 2 || trap->n_frames_total != 2)
                    fail_msg("%s: expected 2 frames, got %u of %u", what, trap->n_frames, trap->n_frames_total);
                snprintf(name, sizeof name, "f%d.%d", k, p);
                assert_frame(&trap->frames[0], name, f.module, wasm, kinds[k].opcode, what);
                snprintf(name, sizeof name, "outer%d.%d", k, p);
                assert_frame(&trap->frames[1], name, f.module, wasm, 0x10, what);
                assert_int_equal(trap->frames[0].func_index, 2 + 2 * (k * N_POSITIONS + p));
                assert_int_equal(f.err.func_index, trap->frames[0].func_index);
                assert_true(f.err.offset == trap->frames[0].offset);
                assert_ptr_equal(trap->frames[0].instance, f.instance);
            }
        fixture_close(&f);
    }
    free(wasm.bytes);
}

/* The stack ends after many frames: the innermost and the outermost are kept. */
static void test_deep(void **state)
{
    (void)state;
    Wasm wasm = wat_parse("(module (func $deep (param i32) (result i32) local.get 0 call $deep i32.const 1 i32.add)"
                          "  (func $start-here (export \"deep\") (result i32) i32.const 5 call $deep)"
                          "  (func $count (param i32) (result i32)"
                          "    local.get 0 i32.eqz if unreachable end local.get 0 i32.const 1 i32.sub call $count i32.const 1 i32.add)"
                          "  (func $count-from (export \"count\") (param i32) (result i32) local.get 0 call $count))");
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        cwasm_val r;
        fixture_open(&f, v, wasm);
        fixture_instantiate(&f);
        assert_status(CWASM_TRAP, fixture_call(&f, "deep", NO_ARGS, &r, 1), &f.err);
        const cwasm_trap *trap = cwasm_store_trap(f.store);
        assert_int_equal(trap->code, CWASM_TRAP_STACK_EXHAUSTED);
        assert_begins("call stack exhausted", trap->message);
        assert_int_equal(trap->n_frames, CWASM_MAX_FRAMES);
        assert_true(trap->n_frames_total > 1000);
        for (uint32_t k = 0; k + 1 < trap->n_frames; k++)
            assert_int_equal(trap->frames[k].func_index, 0);
        assert_int_equal(trap->frames[CWASM_MAX_FRAMES - 1].func_index, 1);
        assert_memory_equal(trap->frames[CWASM_MAX_FRAMES - 1].name, "start-here", 10);
        /* exactly as many as fit, one more, and many */
        for (int n = CWASM_MAX_FRAMES - 3; n < CWASM_MAX_FRAMES + 3; n++) {
            assert_status(CWASM_TRAP, fixture_call(&f, "count", ARGS(cwasm_i32(n)), &r, 1), &f.err);
            trap = cwasm_store_trap(f.store);
            assert_int_equal(trap->n_frames_total, n + 2);
            assert_int_equal(trap->n_frames, n + 2 < CWASM_MAX_FRAMES ? n + 2 : CWASM_MAX_FRAMES);
            assert_int_equal(trap->frames[0].func_index, 2);
            assert_int_equal(trap->frames[trap->n_frames - 1].func_index, 3);
            assert_true(trap->frames[0].offset != trap->frames[1].offset);
        }
        fixture_close(&f);
    }
    free(wasm.bytes);
}

/* Frames of several instances; a frame that a tail call replaced is not there. */
static void test_across_instances(void **state)
{
    (void)state;
    Wasm wasm_a = wat_parse("(module (table (export \"t\") 2 funcref) (memory 1)"
                            "  (type $v (func (result i32)))"
                            "  (func $in-a (export \"f\") (type $v) i32.const 1 call_indirect (type $v) i32.const 1 i32.add))");
    Wasm wasm_b = wat_parse("(module (import \"a\" \"t\" (table 2 funcref)) (import \"a\" \"f\" (func $a (result i32)))"
                            "  (type $v (func (result i32)))"
                            "  (elem (i32.const 1) $gone)"
                            "  (func $bottom (type $v) unreachable)"
                            "  (func $middle (type $v) call $bottom i32.const 1 i32.add)"
                            "  (func $gone (type $v) return_call $middle)"
                            "  (func $gone-too (type $v) return_call $a)"
                            "  (func $entry (export \"run\") (type $v) call $gone-too i32.const 1 i32.add))");
    const Variant *v;
    for (size_t i = 0; (v = variant_get(i)); i++) {
        Fixture f;
        cwasm_module *module_b;
        cwasm_val r;
        fixture_open(&f, v, wasm_a);
        fixture_instantiate(&f);
        cwasm_instance *a = f.instance;
        assert_ok(cwasm_linker_define_instance(f.linker, "a", 1, a, &f.err), &f.err);
        assert_ok(cwasm_module_new(f.engine, wasm_b.bytes, wasm_b.size, &module_b, &f.err), &f.err);
        assert_ok(cwasm_linker_instantiate(f.linker, f.store, module_b, &f.instance, &f.err), &f.err);
        assert_status(CWASM_TRAP, fixture_call(&f, "run", NO_ARGS, &r, 1), &f.err);
        const cwasm_trap *trap = cwasm_store_trap(f.store);
        assert_int_equal(trap->n_frames_total, 4);
        assert_frame(&trap->frames[0], "bottom", module_b, wasm_b, 0x00, "across");
        assert_frame(&trap->frames[1], "middle", module_b, wasm_b, 0x10, "across");
        assert_frame(&trap->frames[2], "in-a", f.module, wasm_a, 0x11, "across");
        assert_frame(&trap->frames[3], "entry", module_b, wasm_b, 0x10, "across");
        assert_ptr_equal(trap->frames[0].instance, f.instance);
        assert_ptr_equal(trap->frames[1].instance, f.instance);
        assert_ptr_equal(trap->frames[2].instance, a);
        assert_ptr_equal(trap->frames[3].instance, f.instance);
        cwasm_module_free(module_b);
        fixture_close(&f);
    }
    free(wasm_a.bytes);
    free(wasm_b.bytes);
}

/* The trap of the start function and of active segments; names from exports; no name at all. */
static void test_start(void **state)
{
    (void)state;
    Fixture f;
    fixture_open_wat(&f, NULL, "(module (func (export \"only an export\") unreachable) (func call 0) (start 1))");
    assert_status(CWASM_TRAP, cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err), &f.err);
    assert_null(f.instance);
    const cwasm_trap *trap = cwasm_store_trap(f.store);
    assert_int_equal(trap->code, CWASM_TRAP_UNREACHABLE);
    assert_int_equal(trap->n_frames, 2);
    assert_int_equal(trap->frames[0].name_size, 14);
    assert_memory_equal(trap->frames[0].name, "only an export", 14);
    assert_null(trap->frames[1].name);
    fixture_close(&f);

    fixture_open_wat(&f, NULL, "(module (memory 1) (data (i32.const 65536) \"x\"))");
    assert_status(CWASM_TRAP, cwasm_linker_instantiate(f.linker, f.store, f.module, &f.instance, &f.err), &f.err);
    assert_begins("out of bounds memory access", f.err.message);
    fixture_close(&f);
}

static void test_texts(void **state)
{
    (void)state;
    assert_string_equal(cwasm_trap_text(CWASM_TRAP_UNREACHABLE), "unreachable");
    for (int code = 0; code < CWASM_TRAP_COUNT; code++)
        assert_true(strlen(cwasm_trap_text((cwasm_trap_code)code)) > 3);
    assert_non_null(cwasm_trap_text((cwasm_trap_code)9999));
    for (int status = 0; status <= CWASM_HOST; status++)
        assert_true(strlen(cwasm_status_name((cwasm_status)status)) > 1);
    assert_non_null(cwasm_status_name((cwasm_status)9999));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positions), cmocka_unit_test(test_deep),  cmocka_unit_test(test_across_instances),
        cmocka_unit_test(test_start),     cmocka_unit_test(test_texts),
    };
    return RUN(tests);
}
