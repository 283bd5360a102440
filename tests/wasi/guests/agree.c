/*
 * The same answers from both ways to resolve paths. Makes a tree with many links, then tries random paths with random calls and prints each
 * result; the runner compares what is printed with and without --path-walk, and on all file systems. Arguments: seed, number of calls, and
 * for comparing file systems "fs": then link counts of directories are left out, and the tree is printed in the end; "first": the same, but no
 * hard links are made.
 */
#include "support.h"
#include <dirent.h>

static uint64_t state;
static uint32_t rnd(uint32_t below)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)(state >> 20) % below;
}

static const char *const parts[] = { "a", "b", "c", "f", "l1", "l2", "l3", "l4", "l5", "up", "out", "loop", ".", "..", "none", "new", "" };
#define N_PARTS (sizeof parts / sizeof parts[0])

static void random_path(char *p)
{
    uint32_t n = 1 + rnd(6);
    *p = 0;
    if (rnd(60) == 0)
        strcat(p, "/");
    for (uint32_t i = 0; i < n; i++) {
        strcat(p, parts[rnd(N_PARTS)]);
        if (i + 1 < n || rnd(5) == 0)
            strcat(p, rnd(8) ? "/" : "//");
    }
}

static bool compare_fs;

/* Which object this is: inode numbers differ between runs, so every file gets a size of its own. */
static void print_object(const __wasi_filestat_t *st)
{
    printf("type %d links %u size %u ", st->filetype, compare_fs && st->filetype == 3 ? 0 : (unsigned)st->nlink, st->filetype == 3 ? 0 : (unsigned)st->size);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The tree beneath path, in order of names. */
static void print_tree(const char *path)
{
    char *names[500];
    int n = 0;
    DIR *d = opendir(path);
    if (!d) {
        printf("cannot list %s\n", path);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(d)) && n < 500) {
        __wasi_filestat_t st;
        char full[2000];
        snprintf(full, sizeof full, "%s/%s", path, entry->d_name);
        names[n++] = strdup(entry->d_name);
        if (entry->d_name[0] != '.' && (stat_at(ROOT, full + 1, 0, &st) || st.ino != entry->d_ino || st.filetype != entry->d_type))
            printf("%s is listed as inode %llu type %d\n", full, (unsigned long long)entry->d_ino, entry->d_type);
    }
    closedir(d);
    qsort(names, (size_t)n, sizeof *names, by_name);
    for (int i = 0; i < n; i++) {
        char full[2000], text[300];
        uint32_t size = 0;
        __wasi_filestat_t st;
        snprintf(full, sizeof full, "%s/%s", path, names[i]);
        if (names[i][0] == '.' || stat_at(ROOT, full + 1, 0, &st)) {
            printf("%s\n", full);
        } else {
            printf("%s ", full);
            print_object(&st);
            if (!raw_path_readlink(ROOT, S(full + 1), AT(text), sizeof text, AT(&size)))
                printf("-> %.*s", (int)size, text);
            printf("\n");
            if (st.filetype == 3)
                print_tree(full);
        }
        free(names[i]);
    }
}

int main(int argc, char **argv)
{
    bool no_links = argc > 3 && strcmp(argv[3], "first") == 0;
    compare_fs = argc > 3;
    state = 88172645463325252ull + (argc > 1 ? strtoull(argv[1], NULL, 10) : 1) * 2654435761u;
    int calls = argc > 2 ? atoi(argv[2]) : 1000;
    static char p[1000], q[1000], buf[300];
    static __wasi_filestat_t st;
    uint32_t fd, n;
    static const char *const dirs[] = { "a", "a/b", "a/b/c", "b", "b/a", "c", "c/c", "c/c/c" };
    static const char *const links[][2] = {
        { "b", "a/l1" }, { "../b", "a/l2" }, { "a/b/c", "l1" }, { "l1", "l2" }, { "../../c", "a/b/l3" }, { "..", "a/b/up" }, { "..", "up" },
        { "../../..", "a/b/out" }, { ".", "l4" }, { "f", "l5" }, { "a/f", "b/l5" }, { "loop", "loop" }, { "l4/l4/a/", "l3" }, { "none", "b/l1" },
        { "../a/b/c/..", "b/l2" }, { "../c/none", "c/l1" }, { "/", "c/out" }, { "l2/../../b//", "b/l3" }, { "../loop", "c/loop" }
    };
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
        raw_path_create_directory(ROOT, S(dirs[i]));
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        raw_path_symlink(S(links[i][0]), ROOT, S(links[i][1]));
    make_file(ROOT, "f", "1"), make_file(ROOT, "a/f", "22"), make_file(ROOT, "c/c/f", "333");

    for (int i = 0; i < calls; i++) {
        uint32_t call = rnd(40), flags = rnd(2);
        int e;
        random_path(p);
        random_path(q);
        printf("%d %u.%u %s ", i, call, flags, p);
        fd = 0;
        switch (call) {
        case 0: e = raw_path_create_directory(ROOT, S(p)); break;
        case 1: e = raw_path_remove_directory(ROOT, S(p)); break;
        case 2: e = rnd(3) ? 0 : raw_path_unlink_file(ROOT, S(p)); break;
        case 3: printf("%s ", q); e = rnd(3) ? 0 : raw_path_rename(ROOT, S(p), ROOT, S(q)); break;
        case 4: printf("%s ", q); e = no_links ? 0 : raw_path_link(ROOT, flags, S(p), ROOT, S(q)); break;
        case 5: printf("%s ", q); e = raw_path_symlink(S(p), ROOT, S(q)); break;
        case 6: e = raw_path_readlink(ROOT, S(p), AT(buf), sizeof buf, AT(&n)); break;
        case 7: e = raw_path_filestat_set_times(ROOT, flags, S(p), 1, 2, 5); break;
        case 8: e = open_at(ROOT, p, flags, CREAT, R_WRITE | R_STAT | 1 << 22, &fd); break;
        case 9: e = open_at(ROOT, p, flags, CREAT | EXCL, R_WRITE | R_STAT | 1 << 22, &fd); break;
        case 10: e = open_at(ROOT, p, flags, TRUNC, R_READ, &fd); break;
        case 11: e = open_at(ROOT, p, flags, DIRECTORY, 0, &fd); break;
        default:
            if (call < 25) {
                e = open_at(ROOT, p, flags, 0, R_READ | R_STAT, &fd);
            } else {
                e = stat_at(ROOT, p, flags, &st);
                if (!e)
                    print_object(&st);
            }
        }
        if (!e && fd && (call == 8 || call == 9))
            raw_fd_filestat_set_size(fd, 1000 + (uint64_t)i);
        if (!e && fd && raw_fd_filestat_get(fd, AT(&st)) == 0)
            print_object(&st);
        if (!e && fd)
            raw_fd_close(fd);
        printf("%s\n", errno_name(e));
    }
    if (compare_fs)
        print_tree("/.");
    return done();
}
