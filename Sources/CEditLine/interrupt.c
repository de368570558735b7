#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "CEditLine.h"

enum { PATIENCE_SECONDS = 2 };

static void (*requested)(void);
static struct sigaction earlier_interrupt, earlier_pipe;
static bool watching;
static volatile sig_atomic_t presses;
static struct timespec last_press;

static bool is_soon(const struct timespec *now) {
    long long elapsed = (long long)(now->tv_sec - last_press.tv_sec) * 1000000000 + (now->tv_nsec - last_press.tv_nsec);
    return elapsed < (long long)PATIENCE_SECONDS * 1000000000;
}

/// Only calls what POSIX lists as safe in a handler. The kernel blocks SIGINT while it runs.
static void on_interrupt(int number) {
    int saved = errno;
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    presses = presses > 0 && is_soon(&now) ? presses + 1 : 1;
    last_press = now;
    requested();
    if (presses == 2) {
        static const char offer[] = "\nStopping. Press Ctrl-C once more to abort lancet at once.\n";
        ssize_t written = write(STDERR_FILENO, offer, sizeof offer - 1);
        (void)written;
    } else if (presses > 2) {
        // Dying of the signal itself tells the shell what happened; it sees exit status 130.
        signal(number, SIG_DFL);
        raise(number);
    }
    errno = saved;
}

void lancet_interrupt_watch(void (*request)(void)) {
    requested = request;
    presses = 0;
    if (watching) return;
    watching = true;
    // Without SA_RESTART a blocked read returns, so that waiting for input notices too.
    struct sigaction action = {.sa_handler = on_interrupt};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &earlier_interrupt);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, &earlier_pipe);
    // A parent that starts programs from a worker thread may hand down a mask that blocks the signal.
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &interrupt, NULL);
}

void lancet_interrupt_unwatch(void) {
    if (!watching) return;
    watching = false;
    sigaction(SIGINT, &earlier_interrupt, NULL);
    sigaction(SIGPIPE, &earlier_pipe, NULL);
}
