#include "sparse_rows.h"

#include "columns.h"
#include "exact/digits.h"
#include "product.h"

/* part[l] += the integers of v on the grids of column p. */
KM_INLINE void split_value(double v, const km_grids *grids, int64_t p, int64_t *part)
{
    for (int32_t l = grids->limbs - 1; l >= 0; l--) {
        const double magic = grids->magic[l * grids->d + p], t = v + magic;
        part[l] += (int64_t)(km_bits(t) - km_bits(magic));
        v -= t - magic;
    }
}

KM_INLINE void split_entry(km_entries x, int64_t q, const double *weight, const km_grids *grids,
                           int64_t *part)
{
    const double v = x.value[q];
    for (int32_t l = 0; l < KM_MAX_LIMBS; l++)
        part[l] = 0;
    if (!weight) {
        split_value(v, grids, x.column[q], part);
        return;
    }
    const double product = *weight * v;
    split_value(product, grids, x.column[q], part);
    split_value(km_product_error(*weight, v, product), grids, x.column[q], part);
}

void km_sparse_add(km_entries x, const double *weight, const km_grids *grids, int32_t subtract,
                   uint64_t *acc)
{
    for (int64_t q = 0; q < x.m; q++) {
        int64_t part[KM_MAX_LIMBS];
        uint64_t *const to = acc + x.column[q];
        split_entry(x, q, weight, grids, part);
        for (int32_t l = 0; l < grids->limbs; l++)
            to[l * grids->d] += (uint64_t)(subtract ? -part[l] : part[l]);
    }
}

void km_sparse_add_digits(km_entries x, const double *weight, const km_grids *grids,
                          int32_t subtract, int64_t *digits, uint64_t *columns)
{
    const int64_t mask = ((int64_t)1 << KM_LIMB_BITS) - 1;
    for (int64_t q = 0; q < x.m; q++) {
        int64_t part[KM_MAX_LIMBS], carry = 0;
        int64_t *const to = digits + x.column[q];
        km_columns_put(columns, x.column[q]);
        split_entry(x, q, weight, grids, part);
        for (int32_t l = 0; l < grids->limbs; l++) {
            const int64_t sum = to[l * grids->d] + carry + (subtract ? -part[l] : part[l]);
            to[l * grids->d] = sum & mask;
            carry = sum >> KM_LIMB_BITS; /* arithmetic, rounded down */
        }
        to[grids->limbs * grids->d] += carry;
    }
}
