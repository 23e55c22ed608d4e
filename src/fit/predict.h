/* Floor 4: labels, distances and inertia for given centroids. */
#ifndef KM_PREDICT_H
#define KM_PREDICT_H

#include "settings.h"
#include "steps/pack.h"

/* What is wanted; any output may be NULL. */
typedef struct km_prediction {
    const double *centroids; /* k x d */
    int64_t k;
    int32_t *labels;   /* n */
    double *distances; /* n x 2 */
    double *inertia;
} km_prediction;

int km_predict_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                   const km_prediction *wanted);

/* Euclidean distances of rows row0 .. row0+count-1 to all centroids, out count x k. */
int km_transform_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                     const double *centroids, int64_t k, int64_t row0, int64_t count, double *out);

#endif
