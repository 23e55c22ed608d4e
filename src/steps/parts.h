/* Floor 2: the parts of a visit for the profile (services/profile.h): one test where there is none.
 */
#ifndef KM_PARTS_H
#define KM_PARTS_H

#include "run.h"
#include "services/profile.h"

/* Thread t turns to another part; returns the one that it was in. */
static inline km_phase km_part(const km_run *run, const km_thread *t, km_phase part)
{
    km_profile *const profile = run->profile;
    return profile ? km_profile_part(profile, (int32_t)(t - run->thread), part) : KM_PHASE_OTHER;
}

/* And back to that one. */
static inline void km_part_return(const km_run *run, const km_thread *t, km_phase part)
{
    if (run->profile)
        km_profile_return(run->profile, (int32_t)(t - run->thread), part);
}

#endif
