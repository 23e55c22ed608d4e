/* What draws a figure. Every backend writes the same bytes for the same figure on every machine. */
#ifndef KMEANS_CLI_BACKENDS_H
#define KMEANS_CLI_BACKENDS_H

#include "figure.h"

/* Colours of the palette as "#rrggbb"; index GREY too. */
const char *colour_text(int colour);

void write_svg(FILE *stream, const plot_figure *figure);

/* Characters: columns of the picture; braille dots and block characters, else ASCII; colours of
 * the terminal. */
typedef struct terminal_facts {
    int width;
    bool utf8;
    bool colours;
} terminal_facts;

void write_terminal(FILE *stream, const plot_figure *figure, const terminal_facts *terminal);

/* A script for gnuplot. The numbers are in the script, or, with data, in that file, whose name is
 * data_name. picture: what the script writes, NULL = standard output. */
void write_gnuplot(FILE *script, const plot_figure *figure, FILE *data, const char *data_name,
                   const char *picture);

#endif
