/* data.c - a reactor with 1 MiB of initialised data, of which a request reads a little and writes less. cflags: -mexec-model=reactor -nostartfiles -Wl,--no-entry */
#define A 1, 2, 3, 4, 5, 6, 7, 8
#define B A, A, A, A, A, A, A, A
#define C B, B, B, B, B, B, B, B
#define D C, C, C, C, C, C, C, C

static int table[64][4096] = { [0 ... 63] = { D } };

__attribute__((export_name("handle"))) int handle(int number)
{
    table[number & 63][0]++;
    return table[number & 63][0] + table[(number + 9) & 63][77];
}
