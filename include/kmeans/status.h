/* Return codes.
 *
 * Every function that can fail returns an int: 0 is success, a negative number an error, a
 * positive number "finished early, the result is usable". On an error no output argument and no
 * output buffer has been touched, and kmeans_detail(context) names the argument, its value and
 * the limit it broke (for bad data also the row and the column, counted from 0). The numbers are
 * part of the ABI: they never change. */
#ifndef KMEANS_STATUS_H
#define KMEANS_STATUS_H

#include "export.h"

KMEANS_BEGIN_DECLS

typedef enum kmeans_status {
    KMEANS_OK = 0,

    /* Finished early, results usable: the stop reason in the result says the same. */
    KMEANS_STOPPED_MAX_ITERATIONS = 1, /* max_iterations was reached before any other rule held */
    KMEANS_STOPPED_TIME_LIMIT = 2,     /* time_limit ran out */
    KMEANS_STOPPED_CANCELLED = 3,      /* the progress callback asked to stop */

    /* Errors. */
    KMEANS_ERROR_ARGUMENT = -1, /* a null pointer, a value outside its range, options that exclude
                                   each other */
    KMEANS_ERROR_NAME = -2,     /* no option, choice or instruction set of that name */
    KMEANS_ERROR_DATA = -3,     /* the rows, weights, centroids or labels hold a value that cannot
                                   be used: NaN, infinite, above 2^500, negative weight */
    KMEANS_ERROR_SHAPE = -4,    /* sizes that do not fit together: k > n, another d, strides that
                                   overlap, products over 2^63 */
    KMEANS_ERROR_MEMORY = -5,   /* the allocator returned NULL */
    KMEANS_ERROR_UNSUPPORTED = -6, /* this CPU or this build lacks what was asked for */
    KMEANS_ERROR_EMPTY = -7,       /* a cluster became empty and the option empty is "error" */
    KMEANS_ERROR_CANCELLED = -8,   /* cancelled, or out of time, before a first complete
                                      assignment: there is nothing to return */
    KMEANS_ERROR_FILE = -9,        /* a file cannot be opened or read */
    KMEANS_ERROR_FORMAT = -10      /* a file's content is not what its format says */
} kmeans_status;

/* A short constant text for a code, "unknown status" for a number that is none. Never NULL, never
 * to be freed. Thread-safe. */
KMEANS_API const char *kmeans_strerror(int status);

KMEANS_END_DECLS

#endif
