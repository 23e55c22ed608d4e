/* Floor 4: checkpoints of a fit, and going on from one.
 *
 * A checkpoint is a state between two passes. It does not hold the labels: one pass with the older
 * of two sets of centroids brings them and the sums back, since both are exact. The file is one of
 * words (words.h): a magic text, format version, bytes; then, in this order (checkpoint.c),
 *   head    KMEANS_BITS_VERSION; n, d, k, type, weights there (0 or 1); the fingerprint of data and
 *           weights (steps/fingerprint.h) and of centroids or labels that were given, 0 if none;
 *           the options that decide the result as text, lines "name=value"
 *   state   stage and restart; the running restart, its last pass; the best restart; variance,
 *           cycle search; max_iterations; seconds, counts; seconds since the fit began, all in all
 *   rows    of the restarts that ended: inertia, passes, reason
 *   running restart: trace; the centroids before the last pass, and those it made (k x d float64;
 *           mini-batch: those after the last epoch only)
 *   best restart, where several were asked for and one ended: trace, centroids
 *   counts  mini-batch, after an epoch: k, else 0; then as many weights that centroids have taken
 * and the checksum. */
#ifndef KM_CHECKPOINT_H
#define KM_CHECKPOINT_H

#include "fit.h"
#include "words.h"

typedef struct km_checkpoint_head {
    int64_t bits_version;
    int64_t n, d, k, dtype, weighted;
    km_fingerprint fingerprint;
    uint64_t start;
    char decisions[KM_DECISIONS_SIZE];
} km_checkpoint_head;

/* What writing needs: one block, taken before the passes. */
typedef struct km_checkpoint {
    km_atomic_file file;
    km_words words;
    km_checkpoint_head head;
    km_state noted;      /* the state that the file would hold, */
    double *taken;       /* [k] a copy of km_minibatch.taken */
    double *older;       /* [k x d] the centroids before its last pass: a copy; by batches, those
                            after it, */
    const double *newer; /* and those it made: in fit->c[], untouched till the next pass ends */
    bool there;          /* something is noted */
    bool saved;          /* and it is in the file */
    double written;      /* when the file was last written */
} km_checkpoint;

/* Bytes of one, `older` included. */
static inline int64_t km_checkpoint_bytes(int64_t k, int64_t d)
{
    const int64_t older = km_size_mul(k, (d + 1) * (int64_t)sizeof(double)); /* and taken */
    const int64_t bytes = km_size_add(older, (int64_t)sizeof(km_checkpoint));
    return bytes < 0 ? INT64_MAX : bytes;
}

/* Whether the file can be written. Errors: KMEANS_ERROR_FILE. */
int km_checkpoint_open(km_fit *fit);

/* Before the first restart, the fingerprint being known. */
void km_checkpoint_begin(km_fit *fit);

/* Take note of fit->state, a stage of the restart being over. Writes the file where it is due, or
 * if `last`. A failure is a warning of the result, and the fit goes on. Nothing without a
 * checkpoint. */
void km_checkpoint_note(km_fit *fit, bool last);

/* The fit stops: what was noted is written if it is not in the file yet. Trace and centroids are
 * not copied, so this comes before a row of the trace that no note has. */
void km_checkpoint_stop(km_fit *fit);

/* The restart is over: its trace and the best centroids are about to be others than those of the
 * note, which cannot be written any more. */
void km_checkpoint_drop(km_fit *fit);

/* Head and content as they are in a file: the same calls for writing, counting and reading. */
void km_exchange_head(km_words *words, km_checkpoint_head *head);
void km_exchange_state(km_words *words, km_fit *fit, km_state *state, double *elapsed,
                       int64_t *max_iterations);
void km_exchange_arrays(km_words *words, km_fit *fit, km_state *state, double *older, double *newer,
                        double *taken);

/* The fingerprint of a start that was given, else 0. */
uint64_t km_start_hash(const km_settings *settings);

/* Read the head of a checkpoint, all of the file being looked at. Errors: KMEANS_ERROR_FILE,
 * KMEANS_ERROR_FORMAT, KMEANS_ERROR_MEMORY. */
int km_checkpoint_read_head(kmeans_context *context, const char *path, km_checkpoint_head *head);

/* Take fit->state and all arrays from the file settings->resume, the fingerprint being known; the
 * labels of the best restart come by a pass. Returns 0, 1 (stopped) or an error. */
int km_resume(km_fit *fit);

/* The labels and sums of the pass that fit->state stands after. The same returns. */
int km_resume_pass(km_fit *fit);

#endif
