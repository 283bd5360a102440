/*
 * walk_fast.h - what the fast paths of the walker's two instantiations share (check.c, translate.c): the types of simple instructions, and
 * numbers. Included after walk.inc.
 */
#ifndef CW_CODE_WALK_FAST_H
#define CW_CODE_WALK_FAST_H

#include "code/walk.h"

typedef struct Sig { u8 in, out, log2; } Sig;

#define TYPE_i32 T_I32
#define TYPE_i64 T_I64
#define TYPE_f32 T_F32
#define TYPE_f64 T_F64
#define TYPE_u32 T_I32
#define TYPE_s32 T_I32
#define TYPE_u64 T_I64
#define TYPE_s64 T_I64
#define LOG2(M) (sizeof(M) == 1 ? 0 : sizeof(M) == 2 ? 1 : sizeof(M) == 4 ? 2 : 3)
/* Opcodes with a prefix land in a row that nobody reads. */
#define ROW(code) [(code) < 256 ? (code) : 256]

#if defined(__clang__)
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif
/* Operands and result by opcode byte; a load's operand is the address. */
static const Sig simple[257] = {
#define UN(code, id, text, R, T, expr) ROW(code) = { TYPE_##T, TYPE_##R, 0 },
#define BIN(code, id, text, R, T, expr) ROW(code) = { TYPE_##T, TYPE_##R, 0 },
#define BINC(code, id, text, R, T, expr) ROW(code) = { TYPE_##T, TYPE_##R, 0 },
#define CMP(code, id, text, T, expr, neg, swap) ROW(code) = { TYPE_##T, T_I32, 0 },
#define FCMP(code, id, text, T, expr, swap) ROW(code) = { TYPE_##T, T_I32, 0 },
#define LOAD(code, id, text, R, M) ROW(code) = { T_I32, TYPE_##R, LOG2(M) },
#define STORE(code, id, text, T, M) ROW(code) = { TYPE_##T, 0, LOG2(M) },
#include "wasm/opcodes.def"
};

/* Numbers of 32 bits; NULL for what is none. The last byte of the body is known to be `end`, which ends a number too: nothing is read
 * behind it. Linkers write many numbers with all their five bytes. */
static const u8 *read_long_index(const u8 *p, u32 *x)
{
    u32 v = 0;
    for (u32 i = 0; i < 5; i++) {
        v |= (u32)(p[i] & 0x7f) << 7 * i;
        if (p[i] < (i == 4 ? 0x10 : 0x80)) {
            *x = v;
            return p + i + 1;
        }
    }
    return NULL;
}

CW_INLINE const u8 *read_index(const u8 *p, u32 *x)
{
    if (CW_LIKELY(*p < 0x80)) {
        *x = *p;
        return p + 1;
    }
    return read_long_index(p, x);
}

#endif
