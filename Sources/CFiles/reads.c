#define _GNU_SOURCE
#include "CFiles.h"

#include <errno.h>
#include <linux/aio_abi.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int lf_reads_open(int most, uint64_t *queue) {
    aio_context_t context = 0;
    if (syscall(SYS_io_setup, most, &context) < 0) return -errno;
    *queue = context;
    return 0;
}

int lf_reads_begin(uint64_t queue, int file, void *bytes, size_t count, int64_t offset, uint64_t number) {
    struct iocb read;
    memset(&read, 0, sizeof read);
    read.aio_data = number;
    read.aio_lio_opcode = IOCB_CMD_PREAD;
    read.aio_fildes = (uint32_t)file;
    read.aio_buf = (uintptr_t)bytes;
    read.aio_nbytes = count;
    read.aio_offset = offset;
    struct iocb *reads[] = {&read};
    long begun = syscall(SYS_io_submit, (aio_context_t)queue, 1L, reads);
    return begun == 1 ? 0 : begun < 0 ? -errno : -EAGAIN;
}

int lf_reads_wait(uint64_t queue, uint64_t *numbers, int64_t *counts, int most) {
    enum { ROOM = 32 };
    struct io_event events[ROOM];
    long ended;
    do {
        ended = syscall(SYS_io_getevents, (aio_context_t)queue, 1L, (long)(most < ROOM ? most : ROOM), events, NULL);
    } while (ended < 0 && errno == EINTR);
    if (ended < 0) return -errno;
    for (long i = 0; i < ended; i++) {
        numbers[i] = events[i].data;
        counts[i] = events[i].res;
    }
    return (int)ended;
}

void lf_reads_close(uint64_t queue) { syscall(SYS_io_destroy, (aio_context_t)queue); }
