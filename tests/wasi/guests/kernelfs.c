/* procfs, sysfs and kin below a preopen of the host's root directory: every call refuses what is on them. What the host does not have is left
 * out. Device nodes can be looked at and not opened. Needs / as /, writable. */
#include "support.h"

static __wasi_filestat_t st;
static uint32_t fd, n;
static char buf[256];

static bool there(const char *path)
{
    int e = stat_at(ROOT, path, 0, &st);
    if (e == __WASI_ERRNO_NOENT)
        printf("ok %s: the host has none\n", path);
    return e != __WASI_ERRNO_NOENT;
}

static void refused(const char *call, const char *path, int e)
{
    char name[200];
    snprintf(name, sizeof name, "%s %s", call, path);
    IS(name, e, PERM);
}

static void object(const char *path)
{
    if (!there(path))
        return;
    refused("stat", path, stat_at(ROOT, path, 0, &st));
    refused("stat, following", path, stat_at(ROOT, path, FOLLOW, &st));
    refused("open", path, open_at(ROOT, path, 0, 0, R_READ, &fd));
    refused("open, following", path, open_at(ROOT, path, FOLLOW, 0, R_READ, &fd));
    refused("open to write", path, open_at(ROOT, path, FOLLOW, 0, R_WRITE, &fd));
    refused("create", path, open_at(ROOT, path, FOLLOW, CREAT, R_WRITE, &fd));
    refused("set_times", path, raw_path_filestat_set_times(ROOT, FOLLOW, S(path), 1, 1, 5));
}

/* A name in a directory that is refused. */
static void name_in(const char *path)
{
    refused("readlink", path, raw_path_readlink(ROOT, S(path), AT(buf), sizeof buf, AT(&n)));
    refused("mkdir", path, raw_path_create_directory(ROOT, S(path)));
    refused("rmdir", path, raw_path_remove_directory(ROOT, S(path)));
    refused("unlink", path, raw_path_unlink_file(ROOT, S(path)));
    refused("symlink", path, raw_path_symlink(S("x"), ROOT, S(path)));
    refused("link from", path, raw_path_link(ROOT, 0, S(path), ROOT, S("tmp/cwasm-test-stolen")));
    refused("rename from", path, raw_path_rename(ROOT, S(path), ROOT, S("tmp/cwasm-test-stolen")));
    refused("rename to", path, raw_path_rename(ROOT, S("tmp/cwasm-test-none"), ROOT, S(path)));
}

int main(void)
{
    static const char *const objects[] = {
        "proc", "proc/", "proc/.", "proc/self", "proc/self/", "proc/self/mem", "proc/self/maps", "proc/self/environ", "proc/self/fd",
        "proc/thread-self/mem", "proc/1/mem", "proc/1/environ", "proc/version", "proc/sys/kernel/hostname", "proc/mounts", "proc/net",
        "proc/sysrq-trigger", "usr/../proc/self/mem", "proc/self/task", "proc/sys/../self/mem",
        "sys", "sys/kernel", "sys/class", "sys/power/state", "sys/fs/cgroup/cpu", "sys/fs/cgroup/cgroup.procs", "sys/kernel/debug",
        "dev/pts", "dev/pts/ptmx", "dev/mqueue"
    };
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
        object(objects[i]);
    if (there("proc")) {
        name_in("proc/cwasm");
        name_in("proc/self/cwasm");
        name_in("proc/version");
        refused("readlink", "proc/self", raw_path_readlink(ROOT, S("proc/self"), AT(buf), sizeof buf, AT(&n)));
        refused("readlink", "proc/self/exe", raw_path_readlink(ROOT, S("proc/self/exe"), AT(buf), sizeof buf, AT(&n)));
        /* magic links lead anywhere; they are refused as links */
        static const char *const magic[] = {
            "proc/self/root/etc/passwd", "proc/self/cwd/x", "proc/self/fd/0", "proc/self/exe", "proc/1/root/etc", "proc/self/root/",
            "proc/self/ns/mnt", "proc/self/fd/1"
        };
        for (size_t i = 0; i < sizeof magic / sizeof magic[0]; i++) {
            int e = stat_at(ROOT, magic[i], FOLLOW, &st);
            if (e == __WASI_ERRNO_ACCES || e == __WASI_ERRNO_NOENT)
                continue;
            IS(magic[i], e, LOOP);
            IS("  open", open_at(ROOT, magic[i], FOLLOW, 0, R_READ, &fd), LOOP);
        }
        if (there("dev/fd"))
            refused("stat, following", "dev/fd/0", stat_at(ROOT, "dev/fd/0", FOLLOW, &st));   /* an absolute link */
    }
    if (there("sys"))
        name_in("sys/cwasm");
    if (there("dev/null")) {
        OK("stat dev/null", stat_at(ROOT, "dev/null", 0, &st));
        NUM("  type", st.filetype, 2);
        static const char *const devices[] = { "dev/null", "dev/zero", "dev/tty", "dev/random", "dev/full", "dev/mem", "dev/kmsg" };
        for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
            if (!there(devices[i]))
                continue;
            IS(devices[i], open_at(ROOT, devices[i], FOLLOW, 0, R_READ, &fd), ACCES);
            IS("  write", open_at(ROOT, devices[i], FOLLOW, 0, R_WRITE, &fd), ACCES);
            IS("  create", open_at(ROOT, devices[i], FOLLOW, CREAT | TRUNC, R_WRITE, &fd), ACCES);
        }
    }
    OK("the root itself is fine", stat_at(ROOT, ".", 0, &st));
    OK("other directories are", open_dir(ROOT, "tmp", &fd));
    /* the name "proc" can be seen, so listing / still works */
    OK("readdir", raw_fd_readdir(ROOT, AT(buf), sizeof buf, 0, AT(&n)));
    return done();
}
