/* Floor 4: the option memory_limit outside of fits. */
#ifndef KM_MEMORY_LIMIT_H
#define KM_MEMORY_LIMIT_H

#include "services/source.h"
#include "settings.h"

/* Does the limit allow a call that takes `bytes` of memory on `threads` threads, beside what the
 * source takes? KMEANS_ERROR_MEMORY, naming the least that would do, where it does not. */
int km_limit_check(kmeans_context *context, const km_settings *settings,
                   const kmeans_source *source, int32_t threads, int64_t bytes);

/* Zeroed memory for row state, in a scratch file where it is a large part of the limit: see
 * kmeans_rows_alloc. */
int km_limit_rows(kmeans_context *context, const km_settings *settings, int64_t count, int64_t size,
                  void **rows);

#endif
