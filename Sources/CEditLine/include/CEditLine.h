#pragma once

/// A line editor for a terminal: libedit's histedit interface behind plain functions, since Swift cannot call
/// variadic ones. One editor at a time, used from one thread.

#include <stddef.h>

#pragma clang assume_nonnull begin

typedef struct lancet_editor lancet_editor;

/// What a completion does to the line. The strings come from malloc; the editor frees them.
typedef struct {
    /// How many code points before the cursor go.
    int erased;
    /// What is typed in their place, or NULL.
    char *_Nullable inserted;
    /// What is shown below the line, lines separated by newlines, or NULL.
    char *_Nullable listing;
} lancet_completion;

/// What the editor asks its host. Text is UTF-8, not NUL-terminated; the cursor is a byte offset.
typedef struct {
    void *_Nullable context;
    /// Tab was pressed.
    lancet_completion (*complete)(void *_Nullable context, const char *text, size_t length, size_t cursor);
    /// Enter was pressed: a negative answer accepts the text, else a new line begins with that many spaces.
    int (*enter)(void *_Nullable context, const char *text, size_t length, size_t cursor);
} lancet_editor_host;

typedef enum {
    LANCET_READ_LINE,
    LANCET_READ_INTERRUPTED,
    LANCET_READ_END,
} lancet_read_result;

/// Opens the editor on standard input and output, which must be terminals. NULL where libedit cannot.
lancet_editor *_Nullable lancet_editor_open(const char *program, lancet_editor_host host);

/// Ends the editor and gives the terminal back as it was.
void lancet_editor_close(lancet_editor *editor);

/// Edits one entry. Parts of the prompt between \001 take no columns; its last character must not be among them.
/// For LANCET_READ_LINE, `line` points to the text, which stays until the next read.
lancet_read_result lancet_editor_read(
    lancet_editor *editor, const char *prompt, const char *_Nullable *_Nonnull line, size_t *length);

/// Adds an entry to the history that the arrow keys and ^R walk.
void lancet_editor_remember(lancet_editor *editor, const char *entry);

/// Calls `request` on every SIGINT from now on. A second one within two seconds offers on standard error to abort with a
/// third, which then ends the process. Writing to a closed pipe becomes an error instead of a death.
void lancet_interrupt_watch(void (*request)(void));

/// Puts the handlers back that were there before.
void lancet_interrupt_unwatch(void);

#pragma clang assume_nonnull end
