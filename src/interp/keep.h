/*
 * keep.h - accumulators in registers where the whole loop is one function: for dispatch_goto.c and dispatch_switch.c with gcc on x86-64.
 *
 * gcc gives up allocating registers with care in a function of this size: what lives across the call of any C function must have a register that
 * calls preserve, and of vector registers there is none, so it keeps xd, xs and xv in memory (1.3 times the time in kernels with floats). Here they are
 * bound to registers by name; in return the calls that handlers make save them, each by a macro with the name of the function. tools/check_handlers.py
 * fails if a call is made without, so this list cannot be forgotten.
 */
#ifndef CW_INTERP_KEEP_H
#define CW_INTERP_KEEP_H

#include "interp/slow.h"

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__OPTIMIZE__)
/* No argument of a function of ours is in these, and they need no prefix. */
#define ACCUMULATORS()                      \
    register f64 xd __asm__("xmm5") = 0;    \
    register f32 xs __asm__("xmm6") = 0;    \
    register V128 xv __asm__("xmm7") = { 0 }
/* Through memory that the compiler may not see through: it would not expect a call to change the registers. */
#define SAVE_ACCUMULATORS()                                                           \
    f64 kept_xd = xd;                                                                 \
    f32 kept_xs = xs;                                                                 \
    V128 kept_xv = xv;                                                                \
    __asm__ volatile("" : "+m"(kept_xd), "+m"(kept_xs), "+m"(kept_xv))
#define RESTORE_ACCUMULATORS() (xd = kept_xd, xs = kept_xs, xv = kept_xv)
#define KEEP(call)                        \
    __extension__({                       \
        SAVE_ACCUMULATORS();              \
        __typeof__(call) result = (call); \
        RESTORE_ACCUMULATORS();           \
        result;                           \
    })
#define KEEP_VOID(call) do { SAVE_ACCUMULATORS(); call; RESTORE_ACCUMULATORS(); } while (0)

#define cw_host_call(...) KEEP(cw_host_call(__VA_ARGS__))
#define cw_cross_call(...) KEEP(cw_cross_call(__VA_ARGS__))
#define cw_replace_frame(...) KEEP(cw_replace_frame(__VA_ARGS__))
#define cw_return_call_func(...) KEEP(cw_return_call_func(__VA_ARGS__))
#define cw_func_is_a(...) KEEP(cw_func_is_a(__VA_ARGS__))
#define cw_func_type(...) KEEP(cw_func_type(__VA_ARGS__))
#define cw_trap_exit(...) KEEP(cw_trap_exit(__VA_ARGS__))
#define cw_throw(...) KEEP(cw_throw(__VA_ARGS__))
#define cw_throw_ref(...) KEEP(cw_throw_ref(__VA_ARGS__))
#define cw_translate(...) KEEP(cw_translate(__VA_ARGS__))
#define cw_in_place_enter(...) KEEP(cw_in_place_enter(__VA_ARGS__))
#define cw_in_place_resume(...) KEEP(cw_in_place_resume(__VA_ARGS__))
#define cw_enter_late(...) KEEP(cw_enter_late(__VA_ARGS__))
#define cw_move_slots(...) KEEP_VOID(cw_move_slots(__VA_ARGS__))
#define cw_zero_slots(...) KEEP_VOID(cw_zero_slots(__VA_ARGS__))
#define cw_memory_fill(...) KEEP(cw_memory_fill(__VA_ARGS__))
#define cw_memory_copy(...) KEEP(cw_memory_copy(__VA_ARGS__))
#define cw_memory_init(...) KEEP(cw_memory_init(__VA_ARGS__))
#define cw_memory_grow_within(...) KEEP(cw_memory_grow_within(__VA_ARGS__))
#define cw_table_fill(...) KEEP(cw_table_fill(__VA_ARGS__))
#define cw_table_copy(...) KEEP(cw_table_copy(__VA_ARGS__))
#define cw_table_init(...) KEEP(cw_table_init(__VA_ARGS__))
#define cw_table_grow(...) KEEP(cw_table_grow(__VA_ARGS__))
#define cw_wait(...) KEEP(cw_wait(__VA_ARGS__))
#define cw_shared_memory_notify(...) KEEP(cw_shared_memory_notify(__VA_ARGS__))
#define cw_ref_is(...) KEEP(cw_ref_is(__VA_ARGS__))
#define cw_gc_struct_new(...) KEEP(cw_gc_struct_new(__VA_ARGS__))
#define cw_gc_struct_new_default(...) KEEP(cw_gc_struct_new_default(__VA_ARGS__))
#define cw_gc_array_new(...) KEEP(cw_gc_array_new(__VA_ARGS__))
#define cw_gc_array_new_default(...) KEEP(cw_gc_array_new_default(__VA_ARGS__))
#define cw_gc_array_new_fixed(...) KEEP(cw_gc_array_new_fixed(__VA_ARGS__))
#define cw_gc_array_new_data(...) KEEP(cw_gc_array_new_data(__VA_ARGS__))
#define cw_gc_array_new_elem(...) KEEP(cw_gc_array_new_elem(__VA_ARGS__))
#define cw_gc_array_fill(...) KEEP(cw_gc_array_fill(__VA_ARGS__))
#define cw_gc_array_copy(...) KEEP(cw_gc_array_copy(__VA_ARGS__))
#define cw_gc_array_init_data(...) KEEP(cw_gc_array_init_data(__VA_ARGS__))
#define cw_gc_array_init_elem(...) KEEP(cw_gc_array_init_elem(__VA_ARGS__))
#if CW_PSHUFB
#define cw_swizzle(a, indices) (CW_HAS_PSHUFB() ? cw_swizzle_quickly(a, indices) : KEEP(cw_swizzle_slowly(a, indices)))
#define cw_shuffle(a, b, lanes) (CW_HAS_PSHUFB() ? cw_shuffle_quickly(a, b, lanes) : KEEP(cw_shuffle_slowly(a, b, lanes)))
#else
#define cw_swizzle(...) KEEP(cw_swizzle(__VA_ARGS__))
#define cw_shuffle(...) KEEP(cw_shuffle(__VA_ARGS__))
#endif
#else
#define ACCUMULATORS() \
    f64 xd = 0;        \
    f32 xs = 0;        \
    V128 xv = { 0 }
#endif

#endif
