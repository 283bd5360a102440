/* lines.h - modules with line tables made by hand, for tests. */
#ifndef TEST_SUPPORT_LINES_H
#define TEST_SUPPORT_LINES_H

#include <stdint.h>
#include <string.h>

/* Contents of a section. */
typedef struct Piece {
    const void *bytes;
    size_t size;
} Piece;

enum { LINES_OVERHEAD = 128 };   /* that a module has beside the contents of its sections */
enum { LINES_BODY = 23 };        /* where the function's only instruction is, its end */

static inline size_t lines_section(uint8_t *to, const char *name, Piece content)
{
    size_t name_size = strlen(name), size = 1 + name_size + content.size, n = 0;
    to[n++] = 0;
    for (unsigned i = 0; i < 5; i++)   /* five bytes, always */
        to[n++] = (uint8_t)((size >> 7 * i & 0x7f) | (i < 4 ? 0x80 : 0));
    to[n++] = (uint8_t)name_size;
    memcpy(to + n, name, name_size);
    n += name_size;
    if (content.size)
        memcpy(to + n, content.bytes, content.size);
    return n + content.size;
}

/* A module with one function and this debug information: to gets it, LINES_OVERHEAD bytes more than the contents. Returns its size. */
static inline size_t lines_module(uint8_t *to, Piece lines, Piece line_strings, Piece strings)
{
    static const uint8_t front[] = { 0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 4, 1, 2, 0, 0x0b };
    size_t n = sizeof front;
    memcpy(to, front, n);
    n += lines_section(to + n, ".debug_line", lines);
    n += lines_section(to + n, ".debug_line_str", line_strings);
    return n + lines_section(to + n, ".debug_str", strings);
}

#endif
