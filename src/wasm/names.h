/*
 * names.h - names for people: the `name` custom section (specification 7.4.1), decoded when it is first asked for.
 *
 * A name section that is malformed is as if it were not there. Names point into the module's bytes. All functions here may be called
 * by many threads at once; with .s = NULL for "no name". See also cw_func_name in module.h.
 */
#ifndef CW_WASM_NAMES_H
#define CW_WASM_NAMES_H

#include "wasm/module.h"

Name cw_module_name(const Module *module);
/* Parameters and locals share an index space. Linear in the size of the names. */
Name cw_local_name(const Module *module, u32 func_index, u32 local_index);

/* Called by cw_module_done. */
void cw_names_free(Module *module);

#endif
