/* kmeans: exact, reproducible, fast k-means for C, C++ and Fortran codes.
 *
 * Given n rows x_i of d numbers and a number of clusters k, k-means looks for centroids c_j that
 * make the inertia  sum_i w_i * min_j |x_i - c_j|^2  small, by Lloyd's iteration: label every row
 * with its nearest centroid, move every centroid to the mean of its rows, repeat
 * (S. P. Lloyd, Least squares quantization in PCM, IEEE Trans. Inf. Theory 28, 1982).
 *
 * What this library promises:
 *   1. Exact labels. The label of a row is the lowest j that minimises the real number
 *      sum_p (x_p - c_jp)^2; rounding never decides.
 *   2. Same bits. Labels, centroids, inertia and iteration count do not depend on the number of
 *      threads, the instruction set, the compiler or the memory layout of the input.
 *   3. No hidden memory. Arrays and binary files are borrowed and read in place, text is parsed
 *   into
 *      memory once; beyond the input nothing of size n x k or n x d is ever allocated; the plan
 *      (kmeans_plan_fit) says beforehand what will be.
 *   4. No silent behaviour. Nothing is printed, subsampled, clamped or swapped; there is no global
 *      state; what was chosen and why the run stopped is in the result.
 *
 * A complete program:
 *
 *   #include <kmeans/kmeans.h>
 *   #include <stdio.h>
 *
 *   int main(void)
 *   {
 *       const float x[6][2] = {{1, 2}, {1, 4}, {1, 0}, {10, 2}, {10, 4}, {10, 0}};
 *       kmeans_context *context = NULL;
 *       kmeans_options *options = NULL;
 *       kmeans_source *source = NULL;
 *       kmeans_result *result = NULL;
 *       kmeans_dense view = kmeans_dense_rows(x, KMEANS_F32, 6, 2);
 *       int status = kmeans_context_create(NULL, &context);
 *       if (status == 0) status = kmeans_options_create(context, &options);
 *       if (status == 0) status = kmeans_options_set_int(options, "k", 2);
 *       if (status == 0) status = kmeans_source_dense(context, &view, &source);
 *       if (status == 0) status = kmeans_fit(context, options, source, &result);
 *       if (status < 0) printf("%s: %s\n", kmeans_strerror(status), kmeans_detail(context));
 *       else for (int i = 0; i < 6; i++) printf("%d\n", (int)kmeans_result_labels(result)[i]);
 *       kmeans_result_free(result);
 *       kmeans_source_close(source);
 *       kmeans_options_free(options);
 *       kmeans_context_free(context);
 *       return status < 0;
 *   }
 *
 * The parts:
 *   status.h   return codes and their texts
 *   context.h  the handle that owns memory hooks, callbacks and the last error text; version
 *   source.h   where rows come from: memory in any layout, files
 *   options.h  everything that can be chosen, by name
 *   fit.h      plan, fit, predict, transform, score
 *   result.h   what a fit returns
 *   partial.h  mini-batches that arrive over time
 *   measures.h how good a clustering is: silhouette and others
 */
#ifndef KMEANS_KMEANS_H
#define KMEANS_KMEANS_H

#include "context.h"
#include "export.h"
#include "fit.h"
#include "measures.h"
#include "options.h"
#include "partial.h"
#include "result.h"
#include "source.h"
#include "status.h"
#include "version.h"

#endif
