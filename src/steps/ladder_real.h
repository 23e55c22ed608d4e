/* The upper rungs of the ladder: candidates of one row meet, and the nearest stays.
 * Parameters: see typed_real.h. Rungs: float64 by the d2 recipe with its relative bound, then
 * km_compare_d2 (double-double, then exact). */

/* The candidate that leads so far, with its float64 distance. */
typedef struct T(leader) {
    const km_run *run;
    km_thread *t;
    const km_rows *rows;
    int64_t i;
    double *row; /* row i as float64, filled when first needed */
    bool row_filled;
    int32_t j; /* -1: none yet */
    double d2;
} T(leader);

/* Let candidate j meet the leader. A tie goes to the lower number. */
static void T(meet)(T(leader) * lead, int32_t j)
{
    const km_run *const run = lead->run;
    const double *const c = run->packed.c;
    const int64_t d = run->d;
    const REAL *const x = (const REAL *)lead->rows->x + lead->i * lead->rows->ldx;
    const double d2 = T(kernels_of)(run->isa)->d2(x, c + j * d, d);
    const double error = km_d2_error(d);
    lead->t->effort += km_meet_effort(d);
    if (lead->j >= 0) {
        /* Below 2^-900 squares may have lost bits by underflow, above 2^1000 by overflow. */
        const bool safe =
            d2 > 0x1p-900 && d2 < 0x1p1000 && lead->d2 > 0x1p-900 && lead->d2 < 0x1p1000;
        if (safe && d2 * (1 - error) > lead->d2 * (1 + error))
            return;
        if (!(safe && d2 * (1 + error) < lead->d2 * (1 - error))) {
            if (!lead->row_filled) {
                T(row)(run, lead->rows, lead->i, lead->row);
                lead->row_filled = true;
            }
            lead->t->effort += 8 * km_meet_effort(d);
            const int order = km_compare_d2(lead->row, c + lead->j * d, c + j * d, d);
            if (order < 0 || (order == 0 && lead->j < j))
                return;
        }
    }
    lead->j = j;
    lead->d2 = d2;
}
