/*
 * in_place.c - runs functions as the bytes they came as (code/in_place.h says which, when and why).
 *
 * The frame is that of translated code: locals in their slots, operands in theirs, by height. Calls and returns between two such functions stay in
 * here; whatever else comes next, the handler that called goes on with. Meanings of numeric instructions, loads and stores come from
 * opcodes.def as they do for handlers. Everything read from the bytes has been checked: numbers end, indices and operands exist.
 */
#include "code/in_place.h"

#include "interp/slow.h"

/* ---- Numbers in the bytes (specification 5.2.2) ---- */

CW_INLINE const u8 *skip_number(const u8 *p)
{
    while (*p++ >= 0x80)
        ;
    return p;
}

static CW_NOINLINE const u8 *read_long(const u8 *p, u64 *v, bool is_signed)
{
    u32 shift = 0;
    *v = 0;
    do {
        *v |= (u64)(*p & 0x7f) << shift;
        shift += 7;
    } while (*p++ >= 0x80);
    if (is_signed && shift < 64 && p[-1] & 0x40)
        *v |= ~(u64)0 << shift;
    return p;
}

CW_INLINE const u8 *read_u32(const u8 *p, u32 *v)
{
    if (CW_LIKELY(*p < 0x80)) {
        *v = *p;
        return p + 1;
    }
    u64 wide;
    p = read_long(p, &wide, false);
    *v = (u32)wide;
    return p;
}

CW_INLINE const u8 *read_s64(const u8 *p, u64 *v)
{
    if (CW_LIKELY(*p < 0x80)) {
        *v = (u64)((s64)((u64)*p << 57) >> 57);
        return p + 1;
    }
    return read_long(p, v, true);
}

/* ---- Slots ---- */

#define FROM_u32(slot) ((u32)(slot))
#define FROM_s32(slot) ((s32)(u32)(slot))
#define FROM_u64(slot) (slot)
#define FROM_s64(slot) ((s64)(slot))
#define FROM_f32(slot) cw_f32_bits((u32)(slot))
#define FROM_f64(slot) cw_f64_bits(slot)
#define FROM_i32(slot) FROM_u32(slot)
#define FROM_i64(slot) FROM_u64(slot)
#define TO_i32(v) ((u64)(u32)(v))
#define TO_i64(v) ((u64)(v))
#define TO_f32(v) ((u64)cw_bits_f32(v))
#define TO_f64(v) cw_bits_f64(v)
/* What was loaded, as the result's type: signed ones are extended. */
#define LOADED_i32(v) ((u32)(s32)(v))
#define LOADED_i64(v) ((u64)(v))
#define LOADED_f32(v) (v)
#define LOADED_f64(v) (v)

/* ---- Leaving ---- */

static const Activation *leave(Activation *a, Instance *inst, const void *pc, u64 *fp, u64 value)
{
    a->pc = pc;
    a->fp = fp;
    a->inst = inst;
    a->trap = 0;
    a->value = value;
    return a;
}

/* How far a function still may go: p->left, more than anything for those that are never translated. */
CW_INLINE s64 left_of(const InPlace *p)
{
    u32 left = cw_load_relaxed(&p->left);
    return left == UINT32_MAX ? INT64_MAX / 2 : (s64)left;
}

CW_INLINE void keep_left(InPlace *p, s64 left)
{
    if (left <= UINT32_MAX)
        cw_store_relaxed(&p->left, (u32)CW_MAX(left, 0));
}

/* ---- The loop ---- */

#define TRAP(word_) do { word = (u64)(word_); goto trapped; } while (0)
#define TRAP_AT(code, detail) TRAP((u64)(code) | TRAP_HAS_DETAIL | (u64)(detail) << TRAP_DETAIL_SHIFT)

#define CHECK(at, size)                                                         \
    if (CW_UNLIKELY((s64)(at) > (s64)mem_size - (s64)(size))) {                 \
        word = (at) << 8 | (size);                                              \
        goto out_of_bounds;                                                     \
    }

/* Position, operands and row of the side table: behind a call, or at the beginning. */
#define GO_ON_AT(in_place_, at, row, height)                        \
    do {                                                            \
        f = (in_place_);                                            \
        body = f->body;                                             \
        base = fp + f->first_slot;                                  \
        p = body + (at);                                            \
        side = f->sides + (row);                                    \
        sp = base + (height);                                       \
        left = left_of(f);                                          \
    } while (0)

/* A branch is taken. Operands that it carries move down, over those that it drops. */
#define BRANCH(row)                                                 \
    do {                                                            \
        const Side *to_ = (row);                                    \
        u64 *low = base + to_->height;                              \
        const u64 *from = sp - to_->arity;                          \
        if (from != low)                                            \
            for (u32 i_ = 0; i_ < to_->arity; i_++)                 \
                low[i_] = from[i_];                             \
        sp = low + to_->arity;                                      \
        const u8 *target = body + to_->to;                          \
        side = f->sides + to_->side;                                \
        if (target <= p && (left -= p - target) < 0) {              \
            p = target;                                             \
            goto hot;                                               \
        }                                                           \
        p = target;                                                 \
    } while (0)

static const Activation *run(Instance *inst, InPlace *f, u64 *fp, const SideCall *returned)
{
    Activation *const activation = inst->store->activation;
    const Module *const m = inst->module;
    const u64 *const handlers = cw_code_target(m)->handlers;
    const u8 *p, *body;
    u64 *sp, *base;
    const Side *side;
    s64 left;
    u8 *mem;
    u64 mem_size, word;

    RELOAD_MEMORY();
    if (returned)
        GO_ON_AT(f, returned->next, returned->side, returned->height);
    else
        GO_ON_AT(f, f->first, 0, 0);
    for (;;) {
        u32 x;
        switch ((u32)*p) {
        case 0x00: TRAP(CWASM_TRAP_UNREACHABLE);
        case 0x01: /* nop */
            p++;
            continue;
        case 0x02: /* block */
        case 0x03: /* loop */
            p = skip_number(p + 1);
            continue;
        case 0x04: /* if */
            if ((u32)*--sp) {
                side++;
                p = skip_number(p + 1);
                continue;
            }
            p = body + side->to;
            side = f->sides + side->side;
            continue;
        case 0x05: /* else: the end of what is before it */
            p = body + side->to;
            side = f->sides + side->side;
            continue;
        case 0x0b: /* end */
            if (p == body + f->end)
                goto done;
            p++;
            continue;
        case 0x0c: /* br */
            BRANCH(side);
            continue;
        case 0x0d: /* br_if */
            if ((u32)*--sp) {
                BRANCH(side);
                continue;
            }
            side++;
            p = skip_number(p + 1);
            continue;
        case 0x0e: { /* br_table */
            u32 n, i = (u32)*--sp;
            (void)read_u32(p + 1, &n);
            BRANCH(side + (i < n ? i : n));
            continue;
        }
        case 0x0f: goto done;
        case 0x10: { /* call */
            const SideCall *call = (const SideCall *)(const void *)side;
            (void)read_u32(p + 1, &x);
            Func *callee = cw_instance_func(inst, x);
            u64 *args = base + call->height - m->funcs[x].type->n_results;
            if (x < m->n_func_imports)
                goto call_any;
            if (0) {
        case 0x11: /* call_indirect */
                call = (const SideCall *)(const void *)side;
                const u8 *table_at = read_u32(p + 1, &x);
                const Type *type = m->types[x];
                (void)read_u32(table_at, &x);
                const Table *table = inst->tables[x];
                u32 i = (u32)*--sp;
                if (i >= table->size) TRAP_AT(CWASM_TRAP_UNDEFINED_ELEMENT, i);
                callee = cw_ref_func(table->elems[i]);
                if (!callee) TRAP_AT(CWASM_TRAP_UNINITIALIZED_ELEMENT, i);
                if (callee->type_id != type->id && !cw_func_is_a(inst, callee, type->id)) TRAP(CWASM_TRAP_INDIRECT_CALL_TYPE);
                args = base + call->height - type->n_results;
            }
            u64 *to;
            if (callee->inst != inst) {
call_any:
                if (cw_is_host_func(callee)) {
                    Trap trap = cw_host_call(inst, callee, args, (const Ins *)(const void *)p, fp);
                    if (CW_UNLIKELY(trap)) TRAP(trap);
                    RELOAD_MEMORY();
                    p = body + call->next;
                    side = f->sides + call->side;
                    sp = base + call->height;
                    continue;
                }
            }
            keep_left(f, left);
            if (callee->inst != inst) {
                to = cw_cross_call(inst, callee, args, (const Ins *)(const void *)call, fp);
                if (!to) TRAP(CWASM_TRAP_STACK_EXHAUSTED);
                return leave(activation, callee->inst, callee->entry, to, (u64)(uintptr_t)callee);
            }
            if (!cw_has_room(inst, args, callee->frame_slots)) TRAP(CWASM_TRAP_STACK_EXHAUSTED);
            to = args + m->funcs[m->n_func_imports + (u32)(callee - inst->funcs)].type->n_params;
            to[0] = (u64)(uintptr_t)call;
            to[1] = (u64)(uintptr_t)fp;
            memset(to + FRAME_SAVED, 0, (size_t)callee->n_zero * 8);
            fp = args;
            const u8 *code = callee->entry;
            if (*(const u64 *)(const void *)code == handlers[IR_lazy_enter])
                code = cw_translate(inst, callee->index, NULL);
            if (!code) {
                /* the callee's first byte: it was entered */
                p = m->funcs[callee->index].body;
                TRAP(inst->store->translate_trap);
            }
            if (*(const u64 *)(const void *)code != handlers[IR_in_place])
                return leave(activation, inst, code, fp, (u64)(uintptr_t)callee);
            GO_ON_AT((InPlace *)(void *)(uintptr_t)code, f->first, 0, 0);
            continue;
        }

        case 0x1a: /* drop */
            sp--;
            p++;
            continue;
        case 0x1b: /* select */
            sp -= 2;
            if (!(u32)sp[1])
                sp[-1] = sp[0];
            p++;
            continue;

#define LOCAL(x) fp[(x) < f->n_params ? (x) : (x) + FRAME_SAVED]
        case 0x20: /* local.get */
            p = read_u32(p + 1, &x);
            *sp++ = LOCAL(x);
            continue;
        case 0x21: /* local.set */
            p = read_u32(p + 1, &x);
            LOCAL(x) = *--sp;
            continue;
        case 0x22: /* local.tee */
            p = read_u32(p + 1, &x);
            LOCAL(x) = sp[-1];
            continue;
        case 0x23: /* global.get */
            p = read_u32(p + 1, &x);
            *sp++ = inst->globals[x]->cell[0];
            continue;
        case 0x24: /* global.set */
            p = read_u32(p + 1, &x);
            inst->globals[x]->cell[0] = *--sp;
            continue;

        case 0x3f: /* memory.size */
            *sp++ = (u32)cw_memory_pages(inst->memory0);
            p = skip_number(p + 1);
            continue;
        case 0x40: /* memory.grow */
            sp[-1] = (u32)cw_memory_grow_within(inst->memory0, (u32)sp[-1], inst->store->limit_memory);
            RELOAD_MEMORY();
            p = skip_number(p + 1);
            continue;
        case 0x41: { /* i32.const */
            u64 v;
            p = read_s64(p + 1, &v);
            *sp++ = (u32)v;
            continue;
        }
        case 0x42: /* i64.const */
            p = read_s64(p + 1, sp++);
            continue;
        case 0x43: { /* f32.const */
            u32 v;
            memcpy(&v, p + 1, sizeof v);
            *sp++ = v;
            p += 5;
            continue;
        }
        case 0x44: /* f64.const */
            memcpy(sp++, p + 1, 8);
            p += 9;
            continue;

#define UNARY(R, T, expr)                                       \
    u32 trap = 0;                                               \
    T a = FROM_##T(sp[-1]);                                     \
    C_##R result = (C_##R)(expr);                               \
    if (CW_UNLIKELY(trap)) TRAP(trap);                          \
    sp[-1] = TO_##R(result)
#define BINARY(R, T, expr)                                      \
    u32 trap = 0;                                               \
    T a = FROM_##T(sp[-2]), b = FROM_##T(sp[-1]);               \
    C_##R result = (C_##R)(expr);                               \
    if (CW_UNLIKELY(trap)) TRAP(trap);                          \
    sp--;                                                       \
    sp[-1] = TO_##R(result)
/* Rows with a prefix are labels that nothing jumps to. */
#define ONE_BYTE(code, text)                                    \
    case code: {                                                \
        if ((code) > 0xff) CW_UNREACHABLE();                    \
        text;                                                   \
        p++;                                                    \
        continue;                                               \
    }
#define UN(code, id, text, R, T, expr) ONE_BYTE(code, UNARY(R, T, expr))
#define BIN(code, id, text, R, T, expr) ONE_BYTE(code, BINARY(R, T, expr))
#define BINC(code, id, text, R, T, expr) ONE_BYTE(code, BINARY(R, T, expr))
#define CMP(code, id, text, T, expr, neg, swap) ONE_BYTE(code, BINARY(i32, T, expr))
#define FCMP(code, id, text, T, expr, swap) ONE_BYTE(code, BINARY(i32, T, expr))
#define LOAD(code, id, text, R, M)                              \
    case code: {                                                \
        const u8 *next = read_u32(skip_number(p + 1), &x);      \
        u64 at = (u64)(u32)sp[-1] + x;                          \
        CHECK(at, sizeof(M));                                   \
        M v;                                                    \
        cw_racy_copy(&v, mem + at, sizeof v);                   \
        sp[-1] = TO_##R(LOADED_##R(v));                         \
        p = next;                                               \
        continue;                                               \
    }
#define STORE(code, id, text, T, M)                             \
    case code: {                                                \
        const u8 *next = read_u32(skip_number(p + 1), &x);      \
        u64 at = (u64)(u32)sp[-2] + x;                          \
        CHECK(at, sizeof(M));                                   \
        M v = (M)FROM_##T(sp[-1]);                              \
        cw_racy_copy(mem + at, &v, sizeof v);                   \
        sp -= 2;                                                \
        p = next;                                               \
        continue;                                               \
    }
#include "wasm/opcodes.def"

        case 0xfc: {
            const u8 *next = read_u32(p + 1, &x);
            switch (0xfc000 + x) {
#define UN(code, id, text, R, T, expr)                          \
            case code: {                                        \
                if ((code) < 0x100) CW_UNREACHABLE();           \
                UNARY(R, T, expr);                              \
                p = next;                                       \
                continue;                                       \
            }
#include "wasm/opcodes.def"
            case 0xfc00a: { /* memory.copy */
                sp -= 3;
                Trap trap = cw_memory_copy(inst, sp[0], sp[1], sp[2], 0);
                if (CW_UNLIKELY(trap)) TRAP(trap);
                p = next + 2;
                continue;
            }
            case 0xfc00b: { /* memory.fill */
                sp -= 3;
                Trap trap = cw_memory_fill(inst, sp[0], sp[1], sp[2], 0);
                if (CW_UNLIKELY(trap)) TRAP(trap);
                p = next + 1;
                continue;
            }
            default: CW_UNREACHABLE();
            }
        }
        default: CW_UNREACHABLE();
        }

done:   { /* the function returns */
            u32 n = m->funcs[f->func].type->n_results;
            const u64 *saved = fp + f->n_params, *from = sp - n;
            const void *to = (const void *)(uintptr_t)saved[0];
            u64 *caller = (u64 *)(uintptr_t)saved[1];
            for (u32 i = 0; i < n; i++)
                fp[i] = from[i];
            keep_left(f, left);
            if (*(const u64 *)to != handlers[IR_in_place_resume])
                return leave(activation, inst, to, caller, n ? fp[0] : 0);
            const SideCall *call = to;
            fp = caller;
            GO_ON_AT(cw_in_place_of(call), call->next, call->side, call->height);
            continue;
        }

hot:    { /* at the head of a loop, where translated code goes on: there all values are in their slots, too */
            const u8 *code = cw_code_loop(inst->module, f->func, (u32)(p - body));
            if (code) {
                keep_left(f, 0);
                return leave(activation, inst, code, fp, 0);
            }
            left = INT64_MAX / 2;   /* no memory: it goes on as it is */
            continue;
        }

out_of_bounds:   /* unless another thread has made a shared memory larger: then the instruction is run again */
        mem_size = cw_memory_check_size(inst->memory0);
        if ((s64)(word >> 8) > (s64)mem_size - (s64)(word & 0xff))
            TRAP_AT(CWASM_TRAP_MEMORY_OUT_OF_BOUNDS, word >> 8);
    }
trapped:
    leave(activation, inst, p, fp, 0);
    activation->trap = word;
    return activation;
}

const Activation *cw_in_place_enter(Instance *inst, const Ins *pc, u64 *fp)
{
    return run(inst, (InPlace *)(void *)(uintptr_t)pc, fp, NULL);
}

const Activation *cw_in_place_resume(Instance *inst, const Ins *pc, u64 *fp)
{
    const SideCall *call = (const SideCall *)(const void *)pc;
    return run(inst, cw_in_place_of(call), fp, call);
}
