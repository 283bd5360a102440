/*
 * types.c - the registry of canonical types, subtyping, names of value types.
 *
 * Interning: a recursion group is written as words in which references to its own members are indices (the REC form) and all others
 * canonical ids; groups with equal words are the same group (specification 3.1.3.2, "rolling up"), found by hash. Members of a group
 * have consecutive ids. Types lie in chunks that double and never move, so reading one needs no lock; a group's words, parameters, fields
 * and displays lie in one block.
 */
#include "wasm/types.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "wasm/hash.h"
#include "wasm/limits.h"

#define FIRST_CHUNK_LOG2 CW_TYPE_CHUNK_LOG2
#define N_CHUNKS CW_TYPE_CHUNKS

typedef struct Group {
    UT_hash_handle hh;      /* keyed by the words */
    size_t size;            /* bytes of the block */
    u32 first, n;           /* ids */
    u32 n_words;
    u32 words[];            /* then what the types of the group point to */
} Group;

struct TypeRegistry {
    TypeChunks chunks;      /* first: cw_type_at */
    const Alloc *alloc;
    pthread_mutex_t lock;   /* for everything below but types that are published already */
    u64 seed;
    Group *groups;
    VEC(u32) key;           /* scratch */
    u32 n_types;
};

/* ---- Storage ---- */

static void chunk_of(u32 id, u32 *chunk, u32 *index)
{
    u32 i = id + (1u << FIRST_CHUNK_LOG2);
    u32 log2 = 31u - (u32)__builtin_clz(i);
    *chunk = log2 - FIRST_CHUNK_LOG2;
    *index = i - (1u << log2);
}

static size_t chunk_types(u32 chunk) { return (size_t)1 << (chunk + FIRST_CHUNK_LOG2); }

static Type *type_slot(const TypeRegistry *types, u32 id)
{
    u32 chunk, index;
    chunk_of(id, &chunk, &index);
    return &types->chunks.at[chunk][index];
}

/* Makes sure that the slots of ids below `end` exist. */
static bool reserve_types(TypeRegistry *types, u32 end)
{
    u32 last, index;
    chunk_of(end - 1, &last, &index);
    for (u32 k = 0; k <= last; k++)
        if (!types->chunks.at[k] && !(types->chunks.at[k] = cw_alloc(types->alloc, chunk_types(k) * sizeof(Type))))
            return false;
    return true;
}

TypeRegistry *cw_types_new(const Alloc *alloc)
{
    TypeRegistry *types = cw_calloc(alloc, 1, sizeof *types);
    if (!types)
        return NULL;
    types->alloc = alloc;
    types->seed = cw_hash_seed(types);
    if (pthread_mutex_init(&types->lock, NULL) != 0) {
        cw_free(alloc, types, sizeof *types);
        return NULL;
    }
    return types;
}

void cw_types_free(TypeRegistry *types)
{
    if (!types)
        return;
    const Alloc *hash_alloc = types->alloc;
    for (Group *g = types->groups, *next; g; g = next) {
        next = g->hh.next;
        if (!next)
            types->groups = g;   /* one item, so that HASH_CLEAR finds the table */
        else
            cw_free(types->alloc, g, g->size);
    }
    Group *last = types->groups;
    HASH_CLEAR(hh, types->groups);
    if (last)
        cw_free(types->alloc, last, last->size);
    cw_vec_done(types->alloc, &types->key);
    for (u32 k = 0; k < N_CHUNKS; k++)
        cw_free(types->alloc, types->chunks.at[k], chunk_types(k) * sizeof(Type));
    pthread_mutex_destroy(&types->lock);
    cw_free(types->alloc, types, sizeof *types);
}

/* ---- Keys ---- */

#define WORDS_PER_TYPE 5u
#define KEY_FINAL 0x100u     /* beside the kind */
#define KEY_MUTABLE 0x80u    /* in the word of a field: no ValType has this bit, numbers and abstract heap types are below 0x80 */

/* Writes the group's key; false if out of memory. */
static bool make_key(TypeRegistry *types, const TypeDraft *group, u32 n)
{
    u64 words = 0;
    for (u32 i = 0; i < n; i++)
        words += WORDS_PER_TYPE + (u64)group[i].n_params + group[i].n_results + group[i].n_fields;
    types->key.n = 0;
    if (words > UINT32_MAX / 8 || !cw_vec_reserve(types->alloc, &types->key, (u32)words))
        return false;
    u32 *w = types->key.at;
    for (u32 i = 0; i < n; i++) {
        const TypeDraft *d = &group[i];
        *w++ = d->kind | (d->is_final ? KEY_FINAL : 0);
        *w++ = d->super;
        *w++ = d->n_params;
        *w++ = d->n_results;
        *w++ = d->n_fields;
        for (u32 k = 0; k < d->n_params; k++)
            *w++ = d->params[k];
        for (u32 k = 0; k < d->n_results; k++)
            *w++ = d->results[k];
        for (u32 k = 0; k < d->n_fields; k++)
            *w++ = d->fields[k].type | (d->fields[k].is_mutable ? KEY_MUTABLE : 0);
    }
    types->key.n = (u32)words;
    return true;
}

/* ---- Making types ---- */

static ValType resolve(ValType t, u32 first)
{
    return t & T_REC ? (t & ((1u << T_ID_SHIFT) - 1) & ~T_REC) | (cw_type_id(t) + first) << T_ID_SHIFT : t;
}

static u32 field_bytes(ValType t)
{
    switch (t) {
    case T_I8: return 1;
    case T_I16: return 2;
    case T_I32: case T_F32: return 4;
    case T_V128: return 16;
    default: return 8;
    }
}

static u32 slots(const ValType *types, u32 n)
{
    u32 sum = 0;
    for (u32 i = 0; i < n; i++)
        sum += cw_slots(types[i]);
    return sum;
}

static bool all_numbers(const ValType *types, u32 n)
{
    for (u32 i = 0; i < n; i++)
        if (!cw_is_num(types[i]))
            return false;
    return true;
}

/* Natural alignment; a subtype has its supertype's fields at the same places. */
static u32 lay_out(Field *fields, u32 n)
{
    u32 at = 0;
    for (u32 i = 0; i < n; i++) {
        u32 size = field_bytes(fields[i].type);
        at = (at + size - 1) & ~(size - 1);
        fields[i].at = at;
        at += size;
    }
    return at;
}

static ValType *copy_types(u32 **room, const ValType *from, u32 n, u32 first)
{
    ValType *to = *room;
    for (u32 i = 0; i < n; i++)
        to[i] = resolve(from[i], first);
    *room += n;
    return to;
}

_Static_assert(sizeof(Field) % sizeof(u32) == 0 && _Alignof(Field) == sizeof(u32), "fields lie among words");

/* Fills the slot of draft d; *room is the block's free space, which is large enough. */
static void make_type(TypeRegistry *types, const TypeDraft *d, u32 id, u32 first, u32 depth, u32 **room)
{
    Type *t = type_slot(types, id);
    *t = (Type){ .id = id, .kind = d->kind, .is_final = d->is_final, .super = CWASM_NO_INDEX, .depth = depth,
                 .n_params = d->n_params, .n_results = d->n_results, .n_fields = d->n_fields };
    u32 *display = *room;
    *room += depth + 1;
    if (d->super) {
        t->super = cw_type_id(resolve(d->super, first));
        memcpy(display, type_slot(types, t->super)->display, depth * sizeof *display);
    }
    display[depth] = id;
    t->display = display;
    t->params = copy_types(room, d->params, d->n_params, first);
    t->results = copy_types(room, d->results, d->n_results, first);
    t->param_slots = slots(t->params, t->n_params);
    t->result_slots = slots(t->results, t->n_results);
    t->is_numeric = all_numbers(t->params, t->n_params) && all_numbers(t->results, t->n_results);
    Field *fields = (Field *)(void *)*room;
    *room += d->n_fields * (sizeof(Field) / sizeof(u32));
    for (u32 i = 0; i < d->n_fields; i++)
        fields[i] = (Field){ resolve(d->fields[i].type, first), d->fields[i].is_mutable, 0 };
    t->fields = fields;
    t->refs = *room;
    *room += d->n_fields + d->n_params;
    t->size = d->kind == TYPE_ARRAY    ? field_bytes(fields[0].type)
              : d->kind == TYPE_STRUCT ? lay_out(fields, d->n_fields)
                                       : CW_EXCEPTION_HEADER + 8 * t->param_slots;
}

/* When all types of a group are made, and with them the kinds of those that its fields refer to. */
static void find_refs(const TypeRegistry *types, u32 id)
{
    Type *t = type_slot(types, id);
    u32 *refs = (u32 *)(uintptr_t)t->refs;   /* in the group's block */
    for (u32 i = 0; i < t->n_fields; i++)
        if (cw_is_traced(types, t->fields[i].type))
            refs[t->n_refs++] = t->fields[i].at;
    u32 at = CW_EXCEPTION_HEADER;
    for (u32 i = 0; i < t->n_params; i++) {
        if (cw_is_traced(types, t->params[i]))
            refs[t->n_refs++] = at;
        at += 8 * cw_slots(t->params[i]);
    }
}

/* ---- Validity of declared subtypes (specification 3.2.10, 3.3.12-3.3.14) ---- */

static bool field_matches(const TypeRegistry *types, const Field *sub, const Field *super)
{
    if (sub->is_mutable != super->is_mutable)
        return false;
    if (sub->type == super->type)
        return true;
    return !sub->is_mutable && cw_matches(types, sub->type, super->type);
}

static bool all_match(const TypeRegistry *types, const ValType *sub, const ValType *super, u32 n)
{
    for (u32 i = 0; i < n; i++)
        if (!cw_matches(types, sub[i], super[i]))
            return false;
    return true;
}

static bool structure_matches(const TypeRegistry *types, const Type *sub, const Type *super)
{
    if (super->is_final || sub->kind != super->kind)
        return false;
    if (sub->kind == TYPE_FUNC)
        return sub->n_params == super->n_params && sub->n_results == super->n_results &&
               all_match(types, super->params, sub->params, sub->n_params) &&
               all_match(types, sub->results, super->results, sub->n_results);
    if (sub->n_fields < super->n_fields)
        return false;
    for (u32 i = 0; i < super->n_fields; i++)
        if (!field_matches(types, &sub->fields[i], &super->fields[i]))
            return false;
    return true;
}

/* ---- Interning ---- */

/* Depths of a new group's types into depths[n]. */
static Status find_depths(const TypeRegistry *types, const TypeDraft *group, u32 n, u32 *depths, Error *err)
{
    for (u32 i = 0; i < n; i++) {
        ValType super = group[i].super;
        depths[i] = 0;
        if (!super)
            continue;
        if ((super & T_REC) && cw_type_id(super) >= i) {
            depths[0] = i;
            return cw_fail(err, CWASM_INVALID, CWASM_NO_OFFSET, "unknown type: a supertype must be declared before its subtypes");
        }
        u32 depth = super & T_REC ? depths[cw_type_id(super)] : type_slot(types, cw_type_id(super))->depth;
        if (depth >= LIMIT_SUBTYPE_DEPTH) {
            depths[0] = i;
            return CW_LIMIT(SUBTYPE_DEPTH, depth + 1, CWASM_NO_OFFSET, err);
        }
        depths[i] = depth + 1;
    }
    return CWASM_OK;
}

/* Adds the group, whose words are in types->key, under the next ids. ids is scratch until it succeeds. */
static Status add_group(TypeRegistry *types, const TypeDraft *group, u32 n, u32 hash, u32 *ids, Error *err)
{
    u32 first = types->n_types;
    if (n > CW_MAX_CANONICAL_TYPES - first) {
        ids[0] = 0;
        return cw_limit((u64)first + n, CW_MAX_CANONICAL_TYPES, "different types in one engine", CWASM_NO_OFFSET, err);
    }
    TRY(find_depths(types, group, n, ids, err));
    u64 words = types->key.n;
    for (u32 i = 0; i < n; i++)
        words += ids[i] + 1 + 2 * (u64)group[i].n_params + group[i].n_results + group[i].n_fields * (u64)(sizeof(Field) / sizeof(u32) + 1);
    u64 size = sizeof(Group) + words * sizeof(u32);
    Group *g = size <= SIZE_MAX ? cw_alloc(types->alloc, (size_t)size) : NULL;
    if (!g)
        return cw_no_memory(err);
    if (!reserve_types(types, first + n)) {
        cw_free(types->alloc, g, (size_t)size);
        return cw_no_memory(err);
    }
    g->size = (size_t)size;
    g->first = first;
    g->n = n;
    g->n_words = types->key.n;
    memcpy(g->words, types->key.at, types->key.n * sizeof(u32));
    u32 *room = g->words + types->key.n;
    for (u32 i = 0; i < n; i++)
        make_type(types, &group[i], first + i, first, ids[i], &room);
    for (u32 i = 0; i < n; i++)
        find_refs(types, first + i);
    type_slot(types, first)->is_plain = n == 1 && group[0].is_final && !group[0].super;
    for (u32 i = 0; i < n; i++) {
        const Type *t = type_slot(types, first + i);
        if (t->super == CWASM_NO_INDEX || structure_matches(types, t, type_slot(types, t->super)))
            continue;
        cw_free(types->alloc, g, (size_t)size);   /* the slots are filled anew by the next group */
        ids[0] = i;
        return cw_fail(err, CWASM_INVALID, CWASM_NO_OFFSET, "sub type does not match super type");
    }
    const Alloc *hash_alloc = types->alloc;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, types->groups, g->words, types->key.n * sizeof(u32), hash, g);
    if (!g->hh.tbl) {
        cw_free(types->alloc, g, (size_t)size);
        return cw_no_memory(err);
    }
    types->n_types = first + n;
    for (u32 i = 0; i < n; i++)
        ids[i] = first + i;
    return CWASM_OK;
}

static Status intern_locked(TypeRegistry *types, const TypeDraft *group, u32 n, u32 *ids, Error *err)
{
    if (!make_key(types, group, n))
        return cw_no_memory(err);
    u32 hash = cw_hash(types->seed, types->key.at, types->key.n * sizeof(u32));
    Group *g;
    HASH_FIND_BYHASHVALUE(hh, types->groups, types->key.at, types->key.n * sizeof(u32), hash, g);
    if (!g)
        return add_group(types, group, n, hash, ids, err);
    for (u32 i = 0; i < n; i++)
        ids[i] = g->first + i;
    return CWASM_OK;
}

Status cw_types_intern(TypeRegistry *types, const TypeDraft *group, u32 n, u32 *ids, Error *err)
{
    if (n == 0)
        return CWASM_OK;
    pthread_mutex_lock(&types->lock);
    Status status = intern_locked(types, group, n, ids, err);
    pthread_mutex_unlock(&types->lock);
    return status;
}

const Type *cw_types_func(TypeRegistry *types, const ValType *params, u32 n_params, const ValType *results, u32 n_results)
{
    TypeDraft draft = { .kind = TYPE_FUNC, .is_final = true, .n_params = n_params, .n_results = n_results,
                        .params = (ValType *)(uintptr_t)params, .results = (ValType *)(uintptr_t)results };   /* only read */
    u32 id;
    return cw_types_intern(types, &draft, 1, &id, NULL) == CWASM_OK ? cw_type_at(types, id) : NULL;
}

/* ---- Subtyping ---- */

/* The abstract type directly above a defined type of that kind. */
static u32 abstract_of(u8 kind) { return kind == TYPE_FUNC ? H_FUNC : kind == TYPE_STRUCT ? H_STRUCT : H_ARRAY; }

/* Specification 3.3.3 for abstract heap types. */
static bool abstract_matches(u32 sub, u32 super)
{
    if (sub == super)
        return true;
    switch (super) {
    case H_ANY: return sub == H_EQ || sub == H_I31 || sub == H_STRUCT || sub == H_ARRAY || sub == H_NONE;
    case H_EQ: return sub == H_I31 || sub == H_STRUCT || sub == H_ARRAY || sub == H_NONE;
    case H_I31: case H_STRUCT: case H_ARRAY: return sub == H_NONE;
    case H_FUNC: return sub == H_NOFUNC;
    case H_EXTERN: return sub == H_NOEXTERN;
    case H_EXN: return sub == H_NOEXN;
    default: return false;
    }
}

bool cw_heap_matches(const TypeRegistry *types, u32 sub, u32 super)
{
    if (sub == super || sub == T_NONE)
        return true;
    if (sub & T_CONCRETE) {
        const Type *t = cw_type_at(types, cw_type_id(sub));
        if (super & T_CONCRETE)
            return cw_type_matches(t, cw_type_at(types, cw_type_id(super)));
        return abstract_matches(abstract_of(t->kind), super);
    }
    if (super & T_CONCRETE)
        return sub == (cw_type_at(types, cw_type_id(super))->kind == TYPE_FUNC ? H_NOFUNC : H_NONE);
    return abstract_matches(sub, super);
}

bool cw_matches(const TypeRegistry *types, ValType sub, ValType super)
{
    if (sub == super || sub == T_NONE)
        return true;
    if (!(sub & super & T_REF) || ((sub & T_NULL) && !(super & T_NULL)))
        return false;
    return cw_heap_matches(types, sub & T_HEAP_MASK, super & T_HEAP_MASK);
}

bool cw_is_traced(const TypeRegistry *types, ValType t)
{
    if (!cw_is_ref(t))
        return false;
    if (cw_is_concrete(t))
        return cw_type_at(types, cw_type_id(t))->kind != TYPE_FUNC;
    switch (t & T_HEAP_MASK) {
    case H_ANY: case H_EQ: case H_STRUCT: case H_ARRAY: case H_EXTERN: case H_EXN: return true;
    default: return false;
    }
}

/* ---- Text ---- */

static const char *heap_name(u32 heap)
{
    switch (heap) {
    case H_NOEXN: return "noexn";
    case H_NOFUNC: return "nofunc";
    case H_NOEXTERN: return "noextern";
    case H_NONE: return "none";
    case H_FUNC: return "func";
    case H_EXTERN: return "extern";
    case H_ANY: return "any";
    case H_EQ: return "eq";
    case H_I31: return "i31";
    case H_STRUCT: return "struct";
    case H_ARRAY: return "array";
    case H_EXN: return "exn";
    default: return "bottom";
    }
}

/* "funcref" for (ref null func); (ref null none) is "nullref" and so on. */
static const char *short_name(ValType t)
{
    switch (t) {
    case T_NONE: return "bottom";
    case T_I32: return "i32";
    case T_I64: return "i64";
    case T_F32: return "f32";
    case T_F64: return "f64";
    case T_V128: return "v128";
    case T_I8: return "i8";
    case T_I16: return "i16";
    case T_REF | T_NULL | H_NOEXN: return "nullexnref";
    case T_REF | T_NULL | H_NOFUNC: return "nullfuncref";
    case T_REF | T_NULL | H_NOEXTERN: return "nullexternref";
    case T_REF | T_NULL | H_NONE: return "nullref";
    case T_REF | T_NULL | H_FUNC: return "funcref";
    case T_REF | T_NULL | H_EXTERN: return "externref";
    case T_REF | T_NULL | H_ANY: return "anyref";
    case T_REF | T_NULL | H_EQ: return "eqref";
    case T_REF | T_NULL | H_I31: return "i31ref";
    case T_REF | T_NULL | H_STRUCT: return "structref";
    case T_REF | T_NULL | H_ARRAY: return "arrayref";
    case T_REF | T_NULL | H_EXN: return "exnref";
    default: return NULL;
    }
}

const char *cw_valtype_text(ValType t, char *buf, size_t size)
{
    const char *name = short_name(t);
    const char *null = t & T_NULL ? "null " : "";
    if (name)
        snprintf(buf, size, "%s", name);
    else if (!cw_is_ref(t))
        snprintf(buf, size, "unknown type 0x%x", (unsigned)t);
    else if (cw_is_concrete(t))
        snprintf(buf, size, "(ref %s%s%u)", null, t & T_REC ? "rec." : "", (unsigned)cw_type_id(t));
    else
        snprintf(buf, size, "(ref %s%s)", null, heap_name(t & T_HEAP_MASK));
    return buf;
}
