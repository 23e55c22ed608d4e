/* A picture as data: panels with axes and series. What is drawn (clusters.c, curves.c, …) fills it,
 * the backends (svg.c, terminal.c, gnuplot.c) draw it; neither knows the others. */
#ifndef KMEANS_CLI_FIGURE_H
#define KMEANS_CLI_FIGURE_H

#include "../cli.h"

/* Okabe and Ito's colours, told apart by colour-blind readers too, and as many marker shapes.
 * Beyond the palette the colours repeat, each with another shape. */
enum { PALETTE = 8, GREY = -1 };

typedef enum series_kind {
    SERIES_POINTS,   /* a marker at each point */
    SERIES_LINE,     /* markers joined by lines */
    SERIES_BARS,     /* bars from 0 to y, one wide, centred on x */
    SERIES_SEGMENTS, /* points 0-1, 2-3, … joined by thin grey lines */
    SERIES_CENTRES,  /* large markers, each with its text; coloured by their place */
    SERIES_TEXTS     /* text centred on the point */
} series_kind;

typedef struct plot_series {
    series_kind kind;
    char *name; /* in the legend; NULL = not there */
    int colour; /* from 0, or GREY; the marker's shape too */
    double *x, *y;
    char **texts; /* of centres and texts, else NULL */
    int64_t count, capacity;
} plot_series;

/* Ticks lie at the multiples of step from low to high, or, where there are names, at 0, 1, …,
 * which then read so. */
typedef struct plot_axis {
    char *label;
    double low, high;
    double step;
    bool whole; /* ticks at whole numbers only */
    char *const *names;
    int64_t name_count;
} plot_axis;

typedef struct plot_panel {
    char *title; /* NULL = none */
    plot_axis x, y;
    plot_series *list;
    int count, capacity;
    bool bare; /* no frame and ticks: the series draw axes of their own */
} plot_panel;

enum { MOST_PANELS = 6, MOST_CAPTIONS = 4 };

typedef struct plot_figure {
    char *title;
    char *captions[MOST_CAPTIONS]; /* lines below */
    int caption_count;
    plot_panel panels[MOST_PANELS];
    int panel_count;
    bool lead; /* the first panel is large, the others stand beside it */
} plot_figure;

/* Where a panel lies in a picture of the given size, in its units; y goes down. */
typedef struct rectangle {
    double x, y, width, height;
} rectangle;

/* The marker of a colour, 0 .. PALETTE-1. */
int shape_of(int colour);

/* Text made as by printf. */
char *make_text(const char *format, ...) CLI_PRINTF(1, 2);

/* At most `most` bytes of it, cut between characters; the end of a longer one becomes "...". */
char *shorten_text(const char *text, size_t most);

plot_panel *add_panel(plot_figure *figure, const char *title, const char *x_label,
                      const char *y_label);
void add_caption(plot_figure *figure, char *text);

/* A new series at the end of the panel; the name is copied. The pointer holds until the next one is
 * added. */
plot_series *add_series(plot_panel *panel, series_kind kind, const char *name, int colour);
void add_point(plot_series *series, double x, double y);
void add_text_point(plot_series *series, double x, double y, char *text);

/* Fit the axes to the series: the range of the points, a margin, ticks at 1, 2 or 5 times a power
 * of ten. An axis that has a range keeps it; with_zero: y begins or ends at 0 at the latest. */
void fit_axes(plot_panel *panel, bool with_zero);

/* A range around [low, high], never empty, and its ticks. */
void set_range(plot_axis *axis, double low, double high, double margin);

/* Ticks: their number, and the place and text of one. */
enum { TICK_TEXT = 48 };
int count_ticks(const plot_axis *axis);
double tick_place(const plot_axis *axis, int i);
void tick_text(const plot_axis *axis, int i, char text[TICK_TEXT]);

/* Series with a name. */
int count_legend(const plot_panel *panel);

/* The size of the picture in pixels, and the place of each panel. */
void place_panels(const plot_figure *figure, rectangle *page, rectangle places[MOST_PANELS]);

/* "1,234,567". */
char *group_digits(int64_t value);

#endif
