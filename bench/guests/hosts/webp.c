/* An image codec: a drawn picture is compressed as WebP, lossy and lossless, and decoded again. */
#include "../guest.h"
#include "webp/decode.h"
#include "webp/encode.h"

enum { W = 96, H = 80 };
static u8 rgb[W * H * 3];

static void draw(int t) {
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            int dx = x - 40, dy = y - 30 - t, inside = dx * dx + dy * dy < 500;
            u8 *p = rgb + 3 * (y * W + x);
            p[0] = (u8)(inside ? 200 : x * 2), p[1] = (u8)(inside ? 50 + (rnd() & 15) : y * 3), p[2] = (u8)(x ^ y);
        }
}

static u32 check(u32 sum, const u8 *data, size_t size) {
    for (size_t i = 0; i < size; i++) sum = mix(sum, data[i]);
    return sum;
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int n = rounds(argc, argv, 4); n > 0; n--) {
        draw(n);
        for (int lossless = 0; lossless < 2; lossless++) {
            u8 *file = NULL;
            int w, h;
            size_t size = lossless ? WebPEncodeLosslessRGB(rgb, W, H, W * 3, &file) : WebPEncodeRGB(rgb, W, H, W * 3, 75, &file);
            u8 *pixels = size ? WebPDecodeRGB(file, size, &w, &h) : NULL;
            if (!pixels || w != W || h != H || (lossless && memcmp(pixels, rgb, sizeof rgb))) return puts("wrong"), 1;
            sum = check(check(sum, file, size), pixels, sizeof rgb);
            WebPFree(file);
            WebPFree(pixels);
        }
    }
    printf("%08x\n", (unsigned)sum);
    return 0;
}
