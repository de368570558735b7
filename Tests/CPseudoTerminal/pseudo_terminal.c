#define _GNU_SOURCE
#include "CPseudoTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int lancet_pseudo_terminal_resize(int master, int rows, int columns) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    return ioctl(master, TIOCSWINSZ, &size);
}

/// Between fork and exec of a process with threads only what is safe in a signal handler may be called.
static void become(int terminal, const char *path, char *const *arguments, char *const *environment) {
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (setsid() < 0 || ioctl(terminal, TIOCSCTTY, 0) < 0) _exit(126);
    for (int file = 0; file < 3; file++) dup2(terminal, file);
    execve(path, arguments, environment);
    _exit(127);
}

pid_t lancet_pseudo_terminal_start(
    const char *path, char *const *arguments, char *const *environment, int rows, int columns, int *master) {
    int end = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    char name[128];
    if (end < 0 || grantpt(end) != 0 || unlockpt(end) != 0 || ptsname_r(end, name, sizeof name) != 0) return -1;
    int terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0 || lancet_pseudo_terminal_resize(end, rows, columns) != 0) return -1;
    pid_t process = fork();
    if (process == 0) become(terminal, path, arguments, environment);
    int saved = errno;
    close(terminal);
    errno = saved;
    if (process < 0) close(end);
    *master = end;
    return process;
}
