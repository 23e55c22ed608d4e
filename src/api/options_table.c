/* The table of options: names, aliases, defaults, ranges and help, and where the value goes. */
#include "options.h"

#include <float.h>
#include <string.h>

#include "../services/threads.h"

#define FIELD(name) offsetof(km_settings, name), sizeof(((km_settings *)0)->name)
#define K_MAX       INT32_MAX /* labels are int32_t */
#define RESTART_MAX (1 << 24) /* a counter field of the random numbers: services/random.h */
#define TRIALS_MAX  65536

/* clang-format off */
static const km_option options[] = {
    {{"k", "clusters", "integer", "", "1 .. n", "Number of clusters."},
     KM_OPTION_INTEGER, FIELD(k), 1, K_MAX, 0},
    {{"init", "", "choice", "k-means++", "k-means++ | random | box | k-means-parallel",
      "First centroids: greedy k-means++, random rows, random points in the box, k-means||."},
     KM_OPTION_CHOICE, FIELD(init), 0, 0, 0},
    {{"init_trials", "", "integer", "0", "0 .. 65536",
      "Candidates per step of k-means++; 0: 2 + floor(ln k); 1: the plain method."},
     KM_OPTION_INTEGER, FIELD(init_trials), 0, TRIALS_MAX, 0},
    {{"init_sample", "", "integer", "0", "0, or k .. n",
      "Choose the first centroids from that many rows, drawn without replacement; 0: all rows."},
     KM_OPTION_INTEGER, FIELD(init_sample), 0, INT64_MAX, 0},
    {{"restarts", "", "integer", "1", "1 .. 16777216",
      "Runs from different starts; the one with the lowest inertia is kept."},
     KM_OPTION_INTEGER, FIELD(restarts), 1, RESTART_MAX, 0},
    {{"seed", "", "integer", "0", "0 .. 2^64-1",
      "Key of the random numbers: the same seed gives the same bits."},
     KM_OPTION_SEED, FIELD(seed), 0, 0, 0},
    {{"algorithm", "", "choice", "auto", "auto | lloyd | hamerly | minibatch",
      "How centroids are found; auto: the exact one with the least work; minibatch: not exact."},
     KM_OPTION_CHOICE, FIELD(algorithm), 0, 0, 0},
    {{"max_iterations", "max_iter", "integer", "300", "0 .. 2^63-1",
      "Upper limit of passes in each restart; 0: none. Mini-batch: of epochs, 100 if not given."},
     KM_OPTION_INTEGER, FIELD(max_iterations), 0, INT64_MAX, 0},
    {{"iterations", "", "integer", "0", "0 .. 2^63-1",
      "Exactly that many passes with every other stop rule off; 0: stop by the rules."},
     KM_OPTION_INTEGER, FIELD(iterations), 0, INT64_MAX, 0},
    {{"batch_size", "", "integer", "1024", "1 .. 2^63-1",
      "Mini-batch: rows after which the centroids move."},
     KM_OPTION_INTEGER, FIELD(batch_size), 1, INT64_MAX, 0},
    {{"max_no_improvement", "", "integer", "10", "0 .. 2^63-1",
      "Mini-batch: stop after that many batches without improvement of their inertia; 0: off."},
     KM_OPTION_INTEGER, FIELD(max_no_improvement), 0, INT64_MAX, 0},
    {{"reassignment_ratio", "", "real", "0.01", "off, or 0 .. 1",
      "Mini-batch: centroids with less than this times the largest weight are placed anew."},
     KM_OPTION_TOLERANCE, FIELD(reassignment_ratio), 0, 0, 1},
    {{"shift_tol", "", "real", "off", "off, or a number >= 0",
      "Stop when no centroid moved further than this distance."},
     KM_OPTION_TOLERANCE, FIELD(shift_tol), 0, 0, DBL_MAX},
    {{"shift_tol_relative", "tol", "real", "off", "off, or a number >= 0",
      "Stop when the sum of the squared shifts is at most this times the mean column variance."},
     KM_OPTION_TOLERANCE, FIELD(shift_tol_relative), 0, 0, DBL_MAX},
    {{"inertia_tol_relative", "inertia_tol", "real", "off", "off, or a number >= 0",
      "Stop when the inertia fell by at most this times the inertia of the pass before."},
     KM_OPTION_TOLERANCE, FIELD(inertia_tol_relative), 0, 0, DBL_MAX},
    {{"change_fraction", "", "real", "off", "off, or 0 .. 1",
      "Stop when less than this fraction of the rows (by weight) changed cluster."},
     KM_OPTION_TOLERANCE, FIELD(change_fraction), 0, 0, 1},
    {{"time_limit", "", "duration", "off", "off, or a time: 90, 90s, 5m, 2h",
      "Stop after this time, all restarts together, with the last complete assignment."},
     KM_OPTION_DURATION, FIELD(time_limit), 0, 0, DBL_MAX},
    {{"memory_limit", "", "size", "off", "off, or bytes: 256M, 2G",
      "Bound of the process's resident memory: row state beyond it goes to scratch files."},
     KM_OPTION_SIZE, FIELD(memory_limit), 1, INT64_MAX, 0},
    {{"scratch_folder", "", "path", "", "a folder",
      "Folder of the scratch files of memory_limit; they have no name. TMPDIR, else /tmp."},
     KM_OPTION_PATH, FIELD(scratch_folder), 0, 0, 0},
    {{"empty", "", "choice", "relocate", "relocate | keep | error",
      "A cluster without rows: move it to the farthest row, leave it in its place, or fail."},
     KM_OPTION_CHOICE, FIELD(empty), 0, 0, 0},
    {{"nan", "", "choice", "error", "error | skip",
      "Rows with NaN: fail, or give them the label -1 and count them nowhere."},
     KM_OPTION_CHOICE, FIELD(nan_skip), 0, 0, 0},
    {{"finite_check", "", "switch", "on", "on | off",
      "Look for NaN, infinities and values above 2^500; off: labels of such rows are unspecified."},
     KM_OPTION_SWITCH, FIELD(finite_check), 0, 0, 0},
    {{"threads", "", "integer", "0", "0 .. 4096",
      "Threads; 0: KMEANS_NUM_THREADS, else OMP_NUM_THREADS, else the CPUs of this process."},
     KM_OPTION_INTEGER, FIELD(threads), 0, KM_MAX_THREADS, 0},
    {{"isa", "", "choice", "auto",
      "auto | amx | avx512vnni | avx512 | avx2 | neon | scalar | emulated",
      "Instruction set of the kernels; auto: KMEANS_ISA, else the best that the CPU can run."},
     KM_OPTION_ISA, FIELD(isa), 0, 0, 0},
    {{"distances", "", "switch", "off", "on | off",
      "Keep every row's distance to its own and to the second nearest centroid."},
     KM_OPTION_SWITCH, FIELD(distances), 0, 0, 0},
    {{"cluster_inertia", "", "switch", "off", "on | off",
      "Keep the inertia of each cluster, for one more visit of the rows."},
     KM_OPTION_SWITCH, FIELD(cluster_inertia), 0, 0, 0},
    {{"profile", "", "switch", "off", "on | off",
      "Keep where the time went, phase by phase."},
     KM_OPTION_SWITCH, FIELD(profile), 0, 0, 0},
    {{"checkpoint", "", "path", "", "a file name",
      "Keep a checkpoint in this file, from which resume goes on."},
     KM_OPTION_PATH, FIELD(checkpoint), 0, 0, 0},
    {{"checkpoint_every", "", "duration", "300", "off, or a time: 0, 90s, 5m, 2h",
      "Time between two checkpoints; 0: after every pass; off: only where the fit stops."},
     KM_OPTION_DURATION, FIELD(checkpoint_every), 0, 0, DBL_MAX},
    {{"resume", "", "path", "", "a file name",
      "Go on from this checkpoint of the same data; options that are not given come from it."},
     KM_OPTION_PATH, FIELD(resume), 0, 0, 0},
};
/* clang-format on */

/* The order of the words in `values` is the order of the enums. */
_Static_assert(KM_INIT_KMEANSPP == 0 && KM_INIT_RANDOM == 1 && KM_INIT_BOX == 2 &&
                   KM_INIT_PARALLEL == 3 && KM_INIT_CENTROIDS == 4,
               "init");
_Static_assert(KM_EMPTY_RELOCATE == 0 && KM_EMPTY_KEEP == 1 && KM_EMPTY_ERROR == 2, "empty");
_Static_assert(KM_ALGORITHM_AUTO == 0 && KM_ALGORITHM_LLOYD == 1 && KM_ALGORITHM_HAMERLY == 2 &&
                   KM_ALGORITHM_MINIBATCH == 3,
               "algorithm");
_Static_assert(KM_MAX_THREADS == 4096, "the range in the table");

const km_option *km_option_row(int index)
{
    const int count = (int)(sizeof options / sizeof options[0]);
    return index >= 0 && index < count ? &options[index] : NULL;
}

const kmeans_option_info *kmeans_option_at(int index)
{
    const km_option *const option = km_option_row(index);
    return option ? &option->info : NULL;
}

/* name equals the first `length` bytes of word, '-' read as '_'. */
static bool same_name(const char *name, const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((name[i] == '-' ? '_' : name[i]) != word[i])
            return false;
    }
    return name[length] == '\0';
}

static bool in_words(const char *name, const char *words)
{
    while (*words != '\0') {
        const size_t length = strcspn(words, " ");
        if (same_name(name, words, length))
            return true;
        words += length;
        words += strspn(words, " ");
    }
    return false;
}

const km_option *km_option_find(const char *name)
{
    for (int i = 0; km_option_row(i) != NULL; i++) {
        const km_option *const option = km_option_row(i);
        if (same_name(name, option->info.name, strlen(option->info.name)) ||
            in_words(name, option->info.alias))
            return option;
    }
    return NULL;
}
