/*
 * Every call that takes a path, with every path that cannot be: the same answers from all of them, on every file system. The expected error is the
 * one of the POSIX twin; FAULT, ILSEQ and PERM are preview 1's own. With the other guests this fills tests/wasi/errnos.txt. Needs an empty directory
 * as /.
 */
#include "support.h"

static const char *const calls[] = { "path_create_directory", "path_filestat_get", "path_filestat_set_times", "path_link, old", "path_link, new",
                                     "path_open", "path_readlink", "path_remove_directory", "path_rename, old", "path_rename, new", "path_symlink",
                                     "path_unlink_file" };
enum { N_CALLS = sizeof calls / sizeof calls[0] };

static int call(int which, uint32_t at, uint32_t size)
{
    static __wasi_filestat_t st;
    static char buf[100];
    uint32_t n;
    switch (which) {
    case 0: return raw_path_create_directory(ROOT, at, size);
    case 1: return raw_path_filestat_get(ROOT, FOLLOW, at, size, AT(&st));
    case 2: return raw_path_filestat_set_times(ROOT, FOLLOW, at, size, 1, 1, 5);
    case 3: return raw_path_link(ROOT, FOLLOW, at, size, ROOT, S("new"));
    case 4: return raw_path_link(ROOT, 0, S("file"), ROOT, at, size);
    case 5: return raw_path_open(ROOT, FOLLOW, at, size, 0, R_READ, 0, 0, AT(&n));
    case 6: return raw_path_readlink(ROOT, at, size, AT(buf), sizeof buf, AT(&n));
    case 7: return raw_path_remove_directory(ROOT, at, size);
    case 8: return raw_path_rename(ROOT, at, size, ROOT, S("new"));
    case 9: return raw_path_rename(ROOT, S("file"), ROOT, at, size);
    case 10: return raw_path_symlink(S("file"), ROOT, at, size);
    default: return raw_path_unlink_file(ROOT, at, size);
    }
}

static void all_say(const char *what, uint32_t at, uint32_t size, int error)
{
    char name[100];
    for (int i = 0; i < N_CALLS; i++) {
        snprintf(name, sizeof name, "%s: %s", calls[i], what);
        errno_is(name, call(i, at, size), error);
    }
}
#define ALL_SAY(what, path, error) all_say(what, AT(path), (uint32_t)sizeof(path) - 1, __WASI_ERRNO_##error)

int main(void)
{
    static char name[257], path[5000];
    memset(name, 'n', 256);
    for (size_t i = 0; i < sizeof path; i++)
        path[i] = i % 100 == 99 ? '/' : 'p';
    OK("a file", make_file(ROOT, "file", "x"));
    OK("a link to itself", raw_path_symlink(S("loop"), ROOT, S("loop")));
    OK("a link out", raw_path_symlink(S(".."), ROOT, S("up")));
    OK("a link out and in again", raw_path_symlink(S("up/x"), ROOT, S("upx")));

    ALL_SAY("a directory that is none", "file/x", NOTDIR);
    ALL_SAY("a file with ..", "file/../file", NOTDIR);
    ALL_SAY("a directory that is not there", "none/x", NOENT);
    ALL_SAY("an empty path", "", NOENT);
    ALL_SAY("a link that goes round", "loop/x", LOOP);
    ALL_SAY("above the top", "../x", PERM);
    ALL_SAY("an absolute path", "/x", PERM);
    ALL_SAY("a link above the top", "up/x", PERM);
    ALL_SAY("a name with a NUL", "a\0b", INVAL);
    ALL_SAY("what is not UTF-8", "a\xff", ILSEQ);
    ALL_SAY("a cut sequence", "\xe2\x82", ILSEQ);
    ALL_SAY("a surrogate", "\xed\xa0\x80", ILSEQ);
    all_say("a name of 256 bytes", AT(name), 256, __WASI_ERRNO_NAMETOOLONG);
    all_say("a path of 5000 bytes", AT(path), sizeof path, __WASI_ERRNO_NAMETOOLONG);
    if (!bad_values_trap()) {
        all_say("an address outside", 0xfffffff0, 4, __WASI_ERRNO_FAULT);
        all_say("a size that goes outside", AT(name), 0xffffffff, __WASI_ERRNO_FAULT);
    }

    /* the text of a link */
    IS("a link's text: absolute", raw_path_symlink(S("/file"), ROOT, S("l")), PERM);
    IS("a link's text: empty", raw_path_symlink(S(""), ROOT, S("l")), NOENT);
    IS("a link's text: a NUL", raw_path_symlink(AT("a\0b"), 3, ROOT, S("l")), INVAL);
    IS("a link's text: not UTF-8", raw_path_symlink(S("\xff"), ROOT, S("l")), ILSEQ);
    IS("a link's text: 5000 bytes", raw_path_symlink(AT(path), sizeof path, ROOT, S("l")), NAMETOOLONG);
    BAD("a link's text: outside", raw_path_symlink(0xfffffff0, 4, ROOT, S("l")), FAULT);

    OK("nothing was moved", raw_path_unlink_file(ROOT, S("file")));
    return done();
}
