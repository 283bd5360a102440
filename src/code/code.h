/*
 * code.h - from bytes to IR: checking at load, translation when a function is first called.
 */
#ifndef CW_CODE_CODE_H
#define CW_CODE_CODE_H

#include "wasm/module.h"

/* Checks all function bodies and constant expressions and fills FuncDecl's frame fields. First error by offset. */
Status cw_code_check(Module *module, Error *err);

/* Prepares module->code for translation: handlers are the words of the engine's dispatcher, variant the VARIANT_ bits. */
Status cw_code_init(Module *module, const u64 *handlers, u32 variant, Error *err);
void cw_code_done(Module *module);

/* IR of a function of the module (not an import), translated now if it was not. Thread-safe. NULL and *err on failed allocation or an
 * implementation limit. */
const u8 *cw_code_get(Module *module, u32 func_index, Error *err);

/* IR of a function if it is already translated, else NULL. */
const u8 *cw_code_entry(Module *module, u32 func_index);

/* Which function holds this IR pc; CWASM_NO_INDEX if none. */
u32 cw_code_find(const Module *module, const u8 *pc);

/* Byte offset in the module of the operation that IR pc (of func_index) executes; re-runs the walker. CWASM_NO_OFFSET if unknown. */
u64 cw_code_offset(Module *module, u32 func_index, const u8 *pc);

/* Writes the IR of one function as text: a header line, then a line per instruction. */
Status cw_code_disassemble(Module *module, u32 func_index, void (*write)(void *ctx, const char *text, size_t size), void *ctx, Error *err);

#endif
