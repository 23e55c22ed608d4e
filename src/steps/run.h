/* Floor 2: the state that the steps of one call share.
 *
 * A run belongs to one call of fit, predict or score. Its driver is serial code on the calling
 * thread; it visits the rows (visit.h) and hands phases to the team. All memory is taken by
 * km_run_open and km_run_size_sums, before the iterations. */
#ifndef KM_RUN_H
#define KM_RUN_H

#include "kernels/exact/digits.h"
#include "kernels/exact/grid.h"
#include "kernels/exact/wide.h"
#include "packed.h"
#include "services/cpu.h"
#include "services/source.h"
#include "services/threads.h"

/* The rows of one block as the kernels want them: row-major REALs, unit column stride. Local row i
 * is row row0 + (index ? index[i] : i) of the source; skipped rows are not among them. Sparse rows
 * stay where they are: local row i is row csr_row + (index ? index[i] : i) of csr, x is NULL. */
typedef struct km_rows {
    const void *x;
    int64_t ldx;
    int64_t m;
    int64_t row0;
    const int32_t *index;
    const double *weight; /* [m], or NULL: all ones */
    const km_csr *csr;
    int64_t csr_row;
    bool apart; /* dense rows that were picked and stay where they are: i is place index[i] of x */
    float *gap; /* [m] gaps of the rows for assign to fill in (bounds.h), or NULL: not wanted */
} km_rows;

/* The place of local row i in x. */
static inline int64_t km_row_place(const km_rows *rows, int64_t i)
{
    return rows->apart ? rows->index[i] : i;
}

static inline int64_t km_row_number(const km_rows *rows, int64_t i)
{
    return rows->row0 + (rows->index ? rows->index[i] : i);
}

/* Exact sums per cluster (sums.c). */
typedef struct km_sums {
    int32_t limbs;        /* per column */
    int32_t *exponent;    /* [d] */
    double *magic;        /* [limbs][d] */
    int64_t *digits;      /* [k][limbs+1][d] */
    uint64_t *columns;    /* sparse rows: [k] sets of columns with rows' entries; others are 0 */
    int64_t *count;       /* [k] rows with positive weight */
    bool *stale;          /* [k] sums are not those that the centroid was last made of */
    int32_t weight_limbs; /* 0 = unweighted */
    int32_t weight_exponent;
    double weight_magic[KM_MAX_LIMBS];
    int64_t *weight_digits; /* [k][weight_limbs+1] */
    km_lock *locks;         /* [k] */
    bool private_acc;       /* every thread has accumulators of its own for all clusters; else: */
    int64_t *moves; /* [k] as in km_thread, of rows whose patterns lie in the digits themselves */
    bool rounded, weights_rounded; /* a number or weight did not fit its grid: rounded to it */
} km_sums;

/* Rows that keep their label unseen: see bounds.h. */
typedef struct km_bounds {
    float *limit;    /* [n] row state; NULL: no such rows */
    float *drift;    /* [k] */
    float *before;   /* [k] the same before the last update */
    float *way;      /* [k] of the last update */
    double unit;     /* a power of two */
    float by;        /* times gaps, whose unit is the packed centroids' */
    const double *c; /* the centroids up to which drift goes, from those of the labels; or NULL */
    bool known;      /* limits are of the labels before, and drift goes on from them */
    bool keep;       /* in this pass */
    bool note;       /* limits are made in this pass */
    bool whole;      /* limits are of all rows */
    bool calm;       /* in the last pass few rows changed their label */
    bool quiet;      /* so few that gaps spare more than axes do (axes.h) */
    bool stuck;      /* see km_bounds_stuck */
    bool vain;       /* float32 made no gaps that last, either */
    int32_t aside;   /* passes in float32 because of `stuck`, one after the other */
    int32_t rest;    /* passes on tiles all the same, that having been in vain */
    int32_t wait;    /* of these, still to go */
} km_bounds;

/* Rows of bytes that keep their label unconverted: see bytes.h. */
typedef struct km_byte_screen {
    int8_t *c;           /* [KM_BYTES_K][KM_BYTES_LD(d)]; NULL: no such rows */
    int32_t *start;      /* [KM_BYTES_K] */
    double middle, unit; /* s and u */
    double first;        /* F_0 / u */
    km_byte_centroids from;
    bool use;           /* in this pass */
    int32_t rest, wait; /* passes to do without, too few having been kept; of these, still to go */
} km_byte_screen;

/* A block of rows as tiles, and what the scan of them finds: see kernels_tiles.h. */
typedef struct km_tile_scratch {
    void *tiles;
    int64_t bytes; /* of tiles */
    void *lines;
    float *partial;
    float *norm2, *residual2, *dot, *threshold, *slack;
    int32_t *order, *near, *count, *label;
    float *score;
    int64_t norm2_exponents, residual2_exponents, sampled; /* over rows: for tau and sigma only */
} km_tile_scratch;

/* A block of rows on the axes of km_axes, and what the screen leaves of the centroids. */
typedef struct km_axes_scratch {
    float *z;       /* [rows][KM_PACKED_LD(h + 1)], and 16 rows of d doubles at least */
    int64_t bytes;  /* of z */
    float *lead;    /* [rows][KM_PACKED_LD(KM_AXES_LEAD + 1)] */
    float *limit;   /* [rows] */
    int32_t *count; /* [rows] */
    int32_t *list;  /* [rows][KM_AXES_ROOM] places that the first few axes leave */
} km_axes_scratch;

/* Of places that are left of a row by the first axes, and by all. */
enum {
    KM_AXES_LISTED = 240,
    KM_AXES_ROOM = KM_AXES_LISTED + KM_BELOW_MORE,
    KM_AXES_CANDIDATES = 32,
};

/* A sparse row in one form, whatever its types are in memory (sparse.h). */
typedef struct km_sparse_scratch {
    int32_t *column;   /* [d] */
    double *value;     /* [d] */
    float *scaled;     /* [d] */
    float *score;      /* [lanes] */
    float *state;      /* kernel scratch */
    double *shift;     /* [KM_SPARSE_PART] */
    int64_t *mark;     /* [d] for km_csr_check_row */
    uint64_t *columns; /* [KM_SPARSE_CLUSTERS] sets (update_sparse.c) */
    int64_t stamp;     /* last one used on it */
    /* Of the row in `entries`: its matrix (NULL: none; joined ones may share arrays) and the number
     * of its first entry there. */
    const km_csr *csr;
    int64_t begin;
    km_entries entries;
    double norm2; /* their sum of squares */
} km_sparse_scratch;

/* Columns of a call of sum_squares; clusters updated side by side: half of KM_TERM_CLUSTERS. */
enum { KM_SPARSE_PART = 1024, KM_SPARSE_CLUSTERS = 8 };

/* What one thread needs; sizes in workspace.c. */
typedef struct km_thread {
    _Alignas(64) void *rows;     /* REAL block_rows x d: conversion and gathering */
    void *packed;                /* REAL, packed rows */
    void *state;                 /* REAL, kernel scratch */
    void *best, *second, *third; /* REAL, km_nearest arrays */
    int32_t *label, *label2;
    int32_t *local, *own; /* of packed or moved rows: number in the block, centroid's place */
    void *scores;         /* REAL mr x score_ld */
    void *gathered;       /* REAL mr packed rows for a rescan */
    double *norm2;
    double *weight;
    int32_t *index;
    int32_t *fresh;       /* labels of the block */
    float *gap;           /* km_rows.gap of the block, where there are bounds */
    int32_t *old, *moved; /* their labels before, and the rows in which the two differ */
    int32_t *add, *sub;   /* labels to add to, to take from */
    double *row;          /* [d] one row as float64 */
    uint64_t *acc;        /* [k, or 1 for scratch][limbs][d] */
    uint64_t *weight_acc; /* the same [weight_limbs] */
    int64_t *moves;       /* [k or 1] rows since the last flush * 2^32 + (added - subtracted) */
    int64_t *count;       /* [k] change of sums.count in this pass */
    int64_t *order;       /* [block_rows] sorting a block by label */
    int64_t changed;      /* rows, this visit */
    int64_t changed_digits[KM_MAX_LIMBS + 1];
    km_wide wide; /* exact sum of distances (inertia.c) */
    int64_t rechecked;
    int64_t survivors;          /* centroids that were left after the screen, one or more per row */
    int64_t distances, avoided; /* pairs that rows made with centroids; those not evaluated */
    km_tile_scratch tile;
    km_axes_scratch axes;
    km_sparse_scratch sparse;
    bool by_axes;        /* before the level: rows meet the leading axes first */
    km_level level;      /* how this thread screens now (level.c) */
    int32_t packs;       /* blocks to pack, rows as they are having been left open too often */
    int32_t rests, rest; /* blocks to do without shorts, too much having been left open; at first */
    int64_t met;         /* pairs of rows and centroids since it does */
    int64_t effort;      /* multiply-adds that rechecks took since then */
    int64_t byte_rows, byte_kept; /* of this pass: tried as bytes, and kept */
    const int32_t *hint; /* labels that most rows of the block may keep, for assign; NULL: none */
} km_thread;

enum { KM_STOP_NONE = 0, KM_STOP_CANCELLED = 1, KM_STOP_TIME = 2 };

typedef struct km_run km_run;
typedef struct km_typed km_typed;

/* Which of rows row0 .. row0+m-1 of a block a visit wants: their local numbers, ascending, in
 * t->index; and how many. */
typedef int64_t (*km_select_fn)(const km_run *run, km_thread *t, const void *argument,
                                const km_block *block, int64_t row0, int64_t m);

struct km_run {
    kmeans_context *context;
    struct km_profile *profile; /* of the fit, if it keeps one; else NULL */
    kmeans_source *source;
    const km_isa *isa;
    const km_typed *typed;
    km_team *team; /* set inside km_team_run */
    int64_t n, d, k;
    const double *weights; /* [n] or NULL */
    int32_t threads;       /* size of the arrays below; the team may be smaller */
    int64_t block_rows;
    int64_t score_ld;
    km_work work;
    km_thread *thread; /* [threads] */
    km_packed packed;
    km_norms norms;
    km_sums sums;
    km_bounds bounds;
    km_byte_screen bytes;
    int32_t *labels;       /* [n] of the last complete assignment; -1 marks a skipped row */
    int32_t *fresh_labels; /* [n] being made */
    bool labels_known;     /* labels are of the last pass of this attempt, or of its seeding */
    bool unmoved;          /* what km_pack gets next is what it got last, to the bit */
    /* Where labels_known and still_c is what gets packed: if still[j], its centroid j is to the bit
     * what it was when `labels` were made. Then rows of such a centroid are spared the others of
     * them, so whoever changes labels or these centroids otherwise sets still_c to NULL. */
    const double *still_c;
    bool *still;         /* [k]; NULL where no pass follows another, and for sparse rows */
    km_select_fn select; /* of the visit that is running; NULL: all rows but skipped ones */
    const void *select_argument;
    bool side_by_side; /* rows that it picks are brought together */
    bool has_skips;
    int64_t skipped;
    double total_weight; /* of the rows that count */

    /* cancel and time */
    atomic_int stop;
    double started;
    double time_limit; /* < 0: none */
    double polled;
    kmeans_progress progress;
    int64_t rows_before; /* for progress: rows of this pass before the visit that is running */
    bool finishing;      /* what is left must be completed: stop is not looked at */
};

/* Sizes that decide memory, gathered so that plan and allocation cannot differ. */
typedef struct km_sizes {
    int64_t n, d, k;
    int32_t dtype;
    int32_t threads;
    int32_t limbs, weight_limbs;
    bool sparse;
    bool fit;       /* labels kept and sums made */
    bool passes;    /* of a fit: from pass to pass, so that rows may be spared (km_run.still) */
    int64_t packed; /* centroids that may be packed at once, where they are more than k */
    bool bounds;    /* rows may keep their labels unseen: only screens that give gaps */
    bool seeding;   /* k-means++ state */
    bool spill;     /* row state lies in scratch files: km_alloc_rows */
} km_sizes;

static inline int64_t km_most_packed(const km_sizes *sizes)
{
    return sizes->packed > sizes->k ? sizes->packed : sizes->k;
}

/* Rows of a work item for a table: block_rows of the kernel, more where rows are short, fewer
 * where a block of them would leave the L2 cache. */
int64_t km_block_rows(const km_typed *typed, const km_isa *isa, const km_sizes *sizes);

/* The first screen's name for people: "tiles bf16", "tiles int8", "few f32", "bytes int8", ... */
const char *km_first_kernel(const km_sizes *sizes, const km_isa *isa);

/* Whether rows are dense and the first screen that they would meet without bounds and axes gives
 * gaps (bounds.h). */
bool km_first_gives_gaps(const km_sizes *sizes, const km_isa *isa);

/* How many leading principal axes the centroids may be met on (axes.h), 0: none. */
int32_t km_axes_of(const km_sizes *sizes, const km_isa *isa);

/* Allocate all but the sums for `sizes`; zeroes *run first, keeps what the caller must set later.
 * Errors: KMEANS_ERROR_MEMORY with nothing left allocated. */
int km_run_open(km_run *run, kmeans_context *context, kmeans_source *source, const km_isa *isa,
                const km_sizes *sizes);

/* Allocate sums and accumulators once run->sums.limbs and weight_limbs are known. */
int km_run_size_sums(km_run *run);

/* A run over other rows works within a call of `whole`: with its team, clock and callbacks; at the
 * end `whole` learns whether it was stopped. */
void km_run_follow(km_run *run, const km_run *whole);
void km_run_return(const km_run *run, km_run *whole);

/* Free everything; safe on a zeroed run. */
void km_run_close(km_run *run);

/* Bytes that km_run_open and km_run_size_sums take: per row, per cluster, per thread, and in
 * scratch files. INT64_MAX where a product overflows. */
void km_run_bytes(const km_sizes *sizes, const km_isa *isa, int64_t *rows, int64_t *clusters,
                  int64_t *threads, int64_t *scratch);

#endif
