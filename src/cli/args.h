/*
 * args.h - the command line: one table row per command and per option drives parsing, --help and suggestions.
 *
 *     cwasm run [options] MODULE [--dir … --env … --file …] [--] [guest arguments]
 *
 * Directly after the module a closed list of options is still cwasm's, up to the first other word; from there on everything is the
 * guest's. `--` ends ours explicitly, before the module or after it.
 */
#ifndef CW_CLI_ARGS_H
#define CW_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/grants.h"
#include "cwasm.h"

typedef enum Command { CMD_RUN = 1, CMD_VALIDATE = 2, CMD_INSPECT = 4, CMD_DISASM = 8, CMD_HELP = 16, CMD_VERSION = 32 } Command;

/* --second-wall */
typedef enum SecondWall { SECOND_WALL_DEFAULT, SECOND_WALL_ON, SECOND_WALL_OFF, SECOND_WALL_REQUIRE } SecondWall;

typedef struct ListenGrant {
    const char *address;
    bool is_tcplisten;           /* Wasmtime's spelling: HOST:PORT, and as there it does not wait */
} ListenGrant;

typedef struct ManifestName {
    struct ManifestName *next;
    const char *path;
} ManifestName;

typedef struct Args {
    Command command;
    bool is_short;               /* `cwasm MODULE …` without the word run */
    const char *module;          /* path, or "-" for stdin; validate: the first of rest */
    const char *argv0;           /* what the guest sees as its name */
    char **rest;                 /* run: the guest's arguments, argv0 at rest[-1]; other commands: all words */
    size_t n_rest;

    Grant *grants;               /* in the order they were given */
    size_t n_grants;
    const char **envs;           /* "K=V" or "K" */
    size_t n_envs;
    const char **nets;           /* rules of --net */
    size_t n_nets;
    ListenGrant *listens;
    size_t n_listens;
    const char **dns_servers;
    size_t n_dns_servers;
    bool listen_fds;             /* sockets of systemd */
    const char **features;       /* "name" or "name=y" or "name=n" */
    size_t n_features;
    bool inherit_env;

    char **preloads;             /* "NAME=FILE", each cut in two by the parser: the file begins behind the name's end */
    size_t n_preloads;
    bool unknown_traps;          /* --unknown-imports=trap */
    const char *invoke;
    bool has_fuel;
    uint64_t fuel;
    uint64_t timeout_ns;         /* 0: none */
    uint64_t max_memory;         /* bytes, 0: no limit of ours */
    uint64_t max_heap;           /* bytes, 0: the default */
    uint32_t max_handles;        /* 0: no limit of ours */
    bool threads;                /* -S threads */
    uint32_t max_threads;        /* 0: the default */
    size_t stack_size;           /* 0: default */
    cwasm_compile compile;
    uint32_t tier_up;            /* if has_tier_up */
    bool has_tier_up;
    cwasm_dispatch dispatch;
    cwasm_bounds bounds;
    bool path_walk;
    SecondWall second_wall;
    const char *report;          /* path, NULL: none or report_fd */
    int report_fd;               /* -1: none */
    cwasm_clock clock;
    int64_t clock_ns;
    bool has_random_seed;
    uint64_t random_seed;
    const char *trace;           /* --trace-wasi: the filter, "" for all; NULL: off */
    const char *trace_output;    /* NULL: stderr */
    bool trace_json;
    bool custom;                 /* validate: custom sections, too */
    bool imports, exports, sections;
    bool print_capabilities, print_json;
    size_t capacity;             /* room in each of the lists: the number of words, and what a manifest may name */
    size_t n_manifest;           /* of that, named by a manifest */
    char **more;                 /* the guest's first arguments, from a manifest */
    size_t n_more;
    ManifestName *manifests;     /* that were read */
    struct Room *rooms;          /* what a manifest's texts are in */
} Args;

/* Entries of lists that manifests may have. */
enum { MANIFEST_MAX = 4096 };

/* Parses; true to go on with args->command, false to end with *status (help was printed, or a complaint). Words of argv are cut in
 * place; args points into them. */
bool cw_args_parse(Args *args, int argc, char **argv, int *status);
void cw_args_done(Args *args);
/* Sets an option of `run` by its name; what is wrong, or NULL. The value is cut in place and stays in use. */
const char *cw_args_set(Args *args, const char *name, char *value);
/* Makes the lists; false if there is no memory. */
bool cw_args_lists(Args *args);

/* Reads a manifest into args (manifest.c); false after a message. */
bool cw_manifest_read(Args *args, const char *path);
void cw_manifest_done(Args *args);

/* The command that word is a likely misspelling of, or NULL. */
const char *cw_nearest_command(const char *word);
/* The i-th name of what `-W` knows, for suggestions. */
const char *cw_feature_candidate(const void *ctx, size_t i);

#endif
