/*
 * script.c - see script.h. One function per command of the JSON; each says its verdict, and why in Script.why.
 *
 * A name of the script is a Live: an instance, a definition, or the reason why there is none. That reason spreads: whatever uses a module
 * that is NOT_YET is NOT_YET for the same feature.
 */
#define _POSIX_C_SOURCE 200809L   /* open_memstream, strdup */

#include "script.h"

#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "spectest.h"
#include "value.h"

#define MAX_VALUES 1024        /* arguments or results of one call */

typedef struct Live {
    char *name;                /* NULL: has none */
    size_t name_size;
    cwasm_module *module;
    cwasm_instance *instance;  /* NULL: a definition, or it did not come about */
    const char *feature;       /* if NOT_YET */
    bool lent;                 /* the shared module of a thread: Script.loans, and no instance */
} Live;

/* A shared memory of a module in another thread's store, by the name of its export. */
typedef struct Loan {
    const char *name;          /* borrowed from the lender's module */
    size_t name_size;
    cwasm_shared_memory *memory;
} Loan;

typedef struct Lives {
    Live *at;
    size_t n;
} Lives;

typedef struct Thread Thread;

typedef struct Script {
    cwasm_engine *engine;
    cwasm_store *store;
    cwasm_linker *linker;
    const ScriptOptions *options;
    const char *name;          /* of the file in the suite */
    const char *folder;        /* of the .wasm files */
    Lives named;
    Lives registered;          /* import module names with nothing behind them: NOT_YET */
    Live current;
    Lives modules;             /* all that were loaded, to be freed */
    Loan *loans;
    size_t n_loans;
    Thread *threads;
    Tally tally;
    FILE *out;
    cwasm_val vals[MAX_VALUES];
    size_t n_vals;
    const char *feature;       /* of the last NOT_YET */
    char why[2048];            /* expected and got of the last FAILED */
} Script;

/* A thread command: its own store, run by its own pthread until the wait command. */
struct Thread {
    Thread *next;
    char *name;
    pthread_t pthread;
    Script script;
    const json_t *commands;
    char *text;                /* what script.out wrote */
    size_t text_size;
};

static void run_commands(Script *s, const json_t *commands);

/* ---- Small helpers ---- */

static void *must(void *p)
{
    if (!p) {
        fprintf(stderr, "spec_run: out of memory\n");
        exit(2);
    }
    return p;
}

static const char *text_of(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static Verdict failed(Script *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static Verdict failed(Script *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(s->why, sizeof s->why, fmt, args);
    va_end(args);
    return FAILED;
}

static Verdict not_yet(Script *s, const char *feature)
{
    s->feature = feature;
    return NOT_YET;
}

/* The name of the feature in a CWASM_UNSUPPORTED message: the first known feature name in it, else the words before the first colon. */
static const char *feature_of(const char *message)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char *others[64];
    const char *first = NULL, *name, *found = NULL;
    for (size_t i = 0; (name = cwasm_feature_name(i, NULL, NULL)); i++) {
        const char *at = strstr(message, name);
        if (at && (!first || at < first || (at == first && strlen(name) > strlen(found))))
            first = at, found = name;
    }
    if (found)
        return found;
    pthread_mutex_lock(&lock);
    int n = (int)strcspn(message, ":");
    for (size_t i = 0; i < 64 && !found; i++) {
        if (!others[i]) {
            others[i] = must(malloc((size_t)n + 1));
            snprintf(others[i], (size_t)n + 1, "%s", message);
        }
        if (!strncmp(others[i], message, (size_t)n) && !others[i][n])
            found = others[i];
    }
    pthread_mutex_unlock(&lock);
    return found ? found : "other";
}

static Live *live_add(Lives *lives, const json_t *name, Live live)
{
    lives->at = must(realloc(lives->at, (lives->n + 1) * sizeof *lives->at));
    live.name_size = json_string_length(name);
    live.name = NULL;
    if (name)
        memcpy(live.name = must(malloc(live.name_size + 1)), json_string_value(name), live.name_size + 1);
    lives->at[lives->n] = live;
    return &lives->at[lives->n++];
}

static Live *live_find(const Lives *lives, const char *name, size_t size)
{
    for (size_t i = lives->n; i-- > 0;)   /* the newest of that name */
        if (lives->at[i].name_size == size && !memcmp(lives->at[i].name, name, size))
            return &lives->at[i];
    return NULL;
}

static void lives_done(Lives *lives)
{
    for (size_t i = 0; i < lives->n; i++)
        free(lives->at[i].name);
    free(lives->at);
}

/* What a command refers to: by name, or what was instantiated last. */
static Live *live_of(Script *s, const json_t *name)
{
    return name ? live_find(&s->named, json_string_value(name), json_string_length(name)) : &s->current;
}

static bool begins_with(const char *text, const char *prefix) { return !strncmp(text, prefix, strlen(prefix)); }

/* "trap: unreachable (at 0x17)" for messages. */
static const char *outcome(cwasm_status status, const cwasm_error *err, char buf[640])
{
    if (status == CWASM_OK)
        snprintf(buf, 640, "success");
    else if (err->offset == CWASM_NO_OFFSET)
        snprintf(buf, 640, "%s: %s", cwasm_status_name(status), err->message);
    else
        snprintf(buf, 640, "%s: %s (at 0x%" PRIx64 ")", cwasm_status_name(status), err->message, err->offset);
    return buf;
}

/* ---- Modules ---- */

/* Decodes and validates the command's file. */
static cwasm_status load(Script *s, const json_t *command, cwasm_module **module, cwasm_error *err)
{
    const char *file = text_of(command, "binary_filename");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", s->folder, file ? file : text_of(command, "filename"));
    memset(err, 0, sizeof *err);
    FILE *in = fopen(path, "rb");
    if (!in) {
        snprintf(err->message, sizeof err->message, "cannot open %.400s", path);
        return CWASM_HOST;
    }
    char *bytes = NULL;
    size_t size = 0, room = 0;
    for (size_t got = 1; got; size += got) {
        if (size == room)
            bytes = must(realloc(bytes, room = room ? 2 * room : 4096));
        got = fread(bytes + size, 1, room - size, in);
    }
    fclose(in);
    char *exact = must(malloc(size ? size : 1));   /* of the exact size, so that a sanitizer sees reads past the end */
    memcpy(exact, bytes, size);
    free(bytes);
    cwasm_status status = cwasm_module_new(s->engine, exact, size, module, err);
    free(exact);
    if (status == CWASM_OK)
        live_add(&s->modules, NULL, (Live){ .module = *module });
    return status;
}

/* The feature for want of which an import of the module has nothing behind it; NULL if there is none such. */
static const char *missing_import(Script *s, const cwasm_module *module)
{
    for (size_t i = 0; i < cwasm_module_n_imports(module); i++) {
        cwasm_import import = cwasm_module_import(module, i);
        const Live *live = live_find(&s->registered, import.module, import.module_size);
        if (live && live->feature)
            return live->feature;
        if (import.module_size == 8 && !memcmp(import.module, "spectest", 8) &&
            (live = live_find(&s->registered, import.name, import.name_size)) && live->feature)
            return live->feature;
    }
    return NULL;
}

static Verdict instantiate(Script *s, Live *live)
{
    cwasm_error err = { 0 };
    char buf[640];
    if ((live->feature = missing_import(s, live->module)))
        return not_yet(s, live->feature);
    cwasm_status status = cwasm_linker_instantiate(s->linker, s->store, live->module, &live->instance, &err);
    if (status == CWASM_UNSUPPORTED)
        return not_yet(s, live->feature = feature_of(err.message));
    if (status)
        return failed(s, "expected an instance, got %s", outcome(status, &err, buf));
    return PASSED;
}

static Verdict do_module(Script *s, const json_t *command, bool only_define)
{
    Live live = { 0 };
    cwasm_error err;
    char buf[640];
    Verdict verdict = PASSED;
    cwasm_status status = load(s, command, &live.module, &err);
    if (status == CWASM_UNSUPPORTED)
        verdict = not_yet(s, live.feature = feature_of(err.message));
    else if (status)
        verdict = failed(s, "expected a module, got %s", outcome(status, &err, buf));
    else if (!only_define)
        verdict = instantiate(s, &live);
    if (!only_define)
        s->current = live;
    if (json_object_get(command, "name"))
        live_add(&s->named, json_object_get(command, "name"), live);
    return verdict;
}

static Verdict do_instance(Script *s, const json_t *command)
{
    const Live *definition = live_of(s, json_object_get(command, "module"));
    if (!definition)
        return failed(s, "no definition of that name");
    Live live = *definition;
    Verdict verdict = live.feature ? not_yet(s, live.feature) : live.module ? instantiate(s, &live) : failed(s, "the definition failed");
    s->current = live;
    if (json_object_get(command, "instance"))
        live_add(&s->named, json_object_get(command, "instance"), live);
    return verdict;
}

static Verdict register_loans(Script *s, const json_t *as)
{
    cwasm_error err = { 0 };
    for (size_t i = 0; i < s->n_loans; i++) {
        cwasm_extern ext = { .kind = CWASM_EXTERN_MEMORY, .of.memory = cwasm_shared_memory_memory(s->loans[i].memory) };
        if (cwasm_linker_define(s->linker, json_string_value(as), json_string_length(as), s->loans[i].name, s->loans[i].name_size, &ext, &err))
            return failed(s, "expected success, got %s", err.message);
    }
    return PASSED;
}

static Verdict do_register(Script *s, const json_t *command)
{
    const json_t *as = json_object_get(command, "as");
    const Live *live = live_of(s, json_object_get(command, "name"));
    cwasm_error err = { 0 };
    if (live && live->lent)
        return register_loans(s, as);
    if (live && (live->feature || live->instance))
        live_add(&s->registered, as, (Live){ .feature = live->feature });   /* also hides an older one */
    if (live && live->feature)
        return not_yet(s, live->feature);
    if (!live || !live->instance)
        return failed(s, "there is no instance to register");
    if (cwasm_linker_define_instance(s->linker, json_string_value(as), json_string_length(as), live->instance, &err))
        return failed(s, "expected success, got %s", err.message);
    return PASSED;
}

/* assert_malformed, assert_invalid and their custom section twins. */
static Verdict do_assert_rejected(Script *s, const json_t *command, cwasm_status expected)
{
    cwasm_module *module;
    cwasm_error err;
    char buf[640];
    const char *text = text_of(command, "text");
    cwasm_status status = load(s, command, &module, &err);
    if (status == CWASM_UNSUPPORTED)
        return not_yet(s, feature_of(err.message));
    if (status == CWASM_OK && strstr(text_of(command, "type"), "_custom"))   /* loading ignores custom sections, as it must */
        status = cwasm_module_check_custom(module, &err);
    if (status != expected)
        return failed(s, "expected %s: %s\n    got %s", cwasm_status_name(expected), text, outcome(status, &err, buf));
    if (!begins_with(err.message, text)) {
        s->tally.drift++;
        if (s->options->texts)
            fprintf(s->out, "text: %s:%" JSON_INTEGER_FORMAT ": the suite says \"%s\", cwasm \"%s\"\n", s->name,
                    json_integer_value(json_object_get(command, "line")), text, err.message);
    }
    return PASSED;
}

/* assert_unlinkable and assert_uninstantiable. */
static Verdict do_assert_no_instance(Script *s, const json_t *command, cwasm_status expected)
{
    Live live = { 0 };
    cwasm_error err;
    char buf[640];
    const char *text = text_of(command, "text");
    cwasm_status status = load(s, command, &live.module, &err);
    if (status == CWASM_OK) {
        if ((live.feature = missing_import(s, live.module)))
            return not_yet(s, live.feature);
        memset(&err, 0, sizeof err);
        status = cwasm_linker_instantiate(s->linker, s->store, live.module, &live.instance, &err);
    }
    if (status == CWASM_UNSUPPORTED)
        return not_yet(s, feature_of(err.message));
    if (status != expected || !begins_with(err.message, text))
        return failed(s, "expected %s: %s\n    got %s", cwasm_status_name(expected), text, outcome(status, &err, buf));
    return PASSED;
}

/* ---- Actions ---- */

/* Does the action; PASSED with *status and, if that is CWASM_OK, the results in s->vals; else the verdict. */
static Verdict act(Script *s, const json_t *action, cwasm_status *status, cwasm_error *err)
{
    const json_t *field = json_object_get(action, "field"), *args = json_object_get(action, "args");
    const Live *live = live_of(s, json_object_get(action, "module"));
    cwasm_extern ext;
    memset(err, 0, sizeof *err);
    if (live && live->feature)
        return not_yet(s, live->feature);
    if (!live || !live->instance)
        return failed(s, "there is no instance");
    if (!cwasm_instance_export(live->instance, json_string_value(field), json_string_length(field), &ext))
        return failed(s, "no export of that name");
    if (!strcmp(text_of(action, "type"), "get")) {
        if (ext.kind != CWASM_EXTERN_GLOBAL)
            return failed(s, "the export is no global");
        s->vals[0] = cwasm_global_get(ext.of.global);
        s->n_vals = 1;
        *status = CWASM_OK;
        return PASSED;
    }
    if (ext.kind != CWASM_EXTERN_FUNC)
        return failed(s, "the export is no function");
    cwasm_functype type = cwasm_func_type(ext.of.func);
    cwasm_val vals[MAX_VALUES];
    size_t n_args = json_array_size(args);
    if (n_args != type.n_params || n_args > MAX_VALUES || type.n_results > MAX_VALUES)
        return failed(s, "%zu arguments for a function with %" PRIu32 " parameters", n_args, type.n_params);
    for (size_t i = 0; i < n_args; i++) {
        const char *feature;
        if (!value_make(json_array_get(args, i), type.params[i], &vals[i], &feature))
            return feature ? not_yet(s, feature) : failed(s, "argument %zu of the test makes no sense", i);
    }
    s->n_vals = type.n_results;
    *status = cwasm_func_call(s->store, ext.of.func, vals, n_args, s->vals, s->n_vals, err);
    if (*status == CWASM_UNSUPPORTED)
        return not_yet(s, feature_of(err->message));
    return PASSED;
}

/* Why a result does not fit: expected and got, all values. */
static Verdict failed_values(Script *s, const json_t *expected)
{
    char *text;
    size_t size;
    FILE *out = must(open_memstream(&text, &size));
    fprintf(out, "expected");
    for (size_t i = 0; i < json_array_size(expected); i++) {
        fputc(' ', out);
        value_write_expected(out, json_array_get(expected, i));
    }
    fprintf(out, "%s\n    got", json_array_size(expected) ? "" : " nothing");
    for (size_t i = 0; i < s->n_vals; i++) {
        fputc(' ', out);
        value_write(out, &s->vals[i]);
    }
    fclose(out);
    failed(s, "%s%s", text, s->n_vals ? "" : " nothing");
    free(text);
    return FAILED;
}

static Verdict do_assert_return(Script *s, const json_t *command, bool any_result)
{
    const json_t *expected = json_object_get(command, "expected");
    cwasm_status status;
    cwasm_error err;
    char buf[640];
    Verdict verdict = act(s, json_object_get(command, "action"), &status, &err);
    if (verdict != PASSED)
        return verdict;
    if (status)
        return failed(s, "expected a result, got %s", outcome(status, &err, buf));
    if (any_result)
        return PASSED;
    if (s->n_vals != json_array_size(expected))
        return failed_values(s, expected);
    for (size_t i = 0; i < s->n_vals; i++)
        if (!value_fits(s->store, json_array_get(expected, i), &s->vals[i]))
            return failed_values(s, expected);
    return PASSED;
}

/* assert_trap, assert_exhaustion, assert_exception. */
static Verdict do_assert_trap(Script *s, const json_t *command, const char *text)
{
    cwasm_status status;
    cwasm_error err;
    char buf[640];
    Verdict verdict = act(s, json_object_get(command, "action"), &status, &err);
    if (verdict != PASSED)
        return verdict;
    if (status != CWASM_TRAP || !begins_with(err.message, text))
        return failed(s, "expected trap: %s\n    got %s", text, outcome(status, &err, buf));
    const cwasm_trap *trap = cwasm_store_trap(s->store);
    if (!trap || !begins_with(trap->message, text) || !begins_with(trap->message, cwasm_trap_text(trap->code)))
        return failed(s, "expected cwasm_store_trap to say %s, got %s", text, trap ? trap->message : "none");
    return PASSED;
}

/* ---- Threads ---- */

static void lend(Script *to, const char *name, size_t name_size, cwasm_memory *memory)
{
    cwasm_shared_memory *shared = cwasm_memory_shared(memory);
    if (!shared)
        return;
    to->loans = must(realloc(to->loans, (to->n_loans + 1) * sizeof *to->loans));
    to->loans[to->n_loans++] = (Loan){ name, name_size, shared };
}

/* Makes the shared memories that `from`, of the script s, exports available to another one. */
static void share_module(const Script *s, const Live *from, Script *to)
{
    cwasm_extern ext;
    if (from->lent)
        for (size_t i = 0; i < s->n_loans; i++)
            lend(to, s->loans[i].name, s->loans[i].name_size, cwasm_shared_memory_memory(s->loans[i].memory));
    for (size_t i = 0; from->instance && i < cwasm_module_n_exports(from->module); i++) {
        cwasm_export export = cwasm_module_export(from->module, i);
        if (export.type.kind == CWASM_EXTERN_MEMORY && cwasm_instance_export(from->instance, export.name, export.name_size, &ext))
            lend(to, export.name, export.name_size, ext.of.memory);
    }
}

static void *thread_main(void *arg)
{
    Thread *thread = arg;
    run_commands(&thread->script, thread->commands);
    return NULL;
}

static bool script_init(Script *s, cwasm_engine *engine, const char *name, const char *folder, const ScriptOptions *options, FILE *out);
static void script_done(Script *s);

static unsigned count_commands(const json_t *commands)
{
    unsigned n = 0;
    for (size_t i = 0; i < json_array_size(commands); i++)
        n += 1 + count_commands(json_object_get(json_array_get(commands, i), "commands"));
    return n;
}

static void count_not_yet(Tally *tally, const char *feature, unsigned n)
{
    size_t i = 0;
    while (i < MAX_FEATURES - 1 && tally->not_yet[i].feature && strcmp(tally->not_yet[i].feature, feature))
        i++;
    tally->not_yet[i].feature = feature;
    tally->not_yet[i].n += n;
    tally->count[NOT_YET] += n;
}

static Verdict do_thread(Script *s, const json_t *command)
{
    const json_t *name = json_object_get(command, "shared_module");
    const Live nothing = { .lent = true };
    const Live *from = name ? live_of(s, name) : &nothing;   /* a thread may share no module */
    Thread *thread = must(calloc(1, sizeof *thread));
    thread->commands = json_object_get(command, "commands");
    thread->name = must(strdup(text_of(command, "name")));
    thread->next = s->threads;
    s->threads = thread;
    if (!from || (!from->feature && !from->instance && !from->lent))
        return failed(s, "there is no module to share");
    thread->script.feature = from->feature;
    if (thread->script.feature) {
        count_not_yet(&s->tally, thread->script.feature, count_commands(thread->commands));
        return not_yet(s, thread->script.feature);
    }
    if (!script_init(&thread->script, s->engine, s->name, s->folder, s->options, must(open_memstream(&thread->text, &thread->text_size)))) {
        thread->script.feature = "threads";   /* nothing to join */
        return FAILED;
    }
    if (name) {
        share_module(s, from, &thread->script);
        live_add(&thread->script.named, name, (Live){ .lent = true });
    }
    if (pthread_create(&thread->pthread, NULL, thread_main, thread)) {
        thread->script.feature = "threads";
        return failed(s, "cannot start a thread");
    }
    return PASSED;
}

/* Ends a thread: waits for it, and takes its counts and its text over. */
static void thread_done(Script *s, Thread *thread)
{
    if (thread->script.out) {
        if (!thread->script.feature)
            pthread_join(thread->pthread, NULL);
        fclose(thread->script.out);
        fputs(thread->text, s->out);
        tally_add(&s->tally, &thread->script.tally);
        script_done(&thread->script);
    }
    free(thread->text);
    free(thread->name);
    free(thread);
}

static Verdict do_wait(Script *s, const json_t *command)
{
    for (Thread **link = &s->threads; *link; link = &(*link)->next)
        if (!strcmp((*link)->name, text_of(command, "thread"))) {
            Thread *thread = *link;
            const char *feature = thread->script.feature;
            *link = thread->next;
            thread_done(s, thread);
            return feature ? not_yet(s, feature) : PASSED;
        }
    return failed(s, "there is no such thread");
}

/* ---- Commands ---- */

static Verdict run_command(Script *s, const json_t *command)
{
    const char *type = text_of(command, "type"), *module_type = text_of(command, "module_type");
    if (module_type && !strcmp(module_type, "text") && !json_object_get(command, "binary_filename"))
        return TEXT_ONLY;
    if (!strcmp(type, "module"))
        return do_module(s, command, text_of(command, "definition") != NULL);
    if (!strcmp(type, "module_definition"))
        return do_module(s, command, true);
    if (!strcmp(type, "module_instance"))
        return do_instance(s, command);
    if (!strcmp(type, "register"))
        return do_register(s, command);
    if (!strcmp(type, "action"))
        return do_assert_return(s, command, true);
    if (!strcmp(type, "assert_return"))
        return do_assert_return(s, command, false);
    if (!strcmp(type, "assert_trap") || !strcmp(type, "assert_exhaustion"))
        return do_assert_trap(s, command, text_of(command, "text"));
    if (!strcmp(type, "assert_exception"))
        return do_assert_trap(s, command, cwasm_trap_text(CWASM_TRAP_UNCAUGHT_EXCEPTION));
    if (!strcmp(type, "assert_malformed") || !strcmp(type, "assert_malformed_custom"))
        return do_assert_rejected(s, command, CWASM_MALFORMED);
    if (!strcmp(type, "assert_invalid") || !strcmp(type, "assert_invalid_custom"))
        return do_assert_rejected(s, command, CWASM_INVALID);
    if (!strcmp(type, "assert_unlinkable"))
        return do_assert_no_instance(s, command, CWASM_LINK);
    if (!strcmp(type, "assert_uninstantiable"))
        return do_assert_no_instance(s, command, CWASM_TRAP);
    if (!strcmp(type, "thread"))
        return do_thread(s, command);
    if (!strcmp(type, "wait"))
        return do_wait(s, command);
    return failed(s, "unknown command");
}

/* The command with an expectation that the right result cannot meet; NULL if it has none to turn. The two ways to turn take turns by
 * line number. */
static json_t *flipped(const json_t *command)
{
    const char *type = text_of(command, "type"), *to = NULL, *text = NULL;
    bool odd = json_integer_value(json_object_get(command, "line")) & 1;
    json_t *copy = json_deep_copy(command);
    json_t *expected = json_object_get(copy, "expected");
    if (!strcmp(type, "assert_return") && json_array_size(expected)) {
        size_t i = odd ? json_array_size(expected) - 1 : 0;
        json_array_set_new(expected, i, value_flipped(json_array_get(expected, i)));
    } else if (!strcmp(type, "assert_return")) {
        to = "assert_trap", text = "unreachable";
    } else if (!strcmp(type, "assert_trap") || !strcmp(type, "assert_exhaustion")) {
        if (odd)
            to = "action";
        else
            text = "no such trap";
    } else if (!strcmp(type, "assert_exception")) {
        to = "action";
    } else if (!strcmp(type, "assert_malformed")) {
        to = odd ? "assert_invalid" : "module_definition";
    } else if (!strcmp(type, "assert_invalid")) {
        to = odd ? "assert_malformed" : "module_definition";
    } else if (!strcmp(type, "assert_unlinkable")) {
        if (odd)
            to = "assert_uninstantiable";
        else
            text = "no such import";
    } else if (!strcmp(type, "assert_uninstantiable")) {
        if (odd)
            to = "assert_unlinkable";
        else
            text = "no such trap";
    } else {
        json_decref(copy);
        return NULL;
    }
    if (to)
        json_object_set_new(copy, "type", json_string(to));
    if (text)
        json_object_set_new(copy, "text", json_string(text));
    return copy;
}

static void report(Script *s, const json_t *command, const char *why)
{
    const json_t *action = json_object_get(command, "action"), *field = json_object_get(action, "field");
    const char *file = text_of(command, "filename");
    fprintf(s->out, "FAIL %s:%" JSON_INTEGER_FORMAT ": %s", s->name, json_integer_value(json_object_get(command, "line")), text_of(command, "type"));
    if (action) {
        char *quoted = json_dumps(field, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
        fprintf(s->out, " %s %s", text_of(action, "type"), quoted);
        free(quoted);
        const json_t *args = json_object_get(action, "args");
        for (size_t i = 0; i < json_array_size(args); i++) {
            fputc(' ', s->out);
            value_write_expected(s->out, json_array_get(args, i));
        }
    }
    if (file)
        fprintf(s->out, " %s", file);
    fprintf(s->out, "\n    %s\n", why);
}

static void run_commands(Script *s, const json_t *commands)
{
    for (size_t i = 0; i < json_array_size(commands); i++) {
        const json_t *command = json_array_get(commands, i);
        json_t *turned = s->options->flip ? flipped(command) : NULL;
        if (s->options->verbose)
            fprintf(stderr, "%s:%" JSON_INTEGER_FORMAT ": %s\n", s->name, json_integer_value(json_object_get(command, "line")),
                    text_of(command, "type"));
        Verdict verdict = run_command(s, turned ? turned : command);
        if (turned) {
            if (verdict == PASSED)
                failed(s, "turned into something wrong, and nobody noticed");
            verdict = verdict == PASSED ? FAILED : verdict == FAILED ? PASSED : verdict;
        }
        if (verdict == NOT_YET)
            count_not_yet(&s->tally, s->feature, 1);
        else if (!(s->options->flip && !turned && verdict == PASSED))   /* with --flip, what cannot be turned does not count */
            s->tally.count[verdict]++;
        if (verdict == FAILED)
            report(s, turned ? turned : command, s->why);
        json_decref(turned);
    }
}

static bool script_init(Script *s, cwasm_engine *engine, const char *name, const char *folder, const ScriptOptions *options, FILE *out)
{
    cwasm_error err = { 0 };
    const char *missing[5] = { NULL };
    s->engine = engine, s->name = name, s->folder = folder, s->options = options, s->out = out;
    if (cwasm_store_new(engine, &s->store, &err) || cwasm_linker_new(engine, &s->linker, &err) ||
        spectest_define(s->linker, s->store, missing, &err)) {
        failed(s, "cannot set the host module up: %s", err.message);
        return false;
    }
    if (options->fuel)
        cwasm_store_set_fuel(s->store, UINT64_MAX);
    for (size_t i = 0; missing[i]; i++) {
        json_t *what = json_string(missing[i]);
        live_add(&s->registered, what, (Live){ .feature = strcmp(missing[i], "table64") ? "threads" : "memory64" });
        json_decref(what);
    }
    return true;
}

static void script_done(Script *s)
{
    while (s->threads) {
        Thread *thread = s->threads;
        s->threads = thread->next;
        thread_done(s, thread);
    }
    cwasm_linker_free(s->linker);
    cwasm_store_free(s->store);
    for (size_t i = 0; i < s->modules.n; i++)
        cwasm_module_free(s->modules.at[i].module);
    lives_done(&s->modules);
    lives_done(&s->named);
    lives_done(&s->registered);
    for (size_t i = 0; i < s->n_loans; i++)
        cwasm_shared_memory_free(s->loans[i].memory);
    free(s->loans);
}

void script_run(cwasm_engine *engine, const char *name, const char *json_path, const ScriptOptions *options, Tally *tally, FILE *out)
{
    json_error_t wrong;
    Script *s = must(calloc(1, sizeof *s));
    char *folder = must(strdup(json_path));
    *strrchr(folder, '/') = 0;
    json_t *json = json_load_file(json_path, JSON_ALLOW_NUL, &wrong);
    if (!json) {
        fprintf(out, "FAIL %s: %s at line %d of the JSON\n", name, wrong.text, wrong.line);
        s->tally.count[FAILED]++;
    } else if (!script_init(s, engine, name, folder, options, out)) {
        fprintf(out, "FAIL %s: %s\n", name, s->why);
        s->tally.count[FAILED]++;
    } else {
        run_commands(s, json_object_get(json, "commands"));
    }
    script_done(s);
    tally_add(tally, &s->tally);
    json_decref(json);
    free(folder);
    free(s);
}

void tally_add(Tally *sum, const Tally *part)
{
    for (size_t i = 0; i < MAX_FEATURES && part->not_yet[i].feature; i++)
        count_not_yet(sum, part->not_yet[i].feature, part->not_yet[i].n);
    for (int i = 0; i < N_VERDICTS; i++)
        if (i != NOT_YET)
            sum->count[i] += part->count[i];
    sum->drift += part->drift;
}
