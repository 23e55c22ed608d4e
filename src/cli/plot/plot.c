/* kmeans plot */
#include "plot.h"

#include <math.h>
#include <string.h>

#include "../load_side.h"
#include "../run.h"
#include "../tables.h"
#include "read_curves.h"

enum { KINDS = 6 };
static const char *const kinds[KINDS] = {"clusters", "inertia", "sizes",
                                         "sweep",    "bench",   "memory"};
static const char *const titles[KINDS] = {"Clusters of %s",        "Passes of a fit",
                                          "Sizes of the clusters", "Sweep over k",
                                          "Bench: speed-up",       "Bench: memory over time"};

typedef enum plot_kind { CLUSTERS, INERTIA, SIZES, SWEEP, BENCH, MEMORY } plot_kind;

typedef struct plot_run {
    const cli_args *args;
    kmeans_context *context;
    kmeans_options *options;
    output_set outputs;
    plot_picture picture;
    json_root *json;
    fit_facts fit; /* of the JSON */
    plot_kind kind;
    row_set rows;
    plot_subject subject;
    int32_t *labels;
    double *centroids;
    int64_t *sizes;
    plot_figure figure;
} plot_run;

static plot_kind find_kind(const char *name)
{
    for (int i = 0; i < KINDS; i++) {
        if (strcmp(name, kinds[i]) == 0) {
            return (plot_kind)i;
        }
    }
    die(EXIT_USAGE, "--kind: '%s' is none of clusters inertia sizes sweep bench memory", name);
}

/* What the kind is drawn from must be there, and nothing that it makes no use of. */
static void check_kind(const plot_run *plot)
{
    static const char *const of_rows[] = {
        "axes",   "sample",    "seed", /* of points */
        "labels", "centroids", "nan",  "columns", "exclude", "separator",  "header",
        "dtype",  "format",    "cols", "offset",  "source",  "block-size", "weights"};
    const cli_args *const args = plot->args;
    const bool data = args->operand_count > 0;
    const bool by_rows =
        plot->kind == CLUSTERS || (plot->kind == SIZES && (data || !arg_given(args, "json")));
    if (by_rows && !data) {
        die(EXIT_USAGE, "--kind %s needs data: name a file, or - for standard input",
            kinds[plot->kind]);
    }
    if (!by_rows && !arg_given(args, "json")) {
        die(EXIT_USAGE, "--kind %s needs --json RESULT", kinds[plot->kind]);
    }
    if (!by_rows && data) {
        die(EXIT_USAGE, "--kind %s is drawn from --json RESULT alone, without %s",
            kinds[plot->kind], args->operands[0]);
    }
    const size_t unused = !by_rows ? sizeof of_rows / sizeof *of_rows : plot->kind == SIZES ? 3 : 0;
    for (size_t i = 0; i < unused; i++) {
        if (arg_given(args, of_rows[i])) {
            die(EXIT_USAGE, "--%s is for %s: it makes no sense with --kind %s", of_rows[i],
                by_rows ? "points" : "rows of data", kinds[plot->kind]);
        }
    }
    if (plot->kind == SIZES && by_rows && !arg_given(args, "labels") &&
        !arg_given(args, "centroids")) {
        die(EXIT_USAGE, "--kind sizes needs --labels FILE or --centroids FILE");
    }
    if (arg_given(args, "per-row") && plot->kind != INERTIA) {
        die(EXIT_USAGE, "--per-row belongs to --kind inertia");
    }
}

static void choose_kind(plot_run *plot)
{
    const cli_args *const args = plot->args;
    const char *const kind = arg_value(args, "kind");
    if (args->operand_count == 0 && !arg_given(args, "json")) {
        die(EXIT_USAGE, "nothing to draw: name a file of data, or --json RESULT");
    }
    if (kind != NULL) {
        plot->kind = find_kind(kind);
        check_kind(plot); /* before anything is read */
    }
    if (arg_given(args, "json")) {
        plot->json = read_json(arg_value(args, "json"));
    }
    if (kind == NULL) {
        plot->kind = args->operand_count > 0 ? CLUSTERS : find_kind(kind_of_json(plot->json));
        check_kind(plot);
    }
}

static void prepare_output(plot_run *plot)
{
    const char *const flags[][2] = {
        {"weights", NULL}, {"labels", NULL}, {"centroids", NULL}, {"json", NULL}};
    const char *const path = arg_value(plot->args, "output");
    int count = 0;
    add_picture(&plot->picture, &plot->outputs, "output", path != NULL ? path : "-");
    input_name *const inputs = list_inputs(plot->args, flags, 4, &count);
    open_outputs(&plot->outputs, inputs, count);
    release(inputs);
}

/* The labels of given centroids, unless they are given too. */
static void predict_labels(plot_run *plot)
{
    plot->labels = allocate(plot->rows.n, sizeof(int32_t));
    const int status =
        kmeans_predict(plot->context, plot->options, plot->rows.source, plot->centroids,
                       plot->subject.k, plot->rows.d, plot->labels, NULL, &plot->subject.inertia);
    if (status < 0) {
        die_run(plot->args, plot->context, plot->options, &plot->rows, status);
    }
}

/* Of labels alone: as many clusters as the JSON says, else as they name. There are no more clusters
 * than rows. */
static int64_t count_clusters(const plot_run *plot)
{
    int64_t k = plot->json != NULL ? plot->fit.k : 0;
    for (int64_t i = 0; i < plot->rows.n && plot->json == NULL; i++) {
        k = plot->labels[i] >= k ? plot->labels[i] + (int64_t)1 : k;
    }
    return k < plot->rows.n ? k : plot->rows.n;
}

static void count_sizes(plot_run *plot)
{
    plot_subject *const subject = &plot->subject;
    if (plot->centroids == NULL) {
        subject->k = count_clusters(plot);
    }
    plot->sizes = allocate(subject->k, sizeof *plot->sizes);
    for (int64_t i = 0; i < plot->rows.n; i++) {
        if (plot->labels[i] >= subject->k) {
            die(EXIT_DATA,
                "--labels %s: row %lld (counted from 0) is %d; labels must be 0 .. %lld: there are "
                "no more %s",
                arg_value(plot->args, "labels"), (long long)i, plot->labels[i],
                (long long)subject->k - 1, subject->k < plot->rows.n ? "clusters" : "rows");
        }
        if (plot->labels[i] >= 0) {
            plot->sizes[plot->labels[i]]++;
        }
    }
    subject->labels = plot->labels;
    subject->sizes = plot->sizes;
}

/* The JSON must be of these rows and centroids. */
static void load_fit(plot_run *plot)
{
    const char *const path = arg_value(plot->args, "json");
    const int64_t k = plot->subject.k;
    fit_facts *const fit = &plot->fit;
    if (plot->json == NULL) {
        return;
    }
    read_fit(plot->json, path, fit);
    if (fit->n != plot->rows.n || fit->d != plot->rows.d) {
        die(EXIT_DATA, "--json %s is of %lld x %lld numbers, but the data has %lld x %lld", path,
            (long long)fit->n, (long long)fit->d, (long long)plot->rows.n, (long long)plot->rows.d);
    }
    if (plot->centroids != NULL && fit->k != k) {
        die(EXIT_DATA, "--json %s is of %lld cluster%s, but --centroids %s has %lld", path,
            (long long)fit->k, plural(fit->k), arg_value(plot->args, "centroids"), (long long)k);
    }
}

static void load_clusters(plot_run *plot)
{
    const char *const labels = arg_value(plot->args, "labels");
    const char *const centroids = arg_value(plot->args, "centroids");
    int64_t d = 0;
    if (centroids != NULL) {
        plot->centroids =
            load_centroids(plot->context, "centroids", centroids, &plot->subject.k, &d);
        check_centroid_columns("centroids", centroids, d, &plot->rows);
        plot->subject.centroids = plot->centroids;
    }
    load_fit(plot);
    if (labels != NULL) {
        plot->labels = allocate(plot->rows.n, sizeof *plot->labels);
        load_labels(plot->context, plot->options, "labels", labels, plot->rows.n, -1, plot->labels);
    } else if (centroids != NULL) {
        predict_labels(plot);
    }
    if (plot->labels != NULL) {
        count_sizes(plot);
    }
    plot->subject.inertia = plot->json != NULL ? plot->fit.inertia : plot->subject.inertia;
}

static void load_rows(plot_run *plot)
{
    const cli_args *const args = plot->args;
    const char *const sample = arg_value(args, "sample");
    const char *const seed = arg_value(args, "seed");
    kmeans_file_options reading;
    read_file_options(args, &reading);
    if (arg_given(args, "weights")) {
        print_warning("--weights has no effect: every row is one point");
    }
    plot->subject.args = args;
    plot->subject.context = plot->context;
    plot->subject.rows = &plot->rows;
    plot->subject.inertia = NAN;
    const char *const axes = arg_value(args, "axes");
    plot->subject.axes = axes != NULL && strcmp(axes, "auto") != 0 ? axes : NULL;
    plot->subject.sample =
        sample != NULL ? parse_count("sample", sample, 1, MOST_SAMPLE) : USUAL_SAMPLE;
    plot->subject.seed = seed != NULL ? parse_seed("seed", seed) : 0;
    plot->subject.covariance_bytes = COVARIANCE_BYTES;
    plot->subject.bad_rows =
        option_is(plot->options, "nan", "skip") ? BAD_ROWS_SKIP_NAN : BAD_ROWS_ERROR;
    prepare_output(plot);
    open_rows(args, plot->context, &reading, &plot->rows);
    load_clusters(plot);
}

static void draw_rows(plot_run *plot)
{
    const plot_subject *const about = &plot->subject;
    const char *const name = name_data(plot->args);
    plot->figure.title = plot->kind == SIZES ? make_text("Sizes of the clusters of %s", name)
                         : about->k > 0      ? make_text("Clusters of %s", name)
                                             : make_text("Rows of %s", name);
    add_caption(&plot->figure, describe_fit(plot->rows.n, plot->rows.d, about->k, about->inertia));
    if (plot->kind == SIZES) {
        add_sizes_panel(&plot->figure, plot->sizes, about->k);
    } else {
        add_clusters_panel(&plot->figure, about);
    }
}

static void draw_json(plot_run *plot)
{
    const char *const path = arg_value(plot->args, "json");
    plot_figure *const figure = &plot->figure;
    figure->title = copy_text(titles[plot->kind]);
    if (plot->kind == INERTIA || plot->kind == SIZES) {
        read_fit(plot->json, path, &plot->fit);
        const fit_facts *const fit = &plot->fit;
        add_caption(figure, describe_fit(fit->n, fit->d, fit->k, fit->inertia));
        if (plot->kind == SIZES) {
            add_sizes_panel(figure, fit->sizes, fit->k);
        } else if (fit->curve.count > 0) {
            add_inertia_panel(figure, &fit->curve,
                              arg_given(plot->args, "per-row") ? (double)fit->n : 1);
        } else {
            die(EXIT_DATA, "--json %s: there is no list 'trace'", path);
        }
    } else if (plot->kind == SWEEP) {
        add_sweep_panels(figure, plot->json, path);
    } else if (plot->kind == BENCH) {
        add_bench_panels(figure, plot->json, path);
    } else {
        add_memory_panel(figure, plot->json, path);
    }
}

int run_plot(const cli_args *args)
{
    plot_run *const plot = allocate(1, sizeof *plot);
    plot->args = args;
    begin_run(args, &plot->context, &plot->options);
    choose_kind(plot);
    if (args->operand_count > 0) {
        load_rows(plot);
        draw_rows(plot);
    } else {
        prepare_output(plot);
        draw_json(plot);
    }
    finish_picture(&plot->picture, &plot->figure);
    if (plot->json != NULL) {
        close_json(plot->json);
    }
    if (args->operand_count > 0) {
        close_rows(&plot->rows);
    }
    const int code = end_code(&plot->outputs);
    kmeans_options_free(plot->options);
    kmeans_context_free(plot->context);
    return code;
}
