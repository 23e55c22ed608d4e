/* The flags of the method that fit and sweep share: what they exclude, and the seed. */
#ifndef KMEANS_CLI_METHOD_H
#define KMEANS_CLI_METHOD_H

#include "args.h"

/* --iterations is exactly N passes: every other rule is off. */
void check_stop_rules(const cli_args *args);

/* --init-trials is for k-means++; `start` says what the first centroids are. */
void check_init_trials(const kmeans_options *options, bool plusplus, const char *start);

/* The seed, or a random one, which is printed. */
void read_seed(const cli_args *args, kmeans_context *context, kmeans_options *options);

#endif
