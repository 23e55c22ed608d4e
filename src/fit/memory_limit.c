/* What the option memory_limit means for a fit. */
#include "fit.h"

/* What comes on top of the planned blocks: code and tables that are not resident yet, and for every
 * thread its stack and what the system counts late (the resident pages of a thread are added up in
 * batches of 64). */
static int64_t unplanned(int32_t threads) { return 3 * 1048576 + (int64_t)threads * 524288; }

/* State of a row, at most: two labels, D, the best labels, two distances; a window of it, and the
 * pages that the system maps around a place that is touched, for every array. */
enum { STATE = 32, AROUND = 6 * 65536 };

/* The process at its largest: what is resident now and what the fit and the first visit add. */
static int64_t peak(const kmeans_source *source, const kmeans_plan *plan)
{
    const int64_t window = plan->bytes_scratch > 0 ? STATE * KM_WINDOW + AROUND : 0;
    const int64_t fixed = km_resident_bytes() + unplanned(plan->threads) + window;
    return km_size_add(fixed, km_size_add(source->untouched, plan->bytes_total));
}

int km_fit_limit(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                 bool *spill)
{
    kmeans_plan plan = {.size = sizeof plan};
    *spill = false;
    if (settings->memory_limit == 0)
        return KMEANS_OK;
    int status = km_fit_plan_with(context, settings, source, false, &plan);
    const int64_t whole = peak(source, &plan);
    if (status < 0 || (whole >= 0 && whole <= settings->memory_limit))
        return status;
    *spill = true;
    status = km_fit_plan_with(context, settings, source, true, &plan);
    const int64_t least = peak(source, &plan);
    if (status < 0 || (least >= 0 && least <= settings->memory_limit))
        return status;
    if (least < 0)
        return km_fail(context, KMEANS_ERROR_MEMORY,
                       "memory_limit is %lld; more than 2^63 - 1 bytes are needed",
                       (long long)settings->memory_limit);
    return km_fail(context, KMEANS_ERROR_MEMORY,
                   "memory_limit is %lld; the least that would do here is about %lldM (rows: %s, "
                   "%lld bytes; clusters %lld, threads %lld)",
                   (long long)settings->memory_limit, (long long)(least / 1048576 + 1),
                   km_source_kind(source), (long long)source->untouched,
                   (long long)plan.bytes_cluster, (long long)plan.bytes_thread);
}

int km_fit_plan(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                kmeans_plan *plan)
{
    bool spill = false;
    const int status = km_fit_limit(context, settings, source, &spill);
    return status == 0 ? km_fit_plan_with(context, settings, source, spill, plan) : status;
}
