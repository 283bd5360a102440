/* test_custom.c - custom sections with a meaning: whatever is in them, the module loads and runs; whether they make sense, one may ask. */
#include <stdio.h>
#include <string.h>

#include "cm.h"
#include "fixture.h"

/* (func (export "f") (param i32) (if (local.get 0) (then)) (block (br_if 0 (local.get 0)))): if at offset 3, br_if at 10 of its body */
static const uint8_t front[] = { 0, 'a', 's', 'm', 1, 0, 0, 0, 1, 5, 1, 0x60, 1, 0x7f, 0, 3, 2, 1, 0, 7, 5, 1, 1, 'f', 0, 0 };
static const uint8_t code[] = { 10, 16, 1, 14, 0, 0x20, 0, 4, 0x40, 0x0b, 2, 0x40, 0x20, 0, 0x0d, 0, 0x0b, 0x0b };

typedef struct Bytes { uint8_t at[512]; size_t n; } Bytes;

static void put(Bytes *b, const void *p, size_t n)
{
    memcpy(b->at + b->n, p, n);
    b->n += n;
}

static void put_hints(Bytes *b, const uint8_t *content, size_t n)
{
    static const char name[] = "metadata.code.branch_hint";
    const uint8_t head[] = { 0, (uint8_t)(sizeof name + n), sizeof name - 1 };
    put(b, head, sizeof head);
    put(b, name, sizeof name - 1);
    put(b, content, n);
}

/* What cwasm_module_check_custom says of a module that loads and runs. */
static cwasm_status checked(const Bytes *b, cwasm_compile compile)
{
    cwasm_error err;
    Wasm wasm = { .bytes = (uint8_t *)b->at, .size = b->n };
    Variant v = { .compile = compile };
    Fixture f;
    fixture_open(&f, &v, wasm);
    fixture_instantiate(&f);
    assert_ok(fixture_call(&f, "f", ARGS(cwasm_i32(1)), NULL, 0), &f.err);
    cwasm_status status = cwasm_module_check_custom(f.module, &err);
    fixture_close(&f);
    return status;
}

static cwasm_status with_hints(const uint8_t *content, size_t n)
{
    Bytes b = { .n = 0 };
    put(&b, front, sizeof front);
    put_hints(&b, content, n);
    put(&b, code, sizeof code);
    cwasm_status status = checked(&b, CWASM_COMPILE_LAZY);
    assert_int_equal(checked(&b, CWASM_COMPILE_EAGER), status);
    return status;
}

#define HINTS(...) with_hints((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void test_hints(void **state)
{
    (void)state;
    assert_int_equal(HINTS(0), CWASM_OK);
    assert_int_equal(HINTS(1, 0, 0), CWASM_OK);
    assert_int_equal(HINTS(1, 0, 1, 3, 1, 0), CWASM_OK);
    assert_int_equal(HINTS(1, 0, 2, 3, 1, 1, 10, 1, 0), CWASM_OK);
    assert_int_equal(HINTS(1, 0, 1, 4, 1, 0), CWASM_INVALID);          /* inside the if */
    assert_int_equal(HINTS(1, 0, 1, 6, 1, 0), CWASM_INVALID);          /* a block */
    assert_int_equal(HINTS(1, 0, 1, 11, 1, 0), CWASM_INVALID);
    assert_int_equal(HINTS(1, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 0), CWASM_INVALID);
    assert_int_equal(HINTS(1, 1, 1, 3, 1, 0), CWASM_INVALID);          /* no such function */
    assert_int_equal(HINTS(1, 0, 2, 10, 1, 0, 3, 1, 0), CWASM_MALFORMED);   /* order */
    assert_int_equal(HINTS(1, 0, 2, 3, 1, 0, 3, 1, 0), CWASM_MALFORMED);
    assert_int_equal(HINTS(2, 0, 0, 0, 0), CWASM_MALFORMED);
    assert_int_equal(HINTS(1, 0, 1, 3, 2, 0), CWASM_MALFORMED);        /* size */
    assert_int_equal(HINTS(1, 0, 1, 3, 1, 2), CWASM_MALFORMED);        /* value */
    assert_int_equal(HINTS(1, 0, 1, 3, 1, 0, 0), CWASM_MALFORMED);     /* bytes left */
}

/* Cut off anywhere, or any byte changed to anything: it loads, and the check ends. */
static void test_broken(void **state)
{
    (void)state;
    static const uint8_t good[] = { 1, 0, 2, 3, 1, 1, 10, 1, 0 };
    for (size_t n = 0; n < sizeof good; n++)
        assert_int_equal(with_hints(good, n), CWASM_MALFORMED);
    for (size_t i = 0; i < sizeof good; i++)
        for (unsigned byte = 0; byte < 256; byte += 5) {
            uint8_t changed[sizeof good];
            memcpy(changed, good, sizeof good);
            changed[i] = (uint8_t)byte;
            (void)with_hints(changed, sizeof good);
        }
}

static void test_places(void **state)
{
    (void)state;
    static const uint8_t good[] = { 1, 0, 1, 3, 1, 1 };
    Bytes b = { .n = 0 };
    put(&b, front, sizeof front);
    put(&b, code, sizeof code);
    assert_int_equal(checked(&b, CWASM_COMPILE_LAZY), CWASM_OK);   /* none */
    put_hints(&b, good, sizeof good);
    assert_int_equal(checked(&b, CWASM_COMPILE_LAZY), CWASM_MALFORMED);   /* after the code */
    b.n = 0;
    put(&b, front, sizeof front);
    put_hints(&b, good, sizeof good);
    put_hints(&b, good, sizeof good);
    put(&b, code, sizeof code);
    assert_int_equal(checked(&b, CWASM_COMPILE_LAZY), CWASM_MALFORMED);   /* twice */
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_hints), cmocka_unit_test(test_broken), cmocka_unit_test(test_places) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
