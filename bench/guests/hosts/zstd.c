/* Zstandard: compress a text at three levels, and decompress it. */
#include "../guest.h"
#include "text.h"
#include "zstd.h"

enum { SIZE = 160000 };
static char text[SIZE], back[SIZE], packed[SIZE + 10000];

int main(int argc, char **argv) {
    u32 sum = 0;
    static const int levels[] = {1, 3, 7};
    for (int n = rounds(argc, argv, 4); n > 0; n--) {
        make_text(text, SIZE);
        for (int l = 0; l < 3; l++) {
            size_t size = ZSTD_compress(packed, sizeof packed, text, SIZE, levels[l]);
            for (int i = 0; i < 4; i++) {
                memset(back, 0, SIZE);
                if (ZSTD_decompress(back, SIZE, packed, size) != SIZE || memcmp(text, back, SIZE)) return puts("wrong"), 1;
            }
            for (size_t i = 0; i < size; i += 7) sum = mix(sum, (u8)packed[i]);
            sum = mix(sum, (u32)size);
        }
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
