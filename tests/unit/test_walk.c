/* test_walk.c - the check of function bodies with and without its fast path: the same verdict, words, place and frame on any body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "code/walk.h"
#include "load.h"

enum { MAX_BODY = 600 };

/* ---- Bodies ---- */

typedef struct Body {
    u64 seed;
    u8 bytes[MAX_BODY + 192];
    u32 n;
    u8 stack[64];      /* types */
    u32 height[32];    /* of the enclosing blocks */
    u8 kind[32], result[32];
    u32 sp, depth;
} Body;

static u32 any(Body *b, u32 n)
{
    b->seed = b->seed * 6364136223846793005u + 1442695040888963407u;
    return (u32)(b->seed >> 33) % n;
}

static void put(Body *b, u8 byte) { b->bytes[b->n++] = byte; }

/* LEB128 as linkers write it: sometimes with all five bytes. */
static void put_leb(Body *b, u32 x)
{
    bool padded = any(b, 4) == 0;
    for (u32 i = 0; i < 4 && (padded || x >= 0x80); i++, x >>= 7)
        put(b, (u8)(x | 0x80));
    put(b, (u8)(x & 0x7f));
}

static const u8 types[] = { T_I32, T_I64, T_F32, T_F64 };

static void push(Body *b, u8 type)
{
    if (b->sp < sizeof b->stack)
        b->stack[b->sp++] = type;
}

static bool has(const Body *b, u32 i, u8 type) { return b->sp > b->height[b->depth] + i && b->stack[b->sp - 1 - i] == type; }

static void constant(Body *b)
{
    u32 t = any(b, 4);
    put(b, (u8)(0x41 + t));
    if (t < 2)
        put_leb(b, any(b, 100) ? any(b, 64) : 0x7ffffff);
    for (u32 i = 0; t >= 2 && i < (t == 2 ? 4u : 8u); i++)
        put(b, (u8)any(b, 256));
    push(b, types[t]);
}

/* An instruction that fits the stack, mostly. Locals: 0 i32, 1 i64 (parameters), 2 f32, 3 f64, 4 i32, 5 v128, 6 externref. */
static void step(Body *b)
{
    static const u8 locals[] = { T_I32, T_I64, T_F32, T_F64, T_I32, T_V128, 0x6f };
    u32 x;
    switch (any(b, 25)) {
    case 0: case 1: case 2:
        put(b, 0x20);
        put_leb(b, x = any(b, sizeof locals));
        push(b, locals[x]);
        break;
    case 3:
        x = any(b, sizeof locals);
        if (has(b, 0, locals[x])) {
            put(b, 0x21 + (u8)any(b, 2));
            put_leb(b, x);
            b->sp -= b->bytes[b->n - 2] == 0x21;
        }
        break;
    case 4: case 5: constant(b); break;
    case 6:
        for (x = 0; x < 4; x++)
            if (has(b, 0, types[x]) && has(b, 1, types[x])) {
                static const u8 op[] = { 0x6a, 0x7c, 0x92, 0xa0 }, compare[] = { 0x48, 0x53, 0x5d, 0x63 };
                bool is_compare = any(b, 2);
                put(b, is_compare ? compare[x] : op[x]);
                b->sp -= 2;
                push(b, is_compare ? T_I32 : types[x]);
                break;
            }
        break;
    case 7:
        if (has(b, 0, T_I32)) {
            static const u8 op[] = { 0x45, 0x28, 0x29, 0xac, 0xb2, 0x2d };
            static const u8 to[] = { T_I32, T_I32, T_I64, T_I64, T_F32, T_I32 };
            put(b, op[x = any(b, sizeof op)]);
            if (op[x] < 0x40) {
                put(b, (u8)any(b, 3));
                put_leb(b, any(b, 3) ? any(b, 200) : 100000);
            }
            b->stack[b->sp - 1] = to[x];
        }
        break;
    case 8:
        if (has(b, 0, T_F64) && has(b, 1, T_I32)) {
            put(b, 0x39);
            put(b, 3);
            put_leb(b, 8);
            b->sp -= 2;
        }
        break;
    case 9:
        if (b->sp > b->height[b->depth]) {
            put(b, 0x1a);
            b->sp--;
        }
        break;
    case 10: case 11: case 12:   /* blocks, of a type or none */
        x = any(b, 3);
        if (b->depth < 30 && (x < 2 || has(b, 0, T_I32))) {
            b->sp -= x == 2;
            put(b, (u8)(0x02 + x));
            b->kind[++b->depth] = (u8)x;
            b->height[b->depth] = b->sp;
            b->result[b->depth] = any(b, 2) ? 0x40 : types[any(b, 4)];
            put(b, b->result[b->depth]);
        }
        break;
    case 13: case 14: case 15: {
        u8 result = b->result[b->depth];
        if (!b->depth || (result != 0x40 && !has(b, 0, result)))
            break;
        if (b->kind[b->depth] == 2 && (result != 0x40 || any(b, 2))) {
            if (b->sp == b->height[b->depth] + (result != 0x40)) {
                put(b, 0x05);
                b->kind[b->depth] = 3;
                b->sp = b->height[b->depth];
            }
        } else if (b->sp == b->height[b->depth] + (result != 0x40)) {
            put(b, 0x0b);
            b->sp = b->height[b->depth--];
            if (result != 0x40)
                push(b, result);
        }
        break;
    }
    case 16:
        if (has(b, 0, T_I32)) {
            put(b, 0x0d);
            put(b, (u8)any(b, b->depth + 1));
            b->sp--;
        }
        break;
    case 17:   /* what follows cannot be reached */
        if (any(b, 6) == 0) {
            put(b, any(b, 2) ? 0x00 : 0x0f);
            b->sp = b->height[b->depth];
        }
        break;
    case 18:
        if (has(b, 0, T_I32) && b->sp >= b->height[b->depth] + 3 && b->stack[b->sp - 2] == b->stack[b->sp - 3]) {
            put(b, 0x1b);
            b->sp -= 2;
        }
        break;
    case 19:
        if (has(b, 0, T_I64) && has(b, 1, T_I32)) {
            put(b, 0x10);
            put_leb(b, 0);
            b->sp -= 2;
            push(b, T_I32);
        }
        break;
    case 20:
        put(b, 0x23);
        put_leb(b, 0);
        push(b, T_I64);
        break;
    case 21:
        if (has(b, 0, T_I64)) {
            put(b, 0x24);
            put_leb(b, 0);
            b->sp--;
        }
        break;
    case 22: put(b, 0x01); break;
    case 23:   /* through the table; now and then of a type or in a table that is not there */
        if (has(b, 0, T_I32) && has(b, 1, T_I64) && has(b, 2, T_I32)) {
            put(b, 0x11);
            put_leb(b, any(b, 50) == 0);
            put_leb(b, any(b, 50) == 0);
            b->sp -= 3;
            push(b, T_I32);
        }
        break;
    default:   /* a vector */
        put(b, 0xfd);
        put(b, 12);
        for (u32 i = 0; i < 16; i++)
            put(b, (u8)i);
        push(b, T_V128);
        break;
    }
}

static void make_body(Body *b, u64 seed)
{
    *b = (Body){ .seed = seed };
    static const u8 locals[] = { 5, 1, T_F32, 1, T_F64, 1, T_I32, 1, T_V128, 1, 0x6f };
    memcpy(b->bytes, locals, b->n = sizeof locals);
    u32 size = 20 + any(b, MAX_BODY - 40);
    while (b->n < size)
        step(b);
    while (b->depth) {   /* without what a block may want: then it is invalid, or its end is not reached */
        u8 result = b->result[b->depth];
        while (b->sp > b->height[b->depth]) {
            put(b, 0x1a);
            b->sp--;
        }
        if (result != 0x40 || b->kind[b->depth] == 2)
            put(b, 0x00);
        put(b, 0x0b);
        b->sp = b->height[b->depth--];
        if (result != 0x40)
            push(b, result);
        if (b->n > MAX_BODY + 40)
            break;
    }
    u32 ending = any(b, 4);   /* the result is there or not, returned or left on the stack, which mostly holds nothing else */
    for (; ending != 1 && b->sp; b->sp--)
        put(b, 0x1a);
    if (ending) {
        put(b, 0x20);
        put(b, 0);
    }
    if (ending < 2)
        put(b, 0x0f);
    put(b, 0x0b);
    for (u32 i = any(b, 4); i-- > 1;)   /* every other body with one or two bytes changed */
        b->bytes[any(b, b->n)] = (u8)any(b, 256);
}

/* ---- The two ways ---- */

/* (func (param i32 i64) (result i32) ...) (table 1 funcref) (memory 1) (global (mut i64)) */
static void module_with(Module *m, const Body *b, u8 *bytes)
{
    static const u8 before[] = { PREAMBLE, 0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7e, 0x01, 0x7f, 0x03, 0x02, 0x01, 0x00,
                                 0x04, 0x04, 0x01, 0x70, 0x00, 0x01, 0x05, 0x03, 0x01, 0x00, 0x01, 0x06, 0x06, 0x01, 0x7e, 0x01, 0x42, 0x00, 0x0b };
    u32 n = sizeof before;
    memcpy(bytes, before, n);
    bytes[n++] = 0x0a;
    const u32 sizes[] = { b->n + 3, b->n };
    for (u32 i = 0; i < 2; i++) {
        bytes[n++] = (u8)(sizes[i] | 0x80);
        bytes[n++] = (u8)(sizes[i] >> 7);
        if (i == 0)
            bytes[n++] = 1;
    }
    memcpy(bytes + n, b->bytes, b->n);
    Error err;
    if (load(m, &cw_default_alloc, ALL_FEATURES, bytes, n + b->n, &err))
        fail_msg("%s", err.message);
}

static Status check(Module *m, bool plain, Error *err)
{
    Walk w = { .module = m, .alloc = m->alloc, .plain = plain };
    Status status = cw_walk_check(&w, 0, err);
    cw_walk_done(&w);
    return status;
}

static void test_same_verdict(void **state)
{
    (void)state;
    static Body body;
    static u8 bytes[MAX_BODY + 256];
    u32 valid = 0;
    enum { BODIES = 20000 };
    for (u64 seed = 1; seed <= BODIES; seed++) {
        make_body(&body, seed * 0x9e3779b97f4a7c15u);
        Module m;
        module_with(&m, &body, bytes);
        Error a = { 0 }, b = { 0 };
        Status plain = check(&m, true, &a);
        FuncDecl f = m.funcs[0];
        m.funcs[0].frame_slots = m.funcs[0].n_local_slots = 0;
        Status fast = check(&m, false, &b);
        if (plain != fast || strcmp(a.message, b.message) != 0 || a.offset != b.offset || a.func_index != b.func_index)
            fail_msg("body %llu: \"%s\" at %llu without the fast path, \"%s\" at %llu with it", (unsigned long long)seed, a.message,
                     (unsigned long long)a.offset, b.message, (unsigned long long)b.offset);
        if (!plain && (f.frame_slots != m.funcs[0].frame_slots || f.n_local_slots != m.funcs[0].n_local_slots))
            fail_msg("body %llu: frame of %u slots without the fast path, %u with it", (unsigned long long)seed, f.frame_slots,
                     m.funcs[0].frame_slots);
        valid += !plain;
        unload(&m);
    }
    print_message("%u of %u bodies are valid\n", valid, BODIES);
    assert_in_range(valid, BODIES / 20, BODIES - BODIES / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_same_verdict) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
