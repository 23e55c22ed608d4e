#include "load.h"

#include <math.h>
#include <string.h>

#include "load_side.h"
#include "narrow.h"

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

/* What only text, or only text and raw bytes, can follow. */
static void check_format_flags(const cli_args *args, const char *format, int dtype)
{
    static const char *const flags[] = {"separator", "header", "dtype"};
    const bool raw = format != NULL && strcmp(format, "raw") == 0;
    const bool text = format == NULL || strcmp(format, "auto") == 0 || strcmp(format, "text") == 0;
    for (int i = 0; i < (raw ? 2 : !text ? 3 : 0); i++) {
        const bool needed = i == 2 && dtype == KMEANS_BF16; /* only the user knows that it is */
        if (arg_given(args, flags[i]) && !needed) {
            die(EXIT_USAGE, "--%s has no effect on --format %s", flags[i], format);
        }
    }
}

static void read_format(const cli_args *args, kmeans_file_options *options)
{
    const char *const format = arg_value(args, "format");
    const char *name = "auto";
    for (int i = 0; format != NULL && options->format == NULL && name != NULL; i++) {
        options->format = strcmp(format, name) == 0 ? name : NULL;
        name = kmeans_format_name(i);
    }
    if (format != NULL && options->format == NULL) {
        die(EXIT_USAGE, "--format: '%s' is none of auto " FORMATS, format);
    }
    const bool libsvm = options->format != NULL && strcmp(options->format, "libsvm") == 0;
    if ((arg_given(args, "cols") && !libsvm) || arg_given(args, "offset")) {
        if (options->format != NULL && strcmp(options->format, "raw") != 0) {
            die(EXIT_USAGE, "--cols and --offset belong to --format raw, --cols also to libsvm");
        }
        options->format = "raw";
    }
    if (options->format != NULL && strcmp(options->format, "raw") == 0 &&
        !arg_given(args, "cols")) {
        die(EXIT_USAGE, "raw bytes need --cols N, the numbers in a row");
    }
    const int dtype = options->dtype;
    if (dtype != KMEANS_F32 && dtype != KMEANS_F64 && dtype != KMEANS_BF16 &&
        (options->format == NULL || strcmp(options->format, "raw") != 0)) {
        die(EXIT_USAGE, "--dtype %s is for raw bytes (--cols N); text takes f32 or f64",
            kmeans_dtype_name(dtype));
    }
    check_format_flags(args, options->format, options->dtype);
}

static void read_source(const cli_args *args, kmeans_file_options *options)
{
    static const char *const names[] = {"auto", "mmap", "read", "stream"};
    const char *const source = arg_value(args, "source");
    options->source = source == NULL ? KMEANS_SOURCE_AUTO : -1;
    for (int i = 0; i < 4 && source != NULL; i++) {
        if (strcmp(source, names[i]) == 0) {
            options->source = i;
        }
    }
    if (options->source < 0) {
        die(EXIT_USAGE, "--source: '%s' is none of auto mmap read stream", source);
    }
    if (arg_given(args, "block-size")) {
        options->block_bytes = parse_size("block-size", arg_value(args, "block-size"));
        if (options->block_bytes == 0) {
            die(EXIT_USAGE, "--block-size: 0 is below 1");
        }
        if (options->source != KMEANS_SOURCE_AUTO && options->source != KMEANS_SOURCE_STREAM) {
            die(EXIT_USAGE, "--block-size has no effect on --source %s", source);
        }
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
        options->dtype = parse_dtype(dtype);
    }
    if (arg_given(args, "cols")) {
        options->cols = parse_count("cols", arg_value(args, "cols"), 1, INT64_MAX);
    }
    if (arg_given(args, "offset")) {
        options->offset = parse_size("offset", arg_value(args, "offset"));
    }
    read_format(args, options);
    read_source(args, options);
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

static const char *shown_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "(standard input)" : path;
}

/* Files that are one input are alike; the library would number them, here they have names. */
static void check_part(const cli_args *args, const kmeans_file_options *options,
                       const row_set *rows, int i)
{
    const char *const first = shown_name(args->operands[0]);
    const char *const name = shown_name(args->operands[i]);
    int64_t cols[2];
    int types[2];
    kmeans_source_shape(rows->parts[0], NULL, &cols[0], &types[0]);
    kmeans_source_shape(rows->parts[i], NULL, &cols[1], &types[1]);
    if (arg_given(args, "dtype") && types[1] != options->dtype) {
        print_warning("%s holds %s: --dtype %s has no effect on it", name,
                      kmeans_dtype_name(types[1]), kmeans_dtype_name(options->dtype));
    }
    if (cols[0] != cols[1]) {
        die(EXIT_DATA, "%s has %lld column%s, but %s has %lld", name, (long long)cols[1],
            plural(cols[1]), first, (long long)cols[0]);
    }
    if (types[0] != types[1]) {
        die(EXIT_DATA, "%s holds %s, but %s holds %s; all DATA must be of one type", name,
            kmeans_dtype_name(types[1]), first, kmeans_dtype_name(types[0]));
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
        check_part(args, options, rows, i);
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
        rows->weights = load_weights(context, arg_value(args, "weights"), rows->n);
        status = kmeans_source_set_weights(rows->source, rows->weights);
    }
    if (status != KMEANS_OK) {
        die_status(context, status);
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

noreturn void die_value(const cli_args *args, const row_set *rows, int64_t row, int64_t column,
                        double value)
{
    const bool chosen = arg_given(args, "columns") || arg_given(args, "exclude");
    int part = 0;
    int64_t n = 0;
    kmeans_source_shape(rows->parts[0], &n, NULL, NULL);
    while (row >= n && part + 1 < rows->part_count) {
        row -= n;
        kmeans_source_shape(rows->parts[++part], &n, NULL, NULL);
    }
    die(EXIT_DATA,
        "%s: row %lld, column %lld%s (counted from 0) is %g; values must be finite and at most "
        "2^500 in magnitude%s",
        shown_name(args->operands[part]), (long long)row, (long long)column,
        chosen ? " of those used" : "", isnan(value) ? fabs(value) : value,
        isnan(value) ? "; --nan skip leaves such rows out" : "");
}

int64_t rows_in_block(const row_set *rows)
{
    const int64_t count = (1 << 17) / rows->d;
    return count < 1 ? 1 : count < rows->n ? count : rows->n;
}

int64_t find_bad_value(const double *x, int64_t d, bool skip_nan)
{
    for (int64_t p = 0; p < d; p++) {
        if (isnan(x[p]) && skip_nan) {
            return -1;
        }
        if (!(fabs(x[p]) <= 0x1p500)) {
            return p;
        }
    }
    return -1;
}

void die_at_bad_value(const cli_args *args, const row_set *rows, bool skip_nan)
{
    const int64_t at_once = rows_in_block(rows);
    double *const x = allocate(at_once * rows->d, sizeof *x);
    int status = KMEANS_OK;
    for (int64_t row = 0; row < rows->n && status == KMEANS_OK; row += at_once) {
        const int64_t count = rows->n - row < at_once ? rows->n - row : at_once;
        status = kmeans_source_read(rows->source, row, count, x);
        for (int64_t i = 0; i < count && status == KMEANS_OK; i++) {
            const int64_t p = find_bad_value(x + i * rows->d, rows->d, skip_nan);
            if (p >= 0) {
                die_value(args, rows, row + i, p, x[i * rows->d + p]);
            }
        }
    }
    release(x);
}
