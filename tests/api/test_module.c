/* test_module.c - loading and asking: statuses with offset, imports, exports, names, custom sections, borrowed bytes. */
#include "cm.h"
#include "fixture.h"

static bool is(const char *text, size_t size, const char *expected)
{
    return text && size == strlen(expected) && !memcmp(text, expected, size);
}

static const char ask_wat[] =
    "(module"
    "  (import \"m\" \"f\" (func $imported (param i32 f64) (result i64)))"
    "  (import \"m\" \"\" (memory 1 7))"
    "  (import \"\" \"t\" (table 2 9 externref))"
    "  (import \"nul\\00in\" \"\\e2\\82\\ac\" (global (mut f32)))"
    "  (func $named (export \"exported\") (param i32 i32) (result i32 f64) i32.const 1 f64.const 2)"
    "  (func (export \"a\") (export \"b\"))"
    "  (func)"
    "  (global (export \"g\") i64 (i64.const 1))"
    "  (export \"m\" (memory 0)) (export \"t\" (table 0)) (export \"nul\\00in\" (func 2))"
    "  (@custom \"mine\" \"first\") (@custom \"other\" \"\") (@custom \"mine\" \"second\\00\"))";

static void test_ask(void **state)
{
    (void)state;
    Fixture f;
    fixture_open_wat(&f, NULL, ask_wat);
    const cwasm_module *m = f.module;
    assert_int_equal(cwasm_module_n_imports(m), 4);
    cwasm_import import = cwasm_module_import(m, 0);
    assert_true(is(import.module, import.module_size, "m") && is(import.name, import.name_size, "f"));
    assert_int_equal(import.type.kind, CWASM_EXTERN_FUNC);
    assert_true(import.type.func.n_params == 2 && import.type.func.params[0] == CWASM_I32 && import.type.func.params[1] == CWASM_F64);
    assert_true(import.type.func.n_results == 1 && import.type.func.results[0] == CWASM_I64);
    import = cwasm_module_import(m, 1);
    assert_true(is(import.name, import.name_size, ""));
    assert_int_equal(import.type.kind, CWASM_EXTERN_MEMORY);
    assert_true(import.type.limits.min == 1 && import.type.limits.max == 7 && import.type.limits.has_max && import.type.limits.page_log2 == 16);
    import = cwasm_module_import(m, 2);
    assert_int_equal(import.type.kind, CWASM_EXTERN_TABLE);
    assert_true(import.type.limits.min == 2 && import.type.limits.max == 9 && import.type.type == CWASM_EXTERNREF);
    import = cwasm_module_import(m, 3);
    assert_int_equal(import.module_size, 6);
    assert_memory_equal(import.module, "nul\0in", 6);
    assert_true(is(import.name, import.name_size, "\xe2\x82\xac"));
    assert_true(import.type.kind == CWASM_EXTERN_GLOBAL && import.type.type == CWASM_F32 && import.type.is_mutable);

    assert_int_equal(cwasm_module_n_exports(m), 7);
    cwasm_export export = cwasm_module_export(m, 0);
    assert_true(is(export.name, export.name_size, "exported") && export.type.kind == CWASM_EXTERN_FUNC && export.type.func.n_results == 2);
    cwasm_externtype type;
    assert_true(cwasm_module_find_export(m, "g", 1, &type));
    assert_true(type.kind == CWASM_EXTERN_GLOBAL && type.type == CWASM_I64 && !type.is_mutable);
    assert_true(cwasm_module_find_export(m, "nul\0in", 6, NULL));
    assert_false(cwasm_module_find_export(m, "nul", 3, &type));
    assert_false(cwasm_module_find_export(m, "", 0, &type));
    assert_false(cwasm_module_find_export(m, "exporte", 7, NULL));

    assert_int_equal(cwasm_module_n_funcs(m), 4);
    size_t size;
    const char *name = cwasm_module_func_name(m, 0, &size);
    assert_true(is(name, size, "imported"));
    name = cwasm_module_func_name(m, 1, &size);
    assert_true(is(name, size, "named"));
    name = cwasm_module_func_name(m, 2, &size);
    assert_true(is(name, size, "a") || is(name, size, "b"));
    assert_null(cwasm_module_func_name(m, 3, &size));
    assert_null(cwasm_module_func_name(m, 4000000000u, &size));

    const char *first = cwasm_module_custom_section(m, "mine", 0, &size);
    assert_true(is(first, size, "first"));
    const char *second = cwasm_module_custom_section(m, "mine", 1, &size);
    assert_int_equal(size, 7);
    assert_memory_equal(second, "second", 7);
    assert_null(cwasm_module_custom_section(m, "mine", 2, &size));
    assert_non_null(cwasm_module_custom_section(m, "other", 0, &size));   /* empty is not absent */
    assert_int_equal(size, 0);
    assert_null(cwasm_module_custom_section(m, "none", 0, &size));
    fixture_close(&f);
}

/* Names of the name section that nothing can be done with are no reason to reject a module. */
static void test_bad_names(void **state)
{
    (void)state;
    static const uint8_t header[] = { 0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 4, 1, 2, 0, 0x0b };
    static const uint8_t sections[][20] = {
        { 0, 5, 4, 'n', 'a', 'm', 'e' },                                   /* empty */
        { 0, 7, 4, 'n', 'a', 'm', 'e', 1, 100 },                           /* a subsection that runs past the end */
        { 0, 8, 4, 'n', 'a', 'm', 'e', 1, 1, 0xff },                       /* a count that does not end */
        { 0, 12, 4, 'n', 'a', 'm', 'e', 1, 5, 1, 0, 2, 0xff, 0xfe },       /* no UTF-8 */
        { 0, 12, 4, 'n', 'a', 'm', 'e', 1, 5, 1, 9, 2, 'h', 'i' },         /* a function that is not there */
        { 0, 11, 4, 'n', 'a', 'm', 'e', 1, 4, 1, 0, 200, 'h' },            /* a name that runs past the end */
    };
    cwasm_engine *engine;
    cwasm_error err;
    assert_ok(cwasm_engine_new(NULL, &engine, &err), &err);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        size_t extra = (size_t)sections[i][1] + 2, size = sizeof header + extra;
        uint8_t *bytes = malloc(size);
        memcpy(bytes, header, sizeof header);
        memcpy(bytes + sizeof header, sections[i], extra);
        cwasm_module *module;
        assert_ok(cwasm_module_new(engine, bytes, size, &module, &err), &err);
        size_t name_size;
        assert_null(cwasm_module_func_name(module, 0, &name_size));
        cwasm_module_free(module);
        free(bytes);
    }
    cwasm_engine_free(engine);
}

static void test_statuses(void **state)
{
    (void)state;
    static const struct { const char *bytes; size_t size; cwasm_status status; const char *begins; } cases[] = {
        { "", 0, CWASM_MALFORMED, "unexpected end" },
        { "\0as", 3, CWASM_MALFORMED, "unexpected end" },
        { "\0asm", 4, CWASM_MALFORMED, "unexpected end" },
        { "\0asx\1\0\0\0", 8, CWASM_MALFORMED, "magic header not detected" },
        { "\0asm\2\0\0\0", 8, CWASM_MALFORMED, "unknown binary version" },
        { "\0asm\1\0\0\0\x01", 9, CWASM_MALFORMED, "unexpected end" },
        { "\0asm\1\0\0\0\x01\x05\x00", 11, CWASM_MALFORMED, "" },
        { "\0asm\1\0\0\0\x55\x01\x00", 11, CWASM_MALFORMED, "malformed section id" },
        { "\0asm\1\0\0\0\x01\x06\x01\x60\x00\x01\x7f\x00", 16, CWASM_MALFORMED, "section size mismatch" },
        { "\0asm\1\0\0\0\x07\x05\x01\x01x\x00\x00", 15, CWASM_INVALID, "unknown function" },
        /* (func (result i32)) with an empty body */
        { "\0asm\1\0\0\0\x01\x05\x01\x60\x00\x01\x7f\x03\x02\x01\x00\x0a\x04\x01\x02\x00\x0b", 25, CWASM_INVALID, "type mismatch" },
    };
    cwasm_engine *engine;
    assert_int_equal(cwasm_engine_new(NULL, &engine, NULL), CWASM_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cwasm_module *module = (cwasm_module *)&engine;
        cwasm_error err = { 0 };
        cwasm_status status = cwasm_module_new(engine, cases[i].bytes, cases[i].size, &module, &err);
        if (status != cases[i].status)
            fail_msg("case %zu: expected %s, got %s: %s", i, cwasm_status_name(cases[i].status), cwasm_status_name(status), err.message);
        assert_int_equal(err.status, status);
        assert_begins(cases[i].begins, err.message);
        assert_ptr_equal(module, &engine);   /* untouched */
        assert_true(err.offset <= cases[i].size);
        assert_int_equal(cwasm_module_new(engine, cases[i].bytes, cases[i].size, &module, NULL), status);   /* err may be NULL */
    }
    cwasm_engine_free(engine);
}

/* The offset of an invalid instruction, and the function it is in. */
static void test_offset(void **state)
{
    (void)state;
    /* the check is of bytes, so an invalid module is a valid one with a byte changed */
    Wasm wasm = wat_parse("(module (func) (func (export \"f\") (result i64) i64.const 5 i64.const 6 i64.add) (func))");
    size_t at = 0;
    while (wasm.bytes[at] != 0x7c || wasm.bytes[at + 1] != 0x0b)   /* i64.add end */
        at++;
    wasm.bytes[at] = 0x6a;                                          /* i32.add */
    cwasm_engine *engine;
    cwasm_module *module;
    cwasm_error err;
    assert_int_equal(cwasm_engine_new(NULL, &engine, NULL), CWASM_OK);
    assert_status(CWASM_INVALID, cwasm_module_new(engine, wasm.bytes, wasm.size, &module, &err), &err);
    assert_begins("type mismatch", err.message);
    assert_int_equal(err.offset, at);
    assert_int_equal(err.func_index, 1);
    cwasm_engine_free(engine);
    free(wasm.bytes);
}

/* What is wrong with the size of a body: the function whose body it would be; none if there are more bodies than functions. */
static void test_body_sizes(void **state)
{
    (void)state;
    /* an imported function, and two of its own */
#define BEFORE "\0asm\1\0\0\0\x01\x04\x01\x60\0\0\x02\x07\x01\x01m\x01n\0\0\x03\x03\x02\0\0"
    static const struct { const char *code; size_t size; uint32_t func_index, at; const char *begins; } cases[] = {
        { "\x0a\x05\x02\x02\0\x0b\x03", 7, 2, 6, "unexpected end" },          /* three bytes wanted, none left */
        { "\x0a\x05\x02\x09\0\x0b\x02", 7, 1, 3, "unexpected end" },          /* runs past the section */
        { "\x0a\x04\x02\x02\0\x0b", 6, 2, 6, "unexpected end" },              /* no size */
        { "\x0a\x06\x02\x02\0\x0b\xff\x80", 8, 2, 6, "unexpected end" },     /* a size that does not end */
        { "\x0a\x09\x02\x02\0\x0b\xff\xff\xff\xff\x7f", 11, 2, 6, "integer too large" },
        { "\x0a\x08\x03\x02\0\x0b\x02\0\x0b\x05", 10, CWASM_NO_INDEX, 9, "unexpected end" },   /* a third */
    };
    cwasm_engine *engine;
    assert_int_equal(cwasm_engine_new(NULL, &engine, NULL), CWASM_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bytes[64];
        size_t before = sizeof BEFORE - 1;
        cwasm_module *module = NULL;
        cwasm_error err;
        memcpy(bytes, BEFORE, before);
        memcpy(bytes + before, cases[i].code, cases[i].size);
        assert_status(CWASM_MALFORMED, cwasm_module_new(engine, bytes, before + cases[i].size, &module, &err), &err);
        assert_begins(cases[i].begins, err.message);
        if (err.func_index != cases[i].func_index || err.offset < before + cases[i].at)
            fail_msg("case %zu: function %u, offset %llu: %s", i, err.func_index, (unsigned long long)(err.offset - before), err.message);
        assert_int_equal(cwasm_module_new(engine, bytes, before + cases[i].size, &module, NULL), CWASM_MALFORMED);
        assert_status(CWASM_MALFORMED, cwasm_module_new_unchecked(engine, bytes, before + cases[i].size, NULL, NULL, &module, &err), &err);
        assert_null(module);
    }
#undef BEFORE
    cwasm_engine_free(engine);
}

/* cwasm_module_new copies: the caller's bytes may change and go away. cwasm_module_new_borrowed does not. */
static void test_copies(void **state)
{
    (void)state;
    Wasm wasm = wat_parse("(module (func (export \"f\") (result i32) i32.const 42) (data \"data\") (@custom \"c\" \"content\"))");
    for (int borrowed = 0; borrowed < 2; borrowed++) {
        cwasm_engine *engine;
        cwasm_module *module;
        cwasm_store *store;
        cwasm_linker *linker;
        cwasm_instance *instance;
        cwasm_error err;
        cwasm_val r;
        size_t size;
        uint8_t *bytes = malloc(wasm.size);
        memcpy(bytes, wasm.bytes, wasm.size);
        assert_ok(cwasm_engine_new(NULL, &engine, &err), &err);
        assert_ok((borrowed ? cwasm_module_new_borrowed : cwasm_module_new)(engine, bytes, wasm.size, &module, &err), &err);
        if (!borrowed) {
            memset(bytes, 0xff, wasm.size);
            free(bytes);
        }
        assert_ok(cwasm_store_new(engine, &store, &err), &err);
        assert_ok(cwasm_linker_new(engine, &linker, &err), &err);
        assert_ok(cwasm_linker_instantiate(linker, store, module, &instance, &err), &err);
        assert_ptr_equal(cwasm_instance_module(instance), module);
        assert_ok(cwasm_func_call(store, cwasm_instance_func(instance, "f"), NULL, 0, &r, 1, &err), &err);
        assert_int_equal(r.of.i32, 42);
        const char *content = cwasm_module_custom_section(module, "c", 0, &size);
        assert_true(is(content, size, "content"));
        cwasm_store_free(store);
        cwasm_linker_free(linker);
        cwasm_module_free(module);
        cwasm_engine_free(engine);
        if (borrowed)
            free(bytes);
    }
    free(wasm.bytes);
}

/* The module's handle may go before the instances that use it. */
static void test_free_early(void **state)
{
    (void)state;
    Fixture f;
    cwasm_val r;
    fixture_open_wat(&f, NULL, "(module (func (export \"cold\") (result i32) i32.const 42))");
    fixture_instantiate(&f);
    cwasm_module_free(f.module);
    f.module = NULL;
    cwasm_linker_free(f.linker);
    f.linker = NULL;
    assert_ok(fixture_call(&f, "cold", NO_ARGS, &r, 1), &f.err);
    assert_int_equal(r.of.i32, 42);
    fixture_close(&f);
}

static void collect(void *ctx, const char *text, size_t size)
{
    fwrite(text, 1, size, ctx);
}

static void test_disassemble(void **state)
{
    (void)state;
    Fixture f;
    char *text;
    size_t size;
    fixture_open_wat(&f, NULL, "(module (import \"a\" \"b\" (func)) (func $sum (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))");
    FILE *out = open_memstream(&text, &size);
    assert_ok(cwasm_module_disassemble(f.module, 1, collect, out, &f.err), &f.err);
    fclose(out);
    assert_true(size > 10);
    assert_non_null(strstr(text, "i32"));
    free(text);
    assert_status(CWASM_ARGUMENT, cwasm_module_disassemble(f.module, 2, collect, stdout, &f.err), &f.err);
    assert_status(CWASM_ARGUMENT, cwasm_module_disassemble(f.module, UINT32_MAX, collect, stdout, &f.err), &f.err);
    fixture_close(&f);
}

/* NULL is fine for every x_free. */
static void test_free_null(void **state)
{
    (void)state;
    cwasm_config_free(NULL);
    cwasm_engine_free(NULL);
    cwasm_module_free(NULL);
    cwasm_store_free(NULL);
    cwasm_linker_free(NULL);
    cwasm_wasi_free(NULL);
}

static cwasm_status load_with(const char *feature, bool on, const void *bytes, size_t size, cwasm_engine **engine, cwasm_module **module,
                              cwasm_error *err)
{
    cwasm_config *config = cwasm_config_new();
    assert_int_equal(cwasm_config_feature(config, feature, on), CWASM_OK);
    assert_ok(cwasm_engine_new(config, engine, err), err);
    cwasm_config_free(config);
    return cwasm_module_new(*engine, bytes, size, module, err);
}

/* A module that needs what is switched off says what to switch on. */
static void test_switches(void **state)
{
    (void)state;
    static const struct { const char *feature, *wat; } cases[] = {
        { "memory64", "(module (memory i64 1))" },
        { "memory64", "(module (table i64 1 funcref))" },
        { "multi-memory", "(module (memory 1) (memory 1))" },
        { "function-references", "(module (type $t (func)) (func (param (ref null $t)) (call_ref $t (local.get 0))))" },
        { "function-references", "(module (func (param funcref) (drop (ref.as_non_null (local.get 0)))))" },
        { "function-references", "(module (func (param funcref) (block (drop (br_on_null 0 (local.get 0))))))" },
        { "function-references", "(module (table 1 funcref (ref.null func)))" },
        { "tail-call", "(module (func $f (return_call $f)))" },
        { "extended-const", "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))" },
        { "custom-page-sizes", "(module (memory 1 (pagesize 1)))" },
        { "wide-arithmetic", "(module (func (param i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 0))))" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Wasm wasm = wat_parse(cases[i].wat);
        for (int on = 0; on < 2; on++) {
            cwasm_engine *engine;
            cwasm_module *module = NULL;
            cwasm_error err;
            char advice[64];
            cwasm_status status = load_with(cases[i].feature, on, wasm.bytes, wasm.size, &engine, &module, &err);
            if (on) {
                assert_ok(status, &err);
            } else {
                snprintf(advice, sizeof advice, "switch it on with -W %s", cases[i].feature);
                assert_status(CWASM_UNSUPPORTED, status, &err);
                assert_non_null(strstr(err.message, advice));
            }
            cwasm_module_free(module);
            cwasm_engine_free(engine);
        }
        free(wasm.bytes);
    }
}

/* Groups of imports: each with its type, one type for all, none at all; what is no group. */
static void test_compact_imports(void **state)
{
    (void)state;
    static const char begin[] = "\0asm\1\0\0\0\1\4\1\x60\0\0";
    static const struct { const char *section; size_t size; cwasm_status off, on; const char *imports; } cases[] = {
        { "\2\xf\1\1m\0\x7f\2\1f\0\0\1g\3\x7f\0", 17, CWASM_UNSUPPORTED, CWASM_OK, "m.f:0 m.g:3 " },
        { "\2\xc\1\1m\0\x7e\3\x7e\1\2\1a\0", 14, CWASM_UNSUPPORTED, CWASM_OK, "m.a:3 m.:3 " },
        { "\2\x10\2\1m\0\x7e\0\0\1\1a\1n\1f\0\0", 18, CWASM_UNSUPPORTED, CWASM_OK, "m.a:0 n.f:0 " },
        { "\2\xb\2\1m\0\x7f\0\1n\0\0\0", 13, CWASM_UNSUPPORTED, CWASM_OK, "n.:0 " },
        { "\2\x8\1\1m\0\x7e\3\x7e\1\0", 11, CWASM_UNSUPPORTED, CWASM_MALFORMED, "unexpected end" },
        { "\2\7\1\1m\0\x7f\x7f\1", 9, CWASM_UNSUPPORTED, CWASM_MALFORMED, "unexpected end" },
        { "\2\x9\1\1m\0\x7f\1\1f\x7f\0", 11, CWASM_UNSUPPORTED, CWASM_MALFORMED, "malformed import kind" },
        { "\2\x8\1\1m\1f\x7f\1\0", 10, CWASM_MALFORMED, CWASM_MALFORMED, "malformed import kind" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int on = 0; on < 2; on++) {
            uint8_t bytes[64];
            cwasm_engine *engine;
            cwasm_module *module = NULL;
            cwasm_error err = { 0 };
            char text[128] = "";
            memcpy(bytes, begin, sizeof begin - 1);
            memcpy(bytes + sizeof begin - 1, cases[i].section, cases[i].size);
            cwasm_status status = load_with("compact-imports", on, bytes, sizeof begin - 1 + cases[i].size, &engine, &module, &err);
            if (status != (on ? cases[i].on : cases[i].off))
                fail_msg("case %zu: %s: %s", i, cwasm_status_name(status), err.message);
            if (status == CWASM_UNSUPPORTED)
                assert_non_null(strstr(err.message, "switch it on with -W compact-imports"));
            for (size_t k = 0; status == CWASM_OK && k < cwasm_module_n_imports(module); k++) {
                cwasm_import import = cwasm_module_import(module, k);
                snprintf(text + strlen(text), sizeof text - strlen(text), "%.*s.%.*s:%d ", (int)import.module_size, import.module,
                         (int)import.name_size, import.name, (int)import.type.kind);
            }
            if (status == CWASM_OK)
                assert_string_equal(text, cases[i].imports);
            else if (status == CWASM_MALFORMED)
                assert_begins(cases[i].imports, err.message);
            cwasm_module_free(module);
            cwasm_engine_free(engine);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ask),    cmocka_unit_test(test_bad_names),  cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_offset),
        cmocka_unit_test(test_body_sizes), cmocka_unit_test(test_copies),     cmocka_unit_test(test_free_early),
        cmocka_unit_test(test_disassemble), cmocka_unit_test(test_free_null),
        cmocka_unit_test(test_switches), cmocka_unit_test(test_compact_imports),
    };
    return RUN(tests);
}
