/* Floor 1: sources of rows. The fit driver sees blocks only: no step may assume that row i lies at
 * x + i*stride for all i. */
#ifndef KM_SOURCE_H
#define KM_SOURCE_H

#include <kmeans/source.h>
#include <stdbool.h>

#include "../../kernels/kernels.h"
#include "csr.h"

/* Rows row0 .. row0+rows-1 of a source, readable by several threads until the next call of
 * next/rewind/close. Element (i, p), i from 0 within the block, lies at
 *   columns == NULL:  base + (i*row_stride + p*col_stride) * size of dtype
 *   else              columns[p] + i*row_stride * size of dtype
 * A sparse block has none of these: row i of it is row i of csr. */
typedef struct km_block {
    const void *base;
    const void *const *columns;
    int64_t row0;
    int64_t rows;
    int64_t cols;
    int64_t row_stride;
    int64_t col_stride;
    int dtype;
    const km_csr *csr; /* NULL: dense */
} km_block;

typedef struct km_source_ops {
    const char *kind; /* "memory", "mmap", "stream", "callback", "concat" */

    /* Begin a visit of all rows. 0 or a negative status. */
    int (*rewind)(kmeans_source *source);

    /* The next block in row order: 1 and *block, 0 at the end, or a negative status. */
    int (*next)(kmeans_source *source, km_block *block);

    /* Copy m rows with the given numbers, any order, as float64 to out (m x d). Without KM_CAN_SEEK
     * it is a visit of its own: ask for many rows at once, and not between two blocks. */
    int (*fetch)(kmeans_source *source, const int64_t *rows, int64_t m, double *out);

    /* Copy rows row0 .. row0+count-1, which exist, as float64 to out (count x d). With KM_CAN_SHARE
     * it touches no state: several threads may call it at once. */
    int (*read)(kmeans_source *source, int64_t row0, int64_t count, double *out);

    /* NULL, or: other rows come before the next rewind, those of `following` first, a source of the
     * same kind and context or NULL. What only a visit needs takes no resident memory till then:
     * it is exchanged for what the following one has, or forgotten. */
    void (*leave)(kmeans_source *source, kmeans_source *following);

    /* Release what the source owns, but not the struct itself. */
    void (*close)(kmeans_source *source);
} km_source_ops;

/* Blocks that are read rather than looked at where they lie have about this size unless something
 * else is asked for: large against what it costs the threads to wait for each other at its end,
 * small enough for two of them to be still in a core's share of the caches when the rows are
 * worked on (1 GB, d = 128, k = 100, cached, two threads: 16 MB take 1.1 times as long). */
enum { KM_BLOCK_BYTES = 4 << 20 };

/* What a source can do beside visits in row order. */
enum {
    KM_CAN_SEEK = 1,  /* fetch and read cost no visit */
    KM_CAN_SHARE = 2, /* read may be called by several threads at once */
};

struct kmeans_source {
    const km_source_ops *ops;
    kmeans_context *context;
    unsigned can;
    int64_t visits;    /* of the rows so far */
    int64_t untouched; /* bytes of memory that the first visit will make resident */
    int64_t rows;      /* -1: not known before a visit has ended (km_source_count) */
    int64_t cols;
    int64_t bytes;
    int64_t entries;           /* of a sparse source */
    bool sparse;               /* every block has a csr */
    const double *weights;     /* rows of them, borrowed, or NULL */
    const char *name;          /* for error texts: a path, or "" */
    km_block view;             /* memory-like sources: all rows */
    int64_t cursor;            /* rows handed out in this visit, or part number */
    void *owned;               /* mapping, parsed numbers, parts: belongs to the kind */
    const void **column_table; /* owned copy of column pointers, or NULL */
    char **names;              /* cols of them in one owned block, or NULL: none are known */
    int dtype;
};

/* Numbers that a row has on average, absent zeros not counted, from above. */
static inline int64_t km_row_entries(const kmeans_source *source)
{
    return source->sparse ? source->entries / source->rows + 1 : source->cols;
}

/* What is known of a type before a value was seen. */
typedef struct km_number {
    const char *name;
    int64_t size;    /* bytes */
    bool wide;       /* float does not hold every value: rows are converted to double */
    bool special;    /* has infinities and NaN, which a visit must look for */
    double low_bit;  /* the finite values are multiples of this power of two; 0: too many digits to
                        plan with */
    double min, max; /* where low_bit > 0: of the finite values */
} km_number;

/* By kmeans_dtype; NULL for an unknown one. */
const km_number *km_number_of(int dtype);

/* Size of an element of a dtype in bytes; 0 for an unknown one. */
int64_t km_dtype_size(int dtype);

/* KMEANS_ERROR_ARGUMENT with a text that lists the types where dtype is none. */
int km_check_dtype(kmeans_context *context, const char *argument, int dtype);

/* Address of element (i, p) of a block. */
const void *km_block_at(const km_block *block, int64_t i, int64_t p);

/* Make a source whose rows all lie in memory as `view` says (the whole is one block); used by the
 * memory kinds and the file formats. ops: km_memory_ops or a table with the same functions but
 * another kind or close. columns != NULL in view: the d pointers are copied. name and owned as in
 * the struct. Errors: KMEANS_ERROR_MEMORY. */
int km_source_over_view(kmeans_context *context, const km_source_ops *ops, const km_block *view,
                        const char *name, void *owned, kmeans_source **source);
/* The same over sparse rows; *csr is copied. bytes: of the three arrays. */
int km_source_over_csr(kmeans_context *context, const km_source_ops *ops, const km_csr *csr,
                       int64_t rows, const char *name, void *owned, kmeans_source **source);
extern const km_source_ops km_csr_memory_ops;
int64_t km_csr_source_size(void); /* bytes of such a source */

/* Where a row of a sparse source lies, joined ones included. */
km_csr_place km_csr_find_row(const kmeans_source *source, int64_t row);
int km_csr_fetch(kmeans_source *source, const int64_t *rows, int64_t m, double *out);
int km_csr_read(kmeans_source *source, int64_t row0, int64_t count, double *out);

/* What the rows look like from outside: the kind, for joined sources that of all parts or "mixed".
 */
const char *km_source_kind(const kmeans_source *source);

/* The names of the columns, of joined sources those of the first part; NULL where none are known.
 */
char *const *km_source_names(const kmeans_source *source);

/* Is this a description that kmeans_source_callback takes? */
int km_callback_check(kmeans_context *context, const kmeans_callback *from);

/* Where the number of rows is not known: find it by one visit. 0, or a negative status (an error of
 * the source; KMEANS_ERROR_SHAPE for no rows). */
int km_source_count(kmeans_source *source);

int km_view_rewind(kmeans_source *source);
int km_view_next(kmeans_source *source, km_block *block);
int km_view_fetch(kmeans_source *source, const int64_t *rows, int64_t m, double *out);
int km_view_read(kmeans_source *source, int64_t row0, int64_t count, double *out);

/* Copy rows i0 .. i0+m-1 of a block, all exact: to float (block is of no wide type) or to double
 * (any), row-major with leading dimension ld >= cols, by the `convert` of a kernel table. Written
 * for speed in every layout: contiguous rows are converted row by row, columns are transposed in
 * tiles. */
void km_block_load_f32(const km_kernels_f32 *kernels, const km_block *block, int64_t i0, int64_t m,
                       float *out, int64_t ld);
void km_block_load_f64(const km_kernels_f64 *kernels, const km_block *block, int64_t i0, int64_t m,
                       double *out, int64_t ld);

/* The same by the scalar table, for a few rows. */
void km_block_to_f32(const km_block *block, int64_t i0, int64_t m, float *out, int64_t ld);
void km_block_to_f64(const km_block *block, int64_t i0, int64_t m, double *out, int64_t ld);

/* If rows i0.. are already row-major REALs with unit column stride: their address, and *ld (which
 * may be negative or larger than cols; cols where the block has one row); else NULL. */
const float *km_block_rows_f32(const km_block *block, int64_t i0, int64_t *ld);
const double *km_block_rows_f64(const km_block *block, int64_t i0, int64_t *ld);

#endif
