/* Random numbers for generate: the same on every machine, so no function of libm but sqrt. */
#ifndef KMEANS_CLI_GENERATE_RANDOM_H
#define KMEANS_CLI_GENERATE_RANDOM_H

#include "cli.h"

typedef struct random_generator {
    uint64_t state[4];
    double spare; /* the second normal of a pair */
    bool has_spare;
} random_generator;

void seed_generator(random_generator *generator, uint64_t seed);

/* Uniform in [0, 1): 53 bits. */
double draw_uniform(random_generator *generator);

/* Uniform in 0 .. bound-1, bound >= 1, without bias. */
uint64_t draw_below(random_generator *generator, uint64_t bound);

/* Standard normal. */
double draw_normal(random_generator *generator);

/* Natural logarithm of a normal number x > 0, within a few units in the last place, by basic
 * operations only. */
double plain_log(double x);

#endif
