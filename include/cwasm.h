/*
 * cwasm.h - the public C API of cwasm, a WebAssembly interpreter with WASI preview 1.
 *
 * Rules that hold for every function unless its comment says otherwise:
 *
 *   Names      nouns of the WebAssembly specification: engine, module, store, instance, func, memory, global, table.
 *   NULL       a pointer parameter must not be NULL unless its comment says "may be NULL". `err` may always be NULL.
 *   Status     functions that can fail return `cwasm_status`; 0 is success. On failure every out-parameter is untouched
 *              and *err (if given) says what happened.
 *   Ownership  x_new makes something the caller frees with x_free (both take NULL). All other pointers are borrowed:
 *              func, memory, global, table and instance handles live as long as their store; strings of a module as
 *              long as the module.
 *   Threads    an engine, a module and a shared memory may be used by many threads at once. A store, and everything in it,
 *              is used by one thread at a time; the one exception is cwasm_store_interrupt. There is no global state.
 *   Text       names are UTF-8 with a length, because WebAssembly names may contain NUL.
 *   Sizes      bytes, unless named otherwise.
 *
 * The shortest complete program:
 *
 *     cwasm_engine *engine; cwasm_module *module; cwasm_store *store; cwasm_linker *linker; cwasm_instance *instance;
 *     cwasm_error err;
 *     if (cwasm_engine_new(NULL, &engine, &err) || cwasm_module_new(engine, bytes, size, &module, &err) ||
 *         cwasm_store_new(engine, &store, &err) || cwasm_linker_new(engine, &linker, &err) ||
 *         cwasm_linker_instantiate(linker, store, module, &instance, &err))
 *         return fprintf(stderr, "%s\n", err.message), 1;
 *     cwasm_func *add = cwasm_instance_func(instance, "add");
 *     cwasm_val args[2] = { cwasm_i32(1), cwasm_i32(2) }, sum;
 *     if (cwasm_func_call(store, add, args, 2, &sum, 1, &err))
 *         return fprintf(stderr, "%s\n", err.message), 1;
 */
#ifndef CWASM_H
#define CWASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CWASM_API __attribute__((visibility("default")))
#define CWASM_CHECKED __attribute__((warn_unused_result))
#else
#define CWASM_API
#define CWASM_CHECKED
#endif

#define CWASM_VERSION "0.1.0"

typedef struct cwasm_config cwasm_config;
typedef struct cwasm_engine cwasm_engine;
typedef struct cwasm_module cwasm_module;
typedef struct cwasm_store cwasm_store;
typedef struct cwasm_linker cwasm_linker;
typedef struct cwasm_instance cwasm_instance;
typedef struct cwasm_func cwasm_func;
typedef struct cwasm_memory cwasm_memory;
typedef struct cwasm_shared_memory cwasm_shared_memory;
typedef struct cwasm_global cwasm_global;
typedef struct cwasm_table cwasm_table;
typedef struct cwasm_tag cwasm_tag;
typedef struct cwasm_exception cwasm_exception;
typedef struct cwasm_caller cwasm_caller;
typedef struct cwasm_wasi cwasm_wasi;
typedef struct cwasm_wasi_threads cwasm_wasi_threads;
typedef struct cwasm_prepared cwasm_prepared;
typedef struct cwasm_pool cwasm_pool;

/* ---- Status, errors, traps ------------------------------------------------------------------------------------- */

typedef enum cwasm_status {
    CWASM_OK = 0,
    CWASM_MALFORMED,    /* the bytes are not a module: WebAssembly specification, chapter 5 */
    CWASM_INVALID,      /* well-formed but not valid: chapter 3 */
    CWASM_UNSUPPORTED,  /* uses a feature that is not implemented or switched off; the message names it */
    CWASM_LIMIT,        /* exceeds an implementation limit; the message says which */
    CWASM_LINK,         /* an import is missing or has the wrong type */
    CWASM_TRAP,         /* execution trapped: see cwasm_store_trap */
    CWASM_EXIT,         /* the guest asked to end (WASI proc_exit): see cwasm_store_exit_code */
    CWASM_NO_MEMORY,    /* an allocation failed */
    CWASM_ARGUMENT,     /* a parameter of the API call is wrong, e.g. argument types of a func call */
    CWASM_HOST          /* a host operation (file, mapping, thread) failed */
} cwasm_status;

/* What went wrong. Filled by the callee, owned by the caller, needs no freeing. */
typedef struct cwasm_error {
    cwasm_status status;
    uint64_t offset;      /* byte offset in the module, or CWASM_NO_OFFSET */
    uint32_t func_index;  /* function index, or CWASM_NO_INDEX */
    char message[512];    /* one line, NUL-terminated, begins with the specification's wording where there is one */
} cwasm_error;
#define CWASM_NO_OFFSET UINT64_MAX
#define CWASM_NO_INDEX UINT32_MAX

/* Name of a status, e.g. "malformed module". Never NULL. */
CWASM_API const char *cwasm_status_name(cwasm_status status);

/* Why execution trapped; texts are the specification's (reference interpreter's) words. */
typedef enum cwasm_trap_code {
    CWASM_TRAP_NONE = 0,
#define CWASM_TRAP_ROW(id, text) CWASM_TRAP_##id,
#define CWASM_TRAP_ROWS                                                          \
    CWASM_TRAP_ROW(UNREACHABLE, "unreachable")                                   \
    CWASM_TRAP_ROW(MEMORY_OUT_OF_BOUNDS, "out of bounds memory access")          \
    CWASM_TRAP_ROW(TABLE_OUT_OF_BOUNDS, "out of bounds table access")            \
    CWASM_TRAP_ROW(UNDEFINED_ELEMENT, "undefined element")                       \
    CWASM_TRAP_ROW(UNINITIALIZED_ELEMENT, "uninitialized element")               \
    CWASM_TRAP_ROW(INDIRECT_CALL_TYPE, "indirect call type mismatch")            \
    CWASM_TRAP_ROW(DIVIDE_BY_ZERO, "integer divide by zero")                     \
    CWASM_TRAP_ROW(INTEGER_OVERFLOW, "integer overflow")                         \
    CWASM_TRAP_ROW(INVALID_CONVERSION, "invalid conversion to integer")          \
    CWASM_TRAP_ROW(STACK_EXHAUSTED, "call stack exhausted")                      \
    CWASM_TRAP_ROW(NULL_REFERENCE, "null reference")                             \
    CWASM_TRAP_ROW(NULL_FUNCTION_REFERENCE, "null function reference")           \
    CWASM_TRAP_ROW(NULL_STRUCTURE_REFERENCE, "null structure reference")         \
    CWASM_TRAP_ROW(NULL_ARRAY_REFERENCE, "null array reference")                 \
    CWASM_TRAP_ROW(NULL_I31_REFERENCE, "null i31 reference")                     \
    CWASM_TRAP_ROW(CAST_FAILURE, "cast failure")                                 \
    CWASM_TRAP_ROW(ARRAY_OUT_OF_BOUNDS, "out of bounds array access")            \
    CWASM_TRAP_ROW(UNALIGNED_ATOMIC, "unaligned atomic")                         \
    CWASM_TRAP_ROW(EXPECTED_SHARED_MEMORY, "expected shared memory")             \
    CWASM_TRAP_ROW(UNCAUGHT_EXCEPTION, "uncaught exception")                     \
    CWASM_TRAP_ROW(NULL_EXCEPTION_REFERENCE, "null exception reference")         \
    CWASM_TRAP_ROW(OUT_OF_FUEL, "all fuel consumed")                             \
    CWASM_TRAP_ROW(INTERRUPTED, "interrupted")                                   \
    CWASM_TRAP_ROW(OUT_OF_MEMORY, "out of host memory")                          \
    CWASM_TRAP_ROW(HOST, "host function failed")                                 \
    CWASM_TRAP_ROW(INVALID_FUNCTION, "invalid function")                         \
    CWASM_TRAP_ROW(EXIT, "exit")
    CWASM_TRAP_ROWS
#undef CWASM_TRAP_ROW
    CWASM_TRAP_COUNT
} cwasm_trap_code;

/* The specification's wording for a trap code. Never NULL. */
CWASM_API const char *cwasm_trap_text(cwasm_trap_code code);

/* One activation of a guest function at the time of a trap. */
typedef struct cwasm_frame {
    const cwasm_instance *instance;
    const cwasm_module *module;
    uint32_t func_index;   /* in the module's function index space */
    const char *name;      /* from the name section or an export, not NUL-terminated; NULL if unknown */
    size_t name_size;
    uint64_t offset;       /* byte offset of the instruction in the module, CWASM_NO_OFFSET if unknown */
} cwasm_frame;

#define CWASM_MAX_FRAMES 64

/* The last trap of a store. `frames` runs from the innermost outwards; at most CWASM_MAX_FRAMES are kept: the innermost half
 * and the outermost half, `n_frames` says how many, `n_frames_total` how deep the stack was. */
typedef struct cwasm_trap {
    cwasm_trap_code code;
    char message[256];    /* begins with the text of the code, then details such as the address */
    cwasm_frame frames[CWASM_MAX_FRAMES];
    uint32_t n_frames;
    uint32_t n_frames_total;
} cwasm_trap;

/* Where in its source an instruction comes from. Text is NUL-terminated, as the compiler wrote it (any bytes), and lives as long as the module. */
typedef struct cwasm_source {
    const char *file;        /* NULL if nothing is known; then all the rest is NULL and 0, too */
    const char *directory;   /* that `file` is relative to; NULL: it is absolute, or nobody says */
    uint32_t line;           /* from 1; 0: the compiler made this code for no line in particular */
    uint32_t column;         /* from 1; 0: unknown */
} cwasm_source;

/* Looks up the source of n frames (of a trap, of a cwasm_wasi_call, or made by hand: only module and offset count) in the debug information of their
 * modules, and fills in as many sources; returns how many are known. Of functions that were inlined it tells the innermost. Read are line tables
 * (.debug_line of DWARF 2 to 5) that are in the module; each call reads them from the beginning, 200 MB in a second or so, so ask for all frames at
 * once. Any thread. */
CWASM_API size_t cwasm_frame_sources(const cwasm_frame *frames, size_t n, cwasm_source *sources);
/* Directory and file in one, "/home/me/src/main.c", always terminated; empty if nothing is known. Returns the length it has without being cut;
 * size 0 asks for that only, and buf may be NULL. */
CWASM_API size_t cwasm_source_path(const cwasm_source *source, char *buf, size_t size);

/* ---- Types and values ------------------------------------------------------------------------------------------ */

/* A value type. Number and vector types are the byte of the binary format; reference types carry a heap type and whether they
 * accept null (see cwasm_valtype_is_ref, cwasm_valtype_name). */
typedef uint32_t cwasm_valtype;
#define CWASM_I32 ((cwasm_valtype)0x7f)
#define CWASM_I64 ((cwasm_valtype)0x7e)
#define CWASM_F32 ((cwasm_valtype)0x7d)
#define CWASM_F64 ((cwasm_valtype)0x7c)
#define CWASM_V128 ((cwasm_valtype)0x7b)
#define CWASM_FUNCREF ((cwasm_valtype)0x370)   /* (ref null func) */
#define CWASM_EXTERNREF ((cwasm_valtype)0x36f) /* (ref null extern) */
#define CWASM_EXNREF ((cwasm_valtype)0x369)    /* (ref null exn) */
#define CWASM_ANYREF ((cwasm_valtype)0x36e)    /* (ref null any) */
#define CWASM_EQREF ((cwasm_valtype)0x36d)     /* (ref null eq) */
#define CWASM_I31REF ((cwasm_valtype)0x36c)    /* (ref null i31) */
#define CWASM_STRUCTREF ((cwasm_valtype)0x36b) /* (ref null struct) */
#define CWASM_ARRAYREF ((cwasm_valtype)0x36a)  /* (ref null array) */

CWASM_API bool cwasm_valtype_is_ref(cwasm_valtype type);

/* Text form ("i32", "funcref", "(ref null 5)") into buf, always terminated; returns buf. */
CWASM_API const char *cwasm_valtype_name(cwasm_valtype type, char *buf, size_t size);

/* A value. References are opaque 64-bit words, 0 is null; make and read them with the functions below. */
typedef struct cwasm_val {
    cwasm_valtype type;
    union {
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
        uint64_t ref;
        uint8_t v128[16];   /* little-endian, lane 0 first */
        uint64_t bits[2];
    } of;
} cwasm_val;

static inline cwasm_val cwasm_i32(int32_t x) { cwasm_val v = { CWASM_I32, { .bits = { 0, 0 } } }; v.of.i32 = x; return v; }
static inline cwasm_val cwasm_i64(int64_t x) { cwasm_val v = { CWASM_I64, { .bits = { 0, 0 } } }; v.of.i64 = x; return v; }
static inline cwasm_val cwasm_f32(float x) { cwasm_val v = { CWASM_F32, { .bits = { 0, 0 } } }; v.of.f32 = x; return v; }
static inline cwasm_val cwasm_f64(double x) { cwasm_val v = { CWASM_F64, { .bits = { 0, 0 } } }; v.of.f64 = x; return v; }

/* Null of a reference type. */
static inline cwasm_val cwasm_null(cwasm_valtype type) { cwasm_val v = { type, { .bits = { 0, 0 } } }; return v; }

/* A function reference. func may be NULL: then the null reference. */
CWASM_API cwasm_val cwasm_funcref(cwasm_func *func);
/* The function of a non-null funcref value, or NULL. */
CWASM_API cwasm_func *cwasm_val_func(const cwasm_val *val);
/* An external reference that carries a host value of up to 62 bits (the top two bits are lost). Never null. */
CWASM_API cwasm_val cwasm_externref(uint64_t host_value);
/* True and *host_value set if val is a non-null external reference made by the host. */
CWASM_API bool cwasm_val_extern(const cwasm_val *val, uint64_t *host_value);
/* The same host value as an anyref, as any.convert_extern makes it; cwasm_val_extern reads both. */
CWASM_API cwasm_val cwasm_anyref(uint64_t host_value);
/* The lower 31 bits of a number as a reference. Never null. */
CWASM_API cwasm_val cwasm_i31ref(int32_t value);
/* True and *value (sign-extended) set if val is such a reference. */
CWASM_API bool cwasm_val_i31(const cwasm_val *val, int32_t *value);

/* What a value refers to, whatever its static type. Structures and arrays are opaque: read and change them by functions of the guest.
 * A reference to one that the API hands out keeps it alive until cwasm_store_release_refs. */
typedef enum cwasm_refkind {
    CWASM_REF_NONE = 0,   /* the value is not a reference */
    CWASM_REF_NULL, CWASM_REF_FUNC, CWASM_REF_HOST, CWASM_REF_I31, CWASM_REF_STRUCT, CWASM_REF_ARRAY, CWASM_REF_EXN
} cwasm_refkind;
CWASM_API cwasm_refkind cwasm_val_refkind(const cwasm_store *store, const cwasm_val *val);

/* A function type; the arrays are borrowed from their module, func or literal. */
typedef struct cwasm_functype {
    const cwasm_valtype *params;
    uint32_t n_params;
    const cwasm_valtype *results;
    uint32_t n_results;
} cwasm_functype;

typedef enum cwasm_externkind {
    CWASM_EXTERN_FUNC = 0, CWASM_EXTERN_TABLE = 1, CWASM_EXTERN_MEMORY = 2, CWASM_EXTERN_GLOBAL = 3, CWASM_EXTERN_TAG = 4
} cwasm_externkind;

typedef struct cwasm_limits {
    uint64_t min;
    uint64_t max;       /* meaningful if has_max */
    bool has_max;
    bool shared;        /* memories only */
    bool is64;          /* 64-bit addresses or indices */
    uint8_t page_log2;  /* memories: log2 of the page size, 16 unless the module says otherwise; tables: 0 */
} cwasm_limits;

/* The type of an import or export. */
typedef struct cwasm_externtype {
    cwasm_externkind kind;
    cwasm_functype func;    /* FUNC, and TAG's parameters */
    cwasm_limits limits;    /* TABLE (elements), MEMORY (pages) */
    cwasm_valtype type;     /* TABLE element type, GLOBAL value type */
    bool is_mutable;        /* GLOBAL */
} cwasm_externtype;

typedef struct cwasm_import {
    const char *module; size_t module_size;
    const char *name; size_t name_size;
    cwasm_externtype type;
} cwasm_import;

typedef struct cwasm_export {
    const char *name; size_t name_size;
    cwasm_externtype type;
} cwasm_export;

/* A live external value: exactly the member that `kind` names is set. */
typedef struct cwasm_extern {
    cwasm_externkind kind;
    union { cwasm_func *func; cwasm_table *table; cwasm_memory *memory; cwasm_global *global; cwasm_tag *tag; } of;
} cwasm_extern;

/* ---- Config and engine ----------------------------------------------------------------------------------------- */

/* All memory of an engine comes from here. realloc(ctx, NULL, 0, n) allocates n > 0 bytes aligned for any object,
 * realloc(ctx, p, old, n) resizes, realloc(ctx, p, old, 0) frees and returns NULL; on failure NULL and p stays valid.
 * Must be callable from every thread that uses the engine. Guest stacks and linear memories are address space, mapped
 * from the operating system where that is possible. */
typedef struct cwasm_allocator {
    void *(*realloc)(void *ctx, void *p, size_t old_size, size_t new_size);
    void *ctx;
} cwasm_allocator;

typedef enum cwasm_dispatch { CWASM_DISPATCH_AUTO = 0, CWASM_DISPATCH_SWITCH, CWASM_DISPATCH_GOTO, CWASM_DISPATCH_TAIL } cwasm_dispatch;
typedef enum cwasm_bounds { CWASM_BOUNDS_EXPLICIT = 0, CWASM_BOUNDS_GUARD } cwasm_bounds;
/* When functions are checked, and translated to the interpreter's code:
 *   LAZY              checked at load, translated at their first call
 *   EAGER             both at load
 *   LAZY_VALIDATION   both at their first call. An invalid function then traps (CWASM_TRAP_INVALID_FUNCTION) with the error that loading would
 *                     have given, so the rest of a module that the specification refuses as a whole can run: for modules whose maker is
 *                     trusted, or that were validated before. Nothing unchecked is ever executed. */
typedef enum cwasm_compile { CWASM_COMPILE_LAZY = 0, CWASM_COMPILE_EAGER, CWASM_COMPILE_LAZY_VALIDATION } cwasm_compile;

/* A new config with default values; NULL if out of memory. */
CWASM_API cwasm_config *cwasm_config_new(void);
CWASM_API void cwasm_config_free(cwasm_config *config);
/* Default: malloc, realloc, free of the C library. The struct is copied. */
CWASM_API void cwasm_config_allocator(cwasm_config *config, const cwasm_allocator *allocator);
/* Which interpreter loop; CWASM_ARGUMENT if this build does not have it. Default AUTO: the fastest there is. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_config_dispatch(cwasm_config *config, cwasm_dispatch dispatch);
/* How accesses to linear memory are checked. GUARD reserves 8 GiB of address space per memory and installs, once per
 * process, a handler for SIGSEGV and SIGBUS that acts on addresses inside guest memories only and passes others on to the handler it
 * found. Only the tail-call dispatcher of x86-64 lets the handler find the frames of a trap: others compare addresses all the same, before
 * the pages could stop them. CWASM_ARGUMENT where the platform cannot. Default EXPLICIT. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_config_bounds(cwasm_config *config, cwasm_bounds bounds);
/* Translate each function when it is first called (LAZY, default) or all of them at load. Validation is always at load. */
CWASM_API void cwasm_config_compile(cwasm_config *config, cwasm_compile compile);
/* With LAZY, in modules with at most 64 KiB of code: a function runs as the bytes it came as until it has run so many times, calls and turns of its
 * loops counted by their length, and is translated then. Default 2; 0: at its first call; UINT32_MAX: never, in modules of any size. Functions with
 * instructions beyond WebAssembly 1.0, and all with guard pages, fuel or interruption, are translated at their first call anyway. */
CWASM_API void cwasm_config_tier_up(cwasm_config *config, uint32_t runs);
/* How many threads, the caller's included, check the functions of a module at load. 0 (default): as many as there are processors if there are 2 MiB
 * of code or more, else one. They end before the module is returned; the result, also which error is reported, does not depend on their
 * number, and where threads cannot be made there are fewer. */
CWASM_API void cwasm_config_load_threads(cwasm_config *config, uint32_t n);
/* Size of the guest stack of each store, default 8 MiB; at least 64 KiB. */
CWASM_API void cwasm_config_stack_size(cwasm_config *config, size_t bytes);
/* C stack that nested guest -> host -> guest calls may use before "call stack exhausted", default 256 KiB. */
CWASM_API void cwasm_config_host_stack_size(cwasm_config *config, size_t bytes);
/* Code variants that stores of this engine will run: with fuel accounting, with interruption points. Default: neither; then
 * cwasm_store_set_fuel and cwasm_store_interrupt have no effect on running guest code, and nothing is paid for them. */
CWASM_API void cwasm_config_fuel(cwasm_config *config, bool on);
CWASM_API void cwasm_config_interruption(cwasm_config *config, bool on);
/* For tests: collect garbage at every allocation, so that a reference which the collector does not see shows at once. */
CWASM_API void cwasm_config_gc_stress(cwasm_config *config, bool on);
/* Switch a proposal on or off by name ("gc", "simd", "threads", "custom-page-sizes" ...; see cwasm_feature_name). "all": every one; off, that
 * leaves WebAssembly 1.0.
 * CWASM_ARGUMENT if there is no such name, CWASM_UNSUPPORTED if this version cannot switch it on. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_config_feature(cwasm_config *config, const char *name, bool on);

/* The i-th feature this version knows, NULL past the end; *implemented and *on_by_default (each may be NULL) tell its state. */
CWASM_API const char *cwasm_feature_name(size_t i, bool *implemented, bool *on_by_default);
/* True if this build has the interpreter loop. */
CWASM_API bool cwasm_has_dispatch(cwasm_dispatch dispatch);
/* "tail", "goto" or "switch"; AUTO gives the name of the build's default. */
CWASM_API const char *cwasm_dispatch_name(cwasm_dispatch dispatch);

/* config may be NULL for defaults; it is copied, the caller keeps it. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_engine_new(const cwasm_config *config, cwasm_engine **engine, cwasm_error *err);
/* Modules, stores and linkers must be freed before. */
CWASM_API void cwasm_engine_free(cwasm_engine *engine);

/* ---- Module ---------------------------------------------------------------------------------------------------- */

/* Decodes and validates. The bytes are copied. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_module_new(cwasm_engine *engine, const void *bytes, size_t size,
                                                      cwasm_module **module, cwasm_error *err);
/* The same without a copy: the bytes must stay unchanged until the module is freed. Should they change all the same (a mapped file that is written
 * over), nothing unchecked runs: each function is checked again when it is translated, and none runs in place (cwasm_config_tier_up). */
CWASM_API CWASM_CHECKED cwasm_status cwasm_module_new_borrowed(cwasm_engine *engine, const void *bytes, size_t size,
                                                               cwasm_module **module, cwasm_error *err);
/* The same for bytes of which the contents of custom sections are not all there yet, so that names and debug information need not be read for
 * running a program: sizes and names of all sections in `size` bytes must be there, and the contents of all others. fetch(ctx) is called once,
 * before a custom section is first looked at (names of functions for traps, cwasm_module_custom_section), in the thread that asks, and writes
 * the contents to their place; where it cannot, it leaves 0. It returns how many bytes there are: what is behind `size` may only be whole custom
 * sections (others, and damaged ones, are not looked at). fetch and ctx must live as long as the bytes. fetch NULL: everything is there. The bytes must
 * be memory that nobody else writes to, no file that is mapped: functions may run in place. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_module_new_partial(cwasm_engine *engine, const void *bytes, size_t size,
                                                              size_t (*fetch)(void *ctx), void *ctx,
                                                              cwasm_module **module, cwasm_error *err);
/* The same with CWASM_COMPILE_LAZY_VALIDATION, whatever the engine's config says; fetch may be NULL. With it a module that was refused because of a function
 * (err.func_index is not CWASM_NO_INDEX) can be asked where that is, like a frame of a trap, unless it is refused again: that a body does not fit into the
 * code section is found before functions are looked at.
 *
 *     cwasm_frame at = { .module = unchecked, .func_index = err.func_index, .offset = err.offset };
 *     at.name = cwasm_module_func_name(unchecked, at.func_index, &at.name_size);
 *     cwasm_frame_sources(&at, 1, &source); */
CWASM_API CWASM_CHECKED cwasm_status cwasm_module_new_unchecked(cwasm_engine *engine, const void *bytes, size_t size,
                                                                size_t (*fetch)(void *ctx), void *ctx,
                                                                cwasm_module **module, cwasm_error *err);
/* Drops the caller's reference; instances keep their module alive until their store is freed. */
CWASM_API void cwasm_module_free(cwasm_module *module);

CWASM_API size_t cwasm_module_n_imports(const cwasm_module *module);
/* i < n_imports. */
CWASM_API cwasm_import cwasm_module_import(const cwasm_module *module, size_t i);
CWASM_API size_t cwasm_module_n_exports(const cwasm_module *module);
/* i < n_exports. */
CWASM_API cwasm_export cwasm_module_export(const cwasm_module *module, size_t i);
/* True and *type (may be NULL) set if there is an export of that name. */
CWASM_API bool cwasm_module_find_export(const cwasm_module *module, const char *name, size_t name_size, cwasm_externtype *type);
/* The content of the i-th custom section called `name`, NULL if there is none. */
CWASM_API const void *cwasm_module_custom_section(const cwasm_module *module, const char *name, size_t i, size_t *size);
/* Where in the module's bytes the contents of the code section begin: what addresses in debug information count from. CWASM_NO_OFFSET if there is none. */
CWASM_API uint64_t cwasm_module_code_offset(const cwasm_module *module);
/* Checks custom sections that have a meaning of their own, which loading passes over: branch hints (metadata.code.branch_hint). CWASM_OK if they make
 * sense or there are none; CWASM_MALFORMED or CWASM_INVALID says what is wrong, and is no reason not to run the module. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_module_check_custom(cwasm_module *module, cwasm_error *err);
/* The name of a function from the name section, else from an export, else NULL; not NUL-terminated. */
CWASM_API const char *cwasm_module_func_name(const cwasm_module *module, uint32_t func_index, size_t *size);
CWASM_API size_t cwasm_module_n_funcs(const cwasm_module *module);

/* Writes the internal code of one function as text, for people and golden tests: `write` gets the pieces in order. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_module_disassemble(const cwasm_module *module, uint32_t func_index,
                                                void (*write)(void *ctx, const char *text, size_t size), void *ctx, cwasm_error *err);

/* The functions that have been translated so far: how many, the bytes of their bodies, and of the code made of them. Thread-safe. */
typedef struct cwasm_translated { uint32_t functions; uint64_t wasm_bytes, code_bytes; } cwasm_translated;
CWASM_API cwasm_translated cwasm_module_translated(const cwasm_module *module);

/* ---- Store ----------------------------------------------------------------------------------------------------- */

/* A store owns all live objects: instances, memories, tables, globals, host functions and one guest stack. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_store_new(cwasm_engine *engine, cwasm_store **store, cwasm_error *err);
CWASM_API void cwasm_store_free(cwasm_store *store);
CWASM_API void cwasm_store_set_user_data(cwasm_store *store, void *data);
CWASM_API void *cwasm_store_user_data(const cwasm_store *store);

/* Fuel left (amounts over INT64_MAX count as that), in units of about one WebAssembly instruction, charged per function entry and loop iteration. Needs cwasm_config_fuel.
 * A new store has none. Waiting, in memory.atomic.wait or in host calls, uses none. */
CWASM_API void cwasm_store_set_fuel(cwasm_store *store, uint64_t fuel);
CWASM_API uint64_t cwasm_store_fuel(const cwasm_store *store);
/* Makes the guest code that runs in the store, or the next one that does, trap with INTERRUPTED. Needs cwasm_config_interruption; a guest that
 * waits in memory.atomic.wait is woken and ended in any case. May be called from any thread or from a signal handler. */
CWASM_API void cwasm_store_interrupt(cwasm_store *store);
/* Takes back an interruption that no guest code has seen yet. */
CWASM_API void cwasm_store_clear_interrupt(cwasm_store *store);

/* Limits on what guests of this store may allocate: memory.grow and table.grow beyond them return -1, instantiation fails with
 * CWASM_LIMIT. 0 means no limit of ours. Defaults: no memory limit, 10,000,000 table elements. */
CWASM_API void cwasm_store_limit_memory(cwasm_store *store, uint64_t bytes_per_memory);
CWASM_API void cwasm_store_limit_table(cwasm_store *store, uint64_t elements_per_table);

/* Most memory that structures, arrays and exceptions (with what is free among them) may take; an allocation beyond it, when a collection has
 * found nothing, traps with OUT_OF_MEMORY. 0 means no limit of ours. Default: 1 GiB. */
CWASM_API void cwasm_store_limit_heap(cwasm_store *store, uint64_t bytes);

/* ---- Garbage collection: automatic; these are for hosts that hold references, or want to know */

typedef struct cwasm_heap_stats {
    uint64_t collections;
    uint64_t allocated;        /* bytes, since the store was made */
    uint64_t live;             /* bytes that were alive after the last collection */
    uint64_t committed;        /* bytes taken from the allocator now */
    uint64_t last_pause_ns, max_pause_ns, total_pause_ns;
} cwasm_heap_stats;
CWASM_API void cwasm_store_heap_stats(const cwasm_store *store, cwasm_heap_stats *stats);
/* Collects now, and gives memory back. CWASM_NO_MEMORY, or CWASM_TRAP if it was interrupted: then nothing has changed. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_store_collect(cwasm_store *store);
/* References to structures, arrays and exceptions that the API returns (results of calls, elements of tables, globals) are handles: what they refer to
 * lives until this call or the end of the store. Afterwards no cwasm_val got before may be used, if it refers to an object. */
CWASM_API void cwasm_store_release_refs(cwasm_store *store);
/* Makes a handle of a reference that a host function found in its slots (val->of.ref is the slot): without, it is good during the call only. */
CWASM_API void cwasm_store_keep_ref(cwasm_store *store, const cwasm_val *val);

/* The trap of the last call that returned CWASM_TRAP, valid until the next call into this store; NULL if there was none. */
CWASM_API const cwasm_trap *cwasm_store_trap(const cwasm_store *store);
/* The code of the last call that returned CWASM_EXIT. */
CWASM_API uint32_t cwasm_store_exit_code(const cwasm_store *store);
/* Sum of the current sizes of all linear memories. */
CWASM_API uint64_t cwasm_store_memory_size(const cwasm_store *store);

/* ---- Functions ------------------------------------------------------------------------------------------------- */

/* A host function. `slots` holds the arguments in order, one 64-bit slot each (two for v128): i32 and f32 zero-extended, references
 * opaque; the results are written to the same place from slots[0]. i32 and f32 results must be zero-extended too: use the
 * accessors below. Returns CWASM_TRAP_NONE, a trap code, or what cwasm_caller_trap / cwasm_caller_exit returned. `caller`
 * is valid during the call. A host function may call back into the store. */
typedef cwasm_trap_code (*cwasm_host_func)(void *env, cwasm_caller *caller, uint64_t *slots);

static inline uint32_t cwasm_slot_u32(uint64_t slot) { return (uint32_t)slot; }
static inline int32_t cwasm_slot_i32(uint64_t slot) { return (int32_t)(uint32_t)slot; }
static inline float cwasm_slot_f32(uint64_t slot) { union { uint32_t u; float f; } x; x.u = (uint32_t)slot; return x.f; }
static inline double cwasm_slot_f64(uint64_t slot) { union { uint64_t u; double f; } x; x.u = slot; return x.f; }
static inline uint64_t cwasm_slot_from_i32(int32_t x) { return (uint32_t)x; }
static inline uint64_t cwasm_slot_from_f32(float f) { union { uint32_t u; float f; } x; x.f = f; return x.u; }
static inline uint64_t cwasm_slot_from_f64(double f) { union { uint64_t u; double f; } x; x.f = f; return x.u; }

/* Makes a host function. `signature`: parameters, ':', results, with i = i32, I = i64, f = f32, F = f64, V = v128, p = funcref,
 * e = externref, x = exnref; "ii:i" is (i32, i32) -> i32. env is passed to fn. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_func_new(cwasm_store *store, const char *signature, cwasm_host_func fn, void *env,
                                                    cwasm_func **func, cwasm_error *err);
CWASM_API cwasm_functype cwasm_func_type(const cwasm_func *func);
/* Calls; argument and result counts must equal the type's, argument types are checked. results may be NULL if n_results is 0. Returns
 * CWASM_OK, CWASM_TRAP, CWASM_EXIT, CWASM_ARGUMENT or CWASM_NO_MEMORY. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_func_call(cwasm_store *store, cwasm_func *func, const cwasm_val *args, size_t n_args,
                                                     cwasm_val *results, size_t n_results, cwasm_error *err);

/* Inside a host function: */
CWASM_API cwasm_store *cwasm_caller_store(cwasm_caller *caller);
/* The instance that called; NULL if the host called the host function directly. */
CWASM_API cwasm_instance *cwasm_caller_instance(cwasm_caller *caller);
/* The calling instance's memory 0, or NULL. */
CWASM_API cwasm_memory *cwasm_caller_memory(cwasm_caller *caller);
/* size bytes at guest address ptr of memory 0 of the calling instance, or NULL if any of them lies outside (or there is no memory).
 * With size 0 the result is non-NULL if ptr <= memory size. Valid until the guest runs again. */
CWASM_API void *cwasm_caller_view(cwasm_caller *caller, uint64_t ptr, uint64_t size);
/* The guest functions that are active, innermost first: fills up to n frames and returns how many. Finding offsets takes time. */
CWASM_API size_t cwasm_caller_backtrace(cwasm_caller *caller, cwasm_frame *frames, size_t n);
/* Ends the call with a trap: `return cwasm_caller_trap(caller, "no such key")`. The text is copied. */
CWASM_API cwasm_trap_code cwasm_caller_trap(cwasm_caller *caller, const char *message);
/* Ends the outermost call with CWASM_EXIT: `return cwasm_caller_exit(caller, 1)`. */
CWASM_API cwasm_trap_code cwasm_caller_exit(cwasm_caller *caller, uint32_t code);

/* ---- Memory, global, table ------------------------------------------------------------------------------------- */

/* A new memory; limits are in pages. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_memory_new(cwasm_store *store, const cwasm_limits *limits, cwasm_memory **memory, cwasm_error *err);
CWASM_API cwasm_limits cwasm_memory_type(const cwasm_memory *memory);
/* Current size in bytes. */
CWASM_API uint64_t cwasm_memory_size(const cwasm_memory *memory);
/* size bytes at ptr, or NULL if any lies outside; valid until the memory grows or guest code runs. */
CWASM_API void *cwasm_memory_view(cwasm_memory *memory, uint64_t ptr, uint64_t size);
/* Grows by delta pages; *old_pages (may be NULL) gets the size before. CWASM_LIMIT if it cannot. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_memory_grow(cwasm_memory *memory, uint64_t delta, uint64_t *old_pages);

/* Shared memories: one instance per thread, each in a store of its own, over one memory.
 *
 *     cwasm_limits limits = { .min = 1, .max = 16, .has_max = true, .shared = true, .page_log2 = 16 };
 *     cwasm_shared_memory *shared;
 *     cwasm_shared_memory_new(engine, &limits, &shared, &err);
 *     cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY, .of.memory = cwasm_shared_memory_memory(shared) };
 *     cwasm_linker_define(linker, "env", 3, "memory", 6, &ext, &err);
 *     ... and every thread: cwasm_store_new, cwasm_linker_instantiate, cwasm_func_call
 *
 * A shared memory belongs to the engine and is counted: stores whose instances use it, linkers that define it and handles keep it. It never moves,
 * and its size only grows, so views stay good as long as it does; but what they show may change at any time. */

/* A new one; limits in pages, which must have a maximum: that much address space is reserved, if there is room. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_shared_memory_new(cwasm_engine *engine, const cwasm_limits *limits, cwasm_shared_memory **memory,
                                                             cwasm_error *err);
/* Gives the handle back; may be NULL. */
CWASM_API void cwasm_shared_memory_free(cwasm_shared_memory *memory);
/* What all functions that take a memory want, usable in any store of the engine; borrowed from the handle. */
CWASM_API cwasm_memory *cwasm_shared_memory_memory(cwasm_shared_memory *memory);
/* A new handle for a memory that is shared, such as an instance's export; NULL if it is not. */
CWASM_API cwasm_shared_memory *cwasm_memory_shared(cwasm_memory *memory);
/* Wakes at most `count` of those that wait at address ptr (memory.atomic.wait); returns how many. 0 if the memory is not shared. */
CWASM_API uint32_t cwasm_memory_notify(cwasm_memory *memory, uint64_t ptr, uint32_t count);

CWASM_API CWASM_CHECKED cwasm_status cwasm_global_new(cwasm_store *store, const cwasm_val *init, bool is_mutable, cwasm_global **global, cwasm_error *err);
CWASM_API cwasm_valtype cwasm_global_type(const cwasm_global *global, bool *is_mutable);
CWASM_API cwasm_val cwasm_global_get(const cwasm_global *global);
/* CWASM_ARGUMENT if the global is immutable or the type differs. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_global_set(cwasm_global *global, const cwasm_val *val);

/* init may be NULL: then null. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_table_new(cwasm_store *store, cwasm_valtype type, const cwasm_limits *limits, const cwasm_val *init,
                                                     cwasm_table **table, cwasm_error *err);
CWASM_API cwasm_limits cwasm_table_type(const cwasm_table *table, cwasm_valtype *type);
CWASM_API uint64_t cwasm_table_size(const cwasm_table *table);
/* False if i is out of bounds. */
CWASM_API bool cwasm_table_get(const cwasm_table *table, uint64_t i, cwasm_val *val);
/* CWASM_ARGUMENT if i is out of bounds or the type does not match. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_table_set(cwasm_table *table, uint64_t i, const cwasm_val *val);
/* init may be NULL: then null. CWASM_LIMIT if it cannot grow. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_table_grow(cwasm_table *table, uint64_t delta, const cwasm_val *init, uint64_t *old_size);

/* ---- Tags and exceptions --------------------------------------------------------------------------------------- */

/* A call that an exception ends returns CWASM_TRAP, code UNCAUGHT_EXCEPTION, and a message with the tag and the values; the exception stays in the
 * store until the next call into it. A host function that called the guest may catch it:
 *
 *     if (cwasm_func_call(store, f, NULL, 0, NULL, 0, NULL) == CWASM_TRAP) {
 *         cwasm_exception *e = cwasm_store_take_exception(store);
 *         if (e && cwasm_exception_tag(e) == tag) {
 *             slots[0] = cwasm_slot_from_i32(cwasm_exception_value(e, 0).of.i32);
 *             cwasm_exception_free(e);
 *             return CWASM_TRAP_NONE;
 *         }
 *         return e ? cwasm_caller_throw_exception(caller, e) : cwasm_caller_trap(caller, "no luck");
 *     }
 *
 * or pass it on to the guest that called it, by `return CWASM_TRAP_UNCAUGHT_EXCEPTION` right after the call. */

/* A new tag; `params` in the letters of cwasm_func_new, e.g. "iI" or "". Linked by cwasm_linker_define. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_tag_new(cwasm_store *store, const char *params, cwasm_tag **tag, cwasm_error *err);
/* The parameters; it has no results. */
CWASM_API cwasm_functype cwasm_tag_type(const cwasm_tag *tag);

/* An exception to be thrown. values may be NULL if n is 0; number and types must be the tag's. CWASM_NO_MEMORY if the heap is full. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_exception_new(cwasm_tag *tag, const cwasm_val *values, size_t n, cwasm_exception **exception,
                                                         cwasm_error *err);
/* Gives the handle back; may be NULL. Not after its store was freed. */
CWASM_API void cwasm_exception_free(cwasm_exception *exception);
/* The exception that ended the last call into the store (see above), or NULL. It is the caller's: free it, or throw it. */
CWASM_API cwasm_exception *cwasm_store_take_exception(cwasm_store *store);
/* Compare with cwasm_instance_tag or a tag of your own: tags have identity. */
CWASM_API cwasm_tag *cwasm_exception_tag(const cwasm_exception *exception);
/* i < the tag's number of parameters. */
CWASM_API cwasm_val cwasm_exception_value(const cwasm_exception *exception, size_t i);
/* Throws, inside a host function: `return cwasm_caller_throw(caller, tag, values, n)`. Wrong values are a trap of code HOST. */
CWASM_API cwasm_trap_code cwasm_caller_throw(cwasm_caller *caller, cwasm_tag *tag, const cwasm_val *values, size_t n);
/* The same with an exception, whose handle it takes over. */
CWASM_API cwasm_trap_code cwasm_caller_throw_exception(cwasm_caller *caller, cwasm_exception *take_exception);
/* An exnref for it, which keeps it alive until cwasm_store_release_refs. NULL: null. */
CWASM_API cwasm_val cwasm_exnref(cwasm_exception *exception);
/* The exception of a non-null exnref value, else NULL. A new handle: free it. */
CWASM_API cwasm_exception *cwasm_val_exception(const cwasm_val *val);

/* ---- Linker and instance --------------------------------------------------------------------------------------- */

/* A linker maps (module name, name) to what satisfies imports. Host functions defined by signature belong to no store, so one linker
 * serves many stores; extern values belong to one, but for shared memories. Defining a name again replaces it. Instantiating only reads a
 * linker: several threads may do so at once. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_linker_new(cwasm_engine *engine, cwasm_linker **linker, cwasm_error *err);
CWASM_API void cwasm_linker_free(cwasm_linker *linker);
/* The names and the signature (as in cwasm_func_new) are copied. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_linker_define_func(cwasm_linker *linker, const char *module, const char *name,
                                                              const char *signature, cwasm_host_func fn, void *env, cwasm_error *err);
/* A table of host functions that share an env: one call for a whole module, and only what is imported costs anything. The table and its
 * strings are borrowed until the linker is freed; rows whose fn is NULL are passed over. Several rows may have the same name and different
 * signatures: the import's type chooses. Single definitions of a name come before it; a second table for the same module replaces the
 * first. */
typedef struct cwasm_host_def { const char *name; const char *signature; cwasm_host_func fn; } cwasm_host_def;
CWASM_API CWASM_CHECKED cwasm_status cwasm_linker_define_funcs(cwasm_linker *linker, const char *module, const cwasm_host_def *defs,
                                                               size_t n_defs, void *env, cwasm_error *err);
/* In this store, functions of the table `defs` get env instead of the one given to the linker: for linkers that serve many stores. Holds for functions
 * that exist and for those that later instantiations make. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_store_set_env(cwasm_store *store, const cwasm_host_def *defs, void *env, cwasm_error *err);
CWASM_API CWASM_CHECKED cwasm_status cwasm_linker_define(cwasm_linker *linker, const char *module, size_t module_size,
                                                         const char *name, size_t name_size, const cwasm_extern *ext, cwasm_error *err);
/* All exports of an instance under `module`. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_linker_define_instance(cwasm_linker *linker, const char *module, size_t module_size,
                                                                  cwasm_instance *instance, cwasm_error *err);
/* With `on`, functions that nothing defines are no error: calling one traps, with a message that names it (code CWASM_TRAP_HOST). For programs that import
 * more than they call. Memories, tables, globals and tags must still be there. */
CWASM_API void cwasm_linker_unknown_traps(cwasm_linker *linker, bool on);
/* Instantiates: resolves imports, allocates, runs active segments and the start function. CWASM_LINK names the import that is missing
 * or does not fit; CWASM_TRAP and CWASM_EXIT come from segments and the start function. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_linker_instantiate(cwasm_linker *linker, cwasm_store *store, cwasm_module *module,
                                                              cwasm_instance **instance, cwasm_error *err);

CWASM_API const cwasm_module *cwasm_instance_module(const cwasm_instance *instance);
CWASM_API cwasm_store *cwasm_instance_store(const cwasm_instance *instance);
/* False if there is no such export. */
CWASM_API bool cwasm_instance_export(cwasm_instance *instance, const char *name, size_t name_size, cwasm_extern *ext);
/* The exported function, memory, global, table or tag of that NUL-terminated name, or NULL. */
CWASM_API cwasm_func *cwasm_instance_func(cwasm_instance *instance, const char *name);
CWASM_API cwasm_memory *cwasm_instance_memory(cwasm_instance *instance, const char *name);
CWASM_API cwasm_global *cwasm_instance_global(cwasm_instance *instance, const char *name);
CWASM_API cwasm_table *cwasm_instance_table(cwasm_instance *instance, const char *name);
CWASM_API cwasm_tag *cwasm_instance_tag(cwasm_instance *instance, const char *name);

/* ---- Many instances of one module ------------------------------------------------------------------------------ */

/* A prepared module has done once what each instantiation would do again: imports are looked up, and memories begin with an image of the data segments
 * that is mapped copy on write. A pool keeps stores with an instance ready, and puts them back to their beginning after use in time that depends on what
 * the guest has written. Per request, from any thread:
 *
 *     cwasm_store *store; cwasm_instance *instance;
 *     if (cwasm_pool_take(pool, &store, &err))
 *         return fail(&err);
 *     if (cwasm_wasi_attach(wasi, store, &err) || cwasm_prepared_instantiate(prepared, store, &instance, &err) ||
 *         cwasm_func_call(store, cwasm_instance_func(instance, "handle"), NULL, 0, NULL, 0, &err))
 *         complain(&err);
 *     cwasm_pool_give(pool, store);
 */

/* The module may import host functions only (all else belongs to one store): CWASM_LINK otherwise, or if an import is missing or does not fit. linker and
 * module may be freed afterwards, the envs of host functions not. May be used by many threads at once. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_linker_prepare(const cwasm_linker *linker, cwasm_module *module, cwasm_prepared **prepared, cwasm_error *err);
/* Stores and pools keep what they need of it. */
CWASM_API void cwasm_prepared_free(cwasm_prepared *prepared);
/* What cwasm_linker_instantiate does, with the same errors. In a store of a pool for this prepared module the first call gives the instance
 * that the store has ready. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_prepared_instantiate(const cwasm_prepared *prepared, cwasm_store *store, cwasm_instance **instance, cwasm_error *err);

/* A pool that keeps at most max_idle stores; more are made as they are needed. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_pool_new(cwasm_prepared *prepared, size_t max_idle, cwasm_pool **pool, cwasm_error *err);
/* All stores must have been given back. */
CWASM_API void cwasm_pool_free(cwasm_pool *pool);
/* A store like a new one. It is the caller's until cwasm_pool_give: set fuel, limits, user data, envs. Any thread. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_pool_take(cwasm_pool *pool, cwasm_store **store, cwasm_error *err);
/* Instead of cwasm_store_free, and like it: nothing got from the store may be used any more. Any thread. */
CWASM_API void cwasm_pool_give(cwasm_pool *pool, cwasm_store *take_store);

/* ---- WASI preview 1 -------------------------------------------------------------------------------------------- */

/* What a guest is handed. Everything is denied that is not given here. One cwasm_wasi belongs to one running program: it keeps the open
 * handles. Stores of several threads may use it at once, once it is set up. Free it after them. Functions that take strings copy them. */
/* allocator may be NULL: the C library's. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_new(const cwasm_allocator *allocator, cwasm_wasi **wasi, cwasm_error *err);
CWASM_API void cwasm_wasi_free(cwasm_wasi *wasi);
/* argv[0] is the program's name. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_args(cwasm_wasi *wasi, size_t argc, const char *const *argv, cwasm_error *err);
/* Adds or replaces one environment variable. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_env(cwasm_wasi *wasi, const char *name, const char *value, cwasm_error *err);
/* Adds the variables of an environ-like array; entries without '=' or with an empty name are passed over. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_env_array(cwasm_wasi *wasi, const char *const *envp, cwasm_error *err);

/* CWASM_DIR_DEVICES, for cwasm_wasi_dir only: character devices and FIFOs in the tree may be opened, which are refused otherwise. */
typedef enum cwasm_wasi_dir_flags { CWASM_DIR_READ_WRITE = 0, CWASM_DIR_READ_ONLY = 1, CWASM_DIR_DEVICES = 2 } cwasm_wasi_dir_flags;
/* Hands over a directory tree: host_path is opened now, the guest sees it as guest_path. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_dir(cwasm_wasi *wasi, const char *host_path, const char *guest_path,
                                                    unsigned flags, cwasm_error *err);
/* Hands over a single regular file of the host. The guest sees it in a directory that holds such files and nothing else and cannot be
 * changed: "/etc/app.conf" in a preopened "/etc", "app.conf" in ".". flags as for directories. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_file(cwasm_wasi *wasi, const char *host_path, const char *guest_path, unsigned flags,
                                                     cwasm_error *err);

/* How much a file system of cwasm's own may hold: sizes of its files, each rounded up to 4096 bytes, and names (files, directories, links,
 * marks of what was removed). 0: the default, which is 128 MiB and 65,536 names in memory, and no limit in a directory of the host. */
typedef struct cwasm_wasi_quota {
    uint64_t bytes, names;
} cwasm_wasi_quota;
/* An empty directory in memory, gone with the cwasm_wasi. quota may be NULL. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_tmpfs(cwasm_wasi *wasi, const char *guest_path, const cwasm_wasi_quota *quota,
                                                      cwasm_error *err);
/* A directory of the host that the guest can change without its being changed: what it writes is kept in memory (upper_path NULL), or in
 * another directory of the host, which can be given again later, to one program at a time. What was removed is marked there by an empty
 * file ".wh.NAME", as in layers of container images; the guest sees no such names. quota may be NULL. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_overlay(cwasm_wasi *wasi, const char *lower_path, const char *guest_path,
                                                        const char *upper_path, unsigned flags, const cwasm_wasi_quota *quota,
                                                        cwasm_error *err);
/* At most n descriptors at a time, standard streams and preopened directories among them; by default, and at most, 65,536. What opens more
 * gets EMFILE. */
CWASM_API void cwasm_wasi_max_handles(cwasm_wasi *wasi, uint32_t n);

/* One of the things that a guest is handed. Texts belong to wasi and last until it changes. */
typedef struct cwasm_wasi_capability {
    uint32_t fd;               /* the guest's descriptor; of a single file, the one of the directory it is in */
    const char *kind;          /* "directory", "tmpfs", "overlay", "files", "single file", "file", "device", "stream", "socket", "bytes", ... */
    const char *guest_path;    /* a preopened directory's name; of a single file, its name in that directory; else NULL */
    const char *host_path;     /* directory, overlay (the lower one): as it was given; NULL: nothing of the host, or not known */
    const char *upper_path;    /* overlay: NULL if changes are kept in memory */
    bool read_only;
    bool devices;              /* CWASM_DIR_DEVICES */
    uint64_t rights, inheriting;   /* as fd_fdstat_get tells them */
    cwasm_wasi_quota quota;    /* 0: no limit, or none of ours */
} cwasm_wasi_capability;
/* The i-th of them, in order of descriptors, single files after their directory; false if there are not so many. */
CWASM_API bool cwasm_wasi_capability_at(const cwasm_wasi *wasi, size_t i, cwasm_wasi_capability *capability);
/* The 64 bits of rights have names: "fd_read" for bit 1; NULL for bits without. */
CWASM_API const char *cwasm_wasi_right_name(unsigned bit);

/* Guest descriptors 0, 1, 2: by default closed (reads give end of file, writes are accepted and dropped). A host descriptor is
 * borrowed, never closed. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_stdio_fd(cwasm_wasi *wasi, int guest_fd, int host_fd, cwasm_error *err);
/* The same, for all three of the process. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_inherit_stdio(cwasm_wasi *wasi, cwasm_error *err);
/* A standard stream that is not open at all: calls on it give EBADF, and the number is free for what the guest opens next. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_stdio_close(cwasm_wasi *wasi, int guest_fd, cwasm_error *err);
/* stdin from a callback that fills up to size bytes and returns how many, 0 at the end, or -1 for an error. It may wait. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_stdin_callback(cwasm_wasi *wasi, ptrdiff_t (*read)(void *ctx, void *bytes, size_t size),
                                                               void *ctx, cwasm_error *err);
/* stdin from memory (copied); stdout (1) and stderr (2) to a callback that returns how many bytes it took, or -1 for an error. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_stdin_bytes(cwasm_wasi *wasi, const void *bytes, size_t size, cwasm_error *err);
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_stdout_callback(cwasm_wasi *wasi, int guest_fd,
                                    ptrdiff_t (*write)(void *ctx, const void *bytes, size_t size), void *ctx, cwasm_error *err);
/* What a guest may do on the network: a list of rules, "tcp:10.0.0.0/8:443,dns:*.example.com"; docs/wasi-sockets.md has the grammar. Calls add up;
 * without any a guest can make no socket. Rules with names read /etc/hosts and /etc/resolv.conf now; names are looked up when the guest
 * asks, and their addresses stay what they were then. CWASM_ARGUMENT says which rule is wrong. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_net_allow(cwasm_wasi *wasi, const char *rules, cwasm_error *err);
/* Looks names up at this server ("10.0.0.53", "[::1]:5353") instead of those of /etc/resolv.conf; up to three calls. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_dns_server(cwasm_wasi *wasi, const char *address, cwasm_error *err);
/* Listens now at "tcp://HOST:PORT" (IPv6 in [brackets]) or "unix:PATH" and hands the listener to the guest at its lowest free descriptor,
 * *guest_fd (guest_fd may be NULL): 3 if it comes before directories. ",nonblock" at the end: accepting does not wait. Needs no rule. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_listen(cwasm_wasi *wasi, const char *address, uint32_t *guest_fd, cwasm_error *err);
/* Time and randomness for runs that can be repeated, byte for byte as far as files do not differ (inode and device numbers, timestamps, the order
 * of directories) and one thread runs.
 *   REAL     the clocks of the host (default)
 *   FIXED    the realtime clock stands at ns since 1970, the others at 0; each reading moves all of them on by 1 us, and waiting for a clock moves
 *            them on and takes no time
 *   OFFSET   the realtime clock of the host, ns later (or earlier); the others are the host's */
typedef enum cwasm_clock { CWASM_CLOCK_REAL = 0, CWASM_CLOCK_FIXED, CWASM_CLOCK_OFFSET } cwasm_clock;
CWASM_API void cwasm_wasi_clock(cwasm_wasi *wasi, cwasm_clock kind, int64_t ns);
/* random_get gives the ChaCha20 key stream (RFC 8439) of the key seed: 64 bits little-endian, then zeros; nonce 0, from block 0 on. */
CWASM_API void cwasm_wasi_random_seed(cwasm_wasi *wasi, uint64_t seed);

/* A call that a guest made, as a hook sees it after the call; all of it is valid during the hook only. */
typedef struct cwasm_wasi_call {
    const char *name;             /* "fd_read" */
    const uint64_t *args;         /* as the guest gave them, one slot each */
    size_t n_args;
    uint16_t error;               /* what the guest got: 0 is success, see cwasm_wasi_errno_name */
    const char *reason;           /* more about the error ("no rule of --net allows ..."), or NULL */
    cwasm_trap_code trap;         /* not NONE: the call ended the guest (CWASM_TRAP_EXIT: proc_exit) */
    uint64_t ns;                  /* how long it took */
    const cwasm_frame *frames;    /* who called, innermost first, without the functions of C libraries that only pass a call on */
    size_t n_frames;              /* at most CWASM_TRACE_FRAMES, 0 if the host called */
    const cwasm_source *sources;  /* NULL. A hook that looks them up (cwasm_frame_sources; every call does not) shows them by a copy with this set */
    cwasm_caller *caller;
    const void *row;              /* ours */
} cwasm_wasi_call;
#define CWASM_TRACE_FRAMES 4
/* Calls hook(ctx, call) after every call of functions that cwasm_wasi_define defines from now on; with threads, on the thread that called.
 * NULL: no hook. Nothing is paid for it without. */
CWASM_API void cwasm_wasi_trace(cwasm_wasi *wasi, void (*hook)(void *ctx, const cwasm_wasi_call *call), void *ctx);
/* In a hook: the call in one line with its arguments decoded, like strace or as a JSON object, always terminated. Returns the length it has
 * without being cut. */
CWASM_API size_t cwasm_wasi_call_text(const cwasm_wasi_call *call, bool json, char *buf, size_t size);
/* "NOENT", "SUCCESS", also "AI_NO_NAME" of WasmEdge's sock_getaddrinfo; "?" for a number that is none. Never NULL. */
CWASM_API const char *cwasm_wasi_errno_name(uint16_t error);

/* A second wall around the whole process, for programs that do little else than run one guest; the library never puts it up by itself.
 * It restricts the calling thread and those it starts from then on, for good; Linux only.
 *   FILES    Landlock: the process can open, make, remove, rename and link files beneath the directories of this cwasm_wasi and nowhere
 *            else (not restricted: stat, chmod, what is already open), and can neither connect nor listen by TCP unless the guest may.
 *            With CALLS, and where there are no directories and sockets, the filter of CALLS does it: nothing can be opened
 *   CALLS    seccomp: only system calls that running a guest needs; others fail with ENOSYS. No programs can be started
 *   CODE     memory that could be written cannot become executable (all threads)
 *   THREADS  added to CALLS: threads may still be started
 * Do this after everything is open and handed over, and before the guest runs. *up (may be NULL) gets the walls that stand. If that is not all
 * that were asked for, err says why: CWASM_UNSUPPORTED where the kernel lacks one, CWASM_NO_MEMORY where there was no memory or no descriptor for it. Setting no_new_privs is part of it. */
typedef enum cwasm_wall { CWASM_WALL_FILES = 1, CWASM_WALL_CALLS = 2, CWASM_WALL_CODE = 4, CWASM_WALL_THREADS = 8 } cwasm_wall;
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_confine(cwasm_wasi *wasi, unsigned walls, unsigned *up, cwasm_error *err);
/* Defines wasi_snapshot_preview1.* (with the socket calls of WasmEdge and WAMR, docs/wasi-sockets.md) and the older wasi_unstable.* in the
 * linker. wasi must outlive the linker's instances. It may be NULL: then each store
 * has its own (cwasm_wasi_attach), and a call in a store without one traps. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_define(cwasm_wasi *wasi, cwasm_linker *linker, cwasm_error *err);
/* Makes wasi what guests of this store get, whatever the linker says. It must outlive the store, or its use by a pool. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_attach(cwasm_wasi *wasi, cwasm_store *store, cwasm_error *err);

/* ---- wasi-threads ---------------------------------------------------------------------------------------------- */

/* Programs with threads (wasm32-wasip1-threads) import a shared memory and wasi.thread-spawn, and export wasi_thread_start. Each of their threads is
 * one of ours, with a store and an instance of its own, made by the linker that made the main one. Configure the engine with
 * cwasm_config_interruption: without, threads that compute cannot be ended.
 *
 *     cwasm_wasi_define(wasi, linker, &err);
 *     cwasm_wasi_threads_new(engine, linker, module, NULL, &threads, &err);
 *     cwasm_linker_instantiate(linker, store, module, &instance, &err);
 *     cwasm_wasi_threads_call(threads, store, cwasm_instance_func(instance, "_start"), NULL, 0, NULL, 0, &err);
 *     cwasm_wasi_threads_free(threads);    before store, linker, module and wasi are
 */
typedef struct cwasm_wasi_threads_options {
    uint32_t max_threads;                             /* at a time, beside the main function; 0: 1024. More are refused: the guest gets EAGAIN */
    uint64_t max_memory;                              /* bytes that an imported shared memory may begin with; 0: no limit of ours */
    void (*setup)(void *ctx, cwasm_store *store);     /* called for the store of every thread, on any thread: fuel, limits. May be NULL */
    /* The program is over, and this is how it ended, but the main function is still in a host call: called on a thread of ours, for those who can end
     * the process. May be NULL: it is over when that call returns. */
    void (*stuck)(void *ctx, cwasm_status status, const cwasm_error *err);
    void *ctx;
    const cwasm_allocator *allocator;                 /* NULL: the C library's */
} cwasm_wasi_threads_options;

/* Makes the shared memories that the module imports, and defines them and wasi.thread-spawn in the linker. options may be NULL; it is copied. CWASM_LINK
 * if the module imports no shared memory. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_threads_new(cwasm_engine *engine, cwasm_linker *linker, cwasm_module *module,
                                                            const cwasm_wasi_threads_options *options, cwasm_wasi_threads **threads,
                                                            cwasm_error *err);
/* Calls the main function, as cwasm_func_call. The program ends when it returns, or when any thread traps or exits; then all others are interrupted,
 * and given a moment to end. Status and err say how the program ended. Once for each cwasm_wasi_threads. */
CWASM_API CWASM_CHECKED cwasm_status cwasm_wasi_threads_call(cwasm_wasi_threads *threads, cwasm_store *store, cwasm_func *func, const cwasm_val *args,
                                                             size_t n_args, cwasm_val *results, size_t n_results, cwasm_error *err);
/* The store whose end was that of the program, for cwasm_store_trap and cwasm_store_exit_code; lives until cwasm_wasi_threads_free. *thread_id (may be
 * NULL) gets the thread's number, 0 for the main function. NULL if the program is not over. Any thread. */
CWASM_API cwasm_store *cwasm_wasi_threads_culprit(cwasm_wasi_threads *threads, uint32_t *thread_id);
/* How many threads run, beside the main function: after the call, those that sit in host calls. */
CWASM_API uint32_t cwasm_wasi_threads_running(cwasm_wasi_threads *threads);
/* Waits until all threads have ended; may be NULL. */
CWASM_API void cwasm_wasi_threads_free(cwasm_wasi_threads *threads);

#ifdef __cplusplus
}
#endif
#endif
