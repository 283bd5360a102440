/* cmd_inspect.c - `cwasm inspect` and `cwasm disasm`: what is in a module, and the code it becomes. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* Aligns names after the longest kind, "memory". */
static void out_kind(Out *out, const cwasm_externtype *type)
{
    static const char *const kinds[] = { "func", "table", "memory", "global", "tag" };
    cw_out_text(out, "  ");
    cw_out_text(out, kinds[type->kind]);
    cw_out_pad(out, strlen(kinds[type->kind]), 8);
}

/* The type without the word for its kind. */
static void out_type(Out *out, const cwasm_externtype *type)
{
    if (type->kind == CWASM_EXTERN_FUNC) {
        cw_out_functype(out, &type->func);
        return;
    }
    cw_out_text(out, ": ");
    cw_out_externtype(out, type);
}

static void list_imports(Out *out, const cwasm_module *module)
{
    size_t n = cwasm_module_n_imports(module);
    cw_out_text(out, "imports ");
    cw_out_u64(out, n);
    cw_out_char(out, '\n');
    for (size_t i = 0; i < n; i++) {
        cwasm_import import = cwasm_module_import(module, i);
        out_kind(out, &import.type);
        cw_out_name(out, import.module, import.module_size);
        cw_out_text(out, "::");
        cw_out_name(out, import.name, import.name_size);
        out_type(out, &import.type);
        cw_out_char(out, '\n');
    }
}

static void list_exports(Out *out, const cwasm_module *module)
{
    size_t n = cwasm_module_n_exports(module);
    cw_out_text(out, "exports ");
    cw_out_u64(out, n);
    cw_out_char(out, '\n');
    for (size_t i = 0; i < n; i++) {
        cwasm_export export = cwasm_module_export(module, i);
        out_kind(out, &export.type);
        cw_out_name(out, export.name, export.name_size);
        out_type(out, &export.type);
        cw_out_char(out, '\n');
    }
}

static void list_sections(Out *out, const File *file)
{
    static const char *const names[] = { "custom", "type", "import", "function", "table", "memory", "global",
                                         "export", "start", "element", "code", "data", "data count", "tag" };
    Section section;
    cw_out_text(out, "sections\n");
    for (size_t at = 0; cw_next_section(file, &at, &section);) {
        const char *name = section.id < sizeof names / sizeof names[0] ? names[section.id] : "unknown";
        cw_out_text(out, "  ");
        cw_out_text(out, name);
        cw_out_pad(out, strlen(name), 12);
        cw_out_text(out, "offset ");
        cw_out_hex(out, section.begin);
        cw_out_text(out, ", ");
        cw_out_u64(out, section.size);
        cw_out_text(out, " bytes");
        if (section.name) {
            cw_out_text(out, " \"");
            cw_out_name(out, section.name, section.name_size);
            cw_out_char(out, '"');
        }
        cw_out_char(out, '\n');
    }
}

int cw_cmd_inspect(const Args *args)
{
    cwasm_engine *engine;
    File file;
    cwasm_module *module;
    cwasm_error err;
    int status = cw_engine(args, &engine);
    if (status)
        return status;
    status = cw_module(args->module, engine, &file, &module, &err);
    if (status == 0) {
        Out out;
        cw_out_init(&out, 1);
        bool all = !args->imports && !args->exports && !args->sections;
        (void)cw_fetch(&file);
        if (all || args->sections)
            list_sections(&out, &file);
        if (all || args->imports)
            list_imports(&out, module);
        if (all || args->exports)
            list_exports(&out, module);
        if (!cw_out_flush(&out))
            status = STATUS_FAILED;
    }
    cw_module_end(module, &file);
    cwasm_engine_free(engine);
    return status;
}

/* ---- disasm ---------------------------------------------------------------------------------------------------- */

static void write_piece(void *ctx, const char *text, size_t size)
{
    cw_out_bytes(ctx, text, size);
}

static bool has_name(const cwasm_module *module, uint32_t index, const char *word)
{
    size_t size;
    const char *name = cwasm_module_func_name(module, index, &size);
    return name && strlen(word) == size && memcmp(name, word, size) == 0;
}

/* The function a word names: its index, or its name; CWASM_NO_INDEX if there is none. */
static uint32_t find_func(const cwasm_module *module, const char *word)
{
    size_t n = cwasm_module_n_funcs(module);
    char *end;
    unsigned long long index = strtoull(word, &end, 10);
    if (*word >= '0' && *word <= '9' && !*end)
        return index < n ? (uint32_t)index : CWASM_NO_INDEX;
    for (uint32_t i = 0; i < n; i++)
        if (has_name(module, i, word))
            return i;
    return CWASM_NO_INDEX;
}

static bool disassemble(const Args *args, const cwasm_module *module, uint32_t index, Out *out)
{
    cwasm_error err;
    if (cwasm_module_disassemble(module, index, write_piece, out, &err) == CWASM_OK)
        return true;
    cw_out_flush(out);
    cw_complain_module(args->module, module, &err);
    return false;
}

static uint32_t n_imported_funcs(const cwasm_module *module)
{
    uint32_t n = 0;
    for (size_t i = 0; i < cwasm_module_n_imports(module); i++)
        n += cwasm_module_import(module, i).type.kind == CWASM_EXTERN_FUNC;
    return n;
}

int cw_cmd_disasm(const Args *args)
{
    cwasm_engine *engine;
    File file;
    cwasm_module *module;
    cwasm_error err;
    int status = cw_engine(args, &engine);
    if (status)
        return status;
    status = cw_module(args->module, engine, &file, &module, &err);
    if (status == 0) {
        Out out;
        cw_out_init(&out, 1);
        for (size_t i = 1; i < args->n_rest && !status; i++) {
            uint32_t index = find_func(module, args->rest[i]);
            if (index == CWASM_NO_INDEX) {
                cw_out_flush(&out);
                cw_complain("%s: no function '%s'", args->module, args->rest[i]);
                status = STATUS_USAGE;
            } else if (!disassemble(args, module, index, &out)) {
                status = STATUS_FAILED;
            }
        }
        uint32_t n = args->n_rest > 1 ? 0 : (uint32_t)cwasm_module_n_funcs(module);
        for (uint32_t i = n_imported_funcs(module); i < n && !status; i++)
            if (!disassemble(args, module, i, &out))
                status = STATUS_FAILED;
        if (!cw_out_flush(&out) && !status)
            status = STATUS_FAILED;
    }
    cw_module_end(module, &file);
    cwasm_engine_free(engine);
    return status;
}
