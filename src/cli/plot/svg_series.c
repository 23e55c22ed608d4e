/* The series of a panel as SVG: a path for each. Coordinates have one decimal and marks are
 * relative to their point, so that 20,000 points take some hundred kilobytes. */
#include "svg.h"

#include <math.h>

#include "../json.h"

const char *colour_text(int colour)
{
    static const char *const colours[PALETTE] = {"#0072B2", "#E69F00", "#009E73", "#D55E00",
                                                 "#56B4E9", "#CC79A7", "#000000", "#F0E442"};
    return colour == GREY ? "#999999" : colours[colour % PALETTE];
}

/* Bytes of the character at text, 0 for what XML may not hold. */
static int xml_length(const unsigned char *text)
{
    const int length = utf8_length(text);
    const bool control = length == 1 && (text[0] < 0x20 || text[0] == 0x7F);
    const bool no_character = length == 3 && text[0] == 0xEF && text[1] == 0xBF && text[2] >= 0xBE;
    return control || no_character ? 0 : length;
}

void put_escaped(FILE *stream, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        const int length = xml_length(at);
        if (*at == '&' || *at == '<' || *at == '>' || *at == '"') {
            fputs(*at == '&'   ? "&amp;"
                  : *at == '<' ? "&lt;"
                  : *at == '>' ? "&gt;"
                               : "&quot;",
                  stream);
        } else {
            fprintf(stream, "%.*s", length > 0 ? length : 1, length > 0 ? (const char *)at : "?");
        }
        at += length > 0 ? length : 1;
    }
}

void put_svg_text(FILE *stream, double x, double y, const char *attributes, const char *text)
{
    fprintf(stream, "<text x=\"%.1f\" y=\"%.1f\"%s>", x, y, attributes);
    put_escaped(stream, text);
    fputs("</text>\n", stream);
}

double svg_x(const svg_drawing *d, double x)
{
    const plot_axis *const a = &d->panel->x;
    return d->inner.x + (x - a->low) / (a->high - a->low) * d->inner.width;
}

double svg_y(const svg_drawing *d, double y)
{
    const plot_axis *const a = &d->panel->y;
    return d->inner.y + (a->high - y) / (a->high - a->low) * d->inner.height;
}

/* Circle, square, triangle, diamond, plus, cross, triangle on its tip, open square. */
static void put_mark(FILE *stream, int shape, double x, double y, double r)
{
    switch (shape) {
    case 0: fprintf(stream, "M%.1f %.1fh0", x, y); break; /* a round line end */
    case 1:
        fprintf(stream, "M%.1f %.1fh%.1fv%.1fh-%.1fz", x - r, y - r, 2 * r, 2 * r, 2 * r);
        break;
    case 2:
        fprintf(stream, "M%.1f %.1fl%.1f %.1fh-%.1fz", x, y - 1.2 * r, 1.2 * r, 2.1 * r, 2.4 * r);
        break;
    case 3:
        fprintf(stream, "M%.1f %.1fl%.1f %.1fl-%.1f %.1fl-%.1f-%.1fz", x, y - 1.3 * r, 1.3 * r,
                1.3 * r, 1.3 * r, 1.3 * r, 1.3 * r, 1.3 * r);
        break;
    case 4:
        fprintf(stream, "M%.1f %.1fh%.1fM%.1f %.1fv%.1f", x - 1.2 * r, y, 2.4 * r, x, y - 1.2 * r,
                2.4 * r);
        break;
    case 5:
        fprintf(stream, "M%.1f %.1fl%.1f %.1fm0-%.1fl-%.1f %.1f", x - r, y - r, 2 * r, 2 * r, 2 * r,
                2 * r, 2 * r);
        break;
    case 6:
        fprintf(stream, "M%.1f %.1fl%.1f-%.1fh-%.1fz", x, y + 1.2 * r, 1.2 * r, 2.1 * r, 2.4 * r);
        break;
    default: fprintf(stream, "M%.1f %.1fh%.1fv%.1fh-%.1fz", x - r, y - r, 2 * r, 2 * r, 2 * r);
    }
}

/* How the path of a series of marks is painted. */
static void put_paint(const svg_drawing *d, int colour, double radius)
{
    const int shape = shape_of(colour);
    const char *const paint = colour_text(colour);
    if (shape == 0) {
        fprintf(d->stream,
                "fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\" stroke-linecap=\"round\"", paint,
                2 * radius);
    } else if (shape == 4 || shape == 5) {
        fprintf(d->stream, "fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\"", paint,
                radius > 2 ? 1.4 : 1.0);
    } else if (shape == 7) { /* yellow is too light to be seen alone */
        fprintf(d->stream, "fill=\"%s\" stroke=\"#555\" stroke-width=\"0.6\"", paint);
    } else {
        fprintf(d->stream, "fill=\"%s\"", paint);
    }
}

static void draw_marks(const svg_drawing *d, const plot_series *s, double radius)
{
    const int shape = shape_of(s->colour);
    fputs("<path ", d->stream);
    put_paint(d, s->colour, radius);
    fputs(" opacity=\"0.8\" d=\"", d->stream);
    for (int64_t i = 0; i < s->count; i++) {
        if (isfinite(s->x[i]) && isfinite(s->y[i])) {
            put_mark(d->stream, shape, svg_x(d, s->x[i]), svg_y(d, s->y[i]), radius);
            fputs(i % 8 == 7 ? "\n" : "", d->stream);
        }
    }
    fputs("\"/>\n", d->stream);
}

/* Values that are not defined break the line. */
static void draw_line(const svg_drawing *d, const plot_series *s)
{
    bool pen_down = false;
    fprintf(d->stream, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" d=\"",
            colour_text(s->colour));
    for (int64_t i = 0; i < s->count; i++) {
        const bool known = isfinite(s->x[i]) && isfinite(s->y[i]);
        if (known) {
            fprintf(d->stream, "%c%.1f %.1f", pen_down ? 'L' : 'M', svg_x(d, s->x[i]),
                    svg_y(d, s->y[i]));
        }
        pen_down = known;
    }
    fputs("\"/>\n", d->stream);
    draw_marks(d, s, s->count > 60 ? 1.2 : 3);
}

static void draw_bars(const svg_drawing *d, const plot_series *s)
{
    const double half = 0.4 * d->inner.width / (d->panel->x.high - d->panel->x.low);
    const double zero = svg_y(d, 0);
    fprintf(d->stream, "<path fill=\"%s\" d=\"", colour_text(s->colour));
    for (int64_t i = 0; i < s->count; i++) {
        if (isfinite(s->y[i])) {
            fprintf(d->stream, "M%.1f %.1fh%.1fV%.1fh-%.1fz", svg_x(d, s->x[i]) - half, zero,
                    2 * half, svg_y(d, s->y[i]), 2 * half);
            fputs(i % 8 == 7 ? "\n" : "", d->stream);
        }
    }
    fputs("\"/>\n", d->stream);
}

static void draw_segments(const svg_drawing *d, const plot_series *s)
{
    fprintf(d->stream, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"1\"%s d=\"",
            s->colour == GREY ? "#999" : colour_text(s->colour),
            s->name != NULL ? " stroke-dasharray=\"5 4\"" : "");
    for (int64_t i = 0; i + 1 < s->count; i += 2) {
        fprintf(d->stream, "M%.1f %.1fL%.1f %.1f", svg_x(d, s->x[i]), svg_y(d, s->y[i]),
                svg_x(d, s->x[i + 1]), svg_y(d, s->y[i + 1]));
    }
    fputs("\"/>\n", d->stream);
}

/* A disc with the number of the cluster; many clusters get small ones. */
static void draw_centres(const svg_drawing *d, const plot_series *s)
{
    const double radius = s->count <= 50 ? 9 : s->count <= 200 ? 6.5 : 4.5;
    fprintf(d->stream, "<g text-anchor=\"middle\" font-size=\"%.1f\" font-weight=\"bold\">\n",
            radius * 1.2);
    for (int64_t i = 0; i < s->count; i++) {
        const double x = svg_x(d, s->x[i]);
        const double y = svg_y(d, s->y[i]);
        fprintf(d->stream,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#fff\" fill-opacity=\"0.9\" "
                "stroke=\"%s\" stroke-width=\"2\"/>",
                x, y, radius, colour_text((int)(i % PALETTE)));
        put_svg_text(d->stream, x, y + radius * 0.42, "", s->texts[i]);
    }
    fputs("</g>\n", d->stream);
}

static void draw_texts(const svg_drawing *d, const plot_series *s)
{
    for (int64_t i = 0; i < s->count; i++) {
        put_svg_text(d->stream, svg_x(d, s->x[i]), svg_y(d, s->y[i]) + 4, " text-anchor=\"middle\"",
                     s->texts[i]);
    }
}

void draw_svg_series(const svg_drawing *d, const plot_series *s)
{
    if (s->count == 0) {
        return;
    }
    switch (s->kind) {
    case SERIES_POINTS: draw_marks(d, s, d->radius); break;
    case SERIES_LINE: draw_line(d, s); break;
    case SERIES_BARS: draw_bars(d, s); break;
    case SERIES_SEGMENTS: draw_segments(d, s); break;
    case SERIES_CENTRES: draw_centres(d, s); break;
    case SERIES_TEXTS: draw_texts(d, s); break;
    }
}

void draw_svg_sample(const svg_drawing *d, const plot_series *s, double x, double y)
{
    if (s->kind == SERIES_BARS) {
        fprintf(d->stream, "<path fill=\"%s\" d=\"M%.1f %.1fh10v10h-10z\"/>\n",
                colour_text(s->colour), x - 5, y - 5);
        return;
    }
    if (s->kind == SERIES_LINE || s->kind == SERIES_SEGMENTS) {
        fprintf(d->stream, "<path stroke=\"%s\" stroke-width=\"1.6\"%s d=\"M%.1f %.1fh20\"/>\n",
                colour_text(s->colour),
                s->kind == SERIES_SEGMENTS ? " stroke-dasharray=\"5 4\"" : "", x - 10, y);
    }
    if (s->kind != SERIES_SEGMENTS) {
        const int shape = shape_of(s->colour);
        fputs("<path ", d->stream);
        put_paint(d, s->colour, 3.6);
        fputs(" d=\"", d->stream);
        put_mark(d->stream, shape, x, y, 3.6);
        fputs("\"/>\n", d->stream);
    }
}
