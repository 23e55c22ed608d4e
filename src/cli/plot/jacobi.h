/* Eigenvalues of small symmetric matrices. */
#ifndef KMEANS_CLI_JACOBI_H
#define KMEANS_CLI_JACOBI_H

#include "../cli.h"

/* The cyclic Jacobi method on a symmetric m x m matrix, which is destroyed: eigenvalues falling,
 * their unit vectors as the rows of vectors. */
void find_eigenvectors(double *matrix, int m, double *values, double *vectors);

#endif
