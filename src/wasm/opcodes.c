/* opcodes.c - tables made of opcodes.def. */
#include "wasm/opcodes.h"

#include <stdio.h>

#include "base/num_simd.h"

#define TYPE_i32 T_I32
#define TYPE_i64 T_I64
#define TYPE_f32 T_F32
#define TYPE_f64 T_F64
#define TYPE_u32 T_I32
#define TYPE_s32 T_I32
#define TYPE_u64 T_I64
#define TYPE_s64 T_I64
#define LOG2(M) (sizeof(M) == 1 ? 0 : sizeof(M) == 2 ? 1 : sizeof(M) == 4 ? 2 : sizeof(M) == 8 ? 3 : 4)

const OpInfo cw_ops[N_OPS] = {
    { "illegal opcode", 0, KIND_ILLEGAL, 0, 0, 0, false, 0, 0 },
#define UN(code, id, text, R, T, expr) { text, code, KIND_UN, TYPE_##T, TYPE_##R, 0, false, 0, 0 },
#define BIN(code, id, text, R, T, expr) { text, code, KIND_BIN, TYPE_##T, TYPE_##R, 0, false, 0, 0 },
#define BINC(code, id, text, R, T, expr) { text, code, KIND_BIN, TYPE_##T, TYPE_##R, 0, true, 0, 0 },
#define CMP(code, id, text, T, expr, neg, swap) { text, code, KIND_CMP, TYPE_##T, T_I32, 0, false, OP_##neg, OP_##swap },
#define FCMP(code, id, text, T, expr, swap) { text, code, KIND_FCMP, TYPE_##T, T_I32, 0, false, 0, OP_##swap },
#define LOAD(code, id, text, R, M) { text, code, KIND_LOAD, T_I32, TYPE_##R, LOG2(M), false, 0, 0 },
#define STORE(code, id, text, T, M) { text, code, KIND_STORE, TYPE_##T, 0, LOG2(M), false, 0, 0 },
#define CTL(code, id, text) { text, code, KIND_CTL, 0, 0, 0, false, 0, 0 },
#define V_OP(code, text, kind, in, out, log2, commutes) { text, code, kind, in, out, log2, commutes, 0, 0 },
#define V_UN(code, id, text, R, T, expr) V_OP(code, text, KIND_V_UN, T_V128, T_V128, 0, false)
#define V_BIN(code, id, text, R, T, expr) V_OP(code, text, KIND_V_BIN, T_V128, T_V128, 0, false)
#define V_BINC(code, id, text, R, T, expr) V_OP(code, text, KIND_V_BIN, T_V128, T_V128, 0, true)
#define V_TER(code, id, text, R, T, expr) V_OP(code, text, KIND_V_TER, T_V128, T_V128, 0, false)
#define V_SHIFT(code, id, text, T, expr) V_OP(code, text, KIND_V_SHIFT, T_V128, T_V128, 0, false)
#define V_TEST(code, id, text, T, expr) V_OP(code, text, KIND_V_TEST, T_V128, T_I32, 0, false)
#define V_SPLAT(code, id, text, S, T) V_OP(code, text, KIND_V_SPLAT, TYPE_##S, T_V128, 0, false)
#define V_EXTRACT(code, id, text, S, M) V_OP(code, text, KIND_V_EXTRACT, T_V128, TYPE_##S, LOG2(M), false)
#define V_REPLACE(code, id, text, S, T) V_OP(code, text, KIND_V_REPLACE, TYPE_##S, T_V128, LOG2(((T){ 0 })[0]), false)
#define V_LOAD(code, id, text, R, M, expr) V_OP(code, text, KIND_V_LOAD, T_I32, T_V128, LOG2(M), false)
#define V_STORE(code, id, text) V_OP(code, text, KIND_V_STORE, T_V128, 0, 4, false)
#define V_LOAD_LANE(code, id, text, T, M) V_OP(code, text, KIND_V_LOAD_LANE, T_I32, T_V128, LOG2(M), false)
#define V_STORE_LANE(code, id, text, T, M) V_OP(code, text, KIND_V_STORE_LANE, T_V128, 0, LOG2(M), false)
#define A_LOAD(code, id, text, R, M) { text, code, KIND_A_LOAD, TYPE_##R, TYPE_##R, LOG2(M), false, 0, 0 },
#define A_STORE(code, id, text, T, M) { text, code, KIND_A_STORE, TYPE_##T, 0, LOG2(M), false, 0, 0 },
#define A_RMW(code, id, text, R, M, op) { text, code, KIND_A_RMW, TYPE_##R, TYPE_##R, LOG2(M), false, 0, 0 },
#define A_CMPXCHG(code, id, text, R, M) { text, code, KIND_A_CMPXCHG, TYPE_##R, TYPE_##R, LOG2(M), false, 0, 0 },
#include "wasm/opcodes.def"
};

#define ONE(code, id) [(code) < 256 ? (code) : 0xff] = (code) < 256 ? OP_##id : OP_illegal,
#if defined(__clang__)
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif
const u16 cw_op_of_byte[256] = {
#define UN(code, id, text, R, T, expr) ONE(code, id)
#define BIN(code, id, text, R, T, expr) ONE(code, id)
#define BINC(code, id, text, R, T, expr) ONE(code, id)
#define CMP(code, id, text, T, expr, neg, swap) ONE(code, id)
#define FCMP(code, id, text, T, expr, swap) ONE(code, id)
#define LOAD(code, id, text, R, M) ONE(code, id)
#define STORE(code, id, text, T, M) ONE(code, id)
#define CTL(code, id, text) ONE(code, id)
#include "wasm/opcodes.def"
};

#define FC(code, id) [(code) >> 12 == 0xfc ? (code) & 0xfff : N_OPS_FC - 1] = (code) >> 12 == 0xfc ? OP_##id : OP_illegal,
const u16 cw_op_of_fc[N_OPS_FC] = {
#define UN(code, id, text, R, T, expr) FC(code, id)
#define CTL(code, id, text) FC(code, id)
#include "wasm/opcodes.def"
};

#define FD(code, id) [(code) >> 12 == 0xfd ? (code) & 0xfff : N_OPS_FD] = (code) >> 12 == 0xfd ? OP_##id : OP_illegal,
const u16 cw_op_of_fd[N_OPS_FD + 1] = {
#define CTL(code, id, text) FD(code, id)
#define V_UN(code, id, text, ...) FD(code, id)
#define V_BIN(code, id, text, ...) FD(code, id)
#define V_BINC(code, id, text, ...) FD(code, id)
#define V_TER(code, id, text, ...) FD(code, id)
#define V_SHIFT(code, id, text, ...) FD(code, id)
#define V_TEST(code, id, text, ...) FD(code, id)
#define V_SPLAT(code, id, text, ...) FD(code, id)
#define V_EXTRACT(code, id, text, ...) FD(code, id)
#define V_REPLACE(code, id, text, ...) FD(code, id)
#define V_LOAD(code, id, text, ...) FD(code, id)
#define V_LOAD_LANE(code, id, text, ...) FD(code, id)
#define V_STORE_LANE(code, id, text, ...) FD(code, id)
#define V_STORE(code, id, text) FD(code, id)
#define CTL(code, id, text) FD(code, id)
#include "wasm/opcodes.def"
};

#define FB(code, id) [(code) >> 12 == 0xfb ? (code) & 0xfff : N_OPS_FB - 1] = (code) >> 12 == 0xfb ? OP_##id : OP_illegal,
const u16 cw_op_of_fb[N_OPS_FB] = {
#define CTL(code, id, text) FB(code, id)
#include "wasm/opcodes.def"
};

#define FE(code, id) [(code) >> 12 == 0xfe ? (code) & 0xfff : N_OPS_FE] = (code) >> 12 == 0xfe ? OP_##id : OP_illegal,
const u16 cw_op_of_fe[N_OPS_FE + 1] = {
#define CTL(code, id, text) FE(code, id)
#define A_LOAD(code, id, text, R, M) FE(code, id)
#define A_STORE(code, id, text, T, M) FE(code, id)
#define A_RMW(code, id, text, R, M, op) FE(code, id)
#define A_CMPXCHG(code, id, text, R, M) FE(code, id)
#include "wasm/opcodes.def"
};

static const struct { u32 code; const char *text; Features feature; } not_yet[] = {
#define NOTYET(code, text, feature) { code, text, FEATURE_##feature },
#include "wasm/opcodes.def"
    { 0, NULL, 0 }
};

Status cw_op_missing(const Module *module, u32 code, u64 at, Error *err)
{
    char what[64];
    for (size_t i = 0; not_yet[i].text; i++) {
        if (not_yet[i].code == code) {
            snprintf(what, sizeof what, "instruction %s", not_yet[i].text);
            return cw_lacks_feature(module, not_yet[i].feature, at, what, err);
        }
    }
    if (code > 0xff)
        return cw_fail(err, CWASM_MALFORMED, at, "illegal opcode 0x%02x 0x%02x", code >> 12, code & 0xfff);
    return cw_fail(err, CWASM_MALFORMED, at, "illegal opcode 0x%02x", code);
}
