/* Reading the rows of DATA. The small files beside it: load_side.h. */
#ifndef KMEANS_CLI_LOAD_H
#define KMEANS_CLI_LOAD_H

#include "args.h"

/* The formats, for help and errors; --format takes what the library has (a test compares). */
#define FORMATS "npy raw npz hdf5 fvecs bvecs ivecs idx mtx libsvm text"

/* The rows a subcommand works on: one or several files, with the weights attached. */
typedef struct row_set {
    kmeans_source *source; /* the whole; one of `parts` when there is one file */
    kmeans_source **parts;
    int part_count;
    double *weights; /* n or NULL */
    int64_t n, d;
    int dtype;
    int64_t bytes;
    double seconds; /* that opening took */
} row_set;

/* Check the flags that say how to read, before anything is opened. */
void read_file_options(const cli_args *args, kmeans_file_options *options);

/* "-" may stand for one input only. */
void check_stdin_once(const char *const *paths, int count);

/* Open DATA and --weights. Errors exit. */
void open_rows(const cli_args *args, kmeans_context *context, const kmeans_file_options *options,
               row_set *rows);
void close_rows(row_set *rows);

/* Rows after which what lies in scratch files is let go: kmeans_context_release. */
enum { ROW_WINDOW = 1 << 16 };

/* Rows at a time, about a megabyte. */
int64_t rows_in_block(const row_set *rows);

/* The first column of a row that holds a value that cannot be used, or -1; a row with a NaN has
 * none when such rows are skipped. */
int64_t find_bad_value(const double *x, int64_t d, bool skip_nan);

/* End with an error that names file, row and column. Rows and columns count from 0, as labels do
 * and as NumPy does; errors about text have the form FILE:LINE: column, both from 1, as editors and
 * --columns count. `row` is one of the whole; the message has the row of its file. */
noreturn void die_value(const cli_args *args, const row_set *rows, int64_t row, int64_t column,
                        double value);

/* After the library refused the data: do so for the first bad value. Returns where there is
 * none. */
void die_at_bad_value(const cli_args *args, const row_set *rows, bool skip_nan);

#endif
