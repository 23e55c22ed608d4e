/* Floor 2: centroids made ready for the kernels, as the steps of one run share them. */
#ifndef KM_PACKED_H
#define KM_PACKED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernels/exact/sparse.h"
#include "kernels/kernels_tiles.h"
#include "services/threads.h"

/* Panels that only a few rows may need are packed by the first thread that does (pack.c). */
typedef struct km_demand {
    atomic_bool ready;
    km_lock lock;
} km_demand;

/* Centroids as panels of float or of double (pack_real.h), lane by lane in km_packed's order. */
typedef struct km_panels {
    km_demand *demand;
    int64_t count;    /* panels in use */
    void *panels;     /* float or double */
    void *half_norm;  /* the same, lowered by the bias (see panels_pair.h) */
    void *front_norm; /* NULL, or half_norm of the places before `front`, else +inf; and */
    void *rows;       /* [k][KM_PACKED_LD(d)] the components row by row: where there is a front */
    double *c2;       /* [lanes] >= squared norm of the shifted, scaled centroid */
    double a0;        /* the bound's factor, +inf: nothing can be proved by the kernel */
    void *low;        /* centroids for assign_low or assign_few, or NULL: rows are always packed */
    void *inner;      /* [k] for assign_low: km_low.inner; NULL where it has no use for it */
    bool low_ready, inner_ready;
} km_panels;

/* Centroids as short numbers in tiles (kernels_tiles.h), where the table has tile kernels and they
 * pay. */
typedef struct km_packed_tiles {
    bool used;
    const km_tiles *kernels; /* of the table, or their `wide` as long as it pays */
    km_tile_centroids to;
    km_tile_bound bound;
    float *half; /* [k] half norms as in panels_f32, lowered */
    double *c2;  /* [k] squared norms from above */
    float *lead; /* [k] see km_tile_terms */
    km_tile_terms terms;
    float most_raise; /* of to.raise */
} km_packed_tiles;

/* The leading principal axes of the centroids and the centroids on them (axes.c), where so many
 * dimensions and clusters may pay. Tails: what lies off the axes. */
enum { KM_AXES_LEAD = 15, KM_AXES_MOST = 47 };
#define KM_AXES_KEPT(h) ((h) + 2) /* floats of a row */
#define KM_AXES_LONG    0x1p100   /* longer rows, squared, prove nothing */
typedef struct km_axes {
    int64_t h;     /* axes; 0: no memory, never used */
    bool known;    /* they have been made */
    bool of_rows;  /* of centroids that start an attempt */
    bool used;     /* rows meet the centroids on them in this pass */
    bool trial;    /* and those of a level are packed as well */
    int64_t rests; /* passes to do without */
    int64_t rest;  /* how many the next time */
    float *row;    /* [h][KM_PACKED_LD(d)], and as much again */
    float *panels; /* the axes as centroids of `scores` */
    float *zero;   /* half norms for these: 0, +inf behind the last one */
    float *lead;   /* panels: the centroids' first KM_AXES_LEAD components and their tails */
    float *to;     /* [k][KM_PACKED_LD(h + 1)] all components and tails, row by row */
    float *half;   /* half norms of the centroids, lowered */
    float *kept;   /* [n][KM_AXES_KEPT(h)] row state (axes_rows.c); NULL: none */
    bool valid;    /* it is of these axes and of the packed centroids' shift and scale */
    double eta;    /* error of the components, times the norm */
    double off;    /* the axes are orthonormal up to this */
    double bound;  /* B of assign_axes_real.h; +inf: nothing is proved */
} km_axes;

/* In what precision rows are screened, cheapest first. Labels do not depend on it. */
typedef enum km_level { KM_BY_TILES, KM_BY_F32, KM_BY_F64 } km_level;

/* Squared norms of a set of centroids as double-doubles, each made when it is first wanted: the
 * expanded forms of kernels/exact/sparse.h need them (pack_sparse.c). Sparse rows only. */
typedef struct km_norms {
    const double *c;
    km_norm *norm;       /* [k] */
    atomic_uchar *ready; /* [k] */
    km_lock *lock;
} km_norms;

/* Centroids for sparse rows: assign_sparse of kernels_real.h (pack_sparse.c). */
typedef struct km_packed_sparse {
    float *panels;
    int64_t count, width; /* panels, and their lanes */
    float *half_norm;     /* [count*width] as float, not lowered */
    double *c2;           /* [count*width] >= squared norm of the scaled centroid */
    double *norm2;        /* [k] squared norm, relative error km_d2_error */
    uint64_t *columns;    /* [k] sets of those that are not 0 (columns.h) */
    bool provable;        /* scores cannot overflow */
} km_packed_sparse;

/* Centroids made ready for the assign kernels (pack.c). Panels and tiles have them in an order of
 * their own: a place in them is that of centroid order[place]. */
typedef struct km_packed {
    const double *c; /* k x d, borrowed while packed */
    int64_t k;
    int32_t *place, *order; /* [k] place of a centroid, centroid of a place; dense rows only */
    int64_t front;          /* places from here on: of centroids that did not move (km_run) */
    bool repeats;           /* some centroid is a duplicate */
    km_panels panels_f32, panels_f64;
    km_packed_tiles tiles;
    km_axes axes;
    void *shorts; /* panels_f32.low as kernels_shorts.h wants it, or NULL: not used */
    km_packed_sparse sparse;
    double *shift;      /* [d], representable in REAL */
    void *shift_real;   /* [d] REAL */
    double scale;       /* power of two */
    km_level level;     /* where a pass starts */
    int64_t packings;   /* on it so far */
    int64_t patience;   /* of them until the level below is tried again */
    bool blind;         /* the pass knew nothing of the rows: it says little about the level */
    km_level seen;      /* that of the last pass that was not blind */
    uint8_t *duplicate; /* [k] equals an earlier centroid */
    uint64_t *hash;     /* [k] */
    int32_t *slots;     /* hash table of 2^bits entries */
    int32_t slots_bits;
} km_packed;

#endif
