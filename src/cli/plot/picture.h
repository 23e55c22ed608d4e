/* The output of a figure: which backend draws it is said by the file's suffix. */
#ifndef KMEANS_CLI_PICTURE_H
#define KMEANS_CLI_PICTURE_H

#include "../outputs.h"
#include "figure.h"

typedef struct plot_picture {
    output_set *outputs;
    output_file *main;   /* .svg, .txt, .gp, or .png */
    output_file *script; /* FILE.gp and FILE.dat: where the picture is a script, or a PNG without */
    output_file *data;   /* gnuplot to make it */
    const char *flag;
    const char *path; /* as given */
    char *gnuplot;    /* its path, for a PNG */
} plot_picture;

/* Add the outputs of a picture: .svg; .png, made by gnuplot where it is found in PATH, else only
 * prepared as .gp and .dat; .gp with .dat; .txt; "-" is standard output. path NULL = no picture.
 * Another name is a usage error. */
void add_picture(plot_picture *picture, output_set *outputs, const char *flag, const char *path);

/* Draw and finish; what fails is reported and counted. Nothing is done where there is no picture.
 */
void finish_picture(plot_picture *picture, const plot_figure *figure);

#endif
