/* Low dimensions screened in shorts (kernels_shorts.h), where the table has them. Parameters: REAL
 * of the rows, T(name). Labels do not depend on it. */

/* The rows left open, side by side, in float32 lanes; how many of them stay open. */
static int64_t T(assign_unproved)(const km_run *run, km_thread *t, const km_rows *rows,
                                  const km_low_f32 *low, int32_t *label)
{
    const km_kernels_f32 *const kernels = run->isa->f32;
    km_low_f32 again = *low;
    REAL *const x = t->rows == rows->x ? t->packed : t->rows;
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

/* As assign_low. A block of which more than a quarter is left open has cost about as much as lanes
 * alone: the next ones do without shorts. */
static int64_t T(assign_shorts)(const km_run *run, km_thread *t, const km_rows *rows,
                                const km_low_f32 *low, int32_t *label)
{
    enum { rest = 32 };
    const km_shorts *const shorts = run->isa->tiles->shorts;
    const int64_t open = sizeof(REAL) == sizeof(float)
                             ? shorts->assign_f32(rows->x, rows->ldx, rows->m, run->d, low,
                                                  run->packed.shorts, label)
                             : shorts->assign_f64(rows->x, rows->ldx, rows->m, run->d, low,
                                                  run->packed.shorts, label);
    t->rests = open > rows->m / 4 ? rest : 0;
    if (open == 0)
        return 0;
    const km_phase part = km_part(run, t, KM_PHASE_RECHECK);
    const int64_t left = T(assign_unproved)(run, t, rows, low, label);
    t->rechecked += open - left;
    km_part_return(run, t, part);
    return left;
}
