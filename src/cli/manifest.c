/*
 * manifest.c - --manifest: a file that says everything a guest is handed (docs/cli.md), in the subset of TOML that toml.h describes.
 *
 * One row per key. Keys that are options of the command line go through the option's own setter, so that both mean the same.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/toml.h"

enum { MAX_SIZE = 1 << 20 };

typedef enum Table { TOP, ENV, LIMITS, NET, DIR_, FILE_, TMPFS, OVERLAY, N_TABLES } Table;

static const struct { const char *name; bool is_array; } tables[N_TABLES] = {
    [TOP] = { "", false }, [ENV] = { "env", false }, [LIMITS] = { "limits", false }, [NET] = { "net", false },
    [DIR_] = { "dir", true }, [FILE_] = { "file", true }, [TMPFS] = { "tmpfs", true }, [OVERLAY] = { "overlay", true },
};

#define IN(table) (1u << (table))
#define FILES (IN(DIR_) | IN(FILE_) | IN(TMPFS) | IN(OVERLAY))
#define KIND(kind) (1u << (kind))
#define TEXT (KIND(TOML_STRING) | KIND(TOML_NUMBER))

typedef struct Key {
    const char *name;
    unsigned tables, kinds;
    const char *option;   /* whose setter takes the value; NULL: set_key knows it */
} Key;

static const Key keys[] = {
    { "args", IN(TOP), KIND(TOML_ARRAY), NULL },
    { "inherit-env", IN(TOP), KIND(TOML_BOOL), NULL },
    { "argv0", IN(TOP), KIND(TOML_STRING), "argv0" },
    { "clock", IN(TOP), KIND(TOML_STRING), "clock" },
    { "random-seed", IN(TOP), KIND(TOML_NUMBER), "random-seed" },
    { "fuel", IN(LIMITS), KIND(TOML_NUMBER), "fuel" },
    { "timeout", IN(LIMITS), TEXT, "timeout" },
    { "max-memory", IN(LIMITS), TEXT, "max-memory" },
    { "max-handles", IN(LIMITS), KIND(TOML_NUMBER), "max-handles" },
    { "stack-size", IN(LIMITS), TEXT, "stack-size" },
    { "rules", IN(NET), KIND(TOML_ARRAY), "net" },
    { "listen", IN(NET), KIND(TOML_ARRAY), "listen" },
    { "host", FILES & ~IN(TMPFS), KIND(TOML_STRING), NULL },
    { "guest", FILES, KIND(TOML_STRING), NULL },
    { "upper", IN(OVERLAY), KIND(TOML_STRING), NULL },
    { "read-only", FILES & ~IN(TMPFS), KIND(TOML_BOOL), NULL },
    { "devices", IN(DIR_), KIND(TOML_BOOL), NULL },
    { "size", IN(TMPFS) | IN(OVERLAY), TEXT, NULL },
    { "inodes", IN(TMPFS) | IN(OVERLAY), KIND(TOML_NUMBER), NULL },
};
enum { N_KEYS = sizeof keys / sizeof keys[0] };

typedef struct Manifest {
    Args *args;
    const char *path;
    Table table;
    unsigned tables_seen, keys_seen;   /* of tables; of the keys in this one */
    size_t envs_before, grants_before; /* what the command line or another manifest has named before */
    Grant *grant;                      /* of a [[dir]] and the like */
    char message[200];
} Manifest;

/* ---- What a manifest adds to args ---- */

typedef struct Room {
    struct Room *next;
    char bytes[];
} Room;

/* Memory that lives as long as args, or NULL. */
static char *room(Args *args, size_t size)
{
    Room *r = malloc(sizeof *r + size);
    if (!r)
        return NULL;
    r->next = args->rooms;
    args->rooms = r;
    return r->bytes;
}

/* Before something is added to one of the lists: what is wrong, or NULL. */
static const char *one_more(Args *args)
{
    if (args->n_manifest >= MANIFEST_MAX)
        return "manifests have too many entries";
    args->n_manifest++;
    return cw_args_lists(args) ? NULL : "out of memory";
}

static const char *add_argument(Args *args, char *text)
{
    const char *wrong = one_more(args);
    if (!wrong && !args->more)
        args->more = calloc(MANIFEST_MAX, sizeof *args->more);
    if (!wrong && !args->more)
        wrong = "out of memory";
    if (!wrong)
        args->more[args->n_more++] = text;
    return wrong;
}

static const char *set_option(Args *args, const char *name, char *text)
{
    const char *wrong = one_more(args);
    return wrong ? wrong : cw_args_set(args, name, text);
}

void cw_manifest_done(Args *args)
{
    for (Room *r = args->rooms, *next; r; r = next) {
        next = r->next;
        free(r);
    }
    free(args->more);
}

/* ---- Tables and keys ---- */

/* A path relative to the manifest's own folder; NULL if memory runs out. */
static const char *beside(Manifest *m, const char *path)
{
    const char *slash = strrchr(m->path, '/');
    if (*path == '/' || !slash)
        return path;
    size_t folder = (size_t)(slash - m->path) + 1;
    char *whole = room(m->args, folder + strlen(path) + 1);
    if (whole) {
        memcpy(whole, m->path, folder);
        strcpy(whole + folder, path);
    }
    return whole;
}

/* The [[dir]] that is being read has all it needs. */
static const char *end_table(Manifest *m)
{
    Grant *g = m->grant;
    m->grant = NULL;
    if (!g)
        return NULL;
    if (g->kind != GRANT_TMPFS && !g->host)
        return "the table before this one has no host";
    if (!g->guest && (g->kind == GRANT_TMPFS || g->kind == GRANT_OVERLAY))
        return "the table before this one has no guest";
    if (!g->guest)
        g->guest = g->host;
    for (const Grant *other = m->args->grants + m->grants_before; other < g; other++)
        if (other->kind != GRANT_FILE && g->kind != GRANT_FILE && strcmp(other->guest, g->guest) == 0)
            return "the table before this one has a guest that another one has, too";
    if (g->host)
        g->host = beside(m, g->host);
    if (g->upper)
        g->upper = beside(m, g->upper);
    return (g->kind == GRANT_TMPFS || g->host) ? NULL : "out of memory";
}

static const char *table_candidate(const void *ctx, size_t i)
{
    (void)ctx;
    return i + 1 < N_TABLES ? tables[i + 1].name : NULL;
}

static const char *on_table(void *ctx, const char *name, bool is_array)
{
    Manifest *m = ctx;
    const char *wrong = end_table(m);
    if (wrong)
        return wrong;
    unsigned table = ENV;
    while (table < N_TABLES && strcmp(tables[table].name, name) != 0)
        table++;
    if (table == N_TABLES) {
        const char *near = cw_nearest(name, table_candidate, NULL);
        snprintf(m->message, sizeof m->message, "no table '%.60s' is known%s%s%s", name, near ? "; did you mean '" : "", near ? near : "",
                 near ? "'?" : "");
        return m->message;
    }
    if (tables[table].is_array != is_array) {
        snprintf(m->message, sizeof m->message, "it is written %s%s%s", is_array ? "[" : "[[", name, is_array ? "]" : "]]");
        return m->message;
    }
    if (!is_array && (m->tables_seen & IN(table)))
        return "the table is there twice";
    m->table = (Table)table;
    m->tables_seen |= IN(table);
    m->keys_seen = 0;
    if (is_array) {
        wrong = one_more(m->args);
        if (wrong)
            return wrong;
        m->grant = &m->args->grants[m->args->n_grants++];
        *m->grant = (Grant){ .kind = (GrantKind)(table - DIR_) };
    }
    return NULL;
}

/* Sets what is no option of the command line. */
static const char *set_key(Manifest *m, const char *name, const TomlValue *v)
{
    Grant *g = m->grant;
    if (strcmp(name, "args") == 0)
        return v->in_array ? add_argument(m->args, v->text) : NULL;
    if (strcmp(name, "inherit-env") == 0)
        m->args->inherit_env = v->yes;
    else if (strcmp(name, "host") == 0)
        g->host = v->text;
    else if (strcmp(name, "guest") == 0)
        g->guest = v->text;
    else if (strcmp(name, "upper") == 0)
        g->upper = v->text;
    else if (strcmp(name, "read-only") == 0)
        g->read_only = v->yes;
    else if (strcmp(name, "devices") == 0)
        g->devices = v->yes;
    else
        return cw_grant_quota(g, *name == 's', v->text);
    return NULL;
}

static const char *set_env(Manifest *m, const TomlValue *v)
{
    if (v->kind != TOML_STRING || v->in_array)
        return "a variable's value is a string";
    if (!*v->key || strchr(v->key, '='))
        return "the variable's name is empty or contains '='";
    char *text = room(m->args, strlen(v->key) + v->size + 2);
    const char *wrong = text ? one_more(m->args) : "out of memory";
    if (wrong)
        return wrong;
    for (size_t i = m->envs_before; i < m->args->n_envs; i++)
        if (strncmp(m->args->envs[i], v->key, strlen(v->key)) == 0 && m->args->envs[i][strlen(v->key)] == '=')
            return "the key is there twice";
    sprintf(text, "%s=%s", v->key, v->text);
    m->args->envs[m->args->n_envs++] = text;
    return NULL;
}

static const char *key_candidate(const void *ctx, size_t i)
{
    for (size_t k = 0; k < N_KEYS; k++)
        if ((keys[k].tables & IN(*(const Table *)ctx)) && i-- == 0)
            return keys[k].name;
    return NULL;
}

static const char *on_value(void *ctx, const TomlValue *v)
{
    Manifest *m = ctx;
    if (v->kind == TOML_STRING && memchr(v->text, '\0', v->size))
        return "a NUL in a string";
    if (m->table == ENV)
        return set_env(m, v);
    unsigned k = 0;
    while (k < N_KEYS && !((keys[k].tables & IN(m->table)) && strcmp(keys[k].name, v->key) == 0))
        k++;
    if (k == N_KEYS) {
        const char *near = cw_nearest(v->key, key_candidate, &m->table);
        snprintf(m->message, sizeof m->message, "no key '%.60s' is known here%s%s%s", v->key, near ? "; did you mean '" : "", near ? near : "",
                 near ? "'?" : "");
        return m->message;
    }
    if (v->in_array)
        return keys[k].option ? set_option(m->args, keys[k].option, v->text) : set_key(m, keys[k].name, v);
    if (!(keys[k].kinds & KIND(v->kind)))
        return keys[k].kinds & KIND(TOML_ARRAY)    ? "an array of strings is wanted"
               : keys[k].kinds & KIND(TOML_BOOL)   ? "true or false is wanted"
               : keys[k].kinds & KIND(TOML_NUMBER) ? "a number is wanted"
                                                   : "a string is wanted";
    if (m->keys_seen & 1u << k)
        return "the key is there twice";
    m->keys_seen |= 1u << k;
    if (v->kind == TOML_ARRAY)
        return NULL;
    return keys[k].option ? set_option(m->args, keys[k].option, v->text) : set_key(m, keys[k].name, v);
}

/* The file in memory that lives as long as args, with room for one more byte; NULL after a message. */
static char *read_file(Args *args, const char *path, size_t *size)
{
    int fd = cw_open(path, O_RDONLY, 0);   /* from a pipe, too: waits for what comes */
    char *bytes = fd >= 0 ? room(args, MAX_SIZE + 1) : NULL;
    ssize_t got = 0;
    *size = 0;
    while (bytes && *size < MAX_SIZE && (got = read(fd, bytes + *size, MAX_SIZE - *size)) > 0)
        *size += (size_t)got;
    if (fd < 0 || got < 0)
        cw_complain("--manifest: cannot read %s", path);
    else if (!bytes)
        cw_complain("--manifest: out of memory");
    else if (*size == MAX_SIZE)
        cw_complain("--manifest: %s is larger than 1 MiB", path);
    if (fd >= 0)
        close(fd);
    return bytes && got >= 0 && *size < MAX_SIZE ? bytes : NULL;
}

bool cw_manifest_read(Args *args, const char *path)
{
    size_t size;
    char *bytes = read_file(args, path, &size);
    if (!bytes)
        return false;
    ManifestName *name = (ManifestName *)(void *)room(args, sizeof *name);
    if (!name) {
        cw_complain("--manifest: %s: out of memory", path);
        return false;
    }
    *name = (ManifestName){ args->manifests, path };
    args->manifests = name;
    Manifest m = { .args = args, .path = path, .envs_before = args->n_envs, .grants_before = args->n_grants };
    Toml toml = { .ctx = &m, .table = on_table, .value = on_value };
    const char *wrong = cw_toml_read(&toml, bytes, size);
    if (!wrong)
        wrong = end_table(&m);
    if (wrong)
        cw_complain("%s:%d: %s", path, toml.line, wrong);
    return !wrong;
}
