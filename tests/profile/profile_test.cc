// Where the time of a fit went: what is counted can be known beforehand, seconds cannot.
#include "api/fixture.h"

#include <cmath>
#include <cstring>
#include <map>

namespace {

class Profile : public ApiTest {
protected:
    static constexpr int64_t rows = 20000, columns = 20;

    void SetUp() override
    {
        ApiTest::SetUp();
        x.resize(rows * columns);
        uint64_t state = 1;
        for (float &value : x) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            value = static_cast<float>(state >> 40) / 1048576.0f;
        }
        const kmeans_dense view = kmeans_dense_rows(x.data(), KMEANS_F32, rows, columns);
        ASSERT_EQ(kmeans_source_dense(context, &view, &source), KMEANS_OK);
        set("k", "7");
        set("seed", "5");
        set("iterations", "6");
    }

    void TearDown() override
    {
        kmeans_result_free(result);
        ApiTest::TearDown();
    }

    void fit()
    {
        kmeans_result_free(result);
        result = nullptr;
        ASSERT_EQ(kmeans_fit(context, options, source, &result), KMEANS_OK)
            << kmeans_detail(context);
        info.size = sizeof info;
        ASSERT_EQ(kmeans_result_get_info(result, &info), KMEANS_OK);
        phases.clear();
        int64_t count = 0;
        const kmeans_profile_row *const all = kmeans_result_profile(result, &count);
        for (int64_t i = 0; i < count; i++) {
            EXPECT_TRUE(phases.emplace(all[i].phase, all[i]).second) << all[i].phase << " twice";
        }
    }

    int64_t calls(const char *phase) const
    {
        const auto at = phases.find(phase);
        return at == phases.end() ? 0 : at->second.calls;
    }

    std::vector<float> x;
    kmeans_result *result = nullptr;
    kmeans_result_info info = {};
    std::map<std::string, kmeans_profile_row> phases;
};

TEST_F(Profile, IsNotKeptUnlessAskedFor)
{
    fit();
    int64_t count = 5;
    EXPECT_EQ(kmeans_result_profile(result, &count), nullptr);
    EXPECT_EQ(count, 0);
    EXPECT_EQ(kmeans_result_profile(nullptr, &count), nullptr);
    EXPECT_EQ(kmeans_result_profile(nullptr, nullptr), nullptr);
}

TEST_F(Profile, CallsAndOperationsAreThoseOfTheFit)
{
    set("profile", "on");
    set("restarts", "2");
    set("algorithm", "lloyd");
    fit();
    // Six passes and the labels of the centroids that are returned, in both restarts.
    EXPECT_EQ(calls("pack"), 14);
    EXPECT_EQ(calls("assign"), 14);
    EXPECT_EQ(calls("means"), 12);
    EXPECT_EQ(calls("init"), 2);
    EXPECT_EQ(calls("read"), 1);
    EXPECT_EQ(calls("setup"), 1);
    EXPECT_EQ(calls("result"), 1);
    EXPECT_EQ(calls("other"), 1);
    EXPECT_EQ(calls("empty"), 0);
    const double operations =
        2.0 * static_cast<double>(info.distances_done) * columns; // k = 7: none avoided
    EXPECT_EQ(phases["assign"].operations, operations);
    EXPECT_EQ(operations, 14 * 2.0 * rows * columns * 7);
    EXPECT_EQ(phases["means"].operations, 0);
    EXPECT_EQ(calls("fetch"), calls("screen"));
    EXPECT_EQ(calls("fetch"), calls("sums"));
    EXPECT_GE(calls("fetch"), 14);
}

TEST_F(Profile, RechecksAreThereWhereRowsWereRechecked)
{
    set("profile", "on");
    fit();
    EXPECT_EQ(calls("recheck") > 0, info.rows_rechecked > 0);
    // Every row lies as far from one centroid as from another.
    for (size_t q = 0; q < x.size(); q++) {
        x[q] = static_cast<float>(q / columns % 2);
    }
    const std::vector<double> start = {0, 1};
    std::vector<double> c(2 * columns);
    for (size_t q = 0; q < c.size(); q++) {
        c[q] = q < columns ? 0.5 + (q == 0) : 0.5 + (q == 1);
    }
    set("k", "2");
    set("empty", "keep");
    ASSERT_EQ(kmeans_options_set_centroids(options, c.data(), 2, columns), KMEANS_OK);
    fit();
    EXPECT_GT(info.rows_rechecked, 0);
    EXPECT_GT(calls("recheck"), 0);
}

TEST_F(Profile, PhasesAddUpToTheWhole)
{
    for (const char *threads : {"1", "2"}) {
        if (*threads != '1' && !has_threads()) {
            continue;
        }
        set("profile", "on");
        set("threads", threads);
        fit();
        double sum = 0, parts = 0;
        for (const auto &[name, row] : phases) {
            EXPECT_GE(row.seconds, 0) << name;
            EXPECT_GE(row.imbalance, 0) << name;
            EXPECT_LT(row.imbalance, 1) << name;
            (row.within ? parts : sum) += row.seconds;
            if (row.within) {
                EXPECT_STREQ(row.within, "assign") << name;
            }
            for (int t = 0; t < info.threads; t++) {
                EXPECT_GE(row.busy[t], 0) << name;
            }
        }
        EXPECT_NEAR(sum, info.seconds_total, 1e-9 + 1e-9 * info.seconds_total);
        EXPECT_LE(parts, phases["assign"].seconds * (1 + 1e-9));
        EXPECT_GT(parts, 0);
    }
}

TEST_F(Profile, ChangesNoBit)
{
    fit();
    const std::string checksum = kmeans_result_checksum(result);
    const double inertia = info.inertia;
    set("profile", "on");
    fit();
    EXPECT_EQ(kmeans_result_checksum(result), checksum);
    EXPECT_EQ(info.inertia, inertia);
}

TEST_F(Profile, IsCountedInThePlan)
{
    kmeans_plan without = {}, with = {};
    without.size = with.size = sizeof with;
    set("threads", "1"); // some hundred bytes for each
    ASSERT_EQ(kmeans_plan_fit(context, options, source, &without), KMEANS_OK);
    set("profile", "on");
    ASSERT_EQ(kmeans_plan_fit(context, options, source, &with), KMEANS_OK);
    EXPECT_GT(with.bytes_total, without.bytes_total);
    EXPECT_LT(with.bytes_total, without.bytes_total + 8192);
    fit();
    EXPECT_LE(info.bytes_peak, info.bytes_planned);
}

TEST_F(Profile, OfBatches)
{
    set("profile", "on");
    set("algorithm", "minibatch");
    fit();
    EXPECT_EQ(calls("means"), info.batches);
    EXPECT_EQ(calls("assign"), info.batches + 1); // and the labels of all rows at the end
    EXPECT_EQ(calls("inertia"), info.batches);
}

// A fit within a callback of another one keeps its own profile, or none.
TEST_F(Profile, OfAFitWithinAFit)
{
    struct Inner {
        kmeans_context *context;
        kmeans_options *options;
        kmeans_source *source;
        int64_t fits, rows;
    } inner = {context, nullptr, source, 0, -1};
    ASSERT_EQ(kmeans_options_create(context, &inner.options), KMEANS_OK);
    ASSERT_EQ(kmeans_options_set(inner.options, "k", "3"), KMEANS_OK);
    const kmeans_progress_fn within = [](void *user, const kmeans_progress *progress) {
        Inner *const in = static_cast<Inner *>(user);
        if (std::strcmp(progress->phase, "pass") != 0 || in->fits > 0) {
            return 0;
        }
        in->fits++;
        kmeans_result *other = nullptr;
        if (kmeans_fit(in->context, in->options, in->source, &other) >= 0) {
            kmeans_result_profile(other, &in->rows);
        }
        kmeans_result_free(other);
        return 0;
    };
    kmeans_context_set_progress(context, within, &inner);
    set("profile", "on");
    fit();
    EXPECT_EQ(inner.fits, 1);
    EXPECT_EQ(inner.rows, 0);
    EXPECT_EQ(calls("assign"), 7);
    kmeans_options_free(inner.options);
}

// Other calls within a callback are no part of the fit, and may have more threads than it.
TEST_F(Profile, OfAFitWithAPredictWithin)
{
    struct Inner {
        kmeans_context *context;
        kmeans_options *options;
        kmeans_source *source;
        std::vector<int32_t> labels;
        int64_t calls;
        bool busy;
    } inner = {context, nullptr, source, std::vector<int32_t>(rows), 0, false};
    ASSERT_EQ(kmeans_options_create(context, &inner.options), KMEANS_OK);
    ASSERT_EQ(kmeans_options_set(inner.options, "threads", has_threads() ? "3" : "1"), KMEANS_OK);
    const kmeans_progress_fn within = [](void *user, const kmeans_progress *) {
        Inner *const in = static_cast<Inner *>(user);
        if (in->busy || in->calls >= 6) { // a slow predict reports its own progress
            return 0;
        }
        in->busy = true;
        const std::vector<double> c(40 * columns, 1.0);
        const int status = kmeans_predict(in->context, in->options, in->source, c.data(), 40,
                                          columns, in->labels.data(), nullptr, nullptr);
        in->calls += status == KMEANS_OK;
        in->busy = false;
        return 0;
    };
    set("profile", "on");
    set("threads", "1");
    kmeans_context_set_progress(context, within, &inner);
    fit();
    EXPECT_EQ(inner.calls, 6);
    EXPECT_EQ(calls("pack"), 7);
    EXPECT_EQ(calls("assign"), 7);
    EXPECT_EQ(calls("fetch"), calls("sums"));
    kmeans_options_free(inner.options);
}

} // namespace
