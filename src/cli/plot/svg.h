/* The parts of the SVG backend. */
#ifndef KMEANS_CLI_SVG_H
#define KMEANS_CLI_SVG_H

#include "backends.h"

/* A panel while it is drawn. */
typedef struct svg_drawing {
    FILE *stream;
    const plot_panel *panel;
    rectangle inner; /* within the axes, in pixels */
    double radius;   /* of the marks of points */
} svg_drawing;

double svg_x(const svg_drawing *d, double x);
double svg_y(const svg_drawing *d, double y);

/* A text element; attributes begin with a blank. What XML may not hold becomes '?'. */
void put_svg_text(FILE *stream, double x, double y, const char *attributes, const char *text);
void put_escaped(FILE *stream, const char *text);

void draw_svg_series(const svg_drawing *d, const plot_series *s);

/* What stands for a series in the legend, around (x, y). */
void draw_svg_sample(const svg_drawing *d, const plot_series *s, double x, double y);

#endif
