/* The measures of a sweep, and the choice of the best row by one of them. */
#include "sweep.h"

#include <math.h>
#include <string.h>

enum { GAP = 4, ELBOW = 5 };

const sweep_measure sweep_measures[CRITERIA] = {
    {"silhouette", "silhouette", "silhouette", KMEANS_MEASURE_SILHOUETTE},
    {"silhouette-simplified", "silhouette_simplified", "simplified",
     KMEANS_MEASURE_SILHOUETTE_SIMPLIFIED},
    {"calinski-harabasz", "calinski_harabasz", "calinski-h.", KMEANS_MEASURE_CALINSKI_HARABASZ},
    {"davies-bouldin", "davies_bouldin", "davies-b.", KMEANS_MEASURE_DAVIES_BOULDIN},
    {"gap", "gap", "gap", 0},
    {"elbow", NULL, NULL, 0},
};

double measure_of(const sweep_row *row, int index)
{
    switch (index) {
    case 0: return row->measured.silhouette;
    case 1: return row->measured.silhouette_simplified;
    case 2: return row->measured.calinski_harabasz;
    case 3: return row->measured.davies_bouldin;
    case GAP: return row->gap;
    default: return NAN;
    }
}

static unsigned measure_bit(const char *name)
{
    if (strcmp(name, "all") == 0) {
        return KMEANS_MEASURE_ALL & ~(unsigned)KMEANS_MEASURE_INERTIA;
    }
    for (int i = 0; i < GAP; i++) {
        if (strcmp(name, sweep_measures[i].name) == 0) {
            return sweep_measures[i].bit;
        }
    }
    if (strcmp(name, "gap") == 0) {
        die(EXIT_USAGE, "--measures: the gap is asked for by --gap B");
    }
    die(EXIT_USAGE,
        "--measures: '%s' is none of silhouette silhouette-simplified calinski-harabasz "
        "davies-bouldin all none",
        name);
}

static unsigned parse_measures(const char *text)
{
    unsigned wanted = 0;
    if (strcmp(text, "none") == 0) {
        return 0;
    }
    char *rest = copy_text(text);
    for (char *name = NULL; (name = strsep(&rest, ",")) != NULL;) {
        wanted |= measure_bit(name);
    }
    return wanted;
}

/* Whether the rows will have what a criterion looks at. */
static bool is_measured(const sweep *s, int criterion)
{
    return criterion == ELBOW || (criterion == GAP && s->references > 0) ||
           (sweep_measures[criterion].bit & s->wanted) != 0;
}

static int parse_criterion(const sweep *s, const char *text)
{
    int found = 0;
    if (text == NULL) { /* the first that is measured */
        while (!is_measured(s, found)) {
            found++;
        }
        return found;
    }
    while (found < CRITERIA && strcmp(text, sweep_measures[found].name) != 0) {
        found++;
    }
    if (found == CRITERIA) {
        die(EXIT_USAGE,
            "--criterion: '%s' is none of silhouette silhouette-simplified calinski-harabasz "
            "davies-bouldin gap elbow",
            text);
    }
    if (!is_measured(s, found)) {
        die(EXIT_USAGE,
            found == GAP ? "--criterion %s needs --gap B"
                         : "--criterion %s: --measures leaves it out",
            text);
    }
    return found;
}

void read_measures(sweep *s)
{
    enum { MOST_REFERENCES = 1000 };
    const cli_args *const args = s->args;
    const char *const measures = arg_value(args, "measures");
    const char *const gap = arg_value(args, "gap");
    const char *const sample = arg_value(args, "silhouette-sample");
    s->wanted = parse_measures(measures != NULL ? measures : "all");
    s->references = gap != NULL ? parse_count("gap", gap, 0, MOST_REFERENCES) : 0;
    s->sample = sample != NULL ? parse_count("silhouette-sample", sample, 2, INT64_MAX)
                               : KMEANS_SILHOUETTE_SAMPLE;
    s->criterion = parse_criterion(s, arg_value(args, "criterion"));
    if (sample != NULL && !(s->wanted & KMEANS_MEASURE_SILHOUETTE)) {
        print_warning("--silhouette-sample has no effect: --measures leaves the silhouette out");
    }
}

/* The row with the largest value of a measure, of equal ones the first; sign -1: the smallest. */
static int64_t best_row(const sweep *s, double sign)
{
    int64_t best = -1;
    double most = 0;
    for (int64_t i = 0; i < s->done; i++) {
        const double value = sign * measure_of(&s->table[i], s->criterion);
        if (!isnan(value) && (best < 0 || value > most)) {
            best = i;
            most = value;
        }
    }
    return best;
}

/* The smallest k with Gap(k) >= Gap(k') - s_k', k' being the next one (R. Tibshirani, G. Walther,
 * T. Hastie, Estimating the number of clusters in a data set via the gap statistic, J. Royal
 * Statistical Society B 63, 2001); the last where there is none. */
static int64_t gap_row(const sweep *s)
{
    int64_t last = -1;
    for (int64_t i = 0; i < s->done; i++) {
        const sweep_row *const row = &s->table[i];
        if (isnan(row->gap)) {
            continue;
        }
        if (last >= 0 && s->table[last].gap >= row->gap - row->gap_error) {
            return last;
        }
        last = i;
    }
    return last;
}

/* The row that lies farthest below the line from the first to the last point of (k, inertia), both
 * axes scaled to 0 .. 1 (V. Satopaa et al., Finding a "kneedle" in a haystack, ICDCSW 2011). */
static int64_t elbow_row(const sweep *s)
{
    const sweep_row *const first = s->table;
    const sweep_row *const last = s->table + s->done - 1;
    const double height = first->inertia - last->inertia;
    int64_t best = s->done > 0 ? 0 : -1;
    double most = 0;
    for (int64_t i = 0; i < s->done && height > 0; i++) {
        const double x = (double)(s->table[i].k - first->k) / (double)(last->k - first->k);
        const double below = 1 - x - (s->table[i].inertia - last->inertia) / height;
        if (below > most) {
            best = i;
            most = below;
        }
    }
    return best;
}

int64_t suggest_row(const sweep *s)
{
    if (s->criterion == GAP) {
        return gap_row(s);
    }
    if (s->criterion == ELBOW) {
        return elbow_row(s);
    }
    return best_row(s, sweep_measures[s->criterion].bit == KMEANS_MEASURE_DAVIES_BOULDIN ? -1 : 1);
}
