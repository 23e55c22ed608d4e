/* Column statistics in integer and comparison operations that vectorise as they stand.
 * Parameters: REAL (with its bit patterns: BITS, an unsigned integer of its size, MANTISSA_BITS,
 * and LIMIT_BITS, the pattern of the largest magnitude allowed) and T(name).
 *
 * Magnitudes are compared as integers: patterns without sign are ordered as their values, with
 * infinities and then NaNs on top, so one maximum finds both max |x| and what is no number. */

enum { T(RANGE_COLUMNS) = 64 }; /* columns whose statistics stay in cache over the rows */

typedef struct T(column_range) {
    BITS max_abs[T(RANGE_COLUMNS)];
    REAL low_bit[T(RANGE_COLUMNS)];
    REAL min[T(RANGE_COLUMNS)];
    REAL max[T(RANGE_COLUMNS)];
} T(column_range);

/* The value of the lowest set bit: |x| minus |x| with that bit cleared; where the significand
 * field is empty (a power of two) |x| itself; nothing (+inf) for zero. */
KM_INLINE REAL T(lowest_bit)(BITS magnitude)
{
    const BITS field = ((BITS)1 << MANTISSA_BITS) - 1;
    const BITS cleared = magnitude & (magnitude - 1);
    const BITS rest = (magnitude & field) != 0 ? cleared : 0;
    REAL whole, part;
    memcpy(&whole, &magnitude, sizeof whole);
    memcpy(&part, &rest, sizeof part);
    const REAL low = whole - part;
    return low != 0 ? low : (REAL)INFINITY;
}

KM_INLINE void T(range_row)(const REAL *restrict x, int64_t columns, T(column_range) *restrict r)
{
    for (int64_t p = 0; p < columns; p++) {
        BITS bits;
        memcpy(&bits, x + p, sizeof bits);
        const BITS magnitude = bits & ((BITS)-1 >> 1);
        const REAL low = T(lowest_bit)(magnitude);
        r->max_abs[p] = magnitude > r->max_abs[p] ? magnitude : r->max_abs[p];
        r->low_bit[p] = low < r->low_bit[p] ? low : r->low_bit[p];
        r->min[p] = x[p] < r->min[p] ? x[p] : r->min[p];
        r->max[p] = x[p] > r->max[p] ? x[p] : r->max[p];
    }
}

KM_INLINE int T(range_merge)(const T(column_range) * from, int64_t p0, int64_t columns,
                             const km_range *r)
{
    BITS largest = 0;
    for (int64_t p = 0; p < columns; p++) {
        REAL max_abs;
        memcpy(&max_abs, from->max_abs + p, sizeof max_abs);
        largest = from->max_abs[p] > largest ? from->max_abs[p] : largest;
        r->max_abs[p0 + p] = max_abs > r->max_abs[p0 + p] ? max_abs : r->max_abs[p0 + p];
        r->low_bit[p0 + p] =
            from->low_bit[p] < r->low_bit[p0 + p] ? from->low_bit[p] : r->low_bit[p0 + p];
        r->min[p0 + p] = from->min[p] < r->min[p0 + p] ? from->min[p] : r->min[p0 + p];
        r->max[p0 + p] = from->max[p] > r->max[p0 + p] ? from->max[p] : r->max[p0 + p];
    }
    return largest > LIMIT_BITS;
}

static int T(range)(const REAL *x, int64_t ldx, int64_t m, int64_t d, const km_range *r)
{
    int bad = 0;
    for (int64_t p0 = 0; p0 < d; p0 += T(RANGE_COLUMNS)) {
        const int64_t columns = d - p0 < T(RANGE_COLUMNS) ? d - p0 : T(RANGE_COLUMNS);
        T(column_range) local;
        for (int64_t p = 0; p < columns; p++) {
            local.max_abs[p] = 0;
            local.low_bit[p] = local.min[p] = (REAL)INFINITY;
            local.max[p] = -(REAL)INFINITY;
        }
        for (int64_t i = 0; i < m; i++) {
            T(range_row)(x + i * ldx + p0, columns, &local);
        }
        bad |= T(range_merge)(&local, p0, columns, r);
    }
    return bad;
}
