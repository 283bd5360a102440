/*
 * const_eval.c - constant expressions evaluated at instantiation: a small interpreter over bytes that were checked at load, on the store's stack of
 * temporaries, where the collector sees them.
 */
#include "link/const_eval.h"

#include "run/heap.h"
#include "wasm/decode.h"
#include "wasm/opcodes.h"

/* ---- Evaluation: checked at load, so reads and pops cannot fail ---- */

/* The i-th value from the top. */
static u64 *top(Store *store, u32 i) { return &store->temps.at[store->temps.n - 1 - i]; }

/* A new object takes the place of n slots. */
static bool put_object(Store *store, u32 n, const Object *o)
{
    if (!o)
        return false;
    cw_temps_pop(store, n);
    return cw_temps_push(store, cw_object_ref(o), true);
}

static bool eval_gc(const Module *m, Store *store, Reader *r)
{
    u32 number = 0, n = 0;
    const Type *type = NULL;
    (void)!cw_leb_u32(r, &number, "", NULL);
    Op op = (Op)cw_op_of_fb[number];
    switch (op) {
    case OP_ref_i31: *top(store, 0) = CW_I31_REF(*top(store, 0)); return true;
    case OP_any_convert_extern:
    case OP_extern_convert_any: return true;
    default: break;
    }
    (void)!cw_read_typeidx(m, r, &type, NULL);
    switch (op) {
    case OP_struct_new: {
        for (u32 i = 0; i < type->n_fields; i++)
            n += cw_slots(type->fields[i].type);
        static const u64 no_fields;
        return put_object(store, n, cw_struct_new(store, type, n ? top(store, n - 1) : &no_fields));
    }
    case OP_struct_new_default: return put_object(store, 0, cw_struct_new(store, type, NULL));
    case OP_array_new:
        n = 1 + cw_slots(type->fields[0].type);
        return put_object(store, n, cw_array_new(store, type, (u32)*top(store, 0), top(store, n - 1)));
    case OP_array_new_default: return put_object(store, 1, cw_array_new(store, type, (u32)*top(store, 0), NULL));
    case OP_array_new_fixed: {
        (void)!cw_leb_u32(r, &n, "", NULL);
        u32 slots = n * cw_slots(type->fields[0].type);
        return put_object(store, slots, cw_array_new_fixed(store, type, n, slots ? top(store, slots - 1) : NULL));
    }
    default: CW_UNREACHABLE();
    }
}

/* v128.const is the only vector instruction that can be here. */
static bool eval_v128(Store *store, Reader *r)
{
    u32 number;
    (void)!cw_leb_u32(r, &number, "", NULL);
    u64 low = cw_load_le64(r->p), high = cw_load_le64(r->p + 8);
    r->p += 16;
    return cw_temps_push(store, low, false) && cw_temps_push(store, high, false);
}

static bool eval_op(const Module *m, Op op, Reader *r, const ConstEnv *env)
{
    Store *store = env->store;
    s32 i32 = 0;
    s64 i64 = 0;
    u32 x = 0;
    u64 b;
    switch (op) {
    case OP_i32_const:
        (void)!cw_leb_s32(r, &i32, "", NULL);
        return cw_temps_push(store, (u32)i32, false);
    case OP_i64_const:
        (void)!cw_leb_s64(r, &i64, "", NULL);
        return cw_temps_push(store, (u64)i64, false);
    case OP_f32_const:
        b = cw_load_le32(r->p);
        r->p += 4;
        return cw_temps_push(store, b, false);
    case OP_f64_const:
        b = cw_load_le64(r->p);
        r->p += 8;
        return cw_temps_push(store, b, false);
    case OP_global_get: {
        (void)!cw_leb_u32(r, &x, "", NULL);
        ValType type = m->globals[x].type.type;
        const u64 *cell = env->global(env->ctx, x);
        return cw_temps_push(store, cell[0], cw_is_traced(m->registry, type)) && (cw_slots(type) == 1 || cw_temps_push(store, cell[1], false));
    }
    case OP_ref_func:
        (void)!cw_leb_u32(r, &x, "", NULL);
        return cw_temps_push(store, env->func(env->ctx, x), false);
    case OP_ref_null:
        (void)!cw_leb_s64(r, &i64, "", NULL);
        return cw_temps_push(store, 0, false);
    default: break;
    }
    b = *top(store, 0);
    cw_temps_pop(store, 1);
    u64 *a = top(store, 0);
    switch (op) {
    case OP_i32_add: *a = (u32)(*a + b); break;
    case OP_i32_sub: *a = (u32)(*a - b); break;
    case OP_i32_mul: *a = (u32)(*a * b); break;
    case OP_i64_add: *a += b; break;
    case OP_i64_sub: *a -= b; break;
    case OP_i64_mul: *a *= b; break;
    default: CW_UNREACHABLE();
    }
    return true;
}

bool cw_const_eval(const Module *module, const ConstExpr *e, const ConstEnv *env, u64 value[2])
{
    Store *store = env->store;
    u32 base = store->temps.n;
    Reader r = { e->p, e->end, module->bytes, e->end };
    bool ok = true;
    while (ok && *r.p != 0x0b) {
        u8 byte = *r.p++;
        ok = byte == 0xfb   ? eval_gc(module, store, &r)
             : byte == 0xfd ? eval_v128(store, &r)
                            : eval_op(module, (Op)cw_op_of_byte[byte], &r, env);
    }
    if (ok)
        memcpy(value, store->temps.at + base, (store->temps.n - base) * sizeof *value);
    cw_temps_pop(store, store->temps.n - base);
    return ok;
}
