/* kmeans generate: random rows, written as they are drawn. */
#include "tables.h"

#include <math.h>
#include <string.h>

#include "generate_random.h"
#include "narrow.h"
#include "outputs.h"
#include "signals.h"
#include "write.h"

enum { BLOCK_NUMBERS = 1 << 15, MOST_NUMBERS_LOG2 = 40 };

/* Rows of cluster j are centres[j] + spreads[j] * normal; without centres they are uniform in the
 * unit cube. Rows of all clusters are mixed: each is drawn from a cluster with a probability in
 * proportion to the rows it still has to give, which is a random shuffle that needs no memory. */
typedef struct recipe_facts {
    int64_t rows, cols, clusters;
    int dtype;
    double *centres; /* clusters x cols */
    double *spreads; /* clusters */
    int64_t *left;   /* clusters: rows still to be drawn */
    int64_t rows_left;
    random_generator generator;
} recipe_facts;

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

static void share_rows(recipe_facts *recipe)
{
    recipe->left = allocate(recipe->clusters, sizeof(int64_t));
    recipe->rows_left = recipe->rows;
    for (int64_t j = 0; j < recipe->clusters; j++) {
        recipe->left[j] =
            recipe->rows / recipe->clusters + (j < recipe->rows % recipe->clusters ? 1 : 0);
    }
}

static void prepare_blobs(const cli_args *args, recipe_facts *recipe)
{
    const char *const spread = arg_value(args, "spread");
    const double sigma = spread != NULL ? parse_real("spread", spread, 0, 1e100) : 1.0;
    recipe->clusters = count_arg(args, "clusters", 3);
    if (recipe->clusters > recipe->rows) {
        die(EXIT_USAGE, "--clusters %lld is more than --rows %lld", (long long)recipe->clusters,
            (long long)recipe->rows);
    }
    if (recipe->cols > ((int64_t)1 << MOST_NUMBERS_LOG2) / recipe->clusters) {
        die(EXIT_USAGE, "--clusters times --cols is too large");
    }
    recipe->centres = allocate(recipe->clusters * recipe->cols, sizeof(double));
    recipe->spreads = allocate(recipe->clusters, sizeof(double));
    for (int64_t q = 0; q < recipe->clusters * recipe->cols; q++) {
        recipe->centres[q] = 20 * draw_uniform(&recipe->generator) - 10;
    }
    for (int64_t j = 0; j < recipe->clusters; j++) {
        recipe->spreads[j] = sigma;
    }
    share_rows(recipe);
}

static void prepare_four_gaussians(const cli_args *args, recipe_facts *recipe)
{
    static const double centres[12] = {5, 5, 5, 4, 20, 20, 25, 20, 5, 30, 30, 30};
    static const double spreads[4] = {4, 3, 5, 5};
    static const char *const others[] = {"cols", "clusters", "spread"};
    forbid(args, "four-gaussians", others, 3);
    recipe->rows = count_arg(args, "rows", 4000);
    recipe->cols = 3;
    recipe->clusters = 4;
    recipe->centres = allocate(12, sizeof(double));
    recipe->spreads = allocate(4, sizeof(double));
    memcpy(recipe->centres, centres, sizeof centres);
    memcpy(recipe->spreads, spreads, sizeof spreads);
    share_rows(recipe);
}

static void prepare_recipe(const cli_args *args, recipe_facts *recipe)
{
    static const char *const of_blobs[] = {"clusters", "spread", "labels"};
    const char *const kind = args->operands[0];
    const char *const seed = arg_value(args, "seed");
    const char *const dtype = arg_value(args, "dtype");
    recipe->dtype = dtype != NULL ? parse_dtype(dtype) : KMEANS_F64;
    seed_generator(&recipe->generator, seed != NULL ? parse_seed("seed", seed) : 0);
    recipe->rows = count_arg(args, "rows", 1000);
    recipe->cols = count_arg(args, "cols", 2);
    if (recipe->rows > ((int64_t)1 << MOST_NUMBERS_LOG2) / recipe->cols) {
        die(EXIT_USAGE, "--rows times --cols is more than 2^%d numbers", MOST_NUMBERS_LOG2);
    }
    if (strcmp(kind, "blobs") == 0) {
        prepare_blobs(args, recipe);
    } else if (strcmp(kind, "four-gaussians") == 0) {
        prepare_four_gaussians(args, recipe);
    } else if (strcmp(kind, "uniform") == 0) {
        forbid(args, kind, of_blobs, 3);
    } else {
        die(EXIT_USAGE, "'%s' is none of blobs, uniform, four-gaussians", kind);
    }
}

static int32_t draw_cluster(recipe_facts *recipe)
{
    int64_t place = (int64_t)draw_below(&recipe->generator, (uint64_t)recipe->rows_left);
    int32_t j = 0;
    while (place >= recipe->left[j]) {
        place -= recipe->left[j++];
    }
    recipe->left[j]--;
    recipe->rows_left--;
    return j;
}

static int32_t draw_row(recipe_facts *recipe, double *row)
{
    if (recipe->centres == NULL) {
        for (int64_t p = 0; p < recipe->cols; p++) {
            row[p] = draw_uniform(&recipe->generator);
        }
        return 0;
    }
    const int32_t j = draw_cluster(recipe);
    const double *const centre = recipe->centres + j * recipe->cols;
    for (int64_t p = 0; p < recipe->cols; p++) {
        row[p] = centre[p] + recipe->spreads[j] * draw_normal(&recipe->generator);
    }
    return j;
}

static void write_rows(recipe_facts *recipe, const output_file *rows, const output_file *labels)
{
    const int64_t at_once = BLOCK_NUMBERS / recipe->cols > 0 ? BLOCK_NUMBERS / recipe->cols : 1;
    double *const block = allocate(at_once * recipe->cols, sizeof *block);
    char text[REAL_TEXT];
    begin_matrix(rows, recipe->dtype, recipe->rows, recipe->cols);
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
        write_tile(rows, recipe->dtype, block, count, recipe->cols);
    }
    release(block);
}

int run_generate(const cli_args *args)
{
    recipe_facts recipe = {0};
    output_set outputs = {0};
    prepare_recipe(args, &recipe);
    if (!arg_given(args, "output")) {
        die(EXIT_USAGE, "where to write is missing: -o FILE (- is standard output)");
    }
    output_file *const rows =
        add_output(&outputs, "output", arg_value(args, "output"), OUTPUT_ARRAY);
    output_file *const labels =
        add_output(&outputs, "labels", arg_value(args, "labels"), OUTPUT_ARRAY);
    open_outputs(&outputs, NULL, 0);
    write_rows(&recipe, rows, labels);
    finish_output(&outputs, rows);
    finish_output(&outputs, labels);
    release(recipe.centres);
    release(recipe.spreads);
    release(recipe.left);
    return outputs_exit_code(&outputs);
}
