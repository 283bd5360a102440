/* Counting words in an open-addressing hash table that grows: string hashing, comparing, malloc and free. */
#include "guest.h"

typedef struct { char *key; u32 hash, count; } Entry;
typedef struct { Entry *slots; u32 mask, used; } Map;

static u32 hash(const char *s) {
    u32 h = 0x811c9dc5u;
    for (; *s; s++) h = (h ^ (u8)*s) * 0x01000193u;
    return h;
}

static NOINLINE Entry *find(Map *m, const char *key, u32 h) {
    for (u32 i = h & m->mask;; i = (i + 1) & m->mask) {
        Entry *e = &m->slots[i];
        if (!e->key || (e->hash == h && strcmp(e->key, key) == 0)) return e;
    }
}

static NOINLINE void grow(Map *m) {
    Map bigger = {calloc(2 * (m->mask + 1), sizeof(Entry)), 2 * m->mask + 1, m->used};
    for (u32 i = 0; i <= m->mask; i++)
        if (m->slots[i].key) *find(&bigger, m->slots[i].key, m->slots[i].hash) = m->slots[i];
    free(m->slots);
    *m = bigger;
}

static void word(char *out, u32 x) {
    static const char *syllable[16] = {"ka", "lo", "mi", "ra", "sen", "to", "va", "ri", "do", "pel", "na", "qu", "es", "um", "ix", "bo"};
    do {
        for (const char *s = syllable[x & 15]; *s;) *out++ = *s++;
        x >>= 4;
    } while (x);
    *out = 0;
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 16); n > 0; n--) {
        Map m = {calloc(64, sizeof(Entry)), 63, 0};
        for (int i = 0; i < 100000; i++) {
            char key[32];
            u32 r = rnd(), x = r & 0x10000 ? r >> 17 & 1023 : r >> 17;
            word(key, x);
            u32 h = hash(key);
            Entry *e = find(&m, key, h);
            if (!e->key) {
                *e = (Entry){strdup(key), h, 0};
                if (++m.used * 4 > m.mask * 3) grow(&m), e = find(&m, key, h);
            }
            e->count++;
        }
        for (u32 i = 0; i <= m.mask; i++) {
            if (m.slots[i].count > 20) sum = mix(sum, m.slots[i].hash ^ m.slots[i].count);
            free(m.slots[i].key);
        }
        sum ^= m.used;
        free(m.slots);
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
