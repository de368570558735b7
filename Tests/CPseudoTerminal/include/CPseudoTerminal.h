#pragma once

#include <sys/types.h>

/// Starts a program as the leader of a session whose terminal is a new pseudo-terminal of that size. Gives the process
/// and, in `master`, the end at which keys go in and output comes out; -1 with errno set where that fails.
pid_t lancet_pseudo_terminal_start(
    const char *path, char *const *arguments, char *const *environment, int rows, int columns, int *master);

/// Changes the size, of which the program is told by SIGWINCH.
int lancet_pseudo_terminal_resize(int master, int rows, int columns);
