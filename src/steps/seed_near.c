#include "seed_near.h"

#include <math.h>
#include <string.h>

#include "typed.h"

#define REAL    float
#define T(name) name##_f32
#define KM_UNIT 0x1p-24
#define KM_TINY 0x1p-126
#define KM_MOST 0x1p127
#include "seed_near_real.h"
#undef REAL
#undef T
#undef KM_UNIT
#undef KM_TINY
#undef KM_MOST

#define REAL    double
#define T(name) name##_f64
#define KM_UNIT 0x1p-53
#define KM_TINY 0x1p-1022
#define KM_MOST 0x1p1000
#include "seed_near_real.h"
#undef REAL
#undef T
#undef KM_UNIT
#undef KM_TINY
#undef KM_MOST

static bool is_double(const km_run *run) { return run->typed == &km_typed_f64; }

void km_seed_pack(const km_run *run, km_seeder *s, int64_t trials)
{
    for (int64_t q = 0; run->typed->sparse && q < trials; q++)
        s->norm[q] = km_norm_of(s->candidate + q * run->d, run->d);
    for (int64_t first = 0; !run->typed->sparse && first < trials; first += KM_NEAR_GROUP) {
        const int64_t at = first / KM_NEAR_GROUP * KM_NEAR_SIZE(run->d);
        const int64_t m = km_seed_group(trials, first);
        const double *const candidate = s->candidate + first * run->d;
        if (is_double(run))
            pack_group_f64(candidate, m, run->d, (double *)s->candidate_real + at);
        else
            pack_group_f32(candidate, m, run->d, (float *)s->candidate_real + at);
    }
}

void km_seed_near_list(const km_run *run, const km_seeder *s, const km_rows *rows, int64_t first,
                       km_near_list *list)
{
    const int64_t m = km_seed_group(s->trials, first);
    const int64_t at = first / KM_NEAR_GROUP * KM_NEAR_SIZE(run->d);
    int32_t index[KM_NEAR_ROWS + KM_NEAR_AHEAD] = {0};
    for (int64_t r = 0; r < list->m; r++)
        index[r] = (int32_t)km_row_place(rows, list->at[r]);
    for (int32_t r = 0; list->m > 0 && r < KM_NEAR_AHEAD; r++) /* in the next block */
        index[list->m + r] = index[list->m - 1] + 1 + r;
    if (is_double(run))
        near_list_f64(run, rows, index, (const double *)s->candidate_real + at, m, list);
    else
        near_list_f32(run, rows, index, (const float *)s->candidate_real + at, m, list);
}

bool km_seed_near(const km_run *run, const km_seeder *s, const km_rows *row, double d2)
{
    return is_double(run) ? near_f64(run, s->candidate_real, row->x, d2)
                          : near_f32(run, s->candidate_real, row->x, d2);
}
