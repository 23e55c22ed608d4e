/* Floor 4: stop rules, tested after the update of every pass. */
#ifndef KM_RULES_H
#define KM_RULES_H

#include "settings.h"

/* What a pass left behind. */
typedef struct km_pass_result {
    int64_t pass;  /* from 1 */
    bool fixpoint; /* no centroid changed a bit */
    bool cycle;    /* the centroids are those of an earlier pass */
    double changed_weight;
    double total_weight;
    double shift_max;      /* largest |c_new - c_old| */
    double shift2_total;   /* sum of the squared shifts */
    double variance;       /* mean column variance, where shift_tol_relative is on */
    double inertia;        /* of this pass's labels, with the centroids they were made with */
    double inertia_before; /* of the pass before; NaN in pass 1 */
} km_pass_result;

/* The rule that held: reason is the option's name, "fixpoint" or "cycle"; NULL = go on. */
typedef struct km_verdict {
    const char *reason;
    double value;
    double limit;
} km_verdict;

/* The documented order: iterations; fixpoint, cycle, change_fraction, shift_tol,
 * shift_tol_relative, inertia_tol_relative, max_iterations. */
km_verdict km_test_rules(const km_settings *settings, const km_pass_result *result);

/* The reasons a restart can end with, numbered for checkpoints: 0 is none (NULL), then 1 ..
 * KM_REASONS-1 in an order that never changes. */
enum { KM_REASONS = 12 };
const char *km_reason_at(int64_t number);
int64_t km_reason_number(const char *reason);

#endif
