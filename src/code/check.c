/*
 * check.c - the walker without emission: every function body at load.
 *
 * Nearly all instructions of nearly all modules are of a few simple kinds with operands of number types that are simply there. fast_run does
 * those with the position and the stack in registers. Whatever is not so simple - other instructions, longer immediates, operands missing in
 * code that cannot be reached, full stacks, errors - it leaves untouched to the walker, so that there is one place that says what is
 * wrong, and goes on behind it.
 */
#define CW_EMIT 0

#include "code/walk.h"

static bool fast_run(Walk *w);

#include "code/walk.inc"
#include "code/walk_fast.h"

/* ---- The simple instructions ---- */

/* Bytes of a signed number of 32 bits, 0 if it is none. */
CW_INLINE u32 s32_length(const u8 *p)
{
    for (u32 i = 0; i < 4; i++)
        if (p[i] < 0x80)
            return i + 1;
    return p[4] < 0x08 || (p[4] >= 0x78 && p[4] < 0x80) ? 5 : 0;
}

/* Of 64 bits, but for the longest ones. */
CW_INLINE u32 s64_length(const u8 *p)
{
    for (u32 i = 0; i < 9; i++)
        if (p[i] < 0x80)
            return i + 1;
    return 0;
}

CW_INLINE bool same_types(const ValType *a, const ValType *b, u32 n)
{
    for (u32 i = 0; i < n; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/* Does the stack hold what a branch to the label carries? */
CW_INLINE bool carries(const Ctl *ctl, const ValType *base, const ValType *sp)
{
    if (CW_LIKELY(!ctl->type))
        return ctl->op == OP_loop || ctl->one == T_NONE || (sp > base && sp[-1] == ctl->one);
    Types types = label_of(ctl);
    return (size_t)(sp - base) >= types.n && same_types(sp - types.n, types.at, types.n);
}

/* Has the block its results on the stack, and nothing else, when it ends? Not for blocks whose type is given by index. */
CW_INLINE bool ends_well(const Walk *w, const Ctl *top, const ValType *base, const ValType *sp)
{
    return !top->type && top->inits == w->inits.n && sp - base == (top->one != T_NONE) && (top->one == T_NONE || sp[-1] == top->one);
}

/* The same for the function. */
static bool function_ends_well(const Walk *w, bool unreachable, const ValType *base, const ValType *sp)
{
    u32 n = w->type->n_results;
    return w->inits.n == 0 && ((sp == base && unreachable) || ((size_t)(sp - base) == n && same_types(base, w->type->results, n)));
}

/* Results and entries of two slots are left to the walker, which counts slots. */
CW_INLINE bool top_is_wide(const Ctl *top) { return top->one == T_V128; }

static bool any_wide(const ValType *from, const ValType *to)
{
    while (from < to)
        if (cw_slots(*from++) != 1)
            return true;
    return false;
}

/* A number of 32 bits and what is behind it; BAD if it is none. */
typedef struct Index { const u8 *next; u32 x; } Index;
#define BAD ((const u8 *)UINTPTR_MAX)

static Index long_index(const u8 *p)
{
    u32 x = (p[0] & 0x7fu) | (p[1] & 0x7fu) << 7;
    if (p[1] < 0x80)
        return (Index){ p + 2, x };
    x |= (p[2] & 0x7fu) << 14;
    if (p[2] < 0x80)
        return (Index){ p + 3, x };
    x |= (p[3] & 0x7fu) << 21;
    if (p[3] < 0x80)
        return (Index){ p + 4, x };
    return (Index){ p[4] < 0x10 ? p + 5 : BAD, x | (u32)p[4] << 28 };
}

CW_INLINE Index index_at(const u8 *p)
{
    if (CW_LIKELY(*p < 0x80))
        return (Index){ p + 1, *p };
    return long_index(p);
}

/* Instructions with code of their own; the numeric ones share theirs. */
#define FOR_ALL_OTHERS(X)                                                                                                             \
    X(0x00, unreachable) X(0x01, nop) X(0x02, block) X(0x03, loop) X(0x04, if) X(0x05, else) X(0x0b, end) X(0x0c, br) X(0x0d, br_if)  \
    X(0x0f, return) X(0x10, call) X(0x11, call_indirect) X(0x1a, drop) X(0x1b, select) X(0x20, local_get) X(0x21, local_set)          \
    X(0x22, local_tee) X(0x23, global_get) X(0x24, global_set) X(0x41, i32_const) X(0x42, i64_const) X(0x43, f32_const) X(0x44, f64_const)

/*
 * True when the function has been checked to its end. Every address in `at` is of code that leaves p alone, or sets it to the next
 * instruction, which lies before `end`: the last byte is known to be `end`, so that what has no immediates cannot step over it, and what
 * has some looks.
 */
static bool fast_run(Walk *w)
{
    static const void *const at[256] = {
        [0 ... 255] = &&leave,
#define X(code, label) [code] = &&do_##label,
        FOR_ALL_OTHERS(X)
#undef X
#include "code/byte_rows.inc"
    };
    const u8 *p = w->r.p, *const end = w->r.end;
    if (p == end || end[-1] != 0x0b || w->cap < 16 || w->plain || w->gated)
        return false;
    ValType *const stack = w->types, *sp = stack + w->n, *base = stack + w->top->height;
    /* A number is one slot: entries of two are below, where nothing here looks, and their number does not change. */
    const u32 wide = w->slots - w->n;
    ValType *const full = stack + w->cap - 8;
    /* How high the stack has been. */
    ValType *most = w->max_slots - wide < w->cap - 8 ? stack + (w->max_slots - wide) : full;
    const ValType *const locals = w->locals.at;
    const u32 n_locals = w->locals.n, n_simple = w->n_simple;
    const u8 *const last = end - 2;   /* an instruction of two bytes before it has something behind it */
    const Module *const m = w->module;
    const bool memory32 = m->n_memories && w->address0 == T_I32;
    Ctl *top = w->top;
    Index index;
    u32 x;
    ValType t;
    bool done = false;

/* Compilers would make one way out of all of these, and move p and sp about for it: each has something of its own. */
#define GO                                                               \
    {                                                                    \
        __asm__ volatile("" : "+r"(p), "+r"(sp) : "i"(__LINE__)); \
        goto *at[*p];                                                    \
    }
#define PUSH_AND_GO(type)           \
    {                               \
        *sp++ = (type);             \
        if (CW_UNLIKELY(sp > most)) \
            goto higher;            \
        GO                         \
    }
/* Beyond an instruction with immediates. */
#define GO_ON(next)                     \
    {                                   \
        if (CW_UNLIKELY((next) >= end)) \
            goto leave;                 \
        p = (next);                     \
    }
/* Are there n entries? sp may be less than n entries above the beginning of the array. */
#define HAS(n) ((uintptr_t)sp - (n) * sizeof *sp >= (uintptr_t)base)

    GO;
higher:
    most = sp;
    if (sp >= full)
        goto leave;
    GO;

do_local_get:
    x = p[1];
    if (CW_UNLIKELY(x >= n_simple))
        goto other_local;
    if (CW_UNLIKELY(p >= last))
        goto leave;
    p += 2;
    PUSH_AND_GO(locals[x]);
do_local_set:
    x = p[1];
    if (CW_UNLIKELY(x >= n_simple || p >= last || sp == base || sp[-1] != locals[x]))
        goto other_local;
    p += 2;
    sp--;
    GO;
do_local_tee:
    x = p[1];
    if (CW_UNLIKELY(x >= n_simple || p >= last || sp == base || sp[-1] != locals[x]))
        goto other_local;
    p += 2;
    GO;
other_local:
    index = index_at(p + 1);
    if (index.next >= end || index.x >= n_locals || !cw_is_num(t = locals[index.x]))
        goto leave;
    if (*p == 0x20) {
        p = index.next;
        PUSH_AND_GO(t);
    }
    if (sp == base || sp[-1] != t)
        goto leave;
    sp -= *p == 0x21;
    p = index.next;
    GO;
do_global_get:
    index = index_at(p + 1);
    if (index.next >= end || index.x >= m->n_globals || !cw_is_num(t = m->globals[index.x].type.type))
        goto leave;
    p = index.next;
    PUSH_AND_GO(t);
do_global_set:
    index = index_at(p + 1);
    if (index.next >= end || index.x >= m->n_globals || !m->globals[index.x].type.is_mutable ||
        !cw_is_num(t = m->globals[index.x].type.type) || sp == base || sp[-1] != t)
        goto leave;
    p = index.next;
    sp--;
    GO;
do_i32_const:
    x = s32_length(p + 1);
    if (!x)
        goto leave;
    GO_ON(p + 1 + x);
    PUSH_AND_GO(T_I32);
do_i64_const:
    x = s64_length(p + 1);
    if (!x)
        goto leave;
    GO_ON(p + 1 + x);
    PUSH_AND_GO(T_I64);
do_f32_const:
    if (end - p <= 5)
        goto leave;
    p += 5;
    PUSH_AND_GO(T_F32);
do_f64_const:
    if (end - p <= 9)
        goto leave;
    p += 9;
    PUSH_AND_GO(T_F64);
do_drop:
    if (sp == base || !cw_is_num(sp[-1]))
        goto leave;
    sp--;
    p++;
    GO;
do_select:
    if (!HAS(3) || sp[-1] != T_I32 || sp[-2] != sp[-3] || !cw_is_num(sp[-2]))
        goto leave;
    sp -= 2;
    p++;
    GO;
do_un:
    if (sp == base || sp[-1] != simple[*p].in)
        goto leave;
    sp[-1] = simple[*p].out;
    p++;
    GO;
do_bin:
    t = simple[*p].in;
    if (!HAS(2) || sp[-1] != t || sp[-2] != t)
        goto leave;
    sp--;
    sp[-1] = simple[*p].out;
    p++;
    GO;
do_load:
    t = simple[*p].out;
    if (!memory32 || p[1] > simple[*p].log2 || sp == base || sp[-1] != T_I32)
        goto leave;
    index = index_at(p + 2);
    GO_ON(index.next);
    sp[-1] = t;
    GO;
do_store:
    if (!memory32 || p[1] > simple[*p].log2 || !HAS(2) || sp[-1] != simple[*p].in || sp[-2] != T_I32)
        goto leave;
    index = index_at(p + 2);
    GO_ON(index.next);
    sp -= 2;
    GO;

do_if:
    if (sp == base || sp[-1] != T_I32)
        goto leave;
do_block:
do_loop:
    t = p[1];
    if ((t != 0x40 && !cw_is_num(t)) || w->ctls.n == w->ctls.cap)
        goto leave;
    w->ctls.n++;
    top++;
    sp -= *p == 0x04;
    base = sp;
    top->op = (u16)(OP_block + (*p - 0x02));
    top->unreachable = top->entered_dead = false;
    top->one = t == 0x40 ? T_NONE : t;
    top->type = NULL;
    top->height = (u32)(sp - stack);
    top->inits = w->inits.n;
    top->catches = 0;
    p += 2;   /* no block type looks like `end`, so there is more */
    if (SIDES)
        side_enter(w, top, p);
    GO;
do_else:
    if (top->op != OP_if || !(ends_well(w, top, base, sp) || (top->unreachable && sp == base && !top->type && top->inits == w->inits.n)) ||
        top_is_wide(top))
        goto leave;
    p++;
    if (SIDES)
        side_else(w, top, p);
    top->op = OP_else;
    top->unreachable = false;
    sp = base;
    GO;
do_end:
    if (CW_UNLIKELY(p + 1 == end)) {
        if (w->ctls.n == 1 && function_ends_well(w, top->unreachable, base, sp)) {
            if (SIDES)
                side_end(w, top, p);
            w->ctls.n = 0;
            p++;
            done = true;
        }
        goto leave;
    }
    if (top->op != OP_block && top->op != OP_loop && top->op != OP_else && !(top->op == OP_if && top->one == T_NONE))
        goto leave;
    if (CW_UNLIKELY(!ends_well(w, top, base, sp))) {
        if (!top->unreachable || top_is_wide(top) || sp != base || top->type || top->inits != w->inits.n || sp >= most)
            goto leave;
        *sp = top->one;   /* what the block was to leave, it need not if its end is not reached */
        sp += top->one != T_NONE;
    }
    p++;
    if (SIDES)
        side_end(w, top, p);
    w->ctls.n--;
    top--;
    base = stack + top->height;
    GO;
do_br:
    x = p[1];
    if (x >= w->ctls.n || x >= 0x80 || p >= last || !carries(top - x, base, sp) || (wide && any_wide(base, sp)))
        goto leave;
    p += 2;
    if (SIDES)
        side_branch(w, top - x);
    goto not_reached;
do_br_if:
    x = p[1];
    if (x >= w->ctls.n || x >= 0x80 || p >= last || sp == base || sp[-1] != T_I32 || !carries(top - x, base, sp - 1))
        goto leave;
    p += 2;
    sp--;
    if (SIDES)
        side_branch(w, top - x);
    GO;
do_return:
    if (!carries(&w->ctls.at[0], base, sp) || (wide && any_wide(base, sp)))
        goto leave;
    p++;
    goto not_reached;
do_unreachable:
    if (wide && any_wide(base, sp))
        goto leave;
    p++;
not_reached:
    sp = base;
    top->unreachable = true;
    GO;
do_nop:
    p++;
    GO;

    {
        const Type *type;
        u32 n;
do_call_indirect:
        index = index_at(p + 1);
        if (index.next >= end || index.x >= m->n_types || sp == base || sp[-1] != T_I32)
            goto leave;
        type = m->types[index.x];
        index = index_at(index.next);
        if (index.x >= m->n_tables || type->kind != TYPE_FUNC || m->tables[index.x].type.type != T_FUNCREF ||
            m->tables[index.x].type.limits.is64)
            goto leave;
        x = 1;   /* above the parameters */
        goto call;
do_call:
        index = index_at(p + 1);
        if (index.x >= m->n_funcs)
            goto leave;
        type = m->funcs[index.x].type;
        x = 0;
call:
        n = type->n_params;
        if (!HAS((size_t)n + x) || !same_types(sp - x - n, type->params, n) || type->param_slots != n ||
            type->result_slots != type->n_results || full - sp < (ptrdiff_t)type->n_results)
            goto leave;
        if (CW_UNLIKELY(index.next >= end))
            goto leave;
        sp -= n + x;
        n = type->n_results;
        for (u32 i = 0; i < n; i++)
            *sp++ = type->results[i];
        if (sp > most)
            most = sp;
        if (SIDES)
            side_call(w, type, p, index.next, (u32)(sp - stack));
        p = index.next;
        GO;
    }
leave:
    w->r.p = p;
    w->top = top;
    w->n = (u32)(sp - stack);
    w->slots = w->n + wide;
    if ((u32)(most - stack) + wide > w->max_slots)
        w->max_slots = (u32)(most - stack) + wide;
    return done;
}

Status cw_walk_check(Walk *w, u32 func_index, Error *err)
{
    TRY(walk_function(w, func_index, err));
    FuncDecl *f = &w->module->funcs[func_index];
    f->n_local_slots = w->local_slots;
    f->n_catch_slots = w->max_catches;
    u32 base = w->type->param_slots + FRAME_SAVED + w->local_slots + w->max_catches;
    u32 frame = base + w->max_slots + FRAME_SCRATCH;
    if (cw_frame_is_far(frame)) {   /* emit_far.inc */
        f->n_local_slots += FAR_WINDOW;
        frame += FAR_WINDOW;
    }
    f->frame_slots = frame;
    return CWASM_OK;
}
