// The slots that touch each row once: packing, sums, distances, ranges. The rows of a block stay
// in cache, so GB/s shows what is left beside reading them from memory.
#include "kernels.h"

#include <algorithm>

namespace {

constexpr std::int64_t rows = 192;

template <class R> struct Data {
    std::int64_t d, k;
    int limbs;
    Aligned<R> x, shift, packed, centroids;
    Aligned<double> wide_shift, w, norm2, magic, max_abs, low_bit, min, max;
    Aligned<std::int32_t> label;
    Aligned<std::uint64_t> acc;

    Data(std::int64_t d_, std::int64_t k_, int limbs_)
        : d(d_), k(k_), limbs(limbs_), x(rows * d), shift(d), packed((rows + 16) * KM_PACKED_LD(d)),
          centroids(k * (KM_PACKED_LD(d) + 4)), wide_shift(d), w(rows), norm2(rows),
          magic(std::max<std::int64_t>(3, limbs * d)), max_abs(d), low_bit(d), min(d), max(d),
          label(rows), acc(k * limbs * d)
    {
        Values values(1);
        std::generate(x.begin(), x.end(), [&] { return static_cast<R>(values.uniform()); });
        std::generate(centroids.begin(), centroids.end(),
                      [&] { return static_cast<R>(values.uniform()); });
        std::generate(w.begin(), w.end(), [&] { return 1 + std::fabs(values.uniform()); });
        std::generate(label.begin(), label.end(),
                      [&] { return static_cast<std::int32_t>(values.below(k)); });
        for (int l = 0; l < limbs; l++) {
            std::fill_n(magic.get() + l * d, d, std::ldexp(1.5, 52 - 45 + 51 * (l + 1 - limbs)));
        }
    }
    double magics[3] = {0x1.8p-60, 0x1.8p-9, 0x1.8p42};
};

template <class R, class Run>
void add_bench(const char *slot, const typename Types<R>::Kernels &t, std::int64_t d,
               std::int64_t k, int limbs, Run run)
{
    std::string name = name_of<R>(slot, t.isa) + "/d:" + std::to_string(d);
    if (k > 1) {
        name += "/k:" + std::to_string(k) + "/limbs:" + std::to_string(limbs);
    }
    benchmark::RegisterBenchmark(name.c_str(), [&t, d, k, limbs, run](benchmark::State &state) {
        Data<R> data(d, k, limbs);
        const Stopwatch watch;
        for (auto _ : state) {
            run(t, data);
            benchmark::ClobberMemory();
        }
        report_rows<R>(state, watch, rows, d);
    });
}

template <class R> void pack_rows(const typename Types<R>::Kernels &t, Data<R> &a)
{
    t.pack_rows(a.x.get(), a.d, rows, a.d, a.shift.get(), R(1), a.packed.get(), a.norm2.get());
}

// Centroids as assign_low and assign_few read them: components and half norms, here any numbers.
template <class R> void assign_rows(const typename Types<R>::Kernels &t, Data<R> &a)
{
    const auto low = Types<R>::low(a.centroids.get(), static_cast<std::int32_t>(a.k),
                                   a.wide_shift.get(), 1, std::numeric_limits<R>::epsilon(), R(0));
    (a.d <= KM_LOW_D ? t.assign_low : t.assign_few)(a.x.get(), a.d, rows, a.d, &low, a.label.get());
}

template <class R> void add_rows(const typename Types<R>::Kernels &t, Data<R> &a)
{
    t.add_rows(a.x.get(), a.d, a.label.get(), rows, a.d, a.magic.get(), a.limbs, 0, a.acc.get());
}

template <class R> void add_rows_weighted(const typename Types<R>::Kernels &t, Data<R> &a)
{
    t.add_rows_weighted(a.x.get(), a.d, a.label.get(), a.w.get(), rows, a.d, a.magic.get(), a.limbs,
                        0, a.acc.get());
}

// As many rows a call as the slot allows.
template <class R>
void sum_squares(const typename Types<R>::Kernels &t, Data<R> &a, const double *w)
{
    const std::int64_t step = std::max<std::int64_t>(1, 1024 / a.d);
    for (std::int64_t i = 0; i < rows; i += step) {
        t.sum_squares(a.x.get() + i * a.d, a.d, w, std::min(step, rows - i), a.d,
                      a.wide_shift.get(), a.magics, a.acc.get());
    }
}

template <class R> void d2(const typename Types<R>::Kernels &t, Data<R> &a)
{
    for (std::int64_t i = 0; i < rows; i++) {
        benchmark::DoNotOptimize(t.d2(a.x.get() + i * a.d, a.wide_shift.get(), a.d));
    }
}

template <class R> void range(const typename Types<R>::Kernels &t, Data<R> &a)
{
    const km_range r = {a.max_abs.get(), a.low_bit.get(), a.min.get(), a.max.get(), nullptr};
    benchmark::DoNotOptimize(t.range(a.x.get(), a.d, rows, a.d, &r));
}

template <class R> void add_type()
{
    using Kernels = typename Types<R>::Kernels;
    for (const Kernels *t : tables<R>()) {
        for (const std::int64_t d : {2, 8, 14}) {
            add_bench<R>("assign_low", *t, d, 10, 1, assign_rows<R>);
            add_bench<R>("assign_low", *t, d, 127, 1, assign_rows<R>);
        }
        for (const std::int64_t d : {17, 128, 784}) {
            add_bench<R>("assign_few", *t, d, 10, 1, assign_rows<R>);
        }
        for (const std::int64_t d : {2, 16, 128, 784}) {
            add_bench<R>("pack_rows", *t, d, 1, 3, pack_rows<R>);
            add_bench<R>("add_rows", *t, d, 10, 1, add_rows<R>);
            add_bench<R>("add_rows", *t, d, 10, 2, add_rows<R>);
            add_bench<R>("add_rows", *t, d, 1024, 1, add_rows<R>);
            add_bench<R>("add_rows_weighted", *t, d, 10, 2, add_rows_weighted<R>);
            add_bench<R>("sum_squares", *t, d, 1, 3,
                         [](const Kernels &k, Data<R> &a) { sum_squares<R>(k, a, nullptr); });
            add_bench<R>("sum_squares_weighted", *t, d, 1, 3,
                         [](const Kernels &k, Data<R> &a) { sum_squares<R>(k, a, a.w.get()); });
            add_bench<R>("d2", *t, d, 1, 3, d2<R>);
            add_bench<R>("range", *t, d, 1, 3, range<R>);
        }
    }
}

} // namespace

void register_row_benches()
{
    add_type<float>();
    add_type<double>();
}
