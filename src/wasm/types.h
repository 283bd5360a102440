/*
 * types.h - WebAssembly's types (specification 2.3, 3.3) and the engine's registry of canonical ones.
 *
 * A ValType is one word, so that the validator compares types as integers:
 *
 *   number, vector      the byte of the binary format: 0x7f i32, 0x7e i64, 0x7d f32, 0x7c f64, 0x7b v128
 *   reference           0x100 | 0x200 if nullable | heap type:  abstract: the byte of the binary format (0x70 func, 0x6f extern ...)
 *                                                              concrete: 0x400 | canonical type id << 12
 *   bottom              0: matches everything (specification appendix, "polymorphic stack")
 *
 * Type indices of modules are turned into canonical ids as the type section is read: every recursion group is interned in its engine's
 * TypeRegistry, so equal types (iso-recursively, specification 3.3.1 and 3.4.3) of all modules of an engine have equal ids, and
 * call_indirect, linking and casts compare one word. While a group is being read its own members have the REC form: index in the group.
 */
#ifndef CW_WASM_TYPES_H
#define CW_WASM_TYPES_H

#include "base/alloc.h"

typedef u32 ValType;

#define T_NONE 0u      /* bottom */
#define T_I32 0x7fu
#define T_I64 0x7eu
#define T_F32 0x7du
#define T_F64 0x7cu
#define T_V128 0x7bu
#define T_I8 0x78u     /* packed field types: only in fields */
#define T_I16 0x77u

#define T_REF 0x100u
#define T_NULL 0x200u
#define T_CONCRETE 0x400u
#define T_REC 0x800u   /* concrete, and the id is an index in the recursion group being read */
#define T_ID_SHIFT 12
#define T_HEAP_MASK (~(T_REF | T_NULL))

/* abstract heap types */
#define H_NOEXN 0x74u
#define H_NOFUNC 0x73u
#define H_NOEXTERN 0x72u
#define H_NONE 0x71u
#define H_FUNC 0x70u
#define H_EXTERN 0x6fu
#define H_ANY 0x6eu
#define H_EQ 0x6du
#define H_I31 0x6cu
#define H_STRUCT 0x6bu
#define H_ARRAY 0x6au
#define H_EXN 0x69u

#define T_FUNCREF (T_REF | T_NULL | H_FUNC)
#define T_EXTERNREF (T_REF | T_NULL | H_EXTERN)
#define T_EXNREF (T_REF | T_NULL | H_EXN)

#define T_CONCRETE_REF(id, nullable) (T_REF | ((nullable) ? T_NULL : 0u) | T_CONCRETE | ((u32)(id) << T_ID_SHIFT))

CW_INLINE bool cw_is_num(ValType t) { return t - T_F64 <= T_I32 - T_F64; }
CW_INLINE bool cw_is_vec(ValType t) { return t == T_V128; }
CW_INLINE bool cw_is_ref(ValType t) { return (t & T_REF) != 0; }
CW_INLINE bool cw_is_concrete(ValType t) { return (t & T_CONCRETE) != 0; }
CW_INLINE u32 cw_type_id(ValType t) { return t >> T_ID_SHIFT; }
CW_INLINE bool cw_has_default(ValType t) { return !cw_is_ref(t) || (t & T_NULL); }
/* 64-bit slots a value of the type takes. */
CW_INLINE u32 cw_slots(ValType t) { return t == T_V128 ? 2 : 1; }

/* Bytes of an exception between the header of the object and the values (run/heap.h). */
#define CW_EXCEPTION_HEADER 16

typedef enum TypeKind { TYPE_FUNC = 0x60, TYPE_STRUCT = 0x5f, TYPE_ARRAY = 0x5e } TypeKind;

typedef struct Field {
    ValType type;      /* T_I8 and T_I16 when packed */
    bool is_mutable;
    u32 at;            /* byte offset in the object, set when the type is interned */
} Field;

/* A canonical defined type: interned, immutable, lives as long as the engine. */
typedef struct Type {
    u32 id;            /* index in the registry */
    u8 kind;           /* TypeKind */
    bool is_final;
    bool is_plain;     /* final, without supertype and alone in its group: what cw_types_func makes */
    bool is_numeric;   /* all parameters and results are numbers */
    u32 super;         /* id of the declared supertype, or CWASM_NO_INDEX */
    u32 depth;         /* number of supertypes above */
    const u32 *display;   /* ids of the supertypes, outermost first, then this type: depth + 1 entries, for O(1) casts */
    /* TYPE_FUNC */
    u32 n_params, n_results;
    const ValType *params, *results;
    u32 param_slots, result_slots;
    /* TYPE_STRUCT, TYPE_ARRAY (one field) */
    u32 n_fields;
    const Field *fields;
    u32 size;          /* struct: bytes of the fields; array: bytes of an element; TYPE_FUNC: of an exception whose tag has the type */
    u32 n_refs;        /* what the collector follows: offsets of the fields, or values of an exception, that may hold heap objects (array: 1 if the
                        * elements may) */
    const u32 *refs;
} Type;

typedef struct TypeRegistry TypeRegistry;

TypeRegistry *cw_types_new(const Alloc *alloc);   /* NULL if out of memory */
void cw_types_free(TypeRegistry *types);

/* A type of a group as it is read: ids in ValTypes may have the REC form; super too (T_REC form word, or a concrete ref word, or 0). */
typedef struct TypeDraft {
    u8 kind;
    bool is_final;
    ValType super;     /* 0 if none; else T_CONCRETE|id<<12 with or without T_REC */
    u32 n_params, n_results, n_fields;
    ValType *params, *results;
    Field *fields;
} TypeDraft;

/* Interns a recursion group of n types; ids[i] gets the canonical id of each. Thread-safe. The drafts are copied. */
Status cw_types_intern(TypeRegistry *types, const TypeDraft *group, u32 n, u32 *ids, Error *err);
/* The type with that id; no lock. Types lie in chunks that never move: chunk k holds 2^(k + 4) of them, from id 2^(k + 4) - 16 on. The
 * registry begins with the chunks. */
#define CW_TYPE_CHUNK_LOG2 4
#define CW_TYPE_CHUNKS (32 - T_ID_SHIFT - CW_TYPE_CHUNK_LOG2 + 1)
typedef struct TypeChunks { Type *at[CW_TYPE_CHUNKS]; } TypeChunks;
CW_INLINE const Type *cw_type_at(const TypeRegistry *types, u32 id)
{
    u32 i = id + (1u << CW_TYPE_CHUNK_LOG2), log2 = 31u - (u32)__builtin_clz(i);
    return &((const TypeChunks *)(const void *)types)->at[log2 - CW_TYPE_CHUNK_LOG2][i - (1u << log2)];
}
/* The func type with these parameters and results as a group of its own (host functions, block types); NULL if out of memory. */
const Type *cw_types_func(TypeRegistry *types, const ValType *params, u32 n_params, const ValType *results, u32 n_results);

/* Subtyping (specification 3.3). */
bool cw_heap_matches(const TypeRegistry *types, u32 sub, u32 super);   /* heap type words: T_HEAP_MASK part of a ValType */
bool cw_matches(const TypeRegistry *types, ValType sub, ValType super);
/* Declared subtyping of defined types, by display. */
CW_INLINE bool cw_type_matches(const Type *sub, const Type *super)
{
    return sub->depth >= super->depth && sub->display[super->depth] == super->id;
}

/* May a value of the type be a heap object, which the collector has to see? False for numbers, functions and exceptions. */
bool cw_is_traced(const TypeRegistry *types, ValType t);
/* The type of a field on the operand stack: i32 for packed fields. */
CW_INLINE ValType cw_unpacked(ValType t) { return t == T_I8 || t == T_I16 ? T_I32 : t; }

/* "i32", "funcref", "(ref null 5)" (canonical id), "bottom". Always terminated; returns buf. */
const char *cw_valtype_text(ValType t, char *buf, size_t size);

typedef struct Limits {
    u64 min, max;      /* max is UINT64_MAX if there is none */
    bool has_max, shared, is64;
    u8 page_log2;      /* memories; 0 for tables */
} Limits;

typedef struct TableType { ValType type; Limits limits; } TableType;
typedef struct GlobalType { ValType type; bool is_mutable; } GlobalType;

#endif
