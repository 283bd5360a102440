/*
 * hash.h - uthash wired to the engine's allocator, with a seeded hash so that a module cannot choose its collisions.
 *
 * Whoever uses a HASH_ macro has `const Alloc *hash_alloc` in scope. An add that ran out of memory leaves hh.tbl == NULL in the item and
 * the table as it was. Use the _BYHASHVALUE macros with cw_hash.
 */
#ifndef CW_WASM_HASH_H
#define CW_WASM_HASH_H

#include "base/alloc.h"

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(item) ((void)(item))
#define uthash_malloc(size) cw_alloc(hash_alloc, (size))
#define uthash_free(p, size) cw_free(hash_alloc, (p), (size))
#include <uthash.h>
/* Most tables have few rows: each begins with 4 buckets. */
#undef HASH_INITIAL_NUM_BUCKETS
#undef HASH_INITIAL_NUM_BUCKETS_LOG2
#define HASH_INITIAL_NUM_BUCKETS 4U
#define HASH_INITIAL_NUM_BUCKETS_LOG2 2U

/* Differs from table to table and from run to run where address space is randomised. */
u64 cw_hash_seed(const void *table);
u32 cw_hash(u64 seed, const void *bytes, size_t size);

#endif
