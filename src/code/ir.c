/* ir.c - tables about the internal instructions. */
#include "code/ir.h"

#define IR(id, size, text) size,
const u8 cw_ir_size[N_IR] = {
#include "code/ir.def"
};
#undef IR

#define IR(id, size, text) #id,
const char *const cw_ir_name[N_IR] = {
#include "code/ir.def"
};
#undef IR

#define IR(id, size, text) text,
const char *const cw_ir_text[N_IR] = {
#include "code/ir.def"
};
#undef IR
