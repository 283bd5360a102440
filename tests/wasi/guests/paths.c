/* The path calls: what they do and what they answer, with Linux as the model. Needs an empty directory as /. */
#include "support.h"

static __wasi_filestat_t st;
static uint32_t fd, n;
static char buf[256];

static void open_flags(void)
{
    __wasi_fdstat_t fs;
    IS("open what is missing", open_at(ROOT, "f", 0, 0, R_READ, &fd), NOENT);
    OK("create", open_at(ROOT, "f", 0, CREAT, R_FILE, &fd));
    OK("write", write_to(fd, "content", 7));
    OK("close", raw_fd_close(fd));
    OK("create what is there", open_at(ROOT, "f", 0, CREAT, R_READ, &fd));
    NUM("  content stays", read_from(fd, buf, 100), 7);
    OK("close", raw_fd_close(fd));
    IS("create exclusively what is there", open_at(ROOT, "f", 0, CREAT | EXCL, R_READ, &fd), EXIST);
    OK("create exclusively", open_at(ROOT, "x", 0, CREAT | EXCL, R_READ, &fd));
    OK("close", raw_fd_close(fd));
    OK("exclusive without create means nothing", open_at(ROOT, "f", 0, EXCL, R_READ, &fd));
    OK("close", raw_fd_close(fd));
    OK("truncate", open_at(ROOT, "f", 0, TRUNC, R_WRITE, &fd));
    OK("close", raw_fd_close(fd));
    OK("stat", stat_at(ROOT, "f", 0, &st));
    NUM("  size", st.size, 0);
    OK("make", make_file(ROOT, "f", "content"));
    OK("truncate without asking to write", open_at(ROOT, "f", 0, TRUNC, 0, &fd));
    OK("close", raw_fd_close(fd));
    OK("stat", stat_at(ROOT, "f", 0, &st));
    NUM("  size", st.size, 0);
    IS("directory, but a file", open_at(ROOT, "f", 0, DIRECTORY, 0, &fd), NOTDIR);
    IS("directory, but missing", open_at(ROOT, "none", 0, DIRECTORY, 0, &fd), NOENT);
    IS("create and directory", open_at(ROOT, "none", 0, CREAT | DIRECTORY, 0, &fd), INVAL);
    BAD("unknown oflag", open_at(ROOT, "f", 0, 16, 0, &fd), INVAL);
    BAD("unknown lookup flag", open_at(ROOT, "f", 2, 0, 0, &fd), INVAL);
    BAD("unknown fdflag", raw_path_open(ROOT, 0, S("f"), 0, 0, 0, 32, AT(&fd)), INVAL);
    BAD("result outside", raw_path_open(ROOT, 0, S("f"), 0, 0, 0, 0, 0xfffffffd), FAULT);
    BAD("path outside", raw_path_open(ROOT, 0, 0xfffffff0, 100, 0, 0, 0, 0, AT(&fd)), FAULT);

    OK("mkdir", raw_path_create_directory(ROOT, S("d")));
    IS("directory to write", open_at(ROOT, "d", 0, 0, R_WRITE, &fd), ISDIR);
    IS("directory to write, flag given", open_at(ROOT, "d", 0, DIRECTORY, R_READ | R_WRITE, &fd), ISDIR);
    IS("directory to truncate", open_at(ROOT, "d", 0, TRUNC, 0, &fd), ISDIR);
    IS("create a directory that is there", open_at(ROOT, "d", 0, CREAT, 0, &fd), ISDIR);
    IS("create it exclusively", open_at(ROOT, "d", 0, CREAT | EXCL, 0, &fd), EXIST);
    IS("create .", open_at(ROOT, ".", 0, CREAT, 0, &fd), ISDIR);
    OK("directory to read", open_at(ROOT, "d", 0, 0, R_READ, &fd));
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  type", fs.fs_filetype, 3);
    NUM("  reading means nothing for it", fs.fs_rights_base, 0);
    OK("close", raw_fd_close(fd));
    OK("non-blocking directory", raw_path_open(ROOT, 0, S("."), 0, 0, 0, 4, AT(&fd)));
    OK("close", raw_fd_close(fd));

    OK("without any right", open_at(ROOT, "f", 0, 0, 0, &fd));
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  base", fs.fs_rights_base, 0);
    NUM("  flags", fs.fs_flags, 0);
    OK("close", raw_fd_close(fd));
    OK("all flags", raw_path_open(ROOT, 0, S("f"), 0, R_FILE, 0, 31, AT(&fd)));
    OK("fdstat", raw_fd_fdstat_get(fd, AT(&fs)));
    NUM("  flags", fs.fs_flags, 31);
    OK("write", write_to(fd, "!", 1));
    OK("close", raw_fd_close(fd));
    OK("unlink", raw_path_unlink_file(ROOT, S("x")));
}

static void spelling(void)
{
    OK("mkdir", raw_path_create_directory(ROOT, S("d/e")));
    OK("make", make_file(ROOT, "d/e/f", "deep"));
    static const char *const good[] = {
        "d/e/f", "./d/e/f", "d//e///f", "d/./e/././f", "d/../d/e/f", "d/e/../e/f", "d/e/../../d/e/f", ".//./d/.//e/../e/./f"
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        OK(good[i], stat_at(ROOT, good[i], 0, &st));
        NUM("  size", st.size, 4);
        OK("  open", open_at(ROOT, good[i], 0, 0, R_READ, &fd));
        OK("  close", raw_fd_close(fd));
    }
    static const char *const dirs[] = { "d", "d/", "d///", "./d", "d/.", "d/./", "d/e/..", "d/e/../", "d/../d" };
    uint64_t ino = 0;
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++) {
        OK(dirs[i], stat_at(ROOT, dirs[i], 0, &st));
        NUM("  type", st.filetype, 3);
        if (i == 0)
            ino = st.ino;
        NUM("  inode", st.ino, ino);
        OK("  open", open_at(ROOT, dirs[i], 0, DIRECTORY, 0, &fd));
        OK("  close", raw_fd_close(fd));
    }
    static const char *const roots[] = { ".", "./", "././.", "d/..", "d/e/../../.", "d/e/../.." };
    __wasi_filestat_t root;
    OK("stat", raw_fd_filestat_get(ROOT, AT(&root)));
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        OK(roots[i], stat_at(ROOT, roots[i], 0, &st));
        NUM("  inode", st.ino, root.ino);
        OK("  open", open_at(ROOT, roots[i], 0, DIRECTORY, 0, &fd));
        OK("  close", raw_fd_close(fd));
    }
    static const char *const notdir[] = { "d/e/f/", "d/e/f//", "d/e/f/.", "d/e/f/..", "d/e/f/x", "d/e/f/../f" };
    for (size_t i = 0; i < sizeof notdir / sizeof notdir[0]; i++) {
        IS(notdir[i], stat_at(ROOT, notdir[i], 0, &st), NOTDIR);
        IS("  open", open_at(ROOT, notdir[i], 0, 0, 0, &fd), NOTDIR);
    }
    static const char *const missing[] = { "x", "x/", "x/y", "x/..", "x/../d", "d/x/../e", "" };
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        IS(missing[i], stat_at(ROOT, missing[i], 0, &st), NOENT);
        IS("  open", open_at(ROOT, missing[i], 0, 0, 0, &fd), NOENT);
    }
    IS("create with a slash", open_at(ROOT, "new/", 0, CREAT, 0, &fd), ISDIR);
    IS("create a file that is there with a slash", open_at(ROOT, "d/e/f/", 0, CREAT, 0, &fd), ISDIR);
    IS("create below a file", open_at(ROOT, "d/e/f/x/", 0, CREAT, 0, &fd), NOTDIR);
    IS("create in what is missing", open_at(ROOT, "new/f", 0, CREAT, 0, &fd), NOENT);

    IS("NUL inside", raw_path_filestat_get(ROOT, 0, AT("d/e/f\0x"), 7, AT(&st)), INVAL);
    IS("NUL at the end", raw_path_open(ROOT, 0, AT("d/e/f"), 6, 0, 0, 0, 0, AT(&fd)), INVAL);
    IS("only a NUL", raw_path_unlink_file(ROOT, AT(""), 1), INVAL);
    BAD("not UTF-8", make_file(ROOT, "\xff", ""), ILSEQ);
    BAD("cut UTF-8", make_file(ROOT, "a\xc3", ""), ILSEQ);
    BAD("over-long UTF-8", stat_at(ROOT, "d\xc0\xaf" "e", 0, &st), ILSEQ);
    BAD("surrogate", raw_path_create_directory(ROOT, S("\xed\xa0\x80")), ILSEQ);
    BAD("symlink target not UTF-8", raw_path_symlink(S("\xfe"), ROOT, S("l")), ILSEQ);
    BAD("symlink name not UTF-8", raw_path_symlink(S("x"), ROOT, S("\xfe")), ILSEQ);
    OK("UTF-8", make_file(ROOT, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "u"));
    OK("  stat", stat_at(ROOT, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 0, &st));
    OK("  unlink", raw_path_unlink_file(ROOT, S("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")));

    /* lengths: a name of 255 bytes is the longest, a path of 4095 */
    static char path[5000];
    for (uint32_t i = 0; i < sizeof path; i++)
        path[i] = i % 2 ? '/' : '.';
    path[4094] = '.';
    OK("a path of 4095 bytes", raw_path_filestat_get(ROOT, 0, AT(path), 4095, AT(&st)));
    IS("a path of 4096 bytes", raw_path_filestat_get(ROOT, 0, AT(path), 4096, AT(&st)), NAMETOOLONG);
    IS("a path of 5000 bytes", raw_path_open(ROOT, 0, AT(path), 5000, 0, 0, 0, 0, AT(&fd)), NAMETOOLONG);
    memset(path, 'n', 300);
    IS("a name of 256 bytes", raw_path_filestat_get(ROOT, 0, AT(path), 256, AT(&st)), NAMETOOLONG);
    IS("  mkdir", raw_path_create_directory(ROOT, AT(path), 256), NAMETOOLONG);
    IS("  unlink", raw_path_unlink_file(ROOT, AT(path), 256), NAMETOOLONG);
    path[256] = '/', path[257] = 'x';
    IS("  in front", raw_path_filestat_get(ROOT, 0, AT(path), 258, AT(&st)), NAMETOOLONG);
    path[255] = '/';
    IS("a name of 255 bytes in front", raw_path_filestat_get(ROOT, 0, AT(path), 257, AT(&st)), NOENT);

    /* deep: 300 directories */
    for (int i = 0; i < 300; i++)
        memcpy(path + 2 * i, "D/", 2);
    for (uint32_t i = 1; i <= 300; i++)
        if (raw_path_create_directory(ROOT, AT(path), 2 * i - 1))
            NUM("mkdir, depth", i, -1);
    OK("300 deep", raw_path_filestat_get(ROOT, 0, AT(path), 599, AT(&st)));
    for (int i = 0; i < 300; i++)
        memcpy(path + 600 + 3 * i, "../", 3);
    OK("and back", raw_path_filestat_get(ROOT, 0, AT(path), 600 + 899, AT(&st)));
    NUM("  inode", st.ino, root.ino);
    memcpy(path + 600 + 900, "..", 2);
    IS("and one more", raw_path_filestat_get(ROOT, 0, AT(path), 600 + 902, AT(&st)), PERM);
    for (uint32_t i = 300; i > 0; i--)
        if (raw_path_remove_directory(ROOT, AT(path), 2 * i - 1))
            NUM("rmdir, depth", i, -1);
}

static void directories(void)
{
    OK("mkdir", raw_path_create_directory(ROOT, S("m")));
    IS("mkdir again", raw_path_create_directory(ROOT, S("m")), EXIST);
    IS("mkdir again with a slash", raw_path_create_directory(ROOT, S("m/")), EXIST);
    IS("mkdir over a file", raw_path_create_directory(ROOT, S("f")), EXIST);
    IS("mkdir in what is missing", raw_path_create_directory(ROOT, S("none/m")), NOENT);
    IS("mkdir below a file", raw_path_create_directory(ROOT, S("f/m")), NOTDIR);
    IS("mkdir .", raw_path_create_directory(ROOT, S(".")), EXIST);
    IS("mkdir m/.", raw_path_create_directory(ROOT, S("m/.")), EXIST);
    IS("mkdir m/..", raw_path_create_directory(ROOT, S("m/..")), EXIST);
    IS("mkdir none/.", raw_path_create_directory(ROOT, S("none/.")), NOENT);
    IS("mkdir of nothing", raw_path_create_directory(ROOT, S("")), NOENT);
    OK("mkdir with slashes", raw_path_create_directory(ROOT, S("m//n//")));
    IS("rmdir that is not empty", raw_path_remove_directory(ROOT, S("m")), NOTEMPTY);
    OK("rmdir with a slash", raw_path_remove_directory(ROOT, S("m/n/")));
    IS("rmdir of a file", raw_path_remove_directory(ROOT, S("f")), NOTDIR);
    IS("rmdir of a file with a slash", raw_path_remove_directory(ROOT, S("f/")), NOTDIR);
    IS("rmdir of what is missing", raw_path_remove_directory(ROOT, S("none")), NOENT);
    IS("rmdir .", raw_path_remove_directory(ROOT, S(".")), INVAL);
    IS("rmdir m/.", raw_path_remove_directory(ROOT, S("m/.")), INVAL);
    IS("rmdir m/..", raw_path_remove_directory(ROOT, S("m/..")), NOTEMPTY);
    IS("unlink of a directory", raw_path_unlink_file(ROOT, S("m")), ISDIR);
    IS("unlink of a directory with a slash", raw_path_unlink_file(ROOT, S("m/")), ISDIR);
    IS("unlink .", raw_path_unlink_file(ROOT, S("m/.")), ISDIR);
    IS("unlink ..", raw_path_unlink_file(ROOT, S("m/..")), ISDIR);
    IS("unlink of a file with a slash", raw_path_unlink_file(ROOT, S("f/")), NOTDIR);
    IS("unlink of what is missing", raw_path_unlink_file(ROOT, S("none")), NOENT);
    IS("unlink of what is missing with a slash", raw_path_unlink_file(ROOT, S("none/")), NOENT);
    OK("rmdir", raw_path_remove_directory(ROOT, S("m")));
    /* a file lives on after it is unlinked */
    OK("make", open_at(ROOT, "gone", 0, CREAT, R_FILE, &fd));
    OK("unlink", raw_path_unlink_file(ROOT, S("gone")));
    OK("write", write_to(fd, "still", 5));
    OK("stat", raw_fd_filestat_get(fd, AT(&st)));
    NUM("  size", st.size, 5);
    NUM("  links", st.nlink, 0);
    OK("close", raw_fd_close(fd));
}

static void links(void)
{
    OK("make", make_file(ROOT, "t", "target"));
    OK("symlink", raw_path_symlink(S("t"), ROOT, S("s")));
    OK("readlink", raw_path_readlink(ROOT, S("s"), AT(buf), sizeof buf, AT(&n)));
    text_is("  text", buf, n, "t");
    OK("stat", stat_at(ROOT, "s", 0, &st));
    NUM("  type", st.filetype, 7);
    NUM("  size", st.size, 1);
    OK("stat, following", stat_at(ROOT, "s", FOLLOW, &st));
    NUM("  type", st.filetype, 4);
    NUM("  size", st.size, 6);
    IS("open", open_at(ROOT, "s", 0, 0, R_READ, &fd), LOOP);
    IS("open as a directory", open_at(ROOT, "s", 0, DIRECTORY, 0, &fd), NOTDIR);
    IS("create", open_at(ROOT, "s", 0, CREAT, R_READ, &fd), LOOP);
    IS("create exclusively", open_at(ROOT, "s", FOLLOW, CREAT | EXCL, R_READ, &fd), EXIST);
    OK("open, following", open_at(ROOT, "s", FOLLOW, 0, R_READ, &fd));
    OK("close", raw_fd_close(fd));
    OK("create, following", open_at(ROOT, "s", FOLLOW, CREAT, R_READ, &fd));
    NUM("  the target", read_from(fd, buf, 100), 6);
    OK("close", raw_fd_close(fd));
    IS("stat with a slash", stat_at(ROOT, "s/", 0, &st), NOTDIR);
    IS("mkdir over it", raw_path_create_directory(ROOT, S("s")), EXIST);
    IS("rmdir", raw_path_remove_directory(ROOT, S("s")), NOTDIR);
    IS("symlink over it", raw_path_symlink(S("x"), ROOT, S("s")), EXIST);

    OK("cut", raw_path_symlink(S("0123456789"), ROOT, S("long")));
    memset(buf, '?', sizeof buf);
    OK("readlink into 4 bytes", raw_path_readlink(ROOT, S("long"), AT(buf), 4, AT(&n)));
    NUM("  used", n, 4);
    text_is("  text", buf, 6, "0123??");
    OK("readlink into nothing", raw_path_readlink(ROOT, S("long"), AT(buf), 0, AT(&n)));
    NUM("  used", n, 0);
    IS("readlink of a file", raw_path_readlink(ROOT, S("t"), AT(buf), 4, AT(&n)), INVAL);
    IS("readlink of a directory", raw_path_readlink(ROOT, S("d"), AT(buf), 4, AT(&n)), INVAL);
    IS("readlink .", raw_path_readlink(ROOT, S("."), AT(buf), 4, AT(&n)), INVAL);
    IS("readlink of what is missing", raw_path_readlink(ROOT, S("none"), AT(buf), 4, AT(&n)), NOENT);
    BAD("readlink: buffer outside", raw_path_readlink(ROOT, S("s"), 0xfffffff0, 100, AT(&n)), FAULT);
    BAD("readlink: result outside", raw_path_readlink(ROOT, S("s"), AT(buf), 4, 0xffffffff), FAULT);
    OK("unlink", raw_path_unlink_file(ROOT, S("long")));

    OK("dangling", raw_path_symlink(S("nowhere"), ROOT, S("dang")));
    IS("stat, following", stat_at(ROOT, "dang", FOLLOW, &st), NOENT);
    IS("open, following", open_at(ROOT, "dang", FOLLOW, 0, 0, &fd), NOENT);
    IS("create", open_at(ROOT, "dang", 0, CREAT, 0, &fd), LOOP);
    OK("create, following", open_at(ROOT, "dang", FOLLOW, CREAT, R_WRITE, &fd));
    OK("close", raw_fd_close(fd));
    OK("  made what it points to", stat_at(ROOT, "nowhere", 0, &st));
    OK("unlink", raw_path_unlink_file(ROOT, S("nowhere")));
    OK("chain", raw_path_symlink(S("../dang"), ROOT, S("d/chain")));
    OK("create through a chain", open_at(ROOT, "d/chain", FOLLOW, CREAT, R_WRITE, &fd));
    OK("close", raw_fd_close(fd));
    OK("unlink", raw_path_unlink_file(ROOT, S("nowhere")));
    OK("unlink", raw_path_unlink_file(ROOT, S("d/chain")));
    OK("deep dangling", raw_path_symlink(S("none/x"), ROOT, S("deep")));
    IS("create through it", open_at(ROOT, "deep", FOLLOW, CREAT, 0, &fd), NOENT);
    OK("unlink", raw_path_unlink_file(ROOT, S("deep")));
    OK("unlink", raw_path_unlink_file(ROOT, S("dang")));

    OK("to a directory", raw_path_symlink(S("d"), ROOT, S("sd")));
    OK("through it", stat_at(ROOT, "sd/e/f", 0, &st));
    OK("stat with a slash", stat_at(ROOT, "sd/", 0, &st));
    NUM("  type", st.filetype, 3);
    OK("stat with /.", stat_at(ROOT, "sd/.", 0, &st));
    NUM("  type", st.filetype, 3);
    OK(".. of where it leads", stat_at(ROOT, "sd/../t", 0, &st));
    IS("open as a directory", open_at(ROOT, "sd", 0, DIRECTORY, 0, &fd), NOTDIR);
    OK("open as a directory, following", open_at(ROOT, "sd", FOLLOW, DIRECTORY, 0, &fd));
    OK("close", raw_fd_close(fd));
    OK("open with a slash", open_at(ROOT, "sd/", 0, DIRECTORY, 0, &fd));
    OK("close", raw_fd_close(fd));
    IS("unlink with a slash", raw_path_unlink_file(ROOT, S("sd/")), NOTDIR);
    IS("rmdir with a slash", raw_path_remove_directory(ROOT, S("sd/")), NOTDIR);
    IS("readlink with a slash", raw_path_readlink(ROOT, S("sd/"), AT(buf), 4, AT(&n)), INVAL);
    IS("rename with a slash", raw_path_rename(ROOT, S("sd/"), ROOT, S("sd2")), NOTDIR);
    OK("unlink", raw_path_unlink_file(ROOT, S("sd")));

    IS("absolute", raw_path_symlink(S("/"), ROOT, S("abs")), PERM);
    IS("absolute", raw_path_symlink(S("/etc/passwd"), ROOT, S("abs")), PERM);
    IS("empty", raw_path_symlink(S(""), ROOT, S("abs")), NOENT);
    OK("outside is text like any other", raw_path_symlink(S("../../x"), ROOT, S("out")));
    OK("unlink", raw_path_unlink_file(ROOT, S("out")));
    IS("with a slash", raw_path_symlink(S("x"), ROOT, S("new/")), NOENT);
    IS("over a directory with a slash", raw_path_symlink(S("x"), ROOT, S("d/")), EXIST);
    IS("over .", raw_path_symlink(S("x"), ROOT, S("d/.")), EXIST);
    IS("over ..", raw_path_symlink(S("x"), ROOT, S("d/..")), EXIST);
    IS("in what is missing", raw_path_symlink(S("x"), ROOT, S("none/l")), NOENT);

    OK("self", raw_path_symlink(S("self"), ROOT, S("self")));
    IS("loop", stat_at(ROOT, "self", FOLLOW, &st), LOOP);
    IS("loop in the middle", stat_at(ROOT, "self/x", 0, &st), LOOP);
    IS("open", open_at(ROOT, "self", FOLLOW, 0, 0, &fd), LOOP);
    IS("create", open_at(ROOT, "self", FOLLOW, CREAT, 0, &fd), LOOP);
    OK("stat of the link", stat_at(ROOT, "self", 0, &st));
    OK("unlink", raw_path_unlink_file(ROOT, S("self")));
    /* 40 links may be followed, 41 not */
    char name[16], before[16] = "t";
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof name, "c%d", i);
        OK("symlink", raw_path_symlink(S(before), ROOT, S(name)));
        strcpy(before, name);
    }
    OK("40 links", stat_at(ROOT, "c40", FOLLOW, &st));
    IS("41 links", stat_at(ROOT, "c41", FOLLOW, &st), LOOP);
    OK("open 40 links", open_at(ROOT, "c40", FOLLOW, 0, 0, &fd));
    OK("close", raw_fd_close(fd));
    IS("open 41 links", open_at(ROOT, "c41", FOLLOW, 0, 0, &fd), LOOP);
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof name, "c%d", i);
        OK("unlink", raw_path_unlink_file(ROOT, S(name)));
    }
    OK("unlink the link, not the file", raw_path_unlink_file(ROOT, S("s")));
    OK("  stat", stat_at(ROOT, "t", 0, &st));

    printf("# hard links\n");
    OK("link", raw_path_link(ROOT, 0, S("t"), ROOT, S("d/h")));
    OK("stat", stat_at(ROOT, "d/h", 0, &st));
    NUM("  links", st.nlink, 2);
    IS("link again", raw_path_link(ROOT, 0, S("t"), ROOT, S("d/h")), EXIST);
    IS("link to itself", raw_path_link(ROOT, 0, S("t"), ROOT, S("t")), EXIST);
    IS("link of a directory", raw_path_link(ROOT, 0, S("d"), ROOT, S("d2")), PERM);
    IS("link of .", raw_path_link(ROOT, 0, S("."), ROOT, S("d2")), PERM);
    IS("link of what is missing", raw_path_link(ROOT, 0, S("none"), ROOT, S("h2")), NOENT);
    IS("link with a slash", raw_path_link(ROOT, 0, S("t"), ROOT, S("h2/")), NOENT);
    IS("link of a file with a slash", raw_path_link(ROOT, 0, S("t/"), ROOT, S("h2")), NOTDIR);
    IS("link over a directory with a slash", raw_path_link(ROOT, 0, S("t"), ROOT, S("d/")), EXIST);
    IS("link over ..", raw_path_link(ROOT, 0, S("t"), ROOT, S("d/..")), EXIST);
    OK("symlink", raw_path_symlink(S("t"), ROOT, S("s")));
    OK("link of the symlink", raw_path_link(ROOT, 0, S("s"), ROOT, S("s2")));
    OK("stat", stat_at(ROOT, "s2", 0, &st));
    NUM("  type", st.filetype, 7);
    OK("link of what the symlink names", raw_path_link(ROOT, FOLLOW, S("s"), ROOT, S("s3")));
    OK("stat", stat_at(ROOT, "s3", 0, &st));
    NUM("  type", st.filetype, 4);
    NUM("  links", st.nlink, 3);
    static const char *const names[] = { "d/h", "s", "s2", "s3", "t" };
    for (int i = 0; i < 5; i++)
        OK("unlink", raw_path_unlink_file(ROOT, S(names[i])));
}

static void rename_them(void)
{
    OK("make", make_file(ROOT, "r1", "one"));
    OK("make", make_file(ROOT, "r2", "two"));
    OK("rename", raw_path_rename(ROOT, S("r1"), ROOT, S("r3")));
    IS("old name", stat_at(ROOT, "r1", 0, &st), NOENT);
    OK("rename over a file", raw_path_rename(ROOT, S("r3"), ROOT, S("r2")));
    text_is("  content", content(ROOT, "r2"), 3, "one");
    OK("rename to itself", raw_path_rename(ROOT, S("r2"), ROOT, S("r2")));
    IS("rename over a directory", raw_path_rename(ROOT, S("r2"), ROOT, S("d")), ISDIR);
    IS("rename of what is missing", raw_path_rename(ROOT, S("none"), ROOT, S("r4")), NOENT);
    IS("rename of a file to a name with a slash", raw_path_rename(ROOT, S("r2"), ROOT, S("r4/")), NOTDIR);
    IS("rename of a file with a slash", raw_path_rename(ROOT, S("r2/"), ROOT, S("r4")), NOTDIR);
    OK("mkdir", raw_path_create_directory(ROOT, S("rd")));
    OK("rename a directory, slashes", raw_path_rename(ROOT, S("rd/"), ROOT, S("re/")));
    OK("mkdir", raw_path_create_directory(ROOT, S("rd")));
    OK("rename over an empty directory", raw_path_rename(ROOT, S("rd"), ROOT, S("re")));
    OK("make", make_file(ROOT, "re/x", ""));
    OK("mkdir", raw_path_create_directory(ROOT, S("rd")));
    IS("rename over a directory that is not empty", raw_path_rename(ROOT, S("rd"), ROOT, S("re")), NOTEMPTY);
    IS("rename a directory over a file", raw_path_rename(ROOT, S("rd"), ROOT, S("r2")), NOTDIR);
    IS("rename into itself", raw_path_rename(ROOT, S("rd"), ROOT, S("rd/sub")), INVAL);
    IS("rename .", raw_path_rename(ROOT, S("."), ROOT, S("x")), BUSY);
    IS("rename to .", raw_path_rename(ROOT, S("rd"), ROOT, S("re/.")), BUSY);
    IS("rename ..", raw_path_rename(ROOT, S("re/.."), ROOT, S("x")), BUSY);
    OK("open", open_dir(ROOT, "re", &fd));
    OK("rename into another directory", raw_path_rename(ROOT, S("r2"), fd, S("in")));
    OK("rename out of it", raw_path_rename(fd, S("in"), ROOT, S("r2")));
    OK("rename it while it is open", raw_path_rename(ROOT, S("re"), ROOT, S("rf")));
    OK("it is still usable", stat_at(fd, "x", 0, &st));
    OK("close", raw_fd_close(fd));
    OK("unlink", raw_path_unlink_file(ROOT, S("rf/x")));
    OK("unlink", raw_path_unlink_file(ROOT, S("r2")));
    OK("rmdir", raw_path_remove_directory(ROOT, S("rf")));
    OK("rmdir", raw_path_remove_directory(ROOT, S("rd")));
}

static void times(void)
{
    uint64_t a = 1234567890123456789ull, m = 1111111111000000007ull;
    OK("make", make_file(ROOT, "tt", ""));
    OK("symlink", raw_path_symlink(S("tt"), ROOT, S("ts")));
    OK("set", raw_path_filestat_set_times(ROOT, 0, S("tt"), a, m, 5));
    OK("stat", stat_at(ROOT, "tt", 0, &st));
    NUM("  atim", st.atim, a);
    NUM("  mtim", st.mtim, m);
    OK("set those of the link", raw_path_filestat_set_times(ROOT, 0, S("ts"), 5, 6, 5));
    OK("stat of the link", stat_at(ROOT, "ts", 0, &st));
    NUM("  mtim", st.mtim, 6);
    OK("stat of the file", stat_at(ROOT, "tt", 0, &st));
    NUM("  mtim stayed", st.mtim, m);
    OK("set, following", raw_path_filestat_set_times(ROOT, FOLLOW, S("ts"), 7, 8, 4));
    OK("stat", stat_at(ROOT, "tt", 0, &st));
    NUM("  atim stayed", st.atim, a);
    NUM("  mtim", st.mtim, 8);
    OK("now", raw_path_filestat_set_times(ROOT, 0, S("tt"), 0, 0, 2 | 8));
    OK("stat", stat_at(ROOT, "tt", 0, &st));
    TRUE("  now", st.mtim > a && st.atim > a);
    IS("atim and now", raw_path_filestat_set_times(ROOT, 0, S("tt"), 0, 0, 3), INVAL);
    IS("mtim and now", raw_path_filestat_set_times(ROOT, 0, S("tt"), 0, 0, 12), INVAL);
    BAD("unknown flag", raw_path_filestat_set_times(ROOT, 0, S("tt"), 0, 0, 32), INVAL);
    BAD("unknown lookup flag", raw_path_filestat_set_times(ROOT, 2, S("tt"), 0, 0, 0), INVAL);
    IS("missing", raw_path_filestat_set_times(ROOT, 0, S("none"), 0, 0, 5), NOENT);
    OK("a directory", raw_path_filestat_set_times(ROOT, 0, S("d"), 9, 10, 5));
    OK("stat", stat_at(ROOT, "d", 0, &st));
    NUM("  mtim", st.mtim, 10);
    BAD("stat: unknown lookup flag", stat_at(ROOT, "d", 4, &st), INVAL);
    BAD("stat: outside", raw_path_filestat_get(ROOT, 0, S("d"), 0xffffffc4), FAULT);
    OK("unlink", raw_path_unlink_file(ROOT, S("tt")));
    OK("unlink", raw_path_unlink_file(ROOT, S("ts")));
}

int main(void)
{
    printf("# open\n"), open_flags();
    printf("# spelling\n"), spelling();
    printf("# directories\n"), directories();
    printf("# links\n"), links();
    printf("# rename\n"), rename_them();
    printf("# times\n"), times();
    return done();
}
