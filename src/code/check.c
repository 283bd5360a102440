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

static void fast_run(Walk *w);

#include "code/walk.inc"
#include "code/walk_fast.h"

/* ---- The simple instructions ---- */

/* Behind a signed number of 32 bits. */
CW_INLINE const u8 *skip_s32(const u8 *p)
{
    for (u32 i = 0; i < 4; i++)
        if (p[i] < 0x80)
            return p + i + 1;
    return p[4] < 0x08 || (p[4] >= 0x78 && p[4] < 0x80) ? p + 5 : NULL;
}

/* Of 64 bits, but for the longest ones. */
CW_INLINE const u8 *skip_s64(const u8 *p)
{
    for (u32 i = 0; i < 9; i++)
        if (p[i] < 0x80)
            return p + i + 1;
    return NULL;
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

/* Results and entries of two slots are left to the walker, which counts slots. */
CW_INLINE bool top_is_wide(const Ctl *top) { return top->one == T_V128; }

static bool any_wide(const ValType *from, const ValType *to)
{
    while (from < to)
        if (cw_slots(*from++) != 1)
            return true;
    return false;
}

static void fast_run(Walk *w)
{
    const u8 *p = w->r.p, *end = w->r.end;
    if (p == end || end[-1] != 0x0b || w->cap < 16 || w->plain || w->gated)
        return;
    ValType *const stack = w->types, *sp = stack + w->n, *base = stack + w->top->height;
    /* A number is one slot: entries of two are below, where nothing here looks, and their number does not change. */
    const u32 wide = w->slots - w->n;
    ValType *const full = stack + w->cap - 8;
    /* How high the stack has been. */
    ValType *most = w->max_slots - wide < w->cap - 8 ? stack + (w->max_slots - wide) : full;
    const ValType *locals = w->locals.at;
    const u32 n_locals = w->locals.n;
    const Module *m = w->module;
    const bool memory32 = m->n_memories && w->address0 == T_I32;

#define PUSH(t)                         \
    {                                   \
        *sp++ = (t);                    \
        if (CW_UNLIKELY(sp > most)) {   \
            most = sp;                  \
            if (sp >= full)             \
                goto leave;             \
        }                               \
        continue;                       \
    }

    while (CW_LIKELY(p < end)) {
        const u8 *next;
        u32 x, op = *p;
        ValType t;
        switch (op) {
        case 0x20:   /* local.get */
            next = read_index(p + 1, &x);
            if (!next || x >= n_locals || !is_simple(t = locals[x]))
                goto leave;
            p = next;
            PUSH(t);
        case 0x21:   /* local.set */
            next = read_index(p + 1, &x);
            if (!next || x >= n_locals || !is_simple(t = locals[x]) || sp == base || sp[-1] != t)
                goto leave;
            p = next;
            sp--;
            continue;
        case 0x22:   /* local.tee */
            next = read_index(p + 1, &x);
            if (!next || x >= n_locals || !is_simple(t = locals[x]) || sp == base || sp[-1] != t)
                goto leave;
            p = next;
            continue;
        case 0x23:   /* global.get */
            next = read_index(p + 1, &x);
            if (!next || x >= m->n_globals || !is_simple(t = m->globals[x].type.type))
                goto leave;
            p = next;
            PUSH(t);
        case 0x24:   /* global.set */
            next = read_index(p + 1, &x);
            if (!next || x >= m->n_globals || !m->globals[x].type.is_mutable || !is_simple(t = m->globals[x].type.type) || sp == base ||
                sp[-1] != t)
                goto leave;
            p = next;
            sp--;
            continue;
        case 0x41:   /* i32.const */
            if (!(next = skip_s32(p + 1)))
                goto leave;
            p = next;
            PUSH(T_I32);
        case 0x42:   /* i64.const */
            if (!(next = skip_s64(p + 1)))
                goto leave;
            p = next;
            PUSH(T_I64);
        case 0x43:   /* f32.const */
            if (end - p < 5)
                goto leave;
            p += 5;
            PUSH(T_F32);
        case 0x44:   /* f64.const */
            if (end - p < 9)
                goto leave;
            p += 9;
            PUSH(T_F64);
        case 0x1a:   /* drop */
            if (sp == base || !is_simple(sp[-1]))
                goto leave;
            sp--;
            p++;
            continue;
        case 0x1b:   /* select */
            if (sp - base < 3 || sp[-1] != T_I32 || sp[-2] != sp[-3] || !is_simple(sp[-2]))
                goto leave;
            sp -= 2;
            p++;
            continue;

#define UN(code, id, text, R, T, expr) case code:
#include "wasm/opcodes.def"
            if (sp == base || sp[-1] != simple[op].in)
                goto leave;
            sp[-1] = simple[op].out;
            p++;
            continue;
#define BIN(code, id, text, R, T, expr) case code:
#define BINC(code, id, text, R, T, expr) case code:
#define CMP(code, id, text, T, expr, neg, swap) case code:
#define FCMP(code, id, text, T, expr, swap) case code:
#include "wasm/opcodes.def"
            t = simple[op].in;
            if (sp - base < 2 || sp[-1] != t || sp[-2] != t)
                goto leave;
            sp--;
            sp[-1] = simple[op].out;
            p++;
            continue;
#define LOAD(code, id, text, R, M) case code:
#include "wasm/opcodes.def"
            if (!memory32 || p[1] > simple[op].log2 || !(next = read_index(p + 2, &x)) || sp == base || sp[-1] != T_I32)
                goto leave;
            sp[-1] = simple[op].out;
            p = next;
            continue;
#define STORE(code, id, text, T, M) case code:
#include "wasm/opcodes.def"
            if (!memory32 || p[1] > simple[op].log2 || !(next = read_index(p + 2, &x)) || sp - base < 2 || sp[-1] != simple[op].in ||
                sp[-2] != T_I32)
                goto leave;
            sp -= 2;
            p = next;
            continue;

        case 0x04:   /* if */
            if (sp == base || sp[-1] != T_I32)
                goto leave;
            __attribute__((fallthrough));
        case 0x02:   /* block */
        case 0x03:   /* loop */
            x = p[1];
            if ((x != 0x40 && !is_simple(x)) || w->ctls.n == w->ctls.cap)
                goto leave;
            t = x == 0x40 ? T_NONE : x;
            sp -= op == 0x04;
            p += 2;
            w->top = &w->ctls.at[w->ctls.n++];
            w->top->op = (u16)(op == 0x02 ? OP_block : op == 0x03 ? OP_loop : OP_if);
            w->top->unreachable = w->top->entered_dead = false;
            w->top->one = t;
            w->top->type = NULL;
            w->top->height = (u32)(sp - stack);
            w->top->inits = w->inits.n;
            w->top->catches = 0;
            base = sp;
            continue;
        case 0x05:   /* else */
            if (w->top->op != OP_if || !(ends_well(w, w->top, base, sp) || (w->top->unreachable && sp == base && !w->top->type &&
                                                                          w->top->inits == w->inits.n)))
                goto leave;
            if (top_is_wide(w->top))
                goto leave;
            w->top->op = OP_else;
            w->top->unreachable = false;
            sp = base;
            p++;
            continue;
        case 0x0b: { /* end */
            const Ctl *top = w->top;
            if (top->op != OP_block && top->op != OP_loop && top->op != OP_else && !(top->op == OP_if && top->one == T_NONE))
                goto leave;
            if (CW_UNLIKELY(!ends_well(w, top, base, sp))) {
                if (!top->unreachable || top_is_wide(top) || sp != base || top->type || top->inits != w->inits.n || sp >= most)
                    goto leave;
                *sp = top->one;   /* what the block was to leave, it need not if its end is not reached */
                sp += top->one != T_NONE;
            }
            w->ctls.n--;
            w->top--;
            base = stack + w->top->height;
            p++;
            continue;
        }
        case 0x0c:   /* br */
            x = p[1];
            if (x >= w->ctls.n || x >= 0x80 || !carries(&w->ctls.at[w->ctls.n - 1 - x], base, sp) || (wide && any_wide(base, sp)))
                goto leave;
            p += 2;
            goto unreachable;
        case 0x0d:   /* br_if */
            x = p[1];
            if (x >= w->ctls.n || x >= 0x80 || sp == base || sp[-1] != T_I32 || !carries(&w->ctls.at[w->ctls.n - 1 - x], base, sp - 1))
                goto leave;
            sp--;
            p += 2;
            continue;
        case 0x0f:   /* return */
            if (!carries(&w->ctls.at[0], base, sp) || (wide && any_wide(base, sp)))
                goto leave;
            p++;
            goto unreachable;
        case 0x00:   /* unreachable */
            if (wide && any_wide(base, sp))
                goto leave;
            p++;
unreachable:
            sp = base;
            w->top->unreachable = true;
            continue;
        case 0x01:   /* nop */
            p++;
            continue;

        case 0x10: { /* call */
            next = read_index(p + 1, &x);
            if (!next || x >= m->n_funcs)
                goto leave;
            const Type *type = m->funcs[x].type;
            u32 n = type->n_params, n_results = type->n_results;
            if ((size_t)(sp - base) < n || !same_types(sp - n, type->params, n) || type->param_slots != n || type->result_slots != n_results ||
                full - sp < (ptrdiff_t)n_results)
                goto leave;
            sp -= n;
            p = next;
            for (u32 i = 0; i < n_results; i++)
                *sp++ = type->results[i];
            if (sp > most)
                most = sp;
            continue;
        }
        default:
            goto leave;
        }
    }
leave:
    w->r.p = p;
    w->n = (u32)(sp - stack);
    w->slots = w->n + wide;
    if ((u32)(most - stack) + wide > w->max_slots)
        w->max_slots = (u32)(most - stack) + wide;
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
