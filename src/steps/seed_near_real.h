/* Candidates of k-means++ against rows, in the rows' type. Parameters:
 *   REAL, T(name)  the type and its suffix
 *   KM_UNIT        its unit roundoff u
 *   KM_TINY        the smallest normal number
 *   KM_MOST        from here on a sum may have overflowed
 */

/* m candidates as a group of kernels/centroid.h: themselves exactly, being rows, their differences
 * rounded. |e_q|^2 is summed in float64. */
static void T(pack_group)(const double *candidate, int64_t m, int64_t d, REAL *group)
{
    const double shrink = 1 - 4 * ((double)d + 12) * KM_UNIT;
    REAL *const differences = group + KM_NEAR_PART(d);
    REAL *const number = differences + KM_NEAR_PART(d);
    memset(group, 0, (size_t)KM_NEAR_SIZE(d) * sizeof *group);
    for (int64_t q = 0; q < m; q++) {
        double square = 0;
        for (int64_t p = 0; p < d; p++) {
            const int64_t at =
                (p / KM_NEAR_CHUNK * KM_NEAR_GROUP + q) * KM_NEAR_CHUNK + p % KM_NEAR_CHUNK;
            const double c = candidate[q * d + p], e = c - (q > 0 ? candidate[p] : 0);
            group[at] = (REAL)c;
            differences[at] = (REAL)e;
            square += q > 0 ? e * e : 0;
        }
        number[KM_NEAR_SQUARES + q] = (REAL)(shrink * square);
        number[KM_NEAR_FACTORS + q] = q > 0 ? 2 : 0;
    }
    number[KM_NEAR_SHRINK] = shrink >= 0.5 ? (REAL)shrink : -(REAL)INFINITY;
}

/* So that the distance is d2 or more a sum must reach (d2 + T(lost)) T(factor): its relative error
 * is (d+3)u, see kernels/centroid.h; twice that for good measure, for the factor's own rounding and
 * that to REAL, and what products may have lost by underflow. INFINITY: no sum will do. */
static double T(factor)(int64_t d)
{
    const double error = 2 * ((double)d + 3) * KM_UNIT;
    return error < 0.5 ? 1 / (1 - error) * (1 + 4 * KM_UNIT) : INFINITY;
}

static double T(lost)(int64_t d) { return 4 * (double)d * KM_TINY; }

static bool T(near)(const km_run *run, const REAL *group, const REAL *x, double d2)
{
    const double least = (d2 + T(lost)(run->d)) * T(factor)(run->d);
    REAL rough[KM_NEAR_GROUP] = {0};
    run->isa->centroid->T(near)(x, group, 1, run->d, rough);
    return !((double)rough[0] >= least && (double)rough[0] < KM_MOST);
}

static void T(near_list)(const km_run *run, const km_rows *rows, const int32_t *index,
                         const REAL *group, int64_t m, km_near_list *list)
{
    const double factor = T(factor)(run->d), lost = T(lost)(run->d);
    REAL least[KM_NEAR_ROWS];
    for (int64_t r = 0; r < list->m; r++)
        least[r] = (REAL)((list->d2[r] + lost) * factor);
    run->isa->centroid->T(open)(rows->x, rows->ldx, index, list->m, group, m, run->d, least,
                                (REAL)KM_MOST, list->open);
}
