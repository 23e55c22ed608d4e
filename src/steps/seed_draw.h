/* Floor 2: drawing rows with probability proportional to w*D.
 *
 * For the same bits everywhere D is the float64 nearest to the real distance, and weights are
 * integers: q = floor(w*D * 2^s), s chosen by the largest w*D so that q < 2^(62 - ceil(log2 n)):
 * sums over rows never overflow and never round. A draw is the first row whose prefix sum exceeds
 * a random integer below the total. Sums are kept per block of KM_SEED_BLOCK rows and formed anew
 * only where D has changed (seeder->stale) or s has. */
#ifndef KM_SEED_DRAW_H
#define KM_SEED_DRAW_H

#include "seed.h"
#include "services/random.h"

typedef struct km_draw {
    km_seeder *seeder;
    int32_t shift;   /* s */
    double scale[2]; /* 2^s as a product: s may lie outside float64's range */
    bool rescaled;   /* s has changed, and with it every block sum */
    bool begun;
} km_draw;

static inline double km_row_weight(const km_run *run, int64_t i)
{
    return run->weights ? run->weights[i] : 1;
}

/* Before the first row is taken: every row that counts has D = 1, so that it is drawn in proportion
 * to its weight, and number 0 as its nearest; -1 marks skipped rows in run->fresh_labels. */
void km_draw_start(km_run *run, km_draw *draw);

/* All blocks are stale. */
void km_draw_forget(km_run *run, km_draw *draw);

/* Choose s for the distances as they are; false if every weight is 0. */
bool km_draw_prepare(km_run *run, km_draw *draw);

/* The integer weight of a row. Monotone in d2. */
uint64_t km_draw_weight(const km_draw *draw, double w, double d2);

/* The sum of the integer weights of all rows. */
uint64_t km_draw_total(km_run *run, km_draw *draw);

/* Draw `count` rows into seeder->drawn; the index of the stream is the number of the draw. */
void km_draw_rows(km_run *run, km_draw *draw, const km_random *stream, int64_t count);

#endif
