/* fuzz_load.c - libFuzzer target: decode and check any bytes; what is valid, or refused only because of a function, is also asked everything, and translated
 * and disassembled as far as it is valid. */
#include <stdlib.h>
#include <string.h>

#include "cwasm.h"

static void ignore(void *ctx, const char *text, size_t size)
{
    *(size_t *)ctx += size + (size_t)text[0];
}

static void ask(const cwasm_module *module)
{
    size_t size, sum = 0;
    char buf[64];
    for (size_t i = 0; i < cwasm_module_n_imports(module); i++) {
        cwasm_import import = cwasm_module_import(module, i);
        sum += import.module_size + import.name_size + strlen(cwasm_valtype_name(import.type.type, buf, sizeof buf));
    }
    for (size_t i = 0; i < cwasm_module_n_exports(module); i++) {
        cwasm_export export = cwasm_module_export(module, i);
        if (!cwasm_module_find_export(module, export.name, export.name_size, NULL))
            abort();
    }
    size_t n = cwasm_module_n_funcs(module);
    for (size_t i = 0; i < n && i < 1000; i++) {
        cwasm_error err;
        const char *name = cwasm_module_func_name(module, (uint32_t)i, &size);
        sum += name && size ? (size_t)name[size - 1] : 0;
        (void)!cwasm_module_disassemble(module, (uint32_t)i, ignore, &sum, &err);
    }
    cwasm_frame frame = { .module = module, .offset = cwasm_module_code_offset(module) + 2 };
    cwasm_source source;
    if (cwasm_frame_sources(&frame, 1, &source) != (source.file != NULL))
        abort();
    const char *content = cwasm_module_custom_section(module, "name", 0, &size);
    volatile size_t sink = sum + (content && size ? (size_t)content[size - 1] : 0);
    (void)sink;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static cwasm_engine *engines[2];
    cwasm_error err = { 0 };
    if (!engines[0]) {
        cwasm_config *config = cwasm_config_new();
        cwasm_config_compile(config, CWASM_COMPILE_EAGER);
        if (cwasm_engine_new(NULL, &engines[0], &err) || cwasm_engine_new(config, &engines[1], &err))
            abort();
        cwasm_config_free(config);
    }
    cwasm_status statuses[2];
    for (int i = 0; i < 2; i++) {
        cwasm_module *module = NULL;
        memset(&err, 0, sizeof err);
        statuses[i] = cwasm_module_new(engines[i], data, size, &module, &err);
        if (statuses[i] == CWASM_OK) {
            if (i == 0)
                ask(module);
            cwasm_module_free(module);
        } else if (err.status != statuses[i] || !err.message[0] || (err.offset != CWASM_NO_OFFSET && err.offset > size)) {
            abort();   /* every rejection says why, and where */
        } else if (i == 0 && err.func_index != CWASM_NO_INDEX) {
            cwasm_error again;
            cwasm_status status = cwasm_module_new_unchecked(engines[i], data, size, NULL, NULL, &module, &again);
            if (status == CWASM_OK) {
                ask(module);
                cwasm_module_free(module);
            } else if (status != CWASM_NO_MEMORY && (status != statuses[i] || again.offset != err.offset || again.func_index != err.func_index)) {
                abort();
            }
        }
    }
    if (statuses[0] != statuses[1])
        abort();       /* the check and the translating walk are one */
    return 0;
}
