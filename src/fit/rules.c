#include "rules.h"

#include <stddef.h>
#include <string.h>

km_verdict km_test_rules(const km_settings *settings, const km_pass_result *r)
{
    const double pass = (double)r->pass;
    const km_verdict none = {NULL, 0, 0};
    if (settings->iterations > 0) {
        const km_verdict all = {"iterations", pass, (double)settings->iterations};
        return r->pass >= settings->iterations ? all : none;
    }
    const double fraction = r->changed_weight / r->total_weight;
    const double relative = settings->shift_tol_relative * r->variance;
    const double decrease = r->inertia_before - r->inertia; /* NaN in pass 1: never holds */
    const double least = settings->inertia_tol_relative * r->inertia_before;
    /* Two shifts rules with limit 0 mean the fixpoint, which was tested before: a shift of 0 is
     * then one whose square underflowed. */
    const struct {
        bool on, holds;
        km_verdict verdict;
    } rules[] = {
        {true, r->fixpoint, {"fixpoint", 0, 0}},
        {true, r->cycle, {"cycle", pass, 0}},
        {settings->change_fraction >= 0,
         r->changed_weight < settings->change_fraction * r->total_weight,
         {"change_fraction", fraction, settings->change_fraction}},
        {settings->shift_tol >= 0,
         settings->shift_tol > 0 && r->shift_max <= settings->shift_tol,
         {"shift_tol", r->shift_max, settings->shift_tol}},
        {settings->shift_tol_relative >= 0,
         relative > 0 && r->shift2_total <= relative,
         {"shift_tol_relative", r->shift2_total, relative}},
        {settings->inertia_tol_relative >= 0,
         decrease <= least,
         {"inertia_tol_relative", decrease, least}},
        {settings->max_iterations > 0,
         r->pass >= settings->max_iterations,
         {"max_iterations", pass, (double)settings->max_iterations}},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].on && rules[i].holds)
            return rules[i].verdict;
    return none;
}

static const char *const reasons[] = {
    NULL,
    "iterations",
    "fixpoint",
    "cycle",
    "change_fraction",
    "shift_tol",
    "shift_tol_relative",
    "inertia_tol_relative",
    "max_iterations",
    "time_limit",
    "cancelled",
    "no_improvement",
};

_Static_assert(sizeof reasons / sizeof *reasons == KM_REASONS, "the count in the header");

const char *km_reason_at(int64_t number) { return reasons[number]; }

int64_t km_reason_number(const char *reason)
{
    int64_t number = KM_REASONS - 1;
    while (number > 0 && (!reason || strcmp(reasons[number], reason) != 0))
        number--;
    return number;
}
