#include "relocate.h"

#include <math.h>
#include <string.h>

#include "sparse.h"
#include "visit.h"

/* A row by its distance: `before` is the order of the candidates. */
typedef struct km_far {
    double d2;
    int64_t row;
} km_far;

static bool before(km_far a, km_far b) { return a.d2 > b.d2 || (a.d2 == b.d2 && a.row < b.row); }

enum { PER_VISIT = 256 }; /* candidates a thread keeps in one visit; more take another visit */

int km_relocation_open(km_run *run, km_relocation *s)
{
    km_memory *const memory = &run->context->memory;
    const int64_t k = run->k, d = run->d;
    s->capacity = PER_VISIT;
    s->far = km_alloc(memory, run->threads * s->capacity, sizeof *s->far);
    s->held = km_alloc(memory, run->threads, sizeof *s->held);
    s->taken_row = km_alloc(memory, k, sizeof *s->taken_row);
    s->donor = km_alloc(memory, k, sizeof *s->donor);
    s->value = km_alloc(memory, 1, d * (int64_t)sizeof *s->value);
    s->keeps = km_alloc(memory, k, sizeof *s->keeps);
    s->digits = km_alloc(memory, (run->sums.limbs + 1) * d + KM_MAX_LIMBS + 1, sizeof *s->digits);
    if (s->far && s->held && s->taken_row && s->donor && s->value && s->keeps && s->digits)
        return KMEANS_OK;
    return km_fail(run->context, KMEANS_ERROR_MEMORY, "no memory for %lld clusters", (long long)k);
}

int64_t km_relocation_bytes(int64_t k, int64_t d, int32_t threads)
{
    const int64_t sizes[][2] = {{(int64_t)threads * PER_VISIT, sizeof(km_far)},
                                {threads, sizeof(int64_t)},
                                {k, sizeof(int64_t)},
                                {k, sizeof(int32_t)},
                                {d, sizeof(double)},
                                {k, sizeof(int64_t)},
                                {(KM_MAX_LIMBS + 1) * (d + 1), sizeof(int64_t)}};
    int64_t bytes = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && bytes >= 0; i++)
        bytes = km_size_add(bytes, km_alloc_bytes(sizes[i][0], sizes[i][1]));
    return bytes < 0 ? INT64_MAX : bytes;
}

void km_relocation_free(km_relocation *s)
{
    km_free(s->far);
    km_free(s->held);
    km_free(s->taken_row);
    km_free(s->donor);
    km_free(s->value);
    km_free(s->keeps);
    km_free(s->digits);
    *s = (km_relocation){0};
}

typedef struct search {
    km_relocation *scratch;
    const double *c;
    km_far below; /* only rows that come after this one */
} search;

/* Keep `far` among a thread's first `capacity` candidates (a heap with the last one on top). */
static void keep(km_far *heap, int64_t *held, int64_t capacity, km_far far)
{
    int64_t at;
    if (*held < capacity) {
        at = (*held)++;
        for (; at > 0 && before(heap[(at - 1) / 2], far); at = (at - 1) / 2)
            heap[at] = heap[(at - 1) / 2];
    } else {
        for (at = 0; 2 * at + 1 < capacity;) {
            int64_t child = 2 * at + 1;
            child += child + 1 < capacity && before(heap[child], heap[child + 1]);
            if (!before(far, heap[child]))
                break;
            heap[at] = heap[child];
            at = child;
        }
    }
    heap[at] = far;
}

static void far_block(void *argument, km_run *run, int32_t t, const km_rows *rows)
{
    const search *const work = argument;
    km_relocation *const s = work->scratch;
    km_far *const heap = s->far + t * s->capacity;
    km_thread *const thread = &run->thread[t];
    for (int64_t i = 0; i < rows->m; i++) {
        const int64_t row = km_row_number(rows, i);
        const int64_t j = run->labels[row];
        const km_center c = {work->c + j * run->d, km_norm_of_center(run, j)};
        if (rows->weight && rows->weight[i] == 0)
            continue;
        const bool full = s->held[t] == s->capacity;
        if (full && run->typed->near_d2(run, thread, rows, i, c).high < heap[0].d2)
            continue;
        const km_far far = {run->typed->exact_d2(run, thread, rows, i, c), row};
        if (far.d2 > 0 && before(work->below, far) && (!full || before(far, heap[0])))
            keep(heap, &s->held[t], s->capacity, far);
    }
}

/* The first candidate held by any thread, removed; false when there is none. */
static bool take_first(const km_run *run, km_relocation *s, km_far *first)
{
    int64_t *held = NULL;
    km_far *place = NULL;
    for (int32_t t = 0; t < run->threads; t++)
        for (int64_t i = 0; i < s->held[t]; i++) {
            km_far *const far = s->far + t * s->capacity + i;
            if (!place || before(*far, *place)) {
                place = far;
                held = &s->held[t];
            }
        }
    if (!place)
        return false;
    *first = *place;
    *place = s->far[(place - s->far) / s->capacity * s->capacity + --*held];
    return true;
}

static bool is_taken(const km_update *update, const km_run *run, const int32_t *filled, int64_t m,
                     const double *value)
{
    for (int64_t e = 0; e < m; e++) {
        const double *const other = update->c_new + filled[e] * run->d;
        int64_t p = 0;
        while (p < run->d && other[p] == value[p])
            p++;
        if (p == run->d)
            return true;
    }
    return false;
}

/* Cluster j's mean without the rows it gave away. */
static int donor_mean(km_run *run, km_update *update, km_relocation *s, int64_t j, int64_t given)
{
    km_sums *const sums = &run->sums;
    const int64_t d = run->d, size = (sums->limbs + 1) * d;
    int64_t *const weight_digits = s->digits + size;
    km_weight_total weight = km_sums_weight(sums, j);
    memcpy(s->digits, km_sums_digits(run, j), (size_t)size * sizeof *s->digits);
    if (weight.digits) {
        memcpy(weight_digits, weight.digits, (size_t)(weight.limbs + 1) * sizeof *weight_digits);
        weight.digits = weight_digits;
    }
    km_thread *const thread = &run->thread[0];
    for (int64_t e = 0; e < given; e++) {
        if (s->donor[e] != j)
            continue;
        const int status = run->source->ops->fetch(run->source, &s->taken_row[e], 1, s->value);
        if (status < 0)
            return status;
        const double *const w = run->weights ? &run->weights[s->taken_row[e]] : NULL;
        km_sums_take_row(run, thread, s->value, w, s->digits, weight_digits);
        weight.count--;
    }
    km_digits_mean(s->digits, sums->limbs, d, sums->exponent, &weight, update->c_new + j * d);
    km_update_refresh(run, update, j);
    return KMEANS_OK;
}

/* Where a thread had to drop candidates, only those up to its last one are known to be complete:
 * the first of these ends is where the walk of this visit ends. False when nothing was dropped. */
static bool known_end(const km_run *run, const km_relocation *s, km_far *end)
{
    bool found = false;
    for (int32_t t = 0; t < run->threads; t++) {
        const km_far *const heap = s->far + t * s->capacity;
        if (s->held[t] == s->capacity && (!found || before(heap[0], *end))) {
            *end = heap[0];
            found = true;
        }
    }
    return found;
}

/* Give candidates to empty clusters in order, up to `end` if there is one. `filled` lists the
 * clusters done; returns their number, or an error. */
static int64_t walk(km_run *run, km_update *update, km_relocation *s, int32_t *filled, int64_t done,
                    int64_t wanted, const km_far *end)
{
    int64_t next = done > 0 ? filled[done - 1] + 1 : 0;
    km_far far;
    while (done < wanted && take_first(run, s, &far) && !(end && before(*end, far))) {
        const int32_t from = run->labels[far.row];
        if (s->keeps[from] < 2)
            continue;
        const int status = run->source->ops->fetch(run->source, &far.row, 1, s->value);
        if (status < 0)
            return status;
        if (is_taken(update, run, filled, done, s->value))
            continue;
        while (run->sums.count[next] > 0)
            next++;
        for (int64_t p = 0; p < run->d; p++)
            update->c_new[next * run->d + p] = s->value[p] + 0.0; /* never -0 */
        s->taken_row[done] = far.row;
        s->donor[done] = from;
        s->keeps[from]--;
        filled[done++] = (int32_t)next++;
    }
    return done;
}

static int refresh_all(km_run *run, km_update *update, km_relocation *s, const int32_t *filled,
                       int64_t done)
{
    for (int64_t e = 0; e < done; e++) {
        km_update_refresh(run, update, filled[e]);
        int64_t earlier = 0;
        while (s->donor[earlier] != s->donor[e])
            earlier++;
        if (earlier < e)
            continue;
        const int status = donor_mean(run, update, s, s->donor[e], done);
        if (status < 0)
            return status;
    }
    return KMEANS_OK;
}

int km_relocate(km_run *run, km_update *update, km_relocation *s, int64_t *left)
{
    int32_t *const filled = run->packed.slots; /* free between two packings, 2k entries */
    int64_t wanted = 0, done = 0;
    for (int64_t j = 0; j < run->k; j++) {
        s->keeps[j] = run->sums.count[j];
        wanted += run->sums.count[j] == 0;
    }
    search work = {s, update->c_old, {INFINITY, -1}};
    km_norms_start(run, update->c_old, run->k);
    for (bool more = true; done < wanted && more;) {
        memset(s->held, 0, (size_t)run->threads * sizeof *s->held);
        const int status = km_visit(run, far_block, &work);
        if (status)
            return status;
        more = known_end(run, s, &work.below);
        const int64_t walked =
            walk(run, update, s, filled, done, wanted, more ? &work.below : NULL);
        if (walked < 0)
            return (int)walked;
        done = walked;
    }
    *left = wanted - done;
    return refresh_all(run, update, s, filled, done);
}
