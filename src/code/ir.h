/*
 * ir.h - the internal code: opcodes and the shape of an instruction.
 *
 * An instruction is a handler word, four 16-bit fields (b and x together also hold a 32-bit immediate) and up to two 64-bit words: 16, 24 or
 * 32 bytes. The handler word is what the engine's dispatcher wants there: a function pointer, a label address or the opcode. Branch
 * targets are absolute addresses. IR is immutable once published, but for the callee word of direct calls (see code.h).
 */
#ifndef CW_CODE_IR_H
#define CW_CODE_IR_H

#include "base/platform.h"

typedef enum IrOp {
#define IR(id, size, text) IR_##id,
#include "code/ir.def"
#undef IR
    N_IR
} IrOp;

/* Two instructions in one dispatch (pairs.def): handler words without instructions of their own. */
typedef enum IrPair {
    BEGIN_PAIRS = N_IR,
    BEFORE_PAIRS = BEGIN_PAIRS - 1,
#define FIRST(a) BEGIN_##a, BEFORE_##a = BEGIN_##a - 1,
#define THEN(a, b) IR_##a##__##b,
#include "code/pairs.def"
    N_HANDLERS
} IrPair;

typedef struct Ins {
    u64 handler;
    u16 a, d;
    union {
        struct { u16 b, x; };
        s32 imm;
    };
    u64 ext[];
} Ins;

_Static_assert(sizeof(Ins) == 16, "an instruction has 16 bytes without extension words");

extern const u8 cw_ir_size[N_IR];
const char *cw_ir_name(u32 ir);
extern const char *const cw_ir_text[N_IR];

/* Flags of ref_test and ref_cast: null passes; the result is turned round. */
enum { CW_TEST_NULL = 1, CW_TEST_NOT = 2 };
/* Bytes of an object before its fields or elements (run/heap.h). */
#define CW_OBJECT_HEADER 8

/* Slots between parameters and locals of a frame: the saved pc and fp of the caller. */
#define FRAME_SAVED 2
/* Frame slots above the highest operand, for constants that an instruction needs in a slot. */
#define FRAME_SCRATCH 4
/* Local slots before all others in functions whose frames have more slots than an instruction can name (emit_far.inc). */
#define FAR_WINDOW 20016
/* Of a frame of so many slots. */
CW_INLINE bool cw_frame_is_far(u32 slots) { return slots > UINT16_MAX; }

#endif
