/* The choice of grids for fixed-point sums (add_rows and its kin in kernels.h).
 *
 * A column with exponent e and `limbs` grids counts its values in units of 2^e on grid 0,
 * 2^(e+51) on grid 1 and so on. Derivation, with magic_l = 1.5 * 2^(52 + e + 51 l):
 *   t = v + magic_l is v rounded to a multiple of 2^(e + 51 l), a sum within magic's binade, as
 *   long as |v| <= 2^(50 + e + 51 l): bits(t) - bits(magic_l) is that multiple as an integer, at
 *   most 2^50. What is left is at most half a unit, 2^(50 + e + 51 (l - 1)): the same
 *   condition on the next grid. So
 *     top:    max|v| <= 2^(e + 51 limbs - 1)
 *     bottom: every v is a multiple of 2^e; then nothing is left after grid 0 and the sum is exact.
 * e is the smallest exponent that the top allows, but not below -1074, where the spacing of
 * float64 ends (magic_0 is then 1.5 * 2^-1022, still normal). */
#ifndef KM_EXACT_GRID_H
#define KM_EXACT_GRID_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grids for d columns whose values have magnitude <= max_abs[p] and are multiples of low_bit[p], a
 * power of two (0 and +infinity for a column of zeros), multiplied by weights with magnitude
 * <= max_weight that are multiples of low_weight (1 and 1 for unweighted sums; all weights 1
 * gives the same grids). max_abs, max_weight <= 2^501. Writes exponent[p], returns the number of
 * limbs for all columns, 1..KM_MAX_LIMBS: the most that a column needs.
 * Where KM_MAX_LIMBS are too few or products fall below 2^-1074, the grids are not exact: rounded
 * (may be NULL) gets the number of such columns, whose values are cut about 203 bits below the
 * largest. */
int32_t km_choose_grids(const double *max_abs, const double *low_bit, int64_t d, double max_weight,
                        double low_weight, int32_t *exponent, int64_t *rounded);

/* The same for a given number of limbs; returns the number of columns whose grids are not exact.
 * With more limbs than needed the grids only reach further down: the sums are equal. */
int64_t km_place_grids(const double *max_abs, const double *low_bit, int64_t d, double max_weight,
                       double low_weight, int32_t limbs, int32_t *exponent);

/* magic[l*d + p] = 1.5 * 2^(52 + exponent[p] + 51 l), l < limbs. */
void km_fill_magic(const int32_t *exponent, int64_t d, int32_t limbs, double *magic);

/* The exponent of the lowest of `limbs` grids for a single quantity with magnitude <= bound
 * (bound finite, <= 2^1019; 0 gives exponent 0): what km_choose_grids would choose for one
 * column. For sums of squares: limbs = 3 and bound >= every w*(x - shift)^2 after rounding. */
int32_t km_grid_below(double bound, int32_t limbs);

#ifdef __cplusplus
}
#endif

#endif
