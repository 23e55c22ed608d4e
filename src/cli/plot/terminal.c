/* A figure in characters: braille dots where the terminal shows them and colours or a single series
 * leave no doubt about what a dot belongs to, else a letter for each series. */
#include "canvas.h"

#include <math.h>
#include <string.h>

#include "backends.h"

enum { CANVAS_ROWS = 20, SMALL_ROWS = 12 };

static const char series_letters[PALETTE + 1] = "o+x*#@%&";

typedef struct terminal_drawing {
    FILE *stream;
    const plot_panel *panel;
    const terminal_facts *terminal;
    dot_canvas canvas;
    int left; /* characters left of the dot_canvas */
} terminal_drawing;

static char letter_of(int colour)
{
    return colour == GREY ? '.' : series_letters[shape_of(colour)];
}

/* Text without what the terminal cannot show. */
static void put_plain(const terminal_drawing *d, const char *text)
{
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c >= 0x80 && !d->terminal->utf8) {
            fputs((c & 0xC0) != 0x80 ? "?" : "", d->stream);
        } else {
            fputc(c < 0x20 || c == 0x7F ? '?' : c, d->stream);
        }
    }
}

/* The same as lines of the terminal's width, broken at blanks where there are any. */
static void put_lines(const terminal_drawing *d, int indent, const char *text)
{
    const int width = d->terminal->width - indent;
    while (*text != '\0') {
        const char *end = text;
        const char *blank = NULL; /* the last one that fits */
        for (int column = 0; *end != '\0' && column < width; column++) {
            blank = *end == ' ' ? end : blank;
            do {
                end++;
            } while (((unsigned char)*end & 0xC0) == 0x80);
        }
        end = *end == '\0' || *end == ' ' || blank == NULL ? end : blank;
        char *const line = copy_text(text);
        line[end - text] = '\0';
        fprintf(d->stream, "%*s", indent, "");
        put_plain(d, line);
        fputc('\n', d->stream);
        release(line);
        text = *end == ' ' ? end + 1 : end;
    }
}

static void put_colour(const terminal_drawing *d, int colour)
{
    /* The nearest to the palette of the 256 colours; black would be lost on a dark ground. */
    static const int codes[PALETTE] = {32, 214, 36, 166, 80, 175, 245, 227};
    if (d->terminal->colours) {
        fprintf(d->stream, "\033[38;5;%dm", colour == GREY ? 244 : codes[colour % PALETTE]);
    }
}

static void end_colour(const terminal_drawing *d)
{
    fputs(d->terminal->colours ? "\033[0m" : "", d->stream);
}

static int64_t dot_x(const terminal_drawing *d, double x)
{
    const plot_axis *const a = &d->panel->x;
    return (int64_t)floor((x - a->low) / (a->high - a->low) * (canvas_width(&d->canvas) - 1) + 0.5);
}

static int64_t dot_y(const terminal_drawing *d, double y)
{
    const plot_axis *const a = &d->panel->y;
    return (int64_t)floor((a->high - y) / (a->high - a->low) * (canvas_height(&d->canvas) - 1) +
                          0.5);
}

static void draw_bar(terminal_drawing *d, const plot_series *s, int64_t i)
{
    const int64_t zero = dot_y(d, 0);
    const int64_t top = dot_y(d, s->y[i]);
    for (int64_t x = dot_x(d, s->x[i] - 0.4); x <= dot_x(d, s->x[i] + 0.4); x++) {
        draw_stroke(&d->canvas, x, zero, x, top, s->colour);
    }
}

static void draw_point(terminal_drawing *d, const plot_series *s, int64_t i)
{
    const int64_t x = dot_x(d, s->x[i]);
    const int64_t y = dot_y(d, s->y[i]);
    const bool after = i > 0 && isfinite(s->x[i - 1]) && isfinite(s->y[i - 1]);
    if (s->kind == SERIES_BARS) {
        draw_bar(d, s, i);
    } else if (s->kind == SERIES_CENTRES || s->kind == SERIES_TEXTS) {
        draw_word(&d->canvas, x, y, s->texts[i], GREY);
    } else if (after && (s->kind == SERIES_LINE || (s->kind == SERIES_SEGMENTS && i % 2 == 1))) {
        draw_stroke(&d->canvas, dot_x(d, s->x[i - 1]), dot_y(d, s->y[i - 1]), x, y, s->colour);
    } else {
        draw_dot(&d->canvas, x, y, s->colour);
    }
}

/* A character with its dots set. */
static void put_cell(const terminal_drawing *d, const canvas_cell *cell)
{
    if (cell->letter != 0) {
        fputc(cell->letter, d->stream);
    } else if (cell->dots == 0) {
        fputc(' ', d->stream);
    } else {
        put_colour(d, cell->owner);
        if (d->canvas.braille) { /* U+2800 + dots */
            fprintf(d->stream, "\xE2%c%c", 0xA0 + (cell->dots >> 6), 0x80 + (cell->dots & 0x3F));
        } else {
            fputc(letter_of(cell->owner), d->stream);
        }
        end_colour(d);
    }
}

/* The rows of the canvas, ticks to the left. */
static void put_rows(const terminal_drawing *d)
{
    const plot_axis *const a = &d->panel->y;
    const int down = d->canvas.braille ? 4 : 1;
    char text[TICK_TEXT];
    for (int row = 0; row < d->canvas.rows; row++) {
        *text = '\0';
        for (int i = 0; i < count_ticks(a) && *text == '\0' && !d->panel->bare; i++) {
            if (dot_y(d, tick_place(a, i)) / down == row) {
                tick_text(a, i, text);
            }
        }
        fprintf(d->stream, "%*s%s", d->left - 1, text,
                d->panel->bare       ? " "
                : !d->terminal->utf8 ? "|"
                : *text != '\0'      ? "┤"
                                     : "│");
        for (int column = 0; column < d->canvas.columns; column++) {
            put_cell(d, &d->canvas.cells[row * d->canvas.columns + column]);
        }
        fputc('\n', d->stream);
    }
}

/* The line below and its ticks, as many as have room. */
static void put_x_axis(const terminal_drawing *d)
{
    const plot_axis *const a = &d->panel->x;
    const int across = d->canvas.braille ? 2 : 1;
    char text[TICK_TEXT];
    int column = 0;
    fprintf(d->stream, "%*s%s", d->left - 1, "", d->terminal->utf8 ? "└" : "+");
    for (int i = 0; i < d->canvas.columns; i++) {
        fputs(d->terminal->utf8 ? "─" : "-", d->stream);
    }
    fprintf(d->stream, "\n%*s", d->left, "");
    for (int i = 0; i < count_ticks(a); i++) {
        tick_text(a, i, text);
        const int length = (int)strlen(text);
        const int at = (int)(dot_x(d, tick_place(a, i)) / across) - length / 2;
        if (at >= column + (column > 0) && at + length <= d->canvas.columns) {
            fprintf(d->stream, "%*s%s", at - column, "", text);
            column = at + length;
        }
    }
    fputc('\n', d->stream);
    put_lines(d, d->left, a->label);
}

static void put_legend(const terminal_drawing *d)
{
    int column = 0;
    for (int i = 0; i < d->panel->count; i++) {
        const plot_series *const s = &d->panel->list[i];
        if (s->name == NULL) {
            continue;
        }
        const int length = (int)strlen(s->name) + 4;
        if (column > 0 && column + length > d->terminal->width) {
            fputc('\n', d->stream);
            column = 0;
        }
        fputs(column > 0 ? "  " : "", d->stream);
        put_colour(d, s->colour);
        if (d->canvas.braille) {
            fputs("●", d->stream);
        } else {
            fputc(letter_of(s->colour), d->stream);
        }
        end_colour(d);
        fputc(' ', d->stream);
        put_plain(d, s->name);
        column += length;
    }
    fputs(column > 0 ? "\n" : "", d->stream);
}

static int left_room(const plot_panel *panel)
{
    char text[TICK_TEXT];
    int room = 0;
    for (int i = 0; i < count_ticks(&panel->y) && !panel->bare; i++) {
        tick_text(&panel->y, i, text);
        room = (int)strlen(text) > room ? (int)strlen(text) : room;
    }
    return room + 1;
}

/* More than one series that are not told apart by place. */
static bool has_many_series(const plot_panel *panel)
{
    int first = GREY;
    for (int s = 0; s < panel->count; s++) {
        const bool line = panel->list[s].kind == SERIES_SEGMENTS;
        const int colour = line ? GREY : panel->list[s].colour;
        if (colour != GREY && first != GREY && colour != first) {
            return true;
        }
        first = colour != GREY ? colour : first;
    }
    return false;
}

static void write_panel(FILE *stream, const plot_panel *panel, const terminal_facts *terminal,
                        int rows)
{
    terminal_drawing d = {.stream = stream, .panel = panel, .terminal = terminal};
    d.left = left_room(panel);
    const int columns = terminal->width - d.left > 8 ? terminal->width - d.left : 8;
    begin_canvas(&d.canvas, columns, rows,
                 terminal->utf8 && (terminal->colours || !has_many_series(panel)));
    for (int s = 0; s < panel->count; s++) {
        const plot_series *const one = &panel->list[s];
        for (int64_t i = 0; i < one->count; i++) {
            if (isfinite(one->x[i]) && isfinite(one->y[i])) {
                draw_point(&d, one, i);
            }
        }
    }
    put_lines(&d, 0, panel->title != NULL ? panel->title : "");
    if (panel->bare || *panel->y.label == '\0') {
        fputc('\n', stream);
    } else {
        put_lines(&d, 0, panel->y.label);
    }
    put_rows(&d);
    if (!panel->bare) {
        put_x_axis(&d);
    }
    put_legend(&d);
    release(d.canvas.cells);
}

void write_terminal(FILE *stream, const plot_figure *figure, const terminal_facts *terminal)
{
    const terminal_drawing page = {.stream = stream, .terminal = terminal};
    put_lines(&page, 0, figure->title);
    for (int p = 0; p < figure->panel_count; p++) {
        write_panel(stream, &figure->panels[p], terminal,
                    figure->panel_count > 1 ? SMALL_ROWS : CANVAS_ROWS);
    }
    for (int i = 0; i < figure->caption_count; i++) {
        put_lines(&page, 0, figure->captions[i]);
    }
}
