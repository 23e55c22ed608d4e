#include "predict_parts.h"

#include <math.h>

#include "steps/visit.h"

void km_note_bad(const km_settings *s, km_bad_value *bad, int64_t row, int64_t column, double value)
{
    const bool skip = !s->finite_check || (s->nan_skip && isnan(value));
    if (!skip && (bad->row < 0 || row < bad->row))
        *bad = (km_bad_value){row, column, value, KM_CSR_SOUND};
}

int km_report_bad(kmeans_context *context, const kmeans_source *source, const km_bad_value *bad,
                  int32_t threads)
{
    const km_bad_value *first = NULL;
    for (int32_t t = 0; t < threads; t++)
        if (bad[t].row >= 0 && (!first || bad[t].row < first->row))
            first = &bad[t];
    if (!first)
        return KMEANS_OK;
    if (first->fault != KM_CSR_SOUND)
        return km_csr_fail(context, source->name, first->fault, first->row, first->column,
                           source->cols);
    const bool nan = isnan(first->value);
    return km_fail(context, KMEANS_ERROR_DATA,
                   "row %lld, column %lld (counted from 0) is %g; values must be finite and at "
                   "most 2^500 in magnitude%s",
                   (long long)first->row, (long long)first->column, nan ? NAN : first->value,
                   nan ? " (nan = skip leaves such rows out)" : "");
}

int km_predict_choose(kmeans_context *context, const km_settings *settings, int64_t n, int64_t d,
                      int64_t k, const km_isa **isa, int32_t *threads)
{
    const int status = km_isa_choose(context, settings->isa, isa);
    if (status < 0)
        return status;
    const int count = settings->threads > 0 ? settings->threads : km_default_threads(context);
    *threads = count < 0 ? count : km_useful_threads(count, n, d, k);
    return count < 0 ? count : KMEANS_OK;
}
