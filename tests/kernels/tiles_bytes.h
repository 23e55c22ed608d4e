// Rows and centroids as bytes, packed by a table and read back value by value.
#pragma once

#include "kernels/tiles_screen.h"

#include "kernels/reals.h"

#include <numeric>

template <class R> struct PackRows;
template <> struct PackRows<float> {
    static constexpr auto slot = &km_tiles::pack_f32;
};
template <> struct PackRows<double> {
    static constexpr auto slot = &km_tiles::pack_f64;
};

// m rows and k centroids of d dimensions, between pages without access.
template <class R> struct ByteProblem {
    const km_tiles *t;
    bool matrix; // the layout of the matrix unit
    std::int64_t m, k, d, slices, near_ld, bytes, row_groups, centroid_groups;
    double scale = 0.5;
    km_tile_bound bound = {1e-2, 1e-2, 1e-5, 0};
    Guarded<R> x, shift;
    Guarded<double> c, shift64, c2;
    Guarded<std::uint8_t> duplicate;
    Guarded<std::int32_t> order;
    Guarded<float> near, init, norm2, residual2, dot, partial;
    Guarded<unsigned char> scratch, rows, centroids;
    Scan scan;

    ByteProblem(const TileKernels &of, std::int64_t m_, std::int64_t k_, std::int64_t d_)
        : t(of.t), matrix(std::string(of.name) == "amx"), m(m_), k(k_), d(d_),
          slices(km_tile_group_slices(t, d_)), near_ld(KM_PACKED_LD(d_)),
          bytes(km_tile_group_bytes(t, d_)), row_groups(km_tile_groups(m_)),
          centroid_groups(km_tile_groups(k_)), x(size(m_ * d_), alignof(R), Guard::End),
          shift(size(d_), alignof(R), Guard::End), c(size(k_ * d_)), shift64(size(d_)),
          c2(size(k_)), duplicate(size(k_)), order(size(m_)), near(size(k_ * near_ld), 64),
          init(size(512 * centroid_groups), 64), norm2(size(m_)), residual2(size(m_)),
          dot(size(m_)), partial(size(1024 * row_groups), 64),
          scratch(size(km_tile_scratch_bytes(d_)), 64), rows(size(row_groups * bytes), 64),
          centroids(size(centroid_groups * bytes), 64), scan(32 * row_groups, 32 * centroid_groups)
    {
    }
    void fill(Kind kind, std::uint64_t seed)
    {
        Values values(seed);
        std::generate(x.begin(), x.end(), [&] { return values.next<R>(kind); });
        std::generate(c.begin(), c.end(), [&] { return values.next<double>(Kind::Uniform); });
        for (std::size_t p = 0; p < size(d); p++) {
            shift[p] = values.next<R>(Kind::Uniform);
            shift64[p] = static_cast<double>(shift[p]);
        }
        for (std::uint8_t &flag : duplicate)
            flag = values.below(7) == 0;
        std::iota(order.begin(), order.end(), 0);
        std::reverse(order.begin(), order.end());
        for (std::int64_t i = 0; i < 32 * row_groups; i++)
            scan.near[size(i)] = i < m ? static_cast<std::int32_t>(values.below(k + 1)) - 1 : -1;
    }
    double centroid(std::int64_t j, std::int64_t p) const
    {
        return (c[size(j * d + p)] - shift64[size(p)]) * scale;
    }
    float z(std::int64_t i, std::int64_t p) const
    {
        const R difference = x[size(order[size(i)] * d + p)] - shift[size(p)];
        return static_cast<float>(difference * static_cast<R>(scale));
    }
    void pack()
    {
        for (std::int64_t q = 0; q < k * d; q++)
            bound.largest = std::max(bound.largest, std::fabs(centroid(q / d, q % d)));
        const km_tile_centroids to = {centroids.get(), init.get(), scan.raise.get(),
                                      near.get(),      c2.get(),   near_ld};
        for (std::int64_t q = 0; q < centroid_groups; q++)
            t->pack_centroids(c.get(), nullptr, k, d, shift64.get(), scale, duplicate.get(), &bound,
                              q, &to);
        const km_tile_rows out = {rows.get(), norm2.get(), residual2.get(), dot.get()};
        const km_tile_near of = {near.get(), near_ld, scan.near.get(),
                                 km_tile_unit(bound.largest, t->most)};
        (t->*PackRows<R>::slot)(x.get(), d, order.get(), m, d, shift.get(), scale, &of,
                                scratch.get(), &out);
        EXPECT_TRUE(scratch.intact() && rows.intact() && norm2.intact() && residual2.intact() &&
                    dot.intact() && centroids.intact() && init.intact() && near.intact());
    }
    float factor(std::int64_t i) const
    {
        float value = 0;
        std::memcpy(&value, rows.get() + i / 32 * bytes + i % 32 * 4, sizeof value);
        return value;
    }
    int row_value(std::int64_t i, std::int64_t p) const
    {
        const unsigned char *const group = rows.get() + i / 32 * bytes + t->head;
        const std::int64_t r = i % 32;
        if (!matrix)
            return group[r * 64 * slices + p] - (t->most + 1);
        return static_cast<signed char>(
            group[p / 64 * 2048 + r / 16 * 1024 + p % 64 / 4 * 64 + r % 16 * 4 + p % 4]);
    }
    int centroid_value(std::int64_t j, std::int64_t p) const
    {
        const unsigned char *const group = centroids.get() + j / 32 * bytes + t->head;
        const std::int64_t l = j % 32;
        return static_cast<signed char>(
            group[matrix ? p / 64 * 2048 + 64 * l + p % 64 : p / 4 * 128 + 4 * l + p % 4]);
    }
    float init_of(std::int64_t j) const
    {
        float value = 0;
        if (matrix)
            return init[size(16 * j)];
        std::memcpy(&value, centroids.get() + j / 32 * bytes + 128 + j % 32 * 4, sizeof value);
        return value;
    }
    // The exact sum of products, and the score as the contract has it.
    std::int64_t sum(std::int64_t i, std::int64_t j) const
    {
        std::int64_t total = 0;
        for (std::int64_t p = 0; p < d; p++)
            total += row_value(i, p) * centroid_value(j, p);
        return total;
    }
    float score(std::int64_t i, std::int64_t j) const
    {
        return std::fma(static_cast<float>(sum(i, j)), factor(i), init_of(j));
    }
    km_tile_operands operands()
    {
        return {rows.get(), row_groups, centroids.get(), init.get(), centroid_groups,
                slices,     d,          partial.get(),   nullptr,    0};
    }
};
