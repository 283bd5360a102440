/*
 * api.h - what the files of api/ share: values as the embedder sees them (cwasm_val) and as slots.
 */
#ifndef CW_API_API_H
#define CW_API_API_H

#include "link/externtype.h"
#include "link/link.h"

/* CWASM_ARGUMENT with a message. */
Status cw_wrong_argument(Error *err, const char *fmt, ...) CW_PRINTF(2, 3);

/* CWASM_OK if val may stand where a value of type `want` is asked for, in this store; `what` names the place in the message. */
Status cw_val_check(const Store *store, const cwasm_val *val, ValType want, const char *what, Error *err);
/* Writes the slots (two for v128) of a checked value; returns the next slot. */
u64 *cw_val_to_slots(const cwasm_val *val, u64 *slots);
/* Reads a value of that type; returns the next slot. References to functions come out as CWASM_FUNCREF; objects become handles of the host. */
const u64 *cw_val_from_slots(Store *store, ValType type, const u64 *slots, cwasm_val *val);

CW_INLINE Name cw_name(const char *s, size_t n) { return (Name){ s, (u32)n }; }

#endif
