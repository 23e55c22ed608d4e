/* Rows of bytes as they lie in memory, against few centroids in bytes: kernels that prove that a
 * row keeps its label (src/steps/bytes.h). */
#ifndef KM_KERNELS_BYTES_H
#define KM_KERNELS_BYTES_H

#include <stdint.h>

/* The most centroids, the one of ones among them, and dimensions: sums of 1,024 products of 255 and
 * 127 stay below 2^25. */
#define KM_BYTES_K 72
#define KM_BYTES_D 1024

/* Leading dimension of the centroids. */
#define KM_BYTES_LD(d) (((d) + 63) / 64 * 64)

/* From here on `start` is so large that no difference is. */
#define KM_BYTES_FAR (1 << 30)

typedef struct km_byte_centroids {
    const int8_t *c; /* [padded][KM_BYTES_LD(d)], 64-byte aligned: k >= 2 centroids, ones, zeros;
                             zeros from d on */
    const int32_t *start; /* [padded]: k below 2^29 in magnitude, then KM_BYTES_FAR */
    int64_t k, padded;    /* k + 1 or more, a multiple of km_bytes.shared */
    int64_t d;
    float ratio;  /* the tolerance is ratio times the sum of a row, and 3 */
    uint8_t flip; /* 0x80 where rows are signed */
} km_byte_centroids;

/* What is found of each row, [m]. */
typedef struct km_byte_facts {
    int32_t *margin, *own, *sum;
    int32_t *square; /* or NULL: not wanted */
} km_byte_facts;

typedef struct km_bytes {
    const char *name; /* of the screen, for people: "bytes int8" */
    int32_t most;     /* largest magnitude of a component of a centroid */
    int64_t shared;   /* centroids side by side */

    /* Where it is quicker than converting rows, by measurement: so many dimensions, products of a
     * row, and at most so many clusters. */
    int64_t least_d, least_products, most_k;

    /* For q < m and row i = row[q] of x, xored with flip: with v_j = start[j] - sum_p x_p c_jp and
     * l = label[i], own[q] = v_l, sum[q] = sum_p x_p, square[q] = sum_p x_p^2 and margin[q] =
     * min_{j != l} v_j - v_l - (int)(ratio * sum[q]) - 3, exact but for the product. Reads no byte
     * of x but those of these rows. */
    void (*measure)(const uint8_t *x, int64_t ldx, const int32_t *row, int64_t m,
                    const km_byte_centroids *c, const int32_t *label, const km_byte_facts *facts);
} km_bytes;

extern const km_bytes km_bytes_emulated;
#ifdef KM_HAVE_AVX512VNNI
extern const km_bytes km_bytes_avx512vnni;
#endif
#ifdef KM_HAVE_AVX512
extern const km_bytes km_bytes_avx512;
#endif
#ifdef KM_HAVE_AVX2
extern const km_bytes km_bytes_avx2;
#endif

#endif
