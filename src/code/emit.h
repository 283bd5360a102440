/*
 * emit.h - the emitting half of the translator: called by walk.inc after the types of an operation are checked, only where control can
 * arrive (w->dead is false). Every function pops its operands from the abstract stack and pushes its results.
 */
#ifndef CW_CODE_EMIT_H
#define CW_CODE_EMIT_H

#include "code/walk.h"

/* Makes room for an operation; the functions below then never fail. extra: bytes beyond what one operation usually takes. */
#define EMIT_ROOM 1024
bool cw_emit_grow(Walk *w, size_t extra);
CW_INLINE bool cw_emit_reserve(Walk *w, size_t extra)
{
    return CW_LIKELY((size_t)w->at + EMIT_ROOM + extra <= w->ir_cap) || cw_emit_grow(w, extra);
}

void cw_emit_begin(Walk *w);                                /* function entry */
/* Computes the sums on the stack: before every operation but those that know what to do with them (cw_keeps_sums). */
void cw_emit_settle(Walk *w);
CW_INLINE bool cw_keeps_sums(OpKind kind, Op op)
{
    switch (kind) {
    case KIND_UN:
    case KIND_BIN:
    case KIND_CMP:
    case KIND_FCMP:
    case KIND_LOAD:
    case KIND_STORE: return true;
    default:
        return op == OP_i32_const || op == OP_i64_const || op == OP_f32_const || op == OP_f64_const || op == OP_local_get || op == OP_local_set ||
               op == OP_local_tee || op == OP_drop;
    }
}

/* Another entry, of which the caller sets what its kind has (walk.h). */
CW_INLINE Ent *cw_emit_push(Walk *w, EntKind kind, ValType type)
{
    Ent *e = &w->ents[w->n++];
    e->type = type;
    e->kind = (u8)kind;
    e->shift = 0;
    e->slot = w->first_slot + w->slots;
    w->slots += cw_slots(type);
    return e;
}

CW_INLINE void cw_emit_const(Walk *w, ValType type, u64 bits) { cw_emit_push(w, E_CONST, type)->c = bits; }

CW_INLINE void cw_emit_local_get(Walk *w, u32 x, ValType type)
{
    u32 i = w->n;
    Ent *e = cw_emit_push(w, E_LOCAL, type);
    e->x = x;
    e->below = w->local_top[x];
    w->local_top[x] = i;
}

void cw_emit_drop(Walk *w);
void cw_emit_local_set(Walk *w, u32 x, bool tee);
void cw_emit_un(Walk *w, Op op);
void cw_emit_bin(Walk *w, Op op);
void cw_emit_load(Walk *w, Op op, u64 offset, u32 memory);
void cw_emit_store(Walk *w, Op op, u64 offset, u32 memory);
void cw_emit_select(Walk *w);
/* Vector operations (emit_simd.inc): operands as the kind says. */
void cw_emit_vector(Walk *w, Op op, u32 lane);
void cw_emit_vector_memory(Walk *w, Op op, u64 offset, u32 memory, u32 lane);
void cw_emit_vector_const(Walk *w, const u64 bits[2]);
void cw_emit_shuffle(Walk *w, const u64 lanes[2]);
void cw_emit_global_get(Walk *w, u32 index);
void cw_emit_global_set(Walk *w, u32 index);

/* Plain forms: operands in slots, result (if any) in a slot. */
typedef enum Fields { F_A = 1, F_D = 2, F_B = 4 } Fields;
/* n operands go to the fields named in `fields` from the deepest on: a, then d, then b; imm: over b and x; ext: the extension word if size 24. */
void cw_emit_plain(Walk *w, u32 ir, u32 n, ValType result, u32 imm, u64 ext);
/* Atomics, wait and notify: n operands, the address first. */
void cw_emit_atomic(Walk *w, Op op, u32 n, ValType result, u64 offset, u32 memory);
/* Wide arithmetic: 4 or 2 operands, two results. */
void cw_emit_wide(Walk *w, u32 ir, u32 n);

/* Control. */
void cw_emit_flush(Walk *w, u32 keep);                      /* all entries to slots; the top `keep` even if constants */
void cw_emit_block(Walk *w, u32 n_params);                  /* also loop: before the Ctl is pushed */
void cw_emit_enter(Walk *w, Ctl *ctl);                      /* every block, after its Ctl is pushed */
void cw_emit_loop(Walk *w, Ctl *ctl);                       /* after */
u32 cw_emit_if(Walk *w, u32 n_params);                      /* pops the condition; returns the else branch's word */
void cw_emit_else(Walk *w, Ctl *ctl);
void cw_emit_end(Walk *w, Ctl *ctl, u32 n_results);         /* of a block; leaves results on the stack if the point was live */
void cw_emit_end_function(Walk *w, Ctl *ctl);
void cw_emit_br(Walk *w, u32 depth, u32 n);
void cw_emit_br_if(Walk *w, u32 depth, u32 n);
/* n values below the reference, which stays; n values with the reference as the last, which goes. */
void cw_emit_br_on_null(Walk *w, u32 depth, u32 n);
void cw_emit_br_on_non_null(Walk *w, u32 depth, u32 n);
void cw_emit_ref_as_non_null(Walk *w);
u32 cw_emit_br_table(Walk *w, u32 n_targets, u32 n);        /* returns the offset of the first target word */
void cw_emit_br_table_target(Walk *w, u32 word, u32 depth, u32 n);
void cw_emit_return(Walk *w);
void cw_emit_unreachable(Walk *w);

void cw_emit_call(Walk *w, u32 func_index);
void cw_emit_call_indirect(Walk *w, const Type *type, u32 table);
void cw_emit_return_call(Walk *w, u32 func_index);
void cw_emit_return_call_indirect(Walk *w, const Type *type, u32 table);
void cw_emit_call_ref(Walk *w, const Type *type);
void cw_emit_return_call_ref(Walk *w, const Type *type);

/* Exceptions. */
Status cw_emit_try(Walk *w, u32 *range);                    /* after the parameters are flushed, before the Ctl is pushed; *range for it */
Status cw_emit_catch_clause(Walk *w, u32 tag, bool ref, Ctl *ctl);   /* of the last try_table */
void cw_emit_try_end(Walk *w, const Ctl *ctl);              /* the covered code ends here */
Status cw_emit_catch(Walk *w, Ctl *ctl, u32 tag);           /* legacy; tag NONE: catch_all. Entries of the part before it still there */
void cw_emit_delegate(Walk *w, const Ctl *ctl, const Ctl *to);
void cw_emit_throw(Walk *w, u32 tag);
void cw_emit_throw_ref(Walk *w);
void cw_emit_rethrow(Walk *w, const Ctl *ctl);

/* Garbage collection (emit_gc.inc). imm: over b and x; ext: the extension word, where the instruction has one. */
void cw_emit_gc_unary(Walk *w, u32 ir, ValType result, u32 imm, u64 ext);
void cw_emit_gc_element(Walk *w, u32 ir, ValType result);
void cw_emit_gc_block(Walk *w, u32 ir, u32 n, ValType result, u32 imm, u64 ext);
void cw_emit_ref_cast(Walk *w, u32 ir, ValType to, u32 imm, u64 ext);
void cw_emit_ref_is(Walk *w, u32 ir, u32 imm, u64 ext);

/* Results in their own slots, at a point where control arrives again. */
void cw_emit_push_slots(Walk *w, const ValType *types, u32 n);

#endif
