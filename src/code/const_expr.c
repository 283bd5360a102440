/*
 * const_expr.c - constant expressions: a checker and an evaluator over the bytes, with stacks as deep as the expression needs.
 *
 * The evaluator's stack are the temps of the store: operands are references that the collector has to see.
 */
#include "code/const_expr.h"

#include "wasm/decode.h"
#include "wasm/limits.h"
#include "wasm/opcodes.h"

enum { FEW = 16 };     /* operands for which the checker allocates nothing */

typedef struct Checker {
    const Module *m;
    Reader r;
    ValType few[FEW];
    ValType *stack;
    u32 n, cap;
    u32 n_globals;
    const u8 *at;
    Error *err;
} Checker;

static Status push(Checker *c, ValType type)
{
    if (c->n == c->cap) {
        bool first = c->stack == c->few;
        u32 cap = c->cap * 2;
        ValType *moved = cw_realloc(c->m->alloc, first ? NULL : c->stack, first ? 0 : c->cap * sizeof *moved, cap * sizeof *moved);
        if (!moved)
            return cw_no_memory(c->err);
        if (first)
            memcpy(moved, c->few, sizeof c->few);
        c->stack = moved;
        c->cap = cap;
    }
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

/* The operations behind 0xfb; others there are not constant. */
static Status check_gc(Checker *c)
{
    u32 number, n;
    const Type *type;
    TRY(cw_leb_u32(&c->r, &number, "an opcode", c->err));
    Op op = number < N_OPS_FB ? (Op)cw_op_of_fb[number] : OP_illegal;
    TRY(cw_need_feature(c->m, FEATURE_GC, cw_at(c->m, c->at), "allocation in a constant expression", c->err));
    switch (op) {
    case OP_ref_i31:
        TRY(pop(c, T_I32));
        return push(c, T_REF | H_I31);
    case OP_any_convert_extern:
    case OP_extern_convert_any: {
        ValType there = c->n ? c->stack[c->n - 1] : T_NONE;
        bool to_any = op == OP_any_convert_extern;
        TRY(pop(c, T_REF | T_NULL | (to_any ? H_EXTERN : H_ANY)));
        return push(c, T_REF | (there & T_NULL) | (to_any ? H_ANY : H_EXTERN));
    }
    case OP_struct_new:
    case OP_struct_new_default:
    case OP_array_new:
    case OP_array_new_default:
    case OP_array_new_fixed: break;
    default: return cw_fail(c->err, CWASM_INVALID, cw_at(c->m, c->at), "constant expression required: found %s", cw_ops[op].text);
    }
    TRY(cw_read_typeidx(c->m, &c->r, &type, c->err));
    if (type->kind != (op == OP_struct_new || op == OP_struct_new_default ? TYPE_STRUCT : TYPE_ARRAY))
        return cw_fail(c->err, CWASM_INVALID, cw_at(c->m, c->at), "type mismatch: %s of a type of another kind", cw_ops[op].text);
    switch (op) {
    case OP_struct_new:
        for (u32 i = type->n_fields; i-- > 0;)
            TRY(pop(c, cw_unpacked(type->fields[i].type)));
        break;
    case OP_array_new:
        TRY(pop(c, T_I32));
        TRY(pop(c, cw_unpacked(type->fields[0].type)));
        break;
    case OP_array_new_fixed:
        TRY(cw_leb_u32(&c->r, &n, "a number of elements", c->err));
        TRY(CW_LIMIT(ARRAY_FIXED, n, cw_at(c->m, c->at), c->err));
        for (u32 i = 0; i < n; i++)
            TRY(pop(c, cw_unpacked(type->fields[0].type)));
        break;
    default:
        for (u32 i = 0; i < type->n_fields; i++)
            if (!cw_has_default(type->fields[i].type))
                return cw_fail(c->err, CWASM_INVALID, cw_at(c->m, c->at), "type mismatch: %s needs default values", cw_ops[op].text);
        if (op == OP_array_new_default)
            TRY(pop(c, T_I32));
        break;
    }
    return push(c, T_CONCRETE_REF(type->id, false));
}

static Status check_op(Checker *c, u8 byte)
{
    if (byte == 0xfb)
        return check_gc(c);
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

static Status check(Checker *c, ValType want)
{
    for (;;) {
        u8 byte;
        c->at = c->r.p;
        TRY(cw_read_u8(&c->r, &byte, "an instruction", c->err));
        if (byte == 0x0b)
            break;
        TRY(check_op(c, byte));
    }
    TRY(pop(c, want));
    if (c->n)
        return mismatch(c, want, "more than one value");
    return CWASM_OK;
}

Status cw_const_check(const Module *module, const ConstExpr *e, ValType want, u32 n_globals, Error *err)
{
    Checker c = { .m = module, .r = { e->p, e->end, module->bytes, e->end }, .n_globals = n_globals, .err = err, .cap = FEW };
    c.stack = c.few;
    Status status = check(&c, want);
    if (c.stack != c.few)
        cw_free(module->alloc, c.stack, c.cap * sizeof *c.stack);
    return status;
}
