/*
 * opcodes.h - the opcode table as data: Op numbers and what opcodes.def says about each.
 */
#ifndef CW_WASM_OPCODES_H
#define CW_WASM_OPCODES_H

#include "wasm/features.h"

typedef enum Op {
    OP_illegal,
#define UN(code, id, text, R, T, expr) OP_##id,
#define BIN(code, id, text, R, T, expr) OP_##id,
#define BINC(code, id, text, R, T, expr) OP_##id,
#define CMP(code, id, text, T, expr, neg, swap) OP_##id,
#define FCMP(code, id, text, T, expr, swap) OP_##id,
#define LOAD(code, id, text, R, M) OP_##id,
#define STORE(code, id, text, T, M) OP_##id,
#define CTL(code, id, text) OP_##id,
#define V_UN(code, id, text, R, T, expr) OP_##id,
#define V_BIN(code, id, text, R, T, expr) OP_##id,
#define V_BINC(code, id, text, R, T, expr) OP_##id,
#define V_TER(code, id, text, R, T, expr) OP_##id,
#define V_SHIFT(code, id, text, T, expr) OP_##id,
#define V_TEST(code, id, text, T, expr) OP_##id,
#define V_SPLAT(code, id, text, S, T) OP_##id,
#define V_EXTRACT(code, id, text, S, M) OP_##id,
#define V_REPLACE(code, id, text, S, T) OP_##id,
#define V_LOAD(code, id, text, R, M, expr) OP_##id,
#define V_STORE(code, id, text) OP_##id,
#define V_LOAD_LANE(code, id, text, T, M) OP_##id,
#define V_STORE_LANE(code, id, text, T, M) OP_##id,
#define A_LOAD(code, id, text, R, M) OP_##id,
#define A_STORE(code, id, text, T, M) OP_##id,
#define A_RMW(code, id, text, R, M, op) OP_##id,
#define A_CMPXCHG(code, id, text, R, M) OP_##id,
#include "wasm/opcodes.def"
    N_OPS
} Op;

typedef enum OpKind { KIND_ILLEGAL, KIND_CTL, KIND_UN, KIND_BIN, KIND_CMP, KIND_FCMP, KIND_LOAD, KIND_STORE,
               KIND_V_UN, KIND_V_BIN, KIND_V_TER, KIND_V_SHIFT, KIND_V_TEST, KIND_V_SPLAT, KIND_V_EXTRACT, KIND_V_REPLACE,
               KIND_V_LOAD, KIND_V_STORE, KIND_V_LOAD_LANE, KIND_V_STORE_LANE,
               KIND_A_LOAD, KIND_A_STORE, KIND_A_RMW, KIND_A_CMPXCHG } OpKind;

typedef struct OpInfo {
    const char *text;
    u32 code;
    u8 kind;           /* OpKind */
    u8 in, out;        /* value types of operands and result (T_I32 ...), 0 for control ops */
    u8 log2;           /* loads and stores: log2 of the access size; vector lanes: of the lane's */
    bool commutes;
    u16 neg, swap;     /* comparisons: Op of the negation (0 if there is none) and with operands swapped */
} OpInfo;

extern const OpInfo cw_ops[N_OPS];
/* Op of a one-byte opcode, and of 0xfc n; OP_illegal if there is none (or not yet: cw_op_not_yet). */
extern const u16 cw_op_of_byte[256];
#define N_OPS_FC 32
extern const u16 cw_op_of_fc[N_OPS_FC];
#define N_OPS_FD 0x114
#define FD_RELAXED 0x100   /* relaxed SIMD from here on */
extern const u16 cw_op_of_fd[N_OPS_FD + 1];
#define N_OPS_FB 32
extern const u16 cw_op_of_fb[N_OPS_FB];
#define N_OPS_FE 0x4f
extern const u16 cw_op_of_fe[N_OPS_FE + 1];

/* For a code (prefix << 12 | n) without Op: fails with CWASM_UNSUPPORTED if it is known, else `illegal opcode`. */
Status cw_op_missing(const Module *module, u32 code, u64 at, Error *err);

#endif
