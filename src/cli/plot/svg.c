/* SVG 1.1: the page, its panels, axes and legends. */
#include "svg.h"

#include <math.h>
#include <string.h>

enum { LETTER = 7, LINE_HEIGHT = 17 }; /* of text of 12 pixels, from above */

static int longest_tick(const plot_axis *axis)
{
    int longest = 0;
    char text[TICK_TEXT];
    for (int i = 0; i < count_ticks(axis); i++) {
        tick_text(axis, i, text);
        longest = (int)strlen(text) > longest ? (int)strlen(text) : longest;
    }
    return longest;
}

static double legend_width(const plot_panel *panel)
{
    size_t longest = 0;
    for (int s = 0; s < panel->count; s++) {
        const char *const name = panel->list[s].name;
        longest = name != NULL && strlen(name) > longest ? strlen(name) : longest;
    }
    return longest > 0 ? 40.0 + LETTER * (double)longest : 0;
}

/* The place of the axes within a panel: room for ticks, labels, title and legend. */
static void place_axes(svg_drawing *d, const rectangle *place)
{
    const double left = d->panel->bare ? 20 : 34 + LETTER * (double)longest_tick(&d->panel->y);
    const double top = d->panel->title != NULL ? 26 : 10;
    const double bottom = d->panel->bare ? 10 : 46;
    d->inner = (rectangle){place->x + left, place->y + top,
                           place->width - left - 18 - legend_width(d->panel),
                           place->height - top - bottom};
}

/* Marks are small where there are many. */
static double mark_radius(const plot_panel *panel)
{
    int64_t count = 0;
    for (int s = 0; s < panel->count; s++) {
        count += panel->list[s].kind == SERIES_POINTS ? panel->list[s].count : 0;
    }
    return count <= 300 ? 3.4 : count <= 3000 ? 2.2 : 1.3;
}

static void draw_x_axis(const svg_drawing *d)
{
    const plot_axis *const a = &d->panel->x;
    const double bottom = d->inner.y + d->inner.height;
    const int count = count_ticks(a);
    const double room = d->inner.width / (count > 0 ? count : 1);
    const int every = 1 + (int)(LETTER * (double)(longest_tick(a) + 1) / room);
    char text[TICK_TEXT];
    for (int i = 0; i < count; i++) {
        const double x = svg_x(d, tick_place(a, i));
        fprintf(d->stream, "<path stroke=\"#ddd\" d=\"M%.1f %.1fV%.1f\"/>", x, bottom, d->inner.y);
        fprintf(d->stream, "<path stroke=\"#333\" d=\"M%.1f %.1fv5\"/>\n", x, bottom);
        if (i % every == 0) {
            tick_text(a, i, text);
            put_svg_text(d->stream, x, bottom + 18, " text-anchor=\"middle\"", text);
        }
    }
    put_svg_text(d->stream, d->inner.x + d->inner.width / 2, bottom + 38, " text-anchor=\"middle\"",
                 a->label);
}

static void draw_y_axis(const svg_drawing *d, double left)
{
    char attributes[96];
    char text[TICK_TEXT];
    const plot_axis *const a = &d->panel->y;
    const double middle = d->inner.y + d->inner.height / 2;
    for (int i = 0; i < count_ticks(a); i++) {
        const double y = svg_y(d, tick_place(a, i));
        fprintf(d->stream, "<path stroke=\"#ddd\" d=\"M%.1f %.1fh%.1f\"/>", d->inner.x, y,
                d->inner.width);
        fprintf(d->stream, "<path stroke=\"#333\" d=\"M%.1f %.1fh-5\"/>\n", d->inner.x, y);
        tick_text(a, i, text);
        put_svg_text(d->stream, d->inner.x - 8, y + 4, " text-anchor=\"end\"", text);
    }
    snprintf(attributes, sizeof attributes,
             " text-anchor=\"middle\" transform=\"rotate(-90 %.1f %.1f)\"", left + 16, middle);
    put_svg_text(d->stream, left + 16, middle, attributes, a->label);
}

static void draw_legend(const svg_drawing *d)
{
    const double x = d->inner.x + d->inner.width + 22;
    double y = d->inner.y + 8;
    for (int i = 0; i < d->panel->count; i++) {
        const plot_series *const s = &d->panel->list[i];
        if (s->name != NULL) {
            draw_svg_sample(d, s, x, y);
            put_svg_text(d->stream, x + 14, y + 4, "", s->name);
            y += LINE_HEIGHT;
        }
    }
}

static void draw_panel(FILE *stream, const plot_panel *panel, const rectangle *place)
{
    svg_drawing d = {.stream = stream, .panel = panel, .radius = mark_radius(panel)};
    place_axes(&d, place);
    fputs("<g>\n", stream);
    if (panel->title != NULL) {
        put_svg_text(stream, d.inner.x + d.inner.width / 2, place->y + 15,
                     " text-anchor=\"middle\" font-weight=\"bold\"", panel->title);
    }
    if (!panel->bare) {
        draw_x_axis(&d);
        draw_y_axis(&d, place->x);
    }
    for (int i = 0; i < panel->count; i++) {
        draw_svg_series(&d, &panel->list[i]);
    }
    if (!panel->bare) {
        fprintf(stream, "<path fill=\"none\" stroke=\"#333\" d=\"M%.1f %.1fv%.1fh%.1f\"/>\n",
                d.inner.x, d.inner.y, d.inner.height, d.inner.width);
    }
    draw_legend(&d);
    fputs("</g>\n", stream);
}

void write_svg(FILE *stream, const plot_figure *figure)
{
    rectangle page;
    rectangle places[MOST_PANELS];
    place_panels(figure, &page, places);
    fprintf(stream,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
            "viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" font-size=\"12\" "
            "fill=\"#222\">\n<title>",
            page.width, page.height, page.width, page.height);
    put_escaped(stream, figure->title);
    fputs("</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n", stream);
    put_svg_text(stream, page.width / 2, 25, " text-anchor=\"middle\" font-size=\"16\"",
                 figure->title);
    for (int i = 0; i < figure->panel_count; i++) {
        draw_panel(stream, &figure->panels[i], &places[i]);
    }
    for (int i = 0; i < figure->caption_count; i++) {
        put_svg_text(stream, page.width / 2,
                     page.height - 12 - 18 * (figure->caption_count - 1 - i),
                     " text-anchor=\"middle\" fill=\"#555\"", figure->captions[i]);
    }
    fputs("</svg>\n", stream);
}
