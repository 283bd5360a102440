/* An ordinary C program: everything by way of wasi-libc. Needs an empty directory as /; input.txt with three lines comes from the runner. */
#include "support.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
    char line[100];
    FILE *f = fopen("/input.txt", "r");
    int lines = 0;
    TRUE("fopen", f != NULL);
    while (f && fgets(line, sizeof line, f))
        lines++;
    NUM("lines", lines, 3);
    if (f)
        fclose(f);
    NUM("fopen of what is missing", (fopen("/none", "r") == NULL) ? errno : 0, ENOENT);
    NUM("fopen outside", (fopen("/../etc/passwd", "r") == NULL), 1);

    NUM("mkdir", mkdir("/dir", 0755), 0);
    f = fopen("/dir/file", "w+");
    TRUE("fopen w+", f != NULL);
    NUM("fprintf", fprintf(f, "%s %d\n", "number", 42), 10);
    NUM("fseek", fseek(f, 7, SEEK_SET), 0);
    int number = 0;
    NUM("fscanf", fscanf(f, "%d", &number), 1);
    NUM("  number", number, 42);
    NUM("fclose", fclose(f), 0);
    f = fopen("/dir/file", "a");
    NUM("append", fputs("again\n", f) >= 0, 1);
    NUM("  ftell", ftell(f), 16);
    fclose(f);

    struct stat st;
    NUM("stat", stat("/dir/file", &st), 0);
    NUM("  size", st.st_size, 16);
    TRUE("  regular", S_ISREG(st.st_mode));
    NUM("symlink", symlink("file", "/dir/link"), 0);
    NUM("lstat", lstat("/dir/link", &st), 0);
    TRUE("  a link", S_ISLNK(st.st_mode));
    NUM("readlink", readlink("/dir/link", line, sizeof line), 4);
    NUM("link", link("/dir/file", "/dir/hard"), 0);
    NUM("rename", rename("/dir/hard", "/dir/moved"), 0);
    NUM("access", access("/dir/moved", R_OK), 0);
    NUM("access of what is missing", access("/dir/hard", F_OK), -1);
    struct timespec times[2] = { { 1000, 1 }, { 2000, 2 } };
    NUM("utimensat", utimensat(AT_FDCWD, "/dir/file", times, 0), 0);
    NUM("stat", stat("/dir/file", &st), 0);
    NUM("  mtime", st.st_mtim.tv_sec, 2000);
    NUM("  and nanoseconds", st.st_mtim.tv_nsec, 2);
    NUM("truncate", truncate("/dir/file", 3), 0);
    int fd = open("/dir/file", O_RDWR | O_NOFOLLOW);
    TRUE("open", fd > 2);
    NUM("ftruncate", ftruncate(fd, 100), 0);
    NUM("lseek", lseek(fd, 0, SEEK_END), 100);
    NUM("pwrite", pwrite(fd, "xyz", 3, 50), 3);
    NUM("pread", pread(fd, line, 3, 50), 3);
    NUM("fsync", fsync(fd), 0);
    NUM("posix_fallocate", posix_fallocate(fd, 0, 200), 0);
    NUM("fstat", fstat(fd, &st), 0);
    NUM("  size", st.st_size, 200);
    NUM("fcntl", fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
    NUM("close", close(fd), 0);
    NUM("open of a link with O_NOFOLLOW", open("/dir/link", O_RDONLY | O_NOFOLLOW) < 0 ? errno : 0, ELOOP);
    NUM("open exclusively", open("/dir/file", O_CREAT | O_EXCL | O_WRONLY, 0644) < 0 ? errno : 0, EEXIST);
    NUM("open of a directory to write", open("/dir", O_WRONLY) < 0 ? errno : 0, EISDIR);
    NUM("rmdir that is not empty", rmdir("/dir") < 0 ? errno : 0, ENOTEMPTY);

    DIR *d = opendir("/dir");
    int entries = 0;
    struct dirent *e;
    while (d && (e = readdir(d)))
        entries++;
    NUM("readdir", entries, 5);
    if (d)
        closedir(d);
    NUM("unlink", unlink("/dir/file") | unlink("/dir/link") | unlink("/dir/moved"), 0);
    NUM("rmdir", rmdir("/dir"), 0);
    NUM("getentropy", getentropy(line, 32), 0);
    return done();
}
