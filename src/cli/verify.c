/* kmeans verify: an independent plain implementation. It shares no kernel with fit: direct float64
 * distances, exact arithmetic wherever two of them come near each other, its own checksum. */
#include "verify.h"

#include <math.h>
#include <string.h>

#include "limit.h"
#include "load_side.h"
#include "run.h"
#include "tables.h"
#include "verify_exact.h"

enum { SHOWN_ROWS = 10 };

/* Neumaier's compensated sum. */
static void add_inertia(verify_run *verify, double term)
{
    const double sum = verify->inertia + term;
    verify->inertia_error += fabs(verify->inertia) >= fabs(term) ? (verify->inertia - sum) + term
                                                                 : (term - sum) + verify->inertia;
    verify->inertia = sum;
}

static void report_row(const verify_run *verify, int64_t i, int32_t expected, const double *d2)
{
    const int32_t label = verify->labels[i];
    char own[REAL_TEXT] = "none";
    char best[REAL_TEXT] = "none";
    if (verify->wrong > SHOWN_ROWS || is_quiet()) {
        return;
    }
    if (label >= 0 && label < verify->k) {
        format_real(sqrt(d2[label]), own);
    }
    if (expected >= 0) {
        format_real(sqrt(d2[expected]), best);
    }
    if (verify->wrong == 1) {
        printf("rows that differ, counted from 0 as labels are (the first %d):\n", SHOWN_ROWS);
    }
    printf("row %lld: label %d, expected %d, distances %s and %s\n", (long long)i, label, expected,
           own, best);
}

/* False for a row to be skipped: it holds a NaN and --nan skip was given. */
static bool check_values(verify_run *verify, int64_t i, const double *x)
{
    const char *const nan = arg_value(verify->args, "nan");
    const bool skip = nan != NULL && strcmp(nan, "skip") == 0;
    const int64_t bad = find_bad_value(x, verify->rows.d, skip);
    if (bad >= 0) {
        die_value(verify->args, &verify->rows, i, bad, x[bad]);
    }
    for (int64_t p = 0; p < verify->rows.d; p++) {
        if (isnan(x[p])) {
            verify->skipped++;
            return false;
        }
        verify->absolute[p] = fmax(verify->absolute[p], fabs(x[p]));
    }
    return true;
}

static void check_row(verify_run *verify, int64_t i, const double *x, double *d2)
{
    const int32_t label = verify->labels[i];
    int32_t expected = -1;
    if (check_values(verify, i, x)) {
        expected =
            find_nearest(x, verify->centroids, verify->k, verify->rows.d, d2, &verify->near_ties);
    } else {
        for (int64_t j = 0; j < verify->k; j++) {
            d2[j] = NAN;
        }
    }
    if (label != expected) {
        verify->wrong++;
        report_row(verify, i, expected, d2);
    }
    if (label >= 0 && label < verify->k && expected >= 0) {
        verify->sizes[label]++;
        add_inertia(verify,
                    verify->rows.weights != NULL ? verify->rows.weights[i] * d2[label] : d2[label]);
    }
}

static void check_rows(verify_run *verify)
{
    const row_set *const rows = &verify->rows;
    const int64_t at_once = rows_in_block(rows);
    double *const x = allocate(at_once * rows->d, sizeof *x);
    double *const d2 = allocate(verify->k, sizeof *d2);
    for (int64_t row = 0; row < rows->n; row += at_once) {
        const int64_t count = rows->n - row < at_once ? rows->n - row : at_once;
        const int status = kmeans_source_read(rows->source, row, count, x);
        if (status != KMEANS_OK) {
            die_status(verify->context, status);
        }
        for (int64_t i = 0; i < count; i++) {
            check_row(verify, row + i, x + i * rows->d, d2);
        }
        kmeans_context_release(verify->context);
    }
    verify->inertia += verify->inertia_error;
    release(d2);
    release(x);
}

static void say(verify_run *verify, bool good, const char *what, const char *text)
{
    verify->failed = verify->failed || !good;
    if (!is_quiet()) {
        printf("%-10s %s%s\n", what, text, good ? "" : "  DIFFERS");
    }
}

static void report_labels(verify_run *verify)
{
    char text[256];
    snprintf(text, sizeof text, "%lld of %lld right, %lld near-ties settled exactly, %lld skipped",
             (long long)(verify->rows.n - verify->wrong), (long long)verify->rows.n,
             (long long)verify->near_ties, (long long)verify->skipped);
    say(verify, verify->wrong == 0, "labels", text);
}

static void report_numbers(verify_run *verify, const result_facts *result)
{
    char text[128];
    char number[REAL_TEXT];
    char claimed[REAL_TEXT];
    char checksum[33];
    bool sizes_equal = result != NULL && result->size_count == verify->k;
    make_checksum(verify->context, verify->labels, verify->rows.n, verify->centroids,
                  verify->k * verify->rows.d, checksum);
    format_real(verify->inertia, number);
    if (result == NULL) {
        say(verify, true, "inertia", number);
        say(verify, true, "checksum", checksum);
        return;
    }
    format_real(result->inertia, claimed);
    snprintf(text, sizeof text, "%s, result %s", number, claimed);
    const bool near = fabs(verify->inertia - result->inertia) <= 1e-12 * fabs(verify->inertia);
    say(verify, near, "inertia", text);
    for (int64_t j = 0; sizes_equal && j < verify->k; j++) {
        sizes_equal = verify->sizes[j] == result->sizes[j];
    }
    say(verify, sizes_equal, "sizes", sizes_equal ? "equal" : "not those of the result");
    snprintf(text, sizeof text, "%s, result %s", checksum, result->checksum);
    say(verify, strcmp(checksum, result->checksum) == 0, "checksum", text);
}

static void report_means(verify_run *verify, bool must_hold)
{
    char text[256];
    mean_facts facts;
    check_means(verify, &facts);
    snprintf(text, sizeof text,
             "%lld of %lld coordinates are the exact mean rounded once, largest deviation %.3g",
             (long long)facts.exact, (long long)facts.checked, facts.deviation);
    say(verify, !must_hold || facts.outside == 0, "means", text);
    const bool fixpoint = verify->wrong == 0 && facts.outside == 0;
    say(verify, !must_hold || fixpoint, "fixpoint",
        fixpoint ? "yes: labels are nearest, centroids are means" : "no");
}

static void load_inputs(verify_run *verify)
{
    const char *const flags[][2] = {
        {"weights", NULL}, {"centroids", NULL}, {"labels", NULL}, {"json", NULL}};
    const cli_args *const args = verify->args;
    const char *const nan = arg_value(args, "nan");
    kmeans_file_options reading;
    int64_t d = 0;
    int count = 0;
    read_file_options(args, &reading);
    if (!arg_given(args, "centroids") || !arg_given(args, "labels")) {
        die(EXIT_USAGE, "--%s FILE is missing",
            arg_given(args, "centroids") ? "labels" : "centroids");
    }
    if (nan != NULL && strcmp(nan, "skip") != 0 && strcmp(nan, "error") != 0) {
        die(EXIT_USAGE, "--nan: '%s' is none of error skip", nan);
    }
    if (arg_given(args, "json")) {
        check_json_reader();
    }
    release(list_inputs(args, flags, 4, &count));
    set_reading_limit(args, verify->options, &reading);
    set_scratch_folder(args, verify->options, NULL);
    verify->memory_limit = memory_limit_of(verify->options);
    const char *const path = arg_value(args, "centroids");
    verify->centroids = load_centroids(verify->context, "centroids", path, &verify->k, &d);
    open_rows(args, verify->context, &reading, &verify->rows);
    check_centroid_columns("centroids", path, d, &verify->rows);
    verify->labels =
        allocate_rows(verify->context, verify->options, verify->rows.n, sizeof *verify->labels);
    load_labels(verify->context, verify->options, "labels", arg_value(args, "labels"),
                verify->rows.n, -1, verify->labels);
}

/* What is taken from here on, in blocks as they follow each other. */
static int64_t count_bytes(const verify_run *verify)
{
    const int64_t d = verify->rows.d;
    const int64_t rows = rows_in_block(&verify->rows) * d * (int64_t)sizeof(double);
    const int64_t small = (2 * verify->k + d) * (int64_t)sizeof(double);
    return rows + small + means_bytes(verify);
}

int run_verify(const cli_args *args)
{
    verify_run *const verify = allocate(1, sizeof *verify);
    result_facts result = {0};
    verify->args = args;
    begin_run(args, &verify->context, &verify->options);
    load_inputs(verify);
    if (arg_given(args, "json")) {
        read_result(arg_value(args, "json"), &result);
    }
    check_limit(verify->context, verify->options, &verify->rows, count_bytes(verify));
    verify->sizes = allocate(verify->k, sizeof(int64_t));
    verify->absolute = allocate(verify->rows.d, sizeof(double));
    check_rows(verify);
    report_labels(verify);
    report_numbers(verify, arg_given(args, "json") ? &result : NULL);
    report_means(verify, arg_given(args, "fixpoint") || result.converged);
    const bool failed = verify->failed;
    close_rows(&verify->rows);
    kmeans_rows_free(verify->labels);
    kmeans_options_free(verify->options);
    kmeans_context_free(verify->context);
    return failed ? EXIT_DIFFERENT : EXIT_FINE;
}
