/*
 * service.c - a reactor of about 34 kB that stands for a small service: it keeps state, allocates and formats text. `handle` answers one request.
 * cflags: -mexec-model=reactor
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char **seen;
static int n_seen;

__attribute__((export_name("handle"))) int handle(int number)
{
    char line[64];
    snprintf(line, sizeof line, "request %d: %.3f", number, number / 7.0);
    char **more = realloc(seen, sizeof *seen * (size_t)(n_seen + 1));
    if (!more)
        return -1;
    seen = more;
    seen[n_seen++] = strdup(line);
    return n_seen * 1000 + (int)strlen(line);
}
