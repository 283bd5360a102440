/* A guest that waits: it answers every line of standard input, a number, with its double. For density.py. cflags: -Wl,--strip-all */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    char line[32];
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        printf("%d\n", atoi(line) * 2);
        fflush(stdout);
    }
    return 0;
}
