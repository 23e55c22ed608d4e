/* Small helpers that every table shares. */
#ifndef KM_INLINE_H
#define KM_INLINE_H

#include <stdint.h>
#include <string.h>

/* The bodies are written as small functions on constant shapes; only inlined do they become the
 * loops they stand for. */
#define KM_INLINE static inline __attribute__((always_inline))

/* In the body of a loop: compilers leave it scalar. For tails of a few rounds, where the checks and
 * copies of a vectorised loop cost more than the loop. */
KM_INLINE void km_keep_scalar(void) { __asm__ volatile(""); }

KM_INLINE uint64_t km_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

KM_INLINE double km_from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The same value, which compilers take for another one: what depends on it is computed anew, not
 * kept. */
KM_INLINE int64_t km_again(int64_t value)
{
    __asm__("" : "+r"(value));
    return value;
}

/* Ask for m bytes from `ahead` bytes after x on: the rows that come next but few. Past the end of
 * the rows nothing happens. */
KM_INLINE void km_prefetch_ahead(const void *x, int64_t m)
{
    enum { ahead = 4096, line = 64 };
    for (int64_t b = 0; b < m; b += line) {
        __builtin_prefetch((const char *)x + ahead + b);
    }
}

/* Appends the numbers i in i0 .. m-1 with a[i] != b[i] to a list of `count`; the new count. */
KM_INLINE int64_t list_different_plain(const int32_t *a, const int32_t *b, int64_t i0, int64_t m,
                                       int64_t count, int32_t *list)
{
    for (int64_t i = i0; i < m; i++) {
        list[count] = (int32_t)i;
        count += a[i] != b[i];
    }
    return count;
}

#endif
