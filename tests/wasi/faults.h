/* faults.h - the system calls that can be made to fail: a number for each, for the guest and the host program. */
#ifndef FAULTS_H
#define FAULTS_H

/* FAULT(id, symbol): what the C library calls it with 64-bit offsets */
#define FAULT_ROWS                                                                                                     \
    FAULT(read, read) FAULT(readv, readv) FAULT(write, write) FAULT(writev, writev) FAULT(pread, pread64)                \
    FAULT(pwrite, pwrite64) FAULT(lseek, lseek64) FAULT(ftruncate, ftruncate64) FAULT(fallocate, fallocate64)            \
    FAULT(fsync, fsync) FAULT(fdatasync, fdatasync) FAULT(fstat, fstat64) FAULT(fadvise, posix_fadvise64)                \
    FAULT(utimensat, utimensat) FAULT(getrandom, getrandom) FAULT(mkdirat, mkdirat) FAULT(unlinkat, unlinkat)            \
    FAULT(renameat, renameat) FAULT(linkat, linkat) FAULT(symlinkat, symlinkat) FAULT(readlinkat, readlinkat)            \
    FAULT(openat, openat64) FAULT(open, open64) FAULT(syscall, syscall) FAULT(fcntl, fcntl64) FAULT(fstatfs, fstatfs64) \
    FAULT(fstatat, fstatat64)                                                                                           \
    FAULT(recvmsg, recvmsg) FAULT(sendmsg, sendmsg) FAULT(accept, accept4) FAULT(shutdown, shutdown) FAULT(ppoll, ppoll) \
    FAULT(socket, socket) FAULT(bind, bind) FAULT(listen, listen) FAULT(connect, connect) FAULT(getsockname, getsockname)  \
    FAULT(getpeername, getpeername) FAULT(getsockopt, getsockopt) FAULT(setsockopt, setsockopt)

/* What glibc calls some of them where the compiler is told to check buffers (-D_FORTIFY_SOURCE, as Ubuntu's is). */
#define FORTIFIED_ROWS FORTIFIED(openat, __openat64_2) FORTIFIED(open, __open64_2)

enum {
    FAULT_NONE,
#define FAULT(id, symbol) FAULT_##id,
    FAULT_ROWS
#undef FAULT
};

#endif
