// assign and scores over blocks of rows, as Lloyd's assignment calls them, and the peak itself.
#include "kernels.h"

#include <algorithm>

namespace {

struct Shape {
    std::int64_t n, d, k;
};

// n rows in whole blocks; k centroids in panels.
template <class R> struct Block {
    const typename Types<R>::Kernels &t;
    const Shape shape;
    const std::int64_t ld, npanels, ldo;
    Aligned<R> xp, panels, half_norm, state, best, second, third;
    Aligned<std::int32_t> label, label2;
    Aligned<R> out;

    Block(const typename Types<R>::Kernels &table, const Shape &s, bool all_scores)
        : t(table), shape(s), ld(KM_PACKED_LD(s.d)), npanels((s.k + table.nr - 1) / table.nr),
          ldo(npanels * table.nr), xp((s.n + table.mr) * ld), panels(ldo * s.d), half_norm(ldo),
          state(std::int64_t(table.block_rows) * table.state_size), best(s.n), second(s.n),
          third(s.n), label(s.n), label2(s.n), out(all_scores ? table.block_rows * ldo : 1)
    {
        Values values(1);
        std::generate(xp.begin(), xp.end(), [&] { return static_cast<R>(values.uniform()); });
        std::generate(panels.begin(), panels.end(),
                      [&] { return static_cast<R>(values.uniform()); });
        std::fill(half_norm.begin(), half_norm.end(), std::numeric_limits<R>::infinity());
        std::fill_n(half_norm.begin(), s.k, static_cast<R>(s.d) / 6);
    }
    void assign()
    {
        for (std::int64_t i = 0; i < shape.n; i += t.block_rows) {
            const typename Types<R>::Nearest nearest = {best.get() + i, second.get() + i,
                                                        third.get() + i, label.get() + i,
                                                        label2.get() + i};
            t.assign(xp.get() + i * ld, rows(i), shape.d, panels.get(), half_norm.get(), npanels,
                     state.get(), &nearest);
        }
    }
    void scores()
    {
        for (std::int64_t i = 0; i < shape.n; i += t.block_rows) {
            t.scores(xp.get() + i * ld, rows(i), shape.d, panels.get(), half_norm.get(), npanels,
                     out.get(), ldo);
        }
    }
    double flops() const
    {
        return 2.0 * static_cast<double>(shape.n) * static_cast<double>(shape.d) *
               static_cast<double>(shape.k);
    }

private:
    std::int64_t rows(std::int64_t i) const
    {
        return std::min<std::int64_t>(t.block_rows, shape.n - i);
    }
};

template <class R>
void add_benches(const typename Types<R>::Kernels &t, const Shape &s, bool all_scores)
{
    const std::string sizes = "/d:" + std::to_string(s.d) + "/k:" + std::to_string(s.k);
    const std::string name = name_of<R>(all_scores ? "scores" : "assign", t.isa) + sizes;
    benchmark::RegisterBenchmark(name.c_str(), [&t, s, all_scores](benchmark::State &state) {
        Block<R> block(t, s, all_scores);
        const Stopwatch watch;
        for (auto _ : state) {
            all_scores ? block.scores() : block.assign();
            benchmark::ClobberMemory();
        }
        report_flops<R>(state, watch, t.isa, block.flops());
    });
}

template <class R> void add_type()
{
    const Shape shapes[] = {{9600, 2, 10},     {9600, 8, 64},    {9600, 32, 1024}, {4800, 128, 10},
                            {4800, 128, 1024}, {1920, 784, 100}, {1920, 768, 1024}};
    for (const auto *t : tables<R>()) {
        const std::string isa = t->isa;
        benchmark::RegisterBenchmark(
            name_of<R>("peak", isa).c_str(), [isa](benchmark::State &state) {
                for (auto _ : state) {
                    benchmark::DoNotOptimize(peak_gflops(isa, sizeof(R) == 8));
                }
                state.counters["GFLOP/s"] = peak_gflops(isa, sizeof(R) == 8);
            });
        for (const Shape &s : shapes) {
            add_benches<R>(*t, s, false);
        }
        add_benches<R>(*t, {4800, 128, 1024}, true);
    }
}

} // namespace

void register_panel_benches()
{
    add_type<float>();
    add_type<double>();
}
