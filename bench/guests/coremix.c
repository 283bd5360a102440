/* The mix that embedded benchmarks use: a linked list that is searched, sorted and reversed, small integer matrices, a
   state machine over number-like text, and a CRC that ties the parts together. */
#include "guest.h"

/* --- list */
typedef struct Node { struct Node *next; int16_t key, data; } Node;
enum { NODES = 120 };
static Node pool[NODES];

static Node *build(u32 seed) {
    Node *head = NULL;
    for (int i = 0; i < NODES; i++) {
        seed = seed * 69069u + 1;
        pool[i] = (Node){head, (int16_t)(seed >> 17), (int16_t)i};
        head = &pool[i];
    }
    return head;
}

static Node *reverse(Node *list) {
    Node *done = NULL;
    while (list) {
        Node *next = list->next;
        list->next = done, done = list, list = next;
    }
    return done;
}

static NOINLINE Node *sort(Node *list) { /* bottom-up merge sort */
    for (int width = 1;; width *= 2) {
        Node *p = list, **tail = &list;
        int merges = 0;
        for (list = NULL; p; merges++) {
            Node *q = p;
            int np = 0, nq = width;
            while (np < width && q) np++, q = q->next;
            while (np > 0 || (nq > 0 && q)) {
                Node **from = np > 0 && (nq == 0 || !q || p->key <= q->key) ? (np--, &p) : (nq--, &q);
                *tail = *from, *from = (*from)->next, tail = &(*tail)->next;
            }
            p = q;
        }
        *tail = NULL;
        if (merges <= 1) return list;
    }
}

static NOINLINE int search(const Node *list, int16_t data) {
    int at = 0;
    for (; list && list->data != data; list = list->next) at++;
    return list ? list->key ^ at : -1;
}

/* --- matrix */
enum { N = 12 };
static int16_t ma[N][N], mb[N][N];
static int32_t mc[N][N];

static NOINLINE int32_t matrix(int16_t k) {
    int32_t s = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) ma[i][j] = (int16_t)(ma[i][j] + k);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            mc[i][j] = 0;
            for (int l = 0; l < N; l++) mc[i][j] += ma[i][l] * mb[l][j];
        }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            s += (mc[i][j] >> 2 & 15) * (mc[i][j] >> 5 & 127);
            ma[i][j] = (int16_t)(ma[i][j] - k);
        }
    return s;
}

/* --- state machine */
enum State { START, SIGN, INT, POINT, FRACTION, EXPONENT, EXP_SIGN, SCIENTIFIC, BAD, STATES };
static u32 visits[STATES];

static NOINLINE enum State scan(const char **at) {
    enum State s = START;
    for (; **at && **at != ','; ++*at) {
        char c = **at;
        int digit = c >= '0' && c <= '9', sign = c == '+' || c == '-';
        visits[s]++;
        switch (s) {
        case START: s = digit ? INT : sign ? SIGN : c == '.' ? POINT : BAD; break;
        case SIGN: s = digit ? INT : c == '.' ? POINT : BAD; break;
        case INT: s = digit ? INT : c == '.' ? POINT : c == 'e' ? EXPONENT : BAD; break;
        case POINT: s = digit ? FRACTION : BAD; break;
        case FRACTION: s = digit ? FRACTION : c == 'e' ? EXPONENT : BAD; break;
        case EXPONENT: s = digit ? SCIENTIFIC : sign ? EXP_SIGN : BAD; break;
        case EXP_SIGN: s = digit ? SCIENTIFIC : BAD; break;
        case SCIENTIFIC: s = digit ? SCIENTIFIC : BAD; break;
        default: break;
        }
    }
    if (**at) ++*at;
    return s;
}

/* --- crc */
static u16 crc16(u32 x, u16 crc) {
    for (int i = 0; i < 32; i++, x >>= 1) crc = (u16)((x ^ crc) & 1 ? crc >> 1 ^ 0xa001 : crc >> 1);
    return crc;
}

int main(int argc, char **argv) {
    static char numbers[] = "5012,-874,+122,35.54400,.1234500,-110.700,5.500e+3,-.123e-2,"
                            "-87e+832,T0.3e-1F,-T.T++Tq,34.0e-T4z,1e9,0x17,--3,7.";
    u16 crc = 0xffff;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) ma[i][j] = (int16_t)(i * 7 - j), mb[i][j] = (int16_t)(j * 5 + i);
    for (int n = rounds(argc, argv, 9000); n > 0; n--) {
        Node *list = sort(build((u32)n));
        for (int i = 0; i < 8; i++) {
            crc = crc16((u32)search(list, (int16_t)((n * 13 + i * 31) % (NODES + 5))), crc);
            list = reverse(list);
        }
        crc = crc16((u32)matrix((int16_t)(n & 63)), crc);
        numbers[n % 40] ^= 1;
        for (const char *p = numbers; *p;) crc = crc16(scan(&p), crc);
        numbers[n % 40] ^= 1;
    }
    for (int i = 0; i < STATES; i++) crc = crc16(visits[i], crc);
    printf("%04x\n", crc);
    return 0;
}
