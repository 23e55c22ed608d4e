#include "generate_random.h"

#include <math.h>
#include <string.h>

static uint64_t rotate_left(uint64_t x, int k) { return x << k | x >> (64 - k); }

/* xoshiro256++ (D. Blackman, S. Vigna, Scrambled linear pseudorandom number generators, ACM
 * TOMS 47, 2021). */
static uint64_t draw_bits(random_generator *generator)
{
    uint64_t *const s = generator->state;
    const uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* The state from a seed by splitmix64, as its authors advise. */
void seed_generator(random_generator *generator, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        seed += 0x9e3779b97f4a7c15ULL;
        uint64_t z = seed;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
        generator->state[i] = z ^ z >> 31;
    }
    generator->has_spare = false;
}

double draw_uniform(random_generator *generator)
{
    return (double)(draw_bits(generator) >> 11) * 0x1p-53;
}

uint64_t draw_below(random_generator *generator, uint64_t bound)
{
    /* The lowest 2^64 mod bound values would come once too often: draw again. */
    const uint64_t reject = (0 - bound) % bound;
    uint64_t bits = draw_bits(generator);
    while (bits < reject) {
        bits = draw_bits(generator);
    }
    return bits % bound;
}

/* x = m 2^e with m in [sqrt(1/2), sqrt(2)); log m = 2 (f + f^3/3 + f^5/5 + ...) with
 * f = (m-1)/(m+1), |f| < 0.172: terms up to f^23 leave less than 2^-57. */
double plain_log(double x)
{
    const double ln2_high = 0x1.62e42fefa38p-1; /* 42 bits: times e it is exact */
    const double ln2_low = 0x1.ef35793c7673p-45;
    uint64_t bits = 0;
    double m = 0;
    memcpy(&bits, &x, sizeof bits);
    int e = (int)(bits >> 52) - 1023;
    bits = (bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        e++;
    }
    const double f = (m - 1) / (m + 1);
    const double s = f * f;
    double sum = 1.0 / 23;
    for (int i = 21; i >= 3; i -= 2) {
        sum = sum * s + 1.0 / i;
    }
    return e * ln2_high + (2 * f + (2 * f * s * sum + e * ln2_low));
}

/* Polar method (G. Marsaglia, T. A. Bray, A convenient method for generating normal variables,
 * SIAM Review 6, 1964): it needs a logarithm and a square root only. */
double draw_normal(random_generator *generator)
{
    double u = 0;
    double v = 0;
    double s = 0;
    if (generator->has_spare) {
        generator->has_spare = false;
        return generator->spare;
    }
    do {
        u = 2 * draw_uniform(generator) - 1;
        v = 2 * draw_uniform(generator) - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    const double factor = sqrt(-2 * plain_log(s) / s);
    generator->spare = v * factor;
    generator->has_spare = true;
    return u * factor;
}
