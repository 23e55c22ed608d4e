/* kmeans sweep: fits for many numbers of clusters, how good each is, and which is best. */
#ifndef KMEANS_CLI_SWEEP_H
#define KMEANS_CLI_SWEEP_H

#include "run.h"

/* What is found for one number of clusters; measures that were not asked for are NaN. */
typedef struct sweep_row {
    int64_t k;
    double inertia;
    int64_t iterations;
    char checksum[33];
    kmeans_measures measured;
    double gap, gap_error; /* Gap(k) and s_k of Tibshirani, Walther and Hastie */
    double seconds_fit, seconds_measure, seconds_gap;
} sweep_row;

enum { CRITERIA = 6 };

/* The measures by name, one table for flags, table, CSV and JSON. */
typedef struct sweep_measure {
    const char *name;  /* as flags have it */
    const char *key;   /* as JSON has it */
    const char *title; /* of the column */
    unsigned bit;      /* of kmeans_measure; 0: gap and elbow */
} sweep_measure;
extern const sweep_measure sweep_measures[CRITERIA];

typedef struct sweep {
    const cli_args *args;
    kmeans_context *context;
    kmeans_options *options; /* as given: k is not set */
    kmeans_options *fitting; /* the same, with k */
    kmeans_file_options reading;
    row_set rows;
    output_set outputs;
    output_file *json, *csv;
    int64_t *clusters; /* [count] ascending */
    int64_t count;
    unsigned wanted;
    int64_t sample;       /* rows of the silhouette */
    int64_t references;   /* --gap, 0 = none */
    int criterion;        /* index in sweep_measures */
    double *box;          /* [2][d] lowest and highest value of each column, for the gap */
    int64_t drawn;        /* rows of a reference set: those of the data that are not skipped */
    double *drawn_weight; /* [drawn] theirs, or NULL */
    uint64_t seed;
    int32_t *labels;   /* [together][n] of the fits whose silhouettes are not yet measured */
    int64_t together;  /* fits whose silhouettes are measured at once, 1: each with its fit */
    int64_t waiting;   /* of the last rows of the table */
    sweep_row *table;  /* [done] */
    int64_t done;      /* rows of it that are complete */
    bool cut;          /* the time limit ran out, or a signal came */
    int64_t suggested; /* index in table, or -1 */
} sweep;

/* "2:20", "2:100:10", "2,4,8" and mixtures: ascending, each once. Errors exit. */
int64_t *parse_clusters(const char *text, int64_t *count);

/* The flags of the measures, with what they exclude. Errors exit. */
void read_measures(sweep *s);

/* Value of measure `index` in a row, NaN where it is not known. */
double measure_of(const sweep_row *row, int index);

/* Which row is best by s->criterion, or -1. */
int64_t suggest_row(const sweep *s);

/* The gap statistic of the last row: fits of reference sets. False when it was stopped. */
void open_gap(sweep *s);
bool measure_gap(sweep *s, sweep_row *row);

/* Silhouettes of several fits at once (silhouettes.c): every distance between two rows is then
 * measured once for all of them. */
void open_silhouettes(sweep *s);

/* What is measured with each fit. */
unsigned measured_alone(const sweep *s);

/* The silhouette of this row, the next of the table, is put off. */
void keep_labels(sweep *s, sweep_row *row, const kmeans_result *result);

/* Whether those that wait, the last in the table, are to be measured before the fit of next_k (0:
 * none follows); and they are: false when that was stopped, they still wait. */
bool silhouettes_are_due(const sweep *s, int64_t next_k);
bool measure_silhouettes(sweep *s);

/* A status of the library that ends the sweep early; errors exit. */
bool sweep_is_stopped(const sweep *s, int status);

void print_sweep(FILE *stream, const sweep *s);
void write_sweep_csv(const output_file *output, const sweep *s);
void write_sweep_json(const output_file *output, const sweep *s);

#endif
