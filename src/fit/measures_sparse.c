/* Distances of sparse rows to each other by their entries alone: the sums of the fixed recipe
 * (lanes p mod 8), to which columns that are empty in both rows add nothing. */
#include <math.h>

#include "kernels/exact/distance.h"
#include "measures_pairs.h"

enum { LANES = 8 };

static bool ascends(const km_csr *csr, int64_t row)
{
    int64_t begin, end;
    km_csr_row(csr, row, &begin, &end);
    for (int64_t q = begin + 1; q < end; q++)
        if (km_csr_column(csr, q) <= km_csr_column(csr, q - 1))
            return false;
    return true;
}

/* An entry takes about as long as a dozen columns of dense rows do in vectors. A pair has those of
 * two rows. */
const km_csr *km_pairing_entries(const km_sample *sample, const kmeans_source *source)
{
    enum { DEARER = 12 };
    const km_csr *const csr = source->sparse ? source->view.csr : NULL;
    if (!csr || 2 * DEARER * km_row_entries(source) > source->cols)
        return NULL;
    for (int64_t i = 0; i < sample->m; i++)
        if (!ascends(csr, sample->row[i]))
            return NULL;
    return csr;
}

/* *equal: no column differs. */
static double merged_d2(const km_csr *csr, int64_t a, int64_t b, bool *equal)
{
    double lane[LANES] = {0};
    int64_t p, p_end, q, q_end;
    km_csr_row(csr, a, &p, &p_end);
    km_csr_row(csr, b, &q, &q_end);
    *equal = true;
    while (p < p_end || q < q_end) {
        const int64_t left = p < p_end ? km_csr_column(csr, p) : INT64_MAX;
        const int64_t right = q < q_end ? km_csr_column(csr, q) : INT64_MAX;
        const int64_t column = left < right ? left : right;
        const double x = left == column ? km_csr_value(csr, p++) : 0;
        const double y = right == column ? km_csr_value(csr, q++) : 0;
        lane[column % LANES] += (x - y) * (x - y);
        *equal = *equal && x == y;
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* Out of the safe range the two rows are spread out: the first of each buffer is theirs. */
static double spread_distance(const km_run *run, km_tile *t, int64_t a, int64_t b)
{
    kmeans_source *const source = run->source;
    const int first = source->ops->read(source, a, 1, t->rows);
    const int second = source->ops->read(source, b, 1, t->other);
    if (first < 0 || second < 0)
        t->status = first < 0 ? first : second;
    return t->status < 0 ? 0 : km_distance_nearest(t->rows, t->other, run->d);
}

void km_measure_entries(const km_pairing *work, const km_run *run, km_tile *t, int64_t q, int64_t i,
                        int64_t m)
{
    const int64_t *const row = work->sample.row;
    for (int64_t j = 0; j < m; j++) {
        bool equal;
        const double d2 = merged_d2(work->csr, row[q], row[i + j], &equal);
        if (d2 > 0x1p-900 && d2 < 0x1p1000)
            t->distance[j] = sqrt(d2);
        else
            t->distance[j] = equal ? 0 : spread_distance(run, t, row[q], row[i + j]);
    }
}
