/*
 * imports.c - after a link error: who makes such imports, and what to do about it.
 *
 * One row per toolchain or interface. Patterns know `*` at their end or beginning.
 */
#include <string.h>

#include "cli/run.h"

typedef struct Maker {
    const char *module, *name;
    const char *who;
    const char *advice;
} Maker;

static const char emscripten[] = "Emscripten, for its JavaScript host";
static const char standalone[] = "build with 'emcc -sSTANDALONE_WASM' (or '-o app.wasm'), or with clang --target=wasm32-wasi";
static const char bindgen[] = "wasm-bindgen, for a browser or Node.js";
static const char rust_wasi[] = "build the program itself for WASI: cargo build --target wasm32-wasip1";
static const char component[] = "a WASI 0.2 component or a module cut out of one";
static const char preview1[] = "build for WASI preview 1: --target wasm32-wasip1 (Rust), GOOS=wasip1 (Go), --target=wasm32-wasi (clang)";
static const char sockets[] = "a sockets extension of other runtimes";
static const char no_sockets[] = "none of WasmEdge (version 1 or 2) or WAMR, whose sockets cwasm knows: see docs/wasi-sockets.md";
static const char object[] = "the compiler, in an object file that is not linked yet";
static const char link_it[] = "link it: clang --target=wasm32-wasi a.o -o a.wasm (or wasm-ld)";

static const Maker makers[] = {
    { "wasi_snapshot_preview1", "sock_*", sockets, no_sockets },
    { "wasi_unstable", "sock_*", sockets, "the extensions of WasmEdge and WAMR are there for wasi_snapshot_preview1 only: build for preview 1" },
    { "wasi_snapshot_preview1", "epoll_oneoff", "an extension of WasmEdge", "build the program without the feature 'epoll': poll_oneoff does the same" },
    { "wasi", "thread-spawn", "wasi-threads", "allow threads: cwasm run -S threads" },
    { "wasi:*", "*", component, preview1 },
    { "wasi_snapshot_preview2", "*", component, preview1 },
    { "cm32p2*", "*", component, preview1 },
    { "$root", "*", component, preview1 },
    { "wasix_*", "*", "the WASIX toolchain (cargo wasix)", "WASIX is not WASI; build for wasm32-wasip1" },
    { "wasi_ephemeral_nn", "*", "wasi-nn, machine learning interfaces", "cwasm does not have them" },
    { "wasi_nn", "*", "wasi-nn, machine learning interfaces", "cwasm does not have them" },
    { "wasi_ephemeral_*", "*", "a WASI proposal of 2020 (crypto, sockets)", "cwasm does not have it" },
    { "wasi_experimental_*", "*", "an experimental WASI proposal", "cwasm does not have it" },
    { "gojs", "*", "Go with GOOS=js, for wasm_exec.js", "build with GOOS=wasip1 GOARCH=wasm" },
    { "go", "*", "Go before 1.21 with GOOS=js, for wasm_exec.js", "build with Go >= 1.21 and GOOS=wasip1 GOARCH=wasm" },
    { "wbg", "*", bindgen, rust_wasi },
    { "__wbindgen*", "*", bindgen, rust_wasi },
    { "*_bg.js", "*", bindgen, rust_wasi },
    { "wasm:js-string", "*", "a compiler that uses the string built-ins of JavaScript", "it runs in JavaScript engines only" },
    { "dart2wasm", "*", "dart compile wasm, for JavaScript hosts", "it runs in JavaScript engines only" },
    { "js_code", "*", "Kotlin/Wasm, for JavaScript hosts", "build its wasmWasi target" },
    { "teavm*", "*", "TeaVM, for JavaScript hosts", "build its WASI target" },
    { "extism:*", "*", "the Extism plug-in kit", "it is a plug-in, to be loaded by an Extism host" },
    { "spectest", "*", "the specification's test suite", "run it with spec-tests/spec_run" },
    { "env", "__linear_memory", object, link_it },
    { "env", "__indirect_function_table", object, link_it },
    { "env", "__stack_pointer", object, link_it },
    { "env", "__memory_base", "wasm-ld -shared or Emscripten, in a library for dynamic linking", "link it statically" },
    { "env", "__table_base", "wasm-ld -shared or Emscripten, in a library for dynamic linking", "link it statically" },
    { "GOT.*", "*", "wasm-ld -shared or Emscripten, in a library for dynamic linking", "link it statically" },
    { "env", "emscripten_*", emscripten, standalone },
    { "env", "_emscripten_*", emscripten, standalone },
    { "env", "_embind_*", emscripten, "embind needs a JavaScript host; export plain functions instead" },
    { "env", "_emval_*", emscripten, "embind needs a JavaScript host; export plain functions instead" },
    { "env", "__syscall_*", emscripten, standalone },
    { "env", "_abort_js", emscripten, standalone },
    { "env", "_tzset_js", emscripten, standalone },
    { "env", "invoke_*", emscripten, "exceptions and setjmp by JavaScript: build with -fwasm-exceptions -sSUPPORT_LONGJMP=wasm, or without" },
    { "env", "__cxa_*", emscripten, "exceptions by JavaScript: build with -fwasm-exceptions, or -fno-exceptions" },
    { "env", "proxy_*", "the proxy-wasm SDK, for Envoy and its kin", "it is a plug-in, to be loaded by such a proxy" },
    { "env", "abort", "AssemblyScript", "compile with --use abort= (or for WASI with as-wasi's shim)" },
    { "env", "seed", "AssemblyScript", "compile for WASI with its wasi-shim" },
    { "a", "?", "Emscripten with -O2 or more, which shortens all names", standalone },
    { "env", "memory", "a linker told to import its memory (--import-memory)",
      "if it has threads: cwasm run -S threads; else link without --import-memory and --shared-memory" },
    { "env", "*", "a program that calls functions of its host", "they are not WASI: an embedder defines them with cwasm_linker_define_func; "
                                                               "if they should be in the program, link what defines them" },
};
enum { N_MAKERS = sizeof makers / sizeof makers[0] };

/* The names of what there is, by its tables. */
static const char *const preview1_names[] = {
#define P1(name, ...) #name,
#include "wasi/preview1.def"
#undef P1
#define SOCK(body, name, ...) name,
#define SOCK_AS(function, name, ...) name,
#define SOCK_GET(name, ...) name,
#define SOCK_SET(name, ...) name,
#include "wasi/sockets.def"
#undef SOCK
#undef SOCK_AS
#undef SOCK_GET
#undef SOCK_SET
    NULL,
};

static const char *preview1_candidate(const void *ctx, size_t i)
{
    (void)ctx;
    return preview1_names[i];
}

static bool is_preview1(const char *name, size_t size)
{
    for (size_t i = 0; preview1_names[i]; i++)
        if (strlen(preview1_names[i]) == size && memcmp(preview1_names[i], name, size) == 0)
            return true;
    return false;
}

/* `*` alone, at the end or at the beginning; `?` alone: one or two characters. */
static bool matches(const char *pattern, const char *s, size_t n)
{
    size_t m = strlen(pattern);
    if (strcmp(pattern, "?") == 0)
        return n == 1 || n == 2;
    if (m > 0 && pattern[m - 1] == '*')
        return n >= m - 1 && memcmp(s, pattern, m - 1) == 0;
    if (pattern[0] == '*')
        return n >= m - 1 && memcmp(s + n - (m - 1), pattern + 1, m - 1) == 0;
    return n == m && memcmp(s, pattern, n) == 0;
}

static size_t maker_of(const cwasm_import *import)
{
    for (size_t i = 0; i < N_MAKERS; i++)
        if (matches(makers[i].module, import->module, import->module_size) && matches(makers[i].name, import->name, import->name_size))
            return i;
    return N_MAKERS;
}

static bool is_wasi(const cwasm_import *import)
{
    return matches("wasi_snapshot_preview1", import->module, import->module_size) ||
           matches("wasi_unstable", import->module, import->module_size);
}

static bool is_provided(const cwasm_import *import)
{
    if (matches("wasi_unstable", import->module, import->module_size) && matches("sock_*", import->name, import->name_size))
        return matches("sock_recv", import->name, import->name_size) || matches("sock_send", import->name, import->name_size) ||
               matches("sock_shutdown", import->name, import->name_size);
    return is_wasi(import) && is_preview1(import->name, import->name_size);
}

static void out_import(Out *out, const cwasm_import *import)
{
    cw_out_name(out, import->module, import->module_size);
    cw_out_text(out, "::");
    cw_out_name(out, import->name, import->name_size);
}

static void near_miss(Out *out, const cwasm_import *import)
{
    char name[32];
    if (import->name_size >= sizeof name || !is_wasi(import))
        return;
    memcpy(name, import->name, import->name_size);
    name[import->name_size] = '\0';
    const char *near = cw_nearest(name, preview1_candidate, NULL);
    cw_out_text(out, "    there is no such function in preview 1");
    if (near) {
        cw_out_text(out, "; the nearest is ");
        cw_out_text(out, near);
    }
    cw_out_char(out, '\n');
}

/* One paragraph: the missing imports of one maker (N_MAKERS: of nobody we know), if there are any. Returns which sorts there are. */
enum { FUNCTIONS = 1, OTHERS = 2 };
static unsigned explain(Out *out, const Run *run, const cwasm_module *module, size_t maker)
{
    enum { SHOWN = 4 };
    size_t n = 0;
    unsigned sorts = 0;
    cwasm_import first = { 0 };
    for (size_t i = 0; i < cwasm_module_n_imports(module); i++) {
        cwasm_import import = cwasm_module_import(module, i);
        if (is_provided(&import) || cw_preloads_provide(run, module, &import) || maker_of(&import) != maker)
            continue;
        sorts |= import.type.kind == CWASM_EXTERN_FUNC ? FUNCTIONS : OTHERS;
        if (n == 0)
            first = import;
        if (n < SHOWN) {
            cw_out_text(out, n == 0 ? "  " : ", ");
            out_import(out, &import);
        }
        n++;
    }
    if (n == 0)
        return 0;
    if (n > SHOWN) {
        cw_out_text(out, " and ");
        cw_out_u64(out, n - SHOWN);
        cw_out_text(out, " more");
    }
    if (maker == N_MAKERS) {
        cw_out_text(out, ": nothing in cwasm provides this\n");
        near_miss(out, &first);
        return sorts;
    }
    cw_out_text(out, ": made by ");
    cw_out_text(out, makers[maker].who);
    cw_out_text(out, "\n    ");
    cw_out_text(out, makers[maker].advice);
    cw_out_char(out, '\n');
    return sorts;
}

void cw_explain_imports(const Run *run, const cwasm_module *module)
{
    Out out;
    unsigned sorts = 0;
    cw_out_init(&out, 2);
    for (size_t maker = 0; maker <= N_MAKERS; maker++)
        sorts |= explain(&out, run, module, maker);
    if (sorts == FUNCTIONS)   /* --unknown-imports=trap was not given, then */
        cw_out_text(&out, "  --unknown-imports=trap runs it as long as it calls no function that is missing\n");
    cw_out_flush(&out);
}
