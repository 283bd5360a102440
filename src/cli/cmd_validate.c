/* cmd_validate.c - `cwasm validate MODULE...`: silent if all are valid. */
#include <stdlib.h>

#include "cli/cli.h"

int cw_cmd_validate(const Args *args)
{
    cwasm_engine *engine;
    int worst = cw_engine(args, &engine);
    if (worst)
        return worst;
    for (size_t i = 0; i < args->n_rest; i++) {
        File file;
        cwasm_module *module;
        cwasm_error err;
        int status = cw_module(args->rest[i], engine, &file, &module, &err);
        if (status == 0) {
            if (args->custom && cwasm_module_check_custom(module, &err)) {
                cw_complain_module(args->rest[i], module, &err);
                worst = worst ? worst : STATUS_NOT_RUNNABLE;
            }
        } else if (worst == 0) {
            worst = status;
        }
        cw_module_end(module, &file);
    }
    cwasm_engine_free(engine);
    return worst;
}
