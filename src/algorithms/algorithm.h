/* Floor 3: the table of algorithms. One file and one line of algorithms.c each; none calls
 * another. */
#ifndef KM_ALGORITHM_H
#define KM_ALGORITHM_H

#include "steps/pass.h"

typedef struct km_algorithm {
    const char *name;
    bool exact;         /* labels and centroids are those of Lloyd's iteration, to the bit */
    const char *memory; /* for people: what it keeps beside labels and sums */
    bool bounds;        /* km_run.bounds are kept */
    bool by_batches; /* centroids move after every batch of rows (minibatch.h), `pass` only labels
                           all rows at the end */

    /* Whether it can run for these sizes, and its expected cost per pass, of which only ratios
     * count: `auto` takes the cheapest that applies. */
    bool (*applicable)(const km_sizes *sizes, const km_isa *isa);
    double (*cost)(const km_sizes *sizes, const km_isa *isa);

    /* Label all rows for centroids c (k x d), sums kept in step: see km_pass. */
    int (*pass)(km_run *run, const double *c, km_sums_mode mode, km_pass_facts *facts);
} km_algorithm;

/* What algorithms share in which every row meets every centroid: any sizes, 2nkd operations. */
bool km_any_sizes(const km_sizes *sizes, const km_isa *isa);
double km_all_pairs_cost(const km_sizes *sizes, const km_isa *isa);
int km_all_pairs_pass(km_run *run, const double *c, km_sums_mode mode, km_pass_facts *facts);

extern const km_algorithm km_lloyd;
extern const km_algorithm km_hamerly;
extern const km_algorithm km_minibatch_algorithm;

/* Row `index` of the table, or NULL past its end. */
const km_algorithm *km_algorithm_at(int index);

/* The algorithm of that name; "auto": the cheapest exact one that applies. NULL: none. */
const km_algorithm *km_algorithm_choose(const char *name, const km_sizes *sizes, const km_isa *isa);

#endif
