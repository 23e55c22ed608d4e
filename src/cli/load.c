#include "load.h"

#include <string.h>

#include "load_npy.h"
#include "progress.h"

static char read_separator(const char *text)
{
    static const struct {
        const char *name;
        char separator;
    } names[] = {{",", ','},     {"comma", ','}, {";", ';'},      {"semicolon", ';'},
                 {"tab", '\t'},  {"\t", '\t'},   {"\\t", '\t'},   {"space", ' '},
                 {"blank", ' '}, {" ", ' '},     {"blanks", ' '}, {"auto", 0}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i].name) == 0) {
            return names[i].separator;
        }
    }
    die(EXIT_USAGE, "--separator: '%s' is none of , ; tab space auto", text);
}

static int read_header(const char *text)
{
    if (strcmp(text, "auto") == 0) {
        return -1;
    }
    if (strcmp(text, "yes") == 0 || strcmp(text, "no") == 0) {
        return text[0] == 'y';
    }
    die(EXIT_USAGE, "--header: '%s' is none of auto yes no", text);
}

static int read_dtype(const char *text)
{
    const int types[] = {KMEANS_F32, KMEANS_F64, KMEANS_U8};
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, kmeans_dtype_name(types[i])) == 0) {
            return types[i];
        }
    }
    die(EXIT_USAGE, "--dtype: '%s' is none of f32 f64 u8", text);
}

static void read_format(const cli_args *args, kmeans_file_options *options)
{
    static const char *const formats[] = {"auto", "npy", "text", "raw"};
    const char *const format = arg_value(args, "format");
    for (int i = 0; i < 4 && format != NULL; i++) {
        if (strcmp(format, formats[i]) == 0) {
            options->format = formats[i];
        }
    }
    if (format != NULL && options->format == NULL) {
        die(EXIT_USAGE, "--format: '%s' is none of auto npy text raw", format);
    }
    if (arg_given(args, "cols") || arg_given(args, "offset")) {
        if (options->format != NULL && strcmp(options->format, "raw") != 0) {
            die(EXIT_USAGE, "--cols and --offset belong to --format raw");
        }
        options->format = "raw";
    }
    if (options->format != NULL && strcmp(options->format, "raw") == 0 &&
        !arg_given(args, "cols")) {
        die(EXIT_USAGE, "raw bytes need --cols N, the numbers in a row");
    }
    if (options->dtype == KMEANS_U8 &&
        (options->format == NULL || strcmp(options->format, "raw") != 0)) {
        die(EXIT_USAGE, "--dtype u8 is for raw bytes (--cols N); text takes f32 or f64");
    }
}

void read_file_options(const cli_args *args, kmeans_file_options *options)
{
    const char *const separator = arg_value(args, "separator");
    const char *const header = arg_value(args, "header");
    const char *const dtype = arg_value(args, "dtype");
    const char *const nan = arg_value(args, "nan");
    kmeans_file_options_init(options);
    options->format = NULL;
    options->columns = arg_value(args, "columns");
    options->exclude = arg_value(args, "exclude");
    if (separator != NULL) {
        options->separator = read_separator(separator);
    }
    if (header != NULL) {
        options->header = read_header(header);
    }
    if (dtype != NULL) {
        options->dtype = read_dtype(dtype);
    }
    if (arg_given(args, "cols")) {
        options->cols = parse_count("cols", arg_value(args, "cols"), 1, INT64_MAX);
    }
    if (arg_given(args, "offset")) {
        options->offset = parse_size("offset", arg_value(args, "offset"));
    }
    read_format(args, options);
    options->nan_ok = nan != NULL && strcmp(nan, "skip") == 0;
}

void check_stdin_once(const char *const *paths, int count)
{
    int uses = 0;
    for (int i = 0; i < count; i++) {
        uses += paths[i] != NULL && strcmp(paths[i], "-") == 0;
    }
    if (uses > 1) {
        die(EXIT_USAGE, "only one input can be standard input");
    }
}

static void load_weights(kmeans_context *context, const char *path, row_set *rows)
{
    int64_t n = 0;
    int64_t cols = 0;
    rows->weights = load_matrix(context, "weights", path, &n, &cols);
    if (cols != 1 && n == 1) { /* all on one line */
        n = cols;
        cols = 1;
    }
    if (cols != 1 || n != rows->n) {
        die(EXIT_DATA,
            "--weights %s: %lld rows of %lld numbers; one weight for each of the %lld "
            "rows of the data is needed",
            path, (long long)n, (long long)cols, (long long)rows->n);
    }
    const int status = kmeans_source_set_weights(rows->source, rows->weights);
    if (status != KMEANS_OK) {
        die_status(context, status);
    }
}

void open_rows(const cli_args *args, kmeans_context *context, const kmeans_file_options *options,
               row_set *rows)
{
    const double start = seconds_since_start();
    int status = KMEANS_OK;
    memset(rows, 0, sizeof *rows);
    rows->parts = allocate(args->operand_count, sizeof(kmeans_source *));
    for (int i = 0; i < args->operand_count; i++) {
        status = kmeans_source_open(context, args->operands[i], options, &rows->parts[i]);
        if (status != KMEANS_OK) {
            die_status(context, status);
        }
        rows->part_count++;
        rows->bytes += kmeans_source_bytes(rows->parts[i]);
    }
    rows->source = rows->parts[0];
    if (rows->part_count > 1) {
        status = kmeans_source_concat(context, rows->parts, rows->part_count, &rows->source);
        if (status != KMEANS_OK) {
            die_status(context, status);
        }
    }
    kmeans_source_shape(rows->source, &rows->n, &rows->d, &rows->dtype);
    if (arg_given(args, "weights")) {
        load_weights(context, arg_value(args, "weights"), rows);
    }
    rows->seconds = seconds_since_start() - start;
}

void close_rows(row_set *rows)
{
    if (rows->part_count > 1) {
        kmeans_source_close(rows->source);
    }
    for (int i = 0; i < rows->part_count; i++) {
        kmeans_source_close(rows->parts[i]);
    }
    release(rows->weights);
    release(rows->parts);
}

double *load_matrix(kmeans_context *context, const char *flag, const char *path, int64_t *rows,
                    int64_t *cols)
{
    kmeans_source *source = NULL;
    mute_warnings(true);
    int status = kmeans_source_open(context, path, NULL, &source);
    mute_warnings(false);
    if (status != KMEANS_OK) {
        const char *const detail = kmeans_detail(context);
        die(status == KMEANS_ERROR_MEMORY ? EXIT_LIMIT : EXIT_DATA, "--%s: %s", flag,
            *detail != '\0' ? detail : kmeans_strerror(status));
    }
    kmeans_source_shape(source, rows, cols, NULL);
    if (*rows > INT64_MAX / *cols) {
        die(EXIT_LIMIT, "--%s %s is too large", flag, path);
    }
    double *const matrix = allocate(*rows * *cols, sizeof *matrix);
    status = kmeans_source_read(source, 0, *rows, matrix);
    if (status != KMEANS_OK) {
        die_status(context, status);
    }
    kmeans_source_close(source);
    return matrix;
}

static int32_t *labels_of_reals(const char *flag, const char *path, const double *values, int64_t n)
{
    int32_t *const labels = allocate(n, sizeof *labels);
    for (int64_t i = 0; i < n; i++) {
        if (!(values[i] >= -1.0 && values[i] <= 2147483646.0) ||
            values[i] != (double)(int32_t)values[i]) {
            die(EXIT_DATA, "--%s %s: row %lld: %g is no label (a whole number from 0 up)", flag,
                path, (long long)i, values[i]);
        }
        labels[i] = (int32_t)values[i];
    }
    return labels;
}

int32_t *load_labels(kmeans_context *context, const char *flag, const char *path, int64_t n,
                     int32_t low_limit)
{
    int64_t count = 0;
    int64_t cols = 1;
    int32_t *labels = load_npy_integers(flag, path, &count);
    if (labels == NULL) {
        double *const values = load_matrix(context, flag, path, &count, &cols);
        if (cols != 1 && count == 1) {
            count = cols;
            cols = 1;
        }
        if (cols == 1) {
            labels = labels_of_reals(flag, path, values, count);
        }
        release(values);
    }
    if (cols != 1 || count != n) {
        die(EXIT_DATA,
            "--%s %s: %lld rows of %lld numbers; one label for each of the %lld rows "
            "of the data is needed",
            flag, path, (long long)count, (long long)cols, (long long)n);
    }
    for (int64_t i = 0; i < n; i++) {
        if (labels[i] < low_limit) {
            die(EXIT_DATA, "--%s %s: row %lld: %d is no label (a whole number from %d up)", flag,
                path, (long long)i, labels[i], low_limit);
        }
    }
    return labels;
}
