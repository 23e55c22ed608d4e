/* Floor 4: the driver of a fit. The door has validated everything and entered the library's
 * floating-point mode. */
#ifndef KM_FIT_H
#define KM_FIT_H

#include <kmeans/fit.h>

#include "algorithms/algorithm.h"
#include "algorithms/minibatch.h"
#include "parallel.h"
#include "result.h"
#include "rules.h"
#include "services/profile.h"
#include "settings.h"
#include "steps/batch.h"
#include "steps/fingerprint.h"
#include "steps/seed.h"
#include "steps/relocate.h"
#include "steps/update.h"

/* One restart's outcome. Labels are run->labels. */
typedef struct km_attempt {
    double inertia;
    int64_t iterations;
    int64_t batches; /* mini-batch: of them, */
    bool rounded;    /* and whether the sums of one were rounded */
    km_verdict verdict;
    bool converged; /* ended at a fixpoint */
    int64_t empty_events;
    int64_t empty_left; /* of them, left in place for want of a row */
    int64_t distinct;   /* distinct rows found, 0 = at least k */
    int64_t trace_rows;
    const double *centroids; /* one of fit->c[] */
} km_attempt;

/* How far a restart is. */
typedef enum km_stage {
    KM_STAGE_START,  /* nothing is there yet */
    KM_STAGE_SEEDED, /* the first centroids are in c[0] */
    KM_STAGE_PASSED  /* pass `r.pass` is whole: labels of c[0], their means in c[1]; mini-batch:
                        the epoch of that number is, and left c[0] */
} km_stage;

/* What mini-batches carry on (epochs.c). */
typedef struct km_epochs_state {
    int64_t batches; /* with weight, in this restart */
    double smoothed, least;
    int64_t idle;       /* batches without improvement */
    int64_t step, rows; /* km_minibatch: batches, rows */
} km_epochs_state;

/* What the passes carry on beside centroids, labels and sums. */
typedef struct km_state {
    int64_t stage; /* km_stage */
    int64_t restart;
    km_attempt attempt;   /* the restart that runs, */
    km_pass_result r;     /* its last pass, */
    int64_t changed;      /* and the rows that changed in it */
    km_attempt best;      /* of the restarts that ended */
    int64_t best_restart; /* -1: none came to a complete assignment */
    km_epochs_state epochs;
    double variance;     /* < 0: not yet known */
    uint64_t cycle_hash; /* Brent: centroids remembered, since pass */
    int64_t cycle_pass;
    double seconds_init, seconds_iterate, seconds_assign, seconds_update;
    int64_t distances, rechecked;
} km_state;

/* Everything of one fit. */
typedef struct km_fit {
    kmeans_context *context;
    const km_settings *settings;
    kmeans_source *source;
    const km_algorithm *algorithm;
    const km_isa *isa;
    int32_t threads;
    int32_t allowed; /* threads asked for, or the default */
    km_run run;
    km_facts facts;
    km_spread spread;
    km_seeder seeder;
    km_relocation relocation;
    kmeans_source *sample; /* init_sample: rows drawn for seeding, */
    km_run sample_run;     /* and a run over them */
    double *sample_rows;
    double *sample_weights;
    km_parallel parallel; /* init k-means-parallel */
    double *c[2];         /* k x d: the centroids of this pass and of the pass before */
    double *best_c;       /* restarts > 1: the best so far */
    int32_t *best_labels;
    kmeans_trace_row *trace;
    kmeans_trace_row *best_trace;
    int64_t trace_capacity;
    km_dd *before, *after; /* [k] */
    double *shift2;        /* [k] */
    double *epoch_c;       /* k x d, mini-batch: the centroids before the epoch */
    km_batch batch;
    km_minibatch minibatch;
    double *mean; /* [d] of all rows, for shift_tol_relative */
    int64_t *mean_digits;
    km_state state;
    bool spill;                    /* row state goes to scratch files: see memory_limit.c */
    km_fingerprint fingerprint;    /* of the data, where there is a checkpoint */
    struct km_checkpoint *writing; /* NULL: none is written */
    struct km_words *reading;      /* NULL: none is resumed */
    double begun;                  /* when the passes of this restart began, here */
    double elapsed;                /* seconds of the fits that this one goes on from */
    km_profile *profile;           /* NULL: none is kept */
    kmeans_result *result;
    bool cut_short; /* a restart was stopped, or never begun */
    int status;
} km_fit;

/* Sizes of a fit on this source, for plan and run. limbs: of the sums. */
km_sizes km_fit_sizes(const km_fit *fit, int32_t limbs, int32_t weight_limbs);

/* Bytes of everything the driver itself allocates (centroids, trace, restarts, relocation). */
int64_t km_fit_own_bytes(const km_fit *fit, const km_sizes *sizes, int64_t *row_bytes);

/* Choose table, algorithm and number of threads for settings and source. */
int km_fit_choose(km_fit *fit, kmeans_context *context, const km_settings *settings,
                  kmeans_source *source);

/* Allocate and free the driver's arrays (memory_plan.c). */
int km_fit_open(km_fit *fit);
int km_fit_open_late(km_fit *fit); /* what depends on the width of the sums */
void km_fit_close(km_fit *fit);

/* Starting centroids of the restart state.restart into fit->c[0] (start.c). Returns 0, 1 (stopped)
 * or an error. */
int km_fit_start(km_fit *fit);

/* The passes of that restart, from fit->c[0] (iterate.c). 0, or an error; a stop by time or cancel
 * is in state.attempt.verdict; 1: stopped before there was a complete assignment. */
int km_fit_iterate(km_fit *fit);

/* The same by batches (epochs.c). 1: stopped before the first batch was done. */
int km_fit_epochs(km_fit *fit);

/* Rows of a batch, 0 where there are none, and the bytes of all that batches take. */
int64_t km_fit_batch_rows(const km_fit *fit);
void km_fit_add_batches(const km_fit *fit, const km_run *run, int64_t *rows, int64_t *clusters);

/* The parts of that in end_passes.c: a row of the trace to write to, zeroed (past the capacity the
 * last but one is given up, never memory taken inside the iterations); what ended the passes early,
 * cancel or time; c[0] and c[1] change places; a rule held after the pass of row `last`, whose
 * labels and centroids are then made to belong together; the passes were stopped within pass
 * `pass`, after (labelled) or before its assignment was complete: the labels that stand belong to
 * c[0] or, if the assignment was broken off, to the centroids before. The last two return what
 * km_fit_iterate does. */
kmeans_trace_row *km_fit_next_row(km_fit *fit, km_attempt *attempt);
km_verdict km_fit_stop_verdict(const km_fit *fit);
void km_swap_centroids(km_fit *fit);
int km_end_passes(km_fit *fit, const kmeans_trace_row *last);
int km_settle_stop(km_fit *fit, int64_t pass, bool labelled);

/* Fill the result from state.best, whose labels are run->labels (finish.c). */
int km_fit_finish(km_fit *fit);

/* The whole fit. */
int km_fit_run(kmeans_context *context, const km_settings *settings, kmeans_source *source,
               kmeans_result **result);

/* The plan, memory_limit decided on. */
int km_fit_plan(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                kmeans_plan *plan);

/* The same with row state in memory or (spill) in scratch files. */
int km_fit_plan_with(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                     bool spill, kmeans_plan *plan);

/* Does memory_limit want row state in scratch files? KMEANS_ERROR_MEMORY, naming the least that
 * would do, where that is not enough (memory_limit.c). */
int km_fit_limit(kmeans_context *context, const km_settings *settings, kmeans_source *source,
                 bool *spill);

#endif
