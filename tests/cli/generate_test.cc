// generate: the same file everywhere, of the right distribution.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "cli/command.h"
#include "support/numbers.h"

namespace {

using cli::lines_of;

uint64_t hash_of(const std::string &bytes)
{ // FNV-1a
    uint64_t hash = 0xcbf29ce484222325;
    for (const char byte : bytes) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    }
    return hash;
}

class Generate : public cli::CommandTest {
protected:
    std::vector<std::vector<double>> rows_of(const std::string &arguments) const
    {
        const cli::Outcome outcome = folder.run("kmeans generate " + arguments + " -o x.csv");
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        std::vector<std::vector<double>> rows;
        for (const std::string &line : lines_of(folder.read("x.csv"))) {
            std::vector<double> row;
            std::istringstream fields(line);
            for (std::string field; std::getline(fields, field, ',');) {
                row.push_back(std::stod(field));
            }
            rows.push_back(row);
        }
        return rows;
    }
};

TEST_F(Generate, TheSameBytesEverywhere)
{
    // Fixed once: a change of any byte changes what every published comparison was run on.
    const struct {
        const char *arguments;
        uint64_t hash;
    } files[] = {
        {"four-gaussians -o x.npy", 0x1058903a3562982f},
        {"blobs --rows 500 --cols 5 --clusters 7 --seed 3 --dtype f32 -o x.npy",
         0x9cdf3960abe2455f},
        {"blobs --rows 300 --cols 7 --density 0.2 --dtype f32 -o x.npz", 0x80b68cbe6424bdaf},
        {"uniform --rows 500 --cols 3 --seed 18446744073709551615 -o x.csv", 0x13f27b7816ce33b3},
    };
    for (const auto &file : files) {
        ASSERT_EQ(folder.run(std::string("kmeans generate ") + file.arguments).code, 0);
        const std::string name =
            std::string(file.arguments).substr(std::string(file.arguments).rfind(' ') + 1);
        EXPECT_EQ(hash_of(folder.read(name)), file.hash) << file.arguments;
    }
}

TEST_F(Generate, FourGaussiansAreWhatTheySay)
{
    const double means[4][3] = {{5, 5, 5}, {4, 20, 20}, {25, 20, 5}, {30, 30, 30}};
    const double spreads[4] = {4, 3, 5, 5};
    const auto rows = rows_of("four-gaussians --rows 40000 --labels l.txt");
    const auto labels = lines_of(folder.read("l.txt"));
    ASSERT_EQ(rows.size(), 40000u);
    ASSERT_EQ(labels.size(), 40000u);
    double sum[4][3] = {}, squares[4][3] = {};
    int count[4] = {};
    int repeats = 0;
    for (size_t i = 0; i < rows.size(); i++) {
        const size_t j = std::stoul(labels[i]);
        ASSERT_LT(j, 4u);
        count[j]++;
        repeats += i > 0 && labels[i] == labels[i - 1];
        for (size_t p = 0; p < 3; p++) {
            sum[j][p] += rows[i][p];
            squares[j][p] += (rows[i][p] - means[j][p]) * (rows[i][p] - means[j][p]);
        }
    }
    for (size_t j = 0; j < 4; j++) {
        EXPECT_EQ(count[j], 10000);
        for (size_t p = 0; p < 3; p++) { // five standard errors
            EXPECT_NEAR(sum[j][p] / 10000, means[j][p], 5 * spreads[j] / 100);
            EXPECT_NEAR(squares[j][p] / 10000 / (spreads[j] * spreads[j]), 1, 5 * 0.01415);
        }
    }
    EXPECT_NEAR(repeats, 10000, 500); // shuffled: a quarter of the neighbours are equal
}

// The nearest number of the type, or its end: what text says of a type is what .npy holds.
TEST_F(Generate, EveryTypeIsWrittenAndReadBack)
{
    const auto exact = rows_of("blobs --rows 200 --spread 3");
    for (const int dtype : numbers::dtypes) {
        const std::string name = kmeans_dtype_name(dtype);
        const std::string arguments = "blobs --rows 200 --spread 3 --dtype " + name;
        const auto rows = rows_of(arguments);
        ASSERT_EQ(folder.run("kmeans generate " + arguments + " -o x.npy").code, 0);
        const std::string npy = folder.read("x.npy");
        const size_t size = static_cast<size_t>(numbers::size_of(dtype));
        ASSERT_EQ(npy.size(), 128 + 400 * size) << name;
        for (size_t q = 0; q < 400; q++) {
            const double value = rows[q / 2][q % 2];
            const double read = numbers::get(dtype, npy.data() + 128 + q * size);
            const bool single = dtype == KMEANS_F32 || dtype == KMEANS_F16 || dtype == KMEANS_BF16;
            EXPECT_EQ(read, single ? static_cast<double>(static_cast<float>(value)) : value)
                << name;
            const double from = exact[q / 2][q % 2];
            const double unit = dtype == KMEANS_BF16 ? 0x1p-8 : dtype == KMEANS_F16 ? 0x1p-11 : 1;
            if (dtype != KMEANS_U8 && dtype != KMEANS_U16) {
                EXPECT_LE(std::fabs(read - from), unit == 1 ? 0.5 : unit * std::fabs(from)) << name;
            } else {
                EXPECT_EQ(read, from < 0 ? 0 : std::nearbyint(from)) << name;
            }
        }
        const cli::Outcome fit =
            folder.run("kmeans fit x.npy -k 3 --labels -" +
                       std::string(dtype == KMEANS_BF16 ? " --format npy --dtype bf16" : ""));
        EXPECT_EQ(fit.code, 0) << fit.err;
        rows_of(arguments); // the same numbers as text
        EXPECT_EQ(folder.run("kmeans fit x.csv -k 3 --labels -").out, fit.out) << name;
    }
}

// Sparse rows hold what dense ones do, zeros apart, as often as was asked for.
TEST_F(Generate, SparseRowsAreTheDenseOnes)
{
    for (const std::string dtype : {"f32", "f64"}) {
        const std::string arguments = "blobs --rows 4000 --cols 6 --density 0.2 --dtype " + dtype;
        const auto rows = rows_of(arguments);
        int kept = 0;
        for (const auto &row : rows) {
            for (const double value : row) {
                kept += value != 0;
            }
        }
        EXPECT_NEAR(kept, 4800, 5 * std::sqrt(24000 * 0.2 * 0.8));
        ASSERT_EQ(folder.run("kmeans generate " + arguments + " -o x.npz").code, 0);
        ASSERT_EQ(folder.run("kmeans generate " + arguments + " -o x.npy").code, 0);
        const size_t size = dtype == "f32" ? 4 : 8;
        const size_t arrays = 4 * 4001 + static_cast<size_t>(kept) * (4 + size);
        EXPECT_GT(folder.read("x.npz").size(), arrays);
        EXPECT_LT(folder.read("x.npz").size(), arrays + 2048);
        const std::string sparse = folder.run("kmeans fit x.npz -k 3 --centroids -").out;
        EXPECT_EQ(sparse, folder.run("kmeans fit x.npy -k 3 --centroids -").out);
        EXPECT_NE(sparse, "");
        // Where arrays begin at multiples of 64 bytes they are used in place.
        for (size_t at = 0;
             (at = folder.read("x.npz").find("\x93NUMPY", at + 1)) != std::string::npos;) {
            EXPECT_EQ(at % 64, 0u);
        }
    }
}

TEST_F(Generate, NormalsHaveTheTailsOfNormals)
{
    const auto rows = rows_of("blobs --clusters 1 --rows 100000 --cols 1 --spread 1");
    double mean = 0;
    for (const auto &row : rows) {
        mean += row[0] / 100000;
    }
    const double bounds[] = {0.5, 1, 2, 3};
    for (const double bound : bounds) {
        const double share = std::erfc(bound / std::sqrt(2.0));
        int beyond = 0;
        for (const auto &row : rows) {
            beyond += std::fabs(row[0] - mean) > bound;
        }
        EXPECT_NEAR(beyond, 1e5 * share, 5 * std::sqrt(1e5 * share)) << bound;
    }
}

TEST_F(Generate, UniformFillsTheUnitCube)
{
    const auto rows = rows_of("uniform --rows 20000 --cols 2 --dtype f32");
    int quarters[4] = {};
    for (const auto &row : rows) {
        ASSERT_EQ(row.size(), 2u);
        for (const double value : row) {
            EXPECT_GE(value, 0);
            EXPECT_LE(value, 1);
        }
        quarters[2 * (row[0] < 0.5) + (row[1] < 0.5)]++;
    }
    for (const int quarter : quarters) {
        EXPECT_NEAR(quarter, 5000, 5 * std::sqrt(5000 * 0.75));
    }
}

TEST_F(Generate, SeedsDiffer)
{
    EXPECT_EQ(rows_of("blobs --seed 1"), rows_of("blobs --seed 1"));
    EXPECT_NE(rows_of("blobs --seed 1"), rows_of("blobs --seed 2"));
    EXPECT_EQ(rows_of("blobs"), rows_of("blobs --seed 0"));
}

TEST_F(Generate, TextAndNpyHoldTheSameNumbers)
{
    for (const char *dtype : {"f32", "f64"}) {
        const std::string arguments = std::string("blobs --rows 300 --dtype ") + dtype;
        const auto rows = rows_of(arguments);
        ASSERT_EQ(folder.run("kmeans generate " + arguments + " -o x.npy").code, 0);
        const std::string bytes = folder.read("x.npy");
        for (size_t q = 0; q < 600; q++) {
            double value = 0;
            float single = 0;
            if (dtype[1] == '3') {
                std::memcpy(&single, bytes.data() + 128 + 4 * q, 4);
                EXPECT_EQ(static_cast<float>(rows[q / 2][q % 2]), single);
            } else {
                std::memcpy(&value, bytes.data() + 128 + 8 * q, 8);
                EXPECT_EQ(rows[q / 2][q % 2], value);
            }
        }
    }
}

TEST_F(Generate, MemoryDoesNotGrowWithTheRows)
{
    const cli::Outcome outcome =
        folder.run(LIMIT_MEMORY(100000) "kmeans generate blobs --rows 2e6 --cols 8 -o x.npy");
    EXPECT_EQ(outcome.code, 0) << outcome.err;
}

} // namespace
