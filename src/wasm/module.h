/*
 * module.h - a decoded module (specification 2.5): immutable after cw_module_decode and cw_module_check, shared by instances and threads.
 *
 * Strings and byte ranges point into the module's own bytes; everything else lies in its arena, freed at once. Index spaces
 * hold imports first, as in the specification.
 */
#ifndef CW_WASM_MODULE_H
#define CW_WASM_MODULE_H

#include <pthread.h>

#include "wasm/types.h"

/* Not-yet or switched-off features are bits; rows of opcodes.def and features.def name them. */
typedef u64 Features;

typedef struct Name { const char *s; u32 n; } Name;                /* UTF-8, may hold NUL, not terminated */
typedef struct Bytes { const u8 *p; u64 n; } Bytes;

/* A constant expression: its bytes up to and including `end`. Checked by code/const_expr. */
typedef struct ConstExpr { const u8 *p, *end; } ConstExpr;

typedef struct Import {
    Name module, name;
    cwasm_externkind kind;
    u32 index;             /* in the index space of its kind */
    u64 at;                /* byte offset */
} Import;

typedef struct Export {
    Name name;
    cwasm_externkind kind;
    u32 index;
    u64 at;                /* byte offset of the index */
} Export;

/* A function of the module. Bodies are byte ranges; the check pass fills in the frame. */
typedef struct FuncDecl {
    const Type *type;
    const u8 *body;        /* after the size field, i.e. at the local declarations; NULL for imports */
    u32 body_size;
    /* by the check pass */
    u32 n_local_slots;     /* declared locals, without parameters, in slots: zeroed at the call */
    u32 frame_slots;       /* whole frame: parameters, saved pc and fp, locals, caught exceptions, operand stack, scratch */
    u32 n_catch_slots;     /* caught exceptions of nested legacy catches, one slot per level, between locals and operand stack; not zeroed */
} FuncDecl;

typedef struct TableDecl { TableType type; ConstExpr init; bool has_init; u64 at; } TableDecl;
typedef struct GlobalDecl { GlobalType type; ConstExpr init; } GlobalDecl;     /* init unset for imports */

typedef enum SegmentMode { SEGMENT_PASSIVE, SEGMENT_ACTIVE, SEGMENT_DECLARATIVE } SegmentMode;

typedef struct ElemSegment {
    SegmentMode mode;
    ValType type;
    u32 table;
    ConstExpr offset;
    u32 n;
    const u32 *funcs;          /* function indices; or */
    const ConstExpr *exprs;    /* expressions; exactly one is set if n > 0 */
    u64 at;
} ElemSegment;

typedef struct DataSegment {
    SegmentMode mode;
    u32 memory;
    ConstExpr offset;
    Bytes bytes;
    u64 at;
} DataSegment;

typedef struct CustomSection { Name name; Bytes bytes; } CustomSection;

typedef struct NameMap NameMap;        /* the decoded name section, made on demand: names.h */
typedef struct CodeTable CodeTable;    /* translated functions: code/code.h */
typedef struct ExportTable ExportTable;

typedef struct cwasm_module {
    struct cwasm_engine *engine;
    const Alloc *alloc;
    TypeRegistry *registry;
    u32 refs;                          /* atomic */
    Arena arena;
    const u8 *bytes;
    size_t size;
    u8 *owned_bytes;                   /* copy to free, or NULL */
    Features features;                 /* switched on when it was loaded */
    pthread_mutex_t fetch_lock;
    size_t (*fetch)(void *ctx);        /* fills in the contents of custom sections; NULL once it has, or if they were there (atomic) */
    void *fetch_ctx;

    u32 n_types;                       const Type **types;          /* by module type index */
    u32 n_imports;                     Import *imports;
    u32 n_funcs, n_func_imports;       FuncDecl *funcs;
    u32 n_tables, n_table_imports;     TableDecl *tables;
    u32 n_memories, n_memory_imports;  Limits *memories;   u64 *memory_at;
    u32 n_globals, n_global_imports;   GlobalDecl *globals;
    u32 n_tags, n_tag_imports;         const Type **tags;
    u32 n_exports;                     Export *exports;
    u32 n_elems;                       ElemSegment *elems;
    u32 n_datas;                       DataSegment *datas;
    u32 n_customs;                     CustomSection *customs;
    bool has_data_count;               u32 data_count;   u64 data_count_at;
    bool has_start;                    u32 start;   u64 start_at;
    const u8 *code_begin, *code_end;   /* the code section's content, NULL if there is none */
    bool unchecked;                    /* bodies are checked when they are translated (code.h, cw_code_trust) */
    u8 *declared;                      /* bitset over functions: may be used by ref.func in bodies (specification 3.1.1, C.refs) */

    ExportTable *export_table;         /* lookup by name (uthash) */
    NameMap *names;                    /* atomic; NULL until asked for */
    CodeTable *code;                   /* set by code/ */
} Module;

/* Decodes the whole binary format of WebAssembly 3.0 (specification 5). module: zeroed but for engine, alloc, registry, features,
 * bytes, size and an initialised arena; on failure the caller frees it as on success. Function bodies are only delimited. Index bounds
 * and everything else that chapter 3 asks outside of expressions is checked by cw_module_check_decls (check.c), called by the loader. */
Status cw_module_decode(Module *module, Error *err);
/* Custom sections that came to light behind module->size; up to the first that is damaged. */
void cw_decode_more(Module *module, size_t size);

/* Validity of everything outside function bodies and constant expressions: indices, limits, export names unique, start function
 * type, segments, data count; with the specification's wording (`unknown type`, `duplicate export name` ...). Sets `declared`. */
Status cw_module_check_decls(Module *module, Error *err);

/* Sees to it that custom sections are known and their contents there: before n_customs and customs are looked at. Thread-safe. */
void cw_module_fetch(const Module *module);

/* Frees what decode and the lazy parts made (not the Module struct). */
void cw_module_done(Module *module);

const Export *cw_module_find_export(const Module *module, const char *name, size_t size);

/* Name of a function from the name section (decoded at the first call; thread-safe), else of an export, else .s = NULL. */
Name cw_func_name(const Module *module, u32 func_index);

CW_INLINE u64 cw_at(const Module *m, const u8 *p) { return (u64)(p - m->bytes); }
CW_INLINE bool cw_is_declared(const Module *m, u32 f) { return (m->declared[f >> 3] >> (f & 7)) & 1; }

#endif
