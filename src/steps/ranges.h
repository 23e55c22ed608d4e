/* Floor 2: what the values of the columns and the weights have in common, of which the grids of
 * exact sums are chosen. */
#ifndef KM_RANGES_H
#define KM_RANGES_H

#include "typed.h"

/* What a visit of rows found out; d values each. */
typedef struct km_facts {
    km_range range;
    double max_weight, low_weight; /* 1 and 1 without weights */
    double *memory;                /* all arrays above */
} km_facts;

/* Ranges of no values, in 4 d numbers of memory. */
void km_range_start(km_range *range, double *memory, int64_t d);
void km_range_merge(km_range *into, const km_range *from, int64_t d);

/* The ranges of all values of a type without special ones. */
void km_range_assume(km_range *range, const km_number *number, int64_t d);

/* max_weight and low_weight of the run's rows that count, 0 and +infinity where none has weight,
 * and run->total_weight: the exact total, rounded once. */
void km_weigh_rows(km_run *run, km_facts *facts);

#endif
