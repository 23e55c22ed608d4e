/* kmeans generate: random rows, written as they are drawn. */
#include "tables.h"

#include <string.h>

#include "generate_recipe.h"
#include "narrow.h"
#include "outputs.h"
#include "signals.h"
#include "write_csr.h"
#include "write.h"

enum { BLOCK_NUMBERS = 1 << 15, MOST_NUMBERS_LOG2 = 40 };

static int64_t count_arg(const cli_args *args, const char *name, int64_t otherwise)
{
    const char *const text = arg_value(args, name);
    return text != NULL ? parse_count(name, text, 1, (int64_t)1 << MOST_NUMBERS_LOG2) : otherwise;
}

static void forbid(const cli_args *args, const char *kind, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (arg_given(args, names[i])) {
            die(EXIT_USAGE, "--%s does not go with %s", names[i], kind);
        }
    }
}

static void prepare_blobs(const cli_args *args, int64_t rows, int64_t cols, uint64_t seed,
                          row_recipe *recipe)
{
    const char *const text = arg_value(args, "spread");
    const double spread = text != NULL ? parse_real("spread", text, 0, 1e100) : 1.0;
    const int64_t clusters = count_arg(args, "clusters", 3);
    if (clusters > rows) {
        die(EXIT_USAGE, "--clusters %lld is more than --rows %lld", (long long)clusters,
            (long long)rows);
    }
    if (cols > ((int64_t)1 << MOST_NUMBERS_LOG2) / clusters) {
        die(EXIT_USAGE, "--clusters times --cols is too large");
    }
    begin_blobs(recipe, rows, cols, clusters, spread, seed);
}

static void prepare_recipe(const cli_args *args, row_recipe *recipe)
{
    static const char *const of_blobs[] = {"clusters", "spread", "labels"};
    static const char *const of_others[] = {"cols", "clusters", "spread"};
    const char *const kind = args->operands[0];
    const char *const text = arg_value(args, "seed");
    const uint64_t seed = text != NULL ? parse_seed("seed", text) : 0;
    const int64_t rows = count_arg(args, "rows", 1000);
    const int64_t cols = count_arg(args, "cols", 2);
    if (rows > ((int64_t)1 << MOST_NUMBERS_LOG2) / cols) {
        die(EXIT_USAGE, "--rows times --cols is more than 2^%d numbers", MOST_NUMBERS_LOG2);
    }
    if (strcmp(kind, "blobs") == 0) {
        prepare_blobs(args, rows, cols, seed, recipe);
    } else if (strcmp(kind, "four-gaussians") == 0) {
        forbid(args, kind, of_others, 3);
        begin_four_gaussians(recipe, count_arg(args, "rows", 4000), seed);
    } else if (strcmp(kind, "uniform") == 0) {
        forbid(args, kind, of_blobs, 3);
        begin_uniform(recipe, rows, cols, seed);
    } else {
        die(EXIT_USAGE, "'%s' is none of blobs, uniform, four-gaussians", kind);
    }
}

static void write_rows(row_recipe *recipe, int dtype, const output_file *rows,
                       const output_file *labels)
{
    const int64_t at_once = BLOCK_NUMBERS / recipe->cols > 0 ? BLOCK_NUMBERS / recipe->cols : 1;
    double *const block = allocate(at_once * recipe->cols, sizeof *block);
    char text[REAL_TEXT];
    begin_matrix(rows, dtype, recipe->rows, recipe->cols);
    if (labels != NULL && labels->npy) {
        write_npy_header(labels->stream, "'<i4'", recipe->rows, 0);
    }
    for (int64_t row = 0; row < recipe->rows && !ferror(rows->stream); row += at_once) {
        const int64_t count = recipe->rows - row < at_once ? recipe->rows - row : at_once;
        for (int64_t i = 0; i < count; i++) {
            const int32_t label = draw_row(recipe, block + i * recipe->cols);
            if (labels != NULL && labels->npy) {
                fwrite(&label, sizeof label, 1, labels->stream);
            } else if (labels != NULL) {
                format_integer(label, text);
                fprintf(labels->stream, "%s\n", text);
            }
        }
        write_tile(rows, dtype, block, count, recipe->cols);
    }
    release(block);
}

/* Numbers that are not kept are 0, in every format; .npz does not hold them. */
static void read_density(const cli_args *args, int dtype, const output_file *rows,
                         row_recipe *recipe)
{
    const char *const text = arg_value(args, "density");
    recipe->density = text != NULL ? parse_real("density", text, 0, 1) : 0;
    if (text != NULL && recipe->density == 0) {
        die(EXIT_USAGE, "--density: '%s' is not above 0", text);
    }
    if (rows->npz && dtype != KMEANS_F32 && dtype != KMEANS_F64) {
        die(EXIT_USAGE, "--output %s: sparse rows are f32 or f64, not %s", rows->path,
            kmeans_dtype_name(dtype));
    }
    if (rows->npz && arg_given(args, "labels")) {
        die(EXIT_USAGE, "--labels does not go with .npz");
    }
}

int run_generate(const cli_args *args)
{
    row_recipe recipe = {0};
    output_set outputs = {0};
    const char *const type = arg_value(args, "dtype");
    const int dtype = type != NULL ? parse_dtype(type) : KMEANS_F64;
    prepare_recipe(args, &recipe);
    if (!arg_given(args, "output")) {
        die(EXIT_USAGE, "where to write is missing: -o FILE (- is standard output)");
    }
    output_file *const rows =
        add_output(&outputs, "output", arg_value(args, "output"), OUTPUT_ROWS);
    output_file *const labels =
        add_output(&outputs, "labels", arg_value(args, "labels"), OUTPUT_ARRAY);
    read_density(args, dtype, rows, &recipe);
    open_outputs(&outputs, NULL, 0);
    if (rows->npz) {
        write_csr(rows->stream, dtype, &recipe);
    } else {
        write_rows(&recipe, dtype, rows, labels);
    }
    finish_output(&outputs, rows);
    finish_output(&outputs, labels);
    end_recipe(&recipe);
    return outputs_exit_code(&outputs);
}
