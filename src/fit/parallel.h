/* Floor 4: k-means|| for the driver: its candidates, and k-means++ over them. */
#ifndef KM_PARALLEL_H
#define KM_PARALLEL_H

#include "settings.h"
#include "steps/seed_parallel.h"

typedef struct km_parallel {
    km_candidates candidates;
    kmeans_source *source; /* over the candidates, */
    km_run run;            /* and a run over it */
    km_seeder rounds;      /* over the rows */
    km_seeder seeder;      /* over the candidates */
} km_parallel;

/* Allocate what seeding from `rows` takes, a run whose sizes had km_round_candidates(k) packed;
 * late is what needs the facts. On an error the caller closes. */
int km_parallel_open(km_parallel *parallel, km_run *rows);
int km_parallel_open_late(km_parallel *parallel, km_run *rows, const km_facts *facts,
                          const km_settings *settings);
void km_parallel_close(km_parallel *parallel);

/* Centroids that the run of the rows packs at once, where that is more than k; else 0. */
int64_t km_parallel_packed(const km_settings *settings);

/* Bytes of all this for rows of so much of a run as km_seeder_bytes looks at. Where row state is
 * spilled its bytes are added to *scratch instead. */
int64_t km_parallel_bytes(const km_run *rows, const km_settings *settings, bool spill,
                          int64_t *scratch);

/* Starting centroids into c (k x d). *distinct: as km_seed_plusplus. Returns 0, 1 (stopped) or an
 * error. */
int km_parallel_seed(km_parallel *parallel, km_run *rows, uint32_t restart, double *c,
                     int64_t *distinct);

#endif
