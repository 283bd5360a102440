/* values.c - parsing and printing of WebAssembly values. */
#include "cli/values.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_int(const char *text, unsigned bits, uint64_t *out)
{
    bool negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    unsigned base = 10;
    if (text[0] == '0' && (text[1] | 0x20) == 'x') {
        base = 16;
        text += 2;
    }
    if (!*text)
        return false;
    uint64_t x = 0;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text, low = c | 0x20;
        unsigned digit = c >= '0' && c <= '9' ? c - 48u : low >= 'a' && low <= 'f' ? low - 'a' + 10u : 99u;
        if (digit >= base || __builtin_mul_overflow(x, (uint64_t)base, &x) || __builtin_add_overflow(x, (uint64_t)digit, &x))
            return false;
    }
    uint64_t limit = negative ? (uint64_t)1 << (bits - 1) : UINT64_MAX >> (64 - bits);
    *out = negative ? 0 - x : x;
    return x <= limit;
}

/* [+-]nan and [+-]nan:0xN with a payload below 2^payload_bits; *bits gets the float without its sign. */
static bool parse_nan(const char *text, unsigned payload_bits, uint64_t exponent, uint64_t *bits)
{
    if (strncmp(text, "nan", 3) != 0)
        return false;
    uint64_t payload = (uint64_t)1 << (payload_bits - 1);
    if (text[3] && (text[3] != ':' || !parse_int(text + 4, 64, &payload) || text[4] == '-'))
        return false;
    *bits = exponent | payload;
    return payload > 0 && payload >> payload_bits == 0;
}

static bool parse_f32(const char *text, float *out)
{
    bool negative = *text == '-';
    const char *digits = text + (*text == '-' || *text == '+');
    uint64_t bits;
    if (parse_nan(digits, 23, 0x7f800000, &bits)) {
        uint32_t word = (uint32_t)bits | (negative ? 0x80000000u : 0);
        memcpy(out, &word, sizeof word);
        return true;
    }
    if (*digits == 'n' || *digits == 'N' || *digits <= ' ' || *digits == '-' || *digits == '+')
        return false;
    char *end;
    errno = 0;
    *out = strtof(text, &end);
    bool overflow = errno == ERANGE && isinf(*out);
    return end != text && !*end && !overflow;
}

static bool parse_f64(const char *text, double *out)
{
    bool negative = *text == '-';
    const char *digits = text + (*text == '-' || *text == '+');
    uint64_t bits;
    if (parse_nan(digits, 52, 0x7ff0000000000000, &bits)) {
        bits |= (uint64_t)negative << 63;
        memcpy(out, &bits, sizeof bits);
        return true;
    }
    if (*digits == 'n' || *digits == 'N' || *digits <= ' ' || *digits == '-' || *digits == '+')
        return false;
    char *end;
    errno = 0;
    *out = strtod(text, &end);
    bool overflow = errno == ERANGE && isinf(*out);
    return end != text && !*end && !overflow;
}

/* 128 bits in hexadecimal, lane 0 at the low end; or lanes: "i32x4:1,-2,0x3,4". */
static bool parse_v128(const char *text, uint8_t *bytes)
{
    static const struct { char name[6]; unsigned bits, lanes; } shapes[] = {
        { "i8x16", 8, 16 }, { "i16x8", 16, 8 }, { "i32x4", 32, 4 }, { "i64x2", 64, 2 }, { "f32x4", 32, 4 }, { "f64x2", 64, 2 },
    };
    memset(bytes, 0, 16);
    if (text[0] == '0' && (text[1] | 0x20) == 'x') {
        size_t n = strlen(text += 2);
        for (size_t i = 0; i < n; i++) {
            uint64_t digit;
            if (i >= 32 || !parse_int((char[]){ '0', 'x', text[n - 1 - i], 0 }, 64, &digit))
                return false;
            bytes[i / 2] |= (uint8_t)(digit << i % 2 * 4);
        }
        return n > 0;
    }
    size_t shape = 0, name = sizeof shapes->name - 1;
    while (shape < sizeof shapes / sizeof *shapes && strncmp(text, shapes[shape].name, name) != 0)
        shape++;
    if (shape == sizeof shapes / sizeof *shapes || text[name] != ':')
        return false;
    unsigned bits = shapes[shape].bits, lanes = shapes[shape].lanes;
    text += name + 1;
    for (unsigned i = 0; i < lanes; i++) {
        char lane[400];   /* a double in decimal may be long */
        size_t n = strcspn(text, ",");
        if (n >= sizeof lane || text[n] != (i + 1 < lanes ? ',' : 0))
            return false;
        memcpy(lane, text, n);
        lane[n] = 0;
        text += n + 1;
        uint64_t x = 0;
        float f32 = 0;
        double f64 = 0;
        if (!(*shapes[shape].name == 'i' ? parse_int(lane, bits, &x) : bits == 32 ? parse_f32(lane, &f32) : parse_f64(lane, &f64)))
            return false;
        if (*shapes[shape].name == 'f' && bits == 32) {
            uint32_t word;
            memcpy(&word, &f32, sizeof word);
            x = word;
        } else if (*shapes[shape].name == 'f') {
            memcpy(&x, &f64, sizeof x);
        }
        for (unsigned k = 0; k < bits / 8; k++)
            bytes[i * bits / 8 + k] = (uint8_t)(x >> 8 * k);
    }
    return true;
}

bool cw_value_parse(const char *text, cwasm_valtype type, cwasm_val *val)
{
    uint64_t x;
    *val = cwasm_null(type);
    switch (type) {
    case CWASM_I32:
        if (!parse_int(text, 32, &x))
            return false;
        val->of.i32 = (int32_t)(uint32_t)x;
        return true;
    case CWASM_I64:
        if (!parse_int(text, 64, &x))
            return false;
        val->of.i64 = (int64_t)x;
        return true;
    case CWASM_F32:
        return parse_f32(text, &val->of.f32);
    case CWASM_F64:
        return parse_f64(text, &val->of.f64);
    case CWASM_V128:
        return parse_v128(text, val->of.v128);
    case CWASM_EXTERNREF:
        if (parse_int(text, 62, &x) && *text != '-') {
            *val = cwasm_externref(x);
            return true;
        }
        break;
    default:
        break;
    }
    return cwasm_valtype_is_ref(type) && strcmp(text, "null") == 0;
}

/* Shortest decimal that reads back as the same number. mantissa_bits: 23 or 52; bits hold the float right-aligned. */
static void out_float(Out *out, double x, uint64_t bits, unsigned mantissa_bits)
{
    uint64_t payload = bits & (((uint64_t)1 << mantissa_bits) - 1);
    bool negative = bits >> (mantissa_bits == 23 ? 31 : 63);
    if (isnan(x) || isinf(x)) {
        if (negative)
            cw_out_char(out, '-');
        cw_out_text(out, isinf(x) ? "inf" : "nan");
        if (isnan(x) && payload != (uint64_t)1 << (mantissa_bits - 1)) {
            cw_out_char(out, ':');
            cw_out_hex(out, payload);
        }
        return;
    }
    char text[40];
    for (int digits = mantissa_bits == 23 ? 6 : 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (mantissa_bits == 23 ? strtof(text, NULL) == (float)x : strtod(text, NULL) == x)
            break;
    }
    cw_out_text(out, text);
}

void cw_out_value(Out *out, const cwasm_val *val)
{
    uint64_t host;
    char name[64];
    uint32_t f32_bits;
    switch (val->type) {
    case CWASM_I32: cw_out_i64(out, val->of.i32); break;
    case CWASM_I64: cw_out_i64(out, val->of.i64); break;
    case CWASM_F32:
        memcpy(&f32_bits, &val->of.f32, sizeof f32_bits);
        out_float(out, (double)val->of.f32, f32_bits, 23);
        break;
    case CWASM_F64: {
        uint64_t bits;
        memcpy(&bits, &val->of.f64, sizeof bits);
        out_float(out, val->of.f64, bits, 52);
        break;
    }
    case CWASM_V128:   /* as one number: lane 0 is its low end */
        cw_out_text(out, "0x");
        for (int i = 15; i >= 0; i--) {
            cw_out_char(out, "0123456789abcdef"[val->of.v128[i] >> 4]);
            cw_out_char(out, "0123456789abcdef"[val->of.v128[i] & 15]);
        }
        break;
    default:
        if (val->of.ref == 0)
            cw_out_text(out, "null");
        else if (cwasm_val_extern(val, &host))
            cw_out_u64(out, host);
        else
            cw_out_text(out, "reference");
        break;
    }
    cw_out_char(out, ':');
    cw_out_text(out, cwasm_valtype_name(val->type, name, sizeof name));
}
