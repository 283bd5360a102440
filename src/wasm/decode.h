/*
 * decode.h - the readers of the binary format that function bodies need too: types (specification 5.3).
 *
 * All take the module for its types and features; concrete types come out with canonical ids. A type index that does not exist is
 * CWASM_INVALID `unknown type`, a form of a feature that is off CWASM_UNSUPPORTED, anything else CWASM_MALFORMED.
 */
#ifndef CW_WASM_DECODE_H
#define CW_WASM_DECODE_H

#include "base/leb128.h"
#include "wasm/module.h"

/* A value type: number, vector or reference. */
Status cw_read_valtype(const Module *module, Reader *r, ValType *type, Error *err);
/* A reference type. */
Status cw_read_reftype(const Module *module, Reader *r, ValType *type, Error *err);
/* A heap type, as the T_HEAP_MASK part of a ValType. */
Status cw_read_heaptype(const Module *module, Reader *r, u32 *heap, Error *err);
/* A type index; *type gets the type. */
Status cw_read_typeidx(const Module *module, Reader *r, const Type **type, Error *err);

#endif
