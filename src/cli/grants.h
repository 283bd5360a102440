/*
 * grants.h - files that the command line or a manifest hands to the guest: directories, single files, memory, overlays.
 */
#ifndef CW_CLI_GRANTS_H
#define CW_CLI_GRANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "cwasm.h"

typedef enum GrantKind { GRANT_DIR, GRANT_FILE, GRANT_TMPFS, GRANT_OVERLAY } GrantKind;

typedef struct Grant {
    GrantKind kind;
    const char *host;    /* a directory, a file, the lower directory; NULL: tmpfs */
    const char *guest;
    const char *upper;   /* overlay; NULL: changes are kept in memory */
    bool read_only;
    bool devices;        /* dir: character devices and FIFOs may be opened */
    cwasm_wasi_quota quota;
} Grant;

/* What is wrong with the text of an option, or NULL. The text is cut in place and stays in use. */
const char *cw_grant_parse(GrantKind kind, char *text, Grant *grant);
/* Sets the limit of bytes or of names; what is wrong with the text, or NULL. */
const char *cw_grant_quota(Grant *grant, bool is_size, const char *text);
cwasm_status cw_grant_give(const Grant *grant, cwasm_wasi *wasi, cwasm_error *err);
/* The option's name, without dashes. */
const char *cw_grant_name(GrantKind kind);

#endif
