/* A run of a cell by a process of its own: fit of that build, on the same file. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "json_find.h"

typedef struct word_list {
    const char *words[MOST_CHILD_WORDS + 1];
    int count;
} word_list;

static void add_word(word_list *list, const char *word)
{
    if (list->count == MOST_CHILD_WORDS) {
        die(EXIT_USAGE, "more than %d words for another process", MOST_CHILD_WORDS);
    }
    list->words[list->count++] = word;
}

static void add_flag(word_list *list, const char *flag, const char *value)
{
    add_word(list, flag);
    add_word(list, value);
}

/* DATA as this process was told to read it. */
static void add_data(word_list *list, const cli_args *args)
{
    static const char *const flags[] = {"columns", "exclude", "separator", "header", "dtype",
                                        "format",  "cols",    "offset",    "source", "block-size"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (arg_given(args, flags[i])) {
            add_flag(list, join_text("--", flags[i]), arg_value(args, flags[i]));
        }
    }
    for (int i = 0; i < args->operand_count; i++) {
        add_word(list, args->operands[i]);
    }
}

static void add_number(word_list *list, const char *flag, int64_t value, char text[REAL_TEXT])
{
    format_integer(value, text);
    add_flag(list, flag, text);
}

/* Seconds of a pass: as in this process, from the trace's first rows. */
static double seconds_of_trace(const char *trace, int64_t passes)
{
    int columns[2] = {-1, -1};
    double sum = 0;
    int column = 0;
    const char *at = trace;
    while (*at != '\0' && *at != '\n') { /* the names */
        const size_t length = strcspn(at, ",\n");
        columns[0] = strncmp(at, "assign_seconds", length) == 0 ? column : columns[0];
        columns[1] = strncmp(at, "update_seconds", length) == 0 ? column : columns[1];
        column++;
        at += length;
        at += *at == ',';
    }
    for (int64_t t = 0; t < passes && *at != '\0'; t++) {
        at += *at == '\n';
        for (column = 0; *at != '\0' && *at != '\n'; column++) {
            const double value = strtod(at, NULL);
            sum += column == columns[0] || column == columns[1] ? value : 0;
            at += strcspn(at, ",\n");
            at += *at == ',';
        }
    }
    return columns[0] >= 0 && columns[1] >= 0 ? sum / (double)passes : -1;
}

static void take_result(const bench_cell *cell, const child_texts *texts, bench_reading *reading)
{
    const char *const json = texts->out;
    reading->passes = (int64_t)json_find_real(json, "iterations");
    reading->threads = (int)json_find_real(json, "threads");
    reading->planned = (int64_t)json_find_real(json, "bytes.planned");
    reading->resident_peak = (int64_t)json_find_real(json, "bytes.resident_peak");
    json_find_text(json, "checksum", reading->checksum, sizeof reading->checksum);
    reading->seconds = reading->passes > 0 ? seconds_of_trace(texts->side, reading->passes) : -1;
    if (reading->passes < 1 || reading->seconds < 0 || strlen(reading->checksum) != 32) {
        die(EXIT_DATA, "%s fit: no iterations, checksum or trace in what it wrote",
            cell->build->path);
    }
}

void measure_in_process(bench_run *bench, bench_cell *cell, int64_t passes, bench_reading *reading)
{
    char k[REAL_TEXT];
    char threads[REAL_TEXT];
    char iterations[REAL_TEXT];
    const cli_args *const args = bench->args;
    word_list *const list = allocate(1, sizeof *list);
    add_word(list, cell->build->path);
    add_word(list, "fit");
    if (cell->rows->path != NULL) {
        add_word(list, cell->rows->path);
    } else {
        add_data(list, args);
    }
    if (cell->rows->path != NULL && cell->rows->dtype == KMEANS_BF16) {
        add_flag(list, "--dtype", "bf16");
    }
    if (arg_given(args, "nan")) {
        add_flag(list, "--nan", arg_value(args, "nan"));
    }
    if (arg_given(args, "weights")) {
        add_flag(list, "--weights", arg_value(args, "weights"));
    }
    add_number(list, "-k", cell->k, k);
    add_number(list, "-T", cell->threads, threads);
    if (passes > 0) {
        add_number(list, "--iterations", passes, iterations);
    } else {
        add_flag(list, "--change-fraction", BENCH_CHANGE_FRACTION);
    }
    add_flag(list, "--isa", cell->isa);
    add_flag(list, "--algorithm", cell->algorithm);
    add_flag(list, "--init", bench->init);
    add_flag(list, "--seed", bench->seed);
    add_flag(list, "--json", "-");
    add_flag(list, "--trace", "/dev/fd/3");
    add_word(list, "-q");
    const child_texts texts = run_child(list->words, bench->sampled ? &cell->samples : NULL);
    take_result(cell, &texts, reading);
    release(texts.out);
    release(texts.side);
    release(list);
}
