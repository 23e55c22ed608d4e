/* What is drawn: rows, and what is known of their clusters. */
#ifndef KMEANS_CLI_SUBJECT_H
#define KMEANS_CLI_SUBJECT_H

#include "../load.h"
#include "figure.h"

/* What becomes of rows with values that cannot be drawn. */
typedef enum bad_rows { BAD_ROWS_ERROR, BAD_ROWS_SKIP_NAN, BAD_ROWS_SKIP_ALL } bad_rows;

typedef struct plot_subject {
    const cli_args *args;
    kmeans_context *context;
    const char *name; /* of the data, for titles */
    const row_set *rows;
    bad_rows bad_rows;
    const int32_t *labels;    /* n or NULL; -1 = in no cluster */
    const double *centroids;  /* k x d or NULL */
    int64_t k;                /* 0 = no clusters */
    const int64_t *sizes;     /* k or NULL */
    double inertia;           /* NAN = not known */
    const char *axes;         /* --axes or NULL */
    int64_t sample;           /* most rows drawn */
    uint64_t seed;            /* of the choice */
    int64_t covariance_bytes; /* most memory for the principal components */
} plot_subject;

enum { USUAL_SAMPLE = 20000, MOST_SAMPLE = 1000000, COVARIANCE_BYTES = 32 << 20 };

/* Call visit for every row in order, with its number, and leave out or refuse those with values
 * that cannot be drawn. Returns the rows left out. */
int64_t visit_rows(const plot_subject *subject,
                   void (*visit)(void *user, int64_t row, const double *x), void *user);

/* How rows become points of two or three coordinates. */
typedef struct plot_projection {
    int count;          /* coordinates */
    int64_t column[3];  /* chosen columns; -1 = the number of the row */
    double *directions; /* count x d: principal components instead of columns, or NULL */
    double *mean;       /* d, of principal components */
    double share[2];    /* of the variance that each explains */
    char *label[3];
} plot_projection;

/* By --axes: "pca" or numbers of columns, from 1; without it the columns where d <= 3, else
 * principal components. */
void choose_projection(const plot_subject *subject, plot_projection *projection);
void project_row(const plot_projection *projection, int64_t d, int64_t row, const double *x,
                 double coordinates[3]);

/* The two principal components of the rows: directions (2 x d, largest number positive), mean and
 * shares of the variance. */
void find_components(const plot_subject *subject, plot_projection *projection);

/* Points of at most subject->sample rows, chosen at random by the seed, in row order. */
typedef struct point_set {
    int64_t count;
    double *coordinates; /* count x 3 */
    int32_t *labels;     /* count, or NULL */
    int64_t left_out;    /* rows that cannot be drawn, of all */
} point_set;
void draw_sample(const plot_subject *subject, const plot_projection *projection, point_set *points);

/* Panels. */
void add_clusters_panel(plot_figure *figure, const plot_subject *subject);
void add_sizes_panel(plot_figure *figure, const int64_t *sizes, int64_t k);

/* Inertia of each pass. */
typedef struct plot_curve {
    double *inertias;
    int64_t count;
} plot_curve;

void take_trace(plot_curve *curve, const kmeans_trace_row *trace, int64_t count);

/* divisor: 1, or the number of rows. */
void add_inertia_panel(plot_figure *figure, const plot_curve *curve, double divisor);

/* "n = 150, d = 4, k = 3, inertia 78.85": what is known (0 and NAN: not). */
char *describe_fit(int64_t n, int64_t d, int64_t k, double inertia);

#endif
