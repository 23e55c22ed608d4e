// Labels and numbers of passes of scikit-learn 1.9.1 from the same start rows:
// KMeans(k, init=X[rows], n_init=1, tol=0, max_iter=3000, algorithm="lloyd").fit(X).
#include "oracle/check.h"

namespace {

using namespace oracle;

struct Count {
    const char *set;
    std::vector<int64_t> rows;
    int64_t iterations; // n_iter_
    uint64_t labels;    // the first half of the checksum, formed from labels_
    double inertia;     // inertia_
};

// clang-format off
const Count kCounts[] = {
    {"iris", {0, 71}, 4, 0xbc5bfae6d67ea3fa, 152.3479517603579},
    {"iris", {0, 50, 100}, 4, 0x4cac129caa3919d7, 78.851441426146},
    {"iris", {5, 46, 87}, 12, 0xcc480f2098026fa8, 142.7540625},
    {"iris", {7, 36, 65, 94, 123}, 6, 0x8b49c27f7c0be837, 50.13654629806469},
    {"iris", {3, 20, 37, 54, 71, 88, 105, 122}, 8, 0x44b278b2a3c2f23f, 33.32017025632645},
    {"iris", {1, 14, 27, 40, 53, 66, 79, 92, 105, 118}, 20, 0xb5821fcdb1a07c80, 27.35586525974027},
    {"iris", {2, 9, 16, 23, 30, 37, 44, 51, 58, 65, 72, 79, 86, 93, 100, 107, 114, 121, 128, 135},
     5, 0xbe74385f30dc55f0, 19.04074832915623},
    {"wine", {0, 71}, 7, 0xd28fb580ab095319, 4545746.292099379},
    {"wine", {0, 50, 100}, 12, 0x7d41ec49e0e78ca4, 2633555.3324093386},
    {"wine", {5, 46, 87}, 11, 0x22624df653c7e476, 2633555.3324093386},
    {"wine", {7, 36, 65, 94, 123}, 7, 0xeb58a053e2e567a4, 1061573.2774376583},
    {"wine", {3, 20, 37, 54, 71, 88, 105, 122}, 15, 0x573e59bdac43d148, 356788.9107396088},
    {"wine", {1, 14, 27, 40, 53, 66, 79, 92, 105, 118}, 18, 0x532b6c48ed7ccdaf, 271281.9884159899},
    {"wine", {0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 105, 112, 119, 126, 133},
     4, 0xb727c70d0144051e, 104441.25195088777},
    {"htru2", {0, 8449}, 32, 0xcd351513f61c30e8, 122774418.88884616},
    {"htru2", {0, 5950, 11900}, 39, 0x5be5a45d58b4158c, 79319793.45063141},
    {"htru2", {5, 4884, 9763}, 48, 0xa85b473f4aefbe90, 79319793.45063141},
    {"htru2", {7, 3458, 6909, 10360, 13811}, 59, 0x3e8e09d2e7070204, 41792243.0151985},
    {"htru2", {3, 2026, 4049, 6072, 8095, 10118, 12141, 14164}, 84, 0x899f0f20b3e1fd1e,
     23632347.48855667},
    {"htru2", {1, 1548, 3095, 4642, 6189, 7736, 9283, 10830, 12377, 13924}, 99,
     0xecd33df9f1abcf35, 18494657.594389666},
    {"htru2", {0, 833, 1666, 2499, 3332, 4165, 4998, 5831, 6664, 7497, 8330, 9163, 9996, 10829,
     11662, 12495, 13328, 14161, 14994, 15827}, 334, 0xc0b6aec9814d80d3, 8819169.107732156},
};
// clang-format on

class ScikitLearnStarts : public testing::TestWithParam<Count> {};

TEST_P(ScikitLearnStarts, LabelsAndPassesAreEqual)
{
    const Count &count = GetParam();
    const std::string file = std::string(count.set) + ".npy";
    if (!have(file))
        GTEST_SKIP() << missing(file);
    const Matrix x = load(file);
    const Outcome out = run(Request(x, rows_of(x, count.rows)).set("max_iterations", "3000"));
    ASSERT_EQ(out.status, 0) << out.detail;
    EXPECT_EQ(out.info.iterations, count.iterations);
    char text[17];
    std::snprintf(text, sizeof text, "%016" PRIx64, count.labels);
    EXPECT_EQ(out.checksum.substr(0, 16), text);
    EXPECT_NEAR(out.info.inertia / count.inertia, 1, 1e-9);
}

std::string name_of(const testing::TestParamInfo<Count> &info)
{
    return std::string(info.param.set) + "_k" + std::to_string(info.param.rows.size()) + "_from" +
           std::to_string(info.param.rows[0]);
}

INSTANTIATE_TEST_SUITE_P(Rows, ScikitLearnStarts, testing::ValuesIn(kCounts), name_of);

// From rows 0, 7, 14, ... four rows of iris are equally far from two start rows in decimals; the
// floats differ by 1e-16. scikit-learn's expanded distances decide two of them the wrong way and
// end at 19.9097014; the exact distances decide.
TEST(ScikitLearnCounts, TiesInDecimalsAreDecidedByTheFloats)
{
    if (!have("iris.npy"))
        GTEST_SKIP() << missing("iris.npy");
    const Matrix x = load("iris.npy");
    std::vector<int64_t> rows;
    for (int64_t j = 0; j < 20; j++)
        rows.push_back(7 * j);
    const Outcome out = run(Request(x, rows_of(x, rows)));
    const Lloyd expected = lloyd(x, {}, rows_of(x, rows), 20, 0);
    EXPECT_EQ(out.labels, expected.labels);
    EXPECT_EQ(out.info.iterations, 8);
    EXPECT_NEAR(out.info.inertia, 19.609665732959854, 1e-12);
}

} // namespace
