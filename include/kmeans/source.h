/* Sources: where the rows come from.
 *
 * A source hands out rows block by block; nobody copies or converts the data as a whole. A source
 * over memory borrows it: the memory must stay unchanged and alive until the source is closed. A
 * source over a file maps it or reads it in blocks (.npy, raw) or holds the parsed numbers (text).
 * Results do not depend on the kind of source, to the bit. Sources are read-only and may be used by
 * one call at a time. */
#ifndef KMEANS_SOURCE_H
#define KMEANS_SOURCE_H

#include "context.h"

KMEANS_BEGIN_DECLS

/* Types of the numbers in a source: IEEE floats of 32, 64 and 16 bits, bfloat16 (the upper half of
 * a 32-bit float), and integers with (i) and without sign (u), all in the machine's byte order. f32
 * and f64 rows are used as they lie; rows of the others are converted a block at a time, exactly:
 * i32 to float64, the rest to float32. The same values give the same labels, centroids and checksum
 * in every type that holds them. */
typedef enum kmeans_dtype {
    KMEANS_F32 = 1,
    KMEANS_F64 = 2,
    KMEANS_U8 = 3,
    KMEANS_F16 = 4,
    KMEANS_BF16 = 5,
    KMEANS_I8 = 6,
    KMEANS_I16 = 7,
    KMEANS_U16 = 8,
    KMEANS_I32 = 9
} kmeans_dtype;

/* Short name of a type, its constant in lower case: "f32" for KMEANS_F32. NULL for a number that is
 * none; the types are numbered from 1 without gaps. */
KMEANS_API const char *kmeans_dtype_name(int dtype);

/* A dense matrix in memory: element (i, p) is at  data + (i*row_stride + p*col_stride)  elements.
 * Strides may be negative (data then points at element (0, 0), not at the lowest address), and
 * zero only where the extent is 1. So C rows with padding, Fortran X(d,n) and X(n,d), sub-blocks
 * and reversed arrays are all read in place. data must be aligned for its type. */
typedef struct kmeans_dense {
    const void *data;
    int dtype;          /* kmeans_dtype */
    int64_t rows;       /* n >= 1 */
    int64_t cols;       /* d >= 1 */
    int64_t row_stride; /* elements from (i, p) to (i+1, p) */
    int64_t col_stride; /* elements from (i, p) to (i, p+1) */
} kmeans_dense;

/* The view of a contiguous C array of rows x cols numbers. */
static inline kmeans_dense kmeans_dense_rows(const void *data, int dtype, int64_t rows,
                                             int64_t cols)
{
    kmeans_dense view;
    view.data = data;
    view.dtype = dtype;
    view.rows = rows;
    view.cols = cols;
    view.row_stride = cols;
    view.col_stride = 1;
    return view;
}

/* Columns kept apart (x[], y[], z[]): element (i, p) is at columns[p] + i*stride elements. The
 * array of pointers is copied, the columns are borrowed. */
typedef struct kmeans_columns {
    const void *const *columns; /* d pointers */
    int dtype;
    int64_t rows;
    int64_t cols;
    int64_t stride; /* elements; may be negative, zero only for one row */
} kmeans_columns;

/* A sparse matrix in compressed sparse rows, as SciPy, MKL and most codes have it. The entries of
 * row i are number indptr[i] - base .. indptr[i+1] - base - 1 of indices and values: value
 * values[q] in column indices[q] - base. What has no entry is 0; entries that are 0 or -0 mean the
 * same. Rows may be empty, and the entries of a row in any order, but a column may come only once
 * in a row. All three arrays are borrowed and read in place. */
typedef struct kmeans_csr {
    int64_t rows;        /* n >= 1 */
    int64_t cols;        /* 1 <= d <= 2^31 - 1 */
    int64_t entries;     /* of indices and values, >= 0 */
    const void *indptr;  /* [rows + 1], from base to base + entries, never falling */
    const void *indices; /* [entries], base .. base + cols - 1 */
    const void *values;  /* [entries] of dtype */
    int dtype;           /* KMEANS_F32 or KMEANS_F64 */
    int index_size;      /* bytes of a number in indptr and indices: 4 (int32) or 8 (int64) */
    int base;            /* the number of the first row and column: 0 (C) or 1 (Fortran) */
} kmeans_csr;

typedef struct kmeans_source kmeans_source;

/* Make a source over memory. Cost O(1) (O(d) for columns). Errors: KMEANS_ERROR_ARGUMENT (NULL,
 * unknown dtype, misaligned), KMEANS_ERROR_SHAPE (sizes < 1, zero stride, extents that leave the
 * address space), KMEANS_ERROR_MEMORY. */
KMEANS_API int kmeans_source_dense(kmeans_context *context, const kmeans_dense *view,
                                   kmeans_source **source);
KMEANS_API int kmeans_source_columns(kmeans_context *context, const kmeans_columns *view,
                                     kmeans_source **source);

/* Make a source over a sparse matrix. Every call takes it, and gives the same bits as for the dense
 * matrix of the same values, which is never made: the cost of a pass grows with the number of
 * entries. Only kmeans_transform and, up to 4096 columns, the inertia of kmeans_predict and
 * kmeans_score, whose recipes run over all columns, spread out one row at a time.
 * Cost O(1): pointers, alignment and both ends of indptr are checked here, the entries in the first
 * pass of each call over the data, which fails with KMEANS_ERROR_DATA where indptr falls or leaves
 * the entries, an index is outside the columns, or a column comes twice in a row; the text names
 * row and column (both counted from 0). Errors: as above. */
KMEANS_API int kmeans_source_csr(kmeans_context *context, const kmeans_csr *view,
                                 kmeans_source **source);

/* How to read a file. Initialise with kmeans_file_options_init, then set what differs. */
typedef struct kmeans_file_options {
    size_t size;        /* set by the initialiser */
    const char *format; /* NULL or "auto": by content, or a name of kmeans_format_name */
    int dtype;          /* text: KMEANS_F64 (default) or KMEANS_F32; raw: type of the bytes; npy and
                           npz: KMEANS_BF16 says that pairs of raw bytes are that */
    int64_t cols;       /* raw: numbers per row, required; rows follow from the file's size */
    int64_t offset;     /* raw: bytes to skip at the start */
    char separator;     /* text: ',' ';' '\t' ' ' (runs of blanks); 0 = found from the content */
    int header;         /* text: -1 found from the content, 0 no, 1 the first line is a header */
    const char
        *columns; /* keep these, e.g. "1-4,age": numbers from 1, or header names; NULL = all */
    const char *exclude;  /* drop these, same syntax; NULL = none */
    int nan_ok;           /* text: 1 lets "nan" and empty fields through as NaN (see option nan) */
    int source;           /* kmeans_file_source: how numbers that lie in a file are read */
    int64_t block_bytes;  /* stream: size of a block; 0 = 4 MB, or an eighth of a smaller limit */
    int64_t memory_limit; /* what this source may take of memory; 0 = no limit */
} kmeans_file_options;

/* Ways to read a file whose numbers are used as they lie there (.npy, raw). The result of a call
 * does not depend on it, to the bit. What has to be unpacked is held in memory; so are numbers
 * parsed from text and what comes from a pipe, unless they are more than a quarter of memory_limit
 * (text: or a stream is asked for): then they are kept in a file without a name in TMPDIR (else
 * /tmp) and streamed from there. */
typedef enum kmeans_file_source {
    KMEANS_SOURCE_AUTO = 0,   /* mmap, or stream for more than a quarter of memory_limit */
    KMEANS_SOURCE_MMAP = 1,   /* the file is mapped; it must not shrink while the source is open */
    KMEANS_SOURCE_READ = 2,   /* it is read into memory as a whole, once */
    KMEANS_SOURCE_STREAM = 3, /* two blocks are held at a time, and the next one is read while one
                                 is computed, by a thread of the source's own; every visit reads
                                 the file. A file that has shrunk is an error. */
} kmeans_file_source;

KMEANS_API void kmeans_file_options_init(kmeans_file_options *options);

/* The names of the formats, from index 0 on; NULL past the last. */
KMEANS_API const char *kmeans_format_name(int index);

/* Open a file; "-" is standard input (held in memory). By format:
 *   npy    every type above, C and Fortran order, versions 1 to 3; in place (kmeans_file_source)
 *   npz    "FILE.npz:NAME" is one of its arrays, the name may be left out where there is one only;
 *          stored arrays in place where they are aligned, deflated ones unpacked to memory (zlib).
 *          The checksum of a stored one, which would take a pass over it, is not compared.
 *          Without a name also a csr_matrix as SciPy writes it: f32 or f64, int32 or int64 indices
 *   hdf5   "FILE.h5:/PATH" is a dataset; in place where it lies in one piece in this machine's
 *          order, else read to memory. libhdf5 is loaded when the first one is opened, and as most
 *          builds of it are not thread-safe, no other thread may use it meanwhile
 *   fvecs, bvecs, ivecs   by the name of the file; every row must have the same length; in place
 *   idx    the first dimension counts rows; bytes in place, larger numbers turned round in memory
 *   mtx    MatrixMarket, general, real, integer or pattern (1): coordinates are sparse, in any
 *          order; an array is dense. Parsed as dtype
 *   libsvm "label index:value ...", sparse, also called svmlight. Labels and qid: are not used.
 *          Indices count from 1, or from 0 where one is 0; the largest says how many columns there
 *          are, or cols with format = "libsvm". Parsed as dtype
 *   raw    with cols; in place
 *   text   as below
 * All but hdf5, which must also not come from a pipe, may be gzip-compressed (zlib) and are then
 * unpacked to memory; a raw file must then be named
 * .gz. Content above 32 MB that is more than 250 times as large as its compressed bytes is refused.
 * No length in a file is trusted: nothing is read or allocated for bytes that are not there.
 * Text: separators as above, optional header, CRLF, byte-order mark, # comments, quotes, Fortran
 * exponents (1.0D+03), any locale. options may be NULL. Errors: KMEANS_ERROR_FILE,
 * KMEANS_ERROR_FORMAT (naming file and line or byte), KMEANS_ERROR_NAME (unknown column),
 * KMEANS_ERROR_MEMORY. */
KMEANS_API int kmeans_source_open(kmeans_context *context, const char *path,
                                  const kmeans_file_options *options, kmeans_source **source);

/* Rows from the caller's own functions. They are asked for in row order, again and again: a visit
 * is one rewind and then next until it returns 0, and every visit must give the same rows. A fit
 * makes some three visits and one per pass; k-means++ seeding one or two per cluster more,
 * k-means-parallel 6 in all and, without fetch, one more for every 512 candidates of a round or
 * less (see kmeans_fit). The library holds two blocks of rows and nothing else of the data.
 *
 * The functions run on the thread that called the library, in the caller's floating-point mode.
 * With any_thread = 1 next runs on a thread of the source's own (in the mode that rewind was called
 * in), which reads the next block while one is computed; rewind, fetch and close still run on the
 * caller's, never at the same time as next.
 * They must not use the source or its context. */
typedef struct kmeans_callback {
    size_t size;        /* set by the initialiser, as are the defaults in brackets */
    int dtype;          /* kmeans_dtype of the numbers [KMEANS_F64] */
    int any_thread;     /* may next run on another thread? [0] */
    int64_t rows;       /* n, or -1 where it is not known: the first call that needs it counts, for
                           one visit more [-1] */
    int64_t cols;       /* d >= 1 [0: to be set] */
    int64_t block_rows; /* rows asked for at a time; 0 = as many as 4 MB hold [0] */
    void *user;         /* first argument of all functions [NULL] */

    /* Begin again at row 0. Returns 0; anything else is an error. */
    int (*rewind)(void *user);

    /* Write up to `rows` of the following rows to `out`, row after row without gaps; aligned for
     * the type, valid during the call. Returns how many were written, 0 at the end; < 0 is an
     * error. */
    int64_t (*next)(void *user, void *out, int64_t rows);

    /* Write m rows with the given numbers (any order, repeats possible) to out; returns 0. NULL:
     * where single rows are needed (seeding, empty clusters, kmeans_source_read) the library looks
     * for them in a visit. */
    int (*fetch)(void *user, const int64_t *rows, int64_t m, void *out);

    void (*close)(void *user); /* the source is closed; may be NULL */
} kmeans_callback;

KMEANS_API void kmeans_callback_init(kmeans_callback *callback);

/* Make a source over such functions; the struct is copied. Errors: KMEANS_ERROR_ARGUMENT (NULL,
 * unknown dtype), KMEANS_ERROR_SHAPE, KMEANS_ERROR_MEMORY; where a source cannot be made, close is
 * not called. A function that returns an error makes the call that needed the rows end with
 * KMEANS_ERROR_FILE naming the function, what it returned and the row; a visit of another length
 * than the one before with KMEANS_ERROR_DATA. */
KMEANS_API int kmeans_source_callback(kmeans_context *context, const kmeans_callback *callback,
                                      kmeans_source **source);

/* Find the number of rows where it is not known, by one visit; otherwise nothing. kmeans_fit,
 * kmeans_predict and the others do so by themselves. Errors: those of the source;
 * KMEANS_ERROR_SHAPE when there are no rows. */
KMEANS_API int kmeans_source_count(kmeans_source *source);

/* Several sources as one, rows in the given order; all must have the same number of columns and
 * type, and be all dense or all sparse. The parts are borrowed: close them after the whole.
 * Errors: KMEANS_ERROR_SHAPE naming the part, KMEANS_ERROR_MEMORY. */
KMEANS_API int kmeans_source_concat(kmeans_context *context, kmeans_source *const *parts,
                                    int64_t count, kmeans_source **source);

/* Attach sample weights: n finite numbers >= 0, not all zero (checked by the calls that use them,
 * as bad data naming the row), borrowed until the source is closed; NULL removes them. A row of
 * weight w counts like w equal rows; a row of weight 0 gets a label and nothing else. */
KMEANS_API int kmeans_source_set_weights(kmeans_source *source, const double *weights);

/* Shape and type; any output may be NULL. *rows is -1 while it is not known (see
 * kmeans_source_count). */
KMEANS_API int kmeans_source_shape(const kmeans_source *source, int64_t *rows, int64_t *cols,
                                   int *dtype);

/* How the rows are read: "memory", "mmap", "stream" or "callback"; for joined sources what all
 * parts are, or "mixed". A constant text. */
KMEANS_API const char *kmeans_source_kind(const kmeans_source *source);

/* The name of a column (from 0, among those used) as the header of a text file has it, without
 * quotes and blanks around it; of joined sources that of the first part. NULL where there is no
 * header, the column does not exist or source is NULL. Valid until the source is closed. O(1). */
KMEANS_API const char *kmeans_source_column_name(const kmeans_source *source, int64_t column);

/* 1 for rows that are held as their entries that are not 0, else 0, also for NULL. */
KMEANS_API int kmeans_source_sparse(const kmeans_source *source);

/* How many times all rows were visited since the source was opened, or nearly all: a visit may be
 * broken off, and seeding leaves out rows that it need not read. */
KMEANS_API int64_t kmeans_source_passes(const kmeans_source *source);

/* Bytes of the data as it lies in memory or in the file. */
KMEANS_API int64_t kmeans_source_bytes(const kmeans_source *source);

/* Copy rows row0 .. row0+count-1 as float64 (exact) to out, count x d, row-major; sparse rows are
 * spread out. Thread-safe but for callbacks. Errors: KMEANS_ERROR_ARGUMENT (rows outside the
 * source), KMEANS_ERROR_DATA (a sparse row whose entries lie outside the matrix). */
KMEANS_API int kmeans_source_read(kmeans_source *source, int64_t row0, int64_t count, double *out);

/* Close a source; NULL is allowed. Borrowed memory is left alone. */
KMEANS_API void kmeans_source_close(kmeans_source *source);

KMEANS_END_DECLS

#endif
