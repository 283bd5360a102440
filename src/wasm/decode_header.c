/* decode_header.c - magic and version, and a guess at what a file is that has others. */
#include "wasm/decoder.h"

#define MAGIC "\0asm"

/* Something else that people hand to a WebAssembly runtime. */
typedef struct Other { const char *magic; u8 size; const char *is; } Other;

static const Other others[] = {
    { "\x7f" "ELF", 4, "a native program or library (ELF), compiled for this or another machine instead of wasm32" },
    { "\xcf\xfa\xed\xfe", 4, "a native program (Mach-O), compiled for a machine instead of wasm32" },
    { "\xce\xfa\xed\xfe", 4, "a native program (Mach-O), compiled for a machine instead of wasm32" },
    { "\xca\xfe\xba\xbe", 4, "a native program (Mach-O) or a Java class" },
    { "MZ", 2, "a native program (Windows PE), compiled for a machine instead of wasm32" },
    { "!<arch>\n", 8, "an archive of object files (.a)" },
    { "BC\xc0\xde", 4, "LLVM bitcode" },
    { "\x1f\x8b", 2, "compressed (gzip); decompress it first: gunzip" },
    { "\x28\xb5\x2f\xfd", 4, "compressed (zstd); decompress it first: unzstd" },
    { "\xfd" "7zXZ", 5, "compressed (xz); decompress it first: unxz" },
    { "BZh", 3, "compressed (bzip2); decompress it first: bunzip2" },
    { "PK\x03\x04", 4, "a zip archive; unpack it first" },
    { "#!", 2, "a script" },
    { "<!", 2, "a web page or XML, perhaps an error page saved under this name" },
    { "<html", 5, "a web page" },
    { "{", 1, "JSON" },
    { "\xef\xbb\xbf", 3, "a text that begins with a byte order mark" },
};

/* Text format: an opening parenthesis after blanks and comments. */
static bool looks_like_wat(const u8 *p, size_t n)
{
    size_t i = 0;
    while (i < n) {
        if (p[i] == ' ' || (p[i] >= '\t' && p[i] <= '\r')) {
            i++;
        } else if (n - i >= 2 && p[i] == ';' && p[i + 1] == ';') {
            while (i < n && p[i] != '\n')
                i++;
        } else if (n - i >= 2 && p[i] == '(' && p[i + 1] == ';') {
            size_t depth = 0;
            do {
                if (n - i < 2)
                    return true;   /* in a comment still */
                bool open = p[i] == '(' && p[i + 1] == ';', close = p[i] == ';' && p[i + 1] == ')';
                depth = depth + open - close;
                i += open || close ? 2 : 1;
            } while (depth > 0);
        } else {
            return p[i] == '(';
        }
    }
    return false;
}

static CW_COLD Status no_magic(const Module *m, u64 at, Error *err)
{
    size_t window = CW_MIN(m->size, 65536);
    if (looks_like_wat(m->bytes, window))
        return cw_fail(err, CWASM_MALFORMED, at, "magic header not detected: this looks like WebAssembly text (.wat); "
                       "translate it first: wat2wasm, or wasm-tools parse");
    for (size_t i = 0; i < CW_COUNT(others); i++)
        if (m->size >= others[i].size && memcmp(m->bytes, others[i].magic, others[i].size) == 0)
            return cw_fail(err, CWASM_MALFORMED, at, "magic header not detected: this is not a WebAssembly module, it looks like %s",
                           others[i].is);
    return cw_fail(err, CWASM_MALFORMED, at, "magic header not detected: expected 00 61 73 6d, found %02x %02x %02x %02x", m->bytes[0],
                   m->bytes[1], m->bytes[2], m->bytes[3]);
}

static CW_COLD Status wrong_version(const u8 *v, Error *err)
{
    if (v[2] == 1 && v[3] == 0)
        return cw_fail(err, CWASM_MALFORMED, 4, "unknown binary version: this is a component (WebAssembly Component Model), and cwasm runs "
                       "core modules: compile for WASI preview 1 (wasm32-wasip1), or take the module out with "
                       "`wasm-tools component unbundle`");
    return cw_fail(err, CWASM_MALFORMED, 4, "unknown binary version: expected 01 00 00 00, found %02x %02x %02x %02x", v[0], v[1], v[2], v[3]);
}

Status cw_decode_header(const Module *m, Error *err)
{
    size_t magic = CW_MIN(m->size, 4), same = 0;
    while (same < magic && m->bytes[same] == (u8)MAGIC[same])
        same++;
    if (m->size == 0)
        return cw_fail(err, CWASM_MALFORMED, 0, "unexpected end: the module is empty, expected the magic header 00 61 73 6d");
    if (m->size >= 4 && same < 4)
        return no_magic(m, same, err);
    if (m->size < 8)
        return cw_fail(err, CWASM_MALFORMED, m->size, "unexpected end: expected 8 bytes of magic header and version, found %u",
                       (unsigned)m->size);
    if (cw_load_le32(m->bytes + 4) != 1)
        return wrong_version(m->bytes + 4, err);
    return CWASM_OK;
}
