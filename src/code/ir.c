/* ir.c - tables about the internal instructions. */
#include "code/ir.h"

#include <stddef.h>

#define IR(id, size, text) size,
const u8 cw_ir_size[N_IR] = {
#include "code/ir.def"
};
#undef IR

/* Thousands of names, one behind the other, with offsets of two bytes instead of pointers. */
#define IR(id, size, text) char id[sizeof #id];
typedef struct Names {
#include "code/ir.def"
} Names;
#undef IR

#define IR(id, size, text) #id,
static const Names names = {
#include "code/ir.def"
};
#undef IR

_Static_assert(sizeof(Names) <= UINT16_MAX + 1, "an offset has 16 bits");

#define IR(id, size, text) offsetof(Names, id),
static const u16 name_at[N_IR] = {
#include "code/ir.def"
};
#undef IR

const char *cw_ir_name(u32 ir) { return (const char *)&names + name_at[ir]; }

#define IR(id, size, text) text,
const char *const cw_ir_text[N_IR] = {
#include "code/ir.def"
};
#undef IR
