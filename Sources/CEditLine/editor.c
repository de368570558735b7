#define _GNU_SOURCE
#include "editor.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";

lancet_editor *lancet_editor_of(EditLine *line) {
    void *editor = NULL;
    el_get(line, EL_CLIENTDATA, &editor);
    return editor;
}

static char *prompt_of(EditLine *line) {
    return lancet_editor_of(line)->prompt;
}

/// libedit decodes keys by the locale and drops what it cannot decode, so a C locale would swallow every accent.
static void use_utf8(void) {
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return;
    if (!setlocale(LC_CTYPE, "C.UTF-8")) setlocale(LC_CTYPE, "en_US.UTF-8");
}

static bool set_up(lancet_editor *editor) {
    EditLine *line = editor->line;
    HistEvent event;
    history(editor->history, &event, H_SETSIZE, 5000);
    history(editor->history, &event, H_SETUNIQUE, 1);
    el_set(line, EL_CLIENTDATA, editor);
    el_set(line, EL_SIGNAL, 0);
    el_set(line, EL_PROMPT_ESC, prompt_of, '\1');
    el_set(line, EL_HIST, history, editor->history);
    el_set(line, EL_GETCFN, lancet_input_read);
    el_set(line, EL_EDITOR, "emacs");
    // Without flow control ^S can search forward.
    el_set(line, EL_SETTY, "-d", "-ixon", NULL);
    // The user's own settings come before the keys that multi-line entry depends on. There may be none.
    el_source(line, NULL);
    return lancet_keys_bind(line);
}

lancet_editor *lancet_editor_open(const char *program, lancet_editor_host host) {
    use_utf8();
    lancet_editor *editor = calloc(1, sizeof *editor);
    if (!editor) return NULL;
    editor->host = host;
    editor->prompt = strdup("");
    editor->line = el_init(program, stdin, stdout, stderr);
    editor->history = history_init();
    if (!editor->prompt || !editor->line || !editor->history || !set_up(editor)) {
        lancet_editor_close(editor);
        return NULL;
    }
    return editor;
}

void lancet_editor_close(lancet_editor *editor) {
    if (editor->line) el_end(editor->line);
    if (editor->history) history_end(editor->history);
    free(editor->prompt);
    free(editor);
}

lancet_read_result lancet_editor_read(lancet_editor *editor, const char *prompt, const char **line, size_t *length) {
    char *copy = strdup(prompt);
    if (copy) {
        free(editor->prompt);
        editor->prompt = copy;
    }
    editor->interrupted = false;
    editor->recalled = 0;
    editor->searched = false;
    *line = NULL;
    *length = 0;
    lancet_input_begin();
    // Left to itself libedit shows the prompt first, and what is typed before it changes the mode appears twice.
    el_set(editor->line, EL_PREP_TERM, 1);
    fputs(paste_on, stdout);
    fflush(stdout);
    int count = 0;
    const char *text = el_gets(editor->line, &count);
    int above = 0, below = 0;
    if (editor->interrupted) lancet_screen_rows(editor, &above, &below);
    fputs(paste_off, stdout);
    // An interrupt leaves the cursor inside the entry, the end of input behind the prompt.
    if (editor->interrupted || !text || count <= 0)
        for (int row = 0; row <= below; row++) fputc('\n', stdout);
    fflush(stdout);
    lancet_input_end();
    if (editor->interrupted) return LANCET_READ_INTERRUPTED;
    if (!text || count <= 0) return LANCET_READ_END;
    *line = text;
    *length = (size_t)count - (text[count - 1] == '\n');
    return LANCET_READ_LINE;
}

void lancet_editor_remember(lancet_editor *editor, const char *entry) {
    HistEvent event;
    history(editor->history, &event, H_ENTER, entry);
}

typedef struct {
    int row, column, width;
} screen_place;

/// Moves a place as libedit does: a row is full when its last column is, and a wide character does not straddle.
static void advance(screen_place *place, wchar_t character) {
    if (character == L'\n') {
        place->row++;
        place->column = 0;
        return;
    }
    int columns = character == L'\t' ? 8 - place->column % 8 : wcwidth(character);
    if (columns < 0) columns = 2;  // libedit shows a control character as ^X
    if (place->column + columns > place->width) {
        place->row++;
        place->column = 0;
    }
    place->column += columns;
    if (place->column >= place->width) {
        place->row++;
        place->column = 0;
    }
}

void lancet_screen_rows(lancet_editor *editor, int *above, int *below) {
    struct winsize size = {0};
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    screen_place place = {0, 0, known ? size.ws_col : 80};
    mbstate_t state = {0};
    bool hidden = false;
    for (const char *next = editor->prompt; *next;) {
        wchar_t character;
        size_t bytes = mbrtowc(&character, next, MB_CUR_MAX, &state);
        if (bytes == 0 || bytes > MB_CUR_MAX) break;
        next += bytes;
        if (character == L'\1') hidden = !hidden;
        else if (!hidden) advance(&place, character);
    }
    const LineInfoW *info = el_wline(editor->line);
    for (const wchar_t *next = info->buffer; next < info->cursor; next++) advance(&place, *next);
    *above = place.row;
    for (const wchar_t *next = info->cursor; next < info->lastchar; next++) advance(&place, *next);
    *below = place.row - *above;
}
