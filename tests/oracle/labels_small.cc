// Labels equal the exact argmin in every row: small sets and parts of large ones, every usable
// table, both types, from random rows and from given centroids, after 1, 5 and all passes.
#include <tuple>

#include "oracle/check.h"

namespace {

using namespace oracle;

struct Part {
    const char *file;
    int64_t rows;
};

const Part kParts[] = {
    {"iris.npy", 1000},         {"ruspini.npy", 1000},
    {"german_towns.npy", 1000}, {"bavaria1.npy", 1000},
    {"wine.npy", 1000},         {"wdbc.npy", 1000},
    {"tsplib1060.npy", 2000},   {"pr2392.npy", 3000},
    {"htru2.npy", 4000},        {"lidar_csite1.npy", 20000},
    {"nslkdd.npy", 1200},       {"kodim05.npy", 8000},
    {"kodim23.npy", 8000},      {"cal_housing.npy", 3000},
    {"covtype20k.npy", 1500},   {"higgs7k.npy", 1500},
    {"sift5k.npy", 1000},       {"wordvec1000.npy", 300},
    {"final128_1k.npy", 500},   {"kinect_mug_nan.npy", 12000},
    {"mnist_train.npy", 200},
};

class LabelsSmall : public testing::TestWithParam<Part> {};

// Fits on every table from one start; the first is checked against the oracle, the others against
// the first.
void check_fits(const Matrix &x, Request request)
{
    request.set("nan", "skip");
    request.isa = usable_isas()[0];
    const Outcome first = run(request);
    expect_exact_labels(first, x);
    for (const std::string &isa : isas_for(products_of(x, first.info.k, first.info.iterations))) {
        request.isa = isa;
        const Outcome out = isa == first.isa ? first : run(request);
        EXPECT_EQ(out.isa, isa);
        expect_same_result(first, out);
    }
}

void check_type(const Matrix &x)
{
    for (const int64_t k : {2, 10, 100}) {
        if (k > x.n)
            continue;
        for (const char *passes : {"1", "5", "0"}) {
            SCOPED_TRACE(std::string(kmeans_dtype_name(x.dtype)) + " k=" + std::to_string(k) +
                         " passes=" + passes);
            Request random(x, k);
            random.set("init", "random").set("seed", "7");
            random.set(passes[0] == '0' ? "max_iterations" : "iterations", passes);
            check_fits(x, random);
            const std::vector<double> start = distinct_rows(x, k, 11);
            if (static_cast<int64_t>(start.size()) < k * x.d)
                continue;
            Request given(x, start);
            given.set(passes[0] == '0' ? "max_iterations" : "iterations", passes);
            check_fits(x, given);
        }
    }
}

TEST_P(LabelsSmall, AreTheExactArgminOnEveryTable)
{
    if (!have(GetParam().file))
        GTEST_SKIP() << missing(GetParam().file);
    const Matrix x = first_rows(load(GetParam().file), GetParam().rows);
    check_type(x);
    if (x.dtype == KMEANS_F64)
        check_type(convert(x, KMEANS_F32));
    if (x.dtype == KMEANS_F32)
        check_type(convert(x, KMEANS_F64));
}

std::string name_of(const testing::TestParamInfo<Part> &info)
{
    const std::string file = info.param.file;
    return file.substr(0, file.find('.'));
}

INSTANTIATE_TEST_SUITE_P(Sets, LabelsSmall, testing::ValuesIn(kParts), name_of);

// Against the whole iteration in exact arithmetic, not the argmin alone: centroids to the bit,
// passes, changed rows.
TEST(LloydOracle, WholeRunsEqualExactArithmetic)
{
    for (const char *file :
         {"iris.npy", "wine.npy", "wdbc.npy", "ruspini.npy", "german_towns.npy"}) {
        if (!have(file))
            GTEST_SKIP() << missing(file);
        for (const int dtype : {KMEANS_F32, KMEANS_F64}) {
            const Matrix x = convert(load(file), dtype);
            for (const int64_t k : {1, 2, 5, 10, 20}) {
                SCOPED_TRACE(std::string(file) + " k=" + std::to_string(k));
                const std::vector<double> start = distinct_rows(x, k, static_cast<uint64_t>(k));
                const Lloyd expected = lloyd(x, {}, start, k, 0);
                const Outcome out = run(Request(x, start).set("max_iterations", "0"));
                ASSERT_EQ(out.status, 0) << out.detail;
                EXPECT_EQ(out.labels, expected.labels);
                expect_same_bits(out.centroids, expected.centroids);
                EXPECT_EQ(out.info.iterations, expected.iterations);
                EXPECT_EQ(out.info.empty_events, expected.empty_events);
                for (size_t t = 0; t < expected.changed.size(); t++) {
                    EXPECT_EQ(out.trace[t].changed, expected.changed[t]) << "pass " << t + 1;
                }
                expect_consistent(out, x);
            }
        }
    }
}

} // namespace
