/* Floor 2: in what precision a thread screens its rows, and when it gives a level up. */
#ifndef KM_LEVEL_H
#define KM_LEVEL_H

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

#endif
