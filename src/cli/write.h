/* Writers of arrays: .npy or text, as the output's name says. A NULL output is skipped. Failures
 * stay in the stream and come out when the output is finished. */
#ifndef KMEANS_CLI_WRITE_H
#define KMEANS_CLI_WRITE_H

#include "json.h"
#include "outputs.h"

/* Start of a .npy file: `type` as NumPy writes it ("'<f8'"), cols 0 = one-dimensional. */
void write_npy_header(FILE *stream, const char *type, int64_t rows, int64_t cols);

void write_labels(const output_file *output, kmeans_context *context, const int32_t *labels,
                  int64_t n);

/* A matrix in tiles: begin once, then any number of tiles of full rows. dtype says how the
 * float64 values are stored (narrow.h). */
void begin_matrix(const output_file *output, int dtype, int64_t rows, int64_t cols);
void write_tile(const output_file *output, int dtype, const double *values, int64_t rows,
                int64_t cols);

/* Both in one, f64. */
void write_matrix(const output_file *output, kmeans_context *context, const double *values,
                  int64_t rows, int64_t cols);

/* The trace: a header line and one row per pass, or a structured array. `divisor` divides the
 * inertias. */
void write_trace(const output_file *output, const kmeans_trace_row *trace, int64_t count,
                 double divisor);

/* "trace": one object per row, with the same names. */
void put_trace(json_writer *json, const kmeans_trace_row *trace, int64_t count);

#endif
