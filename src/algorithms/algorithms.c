#include "algorithm.h"

#include <string.h>

static const km_algorithm *const algorithms[] = {
    &km_lloyd,
    &km_minibatch_algorithm,
};

enum { ALGORITHMS = sizeof algorithms / sizeof *algorithms };

const km_algorithm *km_algorithm_at(int index)
{
    return index >= 0 && index < ALGORITHMS ? algorithms[index] : NULL;
}

const km_algorithm *km_algorithm_choose(const char *name, int64_t n, int64_t d, int64_t k)
{
    const km_algorithm *best = NULL;
    for (int a = 0; a < ALGORITHMS; a++) {
        const km_algorithm *const candidate = algorithms[a];
        if (strcmp(name, candidate->name) == 0)
            return candidate;
        if (strcmp(name, "auto") == 0 && candidate->exact && candidate->applicable(n, d, k) &&
            (!best || candidate->cost(n, d, k) < best->cost(n, d, k)))
            best = candidate;
    }
    return best;
}

const char *kmeans_algorithm_name(int index, int *exact, const char **memory)
{
    const km_algorithm *const algorithm = km_algorithm_at(index);
    if (!algorithm)
        return NULL;
    if (exact)
        *exact = algorithm->exact;
    if (memory)
        *memory = algorithm->memory;
    return algorithm->name;
}
