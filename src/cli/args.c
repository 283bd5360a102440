/* args.c - the tables of commands and options, and the parser they drive. */
#include "cli/args.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* ---- Option values --------------------------------------------------------------------------------------------- */

/* A setter returns NULL, or what is wrong with the value. Values are never NULL for options that take one. */
typedef const char *Setter(Args *args, char *value);

static const char *parse_u64(const char *text, uint64_t *out, const char **end)
{
    if (*text < '0' || *text > '9')
        return "a number is wanted";
    uint64_t x = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        if (__builtin_mul_overflow(x, 10, &x) || __builtin_add_overflow(x, (uint64_t)(*text - '0'), &x))
            return "the number is too large";
    *out = x;
    *end = text;
    return NULL;
}

const char *cw_parse_number(const char *text, uint64_t *out)
{
    const char *end, *wrong = parse_u64(text, out, &end);
    return wrong ? wrong : *end ? "a whole number is wanted" : NULL;
}

const char *cw_parse_size(const char *text, uint64_t *out)
{
    const char *end, *wrong = parse_u64(text, out, &end);
    if (wrong)
        return wrong;
    static const char units[] = "kmgt";
    unsigned shift = 0;
    if (*end) {
        const char *unit = strchr(units, *end | 0x20);
        if (!unit)
            return "a size is a number with K, M, G or nothing after it";
        shift = 10 * (unsigned)(unit - units + 1);
        end++;
        if (*end == 'i')
            end++;
        if (*end == 'B' || *end == 'b')
            end++;
    }
    if (*end)
        return "a size is a number with K, M, G or nothing after it";
    if (shift && *out >> (64 - shift))
        return "the size is too large";
    *out <<= shift;
    return NULL;
}

/* 2s, 500ms, 1.5s, 2m, 1h; a number alone is seconds */
static const char *parse_duration(const char *text, uint64_t *ns)
{
    static const char usage[] = "a duration is a number with ms, s, m, h or d after it";
    static const struct { const char *name; double factor; } units[] = {
        { "", 1e9 }, { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "m", 60e9 }, { "min", 60e9 }, { "h", 3600e9 },
        { "d", 86400e9 },
    };
    if (!((*text >= '0' && *text <= '9') || *text == '.') || text[1] == 'x' || text[1] == 'X')
        return usage;
    char *end;
    double x = strtod(text, &end);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(end, units[i].name) != 0)
            continue;
        x *= units[i].factor;
        if (!(x >= 1000) || x > 9e18)
            return "the duration must be at least 1 us and at most 290 years";
        *ns = (uint64_t)x;
        return NULL;
    }
    return usage;
}

bool cw_args_lists(Args *args)
{
    if (!args->grants) {
        args->grants = calloc(args->capacity, sizeof *args->grants);
        args->envs = calloc(args->capacity, sizeof *args->envs);
        args->features = calloc(args->capacity, sizeof *args->features);
        args->nets = calloc(args->capacity, sizeof *args->nets);
        args->listens = calloc(args->capacity, sizeof *args->listens);
        args->dns_servers = calloc(args->capacity, sizeof *args->dns_servers);
        args->preloads = calloc(args->capacity, sizeof *args->preloads);
    }
    return args->grants && args->envs && args->features && args->nets && args->listens && args->dns_servers && args->preloads;
}

static const char *add_grant(Args *args, GrantKind kind, char *value)
{
    if (!cw_args_lists(args))
        return "out of memory";
    return cw_grant_parse(kind, value, &args->grants[args->n_grants++]);
}

static const char *set_dir(Args *args, char *value) { return add_grant(args, GRANT_DIR, value); }
static const char *set_file(Args *args, char *value) { return add_grant(args, GRANT_FILE, value); }
static const char *set_tmpfs(Args *args, char *value) { return add_grant(args, GRANT_TMPFS, value); }
static const char *set_overlay(Args *args, char *value) { return add_grant(args, GRANT_OVERLAY, value); }

static const char *set_env(Args *args, char *value)
{
    if (!cw_args_lists(args))
        return "out of memory";
    if (!*value || *value == '=')
        return "the variable's name is empty";
    args->envs[args->n_envs++] = value;
    return NULL;
}

static const char *add_word(Args *args, const char ***list, size_t *n, const char *word)
{
    if (!cw_args_lists(args))
        return "out of memory";
    (*list)[(*n)++] = word;
    return NULL;
}

static const char *set_net(Args *args, char *value) { return add_word(args, &args->nets, &args->n_nets, value); }
static const char *set_dns_server(Args *args, char *value) { return add_word(args, &args->dns_servers, &args->n_dns_servers, value); }
static const char *set_listen_fds(Args *args, char *value) { (void)value; args->listen_fds = true; return NULL; }

static const char *add_listen(Args *args, ListenGrant grant)
{
    if (!cw_args_lists(args))
        return "out of memory";
    args->listens[args->n_listens++] = grant;
    return NULL;
}

static const char *set_listen(Args *args, char *value) { return add_listen(args, (ListenGrant){ value, false }); }
static const char *set_tcplisten(Args *args, char *value) { return add_listen(args, (ListenGrant){ value, true }); }

/* Says by itself what is wrong. */
static const char *set_manifest(Args *args, char *value) { return cw_manifest_read(args, value) ? NULL : ""; }

static const char *set_print_capabilities(Args *args, char *value)
{
    args->print_capabilities = true;
    args->print_json = value && strcmp(value, "json") == 0;
    return value && !args->print_json ? "must be json, or nothing" : NULL;
}

static const char *set_inherit_env(Args *args, char *value) { (void)value; args->inherit_env = true; return NULL; }
static const char *set_argv0(Args *args, char *value) { args->argv0 = value; return NULL; }
static const char *set_invoke(Args *args, char *value) { args->invoke = value; return NULL; }
static const char *set_path_walk(Args *args, char *value) { (void)value; args->path_walk = true; return NULL; }
static const char *set_no_second_wall(Args *args, char *value) { (void)value; args->second_wall = SECOND_WALL_OFF; return NULL; }

static const char *set_preload(Args *args, char *value)
{
    char *equals = strchr(value, '=');
    if (!equals || equals == value || !equals[1])
        return "must be NAME=FILE";
    if (!cw_args_lists(args))
        return "out of memory";
    *equals = '\0';
    args->preloads[args->n_preloads++] = value;
    return NULL;
}

static const char *set_unknown_imports(Args *args, char *value)
{
    args->unknown_traps = strcmp(value, "trap") == 0;
    return args->unknown_traps || strcmp(value, "error") == 0 ? NULL : "must be error or trap";
}

static const char *set_custom(Args *args, char *value) { (void)value; args->custom = true; return NULL; }
static const char *set_imports(Args *args, char *value) { (void)value; args->imports = true; return NULL; }
static const char *set_exports(Args *args, char *value) { (void)value; args->exports = true; return NULL; }
static const char *set_sections(Args *args, char *value) { (void)value; args->sections = true; return NULL; }
static const char *set_timeout(Args *args, char *value) { return parse_duration(value, &args->timeout_ns); }
static const char *set_max_memory(Args *args, char *value) { return cw_parse_size(value, &args->max_memory); }
static const char *set_max_heap(Args *args, char *value) { return cw_parse_size(value, &args->max_heap); }

static const char *set_max_handles(Args *args, char *value)
{
    uint64_t n = 0;
    const char *wrong = cw_parse_number(value, &n);
    if (!wrong && (n < 4 || n > 65536))
        return "between 4 and 65536 descriptors can be allowed";
    args->max_handles = (uint32_t)n;
    return wrong;
}

static const char *set_fuel(Args *args, char *value)
{
    const char *end, *wrong = parse_u64(value, &args->fuel, &end);
    args->has_fuel = true;
    return wrong ? wrong : *end ? "a whole number is wanted" : NULL;
}

static const char *set_max_threads(Args *args, char *value)
{
    uint64_t n = 0;
    const char *end, *wrong = parse_u64(value, &n, &end);
    args->max_threads = (uint32_t)n;
    return wrong ? wrong : *end || n == 0 || n > 65536 ? "a number from 1 to 65536 is wanted" : NULL;
}

static const char *set_extra(Args *args, char *value)
{
    args->threads = strcmp(value, "threads=n") != 0;
    return !args->threads || strcmp(value, "threads") == 0 || strcmp(value, "threads=y") == 0 ? NULL : "there is only threads";
}

static const char *set_stack_size(Args *args, char *value)
{
    uint64_t size = 0;
    const char *wrong = cw_parse_size(value, &size);
    if (!wrong && (size < 64 * 1024 || size > SIZE_MAX / 2))
        return "the guest stack is at least 64K";
    args->stack_size = (size_t)size;
    return wrong;
}

static const char *set_compile(Args *args, char *value)
{
    static const struct { const char *name; cwasm_compile compile; } names[] = {
        { "lazy", CWASM_COMPILE_LAZY }, { "eager", CWASM_COMPILE_EAGER }, { "lazy-validation", CWASM_COMPILE_LAZY_VALIDATION },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(value, names[i].name) == 0) {
            args->compile = names[i].compile;
            return NULL;
        }
    }
    return "must be eager, lazy or lazy-validation";
}

static const char *set_dispatch(Args *args, char *value)
{
    static const struct { const char *name; cwasm_dispatch dispatch; } names[] = {
        { "auto", CWASM_DISPATCH_AUTO }, { "switch", CWASM_DISPATCH_SWITCH },
        { "goto", CWASM_DISPATCH_GOTO }, { "tail", CWASM_DISPATCH_TAIL },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(value, names[i].name) != 0)
            continue;
        if (!cwasm_has_dispatch(names[i].dispatch))
            return "this build does not have it (see cwasm --version)";
        args->dispatch = names[i].dispatch;
        return NULL;
    }
    return "must be auto, switch, goto or tail";
}

static const char *set_bounds(Args *args, char *value)
{
    if (strcmp(value, "explicit") != 0 && strcmp(value, "guard") != 0)
        return "must be explicit or guard";
    args->bounds = *value == 'g' ? CWASM_BOUNDS_GUARD : CWASM_BOUNDS_EXPLICIT;
    return NULL;
}

static const char *set_second_wall(Args *args, char *value)
{
    static const char *const names[] = { "on", "off", "require" };   /* in the order of SecondWall */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(value, names[i]) == 0) {
            args->second_wall = (SecondWall)i;
            return NULL;
        }
    }
    return "must be on, off or require";
}

/* Seconds since 1970, or 2024-02-29, or 2024-02-29T12:00:00Z */
static const char *parse_time(const char *text, int64_t *ns)
{
    static const char usage[] = "a time is seconds since 1970, or 2024-02-29, or 2024-02-29T12:00:00Z";
    static const uint64_t most = INT64_MAX / 1000000000;
    const char *end;
    uint64_t x[6] = { 0 };
    if (parse_u64(text, &x[0], &end))
        return usage;
    if (*end == '-') {
        for (size_t i = 1; i < 6; i++) {
            if (*end != "?--T::"[i] || parse_u64(end + 1, &x[i], &end) || x[i] > 60)
                return usage;
            if (i == 2 && !*end)
                break;
        }
        if (*end && strcmp(end, "Z") != 0)
            return usage;
        if (x[0] < 1970 || x[0] > 2261 || x[1] < 1 || x[1] > 12 || x[2] < 1 || x[2] > 31 || x[3] > 23 || x[4] > 59)
            return usage;
        /* days of the proleptic Gregorian calendar; the year begins in March */
        uint64_t y = x[0] - (x[1] <= 2), m = (x[1] + 9) % 12;
        uint64_t days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + x[2] - 1 - 719468;
        x[0] = ((days * 24 + x[3]) * 60 + x[4]) * 60 + x[5];
    } else if (*end) {
        return usage;
    }
    if (x[0] > most)
        return "the time is too far away";
    *ns = (int64_t)(x[0] * 1000000000);
    return NULL;
}

static const char *set_clock(Args *args, char *value)
{
    static const char usage[] = "must be real, fixed, fixed:TIME or offset:DELTA";
    if (strcmp(value, "real") == 0 || strcmp(value, "fixed") == 0) {
        args->clock = *value == 'r' ? CWASM_CLOCK_REAL : CWASM_CLOCK_FIXED;
        args->clock_ns = 946684800ll * 1000000000;   /* 2000-01-01 */
        return NULL;
    }
    if (strncmp(value, "fixed:", 6) == 0) {
        args->clock = CWASM_CLOCK_FIXED;
        return parse_time(value + 6, &args->clock_ns);
    }
    if (strncmp(value, "offset:", 7) != 0)
        return usage;
    uint64_t ns;
    const char *text = value + 7, *wrong = parse_duration(text + (*text == '-' || *text == '+'), &ns);
    args->clock = CWASM_CLOCK_OFFSET;
    args->clock_ns = wrong ? 0 : *text == '-' ? -(int64_t)ns : (int64_t)ns;
    return wrong;
}

static const char *set_random_seed(Args *args, char *value)
{
    const char *end, *wrong = parse_u64(value, &args->random_seed, &end);
    args->has_random_seed = true;
    return wrong ? wrong : *end ? "a whole number is wanted" : NULL;
}

static const char *set_trace(Args *args, char *value)
{
    args->trace = value ? value : "";
    return cw_trace_filter_wrong(args->trace);
}

static const char *set_trace_output(Args *args, char *value)
{
    args->trace_output = value;
    return *value ? NULL : "a file is wanted";
}

static const char *set_trace_format(Args *args, char *value)
{
    args->trace_json = strcmp(value, "json") == 0;
    return args->trace_json || strcmp(value, "text") == 0 ? NULL : "must be text or json";
}

static const char *set_feature(Args *args, char *value)
{
    if (!cw_args_lists(args))
        return "out of memory";
    args->features[args->n_features++] = value;
    return NULL;
}

static const char *set_report(Args *args, char *value)
{
    if (strncmp(value, "json:", 5) != 0 || !value[5])
        return "must be json:FILE or json:DESCRIPTOR";
    value += 5;
    uint64_t fd;
    const char *end;
    args->report = value;
    args->report_fd = -1;
    if (!parse_u64(value, &fd, &end) && !*end && fd <= INT32_MAX) {
        args->report = NULL;
        args->report_fd = (int)fd;
    }
    return NULL;
}

/* ---- Tables ---------------------------------------------------------------------------------------------------- */

#define AFTER_MODULE 1024u   /* still ours directly after the module */
#define ALL (CMD_RUN | CMD_VALIDATE | CMD_INSPECT | CMD_DISASM)

typedef struct Option {
    const char *name;      /* without dashes; one letter: a short option */
    const char *argument;  /* NULL: takes none; "[=X]": may take one, after '=' */
    unsigned where;        /* commands, and AFTER_MODULE */
    Setter *set;
    const char *help;
} Option;

static const Option options[] = {
    { "dir", "HOST[::GUEST][:ro]", CMD_RUN | AFTER_MODULE, set_dir, "hand a directory to the guest; it sees it as GUEST (default: HOST)" },
    { "file", "HOST[::GUEST][:ro]", CMD_RUN | AFTER_MODULE, set_file, "hand a single file to the guest" },
    { "tmpfs", "GUEST[:SIZE]", CMD_RUN | AFTER_MODULE, set_tmpfs, "an empty directory in memory; also GUEST:size=64M,inodes=1000" },
    { "overlay", "LOWER::GUEST[::UPPER]", CMD_RUN | AFTER_MODULE, set_overlay,
      "a directory that the guest can change without changing LOWER: changes are kept in memory, or in UPPER" },
    { "env", "NAME[=VALUE]", CMD_RUN | AFTER_MODULE, set_env, "set a variable for the guest; without VALUE: the one of this process" },
    { "inherit-env", NULL, CMD_RUN, set_inherit_env, "hand all variables of this process to the guest" },
    { "net", "RULE[,RULE...]", CMD_RUN, set_net, "what the guest may do on the network: tcp:10.0.0.0/8:443,dns:*.x.org (default: none)" },
    { "listen", "ADDRESS[,nonblock]", CMD_RUN, set_listen, "listen at tcp://HOST:PORT or unix:PATH and hand the listener to the guest" },
    { "tcplisten", "HOST:PORT", CMD_RUN, set_tcplisten, "the same as --listen tcp://HOST:PORT,nonblock" },
    { "listen-fds", NULL, CMD_RUN, set_listen_fds, "hand over the sockets of socket activation (LISTEN_FDS, systemd.socket)" },
    { "dns-server", "ADDRESS[:PORT]", CMD_RUN, set_dns_server, "look names up there, not at the servers of /etc/resolv.conf" },
    { "argv0", "NAME", CMD_RUN, set_argv0, "what the guest sees as its own name (default: MODULE)" },
    { "invoke", "FUNC", CMD_RUN, set_invoke, "call an exported function; its arguments follow the module" },
    { "preload", "NAME=FILE", CMD_RUN, set_preload, "instantiate another module first: its exports are what imports of module NAME find" },
    { "unknown-imports", "error|trap", CMD_RUN, set_unknown_imports, "what functions are that nothing provides: an error (default), or a trap if they are called" },
    { "fuel", "N", CMD_RUN, set_fuel, "trap after about N WebAssembly instructions" },
    { "timeout", "TIME", CMD_RUN, set_timeout, "trap after this wall-clock time: 500ms, 2s, 5m" },
    { "max-memory", "SIZE", CMD_RUN, set_max_memory, "largest size of a linear memory: 64M, 1G" },
    { "max-heap", "SIZE", CMD_RUN, set_max_heap, "most memory for structures, arrays and exceptions (default: 1G)" },
    { "manifest", "FILE", CMD_RUN, set_manifest, "a TOML file that says what the guest is handed, and its limits" },
    { "print-capabilities", "[json]", CMD_RUN, set_print_capabilities, "say what the guest would be handed, and end" },
    { "max-handles", "N", CMD_RUN, set_max_handles, "most descriptors open at a time" },
    { "S", "threads[=y|n]", CMD_RUN, set_extra, "let the guest start threads (wasi-threads)" },
    { "max-threads", "N", CMD_RUN, set_max_threads, "how many threads at a time beside the main one (default: 1024)" },
    { "stack-size", "SIZE", CMD_RUN, set_stack_size, "size of the guest's stack (default: 8M)" },
    { "report", "json:FILE|json:FD", CMD_RUN, set_report, "write how the run ended as JSON to a file or open descriptor" },
    { "path-walk", NULL, CMD_RUN, set_path_walk, "resolve guest paths step by step, without openat2" },
    { "second-wall", "on|off|require", CMD_RUN, set_second_wall, "confine this process by the kernel, too: where it can (default), not, or must" },
    { "no-second-wall", NULL, CMD_RUN, set_no_second_wall, "the same as --second-wall=off" },
    { "clock", "real|fixed[:TIME]|offset:DELTA", CMD_RUN, set_clock, "the time the guest sees; fixed: the same in every run" },
    { "random-seed", "N", CMD_RUN, set_random_seed, "random numbers for the guest that are the same in every run" },
    { "trace-wasi", "[=FILTER]", CMD_RUN, set_trace, "show each call to the host: all, or names, families (fd, path), fd=N, errors; summary" },
    { "trace-wasi-output", "FILE", CMD_RUN, set_trace_output, "write that to a file instead of stderr" },
    { "trace-wasi-format", "text|json", CMD_RUN, set_trace_format, "one line of text (default) or one JSON object per call" },
    { "compile", "eager|lazy|lazy-validation", CMD_RUN, set_compile, "translate all functions at load, or each at its first call (default); lazy-validation also checks them only then" },
    { "dispatch", "auto|switch|goto|tail", CMD_RUN, set_dispatch, "which interpreter loop, of those in this build" },
    { "bounds", "explicit|guard", CMD_RUN, set_bounds, "how memory accesses are checked: compare (default) or guard pages" },
    { "W", "FEATURE[=y|n]", ALL, set_feature, "switch a WebAssembly proposal (or all) on or off; -W help lists them" },
    { "custom", NULL, CMD_VALIDATE, set_custom, "check custom sections that have a meaning, too: branch hints" },
    { "imports", NULL, CMD_INSPECT, set_imports, "list imports only" },
    { "exports", NULL, CMD_INSPECT, set_exports, "list exports only" },
    { "sections", NULL, CMD_INSPECT, set_sections, "list sections only" },
};
enum { N_OPTIONS = sizeof options / sizeof options[0] };

typedef struct CommandRow {
    const char *name;
    Command command;
    const char *words;
    const char *help;
} CommandRow;

static const CommandRow commands[] = {
    { "run", CMD_RUN, "[options] MODULE [arguments]", "run a WASI program, or one function of a module" },
    { "validate", CMD_VALIDATE, "[options] MODULE...", "check modules; silent if they are valid" },
    { "inspect", CMD_INSPECT, "[options] MODULE", "list imports, exports and sections" },
    { "disasm", CMD_DISASM, "[options] MODULE [FUNC...]", "print the internal code of functions, given by name or index" },
    { "help", CMD_HELP, "[COMMAND]", "print help" },
    { "version", CMD_VERSION, "", "print version, interpreter loops, C library, compiler, features" },
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

/* What other runtimes call these things. */
static const struct { const char *theirs, *ours; } foreign[] = {
    { "mapdir", "--dir HOST::GUEST" }, { "map-dir", "--dir HOST::GUEST" }, { "volume", "--dir HOST::GUEST" },
    { "mount", "--dir HOST::GUEST" }, { "wasi-dir", "--dir HOST::GUEST" }, { "v", "--dir HOST::GUEST" },
    { "preopen", "--dir HOST::GUEST" }, { "listenfd", "--listen-fds" }, { "addr-pool", "--net tcp:ADDRESS/BITS" },
    { "allow-resolve", "--net dns:NAME" },
    { "e", "--env NAME=VALUE" }, { "wasi-env", "--env NAME=VALUE" }, { "forward-host-env", "--inherit-env" }, { "env-inherit", "--inherit-env" },
    { "threads", "-S threads" }, { "func", "--invoke FUNC" }, { "f", "--invoke FUNC" }, { "reactor", "--invoke FUNC" },
    { "gas-limit", "--fuel N" }, { "time-limit", "--timeout TIME" }, { "memory-page-limit", "--max-memory SIZE" },
    { "max-memory-size", "--max-memory SIZE" }, { "max-wasm-stack", "--stack-size SIZE" }, { "heap-size", "--max-memory SIZE" },
};

/* ---- Help ------------------------------------------------------------------------------------------------------ */

static void help_row(Out *out, const char *left, const char *argument, const char *help)
{
    bool is_short = left[0] && !left[1];
    size_t n = 2 + (is_short ? 1 : 2) + strlen(left) + (argument ? 1 + strlen(argument) : 0);
    cw_out_text(out, is_short ? "  -" : "  --");
    cw_out_text(out, left);
    if (argument) {
        cw_out_char(out, is_short ? ' ' : '=');
        cw_out_text(out, argument);
    }
    if (n > 32) {
        cw_out_char(out, '\n');
        n = 0;
    }
    cw_out_pad(out, n, 34);
    cw_out_text(out, help);
    cw_out_char(out, '\n');
}

static void help_all(Out *out)
{
    cw_out_text(out, "cwasm " CWASM_VERSION " - runs WebAssembly programs\n\n"
                     "  cwasm run [options] MODULE [arguments]\n"
                     "  cwasm MODULE [arguments]          short for run\n\nCommands\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        cw_out_text(out, "  ");
        cw_out_text(out, commands[i].name);
        cw_out_pad(out, 2 + strlen(commands[i].name), 12);
        cw_out_text(out, commands[i].help);
        cw_out_char(out, '\n');
    }
    cw_out_text(out, "\n'cwasm help COMMAND' lists the options of a command.\n");
}

static void help_command(Out *out, const CommandRow *row)
{
    cw_out_text(out, "cwasm ");
    cw_out_text(out, row->name);
    cw_out_char(out, ' ');
    cw_out_text(out, row->words);
    cw_out_text(out, "\n\n  ");
    cw_out_text(out, row->help);
    cw_out_text(out, "\n\n");
    bool any = false;
    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (!(options[i].where & row->command))
            continue;
        if (!any)
            cw_out_text(out, "Options\n");
        any = true;
        help_row(out, options[i].name, options[i].argument, options[i].help);
    }
    if (row->command != CMD_RUN)
        return;
    cw_out_text(out, "\nMODULE is a file, or - for stdin. Directly after it --dir, --file, --tmpfs, --overlay and --env are still cwasm's, up to the\n"
                     "first other word; from there on everything is the guest's. -- ends ours explicitly.\n\n"
                     "Exit status: the guest's own; 134 after a trap, 126 if the module cannot be run, 127 if there is none,\n"
                     "2 for a wrong command line, 128 + N when signal N ended it.\n");
}

static const CommandRow *find_command(const char *word)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(word, commands[i].name) == 0)
            return &commands[i];
    return NULL;
}

static int print_help(const CommandRow *row)
{
    Out out;
    cw_out_init(&out, 1);
    if (row)
        help_command(&out, row);
    else
        help_all(&out);
    return cw_out_flush(&out) ? 0 : STATUS_FAILED;
}

static int print_features(void)
{
    Out out;
    cw_out_init(&out, 1);
    bool implemented, on;
    const char *name;
    for (size_t i = 0; (name = cwasm_feature_name(i, &implemented, &on)); i++) {
        cw_out_text(&out, "  ");
        cw_out_text(&out, name);
        cw_out_pad(&out, 2 + strlen(name), 26);
        cw_out_text(&out, !implemented ? "not implemented yet\n" : on ? "on\n" : "off\n");
    }
    return cw_out_flush(&out) ? 0 : STATUS_FAILED;
}

/* ---- Suggestions ----------------------------------------------------------------------------------------------- */

/* Number of insertions, deletions, replacements and swaps of neighbours between a and b; words over 31 characters are far. */
static size_t edit_distance(const char *a, const char *b)
{
    enum { MAX = 32 };
    size_t n = strlen(a), m = strlen(b);
    if (n >= MAX || m >= MAX)
        return MAX;
    size_t d[MAX][MAX];
    for (size_t i = 0; i <= n; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= m; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        for (size_t j = 1; j <= m; j++) {
            size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[n][m];
}

/* How far a word may be from what it was meant to be. */
static size_t allowed_distance(const char *word)
{
    size_t length = strlen(word);
    return length < 3 ? 1 : length < 8 ? 2 : 3;
}

static size_t distance(const char *word, const char *candidate)
{
    size_t d = edit_distance(word, candidate), length = strlen(word);
    if (length >= 3 && strncmp(word, candidate, length) == 0 && d > allowed_distance(word))
        d = allowed_distance(word);   /* the beginning of a long name */
    return d < strlen(candidate) ? d : SIZE_MAX;
}

bool cw_is_near(const char *word, const char *candidate)
{
    return distance(word, candidate) <= allowed_distance(word);
}

const char *cw_nearest(const char *word, const char *(*next)(const void *ctx, size_t i), const void *ctx)
{
    const char *candidate, *best = NULL;
    size_t least = allowed_distance(word) + 1;
    for (size_t i = 0; (candidate = next(ctx, i)); i++) {
        size_t d = distance(word, candidate);
        if (d < least) {
            least = d;
            best = candidate;
        }
    }
    return best;
}

static const char *option_candidate(const void *ctx, size_t i)
{
    (void)ctx;
    static const char *const more[] = { "help", "version" };
    return i < N_OPTIONS ? options[i].name : i < N_OPTIONS + 2 ? more[i - N_OPTIONS] : NULL;
}

static const char *command_candidate(const void *ctx, size_t i)
{
    (void)ctx;
    return i < N_COMMANDS ? commands[i].name : NULL;
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
        for (size_t i = 0; i < N_OPTIONS; i++) {
            if (!options[i].name[1] && options[i].name[0] == word[1]) {
                *size = 2;
                return &options[i];
            }
        }
        return NULL;
    }
    const char *name = word + 2;
    size_t n = strcspn(name, "=");
    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (strlen(options[i].name) == n && n > 1 && memcmp(options[i].name, name, n) == 0) {
            *size = n + 2;
            return &options[i];
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
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        if (strcmp(name, foreign[i].theirs) == 0) {
            cw_complain("unknown option %.*s; here it is %s", shown, word, foreign[i].ours);
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
        return fail(p, print_help(p->row));
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
    if (option->set == set_feature && value && strcmp(value, "help") == 0)
        return fail(p, print_features());
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
        if (!all)
            return fail(p, STATUS_FAILED);
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
        return fail(p, print_help(NULL));
    const CommandRow *row = find_command(*p->word);
    if (row)
        return fail(p, print_help(row));
    const char *near = cw_nearest_command(*p->word);
    cw_complain("no command '%s'%s%s%s", *p->word, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return fail(p, STATUS_USAGE);
}

const char *cw_args_set(Args *args, const char *name, char *value)
{
    for (size_t i = 0; i < N_OPTIONS; i++)
        if (strcmp(options[i].name, name) == 0)
            return options[i].set(args, value);
    return "this version has no such option";
}

bool cw_args_parse(Args *args, int argc, char **argv, int *status)
{
    *args = (Args){ .report_fd = -1, .capacity = (size_t)argc };
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--manifest", 10) == 0)
            args->capacity = (size_t)argc + MANIFEST_MAX;
    Parser p = { args, &commands[0], argv + 1, argv + argc, 0 };
    if (argc < 2) {
        cw_complain("runs WebAssembly programs: cwasm run [options] MODULE [arguments]; see cwasm --help");
        *status = STATUS_USAGE;
        return false;
    }
    const char *first = argv[1];
    const CommandRow *row = find_command(first);
    bool ok;
    if (row) {
        p.row = row;
        p.word++;
    } else if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
        *status = print_help(NULL);
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
