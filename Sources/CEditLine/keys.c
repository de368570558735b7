#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "editor.h"

// Keys that no keyboard sends. Our functions push them to hand over to libedit's own, which keep its idea of the screen
// true: returning CC_NEWLINE ourselves would leave the output glued to the entry.
#define KEY_ACCEPT "\033[9999~"
#define KEY_LINE_UP "\033[9998~"
#define KEY_HISTORY_UP "\033[9997~"
#define KEY_LINE_DOWN "\033[9996~"
#define KEY_HISTORY_DOWN "\033[9995~"
#define KEY_SEARCH "\033[9994~"
#define KEY_SEARCH_PREFIX "\033[9993~"
#define KEY_DELETE "\033[9992~"

enum { PASTE_LIMIT = 1 << 20 };

static unsigned char break_line(EditLine *line, int spaces) {
    char text[66] = "\n";
    int count = spaces < 0 ? 0 : spaces > 64 ? 64 : spaces;
    memset(text + 1, ' ', (size_t)count);
    text[1 + count] = 0;
    return el_insertstr(line, text) == 0 ? CC_REFRESH : CC_ERROR;
}

static unsigned char on_enter(EditLine *line, int key) {
    (void)key;
    lancet_editor *editor = lancet_editor_of(line);
    const LineInfo *info = el_line(line);
    int spaces = editor->host.enter(
        editor->host.context, info->buffer, (size_t)(info->lastchar - info->buffer),
        (size_t)(info->cursor - info->buffer));
    if (spaces >= 0) return break_line(line, spaces);
    el_push(line, KEY_ACCEPT);
    return CC_NORM;
}

static unsigned char on_newline(EditLine *line, int key) {
    (void)key;
    return break_line(line, 0);
}

static int history_length(lancet_editor *editor) {
    HistEvent event = {0};
    return history(editor->history, &event, H_GETSIZE) >= 0 ? event.num : 0;
}

static unsigned char on_up(EditLine *line, int key) {
    (void)key;
    lancet_editor *editor = lancet_editor_of(line);
    const LineInfoW *info = el_wline(line);
    if (wmemchr(info->buffer, L'\n', (size_t)(info->cursor - info->buffer))) {
        el_push(line, KEY_LINE_UP);
    } else if (editor->searched || editor->recalled < history_length(editor)) {
        editor->recalled++;
        el_push(line, KEY_HISTORY_UP);
    } else {
        return CC_ERROR;
    }
    return CC_NORM;
}

static unsigned char on_down(EditLine *line, int key) {
    (void)key;
    lancet_editor *editor = lancet_editor_of(line);
    const LineInfoW *info = el_wline(line);
    if (wmemchr(info->cursor, L'\n', (size_t)(info->lastchar - info->cursor))) {
        el_push(line, KEY_LINE_DOWN);
    } else if (editor->searched || editor->recalled > 0) {
        editor->recalled--;
        el_push(line, KEY_HISTORY_DOWN);
    } else {
        return CC_ERROR;
    }
    return CC_NORM;
}

/// A search may end at any entry, from where the arrow keys go on.
static unsigned char search(EditLine *line, const char *key) {
    lancet_editor_of(line)->searched = true;
    el_push(line, key);
    return CC_NORM;
}

static unsigned char on_search(EditLine *line, int key) {
    (void)key;
    return search(line, KEY_SEARCH);
}

static unsigned char on_search_prefix(EditLine *line, int key) {
    (void)key;
    return search(line, KEY_SEARCH_PREFIX);
}

static unsigned char on_complete(EditLine *line, int key) {
    (void)key;
    lancet_editor *editor = lancet_editor_of(line);
    const LineInfo *info = el_line(line);
    lancet_completion reply = editor->host.complete(
        editor->host.context, info->buffer, (size_t)(info->lastchar - info->buffer),
        (size_t)(info->cursor - info->buffer));
    bool changed = reply.erased > 0 || (reply.inserted && *reply.inserted);
    int above, below;
    lancet_screen_rows(editor, &above, &below);
    if (reply.erased > 0) el_deletestr(line, reply.erased);
    if (reply.inserted && *reply.inserted) el_insertstr(line, reply.inserted);
    bool lists = reply.listing && *reply.listing;
    if (lists) {
        // Below the last row of the entry, which may be below the cursor.
        for (int row = 0; row <= below; row++) fputs("\r\n", stdout);
        fputs(reply.listing, stdout);
        fputs("\r\n", stdout);
        fflush(stdout);
        // Draws the entry anew where the cursor is; CC_REDISPLAY would first climb back over the listing.
        el_set(line, EL_REFRESH);
    }
    free(reply.inserted);
    free(reply.listing);
    return lists ? CC_NORM : changed ? CC_REFRESH : CC_ERROR;
}

/// libedit's own function writes ^D into the entry.
static unsigned char on_end(EditLine *line, int key) {
    (void)key;
    const LineInfoW *info = el_wline(line);
    if (info->buffer == info->lastchar) return CC_EOF;
    if (info->cursor == info->lastchar) return CC_ERROR;
    el_push(line, KEY_DELETE);
    return CC_NORM;
}

typedef struct {
    wchar_t *text;
    size_t count, room;
    bool whole;
} pasted;

/// Escapes in pasted text must not reach the screen or the script.
static void keep(pasted *paste, wchar_t next) {
    if (next == 0x7F || (next < 0x20 && next != L'\n' && next != L'\t' && next != L'\r')) return;
    if (paste->count == paste->room) {
        size_t room = paste->room ? paste->room * 2 : 256;
        wchar_t *larger = room <= PASTE_LIMIT ? realloc(paste->text, (room + 1) * sizeof *larger) : NULL;
        paste->whole = larger != NULL;
        if (!paste->whole) return;
        paste->text = larger;
        paste->room = room;
    }
    paste->text[paste->count++] = next;
}

/// Reads up to the mark that ends a paste, which is read even where the text is too long to keep.
static pasted read_paste(EditLine *line) {
    static const wchar_t end[] = L"\033[201~";
    pasted paste = {.whole = true};
    size_t matched = 0;
    wchar_t next;
    while (end[matched] && el_wgetc(line, &next) == 1) {
        if (next == end[matched]) {
            matched++;
            continue;
        }
        // What began like the mark was text after all.
        for (size_t i = 0; i < matched; i++) keep(&paste, end[i]);
        matched = next == end[0];
        if (!matched) keep(&paste, next);
    }
    return paste;
}

/// A terminal in bracketed mode wraps what is pasted, so that its tabs do not complete and its newlines do not run.
static unsigned char on_paste(EditLine *line, int key) {
    (void)key;
    pasted paste = read_paste(line);
    size_t kept = 0;
    for (size_t i = 0; i < paste.count; i++) {
        bool returns = paste.text[i] == L'\r';
        if (returns && i + 1 < paste.count && paste.text[i + 1] == L'\n') continue;
        paste.text[kept++] = returns ? L'\n' : paste.text[i];
    }
    // The cursor stays behind the last word, where Enter runs what was pasted.
    while (kept > 0 && paste.text[kept - 1] == L'\n') kept--;
    if (kept > 0) paste.text[kept] = 0;
    bool failed = !paste.whole || (kept > 0 && el_winsertstr(line, paste.text) != 0);
    free(paste.text);
    return failed ? CC_ERROR : CC_REFRESH;
}

typedef struct {
    const char *name;
    const char *help;
    unsigned char (*run)(EditLine *, int);
} own_function;

static const own_function functions[] = {
    {"lancet-enter", "Run the entry if it is whole, else begin a new line", on_enter},
    {"lancet-newline", "Begin a new line", on_newline},
    {"lancet-up", "Go to the line above, else to the entry before", on_up},
    {"lancet-down", "Go to the line below, else to the entry after", on_down},
    {"lancet-complete", "Complete the word before the cursor", on_complete},
    {"lancet-search", "Search entries for what is typed next", on_search},
    {"lancet-search-prefix", "Go to the entry before that begins like this one", on_search_prefix},
    {"lancet-end", "End the input, or delete the next character", on_end},
    {"lancet-paste", "Insert what the terminal pastes", on_paste},
};

static const struct {
    const char *key, *function;
} bindings[] = {
    {KEY_ACCEPT, "ed-newline"},
    {KEY_LINE_UP, "ed-prev-line"},
    {KEY_HISTORY_UP, "ed-prev-history"},
    {KEY_LINE_DOWN, "ed-next-line"},
    {KEY_HISTORY_DOWN, "ed-next-history"},
    {"\r", "lancet-enter"},
    {"\n", "lancet-enter"},
    {"\033\r", "lancet-newline"},
    {"\033\n", "lancet-newline"},
    {"\033[A", "lancet-up"},
    {"\033OA", "lancet-up"},
    {"\033[B", "lancet-down"},
    {"\033OB", "lancet-down"},
    {"\020", "lancet-up"},
    {"\016", "lancet-down"},
    {"\t", "lancet-complete"},
    {"\033[200~", "lancet-paste"},
    {KEY_SEARCH, "em-inc-search-prev"},
    {KEY_SEARCH_PREFIX, "ed-search-prev-history"},
    {KEY_DELETE, "ed-delete-next-char"},
    {"\004", "lancet-end"},
    {"\022", "lancet-search"},
    {"\023", "em-inc-search-next"},
    {"\033p", "lancet-search-prefix"},
    {"\033n", "ed-search-next-history"},
    {"\025", "vi-kill-line-prev"},
    {"\027", "ed-delete-prev-word"},
    {"\033[H", "ed-move-to-beg"},
    {"\033[F", "ed-move-to-end"},
    {"\033[1~", "ed-move-to-beg"},
    {"\033[4~", "ed-move-to-end"},
    {"\033[3~", "ed-delete-next-char"},
    {"\033[1;5C", "em-next-word"},
    {"\033[1;5D", "ed-prev-word"},
    {"\033[1;3C", "em-next-word"},
    {"\033[1;3D", "ed-prev-word"},
};

bool lancet_keys_bind(EditLine *line) {
    bool bound = true;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        bound &= el_set(line, EL_ADDFN, functions[i].name, functions[i].help, functions[i].run) == 0;
    for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++)
        bound &= el_set(line, EL_BIND, bindings[i].key, bindings[i].function, NULL) == 0;
    return bound;
}
