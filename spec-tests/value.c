/* value.c - see value.h. */
#include "value.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct Lanes {
    const char *name;
    size_t size;      /* of a lane */
    bool is_float;
} Lanes;

static const Lanes lane_kinds[] = {
    { "i8", 1, false }, { "i16", 2, false }, { "i32", 4, false }, { "i64", 8, false }, { "f32", 4, true }, { "f64", 8, true },
};

static const Lanes *lanes_of(const char *name)
{
    for (size_t i = 0; i < sizeof lane_kinds / sizeof *lane_kinds; i++)
        if (name && !strcmp(lane_kinds[i].name, name))
            return &lane_kinds[i];
    return NULL;
}

static const char *text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "";
}

/* Decimal, signed or not, into the low bytes. */
static uint64_t bits_of(const char *text)
{
    return *text == '-' ? (uint64_t)strtoll(text, NULL, 10) : strtoull(text, NULL, 10);
}

static uint64_t low_mask(size_t size) { return size == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1; }

static bool bits_fit(const char *text, uint64_t got, size_t size, bool is_float)
{
    if (is_float && !strncmp(text, "nan:", 4)) {
        uint64_t sign = UINT64_C(1) << (8 * size - 1);
        uint64_t canonical = size == 4 ? 0x7fc00000 : UINT64_C(0x7ff8000000000000);
        if (!strcmp(text, "nan:canonical"))
            return (got & ~sign) == canonical;
        return (got & canonical) == canonical;   /* nan:arithmetic: all of the exponent and the quiet bit */
    }
    return ((got ^ bits_of(text)) & low_mask(size)) == 0;
}

static uint64_t lane_get(const cwasm_val *val, size_t i, size_t size)
{
    uint64_t bits = 0;
    for (size_t k = size; k-- > 0;)
        bits = bits << 8 | val->of.v128[i * size + k];
    return bits;
}

static void lane_set(cwasm_val *val, size_t i, size_t size, uint64_t bits)
{
    for (size_t k = 0; k < size; k++)
        val->of.v128[i * size + k] = (uint8_t)(bits >> 8 * k);
}

bool value_make(const json_t *json, cwasm_valtype want, cwasm_val *val, const char **feature)
{
    const char *type = text_of(json, "type"), *text = text_of(json, "value");
    *feature = NULL;
    memset(val, 0, sizeof *val);
    if (!strcmp(type, "i32")) {
        *val = cwasm_i32((int32_t)(uint32_t)bits_of(text));
    } else if (!strcmp(type, "i64")) {
        *val = cwasm_i64((int64_t)bits_of(text));
    } else if (!strcmp(type, "f32")) {
        uint32_t bits = (uint32_t)bits_of(text);
        *val = cwasm_f32(0);
        memcpy(&val->of.f32, &bits, sizeof bits);
    } else if (!strcmp(type, "f64")) {
        uint64_t bits = bits_of(text);
        *val = cwasm_f64(0);
        memcpy(&val->of.f64, &bits, sizeof bits);
    } else if (!strcmp(type, "v128")) {
        const Lanes *lanes = lanes_of(text_of(json, "lane_type"));
        const json_t *list = json_object_get(json, "value");
        if (!lanes || json_array_size(list) != 16 / lanes->size)
            return false;
        val->type = CWASM_V128;
        for (size_t i = 0; i < 16 / lanes->size; i++)
            lane_set(val, i, lanes->size, bits_of(json_string_value(json_array_get(list, i))));
    } else if (!strcmp(text, "null") || !strncmp(type, "null", 4) || !strcmp(type, "refnull")) {
        *val = cwasm_null(want);
    } else if (!strcmp(type, "externref")) {
        *val = cwasm_externref(bits_of(text));
    } else if (!strcmp(type, "anyref")) {
        *val = cwasm_anyref(bits_of(text));
    } else {
        *feature = type;
        return false;
    }
    return true;
}

bool value_fits(const cwasm_store *store, const json_t *json, const cwasm_val *got)
{
    const char *type = text_of(json, "type"), *text = text_of(json, "value");
    if (!strcmp(type, "either")) {
        const json_t *list = json_object_get(json, "values");
        for (size_t i = 0; i < json_array_size(list); i++)
            if (value_fits(store, json_array_get(list, i), got))
                return true;
        return false;
    }
    if (!strcmp(type, "i32"))
        return got->type == CWASM_I32 && bits_fit(text, (uint32_t)got->of.i32, 4, false);
    if (!strcmp(type, "i64"))
        return got->type == CWASM_I64 && bits_fit(text, (uint64_t)got->of.i64, 8, false);
    if (!strcmp(type, "f32")) {
        uint32_t bits;
        memcpy(&bits, &got->of.f32, sizeof bits);
        return got->type == CWASM_F32 && bits_fit(text, bits, 4, true);
    }
    if (!strcmp(type, "f64")) {
        uint64_t bits;
        memcpy(&bits, &got->of.f64, sizeof bits);
        return got->type == CWASM_F64 && bits_fit(text, bits, 8, true);
    }
    if (!strcmp(type, "v128")) {
        const Lanes *lanes = lanes_of(text_of(json, "lane_type"));
        const json_t *list = json_object_get(json, "value");
        if (got->type != CWASM_V128 || !lanes || json_array_size(list) != 16 / lanes->size)
            return false;
        for (size_t i = 0; i < 16 / lanes->size; i++)
            if (!bits_fit(json_string_value(json_array_get(list, i)), lane_get(got, i, lanes->size), lanes->size, lanes->is_float))
                return false;
        return true;
    }
    /* References. */
    if (!cwasm_valtype_is_ref(got->type))
        return false;
    if (!strcmp(text, "null") || !strncmp(type, "null", 4) || !strcmp(type, "refnull"))
        return got->of.ref == 0;
    if (got->of.ref == 0)
        return false;
    uint64_t number;
    bool is_host = cwasm_val_extern(got, &number);
    cwasm_refkind kind = cwasm_val_refkind(store, got);
    if (!strcmp(type, "funcref"))
        return kind == CWASM_REF_FUNC;   /* wabt writes a number that means nothing */
    if (kind == CWASM_REF_FUNC)
        return false;
    if (!strcmp(type, "externref") || !strcmp(type, "anyref"))
        return !*text || (is_host && number == bits_of(text));
    if (!strcmp(type, "eqref"))
        return kind == CWASM_REF_STRUCT || kind == CWASM_REF_ARRAY || kind == CWASM_REF_I31;
    return kind == (!strcmp(type, "structref") ? CWASM_REF_STRUCT : !strcmp(type, "arrayref") ? CWASM_REF_ARRAY
                    : !strcmp(type, "i31ref") ? CWASM_REF_I31 : CWASM_REF_EXN);
}

void value_write(FILE *out, const cwasm_val *val)
{
    char name[64];
    uint32_t u32;
    uint64_t u64;
    fprintf(out, "%s:", cwasm_valtype_name(val->type, name, sizeof name));
    if (val->type == CWASM_I32) {
        fprintf(out, "%" PRId32 " (0x%" PRIx32 ")", val->of.i32, (uint32_t)val->of.i32);
    } else if (val->type == CWASM_I64) {
        fprintf(out, "%" PRId64 " (0x%" PRIx64 ")", val->of.i64, (uint64_t)val->of.i64);
    } else if (val->type == CWASM_F32) {
        memcpy(&u32, &val->of.f32, sizeof u32);
        fprintf(out, "%.9g (bits %" PRIu32 " 0x%" PRIx32 ")", (double)val->of.f32, u32, u32);
    } else if (val->type == CWASM_F64) {
        memcpy(&u64, &val->of.f64, sizeof u64);
        fprintf(out, "%.17g (bits %" PRIu64 " 0x%" PRIx64 ")", val->of.f64, u64, u64);
    } else if (val->type == CWASM_V128) {
        for (size_t i = 16; i-- > 0;)
            fprintf(out, "%02x%s", val->of.v128[i], i && i % 4 == 0 ? "_" : "");
    } else if (val->of.ref == 0) {
        fprintf(out, "null");
    } else if (cwasm_val_extern(val, &u64)) {
        fprintf(out, "host %" PRIu64, u64);
    } else {
        fprintf(out, "non-null");
    }
}

void value_write_expected(FILE *out, const json_t *json)
{
    const char *type = text_of(json, "type");
    const json_t *list = json_object_get(json, !strcmp(type, "either") ? "values" : "value");
    if (!strcmp(type, "either")) {
        for (size_t i = 0; i < json_array_size(list); i++) {
            fprintf(out, "%s", i ? " or " : "");
            value_write_expected(out, json_array_get(list, i));
        }
        return;
    }
    fprintf(out, "%s:", type);
    if (json_is_array(list)) {
        const Lanes *lanes = lanes_of(text_of(json, "lane_type"));
        fprintf(out, "%s", text_of(json, "lane_type"));
        for (size_t i = json_array_size(list); lanes && i-- > 0;) {   /* as value_write does: the highest lane first, in hex */
            const char *lane = json_string_value(json_array_get(list, i));
            if (!strncmp(lane, "nan:", 4))
                fprintf(out, " %s", lane);
            else
                fprintf(out, " %0*" PRIx64, (int)lanes->size * 2, bits_of(lane) & low_mask(lanes->size));
        }
    } else if (json_is_string(list)) {
        fprintf(out, "%s", json_string_value(list));
        if (strcmp(json_string_value(list), "null") && strncmp(json_string_value(list), "nan:", 4))
            fprintf(out, " (0x%" PRIx64 ")", bits_of(json_string_value(list)));
    } else {
        fprintf(out, strncmp(type, "null", 4) && strcmp(type, "refnull") ? "any" : "null");
    }
}

/* Another number, never a NaN pattern, that differs in its lowest bit. */
static json_t *flipped_text(const char *text)
{
    char buf[32];
    if (!strncmp(text, "nan:", 4))
        return json_string("1");   /* the smallest subnormal */
    snprintf(buf, sizeof buf, "%" PRIu64, bits_of(text) ^ 1);
    return json_string(buf);
}

json_t *value_flipped(const json_t *json)
{
    json_t *copy = json_deep_copy(json);
    const char *type = text_of(json, "type"), *text = text_of(json, "value");
    if (!strcmp(type, "either")) {
        json_t *list = json_object_get(copy, "values");
        for (size_t i = 0; i < json_array_size(list); i++)
            json_array_set_new(list, i, value_flipped(json_array_get(list, i)));
    } else if (!strcmp(type, "v128")) {
        json_t *list = json_object_get(copy, "value");
        size_t last = json_array_size(list) - 1;
        json_array_set_new(list, last, flipped_text(json_string_value(json_array_get(list, last))));
    } else if (!strcmp(text, "null") || !strncmp(type, "null", 4) || !strcmp(type, "refnull")) {
        json_object_set_new(copy, "type", json_string("externref"));
        json_object_set_new(copy, "value", json_string("7"));
    } else if (json_object_get(json, "value") && strcmp(type, "funcref")) {
        json_object_set_new(copy, "value", flipped_text(text));
    } else {
        json_object_set_new(copy, "value", json_string("null"));
    }
    return copy;
}
