// Rows that keep their label unseen: the comparison, and limits that are never too late.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/guarded.h"
#include "kernels/reals.h"
#include "kernels/tables.h"

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct KeepProblem {
    std::int64_t m;
    std::int32_t k = 70;
    Guarded<std::int32_t> label;
    Guarded<float> drift, gap;

    explicit KeepProblem(std::int64_t m_) : m(m_), label(size(m_)), drift(70), gap(size(m_))
    {
        Values values(static_cast<std::uint64_t>(m));
        for (std::int64_t i = 0; i < m; i++) {
            label[size(i)] = static_cast<std::int32_t>(i * 37 % k);
            gap[size(i)] = values.next<float>(Kind::Uniform); // of both signs
        }
        for (std::int32_t j = 0; j < k; j++)
            drift[size(j)] = j % 9 == 0 ? 0 : std::fabs(values.next<float>(Kind::Uniform));
        const float odd[] = {std::numeric_limits<float>::quiet_NaN(), 0,    kInfinity, -kInfinity,
                             std::numeric_limits<float>::min(),       1e30F};
        for (std::int64_t i = 0; i < m; i += 5)
            gap[size(i)] = odd[i / 5 % 6];
    }
};

TEST(Keep, LimitsAreNeverTooLate)
{
    for (const auto *t : tables<float>()) {
        for (const std::int64_t m : {0, 1, 15, 16, 17, 400}) {
            for (const float unit : {1.0F, 0.25F, 1048576.0F}) {
                KeepProblem problem(m);
                Guarded<float> limit(size(m));
                t->set_limits(problem.gap.get(), unit, problem.label.get(), problem.drift.get(), m,
                              limit.get());
                EXPECT_TRUE(limit.intact());
                for (std::int64_t i = 0; i < m; i++) {
                    const float gap = problem.gap[size(i)];
                    const Wide sum =
                        static_cast<Wide>(gap) * unit + problem.drift[size(problem.label[size(i)])];
                    if (!(gap > 0)) {
                        EXPECT_EQ(limit[size(i)], -kInfinity) << t->isa << i;
                    } else if (std::isinf(gap)) {
                        EXPECT_EQ(limit[size(i)], kInfinity) << t->isa << i;
                    } else {
                        EXPECT_LE(static_cast<Wide>(limit[size(i)]), sum) << t->isa << i;
                        EXPECT_GE(static_cast<Wide>(limit[size(i)]), sum * (1 - 0x1p-20))
                            << t->isa << i;
                    }
                }
                t->set_limits(problem.gap.get(), unit, problem.label.get(), problem.drift.get(), m,
                              problem.gap.get());
                for (std::int64_t i = 0; i < m; i++)
                    EXPECT_EQ(problem.gap[size(i)], limit[size(i)]) << t->isa << i;
            }
        }
    }
}

TEST(Keep, OnlyBelowTheLimit)
{
    for (const auto *t : tables<float>()) {
        for (const std::int64_t m : {0, 1, 15, 16, 17, 400}) {
            KeepProblem problem(m);
            Guarded<std::int32_t> kept(size(m));
            for (std::int64_t i = 0; i < m; i++) { // at, above and below the drift
                const float at = problem.drift[size(problem.label[size(i)])];
                const float steps[] = {at, std::nextafter(at, kInfinity),
                                       std::nextafter(at, -kInfinity), kInfinity, -kInfinity};
                problem.gap[size(i)] = steps[i % 5];
            }
            t->keep_labels(problem.label.get(), problem.gap.get(), problem.drift.get(), m,
                           kept.get());
            EXPECT_TRUE(kept.intact());
            for (std::int64_t i = 0; i < m; i++) {
                const bool keeps = i % 5 == 1 || i % 5 == 3;
                EXPECT_EQ(kept[size(i)], keeps ? problem.label[size(i)] : -1) << t->isa << i;
            }
        }
    }
}

} // namespace
