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

#include "base/os_memory.h"
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
    InPlace *in_place; /* NULL if it cannot run so; set when the module is loaded */
    u32 size;
} FuncCode;

/* Code that a pc may be in: IR, or a side table with calls. */
typedef struct CodeRange { const u8 *at; u32 size, func; } CodeRange;

struct CodeTable {
    pthread_mutex_t lock;
    CodeTarget target;
    Arena arena;
    u8 *made, *made_of;   /* make_pages: up to here the pages are there; the end of the chunk */
    FuncCode *funcs;   /* own functions */
    VEC(CodeRange) by_address;   /* the first n_sorted by address, the rest in the order in which they came */
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

/* The function's code is about to be written, and others behind it: where there is much code already, pages are made ahead, by a sixteenth of it. */
static void make_pages(CodeTable *table, u8 *ir, size_t size)
{
    enum { LEAST = 16 * 1024, MOST = 128 * 1024 };
    const Arena *arena = &table->arena;
    size_t step = CW_MIN(arena->total / 16, MOST);
    if (step < LEAST)
        return;
    if ((uintptr_t)arena->p - (uintptr_t)ir >= size + 16) {   /* in a chunk of its own */
        cw_os_make_pages(ir, size);
        return;
    }
    if (table->made_of != arena->end) {
        table->made_of = arena->end;
        table->made = ir;
    }
    if (ir + size > table->made) {
        size_t more = CW_MIN((size_t)(arena->end - table->made), (size_t)(ir + size - table->made) + step);
        cw_os_make_pages(table->made, more);
        table->made += more;
    }
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
    if (!ir || !publish_handlers(&table->arena, w, &handlers) || !cw_vec_push(m->alloc, &table->by_address, (CodeRange){ ir, w->at, f }))
        return cw_no_memory(err);
    make_pages(table, ir, w->at);
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

/* ---- In place ---- */

static size_t in_place_bytes(const InPlace *p) { return sizeof *p + p->n_sides * sizeof *p->sides; }

/* The side table that the walk has made, if the function can run in place. */
static Status keep_sides(Module *m, const Walk *w, u32 f, Error *err)
{
    CodeTable *table = m->code;
    const FuncDecl *decl = &m->funcs[f];
    if (!w->sides_of || cw_frame_is_far(decl->frame_slots))
        return CWASM_OK;
    InPlace *p = cw_arena_alloc(&table->arena, sizeof *p + w->sides.n * sizeof *p->sides);
    if (!p)
        return cw_no_memory(err);
    *p = (InPlace){ .enter = { table->target.handlers[IR_in_place] }, .body = decl->body, .func = f, .first = w->sides_first,
                    .end = decl->body_size - 1, .first_slot = decl->type->param_slots + FRAME_SAVED + decl->n_local_slots,
                    .n_params = decl->type->n_params, .n_sides = (u32)w->sides.n,
                    .left = (u32)CW_MIN((u64)decl->body_size * table->target.tier_up, UINT32_MAX) };
    if (w->side_calls != NONE && !cw_vec_push(m->alloc, &table->by_address, (CodeRange){ (const u8 *)p, (u32)in_place_bytes(p), f }))
        return cw_no_memory(err);
    if (w->sides.n)
        memcpy(p->sides, w->sides.at, w->sides.n * sizeof *p->sides);
    for (u32 row = w->side_calls; row != NONE;) {
        SideCall *call = (SideCall *)(void *)&p->sides[row];
        row = (u32)call->handler;
        call->handler = table->target.handlers[IR_in_place_resume];
    }
    func_code(m, f)->in_place = p;
    return CWASM_OK;
}

Status cw_code_check_with_sides(Module *m, Error *err)
{
    Walk w;
    Status status = CWASM_OK;
    walk_init(&w, m);
    w.want_sides = true;
    for (u32 f = m->n_func_imports; f < m->n_funcs && !status; f++) {
        status = cw_walk_check(&w, f, err);
        if (!status)
            status = keep_sides(m, &w, f, err);
    }
    cw_walk_done(&w);
    return status;
}

const u8 *cw_code_enter(Module *m, u32 f, bool *in_place, Error *err)
{
    FuncCode *code = func_code(m, f);
    InPlace *p = code->in_place;
    u32 left = p && !cw_load_acquire(&code->ir) ? cw_load_relaxed(&p->left) : 0, size = m->funcs[f].body_size;
    *in_place = left >= size;   /* a body has a byte at least */
    if (!*in_place)
        return cw_code_get(m, f, err);
    if (left != UINT32_MAX)
        cw_store_relaxed(&p->left, left - size);
    return (const u8 *)p->enter;
}

const u8 *cw_code_loop(Module *m, u32 f, u32 loop)
{
    CodeTable *table = m->code;
    FuncCode *code = func_code(m, f);
    const u8 *at = NULL;
    pthread_mutex_lock(&table->lock);
    table->walk.want_loop = loop;
    table->walk.loop_at = NONE;
    /* Translated already: once more, to the same code. */
    if ((code->ir ? cw_walk_translate(&table->walk, f, NULL) : translate(m, f, NULL)) == CWASM_OK && table->walk.loop_at != NONE)
        at = code->ir + table->walk.loop_at;
    table->walk.want_loop = 0;
    pthread_mutex_unlock(&table->lock);
    return at;
}

cwasm_translated cw_code_translated(const Module *m)
{
    cwasm_translated sum = { 0 };
    pthread_mutex_lock(&m->code->lock);
    for (u32 f = m->n_func_imports; f < m->n_funcs; f++) {
        const FuncCode *code = func_code(m, f);
        sum.functions += code->ir != NULL;
        sum.wasm_bytes += code->ir ? m->funcs[f].body_size : 0;
        sum.code_bytes += code->size;
    }
    pthread_mutex_unlock(&m->code->lock);
    return sum;
}

/* ---- What a pc belongs to ---- */

/* The first of by_address[0..n) that begins after pc. Under the lock. */
static u32 first_after(const CodeTable *table, u32 n, const u8 *pc)
{
    u32 low = 0, high = n;
    while (low < high) {
        u32 middle = (low + high) / 2;
        if (table->by_address.at[middle].at <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Sorts what has come since the last search: most of it lies behind the rest already. Under the lock. */
static void sort_by_address(CodeTable *table)
{
    CodeRange *at = table->by_address.at;
    for (u32 n = table->n_sorted; n < table->by_address.n; n++) {
        CodeRange range = at[n];
        u32 i = first_after(table, n, range.at);
        memmove(at + i + 1, at + i, (n - i) * sizeof *at);
        at[i] = range;
    }
    table->n_sorted = (u32)table->by_address.n;
}

static bool is_in_place(const InPlace *p, const u8 *pc)
{
    return p && pc >= (const u8 *)p && (size_t)(pc - (const u8 *)p) < in_place_bytes(p);
}

/* Of the innermost frame. */
static bool is_in_bytes(const Module *m, const u8 *pc) { return pc >= m->code_begin && pc < m->code_end; }

static u32 func_of_byte(const Module *m, const u8 *pc)
{
    u32 low = m->n_func_imports, high = m->n_funcs;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (m->funcs[middle].body <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low > m->n_func_imports ? low - 1 : CWASM_NO_INDEX;
}

u32 cw_code_find(const Module *m, const u8 *pc)
{
    CodeTable *table = m->code;
    u32 found = CWASM_NO_INDEX;
    if (is_in_bytes(m, pc))
        return func_of_byte(m, pc);
    pthread_mutex_lock(&table->lock);
    sort_by_address(table);
    u32 i = first_after(table, table->n_sorted, pc);
    if (i && (size_t)(pc - table->by_address.at[i - 1].at) < table->by_address.at[i - 1].size)
        found = table->by_address.at[i - 1].func;
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
    const InPlace *p = code->in_place;
    if (is_in_bytes(m, pc))
        return cw_at(m, pc);
    if (is_in_place(p, pc))
        return cw_at(m, decl->body) + ((const SideCall *)(const void *)(pc + 1))->call;   /* the byte before what it returns to */
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
    if (is_in_bytes(m, pc) || is_in_place(code->in_place, pc)) {
        static const RootMap no_locals;
        static const RootSite no_operands;
        *map = &no_locals;
        return &no_operands;
    }
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
