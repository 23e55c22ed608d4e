// Exact numbers for tests: integers of any length and dyadic numbers (an integer times a power of
// two), schoolbook arithmetic only. Nothing here is shared with the code under test, not even
// the idea: no fixed-point window, no float in a decisive place.
//
//   exact::nearest_centroid(x, c, k, d)   the lowest j that minimises the real sum (x - c_j)^2
//   exact::mean(values), exact::mean(values, weights)   the exact mean, rounded once
//   exact::round, exact::round_root, exact::round_quotient   to the nearest double, ties to even
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace exact {

// A natural number, radix 2^32, lowest word first, no leading zeros.
using Words = std::vector<uint32_t>;

inline void trim(Words &a)
{
    while (!a.empty() && a.back() == 0)
        a.pop_back();
}

inline int compare(const Words &a, const Words &b)
{
    if (a.size() != b.size())
        return a.size() < b.size() ? -1 : 1;
    for (size_t i = a.size(); i-- > 0;)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

inline Words add(const Words &a, const Words &b)
{
    Words r;
    uint64_t carry = 0;
    for (size_t i = 0; i < std::max(a.size(), b.size()); i++) {
        carry += (i < a.size() ? a[i] : 0ull) + (i < b.size() ? b[i] : 0ull);
        r.push_back(static_cast<uint32_t>(carry));
        carry >>= 32;
    }
    if (carry)
        r.push_back(static_cast<uint32_t>(carry));
    return r;
}

// a - b for a >= b.
inline Words subtract(const Words &a, const Words &b)
{
    Words r;
    int64_t borrow = 0;
    for (size_t i = 0; i < a.size(); i++) {
        int64_t v = static_cast<int64_t>(a[i]) - (i < b.size() ? b[i] : 0) + borrow;
        borrow = v < 0 ? -1 : 0;
        r.push_back(static_cast<uint32_t>(v + (v < 0 ? int64_t{1} << 32 : 0)));
    }
    trim(r);
    return r;
}

inline Words multiply(const Words &a, const Words &b)
{
    Words r(a.size() + b.size(), 0);
    for (size_t i = 0; i < a.size(); i++) {
        uint64_t carry = 0;
        for (size_t j = 0; j < b.size(); j++) {
            carry += static_cast<uint64_t>(a[i]) * b[j] + r[i + j];
            r[i + j] = static_cast<uint32_t>(carry);
            carry >>= 32;
        }
        r[i + b.size()] = static_cast<uint32_t>(carry);
    }
    trim(r);
    return r;
}

inline int64_t bit_length(const Words &a)
{
    if (a.empty())
        return 0;
    int64_t bits = 32 * (static_cast<int64_t>(a.size()) - 1);
    for (uint32_t top = a.back(); top; top >>= 1)
        bits++;
    return bits;
}

inline Words shift_left(const Words &a, int64_t bits)
{
    Words r(static_cast<size_t>(bits / 32), 0);
    uint64_t carry = 0;
    for (uint32_t word : a) {
        carry |= static_cast<uint64_t>(word) << (bits % 32);
        r.push_back(static_cast<uint32_t>(carry));
        carry >>= 32;
    }
    r.push_back(static_cast<uint32_t>(carry));
    trim(r);
    return r;
}

// a / 2^bits rounded down; *lost is set where bits were cut off.
inline Words shift_right(const Words &a, int64_t bits, bool *lost)
{
    Words r;
    for (int64_t i = bits; i < bit_length(a); i += 32) {
        const size_t w = static_cast<size_t>(i / 32);
        const uint64_t pair = a[w] | (w + 1 < a.size() ? static_cast<uint64_t>(a[w + 1]) << 32 : 0);
        r.push_back(static_cast<uint32_t>(pair >> (i % 32)));
    }
    trim(r);
    *lost = *lost || compare(shift_left(r, bits), a) != 0;
    return r;
}

// sign * words * 2^exponent.
struct Number {
    int sign = 0;
    Words words;
    int64_t exponent = 0;

    Number() = default;
    Number(int s, Words w, int64_t e) : sign(w.empty() ? 0 : s), words(std::move(w)), exponent(e) {}
    Number(double x)
    {
        int e;
        const auto m = static_cast<int64_t>(std::ldexp(std::frexp(std::fabs(x), &e), 53));
        *this = Number(x < 0 ? -1 : 1, {static_cast<uint32_t>(m), static_cast<uint32_t>(m >> 32)},
                       e - 53);
        trim(words);
        sign = words.empty() ? 0 : sign;
    }
    static Number integer(int64_t v)
    {
        const uint64_t m = v < 0 ? -static_cast<uint64_t>(v) : static_cast<uint64_t>(v);
        Words w = {static_cast<uint32_t>(m), static_cast<uint32_t>(m >> 32)};
        trim(w);
        return Number(v < 0 ? -1 : 1, w, 0);
    }
    Number scaled(int64_t bits) const { return Number(sign, words, exponent + bits); }
    Number operator-() const { return Number(-sign, words, exponent); }
    Number magnitude() const { return Number(1, words, exponent); }
};

inline Number operator*(const Number &a, const Number &b)
{
    return Number(a.sign * b.sign, multiply(a.words, b.words), a.exponent + b.exponent);
}

inline Number operator+(const Number &a, const Number &b)
{
    if (a.sign == 0 || b.sign == 0)
        return a.sign == 0 ? b : a;
    const int64_t e = std::min(a.exponent, b.exponent);
    const Words x = shift_left(a.words, a.exponent - e);
    const Words y = shift_left(b.words, b.exponent - e);
    if (a.sign == b.sign)
        return Number(a.sign, add(x, y), e);
    if (compare(x, y) >= 0)
        return Number(a.sign, subtract(x, y), e);
    return Number(b.sign, subtract(y, x), e);
}

inline Number operator-(const Number &a, const Number &b) { return a + -b; }

inline int compare(const Number &a, const Number &b) { return (a - b).sign; }

// Rounds words * 2^exponent, plus something between 0 and one unit of 2^exponent where lost, to
// the nearest double, ties to even. words must have 66 bits or nothing may be lost.
inline double round_words(const Words &words, int64_t exponent, bool lost)
{
    const int64_t top = bit_length(words) + exponent; // value < 2^top
    const int64_t unit = std::max<int64_t>(top - 53, -1074);
    Words kept = words;
    bool up = false;
    if (unit > exponent) {
        kept = shift_right(words, unit - exponent - 1, &lost); // one bit more than will stay
        const bool half = !kept.empty() && kept[0] & 1;
        bool ignored = false;
        kept = shift_right(kept, 1, &ignored);
        up = half && (lost || (!kept.empty() && (kept[0] & 1)));
    } else {
        kept = shift_left(words, exponent - unit);
    }
    uint64_t m = up ? 1 : 0;
    m += kept.empty() ? 0 : kept[0];
    m += kept.size() > 1 ? static_cast<uint64_t>(kept[1]) << 32 : 0;
    return unit > 1000 ? HUGE_VAL : std::ldexp(static_cast<double>(m), static_cast<int>(unit));
}

inline double round(const Number &a)
{
    return a.sign == 0 ? 0.0 : a.sign * round_words(a.words, a.exponent, false);
}

// The double nearest to a / b: long division, one bit at a time, to 66 bits or more.
inline double round_quotient(const Number &a, const Number &b)
{
    if (a.sign == 0)
        return 0.0;
    const int64_t extra = std::max<int64_t>(0, 67 + bit_length(b.words) - bit_length(a.words));
    Words rest = shift_left(a.words, extra);
    Words q;
    for (int64_t i = bit_length(rest) - bit_length(b.words); i >= 0; i--) {
        const Words part = shift_left(b.words, i);
        if (compare(rest, part) >= 0) {
            rest = subtract(rest, part);
            q = add(q, shift_left({1}, i));
        }
    }
    return a.sign * b.sign * round_words(q, a.exponent - b.exponent - extra, !rest.empty());
}

// The double nearest to sqrt(a), a >= 0: the integer root, one bit at a time.
inline double round_root(const Number &a)
{
    if (a.sign == 0)
        return 0.0;
    int64_t extra = std::max<int64_t>(0, 140 - bit_length(a.words));
    if ((a.exponent - extra) % 2 != 0)
        extra++;
    const Words n = shift_left(a.words, extra);
    Words root;
    for (int64_t i = (bit_length(n) + 1) / 2; i >= 0; i--) {
        const Words next = add(root, shift_left({1}, i));
        if (compare(multiply(next, next), n) <= 0)
            root = next;
    }
    const bool lost = compare(multiply(root, root), n) != 0;
    return round_words(root, (a.exponent - extra) / 2, lost);
}

inline Number squared_distance(const double *x, const double *c, int64_t d)
{
    Number sum;
    for (int64_t p = 0; p < d; p++) {
        const Number t = Number(x[p]) - Number(c[p]);
        sum = sum + t * t;
    }
    return sum;
}

// The lowest j that minimises the real squared distance; c is k x d, k >= 1.
inline int64_t nearest_centroid(const double *x, const double *c, int64_t k, int64_t d)
{
    int64_t best = 0;
    Number least = squared_distance(x, c, d);
    for (int64_t j = 1; j < k; j++) {
        const Number d2 = squared_distance(x, c + j * d, d);
        if (compare(d2, least) < 0) {
            least = d2;
            best = j;
        }
    }
    return best;
}

// The exact mean rounded once; weights may be empty (all 1). The total weight must not be 0.
inline double mean(const std::vector<double> &values, const std::vector<double> &weights = {})
{
    Number sum;
    Number total;
    for (size_t i = 0; i < values.size(); i++) {
        const Number w = weights.empty() ? Number(1.0) : Number(weights[i]);
        sum = sum + Number(values[i]) * w;
        total = total + w;
    }
    return round_quotient(sum, total);
}

} // namespace exact
