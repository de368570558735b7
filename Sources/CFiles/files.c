#define _GNU_SOURCE
#include "CFiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NAME_LENGTH = 32 };

static void descriptor_name(char *name, int file) { snprintf(name, NAME_LENGTH, "/proc/self/fd/%d", file); }

int64_t lf_copy_range(int from, int64_t offset, int to, size_t count) {
    off64_t position = offset;
    ssize_t copied = copy_file_range(from, &position, to, NULL, count, 0);
    return copied < 0 ? -errno : copied;
}

int lf_start_writeback(int file, int64_t offset, int64_t count) {
    return sync_file_range(file, offset, count, SYNC_FILE_RANGE_WRITE) < 0 ? -errno : 0;
}

int lf_open_nameless(const char *folder, int mode) {
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
    if (file < 0) return -errno;
    // It gets its name through /proc, which not every container has.
    char name[NAME_LENGTH];
    descriptor_name(name, file);
    if (access(name, F_OK) == 0) return file;
    int reason = errno;
    close(file);
    return -reason;
}

int lf_link_nameless(int file, const char *path) {
    char name[NAME_LENGTH];
    descriptor_name(name, file);
    return linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0 ? -errno : 0;
}

int lf_exchange(const char *one, const char *other) {
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) < 0 ? -errno : 0;
}

static int reopen(int file, int flags) {
    char name[NAME_LENGTH];
    descriptor_name(name, file);
    int again = open(name, O_RDONLY | O_CLOEXEC | flags);
    return again < 0 ? -errno : again;
}

int lf_reopen_direct(int file) { return reopen(file, O_DIRECT); }

int lf_reopen(int file) { return reopen(file, 0); }

void *lf_take_pages(size_t count) {
    enum { HUGE = 2 << 20 };
    // Room to begin at a huge page; what lies around it goes back.
    size_t room = count + HUGE;
    uint8_t *base = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) return NULL;
    size_t before = (HUGE - (uintptr_t)base % HUGE) % HUGE;
    if (before > 0) munmap(base, before);
    munmap(base + before + count, room - before - count);
    // Only whole huge pages become such, so no more memory is taken than asked for.
    madvise(base + before, count, MADV_HUGEPAGE);
    return base + before;
}

void lf_give_pages(void *base, size_t count) { munmap(base, count); }
