#define _GNU_SOURCE
#include "CFiles.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

// A table of maps that a signal handler can walk: every field is an atomic, and a slot is in use while its base is not 0.
// A file that is cut short while mapped has no pages behind its new end; reading one raises SIGBUS. The handler lays
// zeros over the rest of the map, so that the reader can go on to where it looks whether something is amiss.

typedef struct {
    _Atomic uintptr_t base;
    _Atomic size_t length;
    _Atomic int missed;
} guarded_map;

enum { TABLE_SIZE = 4096 };

static guarded_map table[TABLE_SIZE];
static _Atomic int used;
static void (*on_miss)(void);
static struct sigaction previous;
static uintptr_t page_size;

static int cover(uintptr_t address) {
    int count = atomic_load(&used);
    for (int number = 0; number < count; number++) {
        uintptr_t base = atomic_load(&table[number].base);
        if (base == 0 || address < base || address - base >= atomic_load(&table[number].length)) continue;
        uintptr_t start = address & ~(page_size - 1);
        size_t length = base + atomic_load(&table[number].length) - start;
        void *zeros = mmap((void *)start, length, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
        if (zeros == MAP_FAILED) return 0;
        atomic_store(&table[number].missed, 1);
        on_miss();
        return 1;
    }
    return 0;
}

static void handle(int signal, siginfo_t *info, void *context) {
    int saved = errno;
    int is_covered = info->si_code == BUS_ADRERR && cover((uintptr_t)info->si_addr);
    errno = saved;
    if (is_covered) return;
    if ((previous.sa_flags & SA_SIGINFO) && previous.sa_sigaction) {
        previous.sa_sigaction(signal, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(signal);
    } else {
        // The instruction runs again and ends the process as it would have without us.
        struct sigaction standard = {.sa_handler = SIG_DFL};
        sigaction(SIGBUS, &standard, NULL);
    }
}

int lf_guard_install(void (*noticed)(void)) {
    on_miss = noticed;
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigemptyset(&action.sa_mask);
    return sigaction(SIGBUS, &action, &previous) < 0 ? -errno : 0;
}

int lf_guard_add(void *base, size_t length) {
    for (int number = 0; number < TABLE_SIZE; number++) {
        uintptr_t free_slot = 0;
        // The length is there before the base is: a handler that sees the base sees its length.
        if (atomic_load(&table[number].base) != 0) continue;
        if (!atomic_compare_exchange_strong(&table[number].base, &free_slot, 1)) continue;
        atomic_store(&table[number].missed, 0);
        atomic_store(&table[number].length, length);
        atomic_store(&table[number].base, (uintptr_t)base);
        int count = atomic_load(&used);
        while (count <= number && !atomic_compare_exchange_weak(&used, &count, number + 1)) {}
        return number;
    }
    return -ENOSPC;
}

void lf_guard_remove(int number) {
    atomic_store(&table[number].length, 0);
    atomic_store(&table[number].base, 0);
}

int lf_guard_missed(int number) { return atomic_load(&table[number].missed); }

int lf_guard_poison(int number) {
    // Pages of an empty file: every one of them is missing.
    int empty = memfd_create("lancet", MFD_CLOEXEC);
    if (empty < 0) return -errno;
    void *base = (void *)atomic_load(&table[number].base);
    void *pages = mmap(base, atomic_load(&table[number].length), PROT_READ, MAP_SHARED | MAP_FIXED, empty, 0);
    int failure = pages == MAP_FAILED ? -errno : 0;
    close(empty);
    if (failure == 0) atomic_store(&table[number].missed, 0);
    return failure;
}
