#include "verify_exact.h"

#include <math.h>

static void propagate_carries(exact_sum *sum)
{
    for (int i = 0; i + 1 < EXACT_LIMBS; i++) {
        const int64_t low = sum->limb[i] & 0xffffffff;
        sum->limb[i + 1] += (sum->limb[i] - low) / ((int64_t)1 << 32);
        sum->limb[i] = low;
    }
    sum->additions = 0;
}

/* Add sign * digits * 2^(exponent), least significant digit first. */
static void add_digits(exact_sum *sum, const uint64_t *digits, int count, int exponent,
                       bool negative)
{
    const int position = exponent + EXACT_LOWEST;
    const int shift = position % 32;
    int64_t *const limb = sum->limb + position / 32;
    for (int i = 0; i < count; i++) {
        const uint64_t shifted = digits[i] << shift;
        const int64_t low = (int64_t)(shifted & 0xffffffff);
        const int64_t high = (int64_t)(shifted >> 32);
        limb[i] += negative ? -low : low;
        limb[i + 1] += negative ? -high : high;
    }
    /* A digit holds 2^31 additions of up to 2^32. */
    if (++sum->additions == (int64_t)1 << 28) {
        propagate_carries(sum);
    }
}

/* |a| = mantissa * 2^exponent with a mantissa below 2^53. */
static uint64_t split_real(double a, int *exponent)
{
    const double fraction = frexp(fabs(a), exponent);
    *exponent -= 53;
    return (uint64_t)(fraction * 0x1p53);
}

void exact_add(exact_sum *sum, double a)
{
    int exponent = 0;
    const uint64_t m = split_real(a, &exponent);
    const uint64_t digits[2] = {m & 0xffffffff, m >> 32};
    if (m != 0) {
        add_digits(sum, digits, 2, exponent, a < 0);
    }
}

void exact_add_product(exact_sum *sum, double a, double b)
{
    int ea = 0;
    int eb = 0;
    const uint64_t ma = split_real(a, &ea);
    const uint64_t mb = split_real(b, &eb);
    if (ma == 0 || mb == 0) {
        return;
    }
    const uint64_t low = (ma & 0xffffffff) * (mb & 0xffffffff);
    const uint64_t cross1 = (ma & 0xffffffff) * (mb >> 32);
    const uint64_t cross2 = (ma >> 32) * (mb & 0xffffffff);
    const uint64_t high = (ma >> 32) * (mb >> 32);
    const uint64_t second = (low >> 32) + (cross1 & 0xffffffff) + (cross2 & 0xffffffff);
    const uint64_t third = (second >> 32) + (cross1 >> 32) + (cross2 >> 32) + (high & 0xffffffff);
    const uint64_t digits[4] = {low & 0xffffffff, second & 0xffffffff, third & 0xffffffff,
                                (third >> 32) + (high >> 32)};
    add_digits(sum, digits, 4, ea + eb, (a < 0) != (b < 0));
}

int exact_sign(exact_sum *sum)
{
    propagate_carries(sum);
    if (sum->limb[EXACT_LIMBS - 1] < 0) {
        return -1;
    }
    for (int i = 0; i < EXACT_LIMBS; i++) {
        if (sum->limb[i] != 0) {
            return 1;
        }
    }
    return 0;
}

double exact_value(exact_sum *sum)
{
    exact_sum positive = *sum;
    const int sign = exact_sign(sum);
    double value = 0;
    for (int i = 0; sign < 0 && i < EXACT_LIMBS; i++) {
        positive.limb[i] = -sum->limb[i];
    }
    propagate_carries(&positive);
    int top = EXACT_LIMBS - 1;
    while (top > 3 && positive.limb[top] == 0) {
        top--;
    }
    for (int i = top; i > top - 4; i--) {
        value = value * 0x1p32 + (double)positive.limb[i];
    }
    return sign * ldexp(value, 32 * (top - 3) - EXACT_LOWEST);
}

/* (x-a)^2 - (x-b)^2 = a^2 - b^2 - 2xa + 2xb: four exact products per dimension. */
int compare_distances(const double *x, const double *a, const double *b, int64_t d)
{
    exact_sum sum = {{0}, 0};
    for (int64_t p = 0; p < d; p++) {
        if (a[p] != b[p]) {
            exact_add_product(&sum, a[p], a[p]);
            exact_add_product(&sum, -b[p], b[p]);
            exact_add_product(&sum, -2 * x[p], a[p]);
            exact_add_product(&sum, 2 * x[p], b[p]);
        }
    }
    return exact_sign(&sum);
}

double plain_distance(const double *x, const double *c, int64_t d)
{
    enum { LANES = 8 }; /* independent sums, so that a compiler may use what the CPU has */
    double sums[LANES] = {0};
    int64_t p = 0;
    for (; p + LANES <= d; p += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            const double difference = x[p + lane] - c[p + lane];
            sums[lane] += difference * difference;
        }
    }
    for (; p < d; p++) {
        const double difference = x[p] - c[p];
        sums[0] += difference * difference;
    }
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) +
           ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

int32_t find_nearest(const double *x, const double *centroids, int64_t k, int64_t d, double *d2,
                     int64_t *near_ties)
{
    double smallest = INFINITY;
    int32_t best = -1;
    bool compared = false;
    for (int64_t j = 0; j < k; j++) {
        d2[j] = plain_distance(x, centroids + j * d, d);
        smallest = d2[j] < smallest ? d2[j] : smallest;
    }
    /* Far above both errors: the relative one, and what underflowing squares may have lost. */
    const double gap = 1e-10 + 8.0 * (double)(d + 8) * 0x1p-53;
    const double limit = smallest * (1 + gap) + (double)(d + 8) * 0x1p-1060;
    for (int64_t j = 0; j < k; j++) {
        if (d2[j] > limit) {
            continue;
        }
        if (best < 0) {
            best = (int32_t)j;
            continue;
        }
        compared = true;
        if (compare_distances(x, centroids + j * d, centroids + (int64_t)best * d, d) < 0) {
            best = (int32_t)j;
        }
    }
    *near_ties += compared;
    return best;
}
