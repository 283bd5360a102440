/* fd_readdir. Needs an empty directory as /. */
#include "support.h"
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#define N 1000
static char buf[1 << 17];

typedef struct Entry {
    uint64_t next, ino;
    uint32_t size;
    uint8_t type;
    char name[300];
} Entry;

/* The entry at p, whole in size bytes; its length, 0 if it is cut. */
static uint32_t take(const char *p, uint32_t size, Entry *e)
{
    if (size < 24)
        return 0;
    memcpy(&e->next, p, 8);
    memcpy(&e->ino, p + 8, 8);
    memcpy(&e->size, p + 16, 4);
    e->type = (uint8_t)p[20];
    if (size - 24 < e->size)
        return 0;
    memcpy(e->name, p + 24, e->size);
    e->name[e->size] = 0;
    return 24 + e->size;
}

static int number(const char *name) { return name[0] == 'f' ? atoi(name + 1) : -1; }

/* Reads the directory with a buffer of `size` bytes from cookie on; counts entries into seen[]; the number of entries, or -1. */
static int read_all(uint32_t fd, uint32_t size, uint64_t cookie, uint8_t *seen, int stop_after)
{
    int entries = 0;
    for (;;) {
        uint32_t used;
        if (raw_fd_readdir(fd, AT(buf), size, cookie, AT(&used)) || used > size)
            return -1;
        uint32_t at = 0, length;
        Entry e;
        while ((length = take(buf + at, used - at, &e)) > 0) {
            at += length;
            cookie = e.next;
            entries++;
            if (number(e.name) >= 0 && seen)
                seen[number(e.name)]++;
            if (entries == stop_after)
                return entries;
        }
        if (used < size)
            return entries;
        if (at == 0)
            return -1;   /* not even one entry fits */
    }
}

static bool each_once(const uint8_t *seen)
{
    for (int i = 0; i < N; i++)
        if (seen[i] != 1)
            return false;
    return true;
}

int main(void)
{
    uint32_t fd, f, used;
    __wasi_filestat_t st;
    uint8_t seen[N];

    printf("# empty\n");
    OK("mkdir", raw_path_create_directory(ROOT, S("d")));
    OK("open", open_dir(ROOT, "d", &fd));
    OK("readdir", raw_fd_readdir(fd, AT(buf), sizeof buf, 0, AT(&used)));
    Entry e[2] = { 0 };
    uint32_t first = take(buf, used, &e[0]);
    TRUE("two entries", first && first + take(buf + first, used - first, &e[1]) == used);
    int dot = e[0].size == 1 ? 0 : 1;
    TRUE("  . and ..", strcmp(e[dot].name, ".") == 0 && strcmp(e[!dot].name, "..") == 0);
    TRUE("  types", e[0].type == 3 && e[1].type == 3);
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  inode of .", e[dot].ino, st.ino);
    OK("stat", raw_fd_filestat_get(ROOT, AT(&st)));
    NUM("  inode of ..", e[!dot].ino, st.ino);
    OK("readdir of the preopen", raw_fd_readdir(ROOT, AT(buf), sizeof buf, 0, AT(&used)));
    Entry up = { 0 };
    for (uint32_t at = 0, l; (l = take(buf + at, used - at, &up)) > 0 && strcmp(up.name, "..") != 0;)
        at += l;
    NUM("  its .. is itself", up.ino, st.ino);

    printf("# buffers\n");
    OK("no room at all", raw_fd_readdir(fd, AT(buf), 0, 0, AT(&used)));
    NUM("  used", used, 0);
    for (uint32_t size = 1; size < 25; size++) {
        memset(buf, '?', 64);
        if (raw_fd_readdir(fd, AT(buf), size, 0, AT(&used)) || used != size || buf[size] != '?')
            NUM("a cut entry fills the buffer", used, size);
    }
    BAD("buffer outside", raw_fd_readdir(fd, 0xffffff00, 4096, 0, AT(&used)), FAULT);
    BAD("result outside", raw_fd_readdir(fd, AT(buf), 4096, 0, 0xfffffffd), FAULT);

    printf("# %d files\n", N);
    for (int i = 0; i < N; i++) {
        char name[32];
        snprintf(name, sizeof name, "f%d", i);
        if (open_at(fd, name, 0, CREAT, 0, &f) || raw_fd_close(f))
            NUM("create", i, -1);
    }
    static const uint32_t sizes[] = { sizeof buf, 4096, 1000, 100, 64, 29 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(seen, 0, sizeof seen);
        NUM("all entries", read_all(fd, sizes[i], 0, seen, 0), N + 2);
        TRUE("  each once", each_once(seen));
    }
    /* in the middle again, from another descriptor too */
    uint32_t other;
    OK("open", open_dir(ROOT, "d", &other));
    memset(seen, 0, sizeof seen);
    OK("readdir", raw_fd_readdir(fd, AT(buf), 4096, 0, AT(&used)));
    Entry mid = { 0 };
    uint32_t at = 0, l;
    int before = 0;
    while ((l = take(buf + at, used - at, &mid)) > 0) {
        at += l;
        before++;
        if (number(mid.name) >= 0)
            seen[number(mid.name)]++;
    }
    NUM("the rest from a cookie", read_all(other, 500, mid.next, seen, 0), N + 2 - before);
    TRUE("  each once", each_once(seen));
    int far = read_all(fd, 2000, 0, NULL, 0);
    NUM("from the start again", far, N + 2);

    printf("# while it changes\n");
    memset(seen, 0, sizeof seen);
    uint64_t cookie = 0;
    int left = 0;
    for (bool more = true; more;) {
        if (raw_fd_readdir(fd, AT(buf), 300, cookie, AT(&used)))
            break;
        more = used == 300;
        at = 0;
        while ((l = take(buf + at, used - at, &mid)) > 0) {
            at += l;
            cookie = mid.next;
            int i = number(mid.name);
            if (i >= 0 && raw_path_unlink_file(fd, S(mid.name)) == 0) {
                seen[i]++;
                left++;
            }
        }
    }
    NUM("removed while reading", left, N);
    TRUE("  each once", each_once(seen));
    NUM("empty again", read_all(fd, 4096, 0, NULL, 0), 2);
    OK("create", open_at(fd, "f7", 0, CREAT, 0, &f));
    OK("close", raw_fd_close(f));
    memset(seen, 0, sizeof seen);
    NUM("cookie 0 sees what is new", read_all(fd, 4096, 0, seen, 0), 3);
    OK("unlink", raw_path_unlink_file(fd, S("f7")));
    const uint64_t beyond[] = { ~0ull, 1ull << 63, (1ull << 63) - 1 };
    for (int i = 0; i < 3; i++) {
        OK("a cookie beyond the end", raw_fd_readdir(fd, AT(buf), 100, beyond[i], AT(&used)));
        NUM("  has no entries", used, 0);
    }

    printf("# types\n");
    OK("mkdir", raw_path_create_directory(fd, S("dir")));
    OK("file", make_file(fd, "file", "x"));
    OK("symlink", raw_path_symlink(S("nowhere"), fd, S("link")));
    OK("readdir", raw_fd_readdir(fd, AT(buf), sizeof buf, 0, AT(&used)));
    for (at = 0; (l = take(buf + at, used - at, &mid)) > 0; at += l) {
        if (mid.name[0] == '.')
            continue;
        OK("stat", stat_at(fd, mid.name, 0, &st));
        NUM("  type", mid.type, st.filetype);
        NUM("  inode", mid.ino, st.ino);
    }
    OK("unlink", raw_path_unlink_file(fd, S("file")));
    OK("unlink", raw_path_unlink_file(fd, S("link")));
    OK("rmdir", raw_path_remove_directory(fd, S("dir")));

    printf("# a name of 255 bytes\n");
    char name[256];
    memset(name, 'n', 255);
    name[255] = 0;
    OK("create", make_file(fd, name, ""));
    NUM("in 279 bytes", read_all(fd, 279, 0, NULL, 0), 3);
    OK("unlink", raw_path_unlink_file(fd, S(name)));
    char longer[257];
    memset(longer, 'n', 256);
    longer[256] = 0;
    IS("256 bytes", make_file(fd, longer, ""), NAMETOOLONG);

    printf("# removed\n");
    OK("rmdir", raw_path_remove_directory(ROOT, S("d")));
    OK("readdir of a removed directory", raw_fd_readdir(fd, AT(buf), 100, 0, AT(&used)));
    NUM("  nothing", used, 0);
    IS("create in it", open_at(fd, "x", 0, CREAT, 0, &f), NOENT);
    IS("mkdir in it", raw_path_create_directory(fd, S("x")), NOENT);
    OK("close", raw_fd_close(fd));
    OK("close", raw_fd_close(other));

    printf("# libc\n");
    mkdir("/m", 0777);
    for (int i = 0; i < 300; i++) {
        char path[40];
        snprintf(path, sizeof path, "/m/f%d", i);
        fclose(fopen(path, "w"));
    }
    DIR *d = opendir("/m");
    TRUE("opendir", d != NULL);
    int n = 0;
    while (d && readdir(d))
        n++;
    NUM("readdir", n, 302);
    if (d)
        rewinddir(d);
    for (n = 0; d && readdir(d);)
        n++;
    NUM("rewinddir", n, 302);
    if (d)
        closedir(d);
    return done();
}
