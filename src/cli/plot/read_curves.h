/* What the subcommands wrote with --json, as figures. In a build without a JSON reader each is a
 * usage error. */
#ifndef KMEANS_CLI_READ_CURVES_H
#define KMEANS_CLI_READ_CURVES_H

#include "subject.h"

typedef struct json_t json_root;

/* Beyond it an axis from the least to the largest number would overflow. */
#define MOST_NUMBER 1e300

/* Read a file. Errors exit. */
json_root *read_json(const char *path);
void close_json(json_root *root);

/* The kind of picture that the content is made for: inertia, sweep, bench or memory. */
const char *kind_of_json(const json_root *root);

/* The numbers of a fit. */
typedef struct fit_facts {
    int64_t n, d, k;
    double inertia;   /* NAN = not there */
    int64_t *sizes;   /* k */
    plot_curve curve; /* count 0: no trace */
} fit_facts;

/* A number that can be drawn; NAN where it is missing, null or beyond MOST_NUMBER. */
double number_or_nan(const json_root *object, const char *key);

void read_fit(const json_root *root, const char *path, fit_facts *facts);

void add_sweep_panels(plot_figure *figure, const json_root *root, const char *path);
void add_bench_panels(plot_figure *figure, const json_root *root, const char *path);
void add_memory_panel(plot_figure *figure, const json_root *root, const char *path);

#endif
