/* trace.h - for host programs of the tests: each WASI call of a guest as a line "function error parameters" in the file that CWASM_TEST_TRACE names. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "cwasm.h"

static FILE *trace_file;

static void trace_call(void *ctx, const cwasm_wasi_call *call)
{
    (void)ctx;
    fprintf(trace_file, "%s %s %zu\n", call->name, cwasm_wasi_errno_name(call->error), call->n_args);
}

/* Before cwasm_wasi_define; false if there is such a file and it cannot be written. */
static bool trace_to_file(cwasm_wasi *wasi)
{
    const char *path = getenv("CWASM_TEST_TRACE");
    if (!path)
        return true;
    if (!trace_file)
        trace_file = fopen(path, "a");
    if (trace_file)
        cwasm_wasi_trace(wasi, trace_call, NULL);
    return trace_file != NULL;
}

static void trace_end(void)
{
    if (trace_file)
        fclose(trace_file);
}

#endif
