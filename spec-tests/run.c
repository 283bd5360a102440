/*
 * run.c - the runner of the official WebAssembly test suite: spec_run.
 *
 * Has convert.py turn the suite into JSON and .wasm files (kept in a cache folder), runs every file in a store of its own on --jobs threads,
 * prints a line per file, what is not there yet by feature, and last the total alone on its line. Exit status: 0 if nothing failed and, with
 * --check, the counts are those of expected.txt.
 */
#define _POSIX_C_SOURCE 200809L   /* open_memstream, fdopen */

#include <errno.h>
#include <fnmatch.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "script.h"

static const char script_path[] = TEST_ROOT "/spec-tests/convert.py", expected_path[] = TEST_ROOT "/spec-tests/expected.txt";

static const char usage[] =
    "usage: spec_run [options] [FILTER...]\n"
    "  FILTER               run files whose path contains it, or matches it as a pattern\n"
    "  --suite DIR          the .wast files; default $CWASM_TESTSUITE, ../shared/testsuite, a git clone\n"
    "  --cache DIR          where the converted files are kept (default: spec-cache)\n"
    "  --tools DIR          a pip --target folder with wasm-tools and wast2json\n"
    "  --dispatch NAME      switch, goto or tail; default: the build's fastest\n"
    "  --bounds guard       guard pages instead of explicit checks\n"
    "  --compile eager      translate everything at load\n"
    "  --tier-up N|never    translate functions when they have run so often (default 2; 0: at the first call)\n"
    "  --fuel, --interruption   run the code variants that count and poll (with unlimited fuel)\n"
    "  --gc-stress          collect garbage at every allocation\n"
    "  --jobs N             threads (default 1)\n"
    "  --flip               turn every expectation into a wrong one and demand that it fails\n"
    "  --texts              list messages that are not the suite's\n"
    "  --check              compare the counts per file with expected.txt\n"
    "  --write-expected     write expected.txt\n"
    "  --verbose            name each command before it runs\n";

typedef struct File {
    char *name, *json;
    Tally tally;
    char *text;       /* what it had to say */
    size_t text_size;
    double seconds;
    bool done;
} File;

typedef struct Run {
    cwasm_config *config;
    ScriptOptions options;
    File *files;
    size_t n_files, next;
    pthread_mutex_t lock;
    pthread_cond_t changed;
} Run;

static _Noreturn void die(const char *what, const char *detail)
{
    fprintf(stderr, "spec_run: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
    exit(2);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- The list of files ---- */

static bool wanted(const char *name, char **filters, int n_filters)
{
    for (int i = 0; i < n_filters; i++)
        if (strstr(name, filters[i]) || !fnmatch(filters[i], name, 0))
            return true;
    return n_filters == 0;
}

/* Runs convert.py and reads the list it prints. */
static void convert(Run *run, const char *suite, const char *cache, const char *tools, char **filters, int n_filters)
{
    const char *argv[12] = { "python3", script_path, "--cache", cache };
    int n = 4, fds[2], status;
    if (suite)
        argv[n++] = "--suite", argv[n++] = suite;
    if (tools)
        argv[n++] = "--tools", argv[n++] = tools;
    if (pipe(fds))
        die("pipe", strerror(errno));
    pid_t child = fork();
    if (child < 0)
        die("fork", strerror(errno));
    if (child == 0) {
        dup2(fds[1], STDOUT_FILENO);
        close(fds[0]);
        close(fds[1]);
        execvp(argv[0], (char **)argv);
        die("cannot run python3", strerror(errno));
    }
    close(fds[1]);
    FILE *in = fdopen(fds[0], "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    while (in && (size = getline(&line, &room, in)) > 0) {
        line[size - 1] = 0;
        char *tab = strchr(line, '\t');
        if (!tab)
            die("convert.py printed", line);
        *tab = 0;
        if (!wanted(line, filters, n_filters))
            continue;
        run->files = realloc(run->files, (run->n_files + 1) * sizeof *run->files);
        if (!run->files)
            die("out of memory", NULL);
        run->files[run->n_files++] = (File){ .name = strdup(line), .json = strdup(tab + 1) };
    }
    free(line);
    if (in)
        fclose(in);
    if (waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
        die("the suite could not be converted", NULL);
    if (!run->n_files)
        die("no file of the suite matches", NULL);
}

/* ---- Running ---- */

/* What is off by default and switched on for the files of a folder: the proposal it tests, and what its converter writes. */
static const struct { const char *folder, *feature; } switches[] = {
    { "proposals/custom-page-sizes/", "custom-page-sizes" },
    { "proposals/wide-arithmetic/", "wide-arithmetic" },
    { "legacy/", "legacy-exceptions" },
    { "legacy/", "compact-imports" },
};

/* Files do not share an engine, so that one's features are not another's. */
static cwasm_engine *engine_for(const Run *run, const char *file)
{
    cwasm_engine *engine;
    cwasm_error err;
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)   /* not implemented: the file's commands say so */
        if (cwasm_config_feature(run->config, switches[i].feature, !strncmp(file, switches[i].folder, strlen(switches[i].folder))))
            continue;
    if (cwasm_engine_new(run->config, &engine, &err))
        die("no engine", err.message);
    return engine;
}

static void *worker(void *arg)
{
    Run *run = arg;
    pthread_mutex_lock(&run->lock);
    while (run->next < run->n_files) {
        File *file = &run->files[run->next++];
        cwasm_engine *engine = engine_for(run, file->name);
        pthread_mutex_unlock(&run->lock);
        FILE *out = open_memstream(&file->text, &file->text_size);
        if (!out)
            die("out of memory", NULL);
        double start = now();
        script_run(engine, file->name, file->json, &run->options, &file->tally, out);
        file->seconds = now() - start;
        cwasm_engine_free(engine);
        fclose(out);
        pthread_mutex_lock(&run->lock);
        file->done = true;
        pthread_cond_signal(&run->changed);
    }
    pthread_mutex_unlock(&run->lock);
    return NULL;
}

static void print_file(const File *file)
{
    const Tally *t = &file->tally;
    fputs(file->text, stdout);
    printf("%-44s %5u passed", file->name, t->count[PASSED]);
    if (t->count[FAILED])
        printf(" %5u FAILED", t->count[FAILED]);
    if (t->count[NOT_YET]) {
        printf(" %5u not yet (", t->count[NOT_YET]);
        for (size_t i = 0; i < MAX_FEATURES && t->not_yet[i].feature; i++)
            printf("%s%s", i ? ", " : "", t->not_yet[i].feature);
        printf(")");
    }
    if (t->count[TEXT_ONLY])
        printf(" %5u text-only", t->count[TEXT_ONLY]);
    if (file->seconds > 0.5)
        printf(" %.1f s", file->seconds);
    printf("\n");
    fflush(stdout);
}

/* Runs all files on n threads and prints each as soon as it and all before it are done. */
static void run_all(Run *run, int jobs, Tally *total)
{
    pthread_t threads[64];
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 8 << 20);
    for (int i = 0; i < jobs; i++)
        if (pthread_create(&threads[i], &attr, worker, run))
            die("cannot start a thread", NULL);
    pthread_attr_destroy(&attr);
    for (size_t i = 0; i < run->n_files; i++) {
        pthread_mutex_lock(&run->lock);
        while (!run->files[i].done)
            pthread_cond_wait(&run->changed, &run->lock);
        pthread_mutex_unlock(&run->lock);
        print_file(&run->files[i]);
        tally_add(total, &run->files[i].tally);
    }
    for (int i = 0; i < jobs; i++)
        pthread_join(threads[i], NULL);
}

/* ---- expected.txt ---- */

static void write_expected(const Run *run)
{
    FILE *out = fopen(expected_path, "w");
    if (!out)
        die(expected_path, strerror(errno));
    fprintf(out, "# Counts per file of the official suite; spec_run --check compares, spec_run --write-expected writes.\n");
    fprintf(out, "# %-42s passed not-yet text-only\n", "file");
    for (size_t i = 0; i < run->n_files; i++) {
        const unsigned *count = run->files[i].tally.count;
        fprintf(out, "%-44s %6u %7u %9u\n", run->files[i].name, count[PASSED], count[NOT_YET], count[TEXT_ONLY]);
    }
    if (fclose(out))
        die(expected_path, strerror(errno));
}

/* The number of files whose counts are not the expected ones. */
static unsigned check_expected(const Run *run, char **filters, int n_filters)
{
    FILE *in = fopen(expected_path, "r");
    char line[512], name[256];
    unsigned wrong = 0, passed, not_yet, text_only;
    size_t seen = 0;
    if (!in)
        die(expected_path, strerror(errno));
    while (fgets(line, sizeof line, in)) {
        if (*line == '#' || sscanf(line, "%255s %u %u %u", name, &passed, &not_yet, &text_only) != 4 || !wanted(name, filters, n_filters))
            continue;
        size_t i = 0;
        while (i < run->n_files && strcmp(run->files[i].name, name))
            i++;
        if (i == run->n_files) {
            printf("expected.txt: %s did not run\n", name);
            wrong++;
            continue;
        }
        seen++;
        const unsigned *count = run->files[i].tally.count;
        if (count[PASSED] != passed || count[NOT_YET] != not_yet || count[TEXT_ONLY] != text_only) {
            printf("expected.txt: %s: %u passed, %u not yet, %u text-only; expected %u, %u, %u\n", name, count[PASSED], count[NOT_YET],
                   count[TEXT_ONLY], passed, not_yet, text_only);
            wrong++;
        }
    }
    fclose(in);
    if (seen < run->n_files) {
        printf("expected.txt: %zu files that ran are not in it\n", run->n_files - seen);
        wrong++;
    }
    return wrong;
}

/* ---- Main ---- */

static cwasm_dispatch parse_dispatch(const char *name)
{
    for (int d = CWASM_DISPATCH_SWITCH; d <= CWASM_DISPATCH_TAIL; d++)
        if (!strcmp(name, cwasm_dispatch_name((cwasm_dispatch)d))) {
            if (!cwasm_has_dispatch((cwasm_dispatch)d))
                die("this build does not have the dispatcher", name);
            return (cwasm_dispatch)d;
        }
    die("no such dispatcher", name);
}

int main(int argc, char **argv)
{
    Run run = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
    const char *suite = NULL, *cache = "spec-cache", *tools = NULL;
    bool check = false, write = false;
    int jobs = 1, n_filters = 0;
    cwasm_config *config = cwasm_config_new();
    char **filters = calloc((size_t)argc, sizeof *filters);
    if (!config || !filters)
        die("out of memory", NULL);
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i], *next = i + 1 < argc ? argv[i + 1] : "";
        bool is_known = true;
        if (!strcmp(arg, "--suite"))
            suite = next, i++;
        else if (!strcmp(arg, "--cache"))
            cache = next, i++;
        else if (!strcmp(arg, "--tools"))
            tools = next, i++;
        else if (!strcmp(arg, "--jobs"))
            jobs = atoi(next), i++;
        else if (!strcmp(arg, "--dispatch"))
            is_known = !cwasm_config_dispatch(config, parse_dispatch(next)), i++;
        else if (!strcmp(arg, "--bounds"))
            is_known = !strcmp(next, "explicit") || (!strcmp(next, "guard") && !cwasm_config_bounds(config, CWASM_BOUNDS_GUARD)), i++;
        else if (!strcmp(arg, "--compile"))
            cwasm_config_compile(config, !strcmp(next, "eager") ? CWASM_COMPILE_EAGER : CWASM_COMPILE_LAZY), i++;
        else if (!strcmp(arg, "--tier-up"))
            cwasm_config_tier_up(config, !strcmp(next, "never") ? UINT32_MAX : (uint32_t)atoi(next)), i++;
        else if (!strcmp(arg, "--fuel"))
            cwasm_config_fuel(config, run.options.fuel = true);
        else if (!strcmp(arg, "--interruption"))
            cwasm_config_interruption(config, true);
        else if (!strcmp(arg, "--gc-stress"))
            cwasm_config_gc_stress(config, true);
        else if (!strcmp(arg, "--flip"))
            run.options.flip = true;
        else if (!strcmp(arg, "--texts"))
            run.options.texts = true;
        else if (!strcmp(arg, "--verbose"))
            run.options.verbose = true;
        else if (!strcmp(arg, "--check"))
            check = true;
        else if (!strcmp(arg, "--write-expected"))
            write = true;
        else if (*arg == '-')
            is_known = false;
        else
            filters[n_filters++] = argv[i];
        if (!is_known || i >= argc) {
            fputs(usage, stderr);
            return 2;
        }
    }
    if (jobs < 1 || jobs > 64)
        die("--jobs must be 1 to 64", NULL);
    if (write && (n_filters || run.options.flip))
        die("--write-expected needs a complete, plain run", NULL);
    convert(&run, suite, cache, tools, filters, n_filters);
    run.config = config;
    double start = now();
    Tally total = { 0 };
    run_all(&run, jobs, &total);
    cwasm_config_free(config);
    unsigned wrong = check && !run.options.flip ? check_expected(&run, filters, n_filters) : 0;
    if (write)
        write_expected(&run);

    printf("\n%zu files, %.1f s", run.n_files, now() - start);
    printf("; text-only %u; not yet %u", total.count[TEXT_ONLY], total.count[NOT_YET]);
    for (size_t i = 0; i < MAX_FEATURES && total.not_yet[i].feature; i++)
        printf("%s%s %u", i ? ", " : ": ", total.not_yet[i].feature, total.not_yet[i].n);
    printf("; rejected rightly but in other words than the suite's %u\n", total.drift);
    if (wrong)
        printf("%u files do not have the counts of expected.txt\n", wrong);
    printf("%u passed, %u failed\n", total.count[PASSED], total.count[FAILED] + wrong);
    for (size_t i = 0; i < run.n_files; i++)
        free(run.files[i].name), free(run.files[i].json), free(run.files[i].text);
    free(run.files);
    free(filters);
    return total.count[FAILED] || wrong || !total.count[PASSED] ? 1 : 0;
}
