/* test_lines.c - line tables made by hand: what every version, form and opcode means, and that broken ones do no harm. */
#include <stdbool.h>

#include "cm.h"
#include "cwasm.h"
#include "lines.h"

/* ---- Making tables --------------------------------------------------------------------------------------------- */

typedef struct Out { uint8_t at[2048]; size_t n; } Out;

static void bytes(Out *o, const void *p, size_t n)
{
    assert_true(n <= sizeof o->at - o->n);
    memcpy(o->at + o->n, p, n);
    o->n += n;
}

static void number(Out *o, uint64_t x, unsigned size)
{
    bytes(o, &x, size);
}

#define RAW(o, ...) bytes((o), (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))
#define TEXT(o, text) bytes((o), (text), sizeof(text))

/* How a unit is written. */
typedef struct Kind {
    unsigned version, offset_size, address_size, min_length, max_ops;
    unsigned opcode_base;   /* 13 unless given */
    Out names;              /* tables of directories and files; empty: those of `plain` */
} Kind;

/* Directories: 0 "/build" (version 5), 1 "src". Files: 1 "a.c" in src, 2 "/abs/b.c". */
static void plain(Out *o, unsigned version)
{
    if (version < 5) {
        TEXT(o, "src");
        RAW(o, 0);
        TEXT(o, "a.c");
        RAW(o, 1, 0x85, 0, 7);
        TEXT(o, "/abs/b.c");
        RAW(o, 0, 0, 0, 0);
        return;
    }
    RAW(o, 1, 1, 8, 2);                                    /* path string; two directories */
    TEXT(o, "/build");
    TEXT(o, "src");
    RAW(o, 3, 1, 0x1f, 2, 0x0b, 5, 0x1e, 3);               /* path line_strp, directory data1, MD5 data16; three files */
    for (unsigned i = 0; i < 3; i++) {
        static const uint8_t md5[16] = { 1, 2, 3, 0, 5 };
        static const unsigned strings[] = { 4, 0, 8 };     /* of line_strings */
        static const uint8_t directories[] = { 0, 1, 0 };
        number(o, strings[i], 4);
        RAW(o, directories[i]);
        bytes(o, md5, sizeof md5);
    }
}
static const char line_strings[] = "a.c\0m.c\0/abs/b.c";
static const char strings[] = "x\0from_strp.c\0has no end";   /* without its NUL, below */

static void unit(Out *o, const Kind *k, const Out *program)
{
    static const uint8_t lengths[] = { 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 2, 0 };   /* 13: two operands, 14: none */
    unsigned offset_size = k->offset_size ? k->offset_size : 4, base = k->opcode_base ? k->opcode_base : 13;
    Out head = { .n = 0 }, tail = { .n = 0 };
    RAW(&tail, k->min_length ? k->min_length : 1);
    if (k->version >= 4)
        RAW(&tail, k->max_ops ? k->max_ops : 1);
    RAW(&tail, 1, (uint8_t)-5, 14, base);
    bytes(&tail, lengths, base - 1);
    if (k->names.n)
        bytes(&tail, k->names.at, k->names.n);
    else
        plain(&tail, k->version);
    if (k->version < 5 || !k->names.n)
        RAW(&tail, 0);   /* ends the files; for version 5 something behind them */
    number(&head, k->version, 2);
    if (k->version == 5)
        RAW(&head, k->address_size ? k->address_size : 4, 0);
    number(&head, tail.n, offset_size);
    if (offset_size == 8)
        number(o, UINT32_MAX, 4);
    number(o, head.n + tail.n + program->n, offset_size);
    bytes(o, head.at, head.n);
    bytes(o, tail.at, tail.n);
    bytes(o, program->at, program->n);
}

static void set_address(Out *o, uint64_t address, unsigned size)
{
    RAW(o, 0, 1 + size, 2);
    number(o, address, size);
}

static void end(Out *o) { RAW(o, 0, 1, 1); }

/* ---- Asking ---------------------------------------------------------------------------------------------------- */

static size_t allocations;

static void *counted(void *ctx, void *p, size_t old_size, size_t new_size)
{
    (void)ctx, (void)old_size;
    allocations++;
    if (new_size)
        return realloc(p, new_size);
    free(p);
    return NULL;
}

typedef struct Table {
    cwasm_engine *engine;
    cwasm_module *module;
    uint8_t *bytes;
} Table;

static Table open_table(const void *section, size_t size)
{
    static const cwasm_allocator allocator = { counted, NULL };
    Table t;
    cwasm_error err;
    cwasm_config *config = cwasm_config_new();
    cwasm_config_allocator(config, &allocator);
    uint8_t *room = malloc(size + sizeof line_strings + sizeof strings + LINES_OVERHEAD);
    assert_non_null(room);
    size_t n = lines_module(room, (Piece){ section, size }, (Piece){ line_strings, sizeof line_strings }, (Piece){ strings, sizeof strings - 1 });
    t.bytes = realloc(room, n);   /* so that a read past the end shows */
    assert_ok(cwasm_engine_new(config, &t.engine, &err), &err);
    assert_ok(cwasm_module_new_borrowed(t.engine, t.bytes, n, &t.module, &err), &err);
    cwasm_config_free(config);
    return t;
}

static void close_table(Table *t)
{
    cwasm_module_free(t->module);
    cwasm_engine_free(t->engine);
    free(t->bytes);
}

static cwasm_source source_at(const Table *t, uint64_t address)
{
    cwasm_frame frame = { .module = t->module, .offset = cwasm_module_code_offset(t->module) + address };
    cwasm_source source;
    size_t before = allocations, known = cwasm_frame_sources(&frame, 1, &source);
    assert_int_equal(allocations, before);
    assert_int_equal(known, source.file != NULL);
    return source;
}

static const char *text_at(const Table *t, uint64_t address)
{
    static char text[200];
    cwasm_source s = source_at(t, address);
    size_t n = cwasm_source_path(&s, text, sizeof text);
    if (s.file)
        snprintf(text + n, sizeof text - n, ":%u:%u", (unsigned)s.line, (unsigned)s.column);
    else
        assert_true(n == 0 && !s.directory && !s.line && !s.column);
    return text;
}

#define IS(t, address, expected) assert_string_equal(text_at((t), (address)), (expected))

static Table of_program(const Kind *k, const Out *program)
{
    Out o = { .n = 0 };
    unit(&o, k, program);
    return open_table(o.at, o.n);
}

/* ---- Tests ----------------------------------------------------------------------------------------------------- */

/* 16 to 25: line 7, column 3 of a.c; 26 to 29: line 8, no column, of b.c; 40 to 41: line 1 */
static Out usual(unsigned address_size)
{
    Out o = { .n = 0 };
    set_address(&o, 16, address_size);
    RAW(&o, 3, 6, 5, 3, 1);                       /* advance_line 6, set_column 3, copy */
    RAW(&o, 2, 10, 4, 2, 3, 0x7f, 3, 2, 5, 0, 1); /* advance_pc 10, set_file 2, line -1 and +2, set_column 0, copy */
    RAW(&o, 2, 0x84, 0x80, 0);                    /* advance_pc 4, padded */
    end(&o);
    set_address(&o, 40, address_size);
    RAW(&o, 1, 2, 2);
    end(&o);
    return o;
}

static void check_usual(const Table *t, const char *one, const char *again)
{
    char text[100];
    for (uint64_t address = 0; address < 60; address++) {
        const char *expected = "";
        if (address >= 16 && address < 26)
            expected = (snprintf(text, sizeof text, "%s:7:3", one), text);
        else if (address >= 26 && address < 30)
            expected = "/abs/b.c:8:0";
        else if (address >= 40 && address < 42)
            expected = (snprintf(text, sizeof text, "%s:1:0", again), text);
        IS(t, address, expected);
    }
}

static void test_versions(void **state)
{
    (void)state;
    for (unsigned version = 2; version <= 5; version++)
        for (unsigned offset_size = 4; offset_size <= 8; offset_size += 4)
            for (unsigned address_size = 4; address_size <= 8; address_size += 4) {
                Kind k = { .version = version, .offset_size = offset_size, .address_size = address_size };
                if (version == 5 && offset_size == 8) {   /* line_strp is as wide: those of plain() are not */
                    RAW(&k.names, 1, 1, 8, 2);
                    TEXT(&k.names, "/build");
                    TEXT(&k.names, "src");
                    RAW(&k.names, 2, 1, 0x1f, 2, 0x0b, 3);
                    number(&k.names, 4, 8), RAW(&k.names, 0);
                    number(&k.names, 0, 8), RAW(&k.names, 1);
                    number(&k.names, 8, 8), RAW(&k.names, 0);
                }
                Out program = usual(address_size);
                Table t = of_program(&k, &program);
                check_usual(&t, "src/a.c", "src/a.c");
                close_table(&t);
            }
}

/* Units of versions that nobody knows are passed over, and so are those that make no sense. */
static void test_units(void **state)
{
    (void)state;
    Out o = { .n = 0 }, program = usual(4);
    unit(&o, &(Kind){ .version = 6 }, &program);
    unit(&o, &(Kind){ .version = 1 }, &program);
    number(&o, 0, 4);   /* an empty one */
    size_t at = o.n;
    unit(&o, &(Kind){ .version = 4 }, &program);
    o.at[at + 4 + 2 + 4 + 4] = 0;   /* line_range */
    unit(&o, &(Kind){ .version = 4 }, &program);
    Out later = { .n = 0 };   /* says something else about 16, and the only thing about 50 */
    set_address(&later, 16, 4);
    RAW(&later, 1, 2, 10, 1);
    end(&later);
    set_address(&later, 50, 4);
    RAW(&later, 5, 9, 1, 2, 1);
    end(&later);
    unit(&o, &(Kind){ .version = 5 }, &later);
    Table t = open_table(o.at, o.n);
    IS(&t, 16, "src/a.c:7:3");
    IS(&t, 30, "");
    IS(&t, 50, "src/a.c:1:9");
    IS(&t, 51, "");
    close_table(&t);
}

static void test_tombstones(void **state)
{
    (void)state;
    static const uint64_t dead[] = { 0, UINT32_MAX, UINT32_MAX - 1, UINT64_MAX, UINT64_MAX - 1 };
    for (size_t i = 0; i < sizeof dead / sizeof dead[0]; i++) {
        Out program = { .n = 0 };
        unsigned size = dead[i] > UINT32_MAX ? 8 : 4;
        set_address(&program, dead[i], size);   /* a function that the linker left out, said to be where others are */
        RAW(&program, 3, 50, 1, 2, 20, 1, 2, 20);
        end(&program);
        RAW(&program, 1, 2, 20);                /* no address at all */
        end(&program);
        Out rest = usual(size);
        bytes(&program, rest.at, rest.n);
        Table t = of_program(&(Kind){ .version = 4 }, &program);
        check_usual(&t, "src/a.c", "src/a.c");
        IS(&t, UINT32_MAX, "");
        IS(&t, UINT32_MAX + 5ull, "");
        close_table(&t);
    }
}

/* A sequence that begins at a tombstone and goes on somewhere else, and the other way round. */
static void test_half_dead(void **state)
{
    (void)state;
    Out o = { .n = 0 };
    set_address(&o, 0, 4);
    RAW(&o, 2, 5, 1);
    set_address(&o, 20, 4);
    RAW(&o, 1, 2, 4, 3, 3, 1);
    set_address(&o, UINT32_MAX, 4);
    RAW(&o, 1);
    set_address(&o, 40, 4);
    RAW(&o, 1, 2, 2);
    end(&o);
    Table t = of_program(&(Kind){ .version = 4 }, &o);
    cwasm_frame frames[50];
    cwasm_source sources[50];
    for (unsigned i = 0; i < 50; i++)
        frames[i] = (cwasm_frame){ .module = t.module, .offset = cwasm_module_code_offset(t.module) + i };
    assert_int_equal(cwasm_frame_sources(frames, 50, sources), 6);
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(sources[i].line, i >= 20 && i < 24 ? 1 : i >= 40 && i < 42 ? 4 : 0);
        IS(&t, i, i >= 20 && i < 24 ? "src/a.c:1:0" : i >= 40 && i < 42 ? "src/a.c:4:0" : "");
    }
    close_table(&t);
}

static void test_opcodes(void **state)
{
    (void)state;
    Out o = { .n = 0 };
    set_address(&o, 100, 4);
    RAW(&o, 13 + 14 * 2 + 7);              /* special: 2 further, line +2: 102, line 3 */
    RAW(&o, 8);                            /* const_add_pc: as special 255, (255 - 13) / 14 = 17 */
    RAW(&o, 13 + 5);                       /* 119, line 3 */
    RAW(&o, 9, 0x01, 0x01, 1);             /* fixed_advance_pc 257: 376, copy */
    RAW(&o, 6, 7, 10, 11, 12, 0x80, 1);    /* negate_stmt, basic_block, prologue_end, epilogue_begin, set_isa: nothing to us */
    RAW(&o, 0, 3, 4, 9, 9);                /* discriminator */
    RAW(&o, 0, 6, 0x80, 1, 2, 3, 4, 5);    /* of a vendor */
    RAW(&o, 0, 0);                         /* with no opcode at all */
    RAW(&o, 3, 9, 13 + 5 + 14);            /* 377, line 12 */
    RAW(&o, 3, 0x74, 1);                   /* line 0, at the same address: the last row counts */
    RAW(&o, 13 + 14 * 3 + 5);              /* 380 */
    RAW(&o, 4, 9, 1, 2, 1, 4, 1, 1, 2, 1); /* a file that is not in the table: 380; known again: 381 */
    RAW(&o, 3, 6, 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1, 2, 1);   /* the last number there is: 382 */
    end(&o);
    Table t = of_program(&(Kind){ .version = 3 }, &o);
    IS(&t, 101, "");
    IS(&t, 102, "src/a.c:3:0");
    IS(&t, 118, "src/a.c:3:0");
    IS(&t, 119, "src/a.c:3:0");
    IS(&t, 375, "src/a.c:3:0");
    IS(&t, 376, "src/a.c:3:0");
    IS(&t, 377, "src/a.c:0:0");
    IS(&t, 380, "");
    IS(&t, 381, "src/a.c:0:0");
    IS(&t, 382, "");
    close_table(&t);

    o.n = 0;   /* opcodes that later versions might add, by their numbers of operands */
    set_address(&o, 100, 4);
    RAW(&o, 13, 0x80, 1, 2, 14, 1, 2, 5);
    end(&o);
    t = of_program(&(Kind){ .version = 4, .opcode_base = 15 }, &o);
    IS(&t, 104, "src/a.c:1:0");
    close_table(&t);

    o.n = 0;   /* DWARF 2 has nine: 10 is a special one; line -5 + 6 - 6 % 14 */
    set_address(&o, 100, 4);
    RAW(&o, 10 + 6, 2, 5);
    end(&o);
    t = of_program(&(Kind){ .version = 2, .opcode_base = 10 }, &o);
    IS(&t, 104, "src/a.c:2:0");
    close_table(&t);
}

static void test_long_instructions(void **state)
{
    (void)state;
    Out o = { .n = 0 };
    set_address(&o, 100, 4);
    RAW(&o, 1, 2, 3, 13 + 6 + 14, 9, 3, 0, 13 + 6);
    end(&o);
    Table t = of_program(&(Kind){ .version = 4, .min_length = 4 }, &o);   /* 100; 112 + 4, line 2; 119 (not times 4), line 3, empty */
    IS(&t, 115, "src/a.c:1:0");
    IS(&t, 116, "src/a.c:2:0");
    IS(&t, 118, "src/a.c:2:0");
    IS(&t, 119, "");
    close_table(&t);

    o.n = 0;   /* three operations in an instruction of four bytes: 1, 3 and 7 operations on */
    set_address(&o, 100, 4);
    RAW(&o, 1, 13 + 6 + 14, 2, 2, 13 + 6, 13 + 6 + 14 * 4, 2, 2);
    end(&o);
    t = of_program(&(Kind){ .version = 4, .min_length = 4, .max_ops = 3 }, &o);
    IS(&t, 100, "src/a.c:2:0");
    IS(&t, 103, "src/a.c:2:0");
    IS(&t, 104, "src/a.c:3:0");
    IS(&t, 108, "src/a.c:4:0");
    IS(&t, 111, "src/a.c:4:0");
    IS(&t, 112, "");
    close_table(&t);
}

/* A unit of version 5 whose file 1 is described by these formats and bytes; the directories are "/build" and "inc". */
static Table with_file(Piece formats, unsigned n_formats, Piece row)
{
    Kind k = { .version = 5 };
    Out program = { .n = 0 };
    RAW(&k.names, 1, 1, 8, 2);
    TEXT(&k.names, "/build");
    TEXT(&k.names, "inc");
    RAW(&k.names, n_formats);
    bytes(&k.names, formats.bytes, formats.size);
    RAW(&k.names, 2);
    bytes(&k.names, row.bytes, row.size);
    bytes(&k.names, row.bytes, row.size);
    set_address(&program, 8, 4);
    RAW(&program, 5, 2, 1, 2, 1);
    end(&program);
    return of_program(&k, &program);
}

static void test_forms(void **state)
{
    (void)state;
#define BYTES(...) (Piece){ (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) }
#define FORM(n, formats, row, expected)               \
    do {                                              \
        Table t = with_file(formats, n, row);         \
        IS(&t, 8, expected);                          \
        close_table(&t);                              \
    } while (0)
    FORM(2, BYTES(1, 0x08, 2, 0x0b), BYTES('f', 0, 1), "inc/f:1:2");
    FORM(2, BYTES(2, 0x05, 1, 0x08), BYTES(1, 0, 'f', 0), "inc/f:1:2");
    FORM(2, BYTES(1, 0x08, 2, 0x06), BYTES('f', 0, 1, 0, 0, 0), "inc/f:1:2");
    FORM(2, BYTES(1, 0x08, 2, 0x07), BYTES('f', 0, 1, 0, 0, 0, 0, 0, 0, 0), "inc/f:1:2");
    FORM(2, BYTES(1, 0x08, 2, 0x0f), BYTES('f', 0, 0x81, 0), "inc/f:1:2");
    FORM(2, BYTES(1, 0x0e, 2, 0x0b), BYTES(2, 0, 0, 0, 1), "inc/from_strp.c:1:2");
    FORM(2, BYTES(1, 0x1f, 2, 0x0b), BYTES(0, 0, 0, 0, 1), "inc/a.c:1:2");
    FORM(1, BYTES(1, 0x08), BYTES('f', 0), "/build/f:1:2");                                       /* without a directory: the first */
    FORM(1, BYTES(1, 0x08), BYTES('\\', 'f', 0), "\\f:1:2");
    FORM(1, BYTES(1, 0x08), BYTES('C', ':', 'f', 0), "C:f:1:2");
    FORM(2, BYTES(1, 0x08, 2, 0x0b), BYTES('f', 0, 77), "f:1:2");                                 /* a directory that is not there */
    FORM(2, BYTES(5, 0x1e, 1, 0x08), BYTES(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 'f', 0), "/build/f:1:2");
    FORM(2, BYTES(0x81, 0x40, 0x09, 1, 0x08), BYTES(3, 0, 0, 0, 'f', 0), "/build/f:1:2");         /* a vendor's, a block */
    FORM(4, BYTES(3, 0x0f, 4, 0x0f, 1, 0x08, 2, 0x0b), BYTES(0x80, 1, 9, 'f', 0, 1), "inc/f:1:2");   /* time and size */
    FORM(1, BYTES(1, 0x0e), BYTES(0xff, 0xff, 0, 0), "");                                         /* past the end of the strings */
    FORM(1, BYTES(1, 0x0e), BYTES(14, 0, 0, 0), "");                                              /* no end */
    FORM(1, BYTES(1, 0x0e), BYTES(1, 0, 0, 0), "");                                               /* empty */
    FORM(1, BYTES(1, 0x0b), BYTES(1), "");                                                        /* a path that is a number */
    FORM(2, BYTES(3, 0x1a, 1, 0x08), BYTES(1, 'f', 0), "");                                       /* a form that nobody can pass over */
    FORM(0, BYTES(1, 0x08), BYTES(1), "");
}

/* More than are looked up in one pass, in no order, twice the same, of two modules in turn, unknown offsets; and no allocation. */
static void test_many(void **state)
{
    (void)state;
    enum { N = 300 };
    Out program = usual(4);
    Table t[2] = { of_program(&(Kind){ .version = 4 }, &program), of_program(&(Kind){ .version = 5 }, &program) };
    cwasm_frame frames[N];
    cwasm_source sources[N];
    size_t expected = 0;
    for (unsigned i = 0; i < N; i++) {
        uint64_t address = i * 37 % 60;
        frames[i] = (cwasm_frame){ .module = t[i % 2].module, .offset = cwasm_module_code_offset(t[i % 2].module) + address };
        if (i % 7 == 3)
            frames[i].offset = i % 2 ? CWASM_NO_OFFSET : 3;   /* before the code */
        memset(&sources[i], 0xaa, sizeof sources[i]);
    }
    size_t before = allocations, known = cwasm_frame_sources(frames, N, sources);
    assert_int_equal(allocations, before);
    for (unsigned i = 0; i < N; i++) {
        uint64_t address = i * 37 % 60;
        uint32_t line = i % 7 == 3 ? 0 : address >= 16 && address < 26 ? 7 : address >= 26 && address < 30 ? 8 : address == 40 || address == 41 ? 1 : 0;
        assert_int_equal(sources[i].line, line);
        assert_int_equal(sources[i].file != NULL, line != 0);
        char path[50];
        (void)cwasm_source_path(&sources[i], path, sizeof path);
        assert_string_equal(path, line == 0 ? "" : line == 8 ? "/abs/b.c" : "src/a.c");
        expected += line != 0;
    }
    assert_int_equal(known, expected);
    assert_int_equal(cwasm_frame_sources(frames, 0, sources), 0);
    close_table(&t[0]);
    close_table(&t[1]);
}

static void test_path(void **state)
{
    (void)state;
    char buf[8];
    cwasm_source s = { .file = "file.c", .directory = "dir/" };
    assert_int_equal(cwasm_source_path(&s, buf, sizeof buf), 10);
    assert_string_equal(buf, "dir/fil");
    assert_int_equal(cwasm_source_path(&s, NULL, 0), 10);
    s.directory = NULL;
    assert_int_equal(cwasm_source_path(&s, buf, sizeof buf), 6);
    assert_string_equal(buf, "file.c");
    s.directory = "";
    assert_int_equal(cwasm_source_path(&s, buf, sizeof buf), 6);
    s = (cwasm_source){ .directory = NULL };
    assert_int_equal(cwasm_source_path(&s, buf, sizeof buf), 0);
    assert_string_equal(buf, "");
}

/* A module without debug information, and one without code. */
static void test_none(void **state)
{
    (void)state;
    static const uint8_t code[] = { 0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 4, 1, 2, 0, 0x0b };
    cwasm_engine *engine;
    cwasm_module *module;
    cwasm_error err;
    cwasm_source source;
    assert_ok(cwasm_engine_new(NULL, &engine, &err), &err);
    for (size_t n = 8; n <= sizeof code; n += sizeof code - 8) {
        assert_ok(cwasm_module_new(engine, code, n, &module, &err), &err);
        assert_int_equal(cwasm_module_code_offset(module), n == 8 ? CWASM_NO_OFFSET : 20);
        cwasm_frame frame = { .module = module, .offset = 22 };
        assert_int_equal(cwasm_frame_sources(&frame, 1, &source), 0);
        assert_null(source.file);
        cwasm_module_free(module);
    }
    cwasm_engine_free(engine);
}

/* A module that was refused says in which function and line, and none of its functions runs. */
static void test_refused(void **state)
{
    (void)state;
    Out o = { .n = 0 }, program = { .n = 0 };
    set_address(&program, 1, 4);
    RAW(&program, 3, 6, 5, 3, 1, 2, 20, 1);
    end(&program);
    unit(&o, &(Kind){ .version = 4 }, &program);
    Table t = open_table(o.at, o.n);
    size_t size = 0;
    const uint8_t *last = cwasm_module_custom_section(t.module, ".debug_str", 0, &size);
    size_t n = (size_t)(last - t.bytes) + size;
    cwasm_module_free(t.module);
    t.bytes[LINES_BODY] = 0x1a;
    cwasm_error err;
    t.module = NULL;
    assert_int_equal(cwasm_module_new(t.engine, t.bytes, n, &t.module, &err), CWASM_INVALID);
    assert_null(t.module);
    assert_true(err.func_index == 0 && err.offset == LINES_BODY);
    assert_ok(cwasm_module_new_unchecked(t.engine, t.bytes, n, NULL, NULL, &t.module, NULL), &err);
    IS(&t, err.offset - cwasm_module_code_offset(t.module), "src/a.c:7:3");

    cwasm_store *store;
    cwasm_linker *linker;
    cwasm_instance *instance;
    assert_ok(cwasm_store_new(t.engine, &store, &err), &err);
    assert_ok(cwasm_linker_new(t.engine, &linker, &err), &err);
    assert_ok(cwasm_linker_instantiate(linker, store, t.module, &instance, &err), &err);
    assert_int_equal(cwasm_module_disassemble(t.module, 0, NULL, NULL, &err), CWASM_INVALID);
    cwasm_linker_free(linker);
    cwasm_store_free(store);
    close_table(&t);
}

static void ask_all(const void *section, size_t size)
{
    Table t = open_table(section, size);
    for (uint64_t address = 0; address < 60; address += 4)
        (void)text_at(&t, address);
    close_table(&t);
}

/* Cut off anywhere, or any byte changed: nothing is read that is not there, and it ends. */
static void test_broken(void **state)
{
    (void)state;
    Out o = { .n = 0 }, program = usual(4);
    for (unsigned version = 2; version <= 5; version++)
        unit(&o, &(Kind){ .version = version }, &program);
    for (size_t n = 0; n < o.n; n++) {
        ask_all(o.at, n);
        uint8_t good = o.at[n];
        for (unsigned byte = 0; byte < 256; byte += 51) {
            o.at[n] = (uint8_t)byte;
            ask_all(o.at, o.n);
        }
        o.at[n] = good;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions), cmocka_unit_test(test_units), cmocka_unit_test(test_tombstones), cmocka_unit_test(test_half_dead), cmocka_unit_test(test_opcodes),
        cmocka_unit_test(test_long_instructions), cmocka_unit_test(test_forms), cmocka_unit_test(test_many), cmocka_unit_test(test_path),
        cmocka_unit_test(test_none), cmocka_unit_test(test_broken), cmocka_unit_test(test_refused),
    };
    return RUN(tests);
}
