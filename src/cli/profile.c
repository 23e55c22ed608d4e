#include "profile.h"

#include "json.h"

typedef struct profile_view {
    kmeans_result_info info;
    const kmeans_profile_row *rows;
    int64_t count;
    double load;  /* seconds of opening and reading files, before the fit */
    double total; /* of both */
} profile_view;

void set_profile(const cli_args *args, kmeans_options *options)
{
    const bool shown = arg_given(args, "profile");
    if (shown && is_quiet()) {
        die(EXIT_USAGE, "--profile prints, which --quiet excludes: --perf-json FILE writes it");
    }
    if (shown || arg_given(args, "perf-json")) {
        kmeans_options_set_int(options, "profile", 1);
    }
}

static profile_view view_of(const row_set *rows, const kmeans_result *result)
{
    profile_view view = {.info = {.size = sizeof view.info}, .load = rows->seconds};
    if (kmeans_result_get_info(result, &view.info) == KMEANS_OK) {
        view.rows = kmeans_result_profile(result, &view.count);
    }
    view.total = view.load;
    for (int64_t i = 0; i < view.count; i++) {
        view.total += view.rows[i].within == NULL ? view.rows[i].seconds : 0;
    }
    return view;
}

static double share_of(const profile_view *view, double seconds)
{
    return view->total > 0 ? seconds / view->total : 0;
}

static double gflops_of(const kmeans_profile_row *row)
{
    return row->seconds > 0 ? row->operations / row->seconds * 1e-9 : 0;
}

static void print_row(FILE *stream, const profile_view *view, const kmeans_profile_row *row)
{
    fprintf(stream, "%s%-*s %9lld %11.6f %6.1f%% %12.3g", row->within != NULL ? "  " : "",
            row->within != NULL ? 8 : 10, row->phase, (long long)row->calls, row->seconds,
            100 * share_of(view, row->seconds), row->seconds / (double)row->calls * 1e6);
    if (row->operations > 0) {
        fprintf(stream, " %10.4g", gflops_of(row));
    }
    double busy = 0;
    for (int t = 0; t < view->info.threads; t++) {
        busy += row->busy[t];
    }
    if (view->info.threads > 1 && busy > 0) {
        fprintf(stream, "%*.1f%%", row->operations > 0 ? 10 : 21, 100 * row->imbalance);
    }
    fputc('\n', stream);
}

void print_profile(FILE *stream, const cli_args *args, const row_set *rows,
                   const kmeans_result *result)
{
    if (!arg_given(args, "profile")) {
        return;
    }
    const profile_view view = view_of(rows, result);
    const kmeans_profile_row load = {.phase = "load", .calls = 1, .seconds = view.load};
    const bool threads = view.info.threads > 1;
    fprintf(stream, "%-10s %9s %11s %7s %12s %10s%s\n", "phase", "calls", "seconds", "share",
            "us per call", "GFLOP/s", threads ? "  imbalance" : "");
    fprintf(stream, "%-10s %9d %11.6f %6.1f%% %12.3g\n", load.phase, 1, load.seconds,
            100 * share_of(&view, load.seconds), load.seconds * 1e6);
    for (int64_t i = 0; i < view.count; i++) {
        print_row(stream, &view, &view.rows[i]);
    }
    fprintf(stream, "%-10s %9s %11.6f %6.1f%%\n", "total", "", view.total, 100.0);
}

static void write_row(json_writer *json, const profile_view *view, const kmeans_profile_row *row)
{
    put_begin(json, NULL, '{');
    put_text(json, "phase", row->phase);
    if (row->within != NULL) {
        put_text(json, "within", row->within);
    } else {
        put_null(json, "within");
    }
    put_integer(json, "calls", row->calls);
    put_real(json, "seconds", row->seconds);
    put_real(json, "share", share_of(view, row->seconds));
    put_real(json, "seconds_per_call", row->seconds / (double)row->calls);
    if (row->operations > 0) {
        put_real(json, "operations", row->operations);
        put_real(json, "gflops", gflops_of(row));
    } else {
        put_null(json, "operations");
        put_null(json, "gflops");
    }
    put_real(json, "imbalance", row->imbalance);
    put_reals(json, "busy", row->busy, row->busy != NULL ? view->info.threads : 0);
    put_end(json, '}');
}

void write_profile_json(const output_file *output, const row_set *rows, const kmeans_result *result)
{
    if (output == NULL) {
        return;
    }
    const profile_view view = view_of(rows, result);
    const kmeans_result_info *const info = &view.info;
    const kmeans_profile_row load = {.phase = "load", .calls = 1, .seconds = view.load};
    json_writer writer = {output->stream, 0, true};
    json_writer *const json = &writer;
    put_begin(json, NULL, '{');
    put_text(json, "version", kmeans_version());
    put_integer(json, "n", info->n);
    put_integer(json, "d", info->d);
    put_integer(json, "k", info->k);
    put_text(json, "dtype", kmeans_dtype_name(info->dtype));
    put_text(json, "algorithm", info->algorithm);
    put_text(json, "isa", info->isa);
    put_integer(json, "threads", info->threads);
    put_integer(json, "iterations", info->iterations);
    put_text(json, "checksum", kmeans_result_checksum(result));
    put_real(json, "seconds", view.total);
    put_begin(json, "profile", '[');
    write_row(json, &view, &load);
    for (int64_t i = 0; i < view.count; i++) {
        write_row(json, &view, &view.rows[i]);
    }
    put_end(json, ']');
    put_end(json, '}');
}
