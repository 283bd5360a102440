/*
 * cmd_run.c - `cwasm run`: load, hand over what the options name, call, report how it ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/run.h"
#include "cli/values.h"
#include "diag/trap_report.h"
#include "wasi/wasi.h"

/* Functions with buffers on the stack that most runs do not call: inlined, they would make the stack of every run pages longer. */
#define RARELY __attribute__((noinline, cold))
/* What has returned before the guest runs: the same. */
#define APART __attribute__((noinline))

extern char **environ;

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* Complains about an error that is not about a place in the module. */
static RARELY int host_error(Run *run, const char *what, const cwasm_error *err)
{
    snprintf(run->message, sizeof run->message, "%s", err->message);
    cw_complain("%s%s%s", what, *what ? ": " : "", err->message);
    return cw_run_end(run, KIND_USAGE, STATUS_USAGE);
}

/* ---- WASI ------------------------------------------------------------------------------------------------------ */

static int grant_env(Run *run, cwasm_wasi *wasi)
{
    const Args *args = run->args;
    if (args->inherit_env && cwasm_wasi_env_array(wasi, (const char *const *)environ, &run->err))
        return host_error(run, "--inherit-env", &run->err);
    for (size_t i = 0; i < args->n_envs; i++) {
        const char *text = args->envs[i], *equals = strchr(text, '='), *value = equals ? equals + 1 : getenv(text);
        if (!value)
            continue;   /* --env NAME of a variable that is not set */
        size_t n = equals ? (size_t)(equals - text) : strlen(text);
        char *name = strndup(text, n);
        cwasm_status status = name ? cwasm_wasi_env(wasi, name, value, &run->err) : CWASM_NO_MEMORY;
        if (!name)
            snprintf(run->err.message, sizeof run->err.message, "out of memory");
        free(name);
        if (status)
            return host_error(run, "--env", &run->err);
    }
    return 0;
}

static APART int grant(Run *run, cwasm_wasi *wasi)
{
    const Args *args = run->args;
    if (args->path_walk)
        cw_wasi_force_path_walk(wasi, true);
    cwasm_wasi_clock(wasi, args->clock, args->clock_ns);
    if (args->has_random_seed)
        cwasm_wasi_random_seed(wasi, args->random_seed);
    if (args->timeout_ns)
        cw_wasi_on_signal(wasi, cw_timeout_is_over, NULL);
    if (cwasm_wasi_inherit_stdio(wasi, &run->err))
        return host_error(run, "standard streams", &run->err);
    /* --invoke: the words are the function's arguments, if it takes any */
    cwasm_externtype type;
    bool are_its_own = args->invoke && run->module && cwasm_module_find_export(run->module, args->invoke, strlen(args->invoke), &type) &&
                       type.kind == CWASM_EXTERN_FUNC && type.func.n_params;
    size_t n = are_its_own ? 0 : args->n_rest;
    if (cwasm_wasi_args(wasi, n + 1, (const char *const *)(args->rest - 1), &run->err))
        return host_error(run, "arguments", &run->err);
    const char *net_option = cw_grant_net(args, wasi, &run->err);   /* before directories: guests expect listeners from descriptor 3 on */
    if (net_option)
        return host_error(run, net_option, &run->err);
    if (args->max_handles)
        cwasm_wasi_max_handles(wasi, args->max_handles);
    for (size_t i = 0; i < args->n_grants; i++) {
        char option[16];
        snprintf(option, sizeof option, "--%s", cw_grant_name(args->grants[i].kind));
        if (cw_grant_give(&args->grants[i], wasi, &run->err))
            return host_error(run, option, &run->err);
    }
    if (args->n_grants && cw_wasi_check_nested(wasi, &run->err))
        return host_error(run, "directories", &run->err);
    for (const ManifestName *m = args->manifests; m; m = m->next)
        if (cw_wasi_check_manifest(wasi, m->path, &run->err))
            return host_error(run, "directories", &run->err);
    return grant_env(run, wasi);
}

/* Does the module import something of that name, of whatever module? */
static RARELY bool imports_name(const cwasm_module *module, const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < cwasm_module_n_imports(module); i++) {
        cwasm_import import = cwasm_module_import(module, i);
        if (import.name_size == size && memcmp(import.name, name, size) == 0)
            return true;
    }
    return false;
}

/* After everything is open and before anything of the guest runs. */
static APART int second_wall(Run *run, const cwasm_module *module, cwasm_wasi *wasi)
{
    unsigned walls = CWASM_WALL_FILES | CWASM_WALL_CALLS | CWASM_WALL_CODE;
    if (run->args->second_wall == SECOND_WALL_OFF)
        return 0;
    if (run->threads && imports_name(module, "thread-spawn"))
        walls |= CWASM_WALL_THREADS;
    cwasm_status status = cwasm_wasi_confine(wasi, walls, NULL, &run->err);
    bool lacks = status == CWASM_UNSUPPORTED;   /* else what the kernel has could not be put up */
    if (!status || (lacks && run->args->second_wall == SECOND_WALL_DEFAULT))
        return 0;
    bool goes_on = lacks && run->args->second_wall == SECOND_WALL_ON;
    cw_complain("--second-wall%s: %s", goes_on ? "=on, but not all of it" : lacks ? "=require" : "", run->err.message);
    if (goes_on)
        return 0;
    snprintf(run->message, sizeof run->message, "the second wall does not stand: %.400s", run->err.message);
    return cw_run_end(run, KIND_FAILED, STATUS_NOT_RUNNABLE);
}

/* ---- How calls end --------------------------------------------------------------------------------------------- */

static void write_stderr(void *ctx, const char *text, size_t size)
{
    cw_out_bytes(ctx, text, size);
}

/* Of a program with threads: the store of the one that ended it. */
static cwasm_store *culprit(Run *run)
{
    cwasm_store *store = run->threads ? cwasm_wasi_threads_culprit(run->threads, &run->thread) : NULL;
    return store ? store : run->store;
}

static RARELY int trapped(Run *run)
{
    static cwasm_source sources[CWASM_MAX_FRAMES];
    run->trap = cwasm_store_trap(culprit(run));
    Kind kind = KIND_TRAP;
    if (run->trap) {
        kind = run->trap->code == CWASM_TRAP_OUT_OF_FUEL ? KIND_FUEL
               : run->trap->code == CWASM_TRAP_INTERRUPTED ? KIND_TIMEOUT : KIND_TRAP;
        snprintf(run->message, sizeof run->message, "%s", run->trap->message);
        (void)cwasm_frame_sources(run->trap->frames, run->trap->n_frames, sources);
        run->sources = sources;
        Out out;
        cw_out_init(&out, 2);
        cw_trap_report(run->trap, sources, run->args->module, run->thread, write_stderr, &out);
        cw_out_flush(&out);
    }
    return cw_run_end(run, kind, STATUS_TRAP);
}

/* proc_exit(n): the process can only give 8 bits; what was not 0 never becomes 0. */
static int exited(Run *run, uint32_t code)
{
    run->exit_code = code;
    int status = (int)(code & 255);
    return cw_run_end(run, KIND_EXIT, code != 0 && status == 0 ? 255 : status);
}

/* After a message about an error that is no trap. */
static RARELY int refused(Run *run, const cwasm_error *err)
{
    Kind kind = KIND_INVALID;
    snprintf(run->message, sizeof run->message, "%s", err->message);
    if (err->status == CWASM_LINK)
        kind = KIND_LINK;
    else if (err->status == CWASM_UNSUPPORTED)
        kind = KIND_UNSUPPORTED;
    else if (err->status == CWASM_LIMIT || err->status == CWASM_NO_MEMORY)
        kind = KIND_LIMIT;
    return cw_run_end(run, kind, STATUS_NOT_RUNNABLE);
}

/* After a failed instantiation or call; path: of the module whose imports did not fit. */
static RARELY int failed_in(Run *run, const char *path, const cwasm_module *module, const cwasm_error *err)
{
    switch (err->status) {
    case CWASM_TRAP: return trapped(run);
    case CWASM_EXIT: return exited(run, cwasm_store_exit_code(culprit(run)));
    default: break;
    }
    cw_complain_module(path, module, err);
    if (err->status == CWASM_LINK)
        cw_explain_imports(run, module);
    return refused(run, err);
}

static int failed(Run *run, const cwasm_module *module, const cwasm_error *err)
{
    return failed_in(run, run->args->module, module, err);
}

/* ---- Threads --------------------------------------------------------------------------------------------------- */

static void set_limits(void *ctx, cwasm_store *store)
{
    const Args *args = ((const Run *)ctx)->args;
    if (args->has_fuel)
        cwasm_store_set_fuel(store, args->fuel);
    if (args->max_memory)
        cwasm_store_limit_memory(store, args->max_memory);
    if (args->max_heap)
        cwasm_store_limit_heap(store, args->max_heap);
}

/* A thread has ended the program, and the main one sits in a host call: the process ends here. */
static void main_is_stuck(void *ctx, cwasm_status status, const cwasm_error *err)
{
    Run *run = ctx;
    (void)status;
    int exit_status = failed(run, run->module, err);
    cw_trace_end();
    cw_report_write(run);
    _exit(exit_status);
}

static APART bool imports_threads(const cwasm_module *module)
{
    for (size_t i = 0; i < cwasm_module_n_imports(module); i++) {
        cwasm_import import = cwasm_module_import(module, i);
        if ((import.type.kind == CWASM_EXTERN_MEMORY && import.type.limits.shared) ||
            (import.module_size == 4 && memcmp(import.module, "wasi", 4) == 0 && import.name_size == 12 &&
             memcmp(import.name, "thread-spawn", 12) == 0))
            return true;
    }
    return false;
}

static APART cwasm_status open_threads(Run *run, cwasm_engine *engine, cwasm_linker *linker, cwasm_module *module, cwasm_error *err)
{
    const cwasm_wasi_threads_options options = {
        .max_threads = run->args->max_threads, .max_memory = run->args->max_memory, .setup = set_limits, .stuck = main_is_stuck, .ctx = run,
        .allocator = cw_cli_allocator(),
    };
    if (!run->args->threads || !imports_threads(module))
        return CWASM_OK;
    return cwasm_wasi_threads_new(engine, linker, module, &options, &run->threads, err);
}

/* Calls the function that is the program. */
static cwasm_status call(Run *run, cwasm_func *func, const cwasm_val *args, size_t n_args, cwasm_val *results, size_t n_results, cwasm_error *err)
{
    if (run->threads)
        return cwasm_wasi_threads_call(run->threads, run->store, func, args, n_args, results, n_results, err);
    return cwasm_func_call(run->store, func, args, n_args, results, n_results, err);
}

/* Calls an exported function without parameters or results; 0 if it returned. is_program: what comes after it is the end. */
static int call_plain(Run *run, cwasm_instance *instance, const char *name, bool is_program)
{
    cwasm_func *func = cwasm_instance_func(instance, name);
    cwasm_functype type = cwasm_func_type(func);
    run->entry = name;
    if (type.n_params || type.n_results) {
        snprintf(run->message, sizeof run->message, "export %s must take and give nothing", name);
        cw_complain("%s: %s", run->args->module, run->message);
        return cw_run_end(run, KIND_NO_ENTRY, STATUS_NOT_RUNNABLE);
    }
    if (is_program ? call(run, func, NULL, 0, NULL, 0, &run->err) : cwasm_func_call(run->store, func, NULL, 0, NULL, 0, &run->err))
        return failed(run, cwasm_instance_module(instance), &run->err);
    return exited(run, 0);
}

/* ---- --invoke -------------------------------------------------------------------------------------------------- */

/* Exported functions as a list for messages. */
static void out_functions(Out *out, const cwasm_module *module)
{
    size_t shown = 0;
    for (size_t i = 0; i < cwasm_module_n_exports(module); i++) {
        cwasm_export export = cwasm_module_export(module, i);
        if (export.type.kind != CWASM_EXTERN_FUNC)
            continue;
        if (shown == 20) {
            cw_out_text(out, "  ...\n");
            return;
        }
        cw_out_text(out, shown++ ? "  " : "exported functions:\n  ");
        cw_out_name(out, export.name, export.name_size);
        cw_out_functype(out, &export.type.func);
        cw_out_char(out, '\n');
    }
    if (!shown)
        cw_out_text(out, "it exports no function\n");
}

/* An exported function whose name is near `word`, copied to buf; false if there is none. */
static bool near_export(const cwasm_module *module, const char *word, char *buf, size_t size)
{
    for (size_t i = 0; i < cwasm_module_n_exports(module); i++) {
        cwasm_export export = cwasm_module_export(module, i);
        if (export.type.kind != CWASM_EXTERN_FUNC || export.name_size >= size || memchr(export.name, 0, export.name_size))
            continue;
        memcpy(buf, export.name, export.name_size);
        buf[export.name_size] = '\0';
        if (cw_is_near(word, buf))
            return true;
    }
    return false;
}

static RARELY int no_function(Run *run, const cwasm_module *module, const char *name)
{
    snprintf(run->message, sizeof run->message, "no exported function '%s'", name);
    cw_complain("%s: %s", run->args->module, run->message);
    Out out;
    cw_out_init(&out, 2);
    char near[64];
    if (near_export(module, name, near, sizeof near)) {
        cw_out_text(&out, "  did you mean '");
        cw_out_name(&out, near, strlen(near));
        cw_out_text(&out, "'?\n");
    }
    out_functions(&out, module);
    cw_out_flush(&out);
    return cw_run_end(run, KIND_USAGE, STATUS_USAGE);
}

static RARELY int wrong_arguments(Run *run, const cwasm_functype *type, const char *message)
{
    snprintf(run->message, sizeof run->message, "%s", message);
    Out out;
    cw_out_init(&out, 2);
    cw_out_text(&out, "cwasm: ");
    cw_out_text(&out, message);
    cw_out_text(&out, "\n  ");
    cw_out_text(&out, run->args->invoke);
    cw_out_functype(&out, type);
    cw_out_char(&out, '\n');
    cw_out_flush(&out);
    return cw_run_end(run, KIND_USAGE, STATUS_USAGE);
}

static RARELY int print_results(Run *run, const cwasm_val *results, uint32_t n)
{
    Out out;
    cw_out_init(&out, 1);
    for (uint32_t i = 0; i < n; i++) {
        cw_out_value(&out, &results[i]);
        cw_out_char(&out, '\n');
    }
    if (cw_out_flush(&out))
        return exited(run, 0);
    snprintf(run->message, sizeof run->message, "cannot write the results");
    cw_complain("%s", run->message);
    return cw_run_end(run, KIND_FAILED, STATUS_FAILED);
}

static RARELY int invoke(Run *run, cwasm_instance *instance)
{
    const Args *args = run->args;
    const cwasm_module *module = cwasm_instance_module(instance);
    cwasm_func *func = cwasm_instance_func(instance, args->invoke);
    char message[256], name[64];
    if (!func)
        return no_function(run, module, args->invoke);
    cwasm_functype type = cwasm_func_type(func);
    run->entry = args->invoke;
    if (args->n_rest != type.n_params && (type.n_params || !imports_name(module, "args_get"))) {
        snprintf(message, sizeof message, "%s takes %u argument%s, %zu given", args->invoke, type.n_params, plural(type.n_params),
                 args->n_rest);
        return wrong_arguments(run, &type, message);
    }
    cwasm_val *vals = calloc((size_t)type.n_params + type.n_results + 1, sizeof *vals), *results = vals + type.n_params;
    if (!vals)
        return wrong_arguments(run, &type, "out of memory");
    int status = 0;
    for (uint32_t i = 0; i < type.n_params && !status; i++) {
        if (cw_value_parse(args->rest[i], type.params[i], &vals[i]))
            continue;
        snprintf(message, sizeof message, "argument %u, '%.64s', is no %s", i + 1, args->rest[i],
                 cwasm_valtype_name(type.params[i], name, sizeof name));
        status = wrong_arguments(run, &type, message);
    }
    if (!status) {
        cwasm_error err;
        if (call(run, func, vals, type.n_params, results, type.n_results, &err))
            status = failed(run, module, &err);
        else
            status = print_results(run, results, type.n_results);
    }
    free(vals);
    return status;
}

/* ---- The run --------------------------------------------------------------------------------------------------- */

static APART bool exports_func(const cwasm_module *module, const char *name)
{
    cwasm_externtype type;
    return cwasm_module_find_export(module, name, strlen(name), &type) && type.kind == CWASM_EXTERN_FUNC;
}

static RARELY int no_entry(Run *run, const cwasm_module *module)
{
    size_t size;
    const char *why = "it exports neither _start (a command) nor _initialize (a reactor)";
    if (cwasm_module_custom_section(module, "linking", 0, &size))
        why = "it is an object file; link it first: clang --target=wasm32-wasi a.o -o a.wasm (or wasm-ld)";
    else if (cwasm_module_custom_section(module, "dylink.0", 0, &size))
        why = "it is a library for dynamic linking, not a program";
    snprintf(run->message, sizeof run->message, "%s", why);
    cw_complain("%s: nothing to run: %s; call a function with --invoke", run->args->module, why);
    Out out;
    cw_out_init(&out, 2);
    out_functions(&out, module);
    cw_out_flush(&out);
    return cw_run_end(run, KIND_NO_ENTRY, STATUS_NOT_RUNNABLE);
}

/* The function that is the program: the one whose name is empty, as Wasmtime has it, or _start. NULL: there is none. */
static const char *program_of(const cwasm_module *module)
{
    static const char *const names[] = { "", "_start" };
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        if (exports_func(module, names[i]))
            return names[i];
    }
    return NULL;
}

/* _initialize runs first, if there is one; then the function of --invoke, or what is the program. A reactor has neither. */
static int run_instance(Run *run, cwasm_instance *instance)
{
    const char *function = run->args->invoke, *program = run->program;
    if (run->initializes && !(function && strcmp(function, "_initialize") == 0)) {
        bool is_all = !function && !program;
        run->err.status = CWASM_OK;
        int status = call_plain(run, instance, "_initialize", is_all);
        if (status || is_all || run->err.status == CWASM_EXIT)
            return status;
    }
    if (function)
        return invoke(run, instance);
    return program ? call_plain(run, instance, program, true) : exited(run, 0);   /* a start function alone has run already */
}

static int instantiate_and_run(Run *run, cwasm_engine *engine, cwasm_module *module, cwasm_linker *linker, cwasm_wasi *wasi)
{
    cwasm_instance *instance;
    int status = grant(run, wasi);
    if (status == 0 && (status = cw_trace_open(run->args, wasi)) != 0)
        cw_run_end(run, KIND_USAGE, status);
    if (status)
        return status;
    if (cwasm_store_new(engine, &run->store, &run->err) ||
        ((cwasm_module_n_imports(module) || run->preloads) && cwasm_wasi_define(wasi, linker, &run->err)) || open_threads(run, engine, linker, module, &run->err))
        return failed(run, module, &run->err);
    set_limits(run, run->store);
    status = second_wall(run, module, wasi);
    if (status)
        return status;
    if (!cw_timeout_start(run)) {
        cw_complain("--timeout: the clock cannot be set");
        return cw_run_end(run, KIND_FAILED, STATUS_NOT_RUNNABLE);
    }
    const Preload *preload = NULL;
    cwasm_linker_unknown_traps(linker, run->args->unknown_traps);
    if (cw_preloads_instantiate(run, linker, &preload, &run->err))
        status = failed_in(run, preload->path, preload->module, &run->err);
    else if (cwasm_linker_instantiate(linker, run->store, module, &instance, &run->err))
        status = failed(run, module, &run->err);
    else
        status = run_instance(run, instance);
    if (run->args->timeout_ns)
        cw_timeout_stop();
    cw_trace_end();
    return status;
}

/* Writes the report, if there is none yet; the status with which the process ends. */
static int reported(Run *run, int status)
{
    if (!cw_report_write(run)) {
        cw_complain("cannot write the report");
        status = status ? status : STATUS_FAILED;
    }
    run->report_fd = -1;
    return status;
}

static int run_module(Run *run, cwasm_engine *engine, cwasm_module *module, const File *file)
{
    bool has_start = cw_has_section(file, 8);
    run->module = module;
    run->program = run->args->invoke ? NULL : program_of(module);
    run->initializes = exports_func(module, "_initialize");
    if (!run->args->invoke && !has_start && !run->program && !run->initializes)
        return no_entry(run, module);
    cwasm_linker *linker = NULL;
    cwasm_wasi *wasi = NULL;
    int status;
    if (cwasm_linker_new(engine, &linker, &run->err) || cwasm_wasi_new(cw_cli_allocator(), &wasi, &run->err))
        status = failed(run, module, &run->err);
    else
        status = instantiate_and_run(run, engine, module, linker, wasi);
    status = reported(run, status);
    if (run->threads && cwasm_wasi_threads_running(run->threads))
        _exit(status);   /* they sit in host calls */
#if CW_FREE_AT_EXIT
    cwasm_wasi_threads_free(run->threads);
    cwasm_store_free(run->store);
    run->store = NULL;
    cwasm_linker_free(linker);
    cwasm_wasi_free(wasi);
#endif
    return status;
}

int cw_load_failed(Run *run, int status)
{
    if (run->err.status)
        return refused(run, &run->err);
    snprintf(run->message, sizeof run->message, "%s", run->err.message);
    return cw_run_end(run, status == STATUS_NOT_FOUND ? KIND_NOT_FOUND : KIND_NOT_A_MODULE, status);
}

static int load_and_run(Run *run)
{
    const Args *args = run->args;
    cwasm_engine *engine;
    cwasm_module *module;
    File file;
    int status = cw_engine(args, &engine);
    if (status)
        return cw_run_end(run, KIND_USAGE, status);
    status = cw_module(args->module, engine, &file, &module, &run->err);
    if (status == 0) {
        status = cw_preloads_load(run, engine);
        if (status == 0)
            status = run_module(run, engine, module, &file);
    } else {
        cw_load_failed(run, status);
        const char *near = args->is_short && status == STATUS_NOT_FOUND ? cw_nearest_command(args->module) : NULL;
        if (near)
            cw_complain("did you mean 'cwasm %s'?", near);
    }
    status = reported(run, status);
#if CW_FREE_AT_EXIT
    cw_preloads_free(run);
    cw_module_end(module, &file);
    cwasm_engine_free(engine);
#endif
    return status;
}

/* Hands everything over, and says so instead of running anything. */
static RARELY int print_capabilities(Run *run)
{
    cwasm_wasi *wasi;
    cwasm_error err;
    if (cwasm_wasi_new(cw_cli_allocator(), &wasi, &err))
        return host_error(run, "", &err);
    int status = grant(run, wasi);
    if (!status)
        status = cw_print_capabilities(run->args, wasi);
    cwasm_wasi_free(wasi);
    return status;
}

int cw_cmd_run(const Args *args)
{
    static Run run;   /* signal handlers read it */
    run.args = args;
    run.report_fd = -1;
    if (args->print_capabilities)
        return print_capabilities(&run);
    int status = cw_report_open(&run);
    if (status)
        return status;
    cw_signals_install(&run);
    return reported(&run, load_and_run(&run));
}
