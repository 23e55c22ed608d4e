/* Floor 2: starting centroids. Every draw is a function of (seed, restart, step, row or trial):
 * the same for any number of threads and any kind of source. */
#ifndef KM_SEED_H
#define KM_SEED_H

#include "prepare.h"
#include "services/random.h"

enum { KM_SEED_BLOCK = 4096 }; /* rows per entry of the prefix sums */

/* f * 2^e, |f| in [1, 2) or 0: a product that neither over- nor underflows. */
typedef struct km_scaled {
    double f;
    int32_t e;
} km_scaled;

/* A row with its random key. */
typedef struct km_keyed {
    uint64_t key;
    int64_t row;
} km_keyed;

/* Scratch, allocated before the iterations. */
typedef struct km_seeder {
    uint64_t seed;
    int64_t trials;        /* k-means++: candidates per step, >= 1 */
    double *d2;            /* [n] k-means++: squared distance to the nearest centroid so far */
    km_scaled *block_most; /* [n/4096 + 1] largest w*D of a block of rows */
    uint64_t *block_sum;   /* integer weights of a block */
    uint64_t *prefix;      /* their prefix sums */
    _Atomic unsigned char *stale; /* D of the block has changed */
    uint64_t *gain;               /* [threads][trials] */
    double *candidate;            /* [trials][d] */
    km_norm *norm;                /* [trials] of them, for sparse rows */
    void *candidate_real;         /* the same as REALs, in groups: km_seed_pack */
    int64_t *drawn;               /* [trials] rows */
    double *quarter; /* [k][trials] (squared distance of candidate and centroid)/4, from below */
    double *least;   /* [k] the smallest of each row */
    double *most;    /* [k] the largest */
    km_keyed *keyed; /* random rows: [rows] */
    int64_t keyed_n;
    double enlarge; /* power of two for rows whose squares would underflow, else 1 */
    bool whole;     /* all distances between rows are exact in float64: integers, say */
} km_seeder;

/* 2 + floor(ln k): the usual number of candidates of greedy k-means++. */
int64_t km_default_trials(int64_t k);

/* Allocate what k-means++ (trials > 0) or random rows (rows > 0) need. */
int km_seeder_open(km_run *run, const km_facts *facts, uint64_t seed, int64_t trials, int64_t rows,
                   km_seeder *seeder);
void km_seeder_free(km_seeder *seeder);

/* Bytes of it: what belongs to rows (a size per row, km_alloc_rows), and all the rest. */
int64_t km_seeder_row_size(int64_t trials);
int64_t km_seeder_bytes(const km_run *run, int64_t trials, int64_t rows);

/* Greedy k-means++ into c (k x d), and into run->labels a centroid near each row: the nearest but
 * perhaps for the last one; no label may depend on it. *distinct = k, or the number of distinct
 * rows of positive weight if that is smaller: the other centroids then repeat the first. Returns 0,
 * 1 (stopped) or an error. */
int km_seed_plusplus(km_run *run, km_seeder *seeder, uint32_t restart, double *c,
                     int64_t *distinct);

/* The `rows` rows of positive weight with the smallest (key, row), in that order, into
 * seeder->keyed; their number (fewer only if there are fewer) in seeder->keyed_n. The key
 * is the stream's number for the row. */
void km_seed_draw_rows(km_run *run, km_seeder *seeder, const km_random *stream, int64_t rows);

/* Copy the first `count` of seeder->keyed as float64 to out; where there are fewer (of positive
 * weight), the rest repeat the first. 0 or an error of the source. */
int km_seed_fetch(km_run *run, const km_seeder *seeder, int64_t count, double *out);

/* Keep entry among the `capacity` first by (key, row), in no order; *m is how many there are. */
void km_keep_keyed(km_keyed *keyed, int64_t *m, int64_t capacity, km_keyed entry);

/* Ascending by (key, row). */
void km_sort_keyed(km_keyed *keyed, int64_t m);

/* Random rows into c. */
int km_seed_random(km_run *run, km_seeder *seeder, uint32_t restart, double *c);

/* Uniform in the box of the columns: min + (max - min) u, u of 53 bits. */
void km_seed_box(const km_run *run, const km_facts *facts, uint64_t seed, uint32_t restart,
                 double *c);

#endif
