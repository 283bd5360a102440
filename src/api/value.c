/* value.c - values and value types of the API. */
#include "api/api.h"

#include <stdarg.h>

#include "run/heap.h"

Status cw_wrong_argument(Error *err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    cw_vfail(err, CWASM_ARGUMENT, CWASM_NO_OFFSET, fmt, args);
    va_end(args);
    return CWASM_ARGUMENT;
}

bool cwasm_valtype_is_ref(cwasm_valtype type)
{
    return cw_is_ref(type);
}

const char *cwasm_valtype_name(cwasm_valtype type, char *buf, size_t size)
{
    return cw_valtype_text(type, buf, size);
}

cwasm_val cwasm_funcref(cwasm_func *func)
{
    cwasm_val v = { .type = CWASM_FUNCREF };
    v.of.bits[0] = cw_func_ref(func);
    return v;
}

cwasm_func *cwasm_val_func(const cwasm_val *val)
{
    return (val->type & ~T_NULL) == (T_REF | H_FUNC) ? cw_ref_func(val->of.ref) : NULL;
}

cwasm_val cwasm_externref(uint64_t host_value)
{
    cwasm_val v = { .type = CWASM_EXTERNREF };
    v.of.bits[0] = CW_HOST_REF(host_value);
    return v;
}

bool cwasm_val_extern(const cwasm_val *val, uint64_t *host_value)
{
    u32 heap = val->type & T_HEAP_MASK & ~T_REF;
    if (!cw_is_ref(val->type) || (heap != H_EXTERN && heap != H_ANY) || (val->of.ref & 3) != 3)
        return false;
    *host_value = val->of.ref >> 2;
    return true;
}

cwasm_val cwasm_anyref(uint64_t host_value)
{
    cwasm_val v = { .type = CWASM_ANYREF };
    v.of.bits[0] = CW_HOST_REF(host_value);
    return v;
}

cwasm_val cwasm_i31ref(int32_t value)
{
    cwasm_val v = { .type = CWASM_I31REF };
    v.of.bits[0] = CW_I31_REF(value);
    return v;
}

/* Is it a reference of the hierarchies of any and extern? */
static bool may_be_object(const cwasm_val *val)
{
    u32 heap = val->type & T_HEAP_MASK;
    return cw_is_ref(val->type) && heap != H_FUNC && heap != H_NOFUNC && heap != H_EXN && heap != H_NOEXN;
}

bool cwasm_val_i31(const cwasm_val *val, int32_t *value)
{
    if (!may_be_object(val) || !cw_ref_is_i31(val->of.ref))
        return false;
    *value = (s32)((u32)(val->of.ref >> 2) << 1) >> 1;
    return true;
}

/* The type that the object itself has; t: what is known already. */
static ValType dynamic_type(const TypeRegistry *types, u64 ref, ValType t)
{
    if (!may_be_object(&(cwasm_val){ .type = t }) || cw_matches(types, t & ~T_NULL, T_REF | H_EXTERN))
        return t & ~T_NULL;
    if (cw_ref_is_i31(ref))
        return T_REF | H_I31;
    if (cw_ref_is_object(ref))
        return T_CONCRETE_REF(cw_object_type(cw_ref_object(ref)), false);
    return T_REF | H_ANY;
}

cwasm_refkind cwasm_val_refkind(const cwasm_store *store, const cwasm_val *val)
{
    const TypeRegistry *types = store->engine->types;
    if (!cw_is_ref(val->type) || val->of.ref == 0)
        return cw_is_ref(val->type) ? CWASM_REF_NULL : CWASM_REF_NONE;
    if (cw_matches(types, val->type, T_FUNCREF))
        return CWASM_REF_FUNC;
    if (!may_be_object(val))
        return CWASM_REF_EXN;
    if (cw_ref_is_host(val->of.ref))
        return CWASM_REF_HOST;
    if (cw_ref_is_i31(val->of.ref))
        return CWASM_REF_I31;
    return cw_type_at(types, cw_object_type(cw_ref_object(val->of.ref)))->kind == TYPE_STRUCT ? CWASM_REF_STRUCT : CWASM_REF_ARRAY;
}

static bool is_func_type(const TypeRegistry *types, ValType type)
{
    return cw_is_ref(type) && cw_matches(types, type, T_FUNCREF);
}

/* The top of a reference type's hierarchy: each has a null of its own. */
static u32 top_of(const TypeRegistry *types, ValType t)
{
    static const u32 tops[] = { H_FUNC, H_EXTERN, H_EXN };
    for (size_t i = 0; i < CW_COUNT(tops); i++)
        if (cw_heap_matches(types, t & T_HEAP_MASK, tops[i]))
            return tops[i];
    return H_ANY;
}

static Status check_ref(const Store *store, const cwasm_val *val, ValType want, const char *what, Error *err)
{
    const TypeRegistry *types = store->engine->types;
    char is[40], asked[40];
    ValType type = val->type & ~T_NULL;
    if (val->of.ref == 0) {
        if (top_of(types, val->type) != top_of(types, want))
            return cw_wrong_argument(err, "%s: a %s where a %s is expected", what, cw_valtype_text(val->type, is, sizeof is),
                                     cw_valtype_text(want, asked, sizeof asked));
        if (want & T_NULL)
            return CWASM_OK;
        return cw_wrong_argument(err, "%s: null where a %s is expected", what, cw_valtype_text(want, asked, sizeof asked));
    }
    if (is_func_type(types, val->type)) {
        const Func *func = cw_ref_func(val->of.ref);
        if (cw_func_store(func) != store)
            return cw_wrong_argument(err, "%s: a reference to a function of another store", what);
        type = T_CONCRETE_REF(func->type_id, false);
    } else {
        type = dynamic_type(types, val->of.ref, val->type);
    }
    if (cw_is_exn_type(val->type) && cw_ref_exception(val->of.ref)->tag->store != store)
        return cw_wrong_argument(err, "%s: a reference to an exception of another store", what);
    if (cw_matches(types, type, want))
        return CWASM_OK;
    return cw_wrong_argument(err, "%s: a %s where a %s is expected", what, cw_valtype_text(type, is, sizeof is),
                             cw_valtype_text(want, asked, sizeof asked));
}

Status cw_val_check(const Store *store, const cwasm_val *val, ValType want, const char *what, Error *err)
{
    char is[40], asked[40];
    if (cw_is_ref(val->type) && cw_is_ref(want))
        return check_ref(store, val, want, what, err);
    if (val->type == want)
        return CWASM_OK;
    return cw_wrong_argument(err, "%s: a %s where a %s is expected", what, cw_valtype_text(val->type, is, sizeof is),
                             cw_valtype_text(want, asked, sizeof asked));
}

static u64 load_u64(const u8 *p)
{
    u64 x = 0;
    for (u32 i = 0; i < 8; i++)
        x |= (u64)p[i] << 8 * i;
    return x;
}

static void store_u64(u8 *p, u64 x)
{
    for (u32 i = 0; i < 8; i++)
        p[i] = (u8)(x >> 8 * i);
}

u64 *cw_val_to_slots(const cwasm_val *val, u64 *slots)
{
    switch (val->type) {
    case T_I32: *slots++ = (u32)val->of.i32; break;
    case T_I64: *slots++ = (u64)val->of.i64; break;
    case T_F32: *slots++ = cwasm_slot_from_f32(val->of.f32); break;
    case T_F64: *slots++ = cwasm_slot_from_f64(val->of.f64); break;
    case T_V128:
        *slots++ = load_u64(val->of.v128);
        *slots++ = load_u64(val->of.v128 + 8);
        break;
    default: *slots++ = val->of.ref; break;
    }
    return slots;
}

const u64 *cw_val_from_slots(Store *store, ValType type, const u64 *slots, cwasm_val *val)
{
    const TypeRegistry *types = store->engine->types;
    cwasm_val v = { .type = type };
    switch (type) {
    case T_I32: v.of.i32 = cwasm_slot_i32(*slots++); break;
    case T_I64: v.of.i64 = (s64)*slots++; break;
    case T_F32: v.of.f32 = cwasm_slot_f32(*slots++); break;
    case T_F64: v.of.f64 = cwasm_slot_f64(*slots++); break;
    case T_V128:
        store_u64(v.of.v128, *slots++);
        store_u64(v.of.v128 + 8, *slots++);
        break;
    default:
        if (is_func_type(types, type))
            v.type = CWASM_FUNCREF;
        v.of.ref = *slots++;
        if (cw_is_traced(types, type))
            cw_heap_pin(store, v.of.ref);
        break;
    }
    *val = v;
    return slots;
}
