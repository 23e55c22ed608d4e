/* Floor 4: what the driver fills and the accessors (src/api/result.c) read. */
#ifndef KM_RESULT_H
#define KM_RESULT_H

#include <kmeans/result.h>

#include "../services/context.h"

enum { KM_MAX_WARNINGS = 16, KM_WARNING_SIZE = 240 };

typedef struct km_warning {
    const char *code;
    char text[KM_WARNING_SIZE];
} km_warning;

/* Every array is a km_alloc block owned by the result, or NULL. */
struct kmeans_result {
    kmeans_context *context;
    kmeans_result_info info;
    int32_t *labels;
    double *centroids;
    int64_t *sizes;
    double *weights;
    double *distances;
    double *cluster_inertia;
    kmeans_trace_row *trace;
    int64_t trace_rows;
    kmeans_restart_row *restarts;
    km_warning warnings[KM_MAX_WARNINGS];
    int64_t warning_count;
    struct km_profile *profile; /* NULL unless it was asked for */
    int64_t profile_rows;
    char checksum[33];
};

/* Keep a warning in the result (dropped past KM_MAX_WARNINGS, or if the code is already there) and
 * send it to the log. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void km_warn(kmeans_result *result, const char *code, const char *format, ...);

#endif
