/* Accessors of a result: everything borrows from it. NULL in gives NULL out. */
#include <stdbool.h>

#include "../fit/result.h"
#include "../services/profile.h"

int kmeans_result_get_info(const kmeans_result *result, kmeans_result_info *info)
{
    if (result == NULL)
        return KMEANS_ERROR_ARGUMENT;
    if (info == NULL)
        return km_fail(result->context, KMEANS_ERROR_ARGUMENT, "info is NULL");
    if (info->size != sizeof *info)
        return km_fail(result->context, KMEANS_ERROR_ARGUMENT,
                       "info->size is %zu; it must be %zu, sizeof(kmeans_result_info)", info->size,
                       sizeof *info);
    *info = result->info;
    info->size = sizeof *info;
    return KMEANS_OK;
}

const int32_t *kmeans_result_labels(const kmeans_result *result)
{
    return result ? result->labels : NULL;
}

const double *kmeans_result_centroids(const kmeans_result *result)
{
    return result ? result->centroids : NULL;
}

const int64_t *kmeans_result_sizes(const kmeans_result *result)
{
    return result ? result->sizes : NULL;
}

const double *kmeans_result_weights(const kmeans_result *result)
{
    return result ? result->weights : NULL;
}

const double *kmeans_result_distances(const kmeans_result *result)
{
    return result ? result->distances : NULL;
}

const double *kmeans_result_cluster_inertia(const kmeans_result *result)
{
    return result ? result->cluster_inertia : NULL;
}

const char *kmeans_result_checksum(const kmeans_result *result)
{
    return result ? result->checksum : NULL;
}

const kmeans_trace_row *kmeans_result_trace(const kmeans_result *result, int64_t *count)
{
    if (count != NULL)
        *count = result ? result->trace_rows : 0;
    return result ? result->trace : NULL;
}

const kmeans_restart_row *kmeans_result_restarts(const kmeans_result *result, int64_t *count)
{
    const kmeans_restart_row *const rows = result ? result->restarts : NULL;
    if (count != NULL)
        *count = rows ? result->info.restarts : 0;
    return rows;
}

const kmeans_profile_row *kmeans_result_profile(const kmeans_result *result, int64_t *count)
{
    const bool there = result != NULL && result->profile != NULL;
    if (count != NULL)
        *count = there ? result->profile_rows : 0;
    return there ? result->profile->rows : NULL;
}

const char *kmeans_result_warning(const kmeans_result *result, int64_t index, const char **code)
{
    const bool there = result != NULL && index >= 0 && index < result->warning_count;
    if (code != NULL)
        *code = there ? result->warnings[index].code : NULL;
    return there ? result->warnings[index].text : NULL;
}

void kmeans_result_free(kmeans_result *result)
{
    if (result == NULL)
        return;
    km_free(result->labels);
    km_free(result->centroids);
    km_free(result->sizes);
    km_free(result->weights);
    km_free(result->distances);
    km_free(result->cluster_inertia);
    km_free(result->trace);
    km_free(result->restarts);
    km_free(result->profile);
    km_free(result);
}
