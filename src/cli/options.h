/* options.h - the tables that drive the parser (args.c) and the help (help.c). */
#ifndef CW_CLI_OPTIONS_H
#define CW_CLI_OPTIONS_H

#include <stddef.h>

#include "cli/args.h"

/* NULL, or what is wrong with the value, which is never NULL for options that must have one. */
typedef const char *Setter(Args *args, char *value);

#define AFTER_MODULE 1024u   /* still ours directly after the module */

typedef struct Option {
    const char *name;      /* without dashes; one letter: a short option */
    const char *argument;  /* NULL: takes none; "[=X]": may take one, after '=' */
    unsigned where;        /* commands, and AFTER_MODULE */
    Setter *set;
    const char *help;
} Option;
extern const Option cw_options[];
extern const size_t cw_n_options;

typedef struct CommandRow {
    const char *name;
    Command command;
    const char *words;
    const char *help;
} CommandRow;
extern const CommandRow cw_commands[];
extern const size_t cw_n_commands;

/* What other runtimes call these things. */
typedef struct ForeignName { const char *theirs, *ours; } ForeignName;
extern const ForeignName cw_foreign[];
extern const size_t cw_n_foreign;

/* The row of that name, or NULL. */
const CommandRow *cw_find_command(const char *word);
/* Prints the help of a command; NULL: of all. The exit status. */
int cw_print_help(const CommandRow *row);
/* Prints what -W knows. */
int cw_print_features(void);

#endif
