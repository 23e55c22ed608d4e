// Fits drawn at random: rows of many kinds, and options that belong together.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "oracle/fit_run.h"

namespace drawn {

using namespace oracle;

struct Fit {
    Matrix x;
    Request request;
    std::string text;
};

template <class T, size_t N> T one_of(Random &random, const T (&list)[N])
{
    return list[random.below(N)];
}

// Rows in groups around middles that lie in `rank` directions; noise goes everywhere.
struct Shape {
    int64_t rank, groups;
    double spread, still, noise, offset; // still: spread of every second group
    bool steps;                          // values in whole steps: many exact ties
};

inline Shape draw_shape(Random &random, int64_t d, int64_t k)
{
    Shape s = {};
    s.rank = 1 + random.below(std::min<int64_t>(d, 30));
    s.groups = 1 + random.below(2 * k);
    s.spread = one_of(random, {0.0, 1.0, 10.0, 30.0, 60.0});
    s.still = s.spread / static_cast<double>(1 + 15 * random.below(2));
    s.noise = one_of(random, {0.0, 1e-6, 0.1, 1.0, 4.0});
    s.offset = random.below(3) > 0 ? 0 : 1000 * random.symmetric();
    s.steps = random.below(5) == 0;
    return s;
}

inline std::vector<double> draw_vector(Random &random, int64_t count, double size)
{
    std::vector<double> values(static_cast<size_t>(count));
    for (double &value : values)
        value = size * random.symmetric();
    return values;
}

// What a number of the shape is in this type: bytes have few steps, reals are scaled, too.
inline double fitted(const Shape &s, int dtype, double scale, double value)
{
    if (dtype == KMEANS_U8 || dtype == KMEANS_I8)
        value = value / 3 + (dtype == KMEANS_U8 ? 110 : 0);
    else
        value = scale * (value + s.offset);
    return s.steps ? scale * std::rint(value / scale / 4) * 4 : value;
}

inline void fill(Random &random, const Shape &s, double scale, Matrix *x)
{
    const int64_t d = x->d;
    const std::vector<double> ways = draw_vector(random, s.rank * d, 1);
    const std::vector<double> middles = draw_vector(random, s.groups * s.rank, 60);
    std::vector<double> along(static_cast<size_t>(s.rank));
    for (int64_t i = 0; i < x->n; i++) {
        const int64_t group = random.below(s.groups);
        const double spread = group % 2 == 0 ? s.spread : s.still;
        for (int64_t a = 0; a < s.rank; a++)
            along[static_cast<size_t>(a)] =
                middles[static_cast<size_t>(group * s.rank + a)] + spread * random.symmetric();
        for (int64_t p = 0; p < d; p++) {
            double value = s.noise * random.symmetric();
            for (int64_t a = 0; a < s.rank; a++)
                value += along[static_cast<size_t>(a)] * ways[static_cast<size_t>(a * d + p)];
            x->set(i, p, fitted(s, x->dtype, scale, value));
        }
    }
}

// Where the library goes a way of its own; the ends of a range are drawn often.
struct Region {
    int64_t d_from, d_to, k_from, k_to;
    bool bytes;      // u8 or i8
    double products; // not for fits of fewer
};

constexpr Region kRegions[] = {
    {1, 16, 1, 12, false, 0},        // rows in lanes
    {1, 16, 13, 64, false, 0},       // and those near their centroid set aside
    {5, 16, 32, 150, false, 0},      // 16-bit integers in lanes
    {17, 400, 1, 16, false, 0},      // rows as they are
    {17, 140, 17, 130, false, 0},    // panels and tiles
    {64, 130, 17, 71, true, 0},      // bytes as they are
    {512, 600, 2, 24, true, 0},      // the same without their instructions
    {200, 800, 73, 300, false, 1e8}, // the leading axes of the centroids
    {1, 800, 1, 400, false, 0},
};

inline int64_t draw_between(Random &random, int64_t from, int64_t to)
{
    const int64_t way = random.below(8);
    return way == 0 ? from : way == 1 ? to : from + random.below(to - from + 1);
}

inline int draw_dtype(Random &random, bool bytes)
{
    if (bytes)
        return one_of(random, {KMEANS_U8, KMEANS_I8});
    const int64_t way = random.below(10);
    if (way < 4)
        return KMEANS_F32;
    return way < 6 ? KMEANS_F64 : way < 8 ? KMEANS_U8 : one_of(random, numbers::dtypes);
}

inline void draw_weights_and_holes(Random &random, int64_t k, Fit *fit)
{
    Matrix &x = fit->x;
    if (random.below(4) == 0) {
        for (int64_t i = 0; i < x.n; i++) // a third of them zero, but not all
            fit->request.weights.push_back(static_cast<double>(i == 0 ? 1 : random.below(3)) / 3);
        fit->text += " weights";
    }
    const bool real = x.dtype == KMEANS_F32 || x.dtype == KMEANS_F64;
    if (real && x.n > 2 * k && random.below(6) == 0) { // k rows must be left
        for (int64_t i = 0; i < x.n / 2; i += 1 + random.below(40))
            x.set(i, random.below(x.d), static_cast<double>(NAN));
        fit->request.set("nan", "skip");
        fit->text += " holes";
    }
}

inline void draw_options(Random &random, uint64_t seed, Request *request)
{
    request->set("seed", static_cast<int64_t>(seed));
    request->set("init", one_of(random, {"random", "random", "k-means++", "box"}));
    request->set("empty", one_of(random, {"relocate", "relocate", "keep"}));
    request->set("restarts", random.below(4) == 0 ? 3 : 1);
    if (random.below(2) == 0)
        request->set("iterations", 2 + random.below(30));
    else
        request->set("max_iterations", 60);
}

// The same fit from the same seed on every machine; `products` bounds rows by centroids by columns.
inline Fit draw(uint64_t seed, double products)
{
    Random random(seed * 0x9e3779b9u + 77);
    Fit fit;
    Region region = {};
    do
        region = one_of(random, kRegions);
    while (region.products > products);
    const int64_t d = draw_between(random, region.d_from, region.d_to);
    const int64_t k = draw_between(random, region.k_from, region.k_to);
    const auto most = static_cast<int64_t>(products / static_cast<double>(d * k));
    const int64_t n =
        k +
        random.below(std::max<int64_t>(1, std::min(most, random.below(2) == 0 ? 12 * k : 6000)));
    const int dtype = draw_dtype(random, region.bytes);
    fit.x = Matrix(dtype, n, d);
    const Shape shape = draw_shape(random, d, k);
    const bool real = dtype == KMEANS_F32 || dtype == KMEANS_F64;
    const double scale = real ? one_of(random, {1.0, 1.0, 1.0, 0x1p-40, 0x1p40}) : 1;
    fill(random, shape, scale, &fit.x);
    fit.text = "seed " + std::to_string(seed) + ": " + std::to_string(n) + " x " +
               std::to_string(d) + " " + kmeans_dtype_name(dtype) + ", k = " + std::to_string(k) +
               (shape.steps ? " steps" : "");
    fit.request.set("k", k);
    draw_options(random, seed, &fit.request);
    draw_weights_and_holes(random, k, &fit);
    return fit; // the caller points request.x at x
}

} // namespace drawn
