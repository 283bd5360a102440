/* externtype.c - external types: made, matched, spelled. */
#include "link/externtype.h"

#include <stdio.h>

cwasm_limits cw_limits_public(const Limits *l)
{
    return (cwasm_limits){ .min = l->min, .max = l->max, .has_max = l->has_max, .shared = l->shared, .is64 = l->is64,
                           .page_log2 = l->page_log2 };
}

cwasm_functype cw_functype_public(const Type *type)
{
    return (cwasm_functype){ .params = type->params, .n_params = type->n_params,
                             .results = type->results, .n_results = type->n_results };
}

cwasm_externtype cw_module_externtype(const Module *m, cwasm_externkind kind, u32 index)
{
    cwasm_externtype t = { .kind = kind };
    switch (kind) {
    case CWASM_EXTERN_FUNC:
        t.func = cw_functype_public(m->funcs[index].type);
        break;
    case CWASM_EXTERN_TABLE:
        t.limits = cw_limits_public(&m->tables[index].type.limits);
        t.type = m->tables[index].type.type;
        break;
    case CWASM_EXTERN_MEMORY:
        t.limits = cw_limits_public(&m->memories[index]);
        break;
    case CWASM_EXTERN_GLOBAL:
        t.type = m->globals[index].type.type;
        t.is_mutable = m->globals[index].type.is_mutable;
        break;
    case CWASM_EXTERN_TAG:
        t.func = cw_functype_public(m->tags[index]);
        break;
    }
    return t;
}

cwasm_externtype cw_extern_type(const cwasm_extern *ext)
{
    cwasm_externtype t = { .kind = ext->kind };
    switch (ext->kind) {
    case CWASM_EXTERN_FUNC:
        t.func = cw_functype_public(cw_func_type(ext->of.func));
        break;
    case CWASM_EXTERN_TABLE:
        t.limits = cw_limits_public(&ext->of.table->type.limits);
        t.limits.min = ext->of.table->size;
        t.type = ext->of.table->type.type;
        break;
    case CWASM_EXTERN_MEMORY:
        t.limits = cw_limits_public(&ext->of.memory->limits);
        t.limits.min = cw_memory_pages(ext->of.memory);
        break;
    case CWASM_EXTERN_GLOBAL:
        t.type = ext->of.global->type.type;
        t.is_mutable = ext->of.global->type.is_mutable;
        break;
    case CWASM_EXTERN_TAG:
        t.func = cw_functype_public(ext->of.tag->type);
        break;
    }
    return t;
}

bool cw_extern_is_usable(const cwasm_extern *ext, const Store *store)
{
    const SharedMemory *shared;
    switch (ext->kind) {
    case CWASM_EXTERN_FUNC: return cw_func_store(ext->of.func) == store;
    case CWASM_EXTERN_TABLE: return ext->of.table->store == store;
    case CWASM_EXTERN_MEMORY:
        shared = ext->of.memory->shared;
        return shared ? shared->engine == store->engine : ext->of.memory->store == store;
    case CWASM_EXTERN_GLOBAL: return ext->of.global->store == store;
    case CWASM_EXTERN_TAG: return ext->of.tag->store == store;
    }
    return false;
}

/* spec 3.3 (limits): what there is, with `size` as its minimum, against what is asked for. */
static bool limits_match(const Limits *is, u64 size, const Limits *want)
{
    return is->is64 == want->is64 && size >= want->min && (!want->has_max || (is->has_max && is->max <= want->max));
}

static bool global_matches(const TypeRegistry *types, GlobalType is, GlobalType want)
{
    if (is.is_mutable != want.is_mutable)
        return false;
    return is.type == want.type || (!is.is_mutable && cw_matches(types, is.type, want.type));
}

bool cw_extern_matches(const cwasm_extern *ext, const Module *m, cwasm_externkind kind, u32 index)
{
    if (ext->kind != kind)
        return false;
    switch (kind) {
    case CWASM_EXTERN_FUNC: {
        const Type *is = cw_func_type(ext->of.func), *want = m->funcs[index].type;
        return is->id == want->id || cw_type_matches(is, want);
    }
    case CWASM_EXTERN_TABLE: {
        const Table *t = ext->of.table;
        const TableType *want = &m->tables[index].type;
        return t->type.type == want->type && limits_match(&t->type.limits, t->size, &want->limits);
    }
    case CWASM_EXTERN_MEMORY: {
        const Memory *mem = ext->of.memory;
        const Limits *want = &m->memories[index];
        return mem->limits.shared == want->shared && mem->limits.page_log2 == want->page_log2
               && limits_match(&mem->limits, cw_memory_pages(mem), want);
    }
    case CWASM_EXTERN_GLOBAL:
        return global_matches(m->registry, ext->of.global->type, m->globals[index].type);
    case CWASM_EXTERN_TAG:   /* spec 3.3.17: each matches the other */
        return ext->of.tag->type->id == m->tags[index]->id;
    }
    return false;
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

static void add_types(Text *t, const ValType *types, u32 n)
{
    char name[40];
    add(t, "(");
    for (u32 i = 0; i < n; i++)
        add(t, "%s%s", i ? ", " : "", cw_valtype_text(types[i], name, sizeof name));
    add(t, ")");
}

static void add_limits(Text *t, const cwasm_limits *l)
{
    add(t, " %s%llu..", l->is64 ? "i64 " : "", (unsigned long long)l->min);
    if (l->has_max)
        add(t, "%llu", (unsigned long long)l->max);
    if (l->shared)
        add(t, " shared");
}

const char *cw_externtype_text(const cwasm_externtype *type, char *buf, size_t size)
{
    Text t = { buf, size, 0 };
    char name[40];
    buf[0] = 0;
    switch (type->kind) {
    case CWASM_EXTERN_FUNC:
        add(&t, "func ");
        add_types(&t, type->func.params, type->func.n_params);
        add(&t, " -> ");
        add_types(&t, type->func.results, type->func.n_results);
        break;
    case CWASM_EXTERN_TABLE:
        add(&t, "table");
        add_limits(&t, &type->limits);
        add(&t, " %s", cw_valtype_text(type->type, name, sizeof name));
        break;
    case CWASM_EXTERN_MEMORY:
        add(&t, "memory");
        add_limits(&t, &type->limits);
        if (type->limits.page_log2 != 16)
            add(&t, " of %llu-byte pages", 1ull << type->limits.page_log2);
        break;
    case CWASM_EXTERN_GLOBAL:
        add(&t, "global %s%s", type->is_mutable ? "mut " : "", cw_valtype_text(type->type, name, sizeof name));
        break;
    case CWASM_EXTERN_TAG:
        add(&t, "tag ");
        add_types(&t, type->func.params, type->func.n_params);
        break;
    }
    return buf;
}

const char *cw_name_text(const char *s, size_t n, char *buf, size_t size)
{
    size_t at = 0, room = size - 4;   /* for "..." */
    for (size_t i = 0; i < n; i++) {
        u8 c = (u8)s[i];
        bool plain = c >= 0x20 && c != 0x7f && c != '\\';
        size_t need = plain ? 1 : 3;
        if (at + need > room) {
            while (at && ((u8)buf[at - 1] & 0xc0) == 0x80)   /* do not leave half a character */
                at--;
            if (at && (u8)buf[at - 1] >= 0xc0)
                at--;
            memcpy(buf + at, "...", 3);
            at += 3;
            break;
        }
        if (plain)
            buf[at] = (char)c;
        else
            snprintf(buf + at, 4, "\\%02x", c);
        at += need;
    }
    buf[at] = 0;
    return buf;
}
