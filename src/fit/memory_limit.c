/* What the option memory_limit means. */
#include "memory_limit.h"

#include "fit.h"
#include "services/pages.h"

/* What comes on top of the planned blocks: code and tables that are not resident yet, and for every
 * thread its stack and what the system counts late (the resident pages of a thread are added up in
 * batches of 64). */
static int64_t unplanned(int32_t threads) { return 3 * 1048576 + (int64_t)threads * 524288; }

/* State of a row that is touched at a time, at most: two labels, the best labels and two distances,
 * or in their place D or the limit of hamerly; a window of it, and the pages that the system maps
 * around a place that is touched, for every array. */
enum { STATE = 32, AROUND = 6 * 65536 };

/* The process at its largest: what is resident now and what the call and the first visit add. */
static int64_t peak(const kmeans_source *source, int32_t threads, int64_t bytes, bool windows)
{
    const int64_t window = windows ? STATE * KM_WINDOW + AROUND : 0;
    const int64_t fixed = km_resident_bytes() + unplanned(threads) + window;
    return km_size_add(fixed, km_size_add(source->untouched, bytes));
}

static int64_t fit_peak(const kmeans_source *source, const kmeans_plan *plan)
{
    return peak(source, plan->threads, plan->bytes_total, plan->bytes_scratch > 0);
}

static int fail_beyond(kmeans_context *context, const km_settings *settings)
{
    return km_fail(context, KMEANS_ERROR_MEMORY,
                   "memory_limit is %lld; more than 2^63 - 1 bytes are needed",
                   (long long)settings->memory_limit);
}

int km_fit_limit(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                 bool *spill)
{
    kmeans_plan plan = {.size = sizeof plan};
    *spill = false;
    if (settings->memory_limit == 0)
        return KMEANS_OK;
    int status = km_fit_plan_with(context, settings, source, false, &plan);
    const int64_t whole = fit_peak(source, &plan);
    if (status < 0 || (whole >= 0 && whole <= settings->memory_limit))
        return status;
    *spill = true;
    status = km_fit_plan_with(context, settings, source, true, &plan);
    const int64_t least = fit_peak(source, &plan);
    if (status < 0 || (least >= 0 && least <= settings->memory_limit))
        return status;
    if (least < 0)
        return fail_beyond(context, settings);
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

int km_limit_check(kmeans_context *context, const km_settings *settings,
                   const kmeans_source *source, int32_t threads, int64_t bytes)
{
    const int64_t limit = settings->memory_limit;
    if (limit == 0)
        return KMEANS_OK;
    const int64_t least = peak(source, threads, bytes, context->memory.scratch != NULL);
    if (least >= 0 && least <= limit)
        return KMEANS_OK;
    if (least < 0)
        return fail_beyond(context, settings);
    return km_fail(context, KMEANS_ERROR_MEMORY,
                   "memory_limit is %lld; the least that would do here is about %lldM (rows: %s, "
                   "%lld bytes; beside them %lld)",
                   (long long)limit, (long long)(least / 1048576 + 1), km_source_kind(source),
                   (long long)source->untouched, (long long)bytes);
}

int km_limit_rows(kmeans_context *context, const km_settings *settings, int64_t count, int64_t size,
                  void **rows)
{
    enum {
        SHARE = 16
    }; /* with several such buffers and mapped rows the most of it is still free */
    km_memory *const memory = &context->memory;
    const int64_t bytes = km_size_mul(count, size), limit = settings->memory_limit;
    memory->spill = limit > 0 && (bytes < 0 || bytes > limit / SHARE);
    memory->scratch_folder = settings->scratch_folder;
    void *const made = km_alloc_rows(memory, count, size);
    const int status = made ? KMEANS_OK : km_fail_rows(context, "a buffer", count);
    memory->spill = false;
    memory->scratch_folder = NULL;
    if (made)
        *rows = made;
    return status;
}
