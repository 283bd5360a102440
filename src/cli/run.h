/*
 * run.h - one run of a guest: how it ended, the report about it, and what may end it from outside (signals, timeout).
 */
#ifndef CW_CLI_RUN_H
#define CW_CLI_RUN_H

#include "cli/cli.h"

/* How a run ended. KIND(id, name in the report) */
#define KIND_ROWS                                                                         \
    KIND(EXIT, "exit")                   /* the guest ended by itself */                  \
    KIND(TRAP, "trap")                                                                    \
    KIND(FUEL, "fuel")                   /* --fuel used up */                             \
    KIND(TIMEOUT, "timeout")             /* --timeout over */                             \
    KIND(SIGNAL, "signal")               /* SIGTERM and the like */                       \
    KIND(NOT_FOUND, "not-found")         /* no such file */                               \
    KIND(NOT_A_MODULE, "not-a-module")   /* unreadable, or something else */              \
    KIND(INVALID, "invalid")             /* malformed or invalid module */                \
    KIND(UNSUPPORTED, "unsupported")     /* needs a feature that is missing or off */     \
    KIND(LIMIT, "limit")                 /* exceeds a limit, or memory ran out */         \
    KIND(LINK, "link")                   /* an import is missing or does not fit */       \
    KIND(NO_ENTRY, "no-entry")           /* nothing to call */                            \
    KIND(USAGE, "usage")                 /* an option or argument is wrong */             \
    KIND(FAILED, "failed")               /* results could not be written */
typedef enum Kind {
#define KIND(id, name) KIND_##id,
    KIND_ROWS
#undef KIND
} Kind;

/* A module of --preload. */
typedef struct Preload {
    const char *name, *path;
    File file;
    cwasm_module *module;
} Preload;

typedef struct Run {
    const Args *args;
    int report_fd;              /* -1: none */
    uint64_t started_ns;
    cwasm_store *store;         /* NULL until there is one */
    const char *entry;          /* exported function that was called last, NULL if none */
    const cwasm_module *module;
    const char *program;        /* the function that is the program, if it is to be called; else NULL */
    bool initializes;           /* the module exports _initialize */
    Preload *preloads;          /* one for each --preload, or NULL */
    cwasm_wasi_threads *threads;   /* -S threads, and the module has some; else NULL */
    /* how it ended */
    Kind kind;
    int status;                 /* exit status of the process */
    uint32_t exit_code;         /* KIND_EXIT: what the guest gave */
    int signal;                 /* KIND_SIGNAL */
    uint32_t thread;            /* whose end was that of the program; 0: the main one */
    const cwasm_trap *trap;     /* KIND_TRAP, FUEL, TIMEOUT; NULL if the guest had to be stopped inside a host call */
    const cwasm_source *sources;   /* of its frames; NULL: not looked up yet */
    char message[512];
    cwasm_error err;            /* of what is being done; here because pages of the stack cost more */
} Run;

/* --print-capabilities; the exit status. */
int cw_print_capabilities(const Args *args, const cwasm_wasi *wasi);

/* Notes how the run ended; returns status. */
int cw_run_end(Run *run, Kind kind, int status);

/* Notes why a module could not be loaded: cw_module gave this status and run->err. Returns status. */
int cw_load_failed(Run *run, int status);

/* --preload. Loading: 0 or the exit status after a message. Instantiating, in their order: *at_fault is the one that failed. */
int cw_preloads_load(Run *run, cwasm_engine *engine);
cwasm_status cw_preloads_instantiate(Run *run, cwasm_linker *linker, const Preload **at_fault, cwasm_error *err);
/* Does one of them export what `module` imports here? Those that come before it, if it is one itself. */
bool cw_preloads_provide(const Run *run, const cwasm_module *module, const cwasm_import *import);
void cw_preloads_free(Run *run);

/* After CWASM_LINK: says which imports are missing, which toolchain makes them, and what to do. */
void cw_explain_imports(const Run *run, const cwasm_module *module);

/* Hands over what the options of the network name. NULL, or the option at fault; *err says why. */
const char *cw_grant_net(const Args *args, cwasm_wasi *wasi, cwasm_error *err);

/* Opens what --report names; 0 or the exit status after a message. */
int cw_report_open(Run *run);
/* Writes the report if one is wanted; false if it could not be written. Safe in a signal handler. */
bool cw_report_write(const Run *run);

/* From here on SIGTERM, SIGINT, SIGHUP and SIGQUIT end the process with 128 + n after writing the report, also as process 1 of a
 * container, where the kernel ignores them otherwise; SIGPIPE is ignored. One run per process. */
void cw_signals_install(Run *run);
/* Starts the clock of --timeout: interrupts run->store, and a moment later ends the process if the guest sits in a host call.
 * False if the clock cannot be set. */
bool cw_timeout_start(Run *run);
void cw_timeout_stop(void);
/* True once it has run out: for host calls that wait. */
bool cw_timeout_is_over(void *ctx);

/* Begins to show the calls of the guest, if --trace-wasi asks for it; 0 or the exit status after a message. */
int cw_trace_open(const Args *args, cwasm_wasi *wasi);
/* Writes the table of --trace-wasi=summary. Safe in a signal handler. */
void cw_trace_end(void);

#endif
