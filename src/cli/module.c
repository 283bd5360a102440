/* module.c - engine and module for every command, and messages about them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "diag/trap_report.h"

/* -W name, name=y, name=n */
static int set_feature(cwasm_config *config, const char *text)
{
    char name[64];
    size_t n = strcspn(text, "=");
    const char *value = text[n] ? text + n + 1 : "y";
    bool on = strcmp(value, "y") == 0 || strcmp(value, "yes") == 0 || strcmp(value, "on") == 0;
    bool off = strcmp(value, "n") == 0 || strcmp(value, "no") == 0 || strcmp(value, "off") == 0;
    if (!on && !off) {
        cw_complain("-W %s: the value must be y or n", text);
        return STATUS_USAGE;
    }
    snprintf(name, sizeof name, "%.*s", (int)n, text);
    switch (cwasm_config_feature(config, name, on)) {
    case CWASM_OK: return 0;
    case CWASM_UNSUPPORTED: cw_complain("-W %s: this version does not implement %s", text, name); return STATUS_USAGE;
    default: break;
    }
    const char *near = cw_nearest(name, cw_feature_candidate, NULL);
    if (near)
        cw_complain("-W %s: no such feature; did you mean %s?", text, near);
    else
        cw_complain("-W %s: no such feature; -W help lists them", text);
    return STATUS_USAGE;
}

int cw_engine(const Args *args, cwasm_engine **engine)
{
    cwasm_error err;
    cwasm_config *config = cwasm_config_new();
    if (!config) {
        cw_complain("out of memory");
        return STATUS_NOT_RUNNABLE;
    }
    if (cw_cli_allocator())
        cwasm_config_allocator(config, cw_cli_allocator());
    int status = 0;
    if (args->dispatch != CWASM_DISPATCH_AUTO && cwasm_config_dispatch(config, args->dispatch)) {
        cw_complain("--dispatch=%s: this build does not have it (see cwasm --version)", cwasm_dispatch_name(args->dispatch));
        status = STATUS_USAGE;
    }
    if (cwasm_config_bounds(config, args->bounds)) {
        cw_complain("--bounds=guard: this platform cannot");
        status = STATUS_USAGE;
    }
    cwasm_config_compile(config, args->compile);
    if (args->has_tier_up)
        cwasm_config_tier_up(config, args->tier_up);
    if (args->stack_size)
        cwasm_config_stack_size(config, args->stack_size);
    cwasm_config_fuel(config, args->has_fuel);
    cwasm_config_interruption(config, args->timeout_ns != 0 || args->threads);   /* a thread that ends the program stops the others */
    for (size_t i = 0; i < args->n_features && !status; i++)
        status = set_feature(config, args->features[i]);
    if (!status && cwasm_engine_new(config, engine, &err)) {
        cw_complain("%s", err.message);
        status = STATUS_NOT_RUNNABLE;
    }
    cwasm_config_free(config);
    return status;
}

static void write_out(void *ctx, const char *text, size_t size)
{
    cw_out_bytes(ctx, text, size);
}

static Blame blame;
static bool is_blamed;

const Blame *cw_blame(void)
{
    return is_blamed ? &blame : NULL;
}

void cw_complain_module(const char *path, const cwasm_module *module, const cwasm_error *err)
{
    Out out;
    blame = (Blame){ .frame = { .module = module, .func_index = err->func_index, .offset = err->offset } };
    cw_out_init(&out, 2);
    cw_out_text(&out, "cwasm: ");
    cw_out_text(&out, path);
    cw_out_text(&out, ": ");
    if (err->status != CWASM_NO_MEMORY) {   /* the message says so */
        cw_out_text(&out, cwasm_status_name(err->status));
        cw_out_text(&out, ": ");
    }
    cw_out_name(&out, err->message, strlen(err->message));
    const char *before = " (";
    if (err->func_index != CWASM_NO_INDEX) {
        if (module) {
            blame.frame.name = cwasm_module_func_name(module, err->func_index, &blame.frame.name_size);
            (void)cwasm_frame_sources(&blame.frame, 1, &blame.source);
        }
        cw_out_text(&out, " (func ");
        cw_out_u64(&out, err->func_index);
        if (blame.frame.name) {
            cw_out_char(&out, ' ');
            cw_out_name(&out, blame.frame.name, blame.frame.name_size);
        }
        before = " @ ";
    }
    if (err->offset != CWASM_NO_OFFSET) {
        cw_out_text(&out, before);
        cw_out_text(&out, "offset ");
        cw_out_hex(&out, err->offset);
    }
    is_blamed = err->func_index != CWASM_NO_INDEX || err->offset != CWASM_NO_OFFSET;
    if (is_blamed)
        cw_out_char(&out, ')');
    cw_source_text(&blame.source, write_out, &out);
    cw_out_char(&out, '\n');
    cw_out_flush(&out);
}

int cw_module(const char *path, cwasm_engine *engine, File *file, cwasm_module **module, cwasm_error *err)
{
    *module = NULL;
    *err = (cwasm_error){ .offset = CWASM_NO_OFFSET, .func_index = CWASM_NO_INDEX };
    int status = cw_load(path, file, err->message, sizeof err->message);
    if (status)
        return status;
    size_t (*fetch)(void *ctx) = file->left_out ? cw_fetch : NULL;
    if (cwasm_module_new_partial(engine, file->bytes, file->size, fetch, file, module, err) == CWASM_OK)
        return 0;
    if (err->func_index != CWASM_NO_INDEX)
        (void)!cwasm_module_new_unchecked(engine, file->bytes, file->size, fetch, file, module, NULL);
    cw_complain_module(path, *module, err);
    if (!*module)
        cw_unload(file);
    return STATUS_NOT_RUNNABLE;
}

void cw_module_end(cwasm_module *module, File *file)
{
    if (!module)
        return;
    cwasm_module_free(module);
    cw_unload(file);
}

/* ---- Types as text --------------------------------------------------------------------------------------------- */

static void out_types(Out *out, const cwasm_valtype *types, uint32_t n, bool parens)
{
    char buf[64];
    if (parens)
        cw_out_char(out, '(');
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            cw_out_text(out, ", ");
        cw_out_text(out, cwasm_valtype_name(types[i], buf, sizeof buf));
    }
    if (parens)
        cw_out_char(out, ')');
}

void cw_out_functype(Out *out, const cwasm_functype *type)
{
    out_types(out, type->params, type->n_params, true);
    if (type->n_results > 0) {
        cw_out_text(out, " -> ");
        out_types(out, type->results, type->n_results, type->n_results > 1);
    }
}

static void out_limits(Out *out, const cwasm_limits *limits)
{
    cw_out_u64(out, limits->min);
    cw_out_text(out, "..");
    if (limits->has_max)
        cw_out_u64(out, limits->max);
}

void cw_out_externtype(Out *out, const cwasm_externtype *type)
{
    char buf[64];
    switch (type->kind) {
    case CWASM_EXTERN_FUNC:
        cw_out_text(out, "func ");
        cw_out_functype(out, &type->func);
        break;
    case CWASM_EXTERN_TABLE:
        cw_out_text(out, type->limits.is64 ? "table i64 " : "table ");
        out_limits(out, &type->limits);
        cw_out_char(out, ' ');
        cw_out_text(out, cwasm_valtype_name(type->type, buf, sizeof buf));
        break;
    case CWASM_EXTERN_MEMORY:
        cw_out_text(out, type->limits.is64 ? "memory i64 " : "memory ");
        out_limits(out, &type->limits);
        cw_out_text(out, " pages");
        if (type->limits.page_log2 != 16) {
            cw_out_text(out, " of ");
            cw_out_u64(out, (uint64_t)1 << type->limits.page_log2);
        }
        if (type->limits.shared)
            cw_out_text(out, " shared");
        break;
    case CWASM_EXTERN_GLOBAL:
        cw_out_text(out, type->is_mutable ? "global mut " : "global ");
        cw_out_text(out, cwasm_valtype_name(type->type, buf, sizeof buf));
        break;
    case CWASM_EXTERN_TAG:
        cw_out_text(out, "tag ");
        out_types(out, type->func.params, type->func.n_params, true);
        break;
    }
}
