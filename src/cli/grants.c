/* grants.c - parsing and giving what grants.h describes. */
#include "cli/grants.h"

#include <string.h>

#include "cli/numbers.h"

const char *cw_grant_name(GrantKind kind)
{
    static const char *const names[] = { "dir", "file", "tmpfs", "overlay" };
    return names[kind];
}

const char *cw_grant_quota(Grant *grant, bool is_size, const char *text)
{
    uint64_t *limit = is_size ? &grant->quota.bytes : &grant->quota.names;
    const char *wrong = is_size ? cw_parse_size(text, limit) : cw_parse_number(text, limit);
    return wrong || *limit ? wrong : "a limit of 0 leaves nothing; leave it out for the default";
}

/* Whether word is key=VALUE; value gets what follows. */
static bool is_key(const char *word, const char *key, const char **value)
{
    size_t n = strlen(key);
    *value = word + n + 1;
    return strncmp(word, key, n) == 0 && word[n] == '=';
}

/* One word of the options at the end; false if it is none, then they are part of the path. */
static bool one_option(GrantKind kind, const char *word, Grant *grant, const char **wrong)
{
    const char *value;
    if (strcmp(word, "ro") == 0 || strcmp(word, "rw") == 0) {
        grant->read_only = word[1] == 'o';
        if (kind == GRANT_TMPFS)
            *wrong = "memory that is empty and cannot be written is of no use";
    } else if (strcmp(word, "dev") == 0 && kind == GRANT_DIR) {
        grant->devices = true;
    } else if (is_key(word, "size", &value)) {
        *wrong = cw_grant_quota(grant, true, value);
    } else if (is_key(word, "inodes", &value)) {
        *wrong = cw_grant_quota(grant, false, value);
    } else if (kind == GRANT_TMPFS && *word >= '0' && *word <= '9') {
        *wrong = cw_grant_quota(grant, true, word);
    } else {
        return false;
    }
    if (!*wrong && (grant->quota.bytes || grant->quota.names) && (kind == GRANT_DIR || kind == GRANT_FILE))
        *wrong = "size and inodes limit --tmpfs and --overlay; for a directory of the host give --overlay=LOWER::GUEST::UPPER";
    return true;
}

/* Options are one segment at the end, ":ro,size=64M". A path that itself ends in ":ro" is written "path:ro:rw". */
static const char *cut_options(GrantKind kind, char *text, Grant *grant)
{
    char *colon = strrchr(text, ':');
    if (!colon || colon == text || colon[-1] == ':')
        return NULL;
    char words[128], *word = words;
    const char *wrong = NULL;
    Grant with = *grant;
    if (strlen(colon + 1) >= sizeof words)
        return NULL;
    strcpy(words, colon + 1);
    while (word) {
        char *comma = strchr(word, ',');
        if (comma)
            *comma++ = '\0';
        if (!one_option(kind, word, &with, &wrong))
            return NULL;
        if (wrong)
            return wrong;
        word = comma;
    }
    *grant = with;
    *colon = '\0';
    return NULL;
}

const char *cw_grant_parse(GrantKind kind, char *text, Grant *grant)
{
    static const char *const wanted[] = {
        "a directory is wanted: HOST, HOST::GUEST, with :ro at the end for read-only, :dev for devices",
        "a file is wanted: HOST, HOST::GUEST, with :ro at the end for read-only",
        "the guest's name is wanted: GUEST, GUEST:SIZE, GUEST:size=SIZE,inodes=N",
        "directories are wanted: LOWER::GUEST or LOWER::GUEST::UPPER, with options like :ro or :size=SIZE,inodes=N at the end",
    };
    *grant = (Grant){ .kind = kind };
    const char *wrong = cut_options(kind, text, grant);
    if (wrong)
        return wrong;
    grant->guest = text;
    if (kind != GRANT_TMPFS) {
        char *separator = strstr(text, "::");
        grant->host = text;
        if (separator) {
            *separator = '\0';
            grant->guest = separator + 2;
        } else if (kind == GRANT_OVERLAY) {
            return wanted[kind];
        }
        if (kind == GRANT_OVERLAY && (separator = strstr(separator + 2, "::"))) {
            *separator = '\0';
            grant->upper = separator + 2;
        }
    }
    return *grant->guest && (!grant->host || *grant->host) && (!grant->upper || *grant->upper) ? NULL : wanted[kind];
}

cwasm_status cw_grant_give(const Grant *g, cwasm_wasi *wasi, cwasm_error *err)
{
    unsigned flags = g->read_only ? CWASM_DIR_READ_ONLY : CWASM_DIR_READ_WRITE;
    switch (g->kind) {
    case GRANT_DIR: return cwasm_wasi_dir(wasi, g->host, g->guest, flags | (g->devices ? CWASM_DIR_DEVICES : 0), err);
    case GRANT_FILE: return cwasm_wasi_file(wasi, g->host, g->guest, flags, err);
    case GRANT_TMPFS: return cwasm_wasi_tmpfs(wasi, g->guest, &g->quota, err);
    case GRANT_OVERLAY: return cwasm_wasi_overlay(wasi, g->host, g->guest, g->upper, flags, &g->quota, err);
    }
    return CWASM_ARGUMENT;
}
