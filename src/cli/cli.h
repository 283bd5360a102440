/*
 * cli.h - what the parts of the cwasm program share: exit statuses, messages, loading, the commands.
 *
 * The program is an embedder like any other: it uses cwasm.h, and the internal headers of diag/ and wasi/ only.
 */
#ifndef CW_CLI_CLI_H
#define CW_CLI_CLI_H

#include "cli/args.h"
#include "cli/out.h"
#include "cwasm.h"

/* 1 if everything is freed before exit, so that leaks show; the release leaves that to the operating system. */
#ifndef CW_FREE_AT_EXIT
#define CW_FREE_AT_EXIT 1
#endif

/* Exit statuses of our own (docs/cli.md). A guest may end with any of them too: --report tells them apart. */
enum { STATUS_FAILED = 1, STATUS_USAGE = 2, STATUS_NOT_RUNNABLE = 126, STATUS_NOT_FOUND = 127, STATUS_TRAP = 134 };

/* Writes "cwasm: <message>\n" to stderr in one piece. */
void cw_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* True if word is a likely misspelling of candidate. */
bool cw_is_near(const char *word, const char *candidate);
/* The name of the candidate that `word` is a likely misspelling of, NULL if none is near. next(ctx, i) gives the i-th candidate. */
const char *cw_nearest(const char *word, const char *(*next)(const void *ctx, size_t i), const void *ctx);

/* A module file in memory. */
typedef struct File {
    const char *path;   /* as the user gave it; "-" is stdin */
    unsigned char *bytes;
    size_t size;        /* of what is known of it */
    size_t whole;       /* of the file: behind `size` there are only custom sections */
    size_t mapped;      /* size of the mapping; 0: allocated, or in place */
    bool left_out;      /* these, and the contents of large custom sections before, are still to be read, */
    int fd;             /* from this descriptor */
} File;

/* open(2) that never gives descriptors 0 to 2: where those are closed they are filled with /dev/null first, so that a guest's standard
 * streams cannot become a file of ours. */
int cw_open(const char *path, int flags, unsigned mode);
/* Reads path; 0, or the exit status after a message, which is also left in why. End with cw_unload. */
int cw_load(const char *path, File *file, char *why, size_t why_size);
void cw_unload(File *file);
/* Reads what was left out but for debug information that nothing here looks at. ctx is the File; that, and what cannot be read (the file has become
 * shorter), is 0. Returns the size of the whole. */
size_t cw_fetch(void *ctx);

/* A section of a module that has been decoded, so that its headers are known to be well-formed. */
typedef struct Section {
    unsigned id;
    size_t begin;                /* offset of the section's id */
    size_t size;                 /* of its content */
    const char *name;            /* custom sections, else NULL */
    size_t name_size;
} Section;
/* The section at *at, and *at moved behind it; begin with *at = 0. False at the end. */
bool cw_next_section(const File *file, size_t *at, Section *section);
bool cw_has_section(const File *file, unsigned id);

/* A lock for a few instructions. */
static inline void cw_spin_lock(bool *lock)
{
    while (__atomic_test_and_set(lock, __ATOMIC_ACQUIRE))
        ;
}
static inline void cw_spin_unlock(bool *lock) { __atomic_clear(lock, __ATOMIC_RELEASE); }

/* The program's allocator; NULL: the C library's. */
const cwasm_allocator *cw_cli_allocator(void);

/* Zeros of the program's own for what the smallest runs need, side by side: memory (alloc.c), and the file of a small module (load.c). */
typedef struct StartSpace {
    _Alignas(4096) unsigned char heap[24 * 1024], file[64 * 1024];
} StartSpace;
extern StartSpace cw_start_space;

/* Makes the pages of writable memory now, all at once, which costs two thirds of a fault for each. A hint. */
void cw_populate(void *p, size_t size);

/* Config and engine from the options; 0 or the exit status after a message. Free with cwasm_engine_free. */
int cw_engine(const Args *args, cwasm_engine **engine);
/* The place that an error is about; names in it are the module's. */
typedef struct Blame {
    cwasm_frame frame;
    cwasm_source source;
} Blame;

/* Loads, decodes and validates; 0 or the exit status after a message, also left in err. *module is then NULL, or what names the place: ended as usual. */
int cw_module(const char *path, cwasm_engine *engine, File *file, cwasm_module **module, cwasm_error *err);
/* Ends what cw_module gave, whatever it returned. */
void cw_module_end(cwasm_module *module, File *file);
/* One line: "FILE: what: message (function, offset) at source". module: NULL if there is none. */
void cw_complain_module(const char *path, const cwasm_module *module, const cwasm_error *err);
/* Where the last such error was; NULL: nowhere, or there was none. */
const Blame *cw_blame(void);

/* "(i32, i64) -> f32" */
void cw_out_functype(Out *out, const cwasm_functype *type);
/* "func (i32) -> i32", "memory 1..2 pages", "global mut i32" */
void cw_out_externtype(Out *out, const cwasm_externtype *type);

/* What is wrong with the filter of --trace-wasi, or NULL. */
const char *cw_trace_filter_wrong(const char *filter);

int cw_cmd_run(const Args *args);
int cw_cmd_validate(const Args *args);
int cw_cmd_inspect(const Args *args);
int cw_cmd_disasm(const Args *args);
int cw_cmd_version(void);

#endif
