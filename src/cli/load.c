/*
 * load.c - reading a module file, and saying what it is if it is no module.
 *
 * The file is read into memory, not mapped: a guest that can write to its own module must not change what was checked. Large custom sections,
 * which nothing needs for running (names, debug information), are left out until somebody asks for one; of those at the end of a module not even
 * the pages of their headers are touched.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

int cw_open(const char *path, int flags, unsigned mode)
{
    int fd = openat(AT_FDCWD, path, flags | O_CLOEXEC, mode);   /* musl's open sets O_CLOEXEC once more */
    if (fd < 0 || fd > 2)
        return fd;
    /* one of 0 to 2 is closed in this process: fill all of them up */
    int safe = fcntl(fd, F_DUPFD_CLOEXEC, 3), reason = errno, null;
    close(fd);
    while ((null = open("/dev/null", O_RDWR)) >= 0 && null <= 2)
        ;
    if (null > 2)
        close(null);
    errno = reason;
    return safe;
}

/* ---- What else it may be --------------------------------------------------------------------------------------- */

typedef struct Magic {
    const char *bytes;
    size_t size, at;
    const char *what;
} Magic;

static const Magic magics[] = {
    { "\177ELF", 4, 0, "a native executable or library (ELF); cwasm runs WebAssembly modules" },
    { "\xfe\xed\xfa\xce", 4, 0, "a native executable (Mach-O); cwasm runs WebAssembly modules" },
    { "\xfe\xed\xfa\xcf", 4, 0, "a native executable (Mach-O); cwasm runs WebAssembly modules" },
    { "\xce\xfa\xed\xfe", 4, 0, "a native executable (Mach-O); cwasm runs WebAssembly modules" },
    { "\xcf\xfa\xed\xfe", 4, 0, "a native executable (Mach-O); cwasm runs WebAssembly modules" },
    { "\xca\xfe\xba\xbe", 4, 0, "a Java class or a universal Mach-O file; cwasm runs WebAssembly modules" },
    { "MZ", 2, 0, "a Windows executable (PE); cwasm runs WebAssembly modules" },
    { "#!", 2, 0, "a script; cwasm runs WebAssembly modules" },
    { "\x1f\x8b", 2, 0, "gzip-compressed; unpack it first (gunzip)" },
    { "PK\3\4", 4, 0, "a zip archive; unpack it first" },
    { "\xfd" "7zXZ", 5, 0, "xz-compressed; unpack it first (unxz)" },
    { "\x28\xb5\x2f\xfd", 4, 0, "zstd-compressed; unpack it first (unzstd)" },
    { "BZh", 3, 0, "bzip2-compressed; unpack it first (bunzip2)" },
    { "ustar", 5, 257, "a tar archive; unpack it first" },
    { "BC\xc0\xde", 4, 0, "LLVM bitcode; link it to a module first (clang --target=wasm32-wasi, without -c)" },
    { "!<arch>", 7, 0, "a static library; link it to a module first" },
    { "version https://git-lfs", 23, 0, "a Git LFS pointer, not the file itself; fetch it with 'git lfs pull'" },
    { "<!DOCTYPE", 9, 0, "a web page; did the download fail?" },
    { "<!doctype", 9, 0, "a web page; did the download fail?" },
    { "<html", 5, 0, "a web page; did the download fail?" },
};

/* True if the first characters that are neither space nor comment begin a text module. */
static bool is_text_module(const unsigned char *s, size_t n)
{
    size_t i = 0;
    while (i < n) {
        if (s[i] == ' ' || (s[i] >= '\t' && s[i] <= '\r')) {
            i++;
        } else if (n - i >= 2 && s[i] == ';' && s[i + 1] == ';') {
            while (i < n && s[i] != '\n')
                i++;
        } else if (n - i >= 2 && s[i] == '(' && s[i + 1] == ';') {
            for (i += 2; i < n && !(s[i] == ')' && s[i - 1] == ';'); i++)
                ;
            i++;
        } else {
            break;
        }
    }
    if (i >= n || s[i] != '(')
        return false;
    for (i++; i < n && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t'); i++)
        ;
    static const char *const words[] = { "module", "component", "func", "memory", "import", "type" };
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        size_t length = strlen(words[w]);
        if (n - i > length && memcmp(s + i, words[w], length) == 0 && strchr(" \t\r\n();$", s[i + length]))
            return true;
    }
    return false;
}

static bool is_plain_text(const unsigned char *s, size_t n)
{
    size_t end = n < 512 ? n : 512;
    for (size_t i = 0; i < end;) {
        size_t length = cw_utf8_length((const char *)s + i, n - i);
        if (length == 0 || (s[i] < 0x20 && !(s[i] >= '\t' && s[i] <= '\r')))
            return false;
        i += length;
    }
    return true;
}

/* What the bytes are, if they do not begin like a module; NULL if they do, or if the decoder says it better. */
static const char *not_a_module(const unsigned char *s, size_t n)
{
    if (n == 0)
        return "empty";
    if (n >= 8 && memcmp(s, "\0asm", 4) == 0) {
        if (memcmp(s + 4, "\1\0\0\0", 4) == 0)
            return NULL;
        if (s[6] == 1 && s[7] == 0)
            return "a WebAssembly component (WASI 0.2 or later); cwasm runs modules with WASI preview 1. Build it for wasm32-wasip1 "
                   "(wasm32-wasi), or take the module out of it: wasm-tools component unbundle";
        return NULL;
    }
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        const Magic *m = &magics[i];
        if (n >= m->at + m->size && memcmp(s + m->at, m->bytes, m->size) == 0)
            return m->what;
    }
    if (is_text_module(s, n))
        return "WebAssembly text; convert it first: wasm-tools parse FILE -o FILE.wasm (or wat2wasm)";
    if (n >= 4 && memcmp(s, "\0asm", 4) == 0)
        return NULL;
    return is_plain_text(s, n) ? "a text file; a module begins with the bytes 00 61 73 6d" : NULL;
}

static const char *not_regular(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a directory";
    if (S_ISFIFO(mode))
        return "a pipe; to read a module from a pipe use - and standard input";
    if (S_ISSOCK(mode))
        return "a socket";
    return S_ISREG(mode) ? NULL : "a device";
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

enum {
    FIRST_PIECE = 4096,      /* a page: holds all of a small program */
    HEADER_PIECE = 128,      /* what is read of a custom section: its size and name */
    LEFT_OUT = 1024,         /* custom sections at least this large are not read */
    POPULATE = 64 * 1024,
    HUGE = 4 * 1024 * 1024,
};

static bool static_file_used;   /* small modules need no mapping of their own */

/* All pages of a large piece at once are cheaper than one fault for each. */
static void populate(unsigned char *p, size_t size)
{
#ifdef MADV_HUGEPAGE
    if (size >= HUGE)
        (void)madvise((void *)(((uintptr_t)p + HUGE / 2 - 1) & ~(uintptr_t)(HUGE / 2 - 1)), size - HUGE / 2, MADV_HUGEPAGE);
#endif
    if (size >= POPULATE)
        cw_populate(p, size);
}

/* Reads [at, end) of the file to its place; the file may have become shorter: then file->size is what there is. False: errno says why. */
static bool read_piece(int fd, File *file, size_t at, size_t end)
{
    if (end > file->size)
        end = file->size;
    if (at < end)
        populate(file->bytes + at, end - at);
    while (at < end) {
        ssize_t got = pread(fd, file->bytes + at, end - at, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0) {
            file->size = at;
            break;
        }
        at += (size_t)got;
    }
    return true;
}

static size_t read_leb(const File *file, size_t *at);

/* A number of 32 bits that the decoder would read, too. */
static bool read_number(const unsigned char *bytes, size_t n, size_t *at, size_t *x)
{
    *x = 0;
    for (unsigned shift = 0; *at < n && shift < 35; shift += 7) {
        unsigned char byte = bytes[(*at)++];
        *x |= (size_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return shift < 28 || byte < 0x10;
    }
    return false;
}

static bool is_utf8(const unsigned char *s, size_t n)
{
    for (size_t i = 0, length; i < n; i += length)
        if ((length = cw_utf8_length((const char *)s + i, n - i)) == 0)
            return false;
    return true;
}

/* Is there nothing but custom sections without fault from here to the end of the file? */
static bool only_customs(int fd, size_t at, size_t end)
{
    static unsigned char window[1024];   /* of the file, from `from` on: the last sections are mostly small ones */
    size_t from = 0, have = 0;
    while (at < end) {
        size_t p = 1, size, name, want = end - at < HEADER_PIECE ? end - at : HEADER_PIECE;
        if (at < from || at + want > from + have) {
            size_t most = end - at < sizeof window ? end - at : sizeof window;
            ssize_t got = pread(fd, window, most, (off_t)at);
            if (got < (ssize_t)want)
                return false;
            from = at;
            have = (size_t)got;
        }
        const unsigned char *head = window + (at - from);
        if (head[0] != 0 || !read_number(head, want, &p, &size) || size > end - at - p)
            return false;
        size_t content = p;
        if (!read_number(head, want, &p, &name) || name > want - p || p + name - content > size || !is_utf8(head + p, name))
            return false;
        at += content + size;
    }
    return true;
}

/* Reads a module but for the contents of large custom sections, mostly debug information, which cw_fetch reads when somebody asks. What is
 * no module is read whole. */
static bool read_sections(int fd, File *file)
{
    size_t have = FIRST_PIECE;
    bool has_code = false;
    unsigned asked = 0;
    if (!read_piece(fd, file, 0, have))
        return false;
    if (file->size < 8 || memcmp(file->bytes, "\0asm\1\0\0", 8) != 0)
        return read_piece(fd, file, have, file->size);
    for (size_t at = 8; at < file->size;) {
        /* [0, have) is there, or skipped where it is */
        if (has_code && asked < 2 && have < file->size && (at >= have || file->bytes[at] == 0)) {
            asked++;   /* after code, and after data; not for ever, so that it stays linear */
            if (only_customs(fd, at, file->size)) {
                file->size = at;
                file->left_out = true;
                return true;
            }
        }
        if (have < at + HEADER_PIECE) {
            size_t until = at + (has_code ? HEADER_PIECE : FIRST_PIECE);   /* before the code there are small sections */
            if (!read_piece(fd, file, have > at ? have : at, until))
                return false;
            have = until;
        }
        size_t p = at + 1, end = file->size;
        unsigned id = file->bytes[at];
        has_code |= id == 10;
        size_t size = read_leb(file, &p), content = p;
        if (p < file->size && size <= file->size - p)
            end = p + size;
        size_t name = id == 0 ? read_leb(file, &p) : 0;
        bool named = name < HEADER_PIECE && p + name <= have && p + name <= end;
        if (id == 0 && named && end - content >= LEFT_OUT && end > have) {
            file->left_out = true;
        } else if (end > have) {
            if (!read_piece(fd, file, have, end))
                return false;
            have = end;
        }
        at = end;
    }
    return true;
}

/* A regular file of a known size: what it grows meanwhile is not ours. False: errno says why. */
static bool read_file(int fd, size_t size, File *file)
{
    if (size == 0)
        return true;
    if (size <= sizeof cw_start_space.file && !static_file_used) {
        static_file_used = true;
        file->bytes = cw_start_space.file;
    } else {
        void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (bytes == MAP_FAILED)
            return false;
        file->bytes = bytes;
        file->mapped = size;
    }
    file->size = file->whole = size;
    return read_sections(fd, file);
}

/* Most of the debug information is for debuggers: what a report needs is a tenth. */
static bool is_for_reports(const Section *section)
{
    static const char debug[] = ".debug_";
    const char *name = section->name;
    size_t n = sizeof debug - 1;
    return section->name_size <= n + 3 || memcmp(name, debug, n) != 0 || memcmp(name + n, "lin", 3) == 0 || memcmp(name + n, "str", 3) == 0;
}

size_t cw_fetch(void *ctx)
{
    File *file = ctx, piece = *file;
    if (!file->left_out)
        return file->size;
    /* Contents of custom sections and, where those alone follow, their headers. Nothing else: what was checked stays as it is, whatever became of the file. */
    Section section;
    piece.size = file->whole;
    for (size_t at = 8; at < piece.size;) {
        if (at >= file->size)
            (void)read_piece(file->fd, &piece, at, at + HEADER_PIECE);
        if (cw_next_section(&piece, &at, &section) && section.id == 0 && is_for_reports(&section))
            (void)read_piece(file->fd, &piece, (size_t)((const unsigned char *)section.name - file->bytes) + section.name_size, at);
    }
    file->left_out = false;
    return file->size = file->whole;
}

/* Standard input, to its end. False: errno says why. */
static bool read_stream(int fd, File *file)
{
    size_t capacity = 65536, n = 0;
    unsigned char *bytes = malloc(capacity);
    while (bytes) {
        ssize_t got = read(fd, bytes + n, capacity - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        n += (size_t)got;
        if (got == 0) {
            file->bytes = bytes;
            file->size = n;
            return true;
        }
        if (n == capacity) {
            unsigned char *more = realloc(bytes, capacity = capacity * 2 + 65536);
            if (!more)
                break;
            bytes = more;
        }
    }
    int reason = bytes ? errno : ENOMEM;
    free(bytes);
    errno = reason;
    return false;
}

void cw_unload(File *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->mapped)
        munmap(file->bytes, file->mapped);
    else if (file->bytes == cw_start_space.file)
        static_file_used = false;
    else
        free(file->bytes);
    *file = (File){ .path = file->path, .fd = -1 };
}

static int refuse(char *why, size_t why_size, int status, const char *path, const char *what)
{
    snprintf(why, why_size, "%s: %s", path, what);
    cw_complain("%s", why);
    return status;
}

int cw_load(const char *path, File *file, char *why, size_t why_size)
{
    *file = (File){ .path = path, .fd = -1 };
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? 0 : cw_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    char what[256];
    if (fd < 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return refuse(why, why_size, STATUS_NOT_RUNNABLE, path, strerror(errno));
        return refuse(why, why_size, STATUS_NOT_FOUND, path, "no such file");
    }
    struct stat st;
    bool ok = fstat(fd, &st) == 0;
    const char *special = NULL;
    if (ok)
        special = is_stdin ? (S_ISDIR(st.st_mode) ? "a directory" : NULL) : not_regular(st.st_mode);
    if (ok && !special)
        ok = is_stdin ? read_stream(fd, file) : read_file(fd, (size_t)st.st_size, file);
    int reason = errno;
    if (file->left_out)
        file->fd = fd;
    else if (!is_stdin)
        close(fd);
    if (!ok) {
        cw_unload(file);
        return refuse(why, why_size, STATUS_NOT_RUNNABLE, path, strerror(reason));
    }
    if (!special)
        special = not_a_module(file->bytes, file->size);
    if (special) {
        snprintf(what, sizeof what, "not a WebAssembly module: it is %s", special);
        cw_unload(file);
        return refuse(why, why_size, STATUS_NOT_RUNNABLE, path, what);
    }
    return 0;
}

/* ---- Sections -------------------------------------------------------------------------------------------------- */

static size_t read_leb(const File *file, size_t *at)
{
    size_t x = 0;
    for (unsigned shift = 0; *at < file->size && shift < 35; shift += 7) {
        unsigned char byte = file->bytes[(*at)++];
        x |= (size_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            break;
    }
    return x;
}

bool cw_next_section(const File *file, size_t *at, Section *section)
{
    size_t p = *at ? *at : 8;
    if (p >= file->size)
        return false;
    *section = (Section){ .id = file->bytes[p], .begin = p };
    p++;
    section->size = read_leb(file, &p);
    *at = section->size <= file->size - p ? p + section->size : file->size;
    if (section->id == 0) {
        section->name_size = read_leb(file, &p);
        section->name = (const char *)file->bytes + p;
        if (section->name_size > *at - p)
            section->name_size = *at - p;
    }
    return true;
}

bool cw_has_section(const File *file, unsigned id)
{
    Section section;
    for (size_t at = 0; cw_next_section(file, &at, &section);)
        if (section.id == id)
            return true;
    return false;
}
