#include "load_side.h"

#include <math.h>
#include <string.h>

#include "limit.h"
#include "load_npy.h"
#include "progress.h"

/* A file beside DATA. */
typedef struct side_file {
    const char *flag;
    const char *path;
    const char *holds; /* what it must hold, for messages */
} side_file;

/* The library's advice follows the last semicolon; advice to use a flag is about DATA. A quoted
 * excerpt of the file may hold semicolons, but no advice holds a quote. */
static char *drop_advice(const char *detail)
{
    char *const text = copy_text(detail);
    char *const advice = strrchr(text, ';');
    if (advice != NULL && strchr(advice, '\'') == NULL && strstr(advice, " --") != NULL) {
        *advice = '\0';
    }
    return text;
}

/* The numbers of a file in any format we read. */
static kmeans_source *open_file(kmeans_context *context, const side_file *file,
                                int64_t memory_limit, int64_t *rows, int64_t *cols)
{
    kmeans_source *source = NULL;
    kmeans_file_options reading;
    kmeans_file_options_init(&reading);
    reading.memory_limit = memory_limit;
    mute_warnings(true);
    int status = kmeans_source_open(context, file->path, &reading, &source);
    mute_warnings(false);
    if (status == KMEANS_ERROR_FORMAT) {
        die(EXIT_DATA, "--%s %s; the file must hold %s and nothing else", file->flag,
            drop_advice(kmeans_detail(context)), file->holds);
    }
    if (status != KMEANS_OK) {
        const char *const detail = kmeans_detail(context);
        die(status == KMEANS_ERROR_MEMORY ? EXIT_LIMIT : EXIT_DATA, "--%s %s", file->flag,
            *detail != '\0' ? detail : kmeans_strerror(status));
    }
    kmeans_source_shape(source, rows, cols, NULL);
    if (*rows > INT64_MAX / *cols) {
        die(EXIT_LIMIT, "--%s %s is too large", file->flag, file->path);
    }
    return source;
}

static void read_file(kmeans_context *context, kmeans_source *source, int64_t row, int64_t rows,
                      double *values)
{
    const int status = kmeans_source_read(source, row, rows, values);
    if (status != KMEANS_OK) {
        die_status(context, status);
    }
}

static double *load_matrix(kmeans_context *context, const side_file *file, int64_t *rows,
                           int64_t *cols)
{
    kmeans_source *const source = open_file(context, file, 0, rows, cols);
    double *const matrix = allocate(*rows * *cols, sizeof *matrix);
    read_file(context, source, 0, *rows, matrix);
    kmeans_source_close(source);
    return matrix;
}

double *load_centroids(kmeans_context *context, const char *flag, const char *path, int64_t *k,
                       int64_t *d)
{
    const side_file file = {flag, path, "one centroid per row"};
    double *const centroids = load_matrix(context, &file, k, d);
    for (int64_t j = 0; j < *k; j++) {
        const int64_t p = find_bad_value(centroids + j * *d, *d, false);
        if (p >= 0) {
            die(EXIT_DATA,
                "--%s %s: row %lld, column %lld (counted from 0) is %g; values must be finite and "
                "at most 2^500 in magnitude",
                flag, path, (long long)j, (long long)p,
                isnan(centroids[j * *d + p]) ? fabs(centroids[j * *d + p]) : centroids[j * *d + p]);
        }
    }
    return centroids;
}

void check_centroid_columns(const char *flag, const char *path, int64_t d, const row_set *rows)
{
    if (d != rows->d) {
        die(EXIT_DATA, "--%s %s has %lld column%s, but the data has %lld", flag, path, (long long)d,
            plural(d), (long long)rows->d);
    }
}

static noreturn void die_count(const side_file *file, int64_t rows, int64_t cols, int64_t n)
{
    die(EXIT_DATA, "--%s %s: %lld row%s of %lld number%s; the file must hold %s, and there %s %lld",
        file->flag, file->path, (long long)rows, plural(rows), (long long)cols, plural(cols),
        file->holds, n == 1 ? "is" : "are", (long long)n);
}

/* One number per row; they may also stand on one line. */
static bool is_column(int64_t *rows, int64_t *cols)
{
    if (*cols != 1 && *rows == 1) {
        *rows = *cols;
        *cols = 1;
    }
    return *cols == 1;
}

double *load_weights(kmeans_context *context, const char *path, int64_t n)
{
    const side_file file = {"weights", path, "one weight per row of the data"};
    int64_t rows = 0;
    int64_t cols = 0;
    bool positive = false;
    double *const weights = load_matrix(context, &file, &rows, &cols);
    if (!is_column(&rows, &cols) || rows != n) {
        die_count(&file, rows, cols, n);
    }
    for (int64_t i = 0; i < n; i++) {
        if (!(weights[i] >= 0 && weights[i] <= 0x1p500)) {
            die(EXIT_DATA,
                "--weights %s: row %lld (counted from 0) is %g; weights must be at least 0 and at "
                "most 2^500",
                path, (long long)i, isnan(weights[i]) ? fabs(weights[i]) : weights[i]);
        }
        positive = positive || weights[i] > 0;
    }
    if (!positive) {
        die(EXIT_DATA, "--weights %s: every weight is 0", path);
    }
    return weights;
}

/* Rows row .. row + n - 1. */
static void labels_of_reals(const side_file *file, const double *values, int64_t row, int64_t n,
                            int32_t *labels)
{
    for (int64_t i = 0; i < n; i++) {
        if (!(values[i] >= -1.0 && values[i] <= 2147483646.0) ||
            values[i] != (double)(int32_t)values[i]) {
            die(EXIT_DATA,
                "--%s %s: row %lld (counted from 0) is %g, no label (a whole number from 0 up)",
                file->flag, file->path, (long long)(row + i),
                isnan(values[i]) ? fabs(values[i]) : values[i]);
        }
        labels[row + i] = (int32_t)values[i];
    }
}

/* Numbers of any type, a block of rows at a time; those of one line are one block. */
static void load_reals(kmeans_context *context, const kmeans_options *options,
                       const side_file *file, int64_t n, int32_t *labels)
{
    int64_t count = 0;
    int64_t cols = 0;
    const int64_t limit = memory_limit_of(options);
    kmeans_source *const source = open_file(context, file, limit, &count, &cols);
    const bool line = count == 1 && cols != 1;
    if (!is_column(&count, &cols) || count != n) {
        die_count(file, count, cols, n);
    }
    const int64_t block = line || n < ROW_WINDOW ? n : ROW_WINDOW;
    double *const values = allocate(block, sizeof *values);
    for (int64_t row = 0; row < n; row += block) {
        const int64_t m = n - row < block ? n - row : block;
        read_file(context, source, row, line ? 1 : m, values);
        labels_of_reals(file, values, row, m, labels);
        kmeans_context_release(context);
    }
    release(values);
    kmeans_source_close(source);
}

void load_labels(kmeans_context *context, const kmeans_options *options, const char *flag,
                 const char *path, int64_t n, int32_t low_limit, int32_t *labels)
{
    const side_file file = {flag, path, "one label per row of the data"};
    int64_t count = 0;
    if (!load_npy_integers(context, flag, path, n, labels, &count)) {
        load_reals(context, options, &file, n, labels);
    } else if (count != n) {
        die_count(&file, count, 1, n);
    }
    for (int64_t i = 0; i < n; i++) {
        if (labels[i] < low_limit) {
            die(EXIT_DATA,
                "--%s %s: row %lld (counted from 0) is %d, no label (a whole number from %d up)",
                flag, path, (long long)i, labels[i], low_limit);
        }
        if (i % ROW_WINDOW == 0) {
            kmeans_context_release(context);
        }
    }
}
