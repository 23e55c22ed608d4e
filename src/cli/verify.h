/* What the parts of verify share. */
#ifndef KMEANS_CLI_VERIFY_H
#define KMEANS_CLI_VERIFY_H

#include "load.h"

/* What is checked, and what was found in the rows. */
typedef struct verify_run {
    const cli_args *args;
    kmeans_context *context;
    kmeans_options *options;
    row_set rows;
    double *centroids;
    int64_t k;
    int64_t memory_limit; /* 0: none */
    int32_t *labels;
    int64_t *sizes;   /* k: rows with that label */
    double *absolute; /* d: largest |x| of each column */
    double inertia;
    double inertia_error; /* low part of the compensated sum */
    int64_t wrong;        /* rows whose label is not the nearest centroid */
    int64_t near_ties;
    int64_t skipped; /* rows with NaN */
    bool failed;
} verify_run;

/* What was found about the means. */
typedef struct mean_facts {
    int64_t checked;  /* centroid coordinates of clusters with rows */
    int64_t exact;    /* equal to the exact mean rounded once */
    int64_t outside;  /* beyond the tolerance */
    double deviation; /* largest |centroid - mean| */
} mean_facts;

void check_means(verify_run *verify, mean_facts *facts);
int64_t means_bytes(const verify_run *verify); /* that it takes */

/* The numbers of a JSON result. */
typedef struct result_facts {
    double inertia;
    int64_t *sizes;
    int64_t size_count;
    char checksum[33];
    bool converged;
} result_facts;

/* Read a result; errors exit. In a build without a JSON reader that is a usage error. */
void check_json_reader(void);
void read_result(const char *path, result_facts *facts);

#endif
