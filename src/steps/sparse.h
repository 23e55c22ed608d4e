/* Floor 2: what the steps on sparse rows share. */
#ifndef KM_SPARSE_H
#define KM_SPARSE_H

#include "typed.h"

/* The entries of local row i: in place where the matrix has float64, int32 and base 0, else
 * converted into the thread's buffer, which keeps the last row. norm2 of the scratch is theirs. */
km_entries km_entries_of(const km_run *run, km_thread *t, const km_rows *rows, int64_t i);

/* Measure from the k centroids c from here on: each norm is made when it is first asked for. A
 * dense run has none, and asking gives NULL. */
void km_norms_start(km_run *run, const double *c, int64_t k);
const km_norm *km_norm_of_center(const km_run *run, int64_t j);

/* Panels for k centroids: whole vectors, as few as registers allow and all of one width. */
void km_size_sparse_panels(km_packed_sparse *packed, const km_isa *isa, int64_t k);

/* To pack centroids: first which columns are not 0, norms and hashes; after the duplicates are
 * known, panels and the scale (pack_sparse.c). */
void km_scan_sparse(km_run *run);
void km_pack_sparse(km_run *run);

/* Sums of sparse rows (sums_sparse.c): those of cluster j to 0, and the columns of an accumulator
 * [limbs][d] that goes into them. */
void km_sparse_clear_sums(const km_run *run, int64_t j);
void km_sparse_note_sums(const km_run *run, const uint64_t *acc, int64_t j);

/* Interval around |x - c|^2 from float64 sums over the entries: x2 and c2 are |x|^2 with a relative
 * error of at most (m+4) u and |c|^2 with one of c2_error. Infinite out of the safe range. */
km_interval km_sparse_interval(km_entries x, double x2, const double *c, double c2,
                               double c2_error);

/* Slots of km_typed_sparse (assign_sparse.c, sparse_distances.c). */
void km_sparse_assign(const km_run *run, km_thread *t, const km_rows *rows, int32_t *label);
void km_sparse_two_distances(const km_run *run, km_thread *t, const km_rows *rows,
                             const int32_t *label, double *out);
km_interval km_sparse_near_d2(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                              km_center c);
double km_sparse_exact_d2(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                          km_center c);
double km_sparse_sum_d2(const km_run *run, km_thread *t, const km_rows *rows, int64_t i,
                        km_center c);
void km_sparse_row(const km_run *run, const km_rows *rows, int64_t i, double *out);

#endif
