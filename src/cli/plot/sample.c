/* Rows as points. */
#include "subject.h"

#include <math.h>
#include <string.h>

#include "../generate_random.h"

static bool has_nan(const double *x, int64_t d)
{
    for (int64_t p = 0; p < d; p++) {
        if (isnan(x[p])) {
            return true;
        }
    }
    return false;
}

static bool can_be_drawn(const plot_subject *subject, int64_t row, const double *x)
{
    const int64_t d = subject->rows->d;
    const int64_t bad = find_bad_value(x, d, subject->bad_rows == BAD_ROWS_SKIP_NAN);
    if (bad >= 0 && subject->bad_rows != BAD_ROWS_SKIP_ALL) {
        die_value(subject->args, subject->rows, row, bad, x[bad]);
    }
    return bad < 0 && !(subject->bad_rows == BAD_ROWS_SKIP_NAN && has_nan(x, d));
}

int64_t visit_rows(const plot_subject *subject,
                   void (*visit)(void *user, int64_t row, const double *x), void *user)
{
    const row_set *const rows = subject->rows;
    const int64_t at_once = rows_in_block(rows);
    int64_t left_out = 0;
    double *const x = allocate(at_once * rows->d, sizeof *x);
    for (int64_t row = 0; row < rows->n; row += at_once) {
        const int64_t count = rows->n - row < at_once ? rows->n - row : at_once;
        const int status = kmeans_source_read(rows->source, row, count, x);
        if (status != KMEANS_OK) {
            die_status(subject->context, status);
        }
        for (int64_t i = 0; i < count; i++) {
            if (can_be_drawn(subject, row + i, x + i * rows->d)) {
                visit(user, row + i, x + i * rows->d);
            } else {
                left_out++;
            }
        }
    }
    release(x);
    return left_out;
}

/* "1,3" as columns. */
static void parse_columns(const plot_subject *subject, plot_projection *projection)
{
    char *rest = copy_text(subject->axes);
    char *item = NULL;
    while ((item = strsep(&rest, ",")) != NULL) {
        if (projection->count == 3) {
            die(EXIT_USAGE, "--axes %s: at most three columns, or pca", subject->axes);
        }
        projection->column[projection->count++] =
            parse_count("axes", item, 1, subject->rows->d) - 1;
    }
    if (projection->count < 2) {
        die(EXIT_USAGE, "--axes %s: two or three columns, or pca", subject->axes);
    }
}

static char *column_label(const plot_subject *subject, int64_t column)
{
    const char *const name = kmeans_source_column_name(subject->rows->source, column);
    return column < 0                      ? copy_text("row")
           : name != NULL && *name != '\0' ? copy_text(name)
                                           : make_text("column %lld", (long long)column + 1);
}

void choose_projection(const plot_subject *subject, plot_projection *projection)
{
    const int64_t d = subject->rows->d;
    const bool named = subject->axes != NULL && strcmp(subject->axes, "pca") != 0;
    *projection = (struct plot_projection){.count = 0};
    if (named) {
        parse_columns(subject, projection);
    } else if (subject->axes == NULL && d == 1) {
        projection->count = 2;
        projection->column[1] = -1;
    } else if (subject->axes == NULL && d <= 3) {
        projection->count = (int)d;
        projection->column[1] = 1;
        projection->column[2] = 2;
    } else {
        projection->count = 2;
        find_components(subject, projection);
        for (int i = 0; i < 2; i++) {
            projection->label[i] = make_text("principal component %d (%.2f %% of variance)", i + 1,
                                             100 * projection->share[i]);
        }
        return;
    }
    for (int i = 0; i < projection->count; i++) {
        projection->label[i] = column_label(subject, projection->column[i]);
    }
}

void project_row(const plot_projection *projection, int64_t d, int64_t row, const double *x,
                 double coordinates[3])
{
    for (int i = 0; i < projection->count; i++) {
        double sum = 0;
        for (int64_t p = 0; p < d && projection->directions != NULL; p++) {
            sum += (x[p] - projection->mean[p]) * projection->directions[i * d + p];
        }
        coordinates[i] = projection->directions != NULL ? sum
                         : projection->column[i] < 0    ? (double)row
                                                        : x[projection->column[i]];
    }
}

typedef struct sample_run {
    const plot_subject *subject;
    const plot_projection *projection;
    random_generator generator;
    point_set *points;
    int64_t wanted;
    int64_t next; /* row of the next draw */
    int64_t taken;
} sample_run;

/* Selection sampling (Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S): a row is taken
 * with the probability of what is still wanted among what is left. Rows left out by the visit draw
 * too, so the choice depends on n and the seed only. */
static bool is_chosen(sample_run *run, int64_t row)
{
    const int64_t n = run->subject->rows->n;
    bool chosen = false;
    for (; run->next <= row; run->next++) {
        const uint64_t left = (uint64_t)(n - run->next);
        chosen = draw_below(&run->generator, left) < (uint64_t)(run->wanted - run->taken);
        run->taken += chosen;
    }
    return chosen;
}

static void take_row(void *user, int64_t row, const double *x)
{
    sample_run *const run = user;
    point_set *const points = run->points;
    const int32_t label = run->subject->labels != NULL ? run->subject->labels[row] : 0;
    if (is_chosen(run, row) && label >= 0) {
        project_row(run->projection, run->subject->rows->d, row, x,
                    points->coordinates + 3 * points->count);
        points->labels[points->count++] = label;
    }
}

void draw_sample(const plot_subject *subject, const plot_projection *projection, point_set *points)
{
    const int64_t n = subject->rows->n;
    sample_run run = {.subject = subject, .projection = projection, .points = points};
    run.wanted = n < subject->sample ? n : subject->sample;
    seed_generator(&run.generator, subject->seed);
    points->count = 0;
    points->coordinates = allocate(3 * run.wanted, sizeof(double));
    points->labels = allocate(run.wanted, sizeof(int32_t));
    points->left_out = visit_rows(subject, take_row, &run);
}
