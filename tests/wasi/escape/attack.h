/*
 * attack.h - rows of attacks, for attacks.c and net.c. Each tries ways out, says which lead out, and counts them in got_out.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct Attack {
    const char *name, *what;
    void (*run)(void);
    bool helped;   /* needs the runner */
} Attack;

#define ATTACK(id) static void id(void)
#define ROW(id, what) { #id, what, id, false },
#define HELPED(id, what) { #id, what, id, true },

static int got_out;

/* Runs those that are wished for, a line each; 1 if one got out. */
static int run_attacks(const Attack *attacks, size_t n, bool (*wished)(const Attack *))
{
    bool any = false;
    for (const Attack *a = attacks; a < attacks + n; a++) {
        if (!wished(a))
            continue;
        got_out = 0;
        a->run();
        printf("%s %s: %s\n", got_out ? "FAIL" : "ok  ", a->name, a->what);
        any |= got_out != 0;
    }
    fflush(stdout);
    return any;
}

#endif
