/* The rows that cells are measured on: drawn by a recipe, or of DATA, in the number types asked
 * for. Other processes get them through a file without a name, which ends with this process. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "generate_recipe.h"
#include "narrow.h"
#include "write.h"
#include "write_csr.h"

enum { BLOCK_NUMBERS = 1 << 15, DEFAULT_CLUSTERS = 100 };

/* Standard deviation of the blobs: with centres in [-10, 10) clusters overlap, rows go on changing
 * for some passes. */
static const double blob_spread = 4;

/* Where the numbers come from: a recipe, or DATA. */
typedef struct row_feed {
    row_recipe recipe;
    kmeans_source *source;
    int64_t row; /* next one */
} row_feed;

/* Drawn numbers are rounded to float32, so that both types of floats hold the same values. */
static void begin_drawing(const bench_run *bench, const bench_recipe *what, row_recipe *recipe)
{
    const uint64_t seed = parse_seed("seed", bench->seed);
    if (strcmp(what->kind, "blobs") == 0) {
        const int64_t clusters = what->n < DEFAULT_CLUSTERS ? what->n : DEFAULT_CLUSTERS;
        begin_blobs(recipe, what->n, what->d, clusters, blob_spread, seed);
    } else if (strcmp(what->kind, "four-gaussians") == 0) {
        begin_four_gaussians(recipe, what->n, seed);
    } else {
        begin_uniform(recipe, what->n, what->d, seed);
    }
    recipe->density = what->density;
    recipe->rounding = KMEANS_F32;
}

static void read_feed(bench_run *bench, row_feed *feed, int64_t count, int64_t d, double *out)
{
    if (feed->source != NULL) {
        const int status = kmeans_source_read(feed->source, feed->row, count, out);
        if (status != KMEANS_OK) {
            die_status(bench->context, status);
        }
    }
    for (int64_t i = 0; i < count && feed->source == NULL; i++) {
        draw_row(&feed->recipe, out + i * d);
    }
    feed->row += count;
}

static int size_of(int dtype)
{
    unsigned char bytes[8];
    return encode(dtype, 0, bytes);
}

static const char *temporary_folder(void)
{
    const char *const folder = getenv("TMPDIR");
    return folder != NULL && *folder != '\0' ? folder : "/tmp";
}

static FILE *open_nameless(void)
{
    char *const name = join_text(temporary_folder(), "/kmeans-bench-XXXXXX");
    const int number = mkostemp(name, O_CLOEXEC);
    FILE *const file = number >= 0 && unlink(name) == 0 ? fdopen(number, "w+b") : NULL;
    if (file == NULL) {
        die(EXIT_OUTPUT, "no temporary file %s: %s", name, strerror(errno));
    }
    release(name);
    return file;
}

/* Put numbers into memory; false when one had to be rounded. */
static bool store_numbers(int dtype, const double *values, int64_t count, unsigned char *out)
{
    bool exact = true;
    for (int64_t q = 0; q < count; q++) {
        if (isnan(values[q])) {
            die(EXIT_USAGE, "--dtypes %s: rows with NaN are not converted to another type",
                kmeans_dtype_name(dtype));
        }
        const double value = narrow(dtype, values[q]);
        exact = exact && value == values[q];
        out += encode(dtype, value, out);
    }
    return exact;
}

/* The rows as a source over memory. */
static void keep_in_memory(bench_run *bench, bench_rows *rows)
{
    const kmeans_dense view = kmeans_dense_rows(rows->memory, rows->dtype, rows->n, rows->d);
    const int status = kmeans_source_dense(bench->context, &view, &rows->source);
    if (status != KMEANS_OK) {
        die_status(bench->context, status);
    }
}

static void end_file(bench_rows *rows)
{
    if (fflush(rows->file) != 0 || ferror(rows->file)) {
        die(EXIT_OUTPUT, "the rows cannot be written to a temporary file in %s: %s",
            temporary_folder(), strerror(errno));
    }
    rows->bytes = ftello(rows->file);
    snprintf(rows->name, sizeof rows->name, "/proc/%ld/fd/%d", (long)getpid(), fileno(rows->file));
    rows->path = rows->name;
}

/* Every number once: to memory or, for other processes, to a file. */
static void fill_rows(bench_run *bench, row_feed *feed, bench_rows *rows)
{
    const int64_t at_once = BLOCK_NUMBERS / rows->d > 0 ? BLOCK_NUMBERS / rows->d : 1;
    const int size = size_of(rows->dtype);
    double *const block = allocate(at_once * rows->d, sizeof *block);
    unsigned char *const packed = allocate(at_once * rows->d, (size_t)size);
    bool exact = true;
    rows->bytes = rows->n * rows->d * size;
    if (bench->in_processes) {
        rows->file = open_nameless();
        write_npy_header(rows->file, npy_type_of(rows->dtype), rows->n, rows->d);
    } else {
        rows->memory = allocate(rows->n * rows->d, (size_t)size);
    }
    for (int64_t row = 0; row < rows->n; row += at_once) {
        const int64_t count = rows->n - row < at_once ? rows->n - row : at_once;
        unsigned char *const out =
            rows->memory != NULL ? rows->memory + row * rows->d * size : packed;
        read_feed(bench, feed, count, rows->d, block);
        exact = store_numbers(rows->dtype, block, count * rows->d, out) && exact;
        if (rows->file != NULL) {
            fwrite(packed, (size_t)size, (size_t)(count * rows->d), rows->file);
        }
    }
    rows->values = exact ? 0 : rows->dtype;
    release(packed);
    release(block);
    if (rows->file != NULL) {
        end_file(rows);
    } else {
        keep_in_memory(bench, rows);
    }
}

static bench_rows *add_rows(bench_run *bench, const char *kind, int64_t n, int64_t d, int dtype)
{
    if (bench->row_sets == MOST_ROW_SETS) {
        die(EXIT_USAGE, "more than %d sets of rows", MOST_ROW_SETS);
    }
    bench_rows *const rows = &bench->rows[bench->row_sets++];
    *rows = (bench_rows){.workload = kind, .n = n, .d = d, .dtype = dtype};
    return rows;
}

const bench_rows *make_rows(bench_run *bench, const bench_recipe *recipe, int dtype)
{
    row_feed feed = {.source = NULL};
    if (recipe->n > INT64_MAX / 8 / recipe->d) {
        die(EXIT_USAGE, "--rows %lld times --cols %lld is too large", (long long)recipe->n,
            (long long)recipe->d);
    }
    bench_rows *const rows = add_rows(bench, recipe->kind, recipe->n, recipe->d, dtype);
    begin_drawing(bench, recipe, &feed.recipe);
    if (recipe->sparse) {
        rows->sparse = true;
        rows->file = open_nameless();
        write_csr(rows->file, dtype, &feed.recipe);
        end_file(rows);
    } else {
        fill_rows(bench, &feed, rows);
    }
    end_recipe(&feed.recipe);
    return rows;
}

const bench_rows *take_data(bench_run *bench, int dtype)
{
    const row_set *const data = &bench->data;
    const bool sparse = kmeans_source_sparse(data->source);
    if (sparse && dtype != data->dtype) {
        die(EXIT_USAGE, "--dtypes %s: sparse DATA is measured in its own type, %s",
            kmeans_dtype_name(dtype), kmeans_dtype_name(data->dtype));
    }
    bench_rows *const rows = add_rows(bench, bench->args->operands[0], data->n, data->d, dtype);
    rows->sparse = sparse;
    if (dtype == data->dtype) {
        rows->source = data->source;
        rows->bytes = data->bytes;
    } else {
        row_feed feed = {.source = data->source};
        fill_rows(bench, &feed, rows);
        if (data->weights != NULL && rows->source != NULL) {
            kmeans_source_set_weights(rows->source, data->weights);
        }
    }
    return rows;
}

void close_bench_rows(bench_run *bench)
{
    for (int i = 0; i < bench->row_sets; i++) {
        bench_rows *const rows = &bench->rows[i];
        if (rows->source != bench->data.source) {
            kmeans_source_close(rows->source);
        }
        if (rows->file != NULL) {
            fclose(rows->file);
        }
        release(rows->memory);
    }
    if (bench->args->operand_count > 0) {
        close_rows(&bench->data);
    }
}
