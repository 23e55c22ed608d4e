/* Floor 1: the table of file formats. A new format is one file with a matches and an open function
 * and one line in the table of open.c. */
#ifndef KM_FORMAT_H
#define KM_FORMAT_H

#include "columns.h"
#include "file.h"

typedef struct km_format {
    const char *name;

    /* Is this the format of the content? Asked in the order of the table where the caller leaves
     * the format open. */
    bool (*matches)(const km_file *file, const kmeans_file_options *options);

    /* Read it. Takes over the file when it succeeds, and only then. */
    int (*open)(km_file *file, const kmeans_file_options *options, kmeans_source **source);

    bool has_members; /* FILE:MEMBER names one of several matrices */
} km_format;

bool km_npy_matches(const km_file *file, const kmeans_file_options *options);
int km_npy_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

bool km_npz_matches(const km_file *file, const kmeans_file_options *options);
int km_npz_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

/* Whether an archive without a member named is a sparse matrix of SciPy's; and that. */
bool km_npz_is_csr(const km_file *file);
int km_npz_csr_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

bool km_hdf5_matches(const km_file *file, const kmeans_file_options *options);
int km_hdf5_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

bool km_fvecs_matches(const km_file *file, const kmeans_file_options *options);
int km_fvecs_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

bool km_bvecs_matches(const km_file *file, const kmeans_file_options *options);
int km_bvecs_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

bool km_ivecs_matches(const km_file *file, const kmeans_file_options *options);
int km_ivecs_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

bool km_idx_matches(const km_file *file, const kmeans_file_options *options);
int km_idx_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

bool km_libsvm_matches(const km_file *file, const kmeans_file_options *options);
int km_libsvm_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

bool km_market_matches(const km_file *file, const kmeans_file_options *options);
int km_market_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

bool km_raw_matches(const km_file *file, const kmeans_file_options *options);
int km_raw_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

bool km_text_matches(const km_file *file, const kmeans_file_options *options);
int km_text_open(km_file *file, const kmeans_file_options *options, kmeans_source **source);

/* A known format that is not read: KMEANS_ERROR_FORMAT with its name and what to convert it to;
 * else 0. */
int km_format_refuse(const km_file *file);

/* Warn (code index_column) about every used column that only counts the rows, 0 .. n-1 or 1 ..
 * n: it would rule the distances. view holds the used columns only. */
void km_warn_index_columns(const km_file *file, const km_block *view, const km_columns *chosen,
                           const km_names *names);

/* Do the bytes from `offset` on suffice for rows x cols numbers of `size` bytes? More than that is
 * worth a word only. type: their name in the format. */
int km_check_matrix(const km_file *file, int64_t offset, int64_t rows, int64_t cols, int64_t size,
                    const char *type);

/* Warn about options that only text has; dtype cannot be told from its default. */
void km_warn_unused(const km_file *file, const kmeans_file_options *options, const char *format);

/* The source over the columns that the options choose of a matrix in a file that is no text, in
 * place. Takes over the file when it succeeds. */
int km_matrix_source(km_file *file, const kmeans_file_options *options, const km_block *view,
                     const char *format, kmeans_source **source);

/* Make a source over rows x cols numbers in a file, of which the chosen columns are used, in place.
 * Takes over the file when it succeeds. */
int km_format_source(km_file *file, const km_block *all, const km_columns *chosen,
                     kmeans_source **source);

#endif
