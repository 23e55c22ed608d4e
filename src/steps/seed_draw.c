#include "seed_draw.h"

#include "kernels/exact/ieee.h"
#include "visit.h"

static int64_t blocks_of(const km_run *run) { return (run->n + KM_SEED_BLOCK - 1) / KM_SEED_BLOCK; }

/* w*D = f * 2^e with |f| in [1, 2), rounded to 53 bits: it neither over- nor underflows. 0: f =
 * 0. */
static km_scaled weigh(double w, double d2)
{
    if (w == 0 || d2 == 0)
        return (km_scaled){0, 0};
    const km_parts a = km_take_apart(w), b = km_take_apart(d2);
    const double f = (double)a.mantissa * (double)b.mantissa; /* exact factors, rounded once */
    const int32_t top = (int32_t)(km_bits(f) >> 52) - 1023;   /* f >= 1 is normal */
    return (km_scaled){f * km_pow2(-top), a.exponent + b.exponent + top};
}

static bool less(km_scaled a, km_scaled b)
{
    return b.f != 0 && (a.f == 0 || a.e < b.e || (a.e == b.e && a.f < b.f));
}

/* floor(w*D * 2^s): by plain products in the usual range, with the same bits by weigh() else. */
uint64_t km_draw_weight(const km_draw *draw, double w, double d2)
{
    const double plain = w * d2;
    if (plain > 0x1p-900 && plain < 0x1p900)
        return (uint64_t)(int64_t)(plain * draw->scale[0] * draw->scale[1]); /* below 2^62 */
    const km_scaled exact = weigh(w, d2);
    const int32_t e = exact.e + draw->shift;
    return exact.f == 0 || e < 0 ? 0 : (uint64_t)(exact.f * km_pow2(e)); /* e < 62 */
}

static int32_t clamp(int32_t e) { return e < -1000 ? -1000 : e > 1000 ? 1000 : e; }

static void choose_scale(const km_run *run, km_draw *draw, km_scaled most)
{
    int32_t bits = 62;
    for (int64_t rows = 1; rows < run->n; rows *= 2)
        bits--;
    const int32_t s = bits - (most.e + 1); /* most < 2^(e + 1) */
    draw->rescaled = !draw->begun || s != draw->shift;
    draw->begun = true;
    draw->shift = s;
    draw->scale[0] = km_pow2(clamp(s / 2));
    draw->scale[1] = km_pow2(clamp(s - s / 2));
}

static void block_item(void *argument, km_run *run, int32_t t, int64_t block)
{
    const km_draw *const draw = argument;
    km_seeder *const s = draw->seeder;
    const int64_t first = block * KM_SEED_BLOCK, end = first + KM_SEED_BLOCK;
    double most = 0;            /* of the products in the usual range, */
    km_scaled extreme = {0, 0}; /* and of the others */
    (void)t;
    if (!atomic_load_explicit(&s->stale[block], memory_order_relaxed))
        return;
    for (int64_t i = first; i < end && i < run->n; i++) {
        const double plain = km_row_weight(run, i) * s->d2[i];
        if (plain > 0x1p-900 && plain < 0x1p900) {
            most = plain > most ? plain : most;
        } else {
            const km_scaled scaled = weigh(km_row_weight(run, i), s->d2[i]);
            extreme = less(extreme, scaled) ? scaled : extreme;
        }
    }
    const km_scaled usual = weigh(1, most);
    s->block_most[block] = less(usual, extreme) ? extreme : usual;
}

static void sum_item(void *argument, km_run *run, int32_t t, int64_t block)
{
    const km_draw *const draw = argument;
    km_seeder *const s = draw->seeder;
    const int64_t first = block * KM_SEED_BLOCK, end = first + KM_SEED_BLOCK;
    uint64_t sum = 0;
    (void)t;
    if (!draw->rescaled && !atomic_load_explicit(&s->stale[block], memory_order_relaxed))
        return;
    for (int64_t i = first; i < end && i < run->n; i++)
        sum += km_draw_weight(draw, km_row_weight(run, i), s->d2[i]);
    s->block_sum[block] = sum;
    atomic_store_explicit(&s->stale[block], 0, memory_order_relaxed);
}

/* Largest w*D of all rows. */
static km_scaled find_most(km_run *run, km_draw *draw)
{
    const km_scaled *const block_most = draw->seeder->block_most;
    km_scaled most = {0, 0};
    km_for_row_blocks(run, blocks_of(run), block_item, draw);
    for (int64_t b = 0; b < blocks_of(run); b++)
        most = less(most, block_most[b]) ? block_most[b] : most;
    return most;
}

/* prefix[b] = integer weight of all rows before block b; returns the total. */
uint64_t km_draw_total(km_run *run, km_draw *draw)
{
    km_seeder *const s = draw->seeder;
    uint64_t total = 0;
    km_for_row_blocks(run, blocks_of(run), sum_item, draw);
    for (int64_t b = 0; b < blocks_of(run); b++) {
        s->prefix[b] = total;
        total += s->block_sum[b];
    }
    return total;
}

/* The first row whose prefix sum exceeds `at` (< total). */
static int64_t find_row(const km_run *run, const km_draw *draw, uint64_t at)
{
    const uint64_t *const prefix = draw->seeder->prefix;
    int64_t low = 0, high = blocks_of(run);
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (prefix[middle] > at)
            high = middle;
        else
            low = middle;
    }
    uint64_t sum = prefix[low];
    int64_t i = low * KM_SEED_BLOCK;
    for (; i < run->n - 1; i++) {
        sum += km_draw_weight(draw, km_row_weight(run, i), draw->seeder->d2[i]);
        if (sum > at)
            break;
    }
    return i;
}

void km_draw_start(km_run *run, km_draw *draw)
{
    km_seeder *const s = draw->seeder;
    for (int64_t i = 0; i < run->n; i++) {
        s->d2[i] = run->labels[i] < 0 ? 0 : 1;
        run->fresh_labels[i] = run->labels[i] < 0 ? -1 : 0;
        km_memory_step(&run->context->memory, i);
    }
    km_draw_forget(run, draw);
}

void km_draw_forget(km_run *run, km_draw *draw)
{
    for (int64_t b = 0; b < blocks_of(run); b++)
        atomic_store_explicit(&draw->seeder->stale[b], 1, memory_order_relaxed);
}

bool km_draw_prepare(km_run *run, km_draw *draw)
{
    const km_scaled most = find_most(run, draw);
    if (most.f == 0)
        return false;
    choose_scale(run, draw, most);
    return true;
}

void km_draw_rows(km_run *run, km_draw *draw, const km_random *stream, int64_t count)
{
    const uint64_t total = km_draw_total(run, draw);
    for (int64_t q = 0; q < count; q++)
        draw->seeder->drawn[q] = find_row(run, draw, km_random_below(stream, (uint64_t)q, total));
}
