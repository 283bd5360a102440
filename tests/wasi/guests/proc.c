/* proc_exit, proc_raise. Run with: "exit N", "raise N", "return N", "abort", "raises". */
#include "support.h"

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    uint32_t n = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : 0;
    printf("before\n");
    fflush(stdout);
    if (strcmp(what, "exit") == 0)
        raw_proc_exit(n);
    if (strcmp(what, "return") == 0)
        return (int)n;
    if (strcmp(what, "abort") == 0)
        abort();
    if (strcmp(what, "raise") == 0)
        raw_proc_raise(n);
    if (strcmp(what, "raises") == 0) {
        static const uint32_t harmless[] = { 0, 16, 17, 18, 19, 20, 21, 22, 27 };
        for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
            OK("harmless", raw_proc_raise(harmless[i]));
        BAD("no such signal", raw_proc_raise(31), INVAL);
        BAD("no such signal", raw_proc_raise(0xffffffff), INVAL);
        return done();
    }
    printf("after\n");
    return 99;
}
