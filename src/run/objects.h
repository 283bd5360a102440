/*
 * objects.h - live objects (specification 4.2): store, instance, func, memory, table, global.
 *
 * All objects belong to a store and are freed with it, together, since linked instances may point at each other. Fields that handlers
 * read come first in each struct. The layout rule for values: 64-bit slots; i32 and f32 zero-extended; v128 in two slots; a reference is
 * one slot, 0 is null:
 *
 *   funcref            pointer to Func
 *   externref, anyref  host value << 2 | 3 (a value the embedder made), i31 << 2 | 1, pointer to a heap object (run/heap.h)
 */
#ifndef CW_RUN_OBJECTS_H
#define CW_RUN_OBJECTS_H

#include <pthread.h>

#include "base/os_memory.h"
#include "code/code.h"

typedef struct cwasm_engine Engine;
typedef struct cwasm_store Store;
typedef struct cwasm_instance Instance;
typedef struct cwasm_func Func;
typedef struct cwasm_memory Memory;
typedef struct cwasm_shared_memory SharedMemory;
typedef struct cwasm_table Table;
typedef struct cwasm_global Global;
typedef struct cwasm_caller Caller;
typedef struct MemoryImage MemoryImage;   /* image.c */
typedef struct Dispatch Dispatch;        /* interp/interp.h */
typedef struct Activation Activation;    /* interp/interp.h */
typedef cwasm_trap_code Trap;

typedef struct cwasm_config {
    Alloc alloc;
    cwasm_dispatch dispatch;
    cwasm_bounds bounds;
    cwasm_compile compile;
    size_t stack_size;
    size_t host_stack_size;
    u32 variant;
    u32 tier_up;               /* code/in_place.h */
    u32 load_threads;          /* 0: as many as are worth it */
    Features features;
    bool gc_stress;            /* collect at every allocation */
} Config;

struct cwasm_engine {
    Config config;
    const Dispatch *dispatch;
    TypeRegistry *types;
    bool locates_faults;       /* cw_locates_faults of interp/: else accesses to guarded memories are compared, too */
    const u8 *host_entry;      /* Func.entry of every HostFunc: cw_host_func_entry, asked once */
    bool (*frame_roots)(Store *store, bool mark);   /* cw_frame_roots of interp/, for the collector below it */
};

/* A function instance. Host functions are HostFunc with inst == NULL. */
struct cwasm_func {
    const u8 *entry;       /* IR; a translate stub until the function is first called (atomic) */
    Instance *inst;
    u32 type_id;           /* canonical */
    u32 frame_slots;       /* copied from FuncDecl: what a call needs to check */
    u32 n_zero;            /* local slots to zero */
    u32 index;             /* funcidx in inst->module; host: 0 */
};

typedef struct HostFunc {
    Func func;
    const Type *type;
    cwasm_host_func fn;
    void *env;
    void *linker_env;             /* what env is where the store has no other */
    const cwasm_host_def *defs;   /* the table it comes from, or NULL: what cwasm_store_set_env is about */
    Store *store;
    struct HostFunc *next;     /* all of the store */
} HostFunc;

/* A shared memory never moves, and its sizes change while others read them: read them with the functions below. */
struct cwasm_memory {
    u8 *data;
    u64 check_size;        /* what accesses are compared with: size, or beyond any address where guard pages do the checking (atomic) */
    u64 size;              /* bytes (atomic) */
    u64 max_size;          /* bytes: the declared maximum and the implementation's, for 32-bit memories at most 4 GiB */
    u64 mapped;            /* bytes of address space at data */
    Limits limits;         /* min = as declared; the current size is `size` */
    bool in_place;         /* the start of a reservation of `mapped` bytes: grows where it is */
    bool guarded;          /* in_place, and so long that no 32-bit address leaves it */
    MemoryImage *image;    /* what it began with, mapped copy on write at data; NULL: zeros */
    Store *store;          /* NULL: shared */
    SharedMemory *shared;  /* that this is the memory of, or NULL */
    Memory *next;
};

/* A shared memory belongs to no store but is counted: by the stores that use it, by linkers and by the embedder. */
typedef struct Waiter Waiter;             /* shared_memory.c */
struct cwasm_shared_memory {
    Memory memory;
    Engine *engine;
    u32 refs;              /* atomic */
    pthread_mutex_t lock;  /* growing, and the list of waiters */
    Waiter *first, *last;  /* in the order they came */
    u32 n_waiters;         /* atomic */
};
typedef struct SharedRef { SharedMemory *shared; struct SharedRef *next; } SharedRef;

struct cwasm_table {
    u64 *elems;
    u64 size;
    u64 cap;
    TableType type;
    Store *store;
    Table *next;
};

struct cwasm_global {
    u64 cell[2];
    GlobalType type;
    Store *store;
    Global *next;          /* made by the API; those of instances lie in the instance */
};

/* A tag has identity: what is thrown with it is caught by clauses that name the same Tag (specification 4.2.8). */
typedef struct cwasm_tag {
    const Type *type;
    Store *store;
    const Module *module;  /* that defines it, NULL: made by the API */
    u32 index;             /* there */
    struct cwasm_tag *next;   /* made by the API; those of instances lie in the instance's arena */
} Tag;

/* An exception: what an exnref points at. An object of the heap whose type is the tag's. */
typedef struct cwasm_exception {
    u64 object;            /* the header (Object) */
    const Tag *tag;
    u32 handles;           /* cwasm_exception pointers the host holds */
    bool held;             /* in Store.held */
    u64 values[];          /* tag->type->param_slots */
} Exception;
_Static_assert(offsetof(Exception, values) == 8 + CW_EXCEPTION_HEADER, "Type.refs of function types has the values where they are");

typedef struct ElemInst { u64 *refs; u32 n; } ElemInst;   /* n = 0 once dropped */

struct cwasm_instance {
    /* hot */
    Memory *memory0;       /* NULL if there is none; its data and check_size travel in registers */
    u64 *stack_limit;      /* of the store's guest stack */
    Memory **memories;
    Table **tables;
    Global **globals;      /* imported and own */
    Func **imports;        /* imported functions */
    Func *funcs;           /* own functions: funcs[i - n_func_imports] */
    Store *store;
    /* cold */
    Tag **tags;            /* imported and own */
    Module *module;
    ElemInst *elems;
    u64 *data_sizes;       /* 0 once dropped */
    Arena arena;
    Instance *next;
    Global own_globals[];  /* own global i at own_globals[i - n_global_imports]: IR addresses them relative to the instance */
};

/* Which function holds a pc, remembered: deep recursions return to the same few places, exceptions pass the same ones again. */
typedef struct PcFunc { const u8 *pc; u32 func; } PcFunc;
enum { PC_FUNCS = 64 };
typedef struct Heap Heap;                 /* heap.c */
typedef struct Object Object;             /* heap.h */

/* What the functions of a table of the linker get as env in this store. */
typedef struct StoreEnv { const cwasm_host_def *defs; void *env; } StoreEnv;
typedef struct Spare Spare;               /* link/pool.c */

typedef struct RawFrame { const Instance *inst; u32 func; const u8 *pc; } RawFrame;

/* How the last call ended, as far as the fields of the store say so: untouched pages as long as nothing went wrong. */
typedef struct Outcome {
    char host_message[200];
    RawFrame raw[CWASM_MAX_FRAMES];
    cwasm_trap trap;
} Outcome;

struct cwasm_store {
    /* hot */
    s64 fuel;
    u32 interrupt;             /* atomic: 1 asks running code to stop */
    u32 park;                  /* atomic: what the thread sleeps on in memory.atomic.wait; not 0: it is to look around (base/park.h) */
    /* the guest stack: reserved, never moves */
    u64 *stack, *stack_limit;  /* limit: last slot a frame may end at */
    size_t stack_bytes;        /* without `last` */
    u64 *sp;                   /* where the next call from the host starts */
    Activation *activation;    /* innermost run of guest code, NULL if none */
    u8 *c_stack_base;          /* address in the outermost entry's C frame */
    u32 depth;                 /* nested entries */

    Engine *engine;
    Alloc alloc;
    void *user_data;
    u64 limit_memory, limit_table;
    Instance *instances;
    HostFunc *host_funcs;
    Memory *memories;
    SharedRef *shared;         /* the shared memories it uses */
    Table *tables;
    Global *globals;
    Tag *tags;
    VEC(StoreEnv) envs;
    Spare *spare;              /* of a pool: the instance that is kept for the next use; else NULL */

    /* exceptions (exception.c) */
    Exception *exception;      /* thrown and not caught: on its way through guest code and host functions, or what the last call ended with */
    Exception *raw_exception;  /* the one whose frames are in raw */
    VEC(Exception *) held;     /* those with handles, each once, and some that have none any more */
    PcFunc pc_funcs[PC_FUNCS];

    /* garbage collection: heap.h */
    Heap *heap;                /* NULL until something is allocated */
    u64 limit_heap;
    Trap heap_trap;            /* why the last allocation failed */
    bool heap_is_full;         /* it was OUT_OF_MEMORY because of limit_heap */
    void *places;              /* what interp/gc_frames.c remembers, freed with the heap */
    size_t places_bytes;
    Instance *building;        /* being instantiated, not yet in the list of instances */
    VEC(u64) temps;            /* values that C code holds: operands of constant expressions, arguments of host functions */
    VEC(bool) temps_traced;    /* which of them are references that may be objects */
    VEC(Object *) handles;     /* objects the host was given, each once */
    bool handles_lost;         /* some are only marked as such: there was no memory for the list */

    /* the last outcome */
    u32 exit_code;
    bool has_host_message;
    Trap translate_trap;       /* why the last translation failed */
    u32 n_raw, n_raw_total;
    bool has_detail;           /* the trap is about an address or an index */
    u64 detail;
    bool has_trap, trap_resolved;
    Outcome *last;             /* behind the guest stack, in the same mapping */
};

struct cwasm_caller {
    Store *store;
    Instance *inst;        /* may be NULL */
};

/* ---- memory.c ---- */

/* A memory of limits->min pages owned by the store, or shared and used by it. */
Status cw_memory_new(Store *store, const Limits *limits, Memory **memory, Error *err);
/* Not shared. */
void cw_memory_free(Memory *memory);
/* The same with the contents of an image, which the memory keeps alive. CWASM_HOST if it cannot be mapped: make an ordinary one then. */
Status cw_memory_new_image(Store *store, const Limits *limits, MemoryImage *image, Memory **memory, Error *err);
/* Makes it as it was when it was new: only what was written is touched. tracker says what that is. False if that is impossible. */
bool cw_memory_reset(Memory *memory, const OsTracker *tracker);
/* Pages before, or -1 (all ones) if it cannot grow by delta pages, within `limit` bytes (0: none). May move data, if not shared. */
u64 cw_memory_grow_within(Memory *memory, u64 delta, u64 limit);
/* The limit is that of the store the memory belongs to. */
CW_INLINE u64 cw_memory_grow(Memory *m, u64 delta) { return cw_memory_grow_within(m, delta, m->store ? m->store->limit_memory : 0); }
/* Size in bytes; what it counts is mapped. */
CW_INLINE u64 cw_memory_size(const Memory *m) { return cw_load_acquire(&m->size); }
CW_INLINE u64 cw_memory_check_size(const Memory *m) { return cw_load_acquire(&m->check_size); }
CW_INLINE u64 cw_memory_pages(const Memory *m) { return cw_memory_size(m) >> m->limits.page_log2; }
/* True if [at, at + n) lies in the memory; no overflow. */
CW_INLINE bool cw_memory_has(const Memory *m, u64 at, u64 n)
{
    u64 size = cw_memory_size(m);
    return n <= size && at <= size - n;
}

/* ---- shared_memory.c ---- */

/* limits->shared is taken for granted. One reference, the caller's. */
Status cw_shared_memory_new(Engine *engine, const Limits *limits, SharedMemory **shared, Error *err);
void cw_shared_memory_retain(SharedMemory *shared);
/* May be NULL. */
void cw_shared_memory_release(SharedMemory *shared);
/* The store takes a reference, once; until it is freed. False if out of memory. */
bool cw_store_use_shared(Store *store, SharedMemory *shared);

/* memory.atomic.wait: sleeps if the aligned word at address `at`, of 64 or 32 bits, is `expected`, until notified, for timeout nanoseconds (negative: for
 * ever) or until the store is interrupted. *result: 0 notified, 1 not equal, 2 timed out. */
Trap cw_shared_memory_wait(SharedMemory *shared, Store *store, u64 at, u64 expected, bool is64, s64 timeout, u32 *result);
/* Wakes at most `most` of those that wait at an address; returns how many. */
u32 cw_shared_memory_notify(SharedMemory *shared, u64 at, u32 most);
/* Has whoever waits for the store look around. For signal handlers, too. */
void cw_store_wake(Store *store);

/* ---- image.c: contents that memories begin with, shared by many ---- */

struct MemoryImage {
    const Alloc *alloc;
    u32 refs;              /* atomic */
    int fd;                /* for cw_os_map_image */
    size_t size;           /* whole pages */
    const u8 *bytes;       /* the same, for putting single pages back */
};

/* An image of n > 0 bytes; alloc must outlive it. CWASM_HOST where the system has none. */
Status cw_image_new(const Alloc *alloc, const u8 *bytes, size_t n, MemoryImage **image, Error *err);
void cw_image_retain(MemoryImage *image);
/* May be NULL. */
void cw_image_release(MemoryImage *image);

/* ---- guard.c: memories whose bounds are checked by page protection ---- */

/* What a guarded memory reserves: any 32-bit index plus any 32-bit offset, and the widest access behind it. */
#define CW_GUARD_BYTES (((u64)8 << 30) + 65536)

/* False if out of memory. */
bool cw_guard_add(Memory *memory);
void cw_guard_remove(Memory *memory);
/* True if addr lies in the reservation of a guarded memory of this process. For signal handlers: no lock, no allocation. */
bool cw_guard_find(const void *addr, Memory **memory, u64 *guest_addr);

/* ---- table.c ---- */

Status cw_table_new(Store *store, const TableType *type, u64 init, Table **table, Error *err);
void cw_table_free(Table *table);
/* Makes it what it was when it was new. */
void cw_table_reset(Table *table, u64 init);
/* Elements before, or UINT64_MAX if it cannot grow. */
u64 cw_table_grow(Table *table, u64 delta, u64 init);
CW_INLINE bool cw_table_has(const Table *t, u64 at, u64 n) { return n <= t->size && at <= t->size - n; }

/* ---- global.c ---- */

/* A global of the embedder's, owned by the store. */
Status cw_global_new(Store *store, GlobalType type, const u64 value[2], Global **global, Error *err);
void cw_global_free(Global *global);

/* ---- exception.c ---- */

/* A tag of the embedder's, owned by the store; type without results. */
Status cw_tag_new(Store *store, const Type *type, Tag **tag, Error *err);
/* An exception with values (tag->type->param_slots slots), which must be known to the collector: this may collect. NULL: store->heap_trap. */
Exception *cw_exception_new(Store *store, const Tag *tag, const u64 *values);
/* The host gets a handle of it. */
void cw_exception_hold(Store *store, Exception *exception);
/* For the collector: marks what the host holds and what is on its way. */
void cw_mark_exceptions(Store *store);
/* Frees the tags made by the API since the list began with `tags`. */
void cw_tags_free(Store *store, Tag *tags);
/* "tag 2 "parse_error" (i32 5)" */
void cw_exception_text(const Exception *exception, char *buf, size_t size);

CW_INLINE u64 cw_exception_ref(const Exception *exception) { return (u64)(uintptr_t)exception; }
CW_INLINE Exception *cw_ref_exception(u64 ref) { return (Exception *)(uintptr_t)ref; }
CW_INLINE bool cw_is_exn_type(ValType t) { return cw_is_ref(t) && (t & T_HEAP_MASK) == H_EXN; }

/* ---- func.c ---- */

const Type *cw_func_type(const Func *func);
Store *cw_func_store(const Func *func);
/* A host function owned by the store. defs: the table it comes from, or NULL. */
Status cw_host_func_new(Store *store, const Type *type, cwasm_host_func fn, void *env, const cwasm_host_def *defs, Func **func, Error *err);
/* From now on all functions of that table get this env in the store. False if out of memory. */
bool cw_store_set_env(Store *store, const cwasm_host_def *defs, void *env);
/* Takes that back. */
void cw_store_clear_envs(Store *store);
void cw_host_func_free(HostFunc *func);
/* The type that a signature like "ii:i" (cwasm_func_new) spells; CWASM_ARGUMENT if it is not one. */
Status cw_signature_type(Engine *engine, const char *signature, const Type **type, Error *err);
/* Does it spell this very type? */
bool cw_signature_spells(const char *signature, const Type *type);
CW_INLINE bool cw_is_host_func(const Func *func) { return func->inst == NULL; }
/* The Func of a function index of an instance. */
CW_INLINE Func *cw_instance_func(const Instance *inst, u32 i)
{
    u32 n = inst->module->n_func_imports;
    return i < n ? inst->imports[i] : &inst->funcs[i - n];
}

/* External references that carry a host value. */
#define CW_HOST_REF(value) (((u64)(value) << 2) | 3)

/* A function reference as a slot holds it, and back. */
CW_INLINE u64 cw_func_ref(const Func *func) { return (u64)(uintptr_t)func; }
CW_INLINE Func *cw_ref_func(u64 ref) { return (Func *)(uintptr_t)ref; }

/* ---- instance.c: made by link/instantiate.c ---- */

void cw_module_retain(Module *module);
/* Drops a reference; the last one frees the module. */
void cw_module_release(Module *module);
/* Size of an Instance block of the module. */
size_t cw_instance_bytes(const Module *module);
/* Frees the instance and its reference to the module, not its memories and tables. */
void cw_instance_free(Instance *inst);
/* What an index of a kind's index space stands for. */
cwasm_extern cw_instance_extern(const Instance *inst, cwasm_externkind kind, u32 index);

/* ---- store.c ---- */

Status cw_store_new(Engine *engine, Store **store, Error *err);
/* May be NULL. */
void cw_store_free(Store *store);
/* Frees the memories and tables made since the lists began with these (undoing an instantiation), and the references to shared memories. */
void cw_store_drop_new(Store *store, Memory *memories, SharedRef *shared, Table *tables);

/* Where the store's lists begin at some moment. */
typedef struct StoreMark {
    Instance *instances;
    HostFunc *host_funcs;
    Memory *memories;
    SharedRef *shared;
    Table *tables;
    Global *globals;
    Tag *tags;
} StoreMark;
StoreMark cw_store_mark(const Store *store);
/* Makes the store as it was: frees what was made since, all objects and exceptions, and sets every setting to its default. No guest code runs. */
void cw_store_rewind(Store *store, const StoreMark *mark);

#endif
