/* Build a JSON text, parse it into a tree, and print it again: recursion, small allocations, switch on characters. */
#include "guest.h"

typedef enum { NIL, BOOL, NUMBER, STRING, ARRAY, OBJECT } Kind;
typedef struct Value Value;
struct Value { Kind kind; double number; char *text; Value *first, *next; char *key; };

static char source[40000], printed[60000];
static const char *at;

static Value *parse(void);
static void space(void) { while (*at == ' ' || *at == '\n') at++; }

static char *parse_string(void) {
    char buffer[128], *p = buffer;
    for (at++; *at != '"'; at++) {
        if (*at == '\\') at++;
        *p++ = *at;
    }
    at++;
    *p = 0;
    return strdup(buffer);
}

static double parse_number(void) {
    double n = 0, scale = 1, sign = 1;
    if (*at == '-') sign = -1, at++;
    while (*at >= '0' && *at <= '9') n = n * 10 + (*at++ - '0');
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++) n += (*at - '0') * (scale *= 0.125); /* exact, so not decimal */
    return sign * n;
}

static Value *members(Kind kind, char close) {
    Value *v = calloc(1, sizeof *v), **tail = &v->first;
    v->kind = kind;
    for (at++, space(); *at != close; space()) {
        char *key = NULL;
        if (kind == OBJECT) key = parse_string(), space(), at++, space();
        *tail = parse(), (*tail)->key = key, tail = &(*tail)->next;
        space();
        if (*at == ',') at++;
    }
    at++;
    return v;
}

static NOINLINE Value *parse(void) {
    Value *v;
    space();
    if (*at == '{') return members(OBJECT, '}');
    if (*at == '[') return members(ARRAY, ']');
    v = calloc(1, sizeof *v);
    switch (*at) {
    case '"': v->kind = STRING, v->text = parse_string(); break;
    case 't': v->kind = BOOL, v->number = 1, at += 4; break;
    case 'f': v->kind = BOOL, at += 5; break;
    case 'n': at += 4; break;
    default: v->kind = NUMBER, v->number = parse_number();
    }
    return v;
}

static char *quote(char *o, const char *s) {
    for (*o++ = '"'; *s; *o++ = *s++)
        if (*s == '"' || *s == '\\') *o++ = '\\';
    *o++ = '"';
    return o;
}

static char *integer(char *o, int64_t n) {
    char digit[24];
    int i = 0;
    if (n < 0) *o++ = '-', n = -n;
    do digit[i++] = (char)('0' + n % 10); while (n /= 10);
    while (i) *o++ = digit[--i];
    return o;
}

static NOINLINE char *print(char *o, const Value *v) {
    if (v->key) o = quote(o, v->key), *o++ = ':';
    switch (v->kind) {
    case NIL: memcpy(o, "null", 4), o += 4; break;
    case BOOL: o = strcpy(o, v->number != 0 ? "true" : "false") + (v->number != 0 ? 4 : 5); break;
    case NUMBER: o = integer(o, (int64_t)(v->number * 512)); break;
    case STRING: o = quote(o, v->text); break;
    default:
        *o++ = v->kind == ARRAY ? '[' : '{';
        for (const Value *m = v->first; m; m = m->next) {
            o = print(o, m);
            if (m->next) *o++ = ',';
        }
        *o++ = v->kind == ARRAY ? ']' : '}';
    }
    return o;
}

static void drop(Value *v) {
    for (Value *m = v->first, *next; m; m = next) next = m->next, drop(m);
    free(v->key), free(v->text), free(v);
}

static void make_source(void) {
    char *p = source;
    *p++ = '[';
    for (u32 i = 0; p < source + sizeof source - 400; i++) {
        u32 r = rnd();
        p += sprintf(p, "%s{\"id\": %u, \"name\": \"user \\\"%x\\\" of many\", \"ok\": %s, "
                        "\"score\": -%u.%o,\n  \"tags\": [\"a%u\", \"long tag with words\", null],"
                        " \"at\": {\"x\": %u.4, \"y\": [%u, [%u, []]]}}",
                     i ? ", " : "", (unsigned)i, (unsigned)(r >> 9), r & 1 ? "true" : "false", (unsigned)(r >> 20),
                     (unsigned)(r >> 11 & 511),
                     (unsigned)(r & 7), (unsigned)(r >> 3 & 255), (unsigned)(r >> 5 & 1023), (unsigned)(r >> 7 & 15));
    }
    strcpy(p, "]");
}

int main(int argc, char **argv) {
    u32 sum = 0;
    make_source();
    for (int n = rounds(argc, argv, 170); n > 0; n--) {
        at = source;
        Value *v = parse();
        char *end = print(printed, v);
        drop(v);
        for (char *p = printed; p < end; p++) sum = sum * 31 + (u8)*p;
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
