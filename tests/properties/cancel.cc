// Cancelling from the callback, progress reports, the time limit.
#include <cmath>
#include <cstdlib>
#include <mutex>

#include "oracle/check.h"

namespace {

using namespace oracle;

Matrix long_problem() { return make_blobs(KMEANS_F64, 4000, 2, 60, 6, 0, 5); }

TEST(Cancel, KeepsTheLastCompleteAssignment)
{
    const Matrix x = long_problem();
    for (const int threads : {1, 3}) {
        for (const int64_t stop : {1, 2, 5}) {
            Request request(x, 40);
            request.threads = threads;
            request.set("init", "random");
            request.progress = [&](const kmeans_progress &p) {
                return std::string(p.phase) == "pass" && p.pass == stop ? 1 : 0;
            };
            const Outcome out = run(request);
            EXPECT_EQ(out.status, KMEANS_STOPPED_CANCELLED);
            EXPECT_EQ(out.stop_reason, "cancelled");
            EXPECT_EQ(out.info.converged, 0);
            EXPECT_LE(out.info.iterations, stop);
            expect_consistent(out, x);
        }
    }
}

// At whatever call the callback cancels: an error without a result, or a result that is right.
TEST(Cancel, AtEveryCallOfTheCallback)
{
    const Matrix x = make_blobs(KMEANS_F32, 20000, 16, 20, 6, 0, 5);
    int64_t total = 0;
    Request request(x, 12);
    request.threads = 2;
    request.set("restarts", "2").set("max_iterations", "6");
    request.progress = [&](const kmeans_progress &) {
        total++;
        return 0;
    };
    run(request);
    EXPECT_GT(total, 2);
    for (int64_t stop = 1; stop <= total; stop++) {
        int64_t calls = 0;
        request.progress = [&](const kmeans_progress &) { return ++calls == stop ? 1 : 0; };
        const Outcome out = run(request);
        if (calls < stop)
            break; // calls within a pass depend on the clock
        if (out.status < 0) {
            EXPECT_EQ(out.status, KMEANS_ERROR_CANCELLED);
            EXPECT_TRUE(out.labels.empty());
            EXPECT_FALSE(out.detail.empty());
            continue;
        }
        expect_consistent(out, x);
        // A fixpoint comes before a cancel in the order of the rules.
        const bool cut = std::string(out.restarts.back().stop_reason) == "cancelled";
        EXPECT_EQ(out.status == KMEANS_STOPPED_CANCELLED, cut || out.restarts.size() < 2)
            << "call " << stop << " of " << total;
        EXPECT_EQ(calls, stop) << "never called again";
    }
}

TEST(Cancel, KeepsTheBestRestart)
{
    const Matrix x = long_problem();
    Request request(x, 40);
    request.set("init", "random").set("restarts", "5");
    const Outcome whole = run(request);
    request.progress = [&](const kmeans_progress &p) { return p.restart == 3 ? 1 : 0; };
    const Outcome out = run(request);
    EXPECT_EQ(out.status, KMEANS_STOPPED_CANCELLED);
    double best = HUGE_VAL;
    for (size_t r = 0; r < 3; r++)
        best = std::min(best, whole.restarts[r].inertia);
    EXPECT_LE(out.info.inertia, best);
    expect_consistent(out, x);
}

TEST(Progress, ReportsEveryPassInOrder)
{
    const Matrix x = long_problem();
    Request request(x, 40);
    std::vector<int64_t> passes;
    std::vector<double> inertias;
    request.progress = [&](const kmeans_progress &p) {
        EXPECT_GE(p.size, sizeof(kmeans_progress));
        EXPECT_EQ(p.n, 4000);
        EXPECT_GE(p.seconds, 0);
        EXPECT_LE(p.rows_done, p.n);
        if (std::string(p.phase) != "pass")
            return 0;
        passes.push_back(p.pass);
        inertias.push_back(p.inertia);
        return 0;
    };
    const Outcome out = run(request);
    ASSERT_EQ(static_cast<int64_t>(passes.size()), out.info.iterations);
    for (size_t t = 0; t < passes.size(); t++) {
        EXPECT_EQ(passes[t], static_cast<int64_t>(t) + 1);
        EXPECT_EQ(inertias[t], out.trace[t].inertia);
    }
}

TEST(TimeLimit, EndsWithAnAnswerThatIsRightOrAnError)
{
    const Matrix x = make_blobs(KMEANS_F32, 60000, 16, 200, 3, 0, 5);
    for (const char *limit : {"1e-6", "0.01", "0.05", "0.2"}) {
        Request request(x, 200);
        request.threads = 2;
        const Outcome out =
            run(request.set("init", "random").set("time_limit", limit).set("restarts", "1000"));
        if (out.status < 0) {
            EXPECT_EQ(out.status, KMEANS_ERROR_CANCELLED) << out.detail;
            continue;
        }
        EXPECT_EQ(out.status, KMEANS_STOPPED_TIME_LIMIT);
        // Of the best restart: it may have ended by itself before the time was up.
        EXPECT_EQ(out.stop_reason, out.restarts[out.info.best_restart].stop_reason);
        expect_exact_labels(out, x);
    }
}

TEST(TimeLimit, AGenerousOneChangesNothing)
{
    const Matrix x = long_problem();
    const Outcome plain = run(Request(x, 10));
    expect_same_result(plain, run(Request(x, 10).set("time_limit", "1h")));
}

} // namespace
