#include "algorithm.h"

#include <string.h>

static const km_algorithm *const algorithms[] = {
    &km_lloyd,
    &km_hamerly,
    &km_minibatch_algorithm,
};

enum { ALGORITHMS = sizeof algorithms / sizeof *algorithms };

const km_algorithm *km_algorithm_at(int index)
{
    return index >= 0 && index < ALGORITHMS ? algorithms[index] : NULL;
}

const km_algorithm *km_algorithm_choose(const char *name, const km_sizes *sizes, const km_isa *isa)
{
    const km_algorithm *best = NULL;
    for (int a = 0; a < ALGORITHMS; a++) {
        const km_algorithm *const candidate = algorithms[a];
        const bool can = candidate->applicable(sizes, isa);
        if (strcmp(name, candidate->name) == 0)
            return can ? candidate : NULL;
        if (strcmp(name, "auto") == 0 && candidate->exact && can &&
            (!best || candidate->cost(sizes, isa) < best->cost(sizes, isa)))
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
