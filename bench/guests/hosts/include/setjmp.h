/* WASI without exception handling has no setjmp, and not every engine has exceptions: the guests that include this never jump (an error in a
   script ends the program). The native builds use it, too. */
typedef int jmp_buf[1];
#define setjmp(buf) ((void)(buf), 0)
#define longjmp(buf, value) abort()
