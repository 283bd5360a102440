/* spectest.h - the host module "spectest" that the test suite imports. */
#ifndef SPEC_SPECTEST_H
#define SPEC_SPECTEST_H

#include "cwasm.h"

/* Defines everything of spectest in the linker; its memories, tables and globals belong to the store. What the engine cannot make yet
 * (shared memory, 64-bit table) is left out and its name written to missing[], at most 4, NULL-terminated. */
cwasm_status spectest_define(cwasm_linker *linker, cwasm_store *store, const char *missing[5], cwasm_error *err);

#endif
