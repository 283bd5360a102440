/*
 * exception.c - tags made by the embedder, and exceptions (specification 4.2.8, 4.2.15): objects of the heap like structures and arrays, collected
 * with them. Besides what refers to objects, handles of the host keep an exception, and being on its way does.
 */
#include <stdio.h>

#include "run/heap.h"

Status cw_tag_new(Store *store, const Type *type, Tag **tag, Error *err)
{
    Tag *t = cw_calloc(&store->alloc, 1, sizeof *t);
    if (!t)
        return cw_no_memory(err);
    *t = (Tag){ .type = type, .store = store, .next = store->tags };
    store->tags = t;
    *tag = t;
    return CWASM_OK;
}

void cw_tags_free(Store *store, Tag *tags)
{
    while (store->tags != tags) {
        Tag *t = store->tags;
        store->tags = t->next;
        cw_free(&store->alloc, t, sizeof *t);
    }
}

Exception *cw_exception_new(Store *store, const Tag *tag, const u64 *values)
{
    Exception *e = (Exception *)(void *)cw_exception_object_new(store, tag->type);
    if (!e)
        return NULL;
    e->tag = tag;
    e->handles = 0;
    e->held = false;
    if (tag->type->param_slots)
        memcpy(e->values, values, (size_t)tag->type->param_slots * 8);
    return e;
}

void cw_exception_hold(Store *store, Exception *e)
{
    e->handles++;
    if (e->held)
        return;
    e->held = cw_vec_push(&store->alloc, &store->held, e);
    if (!e->held)
        cw_heap_pin(store, cw_exception_ref(e));   /* then it is kept for longer */
}

void cw_mark_exceptions(Store *store)
{
    u32 n = 0;
    for (u32 i = 0; i < store->held.n; i++) {
        Exception *e = store->held.at[i];
        e->held = e->handles != 0;
        if (!e->held)
            continue;
        store->held.at[n++] = e;
        cw_heap_mark(store->heap, cw_exception_ref(e));
    }
    store->held.n = n;
    cw_heap_mark(store->heap, cw_exception_ref(store->exception));
    cw_heap_mark(store->heap, cw_exception_ref(store->raw_exception));
}

/* ---- Text ---- */

typedef struct Text { char *buf; size_t size, n; } Text;

static void CW_PRINTF(2, 3) add(Text *t, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(t->buf + t->n, t->size - t->n, fmt, args);
    va_end(args);
    if (n > 0)
        t->n = CW_MIN(t->n + (size_t)n, t->size - 1);
}

static void add_value(Text *t, ValType type, const u64 *slot)
{
    char name[40];
    add(t, "%s", cw_valtype_text(type, name, sizeof name));
    switch (type) {
    case T_I32: add(t, " %d", cwasm_slot_i32(*slot)); break;
    case T_I64: add(t, " %lld", (long long)*slot); break;
    case T_F32: add(t, " %g", (double)cwasm_slot_f32(*slot)); break;
    case T_F64: add(t, " %g", cwasm_slot_f64(*slot)); break;
    case T_V128: add(t, " 0x%016llx%016llx", (unsigned long long)slot[1], (unsigned long long)slot[0]); break;
    default:
        if (*slot == 0)
            add(t, " null");
    }
}

static void add_tag(Text *t, const Tag *tag)
{
    const Module *m = tag->module;
    if (!m) {
        add(t, "a tag of the host");
        return;
    }
    add(t, "tag %u", tag->index);
    for (u32 i = 0; i < m->n_exports; i++) {
        if (m->exports[i].kind == CWASM_EXTERN_TAG && m->exports[i].index == tag->index) {
            add(t, " \"%.*s\"", (int)CW_MIN(m->exports[i].name.n, 64u), m->exports[i].name.s);
            break;
        }
    }
}

void cw_exception_text(const Exception *e, char *buf, size_t size)
{
    Text t = { buf, size, 0 };
    const Type *type = e->tag->type;
    const u64 *slot = e->values;
    if (!size)
        return;
    add_tag(&t, e->tag);
    add(&t, " (");
    for (u32 i = 0; i < type->n_params; i++) {
        add(&t, i ? ", " : "");
        add_value(&t, type->params[i], slot);
        slot += cw_slots(type->params[i]);
    }
    add(&t, ")");
}
