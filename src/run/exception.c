/*
 * exception.c - tags made by the embedder, and exception objects (specification 4.2.8, 4.2.15).
 *
 * Exceptions are freed with their store, or earlier: when they take twice what was left after the last time, a sweep marks what can be reached and
 * frees the rest. Roots: what the host holds or has seen as a value, the exception on its way, exnref globals and tables, and the guest stack, of
 * which every word in use that is the address of an exception counts as a reference to it (objects do not move, so that is safe; a
 * word that only looks like one keeps an object for a while). Values of exceptions are searched in the same way. All exceptions of a store together
 * take at most CW_EXCEPTION_BYTES (7/8 of it after a sweep); then throwing traps with OUT_OF_MEMORY.
 */
#include <stdio.h>

#include "run/objects.h"

#define FIRST_SWEEP ((size_t)1 << 20)

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

static size_t bytes_of(const Tag *tag) { return sizeof(Exception) + (size_t)tag->type->param_slots * 8; }

static void free_exception(Store *store, Exception *e)
{
    size_t bytes = bytes_of(e->tag);
    store->exception_bytes -= bytes;
    store->n_exceptions--;
    cw_free(&store->alloc, e, bytes);
}

void cw_exceptions_free(Store *store, Tag *tags)
{
    for (Exception *e = store->exceptions, *next; e; e = next) {
        next = e->next;
        free_exception(store, e);
    }
    store->exceptions = store->exception = store->raw_exception = NULL;
    while (store->tags != tags) {
        Tag *t = store->tags;
        store->tags = t->next;
        cw_free(&store->alloc, t, sizeof *t);
    }
}

/* ---- Sweep ---- */

/* Which words are addresses of exceptions: a hash table that is at most half full. */
typedef struct Marker {
    u64 *table;
    u64 mask;
    u64 low, high;       /* no address is outside */
    Exception *gray;
} Marker;

static u64 hash_of(u64 word) { return (word >> 4) * 0x9e3779b97f4a7c15u >> 20; }

static void mark(Marker *m, u64 word)
{
    if (word < m->low || word > m->high)
        return;
    for (u64 i = hash_of(word);; i++) {
        u64 found = m->table[i & m->mask];
        if (!found)
            return;
        if (found == word)
            break;
    }
    Exception *e = cw_ref_exception(word);
    if (e->marked)
        return;
    e->marked = true;
    e->gray = m->gray;
    m->gray = e;
}

static void mark_words(Marker *m, const u64 *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mark(m, words[i]);
}

static void mark_global(Marker *m, const Global *g)
{
    if (cw_is_exn_type(g->type.type))
        mark(m, g->cell[0]);
}

static void mark_roots(Marker *m, const Store *store, const u64 *stack_top)
{
    mark_words(m, store->stack, (size_t)(stack_top - store->stack));
    mark(m, cw_exception_ref(store->exception));
    for (const Table *t = store->tables; t; t = t->next) {
        if (cw_is_exn_type(t->type.type))
            mark_words(m, t->elems, (size_t)t->size);
    }
    for (const Global *g = store->globals; g; g = g->next)
        mark_global(m, g);
    for (const Instance *inst = store->instances; inst; inst = inst->next) {
        for (u32 i = inst->module->n_global_imports; i < inst->module->n_globals; i++)
            mark_global(m, inst->globals[i]);
    }
    for (Exception *e = store->exceptions; e; e = e->next) {
        if (e->handles || e->pinned)
            mark(m, cw_exception_ref(e));
    }
}

/* Does nothing if there is no memory for it. values: n more roots. */
static void sweep(Store *store, const u64 *stack_top, const u64 *values, u32 n)
{
    if (store->heap)
        return;   /* structures and arrays may refer to exceptions too: then they live as long as the store */
    u64 size = 16;
    while (size < 2 * (u64)store->n_exceptions)
        size *= 2;
    Marker m = { .table = cw_calloc(&store->alloc, (size_t)size, sizeof(u64)), .mask = size - 1, .low = UINT64_MAX };
    if (!m.table)
        return;
    for (Exception *e = store->exceptions; e; e = e->next) {
        u64 word = cw_exception_ref(e), i = hash_of(word);
        while (m.table[i & m.mask])
            i++;
        m.table[i & m.mask] = word;
        m.low = CW_MIN(m.low, word);
        m.high = CW_MAX(m.high, word);
        e->marked = false;
    }
    mark_roots(&m, store, stack_top);
    mark_words(&m, values, n);   /* of the new one: perhaps nowhere else */
    while (m.gray) {
        Exception *e = m.gray;
        m.gray = e->gray;
        mark_words(&m, e->values, e->tag->type->param_slots);
    }
    cw_free(&store->alloc, m.table, (size_t)size * sizeof(u64));
    for (Exception **link = &store->exceptions, *e; (e = *link);) {
        if (e->marked) {
            link = &e->next;
        } else {
            *link = e->next;
            free_exception(store, e);
        }
    }
}

Exception *cw_exception_new(Store *store, const Tag *tag, const u64 *values, const u64 *stack_top)
{
    size_t bytes = bytes_of(tag);
    u32 n = tag->type->param_slots;
    if ((CW_STRESS && store->n_exceptions < 256) || store->exception_bytes + bytes > CW_MAX(store->exception_sweep, FIRST_SWEEP)) {
        sweep(store, stack_top, values, n);
        store->exception_sweep = CW_MIN(2 * store->exception_bytes, CW_EXCEPTION_BYTES);
        if (store->exception_bytes + bytes > CW_EXCEPTION_BYTES / 8 * 7)   /* or every throw would sweep */
            return NULL;
    }
    Exception *e = cw_alloc(&store->alloc, bytes);
    if (!e)
        return NULL;
    *e = (Exception){ .next = store->exceptions, .tag = tag };
    if (n)
        memcpy(e->values, values, (size_t)n * 8);
    store->exceptions = e;
    store->n_exceptions++;
    store->exception_bytes += bytes;
    return e;
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
