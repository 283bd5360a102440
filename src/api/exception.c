/* exception.c - tags and exceptions for the embedder: made, thrown, caught. */
#include "api/api.h"
#include "run/heap.h"

#include <stdio.h>

Status cwasm_tag_new(cwasm_store *store, const char *params, cwasm_tag **tag, cwasm_error *err)
{
    char signature[1002];   /* as many parameters as the binary format allows, and ":" */
    const Type *type;
    if (strlen(params) + 2 > sizeof signature || strchr(params, ':'))
        return cw_wrong_argument(err, "\"%.100s\" is no list of at most 1000 parameter types", params);
    snprintf(signature, sizeof signature, "%s:", params);
    TRY(cw_signature_type(store->engine, signature, &type, err));
    return cw_tag_new(store, type, tag, err);
}

cwasm_functype cwasm_tag_type(const cwasm_tag *tag)
{
    return cw_functype_public(tag->type);
}

/* An exception without a handle. */
static Status make(const Tag *tag, const cwasm_val *values, size_t n, Exception **exception, Error *err)
{
    char what[32];
    const Type *type = tag->type;
    u64 few[64], *slots = few;
    few[0] = 0;   /* a tag may have no parameters */
    if (n != type->n_params)
        return cw_wrong_argument(err, "%zu values for a tag with %u parameters", n, (unsigned)type->n_params);
    for (u32 i = 0; i < type->n_params; i++) {
        snprintf(what, sizeof what, "value %u", (unsigned)i);
        TRY(cw_val_check(tag->store, &values[i], type->params[i], what, err));
    }
    const Alloc *alloc = &tag->store->alloc;
    if (type->param_slots > CW_COUNT(few) && !(slots = cw_alloc(alloc, type->param_slots * sizeof *slots)))
        return cw_no_memory(err);
    u64 *to = slots;
    for (u32 i = 0; i < type->n_params; i++)
        to = cw_val_to_slots(&values[i], to);
    Store *store = tag->store;
    u32 held = 0;
    Exception *e = cw_temps_push_params(store, type, slots, &held) ? cw_exception_new(store, tag, slots) : NULL;
    cw_temps_pop(store, held);
    if (slots != few)
        cw_free(alloc, slots, type->param_slots * sizeof *slots);
    if (!e)
        return cw_no_memory(err);
    *exception = e;
    return CWASM_OK;
}

Status cwasm_exception_new(cwasm_tag *tag, const cwasm_val *values, size_t n, cwasm_exception **exception, cwasm_error *err)
{
    Exception *e;
    TRY(make(tag, values, n, &e, err));
    cw_exception_hold(tag->store, e);
    *exception = e;
    return CWASM_OK;
}

void cwasm_exception_free(cwasm_exception *exception)
{
    if (exception)
        exception->handles--;
}

cwasm_exception *cwasm_store_take_exception(cwasm_store *store)
{
    Exception *e = store->exception;
    if (e)
        cw_exception_hold(store, e);
    store->exception = store->raw_exception = NULL;
    return e;
}

cwasm_tag *cwasm_exception_tag(const cwasm_exception *exception)
{
    return (Tag *)exception->tag;
}

cwasm_val cwasm_exception_value(const cwasm_exception *exception, size_t i)
{
    const Type *type = exception->tag->type;
    const u64 *slot = exception->values;
    cwasm_val val;
    for (size_t k = 0; k < i; k++)
        slot += cw_slots(type->params[k]);
    cw_val_from_slots(exception->tag->store, type->params[i], slot, &val);
    return val;
}

cwasm_trap_code cwasm_caller_throw(cwasm_caller *caller, cwasm_tag *tag, const cwasm_val *values, size_t n)
{
    Error err;
    Exception *e;
    if (tag->store != caller->store)
        return cwasm_caller_trap(caller, "host function failed: it throws with a tag of another store");
    Status status = make(tag, values, n, &e, &err);
    if (status == CWASM_NO_MEMORY)
        return CWASM_TRAP_OUT_OF_MEMORY;
    if (status != CWASM_OK) {
        char text[200];
        snprintf(text, sizeof text, "host function failed: it throws with wrong values: %.120s", err.message);
        return cwasm_caller_trap(caller, text);
    }
    caller->store->exception = e;
    return CWASM_TRAP_UNCAUGHT_EXCEPTION;
}

cwasm_trap_code cwasm_caller_throw_exception(cwasm_caller *caller, cwasm_exception *take_exception)
{
    if (take_exception->tag->store != caller->store)
        return cwasm_caller_trap(caller, "host function failed: it throws an exception of another store");
    take_exception->handles--;
    caller->store->exception = take_exception;
    return CWASM_TRAP_UNCAUGHT_EXCEPTION;
}

cwasm_val cwasm_exnref(cwasm_exception *exception)
{
    cwasm_val v = { .type = CWASM_EXNREF };
    v.of.bits[0] = cw_exception_ref(exception);
    if (exception)
        cw_heap_pin(exception->tag->store, v.of.bits[0]);
    return v;
}

cwasm_exception *cwasm_val_exception(const cwasm_val *val)
{
    Exception *e = cw_is_exn_type(val->type) ? cw_ref_exception(val->of.ref) : NULL;
    if (e)
        cw_exception_hold(e->tag->store, e);
    return e;
}
