/* Low dimensions screened in shorts (kernels_shorts.h), where the table has them. Parameters: REAL
 * of the rows, T(name). Labels do not depend on it. */

/* The rows left open, side by side, in float32 lanes; how many of them stay open. */
static int64_t T(assign_unproved)(const km_run *run, km_thread *t, const km_rows *rows,
                                  const km_low_f32 *low, int32_t *label)
{
    const km_kernels_f32 *const kernels = run->isa->f32;
    km_low_f32 again = *low;
    REAL *const x = t->packed;
    int64_t m = 0;
    for (int64_t i = 0; i < rows->m; i++)
        if (label[i] < 0) {
            memcpy(x + m * run->d, (const REAL *)rows->x + i * rows->ldx,
                   (size_t)run->d * sizeof(REAL));
            t->local[m++] = (int32_t)i;
        }
    again.hint = NULL;
    const int64_t open =
        sizeof(REAL) == sizeof(float)
            ? kernels->assign_low((const void *)x, run->d, m, run->d, &again, t->label)
            : kernels->assign_low_other((const void *)x, run->d, m, run->d, &again, t->label);
    for (int64_t q = 0; q < m; q++)
        label[t->local[q]] = t->label[q];
    return open;
}

/* A block of which more than an eighth was left open cost about as much as lanes alone: the next
 * ones do without shorts, the more the oftener that happens. Small blocks say little. */
static void T(review_shorts)(km_thread *t, int64_t m, int64_t open)
{
    enum { least = 64, first = 16, last = 512 };
    if (m < least)
        return;
    if (8 * open <= m) {
        t->rest = 0;
        return;
    }
    t->rest = t->rest == 0 ? first : t->rest < last ? 2 * t->rest : last;
    t->rests = t->rest;
}

/* As assign_low. */
static int64_t T(assign_shorts)(const km_run *run, km_thread *t, const km_rows *rows,
                                const km_low_f32 *low, int32_t *label)
{
    const km_shorts *const shorts = run->isa->tiles->shorts;
    const void *const packed = run->packed.shorts;
    const int64_t m = rows->m, d = run->d;
    const int64_t open =
        sizeof(REAL) == sizeof(float)
            ? shorts->assign_f32((const void *)rows->x, rows->ldx, m, d, low, packed, label)
            : shorts->assign_f64((const void *)rows->x, rows->ldx, m, d, low, packed, label);
    T(review_shorts)(t, m, open);
    if (open == 0)
        return 0;
    const km_phase part = km_part(run, t, KM_PHASE_RECHECK);
    const int64_t left = T(assign_unproved)(run, t, rows, low, label);
    t->rechecked += open - left;
    km_part_return(run, t, part);
    return left;
}
