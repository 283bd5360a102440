/*
 * Ways out of the sandbox, one row each: a name, what it tries, and a function that gives the number of ways in which it got out. run.py makes
 * the trees, hands them over as below, and looks afterwards whether anything outside changed.
 *
 *     base/canary/secret.txt, base/canary/dir/inner, base/canary/link     what must not be read, looked at or changed
 *     base/root  "/"     descriptor 3, writable; what is in it: make_tree of run.py
 *     base/two   "/two"  descriptor 4, writable
 *     base/ro    "/ro"   descriptor 5, read-only
 *     /          "/host" descriptor 6, the host's whole tree, read-only
 *
 * Arguments: names of attacks (none: all but those that need the runner), "make_tree" if root and two are empty, as in memory, and after "outside" the
 * host path of canary.
 */
#include "../guests/support.h"
#include "attack.h"

enum { TWO = 4, RO = 5, HOST = 6 };

static __wasi_filestat_t st;
static uint32_t fd, n;
static char buf[8192];
static const char *canary = "/nonexistent";
static char *const *wishes;   /* names of attacks */

/* ---- Trying ---- */

/* A call that must not succeed. */
static void must_fail(const char *what, const char *path, int e)
{
    if (e == 0) {
        printf("  OUT: %s %s\n", what, path);
        got_out++;
    }
}

static void no_secret(const char *what, const void *bytes, uint32_t size)
{
    for (uint32_t i = 0; i + 6 <= size; i++) {
        if (memcmp((const char *)bytes + i, "SEC" "RET", 6) == 0) {
            printf("  OUT: the secret was read: %s\n", what);
            got_out++;
            return;
        }
    }
}

/* A path that leads outside: nothing may come of it. */
static void reach_sized(uint32_t dir, const char *p, uint32_t size)
{
#define P AT(p), size
    for (uint32_t follow = 0; follow < 2; follow++) {
        must_fail("stat", p, raw_path_filestat_get(dir, follow, P, AT(&st)));
        must_fail("set_times", p, raw_path_filestat_set_times(dir, follow, P, 1, 1, 5));
        for (uint32_t oflags = 0; oflags < 16; oflags++) {
            static const uint64_t rights[] = { 0, R_READ, R_WRITE, R_READ | R_WRITE };
            for (int r = 0; r < 4; r++)
                must_fail("open", p, raw_path_open(dir, follow, P, oflags, rights[r], 0, 0, AT(&fd)));
        }
        must_fail("link from", p, raw_path_link(dir, follow, P, ROOT, S("stolen")));
    }
    must_fail("readlink", p, raw_path_readlink(dir, P, AT(buf), sizeof buf, AT(&n)));
    must_fail("mkdir", p, raw_path_create_directory(dir, P));
    must_fail("symlink", p, raw_path_symlink(S("x"), dir, P));
    must_fail("link to", p, raw_path_link(ROOT, 0, S("file"), dir, P));
    must_fail("rename from", p, raw_path_rename(dir, P, ROOT, S("stolen")));
    must_fail("rename to", p, raw_path_rename(ROOT, S("file"), dir, P));
    must_fail("unlink", p, raw_path_unlink_file(dir, P));
    must_fail("rmdir", p, raw_path_remove_directory(dir, P));
#undef P
}
static void reach(uint32_t dir, const char *path) { reach_sized(dir, path, (uint32_t)strlen(path)); }

/* A link that leads outside: it may be looked at, moved and removed as a link, but not followed. */
static void follow(uint32_t dir, const char *p)
{
    must_fail("stat, following", p, stat_at(dir, p, FOLLOW, &st));
    must_fail("set_times, following", p, raw_path_filestat_set_times(dir, FOLLOW, S(p), 1, 1, 5));
    must_fail("open, following", p, open_at(dir, p, FOLLOW, 0, R_READ, &fd));
    must_fail("open to write, following", p, open_at(dir, p, FOLLOW, 0, R_WRITE, &fd));
    must_fail("create, following", p, open_at(dir, p, FOLLOW, CREAT, R_WRITE, &fd));
    must_fail("truncate, following", p, open_at(dir, p, FOLLOW, TRUNC, R_WRITE, &fd));
    must_fail("open the link itself", p, open_at(dir, p, 0, 0, R_READ, &fd));
    must_fail("open as a directory", p, open_at(dir, p, FOLLOW, DIRECTORY, 0, &fd));
    must_fail("link from, following", p, raw_path_link(dir, FOLLOW, S(p), ROOT, S("stolen")));
}

static void reach_all(uint32_t dir, const char *const *paths)
{
    for (; *paths; paths++)
        reach(dir, *paths);
}
#define REACH(dir, ...) reach_all(dir, (const char *const[]){ __VA_ARGS__, NULL })

static void want_errno(const char *what, int e, int want)
{
    if (e != want) {
        printf("  OUT: %s gives %s instead of %s\n", what, errno_name(e), errno_name(want));
        got_out++;
    }
}
#define WANT(what, call, e) want_errno(what, call, __WASI_ERRNO_##e)

/* What an open descriptor gives. */
static void read_all(const char *what, uint32_t from)
{
    int got = read_from(from, buf, sizeof buf);
    if (got > 0)
        no_secret(what, buf, (uint32_t)got);
}

/* ---- Attacks ---- */


ATTACK(dotdot) { REACH(ROOT, "..", "../", "../.", "../..", "../canary", "../canary/", "../canary/secret.txt", "../canary/new"); }
ATTACK(dotdot_dots) { REACH(ROOT, "./../canary/secret.txt", ".//.././canary/secret.txt", "././../", ".//..//"); }
ATTACK(dotdot_deep) { REACH(ROOT, "deep/a/b/../../../../canary/secret.txt", "deep/../deep/../../canary", "deep/a/../../.."); }
ATTACK(dotdot_many) { REACH(ROOT, "../../../../../../../../../../../../etc/passwd", "deep/../../../../../../../../../etc/passwd"); }
ATTACK(dotdot_back) { REACH(ROOT, "../root", "../root/file", "deep/../../root/file", "../two/file", "../ro/file"); }
ATTACK(dotdot_through_missing) { REACH(ROOT, "missing/../../canary/secret.txt", "missing/../../canary"); }
ATTACK(dotdot_through_file) { REACH(ROOT, "file/../../canary/secret.txt", "file/..", "file/."); }
ATTACK(dotdot_from_below)
{
    uint32_t deep;
    open_dir(ROOT, "deep/a", &deep);
    REACH(deep, "..", "../..", "../../file", "../../../canary/secret.txt", "b/../..", "b/../../../../canary/secret.txt");
    raw_fd_close(deep);
}
ATTACK(dotdot_as_the_root) { REACH(TWO, "..", "../canary/secret.txt", "../root/file"); }
ATTACK(absolute) { REACH(ROOT, "/etc/passwd", "/etc", "/", "/.", "/..", "/file", "/proc/self/mem", "/tmp"); }
ATTACK(absolute_slashes) { REACH(ROOT, "//", "///", "//etc/passwd", "/./etc/passwd", "//file"); }
ATTACK(absolute_canary)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/secret.txt", canary);
    reach(ROOT, path);
    reach(ROOT, canary);
    reach(HOST, canary);   /* absolute, though it lies beneath */
}
ATTACK(nul_bytes)
{
    static const char cut[] = "file\0/../../canary/secret.txt", up[] = "..\0/canary", end[] = "file\0";
    reach_sized(ROOT, cut, sizeof cut - 1);
    reach_sized(ROOT, up, sizeof up - 1);
    reach_sized(ROOT, end, sizeof end - 1);
}
ATTACK(not_utf8) { REACH(ROOT, "\xc0\xae\xc0\xae/canary", "\xe0\x80\xae\xe0\x80\xae/canary", ".\xff./canary", "..\xed\xa0\x80", "\xc0\xaf" "etc"); }
ATTACK(other_separators)
{
    static const char *const paths[] = { "..\\canary\\secret.txt", "\xef\xbc\x8e\xef\xbc\x8e/canary", "\xe2\x80\xa5/canary", "C:/canary/x", "..\xe2\x88\x95xcanary/x" };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {   /* names like others */
        must_fail("stat", paths[i], stat_at(ROOT, paths[i], FOLLOW, &st));
        must_fail("open", paths[i], open_at(ROOT, paths[i], FOLLOW, 0, R_READ, &fd));
    }
}
ATTACK(empty_path) { REACH(ROOT, ""); }
ATTACK(long_path)
{
    char path[6000];
    for (int size = 3900; size < 5000; size += 97) {   /* deep/../deep/../ ... ../canary/secret.txt */
        path[0] = 0;
        while ((int)strlen(path) < size)
            strcat(path, "deep/../");
        strcat(path, "../canary/secret.txt");
        reach(ROOT, path);
    }
    memset(path, '.', 4094), memcpy(path + 4090, "/../", 5);
    reach(ROOT, path);
}
ATTACK(long_names)
{
    char path[600];
    for (int size = 250; size < 270; size++) {
        memset(path, 'n', (size_t)size);
        strcpy(path + size, "/../../canary/secret.txt");
        reach(ROOT, path);
    }
}
ATTACK(link_to_file) { follow(ROOT, "l_file"); }
ATTACK(link_to_dir) { follow(ROOT, "l_dir"); REACH(ROOT, "l_dir/secret.txt", "l_dir/new", "l_dir/dir", "l_dir/dir/inner", "l_dir/."); }
ATTACK(link_to_dir_slash)
{
    must_fail("stat", "l_dir/", stat_at(ROOT, "l_dir/", 0, &st));
    must_fail("open", "l_dir/", open_at(ROOT, "l_dir/", 0, DIRECTORY, 0, &fd));
    must_fail("readdir", "l_dir/", open_at(ROOT, "l_dir///", 0, 0, __WASI_RIGHTS_FD_READDIR, &fd));
    must_fail("rmdir", "l_dir/", raw_path_remove_directory(ROOT, S("l_dir/")));
    must_fail("mkdir", "l_dir/", raw_path_create_directory(ROOT, S("l_dir/")));
}
ATTACK(link_and_back) { REACH(ROOT, "l_dir/../canary/secret.txt", "l_dir/../root/file", "l_up/root/file", "l_up/canary/secret.txt", "deep/l_up2/.."); }
ATTACK(link_to_parent) { follow(ROOT, "l_up"); REACH(ROOT, "l_up/.", "l_up/canary"); }
ATTACK(link_absolute) { follow(ROOT, "l_abs"); follow(ROOT, "l_abs_dir"); REACH(ROOT, "l_abs_dir/secret.txt"); }
ATTACK(link_absolute_inside) { follow(ROOT, "l_abs_in"); }
ATTACK(link_to_slash) { follow(ROOT, "l_slash"); REACH(ROOT, "l_slash/etc/passwd", "l_slash/.", "l_slash/tmp/x"); }
ATTACK(link_to_proc) { follow(ROOT, "l_proc"); follow(ROOT, "l_fd"); REACH(ROOT, "l_proc/mem", "l_proc/cwd/x"); }
ATTACK(link_chain) { follow(ROOT, "chain1"); follow(ROOT, "deep/chain3"); }
ATTACK(link_chain_of_40) { follow(ROOT, "c39"); follow(ROOT, "c40"); follow(ROOT, "c45"); }
ATTACK(link_loop) { follow(ROOT, "loop"); follow(ROOT, "loop_a"); REACH(ROOT, "loop/x", "loop_a/../../canary/secret.txt"); }
ATTACK(link_to_here)
{
    /* a link to its own directory is no level deeper */
    raw_path_symlink(S("."), ROOT, S("here"));
    raw_path_symlink(S("."), ROOT, S("deep/here"));
    raw_path_symlink(S("a/.."), ROOT, S("deep/round"));
    REACH(ROOT, "here/..", "here/../canary/secret.txt", "here/here/../../canary/secret.txt", "deep/here/../../canary/secret.txt", "deep/here/here/../..",
          "deep/round/../../canary/secret.txt", "deep/round/round/../..", "here/deep/../..", "here/../root/file");
}
ATTACK(links_with_slashes)
{
    static const char *const names[] = { "l_file", "l_dir", "l_up", "l_abs", "l_abs_dir", "l_slash", "chain1", "loop", "nothing_there" };
    char path[40];
    raw_path_symlink(S("../canary/made_by_slash"), ROOT, S("nothing_there"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (int n_slashes = 1; n_slashes < 4; n_slashes++) {
            snprintf(path, sizeof path, "%s%.*s", names[i], n_slashes, "///");
            reach(ROOT, path);
            snprintf(path, sizeof path, "%s%.*s.", names[i], n_slashes, "///");
            reach(ROOT, path);
        }
}
ATTACK(link_explosion) { WANT("a link that expands to itself twice", stat_at(ROOT, "bomb/x", FOLLOW, &st), LOOP); }
ATTACK(link_of_ours)
{
    raw_path_symlink(S("../canary/secret.txt"), ROOT, S("mine"));
    follow(ROOT, "mine");
    raw_path_symlink(S("deep/../../canary"), ROOT, S("mine_dir"));
    follow(ROOT, "mine_dir");
    REACH(ROOT, "mine_dir/secret.txt", "mine_dir/new");
}
ATTACK(link_of_ours_absolute)
{
    must_fail("symlink", "/etc", raw_path_symlink(S("/etc"), ROOT, S("mine_abs")));
    must_fail("symlink", "//", raw_path_symlink(S("//etc/passwd"), ROOT, S("mine_abs")));
    must_fail("symlink", "with a NUL", raw_path_symlink(AT("x\0/etc"), 6, ROOT, S("mine_abs")));
}
ATTACK(link_moved)
{
    /* harmless where it is made, not where it is moved to */
    raw_path_symlink(S("../../canary/secret.txt"), ROOT, S("deep/a/mover"));
    raw_path_rename(ROOT, S("deep/a/mover"), ROOT, S("deep/mover"));
    follow(ROOT, "deep/mover");
    if (raw_path_rename(ROOT, S("deep/mover"), TWO, S("mover")) == 0)   /* XDEV between file systems */
        follow(TWO, "mover");
}
ATTACK(directory_of_link_moved)
{
    raw_path_create_directory(ROOT, S("deep/a/carrier"));
    raw_path_symlink(S("../../../canary/secret.txt"), ROOT, S("deep/a/carrier/l"));
    raw_path_rename(ROOT, S("deep/a/carrier"), ROOT, S("carrier"));
    follow(ROOT, "carrier/l");
}
ATTACK(create_through_dangling)
{
    raw_path_symlink(S("../canary/made"), ROOT, S("dangling"));
    for (uint32_t oflags = CREAT; oflags < 16; oflags += 2)
        for (uint32_t f = 0; f < 2; f++)
            must_fail("create", "dangling", open_at(ROOT, "dangling", f, oflags, R_WRITE, &fd));
    must_fail("mkdir", "dangling", raw_path_create_directory(ROOT, S("dangling")));
    must_fail("mkdir", "dangling/", raw_path_create_directory(ROOT, S("dangling/")));
}
ATTACK(change_through_links)
{
    must_fail("unlink", "l_dir/secret.txt", raw_path_unlink_file(ROOT, S("l_dir/secret.txt")));
    must_fail("rmdir", "l_dir/dir", raw_path_remove_directory(ROOT, S("l_dir/dir")));
    must_fail("rename out", "l_dir/new", raw_path_rename(ROOT, S("file"), ROOT, S("l_dir/new")));
    must_fail("rename in", "l_dir/secret.txt", raw_path_rename(ROOT, S("l_dir/secret.txt"), ROOT, S("stolen")));
    must_fail("rename over", "l_dir/secret.txt", raw_path_rename(ROOT, S("file"), ROOT, S("l_dir/secret.txt")));
    must_fail("link out", "l_dir/new", raw_path_link(ROOT, 0, S("file"), ROOT, S("l_dir/new")));
    must_fail("symlink out", "l_dir/new", raw_path_symlink(S("x"), ROOT, S("l_dir/new")));
    must_fail("readlink", "l_dir/link", raw_path_readlink(ROOT, S("l_dir/link"), AT(buf), sizeof buf, AT(&n)));
}
ATTACK(hard_link_of_outside)
{
    must_fail("link", "l_file", raw_path_link(ROOT, FOLLOW, S("l_file"), ROOT, S("stolen")));
    must_fail("link", "../canary/secret.txt", raw_path_link(ROOT, 0, S("../canary/secret.txt"), ROOT, S("stolen")));
    if (raw_path_link(ROOT, 0, S("l_file"), ROOT, S("copy")) == 0)   /* the link itself: allowed, and no way out */
        follow(ROOT, "copy");
}
ATTACK(read_only_write)
{
    for (uint32_t oflags = 0; oflags < 16; oflags++)
        for (uint32_t f = 0; f < 2; f++)
            must_fail("open to write", "/ro/file", open_at(RO, "file", f, oflags, R_WRITE, &fd));
    must_fail("truncate without a right", "/ro/file", open_at(RO, "file", 0, TRUNC, 0, &fd));
    must_fail("create", "/ro/new", open_at(RO, "new", 0, CREAT, R_READ, &fd));
    must_fail("mkdir", "/ro/new", raw_path_create_directory(RO, S("new")));
    must_fail("unlink", "/ro/file", raw_path_unlink_file(RO, S("file")));
    must_fail("rmdir", "/ro/dir", raw_path_remove_directory(RO, S("dir")));
    must_fail("symlink", "/ro/new", raw_path_symlink(S("x"), RO, S("new")));
    must_fail("set_times", "/ro/file", raw_path_filestat_set_times(RO, 0, S("file"), 1, 1, 5));
}
ATTACK(read_only_by_hard_link)
{
    must_fail("link", "/ro/file", raw_path_link(RO, 0, S("file"), ROOT, S("ro_copy")));
    must_fail("link, following", "/ro/file", raw_path_link(RO, FOLLOW, S("file"), ROOT, S("ro_copy")));
    must_fail("rename out", "/ro/file", raw_path_rename(RO, S("file"), ROOT, S("ro_copy")));
    must_fail("rename in", "/ro/new", raw_path_rename(ROOT, S("file"), RO, S("new")));
    must_fail("link in", "/ro/new", raw_path_link(ROOT, 0, S("file"), RO, S("new")));
}
ATTACK(read_only_open_file)
{
    if (open_at(RO, "file", 0, 0, R_READ, &fd))
        return;
    uint32_t v[2] = { AT(buf), 1 };
    must_fail("write", "/ro/file", raw_fd_write(fd, AT(v), 1, AT(&n)));
    must_fail("pwrite", "/ro/file", raw_fd_pwrite(fd, AT(v), 1, 0, AT(&n)));
    must_fail("set_size", "/ro/file", raw_fd_filestat_set_size(fd, 0));
    must_fail("allocate", "/ro/file", raw_fd_allocate(fd, 0, 100));
    must_fail("set_times", "/ro/file", raw_fd_filestat_set_times(fd, 1, 1, 5));
    raw_fd_close(fd);
}
ATTACK(rights_grow)
{
    uint32_t weak;
    if (raw_path_open(ROOT, 0, S("deep"), DIRECTORY, __WASI_RIGHTS_PATH_OPEN, R_READ, 0, AT(&weak)))
        return;
    must_fail("set_rights", "more", raw_fd_fdstat_set_rights(weak, __WASI_RIGHTS_PATH_OPEN | R_WRITE, R_READ));
    must_fail("set_rights", "inheriting", raw_fd_fdstat_set_rights(weak, 0, R_READ | R_WRITE));
    must_fail("set_rights", "all", raw_fd_fdstat_set_rights(weak, UINT64_MAX, UINT64_MAX));
    must_fail("open", "to write", open_at(weak, "a/file", 0, 0, R_WRITE, &fd));
    must_fail("open", "to create", open_at(weak, "a/new", 0, CREAT, R_READ, &fd));
    must_fail("open", ". with more", raw_path_open(weak, 0, S("."), DIRECTORY, R_DIR, 0, 0, AT(&fd)));
    must_fail("mkdir", "without the right", raw_path_create_directory(weak, S("new")));
    must_fail("stat", "without the right", stat_at(weak, "a", 0, &st));
    raw_fd_close(weak);
}
ATTACK(rights_none)
{
    /* the twin of O_PATH: a descriptor that may nothing */
    uint32_t bare;
    if (open_at(ROOT, "file", 0, 0, 0, &bare))
        return;
    char byte;
    __wasi_ciovec_t v = { (uint8_t *)&byte, 1 };
    must_fail("read", "bare", raw_fd_read(bare, AT(&v), 1, AT(&n)));
    must_fail("pread", "bare", raw_fd_pread(bare, AT(&v), 1, 0, AT(&n)));
    must_fail("write", "bare", raw_fd_write(bare, AT(&v), 1, AT(&n)));
    must_fail("pwrite", "bare", raw_fd_pwrite(bare, AT(&v), 1, 0, AT(&n)));
    must_fail("stat", "bare", raw_fd_filestat_get(bare, AT(&st)));
    must_fail("set_size", "bare", raw_fd_filestat_set_size(bare, 0));
    must_fail("set_times", "bare", raw_fd_filestat_set_times(bare, 1, 1, 5));
    must_fail("open in", "bare", open_at(bare, "x", 0, CREAT, R_WRITE, &fd));
    must_fail("open", "../canary in a file", open_at(bare, "../canary/secret.txt", 0, 0, R_READ, &fd));
    raw_fd_close(bare);
}
ATTACK(flags_that_contradict)
{
    must_fail("create a directory by open", "x", open_at(ROOT, "made_by_open", 0, CREAT | DIRECTORY, R_READ, &fd));
    must_fail("unknown flags", "file", open_at(ROOT, "file", 0, 1u << 4, R_READ, &fd));
    must_fail("O_PATH's bit of Linux", "file", open_at(ROOT, "file", 0, 010000000, R_READ, &fd));
    must_fail("unknown lookup", "l_file", open_at(ROOT, "l_file", 2, 0, R_READ, &fd));
    must_fail("unknown fdflags", "file", raw_path_open(ROOT, 0, S("file"), 0, R_READ, 0, 0x8000, AT(&fd)));
    must_fail("write to a directory", "deep", open_at(ROOT, "deep", 0, DIRECTORY, R_WRITE, &fd));
}
ATTACK(renumber_over_preopen)
{
    uint32_t a, b;
    if (open_dir(ROOT, "deep", &a) || open_dir(ROOT, "deep/a", &b))
        return;
    raw_fd_renumber(b, a);   /* now a is deep/a */
    REACH(a, "..", "../../file", "../../../canary/secret.txt");
    uint32_t two;
    open_dir(TWO, ".", &two);
    raw_fd_renumber(a, TWO);   /* the number of a preopen: the name must go with it */
    must_fail("prestat", "of a number that is no preopen now", raw_fd_prestat_get(TWO, AT(buf)));
    REACH(TWO, "..", "../canary/secret.txt");
    raw_fd_renumber(two, TWO);
    must_fail("renumber", "from a closed one", raw_fd_renumber(9999, ROOT));
    must_fail("renumber", "to a closed one", raw_fd_renumber(TWO, 9999));
    must_fail("renumber", "far away", raw_fd_renumber(TWO, 0x7fffffff));
}
ATTACK(reuse_of_numbers)
{
    uint32_t a;
    open_dir(ROOT, "deep/a", &a);
    raw_fd_close(a);
    must_fail("use after close", "deep/a", open_at(a, "file", 0, 0, R_READ, &fd));
    uint32_t b;
    open_at(ROOT, "file", 0, 0, R_READ, &b);   /* the same number, now a file */
    must_fail("a file as a directory", "x", open_at(b, "../canary/secret.txt", 0, 0, R_READ, &fd));
    raw_fd_close(b);
}
ATTACK(replaced_descriptors)
{
    /* what is renumbered over is closed for the host, too: it has no more than 1000 */
    uint32_t a, b;
    for (int i = 0; i < 1500; i++) {
        if (open_at(ROOT, "file", 0, 0, R_READ, &a) || open_at(ROOT, "file", 0, 0, R_READ, &b)) {
            printf("  OUT: descriptors are used up after %d turns\n", i), got_out++;
            return;
        }
        must_fail("renumber", "onto a closed one", raw_fd_renumber(b, b + 1));
        raw_fd_renumber(a, a);
        raw_fd_renumber(b, a);
        must_fail("read", "the number that is free now", raw_fd_read(b, AT(buf), 0, AT(&n)));
        raw_fd_close(a);
    }
}
ATTACK(guess_descriptors)
{
    for (uint32_t g = 0; g < 3000; g++) {
        if (g >= ROOT && g <= HOST)
            continue;
        if (g > HOST && raw_fd_fdstat_get(g, AT(buf)) == 0)
            printf("  OUT: descriptor %u is open\n", g), got_out++;
        if (g > 2)
            read_all("from a guessed descriptor", g);
        must_fail("open at", "a guessed descriptor", open_at(g, "secret.txt", 0, 0, R_READ, &fd));
    }
    static const uint32_t far[] = { 0x7fffffff, 0x80000000, 0xffffffff, (uint32_t)-100, 65535, 65536, 1u << 20, 1u << 24, 1u << 30 };
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
        must_fail("fdstat", "far", raw_fd_fdstat_get(far[i], AT(buf)));
        must_fail("close", "far", raw_fd_close(far[i]));
        reach(far[i], "etc/passwd");
    }
}
ATTACK(inherited_descriptors)
{
    /* the runner leaves files with secrets open at 3 to 9, 42 and 100 of the process */
    for (uint32_t g = 0; g < 200; g++)
        if (g < ROOT || g > HOST)
            read_all("from a descriptor of the host's", g);
    read_all("from a directory's number", ROOT);
}
ATTACK(environment)
{
    uint32_t count, size;
    raw_environ_sizes_get(AT(&count), AT(&size));
    if (count)
        printf("  OUT: %u variables\n", count), got_out++;
    raw_environ_get(AT(buf), AT(buf + 4096));
    no_secret("environment", buf, sizeof buf);
}
ATTACK(memory_around)
{
    /* nothing of the host is in memory that was never written */
    uint32_t pages = __builtin_wasm_memory_grow(0, 16);
    no_secret("grown memory", (void *)(uintptr_t)(pages << 16), 16u << 16);
}
ATTACK(deleted_directory)
{
    uint32_t gone;
    raw_path_create_directory(ROOT, S("gone"));
    open_dir(ROOT, "gone", &gone);
    raw_path_remove_directory(ROOT, S("gone"));
    REACH(gone, "..", "../file", "../../canary/secret.txt", "../canary", "x", "x/..");
    must_fail("create in it", "x", open_at(gone, "x", 0, CREAT, R_WRITE, &fd));
    raw_path_create_directory(ROOT, S("gone"));   /* another one of that name */
    must_fail("see the new one", "x", open_at(gone, "x", 0, CREAT, R_WRITE, &fd));
    raw_fd_close(gone);
}
ATTACK(moved_between_preopens)
{
    uint32_t moving;
    raw_path_create_directory(ROOT, S("moving"));
    open_dir(ROOT, "moving", &moving);
    raw_path_rename(ROOT, S("moving"), TWO, S("moving"));
    REACH(moving, "..", "../file", "../../canary/secret.txt", "../..");
    raw_path_rename(TWO, S("moving"), ROOT, S("deep/a/moving"));
    REACH(moving, "..", "../../../..", "../../../../canary/secret.txt");
    raw_fd_close(moving);
}
ATTACK(rename_dots)
{
    static const char *const names[] = { ".", "..", "deep/..", "deep/../..", "./", "../" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        must_fail("rename", names[i], raw_path_rename(ROOT, S(names[i]), ROOT, S("stolen")));
        must_fail("rename to", names[i], raw_path_rename(ROOT, S("deep"), ROOT, S(names[i])));
        must_fail("rmdir", names[i], raw_path_remove_directory(ROOT, S(names[i])));
        must_fail("unlink", names[i], raw_path_unlink_file(ROOT, S(names[i])));
        must_fail("link", names[i], raw_path_link(ROOT, 0, S(names[i]), ROOT, S("stolen")));
        must_fail("symlink", names[i], raw_path_symlink(S("x"), ROOT, S(names[i])));
    }
    must_fail("rename", "into itself", raw_path_rename(ROOT, S("deep"), ROOT, S("deep/a/deep")));
}
ATTACK(readdir_cookies)
{
    uint32_t dir;
    open_dir(ROOT, "deep", &dir);
    static const uint64_t cookies[] = { 1, 2, 3, 1000, UINT32_MAX, INT64_MAX, INT64_MAX - 1, (uint64_t)1 << 63, UINT64_MAX, 0x7fffffffffffff00 };
    for (size_t i = 0; i < sizeof cookies / sizeof cookies[0]; i++) {
        n = 0;
        if (raw_fd_readdir(dir, AT(buf), sizeof buf, cookies[i], AT(&n)) == 0 && n <= sizeof buf)
            no_secret("readdir", buf, n);
    }
    must_fail("readdir", "beyond memory", raw_fd_readdir(dir, 0xfffffff0, 4096, 0, AT(&n)));
    raw_fd_close(dir);
}
static uint64_t inode_of(uint32_t dir, const char *name)
{
    raw_fd_readdir(dir, AT(buf), sizeof buf, 0, AT(&n));
    for (uint32_t i = 0; i + 24 <= n;) {
        uint32_t size;
        uint64_t ino;
        memcpy(&size, buf + i + 16, 4), memcpy(&ino, buf + i + 8, 8);
        if (i + 24 + size <= n && size == strlen(name) && memcmp(buf + i + 24, name, size) == 0)
            return ino;
        i += 24 + size;
    }
    return 0;
}
ATTACK(readdir_parent)
{
    /* the inode of the host's directory above must not show */
    uint32_t same;
    stat_at(ROOT, ".", 0, &st);
    if (inode_of(ROOT, "..") != st.ino)
        printf("  OUT: .. of the preopen is another inode\n"), got_out++;
    open_dir(ROOT, ".", &same);
    if (inode_of(same, "..") != st.ino)
        printf("  OUT: .. of the preopen, opened as '.', is another inode\n"), got_out++;
    raw_fd_close(same);
    open_dir(ROOT, "deep/..", &same);
    if (inode_of(same, "..") != st.ino)
        printf("  OUT: .. of the preopen, opened as 'deep/..', is another inode\n"), got_out++;
    raw_fd_close(same);
}

/* -- lies about memory -- */

static uint32_t end_of_memory(void) { return (uint32_t)__builtin_wasm_memory_size(0) << 16; }
ATTACK(iovec_lies)
{
    open_at(ROOT, "file", 0, 0, R_READ | R_WRITE | R_SEEK | R_TELL, &fd);
    uint32_t end = end_of_memory();
    const uint32_t lies[][2] = { { end, 1 }, { end - 1, 2 }, { 0, 0xffffffff }, { 0xffffffff, 1 }, { 0xffffffff, 0xffffffff }, { 0xfffffff0, 0x20 },
                                 { end - 4, 0xfffffffc }, { 0x80000000, 0x80000000 }, { 16, 0xfffffff0 } };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        must_fail("read", "lie", raw_fd_read(fd, AT(lies[i]), 1, AT(&n)));
        must_fail("write", "lie", raw_fd_write(fd, AT(lies[i]), 1, AT(&n)));
        must_fail("pread", "lie", raw_fd_pread(fd, AT(lies[i]), 1, 0, AT(&n)));
        must_fail("pwrite", "lie", raw_fd_pwrite(fd, AT(lies[i]), 1, 0, AT(&n)));
    }
    raw_fd_close(fd);
}
ATTACK(iovec_count_lies)
{
    open_at(ROOT, "file", 0, 0, R_READ | R_WRITE, &fd);
    uint32_t v[2] = { AT(buf), 1 };
    static const uint32_t counts[] = { 0x20000000, 0x20000001, 0x40000000, 0x7fffffff, 0x80000000, 0xffffffff };   /* times 8 they wrap */
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        must_fail("read", "count", raw_fd_read(fd, AT(v), counts[i], AT(&n)));
        must_fail("write", "count", raw_fd_write(fd, AT(v), counts[i], AT(&n)));
    }
    must_fail("read", "array at the end", raw_fd_read(fd, end_of_memory() - 4, 1, AT(&n)));
    must_fail("read", "result outside", raw_fd_read(fd, AT(v), 1, end_of_memory() - 2));
    raw_fd_close(fd);
}
ATTACK(pointer_lies)
{
    uint32_t end = end_of_memory();
    const uint32_t outs[] = { end, end - 1, end - 3, 0xffffffff, 0xfffffffc, 0xfffffff8, 0x80000000 };
    for (size_t i = 0; i < sizeof outs / sizeof outs[0]; i++) {
        uint32_t o = outs[i];
        must_fail("open", "result", raw_path_open(ROOT, 0, S("file"), 0, R_READ, 0, 0, o));
        must_fail("stat", "result", raw_path_filestat_get(ROOT, 0, S("file"), o));
        must_fail("fdstat", "result", raw_fd_fdstat_get(ROOT, o));
        must_fail("prestat", "result", raw_fd_prestat_get(ROOT, o));
        must_fail("prestat name", "result", raw_fd_prestat_dir_name(ROOT, o, 8));
        must_fail("clock", "result", raw_clock_time_get(0, 0, o));
        must_fail("args sizes", "result", raw_args_sizes_get(o, AT(&n)));
        must_fail("args", "result", raw_args_get(AT(buf), o));
        must_fail("random", "result", raw_random_get(o, 4));
        must_fail("readlink", "result", raw_path_readlink(ROOT, S("l_file"), o, 8, AT(&n)));
        must_fail("path", "outside", raw_path_create_directory(ROOT, o, 4));
        must_fail("path", "wraps", raw_path_create_directory(ROOT, 0x1000, 0xfffffff0));
    }
    must_fail("random", "all of it and more", raw_random_get(0, 0xffffffff));
}
ATTACK(poll_lies)
{
    static const uint32_t counts[] = { 0, 0x05555556, 0x08000000, 0x10000000, 0x7fffffff, 0xffffffff };   /* times 48 or 32 they wrap */
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        must_fail("poll", "count", raw_poll_oneoff(AT(buf), AT(buf), counts[i], AT(&n)));
    must_fail("poll", "in outside", raw_poll_oneoff(end_of_memory() - 40, AT(buf), 1, AT(&n)));
    must_fail("poll", "out outside", raw_poll_oneoff(AT(buf), end_of_memory() - 30, 1, AT(&n)));
}
ATTACK(sockets_that_are_none)
{
    uint32_t v[2] = { AT(buf), 8 };
    uint16_t flags;
    for (uint32_t g = 0; g < 12; g++) {
        must_fail("accept", "no socket", raw_sock_accept(g, 0, AT(&fd)));
        must_fail("recv", "no socket", raw_sock_recv(g, AT(v), 1, 0, AT(&n), AT(&flags)));
        must_fail("send", "no socket", raw_sock_send(g, AT(v), 1, 0, AT(&n)));
        must_fail("shutdown", "no socket", raw_sock_shutdown(g, 3));
    }
}
ATTACK(huge_files)
{
    /* sizes and offsets at the edges of the host's types */
    open_at(ROOT, "huge", 0, CREAT, R_FILE, &fd);
    uint32_t v[2] = { AT(buf), 1 };
    static const uint64_t edges[] = { (uint64_t)1 << 63, UINT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX - 4096 };
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        must_fail("pread", "edge", raw_fd_pread(fd, AT(v), 1, edges[i], AT(&n)));
        must_fail("pwrite", "edge", raw_fd_pwrite(fd, AT(v), 1, edges[i], AT(&n)));
        must_fail("set_size", "edge", raw_fd_filestat_set_size(fd, edges[i]));
        must_fail("allocate", "edge", raw_fd_allocate(fd, edges[i], 1));
        must_fail("allocate", "edge", raw_fd_allocate(fd, 1, edges[i]));
        must_fail("seek", "edge", raw_fd_seek(fd, (int64_t)edges[i], 0, AT(buf)));
    }
    raw_fd_close(fd);
    raw_path_unlink_file(ROOT, S("huge"));
}

/* -- with the host's root directory -- */

static void host(const char *path) { reach(HOST, path); }
ATTACK(host_proc_mem) { host("proc/self/mem"); host("proc/thread-self/mem"); host("proc/1/mem"); host("proc/self/../self/mem"); }
ATTACK(host_proc_fd)
{
    char path[64];
    for (int i = 0; i < 12; i++) {
        snprintf(path, sizeof path, "proc/self/fd/%d", i);
        host(path);
        snprintf(path, sizeof path, "proc/self/fdinfo/%d", i);
        host(path);
    }
}
ATTACK(host_magic_links) { host("proc/self/root/etc/passwd"); host("proc/self/cwd/x"); host("proc/self/exe"); host("proc/self/ns/mnt"); host("proc/self/map_files/x"); host("proc/1/root/etc/passwd"); }
ATTACK(host_proc_text) { host("proc/self/environ"); host("proc/self/maps"); host("proc/self/cmdline"); host("proc/1/environ"); host("proc/mounts"); host("proc/kcore"); host("proc/version"); }
ATTACK(host_proc_sys) { host("proc/sys/kernel/core_pattern"); host("proc/sys/kernel/hostname"); host("proc/sysrq-trigger"); host("proc/self/oom_score_adj"); host("proc/self/attr/current"); }
ATTACK(host_proc_dirs) { host("proc"); host("proc/"); host("proc/."); host("proc/self"); host("proc/self/task"); host("proc/self/fd/.."); }
ATTACK(host_sys) { host("sys"); host("sys/"); host("sys/power/state"); host("sys/kernel"); host("sys/kernel/uevent_helper"); host("sys/class"); host("sys/fs/cgroup/cgroup.procs"); host("sys/kernel/debug"); }
ATTACK(host_dev_links) { follow(HOST, "dev/fd"); follow(HOST, "dev/stdin"); follow(HOST, "dev/stdout"); host("dev/fd/0"); host("dev/pts/0"); host("dev/pts/ptmx"); host("dev/mqueue/x"); }
ATTACK(host_devices)
{
    static const char *const devices[] = { "dev/mem", "dev/kmsg", "dev/null", "dev/zero", "dev/full", "dev/random", "dev/tty", "dev/ptmx", "dev/console",
                                           "dev/vda", "dev/sda", "dev/kvm", "dev/fuse", "dev/loop-control", "dev/net/tun", "dev/port" };
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        for (uint32_t f = 0; f < 2; f++)
            for (int w = 0; w < 2; w++)
                must_fail("open", devices[i], open_at(HOST, devices[i], f, 0, w ? R_WRITE : R_READ, &fd));
}
ATTACK(host_is_read_only)
{
    must_fail("create", "/host/tmp/x", open_at(HOST, "tmp/cwasm-escape", 0, CREAT, R_WRITE, &fd));
    must_fail("mkdir", "/host/tmp/x", raw_path_create_directory(HOST, S("tmp/cwasm-escape")));
    must_fail("write", "/host/etc/passwd", open_at(HOST, "etc/passwd", 0, 0, R_WRITE, &fd));
    must_fail("link", "/host/etc/passwd", raw_path_link(HOST, 0, S("etc/passwd"), ROOT, S("stolen")));
}
ATTACK(host_dotdot) { host("../etc/passwd"); host(".."); host("etc/../../etc/passwd"); }
ATTACK(host_absolute_links) { follow(HOST, "etc/mtab"); follow(HOST, "var/run"); follow(HOST, "proc/self"); }

/* -- special files that the runner put into root -- */

ATTACK(fifo)
{
    /* opening it would wait for ever */
    for (uint32_t oflags = 0; oflags < 16; oflags++)
        for (int r = 0; r < 4; r++)
            must_fail("open", "fifo", open_at(ROOT, "fifo", 0, oflags, r == 0 ? 0 : r == 1 ? R_READ : r == 2 ? R_WRITE : R_READ | R_WRITE, &fd));
    raw_path_symlink(S("fifo"), ROOT, S("l_fifo"));
    must_fail("open", "l_fifo", open_at(ROOT, "l_fifo", FOLLOW, 0, R_READ, &fd));
}
ATTACK(unix_socket) { must_fail("open", "socket", open_at(ROOT, "socket", 0, 0, R_READ | R_WRITE, &fd)); must_fail("open", "socket", open_at(ROOT, "socket", FOLLOW, 0, 0, &fd)); }
ATTACK(device_node) { must_fail("open", "device", open_at(ROOT, "device", 0, 0, R_READ, &fd)); must_fail("open", "device", open_at(ROOT, "device", FOLLOW, 0, R_WRITE, &fd)); }

/* ---- With the runner's help ---- */

/* Never called before: translated when somebody else's bytes are in the module's file. */
__attribute__((noinline)) static int cold(int x) { return x < 2 ? 1 : cold(x - 1) + cold(x - 2); }
static void own_module(void (*change)(void))
{
    change();
    volatile int got = cold(12);
    if (got != 233)
        printf("  OUT: a function gives %d instead of 233\n", got), got_out++;
}
static void fill_with_junk(void)
{
    memset(buf, 0xfe, sizeof buf);
    if (open_at(ROOT, "self.wasm", 0, 0, R_READ | R_WRITE, &fd))
        printf("  OUT: not tried, no self.wasm\n"), got_out++;
    for (int i = 0; i < 64; i++)
        write_to(fd, buf, sizeof buf);
    raw_fd_close(fd);
}
static void cut_off(void)
{
    if (open_at(ROOT, "self.wasm", 0, TRUNC, R_WRITE, &fd))
        printf("  OUT: not tried, no self.wasm\n"), got_out++;
    raw_fd_close(fd);
}
static void put_another(void)
{
    raw_path_unlink_file(ROOT, S("self.wasm"));
    make_file(ROOT, "self.wasm", "not a module");
}
ATTACK(module_rewritten) { own_module(fill_with_junk); }
ATTACK(module_cut_off) { own_module(cut_off); }
ATTACK(module_replaced) { own_module(put_another); }

ATTACK(moved_out_by_host)
{
    /* The runner moves the open directory base/root/leaving to base/canary/left when it sees the file "ready". */
    uint32_t leaving;
    open_dir(ROOT, "leaving", &leaving);
    make_file(ROOT, "ready", "1");
    for (int i = 0; i < 100000 && stat_at(ROOT, "leaving", 0, &st) == 0; i++)
        raw_sched_yield();
    REACH(leaving, "..", "../secret.txt", "../../canary/secret.txt", "sub/../..", "sub/../../secret.txt");
    must_fail("open", "../secret.txt", open_at(leaving, "../secret.txt", FOLLOW, 0, R_READ, &fd));
    raw_fd_close(leaving);
}
ATTACK(mount_point)
{
    /* The runner has mounted a tmpfs on base/root/mount. */
    REACH(ROOT, "mount/../../canary/secret.txt", "mount/../..", "mount/inner/../../../canary");
    uint32_t mount;
    open_dir(ROOT, "mount", &mount);
    REACH(mount, "..", "../file", "../../canary/secret.txt", "inner/../..");
    must_fail("rename the mount point", "mount", raw_path_rename(ROOT, S("mount"), ROOT, S("stolen")));
    raw_fd_close(mount);
}

ATTACK(false_proc)
{
    /* The runner has mounted a tmpfs on /proc with FIFOs at thread-self/fd/N: whoever opens files by that way without looking waits for ever. */
    const char *text = content(ROOT, "file");
    if (!text || strcmp(text, "inside\n") != 0)
        printf("  OUT: file cannot be read\n"), got_out++;
    must_fail("the FIFOs", "proc", open_at(HOST, "proc/thread-self/fd/9", 0, 0, R_READ, &fd));
}

static void look(const char *path)
{
    const char *text = content(ROOT, path);
    if (text)
        no_secret(path, text, (uint32_t)strlen(text));
}
ATTACK(race_exchange)
{
    /* The runner exchanges root/flip with a link to ../canary, and root/target with a link to ../canary/secret.txt, until "stop" is there. */
    char path[4096];
    __wasi_filestat_t dir, file;
    snprintf(path, sizeof path, "%s/secret.txt", canary + 1);
    if (stat_at(HOST, canary + 1, 0, &dir) || stat_at(HOST, path, 0, &file))
        printf("  OUT: not tried, the canary is not there\n"), got_out++;
    make_file(ROOT, "ready", "1");
    while (stat_at(ROOT, "stop", 0, &st) != 0) {
        if (stat_at(ROOT, "target", FOLLOW, &st) == 0 && st.ino == file.ino)
            printf("  OUT: attributes of what is outside\n"), got_out++;
        if (open_dir(ROOT, "flip", &fd) == 0) {
            if (raw_fd_filestat_get(fd, AT(&st)) || st.ino == dir.ino)
                printf("  OUT: a directory outside\n"), got_out++;
            raw_fd_close(fd);
        }
        look("flip/secret.txt");
        look("target");
        look("flip/../flip/secret.txt");
        if (open_at(ROOT, "flip/made", FOLLOW, CREAT, R_WRITE, &fd) == 0)
            raw_fd_close(fd);
        if (open_at(ROOT, "target", FOLLOW, CREAT | TRUNC, R_WRITE, &fd) == 0)
            write_to(fd, "x", 1), raw_fd_close(fd);
        raw_path_create_directory(ROOT, S("flip/dir2"));
        raw_path_remove_directory(ROOT, S("flip/dir"));
        raw_path_unlink_file(ROOT, S("flip/secret.txt.copy"));
        raw_path_filestat_set_times(ROOT, FOLLOW, S("flip/secret.txt"), 1, 1, 5);
        raw_path_filestat_set_times(ROOT, FOLLOW, S("target"), 1, 1, 5);
        raw_path_symlink(S("x"), ROOT, S("flip/symlink"));
        raw_path_rename(ROOT, S("flip/secret.txt"), ROOT, S("flip/secret.txt"));
        if (raw_path_link(ROOT, FOLLOW, S("flip/secret.txt"), ROOT, S("stolen")) == 0)
            look("stolen"), raw_path_unlink_file(ROOT, S("stolen"));
    }
}

/* ---- The table ---- */

static const Attack attacks[] = {
    ROW(dotdot, "'..' above the top of a preopen")
    ROW(dotdot_dots, "'..' behind '.' and empty components")
    ROW(dotdot_deep, "more '..' than components before")
    ROW(dotdot_many, "enough '..' to reach the host's root from anywhere")
    ROW(dotdot_back, "out and back in by the host's own name")
    ROW(dotdot_through_missing, "'..' behind a name that is not there")
    ROW(dotdot_through_file, "'..' behind a file")
    ROW(dotdot_from_below, "'..' from a directory opened below, to its parent inside and further")
    ROW(dotdot_as_the_root, "'..' from another preopen")
    ROW(absolute, "absolute paths")
    ROW(absolute_slashes, "absolute paths with several slashes")
    ROW(absolute_canary, "the host's own path of what is outside, also where it lies beneath the preopen")
    ROW(nul_bytes, "a NUL that ends the path for C but not for the check")
    ROW(not_utf8, "over-long encodings of '.' and '/', broken UTF-8")
    ROW(other_separators, "backslashes, drive letters, characters that look like dots and slashes")
    ROW(empty_path, "the empty path")
    ROW(long_path, "paths around 4096 bytes that end outside")
    ROW(long_names, "components around 255 bytes")
    ROW(link_to_file, "a link to a file outside")
    ROW(link_to_dir, "a link to a directory outside, and through it")
    ROW(link_to_dir_slash, "the same with a slash, which follows it for the calls that do not follow")
    ROW(link_and_back, "out by a link and in again")
    ROW(link_to_parent, "a link to '..'")
    ROW(link_absolute, "absolute links")
    ROW(link_absolute_inside, "an absolute link to something inside")
    ROW(link_to_slash, "a link to '/'")
    ROW(link_to_proc, "links into procfs")
    ROW(link_chain, "links to links to the outside")
    ROW(link_chain_of_40, "chains as long as the kernel allows, and longer")
    ROW(link_loop, "links in a circle")
    ROW(link_to_here, "links to the directory that they are in, and '..'")
    ROW(links_with_slashes, "slashes behind links, for all calls")
    ROW(link_explosion, "links that double the path at each step")
    ROW(link_of_ours, "links that the guest makes")
    ROW(link_of_ours_absolute, "absolute links that the guest makes")
    ROW(link_moved, "a link that leads out only from where it is moved to")
    ROW(directory_of_link_moved, "the same, carried by its directory")
    ROW(create_through_dangling, "creating what a dangling link names")
    ROW(change_through_links, "removing, renaming, linking through a link to a directory")
    ROW(hard_link_of_outside, "a hard link to what a link names")
    ROW(read_only_write, "changing a read-only tree by path")
    ROW(read_only_by_hard_link, "moving or linking out of a read-only tree to where one may write")
    ROW(read_only_open_file, "changing an open file of a read-only tree")
    ROW(rights_grow, "more rights than were given")
    ROW(rights_none, "a descriptor without rights, as O_PATH gives")
    ROW(flags_that_contradict, "flags that contradict each other, and bits that only the host knows")
    ROW(renumber_over_preopen, "a preopen's number with another directory behind it")
    ROW(reuse_of_numbers, "a closed number, and one that means something else now")
    ROW(replaced_descriptors, "descriptors that are put over others, again and again")
    ROW(guess_descriptors, "numbers that were never given")
    ROW(inherited_descriptors, "files that the process has inherited")
    ROW(environment, "variables of the process")
    ROW(memory_around, "remains in new memory")
    ROW(deleted_directory, "a directory that is removed while it is open")
    ROW(moved_between_preopens, "a directory that moves to another tree while it is open")
    ROW(rename_dots, "moving and removing '.' and '..'")
    ROW(readdir_cookies, "cookies that were never given")
    ROW(readdir_parent, "the inode of the directory above")
    ROW(iovec_lies, "buffers outside of memory, or that wrap")
    ROW(iovec_count_lies, "numbers of buffers that wrap when multiplied")
    ROW(pointer_lies, "results and paths outside of memory")
    ROW(poll_lies, "numbers of subscriptions that wrap when multiplied")
    ROW(sockets_that_are_none, "socket calls on other things")
    ROW(huge_files, "offsets and sizes at the edges of the host's types")
    ROW(host_proc_mem, "/proc/self/mem, with / preopened")
    ROW(host_proc_fd, "/proc/self/fd/N")
    ROW(host_magic_links, "magic links of procfs")
    ROW(host_proc_text, "what procfs tells about processes")
    ROW(host_proc_sys, "settings of the kernel")
    ROW(host_proc_dirs, "directories of procfs")
    ROW(host_sys, "sysfs, cgroups, debugfs")
    ROW(host_dev_links, "/dev/fd, /dev/stdin, terminals")
    ROW(host_devices, "devices")
    ROW(host_is_read_only, "changing the host's root, which is read-only here")
    ROW(host_dotdot, "'..' of the host's root")
    ROW(host_absolute_links, "absolute links below /")
    ROW(fifo, "a FIFO, which would make us wait for ever")
    ROW(unix_socket, "a socket by its path")
    ROW(device_node, "a device node in the tree")
    HELPED(module_rewritten, "writing over the module that runs")
    HELPED(module_cut_off, "cutting off the module that runs")
    HELPED(module_replaced, "replacing the module that runs")
    HELPED(moved_out_by_host, "a directory that somebody moves out of the tree while it is open")
    HELPED(false_proc, "something else at /proc")
    HELPED(mount_point, "a mount point in the tree")
    HELPED(race_exchange, "names that are exchanged with links while calls are made")
};

static bool in_memory;

static bool wished(const Attack *a)
{
    if (in_memory && (a->run == fifo || a->run == unix_socket || a->run == device_node))
        return false;   /* there are none */
    if (!wishes[0])   /* all */
        return !a->helped;
    for (char *const *w = wishes; *w; w++)
        if (strcmp(*w, a->name) == 0)
            return true;
    return false;
}

/* What make_tree of run.py makes of directories, files and links; what would be absolute links goes up instead. */
static void make_tree(void)
{
    static const char *const dirs[] = { "deep", "deep/a", "deep/a/b", "flip", "leaving", "leaving/sub", "mount" };
    static const char *const files[] = { "file", "deep/a/file", "target", "flip/secret.txt" };
    static const char *const links[][2] = {
        { "l_file", "../canary/secret.txt" }, { "l_dir", "../canary" }, { "l_up", ".." }, { "deep/l_up2", "../.." }, { "chain1", "deep/chain2" },
        { "deep/chain2", "chain3" }, { "deep/chain3", "../../canary/secret.txt" }, { "loop", "loop" }, { "loop_a", "loop_b" },
        { "loop_b", "loop_a" }, { "other_flip", "../canary" }, { "other_target", "../canary/secret.txt" }, { "c0", "../canary/secret.txt" },
        { "bomb20", "." }, { "l_abs", "../../../etc/passwd" }, { "l_abs_dir", "../../../etc" }, { "l_abs_in", "../root/file" }, { "l_slash", "../../.." },
        { "l_proc", "../../../proc/self" }, { "l_fd", "../../../proc/self/fd/0" },
    };
    char name[40], target[80];
    int e = 0;
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
        e |= raw_path_create_directory(ROOT, S(dirs[i]));
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        e |= make_file(ROOT, files[i], "inside\n");
    e |= make_file(TWO, "file", "inside\n");
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        e |= raw_path_symlink(S(links[i][1]), ROOT, S(links[i][0]));
    for (int i = 1; i < 46; i++) {
        snprintf(name, sizeof name, "c%d", i);
        snprintf(target, sizeof target, "c%d", i - 1);
        e |= raw_path_symlink(S(target), ROOT, S(name));
    }
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, i ? "bomb%d" : "bomb", i);
        snprintf(target, sizeof target, "bomb%d/bomb%d", i + 1, i + 1);
        e |= raw_path_symlink(S(target), ROOT, S(name));
    }
    if (e)
        printf("FAIL the tree cannot be made\n");
}

int main(int argc, char **argv)
{
    wishes = argv + 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "make_tree") == 0) {
            make_tree();
            in_memory = true;
            argv[i] = NULL;
            wishes = argv + (i == 1 ? 2 : 1);
            continue;
        }
        if (strcmp(argv[i], "outside") == 0) {
            canary = argv[i + 1];
            argv[i] = NULL;
            break;
        }
    }
    return run_attacks(attacks, sizeof attacks / sizeof attacks[0], wished);
}
