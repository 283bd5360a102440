/*
 * Ways out of a directory, all of which must fail. The runner prepares, beside the guest's / (called "root" on the host):
 *
 *   outside/secret.txt, outside/dir/     what the guest must neither see nor change (the runner looks afterwards)
 *   root/inside.txt  root/sub/  root/deep/a/b/c/
 *   root/link_up -> ../outside/secret.txt    root/link_updir -> ../outside    root/link_abs -> /.../outside/secret.txt
 *   root/link_abs_inside -> /.../root/inside.txt    root/link_root -> /    root/link_dotdot -> ..
 *   root/chain1 -> chain2 -> sub/chain3 -> ../link_up    root/sub/link_up2 -> ../../outside    root/sub/back -> ..
 *   root/sub/ok -> ../inside.txt    root/deep/up3 -> ../../outside
 *   two/inside.txt                       the second preopen, /two
 *
 * Run with the absolute host path of outside/secret.txt as argument.
 */
#include "support.h"

static __wasi_filestat_t st;
static uint32_t fd, n;
static char buf[256];

static void refused(const char *path, const char *call, int e)
{
    char name[600];
    snprintf(name, sizeof name, "%s %s", call, path);
    IS(name, e, PERM);
}

/* Paths that leave in front of their last component, or are absolute: no call may take them. */
static void no_call_takes(uint32_t dir, const char *path)
{
    refused(path, "stat", stat_at(dir, path, 0, &st));
    refused(path, "stat, following", stat_at(dir, path, FOLLOW, &st));
    refused(path, "open", open_at(dir, path, 0, 0, R_READ, &fd));
    refused(path, "open, following", open_at(dir, path, FOLLOW, 0, R_READ, &fd));
    refused(path, "open directory", open_at(dir, path, FOLLOW, DIRECTORY, 0, &fd));
    refused(path, "create", open_at(dir, path, 0, CREAT, R_WRITE, &fd));
    refused(path, "create, following", open_at(dir, path, FOLLOW, CREAT | TRUNC, R_WRITE, &fd));
    refused(path, "create exclusively", open_at(dir, path, 0, CREAT | EXCL, R_WRITE, &fd));
    refused(path, "truncate", open_at(dir, path, FOLLOW, TRUNC, R_WRITE, &fd));
    refused(path, "mkdir", raw_path_create_directory(dir, S(path)));
    refused(path, "rmdir", raw_path_remove_directory(dir, S(path)));
    refused(path, "unlink", raw_path_unlink_file(dir, S(path)));
    refused(path, "readlink", raw_path_readlink(dir, S(path), AT(buf), sizeof buf, AT(&n)));
    refused(path, "set_times", raw_path_filestat_set_times(dir, 0, S(path), 1, 1, 5));
    refused(path, "set_times, following", raw_path_filestat_set_times(dir, FOLLOW, S(path), 1, 1, 5));
    refused(path, "symlink", raw_path_symlink(S("x"), dir, S(path)));
    refused(path, "link from", raw_path_link(dir, 0, S(path), ROOT, S("stolen")));
    refused(path, "link from, following", raw_path_link(dir, FOLLOW, S(path), ROOT, S("stolen")));
    refused(path, "link to", raw_path_link(ROOT, 0, S("inside.txt"), dir, S(path)));
    refused(path, "rename from", raw_path_rename(dir, S(path), ROOT, S("stolen")));
    refused(path, "rename to", raw_path_rename(ROOT, S("inside.txt"), dir, S(path)));
}

/* Links at the end of the path that lead outside: no call may follow them. */
static void not_followed(const char *path)
{
    refused(path, "stat, following", stat_at(ROOT, path, FOLLOW, &st));
    refused(path, "open, following", open_at(ROOT, path, FOLLOW, 0, R_READ, &fd));
    refused(path, "open directory, following", open_at(ROOT, path, FOLLOW, DIRECTORY, 0, &fd));
    refused(path, "create, following", open_at(ROOT, path, FOLLOW, CREAT, R_WRITE, &fd));
    refused(path, "truncate, following", open_at(ROOT, path, FOLLOW, TRUNC, R_WRITE, &fd));
    refused(path, "set_times, following", raw_path_filestat_set_times(ROOT, FOLLOW, S(path), 1, 1, 5));
    refused(path, "link from, following", raw_path_link(ROOT, FOLLOW, S(path), ROOT, S("stolen")));
    char name[300];
    snprintf(name, sizeof name, "%s is a link like any other", path);
    OK(name, stat_at(ROOT, path, 0, &st));
    NUM("  type", st.filetype, 7);
}

int main(int argc, char **argv)
{
    static const char *const out[] = {
        "..", "../", "../.", "../..", "../outside", "../outside/", "../outside/secret.txt", "../outside/new", "./../outside/secret.txt",
        ".//.././outside/secret.txt", "sub/../../outside/secret.txt", "sub/../..", "sub/./.././../outside", "inside/../../outside",
        "deep/a/b/c/../../../../../outside/secret.txt", "../root/inside.txt", "../root", "../../../../../../../../etc/passwd",
        "/", "//", "/.", "/..", "/inside.txt", "/etc/passwd", "//etc/passwd", "/proc/self/mem", "/tmp/x",
        "link_updir/secret.txt", "link_updir/new", "link_updir/dir", "link_updir/.", "link_updir/../outside/secret.txt",
        "sub/link_up2/secret.txt", "sub/back/../outside/secret.txt", "sub/back/sub/back/../root", "deep/up3/secret.txt",
        "link_root/etc/passwd", "link_root/.", "link_dotdot/outside/secret.txt", "link_dotdot/root/inside.txt", "link_dotdot/.",
        "sub/link_up2/../root/inside.txt"
    };
    OK("mkdir", raw_path_create_directory(ROOT, S("inside")));
    for (size_t i = 0; i < sizeof out / sizeof out[0]; i++)
        no_call_takes(ROOT, out[i]);
    if (argc > 1)
        no_call_takes(ROOT, argv[1]);

    static const char *const links[] = {
        "link_up", "link_updir", "link_abs", "link_abs_inside", "link_root", "link_dotdot", "chain1", "chain2", "sub/chain3",
        "sub/link_up2", "deep/up3"
    };
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        not_followed(links[i]);

    printf("# with a slash at the end\n");
    static const char *const slashes[] = { "link_updir/", "link_root/", "link_dotdot///", "sub/link_up2/" };
    for (size_t i = 0; i < sizeof slashes / sizeof slashes[0]; i++) {
        const char *p = slashes[i];
        refused(p, "stat", stat_at(ROOT, p, 0, &st));
        refused(p, "open", open_at(ROOT, p, 0, DIRECTORY, 0, &fd));
        refused(p, "readlink", raw_path_readlink(ROOT, S(p), AT(buf), sizeof buf, AT(&n)));
        refused(p, "set_times", raw_path_filestat_set_times(ROOT, 0, S(p), 1, 1, 5));
        IS("mkdir", raw_path_create_directory(ROOT, S(p)), EXIST);
        IS("rmdir", raw_path_remove_directory(ROOT, S(p)), NOTDIR);
        IS("unlink", raw_path_unlink_file(ROOT, S(p)), NOTDIR);
        IS("rename", raw_path_rename(ROOT, S(p), ROOT, S("stolen")), NOTDIR);
        IS("link", raw_path_link(ROOT, 0, S(p), ROOT, S("stolen")), NOTDIR);
    }

    printf("# what stays inside works\n");
    text_is("sub/ok", content(ROOT, "sub/ok"), 7, "inside\n");
    text_is("sub/back/inside.txt", content(ROOT, "sub/back/inside.txt"), 7, "inside\n");
    text_is("sub/back/sub/../inside.txt", content(ROOT, "sub/back/sub/../inside.txt"), 7, "inside\n");

    printf("# from a directory below\n");
    uint32_t sub, deep;
    OK("open", open_dir(ROOT, "sub", &sub));
    static const char *const up[] = { "..", "../inside.txt", "back", "./..", "ok" };
    refused("..", "stat", stat_at(sub, "..", 0, &st));
    for (size_t i = 0; i < sizeof up / sizeof up[0]; i++) {
        refused(up[i], "stat, following", stat_at(sub, up[i], FOLLOW, &st));
        refused(up[i], "open, following", open_at(sub, up[i], FOLLOW, 0, 0, &fd));
    }
    no_call_takes(sub, "../inside.txt");
    no_call_takes(sub, "back/inside.txt");

    printf("# a directory that is moved while it is open\n");
    OK("open", open_dir(ROOT, "deep/a/b", &deep));
    OK("rename", raw_path_rename(ROOT, S("deep/a/b"), ROOT, S("moved")));
    refused("..", "stat", stat_at(deep, "..", 0, &st));
    refused("../inside.txt", "open", open_at(deep, "../inside.txt", FOLLOW, 0, R_READ, &fd));
    refused("c/../..", "stat", stat_at(deep, "c/../..", 0, &st));
    OK("it still works", stat_at(deep, "c", 0, &st));
    OK("into it from above", stat_at(ROOT, "moved/c", 0, &st));

    printf("# links made by the guest\n");
    OK("symlink", raw_path_symlink(S("../outside"), ROOT, S("mine")));
    refused("mine/secret.txt", "open", open_at(ROOT, "mine/secret.txt", FOLLOW, 0, R_READ, &fd));
    refused("mine/new", "create", open_at(ROOT, "mine/new", 0, CREAT, R_WRITE, &fd));
    OK("symlink", raw_path_symlink(S("../../outside/new"), ROOT, S("sub/mine")));
    refused("sub/mine", "create, following", open_at(ROOT, "sub/mine", FOLLOW, CREAT, R_WRITE, &fd));
    OK("symlink", raw_path_symlink(S(".."), sub, S("mine2")));
    refused("mine2", "open", open_at(sub, "mine2", FOLLOW, DIRECTORY, 0, &fd));
    refused("mine2/mine2/outside", "stat", stat_at(ROOT, "sub/mine2/sub/mine2/../outside", 0, &st));
    IS("absolute", raw_path_symlink(S("/etc"), ROOT, S("mine3")), PERM);
    /* a link that is harmless where it is made, and moved to where it is not */
    OK("symlink", raw_path_symlink(S("../../outside/secret.txt"), ROOT, S("deep/a/l")));
    IS("  leads nowhere", stat_at(ROOT, "deep/a/l", FOLLOW, &st), NOENT);
    OK("  move", raw_path_rename(ROOT, S("deep/a/l"), ROOT, S("sub/l")));
    refused("sub/l", "open, following", open_at(ROOT, "sub/l", FOLLOW, 0, R_READ, &fd));

    printf("# between two preopens\n");
    uint32_t two = 4;
    text_is("the second", content(two, "inside.txt"), 4, "two\n");
    refused("../root/inside.txt", "open", open_at(two, "../root/inside.txt", 0, 0, R_READ, &fd));
    no_call_takes(two, "../root/inside.txt");
    OK("rename across", raw_path_rename(ROOT, S("moved"), two, S("moved")));
    refused("..", "a handle moved to the other tree: stat", stat_at(deep, "..", 0, &st));
    OK("  it still works", stat_at(deep, "c", 0, &st));
    OK("close", raw_fd_close(deep));

    printf("# numbers of the host\n");
    static const uint32_t guesses[] = { 5, 7, 8, 9, 10, 20, 63, 64, 255, 1023, 1024 };
    OK("close", raw_fd_close(sub));
    for (size_t i = 0; i < sizeof guesses / sizeof guesses[0]; i++) {
        IS("stat", raw_fd_filestat_get(guesses[i], AT(&st)), BADF);
        IS("open", open_at(guesses[i], "x", 0, 0, 0, &fd), BADF);
    }
    return done();
}
