/* options.c - the tables of commands and options: a row is a name, where it may stand, what it sets, and its help. */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/numbers.h"

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
static const char *set_timeout(Args *args, char *value) { return cw_parse_duration(value, &args->timeout_ns); }
/* 0 allows nothing; inside it means that nothing was said. */
static const char *set_limit(char *value, uint64_t *limit)
{
    const char *wrong = cw_parse_size(value, limit);
    *limit += !*limit;
    return wrong;
}

static const char *set_max_memory(Args *args, char *value) { return set_limit(value, &args->max_memory); }
static const char *set_max_heap(Args *args, char *value) { return set_limit(value, &args->max_heap); }

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
    args->has_fuel = true;
    return cw_parse_number(value, &args->fuel);
}

static const char *set_max_threads(Args *args, char *value)
{
    uint64_t n = 0;
    const char *end, *wrong = cw_parse_u64(value, &n, &end);
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

static const char *set_tier_up(Args *args, char *value)
{
    uint64_t runs = UINT32_MAX;
    if (strcmp(value, "never") != 0 && (cw_parse_number(value, &runs) || runs >= UINT32_MAX))
        return "must be a number of runs or never";
    args->tier_up = (uint32_t)runs;
    args->has_tier_up = true;
    return NULL;
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
    static const char *const names[] = { "on", "off", "require" };   /* in the order of SecondWall, which begins with the default */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(value, names[i]) == 0) {
            args->second_wall = (SecondWall)(i + 1);
            return NULL;
        }
    }
    return "must be on, off or require";
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
        return cw_parse_time(value + 6, &args->clock_ns);
    }
    if (strncmp(value, "offset:", 7) != 0)
        return usage;
    uint64_t ns;
    const char *text = value + 7, *wrong = cw_parse_duration(text + (*text == '-' || *text == '+'), &ns);
    args->clock = CWASM_CLOCK_OFFSET;
    args->clock_ns = wrong ? 0 : *text == '-' ? -(int64_t)ns : (int64_t)ns;
    return wrong;
}

static const char *set_random_seed(Args *args, char *value)
{
    args->has_random_seed = true;
    return cw_parse_number(value, &args->random_seed);
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
    if (!cw_parse_u64(value, &fd, &end) && !*end && fd <= INT32_MAX) {
        args->report = NULL;
        args->report_fd = (int)fd;
    }
    return NULL;
}

/* ---- Tables ---------------------------------------------------------------------------------------------------- */

#define ALL (CMD_RUN | CMD_VALIDATE | CMD_INSPECT | CMD_DISASM)

const Option cw_options[] = {
    { "dir", "HOST[::GUEST][:ro,dev]", CMD_RUN | AFTER_MODULE, set_dir, "hand a directory to the guest; it sees it as GUEST (default: HOST)" },
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
    { "print-capabilities", "[=json]", CMD_RUN, set_print_capabilities, "say what the guest would be handed, and end" },
    { "max-handles", "N", CMD_RUN, set_max_handles, "most descriptors open at a time" },
    { "S", "threads[=y|n]", CMD_RUN, set_extra, "let the guest start threads (wasi-threads)" },
    { "max-threads", "N", CMD_RUN, set_max_threads, "how many threads at a time beside the main one (default: 1024)" },
    { "stack-size", "SIZE", CMD_RUN, set_stack_size, "size of the guest's stack (default: 8M)" },
    { "report", "json:FILE|json:FD", CMD_RUN, set_report, "write how the run ended as JSON to a file or open descriptor" },
    { "path-walk", NULL, CMD_RUN, set_path_walk, "resolve guest paths step by step, without openat2" },
    { "second-wall", "on|off|require", CMD_RUN, set_second_wall, "confine this process by the kernel, too: where it can (default; on tells what not), not, or must" },
    { "no-second-wall", NULL, CMD_RUN, set_no_second_wall, "the same as --second-wall=off" },
    { "clock", "real|fixed[:TIME]|offset:DELTA", CMD_RUN, set_clock, "the time the guest sees; fixed: the same in every run" },
    { "random-seed", "N", CMD_RUN, set_random_seed, "random numbers for the guest that are the same in every run" },
    { "trace-wasi", "[=FILTER]", CMD_RUN, set_trace, "show each call to the host: all, or names, families (fd, path), fd=N, errors; summary" },
    { "trace-wasi-output", "FILE", CMD_RUN, set_trace_output, "write that to a file instead of stderr" },
    { "trace-wasi-format", "text|json", CMD_RUN, set_trace_format, "one line of text (default) or one JSON object per call" },
    { "compile", "eager|lazy|lazy-validation", CMD_RUN, set_compile, "translate all functions at load, or each at its first call (default); lazy-validation also checks them only then" },
    { "tier-up", "N|never", CMD_RUN, set_tier_up, "translate a function when it has run so often in place (default: 2; 0: at its first call); in modules with up to 64 KiB of code" },
    { "dispatch", "auto|switch|goto|tail", CMD_RUN, set_dispatch, "which interpreter loop, of those in this build" },
    { "bounds", "explicit|guard", CMD_RUN, set_bounds, "how memory accesses are checked: compare (default) or guard pages" },
    { "W", "FEATURE[=y|n]", ALL, set_feature, "switch a WebAssembly proposal (or all) on or off; -W help lists them" },
    { "custom", NULL, CMD_VALIDATE, set_custom, "check custom sections that have a meaning, too: branch hints" },
    { "imports", NULL, CMD_INSPECT, set_imports, "list imports only" },
    { "exports", NULL, CMD_INSPECT, set_exports, "list exports only" },
    { "sections", NULL, CMD_INSPECT, set_sections, "list sections only" },
};
const size_t cw_n_options = sizeof cw_options / sizeof cw_options[0];

const CommandRow cw_commands[] = {
    { "run", CMD_RUN, "[options] MODULE [arguments]", "run a WASI program, or one function of a module" },
    { "validate", CMD_VALIDATE, "[options] MODULE...", "check modules; silent if they are valid" },
    { "inspect", CMD_INSPECT, "[options] MODULE", "list imports, exports and sections" },
    { "disasm", CMD_DISASM, "[options] MODULE [FUNC...]", "print the internal code of functions, given by name or index" },
    { "help", CMD_HELP, "[COMMAND]", "print help" },
    { "version", CMD_VERSION, "", "print version, interpreter loops, C library, compiler, features" },
};
const size_t cw_n_commands = sizeof cw_commands / sizeof cw_commands[0];

/* What other runtimes call these things. */
const ForeignName cw_foreign[] = {
    { "mapdir", "--dir HOST::GUEST" }, { "map-dir", "--dir HOST::GUEST" }, { "volume", "--dir HOST::GUEST" },
    { "mount", "--dir HOST::GUEST" }, { "wasi-dir", "--dir HOST::GUEST" }, { "v", "--dir HOST::GUEST" },
    { "preopen", "--dir HOST::GUEST" }, { "listenfd", "--listen-fds" }, { "addr-pool", "--net tcp:ADDRESS/BITS" },
    { "allow-resolve", "--net dns:NAME" },
    { "e", "--env NAME=VALUE" }, { "wasi-env", "--env NAME=VALUE" }, { "forward-host-env", "--inherit-env" }, { "env-inherit", "--inherit-env" },
    { "threads", "-S threads" }, { "func", "--invoke FUNC" }, { "f", "--invoke FUNC" }, { "reactor", "--invoke FUNC" },
    { "gas-limit", "--fuel N" }, { "time-limit", "--timeout TIME" }, { "memory-page-limit", "--max-memory SIZE" },
    { "max-memory-size", "--max-memory SIZE" }, { "max-wasm-stack", "--stack-size SIZE" }, { "heap-size", "--max-memory SIZE" },
};
const size_t cw_n_foreign = sizeof cw_foreign / sizeof cw_foreign[0];
