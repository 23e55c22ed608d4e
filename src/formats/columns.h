/* Floor 1: which columns of a file are used: the options columns and exclude. */
#ifndef KM_COLUMNS_H
#define KM_COLUMNS_H

#include "file.h"

/* Names of the columns, as far as the file has any. */
typedef struct km_names {
    const char *const *text; /* [count], not terminated */
    const int64_t *length;   /* [count] */
    int64_t count;           /* 0 = no names */
} km_names;

/* The choice: column numbers from 0 in the order in which they become dimensions. */
typedef struct km_columns {
    int64_t *index; /* [count], a block of km_alloc; NULL = all columns as they are */
    int64_t count;
} km_columns;

/* Read the options for a file of `cols` columns. columns: "1-4,age,7-" in the given order; exclude:
 * the same, order of no meaning; both: what columns keeps less what exclude drops. Errors:
 * KMEANS_ERROR_NAME (no such column, one named twice, nothing left), KMEANS_ERROR_MEMORY. */
int km_columns_choose(const km_file *file, const kmeans_file_options *options, int64_t cols,
                      const km_names *names, km_columns *chosen);

/* Write the list of the columns whose flag is set as "1-4,7" to text; false if it does not fit. */
bool km_columns_list(const bool *flags, int64_t cols, char *text, int64_t capacity);

#endif
