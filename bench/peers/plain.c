/* The plain C loop that people compare with: Lloyd's algorithm as it is written down, in float32
 * with float64 sums. run.py compiles it twice with -O3 -march=native, with and without -fopenmp.
 * Also here: how fast memory is read, for the floor that one read of the data sets. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int64_t nearest(const float *row, const float *c, int64_t k, int64_t d)
{
    int64_t best = 0;
    float least = 0;
    for (int64_t j = 0; j < k; j++) {
        float d2 = 0;
        for (int64_t p = 0; p < d; p++) {
            const float difference = row[p] - c[j * d + p];
            d2 += difference * difference;
        }
        if (j == 0 || d2 < least) {
            least = d2;
            best = j;
        }
    }
    return best;
}

/* Label all rows, add them up; returns how many labels changed. sums and count start at zero. */
static int64_t assign(const float *x, int64_t n, int64_t d, const float *c, int64_t k,
                      int32_t *label, double *sums, int64_t *count)
{
    int64_t changed = 0;
#pragma omp parallel reduction(+ : changed)
    {
        double *const own_sums = calloc((size_t)(k * d), sizeof *own_sums);
        int64_t *const own_count = calloc((size_t)k, sizeof *own_count);
#pragma omp for
        for (int64_t i = 0; i < n; i++) {
            const int64_t j = nearest(x + i * d, c, k, d);
            changed += label[i] != (int32_t)j;
            label[i] = (int32_t)j;
            own_count[j]++;
            for (int64_t p = 0; p < d; p++)
                own_sums[j * d + p] += (double)x[i * d + p];
        }
#pragma omp critical
        {
            for (int64_t q = 0; q < k * d; q++)
                sums[q] += own_sums[q];
            for (int64_t j = 0; j < k; j++)
                count[j] += own_count[j];
        }
        free(own_sums);
        free(own_count);
    }
    return changed;
}

/* `passes` passes from the k x d centroids in c, which are replaced; fewer if until_fixpoint and no
 * label changes. An empty cluster stays where it is. Returns the passes made, -1 without memory. */
int64_t plain_kmeans(const float *x, int64_t n, int64_t d, float *c, int64_t k, int64_t passes,
                     int until_fixpoint)
{
    double *const sums = malloc((size_t)(k * d) * sizeof *sums);
    int64_t *const count = malloc((size_t)k * sizeof *count);
    int32_t *const label = malloc((size_t)n * sizeof *label);
    int64_t made = sums && count && label ? 0 : -1;
    if (made == 0)
        memset(label, 0xff, (size_t)n * sizeof *label);
    while (made >= 0 && made < passes) {
        memset(sums, 0, (size_t)(k * d) * sizeof *sums);
        memset(count, 0, (size_t)k * sizeof *count);
        const int64_t changed = assign(x, n, d, c, k, label, sums, count);
        for (int64_t j = 0; j < k; j++) {
            for (int64_t p = 0; p < d && count[j] > 0; p++)
                c[j * d + p] = (float)(sums[j * d + p] / (double)count[j]);
        }
        made++;
        if (until_fixpoint && changed == 0)
            break;
    }
    free(sums);
    free(count);
    free(label);
    return made;
}

/* Read `words` words once, by all threads; the sum keeps the compiler from leaving it out. */
uint64_t plain_read(const uint64_t *x, int64_t words)
{
    uint64_t sum = 0;
#pragma omp parallel for reduction(+ : sum)
    for (int64_t i = 0; i < words; i++)
        sum += x[i];
    return sum;
}
