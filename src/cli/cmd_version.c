/* cmd_version.c - `cwasm --version`: everything a bug report needs. */
#include <string.h>

#include "cli/cli.h"

#ifndef CW_LIBC_NAME
#define CW_LIBC_NAME "unknown"
#endif
#ifndef CW_BUILD_NAME
#define CW_BUILD_NAME "unknown"
#endif

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "unknown"
#endif

#if defined(__x86_64__)
#define MACHINE "x86_64"
#elif defined(__aarch64__)
#define MACHINE "aarch64"
#elif defined(__riscv)
#define MACHINE "riscv"
#elif defined(__i386__)
#define MACHINE "i386"
#elif defined(__arm__)
#define MACHINE "arm"
#else
#define MACHINE "other"
#endif

typedef enum Which { FEATURES_ON, FEATURES_OFF, FEATURES_MISSING } Which;

static void features(Out *out, const char *label, Which which)
{
    bool implemented, on, any = false;
    const char *name;
    for (size_t i = 0; (name = cwasm_feature_name(i, &implemented, &on)); i++) {
        if (which != (!implemented ? FEATURES_MISSING : on ? FEATURES_ON : FEATURES_OFF))
            continue;
        cw_out_text(out, any ? " " : label);
        any = true;
        cw_out_text(out, name);
    }
    if (any)
        cw_out_char(out, '\n');
}

int cw_cmd_version(void)
{
    Out out;
    cw_out_init(&out, 1);
    cw_out_text(&out, "cwasm " CWASM_VERSION "\ndispatch:        ");
    cw_out_text(&out, cwasm_dispatch_name(CWASM_DISPATCH_AUTO));
    bool more = false;
    for (cwasm_dispatch d = CWASM_DISPATCH_SWITCH; d <= CWASM_DISPATCH_TAIL; d++) {
        const char *name = cwasm_dispatch_name(d);
        if (!cwasm_has_dispatch(d) || strcmp(name, cwasm_dispatch_name(CWASM_DISPATCH_AUTO)) == 0)
            continue;
        cw_out_text(&out, more ? ", " : " (also ");
        cw_out_text(&out, name);
        more = true;
    }
    cw_out_text(&out, more ? ")\n" : "\n");
    cw_out_text(&out, "libc:            " CW_LIBC_NAME "\n"
                      "compiler:        " COMPILER "\n"
                      "build:           " CW_BUILD_NAME ", " MACHINE "\n");
    features(&out, "features on:     ", FEATURES_ON);
    features(&out, "features off:    ", FEATURES_OFF);
    features(&out, "not implemented: ", FEATURES_MISSING);
    return cw_out_flush(&out) ? 0 : STATUS_FAILED;
}
