/* A raster of dots under a grid of characters. */
#ifndef KMEANS_CLI_CANVAS_H
#define KMEANS_CLI_CANVAS_H

#include "../cli.h"

/* What a character shows. */
typedef struct canvas_cell {
    uint8_t dots; /* bits of the braille pattern */
    int owner;    /* the series with most of the dots drawn here */
    int votes;
    char letter; /* drawn over the dots, 0 = none */
} canvas_cell;

typedef struct dot_canvas {
    int columns, rows;
    bool braille; /* 2 x 4 dots in a character, else one */
    canvas_cell *cells;
} dot_canvas;

void begin_canvas(dot_canvas *canvas, int columns, int rows, bool braille);

/* Dots across and down. */
int canvas_width(const dot_canvas *canvas);
int canvas_height(const dot_canvas *canvas);

/* Dots outside the canvas are left out; (0, 0) is the upper left one. */
void draw_dot(dot_canvas *canvas, int64_t x, int64_t y, int owner);
void draw_stroke(dot_canvas *canvas, int64_t x0, int64_t y0, int64_t x1, int64_t y1, int owner);

/* Text from the character that holds the dot (x, y) on, to the left by half its length. */
void draw_word(dot_canvas *canvas, int64_t x, int64_t y, const char *text, int owner);

#endif
