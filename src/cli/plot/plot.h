/* Pictures of a fit: for plot and for fit --plot. */
#ifndef KMEANS_CLI_PLOT_H
#define KMEANS_CLI_PLOT_H

#include "picture.h"
#include "subject.h"

/* "NAME" or "NAME and 2 more" of the data, without its folder. */
char *name_data(const cli_args *args);

/* Clusters, inertia by pass and sizes of a fit, and the picture finished. */
void draw_fit(plot_picture *picture, const cli_args *args, kmeans_context *context,
              const row_set *rows, const kmeans_options *options, const kmeans_result *result);

#endif
