#include "digits.h"

#include "ieee.h"

#define LIMB_MASK (((int64_t)1 << KM_LIMB_BITS) - 1)

/* One row of digits, lo, gets its carries out of the way into the next, hi. Right shifts of
 * negative numbers are arithmetic in gcc and clang: the carry is rounded down. */
static void carry_over(int64_t *lo, int64_t *hi, int64_t d)
{
    for (int64_t p = 0; p < d; p++) {
        hi[p] += lo[p] >> KM_LIMB_BITS;
        lo[p] &= LIMB_MASK;
    }
}

void km_digits_normalise(int64_t *digits, int32_t limbs, int64_t d)
{
    for (int32_t l = 0; l < limbs; l++)
        carry_over(digits + l * d, digits + (l + 1) * d, d);
}

void km_digits_settle(int64_t *digits, int64_t patterns, const double *magic, int32_t limbs,
                      int64_t d)
{
    for (int64_t i = 0; i < limbs * d; i++)
        digits[i] = (int64_t)((uint64_t)digits[i] - (uint64_t)patterns * km_bits(magic[i]));
    km_digits_normalise(digits, limbs, d);
}

void km_digits_flush(int64_t *digits, const uint64_t *acc, int64_t patterns, const double *magic,
                     int32_t limbs, int64_t d)
{
    for (int64_t i = 0; i < limbs * d; i++)
        digits[i] = (int64_t)((uint64_t)digits[i] + acc[i]);
    km_digits_settle(digits, patterns, magic, limbs, d);
}

void km_digits_add(int64_t *digits, const int64_t *other, int32_t limbs, int64_t d)
{
    for (int64_t i = 0; i < (limbs + 1) * d; i++)
        digits[i] += other[i];
    km_digits_normalise(digits, limbs, d);
}

void km_digits_sub(int64_t *digits, const int64_t *other, int32_t limbs, int64_t d)
{
    for (int64_t i = 0; i < (limbs + 1) * d; i++)
        digits[i] -= other[i];
    km_digits_normalise(digits, limbs, d);
}

int km_digits_sign(const int64_t *digits, int32_t limbs, int64_t stride)
{
    const int64_t top = digits[limbs * stride];
    if (top != 0)
        return top > 0 ? 1 : -1;
    for (int32_t l = 0; l < limbs; l++)
        if (digits[l * stride] != 0)
            return 1;
    return 0;
}

/* The magnitude of a total in words of 64 bits: 51 * 4 + 63 bits at most. */
#define WORDS 5

typedef struct magnitude {
    uint64_t word[WORDS];
} magnitude;

static void negate_magnitude(magnitude *m)
{
    uint64_t carry = 1;
    for (int32_t i = 0; i < WORDS; i++) {
        m->word[i] = ~m->word[i] + carry;
        carry = carry && m->word[i] == 0;
    }
}

/* m += value * 2^shift, modulo 2^320; value >= 0. */
static void add_shifted(magnitude *m, uint64_t value, int32_t shift)
{
    const int32_t i = shift / 64;
    const int32_t bits = shift % 64;
    const uint64_t part[2] = {value << bits, bits ? value >> (64 - bits) : 0};
    uint64_t carry = 0;
    for (int32_t j = i; j < WORDS; j++) {
        const uint64_t add = j < i + 2 ? part[j - i] : 0;
        const uint64_t sum = m->word[j] + add;
        const uint64_t total = sum + carry;
        carry = (sum < add) || (total < carry);
        m->word[j] = total;
    }
}

static magnitude find_magnitude(const int64_t *digits, int32_t limbs, int64_t stride)
{
    magnitude m = {{0}};
    const int64_t top = digits[limbs * stride];
    for (int32_t l = 0; l < limbs; l++)
        add_shifted(&m, (uint64_t)digits[l * stride], KM_LIMB_BITS * l);
    if (top >= 0) {
        add_shifted(&m, (uint64_t)top, KM_LIMB_BITS * limbs);
        return m;
    }
    /* Below zero: |top| * 2^(51 limbs) less the digits, which are smaller. */
    negate_magnitude(&m);
    add_shifted(&m, -(uint64_t)top, KM_LIMB_BITS * limbs);
    return m;
}

/* The float64 nearest to m * 2^exponent. */
static double round_magnitude(const magnitude *m, int32_t exponent)
{
    int32_t i = WORDS - 1;
    while (i > 0 && m->word[i] == 0)
        i--;
    if (i == 0)
        return km_round_parts(m->word[0], exponent);
    const int32_t zeros = __builtin_clzll(m->word[i]);
    const uint64_t next = m->word[i - 1];
    const uint64_t leading = zeros ? m->word[i] << zeros | next >> (64 - zeros) : m->word[i];
    uint64_t lost = zeros ? next << zeros : next;
    for (int32_t j = 0; j < i - 1; j++)
        lost |= m->word[j];
    return km_round_parts(leading | (lost != 0), exponent + 64 * i - zeros);
}

/* m becomes |m - hi|; returns whether m was below the integer hi, hi > 0. */
static int take_away(magnitude *m, double hi)
{
    const km_parts parts = km_take_apart(hi);
    magnitude minus = {{0}};
    if (parts.exponent >= 0)
        add_shifted(&minus, (uint64_t)parts.mantissa, parts.exponent);
    else
        add_shifted(&minus, (uint64_t)parts.mantissa >> -parts.exponent, 0);
    negate_magnitude(&minus);
    for (int32_t i = 0; i < WORDS; i++)
        add_shifted(m, minus.word[i], 64 * i);
    const int is_below = m->word[WORDS - 1] >> 63 != 0;
    if (is_below)
        negate_magnitude(m);
    return is_below;
}

km_dd km_digits_units(const int64_t *digits, int32_t limbs, int64_t stride, int *is_exact)
{
    const int64_t top = digits[limbs * stride];
    const double top_hi = (double)top;
    km_dd v = {top_hi, (double)(top - (int64_t)top_hi)};
    double lost = 0;
    for (int32_t l = limbs - 1; l >= 0; l--) {
        const km_dd s = km_two_sum(v.hi * 0x1p51, (double)digits[l * stride]);
        const km_dd t = km_two_sum(v.lo * 0x1p51, s.lo);
        lost = t.lo != 0 ? 1 : lost;
        v = km_two_sum(s.hi, t.hi);
    }
    *is_exact = lost == 0;
    return v;
}

static km_dd find_units(const int64_t *digits, int32_t limbs, int64_t stride)
{
    int is_exact;
    const km_dd units = km_digits_units(digits, limbs, stride, &is_exact);
    if (is_exact)
        return units;
    magnitude m = find_magnitude(digits, limbs, stride);
    const double sign = digits[limbs * stride] < 0 ? -1.0 : 1.0;
    const double hi = round_magnitude(&m, 0);
    const double lo_sign = take_away(&m, hi) ? -sign : sign;
    const double lo = round_magnitude(&m, 0);
    const km_dd r = {sign * hi, lo > 0 ? lo_sign * lo : 0.0};
    return r;
}

/* v * 2^exponent; v is an integer and exponent >= -1074, so nothing is rounded. */
static double scale_units(double v, int32_t exponent)
{
    const km_parts parts = km_take_apart(v);
    const uint64_t size = (uint64_t)(parts.mantissa < 0 ? -parts.mantissa : parts.mantissa);
    const double scaled = km_round_parts(size, parts.exponent + exponent);
    return v < 0 ? -scaled : scaled;
}

km_dd km_digits_dd(const int64_t *digits, int32_t limbs, int64_t stride, int32_t exponent)
{
    const km_dd units = find_units(digits, limbs, stride);
    if (exponent == 0)
        return units;
    const km_dd r = {scale_units(units.hi, exponent), scale_units(units.lo, exponent)};
    const km_dd infinite = {r.hi, 0.0};
    return r.hi - r.hi == 0 ? r : infinite;
}

double km_digits_nearest(const int64_t *digits, int32_t limbs, int64_t stride, int32_t exponent)
{
    return km_digits_dd(digits, limbs, stride, exponent).hi;
}

void km_digits_round(const int64_t *digits, int32_t limbs, int64_t d, const int32_t *exponent,
                     double *value)
{
    const int64_t most = (int64_t)1 << 53; /* top digits that a float64 holds */
    for (int64_t p = 0; p < d; p++) {
        const int64_t top = digits[limbs * d + p];
        /* Of two digits the sum is rounded once; scaling a normal number rounds nothing. */
        if (limbs == 1 && top > -most && top < most && exponent[p] >= -1022 && exponent[p] < 800)
            value[p] = ((double)top * 0x1p51 + (double)digits[p]) * km_pow2(exponent[p]);
        else
            value[p] = km_digits_nearest(digits + p, limbs, d, exponent[p]);
    }
}

km_dd km_weight_dd(const km_weight_total *weight)
{
    if (weight->digits)
        return km_digits_dd(weight->digits, weight->limbs, 1, weight->exponent);
    const double hi = (double)weight->count;
    const km_dd r = {hi, (double)(weight->count - (int64_t)hi)};
    return r;
}
