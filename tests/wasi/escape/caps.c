/*
 * What a guest does for given.py; its argument says what.
 *
 *     replace    puts links to the outside in place of what the next run hands over: 3 is the writable directory
 *     see        looks for the secret in all it has
 *     which      prints what is in the file "which" of 3
 *     own        would change its own manifest
 *     quota      fills 3 to 5, which may hold 64 KiB and 20 names each, in every way there is
 */
#include "../guests/support.h"

static uint32_t fd;

static int replace(void)
{
    int e = raw_path_rename(ROOT, S("sub"), ROOT, S("old"));
    e |= raw_path_symlink(S("../canary"), ROOT, S("sub"));
    e |= raw_path_rename(ROOT, S("deep/sub"), ROOT, S("old2"));
    e |= raw_path_symlink(S("../../canary"), ROOT, S("deep/sub"));
    e |= raw_path_unlink_file(ROOT, S("file"));
    e |= raw_path_symlink(S("../canary/secret.txt"), ROOT, S("file"));
    puts(e ? "FAIL not replaced" : "ok replaced");
    return e != 0;
}

static int see(void)
{
    static const char *const names[] = { "secret.txt", "x", "dir", "inner", "file" };
    int out = 0;
    for (uint32_t dir = ROOT; dir < 10; dir++)
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            const char *text = content(dir, names[i]);
            if (text && strncmp(text, "SEC" "RET", 6) == 0)
                printf("OUT: %s at %u\n", names[i], dir), out = 1;
        }
    return out;
}

/* Takes as much as it can; more than the quota is an error. */
static int fill(uint32_t dir)
{
    static char block[4096];
    char name[20];
    uint32_t written = 0, names = 0;
    int bad = 0;
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "f%d", i);
        if (open_at(dir, name, 0, CREAT, R_WRITE | R_SEEK | __WASI_RIGHTS_FD_ALLOCATE | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE, &fd))
            continue;
        names++;
        while (write_to(fd, block, sizeof block) == 0)
            written += sizeof block;
        if (raw_fd_allocate(fd, 0, 1 << 20) == 0 || raw_fd_allocate(fd, 1ull << 62, 1) == 0 || raw_fd_filestat_set_size(fd, 1 << 20) == 0 ||
            raw_fd_filestat_set_size(fd, INT64_MAX) == 0)
            printf("OUT: file %d is too large\n", i), bad = 1;
        uint32_t v[2] = { (uint32_t)(uintptr_t)block, 1 }, n;
        if (raw_fd_pwrite(fd, (uint32_t)(uintptr_t)v, 1, 1 << 20, (uint32_t)(uintptr_t)&n) == 0)
            printf("OUT: written far behind the end of file %d\n", i), bad = 1;
        raw_fd_close(fd);
        snprintf(name, sizeof name, "d%d", i);
        names += raw_path_create_directory(dir, S(name)) == 0;
        snprintf(name, sizeof name, "s%d", i);
        names += raw_path_symlink(S("x"), dir, S(name)) == 0;
        snprintf(name, sizeof name, "h%d", i);
        names += raw_path_link(dir, 0, S("f0"), dir, S(name)) == 0;
    }
    if (written > 65536 || names > 20 || written < 32768 || names < 10)
        printf("OUT: %u bytes and %u names\n", written, names), bad = 1;
    return bad;
}

/* Files without a name that are still open count, too, and are given back when they are closed. Two names: each file has had a second one. */
static int hold(uint32_t dir, int two_names)
{
    static char block[4096];
    uint32_t held[40], again;
    int n = 0, bad = 0;
    for (int turn = 0; turn < 2; turn++) {
        uint32_t written = 0;
        for (n = 0; n < 20; n++) {
            if (open_at(dir, "held", 0, CREAT, R_WRITE, &held[n]))
                break;
            if (two_names && (raw_path_link(dir, 0, S("held"), dir, S("twice")) || open_at(dir, "twice", 0, 0, R_WRITE, &again)))
                break;
            while (write_to(held[n], block, sizeof block) == 0)
                written += sizeof block;
            raw_path_unlink_file(dir, S("held"));
            if (two_names)
                raw_path_unlink_file(dir, S("twice"));
            while (write_to(held[n], block, sizeof block) == 0)
                written += sizeof block;
            if (two_names)
                raw_fd_close(again);
        }
        if (written > 65536 || written < 57344)
            printf("OUT: %u bytes in files without a name, turn %d\n", written, turn), bad = 1;
        while (n)
            raw_fd_close(held[--n]);
    }
    return bad;
}

/* What is only below, removed while it is open and then changed, becomes a copy without a name: given back as well. */
static int copies(uint32_t dir)
{
    static char block[4096];
    int bad = 0;
    uint32_t low, n;
    if (open_at(dir, "which", 0, 0, R_READ, &fd))
        return 0;   /* nothing is below */
    raw_fd_close(fd);
    if (open_at(dir, "which", 0, 0, R_READ | R_WRITE, &low) || raw_path_unlink_file(dir, S("which")))
        return printf("OUT: which cannot be removed\n"), 1;
    for (n = 0; n < 20 && write_to(low, block, sizeof block) == 0; n++)
        continue;
    if (n > 16)
        printf("OUT: a copy of %u blocks\n", n), bad = 1;
    raw_fd_close(low);
    return bad;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "replace") == 0)
        return replace();
    if (strcmp(what, "see") == 0)
        return see();
    if (strcmp(what, "which") == 0) {
        const char *text = content(ROOT, "which");
        puts(text ? text : "none");
        return 0;
    }
    if (strcmp(what, "quota") == 0) {
        int bad = copies(ROOT) | copies(ROOT + 1) | copies(ROOT + 2) | hold(ROOT, 0) | hold(ROOT, 1) | hold(ROOT + 1, 0) | hold(ROOT + 1, 1) | hold(ROOT + 2, 0) | hold(ROOT + 2, 1);
        bad |= fill(ROOT) | fill(ROOT + 1) | fill(ROOT + 2);
        puts(bad ? "FAIL quota" : "ok quota");
        return bad;
    }
    return 1;
}
