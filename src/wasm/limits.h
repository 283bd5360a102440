/*
 * limits.h - implementation limits: those of the WebAssembly JavaScript Interface ("Implementation-defined Limits"), which
 * browsers and other engines share, so that a module that loads elsewhere loads here. Exceeding one is CWASM_LIMIT.
 *
 * LIMIT(id, most, what the message says is too many)
 */
#ifndef CW_WASM_LIMITS_H
#define CW_WASM_LIMITS_H

#include "wasm/module.h"

#define CW_LIMITS(LIMIT)                                     \
    LIMIT(TYPES, 1000000, "types")                           \
    LIMIT(SUBTYPE_DEPTH, 63, "levels of supertypes")         \
    LIMIT(PARAMS, 1000, "parameters")                        \
    LIMIT(RESULTS, 1000, "results")                          \
    LIMIT(FIELDS, 10000, "fields")                           \
    LIMIT(IMPORTS, 1000000, "imports")                       \
    LIMIT(FUNCTIONS, 1000000, "functions")                   \
    LIMIT(TABLES, 100000, "tables")                          \
    LIMIT(MEMORIES, 100, "memories")                         \
    LIMIT(GLOBALS, 1000000, "globals")                       \
    LIMIT(TAGS, 1000000, "tags")                             \
    LIMIT(EXPORTS, 1000000, "exports")                       \
    LIMIT(ELEMS, 10000000, "element segments")               \
    LIMIT(ELEM_ENTRIES, 10000000, "entries in an element segment") \
    LIMIT(DATAS, 100000, "data segments")                    \
    LIMIT(BODY, 7654321, "bytes in a function body")         \
    LIMIT(LOCALS, 50000, "local variables")                  \
    LIMIT(OPERANDS, 8388608, "operands on the stack")        \
    LIMIT(ARRAY_FIXED, 10000, "operands of array.new_fixed")

enum {
#define LIMIT_ENUM(id, most, what) LIMIT_##id = most,
    CW_LIMITS(LIMIT_ENUM)
#undef LIMIT_ENUM
};

/* More canonical types than this do not fit in a ValType; one engine holds at most so many. */
#define CW_MAX_CANONICAL_TYPES (1u << (32 - T_ID_SHIFT))

/* Pages of 64 KiB that addresses can reach (specification 3.2.15). */
#define CW_MAX_PAGES_32 ((u64)1 << 16)
#define CW_MAX_PAGES_64 ((u64)1 << 48)

/* Fails with CWASM_LIMIT. */
Status cw_over_limit(u64 n, u64 most, const char *what, u64 at, Error *err);

CW_INLINE Status cw_limit(u64 n, u64 most, const char *what, u64 at, Error *err)
{
    return CW_LIKELY(n <= most) ? CWASM_OK : cw_over_limit(n, most, what, at, err);
}
#define CW_LIMIT(id, n, at, err) cw_limit((n), LIMIT_##id, cw_limit_what_##id, (at), (err))
#define LIMIT_WHAT(id, most, what) static const char cw_limit_what_##id[] __attribute__((unused)) = what;
CW_LIMITS(LIMIT_WHAT)
#undef LIMIT_WHAT

#endif
