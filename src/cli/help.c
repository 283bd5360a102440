/* help.c - what --help prints, from the tables of options.c. */
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"

static void help_row(Out *out, const char *left, const char *argument, const char *help)
{
    bool is_short = left[0] && !left[1], joined = argument && argument[0] == '[';   /* it brings its own = */
    size_t n = 2 + (is_short ? 1 : 2) + strlen(left) + (argument ? !joined + strlen(argument) : 0);
    cw_out_text(out, is_short ? "  -" : "  --");
    cw_out_text(out, left);
    if (argument) {
        if (!joined)
            cw_out_char(out, is_short ? ' ' : '=');
        cw_out_text(out, argument);
    }
    if (n > 32) {
        cw_out_char(out, '\n');
        n = 0;
    }
    cw_out_pad(out, n, 34);
    cw_out_text(out, help);
    cw_out_char(out, '\n');
}

static void help_all(Out *out)
{
    cw_out_text(out, "cwasm " CWASM_VERSION " - runs WebAssembly programs\n\n"
                     "  cwasm run [options] MODULE [arguments]\n"
                     "  cwasm MODULE [arguments]          short for run\n\nCommands\n");
    for (size_t i = 0; i < cw_n_commands; i++) {
        cw_out_text(out, "  ");
        cw_out_text(out, cw_commands[i].name);
        cw_out_pad(out, 2 + strlen(cw_commands[i].name), 12);
        cw_out_text(out, cw_commands[i].help);
        cw_out_char(out, '\n');
    }
    cw_out_text(out, "\n'cwasm help COMMAND' lists the options of a command.\n");
}

static void help_command(Out *out, const CommandRow *row)
{
    cw_out_text(out, "cwasm ");
    cw_out_text(out, row->name);
    cw_out_char(out, ' ');
    cw_out_text(out, row->words);
    cw_out_text(out, "\n\n  ");
    cw_out_text(out, row->help);
    cw_out_text(out, "\n\n");
    bool any = false;
    for (size_t i = 0; i < cw_n_options; i++) {
        if (!(cw_options[i].where & row->command))
            continue;
        if (!any)
            cw_out_text(out, "Options\n");
        any = true;
        help_row(out, cw_options[i].name, cw_options[i].argument, cw_options[i].help);
    }
    if (row->command != CMD_RUN)
        return;
    cw_out_text(out, "\nMODULE is a file, or - for stdin. Directly after it --dir, --file, --tmpfs, --overlay and --env are still cwasm's, up to the\n"
                     "first other word; from there on everything is the guest's. -- ends ours explicitly.\n\n"
                     "Exit status: the guest's own; 134 after a trap, 126 if the module cannot be run, 127 if there is none,\n"
                     "2 for a wrong command line, 128 + N when signal N ended it.\n");
}

int cw_print_help(const CommandRow *row)
{
    Out out;
    cw_out_init(&out, 1);
    if (row)
        help_command(&out, row);
    else
        help_all(&out);
    return cw_out_flush(&out) ? 0 : STATUS_FAILED;
}

int cw_print_features(void)
{
    Out out;
    cw_out_init(&out, 1);
    bool implemented, on;
    const char *name;
    for (size_t i = 0; (name = cwasm_feature_name(i, &implemented, &on)); i++) {
        cw_out_text(&out, "  ");
        cw_out_text(&out, name);
        cw_out_pad(&out, 2 + strlen(name), 26);
        cw_out_text(&out, !implemented ? "not implemented yet\n" : on ? "on\n" : "off\n");
    }
    return cw_out_flush(&out) ? 0 : STATUS_FAILED;
}
