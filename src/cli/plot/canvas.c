#include "canvas.h"

#include <string.h>

void begin_canvas(dot_canvas *canvas, int columns, int rows, bool braille)
{
    canvas->columns = columns;
    canvas->rows = rows;
    canvas->braille = braille;
    canvas->cells = allocate((int64_t)columns * rows, sizeof(canvas_cell));
}

int canvas_width(const dot_canvas *canvas) { return canvas->columns * (canvas->braille ? 2 : 1); }

int canvas_height(const dot_canvas *canvas) { return canvas->rows * (canvas->braille ? 4 : 1); }

static canvas_cell *cell_at(const dot_canvas *canvas, int64_t x, int64_t y)
{
    const int64_t column = canvas->braille ? x / 2 : x;
    const int64_t row = canvas->braille ? y / 4 : y;
    const bool inside = x >= 0 && y >= 0 && column < canvas->columns && row < canvas->rows;
    return inside ? &canvas->cells[row * canvas->columns + column] : NULL;
}

/* The series that most dots of a cell belong to is found as Boyer and Moore do: a vote for another
 * one cancels a vote. */
void draw_dot(dot_canvas *canvas, int64_t x, int64_t y, int owner)
{
    static const uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    canvas_cell *const cell = cell_at(canvas, x, y);
    if (cell == NULL) {
        return;
    }
    cell->dots |= canvas->braille ? bits[y % 4][x % 2] : 1;
    if (cell->votes == 0) {
        cell->owner = owner;
    }
    cell->votes += cell->owner == owner ? 1 : -1;
}

/* Bresenham's line. */
void draw_stroke(dot_canvas *canvas, int64_t x0, int64_t y0, int64_t x1, int64_t y1, int owner)
{
    const int64_t dx = x1 > x0 ? x1 - x0 : x0 - x1;
    const int64_t dy = y1 > y0 ? y1 - y0 : y0 - y1;
    const int64_t step_x = x1 > x0 ? 1 : -1;
    const int64_t step_y = y1 > y0 ? 1 : -1;
    int64_t error = dx - dy;
    draw_dot(canvas, x0, y0, owner);
    while (x0 != x1 || y0 != y1) {
        const int64_t twice = 2 * error;
        if (twice > -dy) {
            error -= dy;
            x0 += step_x;
        }
        if (twice < dx) {
            error += dx;
            y0 += step_y;
        }
        draw_dot(canvas, x0, y0, owner);
    }
}

void draw_word(dot_canvas *canvas, int64_t x, int64_t y, const char *text, int owner)
{
    const int64_t across = canvas->braille ? 2 : 1;
    int64_t at = x - across * (int64_t)(strlen(text) / 2);
    const int64_t room = canvas_width(canvas) - across * (int64_t)strlen(text);
    at = at > room ? room : at; /* a name at the edge is moved inwards */
    at = at < 0 ? 0 : at;
    for (; *text != '\0'; text++, at += across) {
        canvas_cell *const cell = cell_at(canvas, at, y);
        if (cell != NULL) {
            cell->letter = (unsigned char)*text < 0x80 ? *text : '?';
            cell->owner = owner;
        }
    }
}
