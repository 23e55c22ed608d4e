/* The slot of kernels_bytes.h in plain C: what it says, for tests and for processors without a
 * table of it. */
#include "kernels_bytes.h"

static int32_t sum_products(const uint8_t *x, const km_byte_centroids *c, int64_t j)
{
    const int8_t *const from = c->c + j * KM_BYTES_LD(c->d);
    int32_t sum = 0;
    for (int64_t p = 0; p < c->d; p++)
        sum += (x[p] ^ c->flip) * from[p];
    return sum;
}

static int32_t sum_squares(const uint8_t *x, const km_byte_centroids *c)
{
    int32_t sum = 0;
    for (int64_t p = 0; p < c->d; p++)
        sum += (x[p] ^ c->flip) * (x[p] ^ c->flip);
    return sum;
}

static void measure(const uint8_t *x, int64_t ldx, const int32_t *row, int64_t m,
                    const km_byte_centroids *c, const int32_t *label, const km_byte_facts *facts)
{
    for (int64_t q = 0; q < m; q++) {
        const uint8_t *const from = x + row[q] * ldx;
        const int32_t own = label[row[q]];
        int32_t least = KM_BYTES_FAR;
        for (int32_t j = 0; j < (int32_t)c->k; j++) {
            const int32_t v = c->start[j] - sum_products(from, c, j);
            least = j != own && v < least ? v : least;
        }
        facts->sum[q] = sum_products(from, c, c->k);
        facts->own[q] = c->start[own] - sum_products(from, c, own);
        facts->margin[q] = least - facts->own[q] - (int32_t)(c->ratio * (float)facts->sum[q]) - 3;
        if (facts->square)
            facts->square[q] = sum_squares(from, c);
    }
}

const km_bytes km_bytes_emulated = {
    .name = "bytes int8",
    .most = 127,
    .shared = 1,
    .least_d = 1,
    .most_k = KM_BYTES_K - 1,
    .measure = measure,
};
