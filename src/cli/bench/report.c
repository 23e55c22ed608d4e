/* The table as JSON and as text for other programs. */
#include "bench.h"

#include <string.h>

#include "json.h"

/* A quantity that is not known is 0 in the cell. */
static void put_known(json_writer *json, const char *key, double value)
{
    if (value > 0) {
        put_real(json, key, value);
    } else {
        put_null(json, key);
    }
}

static void put_bytes(json_writer *json, const char *key, int64_t bytes)
{
    if (bytes >= 0) {
        put_integer(json, key, bytes);
    } else {
        put_null(json, key);
    }
}

static void put_samples(json_writer *json, const bench_cell *cell)
{
    if (cell->samples.count == 0) {
        put_null(json, "memory");
        return;
    }
    put_begin(json, "memory", '[');
    for (int s = 0; s < cell->samples.count; s++) {
        put_reals(json, NULL, cell->samples.list[s], 2);
    }
    put_end(json, ']');
}

static void put_cell(json_writer *json, const bench_cell *cell)
{
    const bench_rows *const rows = cell->rows;
    put_begin(json, NULL, '{');
    put_text(json, "workload", rows->workload);
    put_text(json, "build", cell->build->name);
    put_text(json, "build_version", cell->build->version);
    put_text(json, "isa", cell->isa);
    put_integer(json, "threads", cell->threads);
    put_integer(json, "threads_used", cell->threads_used);
    put_text(json, "algorithm", cell->algorithm);
    put_text(json, "dtype", kmeans_dtype_name(rows->dtype));
    put_text(json, "storage", rows->sparse ? "csr" : "dense");
    put_integer(json, "n", rows->n);
    put_integer(json, "d", rows->d);
    put_integer(json, "k", cell->k);
    put_integer(json, "passes", cell->passes);
    put_real(json, "seconds_per_pass", cell->median);
    put_real(json, "spread", cell->spread);
    put_reals(json, "runs", cell->seconds, cell->runs_done);
    put_known(json, "speedup_scalar", cell->speedup_scalar);
    put_known(json, "speedup_one_thread", cell->speedup_one_thread);
    put_known(json, "efficiency", cell->efficiency);
    put_known(json, "gflops", cell->gflops);
    put_known(json, "gbytes_per_second", cell->gbytes);
    put_known(json, "peak_share", cell->peak_share);
    put_text(json, "checksum", cell->checksum);
    put_bool(json, "agrees", !cell->differs);
    put_integer(json, "data_bytes", rows->bytes);
    put_bytes(json, "planned", cell->planned);
    put_bytes(json, "resident_peak", cell->resident_peak);
    put_samples(json, cell);
    put_end(json, '}');
}

/* "avx512 f32 2": GFLOP/s of multiply-adds in registers on two cores. */
static void put_peaks(json_writer *json, const bench_run *bench)
{
    char key[64];
    put_begin(json, "peak", '{');
    for (int i = 0; i < bench->peak_count; i++) {
        snprintf(key, sizeof key, "%s %s %d", bench->peaks[i].isa,
                 bench->peaks[i].is_double ? "f64" : "f32", bench->peaks[i].threads);
        put_real(json, key, bench->peaks[i].gflops);
    }
    put_end(json, '}');
}

void write_bench_json(FILE *stream, const bench_run *bench, int different)
{
    json_writer writer = {stream, 0, true};
    json_writer *const json = &writer;
    put_begin(json, NULL, '{');
    put_text(json, "version", kmeans_version());
    put_text(json, "cpu", bench->cpu);
    put_integer(json, "cpus", bench->cpus);
    if (bench->workload != NULL) {
        put_text(json, "workload", bench->workload);
    } else {
        put_null(json, "workload");
    }
    put_text(json, "init", bench->init);
    put_raw(json, "seed", bench->seed);
    put_peaks(json, bench);
    put_begin(json, "bench", '[');
    for (int c = 0; c < bench->cell_count; c++) {
        put_cell(json, &bench->cells[c]);
    }
    put_end(json, ']');
    put_begin(json, "notes", '[');
    for (int i = 0; i < bench->note_count; i++) {
        put_text(json, NULL, bench->notes[i]);
    }
    put_end(json, ']');
    put_bool(json, "checksums_agree", different == 0);
    put_end(json, '}');
}

/* Names may hold the separator: then they are quoted. */
static void write_text(FILE *stream, const char *text, char separator)
{
    if (strchr(text, separator) == NULL && strchr(text, '"') == NULL) {
        fprintf(stream, "%s%c", text, separator);
        return;
    }
    fputc('"', stream);
    for (; *text != '\0'; text++) {
        fprintf(stream, *text == '"' ? "\"\"" : "%c", *text);
    }
    fprintf(stream, "\"%c", separator);
}

static void write_integer(FILE *stream, int64_t value, char separator)
{
    char text[REAL_TEXT];
    format_integer(value, text);
    fprintf(stream, "%s%c", text, separator);
}

static void write_number(FILE *stream, double value, char separator)
{
    char text[REAL_TEXT];
    format_real(value, text);
    fprintf(stream, "%s%c", text, separator);
}

/* A quantity that is not known is an empty field; between blanks that could not be seen. */
static void write_real(FILE *stream, double value, char separator, bool blanks)
{
    if (value > 0) {
        write_number(stream, value, separator);
    } else {
        fprintf(stream, "%s%c", blanks ? "nan" : "", separator);
    }
}

static void write_cell(FILE *stream, char s, const bench_cell *cell)
{
    const bench_rows *const rows = cell->rows;
    write_text(stream, rows->workload, s);
    write_text(stream, cell->build->name, s);
    write_text(stream, cell->isa, s);
    write_integer(stream, cell->threads, s);
    write_text(stream, cell->algorithm, s);
    write_text(stream, kmeans_dtype_name(rows->dtype), s);
    write_text(stream, rows->sparse ? "csr" : "dense", s);
    write_integer(stream, rows->n, s);
    write_integer(stream, rows->d, s);
    write_integer(stream, cell->k, s);
    write_integer(stream, cell->passes, s);
    write_real(stream, cell->median, s, s == ' ');
    write_number(stream, cell->spread, s);
    write_real(stream, cell->speedup_scalar, s, s == ' ');
    write_real(stream, cell->speedup_one_thread, s, s == ' ');
    write_real(stream, cell->efficiency, s, s == ' ');
    write_real(stream, cell->gflops, s, s == ' ');
    write_real(stream, cell->gbytes, s, s == ' ');
    write_real(stream, cell->peak_share, s, s == ' ');
    write_text(stream, cell->checksum, s);
    write_real(stream, (double)cell->resident_peak, '\n', s == ' ');
}

void write_bench_csv(FILE *stream, char separator, const bench_run *bench)
{
    static const char *const names[] = {
        "workload",
        "build",
        "isa",
        "threads",
        "algorithm",
        "dtype",
        "storage",
        "n",
        "d",
        "k",
        "passes",
        "seconds_per_pass",
        "spread",
        "speedup_scalar",
        "speedup_one_thread",
        "efficiency",
        "gflops",
        "gbytes_per_second",
        "peak_share",
        "checksum",
        "resident_peak",
    };
    enum { NAMES = sizeof names / sizeof names[0] };
    for (int i = 0; i < NAMES; i++) {
        fprintf(stream, "%s%c", names[i], i + 1 < NAMES ? separator : '\n');
    }
    for (int c = 0; c < bench->cell_count; c++) {
        write_cell(stream, separator, &bench->cells[c]);
    }
}
