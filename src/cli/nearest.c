/* nearest.c - what may have been meant by a misspelt word. */
#include <string.h>

#include "cli/cli.h"

/* Number of insertions, deletions, replacements and swaps of neighbours between a and b; words over 31 characters are far. */
static size_t edit_distance(const char *a, const char *b)
{
    enum { MAX = 32 };
    size_t n = strlen(a), m = strlen(b);
    if (n >= MAX || m >= MAX)
        return MAX;
    size_t d[MAX][MAX];
    for (size_t i = 0; i <= n; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= m; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        for (size_t j = 1; j <= m; j++) {
            size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[n][m];
}

/* How far a word may be from what it was meant to be. */
static size_t allowed_distance(const char *word)
{
    size_t length = strlen(word);
    return length < 3 ? 1 : length < 8 ? 2 : 3;
}

static size_t distance(const char *word, const char *candidate)
{
    size_t d = edit_distance(word, candidate), length = strlen(word);
    if (length >= 3 && strncmp(word, candidate, length) == 0 && d > allowed_distance(word))
        d = allowed_distance(word);   /* the beginning of a long name */
    return d < strlen(candidate) ? d : SIZE_MAX;
}

bool cw_is_near(const char *word, const char *candidate)
{
    return distance(word, candidate) <= allowed_distance(word);
}

const char *cw_nearest(const char *word, const char *(*next)(const void *ctx, size_t i), const void *ctx)
{
    const char *candidate, *best = NULL;
    size_t least = allowed_distance(word) + 1;
    for (size_t i = 0; (candidate = next(ctx, i)); i++) {
        size_t d = distance(word, candidate);
        if (d < least) {
            least = d;
            best = candidate;
        }
    }
    return best;
}
