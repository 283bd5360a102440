/* wat.c - see wat.h. */
#include "wat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(2);
}

static Wasm read_all(FILE *in, const char *what)
{
    Wasm w = { NULL, 0 };
    size_t room = 0;
    for (size_t got = 1; got; w.size += got) {
        if (w.size == room && !(w.bytes = realloc(w.bytes, room = room ? 2 * room : 65536)))
            die(what);
        got = fread(w.bytes + w.size, 1, room - w.size, in);
    }
    return w;
}

Wasm file_read(const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        die(path);
    Wasm w = read_all(in, path);
    fclose(in);
    return w;
}

/* The wasm-tools program; found once per process. */
static const char *wasm_tools(void)
{
    static char path[4096];
    const char *given = getenv("WASM_TOOLS");
    if (*path)
        return path;
    if (given) {
        snprintf(path, sizeof path, "%s", given);
    } else if (!system("command -v wasm-tools >/dev/null 2>&1")) {
        strcpy(path, "wasm-tools");
    } else {
        FILE *in = popen("python3 '" TEST_ROOT "/tests/support/tools.py' wasm-tools", "r");
        if (!in || !fgets(path, sizeof path, in) || pclose(in))
            die("wasm-tools is nowhere");
        path[strcspn(path, "\n")] = 0;
    }
    return path;
}

Wasm wat_parse_file(const char *path)
{
    char command[8300];
    snprintf(command, sizeof command, "'%s' parse '%s'", wasm_tools(), path);
    FILE *in = popen(command, "r");
    if (!in)
        die("wasm-tools");
    Wasm w = read_all(in, path);
    if (pclose(in)) {
        fprintf(stderr, "wasm-tools cannot parse %s\n", path);
        exit(2);
    }
    return w;
}

Wasm wat_parse(const char *text)
{
    char path[] = "/tmp/cwasm-test-XXXXXX";
    int fd = mkstemp(path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out || fputs(text, out) < 0 || fclose(out))
        die(path);
    Wasm w = wat_parse_file(path);
    unlink(path);
    return w;
}
