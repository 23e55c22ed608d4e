/* A figure as a script for gnuplot 5: the numbers are named blocks, $s0, $s1, …, in the script
 * or in a file beside it that the script loads. */
#include "backends.h"

#include <math.h>
#include <string.h>

/* In single quotes gnuplot knows one thing: a doubled quote. */
static void put_quoted(FILE *stream, const char *text)
{
    fputc('\'', stream);
    for (; *text != '\0'; text++) {
        fputs(*text == '\'' ? "'" : "", stream);
        fputc((unsigned char)*text < 0x20 ? '?' : *text, stream);
    }
    fputc('\'', stream);
}

static void put_number(FILE *stream, double value)
{
    char text[REAL_TEXT];
    format_real(value, text);
    fputs(isfinite(value) ? text : "NaN", stream);
}

static void put_points(FILE *stream, const plot_series *s)
{
    fputs(s->count == 0 ? "NaN NaN\n" : "", stream); /* for the legend only */
    for (int64_t i = 0; i < s->count; i++) {
        put_number(stream, s->x[i]);
        fputc(' ', stream);
        put_number(stream, s->y[i]);
        if (s->texts != NULL) {
            fputs(" \"", stream);
            for (const char *c = s->texts[i]; *c != '\0'; c++) {
                fputc(*c == '"' || *c == '\\' || (unsigned char)*c < 0x20 ? '?' : *c, stream);
            }
            fputc('"', stream);
        }
        if (s->kind == SERIES_CENTRES) { /* as 0xrrggbb */
            fprintf(stream, " 0x%s", colour_text((int)(i % PALETTE)) + 1);
        }
        fputs(s->kind == SERIES_SEGMENTS && i % 2 == 1 ? "\n\n" : "\n", stream);
    }
}

static void put_blocks(FILE *stream, const plot_figure *figure)
{
    int block = 0;
    for (int p = 0; p < figure->panel_count; p++) {
        for (int s = 0; s < figure->panels[p].count; s++, block++) {
            fprintf(stream, "$s%d << EOD\n", block);
            put_points(stream, &figure->panels[p].list[s]);
            fputs("EOD\n", stream);
        }
    }
}

static void put_axis(FILE *stream, char letter, const plot_axis *axis)
{
    char text[TICK_TEXT];
    fprintf(stream, "set %crange [", letter);
    put_number(stream, axis->low);
    fputc(':', stream);
    put_number(stream, axis->high);
    fprintf(stream, "]\nset %clabel ", letter);
    put_quoted(stream, axis->label);
    fprintf(stream, "\nset %ctics (", letter);
    for (int i = 0; i < count_ticks(axis); i++) {
        tick_text(axis, i, text);
        fputs(i > 0 ? ", " : "", stream);
        put_quoted(stream, text);
        fputc(' ', stream);
        put_number(stream, tick_place(axis, i));
    }
    fputs(")\n", stream);
}

/* The way to draw a series: "with …". */
static void put_style(FILE *stream, const plot_series *s, double size)
{
    static const int shapes[PALETTE] = {7, 5, 9, 13, 1, 2, 11, 4}; /* of pngcairo */
    const int shape = shapes[shape_of(s->colour)];
    const char *const colour = colour_text(s->colour);
    switch (s->kind) {
    case SERIES_POINTS:
        fprintf(stream, "with points pt %d ps %.1f lc rgb '%s'", shape, size, colour);
        break;
    case SERIES_LINE:
        fprintf(stream, "with linespoints pt %d ps 0.8 lw 1.5 lc rgb '%s'", shape, colour);
        break;
    case SERIES_BARS: fprintf(stream, "with boxes fs solid lc rgb '%s'", colour); break;
    case SERIES_SEGMENTS:
        fprintf(stream, "with lines %slc rgb '#999999'", s->name != NULL ? "dt 2 " : "");
        break;
    case SERIES_CENTRES:
        fputs("with points pt 7 ps 2.6 lc rgb '#ffffff', '' using 1:2:4 notitle with points pt 6 "
              "ps 2.6 lw 2 lc rgb variable, '' using 1:2:3 notitle with labels",
              stream);
        break;
    case SERIES_TEXTS: fputs("with labels", stream); break;
    }
}

static void put_panel(FILE *stream, const plot_panel *panel, int block)
{
    int64_t points = 0;
    for (int s = 0; s < panel->count; s++) {
        points += panel->list[s].kind == SERIES_POINTS ? panel->list[s].count : 0;
    }
    fputs("set title ", stream);
    put_quoted(stream, panel->title != NULL ? panel->title : "");
    fputc('\n', stream);
    put_axis(stream, 'x', &panel->x);
    put_axis(stream, 'y', &panel->y);
    if (panel->bare) {
        fputs("unset border\nunset tics\nunset xlabel\nunset ylabel\n", stream);
    } else {
        fputs("set border 3\nset tics nomirror out\n", stream);
    }
    fputs("plot ", stream);
    for (int s = 0; s < panel->count; s++) {
        const plot_series *const one = &panel->list[s];
        fprintf(stream, "%s$s%d using 1:2%s ", s > 0 ? ", \\\n  " : "", block + s,
                one->kind == SERIES_TEXTS ? ":3" : "");
        if (one->name != NULL) {
            fputs("title ", stream);
            put_quoted(stream, one->name);
            fputc(' ', stream);
        } else {
            fputs("notitle ", stream);
        }
        put_style(stream, one, points <= 300 || one->count == 0 ? 1.0 : points <= 3000 ? 0.6 : 0.3);
    }
    fputc('\n', stream);
}

static void put_page(FILE *stream, const plot_figure *figure, const rectangle *page)
{
    fputs("set label 1 ", stream);
    put_quoted(stream, figure->title);
    fprintf(stream, " at screen 0.5, screen %.4f center front font ',14'\n", 1 - 20 / page->height);
    for (int i = 0; i < figure->caption_count; i++) {
        fprintf(stream, "set label %d ", i + 2);
        put_quoted(stream, figure->captions[i]);
        fprintf(stream, " at screen 0.5, screen %.4f center\n",
                (14 + 18 * (figure->caption_count - 1 - i)) / page->height);
    }
}

void write_gnuplot(FILE *script, const plot_figure *figure, FILE *data, const char *data_name,
                   const char *picture)
{
    rectangle page;
    rectangle places[MOST_PANELS];
    int block = 0;
    place_panels(figure, &page, places);
    fprintf(script, "set terminal pngcairo noenhanced size %.0f,%.0f font 'sans,10'\n", page.width,
            page.height);
    if (picture != NULL) {
        fputs("set output ", script);
        put_quoted(script, picture);
        fputc('\n', script);
    }
    put_blocks(data != NULL ? data : script, figure);
    if (data != NULL) {
        fputs("load ", script);
        put_quoted(script, data_name);
        fputc('\n', script);
    }
    fputs("set boxwidth 0.8\nset key outside right top\nset multiplot\n", script);
    put_page(script, figure, &page);
    for (int p = 0; p < figure->panel_count; p++) {
        const rectangle *const r = &places[p];
        fprintf(script, "set origin %.4f, %.4f\nset size %.4f, %.4f\n", r->x / page.width,
                1 - (r->y + r->height) / page.height, r->width / page.width,
                r->height / page.height);
        put_panel(script, &figure->panels[p], block);
        block += figure->panels[p].count;
        fputs(p == 0 ? "unset label\n" : "", script);
    }
    fputs("unset multiplot\n", script);
}
