/*
 * externtype.h - external types (specification 2.3, 3.3): what an import asks for, what a value is, whether it fits, and
 * their text.
 */
#ifndef CW_LINK_EXTERNTYPE_H
#define CW_LINK_EXTERNTYPE_H

#include "run/objects.h"

cwasm_limits cw_limits_public(const Limits *limits);
cwasm_functype cw_functype_public(const Type *type);

/* Type of an index of one of the module's index spaces. */
cwasm_externtype cw_module_externtype(const Module *module, cwasm_externkind kind, u32 index);
/* Type of a live value; the minimum of memories and tables is their current size. */
cwasm_externtype cw_extern_type(const cwasm_extern *ext);
/* True if it lives in the store, or is a shared memory of its engine. */
bool cw_extern_is_usable(const cwasm_extern *ext, const Store *store);

/* spec 3.3 (external types), 4.5.3: the value can stand for import or export (kind, index) of the module. */
bool cw_extern_matches(const cwasm_extern *ext, const Module *module, cwasm_externkind kind, u32 index);

/* "func (i32, i64) -> (i32)", "memory 1..2"; always terminated; returns buf. */
const char *cw_externtype_text(const cwasm_externtype *type, char *buf, size_t size);
/* A name for messages: control bytes as \xx, cut with "..." if it is too long; returns buf. */
const char *cw_name_text(const char *s, size_t n, char *buf, size_t size);

#endif
