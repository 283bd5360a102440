/* The smallest useful program: what a cold start costs. Also compiled natively, see coldstart.py. */
#include <stdio.h>

int main(void) {
    puts("hello");
    return 0;
}
