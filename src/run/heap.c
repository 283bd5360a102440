/*
 * heap.c - the heap of a store: blocks of cells of one size each, large objects one by one, a mark-and-sweep collector.
 *
 * Allocation takes cells from a run, a stretch of free cells of a block; when it is used up, next_run() looks for the next one in the
 * blocks that were not looked at since the last collection. That is all the sweeping there is, so a collection stops the guest for marking
 * only (and for the list of large objects). A block in which nothing lives can serve another size.
 *
 * When to collect: when as much was allocated as was alive after the last collection (at least MIN_THRESHOLD), or when the limit does not allow
 * more memory.
 */
#include "run/heap.h"

#include <time.h>

#define BLOCK_BYTES ((size_t)64 << 10)
#define MAX_SMALL 8192u
#define MIN_THRESHOLD ((u64)(CW_STRESS ? 64 : 4096) << 10)
#define MAX_EPOCH ((1u << (32 - OBJECT_EPOCH_SHIFT)) - 1)
#define N_SIZES 39        /* 16, 24 ... 128, then four per doubling to 8192 */
#define FIRST_STACK 1024  /* words of the mark stack that are always there */
#define RING 16           /* objects between prefetch and use; a power of two */
#define CHUNK 1024        /* elements of an array scanned at once */
#define POLL_EVERY 8192   /* objects between looks at Store.interrupt */

typedef struct Block {
    struct Block *next;   /* in the list that it is in */
    u32 cell;             /* bytes of a cell */
    u32 used;             /* bytes of cells */
    u32 fresh;            /* offset from which on cells were never used: their headers mean nothing */
    u32 pad[3];
    u8 data[];
} Block;
_Static_assert(sizeof(Block) % 8 == 0, "objects are aligned to 8 bytes");

typedef struct Size {
    u8 *cursor, *end;     /* the run */
    u32 cell;
    Block *block;         /* that it is in */
    u8 *scan;             /* where to look on, when the run is used up */
    Block *unswept;       /* blocks not looked at since the last collection */
    Block *done;          /* blocks without a free cell, as far as is known */
} Size;

/* An object beyond MAX_SMALL. */
typedef struct Large {
    struct Large *next;
    size_t bytes;         /* with this header */
    Object object;
} Large;
_Static_assert(offsetof(Large, object) % 8 == 0, "objects are aligned to 8 bytes");

struct Heap {
    Size sizes[N_SIZES];
    u32 epoch;            /* of what is made or marked now */
    u32 live_epoch;       /* objects of older ones are garbage; differs from epoch only after a collection that was given up */
    Store *store;
    const TypeRegistry *types;
    u64 committed;        /* bytes from the allocator */
    u64 allocated;        /* since the last collection */
    u64 threshold;
    Block *empty;         /* blocks in which nothing lives */
    Large *large;
    bool trimmed;         /* since the last collection, unswept blocks were searched for empty ones */
    bool stress;
    /* marking */
    u64 *stack;           /* objects to scan; an array that is half done: its index, then its address | 1 */
    u32 n_stack, cap_stack;
    u64 first_stack[FIRST_STACK];
    bool overflow;        /* something was marked but did not fit on the stack */
    Object *ring[RING];   /* a queue */
    u32 ring_first, ring_n;
    u64 live;             /* bytes marked */
    u32 poll;
    bool give_up;         /* interrupted */
    cwasm_heap_stats stats;
};

/* ---- Sizes ---- */

/* bytes <= MAX_SMALL, with the header. */
CW_INLINE u32 size_index(u32 bytes)
{
    if (bytes <= 128)
        return bytes <= 16 ? 0 : (bytes + 7) / 8 - 2;
    u32 log2 = 31u - (u32)__builtin_clz(bytes - 1);   /* 7..12 */
    return 15 + (log2 - 7) * 4 + ((bytes - 1) >> (log2 - 2)) - 4;
}

static u32 size_of_index(u32 i)
{
    return i < 15 ? 16 + 8 * i : (((i - 15) & 3) + 5) << ((i - 15) / 4 + 5);
}

static u64 object_bytes(const Type *t, const Object *o)
{
    u64 bytes = OBJECT_HEADER + (t->kind == TYPE_ARRAY ? (u64)o->n * t->size : t->size);
    return (bytes + 7) & ~(u64)7;
}

static bool is_live(const Heap *h, const Object *o) { return o->head >> OBJECT_EPOCH_SHIFT >= h->live_epoch; }

static Object *object_at(u8 *p) { return (Object *)(void *)p; }

static Heap *heap_of(Store *store)
{
    if (CW_LIKELY(store->heap != NULL))
        return store->heap;
    Heap *h = cw_calloc(&store->alloc, 1, sizeof *h);
    if (!h)
        return NULL;
    for (u32 i = 0; i < N_SIZES; i++)
        h->sizes[i].cell = size_of_index(i);
    h->epoch = h->live_epoch = 1;
    h->store = store;
    h->types = store->engine->types;
    h->threshold = MIN_THRESHOLD;
    h->stack = h->first_stack;
    h->cap_stack = FIRST_STACK;
    h->stress = store->engine->config.gc_stress;
    store->heap = h;
    return h;
}

/* ---- Runs and blocks ---- */

/* The run ends here: what is left of it is free, as it was. */
static void retire(Heap *h, Size *s)
{
    Block *b = s->block;
    if (!b || !s->cursor)
        return;
    u32 at = (u32)(s->cursor - b->data);
    b->fresh = CW_MAX(b->fresh, at);
    h->allocated -= (u64)(s->end - s->cursor);
    s->scan = s->cursor;
    s->cursor = s->end = NULL;
}

static void retire_all(Heap *h)
{
    for (u32 i = 0; i < N_SIZES; i++)
        retire(h, &h->sizes[i]);
}

/* Finds the next run of free cells; false if there is none in the blocks of this size. */
static bool next_run(Heap *h, Size *s)
{
    retire(h, s);
    for (;;) {
        Block *b = s->block;
        if (b) {
            u8 *p = s->scan, *fresh = b->data + b->fresh, *end = b->data + b->used;
            while (p < fresh && is_live(h, object_at(p)))
                p += s->cell;
            if (p < end) {
                u8 *q = p;
                while (q < fresh && !is_live(h, object_at(q)))
                    q += s->cell;
                if (q >= fresh)
                    q = end;
                s->cursor = p;
                s->end = s->scan = q;
                h->allocated += (u64)(q - p);
                return true;
            }
            b->next = s->done;
            s->done = b;
            s->block = NULL;
        }
        if (!s->unswept)
            return false;
        s->block = s->unswept;
        s->unswept = s->block->next;
        s->scan = s->block->data;
    }
}

static bool is_empty(const Heap *h, Block *b)
{
    for (u32 at = 0; at < b->fresh; at += b->cell)
        if (is_live(h, object_at(b->data + at)))
            return false;
    return true;
}

/* Takes blocks in which nothing lives away from their sizes. */
static void find_empty(Heap *h)
{
    if (h->trimmed)
        return;
    h->trimmed = true;
    for (u32 i = 0; i < N_SIZES; i++) {
        for (Block **link = &h->sizes[i].unswept, *b; (b = *link);) {
            if (is_empty(h, b)) {
                *link = b->next;
                b->next = h->empty;
                h->empty = b;
            } else {
                link = &b->next;
            }
        }
    }
}

static void free_empty(Heap *h)
{
    for (Block *b = h->empty, *next; b; b = next) {
        next = b->next;
        cw_free(&h->store->alloc, b, BLOCK_BYTES);
        h->committed -= BLOCK_BYTES;
    }
    h->empty = NULL;
}

static bool within_limit(Heap *h, u64 bytes)
{
    u64 limit = h->store->limit_heap;
    h->store->heap_is_full = limit && (h->committed > limit || bytes > limit - h->committed);
    return !h->store->heap_is_full;
}

static bool add_block(Heap *h, Size *s)
{
    Block *b = h->empty;
    if (b) {
        h->empty = b->next;
    } else {
        if (!within_limit(h, BLOCK_BYTES) || !(b = cw_alloc(&h->store->alloc, BLOCK_BYTES)))
            return false;
        h->committed += BLOCK_BYTES;
    }
    b->cell = s->cell;
    b->used = (u32)((BLOCK_BYTES - sizeof *b) / s->cell * s->cell);
    b->fresh = 0;
    b->next = s->unswept;
    s->unswept = b;
    return true;
}

/* ---- Allocation ---- */

static Object *no_memory(Store *store)
{
    store->heap_trap = CWASM_TRAP_OUT_OF_MEMORY;
    return NULL;
}

static Object *init(Heap *h, Object *o, const Type *type, u32 n)
{
    o->head = type->id | h->epoch << OBJECT_EPOCH_SHIFT;
    o->n = n;
    return o;
}

/* Makes next_run() succeed. */
static bool refill(Heap *h, Size *s)
{
    bool collected = false;
    if (next_run(h, s))
        return true;
    if (h->allocated >= h->threshold) {
        if (!cw_heap_collect(h->store))
            return false;
        if (next_run(h, s))
            return true;
        collected = true;
    }
    if (!add_block(h, s)) {
        find_empty(h);
        if (!h->empty && !collected) {
            if (!cw_heap_collect(h->store))
                return false;
            if (next_run(h, s))
                return true;
            find_empty(h);
        }
        if (!add_block(h, s))
            return no_memory(h->store) != NULL;
    }
    return next_run(h, s);
}

static Object *allocate_large(Heap *h, const Type *type, u64 bytes, u32 n)
{
    u64 limit = h->store->limit_heap, need = bytes + offsetof(Large, object);
    h->store->heap_is_full = limit && need > limit;
    if (need > SIZE_MAX / 2 || h->store->heap_is_full)
        return no_memory(h->store);
    if (h->allocated >= h->threshold && !cw_heap_collect(h->store))
        return NULL;
    for (int attempt = 0; attempt < 3; attempt++) {
        if (attempt == 1) {
            find_empty(h);
            free_empty(h);
        } else if (attempt == 2) {
            if (!cw_heap_collect(h->store))
                return NULL;
            find_empty(h);
            free_empty(h);
        }
        Large *l = within_limit(h, need) ? cw_alloc(&h->store->alloc, (size_t)need) : NULL;
        if (l) {
            l->next = h->large;
            l->bytes = (size_t)need;
            h->large = l;
            h->committed += need;
            h->allocated += need;
            return init(h, &l->object, type, n);
        }
    }
    return no_memory(h->store);
}

static CW_NOINLINE Object *allocate_slow(Store *store, const Type *type, u64 bytes, u32 n)
{
    Heap *h = heap_of(store);
    if (!h)
        return no_memory(store);
    if (h->stress && !cw_heap_collect(store))
        return NULL;
    if (bytes > MAX_SMALL)
        return allocate_large(h, type, bytes, n);
    Size *s = &h->sizes[size_index((u32)bytes)];
    if (!refill(h, s))
        return NULL;
    Object *o = object_at(s->cursor);
    s->cursor += s->cell;
    if (h->stress)
        retire(h, s);
    return init(h, o, type, n);
}

/* Nothing but the header is set. bytes with the header. */
CW_INLINE Object *allocate(Store *store, const Type *type, u64 bytes, u32 n)
{
    Heap *h = store->heap;
    if (CW_LIKELY(h != NULL && bytes <= MAX_SMALL)) {
        Size *s = &h->sizes[size_index((u32)bytes)];
        u8 *p = s->cursor;
        if (CW_LIKELY(p < s->end)) {
            s->cursor = p + s->cell;
            return init(h, object_at(p), type, n);
        }
    }
    return allocate_slow(store, type, bytes, n);
}

/* ---- Objects ---- */

static void store_value(u8 *to, ValType type, const u64 *slots)
{
    switch (type) {
    case T_I8: *to = (u8)*slots; break;
    case T_I16: { u16 v = (u16)*slots; memcpy(to, &v, 2); break; }
    case T_I32: case T_F32: { u32 v = (u32)*slots; memcpy(to, &v, 4); break; }
    case T_V128: memcpy(to, slots, 16); break;
    default: memcpy(to, slots, 8); break;
    }
}

Object *cw_struct_new(Store *store, const Type *type, const u64 *slots)
{
    Object *o = allocate(store, type, OBJECT_HEADER + (u64)type->size, 0);
    if (CW_UNLIKELY(!o))
        return NULL;
    u8 *data = cw_object_data(o);
    if (!slots) {
        memset(data, 0, type->size);
        return o;
    }
    const Field *f = type->fields, *end = f + type->n_fields;
    for (; f < end; f++) {
        store_value(data + f->at, f->type, slots);
        slots += cw_slots(f->type);
    }
    return o;
}

Object *cw_array_new_raw(Store *store, const Type *type, u64 n)
{
    return allocate(store, type, OBJECT_HEADER + n * type->size, (u32)n);
}

Object *cw_exception_object_new(Store *store, const Type *type)
{
    return allocate(store, type, OBJECT_HEADER + (u64)type->size, 0);
}

void cw_fill_elements(u8 *data, const Type *array, u64 n, const u64 *slots)
{
    u32 size = array->size;
    if (size == 1) {
        memset(data, (u8)*slots, (size_t)n);
        return;
    }
    for (u64 i = 0; i < n; i++)
        store_value(data + i * size, array->fields[0].type, slots);
}

Object *cw_array_new(Store *store, const Type *type, u64 n, const u64 *slots)
{
    Object *o = cw_array_new_raw(store, type, n);
    if (CW_UNLIKELY(!o))
        return NULL;
    if (slots)
        cw_fill_elements(cw_object_data(o), type, n, slots);
    else
        memset(cw_object_data(o), 0, (size_t)(n * type->size));
    return o;
}

Object *cw_array_new_fixed(Store *store, const Type *type, u32 n, const u64 *slots)
{
    Object *o = cw_array_new_raw(store, type, n);
    if (CW_UNLIKELY(!o))
        return NULL;
    ValType t = type->fields[0].type;
    u8 *data = cw_object_data(o);
    for (u32 i = 0; i < n; i++, data += type->size, slots += cw_slots(t))
        store_value(data, t, slots);
    return o;
}

bool cw_ref_is(const TypeRegistry *types, u64 ref, u32 heap)
{
    if (heap & T_CONCRETE) {
        const Type *want = cw_type_at(types, cw_type_id(heap));
        if (want->kind == TYPE_FUNC)
            return cw_type_matches(cw_type_at(types, cw_ref_func(ref)->type_id), want);
        return cw_ref_is_object(ref) && cw_type_matches(cw_type_at(types, cw_object_type(cw_ref_object(ref))), want);
    }
    switch (heap) {
    case H_ANY: case H_EXTERN: case H_FUNC: case H_EXN: return true;
    case H_EQ: return !cw_ref_is_host(ref);
    case H_I31: return cw_ref_is_i31(ref);
    case H_STRUCT: return cw_ref_is_object(ref) && cw_type_at(types, cw_object_type(cw_ref_object(ref)))->kind == TYPE_STRUCT;
    case H_ARRAY: return cw_ref_is_object(ref) && cw_type_at(types, cw_object_type(cw_ref_object(ref)))->kind == TYPE_ARRAY;
    default: return false;   /* the bottom types have no values but null */
    }
}

/* ---- Marking ---- */

/* More stack for n words; at most an eighth of the heap's memory. */
static bool grow_stack(Heap *h, u32 n)
{
    const Alloc *a = &h->store->alloc;
    u64 cap = CW_MAX((u64)h->cap_stack * 2, (u64)FIRST_STACK * 4);
    if (h->stress || cap * 8 > CW_MAX(h->committed / 8, (u64)64 << 10) || h->n_stack + n > cap)
        return false;
    bool first = h->stack == h->first_stack;
    u64 *moved = cw_realloc(a, first ? NULL : h->stack, first ? 0 : (size_t)h->cap_stack * 8, (size_t)cap * 8);
    if (!moved)
        return false;
    if (first)
        memcpy(moved, h->first_stack, (size_t)h->n_stack * 8);
    h->stack = moved;
    h->cap_stack = (u32)cap;
    return true;
}

static void drop_stack(Heap *h)
{
    if (h->stack != h->first_stack)
        cw_free(&h->store->alloc, h->stack, (size_t)h->cap_stack * 8);
    h->stack = h->first_stack;
    h->cap_stack = FIRST_STACK;
}

CW_INLINE bool stack_room(Heap *h, u32 n) { return CW_LIKELY(h->cap_stack - h->n_stack >= n) || grow_stack(h, n); }

/* Marks an object if it is not; what it points to is followed later. */
CW_INLINE void grey(Heap *h, Object *o)
{
    u32 head = o->head;
    if (head >> OBJECT_EPOCH_SHIFT == h->epoch)
        return;
    o->head = (head & (OBJECT_ID | OBJECT_PINNED)) | h->epoch << OBJECT_EPOCH_SHIFT;
    const Type *t = cw_type_at(h->types, head & OBJECT_ID);
    h->live += object_bytes(t, o);
    if (!t->n_refs)
        return;
    if (CW_LIKELY(stack_room(h, 1)))
        h->stack[h->n_stack++] = cw_object_ref(o);
    else
        h->overflow = true;
}

CW_INLINE Object *from_ring(Heap *h)
{
    Object *o = h->ring[h->ring_first];
    h->ring_first = (h->ring_first + 1) % RING;
    h->ring_n--;
    return o;
}

/* References wait in the ring until their objects have come into the cache. */
CW_INLINE void visit(Heap *h, u64 ref)
{
    if (!cw_ref_is_object(ref))
        return;
    Object *o = cw_ref_object(ref);
    __builtin_prefetch(o, 1);
    if (h->ring_n == RING)
        grey(h, from_ring(h));
    h->ring[(h->ring_first + h->ring_n++) % RING] = o;
}

void cw_heap_mark(Heap *h, u64 ref) { visit(h, ref); }

/* Elements [from, from + CHUNK) of an array; the rest goes back to the stack. */
static void scan_array(Heap *h, Object *o, u32 from)
{
    u32 end = o->n;
    if (end - from > CHUNK && stack_room(h, 2)) {
        end = from + CHUNK;
        h->stack[h->n_stack++] = end;
        h->stack[h->n_stack++] = cw_object_ref(o) | 1;
    }
    const u64 *refs = (const u64 *)(const void *)cw_object_data(o);
    for (u32 i = from; i < end; i++)
        visit(h, refs[i]);
}

static void scan(Heap *h, Object *o)
{
    const Type *t = cw_type_at(h->types, cw_object_type(o));
    if (t->kind == TYPE_ARRAY) {
        scan_array(h, o, 0);
        return;
    }
    const u8 *data = cw_object_data(o);
    for (u32 i = 0; i < t->n_refs; i++)
        visit(h, *(const u64 *)(const void *)(data + t->refs[i]));
}

static bool interrupted(Heap *h)
{
    if (++h->poll % POLL_EVERY == 0 && (h->store->engine->config.variant & VARIANT_INTERRUPT) && cw_load_relaxed(&h->store->interrupt))
        h->give_up = true;
    return h->give_up;
}

/* Follows everything on the stack and in the ring. */
static void drain(Heap *h)
{
    for (;;) {
        if (h->n_stack) {
            u64 word = h->stack[--h->n_stack];
            if (word & 1)
                scan_array(h, cw_ref_object(word - 1), (u32)h->stack[--h->n_stack]);
            else
                scan(h, cw_ref_object(word));
            if (CW_UNLIKELY(interrupted(h)))
                h->n_stack = h->ring_n = 0;
        } else if (h->ring_n) {
            grey(h, from_ring(h));
        } else {
            return;
        }
    }
}

/* ---- All objects: rare, and between runs (retire_all) ---- */

typedef void Each(Heap *h, Object *o);

static void each_in(Heap *h, Block *b, Each *f)
{
    for (; b; b = b->next)
        for (u32 at = 0; at < b->fresh; at += b->cell)
            f(h, object_at(b->data + at));
}

static void each_cell(Heap *h, Each *f)
{
    for (u32 i = 0; i < N_SIZES; i++) {
        Size *s = &h->sizes[i];
        each_in(h, s->unswept, f);
        each_in(h, s->done, f);
        if (s->block) {
            Block *next = s->block->next;
            s->block->next = NULL;
            each_in(h, s->block, f);
            s->block->next = next;
        }
    }
    for (Large *l = h->large; l; l = l->next)
        f(h, &l->object);
}

/* After an overflow: whatever is marked may point to what is not. */
static void rescan(Heap *h, Object *o)
{
    if (o->head >> OBJECT_EPOCH_SHIFT != h->epoch)
        return;
    scan(h, o);
    drain(h);
}

static void mark_pinned(Heap *h, Object *o)
{
    if (is_live(h, o) && (o->head & OBJECT_PINNED))
        visit(h, cw_object_ref(o));
}

static void unpin(Heap *h, Object *o)
{
    (void)h;
    o->head &= ~OBJECT_PINNED;
}

static void renumber(Heap *h, Object *o)
{
    o->head = is_live(h, o) ? (o->head & (OBJECT_ID | OBJECT_PINNED)) | 1u << OBJECT_EPOCH_SHIFT : 0;
}

/* Stress: what is dead is made unusable at once. */
static void poison_block(Heap *h, Block *b)
{
    for (; b; b = b->next)
        for (u32 at = 0; at < b->fresh; at += b->cell)
            if (!is_live(h, object_at(b->data + at))) {
                memset(b->data + at, 0xa5, b->cell);
                memset(b->data + at, 0, OBJECT_HEADER);
            }
}

/* ---- Collecting ---- */

static void append(Block **list, Block *more)
{
    while (*list)
        list = &(*list)->next;
    *list = more;
}

/* After marking: all blocks have to be looked at anew, dead large objects go. */
static void start_sweep(Heap *h)
{
    for (u32 i = 0; i < N_SIZES; i++) {
        Size *s = &h->sizes[i];
        if (s->block) {
            s->block->next = s->done;
            s->done = s->block;
            s->block = NULL;
        }
        append(&s->done, s->unswept);
        s->unswept = s->done;
        s->done = NULL;
        if (h->stress)
            poison_block(h, s->unswept);
    }
    for (Large **link = &h->large, *l; (l = *link);) {
        if (is_live(h, &l->object)) {
            link = &l->next;
            continue;
        }
        *link = l->next;
        h->committed -= l->bytes;
        cw_free(&h->store->alloc, l, l->bytes);
    }
}

static u64 now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

static void mark(Heap *h)
{
    Store *store = h->store;
    h->live = 0;
    h->give_up = h->overflow = false;
    if (store->handles_lost)
        each_cell(h, mark_pinned);
    cw_mark_store_roots(store);
    (void)store->engine->frame_roots(store, true);
    drain(h);
    while (h->overflow && !h->give_up) {
        h->overflow = false;
        each_cell(h, rescan);
    }
}

bool cw_heap_collect(Store *store)
{
    Heap *h = store->heap;
    if (!h)
        return true;
    u64 start = now_ns();
    if (!store->engine->frame_roots(store, false)) {
        store->heap_trap = CWASM_TRAP_OUT_OF_MEMORY;
        return false;
    }
    retire_all(h);
    if (h->epoch == MAX_EPOCH) {
        each_cell(h, renumber);
        h->epoch = h->live_epoch = 1;
    }
    h->epoch++;
    mark(h);
    drop_stack(h);
    if (h->give_up) {
        store->heap_trap = CWASM_TRAP_INTERRUPTED;
        return false;
    }
    h->live_epoch = h->epoch;
    start_sweep(h);
    h->trimmed = false;
    cwasm_heap_stats *stats = &h->stats;
    stats->allocated += h->allocated;
    h->allocated = 0;
    h->threshold = CW_MAX(h->live, MIN_THRESHOLD);
    u64 pause = now_ns() - start;
    stats->collections++;
    stats->live = h->live;
    stats->last_pause_ns = pause;
    stats->total_pause_ns += pause;
    stats->max_pause_ns = CW_MAX(stats->max_pause_ns, pause);
    return true;
}

void cw_heap_trim(Store *store)
{
    Heap *h = store->heap;
    if (!h)
        return;
    find_empty(h);
    free_empty(h);
}

/* ---- Handles ---- */

void cw_heap_pin(Store *store, u64 ref)
{
    if (!cw_ref_is_object(ref))
        return;
    Object *o = cw_ref_object(ref);
    if (o->head & OBJECT_PINNED)
        return;
    o->head |= OBJECT_PINNED;
    if (!cw_vec_push(&store->alloc, &store->handles, o))
        store->handles_lost = true;
}

void cw_heap_release_pins(Store *store)
{
    for (u32 i = 0; i < store->handles.n; i++)
        store->handles.at[i]->head &= ~OBJECT_PINNED;
    if (store->handles_lost) {
        retire_all(store->heap);
        each_cell(store->heap, unpin);
    }
    store->handles.n = 0;
    store->handles_lost = false;
}

/* ---- Life ---- */

static void free_blocks(Heap *h, Block *b)
{
    for (Block *next; b; b = next) {
        next = b->next;
        cw_free(&h->store->alloc, b, BLOCK_BYTES);
    }
}

void cw_heap_free(Store *store)
{
    Heap *h = store->heap;
    cw_vec_done(&store->alloc, &store->temps);
    cw_vec_done(&store->alloc, &store->temps_traced);
    cw_vec_done(&store->alloc, &store->handles);
    cw_vec_done(&store->alloc, &store->held);
    store->handles_lost = false;
    store->exception = store->raw_exception = NULL;
    cw_free(&store->alloc, store->places, store->places_bytes);
    store->places = NULL;
    if (!h)
        return;
    for (u32 i = 0; i < N_SIZES; i++) {
        Size *s = &h->sizes[i];
        free_blocks(h, s->unswept);
        free_blocks(h, s->done);
        if (s->block)
            cw_free(&store->alloc, s->block, BLOCK_BYTES);
    }
    free_blocks(h, h->empty);
    for (Large *l = h->large, *next; l; l = next) {
        next = l->next;
        cw_free(&store->alloc, l, l->bytes);
    }
    drop_stack(h);
    cw_free(&store->alloc, h, sizeof *h);
    store->heap = NULL;
}

void cw_heap_stats(const Store *store, cwasm_heap_stats *stats)
{
    const Heap *h = store->heap;
    *stats = (cwasm_heap_stats){ 0 };
    if (!h)
        return;
    *stats = h->stats;
    stats->allocated += h->allocated;
    for (u32 i = 0; i < N_SIZES; i++)
        stats->allocated -= (u64)(h->sizes[i].end - h->sizes[i].cursor);
    stats->committed = h->committed;
}
