/* Floor 5: numbers as text, the same in every locale. */
#ifndef KM_NUMBERS_H
#define KM_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

/* What reading a number found. */
typedef enum km_number_status {
    KM_NUMBER_OK,
    KM_NUMBER_NONE,     /* not a number */
    KM_NUMBER_FRACTION, /* a number, but not a whole one */
    KM_NUMBER_HUGE      /* too large for the type */
} km_number_status;

/* A decimal number with an optional exponent that is a whole one: "12", "-3", "1e6", "1.5e3". The
 * magnitude and the sign; 0 is never negative; *negative is set for KM_NUMBER_HUGE too. */
km_number_status km_read_integer(const char *text, bool *negative, uint64_t *magnitude);

/* A finite decimal number, rounded to nearest in the library's floating-point mode. No "nan", no
 * "inf", no hexadecimal, no blanks. */
km_number_status km_read_real(const char *text, double *value);

/* The text with the fewest digits that reads back as value (finite); whole numbers below 1e15
 * plain. */
enum { KM_REAL_TEXT = 32 };
void km_write_real(double value, char text[KM_REAL_TEXT]);

#endif
