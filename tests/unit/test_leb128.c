/* test_leb128.c - LEB128 integers and fixed-width reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/leb128.h"

typedef enum Kind { U32, U64, S32, S33, S64 } Kind;

static Status read(Kind kind, Reader *r, s64 *v, Error *err)
{
    u32 u;
    u64 w;
    s32 s;
    Status status;
    switch (kind) {
    case U32: status = cw_leb_u32(r, &u, "a test", err); *v = status ? 0 : (s64)u; return status;
    case U64: status = cw_leb_u64(r, &w, "a test", err); *v = status ? 0 : (s64)w; return status;
    case S32: status = cw_leb_s32(r, &s, "a test", err); *v = status ? 0 : s; return status;
    case S33: return cw_leb_s33(r, v, "a test", err);
    default: return cw_leb_s64(r, v, "a test", err);
    }
}

#define BYTES(...) (const u8[]){ __VA_ARGS__ }, sizeof(const u8[]){ __VA_ARGS__ }
#define LARGE "integer too large"
#define LONG "integer representation too long"
#define END "unexpected end"

static const struct Row {
    Kind kind;
    const u8 *bytes;
    size_t size;
    s64 value;
    const char *error;   /* NULL: reads all bytes as value */
    u64 at;              /* of the error */
} rows[] = {
    { U32, BYTES(0x00), 0, NULL, 0 },
    { U32, BYTES(0x7f), 127, NULL, 0 },
    { U32, BYTES(0x80, 0x01), 128, NULL, 0 },
    { U32, BYTES(0xff, 0x7f), 16383, NULL, 0 },
    { U32, BYTES(0x80, 0x80, 0x01), 16384, NULL, 0 },
    { U32, BYTES(0xe5, 0x8e, 0x26), 624485, NULL, 0 },
    { U32, BYTES(0xff, 0xff, 0xff, 0xff, 0x0f), 0xffffffff, NULL, 0 },
    { U32, BYTES(0x82, 0x80, 0x80, 0x80, 0x00), 2, NULL, 0 },                 /* padded */
    { U32, BYTES(0x82, 0x80, 0x80, 0x80, 0x80, 0x00), 0, LONG, 4 },
    { U32, BYTES(0x82, 0x80, 0x80, 0x80, 0x70), 0, LARGE, 4 },
    { U32, BYTES(0x82, 0x80, 0x80, 0x80, 0x10), 0, LARGE, 4 },
    { U32, BYTES(0xff, 0xff, 0xff, 0xff, 0xff), 0, LARGE, 4 },                /* both: bits are looked at first */
    { U32, BYTES(0x80), 0, END, 1 },
    { U32, BYTES(0x80, 0x80, 0x80), 0, END, 3 },
    { S32, BYTES(0x00), 0, NULL, 0 },
    { S32, BYTES(0x3f), 63, NULL, 0 },
    { S32, BYTES(0x40), -64, NULL, 0 },
    { S32, BYTES(0x7f), -1, NULL, 0 },
    { S32, BYTES(0xff, 0x00), 127, NULL, 0 },
    { S32, BYTES(0x80, 0x7f), -128, NULL, 0 },
    { S32, BYTES(0xc0, 0xbb, 0x78), -123456, NULL, 0 },
    { S32, BYTES(0x80, 0x80, 0x80, 0x80, 0x78), INT32_MIN, NULL, 0 },
    { S32, BYTES(0xff, 0xff, 0xff, 0xff, 0x07), INT32_MAX, NULL, 0 },
    { S32, BYTES(0xff, 0xff, 0xff, 0xff, 0x7f), -1, NULL, 0 },
    { S32, BYTES(0x80, 0x80, 0x80, 0x80, 0x70), 0, LARGE, 4 },
    { S32, BYTES(0xff, 0xff, 0xff, 0xff, 0x0f), 0, LARGE, 4 },
    { S32, BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x00), 0, LONG, 4 },
    { S33, BYTES(0x40), -64, NULL, 0 },
    { S33, BYTES(0xff, 0xff, 0xff, 0xff, 0x0f), 0xffffffff, NULL, 0 },
    { S33, BYTES(0x80, 0x80, 0x80, 0x80, 0x70), -4294967296, NULL, 0 },
    { S33, BYTES(0x80, 0x80, 0x80, 0x80, 0x60), 0, LARGE, 4 },
    { U64, BYTES(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), -1, NULL, 0 },
    { U64, BYTES(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02), 0, LARGE, 9 },
    { U64, BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00), 0, LONG, 9 },
    { S64, BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f), INT64_MIN, NULL, 0 },
    { S64, BYTES(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00), INT64_MAX, NULL, 0 },
    { S64, BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01), 0, LARGE, 9 },
    { S64, BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0xff), 0, LONG, 9 },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct Row *row = &rows[i];
        Reader r = { row->bytes, row->bytes + row->size, row->bytes, NULL };
        Error err = { 0 };
        s64 v;
        Status status = read(row->kind, &r, &v, &err);
        if (row->error) {
            assert_int_equal(status, CWASM_MALFORMED);
            assert_memory_equal(err.message, row->error, strlen(row->error));
            assert_int_equal(err.offset, row->at);
        } else {
            assert_int_equal(status, CWASM_OK);
            assert_int_equal(v, row->value);
            assert_ptr_equal(r.p, r.end);
        }
    }
}

static size_t write_leb(u8 *to, u64 v, bool is_signed)
{
    size_t n = 0;
    for (;;) {
        u8 low = v & 0x7f;
        v = is_signed ? (u64)((s64)v >> 7) : v >> 7;
        bool last = is_signed ? (v == 0 && !(low & 0x40)) || (v == UINT64_MAX && (low & 0x40)) : v == 0;
        to[n++] = (u8)(low | (last ? 0 : 0x80));
        if (last)
            return n;
    }
}

/* Every width, powers of two and their neighbours, there and back. */
static void test_round_trip(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        for (int d = -1; d <= 1; d++) {
            u64 x = ((u64)1 << bit) + (u64)d;
            for (Kind kind = U32; kind <= S64; kind++) {
                bool is_signed = kind >= S32;
                s64 value = kind == U32 ? (s64)(u32)x : kind == S32 ? (s32)(u32)x : kind == S33 ? (s64)(x << 31) >> 31 : (s64)x;
                u8 bytes[10];
                size_t n = write_leb(bytes, (u64)value, is_signed);
                Reader r = { bytes, bytes + n, bytes, NULL };
                s64 v = 0;
                assert_int_equal(read(kind, &r, &v, NULL), CWASM_OK);
                assert_int_equal(v, value);
                assert_ptr_equal(r.p, r.end);
            }
        }
    }
}

static void test_fast(void **state)
{
    (void)state;
    const u8 bytes[] = { 0x80, 0x80, 0x01, 0x05 };
    const u8 *p = bytes;
    u32 v = 99;
    assert_false(cw_leb_u32_fast(&p, bytes + 4, &v));   /* three bytes: left to the other */
    assert_ptr_equal(p, bytes);
    assert_int_equal(v, 99);
    assert_false(cw_leb_u32_fast(&p, bytes, &v));
    p = bytes + 3;
    assert_true(cw_leb_u32_fast(&p, bytes + 4, &v));
    assert_int_equal(v, 5);
}

/* An integer that the section's end cuts: what follows in the module tells what is wrong with it. */
static void test_limit(void **state)
{
    (void)state;
    const u8 bytes[] = { 0x82, 0x80, 0x80, 0x80, 0x80, 0x00 };
    Error err = { 0 };
    u32 v;
    Reader r = { bytes, bytes + 3, bytes, bytes + sizeof bytes };
    assert_int_equal(cw_leb_u32(&r, &v, "a test", &err), CWASM_MALFORMED);
    assert_memory_equal(err.message, LONG, strlen(LONG));
    const u8 good[] = { 0x82, 0x80, 0x00 };
    r = (Reader){ good, good + 2, good, good + sizeof good };
    assert_int_equal(cw_leb_u32(&r, &v, "a test", &err), CWASM_MALFORMED);
    assert_memory_equal(err.message, END, strlen(END));
    assert_int_equal(err.offset, 2);
}

static void test_fixed(void **state)
{
    (void)state;
    const u8 bytes[] = { 0xaa, 0x78, 0x56, 0x34, 0x12, 0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01 };
    Reader r = { bytes, bytes + sizeof bytes, bytes, NULL };
    u8 b;
    u32 w;
    u64 d;
    const u8 *p;
    Error err;
    assert_int_equal(cw_read_u8(&r, &b, "a byte", &err), CWASM_OK);
    assert_int_equal(cw_read_le32(&r, &w, "four bytes", &err), CWASM_OK);
    assert_int_equal(cw_read_le64(&r, &d, "eight bytes", &err), CWASM_OK);
    assert_int_equal(b, 0xaa);
    assert_int_equal(w, 0x12345678);
    assert_true(d == 0x0123456789abcdefu);
    assert_int_equal(cw_reader_left(&r), 0);
    assert_int_equal(cw_reader_at(&r), 13);
    assert_int_equal(cw_read_bytes(&r, 0, &p, "nothing", &err), CWASM_OK);
    assert_int_equal(cw_read_bytes(&r, UINT64_MAX, &p, "too much", &err), CWASM_MALFORMED);
    assert_int_equal(cw_read_u8(&r, &b, "a byte", &err), CWASM_MALFORMED);
    assert_string_equal(err.message, "unexpected end of section or function: expected a byte, found the end");
    assert_int_equal(err.offset, 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows), cmocka_unit_test(test_round_trip), cmocka_unit_test(test_fast), cmocka_unit_test(test_limit),
        cmocka_unit_test(test_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
