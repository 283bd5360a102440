/* capabilities.c - --print-capabilities: what the guest would be handed, for people or as JSON. */
#include <string.h>

#include "cli/run.h"

static void out_string(Out *out, const char *text)
{
    if (text)
        cw_out_json(out, text, strlen(text));
    else
        cw_out_text(out, "null");
}

static void out_field(Out *out, const char *name, const char *text)
{
    cw_out_text(out, ", \"");
    cw_out_text(out, name);
    cw_out_text(out, "\": ");
    out_string(out, text);
}

static void out_number(Out *out, const char *name, uint64_t x)
{
    cw_out_text(out, ", \"");
    cw_out_text(out, name);
    cw_out_text(out, "\": ");
    cw_out_u64(out, x);
}

static void out_rights(Out *out, const char *name, uint64_t rights)
{
    bool first = true;
    cw_out_text(out, ", \"");
    cw_out_text(out, name);
    cw_out_text(out, "\": [");
    for (unsigned bit = 0; bit < 64; bit++) {
        if (!(rights >> bit & 1) || !cwasm_wasi_right_name(bit))
            continue;
        cw_out_text(out, first ? "\"" : ", \"");
        cw_out_text(out, cwasm_wasi_right_name(bit));
        cw_out_char(out, '"');
        first = false;
    }
    cw_out_char(out, ']');
}

static void out_list(Out *out, const char *name, const char *const *texts, size_t n)
{
    cw_out_text(out, ",\n  \"");
    cw_out_text(out, name);
    cw_out_text(out, "\": [");
    for (size_t i = 0; i < n; i++) {
        cw_out_text(out, i ? ", " : "");
        out_string(out, texts[i]);
    }
    cw_out_char(out, ']');
}

/* The settings that are numbers, 0 if they are not set. */
typedef struct Limit {
    const char *name;
    uint64_t value;
} Limit;
enum { N_LIMITS = 5 };

static void limits(const Args *args, Limit to[N_LIMITS])
{
    const Limit all[N_LIMITS] = {
        { "fuel", args->has_fuel ? args->fuel : 0 }, { "timeout_ns", args->timeout_ns }, { "max_memory", args->max_memory },
        { "max_handles", args->max_handles }, { "stack_size", args->stack_size },
    };
    memcpy(to, all, sizeof all);
}

static void print_json(Out *out, const Args *args, const cwasm_wasi *wasi)
{
    cwasm_wasi_capability c;
    Limit limit[N_LIMITS];
    limits(args, limit);
    cw_out_text(out, "{\n  \"capabilities\": [");
    for (size_t i = 0; cwasm_wasi_capability_at(wasi, i, &c); i++) {
        cw_out_text(out, i ? ",\n    {\"fd\": " : "\n    {\"fd\": ");
        cw_out_u64(out, c.fd);
        out_field(out, "kind", c.kind);
        out_field(out, "guest", c.guest_path);
        out_field(out, "host", c.host_path);
        out_field(out, "upper", c.upper_path);
        cw_out_text(out, c.read_only ? ", \"read_only\": true" : ", \"read_only\": false");
        cw_out_text(out, c.devices ? ", \"devices\": true" : "");
        out_number(out, "size", c.quota.bytes);
        out_number(out, "inodes", c.quota.names);
        out_rights(out, "rights", c.rights);
        out_rights(out, "inheriting", c.inheriting);
        cw_out_char(out, '}');
    }
    cw_out_text(out, "\n  ]");
    out_list(out, "args", (const char *const *)args->rest, args->n_rest);
    out_list(out, "env", args->envs, args->n_envs);
    out_list(out, "net", args->nets, args->n_nets);
    cw_out_text(out, args->inherit_env ? ",\n  \"inherit_env\": true" : ",\n  \"inherit_env\": false");
    for (size_t i = 0; i < N_LIMITS; i++) {
        cw_out_text(out, ",\n  \"");
        cw_out_text(out, limit[i].name);
        cw_out_text(out, "\": ");
        cw_out_u64(out, limit[i].value);
    }
    cw_out_text(out, "\n}\n");
}

static void out_shown(Out *out, const char *before, const char *text)
{
    if (!text)
        return;
    cw_out_text(out, before);
    cw_out_name(out, text, strlen(text));
}

static void print_plain(Out *out, const Args *args, const cwasm_wasi *wasi)
{
    cwasm_wasi_capability c;
    Limit limit[N_LIMITS];
    limits(args, limit);
    for (size_t i = 0; cwasm_wasi_capability_at(wasi, i, &c); i++) {
        static const char *const streams[] = { "stdin", "stdout", "stderr" };
        cw_out_text(out, "fd ");
        cw_out_u64(out, c.fd);
        cw_out_text(out, c.fd < 3 ? " " : "");
        cw_out_text(out, c.fd < 3 ? streams[c.fd] : "");
        out_shown(out, " ", c.guest_path);
        out_shown(out, ": ", c.kind);
        out_shown(out, ", host ", c.host_path);
        out_shown(out, ", changes in ", c.upper_path);
        if (strcmp(c.kind, "overlay") == 0 && !c.upper_path)
            cw_out_text(out, ", changes in memory");
        cw_out_text(out, c.read_only ? ", read-only" : "");
        cw_out_text(out, c.devices ? ", with devices" : "");
        if (c.quota.bytes) {
            cw_out_text(out, ", at most ");
            cw_out_u64(out, c.quota.bytes);
            cw_out_text(out, " bytes");
        }
        if (c.quota.names) {
            cw_out_text(out, ", ");
            cw_out_u64(out, c.quota.names);
            cw_out_text(out, " names");
        }
        cw_out_char(out, '\n');
    }
    for (size_t i = 0; i < args->n_rest; i++) {
        out_shown(out, "arg ", args->rest[i]);
        cw_out_char(out, '\n');
    }
    if (args->inherit_env)
        cw_out_text(out, "env: all variables of this process\n");
    for (size_t i = 0; i < args->n_envs; i++) {
        out_shown(out, "env ", args->envs[i]);
        cw_out_char(out, '\n');
    }
    for (size_t i = 0; i < args->n_nets; i++) {
        out_shown(out, "net ", args->nets[i]);
        cw_out_char(out, '\n');
    }
    for (size_t i = 0; i < N_LIMITS; i++) {
        if (!limit[i].value)
            continue;
        out_shown(out, "", limit[i].name);
        cw_out_char(out, ' ');
        cw_out_u64(out, limit[i].value);
        cw_out_char(out, '\n');
    }
}

int cw_print_capabilities(const Args *args, const cwasm_wasi *wasi)
{
    Out out;
    cw_out_init(&out, 1);
    if (args->print_json)
        print_json(&out, args, wasi);
    else
        print_plain(&out, args, wasi);
    return cw_out_flush(&out) ? 0 : STATUS_FAILED;
}
