/* hints.h - branch hints. */
#ifndef CW_CODE_HINTS_H
#define CW_CODE_HINTS_H

#include "wasm/module.h"

/* CWASM_OK if there are none, or all make sense. The contents of custom sections must be there. */
Status cw_hints_check(Module *module, Error *err);

#endif
