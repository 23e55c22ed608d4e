/* Floor 4: the options of a fit as the driver reads them. The door (src/api/options.c) fills this
 * struct from the public table and has checked every range. */
#ifndef KM_SETTINGS_H
#define KM_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum km_init {
    KM_INIT_KMEANSPP,
    KM_INIT_RANDOM,
    KM_INIT_BOX,
    KM_INIT_PARALLEL,
    KM_INIT_CENTROIDS,
    KM_INIT_LABELS
} km_init;

typedef enum km_empty { KM_EMPTY_RELOCATE, KM_EMPTY_KEEP, KM_EMPTY_ERROR } km_empty;

typedef enum km_algorithm_choice {
    KM_ALGORITHM_AUTO,
    KM_ALGORITHM_LLOYD,
    KM_ALGORITHM_HAMERLY,
    KM_ALGORITHM_MINIBATCH
} km_algorithm_choice;

/* A stop rule that is off holds this value. */
#define KM_RULE_OFF (-1.0)

/* Room for the options that decide the result, as lines "name=value". */
enum { KM_DECISIONS_SIZE = 4096 };

typedef struct km_settings {
    int64_t k; /* 0 = not set */
    int32_t init;
    int32_t empty;
    int32_t algorithm;
    int32_t threads;     /* 0 = default */
    int64_t init_trials; /* 0 = 2 + floor(ln k) */
    int64_t init_sample; /* 0 = all rows */
    int64_t restarts;    /* >= 1 */
    uint64_t seed;
    int64_t max_iterations;     /* 0 = none */
    bool max_iterations_set;    /* by the caller: excludes iterations */
    int64_t iterations;         /* 0 = off, else exactly that many */
    int64_t batch_size;         /* mini-batch: rows, >= 1 */
    int64_t max_no_improvement; /* mini-batch: batches, 0 = off */
    double reassignment_ratio;  /* mini-batch: KM_RULE_OFF = never */
    double shift_tol;
    double shift_tol_relative;
    double inertia_tol_relative;
    double change_fraction;
    double time_limit;          /* seconds, KM_RULE_OFF = none */
    int64_t memory_limit;       /* bytes of the process, 0 = none */
    const char *scratch_folder; /* of row state beyond it, or NULL; owned as checkpoint is */
    bool nan_skip;
    bool finite_check;
    bool distances;
    bool cluster_inertia;
    bool profile;
    char isa[16];            /* "auto" or a table's name */
    const char *checkpoint;  /* file to write, or NULL; owned by the options handle, as resume is */
    double checkpoint_every; /* seconds between two checkpoints, KM_RULE_OFF = at stops only */
    const char *resume;      /* checkpoint to go on from, or NULL */
    const char *decisions;   /* the options that decide the result, as text; set by the door */
    const double *centroids; /* k x d when init is centroids; owned by the options handle */
    int64_t centroids_d;
    const int32_t *labels; /* borrowed, when init is labels */
    int64_t labels_n;
} km_settings;

/* Passes at most, 0 = no limit: mini-batch has a default of its own. */
static inline int64_t km_most_passes(const km_settings *settings)
{
    const int64_t epochs = 100;
    const bool batches = settings->algorithm == KM_ALGORITHM_MINIBATCH;
    if (settings->iterations > 0)
        return settings->iterations;
    return batches && !settings->max_iterations_set ? epochs : settings->max_iterations;
}

#endif
