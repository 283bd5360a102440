/*
 * guest.c - says what it was handed, and tries what it was not: each line is the same in every run. Ends with 3 if a call fails that should not, or not as it
 * should.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>

#define IMPORT(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))
IMPORT("sock_open") int we_open(uint32_t family, uint32_t type, int *fd);
IMPORT("sock_connect") int we_connect(int fd, const void *address, uint32_t port);

extern char **environ;
static int odd;

/* What must fail, with this error. */
static void denied(const char *what, int ok, int error)
{
    printf(ok ? "LET THROUGH: %s\n" : "%s: denied\n", what);
    if (!ok && errno != error) {
        fprintf(stderr, "guest: %s: %s\n", what, strerror(errno));
        odd = 3;
    }
}

static void wanted(const char *what, int ok)
{
    if (!ok) {
        fprintf(stderr, "guest: %s: %s\n", what, strerror(errno));
        odd = 3;
    }
}

static void files(void)
{
    char text[64] = "";
    int fd = open("/a/file", O_RDONLY);
    wanted("/a/file", fd >= 0 && read(fd, text, sizeof text - 1) > 0);
    printf("/a/file: %s\n", text);
    wanted("mkdir in /a", mkdir("/a/new", 0777) == 0 && rmdir("/a/new") == 0);
    denied("mkdir in /ro", mkdir("/ro/new", 0777) == 0, EROFS);
    denied("writing /etc/conf", open("/etc/conf", O_WRONLY) >= 0, EROFS);
    denied("removing /o/file/x", unlink("/o/file/x") == 0, ENOTDIR);
    wanted("removing /o/file", unlink("/o/file") == 0);   /* of the overlay: the host keeps it */
    denied("leaving /a", open("/a/../../etc/passwd", O_RDONLY) >= 0, EPERM);

    static char page[4096];
    fd = open("/t/full", O_WRONLY | O_CREAT, 0666);
    wanted("/t/full", fd >= 0);
    int n = 0;
    for (; n < 64 && fd >= 0 && write(fd, page, sizeof page) == sizeof page; n++)
        ;
    denied("more than the quota", n > 16, ENOSPC);
}

static void network(void)
{
    static const uint8_t ip[4] = { 127, 0, 0, 1 };
    struct { uint32_t buf, size; } address = { (uint32_t)(uintptr_t)ip, 4 };
    int fd = -1;
    errno = we_open(1, 2, &fd);
    wanted("a socket", errno == 0);
    errno = fd < 0 ? 0 : we_connect(fd, &address, 9);
    denied("connecting", fd >= 0 && errno == 0, EACCES);
}

int main(int argc, char **argv)
{
    static char all[8192];
    setvbuf(stdout, all, _IOFBF, sizeof all);   /* one write */
    for (int i = 0; i < argc; i++)
        printf("argument %s\n", argv[i]);
    for (char **e = environ; *e; e++)
        printf("variable %s\n", *e);
    for (int fd = 3; fd < 20; fd++) {
        __wasi_prestat_t p;
        char name[64] = "";
        __wasi_fdstat_t s;
        if (__wasi_fd_prestat_get(fd, &p) || __wasi_fd_prestat_dir_name(fd, (uint8_t *)name, p.u.dir.pr_name_len) || __wasi_fd_fdstat_get(fd, &s))
            break;
        printf("directory %d %s %llx\n", fd, name, (unsigned long long)s.fs_rights_base);
    }
    files();
    network();
    printf("end\n");
    return fflush(stdout) ? 3 : odd;
}
