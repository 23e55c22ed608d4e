// The best known sums of squares of the classic small sets: never beaten, and reached.
#include <fstream>
#include <map>
#include <sstream>

#include "oracle/check.h"

namespace {

using namespace oracle;

struct Row {
    std::string set;
    int64_t k;
    double best;
};

std::vector<Row> golden_rows()
{
    std::ifstream in(paths::data("golden_sse.csv"));
    std::vector<Row> rows;
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::stringstream fields(line);
        std::string word[5];
        for (std::string &field : word)
            std::getline(fields, field, ',');
        rows.push_back({word[0], std::stoll(word[3]), std::stod(word[4])});
    }
    return rows;
}

// Published values carry 15 digits; a run is at the best known value within this.
const double kReached = 1e-7;

struct Reached {
    int64_t best = 0;   // rows whose best known value was found
    int64_t within = 0; // rows within 1 % of it
};

Reached count_reached(const char *restarts, const std::vector<Row> &rows)
{
    std::map<std::string, Matrix> sets;
    Reached reached;
    for (const Row &row : rows) {
        if (sets.count(row.set) == 0)
            sets[row.set] = load(row.set + ".npy");
        Request request(sets[row.set], row.k);
        request.threads = 2;
        const Outcome out = run(request.set("restarts", restarts).set("max_iterations", "0"));
        EXPECT_EQ(out.status, 0) << out.detail;
        EXPECT_GE(out.info.inertia, row.best * (1 - 1e-12)) << row.set << " k=" << row.k;
        for (const kmeans_restart_row &one : out.restarts) {
            EXPECT_GE(one.inertia, row.best * (1 - 1e-12)) << row.set << " k=" << row.k;
        }
        const bool hit = out.info.inertia <= row.best * (1 + kReached);
        reached.best += hit;
        reached.within += out.info.inertia <= row.best * 1.01;
        if (!hit) {
            std::printf("%s k=%lld: %.15g, best known %.15g (+%.3g %%)\n", row.set.c_str(),
                        static_cast<long long>(row.k), out.info.inertia, row.best,
                        100 * (out.info.inertia / row.best - 1));
        }
    }
    return reached;
}

TEST(GoldenSse, IsNeverBeaten)
{
    if (!have("golden_sse.csv"))
        GTEST_SKIP() << missing("golden_sse.csv");
    const std::vector<Row> rows = golden_rows();
    ASSERT_EQ(rows.size(), 57u);
    EXPECT_GE(count_reached("5", rows).best, 20);
}

// A hundred starts find the best known value on 42 of the 57 rows and come within 1 % on 52
// (scikit-learn 1.9.1 with n_init = 100: 39, 44 and 41 rows for random_state 0, 1, 2). The rest
// are local minima of large k on the town sets, which Lloyd's iteration cannot leave.
TEST(LongGoldenSse, AHundredRestartsReachMostOfThem)
{
    if (!have("golden_sse.csv"))
        GTEST_SKIP() << missing("golden_sse.csv");
    const Reached reached = count_reached("100", golden_rows());
    std::printf("best known value on %lld rows, within 1 %% on %lld\n",
                static_cast<long long>(reached.best), static_cast<long long>(reached.within));
    EXPECT_GE(reached.best, 42);
    EXPECT_GE(reached.within, 52);
}

} // namespace
