/* Floor 2: in what precision a thread screens its rows, and when it gives a level up. */
#ifndef KM_LEVEL_H
#define KM_LEVEL_H

#include "pass.h"
#include "typed.h"

/* Serial, before each packing: the level that the coming pass starts on (run->packed.level), and
 * all threads on it. A level that some thread gave up is left alone; now and then the one below is
 * tried. */
void km_start_levels(km_run *run);

/* No bound holds on the axes: the pass goes on by the level. */
void km_refuse_axes(km_run *run);

/* After a block: where rechecks took more than the next level's screen would have cost, thread t
 * takes that one from here on. Labels do not depend on it. */
void km_review_level(const km_run *run, km_thread *t);

/* Serial, after a pass on axes: whether gaps (bounds.h), which rows on axes do not get, would spare
 * more in the next. */
bool km_gaps_outdo_axes(const km_run *run, const km_pass_facts *facts);

#endif
