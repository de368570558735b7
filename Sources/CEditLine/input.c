#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "editor.h"

// A handler may run on any thread of the process, so a signal wakes the reader through a pipe and not by interrupting
// its system call.
static int wake[2] = {-1, -1};
static const int signals[] = {SIGINT, SIGWINCH, SIGCONT};
static struct sigaction earlier[3];

static void on_signal(int number) {
    int saved = errno;
    char byte = number == SIGINT ? 'i' : number == SIGWINCH ? 'w' : 'c';
    ssize_t written = write(wake[1], &byte, 1);
    (void)written;
    errno = saved;
}

void lancet_input_begin(void) {
    if (wake[0] < 0 && pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0) wake[0] = wake[1] = -1;
    char stale[64];
    while (read(wake[0], stale, sizeof stale) > 0) {}
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < 3; i++) sigaction(signals[i], &action, &earlier[i]);
}

void lancet_input_end(void) {
    for (int i = 0; i < 3; i++) sigaction(signals[i], &earlier[i], NULL);
}

static void draw_from_here(EditLine *line) {
    fputs("\r\033[J", stdout);
    fflush(stdout);
    el_resize(line);
    el_set(line, EL_REFRESH);
}

/// The terminal may have rewrapped the entry: start over from the prompt's row.
static void redraw(EditLine *line) {
    int above, below;
    lancet_screen_rows(lancet_editor_of(line), &above, &below);
    if (above > 0) printf("\033[%dA", above);
    draw_from_here(line);
}

/// A shell that stopped us has set the terminal to its own liking; libedit only sets it anew after giving it back.
static void resume(EditLine *line) {
    el_set(line, EL_PREP_TERM, 0);
    el_set(line, EL_PREP_TERM, 1);
    fputs("\033[?2004h", stdout);
    draw_from_here(line);
}

/// Handles the signals that came; true where the entry is interrupted.
static bool drain(EditLine *line) {
    char bytes[64];
    ssize_t count = read(wake[0], bytes, sizeof bytes);
    bool resized = false, continued = false, interrupted = false;
    for (ssize_t i = 0; i < count; i++) {
        interrupted |= bytes[i] == 'i';
        resized |= bytes[i] == 'w';
        continued |= bytes[i] == 'c';
    }
    if (interrupted) lancet_editor_of(line)->interrupted = true;
    else if (continued) resume(line);
    else if (resized) redraw(line);
    return interrupted;
}

int lancet_input_read(EditLine *line, wchar_t *key) {
    mbstate_t state = {0};
    for (;;) {
        struct pollfd ready[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake[0], .events = POLLIN}};
        if (poll(ready, 2, -1) < 0 && errno != EINTR) return -1;
        if (ready[1].revents & POLLIN && drain(line)) {
            errno = EINTR;
            return -1;
        }
        if (!ready[0].revents) continue;
        char byte;
        ssize_t count = read(STDIN_FILENO, &byte, 1);
        if (count == 0) return 0;
        if (count < 0) {
            if (errno == EINTR || errno == EAGAIN) continue;
            // A terminal that hung up answers with an input error: that is the end of input.
            return errno == EIO ? 0 : -1;
        }
        size_t used = mbrtowc(key, &byte, 1, &state);
        if (used == (size_t)-1) {
            // The byte that breaks a character may begin the next one.
            memset(&state, 0, sizeof state);
            used = mbrtowc(key, &byte, 1, &state);
            if (used == (size_t)-1) memset(&state, 0, sizeof state);
        }
        if (used == 0 || used == 1) return 1;
    }
}
