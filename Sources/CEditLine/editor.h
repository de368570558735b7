#pragma once

#include <histedit.h>
#include <stdbool.h>

#include "CEditLine.h"

struct lancet_editor {
    EditLine *line;
    History *history;
    lancet_editor_host host;
    char *prompt;
    bool interrupted;
    /// How many entries back the arrow keys went. libedit's own count is out of reach, and its step forward from the
    /// newest place replaces what was typed by nothing.
    int recalled;
    /// A search went to an entry that we cannot count.
    bool searched;
};

/// The editor that a libedit callback belongs to.
lancet_editor *lancet_editor_of(EditLine *line);

/// Binds every key that Lancet gives a meaning of its own; false where libedit knows a function no longer.
bool lancet_keys_bind(EditLine *line);

/// Reads one character for libedit, waking up for signals.
int lancet_input_read(EditLine *line, wchar_t *key);

/// Takes SIGINT, SIGWINCH and SIGCONT for the time of one read.
void lancet_input_begin(void);
void lancet_input_end(void);

/// Screen rows from the row of the prompt to the row of the cursor, and from there to the last row of the entry.
void lancet_screen_rows(lancet_editor *editor, int *above, int *below);
