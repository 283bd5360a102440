/* An f32 image pipeline: bytes to floats, 5-tap blur both ways, sharpen, gamma-like curve, back to bytes. */
#include "guest.h"

enum { W = 256, H = 192 };
static u8 image[H][W];
static float plane[H][W], blurred[H][W], tmp[H][W];
static const float tap[5] = {0.0625f, 0.25f, 0.375f, 0.25f, 0.0625f};

static NOINLINE void blur(void) {
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            float s = 0;
            for (int k = -2; k <= 2; k++) {
                int i = x + k < 0 ? 0 : x + k >= W ? W - 1 : x + k;
                s += tap[k + 2] * plane[y][i];
            }
            tmp[y][x] = s;
        }
    for (int y = 0; y < H; y++) {
        const float *row[5];
        for (int k = -2; k <= 2; k++) row[k + 2] = tmp[y + k < 0 ? 0 : y + k >= H ? H - 1 : y + k];
        for (int x = 0; x < W; x++)
            blurred[y][x] = tap[0] * row[0][x] + tap[1] * row[1][x] + tap[2] * row[2][x] + tap[3] * row[3][x] + tap[4] * row[4][x];
    }
}

static NOINLINE void finish(void) {
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            float v = plane[y][x] + 0.6f * (plane[y][x] - blurred[y][x]);
            v = v < 0 ? 0 : v > 1 ? 1 : v;
            v = v * (1.25f - 0.25f * v * v);
            image[y][x] = (u8)(v * 255.0f + 0.5f);
        }
}

int main(int argc, char **argv) {
    u32 sum = 0;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) image[y][x] = (u8)((x * y >> 4 ^ x) + (rnd() & 15));
    for (int n = rounds(argc, argv, 80); n > 0; n--) {
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) plane[y][x] = (float)image[y][x] * (1.0f / 255);
        blur();
        finish();
    }
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) sum = mix(sum, image[y][x]);
    printf("%08x\n", (unsigned)sum);
    return 0;
}
