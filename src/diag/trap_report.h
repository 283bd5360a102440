/*
 * trap_report.h - a trap as text that a person can act on.
 */
#ifndef CW_DIAG_TRAP_REPORT_H
#define CW_DIAG_TRAP_REPORT_H

#include <stddef.h>

#include "cwasm.h"

/*
 * Writes the message and one line per frame, innermost first, in pieces; those of the source where sources[i] knows the frame's (may be NULL):
 *
 *     cwasm: app.wasm: trap: integer divide by zero
 *       at divide (func 12 @ offset 0x1234) at div.c:5:14
 *       at fib (func 7 @ offset 0xab), 30 times
 *       ... 940 frames left out
 *       at _start (func 3 @ offset 0x99)
 *
 * program: what trapped, may be NULL. thread: which of its threads, 0 if it has one only ("app.wasm: thread 3: trap: ..."). Control characters in names are replaced, so that a module cannot drive the terminal.
 */
void cw_trap_report(const cwasm_trap *trap, const cwasm_source *sources, const char *program, uint32_t thread,
                    void (*write)(void *ctx, const char *text, size_t size), void *ctx);

/* Writes " at div.c:5:14", or nothing if the source is not known. */
void cw_source_text(const cwasm_source *source, void (*write)(void *ctx, const char *text, size_t size), void *ctx);

/* The length of the character at s if a terminal would obey it and not show it (control characters, marks of direction), else 0. */
size_t cw_terminal_control(const char *s, size_t n);

#endif
