/* Kernels on shorts as kernels_shorts.h has them, in plain C: for tests on any machine. */
#include "shorts_pack.h"

/* A float as a short; what is no number, or too long, is some number: such rows stay open. */
static int32_t rounded(float value)
{
    return value > -32768 && value < 32767 ? nearest_integer((double)value) : 0;
}

typedef struct best_two {
    int32_t best, second, group;
} best_two;

/* The two largest scores of a row, the number of a centroid in the lowest bits. */
static best_two scan(const int32_t *row, int64_t d, const int32_t *record, int32_t k)
{
    best_two near = {INT32_MIN, INT32_MIN, 0};
    for (int32_t j = 0; j < k; j++, record += RECORD) {
        int32_t sum = record[0];
        for (int64_t p = 0; p < d; p++) {
            const uint32_t pair = (uint32_t)record[2 + p / 2];
            sum += row[p] * (int16_t)(uint16_t)(pair >> (p % 2 != 0 ? 16 : 0));
        }
        const int32_t score = (sum & ~(GROUP - 1)) | record[1];
        if (score > near.best) {
            near = (best_two){score, near.best, j - record[1]};
        } else if (score > near.second) {
            near.second = score;
        }
    }
    return near;
}

static int32_t decide(best_two near, float norm2, const km_low_f32 *c, const shorts_needs *needs,
                      const shorts_head *head)
{
    const float length = sqrtf(norm2) * head->row_scale, best = fabsf((float)near.best);
    const float base = needs->norm2 * norm2 + c->tiny;
    const float needed = (needs->constant + needs->length * length + head->product_scale * base +
                          needs->best * best) *
                         1.00001F;
    const uint32_t gap = (uint32_t)near.best - (uint32_t)near.second;
    return (double)gap > (double)needed ? near.group + (near.best & (GROUP - 1)) : -1;
}

#define REAL    float
#define T(name) name##_f32
#include "shorts_emulated_rows.h"
#undef REAL
#undef T

#define REAL    double
#define T(name) name##_f64
#include "shorts_emulated_rows.h"
#undef REAL
#undef T

const km_shorts km_shorts_emulated = {
    .least_d = 5,
    .least_k = 32,
    .pack = pack_shorts,
    .assign_f32 = assign_shorts_f32,
    .assign_f64 = assign_shorts_f64,
};
