/*
 * code.c - the code table of a module: checking all bodies at load, translating functions when they are first called, publishing them.
 *
 * One lock per module covers translation. What is published never changes, but for the callee word of direct calls: it leads to a stub of the
 * callee until that is translated, and the stub puts the code there (store release; handlers load acquire). Stubs are made when a caller
 * that needs one is translated:
 *
 *     br -> translate            for tail calls, whose site cannot be found again: later the br leads to the code
 *     translate f
 *     translate_call f           for calls: the site is found by the return pc
 */
#include "code/code.h"

#include <pthread.h>

#include "code/walk.h"

typedef struct Stub {
    u64 br[3];              /* the third word is the target */
    u64 translate[2];
    u64 translate_call[2];
} Stub;

typedef struct FuncCode {
    const u8 *ir;      /* NULL until translated (atomic) */
    Stub *stub;        /* NULL until needed (under the lock) */
    const HandlerTable *handlers;   /* NULL if it has none; written before ir */
    RootMap *roots;    /* NULL until needed (under the lock) */
    u32 size;
} FuncCode;

struct CodeTable {
    pthread_mutex_t lock;
    CodeTarget target;
    Arena arena;
    FuncCode *funcs;   /* own functions */
    VEC(u32) by_address;   /* translated functions: the first n_sorted by the address of their IR, the rest in order of translation */
    u32 n_sorted;
    Walk walk;
};

static void walk_init(Walk *w, Module *m)
{
    *w = (Walk){ .module = m, .alloc = m->alloc };
}

Status cw_code_init(Module *m, const CodeTarget *target, Error *err)
{
    CodeTable *table = cw_calloc(m->alloc, 1, sizeof *table);
    if (!table)
        return cw_no_memory(err);
    table->target = *target;
    cw_arena_init(&table->arena, m->alloc);
    u32 n = m->n_funcs - m->n_func_imports;
    table->funcs = cw_arena_calloc(&table->arena, n ? n : 1, sizeof *table->funcs);
    if (!table->funcs || pthread_mutex_init(&table->lock, NULL)) {
        cw_arena_done(&table->arena);
        cw_free(m->alloc, table, sizeof *table);
        return cw_no_memory(err);
    }
    walk_init(&table->walk, m);
    table->walk.target = *target;
    m->code = table;
    return CWASM_OK;
}

void cw_code_done(Module *m)
{
    CodeTable *table = m->code;
    if (!table)
        return;
    cw_walk_done(&table->walk);
    cw_vec_done(m->alloc, &table->by_address);
    cw_arena_done(&table->arena);
    pthread_mutex_destroy(&table->lock);
    cw_free(m->alloc, table, sizeof *table);
    m->code = NULL;
}

const CodeTarget *cw_code_target(const Module *m) { return &m->code->target; }

static FuncCode *func_code(const Module *m, u32 f) { return &m->code->funcs[f - m->n_func_imports]; }

/* Copies the handler table of what was just translated; false if out of memory. */
static bool publish_handlers(Arena *arena, const Walk *w, const HandlerTable **handlers)
{
    size_t ranges = w->tries.n * sizeof(TryRange), clauses = w->clauses.n * sizeof(CatchClause);
    *handlers = NULL;
    if (!w->tries.n)
        return true;
    HandlerTable *t = cw_arena_alloc(arena, sizeof *t + ranges + clauses);
    if (!t)
        return false;
    TryRange *to = (TryRange *)(void *)(t + 1);
    memcpy(to, w->tries.at, ranges);
    if (clauses)
        memcpy(to + w->tries.n, w->clauses.at, clauses);
    *t = (HandlerTable){ w->tries.n, to, (const CatchClause *)(const void *)(to + w->tries.n) };
    *handlers = t;
    return true;
}

/* Under the lock. */
static Status translate(Module *m, u32 f, Error *err)
{
    CodeTable *table = m->code;
    Walk *w = &table->walk;
    w->late = m->unchecked;
    if (w->late && !cw_code_check_late(m, f, err))
        return err ? err->status : CWASM_INVALID;
    TRY(cw_walk_translate(w, f, err));
    u8 *ir = cw_arena_alloc(&table->arena, w->at);
    const HandlerTable *handlers;
    if (!ir || !publish_handlers(&table->arena, w, &handlers) || !cw_vec_push(m->alloc, &table->by_address, f))
        return cw_no_memory(err);
    memcpy(ir, w->ir, w->at);
    for (u32 i = 0; i < w->relocs.n; i++) {
        u64 *word = (u64 *)(void *)(ir + w->relocs.at[i]);
        *word += (u64)(uintptr_t)ir;
    }
    FuncCode *code = func_code(m, f);
    code->size = w->at;
    code->handlers = handlers;
    cw_store_release(&code->ir, ir);
    if (code->stub)
        cw_store_release(&code->stub->br[2], (u64)(uintptr_t)ir);
    return CWASM_OK;
}

const u8 *cw_code_get(Module *m, u32 f, Error *err)
{
    FuncCode *code = func_code(m, f);
    const u8 *ir = cw_load_acquire(&code->ir);
    if (CW_LIKELY(ir != NULL))
        return ir;
    pthread_mutex_lock(&m->code->lock);
    if (!code->ir)
        (void)!translate(m, f, err);
    ir = code->ir;
    pthread_mutex_unlock(&m->code->lock);
    return ir;
}

const u8 *cw_code_entry(Module *m, u32 f) { return cw_load_acquire(&func_code(m, f)->ir); }

/* Called while a caller is translated, under the lock. */
const u8 *cw_code_callee(Module *m, u32 f, bool is_call)
{
    CodeTable *table = m->code;
    FuncCode *code = func_code(m, f);
    if (code->ir)
        return code->ir;
    if (!code->stub) {
        Stub *s = cw_arena_calloc(&table->arena, 1, sizeof *s);
        if (!s)
            return NULL;
        s->br[0] = table->target.handlers[IR_br];
        s->br[2] = (u64)(uintptr_t)s->translate;
        s->translate[0] = table->target.handlers[IR_translate];
        s->translate_call[0] = table->target.handlers[IR_translate_call];
        ((Ins *)(void *)s->translate)->imm = ((Ins *)(void *)s->translate_call)->imm = (s32)f;
        code->stub = s;
    }
    return (const u8 *)(is_call ? code->stub->translate_call : code->stub->br);
}

/* The first translated function among by_address[0..n) whose code begins after pc, as an index in that array. Under the lock. */
static u32 first_after(const Module *m, u32 n, const u8 *pc)
{
    u32 low = 0, high = n;
    while (low < high) {
        u32 middle = (low + high) / 2;
        if (func_code(m, m->code->by_address.at[middle])->ir <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Sorts what was translated since the last search: most of it lies behind the rest already. Under the lock. */
static void sort_by_address(const Module *m)
{
    CodeTable *table = m->code;
    u32 *at = table->by_address.at;
    for (u32 n = table->n_sorted; n < table->by_address.n; n++) {
        u32 f = at[n], i = first_after(m, n, func_code(m, f)->ir);
        memmove(at + i + 1, at + i, (n - i) * sizeof *at);
        at[i] = f;
    }
    table->n_sorted = table->by_address.n;
}

u32 cw_code_find(const Module *m, const u8 *pc)
{
    CodeTable *table = m->code;
    u32 found = CWASM_NO_INDEX;
    pthread_mutex_lock(&table->lock);
    sort_by_address(m);
    u32 i = first_after(m, table->n_sorted, pc);
    if (i) {
        const FuncCode *code = func_code(m, table->by_address.at[i - 1]);
        if (pc < code->ir + code->size)
            found = table->by_address.at[i - 1];
    }
    for (u32 f = m->n_func_imports; f < m->n_funcs && found == CWASM_NO_INDEX; f++) {
        const Stub *s = func_code(m, f)->stub;
        if (s && pc >= (const u8 *)s && pc < (const u8 *)(s + 1))
            found = f;
    }
    pthread_mutex_unlock(&table->lock);
    return found;
}

const HandlerTable *cw_code_handlers(const Module *m, u32 f, const u8 **ir)
{
    const FuncCode *code = func_code(m, f);
    *ir = cw_load_acquire(&code->ir);
    return *ir ? code->handlers : NULL;
}

u64 cw_code_offset(Module *m, u32 f, const u8 *pc)
{
    const FuncCode *code = func_code(m, f);
    const u8 *ir = cw_load_acquire(&code->ir);
    const FuncDecl *decl = &m->funcs[f];
    if (!ir || pc < ir || pc >= ir + code->size)
        return cw_at(m, decl->body);
    Walk w;
    walk_init(&w, m);
    w.target = m->code->target;
    w.target.handlers = NULL;
    w.want_map = true;
    u64 offset = CWASM_NO_OFFSET;
    if (cw_walk_translate(&w, f, NULL) == CWASM_OK) {
        u32 at = (u32)(pc - ir);
        for (u32 i = 0; i < w.map.n && w.map.at[i].ir <= at; i++)
            offset = cw_at(m, decl->body) + w.map.at[i].at;
    }
    cw_walk_done(&w);
    return offset;
}

const RootSite *cw_code_roots(Module *m, u32 f, const u8 *pc, const RootMap **map)
{
    CodeTable *table = m->code;
    FuncCode *code = func_code(m, f);
    const u8 *ir = cw_load_acquire(&code->ir);
    if (!ir || pc < ir || pc >= ir + code->size)
        return NULL;
    Walk w;
    walk_init(&w, m);
    w.target = table->target;
    w.target.handlers = NULL;
    pthread_mutex_lock(&table->lock);
    const RootSite *site = cw_rootmap_site(&w, &table->arena, &code->roots, f, (u32)(pc - ir));
    *map = code->roots;
    pthread_mutex_unlock(&table->lock);
    cw_walk_done(&w);
    return site;
}
