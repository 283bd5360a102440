/* Text work: split lines into fields, parse and format numbers, compare, copy and upper-case. Uses the C library's
   string functions as a user would; snprintf only now and then. */
#include "guest.h"

static char text[60000], out[120000];

static u32 make_text(void) {
    static const char *name[] = {"alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"};
    char *p = text;
    while (p < text + sizeof text - 64) {
        u32 r = rnd();
        p += snprintf(p, 64, "%s;%u;%d.%02u; %s-%s \n", name[r & 7], (unsigned)(r >> 8 & 4095), (int)(r >> 20) - 2048,
                      (unsigned)(r % 100), name[r >> 3 & 7], name[r >> 6 & 7]);
    }
    *p = 0;
    return (u32)(p - text);
}

static char *trim(char *s) {
    while (*s == ' ') s++;
    char *e = s + strlen(s);
    while (e > s && e[-1] == ' ') *--e = 0;
    return s;
}

static char *put_number(char *p, int64_t n) {
    char digits[24];
    int i = 0;
    if (n < 0) *p++ = '-', n = -n;
    do digits[i++] = (char)('0' + n % 10); while (n /= 10);
    while (i) *p++ = digits[--i];
    return p;
}

static NOINLINE u32 process(u32 length) {
    static char copy[sizeof text];
    char *o = out;
    int64_t total = 0;
    memcpy(copy, text, length + 1);
    for (char *line = copy, *next; *line; line = next) {
        next = strchr(line, '\n');
        *next++ = 0;
        char *field[4];
        int n = 0;
        for (char *p = line; p && n < 4; n++) {
            field[n] = p;
            if ((p = strchr(p, ';'))) *p++ = 0;
        }
        int64_t count = strtol(field[1], NULL, 10), cents = 0;
        char *dot = strchr(field[2], '.');
        cents = strtol(field[2], NULL, 10) * 100 + strtol(dot + 1, NULL, 10);
        total += count * cents;
        if (strcmp(field[0], "delta") < 0) memcpy(o, "low ", 4), o += 4;
        if (strstr(field[3], "golf")) *o++ = '!';
        for (char *p = trim(field[3]); *p; p++) *o++ = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
        *o++ = '=';
        o = put_number(o, total);
        *o++ = '\n';
    }
    *o = 0;
    u32 sum = (u32)total;
    for (char *p = out; *p; p++) sum = sum * 31 + (u8)*p;
    return sum;
}

int main(int argc, char **argv) {
    u32 sum = 0, length = make_text();
    for (int n = rounds(argc, argv, 140); n > 0; n--) {
        sum = mix(sum, process(length));
        text[n * 37 % 1000] ^= 0; /* the text stays the same, the compiler may not know */
    }
    printf("%08x %u\n", (unsigned)sum, (unsigned)length);
    return 0;
}
