/*
 * const_expr.h - constant expressions (specification 3.3.10): checked at load, evaluated at instantiation.
 */
#ifndef CW_CODE_CONST_EXPR_H
#define CW_CODE_CONST_EXPR_H

#include "wasm/module.h"

/* Checks that e is a constant expression of type `want` that uses globals below n_globals only (all of them must be immutable). */
Status cw_const_check(const Module *module, const ConstExpr *e, ValType want, u32 n_globals, Error *err);

/* What evaluation needs from the instance. */
typedef struct ConstEnv {
    void *ctx;
    const u64 *(*global)(void *ctx, u32 index);    /* its cell */
    u64 (*func)(void *ctx, u32 index);             /* a reference to the function */
} ConstEnv;

/* Evaluates a checked expression; value[1] is set for v128 only. False if an allocation failed. */
bool cw_const_eval(const Module *module, const ConstExpr *e, const ConstEnv *env, u64 value[2]);

#endif
