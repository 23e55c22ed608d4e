// Kernels on rows of bytes against their contract, number by number.
#include "kernels/tiles.h"

#include <random>

namespace {

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

std::vector<const km_bytes *> bytes_here()
{
    std::vector<const km_bytes *> usable = {&km_bytes_emulated};
    for (const char *name : {"avx512vnni", "avx512", "avx2"})
        if (tiles_of(name) != nullptr)
            usable.push_back(tiles_of(name)->bytes);
    return usable;
}

enum class Values { Any, Largest };

// m rows of x, `apart` apart; row[q] visits them from the last to the first.
struct Problem {
    std::int64_t m, k, d, ldx, padded;
    Guarded<std::uint8_t> x;
    Guarded<std::int8_t> c;
    Guarded<std::int32_t> start, row, label;
    km_byte_centroids centroids;

    Problem(const km_bytes &bytes, std::int64_t rows, std::int64_t clusters, std::int64_t dims,
            std::uint8_t flip, Values values, Guard side)
        : m(rows), k(clusters), d(dims), ldx(dims + 3),
          padded((clusters + bytes.shared) / bytes.shared * bytes.shared),
          x(size((rows - 1) * ldx + dims), 1, side), c(size(padded * KM_BYTES_LD(dims)), 64),
          start(size(padded)), row(size(rows)), label(size(rows))
    {
        std::mt19937 random(static_cast<unsigned>(1000 * d + 10 * k + flip));
        const auto below = [&random](std::int64_t n) {
            return static_cast<std::int64_t>(random() % static_cast<unsigned>(n));
        };
        for (auto &value : x)
            value = values == Values::Largest ? static_cast<std::uint8_t>(0xff ^ flip)
                                              : static_cast<std::uint8_t>(below(256));
        std::memset(c.get(), 0, c.size());
        for (std::int64_t j = 0; j < k; j++)
            for (std::int64_t p = 0; p < d; p++) {
                const std::int64_t any = below(2 * bytes.most + 1) - bytes.most;
                c[size(j * KM_BYTES_LD(d) + p)] = static_cast<std::int8_t>(
                    values == Values::Any ? any : (j % 2 == 0 ? bytes.most : -bytes.most));
            }
        for (std::int64_t p = 0; p < d; p++)
            c[size(k * KM_BYTES_LD(d) + p)] = 1;
        for (std::int64_t j = 0; j < padded; j++)
            start[size(j)] =
                j < k ? static_cast<std::int32_t>(below(1 << 20) - (1 << 19)) : KM_BYTES_FAR;
        if (values == Values::Largest)
            start[0] = 1 - (1 << 29);
        for (std::int64_t q = 0; q < m; q++) {
            row[size(q)] = static_cast<std::int32_t>(m - 1 - q);
            label[size(q)] = static_cast<std::int32_t>(below(k));
        }
        centroids = {c.get(), start.get(), k, padded, d, 0.9F, flip};
    }

    std::int64_t value(std::int64_t i, std::int64_t p) const
    {
        return x.get()[i * ldx + p] ^ centroids.flip;
    }

    std::int64_t score(std::int64_t i, std::int64_t j) const
    {
        std::int64_t sum = start.get()[j];
        for (std::int64_t p = 0; p < d; p++)
            sum -= value(i, p) * c.get()[j * KM_BYTES_LD(d) + p];
        return sum;
    }

    void check_row(std::int64_t q, const km_byte_facts &facts) const
    {
        const std::int64_t i = row.get()[q], own = label.get()[i];
        std::int64_t sum = 0, square = 0, least = KM_BYTES_FAR;
        for (std::int64_t p = 0; p < d; p++) {
            sum += value(i, p);
            square += value(i, p) * value(i, p);
        }
        for (std::int64_t j = 0; j < k; j++)
            least = j != own ? std::min(least, score(i, j)) : least;
        const auto tolerance = static_cast<std::int64_t>(0.9F * static_cast<float>(sum)) + 3;
        ASSERT_EQ(facts.own[q], score(i, own)) << q;
        ASSERT_EQ(facts.sum[q], sum) << q;
        ASSERT_EQ(facts.margin[q], least - score(i, own) - tolerance) << q;
        if (facts.square != nullptr) {
            ASSERT_EQ(facts.square[q], square) << q;
        }
    }
};

void check(const km_bytes &bytes, const Problem &problem)
{
    SCOPED_TRACE(::testing::Message() << bytes.name << " most " << bytes.most << " m " << problem.m
                                      << " k " << problem.k << " d " << problem.d);
    for (const bool squares : {false, true}) {
        Guarded<std::int32_t> margin(size(problem.m)), own(size(problem.m)), sum(size(problem.m)),
            square(size(problem.m));
        const km_byte_facts facts = {margin.get(), own.get(), sum.get(),
                                     squares ? square.get() : nullptr};
        bytes.measure(problem.x.get(), problem.ldx, problem.row.get(), problem.m,
                      &problem.centroids, problem.label.get(), &facts);
        EXPECT_TRUE(margin.intact() && own.intact() && sum.intact() && square.intact());
        for (std::int64_t q = 0; q < problem.m; q++)
            problem.check_row(q, facts);
    }
}

TEST(Bytes, EveryShape)
{
    for (const auto *bytes : bytes_here())
        for (const std::uint8_t flip : {0, 0x80})
            for (const std::int64_t d : {17, 31, 32, 33, 63, 64, 65, 100, 784, 1023, 1024})
                for (const std::int64_t k : {2, 3, 4, 10, 11, 12, 13, 71})
                    for (const std::int64_t m : {1, 2, 3, 7})
                        check(*bytes, {*bytes, m, k, d, flip, Values::Any,
                                       m % 2 == 0 ? Guard::End : Guard::Begin});
}

TEST(Bytes, LargestSums)
{
    for (const auto *bytes : bytes_here())
        for (const std::uint8_t flip : {0, 0x80})
            for (const std::int64_t d : {64, 1024})
                check(*bytes, {*bytes, 5, 4, d, flip, Values::Largest, Guard::End});
}

TEST(Bytes, NoRows)
{
    for (const auto *bytes : bytes_here()) {
        Problem problem(*bytes, 1, 4, 64, 0, Values::Any, Guard::End);
        problem.m = 0;
        check(*bytes, problem);
    }
}

} // namespace
