// Labels equal the exact argmin in every row of the large sets, whole.
#include <cstdio>

#include "oracle/check.h"

namespace {

using namespace oracle;

class LongLabels : public testing::TestWithParam<const char *> {};

// Tables differ in speed by more than ten times: how many products one fit may cost on a table.
double budget(const std::string &isa)
{
    return isa == "scalar" ? 1e9 : isa.compare(0, 6, "avx512") == 0 || isa == "amx" ? 2e10 : 5e9;
}

// One configuration: the best table runs it and is checked against the oracle; every other table
// that can afford it must return the same bits.
void check_passes(const Matrix &x, int64_t k, int64_t passes)
{
    SCOPED_TRACE(std::string(kmeans_dtype_name(x.dtype)) + " k=" + std::to_string(k) +
                 " passes=" + std::to_string(passes));
    Request request(x, k);
    request.threads = 2;
    request.set("init", "random").set("seed", "3").set("nan", "skip");
    request.set(passes == 0 ? "max_iterations" : "iterations", passes == 0 ? 40 : passes);
    Outcome first;
    for (const std::string &isa : usable_isas()) {
        const double work =
            static_cast<double>(x.n) * static_cast<double>(x.d) * static_cast<double>(k);
        const int64_t visits = first.labels.empty() ? 1 : first.info.iterations + 1;
        if (!first.labels.empty() && work * static_cast<double>(visits) > budget(isa))
            continue;
        request.isa = isa;
        const Outcome out = run(request);
        ASSERT_GE(out.status, 0) << out.detail;
        if (first.labels.empty()) {
            first = out;
            expect_exact_labels(out, x);
            expect_inertia(out, x, {});
        } else {
            expect_same_result(first, out);
        }
    }
}

void check_type(const Matrix &x)
{
    for (const int64_t k : {2, 10, 100}) {
        for (const int64_t passes : {1, 5, 0})
            check_passes(x, k, passes);
    }
}

TEST_P(LongLabels, AreTheExactArgmin)
{
    if (!have(GetParam()))
        GTEST_SKIP() << missing(GetParam());
    const Matrix x = load(GetParam());
    check_type(x);
    if (x.n * x.d > 20000000)
        return; // 47 million bytes of images would be 376 MB of doubles
    if (x.dtype != KMEANS_F32)
        check_type(convert(x, KMEANS_F32));
    if (x.dtype != KMEANS_F64)
        check_type(convert(x, KMEANS_F64));
}

std::string name_of(const testing::TestParamInfo<const char *> &info)
{
    const std::string file = info.param;
    return file.substr(0, file.find('.'));
}

INSTANTIATE_TEST_SUITE_P(Sets, LongLabels,
                         testing::Values("lidar_csite1.npy", "nslkdd.npy", "htru2.npy",
                                         "kodim05.npy", "kodim23.npy", "kinect_mug_nan.npy",
                                         "cal_housing.npy", "covtype20k.npy", "higgs7k.npy",
                                         "sift5k.npy", "wordvec1000.npy", "mnist_train.npy"),
                         name_of);

// The images in float32, the type of the memory and speed figures.
TEST(LongLabelsFloat, MnistAsFloat)
{
    if (!have("mnist_train.npy"))
        GTEST_SKIP() << missing("mnist_train.npy");
    const Matrix x = convert(load("mnist_train.npy"), KMEANS_F32);
    for (const int64_t k : {2, 10, 100}) {
        for (const int64_t passes : {1, 5})
            check_passes(x, k, passes);
    }
}

} // namespace
