/*
 * const_expr.c - constant expressions: a checker and an evaluator over the bytes, with a stack as deep as the expression needs.
 *
 * They are short; the checker bounds the stack so that the evaluator cannot overflow its own.
 */
#include "code/const_expr.h"

#include "wasm/decode.h"
#include "wasm/opcodes.h"

#define MAX_DEPTH 64   /* operands at once; longer chains such as a + b + c + ... need two */

typedef struct Checker {
    const Module *m;
    Reader r;
    ValType stack[MAX_DEPTH];
    u32 n;
    u32 n_globals;
    const u8 *at;
    Error *err;
} Checker;

static Status push(Checker *c, ValType type)
{
    if (c->n == MAX_DEPTH)
        return cw_fail(c->err, CWASM_LIMIT, cw_at(c->m, c->at), "constant expression needs more than %d operands at once", MAX_DEPTH);
    c->stack[c->n++] = type;
    return CWASM_OK;
}

static Status mismatch(Checker *c, ValType want, const char *got)
{
    char a[40];
    return cw_fail(c->err, CWASM_INVALID, cw_at(c->m, c->at), "type mismatch: constant expression expects %s, found %s",
                   cw_valtype_text(want, a, sizeof a), got);
}

static Status pop(Checker *c, ValType want)
{
    if (c->n == 0)
        return mismatch(c, want, "nothing");
    char b[40];
    ValType got = c->stack[--c->n];
    return got == want || cw_matches(c->m->registry, got, want) ? CWASM_OK : mismatch(c, want, cw_valtype_text(got, b, sizeof b));
}

static Status not_constant(Checker *c)
{
    return cw_fail(c->err, CWASM_INVALID, cw_at(c->m, c->at), "constant expression required: %s is not constant",
                   cw_ops[cw_op_of_byte[*c->at]].text);
}

static Status check_op(Checker *c, u8 byte)
{
    const Module *m = c->m;
    Op op = (Op)cw_op_of_byte[byte];
    s32 i32;
    s64 i64;
    u32 x;
    u64 bits;
    switch (op) {
    case OP_i32_const:
        TRY(cw_leb_s32(&c->r, &i32, "an i32 constant", c->err));
        return push(c, T_I32);
    case OP_i64_const:
        TRY(cw_leb_s64(&c->r, &i64, "an i64 constant", c->err));
        return push(c, T_I64);
    case OP_f32_const:
        TRY(cw_read_le32(&c->r, &x, "an f32 constant", c->err));
        return push(c, T_F32);
    case OP_f64_const:
        TRY(cw_read_le64(&c->r, &bits, "an f64 constant", c->err));
        return push(c, T_F64);
    case OP_global_get:
        TRY(cw_leb_u32(&c->r, &x, "a global index", c->err));
        if (x >= c->n_globals)
            return cw_fail(c->err, CWASM_INVALID, cw_at(m, c->at), "unknown global %u", x);
        if (m->globals[x].type.is_mutable)
            return cw_fail(c->err, CWASM_INVALID, cw_at(m, c->at), "constant expression required: global %u is mutable", x);
        return push(c, m->globals[x].type.type);
    case OP_ref_null: {
        u32 heap;
        TRY(cw_read_heaptype(m, &c->r, &heap, c->err));
        return push(c, T_REF | T_NULL | heap);
    }
    case OP_ref_func: {
        TRY(cw_leb_u32(&c->r, &x, "a function index", c->err));
        if (x >= m->n_funcs)
            return cw_fail(c->err, CWASM_INVALID, cw_at(m, c->at), "unknown function %u", x);
        return push(c, T_CONCRETE_REF(m->funcs[x].type->id, false));
    }
    case OP_i32_add:
    case OP_i32_sub:
    case OP_i32_mul:
    case OP_i64_add:
    case OP_i64_sub:
    case OP_i64_mul: {
        TRY(cw_need_feature(m, FEATURE_EXTENDED_CONST, cw_at(m, c->at), "arithmetic in a constant expression", c->err));
        ValType t = cw_ops[op].in;
        TRY(pop(c, t));
        TRY(pop(c, t));
        return push(c, t);
    }
    default:
        if (byte == 0xfd) {
            TRY(cw_leb_u32(&c->r, &x, "an opcode", c->err));
            if (x < N_OPS_FD && cw_op_of_fd[x] == OP_v128_const) {
                const u8 *bytes;
                TRY(cw_need_feature(m, FEATURE_SIMD, cw_at(m, c->at), "instruction v128.const", c->err));
                TRY(cw_read_bytes(&c->r, 16, &bytes, "a v128 constant", c->err));
                return push(c, T_V128);
            }
        }
        if (op == OP_illegal && byte < 0xfb)
            return cw_op_missing(m, byte, cw_at(m, c->at), c->err);
        return not_constant(c);
    }
}

Status cw_const_check(const Module *module, const ConstExpr *e, ValType want, u32 n_globals, Error *err)
{
    Checker c = { .m = module, .r = { e->p, e->end, module->bytes, e->end }, .n_globals = n_globals, .err = err };
    for (;;) {
        u8 byte;
        c.at = c.r.p;
        TRY(cw_read_u8(&c.r, &byte, "an instruction", err));
        if (byte == 0x0b)
            break;
        TRY(check_op(&c, byte));
    }
    TRY(pop(&c, want));
    if (c.n)
        return mismatch(&c, want, "more than one value");
    return CWASM_OK;
}

bool cw_const_eval(const Module *module, const ConstExpr *e, const ConstEnv *env, u64 value[2])
{
    u64 stack[MAX_DEPTH], high = 0;   /* high: second half of a v128, which only one instruction can make */
    u32 n = 0;
    Reader r = { e->p, e->end, module->bytes, e->end };
    /* Checked at load: reads and pops cannot fail. */
    while (*r.p != 0x0b) {
        if (*r.p == 0xfd) {   /* v128.const */
            r.p++;
            u32 number;
            (void)!cw_leb_u32(&r, &number, "", NULL);
            stack[n++] = cw_load_le64(r.p);
            high = cw_load_le64(r.p + 8);
            r.p += 16;
            continue;
        }
        Op op = (Op)cw_op_of_byte[*r.p++];
        s32 i32 = 0;
        s64 i64 = 0;
        u32 x = 0;
        switch (op) {
        case OP_i32_const:
            (void)!cw_leb_s32(&r, &i32, "", NULL);
            stack[n++] = (u32)i32;
            break;
        case OP_i64_const:
            (void)!cw_leb_s64(&r, &i64, "", NULL);
            stack[n++] = (u64)i64;
            break;
        case OP_f32_const:
            stack[n++] = cw_load_le32(r.p);
            r.p += 4;
            break;
        case OP_f64_const:
            stack[n++] = cw_load_le64(r.p);
            r.p += 8;
            break;
        case OP_global_get:
            (void)!cw_leb_u32(&r, &x, "", NULL);
            stack[n++] = env->global(env->ctx, x)[0];
            high = env->global(env->ctx, x)[1];
            break;
        case OP_ref_func:
            (void)!cw_leb_u32(&r, &x, "", NULL);
            stack[n++] = env->func(env->ctx, x);
            break;
        case OP_ref_null:
            (void)!cw_leb_s64(&r, &i64, "", NULL);
            stack[n++] = 0;
            break;
        case OP_i32_add: n--; stack[n - 1] = (u32)(stack[n - 1] + stack[n]); break;
        case OP_i32_sub: n--; stack[n - 1] = (u32)(stack[n - 1] - stack[n]); break;
        case OP_i32_mul: n--; stack[n - 1] = (u32)(stack[n - 1] * stack[n]); break;
        case OP_i64_add: n--; stack[n - 1] += stack[n]; break;
        case OP_i64_sub: n--; stack[n - 1] -= stack[n]; break;
        case OP_i64_mul: n--; stack[n - 1] *= stack[n]; break;
        default: CW_UNREACHABLE();
        }
    }
    value[0] = stack[0];
    value[1] = high;
    return true;
}
