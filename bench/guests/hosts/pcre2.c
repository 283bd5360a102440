/* Perl-compatible regular expressions over a text, without a JIT. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "../guest.h"
#include "pcre2.h"
#include "text.h"

enum { SIZE = 30000 };
static char text[SIZE];

int main(int argc, char **argv) {
    static const char *patterns[] = {
        "\\[(\\d+)\\] ([0-9a-f]{8}): (\\w+)", "(?i)ENGINE|module|instance", "\\b(\\w)\\w*\\1\\b", "(?:the|a) (?=\\w+ of)", "^.*?error.*?$",
        "([a-z]+) ([a-z]+) \\1", "(?<=at )offset[^.]*\\."};
    u32 sum = 0;
    for (int n = rounds(argc, argv, 9); n > 0; n--) {
        make_text(text, SIZE);
        for (unsigned i = 0; i < sizeof patterns / sizeof *patterns; i++) {
            int error, count = 0;
            size_t at;
            pcre2_code *code = pcre2_compile((PCRE2_SPTR)patterns[i], PCRE2_ZERO_TERMINATED, PCRE2_MULTILINE, &error, &at, NULL);
            if (!code) return printf("%s: error %d at %u\n", patterns[i], error, (unsigned)at), 1;
            pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
            for (size_t from = 0; pcre2_match(code, (PCRE2_SPTR)text, SIZE, from, 0, match, NULL) > 0; count++) {
                size_t *where = pcre2_get_ovector_pointer(match);
                sum = mix(sum, (u32)(where[1] - where[0]));
                from = where[1] + (where[1] == where[0]);
            }
            sum = mix(sum, (u32)count);
            pcre2_match_data_free(match);
            pcre2_code_free(code);
        }
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
