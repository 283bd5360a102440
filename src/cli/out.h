/*
 * out.h - writing text to a descriptor, without stdio and without allocation.
 *
 * Everything here may be used in a signal handler: the run report is written from there when a signal ends the guest.
 */
#ifndef CW_CLI_OUT_H
#define CW_CLI_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Out {
    int fd;
    bool failed;      /* a write failed; everything after it is dropped */
    size_t n;
    char buf[2048];
} Out;

void cw_out_init(Out *out, int fd);
void cw_out_bytes(Out *out, const char *text, size_t size);
void cw_out_text(Out *out, const char *text);
void cw_out_char(Out *out, char c);
/* Spaces up to a column that began `done` characters ago; at least one. */
void cw_out_pad(Out *out, size_t done, size_t column);
void cw_out_u64(Out *out, uint64_t x);
void cw_out_i64(Out *out, int64_t x);
void cw_out_hex(Out *out, uint64_t x);
/* Nanoseconds as seconds with six decimals. */
void cw_out_seconds(Out *out, uint64_t ns);
/* A name out of a module, for a terminal: control characters and broken UTF-8 are written as \hh. */
void cw_out_name(Out *out, const char *name, size_t size);
/* A JSON string with its quotes; broken UTF-8 becomes U+FFFD. */
void cw_out_json(Out *out, const char *text, size_t size);
/* Writes what is buffered; false if that or anything before it failed. */
bool cw_out_flush(Out *out);

/* Length of the well-formed UTF-8 sequence at text, 0 if there is none. */
size_t cw_utf8_length(const char *text, size_t size);

#endif
