/* The option that somebody meant: names of other libraries, then spelling. */
#include "options.h"

#include <string.h>

enum { NAME_SIZE = 32 };

typedef struct foreign_name {
    const char *theirs; /* lower case, '_' between words */
    const char *ours;
} foreign_name;

static const foreign_name foreign_names[] = {
    /* scikit-learn, cuML, dask */
    {"n_clusters", "clusters"},
    {"n_init", "restarts"},
    {"random_state", "seed"},
    {"n_jobs", "threads"},
    {"n_local_trials", "init_trials"},
    {"n_iter", "max_iterations"},
    {"tolerance", "tol"},
    {"batchsize", "batch_size"},
    {"minibatch_size", "batch_size"},
    {"n_centroids", "clusters"},
    /* FAISS */
    {"niter", "iterations"},
    {"nredo", "restarts"},
    {"ncentroids", "clusters"},
    /* R */
    {"centers", "clusters"},
    {"iter_max", "max_iterations"},
    {"nstart", "restarts"},
    {"n_start", "restarts"},
    /* MATLAB, OpenCV, Julia, Spark */
    {"numclusters", "clusters"},
    {"num_clusters", "clusters"},
    {"nclusters", "clusters"},
    {"maxiter", "max_iterations"},
    {"maxiters", "max_iterations"},
    {"maxits", "max_iterations"},
    {"maxit", "max_iterations"},
    {"max_iters", "max_iterations"},
    {"iters", "max_iterations"},
    {"iter", "max_iterations"},
    {"num_iterations", "iterations"},
    {"n_iterations", "iterations"},
    {"replicates", "restarts"},
    {"attempts", "restarts"},
    {"repeats", "restarts"},
    {"runs", "restarts"},
    {"num_init", "restarts"},
    {"emptyaction", "empty"},
    {"empty_action", "empty"},
    {"start", "init"},
    {"initialization", "init"},
    {"init_method", "init"},
    {"initial_centers", "init"},
    {"epsilon", "tol"},
    {"eps", "tol"},
    {"tolfun", "tol"},
    {"random_seed", "seed"},
    {"rng", "seed"},
    {"rng_seed", "seed"},
    {"trials", "init_trials"},
    {"n_threads", "threads"},
    {"nthreads", "threads"},
    {"num_threads", "threads"},
    {"numthreads", "threads"},
    {"omp_num_threads", "threads"},
    {"jobs", "threads"},
    {"num_workers", "threads"},
    {"timeout", "time_limit"},
    {"max_time", "time_limit"},
    {"simd", "isa"},
    {"arch", "isa"},
    {"method", "algorithm"},
};

/* Lower case with '_' for '-', '.' and blanks; false when it is longer than any name. */
static bool normalise(const char *name, char text[NAME_SIZE])
{
    size_t i = 0;
    for (; name[i] != '\0'; i++) {
        if (i == NAME_SIZE - 1)
            return false;
        const char c = name[i];
        text[i] = c == '-' || c == '.' || c == ' ' ? '_' : c;
        if (c >= 'A' && c <= 'Z')
            text[i] = (char)(c - 'A' + 'a');
    }
    text[i] = '\0';
    return true;
}

static int smaller(int a, int b) { return a < b ? a : b; }

/* Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours
 * (F. Damerau, A technique for computer detection and correction of spelling errors, CACM 1964). */
static int spelling_distance(const char *a, const char *b)
{
    const int m = (int)strlen(a);
    const int n = (int)strlen(b);
    int cost[NAME_SIZE + 1][NAME_SIZE + 1];
    for (int i = 0; i <= m; i++)
        cost[i][0] = i;
    for (int j = 0; j <= n; j++)
        cost[0][j] = j;
    for (int i = 1; i <= m; i++) {
        for (int j = 1; j <= n; j++) {
            int best = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = smaller(best, smaller(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = smaller(best, cost[i - 2][j - 2] + 1);
            cost[i][j] = best;
        }
    }
    return cost[m][n];
}

/* How many slips a word of this length may hold and still be recognised. */
static int allowed_distance(const char *name, const char *word)
{
    const int length = smaller((int)strlen(name), (int)strlen(word));
    return length <= 2 ? 0 : length <= 5 ? 1 : 2;
}

/* Every alias is one word, so both texts of a row can be compared as they are. */
static const char *nearest_spelling(const char *text)
{
    const char *nearest = NULL;
    int best = 3;
    for (int i = 0; km_option_row(i) != NULL; i++) {
        const kmeans_option_info *const info = &km_option_row(i)->info;
        const char *const words[2] = {info->name, info->alias};
        for (int w = 0; w < 2; w++) {
            const int distance = spelling_distance(text, words[w]);
            if (distance < best && distance <= allowed_distance(text, words[w])) {
                best = distance;
                nearest = words[w];
            }
        }
    }
    return nearest;
}

const char *kmeans_option_nearest(const char *name)
{
    char text[NAME_SIZE];
    if (name == NULL || *name == '\0' || !normalise(name, text))
        return NULL;
    for (size_t i = 0; i < sizeof foreign_names / sizeof foreign_names[0]; i++) {
        if (strcmp(text, foreign_names[i].theirs) == 0)
            return foreign_names[i].ours;
    }
    return nearest_spelling(text);
}
