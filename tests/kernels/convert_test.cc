// The slot `convert` against the definition of each type.
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/guarded.h"
#include "kernels/reals.h"
#include "kernels/tables.h"
#include "support/numbers.h"

namespace {

template <class R> class Convert : public ::testing::Test {
};
TYPED_TEST_SUITE(Convert, Reals, RealNames);

bool holds(int dtype, std::size_t bytes)
{
    return bytes == 8 || (dtype != KMEANS_F64 && dtype != KMEANS_I32);
}

// Every pattern of the short types; many of the long ones.
std::vector<unsigned char> patterns(int dtype)
{
    const std::size_t bytes = static_cast<std::size_t>(numbers::size_of(dtype));
    std::vector<unsigned char> all;
    Values values(3);
    for (std::uint32_t q = 0; q < (bytes == 1 ? 256u : 65536u); q++) {
        const std::uint64_t wide =
            bytes <= 2 ? q : static_cast<std::uint64_t>(values.below(INT64_MAX)) * 3;
        for (std::size_t b = 0; b < bytes; b++) {
            all.push_back(static_cast<unsigned char>(wide >> (8 * b)));
        }
    }
    return all;
}

TYPED_TEST(Convert, EveryPatternIsItsValue)
{
    for (const auto *t : tables<TypeParam>()) {
        for (const int dtype : numbers::dtypes) {
            if (!holds(dtype, sizeof(TypeParam))) {
                continue;
            }
            const std::size_t bytes = static_cast<std::size_t>(numbers::size_of(dtype));
            const std::vector<unsigned char> x = patterns(dtype);
            std::vector<TypeParam> out(x.size() / bytes);
            t->convert(x.data(), dtype, static_cast<std::int64_t>(out.size()), out.data());
            for (std::size_t q = 0; q < out.size(); q++) {
                const double expected = numbers::get(dtype, x.data() + q * bytes);
                const double got = static_cast<double>(out[q]);
                ASSERT_TRUE(std::isnan(expected)
                                ? std::isnan(got)
                                : got == expected && std::signbit(got) == std::signbit(expected))
                    << t->isa << " " << kmeans_dtype_name(dtype) << " pattern " << q << ": " << got
                    << ", not " << expected;
            }
        }
    }
}

TYPED_TEST(Convert, TouchesNothingAround)
{
    for (const auto *t : tables<TypeParam>()) {
        for (const int dtype : numbers::dtypes) {
            const std::size_t bytes = static_cast<std::size_t>(numbers::size_of(dtype));
            for (std::size_t count = 0; count <= 70; count++) {
                Guarded<unsigned char> x(count * bytes, bytes);
                Guarded<TypeParam> out(count);
                for (std::size_t q = 0; q < count; q++) {
                    numbers::put(dtype, static_cast<double>(q), x.get() + q * bytes);
                }
                t->convert(x.get(), dtype, static_cast<std::int64_t>(count), out.get());
                ASSERT_TRUE(out.intact());
                for (std::size_t q = 0; q < count; q++) {
                    ASSERT_EQ(out[q], static_cast<TypeParam>(q)) << t->isa << " " << dtype;
                }
            }
        }
    }
}

} // namespace
