// Fits and resumed fits that are stopped where no pass has just ended.
#include <csignal>
#include <memory>

#include <sys/resource.h>

#include "checkpoint/fixture.h"
#include "support/napping.h"

namespace {

using namespace oracle;

class Stop : public testing::Test {
protected:
    // The request, cancelled within a visit (counted from 0), in this phase if one is named.
    Outcome cancelled_in(Request request, int64_t visit, const std::string &phase = "")
    {
        const auto rows = std::make_shared<Napping>(x, visit);
        request.open = [=](kmeans_context *context, kmeans_source **source) {
            return rows->open(context, source);
        };
        request.progress = [=](const kmeans_progress &now) {
            const std::string here = now.phase;
            return here != "pass" && (phase.empty() || here == phase) ? 1 : 0;
        };
        return run(request);
    }
    const Matrix x = make_blobs(KMEANS_F64, 60, 2, 4, 6, 0, 5);
    const Place place;
    const std::string path = place.path("run.ck");
};

// Rows are looked at twice, hashed, labelled for the best restart, then for the one that goes on.
TEST_F(Stop, InEveryVisitOfAResume)
{
    Request request = Request(x, 4).set("init", "random").set("restarts", "3").set("seed", "5");
    const Outcome whole = run(request);
    break_off(request, path, 1, 2);
    const std::string bytes = read_bytes(path);
    for (int64_t visit = 0; visit < 6; visit++) {
        SCOPED_TRACE("visit " + std::to_string(visit));
        write_bytes(path, bytes);
        const Outcome out = cancelled_in(resume_of(request, path).set("checkpoint", path), visit);
        EXPECT_EQ(out.status, visit < 4 ? KMEANS_ERROR_CANCELLED : KMEANS_STOPPED_CANCELLED);
        if (out.status >= 0) {
            expect_consistent(out, x);
            expect_exact_labels(out, x);
        } else {
            EXPECT_EQ(read_bytes(path), bytes) << "the file is touched";
        }
        expect_as_unbroken(run(resume_of(request, path)), whole);
    }
}

// The labels that end a restart by batches: what is written is the state before them.
TEST_F(Stop, InTheLastLabels)
{
    Request request = Request(x, 4).set("algorithm", "minibatch").set("init", "random");
    request.set("batch_size", "16").set("restarts", "2").set("max_no_improvement", "0");
    request.set("max_iterations", "3").set("seed", "1");
    const Outcome whole = run(request);
    ASSERT_EQ(whole.info.best_restart, 0) << "its trace is what is looked at";
    Request kept = request;
    kept.set("checkpoint", path).set("checkpoint_every", "off");
    for (int64_t visit = 3; visit < 5; visit++) {
        SCOPED_TRACE("visit " + std::to_string(visit));
        const Outcome out = cancelled_in(kept, visit, "final");
        ASSERT_EQ(out.status, KMEANS_STOPPED_CANCELLED) << out.detail;
        EXPECT_EQ(out.restarts.size(), static_cast<size_t>(visit - 2));
        expect_as_unbroken(run(resume_of(request, path)), whole);
    }
}

// The note of the last pass cannot be written, but can be once the callback has stopped the fit.
TEST_F(Stop, AfterAWriteThatFailed)
{
    Request request = Request(x, 4).set("init", "random").set("restarts", "2").set("seed", "5");
    const Outcome whole = run(request);
    ASSERT_EQ(whole.restarts.size(), 2u);
    const int64_t last = whole.restarts[1].iterations;
    ASSERT_GT(last, 1);
    struct rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    const struct rlimit small = {8, before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    Request kept = request;
    kept.set("checkpoint", path).set("checkpoint_every", "0");
    kept.progress = [&](const kmeans_progress &now) {
        if (std::string(now.phase) != "pass" || now.restart != 1)
            return 0;
        setrlimit(RLIMIT_FSIZE, now.pass == last - 1 ? &small : &before);
        return now.pass == last ? 1 : 0;
    };
    const Outcome out = run(kept);
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_GE(out.status, 0) << out.detail;
    EXPECT_NE(std::find(out.warnings.begin(), out.warnings.end(), "checkpoint"),
              out.warnings.end());
    expect_as_unbroken(run(resume_of(request, path)), whole);
}

} // namespace
