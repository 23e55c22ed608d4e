/* Floor 4: what predict and transform share. */
#ifndef KM_PREDICT_PARTS_H
#define KM_PREDICT_PARTS_H

#include "predict.h"

/* First bad value seen by one thread; row < 0: none. */
typedef struct km_bad_value {
    int64_t row, column;
    double value;
    km_csr_fault fault; /* of a sparse row, rather than of a value */
} km_bad_value;

/* A value that cannot be used: bad data, unless the settings say otherwise. */
void km_note_bad(const km_settings *s, km_bad_value *bad, int64_t row, int64_t column,
                 double value);

/* The error of the lowest row that the threads noted; KMEANS_OK where there is none. */
int km_report_bad(kmeans_context *context, const kmeans_source *source, const km_bad_value *bad,
                  int32_t threads);

/* Table and number of threads for labelling or measuring n rows. */
int km_predict_choose(kmeans_context *context, const km_settings *settings, int64_t n, int64_t d,
                      int64_t k, const km_isa **isa, int32_t *threads);

#endif
