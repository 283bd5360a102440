/* args_get, args_sizes_get, environ_get, environ_sizes_get. Run with: args_env.wasm "two words" "" é   and   A=1 LONG=x=y EMPTY= */
#include "support.h"

#define OUTSIDE 0xfffffff0u

static void list(const char *what, int (*sizes)(uint32_t, uint32_t), int (*get)(uint32_t, uint32_t), const char *const *want, uint32_t n)
{
    uint32_t count = 99, size = 99, total = 0;
    printf("# %s\n", what);
    OK("sizes", sizes(AT(&count), AT(&size)));
    NUM("count", count, n);
    for (uint32_t i = 0; i < n; i++)
        total += (uint32_t)strlen(want[i]) + 1;
    NUM("size", size, total);
    uint32_t *pointers = calloc(count + 1, 4);
    char *text = malloc(size + 1);
    memset(text, '?', size + 1);
    pointers[count] = 0x5a5a5a5a;
    OK("get", get(AT(pointers), AT(text)));
    for (uint32_t i = 0; i < n && i < count; i++)
        text_is("string", (const char *)(uintptr_t)pointers[i], strlen((const char *)(uintptr_t)pointers[i]), want[i]);
    NUM("pointers end", pointers[count], 0x5a5a5a5a);
    NUM("text ends", text[size], '?');
    BAD("sizes: count outside", sizes(OUTSIDE + 14, AT(&size)), FAULT);
    BAD("sizes: size outside", sizes(AT(&count), OUTSIDE), FAULT);
    BAD("get: pointers outside", get(OUTSIDE, AT(text)), FAULT);
    BAD("get: text outside", get(AT(pointers), OUTSIDE), FAULT);
    /* unaligned */
    char odd[64];
    OK("sizes: unaligned", sizes(AT(odd + 1), AT(odd + 7)));
    uint32_t v;
    memcpy(&v, odd + 7, 4);
    NUM("unaligned value", v, total);
}

int main(int argc, char **argv)
{
    (void)argc;
    static const char *args[4] = { NULL, "two words", "", "\xc3\xa9" };
    static const char *const env[] = { "A=1", "LONG=x=y", "EMPTY=" };
    args[0] = argv[0];
    list("args", raw_args_sizes_get, raw_args_get, args, 4);
    list("environ", raw_environ_sizes_get, raw_environ_get, env, 3);
    return done();
}
