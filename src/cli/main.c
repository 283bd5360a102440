/* main.c - the cwasm program: picks the command. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

void cw_complain(const char *fmt, ...)
{
    char line[2048];
    int n = snprintf(line, sizeof line, "cwasm: ");
    va_list args;
    va_start(args, fmt);
    int m = vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, args);
    va_end(args);
    size_t size = (size_t)n + (m > 0 ? (size_t)m : 0);
    if (size > sizeof line - 2)
        size = sizeof line - 2;
    line[size++] = '\n';
    Out out;
    cw_out_init(&out, 2);
    cw_out_bytes(&out, line, size);
    cw_out_flush(&out);
}

int main(int argc, char **argv)
{
    Args args;
    int status = 0;
    if (cw_args_parse(&args, argc, argv, &status)) {
        switch (args.command) {
        case CMD_RUN: status = cw_cmd_run(&args); break;
        case CMD_VALIDATE: status = cw_cmd_validate(&args); break;
        case CMD_INSPECT: status = cw_cmd_inspect(&args); break;
        case CMD_DISASM: status = cw_cmd_disasm(&args); break;
        case CMD_HELP:
        case CMD_VERSION: break;
        }
    }
#if CW_FREE_AT_EXIT
    cw_args_done(&args);
    return status;
#else
    _exit(status);   /* nothing is buffered, and the system frees faster */
#endif
}
