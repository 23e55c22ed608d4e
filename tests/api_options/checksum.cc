// The checksum against another implementation of its definition.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "fixture.h"

namespace {

// splitmix64 as its authors publish it: the finaliser behind a step of the golden gamma, which is
// taken back here.
uint64_t finalise(uint64_t z)
{
    const uint64_t gamma = 0x9e3779b97f4a7c15;
    uint64_t state = z - gamma;
    uint64_t r = (state += gamma);
    r = (r ^ (r >> 30)) * 0xbf58476d1ce4e5b9;
    r = (r ^ (r >> 27)) * 0x94d049bb133111eb;
    return r ^ (r >> 31);
}

std::string hex(uint64_t value)
{
    const char *const digits = "0123456789abcdef";
    std::string text(16, '0');
    for (int i = 15; i >= 0; i--, value /= 16)
        text[static_cast<size_t>(i)] = digits[value % 16];
    return text;
}

std::string expected(const std::vector<int32_t> &labels, const std::vector<double> &c)
{
    // Last to first: the sums have no order.
    uint64_t rows = 0, values = 0;
    for (size_t i = labels.size(); i > 0; i--)
        rows += finalise(finalise(i) + static_cast<uint64_t>(static_cast<int64_t>(labels[i - 1])));
    for (size_t q = c.size(); q > 0; q--) {
        const double value = c[q - 1] == 0 ? 0.0 : c[q - 1];
        uint64_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        values += finalise(finalise(q) + bits);
    }
    return hex(rows) + hex(values);
}

std::string checksum(const std::vector<int32_t> &labels, const std::vector<double> &c, int64_t d)
{
    char text[33];
    EXPECT_EQ(kmeans_checksum(labels.data(), static_cast<int64_t>(labels.size()), c.data(),
                              static_cast<int64_t>(c.size()) / d, d, text),
              KMEANS_OK);
    return text;
}

TEST(Checksum, FinaliserIsSplitmix64)
{
    // First output of splitmix64 from state 0, published with the generator.
    EXPECT_EQ(finalise(0x9e3779b97f4a7c15), 0xe220a8397b1dcdafu);
}

TEST(Checksum, EqualsItsDefinition)
{
    std::mt19937_64 random(2);
    for (const size_t n : {1, 2, 3, 7, 64, 1000}) {
        for (const size_t k : {1, 2, 5}) {
            for (const size_t d : {1, 3, 17}) {
                std::vector<int32_t> labels(n);
                std::vector<double> c(k * d);
                for (int32_t &label : labels)
                    label = static_cast<int32_t>(random() % (k + 1)) - 1;
                for (double &value : c)
                    value = std::ldexp(static_cast<double>(random() >> 11) - 4503599627370496.0,
                                       static_cast<int>(random() % 100) - 50);
                c[0] = -0.0;
                EXPECT_EQ(checksum(labels, c, static_cast<int64_t>(d)), expected(labels, c));
            }
        }
    }
}

TEST(Checksum, KnownValues)
{
    // Computed with Python's integers.
    EXPECT_EQ(checksum({0}, {0.0}, 1), "7ab40e090f363a7d7ab40e090f363a7d");
    EXPECT_EQ(checksum({0, 1, 2, -1}, {1.5, -2.0, 1e300, -0.0}, 2),
              "b36fd44d7c04c8cd602f05676a9d6c46");
}

TEST(Checksum, SeesEveryChange)
{
    const std::vector<int32_t> labels = {0, 1, 1, 0, 2};
    const std::vector<double> c = {1, 2, 3, 4, 5e-324, -6};
    const std::string base = checksum(labels, c, 2);
    EXPECT_EQ(checksum(labels, c, 1), base) << "only the order of the numbers counts";
    for (size_t i = 0; i < labels.size(); i++) {
        std::vector<int32_t> other = labels;
        other[i]++;
        EXPECT_NE(checksum(other, c, 2).substr(0, 16), base.substr(0, 16));
        EXPECT_EQ(checksum(other, c, 2).substr(16), base.substr(16));
    }
    for (size_t q = 0; q < c.size(); q++) {
        std::vector<double> other = c;
        other[q] = std::nextafter(other[q], 10.0);
        EXPECT_EQ(checksum(labels, other, 2).substr(0, 16), base.substr(0, 16));
        EXPECT_NE(checksum(labels, other, 2).substr(16), base.substr(16));
    }
    EXPECT_NE(checksum({1, 0}, c, 2), checksum({0, 1}, c, 2));
}

TEST(Checksum, RefusesBadArguments)
{
    const int32_t labels[2] = {0, 1};
    const double c[2] = {1, 2};
    char text[33] = "untouched";
    EXPECT_EQ(kmeans_checksum(nullptr, 2, c, 2, 1, text), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_checksum(labels, 2, nullptr, 2, 1, text), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_checksum(labels, 2, c, 2, 1, nullptr), KMEANS_ERROR_ARGUMENT);
    EXPECT_EQ(kmeans_checksum(labels, 0, c, 2, 1, text), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(kmeans_checksum(labels, -1, c, 2, 1, text), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(kmeans_checksum(labels, 2, c, 0, 1, text), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(kmeans_checksum(labels, 2, c, 2, 0, text), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(kmeans_checksum(labels, 2, c, INT64_MIN, 1, text), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(kmeans_checksum(labels, 2, c, INT64_MAX, 2, text), KMEANS_ERROR_SHAPE);
    EXPECT_EQ(kmeans_checksum(labels, 2, c, 3037000500, 3037000500, text), KMEANS_ERROR_SHAPE);
    EXPECT_STREQ(text, "untouched");
}

} // namespace
