#include "seed_near.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "typed.h"

void km_seed_pack(const km_run *run, km_seeder *s, int64_t trials)
{
    const int64_t ld = KM_PACKED_LD(run->d), chunk = KM_NEAR_CHUNK, group = KM_NEAR_GROUP;
    const int64_t groups = (trials + group - 1) / group;
    const bool wide = run->typed == &km_typed_f64;
    if (run->typed->sparse) {
        for (int64_t q = 0; q < trials; q++)
            s->norm[q] = km_norm_of(s->candidate + q * run->d, run->d);
        return;
    }
    memset(s->candidate_real, 0, (size_t)(groups * group * ld) * run->typed->real_size);
    for (int64_t q = 0; q < trials; q++)
        for (int64_t p = 0; p < run->d; p++) {
            const int64_t of_group = q / group * group * ld;
            const int64_t at = of_group + (p / chunk * group + q % group) * chunk + p % chunk;
            const double value = s->candidate[q * run->d + p];
            if (wide)
                ((double *)s->candidate_real)[at] = value;
            else
                ((float *)s->candidate_real)[at] = (float)value;
        }
}

/* What a rough sum must reach so that the distance is d2 or more: its relative error is (d+3)u, see
 * kernels.h; twice that for good measure, and what may have underflowed. */
static double least_rough(const km_run *run, double d2, double unit, double tiny)
{
    const double d = (double)run->d, error = 2 * (d + 3) * unit;
    return error < 0.5 ? (d2 + d * tiny) / (1 - error) : INFINITY;
}

/* From `most` on a sum may have overflowed. */
static uint32_t near_f32(const km_run *run, const float *packed, const float *x, int64_t m,
                         double d2)
{
    const double least = least_rough(run, d2, FLT_EPSILON / 2, FLT_MIN), most = 0x1p127;
    float rough[KM_NEAR_GROUP] = {0};
    run->isa->centroid->near_f32(x, packed, m, run->d, rough);
    float low = rough[0], high = rough[0];
    for (int e = 1; e < m; e++) {
        low = rough[e] < low ? rough[e] : low;
        high = rough[e] > high ? rough[e] : high;
    }
    if ((double)low >= least && (double)high < most)
        return 0;
    uint32_t open = 0;
    for (int e = 0; e < m; e++)
        open |= (uint32_t) !((double)rough[e] >= least && (double)rough[e] < most) << e;
    return open;
}

static uint32_t near_f64(const km_run *run, const double *packed, const double *x, int64_t m,
                         double d2)
{
    const double least = least_rough(run, d2, DBL_EPSILON / 2, DBL_MIN), most = 0x1p1000;
    double rough[KM_NEAR_GROUP] = {0};
    run->isa->centroid->near_f64(x, packed, m, run->d, rough);
    double low = rough[0], high = rough[0];
    for (int e = 1; e < m; e++) {
        low = rough[e] < low ? rough[e] : low;
        high = rough[e] > high ? rough[e] : high;
    }
    if (low >= least && high < most)
        return 0;
    uint32_t open = 0;
    for (int e = 0; e < m; e++)
        open |= (uint32_t) !(rough[e] >= least && rough[e] < most) << e;
    return open;
}

/* Rows x + index[r]*ldx against `count` candidates. To the bound by one factor, which makes up for
 * its own rounding and that to float. */
static void list_f32(const km_run *run, const km_rows *rows, const int32_t *index,
                     const float *packed, int64_t count, const km_near_list *list, uint8_t *open)
{
    const double factor = least_rough(run, 1, FLT_EPSILON / 2, 0) * (1 + 0x1p-22);
    const double tiny = (double)run->d * FLT_MIN;
    float least[KM_NEAR_ROWS];
    for (int64_t r = 0; r < list->m; r++)
        least[r] = (float)((list->d2[r] + tiny) * factor);
    run->isa->centroid->open_f32(rows->x, rows->ldx, index, list->m, packed, count, run->d, least,
                                 0x1p127f, open);
}

static void list_f64(const km_run *run, const km_rows *rows, const int32_t *index,
                     const double *packed, int64_t count, const km_near_list *list, uint8_t *open)
{
    const double factor = least_rough(run, 1, DBL_EPSILON / 2, 0) * (1 + 0x1p-50);
    const double tiny = (double)run->d * DBL_MIN;
    double least[KM_NEAR_ROWS];
    for (int64_t r = 0; r < list->m; r++)
        least[r] = (list->d2[r] + tiny) * factor;
    run->isa->centroid->open_f64(rows->x, rows->ldx, index, list->m, packed, count, run->d, least,
                                 0x1p1000, open);
}

void km_seed_near_list(const km_run *run, const km_seeder *s, int32_t t, const km_rows *rows,
                       int64_t first, km_near_list *list)
{
    const int64_t left = s->trials - first, count = left < KM_NEAR_GROUP ? left : KM_NEAR_GROUP;
    const int64_t at = first * KM_PACKED_LD(run->d);
    const bool apart = rows->index && rows->x != run->thread[t].rows; /* not gathered there */
    int32_t index[KM_NEAR_ROWS + KM_NEAR_AHEAD] = {0};
    uint8_t open[KM_NEAR_ROWS];
    for (int64_t r = 0; r < list->m; r++)
        index[r] = apart ? rows->index[list->at[r]] : list->at[r];
    for (int32_t r = 0; list->m > 0 && r < KM_NEAR_AHEAD; r++) /* in the next block */
        index[list->m + r] = index[list->m - 1] + 1 + r;
    if (run->typed == &km_typed_f64)
        list_f64(run, rows, index, (const double *)s->candidate_real + at, count, list, open);
    else
        list_f32(run, rows, index, (const float *)s->candidate_real + at, count, list, open);
    for (int64_t r = 0; r < list->m; r++)
        list->open[r] &= open[r];
}

uint32_t km_seed_near(const km_run *run, const km_seeder *s, const km_rows *row, int64_t first,
                      double d2)
{
    const int64_t left = s->trials - first, m = left < KM_NEAR_GROUP ? left : KM_NEAR_GROUP;
    const int64_t at = first * KM_PACKED_LD(run->d);
    return run->typed == &km_typed_f64
               ? near_f64(run, (const double *)s->candidate_real + at, row->x, m, d2)
               : near_f32(run, (const float *)s->candidate_real + at, row->x, m, d2);
}
