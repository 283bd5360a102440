/*
 * script.h - runs the commands of one converted test file against a fresh store.
 *
 * Every command ends in one verdict. NOT_YET: it needs a feature that this build of the engine refuses with CWASM_UNSUPPORTED, or a module that
 * was refused so. TEXT_ONLY: the command is about the text format and there is no binary to give to the engine.
 */
#ifndef SPEC_SCRIPT_H
#define SPEC_SCRIPT_H

#include <stdbool.h>
#include <stdio.h>

#include "cwasm.h"

typedef enum Verdict { PASSED, FAILED, NOT_YET, TEXT_ONLY, N_VERDICTS } Verdict;

#define MAX_FEATURES 32

typedef struct Tally {
    unsigned count[N_VERDICTS];
    unsigned drift;                      /* right rejections in other words than the suite's */
    struct {
        const char *feature;             /* static or interned */
        unsigned n;
    } not_yet[MAX_FEATURES];             /* unused ones have feature NULL */
} Tally;

typedef struct ScriptOptions {
    bool flip;      /* turn each expectation into one that must fail, and count those that do fail as passed */
    bool texts;     /* list messages that are not the suite's */
    bool fuel;      /* give every store all the fuel there is */
    bool verbose;   /* name each command on stderr before it runs */
} ScriptOptions;

/* Runs `json_path`, which was made from the suite's file `name`, and adds to *tally; what is wrong goes to `out`. */
void script_run(cwasm_engine *engine, const char *name, const char *json_path, const ScriptOptions *options, Tally *tally, FILE *out);

void tally_add(Tally *sum, const Tally *part);

#endif
