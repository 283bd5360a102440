/*
 * error.h - how everything in cwasm fails.
 *
 * A function that can fail returns Status, 0 is success, and takes `Error *err` (may be NULL) last. Failing is one line,
 * reporting never allocates, and the first error wins: whoever fails fills err, callers only pass the status on with TRY.
 */
#ifndef CW_BASE_ERROR_H
#define CW_BASE_ERROR_H

#include <stdarg.h>

#include "base/platform.h"
#include "cwasm.h"

typedef cwasm_status Status;
typedef cwasm_error Error;

/* Fills *err (if given) with a printf-formatted message and returns status. offset: byte offset in the module or CWASM_NO_OFFSET. */
Status cw_fail(Error *err, Status status, u64 offset, const char *fmt, ...) CW_PRINTF(4, 5);
Status cw_vfail(Error *err, Status status, u64 offset, const char *fmt, va_list args) CW_PRINTF(4, 0);

/* The one message for a failed allocation. */
Status cw_no_memory(Error *err);

/* Passes a failure on. The only macro that hides a return. */
#define TRY(expr)                                       \
    do {                                                \
        Status try_status_ = (expr);                    \
        if (CW_UNLIKELY(try_status_ != CWASM_OK))       \
            return try_status_;                         \
    } while (0)

#endif
