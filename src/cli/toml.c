/* toml.c - see toml.h. Strings are unescaped where they are: what they become is never longer. */
#include "cli/toml.h"

#include <stdint.h>
#include <string.h>

#include "cli/out.h"

static bool at_end(const Toml *t) { return t->at == t->end; }
static char peek(const Toml *t) { return at_end(t) ? '\n' : *t->at; }

static void skip_spaces(Toml *t)
{
    while (!at_end(t) && (*t->at == ' ' || *t->at == '\t'))
        t->at++;
}

/* Spaces and a comment, up to the end of the line. */
static const char *skip_rest(Toml *t)
{
    skip_spaces(t);
    if (peek(t) == '#')
        while (!at_end(t) && *t->at != '\n')
            t->at++;
    if (!at_end(t) && *t->at == '\r' && t->at + 1 < t->end && t->at[1] == '\n')
        t->at++;
    return peek(t) == '\n' ? NULL : "something follows that does not belong here";
}

static bool is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

static char *put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char first[] = { 0, 0xc0, 0xe0, 0xf0 };
    *to++ = (char)(first[more] | c >> (6 * more));
    while (more--)
        *to++ = (char)(0x80 | ((c >> (6 * more)) & 0x3f));
    return to;
}

/* What follows a backslash. */
static const char *escape(Toml *t, char **to)
{
    static const char from[] = "btnfr\"\\", into[] = "\b\t\n\f\r\"\\";
    char c = peek(t);
    const char *found = c ? strchr(from, c) : NULL;
    t->at += !at_end(t);
    if (found) {
        *(*to)++ = into[found - from];
        return NULL;
    }
    int digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
    uint32_t code = 0;
    if (!digits)
        return "no such escape in a string; a backslash is written \\\\";
    for (; digits; digits--, t->at++) {
        int d = hex_digit(peek(t));
        if (d < 0)
            return "\\u wants four hexadecimal digits, \\U eight";
        code = code << 4 | (uint32_t)d;
    }
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return "no such character";
    *to = put_utf8(*to, code);
    return NULL;
}

/* A quoted string; the closing quote becomes its NUL. */
static const char *read_string(Toml *t, char **text, size_t *size)
{
    char quote = *t->at++, *to = t->at;
    *text = to;
    if (t->at + 1 < t->end && t->at[0] == quote && t->at[1] == quote)
        return "strings of several lines are not understood here";
    while (peek(t) != quote) {
        if (peek(t) == '\n')
            return "the string does not end on its line";
        const char *wrong = NULL;
        char c = *t->at++;
        if (c == '\\' && quote == '"')
            wrong = escape(t, &to);
        else if ((unsigned char)c < 0x20 && c != '\t')
            wrong = "a control character in a string";
        else
            *to++ = c;
        if (wrong)
            return wrong;
    }
    t->at++;
    *size = (size_t)(to - *text);
    for (size_t i = 0, n; i < *size; i += n)
        if (!(n = cw_utf8_length(*text + i, *size - i)))
            return "the string is not UTF-8";
    *to = '\0';
    return NULL;
}

static const char *read_number(Toml *t, TomlValue *v, char *room, size_t room_size)
{
    size_t n = 0;
    if (peek(t) == '0' && t->at + 1 < t->end && is_bare(t->at[1]))
        return "numbers are decimal, without zeros before them";
    for (bool digit = false; is_bare(peek(t)); t->at++) {
        char c = *t->at;
        if (c == '_' ? !digit : c < '0' || c > '9')
            return "a whole number is wanted; what has a unit goes into quotes";
        digit = c != '_';
        if (digit && n + 1 < room_size)
            room[n++] = c;
        else if (digit)
            return "the number is too large";
    }
    if (peek(t) == '.' || peek(t) == ':' || t->at[-1] == '_')
        return "a whole number is wanted";
    room[n] = '\0';
    v->kind = TOML_NUMBER;
    v->text = room;
    v->size = n;
    return NULL;
}

static const char *read_array(Toml *t, TomlValue v)
{
    v.kind = TOML_ARRAY;
    const char *wrong = t->value(t->ctx, &v);
    v.kind = TOML_STRING;
    v.in_array = true;
    for (t->at++; !wrong;) {
        wrong = skip_rest(t);
        while (!at_end(t) && peek(t) == '\n') {
            t->at++;
            t->line++;
            wrong = skip_rest(t);
        }
        if (at_end(t))
            return "the array does not end";
        if (peek(t) == ']') {
            t->at++;
            return NULL;
        }
        if (peek(t) != '"' && peek(t) != '\'')
            return "arrays hold strings here";
        wrong = read_string(t, &v.text, &v.size);
        if (!wrong)
            wrong = t->value(t->ctx, &v);
        if (wrong)
            return wrong;
        while (skip_rest(t) == NULL && !at_end(t)) {
            t->at++;
            t->line++;
        }
        if (peek(t) == ',')
            t->at++;
        else if (peek(t) != ']')
            return "a comma or ] is wanted";
    }
    return wrong;
}

static bool take_word(Toml *t, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(t->end - t->at) < n || memcmp(t->at, word, n) != 0 || (t->at + n < t->end && is_bare(t->at[n])))
        return false;
    t->at += n;
    return true;
}

static const char *read_value(Toml *t, const char *key)
{
    TomlValue v = { .key = key };
    char room[32];
    const char *wrong;
    char c = peek(t);
    if (c == '[')
        return read_array(t, v);
    if (c == '"' || c == '\'') {
        wrong = read_string(t, &v.text, &v.size);
        v.kind = TOML_STRING;
    } else if (take_word(t, "true") || take_word(t, "false")) {
        v.kind = TOML_BOOL;
        v.yes = t->at[-2] == 'u';
        wrong = NULL;
    } else if (c >= '0' && c <= '9') {
        wrong = read_number(t, &v, room, sizeof room);
    } else {
        wrong = c == '{'                ? "inline tables are not understood here; write [table]"
                : c == '-' || c == '+'  ? "numbers have no sign here"
                                        : "a value is wanted: \"text\", a number, true, false or an array of strings";
    }
    return wrong ? wrong : t->value(t->ctx, &v);
}

static const char *read_key(Toml *t, char **key, char **key_end)
{
    size_t size;
    const char *wrong = NULL;
    if (peek(t) == '"' || peek(t) == '\'') {
        wrong = read_string(t, key, &size);
        *key_end = *key + (wrong ? 0 : size);
        if (!wrong && memchr(*key, '\0', size))
            wrong = "a NUL in a key";
    } else {
        *key = t->at;
        while (!at_end(t) && is_bare(*t->at))
            t->at++;
        *key_end = t->at;
        if (*key == t->at)
            return "a key or [table] is wanted";
    }
    skip_spaces(t);
    return wrong ? wrong : peek(t) == '.' ? "dotted keys are not understood here; write [table]" : NULL;
}

static const char *read_table(Toml *t)
{
    char *name, *name_end;
    bool is_array = t->at + 1 < t->end && t->at[1] == '[';
    t->at += is_array ? 2 : 1;
    skip_spaces(t);
    const char *wrong = read_key(t, &name, &name_end);
    if (wrong)
        return wrong;
    if (peek(t) != ']' || (is_array && !(t->at + 1 < t->end && t->at[1] == ']')))
        return "] is wanted";
    t->at += is_array ? 2 : 1;
    *name_end = '\0';
    return t->table(t->ctx, name, is_array);
}

static const char *read_line(Toml *t)
{
    char *key, *key_end;
    if (*t->at == '[')
        return read_table(t);
    const char *wrong = read_key(t, &key, &key_end);
    if (wrong)
        return wrong;
    if (peek(t) != '=')
        return "= is wanted";
    *key_end = '\0';   /* not before: it may be the place of the = */
    t->at++;
    skip_spaces(t);
    return read_value(t, key);
}

const char *cw_toml_read(Toml *t, char *bytes, size_t size)
{
    t->at = bytes;
    t->end = bytes + size;
    t->line = 1;
    bytes[size] = '\n';
    while (!at_end(t)) {
        skip_spaces(t);
        char c = peek(t);
        const char *wrong = c != '\n' && c != '#' && c != '\r' ? read_line(t) : NULL;
        if (!wrong)
            wrong = skip_rest(t);
        if (wrong)
            return wrong;
        if (!at_end(t))
            t->at++;
        t->line++;
    }
    return NULL;
}
