/* Floor 4: mini-batch steps on sources that arrive one by one (include/kmeans/partial.h). */
#ifndef KM_PARTIAL_H
#define KM_PARTIAL_H

#include <kmeans/partial.h>

#include "algorithms/minibatch.h"
#include "settings.h"

struct kmeans_partial {
    kmeans_context *context;
    km_settings settings; /* centroids: the handle's own copy is c[0] */
    int64_t k, d;         /* d: 0 before it is known */
    bool begun;           /* there are centroids */
    double *c[2];         /* k x d: as they are, and as they become */
    km_minibatch state;
    double inertia;
};

/* Open with settings that the door has checked. */
int km_partial_open(kmeans_context *context, const km_settings *settings, kmeans_partial **partial);

/* One batch; the door has checked the arguments. */
int km_partial_fit(kmeans_partial *partial, kmeans_source *source, int32_t *labels);

#endif
