/* args.c - the parser of the command line; the tables that drive it are in options.c. */
#include "cli/args.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"

const CommandRow *cw_find_command(const char *word)
{
    for (size_t i = 0; i < cw_n_commands; i++)
        if (strcmp(word, cw_commands[i].name) == 0)
            return &cw_commands[i];
    return NULL;
}

/* ---- Suggestions ----------------------------------------------------------------------------------------------- */

static const char *option_candidate(const void *ctx, size_t i)
{
    (void)ctx;
    static const char *const more[] = { "help", "version" };
    return i < cw_n_options ? cw_options[i].name : i < cw_n_options + 2 ? more[i - cw_n_options] : NULL;
}

static const char *command_candidate(const void *ctx, size_t i)
{
    (void)ctx;
    return i < cw_n_commands ? cw_commands[i].name : NULL;
}

const char *cw_nearest_command(const char *word)
{
    return cw_nearest(word, command_candidate, NULL);
}

const char *cw_feature_candidate(const void *ctx, size_t i)
{
    (void)ctx;
    return cwasm_feature_name(i, NULL, NULL);
}

/* ---- Parser ---------------------------------------------------------------------------------------------------- */

typedef struct Parser {
    Args *args;
    const CommandRow *row;
    char **word, **end;
    int status;
} Parser;

/* The option that `word` names, its length in *size: up to '='. NULL if there is none. */
static const Option *find_option(const char *word, size_t *size)
{
    if (word[0] == '-' && word[1] != '-') {   /* -W x, -Wx, -W=x */
        for (size_t i = 0; i < cw_n_options; i++) {
            if (!cw_options[i].name[1] && cw_options[i].name[0] == word[1]) {
                *size = 2;
                return &cw_options[i];
            }
        }
        return NULL;
    }
    const char *name = word + 2;
    size_t n = strcspn(name, "=");
    for (size_t i = 0; i < cw_n_options; i++) {
        const char *option = cw_options[i].name;
        if (option[0] == name[0] && n > 1 && strncmp(option, name, n) == 0 && !option[n]) {
            *size = n + 2;
            return &cw_options[i];
        }
    }
    return NULL;
}

static bool fail(Parser *p, int status)
{
    p->status = status;
    return false;
}

static bool unknown_option(Parser *p, const char *word)
{
    char name[64];
    const char *bare = word + strspn(word, "-");
    size_t n = strcspn(bare, "=");
    if (n >= sizeof name)
        n = sizeof name - 1;
    memcpy(name, bare, n);
    name[n] = '\0';
    int shown = (int)(bare - word) + (int)n;
    for (size_t i = 0; i < cw_n_foreign; i++) {
        if (strcmp(name, cw_foreign[i].theirs) == 0) {
            cw_complain("unknown option %.*s; here it is %s", shown, word, cw_foreign[i].ours);
            return fail(p, STATUS_USAGE);
        }
    }
    const char *near = n > 0 ? cw_nearest(name, option_candidate, NULL) : NULL;
    if (near)
        cw_complain("unknown option %.*s; did you mean %s%s?", shown, word, near[1] ? "--" : "-", near);
    else
        cw_complain("unknown option %.*s; 'cwasm help %s' lists them", shown, word, p->row->name);
    return fail(p, STATUS_USAGE);
}

/* Handles the option at p->word and moves past it. */
static bool parse_option(Parser *p)
{
    char *word = *p->word++;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return fail(p, cw_print_help(p->row));
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return fail(p, cw_cmd_version());
    size_t size = 0;
    const Option *option = find_option(word, &size);
    if (!option)
        return unknown_option(p, word);
    if (!(option->where & p->row->command)) {
        cw_complain("option %.*s does not apply to '%s'", (int)size, word, p->row->name);
        return fail(p, STATUS_USAGE);
    }
    char *value = NULL;
    if (word[size])
        value = word + size + (word[size] == '=');
    if (!option->argument && value) {
        cw_complain("option %.*s takes no value", (int)size, word);
        return fail(p, STATUS_USAGE);
    }
    if (option->argument && option->argument[0] != '[' && !value) {
        if (p->word == p->end) {
            cw_complain("option %s wants a value: %s", word, option->argument);
            return fail(p, STATUS_USAGE);
        }
        value = *p->word++;
    }
    if (strcmp(option->name, "W") == 0 && value && strcmp(value, "help") == 0)
        return fail(p, cw_print_features());
    char shown[80];   /* setters cut the value */
    shown[0] = '\0';
    if (value)
        strncat(shown, value, sizeof shown - 1);
    const char *wrong = option->set(p->args, value);
    if (wrong && !*wrong)
        return fail(p, STATUS_USAGE);   /* it has said so */
    if (wrong) {
        cw_complain("%.*s %s: %s", (int)size, word, shown, wrong);
        return fail(p, STATUS_USAGE);
    }
    return true;
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1];
}

/* run: options, module, closed list, the guest's words. */
static bool parse_run(Parser *p)
{
    Args *args = p->args;
    bool ended = false;
    while (p->word < p->end && is_option(*p->word) && !ended) {
        if (strcmp(*p->word, "--") == 0) {
            p->word++;
            ended = true;
        } else if (!parse_option(p)) {
            return false;
        }
    }
    if (p->word == p->end && !args->print_capabilities) {
        cw_complain("no module given; 'cwasm help run' says how");
        return fail(p, STATUS_USAGE);
    }
    args->module = p->word < p->end ? *p->word++ : "";
    while (!ended && p->word < p->end && is_option(*p->word)) {
        if (strcmp(*p->word, "--") == 0) {
            p->word++;
            break;
        }
        size_t size;
        const Option *option = find_option(*p->word, &size);
        if (!option || !(option->where & AFTER_MODULE))
            break;
        if (!parse_option(p))
            return false;
    }
    args->rest = p->word;
    args->n_rest = (size_t)(p->end - p->word);
    if (!args->argv0)
        args->argv0 = args->module;
    args->rest[-1] = (char *)(uintptr_t)args->argv0;   /* the word before them was ours */
    if (args->n_more) {
        char **all = calloc(1 + args->n_more + args->n_rest, sizeof *all);
        if (!all) {
            cw_complain("out of memory");
            return fail(p, STATUS_NOT_RUNNABLE);
        }
        memcpy(all + 1, args->more, args->n_more * sizeof *all);
        memcpy(all + 1 + args->n_more, args->rest, args->n_rest * sizeof *all);
        all[0] = args->rest[-1];
        free(args->more);
        args->more = all;
        args->rest = all + 1;
        args->n_rest += args->n_more;
    }
    return true;
}

/* The other commands: options anywhere, the words gathered at the front of argv. */
static bool parse_words(Parser *p)
{
    char **kept = p->word;
    p->args->rest = kept;
    for (bool ended = false; p->word < p->end;) {
        if (ended || !is_option(*p->word)) {
            *kept++ = *p->word++;
        } else if (strcmp(*p->word, "--") == 0) {
            ended = true;
            p->word++;
        } else if (!parse_option(p)) {
            return false;
        }
    }
    p->args->n_rest = (size_t)(kept - p->args->rest);
    if (p->args->n_rest == 0) {
        cw_complain("no module given; 'cwasm help %s' says how", p->row->name);
        return fail(p, STATUS_USAGE);
    }
    p->args->module = p->args->rest[0];
    if (p->row->command == CMD_INSPECT && p->args->n_rest > 1) {
        cw_complain("one module at a time; what is '%s'?", p->args->rest[1]);
        return fail(p, STATUS_USAGE);
    }
    return true;
}

static bool parse_help(Parser *p)
{
    if (p->word == p->end || is_option(*p->word))
        return fail(p, cw_print_help(NULL));
    const CommandRow *row = cw_find_command(*p->word);
    if (row)
        return fail(p, cw_print_help(row));
    const char *near = cw_nearest_command(*p->word);
    cw_complain("no command '%s'%s%s%s", *p->word, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return fail(p, STATUS_USAGE);
}

const char *cw_args_set(Args *args, const char *name, char *value)
{
    for (size_t i = 0; i < cw_n_options; i++)
        if (strcmp(cw_options[i].name, name) == 0)
            return cw_options[i].set(args, value);
    return "this version has no such option";
}

bool cw_args_parse(Args *args, int argc, char **argv, int *status)
{
    *args = (Args){ .report_fd = -1, .capacity = (size_t)argc };
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--manifest", 10) == 0)
            args->capacity = (size_t)argc + MANIFEST_MAX;
    Parser p = { args, &cw_commands[0], argv + 1, argv + argc, 0 };
    if (argc < 2) {
        cw_complain("runs WebAssembly programs: cwasm run [options] MODULE [arguments]; see cwasm --help");
        *status = STATUS_USAGE;
        return false;
    }
    const char *first = argv[1];
    const CommandRow *row = cw_find_command(first);
    bool ok;
    if (row) {
        p.row = row;
        p.word++;
    } else if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
        *status = cw_print_help(NULL);
        return false;
    }
    args->command = p.row->command;
    args->is_short = !row;
    switch (args->command) {
    case CMD_RUN: ok = parse_run(&p); break;
    case CMD_HELP: ok = parse_help(&p); break;
    case CMD_VERSION: ok = fail(&p, cw_cmd_version()); break;
    default: ok = parse_words(&p); break;
    }
    *status = p.status;
    return ok;
}

void cw_args_done(Args *args)
{
    free(args->grants);
    free(args->envs);
    free(args->features);
    free(args->nets);
    free(args->listens);
    free(args->dns_servers);
    free(args->preloads);
    cw_manifest_done(args);
}
