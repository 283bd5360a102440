/* test_decode.c - the binary format: what every form decodes to, and the error of each malformed one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "every_section.h"
#include "fail_alloc.h"
#include "load.h"
#include "wasm/limits.h"

static bool name_is(Name name, const char *text) { return name.n == strlen(text) && memcmp(name.s, text, name.n) == 0; }

static void test_every_section(void **state)
{
    (void)state;
    Module m;
    Error err = { 0 };
    if (load(&m, &cw_default_alloc, ALL_FEATURES, every_section, sizeof every_section, &err) != CWASM_OK)
        fail_msg("%s at %llu", err.message, (unsigned long long)err.offset);
    /* types */
    assert_int_equal(m.n_types, 5);
    assert_int_equal(m.types[0]->kind, TYPE_STRUCT);
    assert_false(m.types[0]->is_final);
    assert_int_equal(m.types[0]->fields[0].type, T_I8);
    assert_int_equal(m.types[0]->fields[1].type, T_CONCRETE_REF(m.types[1]->id, true));
    assert_true(m.types[0]->fields[1].is_mutable);
    assert_int_equal(m.types[1]->kind, TYPE_ARRAY);
    assert_int_equal(m.types[1]->fields[0].type, T_CONCRETE_REF(m.types[0]->id, false));
    assert_true(m.types[2]->is_final);
    assert_int_equal(m.types[2]->super, m.types[0]->id);
    assert_int_equal(m.types[3]->params[1], T_CONCRETE_REF(m.types[3]->id, true));
    assert_int_equal(m.types[3]->results[1], T_FUNCREF);
    /* imports, index spaces */
    assert_int_equal(m.n_imports, 5);
    assert_true(name_is(m.imports[1].module, "m") && name_is(m.imports[1].name, "t"));
    assert_int_equal(m.imports[3].kind, CWASM_EXTERN_GLOBAL);
    assert_int_equal(m.imports[0].at, 0x34);
    assert_int_equal(m.n_funcs, 3);
    assert_int_equal(m.n_func_imports, 1);
    assert_int_equal(m.n_tables, 3);
    assert_int_equal(m.n_table_imports, 1);
    assert_int_equal(m.n_memories, 2);
    assert_int_equal(m.n_memory_imports, 1);
    assert_int_equal(m.n_globals, 4);
    assert_int_equal(m.n_global_imports, 1);
    assert_int_equal(m.n_tags, 2);
    assert_int_equal(m.n_tag_imports, 1);
    assert_ptr_equal(m.tags[1], m.types[4]);
    /* tables, memories, globals */
    assert_int_equal(m.tables[0].type.type, T_EXTERNREF);
    assert_int_equal(m.tables[0].type.limits.max, 2);
    assert_true(m.tables[1].type.limits.max == UINT64_MAX && !m.tables[1].has_init);
    assert_true(m.tables[2].has_init && m.tables[2].type.limits.is64);
    assert_int_equal(m.tables[2].type.type, T_REF | H_FUNC);
    assert_int_equal(m.tables[2].init.end - m.tables[2].init.p, 3);
    assert_int_equal(m.memories[0].page_log2, 16);
    assert_true(m.memories[1].is64 && m.memories[1].shared && m.memories[1].has_max);
    assert_int_equal(m.memories[1].max, 4);
    assert_int_equal(m.globals[0].type.type, T_F64);
    assert_true(m.globals[0].type.is_mutable);
    assert_int_equal(m.globals[1].init.end - m.globals[1].init.p, 6);
    assert_int_equal(m.globals[2].init.end - m.globals[2].init.p, 19);
    assert_int_equal(m.globals[3].type.type, T_CONCRETE_REF(m.types[2]->id, true));
    /* exports, start */
    assert_int_equal(m.n_exports, 5);
    assert_int_equal(cw_module_find_export(&m, "m2", 2)->kind, CWASM_EXTERN_MEMORY);
    assert_null(cw_module_find_export(&m, "m", 1));
    assert_true(m.has_start && m.start == 1);
    /* segments */
    static const SegmentMode modes[] = { SEGMENT_ACTIVE, SEGMENT_PASSIVE, SEGMENT_ACTIVE, SEGMENT_DECLARATIVE, SEGMENT_ACTIVE,
                                         SEGMENT_PASSIVE, SEGMENT_DECLARATIVE };
    static const ValType types[] = { T_REF | H_FUNC, T_REF | H_FUNC, T_REF | H_FUNC, T_REF | H_FUNC, T_FUNCREF, T_EXTERNREF, T_FUNCREF };
    assert_int_equal(m.n_elems, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(m.elems[i].mode, modes[i]);
        assert_int_equal(m.elems[i].type, types[i]);
        assert_true((m.elems[i].funcs != NULL) == (i < 4));
        assert_true((m.elems[i].exprs != NULL) == (i >= 4));
    }
    assert_int_equal(m.elems[1].funcs[1], 2);
    assert_int_equal(m.elems[2].table, 2);
    assert_int_equal(m.n_datas, 3);
    assert_memory_equal(m.datas[0].bytes.p, "ab", 2);
    assert_int_equal(m.datas[1].mode, SEGMENT_PASSIVE);
    assert_int_equal(m.datas[2].memory, 1);
    assert_true(m.has_data_count && m.data_count == 3);
    /* code, customs */
    assert_int_equal(m.funcs[1].body_size, 4);
    assert_int_equal(m.funcs[1].body[1], 1);
    assert_null(m.funcs[0].body);
    assert_int_equal(m.code_end - m.code_begin, 11);
    assert_int_equal(m.n_customs, 2);
    assert_true(name_is(m.customs[0].name, "x"));
    assert_int_equal(m.customs[0].bytes.n, 2);
    /* functions that ref.func may name: exports and segments; not the import */
    assert_false(cw_is_declared(&m, 0));
    assert_true(cw_is_declared(&m, 1));
    assert_true(cw_is_declared(&m, 2));
    unload(&m);
}

/* The start of a module is never a module but after its header and its last sections, and nothing is read past the end. */
static void test_truncated(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof every_section; size++) {
        u8 *exact = malloc(size ? size : 1);   /* so that a sanitizer sees reads beyond it */
        memcpy(exact, every_section, size);
        Module m;
        Error err = { 0 };
        Status status = load(&m, &cw_default_alloc, ALL_FEATURES, exact, size, &err);
        if (status != CWASM_OK) {
            assert_true(status == CWASM_MALFORMED);
            assert_int_equal(err.status, status);
            assert_true(err.offset <= size);
        }
        unload(&m);
        free(exact);
    }
}

/* Any byte changed to anything: no crash, no leak, the offset lies in the module. */
static void test_mutated(void **state)
{
    (void)state;
    u8 bytes[sizeof every_section];
    for (size_t i = 0; i < sizeof bytes; i++) {
        for (unsigned v = 0; v < 256; v += i < 100 ? 1 : 5) {
            memcpy(bytes, every_section, sizeof bytes);
            bytes[i] = (u8)v;
            FAIL_ALLOC(f, SIZE_MAX);
            Module m;
            Error err = { 0 };
            Status status = load(&m, &f.alloc, ALL_FEATURES, bytes, sizeof bytes, &err);
            if (status != CWASM_OK)
                assert_true(err.message[0] && (err.offset <= sizeof bytes || err.offset == CWASM_NO_OFFSET));
            unload(&m);
            assert_int_equal(f.out, 0);
        }
    }
}

static void test_failing_allocations(void **state)
{
    (void)state;
    size_t n = 0;
    for (Status status = CWASM_NO_MEMORY; status != CWASM_OK; n++) {
        FAIL_ALLOC(f, n);
        Module m;
        Error err = { 0 };
        status = load(&m, &f.alloc, ALL_FEATURES, every_section, sizeof every_section, &err);
        assert_true(status == CWASM_OK || (status == CWASM_NO_MEMORY && err.status == CWASM_NO_MEMORY));
        (void)cw_func_name(&m, 1);
        unload(&m);
        assert_int_equal(f.out, 0);
        assert_false(f.wrong_size);
    }
    assert_true(n > 10);
}

/* ---- Malformed ---- */

typedef struct Bad {
    const u8 *bytes;
    size_t size;
    Status status;
    const char *message;   /* begins with */
    u64 at;
} Bad;

static void expect(const Bad *rows, size_t n, Features features)
{
    for (size_t i = 0; i < n; i++) {
        Module m;
        Error err = { 0 };
        Status status = load(&m, &cw_default_alloc, features, rows[i].bytes, rows[i].size, &err);
        if (status != rows[i].status || strncmp(err.message, rows[i].message, strlen(rows[i].message)) != 0 || err.offset != rows[i].at)
            fail_msg("row %zu: expected \"%s\" at %llu, found \"%s\" at %llu", i, rows[i].message, (unsigned long long)rows[i].at,
                     err.message, (unsigned long long)err.offset);
        unload(&m);
    }
}

#define RAW(text) (const u8 *)(text), sizeof(text) - 1
#define BAD CWASM_MALFORMED

static void test_header(void **state)
{
    (void)state;
    static const char component[] = "\0asm\x0d\0\1\0";
    const Bad rows[] = {
        { RAW(""), BAD, "unexpected end: the module is empty", 0 },
        { RAW("\0as"), BAD, "unexpected end", 3 },
        { RAW("\0asm\1\0\0"), BAD, "unexpected end", 7 },
        { RAW("\0asx\1\0\0\0"), BAD, "magic header not detected: expected 00 61 73 6d, found 00 61 73 78", 3 },
        { RAW("(module)"), BAD, "magic header not detected: this looks like WebAssembly text", 0 },
        { RAW(" ;; hello (\n (; (; ;) ;)\n\t(module)"), BAD, "magic header not detected: this looks like WebAssembly text", 0 },
        { RAW(";;;;;;;;"), BAD, "magic header not detected: expected", 0 },
        { RAW("\x7f" "ELF\2\1\1"), BAD, "magic header not detected: this is not a WebAssembly module, it looks like a native program", 0 },
        { RAW("MZ\x90\0\3"), BAD, "magic header not detected: this is not a WebAssembly module, it looks like a native", 0 },
        { RAW("\x1f\x8b\x08\0\0"), BAD, "magic header not detected: this is not a WebAssembly module, it looks like compressed (gzip)", 0 },
        { RAW("#!/bin/sh\n"), BAD, "magic header not detected: this is not a WebAssembly module, it looks like a script", 0 },
        { RAW("\0asm\2\0\0\0"), BAD, "unknown binary version: expected 01 00 00 00, found 02 00 00 00", 4 },
        { (const u8 *)component, 8, BAD, "unknown binary version: this is a component", 4 },
    };
    expect(rows, CW_COUNT(rows), ALL_FEATURES);
}

#define TYPE_V 0x01, 0x04, 0x01, 0x60, 0x00, 0x00   /* (type (func)) */
#define FUNC_V TYPE_V, 0x03, 0x02, 0x01, 0x00       /* and a function of it */
#define CODE_V 0x0a, 0x04, 0x01, 0x02, 0x00, 0x0b   /* and its body */
#define TABLE_V 0x04, 0x04, 0x01, 0x70, 0x00, 0x00  /* (table 0 funcref) */

static void test_sections(void **state)
{
    (void)state;
    const Bad rows[] = {
        { MODULE(0x0e, 0x00), BAD, "malformed section id", 8 },
        { MODULE(0xff, 0x01, 0x00), BAD, "malformed section id", 8 },
        { MODULE(0x01), BAD, "unexpected end", 9 },
        { MODULE(0x01, 0x07, 0x00), BAD, "length out of bounds", 10 },
        { MODULE(0x01, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00), BAD, "integer representation too long", 13 },
        { MODULE(0x01, 0x01, 0x00, 0x01, 0x01, 0x00), BAD, "unexpected content after last section: the type section", 11 },
        { MODULE(0x03, 0x01, 0x00, 0x01, 0x01, 0x00), BAD, "unexpected content after last section: the type section", 11 },
        { MODULE(0x06, 0x01, 0x00, 0x0d, 0x01, 0x00), BAD, "unexpected content after last section: the tag section", 11 },
        { MODULE(0x0d, 0x01, 0x00, 0x05, 0x01, 0x00), BAD, "unexpected content after last section: the memory section", 11 },
        { MODULE(0x0a, 0x01, 0x00, 0x0c, 0x01, 0x00), BAD, "unexpected content after last section: the data count section", 11 },
        { MODULE(0x01, 0x02, 0x00, 0x00), BAD, "section size mismatch: expected the end of the type section, found 1 more", 11 },
        { MODULE(0x01, 0x01, 0x02), BAD, "unexpected end of section or function", 10 },
        { MODULE(0x00, 0x00), BAD, "unexpected end", 10 },
        { MODULE(0x00, 0x03, 0x04, 'a', 'b', 0x00), BAD, "length out of bounds", 10 },
        { MODULE(0x00, 0x02, 0x01, 0x80), BAD, "malformed UTF-8 encoding", 11 },
        { MODULE(0x00, 0x04, 0x03, 'a', 0xc3, 0x28), BAD, "malformed UTF-8 encoding", 12 },
        { MODULE(FUNC_V), BAD, "function and code section have inconsistent lengths", 18 },
        { MODULE(CODE_V), BAD, "function and code section have inconsistent lengths", 10 },
        { MODULE(FUNC_V, 0x0a, 0x04, 0x01, 0x03, 0x00, 0x0b), BAD, "unexpected end of section or function: expected a function body", 24 },
        { MODULE(0x0c, 0x01, 0x01), BAD, "data count and data section have inconsistent lengths", 10 },
        { MODULE(0x0c, 0x01, 0x02, 0x0b, 0x03, 0x01, 0x01, 0x00), BAD, "data count and data section have inconsistent lengths", 10 },
    };
    expect(rows, CW_COUNT(rows), ALL_FEATURES);
}

static void test_types(void **state)
{
    (void)state;
    const Bad rows[] = {
        { MODULE(0x01, 0x02, 0x01, 0x61), BAD, "malformed definition type", 11 },
        { MODULE(0x01, 0x03, 0x01, 0xe0, 0x7f), BAD, "integer representation too long", 11 },
        { MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x79, 0x00), BAD, "malformed value type", 13 },
        { MODULE(0x01, 0x06, 0x01, 0x60, 0x01, 0x63, 0x40, 0x00), BAD, "malformed heap type", 14 },
        { MODULE(0x01, 0x07, 0x01, 0x60, 0x01, 0x63, 0xff, 0x7e, 0x00), BAD, "malformed heap type", 14 },
        { MODULE(0x01, 0x06, 0x01, 0x60, 0x01, 0x63, 0x01, 0x00), CWASM_INVALID, "unknown type 1", 14 },
        { MODULE(0x01, 0x05, 0x01, 0x5f, 0x01, 0x7f, 0x02), BAD, "malformed mutability", 14 },
        { MODULE(0x01, 0x04, 0x01, 0x5e, 0x76, 0x00), BAD, "malformed value type", 12 },
        { MODULE(0x01, 0x05, 0x01, 0x60, 0xe9, 0x07, 0x00), BAD, "unexpected end of section or function", 12 },
        { MODULE(0x01, 0x06, 0x01, 0x50, 0x01, 0x00, 0x5f, 0x00), CWASM_INVALID, "unknown type 0: a supertype must come before", 13 },
        { MODULE(0x01, 0x07, 0x01, 0x50, 0x02, 0x00, 0x00, 0x5f, 0x00), CWASM_INVALID, "sub type 0 has 2 supertypes", 12 },
        { MODULE(0x01, 0x08, 0x02, 0x5f, 0x00, 0x50, 0x01, 0x00, 0x5f, 0x00), CWASM_INVALID,
          "sub type 1 does not match super type 0", 13 },   /* final */
        { MODULE(0x01, 0x0d, 0x01, 0x4e, 0x02, 0x50, 0x00, 0x5f, 0x01, 0x7f, 0x00, 0x50, 0x01, 0x00, 0x60), BAD,
          "unexpected end", 23 },
        { MODULE(0x01, 0x0d, 0x01, 0x4e, 0x02, 0x50, 0x00, 0x5f, 0x01, 0x7f, 0x00, 0x50, 0x01, 0x00, 0x5e), BAD, "unexpected end", 23 },
        { MODULE(0x01, 0x0e, 0x01, 0x4e, 0x02, 0x50, 0x00, 0x5f, 0x01, 0x7f, 0x00, 0x50, 0x01, 0x00, 0x5f, 0x00), CWASM_INVALID,
          "sub type 1 does not match super type 0", 11 },   /* a field is missing */
        { MODULE(0x03, 0x02, 0x01, 0x00), CWASM_INVALID, "unknown type 0", 11 },
        { MODULE(0x01, 0x03, 0x01, 0x5f, 0x00, 0x03, 0x02, 0x01, 0x00), CWASM_INVALID, "type mismatch: expected a function type", 16 },
    };
    expect(rows, CW_COUNT(rows), ALL_FEATURES);
}

static void test_declarations(void **state)
{
    (void)state;
    const Bad rows[] = {
        { MODULE(0x02, 0x04, 0x01, 0x00, 0x00, 0x05), BAD, "malformed import kind", 13 },
        { MODULE(0x02, 0x05, 0x01, 0x00, 0x01, 0xff, 0x00), BAD, "malformed UTF-8 encoding", 13 },
        { MODULE(0x02, 0x06, 0x01, 0x00, 0x00, 0x03, 0x7f, 0x02), BAD, "malformed mutability", 15 },
        { MODULE(TYPE_V, 0x02, 0x06, 0x01, 0x00, 0x00, 0x04, 0x01, 0x00), BAD, "malformed tag attribute", 20 },
        { MODULE(0x04, 0x04, 0x01, 0x70, 0x02, 0x00), BAD, "malformed limits flags", 12 },
        { MODULE(0x04, 0x04, 0x01, 0x7f, 0x00, 0x00), BAD, "malformed reference type", 11 },
        { MODULE(0x04, 0x03, 0x01, 0x40, 0x01), BAD, "malformed table", 12 },
        { MODULE(0x05, 0x03, 0x01, 0x10, 0x00), BAD, "malformed limits flags", 11 },
        { MODULE(0x05, 0x03, 0x01, 0x81, 0x00), BAD, "malformed limits flags", 11 },
        { MODULE(0x05, 0x04, 0x01, 0x08, 0x00, 0x41), BAD, "invalid custom page size", 13 },
        { MODULE(0x07, 0x04, 0x01, 0x00, 0x05, 0x00), BAD, "malformed export kind", 12 },
        { MODULE(0x06, 0x05, 0x01, 0x7f, 0x00, 0x41, 0x00), BAD, "unexpected end of section or function", 15 },
        { MODULE(0x06, 0x05, 0x01, 0x7f, 0x00, 0xff, 0x0b), BAD, "illegal opcode", 13 },
        { MODULE(0x06, 0x06, 0x01, 0x7f, 0x00, 0xfc, 0x7f, 0x0b), BAD, "illegal opcode", 13 },
        { MODULE(0x06, 0x05, 0x01, 0x7f, 0x00, 0x01, 0x0b), CWASM_INVALID, "constant expression required: found nop", 13 },
        { MODULE(0x06, 0x07, 0x01, 0x7f, 0x00, 0x41, 0x00, 0x45, 0x0b), CWASM_INVALID, "constant expression required: found i32.eqz", 15 },
        { MODULE(0x09, 0x02, 0x01, 0x08), BAD, "malformed elements segment kind", 11 },
        { MODULE(0x09, 0x04, 0x01, 0x01, 0x01, 0x00), BAD, "malformed element kind", 12 },
        { MODULE(0x09, 0x04, 0x01, 0x05, 0x7f, 0x00), BAD, "malformed reference type", 12 },
        { MODULE(0x09, 0x04, 0x01, 0x01, 0x00, 0x7f), BAD, "unexpected end of section or function: expected 127 entries", 13 },
        { MODULE(0x0b, 0x02, 0x01, 0x03), BAD, "malformed data segment kind", 11 },
        { MODULE(0x0b, 0x03, 0x01, 0x01, 0x01), BAD, "unexpected end of section or function", 13 },
        { MODULE(0x08, 0x00), BAD, "unexpected end", 10 },
    };
    expect(rows, CW_COUNT(rows), ALL_FEATURES);
}

/* A count may be anything; it allocates nothing the file could not fill. */
static void test_huge_counts(void **state)
{
    (void)state;
    static const u8 ids[] = { 1, 2, 3, 4, 5, 13, 6, 7, 9, 10, 11 };
    for (size_t i = 0; i < sizeof ids; i++) {
        u8 bytes[] = { PREAMBLE, ids[i], 0x05, 0xff, 0xff, 0xff, 0xff, 0x0f };
        Module m;
        Error err;
        FAIL_ALLOC(f, SIZE_MAX);
        assert_int_equal(load(&m, &f.alloc, ALL_FEATURES, bytes, sizeof bytes, &err), CWASM_MALFORMED);
        assert_memory_equal(err.message, "unexpected end", 14);
        assert_true(m.arena.total < 10000);
        unload(&m);
        assert_int_equal(f.out, 0);
    }
}

/* All forms of element segments that every_section.h lacks: flags 0 and 4. */
static void test_elem_forms(void **state)
{
    (void)state;
    Module m;
    Error err = { 0 };
    Status status = load(&m, &cw_default_alloc, WEBASSEMBLY_2,
                         MODULE(FUNC_V, TABLE_V,
                                0x09, 0x0f, 0x02,
                                0x00, 0x41, 0x01, 0x0b, 0x01, 0x00,                 /* (elem (i32.const 1) func 0) */
                                0x04, 0x41, 0x02, 0x0b, 0x01, 0xd2, 0x00, 0x0b,     /* (elem (i32.const 2) funcref (ref.func 0)) */
                                CODE_V), &err);
    assert_string_equal(err.message, "");
    assert_int_equal(status, CWASM_OK);
    assert_int_equal(m.elems[0].type, T_REF | H_FUNC);
    assert_int_equal(m.elems[0].funcs[0], 0);
    assert_int_equal(m.elems[1].type, T_FUNCREF);
    assert_int_equal(m.elems[1].exprs[0].end - m.elems[1].exprs[0].p, 3);
    assert_int_equal(m.elems[0].offset.end - m.elems[0].offset.p, 3);
    assert_true(cw_is_declared(&m, 0));
    unload(&m);
}

/* ---- Features ---- */

#define OFF CWASM_UNSUPPORTED

static void test_features(void **state)
{
    (void)state;
    const Bad rows[] = {
        { MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x7b, 0x00), OFF, "value type v128 needs the fixed-width SIMD proposal (\"simd\"), which", 13 },
        { MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x6e, 0x00), OFF, "reference type anyref needs the garbage collection proposal", 13 },
        { MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x69, 0x00), OFF, "reference type exnref needs the exception handling proposal", 13 },
        { MODULE(0x01, 0x06, 0x01, 0x60, 0x01, 0x63, 0x00, 0x00), OFF, "a reference to a defined type needs the typed function", 14 },
        { MODULE(0x01, 0x06, 0x01, 0x60, 0x01, 0x64, 0x70, 0x00), OFF, "a non-null reference type needs the typed function ref", 13 },
        { MODULE(0x01, 0x03, 0x01, 0x5f, 0x00), OFF, "a structure type needs", 11 },
        { MODULE(0x01, 0x04, 0x01, 0x5e, 0x7f, 0x00), OFF, "an array type needs", 11 },
        { MODULE(0x01, 0x06, 0x01, 0x50, 0x00, 0x60, 0x00, 0x00), OFF, "a type with subtyping needs", 11 },
        { MODULE(0x01, 0x06, 0x01, 0x4e, 0x01, 0x60, 0x00, 0x00), OFF, "a recursion group needs", 11 },
        { MODULE(0x05, 0x04, 0x01, 0x03, 0x00, 0x00), OFF, "a shared memory needs", 11 },
        { MODULE(0x05, 0x03, 0x01, 0x04, 0x00), OFF, "a memory with 64-bit addresses needs", 11 },
        { MODULE(0x05, 0x04, 0x01, 0x08, 0x00, 0x00), OFF, "a memory with its own page size needs", 11 },
        { MODULE(0x05, 0x03, 0x01, 0x08, 0x00), BAD, "malformed limits flags", 11 },   /* does not read as that either */
        { MODULE(0x05, 0x05, 0x02, 0x00, 0x00, 0x00, 0x00), OFF, "a second memory needs", 13 },
        { MODULE(0x04, 0x04, 0x01, 0x70, 0x04, 0x00), OFF, "a table with 64-bit indices needs", 12 },
        { MODULE(0x04, 0x09, 0x01, 0x40, 0x00, 0x70, 0x00, 0x00, 0xd0, 0x70, 0x0b), OFF, "a table with an initial value needs", 11 },
        { MODULE(TYPE_V, 0x0d, 0x03, 0x01, 0x00, 0x00), OFF, "a tag needs the exception handling proposal", 17 },
    };
    expect(rows, CW_COUNT(rows), WEBASSEMBLY_2);
    /* (ref null func) and (ref null extern) in the long form need nothing */
    Module m;
    assert_int_equal(load(&m, &cw_default_alloc, WEBASSEMBLY_2, MODULE(0x01, 0x08, 0x01, 0x60, 0x02, 0x63, 0x70, 0x63, 0x6f, 0x00), NULL), CWASM_OK);
    assert_int_equal(m.types[0]->params[0], T_FUNCREF);
    assert_int_equal(m.types[0]->params[1], T_EXTERNREF);
    unload(&m);
    for (size_t i = 0; i < N_FEATURES; i++)
        assert_ptr_equal(cw_feature_named(cw_features[i].name, strlen(cw_features[i].name)), &cw_features[i]);
    assert_null(cw_feature_named("sim", 3));
}

/* ---- Limits ---- */

static size_t put_leb(u8 *to, u32 v)
{
    size_t n = 0;
    do {
        to[n] = (u8)((v & 0x7f) | (v > 0x7f ? 0x80 : 0));
        v >>= 7;
        n++;
    } while (v);
    return n;
}

/* A section with a count and as many copies of a few bytes. */
static void expect_count(const u8 *before, size_t n_before, u8 id, u32 count, const char *item, size_t item_size, Status want, const char *text)
{
    size_t content = (size_t)count * item_size;
    u8 *bytes = malloc(n_before + content + 32), leb[5];
    memcpy(bytes, before, n_before);
    size_t n = n_before, leb_size = put_leb(leb, count);
    bytes[n++] = id;
    n += put_leb(bytes + n, (u32)(content + leb_size));
    memcpy(bytes + n, leb, leb_size);
    n += leb_size;
    for (u32 i = 0; i < count; i++, n += item_size)
        memcpy(bytes + n, item, item_size);
    Module m;
    Error err = { 0 };
    assert_int_equal(load(&m, &cw_default_alloc, ALL_FEATURES, bytes, n, &err), want);
    assert_memory_equal(err.message, text, strlen(text));
    unload(&m);
    free(bytes);
}

static void test_limits(void **state)
{
    (void)state;
    if (CW_STRESS)
        skip();   /* vectors that grow by one take hours to a million */
    static const u8 preamble[] = { PREAMBLE }, with_type[] = { PREAMBLE, TYPE_V };
#define COUNT(before, id, n, item, want, text) expect_count(before, sizeof before, id, n, item, sizeof item - 1, want, text)
    COUNT(preamble, 1, LIMIT_TYPES, "\x60\0\0", CWASM_OK, "");
    COUNT(preamble, 1, LIMIT_TYPES + 1, "\x60\0\0", CWASM_LIMIT, "too many types: found 1000001, cwasm allows at most 1000000");
    COUNT(with_type, 2, LIMIT_IMPORTS + 1, "\0\0\0\0", CWASM_LIMIT, "too many imports");
    COUNT(with_type, 3, LIMIT_FUNCTIONS, "\0", CWASM_MALFORMED, "function and code section");
    COUNT(with_type, 3, LIMIT_FUNCTIONS + 1, "\0", CWASM_LIMIT, "too many functions");
    COUNT(preamble, 4, LIMIT_TABLES, "\x70\0\0", CWASM_OK, "");
    COUNT(preamble, 4, LIMIT_TABLES + 1, "\x70\0\0", CWASM_LIMIT, "too many tables");
    COUNT(preamble, 5, LIMIT_MEMORIES, "\0\0", CWASM_OK, "");
    COUNT(preamble, 5, LIMIT_MEMORIES + 1, "\0\0", CWASM_LIMIT, "too many memories");
    COUNT(with_type, 13, LIMIT_TAGS + 1, "\0\0", CWASM_LIMIT, "too many tags");
    COUNT(preamble, 6, LIMIT_GLOBALS + 1, "\x7f\0\x41\0\x0b", CWASM_LIMIT, "too many globals");
    COUNT(preamble, 11, LIMIT_DATAS, "\1\0", CWASM_OK, "");
    COUNT(preamble, 11, LIMIT_DATAS + 1, "\1\0", CWASM_LIMIT, "too many data segments");
    COUNT(with_type, 2, LIMIT_TABLES + 1, "\0\0\1\x70\0\0", CWASM_LIMIT, "too many tables");
    COUNT(with_type, 2, LIMIT_MEMORIES + 1, "\0\0\2\0\0", CWASM_LIMIT, "too many memories");
#undef COUNT
}

/* (type (func (param i32 ...))), (type (struct (field i32) ...)): one more than allowed. */
static void test_type_limits(void **state)
{
    (void)state;
    static const struct { const char *begin; size_t n_begin; u32 most; const char *item; size_t item_size; const char *text; } rows[] = {
        { "\x60", 1, LIMIT_PARAMS, "\x7f", 1, "too many parameters" },
        { "\x60\0", 2, LIMIT_RESULTS, "\x7f", 1, "too many results" },
        { "\x5f", 1, LIMIT_FIELDS, "\x7f\0", 2, "too many fields" },
    };
    static u8 bytes[32768];
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        for (u32 extra = 0; extra < 2; extra++) {
            u8 content[32768];
            size_t n = 0, size = 0;
            content[size++] = 1;
            memcpy(content + size, rows[i].begin, rows[i].n_begin);
            size += rows[i].n_begin;
            size += put_leb(content + size, rows[i].most + extra);
            for (u32 k = 0; k < rows[i].most + extra; k++, size += rows[i].item_size)
                memcpy(content + size, rows[i].item, rows[i].item_size);
            if (i == 0)
                content[size++] = 0;
            memcpy(bytes, every_section, 8);
            n = 8;
            bytes[n++] = 1;
            n += put_leb(bytes + n, (u32)size);
            memcpy(bytes + n, content, size);
            Module m;
            Error err = { 0 };
            assert_int_equal(load(&m, &cw_default_alloc, ALL_FEATURES, bytes, n + size, &err), extra ? CWASM_LIMIT : CWASM_OK);
            assert_memory_equal(err.message, extra ? rows[i].text : "", extra ? strlen(rows[i].text) : 1);
            unload(&m);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_section), cmocka_unit_test(test_truncated), cmocka_unit_test(test_mutated),
        cmocka_unit_test(test_failing_allocations), cmocka_unit_test(test_header), cmocka_unit_test(test_sections),
        cmocka_unit_test(test_types), cmocka_unit_test(test_declarations), cmocka_unit_test(test_huge_counts),
        cmocka_unit_test(test_elem_forms), cmocka_unit_test(test_features), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_type_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
