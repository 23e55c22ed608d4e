/* Floor 1: decimal numbers to binary ones, correct to the last bit, in any locale. */
#ifndef KM_NUMBER_H
#define KM_NUMBER_H

/* Read the number that begins at `at`: [+-] digits with at most one point, then an exponent
 *   [eEdDqQ][+-]digits, or as Fortran writes three-digit ones after a point, [+-]ddd.
 * Returns the first character after it, NULL where no number begins. *value is the float64
 * (float32) nearest to the decimal, ties to even; infinite where it is too large. No blanks, names
 * or hexadecimal digits. The thread must be in the library's floating-point mode (fpmode.h). */
const char *km_parse_f64(const char *at, const char *end, double *value);
const char *km_parse_f32(const char *at, const char *end, float *value);

#endif
