/* The rows of a sweep for people, as CSV and as JSON. */
#include "sweep.h"

#include <math.h>

enum { COLUMNS = 5 }; /* measures that rows may have: all criteria but the elbow */

static bool is_shown(const sweep *s, int index)
{
    return index == COLUMNS - 1 ? s->references > 0 : (sweep_measures[index].bit & s->wanted) != 0;
}

static void print_value(FILE *stream, double value, int width)
{
    if (isnan(value)) {
        fprintf(stream, "  %*s", width, "-");
    } else {
        fprintf(stream, "  %*.*g", width, 5, value);
    }
}

static void print_row(FILE *stream, const sweep *s, int64_t i)
{
    const sweep_row *const row = &s->table[i];
    fprintf(stream, "%c%7lld  %12.7g  %6lld", i == s->suggested ? '*' : ' ', (long long)row->k,
            row->inertia, (long long)row->iterations);
    for (int m = 0; m < COLUMNS; m++) {
        if (is_shown(s, m)) {
            print_value(stream, measure_of(row, m), 11);
        }
    }
    if (s->references > 0) {
        print_value(stream, row->gap_error, 8);
    }
    fputc('\n', stream);
}

static void print_sample(FILE *stream, const sweep *s)
{
    const kmeans_measures *const first = &s->table[0].measured;
    if (first->silhouette_rows > 0 && first->silhouette_rows < first->rows) {
        fprintf(stream, "silhouette of %lld of the %lld rows, drawn by the seed\n",
                (long long)first->silhouette_rows, (long long)first->rows);
    }
}

void print_sweep(FILE *stream, const sweep *s)
{
    fprintf(stream, "n=%lld d=%lld %s, %lld fit%s\n", (long long)s->rows.n, (long long)s->rows.d,
            kmeans_dtype_name(s->rows.dtype), (long long)s->done, plural(s->done));
    fprintf(stream, "%8s  %12s  %6s", "k", "inertia", "passes");
    for (int m = 0; m < COLUMNS; m++) {
        if (is_shown(s, m)) {
            fprintf(stream, "  %11s", sweep_measures[m].title);
        }
    }
    fputs(s->references > 0 ? "     error\n" : "\n", stream);
    for (int64_t i = 0; i < s->done; i++) {
        print_row(stream, s, i);
    }
    print_sample(stream, s);
    if (s->suggested >= 0) {
        fprintf(stream, "suggested: k = %lld, by %s\n", (long long)s->table[s->suggested].k,
                sweep_measures[s->criterion].name);
    } else {
        fprintf(stream, "no suggestion: %s is not known for any of them\n",
                sweep_measures[s->criterion].name);
    }
}

/* Between blanks nothing could not be seen. */
static void write_value(const output_file *output, double value)
{
    char text[REAL_TEXT] = "";
    if (isfinite(value)) {
        format_real(value, text);
    }
    const char *const unknown = output->separator == ' ' ? "nan" : "";
    fprintf(output->stream, "%c%s", output->separator, *text != '\0' ? text : unknown);
}

void write_sweep_csv(const output_file *output, const sweep *s)
{
    if (output == NULL) {
        return;
    }
    FILE *const stream = output->stream;
    const char between = output->separator;
    fprintf(stream, "k%cinertia%citerations%cchecksum", between, between, between);
    for (int m = 0; m < COLUMNS; m++) {
        fprintf(stream, "%c%s", between, sweep_measures[m].key);
    }
    fprintf(stream, "%cgap_error\n", between);
    for (int64_t i = 0; i < s->done; i++) {
        const sweep_row *const row = &s->table[i];
        fprintf(stream, "%lld", (long long)row->k);
        write_value(output, row->inertia);
        fprintf(stream, "%c%lld%c%s", between, (long long)row->iterations, between, row->checksum);
        for (int m = 0; m < COLUMNS; m++) {
            write_value(output, measure_of(row, m));
        }
        write_value(output, row->gap_error);
        fputc('\n', stream);
    }
}

static void put_row(json_writer *json, const sweep_row *row)
{
    put_begin(json, NULL, '{');
    put_integer(json, "k", row->k);
    put_real(json, "inertia", row->inertia);
    put_integer(json, "iterations", row->iterations);
    put_text(json, "checksum", row->checksum);
    for (int m = 0; m < COLUMNS; m++) {
        put_real(json, sweep_measures[m].key, measure_of(row, m));
    }
    put_real(json, "gap_error", row->gap_error);
    put_integer(json, "silhouette_rows", row->measured.silhouette_rows);
    put_begin(json, "seconds", '{');
    put_real(json, "fit", row->seconds_fit);
    put_real(json, "measure", row->seconds_measure);
    put_real(json, "gap", row->seconds_gap);
    put_end(json, '}');
    put_end(json, '}');
}

void write_sweep_json(const output_file *output, const sweep *s)
{
    if (output == NULL) {
        return;
    }
    json_writer writer = {output->stream, 0, true};
    json_writer *const json = &writer;
    put_begin(json, NULL, '{');
    put_text(json, "version", kmeans_version());
    put_integer(json, "bits_version", kmeans_bits_version());
    put_data(json, s->args, &s->rows);
    put_options(json, s->options);
    put_integer(json, "n", s->rows.n);
    put_integer(json, "d", s->rows.d);
    put_text(json, "dtype", kmeans_dtype_name(s->rows.dtype));
    put_begin(json, "sweep", '[');
    for (int64_t i = 0; i < s->done; i++) {
        put_row(json, &s->table[i]);
    }
    put_end(json, ']');
    if (s->suggested >= 0) {
        put_integer(json, "suggested_k", s->table[s->suggested].k);
    } else {
        put_null(json, "suggested_k");
    }
    put_text(json, "suggested_by", sweep_measures[s->criterion].name);
    put_integer(json, "gap_references", s->references);
    put_bool(json, "complete", !s->cut);
    put_end(json, '}');
}
