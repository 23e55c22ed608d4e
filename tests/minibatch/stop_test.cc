// Mini-batch fits that are stopped, planned, restarted, or asked for what they do not have.
#include <cstdlib>

#include "oracle/check.h"

namespace {

using namespace oracle;

Request minibatch(const Matrix &x, int64_t k)
{
    Request request(x, k);
    request.set("algorithm", "minibatch").set("init", "random");
    return request;
}

TEST(MinibatchStop, ExactEpochsWithEveryOtherRuleOff)
{
    const Matrix x = make_blobs(KMEANS_F32, 900, 3, 5, 40, 100, 1);
    const Outcome out = run(
        minibatch(x, 5).set("iterations", 4).set("batch_size", 100).set("max_no_improvement", 1));
    EXPECT_EQ(out.stop_reason, "iterations");
    EXPECT_EQ(out.info.iterations, 4);
    EXPECT_EQ(out.info.batches, 36);
    EXPECT_EQ(out.status, KMEANS_OK);
    expect_exact_labels(out, x);
}

TEST(MinibatchStop, HundredEpochsUnlessSet)
{
    const Matrix x = make_blobs(KMEANS_F64, 30, 2, 5, 40, 100, 2);
    const Outcome out = run(minibatch(x, 3).set("max_no_improvement", 0).set("batch_size", 10));
    EXPECT_EQ(out.info.iterations, 100);
    EXPECT_EQ(out.stop_reason, "max_iterations");
    EXPECT_EQ(out.status, KMEANS_STOPPED_MAX_ITERATIONS);
    EXPECT_EQ(out.warnings.back(), "max_iterations");
    EXPECT_EQ(out.trace.size(), 101u);
    EXPECT_EQ(out.trace.back().inertia, out.info.inertia);
}

// At whatever call the callback cancels: an error without a result, or one whose labels are right.
TEST(MinibatchStop, CancelledAtEveryCall)
{
    const Matrix x = make_blobs(KMEANS_F32, 3000, 8, 20, 6, 0, 5);
    Request request = minibatch(x, 12);
    request.threads = 2;
    request.set("restarts", "2").set("max_iterations", "6").set("batch_size", "500");
    int64_t total = 0;
    request.progress = [&](const kmeans_progress &p) {
        EXPECT_LE(p.rows_done, p.n);
        EXPECT_EQ(p.n, 3000);
        total++;
        return 0;
    };
    run(request);
    EXPECT_GE(total, 2);
    int64_t results = 0;
    for (int64_t stop = 1; stop <= total; stop++) {
        int64_t calls = 0;
        request.progress = [&](const kmeans_progress &) { return ++calls == stop ? 1 : 0; };
        const Outcome out = run(request);
        if (calls < stop)
            break;
        EXPECT_EQ(calls, stop) << "never called again";
        if (out.status < 0) {
            EXPECT_EQ(out.status, KMEANS_ERROR_CANCELLED);
            continue;
        }
        results++;
        expect_consistent(out, x);
        expect_exact_labels(out, x);
    }
    EXPECT_GT(results, 0);
}

// The fit would go on for hours.
TEST(MinibatchStop, TimeLimit)
{
    const Matrix x = make_blobs(KMEANS_F32, 20000, 16, 200, 3, 0, 5);
    for (const char *limit : {"1e-6", "0.02", "0.1"}) {
        Request request = minibatch(x, 100);
        request.set("max_no_improvement", 0).set("max_iterations", 1000000);
        const Outcome out = run(request.set("time_limit", limit));
        if (out.status < 0) {
            EXPECT_EQ(out.status, KMEANS_ERROR_CANCELLED) << out.detail;
            continue;
        }
        EXPECT_EQ(out.status, KMEANS_STOPPED_TIME_LIMIT);
        EXPECT_EQ(out.stop_reason, "time_limit");
        expect_exact_labels(out, x);
    }
}

TEST(MinibatchStop, BestOfRestarts)
{
    const Matrix x = make_blobs(KMEANS_F64, 600, 3, 8, 40, 0, 3);
    Request request = minibatch(x, 8);
    const Outcome out = run(request.set("restarts", 5).set("batch_size", 64));
    ASSERT_EQ(out.restarts.size(), 5u);
    for (const kmeans_restart_row &row : out.restarts)
        EXPECT_GE(row.inertia, out.info.inertia);
    EXPECT_EQ(out.restarts[out.info.best_restart].inertia, out.info.inertia);
    expect_exact_labels(out, x);
}

TEST(MinibatchStop, DistancesAndInertiasBelongToTheResult)
{
    const Matrix x = make_blobs(KMEANS_F32, 500, 5, 8, 40, 0, 3);
    Request request = minibatch(x, 6);
    const Outcome out = run(request.set("distances", "on").set("cluster_inertia", "on"));
    ASSERT_EQ(out.distances.size(), 1000u);
    double sum = 0;
    for (const double part : out.cluster_inertia)
        sum += part;
    EXPECT_NEAR(sum, out.info.inertia, 1e-10 * out.info.inertia);
    expect_consistent(out, x);
}

TEST(MinibatchStop, OptionsThatDoNotBelongAreErrors)
{
    const Matrix x = make_blobs(KMEANS_F32, 50, 2, 3, 40, 0, 3);
    const std::string rules =
        "; it must be off where algorithm is minibatch, which stops by max_no_improvement, "
        "max_iterations or iterations";
    const std::vector<std::pair<Options, std::string>> cases = {
        {{{"algorithm", "minibatch"}, {"change_fraction", "0.5"}},
         "change_fraction is 0.5" + rules},
        {{{"algorithm", "minibatch"}, {"tol", "0.25"}}, "shift_tol_relative is 0.25" + rules},
        {{{"algorithm", "minibatch"}, {"shift_tol", "0"}}, "shift_tol is 0" + rules},
        {{{"algorithm", "minibatch"}, {"inertia_tol", "1"}}, "inertia_tol_relative is 1" + rules},
        {{{"algorithm", "minibatch"}, {"empty", "keep"}},
         "empty is keep; it must be relocate where algorithm is minibatch, which has "
         "reassignment_ratio"},
        {{{"batch_size", "5"}}, "batch_size is 5; it needs algorithm = minibatch"},
        {{{"algorithm", "lloyd"}, {"max_no_improvement", "0"}},
         "max_no_improvement is 0; it needs algorithm = minibatch"},
        {{{"reassignment_ratio", "0.5"}},
         "reassignment_ratio is 0.5; it needs algorithm = minibatch"},
        {{{"reassignment_ratio", "off"}},
         "reassignment_ratio is off; it needs algorithm = minibatch"},
    };
    for (const auto &[options, text] : cases) {
        Request request(x, 2);
        request.options.insert(request.options.end(), options.begin(), options.end());
        const Outcome out = run(request);
        EXPECT_EQ(out.status, KMEANS_ERROR_ARGUMENT);
        EXPECT_EQ(out.detail, text);
    }
}

} // namespace
