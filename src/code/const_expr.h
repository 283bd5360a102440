/*
 * const_expr.h - constant expressions (specification 3.3.10): checked at load; link/const_eval evaluates them.
 */
#ifndef CW_CODE_CONST_EXPR_H
#define CW_CODE_CONST_EXPR_H

#include "wasm/module.h"

/* Checks that e is a constant expression of type `want` that uses globals below n_globals only (all of them must be immutable). */
Status cw_const_check(const Module *module, const ConstExpr *e, ValType want, u32 n_globals, Error *err);

#endif
