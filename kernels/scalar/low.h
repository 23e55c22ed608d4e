/* Vocabulary of the low-dimension kernel, in plain C: what each word means.
 *
 *   LOW_GROUPS, LOW_SHARED  shape of a tile: vectors of rows x centroids
 *   FEW_SHARED              centroids that share four rows of few_body.h
 *   FEW_MOST                few_k of kernels_real.h
 *   LOOKUP                  entries of a table that vec_lookup takes, 0: none
 *   vec_turn4               values p .. p+3 of each of VL rows, turned: out[s] has row[r][p+s] in
 *                           lane r
 *   vec_turn_few            VL rows of d <= 3 values without gaps, turned: out[p] has x[r*d + p] in
 *                           lane r
 *   vec_hold                v itself, from here on in a register: gcc would read a loaded value
 *                           anew for every product
 *   vec_labels              VL int32 as integers of REAL's size, in REAL's bits
 *   vec_put_labels          the same back
 *   vec_count               count + 1 where the mask holds, as integers
 *   vec_add                 a + number where the mask holds, as integers
 *   KM_LOW_SQUEEZE          defined where there are the next five, for low_inner.h; not here
 *   vec_put                 the lanes into an array of any alignment
 *   vec_squeeze             the lanes of the mask side by side
 *   vec_spread              the same back: into the lanes of the mask, the others being those of to
 *   vec_mask_but            those of the first m lanes that are not in the mask
 *   vec_mask_count          how many lanes a mask has
 *   vec_below               a < b, as integers
 *   vec_same                lane by lane the same bits
 *   vec_gather              base[index], lane by lane
 *   vec_lookup              the same from a 64-byte aligned table of LOOKUP entries, k <= LOOKUP of
 *                           them in use
 *   list_different          numbers i < m with a[i] != b[i], ascending; returns how many. list has
 *                           room for m */
#ifndef KM_SCALAR_LOW_H
#define KM_SCALAR_LOW_H

enum { LOW_GROUPS_f32 = 2, LOW_SHARED_f32 = 1, LOOKUP_f32 = 0 };
enum { FEW_SHARED_f32 = 1, FEW_MOST_f32 = 16 };
enum { LOW_GROUPS_f64 = 2, LOW_SHARED_f64 = 1, LOOKUP_f64 = 0 };
enum { FEW_SHARED_f64 = 1, FEW_MOST_f64 = 16 };

#define REAL    float
#define INDEX   int32_t
#define T(name) name##_f32
#include "low_real.h"
#undef REAL
#undef INDEX
#undef T

#define REAL    double
#define INDEX   int64_t
#define T(name) name##_f64
#include "low_real.h"
#undef REAL
#undef INDEX
#undef T

KM_INLINE int64_t list_different(const int32_t *a, const int32_t *b, int64_t m, int32_t *list)
{
    return list_different_plain(a, b, 0, m, 0, list);
}

#endif
