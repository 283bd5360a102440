/* const_eval.h - evaluating constant expressions (specification 3.3.10) at instantiation. */
#ifndef CW_LINK_CONST_EVAL_H
#define CW_LINK_CONST_EVAL_H

#include "run/objects.h"

/* What evaluation needs from the instance. */
typedef struct ConstEnv {
    Store *store;                                  /* in which objects are made */
    void *ctx;
    const u64 *(*global)(void *ctx, u32 index);    /* its cell */
    u64 (*func)(void *ctx, u32 index);             /* a reference to the function */
} ConstEnv;

/* Evaluates a checked expression; value[1] is set for v128 only. False if an allocation failed. */
bool cw_const_eval(const Module *module, const ConstExpr *e, const ConstEnv *env, u64 value[2]);

#endif
