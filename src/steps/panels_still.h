/* Rows whose centroid of the pass before has not moved since are no nearer to any other that has
 * not: they meet that one and those that have moved, which come first in the panels (pack.c).
 * Parameters: see panels_pair.h. */

static void P(swap_rows)(const km_run *run, const km_thread *t, int64_t a, int64_t b, int32_t *own)
{
    const int64_t ld = KM_PACKED_LD(run->d);
    const size_t bytes = (size_t)ld * sizeof(COMPUTE);
    COMPUTE *const x = (COMPUTE *)t->packed + a * ld, *const y = (COMPUTE *)t->packed + b * ld;
    const double norm2 = t->norm2[a];
    const int32_t local = t->local[a], place = own[a];
    memcpy(t->gathered, x, bytes);
    memcpy(x, y, bytes);
    memcpy(y, t->gathered, bytes);
    t->norm2[a] = t->norm2[b];
    t->norm2[b] = norm2;
    t->local[a] = t->local[b];
    t->local[b] = local;
    own[a] = own[b];
    own[b] = place;
}

/* Such rows go behind the others. Returns how many others there are, in whole register tiles. */
static int64_t P(part_rows)(const km_run *run, const km_thread *t, int64_t m, int32_t *own)
{
    const int64_t front = run->packed.front, mr = C(kernels_of)(run->isa)->mr;
    int64_t others = 0;
    for (int64_t last = m - 1;; last--, others++) {
        while (others <= last && own[others] < front)
            others++;
        while (others <= last && own[last] >= front)
            last--;
        if (others >= last)
            break;
        P(swap_rows)(run, t, others, last, own);
    }
    others = (others + mr - 1) / mr * mr;
    return others < m ? others : m;
}

/* Row i also meets the centroid at `place`, with this score. */
static void P(meet_own)(const C(km_nearest) * near, int64_t i, int32_t place, COMPUTE score)
{
    if (score < near->best[i]) {
        near->third[i] = near->second[i];
        near->second[i] = near->best[i];
        near->label2[i] = near->label[i];
        near->best[i] = score;
        near->label[i] = place;
    } else if (score < near->second[i]) {
        near->third[i] = near->second[i];
        near->second[i] = score;
        near->label2[i] = place;
    } else if (score < near->third[i]) {
        near->third[i] = score;
    }
}

/* Rows from `first` on, whose own centroids lie behind the front, against the front panels (at
 * least one, be it of nobody) and their own centroids. */
static void P(screen_still)(const km_run *run, km_thread *t, int64_t m, int64_t first,
                            const int32_t *own, const C(km_nearest) * near)
{
    const C(km_kernels) *const kernels = C(kernels_of)(run->isa);
    const km_panels *const panels = &run->packed.C(panels);
    const COMPUTE *const x = (const COMPUTE *)t->packed + first * KM_PACKED_LD(run->d);
    const C(km_nearest) behind = {near->best + first, near->second + first, near->third + first,
                                  near->label + first, near->label2 + first};
    const int64_t front = run->packed.front, count = (front + kernels->nr - 1) / kernels->nr;
    COMPUTE *const score = t->state; /* when assign no longer needs it */
    m -= first;
    own += first;
    kernels->assign(x, m, run->d, panels->panels, panels->front_norm, count > 0 ? count : 1,
                    t->state, &behind);
    kernels->own_scores(x, m, run->d, panels->rows, panels->half_norm, own, score);
    for (int64_t i = 0; i < m; i++)
        P(meet_own)(&behind, i, own[i], score[i]);
    t->avoided += m * (run->packed.k - front - 1);
}
