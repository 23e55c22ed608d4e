/* The gap statistic: inertias of rows drawn uniformly from the box of the data, made anew block by
 * block on every visit, so that no copy of them is kept. */
#include "sweep.h"

#include <math.h>

#include "generate_random.h"

typedef struct reference {
    const double *box;
    uint64_t key; /* of this set */
    int64_t n, d;
    int64_t next; /* row */
    bool wide;    /* float64, else float32 */
} reference;

/* splitmix64: the finaliser, and the number that counters go on by. */
static const uint64_t golden = 0x9e3779b97f4a7c15ULL;

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

/* Number p of row i: a function of key, i and p, so that rows can be had in any order. */
static double draw_number(const reference *r, uint64_t row_key, int64_t p)
{
    const double u = (double)(mix(row_key + (uint64_t)(p + 1) * golden) >> 11) * 0x1p-53;
    const double low = r->box[p];
    const double high = r->box[r->d + p];
    const double value = low + u * (high - low);
    return value < high ? value : high;
}

static void make_row(const reference *r, int64_t i, void *out, int64_t at)
{
    const uint64_t row_key = mix(r->key + (uint64_t)(i + 1) * golden);
    double *const wide = (double *)out + at * r->d;
    float *const narrow = (float *)out + at * r->d;
    for (int64_t p = 0; p < r->d; p++) {
        if (r->wide) {
            wide[p] = draw_number(r, row_key, p);
        } else {
            narrow[p] = (float)draw_number(r, row_key, p);
        }
    }
}

static int rewind_rows(void *user)
{
    ((reference *)user)->next = 0;
    return 0;
}

static int64_t next_rows(void *user, void *out, int64_t rows)
{
    reference *const r = user;
    const int64_t count = r->n - r->next < rows ? r->n - r->next : rows;
    for (int64_t i = 0; i < count; i++) {
        make_row(r, r->next + i, out, i);
    }
    r->next += count;
    return count;
}

static int fetch_rows(void *user, const int64_t *rows, int64_t m, void *out)
{
    for (int64_t i = 0; i < m; i++) {
        make_row(user, rows[i], out, i);
    }
    return 0;
}

/* A row of the data: one that is skipped has no part in the sets, one of weight 0 none in their
 * box. */
static void take_row(sweep *s, int64_t row, const double *x)
{
    const int64_t d = s->rows.d;
    const double weight = s->rows.weights != NULL ? s->rows.weights[row] : 1;
    if (find_bad_value(x, d, false) >= 0) {
        return;
    }
    if (s->drawn_weight != NULL) {
        s->drawn_weight[s->drawn] = weight;
    }
    s->drawn++;
    for (int64_t p = 0; p < d && weight > 0; p++) {
        s->box[p] = x[p] < s->box[p] ? x[p] : s->box[p];
        s->box[d + p] = x[p] > s->box[d + p] ? x[p] : s->box[d + p];
    }
}

void open_gap(sweep *s)
{
    const row_set *const rows = &s->rows;
    const int64_t d = rows->d;
    const int64_t block = rows_in_block(rows);
    double *const x = allocate(block * d, sizeof *x);
    s->box = allocate(2 * d, sizeof *s->box);
    s->drawn_weight = rows->weights != NULL ? allocate(rows->n, sizeof *s->drawn_weight) : NULL;
    for (int64_t p = 0; p < d; p++) {
        s->box[p] = INFINITY;
        s->box[d + p] = -INFINITY;
    }
    for (int64_t row = 0; row < rows->n; row += block) {
        const int64_t count = rows->n - row < block ? rows->n - row : block;
        const int status = kmeans_source_read(rows->source, row, count, x);
        if (status < 0) {
            die_run(s->args, s->context, s->options, rows, status);
        }
        for (int64_t i = 0; i < count; i++) {
            take_row(s, row + i, x + i * d);
        }
    }
    release(x);
}

/* The inertia of one set; negative when it was stopped. */
static double fit_reference(sweep *s, reference *r)
{
    enum { few = 1 << 18 };
    kmeans_callback callback;
    kmeans_source *source = NULL;
    kmeans_result *result = NULL;
    kmeans_result_info info = {.size = sizeof info};
    kmeans_callback_init(&callback);
    callback.dtype = r->wide ? KMEANS_F64 : KMEANS_F32;
    callback.rows = r->n;
    callback.cols = r->d;
    callback.any_thread = r->n * r->d > few; /* else waking it takes longer than the rows do */
    callback.user = r;
    callback.rewind = rewind_rows;
    callback.next = next_rows;
    callback.fetch = fetch_rows;
    int status = kmeans_source_callback(s->context, &callback, &source);
    if (status == KMEANS_OK && s->drawn_weight != NULL) {
        status = kmeans_source_set_weights(source, s->drawn_weight);
    }
    if (status == KMEANS_OK) {
        set_time_left(s->args, s->fitting);
        status = kmeans_fit(s->context, s->fitting, source, &result);
    }
    const bool stopped = status == KMEANS_STOPPED_TIME_LIMIT ||
                         status == KMEANS_STOPPED_CANCELLED || status == KMEANS_ERROR_CANCELLED;
    if (status < 0 && !stopped) {
        die_status(s->context, status);
    }
    if (!stopped) {
        kmeans_result_get_info(result, &info);
    }
    kmeans_result_free(result);
    kmeans_source_close(source);
    return stopped ? -1 : info.inertia;
}

/* Mean of the logarithms less that of the data, and their deviation times sqrt(1 + 1/B). */
static void compare_logs(sweep_row *row, const double *logs, int64_t count)
{
    double mean = 0;
    double squares = 0;
    for (int64_t b = 0; b < count; b++) {
        mean += logs[b] / (double)count;
    }
    for (int64_t b = 0; b < count; b++) {
        squares += (logs[b] - mean) * (logs[b] - mean) / (double)count;
    }
    row->gap = mean - plain_log(row->inertia);
    row->gap_error = sqrt(squares * (1 + 1 / (double)count));
}

bool measure_gap(sweep *s, sweep_row *row)
{
    const int dtype = s->rows.dtype;
    double *const logs = allocate(s->references, sizeof *logs);
    bool known = row->inertia >= 0x1p-1022; /* else it has no logarithm */
    for (int64_t b = 0; b < s->references; b++) {
        reference r = {.box = s->box,
                       .key = mix(mix(s->seed + golden) + (uint64_t)(b + 1) * golden),
                       .n = s->drawn,
                       .d = s->rows.d,
                       .wide = dtype == KMEANS_F64 || dtype == KMEANS_I32};
        const double inertia = known ? fit_reference(s, &r) : 0;
        if (inertia < 0) {
            release(logs);
            return false;
        }
        known = known && inertia >= 0x1p-1022;
        logs[b] = known ? plain_log(inertia) : 0;
    }
    if (known) {
        compare_logs(row, logs, s->references);
    }
    release(logs);
    return true;
}
