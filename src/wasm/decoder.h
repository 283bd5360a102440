/*
 * decoder.h - what the decode*.c files share; nobody else includes it.
 *
 * Each section is read by one function from a Reader over exactly its bytes; cw_module_decode sees to it that it is read to its end.
 * Arrays whose length is known go into the module's arena at once; the others grow in the vectors here, which die with the Decoder.
 */
#ifndef CW_WASM_DECODER_H
#define CW_WASM_DECODER_H

#include "wasm/decode.h"
#include "wasm/features.h"
#include "wasm/limits.h"

typedef struct Decoder {
    Module *m;
    Reader r;                  /* the section being read */
    Error *err;
    u32 n_bodies;              /* of the code section */
    /* type section */
    VEC(const Type *) types;
    VEC(TypeDraft) drafts;     /* the recursion group being read */
    VEC(ValType) words;        /* its parameters and results, in order */
    VEC(Field) fields;
    VEC(u32) ids;
    /* import section */
    VEC(Import) imports;
    VEC(FuncDecl) funcs;
    VEC(TableDecl) tables;
    VEC(Limits) memories;
    VEC(u64) memory_at;
    VEC(GlobalDecl) globals;
    VEC(const Type *) tags;
} Decoder;

/* Reads a count, checks it against a limit (added to `before`) and against the bytes that are left: n things have at least n bytes. */
Status cw_read_count(Decoder *d, u32 before, u32 most, const char *what, u32 *n);
#define READ_COUNT(d, before, id, n) cw_read_count((d), (before), LIMIT_##id, cw_limit_what_##id, (n))

/* Zeroed array of n elements in the arena; CWASM_NO_MEMORY. */
Status cw_new_array(Decoder *d, void **at, size_t n, size_t size);
#define NEW_ARRAY(d, at, n) cw_new_array((d), (void **)(at), (n), sizeof **(at))
/* The same, beginning with the n_old elements of *at. */
Status cw_extend_array(Decoder *d, void **at, size_t n_old, size_t n, size_t size);
#define EXTEND_ARRAY(d, at, n_old, n) cw_extend_array((d), (void **)(at), (n_old), (n), sizeof **(at))
/* A copy in the arena. */
Status cw_copy_array(Decoder *d, void **at, const void *from, size_t n, size_t size);

Status cw_read_name(Decoder *d, Name *name, const char *what);
Status cw_read_table_type(Decoder *d, TableType *type);
Status cw_read_memory_type(Decoder *d, Limits *limits);
Status cw_read_global_type(Decoder *d, GlobalType *type);

/* Finds the end of a constant expression and notes the functions it refers to in m->declared. */
Status cw_read_const_expr(Decoder *d, ConstExpr *e);

Status cw_decode_header(const Module *m, Error *err);   /* decode_header.c */
Status cw_decode_types(Decoder *d);                     /* decode_types.c */
Status cw_decode_elems(Decoder *d);                     /* decode_segments.c */
Status cw_decode_datas(Decoder *d);

#endif
